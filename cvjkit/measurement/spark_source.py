"""How a log of any kind becomes a table of Spark, with columns c0, c1 ..., and how these are read.

Spark reads text in a way of its own: 1d is a number to it, 2026 a date, and 10:00Z no time. What is
here makes it read as DuckDB does.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING
from urllib.parse import unquote

import numpy as np
import pyarrow as pa

from cvjkit.errors import Fault, InputError, refusal
from cvjkit.measurement.reading import (
    BROKEN,
    HEX_DIGITS,
    LARGE,
    NAIVE,
    NUMBERS,
    TEXT,
    WHOLE,
    ZONED,
    Dialect,
    of_our_calendar,
)
from cvjkit.measurement.sources import (
    NOT_WHOLE,
    Files,
    check_csv,
    files_of,
    handing_arrow,
    layout_of,
    positions,
    unreadable_table,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cvjkit.measurement.event_log import EventLog
    from cvjkit.measurement.reading import Reading

KINDS = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), WHOLE),
    **dict.fromkeys(("timestamp_ntz", "date"), NAIVE),
    "decimal(20,0)": LARGE,  # which is what whole numbers of 64 bits without a sign are read as
    "timestamp": ZONED,
    "string": TEXT,
    "void": "null",
}
# What Arrow has and Spark has not.
SIGNED = {
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.decimal128(20, 0),
    pa.string_view(): pa.string(),
}
DIGITS = "[0-9]+(?:_[0-9]+)*"
NUMBER = (
    rf"(?i)^\\s*[+-]?(?:{DIGITS}[.]?(?:{DIGITS})?|[.]{DIGITS}|nan|inf(?:inity)?)"
    rf"(?:e[+-]?{DIGITS})?\\s*$"
)
FLAG = "^[A-Za-z0-9]*$"
# Year, month, day; minute, second, zone.
TIME = (
    r"^\\s*([0-9]+)[-/]([0-9]+)[-/]([0-9]+)"
    r"(?:[T \\t]\\s*([0-9]+:[0-9]+)(:[0-9]+(?:[.][0-9]*)?)?"
    r"([Zz]|[+-][0-9][0-9](?::?[0-9][0-9])?|\\s+[A-Za-z][A-Za-z].*)?\\s*)?\\z"
)
ROW, PATH = "_metadata.row_index + 1", "_metadata.file_path"
FILE = "url_decode(replace(_metadata.file_name, '+', '%2B'))"
SIGNS = re.compile(r"([\\\[\]{}*?])")  # which have a meaning in the patterns of Spark
NO_PARQUET = re.compile(
    "not a Parquet file|FAILED_READ_FILE|CANNOT_READ_FILE|UNABLE_TO_INFER_SCHEMA"
)
MISSING = re.compile(r"No module named '([\w.]+)'")
NO_FILE = "CAST(NULL AS STRING)"
COUNT = "monotonically_increasing_id()"
EPOCH = "TIMESTAMP_NTZ'1970-01-01'"


def load(session: SparkSession, log: EventLog) -> DataFrame:
    """Make a table of the columns that a log is read by.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
    log : EventLog

    Returns
    -------
    pyspark.sql.DataFrame
        Columns c0, c1 and so on; row (int64) and file (str), where a row is: null where Spark does
        not know, file also where there is but one.

    Raises
    ------
    InputError
        If there is no such file or column, or it cannot be read.
    """
    from pyspark.sql import DataFrame

    source = log.source
    if isinstance(source, DataFrame):
        return _chosen(source, log)
    if not isinstance(source, str | PurePath):
        table = pa.table(handing_arrow(log))
        table = _signed(table.select(positions(log, table.column_names)))
        numbered = _numbered(session, table)
        return _chosen(numbered, log, log.columns, row=f"x{table.num_columns}")
    if "://" in str(source):
        # On a disk of the cluster, which Spark knows and we do not.
        return _chosen(session.read.parquet(str(source)), log, row=ROW, file=FILE)
    files = files_of(source)
    file = FILE if len(files.paths) > 1 else NO_FILE
    paths = [SIGNS.sub(r"\\\1", f"file://{Path(path).absolute()}") for path in files.paths]
    if files.kind == "parquet":
        for path in files.paths:
            if not Path(path).stat().st_size:  # which Spark would pass over
                raise refusal(path, *NOT_WHOLE)
        return _chosen(session.read.parquet(*paths), log, row=ROW, file=file)
    if files.kind == "csv":
        return _load_csv(session, log, files.paths, paths, file)
    fix = 'use the engine "duckdb", or export the table to Parquet'
    raise refusal(source, "is a DuckDB database, which Spark does not read", fix)


def _load_csv(
    session: SparkSession, log: EventLog, files: tuple[str, ...], paths: list[str], file: str
) -> DataFrame:
    layout = layout_of(files)
    log.check_columns(layout.columns)
    # Spark reads what is not in UTF-8, and quotes that do not end, as it likes.
    check_csv(files, layout, whole=False)
    schema = ", ".join(f"c{index} STRING" for index in range(len(layout.columns)))
    text = session.read.csv(
        paths,
        schema,
        sep=layout.delimiter,
        header=True,
        quote='"',
        escape='"',
        multiLine=True,
        mode="FAILFAST",
        enforceSchema=True,
    )
    # One task reads a file of several lines a value, so that its rows are counted in order.
    counted = _chosen(text.toDF(*layout.columns), log, row=COUNT, file=file, path=PATH)
    row = "row - min(row) OVER (PARTITION BY path) + 1 AS row"
    return counted.selectExpr(*(f"c{n}" for n in range(len(log.columns))), row, "file")


def kind_of(kind: str) -> str:
    """Tell what a column holds.

    Parameters
    ----------
    kind : str
        Its type, as Spark writes it.

    Returns
    -------
    str
        As `reading` calls it.
    """
    if kind in KINDS:
        return KINDS[kind]
    return BROKEN if kind in {"float", "double"} or kind.startswith("decimal") else kind


def _numbered(session: SparkSession, table: pa.Table) -> DataFrame:
    """Make a table of Spark of one of Arrow, with the numbers of its rows last."""
    from pyspark.sql.pandas.types import from_arrow_schema

    table = table.append_column("", pa.array(np.arange(1, table.num_rows + 1)))
    table = table.rename_columns([f"x{index}" for index in range(table.num_columns)])
    schema = from_arrow_schema(table.schema, prefer_timestamp_ntz=True)
    return session.createDataFrame(table, schema)


def _signed(table: pa.Table) -> pa.Table:
    return table.cast(
        pa.schema([field.with_type(SIGNED.get(field.type, field.type)) for field in table.schema])
    )


def _chosen(
    table: DataFrame, log: EventLog, names: Sequence[str] | None = None, **more: str
) -> DataFrame:
    """Choose the columns of a log, by their names in a table, and some expressions beside."""
    chosen = positions(log, table.columns if names is None else names)
    # By position: Spark takes Time and time for one name.
    numbered = table.toDF(*(f"x{index}" for index in range(len(table.columns))))
    added = {"row": "CAST(NULL AS BIGINT)", "file": NO_FILE} | more
    return numbered.selectExpr(
        *(f"x{at} AS c{n}" for n, at in enumerate(chosen)),
        *(f"{sql} AS {name}" for name, sql in added.items()),
    )


def with_moments(table: DataFrame, reading: Reading) -> DataFrame:
    """Add the moments of the columns of times, step by step: each step is worked out but once.

    Parameters
    ----------
    table : pyspark.sql.DataFrame
        As `load` gives it.
    reading : Reading

    Returns
    -------
    pyspark.sql.DataFrame
        With columns such as c1_micros (int64), which `DIALECT` names.
    """
    columns = {reading.at[name]: reading.kinds[name] for name in reading.times.values()}
    local, said, micros = [], [], []
    for column, kind in columns.items():
        if kind in {*NUMBERS, ZONED}:
            continue
        time, moment = column, "CAST(NULL AS BIGINT)"
        if kind == TEXT:
            day, second, zone = (_part(column, part) for part in ("$1-$2-$3 $4$5", "$5", "$6"))
            # Spark wants seconds before a zone.
            seconds = f"CASE WHEN {second} = '' THEN ':00' ELSE '' END"
            time = f"CASE WHEN {zone} = '' THEN {day} END"
            moment = f"unix_micros(TRY_CAST({day} || {seconds} || ' ' || {zone} AS TIMESTAMP))"
            moment = f"CASE WHEN {zone} <> '' THEN {moment} END"
        local.append(f"TRY_CAST({time} AS TIMESTAMP_NTZ) AS {column}_local")
        said.append(f"{moment} AS {column}_said")
        found = f"coalesce({column}_said, {_moment_there(f'{column}_local', reading.zone)})"
        micros.append(f"{found} AS {column}_micros")
    return table.selectExpr("*", *local, *said).selectExpr("*", *micros)


def _part(column: str, parts: str) -> str:
    """Write the SQL of parts of the text of a time; null where it is none."""
    return (
        f"CASE WHEN {column} RLIKE '{TIME}' THEN regexp_replace({column}, '{TIME}', '{parts}') END"
    )


def _moment_there(local: str, zone: str) -> str:
    """Write the SQL of the moment of a local time; the zone of the session decides nothing."""
    if zone == "UTC":
        return f"timestampdiff(MICROSECOND, {EPOCH}, {local})"
    # Of a time that comes twice when summer ends, Spark takes the first moment and DuckDB the
    # second, which the offset of the day after gives.
    first = f"convert_timezone('{zone}', 'UTC', {local})"
    after = f"try_add({local}, INTERVAL '1' DAY)"
    second = f"convert_timezone('{zone}', 'UTC', {after}) - INTERVAL '1' DAY"
    is_same = f"convert_timezone('UTC', '{zone}', {second}) = {local}"
    moment = f"CASE WHEN {is_same} THEN {second} ELSE {first} END"
    return f"timestampdiff(MICROSECOND, {EPOCH}, {moment})"


def _moment(column: str, kind: str, _: str) -> str:
    return of_our_calendar(f"unix_micros({column})" if kind == ZONED else f"{column}_micros")


def _cast(column: str, kind: str, to: str) -> str:
    if kind == TEXT:
        pattern = FLAG if to == "BOOLEAN" else NUMBER
        plain = f"replace({column}, '_', '')"
        return f"TRY_CAST(CASE WHEN {column} RLIKE '{pattern}' THEN {plain} END AS {to})"
    return f"TRY_CAST({column if kind in {*NUMBERS, 'boolean'} else 'NULL'} AS {to})"


def _text(column: str, kind: str, zone: str) -> str:
    text = f"CAST({column} AS STRING)"
    if kind == ZONED:
        utc = f"timestampadd(MICROSECOND, unix_micros({column}), {EPOCH})"
        local = f"convert_timezone('UTC', '{zone}', {utc})"
        offset = f"timestampdiff(MINUTE, {utc}, {local})"
        sign = f"CASE WHEN {offset} < 0 THEN '-' ELSE '+' END"
        hours, minutes = (f"lpad(abs({offset}) {op} 60, 2, '0')" for op in ("DIV", "%"))
        rest = f"CASE WHEN {offset} % 60 = 0 THEN '' ELSE ':' || {minutes} END"
        return f"CAST({local} AS STRING) || {sign} || {hours} || {rest}"
    if kind != BROKEN:
        return text
    # As Python writes numbers: 10000000.0, 1e+16, 1e-05, nan.
    whole = f"CAST({text} AS DECIMAL(38, 20))"
    plain = f"regexp_replace(CAST({whole} AS STRING), '([.][0-9]+?)0*$', '$1')"
    short = f"regexp_replace({text}, '[.]0E', 'E')"
    for pattern, written in (("E([0-9])", "E+$1"), ("E([+-])([0-9])$", "E$10$2"), ("inity", "")):
        short = f"regexp_replace({short}, '{pattern}', '{written}')"
    is_plain = f"abs({column}) >= 1e-4 AND abs({column}) < 1e16"
    written = f"CASE WHEN {is_plain} THEN {plain} ELSE lower({short}) END"
    return f"CASE WHEN typeof({column}) LIKE 'decimal%' THEN {text} ELSE {written} END"


def _digest(text: str) -> str:
    return f"CAST(conv(left(md5({text}), {HEX_DIGITS}), 16, 10) AS BIGINT)"


DIALECT = Dialect(_moment, _cast, _text, _digest)


@contextmanager
def unwarned() -> Iterator[None]:
    """Keep it to ourselves that Spark does not know the newest pandas: it works with it.

    Yields
    ------
    None
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        yield


