"""A journey seen through another framework: what is exact there, estimated, or not known.

Every framework is a choice of milestones on one spine, so a stage of another framework is
counted by the journey too, or lies between two milestones that are, or outside them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, get_args

import pandas as pd

from cvjkit.catalog import crosswalk
from cvjkit.catalog.sources import cited
from cvjkit.lens.money import Shares
from cvjkit.lens.number import Number, Point, Status, exact, unknown
from cvjkit.shown import Heading, Shown, Table

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.stage import Stage
    from cvjkit.lens.estimate import Known


@dataclass(frozen=True, slots=True)
class LensStage:
    """A stage as a lens shows it: the columns of :attr:`Lens.table`.

    Attributes
    ----------
    key, name : str
        Of the stage.
    milestone : str or None
        Where it stands on the spine; None if nowhere.
    people, low, high, bound_low, bound_high, status, why
        As in :class:`cvjkit.lens.number.Number`.
    covers : tuple of str
        Milestones from the stage's own up to the next stage's.
    step_rate : float or None
        Share, 0 to 1, of the people at the stage this one follows who come on.
    overall_rate : float or None
        Share, 0 to 1, of the people at the first stage.
    cost : float or None
        Of bringing people here from the stage before [currency].
    cost_status : {"exact", "estimated", "unknown"}
        Estimated if the cost of one step was shared out over stages.
    contribution : float or None
        Margins earned between here and the next stage [currency].
    delay_days : float or None
        Mean time from the stage before [days].
    delay_status : {"exact", "estimated", "unknown"}
        Estimated if the time of one step was shared out over stages.
    """

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


NUMBERS = frozenset(field.name for field in fields(LensStage) if "float" in str(field.type))
"""Columns of :attr:`Lens.table` that hold numbers."""


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


class LensTable(Table):
    """The numbers of a lens: what `Lens.table` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "people": Heading("People", "people"),
        "low": Heading("From", "people"),
        "high": Heading("To", "people"),
        "status": Heading("Known as", "text"),
        "step_rate": Heading("Of the stage before", "share"),
        "cost": Heading("Cost", "money"),
        "delay_days": Heading("After", "days"),
    }


@dataclass(frozen=True, eq=False, repr=False)
class Lens(Shown):
    """A journey seen through a framework.

    Attributes
    ----------
    name : str
        The journey's name.
    framework : Framework
        What it is seen through.
    stages : tuple of LensStage
        In the framework's order.
    remainder : Remainder
        Money that belongs to none of them.
    cost, contribution : float or None
        Of all stages and the remainder [currency]: the same through every lens. None where a
        part of it is not known.
    known : Known
        What is known of the journey.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Coffee")
    >>> lens = see(shop.known(), cvj.framework("eight"))
    >>> lens.summary
    'Coffee through Eight-stop Customer Value Journey: 5 exact, 2 estimated, 1 unknown.'
    >>> lens.table.loc["subscription", ["people", "low", "high"]].map(round).to_list()
    [1908, 605, 4797]
    """

    name: str
    framework: Framework
    stages: tuple[LensStage, ...]
    remainder: Remainder
    cost: float | None
    contribution: float | None
    known: Known

    @property
    def summary(self) -> str:
        """The journey, the framework, and how many of its numbers are exact."""
        states = [stage.status for stage in self.stages]
        counts = [f"{states.count(s)} {s}" for s in get_args(Status) if s in states]
        return f"{self.name} through {self.framework.name}: {', '.join(counts)}."

    @property
    def shown(self) -> pd.DataFrame:
        """The people at each stage, as people read it.

        Returns
        -------
        DataFrame
            All columns are text.
        """
        return self.table.shown

    def __getitem__(self, key: str) -> LensStage:
        return self.stages[self.framework.index(key)]

    @cached_property
    def table(self) -> Table:
        """The numbers as a table.

        Returns
        -------
        Table
            Indexed by stage key, one row per stage, in the framework's order. Columns as in
            :class:`LensStage`: those of numbers have dtype float64 and NaN where nothing is known,
            whatever the journey; the others (name, milestone, status, covers, why, cost_status,
            delay_status) have dtype object.
        """
        index = pd.Index(self.framework.keys, name="stage")
        columns = [column.name for column in fields(LensStage) if column.name != "key"]
        rows = [[getattr(stage, column) for column in columns] for stage in self.stages]
        table = pd.DataFrame(rows, index=index, columns=columns, dtype=object)
        numbers = table.astype({column: "float64" for column in columns if column in NUMBERS})
        return LensTable(numbers).described({stage.key: stage.name for stage in self.framework})

    @property
    def contestable(self) -> pd.DataFrame:
        """Stages of the framework whose milestone is open to argument.

        Returns
        -------
        DataFrame
            Indexed by stage key; columns (dtype object) name, milestone,
            alternative_milestone (None if the argument is not about another one), note, sources.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> known = cvj.Journey.from_counts("eight", [900, 90, 50, 9, 8, 5, 3, 1]).known()
        >>> nine = cvj.framework("nine")
        >>> see(known, nine).contestable.loc["target", "alternative_milestone"]
        'aware'
        >>> switched = nine.change({"target": {"milestone": "aware"}})
        >>> see(known, switched)["target"].people
        900.0
        """
        told = ["name", "milestone", "alternative_milestone", "anchor_note", "sources"]
        argued = [stage for stage in self.framework if stage.anchor_note]
        rows = [[getattr(stage, field) for field in told] for stage in argued]
        index = pd.Index([stage.key for stage in argued], name="stage", dtype=object)
        table = pd.DataFrame(rows, index, told, dtype=object)
        return table.rename(columns={"anchor_note": "note"})


