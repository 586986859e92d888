"""Arguments that several commands take, and how they are read."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

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
