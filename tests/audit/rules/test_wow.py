"""Rules of `cvjkit.audit.rules.wow`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

import pytest

from tests.audit.rules.cases import (
    Case,
    Change,
    asks_for,
    by_time,
    draws_the_line,
    finds,
    five,
    lets_pass,
    own,
    without_core,
)
from tests.designs import tactics, without_message

FIRES = [
    Case(
        "A27",
        own(by_time(ascension="Little victory")),
        "W",
        "Nobody points out a little victory",
        "excitement",
    ),
    Case("A34", own(five().with_transition("acquisition", "reach", 0.1)), "W", "not linear"),
    Case("A26", lambda j: without_message(j, "wowed", "thank_you"), "W", "No thank-you", "wowed"),
    Case("A26", lambda j: without_message(j, "wowed", "follow_up"), "W", "No follow-up", "wowed"),
    Case(
        "A26",
        lambda j: without_message(j, "wowed", "feedback_form"),
        "W",
        "No feedback form after delivery",
        "wowed",
    ),
    Case("A27", lambda j: tactics(j, "wowed", "Gift card"), "W", "this is all", "wowed"),
    Case(
        "A27",
        lambda j: tactics(tactics(j, "wowed"), "bought_again", "Re-engagement", "Little victory"),
        "W",
        "before the next purchase",
        "wowed",
    ),
    Case(
        "A28",
        lambda j: j.with_stage("wowed", unit_cost=4.01),
        "I",
        "customer costs EUR 4.01, the core offer brings in EUR 20.00",
        "wowed",
        numbers={"cost_per_person": 4.01, "core_margin": 20, "most": 0.2},
    ),
    Case(
        "A32",
        lambda j: tactics(without_core(j), "bought_again", "Re-engagement"),
        "W",
        "Nothing keeps customers",
        "bought_again",
    ),
    Case(
        "A34",
        lambda j: tactics(j, "bought_again", "Customer service"),
        "W",
        "Add a way back",
    ),
]

PASSES: list[tuple[str, str, Change, str]] = [
    ("A27", "a victory before the payment", own(by_time(excitement="Little victory")), "purchase"),
    ("A28", "a fifth of the margin", lambda j: j.with_stage("wowed", unit_cost=4), "EUR 4.00"),
    ("A32", "service alone", without_core, "Customer service"),
    ("A34", "a way back instead of a tactic", lambda j: tactics(j, "bought_again", "Upsell")
        .planned().with_transition("bought_again", "offered", 0.1), "Bought again to Offered"),
    ("A34", "a way back and no worksheet", own(five().with_transition(
        "conversion", "acquisition", 0.1)), "Conversion to Acquisition"),
]  # fmt: skip

NEEDS: list[tuple[str, Change, str]] = [
    ("A28", lambda j: j.with_stage("wowed", unit_cost=None), "the cost at Wowed"),
]  # fmt: skip

STRICT: list[tuple[str, str, float, Change]] = [
    ("wow_cost_share", "A28", 0.04, lambda j: j),
]  # fmt: skip


@pytest.mark.parametrize("case", FIRES, ids=str)
def test_a_rule_finds_it_and_says_where_and_by_which_numbers(case: Case) -> None:
    finds(case)


@pytest.mark.parametrize(
    ("rule", "change", "says"),
    [pytest.param(rule, *rest, id=f"{rule} {what}") for rule, what, *rest in PASSES],
)
def test_a_rule_passes_what_lies_on_the_line_or_is_solved_otherwise(
    rule: str, change: Change, says: str
) -> None:
    lets_pass(rule, change, says)


@pytest.mark.parametrize(
    ("rule", "change", "need"), NEEDS, ids=[f"{rule} {need}" for rule, _, need in NEEDS]
)
def test_a_rule_that_lacks_something_says_what(rule: str, change: Change, need: str) -> None:
    asks_for(rule, change, need)


@pytest.mark.parametrize(
    ("name", "rule", "value", "change"), STRICT, ids=[f"{row[1]} {row[0]}" for row in STRICT]
)
def test_a_line_drawn_elsewhere_changes_what_is_found(
    name: str, rule: str, value: float, change: Change
) -> None:
    draws_the_line(name, rule, value, change)
