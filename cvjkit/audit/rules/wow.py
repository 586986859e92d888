"""Rules on delighting and keeping customers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cvjkit.audit.findings import Outcome, fires, passes, rule
from cvjkit.audit.stage_facts import exceeds
from cvjkit.number_text import money_text

if TYPE_CHECKING:
    from cvjkit.audit.facts import Facts

COURTESIES = {
    "thank_you": "thank-you",
    "follow_up": "follow-up",
    "feedback_form": "feedback form",
}


@rule(
    "A26",
    "W",
    "After delivery come a thank-you, a follow-up and a feedback form",
    "Mishra sends thank-you mail, follow-ups and feedback forms. Sugerman sends a hand-written "
    "note.",
    *("001:53", "002:18"),
)
def thanked_and_asked_after_delivery(facts: Facts) -> Iterator[Outcome]:
    first = facts.at("early_win", "first_payment") or 0
    needed = f"{', '.join(COURTESIES.values())} after delivery"
    for kind, name in COURTESIES.items():
        if not facts.look_for(kind, first=first, needs=needed):
            position = facts.covering["wowed"]
            yield fires(f"No {name} after delivery.", stage=facts.key(position))
    yield passes("All three are there.")


@rule(
    "A27",
    "W",
    "You point out a little victory before you ask for the next purchase",
    "The Customer Value Journey: customers may think that this is all. Show them how far they "
    "have come before you offer more.",
    "003:84-88",
)
def victory_pointed_out(facts: Facts) -> Iterator[Outcome]:
    time_first = facts.at("early_win") is not None
    ask = facts.at("first_payment") if time_first else facts.at("bought_again")
    start = facts.covering["educated" if time_first else "first_payment"]
    end = None if ask is None else ask - 1
    needed = "a tactic or message that points out a little victory"
    found = facts.look_for("little_victory", first=start, last=end, needs=needed)
    if not found:
        yield fires(
            "Nobody points out a little victory before the next purchase: customers may think that "
            "this is all.",
            stage=facts.key(facts.covering["early_win" if time_first else "wowed"]),
        )
    yield passes(f"{', '.join(act.name for act in found)}, before the next purchase.")


@rule(
    "A28",
    "I",
    "What it costs to delight a customer, against the margin of the core offer",
    "Sugerman makes customers feel special with relatively little further investment.",
    "002:18",
    basis="threshold",
)
def delight_is_cheap(facts: Facts) -> Iterator[Outcome]:
    wowed = facts.stage_at("wowed")
    numbers = facts.numbers(wowed)
    typed = (numbers.unit_cost, numbers.fixed_cost) != (None, None)
    cost = facts.economics.numbers("cost")[wowed] if typed else None
    people = facts.people(wowed) or None
    spent, delighted, margin = facts.typed(
        (f"the cost at {facts.label(wowed)}", cost),
        (f"people at {facts.label(wowed)}", people),
        ("the margin of the core offer", facts.margin("bought_again")),
    )
    per_person, most = spent / delighted, facts.thresholds.wow_cost_share
    seen = {"cost_per_person": per_person, "core_margin": margin, "most": most}
    told = (
        f"Delighting a customer costs {money_text(per_person, facts.journey.currency)}, "
        f"the core offer brings in {money_text(margin, facts.journey.currency)}"
    )
    if exceeds(per_person, most * margin):
        yield fires(
            f"{told}: it should need little extra investment.", seen, stage=facts.key(wowed)
        )
    yield passes(f"{told}.", seen)


@rule(
    "A32",
    "W",
    "Something keeps customers: personal attention, offers or customer service",
    "Fea keeps new customers with personal attention, offers and customer service.",
    "004:26",
)
def something_keeps_customers(facts: Facts) -> Iterator[Outcome]:
    position = facts.covering["bought_again"]
    found = [facts.offers["bought_again"].name] if "bought_again" in facts.offers else []
    if not found:
        needed = "a tactic of personal attention, offers or customer service"
        found = [act.name for act in facts.look_for("retention", needs=needed)]
    if not found:
        yield fires(
            "Nothing keeps customers: no personal attention, no offer, no customer service.",
            stage=facts.key(position),
        )
    yield passes(f"Kept by {', '.join(found)}.")


@rule(
    "A34",
    "W",
    "There is a way back for customers who have lapsed",
    "Sugerman: the journey is not linear, and over time you may have to win a customer again.",
    "002:23",
)
def way_back(facts: Facts) -> Iterator[Outcome]:
    payment, index = facts.stage_at("first_payment"), facts.framework.index
    ways = facts.journey.transitions
    # Who is delighted again after a later purchase, or has another early win, has not lapsed.
    lapsed = range(payment + 1)
    ends = {at for at in lapsed if facts.framework.stages[at].milestone != "early_win"}
    back = [way for way in ways if payment <= index(way.source) > index(way.target) in ends]
    acts = facts.acts_of("re_engagement")
    if not back and (facts.begun or not ways):
        needed = "a way back from a stage of customers, or a tactic of re-engagement"
        acts = facts.look_for("re_engagement", needs=needed)
    if not back and not acts:
        yield fires("The journey is not linear. Add a way back for customers who have lapsed.")
    names = [
        f"{facts.label(index(way.source))} to {facts.label(index(way.target))}" for way in back
    ]
    yield passes(f"Ways back: {', '.join([*names, *(act.name for act in acts)])}.")
