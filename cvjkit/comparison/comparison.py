"""Journeys seen through several frameworks side by side.

Frameworks are lenses on the same people: whoever paid has paid through each of them. So what
may be compared is what all of them count, and what each of them hides; never how well a
framework does. Different designs may be compared by what all frameworks count.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cvjkit.catalog.framework import Framework, framework, published_frameworks
from cvjkit.catalog.spine import TIME, line, spine
from cvjkit.comparison.picture import AlignedPicture, align, label
from cvjkit.errors import Fault, InputError
from cvjkit.journey import Journey, as_journey
from cvjkit.lens.estimate import HABIT_ORDERS, Known
from cvjkit.lens.lens import Lens, see
from cvjkit.lens.money import spent
from cvjkit.model.checks import framework_of
from cvjkit.numbers import money_text, people_text, share_text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme
    from cvjkit.comparison.figure import Shape
    from cvjkit.model.economics import Economics

VIEWS = ("five", "seven", "eight", "nine")
FIGURES = {
    "customers": ("First payers", "people"),
    "cac": ("Cost of winning a customer (CAC)", "money"),
    "ltv": ("Lifetime value (LTV)", "money"),
    "payback_days": ("Payback", "days"),
    "profit": ("Profit", "money"),
    "k": ("New people each referred person brings (k)", "number"),
}
"""Figures of a journey that no framework changes: what they are called, and their unit."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the grid of milestones and lenses, merged over the milestones it covers.

    Attributes
    ----------
    column : int
        Place of the lens.
    row, span : int
        Place of its first milestone, and how many it covers.
    kind : {"counted", "covered", "before", "absent"}
        A stage that stands at the first milestone; the rest of a stage that is interrupted;
        milestones before the framework begins; milestones it does not know.
    title, stage : str
        What to write, and the stage's key if there is one.
    value, note : str
        The stage's number, and how sure that is.
    """

    column: int
    row: int
    span: int
    kind: Literal["counted", "covered", "before", "absent"]
    title: str
    stage: str = ""
    value: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """Milestones down, lenses across.

    Attributes
    ----------
    milestones : tuple of (str, str)
        Key and name.
    columns : tuple of (str, str)
        Names of the journey and the framework.
    cells : tuple of Cell
        Each column's cells fill it from the first milestone to the last.
    """

    milestones: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    cells: tuple[Cell, ...]

    def document(self) -> dict[str, Any]:
        """Give the grid as plain values, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True, eq=False)
