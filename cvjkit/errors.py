"""What is wrong with an input, in words that help a person correct it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from functools import partial
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

from cvjkit.number_text import count_text, in_order
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from pydantic import ValidationError

MOST_FAULTS = 100
"""How many faults of one input are told; nobody corrects more at once."""
SHOWN_CHARACTERS = 60
SHOWN_NAMES = 100
LONGEST_PART = 2000

# Control characters, ends of lines, marks that turn the direction of text, half characters; but not
# the marks with which we isolate a text from what is beside it.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2067\u206a-\u206f\ufeff\ud800-\udfff]"
)
# What GitHub's and Azure's logs take for a command at the beginning of a line.
COMMAND = re.compile(r"^(\s*)([:#])(?=:|#\[)")

# What pydantic calls a fault: the rule it breaks and the fix, in words for the person who typed it.
RULES = {
    "extra_forbidden": ("is not a known field", "remove it or correct its spelling"),
    "missing": ("is required", "add it"),
    "string_type": ("must be text", "put it in quotes"),
    "bool_type": ("must be true or false", "correct it"),
    "too_short": ("must not be empty", "add at least one"),
    "too_long": ("is longer than any journey needs", "keep what belongs to the journey"),
    "tuple_type": ("must be a list", "write it in [ ]"),
    "list_type": ("must be a list", "write it in [ ]"),
    "dict_type": ("must be a table", "give it named fields"),
    "model_type": ("must be a table", "give it named fields"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where it is, what was found, the rule it breaks, the fix.

    Parameters
    ----------
    field : str
        Where it is, as a path a person can follow: ``segments[Ads].counts.conversion``.
    value : object
        What was found there; None if nothing was, and the message says what holds of the field.
    rule : str
        What must hold, as part of a sentence: ``must be between 0 and 1``.
    fix : str
        What to do, as part of a sentence: ``write 0.25 or 25%``.

    Examples
    --------
    >>> print(Fault("rates.conversion", 25, "must be between 0 and 1", "write 0.25"))
    rates.conversion: 25 must be between 0 and 1; write 0.25
    >>> print(Fault("name", None, "is required", "add it"))
    name is required; add it
    """

    field: str
    value: object
    rule: str
    fix: str

    def __str__(self) -> str:
        parts = (self.field, shown(self.value), self.rule, self.fix)
        where, value, rule, fix = (
            part if len(part) <= LONGEST_PART else f"{part[:LONGEST_PART]}…" for part in parts
        )
        found = "" if self.value is None else f": {value}"
        return printable(f"{where}{found} {rule}; {fix}")


class InputError(ValueError):
    """Everything that is wrong with one input, reported at once.

    Parameters
    ----------
    subject : str
        What was read: a file's path, a journey's name.
    faults : iterable of Fault
        At least one. Only the first hundred are taken from it.
    more : bool
        Whether there are more than these.

    Attributes
    ----------
    faults : tuple of Fault
    more : bool
        Whether there are more than these.

    Examples
    --------
    >>> fault = Fault("counts.reach", -5, "must not be negative", "write 0 or more")
    >>> print(InputError("shop.toml", [fault]))
    shop.toml: 1 fault
      counts.reach: -5 must not be negative; write 0 or more
    """

    def __init__(self, subject: str, faults: Iterable[Fault], *, more: bool = False) -> None:
        self.subject = subject
        found = tuple(islice(faults, MOST_FAULTS + 1))
        self.faults, self.more = found[:MOST_FAULTS], more or len(found) > MOST_FAULTS
        count = count_text(len(self.faults), "fault")
        count = f"more than {count}; the first of them" if self.more else count
        super().__init__("\n  ".join([printable(f"{subject}: {count}"), *map(str, self.faults)]))

    def about(self, subject: str) -> InputError:
        """Give the same error with another name for what was read.

        Parameters
        ----------
        subject : str

        Returns
        -------
        InputError
        """
        return InputError(subject, self.faults, more=self.more)

    def __reduce__(self) -> tuple[Callable[..., InputError], tuple[str, tuple[Fault, ...]]]:
        return partial(type(self), more=self.more), (self.subject, self.faults)


