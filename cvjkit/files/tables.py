"""Journeys as tables: a spreadsheet with one row a stage, as CSV text or an Excel workbook.

Reading takes numbers as people write them and refuses what could mean two things. Writing never
leaves anything out: what a table cannot hold is refused.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple, get_args, get_origin

from cvjkit.catalog.framework import Framework, framework, published_frameworks
from cvjkit.catalog.spine import milestones
from cvjkit.catalog.stage import Stage
from cvjkit.errors import Fault, InputError, shown, unknown_name
from cvjkit.files.cells import Cell, Grid, csv_sheets, folded, has_formulas, workbook_sheets
from cvjkit.files.values import Reader, column_evidence
from cvjkit.model.document import EVERYONE
from cvjkit.model.parts import (
    Accepted,
    Message,
    Offer,
    Referral,
    Segment,
    StageNumbers,
    Tactic,
    Thresholds,
    Transition,
)
from cvjkit.numbers import UnreadableError, parse_number

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet
    from pydantic import BaseModel

# How the cells of a column are read: by the method of this name of `cells.Reader`.
TERMS = {
    "schema_version": "amount",
    "name": "text",
    "framework": "word",
    "framework_name": "text",
    "framework_source": "text",
    "framework_note": "text",
    "currency": "text",
    "description": "text",
    "illustrative": "flag",
    "view": "word",
    "intake_days": "days",
    "fixed_cost": "amount",
    "discount_rate": "share",
    "second_purchase_rate": "share",
    "market": "people",
    "loyalty_measured_by": "word",
    "next_test_days": "days",
    "cohort_age_days": "days",
    "channels_overlap": "flag",
}
PEOPLE = {"people": "people", "entrants": "people", "rate": "share"}


UNIT_BY_END = {"rate": "share", "share": "share", "days": "days", "people": "people"}


def _columns(model: type[BaseModel], *without: str) -> dict[str, str]:
    """Tell by its type and name how the cells of each field are read."""
    columns = {}
    for name, field in model.model_fields.items():
        types = set(_types(field.annotation))
        if name in ("stage", "source", "target"):
            columns[name] = "stage"
        elif tuple in types:
            columns[name] = "lines" if str in types else "numbers"
        elif bool in types:
            columns[name] = "flag"
        elif float in types:
            columns[name] = next(
                (unit for end, unit in UNIT_BY_END.items() if name.endswith(end)), "amount"
            )
        elif name == "due":
            columns[name] = "date"
        else:
            columns[name] = "text" if str in types else "word"
    return {name: kind for name, kind in columns.items() if name not in without}


def _types(annotation: Any) -> Iterator[type]:
    for part in (annotation, get_origin(annotation)):
        if isinstance(part, type):
            yield part
    for part in get_args(annotation):
        yield from _types(part)


STAGES = _columns(StageNumbers, "stage", "tactics", "messages")
THRESHOLDS = _columns(Thresholds)
SHEETS = {
    "segments": _columns(Segment, "counts", "entrants", "rates"),
    "tactics": {"stage": "stage", **_columns(Tactic)},
    "messages": {"stage": "stage", **_columns(Message)},
    "offers": _columns(Offer),
    "transitions": _columns(Transition),
    "referrals": _columns(Referral),
    "accepted": _columns(Accepted),
    "framework": _columns(Stage),
}
LISTS = ("offers", "transitions", "referrals", "accepted")
OF_STAGES = ("tactics", "messages")
# What a table without the sheet "Journey" may say in a column.
COLUMNS = {"journey": "name", "framework": "framework", "currency": "currency"}
OURS = ("stages", "journey", "thresholds", "known", *SHEETS)
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

Document = dict[str, Any]


# --- reading ------------------------------------------------------------------------------------


def from_csv(text: str, subject: str, name: str) -> Document:
    r"""Read a table with one row a stage.

    Parameters
    ----------
    text : str
    subject : str
        What to call it in messages.
    name : str
        The journey's name, unless the table has a column for it.

    Raises
    ------
    InputError
        With everything that cannot be understood, each with its cell.

    Examples
    --------
    >>> from_csv("stage;people\nReach;10 000\nAcquisition;2 000", "shop.csv", "Shop")["segments"]
    [{'name': 'Everyone', 'counts': {'reach': 10000, 'acquisition': 2000}}]
    """
    sheets = csv_sheets(text, subject)
    (grid,) = sheets.grids.values()
    reader = Reader([grid], sheets.decimal_sign)
    return _document({"stages": grid}, subject, name, reader)


def from_xlsx(content: bytes, subject: str, name: str) -> Document:
    """Read a workbook: the sheet "Stages", or the only one, and what other sheets add.

    Parameters
    ----------
    content : bytes
    subject : str
        What to call it in messages.
    name : str
        The journey's name, unless the sheet "Journey" has one.

    Raises
    ------
    InputError
        With everything that cannot be understood, each with its cell.
    """
    grids, faults, _ = workbook_sheets(content, subject)
    filled = [grid for grid in grids.values() if any(grid)]
    if len(filled) == 1:
        grids = {"stages": filled[0]}
    ours = {folded(title): grid for title, grid in grids.items() if folded(title) in OURS}
    if "stages" not in ours:
        fix = "name the sheet with one row a stage 'Stages'"
        fault = Fault("sheets", ", ".join(grids), "include none called 'Stages'", fix)
        raise InputError(subject, [*faults, fault])
    return _document(ours, subject, name, Reader(ours.values(), faults=faults))


def lost_when_rewritten(content: bytes) -> list[str]:
    """List what a workbook holds that `to_xlsx` would not write again."""
    titles = list(workbook_sheets(content, "workbook").grids)
    others = [f"the sheet {title!r}" for title in titles if folded(title) not in OURS]
    return [*(others if len(titles) > 1 else []), *(["formulas"] if has_formulas(content) else [])]


def _heading(field: str) -> str:
    return field.replace("_", " ")


def _by_name(stages: Framework) -> dict[str, str]:
    """Give the key of each stage by its name and by its key; a name that two have is none."""
    names = [folded(stage.name) for stage in stages]
    by_name = {
        folded(stage.name): stage.key for stage in stages if names.count(folded(stage.name)) == 1
    }
    return by_name | {folded(key): key for key in stages.keys}


def _label(stages: Framework, key: str) -> str:
    """Write a stage by its name, or by its key where the name would not lead back to it."""
    if key not in stages:
        return key
    name = stages[key].name
    return name if _by_name(stages).get(folded(name)) == key else key


def _document(grids: Mapping[str, Grid], subject: str, name: str, reader: Reader) -> Document:
    """Put together what the sheets say."""
    heads, rows = _stage_table(grids["stages"], subject, reader)
    terms = {"name": name, **_terms(grids.get("journey", []), TERMS, reader)}
    for column, head in heads.items():
        if head.group == "terms":
            terms |= _constant(head, [row[column] for row in rows if column in row], reader)
    own = _records("framework", grids, reader)
    if own:
        fields = {
            field: terms.pop(f"framework_{field}", "") for field in ("name", "source", "note")
        }
        terms["framework"] = {
            "key": terms.get("framework", ""),
            **{field: text for field, text in fields.items() if text},
            "stages": own,
        }
    labels = [row[column] for row in rows for column in row if heads[column].group == "stage"]
    stages = _framework(terms.get("framework"), labels, subject, reader)
    reader.stages = _by_name(stages)
    terms["framework"] = stages.document() if own else stages.key
    numbers = _by_stage(heads, rows, stages, reader)
    listed = _records("segments", grids, reader)
    document = {
        **terms,
        "segments": _segments(heads, numbers, listed, stages, reader),
        "stages": _stages(
            heads, numbers, {part: _records(part, grids, reader) for part in OF_STAGES}
        ),
        **{part: _records(part, grids, reader) for part in LISTS},
        "thresholds": _terms(grids.get("thresholds", []), THRESHOLDS, reader),
        "also_known": _terms(grids.get("known", []), _also_known(), reader),
    }
    if reader.faults:
        raise InputError(subject, reader.faults)
    return document


class Head(NamedTuple):
    """A column of the table of stages: what it holds, of which segment."""

    cell: Cell
    group: str
    field: str = ""
    segment: str = ""


Rows = list[dict[int, Cell]]


def _stage_table(grid: Grid, subject: str, reader: Reader) -> tuple[dict[int, Head], Rows]:
    """Find the headings of the table of stages, and the rows below them."""
    at = next(
        (at for at, row in enumerate(grid) if any(folded(cell.value) == "stage" for cell in row)),
        None,
    )
    if at is None:
        raise InputError(subject, [*reader.faults, _no_stage_heading(grid)])
    heads: dict[int, Head] = {}
    for cell in grid[at]:
        head = _head(cell)
        if head is None:
            allowed = ["stage", *(f"{kind}: SEGMENT" for kind in PEOPLE)]
            allowed += [_heading(field) for field in (*STAGES, *COLUMNS)]
            unknown = unknown_name(cell.where, cell.value, allowed)
            reader.refuse(cell, unknown.rule, f"{unknown.fix}; or delete the column")
        elif any(other[1:] == head[1:] for other in heads.values()):
            reader.refuse(cell, "is the heading of another column too", "keep one of them")
        else:
            heads[cell.column] = head
    known = {cell.column for cell in grid[at]}
    for cell in (cell for row in grid[at + 1 :] for cell in row if cell.column not in known):
        reader.refuse(cell, "has no heading above it", "write one, or empty the cell")
    rows = [{cell.column: cell for cell in row if cell.column in heads} for row in grid[at + 1 :]]
    rows = [row for row in rows if row]
    for row in rows:
        _check_split_numbers(row, heads, reader)
    return heads, rows


def _check_split_numbers(
    row: Mapping[int, Cell], heads: Mapping[int, Head], reader: Reader
) -> None:
    """Refuse 8,000 that the commas between the cells have cut into 8 and 000."""
    for column, cell in row.items():
        before, end = str(row[column - 1].value) if column - 1 in row else "", str(cell.value)
        if not (
            reader.comma_separated
            and re.fullmatch(r" *\d{1,3}", before)
            and re.fullmatch(r"\d{3} *", end)
        ):
            continue
        if end.startswith("0") or heads[column].group == "terms":
            fix = f'put it in quotes ("{before},{end}") or write it without a comma'
            reader.refuse(cell, f"may be the end of {before},{end}", fix)


def _no_stage_heading(grid: Grid) -> Fault:
    """Say that no column is headed 'stage', and which probably is the one."""
    names = {folded(name) for each in published_frameworks() for name in _by_name(each)}
    for above, row in pairwise([row for row in grid if row]):
        headings = {cell.column: cell.value for cell in above}
        stage = next((cell for cell in row if _without_number(cell.value) in names), None)
        if stage is None or stage.column not in headings:
            continue
        fix = f"rename {headings[stage.column]!r} to 'stage'"
        for cell in row:
            if cell.column in headings and _is_number(cell):
                fix += f" and {headings[cell.column]!r} to 'people'"
                break
        found = ", ".join(map(str, headings.values()))
        fix += ", and delete the columns that hold something else"
        return Fault("headings", found, "do not include 'stage'", fix)
    found = ", ".join(str(cell.value) for cell in next(filter(None, grid), []))
    fix = "write 'stage' above the names of the stages"
    return Fault("headings", found, "do not include 'stage'", fix)


def _is_number(cell: Cell) -> bool:
    if isinstance(cell.value, str):
        with suppress(UnreadableError):
            return parse_number(cell.value) is not None
        return False
    return isinstance(cell.value, int | float)


def _without_number(label: object) -> str:
    """Take the number off a stage that an export has numbered: '1. Reach'."""
    return re.sub(r"^\d+[.)] *", "", folded(label))


def _head(cell: Cell) -> Head | None:
    text = str(cell.value)
    whole, (kind, _, segment) = folded(text), text.partition(":")
    if whole == "stage":
        return Head(cell, "stage")
    if whole in COLUMNS:
        return Head(cell, "terms", COLUMNS[whole])
    if folded(kind) in PEOPLE:
        return Head(cell, "people", folded(kind), segment.removeprefix(" "))
    field = whole.replace(" ", "_")
    return Head(cell, "stages", field) if field in STAGES else None


def _constant(head: Head, cells: Sequence[Cell], reader: Reader) -> Document:
    """Read a column that says one thing."""
    for cell in cells[1:]:
        if cell.value != cells[0].value:
            reader.refuse(cell, f"differs from {shown(cells[0].value)} above", "write one of them")
    value = reader.read(TERMS[head.field], cells[0]) if cells else None
    return {} if value is None else {head.field: value}


def _also_known() -> dict[str, str]:
    return {milestone.key: "people" for milestone in milestones()}


def _terms(grid: Grid, fields: Mapping[str, str], reader: Reader) -> Document:
    """Read a sheet with a field and its value in each row."""
    terms: Document = {}
    for row in grid:
        if not row or folded(row[0].value) == "field":
            continue
        field = folded(row[0].value).replace(" ", "_")
        if field not in fields:
            reader.faults.append(unknown_name(row[0].where, row[0].value, map(_heading, fields)))
        elif field in terms:
            reader.refuse(row[0], "stands there twice", "keep one of them")
        elif len(row) > 2:
            reader.refuse(row[2], "is more than a field and its value", "empty the cell")
        elif len(row) == 2:
            terms[field] = reader.read(fields[field], row[1])
    return {field: value for field, value in terms.items() if value is not None}


def _records(sheet: str, grids: Mapping[str, Grid], reader: Reader) -> list[Document]:
    """Read a sheet with headings and one thing a row."""
    columns = SHEETS[sheet]
    head, *body = [row for row in grids.get(sheet, []) if row] or [[]]
    fields: dict[int, str] = {}
    for cell in head:
        field = folded(cell.value).replace(" ", "_")
        if field not in columns:
            reader.faults.append(unknown_name(cell.where, cell.value, map(_heading, columns)))
        elif field in fields.values():
            reader.refuse(cell, "is the heading of another column too", "keep one of them")
        fields[cell.column] = field
    beside = {
        column: column_evidence(cell for row in body for cell in row if cell.column == column)
        for column in fields
    }
    records = []
    for row in body:
        record = {}
        for cell in row:
            heading = fields.get(cell.column)
            if heading is None:
                reader.refuse(cell, "has no heading above it", "write one, or empty the cell")
            elif heading in columns:
                record[heading] = reader.read(columns[heading], cell, beside[cell.column])
        records.append({field: value for field, value in record.items() if value is not None})
    return records


def _framework(given: object, labels: Sequence[Cell], subject: str, reader: Reader) -> Framework:
    """Find the framework that is given, or the one whose stages these are."""
    try:
        if isinstance(given, Mapping):
            return Framework.from_document(given)
        if given is not None:
            return framework(str(given))
    except InputError as error:
        raise InputError(subject, [*reader.faults, *error.faults]) from None
    names = {_without_number(cell.value) for cell in labels}
    known = {each: names & _by_name(each).keys() for each in published_frameworks()}
    most = max(map(len, known.values()))
    best = [each for each, found in known.items() if len(found) == most]
    # A variant has the names of the framework it varies: it must be asked for.
    best = [each for each in best if ":" not in each.key] or best
    exact = [each for each in best if len(each) == most]
    if 2 * most >= len(names) > 0 and len(exact or best) == 1:
        return (exact or best)[0]
    stages = "; ".join(
        f"{each.key}: {', '.join(stage.name for stage in each)}" for each in published_frameworks()
    )
    fault = Fault(
        "framework",
        None,
        "is given, and the stages do not tell which it is",
        f"add a column 'framework' with one of these keys ({stages})",
    )
    raise InputError(subject, [*reader.faults, fault])


Numbers = dict[str, dict[int, float]]


def _by_stage(heads: Mapping[int, Head], rows: Rows, stages: Framework, reader: Reader) -> Numbers:
    """Read the numbers of the table: by stage, then by column."""
    numbers: Numbers = {}
    by_name = _by_name(stages)
    beside = {
        column: column_evidence(row[column] for row in rows if column in row) for column in heads
    }
    if {head.field for head in heads.values()} >= {*COLUMNS.values()}:
        # cvjkit wrote this table, and it writes shares.
        beside = {column: replace(found, shares=True) for column, found in beside.items()}
    for row in rows:
        cells = {heads[column].group: cell for column, cell in row.items()}
        label = cells.pop("stage", None)
        if label is None:
            if cells.keys() - {"terms"}:
                reader.refuse(next(iter(row.values())), "has no stage in its row", "name the stage")
            continue
        key = by_name.get(folded(label.value), by_name.get(_without_number(label.value)))
        if key is None:
            names = [_label(stages, each) for each in stages.keys]
            unknown = unknown_name(label.where, label.value, names)
            reader.refuse(label, unknown.rule, f"{unknown.fix}; or delete the row")
        elif key in numbers:
            reader.refuse(label, "has another row", "keep one of them")
        here = numbers.setdefault(key or "", {})
        for column, cell in row.items():
            if heads[column].group in ("people", "stages"):
                kinds = PEOPLE | STAGES
                number = reader.read(kinds[heads[column].field], cell, beside[column])
                here |= {} if number is None else {column: number}
    numbers.pop("", None)
    return {key: numbers[key] for key in stages.keys if key in numbers}


def _segments(
    heads: Mapping[int, Head],
    numbers: Numbers,
    listed: Sequence[Document],
    stages: Framework,
    reader: Reader,
) -> list[Document]:
    """Give each segment its people and rates."""
    segments = {str(record.get("name", "")): dict(record) for record in listed}
    names, unnamed = list(segments), []
    if len(names) < len(listed):
        fault = Fault("Segments", names, "has a name twice, or not at all", "name each its own way")
        reader.faults.append(fault)
    for column, head in heads.items():
        if head.group != "people":
            continue
        name = head.segment if head.segment in names else head.segment.strip()
        if not name:
            unnamed.append(head.cell)
            name = names[0] if names else EVERYONE
        if names and name not in names:
            reader.faults.append(unknown_name(head.cell.where, name, names))
            continue
        segment = segments.setdefault(name, {"name": name})
        table = {"people": "counts", "rate": "rates"}.get(head.field, head.field)
        if table in segment:
            reader.refuse(head.cell, "is the heading of another column too", "keep one of them")
        by_stage = {key: row[column] for key, row in numbers.items() if column in row}
        only_first = table == "entrants" and by_stage.keys() == {stages.keys[0]}
        segment[table] = by_stage[stages.keys[0]] if only_first else by_stage
        if "counts" in segment and segment.keys() & {"rates", "entrants"}:
            rule = f"and another column give {shown(name)} both people that were counted and a plan"
            fix = "keep people; or entrants (those who come in) with rate"
            reader.refuse(head.cell, rule, fix)
    if unnamed and len(segments) > 1:
        reader.refuse(unnamed[0], "does not say whose, and there are several", "add ': NAME'")
    return list(segments.values())


def _stages(
    heads: Mapping[int, Head], numbers: Numbers, lists: Mapping[str, Sequence[Document]]
) -> dict[str, Document]:
    """Give each stage its costs, margin and delay, its tactics and messages."""
    stages: dict[str, Document] = {
        key: {
            heads[column].field: number
            for column, number in row.items()
            if heads[column].group == "stages"
        }
        for key, row in numbers.items()
    }
    for part, records in lists.items():
        for record in records:
            fields = dict(record)
            stages.setdefault(fields.pop("stage", ""), {}).setdefault(part, []).append(fields)
    return {key: fields for key, fields in stages.items() if fields}


# --- writing ------------------------------------------------------------------------------------


def to_csv(document: Mapping[str, Any], subject: str) -> str:
    """Write a table with one row a stage.

    Parameters
    ----------
    document : mapping
    subject : str
        What to call it in messages.

    Raises
    ------
    InputError
        If the journey has what a table of stages has no place for; and if a text begins like a
        formula: nothing in CSV says that it is none, and Excel would run it.

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
    lost = [_heading(field) for field in document if field not in held]
    lost += ["a framework of your own"] if isinstance(document["framework"], Mapping) else []
    parts = [(segment["name"], segment) for segment in document["segments"]]
    parts += document.get("stages", {}).items()
    tabled = {"name", "counts", "entrants", "rates", *STAGES}
    lost += [
        f"{_heading(field)} of {name}"
        for name, fields in parts
        for field in fields
        if field not in tabled
    ]
    if lost:
        rule = f"has no place for {', '.join(lost)}"
        raise InputError(subject, [Fault("file", ".csv", rule, "save it as .toml or .xlsx")])
    faults = [
        Fault(
            heading,
            document.get(field),
            "begins like a formula, and Excel would run it",
            "change it, or save it as .toml or .xlsx",
        )
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
    for at, row in enumerate(rows):
        writer.writerow([*row, *(constants if at == 0 else [""] * len(constants))])
    return text.getvalue().rstrip("\n")


def to_xlsx(document: Mapping[str, Any], subject: str) -> bytes:
    """Write a workbook with all that a journey has.

    Parameters
    ----------
    document : mapping
    subject : str
        What to call it in messages.

    Raises
    ------
    InputError
        If a text has a character that a workbook cannot hold.
    """
    from openpyxl import Workbook
    from openpyxl.utils.exceptions import IllegalCharacterError

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
    book = Workbook()
    book.remove(book.worksheets[0])
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
            sheets[title.capitalize()] = [[_heading(column) for column in columns], *body]
    try:
        for title, table in sheets.items():
            _fill(book.create_sheet(title), table)
    except IllegalCharacterError as error:
        text = str(error).removesuffix(" cannot be used in worksheets.")
        fault = Fault("text", text, "has a character no workbook can hold", "save it as .toml")
        raise InputError(subject, [fault]) from None
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _pairs(fields: Mapping[str, Any]) -> list[list[Any]]:
    return [["field", "value"], *([_heading(field), value] for field, value in fields.items())]


def _written(stages: Framework, kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "stage":
        return _label(stages, value)
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
            columns[_heading(field)] = numbers
    return [
        ["stage", *columns],
        *(
            [_label(stages, key), *(each.get(key) for each in columns.values())]
            for key in stages.keys
        ),
    ]


def _fill(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    """Write rows into a sheet; a text is a text, whatever it begins with."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(at, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
                # Excel would else make it a formula as soon as somebody edits the cell.
                cell.quotePrefix = value.startswith(FORMULA_SIGNS)
            if at == 1:
                cell.font = Font(bold=True)
            elif _is_share(rows, at - 1, column - 1):
                cell.number_format = "0.00%"
    for column, cells in enumerate(zip(*rows, strict=True), 1):
        width = max(len(str(value)) for value in cells if value is not None)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, 8), 60)
    sheet.freeze_panes = "B2"


def _is_share(rows: Sequence[Sequence[Any]], at: int, column: int) -> bool:
    """Tell whether a number is a share, by its heading or the field it belongs to."""
    heading = str(rows[0][column])
    field = str(rows[at][0]) if heading == "value" else heading.partition(":")[0]
    return isinstance(rows[at][column], int | float) and field.endswith(("rate", "share"))