class View:
    """A journey and its lenses, named apart from the others."""

    name: str
    journey: Journey
    known: Known
    economics: Economics
    lenses: tuple[Lens, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Journeys seen through several frameworks.

    Attributes
    ----------
    frameworks : tuple of Framework
    views : tuple of View
        One a journey, with one lens a framework.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Coffee")
    >>> both = compare(shop, ["five", "eight"])
    >>> both.table[both.table.milestone == "lead"][
    ...     ["framework", "stage", "status"]
    ... ].squeeze().to_list()
    ['eight', 'subscription', 'estimated']
    >>> print(both.summary())
    The same people, seen through Five-step customer life cycle and Eight-stop Customer Value
    Journey. All of these count Aware, Engaged, First payment, Bought again and Advocate.
    Five-step customer life cycle: of 5 numbers 5 counted.
    Eight-stop Customer Value Journey: of 8 numbers 5 counted, 2 estimated and 1 not known.
    Through each of them there are 302 first payers.
    """

    frameworks: tuple[Framework, ...]
    views: tuple[View, ...]

    def __repr__(self) -> str:
        names = ", ".join(view.name for view in self.views)
        return f"<Comparison of {names} through {', '.join(each.key for each in self.frameworks)}>"

    @property
    def lenses(self) -> tuple[Lens, ...]:
        """All lenses, journey by journey."""
        return tuple(lens for view in self.views for lens in view.lenses)

    @property
    def shared(self) -> tuple[str, ...]:
        """Milestones at which every framework has a stage.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> compare(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])).shared
        ('first_payment', 'bought_again')
        """
        anchored = [{stage.milestone for stage in each} for each in self.frameworks]
        return tuple(key for key in spine() if all(key in each for each in anchored))

    @cached_property
    def table(self) -> pd.DataFrame:
        """All numbers, a row a stage of a lens.

        Returns
        -------
        DataFrame
            Columns journey, framework, stage (dtype object), then those of
            :attr:`cvjkit.lens.lens.Lens.table`.
        """
        import pandas as pd

        parts = [
            lens.table.reset_index().assign(journey=view.name, framework=lens.framework.key)
            for view, lens in self._pairs()
        ]
        first = ["journey", "framework", "stage"]
        table = pd.concat(parts, ignore_index=True).astype(dict.fromkeys(first, object))
        return table[[*first, *(column for column in table.columns if column not in first)]]

    @cached_property
    def grid(self) -> Grid:
        """The numbers as cells: milestones down, lenses across."""
        known: set[str | None] = {key for view in self.views for key in view.known.people}
        known |= {stage.milestone for each in self.frameworks for stage in each}
        rows = [key for key, step in spine().items() if step.branch != TIME or key in known]
        return Grid(
            milestones=tuple((key, spine()[key].name) for key in rows),
            columns=tuple((view.name, lens.framework.name) for view, lens in self._pairs()),
            cells=tuple(
                cell
                for column, (_, lens) in enumerate(self._pairs())
                for cell in _cells(column, lens, rows)
            ),
        )

    def _pairs(self) -> Iterator[tuple[View, Lens]]:
        return ((view, lens) for view in self.views for lens in view.lenses)

    @cached_property
    def hides(self) -> pd.DataFrame:
        """What each lens does not show.

        Returns
        -------
        DataFrame
            A row for the worst leak inside each stage that covers several milestones, or two if
            the largest share and the most people are lost at different steps; for each such
            stage in which nothing is known; and for milestones a framework does not have. All
            columns have dtype object.

            - journey, framework, stage, name: where; the stage is empty for milestones that
              lie in none.
            - kind (str): leak, unseen (nothing is known inside), before (the framework begins
              later) or absent.
            - measure (str): "share", "people" or "share and people" lost; of leaks only.
            - start, end (str): milestones between which the leak is.
            - rate: share, 0 to 1, who pass it.
            - lost: people.
            - leak: -ln(rate), which adds up along the way; infinite if nobody passes.
            - milestones (tuple of str): what is not shown.
            - says (str): the same as a sentence.
        """
        rows = [
            {"journey": view.name, "framework": lens.framework.key, **row}
            for view, lens in self._pairs()
            for row in _hidden(lens)
        ]
        return _frame(rows, ["journey", "framework", *_HIDDEN])

    @cached_property
    def comparable(self) -> pd.DataFrame:
        """The figures that are the same through every lens, and so may be compared.

        Average step rates, worst steps, phases and names such as Conversion are not among
        them: they mean something else in each framework.

        Returns
        -------
        DataFrame
            A row a figure of a journey; all columns have dtype object.

            - journey, figure (str): "people.lead", "rate.lead.first_payment",
              "cost_per_person.lead" for milestones all frameworks share, and customers, cac,
              ltv, payback_days, profit, k, tactic_coverage.
            - label (str)
            - unit (str): people, share, money, days or number.
            - value, low, high, status: as in :class:`cvjkit.lens.estimate.Number`.
            - currency (str): of money, else empty.
            - reason (str): why there is no value.
        """
        rows = [
            {**row, "journey": view.name, "currency": currency}
            for view in self.views
            for row in _comparable(view, self.shared)
            for currency in [view.journey.currency if row["unit"] == "money" else ""]
        ]
        columns = ["label", "unit", "value", "low", "high", "status", "currency", "reason"]
        return _frame(rows, ["journey", "figure", *columns])

    @cached_property
    def disagreements(self) -> pd.DataFrame:
        """What the documents answer differently, at the stages it concerns.

        Returns
        -------
        DataFrame
            A row a question and stage; columns (dtype object) id, topic, question, framework,
            stage, name, milestone, positions (tuple of str, with sources), sources (tuple of
            str), consequence (what cvjkit does).
        """
        rows = [
            {
                "id": each.id,
                "topic": each.topic,
                "question": each.question,
                "framework": chosen.key,
                "stage": stage.key,
                "name": stage.name,
                "milestone": stage.milestone,
                "positions": tuple(
                    f"{said.says} ({', '.join(said.sources)})" for said in each.positions
                ),
                "sources": tuple(source for said in each.positions for source in said.sources),
                "consequence": each.consequence,
            }
            for chosen in self.frameworks
            for stage in chosen
            for each in stage.disagreements
        ]
        rows.sort(key=lambda row: int(str(row["id"])[1:]))
        names = ["id", "topic", "question", "framework", "stage", "name", "milestone"]
        return _frame(rows, [*names, "positions", "sources", "consequence"])

    def picture(self, start: str | None = None) -> AlignedPicture:
        """Lay all lenses out on one spine.

        Parameters
        ----------
        start : str, optional
            Key of the milestone to begin with, so that thin later stages become visible.

        Returns
        -------
        AlignedPicture
        """
        several = len(self.views) > 1
        titles = [
            f"{view.name}: {lens.framework.name}" if several else lens.framework.name
            for view, lens in self._pairs()
        ]
        return align(self.lenses, titles, start)

    def figure(
        self, start: str | None = None, *, shape: Shape = "wide", theme: Theme = "light"
    ) -> go.Figure:
        """Draw all lenses below each other on one spine.

        Parameters
        ----------
        start : str, optional
            Key of the milestone to begin with, so that thin later stages become visible.
        shape : {"wide", "narrow"}
            "wide" needs 900 px, "narrow" needs 390 px.
        theme : {"light", "dark"}

        Returns
        -------
        plotly.graph_objects.Figure
            The same milestone stands at the same x in every lens. What is counted is filled,
            what is estimated hatched, with its interval dotted, what is not known hollow.
            `layout.meta["summary"]` says in sentences what it shows.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> figure = compare(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])).figure()
        >>> bars = [trace for trace in figure.data if (trace.meta or {}).get("mark") == "bar"]
        >>> sorted({bar.x[0] for bar in bars if bar.meta["stage"] in ("conversion", "close")})
        [0.5384615384615384]
        """
        from cvjkit.comparison.figure import comparison_figure

        picture, summary = self.picture(start), self.summary()
        return comparison_figure(picture, self.title, summary, shape=shape, theme=theme)

    @property
    def title(self) -> str:
        """What is compared, for the top of a picture."""
        return _listed([view.name for view in self.views])

    def summary(self) -> str:
        """Say in a few sentences what may be compared, what is sure, and what is hidden.

        Returns
        -------
        str
            One sentence a line.
        """
        names = _listed([each.name for each in self.frameworks])
        shared = f"All of these count {_called(self.shared)}." if self.shared else ""
        lines = [f"The same people, seen through {names}. {shared or 'They share no milestone.'}"]
        for view in self.views:
            of = f"{view.name}: " if len(self.views) > 1 else ""
            lines += [of + sentence for sentence in _sentences(view)]
            leaks = self.hides[(self.hides.kind == "leak") & (self.hides.journey == view.name)]
            worst = max(leaks.to_dict("records"), key=itemgetter("leak"), default=None)
            if worst is not None:
                lines.append(f"{of}The largest leak that one of them hides: {worst['says']}")
        return "\n".join(lines)


def compare(
    journeys: Journey | str | Path | Iterable[Journey | str | Path],
    frameworks: str | Framework | Iterable[str | Framework] | None = None,
    *,
    weights: Mapping[str, float] | None = None,
    habit_orders: int = HABIT_ORDERS,
) -> Comparison:
    """See one or several journeys through several frameworks, side by side.

    Parameters
    ----------
    journeys : Journey or path, or several
    frameworks : str or Framework, or several, optional
        Keys, or frameworks of your own. By default the four published ones, in the variant the
        journeys have, and the journeys' own frameworks.
    weights, habit_orders : optional
        How estimates are made, as in :class:`cvjkit.lens.estimate.Known`.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If there is nothing to compare, or a framework is not known or there twice.
    """
    several = [journeys] if isinstance(journeys, Journey | str | Path) else journeys
    chosen = [as_journey(each) for each in several]
    if not chosen:
        raise InputError("compare", [Fault("journeys", None, "are needed", "give at least one")])
    lenses = _frameworks(chosen, frameworks)
    views = []
    for name, journey in zip(_names(chosen), chosen, strict=True):
        known = journey.known(weights=weights, habit_orders=habit_orders)
        economics = journey.economics()
        seen = tuple(see(known, each, economics, journey.stages) for each in lenses)
        views.append(View(name, journey, known, economics, seen))
    return Comparison(lenses, tuple(views))


def _frameworks(
    journeys: Sequence[Journey], wanted: str | Framework | Iterable[str | Framework] | None
) -> tuple[Framework, ...]:
    if wanted is None:
        wanted = _usual(journeys)
    elif isinstance(wanted, str | Framework):
        wanted = [wanted]
    faults, chosen, wanted = list[Fault](), list[Framework](), list(wanted)
    for choice in wanted:
        try:
            chosen.append(framework_of(choice))
        except InputError as error:
            faults += error.faults
    keys = [framework.key for framework in chosen]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        fix = "give the other one a key of its own"
        faults.append(Fault("frameworks", key, "stands there more than once", fix))
    if not wanted:
        faults.append(Fault("frameworks", None, "are needed", f"choose from {', '.join(VIEWS)}"))
    if faults:
        raise InputError("compare", faults)
    return tuple(chosen)


def _usual(journeys: Sequence[Journey]) -> list[str | Framework]:
    """Choose the published frameworks, as the journeys have them, and those of one's own."""
    keys = {journey.view or journey.framework.key for journey in journeys}
    variants = {key.partition(":")[0]: key for key in keys if ":" in key}
    published = published_frameworks()
    own = {
        each.framework.key: each.framework for each in journeys if each.framework not in published
    }
    return [*(variants.get(key, key) for key in VIEWS), *own.values()]


