"""How fast a log is measured, beside others who count the same. Run: python -m benchmarks.measure.

Eight steps in their order within 30 days, of 1 and of 10 million events in a Parquet file in the
order of time; with `100` as argument of 100 million. The same numbers of people per step are asked
of all: cvjkit's engine and the core that finds attempts; cvj.measure, which counts delays, ways and
money besides; chdb, which is ClickHouse in Python (pip install chdb), as one writes its query and
with all settings that help; retentioneering's funnel (pip install retentioneering); polars and
pandas, joined to the next event step by step; and a bare scan, which only counts each person's
events. Each runs in a process of its own, in turns; those that are not installed are left out. The
first run of each process, which imports what it needs, is not counted.

All have to give the same numbers, but for retentioneering, which knows no window, and takes events
of one moment in the order of its rows.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from statistics import median

import numpy as np

STEPS = [f"step {number}" for number in range(1, 9)]
WINDOW = timedelta(days=30)
MICROSECONDS = WINDOW // timedelta(microseconds=1)
EVENTS_PER_PERSON = 6.25
ONWARD = 0.7
MILLION = 1_000_000
DAY = 86_400 * MILLION
SPAN, SPREAD = 90 * DAY, 45 * DAY
AT_ONCE = 10 * MILLION
ROUNDS, TURNS = 3, 3
THREADS = 2
# Above these many million events they take minutes, or more memory than a laptop has.
LARGEST = {"pandas": 10, "polars": 10, "retentioneering": 10}
# Whose answer is not that of the others.
OF_THEIR_OWN = ("scan", "retentioneering")
BAR = {10: 0.8, 100: 1.0}
BAR_OF_SCAN = 2.0


def main() -> None:
    """Measure and print."""
    sizes = [int(size) for size in sys.argv[1:]] or [1, 10]
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder, f"{size}.parquet")
            # In a process of its own, whose memory is not taken for that of others.
            in_process("write", str(path), str(size * MILLION))
            compare(path, size)
            path.unlink()


def compare(path: Path, size: int) -> None:
    """Let all count the people of one log, in turns."""
    names = [
        name
        for name, (_, needs) in RUNNERS.items()
        if find_spec(needs) and size <= LARGEST.get(name, size)
    ]
    taken: dict[str, list[float]] = {name: [] for name in names}
    peak, answers = dict.fromkeys(names, 0.0), {}
    for _ in range(ROUNDS):
        for name in names:
            one = json.loads(in_process("one", name, str(path)).splitlines()[-1])
            taken[name] += one["seconds"]
            peak[name] = max(peak[name], one["megabytes"])
            answers[name] = one["answer"]
    counted = {name: answer for name, answer in answers.items() if name not in OF_THEIR_OWN}
    first = counted["cvjkit"]
    assert all(answer == first for answer in counted.values()), counted
    print(f"{size} million events, people per step: {first}")
    if "retentioneering" in answers:
        print(f"  without a window, by retentioneering: {answers['retentioneering']}")
    for name in names:
        times = taken[name]
        print(f"  {name:<16}{median(times):8.2f} s   least {min(times):.2f}   {peak[name]:.0f} MB")
    bars = {"chdb": BAR.get(size), "chdb tuned": BAR.get(size), "scan": BAR_OF_SCAN}
    for other, bar in bars.items():
        if other in taken:
            ratio = median(taken["cvjkit"]) / median(taken[other])
            asked = f", at most {bar} asked" if bar else ""
            print(f"  cvjkit / {other}: {ratio:.2f}{asked}")


def in_process(*asked: str) -> str:
    """Do something in a process of its own, and give what it prints."""
    command = [sys.executable, "-m", "benchmarks.measure", *asked]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def write_log(path: Path, events: int) -> None:
    """Draw people who go on to the next step more often than not, and write what they do.

    In the order of time, ten million events after the other.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    random = np.random.default_rng(1)
    schema = pa.schema(
        {
            "person": pa.int64(),
            "time": pa.timestamp("us", "UTC"),
            "event": pa.dictionary(pa.int32(), pa.string()),
        }
    )
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, events, AT_ONCE):
            size = min(AT_ONCE, events - start)
            first, people = int(start / EVENTS_PER_PERSON), int(size / EVENTS_PER_PERSON)
            persons = np.sort(random.integers(0, people, size))
            times = random.integers(0, SPREAD, size) + random.integers(0, SPAN, people)[persons]
            times = times[np.lexsort((times, persons))]
            onward = np.cumsum(random.random(size) < ONWARD)
            begins = np.searchsorted(persons, np.arange(people))[persons]
            steps = np.minimum(onward - onward[begins], len(STEPS) - 1).astype(np.int32)
            order = np.argsort(times, kind="stable")
            columns = [
                pa.array(first + persons[order]),
                pa.array(times[order], schema.field("time").type),
                pa.DictionaryArray.from_arrays(steps[order], STEPS),
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))


def scan(path: str) -> list[int]:
    """Count each person's events, which whoever measures has to do at least."""
    import duckdb

    with duckdb.connect(config={"threads": THREADS}) as connection:
        log = connection.read_parquet(path)
        counted = log.aggregate("person, count(*) AS events", "person")
        return [int(counted.aggregate("max(events)").fetchall()[0][0])]


