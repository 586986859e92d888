"""A still copy holds what its widget shows, and nothing of it is markup of a user."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.publishing.dashboards import compare, journey
from cvjkit.widgets import still
from cvjkit.widgets.flow_view import FlowView
from cvjkit.widgets.lens_designer import Lenses
from tests.widgets.hand import JOURNEYS, SHOP, Hand

EVERY: dict[str, Callable[[], still.Kept]] = {
    "Designer": lambda: cvj.Designer(SHOP),
    "FlowView": lambda: FlowView(SHOP.flow()),
    "CompareView": lambda: cvj.CompareView(cvj.compare(SHOP)),
    "Lenses": lambda: Lenses(SHOP),
    "journey": lambda: journey(JOURNEYS),  # type: ignore[dict-item,return-value] # a page is one
    "compare": lambda: compare(JOURNEYS),  # type: ignore[dict-item,return-value] # a page is one
}


class Read(HTMLParser):
    """The tags, the texts and the images of a copy."""

    def __init__(self, copy: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.images: list[str] = []
        self.feed(copy)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            assert name in {"class", "src", "alt", "style", "scope"}
            if name == "src":
                kind, _, image = (value or "").partition(";base64,")
                assert kind == "data:image/svg+xml"
                self.images.append(base64.b64decode(image).decode())

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


class Notebook:
    """What a widget displays, and what becomes of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.outputs: list[dict[str, Any]] = []
        monkeypatch.setattr(still, "display", self._display)
        for name in (still.PUBLISHED, *still.APART):
            monkeypatch.delenv(name, raising=False)

    def _display(self, data: dict[str, Any], **options: Any) -> Any:
        self.outputs.append(data)
        return self if options.get("display_id") else None

    def update(self, data: dict[str, Any], **_: Any) -> None:
        self.outputs[-1] = data


@pytest.mark.parametrize("name", EVERY)
def test_a_widget_is_displayed_with_a_copy_of_its_picture_below(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = Notebook(monkeypatch)
    EVERY[name]()._ipython_display_()
    live, copy = notebook.outputs
    assert "application/vnd.jupyter.widget-view+json" in live
    assert list(copy) == ["text/html"]
    (image,) = Read(copy["text/html"]).images
    assert image.startswith("<svg")


@pytest.mark.parametrize("name", EVERY)
def test_a_published_page_has_no_copy(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(monkeypatch)
    monkeypatch.setenv(still.PUBLISHED, "True")
    EVERY[name]()._ipython_display_()
    (live,) = notebook.outputs
    assert "text/html" not in live


@pytest.mark.parametrize("variable", sorted(still.APART))
def test_where_no_style_sheet_hides_it_the_copy_is_part_of_the_output(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = Notebook(monkeypatch)
    monkeypatch.setenv(variable, "1")
    EVERY["Designer"]()._ipython_display_()
    (live,) = notebook.outputs
    assert Read(live["text/html"]).images
    assert "application/vnd.jupyter.widget-view+json" in live


def test_the_copy_shows_what_the_widget_showed_last(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook, hand = Notebook(monkeypatch), Hand(SHOP)
    hand.designer._ipython_display_()
    monkeypatch.setattr(still, "_executes_a_cell", lambda: True)
    hand.types("54321", "stages", "reach", "reached")
    copy = Read(notebook.outputs[-1]["text/html"])
    assert "54,321" in copy.texts
    assert "54,321" in copy.images[0]
    assert dict(zip(copy.texts, copy.texts[1:], strict=False))["CAC"] == hand.figure("CAC")[0]


def test_a_copy_that_cannot_be_drawn_leaves_the_widget(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(monkeypatch)
    monkeypatch.setattr("cvjkit.charts.still.still", lambda _: 1 / 0)
    monkeypatch.setattr("cvjkit.widgets.guard.get_ipython", object)
    EVERY["Designer"]()._ipython_display_()
    assert "application/vnd.jupyter.widget-view+json" in notebook.outputs[0]


HOSTILE = st.sampled_from(["<script>alert(1)</script>", '"><img src=x onerror=y>', "]]>", "&lt;"])


def test_headings_of_a_table_are_headings_and_text() -> None:
    table = str(still.still_table(["Figure", "<b>Shop</b>"], [("CAC", "25")]))
    heads = re.findall('<th scope="col">(.*?)</th>', table)
    assert heads == ["Figure", "&lt;b&gt;Shop&lt;/b&gt;"]


@settings(max_examples=10)
@given(HOSTILE | st.text(st.characters()))
def test_names_of_users_are_text_in_a_copy(name: str) -> None:
    shop = SHOP.put("name", f"Shop {name}").with_offer("conversion", name=f"Box {name}", price=4)
    again = shop.with_terms(name=f"Again {name}")
    together = cvj.CompareView(cvj.compare([shop, again]))
    for widget in (cvj.Designer(shop), cvj.CompareView(cvj.compare(shop)), together):
        copy = Read(str(widget.still()))
        assert copy.tags <= {"div", "img", "table", "thead", "tbody", "tr", "th", "td"}
        assert not re.search(
            r"<(?!/?(svg|rect|path|pattern|polyline|title|text|tspan)\b)", copy.images[0]
        )
