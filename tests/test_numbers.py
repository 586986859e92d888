"""Numbers are read as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cvjkit.decisions.explain import typed_text
from cvjkit.number_text import (
    DASH,
    UNITS,
    Unit,
    days_text,
    money_text,
    people_text,
    plain_text,
    rate_text,
    share_text,
    write_number,
)
from cvjkit.numbers import Evidence, decimal_sign_of, evidence_of, parse_number, read_number


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("10,000", "people", 10000),
        ("10.000", "people", 10000),
        ("1.250", "people", 1250),
        ("10 000", "people", 10000),
        ("1\u202f234\u202f567.5", "amount", 1234567.5),
        ("1\u2009010\u2009000", "people", 1010000),
        ("10\u00a0000", "people", 10000),
        ("10'000", "people", 10000),
        ("10\u2019000", "people", 10000),
        ("\u200e1234\ufeff", "people", 1234),
        ("1e4", "people", 10000),
        ("  7 ", "people", 7),
        ("2319.9999999999995", "people", 2320),
        ("١٢", "people", 12),
        ("20%", "share", 0.2),
        ("12 %", "share", 0.12),
        ("25,5 %", "share", 0.255),
        ("%12", "share", 0.12),
        ("33.3%", "share", 0.333),
        ("0.2", "share", 0.2),
        ("0,2", "share", 0.2),
        ("25", "share", 0.25),
        ("1", "share", 0.01),
        ("0", "share", 0),
        ("100 %", "share", 1),
        ("1.250%", "share", 0.0125),
        ("250", "share", 2.5),
        (".5", "amount", 0.5),
        ("5.", "amount", 5),
        ("0,05", "amount", 0.05),
        ("1,5", "amount", 1.5),
        ("1.234,5", "amount", 1234.5),
        ("1.234.567", "amount", 1234567),
        ("1 000,000", "amount", 1000),
        ("\N{MINUS SIGN}3", "amount", -3),
        ("- 5,00 €", "amount", -5),
        ("1.2k", "amount", 1200),
        ("1,5 K", "amount", 1500),
        ("3 mn", "amount", 3e6),
        ("12.3 bn", "people", 12.3e9),
        ("€5", "amount", 5),
        ("5 EUR", "amount", 5),
        ("EUR 25.00", "amount", 25),
        ("10 000 EUR", "amount", 10000),
        ("$1,200.00", "amount", 1200),
        ("25,00 €", "amount", 25),
        ("US$ 5", "amount", 5),
        ("€1.2k", "amount", 1200),
        ("(1.50)", "amount", -1.5),
        ("$(1,200.00)", "amount", -1200),
        ("(5%)", "share", -0.05),
        ("60 days", "days", 60),
        ("1,5 d", "days", 1.5),
        ("1e999", "amount", math.inf),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, unit: Unit, number: float) -> None:
    assert read_number(text, unit) == number


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t",
        "-",
        DASH,
        "\N{EM DASH}",
        "\N{MINUS SIGN}",
        "--",
        "n/a",
        "N/A",
        "NA",
        "n.a.",
        "#N/A",
    ],
)
def test_what_stands_for_no_number_is_not_known(text: str, unit: Unit) -> None:
    assert read_number(text, unit) is None


def test_programs_have_words_for_what_is_not_known() -> None:
    words = ["null", "None", "NaN", "<NA>", "#NA", "?", "...", "k. A.", "not known", "unknown"]
    assert {read_number(word) for word in words} == {None}


@pytest.mark.parametrize(
    ("text", "unit", "said"),
    [
        ("1.250", "amount", "1.250 could mean 1250 or 1.25: write one of them"),
        ("1,620", "amount", "1,620 could mean 1620 or 1.62: write one of them"),
        ("10.000", "amount", "10.000 could mean 10000 or 10: write one of them"),
        ("-1.234", "amount", "-1.234 could mean -1234 or -1.2340: write one of them"),
        ("1.250k", "people", "1.250k could mean 1250000 or 1250: write one of them"),
        ("€1.250", "amount", "€1.250 could mean 1250 or 1.25: write one of them"),
        ("1,23,456", "people", "'1,23,456' must be a number: write digits, such as 1200 or 0.5"),
        ("ten", "people", "'ten' must be a number: write digits, such as 1200 or 0.5"),
        ("inf", "people", "'inf' must be a number: write digits, such as 1200 or 0.5"),
        ("10 00", "amount", "'10 00' must be a number: write digits, such as 1200 or 0.5"),
        ("10\n000", "amount", "'10\\n000' must be a number: write digits, such as 1200 or 0.5"),
        ("0x10", "amount", "'0x10' must be a number: write digits, such as 1200 or 0.5"),
        ("5 apples", "amount", "'5 apples' must be a number: write digits, such as 1200 or 0.5"),
        ("€5 EUR", "amount", "'€5 EUR' must be a number: write digits, such as 1200 or 0.5"),
        (
            "-(5)",
            "amount",
            "'-(5)' must be a number: write digits, such as 1200 or 0.5; brackets mean minus",
        ),
        ("5%", "amount", "5% is a percentage: write a number without %"),
        ("€5", "people", "€5 is an amount of money: write a number of people"),
        ("5 EUR", "share", "5 EUR is an amount of money: write a percentage"),
        ("5 EUR", "days", "5 EUR is an amount of money: write days"),
        ("5 days", "people", "5 days is a number of days: write it without a unit"),
        (
            "9" * 101 + "x",
            "people",
            f"'{'9' * 38}… must be a number: write digits, such as 1200 or 0.5",
        ),
    ],
)
def test_what_has_no_reading_or_two_is_refused_with_what_to_write(
    text: str, unit: Unit, said: str
) -> None:
    with pytest.raises(ValueError, match="write") as refused:
        read_number(text, unit)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("text", "point", "comma"),
    [
        ("10,000", 10000, 10),
        ("10.000", 10, 10000),
        ("0.125", 0.125, None),
        ("1,5", None, 1.5),
        ("1,234.5", 1234.5, None),
        ("1.234.567,8", None, Decimal("1234567.8")),
        ("10 000", 10000, 10000),
        ("\N{MINUS SIGN}5", -5, -5),
        ("١٢", 12, 12),
    ],
)
def test_a_number_is_read_by_each_decimal_sign(text: str, point: object, comma: object) -> None:
    parsed = parse_number(text)
    assert parsed is not None
    assert (parsed.readings.get("."), parsed.readings.get(",")) == (point, comma)


@pytest.mark.parametrize(
    ("beside", "text", "unit", "number"),
    [
        (["1.488,69"], "1.000", "amount", 1000),
        (["0.5"], "1.000", "amount", 1),
        (["8000.000"], "100.000", "people", 100),
        (["10.000", "100"], "2.000", "people", 2000),
        (["0.5", "0.25"], "1", "share", 1),
        (["25", "5"], "1", "share", 0.01),
        (["25%", "5%"], "1", "share", 0.01),
        (["n/a", "many", ""], "7", "amount", 7),
    ],
)
def test_the_numbers_beside_one_decide_how_it_is_read(
    beside: list[str], text: str, unit: Unit, number: float
) -> None:
    assert read_number(text, unit, evidence_of([*beside, text])) == number


@pytest.mark.parametrize(
    ("beside", "text", "unit", "said"),
    [
        (["1,5", "1.5"], "1.250", "amount", "could mean 1250 or 1.25"),
        (["25", "5"], "0.5", "share", "could mean 50% or 0.5%"),
        (["0.5", "25"], "1", "share", "could mean 100% or 1%"),
    ],
)
def test_numbers_that_contradict_each_other_decide_nothing(
    beside: list[str], text: str, unit: Unit, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        read_number(text, unit, evidence_of([*beside, text]))


def test_the_language_decides_where_nothing_else_does_and_a_copy_from_a_page_is_not_likely() -> (
    None
):
    assert read_number("1.250", "amount", Evidence(language="en-US")) == 1.25
    assert read_number("1.250", "amount", Evidence(language="de-AT")) == 1250
    assert read_number("1.250", "amount", Evidence(".", language="de")) == 1.25
    assert read_number("1,250", "amount", Evidence(language="en-US")) == 1250
    assert read_number("10.000", "people", Evidence(language="en")) == 10000
    for text, language in (("1.250", "xx"), ("1,250", "xx"), ("1,250", "de-AT")):
        with pytest.raises(ValueError, match=r"could mean 1250 or 1\.25"):
            read_number(text, "amount", Evidence(language=language))
    languages = ("de", "de_CH", "es-ES", "es-MX", "en", "en-ZA", "fr-CA", "pt-BR", "ja", "", "tlh")
    assert [decimal_sign_of(language) for language in languages] == [*",.,..,,,.", "", ""]


LANGUAGES = ["en-GB", "en-ZA", "de-DE", "de-CH", "fr", "pt-BR", "es-MX", "sv", "ja", "xx", ""]
SHOWN: dict[Unit, list[Callable[[float], str]]] = {
    "people": [people_text, lambda value: write_number(value, "people")],
    "share": [
        lambda value: share_text(value % 1),
        lambda value: rate_text(value % 1),
        lambda value: write_number(value % 1, "share"),
    ],
    "days": [days_text, lambda value: write_number(value, "days")],
    "amount": [
        plain_text,
        *(partial(money_text, currency=code) for code in ("", "EUR", "JPY", "KWD")),
        *(partial(write_number, unit="amount", currency=code) for code in ("", "JPY", "KWD")),
        lambda value: typed_text(value, "money", "EUR"),
    ],
}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(LANGUAGES),
    st.sampled_from([(unit, write) for unit in UNITS for write in SHOWN[unit]]),
    st.integers(0, 10**9)
    | st.floats(0, 1e12)
    | st.decimals(0, 10**6, places=3).map(float)
    | st.integers(1, 10**9).map(lambda number: number / 1000),
)
@example("de-DE", ("amount", partial(money_text, currency="EUR")), 12_346)
@example("de-DE", ("amount", partial(money_text, currency="KWD")), 1.5)
@example("de-DE", ("people", partial(write_number, unit="people")), 1.125)
@example("en-GB", ("amount", write_number), 1.125)
def test_what_is_shown_is_read_again_or_refused_in_every_language_but_for_three_decimals(
    language: str, shown: tuple[Unit, Callable[[float], str]], value: float
) -> None:
    unit, write = shown
    text = write(value)
    # The English reading, by hand: what the page says to whoever looks at it.
    digits, _, word = re.sub(r"^[A-Z]{3} |,|%$", "", text).partition(" ")
    is_bound = digits.startswith(("<", ">"))
    scale = {"tn": 1e12, "bn": 1e9}.get(word, 0.01 if unit == "share" else 1)
    meant = math.nan if is_bound else float(digits) * scale
    try:
        found = read_number(text, unit, Evidence(language=language))
    except ValueError as refused:
        is_either = "could mean" in str(refused) and decimal_sign_of(language) != "."
        assert is_bound or is_either
    else:
        # Where the comma is the decimal sign, 1.250 is what people write for 1250.
        grouped = decimal_sign_of(language) == "," and re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits)
        assert found == pytest.approx(
            meant * 1000 if grouped and unit != "share" else meant, rel=1e-12
        )


@given(st.text(st.characters()) | st.text("0123456789.,-+%eEk€ '()"), st.sampled_from(UNITS))
def test_any_text_is_read_or_refused_in_a_sentence(text: str, unit: Unit) -> None:
    try:
        found = read_number(text, unit)
    except ValueError as refused:
        found = str(refused)
    assert found is None or isinstance(found, float) or "write" in found
