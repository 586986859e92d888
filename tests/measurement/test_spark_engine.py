"""What Spark hands over on a cluster of a master and two workers is what DuckDB hands over."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.measurement.duckdb_engine import DuckDBEngine
from cvjkit.measurement.engine import Engine, Stopped, Watch
from cvjkit.measurement.event_log import EventLog
from cvjkit.measurement.measured import MeasuredJourney
from cvjkit.measurement.spark_engine import SparkEngine, local_session
from tests.measurement.cluster import QUICK_JAVA, cluster
from tests.measurement.events import (
    draw_rows,
    handed_over,
    handed_over_by,
    in_order,
    micros,
)
from tests.measurement.on_workers import LONG, asleep, joined, people_of
from tests.measurement.read_differently import HELD, held_log, readable, since_1970, unreadable

LAST_STAGE = 0.75  # a share


@contextmanager
def session_of(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start a cluster and a session on it; end both."""
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.chdir(folder)
    with cluster(folder) as address:
        builder = SparkSession.builder.master(address)
        for key, value in {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.extraJavaOptions": QUICK_JAVA,
            "spark.executor.extraJavaOptions": QUICK_JAVA,
            "spark.executor.memory": "512m",
            "spark.scheduler.minRegisteredResourcesRatio": "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime": "120s",
            "spark.sql.session.timeZone": "Asia/Tokyo",
            "spark.sql.shuffle.partitions": "3",
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
            "spark.sql.warehouse.dir": str(folder / "warehouse"),
            "spark.python.task.killTimeout": "100ms",
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
        }.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        try:
            yield session
        finally:
            session.stop()


def both(engine: SparkEngine, log: EventLog) -> None:
    """Check that Spark hands over what DuckDB does; only people are in parts of their own."""
    with engine.open(log) as opened, DuckDBEngine().open(log) as known:
        assert opened.contents == known.contents
        found = sorted(handed_over_by(opened), key=str)
        assert found == sorted(in_order(handed_over_by(known)), key=str)


def same_measurement(there: MeasuredJourney, here: MeasuredJourney) -> None:
    assert there == here
    assert there.measurement is not None
    assert here.measurement is not None
    # Spark hands over events in no order but that of time, so it finds no clock that jumps.
    qualities = (one.measurement.quality.drop("clock_jumps") for one in (there, here))
    pd.testing.assert_frame_equal(*qualities)
    tables = ("stages", "timings", "transitions", "orders", "retention")
    for table in tables:
        found = (getattr(journey.measurement, table) for journey in (there, here))
        pd.testing.assert_frame_equal(*found)
    correlations = (journey.measurement.correlations() for journey in (there, here))
    pd.testing.assert_frame_equal(*correlations)


def refused(engine: Engine, log: EventLog) -> str:
    with pytest.raises(InputError) as error:
        handed_over(engine, log)
    return str(error.value).partition("\n  ")[2]


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def run_until(
    engine: SparkEngine,
    log: EventLog,
    error: type[BaseException],
    end: Callable[[], None],
    stop: threading.Event | None = None,
) -> list[float]:
    """Begin what takes long, and end it once the last stage has begun; say how far it was."""
    shares: list[float] = []
    asked: list[float] = []

    def told(share: float) -> None:
        shares.append(share)
        if share >= LAST_STAGE:
            asked.append(time.monotonic())
            end()

    def run() -> None:
        with engine.open(log, Watch(told, stop)) as opened:
            opened.reduce(asleep, joined)

    with pytest.raises(error):
        run()
    assert time.monotonic() - asked[0] < LONG
    return shares


def test_a_cluster_of_two_workers_hands_over_what_duckdb_does(  # one cluster for all, it is dear
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rows = draw_rows(1, 200, people=40)
    with session_of(tmp_path, monkeypatch) as session:
        engine = SparkEngine(session)
        frame = session.createDataFrame(pa.Table.from_pylist(rows))
        both(engine, readable(tmp_path / "readable.parquet"))
        both(engine, since_1970())
        for log in unreadable(tmp_path / "wrong"):
            assert refused(engine, log) == refused(DuckDBEngine(), log)
        drawn = held_log(tmp_path / "held.csv")
        columns: dict[str, Any] = {"referred_by": "by", "channel": "channel", "revenue": "paid"}
        columns |= {"hold": "session", "time_zone": "Europe/Berlin"}
        there, here = (
            cvj.sensitivity(drawn, "five", HELD, engine=by, windows="3h", bot_events=20, **columns)
            for by in (engine, "duckdb")
        )
        assert there.others.keys() == here.others.keys()
        for name, journey in {"base": here.base, **here.others}.items():
            same_measurement({"base": there.base, **there.others}[name], journey)
        left = [
            cvj.dropped(drawn, "five", HELD, stage="reach", reentry="every", engine=by, **columns)
            for by in (engine, "duckdb")
        ]
        pd.testing.assert_frame_equal(*left)

        # Times that say a zone, and such that do not, in a table with hostile names.
        hostile = {
            'a"; `b': [1, 2, 3],
            "{lead}": ["2026-07-01 10:00", "2026-07-01T10:00:00+09:00", None],
            "won; --": pa.array([0, 86_400_000_000, None], pa.timestamp("us")),
            "paid": [1.5, None, 2.0],
        }
        log = EventLog(
            pa.table(hostile),
            person='a"; `b',
            event={"lead; --": "{lead}", "'sale'": "won; --"},
            revenue={"'sale'": "paid"},
            time_zone="Europe/Berlin",
        )
        hour = 3_600_000_000
        july = micros(datetime(2026, 7, 1, 10, tzinfo=UTC))
        assert sorted(handed_over(engine, log), key=str) == [
            (1, -hour, "'sale'", 1.5),
            (1, july - 2 * hour, "lead; --", None),
            (2, july - 9 * hour, "lead; --", None),
            (2, 23 * hour, "'sale'", None),
        ]

        missing = refused(engine, EventLog(frame, person="persn"))
        assert missing.startswith("person: 'persn' is not known; did you mean 'person'?")

        with SparkEngine().open(EventLog(frame)) as opened:
            found = opened.reduce(people_of, joined)
        assert len({folder for folder, _ in found}) == 2
        assert sorted(person for _, person in found) == sorted({row["person"] for row in rows})
        stop = threading.Event()
        shares = run_until(engine, EventLog(frame), Stopped, stop.set, stop)
        assert shares[0] == 0
        assert shares == sorted(set(shares))
        caplog.clear()
        run_until(engine, EventLog(frame), KeyboardInterrupt, press_ctrl_c)
        assert caplog.records == []
        # Its workers were ended, and the session works on.
        with engine.open(EventLog(frame)) as opened:
            assert opened.reduce(people_of, joined)


def test_without_java_it_is_said_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(InputError) as error:
        local_session()
    assert str(error.value).partition("\n  ")[2] == (
        "Java is not there, and Spark needs it;"
        " type: sudo apt-get install openjdk-17-jre-headless; or set JAVA_HOME"
    )