def cvjkit(path: str) -> list[int]:
    """Count by what cvjkit has."""
    from cvjkit.measurement.attempts import find_attempts
    from cvjkit.measurement.definition import Definition, Step
    from cvjkit.measurement.duckdb_engine import DuckDBEngine
    from cvjkit.measurement.event_log import EventLog

    definition = Definition(tuple(map(Step, STEPS)), window=WINDOW)
    with DuckDBEngine(threads=THREADS).open(EventLog(path)) as opened:
        names = opened.contents.labels.names
        masks = np.array([definition.bits[name] for name in names], dtype=np.uint8)
        levels = opened.reduce(
            lambda batch: np.bincount(
                find_attempts(batch.times, masks[batch.names], batch.offsets, definition).levels,
                minlength=len(STEPS) + 1,
            ),
            np.add,
        )
    return reached(levels[1:].tolist())


def measure(path: str) -> list[int]:
    """Measure all that a journey has: delays, ways, retention and so on, besides."""
    import cvjkit as cvj

    stages = cvj.framework("eight").keys
    events = dict(zip(STEPS, stages, strict=True))
    found = cvj.measure(path, "eight", events, window=WINDOW)
    return [int(people) for people in found.flow().stages["people"]]


def chdb(path: str) -> list[int]:
    """Count by ClickHouse's function for it, as one writes it."""
    return window_funnel(path, "assumeNotNull(event)", "assumeNotNull(time)", "")


def chdb_tuned(path: str) -> list[int]:
    """Count by it with all said that makes it faster: nothing is missing, and no more threads."""
    settings = f"SETTINGS max_threads = {THREADS}, schema_inference_make_columns_nullable = 0"
    return window_funnel(path, "event", "time", settings)


def window_funnel(path: str, event: str, time: str, settings: str) -> list[int]:
    """Ask ClickHouse how many people are at each level, and count those of each step."""
    import chdb as clickhouse

    steps = ", ".join(f"{event} = '{step}'" for step in STEPS)
    found = clickhouse.query(
        f"SELECT level, count() FROM (SELECT person, windowFunnel({MICROSECONDS})"  # noqa: S608
        f"(toUInt64(toUnixTimestamp64Micro({time})), {steps}) AS level FROM file('{path}', Parquet)"
        f" GROUP BY person) GROUP BY level {settings}",
        "CSV",
    )
    levels = dict(map(int, line.split(",")) for line in str(found).splitlines())
    return reached([levels.get(level, 0) for level in range(1, len(STEPS) + 1)])


def retentioneering(path: str) -> list[int]:
    """Count by its funnel, without a window, which it does not know."""
    import os

    import pandas as pd

    os.environ["RETENTIONEERING_NO_TRACK"] = "1"
    from retentioneering.eventstream.eventstream import Eventstream

    log = pd.read_parquet(path).rename(columns={"person": "user_id", "time": "timestamp"})
    return [step["unique_paths"] for step in Eventstream(log).funnel_data(steps=STEPS)["steps"]]


def polars(path: str) -> list[int]:
    """Join to each event of the first step the next of the second, and so on."""
    import polars as pl

    log = pl.read_parquet(path).with_columns(pl.col("event").cast(pl.String)).sort("time")
    going = log.filter(pl.col("event") == STEPS[0]).select("person", "time", began="time")
    levels = [going["person"].n_unique()]
    for step in STEPS[1:]:
        events = log.filter(pl.col("event") == step).select("person", "time", at="time")
        going = (
            going.sort("time")
            .join_asof(events, on="time", by="person", strategy="forward", check_sortedness=False)
            .filter(pl.col("at") - pl.col("began") <= WINDOW)
            .select("person", "began", time="at")
        )
        levels.append(going["person"].n_unique())
    return levels


def pandas(path: str) -> list[int]:
    """Do the same as with polars."""
    import pandas as pd

    log = pd.read_parquet(path)
    going = log.loc[log["event"] == STEPS[0], ["person", "time"]]
    going = going.assign(began=going["time"])
    levels = [going["person"].nunique()]
    for step in STEPS[1:]:
        events = log.loc[log["event"] == step, ["person", "time"]]
        events = events.assign(at=events["time"])
        joined = pd.merge_asof(
            going.sort_values("time"), events, on="time", by="person", direction="forward"
        )
        joined = joined[joined["at"] - joined["began"] <= WINDOW]
        going = joined[["person", "began"]].assign(time=joined["at"])
        levels.append(going["person"].nunique())
    return levels


def reached(levels: list[int]) -> list[int]:
    """From the number of people of each level, how many reached each step."""
    return np.cumsum(levels[::-1])[::-1].tolist()


RUNNERS: dict[str, tuple[Callable[[str], list[int]], str]] = {
    "scan": (scan, "duckdb"),
    "cvjkit": (cvjkit, "duckdb"),
    "measure": (measure, "duckdb"),
    "chdb": (chdb, "chdb"),
    "chdb tuned": (chdb_tuned, "chdb"),
    "retentioneering": (retentioneering, "retentioneering"),
    "polars": (polars, "polars"),
    "pandas": (pandas, "pandas"),
}


def run_one(name: str, path: str) -> None:
    """Run one of them some times and print what it took."""
    seconds, answer = [], []
    for _ in range(TURNS):
        start = time.perf_counter()
        answer = RUNNERS[name][0](path)
        seconds.append(time.perf_counter() - start)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds[1:], "answer": answer, "megabytes": megabytes}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["one", name, path]:
            run_one(name, path)
        case ["write", path, events]:
            write_log(Path(path), int(events))
        case _:
            main()
