"""A design tried with other numbers: more or fewer entrants, other rates."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.decisions.steps import Steps, steps_of
from cvjkit.model.chain import fundamental_matrix, stacked, visits_per_person
from cvjkit.model.economics import FIGURES, FIRST_PAYMENT, StageColumns, figure_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cvjkit.model.design import Design
    from cvjkit.model.flow import Floats, Flow

ITERATIONS, CLOSE = 100, 1e-13


class Trials:
    """What a figure of a design would be with other numbers.

    Parameters
    ----------
    design : Design
    figure : str
        Key of a figure, or of a stage whose people are meant.
    spend_grows : bool
        Whether spend grows with the entrants.
    """

    def __init__(self, design: Design, figure: str, *, spend_grows: bool = True) -> None:
        self.design, self.figure, self.spend_grows = design, figure, spend_grows
        self.flow = design.flow()

    @cached_property
    def steps(self) -> Steps:
        """The steps whose rates are known.

        Returns
        -------
        Steps
        """
        return steps_of(self.flow)

    @cached_property
    def stage(self) -> int | None:
        """Position of the stage whose people are meant.

        Returns
        -------
        int or None
            None for a figure that counts no people.
        """
        framework = self.flow.framework
        if self.figure in framework.keys:
            return framework.index(self.figure)
        if self.figure == "customers":
            for position, stage in enumerate(framework):
                if stage.milestone == FIRST_PAYMENT:
                    return position
        return None

    @property
    def entrants(self) -> float:
        """The people who come in from outside."""
        return float(np.where(self.flow.undefined, 0, self.flow.entered).sum())

    def value(self, times: float = 1.0, rates: Mapping[int, Floats] | None = None) -> float | None:
        """Work out the figure.

        Parameters
        ----------
        times : float
            How many times the entrants there are, 0 or more.
        rates : mapping of step position to ndarray of float, shape (segments,), optional
            The rates that differ.

        Returns
        -------
        float or None
            None where it is undefined.
        """
        moved = self._moved(times, rates or {})
        if moved is None:
            return None
        if self.stage is not None:
            known = not moved.undefined[:, self.stage].any()
            return float(moved.people[:, self.stage].sum()) if known else None
        design = self.design
        spends = [one.spend for one in design.segments if one.spend is not None]
        spend = sum(spends) * (times if self.spend_grows else 1.0) if spends else None
        return figure_of(StageColumns.of(design, flow=moved, spend=spend), self.figure)[0]

    def _moved(self, times: float, rates: Mapping[int, Floats]) -> Flow | None:
        """Solve the flow; None where the numbers grow without end."""
        flow, steps = self.flow, self.steps
        shares = flow.shares.copy()
        segments = np.arange(len(flow.segments))
        for step, own in rates.items():
            shares[segments, steps.sources[:, step], steps.targets[step]] = own
        size = flow.visits.size
        ways = stacked(shares) + flow.births.reshape(size, size)
        try:
            inverse = np.linalg.inv(np.eye(size) - ways)
        except np.linalg.LinAlgError:
            return None
        if (inverse < -1e-9).any():
            return None
        entered = np.where(flow.undefined, 0, flow.entered) * times
        visits = (entered.ravel() @ inverse).reshape(entered.shape)
        fundamental = fundamental_matrix(shares)
        return replace(
            flow,
            shares=shares,
            fundamental=fundamental,
            entered=entered,
            referred=np.einsum("si,sitj->tj", visits, flow.births),
            visits=visits,
            people=visits / visits_per_person(fundamental),
        )


def is_figure(design: Design, name: object) -> bool:
    """Tell whether a name is that of a figure, or of a stage.

    Parameters
    ----------
    design : Design
    name : object

    Returns
    -------
    bool
    """
    return name in FIGURES or name in design.framework.keys


def crossing(beyond: Callable[[float], float | None], fails: float, holds: float) -> float:
    """Find where a condition begins to hold.

    Parameters
    ----------
    beyond : callable
        By how much a number goes beyond what is asked: the condition holds where it is 0 or more,
        not where it is less or None.
    fails : float
        A number for which the condition does not hold.
    holds : float
        One for which it does.

    Returns
    -------
    float
        The nearest to `fails` for which it holds, found by the Illinois method (Dowell and Jarratt,
        A modified regula falsi method, BIT 11, 1971), or by halving where that does not apply.

    Examples
    --------
    >>> crossing(lambda number: number**2 - 4, 0.0, 10.0)
    2.0
    """
    low, high = beyond(fails), beyond(holds)
    side = 0
    for turn in range(ITERATIONS):
        if abs(holds - fails) <= CLOSE * max(abs(holds), abs(fails)):
            break
        middle = (fails + holds) / 2
        # Where the method creeps along one end, a halving in between brings it on.
        if low is not None and high is not None and high > low and turn % 4 != 3:
            middle = holds - high * (holds - fails) / (high - low)
        if middle in {fails, holds}:
            middle = (fails + holds) / 2
            if middle in {fails, holds}:
                break
        found = beyond(middle)
        if found is not None and found >= 0:
            holds, high = middle, found
            low = low / 2 if side == 1 and low is not None else low
            side = 1
        else:
            fails, low = middle, found
            high = high / 2 if side == -1 and high is not None else high
            side = -1
    return holds
