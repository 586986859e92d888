"""What all commands take that read an event log: where it is, what is in it, how people count."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from cvjkit.errors import Fault, InputError

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
REPEATED = {
    "map": (
        "EVENT=STAGE[,STAGE]",
        "an event, or a pattern as 'buy*', and its stages (default: events named like stages)",
    ),
    "optional": ("STAGE", "a stage that may be left out"),
    "within": ("STAGE=TIME", "how long after the stage before it a stage may be reached, as 4d"),
    "exclude": ("EVENT=STAGE,STAGE", "an event that ends an attempt between two stages"),
}


def add_log_arguments(parser: argparse.ArgumentParser, kinds: Sequence[str], words: str) -> None:
    """Add the arguments of a command that reads an event log and may write a file.

    Parameters
    ----------
    parser : argparse.ArgumentParser
    kinds : sequence of str
        The suffixes of files that it can write.
    words : str
        What is written to the file.
    """
    help_text = "CSV or Parquet file, folder, pattern with *, or DuckDB database"
    parser.add_argument("log", metavar="LOG", help=help_text)
    help_text = "the framework to count in (default: %(default)s)"
    parser.add_argument("--framework", default="five", metavar="KEY", help=help_text)
    columns = parser.add_argument_group("what the columns of the log mean")
    counting = parser.add_argument_group("how people are counted")
    for name, (metavar, help_text) in REPEATED.items():
        more = f"{help_text}; may be given several times"
        counting.add_argument(f"--{name}", action="append", default=[], metavar=metavar, help=more)
    for group, named in ((columns, COLUMNS), (counting, COUNTING), (parser, OTHER)):
        for name, help_text in named.items():
            metavar = name.upper().replace("-", "_")
            group.add_argument(f"--{name}", metavar=metavar, help=help_text)
    help_text = "leave out who makes more events in a minute than a person does"
    counting.add_argument("--without-bots", action="store_true", help=help_text)
    listed = f"{', '.join(kind[1:].upper() for kind in kinds[:-1])} or {kinds[-1][1:].upper()}"
    help_text = f"file to write {words} to: {listed}; without it, only print what was found"
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help=help_text)
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.set_defaults(kinds=kinds)


def what_is_measured(arguments: argparse.Namespace) -> tuple[str, str, Any, dict[str, Any]]:
    """Read the arguments of a command that reads an event log.

    A file that cannot be written is refused here, before there is any work to lose.

    Parameters
    ----------
    arguments : argparse.Namespace

    Returns
    -------
    log, framework : str
    events : dict or None
    options : dict
        All as `cvjkit.measure` takes them.

    Raises
    ------
    InputError
        With all that is wrong with what was typed.
    """
    faults = [*_output_faults(arguments)]
    events = _pairs("map", arguments.map, "purchase=conversion", faults)
    within = _pairs("within", arguments.within, "conversion=4d", faults)
    ends = _pairs("exclude", arguments.exclude, "refund=conversion,retention", faults)
    faults += [
        Fault("--exclude", event, "must come between two stages", "write it like refund=lead,sale")
        for event, keys in ends.items()
        if len(keys) != 2
    ]
    if faults:
        raise InputError(f"cvjkit {arguments.command}", faults)
    named = [name.replace("-", "_") for name in (*COLUMNS, *COUNTING, *OTHER)]
    given = vars(arguments)
    options: dict[str, Any] = {name: given[name] for name in named if given[name] is not None}
    options["counts_bots"] = not arguments.without_bots
    options["optional"] = arguments.optional
    options["within"] = {stage: ",".join(times) for stage, times in within.items()}
    options["exclusions"] = {event: tuple(keys) for event, keys in ends.items()}
    options.setdefault("name", Path(arguments.log).stem.strip("*?.") or "Measured")
    return arguments.log, arguments.framework, events or None, options


def _pairs(name: str, written: list[str], example: str, faults: list[Fault]) -> dict[str, Any]:
    """Read what is joined by =, with several things after it; add what is wrong to the faults."""
    found: dict[str, list[str]] = {}
    for text in written:
        # The name of an event may have the sign in it; a stage or a time has none.
        key, sign, after = text.rpartition("=")
        parts = [part.strip() for part in after.split(",") if part.strip()]
        if not (sign and key and parts):
            rule = f"must be {REPEATED[name][0]}"
            faults.append(Fault(f"--{name}", text, rule, f"write it like {example}"))
        found.setdefault(key, []).extend(parts)
    return found


def _output_faults(arguments: argparse.Namespace) -> Iterator[Fault]:
    """Find why a file cannot be written."""
    path: Path | None = arguments.output
    if path is None:
        return
    if path.suffix.lower() not in arguments.kinds:
        fix = f"use a name that ends in one of {', '.join(arguments.kinds)}"
        yield Fault("-o", str(path), "is not a kind of file that is written", fix)
    elif path.is_dir():
        yield Fault("-o", str(path), "is a folder", "name a file in it")
    elif not path.absolute().parent.is_dir():
        rule = "is in a folder that does not exist"
        yield Fault("-o", str(path), rule, "create the folder first")
    elif path.exists() and not arguments.overwrite:
        fix = "choose another name, or write --overwrite to replace it"
        yield Fault("-o", str(path), "already exists", fix)
