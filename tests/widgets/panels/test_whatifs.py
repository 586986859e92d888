"""What-ifs on values: two modes, what each number was, and those that are kept side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from tests.widgets.hand import (
    FRAMEWORK,
    JOURNEYS,
    MODE,
    MONEY,
    NUMBERS,
    PLAN,
    REDO,
    SHOP,
    TAB,
    TWO,
    UNDO,
    Hand,
    people,
    shown_in_full,
)

WHAT_IF, RESET = "what_if", ("head", "head", "reset")
KEEP, KEEP_NAME = ("keep", "keep", "keep"), ("keep", "keep", "name")
RATE = ("stages", "conversion", "rate")


def asking(journey: Any, **options: Any) -> Hand:
    return Hand(journey, **options).types(WHAT_IF, *MODE)


def changes(hand: Hand) -> dict[str, tuple[str, str, str]]:
    return {name: tuple(change) for name, *change in hand.part("figures")["changes"]}


def notes(hand: Hand) -> str:
    return " ".join(note for name in ("numbers", "whatifs") for note in hand.part(name)["notes"])


# --- the modes --------------------------------------------------------------------------------


def test_the_designer_opens_with_what_was_counted() -> None:
    hand = Hand(SHOP)
    assert hand.text(*MODE) == "counted"
    assert dict(hand.field(*MODE).choices) == {"counted": "Counted", "what_if": "What if"}
    assert dict(Hand(PLAN).field(*MODE).choices)["counted"] == "Planned"
    assert hand.part("figures")["changes"] == ()


def test_all_that_comes_after_a_changed_rate_follows_and_the_record_stays() -> None:
    hand = asking(SHOP).types("10%", *RATE)
    assert people(hand.journey) == pytest.approx([10000, 2000, 200, 80, 20])
    assert hand.journey.base == SHOP
    hand.types("counted", *MODE)
    assert hand.journey == SHOP
    assert hand.types(WHAT_IF, *MODE).text(*RATE) == "10%"


def test_typing_over_a_count_corrects_the_record_and_the_what_if_follows() -> None:
    hand = asking(SHOP).types("10%", *RATE).types("counted", *MODE)
    hand.types("4000", "stages", "acquisition", "reached")
    assert hand.counts == [10000, 4000, 100, 40, 10]
    assert people(hand.types(WHAT_IF, *MODE).journey) == pytest.approx([10000, 4000, 400, 160, 40])


def test_people_typed_set_the_rate_and_those_at_the_start_the_entrants() -> None:
    hand = asking(SHOP).types("300", "stages", "conversion", "reached")
    assert hand.text(*RATE) == "15%"
    hand.types("5000", "stages", "reach", "reached")
    assert people(hand.journey) == pytest.approx([5000, 1000, 150, 60, 15])


def test_all_segments_are_typed_into_at_once() -> None:
    hand = asking(TWO).types("20%", "stages", "acquisition", "rate")
    rates = [(segment.rates or ())[1] for segment in hand.journey.segments]
    assert rates == pytest.approx([0.1 * 20 / 17, 0.8 * 20 / 17])
    assert hand.text("stages", "acquisition", "rate") == "20.0%"
    hand.types("0", *TAB)
    assert hand.text("stages", "acquisition", "reached") == "106"


def test_a_change_of_all_segments_says_what_it_does_in_each() -> None:
    hand = asking(TWO).types("20%", "stages", "acquisition", "rate")
    assert "In each segment, the rate into Acquisition × 1.18." in notes(hand)
    hand.types("60%", "stages", "acquisition", "rate")
    assert (
        "In each segment, the rate into Acquisition × 5.56 (Blog is at its limit, 100%)."
        in notes(hand)
    )
    hand.types("10%", "stages", "conversion", "rate")
    assert "(Blog is at its limit, 100%); the rate into Conversion × 0.98." in notes(hand)
    hand = asking(TWO).types("500", "stages", "reach", "reached")
    assert "In each segment, the people who enter at Reach × 0.5." in notes(hand)
    hand = asking(TWO).types("20", "stages", "conversion", "reached")
    assert "In each segment, the rate into Conversion × 1.11." in notes(hand)
    hand = asking(TWO).types("0", *TAB).types("50%", *RATE)
    assert "In each segment" not in notes(hand)
    assert "In each segment" not in notes(asking(SHOP).types("50%", *RATE))


def test_on_the_way_to_a_number_no_factor_is_lost() -> None:
    hand = asking(TWO).types("1", "stages", "acquisition", "rate")
    for text in ("10", "100", "100%", "10", "", "0", "0.", "0.2"):
        hand.goes_on(text, "stages", "acquisition", "rate")
    rates = [(segment.rates or ())[1] for segment in hand.journey.segments]
    assert rates == pytest.approx([0.1 * 20 / 17, 0.8 * 20 / 17])
    assert people(hand.presses(*UNDO).journey) == pytest.approx(people(TWO))


def test_what_one_mode_cannot_do_is_offered_in_the_other() -> None:
    hand = asking(SHOP).types("2500", "stages", "conversion", "reached")
    assert "is more than the 2,000 who can reach" in hand.message("stages", "conversion", "reached")
    assert hand.field("head", "head", "offer").label == "Correct what was counted"
    hand.presses("head", "head", "offer")
    assert hand.text(*MODE) == "counted"
    assert hand.counts == [10000, 2000, 2500, 40, 10]
    assert ("head", "head", "offer") not in hand.addresses
    hand.presses(*UNDO)
    assert (hand.text(*MODE), people(hand.journey)) == (WHAT_IF, pytest.approx(people(SHOP)))
    assert hand.types("x", *RATE).part("head")
    assert ("head", "head", "offer") not in hand.addresses


def test_where_no_plan_explains_the_counts_it_says_so_and_the_counts_stay() -> None:
    gap = cvj.Journey.from_counts("five", [900, None, 9, 5, 1])
    hand = Hand(gap).types(WHAT_IF, *MODE)
    assert hand.text(*MODE) == "counted"
    assert "must be known to plan what comes after" in hand.message(*MODE)
    hand = asking(SHOP).types("eight", *FRAMEWORK)
    assert hand.text(*MODE) == "counted"
    assert "No what-if is possible here" in str(hand.part("head")["notes"])


def test_another_framework_shows_the_same_what_if_or_says_why_not_and_loses_nothing() -> None:
    coffee = JOURNEYS / "coffee_subscription.toml"
    hand = asking(coffee, view="eight").types("10%", *RATE)
    customers = hand.journey.economics().customers
    hand.types("five", *FRAMEWORK)
    assert hand.text(*MODE) == WHAT_IF
    assert hand.journey.economics().customers == pytest.approx(customers)
    hand.types("nine", *FRAMEWORK)
    assert hand.text(*MODE) == "counted"
    said = "typed in Eight-stop Customer Value Journey, and does not say how many reach every stage"
    assert said in str(hand.part("head")["notes"])
    hand.types("eight", *FRAMEWORK).types(WHAT_IF, *MODE)
    assert hand.text(*RATE) == "10.0%"
    assert hand.journey.economics().customers == pytest.approx(customers)


# --- what each number was ---------------------------------------------------------------------


def test_each_changed_number_says_what_it_was_and_others_say_nothing() -> None:
    hand = asking(MONEY).types("10%", *RATE)
    assert hand.field(*RATE).was == "5%"
    assert hand.field("stages", "conversion", "reached").was == "100"
    assert hand.field("stages", "loyalty", "reached").was == "10"
    assert hand.field("stages", "acquisition", "reached").was == ""
    assert hand.field("stages", "loyalty", "rate").was == ""
    hand.types("45", "offers", "first_payment", "price")
    assert hand.field("offers", "first_payment", "price").was == "40"
    hand.types("3", "stages", "reach", "delay_days")
    assert hand.field("stages", "reach", "delay_days").was == "not set"
    assert hand.presses(*RESET).field(*RATE).was == ""


def test_every_figure_has_its_change_and_says_whether_it_is_better() -> None:
    # 1000 to win 100 customers, then 200, who bring 45 each.
    shown = changes(asking(MONEY).types("10%", *RATE))
    assert shown["Customers"] == ("+100 (+100%)", "was 100", "better")
    assert shown["CAC"] == ("-5.00 (-50%)", "was EUR 10.00", "better")
    assert shown["LTV"] == ("unchanged", "", "")
    worse = changes(asking(MONEY).types("1%", *RATE))
    assert worse["Customers"][2] == worse["CAC"][2] == worse["Profit"][2] == "worse"
    nobody = changes(asking(MONEY).types("0", *RATE))
    assert nobody["CAC"] == ("", "was EUR 10.00", "")


# --- reset, keep, compare ---------------------------------------------------------------------


def test_a_reset_can_be_undone() -> None:
    hand = asking(SHOP).types("10%", *RATE)
    assert people(hand.presses(*RESET).journey) == pytest.approx(people(SHOP))
    assert not hand.field(*RESET).enabled
    assert hand.presses(*UNDO).text(*RATE) == "10%"
    assert hand.presses(*REDO).text(*RATE) == "5%"
    counted = Hand(SHOP).types("300", "stages", "conversion", "reached").presses(*RESET)
    assert counted.journey == SHOP
    assert counted.presses(*UNDO).counts[2] == 300


def test_one_field_is_reset_by_itself_as_a_step_to_undo() -> None:
    hand = asking(MONEY).types("10%", *RATE).types("45", "offers", "first_payment", "price")
    hand.types("4000", "stages", "reach", "reached")
    assert hand.field(*RATE).resets
    assert hand.field("stages", "conversion", "reached").resets
    # It only follows.
    assert hand.field("stages", "loyalty", "reached").was
    assert not hand.field("stages", "loyalty", "reached").resets
    hand.resets(*RATE)
    assert (hand.text(*RATE), hand.field(*RATE).was) == ("5%", "")
    assert hand.text("offers", "first_payment", "price") == "45"
    assert people(hand.journey) == pytest.approx([4000, 800, 40, 16, 4])
    assert people(hand.resets("stages", "loyalty", "reached").journey)[0] == 4000
    hand.resets("stages", "reach", "reached").resets("offers", "first_payment", "price")
    assert not hand.field(*RESET).enabled
    for _ in range(3):
        hand.presses(*UNDO)
    assert hand.text(*RATE) == "10%"


def test_a_field_of_all_segments_is_reset_to_what_each_segment_had() -> None:
    hand = asking(TWO).types("0", *TAB).types("60%", "stages", "acquisition", "rate")
    hand.types("all", *TAB).types("20%", *RATE)
    first = people(hand.journey)[:2]
    hand.resets(*RATE)
    assert people(hand.journey)[:2] == pytest.approx(first)
    rates = [(segment.rates or ())[2] for segment in hand.journey.segments]
    assert rates == pytest.approx([9 / 90, 9 / 80])
    assert people(hand.resets("stages", "acquisition", "rate").journey) == pytest.approx(
        people(TWO)
    )


def test_invalid_input_in_a_field_is_reset_with_it() -> None:
    hand = asking(SHOP).types("10%", *RATE).types("x", *RATE)
    assert hand.message(*RATE)
    assert (hand.resets(*RATE).text(*RATE), hand.message(*RATE)) == ("5%", "")
    assert Hand(SHOP).resets(*RATE).journey == SHOP


def test_a_reset_of_the_record_leaves_the_what_if_and_what_is_kept() -> None:
    hand = asking(SHOP).types("10%", *RATE).presses(*KEEP)
    hand.types("counted", *MODE).types("4000", "stages", "acquisition", "reached")
    hand.presses(*RESET)
    assert hand.journey == SHOP
    assert hand.text("kept", "0", "name") == "Conversion from 5% to 10%"
    assert hand.types(WHAT_IF, *MODE).text(*RATE) == "10%"
    hand.designer.reset(SHOP.put("segments[0].counts.reach", 20000))
    assert people(hand.journey) == pytest.approx([20000, 2000, 100, 40, 10])
    assert hand.text("kept", "0", "name") == "Conversion from 5% to 10%"


def test_what_ifs_are_kept_named_compared_opened_renamed_and_removed() -> None:
    hand = asking(MONEY)
    assert not hand.field(*KEEP).enabled
    hand.types("10%", *RATE).types("Better offer", *KEEP_NAME).presses(*KEEP)
    assert hand.text(*KEEP_NAME) == ""
    hand.presses(*RESET).types("45", "offers", "first_payment", "price").presses(*KEEP)
    rows = hand.table("kept")["rows"]
    assert [row["name"] for row in rows] == [
        "Conversion from 5% to 10%",
        "price of Box from 40 to 45",
    ]
    assert [hand.text("kept", str(at), "name") for at in range(2)] == [
        "Better offer",
        "price of Box from 40 to 45",
    ]
    assert hand.text("kept", "0", "customers") == "200"
    assert hand.field("kept", "0", "customers").was == "100"
    assert hand.field("kept", "1", "customers").was == ""
    assert [hand.text("sides", "conversion", at) for at in ("base", "0", "1")] == [
        "100",
        "200",
        "100",
    ]
    assert hand.presses("kept", "0", "open").text(*RATE) == "10%"
    hand.types("Dearer", "kept", "1", "name")
    assert hand.text("kept", "1", "name") == "Dearer"
    hand.presses("kept", "0", "remove")
    assert [hand.text("kept", "0", "name")] == ["Dearer"]
    assert hand.presses(*UNDO).text("kept", "0", "name") == "Better offer"
    hand.types("45%", *RATE).types("Dearer", *KEEP_NAME).presses(*KEEP)
    assert "there is one of this name already" in hand.message(*KEEP)


def test_what_is_kept_is_saved_with_the_record(tmp_path: Path) -> None:
    path = SHOP.save(tmp_path / "shop.toml")
    hand = asking(path).types("10%", *RATE).types("Better", *KEEP_NAME).presses(*KEEP)
    assert "Changed since" in str(hand.part("file")["notes"])
    hand.presses("file", "file", "save")
    again = cvj.read_journey(path)
    assert again == SHOP
    assert [(kept.name, *kept.changes["words"]) for kept in again.scenarios] == [
        ("Better", "Conversion from 5% to 10%")
    ]
    assert Hand(path).text("kept", "0", "name") == "Better"


def test_one_that_is_not_possible_any_more_says_why_and_the_others_are_there() -> None:
    kept = SHOP.with_scenario("Full", {"stages.conversion.people": 1500})
    kept = kept.with_scenario("Better", {"stages.conversion.rate": 0.1})
    hand = Hand(kept).types("1000", "stages", "acquisition", "reached")
    full, better = hand.table("kept")["rows"]
    assert full["name"].startswith("No longer possible: ")
    assert "is more than the 1,000 who can reach Conversion" in full["name"]
    assert [field["id"] for field in full["fields"]] == ["name", "remove"]
    assert better["name"] == "Conversion from 10% to 10%"
    assert hand.text("kept", "1", "customers") == "100"
    assert hand.presses("kept", "1", "open").text(*RATE) == "10%"
    assert hand.presses("kept", "0", "remove").text("kept", "0", "name") == "Better"


def test_a_what_if_on_another_says_so_and_opens_with_the_changes_of_both(tmp_path: Path) -> None:
    better = SHOP.scenario("Better", {"stages.conversion.rate": 0.1})
    both = better.scenario("Both", {"stages.retention.rate": 0.5})
    hand = Hand(both.save(tmp_path / "shop.toml"))
    rows = hand.table("kept")["rows"]
    assert [row["name"] for row in rows] == [
        "Conversion from 5% to 10%",
        "Better, and Retention from 40% to 50%",
    ]
    hand.presses("kept", "1", "open")
    assert people(hand.journey) == pytest.approx([10000, 2000, 200, 100, 25])
    assert hand.field(*RATE).was == "5%"
    hand.presses("kept", "0", "remove")
    assert "is the base of other scenarios: Both" in hand.message("kept", "0", "remove")


def test_a_name_is_typed_letter_by_letter_as_one_step() -> None:
    hand = asking(SHOP).types("10%", *RATE).presses(*KEEP).types("B", "kept", "0", "name")
    for text in ("Be", "Be ", "Be m", ""):
        hand.goes_on(text, "kept", "0", "name")
    assert "must not be empty" in hand.message("kept", "0", "name")
    assert hand.whole.what_if.kept[0].name == "Be m"
    assert hand.presses(*UNDO).text("kept", "0", "name") == "Conversion from 5% to 10%"
    hand.types("X", "kept", "0", "name").escapes("kept", "0", "name")
    assert hand.text("kept", "0", "name") == "Conversion from 5% to 10%"


def test_of_more_than_five_the_first_are_side_by_side() -> None:
    kept = SHOP
    for percent in range(1, 8):
        kept = kept.with_scenario(f"{percent}%", {"stages.conversion.rate": percent / 100})
    hand = Hand(kept)
    assert [heading for _, heading in hand.table("sides")["headings"]] == [
        "People", "As it is", "1%", "2%", "3%", "4%", "5%",
    ]  # fmt: skip
    assert len(hand.table("kept")["rows"]) == 7
    assert "Only the first 5 are shown side by side" in notes(hand)


def test_the_audit_is_of_the_record_until_the_what_if_changes_something() -> None:
    record = SHOP.with_stage("loyalty", people=8).with_accepted("A44", "We know.")
    hand = asking(record)
    thin = "Few people: 8 of 40 go on to Loyalty"
    assert thin in str(hand.table("found"))
    # A plan has nobody who was counted.
    assert thin not in str(hand.types("10%", *RATE).table("found"))
    assert thin in str(hand.presses(*RESET).table("found"))
    # What is accepted is part of the record.
    remove = ("accepted", "0", "remove")
    assert ("accepting", "new", "add") not in hand.addresses
    assert remove not in hand.addresses
    assert remove in hand.types("counted", *MODE).addresses


def test_a_what_if_has_no_choice_between_counted_and_planned_segments() -> None:
    assert NUMBERS in Hand(SHOP).addresses
    assert NUMBERS not in asking(SHOP).addresses


# --- laws -------------------------------------------------------------------------------------

STARTERS = [cvj.read_journey(path).in_view() for path in sorted(JOURNEYS.glob("*.toml"))]


@settings(max_examples=15)
@given(st.sampled_from(STARTERS), st.data())
def test_a_higher_rate_or_more_people_never_mean_fewer_customers(
    journey: cvj.Journey, data: st.DataObject
) -> None:
    hand = asking(journey)
    row = data.draw(st.sampled_from(journey.framework.keys))
    column = data.draw(st.sampled_from(["reached", "rate"]))
    last = data.draw(st.sampled_from(["all", "0"]))
    hand.types(last, *TAB)
    if not hand.can_edit("stages", row, column):
        return
    known: list[float] = []
    for percent in sorted(
        data.draw(st.lists(st.integers(1, 100), min_size=2, max_size=4, unique=True))
    ):
        text = f"{percent}%" if column == "rate" else str(percent * 10)
        hand.types(text, "stages", row, column)
        if not hand.message("stages", row, column):
            known.append(hand.journey.economics().customers or 0.0)
    assert known == pytest.approx(sorted(known), rel=1e-9)


@settings(max_examples=15)
@given(st.data())
def test_whatever_is_done_with_what_ifs_never_fails_and_can_be_undone(
    data: st.DataObject,
) -> None:
    first = data.draw(st.sampled_from([SHOP, PLAN, TWO, MONEY]))
    hand = asking(first)
    texts = ["0", "5", "12.5", "-1", "20%", "x", "", "a", "1e300"]
    for _ in range(data.draw(st.integers(1, 10))):
        address = data.draw(st.sampled_from(hand.addresses))
        text = data.draw(st.sampled_from(texts))
        if choices := [value for value, _ in hand.field(*address).choices]:
            text = data.draw(st.sampled_from(choices))
        if address[0] != "file":
            data.draw(st.sampled_from([hand.types, hand.goes_on]))(text, *address)
            shown_in_full(hand.designer)
    while hand.designer._session.can_undo:
        hand.presses(*UNDO)
    assert hand.journey == first
