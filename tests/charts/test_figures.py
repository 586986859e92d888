"""Figures carry the numbers of the flow, and no name can become anything but text."""

from __future__ import annotations

import html
import re
from itertools import pairwise

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.figures import funnel, sankey, summary, table
from cvjkit.charts.sankey import COLORS, sankey_picture
from tests.strategies import journeys

FIVE = [10000, 2000, 100, 40, 10]
HOSTILE = '<img src=x onerror=alert(1)> <a href="javascript:alert(2)">& $x$ %{x} </b>'
MARKUP = re.compile(r"</?(?:b|br|span)(?: style=\"[a-z0-9:;#-]*\")?>")


def five(counts=FIVE, name="Shop"):
    return cvj.Journey.from_counts("five", counts, name=name)


def busy():
    return (
        cvj.Journey.from_rates("eight", 10000, [0.3, 0.3, 0.4, 0.7, 0.5, 0.4, 0.5], name="Busy")
        .with_transition("conversion", "engagement", 0.1)
        .with_transition("ascension", "ascension", 0.2)
        .with_transition("excitement", "promotion", 0.1)
        .with_referral("promotion", to="engagement", per_person=1)
    )


def hostile():
    own = cvj.framework("five").rename(dict.fromkeys(cvj.framework("five").keys, HOSTILE))
    journey = cvj.Journey.from_counts(own, FIVE, name=HOSTILE)
    return journey.with_transition("conversion", "reach", 0.1)


def flows(trace: go.Sankey):
    yield from zip(trace.link.source, trace.link.target, trace.link.value, strict=True)


def texts(figure: go.Figure) -> list[str]:
    """Everything plotly is asked to write."""
    written = [each.text for each in figure.layout.annotations]
    written += [figure.layout.title.text, *(figure.layout.yaxis.ticktext or ())]
    for trace in figure.data:
        parts = (trace.node, trace.link) if trace.type == "sankey" else (trace,)
        for part in parts:
            written += [text for text in part.customdata or () if text]
            written += [
                text for text in part["label" if part is not trace else "text"] or () if text
            ]
    return written


@given(journeys(), st.sampled_from(["h", "v"]))
def test_in_the_figure_what_comes_to_a_node_goes_on_stays_or_leaves(journey, orientation):
    """P19, on plotly's own numbers."""
    figure = sankey(journey, orientation=orientation)
    if not figure.data:
        assert not sankey_picture(journey.flow()).links
        return
    trace = figure.data[0]
    size = sum(trace.link.value)
    assert all(value > 0 for value in trace.link.value)
    sources, targets = set(trace.link.source), set(trace.link.target)
    assert sources | targets == set(range(len(trace.node.label)))
    for node in sources & targets:
        came = sum(value for _, target, value in flows(trace) if target == node)
        went = sum(value for source, _, value in flows(trace) if source == node)
        assert came == pytest.approx(went, rel=1e-6, abs=1e-7 * size)
    entered = sum(value for source, _, value in flows(trace) if source not in targets)
    left = sum(value for _, target, value in flows(trace) if target not in sources)
    assert entered == pytest.approx(left, rel=1e-6, abs=1e-7 * size)


@given(journeys(unknown=True))
def test_every_node_has_a_place_on_the_page_from_left_to_right_and_no_link_runs_back(journey):
    figure = sankey(journey)
    for trace in figure.data:
        assert trace.arrangement == "fixed"
        assert all(0.001 <= place <= 0.999 for place in (*trace.node.x, *trace.node.y))
        assert all(one <= other for one, other in pairwise(trace.node.x))
        assert all(
            trace.node.x[source] < trace.node.x[target] for source, target, _ in flows(trace)
        )
        assert trace.node.pad >= 0


