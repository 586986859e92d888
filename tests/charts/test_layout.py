"""Nothing in a layout lies on anything else, and links are as thick as people are many."""

from __future__ import annotations

from dataclasses import asdict
from itertools import accumulate, pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.layout import Layout
from cvjkit.charts.main_line import SHORTEST, THINNEST
from cvjkit.charts.polygons import bent
from cvjkit.charts.sankey import Picture, sankey_picture
from cvjkit.charts.sketch import BAR, NOTICED
from tests.strategies import journeys

# [px] heights the labels take in both renderers, for a stage, an exit and an entrance
HEIGHTS = {"h": (88, 47, 32), "v": (84, 31, 17)}
TOUCHING = 0.6  # [px]
JUMPS = (
    cvj.Journey.from_rates("five", 1000, [0.5, 0.5, 0.5, 0.5])
    .with_transition("reach", "conversion", 0.2)
    .with_transition("reach", "retention", 0.1)
    .with_transition("acquisition", "loyalty", 0.3)
)
# A way that few take beside two that many take; one that passes a stage of far fewer people; and a
# stage that nobody comes to from the one before.
THIN = cvj.Journey.from_rates("five", 1000, [0.5, 0.5, 0.5, 0.5]).with_transition(
    "reach", "conversion", 0.01
)
BYPASS = cvj.Journey.from_rates("five", 1000, [0.001, 0.5, 0.5, 0.5]).with_transition(
    "reach", "conversion", 0.5
)
APART = cvj.Journey.from_rates(
    "five", {"reach": 1000, "acquisition": 10}, [0, 0.5, 0.5, 0.5]
).with_transition("reach", "reach", 0.2)

# All of the last stage but one go on, who are another number there by the last bit of a float.
ALL_GO_ON = cvj.Journey.from_counts("nine", [5000, 5000, 5000, 5000, 5000, 165, 268, 85, 85])


@given(journeys(unknown=True))
@example(APART)
def test_no_label_lies_on_another_or_on_a_bar_a_link_or_a_mark(journey):
    picture = sankey_picture(journey.flow())
    for layout in picture.layouts.values():
        labels = label_boxes(picture, layout)
        marks = {
            mark.text: (mark.x - 20, mark.y - 10, mark.x + 20, mark.y + 10)
            for mark in layout.breaks
        }
        things = {**labels, **bars(layout), **marks}
        for name, box in labels.items():
            for other, thing in things.items():
                assert name == other or not overlap(box, thing), (layout.orientation, name, other)
            for link, ribbon in zip(picture.links, layout.ribbons, strict=True):
                for part in slices(ribbon, layout):
                    assert not overlap(box, part), (layout.orientation, name, link)


@given(journeys(unknown=True))
def test_nothing_leaves_the_page(journey):
    picture = sankey_picture(journey.flow())
    for layout in picture.layouts.values():
        for left, top, right, bottom in [
            *label_boxes(picture, layout).values(),
            *bars(layout).values(),
        ]:
            assert left >= -TOUCHING
            assert top >= -TOUCHING
            assert right <= layout.width + TOUCHING
            assert bottom <= layout.height + TOUCHING


WAYS_ON = ("forward", "skip", "inferred")
# Each a few times smaller or, now and then, larger than the one before: up to five orders.
spread = st.builds(
    lambda first, factors: [max(1, round(first * 10**power)) for power in accumulate(factors)],
    st.integers(1, 10**7),
    st.lists(st.floats(-2.5, 0.5), min_size=9, max_size=9),
).map(lambda counts: cvj.Journey.from_counts("nine", counts))
SCALES = st.sampled_from(["magnified", "true", "steps"])


def thickness(layout: Layout, node: str) -> float:
    box = layout.boxes[node]
    return box.height if layout.orientation == "h" else box.width


@given(st.one_of(journeys(unknown=True), spread), SCALES)
@example(APART, "magnified")
@example(ALL_GO_ON, "steps")
def test_a_stage_is_as_thick_as_its_people_are_many_and_each_change_of_scale_is_marked(
    journey, scale
):
    """Only at true scale may a stage be too thin to be seen as it is."""
    picture = sankey_picture(journey.flow(), scale=scale)
    for layout in picture.layouts.values():
        for node in picture.nodes:
            if node.kind == "stage" and node.people:
                least = SHORTEST if scale == "true" else 0.0
                true = max(least, layout.scales[node.id] * node.people)
                assert thickness(layout, node.id) == pytest.approx(true, rel=0.001)
        changes = [one != other for one, other in pairwise(layout.scales.values())]
        assert len(layout.breaks) == sum(changes)


