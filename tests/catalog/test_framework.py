from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from cvjkit.catalog.framework import (
    Framework,
    Stage,
    awareness_levels,
    disagreements,
    framework,
    frameworks,
    milestones,
    read_framework,
)
from cvjkit.errors import InputError

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

LINES = {"000": 36, "001": 83, "002": 37, "003": 126, "004": 39}

LOST_HEADINGS = {"aware", "intrigued", "attraction", "give", "customer", "client_for_life"}

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "\"quotes\" 'and' \\backslashes\\ `ticks`",
    "a" * 500,
    "שלום {0} %s ${HOME}",
    "\u202eright to left\u202c",
    "🎉👩‍👩‍👧",
    "line\nbreak\ttab",
    "[[stages]]\nkey = 'x'",
]

EVERY = [*frameworks(), framework("eight:time"), framework("full:time")]
OF_EVERY = pytest.mark.parametrize("each", EVERY, ids=lambda each: each.key)


def anchored(key: str) -> list[str]:
    return [stage.milestone for stage in framework(key) if stage.milestone]


def shared(*keys: str) -> list[str]:
    return [m.key for m in milestones() if all(m.key in anchored(key) for key in keys)]


def stage(key: str, milestone: str | None = None) -> dict[str, object]:
    return {"key": key, "name": key.title()} | ({"milestone": milestone} if milestone else {})


def faults(document: dict[str, object]) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        Framework.from_document(document)
    return {fault.field: f"{fault.rule}; {fault.fix}" for fault in caught.value.faults}


# Published frameworks


def test_the_published_frameworks_are_five_and_the_spine_is_the_last():
    assert [each.key for each in frameworks()] == ["five", "seven", "eight", "nine", "full"]
    assert [len(each) for each in frameworks()] == [5, 7, 8, 9, 13]
    assert len(framework("full:time")) == 14


@pytest.mark.parametrize("key", KEYS)
def test_stage_keys_are_those_others_rely_on(key):
    assert " ".join(framework(key).keys) == KEYS[key]


def test_each_stage_stands_at_the_milestone_of_the_crosswalk():
    rows = [line.split() for line in CROSSWALK.strip().splitlines()]
    assert [row[0] for row in rows] == [each.key for each in milestones()]
    for column, key in enumerate(["seven", "nine", "eight", "eight:time", "five"], start=1):
        expected = {row[column]: row[0] for row in rows if row[column] != "-"}
        assert {each.key: each.milestone for each in framework(key)} == expected
    for key in ("full", "full:time"):
        assert all(each.key == each.milestone for each in framework(key))


def glossary_table(heading: str) -> list[list[str]]:
    glossary = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
    section = glossary.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


def test_the_glossary_shows_the_same_milestones():
    spine = [[each.key, each.after or "", each.decided_by] for each in milestones()]
    assert [row[:3] for row in glossary_table("Milestones")] == spine


def test_the_glossary_shows_the_same_crosswalk():
    rows = glossary_table("Crosswalk")
    assert [row[0] for row in rows] == [each.key for each in milestones()]
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


@OF_EVERY
def test_every_stage_says_who_has_arrived_what_proves_it_what_it_is_for_and_where_from(each):
    assert each.source
    assert each.name
    for step in each:
        assert step.state, step.key
        assert step.event, step.key
        assert step.purpose, step.key
        assert step.sources, step.key


def citations() -> list[str]:
    steps = [step for each in EVERY for step in each] + list(milestones())
    cited = [source for step in steps for source in step.sources]
    cited += [
        s for each in disagreements() for position in each.positions for s in position.sources
    ]
    return cited + [source for level in awareness_levels() for source in level.sources]


def test_every_citation_names_lines_that_the_document_has():
    for citation in citations():
        form = re.fullmatch(r"(\d{3}):(\d+)(?:-(\d+))?", citation)
        assert form, citation
        first, last = int(form[2]), int(form[3] or form[2])
        assert 1 <= first <= last <= LINES[form[1]], citation


def test_stages_cite_only_the_document_their_framework_comes_from():
    documents = {"five": {"004"}, "seven": {"000"}, "eight": {"002", "003"}, "nine": {"001"}}
    for key, expected in documents.items():
        assert {source[:3] for step in framework(key) for source in step.sources} == expected


def test_names_whose_heading_is_lost_are_marked_as_reconstructed():
    marked = {(each.key, step.key) for each in EVERY for step in each if step.reconstructed}
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
    for each in EVERY:
        for step in each:
            if step.alternative_milestone:
                moved = each.change({step.key: {"milestone": step.alternative_milestone}})
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


