"""Figures carry the numbers of the flow, and no name can become anything but text."""

from __future__ import annotations

import html
import re

import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.figures import drawn, sankey, summary, table
from cvjkit.charts.funnel import funnel
from cvjkit.charts.sankey import sankey_picture
from cvjkit.charts.style import COLORS
from cvjkit.charts.text import text_width
from tests.strategies import journeys

FIVE = [10000, 2000, 100, 40, 10]
HOSTILE = '<img src=x onerror=alert(1)> <a href="javascript:alert(2)">& $x$ %{x} </b>'
# A span of a label: its size, whether it is bold, its words, and the space after it.
PART = re.compile(r'<span style="font-size:(\d+)px[^"]*">(<b>)?([^<]*)(?:</b>)?</span>( ?)')
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


def marked(figure: go.Figure, mark: str) -> list[go.Scatter]:
    return [trace for trace in figure.data if (trace.meta or {}).get("mark") == mark]


def texts(figure: go.Figure) -> list[str]:
    """Everything plotly is asked to write."""
    written = [note.text for note in figure.layout.annotations]
    written += [figure.layout.title.text, *(figure.layout.yaxis.ticktext or ())]
    for trace in figure.data:
        for part in (trace.text, trace.customdata, trace.name):
            written += [part] if isinstance(part, str) else [text for text in part or () if text]
    return written


def thickness(trace: go.Scatter, orientation: str) -> float:
    """Measure a ribbon where it begins: between the first corner and the last but one."""
    across = trace.y if orientation == "h" else trace.x
    return abs(across[-2] - across[0])


@given(journeys(), st.sampled_from(["h", "v"]))
def test_in_the_figure_what_comes_to_a_node_goes_on_stays_or_leaves(journey, orientation):
    """P19, on the numbers of the traces, which are those of the layout's meta."""
    figure = sankey(journey, orientation=orientation)
    links = [trace.meta for trace in marked(figure, "link")]
    nodes = {trace.meta["id"]: trace.meta for trace in marked(figure, "node")}
    assert [{"mark": "link", **link} for link in figure.layout.meta["links"]] == links
    drawn = [node for node in figure.layout.meta["nodes"] if node["id"] in nodes]
    assert [{"mark": "node", **node} for node in drawn] == list(nodes.values())
    size = sum(link["people"] for link in links)
    assert all(link["people"] > 0 for link in links)
    for key, node in nodes.items():
        came = sum(link["people"] for link in links if link["target"] == key)
        went = sum(link["people"] for link in links if link["source"] == key)
        for total in (came, went) if node["kind"] == "stage" else (came + went,):
            assert total == pytest.approx(node["people"], rel=1e-6, abs=1e-7 * size)


@given(journeys(unknown=True), st.sampled_from(["h", "v"]))
def test_the_polygons_are_those_of_the_layout_and_as_thick_as_people_are_many(journey, orientation):
    picture = sankey_picture(journey.flow())
    layout = picture.layouts[orientation]
    figure = sankey(journey, orientation=orientation)
    for trace, edges in zip(marked(figure, "link"), layout.ribbons, strict=True):
        assert thickness(trace, orientation) == pytest.approx(edges[0].size)
        corner = (edges[0].along, edges[0].top)
        assert (trace.x[0], trace.y[0]) == (corner if orientation == "h" else corner[::-1])
    for trace in marked(figure, "node"):
        box = layout.boxes[trace.meta["id"]]
        assert (min(trace.x), min(trace.y)) == (box.left, box.top)
        assert (max(trace.x), max(trace.y)) == (box.left + box.width, box.top + box.height)
    assert figure.layout.xaxis.range == (0, layout.width)
    assert figure.layout.yaxis.range[1] == 0
    assert figure.layout.yaxis.range[0] >= layout.height