def _names(journeys: Sequence[Journey]) -> list[str]:
    """Name the journeys apart."""
    names: list[str] = []
    for journey in journeys:
        name, number = journey.name, 2
        while name in names:
            name, number = f"{journey.name} ({number})", number + 1
        names.append(name)
    return names


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    values = [[row[column] for column in columns] for row in rows]
    return pd.DataFrame(values, columns=[*columns], dtype=object)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join(each for each in (", ".join(parts[:-1]), *parts[-1:]) if each)


def _called(milestones: Iterable[str]) -> str:
    return _listed([spine()[key].name for key in milestones])


# --- milestones down, lenses across --------------------------------------------------------------


def _cells(column: int, lens: Lens, rows: Sequence[str]) -> Iterator[Cell]:
    """Fill a column: neighbouring milestones of one stage, or of none, make one cell."""
    stages = {milestone: stage for stage in lens.stages for milestone in stage.covers}
    begin = next((row for row, milestone in enumerate(rows) if milestone in stages), 0)
    row = 0
    for stage, group in groupby(rows, stages.get):
        milestone, *others = group
        cell = partial(Cell, column, row, span=1 + len(others))
        row += 1 + len(others)
        if stage is None and row <= begin:
            yield cell(kind="before", title=f"before {lens.stages[0].name}, not counted")
        elif stage is None:
            yield cell(kind="absent", title="no such stage")
        elif milestone != stage.milestone:
            yield cell(kind="covered", title=f"in {stage.name}", stage=stage.key)
        else:
            value, note = label(stage)
            yield cell(kind="counted", title=stage.name, stage=stage.key, value=value, note=note)


