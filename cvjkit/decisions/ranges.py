"""How sure a typed rate is, as somebody typed it: a range of shares, or a number of cases.

A range such as 4-6% is where the rate lies with a probability of 90%. Its log odds are normal below
the rate and normal above it, so that 5% lie below the range and 5% above it, and half below the
rate. The range is about all segments together, in the journey in which it was typed: the rate of
each segment, or of a what-if on it, is open as far below and above in log odds. If the rate is not
within its range, it is as far open on either side as the range is wide.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cvjkit.numbers import read_range

if TYPE_CHECKING:
    from cvjkit.model.design import Design

FIVE_PERCENT = 1.6448536269514722  # beyond it lie 5% of normal numbers


class Odds(NamedTuple):
    """The log odds of a share: normal below their median, and normal above it.

    Parameters
    ----------
    middle : float
        The median.
    below, above : float
        How far from it the lowest 5% and the highest 5% begin, 0 or more.
    """

    middle: float
    below: float
    above: float

    @property
    def cases(self) -> float:
        """How many cases would leave the log odds about as open: 1 / (variance x p (1 - p)).

        Returns
        -------
        float
        """
        share = 1 / (1 + math.exp(-self.middle))
        spread = (self.below + self.above) / 2 / FIVE_PERCENT
        return 1 / (spread**2 * share * (1 - share))

    def quantile(self, normal: Any) -> Any:
        """Give the log odds that a normal number stands for.

        Parameters
        ----------
        normal : float or ndarray

        Returns
        -------
        float or ndarray
        """
        return self.middle + normal / FIVE_PERCENT * np.where(normal < 0, self.below, self.above)


class Told(NamedTuple):
    """What was typed about how sure the rate into a stage is.

    Parameters
    ----------
    range : str or None
    cases : float or None
    """

    range: str | None
    cases: float | None


def evidence_typed(design: Design, source: int, target: int) -> Told | None:
    """Find what was typed about how sure the rate of a step is.

    Parameters
    ----------
    design : Design
    source : int
    target : int
        Positions of the stages between which a way leads.

    Returns
    -------
    Told or None
        None if nothing was typed, or it is no step.
    """
    framework = design.framework
    if framework.parents[target] != source:
        return None
    numbers = next((row for row in design.stages if row.stage == framework.keys[target]), None)
    if numbers is None or (numbers.rate_range is None and numbers.rate_cases is None):
        return None
    return Told(numbers.rate_range, numbers.rate_cases)


def odds_of(design: Design, step: tuple[int, int], share: float, left: float) -> Odds | None:
    """Give the log odds of a rate for which a range was typed.

    Parameters
    ----------
    design : Design
    step : (int, int)
        Positions of the stages it leads from and to.
    share : float
        The rate in one segment, 0 to 1.
    left : float
        The share who take none of the ways listed before it, 0 to 1.

    Returns
    -------
    Odds or None
        Of the share among those; None if no range was typed, or the rate is 0 or all there is.
    """
    typed = evidence_typed(design, *step)
    if typed is None or typed.range is None or not 0 < share < left * (1 - 1e-12):
        return None
    low, high = map(_log_odds, read_range(typed.range))
    rate = _all_together(_typed_in(design, step), step)
    middle = _log_odds(rate) if 0 < rate < 1 else math.nan
    if not low <= middle <= high:
        middle = (low + high) / 2
    return Odds(_log_odds(share / left), middle - low, high - middle)


def _log_odds(share: float) -> float:
    """Give the log odds of a share."""
    return math.log(share) - math.log1p(-share)


def _typed_in(design: Design, step: tuple[int, int]) -> Design:
    """Find the design on which a range was typed: the what-ifs on it only kept it."""
    typed, about = evidence_typed(design, *step), design
    while True:
        base: Any = getattr(about, "base", None)
        if base is None or base.framework != design.framework:
            return about
        if evidence_typed(base, *step) != typed:
            return about
        about = base


def _all_together(design: Design, step: tuple[int, int]) -> float:
    """Give the rate of all segments together; where nobody comes, of all alike."""
    flow, (source, target) = design.flow(), step
    visits, rates = flow.visits[:, source], flow.shares[:, source, target]
    if not visits.sum() > 0:
        visits = np.ones_like(visits)
    return float((visits * rates).sum() / visits.sum())