def test_the_spine_is_one_line_with_a_habit_and_a_voice_branch():
    after = {each.key: each.after for each in milestones()}
    keys = list(after)
    assert [after[key] for key in keys[:12]] == [None, *keys[:10], "bought_again"]
    assert after["habitual"] == "bought_again"
    assert (after["advocate"], after["promoter"]) == ("bought_again", "advocate")
    branches = {each.key: each.branch for each in milestones() if each.branch != "main"}
    assert branches == {
        "early_win": "time",
        "habitual": "habit",
        "advocate": "voice",
        "promoter": "voice",
    }


def test_steps_people_decide_on_weigh_three_times_those_the_seller_takes():
    sellers = {each.key for each in milestones() if each.decided_by == "seller"}
    assert sellers == {"engaged", "educated", "offered", "wowed"}
    assert {(each.decided_by, each.weight) for each in milestones()} == {
        ("person", 3),
        ("seller", 1),
    }


# Where the documents disagree


def test_the_ten_disagreements_are_there_with_at_least_two_positions_each():
    assert [each.id for each in disagreements()] == [f"C{n}" for n in range(1, 11)]
    for each in disagreements():
        assert len(each.positions) >= 2, each.id
        assert each.question.endswith("?")
        assert each.consequence
        assert each.stages, each.id


def test_disagreements_concern_stages_and_milestones_that_exist():
    spine = {each.key for each in milestones()}
    for each in disagreements():
        assert set(each.milestones) <= spine
        for concerned in each.stages:
            key, _, name = concerned.partition(".")
            assert each in framework(key)[name].disagreements


def test_a_stage_knows_the_disagreements_that_concern_it():
    assert [each.id for each in framework("eight")["conversion"].disagreements] == ["C2", "C3"]
    assert [each.id for each in framework("eight:time")["conversion"].disagreements] == ["C2", "C3"]
    assert [each.id for each in framework("full")["engaged"].disagreements] == ["C4", "C9", "C10"]
    assert framework("nine")["educate"].disagreements == ()


def test_each_awareness_level_has_its_own_first_content():
    assert {level.key: level.content for level in awareness_levels()} == {
        "unaware": "entertaining",
        "problem": "educational",
        "solution": "contrasting",
        "product": "comparing",
    }


# Looking things up


def test_an_unknown_framework_lists_the_choices_and_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'eight'.*five, seven.*eight:time"):
        framework("eigth")


@pytest.mark.parametrize("key", ["", "eight:", "eight:money", "../five", None, 8, ["eight"]])
def test_nothing_but_a_known_key_gives_a_framework(key):
    with pytest.raises(InputError, match="is not known"):
        framework(key)


@pytest.mark.parametrize("key", ["convertion", 3, None, ["conversion"]])
def test_an_unknown_stage_lists_those_there_are(key):
    with pytest.raises(InputError, match="awareness, engagement, subscription, conversion"):
        framework("eight")[key]


def test_a_framework_is_a_sequence_of_stages_found_by_key():
    five = framework("five")
    assert [step.key for step in five] == list(five.keys)
    assert [five.index(key) for key in five.keys] == list(range(5))
    assert five["loyalty"] == list(five)[4]
    assert "loyalty" in five
    assert five["loyalty"] in five
    assert "lead" not in five


@pytest.mark.parametrize("key", ["five", "seven", "eight", "nine", "eight:time"])
def test_each_stage_of_a_document_follows_the_one_before(key):
    each = framework(key)
    assert each.parents == (None, *range(len(each) - 1))


@pytest.mark.parametrize("key", ["full", "full:time"])
def test_on_the_spine_habit_and_voice_both_follow_the_second_purchase(key):
    full = framework(key)
    follows = {step.key: full.parents[place] for place, step in enumerate(full)}
    assert follows["habitual"] == follows["advocate"] == full.index("bought_again")
    assert follows["promoter"] == full.index("advocate")


def test_a_step_without_milestone_follows_and_is_followed_by_its_neighbours():
    full = framework("full").insert(stage("party"), after="habitual")
    assert full.parents[full.index("party")] == full.index("habitual")
    assert full.parents[full.index("advocate")] == full.index("party")


def test_a_stage_none_of_whose_ancestors_stand_here_follows_the_one_before():
    voice_only = {
        "key": "v",
        "name": "V",
        "stages": [stage("h", "habitual"), stage("a", "advocate")],
    }
    assert Framework.from_document(voice_only).parents == (None, 0)


