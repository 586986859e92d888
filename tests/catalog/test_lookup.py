"""A framework is found by its key, or read from a file."""

from __future__ import annotations

import pytest

from cvjkit.catalog.lookup import framework, read_framework
from cvjkit.errors import InputError


def test_an_unknown_framework_lists_the_choices_and_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'eight'.*five, seven.*eight:time"):
        framework("eigth")


@pytest.mark.parametrize("key", ["", "eight:", "eight:money", "../five", None, 8, ["eight"]])
def test_nothing_but_a_known_key_gives_a_framework(key):
    with pytest.raises(InputError, match="is not known"):
        framework(key)


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
