"""A framework of a user's own is read from a file, within the limits of a journey's."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from cvjkit.catalog.framework import Framework
from cvjkit.errors import InputError
from cvjkit.files.frameworks import read_framework
from tests.files.hostile import HOSTILE_FILES
from tests.files.shop import saved


def test_a_file_can_hold_a_whole_framework(tmp_path: Path) -> None:
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


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"key = ", "is not TOML"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"a = " + b"[" * 100_000, "is nested too deeply"),
        (b"", "is required"),
        (b"key = 'own'\nname = 'Own'\nstages = []", "at least one stage"),
    ],
)
def test_a_file_that_holds_no_framework_is_refused_by_its_path(
    tmp_path: Path, content: bytes, why: str
) -> None:
    path = saved(tmp_path, content, "broken.toml")
    with pytest.raises(InputError, match=why) as caught:
        read_framework(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "none.toml", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=why) as caught:
            read_framework(path)
        assert str(path) in str(caught.value)


@pytest.mark.parametrize("name", [name for name in HOSTILE_FILES if name.endswith(".toml")])
def test_a_hostile_framework_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    make, _ = HOSTILE_FILES[name]
    with pytest.raises(InputError) as refused:
        read_framework(saved(tmp_path, make(), name))
    assert len(str(refused.value)) < 200_000
    assert "cvjkit (" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["large.toml", "deep key.toml", "deep list.toml", "dotted keys.toml", "tables.toml"]
)
def test_a_framework_has_the_limits_of_a_journey(tmp_path: Path, name: str) -> None:
    make, why = HOSTILE_FILES[name]
    with pytest.raises(InputError) as refused:
        read_framework(saved(tmp_path, make(), name))
    assert why.partition(":")[0] in str(refused.value)


def test_what_nobody_expected_of_a_framework_is_logged_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*_: object) -> None:
        raise KeyError("a secret")

    monkeypatch.setattr(Framework, "from_document", fails)
    path = saved(tmp_path, "key = 'ours'")
    with caplog.at_level(logging.ERROR), pytest.raises(InputError) as refused:
        read_framework(path)
    assert "'shop.toml' led to an error in cvjkit (KeyError); tell its" in str(refused.value)
    assert "secret" not in str(refused.value)
    assert "a secret" in caplog.text
