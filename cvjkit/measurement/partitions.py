"""Events in any order become batches of whole people, each in the order of time.

A key tells people apart, and its first bits say which of many partitions an event belongs to: as
many as it takes for one to be small. What memory does not hold is written to disk, partition by
partition, so that each is read back whole. Only then are events put in order, a partition at a
time: far less work than to sort all of them at once, and as fast for a log of any size.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cvjkit.measurement.batch import Batch

if TYPE_CHECKING:
    from cvjkit.measurement.log import Ints

Columns = Mapping[str, NDArray[Any]]
Keys = NDArray[np.uint64]

EVENTS = 200_000
"""About how many events a partition is to have: few enough for the caches of a processor."""

KEY_BITS = 64
MOST_BITS = 8
FILE = "events"


@dataclass(frozen=True, slots=True)
class Room:
    """How much room events have.

    Parameters
    ----------
    folder : Path
        Where those are written that memory does not hold.
    memory_bytes : int
        How much of them memory holds.
    disk_bytes : int, optional
        How much may be written; by default what is free.
    """

    folder: Path
    memory_bytes: int
    disk_bytes: int | None = None


class Partitions:
    """The events of a log, apart by the keys of their people.

    Parameters
    ----------
    events : int
        How many there will be, about.
    room : Room
    """

    def __init__(self, events: int, room: Room) -> None:
        self.bits = min((events // EVENTS).bit_length(), MOST_BITS)
        self._room, self._path = room, room.folder / FILE
        self._chunks: list[tuple[Columns, Ints]] = []
        self._bytes = 0
        # Of each time that memory was full: where a partition begins in the file, by column.
        self._written: list[tuple[Columns, NDArray[Any]]] = []
        self._types: dict[str, np.dtype[Any]] = {}

    def __len__(self) -> int:
        return 1 << self.bits

    def add(self, columns: Columns) -> None:
        """Add events.

        Parameters
        ----------
        columns : mapping of str to ndarray
            The `key` of each event's person (uint64), and others; always the same ones.

        Raises
        ------
        OSError
            If they do not fit on the disk.
        """
        self._types = {name: column.dtype for name, column in columns.items()}
        if not self.bits:
            self._chunks.append((columns, np.array([0, len(columns["key"])])))
        else:
            # Numpy sorts numbers of eight bits by counting them.
            at = (columns["key"] >> np.uint64(KEY_BITS - self.bits)).astype(np.uint8)
            order = np.argsort(at, kind="stable")
            bounds = np.append([0], np.cumsum(np.bincount(at, minlength=len(self))))
            self._chunks.append(({name: column[order] for name, column in columns.items()}, bounds))
        self._bytes += sum(column.nbytes for column in columns.values())
        if self._bytes > self._room.memory_bytes:
            self._write()

    def partition(self, index: int) -> Columns:
        """Give the events of one partition, in the order in which they were added.

        Parameters
        ----------
        index : int

        Returns
        -------
        mapping of str to ndarray
        """
        return {name: self._column(name, index) for name in self._types}

    def _column(self, name: str, index: int) -> NDArray[Any]:
        kind = self._types[name]
        pieces = [
            np.fromfile(self._path, kind, int(counts[index]), offset=int(starts[name][index]))
            for starts, counts in self._written
        ]
        pieces += [
            columns[name][bounds[index] : bounds[index + 1]] for columns, bounds in self._chunks
        ]
        return np.concatenate(pieces)

    def _write(self) -> None:
        counts = sum((np.diff(bounds) for _, bounds in self._chunks), np.zeros(len(self), np.int64))
        starts = {name: np.zeros(len(self), np.int64) for name in self._types}
        with self._path.open("ab") as file:
            size = file.tell()
            most = self._room.disk_bytes
            if most is not None and size + self._bytes > most:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            for index in range(len(self)):
                for name, kind in self._types.items():
                    starts[name][index] = size
                    size += int(counts[index]) * kind.itemsize
                    for columns, bounds in self._chunks:
                        file.write(columns[name][bounds[index] : bounds[index + 1]].data)
        self._written.append((starts, counts))
        self._chunks, self._bytes = [], 0


def arranged(columns: Columns, properties: tuple[str, ...] = ()) -> Batch:
    """Put the events of a partition in the order of person and time.

    Parameters
    ----------
    columns : mapping of str to ndarray
        In any order: key (uint64), micros (int64), name (int); and if the log has them channel,
        awareness, held (int), revenue, cost (float64), referred (bool), and p0, p1 and so on (int).
    properties : tuple of str
        What p0, p1 and so on are called.

    Returns
    -------
    Batch
        Its people are the keys. Events of one moment are in the order of what is known of them, so
        that each engine gives the same.

    Examples
    --------
    >>> keys, times = np.array([7, 3, 7, 7], dtype=np.uint64), np.array([5, 1, 2, 9])
    >>> batch = arranged({"key": keys, "micros": times, "name": np.array([0, 0, 1, 2])})
    >>> batch.people, batch.offsets, batch.times, batch.names
    (array([3, 7], dtype=uint64), array([0, 1, 4]), array([1, 2, 5, 9]), array([0, 1, 0, 2]))
    """
    order = _order(columns)
    found = {name: column[order] for name, column in columns.items()}
    keys, times = found.pop("key"), found.pop("micros")
    begins = np.append(True, keys[1:] != keys[:-1])
    offsets = np.append(np.flatnonzero(begins), len(keys))
    referred = found.pop("referred", None)
    return Batch(
        people=keys[begins],
        offsets=offsets,
        times=times,
        names=found.pop("name"),
        properties={name: found.pop(f"p{index}") for index, name in enumerate(properties)},
        rows=order,
        referred=None if referred is None else np.logical_or.reduceat(referred, offsets[:-1]),
        **found,
    )


def _order(columns: Columns) -> Ints:
    """Find the order of person and time, and of all else where these are the same."""
    keys, times = columns["key"], columns["micros"]
    by_time = None if (times[1:] >= times[:-1]).all() else np.argsort(times)
    by_key = _grouped(keys if by_time is None else keys[by_time])
    order = by_key if by_time is None else by_time[by_key]
    others = [column for name, column in columns.items() if name not in {"key", "micros"}]
    if len(others) > 1:
        # Of events that differ in their names only, nobody sees which one is first.
        keys, times = keys[order], times[order]
        same = (times[1:] == times[:-1]) & (keys[1:] == keys[:-1])
        tied = np.append(same, False) | np.append(False, same)
        moment = np.cumsum(~np.append(False, same))[tied]
        tied_order = order[tied]
        ranks = [column[tied_order] for column in others]
        order[tied] = tied_order[np.lexsort((*ranks[::-1], moment))]
    return order


def _grouped(keys: Keys) -> Ints:
    """Find an order in which equal keys are together, those of one key as they were.

    The first bits of a key and a position fit into one number, and such are sorted several times
    as fast as one is sorted by another. Keys that differ in their last bits only, of which there is
    hardly ever one, are found and put in order in the slow way.
    """
    bits = max(len(keys) - 1, 1).bit_length()
    position = np.uint64((1 << bits) - 1)
    packed = (keys & ~position) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    order = (packed & position).astype(np.int64)
    found = keys[order]
    apart = found[1:] != found[:-1]
    if ((packed[1:] & ~position == packed[:-1] & ~position) & apart).any():
        return np.argsort(keys, kind="stable")
    return order
