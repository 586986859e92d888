"""How certain shares are that were counted, and whether two of them differ by more than chance."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.measurement.batch import Floats

LEVEL, Z = 0.95, 1.959963984540054
"""The probability of all intervals, and the normal quantile that belongs to it."""


def wilson(successes: Floats, trials: Floats) -> tuple[Floats, Floats, Floats]:
    """Give shares with the intervals in which they lie with a probability of 95%.

    Parameters
    ----------
    successes : ndarray of float64
    trials : ndarray of float64
        0 or more.

    Returns
    -------
    rate, low, high : ndarray of float64
        0 to 1; NaN where there are no trials, or more successes than trials.

    Notes
    -----
    Wilson's interval (Journal of the American Statistical Association 22, 1927):

        (p + z^2/2n -+ z sqrt(p(1 - p)/n + z^2/4n^2)) / (1 + z^2/n)

    Examples
    --------
    >>> [round(float(one), 4) for one in wilson(np.array(10.0), np.array(100.0))]
    [0.1, 0.0552, 0.1744]
    """
    able = (trials > 0) & (successes <= trials)
    n = np.where(able, trials, np.nan)
    rate = successes / n
    middle = rate + Z**2 / (2 * n)
    half = Z * np.sqrt(rate * (1 - rate) / n + (Z / (2 * n)) ** 2)
    whole = 1 + Z**2 / n
    low, high = (middle - half) / whole, (middle + half) / whole
    # At the ends the formula gives them but for rounding.
    return rate, np.where(rate == 0, 0.0, low), np.where(rate == 1, 1.0, high)


def chance_that_equal(some: tuple[float, float], others: tuple[float, float]) -> float:
    """Give the probability that two equal rates look at least as different.

    Parameters
    ----------
    some : tuple of float
    others : tuple of float
        Successes and trials of each, whole numbers.

    Returns
    -------
    float
        0 to 1; NaN where there are no trials.

    Notes
    -----
    Fisher's exact test (Statistical Methods for Research Workers, 1934), two-sided: with as many
    successes in all, the probability of all divisions that are no more probable than this one. So
    it holds for a single person too.

    Examples
    --------
    >>> round(chance_that_equal((3, 4), (1, 4)), 4)  # a lady tasting tea
    0.4857
    """
    (s, n), (t, m) = some, others
    if not n or not m:
        return np.nan
    both, share = s + t, n / (n + m)
    # What is 40 standard deviations away has no probability that could be seen.
    middle, far = both * share, 40 * sqrt(both * share * (1 - share)) + 40
    low = max(0.0, both - m, min(s, np.floor(middle - far)))
    high = min(n, both, max(s, np.ceil(middle + far)))
    k = np.arange(low, high)
    # The logarithm of how many times as probable one more success is, added up.
    steps = np.log((n - k) * (both - k)) - np.log((k + 1) * (m - both + k + 1))
    weights = np.append(0.0, np.cumsum(steps))
    rare = weights <= weights[int(s - low)] + 1e-9
    chances = np.exp(weights - weights.max())
    return float(chances[rare].sum() / chances.sum())


def odds_ratio(
    some: tuple[float, float], others: tuple[float, float]
) -> tuple[float, float, float]:
    """Compare the odds of success of two groups.

    Parameters
    ----------
    some : tuple of float
    others : tuple of float
        Successes and trials of each.

    Returns
    -------
    ratio, low, high : float
        How many times as high the odds of the first are, with the interval in which that lies with
        a probability of 95%. Half a success and half a failure are added to either group, so that
        none is infinite (Haldane 1956, Anscombe 1956).

    Examples
    --------
    >>> [round(one, 2) for one in odds_ratio((20, 100), (10, 100))]
    [2.19, 0.98, 4.9]
    """
    (s, n), (t, m) = some, others
    cells = [s + 0.5, n - s + 0.5, t + 0.5, m - t + 0.5]
    ratio = cells[0] * cells[3] / (cells[1] * cells[2])
    factor = float(np.exp(Z * sqrt(sum(1 / cell for cell in cells))))
    return ratio, ratio / factor, ratio * factor


def corrected(chances: Sequence[float]) -> list[float]:
    """Correct probabilities for the number of questions asked (Holm 1979).

    Parameters
    ----------
    chances : sequence of float
        0 to 1; NaN is no question.

    Returns
    -------
    list of float

    Examples
    --------
    >>> corrected([0.01, 0.04, 0.03, float("nan")])
    [0.03, 0.06, 0.06, nan]
    """
    asked = sorted((chance, at) for at, chance in enumerate(chances) if not np.isnan(chance))
    found, highest = [np.nan] * len(chances), 0.0
    for rank, (chance, at) in enumerate(asked):
        highest = max(highest, min(1.0, chance * (len(asked) - rank)))
        found[at] = highest
    return found
