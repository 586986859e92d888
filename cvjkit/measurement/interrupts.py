"""Ctrl-C while other programs work for us: what they make of it is no error of theirs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt if somebody presses Ctrl-C in this block and an error comes of it.

    DuckDB makes a RuntimeError of it, or an error about the stream that it was reading.

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
    is_pressed = False

    def noted(number: int, frame: FrameType | None) -> None:
        nonlocal is_pressed
        is_pressed = True
        usual(number, frame)

    signal.signal(signal.SIGINT, noted)
    try:
        yield
    except Exception:
        if is_pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, usual)
