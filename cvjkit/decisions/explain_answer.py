"""Explain the numbers of answers: goal, how sure, budget, segments side by side."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from cvjkit.decisions.chance_words import band_text
from cvjkit.decisions.explain import Explanation, Input, explained, put_in
from cvjkit.decisions.explain_step import cases_of
from cvjkit.decisions.goal_words import amount
from cvjkit.model.chance import LEVEL
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import factor_text, money_text, people_text, plain_text, share_text
from cvjkit.shown import text_of

if TYPE_CHECKING:
    from cvjkit.decisions.budget import Budget
    from cvjkit.decisions.explain import Origin
    from cvjkit.decisions.goal_answer import Goal
    from cvjkit.decisions.segments import SegmentsTable
    from cvjkit.decisions.simulation import Simulation
    from cvjkit.model.design import Design

HALF = "spend that brings half of them"
EVEN = "The best division is the one in which it is the same wherever money is spent."


def explain_goal(goal: Goal, way: str) -> Explanation:
    """Explain what a goal takes.

    Parameters
    ----------
    goal : Goal
    way : str
        "entrants", "entrants_95", "equal_lift", the key of a stage for the rate into it, or
        "plan." and the key of a stage for its whole people.

    Returns
    -------
    Explanation
    """
    is_figure = goal.figure in FIGURES
    figure = FIGURES[goal.figure].short if is_figure else f"people at {goal.names[goal.figure]}"
    sign = "at most" if is_figure and FIGURES[goal.figure].less_is_better else "at least"
    target = amount(goal.figure, goal.target, goal.currency)
    asked = Input("goal", f"The goal, {sign}", goal.target, target, "typed")
    now = amount(goal.figure, goal.now, goal.currency)
    here = Input("now", f"{figure[0].upper()}{figure[1:]} now", goal.now, now, "derived")
    came = put_in("came", "People who come in now", goal.entrants_now)
    inputs, numbers = [asked, here], ""
    value: float | None
    rest = f"with {figure} {sign} {target}, all else unchanged"
    if way == "entrants":
        value, title = goal.entrants, "People who must come in"
        formula = f"the fewest {rest}"
        text, inputs = people_text(value), [asked, here, came]
        if value and goal.now and (not is_figure or goal.figure == "customers"):
            formula = "people who come in now x goal / now, rounded up"
            numbers = f"{came.text} x {target} / {now}, rounded up"
    elif way == "entrants_95":
        value, title = goal.entrants_95, "People who must come in to be 95% sure"
        formula = f"the fewest of whom, with a probability of 95%, enough go on to be {target}"
        text, inputs = people_text(value), [asked, here, came]
    elif way == "equal_lift":
        value, title = goal.equal_lift, "The same lift of all rates on the way"
        formula = f"the factor nearest to 1 {rest}"
        text = f"× {factor_text(value)}"
    elif way.startswith("plan."):
        key = way.removeprefix("plan.")
        value, title = goal.plan[key], f"Whole people at {goal.names[key]}"
        formula = "the fewest of whom enough go on at the rates as they are, rounded up"
        text = people_text(value)
    else:
        value, title = goal.rates[way].rate, f"Rate into {goal.names[way]} that does it alone"
        formula = f"the rate nearest to now {rest}"
        text, rate = share_text(value), goal.rates_now[way]
        inputs.append(put_in("rate", "The rate now", rate, "share"))
    return Explanation(
        figure=f"goal.{way}",
        title=title,
        meaning="What it takes to reach the goal, by itself.",
        formula=formula,
        value=value,
        text=text,
        reason="" if value is not None else goal.reasons.get(way, "there is none"),
        inputs=tuple(inputs),
        numbers=numbers,
    )


def explain_interval(simulation: Simulation, figure: str) -> Explanation:
    """Explain the bounds of a figure.

    Parameters
    ----------
    simulation : Simulation
    figure : str
        Key of a figure of the economics.

    Returns
    -------
    Explanation
    """
    economics, currency = simulation.design.economics(), simulation.design.currency
    entry, value, level = FIGURES[figure], economics[figure], share_text(simulation.level)
    outside = share_text((1 - simulation.level) / 2)
    return Explanation(
        figure=f"interval.{figure}",
        title=f"{entry.title}, with a probability of {level}",
        meaning="How far it may be off because the rates are not known exactly.",
        formula=f"what is left of the draws without the lowest and the highest {outside}",
        value=value,
        text=band_text(simulation, figure),
        inputs=(
            Input(figure, f"{entry.short} now", value, economics.text(figure, currency), "derived"),
            *_draws(simulation),
        ),
    )


def explain_probability(simulation: Simulation, statement: str, chance: float) -> Explanation:
    """Explain how probable something is.

    Parameters
    ----------
    simulation : Simulation
    statement : str
        What it is about, in words.
    chance : float
        0 to 1.

    Returns
    -------
    Explanation
    """
    held, draws = people_text(chance * simulation.count), people_text(simulation.count)
    return explained(
        "probability",
        f"The chance that {statement}",
        "How often it holds if every rate is drawn from what it rests on.",
        "draws in which it holds / draws",
        value=chance,
        unit="chance",
        inputs=_draws(simulation),
        numbers=f"{held} / {draws}",
    )


def _draws(simulation: Simulation) -> list[Input]:
    draws = put_in("draws", "Draws of all rates", simulation.count, "people", "estimated")
    return [draws, *cases_of(simulation.design)]


def explain_channel(answer: Budget, name: str, column: str) -> Explanation:
    """Explain a number of a channel with diminishing returns.

    Parameters
    ----------
    answer : Budget
        Of which the channel's response is `Saturating`.
    name : str
        Of the channel.
    column : str
        "spend", "people", "worth" or "marginal".

    Returns
    -------
    Explanation
    """
    row: dict[Any, Any] = answer.loc[name].to_dict()
    curve, currency = answer.attrs["curves"][name], answer.attrs["currency"]
    amount = partial(put_in, unit="money", currency=currency)
    most = put_in("most", "People at most", curve.most, "people", "typed")
    midway = amount("half", f"S{HALF[1:]}", curve.scale * math.log(2), origin="typed")
    spend = amount("spend", "Spend", row["spend"])
    worth = amount("worth", "Worth of one", row["worth"])
    power = f"0.5 ^ ({spend.text} / {midway.text})"
    inputs: tuple[Input, ...]
    if column == "people":
        title, meaning = "People it brings", "Twice the money does not bring twice the people."
        formula = f"people at most x (1 - 0.5 ^ (spend / {HALF}))"
        numbers, inputs = f"{most.text} x (1 - {power})", (most, spend, midway)
    elif column == "worth":
        title = "Worth of one"
        meaning = "What a person who comes in brings, by all that follows in the journey."
        formula = "profit with one more person who comes in - profit now"
        numbers, inputs = "", ()
    elif column == "marginal":
        title, meaning = "What the last unit of money returns", EVEN
        formula = f"worth of one x people at most x ln 2 / {HALF} x 0.5 ^ (spend / {HALF})"
        numbers = f"{worth.text} x {most.text} x 0.693 / {midway.text} x {power}"
        inputs = (worth, most, midway, spend)
    else:
        title = "Spend"
        meaning = "At this spend its last unit of money returns as much as elsewhere."
        returned = plain_text(answer.lam)
        lam = Input("lam", "What the last unit returns anywhere", answer.lam, returned, "derived")
        formula, numbers = (
            "nothing: its first unit of money returns less than the last one elsewhere",
            "",
        )
        if row["spend"]:
            gains = f"worth of one x people at most x ln 2 / ({HALF} x last unit returns)"
            formula = f"{HALF} x log2({gains})"
            gains = f"{worth.text} x {most.text} x 0.693 / ({midway.text} x {returned})"
            numbers = f"{midway.text} x log2({gains})"
        inputs = (midway, worth, most, lam)
    return explained(
        f"budget.{name}.{column}",
        f"{title}: {name}",
        meaning,
        formula,
        value=float(row[column]),
        unit="people" if column == "people" else "money",
        inputs=inputs,
        numbers=numbers,
        currency=currency,
    )


def explain_budget(answer: Budget, what: Literal["value", "last", "left"]) -> Explanation:
    """Explain what a whole budget brings, what its last unit returns, or what is left of it.

    Parameters
    ----------
    answer : Budget
    what : {"value", "last", "left"}

    Returns
    -------
    Explanation
    """
    currency, spent = answer.attrs["currency"], answer[answer["spend"] > 0]
    amount, one = partial(put_in, unit="money", currency=currency), money_text(1, currency)
    column, words = {"value": ("value", "{} brings"), "left": ("spend", "Spend on {}")}.get(
        what, ("marginal", f"Returned by the last {one} spent on {{}}")
    )
    inputs = [
        amount(f"{column}.{name}", words.format(name), value)
        for name, value in spent[column].items()
    ]
    told = " + ".join(one.text for one in inputs)
    if what == "value":
        value, title, formula = float(answer["value"].sum()), "What the budget brings", "all added"
        meaning = "What the people it brings are worth."
    elif what == "left":
        value, title = answer.left, "What is left of the budget"
        formula = "money - all that is spent"
        meaning = "More would bring in less than is spent, wherever it is spent."
        whole = amount("money", "Money", value + float(answer["spend"].sum()), origin="typed")
        inputs.insert(0, whole)
        told = f"{whole.text} - ({told})" if told else whole.text
    else:
        value, title = answer.lam, f"What the last {one} spent brings in"
        formula, meaning, told = "the same anywhere", EVEN, ""
    return explained(
        f"budget.{what}",
        title,
        meaning,
        formula,
        value=value,
        unit="money",
        inputs=inputs,
        numbers=told,
        currency=currency,
    )


def explain_segment(
    design: Design, answer: SegmentsTable, name: str | None, column: str
) -> Explanation:
    """Explain how many of a segment become customers, and whether the difference could be chance.

    Parameters
    ----------
    design : Design
    answer : SegmentsTable
        Of the design.
    name : str or None
        Of the segment; None for all together.
    column : {"rate", "could_be_chance"}

    Returns
    -------
    Explanation
    """
    row: dict[Any, Any] = (answer.average if name is None else answer.loc[name]).to_dict()
    own = [one for one in design.segments if name in {None, one.name}]
    origin: Origin = "counted" if all(one.observed for one in own) else "derived"
    people = put_in("people", "People", row["people"], "people", origin)
    customers = put_in("customers", "Customers", row["customers"], "people", origin)
    who, of = name or "All segments", f" of {name}" if name else ""
    if column == "rate":
        rate = float(row["rate"])
        return Explanation(
            figure=f"segments.{who}.rate",
            title=f"Share of people who become customers{of}",
            meaning="Share of the people who become customers.",
            formula="customers / people",
            value=rate,
            text=share_text(rate),
            reason="nobody is known at the first stage" if math.isnan(rate) else "",
            inputs=(customers, people),
            numbers=f"{customers.text} / {people.text}",
        )
    others = answer[answer["p_value"].notna()].drop(index=name)
    rest = [
        put_in(f"other_{key}", f"{title} of the others", others[key].sum(), "people", origin)
        for key, title in (("customers", "Customers"), ("people", "People"))
    ]
    chance, sure = float(row["p_value"]), row["could_be_chance"]
    text = text_of(sure, "answer", "")
    p_value = put_in("p", "Chance of such a difference if all were equal", chance, "share")
    unknown = math.isnan(chance)
    return Explanation(
        figure=f"segments.{who}.could_be_chance",
        title=f"Could be chance, in customers{of}",
        meaning="Whether segments that are equal would often differ as much in how many become "
        "customers (Fisher's exact test, Holm's procedure for several segments).",
        formula=f"chance of such a difference if all were equal > {share_text(LEVEL)}, divided by "
        "how many are tested",
        value=None if unknown else chance,
        text=text,
        reason="only people who were counted can be compared" if unknown else "",
        inputs=(customers, people, *rest, p_value),
    )
