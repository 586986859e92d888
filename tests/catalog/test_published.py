from __future__ import annotations

import pytest

from cvjkit.catalog.lookup import framework, frameworks, published_frameworks
from cvjkit.catalog.spine import milestones
from tests.catalog.given import OF_ALL, glossary_table

KEYS = {
    "five": "reach acquisition conversion retention loyalty",
    "seven": "aware intrigued attraction give customer trust client_for_life",
    "eight": "awareness engagement subscription conversion excitement ascension advocation"
    " promotion",
    "nine": "target attract_interest collect_leads educate offer close deliver_and_wow offer_more"
    " referral",
    "full": "aware intrigued visited engaged lead educated offered first_payment wowed bought_again"
    " habitual advocate promoter",
    "full:time": "aware intrigued visited engaged lead educated early_win offered first_payment"
    " wowed bought_again habitual advocate promoter",
}

# One row a milestone: the stage of seven, nine, eight, eight:time and five that stands there.
CROSSWALK = """
aware          aware            -                awareness     awareness     reach
intrigued      intrigued        -                -             -             -
visited        attraction       target           -             -             -
engaged        -                attract_interest engagement    engagement    acquisition
lead           give             collect_leads    subscription  subscription  -
educated       -                educate          -             conversion    -
early_win      -                -                -             excitement    -
offered        -                offer            -             -             -
first_payment  customer         close            conversion    ascension     conversion
wowed          -                deliver_and_wow  excitement    -             -
bought_again   trust            offer_more       ascension     -             retention
habitual       client_for_life  -                -             -             -
advocate       -                -                advocation    advocation    loyalty
promoter       -                referral         promotion     promotion     -
"""

LOST_HEADINGS = {"aware", "intrigued", "attraction", "give", "customer", "client_for_life"}


def anchored(key: str) -> list[str]:
    return [stage.milestone for stage in framework(key) if stage.milestone]


def shared(*keys: str) -> list[str]:
    return [m.key for m in milestones() if all(m.key in anchored(key) for key in keys)]


def test_the_published_frameworks_are_five_and_the_spine_is_the_last():
    assert [published.key for published in frameworks()] == [
        "five",
        "seven",
        "eight",
        "nine",
        "full",
    ]
    assert [len(published) for published in frameworks()] == [5, 7, 8, 9, 13]
    assert len(framework("full:time")) == 14


@pytest.mark.parametrize("key", KEYS)
def test_stage_keys_are_those_others_rely_on(key):
    assert " ".join(framework(key).keys) == KEYS[key]


def test_each_stage_stands_at_the_milestone_of_the_crosswalk():
    rows = [line.split() for line in CROSSWALK.strip().splitlines()]
    assert [row[0] for row in rows] == [published.key for published in milestones()]
    for column, key in enumerate(["seven", "nine", "eight", "eight:time", "five"], start=1):
        expected = {row[column]: row[0] for row in rows if row[column] != "-"}
        assert {published.key: published.milestone for published in framework(key)} == expected
    for key in ("full", "full:time"):
        assert all(published.key == published.milestone for published in framework(key))


def test_the_glossary_shows_the_same_crosswalk():
    rows = glossary_table("Crosswalk")
    assert [row[0] for row in rows] == [published.key for published in milestones()]
    for column, key in enumerate(["seven", "nine", "eight", "eight:time", "five"], start=1):
        shown = {row[column]: row[0] for row in rows if row[column][0] not in "*-"}
        assert shown == {stage.name: stage.milestone for stage in framework(key)}
        hidden = {row[column] for row in rows if row[column][0] == "*"}
        assert all(cell.strip("*").partition(" ")[2] in shown for cell in hidden)


