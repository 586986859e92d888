"""Rules of `cvjkit.audit.rules.order`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

import cvjkit as cvj
from tests.audit.rules.cases import (
    Case,
    Change,
    RuleAndLineTests,
    by_time,
    counts,
    eight,
    own,
    plan,
)
from tests.designs import COUNTS, messages, tactics

COUNTED = [900, 90, 40, 20, 9]


def seven(stage: str, tactic: str) -> cvj.Journey:
    journey = cvj.Journey.from_counts("seven", [90, 80, 70, 60, 50, 40, 30])
    return journey.with_stage(stage, tactics=[tactic])


FIRES = [
    Case(
        "A07",
        own(by_time(excitement="Gift card")),
        "W",
        "nothing educates people up to Excitement",
        "excitement",
    ),
    Case(
        "A43",
        own(cvj.Journey.from_counts("full", list(COUNTS), view="eight:time")),
        "I",
        "Paying customers start at Ascension; CAC uses that",
        "conversion",
    ),
    Case("A01", own(eight(900, 90, 40, 20, 9, 5, 3, 0)), "F", "Promotion is empty", "promotion"),
    Case(
        "A01",
        own(cvj.Journey.from_counts("nine", [900, 90, 40, 30, 20, 9, 5, 3, 0])),
        "W",
        "Referral is empty",
        "referral",
        numbers={"people": 0},
    ),
    Case(
        "A01",
        own(cvj.Journey.from_counts("five", [900, 90, 40, 30, 0])),
        "I",
        "Loyalty is empty",
        "loyalty",
    ),
    Case(
        "A01",
        lambda j: counts(tactics(j, "habitual"), habitual=0).with_segment(
            "Ads", counts=[*[c // 2 for c in COUNTS[:10]], 0, 100, 50]
        ),
        "I",
        "Habitual",
        "habitual",
    ),
    Case(
        "A02",
        own(
            cvj.Journey.from_rates("nine", 1000, [0.5] * 8).with_transition(
                "target", "collect_leads", 0.06
            )
        ),
        "F",
        "10.7% of those who get that far bypass Attract Interest (60 of them)",
        "attract_interest",
        numbers={"share": 60 / 560, "jumped": 60, "most": 0.1},
    ),
    Case(
        "A02",
        own(plan(attract_interest=120)),
        "F",
        "10.7% of those who get that far bypass Target",
        "target",
    ),
    Case(
        "A03",
        lambda j: tactics(j, "engaged", "Upsell"),
        "F",
        "Upsell belongs to Offered or First payment or Bought again, not to Engaged",
        "engaged",
    ),
    Case(
        "A03",
        lambda j: messages(j, "first_payment", {"kind": "referral_request"}),
        "F",
        "Request for a referral belongs to Advocate or Promoter",
        "first_payment",
    ),
    Case(
        "A04",
        own(
            cvj.Journey.from_rates("nine", 1000, [0.5] * 8).with_transition(
                "attract_interest", "educate", 0.07
            )
        ),
        "F",
        "21.9% of first-time buyers were never leads",
        "close",
        numbers={"share": 35 / 160, "most": 0.2},
    ),
    Case(
        "A03",
        own(eight(900, 90, 40, 20, 9, 5, 3, 1).with_stage("conversion", tactics=["Webinar"])),
        "I",
        "Webinar at Conversion: people who take part give time, not money, and the "
        "Customer Value Journey calls that a conversion too. If that is what you mean, show the "
        "journey in eight:time",
        "conversion",
    ),
    Case(
        "A03",
        own(eight(900, 90, 40, 20, 9, 5, 3, 1).with_stage("ascension", tactics=["Webinar"])),
        "F",
        "Webinar belongs to Subscription, not to Ascension",
        "ascension",
    ),
    Case(
        "A03",
        own(seven("attraction", "Request for a testimonial")),
        "F",
        "Request for a testimonial belongs to Customer or TRUST",
        "attraction",
    ),
    Case("A04", own(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])), "I", "has no stage for"),
    Case(
        "A05",
        own(eight(900, 90, 40, 20, 0, 0, 0, 0)),
        "F",
        "stops at the first sale",
        "conversion",
    ),
    Case(
        "A05",
        own(cvj.Journey.from_counts("five", COUNTED).with_stage("reach", tactics=["Ads"])),
        "F",
        "The journey stops at the first sale.",
        "conversion",
    ),
    Case(
        "A06",
        lambda j: messages(tactics(j, "wowed", "Advertising"), "wowed"),
        "F",
        "Nothing delights new customers",
        "wowed",
    ),
    Case(
        "A06",
        lambda j: messages(tactics(j, "wowed"), "wowed"),
        "F",
        "no tactic or message at Wowed",
        "wowed",
    ),
    Case(
        "A07",
        own(
            cvj.Journey.from_rates("nine", 1000, [0.5] * 8).with_transition(
                "collect_leads", "offer", 0.07
            )
        ),
        "W",
        "before education for 21.9% of those",
        "offer",
        numbers={"share": 17.5 / 80, "most": 0.2},
    ),
    Case(
        "A07",
        own(eight(900, 90, 40, 20, 9, 5, 3, 1).with_stage("subscription", tactics=["Download"])),
        "W",
        "nothing educates people up to Subscription",
        "subscription",
    ),
    Case(
        "A43",
        own(cvj.Journey.from_counts("eight:time", [900, 90, 40, 20, 9, 5, 3, 1])),
        "I",
        "Conversion counts time given, not money. Paying customers start at Ascension",
        "conversion",
        numbers={"gave_time": 20, "paid": 5},
    ),
    Case("A44", lambda j: j.with_terms(view="seven"), "I", "no stage for referrals"),
    Case("A44", lambda j: j.with_terms(view="five"), "I", "no stage for leads and none for delig"),
]

PASSES: list[tuple[str, str, Change, str]] = [
    ("A02", "one person too many is rounding", own(eight(900, 90, 40, 20, 5, 6, 3, 1)), "0%"),
    ("A04", "one buyer too many is rounding", own(eight(900, 90, 3, 4, 3, 2, 1, 1)), "0%"),
    ("A02", "nobody needs an early win", own(cvj.Journey.from_counts(
        "eight:time", [10000, 2000, 500, 300, 40, 80, 20, 5])), "0%"),
    ("A02", "who has a habit recommends", own(cvj.Journey.from_counts(
        "full", [900, 800, 700, 600, 500, 400, 300, 200, 150, 100, 80, 40, 20])), "0%"),
    ("A02", "who bought once recommends", own(cvj.Journey.from_counts(
        "five", [10000, 2000, 100, 10, 25])), "At most 0%"),
    ("A03", "an advertisement and an email campaign for a lead magnet", lambda j: tactics(
        j, "lead", "Ads", "Email campaign"), "Each is at the right step"),
    ("A03", "a later product, delivered", lambda j: messages(j, "bought_again", {
        "kind": "delivery", "after_minutes": 3}), "Each is at the right step"),
    ("A03", "testimonials where word of mouth is no stage", own(seven(
        "trust", "Request for a testimonial")), "Each is at the right step"),
    ("A05", "referrals", own(cvj.Journey.from_counts("five", COUNTED)
        .with_referral("loyalty", to="conversion", per_person=0.1)), "payment: Loyalty"),
    ("A06", "prompt delivery", lambda j: messages(tactics(j, "wowed"), "wowed", {
        "kind": "delivery", "after_minutes": 9}), "Delivery at Wowed"),
    ("A01", "a stage with an offer and nobody there", own(eight(90, 9, 4, 2, 1, 1, 1, 0)
        .with_offer("promotion", price=9)), "Each stage has people"),
    ("A02", "10% jump over", own(cvj.Journey.from_rates("nine", 900, [0.5] * 8)
        .with_transition("target", "collect_leads", 1 / 18)), "At most 10% bypass"),
    ("A02", "from delight to promoting", own(eight(900, 90, 40, 20, 20, 5, 3, 3)
        .with_transition("excitement", "promotion", 0.1)), "At most 0%"),
    ("A03", "what is at home nowhere in the framework", own(cvj.Journey.from_counts(
        "seven", [9, 8, 7, 6, 5, 4, 3]).with_stage("client_for_life",
        tactics=["Request for a referral"])), "Each is at the right step"),
    ("A04", "20% were never leads", own(cvj.Journey.from_rates("nine", 1000, [0.5] * 8)
        .with_transition("attract_interest", "educate", 0.0625)), "20% of first-time buyers"),
    ("A04", "contacts taken in five", own(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])
        .with_stage("acquisition", tactics=["Download"])), "Download takes contact details"),
    ("A05", "an offer for later", own(eight(900, 90, 40, 20, 0, 0, 0, 0)
        .with_offer("ascension", price=9)), "payment: Offer"),
    ("A05", "an offer for advocates", own(eight(900, 90, 40, 20, 0, 0, 0, 0)
        .with_offer("advocation", name="Tour", price=9)), "Tour"),
    ("A05", "an offer for the habitual", own(eight(900, 90, 40, 20, 0, 0, 0, 0)
        .with_offer("habitual", name="Club", price=9)), "Club"),
    ("A06", "delight in a framework without a stage for it", own(cvj.Journey.from_counts(
        "five", [900, 90, 9, 5, 1]).with_stage("conversion", tactics=["Gift card"])), "Gift card"),
    ("A07", "20% not educated", own(cvj.Journey.from_rates("nine", 1000, [0.5] * 8)
        .with_transition("collect_leads", "offer", 0.0625)), "20% get an offer"),
    ("A07", "education in a framework without a stage for it", own(eight(9, 8, 7, 6, 5, 4, 3, 2)
        .with_stage("engagement", tactics=["Educational content"])), "Educational content"),
]  # fmt: skip

NEEDS: list[tuple[str, Change, str]] = [
    ("A05", own(cvj.Journey.from_counts("five", COUNTED)), "an offer after the first payment"),
    ("A06", lambda j: messages(tactics(j, "wowed", "A parrot"), "wowed"), "the kind of A parrot"),
    ("A01", own(cvj.Journey.from_counts("five", [9, 8, None, 6, 5])), "the people at Conversion"),
    ("A02", own(cvj.Journey.from_counts("five", [9, 8, None, 6, 5])), "the people at Conversion"),
    ("A03", lambda j: tactics(j, "aware", "A parrot"), "the kind of A parrot"),
    ("A04", own(eight(9, 8, 7, 0, 0, 0, 0, 0)), "somebody who gets to Conversion"),
    ("A05", own(cvj.Journey.from_counts(cvj.framework("five").drop("conversion"), [9, 8, 7, 6])),
        "a stage for First payment, which Five-step customer life cycle (own) lacks"),
    ("A05", own(cvj.Journey.from_counts("five", [9, 8, 7, None, None])), "people at Retention"),
]  # fmt: skip

STRICT: list[tuple[str, str, float, Change]] = [
    ("bypass_share", "A02", 0.01, own(plan(attract_interest=20))),
    ("never_lead_share", "A04", 0.01, own(cvj.Journey.from_rates("nine", 1000, [0.5] * 8)
        .with_transition("attract_interest", "educate", 0.01))),
    ("uneducated_share", "A07", 0.01, own(cvj.Journey.from_rates("nine", 1000, [0.5] * 8)
        .with_transition("collect_leads", "offer", 0.01))),
]  # fmt: skip


class TestOrder(RuleAndLineTests):
    pass
