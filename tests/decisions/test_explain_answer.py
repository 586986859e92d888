"""The numbers of answers: what is put in gives what is shown, whoever works it out."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.decisions.explain import Explanation
from cvjkit.decisions.explain_answer import (
    explain_budget,
    explain_channel,
    explain_goal,
    explain_interval,
    explain_probability,
    explain_segment,
)
from cvjkit.decisions.explain_step import explain_step
from cvjkit.decisions.explain_timeline import explain_timeline
from cvjkit.model.economics import FIGURES
from tests.model.test_economics import shop

JOURNEYS = Path(__file__).parents[2] / "data" / "journeys"
GAINS = ("profit_per_tenth", "customers_per_tenth", "profit_per_point", "score")
OPERATIONS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}


def journey() -> cvj.Journey:
    counts = {"Ads": [4000, 400, 40, 10, 2], "Blog": [1000, 300, 60, 30, 3]}
    two = cvj.Journey.from_counts("five", counts, name="Two", currency="EUR")
    return (
        two.with_stage("reach", unit_cost=0.1)
        .with_stage("conversion", delay_days=20)
        .with_offer("conversion", name="Box", price=40, margin=15)
    )


def worked_out(words: str) -> float:
    """Work out a formula that has its numbers put in, with nothing but arithmetic."""
    text = re.sub(r"EUR |,(?=\d{3})", "", words.removesuffix(", rounded up"))
    text = re.sub(r"([\d.]+)%", r"(\1 / 100)", text).replace(" x ", " * ").replace("^", "**")

    def value(node: Any) -> float:
        if isinstance(node, ast.BinOp):
            return float(OPERATIONS[type(node.op)](value(node.left), value(node.right)))
        if isinstance(node, ast.UnaryOp):
            return -value(node.operand)
        if isinstance(node, ast.Call):
            return math.log2(value(node.args[0]))
        return float(node.value)

    return value(ast.parse(text, mode="eval").body)


def explanations() -> Iterator[Explanation]:
    """Every number of every answer of a journey that has all of them."""
    two = journey()
    first = two.fix_first({"conversion": 0.3}, {"conversion": 20})
    columns = ["rate", "dropped", "value_to_go", "p_best", "score"]
    columns += [name for name in first.columns if name.startswith(("profit_", "customers_"))]
    for stage in ("acquisition", "conversion", "retention", "loyalty"):
        yield from (explain_step(two, first, stage, column) for column in columns)
    goal = two.goal("customers", 150)
    for way in ("entrants", "entrants_95", "equal_lift", "conversion", "plan.conversion"):
        yield explain_goal(goal, way)
    sure = two.simulate(500)
    yield from (explain_interval(sure, key) for key in ("customers", "profit", "cac"))
    yield explain_probability(sure, "it pays", sure.probability("ltv_net > cac") or 0.0)
    timeline = two.timeline(30)
    for what in ("standing", "tied_up", "break_even", "entered"):
        yield explain_timeline(timeline, what)
    for day in (0, 30):
        yield explain_timeline(timeline, "cash", day=day)
        yield explain_timeline(timeline, "reached", "conversion", day)
    budget = two.budget(2000, {"Ads": (8000, 1000), "Blog": (12000, 2000)})
    yield from (explain_budget(budget, what) for what in ("value", "left", "last"))
    for name in ("Ads", "Blog"):
        for column in ("spend", "people", "worth", "marginal"):
            yield explain_channel(budget, name, column)
        for column in ("rate", "could_be_chance"):
            yield explain_segment(two, two.segments_table(), name, column)
    yield explain_segment(two, two.segments_table(), None, "rate")


ALL = {f"{one.figure}: {one.title}": one for one in explanations()}


@pytest.mark.parametrize("name", list(ALL))
def test_the_formula_with_its_numbers_gives_what_is_shown(name: str) -> None:
    found = ALL[name]
    assert found.formula
    assert found.meaning
    assert found.text or found.reason
    if not found.numbers or found.reason:
        return
    assert found.value is not None
    # The numbers are rounded as people read them: to a cent, three digits of a share.
    given = [abs(one.value or 0) for one in found.inputs]
    rough = 0.006 * abs(found.value) + 0.011 + 1e-4 * max(given, default=0)
    got = worked_out(found.numbers)
    assert (math.ceil(got - 1e-9) if "rounded" in found.numbers else got) == pytest.approx(
        found.value, abs=max(rough, 0.6 if found.value > 100 else 0)
    )
    assert all(one.origin in {"typed", "counted", "derived", "estimated"} for one in found.inputs)


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.toml")), ids=lambda path: path.stem)
def test_what_a_better_rate_brings_is_the_difference_of_the_numbers_that_are_shown(
    path: Path,
) -> None:
    journey = cvj.read_journey(path).in_view()
    first = journey.fix_first(costs={journey.framework.keys[1]: 12.345})
    for stage, column in product(first.index[first.rate.notna()], GAINS):
        found = explain_step(journey, first, stage, column)
        terms = [
            Decimal(re.sub(r"[A-Z]{3} |,", "", term))
            for term in (found.text, *found.numbers.split(" - "))
        ]
        assert terms[0] == terms[1] - sum(terms[2:]), (found.text, found.numbers)


def test_what_a_better_rate_brings_is_the_journey_worked_out_anew() -> None:
    two = journey()
    first = two.fix_first({"conversion": 0.3}, {"conversion": 20})
    for stage, changes in first.changes.items():
        anew = two.scenario("Try", changes).economics()
        found = {one.name: one for one in explain_step(two, first, stage, "score").inputs}
        assert found["then"].value == pytest.approx(anew["profit"])
        assert found["profit"].value == pytest.approx(two.economics()["profit"])
    typed = {one.name: one.origin for one in explain_step(two, first, "conversion", "score").inputs}
    assert typed["aim"] == typed["cost"] == "typed"
    assert typed["rate"] == "counted"


def test_a_number_rests_on_what_was_counted_typed_or_drawn() -> None:
    two = journey()
    rests = {one.title: one for one in explain_interval(two.simulate(500), "profit").inputs}
    assert rests["Acquisition → Conversion of Blog rests on"].text == "300 people"
    assert rests["Acquisition → Conversion of Blog rests on"].origin == "counted"
    assert rests["Draws of all rates"].origin == "estimated"
    plan = explain_interval(shop().planned().simulate(500), "customers")
    assert {one.origin for one in plan.inputs if one.name.startswith("cases")} == {"typed"}
    assert set(FIGURES) > {"profit"}
