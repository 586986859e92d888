"""Paths of values: ``segments[Ads].counts.conversion``.

A path is a list of steps. A key is written after a dot, a title in brackets: titles are free text,
such as the name of a segment, or the index of a row, counted from 0. In a title a closing bracket
is written twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

KEY = re.compile(r"\w[\w:-]*")
_STEP = re.compile(r"\.?(?P<key>\w[\w:-]*)|\[(?P<title>(?:[^\]]|\]\])*)\]")


class Title(str):
    """A step that is written in brackets."""

    __slots__ = ()


def steps_of(path: str) -> tuple[str, ...]:
    """Split a path into its steps.

    Parameters
    ----------
    path : str

    Returns
    -------
    tuple of str
        Those in brackets are of type `Title`.

    Raises
    ------
    ValueError
        If it is not a path; the message quotes the part that cannot be read.

    Examples
    --------
    >>> steps_of("segments[Ads [DE]]].counts.reach")
    ('segments', 'Ads [DE]', 'counts', 'reach')
    """
    steps: list[str] = []
    position = 0
    while position < len(path):
        found = _STEP.match(path, position)
        starts_with_dot = path[position] == "."
        is_key = found is not None and found["key"] is not None
        if found is None or (is_key and starts_with_dot != bool(steps)):
            raise ValueError(f"is not a path from {path[position:]!r} on")
        steps.append(found["key"] if is_key else Title(found["title"].replace("]]", "]")))
        position = found.end()
    if not steps:
        raise ValueError("is empty")
    return tuple(steps)


def path_of(steps: Iterable[str]) -> str:
    """Write steps as a path.

    Parameters
    ----------
    steps : iterable of str
        A `Title`, and what cannot be a key, is written in brackets.

    Returns
    -------
    str

    Examples
    --------
    >>> path_of(["segments", Title("Ads"), "counts", "conversion"])
    'segments[Ads].counts.conversion'
    """
    path = ""
    for step in steps:
        if isinstance(step, Title) or not KEY.fullmatch(step):
            path += f"[{step.replace(']', ']]')}]"
        else:
            path += f".{step}" if path else step
    return path


def flattened(table: Mapping[str, Any], steps: Sequence[str] = ()) -> dict[str, Any]:
    """Give the values of a table by their paths.

    Parameters
    ----------
    table : mapping
        Its keys are paths, or steps of paths that go on in the tables below.
    steps : sequence of str
        Those that lead to it.

    Returns
    -------
    dict

    Examples
    --------
    >>> flattened({"stages": {"reach": {"rate": 0.2}}, "offers.reach.price": 4})
    {'stages.reach.rate': 0.2, 'offers.reach.price': 4}
    """
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            found |= flattened(value, (*steps, key))
        else:
            found[path_of((*steps, key)) if steps else key] = value
    return found


def below(path: str, inner: str) -> str:
    """Write a path that begins with another one.

    Parameters
    ----------
    path : str
    inner : str
        The rest, as a path of its own.

    Returns
    -------
    str

    Examples
    --------
    >>> below("segments[Ads]", "counts"), below("stages.reach", "[other key]")
    ('segments[Ads].counts', 'stages.reach[other key]')
    """
    return path + inner if inner.startswith("[") else f"{path}.{inner}"
