"""Tables that people have made."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from cvjkit.errors import InputError
from cvjkit.files.documents import same
from cvjkit.files.store import read
from cvjkit.journey import Journey, read_journey
from tests.files.hostile import book
from tests.files.shop import refused, saved, workbook

FIVE = ["reach", "acquisition", "conversion", "retention", "loyalty"]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("stage,people\nReach,10000\nAcquisition,2000\n", [10000, 2000]),
        ('\ufeffStage, People \n REACH ,"10,000"\nacquisition,"2,000"\n', [10000, 2000]),
        ("stage;people;unit cost\nReach;10.000;0,5\nAcquisition;2.000;1,25\n", [10000, 2000]),
        ("stage\tpeople\nReach\t10 000\nAcquisition\t2\u202f000\n", [10000, 2000]),
        ("people,stage\n10'000,reach\n,conversion\n-,loyalty\n2000,acquisition", [10000, 2000]),
        ("My plan,,\n,,\nstage,people,\nReach,1e4,\n,,\nAcquisition,2000.0,\n", [10000, 2000]),
        ("stage;people\nReach;10.000\nAcquisition;2.000\n", [10000, 2000]),
        ("stage\tpeople\nReach\t10,000\nAcquisition\t2,000\n", [10000, 2000]),
        ("stage,people,framework\nReach,10000,five\nAcquisition,2000,\n", [10000, 2000]),
    ],
)
def test_a_table_is_read_as_people_write_it(tmp_path: Path, text: str, counts: list[int]) -> None:
    document, _ = read(saved(tmp_path, text, "My shop.csv"))
    assert document["name"] == "My shop"
    assert document["framework"] == "five"
    read_counts = document["segments"][0]["counts"]
    assert read_counts == dict(zip(FIVE, counts, strict=False))
    assert all(isinstance(number, int) for number in read_counts.values())
    assert read_journey(tmp_path / "My shop.csv").flow().stages.people["reach"] == 10000


def test_a_table_may_have_several_channels_costs_and_a_plan(tmp_path: Path) -> None:
    text = (
        "Stage;People: Ads;Entrants: Blog;Rate: Blog;Unit Cost;Delay (days);Margin\n"
        "Awareness;4.000;6.000;;0,10;;\n"
        "Engagement;400;;15%;0,5;1;\n"
        "First order;;;;;;\n"
        "Conversion;;;0,125;5;2;-1.250,5\n"
    ).replace("First order", "Subscription")
    document, _ = read(saved(tmp_path, text, "shop.csv"))
    assert document["framework"] == "eight"
    assert document["segments"] == [
        {"name": "Ads", "counts": {"awareness": 4000, "engagement": 400}},
        {"name": "Blog", "entrants": 6000, "rates": {"engagement": 0.15, "conversion": 0.125}},
    ]
    assert document["stages"] == {
        "awareness": {"unit_cost": 0.1},
        "engagement": {"unit_cost": 0.5, "delay_days": 1},
        "conversion": {"unit_cost": 5, "delay_days": 2, "margin": -1250.5},
    }


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("stage;people;unit cost\nReach;8.000;0.5", 8),
        ("stage;people;unit cost\nReach;8.000;0,5", 8000),
        ("stage;people;unit cost\nReach;8,000;0.5", 8000),
        ("stage;people: A;people: B\nReach;8.000;1,010,000\nAcquisition;2.000;5", 8),
        ("stage;people;unit cost\nReach;8.000;1.250,5", 8000),
        # Google Sheets writes commas between the cells in every country.
        ('stage,people,unit cost\nReach,8.000,"0,5"', 8000),
        ("stage,people\nReach,8.000", 8000),
        ("stage;people\nReach;8.000\nAcquisition;2.500,0", 8000),
        ("stage;people\nReach;8000.000\nAcquisition;2.000", 8000),
    ],
)
def test_the_decimal_sign_of_a_file_holds_for_people_too(
    tmp_path: Path, text: str, people: int
) -> None:
    document, _ = read(saved(tmp_path, text, "shop.csv"))
    assert document["segments"][0]["counts"]["reach"] == people


def test_the_rounding_of_a_spreadsheet_makes_no_part_of_a_person(tmp_path: Path) -> None:
    noisy = 2319.9999999999995
    cells = (f"<c t='str'><v>{text}</v></c>" for text in ("stage", "people", "Reach"))
    rows = "<row>{}{}</row><row>{}<c><v>{!r}</v></c></row>".format(*cells, noisy)
    document, _ = read(saved(tmp_path, book(rows), "shop.xlsx"))
    assert document["segments"][0]["counts"] == {"reach": 2320}
    counts = {"reach": noisy, "acquisition": 0.1 + 0.2 + 0.7}
    assert Journey.from_counts("five", counts).segments[0].counts[:2] == (2320, 1)
    with pytest.raises(InputError, match="whole number of people"):
        Journey.from_counts("five", {"reach": 2319.99})


def test_everything_wrong_in_a_table_is_said_at_once_with_its_cell(tmp_path: Path) -> None:
    text = (
        "stage;people: Ads;rate: Ads;unit cost;colour;unit cost\n"
        "Reach;many;;1.250;red;\n"
        "Convertion;20%;;TRUE;;;x\n"
        "Reach;5;;;;\n"
        ";7;;;;\n"
    )
    message = refused(lambda: read(saved(tmp_path, text, "shop.csv")))
    for fault in (
        "B2: 'many' must be a number",
        "D2: '1.250' could mean 1250 or 1.25",
        "E1: 'colour' is not known; choose from stage, people: SEGMENT",
        "F1: 'unit cost' is also the heading of another column",
        "A3: 'Convertion' is not known; did you mean 'Conversion'?",
        "B3: '20%' is a percentage",
        "D3: 'TRUE' must be a number",
        "G3: 'x' has no heading",
        "A4: 'Reach' has more than one row",
        "B5: '7' is in a row without a stage",
        "C1: 'rate: Ads' and another column give 'Ads' both",
    ):
        assert fault in message
    assert "11 faults" in message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name,people\nReach,5", "headings: 'name, people' do not include 'stage'"),
        ("", "do not include 'stage'"),
        ("stage,people\nAlpha,5\nBeta,3", "add a column 'framework' with one of these keys (five:"),
        ("stage,people\nConversion,5", "the stages do not tell which one it is"),
        ("stage,people,framework\nReach,5,six", "'six' is not known"),
        ("stage,people,framework\nReach,5,five\nLoyalty,5,nine", "C3: 'nine' differs from 'five'"),
        ("stage,people,people: Ads\nReach,5,5", "B1: 'people' does not name its segment"),
        ("stage,people: Ads,people: Ads \nReach,5,5", "also the heading of another column"),
        ('stage,people\nReach,"5', "is not a table"),
        (b"stage,people: \xc4\nReach,5", "is not UTF-8 text: see line 1; save it as UTF-8"),
    ],
)
def test_what_makes_no_sense_as_a_table_is_refused(
    tmp_path: Path, text: str | bytes, why: str
) -> None:
    assert why in refused(lambda: read(saved(tmp_path, text, "shop.csv")))


def test_sheets_may_be_added_by_hand(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "shop.xlsx",
        Stages=[
            ["Stage", "People: Ads", "Rate: Blog", "Entrants: Blog"],
            ["Awareness", 9000, None, 10],
            ["Engagement", 900, 0.25, None],
        ],
        journey=[["Name", "Shop"], ["Discount rate", "10%"], ["Illustrative", "Yes"]],
        Segments=[["Name", "Spend", "Awareness"], ["Blog", None, "solution"], ["Ads", 1620, None]],
        Offers=[["stage", "name", "price", "repeat rate"], ["Conversion", "Box", 6, "88%"]],
        Tactics=[["stage", "name"], ["engagement", "Quiz"]],
        Transitions=[["source", "target", "rate"], ["Engagement", "Awareness", 0.05]],
        Notes=[["ask Ann"]],
    )
    document, _ = read(path)
    assert same(
        document,
        {
            "schema_version": 1,
            "name": "Shop",
            "discount_rate": 0.1,
            "illustrative": True,
            "framework": "eight",
            "segments": [
                {
                    "name": "Blog",
                    "awareness": "solution",
                    "entrants": 10,
                    "rates": {"engagement": 0.25},
                },
                {"name": "Ads", "spend": 1620, "counts": {"awareness": 9000, "engagement": 900}},
            ],
            "stages": {"engagement": {"tactics": ["Quiz"]}},
            "offers": [{"stage": "conversion", "name": "Box", "price": 6, "repeat_rate": 0.88}],
            "transitions": [{"source": "engagement", "target": "awareness", "rate": 0.05}],
        },
    )


def test_everything_wrong_in_a_workbook_is_said_at_once_with_its_cell(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "shop.xlsx",
        Stages=[
            ["stage", "people: Ads", "unit cost"],
            ["Reach", date(2026, 3, 4), "=1+1"],
            ["Acquisition", True, "1.250"],
            ["Conversion", "#DIV/0!", "5 apples"],
        ],
        Journey=[["colour", "red"], ["name", "A"], ["name", "B"], ["market", 5, "people"]],
        Offers=[["stage", "cost"], ["Conversion", 5, 6]],
        Segments=[["name"], ["Blog"]],
    )
    message = refused(lambda: read(path))
    for fault in (
        "Stages!B2: 2026-03-04 must be a number",
        "Stages!C2: '=1+1' has not been calculated; open the file in Excel",
        "Stages!B3: True must be a number",
        "Stages!C3: '1.250' could mean 1250 or 1.25",
        "Stages!B4: '#DIV/0!' is an error",
        "Stages!C4: '5 apples' must be a number",
        "Stages!B1: 'Ads' is not known; choose from Blog",
        "Journey!A1: 'colour' is not known; choose from schema version, name",
        "Journey!A3: 'name' is listed twice",
        "Journey!C4: 'people' is one cell too many for a field and its value",
        "Offers!B1: 'cost' is not known; choose from stage, name, price",
        "Offers!C2: 6 has no heading",
    ):
        assert fault in message


def test_a_workbook_without_a_table_of_stages_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "shop.xlsx", May=[["stage"]], June=[["stage"]])
    assert "sheets: 'May, June' include none called 'Stages'" in refused(lambda: read(path))
