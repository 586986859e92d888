"""The engine of a cluster: Spark puts events in order where they are, and work goes to them."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import sys
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from cvjkit.errors import Fault, InputError, refusal
from cvjkit.measurement.engine import UNWATCHED, Stopped, Watch
from cvjkit.measurement.look import ORDER, look, nothing_to_read, ordered
from cvjkit.measurement.reading import BROKEN, NAIVE, TEXT, WHOLE, ZONED, Reading
from cvjkit.measurement.recut import recut
from cvjkit.measurement.sources import files_of, handing_arrow, layout_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.event_log import EventLog

Part = TypeVar("Part")

KINDS = {
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), WHOLE),
    **dict.fromkeys(("timestamp_ntz", "date"), NAIVE),
    "timestamp": ZONED,
    "string": TEXT,
    "void": "null",
}
BRACES = re.compile(r"\{(v\w+|name\d+)\}")
# A day, and what else there may be; Spark itself would take 2026 or 12:30 for a date as well.
DATE = r"^ *[0-9]+-[0-9]+-[0-9]+([T ].*)?$"
SAYS_ZONE = r":.*([A-Za-z]|[+-][0-9:]+) *$"


@dataclass(frozen=True, slots=True)
class SparkEngine:
    """Reads logs with Spark.

    Parameters
    ----------
    session : pyspark.sql.SparkSession, optional
        By default that of the log, if the log is a DataFrame of Spark; else the one that is active;
        else one on this machine.
    """

    session: SparkSession | None = None

    @contextmanager
    def open(self, log: EventLog, watch: Watch = UNWATCHED) -> Iterator[OpenInSpark]:
        """Open a log and look what is in it.

        Parameters
        ----------
        log : EventLog
        watch : Watch

        Yields
        ------
        OpenInSpark

        Raises
        ------
        InputError
            With all faults that a look at the log finds, or that some of it cannot be read; or if
            there is no Java, without which Spark does not start.
        """
        from pyspark.sql import DataFrame, SparkSession

        session = self.session
        if isinstance(log.source, DataFrame):
            session = log.source.sparkSession
        if session is None:
            session = SparkSession.getActiveSession() or local_session()
        with _watched(session, watch):
            opened = OpenInSpark(session, log, watch)
            watch.told(0.5)
            yield opened


def local_session() -> SparkSession:
    """Start Spark on this machine.

    Returns
    -------
    pyspark.sql.SparkSession

    Raises
    ------
    InputError
        If there is no Java.
    """
    from pyspark.sql import SparkSession

    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").exists() if home else shutil.which("java")):
        rule = "is not there, and Spark needs it"
        fix = "type: sudo apt-get install openjdk-17-jre-headless; or set JAVA_HOME"
        raise InputError("the engine", [Fault("Java", home, rule, fix)])
    # Its workers are to run this Python, not the first on the PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    session: SparkSession = SparkSession.builder.appName("cvjkit").getOrCreate()
    return session


class OpenInSpark:
    """A log that Spark reads.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
    log : EventLog
    watch : Watch

    Raises
    ------
    InputError
        With all faults that a look at the log finds.
    """

    def __init__(self, session: SparkSession, log: EventLog, watch: Watch) -> None:
        self._session, self._log, self._watch = session, log, watch
        with _told(log):
            source = _chosen(_loaded(session, log), log)
            kinds = {
                column: _kind_of(kind)
                for column, (_, kind) in zip(log.columns, source.dtypes, strict=True)
            }
            reading = Reading(log, kinds, _moment_of)
            if faults := reading.wrong_kinds():
                raise InputError(f"the columns of {log.subject}", faults)
            # Values are markers that Spark binds; tables stay in braces.
            query = BRACES.sub(r":\1", reading.events("CAST(NULL AS BIGINT)"))
            events = session.sql(query, args=reading.values(), source=source)
            self._tables = {"events": events}
            self.contents = look(log, self._rows, read_as_utc=reading.read_as_utc)

    def reduce(
        self,
        per_batch: Callable[[Batch], Part],
        merge: Callable[[Part, Part], Part],
        names: Collection[int] | None = None,
    ) -> Part:
        """Run a function over all batches where they are, and merge what it gives.

        Parameters
        ----------
        per_batch : callable
            Runs on the workers, which need cvjkit and whatever else it uses.
        merge : callable
            Runs on the workers and here.
        names : collection of int, optional
            The codes of the events that are handed over; by default all.

        Returns
        -------
        object

        Raises
        ------
        InputError
            If none of the events is handed over.
        Stopped
        """
        query = ordered(self._log, self.contents, self._code, names)
        with _told(self._log):
            events = self._session.sql(query, **self._tables).repartition("person")
            work = _work(per_batch, merge, self._log.properties)
            parts = events.sortWithinPartitions(*ORDER).mapInArrow(work, "part binary").collect()
        if not parts:
            raise nothing_to_read(self._log, self.contents.rows)
        self._watch.told(1.0)
        total: Part = pickle.loads(parts[0][0])  # noqa: S301 - what our own workers wrote
        for part in parts[1:]:
            total = merge(total, pickle.loads(part[0]))  # noqa: S301
        return total

    def _rows(self, query: str) -> Sequence[Sequence[Any]]:
        rows: Sequence[Sequence[Any]] = self._session.sql(query, **self._tables).collect()
        return rows

    def _code(self, table: str, values: Sequence[str], codes: Collection[int]) -> None:
        from pyspark.sql import functions

        columns = {"value": [values[code] for code in codes], "code": list(codes)}
        schema = pa.schema([("value", pa.string()), ("code", pa.int32())])
        coded = self._session.createDataFrame(pa.table(columns, schema=schema))
        self._tables[table] = functions.broadcast(coded)


def _work(
    per_batch: Callable[[Batch], Part],
    merge: Callable[[Part, Part], Part],
    properties: tuple[str, ...],
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Make the function that a worker runs over the events of a part of the people."""

    def work(stream: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        total: list[Any] = []
        for batch in recut(stream, properties):
            part = per_batch(batch)
            total = [merge(total[0], part) if total else part]
        for part in total:
            yield pa.RecordBatch.from_pydict({"part": [pickle.dumps(part)]})

    return work


def _loaded(session: SparkSession, log: EventLog) -> DataFrame:
    from pyspark.sql import DataFrame
    from pyspark.sql.pandas.types import from_arrow_schema

    source = log.source
    if isinstance(source, DataFrame):
        return source
    if not isinstance(source, str | PurePath):
        table = pa.table(handing_arrow(log))
        schema = from_arrow_schema(table.schema, prefer_timestamp_ntz=True)
        return session.createDataFrame(table, schema)
    if "://" in str(source):
        # On a disk of the cluster, which Spark knows and we do not.
        return session.read.parquet(str(source))
    files = files_of(source)
    paths = [Path(path).absolute().as_uri() for path in files.paths]
    if files.kind == "parquet":
        return session.read.parquet(*paths)
    if files.kind == "csv":
        layout = layout_of(files.paths)
        log.check_columns(layout.columns)
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
        return text.toDF(*layout.columns)
    fix = 'use the engine "duckdb", or export the table to Parquet'
    raise refusal(source, "is a DuckDB database, which Spark does not read", fix)


def _chosen(table: DataFrame, log: EventLog) -> DataFrame:
    log.check_columns(tuple(table.columns))
    # By position: Spark takes Time and time for one name.
    numbered = table.toDF(*(f"x{index}" for index in range(len(table.columns))))
    chosen = [table.columns.index(name) for name in log.columns]
    return numbered.selectExpr(*(f"x{at} AS c{n}" for n, at in enumerate(chosen)))


def _kind_of(kind: str) -> str:
    if kind in {"float", "double"} or kind.startswith("decimal"):
        return BROKEN
    return KINDS.get(kind, kind)


def _moment_of(column: str, kind: str, zone: str) -> str:
    if kind == ZONED:
        return f"unix_micros({column})"
    # The zone of the session decides nothing here.
    there = f"convert_timezone('{zone}', 'UTC', TRY_CAST({column} AS TIMESTAMP_NTZ))"
    local = f"timestampdiff(MICROSECOND, TIMESTAMP_NTZ'1970-01-01', {there})"
    if kind == NAIVE:
        return local
    moment = f"unix_micros(TRY_CAST({column} AS TIMESTAMP))"
    either = f"CASE WHEN {column} RLIKE '{SAYS_ZONE}' THEN {moment} ELSE {local} END"
    return f"CASE WHEN {column} RLIKE '{DATE}' THEN {either} END"


@contextmanager
def _told(log: EventLog) -> Iterator[None]:
    """Raise what Spark finds wrong with a log as an `InputError`."""
    from pyspark.errors import PySparkException

    try:
        yield
    except PySparkException as error:
        text = str(error)
        if "cancelled" in text.lower():
            raise
        rule, fix = _reason(text)
        raise InputError(log.subject, [Fault("log", None, rule, fix)]) from error


def _reason(text: str) -> tuple[str, str]:
    if "MALFORMED" in text.upper():
        fix = "read it with the engine duckdb, which says which one"
        return "has a line that does not suit its CSV file", fix
    if "is not a Parquet file" in text or "READ_FILE" in text:
        return "holds a file that cannot be read", "export it again"
    if "No space left" in text:
        return "cannot be put in order: a disk of the cluster is full", "make room"
    return f"cannot be read ({text.splitlines()[0]})", "look at the log of Spark"


@contextmanager
def _watched(session: SparkSession, watch: Watch) -> Iterator[None]:
    """End what Spark does once somebody asks for it, and tell how far it is."""
    from pyspark.errors import PySparkException

    tag, over, stop = f"cvjkit-{uuid.uuid4()}", threading.Event(), watch.stop or threading.Event()

    def wait() -> None:
        while not over.wait(0.1):
            if stop.is_set():
                session.interruptTag(tag)

    watch.told(0.0)
    session.addTag(tag)
    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    try:
        yield
    except PySparkException as error:
        if stop.is_set():
            raise Stopped from error
        raise
    finally:
        over.set()
        thread.join()
        session.removeTag(tag)
