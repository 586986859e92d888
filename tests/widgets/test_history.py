"""Steps are undone and redone in order, and none is lost on the way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.widgets.history import MOST_STEPS, History
from cvjkit.widgets.step import Step

SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])


def step(number: int) -> Step:
    journey = SHOP.with_terms(name=f"Journey {number}")
    return Step(journey, journey)


def names(history: History) -> str:
    return history.now.shown.name.removeprefix("Journey ")


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2)), max_size=12))
def test_undo_leads_to_the_first_and_redo_to_the_last(steps: list[tuple[int, int]]) -> None:
    history = History(step(0))
    for number, run in steps:
        history = history.add(step(number), run)
    last = names(history)
    while history.done:
        history = history.undo()
    assert names(history) == "0"
    while history.undone:
        history = history.redo()
    assert names(history) == last


def test_steps_of_one_run_are_one() -> None:
    history = History(step(0))
    for number in (1, 2, 3):
        history = history.add(step(number), "run")
    history = history.undo()
    assert names(history) == "0"
    history = history.redo()
    assert names(history) == "3"


def test_a_run_that_ends_where_it_began_is_none() -> None:
    history = History(step(0))
    history = history.add(step(1), "run")
    history = history.add(step(0), "run")
    assert not history.done


def test_only_the_step_that_is_being_made_is_dropped() -> None:
    history = History(step(0))
    history = history.add(step(1), "one")
    history = history.add(step(2), "two")
    history = history.drop("one")
    assert names(history) == "2"
    history = history.drop("two")
    assert names(history) == "1"


def test_a_new_step_takes_the_place_of_what_was_undone() -> None:
    history = History(step(0))
    history = history.add(step(1), 1)
    history = history.undo()
    history = history.add(step(2), 2)
    assert not history.undone


def test_the_oldest_steps_are_forgotten() -> None:
    history = History(step(0))
    for number in range(1, 5):
        history = history.add(step(number % 2 + 1), number)
    few = [step(1), step(2)]
    for number in range(MOST_STEPS + 5):
        history = history.add(few[number % 2], ("more", number))
    count = 0
    while history.done:
        history = history.undo()
        count += 1
    assert count == MOST_STEPS
