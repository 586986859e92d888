"""The command ``cvjkit audit``."""

from __future__ import annotations

import argparse
from pathlib import Path

from cvjkit.audit.audit import Audit, refused
from cvjkit.audit.report import FORMATS
from cvjkit.audit.rules import rules
from cvjkit.cli.arguments import add_files
from cvjkit.cli.command import Command
from cvjkit.errors import InputError, unforeseen
from cvjkit.journey import read_journey


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument(
        "--framework",
        metavar="KEY",
        help="audit as this framework: five, seven, eight, nine, ... (default: the one a "
        "journey asks to be shown in, else its own)",
    )
    parser.add_argument(
        "--format",
        choices=list(FORMATS),
        default="text",
        help="format of the report (default: %(default)s)",
    )


def _audit(arguments: argparse.Namespace) -> int:
    audits = [(str(path), _audited(path, arguments.framework)) for path in arguments.files]
    print(FORMATS[arguments.format](audits))
    return int(any(audit.failed for _, audit in audits))


AUDIT = Command(
    "audit",
    "audit journey files",
    "Check journeys against the rules of the documents and of the model; exit with 1 if there are "
    "failures (E, F) that nobody has accepted.",
    _add_arguments,
    _audit,
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
