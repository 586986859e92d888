"""What a timeline shows, in sentences and as a table that people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cvjkit.number_text import count_text, days_text, money_text, people_text

if TYPE_CHECKING:
    from cvjkit.model.timeline import Timeline


def timeline_summary(timeline: Timeline) -> str:
    """Say what a timeline shows.

    Parameters
    ----------
    timeline : Timeline

    Returns
    -------
    str
        A few sentences.
    """
    design, stages = timeline.design, timeline.stages
    coming, brought = float(stages["entered"].sum()), float(stages["referred"].sum())
    came = count_text(people_text(coming), "person comes in", "people come in")
    if stages["entered"].isna().all():
        came = "nobody knows how many people come in"
    if brought > 0:
        came += f" and {count_text(people_text(brought), 'is brought in', 'are brought in')}"
    sentences = [f"{design.name}: within {days_text(float(timeline.days))}, {came}."]
    standing = stages["standing"].loc[timeline.days].fillna(0)
    # Of half a person nobody would say that they are still on their way.
    if standing.sum() >= 1:
        where = design.framework[str(standing.idxmax())].name
        still = count_text(
            people_text(float(standing.sum())),
            f"is still on the way, at {where}",
            f"are still on their way, most of them at {where}",
        )
        sentences.append(f"By day {timeline.days:,}, {still}.")
    cash = timeline.money["cash"]
    if cash.notna().all():
        lowest = float(cash.min())
        text = money_text(float(cash.iloc[-1]), design.currency)
        if timeline.break_even_day is None:
            missing = money_text(-float(cash.iloc[-1]), design.currency)
            sentences.append(f"The money spent has not all come back by then: {missing} short.")
        elif lowest < 0:
            deep = money_text(-lowest, design.currency)
            sentences.append(
                f"At most {deep} is tied up at once. By day {timeline.break_even_day:,} it is "
                f"earned back, and at the end {text} is left."
            )
    return " ".join([*sentences, *timeline.notes])


def timeline_notes(timeline: Timeline) -> tuple[str, ...]:
    """Say what was assumed, and what is left out.

    Parameters
    ----------
    timeline : Timeline

    Returns
    -------
    tuple of str
        Sentences.
    """
    notes = []
    if not any(delay.mean or delay.waits for delay in timeline.durations.delays):
        notes.append("No delay is typed: everything happens on the day somebody comes in.")
    k = timeline.design.flow().k
    if k is not None and k >= 1 and timeline.design.market is None:
        notes.append(
            "Each person brings at least one more, so the numbers grow without end: type how "
            "many people there are to reach."
        )
    return (*notes, *timeline.dated.notes)


def timeline_table(timeline: Timeline) -> pd.DataFrame:
    """Show who stands where on the last day.

    Parameters
    ----------
    timeline : Timeline

    Returns
    -------
    DataFrame
        Indexed by the stage's name; all columns are text.
    """
    last = timeline.stages.loc[timeline.days]
    columns = {
        name.capitalize(): [people_text(number) for number in last[name].to_list()]
        for name in ("reached", "standing", "dropped", "finished")
    }
    names = [stage.name for stage in timeline.design.framework]
    index = pd.Index(names, name=f"By day {timeline.days:,}")
    return pd.DataFrame(columns, index, dtype=object)
