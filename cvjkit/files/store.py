"""Journeys on disk: read, written whole or not at all, never over somebody else's work.

This module knows documents (plain dicts, lists, texts and numbers) and nothing of what makes a
journey valid: that is for `cvjkit.journey`. data/README.md lists what a document may hold.
"""

from __future__ import annotations

import hashlib
import math
import os
import re
import secrets
import tomllib
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.framework import Framework
from cvjkit.errors import Fault, InputError
from cvjkit.files import tables
from cvjkit.model.document import SCHEMA_VERSION

if TYPE_CHECKING:
    from tomlkit.items import AoT, Array, InlineTable, Table

SUFFIXES = (".toml", ".csv", ".xlsx")
HEADER = "# A customer journey, for cvjkit: who comes, how far they get, what it costs and brings."
WIDTH = 88
MOST_EXACT_INTEGER = 2**53

# What tells the rows of a list apart, so that each keeps its comments when the file is saved.
IDENTITY = {
    "segments": ("name",),
    "offers": ("stage", "name"),
    "transitions": ("source", "target"),
    "referrals": ("source", "target", "segment"),
    "stages": ("key",),
    "messages": ("kind", "name"),
    "accepted": ("rule", "stage", "segment"),
}

Document = dict[str, Any]


@dataclass
class Origin:
    """Which files a design came from and went to, and what each of them held then.

    The one thing here that changes: all journeys derived from one another share it, so that
    each may be saved over what another of them saved, but not over what somebody else did.

    Parameters
    ----------
    path : Path, optional
        The file last read or written.
    digests : dict of Path to str
        For each file known, a digest of what it held.
    """

    path: Path | None = None
    digests: dict[Path, str] = field(default_factory=dict)

    def note(self, path: Path, content: bytes) -> None:
        """Remember what a file holds now."""
        self.path = path
        self.digests[_real(path)] = _digest(content)

    def knows(self, path: Path, content: bytes) -> bool:
        """Tell whether a file holds what it held when last read or written."""
        return self.digests.get(_real(path)) == _digest(content)


def read(path: str | Path) -> tuple[Document, Origin]:
    """Read the document of a journey.

    Parameters
    ----------
    path : str or Path
        A .toml, .csv or .xlsx file.

    Returns
    -------
    document : dict
        Plain values; whether they make a journey is not checked here.
    origin : Origin
        Knows the file, for `write`.

    Raises
    ------
    InputError
        If there is no such file or it cannot be understood; its subject is the path.
    """
    path = Path(path)
    _check_suffix(path)
    content = _content(path)
    if content is None:
        raise _refusal(path, "is not there", "check the spelling and the folder")
    document = _decoded(path, content)
    origin = Origin()
    origin.note(path, content)
    return document, origin


def write(
    path: str | Path, document: Mapping[str, Any], origin: Origin, *, overwrite: bool = False
) -> Path:
    """Write the document of a journey: whole, or not at all.

    What did not change in a TOML file stays as it was written: comments, order, layout, the
    writing of numbers. A file that holds the document already is left alone.

    Parameters
    ----------
    path : str or Path
        A .toml, .csv or .xlsx file; it need not exist.
    document : mapping
    origin : Origin
        From `read`, or a new one for a new design; brought up to date.
    overwrite : bool
        Replace a file of another design, or one that somebody else has changed.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    InputError
        If that would destroy somebody's work, if the format cannot hold the document, or if the
        disk refuses; the file is then as it was.
    """
    path = Path(path)
    _check_suffix(path)
    whole = _canonical({"schema_version": SCHEMA_VERSION, **document})
    before = _content(path)
    if before is not None and _holds(path, before, whole):
        origin.note(path, before)
        return path
    if before is not None and not overwrite:
        _check_replaceable(path, before, origin)
    content = _encoded(path, whole, _layout(path, before, origin))
    if not _holds(path, content, whole):
        rule = f"cannot hold all of this design: a {path.suffix} file would change some text in it"
        raise _refusal(path, rule, "save it as .toml")
    _replace(path, content, before, overwrite=overwrite)
    origin.note(path, content)
    return path


def same(one: object, other: object) -> bool:
    """Tell whether two documents say the same, however they are written.

    Numbers are the same if they agree to 15 digits, all that a spreadsheet keeps.

    Examples
    --------
    >>> same({"stages": {"reach": {}}, "market": 10}, {"stages": {}, "market": 10.0})
    True
    """
    return _alike(_canonical(one), _canonical(other))


