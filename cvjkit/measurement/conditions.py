"""Conditions on the columns of a log, as values: an engine puts them into its own terms."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

from cvjkit.errors import Fault, InputError, is_one_of, unknown_name

OPERATORS = ("==", "!=", "<", "<=", ">", ">=", "like", "in")
"""How a column may be compared. In a pattern of ``like``, ``%`` is any text, ``_`` any sign."""

AND = " + "
"""Joins an event and the conditions that its row meets to one name. A plus of their own is written
twice, so that what they are can be read from it."""

Scalar = str | int | float | bool
LARGEST = sys.float_info.max


@dataclass(frozen=True, slots=True)
class Comparison:
    """A column compared with a value.

    Parameters
    ----------
    column : str
    operator : str
        One of `OPERATORS`.
    value : str, int, float or bool, or a tuple of such
        Texts are compared with the text of a column, numbers with its number; where it has none,
        the comparison does not hold.
    """

    column: str
    operator: str
    value: Scalar | tuple[Scalar, ...]

    @property
    def values(self) -> tuple[Scalar, ...]:
        """What the column is compared with, as a tuple."""
        return self.value if isinstance(self.value, tuple) else (self.value,)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row must hold: all of some comparisons.

    Parameters
    ----------
    comparisons : tuple of Comparison

    Examples
    --------
    >>> german = where("page", "like", "/pricing%") & where("country", "==", "DE")
    >>> [comparison.column for comparison in german.comparisons]
    ['page', 'country']
    """

    comparisons: tuple[Comparison, ...]

    def __and__(self, other: Condition) -> Condition:
        return Condition(self.comparisons + other.comparisons)


def where(column: str, operator: str, value: object) -> Condition:
    """Ask of a row that a column compares with a value.

    Parameters
    ----------
    column : str
    operator : {"==", "!=", "<", "<=", ">", ">=", "like", "in"}
    value : str, int, float or bool; for ``in`` a list of such

    Returns
    -------
    Condition
        Two are joined with ``&``.

    Raises
    ------
    InputError
        If the operator is not known, or the value does not suit it.

    Examples
    --------
    >>> where("pages", ">=", 3).comparisons
    (Comparison(column='pages', operator='>=', value=3),)
    >>> where("page", "starts", "/pricing")
    Traceback (most recent call last):
    cvjkit.errors.InputError: the condition on 'page': 1 fault
      operator: 'starts' is not known; choose from ==, !=, <, <=, >, >=, like, in
    """
    faults = []
    named: object = column  # what a person gives may be anything
    if not isinstance(named, str):
        faults.append(Fault("column", named, "must be the name of a column", "write it as text"))
    if not is_one_of(operator, OPERATORS):
        faults.append(unknown_name("operator", operator, OPERATORS))
    given: Any = value
    several = operator == "in" and isinstance(given, list | tuple | set | frozenset | np.ndarray)
    values = tuple(map(_plain, given if several else [given]))
    if operator == "in" and not (several and values):
        faults.append(Fault("value", value, "must be a list that is not empty", "write it in [ ]"))
    elif not all(map(_is_scalar, values)):
        rule, fix = "must be text, a finite number, True or False", "write one of these"
        faults.append(Fault("value", value, rule, fix))
    elif len(set(map(_kind, values))) > 1:
        rule, fix = "must be all texts or all numbers", "compare with one kind"
        faults.append(Fault("value", value, rule, fix))
    elif operator == "like" and not isinstance(given, str):
        faults.append(Fault("value", value, "must be text", "write a pattern such as '/pricing%'"))
    if faults:
        raise InputError(f"the condition on {column!r}", faults)
    return Condition((Comparison(column, operator, values if several else values[0]),))


def joined(*names: str) -> str:
    """Write an event and the conditions that its row meets as one name.

    Parameters
    ----------
    *names : str

    Returns
    -------
    str

    Examples
    --------
    >>> joined("view", "A+"), parts_of("view + A++")
    ('view + A++', ('view', 'A+'))
    """
    return AND.join(name.replace("+", "++") for name in names)


def parts_of(name: str) -> tuple[str, ...]:
    """Read what `joined` has written.

    Parameters
    ----------
    name : str

    Returns
    -------
    tuple of str
    """
    return tuple(part.replace("++", "+") for part in name.split(AND))


def is_text(value: object) -> bool:
    """Tell whether something is text that can be written in UTF-8.

    Parameters
    ----------
    value : object

    Returns
    -------
    bool
    """
    return isinstance(value, str) and value.encode(errors="ignore").decode() == value


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return is_text(value)
    return isinstance(value, int | float) and abs(value) <= LARGEST


def _kind(value: object) -> type:
    return bool if isinstance(value, bool) else str if isinstance(value, str) else float
