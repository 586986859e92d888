"""From what was typed to where people go: the steady state of a journey.

People at a stage move on with fixed shares or leave for good, so a journey is an absorbing
Markov chain (Kemeny and Snell, Finite Markov Chains, 1976, chapter 3). With P the shares of
one segment, N = (I - P)^-1 its fundamental matrix, e the people from outside and r those
brought by referral:

    visits_j = sum_i (e_i + r_i) N_ij                 arrivals, returns included
    people_j = sum_i (e_i + r_i) N_ij / N_jj          unique people, who arrive at least once
    r_j      = sum_i visits_i x referrals per visit   solved together with the visits

Counts are taken as they are: people seen at a stage include those who skipped to it, came
back to it or were referred to it. The step into each stage is what remains to explain; what
no way can explain enters there and is flagged.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvjkit.errors import InputError, unknown_name
from cvjkit.numbers import people_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.parts import Referral, Segment, Transition

Floats = NDArray[np.floating]
Flags = NDArray[np.bool]
Indices = NDArray[np.int_]

SMALLEST_SHARE = 1e-12
ROUNDING = 1e-9
SWEEPS, CONVERGED = 200, 1e-11


@dataclass(frozen=True, slots=True)
class Flag:
    """Something in a flow that its reader must know.

    Parameters
    ----------
    id : str
        The audit rule it belongs to: "A46".
    stage : str
        Key of the stage concerned.
    message : str
    """

    id: str
    stage: str
    message: str


@dataclass(frozen=True, eq=False)
class Flow:
    """Where people go in a journey: arrivals, losses and the links between stages.

    Attributes
    ----------
    name : str
        The journey's name.
    framework : Framework
    segments : tuple of str
        Names, the first axis of every array below; stages are the last.
    k : float or None
        People each referred person brings in turn, through all generations' ways (spectral
        radius of the next-generation matrix); None without referrals. Totals are finite only
        if k < 1.
    flags : tuple of Flag
    shares : ndarray, shape (segments, stages, stages)
        Share of the visits at one stage that go to another.
    births : ndarray, shape (segments, stages, segments, stages)
        People brought by each visit: by whom, from which stage, into which segment and stage.
    entered, referred, visits, people : ndarray, shape (segments, stages)
    undefined : ndarray of bool, shape (segments, stages)
        Where no number follows from what was typed: not counted, or without finite total.
    open_end : ndarray of bool, shape (segments, stages)
        Where it is unknown how many go on.
    """

    name: str
    framework: Framework
    segments: tuple[str, ...]
    k: float | None
    flags: tuple[Flag, ...]
    shares: Floats
    births: Floats
    fundamental: Floats
    entered: Floats
    referred: Floats
    visits: Floats
    people: Floats
    undefined: Flags
    open_end: Flags

    @cached_property
    def stages(self) -> pd.DataFrame:
        """People at each stage, all segments together.

        Returns
        -------
        DataFrame
            Indexed by stage key, a row a stage, in the framework's order. A column that holds
            None (not known, not defined) has dtype object, the others float64.

            - name (str): the stage's name.
            - people: unique people who reached the stage.
            - visits: arrivals, returns included; at least `people`.
            - entered: came in here from outside.
            - referred: were brought in here by others.
            - returned: arrivals by a way back or a repeat.
            - dropped: left for good, though the journey goes on.
            - finished: left where the journey ends.
            - step_rate: share, 0 to 1, of the people at the stage this one follows who come on.
            - overall_rate: share, 0 to 1, of the people who start at the first stage.

        Notes
        -----
        At every stage entered + referred + links in = visits = links out + dropped + finished.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> flow = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10]).flow()
        >>> flow.stages["people"].to_list(), flow.stages["step_rate"].to_list()
        ([10000.0, 2000.0, 100.0, 40.0, 10.0], [None, 0.2, 0.05, 0.4, 0.25])
        """
        framework = self.framework
        undefined = np.asarray(self.undefined.any(axis=0))
        returned = np.einsum("si,sij->j", self.visits, np.tril(self.shares))
        left = self.visits * np.clip(1 - self.shares.sum(axis=2), 0, 1)
        ends = ~np.isin(np.arange(len(framework)), [i for i in framework.parents if i is not None])
        open_end = undefined | self.open_end.any(axis=0)
        step, overall = self._rates()
        columns = {
            "people": _column(self.people.sum(axis=0), undefined),
            "visits": _column(self.visits.sum(axis=0), undefined),
            "entered": _column(self.entered.sum(axis=0), undefined),
            "referred": _column(self.referred.sum(axis=0), undefined),
            "returned": _column(returned, undefined),
            "dropped": _column(np.where(ends, 0, left.sum(axis=0)), open_end & ~ends | undefined),
            "finished": _column(np.where(ends, left.sum(axis=0), 0), undefined),
            "step_rate": _column(step, ~np.isfinite(step)),
            "overall_rate": _column(overall, ~np.isfinite(overall)),
        }
        index = pd.Index(framework.keys, name="stage")
        names = pd.Series([stage.name for stage in framework], index=index, dtype=object)
        return pd.DataFrame({"name": names, **columns}, index=index)

    @cached_property
    def links(self) -> pd.DataFrame:
        """People on each way between two stages, all segments together.

        Returns
        -------
        DataFrame
            - source, target (str): stage keys.
            - kind (str): forward, skip, back, repeat or referral.
            - people (float64): visits that take the way; for referral, people brought in, who
              do not leave `source`.
        """
        keys = self.framework.keys
        seen = ~(self.undefined[:, :, None] | self.undefined[:, None, :])
        moved = np.where(seen, self.visits[:, :, None] * self.shares, 0).sum(axis=0)
        born = np.einsum("si,sitj->ij", np.where(self.undefined, 0, self.visits), self.births)
        rows = [
            (keys[i], keys[j], self._kind(i, j), float(moved[i, j]))
            for i, j in zip(*np.nonzero(moved), strict=True)
        ]
        rows += [
            (keys[i], keys[j], "referral", float(born[i, j]))
            for i, j in zip(*np.nonzero(born), strict=True)
        ]
        return pd.DataFrame(rows, columns=["source", "target", "kind", "people"]).astype(
            {"source": object, "target": object, "kind": object, "people": float}
        )

    def only(self, segment: str) -> Flow:
        """Take one segment's part of the flow.

        Parameters
        ----------
        segment : str
            Its name.

        Returns
        -------
        Flow
            Referred people who came into the segment are among its `referred`.

        Raises
        ------
        InputError
            If there is no segment of that name.
        """
        if segment not in self.segments:
            fault = unknown_name("segment", segment, self.segments)
            raise InputError(f"flow of {self.name}", [fault])
        part = slice(at := self.segments.index(segment), at + 1)
        arrays = {
            field: getattr(self, field)[part]
            for field in (
                *("shares", "fundamental", "entered", "referred", "visits", "people"),
                *("undefined", "open_end"),
            )
        }
        births = self.births[part][:, :, part]
        return replace(self, segments=self.segments[part], births=births, **arrays)

    def value_to_go(self, gain: Floats) -> Floats:
        """Sum what a person standing at each stage still brings, referrals included.

        Parameters
        ----------
        gain : ndarray, shape (stages,)
            Contribution less cost of one visit to each stage [currency].

        Returns
        -------
        ndarray, shape (segments, stages)
            u = (I - P - R)^-1 gain [currency per person]; NaN where totals are not finite.
        """
        size = self.visits.size
        ways = _stacked(self.shares) + self.births.reshape(size, size)
        gains = np.tile(gain, len(self.segments))
        if self.k is not None and self.k >= 1:
            return np.full(self.visits.shape, np.nan)
        values: Floats = np.linalg.solve(np.eye(size) - ways, gains)
        return values.reshape(self.visits.shape)

    @property
    def average_k(self) -> float | None:
        """People a referred person brings in turn, averaged over the segments.

        The shares that come back to each stage of entry, weighted by the people there, and of
        those the spectral radius. `k` is the largest of any segment and decides whether there
        is a total; None without referrals, and where the numbers are not known.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> shop = cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 3, 3], "Fair": [9] * 5})
        >>> flow = shop.with_referral("loyalty", to="conversion", per_person=0.3).flow()
        >>> flow.average_k, flow.k
        (0.2, 0.3)
        """
        into = np.flatnonzero(self.births.any(axis=(0, 1, 2)))
        if not len(into) or self.undefined[:, into].any():
            return None
        brought = np.einsum("sbi,sitj->sbj", self.fundamental[:, into], self.births)[:, :, into]
        standing = self.people[:, into]
        total = standing.sum(axis=0)
        weights = np.divide(standing, total, out=np.zeros_like(standing), where=total > 0)
        return _radius(np.einsum("sb,sba->ba", weights, brought))

    def _kind(self, source: int, target: int) -> str:
        """Name the kind of a way; a step over stages that are not known is still a step."""
        above = self.framework.parents[target]
        while above is not None and above != source and self.undefined[:, above].all():
            above = self.framework.parents[above]
        return "forward" if above == source else kind_of(self.framework, source, target)

    def _rates(self) -> tuple[Floats, Floats]:
        """Share of the stage before, and of the first stage, that reaches each stage."""
        reach = self.fundamental / np.einsum("sjj->sj", self.fundamental)[:, None, :]
        known = ~self.undefined
        step = np.full(len(self.framework), np.nan)
        for stage, before in enumerate(self.framework.parents):
            if before is None or not (known[:, before] & known[:, stage]).all():
                continue
            standing = self.people[:, before]
            if standing.sum() > 0:
                step[stage] = standing @ reach[:, before, stage] / standing.sum()
        first = self.entered[:, 0] + self.referred[:, 0]
        overall = np.full(len(self.framework), np.nan)
        if known[:, 0].all() and first.sum() > 0:
            overall = np.where(known.all(axis=0), first @ reach[:, 0, :] / first.sum(), np.nan)
        return np.minimum(step, 1.0), np.minimum(overall, 1.0)


def solve(
    name: str,
    framework: Framework,
    segments: Sequence[Segment],
    transitions: Sequence[Transition] = (),
    referrals: Sequence[Referral] = (),
) -> Flow:
    """Follow the people of all segments through the stages.

    Parameters
    ----------
    name : str
        The journey's name, carried along for titles.
    framework : Framework
    segments : sequence of Segment
        Counts and rates in the order of the framework's stages.
    transitions : sequence of Transition
        Skips, ways back and repeats, the same for every segment.
    referrals : sequence of Referral

    Returns
    -------
    Flow
    """
    places, size = len(segments), len(framework)
    extra = np.zeros((size, size))
    for way in transitions:
        extra[framework.index(way.source), framework.index(way.target)] += way.rate
    births = _births(framework, [segment.name for segment in segments], referrals)
    parents = np.array([_known_parents(framework, segment) for segment in segments])
    known = np.array([_known(framework, segment) for segment in segments])
    shares: Floats = np.broadcast_to(extra, (places, size, size)).copy()
    shares[~known] = 0
    entered: Floats = np.zeros((places, size))
    counted = np.array([segment.observed for segment in segments])
    counts = np.zeros((places, size))
    for place, segment in enumerate(segments):
        if segment.counts is not None:
            counts[place] = [count or 0 for count in segment.counts]
        else:
            entered[place] = [people or 0 for people in segment.entrants or ()]
            for stage in np.flatnonzero(known[place] & (parents[place] >= 0)):
                shares[place, parents[place, stage], stage] += (segment.rates or ())[stage]
    contradicted: Flags = np.zeros((places, size), dtype=bool)
    if counted.any():
        shares, entered, contradicted = _explain(
            counts, known, parents, counted=counted, shares=shares, entered=entered, births=births
        )
    stuck = _without_exit(shares)
    shares[stuck] = 0
    fundamental = _fundamental(shares)
    k = _reproduction(fundamental, births)
    endless = stuck.copy()
    if k is not None and k >= 1:
        brought = births.any(axis=(0, 1))
        endless |= np.einsum("si,sij->sj", brought, fundamental) > 0
        referred: Floats = np.zeros((places, size))
    else:
        referred = _referred(entered, shares, births) if k is not None else np.zeros((places, size))
    start = entered + referred
    visits = np.einsum("si,sij->sj", start, fundamental)
    people = _people(start, fundamental)
    # What explains the counts but for the last digits is shown as the counts themselves.
    exact = counted[:, None] & known & ~endless
    exact &= np.abs(people - counts) <= ROUNDING * np.maximum(counts, 1)
    people = np.where(exact, counts, people)
    loops = np.einsum("sjj->sj", fundamental) > 1
    visits = np.where(exact & ~loops, counts, visits)
    flags = [
        *_count_flags(framework, segments, entered, parents, contradicted),
        *_total_flags(framework, stuck, k, referrals),
    ]
    return Flow(
        name=name,
        framework=framework,
        segments=tuple(segment.name for segment in segments),
        k=k,
        flags=tuple(flags),
        shares=shares,
        births=births,
        fundamental=fundamental,
        entered=entered,
        referred=referred,
        visits=visits,
        people=people,
        undefined=~known | endless,
        open_end=_open_ends(framework, known),
    )


def _known(framework: Framework, segment: Segment) -> Flags:
    """Find the stages whose number was typed: a count, or a rate and all that leads to it."""
    if segment.counts is not None:
        return np.array([count is not None for count in segment.counts])
    known = np.array([people is not None for people in segment.entrants or ()])
    for stage, parent in enumerate(framework.parents):
        if parent is not None:
            known[stage] &= known[parent] and (segment.rates or ())[stage] is not None
    return known


def _known_parents(framework: Framework, segment: Segment) -> list[int]:
    """Find the last known stage before each; -1 for none."""
    known = _known(framework, segment)
    parents = []
    for parent in framework.parents:
        above = parent
        while above is not None and not known[above]:
            above = framework.parents[above]
        parents.append(-1 if above is None else above)
    return parents


def _open_ends(framework: Framework, known: Flags) -> Flags:
    """Find the stages after which some branch is unknown to its end."""
    goes_on = known.copy()
    for stage in range(len(framework) - 1, -1, -1):
        parent = framework.parents[stage]
        if parent is not None:
            goes_on[:, parent] |= goes_on[:, stage]
    ends = np.zeros_like(known)
    for stage, parent in enumerate(framework.parents):
        if parent is not None:
            ends[:, parent] |= ~goes_on[:, stage]
    return ends


def _births(framework: Framework, names: Sequence[str], referrals: Sequence[Referral]) -> Floats:
    places, size = len(names), len(framework)
    births = np.zeros((places, size, places, size))
    for referral in referrals:
        source, target = framework.index(referral.source), framework.index(referral.target)
        for place in range(places):
            into = place if referral.segment is None else names.index(referral.segment)
            births[place, source, into, target] += referral.per_person
    return births


def _explain(
    counts: Floats,
    known: Flags,
    parents: Indices,
    *,
    counted: Flags,
    shares: Floats,
    entered: Floats,
    births: Floats,
) -> tuple[Floats, Floats, Flags]:
    """Find the steps and entries that give exactly the people counted.

    With the ways out of a stage closed, the people who reach it are linear in the step into it,
    so the step follows; what exceeds the room left at the stage before enters from outside.
    Referrals, and ways that jump over a stage and lead back before it, couple the stages:
    hence the sweeps, until nothing changes.
    """
    shares, entered = shares.copy(), entered.copy()
    contradicted = np.zeros(counts.shape, dtype=bool)
    coupled = births.any() or shares.any()
    rows, visits = np.arange(len(counts)), counts
    for _ in range(SWEEPS):
        referred = np.einsum("si,sitj->tj", visits, births)
        for stage in range(counts.shape[1]):
            parent, active = parents[:, stage], counted & known[:, stage]
            linked = active & (parent >= 0)
            explained, at_parent = _arrivals(shares, entered + referred, stage, parent)
            need = counts[:, stage] - referred[:, stage] - explained
            taken = shares[rows, parent].sum(axis=1) - shares[rows, parent, stage]
            room = np.where(linked, np.clip(1 - taken, 0, 1), 0)
            step = np.divide(need, at_parent, out=np.zeros_like(need), where=at_parent > 0)
            step = np.clip(step, 0, room)
            excess = need - step * at_parent
            tolerance = 1e-9 * np.maximum(counts[:, stage], 1)
            contradicted[:, stage] = active & (need < -tolerance)
            entered[active, stage] = np.where(excess > tolerance, excess, 0)[active]
            shares[rows[linked], parent[linked], stage] = step[linked]
        if not coupled:
            break
        visits = _visits(shares, entered + referred)
        start = entered + np.einsum("si,sitj->tj", visits, births)
        missed = np.abs(_people(start, _fundamental(shares)) - counts)
        settled = missed <= CONVERGED * np.maximum(counts, 1)
        if (settled | contradicted | ~(counted[:, None] & known)).all():
            break
    return shares, entered, contradicted


def _arrivals(shares: Floats, start: Floats, stage: int, parent: Indices) -> tuple[Floats, Floats]:
    """Count who reaches a stage without the step into it, and the chances to take that step."""
    rows, linked = np.arange(len(shares)), parent >= 0
    shares, start = shares.copy(), start.copy()
    shares[:, stage] = 0
    shares[rows, parent, stage] *= ~linked
    start[:, stage] = 0
    visits = _visits(shares, start)
    return visits[:, stage], np.where(linked, visits[rows, parent], 0)


def _visits(shares: Floats, start: Floats) -> Floats:
    """Solve start (I - P)^-1 for each segment; people in a loop without exit stop there."""
    shares = np.where(_without_exit(shares)[:, :, None], 0, shares)
    ways_in = (np.eye(shares.shape[1]) - shares).transpose(0, 2, 1)
    visits: Floats = np.linalg.solve(ways_in, start[:, :, None])
    return visits[:, :, 0]


def _fundamental(shares: Floats) -> Floats:
    shares = np.where(_without_exit(shares)[:, :, None], 0, shares)
    inverse: Floats = np.linalg.inv(np.eye(shares.shape[1]) - shares)
    return inverse


def _people(start: Floats, fundamental: Floats) -> Floats:
    """Count who arrives at least once: expected visits over the visits of one who is there."""
    visits = np.einsum("si,sij->sj", start, fundamental)
    # Where nobody comes, solving may leave less than nobody.
    return np.asarray(np.maximum(visits / np.einsum("sjj->sj", fundamental), 0))


def _without_exit(shares: Floats) -> Flags:
    """Find the stages from which nobody ever leaves the journey."""
    leaves = shares.sum(axis=2) < 1 - SMALLEST_SHARE
    while not leaves.all():
        further = leaves | ((shares > 0) & leaves[:, None, :]).any(axis=2)
        if (further == leaves).all():
            break
        leaves = further
    return np.asarray(~leaves)


def _reproduction(fundamental: Floats, births: Floats) -> float | None:
    """Spectral radius of the next-generation matrix over the places where referred people enter."""
    into = np.argwhere(births.any(axis=(0, 1)))
    if not len(into):
        return None
    segment, stage = into.T
    brought = births[:, :, segment, stage]
    generation = np.einsum("ai,aib->ab", fundamental[segment, stage], brought[segment])
    return _radius(generation)


def _radius(matrix: Floats) -> float:
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    return 1.0 if abs(radius - 1) < ROUNDING else radius


def _referred(entered: Floats, shares: Floats, births: Floats) -> Floats:
    size = entered.size
    ways = _stacked(shares) + births.reshape(size, size)
    visits = np.linalg.solve((np.eye(size) - ways).T, entered.ravel())
    return (visits @ births.reshape(size, size)).reshape(entered.shape)


def _stacked(shares: Floats) -> Floats:
    """Lay the segments' matrices along the diagonal of one."""
    places, size, _ = shares.shape
    whole = np.zeros((places, size, places, size))
    place = np.arange(places)
    whole[place, :, place, :] = shares
    return whole.reshape(places * size, places * size)


