"""Attempts are what the words of a definition say, what ClickHouse finds, what was published."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvjkit.measurement.attempts import NEVER, find_attempts
from cvjkit.measurement.definition import Definition, Exclusion, Step
from tests.measurement.logs import (
    definition,
    definitions,
    draw_people,
    events_of,
    find,
    levels,
    person,
)
from tests.measurement.reference import attempts_that_count, level

SEEDS = st.integers(0, 2**32 - 1)


@given(definitions, SEEDS, st.booleans())
@settings(max_examples=200)
def test_attempts_are_what_the_words_of_the_definition_say(
    definition: Definition, seed: int, several: bool
) -> None:
    people = draw_people(seed, 60, len(definition.bits), several=several)
    found = find(people, definition)
    rows = iter(zip(found.people, found.levels, found.events, found.times, strict=True))
    for index, events in enumerate(events_of(people, definition)):
        for attempt in attempts_that_count(events, definition):
            whose, how_far, positions, times = next(rows)
            assert whose == index, (events, attempt)
            assert how_far == level(attempt, definition), (events, attempt)
            reached = [attempt.get(step.name) for step in definition.steps]
            # Of the same kind and at the same time, one event is as good as another.
            expected = [(event.time, event.names) if event else None for event in reached]
            log = {event.position: (event.time, event.names) for event in events}
            assert [log[at] if at >= 0 else None for at in positions] == expected, events
            assert times.tolist() == [event.time if event else NEVER for event in reached]
            taken = [at for at in positions.tolist() if at >= 0]
            assert len(set(taken)) == len(taken)
    assert next(rows, None) is None


@given(SEEDS, st.integers(1, 4), st.none() | st.integers(0, 9), st.booleans())
@settings(max_examples=30)
def test_ordered_finds_the_longest_chain_of_events_there_is(
    seed: int, count: int, span: int | None, increase: bool
) -> None:
    window = None if span is None else timedelta(microseconds=span)
    order = "strict_increase" if increase else "ordered"
    chain = replace(definition("abcd"[:count], order=order), window=window)
    people = draw_people(seed, 40, count, several=False)

    def is_chain(events: tuple[tuple[int, int], ...]) -> bool:
        times = [time for time, _ in events]
        if [mask for _, mask in events] != [1 << index for index in range(len(events))]:
            return False
        rises = sorted(set(times)) if increase else sorted(times)
        return times == rises and (span is None or times[-1] - times[0] <= span)

    def longest(person: list[tuple[int, int]]) -> int:
        # Events at the same time may be taken in any order.
        ordered = sorted(person)
        lengths = range(count, 0, -1)
        return next((n for n in lengths if any(map(is_chain, combinations(ordered, n)))), 0)

    assert levels(people, chain) == [longest(person) for person in people]


CLICKHOUSE_STRICT = ["a b c", "a - b c", "a a b b c c", "a a a a b b c c", "a a b b - c c"]
"""The people of ClickHouse's test 00632_aggregation_window_funnel; d, which is no step, is `-`."""


@pytest.mark.parametrize(
    ("how", "log", "expected"),
    [
        ({}, [*CLICKHOUSE_STRICT, "c c b b a a"], [3, 3, 3, 3, 3, 1]),
        ({"order": "strict_order"}, [*CLICKHOUSE_STRICT, "c c b b a a"], [3, 1, 3, 3, 2, 1]),
        ({"order": "strict_order", "seconds": 10}, ["a c b"], [1]),
        ({"order": "strict_order", "reentry": "first"}, ["a b a c", "a b a b c"], [2, 2]),
        ({"order": "strict_order"}, ["a b a c", "a b a b c"], [2, 3]),
        ({"steps": "abcde", "seconds": 2}, ["a b c d e"], [3]),
        ({"steps": "abcde", "seconds": 3}, ["a b c d e"], [4]),
        ({"steps": "abcde", "seconds": 4}, ["a b c d e"], [5]),
        ({"seconds": 86_400}, ["a - - - - - - c", "c a"], [1, 1]),
        # Of three steps all by one event, one is reached (its mode strict_once).
        ({}, ["abc"], [1]),
        ({}, ["abc abc", "abc abc abc"], [2, 3]),
        # Failure, failure, success: two events for two steps of the same kind.
        ({"seconds": 200}, ["ab ab c", "ab ab", "c ab c"], [3, 2, 1]),
    ],
)
def test_levels_are_those_that_clickhouse_publishes(
    how: dict[str, object], log: list[str], expected: list[int]
) -> None:
    what = definition(**how)  # type: ignore[arg-type]
    assert levels([person(what, line) for line in log], what) == expected


