"""What is in a log, and the query for its events: one SQL for all engines.

Tables are named in braces, and each engine puts in what it calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cvjkit.errors import Fault, InputError, shown
from cvjkit.measurement.batch import Labels
from cvjkit.measurement.engine import Contents
from cvjkit.measurement.event_log import CODED, MONEY, EventLog

Query = Callable[[str], Sequence[Sequence[Any]]]
"""From a query to its rows."""

Coding = Callable[[str, Sequence[str]], tuple[str, str]]
"""From a column of texts and the values that it has, to the SQL of a value's index, and of what
has to be joined for it."""

MOST_VALUES = 100_000
"""How many different events, or values of one other column, a log may have."""

SHOWN = 10
USABLE = "person IS NOT NULL AND micros IS NOT NULL"
RULES = {
    "person": ("must be a whole number or text", "correct it"),
    "time": ("is not a date and time", "write it as 2026-03-01 or 2026-03-01 14:30:00"),
    "revenue": ("is not a number", "write it as 1234.50"),
    "cost": ("is not a number", "write it as 1234.50"),
}


def look(log: EventLog, query: Query) -> Contents:
    """Look what is in a log.

    Parameters
    ----------
    log : EventLog
    query : callable
        Asks the table ``{events}``, as `Reading.events` gives it.

    Returns
    -------
    Contents

    Raises
    ------
    InputError
        If there is nothing to count, if values cannot be read, with the first of them, or if a
        column has too many different ones.
    """
    checked = {role: _read(role) for role in RULES if getattr(log, role) is not None}
    counted = [*checked.values(), *(f"{role}_given" for role in checked)]
    found = query(
        f"SELECT name, count(*), {', '.join(f'count({column})' for column in counted)},"  # noqa: S608 - ours
        f" count(CASE WHEN {USABLE} THEN is_local END), min(micros), max(micros)"
        f" FROM {{events}} GROUP BY name LIMIT {MOST_VALUES + 2}"
    )
    _check(log, "event", len(found) - 1)
    rows, *sums = (sum(row[index] for row in found) for index in range(1, len(counted) + 2))
    has = dict(zip(counted, sums, strict=True))
    wrong = {role: has[f"{role}_given"] - has[column] for role, column in checked.items()}
    if faults := _faults(query, {role: count for role, count in wrong.items() if count}):
        raise InputError(log.subject, faults)
    usable = _usable(query, found, rows=rows, with_person=has["person"], with_time=has["micros"])
    if not usable:
        raise nothing_to_read(log, rows)
    texts = {role: _values(log, query, role, role) for role in CODED if getattr(log, role)}
    properties = {
        name: _values(log, query, f"p{index}", f"properties[{index}]")
        for index, name in enumerate(log.properties)
    }
    return Contents(
        Labels(
            tuple(name for name, _, _, _ in usable),
            properties=properties,
            are_joined=bool(log.conditions),
            **texts,
        ),
        tuple(count for _, count, _, _ in usable),
        rows=rows,
        without_person=rows - has["person_given"],
        without_time=rows - has["time_given"],
        without_event=sum(row[1] for row in found if row[0] is None),
        first=min(first for _, _, first, _ in usable),
        last=max(last for _, _, _, last in usable),
        read_as_utc=sum(row[-3] for row in found if row[0] is not None),
    )


def coded(log: EventLog, contents: Contents, code: Coding) -> str:
    """Write the query for events that can be used, with codes for texts, in any order.

    Parameters
    ----------
    log : EventLog
    contents : Contents
    code : callable

    Returns
    -------
    str
        Columns: person, micros, name; and by what the log has channel, awareness, p0, p1 and so on,
        revenue, cost, referred. A code that is missing is -1, an amount NaN.
    """
    labels = contents.labels
    name, joined = code("name", labels.names)
    chosen, joins = ["person", "micros", f"{name} AS name"], [joined]
    texts = {role: getattr(labels, role) for role in CODED if getattr(log, role) is not None}
    texts |= {f"p{i}": values for i, values in enumerate(labels.properties.values())}
    for column, values in texts.items():
        found, joined = code(column, values)
        chosen.append(f"coalesce(CAST({found} AS INTEGER), -1) AS {column}")
        joins.append(joined)
    money = [role for role in MONEY if getattr(log, role) is not None]
    chosen += [f"coalesce({role}, CAST('NaN' AS DOUBLE)) AS {role}" for role in money]
    chosen += ["coalesce(held, -1) AS held"] if log.hold is not None else []
    chosen += ["referred"] if log.referred_by is not None else []
    listed, tables = ", ".join(chosen), " ".join(joins)
    # Where nothing is missing, nothing is looked for in each row.
    all_usable = contents.rows == sum(contents.counts)
    usable = "TRUE" if all_usable else f"{USABLE} AND events.name IS NOT NULL"
    return f"SELECT {listed} FROM {{events}} AS events {tables} WHERE {usable}"  # noqa: S608 - ours


def nothing_to_read(log: EventLog, rows: int) -> InputError:
    """Say that a log has no row that can be used.

    Parameters
    ----------
    log : EventLog
    rows : int
        How many there are.

    Returns
    -------
    InputError
    """
    if rows:
        rule, fix = "has no row with a person, a time and an event", "look at the columns given"
        return InputError(log.subject, [Fault("rows", rows, rule, fix)])
    return InputError(log.subject, [Fault("rows", None, "are none", "give a log with events")])


def _usable(
    query: Query, found: Sequence[Sequence[Any]], *, rows: int, with_person: int, with_time: int
) -> list[tuple[str, int, int, int]]:
    """Count the rows of each event that can be used, with their first and last time."""
    if rows == with_person == with_time:
        # What holds of all needs no second look, and no column of people is read for it.
        counts = [(row[0], row[1], *row[-2:]) for row in found if row[0] is not None]
    else:
        asked = query(
            "SELECT name, count(*), min(micros), max(micros) FROM {events}"  # noqa: S608 - ours
            f" WHERE name IS NOT NULL AND {USABLE} GROUP BY name"
        )
        counts = [(name, count, first, last) for name, count, first, last in asked]
    return sorted(counts, key=lambda event: (-event[1], event[0]))


def _values(log: EventLog, query: Query, column: str, role: str) -> tuple[str, ...]:
    """List the values of a column, those of most rows first."""
    found = query(
        f"SELECT {column}, count(*) FROM {{events}} WHERE {column} IS NOT NULL"  # noqa: S608 - ours
        f" AND name IS NOT NULL AND {USABLE} GROUP BY {column} LIMIT {MOST_VALUES + 1}"
    )
    _check(log, role, len(found))
    return tuple(value for _, value in sorted((-count, value) for value, count in found))


def _check(log: EventLog, role: str, values: int) -> None:
    """Refuse a column that has more different values than anybody means to tell apart."""
    if values > MOST_VALUES:
        rule = f"has more than {MOST_VALUES:,} different values"
        fault = Fault(role, log.roles.get(role), rule, "choose another column")
        raise InputError(log.subject, [fault])


def _faults(query: Query, wrong: dict[str, int]) -> list[Fault]:
    """Show the first values of each column that cannot be read, with their rows."""
    faults = []
    for role, count in wrong.items():
        found = query(
            f"SELECT file, row, person_given, name, {role}_given FROM {{events}}"  # noqa: S608 - ours
            f" WHERE {_wrong(role)} ORDER BY file, row, {role}_given LIMIT {SHOWN}"
        )
        for file, row, person, name, value in found:
            field = [role, *([f"row {row}"] if row else _whose(person, name))]
            field += [] if file is None else [str(file)]
            faults.append(Fault(", ".join(field), value, *RULES[role]))
        if count > len(found):
            rule = f"has {count - len(found):,} more of this kind"
            faults.append(Fault(role, None, rule, RULES[role][1]))
    return faults


def _whose(person: object, name: str | None) -> list[str]:
    """Say which event it is where rows have no number."""
    known = {"event": name, "person": person}
    return [f"{what} {shown(value)}" for what, value in known.items() if value is not None]


def _read(role: str) -> str:
    return "micros" if role == "time" else role


def _wrong(role: str) -> str:
    return f"{role}_given IS NOT NULL AND {_read(role)} IS NULL"
