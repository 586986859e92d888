"""Dashboards on values: which journeys they offer, and that they write nothing."""

from __future__ import annotations

import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.sankey import Picture, sankey_picture
from cvjkit.measurement.engine import Stopped
from cvjkit.publishing import dashboards
from tests.widgets.hand import ANYTHING, deliver

STARTERS = Path(__file__).parents[2] / "data" / "journeys"
SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
CHOOSE, BACK = ("journeys", "journeys", "choose"), ("journeys", "journeys", "back")


class Visitor:
    """Somebody who looks at the dashboard: what they do, and what they see."""

    def __init__(self, folder: Path | None = None) -> None:
        self.page: Any = dashboards.journey(folder)

    def does(self, text: str, *address: str) -> Visitor:
        grid = self.page._chooser if address[0] == "journeys" else self.page._designer._form
        content = {"what": "type", "view": "v", "number": 1, "run": 1}
        deliver(grid, {"method": "custom", "content": {**content, "edits": [[*address, text]]}})
        return self

    @property
    def parts(self) -> dict[str, Any]:
        return {part["id"]: part for part in self.page._chooser.document["parts"]}

    @property
    def choices(self) -> dict[str, str]:
        return dict(self.page._chooser.fields[CHOOSE].choices)

    @property
    def journey(self) -> cvj.Journey:
        journey = self.page._designer.journey
        assert isinstance(journey, cvj.Journey)
        return journey

    @property
    def people(self) -> list[float]:
        found: list[float] = self.journey.flow().stages["people"].to_list()
        return found

    def figure(self, name: str) -> str:
        parts = {part["id"]: part for part in self.page._designer._form.document["parts"]}
        return {figure: value for figure, value, _ in parts["figures"]["figures"]}[name]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a good journey, a broken one and something else."""
    SHOP.with_terms(description="A shop.").save(tmp_path / "shop.toml")
    (tmp_path / "broken.toml").write_text('schema_version = 1\nname = ""\n', encoding="utf-8")
    shutil.copy(tmp_path / "broken.toml", tmp_path / ".hidden.toml")
    (tmp_path / "notes.txt").write_text("not a journey", encoding="utf-8")
    return tmp_path


def test_a_page_that_opens_draws_its_picture_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[cvj.Flow] = []

    def drawing(flow: cvj.Flow, *more: Any, **named: Any) -> Picture:
        drawn.append(flow)
        return sankey_picture(flow, *more, **named)

    monkeypatch.setattr("cvjkit.widgets.flow_view.sankey_picture", drawing)
    visitor = Visitor(folder)
    assert drawn == [visitor.journey.flow()]


def test_a_broken_file_is_listed_with_what_is_wrong_and_the_others_open(folder: Path) -> None:
    visitor = Visitor(folder)
    assert visitor.choices == {
        "broken.toml": "broken.toml (cannot be opened)",
        "shop.toml": "Shop",
        "new": "New journey",
    }
    assert visitor.journey.name == "Shop"
    (about,) = visitor.parts["choose"]["articles"]
    assert about["lines"] == (("", "A shop."),)
    (note,) = visitor.parts["broken"]["notes"]
    assert note.startswith("broken.toml: ")
    assert "framework" in note
    assert visitor.does("broken.toml", *CHOOSE).journey.name == "Shop"


def test_where_a_file_lies_on_the_server_is_not_told(folder: Path) -> None:
    (folder / "nonsense.toml").write_bytes(b"\xff\xfe[")
    (folder / "nonsense.xlsx").write_bytes(b"PK")
    visitor = Visitor(folder)
    assert len(visitor.parts["broken"]["notes"]) == 3
    assert str(folder) not in str(visitor.parts)


def test_what_a_visitor_types_changes_no_file(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    visitor = Visitor(folder).does("5000", "stages", "acquisition", "reached")
    assert visitor.people == pytest.approx([10000, 5000, 250, 100, 25])
    assert visitor.journey.base.segments == SHOP.segments
    visitor.does("", "file", "file", "save")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("put", "said"),
    [
        ("stages.conversion.rate=7", "Conversion: 7 must be between 0 and 1"),
        ("stages.nope.rate=0.2", "Nope: 'nope' is not known"),
        ("intake_days=-3", "Intake period: -3 must not be negative"),
    ],
)
def test_what_a_link_cannot_change_is_told_by_its_name(folder: Path, put: str, said: str) -> None:
    visitor = Visitor(folder)
    visitor.page._followed(f"?journey=shop.toml&v=1&{put}")
    (note,) = visitor.parts["choose"]["notes"]
    assert note.startswith(f"{dashboards.NOT_TAKEN_UP} {said}")


def back_words(page: Any) -> tuple[str, str]:
    """What the button is called that goes back to the file, and what is said of it."""
    button = page._chooser.fields[BACK]
    return button.text, button.label


def test_the_button_back_says_what_becomes_of_what_was_typed_and_it_is_so(folder: Path) -> None:
    for page in (dashboards.journey, dashboards.compare, dashboards.decide):
        text, label = back_words(page(folder))
        assert (text, label.partition(".")[0]) == ("Back to the file", "Back to the file's numbers")
        assert "Undo brings it back" in label
        assert "Choosing another journey keeps it" in label
    visitor = Visitor(folder).does("new", *CHOOSE)
    text, label = back_words(visitor.page)
    assert (text, label.partition(".")[0]) == ("Begin again", "Begin again with an empty journey")
    visitor.does("500", "stages", "reach", "reached").does("", *BACK)
    assert np.isnan(visitor.people[0])
    assert visitor.does("", "head", "head", "undo").people[0] == 500


def test_the_files_numbers_come_back_as_the_file_is_by_then(folder: Path) -> None:
    visitor = Visitor(folder).does("5000", "stages", "acquisition", "reached").does("", *BACK)
    assert visitor.people == pytest.approx([10000, 2000, 100, 40, 10])
    cvj.read_journey(folder / "shop.toml").with_stage("loyalty", people=20).save()
    assert visitor.does("", *BACK).people == pytest.approx([10000, 2000, 100, 40, 20])
    undo = ("head", "head", "undo")
    assert visitor.does("", *undo).people == pytest.approx([10000, 2000, 100, 40, 10])
    assert visitor.does("", *undo).people == pytest.approx([10000, 5000, 250, 100, 25])


def test_a_file_that_is_gone_leaves_the_last_numbers_and_says_so(folder: Path) -> None:
    visitor = Visitor(folder)
    (folder / "shop.toml").unlink()
    assert visitor.does("", *BACK).journey.base.segments == SHOP.segments
    assert "shop.toml" in str(visitor.parts["broken"]["notes"])


def test_a_journey_is_first_seen_in_the_framework_it_asks_for(tmp_path: Path) -> None:
    shutil.copy(STARTERS / "coffee_subscription.toml", tmp_path)
    visitor = Visitor(tmp_path)
    whole = cvj.read_journey(STARTERS / "coffee_subscription.toml")
    assert whole.framework.key == "full"
    assert visitor.journey.framework.key == whole.view == "five"
    visitor.does("full", "head", "head", "framework")
    assert visitor.journey.base == whole


@pytest.mark.parametrize("name", sorted(path.name for path in STARTERS.glob("*.toml")))
def test_the_figures_are_the_same_through_every_framework(name: str, tmp_path: Path) -> None:
    shutil.copy(STARTERS / name, tmp_path)
    visitor, shown = Visitor(tmp_path), set()
    for key in ("five", "seven", "eight", "nine", "full"):
        visitor.does(key, "head", "head", "framework")
        assert visitor.journey.framework.key == key
        shown.add(tuple(map(visitor.figure, ("Customers", "CAC", "LTV", "Payback", "Profit"))))
    assert len(shown) == 1


def test_the_starter_journeys_all_open_and_say_that_they_are_illustrative() -> None:
    visitor = Visitor(STARTERS)
    assert len(visitor.choices) == 6
    assert "broken" not in visitor.parts
    for name in visitor.choices.keys() - {"new"}:
        visitor.does(name, *CHOOSE)
        assert "made up" in str(visitor.page._designer._form.document["parts"][0]["notes"])
        (about,) = visitor.parts["choose"]["articles"]
        assert about["lines"] == (("", visitor.journey.description),)


def test_without_a_folder_the_environment_or_the_nearest_above_is_taken(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CVJKIT_JOURNEYS", str(folder))
    assert Visitor().journey.name == "Shop"
    monkeypatch.delenv("CVJKIT_JOURNEYS")
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    (tmp_path / "data").mkdir()
    shutil.copytree(folder, tmp_path / "data" / "journeys", ignore=shutil.ignore_patterns("[ad]*"))
    monkeypatch.chdir(inside)
    assert Visitor().journey.name == "Shop"


@pytest.mark.parametrize("missing", [True, False])
def test_a_folder_without_journeys_is_answered_with_a_sentence(
    tmp_path: Path, missing: bool
) -> None:
    visitor = Visitor(tmp_path / "nowhere" if missing else tmp_path)
    (note,) = visitor.parts["choose"]["notes"]
    assert note.startswith("There is no journey to show yet")


def test_where_all_files_are_broken_all_are_listed(folder: Path) -> None:
    (folder / "shop.toml").unlink()
    visitor = Visitor(folder).does("broken.toml", *CHOOSE).does("", *BACK)
    assert len(visitor.parts["broken"]["notes"]) == 1
    SHOP.save(folder / "broken.toml", overwrite=True)
    assert visitor.does("broken.toml", *CHOOSE).journey.name == "Shop"
    assert "broken" not in visitor.parts


@pytest.fixture(scope="module")
def visitor() -> Visitor:
    return Visitor(STARTERS)


@given(ANYTHING, st.sampled_from([CHOOSE, BACK]))
def test_whatever_a_visitor_sends_the_dashboard_stands(
    visitor: Visitor, message: Any, address: Any
) -> None:
    page = visitor.page
    before = page.get_state(), page.layout.get_state()
    for widget in (page, page._chooser, page.layout, page._chooser.layout):
        deliver(widget, {"method": "custom", "content": message})
        deliver(widget, {"method": "update", "state": {"children": message, "width": message}})
    content = {"what": "type", "view": "v", "number": 1, "run": 1, "edits": [[*address, message]]}
    deliver(page._chooser, {"method": "custom", "content": content})
    assert (page.get_state(), page.layout.get_state()) == before
    assert visitor.choices


# --- the address and the files ----------------------------------------------------------------

RATE = ("stages", "acquisition", "rate")


def opens(visitor: Visitor, query: object) -> Visitor:
    share = visitor.page._share
    deliver(share, {"method": "custom", "content": {"what": "open", "query": query, "count": 1}})
    return visitor


def test_what_was_typed_is_in_the_address_and_a_new_kernel_takes_it_up(folder: Path) -> None:
    visitor = Visitor(folder).does("50%", *RATE)
    query = visitor.page._share.query
    assert query == "journey=shop.toml&v=1&stages.acquisition.rate=0.5"
    again = opens(Visitor(folder), f"?{query}&utm_source=mail")
    assert again.people == visitor.people
    assert (again.page._share.query, again.parts["choose"]["notes"]) == (query, ())
    assert again.does("", "head", "head", "undo").people == pytest.approx(
        [10000, 2000, 100, 40, 10]
    )


def test_whoever_turns_to_another_journey_and_back_finds_what_they_typed(folder: Path) -> None:
    SHOP.with_terms(name="Other").save(folder / "other.toml")
    visitor = Visitor(folder).does("shop.toml", *CHOOSE).does("50%", *RATE)
    typed = visitor.people
    assert visitor.does("other.toml", *CHOOSE).people == pytest.approx([10000, 2000, 100, 40, 10])
    assert visitor.page._share.query == "journey=other.toml"
    assert visitor.does("shop.toml", *CHOOSE).people == typed


def test_an_address_may_leave_out_the_suffix_of_a_file_where_one_file_is_meant(
    folder: Path,
) -> None:
    SHOP.with_terms(name="Other").save(folder / "other.toml")
    visitor = opens(Visitor(folder), "journey=other")
    assert (visitor.page._share.query, visitor.parts["choose"]["notes"]) == (
        "journey=other.toml",
        (),
    )
    SHOP.with_terms(name="Other").save(folder / "other.xlsx")
    [note] = opens(Visitor(folder), "journey=other").parts["choose"]["notes"]
    assert "is not known" in str(note)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("journey=../shop.toml", "is not known"),
        ("journey=/etc/passwd", "is not known"),
        ("journey=notes.txt", "is not known"),
        ("journey=broken.toml", "broken.toml cannot be opened"),
        ("journey=shop.toml&v=9", "does not know"),
        ("journey=shop.toml&stages.acquisition.rate=7", "must be between 0 and 1"),
        ("stages.nowhere.rate=0.5", "nowhere"),
        ("kept=[" * 4000, "kept"),
    ],
)
def test_an_address_that_leads_nowhere_is_told_and_costs_nothing(
    folder: Path, query: str, said: str
) -> None:
    visitor = opens(Visitor(folder), query)
    (note,) = visitor.parts["choose"]["notes"]
    assert said in note
    assert str(folder) not in str(visitor.parts)
    assert visitor.people == pytest.approx([10000, 2000, 100, 40, 10])
    assert visitor.does("50%", *RATE).page._share.query.endswith("stages.acquisition.rate=0.5")


@given(ANYTHING)
def test_a_message_about_the_address_that_means_nothing_does_nothing(message: Any) -> None:
    visitor = Visitor(STARTERS) if not VISITORS else VISITORS[0]
    VISITORS[:] = [visitor]
    deliver(visitor.page._share, {"method": "custom", "content": message})
    opens(visitor, message)
    share = {"method": "custom", "content": {"what": "file", "kind": message}}
    deliver(visitor.page._share, share)
    assert visitor.journey.flow() is not None


VISITORS: list[Visitor] = []


@pytest.mark.parametrize("kind", ["toml", "xlsx"])
def test_what_is_shown_can_be_taken_away_as_a_file(folder: Path, tmp_path: Path, kind: str) -> None:
    visitor = Visitor(folder).does("50%", *RATE)
    name, content = visitor.page._file(kind)
    assert name == f"shop.{kind}"
    taken = tmp_path / f"taken.{kind}"
    taken.write_bytes(content)
    journey = cvj.read_journey(taken)
    shown = journey.scenarios[0] if kind == "toml" else journey
    assert shown.flow().stages["people"].to_list() == pytest.approx(visitor.people)


def test_the_numbers_and_the_picture_can_be_taken_away(folder: Path) -> None:
    visitor = Visitor(folder).does("50%", *RATE)
    name, content = visitor.page._file("csv")
    assert (name, content.decode().splitlines()[0].split(",")[0]) == ("shop.csv", "stage")
    assert len(content.decode().splitlines()) == 6
    assert visitor.page._file("svg")[1].startswith(b"<svg")


def test_a_journey_begins_blank_and_shows_what_is_typed(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    visitor = Visitor(folder).does("new", *CHOOSE)
    assert visitor.journey.segments[0].counts == (None,) * 5
    fields = visitor.page._designer._form.fields
    assert not [field.message for field in fields.values() if field.message]
    visitor.does("eight", "head", "head", "framework")
    assert visitor.journey.framework.key == "eight"
    visitor.does("five", "head", "head", "framework")
    counts = {"reach": 900, "acquisition": 90, "conversion": 9, "retention": 5, "loyalty": 1}
    for stage, count in counts.items():
        visitor.does(str(count), "stages", stage, "reached")
    assert visitor.people == [900, 90, 9, 5, 1]
    visitor.page._followed("journey=new")
    assert not visitor.page._designer._session.is_what_if
    visitor = Visitor(folder).does("new", *CHOOSE)
    for stage, count in counts.items():
        visitor.does(str(count), "stages", stage, "reached")
    # Its address brings it back.
    query = visitor.page._share.query
    visitor.does("shop.toml", *CHOOSE)
    visitor.page._followed(query)
    assert visitor.people == [900, 90, 9, 5, 1]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


EVENTS = {"came": "reach", "bought": "conversion"}
LOG = (
    "person,time,event\n"
    "1,2026-01-05 10:00:00,came\n1,2026-01-06 10:00:00,bought\n2,2026-01-12 10:00:00,came\n"
)


def test_what_was_measured_stands_beside_its_plan(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    page: Any = dashboards.actual(tmp_path / "log.csv", "five", EVENTS, plan=SHOP)
    head, view, below = page.children
    (said, figures) = head.document["parts"]
    assert said["notes"][0].startswith(
        "Measured beside Shop: 1 at Conversion, where 100 were planned"
    )
    assert ["Customers", "1"] in [list(figure[:2]) for figure in figures["figures"]]
    assert "–" not in [value for _, value, _ in figures["figures"]]
    # No colour calls the difference better or worse: it may be chance.
    assert ["Customers", "-99 (-99%)", "planned 100", ""] in [*map(list, figures["changes"])]
    shown = [part["id"] for part in below.document["parts"]]
    assert shown == ["gap", "trend", "sensitivity", "log"]
    assert ("was", "planned, in Shop") in view.picture["legend"]
    assert any("(planned 100: -99" in node["text"] for node in view.picture["nodes"])
    assert not any("(was" in node["text"] for node in view.picture["nodes"])
    # It stays when somebody chooses another scale.
    deliver(view, {"method": "custom", "content": {"scale": "true"}})
    assert any("(planned 100: -99" in node["text"] for node in view.picture["nodes"])

    def trend() -> str:
        (part,) = (part for part in below.document["parts"] if part["id"] == "trend")
        return str(part["charts"][0]["title"])

    assert "Conversion" in trend()
    for text in ("reach", "nonsense"):
        edits = [["trend-of", "trend-of", "trend_stage", text]]
        content = {"what": "type", "view": "v", "number": 1, "run": 1, "edits": edits}
        deliver(below, {"method": "custom", "content": content})
        assert "Reach" in trend()
    assert "<svg" in page.image()
    assert "Measured" in str(page.still())


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("log", {"log": "none.csv"}, "none.csv"),
        ("plan", {"plan": "none.toml"}, "none.toml"),
        ("events", {"events": {"came": "nowhere"}}, "nowhere"),
        ("option", {"window": "7x"}, "7x"),
        ("option", {"widow": "7d"}, "widow"),
        ("framework", {"framework": "six"}, "six"),
    ],
)
def test_what_cannot_be_measured_is_one_sentence_on_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, change: dict[str, Any], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("log.csv").write_text(LOG, encoding="utf-8")
    given: Any = {"log": "log.csv", "framework": "five", "events": EVENTS, "plan": SHOP, **change}
    page: Any = dashboards.actual(**given)
    (form,) = page.children
    (part,) = form.document["parts"]
    assert part["title"] == "What was measured cannot be shown"
    (note,) = part["notes"]
    assert said in note, name
    assert "Traceback" not in note
    assert str(tmp_path) not in note


@pytest.mark.parametrize("content", ["", "person,time,event\n", "a,b\n1,2\n", '"1\n', "\x00\xff"])
def test_a_log_that_is_no_log_is_one_sentence_on_the_page(tmp_path: Path, content: str) -> None:
    (tmp_path / "log.csv").write_text(content, encoding="latin-1")
    page: Any = dashboards.actual(str(tmp_path / "log.csv"), "five", EVENTS, plan=SHOP)
    (part,) = page.children[0].document["parts"]
    assert len(part["notes"]) == 1
    assert "led to an error" not in part["notes"][0]


def test_who_stops_the_measuring_is_not_told_that_the_log_is_at_fault(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        dashboards.actual(tmp_path / "log.csv", "five", EVENTS, plan=SHOP, stop=stop)


def test_without_what_reads_logs_the_page_says_what_to_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, "cvjkit.measurement.duckdb_engine", raising=False)
    monkeypatch.setitem(sys.modules, "duckdb", None)
    page: Any = dashboards.actual("log.csv", "five", EVENTS, plan=SHOP)
    (part,) = page.children[0].document["parts"]
    assert 'type: pip install "cvjkit[measure]"' in part["notes"][0]