def test_five_is_contained_in_eight():
    assert set(anchored("five")) < set(anchored("eight"))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("five seven", "aware first_payment bought_again"),
        ("five nine", "engaged first_payment bought_again"),
        ("seven eight", "aware lead first_payment bought_again"),
        ("seven nine", "visited lead first_payment bought_again"),
        ("eight nine", "engaged lead first_payment wowed bought_again promoter"),
        ("five seven eight nine", "first_payment bought_again"),
        ("five seven eight:time nine", "first_payment"),
    ],
)
def test_frameworks_share_exactly_these_milestones(keys, expected):
    assert " ".join(shared(*keys.split())) == expected


@OF_ALL
def test_every_stage_says_who_has_arrived_what_proves_it_what_it_is_for_and_where_from(published):
    assert published.source
    assert published.name
    for step in published:
        assert step.state, step.key
        assert step.event, step.key
        assert step.purpose, step.key
        assert step.sources, step.key


def test_stages_cite_only_the_document_their_framework_comes_from():
    documents = {"five": {"004"}, "seven": {"000"}, "eight": {"002", "003"}, "nine": {"001"}}
    for key, expected in documents.items():
        assert {source[:3] for step in framework(key) for source in step.sources} == expected


def test_names_whose_heading_is_lost_are_marked_as_reconstructed():
    marked = {
        (published.key, step.key)
        for published in published_frameworks()
        for step in published
        if step.reconstructed
    }
    assert marked == {("seven", key) for key in LOST_HEADINGS}
    assert "ours" in framework("seven").note


def test_contestable_anchors_say_why_and_the_alternative_holds_too():
    contested = {
        "five": {"acquisition": "offered", "retention": None, "loyalty": "promoter"},
        "seven": {"intrigued": None, "give": None, "trust": None, "client_for_life": None},
        "eight": {"ascension": "habitual"},
        "nine": {"target": "aware", "attract_interest": None, "deliver_and_wow": None},
    }
    for key, stages in contested.items():
        for name, alternative in stages.items():
            step = framework(key)[name]
            assert step.anchor_note
            assert step.alternative_milestone == alternative
    for published in published_frameworks():
        for step in published:
            if step.alternative_milestone:
                moved = published.change({step.key: {"milestone": step.alternative_milestone}})
                assert moved[step.key].milestone == step.alternative_milestone


def test_stages_without_a_tactic_are_those_whose_document_names_none():
    silent = {f"{e.key}.{s.key}" for e in frameworks() for s in e if not s.tactics}
    first = {"five.reach", "five.conversion", "seven.aware", "seven.intrigued", "seven.attraction"}
    assert silent == first | {"seven.client_for_life", "full.intrigued", "full.habitual"}


def test_the_spine_collects_the_tactics_named_at_each_milestone():
    assert set(framework("nine")["close"].tactics) <= set(
        framework("full")["first_payment"].tactics
    )
    assert "Little victories" in framework("full:time")["early_win"].tactics


def test_time_first_changes_three_stages_and_leaves_the_rest():
    money, time = framework("eight"), framework("eight:time")
    changed = [key for key in money.keys if money[key] != time[key]]
    assert changed == ["conversion", "excitement", "ascension"]
    assert all(money[key].event != time[key].event for key in changed)
    assert (time.key, money.variants, framework("full").variants) == (
        "eight:time",
        ("time",),
        ("time",),
    )
    assert time.name != money.name


def test_each_framework_says_what_it_has_no_stage_for_and_lacks_just_that():
    lacking = {
        published.key: {spot.milestone: spot.name for spot in published.blind_spots}
        for published in published_frameworks()
        if published.blind_spots
    }
    assert lacking == {
        "five": {"lead": "leads", "wowed": "delighting new customers"},
        "seven": {"promoter": "referrals"},
    }
    for key, spots in lacking.items():
        assert not spots.keys() & framework(key).by_milestone.keys()


def test_only_two_documents_speak_against_skipping_and_a_variant_agrees_with_its_framework():
    against = {published.key: published.skipping for published in published_frameworks()}
    assert against == {
        "five": "allowed",
        "seven": "allowed",
        "eight": "failure",
        "eight:time": "failure",
        "nine": "discouraged",
        "full": "allowed",
        "full:time": "allowed",
    }
