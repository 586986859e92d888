"""How far an estimate may be off: the 90% interval of one uncertain share, or of two together."""

from __future__ import annotations

import math

import numpy as np

QUANTILES = (0.05, 0.95)
"""Ends of the interval given with an estimate: 90%."""
SLICES = 128  # of equal probability, into which the second share is cut
HALVINGS = 50
LOWEST = math.log(math.ulp(0.0))


def interval(share: float, cases: float) -> tuple[float, float]:
    """Give the 90% interval of a share, from Beta(cases share, cases (1 - share)).

    Parameters
    ----------
    share : float
        0 to 1.
    cases : float
        The number of observed cases that would make us equally certain.

    Returns
    -------
    tuple of float
        Low and high; the share itself at 0 and 1.

    Examples
    --------
    >>> interval(0.5, 20)
    (0.320, 0.680)
    """
    from scipy.special import betaincinv

    if not 0 < share < 1:
        return share, share
    low, high = (float(betaincinv(cases * share, cases * (1 - share), q)) for q in QUANTILES)
    return low, high


def product_interval(
    ratio: float,
    part: tuple[float, float],
    rate: tuple[float, float],
    power: int,
) -> tuple[float, float]:
    """Give the 90% interval of a product of two uncertain factors, ratio^w x r^power.

    With w and r independent and each from a Beta distribution, P(ratio^w r^power <= x) is the
    mean over r of P(w >= ln(x / r^power) / ln ratio). The product of the factors' own intervals
    would be too wide: it covers 98%.

    Parameters
    ----------
    ratio : float
        Above 0, at most 1: what is left after the whole leak.
    part : tuple of float
        The share w of the leak, above 0 and below 1, and the cases it is as certain as.
    rate : tuple of float
        The share r, 0 to 1, and the cases it is as certain as.
    power : int
        How often the rate applies, 1 or more.

    Returns
    -------
    tuple of float
        Low and high, 0 to 1.

    Examples
    --------
    >>> product_interval(0.1, (0.5, 4), (0.8, 20), 2)
    (0.080, 0.498)
    """
    from scipy.special import betaincc, betaincinv

    (share, cases), (kept, times) = part, rate
    if ratio == 1 or not 0 < kept < 1:
        least, most = interval(kept, times)
        most_lost, least_lost = reversed(interval(share, cases))
        return ratio**most_lost * least**power, ratio**least_lost * most**power
    middles = (np.arange(SLICES) + 0.5) / SLICES
    with np.errstate(divide="ignore"):  # a rate too small for a float is 0
        rates = power * np.log(betaincinv(times * kept, times * (1 - kept), middles))
    leak = math.log(ratio)
    low, high = np.full(2, LOWEST), np.zeros(2)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        lost = np.clip((middle[:, None] - rates) / leak, 0, 1)
        below = betaincc(cases * share, cases * (1 - share), lost).mean(axis=1)
        under = below < np.array(QUANTILES)
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    least, most = np.exp(high)
    return float(least), float(most)
