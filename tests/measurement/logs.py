"""Small, nasty logs for the tests of measuring."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from random import Random

import numpy as np
from hypothesis import strategies as st

from cvjkit.measurement.attempts import Attempts, find_attempts
from cvjkit.measurement.definition import (
    ORDERS,
    REENTRIES,
    WITHOUT_ORDER,
    Definition,
    Exclusion,
    Step,
)
from tests.measurement.reference import Event

LETTERS = "abcdefghij"
Person = list[tuple[int, int]]
"""The events of a person: time [microseconds] and mask."""


def definition(steps: str = "abc", *, seconds: int | None = None, **how: object) -> Definition:
    """Define steps of one letter each."""
    window = None if seconds is None else timedelta(seconds=seconds)
    return Definition(tuple(map(Step, steps)), window=window, **how)  # type: ignore[arg-type]


def person(definition: Definition, log: str) -> Person:
    """Read a log: the events one second after another, `ab` one of two steps, `-` one of none."""
    return [
        (1_000_000 * second, sum(definition.bits.get(letter, 0) for letter in letters))
        for second, letters in enumerate(log.split())
    ]


def find(people: list[Person], definition: Definition) -> Attempts:
    """Find the attempts of people by the kernel."""
    events = [event for person in people for event in person]
    times, masks = np.array(events, dtype=np.int64).reshape(-1, 2).T
    return find_attempts(times, masks, np.cumsum([0, *map(len, people)]), definition)


def levels(people: list[Person], definition: Definition) -> list[int]:
    """Give the level of each person, 0 for who never began."""
    attempts = find(people, definition)
    found = np.zeros(len(people), dtype=np.int64)
    found[attempts.people] = attempts.levels
    return found.tolist()


def events_of(people: list[Person], definition: Definition) -> list[list[Event]]:
    """Give the events of each person as the reference wants them."""
    names = {bit: name for name, bit in definition.bits.items()}
    found, position = [], 0
    for person in people:
        found.append([])
        for time, mask in person:
            has = frozenset(name for bit, name in names.items() if mask & bit)
            found[-1].append(Event(position, time, has))
            position += 1
    return found


def draw_people(seed: int, count: int, bits: int, *, several: bool) -> list[Person]:
    """Draw people with few events at even fewer times, so that many are at the same time.

    Parameters
    ----------
    seed, count
    bits : int
        Of how many things an event may be.
    several : bool
        Whether an event may be of several; all may be of none.
    """
    random = np.random.default_rng(seed)
    people = []
    for size in random.integers(0, 12, count):
        times = np.sort(random.integers(0, random.integers(1, 14), size)) - 3
        chosen = random.random((size, bits)) < random.choice([0.15, 0.4])
        single = 1 << random.integers(0, bits, size)
        masks = chosen @ (1 << np.arange(bits)) if several else single
        masks = np.where(random.random(size) < 0.1, 0, masks)
        people.append([(int(time), int(mask)) for time, mask in zip(times, masks, strict=True)])
    return people


def draw_definition(seed: int) -> Definition:
    """Draw a definition of 1 to 5 steps, with all that its order allows."""
    random = Random(seed)  # noqa: S311 - for tests

    def span() -> timedelta | None:
        return timedelta(microseconds=random.randint(0, 9)) if random.random() < 0.5 else None

    order, reentry = random.choice(list(ORDERS)), random.choice(list(REENTRIES))
    steps = [Step(letter) for letter in LETTERS[: random.randint(1, 5)]]
    exclusions: list[Exclusion] = []
    if order not in WITHOUT_ORDER:
        steps[1:] = [
            replace(step, optional=random.random() < 0.4, within=random.choice([None, span()]))
            for step in steps[1:]
        ]
        required = [step.name for step in steps if not step.optional]
        pairs = random.choices([*combinations(required, 2)], k=2) if len(required) > 1 else []
        exclusions = [
            Exclusion(f"x{index}", after=after, before=before)
            for index, (after, before) in enumerate(pairs[: random.randint(0, 2)])
        ]
    what = Definition(tuple(steps), order=order, window=span(), reentry=reentry)
    return replace(what, exclusions=tuple(exclusions))


# Drawn at random rather than by hypothesis, which prefers the simple and so seldom joins options.
definitions = st.integers(0, 2**32 - 1).map(draw_definition)
