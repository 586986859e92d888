"""Numbers written for people: to be shown, and to be read again."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Literal, get_args

DASH = "\N{EN DASH}"
"""Shown where there is no number."""
MOST_DECIMALS = 6
RATE_DIGITS, SAME = 6, 1e-12
MOST_BESIDE = 2
"""Decimals that a percentage takes over from those beside it."""
DECIMALS: Mapping[str, int] = {
    code: decimals
    for decimals, codes in (
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    )
    for code in codes.split()
}
"""Decimals of the currencies that do not have two (ISO 4217)."""
CENTS_BELOW = 10_000
SMALLEST_AMOUNT = 0.00005
DECIMALS_AT_END = re.compile(r"\.(\d+)%?$")
WHOLE_FROM, LEAST_IN_FULL = 1e11, 1e-15
MOST_SHOWN = 1e15
"""What is more is told by this bound: its digits would say nothing but take up the page."""
TWO_READINGS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
A_NUMBER = re.compile(
    r"(?![<>])\D*?(?P<number>-?\d[\d,]*(?:\.\d+)?)(?P<unit>%|x| days?| buying cycles?)?"
)

Unit = Literal["people", "share", "amount", "days"]
UNITS: tuple[Unit, ...] = get_args(Unit)

_RIGHT = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+"
# What is isolated already; or a run of signs from right to left, or of signs embedded.
FROM_THE_RIGHT = re.compile(
    "[\u2066-\u2068][^\u2066-\u2069]*\u2069"
    f"|(?P<run>{_RIGHT}(?:[ .'\"-]+{_RIGHT})*|[\u202a\u202b][^\u202a-\u202e]*\u202c)"
)


def people_text(value: float | None) -> str:
    """Write a number of people: whole, and grouped.

    Parameters
    ----------
    value : float or None
        0 or more [people]; None, NaN and infinity mean not known.

    Returns
    -------
    str
        "0" means exactly nobody.

    Examples
    --------
    >>> people_text(210600), people_text(1234.5), people_text(54.3), people_text(0.6)
    ('210,600', '1,235', '54', '1')
    >>> people_text(0.4), people_text(12_300_000_000), people_text(1e26), people_text(None) == DASH
    ('<1', '12.3 bn', '>1,000 tn', True)
    """
    if value is None or not math.isfinite(value):
        return DASH
    size = abs(value)
    # A half goes up, also where what is calculated misses it by a hair.
    whole = math.floor(size * (1 + SAME) + 0.5)
    if size and not whole:
        return "<1"
    if size > MOST_SHOWN:
        return _trimmed(value, 0)
    for unit, name in ((1e12, "tn"), (1e9, "bn")):
        if size >= 9.99995 * unit:
            return f"{_trimmed(value / unit, 1)} {name}"
    return f"{math.copysign(whole, value):,.0f}"


def share_text(value: float | None, decimals: int | None = None) -> str:
    """Write a share as a percentage.

    Parameters
    ----------
    value : float or None
        0 to 1; None, NaN and infinity mean not known.
    decimals : int, optional
        Of the column that it stands in; by default as many as it needs.

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
    small = 0 < percent < 9.95
    own = _trimmed(percent, 1 - math.floor(math.log10(percent)) if small else 1)
    beside = min(decimals or 0, MOST_BESIDE)
    return f"{own if len(own.partition('.')[2]) >= beside else f'{percent:,.{beside}f}'}%"


def money_text(value: float | None, currency: str = "", decimals: int | None = None) -> str:
    """Write an amount of money with its currency: grouped, with the currency's own decimals.

    Parameters
    ----------
    value : float or None
        Any sign [currency]; None, NaN and infinity mean not known.
    currency : str
        Code or name, written before the amount.
    decimals : int, optional
        Of the column that it stands in, and no more than its currency has (ISO 4217; two where it
        is none of the codes). By default none from ten thousand on.

    Returns
    -------
    str
        What is less than the smallest coin has two digits.

    Examples
    --------
    >>> money_text(25, "EUR"), money_text(-1717.142857, "EUR"), money_text(12345.6, "EUR")
    ('EUR 25.00', 'EUR -1,717.14', 'EUR 12,346')
    >>> money_text(2400, "JPY"), money_text(1.5, "KWD"), money_text(0.0042, "EUR")
    ('JPY 2,400', 'KWD 1.500', 'EUR 0.0042')
    """
    if value is None or not math.isfinite(value):
        return DASH
    size, own = abs(value), decimals_of(currency)
    needed = own if round(size, own) < CENTS_BELOW else 0
    decimals = needed if decimals is None else min(decimals, own)
    if SMALLEST_AMOUNT <= size < 0.5 * 10.0**-decimals:
        decimals = 1 - math.floor(math.log10(size))
    text = f"{value:,.{decimals}f}" if size <= MOST_SHOWN else _trimmed(value, 0)
    return f"{isolated(currency)} {_signed(text)}".strip()


