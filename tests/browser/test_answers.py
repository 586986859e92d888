"""The answers below the picture, asked for by a stranger who types, in Voila and JupyterLab."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import cvjkit as cvj
from tests.browser.asked import explained
from tests.browser.conftest import (
    ROOT,
    Kept,
    Site,
    anew_in_lab,
    choose_tab,
    make_anew,
    renewable,
    unfold,
)
from tests.browser.fonts import FONTS, force_font, set_width, text_faults, wait_until_drawn

SHOP = (
    cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    .with_terms(currency="EUR")
    .with_stage("reach", unit_cost=0.1)
    .with_stage("conversion", delay_days=20)
    .with_offer("conversion", name="Box", price=40, margin=15)
)
CELLS = (renewable("import cvjkit as cvj", "cvj.Designer('money.toml')"),)


# Where something in the picture begins across the way that people go, and how thick it is.
ACROSS = """one => {
  const { x, y, width, height } = one.getBBox();
  return one.closest('[data-orientation="v"]') ? [x, width] : [y, height];
}"""


# Lays a name under the pointer, and waits until it would be explained if the pointer had moved.
BROUGHT_UNDER_THE_POINTER = """() => new Promise((done) => {
  const name = document.querySelector('[data-figure="LTV"] .cvj-heading');
  const field = document.querySelector('[aria-label="Unit cost: Reach"]').getBoundingClientRect();
  const [x, y] = [field.left + field.width / 2, field.top + field.height / 2];
  const { left, top } = name.getBoundingClientRect();
  name.addEventListener("pointerover", () => setTimeout(() => done([x, y]), 600));
  const moved = `${x - left - 5}px ${y - top - 5}px`;
  name.style.cssText = `position: relative; z-index: 9; translate: ${moved}`;
})"""


@pytest.fixture(scope="module")
def published(context: BrowserContext, voila: Site) -> Iterator[Kept]:
    with tempfile.TemporaryDirectory(prefix="cvj") as folder:
        SHOP.save(Path(folder, "money.toml"))
        made = f"dashboards.journey({folder!r})"
        link = voila.add("answers", renewable("from cvjkit import dashboards", made))
        kept = Kept(context, link, lambda page: make_anew(page, ".cvj-page"))
        yield kept
        kept.close()


@pytest.fixture(scope="module")
def opened(context: BrowserContext, jupyterlab: Site) -> Iterator[Kept]:
    SHOP.save(jupyterlab.folder / "money.toml")
    kept = Kept(context, jupyterlab.add("answers", *CELLS), anew_in_lab)
    yield kept
    kept.close()


@pytest.fixture(params=["published", "opened"])
def page(request: pytest.FixtureRequest, complaints: list[str]) -> Iterator[Page]:
    """The shop in the Designer, in a what-if."""
    kept: Kept = request.getfixturevalue(request.param)
    with kept.lent(complaints, request.node) as page:
        expect(page.get_by_label("Reached: Reach", exact=True)).to_have_value("10,000")
        choose_tab(page, "What if")
        yield page


def card(page: Page, name: str) -> Locator:
    return page.locator(f".cvj-part-{name}")


def types(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).focus()
    page.keyboard.type(text)


def figure(page: Page, name: str, part: str = "amount") -> Locator:
    return page.locator(f'[data-figure="{name}"] .cvj-{part}')


def test_a_stranger_asks_by_typing_only(page: Page) -> None:
    # What if conversion were 25% better, and what does it bring?
    types(page, "Step rate: Conversion", "6.25%")
    expect(figure(page, "Customers")).to_have_text("125")
    expect(figure(page, "Customers", "change")).to_have_text("+25 (+25%)")
    # 25 customers more, of whom each brings 15.
    expect(figure(page, "Profit")).to_have_text("EUR 875.00")
    expect(figure(page, "Profit", "change")).to_have_text("+375.00 (+75%)")
    expect(card(page, "sure")).to_contain_text("better than without the what-if: >99%.")
    # The picture shows how sure that is, at the scale at which it shows the people.
    tried = SHOP.scenario("Tried", {"stages.conversion.rate": 0.0625}).simulate(4000)
    people, low, high = tried.stages.loc["conversion", ["people", "people_low", "people_high"]]
    stage = page.locator('.sankey-node[data-node="conversion"]')
    expect(stage).to_have_attribute("data-text", re.compile(f"{low:.0f} to {high:.0f} people, "))
    bar, band = (
        one.evaluate(ACROSS)
        for one in (stage, page.locator('.sankey-band[data-stage="conversion"]'))
    )
    assert band == pytest.approx(
        [bar[0] + bar[1] * low / people, bar[1] * (high - low) / people], abs=1
    )
    # Is it the best thing to fix?
    expect(card(page, "first")).to_contain_text(
        "No step comes first: ten percent more at each of Acquisition and Conversion brings the "
        "same, EUR 187.50 of profit."
    )
    # What would 500 customers take?
    types(page, "At least", "500")
    expect(card(page, "goal")).to_contain_text("You need 40,000 people at Reach")
    expect(card(page, "goal")).to_contain_text("Conversion at 25% instead of 6.2%")
    expect(card(page, "goal")).to_contain_text("every rate on the way × 2")
    expect(card(page, "sure")).to_contain_text("the goal is reached, Customers at least 500: <1%.")
    # And it still holds, while the number is changed back.
    types(page, "Step rate: Conversion", "5%")
    expect(card(page, "goal")).to_contain_text("You need 50,000 people at Reach")
    expect(page.get_by_label("At least", exact=True)).to_have_value("500")
    # A rate can be typed as a range, and stays in its field as it was typed.
    page.keyboard.press("Control+a")
    page.keyboard.type("4% to 6%")
    expect(page.locator('[data-part="whatifs"]')).to_contain_text("set to 4% to 6%")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Step rate: Conversion", exact=True)).to_have_value("4% to 6%")
    expect(figure(page, "Customers")).to_have_text("100")


def test_an_answer_is_tried_kept_and_opened_again_by_typing_only(page: Page) -> None:
    types(page, "At least", "150")
    way = page.get_by_label("Try", exact=True)
    expect(way.locator("option")).to_have_text(
        [
            "Try a way",
            "15,000 at Reach",
            *("Acquisition at 30%", "Conversion at 7.5%"),
            "every rate × 1.22",
        ]
    )
    way.focus()
    page.keyboard.type("Conv")
    expect(figure(page, "Customers")).to_have_text("150")
    expect(way).to_have_count(0)
    # What was meant to be reached is: there is nothing more to try.
    expect(card(page, "goal")).to_contain_text("Customers now: 150: already reached.")
    types(page, "Name of this what-if", "A better offer")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name: A better offer", exact=True)).to_be_visible()
    expect(page.get_by_label("Name of this what-if", exact=True)).to_have_value("")
    types(page, "Step rate: Conversion", "5%")
    expect(figure(page, "Customers")).to_have_text("100")
    page.get_by_role("button", name="Open A better offer").press("Enter")
    expect(figure(page, "Customers")).to_have_text("150")


def test_every_figure_says_what_it_is_made_of_to_who_asks(page: Page) -> None:
    cac, panel = figure(page, "CAC"), page.get_by_role("dialog")
    cac.focus()
    cac.press("Enter")
    expect(panel).to_have_accessible_name("Cost of winning a customer (CAC): EUR 10.00")
    expect(panel).to_contain_text("EUR 1,000.00 / 100")
    assert panel.evaluate("one => getComputedStyle(one).userSelect") == "text"
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(cac).to_be_focused()
    # A name is explained to who points at it, and goes when the pointer goes.
    page.locator('[data-figure="LTV"] .cvj-heading').hover()
    expect(panel).to_have_accessible_name("Lifetime value (LTV): not known")
    panel.hover()
    page.locator('[data-figure="Customers"] .cvj-change').hover()
    expect(panel).to_have_accessible_name("First-time buyers (Customers): 100")
    page.get_by_label("Unit cost: Reach", exact=True).hover()
    expect(panel).to_have_count(0)
    # What a page that changes brings under a still pointer is not asked about: Escape would go
    # to its explanation, and not to the field that somebody is in.
    x, y = page.evaluate(BROUGHT_UNDER_THE_POINTER)
    expect(panel).to_have_count(0)
    page.mouse.move(x + 1, y)
    expect(panel).to_have_accessible_name("Lifetime value (LTV): not known")
    page.locator('[data-figure="LTV"] .cvj-heading').evaluate(
        "name => name.removeAttribute('style')"
    )
    page.get_by_label("Unit cost: Reach", exact=True).hover()
    expect(panel).to_have_count(0)
    # In the grid "?" asks, and so does the button beside the field; what is typed stays.
    rate = page.get_by_label("Step rate: Conversion", exact=True)
    rate.focus()
    page.keyboard.press("?")
    expect(panel).to_have_accessible_name("Rate into Conversion: 5%")
    expect(panel).to_contain_text("Rate of Everyone5%, counted")
    page.keyboard.press("Escape")
    expect(rate).to_be_focused()
    page.keyboard.type("10%")
    expect(figure(page, "Customers")).to_have_text("200")
    page.get_by_role("button", name="Explain Step rate: Conversion").click()
    expect(panel).to_contain_text("Rate of Everyone10%, typed")
    page.mouse.click(5, 400)
    expect(panel).to_have_count(0)


def test_a_bar_pressed_is_tried_out_and_a_key_takes_it_back(page: Page) -> None:
    bar = card(page, "first").locator('.cvj-bar[title$="try Conversion at 5.5%"]')
    bar.focus()
    bar.press("Enter")
    expect(figure(page, "Customers")).to_have_text("110")
    expect(page.get_by_label("Step rate: Conversion", exact=True)).to_have_value("5.5%")
    # The bars change places: the key works from the one that was pressed, wherever it is.
    bar = card(page, "first").locator('.cvj-bar[title$="try Conversion at 6.1%"]')
    expect(bar).to_be_focused()
    page.keyboard.press("Control+z")
    expect(figure(page, "Customers")).to_have_text("100")
    expect(page.get_by_role("radio", name="What if", exact=True)).to_be_checked()


def test_what_is_no_goal_is_said_beside_it_and_the_other_answers_stay(page: Page) -> None:
    types(page, "At least", "many")
    expect(card(page, "goal").locator(".cvj-message")).to_contain_text("many")
    expect(card(page, "first").locator(".cvj-bar")).to_have_count(2)
    types(page, "Step rate: Conversion", "10%")
    expect(card(page, "sure")).to_contain_text(">99%")
    expect(page.get_by_label("At least", exact=True)).to_have_value("many")


def test_money_over_time_is_drawn_with_the_day_on_which_it_is_back(page: Page) -> None:
    page.get_by_text("Over time", exact=True).click()
    chart = page.locator('[data-chart="cash"]')
    expect(chart.locator(".cvj-marks")).to_have_text("back on day 20")
    inside = chart.locator(".cvj-chart-plot").bounding_box()
    line = chart.locator("path").bounding_box()
    assert inside
    assert line
    assert line["width"] == pytest.approx(inside["width"], abs=12)
    assert inside["y"] - 2 <= line["y"] + 4
    assert line["y"] + line["height"] <= inside["y"] + inside["height"] + 6
    # No half of a wide page is blank: the lines stand beside the table of the same.
    for width, beside in ((1900, True), (1000, False)):
        set_width(page, width)
        table = card(page, "time").locator('[data-table="reached-by"]').bounding_box()
        drawn = chart.bounding_box()
        assert table
        assert drawn
        assert (width, drawn["x"] > table["x"] + table["width"]) == (width, beside)
        assert (width, drawn["y"] > table["y"] + table["height"]) == (width, not beside)


def test_a_budget_is_typed_and_divided(page: Page) -> None:
    page.get_by_text("Divide a budget", exact=True).click()
    types(page, "Money to spend", "300")
    types(page, "People at most: Everyone", "100k")
    types(page, "Spend that brings half of them: Everyone", "300")
    expect(page.get_by_label("People it brings: Everyone", exact=True)).to_have_value("50,000")


STARTERS = ROOT / "data/journeys"
ONE_SCREEN = (1440, 900)
SCREENS = (390, 768, 1024, 1920)
# What closes a sentence or a bracket, by the line it stands in and that of the figure before it.
PARTED = """() => [...document.querySelectorAll("button.cvj-term")].filter((button) => {
  const texts = document.createTreeWalker(button.closest("p, li, div"), NodeFilter.SHOW_TEXT);
  texts.currentNode = button;
  let text = texts.nextNode();
  while (text && (button.contains(text) || !text.data)) text = texts.nextNode();
  if (!text || !/^[)\\],.;:]/.test(text.data) || !button.getClientRects().length) return false;
  const sign = document.createRange();
  sign.setStart(text, 0);
  sign.setEnd(text, 1);
  return sign.getBoundingClientRect().top > [...button.getClientRects()].at(-1).bottom - 2;
}).map((button) => button.closest("p, li, div").textContent)"""


def outside_of(seen: dict[str, Locator], about: str) -> dict[tuple[str, str], Any]:
    """Find what is not on the first screen."""
    boxes = {name: one.bounding_box() for name, one in seen.items()}
    return {
        (about, name): box
        for name, box in boxes.items()
        if box is None
        or box["x"] < 0
        or box["y"] < 0
        or box["x"] + box["width"] > ONE_SCREEN[0]
        or box["y"] + box["height"] > ONE_SCREEN[1]
    }


def test_one_screen_holds_the_question_the_numbers_the_picture_and_the_answers(
    own_page: Page, voila: Site
) -> None:
    made = f"from cvjkit import dashboards\ndashboards.journey({str(STARTERS)!r})"
    question = "# What if?\n\nChoose a journey and type other numbers: the picture follows."
    own_page.goto(voila.add("at-once", question, made))
    seen = {
        "question": own_page.locator("h1"),
        "journey": own_page.get_by_label("Journey", exact=True),
        "strip": card(own_page, "figures"),
        "grid": own_page.locator('[data-table="stages"]'),
        "picture": own_page.locator(".cvj-flow .cvj-field"),
        "what it says": own_page.locator(".cvj-flow .cvj-summary"),
        "fix first": card(own_page, "first"),
        "goal": card(own_page, "goal"),
        "how sure": card(own_page, "sure"),
    }
    folds = ("steps", "time", "channels", "budget", "audit", "money", "ways", "segments", "guide")
    outside, aside, faults = {}, {}, {}
    for path in sorted(STARTERS.glob("*.toml")):
        own_page.set_viewport_size({"width": ONE_SCREEN[0], "height": ONE_SCREEN[1]})
        seen["journey"].select_option(path.name)
        expect(own_page.locator(".cvj-flow .cvj-title")).to_have_text(cvj.read_journey(path).name)
        expect(card(own_page, "first").locator(".cvj-bar")).to_have_count(4)
        expect(card(own_page, "sure")).to_contain_text("The chance that")
        for fold in folds:
            expect(card(own_page, fold)).not_to_have_attribute("open", "")
        # The widest letters there are: what fits in them fits in any.
        force_font(own_page, FONTS["wide"])
        outside |= outside_of(seen, path.name)
        if path.stem == "contact_lenses":
            # Nine stages and a what-if of two rates.
            for stage, rate in (("Close", "45%"), ("Educate", "85%")):
                types(own_page, f"Step rate: {stage}", rate)
            expect(card(own_page, "sure")).to_contain_text("better than without the what-if: <1%")
            expect(card(own_page, "first")).to_contain_text("85% → ")
            wait_until_drawn(own_page)
            outside |= outside_of(seen, "a what-if")
        for width in SCREENS:
            set_width(own_page, width)
            if (scrolled := own_page.evaluate("document.documentElement.scrollWidth")) != width:
                aside[path.name, width] = scrolled
            parts = own_page.locator(
                ".cvj-part:not(.cvj-part-numbers) > :is(summary, h2), .cvj-figure"
            )
            if found := [one for one in text_faults(parts) if any(one.values())]:
                faults[path.name, width] = found
    assert outside == {}
    assert aside == {}
    assert faults == {}


def test_a_fold_says_what_is_wrong_in_it_and_stays_as_it_was_left(page: Page) -> None:
    money = card(page, "money")
    expect(money.locator("summary")).to_contain_text("Box EUR 40.00")
    unfold(page, "Money")
    types(page, "Price: First order", "much")
    expect(money.locator("summary")).to_contain_text("1 to correct")
    # A fold is shut in spite of what is wrong, and says so still.
    money.locator("summary").press("Enter")
    expect(money).not_to_have_attribute("open", "")
    expect(money.locator("summary")).to_contain_text("1 to correct")
    types(page, "Step rate: Conversion", "10%")
    expect(figure(page, "Customers")).to_have_text("200")
    expect(money).not_to_have_attribute("open", "")
    unfold(page, "Money")
    types(page, "Price: First order", "50")
    expect(money.locator("summary")).to_contain_text("Box EUR 50.00")
    expect(money.locator("summary")).not_to_contain_text("to correct")
    for sheet in ("Worksheet", "Numbers"):
        choose_tab(page, sheet)
    expect(money).to_have_attribute("open", "")


def test_by_finger_every_figure_of_a_page_opens_what_it_is(
    browser: Browser, voila: Site, published: Kept
) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}, locale="en-GB"
    )
    page = context.new_page()
    page.goto(published.link)
    expect(card(page, "sure")).to_contain_text("with a probability of 90%")
    panel = page.get_by_role("dialog")
    for asks, title in (
        (card(page, "sure").locator(".cvj-notes .cvj-ask").first, "Profit"),
        (
            card(page, "goal").get_by_role("button", name="now: 100"),
            "(Customers): 100",
        ),
        (card(page, "first").locator(".cvj-asking").first, "ten percent more: profit it brings"),
    ):
        asks.tap()
        expect(panel).to_contain_text(title)
        expect(panel.locator("dl > div").first).to_be_visible()
        page.locator(".cvj-part-sure h2").tap()
        expect(panel).to_have_count(0)
    expect(card(page, "first").locator(".cvj-asking").first).to_have_attribute(
        "title", "Explain (? on the bar)"
    )
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    expect(page.locator('[data-table="reached-by"]')).to_be_visible()
    assert len(explained(page)) > 80
    # So does every figure of the page to decide with, those in its sentences among them.
    made = f"from cvjkit import dashboards\ndashboards.decide({str(STARTERS)!r})"
    page.goto(voila.add("decide-by-finger", made))
    expect(card(page, "sure")).to_contain_text("with a probability of 90%")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.get_by_label("Money to spend", exact=True).fill("2000")
    page.get_by_label(re.compile("^People at most: ")).first.fill("80000")
    page.get_by_label(re.compile("^Spend that brings half of them: ")).first.fill("500")
    expect(card(page, "budget")).to_contain_text("Spend EUR")
    assert len(explained(page)) > 80
    for name in ("time", "budget", "channels"):
        sentence = card(page, name).locator(".cvj-notes").first
        expect(sentence.locator(".cvj-ask").first).to_be_visible()
    # Whatever the width, no bracket or full stop begins a line without the figure it belongs to.
    for width in range(300, 480, 6):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(PARTED) == [], width
    context.close()
