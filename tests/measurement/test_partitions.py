"""Partitions keep all events, whatever memory holds, and put them in the order of their people."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.measurement import partitions
from cvjkit.measurement.partitions import Partitions, Room, arranged

# Keys of a few people; some differ in their last bits only, so that no position fits beside them.
KEYS = st.sampled_from([0, 1, 2, 2**63, 2**63 + 1, 2**64 - 1, 0x9E3779B97F4A7C15])
EVENTS = st.lists(
    st.tuples(KEYS, st.integers(-3, 3), st.integers(0, 2), st.sampled_from([-1, 0, 1])), max_size=40
)
KINDS = {"key": np.uint64, "micros": np.int64, "name": np.uint8, "channel": np.int32}


def columns(rows: list[tuple[int, ...]]) -> dict[str, np.ndarray]:
    return {
        name: np.array([row[at] for row in rows], dtype=kind)
        for at, (name, kind) in enumerate(KINDS.items())
    }


@given(st.lists(EVENTS, min_size=1, max_size=4), st.integers(0, 8), st.integers(0, 400))
def test_each_partition_has_the_events_of_its_people_in_the_order_in_which_they_came(
    chunks: list[list[tuple[int, ...]]], bits: int, memory_bytes: int
) -> None:
    rows = [row for chunk in chunks for row in chunk]
    with tempfile.TemporaryDirectory() as folder, patch.object(partitions, "EVENTS", 1):
        parted = Partitions((1 << bits) - 1, Room(Path(folder), memory_bytes))
        assert len(parted) == 1 << bits
        for chunk in chunks:
            parted.add(columns(chunk))
        found = [parted.partition(index) for index in range(len(parted))]
        written = any(Path(folder).iterdir())
    assert written == any(
        sum(map(len, chunks[: end + 1])) * 21 > memory_bytes for end in range(len(chunks))
    )
    for index, part in enumerate(found):
        own = columns([row for row in rows if row[0] >> (64 - bits) == index])
        assert {name: column.tolist() for name, column in part.items()} == {
            name: column.tolist() for name, column in own.items()
        }
        assert {name: column.dtype for name, column in part.items()} == KINDS


@given(EVENTS.filter(len))
def test_a_batch_has_each_person_once_and_events_in_the_order_of_time_then_of_all_else(
    rows: list[tuple[int, ...]],
) -> None:
    batch = arranged(columns(rows))
    people = np.repeat(batch.people, np.diff(batch.offsets)).tolist()
    found = zip(people, batch.times, batch.names, batch.channel, strict=True)
    assert sorted({*people}) == sorted(batch.people.tolist())
    by_person = sorted(found, key=lambda row: row[0])
    assert [tuple(map(int, row)) for row in by_person] == sorted(rows)


def test_rows_tell_the_order_in_which_events_of_a_person_came() -> None:
    batch = arranged(columns([(7, 2, 0, 0), (5, 1, 0, 0), (7, 1, 0, 0), (7, 3, 0, 0)]))
    assert batch.people.tolist() == [5, 7]
    assert batch.rows.tolist() == [1, 2, 0, 3]


def test_more_than_may_be_written_is_a_full_disk(tmp_path: Path) -> None:
    parted = Partitions(1, Room(tmp_path, memory_bytes=10, disk_bytes=50))
    parted.add(columns([(1, 0, 0, 0)] * 2))
    with pytest.raises(OSError, match="No space left"):
        parted.add(columns([(1, 0, 0, 0)]))
