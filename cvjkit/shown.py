"""How values and tables are shown: a sentence, names, grouped numbers, dashes.

The numbers stay underneath: a `Table` is a DataFrame, and what is cut out of it a plain one.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from html import escape
from typing import ClassVar, Literal, NamedTuple, Self

import pandas as pd

from cvjkit.number_text import (
    DASH,
    days_text,
    in_column,
    in_order,
    money_text,
    people_text,
    ratio_text,
    share_text,
)

Unit = Literal["people", "share", "money", "days", "ratio", "chance", "answer", "text"]
ROWS, LONGEST_AMOUNT = 60, 20


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


class Shown:
    """A value that is shown as a sentence and a table."""

    @property
    def summary(self) -> str:
        """What it says, in a few sentences; empty for a table that is all there is."""
        return ""

    @property
    @abstractmethod
    def shown(self) -> pd.DataFrame:
        """The table as people read it.

        Returns
        -------
        DataFrame
            All columns are text.
        """

    def __repr__(self) -> str:
        return as_text(self.summary, self.shown)

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return as_html(self.summary, self.shown)


def as_text(summary: str, shown: pd.DataFrame) -> str:
    """Write a sentence and a table for a terminal.

    Parameters
    ----------
    summary : str
        Empty for none.
    shown : DataFrame
        All columns are text.

    Returns
    -------
    str
    """
    shown = _in_order(shown)
    words = [title for title in shown.attrs.get("words", ()) if title in shown]
    widths = {title: max(map(len, [title, *shown[title]])) for title in words}
    columns = {title: shown[title].str.ljust(width) for title, width in widths.items()}
    headings = {title: title.ljust(width) for title, width in widths.items()}
    summary = in_order(summary)
    table = shown.assign(**columns).rename(columns=headings)
    written = table.to_string(max_rows=ROWS, index=_has_names(shown))
    return f"{summary}\n\n{written}" if summary else written


def as_html(summary: str, shown: pd.DataFrame) -> str:
    """Write a sentence and a table for a notebook.

    Parameters
    ----------
    summary : str
        Empty for none.
    shown : DataFrame
        All columns are text.

    Returns
    -------
    str
        Escaped.
    """
    words = escape(in_order(summary)).replace("\n", "<br>")
    table = _table(_in_order(shown), {*map(_ordered, shown.attrs.get("words", ()))})
    return f"<p>{words}</p>{table}" if words else table


def _table(shown: pd.DataFrame, words: Collection[object]) -> str:
    """Write a table with one line of headings: words to the left, numbers to the right."""

    def cell(tag: str, text: object, *, left: bool, scope: str = "") -> str:
        side = "left" if left else "right"
        # An amount is not parted from its currency; a reason why there is none may be long.
        is_amount = tag == "td" and not left and len(str(text)) <= LONGEST_AMOUNT
        whole = "; white-space: nowrap" if is_amount else ""
        return f'<{tag}{scope} style="text-align: {side}{whole}">{escape(str(text))}</{tag}>'

    sides, names = [column in words for column in shown.columns], _has_names(shown)
    column, row = ' scope="col"', ' scope="row"'
    head = [
        cell("th", name, left=left, scope=column) for name, left in zip(shown, sides, strict=True)
    ]
    lines = [
        [cell("td", text, left=left) for text, left in zip(line, sides, strict=True)]
        for line in shown.itertuples(index=False, name=None)
    ]
    if names:
        head.insert(0, cell("th", shown.index.name, left=True, scope=column))
        for line, name in zip(lines, shown.index, strict=True):
            line.insert(0, cell("th", name, left=True, scope=row))
    if len(lines) > ROWS:
        lines[ROWS // 2 : -ROWS // 2] = [[cell("td", "…", left=True)] * len(head)]
    rows = "".join(f"<tr>{''.join(line)}</tr>" for line in lines)
    # What is wider than the page is reached by keyboard, too.
    return (
        '<div role="group" aria-label="Table" tabindex="0" style="overflow-x: auto">'
        f'<table class="dataframe"><thead><tr>{"".join(head)}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _in_order(shown: pd.DataFrame) -> pd.DataFrame:
    """Keep names that run from right to left from turning the numbers beside them."""
    ordered = shown.map(_ordered)
    if _has_names(shown):
        ordered.index = shown.index.map(_ordered)
    ordered.columns = shown.columns.map(_ordered)
    return ordered


def _ordered(text: object) -> object:
    return in_order(text) if isinstance(text, str) else text


def _has_names(shown: pd.DataFrame) -> bool:
    return not isinstance(shown.index, pd.RangeIndex)


class Table(Shown, pd.DataFrame):
    """A table of numbers.

    Its `attrs` hold what its columns need to be read: the names of its rows, the currency.

    Examples
    --------
    >>> class Costs(Table):
    ...     headings = {"cost": Heading("Cost", "money"), "people": Heading("People", "people")}
    >>> costs = Costs({"cost": [2.5, None]}, ["lead", "sale"]).described({"lead": "Lead"}, "EUR")
    >>> costs
              Cost
    Stage
    Lead  EUR 2.50
    sale         –
    >>> costs.cost.sum()
    np.float64(2.5)
    """

    headings: ClassVar[Mapping[str, Heading]] = {}
    """The columns that are shown, in order."""
    index_title: ClassVar[str | None] = "Stage"
    """Heading of the rows' names; None if the rows have none."""

    @property
    def _constructor(self) -> Callable[..., pd.DataFrame]:
        return pd.DataFrame

    def described(self, names: Mapping[str, str] | None = None, currency: str = "") -> Self:
        """Name the rows and the currency, for the table as people read it.

        Parameters
        ----------
        names : mapping of str to str, optional
            Of the rows, by their label in the index.
        currency : str
            Code or sign for amounts of money.

        Returns
        -------
        Self
            The table itself.
        """
        self.attrs = {"names": dict(names or {}), "currency": currency}
        return self

    @property
    def shown(self) -> pd.DataFrame:
        """The table as people read it.

        Returns
        -------
        DataFrame
            All columns are text; a dash where a number is not known. Columns without a number are
            left out.
        """
        names, currency = self.attrs.get("names", {}), self.attrs.get("currency", "")
        columns = {
            heading.title: texts_of(
                [
                    names.get(value, value) if heading.unit == "text" else value
                    for value in self[column]
                ],
                heading.unit,
                currency,
            )
            for column, heading in self.headings.items()
            if column in self and self._says_something(column)
        }
        index = self.index
        if self.index_title is not None:
            index = pd.Index([names.get(key, key) for key in index], name=self.index_title)
        shown = pd.DataFrame(columns, index=index, dtype=object)
        shown.attrs["words"] = [one.title for one in self.headings.values() if one.unit == "text"]
        return shown

    def _says_something(self, column: str) -> bool:
        return bool(self[column].notna().any())


