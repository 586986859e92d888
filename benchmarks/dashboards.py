"""What a visitor waits for, in a real browser. Run: python -m benchmarks.dashboards.

Two questions, each measured side by side in one run:
- from the request of the page to the first Sankey, against a bare Voila notebook that only draws
  the same figure with plotly (both with waiting kernels, both without);
- from a key press, in the record and in a what-if on it, to the redrawn Sankey, until no number on
  the page moves any more, and until the audit and the answers, which wait for a pause, have said
  what they find.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import nbformat

import cvjkit as cvj
from benchmarks.browsing import (
    WAITING,
    browser,
    checkouts,
    dashboard,
    open_page,
    press_keys,
    seconds_to,
)
from tests.browser.conftest import ROOT, choose_tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = 12
KEYS = 60
JOURNEY = ROOT / "data" / "journeys" / "contact_lenses.toml"
SANKEY = "path.sankey-link"
# The same ways, as plotly draws them.
PLOTLY_SANKEY = ".js-plotly-plot path.js-fill"
MODES = ("Counted", "What if")

# From each key press: when the Sankey first changed; when anything but the audit and the answers
# last did, when the audit did, and when it was said how sure the figures are.
WATCH = """() => {
  const seen = window.seen = [];
  addEventListener('keydown', () => seen.push({pressed: performance.now()}), true);
  new MutationObserver(changes => {
    const key = seen.at(-1);
    if (!key) return;
    const now = performance.now();
    const sankey = changes.some(({target}) =>
      (target.closest ? target : target.parentElement)?.closest('.cvj-flow svg, .cvj-field'));
    if (sankey && !key.drawn) requestAnimationFrame(() => key.drawn ??= performance.now());
    const within = (name) => ({target}) => target.parentElement?.closest(name);
    if (!changes.every(within('.cvj-part-audit, .cvj-answers'))) key.still = now;
    if (changes.some(within('.cvj-part-audit'))) key.audited = now;
    if (changes.some(within('.cvj-part-sure'))) key.sure = now;
  }).observe(document.body,
             {subtree: true, childList: true, attributes: true, characterData: true});
}"""


def main() -> None:
    """Measure and print; with `keys` as argument only the key presses.

    `keys --against CHECKOUT` presses them in turns on the dashboard of another checkout, too.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        only = folder / "journeys"
        only.mkdir()
        shutil.copy(JOURNEY, only)
        bare = _bare_notebook(folder / "bare.ipynb")
        chromium = stack.enter_context(browser())
        if sys.argv[1:2] == ["keys"]:
            links = {
                name: stack.enter_context(dashboard("journey", WAITING, only, checkout))
                for name, checkout in checkouts(sys.argv[1:]).items()
            }
            _print_keys(chromium, links)
            return
        for kernels in (0, WAITING):
            print(f"Request to first Sankey [s, median of {PAGES}], {kernels} kernels waiting")
            ours = stack.enter_context(dashboard("journey", kernels, only))
            peer = stack.enter_context(_voila(bare, kernels, folder))
            pages = {
                "bare notebook in stock Voila": (peer, PLOTLY_SANKEY),
                "ours": (ours, SANKEY),
            }
            times: dict[str, list[float]] = {name: [] for name in pages}
            for _ in range(PAGES):
                for name, (link, first) in pages.items():
                    times[name].append(seconds_to(chromium, link, first))
                    time.sleep(3 if kernels else 0.5)
            for name, taken in times.items():
                print(f"  {name:<30}{median(taken):.2f}   {min(taken):.2f} to {max(taken):.2f}")
            theirs, our = (median(taken) for taken in times.values())
            print(f"  {'ratio':<30}{our / theirs:.2f}")
        _print_keys(chromium, {"ours": ours})


def _print_keys(chromium: Browser, links: dict[str, str]) -> None:
    pages = {
        f"{name}{mode and f', {mode}'}": _begun(chromium, link, mode)
        for name, link in links.items()
        for mode in _modes(chromium, link)
    }
    ends = {
        "Sankey redrawn": "drawn",
        "numbers still": "still",
        "audit still": "audited",
        "bands redrawn": "sure",
    }
    press_keys(pages, WATCH, KEYS, ends)


def _modes(chromium: Browser, link: str) -> list[str]:
    """Find out in which modes one can type; older checkouts have none."""
    page = open_page(chromium, link, SANKEY)
    # The form may be there after the picture.
    page.get_by_label("Reached: Target", exact=True).wait_for()
    modes = [mode for mode in MODES if page.get_by_role("radio", name=mode, exact=True).count()]
    page.context.close()
    return modes or [""]


def _begun(chromium: Browser, link: str, mode: str) -> Page:
    """Open a page and put the cursor behind a number."""
    page = open_page(chromium, link, SANKEY)
    for choice in filter(None, (mode, "Search ads")):
        if page.get_by_role("radio", name=choice, exact=True).count():
            choose_tab(page, choice)
        else:
            page.get_by_label("Segment", exact=True).select_option(label=choice)
        # The fields of what is chosen take the place of those before.
        page.wait_for_timeout(2000)
    # At the first stage there may be any number; one that is typed is not grouped meanwhile.
    page.get_by_label("Reached: Target", exact=True).fill("50000")
    page.wait_for_timeout(1000)
    page.keyboard.press("End")
    return page


def _bare_notebook(path: Path) -> Path:
    journey = cvj.read_journey(JOURNEY)
    text = cvj.sankey(journey.in_framework(journey.view or "nine")).to_json()
    cell = f"import json\nimport plotly.graph_objects as go\ngo.Figure(json.loads({text!r}))"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    nbformat.write(notebook, path)
    return path


@contextmanager
def _voila(notebook: Path, kernels: int, folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = [f"--port={port}", "--no-browser", "--Voila.log_level=ERROR"]
    if kernels:
        options += ["--preheat_kernel=True", f"--pool_size={kernels}"]
    command = [sys.executable, "-m", "voila", str(notebook), *options]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        _wait(lambda: socket.create_connection(("127.0.0.1", port), 1).close())
        time.sleep(5 if kernels else 0)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait()


def _wait(ready: Callable[[], object], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            ready()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


if __name__ == "__main__":
    main()
