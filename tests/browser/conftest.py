"""A browser, its pages, and the servers they look at; all real, all on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    WebSocket,
    expect,
    sync_playwright,
)

from tests.browser import chromium

# How long to wait for what is sure to happen: the bound is for what is broken, not for what is
# slow. A first look at a page loads five megabytes of scripts, on a machine that may be busy.
WAITING_SECONDS = 60
STARTING_SECONDS = 120
STOPPING_SECONDS = 30
# JupyterLab's question whether to fetch news would lie over the page.
NEWS = "@jupyterlab/apputils-extension:announcements"
LINK = re.compile(r"^(http://127\.0\.0\.1:\d+/\S*)  \(Ctrl-C ends it\)$", re.MULTILINE)
ROOT = Path(__file__).parents[2]
expect.set_options(timeout=WAITING_SECONDS * 1000)
LOCALE = "en-US"
PICTURES = ROOT / ".cache" / "pictures"


class Server:
    """``cvjkit`` as its user starts it, with a home of its own, and what it has written."""

    def __init__(self, arguments: list[str], directory: Path, **variables: str) -> None:
        # Short: the kernels' sockets are files in here, and their paths may have 107 characters.
        self.home = Path(tempfile.mkdtemp(prefix="cvj"))
        self.command = [str(Path(sys.executable).with_name("cvjkit")), *arguments]
        self.log = self.home / "log"
        settings = self.home / "config" / "labconfig" / "page_config.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"disabledExtensions": {NEWS: True}}), encoding="utf-8")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=directory,
                env=self._environment() | variables,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def link(self) -> str:
        """Wait for the link, which is printed when the server answers."""
        until = time.monotonic() + STARTING_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if found := LINK.search(self.written()):
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"{' '.join(self.command)} gave no link")

    def written(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        # Asked to end, it ends the server, and the server its kernels.
        self.process.terminate()
        try:
            self.process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        # pytest shows this where the test has failed, and only there.
        sys.stdout.write(f"$ {' '.join(self.command)}\n{self.written()}\n")
        shutil.rmtree(self.home, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JUPYTER", "VOILA", "XDG_"))
        }
        return inherited | {
            "HOME": str(self.home),
            "IPYTHONDIR": str(self.home / "ipython"),
            "JUPYTER_CONFIG_DIR": str(self.home / "config"),
            "JUPYTER_DATA_DIR": str(self.home / "data"),
            "JUPYTER_RUNTIME_DIR": str(self.home / "run"),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }


FAILED = pytest.StashKey[bool]()
Start = Callable[[list[str], Path], Server]
Open = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Start]:
    """Start ``cvjkit`` with these arguments, in a directory; it ends with the test."""
    servers: list[Server] = []

    def start(arguments: list[str], directory: Path) -> Server:
        servers.append(Server(arguments, directory))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def voila(serve: Start) -> Open:
    """Publish with ``cvjkit dashboard ARGUMENTS``, from the project's root; returns the link."""

    def publish(*arguments: str | Path, directory: Path = ROOT) -> str:
        return serve(["dashboard", "--port=0", *map(str, arguments)], directory).link()

    return publish


@pytest.fixture
def lab(serve: Start) -> Open:
    """Open a directory with ``cvjkit lab``; returns the link."""

    def open_(directory: Path, *arguments: str) -> str:
        return serve(["lab", "--port=0", *arguments], directory).link()

    return open_


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    path = chromium.find()
    assert path, chromium.ADVICE
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield running
        running.close()


@pytest.fixture
def complaints() -> list[str]:
    """What went wrong on the page, and what it asked for outside; a test that ends with any fails.

    A test that means to provoke one reads it and clears the list.
    """
    return []


@pytest.fixture
def locale() -> str:
    """The language the browser tells; a test that is parametrized with a ``locale`` has its own."""
    return LOCALE


@pytest.fixture
def page(
    browser: Browser,
    locale: str,
    complaints: list[str],
    serve: Start,
    request: pytest.FixtureRequest,
) -> Iterator[Page]:
    """An empty page as wide as a laptop; narrower by ``page.set_viewport_size``.

    It asks for ``serve`` so that it closes before the servers it looks at. How it looked when its
    test failed is in .cache/pictures.
    """
    opened = new_page(browser, locale)
    with watched(opened, complaints, request.node):
        yield opened
    opened.context.close()
    assert not complaints, "\n".join(complaints)


def new_page(browser: Browser, locale: str = LOCALE) -> Page:
    """Open an empty page that shares nothing with the other pages, as wide as a laptop."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale=locale)
    context.set_default_timeout(WAITING_SECONDS * 1000)
    return context.new_page()


@contextmanager
def watched(page: Page, complaints: list[str], test: pytest.Item) -> Iterator[None]:
    """Collect what goes wrong on a page during a test; keep a picture of it if the test fails."""
    stop = watch(page, complaints)
    yield
    if test.stash.get(FAILED, False):
        # Two files may have a test of the same name; what a parameter says may be no file name.
        name = re.sub(r"[^\w.-]+", "-", test.nodeid.removeprefix("tests/browser/"))
        page.screenshot(path=PICTURES / f"{name}.png")
    stop()


def watch(page: Page, complaints: list[str]) -> Callable[[], None]:
    """Collect errors on the console, exceptions, and requests to outside addresses.

    Returns what ends it.
    """

    def spoken(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def thrown(error: Error) -> None:
        complaints.append(f"exception: {error}")

    def requested(asked: Request | WebSocket) -> None:
        if urlsplit(asked.url).hostname not in {None, "127.0.0.1", "localhost"}:
            complaints.append(f"asked outside: {asked.url}")

    listeners: dict[Any, Any] = {
        "console": spoken,
        "pageerror": thrown,
        "request": requested,
        "websocket": requested,
    }
    for event, listener in listeners.items():
        page.on(event, listener)

    def stop() -> None:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)

    return stop


def run_all_cells(page: Page) -> None:
    """Run the notebook that is open in JupyterLab, as soon as its kernel listens."""
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=STARTING_SECONDS * 1000)
    choose_from_menu(page, "Edit", "Clear Outputs of All Cells")
    choose_from_menu(page, "Run", "Run All Cells")


def choose_from_menu(page: Page, menu: str, entry: str) -> None:
    """Choose from a menu of JupyterLab."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()
