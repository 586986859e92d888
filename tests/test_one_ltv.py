"""The lifetime value is one number, wherever it is shown: the one its ratio to the CAC uses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import cvjkit as cvj
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import money_text
from tests.model.test_economics import shop
from tests.widgets.hand import Hand

# 305/7 of margins in a lifetime, less 1.40 of later costs.
LTV = "EUR 42.17"


def journey() -> cvj.Journey:
    return shop(currency="EUR")


def surfaces() -> dict[str, str]:
    """Give what each surface says of the value of a customer."""
    economics = journey().economics()
    rows = cvj.compare(journey(), ["five", "eight"]).comparable
    compared = rows[rows["label"].str.contains("LTV")]
    audited = journey().audit()["A54"][0].message
    (finding,) = re.findall(r"Each customer costs \S+ \S+ and brings (\S+ \S+)", audited)
    (canvas,) = re.findall(
        r"<dt>and brings</dt>\s*<dd><button[^>]*>([^<]*)<", cvj.canvas(journey())
    )
    return {
        "economics().text": economics.text("ltv_net", "EUR"),
        "the ratio": money_text((economics.ltv_to_cac or 0) * (economics.cac or 0), "EUR"),
        "the Designer": Hand(journey()).figure("LTV")[0],
        "the remark on the ratio": Hand(journey()).figure("LTV to CAC")[1].partition(" for ")[0],
        "the canvas": canvas,
        "the audit": finding,
        **{
            f"the comparison, {at}": money_text(value, "EUR")
            for at, value in enumerate(compared["value"])
        },
    }


def test_every_surface_shows_the_same_lifetime_value() -> None:
    shown = surfaces()
    assert {*shown.values()} == {LTV}, shown
    assert len([name for name in shown if "comparison" in name]) >= 1


def test_what_is_called_ltv_is_one_figure() -> None:
    called = [key for key, figure in FIGURES.items() if "LTV" in (figure.title, figure.short)]
    assert called == ["ltv_net"]
    assert [key for key, figure in FIGURES.items() if "(LTV)" in figure.title] == ["ltv_net"]
    shown = [key for key, one in FIGURES.items() if one.headline or one.compared or one.phrase]
    assert "ltv" not in shown


@pytest.mark.parametrize(
    "path", [*Path("notebooks").glob("*.ipynb"), *Path("docs").rglob("*.md"), Path("README.md")]
)
def test_no_page_shows_the_margins_before_later_costs_as_ltv(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"LTV net|\.ltv\b(?!`)|\[.ltv.\]", text)
