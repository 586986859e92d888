"""How a log of any kind becomes a table `source` in a DuckDB connection, with columns c0, c1 ...

From there on no SQL holds a name or a value that somebody else has chosen.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from cvjkit.errors import Fault, InputError, refusal, unknown_name
from cvjkit.measurement.reading import (
    BROKEN,
    FIRST,
    LARGE,
    LAST,
    NAIVE,
    TEXT,
    WHOLE,
    ZONED,
    Dialect,
)
from cvjkit.measurement.sources import (
    NOT_UTF8,
    NOT_WHOLE,
    UNENDED,
    UNREADABLE,
    Files,
    files_of,
    handing_arrow,
    layout_of,
    positions,
    unreadable_table,
    wrong_count,
)

if TYPE_CHECKING:
    from cvjkit.measurement.event_log import EventLog

SOURCE = "source"
CSV_LINE = re.compile(r"CSV Error on Line: (\d+)")
CSV_COLUMNS = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
CSV_FILE = re.compile(r"^\s*file = (.*)$", re.MULTILINE)
KINDS = {
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"), WHOLE),
    **dict.fromkeys(("UTINYINT", "USMALLINT", "UINTEGER"), WHOLE),
    **dict.fromkeys(("UBIGINT", "HUGEINT", "UHUGEINT"), LARGE),
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"), NAIVE),
    **dict.fromkeys(("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS"), ZONED),
    "VARCHAR": TEXT,
}
QUOTED_FILE = re.compile(r"""['"]([^'"]+)['"]""")


def load(connection: duckdb.DuckDBPyConnection, log: EventLog) -> Files | None:
    """Make the table `source` of the columns that a log is read by.

    What can be read twice is a view; a CSV file and a stream are copied into a table first.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    log : EventLog

    Returns
    -------
    Files or None
        The files that it is in.

    Raises
    ------
    InputError
        If there is no such file, column or table, or it cannot be read.
    """
    source = log.source
    if isinstance(source, str | PurePath):
        files = files_of(source)
        with told(log.subject, files):
            _load_files(connection, log, files)
        return files
    with told(log.subject):
        _load_arrow(connection, log, handing_arrow(log))
    return None


def kind_of(kind: str) -> str:
    """Tell what a column holds.

    Parameters
    ----------
    kind : str
        Its type, as DuckDB writes it.

    Returns
    -------
    str
        As `reading` calls it.
    """
    if kind in {"FLOAT", "DOUBLE"} or kind.startswith("DECIMAL"):
        return BROKEN
    return KINDS.get(kind, TEXT if kind.startswith("ENUM") else kind.strip('"').lower())


def moment_of(column: str, kind: str, zone: str) -> str:
    """Write the SQL by which a time is read.

    Parameters
    ----------
    column : str
        SQL of the column.
    kind : str
        What it holds.
    zone : str
        That of times without one, which is that of the session.

    Returns
    -------
    str
        SQL of microseconds since 1970-01-01 UTC; null where there is no moment of our calendar.
    """
    is_utc = kind == NAIVE and zone == "UTC"
    type_ = "TIMESTAMP" if is_utc else "TIMESTAMPTZ"
    moment = f"TRY_CAST({column} AS {type_})"
    first, last = (f"make_{type_}({micros})" for micros in (FIRST, LAST))
    return f"CASE WHEN {moment} BETWEEN {first} AND {last} THEN epoch_us({moment}) END"


DIALECT = Dialect(moment_of)


def set_zone(connection: duckdb.DuckDBPyConnection, log: EventLog) -> None:
    """Let times that say no zone be in the zone of the log.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
    log : EventLog

    Raises
    ------
    InputError
        If DuckDB does not know the zone.
    """
    zone = log.time_zone or "UTC"
    try:
        # One of Python's list of zones, so it holds no quote.
        connection.execute(f"SET TimeZone = '{zone}'")
    except duckdb.Error:
        fault = Fault("time_zone", zone, "is not known to DuckDB", "write one as 'Europe/London'")
        raise InputError(log.subject, [fault]) from None


@contextmanager
def told(subject: str, files: Files | None = None) -> Iterator[None]:
    """Raise what DuckDB and Arrow find wrong with a log as an `InputError`.

    Parameters
    ----------
    subject : str
        How messages call the log.
    files : Files, optional
        Where it is.

    Yields
    ------
    None

    Raises
    ------
    InputError
    """
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError, UnicodeError) as error:
        # Arrow's stream hands on what DuckDB says as an error of its own kind.
        if "INTERRUPT" in str(error):
            raise
        raise _fault_of(error, subject, files) from error


def _load_files(connection: duckdb.DuckDBPyConnection, log: EventLog, files: Files) -> None:
    # What DuckDB would take for a pattern is the name of a file here.
    paths = [glob.escape(path) for path in files.paths]
    if files.kind == "csv":
        layout = layout_of(files.paths)
        log.check_columns(layout.columns)
        text = connection.read_csv(
            paths,
            columns=dict.fromkeys(layout.columns, "VARCHAR"),
            delimiter=layout.delimiter,
            header=True,
            quotechar='"',
            escapechar='"',
            auto_detect=False,
        )
        _chosen(text, log).create(SOURCE)
    elif files.kind == "parquet":
        table = connection.read_parquet(paths)
        log.check_columns(tuple(table.columns))
        _chosen(table, log).create_view(SOURCE)
    else:
        table = _table_of(connection, log, files.paths[0])
        log.check_columns(tuple(table.columns))
        _chosen(table, log).create_view(SOURCE)


def _load_arrow(connection: duckdb.DuckDBPyConnection, log: EventLog, source: Any) -> None:
    stream = pa.RecordBatchReader.from_stream(source)
    indexes = positions(log, stream.schema.names)
    chosen = pa.schema([(f"c{n}", stream.schema.types[i]) for n, i in enumerate(indexes)])
    if isinstance(source, duckdb.DuckDBPyRelation | pa.RecordBatchReader):
        batches = (
            pa.RecordBatch.from_arrays([batch.column(i) for i in indexes], schema=chosen)
            for batch in stream
        )
        connection.register("stream", pa.RecordBatchReader.from_batches(chosen, batches))
        connection.table("stream").create(SOURCE)
        connection.unregister("stream")
    else:
        whole = stream.read_all()
        arrays = [whole.column(i) for i in indexes]
        connection.register(SOURCE, pa.Table.from_arrays(arrays, schema=chosen))


def _chosen(table: duckdb.DuckDBPyRelation, log: EventLog) -> duckdb.DuckDBPyRelation:
    names = (name.replace('"', '""') for name in log.columns)
    return table.project(", ".join(f'"{name}" AS c{i}' for i, name in enumerate(names)))


def _table_of(
    connection: duckdb.DuckDBPyConnection, log: EventLog, path: str
) -> duckdb.DuckDBPyRelation:
    """Find the table of a database that holds the log."""
    connection.execute("ATTACH $path AS given (READ_ONLY)", {"path": path})
    rows = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables"
        " WHERE table_catalog = 'given' ORDER BY ALL"
    ).fetchall()
    tables = {
        name if schema == "main" else f"{schema}.{name}": (schema, name) for schema, name in rows
    }
    if not tables:
        raise refusal(path, "holds no table", "give a database with the log in it")
    if log.table is None and len(tables) > 1:
        fix = f"choose from {', '.join(tables)}"
        raise InputError(path, [Fault("table", None, "is not given, and there are several", fix)])
    named = next(iter(tables)) if log.table is None else log.table
    if named not in tables:
        raise InputError(path, [unknown_name("table", log.table, tables)])
    schema, name = (text.replace('"', '""') for text in tables[named])
    return connection.sql(f'SELECT * FROM given."{schema}"."{name}"')  # noqa: S608 - quoted


def _fault_of(error: Exception, subject: str, files: Files | None) -> InputError:
    text = str(error)
    if "max_temp_directory_size" in text or "No space left" in text:
        rule = "is full: events are put in order there when memory does not hold them"
        fix = "make room, or name another folder or a higher limit"
        return InputError(subject, [Fault("the folder for temporary files", None, rule, fix)])
    if isinstance(error, duckdb.OutOfMemoryException):
        rule = "is not enough"
        return InputError(subject, [Fault("memory", None, rule, "allow more for the engine")])
    if files is not None and files.kind == "csv":
        return _fault_of_csv(text, subject)
    if files is not None and files.kind == "parquet":
        named = QUOTED_FILE.search(text)
        known = named is not None and named[1] in files.paths
        return refusal(str(named[1]) if known and named is not None else subject, *NOT_WHOLE)
    if files is not None:
        rule = "cannot be read as a DuckDB database"
        return refusal(subject, rule, "close what else has it open, or export the table to Parquet")
    return unreadable_table(subject, error)


def _fault_of_csv(text: str, subject: str) -> InputError:
    line, counts, file = (found.search(text) for found in (CSV_LINE, CSV_COLUMNS, CSV_FILE))
    if counts:
        rule, fix = wrong_count(counts[2], counts[1])
    elif "unterminated quote" in text:
        rule, fix = UNENDED
    elif "unicode" in text:
        rule, fix = NOT_UTF8
    else:
        rule, fix = UNREADABLE
    name = Path(file[1]).name if file else Path(subject).name
    field = f"{name}, line {line[1]}" if line else name
    return InputError(subject, [Fault(field, None, rule, fix)])
