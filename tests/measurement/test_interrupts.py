"""Ctrl-C, wherever it comes in between."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import cvjkit as cvj
from cvjkit.measurement.interrupts import interruptible

ENDLESS = "SELECT range AS person, now() AS time, 'reach' AS event FROM range(1000000000000)"


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Hear Ctrl-C as a program on a terminal does: what runs in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("log", ["a stream", "a database"])
@pytest.mark.parametrize("seconds", [0.1, 0.3])
def test_ctrl_c_ends_what_duckdb_does_and_is_no_error_of_its(
    tmp_path: Path, log: str, seconds: float
) -> None:
    path = tmp_path / "log.duckdb"
    with duckdb.connect(path) as database:
        database.execute(f"CREATE VIEW log AS {ENDLESS}")
    usual, before = signal.getsignal(signal.SIGINT), signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(before)
    pressed = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    pressed.start()
    with pytest.raises(KeyboardInterrupt):
        cvj.measure(duckdb.sql(ENDLESS) if log == "a stream" else path, "five")
    assert signal.getsignal(signal.SIGINT) is usual
    assert signal.set_wakeup_fd(before) == before


def test_ctrl_c_at_any_moment_is_raised_once_and_leaves_nothing_behind() -> None:
    usual, before = signal.getsignal(signal.SIGINT), signal.set_wakeup_fd(-1)
    threads = threading.active_count()
    for number in range(300):
        pressed = threading.Timer(number % 30 / 20_000, os.kill, (os.getpid(), signal.SIGINT))
        # It comes before the block, in it, or behind it, and while it is set up or put away.
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - wherever it comes
            pressed.start()
            with interruptible(threading.Event()):
                time.sleep(0.0005)
            pressed.join()
            time.sleep(1)
        pressed.join()
        assert signal.getsignal(signal.SIGINT) is usual
        assert signal.set_wakeup_fd(before) == before
    assert threading.active_count() == threads


def test_an_error_without_ctrl_c_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="broken"), interruptible(threading.Event()):
        raise RuntimeError("broken")


def test_in_another_thread_nothing_is_done_with_signals() -> None:
    found = []

    def work() -> None:
        with interruptible(threading.Event()):
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
