"""A design in which every rule of the audit is answered and none finds anything, to break."""

from __future__ import annotations

from typing import Any

import cvjkit as cvj

COUNTS = (20000, 10000, 6000, 5000, 2500, 2200, 2000, 1000, 950, 600, 300, 200, 100)
DELAYS = (None, 0.5, 1, 0, 1, 3, 2, 4, 2, 20, 60, 20, 10)
UNIT_COSTS = {"lead": 0.2, "educated": 0.5, "offered": 0.5, "first_payment": 2, "wowed": 1}

TACTICS: dict[str, list[Any]] = {
    "aware": ["Ads", {"name": "Anna's story", "kind": "customer_story"}],
    "intrigued": ["Intriguing headline"],
    "lead": [{"name": "Guide", "kind": "lead_magnet", "promise": "Better coffee in a week"}],
    "educated": ["Show of authority"],
    "offered": ["Feature list"],
    "first_payment": ["Easy payment"],
    "wowed": ["Little victories", "Gift card"],
    "bought_again": ["Customer service", "Re-engagement"],
    "advocate": ["Request for a testimonial"],
    "promoter": ["Affiliate reward"],
}
MESSAGES: dict[str, list[dict[str, Any]]] = {
    "lead": [{"kind": "free_value", "times_a_week": 3, "solicited": False, "opt_out": True}],
    "wowed": [
        {"kind": "delivery", "after_minutes": 10},
        {"kind": "sales_contact", "after_minutes": 20},
        {"kind": "thank_you", "after_minutes": 5},
        {"kind": "follow_up"},
        {"kind": "feedback_form"},
    ],
    "promoter": [{"kind": "referral_request", "after_happy_sign": True}],
}


def sound() -> cvj.Journey:
    """Give the design: all thirteen stages, two segments, a worksheet that is filled in."""
    keys = cvj.framework("full").keys
    counts = {"Clips": list(COUNTS), "Ads": [count // 2 for count in COUNTS]}
    journey = cvj.Journey.from_counts("full", counts, name="Roastery", currency="EUR")
    about = {"avatar": "Cooks at home", "intent": "Better coffee", "targeted": True}
    about |= {"awareness": "solution", "content": "contrasting", "counted_in": "people"}
    about |= {"why_there": "They look for recipes there"}
    journey = journey.with_segment(
        "Clips", channel="Instagram", channel_kind="social_media", spend=1000, **about
    )
    journey = journey.with_segment(
        "Ads", channel="Search", channel_kind="advertising", spend=1000, **about
    )
    for key, delay in zip(keys, DELAYS, strict=True):
        journey = journey.with_stage(
            key,
            delay_days=delay,
            unit_cost=UNIT_COSTS.get(key),
            tactics=TACTICS.get(key, []),
            messages=MESSAGES.get(key, []),
        )
    journey = journey.with_offer(
        "first_payment",
        name="Taster box",
        price=14,
        margin=6,
        cycle_days=30,
        value="Three rare coffees",
        easy_payment=True,
        digital=True,
        immediate_access=True,
    )
    journey = journey.with_offer(
        "bought_again",
        name="Bag",
        price=40,
        margin=20,
        cycle_days=30,
        repeat_rate=0.8,
        digital=False,
        based_on="stated_need",
    )
    journey = journey.with_referral("promoter", to="lead", per_person=0.1, reward=2)
    return journey.with_terms(next_test_days=7, cohort_age_days=400, channels_overlap=False)


def tactics(journey: cvj.Journey, stage: str, *names: Any) -> cvj.Journey:
    """Put these tactics in the place of a stage's own."""
    return journey.with_stage(stage, tactics=list(names))


def messages(journey: cvj.Journey, stage: str, *rows: dict[str, Any]) -> cvj.Journey:
    """Put these messages in the place of a stage's own."""
    return journey.with_stage(stage, messages=list(rows))


def message(journey: cvj.Journey, stage: str, kind: str, **fields: Any) -> cvj.Journey:
    """Change fields of a stage's message of a kind."""
    rows = [{**row, **fields} if row["kind"] == kind else row for row in MESSAGES.get(stage, [])]
    return messages(journey, stage, *rows)


def without_message(journey: cvj.Journey, stage: str, kind: str) -> cvj.Journey:
    """Leave a stage's message of a kind out."""
    rows = [row for row in MESSAGES.get(stage, []) if row["kind"] != kind]
    return messages(journey, stage, *rows)
