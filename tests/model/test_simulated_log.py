"""Logs drawn from plans, held against the flow, the timeline and the economics of the plans.

A count is unlikely if the bound of Bernstein says that chance brings one as far from its mean less
than once in 4 x 10^8: P(|X - m| >= t) <= 2 exp(-t^2 / 2 / (v + t / 3)), for the sum of independent
numbers from 0 to 1 with the variance v. So nothing here fails by chance, however rare the event.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from numpy.typing import NDArray

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.model.delays import Delay
from tests.strategies import journeys

Floats = NDArray[np.float64]

DAY = pd.Timedelta(days=1)
PEOPLE = 2_000


def assert_likely(seen: object, mean: object, variance: object) -> None:
    far = np.abs(np.asarray(seen, float) - np.asarray(mean, float))
    bound = far**2 / 2 / (np.asarray(variance) + far / 3 + 1e-9)
    assert bound.max(initial=0) < 20, (seen, mean)


def five(*rates: float) -> cvj.Journey:
    return cvj.Journey.from_rates("five", 100, [*rates, *[0.0] * (4 - len(rates))], name="Shop")


# Worked by hand


def test_where_everybody_or_nobody_goes_on_the_log_is_the_one_written_by_hand() -> None:
    plan = five(1, 1).with_stage("acquisition", delay_days=2, unit_cost=0.5)
    plan = plan.with_stage("conversion", delay_days=0.25).with_offer(
        "conversion", name="Box", price=40
    )
    plan = plan.with_segment("Everyone", channel="Search", awareness="solution")
    log = plan.simulate_log(2, start="2026-03-01T12:00+02:00")
    began = pd.Timestamp("2026-03-01T10:00Z")
    shared = ["Everyone", "Search", "solution"]
    rows = [
        [began, "reach", np.nan, np.nan],
        [began + 2 * DAY, "acquisition", np.nan, 0.5],
        [began + 2.25 * DAY, "conversion", 40, np.nan],
    ]
    expected = [[person, *row[:2], *shared, *row[2:]] for row in rows for person in (1, 2)]
    assert log.referred_by.isna().all()
    pd.testing.assert_frame_equal(
        log.drop(columns="referred_by").astype(object),
        pd.DataFrame(expected, columns=log.columns[:-1], dtype=object),
    )
    assert {name: str(dtype) for name, dtype in log.dtypes.items()} == {
        "person": "int64",
        "time": "datetime64[us, UTC]",
        **dict.fromkeys(["event", "segment", "channel", "awareness"], "category"),
        "revenue": "float64",
        "cost": "float64",
        "referred_by": "Int64",
    }


def test_a_stage_that_was_not_counted_has_no_events_but_its_delay() -> None:
    shop = cvj.Journey.from_counts("five", [100, None, 100, 0, 0])
    for stage, days in (("acquisition", 3), ("conversion", 4)):
        shop = shop.with_stage(stage, delay_days=days)
    log = shop.simulate_log(5)
    assert log.event.to_list() == ["reach"] * 5 + ["conversion"] * 5
    assert set(log.time[5:] - log.time[0]) == {7 * DAY}


def test_events_that_take_no_time_still_come_one_after_another() -> None:
    log = five(1, 1, 1, 1).simulate_log(3)
    assert (log.groupby("person").time.diff().dropna() == pd.Timedelta(microseconds=1)).all()
    assert log.event.to_list() == [key for key in five().framework.keys for _ in range(3)]


# Any plan


@settings(max_examples=60)
@given(journeys(money=True, unknown=True))
def test_at_every_stage_people_take_the_ways_of_the_flow(journey: cvj.Journey) -> None:
    flow = journey.flow()
    assume(flow.entered.any() and not {"A47", "A48"} & {flag.id for flag in flow.flags})
    log = visits_of(journey, journey.simulate_log(PEOPLE))
    visits = count(flow.visits.shape, log.segment, log.event)

    # Every visit takes one of the ways, or none.
    after = log.groupby("person").shift(-1)
    goes = after.event.notna()
    assert (after.segment == log.segment)[goes].all()
    moved = count(flow.shares.shape, log.segment[goes], log.event[goes], after.event[goes])
    mean = visits[..., None] * flow.shares
    assert_likely(moved, mean, mean * (1 - flow.shares))
    assert not moved[flow.shares == 0].any()

    # People come in where the flow says, or are brought in a day after a visit.
    first = log[~log.person.duplicated()]
    outside = first[first.referred_by.isna()]
    assert len(outside) == PEOPLE
    entered, share = (
        count(flow.visits.shape, outside.segment, outside.event),
        flow.entered / flow.entered.sum(),
    )
    assert_likely(entered, PEOPLE * share, PEOPLE * share * (1 - share))
    assert not entered[share == 0].any()
    brought = first[first.referred_by.notna()]
    brought = brought.assign(person=brought.referred_by.astype(int), time=brought.time - DAY)
    both = brought.merge(log, on=["person", "time"], suffixes=("", "_by"), validate="many_to_one")
    assert len(both) == len(brought)
    ends = both.segment_by, both.event_by, both.segment, both.event
    births = count(flow.births.shape, *ends)
    mean = visits[..., None, None] * flow.births
    assert_likely(births, mean, mean)
    assert not births[flow.births == 0].any()

    # So as many persons ever come to a stage as the flow says of those who start where they did.
    starts = count(flow.visits.shape, first.segment, first.event)
    once = log.drop_duplicates(["person", "event"])
    reached = count(flow.people.shape, once.segment, once.event)
    ever = flow.fundamental / np.einsum("sjj->sj", flow.fundamental)[:, None, :]
    mean, variance = (np.einsum("si,sij->sj", starts, part) for part in (ever, ever * (1 - ever)))
    assert_likely(reached, mean, np.maximum(variance, 0))
    if not flow.births.any():
        share = np.minimum(flow.people / flow.entered.sum(), 1)
        assert_likely(reached, PEOPLE * share, PEOPLE * share * (1 - share))


def visits_of(journey: cvj.Journey, log: pd.DataFrame) -> pd.DataFrame:
    """The visits, with the positions of their segments and stages."""
    assert log.time.is_monotonic_increasing
    log = log[log.event != "later_order"]
    stages = {key: position for position, key in enumerate(journey.framework.keys)}
    return log.assign(
        event=log.event.astype(object).map(stages), segment=log.segment.cat.codes.astype(int)
    )


def count(shape: tuple[int, ...], *positions: pd.Series) -> Floats:
    seen = np.zeros(shape)
    np.add.at(seen, tuple(position.to_numpy(int) for position in positions), 1)
    return seen


# Totals


def test_people_visits_and_money_of_a_growing_journey_are_those_of_its_flow() -> None:
    shop = five(0.5, 0.4, 0.5, 0.3).with_terms(intake_days=30, discount_rate=0)
    shop = shop.with_segment("Friends", entrants=[20, 0, 0, 0, 0], rates=[0.8, 0.5, 0.6, 0.5])
    shop = shop.with_transition("acquisition", "reach", 0.2, segment="Friends")
    shop = shop.with_transition("reach", "conversion", 0.1)
    shop = shop.with_referral("loyalty", "acquisition", 2, segment="Friends")
    shop = shop.with_referral("conversion", "reach", 0.3, source_segment="Friends")
    shop = shop.with_stage("reach", unit_cost=2).with_stage("loyalty", unit_cost=5)
    shop = shop.with_offer("conversion", name="Box", price=40, margin=10)
    terms = {"price": 30, "margin": 10, "cycle_days": 20, "repeat_rate": 0.6}
    shop = shop.with_offer("retention", name="Box", **terms)
    flow, people = shop.flow(), 100_000
    log = shop.simulate_log(people)
    # Those who come in from outside, each with all whom they brought in, do not depend on others.
    parent = np.zeros(log.person.max() + 1, dtype=int)
    parent[log.person] = log.referred_by.fillna(0)
    family = log.person.to_numpy()
    while parent[family].any():
        family = np.where(parent[family], parent[family], family)
    log = log.assign(family=family)
    assert log.family.nunique() == people
    visits = log[log.event != "later_order"]
    once = visits.drop_duplicates(["person", "event"])
    brought = visits[visits.referred_by.notna()].drop_duplicates("person")
    scale = 1 / flow.entered.sum()

    def assert_mean(of_family: pd.Series, expected: float) -> None:
        error = np.sqrt((of_family**2).sum()) / people
        assert abs(of_family.sum() / people - expected * scale) < 5 * error

    for position, key in enumerate(shop.framework.keys):
        for rows, expected in (
            (visits, flow.visits),
            (once, flow.people),
            (brought, flow.referred),
        ):
            for number, segment in enumerate(flow.segments):
                chosen = rows[(rows.event == key) & (rows.segment == segment)]
                if expected[number, position]:
                    assert_mean(chosen.groupby("family").size(), expected[number, position])
                else:
                    assert not len(chosen)
    economics = shop.economics()
    assert economics.roas_lifetime is not None
    assert_mean(
        log.groupby("family").revenue.sum(), economics.roas_lifetime * economics.acquisition_cost
    )
    assert_mean(log.groupby("family").cost.sum(), economics.total_cost)


# Time


@pytest.mark.parametrize(
    "delay",
    [
        Delay(2.25),
        Delay(3.0, "exponential"),
        Delay(3.0, "exponential", 1.0),
        Delay(3.0, "gamma"),
        Delay(3.0, "gamma", 1.5),
        Delay(3.0, "gamma", 8.0),
        Delay(0.0, "gamma", 8.0),
        Delay(0, "fixed", None, (0, 1.5, 1.5, 9)),
    ],
)
def test_waits_are_drawn_from_their_law(delay: Delay) -> None:
    drawn = delay.drawn(np.random.default_rng(1), 20_000)
    assert drawn.shape == (20_000,)
    # What a wait adds to each whole day next to it: see `cvjkit.model.delays`.
    near = np.maximum(1 - np.abs(drawn[:, None] - np.arange(13)), 0)
    error = near.std(axis=0) / np.sqrt(20_000)
    assert (np.abs(near.mean(axis=0) - delay.daily(12)) <= 5 * error + 1e-9).all()


def test_people_arrive_on_average_when_the_timeline_says() -> None:
    plan = five(0.9, 0.8, 0.7, 0.5).with_transition("retention", "retention", 0.4)
    laws = ("fixed", "exponential", "gamma", "gamma")
    for stage, days, law in zip(plan.framework.keys[1:], (1.5, 4, 10, 20), laws, strict=True):
        plan = plan.with_stage(stage, delay_days=days, delay_law=law)
    plan = plan.with_stage("retention", delay_spread_days=3)
    plan = plan.with_offer("retention", name="Box", cycle_days=15)
    plan = plan.with_referral("conversion", "acquisition", 0.3)
    log = plan.simulate_log(20_000)
    arrivals = plan.timeline(1000).stages.arrivals
    days = (log.time - log.time[0]) / DAY
    for key in plan.framework.keys:
        own = days[log.event == key]
        by_day = arrivals.xs(key, level="stage")
        expected = (by_day * by_day.index).sum() / by_day.sum()
        # Visits of a person depend on one another: not as many say as much.
        assert abs(own.mean() - expected) < 8 * own.std() / np.sqrt(len(own)) + 1e-4, key


def test_people_come_in_evenly_over_the_days_typed_or_asked_for() -> None:
    plan = five(0.5).with_terms(intake_days=10)
    for days, log in (
        (10, plan.simulate_log(10_000)),
        (40, plan.simulate_log(10_000, intake_days=40)),
    ):
        came = log[log.event == "reach"].time - pd.Timestamp("2026-01-01", tz="UTC")
        each = np.bincount((came / DAY).astype(int))
        assert len(each) == days
        assert_likely(each, 10_000 / days, 10_000 / days)
    assert (plan.simulate_log(9, intake_days=0).time.dt.floor("D") == log.time[0].floor("D")).all()


def test_growth_without_end_is_followed_to_the_end_of_the_log() -> None:
    plan = five().with_referral("reach", "reach", 2)
    log = plan.simulate_log(1_000, days=5)
    day = ((log.time - log.time[0]) / DAY).round()
    numbers = log.groupby(day).size()
    assert numbers.index.to_list() == [0, 1, 2, 3, 4, 5]
    for before, after in pairwise(numbers):
        assert_likely(after, 2 * before, 2 * before)


def test_a_repeat_takes_a_buying_cycle() -> None:
    plan = five(1, 1).with_transition("conversion", "conversion", 0.5)
    plan = plan.with_stage("conversion", delay_days=1)
    log = plan.with_offer("conversion", name="Box", cycle_days=7).simulate_log(50)
    orders = log[log.event == "conversion"]
    assert set(orders.groupby("person").time.diff().dropna()) == {7 * DAY}


def test_later_orders_follow_a_purchase_cycle_by_cycle_and_are_no_visits() -> None:
    plan = five(1, 1, 1).with_offer("retention", name="Box", price=30, cycle_days=7, repeat_rate=1)
    log = plan.simulate_log(2, days=30)
    later = log[log.event == "later_order"]
    assert (later.groupby("person").size() == 4).all()
    assert set((log.groupby("person").time.diff()[later.index] / DAY).round(6)) == {7}
    assert (later.revenue == 30).all()
    assert later.cost.isna().all()


# Seeds, refusals


def test_the_same_seed_gives_the_same_log_and_another_one_another() -> None:
    plan = five(0.5, 0.5).with_referral("acquisition", "reach", 0.5)
    log = plan.simulate_log(100, 7, intake_days=3)
    pd.testing.assert_frame_equal(log, plan.simulate_log(100, 7, intake_days=3))
    assert not log.equals(plan.simulate_log(100, 8, intake_days=3))
    # Quirks change no more than they say.
    odd = plan.simulate_log(100, 7, intake_days=3, quirks={"duplicates": 0.2})
    pd.testing.assert_frame_equal(log, odd.drop_duplicates(ignore_index=True))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"people": 0}, "people: 0 must be a whole number from 1 to 100,000,000"),
        ({"people": 10.5}, "people: 10.5 must be a whole number from 1"),
        ({"seed": -1}, "seed: -1 must be"),
        ({"start": "soon"}, "start: 'soon' must be a date"),
        ({"start": "9999-01-01"}, "must be a date before the year 9999"),
        ({"start": "2026-02-30"}, "must be a date"),
        ({"start": 5}, "start: 5 must be a date"),
        ({"intake_days": -1}, "intake_days: -1 must be 0 to"),
        ({"days": 0}, "days: 0 must be more than 0"),
        ({"days": float("nan")}, "days: nan must be more than 0"),
        ({"quirks": {"bot": 1}}, "quirks: 'bot' is not known; did you mean 'bots'"),
        ({"quirks": {"bots": 2}}, "quirks[bots]: 2 must be between 0 and 1"),
        ({"quirks": ["bots"]}, "quirks: ['bots'] must be a mapping"),
    ],
)
def test_what_no_log_can_be_made_of_is_refused(change: dict[str, object], fault: str) -> None:
    with pytest.raises(InputError) as refused:
        five(0.5).simulate_log(**{"people": 10, **change})  # type: ignore[arg-type]
    assert fault in str(refused.value)


def test_people_without_end_are_refused_with_what_bounds_them() -> None:
    growing = five(0.5).with_referral("acquisition", "reach", 2)
    again = five(1, 1, 1).with_offer("retention", name="Box", cycle_days=7, repeat_rate=1)
    stuck = (
        five(1, 1, 1)
        .with_transition("conversion", "reach", 0)
        .with_transition("retention", "retention", 1)
    )
    crowded = five().with_referral("reach", "reach", 0.9).with_referral("reach", "loyalty", 1e9)
    for plan, fault in (
        (growing, "referrals have no end: Each person brings"),
        (again, "repeat_rate is 100%"),
        (stuck, "retention has no exit"),
        (five().with_segment("Everyone", entrants=[0] * 5), "people come in nowhere"),
        (crowded, "people: 10 gives a log of more than 100,000,000 events"),
    ):
        with pytest.raises(InputError, match="log of Shop") as refused:
            plan.simulate_log(10)
        assert fault in str(refused.value)
    assert len(growing.simulate_log(10, days=3)) > 10


# Quirks


def share_of_people(log: pd.DataFrame, rows: pd.Series) -> float:
    return float(log[rows].person.nunique() / log.person.nunique())


QUIRKS: dict[str, Callable[[pd.DataFrame], float]] = {
    "bots": lambda log: float((log.groupby("person").size() > 1000).mean()),
    "headless": lambda log: 1 - share_of_people(log, log.event == "reach"),
    "unmapped": lambda log: float((log.event == "scroll").sum() / (log.event != "scroll").sum()),
    "duplicates": lambda log: float(log.duplicated().sum() / len(log.drop_duplicates())),
    "rounded": lambda log: share_of_people(log, log.time == log.time.dt.floor("D")),
    "clock_jumps": lambda log: share_of_people(
        log, log.groupby("person").time.diff() < pd.Timedelta(0)
    ),
    "shuffled": lambda log: float((log.time.diff() < pd.Timedelta(0)).mean()),
}


def test_quirks_are_as_frequent_as_asked_for_and_alone() -> None:
    plan = five(1, 0.3).with_stage("acquisition", delay_days=0.1).with_terms(intake_days=20)
    clean = plan.simulate_log(2_000)
    assert {name: found(clean) for name, found in QUIRKS.items()} == dict.fromkeys(QUIRKS, 0)
    for quirk in QUIRKS:
        log = plan.simulate_log(2_000, quirks={quirk: 0.05})
        assert list(log.columns) == list(clean.columns)
        assert log.index.equals(pd.RangeIndex(len(log)))
        assert log.time.dtype == clean.time.dtype
        for name, found in QUIRKS.items():
            if quirk != name and {quirk, name} == {"clock_jumps", "shuffled"}:
                continue  # each looks like the other, too
            expected = 0.05 if name == quirk else 0
            assert found(log) == pytest.approx(expected, abs=0.015 if expected else 0), (
                quirk,
                name,
            )
    every = plan.simulate_log(2_000, quirks=dict.fromkeys(QUIRKS, 0.05))
    assert all(found(every) > 0.01 for found in QUIRKS.values())
