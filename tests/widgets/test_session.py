"""An editing session on values: invalid input, undo, pasted blocks, frameworks, the file."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.numbers import Evidence, decimal_sign_of
from cvjkit.widgets.codec import AMOUNT, PEOPLE, SHARE
from cvjkit.widgets.session import Session
from cvjkit.widgets.step import with_edited
from tests.widgets.hand import (
    FRAMEWORK,
    JOURNEYS,
    MODE,
    MONEY,
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

# --- invalid input ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("-5", "reached", "-5 must not be negative: write 0 or more."),
        ("12.5", "reached", "12.5 must be a whole number of people"),
        ("1e999", "reached", "1e999 must be a finite number"),
        ("1e999", "unit_cost", "1e999 must be a finite number"),
        ("250%", "rate", "250% must be between 0 and 1"),
        ("250", "rate", "250 must be between 0 and 1"),
        ("many", "unit_cost", "'many' must be a number"),
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
    hand = Hand(PLAN).types("250", "stages", "conversion", "rate")
    hand.types("0.5", "stages", "retention", "rate")
    assert hand.rates == [0.2, 0.05, 0.5, 0.25]
    assert hand.message("stages", "conversion", "rate").startswith("250 must be between 0 and 1")


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


@pytest.mark.parametrize("name", ["Diary", "1", "a]b", "[0]", "counts.reach"])
def test_a_fault_of_the_field_itself_does_not_repeat_where_it_is(name: str) -> None:
    hand = Hand(TWO.with_segment("Blog", rename=name)).types("1", *TAB)
    hand.types("-5", "stages", "reach", "reached").types("-5", "segments", "1", "spend")
    for address in (("stages", "reach", "reached"), ("segments", "1", "spend")):
        assert hand.message(*address) == "-5 must not be negative: write 0 or more."


def test_a_fault_elsewhere_says_where_it_is() -> None:
    hand = Hand(PLAN.with_transition("retention", "reach", 0.5))
    hand.types("0.8", "stages", "loyalty", "rate")
    assert "retention" in hand.message("stages", "loyalty", "rate").partition("must not exceed")[0]


def test_invalid_input_of_a_segment_stays_with_it_when_it_is_renamed() -> None:
    hand = Hand(SHOP).types("1.5", "stages", "loyalty", "reached")
    hand.types("Fair", "segments", "0", "name")
    assert hand.journey.segments[0].name == "Fair"
    assert hand.text("stages", "loyalty", "reached") == "1.5"
    assert "whole number" in hand.message("stages", "loyalty", "reached")
    hand.types("15", "stages", "loyalty", "reached")
    assert hand.counts[-1] == 15


def test_what_is_there_already_is_no_change() -> None:
    hand = Hand(SHOP).types("", "offers", "first_payment", "price")
    hand.types("", "offers", "first_payment", "name").types("10000", "stages", "reach", "reached")
    assert hand.journey is SHOP
    assert not hand.designer._session.can_undo


# --- numbers with two readings ----------------------------------------------------------------

COST = ("stages", "reach", "unit_cost")


def unit_costs(hand: Hand) -> list[float | None]:
    return [stage.unit_cost for stage in hand.journey.stages]


@pytest.mark.parametrize(
    ("language", "text", "number", "shown"),
    [
        ("en-GB", "1,200", 1200, "1200"),
        ("en", "1.250", 1.25, "1.25"),
        ("en", "1.125", 1.125, "1.1250"),
        ("de", "1,25", 1.25, "1.25"),
        ("de-AT", "1.250", 1250, "1250"),
        ("de-AT", "1.250,5", 1250.5, "1250.5"),
        ("de-CH", "1.250", 1.25, "1.25"),
    ],
)
def test_the_readers_language_decides_and_the_field_shows_how(
    language: str, text: str, number: float, shown: str
) -> None:
    hand = Hand(SHOP).speaks(language).types(text[:-1], *COST).goes_on(text, *COST)
    assert hand.message(*COST) == ""
    assert unit_costs(hand) == [number]
    assert hand.text(*COST) == shown
    assert hand.presses(*UNDO).journey == SHOP


@pytest.mark.parametrize(
    ("language", "text", "readings"),
    [
        *((unknown, "1,200", "1200 or 1.2") for unknown in ("", "xx", "tlh-001", "not a language")),
        ("", "1.250", "1250 or 1.25"),
        ("de", "12,346", "12346 or 12.3460"),
        ("fr-CA", "1,200", "1200 or 1.2"),
    ],
)
def test_where_no_language_decides_both_readings_are_said(
    language: str, text: str, readings: str
) -> None:
    hand = Hand(SHOP).speaks(language).types(text, *COST)
    assert hand.message(*COST) == f"{text} could mean {readings}: write one of them"
    assert (hand.text(*COST), hand.journey) == (text, SHOP)


@pytest.mark.parametrize("language", ["en-GB", "de-AT", ""])
def test_thousands_of_people_and_percentages_have_one_reading_in_every_language(
    language: str,
) -> None:
    hand = Hand(PLAN).speaks(language).types("12.000", "stages", "reach", "reached")
    hand.types("12,500", "stages", "acquisition", "rate")
    assert hand.journey.flow().numbers("people")[0] == 12000
    assert hand.rates[0] == 0.125


@pytest.mark.parametrize(
    ("block", "stage", "column", "language", "expected"),
    [
        ("10.000\n2.000\n100\n40\n10", "reach", "reached", "", [10000, 2000, 100, 40, 10]),
        ("10,000\n2,000\n100", "reach", "reached", "de", [10000, 2000, 100, 40, 10]),
        ("1.250\n0,5", "reach", "unit_cost", "en", [1250, 0.5]),
        ("1,250\n0.5", "reach", "unit_cost", "de", [1250, 0.5]),
        ("1.250\n7", "reach", "unit_cost", "en", [1.25, 7]),
        ("1.250\t3\n7\t0,5", "reach", "unit_cost", "en", [1250, 7]),
        ("25,5 %\n5 %", "acquisition", "rate", "en", [0.255, 0.05, 0.4, 0.25]),
        ("0.5\n1", "acquisition", "rate", "", [0.5, 1, 0.4, 0.25]),
        ("50\n1", "acquisition", "rate", "", [0.5, 0.01, 0.4, 0.25]),
    ],
)
def test_the_numbers_of_a_pasted_block_decide_before_the_language(
    block: str, stage: str, column: str, language: str, expected: list[float]
) -> None:
    first = PLAN if column == "rate" else SHOP
    hand = Hand(first).speaks(language).pastes(block, stage, column)
    read = {"reached": lambda: hand.counts, "rate": lambda: hand.rates}
    assert read.get(column, lambda: unit_costs(hand))() == expected
    assert hand.presses(*UNDO).journey == first


def test_only_people_tell_how_people_are_written() -> None:
    block = "10.000\t\t1.5\n2.000\t\t2.5"
    assert Hand(SHOP).pastes(block, "reach", "reached").counts[:2] == [10000, 2000]


def test_a_block_whose_numbers_contradict_each_other_leaves_it_to_the_language() -> None:
    block = "1.250\n0,5\n0.5"
    hand = Hand(SHOP).pastes(block, "reach", "unit_cost")
    assert "could mean 1250 or 1.25" in hand.message(*COST)
    assert unit_costs(Hand(SHOP).speaks("en").pastes(block, "reach", "unit_cost"))[0] == 1.25


@pytest.mark.parametrize(("language", "block"), [("en", "1,250k"), ("de", "1,250k\n1.5k")])
def test_invalid_input_that_comes_right_is_read_as_it_was_when_it_was_typed(
    language: str, block: str
) -> None:
    acquired = ("stages", "acquisition", "reached")
    hand = Hand(PLAN).speaks(language).pastes(block, *acquired[1:])
    assert "is more than the 10,000 who can reach Acquisition" in hand.message(*acquired)
    assert hand.text(*acquired) == "1,250k"
    hand.speaks("de").types("2000000", "stages", "reach", "reached")
    assert hand.message(*acquired) == ""
    assert hand.rates[0] == 0.625


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
    assert not hand.designer._session.can_undo


def test_escape_takes_back_what_was_typed_in_a_field() -> None:
    hand = Hand(SHOP).types("3", "stages", "conversion", "reached")
    hand.goes_on("3x", "stages", "conversion", "reached")
    hand.escapes("stages", "conversion", "reached")
    assert hand.journey == SHOP
    assert hand.text("stages", "conversion", "reached") == "100"
    assert hand.message("stages", "conversion", "reached") == ""


TEXTS = (
    st.sampled_from(["0", "5", "1000", "12.5", "-1", "20%", "1e300", "1e-320", "nan", "x", "", "a"])
    | st.sampled_from(["five", "full", "own", "planned", "counted", "all", "reach", "loyalty"])
    | st.text(st.characters(), max_size=5)
)


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
        if choices := [value for value, _ in hand.field(*address).choices]:
            text = data.draw(st.sampled_from(choices))
        if address[0] == "file":
            continue
        data.draw(st.sampled_from([hand.types, hand.goes_on]))(text, *address)
        shown_in_full(hand.designer)
    while hand.designer._session.can_undo:
        hand.presses(*UNDO)
    assert hand.journey == first


# --- pasted blocks ----------------------------------------------------------------------------


def test_a_pasted_block_is_one_step_to_undo_and_says_what_was_understood() -> None:
    block = "Stage\tUsers\tUnit cost\nReach\t9,000\t0.1\nAcquisition\t900\t0.5\nTotal\t9,900\t"
    hand = Hand(SHOP).pastes(block, "conversion", "reached")
    assert (hand.counts, unit_costs(hand)) == ([9000, 900, 100, 40, 10], [])
    said = "2 numbers for Reached; 1 row left out: Total; 1 column left out: Unit cost."
    assert hand.part("head")["notes"] == (said,)
    assert hand.presses(*UNDO).journey == SHOP


@pytest.mark.parametrize("first", [SHOP, PLAN, TWO])
def test_people_pasted_into_a_what_if_are_there_afterwards(first: cvj.Journey) -> None:
    hand = Hand(first).types("what_if", *MODE).pastes("800\t400\t40\t8\t2", "reach", "reached")
    assert people(hand.journey) == pytest.approx([800, 400, 40, 8, 2])
    assert hand.whole == first


def test_what_cannot_be_in_a_pasted_block_is_marked_and_the_rest_is_taken() -> None:
    hand = Hand(SHOP).pastes("9000\nlots\n90", "reach", "reached")
    assert hand.counts == [9000, 2000, 90, 40, 10]
    assert hand.message("stages", "acquisition", "reached").startswith("'lots' must be a number")
    said = "3 numbers for Reached. 1 refused, for the reasons given below."
    assert hand.part("head")["notes"] == (said,)


# --- frameworks -------------------------------------------------------------------------------


def test_another_framework_keeps_what_both_have_and_says_what_it_leaves_out() -> None:
    eight = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    hand = Hand(eight).types("five", *FRAMEWORK)
    assert hand.counts == [9000, 900, 50, 20, 9]
    (note,) = hand.part("head")["notes"]
    assert "Left out: the people at Subscription, Excitement and Promotion." in note
    hand.types("seven", *FRAMEWORK)
    assert "Not known yet: Intrigued, Attraction and Client-for-Life." in str(hand.part("head"))


def test_looking_and_counting_through_frameworks_loses_nothing() -> None:
    eight = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    hand = Hand(eight).types("five", *FRAMEWORK).types("eight", *FRAMEWORK)
    assert hand.journey == eight
    hand.types("five", *FRAMEWORK).types("60", "stages", "conversion", "reached")
    hand.types("eight", *FRAMEWORK)
    assert hand.counts == [9000, 900, 90, 60, 40, 20, 9, 3]
    hand.presses(*UNDO).presses(*UNDO).presses(*UNDO)
    assert hand.journey == eight


def test_undo_after_another_framework_brings_back_all_that_was_known() -> None:
    eight = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    hand = Hand(eight, view="five").types("seven", *FRAMEWORK).presses(*UNDO)
    assert hand.journey.framework.key == "five"
    assert hand.types("eight", *FRAMEWORK).journey == eight


def test_what_is_typed_back_as_it_was_leaves_all_that_was_known() -> None:
    eight = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
    hand = Hand(eight, view="five").types("6", "stages", "conversion", "reached")
    hand.goes_on("50", "stages", "conversion", "reached")
    assert hand.types("eight", *FRAMEWORK).journey == eight


@pytest.mark.parametrize("name", sorted(path.name for path in JOURNEYS.glob("*.toml")))
def test_every_starter_journey_can_be_edited_in_every_framework(name: str) -> None:
    hand = Hand(JOURNEYS / name)
    for key in ("five", "seven", "eight", "eight:time", "nine", "full"):
        hand.types(key, *FRAMEWORK)
        assert hand.message(*FRAMEWORK) == ""
        shown_in_full(hand.designer)


# --- P20: the language ------------------------------------------------------------------------

SIGNS = {"en-GB": (",", "."), "de-AT": (".", ","), "fr": ("\u202f", ","), "de-CH": ("’", ".")}


def written(number: float, digits: int, language: str) -> str:
    """Write a number as people of a language do."""
    group, decimal = SIGNS[language]
    return f"{number:,.{digits}f}".translate(str.maketrans({",": group, ".": decimal}))


@given(st.integers(0, 10**10), st.integers(1, 4), st.sampled_from([*SIGNS]))
def test_a_number_is_the_same_in_every_language(whole: int, digits: int, language: str) -> None:
    evidence = Evidence(language=language)
    assert PEOPLE.read(written(whole, 0, language), evidence) == whole
    number = whole / 10**digits
    text = written(number, digits, language)
    try:
        assert AMOUNT.read(text, evidence) == number
    except ValueError as refused:
        # It may have been copied from a page, which shows thousands that way.
        assert "could mean" in str(refused)  # noqa: PT017 - the other outcome that is right
        assert re.fullmatch(r"\d+,\d{3}", text)
        assert decimal_sign_of(language) == ","
    share = f"{written(min(number, 100), digits, language)} %"
    assert SHARE.read(share, evidence) == pytest.approx(min(number, 100) / 100)


def test_a_journey_typed_in_any_language_has_the_same_figures() -> None:
    typed = []
    for language in SIGNS:
        hand = Hand(MONEY).speaks(language)
        hand.types(written(1_234_567, 0, language), "stages", "reach", "reached")
        hand.types(written(1.25, 2, language), "stages", "reach", "unit_cost")
        typed.append((hand.journey, hand.part("figures")))
    assert typed == typed[:1] * len(SIGNS)
    assert (typed[0][0].get("stages.reach.people"), typed[0][0].economics().cac) == (
        1_234_567,
        pytest.approx(1_234_567 * 1.25 / 100),
    )


def test_what_is_said_of_a_step_goes_when_the_step_is_undone_and_not_before() -> None:
    session = Session(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1]))
    session.go(with_edited(session.now, session.journey.put("name", "Pasted")), "5 numbers.")
    session.change(lambda journey: journey.with_terms(name="Fair"))
    session.undo()
    assert (session.journey.name, session.note) == ("Pasted", "5 numbers.")
    session.undo()
    assert session.note == ""
