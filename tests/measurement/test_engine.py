"""How a run is watched while an engine works."""

from __future__ import annotations

import threading

import pytest

from cvjkit.measurement.engine import Stopped, Watch, watched

SECONDS = 60


def interrupted_with(watch: Watch, look: object = bool) -> None:
    """Work until somebody interrupts it."""
    interrupted = threading.Event()
    with watched(watch, interrupted.set, look):  # type: ignore[arg-type] # what raises gives nothing
        assert interrupted.wait(SECONDS)
        raise RuntimeError("interrupted")


def test_who_asks_to_stop_interrupts_the_work_and_is_told_so() -> None:
    stop = threading.Event()
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(Stopped):
        interrupted_with(Watch(stop=stop))


def test_what_goes_wrong_while_it_is_told_how_far_a_run_is_ends_the_run() -> None:
    def look() -> None:
        raise OSError("the terminal is closed")

    with pytest.raises(OSError, match="the terminal is closed"):
        interrupted_with(Watch(), look)


def test_an_error_of_the_work_stays_what_it_is() -> None:
    with pytest.raises(RuntimeError, match="broken"), watched(Watch(), bool):
        raise RuntimeError("broken")
