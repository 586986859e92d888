"""Explain a number of the ranking of the steps: what it says, and the numbers it is made of."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.decisions.aims import POINT, TENTH, Aims
from cvjkit.decisions.evidence import ways_of
from cvjkit.decisions.explain import Explanation, Input, explained, put_in, typed_text
from cvjkit.decisions.steps import steps_of
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import DASH, count_text, decimals_of, people_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cvjkit.decisions.explain import Origin
    from cvjkit.decisions.priorities import FixFirst
    from cvjkit.decisions.steps import Steps
    from cvjkit.model.design import Design
    from cvjkit.shown import Unit

RAISED = {
    "per_point": "one point more",
    "per_tenth": "ten percent more",
    "at_best": "the best segment's rate",
    "at_target": "your target",
}
PEOPLE_DIGITS = 4
MEANING = "What the better rate brings, all else unchanged: the whole journey worked out again."


def explain_step(design: Design, first: FixFirst, stage: str, column: str) -> Explanation:
    """Explain a number of `FixFirst`.

    Parameters
    ----------
    design : Design
        What the ranking is about.
    first : FixFirst
    stage : str
        Key of the stage that the step leads to, of those in the ranking with a rate.
    column : str
        "rate", "dropped", "score_rank", "value_to_go", "p_best", "score", or a gain such as
        "profit_per_tenth".

    Returns
    -------
    Explanation

    Examples
    --------
    >>> from cvjkit.decisions.priorities import fix_first
    >>> from cvjkit.model.design import Design
    >>> shop = Design.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> found = explain_step(shop, fix_first(shop), "conversion", "customers_per_tenth")
    >>> found.title, found.put_in
    ('Conversion, ten percent more: customers it brings', '110 - 100')
    """
    return _Step(design, first, stage, column).explained()


class _Step:
    def __init__(self, design: Design, first: FixFirst, stage: str, column: str) -> None:
        self.design, self.first, self.stage, self.column = design, first, stage, column
        self.steps: Steps = steps_of(design.flow())
        self.at = self.steps.keys.index(stage)
        self.row: dict[Any, Any] = first.loc[stage].to_dict()
        self.name: str = first.attrs["names"][stage]
        before = design.framework.stages[int(self.steps.sources[0, self.at])]
        self.before = str(before.name)
        self.visits = float(self.steps.visits[self.at].sum())
        counted = all(one.observed for one in design.segments)
        self.origin: Origin = "counted" if counted else "derived"

    def explained(self) -> Explanation:
        explain = {
            "rate": self._rate,
            "dropped": self._dropped,
            "score_rank": self._rank,
            "value_to_go": self._worth,
            "p_best": self._chance,
        }.get(self.column, self._gain)
        return explain()

    def _said(self, title: str, meaning: str, formula: str, **more: Any) -> Explanation:
        value, currency = float(self.row[self.column]), self.design.currency
        figure = f"{self.column}.{self.stage}"
        return explained(figure, title, meaning, formula, value=value, currency=currency, **more)

    def _coming(self) -> Input:
        return put_in("visits", f"Visits to {self.before}", self.visits, "people", self.origin)

    def _rate(self) -> Explanation:
        taken = float((self.steps.rates * self.steps.visits)[self.at].sum())
        title = f"People who go on to {self.name} from there"
        inputs = [put_in("taken", title, taken, "people", self.origin), self._coming()]
        return self._said(
            f"Rate into {self.name}",
            f"Share of the visits to {self.before} that take this step.",
            "who go on / visits",
            numbers=f"{inputs[0].text} / {inputs[1].text}",
            inputs=inputs,
            unit="share",
        )

    def _dropped(self) -> Explanation:
        lost = float(self.row["dropped"])
        part = lost / self.visits if self.visits else math.nan
        left = put_in("left", "Share of them after which people leave", part, "share", self.origin)
        inputs = [self._coming(), left, self._ranked("dropped", "Rank by people lost")]
        return self._said(
            f"Leave before {self.name}",
            f"People who come to {self.before} and leave for good.",
            "visits x share after which people leave",
            numbers=f"{inputs[0].text} x {inputs[1].text}",
            inputs=inputs,
            unit="people",
        )

    def _ranked(self, column: str, title: str) -> Input:
        rank = float(self.row[f"{column}_rank"])
        of = int(self.first[column].notna().sum())
        text = DASH if math.isnan(rank) else f"{rank:.0f} of {of}"
        return Input(f"{column}_rank", title, rank, text, "derived")

    def _rank(self) -> Explanation:
        by, currency = self.first.by, self.design.currency
        unit: Unit = "money" if by == "profit" else "people"
        most, own = float(self.first["score"].max()), float(self.row["score"])
        inputs = [
            put_in("score", "What this step brings", own, unit, currency=currency),
            put_in("most", "What the best step brings", most, unit, currency=currency),
            self._ranked("dropped", "Rank by people lost"),
        ]
        said = self._said(
            f"Rank of {self.name} by {by}",
            "The step that brings most is number 1, however many people it loses; steps that "
            "bring the same share a rank.",
            "steps that bring more + 1",
            numbers=f"{people_text(float(self.row['score_rank']) - 1)} + 1",
            inputs=inputs,
            unit="people",
        )
        return replace(said, text=self._ranked("score", "").text)

    def _worth(self) -> Explanation:
        design, worth = self.design, float(self.row["value_to_go"])
        position = design.framework.index(self.stage)
        here = float(np.nan_to_num(design.economics().columns["gain_per_visit"][position]))
        currency = design.currency
        inputs = [
            put_in("here", "What a visit here brings", here, "money", currency=currency),
            put_in("on", "What comes after it is worth", worth - here, "money", currency=currency),
        ]
        return self._said(
            f"Worth of one person at {self.name}",
            "The most that one more person there may cost: what they still bring, less what they "
            "still cost.",
            "what a visit here brings + what comes after it is worth",
            numbers=f"{inputs[0].text} + {inputs[1].text}",
            inputs=inputs,
            unit="money",
        )

    def _chance(self) -> Explanation:
        draws = int(self.first.attrs["draws"])
        chance = float(self.row["p_best"])
        inputs = [put_in("draws", "Draws of all rates", draws, "people", "estimated")]
        position = self.design.framework.index(self.stage)
        for way in ways_of(self.design):
            if way.target == position and way.source == self.steps.sources[way.segment, self.at]:
                who = self.design.segments[way.segment].name
                title = f"What the rate of {who} rests on, in people"
                origin: Origin = "counted" if way.counted else "typed"
                inputs.append(put_in(f"cases.{who}", title, way.cases, "people", origin))
        return self._said(
            f"Chance that {self.name} is the best step",
            "How often it brings most if every rate is drawn from what it rests on; steps that tie "
            "share a draw.",
            "draws in which it brings most / draws",
            numbers=f"{people_text(chance * draws)} / {people_text(draws)}",
            inputs=inputs,
            unit="chance",
        )

    def _gain(self) -> Explanation:
        measure, _, how = self.column.partition("_")
        if self.column == "score":
            measure, how = self.first.by, ""
        words = RAISED.get(how, str(self.row["basis"]))
        gain = float(self.row[self.column])
        cost = float(np.nan_to_num(self.row["cost"])) if self.column == "score" else 0.0
        now = self.design.economics()[measure]
        currency, figure = self.design.currency, FIGURES[measure]
        unit: Unit = "money" if measure == "profit" else "people"
        # Rounded first, the terms add up for a reader, too.
        digits = decimals_of(currency) if unit == "money" else PEOPLE_DIGITS
        terms = math.nan if now is None else now, gain, cost
        seen = [round(term, digits) for term in terms]

        def told(value: float) -> str:
            return DASH if math.isnan(value) else typed_text(round(value, digits), unit, currency)

        titles = f"{figure.short} with the better rate", f"{figure.short} now"
        inputs = [
            Input("then", titles[0], sum(terms), told(sum(seen)), "derived"),
            Input(measure, titles[1], now, told(terms[0]), "derived"),
            put_in("rate", f"Rate into {self.name} now", self.row["rate"], "share", self.origin),
            put_in("aim", f"The better rate: {words}", *self._aim(how)),
        ]
        name = figure.short.lower()
        formula = f"{name} with the better rate - {name} now"
        numbers = f"{inputs[0].text} - {inputs[1].text}"
        if cost:
            inputs.append(Input("cost", "What it costs", cost, told(cost), "typed"))
            formula, numbers = f"{formula} - what it costs", f"{numbers} - {inputs[-1].text}"
        said = self._said(
            f"{self.name}, {words}: {name} it brings",
            MEANING,
            formula,
            numbers=numbers,
            inputs=inputs,
            unit=unit,
        )
        return replace(said, text=told(gain))

    def _aim(self, how: str) -> tuple[float, Unit, Origin]:
        if not how:
            is_typed = self.row["basis"] == "your target"
            return float(self.row["aim"]), "share", "typed" if is_typed else "derived"
        if how == "at_target":
            return float(self.row["target"]), "share", "typed"
        rates = self.steps.rates
        wanted = {
            "per_point": lambda: np.full_like(rates, POINT),
            "per_tenth": lambda: TENTH * rates,
            "at_best": lambda: Aims(self.steps, {}, counted=False).to_best(rates),
        }[how]()
        raised = replace(self.steps, rates=rates + np.minimum(wanted, self.steps.room))
        return float(raised.pooled[self.at]), "share", "derived"


def cases_of(design: Design) -> Iterator[Input]:
    """List what the rates of a design rest on.

    Parameters
    ----------
    design : Design

    Yields
    ------
    Input
        People of each rate: seen, or supposed where it is typed.
    """
    several, stages = len(design.segments) > 1, design.framework.stages
    for way in ways_of(design):
        who = f" of {design.segments[way.segment].name}" if several else ""
        title = f"{stages[way.source].name} → {stages[way.target].name}{who} rests on"
        text = count_text(people_text(way.cases), "person", "people")
        origin: Origin = "counted" if way.counted else "typed"
        yield Input(
            f"cases.{way.segment}.{way.source}.{way.target}", title, way.cases, text, origin
        )
