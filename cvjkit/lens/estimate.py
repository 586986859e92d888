"""People at the milestones of the spine: counted, estimated from those counted, or not known.

Between two known milestones a and c the leak is shared out by the weights of the steps on the
way:

    n_b = n_a (n_c / n_a)^w,   w = W(a, b) / W(a, c),   W = sum of the weights of the steps

How sure w is: w ~ Beta(4 w, 4 (1 - w)); the interval is the formula at the 5% and the 95%
quantile of w. The weights are our prior, no document has numbers.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal

from cvjkit.catalog import crosswalk
from cvjkit.catalog.spine import TIME, VOICE, line, spine, way
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.economics import BOUGHT_AGAIN, FIRST_PAYMENT
from cvjkit.numbers import people_text, share_text

if TYPE_CHECKING:
    from cvjkit.catalog.stage import Stage
    from cvjkit.model.flow import Flow
    from cvjkit.model.parts import Offer

Status = Literal["exact", "estimated", "unknown"]

WOWED, HABITUAL, ADVOCATE = "wowed", "habitual", "advocate"
HABIT_ORDERS = 4
WEIGHT_CASES = 4.0  # we are as sure of a weight as after so many cases
REPEAT_CASES = 20.0  # and of a typed repeat rate
QUANTILES = (0.05, 0.95)
NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True)
class Number:
    """A number of people, and how sure it is.

    Attributes
    ----------
    status : {"exact", "estimated", "unknown"}
    people : float or None
        None where unknown; never 0 for want of a number.
    low, high : float or None
        The number itself if exact, its 90% interval if estimated, the bounds if unknown.
    bound_low, bound_high : float or None
        Between these it lies for certain; None where nothing is certain.
    why : str
        How it came about, or why it is not known.
    """

    status: Status
    people: float | None
    low: float | None
    high: float | None
    bound_low: float | None
    bound_high: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Point:
    """A stage of any framework as the journey knows it.

    Attributes
    ----------
    milestone : str or None
        Its milestone, if it has one.
    place : int or None
        Place of the same stage in the journey's own framework, if people are counted there.
    number : Number
    """

    milestone: str | None
    place: int | None
    number: Number


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of the people of a journey, at whatever milestone.

    Estimates are made from the people of all segments together. Those made for each segment
    alone, from ``flow.only(name)``, do not add up to them.

    Parameters
    ----------
    flow : Flow
    offers : sequence of Offer
        For the share who order again, from which follows who has the habit.
    market : float, optional
        People there are to reach.
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
        With all that is wrong with the last three.

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
        """People at every milestone where they are known, in the order of the spine."""
        known = {**self.also_known, **self._counted}
        return {milestone: float(known[milestone]) for milestone in spine() if milestone in known}

    @cached_property
    def places(self) -> dict[str, int]:
        """Place of the stage of the journey's own framework at each of its milestones."""
        stages = enumerate(self.flow.framework)
        return {stage.milestone: place for place, stage in stages if stage.milestone}

    @cached_property
    def _seen(self) -> list[float | None]:
        return self._column("people")

    @cached_property
    def _counted(self) -> dict[str, float]:
        found = ((milestone, self._seen[place]) for milestone, place in self.places.items())
        return {milestone: people for milestone, people in found if people is not None}

    def weight(self, milestone: str) -> float:
        """Weight of the step to a milestone."""
        step, given = spine()[milestone], self.weights or {}
        return float(given.get(milestone, given.get(step.decided_by, step.weight)))

    def number(self, milestone: str) -> Number:
        """People at a milestone.

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
        start = next((up for up in line(milestone) if up in self.people), None)
        end = self._next_known(milestone)
        if end is not None:
            return self._between(start, milestone, end) if start else self._ahead_of(end)
        voices = [spine()[each].branch == VOICE for each in (milestone, start) if each]
        if voices == [True, False]:
            return unknown("Nothing is known of word of mouth.")
        return unknown(f"Nothing is known{f' after {self._called(start)}' if start else ''}.")

    def _next_known(self, milestone: str) -> str | None:
        """Find the next known milestone; of two branches the one more people reached.

        Whoever got to either of them came through here, so the larger number says more.
        """
        following = [
            end
            for end in self.people
            if spine()[end].branch != TIME
            and next((up for up in line(end) if up == milestone or up in self.people), None)
            == milestone
        ]
        return max(following, key=self.people.__getitem__, default=None)

    def _ahead_of(self, end: str) -> Number:
        least, market = self.people[end], self.market
        most = market if market is not None and market >= least else None
        why = f"Before {self._called(end)}, where counting begins: at least as many"
        return unknown(f"{why}{', at most the market' if most is not None else ''}.", least, most)

    def _between(self, start: str, milestone: str, end: str) -> Number:
        before, after = self.people[start], self.people[end]
        ceiling = self._ceiling() if milestone == ADVOCATE else start
        crossing = self.crossings(ceiling or start, end)
        least: float | None = after
        most = self.people[ceiling] if ceiling else None
        names = f"{self._called(start)} ({people_text(before)}) and "
        names += f"{self._called(end)} ({people_text(after)})"
        if after == 0 or after > before:
            how = "nobody reached the second" if after == 0 else "the second has more people"
            why = f"Between {names}: {how}, so there is no estimate."
            return unknown(why, least, most, crossing)
        part = self._weighed(start, milestone) / self._weighed(start, end)
        least_lost, most_lost = _quantiles(part, WEIGHT_CASES)
        people, low, high = (
            min(max(before * (after / before) ** share, after), before)
            for share in (part, most_lost, least_lost)
        )
        why = f"Between {names}: by weight, {share_text(part)} of the leak is before it."
        if crossing:
            least = most = None
        return Number("estimated", people, low, high, least, most, why + _uncertain(crossing))

    def _ceiling(self) -> str | None:
        """Find what advocates have passed for certain, the last of it."""
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
            why = "Follows from the share who order again each cycle: give the offer a repeat_rate."
            return unknown(why, least, buyers.bound_high)
        cycles = self.habit_orders - 2
        low, high = (each**cycles for each in _quantiles(rate, REPEAT_CASES))
        people = buyers.people * rate**cycles, buyers.low * low, buyers.high * high
        why = f"Of {people_text(buyers.people)} who buy again, {share_text(rate)} go on"
        why += f" in each of {cycles} cycles, up to order {self.habit_orders}."
        return Number("estimated", *people, least, buyers.bound_high, why)

    @cached_property
    def _repeat_rate(self) -> float | None:
        framework = self.flow.framework
        for offer in self.offers:
            if framework.anchor(offer.stage) == BOUGHT_AGAIN and offer.repeat_rate is not None:
                return offer.repeat_rate
        place = self.places.get(BOUGHT_AGAIN)
        if place is None or not self._seen[place]:
            return None
        visits = self.flow.visits[:, place]
        return float(visits @ self.flow.shares[:, place, place] / visits.sum()) or None

    def crossings(self, start: str, end: str) -> tuple[str, ...]:
        """Say who is at a milestone, or past it, without having passed all since another one.

        Parameters
        ----------
        start, end : str
            Keys of milestones, the second after the first.

        Returns
        -------
        tuple of str
            Empty if nobody is known to.
        """
        onward = [key for key in self.places if end in (key, *line(key))]
        if not onward:
            return self._rises(start, end)
        last = min(self.places[key] for key in onward)
        passed = {*spine()[end].ancestors, *onward}
        between = [
            place
            for place, stage in enumerate(self.flow.framework.stages[: last + 1])
            if stage.milestone is None or stage.milestone in passed
        ]
        counted = (self.places[up] for up in (start, *line(start)) if up in self.places)
        first = next(counted, between[0])
        found = [
            f"{people_text(people)} {words} {self._name(place)}"
            for place, people, words in self._strangers
            if first < place and place in between
        ]
        found += [
            f"{people_text(people)} skip from {self._name(source)} to {self._name(target)}"
            for source, target, people in self._skips
            if source <= first < min(target, last) and (source < first or last < target)
        ]
        return tuple(found) or self._rises(start, end)

    def _rises(self, start: str, end: str) -> tuple[str, ...]:
        known = [milestone for milestone in (start, *way(start, end)) if milestone in self.people]
        return tuple(
            f"more people are known at {self._called(after)} than at {self._called(before)}"
            for before, after in pairwise(known)
            if self.people[after] > self.people[before]
        )

    @cached_property
    def _strangers(self) -> list[tuple[int, float, str]]:
        return [
            (place, people, words)
            for column, words in (("entered", "enter at"), ("referred", "are referred to"))
            for place, people in enumerate(self._column(column))
            if people is not None and people > NEGLIGIBLE * max(1.0, self._seen[place] or 0)
        ]

    @cached_property
    def _skips(self) -> list[tuple[int, int, float]]:
        index, links = self.flow.framework.index, self.flow.links
        skips = links[links["kind"] == "skip"]
        ends = (map(index, skips["source"]), map(index, skips["target"]))
        return list(zip(*ends, skips["people"].to_list(), strict=True))

    def _column(self, name: str) -> list[float | None]:
        values: list[float | None] = self.flow.stages[name].to_list()
        return values

    def _name(self, place: int) -> str:
        return self.flow.framework.stages[place].name

    def _called(self, milestone: str) -> str:
        """Name a milestone as the journey does, if it has a stage there."""
        place = self.places.get(milestone)
        return spine()[milestone].name if place is None else self._name(place)

    def rate(self, start: str, end: str) -> float | None:
        """Share of the people at one milestone who reach a later one.

        Parameters
        ----------
        start, end : str
            Their keys.

        Returns
        -------
        float or None
            0 to 1; None where it does not follow from what is known.
        """
        return self.follow(self._at(start), self._at(end))

    def point(self, stage: Stage) -> Point:
        """Find a stage of any framework: by its milestone, or by its key if it has none."""
        if stage.milestone:
            return self._at(stage.milestone)
        place = crosswalk.own_stage(self.flow.framework, stage)
        people = None if place is None else self._seen[place]
        if people is None:
            return Point(None, None, unknown("Stands at no milestone."))
        return Point(None, place, exact(people, f"Counted at {stage.name}."))

    def _at(self, milestone: str) -> Point:
        place = self.places[milestone] if milestone in self._counted else None
        return Point(milestone, place, self.number(milestone))

    def follow(self, start: Point, end: Point, *, of_all: bool = False) -> float | None:
        """Share of the people at one point, 0 to 1, who reach another; None where not known.

        The way between two stages of the journey is known; elsewhere numbers are compared, and
        say something only if nobody comes in between.
        """
        people, reached = start.number.people, end.number.people
        if not people or reached is None:
            return None
        if start.place is not None and end.place is not None:
            flow, i, j = self.flow, start.place, end.place
            from_outside = flow.entered[:, 0] + flow.referred[:, 0]
            standing = from_outside if of_all and i == 0 else flow.people[:, i]
            if not standing.sum() > 0:
                return None
            reach = flow.fundamental[:, i, j] / flow.fundamental[:, j, j]
            return min(1.0, float(standing @ reach / standing.sum()))
        if start is end:
            return 1.0
        if start.milestone is None or end.milestone is None or reached > people:
            return None
        return None if self.crossings(start.milestone, end.milestone) else reached / people


def exact(people: float, why: str) -> Number:
    """Make a number that was counted."""
    return Number("exact", people, people, people, people, people, why)


def unknown(
    why: str,
    least: float | None = None,
    most: float | None = None,
    crossing: Sequence[str] = (),
) -> Number:
    """Make a number that is not known, with the bounds that hold unless somebody crosses them."""
    if crossing:
        least = most = None
    return Number("unknown", None, least, most, least, most, why + _uncertain(crossing))


def _uncertain(crossing: Sequence[str]) -> str:
    return f" No bounds are certain: {'; '.join(crossing)}." if crossing else ""


def _quantiles(share: float, cases: float) -> tuple[float, float]:
    """Give the ends of the 90% interval of a share we are as sure of as after some cases."""
    from scipy.special import betaincinv

    if not 0 < share < 1:
        return share, share
    low, high = (float(betaincinv(cases * share, cases * (1 - share), q)) for q in QUANTILES)
    return low, high


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
