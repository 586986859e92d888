"""People and rates of several segments of a plan at once.

A plan has entrants and rates; the people at its stages follow. Where people are typed, or one rate
for several segments, the entrants at the first stage or the rates of the step to the stage are
multiplied by one factor, the same in each segment, so that what was typed follows. A rate goes no
further than its room: what other ways leave of 1. What is cut there goes to the other segments.

In a segment without referrals the people at a stage are linear in the rate of the step to it: they
are counted when they first arrive, and before that nobody has taken the step. So mostly the first
try is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from cvjkit.errors import Fault, InputError, faults_of
from cvjkit.model.origins import unknown_stages
from cvjkit.model.scalars import Amount, Share
from cvjkit.model.solver import solve
from cvjkit.number_text import write_number
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from cvjkit.catalog.stage import Stage
    from cvjkit.model.fields import Fields
    from cvjkit.model.flow import Floats, Flow
    from cvjkit.model.parts import Segment
    from cvjkit.number_text import Unit

EXACT, ROUNDING = 1e-13, 1e-9
MOST_TRIES = 200


@dataclass(frozen=True)
class Pooled:
    """The numbers at one stage of several segments.

    Parameters
    ----------
    design : Fields
    path : str
        Where a number is typed, for messages.
    stage : int
        Index of the stage.
    chosen : sequence of int
        Indices of the segments.
    """

    design: Fields
    path: str
    stage: int
    chosen: Sequence[int]

    def people(self) -> float | None:
        """Count the people at the stage.

        Returns
        -------
        float or None
            None where they are not known, or grow without end.
        """
        people = self._people(self._flow)
        return people if math.isfinite(people) else None

    def rate(self) -> float | None:
        """Give the share of all visits to the stage before that take the step to this one.

        Returns
        -------
        float or None
            0 to 1; None where it is not known.
        """
        if self._parent is None or not self._known(self._flow)[:, [self._parent, self.stage]].all():
            return None
        return self._rate(self._flow)

    def with_people(self, people: float | None) -> tuple[Segment, ...]:
        """Let so many people reach the stage.

        Parameters
        ----------
        people : float or None
            0 or more; None where it is not known how many.

        Returns
        -------
        tuple of Segment
            All segments: at the first stage with other entrants, else with other rates of the
            step to the stage.

        Raises
        ------
        InputError
            If the segments are counted, or nothing leads so many people there; the message says
            how many can get there.
        """
        return self._put(people, Amount, self._people, "people")

    def with_rate(self, rate: float | None) -> tuple[Segment, ...]:
        """Let such a share of the people at the stage before take the step.

        Parameters
        ----------
        rate : float or None
            0 to 1; None where it is not known.

        Returns
        -------
        tuple of Segment
            All segments.

        Raises
        ------
        InputError
            If the segments are counted, or other ways leave no room for the rate; the message
            says how much there is.
        """
        if self._parent is None:
            raise self._error(rate, "has no stage before it", "leave it out")
        return self._put(rate, Share, self._rate, "share")

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the numbers that it sets: entrants or rates at the stage, a segment each."""
        key = self.design.framework.keys[self.stage]
        names = (self.design.segments[index].name for index in self.chosen)
        return tuple(path_of(("segments", Title(name), self._table, key)) for name in names)

    # --- the one factor -------------------------------------------------------------------

    def _put(
        self, value: object, kind: Any, measure: Callable[[Flow], float], unit: Unit
    ) -> tuple[Segment, ...]:
        self._require_plan(value)
        if value is None:
            return self._with([None] * len(self.chosen))
        try:
            wanted: float = TypeAdapter(kind).validate_python(value)
        except ValidationError as error:
            (fault,) = faults_of(error, {})
            raise self._error(value, fault.rule, fault.fix) from None
        return self._solved(wanted, measure, unit)

    def _solved(
        self, wanted: float, measure: Callable[[Flow], float], unit: Unit
    ) -> tuple[Segment, ...]:
        """Find the factor that makes the measure what is wanted."""
        self._require_known(wanted)
        weights = self._now if self._now.any() else np.ones_like(self._now)
        present = measure(self._flow) if self._are_typed else math.nan
        if wanted == present:
            return self.design.segments

        def numbers(factor: float) -> Floats:
            return np.asarray(np.minimum(weights * factor, self._most))

        def measured(factor: float) -> float:
            return measure(self._solve(self._with(numbers(factor).tolist())))

        highest = float((self._most[weights > 0] / weights[weights > 0]).max())
        least, greatest = measured(0.0), math.inf
        if wanted < least * (1 - ROUNDING):
            raise self._bound_error(wanted, least, unit)
        if not wanted <= present and math.isfinite(highest):
            greatest = measured(highest)
            if wanted > greatest * (1 + ROUNDING):
                raise self._bound_error(wanted, greatest, unit)
        # What a straight line through what is known leads to.
        across = (1.0, present) if least < present < math.inf else (highest, greatest)
        guess = across[0] * (wanted - least) / (across[1] - least) if across[1] > least else 0.0
        factor = _root(measured, wanted, guess, (0.0, least), (highest, greatest))
        # Fifteen digits, as a spreadsheet keeps: three quarters of 0.4 are 0.3.
        return self._with([float(f"{number:.15g}") for number in numbers(factor)])

    @cached_property
    def _flow(self) -> Flow:
        return self._solve(self.design.segments)

    @cached_property
    def _parent(self) -> int | None:
        return self.design.framework.parents[self.stage]

    @cached_property
    def _segments(self) -> list[Segment]:
        return [self.design.segments[index] for index in self.chosen]

    @property
    def _table(self) -> str:
        return "entrants" if self._parent is None else "rates"

    @cached_property
    def _now(self) -> Floats:
        """Entrants at the stage, or rates of the step to it."""
        numbers = [(getattr(segment, self._table))[self.stage] for segment in self._segments]
        return np.array([number or 0.0 for number in numbers])

    @cached_property
    def _most(self) -> Floats:
        """How far they can go."""
        if self._parent is None:
            return np.full(len(self.chosen), math.inf)
        key = self.design.framework.keys[self._parent]
        siblings = [
            stage
            for stage, parent in enumerate(self.design.framework.parents)
            if parent == self._parent and stage != self.stage
        ]
        rooms = []
        for segment in self._segments:
            rates = segment.rates or ()
            taken = [rates[stage] or 0.0 for stage in siblings]
            taken += [
                way.rate
                for way in self.design.transitions
                if way.source == key and way.segment in {None, segment.name}
            ]
            rooms.append(max(0.0, 1 - math.fsum(taken)))
        return np.maximum(rooms, self._now)

    def _with(self, numbers: Sequence[float | None]) -> tuple[Segment, ...]:
        segments = list(self.design.segments)
        for index, number in zip(self.chosen, numbers, strict=True):
            table = list(getattr(segments[index], self._table))
            table[self.stage] = number
            segments[index] = segments[index].model_copy(update={self._table: tuple(table)})
        return tuple(segments)

    def _solve(self, segments: Sequence[Segment]) -> Flow:
        design = self.design
        return solve(design.name, design.framework, segments, design.transitions, design.referrals)

    # --- what is measured -----------------------------------------------------------------

    def _known(self, flow: Flow) -> Any:
        return ~flow.undefined[list(self.chosen)]

    def _people(self, flow: Flow) -> float:
        """Count the people there; infinite where they grow without end."""
        known = self._known(flow)[:, self.stage]
        return float(flow.people[list(self.chosen), self.stage].sum()) if known.all() else math.inf

    def _rate(self, flow: Flow) -> float:
        rates = flow.shares[list(self.chosen), self._parent, self.stage]
        visits = flow.visits[list(self.chosen), self._parent]
        visits = np.where(self._known(flow)[:, self._parent], visits, 0)
        return float(np.average(rates, weights=visits if visits.sum() > 0 else None))

    # --- what is refused ------------------------------------------------------------------

    def _require_plan(self, number: object) -> None:
        counted = [segment.name for segment in self._segments if segment.observed]
        if counted:
            of = ", ".join(counted)
            rule = f"cannot be set for all segments: the people of {of} are counted"
            fix = "give people of one segment, or make it a what-if"
            raise self._error(number, rule, fix)

    def _require_known(self, number: float) -> None:
        """Require what the people at the stage depend on."""
        framework = self.design.framework
        if self._now.any() and not self._are_typed:
            unknown = [
                segment.name
                for segment in self._segments
                if getattr(segment, self._table)[self.stage] is None
            ]
            fix = f"type it for {', '.join(unknown)} first"
            raise self._error(number, "needs what is not known of every segment", fix)
        before = self._before
        for segment in self._segments:
            if before and before.key in unknown_stages(framework, segment):
                rule = f"needs the people at {before.name}, and they are not known"
                raise self._error(number, rule, f"type how many reach {before.name} first")

    @property
    def _before(self) -> Stage | None:
        """The stage that the step comes from."""
        return None if self._parent is None else self.design.framework.stages[self._parent]

    @property
    def _are_typed(self) -> bool:
        return all(
            getattr(segment, self._table)[self.stage] is not None for segment in self._segments
        )

    def _bound_error(self, wanted: float, bound: float, unit: Unit) -> InputError:
        """Say how far the number can go."""
        name = self.design.framework.stages[self.stage].name
        text = _inside(bound, wanted, unit)
        if wanted < bound:
            rule = f"is fewer than the {text} who reach {name} by other ways"
            return self._error(wanted, rule, f"write {text} or more, or change those ways first")
        if unit == "share":
            rule, fix = f"is more than the {text} that other ways leave", "lower one of them first"
            return self._error(wanted, rule, f"write {text} or less, or {fix}")
        rule = f"is more than the {text} who can reach {name}"
        before = self._before.name if self._before else "the stage before"
        if bound == 0:
            return self._error(wanted, "cannot come from nobody", f"raise {before} first")
        return self._error(wanted, rule, f"write {text} or fewer, or raise {before} first")

    def _error(self, value: object, rule: str, fix: str) -> InputError:
        return InputError(f"journey {self.design.name}", [Fault(self.path, value, rule, fix)])


