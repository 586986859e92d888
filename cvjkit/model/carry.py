"""A design in another framework: what both have stays, what lies between moves on to the next.

Numbers stand at milestones, so those of a milestone that both frameworks have are carried over
as they are. The cost of a milestone that the other framework lacks belongs to the stage that
covers it, the next one after it: so what it costs to win a customer, and what the whole costs,
are the same in every framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.catalog.spine import milestones
from cvjkit.model.parts import Referral, StageNumbers, Transition
from cvjkit.model.solver import SMALLEST_SHARE

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.stage import Stage
    from cvjkit.model.flow import Floats, Flow
    from cvjkit.model.parts import Accepted, Offer, Segment


@dataclass(frozen=True)
class Restaging:
    """The way from one framework to another.

    Parameters
    ----------
    flow : Flow
        Of the design in the framework it has.
    target : Framework
        The framework it shall have.
    """

    flow: Flow
    target: Framework

    @cached_property
    def positions(self) -> tuple[int | None, ...]:
        """For each stage of the target where it stands in the source; None if it does not."""
        at = {stage.anchor: position for position, stage in enumerate(self.flow.framework)}
        return tuple(at.get(stage.anchor) for stage in self.target)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The target's key of each stage of the source that both have."""
        pairs = zip(self.target.keys, self.positions, strict=True)
        return {self.flow.framework.keys[at]: key for key, at in pairs if at is not None}

    def segments(self, segments: Iterable[Segment]) -> list[Segment]:
        """Carry over counts, or entrants and rates; what is not known there is None."""
        return [
            segment.model_copy(update=self._people(number, segment))
            for number, segment in enumerate(segments)
        ]

    def _people(self, number: int, segment: Segment) -> dict[str, Any]:
        if segment.counts is not None:
            counts = segment.counts
            return {"counts": tuple(None if at is None else counts[at] for at in self.positions)}
        known = {at: position for position, at in enumerate(self._stay)}
        entered = self._entered[number]
        rates: list[float | None] = []
        for at, parent in zip(self.positions, self.target.parents, strict=True):
            start = None if parent is None else self.positions[parent]
            shared = at is not None and start is not None
            rates.append(
                float(self._shares[number, known[start], known[at]]) if shared else None  # type: ignore[index]  # both are there
            )
        entrants = [0.0 if at is None else float(entered[known[at]]) for at in self.positions]
        if self.positions[0] is None or (segment.entrants or (None,))[self.positions[0]] is None:
            return {"entrants": (None, *entrants[1:]), "rates": tuple(rates)}
        return {"entrants": tuple(entrants), "rates": tuple(rates)}

    @cached_property
    def _stay(self) -> list[int]:
        return [at for at in self.positions if at is not None]

    @cached_property
    def _gone(self) -> list[int]:
        return [at for at in range(len(self.flow.framework)) if at not in self._stay]

    @cached_property
    def _visits_before(self) -> Floats:
        """Visits to each stage that goes, after each visit to one that stays."""
        shares, stay, gone = self.flow.shares, self._stay, self._gone
        return np.asarray(shares[:, stay][:, :, gone] @ self._visits_on_the_way)

    @cached_property
    def _visits_on_the_way(self) -> Floats:
        among = self.flow.shares[:, self._gone][:, :, self._gone]
        return np.asarray(np.linalg.inv(np.eye(len(self._gone)) - among))

    @cached_property
    def _arrivals(self) -> Floats:
        """Share of the visits to each stage that goes that next reach each one that stays."""
        onward = self.flow.shares[:, self._gone][:, :, self._stay]
        return np.asarray(self._visits_on_the_way @ onward)

    @cached_property
    def _detours(self) -> Floats:
        """Shares between the stages that stay of who passes only stages that go."""
        return np.asarray(self.flow.shares[:, self._stay][:, :, self._gone] @ self._arrivals)

    @cached_property
    def _shares(self) -> Floats:
        """Shares between the stages that stay, whatever happens between (the censored chain)."""
        direct = self.flow.shares[:, self._stay][:, :, self._stay]
        return np.clip(direct + self._detours, 0, 1)

    @cached_property
    def _entered(self) -> Floats:
        entered = self.flow.entered
        onward = np.einsum("sg,sga->sa", entered[:, self._gone], self._arrivals)
        return np.asarray(entered[:, self._stay] + onward)

    def ways(self, transitions: Iterable[Transition]) -> list[Transition]:
        """Carry over transitions, and make those that lead through stages that are not there.

        Where segments differ in them, they take the mean, weighted by visits.
        """
        keys = [self.renamed[self.flow.framework.keys[at]] for at in self._stay]
        typed = {
            (self.renamed.get(way.source), self.renamed.get(way.target)): way.rate
            for way in transitions
        }
        ways = []
        for start, end in np.ndindex(len(keys), len(keys)):
            rate = typed.get((keys[start], keys[end]), 0.0)
            rate += self._mean(self._detours[:, start, end], self._stay[start])
            if rate > SMALLEST_SHARE and not self._is_step(keys[start], keys[end]):
                ways.append(Transition(source=keys[start], target=keys[end], rate=rate))
        return ways

    def _is_step(self, source: str, target: str) -> bool:
        """Whether the target follows the source, over stages not known if need be."""
        above = self.target.parents[self.target.index(target)]
        while above is not None and self.positions[above] is None:
            above = self.target.parents[above]
        return above == self.target.index(source)

    def _mean(self, values: Floats, stage: int) -> float:
        """Average over the segments, weighted by the visits to a stage."""
        if np.ptp(values) == 0:
            return float(values[0])
        visits = np.where(self.flow.undefined[:, stage], 0, self.flow.visits[:, stage])
        return float(np.average(values, weights=visits if visits.sum() > 0 else None))

    def referrals(self, referrals: Iterable[Referral]) -> list[Referral]:
        """Carry over referrals; a stage that is not there hands them to those next to it."""
        index, merged = self.flow.framework.index, dict[tuple[str, str, str | None], float]()
        for referral in referrals:
            source, target = index(referral.source), index(referral.target)
            for start, brought in self._spread(source, self._visits_before.swapaxes(1, 2), source):
                for end, arrive in self._spread(target, self._arrivals, source):
                    way = (start, end, referral.segment)
                    more = referral.per_person * brought * arrive
                    merged[way] = merged.get(way, 0) + more
        rewards = {referral.reward for referral in referrals}
        reward = rewards.pop() if len(rewards) == 1 else None
        return [
            Referral(
                source=source, target=target, segment=segment, per_person=number, reward=reward
            )
            for (source, target, segment), number in merged.items()
        ]

    def _spread(self, stage: int, over: Floats, weigh: int) -> Iterator[tuple[str, float]]:
        """Find the stages that stay which stand for one, and how much of it each does."""
        if stage in self._stay:
            yield self.renamed[self.flow.framework.keys[stage]], 1.0
            return
        for position, at in enumerate(self._stay):
            part = self._mean(over[:, self._gone.index(stage), position], weigh)
            if part > SMALLEST_SHARE:
                yield self.renamed[self.flow.framework.keys[at]], part

    def numbers(self, stages: Iterable[StageNumbers]) -> list[StageNumbers]:
        """Carry over costs, margins and delays, tactics and messages; merge what the target lacks.

        What is paid on the way to a milestone belongs to the next stage, what is done once there
        to the stage before. Costs after the target's last stage become a fixed cost of it.
        """
        covered: dict[int | None, list[StageNumbers]] = {}
        for numbers in stages:
            anchor = self.flow.framework[numbers.stage].anchor
            covered.setdefault(self.target.covering(anchor), []).append(numbers)
        last = len(self.target) - 1
        beyond = covered.pop(None, [])
        held: dict[int, list[StageNumbers]] = {}
        for numbers in stages:
            held.setdefault(self._holding(self.flow.framework[numbers.stage]), []).append(numbers)
        paid = [position for position in covered if position is not None]
        merged = []
        for position in sorted({*paid, *held, *([last] if beyond else [])}):
            money = self._merged(
                position, covered.get(position, []), beyond if position == last else []
            )
            done = held.get(position, [])
            acts = {
                "tactics": tuple(tactic for row in done for tactic in row.tactics),
                "messages": tuple(message for row in done for message in row.messages),
            }
            merged.append(money.model_copy(update=acts))
        return merged

    def _holding(self, stage: Stage) -> int:
        """Find the stage during which another one lies: at its milestone, or the one before."""
        line = next((one.ancestors for one in milestones() if one.key == stage.milestone), ())
        positions = {one.anchor: position for position, one in enumerate(self.target)}
        return next((positions[key] for key in (stage.anchor, *line) if key in positions), 0)

    def _merged(
        self, position: int, numbers: Sequence[StageNumbers], beyond: Sequence[StageNumbers]
    ) -> StageNumbers:
        key, at = self.target.keys[position], self.positions[position]
        own_key = None if at is None else self.flow.framework.keys[at]
        own = next((row for row in numbers if row.stage == own_key), StageNumbers(stage=key))
        others = [row for row in numbers if row is not own]
        visits = 0.0 if at is None else self._visits(self.flow.framework.keys[at])
        changes: dict[str, Any] = {"stage": key}
        for field in ("unit_cost", "margin"):
            more = sum((getattr(row, field) or 0) * self._visits(row.stage) for row in others)
            if more and visits:
                changes[field] = (getattr(own, field) or 0) + more / visits
            elif more and field == "unit_cost":
                changes["fixed_cost"] = (own.fixed_cost or 0) + more
        fixed = sum(row.fixed_cost or 0 for row in (*others, *beyond))
        fixed += sum((row.unit_cost or 0) * self._visits(row.stage) for row in beyond)
        if fixed:
            changes["fixed_cost"] = changes.get("fixed_cost", own.fixed_cost or 0) + fixed
        if any(row.delay_days is not None for row in others):
            changes["delay_days"] = sum(row.delay_days or 0 for row in numbers)
        return own.model_copy(update=changes)

    def _visits(self, stage: str) -> float:
        return self.flow.numbers("visits")[self.flow.framework.index(stage)] or 0.0

    def offers(self, offers: Iterable[Offer]) -> list[Offer]:
        """Carry over offers; one whose stage is not there stays at its milestone."""
        source = self.flow.framework
        return [
            offer.model_copy(
                update={
                    "stage": self.renamed.get(
                        offer.stage,
                        source.anchor(offer.stage),
                    )
                }
            )
            for offer in offers
        ]

    def accepted(self, accepted: Iterable[Accepted]) -> list[Accepted]:
        """Carry over accepted findings; leave out those of stages that are not there."""
        return [
            row.model_copy(update={"stage": self.renamed.get(row.stage or "")})
            for row in accepted
            if row.stage is None or row.stage in self.renamed
        ]
