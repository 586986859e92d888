"""Documents of journeys: dicts, lists, strings and numbers, and whether two mean the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cvjkit.catalog.framework import Framework
from cvjkit.errors import InputError
from cvjkit.files.values import plain
from cvjkit.model.rows import TABLES
from cvjkit.paths import flattened

Document = dict[str, Any]


def same(one: object, other: object) -> bool:
    """Tell whether two documents mean the same, however they are written.

    Parameters
    ----------
    one : object
        A document, or a part of one.
    other : object

    Returns
    -------
    bool
        Numbers are the same if they agree to 15 digits, the precision of a spreadsheet.

    Examples
    --------
    >>> same({"stages": {"reach": {}}, "market": 10}, {"stages": {}, "market": 10.0})
    True
    """
    return alike(canonical(one), canonical(other))


def canonical(value: Any, key: str = "") -> Any:
    """Write a document in one way: lists, whole numbers, short tactics, nothing empty.

    Parameters
    ----------
    value : object
        A document or a part of one.
    key : str
        Of the part.

    Returns
    -------
    object
    """
    if isinstance(value, Mapping):
        if key == "framework" and "base" in value:
            with suppress(InputError):
                value = Framework.from_document(value).document()
        if key == "changes":
            value = flattened(value)
        fields = {name: canonical(item, name) for name, item in value.items()}
        if key == "tactics" and fields.keys() == {"name"}:
            return fields["name"]
        return {
            name: item for name, item in fields.items() if item not in ({}, []) or name in TABLES
        }
    if isinstance(value, list | tuple):
        return [canonical(item, key) for item in value]
    return plain(value) if isinstance(value, float) else value


def alike(one: object, other: object) -> bool:
    """Tell whether two values are the same, to the precision of a spreadsheet.

    Parameters
    ----------
    one : object
        Mappings, lists and tuples of plain values.
    other : object

    Returns
    -------
    bool
        Numbers are the same if they agree to 15 digits.

    Examples
    --------
    >>> alike({"market": (0.1 + 0.2,)}, {"market": [0.3]}), alike({}, {"market": None})
    (True, False)
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or math.isclose(one, other, rel_tol=1e-14)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    return one == other
