"""How long something may take, as people write it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from fractions import Fraction
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
        "us": timedelta(microseconds=1),
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
      window: '30 days' must be a number and a unit: w, d, h, min, s, ms, us; write "30d"
    """
    if value is None or isinstance(value, timedelta):
        return value
    found = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    if found and found[2] in UNITS:
        try:
            count = Fraction(found[1]) * _microseconds(UNITS[found[2]])
            return timedelta(microseconds=round(count))
        except (OverflowError, ValueError):  # too long, or too many digits
            pass
    rule = f"must be a number and a unit: {', '.join(UNITS)}"
    raise InputError("the definition of what to count", [Fault(field, value, rule, 'write "30d"')])


def time_text(value: timedelta | None) -> str:
    """Write how long something may take, so that `time_of` reads the same.

    It is written in the largest unit from days to seconds in which it is whole, else with decimals
    in the largest unit of which it has one.

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
    >>> time_text(timedelta(seconds=1.5)), time_text(timedelta(microseconds=1))
    ('1.5s', '1us')
    """
    if value is None:
        return "any time"
    exact = [name for name in ("d", "h", "min", "s") if value and not value % UNITS[name]]
    with_decimals = [name for name in ("s", "ms", "us") if value >= UNITS[name]]
    unit = [*exact, *with_decimals, "s"][0]
    number, rest = divmod(value, UNITS[unit])
    digits = len(str(_microseconds(UNITS[unit]))) - 1
    return f"{number}.{_microseconds(rest):0{digits}}".rstrip("0").rstrip(".") + unit


def _microseconds(time: timedelta) -> int:
    return time // timedelta(microseconds=1)
