from __future__ import annotations

import math
import pickle
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from pydantic import ValidationError

import cvjkit as cvj
from cvjkit.errors import Fault
from tests import laws
from tests.strategies import journeys

COUNTS = [1000, 200, 100, 40, 10]
EIGHT = [4000, 400, 100, 20, 16, 8, 4, 2]
STAGES = "reach, acquisition, conversion, retention, loyalty"
NAN, INF = math.nan, math.inf


def shop(**fields: Any) -> cvj.Journey:
    return cvj.Journey.from_counts("five", COUNTS, name="Shop", **fields)


def plan(**fields: Any) -> cvj.Journey:
    return cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1], name="Plan", **fields)


def faults(call: Callable[[], object]) -> list[str]:
    with pytest.raises(cvj.InputError) as refused:
        call()
    return [str(fault) for fault in refused.value.faults]


def people(journey: cvj.Journey) -> list[float | None]:
    return journey.flow().numbers("people")


# Making one


KEYS = STAGES.split(", ")
FORMS: dict[str, Any] = {
    "list": COUNTS,
    "tuple": tuple(COUNTS),
    "array": np.array(COUNTS),
    "small array": np.array(COUNTS, dtype=np.int32),
    "Series": pd.Series(COUNTS),
    "nullable Series": pd.Series(COUNTS, dtype="Int64"),
    "numpy integers": [np.int64(count) for count in COUNTS],
    "numpy floats": [np.float32(count) for count in COUNTS],
    "fractions": [Fraction(count) for count in COUNTS],
    "by stage": dict(zip(KEYS, COUNTS, strict=True)),
    "by stage, backwards": dict(zip(reversed(KEYS), reversed(COUNTS), strict=True)),
}


@pytest.mark.parametrize("form", FORMS)
def test_counts_come_as_any_numbers_a_person_has(form: str) -> None:
    assert cvj.Journey.from_counts("five", FORMS[form]).segments[0].counts == tuple(COUNTS)


def test_unknown_counts_are_none_or_left_out() -> None:
    listed = cvj.Journey.from_counts("five", [1000, None, 100, 40, None])
    named = cvj.Journey.from_counts("five", {"reach": 1000, "conversion": 100, "retention": 40})
    assert listed == named


def test_a_plan_takes_people_and_rates_of_each_stage() -> None:
    journey = cvj.Journey.from_rates(
        "five", {"reach": 1000, "conversion": 12.5}, {"acquisition": 0.5, "conversion": 0.2}
    )
    assert journey.segments[0].entrants == (1000, 0, 12.5, 0, 0)
    assert people(journey) == [1000, 500, 112.5, None, None]
    same = cvj.Journey.from_rates("five", [1000, 0, 12.5, 0, 0], [None, 0.5, 0.2, None, None])
    assert journey == same


def test_any_framework_will_do() -> None:
    own = cvj.framework("five").rename({"reach": "Be seen"}, key="ours")
    for framework in ("five", cvj.framework("five"), own, own.document()):
        assert people(cvj.Journey.from_counts(framework, COUNTS)) == COUNTS


def test_a_journey_is_frozen() -> None:
    journey = shop()
    with pytest.raises(ValidationError, match="frozen"):
        journey.name = "Other"
    with pytest.raises(ValidationError, match="frozen"):
        journey.segments[0].counts = ()
    with pytest.raises(TypeError):
        journey.segments[0].counts[0] = 5  # type: ignore[index]


def test_changing_what_it_was_made_from_changes_nothing() -> None:
    counts = [*COUNTS]
    journey = cvj.Journey.from_counts("five", counts)
    counts[0] = 5
    journey.document()["segments"][0]["counts"]["reach"] = 5
    assert people(journey) == COUNTS


def test_equal_designs_are_equal_and_hash_alike() -> None:
    assert shop() == shop()
    assert len({shop(), shop(), plan()}) == 2
    assert shop() != shop().with_stage("reach", unit_cost=1)
    assert shop() != "Shop"


# What is refused, with the field, the value, the rule and the fix


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (-5, "-5 must not be negative; write 0 or more"),
        (NAN, "nan must be a finite number; leave it out if it is not known"),
        (INF, "inf must be a finite number; leave it out if it is not known"),
        (-INF, "-inf must be a finite number; leave it out if it is not known"),
        ("12", "'12' must be a number; write it without quotes or units"),
        (True, "True must be a number; write it without quotes or units"),
        (np.True_, "np.True_ must be a number; write it without quotes or units"),
        (12.5, "12.5 must be a whole number of people; round it, or plan with entrants and rates"),
        ([3], "[3] must be a number; write it without quotes or units"),
        (3 + 0j, "(3+0j) must be a number; write it without quotes or units"),
    ],
)
def test_impossible_counts_are_refused(value: object, rule: str) -> None:
    counts = [1000, 200, value, 40, 10]
    field = "segments[Everyone].counts.conversion: "
    assert faults(lambda: cvj.Journey.from_counts("five", counts)) == [field + rule]


