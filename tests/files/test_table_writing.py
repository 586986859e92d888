"""Tables hold what they can, refuse the rest, and run nothing."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from cvjkit.catalog.lookup import framework
from cvjkit.files.documents import same
from cvjkit.files.store import Origin, read, write
from cvjkit.journey import Journey, read_journey
from tests.files.shop import HOSTILE, SCHEMA_1, SHOP, changed, refused


def test_csv_says_what_it_cannot_hold(tmp_path: Path) -> None:
    message = refused(lambda: write(tmp_path / "shop.csv", SHOP, Origin()))
    for part in ("fixed cost", "offers", "transitions", "referrals", "spend of Ads", "tactics"):
        assert part in message
    assert "save it as .toml or .xlsx" in message
    assert not (tmp_path / "shop.csv").exists()
    own = Journey.from_counts(framework("five").rename({"reach": "Seen"}), [9, 5, 3, 2, 1])
    assert "a framework of your own" in refused(lambda: own.save(tmp_path / "shop.csv"))


def test_csv_round_trips_what_it_can_hold(tmp_path: Path) -> None:
    journey = Journey.from_counts(
        "eight:time",
        {"Ads": [9, 8, None, 6, 5, 4, 3, 2], '=1, "two"': [1] * 8},
        name="Shop; über, alles",
        currency="$",
    ).with_stage("conversion", unit_cost=0.1, fixed_cost=5, margin=-2.5, delay_days=3)
    assert read_journey(journey.save(tmp_path / "x.csv")) == journey
    plan = Journey.from_rates("five", {"reach": 10, "acquisition": 2}, [0.5, 0.25, 1, 0])
    assert read_journey(plan.save(tmp_path / "y.csv")) == plan


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x"])
def test_no_cell_of_a_csv_file_runs_as_a_formula(tmp_path: Path, name: str) -> None:
    journey = Journey.from_counts("five", {name: [9, 5, 3, 2, 1], "x": [1] * 5}, name=name)
    message = refused(lambda: journey.save(tmp_path / "shop.csv"))
    assert "begins like a formula" in message
    text = journey.with_terms(name="Shop").save(tmp_path / "shop.csv").read_text("utf-8-sig")
    cells = [cell.strip('"') for line in text.splitlines() for cell in line.split(",")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))] == []


@pytest.mark.parametrize("text", [text for text in HOSTILE if text[0] in "=+-@#"])
def test_no_cell_of_a_workbook_runs_as_a_formula(tmp_path: Path, text: str) -> None:
    document = changed(name=text, description=text)
    document["segments"][0] |= {"name": text, "channel": text}
    path = write(tmp_path / "shop.xlsx", document, Origin())
    cells = [
        cell
        for sheet in openpyxl.load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.quotePrefix for cell in cells if cell.value == text] == [text[0] != "#"] * 4


def test_a_share_in_a_workbook_is_shown_as_a_percentage_and_nothing_else_is(
    tmp_path: Path,
) -> None:
    document = changed(discount_rate=0.1)
    document["offers"][0]["repeat_rate"] = 0.5
    book = openpyxl.load_workbook(write(tmp_path / "shop.xlsx", document, Origin()))
    formats = {
        (title, str(column[0].value)): {cell.number_format for cell in column[1:]}
        for title in book.sheetnames
        for column in book[title].iter_cols()
        if column[0].value != "value"
    }
    shares = {key for key, found in formats.items() if found == {"0.00%"}}
    assert shares == {("Stages", "rate: Blog"), ("Offers", "repeat rate"), ("Transitions", "rate")}
    assert {"General"} == {one for key in formats.keys() - shares for one in formats[key]}
    terms = {row[0].value: row[1].number_format for row in book["Journey"].iter_rows(min_row=2)}
    assert (terms["discount rate"], terms["fixed cost"]) == ("0.00%", "General")


def test_characters_no_workbook_can_hold_are_refused(tmp_path: Path) -> None:
    message = refused(lambda: write(tmp_path / "x.xlsx", changed(name="bell\a"), Origin()))
    assert "'bell\\x07' has a character no workbook can hold; save it as .toml" in message
    message = refused(lambda: write(tmp_path / "x.xlsx", changed(name="one\rtwo"), Origin()))
    assert "would change some of it; save it as .toml" in message
    message = refused(lambda: write(tmp_path / "x.xlsx", changed(name="x" * 40000), Origin()))
    assert "would change some of it" in message
    assert list(tmp_path.iterdir()) == []


def test_a_workbook_holds_what_the_audit_asks_for(tmp_path: Path) -> None:
    document = changed(
        channels_overlap=False,
        next_test_days=7,
        accepted=[{"rule": "A11", "reason": "so"}],
        thresholds={"leg_days": 50, "bypass_share": 0.2},
    )
    document["segments"][0] |= {"avatar": "x", "targeted": False, "counted_in": "visits"}
    document["offers"][0] |= {"kind": "own", "reorder_days": [30, 60.5], "digital": True}
    tactic = {"name": "Quiz", "kind": "upsell", "cost": 5, "due": "2026-03-31"}
    message = {"kind": "thank_you", "after_minutes": 5, "opt_out": True}
    document["stages"]["reach"] = {
        "tactics": [tactic, "Post"],
        "messages": [message, {"kind": "thank_you"}],
    }
    path = write(tmp_path / "shop.xlsx", document, Origin())
    assert same(read(path)[0], document)
    book = openpyxl.load_workbook(path)
    book["Tactics"]["F4"] = date(2026, 4, 30)
    book["Offers"]["G2"] = "30; 1 000"
    assert [book[sheet][cell].value for sheet, cell in (("Tactics", "F1"), ("Offers", "G1"))] == [
        "due",
        "reorder days",
    ]
    book.save(path)
    again, _ = read(path)
    assert again["stages"]["reach"]["tactics"][0]["due"] == "2026-04-30"
    assert again["offers"][0]["reorder_days"] == [30, 1000]
    assert again["thresholds"] == {"leg_days": 50, "bypass_share": 0.2}


def test_a_workbook_says_everything_the_toml_file_says(tmp_path: Path) -> None:
    journey = read_journey(SCHEMA_1)
    assert same(read_journey(journey.save(tmp_path / "x.xlsx")).document(), journey.document())
    book = openpyxl.load_workbook(io.BytesIO((tmp_path / "x.xlsx").read_bytes()))
    assert [cell.value for cell in book["Stages"][1]][:4] == [
        "stage",
        "people: Ads",
        "entrants: Blog",
        "rate: Blog",
    ]
    assert book["Stages"]["A2"].value == "Be seen"
