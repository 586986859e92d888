"""What the benchmarks of dashboards share: a browser, a dashboard, and how keys are reported."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import ROOT, Server

WAITING = 2
# Stock Voila asks a public server for icons; where there is no network it would wait for it.
ONLY_HERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


@contextmanager
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    path = chromium.find()
    assert path, chromium.ADVICE
    with sync_playwright() as playwright:
        arguments = [*chromium.ARGUMENTS, ONLY_HERE]
        started = playwright.chromium.launch(executable_path=path, args=arguments)
        yield started
        started.close()


@contextmanager
def dashboard(name: str, kernels: int, journeys: Path, checkout: Path = ROOT) -> Iterator[str]:
    """Publish a dashboard of this checkout, or of another one; give its link."""
    options = [f"--kernels={kernels}", f"--journeys={journeys}"]
    command = ["dashboard", "--port=0", *options, f"dashboards/{name}.ipynb"]
    server = Server(command, checkout, PYTHONPATH=str(checkout))
    try:
        yield server.link()
    finally:
        with redirect_stdout(StringIO()):
            server.stop()


def open_page(chromium: Browser, link: str, first: str) -> Page:
    """Open a page as a new visitor and wait until its first picture is there."""
    page = chromium.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.goto(link, wait_until="commit")
    page.wait_for_selector(first, timeout=60_000)
    return page


def seconds_to(chromium: Browser, link: str, first: str) -> float:
    """Measure how long a new visitor waits for the first picture [s]."""
    start = time.perf_counter()
    page = open_page(chromium, link, first)
    taken = time.perf_counter() - start
    page.context.close()
    return taken


def checkouts(arguments: list[str]) -> dict[str, Path]:
    """Read `keys [--against CHECKOUT]`: the checkouts whose dashboards are measured."""
    compared = arguments[2:] if arguments[1:2] == ["--against"] else []
    return {"ours": ROOT} | {f"against {path}": Path(path).resolve() for path in compared}


def press_keys(pages: Mapping[str, Page], watch: str, keys: int, ends: Mapping[str, str]) -> None:
    """Append a digit and remove it again, time after time; print how long each took to show.

    The pages take turns, so that what else the machine does is the same for all. `watch` is a
    script that keeps, for each key press in `window.seen`, when what happened; `ends` names what is
    printed.
    """
    for page in pages.values():
        page.evaluate(watch)
    for turn in range(keys):
        for page in pages.values():
            page.keyboard.press("Backspace" if turn % 2 else str(turn // 2 % 10))
            # Drawn, however busy the machine; then all that follows it.
            page.wait_for_function("() => window.seen.at(-1).drawn", timeout=10_000)
            page.wait_for_timeout(500)
    print(f"Key press [ms], {keys} keys            median   95%   max")
    for name, page in pages.items():
        seen = page.evaluate("seen")
        page.context.close()
        assert len(seen) == keys
        print(f" {name}")
        for label, end in ends.items():
            taken = sorted(key[end] - key["pressed"] for key in seen if end in key)
            if not taken:
                print(f"  {label:<34}it never changed")
                continue
            most = taken[int(0.95 * len(taken))]
            print(f"  {label:<34}{median(taken):.0f}    {most:.0f}   {taken[-1]:.0f}")
