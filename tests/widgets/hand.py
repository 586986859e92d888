"""Somebody at the fields of a form: what a browser would send, and what it shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.widgets.designer import Designer
from cvjkit.widgets.fields import Address, Field
from cvjkit.widgets.form import Form

JOURNEYS = Path(__file__).parents[2] / "data" / "journeys"
SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
PLAN = cvj.Journey.from_rates("five", 10000, [0.2, 0.05, 0.4, 0.25], name="Plan")
TWO = cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 80, 9, 6, 2]})
MONEY = (
    SHOP.with_terms(currency="EUR")
    .with_stage("reach", unit_cost=0.1)
    .with_offer("conversion", name="Box", price=40, margin=15)
    .with_offer("retention", name="Bag", price=40, margin=15, cycle_days=30, repeat_rate=0.8)
)

UNDO, REDO = ("head", "head", "undo"), ("head", "head", "redo")
FRAMEWORK = ("head", "head", "framework")
TAB, MODE = ("view", "view", "tab"), ("head", "head", "mode")
NUMBERS = ("segments", "0", "numbers")

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


class Hand:
    """Somebody at the fields of a designer: what the browser would send, and what it shows."""

    def __init__(self, *given: Any, **options: Any) -> None:
        self.designer = Designer(*given, **options)
        self.number, self.run = 0, 0
        self.language = ""

    def speaks(self, language: str) -> Hand:
        """Let the browser tell this language from now on."""
        self.language = language
        return self

    def types(self, text: str, *address: str) -> Hand:
        """Enter a field and type a text in one key press."""
        self.run += 1
        return self.goes_on(text, *address)

    def goes_on(self, text: str, *address: str) -> Hand:
        """Type on in the same field."""
        answers = self.designer._answers.form
        is_there = address in answers.fields
        return self.sends("type", [[*address, text]], answers if is_there else None)

    def presses(self, *address: str) -> Hand:
        return self.types("", *address)

    def pastes(self, block: str, row: str, column: str, table: str = "stages") -> Hand:
        """Paste a block as it is on the clipboard."""
        self.run += 1
        return self.sends("paste", [[table, row, column, block]])

    def escapes(self, *address: str) -> Hand:
        return self.sends("restore", [[*address, ""]])

    def resets(self, *address: str) -> Hand:
        """Press Escape in a field that a what-if changes, or what it says it was."""
        return self.sends("reset", [[*address, ""]])

    def sends(self, what: str, edits: Any, form: Form | None = None, **more: Any) -> Hand:
        self.number += 1
        content = {"what": what, "view": "v", "number": self.number, "run": self.run}
        content |= {"language": self.language, **more}
        form = self.designer._form if form is None else form
        deliver(form, {"method": "custom", "content": {**content, "edits": edits}})
        return self

    @property
    def journey(self) -> cvj.Journey:
        journey = self.designer.journey
        assert isinstance(journey, cvj.Journey)
        return journey

    @property
    def whole(self) -> cvj.Journey:
        """What is saved: without the what-if that is edited."""
        return self.designer._session.whole

    @property
    def counts(self) -> list[float | None]:
        return list(self.journey.segments[0].counts or ())

    @property
    def rates(self) -> list[float | None]:
        return list(self.journey.segments[0].rates or ())[1:]

    @property
    def addresses(self) -> list[Address]:
        return list(self.designer._form.fields)

    def part(self, name: str) -> dict[str, Any]:
        parts = {part["id"]: part for part in self.designer._form.document["parts"]}
        found: dict[str, Any] = parts[name]
        return found

    def table(self, name: str) -> dict[str, Any]:
        parts = self.designer._form.document["parts"]
        tables = {table["id"]: table for part in parts for table in part["tables"]}
        found: dict[str, Any] = tables[name]
        return found

    def field(self, *address: str) -> Field:
        table, row, column = address
        found: Field = self.designer._form.fields[table, row, column]
        return found

    def text(self, *address: str) -> str:
        return self.field(*address).text

    def message(self, *address: str) -> str:
        return self.field(*address).message

    def can_edit(self, *address: str) -> bool:
        return self.field(*address).edit is not None

    def figure(self, name: str) -> tuple[str, str]:
        return {name: (value, why) for name, value, why in self.part("figures")["figures"]}[name]

    def drawn(self) -> dict[str, str]:
        """The number at each stage of the picture."""
        nodes = self.designer._view.picture["nodes"]
        return {node["id"]: node["value"] for node in nodes if node["kind"] == "stage"}


def deliver(widget: Any, data: object) -> None:
    """Hand a widget what a browser has sent."""
    widget._handle_msg({"content": {"data": data}, "buffers": []})


def people(journey: cvj.Journey) -> list[float]:
    found: list[float] = journey.flow().stages["people"].to_list()
    return found


def shown_in_full(designer: Designer) -> None:
    """What the browser gets can be sent: no NaN, no half characters."""
    for document in (designer._form.document, designer._view.picture):
        json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")


def every_widget(designer: Designer) -> list[Any]:
    desk = designer.children[0]
    boxes = [designer, desk, *desk.children]
    return [*boxes, *(box.layout for box in boxes)]