@given(journeys(unknown=True), st.sampled_from(["h", "v"]))
def test_labels_keep_to_the_room_the_layout_gives_them(journey, orientation):
    picture = sankey_picture(journey.flow())
    figure = sankey(journey, orientation=orientation)
    layout = picture.layouts[orientation]
    kinds = {node.id: node.kind for node in picture.nodes}
    wide = orientation == "h"
    page = (figure.layout.width or 900) - figure.layout.margin.l - figure.layout.margin.r
    for note in figure.layout.annotations:
        if note.name not in layout.labels:
            continue
        label, stage = layout.labels[note.name], kinds[note.name] == "stage"
        lines = re.split(r"<br>", note.text)
        reserved = 34 if label.align == "right" else 54
        if stage:
            reserved = 98 if wide else 88
        assert len(lines) * note.font.size * 1.3 <= reserved
        room = label.width * page / layout.width
        for line in lines:
            parts = PART.findall(line)
            assert parts
            needed = sum(
                text_width(html.unescape(f"{words}{gap}"), int(size), bold=bool(bold))
                for size, bold, words, gap in parts
            )
            assert needed <= room + 1e-6, line


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_links_are_coloured_by_kind_and_the_legend_names_the_kinds_there_are(theme):
    figure = sankey(busy(), theme=theme)
    picture = sankey_picture(busy().flow())

    def rgb(kind):
        color = COLORS[theme][kind]
        return ",".join(str(int(color[start : start + 2], 16)) for start in (1, 3, 5))

    for trace in [*marked(figure, "link"), *marked(figure, "legend")]:
        assert trace.fillcolor.startswith(f"rgba({rgb(trace.meta['kind'])},")
    legend = [(swatch.meta["kind"], swatch.text) for swatch in marked(figure, "legend")]
    assert legend == list(picture.legend)
    said = [MARKUP.sub("", note.text) for note in figure.layout.annotations]
    assert [words for words in said if words in dict(picture.legend).values()] == [
        words for _, words in picture.legend
    ]
    assert "go back" not in [swatch.text for swatch in marked(sankey(five()), "legend")]


def test_where_a_section_is_magnified_the_figure_says_how_much():
    figure = sankey(five())
    said = [MARKUP.sub("", note.text) for note in figure.layout.annotations]
    assert [words for words in said if words.startswith("×")] == ["× 100"]
    assert [trace.text for trace in marked(figure, "magnified")] == ["× 100"]
    assert marked(sankey(five(), scale="true"), "magnified") == []


def test_a_way_back_is_a_node_of_its_own_and_never_a_circle():
    figure = sankey(busy())
    nodes = {trace.meta["id"]: trace for trace in marked(figure, "node")}
    back = nodes["back:conversion:engagement"]
    assert "back to Engagement" in back.text
    assert back.meta["id"] not in {trace.meta["source"] for trace in marked(figure, "link")}
    assert "returned:engagement" in nodes
    for trace in marked(figure, "link"):
        assert trace.x[0] < max(trace.x)


def test_the_labels_say_counts_and_shares():
    figure = sankey(five())
    labels = {label.name: MARKUP.sub(" ", label.text) for label in figure.layout.annotations}
    assert " ".join(labels["conversion"].split()) == "Conversion 100 5% of previous 1% of all"
    assert " ".join(labels["drop:reach"].split()) == "8,000 80% leave"


def test_the_summary_stands_below_the_figure_and_in_its_meta():
    figure = sankey(five())
    assert figure.layout.meta["summary"] == summary(five())
    shown = [" ".join(MARKUP.sub(" ", note.text).split()) for note in figure.layout.annotations]
    assert summary(five()) in shown


@pytest.mark.parametrize("draw", [sankey, funnel])
@pytest.mark.parametrize("orientation", ["h", "v"])
def test_names_that_are_markup_are_text(draw, orientation):
    for text in texts(draw(hostile(), orientation=orientation)):
        bare = MARKUP.sub("", text)
        assert not re.search("[<>$]", bare), text
        assert not re.search(r"&(?!amp;|lt;|gt;|#36;|nbsp;)", bare), text


def test_names_cannot_reach_hover_templates():
    assert {trace.hovertemplate for trace in sankey(hostile()).data} == {None}
    templates = {trace.hovertemplate for trace in funnel(hostile()).data}
    assert templates == {None, "%{customdata}<extra></extra>"}


@pytest.mark.parametrize("name", ["x" * 500, "漢字" * 250, "🎉" * 300, "متجر " * 100])
def test_a_long_name_is_cut(name):
    own = cvj.framework("nine").rename(dict.fromkeys(cvj.framework("nine").keys, name))
    figure = sankey(cvj.Journey.from_counts(own, [9, 8, 7, 6, 5, 4, 3, 2, 1], name=name))
    for label in figure.layout.annotations:
        if label.name:
            assert all(len(line) < 40 for line in MARKUP.sub("\n", label.text).split("\n"))
    assert len(figure.layout.title.text) < 400


