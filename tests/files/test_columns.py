"""Every field of a journey has a column."""

from __future__ import annotations

from cvjkit.files import columns
from cvjkit.journey import Journey


def test_a_workbook_has_a_place_for_every_field() -> None:
    sheets = {"framework", "segments", "stages", "thresholds", "also_known", *columns.LISTS}
    assert Journey.model_fields.keys() <= sheets | columns.TERMS.keys()
