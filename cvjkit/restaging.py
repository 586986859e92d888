"""A design in another framework: what both have stays, what lies between moves on to the next.

Numbers stand at milestones, so those of a milestone that both frameworks have are carried over
as they are. The cost of a milestone that the other framework lacks belongs to the stage that
covers it, the next one after it: so what it costs to win a customer, and what the whole costs,
are the same in every framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cvjkit.flow import kind_of
from cvjkit.inputs import StageNumbers

if TYPE_CHECKING:
    from cvjkit.flow import Flow
    from cvjkit.framework import Framework
    from cvjkit.inputs import Accepted, Offer, Segment, Transition


@dataclass(frozen=True)
class Restaging:
    """The way from one framework to another.

    Parameters
    ----------
    flow : Flow
        Of the design in the framework it has.
    target : Framework
        The framework it shall have.
    transitions : tuple of Transition
        Of the design.
    """

    flow: Flow
    target: Framework
    transitions: tuple[Transition, ...]

    @cached_property
    def places(self) -> tuple[int | None, ...]:
        """For each stage of the target where it stands in the source; None if it does not."""
        at = {_anchor(stage): place for place, stage in enumerate(self.flow.framework)}
        return tuple(at.get(_anchor(stage)) for stage in self.target)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The target's key of each stage of the source that both have."""
        pairs = zip(self.target.keys, self.places, strict=True)
        return {self.flow.framework.keys[at]: key for key, at in pairs if at is not None}

    def segments(self, segments: Iterable[Segment]) -> list[dict[str, Any]]:
        """Carry over counts, or entrants and rates; what is not known there is None."""
        return [{**dict(segment), **self._people(segment)} for segment in segments]

    def _people(self, segment: Segment) -> dict[str, Any]:
        if segment.counts is not None:
            counts = segment.counts
            return {"counts": [None if at is None else counts[at] for at in self.places]}
        rates = []
        for at, parent in zip(self.places, self.target.parents, strict=True):
            start = None if parent is None else self.places[parent]
            known = start is not None and at is not None
            rates.append(self._leg(segment, start, at) if known else None)
        people = segment.entrants or ()
        entrants = [0.0 if at is None else people[at] for at in self.places]
        if self.places[0] is None:
            entrants[0] = None
        return {"entrants": entrants, "rates": rates}

    def _leg(self, segment: Segment, start: int | None, end: int | None) -> float | None:
        """Multiply the rates of the steps from one stage to a later one."""
        rate, at = 1.0, end
        while at != start:
            step = None if at is None else (segment.rates or ())[at]
            if at is None or step is None:
                return None
            rate, at = rate * step, self.flow.framework.parents[at]
        keys = self.flow.framework.keys
        ends = (start if start is None else keys[start], end if end is None else keys[end])
        # A skip over stages that are not there is part of the step.
        skips = [way.rate for way in self.transitions if (way.source, way.target) == ends]
        return min(1.0, rate + sum(skips))

    def numbers(self, stages: Iterable[StageNumbers]) -> list[StageNumbers]:
        """Carry over costs, margins, delays and tactics; what the target lacks is merged.

        Costs after the target's last stage become a fixed cost of that stage.
        """
        covered: dict[int | None, list[StageNumbers]] = {}
        for numbers in stages:
            anchor = _anchor(self.flow.framework[numbers.stage])
            covered.setdefault(self.target.covering(anchor), []).append(numbers)
        last = len(self.target) - 1
        beyond = covered.pop(None, [])
        if beyond:
            covered.setdefault(last, [])
        return [
            self._merged(place, covered[place], beyond if place == last else [])
            for place in sorted(place for place in covered if place is not None)
        ]

    def _merged(
        self, place: int, numbers: Sequence[StageNumbers], beyond: Sequence[StageNumbers]
    ) -> StageNumbers:
        key, at = self.target.keys[place], self.places[place]
        own_key = None if at is None else self.flow.framework.keys[at]
        own = next((each for each in numbers if each.stage == own_key), StageNumbers(stage=key))
        others = [each for each in numbers if each is not own]
        visits = 0.0 if at is None else self._visits(self.flow.framework.keys[at])
        changes: dict[str, Any] = {"stage": key}
        for field in ("unit_cost", "margin"):
            more = sum((getattr(each, field) or 0) * self._visits(each.stage) for each in others)
            if more and visits:
                changes[field] = (getattr(own, field) or 0) + more / visits
            elif more and field == "unit_cost":
                changes["fixed_cost"] = (own.fixed_cost or 0) + more
        fixed = sum(each.fixed_cost or 0 for each in (*others, *beyond))
        fixed += sum((each.unit_cost or 0) * self._visits(each.stage) for each in beyond)
        if fixed:
            changes["fixed_cost"] = changes.get("fixed_cost", own.fixed_cost or 0) + fixed
        if any(each.delay_days is not None for each in others):
            changes["delay_days"] = sum(each.delay_days or 0 for each in numbers)
        for field in ("tactics", "messages"):
            changes[field] = tuple(part for each in numbers for part in getattr(each, field))
        return own.model_copy(update=changes)

    def _visits(self, stage: str) -> float:
        return float(self.flow.stages["visits"][stage] or 0)

    def offers(self, offers: Iterable[Offer]) -> list[Offer]:
        """Carry over offers; one whose stage is not there stays at its milestone."""
        source = self.flow.framework
        return [
            offer.model_copy(
                update={
                    "stage": self.renamed.get(
                        offer.stage,
                        _anchor(source[offer.stage]) if offer.stage in source.keys else offer.stage,
                    )
                }
            )
            for offer in offers
        ]

    def ways(self) -> list[Transition]:
        """Carry over transitions; leave out those that are part of a step there."""
        index = self.target.index
        return [
            way
            for way in self.between(self.transitions)
            if kind_of(self.target, index(way.source), index(way.target)) != "forward"
        ]

    def between(self, ways: Iterable[Any]) -> list[Any]:
        """Carry over transitions or referrals; leave out those of which one end is not there."""
        return [
            way.model_copy(
                update={"source": self.renamed[way.source], "target": self.renamed[way.target]}
            )
            for way in ways
            if way.source in self.renamed and way.target in self.renamed
        ]

    def accepted(self, accepted: Iterable[Accepted]) -> list[Accepted]:
        """Carry over accepted findings; leave out those of stages that are not there."""
        return [
            each.model_copy(update={"stage": self.renamed.get(each.stage or "")})
            for each in accepted
            if each.stage is None or each.stage in self.renamed
        ]


def _anchor(stage: Any) -> str:
    return str(stage.milestone or stage.key)
