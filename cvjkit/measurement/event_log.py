"""What an event log is: where its rows are, and what its columns mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cache
from pathlib import PurePath
from types import MappingProxyType
from zoneinfo import available_timezones

from cvjkit.errors import Fault, InputError, is_one_of, unknown_name
from cvjkit.measurement.conditions import Condition, is_text
from cvjkit.paths import Title, path_of

TIME_UNITS: Mapping[str, int] = MappingProxyType(
    {"s": 1_000_000_000, "ms": 1_000_000, "us": 1_000, "ns": 1}
)
"""In which units a time may be counted since 1970-01-01 UTC, and the nanoseconds of each."""

Columns = str | Mapping[str, str] | None
SINGLE = ("person", "channel", "awareness", "referred_by", "hold")
CODED = ("channel", "awareness")
MONEY = ("revenue", "cost")


@dataclass(frozen=True, slots=True, eq=False)
class EventLog:
    """A table of events and what its columns mean.

    Parameters
    ----------
    source : object
        Where the rows are:

        - the path of a CSV file (``.csv``, ``.tsv``, ``.txt``, also ``.gz``), of a Parquet file, of
          a folder of either, or with ``*``;
        - the path of a DuckDB database (``.duckdb``, ``.db``), whose `table` is read;
        - what hands over Arrow: a DataFrame of pandas or polars, an Arrow table, a DuckDB relation;
        - a DataFrame of Spark;
        - an Eventstream of retentioneering, or what else has a ``to_dataframe``.
    person : str
        The column that says who. Whole numbers or text; others are read as text.
    time : str
        The column that says when: dates and times, texts such as ``2026-03-01 14:30:00``, or
        numbers of a `time_unit`.
    event : str or mapping of str to str
        The column that says what. Or, where the table has one row for each person and one column
        of dates for each event, as a CRM exports it: the column of dates by the event; `time` is
        not read then.
    channel, awareness : str, optional
        Columns that say where a person comes from.
    revenue, cost : str or mapping of str to str, optional
        Columns of money [currency]. In a table with one row for each person: the column by the
        event it belongs to.
    referred_by : str, optional
        The column that says who brought a person; empty where nobody did.
    properties : tuple of str
        Other columns, to break down by.
    hold : str, optional
        The column that is held constant, as in `Settings`.
    conditions : mapping of str to Condition
        Events that are given by what columns hold, by their names. A row that meets conditions is
        an event of their names as well as of its own: one event, of as many stages as any of these
        names. So it is still taken for one stage only.
    time_zone : str, optional
        Of times that say none, such as ``Europe/London``. Without it they are read as UTC, and the
        contents of the log say so.
    time_unit : {"s", "ms", "us", "ns"}, optional
        What `time` counts, since 1970-01-01 UTC, if it holds numbers.
    table : str, optional
        Which table of a database, if it has several.

    Raises
    ------
    InputError
        With all faults, if a column is not given as text, a choice is not known, or what is given
        does not go together.

    Examples
    --------
    >>> EventLog("visits.parquet", person="user_id", time="ts", time_zone="Europe/London").columns
    ('user_id', 'ts', 'event')
    >>> EventLog("deals.csv", person="id", event={"lead": "Lead on", "sale": "Won on"}).columns
    ('id', 'Lead on', 'Won on')
    """

    source: object
    _: KW_ONLY
    person: str = "person"
    time: str = "time"
    event: str | Mapping[str, str] = "event"
    channel: str | None = None
    awareness: str | None = None
    revenue: Columns = None
    cost: Columns = None
    referred_by: str | None = None
    properties: tuple[str, ...] = ()
    hold: str | None = None
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    time_zone: str | None = None
    time_unit: str | None = None
    table: str | None = None

    def __post_init__(self) -> None:
        if faults := list(self._faults()):
            raise InputError("the columns of the event log", faults)

    @property
    def is_wide(self) -> bool:
        """Whether the table has one row for each person."""
        return not isinstance(self.event, str)

    @property
    def subject(self) -> str:
        """How messages call the log: the path of its file, or what it is.

        Returns
        -------
        str
        """
        is_path = isinstance(self.source, str | PurePath)
        return str(self.source) if is_path else f"the {type(self.source).__name__}"

    @property
    def roles(self) -> Mapping[str, str]:
        """The columns that are read, by where they were given.

        Returns
        -------
        mapping of str to str
        """
        found: dict[str, str] = {}
        for role in ("person", "time", "event", *SINGLE[1:], *MONEY):
            column = getattr(self, role)
            if isinstance(column, str) and not (role == "time" and self.is_wide):
                found[role] = column
            elif isinstance(column, Mapping):
                found |= {path_of((role, Title(name))): text for name, text in column.items()}
        found |= {f"properties[{index}]": name for index, name in enumerate(self.properties)}
        for name, condition in self.conditions.items():
            for index, comparison in enumerate(condition.comparisons):
                found[path_of(("conditions", Title(name), str(index)))] = comparison.column
        return found

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read.

        Returns
        -------
        tuple of str
            Each once.
        """
        return tuple(dict.fromkeys(self.roles.values()))

    def check_columns(self, found: tuple[str, ...]) -> None:
        """Refuse a table that lacks a column.

        Parameters
        ----------
        found : tuple of str
            The columns that it has.

        Raises
        ------
        InputError
            Lists those there are.
        """
        faults = [
            unknown_name(role, column, found)
            for role, column in self.roles.items()
            if column not in found
        ]
        rule = "has a sign in its name, NUL, that ends a name elsewhere"
        faults += [
            Fault(role, column, rule, "rename the column")
            for role, column in self.roles.items()
            if "\0" in column and column in found
        ]
        if faults:
            raise InputError(f"the columns of {self.subject}", faults)

    def _faults(self) -> Iterator[Fault]:
        for role in ("time", *SINGLE):
            given = getattr(self, role)
            may_be_none = role not in {"person", "time"}
            if not isinstance(given, str) and not (may_be_none and given is None):
                yield _no_column(role, given)
        properties: object = self.properties
        if not isinstance(properties, tuple) or not all(isinstance(n, str) for n in properties):
            yield Fault(
                "properties", properties, "must be a tuple of columns", 'write ("country",)'
            )
        elif len(set(properties)) < len(properties):
            yield Fault("properties", properties, "must be different columns", "name each once")
        yield from self._faults_of_events()
        conditions: object = self.conditions
        if not isinstance(conditions, Mapping) or not all(
            is_text(name) and name and isinstance(condition, Condition)
            for name, condition in conditions.items()
        ):
            fix = 'write {"saw prices": where("page", "like", "/prices%")}'
            yield Fault("conditions", conditions, "must map names to conditions", fix)
        elif conditions and self.is_wide:
            yield Fault(
                "conditions", None, "have no meaning with one row for each person", "leave them out"
            )
        if self.time_unit is not None and not is_one_of(self.time_unit, TIME_UNITS):
            yield unknown_name("time_unit", self.time_unit, TIME_UNITS)
        if self.time_zone is not None and not is_one_of(self.time_zone, _zones()):
            yield Fault(
                "time_zone", self.time_zone, "is not known", "write one such as 'Europe/London'"
            )

    def _faults_of_events(self) -> Iterator[Fault]:
        if not self.is_wide:
            for role in MONEY:
                if not isinstance(getattr(self, role), str | None):
                    yield _no_column(role, getattr(self, role))
            return
        if not _is_columns(self.event) or not self.event:
            fix = 'write "event", or {"lead": "Lead on", "sale": "Won on"}'
            yield Fault("event", self.event, "must be a column, or columns by event", fix)
            return
        for role in MONEY:
            given = getattr(self, role)
            if given is not None and not _is_columns(given):
                fix = f'write {{"{next(iter(self.event))}": "{given}"}}'
                yield Fault(role, given, "must say which event it belongs to", fix)
            elif given is not None:
                yield from (unknown_name(role, n, self.event) for n in given if n not in self.event)


def _is_columns(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(text, str) for pair in value.items() for text in pair
    )


def _no_column(role: str, value: object) -> Fault:
    return Fault(role, value, "must be the name of a column", "write it as text")


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
