"""Numbers read as people write them, everywhere: the grid, pasted blocks, CSV, XLSX.

A text is parsed first: which number it is by each decimal sign, and what is marked beside it (a
percent sign, a currency, thousands). Then its unit and what is known from its neighbours decide
between the readings; what cannot be decided is refused with both.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from cvjkit.number_text import Unit, write_number

Sign = Literal[".", ","]

# What people and programs write for a number that is not known, in any case.
NOT_KNOWN = re.compile(
    r"|-{1,3}|\.{1,3}|\?|n[/.]?a\.?|#n/?a|<na>|nan|null|none|k\. ?a\."
    r"|unknown|not (known|available|set)",
    re.IGNORECASE,
)
DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"), "-")
SPACES = dict.fromkeys([0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4\u2032"), "'")
# Marks of direction and joining, which copying from other programs brings along.
INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
PLAIN_TEXT = DASHES | SPACES | APOSTROPHES | INVISIBLE | {0xFF05: "%"}
LONGEST = 100

THOUSANDS = {
    **dict.fromkeys(("k", "thousand"), 3),
    **dict.fromkeys(("m", "mn", "mio", "mio.", "million"), 6),
    **dict.fromkeys(("b", "bn", "mrd", "mrd.", "billion"), 9),
    **dict.fromkeys(("tn", "trillion"), 12),
}
WORDS = "|".join(map(re.escape, sorted(THOUSANDS, key=len, reverse=True)))
SYMBOL = r"[$¢£¤¥֏؋৲৳฿\u20a0-\u20cf﷼]"
NAMES = r"eur|usd|gbp|chf|euros?|dollars?|s?fr\.?|kr\.?|z[lł]|kč|ft|lei"
# A symbol, a code of three capital letters as in ISO 4217, or what else people write.
CURRENCY = rf"(?:[a-z]{{0,3}}{SYMBOL}|(?-i:[A-Z]{{3}})|{NAMES})"
MARKED = re.compile(
    rf"(?P<sign>[+-]?) *(?P<before>%|{CURRENCY})? *(?P<inner_sign>[+-]?) *"
    r"(?P<digits>[\d.,](?:[\d.,' ]*[\d.,])?(?:e[+-]?\d{1,4})?) *"
    rf"(?P<thousands>{WORDS})? *"
    rf"(?P<after>%|d|days?|{CURRENCY})?",
    re.IGNORECASE,
)
BRACKETED = re.compile(r"([^()\d]*)\(([^()]*\d[^()]*)\)([^()\d]*)")
# Nobody separates the thousands of a number with an exponent.
DIGITS = (
    r"[1-9]\d{{0,2}}([{groups}])\d{{3}}(?:\1\d{{3}})*(?:{sign}\d*)?"
    r"|(?:\d+(?:{sign}\d*)?|{sign}\d+)(?:e[+-]?\d+)?"
)
BY_SIGN: Mapping[Sign, re.Pattern[str]] = {
    ".": re.compile(DIGITS.format(groups=", '", sign=r"\."), re.IGNORECASE),
    ",": re.compile(DIGITS.format(groups=". '", sign=","), re.IGNORECASE),
}

COMMA_LANGUAGES = re.compile(
    "a[fz]|b[egs]|c[as]|d[ae]|e[lstu]|f[ior]|gl|h[ruy]|i[dst]|k[aky]|l[btv]|mk|n[blno]|p[lt]|r[ou]"
    "|s[klqrv]|tr|u[kz]|vi|en-za"
)
POINT_LANGUAGES = re.compile(
    "cy|en|ga|he|hi|ja|ko|m[st]|sw|th|zh|(de|it)-ch|de-li|es-(419|do|gt|hn|mx|ni|p[aer]|sv|us)"
)


class UnreadableError(ValueError):
    """Text that is not a number, or has two readings.

    Parameters
    ----------
    text : str
        As it was written.
    rule : str
        What is wrong, as a sentence part: ``could mean 1250 or 1.25``.
    fix : str
        What to do, as a sentence part.
    """

    def __init__(self, text: str, rule: str, fix: str) -> None:
        self.rule, self.fix = rule, fix
        super().__init__(f"{text if len(text) <= 40 else f'{text[:39]}…'} {rule}: {fix}")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text as numbers: one by each decimal sign with which it makes sense.

    Parameters
    ----------
    text : str
        As it was written.
    readings : mapping of {".", ","} to Decimal
        At least one.
    mark : {"", "%", "currency", "days"}
        What was written beside the digits.
    scaled : bool
        Whether it was written in thousands or more, such as 1.2k.
    """

    text: str
    readings: Mapping[Sign, Decimal]
    mark: Literal["", "%", "currency", "days"] = ""
    scaled: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """What decides between two readings of a number.

    Parameters
    ----------
    decimal_sign : {"", ".", ","}
        Of the numbers beside it; for people, of other numbers of people.
    language : str
        Of who wrote it, as a browser tells it: "en-GB". Decides where nothing else does, except on
        12,346 in a language that writes a decimal comma: pages show thousands that way, so it may
        have been copied.
    shares : bool
        Whether numbers beside it are written as shares from 0 to 1.
    percents : bool
        Whether numbers beside it are written as percentages without a sign.
    """

    decimal_sign: Sign | Literal[""] = ""
    language: str = ""
    shares: bool = False
    percents: bool = False


