"""The command ``cvjkit``: publish a dashboard, open JupyterLab, check, audit and print files."""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cvjkit.audit.audit import Audit, refused
from cvjkit.audit.report import FORMATS
from cvjkit.audit.rules import rules
from cvjkit.catalog.lookup import framework
from cvjkit.errors import Fault, InputError, printable, told_as_fault, unforeseen
from cvjkit.files.new import new_journey
from cvjkit.files.store import SUFFIXES, journey_files
from cvjkit.journey import read_journey
from cvjkit.numbers import read_number
from cvjkit.publishing import server
from cvjkit.publishing.canvas import canvas
from cvjkit.publishing.folder import read_folder
from cvjkit.publishing.starters import starters

if TYPE_CHECKING:
    from cvjkit.journey import Journey

JOURNEY_NOTEBOOK = Path("dashboards/journey.ipynb")
DESIGN_NOTEBOOK = Path("notebooks/01-design.ipynb")
JOURNEYS = Path("data/journeys")


def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : list of str, optional
        Its arguments; those of the command line by default.

    Returns
    -------
    int
        0 on success; 1 if a journey has faults or failures, or a server ended by itself; 2 if
        the arguments cannot be used, or cvjkit itself fails.
    """
    for stream in (sys.stdout, sys.stderr):
        # A name may have a character that the terminal cannot show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    subject = f"cvjkit {arguments.command}"
    try:
        with _logged(verbose=arguments.verbose), told_as_fault(subject, "command"):
            return arguments.run(arguments)  # type: ignore[no-any-return] # a command's, see below
    except InputError as error:
        for fault in error.faults:
            print(f"cvjkit: {fault}", file=sys.stderr)
        return 2
    except ChildProcessError as error:
        print(f"cvjkit: {error}", file=sys.stderr)
        return 1


@contextmanager
def _logged(*, verbose: bool) -> Iterator[None]:
    """Write what is logged meanwhile to stderr."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Lines(verbose))
    log = logging.getLogger("cvjkit")
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)


class _Lines(logging.Formatter):
    """Writes an event in one line; a traceback below it only for those who ask.

    Parameters
    ----------
    verbose : bool
    """

    def __init__(self, verbose: bool) -> None:
        super().__init__()
        self._verbose = verbose

    def format(self, record: logging.LogRecord) -> str:
        lines = [f"cvjkit: {record.getMessage()}"]
        if record.exc_info and self._verbose:
            lines += self.formatException(record.exc_info).splitlines()
        elif record.exc_info:
            lines[0] += "; --verbose shows where"
        return "\n  ".join(map(printable, lines))


# --- what a command is --------------------------------------------------------------------------

Argument = Callable[[argparse._ActionsContainer], object]  # noqa: SLF001 - a parser or a group


class _Command(NamedTuple):
    """A command: what it is called, what its help says, what it takes, what it does."""

    name: str
    help: str
    description: str
    arguments: tuple[Argument, ...]
    run: Callable[[argparse.Namespace], int]


def _argument(*names: str, **options: Any) -> Argument:
    return lambda parser: parser.add_argument(*names, **options)


def _one_of(*arguments: Argument) -> Argument:
    """Allow at most one of these."""

    def add(parser: argparse._ActionsContainer) -> None:
        group = parser.add_mutually_exclusive_group()
        for argument in arguments:
            argument(group)

    return add


