"""A figure as an image: everything on it, as valid XML, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import plotly.io as pio
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.still import still

SHOP = cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 10], name="Shop")
Draw = Callable[[cvj.Journey], Any]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(image: str) -> ET.Element:
    return ET.fromstring(image)  # noqa: S314 - written by ourselves


def texts(image: str) -> list[str]:
    return ["".join(text.itertext()) for text in drawn(image).iter(f"{SVG}text")]


@pytest.mark.parametrize("orientation", ["h", "v"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_image_has_every_polygon_and_every_line_of_the_figure(
    orientation: str, theme: str
) -> None:
    figure = cvj.sankey(SHOP, orientation=orientation, theme=theme)  # type: ignore[arg-type] # both exist
    image = still(figure)
    assert len(list(drawn(image).iter(f"{SVG}polyline"))) == len(figure.data)
    written = texts(image)
    for said in ("Shop", "10,000", "Conversion", "move on"):
        assert said in written
    assert figure.layout.meta["summary"].split() in [
        [word for line in written[start:] for word in line.split()][:length]
        for length in [len(figure.layout.meta["summary"].split())]
        for start in range(len(written))
    ]


FIVE = [10_000, 2_000, 100, 40, 10]


@pytest.mark.parametrize("orientation", ["h", "v"])
@pytest.mark.parametrize("counts", [FIVE, [10_000, 2_000, None, 40, 0], [None] * 5])
def test_an_image_of_a_funnel_has_every_bar_and_every_text(
    orientation: str, counts: list[int | None]
) -> None:
    shop = cvj.Journey.from_counts("five", counts, name="Shop")
    figure = cvj.funnel(shop, orientation=orientation)  # type: ignore[arg-type] # both exist
    image = still(figure)
    bars = [
        bar
        for bar in drawn(image).iter(f"{SVG}polyline")
        if ":" in (bar.findtext(f"{SVG}title") or "")
    ]
    traces = [trace for trace in figure.data if trace.type == "funnel"]
    expected = []
    for trace in traces:
        axis, margin = figure.layout[f"xaxis{trace.xaxis[1:]}"], figure.layout.margin
        page = (figure.layout.width or 900) - margin.l - margin.r
        person = page * (axis.domain[1] - axis.domain[0]) / (axis.range[1] - axis.range[0])
        # Plotly draws none thinner than 2 px.
        expected += [max(number * person, 2) for number in trace.x if number is not None]
    widths = [max(xs) - min(xs) for xs in map(across, bars)]
    assert widths == pytest.approx(expected, abs=0.2)
    assert len({(max(xs) + min(xs)) / 2 for xs in map(across, bars)}) <= 1
    written = texts(image)
    for said in (*figure.layout.yaxis.ticktext, *(text for one in traces for text in one.text)):
        for line in re.sub("<(?!br)[^>]*>", "", said).split("<br>"):
            assert not line or line in written
    assert ("not known" in written) == (None in counts)


def test_the_bars_of_a_funnel_stand_one_below_the_other_and_lead_to_the_next() -> None:
    lines = list(drawn(still(cvj.funnel(SHOP))).iter(f"{SVG}polyline"))
    said = [line.findtext(f"{SVG}title") for line in lines]
    # A way from bar to bar in each of two sections, and from one to the other in two parts.
    assert (said.count(None), said.count("× 100")) == (1 + 2, 2)
    bars = [line for line, text in zip(lines, said, strict=True) if text and ":" in text]
    tops = [float(bar.get("points", "").split()[0].partition(",")[2]) for bar in bars]
    assert len(tops) == 5
    assert tops == sorted(tops)


def test_marks_look_as_on_the_figure() -> None:
    root = drawn(still(cvj.sankey(SHOP)))
    assert {line.get("stroke-dasharray") for line in root.iter(f"{SVG}polyline")} > {"4 3"}
    assert "600" in {word.get("font-weight") for word in root.iter(f"{SVG}tspan")}


def across(bar: ET.Element) -> list[float]:
    """The horizontal positions of a polygon's points."""
    return [float(point.partition(",")[0]) for point in bar.get("points", "").split()]


