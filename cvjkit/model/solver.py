"""The flow of a journey, solved from what was typed: its steady state.

People at a stage move on with fixed shares or leave for good, so a journey is an absorbing
Markov chain (Kemeny and Snell, Finite Markov Chains, 1976, chapter 3). With P the shares of
one segment, N = (I - P)^-1 its fundamental matrix, e the people from outside and r those
brought by referral:

    visits_j = sum_i (e_i + r_i) N_ij                 arrivals, returns included
    people_j = sum_i (e_i + r_i) N_ij / N_jj          unique people, who arrive at least once
    r_j      = sum_i visits_i x referrals per visit   solved together with the visits

Counts are taken as they are: people counted at a stage include those who skipped to it, came
back to it or were referred to it. The step into a stage accounts for the rest; people whom no
link accounts for enter there and are flagged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvjkit.model.flow import ROUNDING, Flag, Flags, Floats, Flow, stacked
from cvjkit.model.generations import growing, leads_to, new_people_each
from cvjkit.number_text import people_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.parts import Referral, Segment, Transition

Indices = NDArray[np.int_]

SMALLEST_SHARE = 1e-12
SWEEPS, CONVERGED = 200, 1e-11


def solve(
    name: str,
    framework: Framework,
    segments: Sequence[Segment],
    transitions: Sequence[Transition] = (),
    referrals: Sequence[Referral] = (),
) -> Flow:
    """Work out where the people of all segments go.

    Parameters
    ----------
    name : str
        Of the journey.
    framework : Framework
    segments : sequence of Segment
        Counts and rates in the order of the framework's stages.
    transitions : sequence of Transition
        Skips, ways back and repeats.
    referrals : sequence of Referral

    Returns
    -------
    Flow
    """
    n_segments, size = len(segments), len(framework)
    names = [segment.name for segment in segments]
    births = _births(framework, names, referrals)
    parents = np.array([_known_parents(framework, segment) for segment in segments])
    known = np.array([_known(framework, segment) for segment in segments])
    shares = _ways(framework, names, transitions)
    shares[~known] = 0
    entered: Floats = np.zeros((n_segments, size))
    counted = np.array([segment.observed for segment in segments])
    counts = np.zeros((n_segments, size))
    for index, segment in enumerate(segments):
        if segment.counts is not None:
            counts[index] = [count or 0 for count in segment.counts]
        else:
            entered[index] = [people or 0 for people in segment.entrants or ()]
            for stage in np.flatnonzero(known[index] & (parents[index] >= 0)):
                shares[index, parents[index, stage], stage] += (segment.rates or ())[stage]
    contradicted: Flags = np.zeros((n_segments, size), dtype=bool)
    if counted.any():
        shares, entered, contradicted = _explain(
            counts, known, parents, counted=counted, shares=shares, entered=entered, births=births
        )
    stuck = _without_exit(shares)
    shares[stuck] = 0
    fundamental = _fundamental(shares)
    there = (entered > 0) | (counts > 0)
    grows = growing(fundamental, births)
    referred, boundless = _referred(entered, there, shares, births, grows)
    endless = stuck | boundless
    k = new_people_each(fundamental, births, referred)
    start = entered + referred
    visits = np.einsum("si,sij->sj", start, fundamental)
    people = _people(start, fundamental)
    # People who differ from the counts by rounding only are given as the counts.
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
        inferred=np.zeros_like(shares),
        births=births,
        fundamental=fundamental,
        entered=entered,
        referred=referred,
        visits=visits,
        people=people,
        contradicted=contradicted,
        undefined=~known | endless,
        open_end=_open_ends(framework, known),
    )


def _known(framework: Framework, segment: Segment) -> Flags:
    """Find the stages whose people are known: counted, or planned by rates without a gap."""
    if segment.counts is not None:
        return np.array([count is not None for count in segment.counts])
    known = np.array([people is not None for people in segment.entrants or ()])
    for stage, parent in enumerate(framework.parents):
        if parent is not None:
            known[stage] &= known[parent] and (segment.rates or ())[stage] is not None
    return known


def _known_parents(framework: Framework, segment: Segment) -> list[int]:
    """Find the nearest known stage before each stage; -1 for none."""
    known = _known(framework, segment)
    parents = []
    for parent in framework.parents:
        above = parent
        while above is not None and not known[above]:
            above = framework.parents[above]
        parents.append(-1 if above is None else above)
    return parents


def _open_ends(framework: Framework, known: Flags) -> Flags:
    """Find the stages after which nothing is known on some branch."""
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


def _ways(framework: Framework, names: Sequence[str], transitions: Sequence[Transition]) -> Floats:
    shares = np.zeros((len(names), len(framework), len(framework)))
    for way in transitions:
        own = slice(None) if way.segment is None else names.index(way.segment)
        shares[own, framework.index(way.source), framework.index(way.target)] += way.rate
    return shares


def _births(framework: Framework, names: Sequence[str], referrals: Sequence[Referral]) -> Floats:
    n_segments, size = len(names), len(framework)
    births = np.zeros((n_segments, size, n_segments, size))
    for referral in referrals:
        source, target = framework.index(referral.source), framework.index(referral.target)
        by, into = referral.source_segment, referral.segment
        for index in range(n_segments) if by is None else [names.index(by)]:
            segment = index if into is None else names.index(into)
            births[index, source, segment, target] += referral.per_person
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
    """Find the rates and entrants that give exactly the people counted.

    If nobody leaves a stage, the people who reach it are linear in the rate of the step into it,
    so the rate follows; people beyond a rate of 1 enter from outside. Referrals, and transitions
    that skip a stage and lead back before it, couple the stages: hence the sweeps, until nothing
    changes.
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
    """Count the arrivals at a stage without the step into it, and the visits that can take it."""
    rows, linked = np.arange(len(shares)), parent >= 0
    shares, start = shares.copy(), start.copy()
    shares[:, stage] = 0
    shares[rows, parent, stage] *= ~linked
    start[:, stage] = 0
    visits = _visits(shares, start)
    return visits[:, stage], np.where(linked, visits[rows, parent], 0)


