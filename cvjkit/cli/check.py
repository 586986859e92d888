"""The command ``cvjkit check``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from cvjkit.cli.arguments import add_files
from cvjkit.cli.command import Command
from cvjkit.errors import InputError, printable
from cvjkit.journey import read_journey
from cvjkit.number_text import count_text

if TYPE_CHECKING:
    from cvjkit.journey import Journey


def _check(arguments: argparse.Namespace) -> int:
    failed = False
    for path in arguments.files:
        try:
            print(_fine(path, read_journey(path)))
        except InputError as error:
            failed = True
            print(error)
    return int(failed)


CHECK = Command(
    "check",
    "check journey files",
    "List everything that is wrong in journey files; exit with 1 if anything is.",
    add_files,
    _check,
)


def _fine(path: Path, journey: Journey) -> str:
    segments = count_text(len(journey.segments), "segment")
    fine = f"{path}: fine: {journey.name}, {journey.framework.key}, {segments}"
    return "\n  ".join(map(printable, [fine, *journey.understood]))
