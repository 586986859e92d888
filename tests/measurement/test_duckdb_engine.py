"""What DuckDB hands over of logs of all kinds, and what it says of those it cannot read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cvjkit.errors import InputError
from cvjkit.measurement import partitions
from cvjkit.measurement.conditions import where
from cvjkit.measurement.duckdb_engine import DuckDBEngine
from cvjkit.measurement.engine import Stopped, Watch
from cvjkit.measurement.event_log import EventLog
from tests.measurement.events import (
    SOURCES,
    Row,
    arrow,
    csv,
    draw_rows,
    expected,
    handed_over,
    in_order,
    micros,
    parquet,
)

ENGINE = DuckDBEngine()
NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def times_of(values: list[object] | pa.Array, **how: Any) -> list[object]:
    """Read a column of times of one person."""
    table = pa.table({"person": [1] * len(values), "time": values, "event": ["a"] * len(values)})
    return [row[1] for row in handed_over(ENGINE, EventLog(table, **how))]


def refused(log: EventLog, engine: DuckDBEngine = ENGINE) -> list[str]:
    """Give the faults for which a log is refused."""
    with pytest.raises(InputError) as error:
        handed_over(engine, log)
    return str(error.value).split("\n  ")[1:]


@pytest.mark.parametrize("kind", SOURCES)
def test_all_sources_hand_over_the_same_events(tmp_path: Path, kind: str) -> None:
    rows = draw_rows(1, 60)
    source = SOURCES[kind](tmp_path, rows)
    log = EventLog(source, channel="channel", revenue="revenue", properties=("country",))
    found = in_order(handed_over(ENGINE, log))
    assert found == expected(rows, "channel", "country", "revenue")


@given(
    st.lists(
        st.text(min_size=1).filter(lambda name: "\x00" not in name),
        min_size=5,
        max_size=5,
        unique_by=str.casefold,
    ),
    st.lists(
        st.text(st.characters(exclude_characters="\x00", codec="utf-8"), min_size=1), min_size=1
    ),
)
@settings(max_examples=15)
def test_no_name_of_a_column_and_no_value_does_anything(
    names: list[str], values: list[str]
) -> None:
    person, time, event, channel, country = names
    rows = [
        {person: text, time: NOON, event: text, channel: text, country: text} for text in values
    ]
    log = EventLog(
        arrow(rows),
        person=person,
        time=time,
        event=event,
        channel=channel,
        properties=(country,),
        conditions={"'; DROP TABLE source; --": where(country, "==", "' OR ''='")},
    )
    found = handed_over(ENGINE, log)
    texts = [(text, text.replace("+", "++")) for text in values]
    assert found == sorted((text, micros(NOON), name, text, text) for text, name in texts)


HOSTILE = ['"; DROP TABLE source; --', "*", "$1", "c0", "a.b", "new\nline", "count(*)", "'", "ü"]


@pytest.mark.parametrize("write", [csv, lambda folder, rows: parquet(folder / "x.parquet", rows)])
def test_hostile_names_of_columns_are_read_from_files(
    tmp_path: Path, write: Callable[[Path, list[Row]], Path]
) -> None:
    for name in HOSTILE:
        rows = [{name: "ann", "time": NOON, "event": name}]
        found = handed_over(ENGINE, EventLog(write(tmp_path, rows), person=name))
        assert found == [("ann", micros(NOON), name)]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame, pl.LazyFrame], ids=str)
def test_a_name_with_a_sign_that_ends_names_elsewhere_ends_nothing_here(frame: Any) -> None:
    table = frame({"person": ["ann"], "time": [NOON], "event": ["a"], "a\0b": ["x"]})
    assert handed_over(ENGINE, EventLog(table)) == [("ann", micros(NOON), "a")]
    (told,) = refused(EventLog(table, channel="a\0b"))
    assert told.endswith(
        "has a sign in its name, NUL, that ends a name elsewhere; rename the column"
    )


def test_people_are_numbers_where_the_log_has_numbers_and_text_as_it_is_written(
    tmp_path: Path,
) -> None:
    def people(ids: object) -> list[object]:
        table = pa.table({"person": ids, "time": [NOON] * len(ids), "event": ["a"] * len(ids)})  # type: ignore[arg-type]
        return [row[0] for row in handed_over(ENGINE, EventLog(table))]

    assert people([2**62, -1]) == [-1, 2**62]
    assert people(pa.array([2**64 - 1, 5], pa.uint64())) == ["18446744073709551615", "5"]
    assert people([3.0, None, 1.0]) == [1, 3]
    assert people(["", "b", None, "007"]) == ["007", "b"]
    (tmp_path / "log.csv").write_text("person,time,event\n007,2026-01-01,a\n,2026-01-01,a\n")
    assert [row[0] for row in handed_over(ENGINE, EventLog(tmp_path / "log.csv"))] == ["007"]
    assert refused(EventLog(pa.table({"person": [1.5], "time": [NOON], "event": ["a"]}))) == [
        "person, row 1: 1.5 must be a whole number or text; correct it"
    ]
    (fault,) = refused(
        EventLog(pa.table({"person": [2.0**53 + 2], "time": [NOON], "event": ["a"]}))
    )
    assert fault.endswith("must be a whole number or text; correct it")


def test_times_are_moments_whatever_they_are_written_as() -> None:
    at = micros(NOON)
    seconds = at // 1_000_000
    naive = NOON.replace(tzinfo=None)
    assert times_of(["2026-03-29T14:00:00+02:00", "2026-03-29 12:00:00Z"]) == [at, at]
    assert times_of([NOON], time_zone="Asia/Tokyo") == [at]
    assert (
        times_of([naive])
        == times_of(["2026-03-29 12:00"])
        == times_of([date(2026, 3, 29)] * 1 and [naive])
    )
    assert times_of([date(2026, 3, 29)]) == [at - 12 * 3_600_000_000]
    assert times_of([seconds], time_unit="s") == times_of([at], time_unit="us") == [at]
    assert (
        times_of([seconds * 1000], time_unit="ms")
        == times_of([at * 1000 + 7], time_unit="ns")
        == [at]
    )
    for micro in (0, 1, 500_000, 123_456, 999_999):
        number = f"{seconds}.{micro:06}"
        for written in (number, float(number), f"{number}999", f" {number}"):
            assert times_of([written], time_unit="s") == [at + micro], written
        assert times_of([f"{at + micro}.9"], time_unit="us") == [at + micro]
        assert times_of([float(at + micro)], time_unit="us") == [at + micro]
    assert times_of([f"{seconds}e0", "-0.0000005"], time_unit="s") == [-1, at]
    assert times_of([2**53 - 1, -(2**53)], time_unit="us") == [-(2**53), 2**53 - 1]
    assert times_of([253_402_300_799], time_unit="s") == [253_402_300_799_000_000]
    for beyond in (253_402_300_800, -62_135_596_801, "9" * 20, "9" * 40, "1e30", 1e300):
        with pytest.raises(InputError, match="is not a date and time"):
            times_of([beyond], time_unit="s")
    for unit in ("s", "ms", "us", "ns"):
        assert times_of(pa.array([naive], pa.timestamp(unit))) == [at]
        assert times_of(pa.array([NOON], pa.timestamp(unit, "America/Lima"))) == [at]


def test_a_time_zone_is_that_of_times_without_one_and_knows_summer() -> None:
    winter, summer = datetime(2026, 1, 1), datetime(2026, 7, 1)  # noqa: DTZ001 - without a zone
    hour = 3_600_000_000
    there = [
        micros(winter.replace(tzinfo=UTC)) - hour,
        micros(summer.replace(tzinfo=UTC)) - 2 * hour,
    ]
    for values in (
        [winter, summer],
        ["2026-01-01", "2026-07-01 00:00:00"],
        [winter.date(), summer.date()],
    ):
        assert times_of(values, time_zone="Europe/Berlin") == there


def test_a_log_says_how_many_of_its_times_were_read_as_utc() -> None:
    def read_as_utc(*values: object, **how: Any) -> int:
        names = [f"event {number}" for number in range(len(values))]
        table = pa.table({"person": [1] * len(values), "time": values, "event": names})
        with ENGINE.open(EventLog(table, **how)) as opened:
            return opened.contents.read_as_utc

    naive = NOON.replace(tzinfo=None)
    assert read_as_utc(naive, naive, None) == 2
    assert not read_as_utc(NOON)
    local = ["2026-03-29", " 2026-3-1 10:00:05.5", "2026-03-29T10:00", "2026/03/29 10:00"]
    zones = ["Z", ":00.5+02:00", "-02", " UTC", " Europe/Paris"]
    assert read_as_utc(*local, *(f"2026-03-29 10:00{zone}" for zone in zones), None, "") == 4
    assert not read_as_utc(naive, time_zone="Europe/Berlin")
    assert not read_as_utc(5, time_unit="s")


def test_contents_count_what_cannot_be_used() -> None:
    rows = [
        *[{"person": "ann", "time": NOON, "event": "view", "channel": "Ads"}] * 2,
        {"person": "bob", "time": NOON, "event": "buy", "channel": "Blog"},
        {"person": "bob", "time": NOON, "event": "ask", "channel": None},
        {"person": None, "time": NOON, "event": "view", "channel": "Nobody"},
        {"person": "cem", "time": None, "event": "never", "channel": "Never"},
        {"person": "cem", "time": NOON, "event": "", "channel": ""},
    ]
    with ENGINE.open(EventLog(arrow(rows), channel="channel")) as opened:
        contents = opened.contents
        assert opened.reduce(lambda batch: len(batch.times), int.__add__) == 4
    assert contents.labels.names == ("view", "ask", "buy")
    assert contents.labels.channel == ("Ads", "Blog")
    assert contents.counts == (2, 1, 1)
    lacking = contents.without_person, contents.without_time, contents.without_event
    assert (contents.rows, *lacking) == (7, 1, 1, 1)
    assert contents.first == contents.last == micros(NOON)


def test_a_table_with_one_row_for_each_person_has_an_event_for_each_date(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text(
        "id,Lead on,Won on,Amount\n1,2026-01-01,2026-01-05,99.5\n2,2026-01-03,,7\n3,,,\n"
    )
    wide = {"lead": "Lead on", "sale; --": "Won on"}
    log = EventLog(path, person="id", event=wide, revenue={"sale; --": "Amount"})
    day = 86_400_000_000
    start = micros(datetime(2026, 1, 1, tzinfo=UTC))
    with ENGINE.open(log) as opened:
        assert (opened.contents.rows, opened.contents.without_time) == (3, 0)
    assert handed_over(ENGINE, log) == [
        ("1", start, "lead", None),
        ("1", start + 4 * day, "sale; --", 99.5),
        ("2", start + 2 * day, "lead", None),
    ]
    path.write_text("id,Lead on,Won on\n1,2026-01-01,soon\n")
    assert refused(EventLog(path, person="id", event=wide)) == [
        "time, row 1: 'soon' is not a date and time; write it as 2026-03-01 or 2026-03-01 14:30:00"
    ]


@pytest.mark.parametrize(
    ("condition", "rows"),
    [
        (where("page", "like", "/pri%g_"), [0]),
        (where("page", "like", "\\%"), [3]),
        (where("page", "like", "%!%"), [4]),
        (where("page", "==", "/"), [2]),
        (where("page", "!=", "/"), [0, 1, 3, 4]),
        (where("pages", ">=", 2), [1, 2, 3, 4]),
        (where("pages", "<", 2.5), [0, 1]),
        (where("pages", "in", [1, 3]), [0, 2]),
        (where("page", "in", ["/", "' OR 1=1 --"]), [2]),
        (where("paid", "==", True), [1]),
        (where("pages", ">", 1) & where("paid", "==", False), [2, 3, 4]),
        (where("page", ">", 5), []),
    ],
)
@pytest.mark.parametrize("kind", ["arrow", "csv"])
def test_a_row_that_meets_a_condition_is_an_event_of_its_name_too(
    tmp_path: Path, kind: str, condition: Any, rows: list[int]
) -> None:
    pages = ["/pricing2", "/PRICING2", "/", "\\x", "/wow!"]
    table = [
        {"person": n, "time": NOON, "event": "view", "page": page, "pages": n + 1, "paid": n == 1}
        for n, page in enumerate(pages)
    ]
    pay = where("paid", "==", "never")
    log = EventLog(
        SOURCES[kind](tmp_path, table),
        conditions={"$1 'met'": condition, "pay": pay, "a+": condition},
    )
    found = handed_over(ENGINE, log)
    assert [int(str(row[0])) for row in found if row[2] != "view"] == rows
    assert {row[2] for row in found} <= {"view", "view + $1 'met' + a++"}


@pytest.mark.parametrize("kind", ["arrow", "csv"])
def test_large_numbers_are_compared_exactly_and_those_of_numpy_are_numbers(
    tmp_path: Path, kind: str
) -> None:
    ids = [2**53, 2**53 + 1, 2**62 + 1, 5]
    rows: list[Row] = [{"person": n, "time": NOON, "event": "e", "id": n} for n in ids]
    conditions = {
        "exact": where("id", "==", 2**53 + 1),
        "in": where("id", "in", np.array([2**62 + 1, 5])),
        "small": where("id", "<", np.int64(6)) & where("id", "<", 10**30),
        "plain": where("id", "==", 2**53),
    }
    found = handed_over(ENGINE, EventLog(SOURCES[kind](tmp_path, rows), conditions=conditions))
    names = {int(str(row[0])): row[2] for row in found}
    expected = ("e + plain", "e + exact", "e + in", "e + in + small")
    assert names == dict(zip(ids, expected, strict=True))


def test_who_was_brought_is_told_by_any_of_their_events() -> None:
    table = arrow(
        [
            {"person": p, "time": NOON, "event": "a", "by": by}
            for p, by in [(1, None), (1, 2), (2, None)]
        ]
    )
    with ENGINE.open(EventLog(table, referred_by="by")) as opened:
        people, referred = opened.reduce(lambda batch: (batch.people, batch.referred), max)
        assert dict(zip(opened.identified(people), referred, strict=True)) == {1: True, 2: False}


BROKEN = {
    "person,time,event\n1,2026-01-01,a\n1,2026-01-02,a,b\n": (
        "log.csv, line 3 has 4 values, and the first line has 3; correct the line; put quotes"
        " around a value that has the delimiter in it"
    ),
    "person,time,event\n1,2026-01-01,a\n1,2026-01-02\n": (
        "log.csv, line 3 has 2 values, and the first line has 3; correct the line; put quotes"
        " around a value that has the delimiter in it"
    ),
    'person,time,event\n1,2026-01-01,"a\n': (
        "log.csv, line 2 has a quote that does not end; correct the line; write a quote in a value"
        " twice"
    ),
    "person,time,event\n1,2026-01-01,\xe4\n": (
        "log.csv, line 2 is not in UTF-8; save the file as CSV in UTF-8"
    ),
    "": "file: 'log.csv' has no first line with names of columns; add one",
    "person,time,event\n": "rows are none; give a log with events",
    "person,time,event\n,2026-01-01,a\n": (
        "rows: 1 has no row with a person, a time and an event; look at the columns given"
    ),
    "person,time,Event\n": (
        "event: 'event' is not known; did you mean 'Event'? Choose from person, time, Event"
    ),
    "person,time,Time\n": "column 3: 'Time' must have a name of its own; correct the first line",
    "person,time,time\n": "column 3: 'time' must have a name of its own; correct the first line",
    "person,time,event\n1,2026-01-01,a\n1,3/1/2026,a\n2,,a\n2,2026-02-30,a\n": (
        "time, row 2: '3/1/2026' is not a date and time; write it as 2026-03-01 or 2026-03-01"
        " 14:30:00\ntime, row 4: '2026-02-30' is not a date and time; write it as 2026-03-01 or"
        " 2026-03-01 14:30:00"
    ),
}


@pytest.mark.parametrize("text", BROKEN)
def test_a_csv_file_that_cannot_be_read_gives_a_sentence_with_its_line(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "log.csv").write_text(text, encoding="latin-1")
    assert refused(EventLog(tmp_path / "log.csv")) == BROKEN[text].split("\n")


def test_amounts_that_are_no_numbers_are_shown_and_counted(tmp_path: Path) -> None:
    amounts = ["12,50", "inf", "", "nan", "1e3", *["much"] * 12]
    rows = [f"1,2026-01-01,a,{amount!r}".replace("'", '"') for amount in amounts]
    (tmp_path / "log.csv").write_text("person,time,event,paid\n" + "\n".join(rows))
    faults = refused(EventLog(tmp_path / "log.csv", revenue="paid"))
    assert faults[0] == "revenue, row 1: '12,50' is not a number; write it as 1234.50"
    assert faults[1].startswith("revenue, row 2: 'inf' is not a number")
    assert faults[2].startswith("revenue, row 4: 'nan' is not a number")
    assert faults[3].startswith("revenue, row 6: 'much'")
    assert faults[10:] == ["revenue has 5 more of this kind; write it as 1234.50"]


def test_a_parquet_file_cut_off_anywhere_is_named(tmp_path: Path) -> None:
    whole = parquet(tmp_path / "a.parquet", draw_rows(1, 50)).read_bytes()
    for size in (0, 3, 500, len(whole) - 1):
        (tmp_path / "b.parquet").write_bytes(whole[:size])
        (fault,) = refused(EventLog(tmp_path))
        assert fault == (
            "file: 'b.parquet' is not a whole Parquet file: it is damaged, or was cut off; copy or"
            " export it again"
        )


def test_what_is_no_log_is_refused_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "log.xlsx").write_text("x")
    (tmp_path / "log.db").write_text("this is no database")
    (tmp_path / "mixed").mkdir()
    for name in ("a.csv", "b.parquet"):
        (tmp_path / "mixed" / name).write_text("x")
    faults = {
        "none.csv": "file: 'none.csv' does not exist; correct the path",
        f"{'x' * 999}.csv": f"file: '{'x' * 58}… cannot be looked for (File name too long)",
        "empty": "folder: 'empty' holds no CSV or Parquet file; correct the path",
        "log.xlsx": "file: 'log.xlsx' is of no kind that is read as an event log; give one of .csv,"
        " .tsv, .txt, .parquet, .pq, .duckdb, .ddb, .db",
        "mixed": "file: 'mixed' means files of several kinds; give those of one kind, such as"
        " *.csv",
        "log.db": "file: 'log.db' cannot be read as a DuckDB database; close what else has it open,"
        " or export the table to Parquet",
    }
    for name, fault in faults.items():
        assert refused(EventLog(tmp_path / name))[0].startswith(fault)
    for name, columns in (("a", "person,time,event"), ("b", "person,event,time")):
        (tmp_path / "empty" / f"{name}.csv").write_text(f"{columns}\n1,2,3\n")
    assert refused(EventLog(tmp_path / "empty")) == [
        "file: 'b.csv' has other columns than a.csv; give files with the same first line"
    ]
    (fault,) = refused(EventLog(5))
    assert fault == (
        "log: 5 is no table of events; give a path, a DataFrame, an Arrow table or a DuckDB"
        " relation"
    )
    twice = pa.Table.from_arrays([pa.array([1])] * 4, names=["person", "time", "event", "event"])
    assert refused(EventLog(twice)) == ["column: 'event' is the name of two columns; rename one"]
    mixed = pd.DataFrame({"person": [1, "a"], "time": [NOON] * 2, "event": "a"})
    (fault,) = refused(EventLog(mixed))
    assert fault.startswith("table cannot be read (Could not convert 'a' with type str: tried")
    assert fault.endswith("column person with type object); give one type per column")
    halved = mixed.tail(1).assign(person=pd.Series(["a\ud800"], dtype=object, index=[1]))
    assert "surrogates not allowed" in refused(EventLog(halved))[0]
    assert refused(EventLog("")) == ["file: '' does not exist; correct the path"]
    assert refused(EventLog(pa.table({"person": [1], "time": [5], "event": ["a"]}))) == [
        "time: 'time' holds numbers; say what they count: time_unit= one of s, ms, us, ns"
    ]
    assert refused(EventLog(pa.table({"person": [1], "time": [True], "event": ["a"]}))) == [
        "time: 'time' must hold dates and times, not boolean; choose another column"
    ]


def test_a_database_of_several_tables_asks_which(tmp_path: Path) -> None:
    path = tmp_path / "log.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA s")
        for name in ("visits", 's."its"'):
            connection.execute(
                f"CREATE TABLE {name} AS SELECT 1 AS person, now() AS time, 'a' AS event"
            )
    assert refused(EventLog(path)) == [
        "table is not given, and there are several; choose from visits, s.its"
    ]
    assert refused(EventLog(path, table="visit"))[0].startswith("table: 'visit' is not known")
    assert len(handed_over(ENGINE, EventLog(path, table="s.its"))) == 1


def test_a_column_of_too_many_values_is_refused() -> None:
    table = duckdb.connect().sql(
        "SELECT range AS person, now() AS time, 'a' AS event, range AS page FROM range(100_001)"
    )
    log = EventLog(table, properties=("page",))
    assert refused(log) == [
        "properties[0]: 'page' has more than 100,000 different values; choose another column"
    ]


LARGE = """
    SELECT 'person ' || (range * 7919) % 400_009 AS person, to_timestamp(range % 1000) AS time,
    'event ' || range % 5 AS event, hash(range) % 100 AS revenue FROM range(1_000_000)
