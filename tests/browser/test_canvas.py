"""The canvas in a browser: on one page of paper, nothing cut off, nothing but text in a name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page, expect

import cvjkit as cvj
from cvjkit.publishing.canvas import canvas
from tests.browser.conftest import ROOT
from tests.browser.paper import letters, sheets
from tests.publishing.test_canvas import HOSTILE, hostile

JOURNEYS = ROOT / "data" / "journeys"
OF_EACH = pytest.mark.parametrize(
    "name",
    # 5, 7, 8, 8 and 9 stages.
    [
        *("coffee_subscription", "touring_band", "cleaning_company", "dating_coach"),
        "contact_lenses",
    ],
)
# What a printer with these sheets has to show, in CSS pixels.
PAPERS = {"A4": (1123, 794), "A3": (1587, 1123), "Letter": (1056, 816)}
# Everything that shows, and how far it sticks out of the page, or a cell's text out of the cell.
OUTSIDE = """() => {
  const page = document.querySelector("main").getBoundingClientRect();
  const told = [];
  for (const shown of document.querySelectorAll("main *")) {
    const box = shown.getBoundingClientRect();
    if (box.width * box.height === 0) continue;
    if (box.left < page.left || box.top < page.top || box.right > page.right + 1
        || box.bottom > page.bottom + 1) told.push(["page", shown.textContent, box.bottom]);
    const cell = shown.parentElement.closest("td, th, article, footer > div");
    if (cell && box.right > cell.getBoundingClientRect().right + 1)
      told.push(["cell", shown.textContent]);
    if (cell && box.bottom > cell.getBoundingClientRect().bottom + 1)
      told.push(["cell", shown.textContent]);
  }
  return told;
}"""
TEXT_SIZE = """() => Math.min(...[...document.querySelectorAll("main td bdi, main td small")]
  .map((shown) => parseFloat(getComputedStyle(shown).fontSize)))"""


SMALLEST = """() => {
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  const sizes = [];
  while (texts.nextNode())
    if (texts.currentNode.data.trim())
      sizes.push(parseFloat(getComputedStyle(texts.currentNode.parentElement).fontSize));
  return Math.min(...sizes);
}"""


def show(page: Page, folder: Path, journey: cvj.Journey) -> None:
    path = folder / "canvas.html"
    path.write_text(canvas(journey), encoding="utf-8")
    page.goto(path.as_uri())


def full(key: str) -> cvj.Journey:
    """Give a journey with far more on its worksheet than anybody writes."""
    framework = cvj.framework(key)
    counts = [10 ** (9 - index) for index in range(len(framework))]
    journey = cvj.Journey.from_counts(framework, {f"Channel {n}": counts for n in range(6)})
    words = "A tactic with a name that goes on for rather longer than it should"
    for stage in framework:
        tactics: list[dict[str, Any]] = [
            {"name": f"{words} {n}", "channel": "email", "promise": words} for n in range(5)
        ]
        messages = [{"kind": "ask", "name": words, "after_minutes": 90}] * 3
        journey = journey.with_stage(stage.key, tactics=tactics, messages=messages, delay_days=3)
    return journey.with_terms(name=f"{words} {'W' * 90}", description=words * 4)


def print_faults(page: Page, paper: str) -> list[Any]:
    """Print on a sheet upright and one lying: each must be one lying sheet, full and whole."""
    found: list[Any] = []
    shown = letters("".join(page.locator("main").all_inner_texts())).casefold()
    for lies in (False, True):
        first, *more = sheets(page, paper, lies=lies, margin=0)
        edge = min(first.left, first.top, first.right, first.bottom)
        whole = sorted(letters(first.text).casefold()) == sorted(shown)
        lying = first.width > first.height
        full = first.bottom < 0.25 * first.height
        if more or edge < 0.1 or not (whole and lying and full):
            found.append((paper, lies, len(more), edge, whole, lying, full))
    return found


def as_printed(page: Page, paper: str) -> list[Any]:
    """Lay the page out as on this paper, and tell what is cut off."""
    size = page.evaluate("document.documentElement.style.cssText")
    width, height = PAPERS[paper]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": height})
    # A printer does not set the text anew, as a window that changes its size does.
    restored = "document.documentElement.style.cssText = size"
    outside: list[Any] = page.evaluate(f"size => {{ {restored}; return ({OUTSIDE})(); }}", size)
    page.emulate_media(media="null")
    return outside


@OF_EACH
def test_a_starter_is_printed_on_one_page_and_all_of_it(
    page: Page, tmp_path: Path, name: str
) -> None:
    show(page, tmp_path, cvj.read_journey(JOURNEYS / f"{name}.toml"))
    for paper in PAPERS:
        assert print_faults(page, paper) == []
        assert as_printed(page, paper) == []


@pytest.mark.parametrize("key", ["five", "seven", "eight", "nine"])
def test_an_overfull_worksheet_is_printed_on_one_page_all_the_same(
    page: Page, tmp_path: Path, key: str
) -> None:
    show(page, tmp_path, full(key))
    assert print_faults(page, "A4") == print_faults(page, "A3") == []
    assert as_printed(page, "A4") == []


def test_more_than_a_page_would_be_seen_as_more_than_a_page(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, full("nine"))
    page.evaluate("document.documentElement.style.setProperty('--size', 1)")
    assert print_faults(page, "A4") != []
    assert page.evaluate(OUTSIDE) != []


@OF_EACH
def test_a_starter_can_be_read_from_two_steps_away(page: Page, tmp_path: Path, name: str) -> None:
    show(page, tmp_path, cvj.read_journey(JOURNEYS / f"{name}.toml"))
    page.set_viewport_size(dict(zip(("width", "height"), PAPERS["A3"], strict=True)))
    page.emulate_media(media="print")
    expect(page.locator("main")).to_have_css("width", "1587px")
    assert page.evaluate(TEXT_SIZE) * 72 / 96 >= 6  # points


def test_little_text_leaves_room_to_write_on(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop"))
    for row in page.locator("tbody tr").filter(has_text="what we").all():
        box = row.bounding_box()
        assert box is not None
        assert box["height"] > 50


def test_the_text_is_as_large_as_fits_at_any_width(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, cvj.read_journey(JOURNEYS / "contact_lenses.toml"))
    for width in (1100, 1400, 2200):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator("main")).to_have_css("width", f"{width}px")
        assert page.evaluate(OUTSIDE) == []


def test_a_hostile_name_is_shown_and_does_nothing(own_page: Page, tmp_path: Path) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    own_page.on("dialog", answer)
    show(own_page, tmp_path, hostile(HOSTILE))
    expect(own_page.get_by_role("heading", name=HOSTILE).first).to_be_visible()
    assert own_page.locator("main img, main script").count() == 0
    assert len(sheets(own_page, "A4", lies=True, margin=0)) == 1
    assert asked == []


def test_every_figure_opens_what_it_is_made_of_by_key_and_press_and_not_on_paper(
    page: Page, tmp_path: Path
) -> None:
    show(page, tmp_path, cvj.read_journey(JOURNEYS / "contact_lenses.toml"))
    figures, panel = page.locator("main button"), page.locator("[popover]:popover-open")
    shown = page.locator(".figures dd, .number, tbody div p").filter(has_text=re.compile(r"\d"))
    mute = shown.filter(has_not=page.locator("button")).all_text_contents()
    assert [text for text in mute if not re.search(r"later| of \d+", text)] == []
    assert figures.count() > 20
    for figure in figures.all():
        figure.press("Enter")
        expect(panel).to_have_count(1)
        expect(panel.locator("dt").first).to_have_text("Formula")
        title, text = panel.locator("b").first.text_content(), figure.text_content()
        assert title
        assert text
        assert title.endswith(text)
        page.keyboard.press("Escape")
        expect(panel).to_have_count(0)
        expect(figure).to_be_focused()
    figures.first.click()
    expect(panel).to_be_visible()
    page.emulate_media(media="print")
    expect(panel).to_be_hidden()
    expect(figures.first).to_be_visible()


def test_the_button_prints_and_is_not_printed(own_page: Page, tmp_path: Path) -> None:
    own_page.add_init_script("window.print = () => { window.printed = true; };")
    show(own_page, tmp_path, cvj.read_journey(JOURNEYS / "contact_lenses.toml"))
    button = own_page.get_by_role("button", name="Print, or save as PDF")
    button.click()
    assert own_page.evaluate("window.printed")
    # It says which paper the page is for, before any is spent.
    told = own_page.locator(".printing p")
    said = told.inner_text()
    own_page.emulate_media(media="print")
    expect(button).to_be_hidden()
    expect(told).to_be_hidden()
    points = {}
    for name in ("A3", "A4"):
        width, height = PAPERS[name]
        own_page.set_viewport_size({"width": width, "height": height})
        points[name] = own_page.evaluate(SMALLEST) * 72 / 96
    assert points["A4"] < 5
    assert re.findall(r"[\d.]+ ", said) == [f"{points[name]:.1f} " for name in ("A3", "A4")]


def test_what_can_be_read_on_any_paper_asks_for_none(page: Page, tmp_path: Path) -> None:
    show(page, tmp_path, cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop"))
    expect(page.get_by_role("button", name="Print, or save as PDF")).to_be_visible()
    expect(page.locator(".printing p")).to_be_empty()
    page.emulate_media(media="print")
    page.set_viewport_size(dict(zip(("width", "height"), PAPERS["A4"], strict=True)))
    assert page.evaluate(SMALLEST) * 72 / 96 >= 5