def printable(text: str) -> str:
    r"""Write text in one line that does nothing to a terminal or a log but stand in it.

    Parameters
    ----------
    text : str
        A line, which may quote what somebody else has written.

    Returns
    -------
    str
        Control characters, ends of lines and marks of direction are written as in Python; names
        from right to left are isolated.

    Examples
    --------
    >>> print(printable("Ads \x1b[31m\n::error::none"), printable("::error::none"))
    Ads \x1b[31m\n::error::none \x3a:error::none
    """
    text = UNPRINTABLE.sub(lambda found: repr(found[0])[1:-1], text)
    return in_order(COMMAND.sub(lambda found: f"{found[1]}\\x{ord(found[2]):x}", text))


def shown(value: object) -> str:
    """Write a value for a message.

    Parameters
    ----------
    value : object

    Returns
    -------
    str
        Quoted if it is a text, shortened if it is long.

    Examples
    --------
    >>> shown("abc"), shown(0.5), shown(601.0), shown(None), shown(date(2026, 3, 1))
    ("'abc'", '0.5', '601', 'nothing', '2026-03-01')
    """
    if isinstance(value, date | time):
        # A spreadsheet gives a day as midnight.
        return str(value).removesuffix(" 00:00:00")
    text = "nothing" if value is None else ""
    for piece in () if value is None else _pieces(value):
        text += piece
        if len(text) > SHOWN_CHARACTERS:
            return text[: SHOWN_CHARACTERS - 1] + "…"
    return text


def _pieces(value: object) -> Iterator[str]:
    """Write a value as Python does, piece by piece: of a long one only the beginning is shown."""
    if isinstance(value, str | bytes):
        yield repr(value[: SHOWN_CHARACTERS + 1])
    elif isinstance(value, dict):
        yield "{"
        for index, (key, item) in enumerate(value.items()):
            yield ", " if index else ""
            yield from _pieces(key)
            yield ": "
            yield from _pieces(item)
        yield "}"
    elif type(value) is list or type(value) is tuple:
        opening, closing = "[]" if isinstance(value, list) else "()"
        yield opening
        for index, item in enumerate(value):
            yield ", " if index else ""
            yield from _pieces(item)
        yield f",{closing}" if closing == ")" and len(value) == 1 else closing
    else:
        is_whole = isinstance(value, float) and abs(value) < 1e15 and value.is_integer()
        try:
            yield f"{value:.0f}" if is_whole else repr(value)
        except ValueError:
            # Python refuses to write numbers with thousands of digits.
            yield "a number with very many digits"


def refusal(subject: str | PurePath, rule: str, fix: str, field: str = "file") -> InputError:
    """Make the error that a file cannot be used.

    Parameters
    ----------
    subject : str or PurePath
        Its path.
    rule : str
    fix : str
        Both as in `Fault`.
    field : str
        What kind of thing it is.

    Returns
    -------
    InputError
        Its fault names the file without its folder: visitors of a dashboard see that.
    """
    return InputError(str(subject), [Fault(field, PurePath(subject).name, rule, fix)])


def unforeseen(subject: str, error: Exception, field: str = "file") -> InputError:
    """Say that an input led to an error that nobody expected, and log it.

    Parameters
    ----------
    subject : str
        What was read.
    error : Exception
    field : str
        What kind of thing that is.

    Returns
    -------
    InputError
    """
    logging.getLogger("cvjkit").error("%s: unforeseen", printable(subject), exc_info=error)
    rule = f"led to an error in cvjkit ({type(error).__name__})"
    return refusal(subject, rule, "tell its authors, with what was logged", field)


