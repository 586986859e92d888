"""Each change that CONTRIBUTING.md shows applies, works and touches only the files it names."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^--- (.+)\n\+\+\+ b/(.+)\n((?:(?!--- ).*\n)*)", re.MULTILINE)


class Change(NamedTuple):
    """A section of "How to add": the files it names, what it changes in them, how it shows."""

    title: str
    named: set[str]
    diff: str
    shown: str


def changes() -> list[Change]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    _, _, adding = text.partition("\n## How to add")
    found = []
    for section in adding.split("\n### ")[1:]:
        title, _, body = section.partition("\n")
        prose = FENCE.sub("", body)
        blocks = FENCE.findall(body)
        found.append(
            Change(
                title,
                set(re.findall(r"`((?:cvjkit|docs)/[\w/.]+)`", prose)),
                "".join(block for language, block in blocks if language == "diff"),
                "".join(block for language, block in blocks if language == "python"),
            )
        )
    return found


def apply(diff: str, folder: Path) -> set[str]:
    """Apply a diff whose hunks have no line numbers; what a hunk is about occurs once."""
    touched = set()
    for old, name, body in FILE.findall(diff):
        path = folder / name
        text = "" if old == "/dev/null" else path.read_text(encoding="utf-8")
        for hunk in body.split("@@\n")[1:]:
            lines = [(line[:1], line[1:] + "\n") for line in hunk.splitlines()]
            before = "".join(line for sign, line in lines if sign != "+")
            after = "".join(line for sign, line in lines if sign != "-")
            found = text.count(before) if before else 1
            assert found == 1, f"{name} has these lines {found} times:\n{before}"
            text = text.replace(before, after) if before else after
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        touched.add(name)
    return touched


def run(folder: Path, *arguments: str) -> None:
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_is_a_change_for_each_thing_one_may_want_to_add() -> None:
    assert [change.title for change in changes()] == [
        "A framework",
        "A rule of the audit",
        "A chart",
        "A figure of the economics",
        "A field",
        "A decision",
        "An engine",
    ]


@pytest.mark.parametrize("change", changes(), ids=lambda change: change.title)
def test_a_change_works_and_touches_only_the_files_it_names(change: Change, tmp_path: Path) -> None:
    for name in ("cvjkit", "docs", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    assert apply(change.diff, tmp_path) == change.named
    check = "import importlinter.cli as linter; raise SystemExit(linter.lint_imports())"
    run(tmp_path, "-c", f"{change.shown}\n{check}")
