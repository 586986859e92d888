"""Which law of a delay the waits measured follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.measurement.waits import RELATIVE_ERROR
from cvjkit.model.delays import MOMENT

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Floats
    from cvjkit.measurement.waits import Waits

PARTS = 20
CHANCE = 1.63
"""Kolmogorov's distance times the root of the number, exceeded by chance once in a hundred."""
ERRORS = 3
"""By how many of its standard errors the spread of exponential waits may differ from their mean."""
COARSE = 0.02
"""A distance that does not matter, however many waits say so."""


def delay_of(waits: Waits) -> dict[str, Any]:
    """Describe waits as the model knows them.

    Parameters
    ----------
    waits : Waits

    Returns
    -------
    dict
        Fields of `StageNumbers`: the mean; with it nothing if all waits are alike; that they are
        exponential, or gamma with their standard deviation, if they follow that law; else, instead
        of all these, the means of twenty parts of them, from the shortest to the longest. Empty if
        there are no waits.

    Notes
    -----
    A law is followed if no share of waits that are longer than some time is further from it than
    chance explains (Kolmogorov's test, once in a hundred), or further than 2%.

    Examples
    --------
    >>> from cvjkit.measurement.sums import counted
    >>> from cvjkit.measurement.waits import DAY, Waits, rows_of
    >>> def measured(days):
    ...     buckets, values = rows_of((np.array(days) * DAY).astype(np.int64))
    ...     return Waits.of(counted([buckets], values))
    >>> delay_of(measured([2, 2, 2]))
    {'delay_days': 2.0}
    >>> ninety = np.random.default_rng(1).exponential(3, 90)
    >>> delay_of(measured(ninety))["delay_law"]
    'exponential'
    """
    if not waits.count:
        return {}
    mean, spread = waits.mean, waits.spread
    if mean < MOMENT:
        return {"delay_days": 0.0}
    if spread <= RELATIVE_ERROR * mean:
        return {"delay_days": mean}
    known: dict[str, Any] = {"delay_days": mean}
    as_wide = abs(spread / mean - 1) <= ERRORS / waits.count**0.5
    if as_wide and _follows(waits, np.exp(-waits.means / mean)):
        return known | {"delay_law": "exponential"}
    if _follows(waits, _gamma_beyond(waits.means, mean, spread)):
        return known | {"delay_law": "gamma", "delay_spread_days": spread}
    return {"delay_waits": tuple(waits.parts(PARTS).tolist())}


def _follows(waits: Waits, beyond: Floats) -> bool:
    """Tell whether waits follow a law that says which share is longer than each of their means."""
    longer = np.cumsum(waits.counts[::-1])[::-1]
    middle = (longer - waits.counts / 2) / waits.count
    steps = waits.counts.max() / waits.count / 2
    far = float(np.abs(middle - beyond).max()) - steps
    return bool(far <= max(CHANCE / waits.count**0.5, COARSE))


def _gamma_beyond(days: Floats, mean: float, spread: float) -> Floats:
    from scipy.special import gammaincc

    return np.asarray(gammaincc((mean / spread) ** 2, days * mean / spread**2))