@pytest.mark.parametrize("digits", [400, 5000])
def test_a_number_too_large_to_be_one_is_refused_and_shortened(digits: int) -> None:
    (fault,) = faults(lambda: cvj.Journey.from_counts("five", [10**digits, 1, 1, 1, 1]))
    assert "must be a finite number" in fault
    assert len(fault) < 200


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        (25, "25 must be between 0 and 1; write 0.25 if you mean 25%"),
        (-0.1, "-0.1 must be between 0 and 1; write a share from 0 to 1"),
        (150, "150 must be between 0 and 1; write a share from 0 to 1"),
        (NAN, "nan must be a finite number; leave it out if it is not known"),
        ("0.5", "'0.5' must be a number; write it without quotes or units"),
        (True, "True must be a number; write it without quotes or units"),
    ],
)
def test_impossible_rates_are_refused(value: object, rule: str) -> None:
    planned = lambda: cvj.Journey.from_rates("five", 10, [0.5, value, 0.5, 0.5])  # noqa: E731
    assert faults(planned) == ["segments[Everyone].rates.conversion: " + rule]
    way = lambda: shop().with_transition("retention", "reach", value)  # noqa: E731
    assert faults(way) == ["transitions[retention to reach].rate: " + rule]
    offer = lambda: shop().with_offer("retention", repeat_rate=value)  # noqa: E731
    assert faults(offer) == ["offers.retention.repeat_rate: " + rule]


def test_a_margin_above_the_price_is_refused() -> None:
    box = shop().with_offer("conversion", name="Box", price=49, margin=49)
    (fault,) = faults(lambda: box.with_offer("conversion", margin=999))
    assert fault.startswith("offers.conversion.margin: 999 exceeds the price 49; a margin is what")
    assert box.with_offer("conversion", margin=-5, price=0).offers[0].margin == -5


@pytest.mark.parametrize(
    "field", ["unit_cost", "fixed_cost", "delay_days", "margin"], ids=lambda field: field
)
def test_impossible_money_and_time_are_refused(field: str) -> None:
    for value in (NAN, INF, "5 EUR", True, [5]):
        (fault,) = faults(lambda value=value: shop().with_stage("reach", **{field: value}))
        assert fault.startswith(f"stages.reach.{field}: ")
    below = lambda: shop().with_stage("reach", **{field: -1})  # noqa: E731
    if field == "margin":
        assert below().stages[0].margin == -1
    else:
        assert faults(below) == [f"stages.reach.{field}: -1 must not be negative; write 0 or more"]


def refusal(call: Callable[[], object], *said: str) -> tuple[Callable[[], object], tuple[str, ...]]:
    return call, said


