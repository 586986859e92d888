"""The engine of one machine: DuckDB puts events in order, on disk if memory does not hold them."""

from __future__ import annotations

import os
import re
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from cvjkit.errors import InputError
from cvjkit.measurement.duckdb_source import DIALECT, kind_of, load, set_zone, told
from cvjkit.measurement.engine import UNWATCHED, Stopped, Watch
from cvjkit.measurement.look import ORDER, look, nothing_to_read, ordered
from cvjkit.measurement.reading import Reading
from cvjkit.measurement.recut import recut

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.event_log import EventLog
    from cvjkit.measurement.sources import Files

Part = TypeVar("Part")

ROWS = 250_000
BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class DuckDBEngine:
    """Reads logs with DuckDB.

    Parameters
    ----------
    memory_limit : str
        How much DuckDB may take, as ``2GB``.
    disk_limit : str, optional
        How much it may write to disk beyond that; by default what is free.
    folder : str or Path, optional
        Where it writes; by default the system's folder for temporary files. Nothing stays there.
    threads : int, optional
        By default one for each processor.
    """

    _: KW_ONLY
    memory_limit: str = "2GB"
    disk_limit: str | None = None
    folder: str | Path | None = None
    threads: int | None = None

    @contextmanager
    def open(self, log: EventLog, watch: Watch = UNWATCHED) -> Iterator[OpenInDuckDB]:
        """Open a log and look what is in it.

        Parameters
        ----------
        log : EventLog
        watch : Watch

        Yields
        ------
        OpenInDuckDB
            Of use within the block only.

        Raises
        ------
        InputError
            With all faults that a look at the log finds, or that some of it cannot be read.
        """
        threads = self.threads or os.cpu_count() or 1
        with tempfile.TemporaryDirectory(prefix="cvjkit-", dir=self.folder) as folder:
            config: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": self.memory_limit,
                "temp_directory": folder,
                "threads": threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
            if self.disk_limit is not None:
                config["max_temp_directory_size"] = self.disk_limit
            with duckdb.connect(config=config) as connection, _watched(connection, watch):
                files = load(connection, log)
                yield OpenInDuckDB(connection, log, files, watch, threads)


class OpenInDuckDB:
    """A log that DuckDB reads.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the table `source`.
    log : EventLog
    files : Files, optional
        Those that the log is in.
    watch : Watch
    threads : int
        How many batches are worked on at once.

    Raises
    ------
    InputError
        With all faults that a look at the log finds.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        log: EventLog,
        files: Files | None,
        watch: Watch,
        threads: int,
    ) -> None:
        self._connection, self._log, self._files = connection, log, files
        self._watch, self._threads = watch, threads
        types = map(str, connection.table("source").types)
        kinds = {column: kind_of(text) for column, text in zip(log.columns, types, strict=True)}
        reading = Reading(log, kinds, DIALECT)
        if faults := reading.wrong_kinds():
            raise InputError(f"the columns of {log.subject}", faults)
        set_zone(connection, log)
        names = {"source": "source"}
        for name, value in reading.values().items():
            connection.execute(f"SET VARIABLE {name} = $1", [value])
            names[name] = f"getvariable('{name}')"
        with told(log.subject, files):
            events = reading.events("row_number() OVER ()").format_map(names)
            connection.execute(f"CREATE VIEW events AS {events}")
            self.contents = look(log, self._rows)

    def reduce(
        self,
        per_batch: Callable[[Batch], Part],
        merge: Callable[[Part, Part], Part],
        names: Collection[int] | None = None,
    ) -> Part:
        """Run a function over all batches and merge what it gives, in the order of people.

        Parameters
        ----------
        per_batch : callable
            Runs in several threads at once.
        merge : callable
        names : collection of int, optional
            The codes of the events that are handed over; by default all.

        Returns
        -------
        object

        Raises
        ------
        InputError
            If the disk is full, or none of the events is handed over.
        Stopped
        """
        total: Part | None = None
        for part in self._parts(per_batch, names):
            total = part if total is None else merge(total, part)
        if total is None:
            raise nothing_to_read(self._log, self.contents.rows)
        return total

    def _parts(
        self, per_batch: Callable[[Batch], Part], names: Collection[int] | None
    ) -> Iterator[Part]:
        """Work on some batches at once; give what comes of them in their order."""
        counts = self.contents.counts
        whole = max(1, sum(counts if names is None else map(counts.__getitem__, set(names))))
        done = 0
        waiting: deque[tuple[Future[Part], int]] = deque()
        pool = ThreadPoolExecutor(self._threads)
        try:
            for batch in self._batches(names):
                waiting.append((pool.submit(per_batch, batch), len(batch.times)))
                while len(waiting) > self._threads:
                    future, events = waiting.popleft()
                    yield future.result()
                    done += events
                    self._watch.told(0.5 + done / whole / 2)
            for future, _ in waiting:
                yield future.result()
            self._watch.told(1.0)
        finally:
            pool.shutdown(cancel_futures=True)

    def _batches(self, names: Collection[int] | None) -> Iterator[Batch]:
        query = ordered(self._log, self.contents, self._code, names)
        with told(self._log.subject, self._files):
            relation = self._asked(f"{query} ORDER BY {', '.join(ORDER)}")
            yield from recut(relation.to_arrow_reader(ROWS), self._log.properties)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._asked(query).fetchall()

    def _asked(self, query: str) -> duckdb.DuckDBPyRelation:
        # Here a table is called as it is.
        return self._connection.sql(BRACES.sub(r"\1", query))

    def _code(self, table: str, values: Sequence[str], codes: Collection[int]) -> None:
        self._connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT unnest($values) AS value,"
            " CAST(unnest($codes) AS INTEGER) AS code",
            {"values": [values[code] for code in codes], "codes": list(codes)},
        )


@contextmanager
def _watched(connection: duckdb.DuckDBPyConnection, watch: Watch) -> Iterator[None]:
    """Interrupt what DuckDB does once somebody asks for it, and say so."""
    over, stop = threading.Event(), watch.stop or threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            if stop.is_set():
                connection.interrupt()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        watch.told(0.0)
        yield
    except (duckdb.InterruptException, OSError) as error:
        if stop.is_set() and "INTERRUPT" in str(error):
            raise Stopped from None
        raise
    finally:
        over.set()
        thread.join()
