"""What differs between definitions is said in words, the same wherever it is shown."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.measurement.sensitivity import Sensitivity, definition_text
from cvjkit.measurement.window import time_text

PLAN = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.5, 0.5])


def test_every_definition_has_words_of_its_own_and_no_code_is_shown() -> None:
    events = {"order": "strict_order", "reentry": "first"}
    names: set[str] = set()
    for options in ({}, {"order": "open", "reentry": "every", "window": "90d"}, events):
        chosen: Any = options
        found = cvj.sensitivity(PLAN.simulate_log(20), "five", **chosen)
        names |= {*found.others}
        words = found.table.drop_duplicates("definition")["words"].to_list()
        assert (
            list(found.shown.index) == words == ["As measured", *map(definition_text, found.others)]
        )
        said = " ".join([found.summary, *map(str, found.figure().layout.annotations)])
        assert not any(name in said for name in ("_order", "_increase", *found.others))
    assert {name.split(" ")[0] for name in names} == {"order", "reentry", "window"}
    assert len({definition_text(name) for name in names}) == len(names)


def test_a_sentence_says_between_which_numbers_a_stage_is() -> None:
    one, two, four = (cvj.Journey.from_counts("five", [9, people, 1, 1, 1]) for people in (1, 2, 4))
    others = {"order open": four, "window 90min": one}
    said = "if counted “Within 90 minutes of the first stage”", "if counted “Each stage by itself”"
    for base, expected in (
        (two, f"2 at Acquisition as measured; 1 {said[0]} and 4 {said[1]}."),
        (one, f"1 at Acquisition as measured; 4 {said[1]}."),
        (four, f"4 at Acquisition as measured; 1 {said[0]}."),
    ):
        found: Any = Sensitivity(base, others)  # type: ignore[arg-type]  # any journeys will do
        assert found.said("acquisition") == expected
        assert found.summary == "1 at Loyalty as measured, and in all 2 other ways of counting."


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (timedelta(weeks=1), "7 days"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(seconds=1.5), "1.5 seconds"),
        (timedelta(microseconds=1), "1 microsecond"),
        (timedelta(0), "0 seconds"),
    ],
)
def test_a_window_is_said_in_the_unit_in_which_it_is_whole(window: timedelta, words: str) -> None:
    name = f"window {time_text(window)}"
    assert definition_text(name) == f"Within {words} of the first stage"
