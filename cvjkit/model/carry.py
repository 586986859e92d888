"""A design carried into another framework.

Numbers belong to milestones, so those of a milestone that both frameworks have are carried over
as they are. The cost of a milestone that the other framework lacks goes to the next stage after
it: so the cost of winning a customer and the total cost are the same in every framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.model.chain import SMALLEST_SHARE
from cvjkit.model.origins import unknown_stages
from cvjkit.model.parts import Referral, StageNumbers, Transition

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.fields import Fields
    from cvjkit.model.flow import Floats, Flow
    from cvjkit.model.parts import Accepted, Offer, Segment


@dataclass(frozen=True)
class Restaging:
    """A design carried from its framework, the source, into another one, the target.

    Stages of the source stay if the target has them, else they go.

    Parameters
    ----------
    flow : Flow
        Of the design, in the source.
    target : Framework
    """

    flow: Flow
    target: Framework

    def fields(self, design: Fields) -> dict[str, Any]:
        """Work out the fields of the design that differ in the target.

        Parameters
        ----------
        design : Fields
            In the source.

        Returns
        -------
        dict
            Its segments, stages, offers, transitions, referrals and accepted findings.
        """
        segments = self._segments(design.segments)
        unknown = {key for segment in segments for key in unknown_stages(self.target, segment)}
        ways, referrals = self._ways(design.transitions), self._referrals(design.referrals)
        return {
            "segments": segments,
            "stages": self._numbers(design.stages),
            "offers": self._offers(design.offers),
            "transitions": [way for way in ways if not {way.source, way.target} & unknown],
            "referrals": [way for way in referrals if not {way.source, way.target} & unknown],
            "accepted": self._accepted(design.accepted),
        }

    @cached_property
    def _positions(self) -> tuple[int | None, ...]:
        """The position in the source of each stage of the target; None if it has none."""
        at = {stage.anchor: position for position, stage in enumerate(self.flow.framework)}
        return tuple(at.get(stage.anchor) for stage in self.target)

    @cached_property
    def _renamed(self) -> Mapping[str, str]:
        """The key in the target of each stage that stays, by its key in the source."""
        pairs = zip(self.target.keys, self._positions, strict=True)
        return {self.flow.framework.keys[at]: key for key, at in pairs if at is not None}

    def _segments(self, segments: Iterable[Segment]) -> list[Segment]:
        """Carry over counts, or entrants and rates; None where they are not known."""
        return [
            segment.model_copy(update=self._people(number, segment))
            for number, segment in enumerate(segments)
        ]

    def _people(self, number: int, segment: Segment) -> dict[str, Any]:
        if segment.counts is not None:
            counts = segment.counts
            return {"counts": tuple(None if at is None else counts[at] for at in self._positions)}
        known = {at: position for position, at in enumerate(self._stay)}
        entered = self._entered[number]
        rates: list[float | None] = []
        for at, parent in zip(self._positions, self.target.parents, strict=True):
            start = None if parent is None else self._positions[parent]
            shared = at is not None and start is not None
            rates.append(
                float(self._shares[number, known[start], known[at]]) if shared else None  # type: ignore[index]  # both are there
            )
        entrants = [0.0 if at is None else float(entered[known[at]]) for at in self._positions]
        if self._positions[0] is None or (segment.entrants or (None,))[self._positions[0]] is None:
            return {"entrants": (None, *entrants[1:]), "rates": tuple(rates)}
        return {"entrants": tuple(entrants), "rates": tuple(rates)}

    @cached_property
    def _stay(self) -> list[int]:
        return [at for at in self._positions if at is not None]

    @cached_property
    def _gone(self) -> list[int]:
        return [at for at in range(len(self.flow.framework)) if at not in self._stay]

    @cached_property
    def _visits_before(self) -> Floats:
        """Visits to each stage that goes, per visit to each one that stays."""
        shares, stay, gone = self.flow.shares, self._stay, self._gone
        return np.asarray(shares[:, stay][:, :, gone] @ self._visits_on_the_way)

    @cached_property
    def _visits_on_the_way(self) -> Floats:
        among = self.flow.shares[:, self._gone][:, :, self._gone]
        return np.asarray(np.linalg.inv(np.eye(len(self._gone)) - among))

    @cached_property
    def _arrivals(self) -> Floats:
        """Share of the visits to each stage that goes from which each stage that stays is next."""
        onward = self.flow.shares[:, self._gone][:, :, self._stay]
        return np.asarray(self._visits_on_the_way @ onward)

    @cached_property
    def _detours(self) -> Floats:
        """Shares between the stages that stay, by way of stages that go only."""
        return np.asarray(self.flow.shares[:, self._stay][:, :, self._gone] @ self._arrivals)

    @cached_property
    def _shares(self) -> Floats:
        """Shares between the stages that stay, direct or not (the censored chain)."""
        direct = self.flow.shares[:, self._stay][:, :, self._stay]
        return np.clip(direct + self._detours, 0, 1)

    @cached_property
    def _entered(self) -> Floats:
        entered = self.flow.entered
        onward = np.einsum("sg,sga->sa", entered[:, self._gone], self._arrivals)
        return np.asarray(entered[:, self._stay] + onward)

    def _ways(self, transitions: Iterable[Transition]) -> list[Transition]:
        """Carry over transitions, and add those that led through stages that go.

        Where segments differ, a rate is their mean, weighted by visits.
        """
        keys = [self._renamed[self.flow.framework.keys[at]] for at in self._stay]
        typed = {
            (self._renamed.get(way.source), self._renamed.get(way.target)): way.rate
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
        """Whether the way is a step: only stages that are not known lie between."""
        above = self.target.parents[self.target.index(target)]
        while above is not None and self._positions[above] is None:
            above = self.target.parents[above]
        return above == self.target.index(source)

    def _mean(self, values: Floats, stage: int) -> float:
        """Average over the segments, weighted by the visits to a stage."""
        if np.ptp(values) == 0:
            return float(values[0])
        visits = np.where(self.flow.undefined[:, stage], 0, self.flow.visits[:, stage])
        return float(np.average(values, weights=visits if visits.sum() > 0 else None))

    def _referrals(self, referrals: Iterable[Referral]) -> list[Referral]:
        """Carry over referrals; those of a stage that goes pass to the stages next to it."""
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
        """Find the stages that replace a stage, and how much of it each one takes."""
        if stage in self._stay:
            yield self._renamed[self.flow.framework.keys[stage]], 1.0
            return
        for position, at in enumerate(self._stay):
            part = self._mean(over[:, self._gone.index(stage), position], weigh)
            if part > SMALLEST_SHARE:
                yield self._renamed[self.flow.framework.keys[at]], part

    def _numbers(self, stages: Iterable[StageNumbers]) -> list[StageNumbers]:
        """Carry over costs, margins, delays, tactics and messages.

        Those of a stage that goes pass to other stages: costs, margins and delays to the next
        stage, tactics and messages to the one before. Costs after the target's last stage become
        a fixed cost of it.
        """
        paid: dict[int | None, list[StageNumbers]] = {}
        held: dict[int, list[StageNumbers]] = {}
        for numbers in stages:
            anchor = self.flow.framework[numbers.stage].anchor
            paid.setdefault(self.target.nearest(anchor, "after"), []).append(numbers)
            held.setdefault(self.target.nearest(anchor, "before") or 0, []).append(numbers)
        last = len(self.target) - 1
        beyond = paid.pop(None, [])
        paying = [position for position in paid if position is not None]
        merged = []
        for position in sorted({*paying, *held, *([last] if beyond else [])}):
            money = self._merged(
                position, paid.get(position, []), beyond if position == last else []
            )
            done = held.get(position, [])
            acts = {
                "tactics": tuple(tactic for row in done for tactic in row.tactics),
                "messages": tuple(message for row in done for message in row.messages),
            }
            merged.append(money.model_copy(update=acts))
        return merged

    def _merged(
        self, position: int, numbers: Sequence[StageNumbers], beyond: Sequence[StageNumbers]
    ) -> StageNumbers:
        key, at = self.target.keys[position], self._positions[position]
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

    def _offers(self, offers: Sequence[Offer]) -> list[Offer]:
        """Carry over offers; one whose stage goes stays at its milestone."""
        source = self.flow.framework
        stages = [self._renamed.get(row.stage, source.anchor(row.stage)) for row in offers]
        return [
            offer.model_copy(update={"stage": stage})
            for offer, stage in zip(offers, stages, strict=True)
        ]

    def _accepted(self, accepted: Iterable[Accepted]) -> list[Accepted]:
        """Carry over accepted findings, without those at stages that go.

        One at a milestone where the source has no stage is at the target's, if that has one.
        """
        own = self.flow.framework.keys
        at = {stage.anchor: stage.key for stage in self.target}
        kept = (row for row in accepted if row.stage not in own or row.stage in self._renamed)
        return [
            row.model_copy(
                update={
                    "stage": row.stage
                    and (self._renamed.get(row.stage) or at.get(row.stage, row.stage))
                }
            )
            for row in kept
        ]
