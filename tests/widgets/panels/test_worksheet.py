"""The worksheet on values: what its fields send becomes of the journey, and can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import cvjkit as cvj
from cvjkit.catalog.sources import awareness_levels, cited
from cvjkit.catalog.tactics import tactic_kinds
from tests.widgets.hand import JOURNEYS, REDO, SHOP, TWO, UNDO, Hand, shown_in_full

SHEET, SAVE_AS = ("head", "head", "sheet"), ("file", "file", "save_as")
EIGHT = cvj.Journey.from_counts("eight", [9000, 900, 90, 50, 40, 20, 9, 3], name="Eight")


def at_worksheet(journey: Any, **options: Any) -> Hand:
    return Hand(journey, **options).types("worksheet", *SHEET)


def suggestions(hand: Hand, stage: str) -> dict[str, str]:
    tables = {table["id"]: table for table in hand.part(f"stage-{stage}")["tables"]}
    fields = tables[f"tactic-{stage}"]["rows"][0]["fields"]
    return {field["text"]: field["id"] for field in fields if field["id"].startswith("suggested")}


def numbers(journey: cvj.Journey, stage: str) -> Any:
    return next(numbers for numbers in journey.stages if numbers.stage == stage)


def test_a_tactic_is_added_filled_in_and_removed() -> None:
    hand = at_worksheet(EIGHT).speaks("en-GB")
    hand.types("Brewing guide", "tactic-subscription", "new", "name")
    hand.presses("tactic-subscription", "new", "add")
    assert hand.text("tactic-subscription", "new", "name") == ""
    row = ("tactics-subscription", "0")
    for column, text in (
        ("kind", "lead_magnet"),
        ("channel", "email"),
        ("promise", "No bitter cup"),
        ("owner", "Ben"),
        ("cost", "1,200"),
        ("due", "2026-12-01"),
    ):
        hand.types(text, *row, column)
    expected = {
        "name": "Brewing guide",
        "kind": "lead_magnet",
        "channel": "email",
        "promise": "No bitter cup",
        "owner": "Ben",
        "cost": 1200,
        "due": "2026-12-01",
    }
    assert hand.journey == EIGHT.with_stage("subscription", tactics=[expected])
    hand.types("", *row, "owner").types("Guide", *row, "name")
    (tactic,) = numbers(hand.journey, "subscription").tactics
    assert (tactic.name, tactic.owner) == ("Guide", None)
    assert hand.presses(*row, "remove").journey == EIGHT


def test_every_suggestion_of_the_framework_is_one_key_away_with_its_source() -> None:
    hand = at_worksheet(EIGHT)
    for stage in EIGHT.framework:
        offered = suggestions(hand, stage.key)
        assert list(offered) == [f"+ {name}" for name in stage.tactics]
        notes = " ".join(hand.part(f"stage-{stage.key}")["notes"])
        assert stage.purpose in notes
        assert cited(stage.sources) in notes
        for name in stage.tactics:
            hand.presses(f"tactic-{stage.key}", "new", suggestions(hand, stage.key)[f"+ {name}"])
        used = [tactic.name for tactic in numbers(hand.journey, stage.key).tactics]
        assert used == list(stage.tactics)
        assert suggestions(hand, stage.key) == {}
    assert [finding.id for finding in hand.journey.audit()["A03"]] == ["A03"]
    assert hand.journey.audit()["A03"][0].answer == "passes"


def test_a_name_that_says_its_kind_shows_it_and_the_kinds_at_home_come_first() -> None:
    hand = at_worksheet(EIGHT.with_stage("subscription", tactics=["Download", "A parrot"]))
    assert hand.text("tactics-subscription", "0", "kind") == "lead_magnet"
    assert hand.text("tactics-subscription", "1", "kind") == ""
    field = hand.field("tactics-subscription", "0", "kind")
    offered = [value for value, _ in field.choices]
    assert set(offered) == {"", *(kind.key for kind in tactic_kinds())}
    homely = {kind.key for kind in tactic_kinds() if "lead" in kind.homes}
    assert homely
    assert set(offered[1 : 1 + len(homely)]) == homely


def test_messages_are_added_changed_and_removed() -> None:
    hand = at_worksheet(EIGHT).types("free_value", "message-subscription", "new", "kind")
    hand.presses("message-subscription", "new", "add")
    row = ("messages-subscription", "0")
    hand.types("Tip", *row, "name").types("60", *row, "after_minutes")
    hand.types("1.5", *row, "times_a_week").types("yes", *row, "opt_out")
    hand.types("no", *row, "solicited")
    message = {
        "kind": "free_value",
        "name": "Tip",
        "after_minutes": 60,
        "times_a_week": 1.5,
        "opt_out": True,
        "solicited": False,
    }
    assert hand.journey == EIGHT.with_stage("subscription", messages=[message])
    hand.types("", *row, "opt_out")
    assert numbers(hand.journey, "subscription").messages[0].opt_out is None
    assert hand.presses(*row, "remove").journey == EIGHT


@pytest.mark.parametrize(
    ("column", "text", "said"),
    [
        ("name", " ", "write a name"),
        ("cost", "-5", "-5 must not be negative: write 0 or more."),
        ("cost", "much", "'much' must be a number"),
        ("due", "tomorrow", "tomorrow must be a day: write it like 2026-03-31."),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(column: str, text: str, said: str) -> None:
    before = EIGHT.with_stage("excitement", tactics=["Gift card"])
    hand = at_worksheet(before).types(text, "tactics-excitement", "0", column)
    assert hand.message("tactics-excitement", "0", column).startswith(said)
    assert hand.text("tactics-excitement", "0", column) == text
    assert hand.journey == before


def test_nothing_is_added_without_a_name_or_a_kind() -> None:
    hand = at_worksheet(EIGHT)
    for table, said in (
        ("tactic-excitement", "write what you do, or take a suggestion"),
        ("message-excitement", "choose what kind of message it is"),
    ):
        hand.presses(table, "new", "add")
        assert hand.message(table, "new", "add") == said
    hand.types("  ", "tactic-excitement", "new", "name").presses("tactic-excitement", "new", "add")
    assert hand.journey == EIGHT


def test_undo_and_redo_go_through_both_sheets() -> None:
    hand = at_worksheet(EIGHT)
    hand.presses("tactic-excitement", "new", "suggested-0")
    added = hand.journey
    hand.types("numbers", *SHEET).types("99", "stages", "excitement", "unit_cost")
    hand.types("worksheet", *SHEET)
    assert hand.presses(*UNDO).journey == added
    assert hand.presses(*UNDO).journey == EIGHT
    assert hand.presses(*REDO).journey == added
    assert hand.text("tactics-excitement", "0", "name") == "Thank-you note"


def test_what_an_offer_is_worth_is_typed_at_the_offer() -> None:
    sold = EIGHT.with_offer("conversion", name="Box", price=6)
    hand = at_worksheet(sold).types("Three coffees", "worth", "conversion", "value")
    hand.types("own", "worth", "conversion", "kind").types("yes", "worth", "conversion", "digital")
    expected = sold.with_offer("conversion", value="Three coffees", kind="own", digital=True)
    assert hand.journey == expected


def test_who_comes_is_typed_at_the_segment_and_suited_content_is_one_key_away() -> None:
    hand = at_worksheet(TWO.with_segment("Blog", awareness="problem"))
    row = ("avatars", "1")
    hand.types("Cooks at home", *row, "avatar").types("yes", *row, "targeted")
    hand.types("Reads", *row, "why_there").types("Less bitter", *row, "intent")
    hand.types("blog", *row, "channel_kind").types("visits", *row, "counted_in")
    hand.presses(*row, "take")
    blog = hand.journey.segments[1]
    assert (blog.avatar, blog.targeted, blog.why_there) == ("Cooks at home", True, "Reads")
    assert (blog.intent, blog.channel_kind, blog.counted_in) == ("Less bitter", "blog", "visits")
    assert blog.content == "educational"
    assert (*row, "take") not in hand.addresses


@pytest.mark.parametrize("level", awareness_levels(), ids=lambda level: level.key)
def test_the_content_that_suits_a_level_is_suggested_with_its_source(level: Any) -> None:
    hand = at_worksheet(SHOP.with_segment("Everyone", awareness=level.key))
    note = hand.part("avatars")["tables"][0]["rows"][0]["note"]
    assert level.content in note
    assert cited(level.sources) in note
    hand.presses("avatars", "0", "take")
    assert hand.journey.segments[0].content == level.content


def test_the_next_test_and_how_people_were_counted_are_typed() -> None:
    hand = at_worksheet(SHOP).types("7", "plan", "plan", "next_test_days")
    hand.types("120", "plan", "plan", "cohort_age_days")
    hand.types("no", "plan", "plan", "channels_overlap")
    hand.types("recommendation", "plan", "plan", "loyalty_measured_by")
    assert hand.journey == SHOP.with_terms(
        next_test_days=7,
        cohort_age_days=120,
        channels_overlap=False,
        loyalty_measured_by="recommendation",
    )


@pytest.mark.parametrize("suffix", ["toml", "xlsx"])
def test_a_worksheet_comes_back_from_its_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"eight.{suffix}"
    hand = at_worksheet(EIGHT).presses("tactic-excitement", "new", "suggested-0")
    hand.types("Ida", "tactics-excitement", "0", "owner")
    hand.types("thank_you", "message-excitement", "new", "kind")
    hand.presses("message-excitement", "new", "add")
    hand.types("Readers", "avatars", "0", "avatar").types(str(path), "file", "file", "path")
    hand.presses(*SAVE_AS)
    assert cvj.read_journey(path) == hand.journey
    again = at_worksheet(path)
    assert again.text("tactics-excitement", "0", "owner") == "Ida"
    assert again.text("avatars", "0", "avatar") == "Readers"


def test_the_audit_follows_the_worksheet() -> None:
    hand = at_worksheet(EIGHT).presses("tactic-excitement", "new", "suggested-0")
    hand.types("upsell", "tactics-excitement", "0", "kind")
    (table, *_) = hand.part("audit")["tables"]
    assert any("the right thing at the wrong step" in row["name"] for row in table["rows"])


def test_what_is_typed_wrong_is_forgotten_on_the_other_sheet_and_the_picture_waits() -> None:
    hand = Hand(SHOP).types("x", "stages", "reach", "reached").types("worksheet", *SHEET)
    picture = hand.designer._view.picture
    hand.types("Renamed", "head", "head", "name")
    assert hand.designer._view.picture is picture
    hand.types("numbers", *SHEET)
    assert hand.message("stages", "reach", "reached") == ""
    assert hand.designer._view.picture["title"] == "Renamed"


def test_a_worksheet_that_may_not_write_has_no_way_to(tmp_path: Path) -> None:
    EIGHT.save(tmp_path / "eight.toml")
    before = (tmp_path / "eight.toml").read_bytes()
    hand = at_worksheet(tmp_path / "eight.toml", writable=False)
    hand.presses("tactic-excitement", "new", "suggested-0")
    assert not [address for address in hand.addresses if address[0] == "file"]
    assert (tmp_path / "eight.toml").read_bytes() == before


@pytest.mark.parametrize("path", sorted(JOURNEYS.glob("*.toml")), ids=lambda path: path.stem)
def test_everything_on_a_starters_worksheet_is_shown_and_typing_it_again_changes_nothing(
    path: Path,
) -> None:
    hand = at_worksheet(path)
    before = hand.journey
    shown_in_full(hand.designer)
    typed = 0
    for address in hand.addresses:
        field = hand.field(*address)
        if address[0].startswith(("tactics-", "messages-", "worth", "avatars", "plan")):
            if field.kind in {"text", "number"}:
                hand.types(field.text, *address)
                typed += 1
            assert hand.message(*address) == ""
    assert typed > 100
    assert hand.journey == before
