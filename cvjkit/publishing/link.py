"""The address of a page: which journey it shows, and what was changed of it, readable and short.

``?journey=shop.toml&v=1&stages.conversion.rate=0.25`` is a what-if on the journey of a file. What
is changed of the record itself has ``counted.`` before its path. Values are JSON, texts without
quotes where nothing else is meant, and nothing where a value is cleared.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote

from cvjkit.errors import Fault, InputError
from cvjkit.journey import Journey
from cvjkit.paths import steps_of
from cvjkit.widgets.changed import Changed

VERSION = "1"
LONGEST = 30_000
MOST_FIELDS = 2000
COUNTED = "counted."
# Read by people in an address bar: what need not be escaped there is not.
LEFT = "[]:.,-_()'*!~/"
SUBJECT = "link"


@dataclass(frozen=True, slots=True)
class Link:
    """What an address leads to.

    Parameters
    ----------
    journey : str
        Name of its file; empty for the first that is listed.
    changed : Changed
    """

    journey: str = ""
    changed: Changed = field(default_factory=Changed)


def write_link(link: Link) -> str:
    """Write what stands behind the question mark of an address.

    Parameters
    ----------
    link : Link

    Returns
    -------
    str

    Examples
    --------
    >>> write_link(Link("shop.toml", Changed(typed={"segments[Ads].spend": 800.0, "view": None})))
    'journey=shop.toml&v=1&segments[Ads].spend=800&view='
    """
    changed = link.changed
    fields = {
        "in": changed.shown_in,
        "numbers": "" if changed.is_what_if else "counted",
        "counted-in": changed.recorded_in,
        "typed-in": changed.typed_in,
        "kept": "" if changed.kept is None else _compact(list(changed.kept)),
    }
    more = {key: text for key, text in fields.items() if text}
    more |= {f"{COUNTED}{path}": _written(value) for path, value in changed.recorded.items()}
    more |= {path: _written(value) for path, value in changed.typed.items()}
    said = {"journey": link.journey, **({"v": VERSION} if more else {}), **more}
    return "&".join(f"{quote(key, LEFT)}={quote(text, LEFT)}" for key, text in said.items())


def read_link(query: str) -> Link:
    """Read what stands behind the question mark of an address.

    Parameters
    ----------
    query : str
        Anything. What a link has nothing to do with, as mail programs add it, is left aside.

    Returns
    -------
    Link

    Raises
    ------
    InputError
        With everything that is wrong.

    Examples
    --------
    >>> read_link("journey=shop.toml&v=1&offers.conversion.name=Box&utm_source=mail").changed.typed
    {'offers.conversion.name': 'Box'}
    """
    if len(query) > LONGEST:
        rule, fix = f"is longer than {LONGEST:,} characters", "copy it again"
        raise InputError(SUBJECT, [Fault(SUBJECT, f"{query[:40]}…", rule, fix)])
    try:
        pairs = parse_qsl(
            query.removeprefix("?"), keep_blank_values=True, max_num_fields=MOST_FIELDS
        )
    except ValueError:
        rule, fix = f"has more than {MOST_FIELDS:,} parts", "copy it again"
        raise InputError(SUBJECT, [Fault(SUBJECT, f"{query[:40]}…", rule, fix)]) from None
    said = dict(pairs)
    faults = [*_faults(pairs, said)]
    if faults:
        raise InputError(SUBJECT, faults)
    recorded = {
        key.removeprefix(COUNTED): _value(text)
        for key, text in said.items()
        if key.startswith(COUNTED)
    }
    typed = {key: _value(text) for key, text in said.items() if _is_path(key)}
    changed = Changed(
        said.get("in", ""),
        said.get("numbers", "") != "counted",
        recorded,
        said.get("counted-in", ""),
        typed,
        said.get("typed-in", ""),
        _value(said["kept"]) if "kept" in said else None,
    )
    return Link(said.get("journey", ""), changed)


def _faults(pairs: list[tuple[str, str]], said: Mapping[str, str]) -> Iterator[Fault]:
    if said.get("v", VERSION) != VERSION:
        rule = "is a version of links that this page does not know"
        yield Fault("v", said["v"], rule, f"install a newer cvjkit, or a link of version {VERSION}")
    for key in dict.fromkeys(key for key, _ in pairs):
        is_ours = key in {"journey", "v", "in", "numbers", "kept"} or "." in key
        if is_ours and [other for other, _ in pairs].count(key) > 1:
            yield Fault(key, said[key], "is there twice", "keep one of them")
    if "kept" in said and not isinstance(_value(said["kept"]), list):
        yield Fault("kept", said["kept"], "is not a list of what-ifs", "copy the link again")


def _is_path(key: str) -> bool:
    """Tell whether a part of an address is a path: others are not ours."""
    if key.startswith(COUNTED):
        return False
    try:
        first, *rest = steps_of(key)
    except ValueError:
        return "." in key or "[" in key
    return bool(rest) or first in Journey.model_fields


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str) and value and _value(value) == value:
        return value
    return _compact(value)


def _compact(value: Any) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _value(text: str) -> Any:
    """Read a value; what is no JSON is a text."""
    if not text:
        return None
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(text: str) -> None:
    raise ValueError(text)
