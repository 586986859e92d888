"""How thick people are drawn at each stage of a picture, compared with its first stage."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cvjkit.charts.main_line import Ways, least_room, people_at, ways_on
from cvjkit.charts.sections import LEAST, Scale, magnifications

if TYPE_CHECKING:
    from cvjkit.charts.nodes import Column


@dataclass(frozen=True, slots=True)
class Proportions:
    """The stages to draw, as they are and as they were, and how many people are at each.

    Attributes
    ----------
    columns, before : sequence of Column
        The stages in their order, and the same before a change; none where nothing was changed.
    ways, ways_before : mapping of Link to (int, int)
        Their ways on.
    scale : {"magnified", "true", "steps"}
    fewest, most : tuple of float
        People at each stage, before or after the change; 0 where nobody is known.
    rooms : tuple of float
        What each stage needs, so that all its links can be seen [px].
    """

    columns: Sequence[Column]
    before: Sequence[Column]
    ways: Ways
    ways_before: Ways
    scale: Scale
    fewest: tuple[float, ...]
    most: tuple[float, ...]
    rooms: tuple[float, ...]

    @property
    def tapers(self) -> bool:
        """Whether those who enter or leave may be thinner away from the stage.

        Returns
        -------
        bool
        """
        return self.scale != "true"

    def magnified(self, thickest: float) -> list[float]:
        """Find how much each stage is magnified, compared with the first.

        Parameters
        ----------
        thickest : float
            How thick the largest stage of each section can be drawn, more than 0 [px].

        Returns
        -------
        list of float
            The thinner that is, the more sections, so that each stage has the room it needs.
        """
        shares = [max(LEAST, room / thickest) for room in self.rooms]
        return magnifications(self.fewest, self.scale, self.most, shares)

    def widest(self, magnified: Sequence[float]) -> float:
        """Find what needs the most room.

        Parameters
        ----------
        magnified : sequence of float
            How much each stage is magnified, compared with the first.

        Returns
        -------
        float
            As people of the first stage.
        """
        if self.tapers:
            return max(map(math.prod, zip(self.most, magnified, strict=True)))
        # All who come in, side by side.
        links = [link for column in self.columns for link in column.links]
        sources = {link.source for link in links} - {link.target for link in links}
        return math.fsum(link.people for link in links if link.source in sources)


def proportions_of(
    columns: Sequence[Column], scale: Scale, before: Sequence[Column] = ()
) -> Proportions:
    """Count the people at each stage, as they are and as they were.

    Parameters
    ----------
    columns : sequence of Column
        In the order of the stages, at least one.
    scale : {"magnified", "true", "steps"}
    before : sequence of Column
        The same stages before a change; none where nothing was changed.

    Returns
    -------
    Proportions
    """
    order = {column.stage.id: index for index, column in enumerate(columns)}
    ways, ways_before = ways_on(columns, order), ways_on(before, order)
    drawn = [(columns, ways), (before, ways_before)] if before else [(columns, ways)]
    people, rooms = (
        list(zip(*(_at_stages(measure, *one) for one in drawn), strict=True))
        for measure in (people_at, least_room)
    )
    return Proportions(
        columns,
        before,
        ways,
        ways_before,
        scale,
        fewest=tuple(min(filter(None, numbers), default=0.0) for numbers in people),
        most=tuple(map(max, people)),
        rooms=tuple(map(max, rooms)),
    )


def _at_stages(
    measure: Callable[[Column, int, Ways], float], columns: Sequence[Column], ways: Ways
) -> list[float]:
    return [measure(column, index, ways) for index, column in enumerate(columns)]