def listed(parts: Sequence[str]) -> str:
    """List things in a sentence.

    Parameters
    ----------
    parts : sequence of str

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["Aware", "Engaged", "Advocate"]), listed(["Aware"])
    ('Aware, Engaged and Advocate', 'Aware')
    """
    return "".join(parts) if len(parts) < 2 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def texts_of(values: Iterable[object], unit: Unit, currency: str) -> list[str]:
    """Write the values of a column as people read them, shares and money with like decimals.

    Parameters
    ----------
    values : iterable of object
    unit : {"people", "share", "money", "days", "ratio", "chance", "answer", "text"}
    currency : str
        Code or sign for amounts of money.

    Returns
    -------
    list of str
        A dash for what is not known.

    Examples
    --------
    >>> texts_of([0.25, 0.125, None], "share", ""), texts_of([25, 12345.6], "money", "EUR")
    (['25.0%', '12.5%', '–'], ['EUR 25.00', 'EUR 12,345.60'])
    """
    if unit not in {"share", "money"}:
        return [text_of(value, unit, currency) for value in values]
    numbers = [None if value is None else float(value) for value in values]  # type: ignore[arg-type]  # columns of numbers hold numbers
    if unit == "share":
        return in_column(numbers, share_text)
    return in_column(numbers, lambda value, decimals: money_text(value, currency, decimals))


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
