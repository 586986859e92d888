"""Widgets that no message from a browser can change or break.

Whoever looks at a published page can send anything to the widgets on it. ipywidgets would set any
trait, and answer what it cannot use with a traceback; a guarded widget does neither. What is typed
comes as messages of its own: see `inbox`.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from IPython import get_ipython
from ipywidgets import DOMWidget, Layout, widget_serialization
from ipywidgets.widgets.trait_types import InstanceDict


class _Guarded:
    """A widget that no message from a browser can change or break."""

    def _handle_msg(self, message: Mapping[str, Any]) -> None:
        try:
            match message.get("content", {}).get("data"):
                case {"method": "request_state"}:
                    self.send_state()  # type: ignore[attr-defined]  # of the widget it is mixed into
                case {"method": "custom", "content": dict(content)}:
                    self._handle_custom_msg(content, [])
        except Exception:
            if (shell := get_ipython()) is None:
                raise
            # The page of a dashboard says that something failed; JupyterLab has it in its log.
            shell.showtraceback()

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        """Take no messages, unless a subclass does."""


@contextmanager
def told(tell: Callable[[], object]) -> Iterator[None]:
    """Tell who looks at a widget that something in this block failed, and its author why.

    Parameters
    ----------
    tell : callable
        What tells who looks. The author has the traceback: in JupyterLab's log, on the terminal
        of a dashboard.

    Yields
    ------
    None

    Raises
    ------
    Exception
        Outside of Jupyter, what the block raised.
    """
    try:
        yield
    except Exception:
        if get_ipython() is None:
            raise
        traceback.print_exc()
        tell()


class GuardedLayout(_Guarded, Layout):
    """A layout that a browser cannot change."""


class Guarded(_Guarded, DOMWidget):
    """Mixed into a widget, before the widget's class: a browser cannot change or break it."""

    layout = InstanceDict(GuardedLayout).tag(sync=True, **widget_serialization)
