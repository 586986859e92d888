"""The command ``cvjkit canvas``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cvjkit.cli.command import Command
from cvjkit.errors import Fault, InputError, printable, told_as_fault
from cvjkit.journey import read_journey
from cvjkit.publishing.canvas import canvas


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="TOML, CSV or XLSX")
    words = "file to write (default: named like FILE, in this folder, unless it exists)"
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.html", help=words)


def _canvas(arguments: argparse.Namespace) -> int:
    try:
        journey = read_journey(arguments.file)
    except InputError as error:
        print(error, file=sys.stderr)
        return 1
    out = arguments.output or Path(f"{arguments.file.stem}.html")
    if arguments.output is None and out.exists():
        fix = f"write -o {out} to replace it, or name another one"
        raise InputError("cvjkit canvas", [Fault("-o", str(out), "already exists", fix)])
    with told_as_fault(str(arguments.file)):
        page = canvas(journey)
    try:
        out.write_text(page, encoding="utf-8")
    except OSError as error:
        rule = f"cannot be written ({error.strerror})"
        raise InputError(
            "cvjkit canvas", [Fault("-o", str(out), rule, "name another one")]
        ) from error
    print(f"{printable(str(out))}: open it in a browser to print it, on one page, A4 or A3")
    return 0


CANVAS = Command(
    "canvas",
    "lay a journey out on one page to print",
    "Write a journey's worksheet as an HTML page that a browser prints on one page, A4 or A3: for "
    "each stage its purpose, what is done, and what is still open.",
    _add_arguments,
    _canvas,
)
