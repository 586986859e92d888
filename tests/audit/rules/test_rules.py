"""Each rule of the audit: one design that it finds fault with, and the same design put right.

All begin with a design in which nothing is found (`tests.designs.sound`) and change one thing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

import cvjkit as cvj
from cvjkit.audit.audit import Finding, refused
from cvjkit.audit.rules import rules
from cvjkit.errors import InputError
from cvjkit.model.parts import Thresholds
from tests.designs import COUNTS, message, messages, sound, tactics, without_message

Change = Callable[[cvj.Journey], cvj.Journey]


@dataclass(frozen=True)
class Case:
    """A change to the sound design, or a design of its own, and what is found then."""

    rule: str
    change: Change
    severity: str
    says: str
    stage: str | None = None
    segment: str | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    times: int = 1

    def __str__(self) -> str:
        return f"{self.rule} {self.says}"


def own(journey: cvj.Journey) -> Change:
    """Take this design in place of the sound one."""
    return lambda _: journey


def counts(journey: cvj.Journey, **changed: int) -> cvj.Journey:
    """Change people of the first segment."""
    for stage, people in changed.items():
        journey = journey.with_stage(stage, people=people, segment="Clips")
    return journey


def plan(**entrants: float) -> cvj.Journey:
    """A plan in which half goes on at each of nine stages, with these people from outside."""
    return cvj.Journey.from_rates("nine", {"target": 1000, **entrants}, [0.5] * 8)


def eight(*people: int) -> cvj.Journey:
    return cvj.Journey.from_counts("eight", people)


def unready(journey: cvj.Journey, minutes: float) -> cvj.Journey:
    """People who know nothing, asked to pay after so many minutes, with nothing free before."""
    journey = journey.with_segment("Ads", awareness="unaware", content="entertaining")
    journey = messages(tactics(journey, "lead", "Request for contact details"), "lead")
    for key in journey.framework.keys[1:7]:
        journey = journey.with_stage(key, delay_days=0)
    return journey.with_stage("offered", delay_days=minutes / 24 / 60)


def without_core(journey: cvj.Journey) -> cvj.Journey:
    document = journey.document()
    first, _ = document["offers"]
    return cvj.Journey.from_document({**document, "offers": [first]})


def five(**fields: float) -> cvj.Journey:
    """A plan in five stages."""
    return cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1], **fields)


def by_time(**tactics_at: str) -> cvj.Journey:
    """A design in which people give time before money, with one tactic at some stages."""
    journey = cvj.Journey.from_counts("eight:time", [900, 90, 40, 20, 9, 5, 3, 1])
    for stage, tactic in tactics_at.items():
        journey = journey.with_stage(stage, tactics=[tactic])
    return journey


FIRES = [
    Case(
        "A07",
        own(by_time(excitement="Gift card")),
        "W",
        "nothing educates people up to Excitement",
        "excitement",
    ),
    Case(
        "A08",
        own(five().with_segment("Everyone", channel="Fair")),
        "W",
        "Who comes from Everyone",
        segment="Everyone",
    ),
    Case(
        "A08",
        lambda j: j.with_segment("Ads", channel=None, intent=None),
        "W",
        "Not written down: intent",
        segment="Ads",
    ),
    Case(
        "A09",
        own(five().with_segment("Everyone", channel="Fair", awareness="unaware")),
        "W",
        "Enter why people are there for Fair",
        segment="Everyone",
    ),
    Case(
        "A09",
        lambda j: j.with_segment("Ads", channel=None, why_there=None),
        "W",
        "Enter why people are there for Ads",
        segment="Ads",
    ),
    Case(
        "A20",
        lambda j: messages(unready(j, 31), "visited", {"kind": "ask"}),
        "W",
        "asked for money after 0 minutes",
        segment="Ads",
    ),
    Case(
        "A27",
        own(by_time(ascension="Little victory")),
        "W",
        "Nobody points out a little victory",
        "excitement",
    ),
    Case("A34", own(five().with_transition("acquisition", "reach", 0.1)), "W", "not linear"),
    Case(
        "A43",
        own(cvj.Journey.from_counts("full", list(COUNTS), view="eight:time")),
        "I",
        "Educated counts time given, not money. Paying customers start at First payment",
        "educated",
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
    Case("A04", own(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])), "I", "has no stage for"),
    Case(
        "A05",
        own(eight(900, 90, 40, 20, 0, 0, 0, 0)),
        "F",
        "stops at the first sale",
        "conversion",
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
        "A08",
        lambda j: j.with_segment("Ads", avatar=None, intent=None),
        "W",
        "Not written down: avatar and intent",
        segment="Ads",
    ),
    Case(
        "A08",
        lambda j: j.with_segment("Ads", targeted=False),
        "W",
        "33.3% of the traffic is untargeted",
        numbers={"share": 1 / 3, "most": 0.2},
    ),
    Case(
        "A09",
        lambda j: j.with_segment("Ads", awareness=None),
        "W",
        "Enter the awareness level for Search",
        segment="Ads",
    ),
    Case(
        "A09",
        lambda j: j.with_segment("Clips", why_there=None),
        "W",
        "Enter why people are there for Instagram",
        segment="Clips",
    ),
    Case(
        "A10",
        lambda j: j.with_segment("Ads", content="entertaining"),
        "W",
        "Solution aware audiences need contrasting content: Ads gets entertaining",
        segment="Ads",
    ),
    Case(
        "A11",
        lambda j: j.with_segment("Clips", spend=2001),
        "I",
        "social media cheaper than advertising; here it is the "
        "other way round: EUR 0.1 against EUR 0.1",
        "aware",
        numbers={"social_media": 2001 / 20000, "advertising": 0.1},
    ),
    Case(
        "A12",
        lambda j: j.with_stage("intrigued", delay_days=1.1),
        "W",
        "Here it takes 1.1 days",
        "intrigued",
        numbers={"days": 1.1, "most": 1},
    ),
    Case("A12", lambda j: tactics(j, "intrigued"), "W", "Nothing makes people curious", "engaged"),
    Case(
        "A13",
        lambda j: tactics(j, "lead", {"name": "Guide", "kind": "lead_magnet"}),
        "W",
        "Enter what Guide promises, shows or solves",
        "lead",
    ),
    Case(
        "A14",
        lambda j: messages(tactics(j, "lead", "Request for contact details"), "lead"),
        "W",
        "nothing free comes before the first payment",
        "first_payment",
    ),
    Case("A15", lambda j: messages(j, "lead"), "W", "Leads hear nothing", "lead"),
    Case(
        "A16",
        lambda j: j.with_offer("first_payment", price=14.01),
        "W",
        "EUR 14.01 against EUR 40.00, 35% of it",
        "first_payment",
        numbers={"entry_price": 14.01, "core_price": 40, "most": 0.35},
    ),
    Case(
        "A16",
        lambda j: j.with_offer("first_payment", price=40),
        "W",
        "costs no less than the next one",
        "first_payment",
    ),
    Case(
        "A17",
        lambda j: j.with_offer("first_payment", value=None),
        "W",
        "say what Taster box is worth",
        "first_payment",
    ),
    Case(
        "A18",
        lambda j: j.with_offer("first_payment", margin=4),
        "I",
        "First margins cover 0.98 times the cost from lead to customer: a loss leader",
        "first_payment",
        numbers={"cover": 6000 / 6150, "margins": 6000, "cost": 6150},
    ),
    Case(
        "A18",
        lambda j: j.with_offer("first_payment", margin=8.25),
        "I",
        "cover 2.01 times the cost from lead to customer: it is tempting to earn here",
        "first_payment",
    ),
    Case(
        "A19",
        lambda j: j.with_offer("first_payment", price=3.99),
        "W",
        "Bag costs EUR 40.00, 10x the price before",
        numbers={"times": 40 / 3.99, "most": 10},
    ),
    Case(
        "A20",
        lambda j: unready(j, 30),
        "W",
        "Ads (unaware) is asked for money after 30 minutes, with nothing free before",
        segment="Ads",
        numbers={"minutes": 30, "session": 30},
    ),
    Case(
        "A21",
        lambda j: j.with_stage("lead", delay_days=31).with_offer("bought_again", cycle_days=90),
        "W",
        "It takes 31 days to get to Lead",
        "lead",
        numbers={"days": 31, "cycle_days": 90},
    ),
    Case(
        "A21",
        lambda j: j.with_stage("bought_again", delay_days=31),
        "W",
        "It takes 31 days to get to Bought again",
        "bought_again",
    ),
    Case(
        "A22",
        lambda j: message(j, "lead", "free_value", times_a_week=3.5),
        "I",
        "3.5 unsolicited messages a week before payment",
        numbers={"times_a_week": 3.5, "most": 3},
    ),
    Case(
        "A22",
        lambda j: message(j, "lead", "free_value", opt_out=False),
        "I",
        "Free value cannot be stopped",
        "lead",
    ),
    Case(
        "A23",
        lambda j: j.with_offer("first_payment", easy_payment=False),
        "W",
        "Taster box is not easy to pay for",
        "first_payment",
    ),
    Case(
        "A23",
        lambda j: j.with_offer("first_payment", immediate_access=False),
        "W",
        "is digital and not there at once",
        "first_payment",
    ),
    Case(
        "A24",
        lambda j: message(j, "wowed", "delivery", after_minutes=10.5),
        "W",
        "within 10 minutes; yours takes 10.5",
        "wowed",
        numbers={"minutes": 10.5, "most": 10},
    ),
    Case(
        "A25",
        lambda j: message(j, "wowed", "sales_contact", after_minutes=21),
        "W",
        "yours takes 21 minutes",
        "wowed",
        numbers={"minutes": 21, "most": 20},
    ),
    Case(
        "A25",
        lambda j: message(j, "wowed", "sales_contact", after_minutes=900, after_opening_minutes=61),
        "W",
        "first thing next morning",
        "wowed",
        numbers={"opening_minutes": 61},
    ),
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
        "A29",
        without_core,
        "W",
        "nothing more to buy",
        "bought_again",
    ),
    Case(
        "A30",
        lambda j: j.with_offer("bought_again", price=14, repeat_rate=0),
        "W",
        "Bag costs no more than the entry offer and is not bought more often",
        "bought_again",
        numbers={"entry_price": 14, "core_price": 14},
    ),
    Case(
        "A30",
        lambda j: j.with_offer("habitual", name="Club", margin=19, cycle_days=30),
        "W",
        "Contribution a month falls to EUR 19.26 from EUR 20.28 with Club",
        "habitual",
    ),
    Case(
        "A31",
        lambda j: j.with_offer("bought_again", based_on=None),
        "W",
        "Choose the next offer by what people usually buy together",
        "bought_again",
    ),
    Case(
        "A32",
        lambda j: tactics(without_core(j), "bought_again", "Re-engagement"),
        "W",
        "Nothing keeps customers",
        "bought_again",
    ),
    Case(
        "A33",
        lambda j: j.with_offer("bought_again", cycle_days=None),
        "W",
        "Enter the buying cycle of an offer",
    ),
    Case(
        "A33",
        lambda j: j.with_offer("bought_again", reorder_days=[30, 46]),
        "W",
        "Bag has one cycle of 30 days for products that people re-order after 30 days, 46 days",
        numbers={"cycle_days": 30, "shortest": 30, "longest": 46},
    ),
    Case(
        "A34",
        lambda j: tactics(j, "bought_again", "Customer service"),
        "W",
        "Add a way back",
    ),
    Case("A35", lambda j: tactics(j, "advocate"), "W", "asked for a testimonial", "advocate"),
    Case("A36", lambda j: tactics(j, "aware", "Ads"), "W", "do not use them", "advocate"),
    Case("A37", lambda j: messages(j, "promoter"), "W", "asked for a referral", "promoter"),
    Case(
        "A38",
        lambda j: messages(j, "first_payment", {"kind": "referral_request"}),
        "W",
        "comes at First payment, before delivery",
        "first_payment",
    ),
    Case(
        "A38",
        lambda j: message(j, "promoter", "referral_request", after_happy_sign=False),
        "W",
        "does not wait for a sign that the customer is happy",
        "promoter",
    ),
    Case(
        "A39",
        lambda j: tactics(j.with_referral("promoter", to="lead", per_person=0.1), "promoter"),
        "W",
        "get nothing",
        "promoter",
        numbers={"promoters": 150},
    ),
    Case(
        "A40",
        lambda j: counts(j, advocate=40),
        "I",
        "150 promoters, 140 advocates: 003 expects a testimonial first, 002 lets excited",
        "promoter",
        numbers={"promoters": 150, "advocates": 140},
    ),
    Case(
        "A41",
        own(cvj.Journey.from_counts("five", [900, 90, 40, 20, 20])),
        "W",
        "20 at Loyalty, 20 at Retention: loyalty means word of mouth",
        "loyalty",
        numbers={"loyal": 20, "retained": 20},
    ),
    Case(
        "A41",
        lambda j: j.with_terms(loyalty_measured_by="repeat_purchase"),
        "W",
        "not repeat purchases",
        "advocate",
    ),
    Case(
        "A42",
        lambda j: j.with_terms(next_test_days=8),
        "W",
        "planned in 8 days",
        numbers={"days": 8, "most": 7},
    ),
    Case("A42", lambda j: j.with_terms(next_test_days=None), "W", "No test is planned"),
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
    Case(
        "A46",
        own(eight(900, 90, 100, 20, 9, 5, 3, 1)),
        "E",
        "10 more people than could come from Engagement",
        "subscription",
        numbers={"people": 100, "entered": 10},
    ),
    Case(
        "A47",
        own(
            cvj.Journey.from_rates("five", 9, [0.5, 1, 0.5, 0])
            .with_transition("conversion", "conversion", 0.5)
            .with_transition("retention", "conversion", 1)
        ),
        "E",
        "Nobody ever leaves Conversion",
        "conversion",
        times=3,
    ),
    Case(
        "A48",
        lambda j: j.with_referral("promoter", to="lead", per_person=30),
        "E",
        "so the numbers grow without end",
        "lead",
    ),
    Case(
        "A49",
        lambda j: j.with_segment("Clips", channel_kind="word_of_mouth"),
        "E",
        "Referrals are counted twice: as the channel Clips",
        segment="Clips",
        numbers={"per_person": 0.1},
    ),
    Case(
        "A50",
        lambda j: j.with_transition("habitual", "advocate", 0.9),
        "I",
        "bring more people of Clips here than were counted",
        "advocate",
        times=2,
    ),
    Case(
        "A51",
        own(cvj.Journey.from_counts("five", [29, 15, 8, 4, 2])),
        "I",
        "15 of 29 go on to Acquisition, so the rate may be 34.1% to 69%",
        "acquisition",
        numbers={"people": 29, "rate": 15 / 29},
        times=4,
    ),
    Case(
        "A51",
        own(cvj.Journey.from_counts("five", [10000, 5000, 2500, 1250, 15])),
        "I",
        "15 of 1,250 go on to Loyalty",
        "loyalty",
    ),
    Case(
        "A52",
        lambda j: j.with_terms(cohort_age_days=186),
        "I",
        "people came 186 days ago, and it takes 94 days to get to Habitual",
        "habitual",
        numbers={"age_days": 186, "days": 93.5},
    ),
    Case(
        "A53",
        lambda j: j.with_segment("Ads", counted_in="impressions"),
        "I",
        "count different things: impressions, people",
    ),
    Case("A53", lambda j: j.with_terms(channels_overlap=True), "I", "The channels overlap"),
    Case(
        "A54",
        lambda j: j.with_segment("Ads", spend=100000),
        "F",
        "Each customer costs EUR 71.93 and brings EUR 65.05",
        numbers={"cac": 107900 / 1500, "ltv_net": 65.05},
        times=2,
    ),
    Case(
        "A54",
        lambda j: j.with_segment("Ads", spend=27000),
        "I",
        "Each customer costs EUR 23.27 and brings EUR 65.05",
    ),
    Case(
        "A54",
        lambda j: j.with_segment("Ads", spend=17000).with_offer("bought_again", cycle_days=400),
        "I",
        "It takes 412 days until a customer has brought in",
        numbers={"payback_days": 411.5},
    ),
    Case(
        "A54",
        lambda j: j.with_segment("Ads", spend=100000),
        "I",
        "A customer never brings in",
        times=2,
    ),
    Case(
        "A55",
        lambda j: j.with_stage("promoter", unit_cost=9),
        "M",
        "You pay EUR 9.00 at Promoter for something worth EUR",
        "promoter",
        numbers={"cost": 9},
    ),
    Case(
        "A55",
        lambda j: j.with_referral("promoter", to="lead", per_person=0.1, reward=25),
        "M",
        "You pay a reward of EUR 25.00 for a person worth EUR",
        "promoter",
        numbers={"cost": 25},
    ),
    Case(
        "A56",
        lambda j: counts(j, intrigued=12000),
        "M",
        "of Clips go on to Intrigued, at most 51% of Ads. 2 of 12 steps differ",
        "intrigued",
        numbers={"steps": 2},
    ),
]


# What lies on the line, or is answered in another way than in the sound design.
PASSES: list[tuple[str, str, Change, str]] = [
    ("A01", "a stage with an offer and nobody there", own(eight(90, 9, 4, 2, 1, 1, 1, 0)
        .with_offer("promotion", price=9)), "Each stage has people"),
    ("A02", "10% jump over", own(cvj.Journey.from_rates("nine", 900, [0.5] * 8)
        .with_transition("target", "collect_leads", 1 / 18)), "At most 10% bypass"),
    ("A02", "from delight to promoting", own(eight(900, 90, 40, 20, 20, 5, 3, 3)
        .with_transition("excitement", "promotion", 0.1)), "At most 0%"),
    ("A03", "what is at home nowhere in the framework", own(cvj.Journey.from_counts(
        "seven", [9, 8, 7, 6, 5, 4, 3]).with_stage("client_for_life",
        tactics=["Request for a referral"])), "Each is at its step"),
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
    ("A08", "little untargeted traffic", lambda j: j.with_segment(
        "Ads", targeted=False, counts=[c // 8 for c in COUNTS]), "11.1% of the traffic"),
    ("A11", "equal costs", lambda j: j.with_segment("Clips", spend=2000), "the order of 002"),
    ("A12", "curious after a day", lambda j: j.with_stage("intrigued", delay_days=1),
        "What makes people curious: Intriguing headline"),
    ("A13", "an example", lambda j: tactics(j, "lead", {"name": "Guide", "kind": "lead_magnet",
        "example": "Mould under a rug"}), "Guide"),
    ("A16", "all for free", lambda j: j.with_offer("first_payment", price=0).with_offer(
        "bought_again", price=0), "EUR 0.00"),
    ("A17", "a guarantee", lambda j: j.with_offer("first_payment", value=None,
        risk_reducer="Money back"), "Money back"),
    ("A18", "exactly covered", lambda j: j.with_offer("first_payment", margin=4.1), "1.00 times"),
    ("A18", "exactly twice", lambda j: j.with_offer("first_payment", margin=8.2), "2.00 times"),
    ("A19", "ten times the price", lambda j: j.with_offer("first_payment", price=4), "10x"),
    ("A19", "something for free on the way", lambda j: j.with_offer("lead", price=0), "2.86x"),
    ("A20", "asked after the session", lambda j: unready(j, 31), "after 31 minutes"),
    ("A20", "something free first", lambda j: j.with_segment("Ads", awareness="unaware"), "first"),
    ("A21", "the second order one cycle later", lambda j: j.with_stage(
        "bought_again", delay_days=30), "30 days"),
    ("A22", "as often as asked for", lambda j: message(
        j, "lead", "free_value", times_a_week=9, solicited=True), "0 unsolicited"),
    ("A22", "messages to customers", lambda j: messages(j, "first_payment", {
        "kind": "ask", "times_a_week": 9, "solicited": False}), "3 unsolicited"),
    ("A23", "a thing of wood", lambda j: j.with_offer(
        "first_payment", digital=False, immediate_access=None), "easy to pay"),
    ("A24", "nothing digital", lambda j: j.with_offer("first_payment", digital=False), "no offer"),
    ("A25", "first thing next morning", lambda j: message(
        j, "wowed", "sales_contact", after_minutes=900, after_opening_minutes=60), "Soon enough"),
    ("A25", "no call at all", lambda j: without_message(j, "wowed", "sales_contact"), "no sales"),
    ("A27", "a victory before the payment", own(by_time(excitement="Little victory")), "purchase"),
    ("A28", "a fifth of the margin", lambda j: j.with_stage("wowed", unit_cost=4), "EUR 4.00"),
    ("A29", "a partner's", lambda j: tactics(without_core(j), "bought_again",
        "Joint-venture offer", "Re-engagement"), "Joint-venture offer"),
    ("A29", "an offer for the habitual", lambda j: without_core(j).with_offer(
        "habitual", name="Club", price=99), "Club"),
    ("A30", "bought again as a loop", lambda j: j.with_offer("bought_again", price=14,
        repeat_rate=None).planned().with_transition("bought_again", "bought_again", 0.1), "rises"),
    ("A30", "as dear and bought often", lambda j: j.with_offer("bought_again", price=14), "rises"),
    ("A31", "what sells together", lambda j: tactics(j.with_offer("bought_again", based_on=None),
        "bought_again", "Products sold together", "Re-engagement"), "Products sold together"),
    ("A32", "service alone", without_core, "Customer service"),
    ("A33", "nearly alike", lambda j: j.with_offer(
        "bought_again", reorder_days=[20, 45]), "Bag 30 days"),
    ("A34", "a way back instead of a tactic", lambda j: tactics(j, "bought_again", "Upsell")
        .planned().with_transition("bought_again", "offered", 0.1), "Bought again to Offered"),
    ("A34", "a way back and no worksheet", own(five().with_transition(
        "conversion", "acquisition", 0.1)), "Conversion to Acquisition"),
    ("A36", "nothing collected", lambda j: tactics(j, "advocate"), "no stories are collected"),
    ("A38", "nobody asked", lambda j: messages(j, "promoter"), "nobody is asked"),
    ("A38", "asked in five once they are happy", own(cvj.Journey.from_counts(
        "five", [900, 90, 40, 20, 9]).with_stage("conversion", messages=[
        {"kind": "referral_request", "after_happy_sign": True}])), "at Conversion"),
    ("A39", "a tactic that rewards", lambda j: j.with_referral(
        "promoter", to="lead", per_person=0.1), "Affiliate reward"),
    ("A40", "as many", lambda j: counts(j, advocate=50),
        "150 promoters, 150 advocates"),
    ("A41", "as many by chance", own(cvj.Journey.from_counts("five", [900, 90, 40, 20, 20],
        loyalty_measured_by="recommendation")), "20 at Loyalty"),
    ("A42", "each week", lambda j: tactics(j.with_terms(next_test_days=None), "first_payment",
        "Weekly test"), "each week"),
    ("A48", "growth with an end", lambda j: j.with_referral(
        "promoter", to="lead", per_person=20), "Each person brings 0.8"),
    ("A49", "two other channels", lambda j: j, "Word of mouth is no channel here"),
    ("A50", "a way that fits", lambda j: j.with_transition("habitual", "advocate", 0.1), "agree"),
    ("A51", "30 people", own(cvj.Journey.from_counts(
        "five", [30, 30, 30, 30, 15])), "enough people"),
    ("A52", "a plan", lambda j: j.planned(), "planned, not counted"),
    ("A52", "just old enough", lambda j: j.with_terms(cohort_age_days=187), "came 187 days ago"),
    ("A53", "one segment", own(cvj.Journey.from_counts("five", {"Ads": [9, 8, 7, 6, 5]})
        .with_segment("Ads", counted_in="visits")), "All numbers count visits"),
    ("A54", "just enough", lambda j: j.with_segment("Ads", spend=24625), "brings enough"),
    ("A54", "on the very day", lambda j: j.with_terms(thresholds={"payback_days": 11.5}), "soon"),
    ("A56", "apart by chance", lambda j: counts(j, intrigued=10100), "by more than chance"),
]  # fmt: skip


def say(journey: cvj.Journey, rule: str) -> tuple[Finding, ...]:
    return journey.audit()[rule]


@pytest.mark.parametrize("case", FIRES, ids=str)
def test_a_rule_finds_it_and_says_where_and_by_which_numbers(case: Case) -> None:
    found = say(case.change(sound()), case.rule)
    assert {finding.answer for finding in found} == {"fires"}
    assert len(found) == case.times
    (finding,) = [each for each in found if case.says in each.message]
    assert (finding.severity, finding.stage, finding.segment) == (
        case.severity,
        case.stage,
        case.segment,
    )
    for name, number in case.numbers.items():
        assert finding.numbers[name] == pytest.approx(number), name


@pytest.mark.parametrize("rule", [rule.id for rule in rules()])
def test_a_rule_finds_nothing_in_a_sound_design(rule: str) -> None:
    (finding,) = say(sound(), rule)
    assert finding.answer == "passes"
    assert finding.message
    assert finding.message != "Nothing to find."


@pytest.mark.parametrize(
    ("rule", "change", "says"),
    [pytest.param(rule, *rest, id=f"{rule} {what}") for rule, what, *rest in PASSES],
)
def test_a_rule_passes_what_lies_on_the_line_or_is_solved_otherwise(
    rule: str, change: Change, says: str
) -> None:
    (finding,) = say(change(sound()), rule)
    assert finding.answer == "passes"
    assert says in finding.message


def test_impossible_numbers_are_findings_of_a_file() -> None:
    with pytest.raises(InputError) as error:
        cvj.Journey.from_rates("five", -5, [1.5, 0.2, 0.4, 0.1])
    audit = refused(error.value, rules())
    assert [finding.severity for finding in audit["A45"]] == ["E", "E"]
    assert [finding.numbers["value"] for finding in audit["A45"]] == [-5, 1.5]
    assert "rates.acquisition: 1.5 must be between 0 and 1" in audit["A45"][1].message
    assert {finding.answer for finding in audit if finding.id != "A45"} == {"cannot tell"}


def test_every_rule_has_a_case_that_fires() -> None:
    fired = {case.rule for case in FIRES} | {"A45"}
    assert fired == {rule.id for rule in rules()} == {f"A{number:02}" for number in range(1, 57)}


# --- what a rule needs --------------------------------------------------------------------------

ANSWERED_BY_COUNTS = ["A01", "A02", "A04", "A05", "A41", "A43", "A44", "A45", "A46", "A47", "A48"]
ANSWERED_BY_COUNTS += ["A49", "A50", "A51"]


def test_five_counts_answer_what_counts_can_and_the_rest_says_what_it_needs() -> None:
    audit = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10]).audit()
    answered = [finding.id for finding in audit if finding.answer != "cannot tell"]
    assert answered == ANSWERED_BY_COUNTS
    for finding in audit.unanswered:
        assert finding.needs
        assert finding.message == f"Cannot tell: needs {'; '.join(finding.needs)}."
    assert [finding.id for finding in audit.fired] == ["A04", "A44", "A51"]
    assert {finding.severity for finding in audit.fired} == {"I"}


NEEDS: list[tuple[str, Change, str]] = [
    ("A01", own(cvj.Journey.from_counts("five", [9, 8, None, 6, 5])), "the people at Conversion"),
    ("A02", own(cvj.Journey.from_counts("five", [9, 8, None, 6, 5])), "the people at Conversion"),
    ("A03", lambda j: tactics(j, "aware", "A parrot"), "the kind of A parrot"),
    ("A04", own(eight(9, 8, 7, 0, 0, 0, 0, 0)), "somebody who gets to Conversion"),
    ("A05", own(cvj.Journey.from_counts(cvj.framework("five").drop("conversion"), [9, 8, 7, 6])),
        "a stage at first_payment: five_own has none"),
    ("A05", own(cvj.Journey.from_counts("five", [9, 8, 7, None, None])), "people at Retention"),
    ("A08", lambda j: j.with_segment("Ads", targeted=None), "whether Ads is targeted"),
    ("A10", lambda j: j.with_segment("Ads", content=None), "the content of Ads"),
    ("A11", lambda j: j.with_segment("Ads", spend=None), "the spend of Ads"),
    ("A11", lambda j: j.with_segment("Ads", channel_kind="other"), "a second kind of channel"),
    ("A12", lambda j: j.with_stage("intrigued", delay_days=None),
        "how many days it takes to get to Intrigued"),
    ("A12", lambda j: tactics(j, "intrigued", "A parrot"), "the kind of A parrot"),
    ("A14", lambda j: messages(tactics(j, "lead", "A parrot"), "lead"), "the kind of A parrot"),
    ("A18", lambda j: j.with_offer("first_payment", margin=None), "the margin of the first order"),
    ("A19", without_core, "two offers with a price"),
    ("A20", lambda j: unready(j, 9).with_stage("lead", delay_days=None), "get to Lead"),
    ("A21", lambda j: j.with_stage("lead", delay_days=None), "get to Lead"),
    ("A22", lambda j: message(j, "lead", "free_value", opt_out=None),
        "whether people can stop Free value"),
    ("A22", lambda j: message(j, "lead", "free_value", solicited=None, times_a_week=9),
        "whether people asked for Free value"),
    ("A23", lambda j: j.with_offer("first_payment", digital=None), "whether Taster box is digital"),
    ("A24", lambda j: message(j, "wowed", "delivery", after_minutes=None),
        "after how many minutes the delivery message"),
    ("A25", lambda j: message(j, "wowed", "sales_contact", after_minutes=None),
        "how long after opening time"),
    ("A28", lambda j: j.with_stage("wowed", unit_cost=None), "the cost at Wowed"),
    ("A30", lambda j: j.with_offer("bought_again", price=9, repeat_rate=None),
        "the repeat rate of Bag"),
    ("A38", own(cvj.Journey.from_counts("five", [900, 90, 40, 20, 9]).with_stage(
        "conversion", tactics=["Request for a referral"])),
        "whether Request for a referral waits for a sign"),
    ("A40", own(cvj.Journey.from_counts("nine", [9, 8, 7, 6, 5, 4, 3, 2, 1])), "advocate: nine"),
    ("A41", own(cvj.Journey.from_counts("five", [900, 90, 40, 20, None])), "people at Loyalty"),
    ("A49", lambda j: j.with_segment("Ads", channel_kind=None), "the kind of channel of Ads"),
    ("A51", lambda j: j.planned(), "people counted"),
    ("A52", lambda j: j.with_stage("lead", delay_days=None), "get to Lead"),
    ("A53", lambda j: j.with_terms(channels_overlap=None),
        "whether one person may be in two segments"),
    ("A54", lambda j: j.with_offer("bought_again", repeat_rate=None), "the repeat rate is not"),
    ("A55", own(cvj.Journey.from_counts("five", [9, 8, 7, 6, 5]).with_stage(
        "reach", unit_cost=1)), "what a person at Reach still brings in"),
    ("A56", own(cvj.Journey.from_counts("five", [9, 8, 7, 6, 5])), "two segments"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "change", "need"), NEEDS, ids=[f"{rule} {need}" for rule, _, need in NEEDS]
)
def test_a_rule_that_lacks_something_says_what(rule: str, change: Change, need: str) -> None:
    (finding,) = say(change(sound()), rule)
    assert finding.answer == "cannot tell"
    assert any(need in each for each in finding.needs), finding.needs


def test_what_is_not_listed_is_not_missing_while_a_tactic_may_be_it() -> None:
    parrot = tactics(messages(sound(), "promoter"), "promoter", "A parrot")
    assert say(parrot, "A37")[0].needs == ("the kind of A parrot",)
    elsewhere = tactics(messages(tactics(sound(), "aware", "A parrot"), "promoter"), "promoter")
    assert say(elsewhere, "A37")[0].answer == "fires"


# --- where the lines are drawn ------------------------------------------------------------------

STRICT: list[tuple[str, str, float, Change]] = [
    ("bypass_share", "A02", 0.01, own(plan(attract_interest=20))),
    ("never_lead_share", "A04", 0.01, own(cvj.Journey.from_rates("nine", 1000, [0.5] * 8)
        .with_transition("attract_interest", "educate", 0.01))),
    ("uneducated_share", "A07", 0.01, own(cvj.Journey.from_rates("nine", 1000, [0.5] * 8)
        .with_transition("collect_leads", "offer", 0.01))),
    ("untargeted_share", "A08", 0.05, lambda j: j.with_segment(
        "Ads", targeted=False, counts=[c // 8 for c in COUNTS])),
    ("intrigue_days", "A12", 0.4, lambda j: j),
    ("entry_price_share", "A16", 0.34, lambda j: j),
    ("cover_low", "A18", 1.5, lambda j: j),
    ("cover_high", "A18", 1.4, lambda j: j),
    ("price_jump", "A19", 2, lambda j: j),
    ("session_minutes", "A20", 31, lambda j: unready(j, 31)),
    ("leg_days", "A21", 19, lambda j: j),
    ("leg_medians", "A21", 3, lambda j: j.with_stage("lead", delay_days=31)
        .with_offer("bought_again", cycle_days=99).with_terms(thresholds={"leg_medians": 99})),
    ("leg_cycles", "A21", 0.5, lambda j: j),
    ("messages_a_week", "A22", 2, lambda j: j),
    ("opening_minutes", "A25", 59, lambda j: message(
        j, "wowed", "sales_contact", after_minutes=900, after_opening_minutes=60)),
    ("wow_cost_share", "A28", 0.04, lambda j: j),
    ("reorder_times", "A33", 1.4, lambda j: j.with_offer("bought_again", reorder_days=[20, 45])),
    ("thin_people", "A51", 500, lambda j: j),
    ("thin_width", "A51", 0.01, lambda j: j),
    ("age_delays", "A52", 9, lambda j: j),
    ("ltv_to_cac", "A54", 11, lambda j: j),
    ("payback_days", "A54", 11, lambda j: j),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rule", "value", "change"), STRICT, ids=[f"{row[1]} {row[0]}" for row in STRICT]
)
def test_a_line_drawn_elsewhere_changes_what_is_found(
    name: str, rule: str, value: float, change: Change
) -> None:
    journey = change(sound())
    assert {finding.answer for finding in say(journey, rule)} == {"passes"}
    stricter = journey.with_terms(thresholds={name: value})
    assert {finding.answer for finding in say(stricter, rule)} == {"fires"}


def test_every_threshold_is_used() -> None:
    assert [name for name, *_ in STRICT] == list(Thresholds.model_fields)


# --- where the documents differ -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "journey"),
    [
        ("A01", cvj.Journey.from_counts("five", [900, 90, 40, 30, 0])),
        ("A01", cvj.Journey.from_counts("seven", [900, 90, 40, 30, 9, 5, 0])),
        ("A04", cvj.Journey.from_counts("five", [900, 90, 40, 30, 0])),
        ("A40", eight(900, 90, 40, 20, 9, 5, 3, 4)),
        ("A43", cvj.Journey.from_counts("eight:time", [900, 90, 40, 20, 9, 5, 3, 1])),
        ("A43", cvj.Journey.from_counts("full:time", [9] * 14)),
        ("A44", cvj.Journey.from_counts("five", [900, 90, 40, 30, 0])),
        ("A44", cvj.Journey.from_counts("seven", [900, 90, 40, 30, 9, 5, 0])),
        ("A44", cvj.Journey.from_counts("full", list(COUNTS), view="five")),
    ],
)
def test_where_the_documents_differ_it_is_only_worth_knowing(
    rule: str, journey: cvj.Journey
) -> None:
    assert [(each.answer, each.severity) for each in say(journey, rule)] == [("fires", "I")]


def test_the_framework_it_is_shown_in_decides_how_grave_an_empty_stage_is() -> None:
    spine = cvj.Journey.from_counts("full", [*COUNTS[:10], 0, 200, 100])
    for view, severity in (("eight", "F"), ("nine", "W"), ("five", "I"), ("full", "I")):
        (finding,) = say(spine.with_terms(view=view), "A01")
        assert (finding.stage, finding.severity) == ("habitual", severity)
