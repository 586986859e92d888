"""The live Sankey as its readers see it: legible at any width, current, and inert."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import (
    ROOT,
    Kept,
    Site,
    choose_theme,
    make_anew,
    renewable,
    run_all_cells,
)
from tests.browser.contrast import pale, pale_in_plotly
from tests.browser.fonts import FONTS, force_font, set_width
from tests.browser.legible import illegible
from tests.browser.paper import LOWEST, paper_faults

SETUP = """
import ipywidgets as widgets
import cvjkit as cvj
from cvjkit.widgets.flow_view import FlowView
"""
# Drawn by chance, the same each time: from all to 1 in 100,000 people, with ways back, skips,
# repeats, referrals, numbers not known. And what chance might miss.
GALLERY = f"""
import random
from pathlib import Path
paths = sorted(Path({str(ROOT / "data" / "journeys")!r}).glob("*.toml"))
starters = [cvj.read_journey(path) for path in paths]
chance = random.Random(10)
frameworks = ["five", "seven", "eight", "nine", "full:time"]

def counted(name, framework):
    people, counts = 10 ** chance.uniform(3, 9), []
    for _ in framework:
        counts.append(round(people) if chance.random() < 0.9 else None)
        people = max(people / 10 ** chance.uniform(-0.2, 1.2), 1)
    return cvj.Journey.from_counts(framework, counts, name=name)

def planned(name, framework):
    rates = {{key: 0.5 / 10 ** chance.uniform(0, 1.2) for key in framework.keys[1:]}}
    plan = cvj.Journey.from_rates(framework, 10 ** chance.uniform(3, 7), rates, name=name)
    for source, target in {{tuple(chance.choices(framework.keys, k=2)) for _ in range(3)}}:
        if framework.index(target) != framework.index(source) + 1:
            plan = plan.with_transition(source, target, chance.uniform(0.001, 0.15))
    return plan.with_referral(framework.keys[-1], to=chance.choice(framework.keys), per_person=0.4)

def busy(framework):
    keys = cvj.framework(framework).keys
    plan = cvj.Journey.from_rates(framework, 14000, [0.4] * (len(keys) - 1), name="Busy")
    return (plan.with_transition(keys[2], keys[1], 0.2).with_transition(keys[3], keys[3], 0.3)
        .with_transition(keys[2], keys[4], 0.1).with_referral(keys[-1], to=keys[1], per_person=2))

plans = [make(f"{{key}} {{make.__name__}} by chance", cvj.framework(key))
         for key in frameworks for make in (counted, planned)]
plans += [cvj.Journey.from_rates("nine", 1_234_567, [1] * 8, name="All of them")]
full = cvj.framework("full:time").keys[1:]
plans += [cvj.Journey.from_rates("full:time", people, dict.fromkeys(full, rate), name=name)
          for people, rate, name in [(90, 0.3, "Few people"), (987_654_321, 0.5, "The world")]]
plans += [busy(f) for f in frameworks if f != "full:time"]
plans += [cvj.Journey.from_counts("five", [10000, 2000, 100, 3000, 10], name="Rising"),
          cvj.Journey.from_counts("eight", [900, 400, None, 90, 40, 9, None, None], name="Half"),
          cvj.Journey.from_counts("five", [0] * 5, name="Nobody")]

def view(plan):
    shown = FlowView(plan.flow())
    band = dict(low=0.5, high=1.8, text="Not sure.")
    shown.bands = dict(legend="90% range", stages=dict.fromkeys(plan.framework.keys, band))
    return shown

widgets.VBox([view(plan) for plan in plans + starters])
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
VIEWS = "widgets.VBox([FlowView(hostile), live(), broken()])"


@pytest.fixture(scope="module")
def pictures(context: BrowserContext, voila: Site) -> Iterator[Kept]:
    """All pictures on one page, which every test sets to the width and the font it looks at."""

    def usual(page: Page) -> None:
        expect(page.locator("figure.cvj-flow")).to_have_count(25)
        force_font(page, FONTS["usual"])

    kept = Kept(context, voila.add("gallery", SETUP, GALLERY), usual)
    yield kept
    kept.close()


@pytest.fixture
def gallery(
    pictures: Kept, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Locator]:
    with pictures.lent(complaints, request.node) as page:
        yield page.locator("figure.cvj-flow")


@pytest.fixture(scope="module")
def workshop(context: BrowserContext, voila: Site) -> Iterator[Kept]:
    """A page to work with."""
    link = voila.add("live", renewable(SETUP + HOSTILE + LIVE + BROKEN, VIEWS))
    kept = Kept(context, link, lambda page: make_anew(page, "figure.cvj-flow"))
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