def test_a_stage_that_was_not_counted_is_hollow():
    figure = sankey(five([1000, None, 100, 40, 10]))
    hollow = [trace for trace in marked(figure, "node") if trace.line.dash == "dot"]
    assert [trace.meta["id"] for trace in hollow] == ["acquisition"]
    assert hollow[0].fillcolor == "rgba(0,0,0,0)"
    assert hollow[0].meta["people"] is None
    label = next(note.text for note in figure.layout.annotations if note.name == "acquisition")
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
    assert list(funnel(journey, segment="Blog", scale="true").data[0].x) == [100, 50, 5, 2, 1]
    assert summary(journey, segment="Ads") == summary(journey.flow().only("Ads"))
    with pytest.raises(cvj.InputError, match="did you mean 'Blog'"):
        sankey(journey, segment="Blogs")


def test_a_path_is_read(tmp_path):
    five().save(tmp_path / "shop.toml")
    for path in (tmp_path / "shop.toml", str(tmp_path / "shop.toml")):
        assert sankey(path) == sankey(five())


def test_a_journey_is_drawn_in_the_framework_it_asks_to_be_shown_in(tmp_path):
    journey = cvj.read_journey("data/journeys/coffee_subscription.toml")
    path = journey.save(tmp_path / "coffee.toml")
    shown = [node["id"] for node in sankey(path).layout.meta["nodes"] if node["kind"] == "stage"]
    assert shown == list(cvj.framework("five").keys) != list(journey.framework.keys)
    assert sankey(journey) == sankey(path)
    assert list(table(path).index) == [stage.name for stage in cvj.framework("five")]
    whole = [node["stage"] for node in sankey(journey.flow()).layout.meta["nodes"]]
    assert {*whole} == {*journey.framework.keys}


def test_from_a_later_stage_on_the_title_says_so():
    figure = sankey(five(), start="conversion")
    assert any(
        "from Conversion on: the 100 who" in a.text.replace("<br>", " ")
        for a in figure.layout.annotations
    )
    assert not any("Reach" in trace.text for trace in figure.data)
    assert "10,000" not in table(five(), start="conversion").to_string()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"orientation": "x"}, "orientation: 'x' is not known"),
        ({"theme": "dusk"}, "hoose from light, dark"),
        ({"start": "reech"}, "did you mean 'reach'"),
    ],
)
def test_what_is_not_known_is_refused_with_the_choices(wrong, told):
    with pytest.raises(cvj.InputError, match=re.escape(told)):
        sankey(five(), **wrong)


def test_what_is_no_journey_is_refused():
    with pytest.raises(cvj.InputError, match="is not a journey, a flow or the path of a file"):
        sankey([1, 2, 3])


def test_the_table_is_the_twin_of_the_figure():
    rows = table(five())
    assert rows.loc["Conversion", ["People", "Of previous", "Of all", "Leave"]].to_list() == [
        "100",
        "5%",
        "1.0%",
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


def test_a_scenario_is_drawn_over_the_outline_of_what_it_stands_on_as_on_the_page():
    counts = {"Ads": [9000, 1500, 60, 30, 4], "Blog": [1000, 500, 40, 10, 6]}
    base = cvj.Journey.from_counts("five", counts, name="Shop")
    change = {"stages.conversion.rate": 0.1}
    better = base.scenario("Better", change)
    flows = {
        None: (better.flow(), base.flow()),
        "Blog": (better.flow().only("Blog"), base.flow().only("Blog")),
    }
    for segment, (after, before) in flows.items():
        outlined = marked(sankey(better, segment=segment), "was")
        live = drawn(sankey_picture(after, base=before))
        assert [(one.x, one.y) for one in outlined] == [
            (one.x, one.y) for one in marked(live, "was")
        ]
        assert len(outlined) > 2
    seen = base.with_terms(view="seven")
    assert marked(sankey(seen.scenario("Better", change)), "was")
    assert not marked(sankey(base), "was")
    assert not marked(sankey(better.flow()), "was")
