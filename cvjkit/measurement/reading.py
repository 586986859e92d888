"""The SQL by which events are read out of the columns of a log: one text for all engines.

It holds names and values of ours only. Columns are c0, c1 and so on; tables and values are named in
braces, and each engine puts in what it calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cvjkit.errors import Fault
from cvjkit.measurement.conditions import AND, joined
from cvjkit.measurement.event_log import CODED, MONEY, TIME_UNITS

if TYPE_CHECKING:
    from cvjkit.measurement.conditions import Comparison, Scalar
    from cvjkit.measurement.event_log import EventLog

WHOLE, BROKEN, LARGE, TEXT, NAIVE, ZONED = "whole", "broken", "large", "text", "naive", "zoned"
"""What a column may hold: whole numbers of 64 bits, numbers with a fraction, larger whole numbers,
text, times without a zone, moments. Else its type, as the engine calls it."""

NUMBERS = (WHOLE, BROKEN, LARGE)
# The first and last microsecond of the years 1 to 9999; and the largest number.
FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
LARGEST = "1.7976931348623157e308"
EXACT = 2**53
# Of whole numbers and such of 20 digits with 9 after their point.
DECIMAL, MOST = "DECIMAL(29, 9)", 10**20
HEX_DIGITS = 15


def _cast(column: str, _: str, to: str) -> str:
    return f"TRY_CAST({column} AS {to})"


def _as_text(column: str, _: str, __: str) -> str:
    return f"CAST({column} AS STRING)"


def _digest(text: str) -> str:
    return f"CAST('0x' || left(md5({text}), {HEX_DIGITS}) AS BIGINT)"


def of_our_calendar(micros: str) -> str:
    """Write the SQL of microseconds in the years 1 to 9999, which Python's dates know.

    Parameters
    ----------
    micros : str
        SQL of microseconds since 1970-01-01 UTC.

    Returns
    -------
    str
        Null of others.
    """
    return f"CASE WHEN {micros} BETWEEN {FIRST} AND {LAST} THEN {micros} END"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The SQL that is not the same in all engines.

    Parameters
    ----------
    moment : callable
        From the SQL of a column, its kind and a time zone to the SQL of microseconds since
        1970-01-01 UTC; null where there is no moment `of_our_calendar`.
    cast : callable
        From the SQL of a column, its kind and a type, ``DOUBLE``, ``BOOLEAN`` or ``DECIMAL``, to
        the SQL of its value of this type; null where there is none.
    text : callable
        From the SQL of a column, its kind and a time zone to the SQL of its text.
    digest : callable
        From the SQL of a text to the SQL of a number, 0 or more, that tells it from any other: the
        first `HEX_DIGITS` of its MD5.
    """

    moment: Callable[[str, str, str], str]
    cast: Callable[[str, str, str], str] = _cast
    text: Callable[[str, str, str], str] = _as_text
    digest: Callable[[str], str] = _digest


