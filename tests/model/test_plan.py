"""Counts turned into a plan: what it takes, and which stages stand in the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj

FRAMEWORKS = [cvj.framework(key) for key in ("five", "eight", "full")]


@given(st.sampled_from(FRAMEWORKS), st.data())
def test_the_stages_that_no_plan_can_do_without_are_named_and_without_them_there_is_one(
    framework: cvj.Framework, data: st.DataObject
) -> None:
    falling = [2 ** (20 - stage) for stage in range(len(framework))]
    known = data.draw(st.lists(st.booleans(), min_size=len(falling), max_size=len(falling)))
    counts = [people if one else None for people, one in zip(falling, known, strict=True)]
    journey = cvj.Journey.from_counts(framework, counts)
    # A stage is in the way if nobody knows its people, but those of one that comes after it.
    in_the_way = set()
    for stage, one in enumerate(known):
        before = framework.parents[stage]
        while one and before is not None:
            if not known[before]:
                in_the_way.add(framework.keys[before])
            before = framework.parents[before]
    if in_the_way:
        with pytest.raises(cvj.InputError) as error:
            journey.planned()
        assert [fault.field for fault in error.value.faults] == [
            f"segments[Everyone].counts.{key}" for key in framework.keys if key in in_the_way
        ]
        assert "or drop the stage from the framework" in error.value.faults[0].fix
        journey = journey.in_framework(framework.drop(*in_the_way))
    people = journey.planned().flow().numbers("people")
    expected = [
        count for key, count in zip(framework.keys, counts, strict=True) if key not in in_the_way
    ]
    assert people == pytest.approx(expected)
