"""What a figure of the economics is: its titles, unit, meaning and formula, in one entry.

`cvjkit.model.formulas` holds the entries. Whatever shows figures derives from them: the panel of
the Designer, the canvas, the comparison, the docs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Literal

from cvjkit.numbers import days_text, money_text, people_text, ratio_text, share_text

Unit = Literal["people", "money", "share", "days", "cycles", "ratio", "number"]


class UndefinedError(ValueError):
    """A figure does not follow from what was typed; the message says why."""


class Figure(cached_property[float]):
    """A figure: a formula, computed once, with all that is said of it.

    Attributes
    ----------
    key : str
        Its name in code: "cac".
    title : str
        What it is called in full, abbreviations explained.
    short : str
        What it is called where there is little room.
    unit : {"people", "money", "share", "days", "cycles", "ratio", "number"}
    meaning : str
        What it says, in one sentence.
    formula : str
        How it is worked out, in terms of other figures.
    remark : str
        What to say beside it: figures in braces are replaced by their texts. Empty if it needs
        none.
    phrase : str
        What it is called on a canvas; empty if it is not shown there.
    headline : bool
        Whether it is one of the few shown at first glance.
    compared : bool
        Whether it is the same in every framework, and so worth comparing journeys by.
    """

    def __init__(self, function: Callable[[Any], float], entry: dict[str, Any]) -> None:
        super().__init__(function)
        self.key = function.__name__
        self.meaning = (function.__doc__ or "").partition("\n")[0]
        self.title: str = entry["title"]
        self.short: str = entry["short"] or self.title
        self.unit: Unit = entry["unit"]
        self.formula: str = entry["formula"]
        self.remark: str = entry["remark"]
        self.phrase: str = entry["phrase"]
        self.headline: bool = entry["headline"]
        self.compared: bool = entry["compared"]

    def text(self, value: float | None, currency: str = "") -> str:
        """Write a value of the figure as people read it.

        Parameters
        ----------
        value : float or None
        currency : str
            Code or sign for amounts of money.

        Returns
        -------
        str
            A dash for None.

        Examples
        --------
        >>> from cvjkit.model.economics import FIGURES
        >>> FIGURES["cac"].text(25, "EUR"), FIGURES["second_purchase_rate"].text(0.4)
        ('EUR 25.00', '40%')
        """
        if self.unit == "money":
            return money_text(value, currency)
        if self.unit == "cycles":
            return f"{value:,.0f} buying cycles" if value else "with the first order"
        texts = {"people": people_text, "share": share_text, "days": days_text}
        return texts.get(self.unit, ratio_text)(value)


def figure(
    title: str,
    unit: Unit,
    formula: str,
    *,
    short: str = "",
    remark: str = "",
    phrase: str = "",
    headline: bool = False,
    compared: bool = False,
) -> Callable[[Callable[[Any], float]], Figure]:
    """Make a figure of a formula, by decorating it; its docstring says what it means.

    Parameters
    ----------
    title, unit, formula, short, remark, phrase, headline, compared
        As in `Figure`.

    Returns
    -------
    callable
    """
    entry = {
        "title": title,
        "unit": unit,
        "formula": formula,
        "short": short,
        "remark": remark,
        "phrase": phrase,
        "headline": headline,
        "compared": compared,
    }
    return lambda function: Figure(function, entry)
