"""The head and the file on values: frameworks to choose, and what is saved where."""

from __future__ import annotations

from pathlib import Path

import pytest

import cvjkit as cvj
from cvjkit.widgets.panels.head import ILLUSTRATIVE_NOTE
from tests.widgets.hand import FRAMEWORK, PLAN, SHOP, UNDO, Hand

SAVE, SAVE_AS = ("file", "file", "save"), ("file", "file", "save_as")
FOLDER = ("file", "file", "folder")
PATH, OVERWRITE = ("file", "file", "path"), ("file", "file", "overwrite")


def test_a_framework_of_ones_own_stays_among_the_choices() -> None:
    own = cvj.framework("five").rename({"reach": "Be seen"}, key="ours", name="Ours")
    hand = Hand(own).types("eight", *FRAMEWORK).types("own", *FRAMEWORK)
    assert hand.journey.framework == own
    assert hand.part("numbers")["tables"][1]["rows"][0]["name"] == "Be seen"


def test_illustrative_journeys_say_so() -> None:
    hand = Hand(SHOP.with_terms(illustrative=True))
    assert hand.part("head")["notes"] == (ILLUSTRATIVE_NOTE,)


def test_a_design_is_saved_under_a_name_and_then_to_its_file(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    hand = Hand(SHOP)
    hand.presses(*SAVE_AS)
    assert hand.message(*PATH) == "Write the name of a file first, such as shop."
    hand.types(str(path), *PATH).presses(*SAVE_AS)
    assert hand.part("file")["notes"] == (f"Saved in {path}.",)
    assert cvj.read_journey(path) == SHOP
    hand.types("20000", "stages", "reach", "reached")
    assert hand.part("file")["notes"] == (f"Changed since it was saved in {path}.",)
    hand.presses(*SAVE)
    assert cvj.read_journey(path) == hand.journey


def test_after_an_undo_save_still_writes_to_the_file_last_saved(tmp_path: Path) -> None:
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    SHOP.save(first)
    hand = Hand(first).types("20000", "stages", "reach", "reached")
    hand.types(str(second), *PATH).presses(*SAVE_AS).presses(*UNDO)
    assert hand.part("file")["notes"] == (f"Changed since it was saved in {second}.",)
    hand.presses(*SAVE)
    assert hand.part("file")["notes"] == (f"Saved in {second}.",)
    assert cvj.read_journey(second) == SHOP == cvj.read_journey(first)


def test_a_plan_whose_first_number_was_cleared_is_saved_and_opened(tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    hand = Hand(PLAN).types("", "stages", "reach", "reached")
    hand.types(str(path), *PATH).presses(*SAVE_AS)
    assert hand.part("file")["notes"] == (f"Saved in {path}.",)
    assert cvj.read_journey(path) == hand.journey


def test_somebody_elses_work_is_overwritten_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    PLAN.save(path)
    hand = Hand(SHOP).types(str(path), *PATH).presses(*SAVE_AS)
    note = hand.message(*PATH)
    assert note.startswith("Not saved: shop.toml already exists")
    assert "press Overwrite" in note
    assert cvj.read_journey(path) == PLAN
    hand.presses(*OVERWRITE)
    assert cvj.read_journey(path) == SHOP
    assert OVERWRITE not in hand.addresses


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("shop.pdf", "is not a kind of file that cvjkit knows"),
        ("nowhere/shop.toml", "is in a folder that does not exist"),
        ("\0.toml", "Not saved"),
        ("x" * 300 + ".toml", "Not saved"),
    ],
)
def test_a_file_that_cannot_be_written_is_answered_with_a_sentence(
    tmp_path: Path, name: str, said: str
) -> None:
    hand = Hand(SHOP).types(f"{tmp_path}/{name}", *PATH).presses(*SAVE_AS)
    assert said in hand.message(*PATH)
    assert hand.part("file")["notes"] == ()
    assert list(tmp_path.iterdir()) == []
    hand.types("another", *PATH)
    assert not hand.message(*PATH)


def test_a_name_is_saved_as_toml_in_the_folder_that_the_dashboard_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = tmp_path / "data" / "journeys"
    notebooks = tmp_path / "notebooks"
    for folder in (shown, notebooks):
        folder.mkdir(parents=True)
    monkeypatch.chdir(notebooks)
    hand = Hand(framework="five")
    assert hand.part("file")["notes"] == ("Not saved yet.",)
    assert hand.text(*FOLDER) == str(shown)
    hand.types("shop", *PATH).presses(*SAVE_AS)
    assert hand.part("file")["notes"] == (f"Saved in {shown / 'shop.toml'}.",)
    hand.types(str(notebooks), *FOLDER).types("mine.xlsx", *PATH).presses(*SAVE_AS)
    assert hand.part("file")["notes"] == (f"Saved in {notebooks / 'mine.xlsx'}.",)
    found = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(found) == [shown / "shop.toml", notebooks / "mine.xlsx"]
    monkeypatch.setenv("CVJKIT_JOURNEYS", str(tmp_path))
    assert Hand(framework="five").text(*FOLDER) == str(tmp_path)


def test_the_whole_path_is_said_of_a_file_that_was_opened_by_a_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SHOP.save(tmp_path / "shop.toml")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    hand = Hand("../shop.toml")
    assert hand.part("file")["notes"] == (f"Saved in {tmp_path / 'shop.toml'}.",)
    assert hand.text(*FOLDER) == str(tmp_path)


def test_a_designer_that_may_not_write_has_no_way_to(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    SHOP.save(path)
    before = path.read_bytes()
    hand = Hand(path, writable=False).types("5", "stages", "reach", "reached")
    assert not [address for address in hand.addresses if address[0] == "file"]
    hand.presses(*SAVE).types(str(tmp_path / "other.toml"), *PATH).presses(*SAVE_AS)
    hand.presses(*OVERWRITE)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