# Each width in the widest letters and in one of the other fonts, and once in each theme; a phone is
# 390 or 360 px wide.
LOOKS = (
    *((width, "wide", "light") for width in (390, 1024, 1920)),
    *((width, font, "light") for width, font in ((768, "narrow"), (1440, "usual"))),
    *((width, "wide", "dark") for width in (768, 1440)),
    *((width, font, "dark") for width, font in ((360, "usual"), (1024, "monospace"))),
    (1920, "monospace", "dark"),
)
# What breaks each rule: of which element, which attribute, and what it then says.
BROKEN_RULES = [
    (".label-stage .cvj-note", "style", "font-size: 11px", '"start" is written in 11 px'),
    (".label-stage .cvj-value", "style", "width: 9px", '"14,000" is cut'),
    (".label-stage", "style", "left: -40px", '"14,000" is outside the picture'),
    (".label-stage", "style", "translate: 5px", "the label of reach is 5.0 px off its bar"),
    (".label-stage", "style", "translate: 0 150px", '"14,000" lies over the bar reach'),
    (".sankey-band", "transform", "translate(90 0)", "lies over the range of reach"),
    (".label-stage .cvj-note", "style", "letter-spacing: 70px", "overlapping: ['start', "),
    (".label-stage .cvj-name", "style", "width: 30px; height: 99px", "broken: Reach"),
    (".label-stage .cvj-name", "style", "width: 14px; height: 9px", "cut: Reach"),
    (".label-stage .cvj-note", "style", "color: #888", '"start" has a contrast of 3.5'),
    (".label-stage .cvj-note", "style", "background: #345", '"start" has a contrast of 1.'),
    (".sankey-node.kind-stage", "style", "fill: #aaa", "reach has a contrast of 2.3"),
    (".sankey-link", "style", "fill-opacity: 0.1", "14,000 enter has a contrast of 1.08"),
    (".sankey-node.kind-stage", "height", "5.9", "the stage reach is 5.9 px thick"),
    (
        ".sankey-link.kind-forward",
        "d",
        "M9,9C50,9 50,9 90,9L90,14C50,14 50,14 9,14Z",
        "5.0 px thick",
    ),
]


def test_every_picture_is_legible_at_any_width_in_any_font_and_in_either_theme(gallery):
    found = {}
    for width, font, theme in LOOKS:
        gallery.page.emulate_media(color_scheme=theme)
        force_font(gallery.page, FONTS[font])
        set_width(gallery.page, width)
        assert gallery.first.get_attribute("data-theme") == theme
        if faults := illegible(gallery) + pale(gallery):
            found[width, font, theme] = faults
        flat = gallery.locator('.cvj-field[data-orientation="h"]').count()
        assert bool(flat) == (width > 390)
        assert gallery.page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert found == {}


def test_what_breaks_a_rule_of_legibility_is_found_and_said(gallery):
    busy = titled(gallery, "Busy")
    assert illegible(busy) + pale(busy) == []
    for selector, name, value, said in BROKEN_RULES:
        one = busy.locator(selector).first
        before = one.get_attribute(name)
        broken = f"{before}; {value}" if name == "style" else value
        set_attribute = "(one, [name, value]) => one.setAttribute(name, value)"
        one.evaluate(set_attribute, [name, broken])
        faults = illegible(busy) + pale(busy)
        assert any(said in fault for fault in faults), (said, faults)
        one.evaluate(set_attribute, [name, before or ""])
    assert illegible(busy) == []


def test_on_paper_labels_stand_over_their_bars_at_9_points_and_nothing_is_cut(gallery):
    force_font(gallery.page, FONTS["wide"])
    assert paper_faults(gallery, LOWEST, largest_blank=1, look=illegible) == []
    expect(gallery.locator("[data-paper]")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_leak_worth_most_is_drawn_stronger_and_named(gallery, theme):
    gallery.page.emulate_media(color_scheme=theme)
    set_width(gallery.page, 1000)
    found = gallery.evaluate_all(
        """figures => figures.map(figure => ({
          named: figure.querySelector(".cvj-summary").textContent.includes("most worth mending"),
          darker: [...figure.querySelectorAll(".sankey-link.kind-drop")]
            .filter(link => Number(getComputedStyle(link).fillOpacity) > 0.7).length,
        }))"""
    )
    assert [one["darker"] for one in found] == [int(one["named"]) for one in found]
    assert {one["named"] for one in found} == {True, False}


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
    assert legend.pop("band")
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
    assert thickness("acquisition") == pytest.approx(thickness("reach") / 5, rel=0.01)
    live.get_by_role("button", name="Each step from full height").click()
    expect(live.locator(".cvj-factor")).to_have_count(4)
    expect(live.get_by_role("button", pressed=True)).to_have_text("Each step from full height")


def test_pointing_at_a_link_says_what_it_is(views):
    live = titled(views, "Live")
    live.locator('path.sankey-link[data-kind="drop"]').first.hover()
    more = "Ten percent more who go on to Acquisition bring 10 more customers."
    said = f"Reach: 8,000 leave, 80% of visits. {more}"
    expect(live.get_by_role("status")).to_have_text(said)


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


def test_in_jupyterlab_it_is_drawn_and_turns_dark_with_the_theme(page: Page, jupyterlab: Site):
    page.goto(jupyterlab.add("live", SETUP + LIVE + PLOTLY, "live()", *FIGURES))
    run_all_cells(page)
    choose_theme(page, "Light")
    live = page.locator("figure.cvj-flow")
    plots = page.locator(".js-plotly-plot")
    expect(plots.locator(".gtitle")).to_have_count(3)
    assert pale_in_plotly(plots) == []
    expect(live.locator("path.sankey-link")).to_have_count(10, timeout=60_000)
    expect(live).to_have_attribute("data-theme", "light")
    choose_theme(page, "Dark")
    expect(live).to_have_attribute("data-theme", "dark")
    # What plotly has drawn follows, too, without being drawn again.
    assert pale_in_plotly(plots) == []
    field = page.get_by_label("Reach", exact=True)
    field.fill("50000")
    field.press("Enter")
    expect(live.locator('.node-label[data-stage="reach"][data-kind="stage"]')).to_contain_text(
        "50,000"
    )
