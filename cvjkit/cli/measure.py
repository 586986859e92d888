"""The commands that read an event log: ``cvjkit measure``, ``dropped`` and ``sensitivity``."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from cvjkit.cli.arguments import whole_number
from cvjkit.cli.command import Command
from cvjkit.cli.event_logs import add_log_arguments, what_is_measured
from cvjkit.errors import printable
from cvjkit.files.results import KINDS, save_results
from cvjkit.number_text import count_text, people_text
from cvjkit.shown import as_text

if TYPE_CHECKING:
    import pandas as pd

MOST = 10_000
JOURNEYS = (".toml", ".xlsx")
"""What can hold a measured journey: CSV has no room for its ways, and for how long people came."""


def _add_to_measure(parser: argparse.ArgumentParser) -> None:
    add_log_arguments(parser, JOURNEYS, "the journey")


def _measure(arguments: argparse.Namespace) -> int:
    from cvjkit.measurement.measure import measure

    log, framework, events, options = what_is_measured(arguments)
    journey = measure(log, framework, events, **options)
    measurement = journey.measurement
    found = [repr(journey), *(measurement.remarks if measurement else ())]
    if arguments.output:
        path = journey.save(arguments.output, overwrite=arguments.overwrite)
        found[0] = f"{path}: {journey.summary.splitlines()[0]}"
    _print("\n".join(found))
    return 0


MEASURE = Command(
    "measure",
    "measure a journey in an event log",
    "Count the people of an event log at the stages of a framework; write it to a journey file.",
    _add_to_measure,
    _measure,
)


def _add_to_dropped(parser: argparse.ArgumentParser) -> None:
    words = "the last stage that they reached, by its key or milestone"
    parser.add_argument("--stage", required=True, metavar="STAGE", help=words)
    words = "how many to list, the latest (default: %(default)s)"
    parser.add_argument("--most", type=whole_number, default=MOST, metavar="N", help=words)
    add_log_arguments(parser, KINDS, "the list")


def _dropped(arguments: argparse.Namespace) -> int:
    from cvjkit.measurement.dropped import dropped

    log, framework, events, options = what_is_measured(arguments)
    stage, most = arguments.stage, arguments.most
    found = dropped(log, framework, events, stage=stage, most=most, **options)
    found["time"] = found["time"].astype(str)
    nouns = ("attempt", "attempts") if arguments.reentry == "every" else ("person", "people")
    number = count_text(people_text(len(found)), *nouns)
    summary = f"{number} reached {stage} and no stage after it; the latest first."
    if len(found) == most:
        summary += " There may be more: raise --most to see them."
    shown = found.astype(str).rename(columns=str.capitalize)
    return _told(arguments, summary, found, shown)


DROPPED = Command(
    "dropped",
    "list who went no further than a stage, in an event log",
    "List the people of an event log who reached a stage and none after it, the latest first.",
    _add_to_dropped,
    _dropped,
)


def _add_to_sensitivity(parser: argparse.ArgumentParser) -> None:
    words = "the windows to compare (default: 1d, 7d, 30d and any time)"
    parser.add_argument("--windows", metavar="TIME[,TIME]", help=words)
    add_log_arguments(parser, KINDS, "the table")


def _sensitivity(arguments: argparse.Namespace) -> int:
    from cvjkit.measurement.sensitivity import sensitivity

    log, framework, events, options = what_is_measured(arguments)
    if arguments.windows is not None:
        options["windows"] = [text.strip() for text in arguments.windows.split(",")]
    found = sensitivity(log, framework, events, **options)
    return _told(arguments, found.summary, found.table, found.shown)


SENSITIVITY = Command(
    "sensitivity",
    "show how much the numbers of an event log depend on the definition",
    "Count the people of an event log under several definitions, side by side: with other orders, "
    "other attempts and other windows.",
    _add_to_sensitivity,
    _sensitivity,
)


def _told(
    arguments: argparse.Namespace, summary: str, table: pd.DataFrame, shown: pd.DataFrame
) -> int:
    """Write a table to the file that was asked for, or show it."""
    path = arguments.output
    if path is None:
        _print(as_text(summary, shown))
    else:
        save_results(path, table, overwrite=arguments.overwrite)
        _print(f"{path}: {summary}")
    return 0


def _print(text: str) -> None:
    print("\n".join(map(printable, text.splitlines())))
