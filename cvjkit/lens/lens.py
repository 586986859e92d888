"""A journey seen through another framework: what is exact there, estimated, or not known.

Every framework is a choice of milestones on one spine, so a stage of another framework is
counted by the journey too, or lies between two milestones that are, or outside of all.

Totals of money are the same through every lens: a cost belongs to the milestone it pays for, a
margin to the milestone where it is earned, and what lies outside of a framework is kept in a
remainder.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, get_args

from cvjkit.catalog import crosswalk
from cvjkit.catalog.crosswalk import covers, next_stage
from cvjkit.catalog.spine import spine, way
from cvjkit.lens.estimate import Known, Number, Point, Status, unknown
from cvjkit.model.economics import FIRST_PAYMENT

if TYPE_CHECKING:
    import pandas as pd

    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.stage import Stage
    from cvjkit.model.economics import Economics
    from cvjkit.model.parts import StageNumbers

NEGLIGIBLE = 1e-9


@dataclass(frozen=True, slots=True)
class LensStage:
    """A stage as a lens shows it: the columns of :attr:`Lens.table`."""

    key: str
    name: str
    milestone: str | None
    people: float | None
    low: float | None
    high: float | None
    bound_low: float | None
    bound_high: float | None
    status: Status
    covers: tuple[str, ...]
    why: str
    step_rate: float | None
    overall_rate: float | None
    cost: float | None
    cost_status: Status
    contribution: float | None
    delay_days: float | None
    delay_status: Status


@dataclass(frozen=True, slots=True)
class Remainder:
    """Money that belongs to no stage of a framework, such as what comes after its last one.

    Attributes
    ----------
    cost, contribution : float or None
        [currency]; None where not known.
    stages : tuple of str
        Keys of the journey's own stages it comes from, whole or in part.
    """

    cost: float | None
    contribution: float | None
    stages: tuple[str, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Lens:
    """A journey seen through a framework.

    Attributes
    ----------
    name : str
        The journey's name.
    framework : Framework
        What it is seen through.
    stages : tuple of LensStage
    remainder : Remainder
    cost, contribution : float or None
        Of all stages and the remainder [currency]: the same through every lens. None where a
        part of it is not known.
    known : Known
        What is seen.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Coffee")
    >>> lens = see(Known(shop.flow()), cvj.framework("eight"))
    >>> lens
    <Lens Coffee through eight: 5 exact, 2 estimated, 1 unknown>
    >>> lens.table.loc["subscription", ["people", "low", "high"]].astype(float).round().to_list()
    [1908.0, 605.0, 4797.0]
    """

    name: str
    framework: Framework
    stages: tuple[LensStage, ...]
    remainder: Remainder
    cost: float | None
    contribution: float | None
    known: Known

    def __repr__(self) -> str:
        states = [stage.status for stage in self.stages]
        counts = [f"{states.count(each)} {each}" for each in get_args(Status) if each in states]
        return f"<Lens {self.name} through {self.framework.key}: {', '.join(counts)}>"

    def __getitem__(self, key: str) -> LensStage:
        return self.stages[self.framework.index(key)]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The numbers as a table.

        Returns
        -------
        DataFrame
            Indexed by stage key, a row a stage, in the framework's order. All columns have
            dtype object; None where nothing is known.

            - name, milestone (str).
            - people, low, high, bound_low, bound_high, status, why: as in
              :class:`cvjkit.lens.estimate.Number`.
            - covers (tuple of str): milestones from the stage's own up to the next stage's.
            - step_rate: share, 0 to 1, of the people at the stage this one follows who come on.
            - overall_rate: share, 0 to 1, of the people at the first stage.
            - cost: of bringing people here from the stage before [currency].
            - cost_status: estimated if the cost of one step was shared out over stages.
            - contribution: margins earned between here and the next stage [currency].
            - delay_days, delay_status: mean time from the stage before [days].
        """
        import pandas as pd

        index = pd.Index(self.framework.keys, name="stage")
        columns = [each.name for each in fields(LensStage) if each.name != "key"]
        rows = [[getattr(stage, column) for column in columns] for stage in self.stages]
        return pd.DataFrame(rows, index=index, columns=columns, dtype=object)

    @property
    def contestable(self) -> pd.DataFrame:
        """Stages of the framework whose milestone one can argue about.

        Returns
        -------
        DataFrame
            Indexed by stage key; columns (dtype object) name, milestone,
            alternative_milestone (None if the argument is not about another one), note, sources.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> known = Known(cvj.Journey.from_counts("eight", [900, 90, 50, 9, 8, 5, 3, 1]).flow())
        >>> nine = cvj.framework("nine")
        >>> see(known, nine).contestable.loc["target", "alternative_milestone"]
        'aware'
        >>> switched = nine.change({"target": {"milestone": "aware"}})
        >>> see(known, switched)["target"].people
        900.0
        """
        import pandas as pd

        columns = ("name", "milestone", "alternative_milestone", "note", "sources")
        argued = [stage for stage in self.framework if stage.anchor_note]
        rows = [
            (each.name, each.milestone, each.alternative_milestone, each.anchor_note, each.sources)
            for each in argued
        ]
        index = pd.Index([stage.key for stage in argued], name="stage", dtype=object)
        return pd.DataFrame(rows, index=index, columns=columns, dtype=object)


