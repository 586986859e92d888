"""What would it take: a figure, a number, and the ways to get there in words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.decisions.explain_answer import explain_goal
from cvjkit.decisions.goal import MOST
from cvjkit.decisions.goal_words import NO_MATTER, amount, rates_alone
from cvjkit.errors import InputError
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import factor_text, people_text, share_text, write_number
from cvjkit.widgets.builders import line
from cvjkit.widgets.fields import Act, Article, Field, Part
from cvjkit.widgets.panels.entries import reasons
from cvjkit.widgets.panels.explained import answered, explaining

if TYPE_CHECKING:
    from cvjkit.decisions.goal_answer import Goal
    from cvjkit.journey import Journey
    from cvjkit.number_text import Unit
    from cvjkit.widgets.codec import Choices
    from cvjkit.widgets.fields import Explain, Explains
    from cvjkit.widgets.panels.entries import Asked, Typed

TITLE = "What would it take?"
FIGURE, TARGET = ("goal", "goal", "figure"), ("goal", "goal", "target")
UNITS: dict[str, Unit] = {"people": "people", "share": "share", "days": "days"}
MORE = 0.25
"""By what part better than now a goal is, until somebody types one."""
ALONE = 3
"""How many single rates are told at once, those that need least change."""


def goal_part(asked: Asked) -> Part:
    """Say what it takes to reach a goal.

    Parameters
    ----------
    asked : Asked
        Its entries may have the goal; until then it is a quarter better than without the what-if.

    Returns
    -------
    Part
    """
    journey, wanted = asked.journey, _wanted(asked)
    figure, typed = wanted.figure.text, wanted.typed
    notes: tuple[str, ...] = ("Type what you want to reach.",)
    articles: tuple[Article, ...] = ()
    explains: Explains = {}
    tries: tuple[Field, ...] = ()
    if typed.field.message:
        notes = ()
    elif typed.value is not None:
        try:
            goal = journey.goal(figure, typed.value)
            explained = figure if figure in FIGURES else f"stages.{figure}.people"
            now = explaining(journey, explained)
            (notes, explains), (articles, more) = _ways(goal, journey, now), _more(goal)
            explains, tries = {**explains, **more}, _tries(asked, goal)
        except InputError as error:
            notes, typed = (), typed.refused(" ".join(reasons(error).values()))
    tables = (line("goal", wanted.figure, typed.field, *tries),)
    return Part("goal", TITLE, tables, notes, articles=articles, explains=explains)


def goal_of(asked: Asked) -> tuple[str, float] | None:
    """Give the goal that is asked about.

    Parameters
    ----------
    asked : Asked
        As in `goal_part`.

    Returns
    -------
    tuple of (str, float), or None
        The key of a figure, or of a stage, and the value; None if there is no such number.
    """
    wanted = _wanted(asked)
    return None if wanted.typed.value is None else (wanted.figure.text, wanted.typed.value)


class _Wanted(NamedTuple):
    figure: Field
    typed: Typed


def _wanted(asked: Asked) -> _Wanted:
    """Read which figure is wanted, and how much of it."""
    before = asked.base or asked.journey
    choices = _figures(before)
    chosen = asked.choice(FIGURE, "Goal", choices, choices[0][0], kind="choice")
    figure = chosen.text
    if asked.entries.get(FIGURE, figure) != figure:
        # What is typed is about a figure that is not known here.
        rest = {at: text for at, text in asked.entries.items() if at != TARGET}
        asked = replace(asked, entries=rest)
    less = figure in FIGURES and FIGURES[figure].less_is_better
    unit = UNITS.get(FIGURES[figure].unit, "amount") if figure in FIGURES else "people"
    label = "At most" if less else "At least"
    default = _suggested(before, figure, unit, less=less)
    return _Wanted(chosen, asked.number(TARGET, label, unit, default))


def _figures(journey: Journey) -> Choices:
    """List what can be a goal: the headline figures that are known, and the people of stages."""
    economics = journey.economics()
    known = {key: economics[key] is not None for key in FIGURES}
    figures = tuple(
        (key, figure.short if key == "customers" else figure.title)
        for key, figure in FIGURES.items()
        if key == "customers" or (figure.headline and known[key])
    )
    stages = tuple((stage.key, f"People at {stage.name}") for stage in journey.framework)
    return (*figures, *stages)


def _suggested(journey: Journey, figure: str, unit: Unit, *, less: bool) -> str:
    """Write a round number that is a quarter better than now; nothing where there is none."""
    if figure in FIGURES:
        now = journey.economics()[figure]
    else:
        now = journey.flow().numbers("people")[journey.framework.index(figure)]
    if now is None or not math.isfinite(now):
        return ""
    wanted = now - MORE * abs(now) if less else now + MORE * abs(now)
    if not wanted or wanted > MOST:
        return ""
    scale = 10.0 ** (math.floor(math.log10(abs(wanted))) - 1)
    if unit == "people":
        scale = max(1.0, scale)
    rounded = (math.floor if less else math.ceil)(round(wanted / scale, 6)) * scale
    return write_number(float(f"{rounded or scale:.12g}"), unit)


def _ways(goal: Goal, journey: Journey, explain: Explain) -> tuple[tuple[str, ...], Explains]:
    """Say what does it: more people, one rate, or the same lift of all.

    Of a goal that is reached already: how much less of each would still do.
    """
    name = FIGURES[goal.figure].short if goal.figure in FIGURES else goal.names[goal.figure]
    now = amount(goal.figure, goal.now, goal.currency)
    is_reached = goal.is_reached
    notes = [
        f"{name} now: {now}{': already reached. It would still hold with' if is_reached else '.'}"
    ]
    explains: Explains = {("note 0", f"now: {now}"): explain}

    def of(way: str) -> Explain:
        return answered(explain_goal, goal, way)

    first = journey.framework.stages[0].name
    if goal.entrants is None:
        notes.append(f"No number of people is enough: {goal.reason}.")
    else:
        sure = ""
        explains["note 1", f"{goal.entrants:,}"] = of("entrants")
        if goal.entrants_95 is not None:
            explains["note 1", f"{goal.entrants_95:,} to be 95% sure"] = of("entrants_95")
            sure = f" ({goal.entrants_95:,} to be 95% sure)"
        who = f"people at {first}" if not _enter_later(journey) else "people to come in"
        need = "" if is_reached else "You need "
        notes.append(
            f"{need}{goal.entrants:,} {who}{sure} instead of {people_text(goal.entrants_now)},"
        )
    alone = [
        f"{goal.names[key]} at {share_text(rate)} instead of {share_text(goal.rates_now[key])}"
        for key, rate in _alone(goal)[:ALONE]
    ]
    explains |= {
        (f"note {len(notes)}", f"{goal.names[key]} at {share_text(rate)}"): of(key)
        for key, rate in _alone(goal)[:ALONE]
    }
    if alone:
        kind = "lower" if is_reached else "better"
        notes.append(f"or one {kind} rate: {', or '.join(alone)},")
    if goal.equal_lift is not None:
        explains[f"note {len(notes)}", f"× {factor_text(goal.equal_lift)}"] = of("equal_lift")
        notes.append(f"or every rate on the way × {factor_text(goal.equal_lift)}.")
    elif "equal_lift" in goal.reasons:
        notes.append(f"The same lift of all rates does not do it: {goal.reasons['equal_lift']}.")
    return tuple(notes), explains


def _tries(asked: Asked, goal: Goal) -> tuple[Field, ...]:
    """Offer to put one of the ways to a goal that is not reached into the what-if."""
    try_out, first = asked.try_out, asked.journey.framework.stages[0].name
    if try_out is None or goal.is_reached:
        return ()
    ways = {"entrants": f"{goal.entrants:,} at {first}"} if "entrants" in goal.changes else {}
    ways |= {key: f"{goal.names[key]} at {share_text(rate)}" for key, rate in _alone(goal)}
    if goal.equal_lift is not None:
        ways["equal_lift"] = f"every rate × {factor_text(goal.equal_lift)}"
    if not ways:
        return ()
    choices = (("", "Try a way"), *ways.items())
    put = Act(lambda way: try_out(goal.changes[way]) if way in ways else None)
    return (Field("try", "Try", "", "choice", choices=choices, edit=put),)


def _enter_later(journey: Journey) -> bool:
    return bool(journey.flow().entered[:, 1:].any())


def _alone(goal: Goal) -> list[tuple[str, float]]:
    """List the rates that would do it alone, the one that needs the least change first.

    A rate of which nothing depends is as it is now: it is left out.
    """

    def change(one: tuple[str, float]) -> float:
        now = goal.rates_now[one[0]]
        return round(abs(math.log(one[1] / now)), 9) if one[1] > 0 and now > 0 else math.inf

    return sorted(rates_alone(goal).items(), key=change)


def _more(goal: Goal) -> tuple[tuple[Article, ...], Explains]:
    """Say which other rates would do it, which do not and why, and the plan in whole people."""
    others = _alone(goal)[ALONE:]
    lines = [
        (goal.names[key], f"{share_text(rate)} instead of {share_text(goal.rates_now[key])}")
        for key, rate in others
    ]
    explains: Explains = {
        ("goal-rates", str(at)): answered(explain_goal, goal, key)
        for at, (key, _) in enumerate(others)
    } | {
        ("goal-plan", str(at)): answered(explain_goal, goal, f"plan.{key}")
        for at, key in enumerate(goal.plan)
    }
    lines += [
        (goal.names[key], f"not alone: {rate.reason}")
        for key, rate in goal.rates.items()
        if rate.rate is None and rate.reason != NO_MATTER
    ]
    articles = []
    if lines:
        articles.append(Article("goal-rates", "The other rates", lines=tuple(lines)))
    if goal.plan:
        plan = tuple((goal.names[key], f"{number:,}") for key, number in goal.plan.items())
        articles.append(Article("goal-plan", "In whole people at each stage", lines=plan))
    return tuple(articles), explains