def test_guide_lines_are_where_the_figure_has_them() -> None:
    figure = cvj.compare(SHOP).figure()
    lines, margin = drawn(still(figure)).findall(f"{SVG}path"), figure.layout.margin
    assert len(lines) == len(figure.layout.shapes) > 0
    for line, shape in zip(lines, figure.layout.shapes, strict=True):
        x1, y1, x2, y2 = map(float, re.findall(r"[\d.]+", line.get("d", "")))
        assert (x1, y1) != (x2, y2)
        assert line.get("stroke") == shape.line.color
        assert (line.get("stroke-dasharray") == "none") == (shape.line.dash == "solid")
        # Within the margins: horizontally in shares of the width, vertically in pixels.
        width = figure.layout.width - margin.l - margin.r
        assert (x1, x2) == pytest.approx(
            [margin.l + width * x for x in (shape.x0, shape.x1)], abs=0.2
        )
        # The figure's height is a whole number of pixels, which its content need not be.
        assert (y1, y2) == pytest.approx([margin.t + y for y in (shape.y0, shape.y1)], abs=0.6)
    assert {shape.line.dash for shape in figure.layout.shapes} == {"solid", "dot"}


def test_text_is_turned_as_on_the_figure() -> None:
    figure = cvj.compare(SHOP).figure(shape="narrow")
    upright = [note for note in figure.layout.annotations if note.textangle]
    turned = [text for text in drawn(still(figure)).iter(f"{SVG}text") if text.get("transform")]
    assert len(upright) == len(turned) > 0
    for note, text in zip(upright, turned, strict=True):
        angle, x, y = map(float, re.findall(r"[-\d.]+", text.get("transform", "")))
        assert angle == note.textangle == -90
        # It turns about the point that it is written at.
        assert x == float(text.get("x", 0))
        assert abs(y - float(text.get("y", 0))) <= 2 * note.font.size


def test_how_much_is_magnified_stands_in_the_middle_of_its_box() -> None:
    root = drawn(still(cvj.sankey(SHOP)))
    (box,) = [rect for rect in root.iter(f"{SVG}rect") if rect.get("stroke")]
    x, y, width, height = (float(box.get(side, 0)) for side in ("x", "y", "width", "height"))
    (word,) = [text for text in root.iter(f"{SVG}text") if "".join(text.itertext()) == "× 100"]
    assert float(word.get("x", 0)) == pytest.approx(x + width / 2, abs=0.2)
    assert y < float(word.get("y", 0)) - 8 < float(word.get("y", 0)) < y + height


def test_an_image_of_estimates_is_hatched() -> None:
    image = still(cvj.compare(SHOP).figure())
    patterns = {pattern.get("id") for pattern in drawn(image).iter(f"{SVG}pattern")}
    fills = {line.get("fill") for line in drawn(image).iter(f"{SVG}polyline")}
    assert patterns
    assert {f"url(#{name})" for name in patterns} <= fills


@pytest.mark.parametrize("draw", [cvj.sankey, cvj.funnel])
def test_what_is_drawn_lies_on_the_image(draw: Draw) -> None:
    root = drawn(still(draw(SHOP)))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for line in root.iter(f"{SVG}polyline"):
        for point in line.get("points", "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height


@pytest.mark.parametrize("draw", [cvj.sankey, cvj.funnel])
@given(st.text(st.characters(), min_size=1, max_size=30))
def test_whatever_a_name_holds_is_text_on_a_valid_image(draw: Draw, name: str) -> None:
    root = drawn(still(draw(SHOP.put("name", f"Shop {name}"))))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "rect", "path", "polyline", "title", "text", "tspan"),
    }


def test_a_figure_is_displayed_with_its_image(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[dict[str, Any]] = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    monkeypatch.setattr(pio.renderers, "default", "plotly_mimetype")
    figure = cvj.sankey(SHOP)
    figure._ipython_display_()
    cvj.compare(SHOP).figure()._ipython_display_()
    cvj.funnel(SHOP)._ipython_display_()
    assert len(shown) == 3
    for data in shown:
        assert data["image/svg+xml"].startswith("<svg")
        assert data["application/vnd.plotly.v1+json"]
    # Somebody has added marks that the image does not have.
    figure.add_bar(x=[1], y=[2])
    figure._ipython_display_()
    assert "image/svg+xml" not in shown[-1]
