"""The dashboards on paper: A4 and Letter, upright and lying, fit to be handed to a client."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import cvjkit as cvj
from tests.browser.conftest import ROOT, Site, choose_tab
from tests.browser.fonts import FONTS, force_font
from tests.browser.paper import paper_faults

LONG = "A journey with a name that is longer than any field that it could be typed into"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The starters, and a journey of long names."""
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        for path in (ROOT / "data" / "journeys").glob("*.toml"):
            Path(directory, path.name).write_bytes(path.read_bytes())
        counts = [2 ** (20 - index) for index in range(5)]
        names = {
            stage.key: f"{stage.name} of those whom friends told" for stage in cvj.framework("five")
        }
        own = cvj.framework("five").rename(names, key="ours", name=f"{LONG}, too")
        cvj.Journey.from_counts(own, counts, name=LONG).save(Path(directory, "long.toml"))
        yield Path(directory)


# The most stages, the widest amounts, what once filled a sheet to its last line, the longest names.
PRINTED = {
    "journey": ("contact_lenses", "dating_coach", "touring_band", "long"),
    "compare": ("touring_band", "long"),
    "decide": ("dating_coach", "long"),
}


@pytest.mark.parametrize("dashboard", PRINTED)
def test_a_dashboard_is_fit_to_be_printed(
    page: Page, voila: Site, folder: Path, dashboard: str
) -> None:
    code = f"from cvjkit import dashboards\ndashboards.{dashboard}({str(folder)!r})"
    page.goto(voila.add(f"print-{dashboard}", "# What to print", code))
    title = page.locator(":is(.cvj-title, .lens-title):visible")
    found = {}
    for name in PRINTED[dashboard]:
        journey = cvj.read_journey(folder / f"{name}.toml")
        page.get_by_label("Journey", exact=True).select_option(f"{name}.toml")
        expect(title).to_have_text(journey.name)
        if dashboard != "compare":  # The last of the answers has come.
            segments = [segment.name for segment in journey.segments]
            expect(page.locator(".cvj-part-budget .cvj-rowname span")).to_have_text(segments)
        force_font(page, FONTS["wide"])
        if faults := paper_faults(page.locator("body")):
            found[name] = faults
    assert found == {}


def test_a_worksheet_is_fit_to_be_printed(page: Page, voila: Site, folder: Path) -> None:
    code = f"from cvjkit import dashboards\ndashboards.journey({str(folder)!r})"
    link = voila.add("print-worksheet", "# What to print", code)
    page.goto(f"{link}?journey=contact_lenses.toml")
    choose_tab(page, "Worksheet")
    expect(page.locator('[data-part="worth"]')).to_be_visible()
    expect(page.locator(".cvj-answers")).to_be_hidden()
    force_font(page, FONTS["wide"])
    assert paper_faults(page.locator("body")) == []
