"""The Designer on values: what it starts with, and what it gives to others."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cvjkit as cvj
from cvjkit.widgets.session import EXAMPLE_NOTE
from tests.widgets.hand import MODE, MONEY, SHOP, Hand


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
