"""A batch whose arrays do not fit one another is the fault of an engine, and seen at once."""

from __future__ import annotations

import numpy as np
import pytest

from cvjkit.measurement.batch import OF_EVENTS, Batch


def batch(**arrays: object) -> Batch:
    two = {"people": np.arange(2), "offsets": np.array([0, 2, 3])}
    three = {name: np.zeros(3, dtype=np.int64) for name in OF_EVENTS}
    return Batch(**{**two, **three, **arrays})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", [*OF_EVENTS, "people", "referred"])
def test_each_array_is_as_long_as_there_are_events_or_people(name: str) -> None:
    batch(referred=np.zeros(2, dtype=bool))
    with pytest.raises(ValueError, match=f"^{name} has the shape"):
        batch(**{name: np.zeros(5)})


def test_a_property_may_be_called_as_any_array() -> None:
    batch(properties={"people": np.zeros(3)})
    with pytest.raises(ValueError, match=r"properties\[people\]"):
        batch(properties={"people": np.zeros(2)})


@pytest.mark.parametrize("offsets", [[], [1, 3, 3]])
def test_offsets_begin_with_0(offsets: list[int]) -> None:
    with pytest.raises(ValueError, match="offsets must begin with 0"):
        batch(offsets=np.array(offsets, dtype=np.int64))
