"""The command ``cvjkit lab``."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from cvjkit.cli.command import Command
from cvjkit.cli.serving import add_server_arguments, missing, prepared, tell_link
from cvjkit.publishing import server

NOTEBOOK = Path("notebooks/01-design.ipynb")


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "directory",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder to open (default: this one)",
    )
    add_server_arguments(parser, server.LAB_PORT)


def _lab(arguments: argparse.Namespace) -> int:
    directory = arguments.directory
    faults = [] if directory.is_dir() else [missing("DIR", directory, "a directory")]
    address, journeys = prepared(arguments, server.LAB_PORT, faults, directory)
    token = server.new_token()
    start = f"lab/tree/{NOTEBOOK.as_posix()}" if (directory / NOTEBOOK).is_file() else "lab"
    ready = partial(tell_link, address.link(token, start), arguments.open)
    command = server.lab_command(directory, address)
    server.run(command, server.environment(token, journeys), address, ready)
    return 0


LAB = Command(
    "lab",
    "open JupyterLab",
    "Open JupyterLab on this machine. Prints the link; Ctrl-C ends it.",
    _add_arguments,
    _lab,
)