def _canonical(value: Any, key: str = "") -> Any:
    """Write a document in one way: lists, whole numbers, short tactics, nothing empty."""
    if isinstance(value, Mapping):
        if key == "framework" and "base" in value:
            with suppress(InputError):
                value = Framework.from_document(value).document()
        fields = {name: _canonical(item, name) for name, item in value.items()}
        if key == "tactics" and fields.keys() == {"name"}:
            return fields["name"]
        return {
            name: item
            for name, item in fields.items()
            if (item not in ({}, []) or name in ("counts", "rates"))
            and (name, item) != ("currency", "")
        }
    if isinstance(value, list | tuple):
        return [_canonical(item, key) for item in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < MOST_EXACT_INTEGER:
        return int(value)
    return value


def _alike(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other or math.isclose(one, other, rel_tol=1e-14)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return one == other


def _refusal(path: Path, rule: str, fix: str) -> InputError:
    return InputError(str(path), [Fault("file", path.name, rule, fix)])


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        fix = f"let its name end in one of {', '.join(SUFFIXES)}"
        raise _refusal(path, "is of no kind that cvjkit knows", fix)


def _decoded(path: Path, content: bytes) -> Document:
    suffix, subject = path.suffix.lower(), str(path)
    if suffix == ".xlsx":
        document = tables.from_xlsx(content, subject, path.stem)
    elif suffix == ".csv":
        document = tables.from_csv(_text(path, content), subject, path.stem)
    else:
        document = _from_toml(path, _text(path, content))
    _check_version(path, document if suffix == ".toml" else {"schema_version": 1, **document})
    # A file that names no currency has none: another would be invented.
    return {"schema_version": SCHEMA_VERSION, "currency": "", **document}


def _encoded(path: Path, document: Document, layout: str | None) -> bytes:
    suffix, subject = path.suffix.lower(), str(path)
    if suffix == ".xlsx":
        return tables.to_xlsx(document, subject)
    if suffix == ".csv":
        return tables.to_csv(document, subject).encode("utf-8-sig")
    return _to_toml(document, layout).encode()


def _holds(path: Path, content: bytes, document: Document) -> bool:
    try:
        return same(_decoded(path, content), document)
    except InputError:
        return False


def _text(path: Path, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        fix = "save it as UTF-8 (in Excel: 'CSV UTF-8')"
        raise _refusal(path, f"is not UTF-8 text: see line {line}", fix) from None


def _check_version(path: Path, document: Document) -> None:
    version = document.get("schema_version")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        rule = f"was written by a newer cvjkit, this one reads {SCHEMA_VERSION}"
        fault = Fault("schema_version", version, rule, "install a newer cvjkit")
    elif version is None:
        fix = f"write schema_version = {SCHEMA_VERSION} at the top"
        fault = Fault("schema_version", None, "is required", fix)
    elif isinstance(version, bool) or version != SCHEMA_VERSION:
        fault = Fault(
            "schema_version", version, "is not a version there has been", f"write {SCHEMA_VERSION}"
        )
    else:
        return
    raise InputError(str(path), [fault])


def journey_files(folder: str | Path) -> list[Path]:
    """List the files of a folder that may hold journeys.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    list of Path
        Sorted by name; none if the folder cannot be read. Hidden files, and those by which
        Excel marks a workbook as open (``~$shop.xlsx``), are left out.
    """
    try:
        found = sorted(Path(folder).iterdir())
    except OSError:
        return []
    return [
        path
        for path in found
        if path.suffix.lower() in SUFFIXES
        and not path.name.startswith((".", "~$"))
        and path.is_file()
    ]


# --- the disk -----------------------------------------------------------------------------------


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes | None:
    """Read a file; None if there is none."""
    try:
        if path.is_dir():
            raise _refusal(path, "is a folder", "name a file in it")
        if path.exists() and not path.is_file():
            raise _refusal(path, "is not an ordinary file", "name another")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _disk_refusal(path, "cannot be read", error) from None


def _disk_refusal(path: Path, what: str, error: OSError) -> InputError:
    why = (error.strerror or str(error)).lower()
    return _refusal(path, f"{what}: {why}", "put that right, or choose another place")


def _check_replaceable(path: Path, before: bytes, origin: Origin) -> None:
    """Refuse to destroy what somebody else has made."""
    or_lose = "pass overwrite=True to lose what is there"
    if not origin.knows(path, before):
        changed = _real(path) in origin.digests
        rule = "was changed by somebody else since it was read" if changed else "is there already"
        fix = "read it again, or save under another name" if changed else "choose another name"
        raise _refusal(path, rule, f"{fix}, or {or_lose}")
    lost = tables.lost_when_rewritten(before) if path.suffix.lower() == ".xlsx" else []
    if lost:
        rule = f"holds what would be lost when cvjkit writes it: {', '.join(lost)}"
        raise _refusal(path, rule, f"save under another name, or {or_lose}")


def _layout(path: Path, before: bytes | None, origin: Origin) -> str | None:
    """Find the text whose layout to keep: that of the file itself, or where the design is from."""
    if before is None and origin.path is not None:
        path = origin.path
        with suppress(InputError):
            before = _content(path)
        if before is not None and not origin.knows(path, before):
            return None
    if before is None or path.suffix.lower() != ".toml":
        return None
    with suppress(UnicodeDecodeError):
        return before.decode("utf-8-sig")
    return None


def _replace(path: Path, content: bytes, before: bytes | None, *, overwrite: bool) -> None:
    """Put a file in the place of another in one step, so that there is no moment without one."""
    target = _real(path)
    temporary = target.with_name(f".cvjkit-{secrets.token_hex(8)}.tmp")
    try:
        if not target.parent.is_dir():
            raise _refusal(path, "lies in a folder that is not there", "make the folder first")
        mode = None if before is None else target.stat().st_mode & 0o777
        # The administrator may write everywhere, so a file marked as read-only is asked, too.
        if mode is not None and not (mode & 0o222 and os.access(target, os.W_OK)):
            raise _refusal(path, "is write-protected", "save under another name")
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            temporary.chmod(mode)
        if not overwrite and _content(target) != before:
            rule = "was changed by somebody else at this moment"
            raise _refusal(path, rule, "read it again, or save under another name")
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _disk_refusal(path, "cannot be written", error) from None
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # Not every system and disk can; the file is in its place all the same.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


# --- TOML ---------------------------------------------------------------------------------------


def _from_toml(path: Path, text: str) -> Document:
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise _refusal(path, "is nested too deeply", "make it simpler") from None
    except ValueError as error:
        place = re.fullmatch(
            r"(?s)(.*) \((at line (\d+), column \d+|at end of document)\)", f"{error}"
        )
        what, where, number = place.groups() if place else (str(error), "somewhere", None)
        lines = text.splitlines() or [""]
        found = lines[min(int(number or len(lines)), len(lines)) - 1].strip()
        twice = what.startswith(("Cannot overwrite", "Cannot declare", "Duplicate"))
        rule = (
            "gives something a second time"
            if twice
            else f"is not TOML: {what[:1].lower()}{what[1:]}"
        )
        fault = Fault(where.removeprefix("at "), found, rule, "correct it there")
        raise InputError(str(path), [fault]) from None


def _to_toml(document: Document, layout: str | None) -> str:
    """Write a document as TOML, into the layout of another text if that is possible."""
    from tomlkit.exceptions import TOMLKitError

    if layout is not None:
        ending = "\r\n" if "\r\n" in layout else "\n"
        with suppress(TOMLKitError, ValueError):
            text = _Layout(layout.replace("\r\n", "\n")).filled(document)
            if same(tomllib.loads(text), document):
                return text.replace("\n", ending)
    return _Layout(f"{HEADER}\n").filled(document)


class _Layout:
    """A TOML text whose values change while all else stays as it was written.

    tomlkit counts the lines above a header to the table before it: they would go when that one
    goes, and stay behind when their own does. Here each header keeps the lines above it.
    """

    def __init__(self, text: str) -> None:
        import tomlkit

        self.parsed = tomlkit.parse(text)
        self.above: dict[int, tuple[Table | InlineTable, str]] = {}
        lines: list[tuple[list[Any], int]] = []
        for line in _lines(self.parsed.body):
            if isinstance(line, tuple):
                body, place = line
                lines = [] if body[place][0] is not None else [*lines, line]
            else:
                self.above[id(line)] = (line, _taken(lines))
                lines = []

    def filled(self, document: Document) -> str:
        """Give the text with the document's values."""
        self._merge(lambda: self.parsed, document)
        for table, text in self.above.values():
            table.trivia.indent = text + table.trivia.indent.lstrip("\n")
        return self.parsed.as_string()

    def _merge(self, find: Callable[[], MutableMapping[str, Any]], new: Mapping[str, Any]) -> None:
        """Change a table; it is looked up anew each time, as tomlkit may put it together anew."""
        from tomlkit.items import AoT, Array, InlineTable

        for key, value in new.items():
            there = find().get(key)
            if there is not None and same({key: _plain(there)}, {key: value}):
                continue
            if isinstance(there, MutableMapping) and isinstance(value, Mapping):
                self._merge(partial(_within, find, key), value)
            elif isinstance(there, AoT) and _are_rows(value):
                self._merge_rows(there, value, key)
            elif isinstance(there, Array) and isinstance(value, list):
                self._merge_array(there, value, key)
            else:
                item = self._item(key, value, inline=isinstance(find(), InlineTable))
                if isinstance(there, Mapping | AoT) or isinstance(item, Mapping | AoT):
                    find().pop(key, None)
                find()[key] = item
        for key in [key for key in find() if key not in new]:
            del find()[key]

    def _merge_rows(self, old: AoT, new: Sequence[Mapping[str, Any]], key: str) -> None:
        """Change a list of tables; each row keeps its comments, a renamed one too."""
        ids, waiting = _ids(new, key), list(old.body)
        heading = self._cut_heading(waiting[0]) if waiting else ""
        kept: dict[int, Table] = {}

        def pair(alike: Callable[[Table, int], bool]) -> None:
            for at in range(len(new)):
                row = next((row for row in waiting if at not in kept and alike(row, at)), None)
                if row is not None:
                    kept[at] = row
                    waiting[:] = [other for other in waiting if other is not row]

        pair(lambda row, at: _ids([row], key)[0] == ids[at])
        pair(lambda row, at: same(_nameless(row, key), _nameless(new[at], key)))
        del old[:]
        for at, fields in enumerate(new):
            row = kept.get(at)
            if row is None:
                row = self._item("", fields)
            else:
                self._merge(partial(_itself, row), fields)
            old.append(row)
            if at == 0:
                self.above[id(row)] = (row, heading + self.above[id(row)][1])

    def _merge_array(self, old: Array, new: Sequence[Any], key: str) -> None:
        """Change a list in brackets; what stays in it keeps its comments unless moved."""
        ids = _ids(new, key)
        for at in reversed(range(len(old))):
            if _ids(old[at : at + 1], key)[0] not in ids:
                del old[at]
        if [each for each in ids if each in _ids(old, key)] != _ids(old, key):
            old.clear()
        for at, value in enumerate(new):
            if at == len(old) or _ids(old[at : at + 1], key)[0] != ids[at]:
                old.insert(at, self._item("", value, inline=True))
            elif isinstance(value, Mapping):
                self._merge(partial(_itself, old[at]), value)

    def _cut_heading(self, row: Table) -> str:
        """Take off the comments above a row that a blank line sets apart from it."""
        text = self.above[id(row)][1]
        end = text.rfind("\n\n") + 1
        if "#" not in text[:end]:
            return ""
        self.above[id(row)] = (row, text[end:])
        return text[:end]

    def _item(self, key: str, value: Any, *, inline: bool = False) -> Any:
        """Write a new value as a person would."""
        import tomlkit

        if isinstance(value, Mapping):
            path = bool(value) and all(isinstance(item, Mapping) for item in value.values())
            table = tomlkit.inline_table() if inline else tomlkit.table(is_super_table=path)
            for name, item in value.items():
                table.append(name, self._item(name, item, inline=inline))
            if not inline:
                self.above[id(table)] = (table, "" if path else "\n")
            return table
        if _are_rows(value) and key in IDENTITY and not inline:
            rows = tomlkit.aot()
            for row in value:
                rows.append(self._item("", row))
            return rows
        if isinstance(value, list):
            array = tomlkit.array()
            for item in value:
                array.append(self._item("", item, inline=True))
            return array.multiline(len(key) + len(array.as_string()) > WIDTH)
        return tomlkit.item(value)


def _lines(body: list[Any]) -> Iterator[Table | tuple[list[Any], int]]:
    """Give each header and, as body and place, each other line in the order of the text."""
    from tomlkit.items import AoT, Table

    for place, (_, item) in enumerate(body):
        if not isinstance(item, AoT | Table):
            yield body, place
            continue
        for table in item.body if isinstance(item, AoT) else [item]:
            if not table.is_super_table():
                yield table
            yield from _lines(table.value.body)


def _taken(lines: Sequence[tuple[list[Any], int]]) -> str:
    """Take the comments and blank lines above a header out of the text before it."""
    from tomlkit.items import Null

    texts = [body[place][1].as_string() for body, place in lines]
    # What follows a value without a blank line is about that value.
    start = next((at for at, text in enumerate(texts) if text.startswith("\n")), 0)
    for body, place in lines[start:]:
        body[place] = (None, Null())
    return "".join(texts[start:])


def _within(find: Callable[[], MutableMapping[str, Any]], key: str) -> Any:
    return find()[key]


def _itself(table: Any) -> Any:
    return table


def _are_rows(value: object) -> bool:
    return (
        isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)
    )


def _ids(rows: Sequence[Any], key: str) -> list[Any]:
    """Give what tells the rows of a list apart."""
    fields = IDENTITY.get(key, ("name",))
    return [
        tuple(row.get(field) for field in fields) if isinstance(row, Mapping) else row
        for row in rows
    ]


def _nameless(row: Mapping[str, Any], key: str) -> Document:
    names = IDENTITY.get(key, ())
    return {name: value for name, value in _plain(row).items() if name not in names}


def _plain(value: Any) -> Any:
    return value.unwrap() if hasattr(value, "unwrap") else value
