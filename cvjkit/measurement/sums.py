"""Sums of whole numbers by groups, which add up in any order to the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cvjkit.measurement.log import Bools, Ints

MILLION = 1_000_000
LARGEST = np.iinfo(np.int64).max
DENSE = 4
"""Up to how many codes a row may have for a table of all codes to be faster than sorting."""


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums by groups.

    Parameters
    ----------
    keys : ndarray of int64, shape (groups, keys)
        What each group is; in ascending order, none twice.
    totals : ndarray of int64, shape (groups, values)

    Examples
    --------
    >>> visits = summed([np.array([7, 3, 7])], [np.array([1, 1, 1])])
    >>> visits.keys.tolist(), visits.totals.tolist()
    ([[3], [7]], [[1], [2]])
    >>> (visits + visits).totals.tolist()
    [[2], [4]]
    """

    keys: Ints
    totals: Ints

    def __add__(self, other: Sums) -> Sums:
        return added_up([self, other])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sums)
            and np.array_equal(self.keys, other.keys)
            and np.array_equal(self.totals, other.totals)
        )

    __hash__ = None  # type: ignore[assignment]  # arrays have none

    def over(self, *columns: int) -> Sums:
        """Add up all groups that agree in some keys.

        Parameters
        ----------
        *columns : int
            The keys that are kept.

        Returns
        -------
        Sums
        """
        return summed([self.keys[:, column] for column in columns], self.totals.T)

    def where(self, column: int, key: int) -> Sums:
        """Choose the groups that have a key.

        Parameters
        ----------
        column : int
        key : int

        Returns
        -------
        Sums
            With the other keys.
        """
        if column == 0:  # by which they are in order
            chosen: slice | Bools = slice(*np.searchsorted(self.keys[:, 0], [key, key + 1]))
        else:
            chosen = self.keys[:, column] == key
        return Sums(np.delete(self.keys[chosen], column, axis=1), self.totals[chosen])

    def filled(self, shape: Sequence[int]) -> Ints:
        """Write the sums as an array with an axis for each key.

        Parameters
        ----------
        shape : sequence of int
            How many there are of each key; all are counted from 0.

        Returns
        -------
        ndarray of int64, shape (*shape, values)
            0 for groups that do not occur.
        """
        full = np.zeros((*shape, self.totals.shape[1]), dtype=np.int64)
        full[tuple(self.keys.T)] = self.totals
        return full


def summed(keys: Sequence[Ints], values: Sequence[Ints] | NDArray[np.integer]) -> Sums:
    """Add up rows by groups.

    Parameters
    ----------
    keys : sequence of ndarray of int, shape (rows,)
        At least one.
    values : sequence of ndarray of int, shape (rows,)

    Returns
    -------
    Sums
    """
    counts = counted(keys, values)
    return Sums(counts.keys, counts.totals[:, 1:])


def counted(keys: Sequence[Ints], values: Sequence[Ints] | NDArray[np.integer] = ()) -> Sums:
    """Count rows by groups, and add them up.

    Parameters
    ----------
    keys : sequence of ndarray of int, shape (rows,)
        At least one.
    values : sequence of ndarray of int, shape (rows,)

    Returns
    -------
    Sums
        How many rows, then the sum of each value.
    """
    rows = len(keys[0])
    if not rows:
        return nothing(len(keys), 1 + len(values))
    code, count, columns = np.zeros(rows, dtype=np.int64), 1, list[tuple[int, int]]()
    for key in keys:
        least = int(key.min())
        span = int(key.max()) - least + 1
        if count > LARGEST // span:
            groups, code, numbers = np.unique(
                np.column_stack(keys), axis=0, return_inverse=True, return_counts=True
            )
            totals = [numbers, *_added(code.ravel(), len(groups), values)]
            return Sums(groups.astype(np.int64), np.stack(totals, axis=1))
        code *= span
        code += key
        code -= least
        count *= span
        columns.append((least, span))
    if count <= DENSE * rows + 1024:
        numbers = np.bincount(code, minlength=count)
        groups = np.flatnonzero(numbers)
        totals = [one.take(groups) for one in (numbers, *_added(code, count, values))]
    else:
        order, ordered = _sorted(code, count)
        begins = np.append(True, ordered[1:] != ordered[:-1])
        first = np.flatnonzero(begins)
        groups = ordered.take(first)
        code[order] = np.cumsum(begins) - 1
        totals = [np.diff(first, append=rows), *_added(code, len(groups), values)]
    own = np.empty((len(columns), len(groups)), dtype=np.int64)
    for column, (least, span) in reversed([*enumerate(columns)]):
        groups, own[column] = np.divmod(groups, span)
        own[column] += least
    return Sums(own.T, np.stack(totals).T)


