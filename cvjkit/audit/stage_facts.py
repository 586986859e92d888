"""What a rule of the audit can ask about the stages of a journey, and the people there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from cvjkit.catalog.spine import milestones, spine
from cvjkit.model.flags import TOLERANCE
from cvjkit.model.parts import StageNumbers

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.design import Design
    from cvjkit.model.economics import Economics
    from cvjkit.model.flow import Floats, Flow
    from cvjkit.model.parts import Thresholds

Known = TypeVar("Known")


def exceeds(value: float, limit: float) -> bool:
    """Tell whether a number exceeds a limit by more than rounding.

    Parameters
    ----------
    value : float
    limit : float
        In the unit of `value`.

    Returns
    -------
    bool

    Examples
    --------
    >>> exceeds(0.3, 0.1 + 0.2), exceeds(0.1 + 0.2, 0.3), exceeds(0.31, 0.3)
    (False, False, True)
    """
    return value > limit and not math.isclose(value, limit, rel_tol=1e-9)


class MissingError(LookupError):
    """A rule cannot tell, because something it needs is missing.

    Parameters
    ----------
    *needs : str
        Everything it needs, in words: "the price of the first order".
    """

    def __init__(self, *needs: str) -> None:
        self.needs = needs
        super().__init__(", ".join(needs))


@dataclass(frozen=True, eq=False)
class StageFacts:
    """What is known of a journey's stages, given by their position, counted from 0.

    Parameters
    ----------
    journey : Design
    """

    journey: Design

    @property
    def framework(self) -> Framework:
        """The journey's framework."""
        return self.journey.framework

    @property
    def thresholds(self) -> Thresholds:
        """The limits that findings depend on."""
        return self.journey.thresholds

    @property
    def flow(self) -> Flow:
        """Where people go."""
        return self.journey.flow()

    @property
    def economics(self) -> Economics:
        """What the journey costs and brings."""
        return self.journey.economics()

    # --- the stages -----------------------------------------------------------------------------

    @cached_property
    def covering(self) -> Mapping[str, int]:
        """The stage in which each milestone lies.

        Returns
        -------
        mapping of milestone key to int
            Position of the stage at the milestone, or else of the nearest before it; 0 if there
            is none.
        """
        return {
            milestone.key: self.framework.nearest(milestone.key, "before") or 0
            for milestone in milestones()
        }

    def at(self, *names: str) -> int | None:
        """Find the stage at a milestone.

        Parameters
        ----------
        *names : str
            Keys of milestones; the first that has a stage counts.

        Returns
        -------
        int or None
            Position of the stage; None if there is none.
        """
        anchored = self.framework.by_milestone
        return next((anchored[name] for name in names if name in anchored), None)

    def stage_at(self, *names: str) -> int:
        """Find the stage at a milestone that a rule needs.

        Parameters
        ----------
        *names : str
            As in `at`.

        Returns
        -------
        int
            Position of the stage.

        Raises
        ------
        MissingError
            If no stage is there.
        """
        position = self.at(*names)
        if position is None:
            where = " or ".join(spine()[name].name for name in names)
            raise MissingError(f"a stage for {where}, which {self.framework.name} lacks")
        return position

    def label(self, position: int) -> str:
        """Give a stage's name.

        Parameters
        ----------
        position : int

        Returns
        -------
        str
        """
        return self.framework.stages[position].name

    def key(self, position: int) -> str:
        """Give a stage's key.

        Parameters
        ----------
        position : int

        Returns
        -------
        str
        """
        return self.framework.keys[position]

    def numbers(self, position: int) -> StageNumbers:
        """Give the costs, margin, delay, tactics and messages of a stage.

        Parameters
        ----------
        position : int

        Returns
        -------
        StageNumbers
            Empty if nothing was typed.
        """
        return self._numbers[position]

    @cached_property
    def _numbers(self) -> list[StageNumbers]:
        typed = {numbers.stage: numbers for numbers in self.journey.stages}
        return [typed.get(key) or StageNumbers(stage=key) for key in self.framework.keys]

    # --- the people -----------------------------------------------------------------------------

    @cached_property
    def _people(self) -> list[float | None]:
        return self.flow.numbers("people")

    def people(self, position: int) -> float | None:
        """Give the number of people who reach a stage.

        Parameters
        ----------
        position : int

        Returns
        -------
        float or None
            None if it is not known.
        """
        return self._people[position]

    @cached_property
    def entered(self) -> Floats:
        """People who come in from outside, without what only rounds the counts.

        Returns
        -------
        ndarray of float, shape (segments, stages)
        """
        entered = self.flow.entered
        observed = np.array([segment.observed for segment in self.journey.segments])
        return np.where(observed[:, None] & (entered <= TOLERANCE), 0.0, entered)

    def counted(self, *positions: int) -> list[float]:
        """Give the numbers of people at stages that a rule needs.

        Parameters
        ----------
        *positions : int

        Returns
        -------
        list of float

        Raises
        ------
        MissingError
            With the stages whose people are not known.
        """
        return self.typed(
            *(
                (f"the people at {self.label(position)}", self._people[position])
                for position in positions
            )
        )

    @staticmethod
    def typed(*values: tuple[str, Known | None]) -> list[Known]:
        """Give values that a rule needs.

        Parameters
        ----------
        *values : tuple of (str, object or None)
            The name of each value, and the value; None if it is not known.

        Returns
        -------
        list
            The values.

        Raises
        ------
        MissingError
            With the names of those not known.

        Examples
        --------
        >>> StageFacts.typed(("the price", 6.0), ("the margin", 1.5))
        [6.0, 1.5]
        """
        missing = [name for name, value in values if value is None]
        if missing:
            raise MissingError(*missing)
        return [value for _, value in values if value is not None]
