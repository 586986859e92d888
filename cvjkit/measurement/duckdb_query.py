"""The SQL by which DuckDB reads events out of the table `source`.

It holds names and values of ours only: columns are c0, c1 and so on, values are variables of the
session.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvjkit.errors import Fault
from cvjkit.measurement.event_log import CODED, MONEY, TIME_UNITS, EventLog

if TYPE_CHECKING:
    from cvjkit.measurement.conditions import Comparison

# The years 1 to 9999, which Python's dates know.
FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
LARGE = ("HUGEINT", "UBIGINT", "UHUGEINT")
NAIVE = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE")
ZONED = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
SQL_OPERATORS = {"==": "=", "!=": "<>", "like": "LIKE"}


def _is_broken(kind: str) -> bool:
    """Tell whether numbers of a type may have a fraction."""
    return kind in {"FLOAT", "DOUBLE"} or kind.startswith("DECIMAL")


class Reading:
    """How the columns of a log are read.

    Parameters
    ----------
    log : EventLog
    types : mapping of str to str
        The type of each column of `source`, as DuckDB writes it, by the name in the log.
    """

    def __init__(self, log: EventLog, types: Mapping[str, str]) -> None:
        self.log, self.types = log, types
        self.at = {name: f"c{index}" for index, name in enumerate(log.columns)}

    @property
    def times(self) -> dict[str, str]:
        """The columns of times, by where they were given."""
        return {
            role: column
            for role, column in self.log.roles.items()
            if role == "time" or (self.log.is_wide and role.startswith("event"))
        }

    @property
    def read_as_utc(self) -> bool:
        """Whether times say no zone, and none was given."""
        without = any(
            self.types[c] in NAIVE or self.types[c] == "VARCHAR" for c in self.times.values()
        )
        return self.log.time_zone is None and self.log.time_unit is None and without

    def wrong_types(self) -> list[Fault]:
        """Find the columns that cannot be what they are given as.

        Returns
        -------
        list of Fault
        """
        faults = []
        for role, column in self.times.items():
            kind = self.types[column]
            numbers = kind in WHOLE or kind in LARGE or _is_broken(kind)
            if numbers and self.log.time_unit is None:
                fix = f"say what they count: time_unit= one of {', '.join(TIME_UNITS)}"
                faults.append(Fault(role, column, "holds numbers", fix))
            elif not numbers and kind not in {*NAIVE, *ZONED, "VARCHAR", "NULL", '"NULL"'}:
                rule = f"must hold dates and times, not {kind.lower()}"
                faults.append(Fault(role, column, rule, "choose another column"))
        return faults

    def events(self) -> str:
        """Give the query of all events, one a row.

        Returns
        -------
        str
            Columns: row, person, person_given, micros, time_given, name, and by what the log has
            channel, awareness, referred, revenue, revenue_given, cost, cost_given, p0, p1 ...
        """
        log = self.log
        columns = {"row": "row_number() OVER ()", **self._people(), "name": self._name()}
        columns |= self._pairs(
            "micros", "time", log.event if log.is_wide else log.time, self._micros
        )
        for role in MONEY:
            if (given := getattr(log, role)) is not None:
                columns |= self._pairs(role, role, given, self._amount)
        listed = ", ".join(f"{sql} AS {name}" for name, sql in columns.items())
        query = f"SELECT {listed} FROM source"  # noqa: S608 - ours throughout
        # Who has no date of an event did not have the event.
        return f"SELECT * FROM ({query}) WHERE time_given IS NOT NULL" if log.is_wide else query  # noqa: S608

    def variables(self) -> dict[str, object]:
        """Give the values that the query asks for.

        Returns
        -------
        dict of str to object
        """
        found: dict[str, object] = {}
        if not isinstance(self.log.event, str):
            found["events"] = list(self.log.event)
        for n, (name, condition) in enumerate(self.log.conditions.items()):
            found[f"name{n}"] = name
            for m, comparison in enumerate(condition.comparisons):
                found |= {f"v{n}_{m}_{i}": value for i, value in enumerate(comparison.values)}
        return found

    def _people(self) -> dict[str, str]:
        log = self.log
        person, kind = self.at[log.person], self.types[log.person]
        found = {"person_given": f"NULLIF(CAST({person} AS VARCHAR), '')"}
        if kind in WHOLE:
            found["person_given"] = person
            found["person"] = f"CAST({person} AS BIGINT)"
        elif _is_broken(kind):
            # Numbers beside which something is missing; beyond 2^53 they are no longer exact.
            given = f"NULLIF(CAST({person} AS DOUBLE), 'nan')"
            found["person_given"] = given
            whole = f"{given} = floor({given}) AND abs({given}) <= 9007199254740992"
            found["person"] = f"CASE WHEN {whole} THEN TRY_CAST({given} AS BIGINT) END"
        else:
            found["person"] = f"NULLIF(CAST({person} AS VARCHAR), '')"
        coded = {role: getattr(log, role) for role in CODED if getattr(log, role) is not None}
        coded |= {f"p{index}": name for index, name in enumerate(log.properties)}
        found |= {n: f"NULLIF(CAST({self.at[c]} AS VARCHAR), '')" for n, c in coded.items()}
        if log.referred_by is not None:
            column = self.at[log.referred_by]
            found["referred"] = f"NULLIF(CAST({column} AS VARCHAR), '') IS NOT NULL"
        return found

    def _name(self) -> str:
        if not isinstance(self.log.event, str):
            return "unnest(getvariable('events'))"
        name = f"NULLIF(CAST({self.at[self.log.event]} AS VARCHAR), '')"
        whens = []
        for n, condition in enumerate(self.log.conditions.values()):
            holds = [self._holds(c, f"v{n}_{m}") for m, c in enumerate(condition.comparisons)]
            whens.append(f"WHEN {' AND '.join(holds)} THEN getvariable('name{n}')")
        return f"CASE {' '.join(whens)} ELSE {name} END" if whens else name

    def _holds(self, comparison: Comparison, variable: str) -> str:
        kind = type(comparison.values[0])
        to = {str: "VARCHAR", bool: "BOOLEAN"}.get(kind, "DOUBLE")
        column = f"TRY_CAST({self.at[comparison.column]} AS {to})"
        values = [
            f"CAST(getvariable('{variable}_{i}') AS {to})" for i in range(len(comparison.values))
        ]
        if comparison.operator == "in":
            return f"{column} IN ({', '.join(values)})"
        return f"{column} {SQL_OPERATORS.get(comparison.operator, comparison.operator)} {values[0]}"

    def _pairs(self, name: str, role: str, given: object, read: object) -> dict[str, str]:
        """Give a value and the text it was read from, by event where the table is wide."""
        assert callable(read)  # noqa: S101 - for mypy
        if isinstance(given, str):
            return {name: read(given), f"{role}_given": self._given(given)}
        assert isinstance(given, Mapping)  # noqa: S101
        assert isinstance(self.log.event, Mapping)  # noqa: S101
        columns = [given.get(event) for event in self.log.event]
        values = ["NULL" if column is None else read(column) for column in columns]
        texts = ["NULL" if c is None else f"CAST({self._given(c)} AS VARCHAR)" for c in columns]
        return {
            name: f"unnest([{', '.join(values)}])",
            f"{role}_given": f"unnest([{', '.join(texts)}])",
        }

    def _given(self, column: str) -> str:
        at, kind = self.at[column], self.types[column]
        if kind in {"FLOAT", "DOUBLE"}:
            return f"CASE WHEN NOT isnan({at}) THEN {at} END"
        return f"NULLIF({at}, '')" if kind == "VARCHAR" else at

    def _amount(self, column: str) -> str:
        # Without a fraction of infinity: what is no finite number is found by what was given.
        number = f"TRY_CAST({self.at[column]} AS DOUBLE)"
        return f"CASE WHEN isfinite({number}) THEN {number} END"

    def _micros(self, column: str) -> str:
        at, kind = self.at[column], self.types[column]
        if self.log.time_unit is not None and kind not in {*NAIVE, *ZONED}:
            scale = TIME_UNITS[self.log.time_unit]
            number = f"TRY_CAST({at} AS {'DOUBLE' if _is_broken(kind) else 'HUGEINT'})"
            micros = f"TRY_CAST(floor({number} * {scale} / 1000) AS BIGINT)"
            if not _is_broken(kind):
                micros = f"TRY_CAST({number} * {scale} // 1000 AS BIGINT)"
        else:
            local = self.log.time_zone in {None, "UTC"} and kind in NAIVE
            moment = f"TRY_CAST({at} AS {'TIMESTAMP' if local else 'TIMESTAMPTZ'})"
            micros = f"CASE WHEN isfinite({moment}) THEN epoch_us({moment}) END"
        return f"CASE WHEN {micros} BETWEEN {FIRST} AND {LAST} THEN {micros} END"
