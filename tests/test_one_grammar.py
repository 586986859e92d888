"""A text means the same number wherever people write it."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvjkit.errors import InputError
from cvjkit.journey import read_journey
from cvjkit.numbers import UnreadableError, read_number
from tests.widgets.hand import PLAN, SHOP, Hand

REFUSED = "refused"
AMBIGUOUS = "ambiguous"

# A grammar of its own: what people write, put together from its parts.
GROUPS = st.sampled_from(["", ",", ".", " ", "\u00a0", "\u202f", "\u2009", "'", "\u2019"])


@st.composite
def written(draw: st.DrawFn) -> str:
    """Write a number in some way, sensible or not."""
    whole = draw(st.sampled_from([0, 1, 7, 25, 100, 250, 1250, 1620, 10000, 1234567]))
    text = f"{whole:,}".replace(",", draw(GROUPS))
    decimals = draw(st.sampled_from(["", "", "0", "5", "05", "125", "000", "1250"]))
    if decimals:
        text += draw(st.sampled_from(".,")) + decimals
    text += draw(st.sampled_from(["", "", "", "k", " mn", "e2"]))
    sign = draw(st.sampled_from(["", "", "", "-", "\N{MINUS SIGN}", "("]))
    text = f"({text})" if sign == "(" else sign + text
    before, after = draw(
        st.sampled_from([("", ""), ("", ""), ("€", ""), ("", " EUR"), ("", "%"), ("", " %")])
    )
    return before + text + after


TEXTS = written() | st.sampled_from(
    [
        "-",
        "\N{EM DASH}",
        "n/a",
        "NA",
        "null",
        "5-",
        "5 apples",
        "1,2,3",
        "10 00",
        "0x10",
        "1/2",
        "x",
    ]
)
# The unit, the column of a file, the column of the grid.
FIELDS = {
    "people": ("people", "reached"),
    "amount": ("unit cost", "unit_cost"),
    "days": ("delay days", "delay_days"),
    "share": ("rate", "rate"),
}


def outcome(message: str) -> str:
    return AMBIGUOUS if "could mean" in message else REFUSED


def in_a_file(path: Path, unit: str) -> object:
    """Read the number at Acquisition."""
    try:
        journey = read_journey(path)
    except InputError as error:
        return outcome(str(error))
    (segment,) = journey.segments
    if unit in {"amount", "days"}:
        row = next((row for row in journey.stages if row.stage == "acquisition"), None)
        return getattr(row, FIELDS[unit][1], None)
    return ((segment.counts if unit == "people" else segment.rates) or (None, None))[1]


def in_csv(text: str, unit: str) -> object:
    """A cell of a table separated by semicolons, which tell nothing of the decimal sign."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shop.csv")
        written = io.StringIO()
        writer = csv.writer(written, delimiter=";")
        writer.writerows(table(text, unit))
        path.write_text(written.getvalue(), encoding="utf-8")
        return in_a_file(path, unit)


def in_xlsx(text: str, unit: str) -> object:
    """A cell of a workbook that holds a text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "shop.xlsx")
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in table(text, unit):
            sheet.append(row)
        for cells in sheet.iter_rows():
            for cell in cells:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        book.save(path)
        return in_a_file(path, unit)


def table(text: str, unit: str) -> list[list[str]]:
    heading = FIELDS[unit][0]
    columns = {"people": ["people"], "share": ["entrants", heading]}.get(unit, ["people", heading])
    cells = [text] if unit == "people" else ["", text]
    first = ["9"] if unit == "people" else ["9", ""]
    return [
        ["stage", *columns, "framework"],
        ["Reach", *first, "five"],
        ["Acquisition", *cells, ""],
    ]


def in_the_grid(hand: Hand, unit: str) -> object:
    column = FIELDS[unit][1]
    message = hand.message("stages", "acquisition", column)
    if message:
        return outcome(message)
    (segment,) = hand.journey.segments
    if unit in {"amount", "days"}:
        row = next((row for row in hand.journey.stages if row.stage == "acquisition"), None)
        return getattr(row, column, None)
    return ((segment.counts if unit == "people" else segment.rates) or (None, None))[1]


def typed(text: str, unit: str) -> object:
    hand = Hand(PLAN if unit == "share" else SHOP)
    return in_the_grid(hand.types(text, "stages", "acquisition", FIELDS[unit][1]), unit)


def pasted(text: str, unit: str) -> object:
    hand = Hand(PLAN if unit == "share" else SHOP)
    return in_the_grid(hand.pastes(text, "acquisition", FIELDS[unit][1]), unit)


def read(text: str, unit: str) -> object:
    """What the one reader says, without the bounds of a journey."""
    try:
        return read_number(text, unit)  # type: ignore[arg-type]  # one of the units
    except UnreadableError as error:
        return outcome(str(error))


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from(list(FIELDS)))
def test_a_text_means_the_same_typed_pasted_in_csv_and_in_xlsx(text: str, unit: str) -> None:
    found = {place.__name__: place(text, unit) for place in (typed, pasted, in_csv, in_xlsx)}
    assert len(set(found.values())) == 1, found
    number = read(text, unit)
    # A journey may refuse a number for what it is; it never makes another of it.
    assert next(iter(found.values())) in {number, REFUSED}, (found, number)
    if number in {REFUSED, AMBIGUOUS}:
        assert set(found.values()) == {number}


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("1.620", "people", 1620),
        ("1.250", "amount", AMBIGUOUS),
        ("1,250", "amount", AMBIGUOUS),
        ("0,05", "amount", 0.05),
        ("-", "amount", None),
        ("\N{EM DASH}", "people", None),
        ("n/a", "share", None),
        ("10.000", "people", 10000),
        ("25,5 %", "share", 0.255),
        ("25", "share", 0.25),
        ("1", "share", 0.01),
        ("0.25", "share", 0.25),
        ("1.2k", "amount", 1200),
        ("€5", "amount", 5),
        ("10 000 EUR", "amount", 10000),
        ("1,5", "amount", 1.5),
        ("5 EUR", "days", REFUSED),
    ],
)
def test_what_people_type_and_paste_is_read_the_same_everywhere(
    text: str, unit: str, number: object
) -> None:
    found = [place(text, unit) for place in (typed, pasted, in_csv, in_xlsx)]
    assert found == [number] * 4


def test_a_pasted_column_of_people_is_read_as_in_a_file() -> None:
    block = "10.000\n2.000\n100\n40\n10"
    assert Hand(SHOP).pastes(block, "reach", "reached").counts == [10000, 2000, 100, 40, 10]
    shares = Hand(PLAN).pastes("25,5 %\n5 %", "acquisition", "rate")
    assert shares.rates[:2] == [0.255, 0.05]


def test_the_repeat_rate_is_a_percentage() -> None:
    hand = Hand(SHOP).types("1", "offers", "bought_again", "repeat_rate")
    assert hand.journey.offers[0].repeat_rate == 0.01
    assert hand.text("offers", "bought_again", "repeat_rate") == "1%"
