"""The fields, buttons and lines that many panels make."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cvjkit.model.typed import typed_fields
from cvjkit.widgets.codec import Number, codec_of
from cvjkit.widgets.fields import Change, Field, Keep, Once, Put, Row, Table

if TYPE_CHECKING:
    from pydantic import BaseModel

    from cvjkit.widgets.codec import Choices, Codec, Kind
    from cvjkit.widgets.fields import Address

MOST_LISTED = 3
CURRENCY = "currency"
"""The unit of money: which one it is, the journey says once."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table whose fields all show values of one kind.

    Parameters
    ----------
    key : str
        Id of the column, and the last step of the paths.
    label : str
    codec : Codec
    unit : str
        Stands behind the label in the heading.
    """

    key: str
    label: str
    codec: Codec
    unit: str = ""

    @property
    def title(self) -> str:
        """Label and unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def heading(self) -> tuple[str, str]:
        """Id and title."""
        return self.key, self.title

    def field(self, part: BaseModel | None, path: str, name: str = "", currency: str = "") -> Field:
        """Make the field of a row.

        Parameters
        ----------
        part : BaseModel or None
            What the row shows, such as an `Offer`; None if it is not there yet.
        path : str
            Path of the part; empty for the journey itself.
        name : str
            What the row is called, for the field's label.
        currency : str
            Of the journey, for what is an amount of money.

        Returns
        -------
        Field
        """
        path = f"{path}.{self.key}" if path else self.key
        label = f"{self.label}: {name}" if name else self.title
        codec = self.codec
        if isinstance(codec, Number) and codec.unit == "amount":
            codec = replace(codec, currency=currency)
        return field_at(path, codec, label, getattr(part, self.key, None), self.key)


def columns(part: type[BaseModel], *keys: str, without: Collection[str] = ()) -> tuple[Column, ...]:
    """Make columns of fields of a part: label, unit and codec stand with the field.

    Parameters
    ----------
    part : type of BaseModel
        Such as `Offer`.
    *keys : str
        Names of the fields; by default all.
    without : collection of str
        Names of fields to leave out.

    Returns
    -------
    tuple of Column
        Lists have no column of their own.

    Examples
    --------
    >>> from cvjkit.model.parts import Offer
    >>> [column.title for column in columns(Offer, "price", "cycle_days")]
    ['Price', 'Buying cycle (days)']
    """
    fields = {field.key: field for field in typed_fields(part) if field.kind != "list"}
    return tuple(
        Column(
            key,
            fields[key].label,
            codec_of(fields[key]),
            "" if fields[key].unit == CURRENCY else fields[key].unit,
        )
        for key in keys or fields
        if key not in without
    )


def field_at(path: str, codec: Codec, label: str, value: Any, column: str) -> Field:
    """Make the field that shows and edits the value at a path.

    Parameters
    ----------
    path : str
        As in `Journey.put`.
    codec : Codec
    label : str
    value : object
        What stands there now.
    column : str
        Id of the column.

    Returns
    -------
    Field
    """
    text, edit = codec.write(value), Put(path, codec)
    return Field(column, label, text, codec.kind, choices=codec.choices, edit=edit)


def kept(
    entries: Mapping[Address, str],
    table: str,
    column: str,
    label: str,
    choices: Choices = (),
    *,
    kind: Kind | None = None,
    default: str = "",
    row: str = "new",
) -> Field:
    """Make a field whose text is no part of the journey, but kept for what is beside it.

    Parameters
    ----------
    entries : mapping of (str, str, str) to str
        What was typed, by the table, row and column of its field.
    table : str
    column : str
    label : str
    choices : tuple of (str, str)
        What was chosen counts only if it is still among them.
    kind : {"number", "text", "choice", "tabs"}, optional
        By default a choice if there are choices, else a text.
    default : str
    row : str

    Returns
    -------
    Field
    """
    text = entries.get((table, row, column), default)
    if choices and text not in dict(choices):
        text = default
    kind = kind or ("choice" if choices else "text")
    return Field(column, label, text, kind, choices=choices, edit=Keep())


def button(column: str, label: str, change: Change, text: str = "") -> Field:
    """Make a button that changes the journey.

    Parameters
    ----------
    column : str
        Id of the column.
    label : str
        What it is called.
    change : callable
    text : str
        What stands on it; by default the label.

    Returns
    -------
    Field
    """
    return Field(column, label, text, "button", edit=Once(change))


def remover(path: str, label: str, text: str = "Remove") -> Field:
    """Make the button that removes a row.

    Parameters
    ----------
    path : str
        Path of the row.
    label : str
        What it is called.
    text : str
        What stands on it.

    Returns
    -------
    Field
    """
    return button("remove", label, lambda journey: journey.put(path, None), text)


def listed(names: Sequence[str]) -> str:
    """List the first few names, and how many there are besides.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    str

    Examples
    --------
    >>> listed(["Ads", "Blog"]), listed(["Ads", "Blog", "Shop", "Fair", "Mail"])
    ('Ads, Blog', 'Ads, Blog, Shop and 2 more')
    """
    more = len(names) - MOST_LISTED
    return ", ".join(names[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def line(table: str, *fields: Field, row: str = "") -> Table:
    """Put fields in a line.

    Parameters
    ----------
    table : str
        Id of the table.
    *fields : Field
    row : str
        Id of the row; by default that of the table.

    Returns
    -------
    Table
    """
    return Table(table, (Row(row or table, "", fields),))
