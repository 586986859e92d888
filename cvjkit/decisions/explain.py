"""Explain a figure: its formula, the numbers put in, and where each of them comes from.

The numbers are those that the formula reads while it is worked out, so that what is told cannot
differ from what was done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from cvjkit.errors import InputError, unknown_name
from cvjkit.model.economics import BOUGHT_AGAIN, FIGURES, FIRST_PAYMENT, figure_of
from cvjkit.model.stage_columns import StageColumns
from cvjkit.number_text import isolated, money_text, write_number
from cvjkit.paths import Title, path_of
from cvjkit.shown import Unit, text_of

if TYPE_CHECKING:
    from cvjkit.model.design import Design
    from cvjkit.model.figures import Figure

Origin = Literal["typed", "counted", "derived", "estimated"]
FIGURE_NAME = re.compile(r"[a-z_]+[a-z0-9_]*")
DEPTH = 2
SYMBOLS = {
    "m1": "the margin of the first order",
    "m2": "the margin of each later one",
    "q": "the share who buy again",
    "r": "the share who order again each cycle",
    "d": "the discount for one buying cycle",
    "n": "a number of buying cycles",
}
"""What the letters of the formulas stand for."""
LETTERS = {"q": "second_purchase_rate", "r": "repeat_rate"}
"""Letters that stand for one number, and its name."""
SINGLE, TIMES = ("cycle_days",), "x"
LATER_COSTS = "Costs of the stages after the first payment"
DAYS_BEFORE = "Days to the first payment"
SUMS = (LATER_COSTS, DAYS_BEFORE)
"""Sums that formulas name in words."""
FIELDS: Mapping[str, tuple[str, Unit]] = {
    "unit_cost": ("unit cost", "money"),
    "fixed_cost": ("fixed cost", "money"),
    "margin": ("margin", "money"),
    "delay_days": ("delay", "days"),
    "price": ("price", "money"),
    "cycle_days": ("buying cycle", "days"),
    "repeat_rate": ("repeat rate r", "share"),
}


class Input(NamedTuple):
    """A number that a formula reads.

    Parameters
    ----------
    name : str
        A figure's key, or the path of the value.
    title : str
        What it is, in words.
    value : float or None
    text : str
        The value as people read it.
    origin : {"typed", "counted", "derived", "estimated"}
        Derived: it follows from others. Estimated: the numbers typed contradict the count.
    """

    name: str
    title: str
    value: float | None
    text: str
    origin: Origin


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a figure is, and what it is made of.

    Attributes
    ----------
    figure : str
        Its key.
    title, meaning, formula : str
    value : float or None
    text : str
        The value as people read it.
    reason : str
        Why it is undefined; empty if it is not.
    inputs : tuple of Input
        The numbers that the formula reads.
    parts : mapping of str to Explanation
        The figures among them, explained in turn.
    """

    figure: str
    title: str
    meaning: str
    formula: str
    value: float | None
    text: str
    reason: str
    inputs: tuple[Input, ...]
    parts: Mapping[str, Explanation] = field(default_factory=dict)

    @property
    def put_in(self) -> str:
        """The formula with numbers alone; the formula as it is if that is not possible."""
        texts = {one.name.rpartition(".")[2]: one.text for one in self.inputs}
        texts |= {short: texts[name] for short, name in LETTERS.items() if name in texts}
        phrases = {one.title.lower(): one.text for one in self.inputs if one.title in SUMS}
        terms = re.compile("|".join([*map(re.escape, phrases), FIGURE_NAME.pattern]))
        known = phrases | {
            word: text for word, text in texts.items() if word in {*FIGURES, *LETTERS, *SINGLE}
        }
        if {*terms.findall(self.formula)} - {*known, TIMES}:
            return self.formula
        return terms.sub(lambda match: known.get(match[0], match[0]), self.formula)

    @property
    def symbols(self) -> str:
        """What the letters in the formula stand for; empty if there are none."""
        used = [word for word in SYMBOLS if word in FIGURE_NAME.findall(self.formula)]
        return ", ".join(f"{word} is {SYMBOLS[word]}" for word in used)

    @property
    def table(self) -> pd.DataFrame:
        """The numbers that the formula reads.

        Returns
        -------
        DataFrame
            Indexed by name; columns title (str), value (float64), text (str), origin (str).
        """
        rows = [(one.title, one.value, one.text, one.origin) for one in self.inputs]
        index = pd.Index([one.name for one in self.inputs], name="input", dtype=object)
        table = pd.DataFrame(rows, index, ["title", "value", "text", "origin"], dtype=object)
        return table.astype({"value": float})

    @property
    def summary(self) -> str:
        """What the figure is and how it comes about, in a sentence or two."""
        if self.reason:
            return f"{self.title} is not known: {self.reason}."
        replaced = f" = {self.put_in}" if self.put_in != self.formula else ""
        where = f", where {self.symbols}" if self.symbols else ""
        formula = f"It is {in_words(self.formula)}{replaced}{where}."
        return f"{self.title}: {self.text}. {self.meaning} {formula}"

    def __repr__(self) -> str:
        return "\n".join([self.summary, *_lines(self, "  ", DEPTH)])


