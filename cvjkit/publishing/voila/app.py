"""Voila with what dashboards need: who may ask for what, and what becomes of failed pages."""

from __future__ import annotations

from typing import Any

from tornado.web import authenticated
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.tornado.handler import TornadoVoilaHandler

# A visitor who has not been heard of for three pings has left.
PINGS = 3
SHORTEST_PING_SECONDS = 5


class Page(TornadoVoilaHandler):
    """A dashboard's page, from a kernel that waited with it if there is one."""

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Send the page piece by piece.

        Parameters
        ----------
        path : str, optional
            Of the notebook, where there is more than one.
        """
        await self.kernel_manager.make_failed_anew(self.notebook_path or path)
        await super().get(path)


class Dashboards(Voila):
    """The server of dashboards."""

    def init_settings(self) -> dict[str, Any]:
        """Give the settings of the web server.

        Returns
        -------
        dict
            `ws_ping_interval` and `ws_ping_timeout` are in milliseconds.
        """
        settings = super().init_settings()
        idle_seconds = self.kernel_manager.cull_idle_timeout
        ping = 1000 * max(idle_seconds // PINGS, SHORTEST_PING_SECONDS)
        return {**settings, "ws_ping_interval": ping, "ws_ping_timeout": PINGS * ping}

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Give the addresses that are answered, and by what.

        Returns
        -------
        list of tuple
            Without Voila's address for a page's query string: it answers everybody, and with the
            token.
        """
        handlers = super().init_handlers()
        return [
            (pattern, Page if handler is TornadoVoilaHandler else handler, *more)
            for pattern, handler, *more in handlers
            if handler is not RequestInfoSocketHandler
        ]
