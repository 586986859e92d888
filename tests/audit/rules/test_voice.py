"""Rules of `cvjkit.audit.rules.voice`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

import cvjkit as cvj
from tests.audit.rules.cases import Case, Change, RuleTests, counts, own
from tests.designs import message, messages, tactics

FIRES = [
    Case(
        "A36",
        lambda j: tactics(
            tactics(j, "aware", "Ads"), "advocate", "Request for a testimonial", "Customer story"
        ),
        "W",
        "You collect customers' stories but do not use them",
        "advocate",
    ),
    Case(
        "A36",
        own(
            cvj.Journey.from_counts("five", [900, 90, 40, 20, 9]).with_stage(
                "retention", tactics=["Request for a testimonial", "Customer story"]
            )
        ),
        "W",
        "put them into content for awareness",
        "loyalty",
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
        "150 promoters, 140 advocates: the Customer Value Journey expects a testimonial first",
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
        own(
            cvj.Journey.from_counts(
                "five", [900, 90, 40, 20, 9], loyalty_measured_by="repeat_purchase"
            )
        ),
        "W",
        "not repeat purchases",
        "loyalty",
    ),
]

PASSES: list[tuple[str, str, Change, str]] = [
    ("A36", "stories from elsewhere", lambda j: tactics(j, "advocate"), "Used at Aware"),
    ("A41", "eight counts no Loyalty", own(cvj.Journey.from_counts(
        "eight", [9, 8, 7, 6, 5, 4, 4, 3])), "no stage is called Loyalty"),
    ("A41", "nine counts no Loyalty", own(cvj.Journey.from_counts(
        "nine", [9, 8, 7, 6, 5, 4, 3, 2, 2], loyalty_measured_by="repeat_purchase")),
        "no stage is called Loyalty"),
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
]  # fmt: skip

NEEDS: list[tuple[str, Change, str]] = [
    ("A36", lambda j: tactics(tactics(j, "advocate"), "aware", "Ads"),
        "a request for a testimonial: no stories are collected yet"),
    ("A38", own(cvj.Journey.from_counts("five", [900, 90, 40, 20, 9]).with_stage(
        "conversion", tactics=["Request for a referral"])),
        "whether Request for a referral waits for a sign"),
    ("A40", own(cvj.Journey.from_counts("nine", [9, 8, 7, 6, 5, 4, 3, 2, 1])),
        "a stage for Advocate"),
    ("A41", own(cvj.Journey.from_counts("five", [900, 90, 40, 20, None])), "people at Loyalty"),
]  # fmt: skip


class TestVoice(RuleTests):
    pass
