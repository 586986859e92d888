"""People at the milestones of the spine: counted, estimated from those counted, or not known.

Between two known milestones a and c the leak is shared out by the weights of the steps on the
way:

    n_b = n_a (n_c / n_a)^w,   w = W(a, b) / W(a, c),   W = sum of the weights of the steps

How certain w is: w ~ Beta(4 w, 4 (1 - w)); the interval is the formula at the 5% and the 95%
quantile of w. The weights are our prior, no document has numbers.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from numbers import Real
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.crosswalk import own_stage
from cvjkit.catalog.spine import TIME, VOICE, line, spine, way
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.lens.crossings import Crossings
from cvjkit.lens.number import Number, Point, exact, interval, no_bounds, unknown
from cvjkit.model.economics import BOUGHT_AGAIN, FIRST_PAYMENT
from cvjkit.number_text import people_text, share_text

if TYPE_CHECKING:
    from cvjkit.catalog.stage import Stage
    from cvjkit.model.flow import Flow
    from cvjkit.model.parts import Offer

WOWED, HABITUAL, ADVOCATE = "wowed", "habitual", "advocate"
HABIT_ORDERS = 4
WEIGHT_CASES = 4.0  # a weight is as certain as if observed in so many cases
REPEAT_CASES = 20.0  # and so is a typed repeat rate


@dataclass(frozen=True, eq=False)
class Known:
    """What is known about the people of a journey at the milestones.

    Estimates are made from the people of all segments together. Those made for each segment
    alone, from ``flow.only(name)``, do not add up to them.

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

    Raises
    ------
    InputError
        With all that is wrong with `also_known`, `weights` and `habit_orders`.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> flow = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41]).flow()
    >>> round(Known(flow).number("lead").people, 1)
    1907.9
    >>> Known(flow, also_known={"lead": 1346}).number("lead").status
    'exact'
    >>> round(Known(flow, weights={"person": 1, "seller": 1}).number("lead").people, 1)
    2758.4
    """

    flow: Flow
    offers: Sequence[Offer] = ()
    market: float | None = None
    also_known: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] | None = None
    habit_orders: int = HABIT_ORDERS

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
        return {milestone: people for milestone, people in found if people is not None}

    @cached_property
    def _crossings(self) -> Crossings:
        return Crossings(self.flow, self.people)

    def _called(self, milestone: str) -> str:
        return self._crossings.called(milestone)

    def weight(self, milestone: str) -> float:
        """Give the weight of the step to a milestone.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        float
            Above 0.
        """
        step, given = spine()[milestone], self.weights or {}
        return float(given.get(milestone, given.get(step.decided_by, step.weight)))

    def number(self, milestone: str) -> Number:
        """Give the people at a milestone.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        Number

        Raises
        ------
        InputError
            If there is no such milestone.
        """
        if milestone not in spine():
            raise InputError("lens", [unknown_name("milestone", milestone, spine())])
        if milestone in self._counted:
            return exact(self._counted[milestone], f"Counted at {self._called(milestone)}.")
        if milestone in self.people:
            return exact(self.people[milestone], "Known besides the stages.")
        if spine()[milestone].branch == TIME:
            return unknown("Only journeys in which people give time before money count it.")
        if milestone == HABITUAL:
            return self._habit()
        start = next((key for key in line(milestone) if key in self.people), None)
        end = self._next_known(milestone)
        if end is not None:
            return self._between(start, milestone, end) if start else self._ahead_of(end)
        if start is None:
            return unknown("Nothing is known.")
        if spine()[milestone].branch == VOICE != spine()[start].branch:
            return unknown("Nothing is known of word of mouth.")
        return unknown(f"Nothing is known after {self._called(start)}.")

    def _next_known(self, milestone: str) -> str | None:
        """Find the next known milestone; of two branches the one that more people reached.

        The people on both branches came through here, so the larger number says more.
        """
        following = [
            end
            for end in self.people
            if spine()[end].branch != TIME and self._leads(milestone, end)
        ]
        return max(following, key=self.people.__getitem__, default=None)

    def _leads(self, milestone: str, end: str) -> bool:
        """Tell whether a milestone is on the way to a later one, with no known one between."""
        line_back = (key for key in line(end) if key == milestone or key in self.people)
        return next(line_back, None) == milestone

    def _ahead_of(self, end: str) -> Number:
        least, market = self.people[end], self.market
        bounded = market is not None and market >= least
        why = f"Before {self._called(end)}, where counting begins: at least as many"
        why += ", at most the market." if bounded else "."
        return unknown(why, least, market if bounded else None)

    def _between(self, start: str, milestone: str, end: str) -> Number:
        before, after = self.people[start], self.people[end]
        ceiling = self._ceiling() if milestone == ADVOCATE else start
        crossings = self.crossings(ceiling or start, end)
        least: float | None = after
        most = self.people[ceiling] if ceiling else None
        names = f"{self._called(start)} ({people_text(before)}) and "
        names += f"{self._called(end)} ({people_text(after)})"
        if after == 0 or after > before:
            how = "nobody reached the second" if after == 0 else "the second has more people"
            why = f"Between {names}: {how}, so there is no estimate."
            return unknown(why, least, most, crossings)
        part = self._weighed(start, milestone) / self._weighed(start, end)
        least_lost, most_lost = interval(part, WEIGHT_CASES)
        people, low, high = (
            min(max(before * (after / before) ** share, after), before)
            for share in (part, most_lost, least_lost)
        )
        why = f"Between {names}: by weight, {share_text(part)} of the leak is before it."
        why += no_bounds(crossings)
        if crossings:
            least = most = None
        return Number("estimated", people, low, high, least, most, why)

    def _ceiling(self) -> str | None:
        """Find the last known milestone that advocates have certainly passed."""
        passed = (WOWED, FIRST_PAYMENT, *line(FIRST_PAYMENT))
        return next((milestone for milestone in passed if milestone in self.people), None)

    def _weighed(self, start: str, end: str) -> float:
        return math.fsum(map(self.weight, way(start, end)))

    def _habit(self) -> Number:
        """Estimate who has the habit from who bought again: n r^(K-2)."""
        buyers, rate = self.number(BOUGHT_AGAIN), self._repeat_rate
        least = None if buyers.bound_high is None else 0.0
        if buyers.people is None or buyers.low is None or buyers.high is None:
            return unknown("Follows from those who buy again, and they are not known.")
        if rate is None:
            why = "Follows from the repeat rate of later orders: enter it with the offer."
            return unknown(why, least, buyers.bound_high)
        cycles = self.habit_orders - 2
        low, high = interval(rate, REPEAT_CASES)
        why = f"Of {people_text(buyers.people)} who buy again, {share_text(rate)} go on"
        why += f" in each of {cycles} cycles, up to order {self.habit_orders}."
        return Number(
            "estimated",
            buyers.people * rate**cycles,
            buyers.low * low**cycles,
            buyers.high * high**cycles,
            least,
            buyers.bound_high,
            why,
        )

    @cached_property
    def _repeat_rate(self) -> float | None:
        framework = self.flow.framework
        for offer in self.offers:
            if framework.anchor(offer.stage) == BOUGHT_AGAIN and offer.repeat_rate is not None:
                return offer.repeat_rate
        index = framework.by_milestone.get(BOUGHT_AGAIN)
        if index is None or not self._at_stages[index]:
            return None
        visits = self.flow.visits[:, index]
        return float(visits @ self.flow.shares[:, index, index] / visits.sum()) or None

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

    def rate(self, start: str, end: str) -> float | None:
        """Give the share of the people at one milestone who reach a later one.

        Parameters
        ----------
        start : str
            Key of the first.
        end : str
            Key of the later one.

        Returns
        -------
        float or None
            0 to 1; None where it does not follow from what is known.
        """
        return self.follow(self._at(start), self._at(end))

    def point(self, stage: Stage) -> Point:
        """Find a stage of any framework: by its milestone, or by its key if it has none.

        Parameters
        ----------
        stage : Stage

        Returns
        -------
        Point
        """
        if stage.milestone:
            return self._at(stage.milestone)
        index = own_stage(self.flow.framework, stage)
        people = None if index is None else self._at_stages[index]
        if people is None:
            return Point(None, None, unknown("Stands at no milestone."))
        return Point(None, index, exact(people, f"Counted at {stage.name}."))

    def _at(self, milestone: str) -> Point:
        counted = milestone in self._counted
        index = self.flow.framework.by_milestone[milestone] if counted else None
        return Point(milestone, index, self.number(milestone))

    def follow(self, start: Point, end: Point, *, of_all: bool = False) -> float | None:
        """Give the share of the people at one point who reach another.

        Between two stages of the journey the flow gives it. Elsewhere numbers are compared, which
        says something only if nobody comes in between.

        Parameters
        ----------
        start : Point
        end : Point
            Later than `start`, or the same.
        of_all : bool
            Of all who ever enter at the start or are referred to it, if it is the first stage;
            else of those who reach it.

        Returns
        -------
        float or None
            0 to 1; None where not known.
        """
        people, reached = start.number.people, end.number.people
        if not people or reached is None:
            return None
        if start.index is not None and end.index is not None:
            return self._flowing(start.index, end.index, of_all=of_all)
        if start is end:
            return 1.0
        if start.milestone is None or end.milestone is None or reached > people:
            return None
        return None if self.crossings(start.milestone, end.milestone) else reached / people

    def _flowing(self, start: int, end: int, *, of_all: bool) -> float | None:
        flow = self.flow
        from_outside = flow.entered[:, 0] + flow.referred[:, 0]
        people = from_outside if of_all and start == 0 else flow.people[:, start]
        if not people.sum() > 0:
            return None
        reach = flow.fundamental[:, start, end] / flow.fundamental[:, end, end]
        return min(1.0, float(people @ reach / people.sum()))


def _faults_in(
    table: str, given: Mapping[str, Any], allowed: Collection[str], least: float, rule: str
) -> list[Fault]:
    faults = []
    for key, value in given.items():
        is_number = isinstance(value, Real) and not isinstance(value, bool)
        if key not in allowed:
            faults.append(unknown_name(f"{table}.{key}", key, allowed))
        elif not is_number or not math.isfinite(value) or value < least:
            faults.append(Fault(f"{table}.{key}", value, rule, "write one, or leave it out"))
    return faults