# --- what a lens hides ---------------------------------------------------------------------------

_HIDDEN = (
    *("stage", "name", "kind", "measure", "start", "end", "rate", "lost", "leak", "milestones"),
    "says",
)
_NO_LEAK = {"measure": "", "start": "", "end": "", "rate": None, "lost": None, "leak": None}


def _hidden(lens: Lens) -> Iterator[dict[str, Any]]:
    for place, stage in enumerate(lens.stages):
        if len(stage.covers) > 1:
            yield from _inside(lens, place)
    covered = {milestone for stage in lens.stages for milestone in stage.covers}
    milestones = [
        key
        for key, step in spine().items()
        if step.branch != TIME or key in lens.known.people or key in covered
    ]
    begin = next((at for at, key in enumerate(milestones) if key in covered), len(milestones))
    for kind, outside, words in (
        ("before", milestones[:begin], "begins after"),
        ("absent", milestones[begin:], "has no stage for"),
    ):
        missing = tuple(key for key in outside if key not in covered)
        if missing:
            says = f"{lens.framework.name} {words} {_called(missing)}."
            nowhere = {"stage": "", "name": "", "milestones": missing}
            yield {**nowhere, **_NO_LEAK, "kind": kind, "says": says}


def _inside(lens: Lens, place: int) -> Iterator[dict[str, Any]]:
    """Find the worst steps between known numbers of which a stage shows at most one end."""
    stage, known, parents = lens.stages[place], lens.known, lens.framework.parents
    covered = stage.covers[1:]
    row = {"stage": stage.key, "name": stage.name, "milestones": covered}
    ends = {each.milestone for each, at in zip(lens.stages, parents, strict=True) if at == place}
    leaks = []
    for end in (key for key in known.people if key in {*covered, *ends}):
        start = next((up for up in line(end) if up in known.people), "")
        shown = start == stage.milestone and end in ends
        rate = known.rate(start, end) if start in stage.covers and not shown else None
        if rate is not None:
            size = -math.log(rate) if rate > 0 else math.inf
            leaks.append(_Leak(start, end, rate, known.people[start] * (1 - rate), size))
    if not leaks:
        says = f"What happens inside {stage.name} is not known: no number for {_called(covered)}."
        yield {**row, **_NO_LEAK, "kind": "unseen", "says": says}
        return
    by_share, by_people = (max(leaks, key=attrgetter(field)) for field in ("leak", "lost"))
    worst = [("share", by_share), ("people", by_people)]
    for measure, leak in [("share and people", by_share)] if by_share is by_people else worst:
        lost = f"{share_text(1 - leak.rate)} ({people_text(leak.lost)} people)"
        way = f"do not get from {_called([leak.start])} to {_called([leak.end])}"
        says = f"{stage.name} hides that {lost} {way}."
        yield {**row, **asdict(leak), "kind": "leak", "measure": measure, "says": says}