"""


def large() -> duckdb.DuckDBPyRelation:
    return duckdb.connect().sql(LARGE)


def test_a_partition_without_people_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(partitions, "EVENTS", 1)
    rows = draw_rows(1, 60, people=3)
    log = EventLog(arrow(rows), channel="channel")
    assert in_order(handed_over(ENGINE, log)) == expected(rows, "channel")


def test_more_events_than_memory_holds_are_put_in_order_on_disk(tmp_path: Path) -> None:
    written: set[str] = set()

    def look(_: float) -> None:
        sizes = {path.name: path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()}
        written.update(name for name, size in sizes.items() if size > 1_000_000)

    engine = DuckDBEngine(memory_limit="44MB", folder=tmp_path, threads=2)
    with engine.open(EventLog(large(), revenue="revenue"), Watch(progress=look)) as opened:
        events, people, revenue = opened.reduce(
            lambda batch: np.array([len(batch.times), len(batch.people), batch.revenue.sum()]),  # type: ignore[union-attr]
            np.add,
        )
    assert (events, people) == (1_000_000, 400_009)
    assert revenue == duckdb.sql(f"SELECT sum(revenue) FROM ({LARGE})").fetchall()[0][0]  # noqa: S608
    assert "events" in written
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", ["much", "0GB", "-1GB", "1.2.3GB", "GB", 2, None])
def test_a_size_that_is_none_is_refused_in_a_sentence(size: Any) -> None:
    with pytest.raises(InputError, match=r"memory_limit.* must be a number of MB or GB"):
        handed_over(DuckDBEngine(memory_limit=size), EventLog(arrow(draw_rows(1, 3))))


def test_a_full_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    engine = DuckDBEngine(memory_limit="50MB", disk_limit="5MB", folder=tmp_path, threads=2)
    (fault,) = refused(EventLog(large()), engine)
    assert fault == (
        "the folder for temporary files is full: events are put in order there when memory does not"
        " hold them; make room, or name another folder or a higher limit"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", ["before", "while reading", "while working"])
def test_who_stops_a_run_ends_it_and_nothing_stays(tmp_path: Path, moment: str) -> None:
    stop = threading.Event()
    if moment == "before":
        stop.set()
    seen = []

    def work(batch: Any) -> int:
        seen.append(len(batch.times))
        if moment == "while working":
            stop.set()
        return len(batch.times)

    engine = DuckDBEngine(folder=tmp_path, threads=2)

    def run() -> None:
        with engine.open(EventLog(large()), Watch(stop=stop)) as opened:
            if moment == "while reading":
                stop.set()
            opened.reduce(work, int.__add__)

    threads = threading.active_count()
    with pytest.raises(Stopped):
        run()
    assert threading.active_count() == threads
    assert list(tmp_path.iterdir()) == []
    assert sum(seen) < 1_000_000


def test_who_stops_does_not_wait_until_all_is_read(tmp_path: Path) -> None:
    stop, seen, most = threading.Event(), 0, 200_000
    (batch,) = arrow(draw_rows(1, 50)).combine_chunks().to_batches()

    def batches() -> Iterator[pa.RecordBatch]:
        nonlocal seen
        for seen in range(most):
            if seen == 3:
                stop.set()
            yield batch

    log = EventLog(pa.RecordBatchReader.from_batches(batch.schema, batches()))
    with pytest.raises(Stopped), DuckDBEngine(folder=tmp_path).open(log, Watch(stop=stop)):
        pass
    assert 3 <= seen < most - 1
    assert list(tmp_path.iterdir()) == []


def test_an_error_or_ctrl_c_in_the_work_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(_: Any) -> int:
        raise KeyboardInterrupt

    engine = DuckDBEngine(folder=tmp_path)
    table = arrow(draw_rows(1, 50))
    with pytest.raises(KeyboardInterrupt), engine.open(EventLog(table)) as opened:
        opened.reduce(interrupted, int.__add__)
    assert list(tmp_path.iterdir()) == []


def test_progress_rises_to_one() -> None:
    shares: list[float] = []
    with ENGINE.open(EventLog(large()), Watch(progress=shares.append)) as opened:
        opened.reduce(lambda batch: len(batch.times), int.__add__)
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)
    assert min(shares[1:]) < 0.1
    assert len(shares) > 8
