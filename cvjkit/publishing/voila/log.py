"""The log of a dashboard's server: a line for each event, and each traceback once."""

from __future__ import annotations

import logging
import re
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from nbclient.exceptions import CellExecutionError
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

if TYPE_CHECKING:
    from collections.abc import Hashable

# How long an event that repeats itself is only counted [s].
QUIET_SECONDS = 60
MOST_KINDS = 1000
LONGEST_LINE = 300
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
TOKEN = re.compile(r"(token=)[^&\s]+")
# Where an exception was raised, in the two forms of tracebacks.
POSITIONS = re.compile(r"^\s*(?:File |Cell In).*$", re.MULTILINE)
# The visitors' browsers are gone; there is nothing to be done about it.
GONE = (StreamClosedError, WebSocketClosedError)


class Once(logging.Filter):
    """Lets one of the events that repeat each other through in `QUIET_SECONDS`.

    Two events are the same if the same lines of code raised exceptions, or if their texts are the
    same up to a colon or a quotation mark: what follows may be what a visitor has sent.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[Hashable, tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether to write an event to the log, and note on it how often it came before.

        Parameters
        ----------
        record : LogRecord
            `repeated` is set: None the first time, then how many of its kind were left out.

        Returns
        -------
        bool
        """
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, GONE):
            return False
        kind, now = _kind(record, error), time.monotonic()
        written, left_out = self._kinds.get(kind, (None, 0))
        if written is not None and now - written < QUIET_SECONDS:
            self._kinds[kind] = (written, left_out + 1)
            return False
        if len(self._kinds) >= MOST_KINDS:
            self._kinds.clear()
        self._kinds[kind] = (now, 0)
        record.repeated = None if written is None else left_out
        return True


class Lines(logging.Formatter):
    """Writes an event in one line; what failed in a notebook has its traceback below it, once."""

    def format(self, record: logging.LogRecord) -> str:
        """Write an event.

        Parameters
        ----------
        record : LogRecord
            Its attribute `details`, if it has one, is a traceback.

        Returns
        -------
        str
            The lines of a traceback are indented. There is no control character but line ends.
        """
        error = record.exc_info[1] if record.exc_info else None
        repeated, details = getattr(record, "repeated", None), _details(record, error)
        again = "" if repeated is None else f" (again; {repeated} more in between)"
        line = TOKEN.sub(r"\1...", _printable(_said(record, error)))[:LONGEST_LINE]
        below = [] if again else [f"  {_printable(text)}" for text in details.splitlines()]
        when = self.formatTime(record, "%H:%M:%S")
        return "\n".join([f"{when} {line}{again}", *below])


def _said(record: logging.LogRecord, error: BaseException | None) -> str:
    if error is None:
        return record.getMessage()
    if isinstance(error, CellExecutionError):
        return f"A cell of a notebook failed: {error.ename}: {error.evalue}"
    said = record.getMessage().splitlines()[0]
    return f"{said}: {type(error).__name__}: {error} ({_position(error)})"


def _details(record: logging.LogRecord, error: BaseException | None) -> str:
    details: str = getattr(record, "details", "")
    if isinstance(error, CellExecutionError):
        details = error.traceback or ""
    return COLOURS.sub("", details)


def _kind(record: logging.LogRecord, error: BaseException | None) -> Hashable:
    details = _details(record, error)
    if positions := POSITIONS.findall(details):
        return tuple(positions)
    if error is not None and not details:
        return _position(error)
    return re.split(": |['\"\n]", details or record.getMessage(), maxsplit=1)[0][:LONGEST_LINE]


def _position(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""


def _printable(text: str) -> str:
    """Replace what a terminal would obey: control characters, line ends, reversed text."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
