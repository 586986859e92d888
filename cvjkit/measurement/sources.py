"""Which files a log is in, and how a CSV file is laid out."""

from __future__ import annotations

import codecs
import csv
import glob
import gzip
import io
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pyarrow as pa

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
CHUNK = 16 * 2**20  # bytes
NOT_WHOLE = (
    "is not a whole Parquet file: it is damaged, or was cut off",
    "copy or export it again",
)
NOT_UTF8 = ("is not in UTF-8", "save the file as CSV in UTF-8")
UNENDED = ("has a quote that does not end", "correct the line; write a quote in a value twice")
UNREADABLE = ("cannot be read as CSV", "export it again, with one end of line throughout")


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
    try:
        # An empty text is no path, though Python takes it for the current folder.
        exists = path.exists() and source != ""
    except OSError as error:
        rule = f"cannot be looked for ({error.strerror})"
        raise refusal(path, rule, "correct the path") from None
    is_folder = exists and path.is_dir()
    if is_folder:
        found = sorted(p for p in path.rglob("*") if p.is_file() and _is_data(p, path))
    elif exists:
        found = [path]
    else:
        found = sorted(map(Path, glob.glob(str(source), recursive=True)))  # noqa: PTH207 - a path
    if not found:
        rule = "holds no CSV or Parquet file" if is_folder else "does not exist"
        raise refusal(path, rule, "correct the path", "folder" if is_folder else "file")
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


def wrong_count(found: int | str, wanted: int | str) -> tuple[str, str]:
    """Say that a line of a CSV file has too many or too few values.

    Parameters
    ----------
    found : int or str
        How many values the line has.
    wanted : int or str
        How many the first line has.

    Returns
    -------
    tuple of str
        The rule, and what to do.
    """
    fix = "correct the line; put quotes around a value that has the delimiter in it"
    return f"has {found} values, and the first line has {wanted}", fix


def check_csv(paths: tuple[str, ...], layout: Layout, *, whole: bool) -> None:
    """Refuse CSV files with a line that cannot be read.

    Parameters
    ----------
    paths : tuple of str
    layout : Layout
    whole : bool
        Whether to look at each line. Otherwise only at those of files that are not in UTF-8, or in
        which quotes come in an odd number: hundreds of megabytes in a second.

    Raises
    ------
    InputError
        Names the first such line.
    """
    for path in paths:
        if whole or _is_suspicious(path):
            _check_lines(path, layout)


def positions(log: EventLog, names: Sequence[str]) -> list[int]:
    """Find the columns of a log in a table.

    Parameters
    ----------
    log : EventLog
    names : sequence of str
        The columns of the table.

    Returns
    -------
    list of int
        Their indexes, in the order of the columns of the log.

    Raises
    ------
    InputError
        If one of them is missing, or is there twice.
    """
    log.check_columns(tuple(names))
    twice = [name for name in log.columns if names.count(name) > 1]
    if twice:
        rule, fix = "is the name of two columns", "rename one"
        raise InputError(log.subject, [Fault("column", name, rule, fix) for name in twice])
    return [names.index(name) for name in log.columns]


def unreadable_table(subject: str, error: Exception) -> InputError:
    """Say that a table cannot be read.

    Parameters
    ----------
    subject : str
    error : Exception
        Says why; the first line is told.

    Returns
    -------
    InputError
    """
    # Arrow says first what is wrong, and then of which column.
    reason = "; ".join(map(str, error.args)) if isinstance(error, pa.ArrowException) else str(error)
    rule = f"cannot be read ({reason.partition(chr(10))[0]})"
    return InputError(subject, [Fault("table", None, rule, "give one type per column")])


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
        source = _frame_of(source, log)
    elif hasattr(source, "collect_schema") and hasattr(source, "collect"):
        source = source.collect()  # what polars has not yet worked out
    if hasattr(source, "iloc"):
        # Arrow wants one type per column, and a table of pandas may hold others beside.
        names = [str(name) for name in source.columns]
        log.check_columns(tuple(names))
        return source.loc[:, [name in log.columns for name in names]].rename(columns=str)
    if hasattr(source, "columns") and hasattr(source, "lazy"):
        # Only what is asked for: polars ends Python over some names of columns.
        log.check_columns(tuple(source.columns))
        return source.select(log.columns)
    if hasattr(source, "toArrow"):  # of Spark
        return source.toArrow()
    if hasattr(source, "scanner"):  # a dataset of Arrow
        return source.scanner().to_reader()
    if not hasattr(source, "__arrow_c_stream__"):
        fix = "give a path, a DataFrame, an Arrow table or a DuckDB relation"
        fault = Fault("log", source, "is no table of events", fix)
        raise InputError("the event log", [fault])
    return source


def _frame_of(stream: Any, log: EventLog) -> Any:
    """Give the table of an Eventstream; where no columns are named, by its schema."""
    frame, schema = stream.to_dataframe(), getattr(stream, "schema", None)
    named = {"person": "path_col", "time": "timestamp_col", "event": "event_col"}
    own = {role: getattr(schema, name, None) for role, name in named.items()}
    missing = {
        role: frame[column]
        for role, column in own.items()
        if getattr(log, role) == role and role not in frame and column in frame
    }
    return frame.assign(**missing)


def _opened(path: str) -> io.BufferedIOBase:
    return gzip.open(path) if path.lower().endswith(".gz") else Path(path).open("rb")


def _is_suspicious(path: str) -> bool:
    """Tell whether a file is not in UTF-8, or has an odd number of quotes."""
    decoder, quotes = codecs.getincrementaldecoder("utf-8")(), 0
    with _opened(path) as file:
        while chunk := file.read(CHUNK):
            quotes += chunk.count(b'"')
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return True
    return quotes % 2 == 1


def _check_lines(path: str, layout: Layout) -> None:
    name, line = Path(path).name, 0

    def lines(file: io.BufferedIOBase) -> Iterator[str]:
        nonlocal line
        for line, text in enumerate(file, 1):
            yield text.decode("utf-8-sig" if line == 1 else "utf-8")

    begins = 1
    try:
        with _opened(path) as file:
            for row in csv.reader(lines(file), delimiter=layout.delimiter, strict=True):
                if row and len(row) != len(layout.columns):
                    wrong = wrong_count(len(row), len(layout.columns))
                    raise InputError(path, [Fault(f"{name}, line {begins}", None, *wrong)])
                begins = line + 1
    except UnicodeDecodeError:
        raise InputError(path, [Fault(f"{name}, line {line}", None, *NOT_UTF8)]) from None
    except csv.Error as error:
        wrong = UNENDED if "end of data" in str(error) else UNREADABLE
        raise InputError(path, [Fault(f"{name}, line {begins}", None, *wrong)]) from None


def _header(path: str) -> Layout:
    try:
        with _opened(path) as file:
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
