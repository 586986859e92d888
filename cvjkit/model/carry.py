"""A design carried into another framework.

Numbers belong to milestones, so those of a milestone that both frameworks have are carried over
as they are. The cost of a milestone that the other framework lacks goes to the next stage after
it: so the cost of winning a customer and the total cost are the same in every framework.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cvjkit.model.delays import Delay, one_after_another
from cvjkit.model.figures import UndefinedError
from cvjkit.model.money import BOUGHT_AGAIN, cycle_discount
from cvjkit.model.parts import StageNumbers
from cvjkit.model.restaging import Restaging

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.fields import Fields
    from cvjkit.model.flow import Flow
    from cvjkit.model.parts import Accepted, Offer


@dataclass(frozen=True)
class Carried:
    """A design carried from its framework, the source, into another one, the target.

    Parameters
    ----------
    design : Fields
        In the source.
    flow : Flow
        Of the design.
    target : Framework
    """

    design: Fields
    flow: Flow
    target: Framework

    def fields(self) -> dict[str, Any]:
        """Work out the fields of the design that differ in the target.

        Returns
        -------
        dict
            Its segments, stages, offers, transitions, referrals and accepted findings.
        """
        return {
            "segments": self._people.segments(),
            "stages": self._numbers(self.design.stages),
            "offers": [self._offer(offer) for offer in self.design.offers],
            "transitions": self._people.transitions(),
            "referrals": self._people.referrals(),
            "accepted": self._accepted(self.design.accepted),
        }

    @cached_property
    def _people(self) -> Restaging:
        return Restaging(self.design, self.flow, self.target, self._repeats)

    @cached_property
    def _repeats(self) -> int | None:
        """Position in the source of buying again, if an offer tells how often it is repeated."""
        anchor = self.flow.framework.anchor
        told = {anchor(row.stage) for row in self.design.offers if row.repeat_rate is not None}
        return self.flow.framework.by_milestone.get(BOUGHT_AGAIN) if BOUGHT_AGAIN in told else None

    @property
    def _returning(self) -> float:
        """Share of those visits after which people buy again past stages that go."""
        visits = 0.0 if self._repeats is None else self.flow.visits[:, self._repeats]
        total = np.sum(visits)
        return float((visits * self._people.returning).sum() / total) if total > 0 else 0.0

    @property
    def _cycle_discount(self) -> float:
        offers = {self.flow.framework.anchor(row.stage): row for row in self.design.offers}
        try:
            return cycle_discount(self.design.discount_rate, offers)
        except UndefinedError:
            return 0.0

    def _numbers(self, stages: Iterable[StageNumbers]) -> list[StageNumbers]:
        """Carry over costs, margins, delays, tactics and messages.

        Those of a stage that goes pass to other stages: costs, margins and delays to the next
        stage, tactics and messages to the one before. Costs after the target's last stage become
        a fixed cost of it.
        """
        paid: dict[int | None, list[StageNumbers]] = {}
        held: dict[int, list[StageNumbers]] = {}
        for numbers in stages:
            paid.setdefault(self._nearest(numbers.stage, "after"), []).append(numbers)
            held.setdefault(self._nearest(numbers.stage, "before") or 0, []).append(numbers)
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

    def _nearest(self, stage: str, side: Literal["before", "after"]) -> int | None:
        """Find where in the target a stage is; a stage without a milestone is where the next is."""
        source = self.flow.framework
        at = source.index(stage)
        for one in source.stages[at:] if side == "after" else source.stages[at::-1]:
            found = self.target.nearest(one.anchor, side)
            if found is not None or one.milestone:
                return found
        return None

    def _merged(
        self, position: int, numbers: Sequence[StageNumbers], beyond: Sequence[StageNumbers]
    ) -> StageNumbers:
        key, at = self.target.keys[position], self._people.positions[position]
        own_key = None if at is None else self.flow.framework.keys[at]
        own = next((row for row in numbers if row.stage == own_key), StageNumbers(stage=key))
        others = [row for row in numbers if row is not own]
        visits = 0.0 if own_key is None else self._visits(own_key)
        changes: dict[str, Any] = {"stage": key}
        if not self._keeps_step(position):
            changes |= {"rate_range": None, "rate_cases": None}
        if at is not None and at == self._repeats:
            # Who comes back past stages that go is one visit, and costs as much as all of them.
            visits *= 1 - self._returning
            if own.unit_cost is not None:
                own = own.model_copy(update={"unit_cost": own.unit_cost / (1 - self._returning)})
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
        if any(row.mean_delay is not None for row in others):
            changes |= one_after_another([Delay.into(row) for row in numbers])
        return own.model_copy(update=changes)

    def _keeps_step(self, position: int) -> bool:
        """Tell whether the step into a stage of the target is a step of the source."""
        at, before = self._people.positions[position], self.target.parents[position]
        if at is None or before is None:
            return False
        return self.flow.framework.parents[at] == self._people.positions[before]

    def _visits(self, stage: str) -> float:
        return self.flow.numbers("visits")[self.flow.framework.index(stage)] or 0.0

    def _offer(self, offer: Offer) -> Offer:
        """Carry over an offer; one whose stage goes stays at its milestone."""
        source = self.flow.framework
        anchor = source.anchor(offer.stage)
        changes: dict[str, Any] = {"stage": self._people.renamed.get(offer.stage, anchor)}
        if anchor == BOUGHT_AGAIN and offer.repeat_rate is not None and self._returning:
            # Their orders are orders of the offer there: the lifetime value is the same.
            count = 1 + self._cycle_discount
            repeat_rate = count - (1 - self._returning) * (count - offer.repeat_rate)
            changes["repeat_rate"] = min(repeat_rate, 1)
        return offer.model_copy(update=changes)

    def _accepted(self, accepted: Iterable[Accepted]) -> list[Accepted]:
        """Carry over accepted findings, without those at stages that go.

        One at a milestone where the source has no stage is at the target's, if that has one.
        """
        own, renamed = self.flow.framework.keys, self._people.renamed
        at = {stage.anchor: stage.key for stage in self.target}
        kept = [row for row in accepted if row.stage not in own or row.stage in renamed]
        stages = [
            row.stage and (renamed.get(row.stage) or at.get(row.stage, row.stage)) for row in kept
        ]
        return [
            row.model_copy(update={"stage": stage}) for row, stage in zip(kept, stages, strict=True)
        ]
