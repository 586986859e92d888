"""All pages under axe, with all unfolded, wide and narrow, light and dark; and by keyboard."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

import cvjkit as cvj
from cvjkit.publishing.canvas import canvas
from tests.browser.axe import DARK_WHEN_WIDE, LIGHT_WHEN_WIDE, SIZES, faults, faults_within
from tests.browser.conftest import ROOT, Site, choose_tab, choose_theme, run_all_cells
from tests.browser.fonts import FONTS, force_font, set_width, text_faults, wait_until_drawn

JOURNEYS = ROOT / "data" / "journeys"
DASHBOARDS = sorted((ROOT / "dashboards").glob("*.ipynb"))
OUTPUT = ".jp-OutputArea-output"
UNFOLD = "document.querySelectorAll('details').forEach(details => { details.open = true; })"
DRAWN = "figure:is(.cvj-flow, .cvj-compare) svg path"
# What reacts to a pointer and to no key: neither it nor what it is in or labels takes the focus,
# and it does not say what key does the same.
ONLY_POINTED_AT = """() => [...document.querySelectorAll("main *")]
  .filter(element => element.checkVisibility() && getComputedStyle(element).cursor === "pointer")
  .filter(element => !element.closest('a, summary, [tabindex="0"], [title*=" in the field)"]')
    && !(element.closest("label")?.control?.tabIndex >= 0)
    && !(element.closest("button, input, select")?.tabIndex >= 0))
  .map(element => element.outerHTML.slice(0, 120))"""
ANNOUNCED = """() => {
  const [amount, change] = ["amount", "change"].map(
    part => document.querySelector(`[data-figure="Customers"] .cvj-${part}`).textContent);
  const said = [...document.querySelectorAll("[role=status].cvj-heard")];
  return change && said.some(region => region.textContent.startsWith(
    `Customers ${amount}, up ${change.match(/^[+]([\\d,]+)/)?.[1]}; CAC `));
}"""
SMALLEST_TEXT = """() => Math.min(...[...document.querySelectorAll("main *")]
  .filter(element => element.checkVisibility()
    && [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
  .map(element => parseFloat(getComputedStyle(element).fontSize)))"""


def opened(page: Page, voila: Site, dashboard: Path) -> None:
    """Open a dashboard as its notebook makes it, with the starters, and unfold all of it."""
    cells = json.loads(dashboard.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    found = str(ROOT / "data")
    code = [
        source.replace("()", f"({str(JOURNEYS)!r})").replace("../data", found)
        for source in sources[1:]
    ]
    page.goto(voila.add(f"axe-{dashboard.stem}", sources[0], *code))
    expect(page.locator(DRAWN).first).to_be_visible()
    expect(page.locator("#cvjkit-status")).to_be_empty()
    if page.locator(".cvj-answers").count():
        expect(page.locator(".cvj-part-budget")).to_be_visible()
    page.evaluate(UNFOLD)


OTHERS = [path for path in DASHBOARDS if path.stem not in {"journey", "actual"}]


@pytest.mark.parametrize("dashboard", OTHERS, ids=lambda path: path.stem)
def test_a_dashboard_breaks_no_rule_of_axe_and_asks_for_no_mouse(
    page: Page, voila: Site, dashboard: Path
) -> None:
    opened(page, voila, dashboard)
    assert faults(page, DARK_WHEN_WIDE) == []
    assert page.evaluate(ONLY_POINTED_AT) == []


def test_what_was_measured_is_read_off_its_page_which_breaks_no_rule_of_axe(
    page: Page, voila: Site
) -> None:
    opened(page, voila, ROOT / "dashboards" / "actual.ipynb")
    assert (
        "113 at Conversion, where 142 were planned" in page.locator(".cvj-part-said").inner_text()
    )
    assert page.locator(".sankey-was").count() > 3
    expect(page.locator(".cvj-legend")).to_contain_text("planned, in Coffee plan")
    conversion = page.locator('[data-table="gap"] tbody', has_text="Conversion")
    shown = conversion.locator("input").evaluate_all("all => all.map(({ value }) => value)")
    assert shown[:5] == ["113", "142", "-29", "24.8%", "30.1%"]
    assert shown[-1] == "could be"
    fewest = page.get_by_label("Conversion: Within 1 day of the first stage")
    assert fewest.input_value() == "1"

    trend = page.locator(".cvj-part-trend")
    expect(trend).not_to_contain_text("young")
    page.get_by_label("Who reach", exact=True).select_option("Promotion")
    expect(trend.locator(".cvj-marks")).to_have_text(["young from here"] * 2)
    assert page.get_by_label("Remark: week of 2 Mar 2026").input_value() == "young: may rise"
    # Red or green would say that what differs is a loss or a gain; it could be chance.
    expect(page.locator('[data-figure="Customers"] .cvj-change')).to_have_text("-29 (-20.4%)")
    expect(page.locator(".cvj-change[data-way]:not([data-way=''])")).to_have_count(0)
    tables = page.locator(":is(.cvj-part-gap, .cvj-part-trend, .cvj-part-sensitivity) .cvj-table")
    for family in (FONTS["wide"], FONTS["narrow"]):
        force_font(page, family)
        for width in (1024, 768, 560, 320):
            set_width(page, width)
            found = text_faults(tables)
            assert [one for one in found if any(one.values())] == [], (family, width)
    assert faults(page, DARK_WHEN_WIDE) == []
    assert page.evaluate(ONLY_POINTED_AT) == []


def test_neither_a_journey_nor_a_what_if_nor_the_worksheet_breaks_a_rule_of_axe(
    page: Page, voila: Site
) -> None:
    opened(page, voila, ROOT / "dashboards" / "journey.ipynb")
    assert faults(page, LIGHT_WHEN_WIDE) == []
    assert page.evaluate(ONLY_POINTED_AT) == []

    # What is typed is announced.
    figure = page.locator('[data-figure="Customers"]')
    page.get_by_label("Step rate: Conversion", exact=True).focus()
    page.keyboard.type("25%")
    page.wait_for_function(ANNOUNCED)

    page.keyboard.press("Enter")
    page.keyboard.type("as before")
    expect(page.locator(".cvj-message").first).not_to_be_empty()
    figure.locator(".cvj-amount").press("Enter")
    expect(page.locator(".cvj-explanation dl > div").first).to_be_visible()
    page.evaluate(UNFOLD)
    assert faults(page, DARK_WHEN_WIDE) == []
    assert page.evaluate(ONLY_POINTED_AT) == []

    choose_tab(page, "Worksheet")
    expect(page.locator('[data-part="worth"]')).to_be_visible()
    page.evaluate(UNFOLD)
    assert faults(page, LIGHT_WHEN_WIDE) == []


CHOSEN: tuple[tuple[Literal["Light", "Dark"], tuple[int, int]], ...] = (
    ("Light", SIZES["wide"]),
    ("Dark", SIZES["narrow"]),
)


def test_what_jupyterlab_shows_of_ours_breaks_no_rule_of_axe_in_either_theme(
    page: Page, jupyterlab: Site
) -> None:
    made = f"""import cvjkit as cvj
from cvjkit.widgets.compare_view import CompareView
shop = cvj.read_journey({str(JOURNEYS / "touring_band.toml")!r})"""
    shown = ("cvj.Designer(shop)", "CompareView(cvj.compare(shop))", "shop.fix_first()")
    page.goto(jupyterlab.add("axe", made, *shown, "cvj.compare(shop)"))
    run_all_cells(page)
    expect(page.locator(".cvj-part-budget")).to_be_visible()
    expect(page.locator(f"{OUTPUT} .lens")).to_have_count(4)
    expect(page.locator(f"{OUTPUT} table").last).to_be_visible()
    page.evaluate(UNFOLD)
    for theme, size in CHOSEN:
        choose_theme(page, theme)
        expect(page.locator(f'.cvj-compare[data-theme="{theme.lower()}"]')).to_have_count(1)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        wait_until_drawn(page)
        assert "\n".join(faults_within(page, OUTPUT)) == ""


@pytest.mark.parametrize("link", ["", "voila/render/none.ipynb"], ids=["home", "no such page"])
def test_the_pages_around_the_dashboards_break_no_rule_of_axe(
    page: Page, voila: Site, link: str, complaints: list[str]
) -> None:
    page.goto(urlsplit(voila.add("axe-first", "# First"))._replace(path=f"/{link}").geturl())
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert faults(page) == []
    complaints.clear()  # the browser complains about a page that is not found


@pytest.mark.parametrize("name", ["contact_lenses", "touring_band"])
def test_the_canvas_breaks_no_rule_of_axe_and_is_legible_on_a_phone(
    page: Page, tmp_path: Path, name: str
) -> None:
    path = tmp_path / "canvas.html"
    path.write_text(canvas(cvj.read_journey(JOURNEYS / f"{name}.toml")), encoding="utf-8")
    page.goto(path.as_uri())
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == page.evaluate("innerWidth")
    assert page.evaluate(SMALLEST_TEXT) >= 12
    # Each stage is followed by what belongs to it.
    heads = page.locator("thead h3").evaluate_all(
        "all => all.map(h => h.getBoundingClientRect().y)"
    )
    gets = page.locator("tbody tr:first-child td").evaluate_all(
        "all => all.map(cell => cell.getBoundingClientRect().y)"
    )
    assert sorted([*heads, *gets]) == [y for pair in zip(heads, gets, strict=True) for y in pair]
    # A phone prints the page that all print.
    page.emulate_media(media="print")
    assert page.pdf(format="A4", landscape=True).count(b"/Type /Page\n") == 1
