from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.comparison.explained import explain_comparable, explain_lens_stage
from cvjkit.comparison.shared import View
from cvjkit.widgets.compare_view import CompareView, compare_document, explained_in

STARTERS = sorted((Path(__file__).parents[2] / "data" / "journeys").glob("*.toml"))
COFFEE = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Coffee")
PLAN = cvj.Journey.from_rates("five", 10_000, [0.2, 0.05, 0.4, 0.25], name="Plan")


def view_of(journey: cvj.Journey) -> View:
    (view,) = cvj.compare(journey).views
    return view


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)
def test_each_number_of_each_lens_is_what_its_explanation_says(path: Path) -> None:
    view = view_of(cvj.read_journey(path))
    for lens in view.lenses:
        for stage in lens.stages:
            found = explain_lens_stage(view, stage)
            assert found.value == (None if stage.people is None else pytest.approx(stage.people))
            assert bool(found.reason) == (stage.people is None)
            origins = {one.origin for one in found.inputs}
            assert ("estimated" in origins) == (stage.status == "estimated")
            assert stage.why.rstrip(".") in found.meaning + found.reason


@pytest.mark.parametrize("journey", [COFFEE, PLAN], ids=["counted", "planned"])
def test_an_estimate_is_its_formula_with_its_numbers(journey: cvj.Journey) -> None:
    view, estimated = view_of(journey), 0
    for lens in view.lenses:
        for stage in lens.stages:
            if stage.status == "estimated":
                before, after, part, low, high = explain_lens_stage(view, stage).inputs
                assert before.value
                assert after.value is not None
                expected = before.value * (after.value / before.value) ** (part.value or 0)
                assert stage.people == pytest.approx(expected)
                assert (low.value, high.value) == (stage.low, stage.high)
                assert before.origin == ("counted" if journey is COFFEE else "derived")
                estimated += 1
    assert estimated > 4


@pytest.mark.parametrize("path", STARTERS, ids=lambda path: path.stem)
def test_what_may_be_compared_is_what_its_explanation_says(path: Path) -> None:
    comparison = cvj.compare(cvj.read_journey(path))
    for row in comparison.comparable.to_dict("records"):
        found = explain_comparable(comparison.views[0], row)
        is_known = row["status"] != "unknown"
        assert found.value == (pytest.approx(row["value"]) if is_known else None)
        assert bool(found.reason) != is_known
        if found.formula.count(" / ") == 1 and str(row["figure"]).startswith(("rate.", "cost_")):
            above, below = found.inputs
            assert (above.value or 0) / (below.value or 1) == pytest.approx(row["value"])


def test_a_number_of_the_journey_itself_says_where_it_comes_from() -> None:
    counted = explain_lens_stage(view_of(COFFEE), view_of(COFFEE).lenses[2]["conversion"])
    assert [(one.text, one.origin) for one in counted.inputs] == [("302", "counted")]
    planned = explain_lens_stage(view_of(PLAN), view_of(PLAN).lenses[2]["conversion"])
    assert {one.origin for one in planned.inputs} >= {"typed"}
    assert planned.title == "People at Conversion"


def test_all_that_a_page_shows_has_an_address_that_opens_it_under_its_own_text() -> None:
    other = cvj.read_journey(STARTERS[0])
    comparison = cvj.compare([COFFEE, other], ["five", "nine"])
    document, explains = compare_document(comparison), explained_in(comparison)
    shown: dict[tuple[str, str, str], str] = {}
    for at, row in enumerate(document["picture"]["rows"]):
        shown |= {("lens", str(at), bar["stage"]): bar["value"] for bar in row["bars"]}
    for cell in document["grid"]["cells"]:
        if cell["value"]:
            assert shown["lens", str(cell["column"]), cell["stage"]] == cell["value"]
    for _, *cells in document["comparable"]["rows"]:
        for at, cell in enumerate(cells):
            shown["comparable", str(at), cell["figure"]] = cell["value"]
    assert shown.keys() == explains.keys()
    for address, text in shown.items():
        title = explains[address]().title
        assert title.endswith((f": {text}", ": not known")), address


def test_a_question_that_a_page_sends_is_answered_and_no_other() -> None:
    view = CompareView(cvj.compare(COFFEE))
    question: dict[str, Any] = {"what": "explain", "view": "v", "number": 1}
    view._handle_custom_msg(question | {"about": ["lens", "2", "no such stage"]}, [])
    assert view.explanation == {}
    view._handle_custom_msg(question | {"about": ["lens", "2", "conversion"]}, [])
    assert view.explanation["title"] == "People at Conversion: 302"