def test_frameworks_are_equal_by_value_usable_as_keys_and_cannot_be_changed():
    one = framework("eight").drop("promotion")
    two = framework("eight").drop("promotion")
    assert one.parents  # computed on one side only
    assert one == two
    assert len({one, two, framework("eight")}) == 2
    assert pickle.loads(pickle.dumps(one)) == two  # noqa: S301  # our own bytes
    with pytest.raises(ValidationError, match="frozen"):
        one.name = "other"


# Frameworks of one's own


def test_renaming_keeps_keys_and_milestones():
    own = framework("eight").rename({"conversion": "First order"})
    assert own["conversion"].name == "First order"
    assert own["conversion"].milestone == "first_payment"
    assert own.keys == framework("eight").keys
    assert framework("eight")["conversion"].name == "Conversion"


def test_a_derived_framework_has_a_key_and_a_name_of_its_own():
    once = framework("eight:time").drop("promotion")
    assert (once.key, once.name) == ("eight_time_own", f"{framework('eight:time').name} (own)")
    assert once.drop("advocation").key == once.key
    named = once.drop("advocation", key="shop", name="Shop")
    assert (named.key, named.name) == ("shop", "Shop")


def test_a_stage_can_be_inserted_first_between_or_last():
    five = framework("five")
    quiz = Stage(key="quiz", name="Quiz")
    assert five.insert(quiz, after=None).index("quiz") == 0
    assert five.insert(quiz, after="reach").index("quiz") == 1
    assert five.insert(stage("quiz", "promoter"), after="loyalty").index("quiz") == 5


def test_published_frameworks_and_derived_ones_survive_a_round_trip_as_plain_values():
    for each in [*EVERY, framework("nine").rename({"target": "Ziel"}, key="neun", name="Neun")]:
        assert Framework.from_document(each.document()) == each
        assert_plain(each.document())


def assert_plain(value: object) -> None:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            assert_plain(inner)
    else:
        assert type(value) in (str, bool)


def test_an_own_framework_cannot_pass_for_a_published_one():
    found = faults({**framework("eight").document(), "name": "Almost"})
    assert list(found) == ["key"]
    assert "published" in found["key"]
    with pytest.raises(InputError, match="published"):
        framework("five").drop("loyalty", key="five")


def test_habit_and_voice_may_stand_in_either_order():
    steps = [stage("a", "advocate"), stage("h", "habitual"), stage("p", "promoter")]
    own = Framework.from_document({"key": "own", "name": "Own", "stages": steps})
    assert own.parents == (None, 0, 0)


def test_names_may_repeat():
    own = framework("five").rename({"retention": "Again", "loyalty": "Again"})
    assert own["retention"].name == own["loyalty"].name


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_kept_to_the_letter(name):
    own = framework("five").rename({"reach": name}, name=name)
    assert own.name == name
    assert Framework.from_document(own.document())["reach"].name == name


@pytest.mark.parametrize(
    "key", ["", "Lead", "1st", "two words", "käse", "a-b", "<b>", "_x", "lead\n", "a:b", 7]
)
def test_keys_that_are_no_lowercase_identifiers_are_refused(key):
    step = {"key": key, "name": "A"}
    found = faults({"key": "own", "name": "Own", "stages": [step]})
    assert list(found) == ["stages[0].key"]
    assert list(faults({"key": key, "name": "Own", "stages": [stage("a")]})) == ["key"]


@pytest.mark.parametrize(
    ("steps", "field", "rule"),
    [
        ([], "stages", "at least one stage"),
        ([stage("a"), stage("a")], "stages[a].key", "another stage"),
        ([stage("a", "laed")], "stages[a].milestone", "did you mean 'lead'"),
        (
            [stage("a", "lead"), stage("b", "lead")],
            "stages[b].milestone",
            "milestone of stage a too",
        ),
        ([stage("a", "lead"), stage("b", "aware")], "stages[b].milestone", "comes before 'lead'"),
        (
            [stage("a", "promoter"), stage("b", "advocate")],
            "stages[b].milestone",
            "comes before 'promoter'",
        ),
        ([stage("a") | {"colour": "red"}], "stages[a].colour", "not a known field"),
        ([stage("a") | {"name": " "}], "stages[a].name", "must not be blank"),
        ([stage("a") | {"name": 7}], "stages[a].name", "must be text"),
        ([stage("a") | {"disagreement_ids": ["C11"]}], "stages[a].disagreement_ids", "not known"),
        ([{"key": "a"}], "stages[a].name", "required"),
        ([{"name": "A"}], "stages[0].key", "required"),
        ("abc", "stages", ""),
        ({"a": stage("a")}, "stages", ""),
        (["a"], "stages[0]", ""),
    ],
)
def test_what_is_no_framework_is_refused_with_place_and_rule(steps, field, rule):
    found = faults({"key": "own", "name": "Own", "stages": steps})
    assert list(found) == [field]
    assert rule in found[field]