def unknown_stages(framework: Framework, segment: Segment) -> set[str]:
    """Find the keys of the stages whose people do not follow from what was typed."""
    known = zip(framework.keys, _known(framework, segment), strict=True)
    return {key for key, is_known in known if not is_known}


def kind_of(framework: Framework, source: int, target: int) -> str:
    """Name the kind of a way between two stages, from where they stand.

    Parameters
    ----------
    framework : Framework
    source, target : int
        Positions of the stages.

    Returns
    -------
    str
        forward, skip, back or repeat.

    Examples
    --------
    >>> from cvjkit.catalog.framework import framework
    >>> [kind_of(framework("five"), 2, target) for target in range(5)]
    ['back', 'back', 'repeat', 'forward', 'skip']
    """
    if source == target:
        return "repeat"
    if target < source:
        return "back"
    return "forward" if framework.parents[target] == source else "skip"


def _column(values: Floats, missing: Flags) -> Floats | NDArray[np.object_]:
    """Put None where a number is missing."""
    if not missing.any():
        return values
    column = values.astype(object)
    column[missing] = None
    return column


def _count_flags(
    framework: Framework,
    segments: Sequence[Segment],
    entered: Floats,
    parents: Indices,
    contradicted: Flags,
) -> list[Flag]:
    flags = []
    for place, segment in enumerate(segments):
        if not segment.observed:
            continue
        of = f" of {segment.name}" if len(segments) > 1 else ""
        for stage in np.flatnonzero((entered[place] > 0) & (parents[place] >= 0)):
            before = framework.stages[parents[place, stage]].name
            more = people_text(entered[place, stage])
            message = (
                f"{more} more people{of} than could come from {before}: they are taken to enter "
                "here. Direct entry, referral, other units, or a typing error?"
            )
            flags.append(Flag("A46", framework.keys[stage], message))
        for stage in np.flatnonzero(contradicted[place]):
            message = (
                f"The transitions and referrals typed bring more people{of} here than were "
                "counted: correct the count, the transition or the referral."
            )
            flags.append(Flag("A50", framework.keys[stage], message))
    return flags


def _total_flags(
    framework: Framework, stuck: Flags, k: float | None, referrals: Sequence[Referral]
) -> list[Flag]:
    flags = [
        Flag("A47", framework.keys[stage], f"Nobody ever leaves {framework.stages[stage].name}.")
        for stage in np.flatnonzero(stuck.any(axis=0))
    ]
    if k is not None and k >= 1:
        message = (
            f"Each person brings {k:.3g} new ones, so the numbers grow without end: there is no "
            "total. Below 1 there is."
        )
        flags += [Flag("A48", key, message) for key in dict.fromkeys(r.target for r in referrals)]
    return flags
