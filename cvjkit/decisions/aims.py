"""What the rate of each step could be: a typed target, the best segment's, one worth testing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from cvjkit.model.intervals import rate_posterior

if TYPE_CHECKING:
    from collections.abc import Callable

    from cvjkit.decisions.steps import Indices, Steps
    from cvjkit.model.flow import Floats

POINT, TENTH = 0.01, 0.1
TESTED = 0.9  # The upper end of the middle 80% of what a counted rate may be.

Lift = Literal["tenth", "point", "best"]
Basis = Literal[
    "your target", "best segment", "worth testing", "ten percent more", "one point more"
]


@dataclass(frozen=True, eq=False)
class Aims:
    """What each step's rate could be.

    Parameters
    ----------
    steps : Steps
    targets : mapping of stage key to float
        Typed by the user: the rate of all segments together, 0 to 1.
    counted : bool
        Whether all people were counted.
    lift : {"tenth", "point", "best"}
        What a step without a target is judged by: the same lift everywhere, or the best segment's
        rate where there is one.
    """

    steps: Steps
    targets: Mapping[str, float]
    counted: bool
    lift: Lift = "tenth"

    @cached_property
    def best(self) -> Indices:
        """The segment with the highest rate at each step.

        Returns
        -------
        ndarray of int, shape (steps,)
            Its position; -1 if only one segment has people there.
        """
        here = self.steps.visits > 0
        highest = np.where(here, self.steps.rates, -1).argmax(axis=1)
        return np.where(here.sum(axis=1) > 1, highest, -1)

    @cached_property
    def basis(self) -> tuple[Basis, ...]:
        """What each step is judged by.

        Returns
        -------
        tuple of str
        """
        pairs = zip(self.steps.keys, self.best, strict=True)
        return tuple(
            "your target" if key in self.targets else self._untargeted(int(best))
            for key, best in pairs
        )

    def _untargeted(self, best: int) -> Basis:
        if self.lift == "point":
            return "one point more"
        if self.lift == "best" and best >= 0:
            return "best segment"
        if self.lift == "best" and self.counted and self.steps.rates.shape[1] == 1:
            return "worth testing"
        return "ten percent more"

    @cached_property
    def typed(self) -> Floats:
        """The typed targets as rates of each segment.

        Returns
        -------
        ndarray of float, shape (steps, segments)
            NaN where none is typed.
        """
        found = np.full(self.steps.rates.shape, np.nan)
        for step, key in enumerate(self.steps.keys):
            if key in self.targets:
                found[step] = self.steps.raised(step, self.targets[key])
        return found

    @cached_property
    def _tested(self) -> Floats:
        found = np.full(len(self.steps.keys), np.nan)
        for step, basis in enumerate(self.basis):
            if basis == "worth testing":
                visits, rate = float(self.steps.visits[step, 0]), float(self.steps.rates[step, 0])
                found[step] = rate_posterior(min(visits * rate, visits), visits).quantile(TESTED)
        return found

    def to_typed(self, rates: Floats) -> Floats:
        """Raise every step to its typed target.

        Parameters
        ----------
        rates : ndarray of float, shape (..., steps, segments)

        Returns
        -------
        ndarray of float, shape (..., steps, segments)
            How much to add, 0 or more.
        """
        return np.nan_to_num(np.maximum(self.typed - rates, 0))

    def to_best(self, rates: Floats) -> Floats:
        """Raise every segment to the rate of the best one.

        Parameters
        ----------
        rates : ndarray of float, shape (..., steps, segments)

        Returns
        -------
        ndarray of float, shape (..., steps, segments)
            How much to add, 0 or more.
        """
        at = np.broadcast_to(np.maximum(self.best, 0)[:, None], (*rates.shape[:-1], 1))
        more = np.maximum(np.take_along_axis(rates, at, axis=-1) - rates, 0)
        return np.where(self.best[:, None] >= 0, more, 0)

    def to_basis(self, rates: Floats) -> Floats:
        """Raise every step to what it is judged by.

        Parameters
        ----------
        rates : ndarray of float, shape (..., steps, segments)

        Returns
        -------
        ndarray of float, shape (..., steps, segments)
            How much to add, 0 or more.
        """
        choices: dict[Basis, Callable[[], Floats]] = {
            "your target": lambda: self.to_typed(rates),
            "best segment": lambda: self.to_best(rates),
            "worth testing": lambda: np.nan_to_num(np.maximum(self._tested[:, None] - rates, 0)),
            "ten percent more": lambda: TENTH * rates,
            "one point more": lambda: np.full_like(rates, POINT),
        }
        found = np.empty_like(rates)
        for name in set(self.basis):
            chosen = np.array(self.basis) == name
            found[..., chosen, :] = choices[name]()[..., chosen, :]
        return found


def beyond(steps: Steps, targets: Mapping[str, float]) -> dict[str, float]:
    """Find the targets that no rate reaches.

    Parameters
    ----------
    steps : Steps
    targets : mapping of stage key to float

    Returns
    -------
    dict of str to float
        The highest rate, by stage.
    """
    most = dict(zip(steps.keys, map(float, steps.highest), strict=True))
    return {
        key: most[key]
        for key, target in targets.items()
        if not math.isnan(most.get(key, math.nan)) and target > most[key] + 1e-9
    }
