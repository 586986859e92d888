"""In a dark notebook a figure has no dark text, and no paper of its own."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.charts.decisions import decision_figure
from cvjkit.charts.following import following
from cvjkit.charts.over_time import standing

SHOP = cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 10], name="Shop")
SOLD = SHOP.with_offer("retention", price=9, margin=1).with_offer("conversion", price=9, margin=5)
DRAWN = {
    "sankey": lambda: cvj.sankey(SHOP),
    "funnel": lambda: cvj.funnel(SHOP),
    "comparison": lambda: cvj.compare(SHOP).figure(),
    "bars": lambda: decision_figure(SOLD.fix_first()),
    "lines": lambda: standing(SHOP.timeline(days=9)),
}
ASKS = "color:var(--jp-content-font-color"


def texts(figure: dict[str, Any]) -> list[str]:
    """What plotly writes on the paper."""
    layout = figure["layout"]
    found = [layout["title"]["text"], *(note["text"] for note in layout["annotations"])]
    for name, axis in layout.items():
        if "axis" in name and axis.get("visible", True):
            found += axis.get("ticktext", [axis.get("tickprefix", "")])
    return [text for text in found if text]


@pytest.mark.parametrize("name", DRAWN)
def test_every_text_asks_the_page_for_its_colour_and_the_paper_is_clear(name: str) -> None:
    shown = following(json.loads(DRAWN[name]().to_json()))
    assert all(ASKS in text.partition(">")[0] for text in texts(shown))
    assert shown["layout"]["paper_bgcolor"] == shown["layout"]["plot_bgcolor"] == "rgba(0,0,0,0)"
    for mark in shown["data"]:
        places = mark.get("textposition", ())
        assert places != "auto", "plotly would write with dark ink on dark paper"
        if mark["type"] == "bar" and not isinstance(places, str):
            written = zip(mark["text"], places, strict=True)
            assert all((ASKS in text) == (on == "outside") for text, on in written)
    alone = re.sub(r"var\([^()]*(\([^()]*\))?[^()]*\)", "", json.dumps(shown))
    assert not re.search("#33475b|#e3e8ed|#f1f4f6|color:#", alone)


def test_a_figure_on_other_paper_keeps_its_colours() -> None:
    for figure in (
        cvj.sankey(SHOP, theme="dark"),
        cvj.sankey(SHOP).update_layout(paper_bgcolor="white"),
    ):
        as_it_is = json.loads(figure.to_json())
        assert following(as_it_is) == as_it_is


def test_a_link_that_is_drawn_out_is_seen_through_no_paper_of_another_colour() -> None:
    shown = following(json.loads(cvj.sankey(SHOP).to_json()))
    fills = {mark["fillcolor"] for mark in shown["data"] if mark["meta"]["mark"] == "magnified"}
    assert fills == {"rgba(0,0,0,0)"}
