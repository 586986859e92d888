"""What a person gives as numbers by stage: lists, tables, and rows of pandas and numpy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import islice
from typing import Any

import pandas as pd
from pydantic import BaseModel

from cvjkit.errors import Fault

MOST_NUMBERS = 1000


def known(value: Any) -> Any:
    """Give a single value, or None where pandas marks it as missing.

    Parameters
    ----------
    value : object

    Returns
    -------
    object
    """
    return None if value is pd.NA else value


def numbers_of(values: Any) -> Any:
    """Give numbers by stage as a mapping or a list, if they can be read as one.

    Parameters
    ----------
    values : object
        A list or the like, a mapping, an array; a Series or a table of one row, in which NaN is
        not known, read by its labels if these are names.

    Returns
    -------
    object
        What it was, if it is none of these.

    Examples
    --------
    >>> numbers_of(pd.Series([9, None], index=["reach", "conversion"]))
    {'reach': 9.0, 'conversion': None}
    >>> numbers_of(number for number in (9, pd.NA))
    [9, None]
    """
    if isinstance(values, pd.DataFrame) and 1 in values.shape and not values.empty:
        values = values.iloc[0] if values.shape[0] == 1 else values.iloc[:, 0]
    if isinstance(values, pd.Series):
        values = values.astype(object).where(values.notna(), None)
    if isinstance(values, pd.Series) and all(isinstance(label, str) for label in values.index):
        if not values.index.is_unique:
            return values
        values = dict(values.items())
    if isinstance(values, Mapping):
        return {key: known(value) for key, value in values.items()}
    if hasattr(values, "tolist") and not isinstance(values, pd.DataFrame):
        values = values.tolist()
    no_list = isinstance(values, str | bytes | Set | pd.DataFrame | BaseModel)
    if no_list or not isinstance(values, Iterable):
        return values
    return [known(value) for value in islice(values, MOST_NUMBERS)]


def by_segment(counts: Any, keys: Sequence[str], everyone: str) -> list[tuple[Any, Any]]:
    """Find the segments in what was given as counts.

    Parameters
    ----------
    counts : object
        Numbers by stage; or a mapping of names to such; or a table with the stages as its columns
        or as its index.
    keys : sequence of str
        Of the stages.
    everyone : str
        Name of the segment if there is only one, without a name.

    Returns
    -------
    list of tuple
        Name of each segment, and its numbers by stage.
    """
    if isinstance(counts, pd.DataFrame):
        rows = counts if {*counts.columns} <= {*keys} else counts.T
        if counts.empty or not {*rows.columns} <= {*keys}:
            return [(everyone, counts)]
        names = [everyone] if len(rows) == 1 and rows.index[0] == 0 else map(str, rows.index)
        return [(name, rows.iloc[index]) for index, name in enumerate(names)]
    if isinstance(counts, Mapping) and any(map(_is_row, counts.values())):
        return list(counts.items())
    return [(everyone, counts)]


def list_fault(path: str, values: object, allowed: Sequence[str]) -> Fault | None:
    """Find what is wrong with numbers that are neither a list nor a mapping.

    Parameters
    ----------
    path : str
        Where they are.
    values : object
        As `numbers_of` gives them.
    allowed : sequence of str
        Keys of the stages that have a number.

    Returns
    -------
    Fault or None
    """
    if isinstance(values, list | tuple | Mapping):
        return None
    if isinstance(values, pd.DataFrame):
        rule = "must be a table with the stages as its columns, or as its index"
        return Fault(path, [*map(str, values.columns)], rule, f"name them {', '.join(allowed)}")
    if isinstance(values, pd.Series):
        twice = values.index[values.index.duplicated()].unique().tolist()
        return Fault(path, twice, "are labels of more than one number", "keep one of each")
    if isinstance(values, Set):
        return Fault(path, values, "has no order", "write it in [ ]")
    fix = f"write it in [ ], with a number for each of {', '.join(allowed)}"
    return Fault(path, values, "must be a list", fix)


def _is_row(value: object) -> bool:
    """Tell whether a value is numbers by stage, rather than one number."""
    return isinstance(value, Iterable) and not isinstance(value, str | bytes)
