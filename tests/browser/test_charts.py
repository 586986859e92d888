"""Plotly draws what the layout says, legibly in any font: figures opened as pages and measured."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import pytest
from playwright.sync_api import expect

import cvjkit as cvj
from cvjkit.charts.figures import sankey
from cvjkit.charts.funnel import funnel
from cvjkit.charts.main_line import SHORTEST
from cvjkit.charts.sankey import sankey_picture
from cvjkit.charts.sketch import BAR
from tests.browser.conftest import Kept
from tests.charts.test_funnel import bars

HOSTILE = '<img src=x onerror=alert(1)> <a href="javascript:alert(2)">link</a> <b>bold</b> $x$'
# The widest common fonts, the usual one, a narrow and a monospace one.
FAMILIES = ["DejaVu Sans", "Liberation Sans", "Liberation Sans Narrow", "DejaVu Sans Mono"]
# Set in a font: the title, all notes and the names beside the funnel. Then the polygons.
MEASURED = """
async family => {
  const plot = document.querySelector(".js-plotly-plot");
  await Plotly.relayout(plot, { "font.family": family });
  await document.fonts.ready;
  const box = element => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return [left, top, right, bottom];
  };
  const written = ".annotation-text, .gtitle, .ytick text, .bartext";
  const texts = [...plot.querySelectorAll(written)].filter(text => text.textContent);
  const polygons = [...plot.querySelectorAll(".scatterlayer .trace")].map(trace => {
    const { meta, name } = plot.data.find(({ uid }) => trace.classList.contains(`trace${uid}`));
    return { meta, box: box(trace.querySelector(".js-fill, .js-line")) };
  });
  return {
    page: box(plot),
    font: getComputedStyle(texts[0]).fontFamily,
    texts: texts.map(text => ({ text: text.textContent, box: box(text) })),
    polygons,
  };
}
"""


def busy():
    return (
        cvj.Journey.from_rates("eight", 14000, [0.4] * 7, name="Busy")
        .with_transition("subscription", "engagement", 0.2)
        .with_transition("conversion", "conversion", 0.3)
        .with_transition("subscription", "excitement", 0.1)
        .with_referral("promotion", to="engagement", per_person=2)
    )


def plan(framework, rate):
    keys = cvj.framework(framework).keys
    return cvj.Journey.from_rates(framework, 1_234_567, dict.fromkeys(keys[1:], rate))


JOURNEYS = {
    "busy": busy,
    "five of all": lambda: plan("five", 1),
    "five tiny": lambda: plan("five", 0.0001),
    "seven": lambda: plan("seven", 0.5),
    "nine most": lambda: plan("nine", 0.95),
    "full": lambda: plan("full", 0.3),
    "rising": lambda: cvj.Journey.from_counts("five", [10000, 2000, 100, 3000, 10]),
    "half known": lambda: cvj.Journey.from_counts("five", [1000, None, 100, 40, None]),
    "the world": lambda: cvj.Journey.from_counts("nine", [987_654_321] * 9),
}


DRAW = """async figure => {
  const plot = document.querySelector(".js-plotly-plot");
  Plotly.purge(plot);
  const { width, height } = figure.layout;
  plot.style.width = width ? `${width}px` : "100%";
  plot.style.height = `${height}px`;
  await Plotly.newPlot(plot, figure.data, figure.layout, { responsive: true });
}"""


@pytest.fixture(scope="module")
def plotly(context, tmp_path_factory):
    """A page that has loaded plotly, five megabytes, once for all figures."""
    path = tmp_path_factory.mktemp("plotly") / "figure.html"
    go.Figure().write_html(path)

    def drawn(page):
        page.locator(".js-plotly-plot .main-svg").first.wait_for()

    kept = Kept(context, path.as_uri(), drawn)
    yield kept
    kept.close()


@pytest.fixture
def opened(plotly, complaints, request):
    with plotly.lent(complaints, request.node) as page:

        def open_(figure, width):
            for number, trace in enumerate(figure.data):
                trace.uid = f"n{number}"
            page.set_viewport_size({"width": width, "height": 900})
            page.evaluate(DRAW, json.loads(figure.to_json(remove_uids=False)))
            return page

        yield open_


def overlap(one, other):
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    )


def is_legible(seen, family):
    """No text is cut off at the page's edge, or lies on another or on what it does not name."""
    assert family in seen["font"]
    left, top, right, bottom = seen["page"]
    for number, one in enumerate(seen["texts"]):
        a, b, c, d = one["box"]
        assert a >= left - 1, (family, one["text"])
        assert c <= right + 1, (family, one["text"])
        assert b >= top - 1, (family, one["text"])
        assert d <= bottom + 1, (family, one["text"])
        for other in seen["texts"][number + 1 :]:
            assert not overlap(one["box"], other["box"]), (family, one["text"], other["text"])


