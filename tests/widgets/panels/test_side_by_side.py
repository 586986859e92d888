from __future__ import annotations

import cvjkit as cvj
from cvjkit.widgets.panels.side_by_side import side_by_side_part
from tests.widgets.panels.answered import PLAN, asked, fields

TWO = cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 80, 9, 6, 2]})


def test_each_segment_has_a_row_and_all_together_the_last() -> None:
    part = side_by_side_part(asked(TWO))
    assert part is not None
    (table,) = part.tables
    assert [row.name for row in table.rows] == ["Ads", "Blog", "All segments"]
    assert dict(table.headings)["1"] == "Customers"
    assert [one.text for one in fields(part, "channels", "1").values()] == ["9", "9", "18"]
    assert fields(part, "channels", "1")["0"].label == "Customers: Ads"
    assert part.notes[0].startswith("Blog turns most of its people into customers, 9%.")


def test_one_segment_is_not_compared() -> None:
    assert side_by_side_part(asked(PLAN)) is None
