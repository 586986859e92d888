"""What was measured, for people with a minute: the gap to the plan, the trend, how sure it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cvjkit.measurement.rates import LEVEL
from cvjkit.model.economics import FIRST_PAYMENT
from cvjkit.number_text import DASH, count_text, people_text, share_text
from cvjkit.shown import texts_of
from cvjkit.widgets.builders import line
from cvjkit.widgets.fields import Field, Keep, Part, Row, Table
from cvjkit.widgets.line_chart import line_chart

if TYPE_CHECKING:
    from collections.abc import Callable

    from cvjkit.comparison.gap import Gap
    from cvjkit.measurement.measured import MeasuredJourney
    from cvjkit.measurement.measurement import Measurement
    from cvjkit.measurement.sensitivity import Sensitivity
    from cvjkit.widgets.line_chart import Chart

STAGE = "trend_stage"
YOUNG = "young: may rise"
MOST_DAYS, MOST_WEEKS = 14, 26
"""A trend of more days is shown by week; of more weeks, by month."""
CHANCE = {True: "could be", False: "no"}
GAP_COLUMNS = {
    "actual": ("Measured", "people"),
    "planned": ("Planned", "people"),
    "gap": ("Gap", "gap"),
    "actual_rate": ("Rate", "share"),
    "planned_rate": ("Planned rate", "share"),
    "gap_here": ("Due to this stage", "gap"),
    "money_here": ("Worth", "money"),
    "could_be_chance": ("By chance?", "chance"),
}
"""Columns of `Gap.table`: what stands above them, and in which unit they are."""


def goal_of(journey: MeasuredJourney) -> str:
    """Find the stage that a measurement is judged by: the first payment, else the last with events.

    Parameters
    ----------
    journey : MeasuredJourney

    Returns
    -------
    str
        Its key.
    """
    measurement = measurement_of(journey)
    paying = [stage.key for stage in journey.framework if stage.milestone == FIRST_PAYMENT]
    return next((key for key in paying if key in measurement.steps), measurement.steps[-1])


def gap_part(gap: Gap) -> Part:
    """Put what was measured beside its plan, stage by stage.

    Parameters
    ----------
    gap : Gap

    Returns
    -------
    Part
    """
    table = gap.table[gap.table["segment"] == ""]
    texts = {
        key: _texts(table[key].to_list(), unit, gap.plan.currency)
        for key, (_, unit) in GAP_COLUMNS.items()
    }
    rows = tuple(
        Row(
            key,
            label,
            tuple(
                Field(column, f"{title}: {label}", texts[column][at])
                for column, (title, _) in GAP_COLUMNS.items()
            ),
        )
        for at, (key, label) in enumerate(zip(table["key"], table["label"], strict=True))
    )
    headings = (("stage", "Stage"), *((key, title) for key, (title, _) in GAP_COLUMNS.items()))
    note = (
        "Due to this stage: how many more or fewer reach it than the plan makes of those who came "
        "so far; and what that is worth by the plan."
    )
    return Part("gap", "Stage by stage", (Table("gap", rows, headings),), (note,))


def _texts(values: list[Any], unit: str, currency: str) -> list[str]:
    known = [None if pd.isna(value) else value for value in values]
    if unit == "chance":
        return [DASH if value is None else CHANCE[bool(value)] for value in known]
    if unit == "gap":
        return [DASH if value is None else _more_or_fewer(value) for value in known]
    return texts_of(known, unit, currency)  # type: ignore[arg-type]  # GAP_COLUMNS has units


def _more_or_fewer(people: float) -> str:
    text = people_text(people) if abs(people) >= 0.5 else "0"
    return f"+{text}" if people >= 0.5 else text


def trend_part(journey: MeasuredJourney, stage: str) -> Part:
    """Follow how many of those who began in each week, day or month reached a stage.

    Parameters
    ----------
    journey : MeasuredJourney
    stage : str
        Key of a stage that has events.

    Returns
    -------
    Part
        Periods after which not all have had the time to come so far are said to be young.
    """
    measurement = measurement_of(journey)
    choices = tuple((key, journey.framework[key].name) for key in measurement.steps)
    name = dict(choices)[stage]
    chooser = line(
        "trend-of", Field(STAGE, "Who reach", stage, "choice", choices=choices, edit=Keep())
    )
    trend = measurement.trend
    period = _period(trend)
    whole = trend.loc[period]
    found = whole.xs(stage, level="stage")
    came = whole.xs(measurement.steps[0], level="stage")["people"]
    words = [_began(start, period) for start in found.index]
    shares = texts_of(found["overall_rate"].to_list(), "share", "")
    remarks = [
        (Field("young", f"Remark: {began}", YOUNG if is_young else "", "text"),)
        for began, is_young in zip(words, found["is_young"], strict=True)
    ]
    some_young = bool(found["is_young"].any())
    rows = tuple(
        Row(
            str(start.date()),
            began,
            (
                Field("came", f"Came in: {began}", people_text(float(came[start]))),
                Field("reached", f"Reached {name}: {began}", people_text(float(people))),
                Field("share", f"Share: {began}", share),
                *(remark if some_young else ()),
            ),
        )
        for start, began, people, share, remark in zip(
            found.index, words, found["people"], shares, remarks, strict=True
        )
    )
    headings = (
        ("began", f"Began in the {period}" if period != "day" else "Began on"),
        ("came", "Came in"),
        ("reached", "Reached it"),
        ("share", "Share"),
        *((("young", "Remark"),) if some_young else ()),
    )
    notes = (_trend_said(name, period, found, _could_be_chance(measurement, stage, period)),)
    return Part(
        "trend",
        "Trend",
        (chooser, Table("trend", rows, headings)),
        notes,
        charts=tuple(_charts(found, name, period)),
    )


def _period(trend: pd.DataFrame) -> str:
    """Choose how finely a trend is shown."""
    days = trend.loc["day"].index.get_level_values("start")
    span = (days[-1] - days[0]).days
    if span < MOST_DAYS:
        return "day"
    return "week" if span < 7 * MOST_WEEKS else "month"


def _began(start: datetime, period: str) -> str:
    if period == "month":
        return f"{start:%B %Y}"
    day = f"{start.day} {start:%b %Y}"
    return f"week of {day}" if period == "week" else day


def _could_be_chance(measurement: Measurement, stage: str, period: str) -> bool:
    """Tell whether from the first grown period to the last the share differs by chance."""
    trend = measurement.trend.loc[period].xs(stage, level="stage")
    grown = trend.index[~trend["is_young"]]
    if len(grown) < 2:
        return False
    table = measurement.trend_against(grown[0], period=period)
    return bool(table["chance"][grown[-1], stage] > 1 - LEVEL)


def _trend_said(name: str, period: str, found: pd.DataFrame, could_be_chance: bool) -> str:
    """Say how the share has changed from the first grown period to the last, and what is young."""
    grown = found[~found["is_young"]]
    young = len(found) - len(grown)
    said = "All who began are too young to judge."
    if len(grown):
        first, last = (share_text(grown["overall_rate"].iloc[at]) for at in (0, -1))
        spread = f"from {first} in the first {period} to {last} in the last"
        said = f"Share who reach {name}: {spread}." if len(grown) > 1 else f"{last} reach {name}."
        if len(grown) > 1 and young:
            said = f"{said[:-1]} that is not young."
        if could_be_chance and first != last:
            said = f"{said[:-1]}, which could be chance."
    if not young:
        return said
    verb = "is" if young == 1 else "are"
    return (
        f"{said} {count_text(young, period)} {verb} young: not all who began have had the time to "
        "come so far."
    )


def _charts(found: pd.DataFrame, name: str, period: str) -> list[Chart]:
    starts = [*found.index]
    if len(starts) < 2:
        return []
    offsets = [(start - starts[0]).days for start in starts]
    young = next((at for at, one in enumerate(found["is_young"]) if one), None)

    def chart(key: str, title: str, column: str, write: Callable[[float], str]) -> Chart:
        values = found[column].astype(float)
        made = line_chart(
            key,
            title,
            _ends_said(values, write),
            {key: (title, np.asarray(values, dtype=np.float64))},
            write,
        )
        few = sorted({0, len(starts) // 3, 2 * len(starts) // 3, len(starts) - 1})
        mark = None if young is None else (offsets[young], values.iloc[young], "young from here")
        return replace(
            made,
            days=tuple(offsets[at] for at in made.days),
            day_ticks=tuple((offsets[at], _tick(starts[at], period)) for at in few),
            mark=mark,
        )

    by = f"by the {period} in which they began" if period != "day" else "by the day they began"
    return [
        chart("trend-people", f"People who reach {name}, {by}", "people", people_text),
        chart("trend-share", f"Share who reach {name}, {by}", "overall_rate", share_text),
    ]


def _ends_said(values: pd.Series[float], write: Callable[[float], str]) -> str:
    return f"At least {write(float(values.min()))}, at most {write(float(values.max()))}."


def _tick(start: datetime, period: str) -> str:
    return f"{start:%b %Y}" if period == "month" else f"{start.day} {start:%b}"


def sensitivity_part(found: Sensitivity, stage: str) -> Part:
    """Show how much the numbers depend on how people are counted.

    Parameters
    ----------
    found : Sensitivity
    stage : str
        Key of the stage that the sentence is about.

    Returns
    -------
    Part
    """
    steps = measurement_of(found.base).steps
    stages = [one for one in found.base.framework if one.key in steps]
    people = {
        (str(name), str(words)): dict(zip(group["key"], group["people"], strict=True))
        for (name, words), group in found.table.groupby(["definition", "words"], sort=False)
    }
    rows = tuple(
        Row(
            name,
            words,
            tuple(
                Field(one.key, f"{one.name}: {words}", people_text(counts[one.key]))
                for one in stages
            ),
        )
        for (name, words), counts in people.items()
    )
    headings = (("definition", "Counted"), *((one.key, one.name) for one in stages))
    table, said = Table("definitions", rows, headings), found.said(stage)
    return Part("sensitivity", "Counted in other ways", (table,), fold="closed", brief=said)


def measurement_of(journey: MeasuredJourney) -> Measurement:
    """Give what was measured besides the counts.

    Parameters
    ----------
    journey : MeasuredJourney

    Returns
    -------
    Measurement

    Raises
    ------
    ValueError
        If the journey was changed since.
    """
    if journey.measurement is None:
        message = "the journey was changed since it was measured"
        raise ValueError(message)
    return journey.measurement


def quality_part(journey: MeasuredJourney) -> Part:
    """Say what there is to know about the log.

    Parameters
    ----------
    journey : MeasuredJourney

    Returns
    -------
    Part
    """
    measurement = measurement_of(journey)
    quality = measurement.quality
    events, people = (people_text(quality["count"][name]) for name in ("events", "people"))
    start = f"The log has {events} events of {people} people."
    return Part("log", "The log", notes=(*measurement.remarks,), fold="closed", brief=start)