def typed_text(value: float, unit: Unit, currency: str = "") -> str:
    """Write a number that was typed, with all its digits.

    Parameters
    ----------
    value : float
    unit : {"people", "share", "money", "days"}
    currency : str

    Returns
    -------
    str

    Examples
    --------
    >>> typed_text(0.0625, "share"), typed_text(0.125, "money", "EUR"), typed_text(25, "money")
    ('6.25%', 'EUR 0.125', '25.00')
    >>> typed_text(0.125, "days"), typed_text(1, "days"), typed_text(12345.6, "money")
    ('0.125 days', '1 day', '12,345.6')
    """
    if unit == "share":
        return write_number(value, "share")
    number = write_number(value, "people")
    if unit == "days":
        return f"{number} day{'' if value == 1 else 's'}"
    if unit == "money":
        shown = money_text(value, currency)
        amount = shown.removeprefix(isolated(currency))
        is_exact = float(amount.replace(",", "")) == float(number.replace(",", ""))
        return shown if is_exact else f"{isolated(currency)} {number}".strip()
    return number


def exact_text(entry: Figure, value: float | None, currency: str) -> str:
    """Write a figure as an explanation shows it: people with their decimals.

    Parameters
    ----------
    entry : Figure
    value : float or None
    currency : str

    Returns
    -------
    str

    Examples
    --------
    >>> exact_text(FIGURES["customers"], 54.3, ""), FIGURES["customers"].text(54.3)
    ('54.3', '54')
    """
    if entry.unit == "people" and value is not None:
        return write_number(value, "people")
    return entry.text(value, currency)


def in_words(formula: str) -> str:
    """Write a formula with the titles of figures in place of their keys.

    Parameters
    ----------
    formula : str

    Returns
    -------
    str

    Examples
    --------
    >>> in_words("ltv_net / cac")
    'LTV / CAC'
    """
    titles = {name: entry.short for name, entry in FIGURES.items()}
    return FIGURE_NAME.sub(lambda match: titles.get(match[0], match[0]), formula)


def _lines(explanation: Explanation, indent: str, depth: int) -> list[str]:
    lines = []
    for one in explanation.inputs:
        lines.append(f"{indent}{one.title}: {one.text}, {one.origin}")
        if one.name in explanation.parts:
            part = explanation.parts[one.name]
            lines[-1] += f" as {in_words(part.formula)}"
            lines += _lines(part, f"{indent}  ", depth - 1) if depth > 1 else []
    return lines


def explain(design: Design, figure: str, segment: str | None = None) -> Explanation:
    """Explain a figure of the economics.

    Parameters
    ----------
    design : Design
    figure : str
    segment : str, optional
        Both as in `cvjkit.journey.Journey.explain`.

    Returns
    -------
    Explanation

    Raises
    ------
    InputError
        If there is no such figure or segment.
    """
    names, faults = [one.name for one in design.segments], []
    if figure not in FIGURES:
        faults.append(unknown_name("figure", figure, FIGURES))
    if segment is not None and segment not in names:
        faults.append(unknown_name("segment", segment, names))
    if faults:
        raise InputError(f"explanation of {design.name}", faults)
    return _explained(traced(design, segment), design, figure)


