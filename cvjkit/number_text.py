"""Numbers written for people: to be shown, and to be read again."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Literal, get_args

DASH = "\N{EN DASH}"
"""Shown where there is no number."""
MOST_DECIMALS = 6
RATE_DIGITS, SAME_RATE = 6, 1e-12
WHOLE_FROM = 1e11
TWO_READINGS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")

Unit = Literal["people", "share", "amount", "days"]
UNITS: tuple[Unit, ...] = get_args(Unit)

_RIGHT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+"
# What is isolated already; or a run of signs from right to left, or of signs embedded.
FROM_THE_RIGHT = re.compile(
    "[\u2066-\u2068][^\u2066-\u2069]*\u2069"
    f"|(?P<run>{_RIGHT}(?:[ .'\"-]+{_RIGHT})*|[\u202a\u202b][^\u202a-\u202e]*\u202c)"
)


def people_text(value: float | None) -> str:
    """Write a number of people, grouped; fractions only where they are a large part of it.

    Parameters
    ----------
    value : float or None
        0 or more [people]; None, NaN and infinity mean not known.

    Returns
    -------
    str

    Examples
    --------
    >>> people_text(210600), people_text(1234.5), people_text(7.25), people_text(0.6)
    ('210,600', '1,234', '7.2', '0.6')
    >>> people_text(0.004), people_text(12_300_000_000), people_text(None) == DASH
    ('<0.01', '12.3 bn', True)
    """
    if value is None or not math.isfinite(value):
        return DASH
    size = abs(value)
    if 0 < size < 0.01:
        return "<0.01"
    for unit, name in ((1e12, "tn"), (1e9, "bn")):
        if size >= 9.99995 * unit:
            return f"{_trimmed(value / unit, 1)} {name}"
    return _trimmed(value, 0 if size >= 99.95 else 1 if size >= 0.95 else 2)


def share_text(value: float | None) -> str:
    """Write a share as a percentage, with as many digits as a small one needs.

    Parameters
    ----------
    value : float or None
        0 to 1; None, NaN and infinity mean not known.

    Returns
    -------
    str
        "100%" and "0%" mean exactly all and none.

    Examples
    --------
    >>> share_text(0.0123), share_text(0.0001), share_text(0.141), share_text(1)
    ('1.2%', '0.01%', '14.1%', '100%')
    >>> share_text(0.99999), share_text(0.00000001), share_text(None) == DASH
    ('>99.9%', '<0.0001%', True)
    """
    if value is None or not math.isfinite(value):
        return DASH
    percent = value * 100
    if 99.95 <= percent < 100:
        return ">99.9%"
    if 0 < percent < 0.0001:
        return "<0.0001%"
    if percent <= 0 or percent >= 9.95:
        return f"{_trimmed(percent, 1)}%"
    return f"{_trimmed(percent, 1 - math.floor(math.log10(percent)))}%"


def money_text(value: float | None, currency: str = "") -> str:
    """Write an amount of money, grouped, with its currency; cents below ten thousand.

    Parameters
    ----------
    value : float or None
        Any sign [currency]; None, NaN and infinity mean not known.
    currency : str
        Code or name, written before the amount.

    Returns
    -------
    str

    Examples
    --------
    >>> money_text(25, "EUR"), money_text(-1717.142857, "EUR"), money_text(12345.6, "EUR")
    ('EUR 25.00', 'EUR -1,717.14', 'EUR 12,346')
    """
    if value is None or not math.isfinite(value):
        return DASH
    amount = _signed(f"{value:,.2f}" if abs(value) < 9999.995 else f"{value:,.0f}")
    return f"{isolated(currency)} {amount}".strip()


def isolated(text: str) -> str:
    """Keep the direction of a text from turning the order of the digits beside it.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        In marks of isolation (Unicode Standard Annex 9) if any of it runs from right to left.

    Examples
    --------
    >>> isolated("EUR"), isolated("ש״ח") == "\u2068ש״ח\u2069"
    ('EUR', True)
    """
    directions = {unicodedata.bidirectional(sign) for sign in text}
    turns = directions & {"R", "AL", "AN", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"}
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}" if turns else text


def in_order(sentence: str) -> str:
    """Keep names that run from right to left from turning the order of what is beside them.

    Parameters
    ----------
    sentence : str
        With names that somebody else has written.

    Returns
    -------
    str
        Each run of text from right to left is in marks of isolation (Unicode Standard Annex 9), so
        that digits and signs beside it stay where they are. What is in such marks stays as it is.

    Examples
    --------
    >>> in_order("Ads: 10 people"), in_order("ש״ח: 10") == "\u2068ש״ח\u2069: 10"
    ('Ads: 10 people', True)
    """
    if sentence.isascii():
        return sentence
    return FROM_THE_RIGHT.sub(
        lambda found: (
            f"\N{FIRST STRONG ISOLATE}{found[0]}\N{POP DIRECTIONAL ISOLATE}"
            if found["run"]
            else found[0]
        ),
        sentence,
    )


def count_text(count: int, noun: str) -> str:
    """Write how many there are of something.

    Parameters
    ----------
    count : int
    noun : str
        What is counted, in the singular.

    Returns
    -------
    str

    Examples
    --------
    >>> count_text(1, "row"), count_text(2, "row"), count_text(0, "row")
    ('1 row', '2 rows', '0 rows')
    """
    return f"{count} {noun}{'' if count == 1 else 's'}"


def rate_text(value: float | None) -> str:
    """Write a rate that may have been typed: in full if it was, else with few digits.

    Parameters
    ----------
    value : float or None
        0 to 1; None means not known.

    Returns
    -------
    str
        Blank where not known.

    Examples
    --------
    >>> rate_text(0.0625), rate_text(1 / 3), rate_text(None)
    ('6.25%', '33.3%', '')
    """
    if value is None:
        return ""
    typed = float(f"{value:.{RATE_DIGITS}g}")
    is_typed = math.isclose(typed, value, rel_tol=SAME_RATE)
    return write_number(typed, "share") if is_typed else share_text(value)


def days_text(value: float | None) -> str:
    """Write a length of time.

    Parameters
    ----------
    value : float or None
        [days]; None, NaN and infinity mean not known.

    Returns
    -------
    str

    Examples
    --------
    >>> days_text(60), days_text(1), days_text(0.5)
    ('60 days', '1 day', '0.5 days')
    """
    if value is None or not math.isfinite(value):
        return DASH
    number = _trimmed(value, 0 if abs(value) >= 9.95 else 1 if abs(value) >= 0.95 else 2)
    return f"{number} day{'' if number == '1' else 's'}"


def ratio_text(value: float | None) -> str:
    """Write how many times one amount is another.

    Parameters
    ----------
    value : float or None
        None, NaN and infinity mean not known.

    Returns
    -------
    str

    Examples
    --------
    >>> ratio_text(1.544), ratio_text(12)
    ('1.54x', '12x')
    """
    if value is None or not math.isfinite(value):
        return DASH
    return f"{_trimmed(value, 2 if abs(value) < 9.995 else 1)}x"


def plain_text(value: float | None) -> str:
    """Write a number that has no unit, such as orders per customer.

    Parameters
    ----------
    value : float or None
        None, NaN and infinity mean not known.

    Returns
    -------
    str

    Examples
    --------
    >>> plain_text(2.609), plain_text(0.01234), plain_text(1234.56), plain_text(3)
    ('2.61', '0.0123', '1,234.6', '3')
    """
    if value is None or not math.isfinite(value):
        return DASH
    size = abs(value)
    if size >= 1 or not size:
        return _trimmed(value, 2 if size < 9.995 else 1)
    return _trimmed(value, min(2 - math.floor(math.log10(size)), MOST_DECIMALS))


def write_number(value: float | None, unit: Unit = "amount") -> str:
    """Write a number so that `read_number` reads it again.

    Parameters
    ----------
    value : float or None
        A share is from 0 to 1.
    unit : {"people", "share", "amount", "days"}
        What it counts.

    Returns
    -------
    str
        Blank where not known. What was typed is written in full. What has more than six decimals
        was calculated: an amount has cents then, anything else four decimals, and what is less
        than 1 has four digits. Only people are grouped: in other units 1,250 would have two
        readings.

    Examples
    --------
    >>> write_number(10000.0, "people"), write_number(10000.0), write_number(None)
    ('10,000', '10000', '')
    >>> write_number(0.2, "share"), write_number(0.125), write_number(1.125)
    ('20%', '0.125', '1.1250')
    >>> write_number(200 / 13), write_number(200 / 13, "days"), write_number(1 / 3000, "share")
    ('15.38', '15.3846', '0.03333%')
    """
    if value is None:
        return ""
    shown = value * 100 if unit == "share" else value
    text = f"{shown:,.0f}" if abs(shown) >= WHOLE_FROM else f"{shown:,.12g}"
    if len(text.partition(".")[2]) > MOST_DECIMALS:
        text = f"{shown:.4g}"
        if abs(shown) >= 1 and unit == "amount":
            text = f"{shown:,.2f}".removesuffix(".00")
        elif abs(shown) >= 1:
            text = f"{shown:,.4f}".rstrip("0").rstrip(".")
    if unit == "share":
        return f"{text}%"
    text = text if unit == "people" else text.replace(",", "")
    return f"{text}0" if TWO_READINGS.fullmatch(text.lstrip("-")) else text


def _trimmed(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text)


def _signed(text: str) -> str:
    """Take the sign off a number that was rounded to zero."""
    return text.removeprefix("-") if not text.strip("-0.,") else text
