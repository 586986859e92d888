"""The live Sankey listens to Python only."""

from __future__ import annotations

from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.widgets.flow_view import FlowView
from tests.widgets.hand import deliver

ANYTHING: list[Any] = [
    *({"scale": "log"}, {"start": "awareness"}, {"start": 5}, {"scale": ["true"]}, {}),
    *({"scale": None}, {"start": {"a": 1}}, {"what": "type"}),
]
PLAN = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])


@pytest.mark.parametrize(
    "sent",
    [
        {"picture": {"nodes": 5}},
        {"theme": "dark"},
        {"picture": "<script>"},
        {"picture": None},
        {"theme": ["x"]},
    ],
)
def test_what_a_visitor_sends_changes_nothing_and_raises_nothing(
    sent: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    view = FlowView(PLAN.flow())
    picture, theme = view.picture, view.theme
    deliver(view, {"method": "update", "state": sent, "buffer_paths": []})
    # ipywidgets would print a traceback and go on.
    assert capsys.readouterr() == ("", "")
    assert view.picture == picture
    assert view.theme == theme
    view.show(PLAN.flow(), start="conversion")
    assert view.picture["nodes"][0]["id"] == "entry:conversion"


def test_a_reader_chooses_what_there_is_and_nothing_else() -> None:
    chosen: list[object] = []
    view = FlowView(PLAN.flow(), on_choice=lambda: chosen.append((view.start, view.scale)))
    for content in ANYTHING:
        deliver(view, {"method": "custom", "content": content})
    assert chosen == []
    for content in ({"scale": "true"}, {"start": "conversion"}, {"start": ""}):
        deliver(view, {"method": "custom", "content": content})
    assert chosen == [("", "true"), ("conversion", "true"), ("", "true")]
    assert view.picture["scale"] == "true"
    assert view.picture["layouts"]["h"]["breaks"] == ()
    empty = FlowView()
    deliver(empty, {"method": "custom", "content": {"scale": "true"}})
    assert empty.picture == {}


def test_a_stage_that_does_not_exist_leaves_the_last_picture() -> None:
    view = FlowView(PLAN.flow())
    picture = view.picture
    with pytest.raises(cvj.InputError, match="did you mean 'conversion'"):
        view.show(PLAN.flow(), start="convertion")
    assert view.picture == picture
