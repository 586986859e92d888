"""Voila with what dashboards need: who may ask for what, and what becomes of failed pages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import FileFindHandler
from jupyter_server.utils import url_path_join
from tornado.web import HTTPError, authenticated
from voila.app import Voila
from voila.request_info_handler import RequestInfoSocketHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler
from voila.tornado.contentshandler import VoilaContentsHandler
from voila.tornado.handler import TornadoVoilaHandler

from cvjkit.errors import InputError
from cvjkit.files.folders import dashboard_folder
from cvjkit.files.look import Look, read_look
from cvjkit.publishing.server import SCRIPTS
from cvjkit.publishing.voila.contents import about
from cvjkit.publishing.voila.static import ExtensionFile, TemplateFile, VoilaFile, WidgetScript

# A visitor who has not been heard of for three pings has left.
PINGS = 3
SHORTEST_PING_SECONDS = 5


FULL = "Too many visitors at the moment: try again in a minute"

ADDRESSES = {
    # Voila answers for every template there is, and fails where there is none.
    "/voila/templates/(.*)": r"/voila/templates/(cvjkit/static/[\w-]+\.[a-z]+)",
    # With the version of Voila in it, as in our page.
    "/voila/static/(.*)": r"/voila/static/(?:\d[^/]*/)?(.*)",
}


class Page(TornadoVoilaHandler):
    """A dashboard's page, from a kernel that waited with it if there is one."""

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Send the page piece by piece.

        Parameters
        ----------
        path : str, optional
            Of the notebook, where there is more than one.

        Raises
        ------
        HTTPError
            404 where it names no notebook, 503 while there are too many visitors.
        """
        if (self.notebook_path and path) or not (path or self.notebook_path).endswith(".ipynb"):
            # Voila would send the browser on to a file of this name.
            raise HTTPError(404)
        kernels = self.kernel_manager
        if kernels.full:
            raise HTTPError(503, reason=FULL)
        async with kernels.page_for_visitor(self.notebook_path or path):
            await super().get(path)


INSTEAD = {
    TornadoVoilaHandler: Page,
    TemplateStaticFileHandler: TemplateFile,
    MultiStaticFileHandler: VoilaFile,
    FileFindHandler: ExtensionFile,
}
# The first gives the query string of a page, the token in it, to everybody who knows the id of its
# kernel; the second tells where on the server a notebook is that cannot be read.
CLOSED = {RequestInfoSocketHandler, VoilaContentsHandler}


class Dashboards(Voila):
    """The server of dashboards."""

    def init_settings(self) -> dict[str, Any]:
        """Give the settings of the web server.

        Returns
        -------
        dict
            `ws_ping_interval` and `ws_ping_timeout` are in milliseconds.
        """
        try:
            look = read_look(dashboard_folder())
        except InputError:  # which whoever started the server has been told
            look = Look()
        # What a page's template is given, and what that of a list or an error is.
        self.config.VoilaConfiguration.resources = {"look": look}
        settings = super().init_settings()
        folder = Path(self.root_dir)
        settings["voila_jinja2_env"].globals.update(
            look=look, about=lambda path: about(folder / path)
        )
        idle_seconds = self.kernel_manager.cull_idle_timeout
        ping = 1000 * max(idle_seconds // PINGS, SHORTEST_PING_SECONDS)
        pings = {"ws_ping_interval": ping, "ws_ping_timeout": PINGS * ping}
        # Jupyter's own error pages need files that Voila does not serve.
        pages = {"jinja2_env": settings["voila_jinja2_env"]}
        return {**settings, **pings, **pages, "log_function": log_nothing}

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Give the addresses that are answered, and by what.

        Returns
        -------
        list of tuple
            Those of Voila that a dashboard needs, and our own.
        """
        handlers = super().init_handlers()
        scripts = url_path_join(self.server_url, SCRIPTS, r"([a-z_]+)\.([0-9a-f]+)\.js")
        theirs = [
            (_address(pattern), INSTEAD.get(handler, handler), *more)
            for pattern, handler, *more in handlers
            if handler not in CLOSED
        ]
        return [(scripts, WidgetScript), *theirs]


def _address(pattern: str) -> str:
    for theirs, ours in ADDRESSES.items():
        pattern = pattern.replace(theirs, ours)
    return pattern


def log_nothing(_: object) -> None:
    """Log no requests: what fails has a line in the log already."""
