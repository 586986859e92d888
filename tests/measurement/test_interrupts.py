"""Ctrl-C, wherever it comes in between."""

from __future__ import annotations

import os
import signal
import threading

import duckdb
import pytest

import cvjkit as cvj
from cvjkit.measurement.interrupts import interruptible

ENDLESS = "SELECT range AS person, now() AS time, 'reach' AS event FROM range(1000000000000)"


@pytest.mark.parametrize("seconds", [0.1, 0.3])
def test_ctrl_c_while_duckdb_works_is_no_error_of_its(seconds: float) -> None:
    usual = signal.getsignal(signal.SIGINT)
    pressed = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    pressed.start()
    with pytest.raises(KeyboardInterrupt):
        cvj.measure(duckdb.sql(ENDLESS), "five")
    assert signal.getsignal(signal.SIGINT) is usual


def test_an_error_without_ctrl_c_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="broken"), interruptible():
        raise RuntimeError("broken")


def test_in_another_thread_nothing_is_done_with_signals() -> None:
    found = []

    def work() -> None:
        with interruptible():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [signal.getsignal(signal.SIGINT)]
