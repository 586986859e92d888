"""A browser, its pages, and the servers they look at; all real, all on this machine."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright

from tests.browser import chromium

STARTING_SECONDS = 60
STOPPING_SECONDS = 15
# JupyterLab's question whether to fetch news would lie over the page.
NEWS = "@jupyterlab/apputils-extension:announcements"
LINK = re.compile(r"https?://(?:127\.0\.0\.1|localhost):\d+\S*")


class Server:
    """A server as its user starts it, with a home of its own, and what it has written."""

    def __init__(self, command: list[str], directory: Path) -> None:
        # Short: the kernels' sockets are files in here, and their paths may have 107 characters.
        self.home = Path(tempfile.mkdtemp(prefix="cvj"))
        self.command = command
        self.log = self.home / "log"
        settings = self.home / "config" / "labconfig" / "page_config.json"
        settings.parent.mkdir(parents=True)
        settings.write_text(json.dumps({"disabledExtensions": {NEWS: True}}), encoding="utf-8")
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                cwd=directory,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def link(self, within_seconds: float = STARTING_SECONDS) -> str:
        """Wait until the server has printed its link and answers there."""
        direct = build_opener(ProxyHandler({}))
        until = time.monotonic() + within_seconds
        while time.monotonic() < until and self.process.poll() is None:
            if found := LINK.search(self.written()):
                try:
                    with direct.open(found[0], timeout=within_seconds):
                        return found[0]
                except OSError:  # it does not listen yet
                    pass
            time.sleep(0.1)
        raise AssertionError(f"{' '.join(self.command)} gave no link that answers")

    def written(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> None:
        # The server ends its kernels when asked; what is left of it and them is then killed.
        self.process.terminate()
        try:
            self.process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
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


PICTURES = Path(__file__).parents[2] / ".cache" / "pictures"
FAILED = pytest.StashKey[bool]()
Start = Callable[[list[str], Path], Server]
Open = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Start]:
    """Start a server with a command, in a directory; it ends with the test."""
    servers: list[Server] = []

    def start(command: list[str], directory: Path) -> Server:
        servers.append(Server(command, directory))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def voila(serve: Start) -> Open:
    """Publish a notebook or a directory of them; returns the link."""

    def start(directory: Path, *arguments: str) -> str:
        command = [sys.executable, "-m", "voila", ".", "--no-browser", f"--port={free_port()}"]
        return serve([*command, "--ServerApp.ip=127.0.0.1", *arguments], directory).link()

    return start


@pytest.fixture
def lab(serve: Start) -> Open:
    """Open a directory in JupyterLab; returns the link, token included."""

    def start(directory: Path, *arguments: str) -> str:
        server = serve(
            [
                *(sys.executable, "-m", "jupyterlab", "--no-browser"),
                *("--ServerApp.ip=127.0.0.1", f"--ServerApp.port={free_port()}"),
                *("--allow-root", *arguments),
            ],
            directory,
        )
        return server.link()

    return start


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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
def page(
    browser: Browser, complaints: list[str], serve: Start, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """An empty page as wide as a laptop; narrower by ``page.set_viewport_size``.

    It asks for ``serve`` so that it closes before the servers it looks at. How it looked when its
    test failed is in .cache/pictures.
    """
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    opened = context.new_page()
    watch(opened, complaints)
    yield opened
    if request.node.stash.get(FAILED, False):
        opened.screenshot(path=PICTURES / f"{request.node.name}.png")
    context.close()
    assert not complaints, "\n".join(complaints)


def watch(page: Page, complaints: list[str]) -> None:
    """Collect errors on the console, exceptions, and requests to outside addresses."""

    def spoken(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def requested(request: Request) -> None:
        address = urlsplit(request.url)
        if address.hostname and address.hostname not in {"127.0.0.1", "localhost"}:
            complaints.append(f"asked outside: {request.url}")

    page.on("console", spoken)
    page.on("pageerror", lambda error: complaints.append(f"exception: {error}"))
    page.on("request", requested)


def run_all_cells(page: Page) -> None:
    """Run the notebook that is open in JupyterLab, as soon as its kernel listens."""
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=STARTING_SECONDS * 1000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
