"""Every field of a journey has a column, which reads what is typed as the form does."""

from __future__ import annotations

import pytest

from cvjkit.files import columns
from cvjkit.journey import Journey
from cvjkit.model.fields import Fields
from cvjkit.model.parts import StageNumbers, Thresholds
from cvjkit.model.rows import ROWS
from cvjkit.model.typed import TypedField, typed_fields
from cvjkit.widgets.codec import Choice, Number, codec_of

PARTS = {"journey": Fields, "thresholds": Thresholds, **ROWS, "stages": StageNumbers}
COLUMNS = {
    **columns.SHEETS,
    "journey": columns.TERMS,
    "stages": columns.STAGES,
    "thresholds": columns.THRESHOLDS,
}


def test_a_workbook_has_a_place_for_every_field() -> None:
    sheets = {"framework", "segments", "stages", "thresholds", "also_known", *columns.LISTS}
    assert Journey.model_fields.keys() <= sheets | columns.TERMS.keys()


@pytest.mark.parametrize(
    ("sheet", "field"),
    [
        pytest.param(sheet, field, id=f"{sheet}.{field.key}")
        for sheet, part in PARTS.items()
        for field in typed_fields(part)
        if field.kind != "list" and field.key in COLUMNS[sheet]
    ],
)
def test_a_column_and_a_field_of_the_form_read_the_same_kind_of_value(
    sheet: str, field: TypedField
) -> None:
    kind, codec = COLUMNS[sheet][field.key], codec_of(field)
    if isinstance(codec, Number):
        assert kind == codec.unit
    elif isinstance(codec, Choice):
        assert kind == ("word" if field.choices else "flag")
    else:
        assert kind in {"text", "word", "stage", "date"}