def _explained(trace: Traced, design: Design, figure: str) -> Explanation:
    value, reason = figure_of(trace, figure)
    inputs = tuple(trace.reads.get(figure, {}).values())
    entry = FIGURES[figure]
    return Explanation(
        figure=figure,
        title=entry.title,
        meaning=entry.meaning,
        formula=entry.formula,
        value=value,
        text=exact_text(entry, value, design.currency),
        reason=reason,
        inputs=inputs,
        # The path of a typed number may be the key of a figure: second_purchase_rate.
        parts={
            one.name: _explained(trace, design, one.name)
            for one in inputs
            if one.origin == "derived" and one.name in FIGURES
        },
    )


def traced(design: Design, segment: str | None) -> Traced:
    """Give the formulas of a design, which take down what each of them reads.

    Parameters
    ----------
    design : Design
    segment : str, optional
        Only this segment's people.

    Returns
    -------
    Traced
    """
    flow = design.flow() if segment is None else design.flow().only(segment)
    own = [one for one in design.segments if segment in {None, one.name}]
    spends = [one.spend for one in own if one.spend is not None]
    share = 1.0
    if segment is not None:
        alone, total = design.economics(segment).customers, design.economics().customers
        share = (alone or 0) / total if total else 0.0
    trace = Traced(
        flow=flow,
        numbers={number.stage: number for number in design.stages},
        offers={design.framework.anchor(offer.stage): offer for offer in design.offers},
        spend=sum(spends) if spends else None,
        fixed_cost=design.fixed_cost,
        discount_rate=design.discount_rate,
        typed_second_purchase_rate=design.second_purchase_rate,
        fixed_share=share,
    )
    vars(trace).update(design=design, own=own, reads={}, working=[])
    return trace


