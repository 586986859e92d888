from __future__ import annotations

import pytest

import cvjkit as cvj
from cvjkit.model.economics import FIGURES
from cvjkit.publishing.canvas import canvas
from cvjkit.widgets.panels.money import figures_part


def shop() -> cvj.Journey:
    return cvj.read_journey("data/journeys/coffee_subscription.toml")


def test_each_figure_says_what_it_is_in_words() -> None:
    for key, figure in FIGURES.items():
        assert figure.key == key
        assert figure.title
        assert figure.meaning.endswith(".")
        assert figure.formula
        assert shop().economics().text(key, "EUR")


def test_no_two_figures_are_called_the_same() -> None:
    for name in ("title", "short", "meaning"):
        assert len({getattr(figure, name) for figure in FIGURES.values()}) == len(FIGURES)


def test_figures_are_attributes_items_and_rows_of_the_table() -> None:
    economics = shop().economics()
    assert economics.table.index.to_list() == list(FIGURES)
    for key, figure in FIGURES.items():
        assert getattr(economics, key) == economics[key] == economics.table["value"][key]
        assert economics.table["formula"][key] == figure.formula
        assert key in dir(economics)
    with pytest.raises(AttributeError, match="'cca' is not a figure; choose one of customers"):
        economics.cca  # noqa: B018 - to be refused


def test_the_panel_the_canvas_and_the_comparison_show_the_figures_of_the_registry() -> None:
    journey = shop()
    economics = journey.economics()
    headline = [figure for figure in FIGURES.values() if figure.headline]
    panel = figures_part(journey.with_terms(currency="EUR")).figures
    assert [(title, text) for title, text, _ in panel] == [
        (figure.short, economics.text(figure.key, "EUR")) for figure in headline
    ]
    page = canvas(journey)
    for figure in FIGURES.values():
        if figure.phrase and economics[figure.key] is not None:
            text = figure.text(economics[figure.key], "")
            assert figure.phrase_for(text) in page
    compared = cvj.compare(journey).comparable
    shown = compared[compared["figure"].isin(list(FIGURES))]
    assert shown["label"].to_list() == [one.title for one in FIGURES.values() if one.compared]


def test_a_remark_says_the_reason_where_a_figure_is_undefined() -> None:
    economics = cvj.Journey.from_counts("five", [900, 90, 9, 5, 1]).economics()
    assert economics.remark("cac") == economics.reasons["cac"]
    assert shop().economics().remark("cac", "EUR").endswith(" customers") is False
    assert " to win " in shop().economics().remark("cac", "EUR")
