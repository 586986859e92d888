"""The tables of a measurement are what pandas counts in the log, step by step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.measurement.measurement import Measurement
from tests.measurement.test_measured import measure

FIVE = cvj.framework("five").keys
START = pd.Timestamp("2026-01-01", tz="UTC")
DAY = pd.Timedelta(days=1)


@cache
def a_log() -> pd.DataFrame:
    plan = cvj.Journey.from_rates("five", 100, [0.6, 0.5, 0.5, 0.5], intake_days=50)
    plan = plan.with_segment("Everyone", channel="Ads")
    plan = plan.with_segment("Blog", channel="Blog", entrants=[50] + [0] * 4, rates=[0.3] * 4)
    plan = plan.with_transition("acquisition", "acquisition", 0.1)
    plan = plan.with_transition("conversion", "acquisition", 0.1)
    for stage in ("acquisition", "conversion", "retention"):
        plan = plan.with_stage(stage, delay_days=6, delay_law="exponential", unit_cost=0.3)
    plan = plan.with_offer("conversion", name="Box", price=19.99)
    plan = plan.with_offer("retention", name="Box", price=30, cycle_days=9, repeat_rate=0.5)
    log = plan.simulate_log(1_500, days=70, seed=3)
    lucky = np.random.default_rng(5).random(int(log.person.max()) + 1)
    # Half of those who have converted have a cat, a third of the others.
    bought = log.person.isin(log.person[log.event == "conversion"])
    cat = np.where(lucky[log.person] < np.where(bought, 0.5, 0.33), "cat", "dog")
    moon = np.where(lucky[log.person] * 100 % 1 < 0.5, "new", "full")
    return log.assign(pet=cat, moon=pd.Series(moon).where(lucky[log.person] > 0.2))


@cache
def measurement() -> Measurement:
    found = measure(a_log(), cvj.framework("five"), properties=("pet", "moon")).measurement
    assert found is not None
    return found


def visits(log: pd.DataFrame) -> pd.DataFrame:
    return log[log.event != "later_order"].assign(event=lambda rows: rows.event.astype(str))


def firsts(log: pd.DataFrame) -> pd.DataFrame:
    """When each person reached each stage first: a row a person, a column a stage."""
    return visits(log).pivot_table(index="person", columns="event", values="time", aggfunc="min")[
        list(FIVE)
    ]


def test_people_visits_and_rates_are_those_of_the_log_all_together_and_by_segment() -> None:
    for segment, log in [
        (None, a_log()),
        *((s, a_log()[a_log().channel == s]) for s in ("Ads", "Blog")),
    ]:
        own = measurement() if segment is None else measurement().only(segment)
        people = firsts(log).notna().sum()
        assert own.stages.people.to_dict() == people.to_dict()
        assert own.stages.visits.to_dict() == visits(log).event.value_counts().to_dict()
        rates = (people / people.shift()).to_numpy()
        assert own.stages.step_rate.to_numpy() == pytest.approx(rates, nan_ok=True)
        assert own.stages.overall_rate.to_numpy() == pytest.approx(
            (people / people.iloc[0]).to_numpy()
        )
        assert (own.stages.step_low.dropna() < own.stages.step_rate.dropna()).all()
        assert (own.stages.step_high.dropna() > own.stages.step_rate.dropna()).all()
    with pytest.raises(InputError, match="segment: 'Radio' is not known; choose from"):
        measurement().only("Radio")


def test_times_to_a_stage_have_the_mean_and_the_quantiles_of_the_log() -> None:
    reached, table = firsts(a_log()), measurement().timings
    for before, stage in pairwise(FIVE):
        for since, then in (("before", before), ("start", "reach")):
            days = ((reached[stage] - reached[then]) / DAY).dropna()
            row = table.loc[stage, since]
            assert row.people == len(days)
            assert row["mean"] == pytest.approx(days.mean())
            for name, share in (("p10", 0.1), ("p25", 0.25), ("median", 0.5), ("p75", 0.75)):
                exact = np.quantile(days, share, method="inverted_cdf")
                assert row[name] == pytest.approx(exact, rel=1 / 256)


def test_transitions_are_the_ways_from_each_visit_to_the_next() -> None:
    log = visits(a_log()).sort_values(["person", "time"], kind="stable")
    following = log.groupby("person").event.shift(-1).fillna("exit")
    expected = pd.crosstab(log.event, following)
    table = measurement().transitions.set_index(["source", "target"])
    for source in FIVE:
        for target in (*FIVE, "exit"):
            people = expected.loc[source].get(target, 0)
            assert table.people.get((source, target), 0) == people
            if people:
                row = table.loc[source, target]
                assert row["share"] == pytest.approx(people / expected.loc[source].sum())
    kinds = table.kind.groupby(level=[0, 1]).first()
    assert kinds["acquisition", "acquisition"] == "repeat"
    assert kinds["conversion", "acquisition"] == "back"
    assert kinds["reach", "acquisition"] == "forward"
    assert kinds["outside", "reach"] == "entry"
    assert table.loc["outside"].people.sum() == log.person.nunique()
    waits = (log.groupby("person").time.shift(-1) - log.time) / DAY
    again = waits[(log.event == "acquisition") & (following == "acquisition")]
    exact = np.quantile(again, 0.5, method="inverted_cdf")
    assert table["median"]["acquisition", "acquisition"] == pytest.approx(exact, rel=1 / 256)


@pytest.mark.parametrize(("period", "rule"), [("day", "D"), ("week", "W-SUN"), ("month", "M")])
def test_a_trend_is_the_funnel_of_each_cohort_and_says_which_are_too_young(
    period: str, rule: str
) -> None:
    reached = firsts(a_log())
    began = reached.reach.dt.tz_localize(None).dt.to_period(rule)
    expected = reached.notna().groupby(began).sum()
    table = measurement().trend.loc[period]

    def by_stage(column: str) -> pd.DataFrame:
        return pd.DataFrame({key: table[column].xs(key, level="stage") for key in FIVE})

    people = by_stage("people")
    assert people.index.to_list() == expected.index.start_time.to_list()
    assert (people.to_numpy() == expected.to_numpy()).all()
    rates = by_stage("overall_rate")
    assert rates.to_numpy() == pytest.approx((expected.to_numpy().T / expected.reach.to_numpy()).T)
    young = by_stage("is_young").astype(bool)
    needed = {key: np.nanquantile((reached[key] - reached.reach) / DAY, 0.9) for key in FIVE}
    last = (a_log().time.max() - START) / DAY
    for start, end in zip(expected.index.start_time, expected.index.end_time, strict=True):
        age = last - (end.ceil("s").tz_localize("UTC") - START) / DAY
        for key in FIVE:
            # But for the 0.4% that the quantile may be off.
            if abs(age - needed[key]) > 0.01 * needed[key] + 1e-6:
                assert young.loc[start, key] == (age < needed[key]), (start, key)
    assert young.to_numpy().any()
    change = by_stage("change")
    steady = rates.where(~young)
    consecutive = expected.index.astype("int64").diff() == 1
    diffs = steady.diff()[consecutive].to_numpy()
    assert change[consecutive].to_numpy() == pytest.approx(diffs, nan_ok=True)
    assert table.chance[table.change.notna()].between(0, 1).all()


def test_a_cohort_is_compared_with_the_one_of_the_period_before_only() -> None:
    rows = [(name, day, "reach") for name, day in zip("abcd", (0, 1, 3, 9), strict=True)]
    log = pd.DataFrame(rows, columns=["person", "day", "event"])
    log["time"] = START + pd.to_timedelta(log.day, "D")
    found = measure(log, cvj.framework("five")).measurement
    assert found is not None
    assert found.trend.loc["day"].change.notna().tolist() == [False, True, False, False]


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Asia/Tokyo"])
@pytest.mark.parametrize("last", ["2026-03-01 22:00", "2026-03-02 04:00", "2026-03-02 16:00"])
def test_a_period_is_over_once_it_is_so_in_the_zone_of_the_log(zone: str, last: str) -> None:
    times = pd.to_datetime(["2026-03-01 15:30", last], utc=True)
    log = pd.DataFrame({"person": ["a", "b"], "time": times, "event": "reach"})
    found = cvj.measure(log, "five", time_zone=zone).measurement
    assert found is not None
    began, ended = (time.tz_convert(zone).tz_localize(None).normalize() for time in times)
    assert found.trend.is_young["day", began, "reach"] == (began == ended)
    assert found.retention.is_young["day", began, 0] == (began == ended)


@pytest.mark.parametrize(("period", "longest"), [("day", 31), ("week", 53), ("month", 61)])
def test_retention_is_who_of_a_cohort_does_anything_in_each_later_period(
    period: str, longest: int
) -> None:
    log = a_log()
    then = log.time.dt.tz_localize(None).dt.to_period(period[0].upper())
    first = then.groupby(log.person).min()
    everybody = set(zip(log.person, then, strict=True))
    expected = {
        (began.start_time, later): sum((who, began + later) in everybody for who in people)
        for began, people in first.groupby(first).groups.items()
        for later in range(min((then.max() - began).n + 1, longest))
    }
    table = measurement().retention.loc[period]
    assert table.people.to_dict() == expected
    assert period == "month" or 0 in table.people.to_numpy()
    assert table["share"].to_dict() == pytest.approx(
        {(start, later): count / expected[start, 0] for (start, later), count in expected.items()}
    )
    for (start, number), young in table.is_young.items():
        assert young == (start.to_period(period[0].upper()) + number >= then.max())


def test_nobody_of_a_cohort_who_does_anything_is_none_and_not_unknown() -> None:
    rows = [("ann", 0, "reach"), ("ann", 62, "acquisition"), ("bob", 33, "reach")]
    found = by_hand([*rows, ("cat", 33, "reach"), ("bob", 34, "acquisition")]).retention
    assert found.loc["month"].reset_index().to_numpy().tolist() == [
        [pd.Timestamp("2026-01-01"), 0, 1, 1.0, False],
        [pd.Timestamp("2026-01-01"), 1, 0, 0.0, False],
        [pd.Timestamp("2026-01-01"), 2, 1, 1.0, True],
        [pd.Timestamp("2026-02-01"), 0, 2, 1.0, False],
        [pd.Timestamp("2026-02-01"), 1, 0, 0.0, True],
    ]
    # Days are followed for 31, so that Ann came on the 63rd is not known of days.
    days = found["people"].loc["day"]
    assert days.loc[START.tz_localize(None)].to_dict() == {0: 1} | dict.fromkeys(range(1, 31), 0)
    later = (START + 33 * DAY).tz_localize(None)
    assert days.loc[later].to_dict() == {0: 2, 1: 1} | dict.fromkeys(range(2, 30), 0)


def test_activity_is_who_does_anything_on_each_day_and_how_often() -> None:
    daily = measurement().activity.loc["day"]
    day = a_log().time.dt.tz_localize(None).dt.floor("D")
    assert daily.people.to_dict() == a_log().groupby(day).person.nunique().to_dict()
    assert daily.events.to_dict() == day.value_counts().to_dict()


def test_money_and_orders_are_those_of_the_log() -> None:
    log, table = a_log(), measurement().revenue
    later = log.event.astype(str).replace("later_order", "retention")
    assert table.revenue.to_numpy() == pytest.approx(log.groupby(later).revenue.sum()[list(FIVE)])
    assert table.cost.to_numpy() == pytest.approx(log.groupby(later).cost.sum()[list(FIVE)])
    assert table.orders.to_dict() == log.groupby(later).revenue.count()[list(FIVE)].to_dict()
    assert table.revenue_per_order["conversion"] == pytest.approx(19.99)
    assert table.cost_per_visit["acquisition"] == pytest.approx(0.3)
    assert np.isnan(table.cost_per_visit["loyalty"])
    number = log[later.isin(["conversion", "retention"])].groupby("person").size().value_counts()
    orders = measurement().orders
    assert orders.people[orders.people > 0].to_dict() == number.to_dict()
    twice = number[number.index >= 2].sum()
    assert orders["share"][2] == pytest.approx(twice / number.sum())
    assert orders["share"][3] == pytest.approx(number[number.index >= 3].sum() / twice)


def test_a_property_that_matters_is_told_from_one_that_does_not() -> None:
    table = measurement().correlations("conversion")
    log = a_log().drop_duplicates("person")
    bought = log.person.isin(a_log().person[a_log().event == "conversion"])
    cells = pd.crosstab(log.pet, bought) + 0.5
    ratio = cells.loc["cat", True] * cells.loc["dog", False]
    ratio /= cells.loc["cat", False] * cells.loc["dog", True]
    row = table.loc["pet", "cat"]
    assert row.odds_ratio == pytest.approx(ratio)
    assert row.low < ratio < row.high
    assert (row.people, row.reached) == (
        (log.pet == "cat").sum(),
        ((log.pet == "cat") & bought).sum(),
    )
    assert not row.could_be_chance
    assert table.could_be_chance["moon"].all()
    assert table.index[0][0] == "pet"
    # People without a value are not among those compared.
    assert table.people["moon"].sum() == log.moon.notna().sum()
    with pytest.raises(InputError, match="stage: 'x' is not known"):
        measurement().correlations("x")


def test_what_is_wrong_with_a_log_is_counted() -> None:
    plan = cvj.Journey.from_rates("five", 100, [1, 0.5, 0.5, 0.5], intake_days=20)
    for stage in plan.framework.keys[1:]:
        plan = plan.with_stage(stage, delay_days=0.1)
    clean = plan.simulate_log(1_000)

    def quality(**quirks: float) -> pd.DataFrame:
        found = measure(plan.simulate_log(1_000, quirks=quirks), plan.framework).measurement
        assert found is not None
        return found.quality

    none = quality()["count"]
    assert (none["events"], none["people"]) == (len(clean), 1_000)
    assert not none.drop(["events", "people"]).any()
    for check, quirk, share in (
        ("duplicates", "duplicates", 0.1 / 1.1),
        ("of_no_stage", "unmapped", 0.1 / 1.1),
        ("bots", "bots", 0.1),
        ("people_without_first_stage", "headless", 0.1),
    ):
        assert quality(**{quirk: 0.1}).share[check] == pytest.approx(share, abs=0.04), check
    log = plan.simulate_log(1_000, quirks={"unmapped": 0.2})
    named = measure(log, plan.framework).measurement
    assert named is not None
    assert named.events.events.to_dict() == log.event.value_counts().to_dict()
    assert named.events.stages.to_dict() == {key: key for key in FIVE} | {"scroll": ""}
    assert quality(clock_jumps=0.3)["count"]["clock_jumps"] == pytest.approx(300, abs=60)
    assert quality(shuffled=1)["count"]["clock_jumps"] == 0
    assert quality(rounded=0.5)["count"]["ties"] > 300
    assert quality(headless=0.4)["count"]["rising_stages"] == 1


def months(*shares: tuple[int, int], days: int = 40) -> Measurement:
    """Measure a log of months in which some began and some of these went on, an hour later."""
    rows = []
    for month, (began, reached) in enumerate(shares):
        start = pd.Timestamp("2025-01-05", tz="UTC") + pd.DateOffset(months=month)
        for person in range(began):
            rows.append((f"{month} {person}", start, "reach"))
            if person < reached:
                rows.append((f"{month} {person}", start + pd.Timedelta(hours=1), "conversion"))
    last = max(time for _, time, _ in rows) + pd.Timedelta(days=days)
    log = pd.DataFrame([*rows, ("nobody", last, "left")], columns=["person", "time", "event"])
    found = measure(log, cvj.framework("five")).measurement
    assert found is not None
    return found


def test_a_month_is_compared_with_that_of_the_year_before() -> None:
    found = months((200, 20), *[(50, 5)] * 11, (200, 60), (50, 6))
    table = found.trend_against(12).xs("conversion", level="stage")
    assert table.index.to_list() == [pd.Timestamp("2026-01-01"), pd.Timestamp("2026-02-01")]
    assert table.against.to_list() == [pd.Timestamp("2025-01-01"), pd.Timestamp("2025-02-01")]
    assert table.change.to_list() == pytest.approx([0.2, 0.02])
    exact = [fisher_exact([[60, 140], [20, 180]])[1], fisher_exact([[6, 44], [5, 45]])[1]]
    assert table.chance.to_list() == pytest.approx(exact)
    assert table.could_be_chance.to_list() == [False, True]
    assert table.words.to_list() == ["from 10% to 30%", "from 10% to 12%: could be chance"]


@pytest.mark.parametrize("day", ["2025-02", "2025-02-17", date(2025, 2, 28)])
def test_all_later_months_are_compared_with_one_by_a_day_in_it(day: str | date) -> None:
    table = months((50, 5), (40, 8), (60, 6), (30, 9)).trend_against(day)
    table = table.xs("conversion", level="stage")
    assert table.index.month.to_list() == [3, 4]
    assert set(table.against) == {pd.Timestamp("2025-02-01")}
    assert table.change.to_list() == pytest.approx([0.1 - 0.2, 0.3 - 0.2])


@pytest.mark.parametrize("period", ["day", "week", "month"])
def test_against_the_period_before_it_says_what_the_trend_says(period: str) -> None:
    found = measurement()
    table, trend = found.trend_against(1, period=period), found.trend.loc[period]
    same = trend.loc[table.index]
    for column in ("change", "chance", "overall_rate"):
        assert table[column].to_numpy() == pytest.approx(same[column].to_numpy(), nan_ok=True)
    assert trend.change.notna().sum() == table.change.notna().sum()
    young = table.is_young
    assert table.change[young].isna().all()
    assert table.could_be_chance[young].isna().all()
    assert set(table.words[young]) == {"too young to compare"}
    assert young.any()


def test_many_months_compared_at_once_make_no_chance_a_change() -> None:
    # Two months that alone would differ by 3% do not among twelve.
    table = months((100, 10), *[(100, 10)] * 11, (100, 21)).trend_against("2025-01")
    row = table.xs("conversion", level="stage").iloc[-1]
    assert row.chance == pytest.approx(fisher_exact([[21, 79], [10, 90]])[1])
    assert row.chance < 0.05
    assert row.could_be_chance


@pytest.mark.parametrize(
    ("against", "period", "said"),
    [
        (0, "month", "against: 0 must be a number of periods or a day in the earlier one"),
        (True, "month", "against: True must be"),
        (1.5, "month", "against: 1.5 must be"),
        ("last year", "month", "against: 'last year' must be"),
        ("NaT", "month", "against: 'NaT' must be"),
        (2, "month", "against: 2 leaves nothing to compare; the months in which people began are"),
        ("2025-02", "month", "those of 2025-01-01 to 2025-02-01"),
        (1, "year", "period: 'year' is not known; choose from day, week, month"),
    ],
)
def test_what_cannot_be_compared_is_refused(against: Any, period: str, said: str) -> None:
    with pytest.raises(cvj.InputError, match=re.escape(said)):
        months((10, 1), (10, 2)).trend_against(against, period=period)


def test_a_log_in_which_nobody_began_has_nothing_to_compare() -> None:
    log = pd.DataFrame({"person": ["a"] * 3, "time": [START] * 3, "event": ["reach"] * 3})
    found = cvj.measure(log, "five", bot_events=2, counts_bots=False).measurement
    assert found is not None
    with pytest.raises(cvj.InputError, match="people began are those of none"):
        found.trend_against(1)


def by_hand(rows: Sequence[tuple[object, ...]], *columns: str, **how: object) -> Measurement:
    """Measure a log typed here: person, day and event, and what else is named."""
    log = pd.DataFrame(rows, columns=["person", "day", "event", *columns])
    log["time"] = START + pd.to_timedelta(log.day, "D")
    found = measure(log, cvj.framework("five"), **how).measurement  # type: ignore[arg-type]
    assert found is not None
    return found


def test_each_value_of_a_property_is_one_look_and_the_strongest_come_first() -> None:
    reached = {"red": (10, 10), "blue": (1, 10), "green": (5, 10)}
    rows: list[tuple[object, ...]] = []
    for colour, (some, people) in reached.items():
        for number in range(people):
            one = (f"{colour}{number}", colour, "all")
            rows.append((one[0], 0, "reach", *one[1:]))
            rows += [(one[0], 1, "acquisition", *one[1:])] if number < some else []
            rows += [(one[0], 2, "conversion", *one[1:])] if colour == "blue" and not number else []
    found = by_hand(rows, "colour", "same", properties=("colour", "same"))
    table = found.correlations("acquisition")
    assert found.correlations("engaged").equals(table)
    assert [value for _, value in table.index] == ["red", "blue", "green", "all"]
    # Fisher: 10 of 10 against 6 of 20, 1 of 10 against 15 of 20; Holm: three looks, then two.
    assert table.chance.tolist()[:3] == pytest.approx([3 * 0.00029985, 2 * 0.00136598, 1], rel=1e-5)
    assert table.could_be_chance.tolist() == [False, False, True, True]
    # Nobody has another value than "all", so there is nothing to compare it with.
    assert np.isnan(table.chance.iloc[3])
    assert found.correlations().reached.sum() == 2


def test_money_is_by_order_and_by_visit_and_orders_may_lack_a_number() -> None:
    rows = [("ann", day, "conversion", 10.0, 3.0 if day else None) for day in (0, 1, 2)]
    rows += [("bob", 0, "conversion", None, 3.0), ("cat", 0, "conversion", 5.0, None)]
    rows += [("dan", 0, "reach", None, 4.0), ("dan", 1, "reach", -1e16, None)]
    found = by_hand(rows, "revenue", "cost")
    assert found.revenue.revenue_per_order["conversion"] == pytest.approx(35 / 4)
    assert found.revenue.cost_per_visit["reach"] == pytest.approx(4 / 2)
    assert found.quality["count"]["no_amounts"] == 1
    assert found.orders.people.to_dict() == {1: 2, 2: 0, 3: 1}
    assert found.orders["share"].to_dict() == pytest.approx(
        {1: np.nan, 2: 1 / 3, 3: 1}, nan_ok=True
    )


def test_a_period_is_over_once_the_log_has_an_event_after_it() -> None:
    for last, over in ((30.9, False), (31, True)):  # 31 January, 1 February
        found = by_hand([("ann", 0, "reach"), ("bob", last, "reach")])
        assert found.retention.loc["month"].is_young.iloc[0] == (not over)
    journey = measure(a_log(), cvj.framework("five"))
    assert journey.intake_days == 50
    assert journey.cohort_age_days == 20