def see(
    known: Known,
    framework: Framework,
    economics: Economics | None = None,
    stages: Sequence[StageNumbers] = (),
) -> Lens:
    """See what is known of a journey through a framework.

    Parameters
    ----------
    known : Known
    framework : Framework
        A published one or one of your own. A stage of it that stands at no milestone is known
        only if the journey's own framework has a stage of the same key.
    economics : Economics, optional
        What the journey costs and brings.
    stages : sequence of StageNumbers
        The journey's, for the delays.

    Returns
    -------
    Lens

    Examples
    --------
    >>> import cvjkit as cvj
    >>> flow = cvj.Journey.from_counts("eight", [10000, 1300, 190, 29, 22, 10, 5, 2]).flow()
    >>> lens = see(Known(flow), cvj.framework("five"))
    >>> [(stage.people, stage.status) for stage in lens.stages][1:3]
    [(1300.0, 'exact'), (29.0, 'exact')]
    """
    legs = _legs(known, economics, stages)
    points = _points(known, framework)
    costs = _travelled(_costs(known, legs, economics, framework))
    margins = _travelled(_margins(legs, framework))
    nothing = _Amount(None)
    seen = []
    for place, (stage, covered) in enumerate(zip(framework, covers(framework), strict=True)):
        point, parent = points[place], framework.parents[place]
        missing = nothing if point.number.status == "unknown" else _Amount(0.0)
        cost = costs.get(place, missing) if costs else nothing
        margin = margins.get(place, missing) if margins else nothing
        delay = _delay(legs, framework, stage)
        seen.append(
            LensStage(
                key=stage.key,
                name=stage.name,
                milestone=stage.milestone,
                covers=covered,
                step_rate=None if parent is None else known.follow(points[parent], point),
                overall_rate=known.follow(points[0], point, of_all=True),
                cost=cost.value,
                cost_status=cost.status,
                contribution=margin.value,
                delay_days=delay.value,
                delay_status=delay.status,
                **asdict(replace(point.number, why=point.number.why + _documents_differ(stage))),
            )
        )
    cost_left, margin_left = (
        amounts.get(None, _Amount(0.0)) if amounts else nothing for amounts in (costs, margins)
    )
    left = cost_left.stages | margin_left.stages
    remainder = Remainder(
        cost_left.value,
        margin_left.value,
        tuple(key for key in known.flow.framework.keys if key in left),
    )
    totals = _total(costs), _total(margins)
    return Lens(known.flow.name, framework, tuple(seen), remainder, *totals, known)


