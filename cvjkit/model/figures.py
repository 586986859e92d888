"""A figure of the economics: its titles, unit, meaning and formula in one entry.

`cvjkit.model.formulas` holds the entries. The panel of the Designer, the canvas, the comparison
and the docs derive from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cvjkit.number_text import (
    apart_text,
    count_text,
    days_text,
    money_text,
    people_text,
    plain_text,
    points_text,
    ratio_text,
    share_text,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROUNDING = 1e-9

Unit = Literal["people", "money", "share", "days", "cycles", "ratio", "number"]


class UndefinedError(ValueError):
    """A figure does not follow from what was typed; the message says why."""


def is_none(number: Any) -> bool:
    """Tell whether a number is 0, in every draw if there are several.

    Parameters
    ----------
    number : float, or ndarray of float
        With an entry for each draw.

    Returns
    -------
    bool
    """
    return not number.any() if isinstance(number, np.ndarray) else bool(number == 0)


def divisor(number: float, otherwise: str) -> float:
    """Give a number by which something is divided.

    Parameters
    ----------
    number : float, or ndarray of float
        With an entry for each draw.
    otherwise : str
        Why the result is undefined where the number is not above 0.

    Returns
    -------
    float, or ndarray of float
        NaN in draws in which it is not above 0.

    Raises
    ------
    UndefinedError
        If it is never above 0.
    """
    drawn: Any = number
    if not isinstance(drawn, np.ndarray):
        if number > 0:
            return number
    elif (drawn > 0).any():
        return np.where(drawn > 0, drawn, np.nan)  # type: ignore[return-value]  # an array for an array
    raise UndefinedError(otherwise)


def no_more_than(most: float, number: float, otherwise: str) -> float:
    """Give a number that cannot be larger than another.

    Parameters
    ----------
    most : float
    number : float, or ndarray of float
        With an entry for each draw.
    otherwise : str
        Why the result is undefined where the number is larger, by more than rounding.

    Returns
    -------
    float, or ndarray of float
        NaN in draws in which it is larger.

    Raises
    ------
    UndefinedError
        If it is always larger.
    """
    possible = np.asarray(number) <= most * (1 + ROUNDING)
    if not possible.any():
        raise UndefinedError(otherwise)
    capped = np.where(possible, np.minimum(number, most), np.nan)
    return capped if capped.ndim else float(capped)  # type: ignore[return-value]  # an array for an array


def apart(number: Any, other: Any) -> NDArray[np.float64]:
    """Subtract, and leave nothing of what is only rounding.

    Parameters
    ----------
    number : float, or ndarray of float
    other : float, or ndarray of float

    Returns
    -------
    ndarray of float
        number - other; 0 where they are the same to 1e-9 of themselves, NaN where both are
        infinite.

    Examples
    --------
    >>> float(apart(0.1 + 0.2, 0.3)), float(apart(3, 2))
    (0.0, 1.0)
    """
    one, two = np.asarray(number, float), np.asarray(other, float)
    with np.errstate(invalid="ignore"):
        differences = one - two
        least = ROUNDING * np.maximum(np.abs(one), np.abs(two))
    # An infinite number is far from every finite one.
    is_rounding = (np.abs(differences) <= least) & np.isfinite(least)
    return np.where(is_rounding, 0.0, differences)


def where_known(other: float, number: float) -> float:
    """Give a number where another one is defined.

    Parameters
    ----------
    other : float, or ndarray of float
        With an entry for each draw.
    number : float, or ndarray of float

    Returns
    -------
    float, or ndarray of float
        NaN in draws in which the other one is NaN.
    """
    drawn: Any = other
    if not isinstance(drawn, np.ndarray):
        return number
    return np.where(np.isnan(drawn), np.nan, number)  # type: ignore[return-value]  # an array for an array


class Figure(cached_property[float]):
    """A figure: a formula, computed once, and what is said of it.

    Parameters
    ----------
    function : callable
        The formula. Its name is the figure's key; its docstring starts with the meaning. It takes
        floats; or arrays of them with an entry for each draw, where rates are drawn at random.
    title : str
        Its full name, abbreviations explained.
    unit : {"people", "money", "share", "days", "cycles", "ratio", "number"}
    formula : str
        The formula in words, in terms of other figures.
    short : str
        Its name where there is little room; by default the title.
    remark : str
        What to say beside it; other figures in braces are replaced by their values. Empty if
        there is nothing to say.
    phrase : str
        Its name on the canvas, for people in the singular; empty if it is not shown there.
    headline : bool
        Whether it is one of the few shown first.
    compared : bool
        Whether it is the same in every framework, so that journeys can be compared by it.
    less_is_better : bool
        Whether low is good, as with a cost.

    Attributes
    ----------
    key : str
        Its name in code: "cac".
    meaning : str
        Its meaning, in one sentence.
    """

    def __init__(
        self,
        function: Callable[[Any], float],
        title: str,
        unit: Unit,
        formula: str,
        *,
        short: str = "",
        remark: str = "",
        phrase: str = "",
        headline: bool = False,
        compared: bool = False,
        less_is_better: bool = False,
    ) -> None:
        super().__init__(function)
        self.key = function.__name__
        self.meaning = (function.__doc__ or "").partition("\n")[0]
        self.title, self.short = title, short or title
        self.unit: Unit = unit
        self.formula, self.remark, self.phrase = formula, remark, phrase
        self.headline, self.compared = headline, compared
        self.less_is_better = less_is_better

    def phrase_for(self, text: str) -> str:
        """Give its name on a canvas.

        Parameters
        ----------
        text : str
            The value as people read it.

        Returns
        -------
        str
            For people in the plural, unless there is one.

        Examples
        --------
        >>> from cvjkit.model.economics import FIGURES
        >>> FIGURES["customers"].phrase_for("1"), FIGURES["customers"].phrase_for("25")
        ('customer', 'customers')
        """
        return self.phrase if self.unit != "people" or text in {"1", "<1"} else f"{self.phrase}s"

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
        if self.unit in {"cycles", "days"} and value == 0:
            return "with the first order"
        if self.unit == "cycles" and value is not None:
            return count_text(f"{value:,.0f}", "buying cycle")
        if self.unit == "number":
            return plain_text(value)
        texts = {"people": people_text, "share": share_text, "days": days_text}
        return texts.get(self.unit, ratio_text)(value)

    def change_text(
        self,
        value: float | None,
        before: float | None,
        currency: str = "",
        shown: tuple[str, str] | None = None,
    ) -> str:
        """Write how much a value differs from the one before.

        Parameters
        ----------
        value : float or None
        before : float or None
        currency : str
            Code or sign for amounts of money.
        shown : tuple of (str, str), optional
            Value and value before as they are shown, if not as `text` writes them.

        Returns
        -------
        str
            Of people, money and shares with the part by which they changed; empty where one of the
            two is undefined, or both are written alike.

        Examples
        --------
        >>> from cvjkit.model.economics import FIGURES
        >>> FIGURES["customers"].change_text(295, 233), FIGURES["cac"].change_text(52.8, 66.86)
        ('+62 (+26.6%)', '-14.06 (-21%)')
        >>> FIGURES["payback_days"].change_text(284, 373), FIGURES["cac"].change_text(5, 5.001)
        ('-89 days', '')
        >>> FIGURES["second_purchase_rate"].change_text(0.42, 0.4)
        '+2 points, +5%'
        """
        if value is None or before is None:
            return ""
        if self.text(value, currency) == self.text(before, currency):
            return ""
        if self.unit == "share":
            return points_text(value, before)
        sign, change = "+" if value > before else "-", abs(value - before)
        texts = shown or (self.text(value, currency), self.text(before, currency))
        text = apart_text(*texts, trimmed=self.unit not in {"money", "ratio"})
        text = text or self.text(change).replace("buying ", "")
        if not re.search("[1-9]", text):
            return ""
        part = share_text(change / before) if before > 0 else ""
        by = f" ({sign}{part})" if part and self.unit in {"people", "money"} else ""
        return f"{sign}{text}{by}"


def figure(*entry: Any, **options: Any) -> Callable[[Callable[[Any], float]], Figure]:
    """Make a figure of the formula it decorates.

    Parameters
    ----------
    *entry : str
        Title, unit and formula in words.
    **options
        The other parameters of `Figure`.

    Returns
    -------
    callable
        Takes the formula, gives the `Figure`.
    """
    return lambda function: Figure(function, *entry, **options)
