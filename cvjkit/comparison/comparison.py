"""Journeys seen through several frameworks side by side.

Frameworks are lenses on the same people: those who paid have paid through each lens. So what may
be compared is what all frameworks count, and what each one hides, but never how well a framework
performs. Different designs may be compared by what all frameworks count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.sources import cited
from cvjkit.catalog.spine import spine
from cvjkit.charts.sections import SCALES
from cvjkit.comparison import hidden, shared
from cvjkit.comparison.align import align
from cvjkit.comparison.grid import Grid, lens_grid
from cvjkit.comparison.tables import (
    ComparableTable,
    DisagreementsTable,
    HidesTable,
    StagesTable,
)
from cvjkit.comparison.words import milestone_names, view_sentences
from cvjkit.errors import InputError, unknown_name
from cvjkit.shown import as_html, as_text, listed

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.catalog.framework import Framework
    from cvjkit.charts.frame import Shape
    from cvjkit.charts.sections import Scale
    from cvjkit.charts.style import Theme
    from cvjkit.comparison.picture import AlignedPicture
    from cvjkit.comparison.shared import View
    from cvjkit.lens.lens import Lens


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Journeys seen through several frameworks.

    Attributes
    ----------
    frameworks : tuple of Framework
    views : tuple of View
        One per journey, with one lens per framework.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Coffee")
    >>> both = cvj.compare(shop, ["five", "eight"])
    >>> both.table[both.table.milestone == "lead"][
    ...     ["framework", "stage", "status"]
    ... ].squeeze().to_list()
    ['eight', 'subscription', 'estimated']
    >>> print(both.summary())
    The same people, seen through Five-step customer life cycle and Eight-stop Customer Value
    Journey. All of these count Aware, Engaged, First payment, Bought again and Advocate.
    Five-step customer life cycle: 5 stages, 5 counted.
    Eight-stop Customer Value Journey: 8 stages, 5 counted, 2 estimated and 1 not known.
    Every framework shows the same 302 customers.
    """

    frameworks: tuple[Framework, ...]
    views: tuple[View, ...]

    def __repr__(self) -> str:
        return as_text(self.summary(), self.grid.shown)

    def _repr_html_(self) -> str:
        return as_html(self.summary(), self.grid.shown)

    @property
    def lenses(self) -> tuple[Lens, ...]:
        """All lenses, journey by journey.

        Returns
        -------
        tuple of Lens
        """
        return tuple(lens for view in self.views for lens in view.lenses)

    @property
    def shared(self) -> tuple[str, ...]:
        """Milestones at which every framework has a stage.

        Returns
        -------
        tuple of str
            Their keys, in the order of the spine.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> cvj.compare(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])).shared
        ('first_payment', 'bought_again')
        """
        anchored = [{stage.milestone for stage in framework} for framework in self.frameworks]
        return tuple(key for key in spine() if all(key in keys for keys in anchored))

    @cached_property
    def table(self) -> StagesTable:
        """All numbers, one row per stage of a lens.

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
        columns = [*first, *(column for column in table.columns if column not in first)]
        return StagesTable(table[columns]).described(self._names)

    @cached_property
    def grid(self) -> Grid:
        """The numbers as cells: milestones down, lenses across.

        Returns
        -------
        Grid
        """
        return lens_grid([(view.name, lens) for view, lens in self._pairs()])

    @property
    def _names(self) -> dict[str, str]:
        return {framework.key: framework.name for framework in self.frameworks}

    def _pairs(self) -> Iterator[tuple[View, Lens]]:
        return ((view, lens) for view in self.views for lens in view.lenses)

    @cached_property
    def hides(self) -> HidesTable:
        """What each lens does not show.

        Returns
        -------
        DataFrame
            A row for the worst leak inside each stage that covers several milestones, or two if
            the largest share and the most people are lost at different steps; for each such
            stage in which nothing is known; and for milestones a framework does not have.

            - journey, framework, stage, name: where; the stage is empty for milestones that
              lie in none.
            - kind (str): leak, unseen (nothing is known inside), before (the framework begins
              later) or absent.
            - measure (str): "share", "people" or "share and people" lost; of leaks only.
            - start, end (str): milestones between which the leak is.
            - rate (float64): share, 0 to 1, who pass it; NaN where there is no leak.
            - lost (float64): people; NaN where there is no leak.
            - leak (float64): -ln(rate), which adds up along the way; infinite if nobody passes,
              NaN where there is no leak.
            - milestones (tuple of str): what is not shown.
            - says (str): the same as a sentence.
        """
        rows = [
            {"journey": view.name, "framework": lens.framework.key, **row}
            for view, lens in self._pairs()
            for row in hidden.hidden_rows(lens)
        ]
        table = _frame(rows, ["journey", "framework", *hidden.COLUMNS], hidden.NUMBERS)
        return HidesTable(table).described(self._names)

    @cached_property
    def comparable(self) -> ComparableTable:
        """The figures that are the same through every lens, and so may be compared.

        Average step rates, worst steps, phases and names such as Conversion are not among
        them: they mean something else in each framework.

        Returns
        -------
        DataFrame
            One row per figure of a journey.

            - journey, figure (str): "people.lead", "rate.lead.first_payment",
              "cost_per_person.lead" for milestones all frameworks share, and customers, cac,
              ltv_net, payback_days, profit, k, tactic_coverage.
            - label (str)
            - unit (str): people, share, money, days or number.
            - value, low, high (float64): NaN where not known. An estimated rate has no interval.
            - status (str): exact, estimated or unknown.
            - reason (str): why there is no value.
            - currency (str): of money, else empty.
        """
        rows = [
            {**row, "journey": view.name, "currency": view.journey.currency}
            for view in self.views
            for row in shared.comparable_rows(view, self.shared)
        ]
        for row in rows:
            if row["unit"] != "money":
                row["currency"] = ""
        return ComparableTable(
            _frame(rows, ["journey", *shared.COLUMNS, "currency"], shared.NUMBERS)
        )

    @cached_property
    def disagreements(self) -> DisagreementsTable:
        """What the documents answer differently, at the stages it concerns.

        Returns
        -------
        DataFrame
            One row per question and stage; columns id, topic, question, framework, stage, name,
            milestone (str), positions (tuple of str, with sources), sources (tuple of str),
            consequence (str: what cvjkit does).
        """
        rows = [
            {
                "id": question.id,
                "topic": question.topic,
                "question": question.question,
                "framework": framework.key,
                "stage": stage.key,
                "name": stage.name,
                "milestone": stage.milestone,
                "positions": tuple(
                    f"{said.says} ({cited(said.sources)})" for said in question.positions
                ),
                "sources": tuple(source for said in question.positions for source in said.sources),
                "consequence": question.consequence,
            }
            for framework in self.frameworks
            for stage in framework
            for question in stage.disagreements
        ]
        rows.sort(key=lambda row: int(str(row["id"])[1:]))
        names = ["id", "topic", "question", "framework", "stage", "name", "milestone"]
        table = _frame(rows, [*names, "positions", "sources", "consequence"])
        return DisagreementsTable(table).described(self._names)

    def picture(self, start: str | None = None, scale: Scale = "magnified") -> AlignedPicture:
        """Lay all lenses out on one spine.

        Parameters
        ----------
        start : str, optional
            Key of the milestone to begin with.
        scale : {"magnified", "true", "steps"}
            Sections magnified as marked, the same in all lenses; one scale throughout; or each
            milestone from full height.

        Returns
        -------
        AlignedPicture

        Raises
        ------
        InputError
            If the milestone `start` is not drawn, or there is no such scale; the message lists
            those that are.
        """
        if scale not in dict(SCALES):
            raise InputError("figure", [unknown_name("scale", scale, tuple(dict(SCALES)))])
        several = len(self.views) > 1
        titles = [
            f"{view.name}: {lens.framework.name}" if several else lens.framework.name
            for view, lens in self._pairs()
        ]
        return align(self.lenses, titles, start, scale)

    def figure(
        self,
        start: str | None = None,
        *,
        shape: Shape = "wide",
        theme: Theme = "light",
        scale: Scale = "magnified",
    ) -> go.Figure:
        """Draw all lenses on one spine, one below the other.

        Parameters
        ----------
        start : str, optional
            Key of the milestone to begin with.
        shape : {"wide", "narrow"}
            "wide" needs 900 px, "narrow" needs 390 px.
        theme : {"light", "dark"}
        scale : {"magnified", "true", "steps"}
            As in `picture`.

        Returns
        -------
        plotly.graph_objects.Figure
            The same milestone stands at the same x in every lens. What is counted is filled,
            what is estimated hatched, with its interval dotted, what is not known hollow.
            `layout.meta["summary"]` says in sentences what it shows.

        Raises
        ------
        InputError
            If there is no such shape or theme, or the milestone `start` is not drawn.

        Examples
        --------
        >>> import cvjkit as cvj
        >>> figure = cvj.compare(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])).figure()
        >>> bars = [trace for trace in figure.data if (trace.meta or {}).get("mark") == "bar"]
        >>> sorted({bar.x[0] for bar in bars if bar.meta["stage"] in ("conversion", "close")})
        [0.5384615384615384]
        """
        from cvjkit.comparison.figure import comparison_figure

        picture, summary = self.picture(start, scale), self.summary()
        return comparison_figure(picture, self.title, summary, shape=shape, theme=theme)

    @property
    def title(self) -> str:
        """What is compared, for the top of a picture.

        Returns
        -------
        str
        """
        return listed([view.name for view in self.views])

    def summary(self) -> str:
        """Say in a few sentences what may be compared, what is certain, and what is hidden.

        Returns
        -------
        str
            One sentence per line.
        """
        names = listed([framework.name for framework in self.frameworks])
        common = "They share no milestone."
        if self.shared:
            common = f"All of these count {milestone_names(self.shared)}."
        lines = [f"The same people, seen through {names}. {common}"]
        for view in self.views:
            of = f"{view.name}: " if len(self.views) > 1 else ""
            lines += [of + sentence for sentence in view_sentences(view)]
            leaks = self.hides[(self.hides.kind == "leak") & (self.hides.journey == view.name)]
            worst = max(leaks.to_dict("records"), key=itemgetter("leak"), default=None)
            if worst is not None:
                lines.append(f"{of}The largest leak that one of them hides: {worst['says']}")
        return "\n".join(lines)


def _frame(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], numbers: Sequence[str] = ()
) -> pd.DataFrame:
    import pandas as pd

    values = [[row[column] for column in columns] for row in rows]
    table = pd.DataFrame(values, columns=[*columns], dtype=object)
    return table.astype(dict.fromkeys(numbers, "float64"))
