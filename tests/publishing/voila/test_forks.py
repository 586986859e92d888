"""The process that kernels are copies of: one that does not answer holds up nobody for long."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
import time

import pytest

from cvjkit.publishing.voila.forks import copied_process, start

NEVER_SECONDS = 3600


def test_a_copied_process_that_does_not_answer_is_killed_and_the_next_copy_has_another() -> None:
    if sys.platform == "win32":
        # Nothing is copied there.
        assert "forkserver" not in multiprocessing.get_all_start_methods()
        return

    def started(patience_seconds: float) -> int | None:
        copy = multiprocessing.get_context("forkserver").Process(target=time.sleep, args=(0,))
        asyncio.run(start(copy, patience_seconds))
        copy.join()
        return copy.exitcode

    assert started(NEVER_SECONDS) == 0
    stopped = copied_process()
    assert stopped is not None
    os.kill(stopped, signal.SIGSTOP)
    with pytest.raises((OSError, EOFError)):
        started(0.1)
    assert started(NEVER_SECONDS) == 0
    assert copied_process() not in {None, stopped}
