"""Segments side by side: what each channel costs and brings, against the average, or by chance."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cvjkit.decisions.answer import Answer
from cvjkit.model.chance import Counted, beyond_chance, chance
from cvjkit.number_text import ratio_text, share_text
from cvjkit.shown import Heading

if TYPE_CHECKING:
    from cvjkit.model.design import Design
    from cvjkit.model.economics import Economics
    from cvjkit.model.flow import Flow

FIGURES = ("customers", "cac", "ltv_net", "ltv_to_cac", "payback_days", "profit")
COMPARED = ("rate", "cac", "ltv_net", "ltv_to_cac")


class SegmentsTable(Answer):
    """A row for each segment: what `Journey.segments_table` gives."""

    index_title: ClassVar[str] = "Segment"
    headings: ClassVar[Mapping[str, Heading]] = {
        "people": Heading("People", "people"),
        "customers": Heading("Customers", "people"),
        "rate": Heading("Share of people", "share"),
        "cac": Heading("CAC", "money"),
        "ltv_net": Heading("LTV", "money"),
        "ltv_to_cac": Heading("LTV to CAC", "ratio"),
        "payback_days": Heading("Payback", "days"),
        "profit": Heading("Profit", "money"),
        "could_be_chance": Heading("Share could differ by chance", "answer"),
    }

    @property
    def average(self) -> pd.Series[float]:
        """The figures of all segments together.

        Returns
        -------
        Series
            Indexed by column, float64; NaN where not known.
        """
        return pd.Series(self.attrs["average"], dtype=float, name="All segments")

    @property
    def shown(self) -> pd.DataFrame:
        """The table as people read it, with a last row for all segments together.

        Returns
        -------
        DataFrame
            All columns are text.
        """
        whole = pd.DataFrame([self.attrs["average"]], ["All segments"])
        whole["could_be_chance"] = None
        both = SegmentsTable(pd.concat([pd.DataFrame(self).astype(object), whole.astype(object)]))
        both.attrs = self.attrs
        return super(SegmentsTable, both).shown


def segments_table(design: Design) -> SegmentsTable:
    """Put the segments side by side.

    Parameters
    ----------
    design : Design

    Returns
    -------
    SegmentsTable
        A DataFrame with a row for each segment, indexed by its name; all columns but
        could_be_chance have dtype float64, NaN where not known. `average` has the figures of
        all segments together, `summary` says what the table shows.

        - people: at the first stage.
        - customers: who pay for the first time; rate: their share of the people.
        - cac, ltv_net, profit [currency]; ltv_to_cac; payback_days [days]: as in `economics`,
          a segment bearing fixed costs by its customers.
        - rate_to_average, cac_to_average, ltv_net_to_average, ltv_to_cac_to_average: the
          segment's figure / that of all segments together.
        - p_value: probability, if all rates were equal, that the segment's differs from that of
          the other counted segments by so much (Fisher's exact test).
        - could_be_chance (bool): whether the difference may be chance; Holm's procedure holds
          false alarms at 5% for the whole table. None for a segment that was not counted.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> counts = {"Ads": [4000, 400, 40, 10, 2], "Blog": [1000, 300, 60, 30, 3]}
    >>> shop = cvj.Journey.from_counts("five", counts).with_stage("reach", unit_cost=0.1)
    >>> shop.segments_table()[["people", "cac", "could_be_chance"]].values.tolist()
    [[4000.0, 10.0, False], [1000.0, 1.6666666666666667, False]]
    """
    flow, names = design.flow(), [segment.name for segment in design.segments]
    rows = [_row(flow.only(name), design.economics(name)) for name in names]
    whole = _row(flow, design.economics())
    for row in rows:
        row |= {f"{name}_to_average": _ratio(row[name], whole[name]) for name in COMPARED}
    table = pd.DataFrame(rows, pd.Index(names, name="segment", dtype=object), dtype=float)
    table["p_value"] = _chances(design, rows)
    sure = _beyond(table["p_value"].to_list())
    kind = object if None in sure else bool
    table["could_be_chance"] = pd.Series(
        [None if one is None else not one for one in sure], table.index, dtype=kind
    )
    answer = SegmentsTable(table)
    answer.attrs = {
        "average": whole,
        "names": {},
        "currency": design.currency,
        "title": design.name,
        "summary": _words(names, rows, whole, sure),
    }
    return answer


def _row(flow: Flow, numbers: Economics) -> dict[str, float]:
    people = flow.numbers("people")[0]
    row = {"people": math.nan if people is None else people}
    for name in FIGURES:
        value = numbers[name]
        row[name] = math.nan if value is None else value
    row["rate"] = row["customers"] / people if people else math.nan
    return row


def _ratio(value: float, average: float) -> float:
    return value / average if average else math.nan


def _chances(design: Design, rows: Sequence[Mapping[str, float]]) -> list[float]:
    """Compare the customers of each segment with those of all others that were counted."""
    counted = [
        Counted(row["people"], min(row["customers"], row["people"]))
        if segment.observed and row["people"] > 0 and row["customers"] >= 0
        else None
        for segment, row in zip(design.segments, rows, strict=True)
    ]
    found = []
    for at, own in enumerate(counted):
        others = [one for place, one in enumerate(counted) if one is not None and place != at]
        rest = Counted(sum(one.came for one in others), sum(one.went for one in others))
        found.append(chance(own, rest) if own is not None and others else math.nan)
    return found


def _beyond(chances: Sequence[float]) -> list[bool | None]:
    """Tell which differences are more than chance; two segments differ from each other once."""
    tested = [value for value in chances if not math.isnan(value)]
    found = beyond_chance(tested[:1]) * 2 if len(tested) == 2 else beyond_chance(tested)
    told = iter(found)
    return [None if math.isnan(value) else next(told) for value in chances]


def _words(
    names: Sequence[str],
    rows: Sequence[Mapping[str, float]],
    whole: Mapping[str, float],
    sure: Sequence[bool | None],
) -> str:
    if len(names) == 1:
        return f"There is only one segment, {names[0]}."
    said = []
    ratios = {name: row["ltv_to_cac"] for name, row in zip(names, rows, strict=True)}
    known = {name: ratio for name, ratio in ratios.items() if not math.isnan(ratio)}
    if known:
        best = max(known, key=lambda name: known[name])
        said.append(
            f"{best} brings in the most for what winning a customer costs: "
            f"{ratio_text(known[best])}, "
            f"against {ratio_text(whole['ltv_to_cac'])} for all segments together."
        )
        losing = [f"{name} ({ratio_text(ratio)})" for name, ratio in known.items() if ratio < 1]
        if losing:
            said.append(f"These bring in less than their customers cost: {', '.join(losing)}.")
    else:
        rates = {name: row["rate"] for name, row in zip(names, rows, strict=True)}
        some = {name: rate for name, rate in rates.items() if not math.isnan(rate)}
        if some:
            best = max(some, key=lambda name: some[name])
            said.append(
                f"{best} turns most of its people into customers, {share_text(some[best])}."
            )
    doubtful = [name for name, one in zip(names, sure, strict=True) if one is False]
    if doubtful:
        said.append(
            f"The share who become customers in {', '.join(doubtful)} may differ from the others "
            "by chance alone."
        )
    elif any(sure):
        said.append("The share who become customers differs by more than chance.")
    return " ".join(said) or "Nothing is known about the segments yet."
