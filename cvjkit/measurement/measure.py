"""From an event log to a journey: how many people reached which stage, and what else they did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

from cvjkit.measurement.measured import measured
from cvjkit.measurement.opening import opened
from cvjkit.measurement.prepared import Prepared
from cvjkit.measurement.tally import Tallies, tally

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.measured import MeasuredJourney
    from cvjkit.measurement.options import Counting, Events, Options
    from cvjkit.measurement.settings import Settings


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

    def __call__(self, batch: Batch) -> tuple[Tallies, ...]:
        """Count.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        tuple of Tallies
            For each definition.
        """
        prepared = Prepared.of(batch, self.masks, len(self.definitions[0].steps), self.settings)
        return tuple(Tallies((tally(prepared, one),)) for one in self.definitions)


def together(one: Sequence[Tallies], other: Sequence[Tallies]) -> tuple[Tallies, ...]:
    """Put together what was counted of different people.

    Parameters
    ----------
    one : sequence of Tallies
    other : sequence of Tallies
        Under the same definitions.

    Returns
    -------
    tuple of Tallies
    """
    return tuple(mine + others for mine, others in zip(one, other, strict=True))


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
          names: ``{"pricing": cvj.where("page", "like", "/pricing%")}``. They keep their own
          names as well.
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
        - optional (iterable of str): stages that may be left out; here and below a stage is given
          by its key or milestone, as in `events`.
        - within (mapping of str to str or timedelta): how long after the stage before each may be
          reached.
        - exclusions (mapping of str to (str, str)): events that end an attempt between two stages:
          ``{"refund": ("conversion", "retention")}``.
        - touch (str): which event of a person says the channel: "first", "last" or a stage.
        - hold (str): a column held constant, such as "session": a stage counts only with events
          that have the same value of it as the first. People count once, by the value with which
          they get furthest; ways, money and channel are those of the events with this value.
        - bot_events (int): who makes more events in a minute is no person; 60 by default.
        - counts_bots (bool): whether such are counted all the same, as they are by default. The
          quality tells how many they are.
        - referred_at (str): the stage whose people bring others.

        And:

        - name, currency (str): of the journey.
        - engine (str or Engine): "duckdb" by default, or "spark".
        - progress (callable): is told the share that is done, 0 to 1. By default what takes more
          than a second shows it in the notebook, with a button to stop, or on the terminal.
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
        If somebody pressed the button, or `stop` was set.

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
    with opened(log, framework, events, options, variants) as asked:
        count = Count(asked.definitions, asked.masks, asked.settings)
        tallies = asked.log.reduce(count, together)
    return [
        measured(
            found.total,
            asked.log.contents.labels,
            asked.framework,
            asked.by_stage,
            definition,
            settings=asked.settings,
            name=options.get("name", "Measured"),
            currency=options.get("currency", ""),
            referred_at=asked.referred_at,
            contents=asked.log.contents,
        )
        for found, definition in zip(tallies, asked.definitions, strict=True)
    ]
