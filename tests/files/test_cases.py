"""Files that people really have are read as they mean them, or refused with what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cvjkit.errors import InputError
from cvjkit.files.store import journey_files
from cvjkit.journey import Journey, read_journey
from cvjkit.number_text import Unit
from cvjkit.numbers import read_number
from cvjkit.publishing import dashboards
from cvjkit.publishing.canvas import canvas
from tests.files.shop import refused, saved

# How the rows of the table in docs/files.md begin, and what is counted there.
UNITS_BY_WORDS: dict[str, Unit] = {
    "`10000`": "amount",
    "`10,000` or": "people",
    "`1,5`": "amount",
    "`€5`": "amount",
    "`1.2k`": "amount",
    "`-5`": "amount",
    "`12%`": "share",
    "a share written `25`": "share",
    "a share written `1`": "share",
    "blank": "amount",
}
CASES = Path(__file__).parent / "cases"


def counts(name: str) -> list[float | None]:
    (segment,) = read_journey(CASES / name).segments
    return list(segment.counts or ())


def fault(name: str) -> str:
    with pytest.raises(InputError) as refused:
        read_journey(CASES / name)
    return "\n".join(map(str, refused.value.faults))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("empty_extra_sheets.xlsx", [8000, 2000, 100, 40, 10]),
        ("formula_result_is_empty_text.xlsx", [8000, None, 100, None, None]),
        ("german_money_in_file.csv", [10000, 2000, 100, None, None]),
        ("missing_markers.csv", [8000, None, None, None, None]),
        ("space_after_comma_quoted.csv", [8000, 2000, 100, None, None]),
        ("thin_space.csv", [1010000, 2000, 100, None, None]),
        ("title_contains_stage.csv", [8000, 2000, 100, None, None]),
    ],
)
def test_people_are_read_as_they_are_meant(name: str, expected: list[float | None]) -> None:
    assert read_journey(CASES / name).framework.key == "five"
    assert counts(name) == expected


def test_the_decimal_sign_of_a_file_decides_how_its_money_is_read() -> None:
    costs = [row.unit_cost for row in read_journey(CASES / "german_money_in_file.csv").stages]
    assert costs == [1000, 1488.69, 89.9]


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("stage;people;delay (days);unit cost\nReach;9;1,5;1.250", 1250),
        ("stage;people;delay (days);unit cost\nReach;9;1.5;1.250", 1.25),
        # Who separates cells by commas writes decimal points, unless another number shows a comma.
        ('stage,people,unit cost\nReach,9,"1,250"', 1250),
        ("stage,people,unit cost\nReach,9,1.250", 1.25),
    ],
)
def test_other_columns_and_the_separator_show_the_decimal_sign_of_money(
    tmp_path: Path, text: str, cost: float
) -> None:
    assert read_journey(saved(tmp_path, text, "shop.csv")).stages[0].unit_cost == cost


def test_where_the_separator_and_the_numbers_contradict_each_other_money_has_two_readings(
    tmp_path: Path,
) -> None:
    text = 'stage,people,delay (days),unit cost\nReach,9,"1,5",1.250'
    said = refused(lambda: read_journey(saved(tmp_path, text, "shop.csv")))
    assert "D2: '1.250' could mean 1250 or 1.25" in said


def test_money_may_have_its_currency_and_brackets_for_a_loss() -> None:
    journey = read_journey(CASES / "money_with_currency_and_brackets.csv")
    assert [row.margin for row in journey.stages] == [-1.5, 1200, 25]


def test_a_date_is_shown_as_a_date() -> None:
    said = fault("date_as_people.xlsx")
    assert "Sheet1!B2: 2026-03-01 must be a number" in said
    assert "datetime" not in said


def test_columns_and_rows_that_follow_from_others_are_to_be_deleted() -> None:
    said = fault("derived_columns.csv")
    assert "C1: 'conversion rate' is not known" in said
    assert "D1: 'notes' is not known" in said
    assert said.count("or delete the column") == 2
    said = fault("totals_row.xlsx")
    assert "Sheet1!A7: 'Total' is not known" in said
    assert said.endswith("or delete the row")


def test_an_export_is_read_by_what_its_headings_mean_and_what_was_understood_is_told() -> None:
    journey = read_journey(CASES / "ga4_like_export.csv")
    assert journey.framework.key == "five"
    assert journey.segments[0].counts == (8000, 2000, 100, None, None)
    assert journey.segments[0].counted_in is None
    assert journey.understood == (
        "Read 'Step' as stage, 'Active users' as people.",
        "Left out 'Segment', 'Completion rate', 'Abandonments', 'Abandonment rate'.",
        "Read '1. Reach' as Reach, '2. Acquisition' as Acquisition, '3. Conversion' as Conversion.",
    )
    assert journey.with_stage("reach", unit_cost=1).understood == journey.understood


@pytest.mark.parametrize(
    ("text", "counts", "counted_in"),
    [
        ("Lifecycle stage,Count of contacts\nReach,9\nAcquisition,5", [9, 5], None),
        ("Funnel Step;Sessions\nStep 1: Reach;9\nStep 2: Acquisition;5", [9, 5], "visits"),
        ("step\tSessions\tUsers\n1) Reach\t99\t9\n2) Acquisition\t55\t5", [9, 5], None),
        ("step\tUsers\tSessions\n1) Reach\t9\t99\n2) Acquisition\t5\t55", [9, 5], None),
        ("Step,Impressions\n#1 Reach,9\n#2 Acquisition,5", [9, 5], "impressions"),
        ("Step,people\nReach,9\nAcquisition,5", [9, 5], None),
        ("stage,Users\n01 - Reach,9\n02 - Acquisition,5", [9, 5], None),
    ],
)
def test_exports_of_many_programs_are_read(
    tmp_path: Path, text: str, counts: list[int], counted_in: str | None
) -> None:
    journey = read_journey(saved(tmp_path, text, "export.csv"))
    (segment,) = journey.segments
    assert list(segment.counts or ())[:2] == counts
    assert segment.counted_in == counted_in
    assert journey.understood[0].startswith("Read '")


def test_an_export_may_have_several_segments(tmp_path: Path) -> None:
    text = "Step,Users: Ads,Sessions: Blog\nReach,9,90\nAcquisition,5,50"
    one, two = read_journey(saved(tmp_path, text, "export.csv")).segments
    assert (one.name, one.counts[0], one.counted_in) == ("Ads", 9, None)
    assert (two.name, two.counts[0], two.counted_in) == ("Blog", 90, "visits")


def test_a_misspelt_heading_of_ours_is_no_column_of_an_export(tmp_path: Path) -> None:
    said = refused(
        lambda: read_journey(saved(tmp_path, "Step,Users,unit csot\nReach,9,5", "x.csv"))
    )
    assert "C1: 'unit csot' is not known; did you mean 'unit cost'?" in said


def test_an_export_with_headings_nobody_knows_is_told_which_two_to_rename(tmp_path: Path) -> None:
    lines = (CASES / "ga4_like_export.csv").read_text().replace("Step,", "Phase,")
    said = refused(lambda: read_journey(saved(tmp_path, lines, "export.csv")))
    assert "rename 'Phase' to 'stage' and 'Active users' to 'people'" in said
    assert said.count("\n") == 1
    # What it asks for is enough.
    cells = [line.split(",") for line in lines.splitlines()[5:]]
    mended = ["stage,people", *(f"{row[0]},{row[2]}" for row in cells)]
    path = saved(tmp_path, "\n".join(mended), "mended.csv")
    assert read_journey(path).segments[0].counts == (8000, 2000, 100, None, None)


def test_a_number_that_commas_have_cut_in_two_is_refused() -> None:
    said = fault("unquoted_thousands_become_name.csv")
    assert "C2: '000' may be the end of 8,000" in said
    assert 'put it in quotes ("8,000")' in said


@pytest.mark.parametrize("heading", ["journey", "currency"])
def test_the_end_of_a_number_becomes_no_name_and_no_currency(tmp_path: Path, heading: str) -> None:
    text = f"stage,people,{heading}\nReach,8,123\nAcquisition,2000,\n"
    said = refused(lambda: read_journey(saved(tmp_path, text, "shop.csv")))
    assert "C2: '123' may be the end of 8,123" in said
    # Two numbers beside each other are none.
    costs = saved(tmp_path, "stage,people,unit cost\nReach,8,123\n", "costs.csv")
    assert read_journey(costs).stages[0].unit_cost == 123


@pytest.mark.parametrize("name", ["not_a_workbook.xlsx", "open_quote.csv"])
def test_no_fault_of_a_file_names_the_folder_it_is_in(name: str) -> None:
    said = fault(name)
    assert name in said
    assert str(CASES) not in said


def test_an_open_quote_is_named_with_its_line() -> None:
    assert "a quote is never closed; correct the row that begins in line 2" in fault(
        "open_quote.csv"
    )


def test_no_currency_is_invented(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_bytes((CASES / "no_currency.toml").read_bytes())
    journey = read_journey(path)
    assert journey.currency == ""
    journey.with_stage("conversion", unit_cost=5).save()
    assert "currency" not in path.read_text()
    assert read_journey(path).stages[0].unit_cost == 5


@pytest.mark.parametrize("suffix", ["toml", "csv", "xlsx"])
def test_a_design_has_no_currency_until_somebody_types_one(tmp_path: Path, suffix: str) -> None:
    shop = Journey.from_counts("five", [8000, 2000, 100, 40, 10]).with_stage("reach", unit_cost=5)
    assert shop.currency == ""
    assert "currency" not in shop.document()
    assert "currency" not in shop.code()
    again = read_journey(shop.save(tmp_path / f"shop.{suffix}"))
    assert again == shop
    assert again.with_terms(currency="CHF").with_terms(currency=None) == shop
    shown = f"{canvas(again)}{again.economics().text('cac', again.currency)}"
    assert not re.search("EUR|€", shown + (tmp_path / f"shop.{suffix}").read_text(errors="ignore"))
    assert again.economics().text("cac", again.currency) == "400.00"


def test_the_documented_numbers_are_read_as_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "files.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith(("| `", "| a share", "| blank"))]
    said = {row.split("|")[1].strip(): re.findall(r"`([^`]+)`", row.split("|")[1]) for row in rows}
    read = {
        first: [read_number(written, unit) for written in texts]
        for first, texts in said.items()
        for words, unit in UNITS_BY_WORDS.items()
        if first.startswith(words)
    }
    assert list(read.values()) == [
        [10000] * 5,
        [10000, 10000],
        [1.5, 1.5, 0.05, 1234.5],
        [5, 5, 1200],
        [1200, 3e6, 2e9],
        [-5, -5],
        [0.12, 0.12, 0.125],
        [0.25, 0.25],
        [0.01],
        [None] * 7,
    ]
    for ambiguous in ("1.250", "1,250"):
        with pytest.raises(ValueError, match=r"1250 or 1\.25"):
            read_number(ambiguous)


def test_the_lock_file_of_excel_is_no_journey(tmp_path: Path) -> None:
    Journey.from_counts("five", [9, 5, 3, 2, 1], name="Shop").save(tmp_path / "shop.XLSX")
    lock = CASES / "~$shop.xlsx"
    (tmp_path / lock.name).write_bytes(lock.read_bytes())
    (tmp_path / "notes.txt").write_text("no journey")
    assert [path.name for path in journey_files(tmp_path)] == ["shop.XLSX"]
    assert journey_files(tmp_path / "nowhere") == []
    page = dashboards.journey(tmp_path)
    assert "cannot be opened" not in str(page._chooser.document)
