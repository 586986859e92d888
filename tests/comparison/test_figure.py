"""The comparison as a figure: asserted on what is drawn, not on how it looks."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.sections import LEAST
from cvjkit.comparison.align import GAP
from cvjkit.comparison.compare import compare
from cvjkit.comparison.comparison import Comparison
from cvjkit.comparison.figure import THICKNESS, THINNEST
from cvjkit.journey import Journey
from tests.strategies import journeys

STARTERS = sorted((Path(__file__).parents[2] / "data" / "journeys").glob("*.toml"))
COFFEE = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41], name="Coffee")
# Counts that fall, and now and then rise, over up to five orders.
SPREAD = st.lists(st.floats(-1, 0.3), min_size=8, max_size=8).map(
    lambda powers: cvj.Journey.from_counts(
        "nine", [round(10 ** (6 + power)) for power in accumulate([0.0, *powers])]
    )
)
MARKUP = "<img src=x onerror=alert(1)>"


def traces(figure: Any, mark: str) -> list[Any]:
    return [
        trace for trace in figure.data if trace.meta.get("mark") == mark and trace.x[0] is not None
    ]


def milestone_of(comparison: Comparison) -> dict[tuple[str, str], str | None]:
    return {
        (framework.name, stage.key): stage.milestone
        for framework in comparison.frameworks
        for stage in framework
    }


@pytest.fixture(params=["whole", "native"])
def native(request: pytest.FixtureRequest) -> bool:
    return bool(request.param == "native")


@pytest.fixture(params=STARTERS, ids=lambda path: path.stem)
def starter(request: pytest.FixtureRequest, native: bool) -> Comparison:
    """Each starter as it is stored, all counted, and as five to nine numbers, much estimated."""
    journey = cvj.read_journey(request.param)
    chosen = compare(journey).frameworks
    return compare(journey.in_framework(journey.view or "five") if native else journey, chosen)


@pytest.mark.parametrize("shape", ["wide", "narrow"])
def test_the_same_milestone_stands_at_the_same_x_in_every_lens(
    starter: Comparison, shape: Any
) -> None:
    anchors, positions = milestone_of(starter), defaultdict(set)
    bars = traces(starter.figure(shape=shape), "bar")
    for bar in bars:
        positions[anchors[bar.meta["row"], bar.meta["stage"]]].add(bar.x[0])
    assert len(bars) == sum(map(len, starter.frameworks))
    assert all(len(found) == 1 for found in positions.values())
    assert len(set.union(*positions.values())) == len(positions)


def test_a_stage_is_as_long_as_what_it_covers() -> None:
    comparison = compare(COFFEE)
    bars = traces(comparison.figure(), "bar")
    slot = 1 / len(comparison.picture().marks)
    lengths = {
        (bar.meta["row"], bar.meta["stage"]): (bar.x[1] - bar.x[0]) / slot + GAP for bar in bars
    }
    five, seven = (framework.name for framework in comparison.frameworks[:2])
    assert lengths[five, "acquisition"] == pytest.approx(4)
    assert lengths[five, "conversion"] == pytest.approx(2)
    assert lengths[seven, "intrigued"] == pytest.approx(1)


def test_counted_estimated_and_unknown_look_different(starter: Comparison) -> None:
    looks = defaultdict(set)
    for bar in traces(starter.figure(), "bar"):
        look = bar.fillpattern.shape, bar.line.dash, bar.fillcolor
        looks[bar.meta["status"]].add(look)
    statuses = set(starter.table["status"])
    assert looks.keys() == statuses
    assert all(len(found) == 1 for found in looks.values())
    assert len(set.union(*looks.values())) == len(statuses)
    if "estimated" in looks:
        assert next(iter(looks["estimated"]))[:2] == ("/", "dash")


def test_what_is_not_known_is_hollow_and_never_a_count() -> None:
    (promoter,) = (
        bar
        for bar in traces(compare(COFFEE, "eight").figure(), "bar")
        if bar.meta["stage"] == "promotion"
    )
    assert promoter.meta["status"] == "unknown"
    assert promoter.meta["people"] is None
    assert promoter.fillcolor == "rgba(0,0,0,0)"
    assert "not known" in promoter.text


def test_an_estimate_shows_its_interval_in_numbers_and_as_a_mark() -> None:
    comparison = compare(COFFEE, "eight")
    figure = comparison.figure()
    (lead,) = (
        trace for trace in traces(figure, "interval") if trace.meta["stage"] == "subscription"
    )
    (bar,) = (bar for bar in traces(figure, "bar") if bar.meta["stage"] == "subscription")
    person = (max(bar.y) - min(bar.y)) / bar.meta["people"]
    stage = comparison.lenses[0]["subscription"]
    assert stage.low is not None
    assert stage.high is not None
    assert max(lead.y) - min(lead.y) == pytest.approx((stage.high - stage.low) * person)
    texts = [note.text for note in figure.layout.annotations]
    assert any("605 to" in text and "1,908" in text for text in texts)


def size(trace: Any) -> float:
    return float(max(trace.y) - min(trace.y))


def test_at_true_scale_a_person_is_equally_thick_everywhere(starter: Comparison) -> None:
    figure = starter.figure(scale="true")
    thick = [
        size(bar) / bar.meta["people"]
        for bar in traces(figure, "bar")
        if bar.meta["people"] and size(bar) > 6.001
    ]
    assert len(thick) > 1
    assert max(thick) == pytest.approx(min(thick))
    assert not starter.picture(scale="true").breaks


@pytest.mark.parametrize("shape", ["wide", "narrow"])
def test_within_a_section_a_person_is_equally_thick_in_every_lens(
    starter: Comparison, shape: Any
) -> None:
    picture = starter.picture()
    thick: dict[int, list[float]] = defaultdict(list)
    for bar in traces(starter.figure(shape=shape), "bar"):
        if bar.meta["people"]:
            section = sum(change.along < bar.x[0] for change in picture.breaks)
            thick[section].append(size(bar) / bar.meta["people"])
    assert len(thick) == len(picture.breaks) + 1
    for persons in thick.values():
        assert max(persons) == pytest.approx(min(persons), rel=0.01)
    for at, change in enumerate(picture.breaks):
        factor = thick[at + 1][0] / thick[at][0]
        said = float(change.text.removeprefix("× ").replace(",", ""))
        assert said == pytest.approx(factor, abs=0.500001 if factor >= 10 else 0.050001)


def thinnest(figure: Any) -> float:
    """Find the least height of a stage and of a way on, at the end where it is thickest [px]."""
    known = [
        trace
        for mark in ("bar", "forward")
        for trace in traces(figure, mark)
        if trace.meta["people"]
    ]
    return min((_thickest(trace) for trace in known), default=math.inf)


def _thickest(trace: Any) -> float:
    if trace.meta["mark"] == "bar":
        return size(trace)
    corners = [*zip(trace.x, trace.y, strict=True)]
    ends = [[y for x, y in corners if x == end] for end in _along(trace)]
    return max(max(across) - min(across) for across in ends)


def _along(ribbon: Any) -> tuple[float, float]:
    return min(ribbon.x), max(ribbon.x)


@pytest.mark.parametrize("shape", ["wide", "narrow"])
def test_no_stage_and_no_way_on_is_a_hairline(starter: Comparison, shape: Any) -> None:
    assert thinnest(starter.figure(shape=shape)) >= 6
    # At true scale some are too thin to be seen, and drawn as thick as can be.
    assert thinnest(starter.figure(shape=shape, scale="true")) == pytest.approx(6)


@settings(max_examples=30)  # compared with others, a journey costs more than most
@given(st.one_of(journeys(counted=True, unknown=True), SPREAD))
def test_whatever_the_numbers_each_stage_is_true_to_scale_in_its_section_and_no_hairline(
    journey: Journey,
) -> None:
    other = "five" if journey.framework.key == "eight" else "eight"
    picture = compare(journey, [journey.framework, other]).picture()
    sections: dict[int, list[float]] = defaultdict(list)
    for bar in (bar for row in picture.rows for bar in row.bars if bar.people):
        sections[sum(change.along < bar.start for change in picture.breaks)].append(
            bar.size / (bar.people or math.nan)
        )
        # An estimate alone in its section may be far smaller than the upper end of its range.
        if bar.size < LEAST * (bar.high_size or 0.0):
            assert bar.status == "estimated"
        else:
            assert bar.size * min(THICKNESS.values()) >= THINNEST["bar"]
    for persons in sections.values():
        assert persons == pytest.approx([persons[0]] * len(persons))


def test_people_who_go_on_and_do_not_add_up_to_the_stage() -> None:
    figure = compare(COFFEE, "five").figure()
    people: dict[str, float] = defaultdict(float)
    for mark in ("forward", "drop"):
        for trace in traces(figure, mark):
            people[trace.meta["source"]] += trace.meta["people"]
    counts = dict(zip(cvj.framework("five").keys, COFFEE.segments[0].counts or (), strict=True))
    assert people == pytest.approx({key: counts[key] for key in list(counts)[:-1]})


@pytest.mark.parametrize("shape", ["wide", "narrow"])
def test_every_number_is_written_and_no_label_meets_the_next(
    starter: Comparison, shape: Any
) -> None:
    figure = starter.figure(shape=shape)
    notes = [re.sub("<[^>]+>+", " ", note.text).split() for note in figure.layout.annotations]
    said = [" ".join(words) for words in notes]
    for bar in (bar for row in starter.picture().rows for bar in row.bars):
        assert any(f"{bar.value} {bar.note}".strip() in text for text in said), bar
    # What is drawn of a lens ends above where the next begins.
    ends: dict[str, list[float]] = defaultdict(list)
    for trace in figure.data:
        if "row" in trace.meta:
            ends[trace.meta["row"]] += trace.y
    rows = [ends[row.title] for row in starter.picture().rows]
    assert all(max(above) < min(below) for above, below in pairwise(rows))


def test_the_legend_says_what_every_mark_means(starter: Comparison) -> None:
    figure = starter.figure()
    swatches = traces(figure, "legend")
    named = {trace.meta["kind"]: trace for trace in swatches}
    drawn = {trace.meta["status"] for trace in traces(figure, "bar")}
    drawn |= {trace.meta["mark"] for trace in figure.data} - {"bar", "interval", "legend"}
    drawn |= {"break"} if starter.picture().breaks else set()
    assert named.keys() == drawn
    for bar in traces(figure, "bar"):
        swatch = named[bar.meta["status"]]
        assert (swatch.fillcolor, swatch.line) == (bar.fillcolor, bar.line)
        assert swatch.fillpattern == bar.fillpattern
    said = [
        re.sub("<[^>]+>", "", note.text.replace("<br>", " ")) for note in figure.layout.annotations
    ]
    assert all(swatch.text.replace("<br>", " ") in said for swatch in swatches)


def test_the_figure_says_in_words_what_it_shows() -> None:
    comparison = compare(COFFEE)
    figure = comparison.figure()
    assert figure.layout.meta["summary"] == comparison.summary()
    assert figure.layout.title.text == "Coffee"
    said = " ".join(note.text for note in figure.layout.annotations)
    assert "The same people" in said


def test_later_stages_alone_are_drawn_larger() -> None:
    comparison = compare(COFFEE, ["five", "eight"])
    rows = traces(comparison.figure("first_payment"), "bar")
    assert {bar.meta["stage"] for bar in rows if bar.x[0] == 0} == {"conversion"}
    (early,) = (bar for bar in rows if bar.meta["stage"] == "loyalty")
    assert max(early.y) - min(early.y) > 4


def test_several_journeys_stand_on_one_spine_with_their_names() -> None:
    other = COFFEE.with_terms(name="Tea").with_stage("acquisition", people=9000)
    comparison = compare([COFFEE, other], ["five", "nine"])
    figure = comparison.figure()
    rows = list(dict.fromkeys(trace.meta["row"] for trace in traces(figure, "bar")))
    assert [row.partition(":")[0] for row in rows] == ["Coffee", "Coffee", "Tea", "Tea"]
    assert figure.layout.title.text == "Coffee and Tea"


def test_a_framework_of_ones_own_is_drawn_like_the_others() -> None:
    own = cvj.framework("five").rename({"reach": "Hear"}, key="ours", name="Ours")
    figure = compare(COFFEE, ["five", own]).figure()
    positions = defaultdict(set)
    for bar in traces(figure, "bar"):
        positions[bar.meta["stage"]].add(bar.x[0])
    assert all(len(found) == 1 for found in positions.values())
    assert any("Hear" in note.text for note in figure.layout.annotations)


def test_names_are_text_and_never_markup() -> None:
    own = cvj.framework("five").rename({"reach": MARKUP}, key="ours", name=MARKUP)
    journey = cvj.Journey.from_counts(own, [900, 90, 9, 5, 1], name=MARKUP)
    for shape in ("wide", "narrow"):
        figure = compare(journey).figure(shape=shape)
        texts = [figure.layout.title.text, *(note.text for note in figure.layout.annotations)]
        texts += [trace.name for trace in figure.data]
        assert not any("<img" in text for text in texts)
        assert any("&lt;img" in text for text in texts)


@pytest.mark.parametrize("wrong", [{"shape": "square"}, {"theme": "blue"}])
def test_a_shape_or_theme_that_is_not_there_is_refused_with_those_that_are(wrong: Any) -> None:
    with pytest.raises(cvj.InputError, match=r"wide|light"):
        compare(COFFEE).figure(**wrong)
    with pytest.raises(cvj.InputError, match="first_payment"):
        compare(COFFEE).figure("nowhere")
