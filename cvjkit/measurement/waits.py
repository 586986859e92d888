"""How long things take: histograms that add up, whose quantiles are at most 0.4% off.

A bucket is what the first bits of a time have in common if it is written as a floating point
number: the exponent and eight bits more. So buckets double in width with each doubling of the time,
and the times in one are at most 1/256 apart (cf. HdrHistogram; Masson, Rim and Lee, DDSketch, VLDB
2019). Each is shown by the mean of its times, which is exact where all are equal. Nothing is
rounded, so no machine gives another bucket.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvjkit.measurement.sums import MILLION, in_parts, joined

if TYPE_CHECKING:
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.sums import Sums

KEPT_BITS = 8
SHIFT = 52 - KEPT_BITS
BEFORE_ONE = int(np.float64(1).view(np.int64) >> SHIFT) - 1
QUANTILES = MappingProxyType({"p10": 0.10, "p25": 0.25, "median": 0.5, "p75": 0.75, "p90": 0.90})
RELATIVE_ERROR = 2.0**-KEPT_BITS
DAY = 86_400 * MILLION  # microseconds

Floats = NDArray[np.float64]


def buckets_of(times: Ints) -> Ints:
    """Find the buckets of times.

    Parameters
    ----------
    times : ndarray of int64
        0 or more [microseconds].

    Returns
    -------
    ndarray of int64
        The longer, the higher; 0 for no time, 1 for a microsecond.

    Examples
    --------
    >>> buckets_of(np.array([0, 1_000_000, 1_000_001])).tolist()
    [0, 5097, 5097]
    """
    buckets = np.asarray(times, dtype=np.float64).view(np.int64) >> SHIFT
    buckets -= BEFORE_ONE
    np.maximum(buckets, 0, out=buckets)
    return buckets


def rows_of(times: Ints) -> tuple[Ints, tuple[Ints, Ints]]:
    """Make rows of a histogram, which `counted` adds up.

    Parameters
    ----------
    times : ndarray of int64, shape (rows,)
        0 or more [microseconds].

    Returns
    -------
    buckets : ndarray of int64, shape (rows,)
    values : tuple of ndarray of int64, shape (rows,)
        Whole seconds, and microseconds.
    """
    return buckets_of(times), in_parts(times)


@dataclass(frozen=True, slots=True, eq=False)
class Waits:
    """How long something took, for many.

    Parameters
    ----------
    buckets : ndarray of int64, shape (buckets,)
        In ascending order.
    counts : ndarray of int64, shape (buckets,)
    days : ndarray of float64, shape (buckets,)
        All times in each bucket together [days].

    Examples
    --------
    >>> from cvjkit.measurement.sums import counted
    >>> buckets, values = rows_of(np.array([1, 2, 3, 9]) * DAY)
    >>> four = Waits.of(counted([buckets], values))
    >>> four.count, four.mean, [round(four.quantile(p), 1) for p in (0.25, 0.5, 1)]
    (4, 3.75, [1.0, 2.0, 9.0])
    """

    buckets: Ints
    counts: Ints
    days: Floats

    @classmethod
    def of(cls, histogram: Sums) -> Waits:
        """Read a histogram.

        Parameters
        ----------
        histogram : Sums
            Counted of rows made by `rows_of`, by bucket.

        Returns
        -------
        Waits
        """
        count, seconds, rest = histogram.totals.T
        return cls(histogram.keys[:, 0], count, joined(seconds, rest) * MILLION / DAY)

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.counts.sum())

    @property
    def means(self) -> Floats:
        """Mean time in each bucket, exact [days]."""
        return self.days / self.counts

    @property
    def mean(self) -> float:
        """Mean time, exact [days]; NaN if there is none."""
        return float(self.days.sum()) / self.count if self.count else np.nan

    @property
    def spread(self) -> float:
        """Standard deviation, at most 1/256 of the longest time off [days]; NaN if none."""
        if not self.count:
            return np.nan
        return float(np.sqrt(np.average((self.means - self.mean) ** 2, weights=self.counts)))

    def quantile(self, share: float) -> float:
        """Find the time within which a share of them took place.

        Parameters
        ----------
        share : float
            0 to 1.

        Returns
        -------
        float
            At most 1/256 off [days]; NaN if there is none.
        """
        if not self.count:
            return np.nan
        rank = max(int(np.ceil(share * self.count)), 1)
        return float(self.means[np.searchsorted(np.cumsum(self.counts), rank)])

    def parts(self, number: int) -> Floats:
        """Give the means of equally many waits, from the shortest to the longest.

        Parameters
        ----------
        number : int
            Of parts, 1 or more.

        Returns
        -------
        ndarray of float64, shape (number,)
            [days] Their mean is that of all waits. All waits of a bucket count as equal.
        """
        ends = np.append(0, np.cumsum(self.counts))
        days = np.append(0.0, np.cumsum(self.days))
        share = self.count / number
        return np.asarray(np.diff(np.interp(np.arange(number + 1) * share, ends, days)) / share)