@pytest.mark.parametrize("width", [1400, 900, 390])
@pytest.mark.parametrize("name", JOURNEYS)
def test_in_any_font_no_label_is_cut_or_lies_on_another_or_on_a_bar(opened, name, width):
    journey = JOURNEYS[name]()
    figure = sankey(journey, orientation="h" if width > 390 else "v")
    page = opened(figure, width)
    for family in FAMILIES:
        seen = page.evaluate(MEASURED, family)
        assert len(seen["texts"]) >= len(journey.framework)
        is_legible(seen, family)
        bars = [polygon for polygon in seen["polygons"] if polygon["meta"]["mark"] != "link"]
        drawn = {bar["meta"]["id"] for bar in bars if bar["meta"]["mark"] == "node"}
        assert drawn >= {node["id"] for node in figure.layout.meta["nodes"] if node["people"]}
        for text in seen["texts"]:
            # What is drawn out says itself how much.
            own = "magnified" if text["text"][0] in "×÷" else ""
            for bar in (bar for bar in bars if bar["meta"]["mark"] != own):
                assert not overlap(text["box"], bar["box"]), (family, text["text"], bar["meta"])


@pytest.mark.parametrize("width", [900, 390])
@pytest.mark.parametrize("name", ["busy", "five tiny", "seven", "the world", "half known"])
def test_a_funnel_is_legible_in_any_font_and_as_wide_as_its_axes_say(opened, name, width):
    figure = funnel(JOURNEYS[name](), orientation="h" if width > 390 else "v")
    page = opened(figure, width)
    given = page.evaluate("document.querySelector('.js-plotly-plot').clientWidth")
    expected = [wide for section in bars(figure, given) for _, wide in section]
    drawn = page.locator(".funnellayer .point path")
    widths = drawn.evaluate_all("all => all.map(bar => bar.getBoundingClientRect().width)")
    assert [wide for wide in widths if wide] == pytest.approx(expected, abs=1)
    for family in FAMILIES:
        is_legible(page.evaluate(MEASURED, family), family)


@pytest.mark.parametrize(("shape", "width"), [("wide", 1400), ("wide", 900), ("narrow", 390)])
def test_in_any_font_no_text_of_a_comparison_is_cut_or_lies_on_another(opened, shape, width):
    coffee = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Coffee")
    page = opened(cvj.compare(coffee).figure(shape=shape), width)
    for family in FAMILIES:
        is_legible(page.evaluate(MEASURED, family), family)


@pytest.mark.parametrize("orientation", ["h", "v"])
@pytest.mark.parametrize("name", ["busy", "five of all", "seven", "rising"])
def test_plotly_draws_stages_where_and_as_thick_as_the_layout_says(opened, name, orientation):
    journey = JOURNEYS[name]()
    layout = sankey_picture(journey.flow()).layouts[orientation]
    figure = sankey(journey, orientation=orientation)
    seen = opened(figure, 900 if orientation == "h" else 390).evaluate(MEASURED, FAMILIES[0])
    margin = figure.layout.margin
    stretch = (seen["page"][2] - seen["page"][0] - margin.l - margin.r) / layout.width
    drawn = {
        polygon["meta"]["id"]: polygon["box"]
        for polygon in seen["polygons"]
        if polygon["meta"]["mark"] == "node"
    }
    for stage in journey.framework:
        box, (left, top, right, bottom) = layout.boxes[stage.key], drawn[stage.key]
        assert left - seen["page"][0] - margin.l == pytest.approx(box.left * stretch, abs=1)
        assert top - seen["page"][1] - margin.t == pytest.approx(box.top, abs=1)
        assert right - left == pytest.approx(box.width * stretch, abs=1)
        assert bottom - top == pytest.approx(box.height, abs=1)
        assert min(right - left, bottom - top) >= min(BAR * stretch, SHORTEST) - 1


@pytest.mark.parametrize("draw", [sankey, funnel])
@pytest.mark.parametrize("orientation", ["h", "v"])
def test_names_that_are_markup_are_text(opened, draw, orientation):
    own = cvj.framework("five").rename(dict.fromkeys(cvj.framework("five").keys, HOSTILE))
    journey = cvj.Journey.from_counts(own, [10000, 2000, 100, 40, 10], name=HOSTILE)
    page = opened(draw(journey, orientation=orientation), 900 if orientation == "h" else 390)
    # Drawn, that is: plotly's own bar of buttons has a link to plotly.
    drawn = page.locator(".js-plotly-plot .main-svg")
    expect(drawn.locator(":is(img, image, a, script)")).to_have_count(0)
    expect(page.locator(".js-plotly-plot .gtitle")).to_contain_text("<img src=x onerror=alert(1)>")


def test_pointing_at_a_link_or_a_node_says_how_many_people_it_stands_for(opened):
    journey = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    page = opened(sankey(journey), 900)
    for polygon in page.evaluate(MEASURED, FAMILIES[0])["polygons"]:
        left, top, right, bottom = polygon["box"]
        if polygon["meta"].get("id") == "drop:reach":
            page.mouse.move((left + right) / 2, (top + bottom) / 2)
            said = page.locator(".hoverlayer .hovertext")
            expect(said).to_contain_text("Reach: 8,000 leave, 80% of visits. Ten percent more")
            return
    raise AssertionError("nobody leaves")
