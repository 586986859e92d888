"""The design of a customer journey: one frozen value, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pydantic import PrivateAttr

from cvjkit.errors import InputError
from cvjkit.model.carry import Carried
from cvjkit.model.checks import framework_of
from cvjkit.model.economics import BOUGHT_AGAIN, Economics, StageColumns, appraise
from cvjkit.model.editing import Editable
from cvjkit.model.plan import planned
from cvjkit.model.solver import solve

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.flow import Flow

Result = TypeVar("Result")


class _Results(dict[str, Any]):
    """What was worked out from a design; a copy or a pickle of the design starts without."""

    def __copy__(self) -> _Results:
        return _Results()

    def __deepcopy__(self, memo: object) -> _Results:
        return _Results()

    def __reduce__(self) -> tuple[type[_Results], tuple[()]]:
        return _Results, ()


class Design(Editable):
    """A framework with numbers: who comes, how far they get, what it costs and brings.

    It has no file, and only its flow and economics are worked out from it; people use
    `cvjkit.journey.Journey`, which adds the rest. Methods that change it return a new one.

    Parameters
    ----------
    **fields
        As in `Fields`.

    Examples
    --------
    >>> shop = Design.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> shop.with_stage("conversion", unit_cost=5).stages[0].unit_cost
    5.0
    """

    _results: _Results = PrivateAttr(default_factory=_Results)

    def in_framework(self, other: str | Framework) -> Self:
        """Carry the design into another framework.

        Parameters
        ----------
        other : str or Framework
            Its key, or the framework.

        Returns
        -------
        Self
            People at milestones that both frameworks have are the same; the others are not known,
            and of a plan neither are those that follow them. Costs and delays of a stage that the
            other framework lacks pass to the next stage it has, or else to its last one, so the
            totals agree. Transitions and referrals through such stages lead to the next ones it
            has, each segment's at its own rate. People brought in by those who were brought in on
            the way count with them; people whom nobody at one of its stages brought in enter from
            outside.

        Raises
        ------
        InputError
            If there is no such framework.

        Examples
        --------
        >>> eight = Design.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3])
        >>> eight.in_framework("five").segments[0].counts
        (9000.0, 900.0, 50.0, 20.0, 9.0)
        """
        target = self._framework_of(other)
        carried = Carried(self, self.flow(), target).fields()
        carried["second_purchase_rate"] = self._second_purchase_rate_in(target)
        return self._derived(target, {**dict(self), **carried})

    def _second_purchase_rate_in(self, target: Framework) -> float | None:
        """Keep the share who buy again if that is no stage of the target."""
        if any(stage.milestone == BOUGHT_AGAIN for stage in target):
            return None
        rate = self.economics().second_purchase_rate
        return rate if rate is None or rate <= 1 else None

    def planned(self, segment: str | None = None) -> Self:
        """Turn counts into a plan: the entrants, rates and ways that explain them.

        Parameters
        ----------
        segment : str, optional
            Name of the only segment to plan; by default all that were counted.

        Returns
        -------
        Self
            With the same flow; its rates can be changed one by one.

        Raises
        ------
        InputError
            If people are counted after a stage where they are not known: no rate explains them.
            If there is no such segment.

        Examples
        --------
        >>> Design.from_counts("five", [900, 90, 9, 3, 1]).planned().segments[0].rates[1:3]
        (0.1, 0.1)
        """
        every = [one.name for one in self.segments]
        chosen = every if segment is None else [self._segment(segment).name]
        fields, faults = planned(self, self.flow(), chosen)
        if faults:
            raise self._error(*faults)
        return self._with(**fields)

    def flow(self) -> Flow:
        """Follow the people through the stages; worked out once.

        Returns
        -------
        Flow
        """
        typed = self.name, self.framework, self.segments, self.transitions, self.referrals
        return self._once("flow", lambda: solve(*typed))

    def economics(self, segment: str | None = None) -> Economics:
        """Work out what the journey costs and brings; worked out once.

        Parameters
        ----------
        segment : str, optional
            Only this segment's people; it bears fixed costs in proportion to its customers.

        Returns
        -------
        Economics

        Raises
        ------
        InputError
            If there is no such segment.
        """
        if segment is not None:
            self._segment(segment)
        name = "economics" if segment is None else f"economics of {segment}"
        return self._once(name, lambda: appraise(StageColumns.of(self, segment), self.currency))

    def _once(self, name: str, work: Callable[[], Result]) -> Result:
        """Work something out that depends on nothing but the design, the first time only."""
        if name not in self._results:
            self._results[name] = work()
        result: Result = self._results[name]
        return result

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy the design as pydantic does, without the results worked out from it.

        Parameters
        ----------
        update : mapping, optional
            Fields that change, not checked.
        deep : bool
            Whether to copy the values too.

        Returns
        -------
        Self
        """
        copied = super().model_copy(update=update, deep=deep)
        copied._results = _Results()  # noqa: SLF001 - of the class's own new instance
        return copied

    def _framework_of(self, framework: str | Framework) -> Framework:
        try:
            return framework_of(framework)
        except InputError as error:
            raise self._error(*error.faults) from None
