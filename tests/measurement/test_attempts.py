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


@given(definitions(), SEEDS, st.booleans())
@settings(max_examples=150)
def test_attempts_are_what_the_words_of_the_definition_say(
    definition: Definition, seed: int, several: bool
) -> None:
    people = draw_people(seed, 60, len(definition.bits), several=several)
    found = find(people, definition)
    rows = iter(zip(found.people, found.levels, found.events, found.times, strict=True))
    for index, events in enumerate(events_of(people, definition)):
        for attempt in attempts_that_count(events, definition):
            assert (row := next(rows, None)) is not None, (index, events)
            whose, how_far, positions, times = row
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