def added_up(parts: Sequence[Sums]) -> Sums:
    """Add up sums of the same keys and values, all at once.

    Parameters
    ----------
    parts : sequence of Sums
        At least one.

    Returns
    -------
    Sums
    """
    some = [part for part in parts if len(part.keys)] or [*parts[:1]]
    if len(some) == 1:
        return some[0]
    keys, totals = (
        np.concatenate(arrays)
        for arrays in zip(*((one.keys, one.totals) for one in some), strict=True)
    )
    return summed([*keys.T], totals.T)


def stacked(parts: Sequence[Sums]) -> Sums:
    """Put sums side by side, told apart by a first key.

    Parameters
    ----------
    parts : sequence of Sums
        With as many keys and totals; at least one.

    Returns
    -------
    Sums
        The first key is the index of the part.
    """
    keys = [np.insert(part.keys, 0, at, axis=1) for at, part in enumerate(parts)]
    return Sums(np.concatenate(keys), np.concatenate([part.totals for part in parts]))


def nothing(keys: int, values: int) -> Sums:
    """Give sums of no groups.

    Parameters
    ----------
    keys : int
    values : int
        How many there are of each.

    Returns
    -------
    Sums
    """
    return Sums(np.zeros((0, keys), dtype=np.int64), np.zeros((0, values), dtype=np.int64))


def in_parts(millionths: Ints) -> tuple[Ints, Ints]:
    """Divide whole millionths into units and the rest, so that sums of many fit and stay exact.

    Parameters
    ----------
    millionths : ndarray of int64
        Microseconds, or millionths of a currency's unit.

    Returns
    -------
    units, rest : ndarray of int64

    Examples
    --------
    >>> [int(part) for part in in_parts(np.int64(2_500_001))]
    [2, 500001]
    """
    units = millionths // MILLION
    rest = units * -MILLION
    rest += millionths
    return units, rest


def joined(units: Ints, rest: Ints) -> NDArray[np.float64]:
    """Undo `in_parts`, for sums.

    Parameters
    ----------
    units : ndarray of int64
    rest : ndarray of int64

    Returns
    -------
    ndarray of float64
        In units.
    """
    return np.asarray(units + rest / MILLION)


def _added(group: Ints, count: int, values: Sequence[Ints] | NDArray[np.integer]) -> Iterator[Ints]:
    for value in values:
        total = np.zeros(count, dtype=np.int64)
        # A pickled array has a dtype of its own, with which this would take forty times as long.
        np.add.at(total, group, value if value.dtype is total.dtype else value.astype(np.int64))
        yield total


def _sorted(code: Ints, count: int) -> tuple[Ints, Ints]:
    """Sort numbers below a count: give their positions in that order, and themselves."""
    bits = len(code).bit_length()
    if count > LARGEST >> bits:
        order = np.argsort(code)
        return order, code.take(order)
    # Numbers are sorted faster than their positions, so each number takes its position along.
    both = code << bits
    both += np.arange(len(code))
    both.sort()
    order = both & (1 << bits) - 1
    both >>= bits
    return order, both
