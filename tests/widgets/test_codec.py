"""What is typed into a field is read as people mean it, and what is written is read again."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cvjkit.numbers import UNITS, Unit, read_number, write_number
from cvjkit.widgets.codec import FLAG, NAME, TEXT, Choice, Number, Text, one_of
from cvjkit.widgets.panels.segments import LEVELS


@pytest.mark.parametrize("choice", [FLAG, LEVELS, one_of(["own", "joint_venture"])])
def test_every_choice_is_written_as_it_is_read_and_one_of_them_is_none(choice: Choice) -> None:
    values = [choice.read(text) for text, _ in choice.choices]
    assert [choice.write(value) for value in values] == [text for text, _ in choice.choices]
    assert values.count(None) == 1
    assert len(set(values)) == len(values)


def test_a_flag_says_yes_no_or_nothing() -> None:
    assert [FLAG.read(text) for text in ("yes", "no", "")] == [True, False, None]


@given(st.text())
def test_a_text_is_kept_as_it_is_typed_and_a_blank_one_is_nothing(text: str) -> None:
    assert TEXT.read(text) == (text if text.strip() else None)
    assert Text(blank="").read(text) == (text if text.strip() else "")
    assert TEXT.write(TEXT.read(text)) == (text if text.strip() else "")


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
def test_a_name_is_needed(blank: str) -> None:
    with pytest.raises(ValueError, match="write a name"):
        NAME.read(blank)


def test_a_number_that_is_needed_is_neither_blank_nor_nothing() -> None:
    needed = Number("share", needed="write a rate")
    assert needed.read("5%") == 0.05
    with pytest.raises(ValueError, match="write a rate"):
        needed.read(" ")
    with pytest.raises(ValueError, match="write more than 0"):
        needed.read("0")


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("10,000", "people", 10000),
        ("10 000", "people", 10000),
        ("1\u202f234\u202f567.5", "amount", 1234567.5),
        ("10'000", "people", 10000),
        ("1e4", "people", 10000),
        ("  7 ", "people", 7),
        ("20%", "share", 0.2),
        ("0.2", "share", 0.2),
        ("100 %", "share", 1),
        ("1", "share", 1),
        (".5", "amount", 0.5),
        ("−3", "amount", -3),
        ("1.125", "amount", 1.125),
        ("", "people", None),
        (" \t", "share", None),
        ("–", "share", None),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, unit: Unit, number: float | None) -> None:
    assert read_number(text, unit) == number


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("25", "share", "25 is more than 1: write 25% or 0.25"),
        ("1,5", "amount", "1,5 is not clear: write 1.5"),
        ("0,2", "share", "0,2 is not clear: write 0.2"),
        ("1.234,5", "amount", "1.234,5 is not clear: write 1234.5 or 1,234.5"),
        ("10.000", "people", "10.000 is not clear: write 10 or 10000"),
        ("1.234.567", "amount", "1.234.567 is not clear: write 1,234,567 or 1234567"),
        ("1,23,456", "people", "'1,23,456' is not a number: write digits, such as 1200 or 1,200"),
        ("ten", "people", "'ten' is not a number: write digits, such as 1200 or 1,200"),
        ("5%", "amount", "5% is a share: write a number without %"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_what_to_write(
    text: str, unit: Unit, said: str
) -> None:
    with pytest.raises(ValueError, match="write") as refused:
        read_number(text, unit)
    assert str(refused.value) == said


@example(1_125_000, "people")
@given(st.integers(0, 10**12), st.sampled_from(UNITS))
def test_what_is_typed_is_written_and_read_as_the_same_number(digits: int, unit: Unit) -> None:
    # Six decimals, of a percentage in the case of a share.
    number = digits % 10**8 / 10**8 if unit == "share" else digits / 10**6
    assert read_number(write_number(number, unit), unit) == pytest.approx(number, rel=1e-15)


@given(st.floats(0, 1e14), st.sampled_from(UNITS))
def test_what_is_calculated_is_written_in_few_digits(number: float, unit: Unit) -> None:
    number = number / 1e14 if unit == "share" else number
    text = write_number(number, unit)
    assert read_number(text, unit) == pytest.approx(number, rel=1e-3)
    assert len(text.partition(".")[2]) <= 9


@given(st.text(st.characters()) | st.text("0123456789.,-+%eE '"), st.sampled_from(UNITS))
def test_any_text_is_read_or_refused_in_a_sentence(text: str, unit: Unit) -> None:
    try:
        found = read_number(text, unit)
    except ValueError as refused:
        found = str(refused)
    assert found is None or isinstance(found, float) or "write" in found
