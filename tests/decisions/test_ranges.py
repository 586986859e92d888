"""A rate typed with a range, or as sure as some cases, is as open as was said."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.special import expit, ndtri

import cvjkit as cvj
from cvjkit.decisions.evidence import ways_of
from cvjkit.decisions.ranges import Odds
from cvjkit.decisions.sampling import drawn_rates, drawn_shares

COUNTS = [10000, 2000, 100, 40, 10]


def plan(**evidence: object) -> cvj.Journey:
    typed = cvj.Journey.from_rates("five", 10_000, [0.2, 0.05, 0.4, 0.25], name="Plan")
    return typed.with_stage("conversion", **evidence)


def drawn(journey: cvj.Journey, segment: int = 0, draws: int = 40_000) -> np.ndarray:
    return drawn_shares(journey, ways_of(journey), draws, seed=1)[segment, 1, 2]


def quantiles(journey: cvj.Journey, segment: int = 0) -> list[float]:
    return np.quantile(drawn(journey, segment), [0.05, 0.5, 0.95]).tolist()


def test_five_percent_of_the_draws_lie_below_the_range_and_five_above_it() -> None:
    journey = plan(rate_range="4-6%")
    assert quantiles(journey) == pytest.approx([0.04, 0.05, 0.06], rel=0.005)
    assert journey.simulate(40_000).interval("stages.conversion.rate", 0.9) == pytest.approx(
        (0.04, 0.06), rel=0.005
    )


def test_a_rate_off_the_middle_of_its_range_stays_the_median() -> None:
    assert quantiles(plan(rate_range="4.5% to 20%")) == pytest.approx([0.045, 0.05, 0.2], rel=0.03)


def test_log_odds_are_normal_on_either_side() -> None:
    odds = Odds(-3.0, 0.2, 0.5)
    rates = np.sort(drawn_rates([("x",)], [odds], 100_000, seed=3)[0])
    chances = (np.arange(100_000) + 0.5) / 100_000
    expected = [-3 + ndtri(q) / ndtri(0.95) * (0.2 if q < 0.5 else 0.5) for q in (0.2, 0.4, 0.7)]
    found = [rates[np.searchsorted(chances, q)] for q in (0.2, 0.4, 0.7)]
    assert np.array(found) == pytest.approx(expit(np.array(expected)), rel=0.01)


def test_a_range_is_about_all_segments_and_each_is_as_open_in_log_odds() -> None:
    journey = plan(rate_range="4-6%").with_segment(
        "Blog", entrants=10_000, rates=[0.2, 0.07, 0.4, 0.25]
    )
    ranged = journey.with_stage("conversion", rate_range="5-8%")  # 6% of all
    below, above = (
        math.log(0.06 / 0.94) - math.log(0.05 / 0.95),
        math.log(0.08 / 0.92) - math.log(0.06 / 0.94),
    )
    for segment, rate in enumerate((0.05, 0.07)):
        middle = math.log(rate / (1 - rate))
        assert quantiles(ranged, segment) == pytest.approx(
            expit(np.array([middle - below, middle, middle + above])), rel=0.01
        )


def test_a_what_if_on_a_range_moves_it_along() -> None:
    base = plan(rate_range="4-6%")
    better = base.scenario("Better", {"stages.conversion.rate": 0.0625})
    middle, shift = math.log(0.05 / 0.95), math.log(0.0625 / 0.9375) - math.log(0.05 / 0.95)
    ends = [math.log(0.04 / 0.96) + shift, middle + shift, math.log(0.06 / 0.94) + shift]
    assert quantiles(better) == pytest.approx(expit(np.array(ends)), rel=0.005)
    assert (drawn(better) > drawn(base)).all()


def test_a_rate_outside_its_range_is_as_far_open_as_the_range_is_wide() -> None:
    way = ways_of(plan(rate_range="10-20%"))[1]
    assert way.odds is not None
    assert way.odds.below == pytest.approx(way.odds.above)
    assert way.odds.below + way.odds.above == pytest.approx(math.log(0.25) - math.log(1 / 9))


def test_as_sure_as_some_cases_is_what_was_typed() -> None:
    way = ways_of(plan(rate_cases=400))[1]
    assert (way.alpha, way.beta, way.cases, way.told) == (20, 380, 400, True)
    assert ways_of(plan())[1].told is False


def test_people_who_were_counted_say_how_sure_a_rate_is() -> None:
    shop = cvj.Journey.from_counts("five", COUNTS)
    told = shop.with_stage("conversion", rate_range="1-50%")
    assert ways_of(told) == ways_of(shop)
    what_if = told.scenario("x", {"stages.conversion.rate": 0.06})
    assert all(way.counted for way in ways_of(what_if))
    own = shop.scenario(
        "x", {"stages.conversion.rate": 0.06, "stages.conversion.rate_range": "5-8%"}
    )
    assert [way.counted for way in ways_of(own)] == [True, False, True, True]
    assert quantiles(own) == pytest.approx([0.05, 0.06, 0.08], rel=0.01)


def test_a_way_that_is_no_step_is_not_what_the_range_is_about() -> None:
    journey = plan(rate_range="4-6%").with_transition("reach", "conversion", 0.1)
    assert [way.odds is not None for way in ways_of(journey)][:3] == [False, False, True]


def test_thin_evidence_names_ranges_and_cases() -> None:
    assert plan(rate_range="2-12%").simulate(100).thin == (
        (
            "Thin evidence: 5% from Acquisition to Conversion is typed, as a range, and may be "
            "2% to 12%."
        ),
    )
    (few,) = plan(rate_cases=8).simulate(100).thin
    assert few.startswith("Thin evidence: 5% from Acquisition to Conversion is typed, as sure as 8")
    assert plan(rate_range="4-6%").simulate(100).thin == ()


@pytest.mark.parametrize("text", ["6-4%", "0-5%", "5-100%", "4%", "4-5-6%", "", "4-"])
def test_what_is_no_range_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(cvj.InputError, match=r"stages\.conversion\.rate_range.*4-6%"):
        plan().put("stages.conversion.rate_range", text)
    with pytest.raises(cvj.InputError, match="rate_range"):
        plan().put("stages.conversion.rate_range", 0.05)


def test_an_end_that_is_no_number_is_refused() -> None:
    with pytest.raises(cvj.InputError, match=r"rate_range: 'a-b' must be a number"):
        plan().put("stages.conversion.rate_range", "a-b")


def test_a_range_and_cases_are_not_kept_together() -> None:
    with pytest.raises(cvj.InputError, match="keep one of them"):
        plan(rate_range="4-6%", rate_cases=40)
    with pytest.raises(cvj.InputError, match="0 cases"):
        plan(rate_cases=0)


@pytest.mark.parametrize("suffix", ["toml", "csv", "xlsx"])
def test_a_file_keeps_the_range_as_it_was_typed(tmp_path: Path, suffix: str) -> None:
    journey = plan(rate_range="4 – 6 %").with_stage("retention", rate_cases=50)
    kept = cvj.read_journey(journey.save(tmp_path / f"plan.{suffix}"))
    assert kept.stages == journey.stages
    assert ways_of(kept) == ways_of(journey)


def test_another_framework_keeps_the_range_of_a_step_that_both_have() -> None:
    rates = [0.2, 0.3, 0.1, 0.9, 0.4, 0.3, 0.5]
    eight = cvj.Journey.from_rates("eight", 10_000, rates)
    for stage in ("engagement", "conversion"):
        eight = eight.with_stage(stage, rate_range="5-40%")
    five = {row.stage: row.rate_range for row in eight.in_framework("five").stages}
    # Conversion follows Subscription there, Acquisition here: another rate.
    assert five == {"acquisition": "5-40%"}


# P18


@given(
    st.floats(0.01, 0.99),
    st.floats(0.1, 3),
    st.floats(0.1, 3),
    st.floats(1.01, 3),
)
def test_draws_are_shares_and_a_wider_range_leaves_more_open(
    rate: float, below: float, above: float, wider: float
) -> None:
    middle = math.log(rate / (1 - rate))
    told = [Odds(middle, below * scale, above * scale) for scale in (1.0, wider)]
    narrow, wide = drawn_rates([("x",), ("x",)], told, 500, seed=1)
    assert ((narrow > 0) & (narrow < 1)).all()
    assert np.ptp(wide) > np.ptp(narrow)
    assert (
        np.abs(np.log(wide / (1 - wide)) - middle) + 1e-9
        >= np.abs(np.log(narrow / (1 - narrow)) - middle)
    ).all()


@given(st.floats(0.02, 0.98), st.floats(2, 1000), st.floats(1.1, 10))
def test_a_rate_as_sure_as_more_cases_has_a_narrower_band(
    rate: float, cases: float, more: float
) -> None:
    assume(cases * min(rate, 1 - rate) >= 1)
    bands = []
    for number in (cases, cases * more):
        journey = cvj.Journey.from_rates("five", 1000, [rate, 0.5, 0.5, 0.5])
        journey = journey.with_stage("acquisition", rate_cases=number)
        low, high = np.quantile(
            drawn_shares(journey, ways_of(journey), 2000, 1)[0, 0, 1], [0.05, 0.95]
        )
        bands.append(high - low)
    assert bands[1] < bands[0]
