"""Plotly draws what the layout says: a figure opened as a page and measured."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import cvjkit as cvj
from cvjkit.charts.figures import funnel, sankey
from cvjkit.charts.layout import BAR
from cvjkit.charts.sankey import sankey_picture

HOSTILE = '<img src=x onerror=alert(1)> <a href="javascript:alert(2)">link</a> <b>bold</b> $x$'
MEASURED = """
() => {
  const box = r => [r.left, r.top, r.right, r.bottom];
  const texts = [...document.querySelectorAll(".annotation-text")].map(each =>
    ({ text: each.textContent, box: box(each.getBoundingClientRect()) }));
  const bars = [...document.querySelectorAll(".sankey-node .node-rect")].map(each =>
    box(each.getBoundingClientRect()));
  return { texts: texts.filter(each => each.text), bars };
}
"""
PLACES = """
() => {
  const plot = document.querySelector(".js-plotly-plot");
  const size = plot._fullLayout._size;
  const frame = plot.getBoundingClientRect();
  return [...document.querySelectorAll(".sankey-node .node-rect")].map(rect => {
    const at = rect.getBoundingClientRect();
    return {
      label: rect.__data__.node.label,
      x: ((at.left + at.right) / 2 - frame.left - size.l) / size.w,
      y: ((at.top + at.bottom) / 2 - frame.top - size.t) / size.h,
      width: at.width, height: at.height,
    };
  });
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
}


@pytest.fixture
def opened(page, tmp_path, complaints):
    def asked(dialog):
        complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on("dialog", asked)

    def open_(figure, width):
        path = tmp_path / "figure.html"
        figure.write_html(path, default_height=f"{figure.layout.height}px")
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        expect(page.locator(".js-plotly-plot .main-svg").first).to_be_visible()
        page.wait_for_function("() => document.querySelector('.js-plotly-plot')._fullLayout._size")
        page.wait_for_timeout(700)  # plotly moves its nodes into place for half a second
        return page

    return open_


def overlap(one, other):
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 1
        and min(one[3], other[3]) - max(one[1], other[1]) > 1
    )


@pytest.mark.parametrize("width", [1400, 900, 390])
@pytest.mark.parametrize("name", JOURNEYS)
def test_no_label_lies_on_another_or_on_a_bar(opened, name, width):
    figure = sankey(JOURNEYS[name](), orientation="h" if width > 390 else "v")
    seen = opened(figure, width).evaluate(MEASURED)
    assert len(seen["texts"]) >= len(JOURNEYS[name]().framework)
    for place, one in enumerate(seen["texts"]):
        for other in seen["texts"][place + 1 :]:
            assert not overlap(one["box"], other["box"]), (one["text"], other["text"])
        for bar in seen["bars"]:
            assert not overlap(one["box"], bar), one["text"]


@pytest.mark.parametrize("orientation", ["h", "v"])
@pytest.mark.parametrize("name", ["busy", "five of all", "seven", "rising"])
def test_plotly_draws_stages_where_and_as_thick_as_the_layout_says(opened, name, orientation):
    journey = JOURNEYS[name]()
    layout = sankey_picture(journey.flow()).layouts[orientation]
    width = 900 if orientation == "h" else 390
    drawn = {
        each["label"]: each
        for each in opened(sankey(journey, orientation=orientation), width).evaluate(PLACES)
    }
    for stage in journey.framework:
        place, seen = layout.places[stage.key], drawn[stage.name]
        people = journey.flow().stages.visits[stage.key] * layout.scale
        across, along = ("height", "width") if orientation == "h" else ("width", "height")
        if people > 3:
            assert seen[across] == pytest.approx(people, rel=0.03, abs=1)
        assert seen[along] == pytest.approx(BAR, abs=1)
        assert seen["x"] == pytest.approx(place.x, abs=0.01)
        assert seen["y"] == pytest.approx(place.y, abs=0.01)


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
