"""Widgets that no message from a browser can change or break."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ipywidgets import DOMWidget, Layout, widget_serialization
from ipywidgets.widgets.trait_types import InstanceDict


class _Guarded:
    """A widget that no message from a browser can change or break.

    Whoever looks at a published page can send anything to the widgets on it, and ipywidgets would
    answer what it cannot use with a traceback.
    """

    def _handle_msg(self, message: Mapping[str, Any]) -> None:
        match message.get("content", {}).get("data"):
            case {"method": "request_state"}:
                self.send_state()  # type: ignore[attr-defined]  # of the widget it is mixed into
            case {"method": "custom", "content": dict(content)}:
                self._handle_custom_msg(content, [])

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:
        """Take no messages, unless a subclass does."""


class GuardedLayout(_Guarded, Layout):
    """A layout that a browser cannot change."""


class Guarded(_Guarded, DOMWidget):
    """Mixed into a widget, before the widget's class: a browser cannot change or break it."""

    layout = InstanceDict(GuardedLayout).tag(sync=True, **widget_serialization)
