"""Rules of `cvjkit.audit.rules.wow`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

import cvjkit as cvj
from tests.audit.rules.cases import Case, Change, RuleAndLineTests, by_time, five, own, without_core
from tests.designs import tactics, without_message

FIRES = [
    Case(
        "A34",
        own(
            cvj.Journey.from_rates("eight", 1000, [0.5] * 7).with_transition(
                "ascension", "excitement", 0.1
            )
        ),
        "W",
        "not linear. Add a way back for",
    ),
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
    ("A34", "who lapsed and pays again", own(cvj.Journey.from_rates("eight", 1000, [0.5] * 7)
        .with_transition("ascension", "conversion", 0.1)), "Ascension to Conversion"),
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


class TestWow(RuleAndLineTests):
    pass