def most_decimals(texts: Iterable[str]) -> int:
    """Find how many decimals the numbers of a column have at most.

    Parameters
    ----------
    texts : iterable of str

    Returns
    -------
    int

    Examples
    --------
    >>> most_decimals(["20%", "14.1%", "EUR 12,346"])
    1
    """
    found = map(DECIMALS_AT_END.search, texts)
    return max((len(one[1]) for one in found if one), default=0)


def in_column(
    values: Iterable[float | None], write: Callable[[float | None, int | None], str]
) -> list[str]:
    """Write the numbers of a column with as many decimals as the one that needs most.

    Parameters
    ----------
    values : iterable of float or None
    write : callable
        Writes a value with a number of decimals, or by itself where that is None.

    Returns
    -------
    list of str

    Examples
    --------
    >>> in_column([0.2, 0.141, 1], share_text)
    ['20.0%', '14.1%', '100.0%']
    """
    numbers = list(values)
    most = most_decimals(write(value, None) for value in numbers)
    return [write(value, most) for value in numbers]


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


def count_text(count: int | str, noun: str, plural: str = "") -> str:
    """Write how many there are of something.

    Parameters
    ----------
    count : int or str
        A number, or how it is written.
    noun : str
        What is counted, in the singular.
    plural : str
        By default with an s.

    Returns
    -------
    str

    Examples
    --------
    >>> count_text(1, "row"), count_text("1,200", "row"), count_text(0, "person", "people")
    ('1 row', '1,200 rows', '0 people')
    >>> (
    ...     count_text(people_text(0.4), "more customer"),
    ...     count_text("-1", "day"),
    ...     count_text("1.0", "day"),
    ... )
    ('<1 more customer', '-1 day', '1.0 days')
    """
    is_one = str(count).lstrip("<-≈ ") == "1"
    return f"{count} {noun if is_one else plural or f'{noun}s'}"