@dataclass(frozen=True, slots=True)
class _Leak:
    start: str
    end: str
    rate: float
    lost: float
    leak: float


# --- what may be compared ------------------------------------------------------------------------


def _comparable(view: View, shared: Sequence[str]) -> Iterator[dict[str, Any]]:
    known, names = view.known, {key: step.name for key, step in spine().items()}
    numbers = {key: known.number(key) for key in shared}
    for end, number in numbers.items():
        reason = number.why if number.people is None else ""
        value: dict[str, Any] = {"value": number.people, "low": number.low, "high": number.high}
        value |= {"status": number.status, "reason": reason}
        yield {
            "figure": f"people.{end}",
            "label": f"People at {names[end]}",
            "unit": "people",
            **value,
        }
    for end in shared:
        start = next((up for up in line(end) if up in shared), None)
        if start is not None:
            words = f"Share of the people at {names[start]} who reach {names[end]}"
            sure = numbers[start].status == numbers[end].status == "exact"
            value = _value(known.rate(start, end), "does not follow from what is known", sure=sure)
            yield {"figure": f"rate.{start}.{end}", "label": words, "unit": "share", **value}
    for end in shared:
        figure, words = f"cost_per_person.{end}", f"Cost per person at {names[end]}"
        yield {"figure": figure, "label": words, "unit": "money", **_cost_per_person(view, end)}
    for figure, (words, unit) in FIGURES.items():
        value = _value(view.economics[figure], view.economics.reasons.get(figure, ""))
        yield {"figure": figure, "label": words, "unit": unit, **value}
    words, value = "Milestones with a tactic", _value(_tactic_coverage(view.journey), "")
    yield {"figure": "tactic_coverage", "label": words, "unit": "share", **value}


def _value(value: float | None, reason: str, *, sure: bool = True) -> dict[str, Any]:
    if value is None:
        return {"value": None, "low": None, "high": None, "status": "unknown", "reason": reason}
    ends = dict.fromkeys(("low", "high"), value if sure else None)
    return {"value": value, **ends, "status": "exact" if sure else "estimated", "reason": ""}


def _cost_per_person(view: View, milestone: str) -> dict[str, Any]:
    """Divide what was spent up to a milestone by the people there."""
    number = view.known.number(milestone)
    cost, status = spent(view.known, view.economics, milestone)
    if cost is None:
        reasons = view.economics.reasons
        return _value(None, reasons.get("total_cost", "a cost on the way is not known"))
    if not number.people:
        return _value(None, number.why if number.people is None else "nobody gets there")
    whole = _value(cost / number.people, "", sure=status == number.status == "exact")
    if status == "exact" and number.low and number.high:
        whole |= {"low": cost / number.high, "high": cost / number.low}
    return whole


def _tactic_coverage(journey: Journey) -> float:
    spined = framework("full").keys
    busy = {
        journey.framework[numbers.stage].milestone for numbers in journey.stages if numbers.tactics
    }
    return len(busy & {*spined}) / len(spined)


# --- in sentences --------------------------------------------------------------------------------


def _sentences(view: View) -> Iterator[str]:
    states = {"exact": "counted", "estimated": "estimated", "unknown": "not known"}
    for lens in view.lenses:
        found = [stage.status for stage in lens.stages]
        counts = [f"{found.count(each)} {states[each]}" for each in states if each in found]
        yield f"{lens.framework.name}: of {len(found)} numbers {_listed(counts)}."
    economics, currency = view.economics, view.journey.currency
    figures = [
        (economics.customers, f"{people_text(economics.customers)} first payers"),
        (economics.cac, f"a CAC of {money_text(economics.cac, currency)}"),
        (economics.profit, f"a profit of {money_text(economics.profit, currency)}"),
    ]
    known = [words for figure, words in figures if figure is not None]
    if known:
        yield f"Through each of them there are {_listed(known)}."
