"""What a visitor of the comparison waits for, in a real browser. Run: python -m benchmarks.compare.

- From the request of the page to the first picture, side by side with dashboards/journey.ipynb,
  with waiting kernels and without.
- From a key press to all four Sankeys redrawn, and until nothing on the page moves any more.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium
from tests.browser.conftest import ROOT, Server

PAGES = 12
KEYS = 60
JOURNEY = ROOT / "data" / "journeys" / "coffee_subscription.toml"
WAITING = 2
MOST_TIMES_THE_OTHER = 1.3
FIRST = {"journey": "path.sankey-link", "compare": ".lens-bar"}

# From each key press: when the last of four Sankeys was redrawn, and when anything last changed.
WATCH = """() => {
  const seen = window.seen = [];
  addEventListener('keydown', () => seen.push({pressed: performance.now()}), true);
  new MutationObserver(changes => {
    const key = seen.at(-1);
    if (!key) return;
    const lenses = changes.flatMap(({addedNodes}) =>
      [...addedNodes].filter(node => node.matches?.('.lens')));
    if (lenses.length === 4 && !key.drawn)
      requestAnimationFrame(() => key.drawn ??= performance.now());
    key.still = performance.now();
  }).observe(document.body,
             {subtree: true, childList: true, attributes: true, characterData: true});
}"""


def main() -> None:
    """Measure and print; with `keys` as argument only the key presses."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(JOURNEY, folder)
        browser = stack.enter_context(_chromium())
        for kernels in () if sys.argv[1:] == ["keys"] else (0, WAITING):
            with ExitStack() as servers:
                links = {
                    name: servers.enter_context(_dashboard(name, kernels, folder)) for name in FIRST
                }
                _print_requests(browser, links, kernels)
        _print_keys(browser, stack.enter_context(_dashboard("compare", WAITING, folder)))


def _print_requests(browser: Browser, links: dict[str, str], kernels: int) -> None:
    print(f"Request to first picture [s, median of {PAGES}], {kernels} kernels waiting")
    times: dict[str, list[float]] = {name: [] for name in links}
    for _ in range(PAGES):
        for name, link in links.items():
            start = time.perf_counter()
            page = _open(browser, link, FIRST[name])
            times[name].append(time.perf_counter() - start)
            page.context.close()
            time.sleep(3 if kernels else 0.5)
    for name, taken in times.items():
        print(f"  {name:<30}{median(taken):.2f}   {min(taken):.2f} to {max(taken):.2f}")
    ratio = median(times["compare"]) / median(times["journey"])
    print(f"  {'ratio':<30}{ratio:.2f}   (at most {MOST_TIMES_THE_OTHER})")


def _print_keys(browser: Browser, link: str) -> None:
    page = _open(browser, link, FIRST["compare"])
    field = page.get_by_label("Reached: Acquisition", exact=True)
    field.fill("5766")
    page.wait_for_timeout(500)
    page.evaluate(WATCH)
    for turn in range(KEYS):
        page.keyboard.press("Backspace" if turn % 2 else str(turn // 2 % 10))
        page.wait_for_timeout(500)
    seen = page.evaluate("seen")
    assert all("drawn" in key for key in seen), "a key press did not redraw all four"
    page.context.close()
    print(f"Key press [ms], {len(seen)} keys            median   95%   max")
    for name, end in (("all four redrawn", "drawn"), ("everything still", "still")):
        taken = sorted(key[end] - key["pressed"] for key in seen)
        print(f"  {name:<34}{median(taken):.0f}    {taken[int(0.95 * KEYS)]:.0f}   {taken[-1]:.0f}")


def _open(browser: Browser, link: str, first: str) -> Page:
    page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
    page.goto(link, wait_until="commit")
    page.wait_for_selector(first, timeout=60_000)
    return page


@contextmanager
def _chromium() -> Iterator[Browser]:
    path = chromium.find()
    assert path, chromium.ADVICE
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(chromium.ARGUMENTS))
        yield browser
        browser.close()


@contextmanager
def _dashboard(name: str, kernels: int, journeys: Path) -> Iterator[str]:
    options = [f"--kernels={kernels}", f"--journeys={journeys}"]
    command = ["dashboard", "--port=0", "--no-token", *options, f"dashboards/{name}.ipynb"]
    server = Server(command, ROOT)
    try:
        yield server.link()
    finally:
        with redirect_stdout(StringIO()):
            server.stop()


if __name__ == "__main__":
    main()
