"""The cells of a workbook, read from its XML: only the sheets that are needed are opened.

A workbook is a ZIP archive of XML parts (ECMA-376, Office Open XML, parts 1 and 2). A part is
inflated up to a limit, and one that declares entities is refused, so that neither can fill memory.
"""

from __future__ import annotations

import io
import posixpath
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

from cvjkit.errors import Fault, InputError, refusal
from cvjkit.files.cells import Cell, Grid
from cvjkit.files.limits import LONGEST_CELL, MOST_CHARACTERS, check_table, too_much
from cvjkit.files.values import plain

NOT_AVAILABLE = "#N/A"
NOT_ZIP = b"\xd0\xcf\x11\xe0"
"""How old workbooks (.xls) and those with a password begin."""
MOST_PARTS = 2_000
MOST_SHEETS = 200
MOST_INFLATED = 10_000_000
"""Of all parts that are read [bytes]."""
MOST_TAGS = 300_000
"""With their attributes, of all parts that are read."""
LONGEST_TITLE = LONGEST_FORMAT = 255
CHUNK, SLICE = 64_000, 1_000_000

HAS_CELLS = re.compile(rb"<(?:\w+:)?[vft][\s>/]")
FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)|\0", re.IGNORECASE)
ENCODING = re.compile(rb"""(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)""")
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
# How Excel writes characters that XML cannot hold: "_x000D_".
ESCAPED = re.compile("_x((?!D[89A-F])[0-9A-F]{4})_", re.IGNORECASE)


class Workbook(NamedTuple):
    """What was found in a workbook.

    Attributes
    ----------
    titles : tuple of str
        Of all its sheets.
    grids : dict of str to Grid
        The cells of those that were read, by title.
    only : str
        Title of the only sheet that has cells; empty if there are several or none.
    formulas : bool
        Whether one of those read has formulas.
    faults : list of Fault
        Of cells that cannot be read.
    """

    titles: tuple[str, ...]
    grids: dict[str, Grid]
    only: str
    formulas: bool
    faults: list[Fault]


def read_workbook(content: bytes, subject: str, is_ours: Callable[[str], bool]) -> Workbook:
    """Read the sheets with titles of ours, or the only one that has cells.

    Formulas count by their results. Hidden rows and columns are read as all others.

    Parameters
    ----------
    content : bytes
    subject : str
        What was read, for messages.
    is_ours : callable
        Tells whether a sheet with a title is to be read.

    Returns
    -------
    Workbook

    Raises
    ------
    InputError
        If it is not a workbook, is damaged, or holds more than is read.
    """
    if content.startswith(NOT_ZIP):
        fix = "open it in Excel and save it as .xlsx, without a password"
        raise refusal(subject, "is an old workbook, or has a password", fix)
    try:
        return _Reader(content, subject).workbook(is_ours)
    except InputError:
        raise
    except Exception as error:  # noqa: BLE001 - a damaged file may fail anywhere
        what = str(error) or type(error).__name__
        rule = f"is not an Excel workbook: {what[:1].lower()}{what[1:]}"
        raise refusal(subject, rule, "save it as .xlsx again") from None


