"""The picture says what the flow says."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.sankey import MEANING, Picture, sankey_picture
from cvjkit.charts.style import COLORS
from cvjkit.number_text import DASH
from tests.strategies import journeys

FIVE = [10000, 2000, 100, 40, 10]


def five(counts=FIVE, **fields):
    return cvj.Journey.from_counts("five", counts, name="Shop", **fields)


def kinds(picture: Picture) -> list[str]:
    return sorted({link.kind for link in picture.links})


def total(picture: Picture, end: str, node: str) -> float:
    return sum(link.people for link in picture.links if getattr(link, end) == node)


def is_conserved(picture: Picture) -> None:
    size = max([1e-300, *(node.people or 0 for node in picture.nodes)])
    for node in picture.nodes:
        came, went = total(picture, "target", node.id), total(picture, "source", node.id)
        if node.kind == "stage" and node.people is not None:
            assert came == pytest.approx(node.people, rel=1e-6, abs=1e-7 * size)
            assert went == pytest.approx(node.people, rel=1e-6, abs=1e-7 * size)
        elif node.people is not None:
            assert came + went == pytest.approx(node.people)


@given(journeys(unknown=True))
def test_what_comes_to_a_stage_goes_on_stays_or_leaves(journey):
    """P19."""
    is_conserved(sankey_picture(journey.flow()))


@given(journeys(), st.data())
def test_it_is_conserved_from_any_stage_on(journey, data):
    start = data.draw(st.sampled_from(journey.framework.keys))
    flow = journey.flow()
    picture = sankey_picture(flow, start)
    is_conserved(picture)
    shown = [node.stage for node in picture.nodes if node.kind == "stage"]
    assert shown == list(journey.framework.keys[journey.framework.index(start) :])
    for node in picture.nodes:
        if node.kind == "stage":
            assert node.people == pytest.approx(flow.stages.visits[node.stage], abs=1e-6)


@given(journeys(unknown=True))
def test_the_links_are_those_of_the_flow(journey):
    flow = journey.flow()
    picture = sankey_picture(flow)
    smallest = 1e-8 * max([0, *flow.stages.visits.dropna()])
    for way in flow.links.itertuples():
        if way.people <= smallest:
            continue
        if way.kind in ("forward", "skip", "inferred"):
            ends = [(way.source, way.target)]
        elif way.kind == "referral":
            ends = [(f"referred:{way.target}", way.target)]
        else:
            came = {"back": "returned", "repeat": "again"}[way.kind]
            ends = [
                (way.source, f"{way.kind}:{way.source}:{way.target}"),
                (f"{came}:{way.target}", way.target),
            ]
        for source, target in ends:
            between = [k for k in picture.links if (k.source, k.target) == (source, target)]
            found = [link for link in between if link.kind == way.kind]
            assert len(found) == 1
            assert found[0].people >= way.people * (1 - 1e-9) - smallest


@given(journeys(unknown=True))
def test_no_link_is_empty_or_leads_in_a_circle(journey):
    picture = sankey_picture(journey.flow())
    ahead = {node.id: index for index, node in enumerate(picture.nodes)}
    stages = [node.id for node in picture.nodes if node.kind == "stage"]
    for link in picture.links:
        assert link.people > 0
        if link.source in stages and link.target in stages:
            assert ahead[link.source] < ahead[link.target]
        else:
            assert (link.source in stages) != (link.target in stages)


@given(journeys(unknown=True))
def test_it_can_be_sent_to_a_browser(journey):
    document = sankey_picture(journey.flow()).document()
    assert json.loads(json.dumps(document, allow_nan=False)).keys() == document.keys()


def test_every_stage_says_its_name_its_people_and_both_shares():
    nodes = {node.id: node for node in sankey_picture(five().flow()).nodes}
    conversion = nodes["conversion"]
    assert (conversion.name, conversion.value) == ("Conversion", "100")
    assert conversion.notes == ("5% of previous", "1% of all")
    assert (nodes["drop:reach"].value, nodes["drop:reach"].notes) == ("8,000", ("80% leave",))


def test_what_changed_is_said_in_people_as_a_part_and_in_points_of_stages_and_of_ways():
    shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    tried = shop.scenario("Better", {"stages.conversion.rate": 0.06})
    picture = sankey_picture(tried.flow(), base=shop.flow())
    text = {node.id: node.text for node in picture.nodes}
    text |= {f"{link.source}>{link.target}": link.text for link in picture.links}
    more = "120 people (was 100: +20, +20%); 6% of previous stage (was 5%: +1 point, +20%)"
    assert text["conversion"].startswith(f"Conversion: {more}, 1.2% of all")
    assert text["acquisition>conversion"] == (
        "Acquisition → Conversion: 120 move on (was 100: +20, +20%), "
        "6% of visits (was 5%: +1 point, +20%)"
    )
    # 2,000 less 120, and less 100.
    less = "1,880 leave (was 1,900: -20, -1.1%), 94% of visits (was 95%: -1 point, -1.1%)"
    assert text["drop:acquisition"].startswith(f"Acquisition: {less}")
    assert text["acquisition>drop:acquisition"] == text["drop:acquisition"]
    assert text["conversion>retention"].endswith(
        "48 move on (was 40: +8, +20%), 40% of visits"  # the rate is what it was
    )
    before = {key for key in text if key.split(":")[-1].split(">")[0] == "reach"}
    assert before
    assert [key for key in before if "was" in text[key]] == []


def test_people_who_come_back_say_what_changed_too():
    shop = cvj.Journey.from_rates("five", 1900, [0.5, 0.5, 0.5, 0.5])
    shop = shop.with_transition("retention", "acquisition", 0.2)
    tried = shop.scenario("More", {"stages.reach.people": 3800})
    picture = sankey_picture(tried.flow(), base=shop.flow())
    text = {node.id: node.text for node in picture.nodes}
    assert text["entry:reach"] == "Reach: 3,800 enter (was 1,900: +1,900, +100%)"
    # Of 950 at Acquisition a quarter comes to Retention, and a fifth of them returns, and so on.
    assert pytest.approx(50) == 0.2 * 0.25 * 950 / (1 - 0.2 * 0.25)
    for node, way in (
        ("returned:acquisition", "returned"),
        ("back:retention:acquisition", "back to Acquisition"),
    ):
        assert f"100 {way} (was 50: +50, +100%)" in text[node]


def test_the_legend_lists_the_kinds_that_occur_and_no_others():
    plain = sankey_picture(five().flow())
    assert [kind for kind, _ in plain.legend] == ["forward", "entry", "finish", "drop"]
    busy = (
        cvj.Journey.from_rates("eight", 10000, [0.3, 0.3, 0.4, 0.7, 0.5, 0.4, 0.5])
        .with_transition("conversion", "engagement", 0.1)
        .with_transition("ascension", "ascension", 0.2)
        .with_transition("excitement", "promotion", 0.1)
        .with_referral("promotion", to="engagement", per_person=1)
    )
    picture = sankey_picture(busy.flow())
    assert [kind for kind, _ in picture.legend] == [
        k for k in MEANING if k not in ("unknown", "inferred")
    ]
    assert {kind for kind, _ in picture.legend} == set(kinds(picture))


def test_a_way_that_only_the_counts_show_is_said_to_be_inferred():
    picture = sankey_picture(cvj.Journey.from_counts("five", [10000, 2000, 100, 10, 25]).flow())
    (way,) = [link for link in picture.links if link.kind == "inferred"]
    assert (way.source, way.target, way.people) == ("conversion", "loyalty", pytest.approx(15))
    assert "15 at least, inferred from the counts" in way.text
    assert ("inferred", MEANING["inferred"]) in picture.legend
    assert picture.summary.endswith("go straight: at least 15 from Conversion to Loyalty.")
    assert not picture.warnings
    (loyalty,) = [node for node in picture.nodes if node.id == "loyalty"]
    assert "100%" not in loyalty.notes[0]


def test_every_kind_has_a_colour_by_day_and_by_night():
    assert COLORS["light"].keys() == COLORS["dark"].keys() == {*MEANING, "stage"}


def test_a_way_back_names_its_target_and_is_no_circle():
    picture = sankey_picture(
        five([1000, 500, 100, 40, 10]).with_transition("conversion", "reach", 0.1).flow()
    )
    node = next(node for node in picture.nodes if node.kind == "back")
    assert node.notes == ("10% back to Reach",)
    assert total(picture, "target", node.id) == total(picture, "source", "returned:reach")


def test_buying_again_is_an_exit_and_an_entrance_of_the_same_stage():
    picture = sankey_picture(five().with_transition("retention", "retention", 0.25).flow())
    nodes = {node.id: node for node in picture.nodes}
    assert nodes["repeat:retention:retention"].notes == ("25% come again",)
    again = total(picture, "source", "again:retention")
    assert again == total(picture, "target", "repeat:retention:retention") > 0


def test_people_who_refer_are_noted_and_do_not_leave():
    picture = sankey_picture(five().with_referral("loyalty", to="reach", per_person=4).flow())
    note = next(node for node in picture.nodes if node.kind == "note")
    assert (note.stage, note.value, note.notes) == ("loyalty", "+40", ("referred to Reach",))
    assert total(picture, "source", "referred:reach") == pytest.approx(40)
    is_conserved(picture)


def test_counts_that_rise_enter_there_unexplained_with_a_warning():
    picture = sankey_picture(five([10000, 2000, 100, 3000, 10]).flow())
    entry = next(node for node in picture.nodes if node.id == "entry:retention")
    assert (entry.value, entry.notes) == ("2,900", ("unexplained",))
    assert picture.warnings[0].startswith("Retention: 2,900 more people than could come")


def test_a_stage_that_was_not_counted_is_a_dash():
    picture = sankey_picture(five([1000, None, 100, 40, None]).flow())
    nodes = {node.id: node for node in picture.nodes}
    assert nodes["acquisition"].people is None
    assert (nodes["acquisition"].value, nodes["acquisition"].notes) == (DASH, ("not known",))
    assert nodes["unknown:retention"].people == pytest.approx(40)
    assert total(picture, "target", "conversion") == pytest.approx(100)
    assert "acquisition" in picture.layouts["h"].boxes


@pytest.mark.parametrize("framework", [*("five", "seven", "eight", "nine", "full", "full:time")])
def test_nobody_is_a_calm_empty_picture(framework):
    journey = cvj.Journey.from_counts(framework, [0] * len(cvj.framework(framework)), name="New")
    picture = sankey_picture(journey.flow())
    assert picture.summary == "New: nobody enters yet, so there is no flow to show."
    assert not picture.links
    assert not picture.legend
    assert not picture.layouts["h"].boxes
    assert all(node.value == "0" for node in picture.nodes)


def test_nothing_known_is_said_so():
    picture = sankey_picture(five([None] * 5).flow())
    assert (
        picture.summary == "Shop: how many people enter is not known, so there is no flow to show."
    )


def test_without_a_total_the_picture_says_so_and_does_not_crash():
    plan = cvj.Journey.from_rates("five", 1000, [0.2, 0.1, 0.5, 0.5])
    endless = plan.with_referral("reach", to="reach", per_person=2)
    picture = sankey_picture(endless.flow())
    assert "grow without end" in picture.warnings[0]
    json.dumps(picture.document(), allow_nan=False)


def test_from_a_later_stage_on_its_arrivals_are_the_whole():
    picture = sankey_picture(five().flow(), "conversion")
    assert total(picture, "source", "entry:conversion") == 100
    assert "from Conversion on: the 100 who arrive there are drawn as the whole" in picture.subtitle
    assert picture.summary.startswith("Shop: 100 people enter at Conversion;")
    true = [
        sankey_picture(five().flow(), start, "true").layouts["h"].scales["conversion"]
        for start in ("conversion", None)
    ]
    assert true[0] > 50 * true[1]


def test_a_stage_to_start_with_that_does_not_exist_is_refused_with_the_choices():
    with pytest.raises(cvj.InputError, match="did you mean 'conversion'"):
        sankey_picture(five().flow(), "convertion")


def test_a_long_name_is_whole_in_its_label_and_short_in_sentences():
    own = cvj.framework("five").rename({"reach": "x" * 500})
    picture = sankey_picture(cvj.Journey.from_counts(own, FIVE, name="y" * 500).flow())
    assert picture.nodes[1].name == "x" * 500
    assert len(picture.summary) < 400


def test_the_picture_and_its_widget_do_not_load_plotly():
    code = "import cvjkit.widgets.flow_view, sys; sys.exit('plotly' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
