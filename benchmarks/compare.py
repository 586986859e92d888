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
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.browsing import WAITING, browser, checkouts, dashboard, open_page, press_keys
from tests.browser.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGES = 12
KEYS = 60
JOURNEY = ROOT / "data" / "journeys" / "coffee_subscription.toml"
MOST_TIMES_THE_OTHER = 1.3
FIRST = {"journey": "path.sankey-link", "compare": ".lens-bar"}

# From each key press: when the four Sankeys were redrawn, and when anything last changed.
WATCH = """() => {
  const seen = window.seen = [];
  addEventListener('keydown', () => seen.push({pressed: performance.now()}), true);
  new MutationObserver(changes => {
    const key = seen.at(-1);
    if (!key) return;
    // The four are redrawn at once: made anew, or changed where they are.
    const lens = ({target, addedNodes}) => (target.closest ? target : target.parentElement)
      ?.closest('.lens') || [...addedNodes].some(node => node.matches?.('.lens'));
    if (changes.some(lens)) requestAnimationFrame(() => key.drawn ??= performance.now());
    key.still = performance.now();
  }).observe(document.body,
             {subtree: true, childList: true, attributes: true, characterData: true});
}"""


def main() -> None:
    """Measure and print; with `keys` as argument only the key presses.

    `keys --against CHECKOUT` presses them in turns on the dashboard of another checkout, too.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(JOURNEY, folder)
        chromium = stack.enter_context(browser())
        for kernels in () if sys.argv[1:2] == ["keys"] else (0, WAITING):
            with ExitStack() as servers:
                links = {
                    name: servers.enter_context(dashboard(name, kernels, folder)) for name in FIRST
                }
                _print_requests(chromium, links, kernels)
        links = {
            name: stack.enter_context(dashboard("compare", WAITING, folder, checkout))
            for name, checkout in checkouts(sys.argv[1:]).items()
        }
        _print_keys(chromium, links)


def _print_requests(chromium: Browser, links: dict[str, str], kernels: int) -> None:
    print(f"Request to first picture [s, median of {PAGES}], {kernels} kernels waiting")
    times: dict[str, list[float]] = {name: [] for name in links}
    for _ in range(PAGES):
        for name, link in links.items():
            start = time.perf_counter()
            page = open_page(chromium, link, FIRST[name])
            times[name].append(time.perf_counter() - start)
            page.context.close()
            time.sleep(3 if kernels else 0.5)
    for name, taken in times.items():
        print(f"  {name:<30}{median(taken):.2f}   {min(taken):.2f} to {max(taken):.2f}")
    ratio = median(times["compare"]) / median(times["journey"])
    print(f"  {'ratio':<30}{ratio:.2f}   (at most {MOST_TIMES_THE_OTHER})")


def _print_keys(chromium: Browser, links: dict[str, str]) -> None:
    pages = {name: open_page(chromium, link, FIRST["compare"]) for name, link in links.items()}
    for page in pages.values():
        page.get_by_label("Reached: Acquisition", exact=True).fill("5766")
        page.wait_for_timeout(500)
    press_keys(pages, WATCH, KEYS, {"all four redrawn": "drawn", "everything still": "still"})


if __name__ == "__main__":
    main()
