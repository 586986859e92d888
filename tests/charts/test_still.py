"""A figure as an image: everything on it, as valid XML, whatever it is called."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import plotly.io as pio
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.still import still

SHOP = cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 10], name="Shop")
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


def test_an_image_of_estimates_is_hatched() -> None:
    image = still(cvj.compare(SHOP).figure())
    patterns = {pattern.get("id") for pattern in drawn(image).iter(f"{SVG}pattern")}
    fills = {line.get("fill") for line in drawn(image).iter(f"{SVG}polyline")}
    assert patterns
    assert {f"url(#{name})" for name in patterns} <= fills


def test_what_is_drawn_lies_on_the_image() -> None:
    root = drawn(still(cvj.sankey(SHOP)))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for line in root.iter(f"{SVG}polyline"):
        for point in line.get("points", "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= width
            assert 0 <= y <= height


@given(st.text(st.characters(), min_size=1, max_size=30))
def test_whatever_a_name_holds_is_text_on_a_valid_image(name: str) -> None:
    root = drawn(still(cvj.sankey(SHOP.put("name", f"Shop {name}"))))
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
    for data in shown:
        assert data["image/svg+xml"].startswith("<svg")
        assert data["application/vnd.plotly.v1+json"]
    # Somebody has added marks that the image does not have.
    figure.add_bar(x=[1], y=[2])
    figure._ipython_display_()
    assert "image/svg+xml" not in shown[-1]
