"""Journeys on disk: read, and written in full or not at all, never over somebody else's work.

This module knows documents (plain dicts, lists, strings and numbers) but not what makes a journey
valid: `cvjkit.journey` checks that. data/README.md lists what a document may hold.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from cvjkit.errors import Fault, InputError, refusal
from cvjkit.files import table_writing, tables
from cvjkit.files.disk import (
    content_of,
    existing_content,
    real_path,
    replace,
    text_of,
)
from cvjkit.files.documents import Document, canonical, same
from cvjkit.files.limits import MOST_BYTES
from cvjkit.files.toml import from_toml, to_toml
from cvjkit.model.document import SCHEMA_VERSION

SUFFIXES = tuple(MOST_BYTES)
LOOK = "look.toml"
"""Stands beside journeys and is none: how their pages look (`cvjkit.files.look`)."""


@dataclass(frozen=True)
class Origin:
    """The file a journey belongs to, and what was last seen in the files it may replace.

    Parameters
    ----------
    path : Path, optional
        The file it was read from or last saved to; None if there is none.
    digests : dict of Path to str
        For each file known, a digest of what it held. Journeys derived from one another share it,
        so that each may replace what another of them saved, but not what somebody else did.
    understood : tuple of str
        What was understood of a file that cvjkit did not write, in sentences.
    """

    path: Path | None = None
    digests: dict[Path, str] = field(default_factory=dict)
    understood: tuple[str, ...] = ()

    def at(self, path: Path) -> Origin:
        """Make the origin of a journey that now belongs to another file.

        Parameters
        ----------
        path : Path

        Returns
        -------
        Origin
            It knows the same files.
        """
        return Origin(path, self.digests)

    def note(self, path: Path, content: bytes) -> None:
        """Record what a file holds now.

        Parameters
        ----------
        path : Path
        content : bytes
        """
        self.digests[real_path(path)] = _digest(content)

    def knows(self, path: Path, content: bytes) -> bool:
        """Tell whether a file holds what it held when last read or written.

        Parameters
        ----------
        path : Path
        content : bytes

        Returns
        -------
        bool
        """
        return self.digests.get(real_path(path)) == _digest(content)


def read(path: str | Path) -> tuple[Document, Origin]:
    """Read the document of a journey.

    Parameters
    ----------
    path : str or Path
        A .toml, .csv or .xlsx file.

    Returns
    -------
    document : dict
        Plain values, not yet checked.
    origin : Origin
        With the file recorded, for `write`.

    Raises
    ------
    InputError
        If there is no such file or it cannot be understood; its subject is the path.
    """
    path = Path(path)
    _check_suffix(path)
    content = existing_content(path, _most_bytes(path))
    document, notes, _ = _understood(path, content)
    origin = Origin(path, understood=notes)
    origin.note(path, content)
    return document, origin


def write(
    path: str | Path,
    document: Mapping[str, Any],
    origin: Origin,
    *,
    overwrite: bool = False,
    means: Callable[[Document], bool] | None = None,
) -> Path:
    """Write the document of a journey in full, or not at all.

    Whatever did not change in a TOML file stays as it was: comments, order, layout, the way numbers
    are written. A file that already holds the document is not touched.

    Parameters
    ----------
    path : str or Path
        A .toml, .csv or .xlsx file; it need not exist.
    document : mapping
    origin : Origin
        From `read`, or a new one for a new design; it is updated.
    overwrite : bool
        Replace a file of another design, or one that somebody else has changed.
    means : callable, optional
        Tells whether a document, as it is read again, is the design to be written; by default
        whether it holds the same values.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    InputError
        If that would destroy somebody's work, if the format cannot hold the document, or if the
        disk refuses. The file is then unchanged.
    """
    path = Path(path)
    _check_suffix(path)
    whole = canonical({"schema_version": SCHEMA_VERSION, **document})
    means = means or partial(same, whole)
    before = content_of(path, _most_bytes(path))
    if before is not None and _holds(path, before, means):
        origin.note(path, before)
        return path
    if before is not None and not overwrite:
        _check_replaceable(path, before, origin)
    content = _encoded(path, whole, _layout(path, before, origin))
    _check_readable(path, content, means)
    replace(path, content, before, overwrite=overwrite)
    origin.note(path, content)
    return path


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in SUFFIXES:
        fix = f"use a name that ends in one of {', '.join(SUFFIXES)}"
        raise refusal(path, "is not a kind of file that cvjkit knows", fix)


def _most_bytes(path: Path) -> int:
    return MOST_BYTES[path.suffix.lower()]


def _understood(path: Path, content: bytes) -> tables.Understood:
    suffix, subject = path.suffix.lower(), str(path)
    if suffix == ".xlsx":
        read = tables.from_xlsx(content, subject, path.stem)
    elif suffix == ".csv":
        read = tables.from_csv(text_of(path, content), subject, path.stem)
    else:
        read = tables.Understood(from_toml(text_of(path, content), subject))
    known = {} if suffix == ".toml" else {"schema_version": SCHEMA_VERSION}
    _check_version(path, {**known, **read.document})
    return read._replace(document={"schema_version": SCHEMA_VERSION, **read.document})


def _encoded(path: Path, document: Document, layout: str | None) -> bytes:
    suffix, subject = path.suffix.lower(), str(path)
    try:
        if suffix == ".xlsx":
            return table_writing.to_xlsx(document, subject)
        if suffix == ".csv":
            return table_writing.to_csv(document, subject).encode("utf-8-sig")
        return to_toml(document, layout).encode()
    except UnicodeEncodeError as error:
        found = error.object[error.start : error.end]
        fault = Fault("text", found, "is half a character, which no file can hold", "remove it")
        raise InputError(subject, [fault]) from None


def _holds(path: Path, content: bytes, means: Callable[[Document], bool]) -> bool:
    try:
        return means(_understood(path, content).document)
    except InputError:
        return False


def _check_readable(path: Path, content: bytes, means: Callable[[Document], bool]) -> None:
    """Refuse to write what could not be read again, or would be another design."""
    try:
        document = _understood(path, content).document
    except InputError as error:
        fault = error.faults[0]
        raise refusal(path, f"could not be read again: {fault.rule}", fault.fix) from None
    if not means(document):
        rule = f"cannot hold all of this design: a {path.suffix} file would change some of it"
        is_toml = path.suffix.lower() == ".toml"
        raise refusal(path, rule, "tell its authors" if is_toml else "save it as .toml")


def _check_version(path: Path, document: Document) -> None:
    version = document.get("schema_version")
    if version == SCHEMA_VERSION and not isinstance(version, bool):
        return
    rule, fix = "is not a known version", f"write {SCHEMA_VERSION}"
    if version is None:
        rule, fix = "is required", f"write schema_version = {SCHEMA_VERSION} at the top"
    elif isinstance(version, int) and version > SCHEMA_VERSION:
        rule = f"was written by a newer cvjkit, this one reads {SCHEMA_VERSION}"
        fix = "install a newer cvjkit"
    raise InputError(str(path), [Fault("schema_version", version, rule, fix)])


def journey_files(folder: str | Path) -> list[Path]:
    """List the files of a folder that may hold journeys.

    Parameters
    ----------
    folder : str or Path

    Returns
    -------
    list of Path
        Sorted by name; none if the folder cannot be read. Hidden files, and the lock files
        of Excel (``~$shop.xlsx``), are left out, and so is ``look.toml``.
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
        and path.name != LOOK
        and path.is_file()
    ]


def _check_replaceable(path: Path, before: bytes, origin: Origin) -> None:
    """Refuse to destroy somebody else's work."""
    or_lose = "pass overwrite=True to replace it"
    if not origin.knows(path, before):
        changed = real_path(path) in origin.digests
        rule = "was changed by somebody else since it was read" if changed else "already exists"
        fix = "read it again, or save under another name" if changed else "choose another name"
        raise refusal(path, rule, f"{fix}, or {or_lose}")
    lost = _understood(path, before).lost
    if lost:
        rule = f"has content that cvjkit would not write again: {', '.join(lost)}"
        raise refusal(path, rule, f"save under another name, or {or_lose}")


def _layout(path: Path, before: bytes | None, origin: Origin) -> str | None:
    """Find the text whose layout to keep: the file's, or that of the file the design is from."""
    if before is None and origin.path is not None:
        path = origin.path
        with suppress(InputError):
            before = content_of(path, _most_bytes(path))
        if before is not None and not origin.knows(path, before):
            return None
    if before is None or path.suffix.lower() != ".toml":
        return None
    with suppress(InputError):
        text = text_of(path, before)
        from_toml(text, path.name)
        return text
    return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
