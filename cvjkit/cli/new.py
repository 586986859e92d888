"""The command ``cvjkit new``."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path

from cvjkit.catalog.lookup import framework
from cvjkit.cli.arguments import add_journeys, journeys_directory
from cvjkit.cli.command import Command
from cvjkit.errors import Fault, InputError, printable
from cvjkit.files.new import new_journey
from cvjkit.files.store import SUFFIXES


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    words = (
        "name of the file; unless it names a directory, the file goes into the one of --journeys"
    )
    parser.add_argument("name", metavar="NAME", help=words)
    words = "the framework to count in (default: %(default)s)"
    parser.add_argument("--framework", default="five", metavar="KEY", help=words)
    add_journeys(parser)


def _new(arguments: argparse.Namespace) -> int:
    path, faults = _new_path(arguments)
    try:
        chosen = framework(arguments.framework)
    except InputError as error:
        faults += [replace(fault, field="--framework") for fault in error.faults]
    if faults:
        raise InputError("cvjkit new", faults)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(new_journey(path.stem, chosen))
    except OSError as error:
        rule = f"cannot be written ({error.strerror})"
        fault = Fault("NAME", str(path), rule, "name another file")
        raise InputError("cvjkit new", [fault]) from error
    print(f"{printable(str(path))}: write your numbers over those in it; cvjkit dashboard shows it")
    return 0


def _new_path(arguments: argparse.Namespace) -> tuple[Path, list[Fault]]:
    """Give the file to write: a name without a directory stands with the other journeys."""
    name = Path(arguments.name)
    is_bare = not os.path.dirname(arguments.name)  # noqa: PTH120 - Path drops ./
    path = journeys_directory(arguments.journeys) / name if is_bare else name
    if not name.name.strip() or name.name.startswith((".", "~$")):
        return path, [
            Fault(
                "NAME", arguments.name, "is not a name that dashboards list", "write one, like shop"
            )
        ]
    if name.suffix.lower() in set(SUFFIXES) - {".toml"}:
        fix = f"name it {name.stem}.toml; a journey can be saved as {name.suffix} from Python"
        return path, [Fault("NAME", arguments.name, "would not be a TOML file", fix)]
    return (path if name.suffix == ".toml" else path.with_name(f"{name.name}.toml")), []


NEW = Command(
    "new",
    "write the file of a new journey",
    "Write the file of a new journey, with example numbers and comments that say what goes where.",
    _add_arguments,
    _new,
)
