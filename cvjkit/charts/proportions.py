"""How thick people are drawn at each stage of a picture, compared with its first stage."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cvjkit.charts.main_line import Ways, meeting, ways_on
from cvjkit.charts.sections import Scale, magnifications

if TYPE_CHECKING:
    from cvjkit.charts.nodes import Column


@dataclass(frozen=True, slots=True)
class Proportions:
    """The stages to draw, as they are and as they were, and how much each is magnified.

    Attributes
    ----------
    columns, before : sequence of Column
        The stages in their order, and the same before a change; none where nothing was changed.
    ways, ways_before : mapping of Link to (int, int)
        Their ways on.
    changed : tuple of bool
        Whether the people at each stage have changed.
    magnified : tuple of float
        How much each stage is magnified, compared with the first.
    tapers : bool
        Whether those who enter or leave may be thinner away from the stage.
    most : float
        What needs the most room, as people of the first stage.
    """

    columns: Sequence[Column]
    before: Sequence[Column]
    ways: Ways
    ways_before: Ways
    changed: tuple[bool, ...]
    magnified: tuple[float, ...]
    tapers: bool
    most: float


def proportions_of(
    columns: Sequence[Column], scale: Scale, before: Sequence[Column] = ()
) -> Proportions:
    """Find how much each stage is magnified, the same for what is and what was.

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
    people = [_people_at(columns, ways)]
    if before:
        people.append(_people_at(before, ways_before))
    at_stages = list(zip(*people, strict=True))
    largest = [max(numbers) for numbers in at_stages]
    least = [min(filter(None, numbers), default=0.0) for numbers in at_stages]
    magnified = magnifications(least, scale, largest)
    if tapers := scale != "true":
        most = max(map(math.prod, zip(largest, magnified, strict=True)))
    else:
        # All who come in, side by side.
        links = [link for column in columns for link in column.links]
        sources = {link.source for link in links} - {link.target for link in links}
        most = math.fsum(link.people for link in links if link.source in sources)
    changed = tuple(len({*numbers}) > 1 for numbers in at_stages)
    return Proportions(columns, before, ways, ways_before, changed, tuple(magnified), tapers, most)


def _people_at(columns: Sequence[Column], ways: Ways) -> list[float]:
    return [
        max(math.fsum(link.people for link in links) for links in meeting(column, index, ways))
        for index, column in enumerate(columns)
    ]
