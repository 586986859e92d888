"""The command ``cvjkit dashboard``."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from cvjkit.cli.arguments import JOURNEYS, whole_number
from cvjkit.cli.command import Command
from cvjkit.cli.serving import add_server_arguments, missing, prepared, tell_link
from cvjkit.errors import Fault, InputError
from cvjkit.files.look import read_look
from cvjkit.files.store import journey_files
from cvjkit.publishing import server
from cvjkit.publishing.folder import read_folder
from cvjkit.publishing.starters import starters

NOTEBOOK = Path("dashboards/journey.ipynb")
NUMBERS = (
    ("kernels", 2, 0, "N", "pages kept ready for visitors, about 100 MB of memory each"),
    ("visitors", 50, 1, "N", "most visitors at the same time, about 100 MB of memory each"),
    ("idle", 60, 1, "SECONDS", "how long to keep the page of a visitor who has left"),
)
"""Options with their default, the least that each may be, its unit, and its help."""


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        type=Path,
        metavar="NOTEBOOK_OR_DIR",
        help=f"what to publish (default: {NOTEBOOK} if it is there, else the "
        "dashboards that come with cvjkit)",
    )
    add_server_arguments(parser, server.VOILA_PORT)
    either = parser.add_mutually_exclusive_group()
    words = "the token in the link (default: $CVJKIT_TOKEN, or a new one)"
    either.add_argument("--token", help=words)
    words = "let in anybody who can reach it"
    either.add_argument("--no-token", action="store_true", help=words)
    for name, default, _, unit, about in NUMBERS:
        words = f"{about} (default: %(default)s)"
        option = f"--{name}"
        parser.add_argument(option, type=whole_number, default=default, metavar=unit, help=words)
    parser.add_argument(
        "--extension",
        action="append",
        default=[],
        metavar="NAME",
        help="a JupyterLab extension the notebook needs besides those of ipywidgets and "
        "anywidget: jupyterlab-plotly for plotly figures (5 MB more for every visitor)",
    )


def _dashboard(arguments: argparse.Namespace) -> int:
    path = arguments.path or (NOTEBOOK if NOTEBOOK.is_file() else None)
    published = path or starters("dashboards")
    faults = [*_not_published(published), *_too_low(arguments)]
    if arguments.token == "":
        faults.append(Fault("--token", "", "must not be empty", "write one, or use --no-token"))
    address, journeys = prepared(arguments, server.VOILA_PORT, faults)
    token = arguments.token or os.environ.get("CVJKIT_TOKEN") or server.new_token()
    token = None if arguments.no_token else token
    _warn_of_others(address, token)
    if path is None and not (journeys and journey_files(journeys)):
        where = journeys or JOURNEYS
        print(
            f"There are no journeys in {where}: these are the starters, with made-up numbers. "
            "Make one of your own: cvjkit new shop --framework eight",
            file=sys.stderr,
        )
        journeys = starters("journeys")
    if journeys:
        tell_broken(journeys)
    command = server.dashboard_command(
        published,
        address,
        token=token is not None,
        kernels=arguments.kernels,
        visitors=arguments.visitors,
        idle_seconds=arguments.idle,
        extensions=arguments.extension,
    )
    ready = partial(tell_link, address.link(token), arguments.open)
    server.run(command, server.environment(token, journeys, address), address, ready)
    return 0


DASHBOARD = Command(
    "dashboard",
    "publish a notebook with Voila",
    "Publish a notebook with Voila: text and widgets, without the code. Prints the link; Ctrl-C "
    "ends it.",
    _add_arguments,
    _dashboard,
)


def _not_published(path: Path) -> Iterable[Fault]:
    if path.is_dir():
        if not any(path.glob("*.ipynb")):
            yield Fault("NOTEBOOK_OR_DIR", str(path), "contains no notebook", "name another one")
    elif not path.is_file():
        yield missing("NOTEBOOK_OR_DIR", path, "a notebook or a directory of notebooks")
    elif not _is_notebook(path):
        yield Fault("NOTEBOOK_OR_DIR", str(path), "is not a notebook", "name a Jupyter notebook")


def _is_notebook(path: Path) -> bool:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return False
    return path.suffix == ".ipynb" and isinstance(document, dict) and "cells" in document


def _too_low(arguments: argparse.Namespace) -> Iterable[Fault]:
    for name, _, least, *_ in NUMBERS:
        value = getattr(arguments, name)
        if value < least:
            rule, fix = f"must be at least {least}", f"write {least} or more"
            yield Fault(f"--{name}", value, rule, fix)


def _warn_of_others(address: server.Address, token: str | None) -> None:
    if address.host not in {server.LOCALHOST, "localhost", "::1"}:
        who = "who has the link" if token else "in the network"
        print(
            f"Everybody {who} can open this, and nothing is encrypted (docs/publish.md).",
            file=sys.stderr,
        )


def tell_broken(directory: Path) -> None:
    """Print what is wrong with a folder's journeys, and with the look of their pages.

    Parameters
    ----------
    directory : Path
    """
    listed = read_folder(directory).values()
    broken = [one.error for one in listed if one.error is not None]
    for error in broken:
        print(error, file=sys.stderr)
    if broken:
        print(f"cvjkit: the other journeys ({len(listed) - len(broken)}) open.", file=sys.stderr)
    try:
        read_look(directory)
    except InputError as error:
        print(error, "cvjkit: pages are published without it.", sep="\n", file=sys.stderr)
