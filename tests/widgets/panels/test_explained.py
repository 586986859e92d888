from __future__ import annotations

import json
import re
from itertools import count
from typing import Any

import pytest
from hypothesis import given

import cvjkit as cvj
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import people_text
from cvjkit.widgets.fields import Address, Part, explained_in
from cvjkit.widgets.form import Form
from cvjkit.widgets.panels.budget import budget_part
from cvjkit.widgets.panels.entries import Asked
from cvjkit.widgets.panels.fix_first import fix_first_parts
from cvjkit.widgets.panels.goal import goal_part
from cvjkit.widgets.panels.how_sure import how_sure_part
from cvjkit.widgets.panels.over_time import over_time_part
from cvjkit.widgets.panels.side_by_side import side_by_side_part
from tests.widgets.hand import ANYTHING, JOURNEYS, MODE, MONEY, SHOP, TWO, Hand, deliver

NUMBERS = count(1)


def asked(form: Form, *about: str) -> dict[str, Any]:
    """What the browser gets when somebody wants to know."""
    number = next(NUMBERS)
    content = {"what": "explain", "view": "v", "number": number, "about": about}
    deliver(form, {"method": "custom", "content": content})
    explanation: dict[str, Any] = form.explanation
    assert (explanation["view"], explanation["number"]) == ("v", number)
    return explanation


def questions(form: Form) -> list[Address]:
    """All that the browser shows a button for."""
    found: list[Address] = []
    for part in form.document["parts"]:
        found += [(part["id"], "", "")] if part.get("explains") else []
        found += [(part["id"], *about) for about in part.get("explained", ())]
        for table in part["tables"]:
            found += [(table["id"], "", column) for column in table.get("explained", ())]
            for row in table["rows"]:
                found += [
                    (table["id"], row["id"], field["id"])
                    for field in row["fields"]
                    if field.get("explains")
                ]
    return found


def is_shown_as(title: str, shown: str) -> bool:
    """Tell whether a page shows what is explained: people whole, shares as others beside them."""
    exact = title.rpartition(": ")[2]
    if re.fullmatch(r"[\d,.]+", exact):
        return shown == people_text(float(exact.replace(",", "")))
    if re.fullmatch(r"[\d.]+%", exact) and "." in shown:
        return shown == f"{float(exact[:-1]):.{len(shown.partition('.')[2]) - 1}f}%"
    return shown == exact


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.toml")), ids=lambda path: path.stem)
def test_what_is_explained_is_what_is_shown(path: Any) -> None:
    hand = Hand(cvj.read_journey(path))
    for mode in ("counted", "what_if"):
        hand.types(mode, *MODE)
        form = hand.designer._form
        figures = {name: value for name, value, _ in hand.part("figures")["figures"]}
        assert {about[2] for about in questions(form) if about[0] == "figures"} == set(figures)
        for about in questions(form):
            title = asked(form, *about)["title"]
            if about[0] == "figures":
                assert is_shown_as(title, figures[about[2]])
            elif about[2] in {"reached", "rate"}:
                assert is_shown_as(title, hand.text(*about) or "not known")


def test_nothing_is_explained_before_it_is_asked_for() -> None:
    hand = Hand(MONEY)
    assert "EUR 1,000.00 / 100" not in json.dumps(hand.designer._form.document)
    assert hand.designer._form.explanation == {}
    found = asked(hand.designer._form, "figures", "figures", "CAC")
    assert found["title"] == "Cost of winning a customer (CAC): EUR 10.00"
    assert ("With the numbers", "EUR 1,000.00 / 100") in found["lines"]
    assert found["lines"][-1] == ("Customers", "100, derived: people at the first payment")


def test_a_segment_that_is_shown_is_what_is_explained() -> None:
    hand = Hand(TWO).types("1", "view", "view", "tab")
    found = asked(hand.designer._form, "stages", "conversion", "rate")
    assert found["title"] == "Rate into Conversion of Blog: 11.2%"
    assert ("People at Conversion", "9, counted") in found["lines"]
    plan = Hand(MONEY).types("what_if", *MODE).types("6.25%", "stages", "conversion", "rate")
    title = asked(plan.designer._form, "stages", "conversion", "rate")["title"]
    assert title == "Rate into Conversion: 6.25%"


