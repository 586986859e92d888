"""Statements about figures, such as "ltv_net > cac" or "500 <= customers < 1000".

Names, numbers and four comparisons: nothing else is understood, and nothing is executed.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.numbers import UnreadableError, read_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvjkit.number_text import Unit

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_SPLIT = re.compile(r"(<=|>=|<|>)")
_NAME = re.compile(r"[^\W\d][\w.:]*")
HOW = 'write it like "ltv_net > cac" or "customers >= 500"'


class Comparison(NamedTuple):
    """Two names or numbers, and how they compare.

    Parameters
    ----------
    left : str or float
    sign : {"<", "<=", ">", ">="}
    right : str or float
    """

    left: str | float
    sign: str
    right: str | float


def read_statement(text: object, units: Mapping[str, Unit]) -> tuple[Comparison, ...]:
    """Read a statement.

    Parameters
    ----------
    text : str
        Two or more names or numbers with <, <=, > or >= between them.
    units : mapping of str to {"people", "share", "amount", "days"}
        The names that are known, and how numbers compared with them are read: in a share 20 and
        20% are a fifth.

    Returns
    -------
    tuple of Comparison
        All of them must hold.

    Raises
    ------
    InputError
        If it cannot be read, or a name is not known.

    Examples
    --------
    >>> read_statement("500 <= customers < 1,000", {"customers": "people"})
    (Comparison(left=500.0, sign='<=', right='customers'), Comparison(left='customers', sign='<',
    right=1000.0))
    """
    if isinstance(text, str) and re.search(r"(?<![<>])=|!", text):
        rule = "asks whether two numbers are the same, which has no probability"
        raise _error(text, rule, "compare with <, <=, > or >=")
    parts = _SPLIT.split(text) if isinstance(text, str) else []
    terms, signs = [part.strip() for part in parts[::2]], parts[1::2]
    if not signs or not all(terms):
        raise _error(text, "is not a comparison", HOW)
    if not any(term in units for term in terms):
        named = next((term for term in terms if _NAME.fullmatch(term)), None)
        if named is None:
            raise _error(text, "names no figure", f"{HOW}; figures: {', '.join(units)}")
        raise InputError("probability", [unknown_name("figure", named, units)])
    values = [_value(index, terms, units) for index in range(len(terms))]
    return tuple(
        Comparison(left, sign, right)
        for (left, right), sign in zip(pairwise(values), signs, strict=True)
    )


def _value(index: int, terms: list[str], units: Mapping[str, Unit]) -> str | float:
    """Read a term: a name, or a number in the unit of the nearest name."""
    term = terms[index]
    if term in units:
        return term
    if _NAME.fullmatch(term):
        raise InputError("probability", [unknown_name("figure", term, units)])
    nearest = sorted(range(len(terms)), key=lambda other: abs(other - index))
    unit = next(units[terms[other]] for other in nearest if terms[other] in units)
    try:
        number = read_number(term, unit)
    except UnreadableError as error:
        raise _error(term, error.rule, error.fix) from None
    if number is None:
        raise _error(term, "is neither a figure nor a number", HOW)
    return number


def _error(value: object, rule: str, fix: str) -> InputError:
    return InputError("probability", [Fault("statement", value, rule, fix)])
