"""What axe-core finds wrong with a page for people who do not see, or not well, or use no mouse."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

from tests.browser.fonts import wait_until_drawn

# The file that the package carries: nothing is fetched.
SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
# A finger needs more room than a mouse.
RUN = """([within, fingers]) => axe.run(within, {
  resultTypes: ["violations"], rules: { "target-size": { enabled: fingers } },
})"""
SIZES = {"wide": (1440, 900), "narrow": (390, 844)}
ALL = ("wide light", "wide dark", "narrow light", "narrow dark")
# Contrast costs seconds on a long page: one that is looked at in several states is seen in half of
# the views in each.
LIGHT_WHEN_WIDE = ("wide light", "narrow dark")
DARK_WHEN_WIDE = ("wide dark", "narrow light")


def faults(page: Page, views: tuple[str, ...] = ALL) -> list[str]:
    """List what breaks a rule of axe on a wide screen or on a phone, light or dark."""
    found = []
    for view in views:
        size, scheme = view.split()
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        # A script tells the page its theme one frame later; half of a theme is legible nowhere.
        wait_until_drawn(page)
        found += [
            f"{view}: {fault}" for fault in faults_within(page, ":root", fingers=size == "narrow")
        ]
    return found


def faults_within(page: Page, within: str, *, fingers: bool = False) -> list[str]:
    """List what breaks a rule of axe in a part of a page, as it is now."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(SCRIPT)
    result: dict[str, Any] = page.evaluate(RUN, [within, fingers])
    return [
        f"{fault['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]
