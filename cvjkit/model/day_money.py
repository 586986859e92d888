"""The money of a journey by day: what each visit costs, what it brings, and when."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cvjkit.model.delays import Delay
from cvjkit.model.figures import UndefinedError
from cvjkit.model.formulas import Formulas

Floats = NDArray[np.float64]

LEAST_REPEATS = 1e-12  # share who still order, from which on nothing is added


class Dated(Formulas):
    """The money of each visit, and the days on which it is spent and earned.

    Parameters
    ----------
    **fields
        As in `Formulas`.
    """

    @property
    def fixed_costs(self) -> float:
        """What the period costs, whatever its size [currency]."""
        return float(np.nansum(self._typed("fixed_cost"))) + (self.fixed_cost or 0)

    def cost_of(self, visits: Floats) -> Floats:
        """Work out what visits cost on each day.

        Parameters
        ----------
        visits : ndarray of float, shape (days, stages)

        Returns
        -------
        ndarray of float, shape (days,)
            [currency]

        Raises
        ------
        UndefinedError
            If no cost is typed.
        """
        self._require_costs()
        return np.asarray(visits @ np.nan_to_num(self._typed("unit_cost")))

    def margin_of(self, visits: Floats) -> Floats:
        """Work out what visits, and the orders that follow them, bring on each day.

        Parameters
        ----------
        visits : ndarray of float, shape (days, stages)

        Returns
        -------
        ndarray of float, shape (days,)
            [currency]

        Raises
        ------
        UndefinedError
            If no margin is typed.
        """
        margins = self._typed_margins()
        earned = visits @ margins
        if self._again is not None:
            if self._repeats is not None:
                orders = self._orders_by_day(len(visits), first=1)
                later = np.convolve(visits[:, self._again], orders)[: len(visits)]
                earned = earned + margins[self._again] * later
        elif self._repeats is not None:
            buyers = self.second_purchase_rate * visits[:, self._first]
            orders = self._orders_by_day(len(visits), first=0)
            orders = np.convolve(orders, self._cycle(len(visits)))[: len(visits)]
            later = np.convolve(buyers, orders)[: len(visits)]
            earned = earned + self._later_margin * later
        return np.asarray(earned)

    @cached_property
    def _repeats(self) -> float | None:
        """Share who order again each cycle without another visit; None if it cannot be dated."""
        if not self._lifetime_known or not self._later_margin_known:
            return None
        if self._loop_rate:
            return None
        try:
            self._cycle_days  # noqa: B018 - it raises if there is none
        except UndefinedError:
            return None
        return self._repeat_rate

    @property
    def notes(self) -> tuple[str, ...]:
        """What cannot be dated, in words."""
        try:
            orders = self._repeat_rate
            self._cycle_days  # noqa: B018 - it raises if there is none
        except UndefinedError as why:
            missing = "buying cycle" in str(why)
            if missing and orders and not self._loop_rate:
                return ("Orders after the second are left out: the buying cycle is not typed.",)
        return ()

    def _orders_by_day(self, days: int, first: int) -> Floats:
        """Orders that follow one, on each day after it, from the first or second cycle on."""
        repeats, cycle = self._repeats or 0.0, self._cycle(days)
        orders, kept = np.zeros(days), np.eye(1, days)[0]
        share = 1.0
        for number in range(days * 2):
            if number >= first:
                orders += kept
            kept = np.convolve(kept * repeats, cycle)[:days]
            share *= repeats
            if share < LEAST_REPEATS or kept.sum() < LEAST_REPEATS:
                break
        return orders

    def _cycle(self, days: int) -> Floats:
        return Delay(self._cycle_days).daily(days - 1)
