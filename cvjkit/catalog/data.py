"""How the catalog's TOML files are read, and what their records have in common."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

from cvjkit.errors import unknown_name

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*")

LONGEST_TEXT = 10_000
SURROGATE = re.compile("[\ud800-\udfff]")
# Marks that embed or isolate a text of another direction, and those that end it.
CLOSED_BY = {
    **dict.fromkeys("\u202a\u202b", "\u202c"),
    **dict.fromkeys("\u2066\u2067\u2068", "\u2069"),
}
OVERRIDES = "\u202d\u202e"

MOST_STAGES = 50
"""Of a framework: far more than anybody has published."""

Document = dict[str, Any]


class Record(BaseModel):
    """A record of the catalog: its fields are checked, others are refused, nothing changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def __repr_args__(self) -> Iterator[tuple[str | None, object]]:
        fields = type(self).model_fields
        return ((name, value) for name, value in self if value != fields[name].default)


@cache
def read_data(name: str) -> Document:
    """Read one of the catalog's own TOML files.

    Parameters
    ----------
    name : str
        Of the file, without ``.toml``.

    Returns
    -------
    dict
        Its values, shared by all who ask: do not change them.
    """
    return tomllib.loads((files("cvjkit.catalog") / f"{name}.toml").read_text(encoding="utf-8"))


def data_names() -> tuple[str, ...]:
    """Give the names of the catalog's own TOML files.

    Returns
    -------
    tuple of str
        Without ``.toml``, sorted.

    Examples
    --------
    >>> data_names()[:3]
    ('awareness', 'disagreements', 'eight')
    """
    names = (path.name.partition(".") for path in files("cvjkit.catalog").iterdir())
    return tuple(sorted(stem for stem, _, suffix in names if suffix == "toml"))


def identifier(key: str) -> str:
    """Check that a key is well formed.

    Parameters
    ----------
    key : str

    Returns
    -------
    str
        The key.

    Raises
    ------
    ValueError
        Unless it is lowercase letters, digits and ``_`` and begins with a letter.
    """
    if not IDENTIFIER.fullmatch(key):
        raise ValueError("must be lowercase letters, digits and _; write it like first_order")
    return key


def label(index: int, key: object) -> str:
    """Name a row in messages: by its key if that is well formed, else by its index.

    Parameters
    ----------
    index : int
        Position of the row, from 0.
    key : object
        What stands in its field ``key``.

    Returns
    -------
    str

    Examples
    --------
    >>> label(3, "quiz"), label(3, "Two words")
    ('quiz', '3')
    """
    return key if isinstance(key, str) and IDENTIFIER.fullmatch(key) else str(index)


def one_of(value: str, choices: Sequence[str]) -> str:
    """Check that a value is one of those allowed.

    Parameters
    ----------
    value : str
    choices : sequence of str

    Returns
    -------
    str
        The value.

    Raises
    ------
    ValueError
        If it is not among the choices; the message lists them and names the nearest.
    """
    if value not in choices:
        fault = unknown_name("", value, choices)
        raise ValueError(f"{fault.rule}; {fault.fix}")
    return value


def harmless(text: str) -> str:
    r"""Check that a text can be written to any file, and leaves what is beside it as it is.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        The text.

    Raises
    ------
    ValueError
        If it is very long, has half a character, or a mark that turns the direction of what
        follows (Unicode Standard Annex 9): digits after it would be shown in another order.

    Examples
    --------
    >>> harmless("Ads \u202e 100")
    Traceback (most recent call last):
    ValueError: has a mark that reverses the text after it; remove it, or retype the text
    """
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"is longer than {LONGEST_TEXT:,} characters; shorten it")
    if text.isascii():
        return text
    if SURROGATE.search(text):
        raise ValueError("has half a character, which no file can hold; remove it")
    waiting: list[str] = []
    for sign in text:
        if sign in CLOSED_BY:
            waiting.append(CLOSED_BY[sign])
        elif sign in OVERRIDES or (sign in CLOSED_BY.values() and waiting[-1:] != [sign]):
            waiting = [sign]
            break
        elif waiting[-1:] == [sign]:
            waiting.pop()
    if waiting:
        fix = "remove it, or retype the text"
        raise ValueError(f"has a mark that reverses the text after it; {fix}")
    return text


def _named(name: str) -> str:
    if not name.strip():
        raise ValueError("must not be blank; write a name")
    return harmless(name)


Key = Annotated[str, AfterValidator(identifier)]
Name = Annotated[str, AfterValidator(_named)]
Plain = Annotated[str, AfterValidator(harmless)]