REFUSED: dict[str, tuple[Callable[[], object], tuple[str, ...]]] = {
    "too few counts": refusal(
        lambda: cvj.Journey.from_counts("five", [9, 8, 7, 6]),
        "segments[Everyone].counts: [9, 8, 7, 6] must have 5 numbers, "
        "it has 4; "
        f"give one for each of {STAGES}",
    ),
    "too many rates": refusal(
        lambda: cvj.Journey.from_rates("five", 9, [0.1] * 6),
        "segments[Everyone].rates: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1] must have 4 numbers, "
        "it has 6; "
        "give one for each of acquisition, conversion, retention, loyalty",
    ),
    "a misspelt stage": refusal(
        lambda: cvj.Journey.from_counts("five", {"reach": 9, "convertion": 5}),
        "segments[Everyone].counts: 'convertion' is not known; "
        "did you mean 'conversion'? "
        f"Choose from {STAGES}",
    ),
    "a rate into the first stage": refusal(
        lambda: cvj.Journey.from_rates("five", 9, [0.1, 0.5, 0.5, 0.5, 0.5]),
        "segments[Everyone].rates.reach: 0.1 has no stage before it; leave it out",
    ),
    "a misspelt framework": refusal(
        lambda: cvj.Journey.from_counts("fife", COUNTS),
        "framework: 'fife' is not known; "
        "did you mean 'five'? "
        "Choose from five, seven, eight, nine, full, eight:time, full:time",
    ),
    "no framework": refusal(
        lambda: cvj.Journey.from_counts(None, COUNTS),  # type: ignore[arg-type]
        "framework is not known; choose from five, seven, eight, nine, full, eight:time, full:time",
    ),
    "counts and rates": refusal(
        lambda: shop().with_segment("Everyone", counts=COUNTS, entrants=5, rates=[0.5] * 4),
        "segments[Everyone]: 'Everyone' must have either counts, or entrants with rates; "
        "keep one of the two",
    ),
    "entrants without rates": refusal(
        lambda: cvj.Journey.from_document(
            {"name": "x", "framework": "five", "segments": [{"name": "A", "entrants": 4}]}
        ),
        "segments[A]: 'A' needs entrants and rates together; add the one that is missing",
    ),
    "two segments of one name": refusal(
        lambda: cvj.Journey.from_document(
            {"name": "x", "framework": "five", "segments": [{"name": "A", "counts": COUNTS}] * 2}
        ),
        "segments: 'A' is listed more than once; keep one, or give the other another name",
    ),
    "renamed to another's name": refusal(
        lambda: shop().with_segment("Blog", counts=COUNTS).with_segment("Blog", rename="Everyone"),
        "segments: 'Everyone' is listed more than once; keep one, or give the other another name",
    ),
    "an unknown field": refusal(
        lambda: shop().with_stage("reach", unit_costs=3),
        "stages.reach.unit_costs: 3 is not a known field; remove it or correct its spelling",
    ),
    "an unknown term": refusal(
        lambda: shop().with_terms(fixd_cost=3),
        "fixd_cost: 3 is not a known field; remove it or correct its spelling",
    ),
    "an unknown awareness level": refusal(
        lambda: shop().with_segment("Everyone", awareness="hot"),
        "segments[Everyone].awareness: 'hot' is not one of the choices; "
        "choose 'unaware', 'problem', 'solution' or 'product'",
    ),
    "the step as a transition": refusal(
        lambda: shop(transitions=[{"source": "reach", "target": "acquisition", "rate": 0.1}]),
        "transitions[reach to acquisition].rate: 0.1 is the step itself, not a skip, "
        "a way back or a repeat; "
        "write it as the rate of acquisition in the segments",
    ),
    "the same transition twice": refusal(
        lambda: shop(transitions=[{"source": "loyalty", "target": "reach", "rate": 0.1}] * 2),
        "transitions[1]: 'loyalty to reach' is listed already for the same segment; "
        "keep one, or give each a segment of its own",
    ),
    "the same referral twice": refusal(
        lambda: shop(referrals=[{"source": "loyalty", "target": "reach", "per_person": 0.1}] * 2),
        "referrals[1]: 'loyalty to reach' is listed already for the same segment; "
        "keep one, or give each a segment of its own",
    ),
    "a referral of every segment and one of the same people": refusal(
        lambda: (
            shop()
            .with_segment("Blog", counts=COUNTS)
            .with_referral("loyalty", to="reach", per_person=1, segment="Blog")
            .with_referral("loyalty", to="reach", per_person=2, source_segment="Everyone")
            .with_referral("loyalty", to="reach", per_person=2, source_segment="Blog")
        ),
        "referrals[2]: 'loyalty to reach' is listed already for the same segment; "
        "keep one, or give each a segment of its own",
    ),
    "a way of a segment there is not": refusal(
        lambda: shop().with_transition("loyalty", "reach", 0.1, segment="Every"),
        "segment: 'Every' is not known; did you mean 'Everyone'? Choose from Everyone",
    ),
    "a referral by a segment there is not": refusal(
        lambda: shop().with_referral("loyalty", "reach", 0.1, source_segment="Every"),
        "referrals[loyalty to reach].source_segment: 'Every' is not known; "
        "did you mean 'Everyone'? Choose from Everyone",
    ),
    "a transition between unknown stages": refusal(
        lambda: shop(transitions=[{"source": "reech", "target": "buy", "rate": 0.1}]),
        "transitions[reech to buy].source: 'reech' is not known; "
        "did you mean 'reach'? "
        f"Choose from {STAGES}",
        f"transitions[reech to buy].target: 'buy' is not known; choose from {STAGES}",
    ),
    "a transition from a stage not counted": refusal(
        lambda: cvj.Journey.from_counts("five", [9, 8, None, 6, 5]).with_transition(
            "conversion", "reach", 0.1
        ),
        "transitions[conversion to reach].rate: 0.1 needs the number of people at "
        "conversion; type conversion in segment Everyone, or remove this",
    ),
    "more leaving than came": refusal(
        lambda: plan().with_transition("reach", "conversion", 0.6),
        "segments[Everyone].rates: 1.1 is the sum of the rates that leave reach, "
        "and must not exceed 1; "
        "lower a rate or a transition",
    ),
    "two branches that overlap": refusal(
        lambda: cvj.Journey.from_rates("full", 9000, [0.5] * 9 + [0.8, 0.4, 0.5]),
        "segments[Everyone].rates: 1.2 is the sum of the rates that leave bought_again, "
        "and must not exceed 1; for the people who go to both habitual and advocate, of "
        "whom there are at least 20%, set rates.advocate to 0.2 and add a transition from "
        "habitual to advocate with rate 0.25",
    ),
    "the repeat typed twice": refusal(
        lambda: (
            shop()
            .with_offer("retention", repeat_rate=0.5)
            .with_transition("retention", "retention", 0.25)
        ),
        "offers.retention.repeat_rate: 0.5 and the repeat transition 0.25 say the same "
        "thing twice; "
        "keep one of the two",
    ),
    "the margin typed twice": refusal(
        lambda: shop().with_offer("retention", margin=5).with_stage("retention", margin=3),
        "offers.retention.margin: 5 is typed at the stage too; keep one of the two",
    ),
    "who buys again typed twice": refusal(
        lambda: shop(second_purchase_rate=0.3),
        "second_purchase_rate: 0.3 follows from the people at the stage where they buy "
        "again; "
        "leave it out",
    ),
    "two offers at one place": refusal(
        lambda: shop().with_offer("retention", name="Box").with_offer("bought_again", name="Bag"),
        "offers.retention.stage: 'retention' has another offer; keep one offer there",
        "offers.bought_again.stage: 'bought_again' has another offer; keep one offer there",
    ),
    "a referral by a negative number": refusal(
        lambda: shop().with_referral("loyalty", to="reach", per_person=-1),
        "referrals[loyalty to reach].per_person: -1 must not be negative; write 0 or more",
    ),
    "a referral into an unknown segment": refusal(
        lambda: (
            shop()
            .with_segment("Blog", counts=COUNTS)
            .with_referral("loyalty", to="reach", per_person=1, segment="Blok")
        ),
        "referrals[loyalty to reach].segment: 'Blok' is not known; "
        "did you mean 'Blog'? "
        "Choose from Everyone, Blog",
    ),
    "an empty name": refusal(
        lambda: cvj.Journey.from_counts("five", COUNTS, name=" "),
        "name: ' ' must not be empty; give it a name",
    ),
    "a rate among counts": refusal(
        lambda: shop().with_stage("conversion", rate=0.5),
        "segments[Everyone].rates.conversion: 0.5 cannot be set: the segment is counted; "
        "give people, or make it a what-if",
    ),
    "a step of counts set as a way": refusal(
        lambda: shop().with_transition("reach", "acquisition", 0.5),
        "segments[Everyone].rates.acquisition: 0.5 cannot be set: the segment is counted; "
        "give people, or make it a what-if",
    ),
    "an unknown stage": refusal(
        lambda: shop().with_stage("reech", unit_cost=1),
        f"stage: 'reech' is not known; did you mean 'reach'? Choose from {STAGES}",
    ),
    "a stage that is no text": refusal(
        lambda: shop().with_stage(None, unit_cost=1),  # type: ignore[arg-type]
        f"stage is not known; choose from {STAGES}",
    ),
    "an unknown segment to leave out": refusal(
        lambda: shop().without_segment("Every"),
        "segment: 'Every' is not known; did you mean 'Everyone'? Choose from Everyone",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_with_field_value_rule_and_fix(case: str) -> None:
    call, expected = REFUSED[case]
    assert faults(call) == [*expected]


def test_everything_wrong_is_said_at_once() -> None:
    document = {
        "name": "",
        "framework": "fife",
        "discount_rate": -1,
        "segments": [
            {"name": "Ads", "counts": {"reach": -5, "conversion": "x"}, "spend": NAN},
            {"name": "Ads", "entrants": 5, "rates": {"conversion": 25}, "speed": 1},
            3,
        ],
        "stages": {"reach": {"unit_cost": -1, "colour": "red"}},
        "offers": [{"stage": "reach", "name": "Box", "repeat_rate": 2}],
        "transitions": [{"source": "reach", "target": "reach", "rate": 7}],
        "referrals": [{"source": "reach", "target": "reach"}],
    }
    found = faults(lambda: cvj.Journey.from_document(document))
    for part in (
        "name: '' must not be empty",
        "framework: 'fife' is not known; did you mean 'five'?",
        "discount_rate: -1 must not be negative",
        "segments[0].counts.reach: -5 must not be negative",
        "segments[0].counts.conversion: 'x' must be a number",
        "segments[0].spend: nan must be a finite number",
        "segments[1].rates.conversion: 25 must be between 0 and 1; write 0.25 if you mean 25%",
        "segments[1].speed: 1 is not a known field",
        "segments[2]: 3 must be a table",
        "segments: 'Ads' is listed more than once",
        "stages.reach.unit_cost: -1 must not be negative",
        "stages.reach.colour: 'red' is not a known field",
        "offers.reach.repeat_rate: 2 must be between 0 and 1",
        "transitions[reach to reach].rate: 7 must be between 0 and 1",
        "referrals[reach to reach].per_person is required; add it",
    ):
        assert sum(fault.startswith(part) for fault in found) == 1, part


@pytest.mark.parametrize("part", ["stages", "offers", "transitions", "referrals"])
@pytest.mark.parametrize("value", [3, "abc", None, [3], True], ids=repr)
def test_a_part_that_is_no_list_is_refused_and_is_no_crash(part: str, value: object) -> None:
    document = {**shop().document(), part: value}
    found = faults(lambda: cvj.Journey.from_document(document))
    assert found[0].startswith(part)


def test_a_design_without_segments_is_refused() -> None:
    for document in ({}, {"name": "x", "framework": "five"}, {**shop().document(), "segments": []}):
        assert any(
            fault.startswith("segments: ")
            for fault in faults(lambda document=document: cvj.Journey.from_document(document))
        )
    assert faults(lambda: shop().without_segment("Everyone"))[0].startswith("segments: ")


def test_a_refused_change_leaves_the_journey_as_it_was() -> None:
    journey = shop()
    faults(lambda: journey.with_stage("reach", people=-3, unit_cost="x", margin=NAN))
    assert journey == shop()


def test_the_error_names_the_journey_and_counts_the_faults() -> None:
    with pytest.raises(cvj.InputError, match="journey Shop: 2 faults"):
        shop().with_stage("reach", people=-3, unit_cost="x")


# Changing one


def test_with_stage_changes_one_number_and_keeps_the_others() -> None:
    journey = shop().with_stage("reach", unit_cost=1, margin=2).with_stage("reach", margin=3)
    assert journey.stages[0].model_dump(exclude_defaults=True) == {
        "stage": "reach",
        "unit_cost": 1,
        "margin": 3,
    }
    assert shop().stages == ()


def test_with_stage_none_clears_a_number() -> None:
    journey = shop().with_stage("reach", unit_cost=1, margin=2).with_stage("reach", margin=None)
    assert journey == shop().with_stage("reach", unit_cost=1)
    assert journey.with_stage("reach", unit_cost=None).economics().cac is None


def test_with_stage_sets_people_and_rates_of_the_segment_named() -> None:
    both = shop().with_segment("Blog", entrants=10, rates=[0.5] * 4)
    both = both.with_stage("conversion", people=120, segment="Everyone")
    both = both.with_stage("conversion", rate=0.1, segment="Blog")
    assert both.segments[0].counts == (1000, 200, 120, 40, 10)
    assert both.segments[1].rates == (None, 0.5, 0.1, 0.5, 0.5)
    (fault,) = faults(lambda: both.with_stage("conversion", people=3))
    assert "the people of Everyone are counted" in fault
    (fault,) = faults(lambda: both.with_stage("conversion", people=3, segment="Blok"))
    assert "did you mean 'Blog'?" in fault


def test_with_stage_takes_tactics_by_name_or_with_their_channel() -> None:
    tactics = ["Newsletter", {"name": "Call", "channel": "telephone"}]
    stage = shop().with_stage("reach", tactics=tactics).stages[0]
    assert [(tactic.name, tactic.channel) for tactic in stage.tactics] == [
        ("Newsletter", None),
        ("Call", "telephone"),
    ]


def test_with_segment_adds_changes_renames_and_turns_counts_into_a_plan() -> None:
    journey = shop().with_segment("Blog", counts=[9, 8, 7, 6, 5], awareness="solution")
    journey = journey.with_segment("Blog", spend=5, channel="blog")
    blog = journey.segments[1]
    assert (blog.spend, blog.channel, blog.awareness, blog.counts[0]) == (5, "blog", "solution", 9)
    assert blog.observed
    renamed = journey.with_segment("Blog", rename="Articles").segments
    assert [segment.name for segment in renamed] == ["Everyone", "Articles"]
    planned = journey.with_segment("Blog", entrants=100, rates=[0.5] * 4).segments[1]
    assert not planned.observed
    assert planned.spend == 5
    again = journey.with_segment("Blog", counts=[5, 4, 3, 2, 1]).segments[1]
    assert again.counts == (5, 4, 3, 2, 1)


def test_without_segment_leaves_one_out() -> None:
    both = shop().with_segment("Blog", counts=COUNTS)
    assert both.without_segment("Blog") == shop()


def test_with_transition_finds_the_kind_from_the_order() -> None:
    for source, target, kind in (
        ("reach", "conversion", "skip"),
        ("conversion", "reach", "back"),
        ("retention", "retention", "repeat"),
    ):
        journey = plan().with_transition(source, target, 0.25)
        assert kind in journey.flow().links.kind.to_list()
        assert journey.with_transition(source, target, 0.125).transitions[0].rate == 0.125
        assert journey.with_transition(source, target, 0) == plan()


def test_with_transition_to_the_next_stage_sets_the_rate_of_every_plan() -> None:
    both = plan().with_segment("Blog", entrants=10, rates=[0.5] * 4)
    both = both.with_transition("acquisition", "conversion", 0.75)
    assert [segment.rates[2] for segment in both.segments] == [0.75, 0.75]
    assert both.transitions == ()


def test_with_referral_adds_changes_and_removes() -> None:
    journey = plan().with_referral("loyalty", to="reach", per_person=3)
    assert journey.flow().stages.referred["reach"] > 0
    changed = journey.with_referral("loyalty", to="reach", per_person=4)
    assert [referral.per_person for referral in changed.referrals] == [4]
    assert journey.with_referral("loyalty", to="reach", per_person=0) == plan()


def test_with_offer_adds_and_changes() -> None:
    journey = shop().with_offer("conversion", name="Taster", price=6)
    journey = journey.with_offer("conversion", margin=2)
    offer = journey.offers[0]
    assert (offer.name, offer.price, offer.margin) == ("Taster", 6, 2)
    assert shop().with_offer("conversion", price=6).offers[0].name


def test_with_terms_changes_what_holds_for_the_whole() -> None:
    terms: dict[str, Any] = {
        "name": "Other",
        "currency": "CHF",
        "description": "What if",
        "illustrative": True,
        "view": "seven",
        "intake_days": 90,
        "fixed_cost": 5,
        "discount_rate": 0.1,
        "market": 10**6,
    }
    changed = shop().with_terms(**terms)
    assert {field: getattr(changed, field) for field in terms} == terms
    assert changed.with_terms(fixed_cost=None).fixed_cost is None


# Through another framework


def test_shared_milestones_keep_their_counts_and_the_rest_is_not_known() -> None:
    eight = cvj.Journey.from_counts("eight", EIGHT)
    assert people(eight.in_framework("five")) == [4000, 400, 20, 8, 4]
    assert people(eight.in_framework("nine")) == [None, 400, 100, None, None, 20, 16, 8, 2]
    assert people(eight.in_framework("seven")) == [4000, None, None, 100, 20, 8, None]
    assert eight.in_framework("eight") == eight


def test_who_buys_again_is_no_stage_of_a_time_design_and_need_not_stop_the_change() -> None:
    time = cvj.Journey.from_counts("eight:time", EIGHT, second_purchase_rate=0.25)
    five = time.in_framework("five")
    assert people(five) == [4000, 400, 8, None, 4]


def test_offers_go_with_their_milestones() -> None:
    journey = cvj.Journey.from_counts("eight", EIGHT).with_offer(
        "ascension", name="Course", price=90, margin=40
    )
    for target in ("five", "nine", "seven", "full", "eight:time"):
        (offer,) = journey.in_framework(target).offers
        assert (offer.name, offer.price) == ("Course", 90)
    assert journey.in_framework("five").offers[0].stage == "retention"


def test_money_is_the_same_in_every_framework() -> None:
    journey = (
        cvj.Journey.from_counts("eight", EIGHT)
        .with_stage("awareness", unit_cost=0.1)
        .with_stage("conversion", unit_cost=5)
        .with_stage("promotion", unit_cost=1)
        .with_offer("conversion", margin=9, price=30)
        .with_offer("ascension", margin=40, price=90, repeat_rate=0.5)
    )
    native = journey.economics()
    assert native.profit == pytest.approx(20 * 9 + 8 * 80 - 400 - 100 - 2)
    for target in ("five", "nine", "seven", "full"):
        numbers = journey.in_framework(target).economics()
        for figure in ("customers", "cac", "ltv", "ltv_net", "total_cost", "profit", "roi"):
            assert numbers[figure] == pytest.approx(native[figure]), (target, figure)


# Writing it down


@given(journeys(money=True, unknown=True))
def test_document_and_code_make_the_journey_again(journey: cvj.Journey) -> None:
    laws.document_and_code_make_it_again(journey)


AGAIN: dict[str, Callable[[], cvj.Journey]] = {
    "a cleared number": lambda: (
        shop().with_stage("reach", unit_cost=1).with_stage("reach", unit_cost=None)
    ),
    "a way nobody takes": lambda: shop(
        transitions=[{"source": "conversion", "target": "reach", "rate": 0}]
    ),
    "a referral of nobody": lambda: shop(
        referrals=[{"source": "conversion", "target": "reach", "per_person": 0}]
    ),
    "ways and referrals of one segment": lambda: (
        shop()
        .with_segment("Blog", counts=COUNTS)
        .with_transition("loyalty", "reach", 0.1, segment="Everyone")
        .with_transition("loyalty", "reach", 0.2, segment="Blog")
        .with_referral("loyalty", to="reach", per_person=1, source_segment="Blog")
        .with_referral(
            "loyalty", to="reach", per_person=2, segment="Blog", source_segment="Everyone"
        )
    ),
    "unknown entrants": lambda: cvj.Journey.from_rates("five", [None, 0, 9, 0, 0], [0.5] * 4),
    "names that look like code": lambda: (
        shop()
        .with_segment("Everyone", rename="'; import os\n\\")
        .with_terms(description='"""', currency="€")
    ),
    "a segment called as a stage": lambda: cvj.Journey.from_counts("five", {"reach": COUNTS}),
    "tactics": lambda: shop().with_stage("reach", tactics=["A", {"name": "B", "channel": "C"}]),
    "terms": lambda: shop(illustrative=True, view="seven", market=5, discount_rate=0.1),
    "many digits": lambda: plan().with_stage("reach", unit_cost=0.1 + 0.2, margin=1e15),
    "unknown rates": lambda: cvj.Journey.from_rates("five", 5, [0.5, None, 0.5, None]),
    "a plan among counts": lambda: shop().with_segment("Blog", entrants=9, rates=[0.5] * 4),
    "rewards": lambda: plan().with_referral("loyalty", to="reach", per_person=1, reward=5),
}


@pytest.mark.parametrize("case", AGAIN)
def test_what_is_written_down_makes_the_same_journey(case: str) -> None:
    laws.document_and_code_make_it_again(AGAIN[case]())


def test_code_is_a_line_a_person_can_read() -> None:
    journey = plan().with_stage("reach", unit_cost=0.5).with_transition("loyalty", "reach", 0.25)
    code = journey.code()
    assert "\n" not in code
    assert code.startswith("cvj.Journey.from_rates('five', 1000, ")
    assert code.endswith(
        ".with_stage('reach', unit_cost=0.5).with_transition('loyalty', 'reach', 0.25)"
    )


def test_a_document_holds_plain_values_and_nothing_empty() -> None:
    document = shop().with_stage("reach", unit_cost=1).document()
    assert document == {
        "schema_version": 1,
        "name": "Shop",
        "framework": "five",
        "segments": [{"name": "Everyone", "counts": dict(zip(KEYS, COUNTS, strict=True))}],
        "stages": {"reach": {"unit_cost": 1}},
    }


def test_a_table_row_is_read_by_its_labels_not_its_order() -> None:
    row = pd.Series(COUNTS, index=KEYS).sort_index()
    assert cvj.Journey.from_counts("five", row).segments[0].counts == tuple(COUNTS)
    rates = pd.Series([0.5, 0.2, 0.4, 0.1], index=KEYS[1:]).sort_index()
    assert cvj.Journey.from_rates("five", 1000, rates).segments[0].rates[1:] == (0.5, 0.2, 0.4, 0.1)


def test_people_may_refer_into_several_segments() -> None:
    both = shop().with_segment("Blog", counts=COUNTS)
    both = both.with_referral("loyalty", to="reach", per_person=1, segment="Everyone")
    both = both.with_referral("loyalty", to="reach", per_person=2, segment="Blog")
    assert [row.per_person for row in both.referrals] == [1, 2]


def test_a_way_and_a_referral_may_be_of_one_segment() -> None:
    both = plan().with_segment("Blog", entrants=1000, rates=[0.5, 0.2, 0.4, 0.1])
    first = both.segments[0].name
    way = both.with_transition("retention", "retention", 0.5, segment="Blog")
    assert people(way)[:4] == people(both)[:4]
    assert way.flow().visits[:, 3] == pytest.approx([both.flow().visits[0, 3], 80])
    # A step of one segment is its own rate.
    step = both.with_transition("conversion", "retention", 0.1, segment="Blog")
    assert [segment.rates[3] for segment in step.segments] == [both.segments[0].rates[3], 0.1]
    brought = both.with_referral("retention", "reach", 2, segment=first, source_segment="Blog")
    assert brought.flow().referred[:, 0] == pytest.approx([80, 0])
    assert (
        brought.with_referral("retention", "reach", 0, segment=first, source_segment="Blog") == both
    )


def test_a_renamed_segment_keeps_its_ways_referrals_and_accepted_findings() -> None:
    both = shop().with_segment("loyalty", counts=COUNTS)
    before = (
        both.with_transition("loyalty", "reach", 0.1, segment="loyalty")
        .with_referral("loyalty", "reach", 0.1, segment="loyalty", source_segment="Everyone")
        .with_referral("loyalty", "reach", 0.1, segment="Everyone", source_segment="loyalty")
        .with_accepted("A11", "We know.", segment="loyalty")
    )
    after = before.with_segment("loyalty", rename="Blog")
    assert after.document() == {
        key: _renamed(value) if key in RENAMED else value
        for key, value in before.document().items()
    }


RENAMED = ("segments", "transitions", "referrals", "accepted")


def _renamed(rows: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    return type(rows)(
        {
            key: "Blog" if value == "loyalty" and key not in {"source", "target"} else value
            for key, value in row.items()
        }
        for row in rows
    )


def test_counts_with_a_gap_cannot_be_planned_and_that_is_said() -> None:
    journey = cvj.Journey.from_counts("five", [1000, None, 100, 40, 10])
    (fault,) = faults(journey.planned)
    assert fault.startswith("segments[Everyone].counts.acquisition must be known")


def test_counts_whose_end_is_not_known_are_planned_as_far_as_they_are() -> None:
    journey = cvj.Journey.from_counts("five", [1000, 200, 100, None, None])
    assert people(journey.planned()) == [1000, 200, 100, None, None]


PLANS = {
    "a chain": cvj.Journey.from_rates("eight", 4000, [0.1, 0.25, 0.2, 0.8, 0.5, 0.5, 0.5]),
    "entering on the way": cvj.Journey.from_rates(
        "eight", {"awareness": 4000, "subscription": 500}, [0.1, 0.25, 0.2, 0.8, 0.5, 0.5, 0.5]
    ),
}


PLANS |= {
    "a skip that becomes a step": PLANS["a chain"].with_transition("engagement", "conversion", 0.1),
    "a skip over a stage that stays": PLANS["a chain"].with_transition(
        "awareness", "conversion", 0.1
    ),
    "a way back to a stage that goes": PLANS["a chain"].with_transition(
        "conversion", "subscription", 0.1
    ),
    "a way back to a stage that stays": PLANS["a chain"].with_transition(
        "ascension", "engagement", 0.25
    ),
    "a repeat": PLANS["a chain"].with_transition("ascension", "ascension", 0.25),
    "a referral to a stage that goes": PLANS["a chain"].with_referral(
        "promotion", to="subscription", per_person=2
    ),
}


@pytest.mark.parametrize("case", PLANS)
@pytest.mark.parametrize("target", ["five", "nine", "seven"])
def test_a_plan_keeps_its_people_at_shared_milestones(case: str, target: str) -> None:
    journey = PLANS[case]
    own = dict(zip([stage.milestone for stage in journey.framework], people(journey), strict=True))
    framework = cvj.framework(target)
    seen = dict(
        zip(
            [stage.milestone for stage in framework],
            people(journey.in_framework(target)),
            strict=True,
        )
    )
    assert seen["first_payment"] is not None or target != "five"
    for milestone, number in seen.items():
        if milestone in own and number is not None:
            assert number == pytest.approx(own[milestone]), milestone


@pytest.mark.parametrize("of", [list, np.array, pd.Series], ids=["list", "array", "Series"])
def test_counts_of_several_segments_are_named_and_come_as_any_numbers_too(
    of: Callable[[Any], Any],
) -> None:
    journey = cvj.Journey.from_counts("five", {"Ads": of(COUNTS), "Blog": of([9, 8, 7, 6, 5])})
    assert [segment.name for segment in journey.segments] == ["Ads", "Blog"]
    assert journey.segments[1].counts == (9, 8, 7, 6, 5)


@pytest.mark.parametrize("value", [3, None, True], ids=repr)
def test_segments_that_are_no_list_are_refused_and_are_no_crash(value: object) -> None:
    document = {**shop().document(), "segments": value}
    assert faults(lambda: cvj.Journey.from_document(document))[0].startswith("segments")


def test_a_document_that_is_no_table_is_refused() -> None:
    faults(lambda: cvj.Journey.from_document([1]))


def test_numbers_beyond_all_use_are_refused_before_they_overflow() -> None:
    for fault in faults(lambda: cvj.Journey.from_counts("five", [1e308] * 5)):
        assert "at most 1e+15" in fault


def test_entrants_at_later_stages_are_numbers() -> None:
    (fault,) = faults(lambda: cvj.Journey.from_rates("five", [100, None, 0, 0, 0], [0.5] * 4))
    assert fault.startswith("segments[Everyone].entrants.acquisition must be a number")


def test_a_refusal_survives_a_process_boundary() -> None:
    error = cvj.InputError("shop", [Fault("counts", -1, "must not be negative", "write 0")])
    assert pickle.loads(pickle.dumps(error)).faults == error.faults  # noqa: S301 - our own


def test_just_above_one_is_not_taken_for_one_percent() -> None:
    (fault,) = faults(lambda: cvj.Journey.from_rates("five", 5, [1.01, 0.5, 0.5, 0.5]))
    assert "1.01%" not in fault
