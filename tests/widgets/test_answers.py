"""The answers below the picture: of what is edited, in its Designer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

import cvjkit as cvj
from cvjkit.widgets import answers, guard
from cvjkit.widgets.answers import Answers
from cvjkit.widgets.panels.entries import Asked
from tests.strategies import journeys
from tests.widgets.hand import FRAMEWORK, JOURNEYS, MODE, MONEY, REDO, SHOP, TAB, TWO, UNDO, Hand

LIFT = ("lift", "lift", "lift")
BAR = ("first", "conversion", "try")
TARGET = ("goal", "goal", "target")
RATE = ("stages", "conversion", "rate")
CARDS = ["first", "goal", "sure", "steps", "time", "channels", "budget"]


def shown(hand: Hand) -> dict[str, Any]:
    hand.designer._later.finish()
    return {part["id"]: part for part in hand.designer._answers.form.document["parts"]}


def bars(hand: Hand) -> dict[str, str]:
    (table,) = (one for one in shown(hand)["first"]["tables"] if one["id"] == "first")
    return {row["id"]: row["fields"][0]["text"] for row in table["rows"]}


def answered(journey: cvj.Journey, **options: Any) -> Answers:
    made = Answers(lambda _: None, **options)
    for work in made.ask(Asked(journey), {}):
        work()
    return made


def test_the_answers_stand_in_order_and_the_cards_before_they_are_known() -> None:
    hand = Hand(TWO)
    parts = hand.designer._answers.form.document["parts"]
    assert [part["id"] for part in parts] == CARDS[:3]
    assert [*shown(hand)] == CARDS
    assert [*shown(Hand(SHOP))] == [card for card in CARDS if card != "channels"]


def test_the_answers_follow_what_is_typed() -> None:
    hand = Hand(MONEY)
    before = bars(hand)
    hand.types("200", "stages", "conversion", "reached")
    after = bars(hand)
    assert after != before
    hand.presses(*UNDO)
    assert bars(hand) == before


def test_a_bar_pressed_is_tried_out_in_a_what_if_as_one_step() -> None:
    hand = Hand(SHOP)
    assert bars(hand)["conversion"] == "10"
    hand.types("point", *LIFT)
    assert bars(hand)["conversion"] == "20"
    hand.presses(*BAR)
    assert hand.text(*MODE) == "what_if"
    assert hand.text(*RATE) == "6%"
    assert hand.figure("Customers")[0] == "120"
    assert hand.journey.base == SHOP
    hand.presses(*UNDO)
    assert (hand.text(*MODE), hand.journey) == ("counted", SHOP)
    hand.presses(*REDO)
    assert hand.figure("Customers")[0] == "120"
    # Pressed again, one point more than that.
    shown(hand)
    hand.presses(*BAR)
    assert hand.text(*RATE) == "7%"


def test_all_segments_are_asked_about_and_that_is_said() -> None:
    hand = Hand(TWO)
    assert shown(hand)["first"]["title"] == "Fix first: what it is worth in customers"
    hand.types("1", *TAB)
    assert shown(hand)["goal"]["title"] == "What would it take? (all segments together)"


def test_a_goal_is_typed_key_by_key_and_stays_while_numbers_change() -> None:
    hand = Hand(SHOP)
    assert "13,000 people" in str(shown(hand)["goal"]["notes"])
    for text in ("5", "50", "500"):
        hand.types(text, *TARGET)
    assert "You need 50,000 people at Reach" in str(shown(hand)["goal"]["notes"])
    hand.types("200", "stages", "conversion", "reached")
    assert "You need 25,000 people at Reach" in str(shown(hand)["goal"]["notes"])
    hand.types("x", *TARGET)
    field = shown(hand)["goal"]["tables"][0]["rows"][0]["fields"][1]
    assert (field["text"], "x" in field["message"]) == ("x", True)


def test_without_a_change_the_record_is_asked_about_and_with_one_the_what_if() -> None:
    hand = Hand(SHOP).types("what_if", *MODE)
    assert "better" not in str(shown(hand)["sure"]["notes"])
    hand.types("10%", *RATE)
    assert "better than without the what-if: >99%." in str(shown(hand)["sure"]["notes"])


def test_what_is_known_is_not_worked_out_again() -> None:
    made, asked = Answers(lambda _: None), Asked(SHOP)
    todo = made.ask(asked, {})
    todo[0]()
    # Somebody looks at another segment meanwhile.
    left = made.ask(Asked(SHOP), {}, "all segments together")
    assert len(left) == len(todo) - 1
    for work in left:
        work()
    assert not made.ask(Asked(SHOP), {})
    assert made.ask(Asked(SHOP, entries={TARGET: "5"}), {})


def test_one_answer_that_fails_says_so_and_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(answers.goal, "goal_part", broken)
    monkeypatch.setattr(guard, "get_ipython", object)
    monkeypatch.setattr(guard.traceback, "print_exc", lambda: None)
    parts = {part["id"]: part for part in answered(SHOP).form.document["parts"]}
    assert parts["goal"]["title"] == "What would it take? It could not be calculated."
    assert parts["first"]["tables"]
    assert parts["sure"]["notes"]


def test_what_cannot_be_is_said_in_its_place() -> None:
    growing = cvj.Journey.from_rates("five", 1000, [0.9, 0.9, 0.9, 0.9]).with_referral(
        "loyalty", to="reach", per_person=50
    )
    parts = {part["id"]: part for part in answered(growing).form.document["parts"]}
    assert [part for part in CARDS if part != "channels"] == [*parts]
    assert "grow" in str(parts["time"]["notes"])


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_starter_has_every_answer(path: Any) -> None:
    journey = cvj.read_journey(path).in_view()
    document = answered(journey, open_all=True).form.document
    parts = {part["id"]: part for part in document["parts"]}
    assert [*parts] == CARDS
    assert {part["fold"] for part in parts.values()} == {"", "open"}
    assert len(parts["first"]["tables"][1]["rows"]) == 4
    assert len(parts["time"]["charts"]) == 2
    assert "could not" not in json.dumps(document)


@given(journeys(ways=True))
def test_whatever_the_journey_its_answers_can_be_sent(journey: cvj.Journey) -> None:
    document = answered(journey).form.document
    json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")
    assert len(document["parts"]) >= 6


def texts(hand: Hand, *addresses: tuple[str, str, str]) -> list[str]:
    hand.designer._later.finish()
    return [hand.designer._answers.form.fields[address].text for address in addresses]


def test_another_framework_keeps_a_goal_that_means_the_same_there_and_says_which_does_not() -> None:
    figure, target = ("goal", "goal", "figure"), ("goal", "goal", "target")
    aim = ("aims", "conversion", "target")

    def typed(*entries: tuple[str, tuple[str, str, str]]) -> None:
        for text, address in entries:
            shown(hand)
            hand.types(text, *address)

    hand = Hand(MONEY)
    typed(("profit", figure), ("5000", target), ("30%", aim), ("eight", FRAMEWORK))
    assert texts(hand, figure, target, aim) == ["profit", "5000", "30%"]
    # People at a stage are the same people where both have it.
    typed(("engagement", figure), ("60", target), ("five", FRAMEWORK))
    assert texts(hand, figure, target) == ["acquisition", "60"]
    typed(("eight", FRAMEWORK), ("subscription", figure), ("70", target), ("five", FRAMEWORK))
    note = "The goal was about people at Subscription, which is no stage of"
    assert note in " ".join(hand.part("head")["notes"])
    assert texts(hand, figure, target) == ["customers", "130"]


def test_a_figure_that_is_not_known_any_more_leaves_no_number_to_another() -> None:
    figure, target = ("goal", "goal", "figure"), ("goal", "goal", "target")
    hand = Hand(MONEY)
    for text, address in (("cac", figure), ("7", target)):
        shown(hand)
        hand.types(text, *address)
    assert texts(hand, figure, target) == ["cac", "7"]
    hand.types("", "stages", "reach", "unit_cost")
    assert texts(hand, figure, target) == ["customers", "130"]
