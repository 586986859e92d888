"""The command ``cvjkit``: publish a dashboard, open JupyterLab; check, audit, print and measure."""

from __future__ import annotations

import argparse
import io
import signal
import sys
from importlib.metadata import version

from cvjkit.cli.audit import AUDIT
from cvjkit.cli.canvas import CANVAS
from cvjkit.cli.check import CHECK
from cvjkit.cli.dashboard import DASHBOARD
from cvjkit.cli.lab import LAB
from cvjkit.cli.logs import logged
from cvjkit.cli.measure import DROPPED, MEASURE, SENSITIVITY
from cvjkit.cli.new import NEW
from cvjkit.errors import InputError, told_as_fault

COMMANDS = (DASHBOARD, LAB, NEW, CHECK, AUDIT, CANVAS, MEASURE, DROPPED, SENSITIVITY)
STOPPED = 128 + signal.SIGINT
"""Exit code of what Ctrl-C ends, as shells give it."""


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
        the arguments cannot be used, or cvjkit itself fails; 130 if it was stopped with Ctrl-C.
    """
    for stream in (sys.stdout, sys.stderr):
        # A name may have a character that the terminal cannot show.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    subject = f"cvjkit {arguments.command}"
    try:
        with logged(verbose=arguments.verbose), told_as_fault(subject, "command"):
            return arguments.run(arguments)  # type: ignore[no-any-return] # see Command
    except InputError as error:
        for fault in error.faults:
            print(f"cvjkit: {fault}", file=sys.stderr)
        return 2
    except ChildProcessError as error:
        print(f"cvjkit: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("cvjkit: stopped", file=sys.stderr)
        return STOPPED


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
        command.add_arguments(added)
        words = "show where an error in cvjkit itself was raised"
        added.add_argument("--verbose", action="store_true", help=words)
    return parser
