"""What a measurement takes: which columns mean what, and how people are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypedDict

from cvjkit.errors import Fault, InputError, unknown_name

if TYPE_CHECKING:
    import threading
    from datetime import timedelta

    from cvjkit.measurement.conditions import Condition
    from cvjkit.measurement.engine import Engine

    Stages = str | Iterable[str]
    # Keys are str or re.Pattern: a mapping of either kind is no mapping of both.
    Events = Mapping[Any, Stages]

SUBJECT = "the measurement"


class Columns(TypedDict, total=False):
    """Which columns of a log mean what, as in `EventLog`."""

    person: str
    time: str
    event: str | Mapping[str, str]
    channel: str | None
    awareness: str | None
    revenue: str | Mapping[str, str] | None
    cost: str | Mapping[str, str] | None
    referred_by: str | None
    properties: tuple[str, ...]
    hold: str | None
    conditions: Mapping[str, Condition]
    time_zone: str | None
    time_unit: str | None
    table: str | None


class Counting(TypedDict, total=False):
    """How people are counted, as `measure` takes it."""

    order: str
    window: str | timedelta | None
    reentry: str
    optional: Iterable[str]
    within: Mapping[str, str | timedelta] | None
    exclusions: Mapping[str, tuple[str, str]] | None
    touch: str
    bot_events: int
    counts_bots: bool


class Options(Columns, Counting, total=False):
    """What `measure` takes by name."""

    referred_at: str | None
    name: str
    currency: str
    engine: str | Engine
    progress: Callable[[float], None] | None
    stop: threading.Event | None


def _is_within(given: object) -> bool:
    return given is None or isinstance(given, Mapping)


def _are_exclusions(given: object) -> bool:
    if given is None:
        return True
    ends = given.values() if isinstance(given, Mapping) else [None]
    return all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in ends)


def _are_optional(given: object) -> bool:
    return given is None or isinstance(given, str | Iterable)


SHAPES: Mapping[str, tuple[Callable[[Any], bool], str, str]] = MappingProxyType(
    {
        "within": (_is_within, "must map stages to times", 'write {"conversion": "7d"}'),
        "exclusions": (
            _are_exclusions,
            "must map events to pairs of stages",
            'write {"refund": ("conversion", "retention")}',
        ),
        "optional": (_are_optional, "must be stages", 'write ["conversion"]'),
        "counts_bots": (
            lambda given: isinstance(given, bool),
            "must be True or False",
            "write one",
        ),
        "engine": (
            lambda given: isinstance(given, str) or hasattr(given, "open"),
            "must be an engine",
            'write "duckdb" or "spark"',
        ),
        "progress": (
            lambda given: given is None or callable(given),
            "must be a function",
            "give one that takes a share",
        ),
        "stop": (
            lambda given: given is None or hasattr(given, "is_set"),
            "must be an event of threading",
            "give threading.Event()",
        ),
    }
)
"""Of what kind some options are, else why not and what to do."""


def known_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Take the options, if all are known and of their kind.

    Parameters
    ----------
    options : mapping

    Returns
    -------
    dict

    Raises
    ------
    InputError
        With all that are not; lists the choices.
    """
    choices = [*Options.__annotations__]
    faults = [unknown_name("option", name, choices) for name in options if name not in choices]
    faults += [
        Fault(name, options[name], rule, fix)
        for name, (is_right, rule, fix) in SHAPES.items()
        if name in options and not is_right(options[name])
    ]
    if faults:
        raise InputError(SUBJECT, faults)
    optional = options.get("optional") or ()
    return {**options, "optional": [optional] if isinstance(optional, str) else [*optional]}