NO_EVIDENCE = Evidence()


def read_number(text: str, unit: Unit = "amount", evidence: Evidence = NO_EVIDENCE) -> float | None:
    """Read a number as people write it.

    Parameters
    ----------
    text : str
        Digits with a decimal point or comma; thousands separated by commas, points, spaces,
        apostrophes or not at all; with an exponent, k, m or bn, a currency or a percent sign.
        Brackets mean minus.
    unit : {"people", "share", "amount", "days"}
        What it counts. A share without a percent sign is a percentage from 1 on (25 is 25%) and
        a share below (0.25 is 25%). Thousands of people need no evidence: 10.000 people are ten
        thousand.
    evidence : Evidence
        What decides where a text has two readings.

    Returns
    -------
    float or None
        A share is from 0 to 1. None where the text is blank, a dash or n/a: not known. The number
        may be out of bounds or infinite; that is for the journey to refuse.

    Raises
    ------
    UnreadableError
        A ValueError: if it is not a number, has a mark that does not fit its unit, or two readings;
        the message says what to write.

    Examples
    --------
    >>> [read_number(text) for text in ("10 000", "1,5", "1.2k", "EUR 5", "(3.50)", "n/a")]
    [10000.0, 1.5, 1200.0, 5.0, -3.5, None]
    >>> [read_number(text, "share") for text in ("20%", "0.2", "25", "1", "12,5 %")]
    [0.2, 0.2, 0.25, 0.01, 0.125]
    >>> read_number("10.000", "people")
    10000.0
    >>> read_number("1.250")
    Traceback (most recent call last):
    cvjkit.numbers.UnreadableError: 1.250 could mean 1250 or 1.25: write one of them
    >>> read_number("1.250", evidence=Evidence(language="de"))
    1250.0
    """
    parsed = parse_number(text)
    if parsed is None:
        return None
    _check_mark(parsed, unit)
    number = _by_decimal_sign(parsed, unit, evidence)
    if unit == "share":
        return float(_as_share(parsed, number, evidence))
    return whole_people(float(number)) if unit == "people" else float(number)


