"""What an engine does: it opens a log, says what is in it, and runs a function over its batches.

All engines go one way. Where the data is, they bring the events of a person together, and put them
in the order of time; a function makes something small of each batch of people; and these parts are
merged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cvjkit.measurement.batch import Batch, Labels
    from cvjkit.measurement.event_log import EventLog

Part = TypeVar("Part")


class Stopped(Exception):  # noqa: N818 - what somebody asked for is no error
    """A run was stopped before its end, as somebody asked. It left nothing behind."""

    def __init__(self) -> None:
        super().__init__("Measuring was stopped before its end; nothing was kept.")

    def _render_traceback_(self) -> list[str]:
        # What IPython shows of it: who stopped it knows where that was.
        return [str(self)]


@dataclass(frozen=True, slots=True)
class Watch:
    """How a long run is watched and stopped.

    Parameters
    ----------
    progress : callable, optional
        Is told the share that is done, 0 to 1, now and then; from another thread too.
    stop : threading.Event, optional
        Once it is set, the run ends soon, with `Stopped`.
    """

    progress: Callable[[float], None] | None = None
    stop: threading.Event | None = None

    def told(self, share: float) -> None:
        """Tell how much is done.

        Parameters
        ----------
        share : float
            0 to 1.

        Raises
        ------
        Stopped
            If somebody asked for it.
        """
        self.check()
        if self.progress is not None:
            self.progress(min(share, 1.0))

    def check(self) -> None:
        """End if somebody asked for it.

        Raises
        ------
        Stopped
        """
        if self.stop is not None and self.stop.is_set():
            raise Stopped


UNWATCHED = Watch()
OFTEN = 0.1  # seconds


@contextmanager
def watched(
    watch: Watch, interrupt: Callable[[], object], look: Callable[[], object] = bool
) -> Iterator[None]:
    """Interrupt what runs once somebody asks for it, and say so.

    Parameters
    ----------
    watch : Watch
    interrupt : callable
        Interrupts what an engine does, so that it raises an error. Is called again and again, by
        another thread.
    look : callable
        Is called again and again until then, and may tell the watch how far it is. What it raises
        ends the run.

    Yields
    ------
    None

    Raises
    ------
    Stopped
        If somebody asked for it.
    """
    over, stop = threading.Event(), watch.stop or threading.Event()
    failed: list[Exception] = []

    def repeat() -> None:
        while not over.wait(OFTEN):
            try:
                if stop.is_set() or failed:
                    interrupt()
                else:
                    look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the other thread raises it
                failed.append(error)

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        watch.told(0.0)
        yield
    except Exception:
        if stop.is_set():
            raise Stopped from None
        if failed:
            raise failed[0] from None
        raise
    finally:
        over.set()
        thread.join()


@dataclass(frozen=True, slots=True)
class Contents:
    """What is in a log.

    Parameters
    ----------
    labels : Labels
        What the codes in its batches mean.
    counts : tuple of int
        How many rows there are of each event, in the order of `labels.names`. Only rows that can
        be used: those with a person, a time and an event.
    rows : int
        All rows; of a table with one row for each person, all dates in it.
    without_person, without_time, without_event : int
        Rows that lack something, and so are left out.
    first, last : int
        The times of the first and the last event [microseconds since 1970-01-01 UTC].
    read_as_utc : int
        How many of those rows have a time that says no zone, where none was given.
    """

    labels: Labels
    counts: tuple[int, ...]
    rows: int
    without_person: int
    without_time: int
    without_event: int
    first: int
    last: int
    read_as_utc: int


class OpenLog(Protocol):
    """A log that an engine can read."""

    @property
    def contents(self) -> Contents:
        """What is in it."""

    def reduce(
        self,
        per_batch: Callable[[Batch], Part],
        merge: Callable[[Part, Part], Part],
    ) -> Part:
        """Run a function over all batches and merge what it gives.

        Parameters
        ----------
        per_batch : callable
            From a batch to something small. It may run in other threads and on other machines.
        merge : callable
            From two such to one. In whatever groups it merges, the whole is the same.

        Returns
        -------
        object
            What `merge` gives, or `per_batch` for a log of one batch.
        """

    def identified(self, people: NDArray[Any]) -> NDArray[Any]:
        """Tell who people of its batches are.

        Parameters
        ----------
        people : ndarray
            As in `Batch.people`.

        Returns
        -------
        ndarray of int64, or of object of str
            As in the log.
        """


class Engine(Protocol):
    """Reads logs."""

    def open(self, log: EventLog, watch: Watch = UNWATCHED) -> AbstractContextManager[OpenLog]:
        """Open a log and look what is in it.

        Parameters
        ----------
        log : EventLog
        watch : Watch

        Returns
        -------
        context manager of OpenLog
            What was opened and kept in between is gone after its block, however that ends.
        """
