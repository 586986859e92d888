"""The live Sankey as its readers see it: legible at any width, current, and inert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Kept, Site, make_anew, renewable, run_all_cells
from tests.browser.fonts import FONTS, WIDTHS, force_font, set_width, text_faults

SETUP = """
import ipywidgets as widgets
import cvjkit as cvj
from cvjkit.widgets.flow_view import FlowView
"""
# From 1 in 10,000 to all; numbers of up to seven digits; ways back, repeats, skips, referrals.
GALLERY = """
def rates(framework, pattern):
    return [pattern[i % len(pattern)] for i in range(len(cvj.framework(framework)) - 1)]

def busy(framework):
    keys = cvj.framework(framework).keys
    plan = cvj.Journey.from_rates(framework, 14000, [0.4] * (len(keys) - 1), name="Busy")
    return (plan.with_transition(keys[2], keys[1], 0.2).with_transition(keys[3], keys[3], 0.3)
        .with_transition(keys[2], keys[4], 0.1).with_referral(keys[-1], to=keys[1], per_person=2))

frameworks = ["five", "seven", "eight", "nine", "full:time"]
patterns = {"tiny": [0.0001, 1, 0.5], "all": [1], "most": [0.95], "steady": [0.1, 0.5]}
plans = [cvj.Journey.from_rates(f, 1_234_567, rates(f, p), name=f"{f} {name}")
         for f in frameworks if f != "full:time" for name, p in patterns.items()]
full = cvj.framework("full:time").keys
branches = {key: 0.3 for key in full[1:]}
plans += [cvj.Journey.from_rates("full:time", 1_234_567, branches, name="full:time branches")]
plans += [cvj.Journey.from_rates("full:time", 90, branches, name="full:time, few people")]
halves = {key: 0.5 for key in full[1:]}
plans += [cvj.Journey.from_rates("full:time", 987_654_321, halves, name="full:time, the world")]
plans += [busy(f) for f in frameworks if f != "full:time"]
plans += [cvj.Journey.from_counts("five", [10000, 2000, 100, 3000, 10], name="Rising"),
          cvj.Journey.from_counts("eight", [900, 400, None, 90, 40, 9, None, None], name="Half"),
          cvj.Journey.from_counts("five", [0] * 5, name="Nobody")]
widgets.VBox([FlowView(plan.flow()) for plan in plans])
"""
HOSTILE = """
evil = {
    "reach": "<img src=x onerror=alert(1)>",
    "acquisition": 'quotes \\' " ` & </script><script>alert(2)</script>',
    "conversion": "long " * 100,
    "retention": "الاحتفاظ بالعملاء",
    "loyalty": "🎉 fans 🎉",
}
own = cvj.framework("five").rename(evil)
title = "<img src=x onerror=alert(3)>"
journey = cvj.Journey.from_counts(own, [10000, 2000, 100, 40, 10], name=title)
hostile = journey.with_transition("conversion", "reach", 0.1).flow()
"""
LIVE = """
def plan(people):
    return cvj.Journey.from_rates("five", people, [0.2, 0.05, 0.4, 0.25], name="Live").flow()

def live():
    people = widgets.IntText(10000, description="Reach")
    view = FlowView(plan(people.value))

    def follow(change):
        view.show(plan(change["new"]), base=plan(10000) if change["new"] else None)

    people.observe(follow, "value")
    return widgets.VBox([people, view])
"""
BROKEN = """
def broken():
    view = FlowView()
    view.picture = {"nodes": [{"id": "<img src=x onerror=alert(1)>"}], "layouts": {"h": 5}}
    mend = widgets.Button(description="Mend")
    mend.on_click(lambda _: view.show(plan(10000)))
    return widgets.VBox([mend, view])
