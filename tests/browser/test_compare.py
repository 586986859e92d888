"""Four frameworks side by side under real hands: typed into one, read in the others, in Voila."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

import cvjkit as cvj
from tests.browser.asked import explained
from tests.browser.conftest import ROOT, Kept, Site, make_anew, renewable
from tests.browser.fonts import FONTS, force_font, set_width, text_faults

SHOP = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="A shop")
EVIL = "<img src=x onerror=alert(1)>"
PAID = {"five": "conversion", "seven": "customer", "eight": "conversion", "nine": "close"}
TITLES = {
    "a_shop": "A shop",
    "coffee_subscription": "Coffee subscription (monthly bag)",
    "dating_coach": "Dating coach (free webinar, then one-on-one)",
    "hostile": EVIL,
}
NAMES = {key: cvj.framework(key).name for key in PAID}
# What stands where: labels of a lens, and bars along the page.
SEEN = """
() => [...document.querySelectorAll(".lens")].map(lens => {
  const box = element => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return [left, top, right, bottom];
  };
  const ink = element => {
    const range = document.createRange();
    range.selectNodeContents(element);
    const [all, said] = [box(element), box(range)];
    // What is longer than its place is cut, and said in full to who points at it.
    return [0, 1, 2, 3].map(at => (at < 2 ? Math.max : Math.min)(all[at], said[at]));
  };
  return {
    title: lens.dataset.lens,
    field: box(lens),
    texts: [...lens.querySelectorAll(".lens-label > span")].map(span => ({
      text: span.textContent, box: ink(span),
      size: parseFloat(getComputedStyle(span).fontSize),
    })),
    bars: [...lens.querySelectorAll(".lens-stage")].map(stage => ({
      stage: stage.dataset.stage, status: stage.dataset.status,
      box: box(stage.querySelector(".lens-bar")),
    })),
  };
})
"""
LOOK = """e => {
  const { fill, strokeDasharray } = getComputedStyle(e);
  return [fill.slice(0, 4), strokeDasharray];
}"""


@pytest.fixture(scope="module")
def published(context: BrowserContext, voila: Site) -> Iterator[Kept]:
    """The dashboard with the starters, a journey of five numbers, and one of hostile names."""
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        folder = Path(directory)
        for path in (ROOT / "data" / "journeys").glob("*.toml"):
            (folder / path.name).write_bytes(path.read_bytes())
        SHOP.save(folder / "a_shop.toml")
        names = {"reach": EVIL, "acquisition": "long " * 60, "retention": "الاحتفاظ بالعملاء"}
        own = cvj.framework("five").rename(names, key="ours", name=EVIL)
        cvj.Journey.from_counts(own, [900, 90, 9, 5, 1], name=EVIL).save(folder / "hostile.toml")
        made = f"dashboards.compare({directory!r})"
        link = voila.add("compare", renewable("from cvjkit import dashboards", made))
        kept = Kept(context, link, lambda page: make_anew(page, ".cvj-page"))
        yield kept
        kept.close()


@pytest.fixture
def dashboard(
    published: Kept, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    with published.lent(complaints, request.node) as page:
        expect(page.locator(".lens")).to_have_count(4)
        yield page


def choose(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).select_option(value)


def number(page: Page, framework: str, stage: str) -> Locator:
    lens = page.locator(f'.lens[data-lens="{NAMES[framework]}"]')
    return lens.locator(f'.lens-label[data-stage="{stage}"] .lens-value')


def tab_to(page: Page, label: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-label')") == label:
            return
        if page.evaluate("document.activeElement.labels?.[0]?.textContent") == label:
            return
    raise AssertionError(f"Tab does not lead to {label}")


@pytest.mark.parametrize("framework", list(PAID))
def test_what_is_typed_into_one_framework_is_read_in_the_others(
    dashboard: Page, framework: str
) -> None:
    choose(dashboard, "Journey", "a_shop.toml")
    expect(number(dashboard, "five", "conversion")).to_have_text("302")
    choose(dashboard, "Type in", framework)
    stage = cvj.framework(framework)[PAID[framework]].name
    field = dashboard.get_by_label(f"Reached: {stage}", exact=True)
    field.click()
    dashboard.keyboard.press("End")
    dashboard.keyboard.press("Backspace")
    for key, paid in PAID.items():
        expect(number(dashboard, key, paid)).to_have_text("30")
    expect(field).to_be_focused()


def test_estimates_follow_while_one_types_with_the_keyboard_alone(dashboard: Page) -> None:
    tab_to(dashboard, "Journey")
    dashboard.keyboard.type("A shop")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,908")
    tab_to(dashboard, "Reached: Acquisition")
    dashboard.keyboard.type("6")
    expect(number(dashboard, "eight", "engagement")).to_have_text("6")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("not known")
    dashboard.keyboard.type("000")
    expect(number(dashboard, "eight", "engagement")).to_have_text("6,000")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,956")
    dashboard.keyboard.press("Control+z")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,908")
    # What the button back clears is one step to undo.
    field = dashboard.get_by_label("Reached: Acquisition", exact=True)
    field.fill("6000")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,956")
    dashboard.get_by_role("button", name="Back to the file").press("Enter")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,908")
    field.focus()
    dashboard.keyboard.press("Control+z")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,956")


def test_a_wrong_number_is_marked_and_the_last_good_picture_stays(dashboard: Page) -> None:
    choose(dashboard, "Journey", "a_shop.toml")
    expect(number(dashboard, "eight", "engagement")).to_have_text("5,766")
    field = dashboard.get_by_label("Reached: Acquisition", exact=True)
    field.fill("-5")
    expect(dashboard.get_by_text("must not be negative")).to_be_visible()
    expect(number(dashboard, "eight", "engagement")).to_have_text("5,766")


def test_counted_estimated_and_unknown_look_different(dashboard: Page) -> None:
    choose(dashboard, "Journey", "a_shop.toml")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,908")
    looks: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for bar in dashboard.locator(".lens-stage").all():
        look = bar.locator(".lens-bar").evaluate(LOOK)
        looks[str(bar.get_attribute("data-status"))].add(tuple(look))
    assert looks.keys() == {"exact", "estimated", "unknown"}
    assert all(len(found) == 1 for found in looks.values())
    assert len(set.union(*looks.values())) == 3
    legend = dashboard.locator(".lens-legend")
    for words in ("counted", "estimated from the numbers around it", "not known"):
        expect(legend).to_contain_text(words)


@pytest.mark.parametrize("name", list(TITLES))
def test_the_lenses_stand_on_one_spine_and_every_label_can_be_read(
    dashboard: Page, name: str
) -> None:
    choose(dashboard, "Journey", f"{name}.toml")
    expect(dashboard.locator(".lens-title")).to_have_text(TITLES[name])
    milestones = anchors()
    for (font, family), width in product(FONTS.items(), (1920, 1440, 1024, 768, 390)):
        force_font(dashboard, family)
        set_width(dashboard, width)
        labels = dashboard.locator(".lens-field").get_attribute("data-labels")
        if width == 390:
            assert labels == "listed"
        elif width >= 1024 or font in {"usual", "narrow"}:
            assert labels == "beside", (font, width)
        assert dashboard.evaluate("document.documentElement.scrollWidth") <= width
        if width in {768, 1024}:
            # The form leaves room for the picture on the first screen.
            assert dashboard.locator(".lens-field").bounding_box()["y"] < 440
        positions: dict[str, set[float]] = defaultdict(set)
        for lens in dashboard.evaluate(SEEN):
            for bar in lens["bars"]:
                positions[milestones[lens["title"], bar["stage"]]].add(round(bar["box"][0], 1))
            texts = [text for text in lens["texts"] if text["text"]]
            assert not meeting(texts)
            assert all(text["size"] >= 12 for text in texts)
            assert all(text["box"][2] <= lens["field"][2] + 1 for text in texts)
        assert all(len(found) == 1 for found in positions.values())
        assert [found for found in text_faults(dashboard.locator(".cvj-compare")) if found] == [
            {"cut": [], "broken": [], "overlapping": []}
        ]


def test_below_are_merged_cells_what_is_hidden_and_where_documents_differ(dashboard: Page) -> None:
    choose(dashboard, "Journey", "a_shop.toml")
    cell = dashboard.locator(".lens-grid td").filter(has_text="Acquisition")
    expect(cell).to_have_attribute("rowspan", "4")
    hidden = dashboard.locator(".lens-hides")
    expect(hidden).to_contain_text("Seven Steps to Heaven has no stage for Advocate and Promoter.")
    expect(dashboard.locator(".lens-figures")).to_contain_text("First-time buyers")
    fifth = dashboard.locator(".lens-differ details").filter(has_text="Word of mouth")
    fifth.locator("summary").press("Enter")
    expect(fifth).to_contain_text("(Fea, line 30)")
    # What is unfolded stays so while one types.
    dashboard.get_by_label("Reached: Acquisition", exact=True).fill("6000")
    expect(number(dashboard, "eight", "engagement")).to_have_text("6,000")
    expect(fifth).to_have_attribute("open", "")


def test_pointing_and_the_keyboard_say_a_stage_and_light_it_up_in_the_others(
    dashboard: Page,
) -> None:
    choose(dashboard, "Journey", "a_shop.toml")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,908")
    five = dashboard.locator(f'.lens[data-lens="{NAMES["five"]}"]')
    tip, alike = dashboard.locator(".lens-field .cvj-tip"), dashboard.locator(".is-counterpart")
    five.locator('.lens-stage[data-stage="conversion"]').hover()
    expect(tip).to_contain_text("Conversion: 302.")
    expect(tip).to_contain_text("In the others: Customer, Conversion, Close.")
    lit = alike.evaluate_all("all => all.map(one => one.dataset.stage)")
    assert lit == ["customer", "conversion", "close"]
    dashboard.mouse.move(5, 5)
    expect(alike).to_have_count(0)
    five.locator("svg").focus()
    for key in ("ArrowRight", "ArrowRight"):
        dashboard.keyboard.press(key)
    expect(tip).to_contain_text("Acquisition: 5,766.")
    expect(tip).to_contain_text("In the others: Attraction, Engagement, Attract Interest.")
    dashboard.keyboard.press("ArrowDown")
    expect(tip).to_contain_text("go on")
    dashboard.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    thin = dashboard.locator(
        ".lens-bar, .lens-ribbon.kind-forward:not(.is-drawn-out)"
    ).evaluate_all("all => all.map(one => one.getBBox().height).filter(height => height < 5.99)")
    assert thin == []


def test_every_figure_opens_what_it_is_made_of_by_key_and_by_press(dashboard: Page) -> None:
    choose(dashboard, "Journey", "a_shop.toml")
    panel = dashboard.get_by_role("dialog")
    estimate = number(dashboard, "eight", "subscription").get_by_role("button")
    estimate.press("Enter")
    expect(panel).to_have_accessible_name("People at Subscription: ≈ 1,908")
    expect(panel).to_contain_text("5,766 x (302 / 5,766) ^ 37.5%")
    expect(panel).to_contain_text("People at Acquisition5,766, counted")
    expect(panel).to_contain_text("Share of the leak before Subscription37.5%, estimated")
    dashboard.keyboard.press("Escape")
    expect(estimate).to_be_focused()
    # What is typed is explained anew.
    dashboard.get_by_label("Reached: Acquisition", exact=True).fill("6,000")
    expect(estimate).to_have_text("≈ 1,956")
    estimate.click()
    expect(panel).to_contain_text("6,000 x (302 / 6,000)")
    dashboard.keyboard.press("Escape")
    assert len(explained(dashboard)) > 50


def test_on_a_phone_the_milestones_are_a_list_that_is_not_cut(dashboard: Page) -> None:
    choose(dashboard, "Journey", "a_shop.toml")
    expect(number(dashboard, "nine", "collect_leads")).to_have_text("≈ 1,908")
    set_width(dashboard, 390)
    grid = dashboard.locator(".lens-grid")
    assert grid.evaluate("grid => grid.parentElement.scrollWidth <= grid.parentElement.clientWidth")
    seen = grid.locator("td").filter(has_text="Acquisition")
    assert seen.evaluate("cell => getComputedStyle(cell, '::before').content") == (
        f'"{NAMES["five"]}"'
    )
    assert text_faults(grid) == [{"cut": [], "broken": [], "overlapping": []}]


def anchors() -> dict[tuple[str, str], str]:
    chosen = [*cvj.frameworks(), cvj.framework("eight:time")]
    found = {
        (framework.name, stage.key): str(stage.milestone)
        for framework in chosen
        for stage in framework
    }
    return found | {(EVIL, stage.key): str(stage.milestone) for stage in cvj.framework("five")}


def meeting(texts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Which texts overlap by more than a hair."""
    found = []
    for at, one in enumerate(texts):
        for other in texts[at + 1 :]:
            (a, b, c, d), (e, f, g, h) = one["box"], other["box"]
            if min(c, g) - max(a, e) > 1 and min(d, h) - max(b, f) > 2:
                found.append((one["text"], other["text"]))
    return found
