"""Work that waits until its user pauses: the newest takes the place of what still waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from IPython import get_ipython

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

PAUSE_SECONDS = 0.04
"""Longer than a key that is held down takes to come again, a thirtieth of a second."""


class Later:
    """Does things one after the other, once nothing newer is asked for.

    Between two of them messages are answered, so that none delays a key press by more than it takes
    itself.

    Parameters
    ----------
    turn : context manager
        Held while something is done.
    """

    def __init__(self, turn: AbstractContextManager[object]) -> None:
        self._turn = turn
        self._waiting: asyncio.TimerHandle | asyncio.Handle | None = None
        self._left: tuple[Callable[[], object], ...] = ()

    def do(
        self, things: Sequence[Callable[[], object]], at_once: Collection[Callable[[], object]] = ()
    ) -> None:
        """Do these instead of what still waits.

        Parameters
        ----------
        things : sequence of callable
        at_once : collection of callable
            Those of them that are done at once where no messages come, outside of Jupyter; the
            others are left there until somebody asks for them with `finish`.
        """
        self._left = ()
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None or get_ipython() is None:
            self._left = tuple(thing for thing in things if thing in at_once)
            self.finish()
            self._left = tuple(thing for thing in things if thing not in at_once)
        elif things:
            self._waiting = loop.call_later(PAUSE_SECONDS, self._next, loop, list(things))

    def finish(self) -> None:
        """Do what is left, outside of Jupyter."""
        now, self._left = self._left, ()
        for thing in now:
            with self._turn:
                thing()

    def _next(self, loop: asyncio.AbstractEventLoop, things: list[Callable[[], object]]) -> None:
        first, *rest = things
        self._waiting = loop.call_soon(self._next, loop, rest) if rest else None
        with self._turn:
            first()
