"""Where people go in a journey: arrivals, losses and the links between stages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvjkit.errors import InputError, unknown_name
from cvjkit.model.chain import stacked
from cvjkit.model.flow_tables import LinksTable, StagesTable, link_table, stage_columns
from cvjkit.model.generations import growing, leads_to, new_people_each
from cvjkit.number_text import count_text, people_text, plain_text
from cvjkit.shown import Shown

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework

Floats = NDArray[np.floating]
Flags = NDArray[np.bool]


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
    segment : str or None
        Name of the segment concerned; None if it is about all.
    """

    id: str
    stage: str
    message: str
    segment: str | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Flow(Shown):
    """Where people go in a journey: arrivals, losses and the links between stages.

    Attributes
    ----------
    name : str
        The journey's name.
    framework : Framework
    segments : tuple of str
        Their names, in the order of the first axis of every array.
    k : float or None
        New people each referred person brings in turn, averaged over the referred; None if nobody
        is referred. If k is 1 or more, somewhere the numbers grow without end: it is then the
        factor by which a generation exceeds the one before (spectral radius).
    flags : tuple of Flag
    shares : ndarray of float, shape (segments, stages, stages)
        P: share, 0 to 1, of the visits to stage i that go on to stage j.
    inferred : ndarray of float, shape (segments, stages, stages)
        The part of `shares` on ways that were not typed and are no steps. Counts show that people
        take them, past a stage that not everybody passes or from one branch to another: at least
        so many.
    births : ndarray of float, shape (segments, stages, segments, stages)
        R: people brought in per visit; from segment and stage into segment and stage.
    fundamental : ndarray of float, shape (segments, stages, stages)
        N = (I - P)^-1: visits to stage j of a person who arrives at stage i, 0 or more.
    entered, referred : ndarray of float, shape (segments, stages)
        People who come in from outside; people who are brought in.
    visits, people : ndarray of float, shape (segments, stages)
        Arrivals, returns included; unique people.
    contradicted : ndarray of bool, shape (segments, stages)
        Whether the transitions and referrals typed disagree with the people counted there, by more
        than one person; flagged A50. No number there is exact.
    undefined : ndarray of bool, shape (segments, stages)
        Whether the numbers there do not follow: people not known, or no finite total.
    open_end : ndarray of bool, shape (segments, stages)
        Whether it is not known how many go on from there.
    """

    name: str
    framework: Framework
    segments: tuple[str, ...]
    k: float | None
    flags: tuple[Flag, ...]
    shares: Floats
    inferred: Floats
    births: Floats
    fundamental: Floats
    entered: Floats
    referred: Floats
    visits: Floats
    people: Floats
    contradicted: Flags
    undefined: Flags
    open_end: Flags

    def __post_init__(self) -> None:
        # A flow is computed once and handed out many times.
        for array in vars(self).values():
            if isinstance(array, np.ndarray):
                array.flags.writeable = False

    @property
    def summary(self) -> str:
        """How many people come in, how many reach the last stage, and what to know about that."""
        first, last = self.framework.stages[0], self.framework.stages[-1]
        people = self.numbers("people")
        start = count_text(people_text(people[0]), "person", "people")
        words = [f"{self.name}: {start} at {first.name}, {people_text(people[-1])} at {last.name}."]
        if self.k:
            words.append(f"Each person referred brings {plain_text(self.k)} more (k).")
        return " ".join([*words, *(f"{flag.id}: {flag.message}" for flag in self.flags)])

    @property
    def shown(self) -> pd.DataFrame:
        """The people at each stage, as people read it.

        Returns
        -------
        DataFrame
            All columns are text.
        """
        return StagesTable(self._stage_table).described(self._names).shown

    @property
    def stages(self) -> pd.DataFrame:
        """People at each stage, all segments together.

        Returns
        -------
        DataFrame
            Indexed by stage key, one row for each stage, in the framework's order. All columns but
            `name` have dtype float64; NaN is not known, or not defined. Changing the table does
            not change the flow.

            - name (str): the stage's name.
            - people: unique people who reached the stage.
            - visits: arrivals, returns included; at least `people`.
            - entered: came in here from outside.
            - referred: were brought in here by others.
            - returned: arrivals by a way back or a repeat.
            - dropped: left for good before the end of the journey.
            - finished: left at the end of the journey.
            - step_rate: share, 0 to 1, of the people at the stage before who reach this one; NaN
              also if everybody does only because `inferred` ways take no more people than needed.
            - overall_rate: share, 0 to 1, of the people who start at the first stage.

        Notes
        -----
        At every stage entered + referred + links in = visits = links out + dropped + finished.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> flow = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10]).flow()
        >>> flow.stages["people"].to_list(), flow.stages["step_rate"].to_list()
        ([10000.0, 2000.0, 100.0, 40.0, 10.0], [nan, 0.2, 0.05, 0.4, 0.25])
        """
        return StagesTable(self._stage_table).described(self._names)

    @property
    def links(self) -> pd.DataFrame:
        """People on each link between two stages, all segments together.

        Returns
        -------
        DataFrame
            One row for each link. Changing the table does not change the flow.

            - source, target (str): stage keys.
            - kind (str): forward, skip, back, repeat, referral or inferred. A way is inferred if
              it was not typed, but the counts show that people take it: it passes a stage that
              not everybody passes, or leads from one branch to another. At least so many take it.
            - people (float64): visits to `source` that go on to `target`; for a referral, the
              people brought in.
        """
        return LinksTable(self._link_table).described(self._names)

    @property
    def _names(self) -> dict[str, str]:
        return {stage.key: stage.name for stage in self.framework}

    def numbers(self, column: str) -> list[float | None]:
        """Give a column of `stages` as plain numbers.

        Parameters
        ----------
        column : str
            Any but "name".

        Returns
        -------
        list of float or None
            One for each stage; None where it is not known, or not defined.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> cvj.Journey.from_counts("five", [900, 90, None, 5, 1]).flow().numbers("people")
        [900.0, 90.0, None, 5.0, 1.0]
        """
        return known_numbers(self._columns[column])

    @cached_property
    def _columns(self) -> Mapping[str, Floats]:
        return stage_columns(self)

    @cached_property
    def _stage_table(self) -> pd.DataFrame:
        index = pd.Index(self.framework.keys, name="stage")
        names = pd.Series([stage.name for stage in self.framework], index=index, dtype=object)
        return pd.DataFrame({"name": names, **self._columns}, index=index)

    @cached_property
    def _link_table(self) -> pd.DataFrame:
        return link_table(self)

    def only(self, segment: str) -> Flow:
        """Give one segment's part of the flow.

        Parameters
        ----------
        segment : str
            Its name.

        Returns
        -------
        Flow
            People referred into the segment are among its `referred`.

        Raises
        ------
        InputError
            If there is no segment of that name.
        """
        if segment not in self.segments:
            fault = unknown_name("segment", segment, self.segments)
            raise InputError(f"flow of {self.name}", [fault])
        index = self.segments.index(segment)
        part = slice(index, index + 1)
        own = ((field.name, getattr(self, field.name)) for field in fields(self))
        arrays: dict[str, Any] = {
            name: array[part] for name, array in own if isinstance(array, np.ndarray)
        }
        births = arrays["births"]
        k = new_people_each(
            arrays["fundamental"], births, arrays["referred"], arrays["undefined"], part
        )
        arrays["births"] = births[:, :, part]
        flags = tuple(flag for flag in self.flags if flag.segment in {None, segment})
        return replace(self, segments=(segment,), k=k, flags=flags, **arrays)

    def repeats(self, stage: int) -> list[tuple[float, float]]:
        """Find how many of the visits to a stage come straight back to it.

        Parameters
        ----------
        stage : int
            Its position.

        Returns
        -------
        list of (float, float)
            For each segment its visits to the stage (1 where nobody comes in any segment), and
            the share of them, 0 to 1.
        """
        visits = self.visits[:, stage]
        # What those who come would do is known even where nobody comes.
        visits = visits if visits.any() else np.ones_like(visits)
        pairs = zip(visits, self.shares[:, stage, stage], strict=True)
        return [(float(visits), float(share)) for visits, share in pairs]

    def value_to_go(self, gain: Floats) -> Floats:
        """Work out the money that one more person at each stage still brings, referrals included.

        Parameters
        ----------
        gain : ndarray, shape (stages,)
            Contribution less cost of one visit to each stage [currency].

        Returns
        -------
        ndarray, shape (segments, stages)
            u = (I - P - R)^-1 gain [currency per person]; NaN where a person sets off growth
            without end.
        """
        size = self.visits.size
        ways = stacked(self.shares) + self.births.reshape(size, size)
        gains = np.tile(gain, len(self.segments))
        ends = ~leads_to(ways, growing(self.fundamental, self.births).ravel())
        values: Floats = np.full(size, np.nan)
        among = np.eye(int(ends.sum())) - ways[np.ix_(ends, ends)]
        values[ends] = np.linalg.solve(among, gains[ends])
        return values.reshape(self.visits.shape)

    @cached_property
    def inferred_rates(self) -> Flags:
        """Whether the share of the people at one stage who reach another depends on a split.

        Counts show how many people at least take an inferred way, not which of the stages on the
        side they come from. Such a share is never exact.

        Returns
        -------
        ndarray of bool, shape (stages, stages)
            From the first stage to the second.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> import numpy as np
        >>> flow = cvj.Journey.from_counts("five", [10000, 2000, 100, 10, 25]).flow()
        >>> np.argwhere(flow.inferred_rates).tolist()  # from retention to loyalty
        [[3, 4]]
        """
        parents, size = self.framework.parents, len(self.framework)
        found: Flags = np.zeros((size, size), dtype=bool)
        if not self.inferred.any():
            return found
        under: Flags = np.eye(size, dtype=bool)
        for stage, parent in enumerate(parents):
            if parent is not None:
                under[:, stage] |= under[:, parent]
        for stage in np.flatnonzero(self.inferred.any(axis=(0, 1))).tolist():
            sources = np.asarray(self.inferred[:, :, stage].any(axis=0))
            sources[parents[stage]] = True
            # Everybody comes through the last stage that lies before all of the sources.
            passed = int(np.flatnonzero(under[:, sources].all(axis=1)).max())
            beside = under[passed] & ~under[stage] & (np.arange(size) != passed)
            found[np.ix_(beside, under[stage])] = True
        return found


def known_numbers(column: Floats) -> list[float | None]:
    """Give a column as plain numbers, None for NaN.

    Parameters
    ----------
    column : ndarray of float

    Returns
    -------
    list of float or None
    """
    return [None if np.isnan(value) else float(value) for value in column]
