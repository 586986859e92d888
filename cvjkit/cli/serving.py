"""What the commands that start a server share: their arguments, where they listen, the link."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cvjkit.cli.arguments import add_journeys, journeys_directory
from cvjkit.errors import Fault, InputError
from cvjkit.publishing import server

if TYPE_CHECKING:
    import argparse


def add_server_arguments(parser: argparse.ArgumentParser, first_port: int) -> None:
    """Add the arguments of a command that starts a server.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    first_port : int
        The port it tries first.
    """
    add_journeys(parser)
    words = f"port to listen on (default: {first_port}, or the next free one; 0 takes any free one)"
    parser.add_argument("--port", type=int, metavar="N", help=words)
    words = "address to listen on (default: %(default)s, this machine only)"
    parser.add_argument("--host", default=server.LOCALHOST, help=words)
    words = "serve under this path (default: /)"
    parser.add_argument("--base-url", default="/", metavar="PATH", help=words)
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--open", action="store_true", help="open the link in a browser")
    words = "only print the link (default)"
    either.add_argument("--no-browser", action="store_false", dest="open", help=words)


def prepared(
    arguments: argparse.Namespace, first_port: int, faults: Iterable[Fault], below: Path = Path()
) -> tuple[server.Address, Path | None]:
    """Find where a server can listen, and the journeys that it shows.

    Parameters
    ----------
    arguments : argparse.Namespace
        Those of `add_server_arguments`.
    first_port : int
        The port to try first, if none was asked for; says so on stderr if it is taken.
    faults : iterable of Fault
        What is wrong with the other arguments.
    below : Path
        Where to look for the usual directory of journeys.

    Returns
    -------
    address : Address
    journeys : Path or None
        None if the usual directory is not there, which the user's own notebook may not need.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    found, port = list(faults), first_port
    journeys = journeys_directory(arguments.journeys, below)
    if arguments.journeys and not journeys.is_dir():
        found.append(missing("--journeys", journeys, "a directory of journey files"))
    try:
        port = server.find_port(arguments.host, arguments.port, first_port)
    except InputError as error:
        found += error.faults
    if found:
        raise InputError(f"cvjkit {arguments.command}", found)
    if arguments.port is None and port != first_port:
        print(f"Port {first_port} is taken; using {port}.", file=sys.stderr)
    base_url = f"/{arguments.base_url.strip('/')}/".replace("//", "/")
    address = server.Address(arguments.host, port, base_url)
    return address, journeys if journeys.is_dir() else None


def missing(field: str, path: Path, what: str) -> Fault:
    """Say that a path on the command line does not exist.

    Parameters
    ----------
    field : str
        The argument.
    path : Path
    what : str
        What it should name: "a directory".

    Returns
    -------
    Fault
    """
    return Fault(
        field, str(path), "does not exist", f"name {what}, or change to its folder first (cd)"
    )


def tell_link(link: str, opened: bool) -> None:
    """Print the link of a server that is ready.

    Parameters
    ----------
    link : str
    opened : bool
        Whether to open it in a browser, too.
    """
    print(f"{link}  (Ctrl-C ends it)", flush=True)
    if opened:
        server.open_in_browser(link)