@contextmanager
def told(log: EventLog) -> Iterator[None]:
    """Raise what Spark finds wrong with a log as an `InputError`, and keep it off the screen.

    Parameters
    ----------
    log : EventLog

    Yields
    ------
    None

    Raises
    ------
    InputError
    """
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    loggers = [logging.getLogger(f"{name}QueryContextLogger") for name in ("SQL", "DataFrame")]
    for logger in loggers:
        logger.addFilter(_nothing)
    try:
        with unwarned():
            yield
    except (pa.ArrowException, UnicodeError) as error:
        raise unreadable_table(log.subject, error) from None
    except (PySparkException, Py4JJavaError) as error:
        # What Java was doing helps nobody here, and would fill the screen.
        raise _fault_of(str(error), log) from None
    finally:
        for logger in loggers:
            logger.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False


def _fault_of(text: str, log: EventLog) -> InputError:
    source = log.source
    is_local = isinstance(source, str | PurePath) and "://" not in str(source)
    files = files_of(source) if is_local else Files("", ())  # type: ignore[arg-type] # it is a path
    if "MALFORMED" in text and files.kind == "csv":
        try:
            check_csv(files.paths, layout_of(files.paths), whole=True)
        except InputError as error:
            return error
    if NO_PARQUET.search(text):
        # The longest of those named: that of another may be its beginning.
        named = [path for path in files.paths if f"{Path(path).absolute()}" in unquote(text)]
        return refusal(max(named, key=len, default=log.subject), *NOT_WHOLE)
    if "PATH_NOT_FOUND" in text:
        return refusal(log.subject, "does not exist", "correct the path")
    if "No space left" in text or "quota exceeded" in text:
        rule, fix = "cannot be put in order: a disk of the cluster is full", "make room"
    elif module := MISSING.search(text):
        rule = f"cannot be counted: a worker of the cluster lacks {module[1]}"
        fix = 'install it there, as with pip install "cvjkit[spark]"'
    else:
        reason = text.partition("\n: ")[2] or text
        rule = f"cannot be read ({reason.partition(chr(10))[0]})"
        fix = "look at the log of Spark"
    return InputError(log.subject, [Fault("log", None, rule, fix)])
