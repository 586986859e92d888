"""The engine of one machine: DuckDB puts events in order, on disk if memory does not hold them."""

from __future__ import annotations

import os
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import duckdb

from cvjkit.errors import Fault, InputError
from cvjkit.measurement.batch import Labels
from cvjkit.measurement.duckdb_query import Reading
from cvjkit.measurement.duckdb_source import load, told
from cvjkit.measurement.engine import (
    UNWATCHED,
    Contents,
    Stopped,
    Watch,
    check_values,
    nothing_to_read,
)
from cvjkit.measurement.event_log import CODED, MONEY
from cvjkit.measurement.recut import recut

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.event_log import EventLog
    from cvjkit.measurement.sources import Files

Part = TypeVar("Part")

ROWS = 250_000
SHOWN_FAULTS = 10
CHECKED = {
    "person": "must be a whole number or text",
    "time": "is not a date and time",
    "revenue": "is not a number",
    "cost": "is not a number",
}
FIXES = {
    "person": "correct it",
    "time": "write it as 2026-03-01 or 2026-03-01 14:30:00",
    "revenue": "write it as 1234.50",
    "cost": "write it as 1234.50",
}


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
        source = connection.table("source")
        self._reading = Reading(log, dict(zip(log.columns, map(str, source.types), strict=True)))
        if faults := self._reading.wrong_types():
            raise InputError(f"the columns of {log.subject}", faults)
        self._set_zone()
        for name, value in self._reading.variables().items():
            connection.execute(f"SET VARIABLE {name} = $1", [value])
        with told(log.subject, files):
            connection.execute(f"CREATE VIEW events AS {self._reading.events()}")
            self.contents = self._look()

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
        kept = range(len(self.contents.counts)) if names is None else sorted(set(names))
        whole = max(1, sum(self.contents.counts[code] for code in kept))
        done = 0
        waiting: deque[tuple[Future[Part], int]] = deque()
        pool = ThreadPoolExecutor(self._threads)
        try:
            for batch in self._batches(kept):
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

    def _batches(self, kept: Collection[int]) -> Iterator[Batch]:
        with told(self._log.subject, self._files):
            relation = self._connection.sql(self._ordered(kept))
            yield from recut(relation.to_arrow_reader(ROWS), self._log.properties)

    def _ordered(self, kept: Collection[int]) -> str:
        """Write the query for events in the order of person and time, with codes for texts."""
        chosen = ["person", "micros", "names.code AS name"]
        joined = ["JOIN names ON events.name = names.value"]
        self._list("names", self.contents.labels.names, kept)
        for column, values in self._coded().items():
            self._list(f"of_{column}", values, range(len(values)))
            chosen.append(f"coalesce(of_{column}.code, -1) AS {column}")
            joined.append(f"LEFT JOIN of_{column} ON events.{column} = of_{column}.value")
        chosen += [
            f"coalesce({role}, 'nan'::DOUBLE) AS {role}"
            for role in MONEY
            if getattr(self._log, role) is not None
        ]
        if self._log.referred_by is not None:
            chosen.append("referred")
        # Which of two events at the same time comes first is then the same each time.
        return (
            f"SELECT {', '.join(chosen)} FROM events {' '.join(joined)}"  # noqa: S608 - ours
            " WHERE person IS NOT NULL AND micros IS NOT NULL ORDER BY person, micros, names.code"
        )

    def _list(self, table: str, values: tuple[str, ...], codes: Collection[int]) -> None:
        self._connection.execute(
            f"CREATE OR REPLACE TABLE {table} AS SELECT unnest($values) AS value,"
            " CAST(unnest($codes) AS INTEGER) AS code",
            {"values": [values[code] for code in codes], "codes": list(codes)},
        )

    def _coded(self) -> dict[str, tuple[str, ...]]:
        labels = self.contents.labels
        found = {
            role: getattr(labels, role) for role in CODED if getattr(self._log, role) is not None
        }
        return found | {f"p{i}": values for i, values in enumerate(labels.properties.values())}

    def _look(self) -> Contents:
        log = self._log
        wrong = {role: f"{role}_given" for role in CHECKED if getattr(log, role) is not None}
        counted = {
            "rows": "TRUE",
            "usable": "person IS NOT NULL AND micros IS NOT NULL",
            "nobody": "person_given IS NULL",
            "never": "time_given IS NULL",
            **{f"wrong_{role}": _wrong(role) for role in wrong},
        }
        counts = ", ".join(f"count(*) FILTER ({holds}) AS {n}" for n, holds in counted.items())
        found = self._connection.sql(
            f"SELECT name, {counts}, min(micros), max(micros) FROM events"  # noqa: S608
            f" GROUP BY name LIMIT 100_002"
        ).fetchall()
        check_values("event", str(log.event), len(found) - 1)
        sums = {n: sum(row[i] for row in found) for i, n in enumerate(counted, 1)}
        if faults := self._faults([role for role in wrong if sums[f"wrong_{role}"]], sums):
            raise InputError(log.subject, faults)
        names = sorted((-row[2], row[0]) for row in found if row[0] is not None and row[2])
        if not names:
            raise nothing_to_read(log, sums["rows"])
        texts = {role: self._values(role, getattr(log, role), role) for role in CODED}
        properties = {
            n: self._values(f"p{i}", n, "properties") for i, n in enumerate(log.properties)
        }
        return Contents(
            Labels(tuple(name for _, name in names), properties=properties, **texts),
            tuple(-count for count, _ in names),
            rows=sums["rows"],
            without_person=sums["nobody"],
            without_time=sums["never"],
            without_event=sum(row[1] for row in found if row[0] is None),
            first=min(row[-2] for row in found if row[2]),
            last=max(row[-1] for row in found if row[2]),
            read_as_utc=self._reading.read_as_utc,
        )

    def _values(self, column: str, given: str | None, role: str) -> tuple[str, ...]:
        """List the values of a column, those of most rows first."""
        if given is None:
            return ()
        found = self._connection.sql(
            f"SELECT {column}, count(*) FROM events WHERE {column} IS NOT NULL"  # noqa: S608
            " AND person IS NOT NULL AND micros IS NOT NULL AND name IS NOT NULL"
            f" GROUP BY ALL LIMIT 100_001"
        ).fetchall()
        check_values(role, given, len(found))
        return tuple(value for _, value in sorted((-count, value) for value, count in found))

    def _faults(self, roles: list[str], sums: dict[str, int]) -> list[Fault]:
        """Show the first values of each column that cannot be read, with their rows."""
        faults = []
        for role in roles:
            rows = self._connection.sql(
                f"SELECT row, {role}_given FROM events WHERE {_wrong(role)}"  # noqa: S608
                f" ORDER BY row LIMIT {SHOWN_FAULTS}"
            ).fetchall()
            faults += [
                Fault(f"{role}, row {row}", v, CHECKED[role], FIXES[role]) for row, v in rows
            ]
            if (more := sums[f"wrong_{role}"] - len(rows)) > 0:
                faults.append(Fault(role, None, f"has {more:,} more of this kind", FIXES[role]))
        return faults

    def _set_zone(self) -> None:
        zone = self._log.time_zone or "UTC"
        try:
            # One of Python's list of zones, so it holds no quote.
            self._connection.execute(f"SET TimeZone = '{zone}'")
        except duckdb.Error:
            fault = Fault(
                "time_zone", zone, "is not known to DuckDB", "write one as 'Europe/London'"
            )
            raise InputError(self._log.subject, [fault]) from None


def _wrong(role: str) -> str:
    value = "micros" if role == "time" else role
    return f"{role}_given IS NOT NULL AND {value} IS NULL"


@contextmanager
def _watched(connection: duckdb.DuckDBPyConnection, watch: Watch) -> Iterator[None]:
    """Interrupt what DuckDB does once somebody asks for it, and say so."""
    over, stop = threading.Event(), watch.stop or threading.Event()

    def look() -> None:
        while not over.is_set():
            if stop.wait(0.1):
                connection.interrupt()
                over.wait(0.1)

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