def _root(
    measured: Callable[[float], float],
    wanted: float,
    guess: float,
    low: tuple[float, float],
    high: tuple[float, float],
) -> float:
    """Find where a rising measure is what is wanted, between two points."""
    if wanted <= low[1]:
        return low[0]
    if wanted >= high[1]:
        return high[0]
    factor = guess
    for number in range(MOST_TRIES):
        if not low[0] < factor < high[0]:
            factor = low[0] + (high[0] - low[0]) / 2 if math.isfinite(high[0]) else 2 * low[0] or 1
            if not low[0] < factor < high[0]:
                break
        found = measured(factor)
        if abs(found - wanted) <= EXACT * wanted:
            break
        if found < wanted:
            low = factor, found
        else:
            high = factor, found
        factor = math.nan
        if number % 3 < 2 and high[1] < math.inf and high[1] > low[1]:
            factor = low[0] + (high[0] - low[0]) * (wanted - low[1]) / (high[1] - low[1])
    return factor


def _inside(bound: float, wanted: float, unit: Unit) -> str:
    """Write a bound so that what is written lies within it."""
    parts = 1.0 if unit == "people" and bound >= 1 else 1e6
    near = round(bound * parts) / parts
    if not math.isclose(near, bound, rel_tol=ROUNDING):
        near = (math.floor if wanted > bound else math.ceil)(bound * parts) / parts
    return write_number(near, unit)
