"""What a tally counts, counted one person and one event after another: slow, meant to be obvious.

Written from the words of `Tally`, `Settings` and `QUALITY`, not from the code.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from cvjkit.measurement.definition import Definition
from cvjkit.measurement.settings import Settings
from tests.measurement.reference import Attempt, Event, attempts_that_count, held, in_their_order

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FOLLOWED = {"day": 31, "week": 53, "month": 61}
OUT_OF_ORDER = 7
Key = tuple[int, ...]
Counted = tuple[str, Key, Sequence[int]]
"""The name of a sum, a key, and what is added to each of its values."""


@dataclass(frozen=True)
class Row:
    """A row of a log; codes as in a batch."""

    time: int
    name: int
    channel: int
    awareness: int
    place: int
    revenue: float
    cost: float
    row: int


@dataclass(frozen=True)
class Person:
    """The rows of a person, in the order of time."""

    rows: Sequence[Row]
    referred: bool


def count(
    people: Sequence[Person],
    meaning: Sequence[frozenset[str]],
    definition: Definition,
    settings: Settings,
) -> dict[str, Counter[tuple[Key, int]]]:
    """Count everything: by the name of the sum, a number by key and by column of values."""
    total: dict[str, Counter[tuple[Key, int]]] = {}
    for person in people:
        for name, key, values in counted(person, meaning, definition, settings):
            counter = total.setdefault(name, Counter())
            for column, value in enumerate(values):
                counter[key, column] += value
    return total


def counted(
    person: Person,
    meaning: Sequence[frozenset[str]],
    definition: Definition,
    settings: Settings,
) -> Iterator[Counted]:
    """Count what a person did; of the property held, with the values that count."""
    whole = OnePerson(person, meaning, definition, settings)
    yield from whole.log()
    if settings.hold is None:
        yield from whole.counted()
        return
    values = {at: int(getattr(row, settings.hold)) for at, row in enumerate(person.rows)}
    if definition.reentry == "every":
        kept = [[at for at in values if values[at] == value] for value in {*values.values()} - {-1}]
    else:
        kept = [[event.position for event in held(whole.events, values, definition)]]
    for positions in kept:
        own = Person([person.rows[at] for at in sorted(positions)], person.referred)
        yield from OnePerson(own, meaning, definition, settings).counted()


class OnePerson:
    """A person, with the events in the order in which they count."""

    def __init__(
        self,
        person: Person,
        meaning: Sequence[frozenset[str]],
        definition: Definition,
        settings: Settings,
    ) -> None:
        self.rows, self.referred = person.rows, person.referred
        self.definition, self.settings = definition, settings
        self.steps = [step.name for step in definition.steps]
        events = [Event(at, row.time, meaning[row.name]) for at, row in enumerate(self.rows)]
        self.events = in_their_order(events, definition)
        self.of_stage = [event for event in self.events if event.names & set(self.steps)]
        self.attempts = attempts_that_count(self.events, definition)

    def log(self) -> Iterator[Counted]:
        for row in self.rows:
            yield "names", (row.name,), [1]
        for kind, number in enumerate(self.quality()):
            yield "quality", (kind,), [number]

    def counted(self) -> Iterator[Counted]:
        yield from self.activity()
        starts = [self.events.index(self.first_of(attempt)) for attempt in self.attempts]
        for number, (start, end) in enumerate(pairwise([*starts, len(self.events)])):
            attempt, events = self.attempts[number], self.events[start:end]
            moments = self.moments(attempt)
            reached = [int(time is not None) for time in moments]
            segment = (self.touched("channel", attempt), self.touched("awareness", attempt))
            yield "reached", (*segment, self.period_of(events[0], "day")), reached
            if not self.referred:
                yield "entered", (self.period_of(events[0], "day"),), [1]
            yield "properties", (0, self.touched("place", attempt)), reached
            for name, key, values in self.waits(moments):
                yield name, (*segment, *key) if name == "waits" else key, values
            came = -2 if self.referred and number == 0 else -1
            for name, key, values in self.path(attempt, events, came):
                yield name, (*segment, *key), values

    def quality(self) -> list[int]:
        rows, events = self.rows, self.events
        alike = Counter((row.time, row.name) for row in rows)
        at_once = Counter(row.time for row in rows)
        duplicates = sum(number - 1 for number in alike.values())
        within = [
            sum(row.time <= other.time <= row.time + 60_000_000 for other in rows) for row in rows
        ]
        in_order = [rows[event.position] for event in events]
        amounts = [amount for row in rows for amount in (row.revenue, row.cost)]
        first = any(self.steps[0] in event.names for event in self.of_stage)
        return [
            len(rows),
            1,
            duplicates,
            sum(number - 1 for number in at_once.values()) - duplicates,
            sum(not event.names for event in events),
            int(not self.of_stage),
            int(bool(self.of_stage) and not first),
            0,
            sum(b.time > a.time and b.row < a.row for a, b in pairwise(in_order)),
            int(any(number > self.settings.bot_events for number in within)),
            sum(math.isinf(amount) for amount in amounts),
        ]

    def activity(self) -> Iterator[Counted]:
        for number, period in enumerate(FOLLOWED):
            periods = [self.period_of(event, period) for event in self.of_stage]
            for own in periods:
                yield "activity", (number, own), [0, 1]
            for own in set(periods):
                yield "activity", (number, own), [1, 0]
            if self.attempts:
                start = self.first_of(self.attempts[0])
                then = self.period_of(start, period)
                for own in set(periods[self.of_stage.index(start) :]):
                    if own - then < FOLLOWED[period]:
                        yield "active", (number, then, own - then), [1]

    def moments(self, attempt: Attempt) -> list[int | None]:
        if self.definition.order != "any_order":
            return [attempt[step].time if step in attempt else None for step in self.steps]
        known = sorted(event.time for event in attempt.values())
        return [*known, *[None] * (len(self.steps) - len(known))]

    def waits(self, moments: Sequence[int | None]) -> Iterator[Counted]:
        beginning = min(time for time in moments if time is not None)
        for step, time in enumerate(moments[1:], 1):
            if time is None:
                continue
            earlier = [other for other in moments[:step] if other is not None]
            for kind, then in [(0, other) for other in earlier[-1:]] + [(1, beginning)]:
                if time < then:
                    yield "quality", (OUT_OF_ORDER,), [1]
                else:
                    yield "waits", (kind, step, bucket(time - then)), parts(time - then)

    def path(self, attempt: Attempt, events: Sequence[Event], came: int) -> Iterator[Counted]:
        orders, window = self.settings.orders, self.definition.window
        visits: list[tuple[int, Event]] = []
        ordered: list[tuple[str, Event]] = []
        for event in events:
            if window is not None and micro(event.time - events[0].time) > window:
                continue
            step = self.step_of(event, attempt)
            if step is None:
                continue
            yield "money", (step,), money(self.rows[event.position])
            name = self.steps[step]
            ordered += [(name, event)] * (name in orders)
            if not orders or name != orders[-1] or attempt[name] == event:
                visits.append((step, event))
        if orders:
            yield "orders", (len(ordered),), [1]
            last = [event.time for name, event in ordered if name == orders[-1]]
            for before, time in pairwise(last):
                yield "cycles", (bucket(time - before),), parts(time - before)
        yield "ways", (came, visits[0][0], 0), [1, 0, 0]
        yield "ways", (visits[-1][0], len(self.steps), 0), [1, 0, 0]
        for (source, before), (target, event) in pairwise(visits):
            wait = event.time - before.time
            yield "ways", (source, target, bucket(wait)), parts(wait)

    def step_of(self, event: Event, attempt: Attempt) -> int | None:
        """The step for which it was taken, or else the last of its that was reached before."""
        at = self.events.index
        reached = [
            step
            for step, name in enumerate(self.steps)
            if name in attempt and at(attempt[name]) <= at(event)
        ]
        taken = [step for step in reached if attempt[self.steps[step]] == event]
        also = [step for step in reached if self.steps[step] in event.names]
        return next(iter([*taken, *also[::-1]]), None)

    def touched(self, column: str, attempt: Attempt) -> int:
        """The value that is taken for the person."""
        touch = self.settings.touch
        if touch not in ("first", "last"):
            event = attempt.get(touch)
            return -1 if event is None else int(getattr(self.rows[event.position], column))
        last = max(self.events.index(event) for event in attempt.values())
        some = self.events if touch == "first" else self.events[: last + 1]
        values = [int(getattr(self.rows[event.position], column)) for event in some]
        known = [value for value in values if value >= 0] or [-1]
        return known[0] if touch == "first" else known[-1]

    def first_of(self, attempt: Attempt) -> Event:
        return min(attempt.values(), key=self.events.index)

    def period_of(self, event: Event, period: str) -> int:
        """The number of a period since that of 1970-01-01."""
        day = day_of(event.time, self.settings.zone)
        if period == "month":
            return (day.year - 1970) * 12 + day.month - 1
        if period == "week":
            monday = day - timedelta(days=day.weekday())
            return (monday - date(1969, 12, 29)).days // 7
        return (day - EPOCH.date()).days


def money(row: Row) -> list[int]:
    """Give the number, units and millionths of the revenue, then of the cost."""
    numbers = []
    for amount in (row.revenue, row.cost):
        able = math.isfinite(amount)
        millionths = int(Decimal(repr(amount)) * 1_000_000) if able else 0
        numbers += [int(able), *divmod(millionths, 1_000_000)]
    return numbers


def micro(time: int) -> timedelta:
    """Make a time of microseconds."""
    return timedelta(microseconds=time)


def day_of(time: int, zone: str) -> date:
    """Give the day of a moment."""
    return (EPOCH + micro(time)).astimezone(ZoneInfo(zone)).date()


def bucket(time: int) -> int:
    """Give the bucket of a time: 256 of equal width from each power of 2 to the next."""
    if time == 0:
        return 0
    mantissa, exponent = math.frexp(time)
    return (exponent - 1) * 256 + math.floor((2 * mantissa - 1) * 256) + 1


def parts(time: int) -> list[int]:
    """Give a row of a histogram: one, of so many seconds and microseconds."""
    return [1, time // 1_000_000, time % 1_000_000]


def by_key(keys: Sequence[Sequence[int]], values: Sequence[Sequence[int]]) -> Mapping[object, int]:
    """Write sums as `count` does."""
    return {
        (tuple(key), column): value
        for key, row in zip(keys, values, strict=True)
        for column, value in enumerate(row)
    }