def spent(known: Known, economics: Economics, milestone: str) -> tuple[float | None, Status]:
    """Add up what it costs to bring people to a milestone, from the beginning.

    Parameters
    ----------
    known : Known
    economics : Economics
    milestone : str
        Its key.

    Returns
    -------
    tuple of float or None, and {"exact", "estimated", "unknown"}
        [currency]; estimated where the cost of a step was shared out.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [1000, 100, 20, 9, 1])
    >>> shop = shop.with_stage("reach", unit_cost=0.1).with_stage("conversion", unit_cost=4)
    >>> [spent(shop.known(), shop.economics(), key) for key in ("engaged", "lead", "first_payment")]
    [(100.0, 'exact'), (130.0, 'estimated'), (180.0, 'exact')]
    """
    passed = {milestone, *spine()[milestone].ancestors}
    legs = _legs(known, economics)
    moves = [_Move("", _common_cost(known, legs, economics), {0: 1.0})]
    for leg in legs:
        shares: dict[int | None, float] = defaultdict(float)
        for step, share in leg.steps.items():
            shares[0 if step in passed else None] += share
        moves.append(_Move(leg.stage.key, leg.cost, shares))
    total = _travelled(moves).get(0, _Amount(None))
    return total.value, total.status


def _points(known: Known, framework: Framework) -> list[Point]:
    points = [known.point(stage) for stage in framework]
    return [
        point
        if point.milestone or point.place is not None
        else replace(point, number=_amid(known, framework, place, points))
        for place, point in enumerate(points)
    ]


def _amid(known: Known, framework: Framework, place: int, points: Sequence[Point]) -> Number:
    """Bound a stage that stands at no milestone by those around it."""
    why = "A stage of your own that stands at no milestone: give it one."
    before, after = (
        points[at] if at is not None else None
        for at in (crosswalk.before(framework, place), crosswalk.after(framework, place))
    )
    if before and after and before.milestone and after.milestone:
        crossing = known.crossings(before.milestone, after.milestone)
        if crossing:
            return unknown(why, crossing=crossing)
    least = after.number.bound_low if after else None
    return unknown(why, least, before.number.bound_high if before else known.market)


# --- money and time ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leg:
    """What a stage of the journey costs and brings, and the milestones on the leg to it.

    `start` is the milestone where the leg begins; `steps` are those after it, each with its
    share of the leg's weight.
    """

    stage: Stage
    start: str | None
    steps: Mapping[str, float]
    cost: float | None
    margin: float | None
    delay_days: float | None

    def shares(self, framework: Framework) -> dict[int | None, float]:
        """Share the leg out over the stages of a framework; what none takes is for None."""
        own = crosswalk.own_stage(framework, self.stage)
        shares: dict[int | None, float] = defaultdict(float)
        if own is not None or not self.steps:
            shares[own] = 1.0
        else:
            for milestone, share in self.steps.items():
                shares[next_stage(framework, milestone)] += share
        return shares


@dataclass(frozen=True, slots=True)
class _Move:
    """An amount of one of the journey's stages, and where its shares go; None is nowhere."""

    stage: str
    amount: float | None
    shares: Mapping[int | None, float]


@dataclass(frozen=True, slots=True)
class _Amount:
    """What came to a stage, from which of the journey's stages, and whether it is exact."""

    value: float | None
    stages: frozenset[str] = frozenset()
    shared: bool = False

    @property
    def status(self) -> Status:
        if self.value is None:
            return "unknown"
        return "estimated" if self.shared else "exact"

    def plus(self, move: _Move, share: float) -> _Amount:
        if not move.amount:
            return self if move.amount is not None else replace(self, value=None)
        value = None if self.value is None else self.value + move.amount * share
        return _Amount(value, self.stages | {move.stage}, self.shared or len(move.shares) > 1)


def _travelled(moves: Sequence[_Move]) -> dict[int | None, _Amount]:
    """Add up what came to each stage; empty if no amount is known at all."""
    arrived: dict[int | None, _Amount] = {}
    if any(move.amount is not None for move in moves):
        for move in moves:
            for place, share in move.shares.items():
                arrived[place] = arrived.get(place, _Amount(0.0)).plus(move, share)
    return arrived


def _legs(
    known: Known, economics: Economics | None, stages: Sequence[StageNumbers] = ()
) -> list[_Leg]:
    unknown_money = [None] * len(known.flow.framework)
    costs, margins = (
        unknown_money if economics is None else economics.stages[column].to_list()
        for column in ("cost", "contribution")
    )
    delays = {numbers.stage: numbers.delay_days for numbers in stages}
    return [
        _Leg(stage, *_steps(known, place), costs[place], margins[place], delays.get(stage.key))
        for place, stage in enumerate(known.flow.framework)
    ]


