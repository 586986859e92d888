"""The engine of one machine: DuckDB reads events; partitions, on disk if need be, order them."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import numpy as np
import pyarrow as pa

from cvjkit.errors import Fault, InputError
from cvjkit.measurement.duckdb_source import DIALECT, kind_of, load, set_zone, told
from cvjkit.measurement.engine import UNWATCHED, Watch, watched
from cvjkit.measurement.look import coded, look, nothing_to_read
from cvjkit.measurement.partitions import Partitions, Room, arranged
from cvjkit.measurement.reading import Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.event_log import EventLog
    from cvjkit.measurement.sources import Files

Part = TypeVar("Part")

ROWS = 250_000
AHEAD = 64_000_000
"""How many bytes of rows DuckDB reads before they are asked for."""

KEPT_BYTES = 31 << 20
"""The most that glibc keeps."""

KEY = "hash(person)"
"""Tells people apart: of 64 bits, so that no two of some million people have the same."""

SIZE = re.compile(r"\s*(\d{1,9}(?:\.\d+)?)\s*([KMGT]B)\s*", re.ASCII | re.IGNORECASE)
UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
BRACES = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class DuckDBEngine:
    """Reads logs with DuckDB.

    Parameters
    ----------
    memory_limit : str
        How much memory a log may take, as ``2GB``.
    disk_limit : str, optional
        How much may be written to disk beyond that; by default what is free.
    folder : str or Path, optional
        Where to write; by default the system's folder for temporary files. Nothing stays there.
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
        # One half is DuckDB's, which keeps what it has read; the other is that of the partitions.
        memory = _bytes(self.memory_limit, "memory_limit") // 2
        disk = None if self.disk_limit is None else _bytes(self.disk_limit, "disk_limit") // 2
        with tempfile.TemporaryDirectory(prefix="cvjkit-", dir=self.folder) as folder:
            config: dict[str, str | bool | int | float | list[str]] = {
                "memory_limit": f"{memory}B",
                "temp_directory": folder,
                "threads": threads,
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            }
            if disk is not None:
                config["max_temp_directory_size"] = f"{disk}B"
            with duckdb.connect(config=config) as connection, watched(watch, connection.interrupt):
                files = load(connection, log)
                room = Room(Path(folder), memory, disk)
                yield OpenInDuckDB(connection, log, files, watch, room=room, threads=threads)


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
    room : Room
        For events that are put in order.
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
        *,
        room: Room,
        threads: int,
    ) -> None:
        self._connection, self._log, self._files = connection, log, files
        self._watch, self._room, self._threads = watch, room, threads
        types = map(str, connection.table("source").types)
        kinds = {column: kind_of(text) for column, text in zip(log.columns, types, strict=True)}
        reading = Reading(log, kinds, DIALECT)
        if faults := reading.wrong_kinds():
            raise InputError(f"the columns of {log.subject}", faults)
        ahead = min(room.memory_bytes // 8, AHEAD)
        connection.execute(f"SET streaming_buffer_size = '{ahead}B'")
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
        self, per_batch: Callable[[Batch], Part], merge: Callable[[Part, Part], Part]
    ) -> Part:
        """Run a function over all batches and merge what it gives.

        Parameters
        ----------
        per_batch : callable
            Runs in several threads at once.
        merge : callable

        Returns
        -------
        object

        Raises
        ------
        InputError
            If the disk is full.
        Stopped
        """
        # Once something large was given back, the C library keeps what is given back after it, and
        # the next batch needs no new memory from the system: a sixth of the time.
        np.empty(KEPT_BYTES, np.uint8)
        partitions = self._partitions()
        total: Part | None = None
        with ThreadPoolExecutor(self._threads) as pool:
            try:
                work = partial(self._part, partitions, per_batch)
                for done, part in enumerate(pool.map(work, range(len(partitions))), 1):
                    if part is not None:
                        total = part if total is None else merge(total, part)
                    self._watch.told(0.5 + done / len(partitions) / 2)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)
        if total is None:
            raise nothing_to_read(self._log, self.contents.rows)
        return total

    def identified(self, people: NDArray[Any]) -> NDArray[Any]:
        """Tell who people of its batches are.

        Parameters
        ----------
        people : ndarray of uint64

        Returns
        -------
        ndarray of int64, or of object of str
            As in the log.
        """
        self._connection.register("asked", pa.table({"key": np.unique(people)}))
        with told(self._log.subject, self._files):
            found = self._asked(
                f"SELECT DISTINCT person, {KEY} AS key FROM {{events}}"  # noqa: S608 - ours
                f" WHERE person IS NOT NULL AND {KEY} IN (SELECT key FROM asked)"
            ).to_arrow_table()
        self._connection.unregister("asked")
        keys, persons = (found[name].to_numpy() for name in ("key", "person"))
        order = np.argsort(keys)
        return np.asarray(persons[order][np.searchsorted(keys[order], people)])

    def _partitions(self) -> Partitions:
        """Read the events, apart by their people."""
        whole, done = max(1, sum(self.contents.counts)), 0
        partitions = Partitions(whole, self._room)
        query = coded(self._log, self.contents, self._code)
        with told(self._log.subject, self._files):
            rows = self._asked(query).project(f"{KEY} AS key, * EXCLUDE (person)")
            for chunk in rows.to_arrow_reader(ROWS):
                partitions.add(
                    {
                        name: column.to_numpy(zero_copy_only=False)
                        for name, column in zip(chunk.schema.names, chunk.columns, strict=True)
                    }
                )
                done += len(chunk)
                self._watch.told(done / whole / 2)
        return partitions

    def _part(
        self, partitions: Partitions, per_batch: Callable[[Batch], Part], index: int
    ) -> Part | None:
        self._watch.check()
        columns = partitions.partition(index)
        return per_batch(arranged(columns, self._log.properties)) if len(columns["key"]) else None

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        return self._asked(query).fetchall()

    def _asked(self, query: str) -> duckdb.DuckDBPyRelation:
        # Here a table is called as it is.
        return self._connection.sql(BRACES.sub(r"\1", query))

    def _code(self, column: str, values: Sequence[str]) -> tuple[str, str]:
        # Codes by a join would leave the rows in another order than the log has them in.
        texts = f"CREATE OR REPLACE TYPE {column}_text AS ENUM (SELECT unnest($1))"
        self._connection.execute(texts, [list(values)])
        return f"enum_code(TRY_CAST(events.{column} AS {column}_text))", ""


def _bytes(text: str, field: str) -> int:
    """Read how large something may be."""
    found = SIZE.fullmatch(str(text))
    size = int(float(found[1]) * UNITS[found[2].upper()]) if found else 0
    if not size:
        rule, fix = "must be a number of MB or GB", 'write "2GB"'
        raise InputError("the engine", [Fault(field, text, rule, fix)])
    return size