class Reading:
    """How the columns of a log are read.

    Parameters
    ----------
    log : EventLog
    kinds : mapping of str to str
        What each column holds, by its name.
    dialect : Dialect
    """

    def __init__(self, log: EventLog, kinds: Mapping[str, str], dialect: Dialect) -> None:
        self.log, self.kinds, self.dialect = log, kinds, dialect
        self.at = {name: f"c{index}" for index, name in enumerate(log.columns)}
        self.zone = log.time_zone or "UTC"

    @property
    def times(self) -> dict[str, str]:
        """The columns of times, by where they were given."""
        roles = self.log.roles.items()
        return {r: c for r, c in roles if r == "time" or (self.log.is_wide and r[:5] == "event")}

    def wrong_kinds(self) -> list[Fault]:
        """Find the columns that cannot be what they are given as.

        Returns
        -------
        list of Fault
        """
        faults = []
        for role, column in self.times.items():
            kind = self.kinds[column]
            if kind in NUMBERS and self.log.time_unit is None:
                fix = f"say what they count: time_unit= one of {', '.join(TIME_UNITS)}"
                faults.append(Fault(role, column, "holds numbers", fix))
            elif kind not in {*NUMBERS, NAIVE, ZONED, TEXT, "null"}:
                rule = f"must hold dates and times, not {kind}"
                faults.append(Fault(role, column, rule, "choose another column"))
        return faults

    def events(self, row: str, file: str = "CAST(NULL AS STRING)") -> str:
        """Give the query of all events, one a row.

        Parameters
        ----------
        row : str
            SQL of the number of a row, in its file if `file` is not null.
        file : str
            SQL of the name of the file that a row is in.

        Returns
        -------
        str
            Columns: file, row, person, person_given, micros, time_given, is_local, name; and by
            what the log has, channel, awareness, held, referred, revenue, revenue_given, cost,
            cost_given, p0, p1 ...
        """
        log, people = self.log, {"file": file, "row": row, **self._people()}
        if isinstance(log.event, str):
            money = {role: getattr(log, role) for role in MONEY}
            return _select({**people, "name": self._name(log.event), **self._read(log.time, money)})
        parts = []
        for n, (event, column) in enumerate(log.event.items()):
            money = {role: (getattr(log, role) or {}).get(event) for role in MONEY}
            columns = {**people, "name": f"{{name{n}}}", **self._read(column, money)}
            # Who has no date of an event did not have the event.
            parts.append(f"{_select(columns)} WHERE {self._given(column)} IS NOT NULL")
        return " UNION ALL ".join(parts)

    def values(self) -> dict[str, str | int | float | bool]:
        """Give the values that the query asks for.

        Returns
        -------
        dict of str to str, int, float or bool
            By their names in braces.
        """
        if not isinstance(self.log.event, str):
            return {f"name{n}": name for n, name in enumerate(self.log.event)}
        found: dict[str, str | int | float | bool] = {}
        for n, (name, condition) in enumerate(self.log.conditions.items()):
            found[f"name{n}"] = joined(name)
            for m, comparison in enumerate(condition.comparisons):
                for i, value in enumerate(comparison.values):
                    found[f"v{n}_{m}_{i}"] = _bound(value, comparison)
        return found

    def _people(self) -> dict[str, str]:
        log = self.log
        person, kind = self.at[log.person], self.kinds[log.person]
        given = self._given(log.person)
        if kind == WHOLE:
            found = {"person": f"CAST({person} AS BIGINT)"}
        elif kind == BROKEN:
            # Whole numbers have a fraction where some are missing; beyond 2^53 they are not exact.
            whole = f"TRY_CAST({given} AS BIGINT)"
            exact = f"{given} = {whole} AND abs({given}) <= {EXACT}"
            found = {"person": f"CASE WHEN {exact} THEN {whole} END"}
        else:
            found = {"person": self._text(log.person)}
        found["person_given"] = given
        coded = {role: getattr(log, role) for role in CODED if getattr(log, role) is not None}
        coded |= {f"p{index}": name for index, name in enumerate(log.properties)}
        found |= {name: self._text(column) for name, column in coded.items()}
        if log.hold is not None:
            found["held"] = self.dialect.digest(self._text(log.hold))
        if log.referred_by is not None:
            found["referred"] = f"{self._text(log.referred_by)} IS NOT NULL"
        return found

    def _name(self, event: str) -> str:
        name = self._text(event)
        if not self.log.conditions:
            return name
        names = [f"replace({name}, '+', '++')"]
        for n, condition in enumerate(self.log.conditions.values()):
            holds = [self._holds(c, f"v{n}_{m}") for m, c in enumerate(condition.comparisons)]
            names.append(f"CASE WHEN {' AND '.join(holds)} THEN {{name{n}}} END")
        return f"NULLIF(concat_ws('{AND}', {', '.join(names)}), '')"

    def _holds(self, comparison: Comparison, value: str) -> str:
        to = _type(comparison)
        at, held = self.at[comparison.column], self.kinds[comparison.column]
        cast = self.dialect.cast(at, held, to)
        column = self.dialect.text(at, held, self.zone) if to == "STRING" else cast
        values = [f"CAST({{{value}_{i}}} AS {to})" for i in range(len(comparison.values))]
        if comparison.operator == "in":
            return f"{column} IN ({', '.join(values)})"
        if comparison.operator == "like":
            return f"{column} LIKE {values[0]} ESCAPE '!'"
        operator = {"==": "=", "!=": "<>"}.get(comparison.operator, comparison.operator)
        return f"{column} {operator} {values[0]}"

    def _read(self, time: str, money: Mapping[str, str | None]) -> dict[str, str]:
        """Read a time and amounts, and keep what they were read from."""
        found = {
            "micros": self._micros(time),
            "time_given": self._as_given(time),
            "is_local": self._is_local(time),
        }
        for role, column in money.items():
            if column is not None:
                number = self.dialect.cast(self.at[column], self.kinds[column], "DOUBLE")
                found[role] = f"CASE WHEN abs({number}) <= {LARGEST} THEN {number} END"
                found[f"{role}_given"] = self._as_given(column)
            elif getattr(self.log, role) is not None:
                found |= {role: "CAST(NULL AS DOUBLE)", f"{role}_given": "CAST(NULL AS STRING)"}
        return found

    def _text(self, column: str) -> str:
        return f"NULLIF({self.dialect.text(self.at[column], self.kinds[column], self.zone)}, '')"

    def _given(self, column: str) -> str:
        at, kind = self.at[column], self.kinds[column]
        if kind == BROKEN:
            at = f"CAST({at} AS DOUBLE)"
            return f"CASE WHEN NOT isnan({at}) THEN {at} END"
        return at if kind in {WHOLE, NAIVE, ZONED} else self._text(column)

    def _as_given(self, column: str) -> str:
        # The columns of the dates in a wide table may be of several kinds.
        given = self._given(column)
        if not self.log.is_wide:
            return given
        return self.dialect.text(given, self.kinds[column], self.zone)

    def _is_local(self, column: str) -> str:
        """Whether a time says no zone though none is given; null where it does or one is."""
        if self.log.time_zone is None and self.log.time_unit is None:
            if self.kinds[column] == NAIVE:
                return "TRUE"
            if self.kinds[column] == TEXT:
                # A date and a time of the day have digits and these signs.
                rest = f"translate({self.at[column]}, '0123456789:./ T', '')"
                return f"CASE WHEN {rest} IN ('', '--') THEN TRUE END"
        return "CAST(NULL AS BOOLEAN)"

    def _micros(self, column: str) -> str:
        at, kind = self.at[column], self.kinds[column]
        if self.log.time_unit is not None and kind in {*NUMBERS, TEXT}:
            scale = TIME_UNITS[self.log.time_unit] / 1000
            # Numbers of 64 bits, and what is written after their point.
            exact = self.dialect.cast(at, kind, DECIMAL)
            number = f"{exact} * CAST({scale} AS DECIMAL(10, 3))"
            if kind == BROKEN:
                # The nearest, since a number with a fraction is seldom the one that was meant.
                number = f"{self.dialect.cast(at, kind, 'DOUBLE')} * {scale} + 0.5"
                # Not all engines bear the floor of more than 64 bits.
                number = f"CASE WHEN abs({number}) < 1e18 THEN {number} END"
            return of_our_calendar(f"TRY_CAST(floor({number}) AS BIGINT)")
        return self.dialect.moment(at, kind, self.zone)


def _bound(value: Scalar, comparison: Comparison) -> Scalar:
    """Give a value as it is handed to an engine."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value.replace("!", "!!") if comparison.operator == "like" else value
    # As text: not all engines take numbers of more than 64 bits.
    return str(value) if _type(comparison) == DECIMAL else float(value)


def _type(comparison: Comparison) -> str:
    """Give the type in which a column and values are compared."""
    kind = type(comparison.values[0])
    if kind in {str, bool}:
        return "STRING" if kind is str else "BOOLEAN"
    numbers = [value for value in comparison.values if isinstance(value, int)]
    # What a number with a fraction does not hold exactly, such as an id.
    return DECIMAL if any(EXACT <= abs(number) < MOST for number in numbers) else "DOUBLE"


def _select(columns: Mapping[str, str]) -> str:
    listed = ", ".join(f"{sql} AS {name}" for name, sql in sorted(columns.items()))
    return f"SELECT {listed} FROM {{source}}"  # noqa: S608 - ours throughout
