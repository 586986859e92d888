"""How many people a channel brings for the money spent on it: less and less for each unit more."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

ITERATIONS = 200


class Response(ABC):
    """People that a channel brings, by spend."""

    __slots__ = ()

    is_s_shaped: ClassVar[bool] = False
    """Whether the first money brings less than what follows."""

    def people(self, spend: float) -> float:
        """Give the people brought.

        Parameters
        ----------
        spend : float
            Money, 0 or more [currency].

        Returns
        -------
        float

        Examples
        --------
        >>> Saturating(8000, 1000).people(500), Power(10, 0.5).people(4)
        (3147.75, 20.00)
        """
        return self._people(spend)

    def slope(self, spend: float) -> float:
        """Give what the last unit of money brings.

        Parameters
        ----------
        spend : float
            [currency], 0 or more.

        Returns
        -------
        float
            [people per unit of currency]; infinite where the first unit has no limit.
        """
        return self._slope(spend)

    def spend_at(self, slope: float) -> float:
        """Find the highest spend at which the last unit of money still brings as much.

        Parameters
        ----------
        slope : float
            [people per unit of currency], more than 0.

        Returns
        -------
        float
            0 if no unit of money brings so much.
        """
        return self._spend_at(slope)

    @abstractmethod
    def _people(self, spend: float) -> float: ...

    @abstractmethod
    def _slope(self, spend: float) -> float: ...

    @abstractmethod
    def _spend_at(self, slope: float) -> float: ...


@dataclass(frozen=True, slots=True)
class Saturating(Response):
    """People = most x (1 - exp(-spend / scale)).

    Parameters
    ----------
    most : float
        The most people there are to win, more than 0.
    scale : float
        The spend that wins 63% of them [currency], more than 0.
    """

    most: float
    scale: float

    def _people(self, spend: float) -> float:
        return -self.most * math.expm1(-spend / self.scale)

    def _slope(self, spend: float) -> float:
        return self.most / self.scale * math.exp(-spend / self.scale)

    def _spend_at(self, slope: float) -> float:
        return self.scale * max(0.0, math.log(self.most / self.scale / slope))


@dataclass(frozen=True, slots=True)
class Power(Response):
    """People = factor x spend^exponent; the first unit of money brings most, however small it is.

    Parameters
    ----------
    factor : float
        People for the first unit of money, more than 0.
    exponent : float
        Between 0 and 1.
    """

    factor: float
    exponent: float

    def _people(self, spend: float) -> float:
        return float(self.factor * spend**self.exponent)

    def _slope(self, spend: float) -> float:
        if not spend:
            return math.inf
        return float(self.factor * self.exponent * spend ** (self.exponent - 1))

    def _spend_at(self, slope: float) -> float:
        return float((self.factor * self.exponent / slope) ** (1 / (1 - self.exponent)))


@dataclass(frozen=True, slots=True)
class SCurve(Response):
    """People = most x spend^steepness / (half^steepness + spend^steepness).

    Parameters
    ----------
    most : float
        The most people there are to win, more than 0.
    half : float
        The spend that wins half of them [currency], more than 0.
    steepness : float
        More than 1: each unit of money brings more than the one before, up to `turn`.
    """

    most: float
    half: float
    steepness: float

    is_s_shaped: ClassVar[bool] = True

    @property
    def turn(self) -> float:
        """The spend at which a unit of money brings most [currency]."""
        power = self.steepness
        return float(self.half * ((power - 1) / (power + 1)) ** (1 / power))

    def _people(self, spend: float) -> float:
        if not spend:
            return 0.0
        return float(self.most / (1 + (self.half / spend) ** self.steepness))

    def _slope(self, spend: float) -> float:
        if not spend:
            return 0.0
        share = 1 / (1 + (self.half / spend) ** self.steepness)
        return float(self.most * self.steepness * share * (1 - share) / spend)

    def _spend_at(self, slope: float) -> float:
        low = self.turn
        if self.slope(low) <= slope:
            return 0.0
        high = 2 * low
        while self.slope(high) > slope:
            low, high = high, 2 * high
        for _ in range(ITERATIONS):
            middle = (low + high) / 2
            if middle in {low, high}:
                break
            low, high = (middle, high) if self.slope(middle) > slope else (low, middle)
        return low
