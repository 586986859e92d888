"""How long something may take, as people write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from cvjkit.errors import Fault, InputError

UNITS: Mapping[str, timedelta] = MappingProxyType(
    {
        "w": timedelta(weeks=1),
        "d": timedelta(days=1),
        "h": timedelta(hours=1),
        "min": timedelta(minutes=1),
        "s": timedelta(seconds=1),
        "ms": timedelta(milliseconds=1),
    }
)
"""The units in which a time may be written."""

_WRITTEN = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([a-z]+)\s*")


def time_of(value: object, field: str) -> timedelta | None:
    """Read how long something may take.

    Parameters
    ----------
    value : str, timedelta or None
        Such as ``30d``; None for any time.
    field : str
        What a fault calls it.

    Returns
    -------
    timedelta or None

    Raises
    ------
    InputError
        If it is no such text; lists the units.

    Examples
    --------
    >>> time_of("30d", "window"), time_of("1.5 h", "window"), time_of(None, "window")
    (datetime.timedelta(days=30), datetime.timedelta(seconds=5400), None)
    >>> time_of("30 days", "window")
    Traceback (most recent call last):
    cvjkit.errors.InputError: the definition of what to count: 1 fault
      window: '30 days' must be a number and a unit: w, d, h, min, s, ms; write "30d"
    """
    if value is None or isinstance(value, timedelta):
        return value
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found and found[2] in UNITS:
        try:
            return float(found[1]) * UNITS[found[2]]
        except OverflowError:
            pass
    rule = f"must be a number and a unit: {', '.join(UNITS)}"
    raise InputError("the definition of what to count", [Fault(field, value, rule, 'write "30d"')])


def time_text(value: timedelta | None) -> str:
    """Write how long something may take, in the largest unit in which it is whole.

    Parameters
    ----------
    value : timedelta or None

    Returns
    -------
    str

    Examples
    --------
    >>> time_text(timedelta(days=30)), time_text(timedelta(minutes=90)), time_text(None)
    ('30d', '90min', 'any time')
    """
    if value is None:
        return "any time"
    for name, unit in UNITS.items():
        if name != "w" and value >= unit and not value % unit:
            return f"{value // unit}{name}"
    return f"{value / UNITS['s']:g}s"
