"""The line that shows how far a long run is, on a terminal; the browser's tests have a notebook."""

from __future__ import annotations

import os
import pty
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

import pyarrow as pa
import pytest

import cvjkit as cvj
from cvjkit.measurement import watching
from cvjkit.measurement.engine import Stopped
from cvjkit.measurement.watching import progress_text, watched

ROWS = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.5, 0.5]).simulate_log(50)


class Terminal:
    """Standard error as a terminal, and what it was sent."""

    def __init__(self) -> None:
        self.ours, theirs = pty.openpty()
        self.error: TextIO = os.fdopen(theirs, "w")
        self.sent = ""

    def read_until(self, words: str) -> None:
        while words not in self.sent:
            self.sent += os.read(self.ours, 1000).decode()

    def lines(self) -> list[str]:
        """What its only line has shown, one after the other."""
        self.error.write("\n")
        self.error.flush()
        self.read_until("\n")
        shown = [""]
        for text in self.sent.replace("\r\n", "").split("\r"):
            shown.append(text + shown[-1][len(text) :])
        return [text.rstrip() for text in shown]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    monkeypatch.setattr(watching, "PAUSE_SECONDS", 0.01)
    made = Terminal()
    yield made
    made.error.close()
    os.close(made.ours)


@contextmanager
def shown_on(terminal: Terminal) -> Iterator[None]:
    # pytest puts a file of its own there when a test begins.
    before, sys.stderr = sys.stderr, terminal.error
    try:
        yield
    finally:
        sys.stderr = before


def log(terminal: Terminal) -> pa.RecordBatchReader:
    """Give a log that is read once the terminal shows a line."""
    columns = ROWS[["person", "time", "event"]]
    batch = pa.RecordBatch.from_pandas(columns, preserve_index=False)

    def batches() -> Iterator[pa.RecordBatch]:
        yield batch
        terminal.read_until("Measuring: reading, 1 s")

    return pa.RecordBatchReader.from_batches(batch.schema, batches())


def test_a_run_of_more_than_a_second_shows_a_line_on_a_terminal_and_leaves_nothing(
    terminal: Terminal,
) -> None:
    with shown_on(terminal):
        found = cvj.measure(log(terminal), "five")
    assert found.segments[0].counts == cvj.measure(ROWS, "five").segments[0].counts
    lines = terminal.lines()
    assert lines[:3] == ["", "", "Measuring: reading, 1 s"]
    assert lines[-1] == ""


def test_what_is_shown_follows_what_is_done_and_ends_with_an_error_too(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LONG_SECONDS", 0)

    def run() -> None:
        stop = threading.Event()
        with shown_on(terminal), watched(None, stop) as watch:
            for share in (0.25, 0.625):
                watch.told(share)
                terminal.read_until(f"{share:.0%}")
            stop.set()
            watch.told(0.75)

    with pytest.raises(
        Stopped, match=r"^Measuring was stopped before its end; nothing was kept\.$"
    ):
        run()
    lines = terminal.lines()
    assert {"Measuring: 25%, 0 s", "Measuring: 62%, 0 s"} <= set(lines)
    assert lines[-1] == ""


@pytest.mark.parametrize(
    "shown_by", ["nobody, as it is short", "who asked", "no terminal", "Voila"]
)
def test_nothing_is_shown_of_a_short_run_nor_where_nobody_looks(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, shown_by: str
) -> None:
    told: list[float] = []
    progress = told.append if shown_by == "who asked" else None
    if shown_by != "nobody, as it is short":
        monkeypatch.setattr(watching, "LONG_SECONDS", 0)
    if shown_by == "no terminal":
        monkeypatch.setattr(terminal.error, "isatty", lambda: False, raising=False)
    if shown_by == "Voila":
        monkeypatch.setenv("VOILA_PREHEAT", "False")
    with shown_on(terminal):
        cvj.measure(ROWS, "five", progress=progress)
    assert terminal.lines() == ["", ""]
    assert not told or told[-1] == 1


def test_the_words_say_how_far_it_is_and_since_when() -> None:
    assert progress_text(0.004, 59.9) == "Measuring: 0%, 59 s"
    assert progress_text(1, 60) == "Measuring: 100%, 1 min 0 s"
    assert progress_text(0.5, 7_325) == "Measuring: 50%, 122 min 5 s"