def test_a_step_at_the_time_of_the_one_before_is_reached_unless_each_must_be_later() -> None:
    people = [[(0, 1), (1, 2), (1, 4), (1, 8), (2, 16)]]
    assert levels(people, definition("abcde")) == [5]
    assert levels(people, definition("abcde", order="strict_increase")) == [2]


POSTHOG_STRICT = ["a", "b a", "a b - c", "c - b a", "b a - b c", "- a - b", "- a b c -", "c b"]
POSTHOG_ACTIONS = [
    "a",
    "a c",
    "a b - c - -",
    "- a b c -",
    "- a b c -",
    "- a b c -",
    "- a b c a d",
    "- a a b c d",
]
POSTHOG_UNORDERED = ["a", "b a", "a b - c", "c b a", "b a - c", "- c", "b -", "c b"]
POSTHOG_CRYING = ["a", "b d", "a b - c", "c d a", "b a d c", "- c", "b -", "c b"]


@pytest.mark.parametrize(
    ("steps", "order", "log", "people"),
    [
        ("abc", "strict_order", POSTHOG_STRICT, [7, 2, 1]),
        ("abcd", "strict_order", POSTHOG_ACTIONS, [8, 6, 5, 1]),
        ("abc", "any_order", POSTHOG_UNORDERED, [8, 5, 3]),
        ("abcd", "any_order", POSTHOG_CRYING, [8, 5, 3, 1]),
    ],
)
def test_people_are_those_that_posthog_publishes(
    steps: str, order: str, log: list[str], people: list[int]
) -> None:
    what = definition(steps, order=order)
    found = np.array(levels([person(what, line) for line in log], what))
    assert [int((found > index).sum()) for index in range(len(steps))] == people


HOUR = 3_600_000_000


@pytest.mark.parametrize("order", ["ordered", "strict_order", "strict_increase"])
def test_times_to_convert_are_those_that_posthog_publishes(order: str) -> None:
    people = [
        [(12 * HOUR, 1), (13 * HOUR, 2), (15 * HOUR, 4)],
        [(38 * HOUR, 1), (40 * HOUR, 2)],
        [(38 * HOUR, 1), (40 * HOUR, 2), (41 * HOUR, 4)],
    ]
    what = definition(seconds=7 * 86_400, order=order)
    found = find(people, what)
    reached = np.where(found.events < 0, np.nan, found.times / 1_000_000)
    assert np.nanmean(np.diff(reached), axis=0).tolist() == [6000, 5400]
    assert np.nanmedian(np.diff(reached), axis=0).tolist() == [7200, 5400]

    # Attempts that get less far do not count: two and three hours, two and three days later.
    tries = [(1, 1), (2, 2), (3, 4), (52, 1), (53, 2), (79, 1), (82, 2)]
    found = find([[(hour * HOUR, mask) for hour, mask in tries]], what)
    assert np.diff(found.times).tolist() == [[HOUR, HOUR]]


def test_the_earliest_of_the_attempts_that_get_furthest_counts() -> None:
    what = definition(seconds=3)
    found = find([person(what, "a - b a b a c c")], what)
    assert found.levels.tolist() == [3]
    assert found.events.tolist() == [[3, 4, 6]]


def test_no_event_belongs_to_two_of_the_attempts_one_after_another() -> None:
    what = definition(seconds=5, reentry="every")
    people = [person(what, "a a b a b c a b"), person(what, "b c"), person(what, "c a a")]
    found = find(people, what)
    assert found.people.tolist() == [0, 0, 2, 2]
    assert found.levels.tolist() == [3, 2, 1, 1]
    assert found.events.tolist() == [[0, 2, 5], [6, 7, -1], [11, -1, -1], [12, -1, -1]]


def test_a_person_of_many_attempts_has_them_all() -> None:
    what = definition(reentry="every")
    found = find([person(what, "a b - c " * 20_000)], what)
    assert len(found.people) == 20_000
    assert found.levels.tolist() == [3] * 20_000


def test_an_optional_step_never_decides_whether_a_later_one_is_reached() -> None:
    steps = (Step("a"), Step("b", optional=True), Step("c"), Step("d"))
    what = Definition(steps)
    people = [person(what, log) for log in ("a b c d", "a c b d", "a b b", "b a c", "a bc c d")]
    found = find(people, what)
    assert found.levels.tolist() == [4, 4, 2, 3, 4]
    assert found.events[:, 1].tolist() == [1, -1, 9, -1, -1]
    without = replace(what, steps=(steps[0], *steps[2:]))
    rest = [[(time, mask & 1 | mask >> 1 & 6) for time, mask in events] for events in people]
    assert (find(rest, without).times == found.times[:, [0, 2, 3]]).all()