@given(st.one_of(journeys(unknown=True), spread), SCALES)
@example(THIN, "magnified")
def test_links_are_true_where_they_can_be_seen_and_together_no_thicker_than_their_stage(
    journey, scale
):
    """Who enters or leaves gives way to a thin way on; a way on does only if that is not enough."""
    picture = sankey_picture(journey.flow(), scale=scale)
    for layout, node, end in product(picture.layouts.values(), picture.nodes, ("source", "target")):
        if node.kind != "stage" or not node.people:
            continue
        links = [
            (link, ribbon[0 if end == "source" else -1].size)
            for link, ribbon in zip(picture.links, layout.ribbons, strict=True)
            if getattr(link, end) == node.id
        ]
        least = [SHORTEST if link.kind in WAYS_ON else THINNEST for link, _ in links]
        true = [
            max(low, layout.scales[node.id] * link.people)
            for (link, _), low in zip(links, least, strict=True)
        ]
        bar = thickness(layout, node.id) + 1e-6
        assert sum(size for _, size in links) <= bar
        ways = sum(
            size for (link, _), size in zip(links, true, strict=True) if link.kind in WAYS_ON
        )
        others = sum(link.kind not in WAYS_ON for link, _ in links) * THINNEST
        for (link, size), low, as_is in zip(links, least, true, strict=True):
            assert size <= as_is + 1e-6
            if scale != "true":
                assert size >= low - 1e-6
            if sum(true) <= bar or (link.kind in WAYS_ON and ways + others <= bar):
                assert size == pytest.approx(as_is)


@given(journeys(unknown=True))
def test_a_link_goes_from_the_bar_it_leaves_to_the_bar_it_meets(journey):
    picture = sankey_picture(journey.flow())
    for layout in picture.layouts.values():
        upright = layout.orientation == "v"
        for link, ribbon in zip(picture.links, layout.ribbons, strict=True):
            assert all(one.along < other.along + TOUCHING for one, other in pairwise(ribbon))
            for node, edge in ((link.source, ribbon[0]), (link.target, ribbon[-1])):
                box = layout.boxes[node]
                starts, length = (box.left, box.width), (box.top, box.height)
                along, across = (length, starts) if upright else (starts, length)
                meets = along[0] + along[1] if edge is ribbon[0] else along[0]
                assert edge.along == pytest.approx(meets)
                assert edge.top >= across[0] - TOUCHING
                assert edge.top + edge.size <= sum(across) + TOUCHING


@given(journeys(unknown=True))
@example(JUMPS)
@example(BYPASS)
def test_links_that_skip_a_stage_pass_beside_it_and_no_thicker_than_they_begin_or_end(journey):
    picture = sankey_picture(journey.flow())
    for layout in picture.layouts.values():
        for link, ribbon in zip(picture.links, layout.ribbons, strict=True):
            ends = [
                layout.scales[end] for end in (link.source, link.target) if end in layout.scales
            ]
            most = max(SHORTEST, max(ends) * link.people)
            assert max(edge.size for edge in ribbon) <= most + 1e-6
        along, across = (0, 1) if layout.orientation == "h" else (1, 0)
        taken = {}
        for ribbon in layout.ribbons:
            for edge in ribbon[1:-1]:
                taken.setdefault(round(edge.along), []).append((edge.top, edge.top + edge.size))
        for at, spans in taken.items():
            beside = [
                (box[across], box[across + 2])
                for box in bars(layout).values()
                if box[along] - 1 < at < box[along + 2] + 1
            ]
            for one, other in pairwise(sorted(spans + beside)):
                assert one[1] <= other[0] + TOUCHING


@given(journeys(unknown=True))
def test_true_to_scale_all_people_are_drawn_alike_and_nothing_tapers(journey):
    picture = sankey_picture(journey.flow(), scale="true")
    for layout in picture.layouts.values():
        assert layout.breaks == ()
        (person,) = set(layout.scales.values())
        thin = {
            end
            for link in picture.links
            for end in (link.source, link.target)
            if person * link.people < SHORTEST
        }
        for link, ribbon in zip(picture.links, layout.ribbons, strict=True):
            if not {link.source, link.target} & thin:
                sizes = [edge.size for edge in ribbon]
                assert sizes == pytest.approx([person * link.people] * len(ribbon))


@given(spread)
def test_over_five_orders_of_magnitude_no_stage_and_no_way_on_is_a_hairline(journey):
    picture = sankey_picture(journey.flow())
    for layout in picture.layouts.values():
        for node in picture.nodes:
            if node.kind == "stage":
                assert thickness(layout, node.id) >= SHORTEST
        for link, ribbon in zip(picture.links, layout.ribbons, strict=True):
            if link.kind in WAYS_ON:
                assert min(edge.size for edge in ribbon) >= SHORTEST


def test_a_break_says_how_much_the_next_section_is_magnified_and_draws_the_links_out():
    flow = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41]).flow()
    picture = sankey_picture(flow)
    for layout in picture.layouts.values():
        assert [mark.text for mark in layout.breaks] == ["× 37", "× 19"]
        sizes = {key: layout.scales[key] / layout.scales["reach"] for key in layout.scales}
        assert sizes["acquisition"] == pytest.approx(210600 / 5766)
        assert sizes["loyalty"] == sizes["conversion"] == pytest.approx(210600 / 302)
        for mark, key in zip(layout.breaks, ("acquisition", "conversion"), strict=True):
            ((near, far),) = mark.ribbons
            assert far.size == pytest.approx(layout.scales[key] * flow.stages.visits[key])
            assert near.size < far.size / 10


