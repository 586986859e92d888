"""People typed for several segments together are shared out whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cvjkit.widgets.counted import _spread


@given(
    st.integers(0, 10**9),
    st.lists(st.none() | st.integers(0, 10**6).map(float), min_size=1, max_size=5),
)
def test_people_spread_over_segments_are_whole_and_none_is_lost(
    people: int, counts: list[float | None]
) -> None:
    shared = [part or 0.0 for part in _spread(people, counts)]
    assert sum(shared) == people
    assert all(part >= 0 and part % 1 == 0 for part in shared)
