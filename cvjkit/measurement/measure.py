"""From an event log to a journey: which events are those of which stages, and how people count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.measurement.definition import Definition, Exclusion, Step
from cvjkit.measurement.engine import Watch
from cvjkit.measurement.engines import engine_named
from cvjkit.measurement.event_log import EventLog
from cvjkit.measurement.measured import measured, orders_among
from cvjkit.measurement.names import masks_of, names_by_stage
from cvjkit.measurement.settings import Settings
from cvjkit.measurement.tally import Tally, tally
from cvjkit.measurement.window import time_of
from cvjkit.model.checks import framework_of
from cvjkit.model.economics import BOUGHT_AGAIN
from cvjkit.model.simulated_log import LATER_ORDER

if TYPE_CHECKING:
    import threading

    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.conditions import Condition
    from cvjkit.measurement.engine import Engine, OpenLog
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.measured import MeasuredJourney

    Stages = str | Iterable[str]
    # Keys are str or re.Pattern: a mapping of either kind is no mapping of both.
    Events = Mapping[Any, Stages]

SUBJECT = "the measurement"
MOST_NAMES = 20  # of events, in a message


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """Counts the people of a batch under several definitions. It can be sent to another machine.

    Parameters
    ----------
    definitions : tuple of Definition
        With the same steps and exclusions.
    masks : ndarray of int64, shape (names,)
        What the events of each name are events of.
    settings : Settings
    """

    definitions: tuple[Definition, ...]
    masks: Ints
    settings: Settings

    def __call__(self, batch: Batch) -> tuple[Tally, ...]:
        """Count.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        tuple of Tally
            One for each definition.
        """
        return tuple(
            tally(batch, definition, self.masks, self.settings) for definition in self.definitions
        )


def together(one: Sequence[Tally], other: Sequence[Tally]) -> tuple[Tally, ...]:
    """Add up what was counted of other people.

    Parameters
    ----------
    one : sequence of Tally
    other : sequence of Tally
        Under the same definitions.

    Returns
    -------
    tuple of Tally
    """
    return tuple(mine + others for mine, others in zip(one, other, strict=True))


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


def measure(
    log: object,
    framework: str | Framework,
    events: Events | None = None,
    **options: Unpack[Options],
) -> MeasuredJourney:
    """Count the people of an event log at the stages of a framework.

    Parameters
    ----------
    log : object
        Where the events are: the path of a CSV or Parquet file, of a folder or with ``*``, of a
        DuckDB database; a DataFrame of pandas, polars or Spark, an Arrow table, a DuckDB relation,
        an Eventstream of retentioneering; or an `EventLog`.
    framework : str or Framework
        Its key, or a framework of your own.
    events : mapping of str or re.Pattern to str or iterable of str, optional
        Which events are those of which stages: a name, a pattern such as ``buy*`` or a regular
        expression, and the keys of a stage or milestone, one or several. By default events have
        the keys of their stages, as in a log that :meth:`cvjkit.Journey.simulate_log` draws.
    **options
        What columns mean:

        - person, time (str): the columns that say who and when; by default "person" and "time".
        - event (str, or mapping of str to str): the column that says what, by default "event". Of
          a table with one row for each person: the column of dates, by the event.
        - channel, awareness (str): where a person comes from; makes segments.
        - revenue, cost (str, or mapping of str to str): money [currency].
        - referred_by (str): who brought the person.
        - properties (tuple of str): columns to break down by.
        - conditions (mapping of str to `Condition`): events given by what columns hold, by their
          names: ``{"pricing": cvj.where("page", "like", "/pricing%")}``.
        - time_zone (str): of times that say none, such as "Europe/London"; else they are UTC. Its
          midnight begins a day.
        - time_unit ({"s", "ms", "us", "ns"}): what times that are numbers count since 1970.
        - table (str): of a database with several.

        How people are counted:

        - order ({"ordered", "strict_order", "strict_increase", "any_order", "open"}): in which
          order stages are reached, "ordered" by default; see
          :class:`cvjkit.measurement.definition.Definition`.
        - window (str or timedelta): how long after the first event a stage may be reached, such as
          "30d"; by default any time.
        - reentry ({"best", "first", "every"}): which attempts of a person count.
        - optional (iterable of str): keys of stages that may be left out.
        - within (mapping of str to str or timedelta): how long after the stage before each may be
          reached.
        - exclusions (mapping of str to (str, str)): events that end an attempt between two stages:
          ``{"refund": ("conversion", "retention")}``.
        - touch (str): which event of a person says the channel: "first", "last" or a stage.
        - hold (str): a column held constant, such as "session": a stage counts only with events
          that have the same value of it as the first. People count once, by the value with which
          they get furthest; ways, money and channel are those of the events with this value. It
          has 100,000 different values at most.
        - bot_events (int): who makes more events in a minute is no person; 60 by default.
        - counts_bots (bool): whether such are counted all the same, as they are by default. The
          quality tells how many they are.
        - referred_at (str): the stage whose people bring others.

        And:

        - name, currency (str): of the journey.
        - engine (str or Engine): "duckdb" by default, or "spark".
        - progress (callable): is told the share that is done, 0 to 1.
        - stop (threading.Event): ends it once it is set; nothing is left behind.

    Returns
    -------
    MeasuredJourney
        A journey with counts per segment, delays, costs, prices, repeats and ways between the
        stages. Its `measurement` has what else was counted, as tables: stages, times, transitions,
        trend, retention, revenue, correlations and quality.

    Raises
    ------
    InputError
        With what is wrong with the log, its columns, events or the definition.
    Stopped
        If `stop` was set.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.5, 0.5])
    >>> found = cvj.measure(plan.simulate_log(1000), "five", window="30d")
    >>> found.segments[0].counts
    (1000.0, 506.0, 113.0, 65.0, 31.0)
    """
    return counted(log, framework, events, options, [{}])[0]


def counted(
    log: object,
    framework: str | Framework,
    events: Events | None,
    options: Options,
    variants: Sequence[Counting],
) -> list[MeasuredJourney]:
    """Measure a log, read once, under each of some variants of a definition.

    Parameters
    ----------
    log : object
    framework : str or Framework
    events : mapping, optional
    options : mapping
        All as in `measure`.
    variants : sequence of mapping
        What is different in each.

    Returns
    -------
    list of MeasuredJourney
        One for each variant.

    Raises
    ------
    InputError
        As `measure`.
    """
    with opened(log, framework, events, options, variants) as reading:
        count = Count(reading.definitions, reading.masks, reading.settings)
        tallies = reading.log.reduce(count, together)
    return [
        measured(
            found,
            reading.log.contents.labels,
            reading.framework,
            reading.by_stage,
            definition,
            settings=reading.settings,
            name=options.get("name", "Measured"),
            currency=options.get("currency", ""),
            referred_at=options.get("referred_at"),
            contents=reading.log.contents,
        )
        for found, definition in zip(tallies, reading.definitions, strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """An open log, and how its people are counted.

    Parameters
    ----------
    log : OpenLog
    framework : Framework
    by_stage : mapping of str to tuple of str
        The names of the events of each stage and exclusion.
    definitions : tuple of Definition
    masks : ndarray of int64, shape (names,)
        What the events of each name are events of.
    settings : Settings
    """

    log: OpenLog
    framework: Framework
    by_stage: Mapping[str, tuple[str, ...]]
    definitions: tuple[Definition, ...]
    masks: Ints
    settings: Settings


@contextmanager
def opened(
    log: object,
    framework: str | Framework,
    events: Events | None,
    options: Mapping[str, Any],
    variants: Sequence[Counting] = ({},),
) -> Iterator[Reading]:
    """Open a log to count its people.

    Parameters
    ----------
    log : object
    framework : str or Framework
    events : mapping, optional
    options : mapping
    variants : sequence of mapping
        All as in `counted`.

    Yields
    ------
    Reading

    Raises
    ------
    InputError
        As `measure`.
    """
    chosen, given = framework_of(framework), _known_options(options)
    own = {name: value for name, value in given.items() if name in Columns.__annotations__}
    source = log if isinstance(log, EventLog) else EventLog(log, **own)
    if isinstance(log, EventLog) and own:
        fault = Fault(next(iter(own)), own[next(iter(own))], "is given by the log", "leave it out")
        raise InputError(SUBJECT, [fault])
    hold = source.hold
    if hold is not None and hold not in source.properties:
        source = replace(source, properties=(*source.properties, hold))
    engine = given.get("engine", "duckdb")
    engine = engine_named(engine) if isinstance(engine, str) else engine
    exclusions = given.get("exclusions") or {}
    with engine.open(source, Watch(given.get("progress"), given.get("stop"))) as found:
        names = found.contents.labels.names
        wanted = _usual_events(chosen, names) if events is None else events
        wanted = _with_exclusions(wanted, exclusions) if exclusions else wanted
        by_stage = names_by_stage(wanted, names, chosen, exclusions)
        stages = tuple(key for key in by_stage if key not in exclusions)
        definitions = tuple(_definition(stages, {**given, **variant}) for variant in variants)
        settings = Settings(
            touch=given.get("touch", "first"),
            hold=hold,
            zone=source.time_zone or "UTC",
            orders=orders_among(chosen, stages),
            bot_events=given.get("bot_events", 60),
            counts_bots=given.get("counts_bots", True),
        )
        masks = masks_of(by_stage, names, definitions[0])
        yield Reading(found, chosen, by_stage, definitions, masks, settings)


def _with_exclusions(events: Events, exclusions: Iterable[str]) -> Mapping[Any, Stages]:
    """Let what ends an attempt be an event of its own, whatever stages it is one of."""
    wanted: dict[Any, Stages] = dict(events)
    for pattern in exclusions:
        stages = wanted.get(pattern, ())
        wanted[pattern] = [*([stages] if isinstance(stages, str) else stages), pattern]
    return wanted


def _known_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Take the options, if all are known."""
    choices = [*Options.__annotations__]
    faults = [unknown_name("option", name, choices) for name in options if name not in choices]
    if faults:
        raise InputError(SUBJECT, faults)
    return dict(options)


def _definition(stages: tuple[str, ...], given: Mapping[str, Any]) -> Definition:
    within = dict(given.get("within") or {})
    optional = [*given.get("optional", ())]
    faults = [
        unknown_name(field, key, stages)
        for field, keys in (("within", within), ("optional", optional))
        for key in keys
        if key not in stages
    ]
    if faults:
        raise InputError("the definition of what to count", faults)
    steps = tuple(
        Step(
            key,
            optional=key in optional,
            within=time_of(within.get(key), f"within[{key}]"),
        )
        for key in stages
    )
    ends = (given.get("exclusions") or {}).items()
    return Definition(
        steps,
        order=given.get("order", "ordered"),
        window=time_of(given.get("window"), "window"),
        reentry=given.get("reentry", "best"),
        exclusions=tuple(
            Exclusion(name, after=after, before=before) for name, (after, before) in ends
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
