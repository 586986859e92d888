"""A visitor may send anything: nothing fails, and nothing changes that they may not change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.widgets.hand import (
    ANYTHING,
    SHOP,
    TWO,
    Hand,
    deliver,
    every_widget,
    shown_in_full,
)


@given(ANYTHING)
def test_a_message_that_means_nothing_does_nothing(message: object) -> None:
    hand = Hand(TWO)
    before = hand.designer._form.document
    for widget in every_widget(hand.designer):
        deliver(widget, message)
        deliver(widget, {"method": "custom", "content": message})
        deliver(widget, {"method": "update", "state": message, "buffer_paths": message})
    hand.sends("type", message).sends("paste", [message, ["stages", "reach", "rate", message]])
    assert hand.journey == TWO
    assert hand.designer._form.document["parts"] == before["parts"]


@given(ANYTHING, ANYTHING, ANYTHING)
def test_a_message_whose_envelope_is_odd_does_no_harm(view: Any, number: Any, run: Any) -> None:
    hand = Hand(TWO)
    content = {"what": "type", "view": view, "number": number, "run": run, "outside": number}
    for edit in (["stages", "reach", "unit_cost", "7"], ["head", "head", "undo", ""]):
        deliver(hand.designer._form, {"method": "custom", "content": {**content, "edits": [edit]}})
    shown_in_full(hand.designer)


@pytest.mark.parametrize(
    "state",
    [
        {"document": {"parts": []}, "picture": 5, "children": ["x"], "box_style": 7},
        {"_dom_classes": [1], "width": 5, "display": {}, "theme": "pink", "layout": None},
        {"_esm": "alert(1)", "_css": 3, "_view_name": None, "tooltip": 4},
    ],
)
def test_the_traits_of_a_widget_cannot_be_set_from_the_browser(state: dict[str, Any]) -> None:
    hand = Hand(SHOP)
    for widget in every_widget(hand.designer):
        before = widget.get_state()
        deliver(widget, {"method": "update", "state": state, "buffer_paths": []})
        assert widget.get_state() == before
