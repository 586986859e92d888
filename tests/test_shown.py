from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest
from hypothesis import given

import cvjkit as cvj
from tests.model.test_economics import shop
from tests.strategies import journeys

VALUES: dict[str, Callable[[cvj.Journey], object]] = {
    "journey": lambda journey: journey,
    "flow": cvj.Journey.flow,
    "stages": lambda journey: journey.flow().stages,
    "links": lambda journey: journey.flow().links,
    "economics": cvj.Journey.economics,
    "money": lambda journey: journey.economics().stages,
    "figures": lambda journey: journey.economics().table,
    "audit": cvj.Journey.audit,
    "lens": lambda journey: journey.through("nine"),
    "numbers of a lens": lambda journey: journey.through("nine").table,
    "comparison": cvj.compare,
    "days": lambda journey: journey.timeline(4).stages,
    "money by day": lambda journey: journey.timeline(4).money,
    "bands of stages": lambda journey: journey.simulate(100).stages,
    "bands of figures": lambda journey: journey.simulate(100).figures,
    "differences": lambda journey: journey.simulate(100).against(journey.simulate(100)),
}


@pytest.mark.parametrize("value", VALUES)
def test_a_value_reads_as_a_few_lines(value: str) -> None:
    text = repr(VALUES[value](shop()))
    assert len(text.splitlines()) <= 30
    assert len(text) <= 4000
    assert str(VALUES[value](shop())) == text
    for foreign in ("NaN", "nan", "array(", "None", "Series", "=("):
        assert foreign not in text


@pytest.mark.parametrize("value", VALUES)
def test_in_a_notebook_every_heading_says_something_words_stand_left_and_numbers_right(
    value: str,
) -> None:
    html = VALUES[value](shop())._repr_html_()  # type: ignore[attr-defined]
    head, body = html.split("<tbody>")
    titles = re.findall(r'<th scope="col" style="text-align: (\w+)">(.*?)</th>', head)
    assert titles
    assert html.count("<th ") == html.count("<th scope=")
    assert "" not in [title for _, title in titles]
    for line in re.findall("<tr>(.*?)</tr>", body):
        cells = re.findall(r'<t[hd].*?text-align: (\w+)[^"]*">(.*?)</t[hd]>', line)
        for (side, title), (same, text) in zip(titles, cells, strict=line.count("…") == 0):
            assert side == same or text == "…"
            if side == "right":
                # EUR 25.00 stays in one piece.
                assert f'nowrap">{text}<' in line or len(text) > 20 or text == "…"
                assert re.search(r"\d", text) or text in {"–", "…"} or len(text) > 12, title


@pytest.mark.parametrize("value", VALUES)
def test_no_name_is_read_as_html(value: str) -> None:
    hostile = cvj.Journey.from_counts(
        "five", {"<b>Ads</b>": [900, 90, 9, 5, 1]}, name="<script>", currency="<i>"
    )
    html = VALUES[value](hostile)._repr_html_()  # type: ignore[attr-defined]
    assert "<table" in html
    assert not {"<b>", "<script>", "<i>"} & {tag.lower() for tag in html.split()}
    for tag in ("<b>Ads", "<script", "<i>"):
        assert tag not in html


@given(journeys())
def test_every_journey_can_be_shown(journey: cvj.Journey) -> None:
    for value in (journey, journey.flow(), journey.economics(), journey.flow().links):
        assert "nan" not in repr(value).replace(journey.name, "").lower()
        assert "<table" in value._repr_html_()


def test_a_shown_table_is_a_dataframe_of_numbers() -> None:
    stages = shop().flow().stages
    assert stages.loc["conversion", "people"] == 100
    assert type(stages.head(2)) is pd.DataFrame
    assert type(stages[["people"]]) is pd.DataFrame
    assert stages.shown.loc["Conversion", "People"] == "100"
    stages.loc["conversion", "people"] = 7
    assert shop().flow().stages.people["conversion"] == 100


def test_a_long_text_is_shown_whole() -> None:
    html = shop().audit()._repr_html_()
    longest = max((finding.message for finding in shop().audit().fired), key=len)
    assert len(longest) > 60
    assert longest in html.replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'")


def test_a_framework_is_a_sequence_of_stages() -> None:
    five = cvj.framework("five")
    assert (five[0].key, five[-1].key, five["reach"].key) == ("reach", "loyalty", "reach")
    assert [stage.key for stage in five[1:3]] == ["acquisition", "conversion"]
    assert (len(five), [stage.key for stage in five]) == (5, [*five.keys])
    with pytest.raises(IndexError):
        five[5]
    with pytest.raises(cvj.InputError, match="hoose from reach"):
        five["reech"]


def test_words_stand_below_their_heading_and_severities_are_words() -> None:
    lines = repr(shop().audit()).splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("Rule"))
    for finding, line in zip(shop().audit().fired, lines[head + 1 :], strict=True):
        assert line[lines[head].index("Finding") :].startswith(finding.message)
        severity = line[lines[head].index("Severity") :].split()[0]
        assert severity in {"Error", "Failure", "Warning", "Money", "Note"}
