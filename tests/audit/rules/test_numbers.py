"""Rules of `cvjkit.audit.rules.numbers`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

import numpy as np

import cvjkit as cvj
from cvjkit.audit.rules.numbers import segments_alike
from tests.audit.rules.cases import Case, Change, RuleAndLineTests, counts, eight, own


def friends(channel_kind: str) -> cvj.Journey:
    """Friends whom customers bring, in a segment of their own."""
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    plan = plan.with_segment("Everyone", channel_kind="blog")
    plan = plan.with_segment("Friends", entrants={"reach": 0}, rates=[0.9, 0.5, 0.4, 0.1])
    plan = plan.with_segment("Friends", channel_kind=channel_kind)
    return plan.with_referral("loyalty", to="reach", per_person=0.1, segment="Friends")


FIRES = [
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
        "more people of Clips here than were counted",
        "advocate",
        times=2,
    ),
    Case(
        "A51",
        own(cvj.Journey.from_counts("five", [29, 15, 8, 4, 2])),
        "I",
        "15 of 29 go on to Acquisition, so the rate may be anything from 34.1% to 69%",
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
        "60% of Clips go on to Intrigued, and 50% of Ads. They differ by more than chance at 2 of "
        "12 steps",
        "intrigued",
        numbers={"steps": 2},
    ),
]

PASSES: list[tuple[str, str, Change, str]] = [
    ("A49", "friends who come by referral only", own(friends("word_of_mouth")),
        "Word of mouth is not a channel here"),
    ("A48", "growth with an end", lambda j: j.with_referral(
        "promoter", to="lead", per_person=20), "Each person brings 0.8"),
    ("A49", "two other channels", lambda j: j, "Word of mouth is not a channel here"),
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

NEEDS: list[tuple[str, Change, str]] = [
    ("A55", own(cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
        .with_offer("conversion", name="Box", price=9, margin=5)
        .with_offer("retention", name="Bag", price=9, margin=5, repeat_rate=0.5)
        .with_stage("loyalty", unit_cost=2)),
        "what people at Loyalty bring in by recommending you: a referral"),
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

STRICT: list[tuple[str, str, float, Change]] = [
    ("thin_people", "A51", 500, lambda j: j),
    ("thin_width", "A51", 0.01, lambda j: j),
    ("age_delays", "A52", 9, lambda j: j),
    ("ltv_to_cac", "A54", 11, lambda j: j),
    ("payback_days", "A54", 11, lambda j: j),
]  # fmt: skip


class TestNumbers(RuleAndLineTests):
    pass


# --- A56: the false alarms of a whole table ------------------------------------------------------


def tables(
    random: np.random.Generator, *, least: float = 0.05, last_rate: float = 0.5
) -> cvj.Journey:
    """Give three segments with the same rates, but for the last step of the third."""
    rates = [*random.uniform(least, 0.95, 6), 0.5]
    counts = {}
    for name in ("Ads", "Blog", "Fair"):
        people = [int(10 ** random.uniform(1, 4.5))]
        for rate in rates if name != "Fair" else [*rates[:-1], last_rate]:
            people.append(int(random.binomial(people[-1], rate)))
        counts[name] = people
    return cvj.Journey.from_counts("eight:time", counts)


def fired(journey: cvj.Journey) -> bool:
    return any(found.answer == "fires" for found in journey.audit(rules=[segments_alike])["A56"])


def test_equal_segments_are_told_apart_in_at_most_one_table_of_twenty() -> None:
    random = np.random.default_rng(1)
    alarms = sum(fired(tables(random)) for _ in range(400))
    assert alarms <= 400 * 0.05


def test_a_segment_with_another_rate_is_found() -> None:
    random = np.random.default_rng(2)
    found = [
        any(one.stage == "promotion" for one in journey.audit(rules=[segments_alike])["A56"])
        for journey in (tables(random, least=0.5, last_rate=0.05) for _ in range(100))
        if (journey.flow().people[:, -2] > 30).all()
    ]
    assert len(found) > 10
    assert sum(found) >= 0.9 * len(found)
