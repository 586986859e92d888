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
from typing import TYPE_CHECKING, Any, Literal

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
    what : {"people", "rate"}
        The people at the stage, or the rate of the step to it.
    """

    design: Fields
    path: str
    stage: int
    chosen: Sequence[int]
    what: Literal["people", "rate"]

    def value(self) -> float | None:
        """Give the people at the stage, or the share of all visits to the one before that come on.

        Returns
        -------
        float or None
            A rate is 0 to 1; None where it is not known, or people grow without end.
        """
        ends = [self.stage] if self.what == "people" else [self._parent, self.stage]
        if None in ends or not self._known(self._flow)[:, ends].all():
            return None
        return self._measured(self._flow)

    def with_value(self, value: float | None) -> tuple[Segment, ...]:
        """Let so many people reach the stage, or such a share of those at the stage before.

        Parameters
        ----------
        value : float or None
            People, 0 or more, or a rate, 0 to 1; None where it is not known.

        Returns
        -------
        tuple of Segment
            All segments: with other rates of the step to the stage; where people are put at the
            first stage, with other entrants.

        Raises
        ------
        InputError
            If the segments are counted, nothing leads so many people there, or other ways leave no
            room for the rate; the message says how far it can go.
        """
        if self.what == "rate" and self._parent is None:
            raise self._error(value, "has no stage before it", "leave it out")
        self._require_plan(value)
        if value is None:
            return self._with([None] * len(self.chosen))
        kind: Any = Amount if self.what == "people" else Share
        try:
            wanted: float = TypeAdapter(kind).validate_python(value)
        except ValidationError as error:
            (fault,) = faults_of(error, {})
            raise self._error(value, fault.rule, fault.fix) from None
        return self._solved(wanted)

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the numbers that it sets: entrants or rates at the stage, a segment each."""
        key = self.design.framework.keys[self.stage]
        names = (self.design.segments[index].name for index in self.chosen)
        return tuple(path_of(("segments", Title(name), self._table, key)) for name in names)

    # --- the one factor -------------------------------------------------------------------

    def _solved(self, wanted: float) -> tuple[Segment, ...]:
        """Find the factor that makes the number what is wanted."""
        self._require_known(wanted)
        weights = self._now if self._now.any() else np.ones_like(self._now)
        present = self._measured(self._flow) if self._are_typed else math.nan
        if wanted == present:
            return self.design.segments

        def numbers(factor: float) -> Floats:
            return np.asarray(np.minimum(weights * factor, self._most))

        def measured(factor: float) -> float:
            return self._measured(self._solve(self._with(numbers(factor).tolist())))

        highest = float((self._most[weights > 0] / weights[weights > 0]).max())
        least, greatest = measured(0.0), math.inf
        if wanted < least * (1 - ROUNDING):
            raise self._bound_error(wanted, least)
        if not wanted <= present and math.isfinite(highest):
            greatest = measured(highest)
            if wanted > greatest * (1 + ROUNDING):
                raise self._bound_error(wanted, greatest)
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

    def _measured(self, flow: Flow) -> float:
        """Measure the number in a flow; people who grow without end are infinitely many."""
        chosen, known = list(self.chosen), self._known(flow)
        if self.what == "people":
            people = float(flow.people[chosen, self.stage].sum())
            return people if known[:, self.stage].all() else math.inf
        rates = flow.shares[chosen, self._parent, self.stage]
        visits = np.where(known[:, self._parent], flow.visits[chosen, self._parent], 0)
        return float(np.average(rates, weights=visits if visits.sum() > 0 else None))

    # --- what is refused ------------------------------------------------------------------

    def _require_plan(self, number: object) -> None:
        counted = [segment.name for segment in self._segments if segment.observed]
        if counted:
            of = ", ".join(counted)
            rule = f"cannot be set for all segments, because the people of {of} are counted"
            fix = "type the people of one segment, or make it a what-if"
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
            raise self._error(number, "needs a number that some segments lack", fix)
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

    def _bound_error(self, wanted: float, bound: float) -> InputError:
        """Say how far the number can go."""
        name = self.design.framework.stages[self.stage].name
        text = _inside(bound, wanted, "people" if self.what == "people" else "share")
        if wanted < bound:
            rule = f"is fewer than the {text} who reach {name} by other ways"
            return self._error(wanted, rule, f"write {text} or more, or change those ways first")
        if self.what == "rate":
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
