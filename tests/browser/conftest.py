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
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    ViewportSize,
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
EMPTY = "about:blank"
SIZE: ViewportSize = {"width": 1400, "height": 900}
PICTURES = ROOT / ".cache" / "pictures"
JOURNEYS = "import os; print('journeys in', os.environ['CVJKIT_JOURNEYS'])"


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


def notebook(path: Path, *cells: str, title: str = "A page") -> Path:
    """Write a notebook of Markdown cells (those that begin with #) and code cells."""
    written: list[dict[str, object]] = []
    for number, source in enumerate(cells):
        cell: dict[str, object] = {"id": f"c{number}", "metadata": {}, "source": source}
        if source.startswith("#"):
            written.append({**cell, "cell_type": "markdown"})
        else:
            written.append({**cell, "cell_type": "code", "execution_count": None, "outputs": []})
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}, "title": title}
    document = {"cells": written, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


class Site:
    """A directory of notebooks and the one server that shows them all, Voila or JupyterLab.

    Starting a server, a kernel and a page costs several seconds of a processor: tests that need
    none of their own share them.
    """

    def __init__(self, command: list[str], below: str, first: str, *cells: str) -> None:
        self._made = tempfile.TemporaryDirectory(prefix="cvj")
        self.folder = Path(self._made.name)
        # Where `cvjkit` looks for journeys.
        (self.folder / "data" / "journeys").mkdir(parents=True)
        path = self.folder / first
        path.parent.mkdir(exist_ok=True)
        notebook(path, *cells)
        self._server = Server(command, self.folder)
        self._below = below

    def link(self) -> str:
        """The link that `cvjkit` prints."""
        return self._server.link()

    def add(self, name: str, *cells: str) -> str:
        """Add a notebook, and return its link."""
        path = notebook(self.folder / f"{name}.ipynb", *cells)
        shown = f"{self._below.format(name=name)}{path.name}"
        return urlsplit(self.link())._replace(path=shown).geturl()

    def stop(self) -> None:
        self._server.stop()
        self._made.cleanup()


class Kept:
    """A page that one test after another looks at, each as if it had just been opened.

    Parameters
    ----------
    context : BrowserContext
        Where it is opened, beside others: scripts that these have loaded are not loaded again.
    link : str
        Of a page that says how to make what it shows anew.
    anew : callable
        Make the page look as it did when it was opened.
    """

    def __init__(self, context: BrowserContext, link: str, anew: Callable[[Page], object]) -> None:
        self._context, self.link, self._anew = context, link, anew
        self._page: Page | None = None

    @contextmanager
    def lent(self, complaints: list[str], test: pytest.Item) -> Iterator[Page]:
        """Hand the page to a test; one that fails leaves nothing of it to the next."""
        if self._page is None:
            self._page = self._context.new_page()
            with watched(self._page, complaints, test):
                self._page.goto(self.link)
        page = self._page
        with watched(page, complaints, test):
            # The others stand behind it, where a browser draws once a second.
            page.bring_to_front()
            page.set_viewport_size(SIZE)
            page.emulate_media(color_scheme="null", media="null")
            self._anew(page)
            yield page
        if complaints or test.stash.get(FAILED, False):
            self.close()
        assert not complaints, "\n".join(complaints)

    def close(self) -> None:
        if self._page is not None:
            self._page.close()
            self._page = None


ANEW = "Make anew"


def renewable(setup: str, made: str) -> str:
    """Write a cell that shows a widget, and a button that makes it anew.

    Parameters
    ----------
    setup : str
        Lines of Python before it.
    made : str
        Expression that makes the widget.
    """
    return f"""{setup}
from ipywidgets import Box, Button
shown = Box([{made}], layout=dict(display="contents"))
again = Button(description={ANEW!r})
again.on_click(lambda _: setattr(shown, "children", [{made}]))
display(again, shown)
"""


def make_anew(page: Page, root: str) -> None:
    """Make what a page shows anew, and wait until the old is gone and the new drawn.

    Parameters
    ----------
    page : Page
    root : str
        Selector of what is made anew.
    """
    shown = page.locator(root)
    shown.first.wait_for()
    page.locator("#forced-font").evaluate_all("styles => styles.forEach(style => style.remove())")
    shown.evaluate_all("all => all.forEach(one => { one.dataset.old = true; })")
    page.get_by_role("button", name=ANEW).click()
    page.locator(f"{root}:not([data-old])").first.wait_for()
    expect(page.locator(f"{root}[data-old]")).to_have_count(0)


FAILED = pytest.StashKey[bool]()
Start = Callable[[list[str], Path], Server]


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


@pytest.fixture(scope="session")
def voila() -> Iterator[Site]:
    """Pages published with ``cvjkit dashboard``."""
    command = ["dashboard", "--port=0", "--no-token", "--kernels=0", "."]
    # Voila does not start on an empty directory.
    site = Site(command, "/voila/render/", "first.ipynb", "# First")
    yield site
    site.stop()


@pytest.fixture(scope="session")
def jupyterlab() -> Iterator[Site]:
    """Notebooks opened with ``cvjkit lab``."""
    # Each in a workspace of its own: JupyterLab opens again what a workspace had open, and which
    # notebook then takes the commands is a matter of chance.
    below = "/lab/workspaces/{name}/tree/"
    site = Site(["lab", "--port=0"], below, "notebooks/01-design.ipynb", "# Design", JOURNEYS)
    yield site
    site.stop()


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


@pytest.fixture(scope="session")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Where the pages are that tests share."""
    opened = new_context(browser)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def window(context: BrowserContext) -> Iterator[Kept]:
    """The empty page that one test after another gets as its ``page``.

    To open one takes half a second of a processor, and to load Voila's scripts again one more.
    """
    kept = Kept(context, EMPTY, lambda page: page.mouse.move(0, 0))
    yield kept
    kept.close()


@pytest.fixture
def page(
    window: Kept, complaints: list[str], serve: Start, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """An empty page as wide as a laptop; narrower by ``page.set_viewport_size``.

    It asks for ``serve`` so that it is left before the servers it looks at end. How it looked when
    its test failed is in .cache/pictures.
    """
    with window.lent(complaints, request.node) as page:
        yield page
        if not request.node.stash.get(FAILED, False):
            page.goto(EMPTY)


@pytest.fixture
def own_page(
    browser: Browser, complaints: list[str], serve: Start, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page that shares nothing with others, for a test that changes it for good.

    What a page is told of time, addresses, dialogs and scripts outlasts what it shows.
    """
    context = new_context(browser)
    page = context.new_page()
    with watched(page, complaints, request.node):
        yield page
    context.close()
    assert not complaints, "\n".join(complaints)


def new_context(browser: Browser, locale: str = LOCALE) -> BrowserContext:
    """Make room for pages that share nothing with those elsewhere, as wide as a laptop."""
    context = browser.new_context(viewport=SIZE, locale=locale)
    context.set_default_timeout(WAITING_SECONDS * 1000)
    return context


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
    """Collect errors on the console, exceptions, dialogs, and requests to outside addresses.

    Returns what ends it.
    """

    def spoken(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def requested(asked: Request | WebSocket) -> None:
        if urlsplit(asked.url).hostname not in {None, "127.0.0.1", "localhost"}:
            complaints.append(f"asked outside: {asked.url}")

    def asked(dialog: Dialog) -> None:
        # JupyterLab asks whether to leave what it has not saved.
        if dialog.type != "beforeunload":
            complaints.append(f"dialog: {dialog.message}")
        dialog.accept()

    listeners: dict[Any, Any] = {
        "dialog": asked,
        "console": spoken,
        "pageerror": lambda error: complaints.append(f"exception: {error}"),
        "request": requested,
        "websocket": requested,
    }
    for event, listener in listeners.items():
        page.on(event, listener)

    def stop() -> None:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)

    return stop


def unfold(page: Page, title: str) -> None:
    """Unfold a section with the keyboard."""
    section = page.locator(
        "details.cvj-part", has=page.locator(f'summary > span:text-is("{title}")')
    )
    section.locator("> summary").focus()
    page.keyboard.press("Enter")
    expect(section).to_have_attribute("open", "")


def run_all_cells(page: Page) -> None:
    """Run the notebook that is open in JupyterLab, as soon as its kernel listens."""
    expect(page.get_by_text("| Idle")).to_be_visible(timeout=STARTING_SECONDS * 1000)
    choose_from_menu(page, "Edit", "Clear Outputs of All Cells")
    # While JupyterLab still connects to the kernel it leaves the command out, without a word.
    assert any(_runs_all_cells(page) for _ in range(WAITING_SECONDS // 5)), "no cell is run"


def _runs_all_cells(page: Page) -> bool:
    choose_from_menu(page, "Run", "Run All Cells")
    prompt = page.locator(".jp-CodeCell .jp-InputPrompt:visible").first
    try:
        expect(prompt).not_to_have_text("[ ]:", timeout=5000)
    except AssertionError:
        return False
    return True


def anew_in_lab(page: Page) -> None:
    """Make the Designer of the notebook open in JupyterLab anew, once the notebook has run."""
    if not page.get_by_role("button", name=ANEW).count():
        run_all_cells(page)
    make_anew(page, ".cvj-designer")


def choose_from_menu(page: Page, menu: str, entry: str) -> None:
    """Choose from a menu of JupyterLab."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def choose_tab(page: Page, name: str) -> None:
    """Choose one of the tabs: a sheet, a segment, or whether what is typed is a what-if."""
    tab = page.get_by_role("radio", name=name, exact=True)
    tab.focus()
    tab.press("Space")
    expect(tab).to_be_checked()


def choose_theme(page: Page, theme: Literal["Light", "Dark"]) -> None:
    """Choose a theme of JupyterLab, which keeps it for whoever opens the next page."""
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Theme", exact=True).hover()
    page.locator(".lm-Menu").get_by_text(f"JupyterLab {theme}", exact=True).click()