@contextmanager
def told_as_fault(subject: str, field: str = "file") -> Iterator[None]:
    """Raise what nobody expected in this block as an `InputError`, and log it.

    Parameters
    ----------
    subject : str
        What is read.
    field : str
        What kind of thing that is.

    Yields
    ------
    None

    Raises
    ------
    InputError
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        raise unforeseen(subject, error, field) from error


def is_one_of(value: object, choices: Collection[str]) -> bool:
    """Tell whether a value is one of the allowed names.

    Parameters
    ----------
    value : object
        Of any type: a table of pandas compares with nothing.
    choices : collection of str
        The names that are allowed.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_one_of("reach", ["reach"]), is_one_of(["reach"], ["reach"])
    (True, False)
    """
    return isinstance(value, str) and value in choices


def unknown_name(field: str, value: object, choices: Iterable[str]) -> Fault:
    """Say that a name is not one of the allowed ones, and which one was probably meant.

    Parameters
    ----------
    field : str
        Where it is.
    value : object
    choices : iterable of str
        The names that are allowed.

    Returns
    -------
    Fault

    Examples
    --------
    >>> print(unknown_name("stage", "convertion", ["reach", "conversion"]))
    stage: 'convertion' is not known; did you mean 'conversion'? Choose from reach, conversion
    """
    allowed = list(choices)
    named = [name[:SHOWN_CHARACTERS] for name in allowed[:SHOWN_NAMES]]
    # The time to compare two texts grows with the product of their lengths.
    near = get_close_matches(str(value), named, n=1) if len(str(value)) <= SHOWN_CHARACTERS else []
    more = f" and {len(allowed) - len(named)} more" if len(allowed) > len(named) else ""
    fix = f"choose from {', '.join(named)}{more}" if allowed else "there is none to choose"
    if near:
        fix = f"did you mean {near[0]!r}? C{fix[1:]}"
    return Fault(field, value, "is not known", fix)


def faults_of(
    error: ValidationError,
    names: Mapping[tuple[object, ...], str],
    keyed: Collection[str] = (),
) -> list[Fault]:
    """Translate what pydantic found into faults a person can act on.

    Parameters
    ----------
    error : pydantic.ValidationError
    names : mapping of location to str
        Readable names for list positions: ``{("segments", 0): "Ads"}`` writes
        ``segments[Ads]`` instead of ``segments[0]``.
    keyed : collection of str
        Lists whose positions have keys: with ``{("counts", 2): "conversion"}``, "counts" here
        writes ``counts.conversion``.

    Returns
    -------
    list of Fault
    """
    found: list[Fault] = []
    for item in error.errors(include_url=False)[: MOST_FAULTS + 1]:
        inner = item.get("ctx", {}).get("error")
        if isinstance(inner, InputError):
            found.extend((*inner.faults, *inner.faults[-1:] * inner.more))
            continue
        location = item["loc"]
        rule, fix = _rule_and_fix(item["type"], item["msg"], item.get("ctx", {}))
        value = None if item["type"] == "missing" else item["input"]
        found.append(Fault(_path(location, names, keyed), value, rule, fix))
    return found


def _path(
    location: tuple[int | str, ...],
    names: Mapping[tuple[object, ...], str],
    keyed: Collection[str],
) -> str:
    steps: list[str] = []
    for depth, part in enumerate(location):
        name = names.get(location[: depth + 1], str(part))
        is_title = isinstance(part, int) and location[depth - 1] not in keyed
        steps.append(Title(name) if is_title else name)
    return path_of(steps) or "value"


def _rule_and_fix(kind: str, message: str, context: Mapping[str, object]) -> tuple[str, str]:
    if kind in RULES:
        return RULES[kind]
    if kind == "literal_error":
        return "is not one of the choices", f"choose {context.get('expected')}"
    if kind == "value_error":
        rule, _, fix = str(context.get("error", message)).partition("; ")
        return rule, fix or "correct it"
    return message[:1].lower() + message[1:], "correct it"
