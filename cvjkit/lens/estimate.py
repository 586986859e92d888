"""People at the milestones of the spine: counted, estimated from those counted, or not known.

Between two known milestones a and c the leak is shared out by the weights of the steps on the
way:

    n_b = n_a (n_c / n_a)^w,   w = W(a, b) / W(a, c),   W = sum of the weights of the steps

How certain w is: w ~ Beta(4 w, 4 (1 - w)); the interval is the formula at the 5% and the 95%
quantile of w. The weights are our prior, no document has numbers. Where nobody is lost between a
and c, or nobody reached a, the number is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from cvjkit.catalog.crosswalk import own_stage
from cvjkit.catalog.spine import TIME, VOICE, line, passed, spine, way
from cvjkit.errors import InputError, unknown_name
from cvjkit.lens.interval import interval, product_interval
from cvjkit.lens.number import Number, Point, bounds_text, exact, no_bounds, unknown
from cvjkit.lens.people import KnownPeople
from cvjkit.model.economics import BOUGHT_AGAIN, FIRST_PAYMENT
from cvjkit.number_text import count_text, people_text, share_text

if TYPE_CHECKING:
    from cvjkit.catalog.stage import Stage

HABITUAL = "habitual"
WEIGHT_CASES = 4.0  # a weight is as certain as if observed in so many cases
REPEAT_CASES = 20.0  # and so is a typed repeat rate
NEGLIGIBLE = 1e-9


@dataclass(frozen=True, eq=False)
class Known(KnownPeople):
    """What is known about the people of a journey at the milestones.

    Estimates are made from the people of all segments together. Those made for each segment
    alone, from ``flow.only(name)``, do not add up to them.

    Parameters
    ----------
    **fields
        As in `KnownPeople`.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41])
    >>> round(Known(shop).number("lead").people, 1)
    1907.9
    >>> Known(shop.with_terms(also_known={"lead": 1346})).number("lead").status
    'exact'
    >>> round(Known(shop, weights={"person": 1, "seller": 1}).number("lead").people, 1)
    2758.4
    """

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
            return self._at_stage(self.flow.framework.by_milestone[milestone])
        if milestone in self._contradicted:
            return self._disputed(milestone)
        if milestone in self.people:
            return exact(self.people[milestone], "Entered separately.")
        number = self._follows(milestone)
        return replace(number, why=self._measured_otherwise.get(milestone, "") + number.why)

    def _at_stage(self, index: int) -> Number:
        """Give the people of one of the journey's stages, where they are known."""
        people, stage = self._at_stages[index] or 0.0, self.flow.framework.stages[index]
        made = f"{self.made.capitalize()} at {stage.name}"
        if not self.flow.contradicted[:, index].any():
            return exact(people, f"{made}.")
        brought = self._brought.get(stage.key, people)
        why = f"{made}, but the transitions and referrals entered bring {people_text(brought)} "
        why += "there: correct one of them."
        low, high = sorted((people, brought))
        return Number("estimated", people, low, high, None, None, why)

    def _disputed(self, milestone: str) -> Number:
        """Give a number known besides the stages that others contradict: one of them is wrong."""
        people, others = self.people[milestone], self._contradicted[milestone]
        numbers = [people, *(self.people[other] for other in others)]
        named = " and ".join(
            f"{people_text(self.people[other])} at {self._called(other)}" for other in others
        )
        why = f"Entered separately, but there are {named}: correct one of them."
        return Number("estimated", people, min(numbers), max(numbers), None, None, why)

    def _follows(self, milestone: str) -> Number:
        """Work out what follows from the known numbers for a milestone that is not among them."""
        start, end = self._around(milestone)
        above = next((key for key in passed(milestone) if key in self.people), None)
        if spine()[milestone].branch == TIME:
            return unknown("Only journeys in which people give time before money count it.")
        if (
            above
            and self.people[above] == 0
            and not self.crossings.between(above, end or milestone)
        ):
            return exact(0.0, f"Nobody gets to {self._called(above)}, which comes before it.")
        if milestone == HABITUAL:
            return self._habit()
        if end is not None:
            return self._between(start, milestone, end) if start else self._ahead_of(end)
        if start is None:
            return unknown("Nothing is known.")
        if spine()[milestone].branch == VOICE != spine()[start].branch:
            return unknown("Nothing is known of word of mouth.")
        return unknown(f"Nothing is known after {self._called(start)}.")

    def _around(self, milestone: str) -> tuple[str | None, str | None]:
        """Find the known milestones nearest to one, before and after it."""
        before = (key for key in line(milestone) if key in self.people)
        return next(before, None), self._next_known(milestone)

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
        ways_back = (
            (key for key in before if key == milestone or key in self.people)
            for before in (line(end), passed(end))
        )
        return any(next(way_back, None) == milestone for way_back in ways_back)

    def is_at_stage(self, milestone: str) -> bool:
        """Tell whether the people at a milestone are those of one of the journey's stages.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        bool
        """
        return milestone in self._counted

    def leak_around(self, milestone: str) -> tuple[str, str, float] | None:
        """Give what the people at a milestone between two known ones are estimated from.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        tuple of (str, str, float) or None
            Keys of the known milestones before and after it, and the share, 0 to 1, of the leak
            between them that lies before it; None if it is known, or not estimated so.
        """
        start, end = self._around(milestone)
        if milestone in self.people or milestone == HABITUAL or start is None or end is None:
            return None
        return start, end, self._part(start, milestone, end)

    def _ahead_of(self, end: str) -> Number:
        least, market = self.people[end], self.design.market
        bounded = market is not None and market >= least
        why = f"Before {self._called(end)}, where counting begins"
        why += ": at least as many" if least else ""
        why += ", at most the market" if bounded else ""
        return unknown(f"{why}.", least, market if bounded else None)

    def _between(self, start: str, milestone: str, end: str) -> Number:
        before, after = self.people[start], self.people[end]
        ceiling = next((key for key in passed(milestone) if key in self.people), None)
        crossings = self.crossings.between(ceiling or start, end)
        least: float | None = after
        most = self.people[ceiling] if ceiling else None
        names = f"{self._called(start)} ({people_text(before)}) and "
        names += f"{self._called(end)} ({people_text(after)})"
        if most == least and not crossings:
            return exact(after, f"Between {names}: nobody is lost.")
        certain = _is_certain(ceiling or start, milestone) and _is_certain(milestone, end)
        bounds = "" if crossings else bounds_text(least, most, certain=certain)
        if after == 0 or after > before:
            how = "nobody reached the second" if after == 0 else "the second has more people"
            why = f"Between {names}: {how}, so there is no estimate.{bounds}"
            return unknown(why, least, most, crossings)
        part = self._part(start, milestone, end)
        least_lost, most_lost = interval(part, WEIGHT_CASES)
        people, low, high = (
            min(max(before * (after / before) ** share, after), before)
            for share in (part, most_lost, least_lost)
        )
        why = f"Between {names}: by weight, {share_text(part)} of the leak comes before it."
        why += bounds + no_bounds(crossings)
        if crossings:
            least = most = None
        return Number("estimated", people, low, high, least, most, why)

    def _part(self, start: str, milestone: str, end: str) -> float:
        """Give the share of the leak between two milestones that lies before one between them."""
        return self._weighed(start, milestone) / self._weighed(start, end)

    def _weighed(self, start: str, end: str) -> float:
        return math.fsum(map(self.weight, way(start, end)))

    def _habit(self) -> Number:
        """Estimate who has the habit from who bought again: n r^(K-2)."""
        buyers, rate, cycles = self.number(BOUGHT_AGAIN), self._repeat_rate, self.habit_orders - 2
        if cycles == 0:
            return replace(buyers, why=f"Shown by the second order. {buyers.why}")
        most = buyers.bound_high
        least = None if most is None else 0.0
        bounds = bounds_text(least, most, certain=buyers.status == "exact")
        if buyers.people is None:
            why = "It would follow from those who buy again, who are not known."
            return unknown(why + bounds, least, most)
        if rate is None:
            why = "Follows from the repeat rate of later orders: enter it with the offer."
            return unknown(why + bounds, least, most)
        low, high = self._habit_ends(buyers, rate, cycles)
        why = f"Of {count_text(people_text(buyers.people), 'who buys', 'who buy')} again, "
        why += f"{share_text(rate)} go on in each of {count_text(cycles, 'cycle')}, "
        why += f"up to order {self.habit_orders}.{bounds}"
        return Number("estimated", buyers.people * rate**cycles, low, high, least, most, why)

    def _habit_ends(self, buyers: Number, rate: float, cycles: int) -> tuple[float, float]:
        """Give the 90% interval; the people who buy again may be uncertain too."""
        start, end = self._around(BOUGHT_AGAIN)
        if buyers.status == "exact" or not start or not end:
            before, ratio, part = buyers.people or 0.0, 1.0, 1.0
        else:
            before, part = self.people[start], self._part(start, BOUGHT_AGAIN, end)
            ratio = self.people[end] / before
        leak, repeats = (part, WEIGHT_CASES), (rate, REPEAT_CASES)
        low, high = product_interval(ratio, leak, repeats, cycles)
        return before * low, before * high

    @cached_property
    def _repeat_rate(self) -> float | None:
        framework = self.flow.framework
        for offer in self.design.offers:
            if framework.anchor(offer.stage) == BOUGHT_AGAIN and offer.repeat_rate is not None:
                return offer.repeat_rate
        index = framework.by_milestone.get(BOUGHT_AGAIN)
        if index is None or not self._at_stages[index]:
            return None
        visits = self.flow.visits[:, index]
        return float(visits @ self.flow.shares[:, index, index] / visits.sum()) or None

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

    def is_inferred(self, start: str, end: str) -> bool:
        """Tell whether the share of people who reach a milestone depends on ways not counted.

        Parameters
        ----------
        start : str
            Key of the milestone they come from.
        end : str
            Key of the later one.

        Returns
        -------
        bool
            Such a share is never exact.
        """
        at = self.flow.framework.by_milestone
        return bool({start, end} <= at.keys() and self.flow.inferred_rates[at[start], at[end]])

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
        if index is None or self._at_stages[index] is None:
            return Point(None, None, unknown("Has no milestone."))
        return Point(None, index, self._at_stage(index))

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
        return None if self.crossings.between(start.milestone, end.milestone) else reached / people

    def _flowing(self, start: int, end: int, *, of_all: bool) -> float | None:
        flow = self.flow
        from_outside = flow.entered[:, 0] + flow.referred[:, 0]
        people = from_outside if of_all and start == 0 else flow.people[:, start]
        if not people.sum() > 0:
            return None
        reach = flow.fundamental[:, start, end] / flow.fundamental[:, end, end]
        rate = min(1.0, float(people @ reach / people.sum()))
        # Who takes an inferred way is split up so that nobody too few is left: no rate says so.
        return None if flow.inferred_rates[start, end] and rate > 1 - NEGLIGIBLE else rate


def _is_certain(start: str, end: str) -> bool:
    """Tell whether nobody can be at a milestone without having passed an earlier one."""
    return start == FIRST_PAYMENT or (start == BOUGHT_AGAIN and end == HABITUAL)
