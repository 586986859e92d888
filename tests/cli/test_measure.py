"""The command measure: from a log on disk to a journey on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest

import cvjkit as cvj
from cvjkit.cli import main

LOG = """who,at,what
ann,2026-01-01 10:00,view
ann,2026-01-02 10:00,buy
ann,2026-01-02 10:00,buy
bob,2026-01-01 10:00,view
bob,2026-03-01 10:00,buy now
,2026-03-01 10:00,buy now
"""
COLUMNS = ["--person", "who", "--time", "at", "--event", "what"]
MAP = ["--map", "view=aware", "--map", "buy*=conversion,loyalty"]


def read(terminal: int) -> bytes:
    """Read what is written to a terminal; nothing when nobody writes any more."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(LOG, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_log_becomes_a_journey_and_what_is_odd_about_it_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["measure", "log.csv", *COLUMNS, *MAP, "--window", "30d", "--name", "Shop"]
    assert main([*arguments, "-o", "shop.toml"]) == 0
    assert cvj.read_journey("shop.toml").segments[0].counts == (2, None, 1, None, 1)
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.splitlines() == [
        "shop.toml: Shop: 1 customer.",
        "1: Events of the same person, time and name as another.",
        "1: Rows without a person, a time or an event; they are left out.",
        "5: Events whose times say no time zone; they are read as UTC.",
    ]
    # No event has the value of another here: nobody gets further than the first.
    assert main([*arguments, "--hold", "what", "-o", "held.toml"]) == 0
    assert cvj.read_journey("held.toml").segments[0].counts == (2, None, 0, None, 0)
    capsys.readouterr()
    # Without a file it is only shown; and a file that is there is not lost.
    assert main(arguments) == 0
    assert "Conversion" in capsys.readouterr().out
    Path("shop.toml").write_text("mine", encoding="utf-8")
    assert main([*arguments, "-o", "shop.toml"]) == 2
    assert Path("shop.toml").read_text(encoding="utf-8") == "mine"
    assert main([*arguments, "-o", "shop.toml", "--overwrite"]) == 0


@pytest.mark.usefixtures("folder")
def test_who_is_no_person_can_be_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    times = [f"bot,2026-01-01 10:00:{second % 60:02},view" for second in range(90)]
    Path("log.csv").write_text(LOG + "\n".join(times) + "\n", encoding="utf-8")
    arguments = ["measure", "log.csv", *COLUMNS, *MAP, "-o"]
    assert main([*arguments, "all.toml"]) == 0
    assert main([*arguments, "people.toml", "--without-bots"]) == 0
    assert "1: People with more events within a minute" in capsys.readouterr().out
    found = [
        cvj.read_journey(name).segments[0].counts or () for name in ("all.toml", "people.toml")
    ]
    assert [counts[0] for counts in found] == [3, 2]


def test_ctrl_c_ends_it_in_a_word_and_nothing_is_written(folder: Path) -> None:
    endless = "SELECT range AS person, now() AS time, 'reach' AS event FROM range(1000000000000)"
    with duckdb.connect("log.duckdb") as database:
        database.execute(f"CREATE VIEW log AS {endless}")
    seen, terminal = os.openpty()
    arguments = ["measure", "log.duckdb", "-o", "shop.toml"]
    with subprocess.Popen([sys.executable, "-m", "cvjkit", *arguments], stderr=terminal) as process:
        os.close(terminal)
        # What takes long is shown on a terminal; from then on it is at work.
        told = read(seen)
        process.send_signal(signal.SIGINT)
        while more := read(seen):
            told += more
    assert process.returncode == 130
    assert told.decode().splitlines()[-1].strip() == "cvjkit: stopped"
    assert not Path("shop.toml").exists()


