"""What a figure is made of: its formula, the numbers put in, and where each of them comes from."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import pandas as pd

from cvjkit.model.economics import FIGURES
from cvjkit.number_text import count_text, isolated, money_text, write_number
from cvjkit.shown import text_of

if TYPE_CHECKING:
    from cvjkit.model.figures import Figure
    from cvjkit.shown import Unit

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
    numbers : str
        The formula with its numbers put in, where they are not put in by name.
    """

    figure: str
    title: str
    meaning: str
    formula: str
    value: float | None
    text: str
    reason: str = ""
    inputs: tuple[Input, ...] = ()
    parts: Mapping[str, Explanation] = field(default_factory=dict)
    numbers: str = ""

    @property
    def put_in(self) -> str:
        """The formula with numbers alone; the formula as it is if that is not possible."""
        if self.numbers:
            return self.numbers
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


def put_in(
    name: str,
    title: str,
    value: float | None,
    unit: Unit = "people",
    origin: Origin = "derived",
    *,
    currency: str = "",
) -> Input:
    """Give a number that an answer rests on.

    Parameters
    ----------
    name : str
    title : str
    value : float, optional
    unit : {"people", "share", "money", "days", "ratio", "chance", "answer", "text"}
    origin : {"typed", "counted", "derived", "estimated"}
    currency : str
        Of the journey, for money.

    Returns
    -------
    Input
    """
    return Input(name, title, value, text_of(value, unit, currency), origin)


def explained(
    figure: str,
    title: str,
    meaning: str,
    formula: str,
    *,
    value: float,
    unit: Unit,
    inputs: Sequence[Input],
    numbers: str = "",
    currency: str = "",
) -> Explanation:
    """Explain a number that is written as its unit is, and that may not be known.

    Parameters
    ----------
    figure : str
    title : str
    meaning : str
    formula : str
    value : float
        NaN where it is not known.
    unit : {"people", "share", "money", "days", "ratio", "chance", "answer", "text"}
    inputs : sequence of Input
    numbers : str
    currency : str
        Of the journey, for money.

    Returns
    -------
    Explanation
    """
    unknown = math.isnan(value)
    return Explanation(
        figure=figure,
        title=title,
        meaning=meaning,
        formula=formula,
        value=None if unknown else value,
        text=text_of(value, unit, currency),
        reason="it does not follow from what is known" if unknown else "",
        inputs=tuple(inputs),
        numbers=numbers,
    )


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
        return count_text(number, "day")
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
    >>> in_words("ltv_net / cac"), in_words("payback_cycles x cycle_days")
    ('LTV / CAC', 'Payback in buying cycles x buying cycle')
    """
    titles = {name: entry.short for name, entry in FIGURES.items()}
    titles["cycle_days"] = "buying cycle"
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