def read_range(text: str, evidence: Evidence = NO_EVIDENCE) -> tuple[float, float]:
    """Read a range of shares as people write it.

    Parameters
    ----------
    text : str
        Two shares with a dash or "to" between them; a percent sign after the second is meant for
        both.
    evidence : Evidence
        As in `read_number`.

    Returns
    -------
    low, high : float
        Shares between 0 and 1, the lower one first.

    Raises
    ------
    UnreadableError
        A ValueError: if it is not a range of shares; the message says what to write.

    Examples
    --------
    >>> read_range("4-6%"), read_range("0.5 to 1 %"), read_range("4% - 6%"), read_range("0,5-1%")
    ((0.04, 0.06), (0.005, 0.01), (0.04, 0.06), (0.005, 0.01))
    """
    ends = re.split(r" *- *| +to +", text.translate(PLAIN_TEXT).strip())
    how = "write it like 4-6%"
    if len(ends) != 2 or not all(ends):
        raise UnreadableError(repr(text.strip()), "is not a range of two shares", how)
    if "%" in ends[1] and "%" not in ends[0]:
        ends[0] += "%"
    low, high = (read_number(end, "share", evidence) for end in ends)
    if low is None or high is None or not 0 < low < high < 1:
        rule = "must go from a share to a higher one, above 0% and below 100%"
        raise UnreadableError(repr(text.strip()), rule, how)
    return low, high


def whole_people(number: float) -> float:
    """Remove the rounding error from a number of people.

    Parameters
    ----------
    number : float
        [people]

    Returns
    -------
    float
        The nearest whole number if it has the same 15 digits, which a spreadsheet keeps.

    Examples
    --------
    >>> whole_people(2319.9999999999995), whole_people(2319.5)
    (2320.0, 2319.5)
    """
    return float(f"{number:.15g}") if f"{number:.15g}".isdigit() else number


def parse_number(text: str) -> Parsed | None:
    """Read text with each decimal sign that makes sense.

    Parameters
    ----------
    text : str

    Returns
    -------
    Parsed or None
        None if it says that the number is not known.

    Raises
    ------
    UnreadableError
        If it is not a number.

    Examples
    --------
    >>> parse_number("10,000 EUR").readings, parse_number("0,05").readings
    ({'.': Decimal('10000'), ',': Decimal('10.000')}, {',': Decimal('0.05')})
    """
    body = text.translate(PLAIN_TEXT).strip()
    if NOT_KNOWN.fullmatch(body):
        return None
    readings: dict[Sign, Decimal] = {}
    # The time to match grows with the square of the length.
    short = body if len(body) <= LONGEST else ""
    bracketed = BRACKETED.fullmatch(short)
    found = MARKED.fullmatch("".join(bracketed.groups()) if bracketed else short)
    if found is not None:
        signs = [sign for sign in (found["sign"], found["inner_sign"]) if sign]
        marks = [mark for mark in (found["before"], found["after"]) if mark]
        if len(signs) + bool(bracketed) <= 1 and len(marks) <= 1:
            negative = bracketed is not None or signs == ["-"]
            power = THOUSANDS.get((found["thousands"] or "").lower(), 0)
            readings = _readings(found["digits"], power, negative=negative)
    if not readings or found is None:
        fix = "write digits, such as 1200 or 0.5"
        if "(" in body:
            fix += "; brackets mean minus"
        raise UnreadableError(repr(text.strip()), "must be a number", fix)
    mark = "".join(marks).lower()
    kind: Literal["", "%", "currency", "days"] = "currency"
    if mark in {"", "%"}:
        kind = "%" if mark else ""
    elif mark in {"d", "day", "days"}:
        kind = "days"
    return Parsed(text.strip(), readings, kind, scaled=power > 0)


def _readings(digits: str, power: int, *, negative: bool) -> dict[Sign, Decimal]:
    return {
        sign: Decimal(
            ("-" if negative else "")
            + re.sub(f"[ '{'.' if sign == ',' else ','}]", "", digits).replace(",", ".")
        ).scaleb(power)
        for sign, pattern in BY_SIGN.items()
        if pattern.fullmatch(digits)
    }


def _check_mark(parsed: Parsed, unit: Unit) -> None:
    if parsed.mark == "%" and unit != "share":
        raise UnreadableError(parsed.text, "is a percentage", "write a number without %")
    if parsed.mark == "currency" and unit != "amount":
        what = {"people": "a number of people", "share": "a percentage"}.get(unit, "days")
        raise UnreadableError(parsed.text, "is an amount of money", f"write {what}")
    if parsed.mark == "days" and unit != "days":
        raise UnreadableError(parsed.text, "is a number of days", "write it without a unit")


