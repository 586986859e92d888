"""The people of a journey who are known, and what contradicts them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
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
    from cvjkit.model.parts import Offer

ADVOCATE, LOYALTY = "advocate", "loyalty"
HABIT_ORDERS = 4

Made = Literal["counted", "planned", "counted or planned"]


@dataclass(frozen=True, eq=False)
class KnownPeople:
    """The people at milestones who are known: counted or planned at stages, or known besides.

    Parameters
    ----------
    flow : Flow
    offers : sequence of Offer
        For the share who order again, from which follows who has the habit.
    market : float, optional
        People who could be reached.
    also_known : mapping of milestone key to float
        People at milestones where the journey has no stage, or no number.
    weights : mapping of str to float, optional
        Weights, above 0, of steps: of all that a "person" or the "seller" decides on, or of the
        step to one milestone. The others are those of ``full.toml``; the alternative is
        ``{"person": 1, "seller": 1}``.
    habit_orders : int
        The order, from 2 on, that shows a habit; no document gives one.
    brought : mapping of stage key to float
        Arrivals by the transitions and referrals entered.
    made : {"counted", "planned", "counted or planned"}
        How the numbers of the journey came about.
    loyalty_measured_by : {"recommendation", "repeat_purchase"}, optional
        What the people at Loyalty were counted by; those who buy again are no advocates.

    Raises
    ------
    InputError
        With all that is wrong with `also_known`, `weights` and `habit_orders`.
    """

    flow: Flow
    offers: Sequence[Offer] = ()
    market: float | None = None
    also_known: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] | None = None
    habit_orders: int = HABIT_ORDERS
    brought: Mapping[str, float] = field(default_factory=dict)
    made: Made = "counted"
    loyalty_measured_by: str | None = None

    def __post_init__(self) -> None:
        steps = ("person", "seller", *spine())
        above_0 = math.ulp(0)
        faults = [
            *_faults_in("also_known", self.also_known, spine(), 0, "must be a number from 0 on"),
            *_faults_in("weights", self.weights or {}, steps, above_0, "must be a number above 0"),
        ]
        for milestone in self.also_known.keys() & self._counted.keys():
            rule = f"is counted already, at {self._called(milestone)}"
            value = self.also_known[milestone]
            faults.append(Fault(f"also_known.{milestone}", value, rule, "keep one of the two"))
        orders: Any = self.habit_orders
        if type(orders) is not int or orders < 2:
            rule = "must be a whole number from 2 on"
            faults.append(Fault("habit_orders", orders, rule, f"write {HABIT_ORDERS}"))
        if faults:
            raise InputError(f"lens on {self.flow.name}", faults)

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
        if self.loyalty_measured_by != "repeat_purchase" or index is None or not loyal:
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
            and not self._crossings.entered(start, end)
        ]

    @cached_property
    def _crossings(self) -> Crossings:
        return Crossings(self.flow, self.people)

    def _called(self, milestone: str) -> str:
        return self._crossings.called(milestone)

    def crossings(self, start: str, end: str) -> tuple[str, ...]:
        """Describe people at or past a milestone who have not passed all milestones since another.

        Parameters
        ----------
        start : str
            Key of a milestone.
        end : str
            Key of a later milestone.

        Returns
        -------
        tuple of str
            A phrase for each such group; empty if nobody is known to.
        """
        return self._crossings.between(start, end)


def brought_by_ways(design: Design, flow: Flow) -> dict[str, float]:
    """Count the arrivals that the transitions and referrals entered would bring.

    Parameters
    ----------
    design : Design
    flow : Flow
        The design's, or that of one of its segments.

    Returns
    -------
    dict of str to float
        By stage keys.
    """
    visits = dict(zip(flow.framework.keys, flow.numbers("visits"), strict=True))
    brought: dict[str, float] = {}
    ways = [(way.source, way.target, way.rate) for way in design.transitions]
    ways += [(row.source, row.target, row.per_person) for row in design.referrals]
    for source, target, rate in ways:
        brought[target] = brought.get(target, 0.0) + rate * (visits[source] or 0.0)
    return brought


def _faults_in(
    table: str, given: Mapping[str, Any], allowed: Collection[str], least: float, rule: str
) -> list[Fault]:
    faults = []
    for key, value in given.items():
        if key not in allowed:
            faults.append(unknown_name(f"{table}.{key}", key, allowed))
        elif not is_number(value, least):
            faults.append(Fault(f"{table}.{key}", value, rule, "write one, or leave it out"))
    return faults
