"""How sure: how far the figures may be off, whether they are better than before, and why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cvjkit.decisions.chance_words import band_text
from cvjkit.decisions.explain_answer import explain_interval, explain_probability
from cvjkit.decisions.goal_words import amount
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import share_text
from cvjkit.shown import chance_text
from cvjkit.widgets.fields import Article, Part
from cvjkit.widgets.panels.explained import answered

if TYPE_CHECKING:
    from cvjkit.decisions.simulation import Simulation

TITLE = "How sure?"
DRAWS = 4000
"""Enough for bounds that differ by a hundredth of the band from seed to seed."""


def how_sure_part(
    now: Simulation, before: Simulation | None = None, goal: tuple[str, float] | None = None
) -> Part:
    """Say how sure the figures are.

    Parameters
    ----------
    now : Simulation
    before : Simulation, optional
        Without the what-if, with the same draws and seed.
    goal : tuple of (str, float), optional
        The key of a figure, or of a stage, and what it is to be.

    Returns
    -------
    Part
    """
    main = next((key for key in ("profit", "customers") if band_text(now, key)), None)
    if main is None:
        return Part("sure", TITLE, notes=("Nothing that follows from the rates is known yet.",))
    figure, level = FIGURES[main], share_text(now.level)
    title = figure.short if main == "customers" else figure.title
    notes = [f"{title}: {_band(now, main)}, with a probability of {level}."]
    explains = {("note 0", _band(now, main)): answered(explain_interval, now, main)}
    chances = {
        "a customer brings more than winning one costs": now.probability("ltv_net > cac"),
    }
    if before is not None:
        better = now.beats(before, main)
        chances = {"this is better than without the what-if": better, **chances}
    if goal is not None:
        chances |= _of_goal(now, *goal)
    for statement, chance in chances.items():
        if chance is not None:
            text, about = chance_text(chance), (now, statement, chance)
            explains[f"note {len(notes)}", text] = answered(explain_probability, *about)
            notes.append(f"The chance that {statement}: {text}.")
    thin = now.thin
    notes.append(thin[0] if thin else _rests_on(now))
    articles = []
    others = [
        key for key, one in FIGURES.items() if one.headline and key != main and band_text(now, key)
    ]
    bands = tuple((FIGURES[key].short, _band(now, key)) for key in others)
    explains |= {
        ("sure-bands", str(at)): answered(explain_interval, now, key)
        for at, key in enumerate(others)
    }
    if bands:
        articles.append(Article("sure-bands", f"The other figures ({level})", lines=bands))
    if thin[1:]:
        lines = tuple(("", sentence) for sentence in thin[1:])
        articles.append(Article("sure-thin", f"Thin evidence: {len(lines)} more", lines=lines))
    return Part("sure", TITLE, notes=tuple(notes), articles=tuple(articles), explains=explains)


def _of_goal(simulation: Simulation, figure: str, target: float) -> dict[str, float | None]:
    """Say how probable it is that a goal is reached as things are."""
    is_figure, design = figure in FIGURES, simulation.design
    less = is_figure and FIGURES[figure].less_is_better
    name = FIGURES[figure].short if is_figure else design.framework[figure].name
    wanted = f"{'at most' if less else 'at least'} {amount(figure, target, design.currency)}"
    drawn = simulation.values(figure if is_figure else f"stages.{figure}.people")
    reached = (
        None if drawn is None else float(((drawn <= target) if less else (drawn >= target)).mean())
    )
    return {f"the goal is reached, {name} {wanted}": reached}


def _band(simulation: Simulation, figure: str) -> str:
    low, high = simulation.interval(figure)
    if low is not None and low == high and math.isfinite(low):
        return FIGURES[figure].text(low, simulation.design.currency)
    return band_text(simulation, figure)


def _rests_on(simulation: Simulation) -> str:
    """Say what the rates rest on, if none rests on too few people."""
    if not any(way.counted for way in simulation.ways):
        if any(way.told for way in simulation.ways):
            return (
                "The rates are typed, not counted: each is as sure as you said, else as 20 cases."
            )
        return "The rates are typed, not counted: each is taken to be as sure as 20 cases."
    stages = simulation.design.framework.stages
    least = min((way for way in simulation.ways if way.counted), key=lambda way: way.cases)
    name = stages[least.target].name
    return f"Every rate rests on enough people; {name} on the fewest, {least.cases:,.0f}."
