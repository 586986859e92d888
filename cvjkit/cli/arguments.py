"""Arguments that several commands take, and how they are read."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from cvjkit.numbers import read_number

JOURNEYS = Path("data/journeys")


def add_files(parser: argparse.ArgumentParser) -> None:
    """Add the argument of a command that reads files.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="TOML, CSV or XLSX")


def add_journeys(parser: argparse.ArgumentParser) -> None:
    """Add the option that names the directory of journey files.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    """
    usual = f"$CVJKIT_JOURNEYS, or {JOURNEYS}"
    words = f"directory of journey files (default: {usual})"
    parser.add_argument("--journeys", type=Path, metavar="DIR", help=words)


def journeys_directory(given: Path | None, below: Path = Path()) -> Path:
    """Give the directory of journey files, which need not exist.

    Parameters
    ----------
    given : Path or None
        What was written for ``--journeys``.
    below : Path
        Where to look for the usual one.

    Returns
    -------
    Path
    """
    return given or Path(os.environ.get("CVJKIT_JOURNEYS") or below / JOURNEYS)


def whole_number(text: str) -> int:
    """Read a whole number in the grammar of `cvjkit.numbers`.

    Parameters
    ----------
    text : str

    Returns
    -------
    int

    Raises
    ------
    argparse.ArgumentTypeError
        If it is none.
    """
    try:
        number = read_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if number is None or number % 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number; write one, like 2")
    return int(number)