class Traced(StageColumns):
    """The formulas, which take down what each of them reads.

    Parameters
    ----------
    **fields
        As in `StageColumns`.
    """

    # Set by `_traced`, for a frozen dataclass takes no others.
    design: Any
    own: Any
    reads: Any
    working: Any

    def __getattribute__(self, name: str) -> Any:
        if name not in FIGURES:
            return super().__getattribute__(name)
        working, reads = self.working, self.reads
        first = name not in reads
        if first:
            reads[name] = {}
        working.append(name if first else None)
        try:
            value = super().__getattribute__(name)
        finally:
            working.pop()
        entry = FIGURES[name]
        text = exact_text(entry, value, self.design.currency)
        self._note(Input(name, entry.title, float(value), text, "derived"))
        return value

    def reading(self, name: str, formula: Callable[[], float]) -> tuple[float, tuple[Input, ...]]:
        """Work a formula out, and give the numbers that it reads.

        Parameters
        ----------
        name : str
            Of what it gives.
        formula : callable
            Of these formulas.

        Returns
        -------
        value : float
        inputs : tuple of Input
        """
        self.reads[name] = {}
        self.working.append(name)
        try:
            value = formula()
        finally:
            self.working.pop()
        return value, tuple(self.reads[name].values())

    def _note(self, one: Input) -> None:
        if self.working and self.working[-1] is not None:
            self.reads[self.working[-1]].setdefault(one.name, one)

    def _value(self, path: Sequence[str], title: str, value: float | None, unit: Unit) -> None:
        if value is not None:
            text = typed_text(value, unit, self.design.currency)
            self._note(Input(path_of(path), title, value, text, "typed"))

    def _name(self, stage: int) -> str:
        return str(self.flow.framework.stages[stage].name)

    def _at(self, column: str, stage: int) -> float:
        value = super()._at(column, stage)
        at = [self.flow.segments.index(one.name) for one in self.own]
        counted = all(one.observed for one in self.own)
        origin: Origin = "counted" if counted else "derived"
        if self.flow.contradicted[at, stage].any():
            origin = "estimated"
        elif column == "visits" and value != self.flow.numbers("people")[stage]:
            origin = "derived"
        key = self.flow.framework.keys[stage]
        text = write_number(value, "people")
        title = f"{column.capitalize()} at {self._name(stage)}"
        self._note(Input(f"{column}.{key}", title, value, text, origin))
        return value

    def _field(self, stage: int, name: str) -> None:
        key = self.flow.framework.keys[stage]
        words, unit = FIELDS[name]
        value = getattr(self.numbers.get(key), name, None)
        self._value(("stages", key, name), f"{self._name(stage)}: {words}", value, unit)

    def _costs(self, stages: Sequence[int]) -> float:
        for stage in stages:
            self._field(stage, "unit_cost")
            self._field(stage, "fixed_cost")
        self._shared(np.nansum(self._typed("fixed_cost")[[*stages]]))
        costs = super()._costs(stages)
        if self.working and self.working[-1] == "ltv_net":
            text = text_of(costs, "money", self.design.currency)
            self._note(Input("later_costs", LATER_COSTS, costs, text, "derived"))
        return costs

    def _shared(self, fixed: object) -> None:
        if fixed and self.fixed_share != 1:
            text = text_of(self.fixed_share, "share", "")
            title = "Share of the fixed costs, by customers"
            self._note(Input("fixed_share", title, self.fixed_share, text, "derived"))

    @property
    def _common_cost(self) -> float:
        for one in self.own:
            path = ("segments", Title(one.name), "spend")
            self._value(path, f"{one.name}: spend", one.spend, "money")
        self._value(("fixed_cost",), "Fixed cost of the journey", self.fixed_cost, "money")
        self._shared(self.fixed_cost)
        return super()._common_cost

    def _of_offer(self, milestone: str, name: str) -> None:
        offer = self.offers.get(milestone)
        if offer is not None:
            words, unit = FIELDS[name]
            path = ("offers", offer.stage, name)
            self._value(path, f"{offer.name}: {words}", getattr(offer, name), unit)

    def _margin(self, milestone: str, stage: int | None) -> float:
        numbers = self.numbers.get(self.flow.framework.keys[stage]) if stage is not None else None
        if numbers is not None and numbers.margin is not None and stage is not None:
            self._field(stage, "margin")
        else:
            self._of_offer(milestone, "margin")
        return super()._margin(milestone, stage)

    def _price(self, milestone: str) -> float:
        self._of_offer(milestone, "price")
        return super()._price(milestone)

    # A cached property is worked out once; here it is read anew for each figure that asks for it.
    @property
    def _margins(self) -> list[float]:
        for position, stage in enumerate(self.flow.framework):
            if stage.anchor in self.offers:
                self._of_offer(stage.anchor, "margin")
            else:
                self._field(position, "margin")
        found: list[float] = _uncached("_margins")(self)
        return found

    @property
    def _typed_repeat_rate(self) -> float | None:
        self._of_offer(BOUGHT_AGAIN, "repeat_rate")
        return super()._typed_repeat_rate

    @property
    def _cycle_days(self) -> float:
        self._of_cycle()
        return super()._cycle_days

    def _of_cycle(self) -> None:
        again = self.offers.get(BOUGHT_AGAIN)
        typed = again is not None and again.cycle_days is not None
        self._of_offer(BOUGHT_AGAIN if typed else FIRST_PAYMENT, "cycle_days")

    @property
    def _cycle_discount(self) -> float:
        if self.discount_rate:
            title = "Discount rate a year"
            self._value(("discount_rate",), title, self.discount_rate, "share")
            self._of_cycle()
        return super()._cycle_discount

    @property
    def _days_to_first_payment(self) -> float:
        for stage in self._passed(self._first):
            self._field(stage, "delay_days")
        days = super()._days_to_first_payment
        self._note(Input("days_before", DAYS_BEFORE, days, text_of(days, "days", ""), "derived"))
        return days

    @property
    def _buyers_again(self) -> float:
        if self._again is None:
            value = self.typed_second_purchase_rate
            self._value(("second_purchase_rate",), "Share who buy again q", value, "share")
        return super()._buyers_again

    @property
    def _some_customers(self) -> float:
        found: float = _uncached("_some_customers")(self)
        return found


def _uncached(name: str) -> Any:
    return next(vars(one)[name].func for one in StageColumns.__mro__ if name in vars(one))
