"""Money and time of a journey's stages, assigned to the stages of another framework.

Totals of money are the same through every lens: a cost belongs to the milestone it pays for, a
margin to the milestone where it is earned, and what lies outside of a framework is kept in a
remainder.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

from cvjkit.catalog import crosswalk
from cvjkit.catalog.spine import spine, way
from cvjkit.model.economics import FIRST_PAYMENT

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.stage import Stage
    from cvjkit.lens.estimate import Known
    from cvjkit.lens.number import Status
    from cvjkit.model.economics import Economics

NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount assigned to a stage, or to none.

    Attributes
    ----------
    value : float or None
        None where not known.
    stages : frozenset of str
        Keys of the journey's own stages that it comes from, whole or in part.
    shared : bool
        Whether a part of it is a share of the amount of one step.
    """

    value: float | None
    stages: frozenset[str] = frozenset()
    shared: bool = False

    @property
    def status(self) -> Status:
        """How certain it is: "exact", "estimated" where it was shared out, or "unknown"."""
        if self.value is None:
            return "unknown"
        return "estimated" if self.shared else "exact"


NOT_KNOWN, ZERO = Amount(None), Amount(0.0)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts by the index of the stage they are assigned to; None is no stage.

    Attributes
    ----------
    by_stage : mapping of int or None to Amount
        Empty if no amount is known at all.
    """

    by_stage: Mapping[int | None, Amount] = field(default_factory=dict)

    def at(self, index: int | None, *, is_unknown: bool = False) -> Amount:
        """Give the amount assigned to a stage.

        Parameters
        ----------
        index : int or None
            Of the stage; None for what belongs to no stage.
        is_unknown : bool
            Whether the people at the stage are unknown; if so, no amount does not mean 0.

        Returns
        -------
        Amount
        """
        missing = ZERO if self.by_stage and not is_unknown else NOT_KNOWN
        return self.by_stage.get(index, missing)

    @property
    def total(self) -> float | None:
        """Sum of all amounts; None where a part is not known."""
        values = [amount.value for amount in self.by_stage.values()]
        known = [value for value in values if value is not None]
        return math.fsum(known) if known and len(known) == len(values) else None


@dataclass(frozen=True, slots=True)
class _Leg:
    """What a stage of the journey costs and brings, and the milestones on the leg to it.

    The leg begins after the milestone `start`; `steps` are the milestones on it, each with its
    share of the leg's weight; it leads to the milestone `end`. `shares` shares it out over the
    stages of a framework, by their positions; None is what no stage takes.
    """

    stage: Stage
    start: str | None
    end: str | None
    steps: Mapping[str, float]
    cost: float | None
    margin: float | None
    delay_days: float | None

    def shares(self, framework: Framework) -> dict[int | None, float]:
        own = crosswalk.own_stage(framework, self.stage)
        shares: dict[int | None, float] = defaultdict(float)
        if own is not None or self.end is None:
            shares[own] = 1.0
        else:
            for milestone, share in self.steps.items():
                shares[crosswalk.next_stage(framework, milestone, self.end)] += share
        return shares


@dataclass(frozen=True, slots=True)
class _Move:
    """An amount of one of the journey's stages, and where its shares go; None is nowhere."""

    stage: str
    amount: float | None
    shares: Mapping[int | None, float]


def _moved(moves: Sequence[_Move]) -> Amounts:
    """Add up the amounts of each stage."""
    if all(move.amount is None for move in moves):
        return Amounts()
    found: dict[int | None, Amount] = {}
    for move in moves:
        for index, share in move.shares.items():
            found[index] = _plus(found.get(index, ZERO), move, share)
    return Amounts(found)


def _plus(amount: Amount, move: _Move, share: float) -> Amount:
    if move.amount is None:
        return replace(amount, value=None)
    if move.amount == 0:
        return amount
    value = None if amount.value is None else amount.value + move.amount * share
    return Amount(value, amount.stages | {move.stage}, amount.shared or len(move.shares) > 1)


