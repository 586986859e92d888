"""What a decision answers with: a table, and a sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import ClassVar, Literal, NamedTuple

import pandas as pd

from cvjkit.number_text import (
    DASH,
    days_text,
    money_text,
    people_text,
    ratio_text,
    share_text,
)

Unit = Literal["people", "share", "money", "days", "ratio", "chance", "answer", "text"]


class Heading(NamedTuple):
    """How a column is read.

    Parameters
    ----------
    title : str
    unit : {"people", "share", "money", "days", "ratio", "chance", "answer", "text"}
        "chance" is a probability, estimated; "answer" is yes or no.
    """

    title: str
    unit: Unit


class Answer(pd.DataFrame):
    """A table that says in words what it shows.

    It is a DataFrame and can be used as one; what is cut out of it is a plain DataFrame. Its
    `attrs` hold the sentence, the currency and the single numbers of the answer.
    """

    headings: ClassVar[Mapping[str, Heading]] = {}
    """The columns that are shown, in order."""
    index_title: ClassVar[str] = "Stage"

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame

    @property
    def summary(self) -> str:
        """What the table shows, in a few sentences."""
        return str(self.attrs["summary"])

    @property
    def shown(self) -> pd.DataFrame:
        """The table as people read it.

        Returns
        -------
        DataFrame
            All columns are text; a dash where a number is not known. Columns without a number are
            left out.
        """
        names, currency = self.attrs["names"], self.attrs["currency"]
        columns = {
            heading.title: [text_of(value, heading.unit, currency) for value in self[column]]
            for column, heading in self.headings.items()
            if column in self and self[column].notna().any()
        }
        index = pd.Index([names.get(key, key) for key in self.index], name=self.index_title)
        return pd.DataFrame(columns, index=index, dtype=object)

    def __repr__(self) -> str:
        return f"{self.summary}\n\n{self.shown.to_string()}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.summary)}</p>{self.shown.to_html()}"


def text_of(value: object, unit: Unit, currency: str) -> str:
    """Write a value of a column as people read it.

    Parameters
    ----------
    value : object
    unit : {"people", "share", "money", "days", "ratio", "chance", "answer", "text"}
    currency : str
        Code or sign for amounts of money.

    Returns
    -------
    str
        A dash for what is not known.

    Examples
    --------
    >>> text_of(0.25, "share", ""), text_of(25, "money", "EUR"), text_of(True, "answer", "")
    ('25%', 'EUR 25.00', 'yes')
    """
    if value is None or value != value:  # noqa: PLR0124 - NaN, whatever the type
        return DASH
    if unit == "text":
        return str(value)
    if unit == "answer":
        return "yes" if value else "no"
    number = float(value)  # type: ignore[arg-type]  # columns of numbers hold numbers
    if unit == "money":
        return money_text(number, currency)
    texts = {
        "people": people_text,
        "share": share_text,
        "days": days_text,
        "ratio": ratio_text,
        "chance": chance_text,
    }
    return texts[unit](number)


def chance_text(chance: float) -> str:
    """Write a probability that was estimated from some hundred draws.

    Parameters
    ----------
    chance : float
        0 to 1.

    Returns
    -------
    str

    Examples
    --------
    >>> chance_text(1.0), chance_text(0.714), chance_text(0.0)
    ('>99%', '71%', '<1%')
    """
    if chance > 0.99:
        return ">99%"
    return f"{chance:.0%}" if chance >= 0.01 else "<1%"
