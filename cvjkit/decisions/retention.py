"""How long customers stay: fitted to a table of those who are left after each period.

Geometric: everybody renews with the same probability r, so S(t) = r^t. Shifted beta-geometric: the
probability to leave differs from person to person as Beta(alpha, beta), so those who leave easily
leave early, and the rate of renewal rises although nobody changes (Fader and Hardie, How to Project
Customer Retention, Journal of Interactive Marketing 21, 2007):

    S(t) = B(alpha, beta + t) / B(alpha, beta)
    lifetime = sum over t >= 0 of S(t) / (1 + d)^t = 2F1(1, beta; alpha + beta; 1 / (1 + d))

Both are fitted by maximum likelihood. They are for contracts, where one knows who has left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvjkit.errors import Fault, InputError
from cvjkit.model.arguments import is_number
from cvjkit.number_text import share_text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SAME = 1e-7  # of the log-likelihood per person: two models that fit alike
LARGEST = 1e300


@dataclass(frozen=True, slots=True)
class Geometric:
    """Everybody renews with the same probability.

    Parameters
    ----------
    rate : float
        r, the share who renew each period, 0 to 1.

    Examples
    --------
    >>> Geometric(0.8).survival(2), Geometric(0.8).lifetime(), Geometric(0.5).lifetime(0.25)
    (0.64, 5.0, 1.6667)
    """

    rate: float

    def survival(self, t: float) -> float:
        """Give the share who are left.

        Parameters
        ----------
        t : float
            Periods, 0 or more.

        Returns
        -------
        float
            S(t) = r^t.
        """
        return float(self.rate**t)

    def lifetime(self, discount: float = 0.0) -> float | None:
        """Give the expected number of periods that a customer stays, the first included.

        Parameters
        ----------
        discount : float
            By period, 0 or more.

        Returns
        -------
        float or None
            1 / (1 - r / (1 + discount)); None if it has no end.
        """
        _check_discount(discount)
        kept = self.rate / (1 + discount)
        return 1 / (1 - kept) if kept < 1 else None


@dataclass(frozen=True, eq=False)
class Retention:
    """How long customers stay, fitted to a table of those who are left.

    Attributes
    ----------
    alpha, beta : float or None
        Of the beta distribution of the probability that a customer leaves; None where the table
        shows no difference between customers, so that the geometric model fits as well.
    geometric : Geometric
        The model in which all customers leave with the same probability.
    observed : tuple of float
        The shares left, from 1 on.
    gain : float
        How much higher the log-likelihood of a customer is than with the geometric model.
    """

    alpha: float | None
    beta: float | None
    geometric: Geometric
    observed: tuple[float, ...]
    gain: float

    def survival(self, t: float) -> float:
        """Give the share who are left.

        Parameters
        ----------
        t : float
            Periods, 0 or more; may lie beyond the table.

        Returns
        -------
        float
            0 to 1.

        Raises
        ------
        InputError
            If `t` is negative.
        """
        from scipy.special import betaln

        if not is_number(t, 0, LARGEST):
            fault = Fault("t", t, "must be a number of periods, 0 or more", "correct it")
            raise InputError("retention", [fault])
        if self.alpha is None or self.beta is None:
            return self.geometric.survival(t)
        return float(np.exp(betaln(self.alpha, self.beta + t) - betaln(self.alpha, self.beta)))

    def renewal(self, t: int) -> float:
        """Give the share of those who are left after t - 1 periods who stay for one more.

        Parameters
        ----------
        t : int
            1 or more.

        Returns
        -------
        float
            (beta + t - 1) / (alpha + beta + t - 1); it rises with t.
        """
        if self.alpha is None or self.beta is None:
            return self.geometric.rate
        return (self.beta + t - 1) / (self.alpha + self.beta + t - 1)

    def lifetime(self, discount: float = 0.0) -> float | None:
        """Give the expected number of periods that a customer stays, the first included.

        Parameters
        ----------
        discount : float
            By period, 0 or more.

        Returns
        -------
        float or None
            Discounted; None if it has no end, as without a discount where alpha is 1 or less.

        Raises
        ------
        InputError
            If the discount is negative.
        """
        from scipy.special import hyp2f1

        _check_discount(discount)
        if self.alpha is None or self.beta is None:
            return self.geometric.lifetime(discount)
        if discount == 0:
            return (self.alpha + self.beta - 1) / (self.alpha - 1) if self.alpha > 1 else None
        return float(hyp2f1(1, self.beta, self.alpha + self.beta, 1 / (1 + discount)))

    @property
    def table(self) -> pd.DataFrame:
        """The table that was fitted, and what the models say.

        Returns
        -------
        DataFrame
            Indexed by period, from 0; columns observed, fitted, geometric, renewal (of the fitted
            model), all float64.
        """
        periods = range(len(self.observed))
        columns = {
            "observed": list(self.observed),
            "fitted": [self.survival(t) for t in periods],
            "geometric": [self.geometric.survival(t) for t in periods],
            "renewal": [math.nan, *(self.renewal(t) for t in periods[1:])],
        }
        return pd.DataFrame(columns, pd.RangeIndex(len(self.observed), name="period"), dtype=float)

    @property
    def summary(self) -> str:
        """What the fit says, in words."""
        same = share_text(self.geometric.rate)
        if self.alpha is None or self.beta is None:
            return f"Customers do not differ in how easily they leave: {same} renew each period."
        last = len(self.observed) - 1
        first, later = share_text(self.renewal(1)), share_text(self.renewal(last))
        far = share_text(self.survival(2 * last)), share_text(self.geometric.survival(2 * last))
        return (
            f"Customers differ: {first} renew the first time and {later} the {_ordinal(last)}, "
            f"because those who leave easily have gone (alpha {self.alpha:.3f}, beta "
            f"{self.beta:.3f}). "
            f"After {2 * last} periods {far[0]} are left; with one rate for all, {same}, it would "
            f"be {far[1]}."
        )

    def __repr__(self) -> str:
        return self.summary


def fit_retention(left: Sequence[float]) -> Retention:
    """Fit models of how long customers stay to a table of those who are left.

    Parameters
    ----------
    left : sequence of float
        Who is left after 0, 1, 2, ... periods: people, or shares that begin with 1. At least three
        numbers, none higher than the one before.

    Returns
    -------
    Retention

    Raises
    ------
    InputError
        With everything that is wrong in the table.

    Examples
    --------
    >>> high_end = fit_retention([1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491])
    >>> round(high_end.alpha, 3), round(high_end.beta, 3)
    (0.668, 3.806)
    """
    numbers = list(left.tolist() if hasattr(left, "tolist") else left)
    faults = _faults(numbers)
    if faults:
        raise InputError("retention", faults)
    shares = np.array(numbers, dtype=float) / float(numbers[0])
    lost = -np.diff(shares)
    rate = float(shares[1:].sum() / shares[:-1].sum())
    geometric = Geometric(rate)
    observed, stayed = tuple(map(float, shares)), float(shares[-1])
    alike = Retention(None, None, geometric, observed, 0.0)
    if rate in {0.0, 1.0}:
        return alike
    alpha, beta, best = _fitted(lost, stayed, rate)
    gain = best - _geometric_likelihood(rate, lost, stayed)
    return Retention(alpha, beta, geometric, observed, gain) if gain > SAME else alike


def _fitted(lost: Floats, stayed: float, rate: float) -> tuple[float, float, float]:
    """Maximise the likelihood of the beta-geometric over the mean rate and how much people differ.

    The spread, 1 / (alpha + beta + 1), is searched along its whole range, for the likelihood may
    have its highest point anywhere between nobody and everybody differing.
    """
    from scipy.optimize import minimize
    from scipy.special import betaln, expit, logit

    periods = np.arange(1, len(lost) + 1)

    def parameters(point: Floats) -> tuple[float, float]:
        leave, spread = expit(point)
        size = (1 - spread) / spread
        return float(leave * size), float((1 - leave) * size)

    def loss(point: Floats) -> float:
        alpha, beta = parameters(point)
        if not (alpha > 0 and beta > 0):
            return LARGEST
        log_lost = betaln(alpha + 1, beta + periods - 1) - betaln(alpha, beta)
        log_stayed = betaln(alpha, beta + len(lost)) - betaln(alpha, beta)
        return -float(lost @ log_lost + stayed * log_stayed)

    leave = min(max(1 - rate, 1e-6), 1 - 1e-6)
    starts = [np.array([logit(leave), logit(spread)]) for spread in (0.02, 0.2, 0.6)]
    found = [
        minimize(
            loss,
            start,
            method="Nelder-Mead",
            options={"xatol": 1e-10, "fatol": 1e-15, "maxiter": 4000},
        )
        for start in starts
    ]
    best = min(found, key=lambda one: float(one.fun))
    alpha, beta = parameters(best.x)
    return alpha, beta, -float(best.fun)


def _geometric_likelihood(rate: float, lost: Floats, stayed: float) -> float:
    periods = np.arange(len(lost))
    return float(
        lost.sum() * math.log(1 - rate) + (lost @ periods + stayed * len(lost)) * math.log(rate)
    )


def _faults(numbers: Sequence[object]) -> list[Fault]:
    if len(numbers) < 3:
        fix = "give those left after 0, 1 and 2 periods at least"
        return [Fault("left", numbers, "must have three numbers or more", fix)]
    faults = [
        Fault(f"left[{at}]", value, "must be a finite number, 0 or more", "correct it")
        for at, value in enumerate(numbers)
        if not is_number(value, 0, LARGEST)
    ]
    if faults:
        return faults
    values = [float(value) for value in numbers]  # type: ignore[arg-type]  # checked above
    if not values[0] > 0:
        return [Fault("left[0]", values[0], "must be more than 0", "begin with all customers")]
    return [
        Fault(
            f"left[{at}]",
            values[at],
            f"must not exceed the {values[at - 1]:g} before",
            "give those who are left, not those who renew",
        )
        for at in range(1, len(values))
        if values[at] > values[at - 1]
    ]


def _check_discount(discount: float) -> None:
    if not is_number(discount, 0, LARGEST):
        fault = Fault("discount", discount, "must be a number, 0 or more", "write 0.1 for 10%")
        raise InputError("retention", [fault])


def _ordinal(number: int) -> str:
    ending = (
        "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    )
    return f"{number}{ending}"
