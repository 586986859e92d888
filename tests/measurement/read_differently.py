"""Logs whose values engines would read differently, were they not told how."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cvjkit.measurement.conditions import where
from cvjkit.measurement.event_log import EventLog
from tests.measurement.events import Row, parquet

NUMBERS = ["1.5", " 2 ", "1e3", "-0.0", "+4", ".5", "5.", "1_000", "1E-5", "00012", "\t1", None, ""]
NO_NUMBERS = ["1,5", "1d", "1.5D", "0x1p3", "inf", "nan", "1 000", "$5", "1e400", "--1"]
TIMES = """
2026-03-01|2026-3-1|  2026-03-01|2026-03-01 10:00 |2026-03-01T10:00|2026-03-01 10:00:5
2026-03-01 10:00:00.123456|2026-03-01 10:00Z|2026-03-01T10:00:00Z|2026-03-01 10:00+02
2026-03-01T10:00+0200|2026-03-01 10:00-02:30|2026-03-01 10:00:00 UTC|2026/03/01 10:00
2026-03-01 10:00 Europe/Paris|2026-03-01  10:00|2024-02-29|1900-01-01|0001-01-02
2026-03-29 01:59|2026-03-29 02:00|2026-03-29 02:30|2026-03-29 03:00|2026-10-25 01:59:59.999999
2026-10-25 02:00|2026-10-25 02:30|2026-10-25 03:00|2026-10-25 02:30+02:00|1945-05-24 02:30
""".strip().replace("\n", "|")
NO_TIMES = """
2026-03-01 |2026-03-01T10|2026-03-01 10:00 pm|01.03.2026|20260301|2026-02-30|2026-13-01|2026
12:30|2026-03-01T10:00:00z
""".strip().replace("\n", "|")


HELD = {
    "it's $1 {met}": "reach",
    "; DROP TABLE x --": "acquisition",
    'say "ü", or': "conversion",
    "two\nlines": "retention",
}
# Spark does not notice the last two by itself.
BROKEN = [
    b"person,time,event\n1,2026-01-01,a\n1,2026-01-02,a,b\n",
    b'person,time,event\n1,2026-01-01,"a\n',
    b"person,time,event\n1,2026-01-01,\xe4\n",
]


def readable(path: Path) -> EventLog:
    """Write a log with columns of all kinds."""
    times = TIMES.split("|")
    naive = [datetime(2026, 10, 25) + n * timedelta(minutes=9) for n in range(len(times))]  # noqa: DTZ001 - without a zone
    columns = {
        "time": times,
        "paid": NUMBERS,
        "double": [1.0, 1e7, 123456789.5, 1e16, 1e21, 1e-4, 1e-5, 2.5e-10, 1 / 3, float("inf")],
        "decimal": [Decimal("1.50"), None],
        "text": ["yes", " true ", "0", "2", "nan", "/pricing", "/PRICING", "\\x", "it's", None],
        "local": naive,
        "moment": [time.replace(tzinfo=UTC) for time in naive],
        "large": pa.array([5, 2**64 - 1], pa.uint64()),
        "person": [0.0, 1.0, 2.0, 3.0, None],
    }
    count = 4 * len(times)
    table = pa.table(
        {
            name: pa.array(values).take(pa.array(np.arange(count) % len(values)))
            for name, values in columns.items()
        }
    )
    pq.write_table(table.append_column("event", pa.array(["odd", "even"] * (count // 2))), path)
    return EventLog(
        path,
        channel="text",
        revenue="paid",
        properties=("double", "decimal", "large"),
        conditions={
            "few": where("text", "<", 2),
            "yes": where("text", "==", True) & where("double", ">=", 1),
            "late": where("moment", ">=", "2026-10-25 03"),
            "like": where("double", "like", "1%"),
            "never": where("local", ">", 1) & where("moment", "==", True),
        },
        time_zone="Europe/Berlin",
    )


def since_1970() -> EventLog:
    """Make a log with times that are numbers of seconds of all kinds."""
    text = ["1774785600.1234569", "1774785600.9999999999", "-0.0000005", "1.5e9", " 12.5 ", "1_000"]
    number = [1774785600.123456, 1774785600.000001, -0.5, 1.5e9, 12.3, 1000.0]
    columns = {"person": range(6), "text": text, "number": number, "whole": [*map(int, number)]}
    large = pa.array([*range(1, 6), 10**11], pa.uint64())
    kinds = ("text", "number", "whole", "large")
    table = pa.table(columns).append_column("large", large)
    return EventLog(table, event=dict(zip(kinds, kinds, strict=True)), time_unit="s")


def unreadable(folder: Path) -> Iterator[EventLog]:
    """Write logs that cannot be read, each with a place that can be named."""
    folder.mkdir()
    for index, text in enumerate(BROKEN):
        path = folder / f"{index}.csv"
        path.write_bytes(text)
        yield EventLog(path)
    values = zip(NO_TIMES.split("|"), NO_NUMBERS, strict=True)
    rows: list[Row] = [
        {"person": 1, "time": time, "event": "a", "paid": paid} for time, paid in values
    ]
    yield EventLog(parquet(folder / "a b%20+[1].parquet", rows), revenue="paid")
    pd.DataFrame(rows).to_csv(folder / "wrong.csv", index=False)
    yield EventLog(folder / "wrong.csv", revenue="paid")
    yield EventLog(
        pa.table({"person": [1e300, 1.5], "time": [2**62] * 2, "event": ["a"] * 2}), time_unit="s"
    )
    yield EventLog(pd.DataFrame({"person": [1, "a"], "time": ["2026-01-01"] * 2, "event": "a"}))
    yield EventLog(
        pa.Table.from_arrays([pa.array(["1"])] * 4, names=["person", "time", "event", "event"])
    )
    whole = (folder / "a b%20+[1].parquet").read_bytes()
    for name, content in {
        "empty": b"",
        "short": whole[:-1],
        "zeros": whole[:90] + bytes(60) + whole[150:],
    }.items():
        (folder / name).mkdir()
        (folder / name / "whole.parquet").write_bytes(whole)
        (folder / name / f"{name}.parquet").write_bytes(content)
        yield EventLog(folder / name)


def held_log(path: Path) -> Path:
    """Draw a log in which people have several sessions."""
    random, count = np.random.default_rng(7), 600
    begin = datetime(2026, 3, 28, 12)  # noqa: DTZ001 - without a zone
    drawn = pd.DataFrame(
        {
            "person": random.integers(0, 60, count),
            "time": [begin + timedelta(minutes=7 * int(n)) for n in random.integers(0, 300, count)],
            "event": random.choice([*HELD, "odd"], count),
            "session": random.choice(["s1", "s2", "s3", None], count),
            "channel": random.choice(["Ads", "Bläu", None], count),
            "paid": random.choice(["1.5", " 2 ", "", None], count),
            "by": random.choice(["p1", None, None], count),
        }
    )
    drawn.to_csv(path, index=False)
    return path
