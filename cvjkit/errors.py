"""What is wrong with an input, in words that help a person correct it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pydantic import ValidationError

SHOWN_CHARACTERS = 60

# What pydantic calls a fault: the rule it breaks and the fix, in words for the person who typed it.
RULES = {
    "extra_forbidden": ("is not a known field", "remove it or correct its spelling"),
    "missing": ("is required", "add it"),
    "string_type": ("must be text", "put it in quotes"),
    "bool_type": ("must be true or false", "correct it"),
    "too_short": ("must not be empty", "add at least one"),
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
        What was found there.
    rule : str
        What must hold, as part of a sentence: ``must be between 0 and 1``.
    fix : str
        What to do, as part of a sentence: ``write 0.25 or 25%``.

    Examples
    --------
    >>> print(Fault("rates.conversion", 25, "must be between 0 and 1", "write 0.25"))
    rates.conversion: 25 must be between 0 and 1; write 0.25
    """

    field: str
    value: object
    rule: str
    fix: str

    def __str__(self) -> str:
        return f"{self.field}: {shown(self.value)} {self.rule}; {self.fix}"


class InputError(ValueError):
    """Everything that is wrong with one input, reported at once.

    Parameters
    ----------
    subject : str
        What was read: a file's path, a journey's name.
    faults : iterable of Fault
        At least one.

    Attributes
    ----------
    faults : tuple of Fault

    Examples
    --------
    >>> fault = Fault("counts.reach", -5, "must not be negative", "write 0 or more")
    >>> print(InputError("shop.toml", [fault]))
    shop.toml: 1 fault
      counts.reach: -5 must not be negative; write 0 or more
    """

    def __init__(self, subject: str, faults: Iterable[Fault]) -> None:
        self.subject = subject
        self.faults = tuple(faults)
        count = f"{len(self.faults)} fault{'s' if len(self.faults) != 1 else ''}"
        super().__init__("\n  ".join([f"{subject}: {count}", *map(str, self.faults)]))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, tuple[Fault, ...]]]:
        return type(self), (self.subject, self.faults)


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
    >>> shown("abc"), shown(0.5), shown(None), shown(date(2026, 3, 1))
    ("'abc'", '0.5', 'nothing', '2026-03-01')
    """
    if isinstance(value, date | time):
        # A spreadsheet gives a day as midnight.
        return str(value).removesuffix(" 00:00:00")
    try:
        text = "nothing" if value is None else repr(value)
    except ValueError:
        # Python refuses to write numbers with thousands of digits.
        text = "a number with very many digits"
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


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
    stage: 'convertion' is not known; did you mean 'conversion'? Allowed: reach, conversion
    """
    allowed = list(choices)
    near = get_close_matches(str(value), allowed, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    listed = ", ".join(allowed) if allowed else "none"
    return Fault(field, value, "is not known", f"{meant}Allowed: {listed}".strip())


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
    for item in error.errors(include_url=False):
        inner = item.get("ctx", {}).get("error")
        if isinstance(inner, InputError):
            found.extend(inner.faults)
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
