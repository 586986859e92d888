"""The money of each stage: what it costs and brings, as columns of a table."""

from __future__ import annotations

import math
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.model.figures import UndefinedError
from cvjkit.model.formulas import Formulas

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


class StageColumns(Formulas):
    """The figures, and a number for each stage.

    Parameters
    ----------
    **fields
        As in `Formulas`.
    """

    @cached_property
    def _gains(self) -> NDArray[np.float64]:
        """Contribution less unit cost of one visit to each stage."""
        return np.asarray(self._margins - np.nan_to_num(self._typed("unit_cost")))

    @cached_property
    def _value_to_go(self) -> NDArray[np.float64]:
        """Money that one more person at each stage still brings, averaged over all people."""
        values = self.flow.value_to_go(self._gains)
        people = np.where(self.flow.undefined, 0, self.flow.people)
        weights = np.where(people.sum(axis=0) > 0, people, 1)
        return np.asarray((values * weights).sum(axis=0) / weights.sum(axis=0))

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """The columns of `Economics.stages`: a number for each stage, NaN where undefined."""
        positions = range(len(self.flow.framework))
        formulas = {
            "cost": self._cost,
            "contribution": self._contribution,
            "gain_per_visit": self._gain,
            "cost_per_person": self._cost_per_person,
            "value_to_go": self._one_value_to_go,
        }
        return {
            name: np.array([_or_nan(formula, stage) for stage in positions])
            for name, formula in formulas.items()
        }

    def _cost(self, stage: int) -> float:
        self._require_costs()
        return self._costs([stage])

    def _contribution(self, stage: int) -> float:
        margin = float(self._margins[stage])
        return margin * self._at("visits", stage) if margin else 0.0

    def _gain(self, stage: int) -> float:
        return float(self._gains[stage])

    def _cost_per_person(self, stage: int) -> float:
        self._require_costs()
        people = self._at("people", stage)
        if people == 0:
            raise UndefinedError("nobody gets here")
        return (self._costs(self._passed(stage)) + self._common_cost) / people

    def _one_value_to_go(self, stage: int) -> float:
        self._at("people", stage)
        return float(self._value_to_go[stage])


def _or_nan(formula: Callable[[int], float], stage: int) -> float:
    try:
        value = formula(stage)
    except UndefinedError:
        return math.nan
    return value if math.isfinite(value) else math.nan
