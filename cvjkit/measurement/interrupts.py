"""Ctrl-C while other programs work for us: it ends them, and is no error of theirs."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C end what is done in this block, with KeyboardInterrupt.

    Python hears of it only once a query has ended. Until then `stop` is what ends the query; DuckDB
    makes an error of its own of it.

    Parameters
    ----------
    stop : threading.Event
        Is set, from another thread, as soon as somebody presses Ctrl-C.

    Yields
    ------
    None

    Raises
    ------
    KeyboardInterrupt
    """
    usual = signal.getsignal(signal.SIGINT)
    if not callable(usual) or threading.current_thread() is not threading.main_thread():
        yield
        return
    is_pressed = is_inside = False

    def noted(number: int, frame: FrameType | None) -> None:
        nonlocal is_pressed
        is_pressed = True
        # What is being set up or put away is not left half done.
        if is_inside:
            usual(number, frame)

    signal.signal(signal.SIGINT, noted)
    try:
        with _heard_at_once(stop):
            try:
                is_inside = True
                if is_pressed:
                    usual(signal.SIGINT, None)
                yield
            finally:
                is_inside = False
    except Exception:
        if is_pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, usual)
    if is_pressed:
        raise KeyboardInterrupt


@contextmanager
def _heard_at_once(stop: threading.Event) -> Iterator[None]:
    """Set an event when SIGINT comes, whatever the main thread is busy with."""
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)

    def listen() -> None:
        while came := ours.recv(1):
            if came[0] == signal.SIGINT:
                stop.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        theirs.close()
        thread.join()
        ours.close()
