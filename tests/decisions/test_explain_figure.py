from __future__ import annotations

import math

import pytest
from hypothesis import given

import cvjkit as cvj
from tests.model.test_economics import shop as x5
from tests.strategies import journeys


def test_the_rate_of_counted_people_opens_to_both_counts() -> None:
    found = x5().explain("stages.conversion.rate")
    assert (found.value, found.text) == (0.05, "5%")
    assert [(one.name, one.value, one.origin) for one in found.inputs] == [
        ("people.conversion", 100, "counted"),
        ("people.acquisition", 2000, "counted"),
    ]


def test_the_people_of_a_plan_open_to_the_rate_that_was_typed() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.1, 0.25])
    found = plan.explain("stages.conversion.people")
    assert found.value == pytest.approx(100)
    assert [(one.name, one.origin) for one in found.inputs] == [
        ("people.acquisition", "derived"),
        ("people.conversion", "derived"),
        ("segments[Everyone].rates.conversion", "typed"),
    ]
    assert plan.get("segments[Everyone].rates.conversion") == 0.2
    first = plan.explain("stages.reach.people").inputs[-1]
    assert plan.get(first.name) == first.value == 1000


def test_the_cost_per_person_opens_to_every_cost_on_the_way() -> None:
    found = x5().explain("stages.conversion.cost_per_person")
    assert found.value == 25
    table = found.table
    assert table.value["stages.acquisition.unit_cost"] == 0.5
    assert table.origin["visits.reach"] == "counted"
    assert "stages.retention.unit_cost" not in table.index


def test_what_is_not_defined_says_why() -> None:
    nobody = cvj.Journey.from_counts("five", [10, 0, 0, 0, 0])
    assert "nobody" in nobody.explain("stages.conversion.rate").summary
    assert "it is the first stage" in nobody.explain("stages.reach.rate").reason
    assert "no cost is typed" in nobody.explain("stages.reach.cost_per_person").reason


def test_what_does_not_exist_is_named_with_what_does() -> None:
    with pytest.raises(cvj.InputError) as error:
        x5().explain("stages.convertion.rates", segment="Adds")
    assert "did you mean 'conversion'" in str(error.value)
    assert len(error.value.faults) == 3


@given(journeys(money=True, unknown=True))
def test_every_number_is_that_of_the_tables(journey: cvj.Journey) -> None:
    stages, costs = journey.flow().stages, journey.economics().columns["cost_per_person"]
    is_plan = not any(segment.observed for segment in journey.segments)
    for at, key in enumerate(journey.framework.keys):
        typed = journey.get(f"stages.{key}.rate") if at and is_plan else stages["step_rate"][key]
        tables = {
            "people": stages["people"][key],
            "rate": math.nan if typed is None else typed,
            "cost_per_person": costs[at],
        }
        for number, expected in tables.items():
            value = journey.explain(f"stages.{key}.{number}").value
            shown = math.nan if value is None else value
            assert shown == pytest.approx(expected, nan_ok=True)


def test_what_a_what_if_leaves_as_it_was_counted_is_counted() -> None:
    base = cvj.Journey.from_counts(
        "five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 80, 9, 6, 2]}, name="Two"
    )
    faster = base.scenario("faster", {"segments[Blog].rates.conversion": 0.5})
    found = faster.explain("stages.conversion.rate").table.origin
    assert found["segments[Ads].rates.conversion"] == "counted"
    assert found["segments[Blog].rates.conversion"] == "typed"
    more = faster.scenario("more", {"segments[Ads].entrants.reach": 1000})
    assert list(more.explain("stages.reach.people").table.origin) == ["derived", "typed", "counted"]
    # What a plan says is typed, also where a what-if leaves it.
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.1, 0.25])
    tried = plan.scenario("tried", {"stages.reach.unit_cost": 1})
    assert tried.explain("stages.conversion.people").inputs[-1].origin == "typed"