def _steps(known: Known, place: int) -> tuple[str | None, dict[str, float]]:
    """Find where the leg to a stage begins, and the shares of the milestones on it.

    A stage at no milestone is on the leg to the next stage that has one.
    """
    framework = known.flow.framework
    target, source = crosswalk.after(framework, place), crosswalk.before(framework, place)
    end = None if target is None else framework.stages[target].milestone
    if end is None:
        return None if source is None else framework.stages[source].milestone, {}
    anchored = {stage.milestone for stage in framework}
    start = next((up for up in spine()[end].ancestors if up in anchored), None)
    if start is None:
        return None, {end: 1.0}
    steps = way(start, end)
    whole = math.fsum(map(known.weight, steps))
    return start, {milestone: known.weight(milestone) / whole for milestone in steps}


def _costs(
    known: Known, legs: Sequence[_Leg], economics: Economics | None, framework: Framework
) -> list[_Move]:
    """Bring costs to the stage that is reached by them, and those of no stage to the first."""
    moves = [_Move(leg.stage.key, leg.cost, leg.shares(framework)) for leg in legs]
    first = next(iter(moves[0].shares))
    return [*moves, _Move("", _common_cost(known, legs, economics), {first: 1.0})]


def _common_cost(known: Known, legs: Sequence[_Leg], economics: Economics | None) -> float | None:
    """Find the cost of no single stage: of the channels, and what is fixed for the journey."""
    if economics is None:
        return None
    milestones = [stage.milestone for stage in known.flow.framework]
    costs = [leg.cost for leg in legs]
    paid = milestones.index(FIRST_PAYMENT) + 1 if FIRST_PAYMENT in milestones else 0
    for whole, parts in (
        (economics.total_cost, costs),
        (economics.acquisition_cost, costs[:paid]),
    ):
        if whole is not None and None not in parts:
            return _rest(whole, parts)
    return None


def _margins(legs: Sequence[_Leg], framework: Framework) -> list[_Move]:
    """Bring margins to the stage in which they are earned."""
    home = {
        milestone: place for place, covered in enumerate(covers(framework)) for milestone in covered
    }
    moves = []
    for leg in legs:
        own = crosswalk.own_stage(framework, leg.stage)
        at = home.get(leg.stage.milestone or leg.start or "") if own is None else own
        moves.append(_Move(leg.stage.key, leg.margin, {at: 1.0}))
    return moves


def _delay(legs: Sequence[_Leg], framework: Framework, stage: Stage) -> _Amount:
    """Add up the time from the stage before."""
    span: set[str] = set()
    if stage.milestone:
        anchored = {each.milestone for each in framework}
        up_to_stage_before = takewhile(
            lambda up: up not in anchored, spine()[stage.milestone].ancestors
        )
        span = {stage.milestone, *up_to_stage_before}
    total = _Amount(None)
    for leg in legs:
        own = crosswalk.own_stage(framework, leg.stage)
        within = math.fsum(share for milestone, share in leg.steps.items() if milestone in span)
        if own is not None:
            within = 1.0 if framework.keys[own] == stage.key else 0.0
        if leg.delay_days is not None and within > 0:
            split = within < 1 - NEGLIGIBLE and leg.delay_days > 0
            days = (total.value or 0.0) + leg.delay_days * within
            total = _Amount(days, shared=total.shared or split)
    return total


def _rest(whole: float, parts: Iterable[float | None]) -> float:
    known = [part for part in parts if part is not None]
    rest = whole - math.fsum(known)
    return rest if abs(rest) > NEGLIGIBLE * max(map(abs, (whole, *known))) else 0.0


def _total(arrived: Mapping[int | None, _Amount]) -> float | None:
    values = [amount.value for amount in arrived.values()]
    return None if None in values or not values else math.fsum(v for v in values if v is not None)


def _documents_differ(stage: Stage) -> str:
    found = [
        f"{each.id} {each.topic} ({', '.join(s for said in each.positions for s in said.sources)})"
        for each in stage.disagreements
    ]
    return f" The documents differ: {'; '.join(found)}." if found else ""