"""
PLOTLY = """
import plotly.io
plotly.io.renderers.default = "plotly_mimetype"
shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
"""
FIGURES = ("cvj.sankey(shop)", "cvj.funnel(shop)", "cvj.compare(shop, ['five', 'eight']).figure()")
# Paper that is not the page's own, and texts whose contrast is less than AA asks for.
CONTRASTS = """() => {
  const numbers = color => color.match(/[0-9.]+/g).map(Number);
  const luminance = rgb => rgb.slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const groundOf = element => {
    for (let outer = element; outer; outer = outer.parentElement) {
      const ground = numbers(getComputedStyle(outer).backgroundColor);
      if (ground.length === 3 || ground[3] === 1) return ground;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const plot of document.querySelectorAll(".js-plotly-plot")) {
    const paper = plot.querySelector(".main-svg"), ground = groundOf(paper);
    if (ground.join() !== groundOf(plot.parentElement).join()) found.push(["paper", ground]);
    for (const text of plot.querySelectorAll(".annotation-text, .gtitle, .ytick text")) {
      for (const part of [text, ...text.querySelectorAll("tspan")]) {
        if (![...part.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
        const [red, green, blue, opacity = 1] = numbers(getComputedStyle(part).fill);
        const ink = [red, green, blue]
          .map((value, i) => value * opacity + ground[i] * (1 - opacity));
        const [dark, light] = [luminance(ink), luminance(ground)].sort((one, other) => one - other);
        const contrast = (light + 0.05) / (dark + 0.05);
        if (contrast < 4.5) found.push([part.textContent, contrast.toFixed(2), ground]);
      }
    }
  }
  return found;
}"""
# A4 and Letter, upright and lying, without the margins that browsers and the page leave, at 85% of
# the size [px].
PAPER_WIDTHS = (790, 816, 1176, 1099)
# A printer lays the page out at the width of its paper, and no script runs any more: all in one go.
PRINTED = """(figures, width) => figures.flatMap(figure => {
  const kept = figure.style.width, title = figure.querySelector(".cvj-title").textContent;
  figure.style.width = `${width}px`;
  const found = [], field = figure.querySelector(".cvj-field").getBoundingClientRect();
  if (field.width < 600) found.push([title, "is not as wide as the paper", field.width]);
  for (const label of figure.querySelectorAll(".label-stage")) {
    const bar = figure.querySelector(`.sankey-node[data-node="${label.dataset.stage}"]`);
    const [at, over] = [label.getBoundingClientRect(), bar?.getBoundingClientRect()];
    if (over?.height && figure.dataset.orientation === "h" && Math.abs(at.left - over.left) > 2)
      found.push([title, label.textContent, at.left - over.left]);
  }
  for (const shown of figure.querySelectorAll(".node-label > span, .sankey-node, .sankey-link")) {
    const { left, right } = shown.getBoundingClientRect();
    if (left < field.left - 1 || right > field.right + 1) found.push([title, shown.textContent]);
  }
  figure.style.width = kept;
  return found;
})"""
VIEWS = "widgets.VBox([FlowView(hostile), live(), broken()])"
TEXTS = """
figures => figures.map(figure => {
  const box = r => [r.left, r.top, r.right, r.bottom];
  const field = figure.querySelector(".cvj-field").getBoundingClientRect();
  const texts = [...figure.querySelectorAll(".node-label > span")].map(span => {
    const range = document.createRange();
    range.selectNodeContents(span);
    const all = span.getBoundingClientRect();
    const ink = range.getBoundingClientRect();
    const room = span.parentElement.getBoundingClientRect();
    const clipped = getComputedStyle(span).overflow !== "visible";
    const seen = clipped ? [Math.max(all.left, ink.left), Math.max(all.top, ink.top),
      Math.min(all.right, ink.right), Math.min(all.bottom, ink.bottom)] : box(ink);
    return {
      text: span.textContent, box: seen,
      isNumber: span.matches(".cvj-value, .cvj-note"),
      isCut: ink.left < room.left - 1 || ink.right > room.right + 1
        || (clipped && ink.bottom > all.bottom + 2),
      size: parseFloat(getComputedStyle(span).fontSize),
    };
  });
  const bars = [...figure.querySelectorAll(".sankey-node")].map(bar =>
    ({ text: bar.dataset.node, box: box(bar.getBoundingClientRect()) }));
  return { title: figure.querySelector(".cvj-title").textContent, field: box(field), texts, bars,
    orientation: figure.dataset.orientation };
})
"""


@pytest.fixture(scope="module")
def pictures(browser: Browser, voila: Site) -> Iterator[Kept]:
    """All pictures on one page, which every test sets to the width and the font it looks at."""

    def usual(page: Page) -> None:
        expect(page.locator("figure.cvj-flow")).to_have_count(26)
        force_font(page, FONTS["usual"])

    kept = Kept(browser, voila.add("gallery", SETUP, GALLERY), usual)
    yield kept
    kept.close()


@pytest.fixture
def gallery(
    pictures: Kept, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Locator]:
    with pictures.lent(complaints, request.node) as page:
        yield page.locator("figure.cvj-flow")


@pytest.fixture(scope="module")
def workshop(browser: Browser, voila: Site) -> Iterator[Kept]:
    """A page to work with."""
    link = voila.add("live", renewable(SETUP + HOSTILE + LIVE + BROKEN, VIEWS))
    kept = Kept(browser, link, lambda page: make_anew(page, "figure.cvj-flow"))
    yield kept
    kept.close()


@pytest.fixture
def views(
    workshop: Kept, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Locator]:
    with workshop.lent(complaints, request.node) as page:
        figures = page.locator("figure.cvj-flow")
        expect(figures).to_have_count(3)
        yield figures


def titled(views: Locator, title: str) -> Locator:
    return views.filter(has=views.page.get_by_text(title, exact=True)).first


def overlap(one: list[float], other: list[float]) -> bool:
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    )


def lines_that_collide(seen: dict[str, Any]) -> Iterator[tuple[str, str]]:
    texts = [text for text in seen["texts"] if text["text"]]
    for index, one in enumerate(texts):
        for other in [*texts[index + 1 :], *seen["bars"]]:
            if overlap(one["box"], other["box"]):
                yield one["text"], other["text"]


@pytest.mark.parametrize("font", list(FONTS))
def test_no_text_lies_on_another_and_no_number_is_cut(gallery, font):
    force_font(gallery.page, FONTS[font])
    faults, orientations = [], {}
    for width in (1920, 1440, 1024, 900, 768, 700, 390):
        set_width(gallery.page, width)
        pictures = gallery.evaluate_all(TEXTS)
        faults += [(width, seen["title"], *fault) for seen in pictures for fault in unclear(seen)]
        orientations[width] = {seen["orientation"] for seen in pictures}
    assert faults == []
    assert [width for width, found in orientations.items() if "h" not in found] == [390]
    assert orientations[390] == {"v"}


def unclear(seen: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Find texts of a picture that collide, stick out or are small, and numbers that are cut."""
    for pair in lines_that_collide(seen):
        yield ("collide", *pair)
    left, _, right, _ = seen["field"]
    for text in seen["texts"]:
        if text["isCut"] and text["isNumber"]:
            yield "is cut", text["text"]
        if text["text"] and (text["box"][0] < left - 1 or text["box"][2] > right + 1):
            yield "is outside", text["text"]
        if text["size"] < 10:
            yield "is small", text["text"]


@pytest.mark.parametrize("font", list(FONTS))
def test_names_are_whole_and_not_broken_within_a_word(gallery, font):
    force_font(gallery.page, FONTS[font])
    faults = {}
    for width in WIDTHS:
        set_width(gallery.page, width)
        for at, found in enumerate(text_faults(gallery)):
            if any(found.values()):
                faults[width, at] = found
    assert faults == {}


def test_the_leak_worth_most_is_drawn_darker_and_named(gallery):
    set_width(gallery.page, 1000)
    found = gallery.evaluate_all(
        """figures => figures.map(figure => ({
          named: figure.querySelector(".cvj-summary").textContent.includes("The leak worth most"),
          darker: [...figure.querySelectorAll(".sankey-link.kind-drop")]
            .filter(link => Number(getComputedStyle(link).fillOpacity) > 0.7).length,
        }))"""
    )
    assert [one["darker"] for one in found] == [int(one["named"]) for one in found]
    assert {one["named"] for one in found} == {True, False}


def test_the_page_does_not_scroll_sideways_on_a_phone(gallery):
    for family in FONTS.values():
        force_font(gallery.page, family)
        set_width(gallery.page, 390)
        assert gallery.page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_names_that_are_markup_are_text(views):
    hostile = titled(views, "<img src=x onerror=alert(3)>")
    expect(hostile.locator("img, script")).to_have_count(0)
    names = hostile.locator(".label-stage .cvj-name")
    expect(names.nth(0)).to_have_text("<img src=x onerror=alert(1)>")
    expect(names.nth(1)).to_have_text("quotes ' \" ` & </script><script>alert(2)</script>")
    expect(names.nth(4)).to_have_text("🎉 fans 🎉")
    expect(names.nth(3)).to_contain_text("الاحتفاظ بالعملاء")
    hostile.get_by_text("Show as table").click()
    expect(hostile.get_by_role("row")).to_have_count(6)
    expect(hostile.locator("img, script")).to_have_count(0)


def test_a_name_of_500_characters_is_cut_and_whole_in_its_title(views):
    label = titled(views, "<img src=x onerror=alert(3)>").locator(".label-stage").nth(2)
    assert label.bounding_box()["height"] <= 92
    assert label.get_attribute("title") == ("long " * 100).strip()
    expect(label).to_contain_text("100")


def test_the_picture_follows_the_keys(views):
    live = titled(views, "Live")
    expect(live.locator('.node-label[data-stage="reach"][data-kind="stage"]')).to_contain_text(
        "10,000"
    )
    field = views.page.get_by_label("Reach", exact=True)
    field.fill("20000")
    field.press("Enter")
    link = live.locator('path.sankey-link[data-source="reach"][data-target="acquisition"]')
    expect(link).to_have_attribute("data-people", "4000")
    expect(link).to_have_attribute("data-kind", "forward")
    # Half as thick as now, every stage and every way is outlined as it was.
    expect(live.locator("path.sankey-was")).to_have_count(9)
    expect(live.locator(".cvj-legend li").last).to_have_text("as it was")
    reach = live.locator('.node-label[data-stage="reach"][data-kind="stage"]')
    expect(reach).to_contain_text("20,000")
    expect(live.get_by_role("img")).to_have_accessible_name(
        live.locator(".cvj-summary").inner_text()
    )
    assert "20,000 people enter" in live.locator(".cvj-summary").inner_text()


def test_a_stage_that_nobody_reaches_any_more_loses_its_links(views):
    live = titled(views, "Live")
    expect(live.locator("path.sankey-link").first).to_be_visible()
    field = views.page.get_by_label("Reach", exact=True)
    field.fill("0")
    field.press("Enter")
    expect(live.locator("path.sankey-link")).to_have_count(0)
    expect(live.locator(".cvj-summary")).to_have_text(
        "Live: nobody enters yet, so there is no flow to show."
    )
    expect(live.locator(".cvj-legend li")).to_have_count(0)


def test_links_are_coloured_by_kind_and_the_legend_names_the_kinds_there_are(gallery):
    busy = titled(gallery, "Busy")
    drawn = busy.evaluate(
        """figure => Object.fromEntries([...figure.querySelectorAll(".sankey-link")].map(
            path => [path.dataset.kind, getComputedStyle(path).fill]))"""
    )
    legend = busy.evaluate(
        """figure => Object.fromEntries([...figure.querySelectorAll(".cvj-legend li")].map(
            item => [item.dataset.kind, getComputedStyle(item.firstChild).backgroundColor]))"""
    )
    assert legend == drawn
    assert len(drawn) == 8
    assert len(set(drawn.values())) == 8


def test_by_keyboard_arrows_go_from_stage_to_stage_and_through_the_ways_of_one(views):
    live, press = titled(views, "Live"), views.page.keyboard.press
    live.get_by_role("img").focus()
    tip = live.get_by_role("status")
    press("ArrowRight")
    expect(tip).to_have_text("Reach: 10,000 people; 8,000 leave, 80% of visits")
    press("ArrowRight")
    acquisition = "Acquisition: 2,000 people; 20% of previous stage, 20% of all; 1,900 leave"
    expect(tip).to_have_text(f"{acquisition}, 95% of visits")
    press("ArrowDown")
    expect(tip).to_have_text("Reach → Acquisition: 2,000 move on, 20% of visits")
    press("ArrowDown")
    expect(tip).to_have_text("Acquisition → Conversion: 100 move on, 5% of visits")
    press("ArrowLeft")
    expect(tip).to_contain_text("Reach: 10,000 people")
    press("ArrowLeft")
    expect(tip).to_contain_text("Loyalty: 10 people")
    press("Escape")
    expect(tip).to_be_hidden()


def test_a_stage_that_is_chosen_becomes_the_whole_and_the_scale_is_one_key_or_click_away(views):
    live, press = titled(views, "Live"), views.page.keyboard.press
    stages, tip = live.locator(".label-stage .cvj-name"), live.get_by_role("status")
    live.get_by_role("img").focus()
    for key in ["ArrowRight", "ArrowRight", "Enter"]:
        press(key)
    expect(stages.first).to_have_text("Acquisition")
    expect(tip).to_contain_text("the 2,000 who arrive there are drawn as the whole")
    live.get_by_role("button", name="All stages").click()
    expect(stages.first).to_have_text("Reach")
    live.locator('.sankey-node[data-node="conversion"]').click()
    expect(stages.first).to_have_text("Conversion")
    live.locator('.sankey-node[data-node="conversion"]').click()
    expect(stages.first).to_have_text("Reach")
    expect(live.get_by_role("button", name="All stages")).to_be_hidden()

    def thickness(stage):
        return live.locator(f'.sankey-node[data-node="{stage}"]').bounding_box()["height"]

    assert thickness("conversion") == pytest.approx(thickness("reach"), rel=0.01)
    live.get_by_role("img").focus()
    press("s")
    expect(tip).to_have_text("True to scale")
    assert live.locator(".cvj-factor").count() == 0
    assert thickness("acquisition") == pytest.approx(thickness("reach") / 5, rel=0.1)
    live.get_by_role("button", name="Each step from full height").click()
    expect(live.locator(".cvj-factor")).to_have_count(4)
    expect(live.get_by_role("button", pressed=True)).to_have_text("Each step from full height")


def test_pointing_at_a_link_says_what_it_is(views):
    live = titled(views, "Live")
    live.locator('path.sankey-link[data-kind="drop"]').first.hover()
    expect(live.get_by_role("status")).to_have_text("Reach: 8,000 leave, 80% of visits")


def test_a_picture_that_makes_no_sense_is_said_so_and_the_next_one_is_drawn(views):
    expect(views.last.locator(".cvj-summary")).to_have_text("This picture cannot be drawn.")
    expect(views.last.locator("img, script")).to_have_count(0)
    views.page.get_by_role("button", name="Mend").click()
    expect(views.last.locator("path.sankey-link")).to_have_count(10)
    expect(views.last.locator(".cvj-summary")).to_contain_text("Live: 10,000 people enter")


def test_printed_it_is_dark_on_white(views):
    live = titled(views, "Live")
    views.page.emulate_media(color_scheme="dark")
    views.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    expect(live).to_have_attribute("data-theme", "light")
    expect(live).to_have_css("background-color", "rgb(255, 255, 255)")


def test_on_paper_of_any_width_labels_stand_over_their_nodes_and_nothing_is_cut(gallery):
    gallery.page.evaluate("() => window.dispatchEvent(new Event('beforeprint'))")
    for width in PAPER_WIDTHS:
        assert gallery.evaluate_all(PRINTED, width) == []
    gallery.page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")


def test_in_jupyterlab_it_is_drawn_and_turns_dark_with_the_theme(page: Page, jupyterlab: Site):
    page.goto(jupyterlab.add("live", SETUP + LIVE + PLOTLY, "live()", *FIGURES))
    run_all_cells(page)
    live = page.locator("figure.cvj-flow")
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_count(3)
    assert page.evaluate(CONTRASTS) == []
    expect(live.locator("path.sankey-link")).to_have_count(10, timeout=60_000)
    expect(live).to_have_attribute("data-theme", "light")
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.locator(".lm-Menu").get_by_text("Theme", exact=True).hover()
    page.locator(".lm-Menu").get_by_text("JupyterLab Dark", exact=True).click()
    expect(live).to_have_attribute("data-theme", "dark")
    # What plotly has drawn follows, too, without being drawn again.
    assert page.evaluate(CONTRASTS) == []
    field = page.get_by_label("Reach", exact=True)
    field.fill("50000")
    field.press("Enter")
    expect(live.locator('.node-label[data-stage="reach"][data-kind="stage"]')).to_contain_text(
        "50,000"
    )