def see(known: Known, framework: Framework) -> Lens:
    """See what is known of a journey through a framework.

    Parameters
    ----------
    known : Known
        What is known of the journey.
    framework : Framework
        A published one or one of your own. A stage of it that stands at no milestone is known
        only if the journey's own framework has a stage of the same key.

    Returns
    -------
    Lens

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("eight", [10000, 1300, 190, 29, 22, 10, 5, 2])
    >>> lens = see(shop.known(), cvj.framework("five"))
    >>> [(stage.people, stage.status) for stage in lens.stages][1:3]
    [(1300.0, 'exact'), (29.0, 'exact')]
    """
    shares = Shares(known)
    points = _points(known, framework)
    costs, margins = shares.costs(framework), shares.margins(framework)
    seen, covers = [], crosswalk.covers(framework)
    for index, stage in enumerate(framework):
        point, parent = points[index], framework.parents[index]
        is_unknown = point.number.status == "unknown"
        cost, margin = (one.at(index, is_unknown=is_unknown) for one in (costs, margins))
        delay = shares.delay(framework, stage)
        seen.append(
            LensStage(
                key=stage.key,
                name=stage.name,
                milestone=stage.milestone,
                covers=covers[index],
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
    cost, margin = costs.at(None), margins.at(None)
    left = cost.stages | margin.stages
    remainder = Remainder(
        cost.value,
        margin.value,
        tuple(key for key in known.flow.framework.keys if key in left),
    )
    return Lens(
        known.flow.name, framework, tuple(seen), remainder, costs.total, margins.total, known
    )


def _points(known: Known, framework: Framework) -> list[Point]:
    points = [known.point(stage) for stage in framework]
    return [
        point
        if point.milestone or point.index is not None
        else replace(point, number=_without_milestone(known, framework, index, points))
        for index, point in enumerate(points)
    ]


def _without_milestone(
    known: Known, framework: Framework, index: int, points: Sequence[Point]
) -> Number:
    """Bound the people at a stage without a milestone by those around it."""
    why = "A stage of your own without a milestone: choose one."
    before, after = (
        None if found is None else points[found]
        for found in (crosswalk.before(framework, index), crosswalk.after(framework, index))
    )
    crossings: tuple[str, ...] = ()
    if before and after and before.milestone and after.milestone:
        crossings = known.crossings.between(before.milestone, after.milestone)
    least = after.number.bound_low if after else None
    most = before.number.bound_high if before else known.design.market
    if before and least is not None and least == most and not crossings:
        return exact(least, "As many are known before and after it: nobody is lost.")
    return unknown(why, least, most, crossings)


def _documents_differ(stage: Stage) -> str:
    found = []
    for question in stage.disagreements:
        sources = [source for position in question.positions for source in position.sources]
        found.append(f"{question.topic} ({cited(sources)})")
    return f" The documents differ: {'; '.join(found)}." if found else ""
