"""People counted at a stage who have not passed all stages before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from cvjkit.catalog.spine import line, passed, spine, way
from cvjkit.number_text import count_text, people_text

if TYPE_CHECKING:
    from cvjkit.model.flow import Flow

NEGLIGIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class Crossings:
    """People who enter a journey late, are referred into it, or skip part of it.

    Parameters
    ----------
    flow : Flow
        The journey's.
    people : mapping of str to float
        People at every milestone where they are known, in the order of the spine.
    """

    flow: Flow
    people: Mapping[str, float]

    def between(self, start: str, end: str) -> tuple[str, ...]:
        """Describe people at or past a milestone who have not passed all milestones since another.

        Where nobody is known to, but more people are known at the later milestone, that is said.

        Parameters
        ----------
        start : str
            Key of a milestone.
        end : str
            Key of a later milestone.

        Returns
        -------
        tuple of str
            A phrase for each such group; empty if nobody is known to.
        """
        return self.entered(start, end) or self._rises(start, end)

    def entered(self, start: str, end: str) -> tuple[str, ...]:
        """Describe those people of whom the journey's flow tells.

        Parameters
        ----------
        start : str
            Key of a milestone.
        end : str
            Key of a later milestone.

        Returns
        -------
        tuple of str
            A phrase for each such group.
        """
        at = self.flow.framework.by_milestone
        onward = [milestone for milestone in at if end in (milestone, *line(milestone))]
        if not onward:
            return ()
        last = min(at[milestone] for milestone in onward)
        passed = {*spine()[end].ancestors, *onward}
        between = [
            index
            for index, stage in enumerate(self.flow.framework.stages[: last + 1])
            if stage.milestone is None or stage.milestone in passed
        ]
        counted = (at[milestone] for milestone in (start, *line(start)) if milestone in at)
        first = next(counted, between[0])
        found = [
            f"{count_text(people_text(people), *does)} {self._name(index)}"
            for index, people, does in self._newcomers
            if first < index and index in between
        ]
        found += [
            f"{count_text(people_text(people), 'skips', 'skip')} from {self._name(source)} to "
            f"{self._name(target)}"
            for source, target, people in self._skips
            if source <= first < min(target, last) and (source < first or last < target)
        ]
        return tuple(found)

    def called(self, milestone: str) -> str:
        """Name a milestone as the journey does, if it has a stage there.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        str
        """
        index = self.flow.framework.by_milestone.get(milestone)
        return spine()[milestone].name if index is None else self._name(index)

    def _name(self, index: int) -> str:
        return self.flow.framework.stages[index].name

    def _rises(self, start: str, end: str) -> tuple[str, ...]:
        compulsory = {start, end, *passed(end)}
        known = [key for key in (start, *way(start, end)) if key in compulsory & self.people.keys()]
        return tuple(
            f"more people are known at {self.called(after)} than at {self.called(before)}"
            for before, after in pairwise(known)
            if self.people[after] > self.people[before]
        )

    @cached_property
    def _newcomers(self) -> list[tuple[int, float, tuple[str, str]]]:
        stages = self.flow.stages
        seen = stages["people"].astype(float).fillna(0.0).to_list()
        return [
            (index, people, does)
            for column, does in (
                ("entered", ("enters at", "enter at")),
                ("referred", ("is referred to", "are referred to")),
            )
            for index, people in enumerate(stages[column].astype(float).to_list())
            if people > NEGLIGIBLE * max(1.0, seen[index])
        ]

    @cached_property
    def _skips(self) -> list[tuple[int, int, float]]:
        index, links = self.flow.framework.index, self.flow.links
        skips = links[links["kind"] == "skip"]
        ends = (map(index, skips["source"]), map(index, skips["target"]))
        return list(zip(*ends, skips["people"].to_list(), strict=True))
