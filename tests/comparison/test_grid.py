"""Every column of the grid is filled once, and cells are merged over what a stage covers."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.catalog.crosswalk import covers
from cvjkit.comparison.compare import compare
from tests.lens.given import starter
from tests.strategies import frameworks, journeys


@given(
    journeys(unknown=True),
    st.lists(frameworks(), min_size=1, max_size=3, unique_by=lambda f: f.key),
)
def test_the_cells_of_each_column_fill_it_once(
    journey: cvj.Journey, chosen: list[cvj.Framework]
) -> None:
    grid = compare(journey, chosen).grid
    assert len(grid.columns) == len(chosen)
    for column, framework in enumerate(chosen):
        cells = [cell for cell in grid.cells if cell.column == column]
        filled = [row for cell in cells for row in range(cell.row, cell.row + cell.span)]
        assert filled == [*range(len(grid.milestones))]
        keys = [key for key, _ in grid.milestones]
        counted = {cell.stage: keys[cell.row] for cell in cells if cell.kind == "counted"}
        assert counted == {stage.key: stage.milestone for stage in framework if stage.milestone}
        for stage, covered in zip(framework, covers(framework), strict=True):
            within = [
                key
                for cell in cells
                if cell.stage == stage.key
                for key in keys[cell.row : cell.row + cell.span]
            ]
            assert tuple(within) == covered


def test_cells_are_merged_over_what_a_stage_covers() -> None:
    grid = compare(starter("dating")).grid
    keys = [key for key, _ in grid.milestones]
    assert "early_win" in keys
    cells = {(cell.column, keys[cell.row]): cell for cell in grid.cells}
    reach, acquisition, again = (cells[0, key] for key in ("aware", "engaged", "bought_again"))
    assert (reach.title, reach.value, reach.span) == ("Reach", "452,000", 3)
    assert (acquisition.title, acquisition.span) == ("Acquisition", 3)
    assert (cells[0, "early_win"].kind, cells[0, "offered"].title) == ("absent", "in Acquisition")
    assert (again.value, again.note) == ("≈ 18", "8 to 50")
    assert cells[3, "aware"].title == "before Target, not counted"
    assert (cells[1, "advocate"].kind, cells[1, "advocate"].span) == ("absent", 2)
    assert "early_win" not in [key for key, _ in compare(starter("coffee")).grid.milestones]
    json.dumps(grid.document(), allow_nan=False)
