"""The command measure: from a log on disk to a journey on disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
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
def test_what_cannot_be_is_said_in_a_sentence_and_without_a_traceback(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for arguments, sentence in (
        (["--map", "view"], "--map: 'view' must be an event and a stage, joined by ="),
        ([], "events must say which events are those of which stages"),
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
