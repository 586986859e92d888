"""How long people take from one stage to the next, as shares that arrive after whole days.

A wait T is spread over the two whole days next to it so that its mean stays what it is:

    g(k) = E[max(0, 1 - |T - k|)] = L(k - 1) - 2 L(k) + L(k + 1),   L(x) = E[max(T - x, 0)]

So the people who stand at a stage agree with Little's law for the mean that was typed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cvjkit.model.parts import StageNumbers

MOMENT = 1e-6  # days: what takes less takes no time

Law = Literal["fixed", "exponential", "gamma"]


@dataclass(frozen=True)
class Delay:
    """How long a step takes.

    Parameters
    ----------
    mean : float
        0 or more [days].
    law : {"fixed", "exponential", "gamma"}
        All take as long; a constant share of those left arrives each day; around the mean.
    spread : float or None
        Standard deviation of a gamma law [days]; None if as large as the mean.
    waits : tuple of float
        Waits that were measured [days]; if there are any, they take the place of all others.
    """

    mean: float = 0.0
    law: Law = "fixed"
    spread: float | None = None
    waits: tuple[float, ...] = ()

    @classmethod
    def into(cls, numbers: StageNumbers | None) -> Delay:
        """Take the delay of the step into a stage.

        Parameters
        ----------
        numbers : StageNumbers or None
            What was typed there.

        Returns
        -------
        Delay
        """
        if numbers is None:
            return cls()
        return cls(
            numbers.mean_delay or 0.0,
            numbers.delay_law or "fixed",
            numbers.delay_spread_days,
            numbers.delay_waits,
        )

    def daily(self, days: int) -> NDArray[np.float64]:
        """Give the share of people who arrive after each number of whole days.

        Parameters
        ----------
        days : int
            The last that is asked for, 0 or more.

        Returns
        -------
        ndarray of float, shape (days + 1,)
            0 to 1; those who take longer are left out.

        Examples
        --------
        >>> Delay(2.25).daily(3)
        array([0.  , 0.  , 0.75, 0.25])
        """
        beyond = self._beyond(np.arange(-1, days + 2, dtype=float))
        return np.maximum(beyond[:-2] - 2 * beyond[1:-1] + beyond[2:], 0.0)

    def drawn(self, chance: np.random.Generator, people: int) -> NDArray[np.float64]:
        """Draw how long each of some people takes.

        Parameters
        ----------
        chance : Generator
        people : int
            0 or more.

        Returns
        -------
        ndarray of float, shape (people,)
            0 or more [days].

        Examples
        --------
        >>> Delay(2.25).drawn(np.random.default_rng(1), 3)
        array([2.25, 2.25, 2.25])
        """
        if self.waits:
            return chance.choice(np.array(self.waits), people)
        mean, spread = self.mean, math.sqrt(self.variance)
        if min(mean, spread) < MOMENT:
            return np.full(people, mean)
        return chance.gamma((mean / spread) ** 2, spread**2 / mean, people)

    @property
    def average(self) -> float:
        """Mean of the wait [days]."""
        return float(np.mean(self.waits)) if self.waits else self.mean

    @property
    def variance(self) -> float:
        """Variance of the wait [days squared]."""
        if self.waits:
            return float(np.var(self.waits))
        if self.law == "fixed":
            return 0.0
        by_mean = self.law == "exponential" or self.spread is None
        return self.mean**2 if by_mean else (self.spread or 0.0) ** 2

    def _beyond(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Work out by how much the wait exceeds x on average: E[max(T - x, 0)]."""
        if self.waits:
            waits = np.array(self.waits)
            return np.asarray(np.maximum(waits[:, None] - x, 0.0).mean(axis=0))
        mean, spread = self.mean, math.sqrt(self.variance)
        if min(mean, spread) < MOMENT:
            return np.maximum(mean - x, 0.0)
        at = np.maximum(x, 0.0)
        if spread == mean:
            exceeding = mean * np.exp(-at / mean)
        else:
            from scipy.special import gammaincc

            shape, scale = (mean / spread) ** 2, spread**2 / mean
            exceeding = mean * gammaincc(shape + 1, at / scale) - at * gammaincc(shape, at / scale)
        return np.where(x < 0, mean - x, exceeding)


def one_after_another(delays: Sequence[Delay]) -> dict[str, object]:
    """Describe the time that several steps take together.

    Parameters
    ----------
    delays : sequence of Delay
        Independent of one another.

    Returns
    -------
    dict
        Fields of `StageNumbers`: the sum of the means, with the spread of the sum.

    Examples
    --------
    >>> one_after_another([Delay(3), Delay(2)])["delay_days"]
    5
    """
    spread = math.sqrt(sum(delay.variance for delay in delays))
    return {
        "delay_days": sum(delay.average for delay in delays),
        "delay_law": "gamma" if spread else None,
        "delay_spread_days": spread or None,
        "delay_waits": (),
    }
