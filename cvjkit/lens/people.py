"""The people of a journey who are known, and what contradicts them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from cvjkit.catalog.spine import passed, spine
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.lens.crossings import Crossings
from cvjkit.model.arguments import is_number
from cvjkit.model.flags import TOLERANCE
from cvjkit.number_text import people_text

if TYPE_CHECKING:
    from cvjkit.model.design import Design
    from cvjkit.model.flow import Flow

ADVOCATE, LOYALTY = "advocate", "loyalty"
HABIT_ORDERS = 4


@dataclass(frozen=True, eq=False)
class KnownPeople:
    """The people at milestones who are known: counted or planned at stages, or known besides.

    Parameters
    ----------
    design : Design
    segment : str, optional
        Only this segment's people; what is known besides the stages is of all segments together.
    weights : mapping of str to float, optional
        Weights, above 0, of steps: of all that a "person" or the "seller" decides on, or of the
        step to one milestone. The others are those of ``full.toml``; the alternative is
        ``{"person": 1, "seller": 1}``.
    habit_orders : int
        The order, from 2 on, that shows a habit; no document gives one.

    Raises
    ------
    InputError
        With all that is wrong with `weights` and `habit_orders`.
    """

    design: Design
    segment: str | None = None
    weights: Mapping[str, float] | None = None
    habit_orders: int = HABIT_ORDERS

    def __post_init__(self) -> None:
        faults, steps = list[Fault](), ("person", "seller", *spine())
        for key, value in (self.weights or {}).items():
            if key not in steps:
                faults.append(unknown_name(f"weights.{key}", key, steps))
            elif not is_number(value, math.ulp(0)):
                rule, fix = "must be a number above 0", "write one, or leave it out"
                faults.append(Fault(f"weights.{key}", value, rule, fix))
        orders: Any = self.habit_orders
        if type(orders) is not int or orders < 2:
            rule = "must be a whole number from 2 on"
            faults.append(Fault("habit_orders", orders, rule, f"write {HABIT_ORDERS}"))
        if faults:
            raise InputError(f"lens on {self.design.name}", faults)

    @cached_property
    def flow(self) -> Flow:
        """Where the people go.

        Returns
        -------
        Flow
        """
        whole = self.design.flow()
        return whole if self.segment is None else whole.only(self.segment)

    @property
    def made(self) -> Literal["counted", "planned", "counted or planned"]:
        """How the numbers came about."""
        own = [one.observed for one in self.design.segments if self.segment in {None, one.name}]
        if any(own) and not all(own):
            return "counted or planned"
        return "counted" if all(own) else "planned"

    @cached_property
    def _brought(self) -> dict[str, float]:
        """Arrivals at stages that the transitions and referrals typed would bring."""
        visits = dict(zip(self.flow.framework.keys, self.flow.numbers("visits"), strict=True))
        brought: dict[str, float] = {}
        ways = [(way.source, way.target, way.rate) for way in self.design.transitions]
        ways += [(row.source, row.target, row.per_person) for row in self.design.referrals]
        for source, target, rate in ways:
            brought[target] = brought.get(target, 0.0) + rate * (visits[source] or 0.0)
        return brought

    @property
    def also_known(self) -> Mapping[str, float]:
        """People at milestones where the journey has no stage, or no number, by their keys."""
        return self.design.also_known if self.segment is None else {}

    @cached_property
    def people(self) -> dict[str, float]:
        """People at every milestone where they are known, in the order of the spine.

        Returns
        -------
        dict of str to float
            By keys of milestones.
        """
        known = {**self.also_known, **self._counted}
        return {milestone: float(known[milestone]) for milestone in spine() if milestone in known}

    @cached_property
    def _at_stages(self) -> list[float | None]:
        return self.flow.numbers("people")

    @cached_property
    def _counted(self) -> dict[str, float]:
        at = self.flow.framework.by_milestone
        found = ((milestone, self._at_stages[index]) for milestone, index in at.items())
        return {
            milestone: people
            for milestone, people in found
            if people is not None and milestone not in self._measured_otherwise
        }

    @cached_property
    def _measured_otherwise(self) -> dict[str, str]:
        """Say of milestones what the people at their stage were counted by instead."""
        framework = self.flow.framework
        loyal = framework[LOYALTY].milestone if LOYALTY in framework else ADVOCATE
        index = framework.by_milestone.get(loyal or "")
        if self.design.loyalty_measured_by != "repeat_purchase" or index is None or not loyal:
            return {}
        people, name = people_text(self._at_stages[index]), framework.stages[index].name
        return {loyal: f"{name} ({people}) counts repeat purchases, not recommendations. "}

    @cached_property
    def _contradicted(self) -> dict[str, list[str]]:
        """List the milestones whose people make a number impossible that is known besides."""
        found: dict[str, list[str]] = {}
        for others in (self._counted, self.also_known):
            sound = [key for key in others if key not in found]
            told = {key: self._contradicting(key, sound) for key in self.also_known}
            found |= {key: keys for key, keys in told.items() if keys and key not in found}
        return found

    def _contradicting(self, milestone: str, others: Sequence[str]) -> list[str]:
        """Choose from milestones those that more people passed than can have, or fewer."""
        pairs = {other: (other, milestone) for other in others if other in passed(milestone)}
        pairs |= {other: (milestone, other) for other in others if milestone in passed(other)}
        return [
            other
            for other, (start, end) in pairs.items()
            if self.people[end] > self.people[start] + TOLERANCE
            and not self.crossings.entered(start, end)
        ]

    @cached_property
    def crossings(self) -> Crossings:
        """People who have not passed all milestones before the one they are at.

        Returns
        -------
        Crossings
        """
        return Crossings(self.flow, self.people)

    def _called(self, milestone: str) -> str:
        return self.crossings.called(milestone)
