"""The Designer on values: what the fields send, and what becomes of the journey."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.numbers import UNITS, Unit, read_number, write_number
from cvjkit.widgets.designer import EXAMPLE_NOTE, ILLUSTRATIVE_NOTE, Designer
from cvjkit.widgets.form import LONGEST_TEXT, Address, NumberGrid, Part, Row, Table

JOURNEYS = Path(__file__).parents[2] / "data" / "journeys"
SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
PLAN = cvj.Journey.from_rates("five", 10000, [0.2, 0.05, 0.4, 0.25], name="Plan")
TWO = cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 80, 9, 6, 2]})
MONEY = (
    SHOP.with_stage("reach", unit_cost=0.1)
    .with_offer("conversion", name="Box", price=40, margin=15)
    .with_offer("retention", name="Bag", price=40, margin=15, cycle_days=30, repeat_rate=0.8)
)

UNDO, REDO = ("head", "head", "undo"), ("head", "head", "redo")
FRAMEWORK = ("head", "head", "framework")
TAB, MODE = ("view", "view", "tab"), ("view", "view", "mode")


class Hand:
    """Somebody at the fields of a designer: what the browser would send, and what it shows."""

    def __init__(self, *given: Any, **options: Any) -> None:
        self.designer = Designer(*given, **options)
        self.number, self.run = 0, 0

    def types(self, text: str, *address: str) -> Hand:
        """Enter a field and type a text in one key press."""
        self.run += 1
        return self.goes_on(text, *address)

    def goes_on(self, text: str, *address: str) -> Hand:
        """Type on in the same field."""
        return self.sends("type", [[*address, text]])

    def presses(self, *address: str) -> Hand:
        return self.types("", *address)

    def pastes(self, block: str, stage: str, first: str) -> Hand:
        """Paste a block as Excel copies it."""
        keys = list(self.journey.framework.keys)
        columns = [each for each, _ in self.table("stages").headings[1:]]
        edits = [
            ["stages", keys[keys.index(stage) + down], columns[columns.index(first) + across], text]
            for down, line in enumerate(block.split("\n"))
            for across, text in enumerate(line.split("\t"))
        ]
        self.run += 1
        return self.sends("paste", edits)

    def escapes(self, *address: str) -> Hand:
        return self.sends("restore", [[*address, ""]])

    def sends(self, what: str, edits: Any, **more: Any) -> Hand:
        self.number += 1
        content = {"what": what, "view": "v", "number": self.number, "run": self.run, **more}
        deliver(self.designer._grid, {"method": "custom", "content": {**content, "edits": edits}})
        return self

    @property
    def journey(self) -> cvj.Journey:
        journey = self.designer.journey
        assert isinstance(journey, cvj.Journey)
        return journey

    @property
    def counts(self) -> list[float | None]:
        return list(self.journey.segments[0].counts or ())

    @property
    def rates(self) -> list[float | None]:
        return list(self.journey.segments[0].rates or ())[1:]

    @property
    def addresses(self) -> list[Address]:
        return list(self.designer._grid._fields)

    def part(self, name: str) -> dict[str, Any]:
        parts = {part["id"]: part for part in self.designer._grid.document["parts"]}
        found: dict[str, Any] = parts[name]
        return found

    def table(self, name: str) -> Table:
        parts = self.designer._grid.document["parts"]
        tables = {table["id"]: table for part in parts for table in part["tables"]}
        rows = tuple(Row(row["id"], row["name"], ()) for row in tables[name]["rows"])
        return Table(name, rows, tuple(tables[name]["headings"]))

    def text(self, *address: str) -> str:
        return self.designer._grid.field(tuple(address)).text  # type: ignore[arg-type]  # three

    def message(self, *address: str) -> str:
        return self.designer._grid.field(tuple(address)).message  # type: ignore[arg-type]  # three

    def can_edit(self, *address: str) -> bool:
        return self.designer._grid.field(tuple(address)).edit is not None  # type: ignore[arg-type]

    def figure(self, name: str) -> tuple[str, str]:
        return {name: (value, why) for name, value, why in self.part("figures")["figures"]}[name]

    def drawn(self) -> dict[str, str]:
        """The number at each stage of the picture."""
        nodes = self.designer._view.picture["nodes"]
        return {node["id"]: node["value"] for node in nodes if node["kind"] == "stage"}


def deliver(widget: Any, data: object) -> None:
    """Hand a widget what a browser has sent."""
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def people(journey: cvj.Journey) -> list[float]:
    found: list[float] = journey.flow().stages["people"].to_list()
    return found


# --- reading what is typed --------------------------------------------------------------------


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


# --- typing -----------------------------------------------------------------------------------


def test_people_typed_at_a_stage_are_counted_there() -> None:
    hand = Hand(SHOP).types("250", "stages", "conversion", "reached")
    assert hand.counts == [10000, 2000, 250, 40, 10]
    assert hand.drawn()["conversion"] == "250"
    assert hand.text("stages", "conversion", "rate") == "12.5%"


def test_a_rate_typed_where_people_are_counted_sets_the_people() -> None:
    hand = Hand(SHOP).types("7.53%", "stages", "conversion", "rate")
    assert hand.counts == [10000, 2000, 151, 40, 10]
    assert hand.text("stages", "conversion", "reached") == "151"


def test_people_typed_in_a_plan_set_the_rate_and_those_at_the_start_the_entrants() -> None:
    hand = Hand(PLAN).types("150", "stages", "conversion", "reached")
    assert hand.rates == [0.2, 0.075, 0.4, 0.25]
    hand.types("20,000", "stages", "reach", "reached")
    assert hand.journey.segments[0].entrants == (20000, 0, 0, 0, 0)
    assert people(hand.journey) == [20000, 4000, 300, 120, 30]


@pytest.mark.parametrize("target", [60, 123.4, 400])
def test_with_ways_back_and_referrals_as_many_reach_a_stage_of_a_plan_as_were_typed(
    target: float,
) -> None:
    winding = PLAN.with_transition("retention", "acquisition", 0.5).with_referral(
        "loyalty", to="acquisition", per_person=3
    )
    hand = Hand(winding).types(str(target), "stages", "conversion", "reached")
    assert not hand.message("stages", "conversion", "reached")
    assert people(hand.journey)[2] == pytest.approx(target, rel=1e-6)


def test_more_people_than_are_at_the_stage_before_are_refused_in_a_plan() -> None:
    hand = Hand(PLAN).types("2001", "stages", "conversion", "reached")
    assert hand.message("stages", "conversion", "reached") == (
        "at most 2,000 can reach Conversion: change Acquisition first"
    )
    assert hand.journey == PLAN


def test_costs_and_delays_are_typed_beside_the_people() -> None:
    hand = Hand(SHOP).types("0.1", "stages", "reach", "unit_cost")
    hand.types("3", "stages", "conversion", "delay_days")
    expected = SHOP.with_stage("reach", unit_cost=0.1).with_stage("conversion", delay_days=3)
    assert hand.journey == expected


def test_an_emptied_field_is_not_known_and_not_zero() -> None:
    hand = Hand(SHOP).types("", "stages", "retention", "reached")
    assert hand.counts == [10000, 2000, 100, None, 10]
    assert hand.text("stages", "retention", "reached") == ""
    assert hand.drawn()["retention"] == "–"
    hand = Hand(PLAN).types("", "stages", "conversion", "rate")
    assert hand.rates == [0.2, None, 0.4, 0.25]


def test_a_stage_with_direct_entrants_shows_them_in_a_plan() -> None:
    hand = Hand(cvj.Journey.from_counts("five", [100, 300, 30, 10, 1])).types("planned", *MODE)
    assert hand.text("stages", "acquisition", "entrants") == "200"
    hand.types("50", "stages", "acquisition", "entrants")
    assert people(hand.journey)[:2] == [100, 150]


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("-5", "reached", "-5 must not be negative: write 0 or more."),
        ("12.5", "reached", "12.5 must be a whole number of people"),
        ("nan", "reached", "nan must be a finite number"),
        ("1e999", "unit_cost", "1e999 must be a finite number"),
        ("250%", "rate", "250% must be between 0 and 1"),
        ("25", "rate", "25 is more than 1: write 25% or 0.25"),
        ("many", "unit_cost", "'many' is not a number"),
    ],
)
def test_a_wrong_entry_says_what_is_wrong_and_all_else_stays(
    text: str, column: str, said: str
) -> None:
    hand = Hand(SHOP)
    picture, figures = hand.designer._view.picture, hand.part("figures")
    hand.types(text, "stages", "conversion", column)
    assert hand.message("stages", "conversion", column).startswith(said)
    assert hand.text("stages", "conversion", column) == text
    assert hand.journey == SHOP
    assert hand.designer._view.picture is picture
    assert hand.part("figures") == figures
    hand.goes_on("0.5" if column == "rate" else "50", "stages", "conversion", column)
    assert hand.message("stages", "conversion", column) == ""
    assert hand.journey != SHOP


def test_while_one_entry_is_wrong_the_others_hold() -> None:
    hand = Hand(PLAN).types("25", "stages", "conversion", "rate")
    hand.types("0.5", "stages", "retention", "rate")
    assert hand.rates == [0.2, 0.05, 0.5, 0.25]
    assert hand.message("stages", "conversion", "rate").startswith("25 is more than 1")


def test_two_rates_that_are_only_together_too_much_come_right_together() -> None:
    hand = Hand(PLAN.with_transition("retention", "reach", 0.5))
    hand.types("0.8", "stages", "loyalty", "rate")
    assert "must not exceed 1" in hand.message("stages", "loyalty", "rate")
    hand.types("10%", "transitions", "0", "rate")
    assert hand.message("stages", "loyalty", "rate") == ""
    assert (hand.rates[3], hand.journey.transitions[0].rate) == (0.8, 0.1)


def test_what_is_wrong_is_forgotten_when_another_segment_is_shown() -> None:
    hand = Hand(TWO).types("0", *TAB).types("x", "stages", "reach", "reached").types("1", *TAB)
    assert hand.message("stages", "reach", "reached") == ""
    assert hand.text("stages", "reach", "reached") == "100"


# --- undo -------------------------------------------------------------------------------------


def test_a_run_of_typing_in_one_field_is_one_step_to_undo() -> None:
    hand = Hand(SHOP).types("3", "stages", "conversion", "reached")
    hand.goes_on("30", "stages", "conversion", "reached")
    hand.goes_on("300", "stages", "conversion", "reached")
    hand.types("1", "stages", "loyalty", "reached")
    assert hand.presses(*UNDO).counts == [10000, 2000, 300, 40, 10]
    assert hand.presses(*UNDO).journey == SHOP
    assert hand.presses(*REDO).counts == [10000, 2000, 300, 40, 10]
    assert hand.presses(*REDO).counts == [10000, 2000, 300, 40, 1]


def test_coming_back_to_a_field_begins_another_step() -> None:
    hand = Hand(SHOP).types("300", "stages", "conversion", "reached")
    hand.types("200", "stages", "conversion", "reached").presses(*UNDO)
    assert hand.counts[2] == 300


def test_undo_takes_a_wrong_entry_away_before_the_step_before_it() -> None:
    hand = Hand(SHOP).types("300", "stages", "conversion", "reached")
    hand.types("x", "stages", "loyalty", "reached").presses(*UNDO)
    assert (hand.counts[2], hand.text("stages", "loyalty", "reached")) == (300, "10")
    hand = Hand(SHOP).types("3", "stages", "loyalty", "reached")
    hand.goes_on("3x", "stages", "loyalty", "reached").presses(*UNDO)
    assert (hand.journey, hand.text("stages", "loyalty", "reached")) == (SHOP, "10")


def test_typing_back_what_was_there_leaves_nothing_to_undo() -> None:
    hand = Hand(SHOP).types("30", "stages", "conversion", "reached")
    hand.goes_on("100", "stages", "conversion", "reached")
    assert not hand.designer._draft.can_undo


def test_escape_takes_back_what_was_typed_in_a_field() -> None:
    hand = Hand(SHOP).types("3", "stages", "conversion", "reached")
    hand.goes_on("3x", "stages", "conversion", "reached")
    hand.escapes("stages", "conversion", "reached")
    assert hand.journey == SHOP
    assert hand.text("stages", "conversion", "reached") == "100"
    assert hand.message("stages", "conversion", "reached") == ""


def test_a_pasted_block_fills_the_fields_from_there_on_in_one_step() -> None:
    hand = Hand(SHOP).pastes("9,000\t\t0.1\n900\t\t0.5\n90\t\t5", "reach", "reached")
    assert hand.counts == [9000, 900, 90, 40, 10]
    assert [row.unit_cost for row in hand.journey.stages] == [0.1, 0.5, 5]
    assert hand.presses(*UNDO).journey == SHOP


def test_of_people_and_rates_in_one_block_the_segments_own_kind_of_number_counts() -> None:
    block = "10,000\t\n3,000\t33.3%\n100\t3.3%"
    assert Hand(SHOP).pastes(block, "reach", "reached").counts == [10000, 3000, 100, 40, 10]
    assert Hand(PLAN).pastes(block, "reach", "reached").rates == [0.333, 0.033, 0.4, 0.25]


def test_what_cannot_be_in_a_pasted_block_is_marked_and_the_rest_is_taken() -> None:
    hand = Hand(SHOP).pastes("9000\nlots\n90", "reach", "reached")
    assert hand.counts == [9000, 2000, 90, 40, 10]
    assert hand.message("stages", "acquisition", "reached").startswith("'lots' is not a number")


def test_what_lies_outside_of_the_table_is_left_out_and_said() -> None:
    hand = Hand(SHOP).sends("paste", [["stages", "loyalty", "reached", "9"]], outside=3)
    assert hand.part("head")["notes"] == (
        "Of what was pasted, 3 fields lie outside of the table: left out.",
    )


# --- segments, frameworks, modes --------------------------------------------------------------


def test_all_segments_together_are_shown_and_not_edited() -> None:
    hand = Hand(TWO)
    assert hand.text("stages", "reach", "reached") == "1,000"
    assert not hand.can_edit("stages", "reach", "reached")
    assert hand.types("5", "stages", "reach", "reached").journey == TWO
    hand.types("1", *TAB).types("200", "stages", "reach", "reached")
    assert hand.journey.segments[1].counts == (200, 80, 9, 6, 2)
    assert hand.drawn()["reach"] == "200"
    assert hand.types("all", *TAB).drawn()["reach"] == "1,100"


def test_the_figures_follow_the_segment() -> None:
    hand = Hand(TWO)
    assert hand.figure("Customers")[0] == "18"
    assert hand.types("0", *TAB).figure("Customers")[0] == "9"


def test_segments_are_added_named_and_removed() -> None:
    hand = Hand(SHOP).presses("segment", "new", "add")
    assert [segment.name for segment in hand.journey.segments] == ["Everyone", "Segment 2"]
    assert people(hand.journey) == people(SHOP)
    assert hand.text(*TAB) == "1"
    hand.types("", "segments", "1", "name")
    assert hand.message("segments", "1", "name").startswith("An empty field must not be empty")
    hand.goes_on("Everyone", "segments", "1", "name")
    assert "stands there more than once" in hand.message("segments", "1", "name")
    hand.goes_on("Fair", "segments", "1", "name")
    hand.types("Stand", "segments", "1", "channel").types("unaware", "segments", "1", "awareness")
    hand.types("50", "segments", "1", "spend")
    fair = hand.journey.segments[1]
    assert (fair.name, fair.channel, fair.awareness, fair.spend) == ("Fair", "Stand", "unaware", 50)
    hand.presses("segments", "0", "remove")
    assert [segment.name for segment in hand.journey.segments] == ["Fair"]
    assert hand.can_edit("stages", "reach", "reached")


def test_a_referral_follows_the_segment_it_brings_people_into_when_that_is_renamed() -> None:
    referred = TWO.with_referral("loyalty", to="reach", per_person=1, segment="Blog")
    hand = Hand(referred).types("Diary", "segments", "1", "name")
    assert hand.journey.referrals[0].segment == "Diary"


def test_counted_people_become_a_plan_with_the_same_flow_and_back() -> None:
    hand = Hand(SHOP).types("planned", *MODE)
    assert hand.rates == [0.2, 0.05, 0.4, 0.25]
    assert people(hand.journey) == pytest.approx(people(SHOP))
    assert hand.types("counted", *MODE).journey == SHOP
    hand = Hand(TWO).types("0", *TAB).types("planned", *MODE)
    assert [segment.observed for segment in hand.journey.segments] == [False, True]


def test_another_framework_keeps_what_both_have_and_says_what_it_leaves_out() -> None:
    eight = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    hand = Hand(eight).types("five", *FRAMEWORK)
    assert hand.counts == [9000, 900, 50, 20, 9]
    (note,) = hand.part("head")["notes"]
    assert "Left out: the people at Subscription, Excitement and Promotion." in note
    hand.types("seven", *FRAMEWORK)
    assert "Not known yet: Intrigued, Attraction and Client-for-Life." in str(hand.part("head"))


def test_looking_through_frameworks_loses_nothing_until_something_is_changed() -> None:
    eight = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    hand = Hand(eight).types("five", *FRAMEWORK).types("eight", *FRAMEWORK)
    assert hand.journey == eight
    hand.types("five", *FRAMEWORK).types("60", "stages", "conversion", "reached")
    hand.types("eight", *FRAMEWORK)
    assert hand.counts == [9000, 900, None, 60, None, 20, 9, None]
    hand.presses(*UNDO).presses(*UNDO).presses(*UNDO)
    assert hand.journey == eight


def test_a_framework_of_ones_own_stays_among_the_choices() -> None:
    own = cvj.framework("five").rename({"reach": "Be seen"}, key="ours", name="Ours")
    hand = Hand(own).types("eight", *FRAMEWORK).types("own", *FRAMEWORK)
    assert hand.journey.framework == own
    assert hand.part("numbers")["tables"][1]["rows"][0]["name"] == "Be seen"


def test_reconstructed_stages_are_marked() -> None:
    rows = Hand(framework="seven").part("numbers")["tables"][1]["rows"]
    notes = {row["id"]: row["note"] for row in rows}
    assert notes["trust"] == ""
    assert notes["aware"] == "(reconstructed)"


# --- money and ways ---------------------------------------------------------------------------


def test_the_figures_that_matter_are_shown_or_a_dash_and_the_reason() -> None:
    hand = Hand(MONEY)
    assert hand.figure("CAC") == ("EUR 10.00", "EUR 1,000.00 to win 100")
    assert hand.figure("LTV")[0] == "EUR 45.00"
    assert "lifetime" in hand.figure("LTV")[1]
    assert hand.figure("Payback")[0] == "0 days"
    assert hand.figure("Profit")[0] == "EUR 3,500.00"
    assert Hand(SHOP).figure("CAC") == (
        "–",
        "no cost is typed: give unit costs, fixed costs or spend",
    )


def test_the_money_of_a_journey_can_be_typed() -> None:
    hand = Hand(SHOP).types("0.1", "stages", "reach", "unit_cost")
    first, later = ("offers", "first_payment"), ("offers", "bought_again")
    hand.types("40", *first, "price").types("15", *first, "margin").types("Box", *first, "name")
    hand.types("Bag", *later, "name").types("40", *later, "price").types("15", *later, "margin")
    hand.types("30", *later, "cycle_days").types("80%", *later, "repeat_rate")
    assert hand.journey == MONEY
    hand.types("1000", "terms", "terms", "fixed_cost").types(
        "10%", "terms", "terms", "discount_rate"
    )
    hand.types("CHF", "terms", "terms", "currency")
    assert (hand.journey.fixed_cost, hand.journey.discount_rate) == (1000, 0.1)
    assert hand.figure("CAC")[0] == "CHF 20.00"


def test_a_margin_is_changed_where_it_was_typed() -> None:
    at_stage = SHOP.with_stage("conversion", margin=7)
    hand = Hand(at_stage)
    assert hand.text("offers", "first_payment", "margin") == "7"
    hand.types("8", "offers", "first_payment", "margin")
    assert hand.journey == SHOP.with_stage("conversion", margin=8)


def test_where_buying_again_is_no_stage_its_share_can_be_typed() -> None:
    time = cvj.Journey.from_counts("eight:time", [900, 90, 80, 70, 60, 9, 5, 1])
    hand = Hand(time).types("40%", "terms", "terms", "second_purchase_rate")
    assert hand.journey.second_purchase_rate == 0.4
    assert ("terms", "terms", "second_purchase_rate") not in Hand(SHOP).addresses


def test_ways_are_added_changed_and_removed() -> None:
    hand = Hand(PLAN)
    hand.types("conversion", "way", "new", "source").types("acquisition", "way", "new", "target")
    hand.types("5%", "way", "new", "rate").presses("way", "new", "add")
    assert hand.journey == PLAN.with_transition("conversion", "acquisition", 0.05)
    assert hand.text("way", "new", "rate") == ""
    # On the way to 0.5 the way must not vanish under its typist's hands.
    hand.types("0", "transitions", "0", "rate")
    assert hand.message("transitions", "0", "rate") == "write more than 0, or press Remove"
    hand.goes_on("0.5", "transitions", "0", "rate")
    assert hand.journey == PLAN.with_transition("conversion", "acquisition", 0.5)
    assert hand.presses("transitions", "0", "remove").journey == PLAN


def test_referrals_are_added_changed_and_removed() -> None:
    hand = Hand(TWO)
    hand.types("loyalty", "referral", "new", "source").types("reach", "referral", "new", "target")
    hand.types("2", "referral", "new", "per_person").types("Blog", "referral", "new", "segment")
    hand.presses("referral", "new", "add")
    expected = TWO.with_referral("loyalty", to="reach", per_person=2, segment="Blog")
    assert hand.journey == expected
    hand.types("0", "referrals", "0", "per_person").goes_on("0.5", "referrals", "0", "per_person")
    assert hand.journey.referrals[0].per_person == 0.5
    assert hand.presses("referrals", "0", "remove").journey == TWO


def test_a_way_that_cannot_be_is_refused_beside_its_button() -> None:
    add = ("way", "new", "add")
    hand = Hand(PLAN).presses(*add)
    assert hand.message(*add) == "write the share who take it, such as 5%"
    hand.types("reach", "way", "new", "source").types("acquisition", "way", "new", "target")
    hand.types("5%", "way", "new", "rate").presses(*add)
    assert hand.message(*add).startswith("Reach → Acquisition is the step itself")
    assert hand.text("way", "new", "rate") == "5%"
    assert hand.journey == PLAN


def test_findings_say_where_counts_rise() -> None:
    hand = Hand(SHOP).types("500", "stages", "retention", "reached")
    (note,) = hand.part("findings")["notes"]
    assert note.startswith("Retention: 400 more people")


# --- files ------------------------------------------------------------------------------------

SAVE, SAVE_AS = ("file", "file", "save"), ("file", "file", "save_as")
PATH, OVERWRITE = ("file", "file", "path"), ("file", "file", "overwrite")


def test_a_design_is_saved_under_a_name_and_then_to_its_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    hand = Hand(SHOP)
    assert hand.presses(*SAVE_AS).part("file")["notes"] == (
        "Write the name of a file first, such as shop.toml.",
    )
    hand.types(str(path), *PATH).presses(*SAVE_AS)
    assert hand.part("file")["notes"] == (f"Saved in {path}.",)
    assert cvj.read_journey(path) == SHOP
    hand.types("20000", "stages", "reach", "reached")
    assert hand.part("file")["notes"] == (f"Changed since it was saved in {path}.",)
    hand.presses(*SAVE)
    assert cvj.read_journey(path) == hand.journey


def test_somebody_elses_work_is_overwritten_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    PLAN.save(path)
    hand = Hand(SHOP).types(str(path), *PATH).presses(*SAVE_AS)
    (note,) = hand.part("file")["notes"]
    assert note.startswith("Not saved: shop.toml is there already")
    assert "press Overwrite" in note
    assert cvj.read_journey(path) == PLAN
    hand.presses(*OVERWRITE)
    assert cvj.read_journey(path) == SHOP
    assert OVERWRITE not in hand.addresses


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shop.pdf", "is of no kind that cvjkit knows"),
        ("nowhere/shop.toml", "lies in a folder that is not there"),
        ("\0.toml", "Not saved"),
        ("x" * 300 + ".toml", "Not saved"),
    ],
)
def test_a_file_that_cannot_be_written_is_answered_with_a_sentence(
    tmp_path: Path, name: str, said: str
) -> None:
    hand = Hand(SHOP).types(f"{tmp_path}/{name}", *PATH).presses(*SAVE_AS)
    assert said in hand.part("file")["notes"][0]
    assert list(tmp_path.iterdir()) == []


def test_a_designer_that_may_not_write_has_no_way_to(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    SHOP.save(path)
    before = path.read_bytes()
    hand = Hand(path, writable=False).types("5", "stages", "reach", "reached")
    assert not [address for address in hand.addresses if address[0] == "file"]
    hand.presses(*SAVE).types(str(tmp_path / "other.toml"), *PATH).presses(*SAVE_AS)
    hand.presses(*OVERWRITE)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


# --- to start with ----------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["five", "seven", "eight", "eight:time", "nine", "full"])
def test_without_a_journey_there_is_an_example_in_any_framework(key: str) -> None:
    hand = Hand(framework=key)
    assert hand.journey.framework == cvj.framework(key)
    assert None not in hand.counts
    assert hand.part("head")["notes"] == (EXAMPLE_NOTE,)
    assert hand.part("findings")["notes"] == ()
    hand.types("12345", "stages", hand.journey.framework.keys[0], "reached")
    assert hand.part("head")["notes"] == ()


def test_illustrative_journeys_say_so() -> None:
    hand = Hand(SHOP.with_terms(illustrative=True))
    assert hand.part("head")["notes"] == (ILLUSTRATIVE_NOTE,)


def test_code_makes_the_design_again() -> None:
    hand = Hand(MONEY).types("planned", *MODE).types("0.3", "stages", "acquisition", "rate")
    again = eval(hand.designer.code(), {"cvj": cvj})  # noqa: S307 - our own expression
    assert again == hand.journey


def test_the_current_design_can_be_observed() -> None:
    hand, seen = Hand(SHOP), []
    hand.designer.observe(lambda change: seen.append(change["new"]), "journey")
    hand.types("x", "stages", "reach", "reached").goes_on("5", "stages", "reach", "reached")
    assert seen == [hand.journey]


def test_the_designer_does_without_plotly() -> None:
    code = "import sys, cvjkit; cvjkit.Designer(); sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# --- a visitor may send anything --------------------------------------------------------------

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
TEXTS = (
    st.sampled_from(["0", "5", "1000", "12.5", "-1", "20%", "1e300", "1e-320", "nan", "x", "", "a"])
    | st.sampled_from(["five", "full", "own", "planned", "counted", "all", "reach", "loyalty"])
    | st.text(st.characters(), max_size=5)
)


def shown_in_full(designer: Designer) -> None:
    """What the browser gets can be sent: no NaN, no half characters."""
    for document in (designer._grid.document, designer._view.picture):
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")


@given(ANYTHING)
def test_a_message_that_means_nothing_does_nothing(message: object) -> None:
    hand = Hand(TWO)
    before = hand.designer._grid.document
    for widget in every_widget(hand.designer):
        deliver(widget, message)
        deliver(widget, {"method": "custom", "content": message})
        deliver(widget, {"method": "update", "state": message, "buffer_paths": message})
    hand.sends("type", message).sends("paste", [message, ["stages", "reach", "reached", message]])
    assert hand.journey == TWO
    assert hand.designer._grid.document["parts"] == before["parts"]


@given(ANYTHING, ANYTHING, ANYTHING)
def test_a_message_whose_envelope_is_odd_does_no_harm(view: Any, number: Any, run: Any) -> None:
    hand = Hand(TWO)
    content = {"what": "type", "view": view, "number": number, "run": run, "outside": number}
    for edit in (["stages", "reach", "unit_cost", "7"], ["head", "head", "undo", ""]):
        deliver(hand.designer._grid, {"method": "custom", "content": {**content, "edits": [edit]}})
    shown_in_full(hand.designer)


def every_widget(designer: Designer) -> list[Any]:
    desk = designer.children[0]
    boxes = [designer, desk, *desk.children]
    return [*boxes, *(box.layout for box in boxes)]


@pytest.mark.parametrize(
    "state",
    [
        {"document": {"parts": []}, "picture": 5, "children": ["x"], "box_style": 7},
        {"_dom_classes": [1], "width": 5, "display": {}, "theme": "pink", "layout": None},
        {"_esm": "alert(1)", "_css": 3, "_view_name": None, "tooltip": 4},
    ],
)
def test_the_traits_of_a_widget_cannot_be_set_from_the_browser(state: dict[str, Any]) -> None:
    hand = Hand(SHOP)
    for widget in every_widget(hand.designer):
        before = widget.get_state()
        deliver(widget, {"method": "update", "state": state, "buffer_paths": []})
        assert widget.get_state() == before


@settings(max_examples=60)
@given(st.data())
def test_whatever_is_done_never_fails_and_can_be_undone_to_the_first_design(
    data: st.DataObject,
) -> None:
    first = data.draw(st.sampled_from([SHOP, PLAN, TWO, MONEY]))
    hand = Hand(first)
    for _ in range(data.draw(st.integers(1, 12))):
        address = data.draw(st.sampled_from(hand.addresses))
        text = data.draw(TEXTS)
        if choices := [value for value, _ in hand.designer._grid.field(address).choices]:
            text = data.draw(st.sampled_from(choices))
        if address[0] == "file":
            continue
        data.draw(st.sampled_from([hand.types, hand.goes_on]))(text, *address)
        shown_in_full(hand.designer)
    while hand.designer._draft.can_undo:
        hand.presses(*UNDO)
    assert hand.journey == first


def test_a_text_of_any_length_is_cut_and_half_characters_are_replaced() -> None:
    hand = Hand(SHOP).types("a\ud800" * LONGEST_TEXT, "head", "head", "name")
    assert hand.journey.name == "a\ufffd" * (LONGEST_TEXT // 2)


def test_an_edit_of_a_field_that_is_not_there_or_fixed_is_no_edit() -> None:
    told: list[object] = []
    grid = NumberGrid(told.append)
    part = Part("p", tables=(Table("t", (Row("r", "Row", ()),)),))
    grid.show([part])
    envelope = {"what": "type", "view": "v", "number": 1, "run": 1}
    content = {**envelope, "edits": [["t", "r", "c", "1"], ["t", "r"], "t", None]}
    deliver(grid, {"method": "custom", "content": content})
    assert [edits.texts for edits in told] == [()]  # type: ignore[attr-defined]  # Edits


def test_a_choice_that_is_not_offered_is_no_choice() -> None:
    hand = Hand(SHOP).types("ten", *FRAMEWORK).types("-1", *TAB[:2], "begin")
    assert hand.journey == SHOP


@pytest.mark.parametrize("name", sorted(path.name for path in JOURNEYS.glob("*.toml")))
def test_every_starter_journey_can_be_edited_in_every_framework(name: str) -> None:
    hand = Hand(JOURNEYS / name)
    for key in ("five", "seven", "eight", "eight:time", "nine", "full"):
        hand.types(key, *FRAMEWORK)
        assert hand.message(*FRAMEWORK) == ""
        shown_in_full(hand.designer)


def test_a_text_that_arrives_after_a_newer_one_of_its_field_is_overtaken() -> None:
    hand = Hand(SHOP).types("123", "stages", "conversion", "reached")
    late = {"what": "type", "view": "v", "number": hand.number - 1, "run": hand.run}
    late["edits"] = [["stages", "conversion", "reached", "12"]]
    hand.designer._grid._handle_custom_msg(late, [])
    assert hand.journey.segments[0].counts[2] == 123
    other = late | {"edits": [["stages", "retention", "reached", "7"]]}
    hand.designer._grid._handle_custom_msg(other, [])
    assert hand.journey.segments[0].counts[2:4] == (123, 7)
