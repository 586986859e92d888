"""Milestones down, lenses across: the numbers of a comparison as merged cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from cvjkit.catalog.spine import TIME, spine
from cvjkit.comparison.words import stage_label

if TYPE_CHECKING:
    from cvjkit.lens.lens import Lens


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell, merged over the milestones it covers.

    Attributes
    ----------
    column : int
        Index of the lens.
    row, span : int
        Index of its first milestone, and how many it covers.
    kind : {"counted", "covered", "before", "absent"}
        A stage at its own milestone; the rest of a stage that is interrupted; milestones before
        the framework begins; milestones it does not know.
    title, stage : str
        What to write, and the stage's key if there is one.
    value, note : str
        The stage's number, and how certain it is.
    """

    column: int
    row: int
    span: int
    kind: Literal["counted", "covered", "before", "absent"]
    title: str
    stage: str = ""
    value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Milestones down, lenses across.

    Attributes
    ----------
    milestones : tuple of (str, str)
        Key and name.
    columns : tuple of (str, str)
        Names of the journey and the framework.
    cells : tuple of Cell
        Each column's cells fill it from the first milestone to the last.
    """

    milestones: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    cells: tuple[Cell, ...]

    @property
    def shown(self) -> pd.DataFrame:
        """The grid as a table of text: each stage with its number at the milestone it begins at.

        Returns
        -------
        DataFrame
            Indexed by the milestones' names; a column for each lens.
        """
        several = len({journey for journey, _ in self.columns}) > 1
        titles = [f"{journey}: {name}" if several else name for journey, name in self.columns]
        texts = {title: [""] * len(self.milestones) for title in titles}
        for cell in self.cells:
            texts[titles[cell.column]][cell.row] = f"{cell.title} {cell.value}".strip()
        index = pd.Index([name for _, name in self.milestones], name="Milestone")
        shown = pd.DataFrame(texts, index, dtype=object)
        shown.attrs["words"] = titles
        return shown

    def document(self) -> dict[str, Any]:
        """Give the grid as plain values, ready for JSON.

        Returns
        -------
        dict
            Its attributes.
        """
        return asdict(self)


def lens_grid(lenses: Sequence[tuple[str, Lens]]) -> Grid:
    """Arrange the numbers of lenses.

    Parameters
    ----------
    lenses : sequence of (str, Lens)
        Each with the name of its journey.

    Returns
    -------
    Grid
        Milestones off the main line have a row where a lens counts them or has a stage there.
    """
    present: set[str | None] = {key for _, lens in lenses for key in lens.known.people}
    present |= {stage.milestone for _, lens in lenses for stage in lens.stages}
    milestones = [key for key, step in spine().items() if step.branch != TIME or key in present]
    return Grid(
        milestones=tuple((key, spine()[key].name) for key in milestones),
        columns=tuple((journey, lens.framework.name) for journey, lens in lenses),
        cells=tuple(
            cell
            for column, (_, lens) in enumerate(lenses)
            for cell in _cells(column, lens, milestones)
        ),
    )


def _cells(column: int, lens: Lens, milestones: Sequence[str]) -> Iterator[Cell]:
    """Fill a column: neighbouring milestones of one stage, or of none, make one cell."""
    stages = {milestone: stage for stage in lens.stages for milestone in stage.covers}
    begin = next((row for row, milestone in enumerate(milestones) if milestone in stages), 0)
    row = 0
    for stage, group in groupby(milestones, stages.get):
        milestone, *others = group
        cell = partial(Cell, column, row, span=1 + len(others))
        row += 1 + len(others)
        if stage is None and row <= begin:
            yield cell(kind="before", title=f"before {lens.stages[0].name}, not counted")
        elif stage is None:
            yield cell(kind="absent", title="no such stage")
        elif milestone != stage.milestone:
            yield cell(kind="covered", title=f"in {stage.name}", stage=stage.key)
        else:
            value, note = stage_label(stage)
            yield cell(kind="counted", title=stage.name, stage=stage.key, value=value, note=note)
