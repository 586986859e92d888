"""Over time: the money day by day, and where people are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.decisions.explain_timeline import explain_timeline
from cvjkit.number_text import (
    count_text,
    days_text,
    in_column,
    money_text,
    people_text,
    share_text,
)
from cvjkit.widgets.builders import line
from cvjkit.widgets.fields import Field, Part, Row, Table
from cvjkit.widgets.line_chart import Chart, line_chart
from cvjkit.widgets.panels.explained import answered, in_note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cvjkit.decisions.explain_timeline import What
    from cvjkit.model.timeline import Timeline
    from cvjkit.widgets.fields import Explain, Explains
    from cvjkit.widgets.panels.entries import Asked

TITLE = "Over time"
DAYS = ("time", "time", "days")
LENGTHS = (("90", "90 days"), ("365", "a year"), ("730", "two years"))
VIEW = ("time", "time", "view")
CALENDAR, COHORT = "calendar", "cohort"
VIEWS = ((CALENDAR, "by day"), (COHORT, "since they came in"))


def over_time_part(asked: Asked) -> Part:
    """Follow the people and the money by day.

    Parameters
    ----------
    asked : Asked
        Its entries may have the number of days.

    Returns
    -------
    Part
    """
    days = asked.choice(DAYS, "How long", LENGTHS, "365")
    timeline = asked.journey.timeline(int(days.text))
    view = asked.choice(VIEW, "Who has reached a stage", VIEWS, CALENDAR)
    charts = tuple(chart for chart in (_cash(timeline), _standing(timeline)) if chart)
    said = timeline.summary.removeprefix(f"{asked.journey.name}: ")
    note = f"{said[0].upper()}{said[1:]}"
    reached = _cohort(timeline) if view.text == COHORT else _reached(timeline)
    tables = (line("time", days, view), reached)
    explains: Explains = {
        ("charts", chart.id): answered(explain_timeline, timeline, chart.id) for chart in charts
    }
    explains |= in_note(note, _said(timeline))
    return Part("time", TITLE, tables, (note,), fold="closed", charts=charts, explains=explains)


def _said(timeline: Timeline) -> dict[str, Explain]:
    """Give what explains the figures of the sentence, in its order."""
    currency, cash = timeline.design.currency, timeline.money["cash"]
    totals = {name: float(timeline.stages[name].sum()) for name in ("entered", "referred")}
    words = {
        "entered": ("person comes in", "people come in"),
        "referred": ("is brought in", "are brought in"),
    }
    said = {
        count_text(people_text(totals[how]), one, more): answered(explain_timeline, timeline, how)
        for how, (one, more) in words.items()
    }
    standing = float(timeline.stages["standing"].loc[timeline.days].sum())
    still = count_text(people_text(standing), "is still on the way", "are still on their way")
    said[still] = answered(explain_timeline, timeline, "standing")
    if cash.notna().all():
        end, deep = float(cash.iloc[-1]), money_text(-float(cash.min()), currency)
        day = timeline.break_even_day
        short = f"{money_text(-end, currency)} short"
        said[short] = answered(explain_timeline, timeline, "cash", shown=short)
        said[f"{deep} is tied up"] = answered(explain_timeline, timeline, "tied_up")
        said[f"day {day or 0:,} it is earned back"] = answered(
            explain_timeline, timeline, "break_even"
        )
        said[f"{money_text(end, currency)} is left"] = answered(explain_timeline, timeline, "cash")
    return said


def _cash(timeline: Timeline) -> Chart | None:
    cash = timeline.money["cash"].to_numpy()
    if np.isnan(cash).any():
        return None
    currency, day = timeline.design.currency, timeline.break_even_day
    mark = None
    if day is not None and (cash < 0).any():
        mark = (float(day), float(cash[day]), f"back on day {day:,}")
    end = money_text(float(cash[-1]), currency)
    summary = f"All margins less all costs to date: {end} on day {timeline.days:,}."
    lines = {"cash": ("Cash to date", cash)}
    return line_chart(
        "cash",
        "Money to date",
        summary,
        lines,
        lambda value: re.sub(r"\.0+$", "", money_text(value, currency)),
        mark=mark,
    )


def _standing(timeline: Timeline) -> Chart | None:
    there = timeline.stages["standing"].unstack("stage")
    lines = {
        stage.key: (stage.name, np.nan_to_num(there[stage.key].to_numpy()))
        for stage in timeline.design.framework
        if there[stage.key].fillna(0).any()
    }
    if not lines:
        return None
    first, title, also = timeline.design.framework.stages[0], "Where people are", ""
    if first.key in lines and len(lines) > 1:
        # There are so many that nobody would see the others.
        waiting = people_text(float(lines.pop(first.key)[1].max()))
        title, also = f"{title} after {first.name}", f"; at {first.name} itself, {waiting}"
    most = float(np.sum([numbers for _, numbers in lines.values()], axis=0).max())
    summary = f"People who will still pass on or leave: at most {people_text(most)} at once{also}."
    return line_chart("standing", title, summary, lines, people_text, stacked=True)


def _cohort(timeline: Timeline) -> Table:
    """List which share of those who came in together has reached each stage some days later."""

    def words(days: int) -> tuple[str, str]:
        return (
            "the day" if not days else days_text(float(days))
        ), f"within {days_text(float(days))}"

    def texts(stage: str, days: Sequence[int]) -> list[str]:
        return in_column(timeline.cohort[stage].iloc[[*days]], share_text)

    return _table(timeline, "cohort", "Have reached it within", words, texts)


def _reached(timeline: Timeline) -> Table:
    """List how many have reached each stage on a few days."""
    reached = timeline.stages["reached"].unstack("stage")

    def words(day: int) -> tuple[str, str]:
        return ("day 0" if not day else days_text(float(day))), f"by day {day}"

    def texts(stage: str, days: Sequence[int]) -> list[str]:
        return [people_text(float(reached[stage].iloc[day])) for day in days]

    return _table(timeline, "reached", "Have reached it by", words, texts)


def _table(
    timeline: Timeline,
    what: What,
    title: str,
    words: Callable[[int], tuple[str, str]],
    texts: Callable[[str, Sequence[int]], Sequence[str]],
) -> Table:
    """Make a table of stages and a few days; `words` head a column, and say when in a label."""
    end = timeline.days
    days = sorted({0, end // 12, end // 4, end // 2, end})
    rows = []
    for stage in timeline.design.framework:
        fields = tuple(
            Field(
                str(day),
                f"Reached {stage.name} {words(day)[1]}",
                text,
                explain=answered(explain_timeline, timeline, what, stage.key, day),
            )
            for day, text in zip(days, texts(stage.key, days), strict=True)
        )
        rows.append(Row(stage.key, stage.name, fields))
    headings = (("stage", title), *((str(day), words(day)[0]) for day in days))
    return Table("reached-by", tuple(rows), headings)