class _Reader:
    """Reads the parts of one workbook, as long as they stay within the limits.

    Parameters
    ----------
    content : bytes
    subject : str
        What was read, for messages.

    Raises
    ------
    InputError
        If it has too many parts.
    """

    def __init__(self, content: bytes, subject: str) -> None:
        from openpyxl.styles.numbers import is_date_format

        self._subject = subject
        if content.count(b"PK\x01\x02") > MOST_PARTS:
            raise too_much(subject, "parts", MOST_PARTS)
        self._archive = ZipFile(io.BytesIO(content))
        self._inflated = self._tags = self._cells = self._characters = 0
        self._strings: list[str] = []
        self._styles: list[str] = []
        self._is_1904 = False
        self._is_date = cache(is_date_format)
        self.faults: list[Fault] = []
        self.formulas = False

    def workbook(self, is_ours: Callable[[str], bool]) -> Workbook:
        main = next(iter(self._related("", "officeDocument").values()), None)
        if main is None:
            raise ValueError("it is an archive of something else")
        book = self._xml(main)
        settings = next(_all(book, "workbookPr"), None)
        self._is_1904 = settings is not None and settings.get("date1904") in {"1", "true"}
        parts = self._related(main, "worksheet")
        sheets = {
            sheet.get("name", ""): parts[relation]
            for sheet in _all(book, "sheet")
            if (relation := _local_attribute(sheet, "id")) in parts
        }
        if len(sheets) > MOST_SHEETS:
            raise too_much(self._subject, "sheets", MOST_SHEETS)
        if any(len(title) > LONGEST_TITLE for title in sheets):
            raise ValueError("the title of a sheet is longer than Excel allows")
        filled = [title for title, part in sheets.items() if self._has_cells(part)]
        read = filled if len(filled) == 1 else [title for title in filled if is_ours(title)]
        if read:
            for part in self._related(main, "styles").values():
                self._styles = _number_formats(self._xml(part))
            for part in self._related(main, "sharedStrings").values():
                self._strings = [_text(item) for item in self._items(part, "si")]
        grids: dict[str, Grid] = {title: [] for title in sheets if is_ours(title)}
        grids |= {title: self._grid(title, sheets[title]) for title in read}
        only = filled[0] if len(filled) == 1 else ""
        return Workbook(tuple(sheets), grids, only, self.formulas, self.faults)

    def _grid(self, title: str, part: str) -> Grid:
        from openpyxl.utils import column_index_from_string, get_column_letter

        grid: Grid = []
        number = 0
        for row in self._items(part, "row"):
            number, column, cells = number + 1, 0, []
            for element in _children(row, "c"):
                column += 1
                if len(element) == 0:
                    continue
                found = ADDRESS.fullmatch(element.get("r", ""))
                if found is not None:
                    number, column = int(found[2]), column_index_from_string(found[1])
                where = f"{title}!{get_column_letter(column)}{number}"
                cell = self._cell(where, column, element)
                cells += [] if cell is None else [cell]
            if cells:
                self._cells += len(cells)
                check_table(len(grid) + 1, cells[-1].column, self._cells, self._subject)
                grid.append(cells)
        return grid

    def _cell(self, where: str, column: int, element: ET.Element) -> Cell | None:
        """Read a cell; None if it is blank or has a fault, which is noted."""
        kind, written = element.get("t", "n"), _child_text(element, "v")
        formula = next(_children(element, "f"), None)
        self.formulas |= formula is not None
        if formula is not None and not written:
            # The result of a formula may be an empty text.
            if kind != "str":
                fix = "open the file in Excel, save it there and read it again"
                text = f"={formula.text or ''}"
                self.faults.append(Fault(where, text, "has not been calculated", fix))
            return None
        if kind == "e":
            if written != NOT_AVAILABLE:
                self.faults.append(Fault(where, written, "is an error", "correct the cell"))
            return None
        style = int(element.get("s", 0))
        pattern = self._styles[style] if style < len(self._styles) else "General"
        value = self._value(kind, written, pattern, element)
        if isinstance(value, str):
            self._characters += len(value)
            if self._characters > MOST_CHARACTERS:
                raise too_much(self._subject, "characters in its cells", MOST_CHARACTERS)
            if len(value) > LONGEST_CELL:
                rule = f"has more than {LONGEST_CELL:,} characters, the most that Excel allows"
                self.faults.append(Fault(where, value, rule, "shorten it"))
                return None
        if value is None or not str(value).strip():
            return None
        return Cell(where, column, value, percent="%" in pattern)

    def _value(self, kind: str, text: str, pattern: str, element: ET.Element) -> Any:
        from openpyxl.styles.numbers import is_timedelta_format
        from openpyxl.utils.datetime import (
            CALENDAR_MAC_1904,
            WINDOWS_EPOCH,
            from_excel,
        )

        if kind == "inlineStr":
            return "".join(map(_text, _children(element, "is")))
        if kind == "s":
            return self._strings[int(text)] if text else None
        if kind == "b":
            return text.strip() in {"1", "true"} if text else None
        with suppress(ValueError, OverflowError):
            if kind == "d":
                return datetime.fromisoformat(text)
            if kind == "n" and NUMBER.fullmatch(text.strip()) and self._is_date(pattern):
                epoch = CALENDAR_MAC_1904 if self._is_1904 else WINDOWS_EPOCH
                return from_excel(float(text), epoch, timedelta=is_timedelta_format(pattern))
        is_number = kind == "n" and NUMBER.fullmatch(text.strip())
        return plain(float(text)) if is_number else _unescaped(text)

    def _related(self, part: str, kind: str) -> dict[str, str]:
        """Find the parts that a part refers to: by the id of the relation."""
        folder, name = posixpath.split(part)
        found = {}
        for relation in _all(self._xml(f"{folder}/_rels/{name}.rels".lstrip("/")), "Relationship"):
            if relation.get("Type", "").rpartition("/")[2] == kind:
                target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
                found[relation.get("Id", "")] = target.lstrip("/")
        return found

    def _xml(self, part: str) -> ET.Element:
        return ET.fromstring(self._checked(part))  # noqa: S314 - it declares no entities

    def _items(self, part: str, name: str) -> Iterator[ET.Element]:
        """Give the elements of a name, one after the other; each is forgotten after its turn."""
        content = _Slices(self._checked(part))
        for _, element in ET.iterparse(content):  # noqa: S314 - it declares no entities
            if _local(element) == name:
                yield element
                element.clear()

    def _checked(self, part: str) -> bytes:
        """Inflate a part, within the limits."""
        content = b"".join(self._chunks(part))
        encoding = ENCODING.match(content)
        if encoding is not None and encoding[1].lower() not in {b"utf-8", b"us-ascii"}:
            raise ValueError(f"{part} is not UTF-8")
        if FORBIDDEN.search(content):
            raise ValueError(f"{part} declares entities, or is not UTF-8")
        self._tags += content.count(b"<") + content.count(b"=")
        if self._tags > MOST_TAGS:
            raise too_much(self._subject, "XML tags and attributes", MOST_TAGS)
        return content

    def _has_cells(self, part: str) -> bool:
        before = b""
        for chunk in self._chunks(part):
            if HAS_CELLS.search(before[-LONGEST_TITLE:] + chunk):
                return True
            before = chunk
        return False

    def _chunks(self, part: str) -> Iterator[bytes]:
        """Inflate a part piece by piece."""
        if self._archive.getinfo(part).compress_type not in {ZIP_STORED, ZIP_DEFLATED}:
            raise ValueError(f"{part} is compressed in another way than Excel does it")
        with self._archive.open(part) as file:
            while chunk := file.read(CHUNK):
                self._inflated += len(chunk)
                if self._inflated > MOST_INFLATED:
                    raise too_much(self._subject, "MB once unpacked", MOST_INFLATED // 1_000_000)
                yield chunk


class _Slices(io.BytesIO):
    """A file that is read in large slices: the parser begins a long tag anew with each slice."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(SLICE if size else size)


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _all(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (found for found in element.iter() if _local(found) == name)


def _children(element: ET.Element, name: str) -> Iterator[ET.Element]:
    return (child for child in element if _local(child) == name)


def _child_text(element: ET.Element, name: str) -> str:
    return next((child.text or "" for child in _children(element, name)), "")


def _local_attribute(element: ET.Element, name: str) -> str:
    return next((text for key, text in element.items() if key.rpartition("}")[2] == name), "")


def _text(item: ET.Element) -> str:
    """Join the runs of a text, without the phonetic guides."""
    runs = (child for child in item if _local(child) in {"t", "r"})
    parts = (run.text if _local(run) == "t" else _child_text(run, "t") for run in runs)
    return _unescaped("".join(part or "" for part in parts))


def _unescaped(text: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def _number_formats(styles: ET.Element) -> list[str]:
    """Give the number format of each style of a cell."""
    from openpyxl.styles.numbers import BUILTIN_FORMATS

    own = {
        int(form.get("numFmtId", 0)): form.get("formatCode", "")[:LONGEST_FORMAT]
        for form in _all(styles, "numFmt")
    }
    formats = BUILTIN_FORMATS | own
    return [
        formats.get(int(style.get("numFmtId", 0)), "General")
        for table in _children(styles, "cellXfs")
        for style in _children(table, "xf")
    ]
