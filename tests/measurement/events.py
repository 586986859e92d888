"""Logs of a few events in all kinds of tables, and what an engine hands over of them."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from cvjkit.measurement.batch import Batch, Labels
from cvjkit.measurement.engine import Engine, OpenLog
from cvjkit.measurement.event_log import EventLog

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def draw_rows(seed: int, count: int, people: int = 7) -> list[Row]:
    """Draw rows out of order, some at the same time, some of them without a channel or revenue."""
    random = np.random.default_rng(seed)
    names = ["view", "it's; DROP TABLE x --", "$1", 'say "ü"', "two\nlines"]
    return [
        {
            "person": f"p{random.integers(people)}",
            "time": EPOCH + timedelta(days=20_000, seconds=int(random.integers(0, 40)) / 4),
            "event": names[int(random.integers(len(names)))],
            "channel": [None, "Ads", "Blog, news", "';--"][int(random.integers(4))],
            "revenue": [None, 1.5, -2.0, 1e6][int(random.integers(4))],
            "country": ["DE", "FR", None][int(random.integers(3))],
        }
        for _ in range(count)
    ]


def arrow(rows: list[Row]) -> pa.Table:
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return pa.table(columns)


def pandas(rows: list[Row]) -> pd.DataFrame:
    return pd.DataFrame(rows)


def csv(folder: Path, rows: list[Row], *, sep: str = ",", name: str = "log.csv") -> Path:
    pandas(rows).to_csv(folder / name, index=False, sep=sep)
    return folder / name


def parquet(path: Path, rows: list[Row]) -> Path:
    pq.write_table(arrow(rows), path)
    return path


class Eventstream:
    """Hands over its events as one of retentioneering 5.2 does, under names of its own."""

    schema = SimpleNamespace(path_col="user_id", event_col="event", timestamp_col="timestamp")

    def __init__(self, frame: pd.DataFrame) -> None:
        frame = frame.rename(columns={"person": "user_id", "time": "timestamp"})
        frame = frame.astype({"event": "category"}).sort_values(["user_id", "timestamp"])
        order = frame.groupby("user_id").cumcount() + 1
        self._frame = frame.assign(event_type="raw", subindex=2, index=order)

    def to_dataframe(self, *, exclude_start_end: bool = True) -> pd.DataFrame:
        """Give its events, without those that it adds itself."""
        return self._frame.copy() if exclude_start_end else self._frame


def _named_like_a_pattern(folder: Path, rows: list[Row]) -> Path:
    # What the name would mean, were it a pattern.
    csv(folder, rows[:1], name="a1.csv")
    return csv(folder, rows, name="a[1]*.csv")


def _marked(folder: Path, rows: list[Row]) -> Path:
    path = csv(folder, rows)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    return path


def _gzipped(folder: Path, rows: list[Row]) -> Path:
    path = folder / "log.CSV.GZ"
    path.write_bytes(gzip.compress(csv(folder, rows).read_bytes()))
    return path


def _folder(folder: Path, rows: list[Row]) -> Path:
    (folder / "part=1").mkdir()
    parquet(folder / "part=1" / "b.parquet", rows[: len(rows) // 2])
    parquet(folder / "a.parquet", rows[len(rows) // 2 :])
    (folder / "_temporary").mkdir()
    parquet(folder / "_temporary" / "c.parquet", rows[:3])
    (folder / "_SUCCESS").write_text("")
    (folder / ".a.parquet.crc").write_text("x")
    return folder


def _database(folder: Path, rows: list[Row], *, table: str = 'my "log"') -> Path:
    with duckdb.connect(folder / "log.duckdb") as connection:
        connection.register("rows", arrow(rows))
        name = table.replace('"', '""')
        connection.execute(f'CREATE TABLE "{name}" AS SELECT * FROM rows')  # noqa: S608 - ours
    return folder / "log.duckdb"


def _relation(folder: Path, rows: list[Row]) -> duckdb.DuckDBPyRelation:
    return duckdb.connect().from_arrow(arrow(rows)).filter("TRUE")


SOURCES: dict[str, Callable[[Path, list[Row]], object]] = {
    "csv": csv,
    "csv with semicolons": lambda folder, rows: csv(folder, rows, sep=";"),
    "tsv": lambda folder, rows: csv(folder, rows, sep="\t", name="log.tsv"),
    "csv with the mark that Excel writes first": _marked,
    "gzipped csv": _gzipped,
    "csv whose name is a pattern": _named_like_a_pattern,
    "csv with quotes in its name": lambda folder, rows: csv(folder, rows, name='it\'s "a".csv'),
    "text of a path": lambda folder, rows: str(csv(folder, rows)),
    "parquet": lambda folder, rows: parquet(folder / "log.parquet", rows),
    "folder": _folder,
    "pattern": lambda folder, rows: _folder(folder, rows) / "**/[ab].parquet",
    "database": _database,
    "relation": _relation,
    "pandas": lambda _, rows: pandas(rows),
    "pandas with categories": lambda _, rows: pandas(rows).astype({"event": "category"}),
    "polars": lambda _, rows: pl.DataFrame(rows),
    "lazy polars": lambda _, rows: pl.LazyFrame(rows),
    "arrow": lambda _, rows: arrow(rows),
    "arrow stream": lambda _, rows: pa.RecordBatchReader.from_stream(arrow(rows)),
    "eventstream": lambda _, rows: Eventstream(pandas(rows)),
}


def handed_over(engine: Engine, log: EventLog) -> list[tuple[object, ...]]:
    """Give all that an engine hands over: person, micros, name, the values of other columns."""
    with engine.open(log) as opened:
        return handed_over_by(opened)


def handed_over_by(opened: OpenLog) -> list[tuple[object, ...]]:
    """Give all that is handed over of an open log, by people, who are checked to be together."""
    labels = opened.contents.labels
    people, rows = opened.reduce(partial(_decoded, labels=labels), _joined)
    persons = opened.identified(people).tolist()
    found = [(person, *row) for person, row in zip(persons, rows, strict=True)]
    assert len({*persons}) == len([*groupby(persons)])
    return sorted(found, key=lambda row: row[0])


def expected(rows: list[Row], *others: str) -> list[tuple[object, ...]]:
    """Say what an engine has to hand over of some rows, those of one moment by their names."""
    found = [
        (row["person"], micros(row["time"]), row["event"], *(row[name] for name in others))
        for row in rows
    ]
    return sorted(found, key=lambda row: (row[:3], str(row)))


def in_order(found: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Check that people and times are in order, and settle the rest."""
    assert [row[:2] for row in found] == sorted(row[:2] for row in found)
    return sorted(found, key=lambda row: (row[:3], str(row)))


Decoded = tuple[NDArray[Any], list[tuple[object, ...]]]


def _joined(one: Decoded, other: Decoded) -> Decoded:
    return np.concatenate([one[0], other[0]]), one[1] + other[1]


def _decoded(batch: Batch, labels: Labels) -> Decoded:
    texts = [(batch.channel, labels.channel), (batch.awareness, labels.awareness)]
    texts += [(codes, labels.properties[name]) for name, codes in batch.properties.items()]
    columns = [batch.times.tolist(), [labels.names[code] for code in batch.names]]
    columns += [
        [None if code < 0 else values[code] for code in codes]
        for codes, values in texts
        if codes is not None
    ]
    columns += [
        [None if np.isnan(amount) else float(amount) for amount in amounts]
        for amounts in (batch.revenue, batch.cost)
        if amounts is not None
    ]
    people = np.repeat(batch.people, np.diff(batch.offsets))
    return people, list(zip(*columns, strict=True))