def _visits(shares: Floats, start: Floats) -> Floats:
    """Solve start (I - P)^-1 for each segment; nobody moves on within a loop without exit."""
    shares = np.where(_without_exit(shares)[:, :, None], 0, shares)
    ways_in = (np.eye(shares.shape[1]) - shares).transpose(0, 2, 1)
    visits: Floats = np.linalg.solve(ways_in, start[:, :, None])
    return visits[:, :, 0]


def _fundamental(shares: Floats) -> Floats:
    shares = np.where(_without_exit(shares)[:, :, None], 0, shares)
    inverse = np.linalg.inv(np.eye(shares.shape[1]) - shares)
    # Rounding may leave a small negative number of visits where nobody comes.
    return np.asarray(np.maximum(inverse, 0))


def _people(start: Floats, fundamental: Floats) -> Floats:
    """Count the unique people: visits / visits of a person who has arrived."""
    visits = np.einsum("si,sij->sj", start, fundamental)
    return np.asarray(visits / np.einsum("sjj->sj", fundamental))


def _without_exit(shares: Floats) -> Flags:
    """Find the stages from which nobody leaves the journey, now or later."""
    leaves = shares.sum(axis=2) < 1 - SMALLEST_SHARE
    while not leaves.all():
        further = leaves | ((shares > 0) & leaves[:, None, :]).any(axis=2)
        if (further == leaves).all():
            break
        leaves = further
    return np.asarray(~leaves)


def _referred(
    entered: Floats, there: Flags, shares: Floats, births: Floats, grows: Flags
) -> tuple[Floats, Flags]:
    """Find the people brought in, and the stages with no total, reached by growth without end."""
    size = entered.size
    brought = births.reshape(size, size)
    ways = stacked(shares) + brought
    counts: Flags = np.ones(size, dtype=bool)
    endless = np.zeros(size, dtype=bool)
    if grows.any():
        counts = leads_to(ways.T, there.ravel())
        endless = leads_to(ways.T, grows.ravel() & counts)
        counts &= ~endless
    referred = np.zeros(size)
    if brought.any():
        among = np.ix_(counts, counts)
        visits = np.linalg.solve(np.eye(int(counts.sum())) - ways[among].T, entered.ravel()[counts])
        referred[counts] = np.maximum(visits @ brought[among], 0)
    return referred.reshape(entered.shape), endless.reshape(entered.shape)


def unknown_stages(framework: Framework, segment: Segment) -> set[str]:
    """Find the stages whose people are not known.

    Parameters
    ----------
    framework : Framework
    segment : Segment

    Returns
    -------
    set of str
        Keys of the stages.
    """
    known = zip(framework.keys, _known(framework, segment), strict=True)
    return {key for key, is_known in known if not is_known}


def _count_flags(
    framework: Framework,
    segments: Sequence[Segment],
    entered: Floats,
    parents: Indices,
    contradicted: Flags,
) -> list[Flag]:
    flags = []
    for index, segment in enumerate(segments):
        if not segment.observed:
            continue
        of = f" of {segment.name}" if len(segments) > 1 else ""
        for stage in np.flatnonzero((entered[index] > 0) & (parents[index] >= 0)):
            before = framework.stages[parents[index, stage]].name
            more = people_text(entered[index, stage])
            message = (
                f"{more} more people{of} than could come from {before}: they are taken to enter "
                "here. Direct entry, referral, other units, or a typing error?"
            )
            flags.append(Flag("A46", framework.keys[stage], message))
        for stage in np.flatnonzero(contradicted[index]):
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
