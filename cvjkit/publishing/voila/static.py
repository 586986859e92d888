"""The files of a page, its scripts and styles: compressed once, and kept by browsers.

Only they are compressed, and what goes to and from the widgets of a page. Pages and other answers
are not: who can add to what is compressed, and see its length, guesses the secrets in it (BREACH).
The files are public and the same for everybody. No other site can open the connection of a page's
widgets, and there are no secrets in it.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from jupyter_server.base.handlers import FileFindHandler
from tornado.web import HTTPError, RequestHandler, StaticFileHandler
from voila.static_file_handler import MultiStaticFileHandler, TemplateStaticFileHandler

from cvjkit.widgets.assets import Script

COMPRESSIBLE = re.compile(r"text/.*|application/(javascript|json|xml)|image/svg\+xml")
# More than a page with plotly has.
MOST_FILES = 1000
# An address with one of them always leads to the same content: the version of Voila, a hash.
LASTING = re.compile(r"/voila/static/\d[^/]*/|\.[0-9a-f]{8,}\.js$")
LASTING_SECONDS = 365 * 24 * 60 * 60
LASTS = f"public, max-age={LASTING_SECONDS}, immutable"
CHANGES = "no-cache"
# A script that webpack made names those it loads by their numbers.
NAMED = re.compile(r"\.e\((\d+)\)")


def content(path: Path) -> bytes:
    """Give what is sent for a file: a script with all those that it loads before it does anything.

    Voila's script loads sixty, for which a visitor would wait a third of a second. Webpack finds
    those that are there when its script begins, and loads what is missing.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bytes
    """
    own = path.read_bytes()
    if path.suffix != ".js":
        return own
    numbers = dict.fromkeys(NAMED.findall(own.decode("utf-8", "replace")))
    loaded = (path.with_name(f"{number}.{path.name}") for number in numbers)
    # Each in a function: some are strict and some are not.
    texts = [b"(() => {%s\n})();\n" % one.read_bytes() for one in loaded if one.is_file()]
    return b"".join([*texts, own])


@lru_cache(MOST_FILES)
def compressed(path: str, modified: float) -> bytes:  # noqa: ARG001 - it tells one content from another
    """Compress a file, unless it is as it was the last time.

    Parameters
    ----------
    path : str
    modified : float
        When it was changed last [s].

    Returns
    -------
    bytes
        In the format of gzip.
    """
    return gzip.compress(content(Path(path)), mtime=0)


@lru_cache(MOST_FILES)
def packed(text: str) -> bytes:
    """Compress a text, unless it was compressed before.

    Parameters
    ----------
    text : str

    Returns
    -------
    bytes
        In the format of gzip.
    """
    return gzip.compress(text.encode(), mtime=0)


def reads_gzip(handler: RequestHandler) -> bool:
    """Tell whether a browser can read what is compressed.

    Parameters
    ----------
    handler : RequestHandler
        Of its request.

    Returns
    -------
    bool
    """
    return "gzip" in handler.request.headers.get("Accept-Encoding", "")


class Compressed(StaticFileHandler):
    """Sends a file compressed, where the browser can read that, and says how long it is valid."""

    _content: bytes | None = None

    def set_headers(self) -> None:
        """Give the headers, which depend on the file, its address and the browser."""
        super().set_headers()
        lasts = "v" in self.request.arguments or LASTING.search(self.request.path)
        self.set_header("Cache-Control", LASTS if lasts else CHANGES)
        self.clear_header("Expires")
        if not COMPRESSIBLE.fullmatch(self.get_content_type()):
            return
        self.set_header("Vary", "Accept-Encoding")
        if not self.absolute_path:
            return
        if reads_gzip(self):
            self.set_header("Content-Encoding", "gzip")
            # A range would be one of the compressed bytes.
            self.request.headers.pop("Range", None)
            self.clear_header("Accept-Ranges")
            modified = self.modified.timestamp() if self.modified else 0
            self._content = compressed(self.absolute_path, modified)
        else:
            self._content = content(Path(self.absolute_path))

    def get_content_size(self) -> int:
        """Give the length of what is sent.

        Returns
        -------
        int
            [bytes]
        """
        return super().get_content_size() if self._content is None else len(self._content)

    def get_content(  # type: ignore[override] # what is sent depends on who asks for it
        self, abspath: str, start: int | None = None, end: int | None = None
    ) -> Iterable[bytes]:
        """Give what is sent.

        Parameters
        ----------
        abspath : str
        start : int, optional
            Of the part that is asked for [bytes].
        end : int, optional

        Returns
        -------
        iterable of bytes
        """
        if self._content is None:
            return super().get_content(abspath, start, end)
        return [self._content[start:end]]

    def compute_etag(self) -> None:
        """Give none: the time of a file's last change tells browsers whether they have it."""


class TemplateFile(Compressed, TemplateStaticFileHandler):
    """A script or style of our own page."""


class VoilaFile(Compressed, MultiStaticFileHandler):
    """A script of Voila."""


class ExtensionFile(Compressed, FileFindHandler):
    """A script of an extension of JupyterLab."""


class WidgetScript(RequestHandler):
    """A script of our widgets, which all widgets of a kind load and browsers keep."""

    def get(self, stem: str, version: str) -> None:
        """Send it.

        Parameters
        ----------
        stem : str
            Of the name of its file.
        version : str
            What the kernel of the page takes for its version.

        Raises
        ------
        HTTPError
            404 if no widget has such a script.
        """
        # Read anew: the kernel may be younger than this server, and cvjkit another one by now.
        script = Script(f"{stem}.js")
        try:
            text = script.served
        except FileNotFoundError:
            raise HTTPError(404) from None
        self.set_header("Cache-Control", LASTS if version == script.version else CHANGES)
        self.set_header("Content-Type", "text/javascript; charset=UTF-8")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Vary", "Accept-Encoding")
        if reads_gzip(self):
            self.set_header("Content-Encoding", "gzip")
        self.finish(packed(text) if reads_gzip(self) else text)