def rate_text(value: float | None, decimals: int | None = None) -> str:
    """Write a rate that may have been typed: in full if it was, else with few digits.

    Parameters
    ----------
    value : float or None
        0 to 1; None means not known.
    decimals : int, optional
        Of the column that it stands in; by default as many as it needs.

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
    is_typed = math.isclose(typed, value, rel_tol=SAME)
    exact = write_number(typed, "share") if is_typed else ""
    return max(exact, share_text(value, decimals), key=len)


def points_text(value: float | None, before: float | None) -> str:
    """Write how much a share differs from the one before: in points, and as a part of that one.

    Parameters
    ----------
    value : float or None
    before : float or None
        Both 0 to 1.

    Returns
    -------
    str
        Empty where one of the two is not known, or both are written alike.

    Examples
    --------
    >>> points_text(0.22, 0.174), points_text(0.05, 0.1), points_text(0.05, 0)
    ('+4.6 points, +26.4%', '-5 points, -50%', '+5 points')
    >>> points_text(0.11, 0.1), points_text(0.1, 0.1), points_text(None, 0.1)
    ('+1 point, +10%', '', '')
    """
    if value is None or before is None or share_text(value) == share_text(before):
        return ""
    sign, change = "+" if value > before else "-", abs(value - before)
    points = (apart_text(share_text(value), share_text(before)) or share_text(change))[:-1]
    text = f"{sign}{count_text(points, 'point')}"
    return f"{text}, {sign}{share_text(change / before)}" if before > 0 else text


def apart_text(one: str, other: str, *, trimmed: bool = True) -> str:
    """Write how far apart two numbers are as they are shown, so that a reader's sum works out.

    Parameters
    ----------
    one : str
    other : str
        Numbers in the same unit, as the functions of this module write them.
    trimmed : bool
        Whether zeros at the end of decimals are left out; of money they are not.

    Returns
    -------
    str
        Without a sign and a currency; empty where one of the two shows no plain number.

    Examples
    --------
    >>> apart_text("233", "117"), apart_text("17.4%", "22%"), apart_text("2 days", "1 day")
    ('116', '4.6%', '1 day')
    >>> apart_text("EUR 9,999.50", "EUR 12,346", trimmed=False), apart_text("<1", "3")
    ('2,346.50', '')
    """
    found = [match for text in (one, other) if (match := A_NUMBER.fullmatch(text))]
    if len(found) < 2:
        return ""
    first, second = (Decimal(match["number"].replace(",", "")) for match in found)
    apart, unit = f"{abs(first - second):,f}", found[0]["unit"] or ""
    if trimmed and "." in apart:
        apart = apart.rstrip("0").rstrip(".")
    if len(unit) > 1:
        return count_text(apart, unit.removeprefix(" buying").strip().removesuffix("s"))
    return f"{apart}{unit}"


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
    return count_text(number, "day")


def ratio_text(value: float | None) -> str:
    """Write how many times one amount is another, with two decimals.

    Parameters
    ----------
    value : float or None
        None, NaN and infinity mean not known.

    Returns
    -------
    str

    Examples
    --------
    >>> ratio_text(1.544), ratio_text(0.6), ratio_text(12)
    ('1.54x', '0.60x', '12.00x')
    """
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{value:,.2f}" if abs(value) <= MOST_SHOWN else _trimmed(value, 0)
    return f"{_signed(text)}x"


def factor_text(value: float | None) -> str:
    """Write by what something is multiplied: with as many digits as it takes to differ from 1.

    Parameters
    ----------
    value : float or None
        None, NaN and infinity mean not known.

    Returns
    -------
    str

    Examples
    --------
    >>> factor_text(1.2158), factor_text(0.7071), factor_text(1.0012), factor_text(1)
    ('1.22', '0.707', '1.001', '1')
    """
    if value is None or not math.isfinite(value) or value == 1:
        return plain_text(value)
    from_one = max(0, -math.floor(math.log10(abs(value - 1))))
    size = math.floor(math.log10(abs(value))) if value else 0
    return _trimmed(value, min(max(2 - size, from_one, 0), MOST_DECIMALS))


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


def write_number(value: float | None, unit: Unit = "amount", currency: str = "") -> str:
    """Write a number so that `read_number` reads it again.

    Parameters
    ----------
    value : float or None
        A share is from 0 to 1.
    unit : {"people", "share", "amount", "days"}
        What it counts.
    currency : str
        Of an amount of money.

    Returns
    -------
    str
        Blank where not known. It has one reading in every language: only people are grouped, and
        three decimals get a zero, because 1.125 could mean 1125. What was typed is written in full.
        What has more than six decimals was calculated: an amount has the decimals of its currency
        then (two where it is none of the codes), anything else four decimals, and what is less
        than 1 has four digits.

    Examples
    --------
    >>> write_number(10000.0, "people"), write_number(10000.0), write_number(None)
    ('10,000', '10000', '')
    >>> write_number(0.2, "share"), write_number(0.125), write_number(1.125)
    ('20%', '0.125', '1.1250')
    >>> write_number(200 / 13), write_number(200 / 13, "days"), write_number(1 / 3000, "share")
    ('15.38', '15.3846', '0.03333%')
    >>> write_number(200 / 13, currency="JPY"), write_number(1e-8, "share")
    ('15', '0.000001%')
    """
    if value is None:
        return ""
    shown = value * 100 if unit == "share" else value
    text = f"{shown:,.0f}" if abs(shown) >= WHOLE_FROM else _in_full(shown, 12)
    if len(text.partition(".")[2]) > MOST_DECIMALS:
        text = _in_full(shown, 4)
        if abs(shown) >= 1 and unit == "amount":
            own = decimals_of(currency)
            text = f"{shown:,.{own}f}".removesuffix(f".{'0' * own}")
        elif abs(shown) >= 1:
            text = f"{shown:,.4f}".rstrip("0").rstrip(".")
    if unit == "share":
        return f"{text}%"
    # 1.125 has two readings, 1.1250 has one.
    text = f"{text}0" if TWO_READINGS.fullmatch(text.lstrip("-")) else text
    return text if unit == "people" else text.replace(",", "")


def decimals_of(currency: str) -> int:
    """Tell how many decimals the amounts of a currency have.

    Parameters
    ----------
    currency : str
        Code or name.

    Returns
    -------
    int
        As ISO 4217 says; 2 where it is none of the codes.

    Examples
    --------
    >>> decimals_of("EUR"), decimals_of("JPY"), decimals_of("KWD"), decimals_of("")
    (2, 0, 3, 2)
    """
    return DECIMALS.get(currency.strip().upper(), 2)


def _in_full(value: float, digits: int) -> str:
    """Write a number without an exponent, unless it has more zeros than anybody counts."""
    text = f"{value:,.{digits}g}"
    return f"{Decimal(text):f}" if "e" in text and abs(value) >= LEAST_IN_FULL else text


def _trimmed(value: float, decimals: int) -> str:
    if abs(value) > MOST_SHOWN:
        return f"{'<-' if value < 0 else '>'}{MOST_SHOWN / 1e12:,.0f} tn"
    text = f"{value:,.{decimals}f}"
    return _signed(text.rstrip("0").rstrip(".") if "." in text else text)


def _signed(text: str) -> str:
    """Take the sign off a number that was rounded to zero."""
    return text.removeprefix("-") if not text.strip("-0.,") else text
