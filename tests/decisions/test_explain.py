from __future__ import annotations

import re

import pytest
from hypothesis import given

import cvjkit as cvj
from cvjkit.model.economics import FIGURES
from tests.decisions.plans import shop
from tests.model.test_economics import shop as x5
from tests.strategies import journeys


def test_cac_is_opened_down_to_what_was_typed_and_counted() -> None:
    found = x5().explain("cac")
    assert found.value == 25
    assert found.formula == "acquisition_cost / customers"
    assert found.put_in == "2,500.00 / 100"
    assert [(one.name, one.origin) for one in found.inputs] == [
        ("acquisition_cost", "derived"),
        ("customers", "derived"),
    ]
    costs = found.parts["acquisition_cost"].table
    assert costs.origin["stages.conversion.unit_cost"] == "typed"
    assert costs.value["stages.conversion.unit_cost"] == 5
    assert costs.origin["visits.conversion"] == "counted"
    assert "stages.retention.unit_cost" not in costs.index
    assert found.parts["customers"].inputs[0].origin == "counted"


def test_it_reads_as_words() -> None:
    words = repr(x5().with_terms(currency="EUR").explain("cac"))
    assert "It is Cost of winning customers / Customers = EUR 2,500.00 / 100." in words
    assert "Conversion: unit cost: EUR 5.00, typed" in words
    assert "People at Conversion: 100, counted" in words
    assert "acquisition_cost" not in words


def test_people_of_a_plan_are_derived_and_those_that_were_contradicted_estimated() -> None:
    planned = shop().explain("customers").inputs[0]
    assert (planned.name, planned.origin) == ("people.conversion", "derived")
    counted = cvj.Journey.from_counts("five", [1000, 100, 5, 2, 1])
    more = counted.with_transition("reach", "conversion", 0.5)
    assert {flag.id for flag in more.flow().flags} & {"A50"}
    assert more.explain("customers").inputs[0].origin == "estimated"


def test_the_paths_of_what_was_typed_lead_to_it() -> None:
    journey = x5().with_terms(fixed_cost=100).with_segment("Everyone", spend=50)
    for figure in FIGURES:
        for one in journey.explain(figure).inputs:
            if one.origin == "typed":
                assert journey.get(one.name) == one.value, one


def test_an_undefined_figure_says_why() -> None:
    found = cvj.Journey.from_counts("five", [10, 5, 2, 1, 0]).explain("cac")
    assert found.value is None
    assert "no cost is typed" in found.summary
    with pytest.raises(cvj.InputError) as error:
        x5().explain("cca", segment="Adds")
    assert [fault.field for fault in error.value.faults] == ["figure", "segment"]


@given(journeys(money=True))
def test_what_is_explained_is_what_is_shown(journey: cvj.Journey) -> None:
    for figure in FIGURES:
        assert journey.explain(figure).value == journey.economics()[figure]
        name = journey.segments[-1].name
        assert journey.explain(figure, name).value == journey.economics(name)[figure]


def sold() -> cvj.Journey:
    return (
        cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
        .with_terms(currency="EUR", discount_rate=0.0625)
        .with_stage("reach", unit_cost=0.1)
        .with_stage("loyalty", unit_cost=0.125)
        .with_offer("conversion", name="Box", price=40, margin=15)
        .with_offer("retention", name="Bag", price=40, margin=15, cycle_days=30, repeat_rate=0.8)
    )


def test_what_is_put_in_is_numbers_alone_or_nothing_at_all() -> None:
    shop = sold()
    ltv = shop.explain("ltv_net")
    assert ltv.put_in == f"{shop.explain('ltv').text} - EUR 1.25 / 100"
    assert ltv.value == pytest.approx(shop.explain("ltv").value - 1.25 / 100)
    assert shop.explain("orders_per_customer").put_in == "1 + 40% / (1 - 80%)"
    for figure in FIGURES:
        found = shop.explain(figure)
        words = set(re.findall("[a-z_]{2,}", found.put_in)) - {"days", "day", "buying", "cycle"}
        assert found.put_in == found.formula or words <= {"cycles", "with", "the", "first", "order"}


def test_a_number_that_was_typed_is_told_with_all_its_digits() -> None:
    ltv, margins = sold().explain("ltv_net"), sold().explain("ltv")
    told = {one.text for one in (*ltv.inputs, *margins.inputs)}
    assert {"EUR 0.125", "6.25%", "80%", "30 days", "EUR 15.00"} <= told
    plan = cvj.Journey.from_rates("five", 12345, [0.0625, 0.05, 0.4, 0.25])
    assert "6.25%" in {one.text for one in plan.explain("stages.acquisition.rate").inputs}
