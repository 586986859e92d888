"""Opening a log to count its people: which events are those of which stages, and how."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.measurement.definition import Definition, Exclusion, Step
from cvjkit.measurement.engines import engine_named
from cvjkit.measurement.event_log import EventLog
from cvjkit.measurement.interrupts import interruptible
from cvjkit.measurement.measured import orders_among
from cvjkit.measurement.names import keys_by_name, masks_of, names_by_stage
from cvjkit.measurement.options import SUBJECT, Columns, known_options
from cvjkit.measurement.settings import TOUCHES, Settings
from cvjkit.measurement.watching import watched
from cvjkit.measurement.window import time_of
from cvjkit.model.checks import framework_of
from cvjkit.model.economics import BOUGHT_AGAIN
from cvjkit.model.simulated_log import LATER_ORDER

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.engine import OpenLog
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.options import Counting, Events, Stages

MOST_NAMES = 20  # of events, in a message


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """An open log, and how its people are counted.

    Parameters
    ----------
    log : OpenLog
    framework : Framework
    by_stage : mapping of str to tuple of str
        The names of the events of each stage and exclusion.
    definitions : tuple of Definition
    masks : ndarray of unsigned int, shape (names,)
        What the events of each name are events of.
    settings : Settings
    referred_at : str or None
        Key of the stage whose people bring others, if it is given.
    """

    log: OpenLog
    framework: Framework
    by_stage: Mapping[str, tuple[str, ...]]
    definitions: tuple[Definition, ...]
    masks: Ints
    settings: Settings
    referred_at: str | None


@contextmanager
def opened(
    log: object,
    framework: str | Framework,
    events: Events | None,
    options: Mapping[str, Any],
    variants: Sequence[Counting] = ({},),
) -> Iterator[Opened]:
    """Open a log to count its people.

    Parameters
    ----------
    log : object
    framework : str or Framework
    events : mapping, optional
    options : mapping
    variants : sequence of mapping
        All as in `cvjkit.measurement.measure.counted`.

    Yields
    ------
    Opened

    Raises
    ------
    InputError
        As `cvjkit.measure`.
    """
    chosen, given = framework_of(framework), known_options(options)
    own = {name: value for name, value in given.items() if name in Columns.__annotations__}
    source = log if isinstance(log, EventLog) else EventLog(log, **own)
    if isinstance(log, EventLog) and own:
        fault = Fault(next(iter(own)), own[next(iter(own))], "is given by the log", "leave it out")
        raise InputError(SUBJECT, [fault])
    engine = given.get("engine", "duckdb")
    engine = engine_named(engine) if isinstance(engine, str) else engine
    exclusions = given.get("exclusions") or {}
    stop = given.get("stop") or threading.Event()
    with (
        interruptible(stop),
        watched(given.get("progress"), stop) as watch,
        engine.open(source, watch) as found,
    ):
        meanings = found.contents.labels.meanings
        names = tuple(dict.fromkeys(name for several in meanings for name in several))
        wanted = _usual_events(chosen, names) if events is None else events
        wanted = _with_exclusions(wanted, exclusions) if exclusions else wanted
        by_stage = names_by_stage(wanted, names, chosen, exclusions)
        stages = tuple(key for key in by_stage if key not in exclusions)
        given = _by_key(given, chosen, stages)
        definitions = tuple(_definition(stages, {**given, **variant}) for variant in variants)
        settings = Settings(
            touch=given.get("touch", "first"),
            hold=source.hold,
            zone=source.time_zone or "UTC",
            orders=orders_among(chosen, stages),
            bot_events=given.get("bot_events", 60),
            counts_bots=given.get("counts_bots", True),
        )
        masks = masks_of(by_stage, meanings, definitions[0])
        # Small numbers are looked at faster.
        masks = masks.astype(np.min_scalar_type(int(masks.max(initial=0))))
        referred_at = given.get("referred_at")
        yield Opened(found, chosen, by_stage, definitions, masks, settings, referred_at)


def _with_exclusions(events: Events, exclusions: Iterable[str]) -> Mapping[Any, Stages]:
    """Let what ends an attempt be an event of its own, whatever stages it is one of."""
    wanted: dict[Any, Stages] = dict(events)
    for pattern in exclusions:
        stages = wanted.get(pattern, ())
        wanted[pattern] = [*([stages] if isinstance(stages, str) else stages), pattern]
    return wanted


def _by_key(
    given: Mapping[str, Any], framework: Framework, stages: tuple[str, ...]
) -> dict[str, Any]:
    """Write the key of each stage that an option names by its key or milestone."""
    keys = keys_by_name(framework, stages)
    faults = list[Fault]()

    def key_of(field: str, name: object, choices: Mapping[str, str] = keys) -> str:
        if isinstance(name, str) and name in choices:
            return choices[name]
        faults.append(unknown_name(field, name, choices))
        return ""

    found = dict(given)
    found["optional"] = [key_of("optional", name) for name in given.get("optional") or ()]
    found["within"] = dict[str, Any]()
    for name, span in (given.get("within") or {}).items():
        key = key_of("within", name)
        if key and key in found["within"]:
            rule = f"names the stage {key} a second time"
            faults.append(Fault("within", name, rule, "give it one time"))
        found["within"][key] = span
    found["exclusions"] = {
        event: tuple(
            key_of(f"exclusions[{event}].{end}", name)
            for end, name in zip(("after", "before"), ends, strict=True)
        )
        for event, ends in (given.get("exclusions") or {}).items()
    }
    if "touch" in given:
        touches = {touch: touch for touch in TOUCHES}
        found["touch"] = key_of("touch", given["touch"], touches | keys)
    if given.get("referred_at") is not None:
        found["referred_at"] = key_of("referred_at", given["referred_at"])
    if faults:
        raise InputError("the definition of what to count", faults)
    return found


def _definition(stages: tuple[str, ...], given: Mapping[str, Any]) -> Definition:
    steps = tuple(
        Step(
            key,
            optional=key in given["optional"],
            within=time_of(given["within"].get(key), f"within[{key}]"),
        )
        for key in stages
    )
    return Definition(
        steps,
        order=given.get("order", "ordered"),
        window=time_of(given.get("window"), "window"),
        reentry=given.get("reentry", "best"),
        exclusions=tuple(
            Exclusion(name, after=after, before=before)
            for name, (after, before) in given["exclusions"].items()
        ),
    )


def _usual_events(framework: Framework, names: Sequence[str]) -> Events:
    """Take events whose names are keys of stages or milestones for those of these stages."""
    at = framework.by_milestone
    keys = {key: key for key in names if key in framework.keys or key in at}
    again = framework.keys[at[BOUGHT_AGAIN]] if BOUGHT_AGAIN in at else None
    if LATER_ORDER in names and again is not None:
        keys[LATER_ORDER] = again
    if not keys:
        shown = ", ".join(names[:MOST_NAMES])
        fix = f'write events={{"{names[0]}": "{framework.keys[0]}"}}; the log has {shown}'
        fault = Fault("events", None, "must say which events are those of which stages", fix)
        raise InputError("the events of each stage", [fault])
    return dict(keys)