def _whole_number(text: str) -> int:
    try:
        number = read_number(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if number is None or number % 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number; write one, like 2")
    return int(number)


VERBOSE = _argument(
    "--verbose", action="store_true", help="show where an error in cvjkit itself was raised"
)
FILES = _argument("files", nargs="+", type=Path, metavar="FILE", help="TOML, CSV or XLSX")


def _server_arguments(first_port: int) -> tuple[Argument, ...]:
    return (
        _argument(
            "--journeys",
            type=Path,
            metavar="DIR",
            help=f"directory of journey files (default: $CVJKIT_JOURNEYS, or {JOURNEYS})",
        ),
        _argument(
            "--port",
            type=int,
            metavar="N",
            help=f"default: {first_port}, or the next free one; 0: any",
        ),
        _argument(
            "--host",
            default=server.LOCALHOST,
            help="address to listen on (default: %(default)s, this machine only)",
        ),
        _argument(
            "--base-url", default="/", metavar="PATH", help="serve under this path (default: /)"
        ),
        _one_of(
            _argument("--open", action="store_true", help="open the link in a browser"),
            _argument(
                "--no-browser",
                action="store_false",
                dest="open",
                help="only print the link (default)",
            ),
        ),
    )


# --- servers --------------------------------------------------------------------------------------


def _dashboard(arguments: argparse.Namespace) -> int:
    path = arguments.path or (JOURNEY_NOTEBOOK if JOURNEY_NOTEBOOK.is_file() else None)
    published = path or starters("dashboards")
    faults = [*_published(published), *_positive("--idle", arguments.idle, 1)]
    faults += _positive("--kernels", arguments.kernels, 0)
    faults += _positive("--visitors", arguments.visitors, 1)
    if arguments.token == "":
        faults.append(Fault("--token", "", "must not be empty", "write one, or --no-token"))
    journeys, missing = _journeys(arguments.journeys)
    address, taken = _address(arguments, server.VOILA_PORT)
    if faults := [*faults, *missing, *taken]:
        raise InputError("cvjkit dashboard", faults)
    token = arguments.token or os.environ.get("CVJKIT_TOKEN") or server.new_token()
    token = None if arguments.no_token else token
    _tell_port(arguments, address, server.VOILA_PORT)
    _warn_of_others(address, token)
    if path is None and not (journeys and journey_files(journeys)):
        where = journeys or JOURNEYS
        print(
            f"There are no journeys in {where}: these are the starters, with numbers made up. "
            "Make one of your own: cvjkit new shop --framework eight",
            file=sys.stderr,
        )
        journeys = starters("journeys")
    if journeys:
        _tell_broken(journeys)
    command = server.dashboard_command(
        published,
        address,
        token=token is not None,
        kernels=arguments.kernels,
        visitors=arguments.visitors,
        idle_seconds=arguments.idle,
        extensions=arguments.extension,
    )
    ready = partial(_tell_link, address.link(token), arguments.open)
    server.run(command, server.environment(token, journeys), address, ready)
    return 0


DASHBOARD = _Command(
    "dashboard",
    "publish a notebook with Voila",
    "Publish a notebook with Voila: text and widgets, without the code. Prints the link; Ctrl-C "
    "ends it.",
    (
        _argument(
            "path",
            nargs="?",
            type=Path,
            metavar="NOTEBOOK_OR_DIR",
            help=f"what to publish (default: {JOURNEY_NOTEBOOK} if it is there, else the "
            "dashboards that come with cvjkit)",
        ),
        *_server_arguments(server.VOILA_PORT),
        _one_of(
            _argument(
                "--token", help="the token in the link (default: $CVJKIT_TOKEN, or a new one)"
            ),
            _argument("--no-token", action="store_true", help="let in anybody who can reach it"),
        ),
        _argument(
            "--kernels",
            type=_whole_number,
            default=2,
            metavar="N",
            help="pages kept ready for visitors, about 100 MB of memory each "
            "(default: %(default)s)",
        ),
        _argument(
            "--visitors",
            type=_whole_number,
            default=50,
            metavar="N",
            help="most visitors at the same time, about 100 MB of memory each "
            "(default: %(default)s)",
        ),
        _argument(
            "--idle",
            type=_whole_number,
            default=60,
            metavar="SECONDS",
            help="how long to keep the page of a visitor who has left (default: %(default)s)",
        ),
        _argument(
            "--extension",
            action="append",
            default=[],
            metavar="NAME",
            help="a JupyterLab extension the notebook needs besides those of ipywidgets and "
            "anywidget: jupyterlab-plotly for plotly figures (5 MB more for every visitor)",
        ),
    ),
    _dashboard,
)


def _lab(arguments: argparse.Namespace) -> int:
    directory = arguments.directory
    faults = [] if directory.is_dir() else [_missing("DIR", directory, "a directory")]
    journeys, missing = _journeys(arguments.journeys, directory)
    address, taken = _address(arguments, server.LAB_PORT)
    if faults := [*faults, *missing, *taken]:
        raise InputError("cvjkit lab", faults)
    _tell_port(arguments, address, server.LAB_PORT)
    token = server.new_token()
    start = (
        f"lab/tree/{DESIGN_NOTEBOOK.as_posix()}"
        if (directory / DESIGN_NOTEBOOK).is_file()
        else "lab"
    )
    command = server.lab_command(directory, address)
    ready = partial(_tell_link, address.link(token, start), arguments.open)
    server.run(command, server.environment(token, journeys), address, ready)
    return 0


LAB = _Command(
    "lab",
    "open JupyterLab",
    "Open JupyterLab on this machine. Prints the link; Ctrl-C ends it.",
    (
        _argument(
            "directory", nargs="?", type=Path, default=Path(), metavar="DIR", help="default: here"
        ),
        *_server_arguments(server.LAB_PORT),
    ),
    _lab,
)


def _tell_link(link: str, opened: bool) -> None:
    print(f"{link}  (Ctrl-C ends it)", flush=True)
    if opened:
        server.open_in_browser(link)


def _published(path: Path) -> Iterable[Fault]:
    if path.is_dir():
        if not any(path.glob("*.ipynb")):
            yield Fault("NOTEBOOK_OR_DIR", str(path), "contains no notebook", "name another one")
    elif not path.is_file():
        yield _missing("NOTEBOOK_OR_DIR", path, "a notebook or a directory of notebooks")
    elif not _is_notebook(path):
        yield Fault("NOTEBOOK_OR_DIR", str(path), "is not a notebook", "name a Jupyter notebook")


def _is_notebook(path: Path) -> bool:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return False
    return path.suffix == ".ipynb" and isinstance(document, dict) and "cells" in document


def _positive(option: str, value: int, least: int) -> Iterable[Fault]:
    if value < least:
        yield Fault(option, value, f"must be at least {least}", f"write {least} or more")


def _missing(field: str, path: Path, what: str) -> Fault:
    return Fault(
        field, str(path), "does not exist", f"name {what}, or change to its folder first (cd)"
    )


def _journeys(given: Path | None, directory: Path = Path()) -> tuple[Path | None, list[Fault]]:
    inherited = os.environ.get("CVJKIT_JOURNEYS")
    path = given or (Path(inherited) if inherited else directory / JOURNEYS)
    if path.is_dir():
        return path, []
    # The user's own notebook may need none.
    return None, [_missing("--journeys", path, "a directory of journey files")] if given else []


def _address(arguments: argparse.Namespace, first: int) -> tuple[server.Address, list[Fault]]:
    base_url = f"/{arguments.base_url.strip('/')}/".replace("//", "/")
    try:
        port = server.find_port(arguments.host, arguments.port, first)
    except InputError as error:
        return server.Address(arguments.host, first, base_url), list(error.faults)
    return server.Address(arguments.host, port, base_url), []


def _tell_port(arguments: argparse.Namespace, address: server.Address, first: int) -> None:
    if arguments.port is None and address.port != first:
        print(f"Port {first} is taken; using {address.port}.", file=sys.stderr)


def _warn_of_others(address: server.Address, token: str | None) -> None:
    if address.host not in {server.LOCALHOST, "localhost", "::1"}:
        who = "who has the link" if token else "in the network"
        print(
            f"Everybody {who} can open this; what is sent is not encrypted (docs/publish.md).",
            file=sys.stderr,
        )


def _tell_broken(directory: Path) -> None:
    listed = read_folder(directory).values()
    broken = [one.error for one in listed if one.error is not None]
    for error in broken:
        print(error, file=sys.stderr)
    if broken:
        print(f"cvjkit: the other journeys ({len(listed) - len(broken)}) open.", file=sys.stderr)


# --- files ----------------------------------------------------------------------------------------


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
    directory = arguments.journeys or Path(os.environ.get("CVJKIT_JOURNEYS") or JOURNEYS)
    path = name if os.path.dirname(arguments.name) else directory / name  # noqa: PTH120 - Path drops ./
    if not name.name.strip() or name.name.startswith((".", "~$")):
        return path, [
            Fault("NAME", arguments.name, "names no file that is listed", "write one, like shop")
        ]
    if name.suffix.lower() in set(SUFFIXES) - {".toml"}:
        fix = f"name it {name.stem}.toml; a journey can be saved as {name.suffix} from Python"
        return path, [Fault("NAME", arguments.name, "would be no TOML file", fix)]
    return (path if name.suffix == ".toml" else path.with_name(f"{name.name}.toml")), []


NEW = _Command(
    "new",
    "start a journey in a file of its own",
    "Write the file of a new journey, with example numbers and comments that say what goes where.",
    (
        _argument(
            "name",
            metavar="NAME",
            help="of the file; without a directory, it is written to that of --journeys",
        ),
        _argument(
            "--framework",
            default="five",
            metavar="KEY",
            help="the framework to count in (default: %(default)s)",
        ),
        _argument(
            "--journeys",
            type=Path,
            metavar="DIR",
            help=f"directory of journey files (default: $CVJKIT_JOURNEYS, or {JOURNEYS})",
        ),
    ),
    _new,
)


def _check(arguments: argparse.Namespace) -> int:
    failed = False
    for path in arguments.files:
        try:
            print(_fine(path, read_journey(path)))
        except InputError as error:
            failed = True
            print(error)
    return int(failed)


CHECK = _Command(
    "check",
    "check journey files",
    "List everything that is wrong in journey files; exit with 1 if anything is.",
    (FILES,),
    _check,
)


def _audit(arguments: argparse.Namespace) -> int:
    audits = [(str(path), _audited(path, arguments.framework)) for path in arguments.files]
    print(FORMATS[arguments.format](audits))
    return int(any(audit.failed for _, audit in audits))


AUDIT = _Command(
    "audit",
    "audit journey files",
    "Check journeys against the rules of the documents and of the model; exit with 1 if there are "
    "failures (E, F) that nobody has accepted.",
    (
        FILES,
        _argument(
            "--framework",
            metavar="KEY",
            help="audit as this framework: five, seven, eight, nine, ... (default: the one a "
            "journey asks to be shown in, else its own)",
        ),
        _argument("--format", choices=list(FORMATS), default="text", help="default: %(default)s"),
    ),
    _audit,
)


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


CANVAS = _Command(
    "canvas",
    "lay a journey out on one page to print",
    "Write a journey's worksheet as an HTML page that a browser prints on one page, A4 or A3: for "
    "each stage its purpose, what is done, and what is still open.",
    (
        _argument("file", type=Path, metavar="FILE", help="TOML, CSV or XLSX"),
        _argument(
            "-o",
            "--output",
            type=Path,
            metavar="OUT.html",
            help="what to write (default: the name of FILE, here, if there is none yet)",
        ),
    ),
    _canvas,
)


def _audited(path: Path, framework: str | None) -> Audit:
    try:
        journey = read_journey(path)
    except InputError as error:
        return refused(error, rules())
    try:
        return journey.audit(framework)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - the audits of the other files must not be lost
        return refused(unforeseen(str(path), error), rules())


def _fine(path: Path, journey: Journey) -> str:
    count = len(journey.segments)
    segments = f"{count} segment{'s' if count != 1 else ''}"
    fine = f"{path}: fine: {journey.name}, {journey.framework.key}, {segments}"
    return "\n  ".join(map(printable, [fine, *journey.understood]))


# --- all of them ----------------------------------------------------------------------------------

COMMANDS = (DASHBOARD, LAB, NEW, CHECK, AUDIT, CANVAS)


class _Version(argparse.Action):
    # argparse's own action would look it up for every command.
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"cvjkit {version('cvjkit')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="cvjkit", description="Design, calculate, compare and publish customer value journeys."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        added = commands.add_parser(
            command.name, help=command.help, description=command.description
        )
        added.set_defaults(run=command.run, command=command.name)
        for argument in (*command.arguments, VERBOSE):
            argument(added)
    return parser
