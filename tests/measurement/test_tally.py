"""A tally is what a slow count says, and the same however the people are divided into batches."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from datetime import timedelta
from functools import reduce
from operator import add
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvjkit.errors import InputError
from cvjkit.measurement.batch import Batch
from cvjkit.measurement.definition import Definition, Step
from cvjkit.measurement.prepared import Prepared
from cvjkit.measurement.settings import Settings
from cvjkit.measurement.sums import Sums
from cvjkit.measurement.tally import Tallies, Tally, tally
from tests.measurement.logs import definition, draw_definition
from tests.measurement.tally_reference import Person, Row, by_key, count, day_of

SEEDS = st.integers(0, 2**32 - 1)
HOUR = 3_600_000_000
UNITS = [1, 20_000_000, 5 * HOUR, 100 * HOUR]
AMOUNTS = [float("nan"), float("inf"), 19.99, 0.000001, -5.5, 1e12, 0.0]


def draw_log(random: Random, unit: int, names: int) -> list[Person]:
    """Draw people with few events at even fewer times, in many ways wrong."""
    people = []
    for _ in range(random.randint(0, 12)):
        rows, size = [], random.choice([0, 1, 2, 5, 9, 13])
        times = sorted(random.randint(-3, random.randint(0, 12)) * unit for _ in range(size))
        for time in times:
            codes = [random.randint(-1, 2) for _ in range(3)]
            amounts = random.choices(AMOUNTS, k=2)
            rows.append(Row(time, random.randrange(names), *codes, *amounts, random.randrange(99)))
        people.append(Person(rows, random.random() < 0.3))
    return people


def batch_of(people: list[Person], **left_out: None) -> Batch:
    rows = [row for person in people for row in person.rows]

    def column(name: str, dtype: type) -> np.ndarray:
        return np.array([getattr(row, name) for row in rows], dtype=dtype)

    arrays = {
        "channel": column("channel", np.int32),
        "awareness": column("awareness", np.int32),
        "revenue": column("revenue", np.float64),
        "cost": column("cost", np.float64),
        "rows": column("row", np.int64),
        "referred": np.array([person.referred for person in people], dtype=bool),
    }
    return Batch(
        people=np.arange(len(people)),
        offsets=np.cumsum([0, *(len(person.rows) for person in people)]),
        times=column("time", np.int64),
        names=column("name", np.int32),
        held=column("place", np.int32),
        properties={"place": column("place", np.int32)},
        **{**arrays, **left_out},
    )


def in_units(what: Definition, unit: int) -> Definition:
    """Make the times of a definition longer."""

    def longer(time: timedelta | None) -> timedelta | None:
        return None if time is None else time * unit

    steps = tuple(replace(step, within=longer(step.within)) for step in what.steps)
    return replace(what, steps=steps, window=longer(what.window))


def draw(seed: int) -> tuple[list[Person], list[frozenset[str]], Definition, Settings]:
    random = Random(seed)  # noqa: S311 - for tests
    unit = random.choice(UNITS)
    what = in_units(draw_definition(random.randrange(2**32)), unit)
    steps = [step.name for step in what.steps]
    every = [*what.bits]
    meaning = [frozenset(random.sample(every, random.choice([0, 1, 1, 1, 2]) % (len(every) + 1)))]
    meaning += [frozenset([name]) for name in every] + [frozenset()]
    orders = sorted(random.sample(steps, random.randint(0, min(2, len(steps)))))
    how = Settings(
        touch=random.choice(["first", "last", random.choice(steps)]),
        hold=random.choice([None, "place"]),
        zone=random.choice(["UTC", "America/New_York", "Asia/Kolkata"]),
        orders=tuple(orders),
        bot_events=random.choice([1, 3, 60]),
    )
    return draw_log(random, unit, len(meaning)), meaning, what, how


def tallied(
    people: list[Person], meaning: list[frozenset[str]], what: Definition, how: Settings
) -> Tally:
    masks = np.array([sum(what.bits[name] for name in names) for names in meaning])
    return tally(Prepared.of(batch_of(people), masks, len(what.steps), how), what)


@given(SEEDS)
@settings(max_examples=150)
def test_everything_is_counted_as_one_person_after_another_would_be(seed: int) -> None:
    people, meaning, what, how = draw(seed)
    found, expected = tallied(people, meaning, what, how), count(people, meaning, what, how)
    for one in fields(Tally):
        sums = getattr(found, one.name)
        if isinstance(sums, Sums):
            counted = Counter(by_key(sums.keys.tolist(), sums.totals.tolist()))
            # Sums have a number for each column of a key, 0 included.
            assert +counted == +expected.get(one.name, Counter()), (one.name, people, what, how)
            assert -counted == -expected.get(one.name, Counter()), one.name
    times = [row.time for person in people for row in person.rows]
    if times:
        assert (found.first, found.last) == (min(times), max(times))


@given(SEEDS)
@settings(max_examples=60)
def test_batches_may_be_cut_between_any_people_and_added_up_in_any_order(seed: int) -> None:
    people, meaning, what, how = draw(seed)
    random = Random(seed)  # noqa: S311 - for tests
    whole = tallied(people, meaning, what, how)
    cuts = sorted(random.randint(0, len(people)) for _ in range(random.randint(0, 12)))
    parts = [
        Tallies((tallied(people[start:end], meaning, what, how),))
        for start, end in zip([0, *cuts], [*cuts, len(people)], strict=True)
    ]
    random.shuffle(parts)
    while len(parts) > 1:
        at = random.randrange(len(parts) - 1)
        parts[at : at + 2] = [reduce(add, parts[at : at + 2])]
    assert parts[0].total == whole


@given(SEEDS)
@settings(max_examples=30)
def test_a_batch_made_ready_once_is_counted_alike_under_one_definition_after_another(
    seed: int,
) -> None:
    people, meaning, what, how = draw(seed)
    masks = np.array([sum(what.bits[name] for name in names) for names in meaning])
    ready = Prepared.of(batch_of(people), masks, len(what.steps), how)
    several = [replace(what, reentry=reentry) for reentry in ("best", "first", "every", "best")]
    for one in (*several, replace(what, window=timedelta(0)), what):
        assert tally(ready, one) == tallied(people, meaning, one, how)


def test_columns_that_a_log_lacks_are_left_out() -> None:
    people, meaning, what, how = draw(3)
    masks = np.array([sum(what.bits[name] for name in names) for names in meaning])
    lacking = ("channel", "awareness", "revenue", "cost", "rows", "referred")
    how = replace(how, hold=None)
    bare = replace(batch_of(people, **dict.fromkeys(lacking)), properties={})
    found, full = (
        tally(Prepared.of(batch, masks, len(what.steps), how), what)
        for batch in (bare, batch_of(people))
    )
    assert set(found.reached.keys[:, :2].ravel()) <= {-1}
    assert not found.money.totals.any()
    assert not len(found.properties.keys)
    assert found.active == full.active
    assert found.reached.over(2) == full.reached.over(2)


def test_a_touch_and_orders_name_steps_of_the_definition() -> None:
    people, meaning = [Person([], referred=False)], [frozenset[str]()]
    for how, told in (
        (Settings(touch="z"), "touch: 'z' is not known; choose from first, last, a, b, c"),
        (Settings(orders=("z",)), "orders: 'z' is not known; choose from a, b, c"),
    ):
        with pytest.raises(InputError) as caught:
            tallied(people, meaning, definition(), how)
        assert [str(fault) for fault in caught.value.faults] == [told]


def test_the_first_event_is_not_that_of_a_step_called_first() -> None:
    steps = Definition((Step("visit"), Step("first"), Step("last")))
    assert [Settings(touch=touch).touched_at(steps) for touch in ("first", "last", "visit")] == [
        "first",
        "last",
        0,
    ]


@pytest.mark.parametrize("zone", ["Nowhere", "", None, 3, "../etc/passwd"])
def test_what_is_no_time_zone_is_refused(zone: object) -> None:
    with pytest.raises(InputError, match="is no time zone"):
        Settings(zone=zone)  # type: ignore[arg-type]


@pytest.mark.parametrize("most", [0, 1.5, None, True])
def test_what_is_no_number_of_events_is_refused(most: object) -> None:
    with pytest.raises(InputError, match="bot_events"):
        Settings(bot_events=most)  # type: ignore[arg-type]


def test_a_day_begins_at_midnight_where_the_people_are() -> None:
    row = Row(3 * HOUR, 0, -1, -1, -1, 0.0, 0.0, 0)
    people, what = [Person([row], referred=False)], definition("a")
    for zone, day in (("UTC", 0), ("America/New_York", -1), ("Asia/Kolkata", 0)):
        found = tallied(people, [frozenset("a")], what, Settings(zone=zone))
        assert found.reached.keys.tolist() == [[-1, -1, day]]
        assert day_of(row.time, zone).day in {1, 31}
