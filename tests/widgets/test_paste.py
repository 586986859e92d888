"""Blocks as people copy them from Excel, Google Sheets and analytics tools, pasted into a grid."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.widgets.builders import field_at
from cvjkit.widgets.codec import AMOUNT, TEXT
from cvjkit.widgets.fields import Row, Table
from cvjkit.widgets.panels.stages import stage_table
from cvjkit.widgets.paste import LONGEST_BLOCK, Laid, lay
from tests.widgets.hand import PLAN, SHOP, Hand

KEYS = ("reach", "acquisition", "conversion", "retention", "loyalty")
FIVE = ["8000", "2000", "100", "40", "10"]


def pasted(block: str, row: str = "reach", column: str = "reached") -> Laid:
    journey = PLAN if column == "rate" else SHOP
    return lay(block, ("stages", row, column), stage_table(journey, journey.flow(), 0))


def read(laid: Laid) -> dict[str, str]:
    return {row: text for (_, row, _), text in laid.texts.items()}


def of_five(*texts: str, start: int = 0) -> dict[str, str]:
    return dict(zip(KEYS[start:], texts, strict=False))


NAMES = ["Reach", "Acquisition", "Conversion", "Retention", "Loyalty"]
ROWS = "".join(f"{name}\t{text}\r\n" for name, text in zip(NAMES, FIVE, strict=True))
ALL = "5 numbers for Reached"
TOTAL = f"{ALL}; 1 row left out: Total."


@pytest.mark.parametrize(
    ("block", "said"),
    [
        # Positions.
        ("\n".join(FIVE), f"{ALL}."),
        ("\t".join(FIVE), f"{ALL}."),
        ("\r\n".join(FIVE) + "\r\n", f"{ALL}."),
        ("\r".join(FIVE), f"{ALL}."),
        ("\n\n".join(FIVE), f"{ALL}."),
        ("\n\n" + "\n".join(FIVE) + "\n\n\n", f"{ALL}."),
        ("People\n" + "\n".join(FIVE), f"{ALL}."),
        ("Users\t" + "\t".join(FIVE), f"{ALL}."),
        ("People in May\n\nUsers\n" + "\n".join(FIVE), f"{ALL}."),
        ("\n".join([*FIVE, "10150"]), f"{ALL}; 1 row left out: 10150."),
        ("\t".join([*FIVE, "10150"]), f"{ALL}; 1 row left out: 10150."),
        ("\n".join([*FIVE, "7", "3"]), f"{ALL}; 2 rows left out: 7, 3."),
        # Names in a column.
        (ROWS, f"{ALL}."),
        ("Stage\tPeople\r\n" + ROWS, f"{ALL}."),
        ("Funnel of May\t\r\nStage\tPeople\r\n" + ROWS, f"{ALL}."),
        (ROWS + "Total\t10,150\r\n", TOTAL),
        ("Step\tActive users\nTotal\t10150\n" + ROWS, TOTAL),
        ("\n".join(reversed(ROWS.splitlines())), f"{ALL}."),
        (ROWS.upper(), f"{ALL}."),
        ("".join(f"{i}. {line}\n" for i, line in enumerate(ROWS.splitlines(), 1)), f"{ALL}."),
        ("".join(f"Step {i}: {line}\n" for i, line in enumerate(ROWS.splitlines(), 1)), f"{ALL}."),
        ("".join(f"{i}\t{line}\n" for i, line in enumerate(ROWS.splitlines(), 1)), f"{ALL}."),
        ("".join(f"{line}\t{i}\n" for i, line in enumerate(ROWS.splitlines(), 1)), f"{ALL}."),
        (ROWS.replace("Reach", '"Reach"').replace("8000", '"8000"'), f"{ALL}."),
        # Names in a row.
        ("\t".join(NAMES) + "\n" + "\t".join(FIVE), f"{ALL}."),
        ("\t" + "\t".join(NAMES) + "\nUsers\t" + "\t".join(FIVE), f"{ALL}."),
        ("\t".join([*NAMES, "Total"]) + "\n" + "\t".join([*FIVE, "10150"]), TOTAL),
        # As text.
        (ROWS.replace("\t", " "), f"{ALL}."),
        (ROWS.replace("\t", ": "), f"{ALL}."),
        (ROWS.replace("\t", "\n"), f"{ALL}."),
        (ROWS.replace("\t", ";"), f"{ALL}."),
        ("Stage;People\n" + ROWS.replace("\t", ";"), f"{ALL}."),
        ("Step,Users\n" + ROWS.replace("\t", ","), f"{ALL}."),
        (ROWS.replace("\t", ","), f"{ALL}."),
        # Names nobody knows.
        (
            "Besucher\t8000\nA\t2000\nB\t100\nC\t40\nD\t10\nSumme\t10150",
            f"{ALL}; 1 row left out: Summe.",
        ),
        ("A\tB\tC\tD\tE\n" + "\t".join(FIVE), f"{ALL}."),
    ],
)
def test_a_block_of_five_stages_fills_five_stages(block: str, said: str) -> None:
    laid = pasted(block)
    assert (read(laid), laid.said) == (of_five(*FIVE), said)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("Stage\tPeople\tRate\tUnit cost\nReach\t8000\t\t0.1\nAcquisition\t2000\t25%\t7",
         "2 numbers for Reached; 2 columns left out: Rate, Unit cost."),
        ("Stage\tUnit cost\tUsers\nReach\t0.1\t8000\nAcquisition\t7\t2000",
         "2 numbers for Reached; 1 column left out: Unit cost."),
        ("Step\tSessions\tUsers\nReach\t9000\t8000\nAcquisition\t3000\t2000",
         "2 numbers for Reached; 1 column left out: Sessions."),
        ("Reach\t100%\t8000\nAcquisition\t25%\t2000",
         "2 numbers for Reached; 1 column left out."),
        ("Reach\t8000 (100%)\nAcquisition\t2000 (25%)",
         "2 numbers for Reached; 1 column left out."),
        ("Reach\n8000\n100%\nAcquisition\n2000\n25%",
         "2 numbers for Reached; 1 column left out."),
        ("8000\t2000\n100%\t25%", "2 numbers for Reached; 1 column left out."),
        ("8000\t\t0.1\n2000\t\t0.5", "2 numbers for Reached; 1 column left out."),
    ],
)  # fmt: skip
def test_of_several_columns_the_one_that_is_meant_is_taken(block: str, said: str) -> None:
    laid = pasted(block)
    assert (read(laid), laid.said) == (of_five("8000", "2000"), said)


TABLE = (
    "Stage\tReached\tStep rate\tUnit cost\tDelay (days)\n"
    "Reach\t8000\t\t0.1\t1\nAcquisition\t2000\t25%\t2.5\t3\nConversion\t100\t5%\t9\t7"
)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("reached", ["8000", "2000", "100"]),
        ("rate", ["25%", "5%"]),
        ("unit_cost", ["0.1", "2.5", "9"]),
        ("delay_days", ["1", "3", "7"]),
    ],
)
def test_the_heading_says_which_column_is_meant(column: str, expected: list[str]) -> None:
    assert [*read(pasted(TABLE, "acquisition", column)).values()] == expected


@pytest.mark.parametrize("start", ["reach", "acquisition"])
@pytest.mark.parametrize("first", ["100%", "-", "", "100 %"])
def test_the_rate_of_the_first_stage_is_nothing_to_type(start: str, first: str) -> None:
    block = f"Rate\n{first}\n25%\n5%\n40%\n25%"
    laid = pasted(block, start, "rate")
    assert read(laid) == of_five("25%", "5%", "40%", "25%", start=1)
    assert laid.said == "4 numbers for Step rate."


def test_a_block_without_names_begins_where_it_is_pasted() -> None:
    assert read(pasted("100\n40\n10\n5", "conversion")) == of_five("100", "40", "10", start=2)
    assert read(pasted("100\t40", "conversion")) == of_five("100", "40", start=2)
    assert read(pasted("25%\n5%", "conversion", "rate")) == of_five("25%", "5%", start=2)
    assert read(pasted("Conversion\t100", "loyalty")) == {"conversion": "100"}
    assert read(pasted("Step 2: Acquisition\t2000", "loyalty")) == {"acquisition": "2000"}


def test_a_blank_among_the_numbers_says_that_it_is_not_known() -> None:
    assert read(pasted("8000\n\n100\n40")) == of_five("8000", "", "100", "40")
    assert read(pasted("Reach\t8000\nAcquisition\t\nLoyalty\t1")) == {
        "reach": "8000", "acquisition": "", "loyalty": "1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ("Reach\t8000\nReach\t10", "Reach occurs 2 times; keep one of its rows"),
        ("Reach\nAcquisition", "there is no number in it"),
        ("Stage,Users\nReach,8,000", "'Reach,8,000' has more commas than the headings"),
        ("1\n" * LONGEST_BLOCK, "it is more than 100,000 characters"),
        ("\n", "there is no number in it"),
    ],
)
def test_what_cannot_be_understood_changes_nothing_and_says_why(block: str, said: str) -> None:
    laid = pasted(block)
    assert not laid.texts
    assert laid.said.startswith(f"Nothing was pasted: {said}")


def test_a_stage_named_as_another_or_by_a_number_is_matched_by_what_tells_it() -> None:
    stages = [("a", "Step"), ("b", "Step"), ("c", "2024")]
    fields = [field_at(f"stages.{key}.unit_cost", AMOUNT, "", None, "cost") for key, _ in stages]
    rows = [Row(key, name, (field,)) for (key, name), field in zip(stages, fields, strict=True)]
    table = Table("t", tuple(rows), (("name", ""), ("cost", "Cost")))
    assert read(lay("b\t7\na\t8", ("t", "a", "cost"), table)) == {"b": "7", "a": "8"}
    assert read(lay("2024\t7", ("t", "a", "cost"), table)) == {"a": "2024", "b": "7"}


def test_texts_go_down_their_own_column() -> None:
    rows = [Row(str(i), str(i), (field_at(f"p{i}", TEXT, "", "", "name"),)) for i in range(3)]
    table = Table("t", tuple(rows), (("number", ""), ("name", "Name")))
    assert read(lay("Ads\t7\nBlog\t8", ("t", "1", "name"), table)) == {"1": "Ads", "2": "Blog"}
    laid = lay("Ads\tBlog\tTV\tFair", ("t", "0", "name"), table)
    assert (read(laid), laid.said) == (
        {"0": "Ads", "1": "Blog", "2": "TV"}, "3 texts for Name; 1 row left out: Fair.",
    )  # fmt: skip


@pytest.mark.parametrize("key", ["five", "seven", "eight", "nine"])
def test_what_cvjkit_writes_as_csv_can_be_pasted_back(key: str, tmp_path: Path) -> None:
    counts = [9000.0 // 3**index for index, _ in enumerate(cvj.framework(key))]
    journey = cvj.Journey.from_counts(key, counts, name="Shop")
    rows = csv.reader(io.StringIO(journey.save(tmp_path / "shop.csv").read_text(encoding="utf-8")))
    block = "\r\n".join("\t".join(row) for row in rows)
    empty = cvj.Journey.from_counts(key, [1.0 for _ in counts], name="Shop")
    stage = journey.framework.keys[0]
    assert Hand(empty).pastes(block, stage, "reached").journey == journey


CELLS = (
    st.sampled_from(
        [*NAMES, *FIVE, "", "-", "25%", "1.250", "0,5", "Total", "Users", '"', "5 (2%)"]
    )
    | st.text(max_size=6)
    | st.integers(-10, 10**9).map(str)
)


@given(
    st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8),
    st.sampled_from("\t;, \n"),
    st.sampled_from(KEYS),
    st.sampled_from(["reached", "rate", "unit_cost", "delay_days"]),
)
def test_whatever_is_pasted_stays_in_its_column_and_is_said(
    cells: list[list[str]], separator: str, row: str, column: str
) -> None:
    block = "\n".join(separator.join(line) for line in cells)
    laid = pasted(block, row, column)
    assert {(table, key) for table, _, key in laid.texts} <= {("stages", column)}
    assert laid.said.endswith(".")
    flat = "".join("".join(map(str, cells)).split())
    for text in laid.texts.values():
        assert set("".join(text.split())) <= {*flat, *block}


@given(st.permutations(range(5)), st.booleans(), st.booleans(), st.booleans())
def test_names_decide_in_whichever_order_and_direction_they_come(
    order: list[int], across: bool, total: bool, headed: bool
) -> None:
    lines = [[NAMES[index], FIVE[index]] for index in order]
    lines = [*([["Step", "Users"]] if headed else []), *lines, *([["Total", "9"]] if total else [])]
    if across:
        lines = [list(line) for line in zip(*lines, strict=True)]
    laid = pasted("\n".join("\t".join(line) for line in lines), "loyalty")
    assert read(laid) == of_five(*FIVE)