def test_all_faults_are_reported_at_once():
    found = faults(
        {
            "key": "My Own",
            "colour": "red",
            "stages": [
                stage("offer", "offered"),
                stage("Offer 2", "lead"),
                stage("offer", "leed"),
                {"key": "last", "name": "Last", "milestone": "offered", "size": 3},
            ],
        }
    )
    assert list(found) == [
        "key",
        "name",
        "stages[1].key",
        "stages[offer].milestone",
        "stages[last].size",
        "colour",
        "stages[1].milestone",
        "stages[offer].key",
        "stages[last].milestone",
    ]


def test_all_faults_of_a_change_are_reported_at_once():
    found = faults(
        {
            "base": "eight",
            "colour": "red",
            "name": " ",
            "drop": ["promotoin"],
            "stages": {"convertion": {"name": "x"}, "subscription": {"milestone": "wowed"}},
            "insert": [
                stage("quiz") | {"after": "engagment"},
                stage("Poll") | {"after": "awareness"},
            ],
        }
    )
    assert set(found) == {
        "colour",
        "name",
        "drop",
        "stages",
        "insert[quiz].after",
        "stages[1].key",
        "stages[conversion].milestone",
        "stages[excitement].milestone",
    }
    assert "did you mean 'conversion'" in found["stages"]


@pytest.mark.parametrize(
    "changes",
    [
        {"drop": "loyalty"},
        {"stages": []},
        {"stages": {"reach": 1}},
        {"insert": {}},
        {"insert": [1]},
    ],
)
def test_changes_of_the_wrong_shape_are_refused_by_field(changes):
    (field,) = faults({"base": "five", "key": "own"} | changes)
    assert field.startswith(next(iter(changes)))


def test_dropping_every_stage_is_refused():
    with pytest.raises(InputError, match="at least one stage"):
        framework("five").drop(*framework("five").keys)


def test_a_file_can_hold_a_whole_framework(tmp_path):
    path = tmp_path / "ours.toml"
    path.write_text(
        """
        key = "ours"
        name = "Ours"
        [[stages]]
        key = "see"
        name = "Sehen 👀"
        milestone = "aware"
        [[stages]]
        key = "taste"
        name = "Kosten"
        tactics = ["Probe"]
        """,
        encoding="utf-8",
    )
    own = read_framework(path)
    assert [step.name for step in own] == ["Sehen 👀", "Kosten"]
    assert own["taste"].milestone is None
    assert read_framework(str(path)) == own


def test_a_file_can_hold_changes_to_a_published_framework(tmp_path):
    path = tmp_path / "reform.toml"
    path.write_text(
        """
        base = "eight:time"
        key = "coach"
        name = "Coach"
        drop = ["promotion"]
        [stages.conversion]
        name = "Webinar"
        [[insert]]
        after = "ascension"
        key = "again"
        name = "Second block"
        milestone = "bought_again"
        [[insert]]
        after = "again"
        key = "party"
        name = "Party"
        """
    )
    own = read_framework(path)
    changed = (
        framework("eight:time")
        .drop("promotion", key="coach", name="Coach")
        .rename({"conversion": "Webinar"})
        .insert(stage("again", "bought_again") | {"name": "Second block"}, after="ascension")
        .insert(stage("party"), after="again")
    )
    assert own == changed


def test_a_missing_base_lists_the_frameworks_there_are():
    assert "did you mean 'eight'" in faults({"base": "eigth", "key": "own"})["base"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"key = ", "is not TOML"),
        (b"\xff\xfe", "is not TOML"),
        (b"a = " + b"[" * 100_000, "is not TOML"),
        (b"", "is required"),
        (b"key = 'own'\nname = 'Own'\nstages = []", "at least one stage"),
    ],
)
def test_a_file_that_holds_no_framework_is_refused_by_its_path(tmp_path, content, why):
    path = tmp_path / "broken.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match=why) as caught:
        read_framework(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputError, match="cannot be read") as caught:
            read_framework(path)
        assert str(path) in str(caught.value)
