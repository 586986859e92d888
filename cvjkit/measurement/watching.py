"""A line that shows how far a long run is; in a notebook, with a button that stops it."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, Protocol, TextIO

from cvjkit.measurement.engine import Watch

LONG_SECONDS = 1.0
"""A run that takes less shows nothing."""
PAUSE_SECONDS = 0.2
WORDS = "Measuring"
# Visitors of a dashboard see what comes of a cell once it is done.
PUBLISHED = "VOILA_PREHEAT"


class Line(Protocol):
    """Where somebody sees how far a run is."""

    def show(self, share: float, text: str) -> None:
        """Show how far it is.

        Parameters
        ----------
        share : float
            0 to 1.
        text : str
            The same in words, with the time so far.
        """

    def close(self) -> None:
        """Leave nothing of it behind."""


@contextmanager
def watched(progress: Callable[[float], None] | None, stop: threading.Event) -> Iterator[Watch]:
    """Show how far a run is, in a notebook or on a terminal, if it takes long.

    Parameters
    ----------
    progress : callable, optional
        Who shows it otherwise; then nothing is shown here.
    stop : threading.Event
        What stops it; a press of the button sets it.

    Yields
    ------
    Watch
    """
    make = _line_maker(stop) if progress is None else None
    if make is None:
        yield Watch(progress, stop)
        return
    done, over, began = 0.0, threading.Event(), time.monotonic()

    def tell(share: float) -> None:
        nonlocal done
        done = share

    def follow() -> None:
        if over.wait(LONG_SECONDS):
            return
        line = make()
        try:
            while not over.wait(PAUSE_SECONDS):
                line.show(done, progress_text(done, time.monotonic() - began))
        finally:
            line.close()

    # What a cell shows goes where its context says, and a thread begins without one.
    thread = threading.Thread(target=copy_context().run, args=[follow], daemon=True)
    try:
        thread.start()
        yield Watch(tell, stop)
    finally:
        over.set()
        if thread.is_alive():
            thread.join()


def progress_text(share: float, seconds: float) -> str:
    """Say how far a run is.

    Parameters
    ----------
    share : float
        0 to 1.
    seconds : float
        Since it began.

    Returns
    -------
    str

    Examples
    --------
    >>> progress_text(0, 3.2), progress_text(0.625, 75)
    ('Measuring: reading, 3 s', 'Measuring: 62%, 1 min 15 s')
    """
    minutes, rest = divmod(int(seconds), 60)
    so_far = f"{minutes} min {rest} s" if minutes else f"{rest} s"
    return f"{WORDS}: {f'{share:.0%}' if share else 'reading'}, {so_far}"


def _line_maker(stop: threading.Event) -> Callable[[], Line] | None:
    """Find where somebody sees a line; None where nobody does."""
    if PUBLISHED in os.environ:
        return None
    # Who has not imported it is not in a notebook.
    ipython: Any = sys.modules.get("IPython")
    kernel = getattr(ipython and ipython.get_ipython(), "kernel", None)
    if kernel is not None:
        return lambda: InNotebook(kernel, stop)
    if sys.stderr is not None and sys.stderr.isatty():
        return lambda: OnTerminal(sys.stderr)
    return None


class InNotebook:
    """A bar, the words, and a button where a press arrives while the kernel is busy.

    Parameters
    ----------
    kernel : ipykernel.kernelbase.Kernel
    stop : threading.Event
        Is set when the button is pressed.
    """

    def __init__(self, kernel: Any, stop: threading.Event) -> None:
        from IPython.display import display
        from ipywidgets import Button, FloatProgress, HBox, Label

        self._kernel = kernel
        self._bar, self._label, self._button = FloatProgress(max=1.0), Label(), Button()
        self._button.description = "Stop"
        # Else ipykernel hands a press to the thread that made the button, which is busy.
        self._button.comm._reply_subshell_for = None  # noqa: SLF001 - there is no other way

        def pressed(button: Button) -> None:
            stop.set()
            button.disabled, button.description = True, "Stopping …"

        self._button.on_click(pressed)
        self._box = HBox([self._bar, self._label])
        data = self._box._repr_mimebundle_() | {"text/plain": f"{WORDS} …"}
        self._shown = display(data, raw=True, display_id=True)  # type: ignore[no-untyped-call] # no types

    def show(self, share: float, text: str) -> None:
        """Show how far it is.

        Parameters
        ----------
        share : float
        text : str
        """
        self._bar.value, self._label.value = share, text
        if len(self._box.children) == 2 and self._is_heard():
            self._box.children += (self._button,)

    def close(self) -> None:
        """Leave nothing of it behind, also not in the notebook's file."""
        for widget in (self._box, self._bar, self._label, self._button):
            widget.close()
        self._shown.update({}, raw=True)

    def _is_heard(self) -> bool:
        """Tell whether the notebook has opened a thread of the kernel for its messages."""
        channel = getattr(self._kernel, "shell_channel_thread", None)
        return channel is not None and bool(channel.manager.list_subshell())


class OnTerminal:
    """A line that is written over itself.

    Parameters
    ----------
    terminal : file
    """

    def __init__(self, terminal: TextIO) -> None:
        self._terminal, self._width = terminal, 0

    def show(self, share: float, text: str) -> None:  # noqa: ARG002 - the text says it
        """Show how far it is.

        Parameters
        ----------
        share : float
        text : str
        """
        self._write(f"\r{text.ljust(self._width)}")
        self._width = len(text)

    def close(self) -> None:
        """Leave nothing of it behind."""
        self._write(f"\r{' ' * self._width}\r")

    def _write(self, text: str) -> None:
        self._terminal.write(text)
        self._terminal.flush()