def test_what_a_what_if_changes_is_said_in_units_points_and_percent() -> None:
    hand = Hand(MONEY).types("what_if", *MODE).types("6.25%", "stages", "conversion", "rate")
    hand.presses("keep", "keep", "keep")
    form = hand.designer._form
    changed = {
        ("stages", "conversion", "rate"): "5%; changed by +1.2 points, +25%",
        ("stages", "conversion", "reached"): "100; changed by +25 (+25%)",
        ("figures", "figures", "CAC"): "EUR 10.00; changed by -2.00 (-20%)",
        ("kept", "0", "customers"): "100; changed by +25 (+25%)",
    }
    for about, words in changed.items():
        assert dict(asked(form, *about)["lines"])["Without the what-if"] == words
    for same in (("stages", "reach", "reached"), ("sides", "conversion", "base")):
        assert "Without the what-if" not in dict(asked(form, *same)["lines"])


def test_a_figure_that_is_not_known_says_why_and_symbols_say_what_they_are() -> None:
    found = asked(Hand(SHOP).designer._form, "figures", "figures", "CAC")
    assert found["title"] == "Cost of winning a customer (CAC): not known"
    assert dict(found["lines"])["Not known"].startswith("no cost is typed")
    words = repr(MONEY.explain("orders_per_customer"))
    assert "1 + 40% / (1 - 80%), where q is the share who buy again, r is" in words


def test_each_figure_of_the_economics_is_on_the_page_once_and_opens_its_explanation() -> None:
    hand = Hand(TWO).types("1", "view", "view", "tab")
    shown = {part: dict_of(hand, part) for part in ("figures", "money")}
    assert sum(map(len, shown.values())) == len(FIGURES)
    for part, figures in shown.items():
        for name, value in figures.items():
            title = asked(hand.designer._form, part, "figures", name)["title"]
            assert title.endswith(f" of Blog: {'not known' if value == '–' else value}")


def dict_of(hand: Hand, part: str) -> dict[str, str]:
    return {name: value for name, value, _ in hand.part(part)["figures"]}


def test_what_ifs_and_segments_side_by_side_open_what_each_number_is() -> None:
    hand = Hand(MONEY).types("what_if", *MODE).types("6.25%", "stages", "conversion", "rate")
    hand.presses("keep", "keep", "keep")
    form = hand.designer._form
    asks = questions(form)
    assert ("kept", "0", "cac") in asks
    assert ("kept", "", "cac") in asks
    assert asked(form, "kept", "", "ltv_to_cac")["title"].startswith("Lifetime value to cost")
    for about in asks:
        if about[0] in {"kept", "sides"} and about[1]:
            assert is_shown_as(asked(form, *about)["title"], hand.text(*about))
    assert asked(form, "sides", "conversion", "0")["title"] == "People at Conversion: 125"
    assert asked(form, "sides", "conversion", "base")["title"] == "People at Conversion: 100"
    part = side_by_side_part(Asked(TWO, None, {}))
    assert part is not None
    (table,) = part.tables
    for row in table.rows:
        explained = {one.column: one for one in row.fields if one.explain is not None}
        assert {"0", "1"} <= set(explained)
        for one in explained.values():
            assert one.explain is not None
            of = "" if row.name == "All segments" else f" of {row.name}"
            title = one.explain().title
            assert title.endswith(f"{of}: {'not known' if one.text == '–' else one.text}")
    assert table.explains["1"]().title == "First-time buyers (Customers)"


