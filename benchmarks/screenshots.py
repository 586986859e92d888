"""Make the pictures of the README: ``python -m benchmarks.screenshots``.

They are what a visitor sees on the first screen, with nothing prepared but what is typed here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from benchmarks.browsing import browser, dashboard
from cvjkit.publishing.canvas import canvas
from tests.browser.conftest import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

IMAGES = ROOT / "docs" / "images"
JOURNEYS = ROOT / "data" / "journeys"
WIDE, PHONE = (1440, 900), (390, 844)


def better_conversion(page: Page) -> None:
    """Ask what a better conversion would bring."""
    field = page.get_by_label("Step rate: Conversion", exact=True)
    field.focus()
    page.keyboard.type("22%")
    page.get_by_text("was 17.4%").first.wait_for()
    field.blur()


def nothing(_: Page) -> None:
    """Show the page as it opens."""


class Shot(NamedTuple):
    """One picture: of which dashboard, how large, and what is done before."""

    name: str
    dashboard: str
    size: tuple[int, int]
    prepare: Callable[[Page], None] = nothing


SHOTS = (
    Shot("what-if", "journey", WIDE, better_conversion),
    Shot("decide", "decide", WIDE),
    Shot("compare", "compare", WIDE),
    Shot("actual", "actual", WIDE),
    Shot("phone", "journey", PHONE, better_conversion),
)


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with browser() as chromium:
        for shot in SHOTS:
            with dashboard(shot.dashboard, 1, JOURNEYS) as link:
                page = chromium.new_page(viewport=_viewport(shot.size))
                page.goto(link)
                page.locator(".cvj-form :is(input, table)").first.wait_for()
                shot.prepare(page)
                _take(page, shot.name)
        page = chromium.new_page(viewport=_viewport(WIDE))
        page.set_content(canvas(JOURNEYS / "cleaning_company.toml"))
        _take(page, "canvas")


def _viewport(size: tuple[int, int]) -> ViewportSize:
    width, height = size
    return {"width": width, "height": height}


def _take(page: Page, name: str) -> None:
    # Answers and fonts come a moment after the first picture.
    page.wait_for_timeout(3000)
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=IMAGES / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
