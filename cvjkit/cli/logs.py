"""What is logged while a command runs, as lines on stderr."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from cvjkit.errors import printable


@contextmanager
def logged(*, verbose: bool) -> Iterator[None]:
    """Write what is logged meanwhile to stderr.

    Parameters
    ----------
    verbose : bool
        Whether to add where an error was raised.

    Yields
    ------
    None
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines(verbose))
    log = logging.getLogger("cvjkit")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


class _Lines(logging.Formatter):
    """Writes an event in one line; a traceback below it only for those who ask.

    Parameters
    ----------
    verbose : bool
    """

    def __init__(self, verbose: bool) -> None:
        super().__init__()
        self._verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        lines = [f"cvjkit: {record.getMessage()}"]
        if record.exc_info and self._verbose:
            lines += self.formatException(record.exc_info).splitlines()
        elif record.exc_info:
            lines[0] += "; --verbose shows where"
        return "\n  ".join(map(printable, lines))
