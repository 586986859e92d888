"""Texts that come together tell how the others are read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.number_text import UNITS, Unit
from cvjkit.numbers import NO_EVIDENCE, Evidence, read_number
from cvjkit.widgets.codec import TEXT, Codec, Number
from cvjkit.widgets.edits import _evidence_in_block
from cvjkit.widgets.fields import Address, Field, Put


def evidence(*texts: tuple[str, Codec, str], language: str = "") -> list[Evidence]:
    """Evidence for texts, each given with its column and its codec."""
    fields: dict[Address, Field] = {}
    typed: dict[Address, str] = {}
    for index, (column, codec, text) in enumerate(texts):
        address = ("table", str(index), column)
        fields[address] = Field(column, column, edit=Put("path", codec))
        typed[address] = text
    return list(_evidence_in_block(typed, fields, language).values())


def test_a_column_decides_for_itself_and_then_the_block_decides_but_not_for_people() -> None:
    found = evidence(
        ("cost", Number(), "1,5"),
        ("cost", Number(), "1.250"),
        ("delay", Number("days"), "0.5"),
        ("reached", Number("people"), "10.000"),
        ("margin", Number(), "1.250"),
    )
    assert [beside.decimal_sign for beside in found] == [",", ",", ".", "", ""]
    found = evidence(("reached", Number("people"), "1,5k"), ("margin", Number(), "1.250"))
    assert [beside.decimal_sign for beside in found] == [",", ","]


def test_what_is_written_into_other_fields_is_no_evidence() -> None:
    named, cost = evidence(("name", TEXT, "0,5"), ("cost", Number(), "1.250"), language="en")
    assert (named, cost) == (NO_EVIDENCE, Evidence(language="en", percents=True))


NUMBERS = st.text("0123456789.,%' -k") | st.text()


def reading(text: str, unit: Unit, beside: Evidence) -> object:
    try:
        return read_number(text, unit, beside)
    except ValueError as refused:
        return str(refused)


@pytest.mark.parametrize("language", ["", "en", "de"])
@given(NUMBERS, st.sampled_from(UNITS))
def test_a_text_that_comes_alone_is_no_evidence_for_itself(
    language: str, text: str, unit: Unit
) -> None:
    (beside,) = evidence(("column", Number(unit), text), language=language)
    assert reading(text, unit, beside) == reading(text, unit, Evidence(language=language))
