"""Single values that an analyst types, each checked by itself: amounts, shares, names, days."""

from __future__ import annotations

import math
import re
from datetime import date
from decimal import Decimal
from numbers import Real
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from cvjkit.catalog.data import harmless, one_of
from cvjkit.catalog.tactics import tactic_kinds
from cvjkit.model.typed import Is
from cvjkit.numbers import UnreadableError, read_range, whole_people

LONGEST_CURRENCY = 20
DIGITS = re.compile(r"\d")
LARGEST = 1e15  # beyond it whole numbers are no longer told apart, and sums overflow


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        raise ValueError("must be a number; write it without quotes or units")  # noqa: TRY004 - pydantic collects ValueError, a TypeError would escape
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise ValueError("must be a finite number; leave it out if it is not known")
    if abs(number) > LARGEST:
        raise ValueError(f"must be at most {LARGEST:g}; check its unit")
    return number


def _amount(value: object) -> float:
    number = _number(value)
    if number < 0:
        raise ValueError("must not be negative; write 0 or more")
    return number


def _count(value: object) -> float:
    number = whole_people(_amount(value))
    if number != math.floor(number):
        raise ValueError(
            "must be a whole number of people; round it, or plan with entrants and rates"
        )
    return number


def _share(value: object) -> float:
    number = _number(value)
    if not 0 <= number <= 1:
        percent = f"write {number / 100:g} if you mean {number:g}%"
        fix = percent if 2 <= number <= 100 else "write a share from 0 to 1"
        raise ValueError(f"must be between 0 and 1; {fix}")
    return number


def _share_range(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a range of two shares; write it like 4-6%")  # noqa: TRY004 - pydantic collects ValueError, a TypeError would escape
    try:
        read_range(value)
    except UnreadableError as error:
        raise ValueError(f"{error.rule}; {error.fix}") from None
    return harmless(value.strip())


def _name(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty; give it a name")
    return harmless(value)


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty; write it, or leave it out")
    return harmless(value)


def _currency(value: str) -> str:
    """Check that a currency cannot be taken for a part of the amount beside it."""
    if len(value) > LONGEST_CURRENCY or not value.isprintable() or DIGITS.search(value):
        rule = f"must be a code or a sign of at most {LONGEST_CURRENCY} characters without digits"
        raise ValueError(f"{rule}; write it like EUR")
    return value


def _day(value: object) -> object:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("must be a day; write it like 2026-03-31") from None
    # strftime writes the year 1 as "1".
    return day.isoformat()[:10]


def _kind(value: str) -> str:
    return one_of(value, [kind.key for kind in tactic_kinds()])


Number = Annotated[float, BeforeValidator(_number), Is("number")]
Amount = Annotated[float, BeforeValidator(_amount), Is("amount")]
Count = Annotated[float, BeforeValidator(_count), Is("count")]
Share = Annotated[float, BeforeValidator(_share), Is("share")]
Rate = Annotated[float, BeforeValidator(_amount), Is("share")]
"""A share that may exceed 1, such as a yearly rate."""
Currency = Annotated[str, AfterValidator(_currency)]
Name = Annotated[str, AfterValidator(_name)]
Text = Annotated[str, AfterValidator(_text)]
ShareRange = Annotated[str, BeforeValidator(_share_range)]
"""A range of shares as it was typed: "4-6%"."""
Day = Annotated[str, BeforeValidator(_day), Is("day")]
StageKey = Annotated[str, Is("stage")]
Kind = Annotated[str, AfterValidator(_kind)]