def test_each_step_can_be_drawn_from_full_height():
    flow = cvj.Journey.from_counts("five", [210600, 5766, 302, 161, 41]).flow()
    layout = sankey_picture(flow, scale="steps").layouts["h"]
    heights = [layout.boxes[key].height for key in flow.stages.index]
    assert heights == pytest.approx([heights[0]] * 5)
    assert len(layout.breaks) == 4


def label_boxes(picture: Picture, layout: Layout):
    kinds = {node.id: node.kind for node in picture.nodes}
    stage, exit_, lane = HEIGHTS[layout.orientation]
    boxes = {}
    for name, label in layout.labels.items():
        height = stage if kinds[name] == "stage" else lane if label.align == "right" else exit_
        right = label.left + label.width
        boxes[f"label {name}"] = (label.left, label.top, right, label.top + height)
    return boxes


def bars(layout: Layout):
    return {
        f"bar {name}": (box.left, box.top, box.left + box.width, box.top + box.height)
        for name, box in layout.boxes.items()
    }


def slices(ribbon, layout: Layout):
    """Thin slices of a link, bent as both renderers bend it."""
    for edge in bent(ribbon):
        part = (edge.along, edge.top, edge.along, edge.top + edge.size)
        yield part if layout.orientation == "h" else (part[1], part[0], part[3], part[2])


def overlap(one, other) -> bool:
    return min(one[2], other[2]) - max(one[0], other[0]) > TOUCHING - (
        other[0] == other[2]
    ) and min(one[3], other[3]) - max(one[1], other[1]) > TOUCHING - (other[1] == other[3])


def test_every_bar_has_the_same_length_along_the_picture():
    for layout in sankey_picture(JUMPS.flow()).layouts.values():
        lengths = [
            box.width if layout.orientation == "h" else box.height for box in layout.boxes.values()
        ]
        assert lengths == pytest.approx([BAR] * len(lengths))


@pytest.mark.parametrize("people", [5e-324, 1e-310, 1e-300])
def test_the_smallest_numbers_of_people_have_a_scale(people):
    journey = cvj.Journey.from_rates("five", people, [0.5, 0.2, 0.4, 0.1])
    for way in (journey, journey.with_referral("loyalty", to="reach", per_person=50)):
        layouts = asdict(sankey_picture(way.flow()))["layouts"]
        assert "nan" not in str(layouts)
        assert "inf" not in str(layouts)


FALLING = st.lists(st.integers(1, 100_000), min_size=5, max_size=5).map(
    lambda counts: sorted(counts, reverse=True)
)


@given(FALLING, FALLING)
@example([10_000, 2_000, 100, 40, 10], [10_000, 6_000, 300, 120, 30])
@example([10_000, 6_000, 300, 120, 30], [10_000, 2_000, 100, 40, 10])
def test_what_it_was_is_outlined_at_the_scale_of_what_is_and_meets_no_label(before, after):
    base, now = (cvj.Journey.from_counts("five", counts).flow() for counts in (before, after))
    picture = sankey_picture(now, base=base)
    for layout in picture.layouts.values():
        labels = label_boxes(picture, layout)
        for edges in layout.was:
            for part in slices(edges, layout):
                assert 0 <= part[0] <= part[2] <= layout.width + TOUCHING
                assert 0 <= part[1] <= part[3] <= layout.height + TOUCHING
                for name, box in labels.items():
                    assert not overlap(box, part), (layout.orientation, name)
        bars_before = [edges for edges in layout.was if edges[1].along - edges[0].along == BAR]
        expected = []
        for key, people in base.stages["visits"].items():
            box = layout.boxes[key]
            start, is_ = (
                (box.left, box.height) if layout.orientation == "h" else (box.top, box.width)
            )
            was = max(SHORTEST, layout.scales[key] * people)
            if abs(was - is_) > NOTICED:
                expected.append((start, was))
        for start, was in expected:
            thick = [edges[0].size for edges in bars_before if abs(edges[0].along - start) < 0.01]
            assert thick == [pytest.approx(was)]


def test_what_did_not_change_has_no_outline_and_other_stages_are_not_compared():
    flow = cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 10], name="Shop").flow()
    later = cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 20]).flow()
    other = cvj.Journey.from_counts("seven", [900, 90, 50, 9, 5, 2, 1]).flow()
    for base in (None, flow, other):
        picture = sankey_picture(flow, base=base)
        assert picture == sankey_picture(flow)
    changed = sankey_picture(later, base=flow)
    assert dict(changed.legend)["was"] == "was, in Shop"
    loyalty = changed.layouts["h"].boxes["loyalty"].left
    ends = {round(edges[-1].along) for edges in changed.layouts["h"].was}
    assert ends == {round(loyalty), round(loyalty + BAR)}