def _by_decimal_sign(parsed: Parsed, unit: Unit, evidence: Evidence) -> Decimal:
    readings = parsed.readings
    small, *others = sorted(set(readings.values()), key=abs)
    if not others:
        return small
    if evidence.decimal_sign:
        return readings[evidence.decimal_sign]
    if unit == "share":
        # 1.250% is 1.25%: there are no 1250%.
        return small
    (large,) = others
    if unit == "people" and not parsed.scaled:
        # Parts of a person make no sense, and nobody writes 10.000 for ten.
        return large
    sign = decimal_sign_of(evidence.language)
    # Pages show thousands as 12,346: where the comma is the decimal sign, that may be a copy.
    if sign and not (sign == "," and readings[","] == small):
        return readings[sign]
    raise _ambiguous(parsed, write_number(float(large)), write_number(float(small)))


def _as_share(parsed: Parsed, number: Decimal, evidence: Evidence) -> Decimal:
    """Read a number without a percent sign as a percentage from 1 on, and as a share below."""
    size = abs(number)
    may_be_share = size < 1 or (size == 1 and evidence.shares)
    may_be_percentage = size >= 1 or (size > 0 and evidence.percents)
    if parsed.mark == "%" or (size == 1 and evidence.percents and not evidence.shares):
        may_be_share = False
    elif size == 1 and evidence.shares and not evidence.percents:
        may_be_percentage = False
    if may_be_share and may_be_percentage:
        all_of_it, percent = float(number), float(number.scaleb(-2))
        raise _ambiguous(parsed, write_number(all_of_it, "share"), write_number(percent, "share"))
    return number if may_be_share else number.scaleb(-2)


def _ambiguous(parsed: Parsed, one: str, other: str) -> UnreadableError:
    return UnreadableError(parsed.text, f"could mean {one} or {other}", "write one of them")


def evidence_of(texts: Iterable[str]) -> Evidence:
    """Find what neighbouring numbers show about how they are written.

    Parameters
    ----------
    texts : iterable of str
        Of a column or a pasted block; those that are not numbers are ignored.

    Returns
    -------
    Evidence
        The decimal sign of those that have only one; none if they differ.

    Examples
    --------
    >>> evidence_of(["1.000", "1.488,69", "n/a"]).decimal_sign
    ','
    >>> read_number("1.000", evidence=evidence_of(["1.000", "1.488,69", "n/a"]))
    1000.0
    """
    signs: set[Sign] = set()
    shares = percents = False
    for text in texts:
        parsed = None
        with suppress(UnreadableError):
            parsed = parse_number(text)
        if parsed is None:
            continue
        if len(parsed.readings) == 1:
            signs |= parsed.readings.keys()
        if not parsed.mark:
            sizes = [abs(number) for number in parsed.readings.values()]
            shares = shares or 0 < max(sizes) < 1
            percents = percents or min(sizes) > 1
    sign: Sign | Literal[""] = signs.pop() if len(signs) == 1 else ""
    return Evidence(sign, shares=shares, percents=percents)


def decimal_sign_of(language: str) -> Sign | Literal[""]:
    """Tell which decimal sign people of a language write.

    Parameters
    ----------
    language : str
        As a browser tells it: "de", "de-CH", "es_MX".

    Returns
    -------
    {".", ",", ""}
        Empty if not known.

    Examples
    --------
    >>> [decimal_sign_of(language) for language in ("de-AT", "de-CH", "en-GB", "xx")]
    [',', '.', '.', '']
    """
    spoken, *regions = language.replace("_", "-").lower().split("-")
    # A region may write otherwise than most who speak its language.
    for tag in (f"{spoken}-{regions[0]}" if regions else spoken, spoken):
        if COMMA_LANGUAGES.fullmatch(tag):
            return ","
        if POINT_LANGUAGES.fullmatch(tag):
            return "."
    return ""