@given(journeys(unknown=True), st.sampled_from(["h", "v"]))
def test_labels_keep_to_the_room_the_layout_gives_them(journey, orientation):
    picture = sankey_picture(journey.flow())
    figure = sankey(journey, orientation=orientation)
    layout = picture.layouts[orientation]
    kinds = {node.id: node.kind for node in picture.nodes}
    wide = orientation == "h"
    page = (figure.layout.width or 900) - figure.layout.margin.l - figure.layout.margin.r
    for label in figure.layout.annotations:
        if label.name not in layout.boxes:
            continue
        box, stage = layout.boxes[label.name], kinds[label.name] == "stage"
        lines = re.split(r"<br>", label.text)
        height = len(lines) * label.font.size * 1.3
        reserved = (90 if wide else 88) if stage else 34 if box.align == "right" else 54
        assert height <= reserved
        # A number may be wider than its box where only its own links follow, a line of words not.
        room = box.width * page * (1.06 if stage or box.align == "right" else 1.55)
        for line in lines:
            sizes = [int(size) for size in re.findall(r"font-size:(\d+)px", line)]
            characters = len(html.unescape(MARKUP.sub("", line)))
            assert characters * max(sizes) * 0.5 <= room, line


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_links_are_coloured_by_kind_and_the_legend_names_the_kinds_there_are(theme):
    figure = sankey(busy(), theme=theme)
    picture = sankey_picture(busy().flow())

    def rgb(kind):
        color = COLORS[theme][kind]
        return ",".join(str(int(color[place : place + 2], 16)) for place in (1, 3, 5))

    drawn = {re.match(r"rgba\((\d+,\d+,\d+),", color)[1] for color in figure.data[0].link.color}
    assert drawn == {rgb(kind) for kind, _ in picture.legend}
    legend = next(a.text for a in figure.layout.annotations if "■" in a.text)
    found = re.findall(r'color:(#\w+)">■</span> ([\w ]+)', legend)
    assert found == [(COLORS[theme][kind], words) for kind, words in picture.legend]
    plain = next(a.text for a in sankey(five()).layout.annotations if "■" in a.text)
    assert "go back" not in plain


def test_a_way_back_is_a_node_of_its_own_and_never_a_circle():
    trace = sankey(busy()).data[0]
    labels = list(trace.node.label)
    back = next(place for place, label in enumerate(labels) if "back to Engagement" in label)
    assert back not in trace.link.source
    assert any(label.startswith("returned") for label in labels)


def test_the_labels_say_counts_and_shares():
    figure = sankey(five())
    labels = {label.name: MARKUP.sub(" ", label.text) for label in figure.layout.annotations}
    assert " ".join(labels["conversion"].split()) == "Conversion 100 5% of previous 1% of all"
    assert " ".join(labels["drop:reach"].split()) == "8,000 80% leave"


def test_the_summary_stands_below_the_figure_and_in_its_meta():
    figure = sankey(five())
    assert figure.layout.meta["summary"] == summary(five())
    shown = [" ".join(MARKUP.sub(" ", each.text).split()) for each in figure.layout.annotations]
    assert summary(five()) in shown


@pytest.mark.parametrize("draw", [sankey, funnel])
@pytest.mark.parametrize("orientation", ["h", "v"])
def test_names_that_are_markup_are_text(draw, orientation):
    for text in texts(draw(hostile(), orientation=orientation)):
        bare = MARKUP.sub("", text)
        assert not re.search("[<>$]", bare), text
        assert not re.search(r"&(?!amp;|lt;|gt;|#36;|nbsp;)", bare), text


def test_names_cannot_reach_hover_templates():
    trace = sankey(hostile()).data[0]
    assert trace.node.hovertemplate == trace.link.hovertemplate == "%{customdata}<extra></extra>"
    assert funnel(hostile()).data[0].hovertemplate == "%{customdata}<extra></extra>"


@pytest.mark.parametrize("name", ["x" * 500, "漢字" * 250, "🎉" * 300, "متجر " * 100])
def test_a_long_name_is_cut(name):
    own = cvj.framework("nine").rename(dict.fromkeys(cvj.framework("nine").keys, name))
    figure = sankey(cvj.Journey.from_counts(own, [9, 8, 7, 6, 5, 4, 3, 2, 1], name=name))
    for label in figure.layout.annotations:
        if label.name:
            assert all(len(line) < 40 for line in MARKUP.sub("\n", label.text).split("\n"))
    assert len(figure.layout.title.text) < 400


