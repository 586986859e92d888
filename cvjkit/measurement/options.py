"""What a measurement takes: which columns mean what, and how people are counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from cvjkit.errors import InputError, unknown_name

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


def known_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Take the options, if all are known.

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
    if faults:
        raise InputError(SUBJECT, faults)
    return dict(options)
