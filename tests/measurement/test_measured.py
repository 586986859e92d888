"""A plan, a log drawn from it, what is measured in the log: the plan again, but for chance.

Bounds are those of Bernstein, as in the tests of logs drawn from plans: chance brings a number as
far from its mean less than once in 4 x 10^8.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.measurement.definition import ORDERS, REENTRIES, Definition, Step
from cvjkit.measurement.measured import MeasuredJourney, measured, orders_among
from cvjkit.measurement.names import names_by_stage
from cvjkit.measurement.settings import Settings
from cvjkit.model.delays import Delay
from cvjkit.model.economics import BOUGHT_AGAIN
from tests.measurement.engine import labels_of, run
from tests.model.test_simulated_log import assert_likely

PEOPLE = 3_000
LEVELS = ("unaware", "problem", "solution", "product")


def measure(
    log: pd.DataFrame,
    framework: cvj.Framework,
    *,
    events: dict[str, str] | None = None,
    properties: tuple[str, ...] = (),
    referred_at: str | None = None,
    size: int = 977,
    **how: object,
) -> MeasuredJourney:
    """Do what `cvj.measure` does, with the engine of the tests."""
    labels = labels_of(log, properties)
    names = {*labels.names}
    mapped = {key: key for key in framework.keys if key in names}
    if "later_order" in names:
        mapped["later_order"] = BOUGHT_AGAIN
    by_stage = names_by_stage(events or mapped, labels.names, framework)
    definition = Definition(tuple(map(Step, by_stage)), **{"order": "open", **how})  # type: ignore[arg-type]
    how_counted = Settings(orders=orders_among(framework, tuple(by_stage)))
    tallied = run(log, labels, by_stage, definition, how_counted, size=size)
    terms = {"name": "Again", "referred_at": referred_at}
    return measured(tallied, labels, framework, by_stage, definition, settings=how_counted, **terms)  # type: ignore[arg-type]


def draw_plan(random: Random) -> tuple[cvj.Journey, str]:
    """Draw a plan with loops, skips and referral, and where its people are brought in."""
    framework = cvj.framework(random.choice(["five", "seven", "eight", "nine"]))
    keys = framework.keys
    again = framework.by_milestone.get(BOUGHT_AGAIN, -1)
    segments = [
        {
            "name": f"{channel}, {level}",
            "channel": channel,
            "awareness": level,
            "entrants": [random.randint(200, 900), *[0] * (len(keys) - 1)],
            "rates": [None, *(random.uniform(0.4, 0.6) for _ in keys[1:])],
        }
        for channel, level in zip(
            random.sample(["Ads", "Blog", "Fair"], random.randint(1, 3)), LEVELS, strict=False
        )
    ]
    ends = [(s, t) for s in range(len(keys)) for t in range(len(keys))]
    # Whoever has bought again and comes back to it has ordered once more, which is no visit.
    ends = [(s, t) for s, t in ends if not t <= again <= s and t != s + 1]
    ways = [
        {"source": keys[s], "target": keys[t], "rate": random.uniform(0.02, 0.09)}
        for s, t in random.sample(ends, random.randint(0, 4))
    ]
    source = random.choice(keys[2:])
    referrals = [
        {"source": source, "target": random.choice(keys[:2]), "per_person": random.uniform(0.2, 1)}
    ] * (random.random() < 0.6)
    stages = [_stage(random, key) for key in keys]
    offers = [
        {"stage": stage.key, "name": stage.name, "price": float(random.randint(1, 99))}
        for stage in framework
        if stage.anchor in {"first_payment", BOUGHT_AGAIN}
    ]
    if random.random() < 0.5:
        offers[-1] |= {"repeat_rate": random.uniform(0.2, 0.8), "cycle_days": 20.0}
    plan = cvj.Journey.from_document(
        {
            "name": "Drawn",
            "framework": framework,
            "segments": segments,
            "transitions": ways,
            "referrals": referrals,
            "stages": stages,
            "offers": offers,
            "intake_days": random.randint(2, 40),
        }
    )
    return plan, source


def _stage(random: Random, key: str) -> dict[str, object]:
    days = round(random.uniform(0.5, 9), 1)
    laws = [{}, {"delay_law": "exponential"}, {"delay_law": "gamma", "delay_spread_days": days / 2}]
    return {"stage": key, "unit_cost": 0.25, "delay_days": days, **random.choice(laws)}


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_a_plan_is_found_again_in_a_log_drawn_from_it(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - for tests
    plan, source = draw_plan(random)
    log = plan.simulate_log(PEOPLE, seed=random.randrange(2**32))
    assume({*plan.framework.keys} <= {*log.event})
    found = measure(log, plan.framework, referred_at=source, size=random.randint(1000, 4000))
    measurement = found.measurement
    assert measurement is not None
    flow, rows = plan.flow(), {row.name: row for row in found.segments}
    for index, segment in enumerate(plan.segments):
        own, row = measurement.only(segment.name), rows[segment.name]
        assert (row.channel, row.awareness) == (segment.channel, segment.awareness)
        assert row.counts == tuple(own.people.tolist())

        # People: each from where they came in, as the flow says.
        starts = np.zeros(len(plan.framework))
        ways = own.transitions
        for key, people in ways[ways.kind == "entry"].groupby("target").people.sum().items():
            starts[plan.framework.index(key)] = people
        fundamental = flow.fundamental[index]
        ever = fundamental / np.diag(fundamental)
        assert_likely(own.people, starts @ ever, starts @ np.maximum(ever * (1 - ever), 0))

        shares = ways.groupby(ways.source.replace("brought", "outside"))["share"].sum()
        assert shares.to_numpy() == pytest.approx(1)

        # Ways: the share of the visits that take each, those that nobody takes included.
        visits = own.visits.astype(float)
        moved = np.zeros_like(fundamental)
        inner = ways[~ways.kind.isin(["entry", "exit"])]
        places = [[plan.framework.index(key) for key in inner[end]] for end in ("source", "target")]
        moved[tuple(places)] = inner.people
        mean = visits[:, None] * flow.shares[index]
        assert_likely(moved, mean, mean * (1 - flow.shares[index]))

        # The plan that explains what was counted.
        again = found.planned()
        rates = next(one.rates for one in again.segments if one.name == segment.name)
        assert rates is not None
        known = [rate for rate in rates if rate is not None]
        at_source = own.people[:-1]
        typed = np.array(segment.rates[1:], dtype=float)
        # Counts and ways are taken together: more chance than in either.
        assert_likely(at_source * known, at_source * typed, 4 * at_source * typed * (1 - typed))
    assert again.flow().numbers("people") == pytest.approx(found.flow().numbers("people"))

    # Referral, per visit of whoever refers.
    typed = plan.referrals[0].per_person if plan.referrals else 0.0
    visited = flow.framework.index(source)
    brought = (log.referred_by.notna() & ~log.person.duplicated()).sum()
    mean = measurement.visits[visited] * typed
    assert_likely(brought, mean, mean)
    per_visit = [row.per_person for row in found.referrals]
    if typed and measurement.visits[visited] > 100:
        assert {(row.source, row.target) for row in found.referrals} <= {
            (row.source, row.target) for row in plan.referrals
        }
        assert per_visit
    else:
        assert typed or not per_visit

    _assert_time_and_money(plan, found)


def _assert_time_and_money(plan: cvj.Journey, found: MeasuredJourney) -> None:
    measurement = found.measurement
    assert measurement is not None
    numbers = {row.stage: row for row in found.stages}
    for step, row in enumerate(plan.stages):
        own = numbers[row.stage]
        assert own.unit_cost == 0.25
        waits = measurement.ways_between(step - 1, step)
        if step and waits.count > 50:
            delay, drawn = Delay.into(row), Delay.into(own)
            error = np.sqrt(delay.variance / waits.count)
            assert abs(drawn.average - delay.average) <= 5.5 * error + 1e-9
            assert abs(np.sqrt(drawn.variance) - np.sqrt(delay.variance)) <= 8 * error + 0.01
    offers = {offer.stage: offer for offer in found.offers}
    for offer in plan.offers:
        own = offers.get(offer.stage)
        bought = measurement.people[plan.framework.index(offer.stage)]
        assert own is not None or not bought
        if own is not None:
            assert own.price == pytest.approx(offer.price)
        if own is not None and offer.repeat_rate and bought > 50:
            assert own.cycle_days == pytest.approx(20)
            tried = bought / (1 - (own.repeat_rate or 0))
            again = tried * (own.repeat_rate or 0)
            mean = tried * offer.repeat_rate
            assert_likely(again, mean, mean * (1 - offer.repeat_rate))
    assert plan.intake_days is not None
    assert found.intake_days == plan.intake_days


# What a journey keeps


def shop_log(**quirks: float) -> pd.DataFrame:
    plan = cvj.Journey.from_rates("five", 100, [0.6, 0.5, 0.5, 0.5], intake_days=70)
    plan = plan.with_segment("Everyone", channel="Ads", awareness="problem")
    for stage in ("acquisition", "conversion", "retention"):
        plan = plan.with_stage(stage, delay_days=2, delay_law="exponential")
    return plan.simulate_log(2_000, quirks=quirks)


@cache
def shop() -> MeasuredJourney:
    return measure(shop_log(), cvj.framework("five"))


def test_a_measurement_stays_with_the_journey_until_its_counts_change() -> None:
    journey = shop()
    measurement = journey.measurement
    assert measurement is not None
    kept = journey.with_terms(currency="EUR").with_stage("conversion", margin=5)
    assert kept.measurement is measurement
    assert kept.with_offer("conversion", name="Box", price=5).measurement is measurement
    assert kept.with_stage("reach", people=3_000).measurement is None
    assert kept.in_framework("nine").measurement is None
    assert kept.planned().measurement is None
    assert journey == cvj.Journey.from_document(journey.document())
    assert isinstance(journey, cvj.Journey)


def test_a_journey_that_was_measured_is_read_from_its_file_as_any_other(tmp_path: Path) -> None:
    path = shop().save(tmp_path / "shop.toml")
    assert cvj.read_journey(path) == shop()
    assert {finding.id for finding in shop().audit().fired} >= {"A44"}
    assert "Reach" in str(shop())


def test_stages_without_events_are_not_known_and_their_steps_are_taken_together() -> None:
    log = shop_log()
    log = log[log.event != "acquisition"].assign(event=lambda rows: rows.event.astype(str))
    found = measure(log, cvj.framework("five"))
    assert found.segments[0].counts is not None
    assert found.segments[0].counts[1] is None
    assert not found.transitions
    assert found.measurement is not None
    kinds = found.measurement.transitions.kind
    assert set(kinds) == {"entry", "forward", "exit"}
    delays = {row.stage: row.mean_delay for row in found.stages}
    assert delays["conversion"] == pytest.approx(4, rel=0.15)


def test_where_the_second_purchase_is_no_stage_its_rate_and_orders_are_terms_of_the_journey() -> (
    None
):
    rows = [("ann", 0, "buy"), ("ann", 5, "buy"), ("ann", 9, "buy"), ("bob", 0, "buy")]
    rows += [("cid", 1, "buy"), ("cid", 7, "buy"), ("dan", 1, "buy")]
    log = pd.DataFrame(rows, columns=["person", "day", "event"]).assign(revenue=12.0)
    log["time"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(log.day, "D")
    framework = cvj.framework("five").drop("retention", key="short")
    found = measure(log, framework, events={"buy": "conversion"})
    assert found.second_purchase_rate == 0.5
    offer = {row.stage: row for row in found.offers}
    assert offer["conversion"].price == 12
    # Of three who could have ordered once more, ann did after her second order.
    assert offer[BOUGHT_AGAIN].repeat_rate == pytest.approx(1 / 3)
    assert offer[BOUGHT_AGAIN].cycle_days == pytest.approx((5 + 4 + 6) / 3)
    assert not found.transitions


def test_ways_are_those_that_the_people_of_each_segment_took() -> None:
    plan = cvj.Journey.from_rates("five", 100, [0.6, 0.5, 0.5, 0.5])
    plan = plan.with_segment("Everyone", channel="Ads")
    plan = plan.with_segment("Blog", channel="Blog", entrants=[90] + [0] * 4, rates=[0.5] * 4)
    plan = plan.with_transition("acquisition", "acquisition", 0.3, segment="Blog")
    plan = plan.with_transition("conversion", "acquisition", 0.2)
    plan = plan.with_transition("reach", "conversion", 0.0004)
    plan = plan.with_referral("acquisition", "reach", 0.4, source_segment="Blog")
    log = plan.simulate_log(8_000)
    found = measure(log, plan.framework, referred_at="acquisition")
    measurement = found.measurement
    assert measurement is not None
    ways = measurement.transitions
    assert 0 < ways.people[ways.kind == "skip"].sum() < 8
    assert len(found.transitions) == 3
    for row in found.transitions:
        own = measurement.only(row.segment or "")
        ways = own.transitions.set_index(["source", "target"]).people
        visits = own.stages.visits[row.source]
        assert row.rate == pytest.approx(ways[row.source, row.target] / visits)
    (referral,) = found.referrals
    assert (referral.segment, referral.source_segment) == ("Blog", "Blog")
    brought = (log.referred_by.notna() & ~log.person.duplicated()).sum()
    visits = ((log.event == "acquisition") & (log.channel == "Blog")).sum()
    assert referral.per_person == pytest.approx(brought / visits)
    assert not measure(log, plan.framework, order="any_order").transitions


def test_the_smallest_of_many_segments_are_put_together_and_any_name_will_do() -> None:
    names = [f"c{number:02}" for number in range(24)] + ["", "\x1b[31m\u202e", "a\nb", "a b"]
    rows = [(f"{name}{i}", name) for number, name in enumerate(names) for i in range(40 - number)]
    log = pd.DataFrame(rows, columns=["person", "channel"]).assign(event="reach", awareness="odd")
    log["time"] = pd.Timestamp("2026-01-01", tz="UTC")
    found = measure(log, cvj.framework("five"))
    assert [row.name for row in found.segments[:2]] == ["c00, odd", "c01, odd"]
    assert len(found.segments) == 20
    assert (found.segments[-1].name, found.segments[-1].channel) == ("Other", None)
    assert found.flow().numbers("people")[0] == len(log)
    assert {row.awareness for row in found.segments} == {None}
    twenty = measure(log[log.channel.isin(names[:20])], cvj.framework("five"))
    assert [row.name for row in twenty.segments] == [f"{name}, odd" for name in names[:20]]
    few = measure(log[log.channel.isin(names[-4:])], cvj.framework("five"))
    assert [row.name for row in few.segments] == [
        "(blank), odd",
        "[31m, odd",
        "a b, odd",
        "a b, odd (2)",
    ]


def test_a_log_of_nobody_who_does_anything_gives_a_journey_of_nobody() -> None:
    log = shop_log()
    log = pd.concat([log[:0], log[:3].assign(event="scroll")])
    log["event"] = log.event.astype(str)
    with pytest.raises(InputError, match="events"):
        measure(log, cvj.framework("five"))
    found = measure(log.assign(event=["scroll", "scroll", "reach"]), cvj.framework("five"))
    assert found.segments[0].counts is not None
    assert found.segments[0].counts[0] == 1


def test_who_brings_people_in_is_a_stage_of_the_log() -> None:
    with pytest.raises(InputError, match="referred_at: 'moon' is not known; choose from reach"):
        measure(shop_log(), cvj.framework("five"), referred_at="moon")


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_whatever_the_definition_a_journey_has_its_counts_and_ways_that_explain_them(
    seed: int,
) -> None:
    random = Random(seed)  # noqa: S311 - for tests
    plan, _ = draw_plan(random)
    quirks = {name: random.choice([0, 0.2]) for name in ("duplicates", "rounded", "clock_jumps")}
    log = plan.simulate_log(random.choice([1, 2, 5, 300]), seed=seed, quirks=quirks)
    order = random.choice([*ORDERS])
    reentry = random.choice([*REENTRIES])
    window = random.choice([None, timedelta(days=random.choice([1, 9, 40]))])
    found = measure(log, plan.framework, order=order, reentry=reentry, window=window)
    assert "A50" not in {flag.id for flag in found.flow().flags}
    counts = [[count or 0 for count in segment.counts or ()] for segment in found.segments]
    people = [number or 0 for number in found.flow().numbers("people")]
    assert people == pytest.approx(np.sum(counts, axis=0), rel=1e-5, abs=1e-9)
    for row in counts if order not in {"open", "any_order"} else ():
        seen = [row[plan.framework.index(key)] for key in _steps(found)]
        assert seen == sorted(seen, reverse=True)
    assert {segment.counted_in for segment in found.segments} == {
        "visits" if reentry == "every" else "people"
    }


@pytest.mark.parametrize("events", ["reach acquisition reach", "conversion reach acquisition"])
def test_ways_with_which_nobody_ever_leaves_are_left_out_of_the_journey(events: str) -> None:
    log = pd.DataFrame({"person": 1, "event": events.split()})
    log["time"] = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(log.index, "h")
    found = measure(log, cvj.framework("five"))
    assert found.flow().numbers("people") == [
        1,
        1,
        1 if "conversion" in events else None,
        None,
        None,
    ]
    assert not found.transitions
    assert found.measurement is not None
    assert "back" in set(found.measurement.transitions.kind)


def _steps(found: MeasuredJourney) -> tuple[str, ...]:
    assert found.measurement is not None
    return found.measurement.steps


@pytest.mark.parametrize("order", ["ordered", "strict_order", "any_order"])
def test_in_an_order_counts_fall_and_no_transition_contradicts_them(order: str) -> None:
    how = {"order": order, "window": timedelta(days=6)}
    found = measure(
        shop_log(clock_jumps=0.1, headless=0.1, duplicates=0.1), shop().framework, **how
    )
    counts = found.segments[0].counts
    all_ = shop().segments[0].counts
    assert counts is not None
    assert all_ is not None
    assert list(counts) == sorted(counts, reverse=True)
    assert all(a is not None and b is not None and a < b for a, b in zip(counts, all_, strict=True))
    assert not {"A46", "A50"} & {flag.id for flag in found.flow().flags}
