"""The people who went no further than a stage."""

from __future__ import annotations

from functools import partial

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.measurement.dropped import latest

ROWS = [
    ("ann", "2026-01-01", "view"),
    ("ann", "2026-01-02", "ask"),
    ("ann", "2026-01-03", "buy"),
    ("bob", "2026-01-05", "view"),
    ("cat", "2026-01-05", "view"),
    ("cat", "2026-01-04", "buy"),
    ("dan", "2026-01-07", "view"),
    ("dan", "2026-01-08", "ask"),
    ("eve", "2026-01-09", "ask"),
    ("fay", "2026-01-01", "view"),
    ("fay", "2026-02-01", "ask"),
]
LOG = pd.DataFrame(ROWS, columns=["person", "time", "event"])
EVENTS = {"view": "reach", "ask": "acquisition", "buy": "conversion"}
dropped = partial(cvj.dropped, LOG, "five", EVENTS)


@pytest.mark.parametrize(
    ("options", "people"),
    [
        ({}, ["bob", "cat"]),
        ({"most": 1}, ["bob"]),
        ({"window": "7d"}, ["bob", "cat", "fay"]),
        ({"optional": ["acquisition"]}, ["bob", "cat"]),
        # Cat bought, if before all else; and whoever only asked did not begin with a view.
        ({"order": "open"}, ["bob"]),
    ],
)
def test_those_who_reached_a_stage_and_none_after_it_are_listed_the_latest_first(
    options: dict[str, object], people: list[str]
) -> None:
    found = dropped(stage="reach", **options)
    assert found["person"].tolist() == people


def test_it_says_when_they_reached_the_stage() -> None:
    found = dropped(stage="acquisition")
    assert found["person"].tolist() == ["fay", "dan"]
    assert found["time"].tolist() == [
        pd.Timestamp("2026-02-01", tz="UTC"),
        pd.Timestamp("2026-01-08", tz="UTC"),
    ]
    assert dropped(stage="engaged").equals(found)
    # At the last stage nobody is lost: they are those who went all the way.
    assert dropped(stage="conversion")["person"].tolist() == ["ann"]
    nobody = dropped(stage="conversion", window="1d")
    assert nobody.dtypes.astype(str).tolist() == ["object", "datetime64[us, UTC]"]
    assert not len(nobody)


def test_they_are_as_many_as_the_measurement_says_whatever_is_chosen() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.5, 0.5])
    log = plan.simulate_log(400, quirks={"bots": 0.02, "headless": 0.2})
    for options in (
        {"order": "any_order", "counts_bots": False},
        {"hold": "event", "reentry": "every"},
    ):
        found = cvj.measure(log, "five", **options)  # type: ignore[arg-type]  # of many kinds
        assert found.measurement is not None
        listed = [
            len(cvj.dropped(log, "five", stage=stage, **options))  # type: ignore[arg-type]
            for stage in found.measurement.steps
        ]
        furthest = found.measurement.people
        assert listed == (furthest - [*furthest[1:], 0]).tolist(), options
        assert sum(listed) == int(found.measurement.tally.entered.totals.sum()), options


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=12), st.integers(1, 5))
@settings(max_examples=30)
def test_the_latest_are_the_same_however_the_people_are_divided(
    rows: list[tuple[int, int]], most: int
) -> None:
    table = pd.DataFrame(rows, columns=["person", "time"])
    parts = [latest(most, table[table["person"] % 3 == number]) for number in range(3)]
    found = latest(most, latest(most, parts[2], parts[0]), parts[1])
    last = sorted(time for _, time in rows)[-most:][:1]
    expected = sorted(row for row in rows if [row[1]] >= last)
    assert sorted(zip(found["person"], found["time"], strict=True)) == expected


def test_a_stage_without_events_and_a_number_that_is_none_are_refused() -> None:
    with pytest.raises(cvj.InputError, match="stage: 'loyalty' is not known; choose from reach"):
        dropped(stage="loyalty")
    with pytest.raises(cvj.InputError, match="most: 0 must be a whole number from 1 to 1,000,000"):
        dropped(stage="reach", most=0)