def test_an_optional_step_is_reached_no_later_than_the_order_wants() -> None:
    steps = (Step("a"), Step("b", optional=True), Step("c"))
    people = [[(0, 1), (1, 2), (1, 4)], [(0, 1), (1, 2), (2, 4)], [(0, 1), (0, 2), (1, 4)]]
    for order, expected in (("ordered", [1, 1, 0]), ("strict_increase", [NEVER, 1, NEVER])):
        assert find(people, Definition(steps, order=order)).times[:, 1].tolist() == expected


def test_an_exclusion_ends_an_attempt_only_between_its_steps() -> None:
    what = Definition(tuple(map(Step, "abc")), exclusions=(Exclusion("x", after="b", before="c"),))
    people = [person(what, log) for log in ("a x b c", "a b x c", "a b c x", "x a b x a b c")]
    assert levels(people, what) == [3, 2, 3, 3]


def test_a_step_in_time_after_the_step_before_is_reached_however_long_the_whole_takes() -> None:
    what = Definition((Step("a"), *(Step(name, within=timedelta(seconds=2)) for name in "bc")))
    people = [person(what, log) for log in ("a - b - c", "a - - b c", "a b - - c", "a b b - c")]
    assert levels(people, what) == [3, 1, 2, 2]


@given(definitions, SEEDS, SEEDS)
@settings(max_examples=40)
def test_the_order_in_which_a_log_holds_events_of_one_time_decides_nothing(
    definition: Definition, seed: int, shuffling: int
) -> None:
    people = draw_people(seed, 40, len(definition.bits), several=True)
    random = np.random.default_rng(shuffling)
    shuffled = [sorted(random.permutation(events).tolist(), key=first) for events in people]
    one, other = (find(log, definition) for log in (people, shuffled))
    assert one.levels.tolist() == other.levels.tolist()
    assert one.times.tolist() == other.times.tolist()


def first(event: list[int]) -> int:
    return event[0]


@given(definitions, SEEDS)
@settings(max_examples=20)
def test_people_have_the_same_attempts_in_whatever_batch_they_are(
    definition: Definition, seed: int
) -> None:
    people = draw_people(seed, 20, len(definition.bits), several=True)
    whole = find(people, definition)
    alone = [find([events], definition) for events in people]
    assert whole.times.tolist() == [row for one in alone for row in one.times.tolist()]
    assert whole.people.tolist() == [n for n, one in enumerate(alone) for _ in one.people]


@given(definitions)
@settings(max_examples=20)
def test_nobody_and_people_without_events_have_no_attempts(definition: Definition) -> None:
    for people in ([], [[]], [[], []], [[(0, 0)]]):
        found = find(people, definition)
        assert found.people.shape == found.levels.shape == (0,)
        assert found.events.shape == found.times.shape == (0, len(definition.steps))


def test_no_window_is_too_long_and_no_integers_too_short_for_the_steps() -> None:
    longest = Definition((Step("a"), Step("b", within=timedelta.max)), window=timedelta.max)
    times = np.array([-(2**62), 2**62 - 1])
    small = find_attempts(times, np.array([1, 2], dtype=np.uint8), np.array([0, 2]), longest)
    assert small.levels.tolist() == [2]
    many = definition("abcdefghij")
    few = find_attempts(times, np.array([1, 2], dtype=np.uint8), np.array([0, 2]), many)
    assert few.levels.tolist() == [2]


@pytest.mark.parametrize(
    ("times", "masks", "offsets", "message"),
    [
        ([1, 0], [1, 2], [0, 2], "in the order of time"),
        ([0, 1], [1], [0, 2], "as many as the last offset"),
        ([0, 1], [1, 2], [0, 1], "as many as the last offset"),
        ([0, 1], [1, 2], [0, 2, 1, 2], "never fall"),
        ([0, 1], [1, 2], [1, 2], "begin with 0"),
        ([], [], [], "begin with 0"),
    ],
)
def test_a_batch_that_does_not_fit_is_refused(
    times: list[int], masks: list[int], offsets: list[int], message: str
) -> None:
    arrays = [np.array(values, dtype=np.int64) for values in (times, masks, offsets)]
    with pytest.raises(ValueError, match=message):
        find_attempts(*arrays, definition("ab"))
