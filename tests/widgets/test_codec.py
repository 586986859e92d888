"""What is typed into a field is read as people mean it, and what is written is read again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cvjkit.number_text import LEAST_IN_FULL
from cvjkit.numbers import Evidence, UnreadableError
from cvjkit.widgets.codec import (
    AMOUNT,
    DAYS,
    FLAG,
    NAME,
    PEOPLE,
    SHARE,
    TEXT,
    Choice,
    Number,
    Text,
    one_of,
)
from cvjkit.widgets.panels.segments import LEVELS
from cvjkit.widgets.rate_codec import RateCodec


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


def test_each_number_is_read_in_the_unit_of_its_field() -> None:
    assert (PEOPLE.read("10.000"), SHARE.read("25"), AMOUNT.read("€5")) == (10000, 0.25, 5)
    assert DAYS.read("60 days") == 60
    assert {codec.read("n/a") for codec in (PEOPLE, SHARE, AMOUNT, DAYS)} == {None}
    for codec, text in ((PEOPLE, "5%"), (SHARE, "5 EUR"), (AMOUNT, "1.250"), (DAYS, "€5")):
        with pytest.raises(ValueError, match="write"):
            codec.read(text)


@pytest.mark.parametrize("codec", [AMOUNT, DAYS])
def test_a_number_with_two_readings_is_read_by_what_is_known(codec: Number) -> None:
    assert codec.read("1,200", Evidence(language="en-GB")) == 1200
    assert codec.read("1.200", Evidence(language="de-AT")) == 1200
    with pytest.raises(ValueError, match="could mean"):
        codec.read("1,200", Evidence(language="de-AT"))
    assert codec.read("1.250", Evidence(language="en")) == 1.25
    assert codec.read("1.250", Evidence(".", language="de-AT")) == 1.25


def test_what_is_known_of_numbers_changes_no_text_and_no_choice() -> None:
    german = Evidence(",", language="de")
    assert (TEXT.read("1.250", german), FLAG.read("yes", german)) == ("1.250", True)


def test_each_number_is_written_in_the_unit_of_its_field() -> None:
    written = (PEOPLE.write(10000), SHARE.write(0.25), AMOUNT.write(1620), DAYS.write(1.125))
    assert written == ("10,000", "25%", "1620", "1.1250")
    assert AMOUNT.write(None) == ""


NUMBERS = [PEOPLE, SHARE, AMOUNT, DAYS, RateCodec(), *(Number(currency=c) for c in ("JPY", "KWD"))]
LANGUAGES = ["en-GB", "en-ZA", "de-DE", "de-CH", "fr", "pt-BR", "ja", "xx", ""]


@pytest.mark.parametrize("codec", NUMBERS)
@given(
    st.floats(0, 1e12)
    | st.floats(0, 1)
    | st.floats(-300, 12).map(lambda power: 10**power)
    | st.integers(0, 10**6).map(lambda number: number / 1000),
)
@example(1.125)
@example(1e-8)
def test_what_a_field_shows_is_that_number_or_refused_when_typed_in_any_language(
    codec: Number, value: float
) -> None:
    is_share = codec.unit == "share"
    text = codec.write(min(value, 1.0) if is_share else value)
    # The English reading, by hand: what the page says to whoever looks at it.
    meant = Decimal(text.rstrip("%").replace(",", "")).scaleb(-2 if is_share else 0)
    for language in LANGUAGES:
        try:
            found = codec.read(text, Evidence(language=language))
        except UnreadableError:
            continue
        number = found[0] if isinstance(found, tuple) else found
        assert number == pytest.approx(float(meant), rel=1e-12), (text, language)
    assert "e" not in text or 0 < value < LEAST_IN_FULL
