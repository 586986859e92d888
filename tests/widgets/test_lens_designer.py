"""Typing in one framework while the others follow, on values."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.catalog.sources import disagreements
from cvjkit.publishing import dashboards
from cvjkit.widgets.compare_view import compare_document
from cvjkit.widgets.lens_designer import Lenses, _spread
from tests.widgets.hand import ANYTHING, deliver

STARTERS = Path(__file__).parents[2] / "data" / "journeys"
SHOP = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Shop")
TWO = cvj.Journey.from_counts(
    "eight", {"Ads": [9000, 900, 90, 60, 50, 30, 9, 4], "Blog": [1000, 100, 60, 30, 20, 10, 3, 1]}
)
TITLES = {framework.key: framework.name for framework in cvj.frameworks()}


class Visitor:
    """Somebody who types: what they do, and what they see."""

    def __init__(self, journey: cvj.Journey) -> None:
        self.lenses: Any = Lenses(journey)

    def does(self, text: str, *address: str, what: str = "type", language: str = "") -> Visitor:
        content = {"what": what, "view": "v", "number": 1, "run": 1, "language": language}
        content["edits"] = [[*address, text]]
        deliver(self.lenses._form, {"method": "custom", "content": content})
        return self

    def types(self, text: str, stage: str) -> Visitor:
        return self.does(text, "stages", stage, "reached")

    def chooses(self, text: str, field: str) -> Visitor:
        return self.does(text, "lenses", "lenses", field)

    def reads(self, framework: str) -> dict[str, str]:
        title = TITLES.get(framework, framework)
        row = next(row for row in self.picture["rows"] if row["title"] == title)
        return {bar["stage"]: bar["value"] for bar in row["bars"]}

    @property
    def picture(self) -> Any:
        return self.lenses._view.document["picture"]

    @property
    def part(self) -> Any:
        return self.lenses._form.document["parts"][0]

    def field(self, stage: str, column: str = "reached") -> Any:
        rows = {row["id"]: row for row in self.part["tables"][-1]["rows"]}
        return {field["id"]: field for field in rows[stage]["fields"]}[column]


@pytest.mark.parametrize("framework", ["five", "seven", "eight", "nine"])
def test_what_is_typed_into_a_framework_stands_in_all_that_count_it(framework: str) -> None:
    visitor = Visitor(SHOP).chooses(framework, "framework")
    paying = {"five": "conversion", "seven": "customer", "eight": "conversion", "nine": "close"}
    visitor.types("250", paying[framework])
    assert {visitor.reads(key)[stage] for key, stage in paying.items()} == {"250"}
    # What the others count is still counted, and not estimated from it.
    assert visitor.lenses.journey == SHOP.put("segments[0].counts.conversion", 250)
    assert visitor.reads("five") == {
        "reach": "210,600",
        "acquisition": "5,766",
        "conversion": "250",
        "retention": "161",
        "loyalty": "41",
    }


def test_a_number_that_the_design_does_not_count_makes_its_framework_the_design() -> None:
    visitor = Visitor(SHOP).chooses("eight", "framework").types("2000", "subscription")
    assert visitor.lenses.journey.framework.key == "eight"
    assert "is kept in" in visitor.part["notes"][0]


@pytest.mark.parametrize("path", sorted(STARTERS.glob("*.toml")), ids=lambda path: path.stem)
def test_no_counted_milestone_is_forgotten_when_one_count_changes(path: Path) -> None:
    journey = cvj.read_journey(path)
    for chosen in cvj.compare(journey).frameworks:
        visitor = Visitor(journey).chooses(chosen.key, "framework")
        before = {
            (row["title"], bar["stage"]): (bar["value"], bar["status"])
            for row in visitor.picture["rows"]
            for bar in row["bars"]
        }
        paid = next(stage.key for stage in chosen if stage.milestone == "first_payment")
        visitor.types("50", paid)
        assert visitor.reads(chosen.name)[paid] == "50"
        after = {
            (row["title"], bar["stage"]): (bar["value"], bar["status"])
            for row in visitor.picture["rows"]
            for bar in row["bars"]
        }
        changed = {at: value for at, value in after.items() if before[at] != value}
        assert set(changed.values()) == {("50", "exact")}


def test_estimates_follow_what_is_typed() -> None:
    visitor = Visitor(SHOP)
    before = visitor.reads("eight")["subscription"]
    after = visitor.types("9000", "acquisition").reads("eight")["subscription"]
    assert before == "≈ 1,908"
    assert after.startswith("≈ ")
    assert after != before


def test_all_that_the_file_knows_is_shown_whatever_is_chosen_or_typed() -> None:
    journey = cvj.read_journey(STARTERS / "coffee_subscription.toml")
    visitor = Visitor(journey)
    assert journey.framework.key == "full"
    assert visitor.lenses.journey == journey
    shown = [bar["status"] for row in visitor.picture["rows"] for bar in row["bars"]]
    assert set(shown) == {"exact"}
    for key in ("seven", "nine", "five"):
        visitor.chooses(key, "framework")
        assert visitor.lenses.journey == journey
    visitor.types("6000", "acquisition")
    assert visitor.reads("nine")["educate"] == "1,063"
    assert visitor.reads("nine")["attract_interest"] == "6,000"


def test_all_that_an_edit_changed_comes_back_with_undo_and_goes_again_with_redo() -> None:
    visitor = Visitor(SHOP)
    before = visitor.picture
    after = visitor.types("9000", "acquisition").picture
    assert visitor.does("", "steps", "steps", "undo").picture == before
    assert visitor.does("", "steps", "steps", "redo").picture == after


def test_undo_goes_back_to_the_framework_before_with_all_that_was_known() -> None:
    journey = cvj.read_journey(STARTERS / "coffee_subscription.toml")
    visitor = Visitor(journey)
    before = visitor.lenses._session.journey.framework.key
    visitor.chooses("nine", "framework").types("6000", "attract_interest")
    visitor.does("", "steps", "steps", "undo")
    assert visitor.lenses.journey == journey
    visitor.does("", "steps", "steps", "undo")
    assert visitor.lenses._session.journey.framework.key == before
    assert visitor.lenses.journey == journey


def test_a_pasted_table_is_laid_by_name_on_the_framework_that_is_typed_in() -> None:
    visitor = Visitor(SHOP)
    edits = [["stages", "reach", "reached", "Acquisition\t6000\t60%\nConversion\t90\t1.5%"]]
    content = {"what": "paste", "view": "v", "number": 1, "run": 1, "edits": edits}
    deliver(visitor.lenses._form, {"method": "custom", "content": content})
    assert visitor.reads("five")["acquisition"] == "6,000"


def test_a_wrong_number_says_what_is_wrong_and_the_last_good_picture_stays() -> None:
    visitor = Visitor(SHOP)
    before = visitor.picture
    visitor.types("-5", "acquisition")
    assert visitor.picture == before
    assert "must not be negative" in visitor.field("acquisition")["message"]
    assert visitor.types("9000", "acquisition").reads("nine")["attract_interest"] == "9,000"


@pytest.mark.parametrize(("language", "people"), [("en-GB", "1,200"), ("de-AT", "1,200,000")])
def test_a_number_is_read_in_the_language_of_its_typist(language: str, people: str) -> None:
    visitor = Visitor(SHOP).does("1.200k", "stages", "reach", "reached", language=language)
    assert visitor.reads("five")["reach"] == people


def test_what_is_typed_for_all_segments_is_spread_over_them_as_they_are() -> None:
    visitor = Visitor(TWO)
    assert visitor.types("2000", "engagement").reads("five")["acquisition"] == "2,000"
    ads, blog = visitor.lenses.journey.segments
    assert (ads.counts[1], blog.counts[1]) == (1800, 200)
    visitor.chooses("1", "segment").types("300", "engagement")
    assert visitor.reads("five")["acquisition"] == "2,100"
    assert visitor.chooses("all", "segment").field("engagement")["text"] == "2,100"


def test_a_plan_of_several_segments_is_typed_for_all_or_segment_by_segment() -> None:
    visitor = Visitor(TWO.planned())
    assert not visitor.field("engagement").get("fixed")
    visitor.chooses("0", "segment").does("50%", "stages", "engagement", "rate")
    assert visitor.reads("five")["acquisition"] == "4,600"


def test_the_picture_can_begin_later() -> None:
    visitor = Visitor(SHOP).chooses("first_payment", "begin")
    assert visitor.picture["marks"][0]["key"] == "first_payment"
    assert set(visitor.reads("five")) == {"conversion", "retention", "loyalty"}
    assert visitor.types("250", "conversion").picture["marks"][0]["key"] == "first_payment"


def test_a_framework_of_ones_own_can_be_typed_in_like_the_others() -> None:
    own = cvj.framework("five").rename({"reach": "Hear"}, key="ours", name="Ours")
    visitor = Visitor(cvj.Journey.from_counts(own, [900, 90, 9, 5, 1], name="Shop"))
    assert visitor.types("80", "acquisition").reads("nine")["attract_interest"] == "80"
    assert "Ours" in [row["title"] for row in visitor.picture["rows"]]
    visitor.chooses("nine", "framework").types("70", "attract_interest")
    assert visitor.reads("Ours")["acquisition"] == "70"


@pytest.mark.parametrize("path", sorted(STARTERS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_starter_can_be_typed_in_every_framework(path: Path) -> None:
    journey = cvj.read_journey(path)
    for chosen in cvj.compare(journey).frameworks:
        visitor = Visitor(journey).chooses(chosen.key, "framework")
        paid = next(stage.key for stage in chosen if stage.milestone == "first_payment")
        visitor.types("50", paid)
        assert visitor.lenses.journey.economics().customers == 50
        assert visitor.lenses._session.journey.framework == chosen


def test_the_document_holds_only_what_may_be_compared_and_names_no_winner() -> None:
    document = compare_document(cvj.compare(SHOP))
    labels = [row[0] for row in document["comparable"]["rows"]]
    assert "First-time buyers" in labels
    assert not any("step" in label.lower() for label in labels)
    said = str(document).lower()
    assert not any(word in said for word in ("better", "performs", "winner", "outperform"))


def test_where_the_documents_differ_is_said_at_the_stages_with_sources() -> None:
    found = compare_document(cvj.compare(SHOP))["disagreements"]
    assert [row["topic"] for row in found] == [question.topic for question in disagreements()]
    assert not re.search(r"\bC\d", str(found)), "a topic says what differs, a number does not"
    voice = next(row for row in found if row["topic"] == "Word of mouth")
    assert "Loyalty (Five-step" in voice["stages"]
    assert any("just that" in said and "line 30" in said for said in voice["positions"])


def test_the_dashboard_opens_all_starters_and_writes_nothing() -> None:
    before = {path: path.read_bytes() for path in STARTERS.iterdir()}
    page: Any = dashboards.compare(STARTERS)
    for name in (path.name for path in sorted(STARTERS.glob("*.toml"))):
        content = {"what": "type", "view": "v", "number": 1, "run": 1}
        edits = [["journeys", "journeys", "choose", name]]
        deliver(page._chooser, {"method": "custom", "content": {**content, "edits": edits}})
        assert page._lenses.journey.path.name == name
    assert {path: path.read_bytes() for path in STARTERS.iterdir()} == before


@pytest.fixture(scope="module")
def lenses() -> Lenses:
    return Lenses(SHOP)


@given(ANYTHING)
def test_whatever_a_visitor_sends_the_page_stands(lenses: Any, message: Any) -> None:
    before = lenses.get_state(), lenses._view.get_state()
    for widget in (lenses, lenses._view, lenses._form):
        deliver(widget, {"method": "custom", "content": message})
        deliver(widget, {"method": "update", "state": {"document": message, "children": message}})
    assert (lenses.get_state(), lenses._view.get_state()) == before


@given(
    st.integers(0, 10**9),
    st.lists(st.none() | st.integers(0, 10**6).map(float), min_size=1, max_size=5),
)
def test_people_spread_over_segments_are_whole_and_none_is_lost(
    people: int, counts: list[float | None]
) -> None:
    shared = [part or 0.0 for part in _spread(people, counts)]
    assert sum(shared) == people
    assert all(part >= 0 and part % 1 == 0 for part in shared)
