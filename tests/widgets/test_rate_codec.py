from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.numbers import Evidence
from cvjkit.widgets.fields import UNCHANGED
from cvjkit.widgets.panels.stages import RATE, RATE_OF_ONE
from tests.widgets.hand import MODE, PLAN, SHOP, TWO, Hand

RATE_FIELD = ("stages", "conversion", "rate")
PERCENTS = st.integers(1, 999)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("5%", (0.05, None, None)),
        ("4-6%", (0.05, "4-6%", None)),
        ("4% to 6%", (0.05, "4% to 6%", None)),
        ("4 \N{EN DASH} 6 %", (0.05, "4 \N{EN DASH} 6 %", None)),
        ("0.04-0.06", (0.05, "0.04-0.06", None)),
        ("5% (4-8%)", (0.05, "4-8%", None)),
        ("as sure as 40 cases", (UNCHANGED, None, 40)),
        ("5%, as sure as 1,200 cases", (0.05, None, 1200)),
        ("5% (40 cases)", (0.05, None, 40)),
        ("1e-3", (0.001, None, None)),
        ("", (None, None, None)),
    ],
)
def test_a_rate_is_read_with_how_sure_it_is(text: str, held: tuple[object, ...]) -> None:
    assert RATE.read(text) == held


@pytest.mark.parametrize("text", ["4-", "6-4%", "-5 to 5%", "x-y", "5% (40)", "as sure as cases"])
def test_what_is_neither_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="write"):
        RATE.read(text)
    with pytest.raises(ValueError, match="all segments together"):
        RATE_OF_ONE.read("4-6%")
    assert RATE.read("4,5-5,5%", Evidence(language="de"))[0] == 0.05


@given(PERCENTS, PERCENTS, PERCENTS, st.none() | st.integers(1, 10**6))
def test_what_is_written_is_read_as_the_same(
    share: int, one: int, other: int, cases: int | None
) -> None:
    low, high = sorted((one / 10, other / 10))
    between = f"{low}-{high}%" if cases is None and low < high else None
    held = share / 1000, between, cases
    assert RATE.read(RATE.write(held)) == held


def test_what_was_typed_stays_in_the_field_and_a_plain_rate_ends_it() -> None:
    hand = Hand(PLAN)
    for typed, shown, rate, told in (
        ("4% to 6%", "4% to 6%", 0.05, ("4% to 6%", None)),
        ("as sure as 40 cases", "5% (40 cases)", 0.05, (None, 40)),
        ("7% (4-8%)", "7% (4-8%)", 0.07, ("4-8%", None)),
        ("6%", "6%", 0.06, (None, None)),
    ):
        hand.types(typed, *RATE_FIELD)
        assert (hand.text(*RATE_FIELD), hand.message(*RATE_FIELD)) == (shown, "")
        assert hand.rates[1] == rate
        row = "stages.conversion.rate"
        assert tuple(hand.journey.get(f"{row}_{one}") for one in ("range", "cases")) == told


@pytest.mark.parametrize("journey", [SHOP, TWO], ids=["one", "all"])
def test_a_range_is_typed_as_a_what_if_and_taken_back_as_one(journey: object) -> None:
    hand = Hand(journey).types("4-6%", *RATE_FIELD)
    assert "the people counted say how sure this rate is" in hand.message(*RATE_FIELD)
    hand.types("what_if", *MODE)
    before = hand.text(*RATE_FIELD)
    hand.types("4-6%", *RATE_FIELD)
    field = hand.field(*RATE_FIELD)
    assert (field.text, field.was, field.resets, field.message) == ("4-6%", before, True, "")
    assert hand.journey.simulate(2000).interval("stages.conversion.rate", 0.9) == pytest.approx(
        (0.04, 0.06), abs=0.004
    )
    hand.resets(*RATE_FIELD)
    assert hand.text(*RATE_FIELD) == before
    assert hand.journey.get("stages.conversion.rate_range") is None
