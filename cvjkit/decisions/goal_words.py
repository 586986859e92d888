"""What a goal takes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvjkit.model.economics import FIGURES
from cvjkit.number_text import people_text, share_text

if TYPE_CHECKING:
    from cvjkit.decisions.goal import Goal


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
    reached = {key: rate.rate for key, rate in goal.rates.items() if rate.rate is not None}
    if goal.plan:
        people = ", ".join(f"{goal.names[key]} {number:,}" for key, number in goal.plan.items())
        lines.append(f"In whole people: {people}.")
    alone = [
        f"{goal.names[key]} {share_text(rate)} (now {share_text(goal.rates_now[key])})"
        for key, rate in reached.items()
    ]
    if alone:
        lines.append(f"Or one rate alone: {', '.join(alone)}.")
    others = [
        f"{goal.names[key]} ({rate.reason})"
        for key, rate in goal.rates.items()
        if rate.rate is None and rate.reason != NO_MATTER
    ]
    if others:
        lines.append(f"Not alone: {', '.join(others)}.")
    if goal.equal_lift is not None:
        lines.append(f"Or every rate on the way {goal.equal_lift:.4g} times as high.")
    elif "equal_lift" in goal.reasons:
        lines.append(f"No equal lift of all rates does it: {goal.reasons['equal_lift']}.")
    lines += _levers(goal)
    return "\n".join(lines)


def _asked(goal: Goal) -> str:
    name = FIGURES[goal.figure].short if goal.figure in FIGURES else goal.names[goal.figure]
    wanted, now = (amount(goal.figure, value, goal.currency) for value in (goal.target, goal.now))
    return f"{name}: {wanted} wanted, {now} now."


def _entrants(goal: Goal) -> str:
    if goal.entrants is None:
        return f"No number of people is enough: {goal.reason}."
    text = f"{goal.entrants:,} people must enter instead of {people_text(goal.entrants_now)}"
    if goal.chance is None:
        return f"{text}."
    sure = [
        f"{number:,} with {level} confidence"
        for level, number in (("80%", goal.entrants_80), ("95%", goal.entrants_95))
        if number is not None
    ]
    also = f"; {' and '.join(sure)}" if sure else ""
    return f"{text}, and then it is reached with a probability of {goal.chance:.0%}{also}."


def _levers(goal: Goal) -> list[str]:
    if "levers" in goal.reasons:
        return [f"The levers asked for cannot do it: {goal.reasons['levers']}."]
    if not goal.levers:
        return []
    parts = [
        f"{value:,.0f} entrants"
        if name == "entrants"
        else f"{goal.names[name]} {share_text(value)}"
        for name, value in goal.levers.items()
    ]
    return [f"With the levers asked for: {', '.join(parts)}."]