def test_the_answers_open_the_figure_of_the_goal_and_the_rates_of_the_steps() -> None:
    goal = goal_part(Asked(MONEY, None, {("goal", "goal", "figure"): "cac"}))
    now = goal.explains["note 0", "now: EUR 10.00"]()
    assert now.title == "Cost of winning a customer (CAC): EUR 10.00"
    people = goal_part(Asked(MONEY, None, {("goal", "goal", "figure"): "retention"}))
    assert people.explains["note 0", "now: 40"]().title == "People at Retention: 40"
    _, steps = fix_first_parts(Asked(MONEY, None, {}))
    (table,) = steps.tables
    (rate,) = [
        one
        for row in table.rows
        for one in row.fields
        if one.column == "rate" and row.id == "conversion"
    ]
    assert rate.explain is not None
    assert rate.explain().title == f"Rate into Conversion: {rate.text}"


BUDGET = {
    ("budget", "budget", "money"): "2000",
    **{("responses", str(at), "most"): "8000" for at in range(3)},
    **{("responses", str(at), "half"): "700" for at in range(3)},
    ("aims", "conversion", "target"): "30%",
}


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.toml")), ids=lambda path: path.stem)
def test_every_figure_of_every_answer_opens_what_it_is(path: Any) -> None:
    journey = cvj.read_journey(path)
    asked_ = Asked(journey, journey, BUDGET, try_out=lambda _: None)
    sure = journey.simulate(300)
    parts = [*fix_first_parts(asked_), goal_part(asked_), how_sure_part(sure, sure)]
    parts += [over_time_part(asked_), budget_part(asked_)]
    parts += [part for part in [side_by_side_part(asked_)] if part is not None]
    for part in parts:
        fields_open(part)
        notes_and_lines_open(part)
        if part.id in {"time", "budget", "channels"}:
            assert figures_left(part) == []
        assert {("charts", chart.id) for chart in part.charts} <= {*part.explains}


def figures_left(part: Part) -> list[str]:
    """Find the figures of the first note that open nothing; days and names have digits, too."""
    left = part.notes[0]
    for kind, words in part.explains:
        if kind == "note 0":
            before, found, after = left.partition(words)
            assert found, words
            left = f"{before}#{after}"
    left = re.sub(r"day [\d,]+|the first EUR 1.00|of EUR [\d,.]+ unspent", "", left)
    return re.findall(r"(?<![\w,.])(?:EUR |USD |GBP )?\d[\d,]*(?:\.\d+)?[x%]?(?![\w%]| days)", left)


def fields_open(part: Part) -> None:
    found = explained_in([part])
    shown = [
        ((table.id, row.id, one.column), one)
        for table in part.tables
        for row in table.rows
        for one in row.fields
        if one.edit is None or one.kind == "bar"
    ]
    for address, one in shown:
        if any(sign.isdigit() for sign in one.text):
            article = found[address]()
            assert article.title.endswith(f": {one.text}"), (part.id, one.label)
            assert article.lines[0][0] == "Formula"


def notes_and_lines_open(part: Part) -> None:
    for article in part.articles:
        if article.id in {"goal-plan", "sure-bands"}:
            for at, (_, text) in enumerate(article.lines):
                assert part.explains[article.id, str(at)]().title.endswith(f": {text}")
    for (kind, phrase), explain in part.explains.items():
        if kind.startswith("note"):
            assert phrase in part.notes[int(kind.removeprefix("note "))]
            figure = explain().title.rpartition(": ")[2].removeprefix("x ")
            assert figure in phrase or phrase in figure


@given(ANYTHING)
def test_what_is_no_question_is_not_answered(about: Any) -> None:
    form = Hand(SHOP).designer._form
    content = {"what": "explain", "view": "v", "number": 1, "about": about}
    deliver(form, {"method": "custom", "content": content})
    assert form.explanation == {}


def test_what_cannot_be_explained_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from cvjkit.widgets import guard
    from cvjkit.widgets.panels import explained

    def fails(*_: Any) -> Any:
        raise ZeroDivisionError("thirteen people")

    hand = Hand(SHOP)
    monkeypatch.setattr(explained, "in_words", fails)
    monkeypatch.setattr(guard, "get_ipython", object)
    found = asked(hand.designer._form, "figures", "figures", "CAC")
    assert found["title"] == "This could not be explained."
    assert "thirteen people" in capsys.readouterr().err
