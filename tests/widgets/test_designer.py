"""The Designer on values: what it starts with, and what it gives to others."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.widgets import designer, guard
from cvjkit.widgets.session import EXAMPLE_NOTE, FAILED_NOTE
from tests.widgets.hand import FRAMEWORK, MODE, MONEY, NUMBERS, REDO, SHOP, TAB, TWO, UNDO, Hand


@pytest.mark.parametrize("key", ["five", "seven", "eight", "eight:time", "nine", "full"])
def test_without_a_journey_there_is_an_example_in_any_framework(key: str) -> None:
    hand = Hand(framework=key)
    assert hand.journey.framework == cvj.framework(key)
    assert None not in hand.counts
    assert hand.part("head")["notes"] == (EXAMPLE_NOTE,)
    assert hand.part("findings")["notes"] == ()
    hand.types("12345", "stages", hand.journey.framework.keys[0], "reached")
    assert hand.part("head")["notes"] == ()


def test_code_makes_the_design_again() -> None:
    hand = Hand(MONEY).types("planned", *NUMBERS).types("0.3", "stages", "acquisition", "rate")
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


@pytest.mark.parametrize(
    "part",
    ["head_part", "stage_table", "figures_part", "money_part", "ways_part", "guide_part"],
)
def test_wherever_an_edit_fails_it_is_told_and_everything_is_as_before(
    part: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = Hand(SHOP).types("99", "stages", "loyalty", "reached").presses(*UNDO)
    works = getattr(designer, part)

    def fails(*given: Any) -> Any:
        if 13 in hand.designer._session.journey.segments[0].counts:
            raise ZeroDivisionError("thirteen people")
        return works(*given)

    monkeypatch.setattr(designer, part, fails)
    monkeypatch.setattr(guard, "get_ipython", object)
    before, drawn = hand.journey, hand.drawn()
    for _ in range(2):
        hand.types("13", "stages", "loyalty", "reached")
        assert FAILED_NOTE in hand.part("head")["notes"]
        assert (hand.journey, hand.drawn()) == (before, drawn)
        assert "thirteen people" in capsys.readouterr().err
        assert [hand.field(*button).enabled for button in (UNDO, REDO)] == [False, True]
    hand.types("7", "stages", "loyalty", "reached")
    assert FAILED_NOTE not in hand.part("head")["notes"]
    assert hand.counts[-1] == 7


def test_an_audit_that_fails_is_told_and_the_next_one_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    hand = Hand(SHOP)
    works = cvj.Journey.audit

    def fails(journey: cvj.Journey, *framework: Any) -> Any:
        if 13 in journey.segments[0].counts:
            raise ZeroDivisionError("thirteen people")
        return works(journey, *framework)

    monkeypatch.setattr(cvj.Journey, "audit", fails)
    monkeypatch.setattr(guard, "get_ipython", object)
    hand.types("13", "stages", "loyalty", "reached")
    assert "could not be calculated" in hand.part("audit")["brief"]
    assert hand.counts[-1] == 13
    assert "thirteen people" in capsys.readouterr().err
    hand.types("7", "stages", "loyalty", "reached")
    assert "rules answered" in hand.part("audit")["brief"]


def test_a_journey_that_cannot_be_shown_leaves_the_one_that_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand = Hand(SHOP).types("99", "stages", "loyalty", "reached")
    before = hand.designer._form.document["parts"]
    monkeypatch.setattr(designer, "stage_table", fails_once(designer.stage_table))
    with pytest.raises(ZeroDivisionError):
        hand.designer.load(TWO)
    assert hand.designer._form.document["parts"] == before
    assert hand.presses(*UNDO).journey == SHOP


def fails_once(works: Callable[..., Any]) -> Callable[..., Any]:
    calls = iter([True])

    def fails(*given: Any) -> Any:
        if next(calls, False):
            raise ZeroDivisionError
        return works(*given)

    return fails


def compared(hand: Hand) -> tuple[list[str], str, str]:
    """What the legend says of an outline, what is said of Conversion, and of customers."""
    picture = hand.designer._view.picture
    said = [meaning for kind, meaning in picture["legend"] if kind == "was"]
    (conversion,) = (node["text"] for node in picture["nodes"] if node["id"] == "conversion")
    (customers,) = (one for one in hand.part("figures")["changes"] if one[0] == "Customers")
    return said, conversion, customers[2]


def test_a_plan_lies_over_what_was_counted_until_something_is_tried_out() -> None:
    plan = SHOP.with_terms(name="Budget").put("segments.0.counts", [10000, 4000, 400, 160, 40])
    hand = Hand(SHOP, plan=plan)
    legend, conversion, customers = compared(hand)
    assert legend == ["planned, in Budget"]
    assert "100 people (planned 400: -300" in conversion
    assert customers == "planned 400"

    # A what-if in which nothing is tried out yet is what was counted.
    assert compared(hand.types("what_if", *MODE))[0] == ["planned, in Budget"]
    hand.types("0.5", "stages", "acquisition", "rate")
    legend, conversion, customers = compared(hand)
    assert legend == ["as it was"]
    assert "250 people (was 100: +150" in conversion
    assert customers == "was 100"
    assert compared(hand.presses(*UNDO))[0] == ["planned, in Budget"]

    # In another framework, too; it is shown in that one.
    hand.types("seven", *FRAMEWORK)
    assert hand.designer.journey.framework.key == "seven"
    said = [meaning for kind, meaning in hand.designer._view.picture["legend"] if kind == "was"]
    assert said == ["planned, in Budget"]


def test_a_plan_is_compared_segment_by_segment() -> None:
    plan = TWO.with_terms(name="Budget").put("segments.1.counts", [100, 80, 40, 6, 2])
    hand = Hand(TWO, plan=plan).types("1", *TAB)
    assert "(planned 40: -31" in compared(hand)[1]
    alone = Hand(TWO, plan=SHOP).types("1", *TAB)
    assert alone.part("figures")["changes"] == ()
