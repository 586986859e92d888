"""The engine of a cluster: Spark puts events in order where they are, and work goes to them."""

from __future__ import annotations

import os
import pickle
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow as pa

from cvjkit.errors import Fault, InputError
from cvjkit.measurement.engine import UNWATCHED, Stopped, Watch
from cvjkit.measurement.look import coded, look, nothing_to_read
from cvjkit.measurement.reading import Reading
from cvjkit.measurement.recut import recut
from cvjkit.measurement.spark_jobs import Jobs
from cvjkit.measurement.spark_source import DIALECT, kind_of, load, told, unwarned, with_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyspark.sql import SparkSession

    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.event_log import EventLog

Part = TypeVar("Part")

ORDER = ("person", "micros")
BRACES = re.compile(r"\{(v\w+|name\d+)\}")


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
        jobs = Jobs(session, watch)
        with jobs.watched():
            yield jobs.run(lambda: OpenInSpark(session, log, jobs))
            watch.told(1.0)


def local_session() -> SparkSession:
    """Start Spark on this machine.

    Returns
    -------
    pyspark.sql.SparkSession

    Raises
    ------
    InputError
        If there is no Java, or Spark does not start.
    """
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").exists() if home else shutil.which("java")):
        rule = "is not there, and Spark needs it"
        fix = "type: sudo apt-get install openjdk-17-jre-headless; or set JAVA_HOME"
        raise InputError("the engine", [Fault("Java", home, rule, fix)])
    # Its workers are to run this Python, not the first on the PATH.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    with ThreadPoolExecutor(1) as pool, unwarned():
        given_up = threading.Event()
        started = pool.submit(_start, given_up)
        try:
            return started.result()
        except KeyboardInterrupt:
            given_up.set()
            raise


def _start(given_up: threading.Event) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext
    from pyspark.errors import PySparkRuntimeError
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context is None:  # noqa: SLF001 - there is no other way to ask
        try:
            # What Java says is for those who know Spark, and they start a session of their own.
            gateway = launch_gateway(popen_kwargs={"stderr": subprocess.DEVNULL})
            if given_up.is_set():
                gateway.proc.terminate()  # which would run on
                raise Stopped
            conf = SparkConf(_jvm=gateway.jvm).setAppName("cvjkit").set("spark.ui.enabled", "false")
            SparkContext(gateway=gateway, conf=conf)
        except (PySparkRuntimeError, Py4JError):
            fix = "look what `spark-submit --version` says; it needs Java 17 or newer"
            fault = Fault("Spark", None, "does not start", fix)
            raise InputError("the engine", [fault]) from None
    session: SparkSession = SparkSession.builder.getOrCreate()
    return session


class OpenInSpark:
    """A log that Spark reads.

    Parameters
    ----------
    session : pyspark.sql.SparkSession
    log : EventLog
    jobs : Jobs

    Raises
    ------
    InputError
        With all faults that a look at the log finds.
    """

    def __init__(self, session: SparkSession, log: EventLog, jobs: Jobs) -> None:
        self._session, self._log, self._jobs, self._looks = session, log, jobs, 0
        with told(log):
            source = load(session, log)
            types = [kind for _, kind in source.dtypes]
            kinds = dict(zip(log.columns, map(kind_of, types), strict=False))
            reading = Reading(log, kinds, DIALECT)
            if faults := reading.wrong_kinds():
                raise InputError(f"the columns of {log.subject}", faults)
            # Values are markers that Spark binds; tables stay in braces.
            query = BRACES.sub(r":\1", reading.events("row", "file"))
            source = with_moments(source, reading)
            events = session.sql(query, args=reading.values(), source=source)
            self._tables = {"events": events}
            self.contents = look(log, self._rows)

    def reduce(
        self,
        per_batch: Callable[[Batch], Part],
        merge: Callable[[Part, Part], Part],
    ) -> Part:
        """Run a function over all batches where they are, and merge what it gives.

        Parameters
        ----------
        per_batch : callable
            Runs on the workers, which need cvjkit and whatever else it uses.
        merge : callable
            Runs on the workers and here.

        Returns
        -------
        object

        Raises
        ------
        InputError
            If none of the events is handed over.
        Stopped
        """
        parts = self._jobs.run(lambda: self._parts(per_batch, merge))
        if not parts:
            raise nothing_to_read(self._log, self.contents.rows)
        total: Part = pickle.loads(parts[0][0])  # noqa: S301 - what our own workers wrote
        for part in parts[1:]:
            total = merge(total, pickle.loads(part[0]))  # noqa: S301
        return total

    def identified(self, people: NDArray[Any]) -> NDArray[Any]:
        """Tell who people of its batches are.

        Parameters
        ----------
        people : ndarray

        Returns
        -------
        ndarray
            The same: workers hand over people as they are in the log.
        """
        return people

    def _parts(
        self, per_batch: Callable[[Batch], Part], merge: Callable[[Part, Part], Part]
    ) -> Sequence[Sequence[bytes]]:
        self._jobs.between(0.5, 1.0)
        query = coded(self._log, self.contents, self._code)
        with told(self._log):
            events = self._session.sql(query, **self._tables).repartition("person")
            others = [name for name in events.columns if name not in ORDER]
            work = _work(per_batch, merge, self._log.properties)
            ordered = events.sortWithinPartitions(*ORDER, *others)
            parts: Sequence[Sequence[bytes]] = ordered.mapInArrow(work, "part binary").collect()
        return parts

    def _rows(self, query: str) -> Sequence[Sequence[Any]]:
        # Each look at the log is worth half of what is left until its events are asked for.
        self._looks += 1
        self._jobs.between(0.5 - 0.5**self._looks, 0.5 - 0.5 ** (self._looks + 1))
        rows: Sequence[Sequence[Any]] = self._session.sql(query, **self._tables).collect()
        return rows

    def _code(self, column: str, values: Sequence[str]) -> tuple[str, str]:
        from pyspark.sql import functions

        columns = {"value": list(values), "code": range(len(values))}
        schema = pa.schema([("value", pa.string()), ("code", pa.int32())])
        table = self._session.createDataFrame(pa.table(columns, schema=schema))
        of = f"of_{column}"
        self._tables[of] = functions.broadcast(table)
        return f"{of}.code", f"LEFT JOIN {{{of}}} AS {of} ON events.{column} = {of}.value"


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
