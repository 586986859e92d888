"""A damaged or hostile file is refused in a sentence, before it can hang or fill the memory."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from cvjkit.errors import MOST_FAULTS, InputError
from cvjkit.files.limits import MOST_DEPTH, MOST_WORDS, check_text
from cvjkit.files.store import SUFFIXES, read
from cvjkit.journey import Journey, read_journey
from tests.files.hostile import HOSTILE_FILES
from tests.files.shop import STYLES, saved

# The limits admit these, and they hold more than the others of their kind.
LARGEST = (
    *("attributes.xlsx", "attributes of one tag.xlsx", "styles.xlsx", "strings.xlsx"),
    *("deep tags.xlsx", "number.xlsx", "long tag.xlsx", "formulas.xlsx"),
    *("dotted tables.toml", "tables.toml", "empty tables.toml", "digits.toml"),
    *("columns.csv", "commas.csv", "no heading.csv", "large fields.csv"),
)
MOST_MEMORY = 200_000  # [kB]
# The peak of a process begins with that of the one that starts it: let it be a small one.
ALONE = "import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', *sys.argv[1:]]))"
PEAKS = """
import logging, sys
from pathlib import Path
from cvjkit.journey import Journey, read_journey
from cvjkit.errors import InputError
from tests.fuzz import peak_memory
for path in sys.argv[1:]:
    try:
        read_journey(path)
    except InputError:
        pass
    print(Path(path).name, peak_memory())
"""


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


def test_what_the_limits_admit_takes_little_memory(tmp_path: Path) -> None:
    ordinary = [
        Journey.from_counts("five", [9, 5, 3, 2, 1]).save(tmp_path / f"ordinary{suffix}")
        for suffix in SUFFIXES
    ]
    largest = [saved(tmp_path, HOSTILE_FILES[name][0](), name) for name in LARGEST]
    done = subprocess.run(
        [sys.executable, "-c", ALONE, PEAKS, *map(str, [*ordinary, *largest])],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    peaks = [int(line.rpartition(" ")[2]) for line in done.stdout.splitlines()]
    assert len(peaks) == len(ordinary) + len(largest)
    assert peaks[-1] - peaks[len(ordinary) - 1] < MOST_MEMORY, done.stdout


def too_deep(text: str) -> int | None:
    """The line where it is nested too deeply."""
    try:
        check_text(text, "shop.toml")
    except InputError as error:
        return int(error.faults[0].rule.partition("too deeply: see line ")[2])
    return None


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


def test_words_are_counted_outside_of_texts_and_comments() -> None:
    for fine in (f"# {'a ' * MOST_WORDS}", f"x = '{'a ' * MOST_WORDS}'", "\n" * (2 * MOST_WORDS)):
        check_text(fine, "shop.toml")
    for word in ("a", "1", "'a'", '"a"', "[]", "{}"):
        check_text(f"{word},\n" * MOST_WORDS, "shop.toml")
        with pytest.raises(InputError, match="more than 60,000 names, texts, numbers and brackets"):
            check_text(f"{word},\n" * (MOST_WORDS + 1), "shop.toml")


@pytest.mark.parametrize("style", STYLES)
def test_a_file_written_by_hand_is_far_below_every_limit(tmp_path: Path, style: str) -> None:
    assert read(saved(tmp_path, STYLES[style]))
