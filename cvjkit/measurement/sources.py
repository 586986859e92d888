"""Which files a log is in, and how a CSV file is laid out."""

from __future__ import annotations

import csv
import glob
import gzip
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from cvjkit.errors import Fault, InputError, refusal

if TYPE_CHECKING:
    from cvjkit.measurement.event_log import EventLog

KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".duckdb": "database",
    ".ddb": "database",
    ".db": "database",
}
DELIMITERS = ",;\t|"
LONGEST_HEADER = 1_000_000
UNDECODED = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Files:
    """Files that hold one log together.

    Parameters
    ----------
    kind : {"csv", "parquet", "database"}
    paths : tuple of str
        At least one, in order.
    """

    kind: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How CSV files are laid out.

    Parameters
    ----------
    delimiter : str
        Between two columns.
    columns : tuple of str
        The names in the first line.
    """

    delimiter: str
    columns: tuple[str, ...]


def files_of(source: str | PurePath) -> Files:
    """Find the files that a path means.

    Parameters
    ----------
    source : str or PurePath
        Of a file; of a folder, with those in folders below; or with ``*``, ``?``, ``[...]``.

    Returns
    -------
    Files

    Raises
    ------
    InputError
        If there is none, or of more than one kind, or of a kind that cannot be read.
    """
    path = Path(source)
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.is_file() and _is_data(p, path))
    elif path.exists():
        found = [path]
    else:
        found = sorted(map(Path, glob.glob(str(source), recursive=True)))  # noqa: PTH207 - a path
    if not found:
        rule = "holds no CSV or Parquet file" if path.is_dir() else "does not exist"
        raise refusal(path, rule, "correct the path", "folder" if path.is_dir() else "file")
    kinds = {_kind(p): p for p in found}
    if None in kinds:
        fix = f"give one of {', '.join(KINDS)}"
        raise refusal(kinds[None], "is of no kind that is read as an event log", fix)
    if len(kinds) > 1:
        raise refusal(path, "means files of several kinds", "give those of one kind, such as *.csv")
    return Files(str(next(iter(kinds))), tuple(map(str, found)))


def layout_of(paths: tuple[str, ...]) -> Layout:
    """Read how CSV files are laid out, from their first lines.

    Parameters
    ----------
    paths : tuple of str

    Returns
    -------
    Layout

    Raises
    ------
    InputError
        If a file has no first line or is not in UTF-8, if a column has no name or two have one, or
        if files differ.
    """
    headers = {path: _header(path) for path in paths}
    layout, *others = headers.values()
    for path, other in zip(paths[1:], others, strict=True):
        if other != layout:
            rule = f"has other columns than {Path(paths[0]).name}"
            raise refusal(path, rule, "give files with the same first line")
    names = layout.columns
    faults = [
        Fault(f"column {index + 1}", name, "must have a name of its own", "correct the first line")
        for index, name in enumerate(names)
        if not name or name.lower() in map(str.lower, names[:index])
    ]
    if faults:
        raise InputError(paths[0], faults)
    return layout


def handing_arrow(log: EventLog) -> Any:
    """Give the source of a log as something that hands over an Arrow stream.

    Parameters
    ----------
    log : EventLog

    Returns
    -------
    object
        Has ``__arrow_c_stream__``.

    Raises
    ------
    InputError
        If it is no table of events.
    """
    source: Any = log.source
    if hasattr(source, "to_dataframe"):
        source = source.to_dataframe()
    elif hasattr(source, "collect_schema") and hasattr(source, "collect"):
        source = source.collect()  # what polars has not yet worked out
    if hasattr(source, "iloc"):
        # Arrow wants one type per column, and a table of pandas may hold others beside.
        names = [str(name) for name in source.columns]
        log.check_columns(tuple(names))
        return source.loc[:, [name in log.columns for name in names]].rename(columns=str)
    if hasattr(source, "toArrow"):  # of Spark
        return source.toArrow()
    if hasattr(source, "scanner"):  # a dataset of Arrow
        return source.scanner().to_reader()
    if not hasattr(source, "__arrow_c_stream__"):
        fix = "give a path, a DataFrame, an Arrow table or a DuckDB relation"
        fault = Fault("log", source, "is no table of events", fix)
        raise InputError("the event log", [fault])
    return source


def _header(path: str) -> Layout:
    try:
        with gzip.open(path) if path.endswith(".gz") else Path(path).open("rb") as file:
            start = file.read(LONGEST_HEADER).decode("utf-8-sig", errors="surrogateescape")
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise refusal(path, f"cannot be read ({reason})", "look whether it is whole") from None
    line = start.partition("\n")[0]
    if not line.strip():
        raise refusal(path, "has no first line with names of columns", "add one")
    delimiter = max(DELIMITERS, key=line.count)
    names = tuple(next(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)))
    if UNDECODED.search("".join(names)) or "\0" in line:
        raise refusal(path, "is not in UTF-8", "save it as CSV in UTF-8")
    return Layout(delimiter, names)


def _is_data(path: Path, folder: Path) -> bool:
    # Spark and others leave files such as _SUCCESS and .part.crc beside the data.
    hidden = any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
    return not hidden and _kind(path) in {"csv", "parquet"}


def _kind(path: Path) -> str | None:
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return KINDS.get(name.suffix.lower())