@pytest.mark.usefixtures("folder")
def test_who_went_no_further_is_listed_and_written(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["dropped", "log.csv", *COLUMNS, *MAP, "--stage", "reach", "--window", "30d"]
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("1 person reached reach and no stage after it; the latest first.\n")
    assert shown.splitlines()[-1].split() == ["bob", "2026-01-01", "10:00:00+00:00"]
    assert main([*arguments, "-o", "people.csv"]) == 0
    assert capsys.readouterr().out.startswith("people.csv: 1 person reached reach")
    assert Path("people.csv").read_text("utf-8-sig").splitlines() == [
        "person,time",
        "bob,2026-01-01 10:00:00+00:00",
    ]
    assert main([*arguments, "--reentry", "every", "--most", "1"]) == 0
    assert capsys.readouterr().out.startswith(
        "1 attempt reached reach and no stage after it; the latest first. There may be more"
    )


@pytest.mark.usefixtures("folder")
def test_the_same_log_is_shown_under_several_definitions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["sensitivity", "log.csv", *COLUMNS, *MAP, "--windows", "1h, 30d"]
    assert main(arguments) == 0
    shown = [line.rsplit(None, 5) for line in capsys.readouterr().out.splitlines()]
    rows = {words[0]: words[1:] for words in shown if len(words) == 6}
    assert rows["As measured"] == ["2", "–", "2", "–", "1"]
    assert (
        rows["Within 1 hour of the first stage"][2],
        rows["Within 30 days of the first stage"][2],
    ) == ("0", "1")
    assert "Within 7 days of the first stage" not in rows
    assert main([*arguments, "-o", "definitions.csv"]) == 0
    columns = {"person": "who", "time": "at", "event": "what"}
    events = {"view": "aware", "buy*": ["conversion", "loyalty"]}
    found = cvj.sensitivity("log.csv", "five", events, windows=["1h", "30d"], **columns)  # type: ignore[arg-type]  # columns are texts
    pd.testing.assert_frame_equal(pd.read_csv("definitions.csv"), found.table)


@pytest.mark.parametrize(
    ("definition", "counts"),
    [
        ([], (2, 1, 1, 1)),
        (["--within", "first_payment=2d"], (2, 1, 0, 0)),
        (["--optional", "engaged", "--within", "conversion=400d"], (2, 1, 2, 1)),
        (["--exclude", "complain=first_payment,bought_again"], (2, 1, 1, 0)),
    ],
)
@pytest.mark.usefixtures("folder")
def test_each_part_of_a_definition_can_be_typed(
    definition: list[str], counts: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    days = {"ann": "view ask - - buy complain again", "bob": "view - buy"}
    rows = [
        f"{who},2026-01-{day:02},{what}"
        for who, events in days.items()
        for day, what in enumerate(events.split(), 1)
        if what != "-"
    ]
    Path("log.csv").write_text("\n".join(["person,time,event", *rows]), encoding="utf-8")
    named = {"view": "reach", "ask": "acquisition", "buy": "conversion", "again": "retention"}
    events = [text for pair in named.items() for text in ("--map", "=".join(pair))]
    assert main(["measure", "log.csv", *events, *definition, "-o", "shop.toml"]) == 0
    assert cvj.read_journey("shop.toml").segments[0].counts == (*counts, None)
    assert main(["dropped", "log.csv", *events, *definition, "--stage", "conversion"]) == 0
    lost = counts[2] - counts[3]
    assert f"\n{lost} pe" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
def test_a_file_that_cannot_be_written_is_refused_before_the_log_is_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("mine.csv").write_text("mine", encoding="utf-8")
    for output, rule in {
        "people.txt": "is not a kind of file that is written; use a name that ends in one of",
        "none/people.csv": "is in a folder that does not exist",
        "mine.csv": "already exists; choose another name, or write --overwrite to replace it",
    }.items():
        for command in (["dropped", "--stage", "reach"], ["sensitivity"]):
            assert main([*command, "none.csv", "--map", "view", "-o", output]) == 2
            told = capsys.readouterr().err.splitlines()
            assert len(told) == 2, told
            assert told[0].startswith(f"cvjkit: -o: '{output}' {rule}")
            assert told[1].startswith("cvjkit: --map: 'view' must be EVENT=STAGE")
    assert Path("mine.csv").read_text(encoding="utf-8") == "mine"
    # A measured journey is more than CSV can hold.
    assert main(["measure", "none.csv", "-o", "shop.csv"]) == 2
    assert "use a name that ends in one of .toml, .xlsx" in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
def test_what_cannot_be_is_said_in_a_sentence_and_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for arguments, sentence in (
        (["--map", "view"], "--map: 'view' must be EVENT=STAGE[,STAGE]"),
        ([], "events must say which events are those of which stages"),
        ([*MAP, "--within", "conversion"], "--within: 'conversion' must be STAGE=TIME"),
        ([*MAP, "--within", "conversion=4"], "within[conversion]: '4' must be a number and a unit"),
        ([*MAP, "--exclude", "view=loyalty"], "--exclude: 'view' must come between two stages"),
        ([*MAP, "--optional", "top"], "optional: 'top' is not known"),
        (["--map", "vue=reach"], "events[vue]"),
        (["--map", "view=top"], "'top' is not known"),
        ([*MAP, "--window", "30"], "window: '30' must be a number and a unit"),
        ([*MAP, "--engine", "hive"], "engine: 'hive' is not known"),
        ([*MAP, "--channel", "utm"], "utm"),
    ):
        assert main(["measure", "log.csv", *COLUMNS, *arguments]) == 2
        said = capsys.readouterr().err
        assert sentence in said
        assert "Traceback" not in said
    assert main(["measure", "none.csv", *MAP]) == 2
    assert "none.csv" in capsys.readouterr().err
