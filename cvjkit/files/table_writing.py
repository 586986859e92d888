"""Journeys written as tables. A journey that a table cannot hold in full is refused."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework
from cvjkit.errors import Fault, InputError
from cvjkit.files.columns import (
    COLUMNS,
    LISTS,
    OF_STAGES,
    SHEETS,
    STAGES,
    TERMS,
    heading_of,
    stage_label,
)
from cvjkit.model.document import EVERYONE

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# What Excel, and cvjkit, would read as the code of a character.
ESCAPE = re.compile("_(?=x[0-9A-F]{4}_)", re.IGNORECASE)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def to_csv(document: Mapping[str, Any], subject: str) -> str:
    """Write a table with one row per stage.

    Parameters
    ----------
    document : mapping
    subject : str
        What to call it in messages.

    Returns
    -------
    str

    Raises
    ------
    InputError
        If the journey has something that a table of stages cannot hold; or if a text begins like a
        formula: CSV cannot mark it as text, so Excel would run it.

    Examples
    --------
    >>> segment = {"name": "Everyone", "counts": {"reach": 10000, "acquisition": 2000}}
    >>> shop = {"name": "Shop", "framework": "five", "currency": "EUR", "segments": [segment]}
    >>> print(to_csv(shop, "shop.csv"))
    stage,people,journey,framework,currency
    Reach,10000,Shop,five,EUR
    Acquisition,2000,,,
    Conversion,,,,
    Retention,,,,
    Loyalty,,,,
    """
    held = {"schema_version", "segments", "stages", *COLUMNS.values()}
    lost = [heading_of(field) for field in document if field not in held]
    lost += ["a framework of your own"] if isinstance(document["framework"], Mapping) else []
    parts = [(segment["name"], segment) for segment in document["segments"]]
    parts += document.get("stages", {}).items()
    tabled = {"name", "counts", "entrants", "rates", *STAGES}
    lost += [
        f"{heading_of(field)} of {name}"
        for name, fields in parts
        for field in fields
        if field not in tabled
    ]
    if lost:
        rule = f"cannot hold {', '.join(lost)}"
        fix = "save it as .toml" if "scenarios" in document else "save it as .toml or .xlsx"
        raise InputError(subject, [Fault("file", ".csv", rule, fix)])
    rule = "begins like a formula, and Excel would run it"
    faults = [
        Fault(heading, document.get(field), rule, "change it, or save it as .toml or .xlsx")
        for heading, field in COLUMNS.items()
        if str(document.get(field)).startswith(FORMULA_SIGNS)
    ]
    if faults:
        raise InputError(subject, faults)
    heads, *rows = _stage_rows(document, framework(document["framework"]))
    constants = [document.get(field, "") for field in COLUMNS.values()]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*heads, *COLUMNS])
    for index, row in enumerate(rows):
        writer.writerow([*row, *(constants if index == 0 else [""] * len(constants))])
    return text.getvalue().rstrip("\n")


def to_xlsx(document: Mapping[str, Any], subject: str) -> bytes:
    """Write a workbook with everything in a journey.

    Parameters
    ----------
    document : mapping
    subject : str
        What to call it in messages.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If a text has a character that a workbook cannot hold, or if there are scenarios.
    """
    if "scenarios" in document:
        fault = Fault("file", ".xlsx", "cannot hold scenarios", "save it as .toml")
        raise InputError(subject, [fault])
    own = document["framework"]
    terms = {field: value for field, value in document.items() if field in TERMS}
    if isinstance(own, Mapping):
        stages = Framework.from_document(own)
        terms |= {"framework": own["key"]}
        terms |= {
            f"framework_{field}": own[field] for field in ("name", "source", "note") if field in own
        }
    else:
        stages = framework(own)
    records = {
        "segments": document["segments"],
        **{
            part: [
                {"stage": stage, **(row if isinstance(row, Mapping) else {"name": row})}
                for stage, fields in document.get("stages", {}).items()
                for row in fields.get(part, ())
            ]
            for part in OF_STAGES
        },
        **{part: document.get(part, []) for part in LISTS},
        "framework": own["stages"] if isinstance(own, Mapping) else [],
    }
    sheets: dict[str, list[list[Any]]] = {
        "Stages": _stage_rows(document, stages),
        "Journey": _pairs(terms),
    }
    if "thresholds" in document:
        sheets["Thresholds"] = _pairs(document["thresholds"])
    if "also_known" in document:
        sheets["Known"] = _pairs(document["also_known"])
    for title, rows in records.items():
        columns = [column for column in SHEETS[title] if any(column in row for row in rows)]
        if columns:
            body = [
                [_written(stages, SHEETS[title][column], row.get(column)) for column in columns]
                for row in rows
            ]
            sheets[title.capitalize()] = [[heading_of(column) for column in columns], *body]
    return sheets_to_xlsx(sheets, subject, "save it as .toml")


def sheets_to_xlsx(
    sheets: Mapping[str, Sequence[Sequence[Any]]], subject: str, instead: str
) -> bytes:
    """Write a workbook.

    Parameters
    ----------
    sheets : mapping of str to sequence of rows
        By their titles; the first row has the headings.
    subject : str
        What to call it in messages.
    instead : str
        What to do if a workbook cannot hold it, as part of a sentence.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        If a text has a character that a workbook cannot hold.
    """
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

    book, content = Workbook(), io.BytesIO()
    book.remove(book.worksheets[0])
    try:
        for title, rows in sheets.items():
            _fill(book.create_sheet(title), rows)
        book.save(content)
    except IllegalCharacterError as error:
        text = str(error).removesuffix(" cannot be used in worksheets.")
        fault = Fault("text", text, "has a character no workbook can hold", instead)
        raise InputError(subject, [fault]) from None
    except OSError as error:
        # openpyxl writes each sheet to a temporary file first.
        why = (error.strerror or str(error)).lower()
        rule = f"cannot be written: the folder of temporary files fails ({why})"
        fault = Fault("file", ".xlsx", rule, f"make room there, or {instead}")
        raise InputError(subject, [fault]) from None
    return content.getvalue()


def _pairs(fields: Mapping[str, Any]) -> list[list[Any]]:
    return [["field", "value"], *([heading_of(field), value] for field, value in fields.items())]


def _written(stages: Framework, kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "stage":
        return stage_label(stages, value)
    if kind == "numbers":
        return "; ".join(str(number) for number in value)
    return "\n".join(value) if kind == "lines" else value


def _stage_rows(document: Mapping[str, Any], stages: Framework) -> list[list[Any]]:
    """Write the table of stages, its headings first."""
    columns: dict[str, Mapping[str, Any]] = {}
    segments = document["segments"]
    for segment in segments:
        alone = len(segments) == 1 and segment["name"] == EVERYONE
        entrants = segment.get("entrants", {})
        by_kind = {
            "people": segment.get("counts"),
            "entrants": entrants if isinstance(entrants, Mapping) else {stages.keys[0]: entrants},
            "rate": segment.get("rates"),
        }
        for kind, numbers in by_kind.items():
            if numbers is not None and (kind != "entrants" or "entrants" in segment):
                columns[kind if alone else f"{kind}: {segment['name']}"] = numbers
    for field in STAGES:
        numbers = {
            stage: fields[field]
            for stage, fields in document.get("stages", {}).items()
            if field in fields
        }
        if numbers:
            columns[heading_of(field)] = numbers
    return [
        ["stage", *columns],
        *(
            [stage_label(stages, key), *(numbers.get(key) for numbers in columns.values())]
            for key in stages.keys
        ),
    ]


def _fill(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows into a sheet; text stays text even if it begins like a formula."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for index, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            text = ESCAPE.sub("_x005F_", value) if isinstance(value, str) else value
            cell = sheet.cell(index, column, text)
            if isinstance(value, str):
                value.encode()  # half a character would be written, but could not be read
                cell.data_type = "s"
                # Otherwise Excel would make it a formula as soon as somebody edits the cell.
                cell.quotePrefix = value.startswith(FORMULA_SIGNS)
            if index == 1:
                cell.font = Font(bold=True)
            elif _is_share(rows, index - 1, column - 1):
                cell.number_format = "0.00%"
    for column, cells in enumerate(zip(*rows, strict=True), 1):
        width = max(len(str(value)) for value in cells if value is not None)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, 8), 60)
    sheet.freeze_panes = "B2"


def _is_share(rows: Sequence[Sequence[Any]], index: int, column: int) -> bool:
    """Tell whether a cell is for a share, by its heading or the field it belongs to."""
    heading = str(rows[0][column])
    field = str(rows[index][0]) if heading == "value" else heading.partition(":")[0]
    return field.endswith(("rate", "share"))
