"""A damaged or hostile file is refused in a sentence, before it can hang or fill the memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from cvjkit.errors import MOST_FAULTS, InputError
from cvjkit.files.limits import MOST_DEPTH, too_deep
from cvjkit.files.store import read
from cvjkit.journey import read_journey
from tests.files.hostile import HOSTILE_FILES
from tests.files.shop import STYLES, saved

# These hold more than the others before they are refused.
LARGEST = ("attributes.xlsx", "tables.toml", "strings.xlsx", "columns.csv")
MOST_MEMORY = 200_000_000


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_a_hostile_file_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    make, why = HOSTILE_FILES[name]
    with pytest.raises(InputError) as refused:
        read_journey(saved(tmp_path, make(), name))
    said = str(refused.value)
    assert why in said
    assert len(refused.value.faults) <= MOST_FAULTS
    assert len(said) < 200_000
    assert "cvjkit (" not in said


@pytest.mark.parametrize("name", LARGEST)
def test_a_hostile_file_takes_little_memory(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path, HOSTILE_FILES[name][0](), name)
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            read_journey(path)
        assert tracemalloc.get_traced_memory()[1] < MOST_MEMORY
    finally:
        tracemalloc.stop()


def test_the_depth_of_a_text_is_that_of_its_brackets_and_dots_outside_of_texts() -> None:
    deep, dotted = "[" * (MOST_DEPTH + 1), ".".join("a" * (MOST_DEPTH + 2))
    for quiet in ("# %", "x = '%'", 'x = "%"', "x = '''\n%'''", 'x = """\n\\"""%"""', 'x = "\\"%"'):
        for text in (deep, dotted):
            assert too_deep(quiet.replace("%", text)) is None
    for loud in ("%", "x = 1\n%", "[%]", '"""\n"""%', "'a'%"):
        assert too_deep(loud.replace("%", deep)) == 1 + loud[: loud.index("%")].count("\n")
    for loud in ("%", "x = 1\n%", "[%]", '"b" . \t %'):
        assert too_deep(loud.replace("%", dotted)) == 1 + loud[: loud.index("%")].count("\n")
    assert too_deep("x = [" + "[1.5, 2.5], " * 1000) is None
    assert too_deep("x.y = 1.5\n" * 1000) is None


@pytest.mark.parametrize("style", STYLES)
def test_a_file_written_by_hand_is_far_below_every_limit(tmp_path: Path, style: str) -> None:
    assert too_deep(STYLES[style]) is None
    assert read(saved(tmp_path, STYLES[style]))