@dataclass(frozen=True, eq=False)
class Shares:
    """Costs, margins and delays of a journey's stages, for the stages of another framework.

    Parameters
    ----------
    known : Known
        What is known of the journey.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [1000, 100, 20, 9, 1])
    >>> shop = shop.with_stage("reach", unit_cost=0.1).with_stage("conversion", unit_cost=4)
    >>> spent = [Shares(shop.known()).spent(key) for key in ("engaged", "lead", "first_payment")]
    >>> [(amount.value, amount.status) for amount in spent]
    [(100.0, 'exact'), (130.0, 'estimated'), (180.0, 'exact')]
    """

    known: Known

    def costs(self, framework: Framework) -> Amounts:
        """Assign each cost to the stage it leads to, and costs of no stage to the first.

        Parameters
        ----------
        framework : Framework

        Returns
        -------
        Amounts
            [currency]
        """
        moves = [_Move(leg.stage.key, leg.cost, leg.shares(framework)) for leg in self._legs]
        first = next(iter(moves[0].shares))
        return _moved([*moves, _Move("", self._common_cost, {first: 1.0})])

    def margins(self, framework: Framework) -> Amounts:
        """Assign each margin to the stage in which it is earned.

        Parameters
        ----------
        framework : Framework

        Returns
        -------
        Amounts
            [currency]
        """
        home = {
            milestone: index
            for index, covered in enumerate(crosswalk.covers(framework))
            for milestone in covered
        }
        moves = []
        for leg in self._legs:
            own = crosswalk.own_stage(framework, leg.stage)
            index = home.get(leg.stage.milestone or leg.start or "") if own is None else own
            moves.append(_Move(leg.stage.key, leg.margin, {index: 1.0}))
        return _moved(moves)

    def delay(self, framework: Framework, stage: Stage) -> Amount:
        """Add up the time from the stage before.

        Where two legs of the journey pass the same milestones, on their ways to the habit and to
        word of mouth, the time of one counts: of that on the way to or from the stage.

        Parameters
        ----------
        framework : Framework
        stage : Stage
            One of its stages.

        Returns
        -------
        Amount
            [days]
        """
        own = [crosswalk.own_stage(framework, leg.stage) for leg in self._legs]
        shared = [leg for leg, index in zip(self._legs, own, strict=True) if index is None]
        ends = {step: _end(step, stage, shared) for step in _span(framework, stage)}
        days = []
        split = False
        for leg, index in zip(self._legs, own, strict=True):
            within = float(index == framework.index(stage.key))
            if index is None:
                steps = (share for step, share in leg.steps.items() if ends.get(step) == leg.end)
                within = math.fsum(steps)
            if leg.delay_days is not None and within > 0:
                days.append(leg.delay_days * within)
                split |= leg.delay_days > 0 and within < 1 - NEGLIGIBLE
        return Amount(math.fsum(days), shared=split) if days else NOT_KNOWN

    def spent(self, milestone: str) -> Amount:
        """Add up what it costs to bring people to a milestone, from the beginning.

        Parameters
        ----------
        milestone : str
            Its key.

        Returns
        -------
        Amount
            [currency]
        """
        passed = {milestone, *spine()[milestone].ancestors}
        moves = [_Move("", self._common_cost, {0: 1.0})]
        for leg in self._legs:
            shares: dict[int | None, float] = defaultdict(float)
            for step, share in leg.steps.items():
                shares[0 if step in passed else None] += share
            moves.append(_Move(leg.stage.key, leg.cost, shares))
        return _moved(moves).by_stage.get(0, NOT_KNOWN)

    @cached_property
    def _legs(self) -> list[_Leg]:
        delays = {numbers.stage: numbers.mean_delay for numbers in self.known.design.stages}
        costs, margins = map(self._economics.numbers, ("cost", "contribution"))
        return [
            _Leg(stage, *self._steps(index), costs[index], margins[index], delays.get(stage.key))
            for index, stage in enumerate(self.known.flow.framework)
        ]

    @property
    def _economics(self) -> Economics:
        return self.known.design.economics(self.known.segment)

    def _steps(self, index: int) -> tuple[str | None, str | None, dict[str, float]]:
        """Find where the leg to a stage begins and ends, and the shares of the milestones on it.

        A stage at no milestone is on the leg to the next stage that has one.
        """
        framework = self.known.flow.framework
        source, target = crosswalk.before(framework, index), crosswalk.after(framework, index)
        start = None if source is None else framework.stages[source].milestone
        end = None if target is None else framework.stages[target].milestone
        if end is None:
            return start, None, {}
        start = next((key for key in spine()[end].ancestors if key in framework.by_milestone), None)
        if start is None:
            return None, end, {end: 1.0}
        steps = way(start, end)
        whole = math.fsum(map(self.known.weight, steps))
        return start, end, {milestone: self.known.weight(milestone) / whole for milestone in steps}

    @cached_property
    def _common_cost(self) -> float | None:
        """The cost of no single stage: of the channels, and what is fixed for the journey."""
        costs = [leg.cost for leg in self._legs]
        payment = self.known.flow.framework.by_milestone.get(FIRST_PAYMENT)
        paid = 0 if payment is None else payment + 1
        for whole, parts in (
            (self._economics.total_cost, costs),
            (self._economics.acquisition_cost, costs[:paid]),
        ):
            if whole is not None and None not in parts:
                return _rest(whole, parts)
        return None


def _span(framework: Framework, stage: Stage) -> tuple[str, ...]:
    """Give the milestones from the stage before up to a stage."""
    if stage.milestone is None:
        return ()
    back = spine()[stage.milestone].ancestors
    return (stage.milestone, *takewhile(lambda key: key not in framework.by_milestone, back))


def _end(milestone: str, stage: Stage, legs: Sequence[_Leg]) -> str | None:
    """Find the end of the leg that passes a milestone, on the way to or from a stage if one is."""
    ends = [leg.end for leg in legs if milestone in leg.steps and leg.end is not None]
    on_the_way = (
        end
        for end in ends
        if end == stage.milestone
        or end in spine()[stage.milestone or end].ancestors
        or stage.milestone in spine()[end].ancestors
    )
    return next(on_the_way, ends[0] if ends else None)


def _rest(whole: float, parts: Iterable[float | None]) -> float:
    known = [part for part in parts if part is not None]
    rest = whole - math.fsum(known)
    return rest if abs(rest) > NEGLIGIBLE * max(map(abs, (whole, *known))) else 0.0
