"""People and rates of each stage, with the bands in which they lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cvjkit.decisions.elimination import ratio
from cvjkit.model.intervals import rate_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cvjkit.decisions.drawn_flow import DrawnFlow
    from cvjkit.model.design import Design


def quantiles(values: Any, probabilities: Sequence[float]) -> list[float]:
    """Give quantiles of draws.

    Parameters
    ----------
    values : float, ndarray of float with shape (draws,), or None
    probabilities : sequence of float
        0 to 1.

    Returns
    -------
    list of float
        Among the draws that are not NaN; NaN if there are none.

    Examples
    --------
    >>> quantiles(np.array([3.0, 1.0, math.nan, 2.0]), [0.0, 0.5, 1.0])
    [1.0, 2.0, 3.0]
    """
    told = np.empty(0) if values is None else np.atleast_1d(values)
    told = told[~np.isnan(told)]
    if not len(told):
        return [math.nan] * len(probabilities)
    # One of the draws, so that nothing is averaged with what is infinite.
    found = np.quantile(told, probabilities, method="inverted_cdf")
    return [float(one) for one in found]


@dataclass(frozen=True, eq=False)
class StageBands:
    """People and rates of each stage, as counted and as drawn.

    Parameters
    ----------
    design : Design
    flow : DrawnFlow
        Of the design.
    """

    design: Design
    flow: DrawnFlow

    def table(self, level: float) -> pd.DataFrame:
        """List the stages with their bands.

        Parameters
        ----------
        level : float
            Probability with which a number lies in its band, between 0 and 1.

        Returns
        -------
        DataFrame
            As `Simulation.stages` says.
        """
        table = self.design.flow().stages[["name", "people", "step_rate", "overall_rate"]].copy()
        framework = self.design.framework
        bands = {
            "people": [self._band(level, people) for people in self.flow.numbers("people")],
            "step": [
                self._band(level, self.step(stage), parent, stage)
                for stage, parent in enumerate(framework.parents)
            ],
            "overall": [
                self._band(level, self.overall(stage), 0, stage) for stage in range(len(framework))
            ],
        }
        columns = ["name"]
        for column, ends in bands.items():
            number = column if column == "people" else f"{column}_rate"
            known = table[number].notna()
            for end, bounds in zip(("low", "high"), zip(*ends, strict=True), strict=True):
                table[f"{column}_{end}"] = pd.Series(bounds, table.index, float).where(known)
            columns += [number, f"{column}_low", f"{column}_high"]
        return table[columns]

    def _band(
        self, level: float, draws: Any, start: int | None = None, stage: int = 0
    ) -> tuple[float, float]:
        counts = None if start is None else self.counted(start, stage)
        if counts is not None:
            return rate_interval(*counts, level=level)
        low, high = quantiles(draws, [(1 - level) / 2, (1 + level) / 2])
        return low, high

    def counted(self, start: int, stage: int) -> tuple[float, float] | None:
        """Find how many of the people counted at a stage went on to a later one.

        Parameters
        ----------
        start : int
            Position of the stage.
        stage : int
            Position of the later one.

        Returns
        -------
        tuple of (float, float) or None
            How many went on, and of how many. None unless both are counted in every segment and
            people move by steps alone.
        """
        parents = self.design.framework.parents
        above = parents[stage]
        while above is not None and above != start:
            above = parents[above]
        pairs = [
            (one.counts[stage], one.counts[start])
            for one in self.design.segments
            if one.counts is not None
        ]
        known = [(gone, seen) for gone, seen in pairs if gone is not None and seen is not None]
        if above is None or not self._steps_only or len(known) < len(self.design.segments):
            return None
        return sum(gone for gone, _ in known), sum(seen for _, seen in known)

    @cached_property
    def _steps_only(self) -> bool:
        """Whether all people enter at the first stage and move on by steps."""
        flow = self.design.flow()
        others = flow.births.any() or flow.inferred.any() or flow.entered[:, 1:].any()
        return not (others or self.design.transitions)

    def step(self, stage: int) -> Any:
        """Draw the share of the people at the stage before who ever reach a stage.

        Parameters
        ----------
        stage : int
            Its position.

        Returns
        -------
        ndarray of float, shape (draws,), or None
            0 to 1, NaN where nobody is at the stage before; None where it is not known.
        """
        parent = self.design.framework.parents[stage]
        if parent is None or not (self.flow.known[parent] and self.flow.known[stage]):
            return None
        return self._reached(self._at(parent, self.flow.people), stage)

    def overall(self, stage: int) -> Any:
        """Draw the share of those who start at the first stage who ever reach a stage.

        Parameters
        ----------
        stage : int
            Its position.

        Returns
        -------
        ndarray of float, shape (draws,), or None
            0 to 1, NaN where nobody starts; None where it is not known.
        """
        if not (self.flow.known[0] and self.flow.known[stage]):
            return None
        starting = self._at(0, self.flow.entered)
        for (source, target), number in self.flow.births.items():
            if target in self._at(0, self.flow.visits) and source in self.flow.visits:
                starting[target] = starting.get(target, 0.0) + self.flow.visits[source] * number
        return self._reached(starting, stage)

    def _at(self, stage: int, numbers: Mapping[int, Any]) -> dict[int, Any]:
        size = len(self.design.framework)
        return {state: number for state, number in numbers.items() if state % size == stage}

    def _reached(self, people: Mapping[int, Any], stage: int) -> Any:
        """Average the probability of reaching a stage over people at states."""
        size = len(self.design.framework)
        reached: Any = 0.0
        for state, number in people.items():
            end = state - state % size + stage
            reached = reached + number * self.flow.reach(state).get(end, 0.0)
        return ratio(reached, sum(people.values()), otherwise=math.nan)
