"""What a goal takes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvjkit.model.economics import FIGURES
from cvjkit.number_text import count_text, factor_text, people_text, share_text

if TYPE_CHECKING:
    from cvjkit.decisions.goal_answer import Goal


NO_MATTER = "it does not depend on this rate"


def amount(figure: str, value: float | None, currency: str) -> str:
    """Write a value of a figure, or people at a stage.

    Parameters
    ----------
    figure : str
        Key of the figure, or of a stage.
    value : float or None
    currency : str

    Returns
    -------
    str
    """
    if figure in FIGURES and figure != "customers":
        return FIGURES[figure].text(value, currency)
    return people_text(value)


def goal_words(goal: Goal) -> str:
    """Say what a goal takes.

    Parameters
    ----------
    goal : Goal

    Returns
    -------
    str
        A line for each way to reach it.
    """
    lines = [_asked(goal), _entrants(goal)]
    if goal.plan:
        people = ", ".join(f"{goal.names[key]} {number:,}" for key, number in goal.plan.items())
        lines.append(f"In whole people: {people}.")
    alone = [
        f"{goal.names[key]} {share_text(rate)} (now {share_text(goal.rates_now[key])})"
        for key, rate in rates_alone(goal).items()
    ]
    if alone:
        kind = "lower rate" if goal.is_reached else "rate"
        lines.append(f"Or with a single {kind}: {', '.join(alone)}.")
    others = [
        f"{goal.names[key]} ({rate.reason})"
        for key, rate in goal.rates.items()
        if rate.rate is None and rate.reason != NO_MATTER
    ]
    if others:
        lines.append(f"Not enough on its own: {', '.join(others)}.")
    if goal.equal_lift is not None and goal.equal_lift != 1:
        lines.append(f"Or with every rate on the way × {factor_text(goal.equal_lift)}.")
    elif "equal_lift" in goal.reasons:
        lines.append(f"The same lift of all rates is not enough: {goal.reasons['equal_lift']}.")
    lines += _levers(goal)
    return "\n".join(lines)


def rates_alone(goal: Goal) -> dict[str, float]:
    """Give the rates that would do it alone, without those that need no change.

    Parameters
    ----------
    goal : Goal

    Returns
    -------
    dict of str to float
        Shares by the keys of the stages.
    """
    return {
        key: rate.rate
        for key, rate in goal.rates.items()
        if rate.rate is not None and share_text(rate.rate) != share_text(goal.rates_now[key])
    }


def _asked(goal: Goal) -> str:
    figure = FIGURES.get(goal.figure)
    name = goal.names[goal.figure] if figure is None else figure.short
    bound = "at most" if figure is not None and figure.less_is_better else "at least"
    wanted, now = (amount(goal.figure, value, goal.currency) for value in (goal.target, goal.now))
    reached = ": already reached" if goal.is_reached else ""
    return f"{name}: the goal is {bound} {wanted}; now {now}{reached}."


def _entrants(goal: Goal) -> str:
    if goal.entrants is None:
        return f"No number of people is enough: {goal.reason}."
    people = f"{count_text(f'{goal.entrants:,}', 'person', 'people')} entering"
    start = "It would still hold with" if goal.is_reached else "It takes"
    text = f"{start} {people} instead of {people_text(goal.entrants_now)}"
    if goal.chance is None:
        return f"{text}."
    sure = [
        f"{number:,} to be {level} sure"
        for level, number in (("80%", goal.entrants_80), ("95%", goal.entrants_95))
        if number is not None
    ]
    also = f"; {' and '.join(sure)}" if sure else ""
    return f"{text}, which is enough with a probability of {goal.chance:.0%}{also}."


def _levers(goal: Goal) -> list[str]:
    if "levers" in goal.reasons:
        return [f"The levers you chose are not enough: {goal.reasons['levers']}."]
    if not goal.levers:
        return []
    parts = [
        count_text(f"{value:,.0f}", "entrant")
        if name == "entrants"
        else f"{goal.names[name]} {share_text(value)}"
        for name, value in goal.levers.items()
    ]
    return [f"With the levers you chose: {', '.join(parts)}."]
