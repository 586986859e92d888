"""What a timeline shows, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        came = "it is not known how many people come in"
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
