"""What a leak is worth is what fixing it brings, whichever part of the people is shown."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given

import cvjkit as cvj
from cvjkit.decisions.leaks import leaks_of, leaks_of_design
from tests.decisions.plans import shop
from tests.strategies import journeys


def test_a_leak_is_worth_what_ten_percent_more_who_go_on_bring() -> None:
    leaks = leaks_of_design(shop())
    assert leaks is not None
    assert (leaks.by, leaks.sources["conversion"]) == ("profit", "acquisition")
    assert leaks.gains["conversion"] == pytest.approx(10 * 15)
    assert leaks.gains["acquisition"] == pytest.approx(10 * 15 - 200)


def test_no_more_can_go_on_than_leave() -> None:
    leaks = leaks_of_design(shop(0.95, 0.05, 0.4, 0.25))
    assert leaks is not None
    assert leaks.gains["acquisition"] == pytest.approx(10_000 * 0.05 * (0.05 * 15 - 1))


def test_without_money_leaks_are_worth_customers() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.2, 0.1, 0.5, 0.5])
    leaks = leaks_of_design(plan)
    assert leaks is not None
    assert leaks.by == "customers"
    assert leaks.gains["conversion"] == pytest.approx(2)


def test_where_nothing_follows_no_leak_has_a_worth() -> None:
    grows = shop().with_referral("conversion", to="reach", per_person=200)
    assert leaks_of_design(grows) is None
    assert leaks_of(cvj.Journey.from_counts("five", [900, 90, None, 5, 1]).flow()) is None


def test_people_brought_into_a_segment_come_in_from_outside_it() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5] * 4)
    plan = plan.with_segment("Friends", entrants=0, rates=[0.4] * 4)
    plan = plan.with_offer("conversion", name="Box", margin=10)
    plan = plan.with_referral(
        "conversion", to="reach", per_person=1, segment="Friends", source_segment="Everyone"
    )
    friends = leaks_of_design(plan, "Friends")
    assert friends is not None
    assert friends.gains["acquisition"] == pytest.approx(250 * 0.04 * 0.4 * 10)


@given(journeys(money=True))
def test_leaks_are_worth_what_fix_first_says(journey: cvj.Journey) -> None:
    assume("A47" not in {flag.id for flag in journey.flow().flags})
    leaks, first = leaks_of_design(journey), journey.fix_first(draws=1)
    size = float(journey.flow().visits.sum()) + (journey.economics().total_cost or 0)
    if leaks is None:
        assert first.score.isna().all()
        return
    assert leaks.by == first.by
    for key, gain in leaks.gains.items():
        expected = first[f"{first.by}_per_tenth"][key]
        assert gain == pytest.approx(expected, rel=1e-7, abs=1e-9 * max(1.0, size), nan_ok=True)


@given(journeys(counted=False, money=True))
def test_the_segments_leaks_together_are_worth_what_the_leaks_of_all_are(
    journey: cvj.Journey,
) -> None:
    assume(not {flag.id for flag in journey.flow().flags} & {"A47", "A48"})
    assume(all(way.segment is None for way in journey.referrals))
    whole = leaks_of_design(journey)
    parts = [leaks_of_design(journey, one.name) for one in journey.segments]
    known = [part for part in parts if part is not None and whole and part.by == whole.by]
    if whole is None or len(known) < len(parts):
        return
    size = float(journey.flow().visits.sum()) + (journey.economics().total_cost or 0)
    for key, gain in whole.gains.items():
        together = math.fsum(part.gains[key] for part in known)
        assert gain == pytest.approx(together, rel=1e-7, abs=1e-9 * max(1.0, size), nan_ok=True)


def test_where_segments_come_back_differently_each_leak_is_worth_its_own_orders() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.5, 0.2, 0.5])
    plan = plan.with_segment("Loyal", entrants=500, rates=[0.5, 0.5, 0.2, 0.5])
    plan = plan.with_offer("conversion", name="Box", margin=10)
    plan = plan.with_offer("retention", name="Refill", margin=10, cycle_days=365)
    plan = plan.with_terms(discount_rate=0.25)
    plan = plan.with_transition("retention", "retention", 0.4, segment="Loyal")
    plan = plan.with_transition("retention", "retention", 0.1, segment="Everyone")
    loyal, everyone = leaks_of_design(plan, "Loyal"), leaks_of_design(plan, "Everyone")
    assert loyal is not None
    assert everyone is not None
    assert loyal.gains["retention"] == pytest.approx(125 * 0.02 * 10 / (1.25 - 0.4))
    assert everyone.gains["retention"] == pytest.approx(250 * 0.02 * 10 / (1.25 - 0.1))
