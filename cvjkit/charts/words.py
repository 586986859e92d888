"""What a picture of a flow says in words and as a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.charts.excerpt import NAMED, legible
from cvjkit.decisions.leaks import first_of
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import DASH, count_text, in_column, money_text, people_text, share_text
from cvjkit.shown import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvjkit.charts.excerpt import Excerpt
    from cvjkit.decisions.leaks import Leaks

MONEY = ("first_payment", "bought_again", "habitual")
COLUMNS = {
    "people": "People",
    "visits": "Visits",
    "step_rate": "Of previous",
    "overall_rate": "Of all",
    "entered": "Enter",
    "referred": "Referred",
    "returned": "Return",
    "dropped": "Leave",
    "finished": "Stay to the end",
}
IF_MORE = "If 10% more go on"
ALWAYS = ("people", "step_rate", "overall_rate", "dropped")


def subtitle(excerpt: Excerpt) -> str:
    """Name the framework and the segments, and the stage at which the picture begins.

    Parameters
    ----------
    excerpt : Excerpt

    Returns
    -------
    str
    """
    segments = excerpt.flow.segments
    who = (
        legible(segments[0], NAMED) if len(segments) == 1 else count_text(len(segments), "segment")
    )
    parts = [legible(excerpt.flow.framework.name, NAMED), who]
    if not excerpt.whole:
        arriving = people_text(excerpt.stages[excerpt.begin]["entered"])
        begin = excerpt.name(excerpt.begin)
        parts.append(f"from {begin} on: the {arriving} who arrive there are drawn as the whole")
    return " · ".join(parts)


def summary(excerpt: Excerpt, leaks: Leaks | None = None) -> str:
    """Say who enters, who reaches each stage where money is made, and which leak is worth most.

    If the counts show that people take ways nobody typed, a last sentence says so.

    Parameters
    ----------
    excerpt : Excerpt
    leaks : Leaks, optional
        What the leaks are worth; where that is not known, the biggest is named.

    Returns
    -------
    str
        One to four sentences.
    """
    title, rows = legible(excerpt.flow.name, NAMED), excerpt.stages
    arriving = math.fsum(row["entered"] or 0 for row in rows.values())
    if not arriving:
        if rows[excerpt.begin]["people"] is None:
            return f"{title}: how many people enter is not known, so there is no flow to show."
        return f"{title}: nobody enters yet, so there is no flow to show."
    framework = excerpt.flow.framework
    goals = [key for key in rows if framework[key].milestone in MONEY] or [list(rows)[-1]]
    numbers = [_number(rows[key]["people"]) for key in goals]
    stages = [f"{excerpt.name(key)}{_in_brackets(rows[key]['overall_rate'])}" for key in goals]
    reached = [f"{number} {stage}" for number, stage in zip(numbers, stages, strict=True)]
    reached[0] = f"{count_text(numbers[0], 'reaches', 'reach')} {stages[0]}"
    where = "" if excerpt.whole else f" at {excerpt.name(excerpt.begin)}"
    enter = count_text(people_text(arriving), "person enters", "people enter")
    sentence = f"{title}: {enter}{where}; {listed(reached)}."
    return f"{sentence} {_leaks(excerpt, leaks)}{_inferred(excerpt)}"


def _leaks(excerpt: Excerpt, leaks: Leaks | None) -> str:
    rows = excerpt.stages
    biggest = max(rows, key=lambda key: rows[key]["dropped"] or 0)
    dropped = rows[biggest]["dropped"]
    if not dropped:
        return "Nobody is lost on the way."
    part = _in_brackets(dropped / (rows[biggest]["visits"] or dropped))
    leave = count_text(people_text(dropped), "person leaves", "people leave")
    where = f"after {excerpt.name(biggest)}, where {leave}{part}"
    first = worth_most(excerpt, leaks)
    if leaks is None or not first:
        return f"The biggest leak is {where}."
    brings = _brings(leaks, leaks.gains[first[0]])
    if len(first) > 1:
        steps = f"each of the {len(first)} steps to {excerpt.name(first[-1])}"
        return (
            f"The biggest leak is {where}; ten percent more at {steps} brings the same, {brings}."
        )
    step = excerpt.name(first[0])
    if leaks.sources[first[0]] == biggest:
        return (
            f"The leak most worth mending is also the biggest, {where}: ten percent more who go "
            f"on to {step} "
            f"bring {brings}."
        )
    others = [leaks.gains[key] for key in leaks.gains if leaks.sources[key] == biggest]
    instead = _brings(leaks, max(others)) if others else "an unknown gain"
    return (
        f"The leak most worth mending is after {excerpt.name(leaks.sources[first[0]])}: ten "
        "percent more "
        f"who go on to {step} bring {brings}. At the biggest, {where}, the same would bring "
        f"{instead}."
    )


def worth_most(excerpt: Excerpt, leaks: Leaks | None) -> tuple[str, ...]:
    """Find the steps at which ten percent more people bring most.

    Parameters
    ----------
    excerpt : Excerpt
        Only leaks that it shows count.
    leaks : Leaks or None

    Returns
    -------
    tuple of str
        Keys of the stages they lead to, in order: several if they bring the same; none if nothing
        is known, or nothing brings anything.
    """
    if leaks is None:
        return ()
    shown = {
        key: gain
        for key, gain in leaks.gains.items()
        if excerpt.stages.get(leaks.sources[key], {}).get("dropped")
    }
    return first_of(shown)


def _brings(leaks: Leaks, gain: float) -> str:
    if leaks.by == "customers":
        return count_text(people_text(gain), "more customer")
    return f"{money_text(gain, leaks.currency)} of profit"


class Brings(NamedTuple):
    """What it would bring if ten percent more went on instead of leaving.

    Parameters
    ----------
    worth : str
        Money, or customers.
    sentence : str
        The same with the step it is about.
    """

    worth: str
    sentence: str


def brings(excerpt: Excerpt, leaks: Leaks | None) -> dict[str, Brings]:
    """Say what each leak is worth: that of the step at which keeping people brings most.

    Parameters
    ----------
    excerpt : Excerpt
    leaks : Leaks or None

    Returns
    -------
    dict of str to Brings
        By the key of the stage that people leave, where that brings anything.
    """
    if leaks is None:
        return {}
    found: dict[str, Brings] = {}
    # The best step of a stage is written last.
    for step in sorted(leaks.gains, key=lambda key: leaks.gains[key]):
        source, gain = leaks.sources[step], leaks.gains[step]
        if gain > 0 and excerpt.stages.get(source, {}).get("dropped"):
            worth = _brings(leaks, gain)
            sentence = f"Ten percent more who go on to {excerpt.name(step)} bring {worth}."
            found[source] = Brings(worth.removesuffix(" of profit"), sentence)
    return found


def people_change(value: float | None, before: float | None) -> str:
    """Write how much a number of people differs from the one before: in people and as a part.

    Parameters
    ----------
    value : float or None
    before : float or None

    Returns
    -------
    str
        Empty where one of the two is not known, or both are written alike.

    Examples
    --------
    >>> people_change(295, 233)
    '+62, +26.6%'
    """
    change = FIGURES["customers"].change_text(value, before)
    return change.replace(" (", ", ").removesuffix(")")


def _inferred(excerpt: Excerpt) -> str:
    ways = [
        f"{people_text(people)} from {excerpt.name(key)} to {excerpt.name(to)}"
        for key in excerpt.stages
        for to, _, people in excerpt.out(key, "inferred")
    ]
    return (
        f" The counts show that people also go straight: at least {listed(ways)}." if ways else ""
    )


def table(
    excerpt: Excerpt, leaks: Mapping[str, Brings]
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Give the numbers as a table.

    Parameters
    ----------
    excerpt : Excerpt
    leaks : mapping of str to Brings
        What the leaks are worth, by the stages that people leave.

    Returns
    -------
    headings : tuple of str
        Columns that would say nothing are left out.
    rows : tuple of tuple of str
        One per stage, formatted.
    """
    rows = list(excerpt.stages.values())
    telling = {column: any(row[column] for row in rows) for column in COLUMNS}
    telling["visits"] = any(row["visits"] != row["people"] for row in rows)
    shown = [column for column in COLUMNS if column in ALWAYS or telling[column]]
    names = [legible(excerpt.flow.framework[key].name) for key in excerpt.stages]
    columns = [
        in_column((row[column] for row in rows), share_text)
        if column.endswith("_rate")
        else [_cell(row, column) for row in rows]
        for column in shown
    ]
    headings = [COLUMNS[column] for column in shown]
    if leaks:
        headings.append(IF_MORE)
        columns.append([leaks[key].worth if key in leaks else DASH for key in excerpt.stages])
    return (
        ("Stage", *headings),
        tuple(zip(names, *columns, strict=True)),
    )


def _cell(row: Mapping[str, float | None], column: str) -> str:
    value, visits = row[column], row["visits"]
    part = _in_brackets(value / visits) if column == "dropped" and value and visits else ""
    return f"{people_text(value)}{part}"


def _number(people: float | None) -> str:
    return "an unknown number" if people is None else people_text(people)


def _in_brackets(share: float | None) -> str:
    return "" if share is None else f" ({share_text(share)})"
