from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.decisions.responses import Power, Response, Saturating, SCurve

MICRO = {"Ads": (8000, 1000), "Blog": (12000, 2000)}


def two(ads: float = 0.05, blog: float = 0.025) -> cvj.Journey:
    """Make two channels whose people are worth ten times these shares: 0.50 and 0.25."""
    row = {"entrants": 1000.0, "rates": None}
    segments = [
        {"name": name, **row, "rates": {"acquisition": 1.0, "conversion": share}}
        for name, share in (("Ads", ads), ("Blog", blog))
    ]
    journey = cvj.Journey.from_document({"name": "M", "framework": "five", "segments": segments})
    return journey.with_offer("conversion", name="Box", margin=10)


def test_the_last_unit_of_money_returns_the_same_in_both_channels() -> None:
    division = two().budget(2000, MICRO)
    assert division.spend.to_list() == pytest.approx([1320.5528, 679.4472], abs=1e-4)
    assert division.lam == pytest.approx(1.067951, abs=1e-6)
    assert division.marginal.to_list() == pytest.approx([division.lam] * 2)
    assert division.left == 0
    assert division.worth.to_list() == pytest.approx([0.5, 0.25])
    assert division.value["Ads"] == pytest.approx(4000 * (1 - math.exp(-1.3205528)))


def test_a_small_budget_goes_to_the_channel_whose_first_money_returns_more() -> None:
    division = two().budget(300, MICRO)
    assert division.spend.to_list() == pytest.approx([300, 0])
    assert division.marginal["Blog"] == pytest.approx(1.5)
    assert division.lam == pytest.approx(4 * math.exp(-0.3))
    assert "Nothing on Blog" in division.summary


def test_money_that_would_return_less_than_itself_is_left() -> None:
    division = two().budget(3000, MICRO)
    assert division.spend.sum() == pytest.approx(2197.2246, abs=1e-4)
    assert division.left == pytest.approx(3000 - 2197.2246, abs=1e-4)
    assert division.lam == 1
    assert division.attrs["left"] == division.left
    assert "unspent" in division.summary


def test_a_channel_whose_people_bring_nothing_gets_nothing() -> None:
    division = two(blog=0).budget(2000, MICRO)
    assert division.spend["Blog"] == 0
    losing = two().with_stage("acquisition", unit_cost=1).budget(2000, MICRO)
    assert losing.spend.to_list() == [0, 0]
    assert losing.left == 2000
    assert "Spend nothing" in losing.summary
    assert two().budget(0, MICRO).spend.to_list() == [0, 0]


def test_an_s_shaped_channel_gets_enough_or_nothing_and_is_flagged() -> None:
    curves = {"Ads": Saturating(8000, 1000), "Blog": SCurve(20_000, 2000, 3)}
    little, much = (two().budget(money, curves) for money in (600, 4000))
    assert little.spend["Blog"] == 0
    assert much.spend["Blog"] > SCurve(20_000, 2000, 3).turn
    assert much.s_shaped.to_list() == [False, True]
    assert "S-shaped" in much.summary


@pytest.mark.parametrize("money", [150, 450, 900, 2500, 9000])
@pytest.mark.parametrize(
    "curves",
    [
        (Saturating(6000, 1000), SCurve(30_000, 2000, 2.4)),
        (SCurve(9000, 450, 2.7), SCurve(8000, 1400, 5.0)),
        (SCurve(2000, 900, 1.2), Power(20, 0.5)),
    ],
)
def test_no_division_on_a_grid_beats_the_one_of_s_shaped_channels(
    money: float, curves: tuple[Response, Response]
) -> None:
    division = two().budget(money, dict(zip(("Ads", "Blog"), curves, strict=True)))
    grid = np.linspace(0, money, 201)
    one, other = (
        np.array([u * curve.people(spend) - spend for spend in grid])
        for u, curve in zip((0.5, 0.25), curves, strict=True)
    )
    best = max(one[at] + other[: 201 - at].max() for at in range(201))
    profit = division.value.sum() - division.spend.sum()
    assert profit >= best - 1e-6 * (1 + abs(best))
    assert division.spend.sum() <= money * (1 + 1e-9)


def test_everything_wrong_is_said_at_once() -> None:
    with pytest.raises(cvj.InputError) as error:
        two().budget(
            -1,
            {"Adds": (1, 2), "Ads": (0, 5), "Blog": Power(3, 1.5)},
            stage="reached",
        )
    fields = [fault.field for fault in error.value.faults]
    assert fields == ["money", "stage", "responses", "responses.Ads", "responses.Blog"]
    assert "did you mean 'Ads'" in str(error.value)
    with pytest.raises(cvj.InputError, match="no margin is typed"):
        cvj.Journey.from_rates("five", 10, [1, 1, 1, 1]).budget(5, {"Everyone": (1, 1)})
    growing = two().with_referral("conversion", to="reach", per_person=30)
    with pytest.raises(cvj.InputError, match="not known"):
        growing.budget(5, {"Ads": (1, 1)})


# P17

CURVES = st.one_of(
    st.builds(Saturating, st.floats(100, 1e5), st.floats(10, 1e4)),
    st.builds(Power, st.floats(1, 100), st.floats(0.1, 0.9)),
)


@given(CURVES, CURVES, st.floats(0.01, 0.2), st.floats(0.01, 0.2), st.floats(1, 1e5))
def test_the_conditions_of_the_best_division_hold(
    ads: Response, blog: Response, one: float, other: float, money: float
) -> None:
    division = two(one, other).budget(money, {"Ads": ads, "Blog": blog})
    assert division.spend.sum() + division.left == pytest.approx(money)
    assert division.lam >= 1
    assert division.left == 0 or division.lam == 1
    for name, row in division.iterrows():
        if row["spend"] > 1e-6 * money:
            assert row["marginal"] == pytest.approx(division.lam, rel=1e-5)
        elif not math.isnan(row["marginal"]):
            assert row["marginal"] <= division.lam * (1 + 1e-5) or row["spend"] > 0, name
    profit = division.value.sum() - division.spend.sum()
    curves, worth = (ads, blog), (10 * one, 10 * other)
    for share in np.linspace(0, 1, 41):
        for part in (0.25, 0.5, 1.0):
            spends = (share * part * money, (1 - share) * part * money)
            tried = sum(
                u * curve.people(b) - b for u, curve, b in zip(worth, curves, spends, strict=True)
            )
            assert tried <= profit + 1e-7 * (1 + abs(profit))


@given(st.builds(SCurve, st.floats(10, 1e5), st.floats(10, 1e4), st.floats(1.1, 6)))
def test_the_slope_of_a_response_is_that_of_its_people(curve: SCurve) -> None:
    assert curve.slope(curve.turn) >= curve.slope(0.99 * curve.turn)
    assert curve.slope(curve.turn) >= curve.slope(1.01 * curve.turn)
    for spend in (curve.turn, curve.half, 3 * curve.half):
        step = spend * 1e-5
        seen = (curve.people(spend + step) - curve.people(spend - step)) / (2 * step)
        assert curve.slope(spend) == pytest.approx(seen, rel=1e-4)
        if spend > curve.turn:
            assert curve.spend_at(curve.slope(spend)) == pytest.approx(spend, rel=1e-6)
