"""The command ``cvjkit measure``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cvjkit.cli.command import Command
from cvjkit.errors import Fault, InputError, printable

COLUMNS = {
    "person": "column that says who (default: person)",
    "time": "column that says when (default: time)",
    "event": "column that says what (default: event)",
    "channel": "column that says where a person comes from; makes segments",
    "awareness": "column that says what a person knows at the start; makes segments",
    "revenue": "column of money that came in",
    "cost": "column of money that was spent",
    "referred-by": "column that says who brought the person",
    "time-zone": "of times that say none, such as Europe/London (default: UTC)",
    "time-unit": "what times that are numbers count since 1970: s, ms, us or ns",
    "table": "which table of a database",
}
COUNTING = {
    "order": "ordered, strict_order, strict_increase, any_order or open (default: ordered)",
    "window": "how long after the first event a stage may be reached, such as 30d",
    "reentry": "which attempts of a person count: best, first or every (default: best)",
    "hold": "column whose value must be that of the first event, such as session",
    "touch": "which event says the channel: first, last or a stage (default: first)",
}
OTHER = {
    "name": "of the journey (default: that of the log)",
    "currency": "of the money",
    "engine": "duckdb or spark (default: duckdb)",
}


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    words = "CSV or Parquet file, folder, pattern with *, or DuckDB database"
    parser.add_argument("log", metavar="LOG", help=words)
    words = "the framework to count in (default: %(default)s)"
    parser.add_argument("--framework", default="five", metavar="KEY", help=words)
    words = (
        "an event and the stages it is one of, by their keys or milestones; EVENT may be a pattern "
        "such as 'buy*'; may be given several times (default: events have the keys of stages)"
    )
    metavar = "EVENT=STAGE[,STAGE]"
    parser.add_argument("--map", action="append", default=[], metavar=metavar, help=words)
    for name, words in {**COLUMNS, **COUNTING, **OTHER}.items():
        parser.add_argument(f"--{name}", metavar=name.upper().replace("-", "_"), help=words)
    words = "leave out who makes more events in a minute than a person does"
    parser.add_argument("--without-bots", action="store_true", help=words)
    words = "file to write the journey to: TOML, CSV or XLSX; without it, only print what was found"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=words)
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")


def _measure(arguments: argparse.Namespace) -> int:
    from cvjkit.measurement.measure import measure

    given = vars(arguments)
    named = [name.replace("-", "_") for name in (*COLUMNS, *COUNTING, *OTHER)]
    options: dict[str, Any] = {name: given[name] for name in named if given[name] is not None}
    options["counts_bots"] = not arguments.without_bots
    options.setdefault("name", Path(arguments.log).stem.strip("*?.") or "Measured")
    events = _mapped(arguments.map) or None
    journey = measure(arguments.log, arguments.framework, events, **options)
    measurement = journey.measurement
    found = [repr(journey), *(measurement.remarks if measurement else ())]
    if arguments.output:
        path = journey.save(arguments.output, overwrite=arguments.overwrite)
        found[0] = f"{path}: {journey.summary.splitlines()[0]}"
    print("\n".join(printable(line) for text in found for line in text.splitlines()))
    return 0


def _mapped(written: list[str]) -> dict[str, list[str]]:
    """Read which events are those of which stages."""
    events: dict[str, list[str]] = {}
    faults = []
    for text in written:
        event, sign, stages = text.rpartition("=")
        keys = [key.strip() for key in stages.split(",") if key.strip()]
        if not (sign and event and keys):
            rule = "must be an event and a stage, joined by ="
            faults.append(Fault("--map", text, rule, "write it like purchase=conversion"))
        events.setdefault(event, []).extend(keys)
    if faults:
        raise InputError("cvjkit measure", faults)
    return events


MEASURE = Command(
    "measure",
    "measure a journey in an event log",
    "Count the people of an event log at the stages of a framework; write it to a journey file.",
    _add_arguments,
    _measure,
)