def test_a_stage_that_was_not_counted_is_outlined_and_has_no_node():
    figure = sankey(five([1000, None, 100, 40, 10]))
    assert "Acquisition" not in figure.data[0].node.label
    assert len([shape for shape in figure.layout.shapes if shape.line.dash == "dot"]) == 1
    label = next(a.text for a in figure.layout.annotations if a.name == "acquisition")
    assert "not known" in label


@pytest.mark.parametrize("draw", [sankey, funnel])
@pytest.mark.parametrize("counts", [[0] * 5, [None] * 5])
def test_nobody_or_nothing_known_is_a_calm_figure(draw, counts):
    figure = draw(five(counts))
    assert "no flow to show" in figure.layout.meta["summary"]
    assert figure.layout.height > 200


def test_one_segment_can_be_shown_alone():
    journey = cvj.Journey.from_counts(
        "five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 50, 5, 2, 1]}
    )
    assert list(funnel(journey, segment="Blog").data[0].x) == [100, 50, 5, 2, 1]
    assert summary(journey, segment="Ads") == summary(journey.flow().only("Ads"))
    with pytest.raises(cvj.InputError, match="did you mean 'Blog'"):
        sankey(journey, segment="Blogs")


def test_a_path_is_read(tmp_path):
    five().save(tmp_path / "shop.toml")
    for path in (tmp_path / "shop.toml", str(tmp_path / "shop.toml")):
        assert sankey(path) == sankey(five())


def test_from_a_later_stage_on_the_title_says_so():
    figure = sankey(five(), start="conversion")
    assert any(
        "from Conversion on: the 100 who" in a.text.replace("<br>", " ")
        for a in figure.layout.annotations
    )
    assert "Reach" not in figure.data[0].node.label
    assert "10,000" not in table(five(), start="conversion").to_string()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"orientation": "x"}, "orientation: 'x' is not known"),
        ({"theme": "dusk"}, "Allowed: light, dark"),
        ({"start": "reech"}, "did you mean 'reach'"),
    ],
)
def test_what_is_not_known_is_refused_with_the_choices(wrong, told):
    with pytest.raises(cvj.InputError, match=re.escape(told)):
        sankey(five(), **wrong)


def test_what_is_no_journey_is_refused():
    with pytest.raises(cvj.InputError, match="is no journey, flow or path"):
        sankey([1, 2, 3])


def test_the_funnel_shows_unique_people_and_both_shares():
    figure = funnel(busy())
    assert list(figure.data[0].x) == pytest.approx(busy().flow().stages.people.to_list())
    assert "of previous" in figure.data[0].text[1]
    assert "of all" in figure.data[0].text[1]


def test_stages_of_the_same_name_stay_apart_in_the_funnel():
    own = cvj.framework("five").rename({"reach": "Same", "acquisition": "Same"})
    figure = funnel(cvj.Journey.from_counts(own, FIVE))
    assert len(set(figure.data[0].y)) == 5
    assert figure.layout.yaxis.ticktext[:2] == ("Same", "Same")


def test_the_funnel_leaves_out_what_was_not_counted_and_says_so():
    figure = funnel(five([1000, None, 100, 40, None]))
    assert figure.data[0].x[1] is None
    assert sum("not known" in a.text for a in figure.layout.annotations) == 2


def test_the_table_is_the_twin_of_the_figure():
    rows = table(five())
    assert rows.loc["Conversion", ["People", "Of previous", "Of all", "Leave"]].to_list() == [
        "100",
        "5%",
        "1%",
        "60 (60%)",
    ]
    assert rows.map(type).eq(str).all(axis=None)


def test_narrow_figures_are_390_wide_and_wide_ones_take_the_room_there_is():
    assert sankey(five(), orientation="v").layout.width == 390
    assert sankey(five()).layout.width is None


def test_many_digits_make_the_figure_wider_instead_of_overlapping():
    framework = cvj.framework("full")
    counts = [10**9 - 1] * len(framework)
    assert sankey(cvj.Journey.from_counts(framework, counts)).layout.width > 1200


def test_by_night_the_paper_is_dark_and_the_ink_light():
    day, night = (sankey(five(), theme=theme).layout for theme in ("light", "dark"))
    assert (day.paper_bgcolor, night.paper_bgcolor) == ("#ffffff", "#17202a")
    assert day.font.color != night.font.color
