"""A stream cut anywhere becomes batches of whole people."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.measurement.recut import recut


def stream(sizes: list[int], cuts: list[int], *, text: bool) -> list[pa.RecordBatch]:
    """People with so many events each, cut into pieces of some lengths, again and again."""
    people = [f"p{n:03}" if text else n for n, size in enumerate(sizes) for _ in range(size)]
    table = pa.table(
        {
            "person": pa.array(people, pa.string() if text else pa.int64()),
            "micros": range(len(people)),
            "name": pa.array([0] * len(people), pa.int32()),
            "revenue": [float(n) for n in range(len(people))],
        }
    ).combine_chunks()
    pieces, start = [], 0
    while start < len(people):
        size = cuts[len(pieces) % len(cuts)]
        pieces += table.slice(start, size).to_batches() or []
        start += size
    return pieces


@given(
    st.lists(st.integers(1, 9), max_size=12),
    st.lists(st.integers(1, 7), min_size=1, max_size=6),
    st.booleans(),
)
def test_nobody_is_in_two_batches_and_no_event_is_lost(
    sizes: list[int], cuts: list[int], text: bool
) -> None:
    batches = list(recut(stream(sizes, cuts, text=text)))
    people = [person for batch in batches for person in batch.people.tolist()]
    assert people == [f"p{n:03}" if text else n for n in range(len(sizes))]
    assert [t for batch in batches for t in batch.times.tolist()] == list(range(sum(sizes)))
    assert [r for batch in batches for r in batch.revenue.tolist()] == list(range(sum(sizes)))  # type: ignore[union-attr]
    counted = [b - a for x in batches for a, b in zip(x.offsets[:-1], x.offsets[1:], strict=True)]
    assert counted == sizes
    assert all(batch.times.size for batch in batches)


@pytest.mark.parametrize("people", [[1, 2, 1], [2, 1], [1, 1, 2, 2, 1, 1]])
@pytest.mark.parametrize("size", [1, 2, 6])
def test_people_out_of_order_are_refused(people: list[int], size: int) -> None:
    table = pa.table({"person": people, "micros": people, "name": pa.array(people, pa.int32())})
    with pytest.raises(RuntimeError, match="out of the order"):
        list(recut(table.to_batches(max_chunksize=size)))
