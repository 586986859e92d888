"""Journeys read from tables: one row per stage, as CSV text or a workbook.

Numbers are read as people write them; a number with two readings is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework, published_frameworks
from cvjkit.catalog.spine import spine
from cvjkit.errors import Fault, InputError, shown, unknown_name
from cvjkit.files.cells import Cell, Grid, csv_cells, folded
from cvjkit.files.columns import (
    LISTS,
    OF_STAGES,
    OURS,
    SHEETS,
    TERMS,
    THRESHOLDS,
    heading_of,
    stages_by_name,
)
from cvjkit.files.headings import unnumbered
from cvjkit.files.stage_table import (
    Head,
    Numbers,
    constant,
    numbers_by_stage,
    stage_table,
)
from cvjkit.files.values import Reader, column_evidence
from cvjkit.files.workbook import read_workbook
from cvjkit.model.document import EVERYONE

if TYPE_CHECKING:
    from cvjkit.files.documents import Document


class Understood(NamedTuple):
    """A journey read from tables.

    Attributes
    ----------
    document : dict
        As plain values, not yet checked.
    notes : tuple of str
        Sentences about what is not written as cvjkit writes it.
    lost : tuple of str
        What the file holds that would not be written again.
    """

    document: Document
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def from_csv(text: str, subject: str, name: str) -> Understood:
    r"""Read a table with one row per stage.

    Parameters
    ----------
    text : str
    subject : str
        What to call it in messages.
    name : str
        The journey's name, unless the table has a column for it.

    Returns
    -------
    Understood

    Raises
    ------
    InputError
        With every cell that cannot be understood.

    Examples
    --------
    >>> shop = from_csv("stage;people\nReach;10 000\nAcquisition;2 000", "shop.csv", "Shop")
    >>> shop.document["segments"]
    [{'name': 'Everyone', 'counts': {'reach': 10000, 'acquisition': 2000}}]
    >>> from_csv("Step,Users\n1. Reach,9\n2. Acquisition,5", "shop.csv", "Shop").notes
    ("Read 'Step' as stage, 'Users' as people.",
     "Read '1. Reach' as Reach, '2. Acquisition' as Acquisition.")
    """
    grid, decimal_sign = csv_cells(text, subject)
    reader = Reader([grid], subject, decimal_sign)
    return _document({"stages": grid}, subject, name, reader)


def from_xlsx(content: bytes, subject: str, name: str) -> Understood:
    """Read a workbook: the sheet "Stages", or the only one, and the other sheets cvjkit knows.

    Parameters
    ----------
    content : bytes
    subject : str
        What to call it in messages.
    name : str
        The journey's name, unless the sheet "Journey" has one.

    Returns
    -------
    Understood

    Raises
    ------
    InputError
        With every cell that cannot be understood.
    """
    book = read_workbook(content, subject, lambda title: folded(title) in OURS)
    grids = {folded(title): grid for title, grid in book.grids.items()}
    if book.only:
        grids = {"stages": book.grids[book.only]}
    if "stages" not in grids:
        fix = "name the sheet with one row per stage 'Stages'"
        fault = Fault("sheets", ", ".join(book.titles), "include none called 'Stages'", fix)
        raise InputError(subject, [*book.faults, fault])
    read = _document(grids, subject, name, Reader(grids.values(), subject, faults=book.faults))
    others = [title for title in book.titles if folded(title) not in OURS]
    lost = [f"the sheet {title!r}" for title in others] if len(book.titles) > 1 else []
    return read._replace(lost=(*read.lost, *lost, *(["formulas"] if book.formulas else [])))


def _document(grids: Mapping[str, Grid], subject: str, name: str, reader: Reader) -> Understood:
    """Combine the sheets into one document."""
    heads, rows, above, left_out = stage_table(grids["stages"], subject, reader)
    terms = {"name": name, **_terms(grids.get("journey", []), TERMS, reader)}
    for column, head in heads.items():
        if head.group == "terms":
            terms |= constant(head, [row[column] for row in rows if column in row], reader)
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
    reader.stages = stages_by_name(stages)
    terms["framework"] = stages.document() if own else stages.key
    _note_numbered(labels, stages, reader)
    numbers = numbers_by_stage(heads, rows, stages, reader)
    listed = _records("segments", grids, reader)
    document = {
        **terms,
        "segments": _segments(heads, numbers, listed, stages, reader),
        "stages": _stages(
            heads, numbers, {part: _records(part, grids, reader) for part in OF_STAGES}
        ),
        **{part: _records(part, grids, reader) for part in LISTS},
        "thresholds": _terms(grids.get("thresholds", []), THRESHOLDS, reader),
        "also_known": _terms(grids.get("known", []), dict.fromkeys(spine(), "people"), reader),
    }
    if reader.faults:
        raise InputError(subject, reader.faults)
    lost = ["what is above the table"] if above else []
    lost += [f"the column {heading!r}" for heading in left_out]
    return Understood(document, tuple(reader.notes), tuple(lost))


def _note_numbered(labels: Sequence[Cell], stages: Framework, reader: Reader) -> None:
    """Say which stages an export has numbered."""
    by_name = stages_by_name(stages)
    keys = {label: by_name.get(unnumbered(folded(label.value))) for label in labels}
    pairs = [
        f"{shown(label.value)} as {stages[key].name}"
        for label, key in keys.items()
        if key is not None and folded(label.value) not in by_name
    ]
    if pairs:
        reader.notes.append(f"Read {', '.join(pairs)}.")


def _terms(grid: Grid, fields: Mapping[str, str], reader: Reader) -> Document:
    """Read a sheet with a field and its value in each row."""
    terms: Document = {}
    for row in grid:
        if not row or folded(row[0].value) == "field":
            continue
        field = folded(row[0].value).replace(" ", "_")
        if field not in fields:
            reader.add(unknown_name(row[0].where, row[0].value, map(heading_of, fields)))
        elif field in terms:
            reader.refuse(row[0], "is listed twice", "keep one of them")
        elif len(row) > 2:
            reader.refuse(
                row[2], "is one cell too many for a field and its value", "clear the cell"
            )
        elif len(row) == 2:
            terms[field] = reader.read(fields[field], row[1])
    return {field: value for field, value in terms.items() if value is not None}


def _records(sheet: str, grids: Mapping[str, Grid], reader: Reader) -> list[Document]:
    """Read a sheet with headings and one record per row."""
    columns = SHEETS[sheet]
    head, *body = [row for row in grids.get(sheet, []) if row] or [[]]
    fields: dict[int, str] = {}
    for cell in head:
        field = folded(cell.value).replace(" ", "_")
        if field not in columns:
            reader.add(unknown_name(cell.where, cell.value, map(heading_of, columns)))
        elif field in fields.values():
            reader.refuse(cell, "is also the heading of another column", "keep one of them")
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
                reader.refuse(cell, "has no heading", "write one, or clear the cell")
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
    names = {unnumbered(folded(cell.value)) for cell in labels}
    found = {
        published: len(names & stages_by_name(published).keys())
        for published in published_frameworks()
    }
    most = max(found.values())
    best = [published for published in found if found[published] == most]
    # A variant has the names of the framework it varies: it must be asked for.
    best = [published for published in best if ":" not in published.key] or best
    best = [published for published in best if len(published) == most] or best
    if 2 * most >= len(names) > 0 and len(best) == 1:
        return best[0]
    stages = "; ".join(
        f"{published.key}: {', '.join(stage.name for stage in published)}" for published in found
    )
    rule = "is given, and the stages do not tell which one it is"
    fix = f"add a column 'framework' with one of these keys ({stages})"
    raise InputError(subject, [*reader.faults, Fault("framework", None, rule, fix)])


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
        rule, fix = "has a name missing or listed twice", "give every segment its own name"
        reader.add(Fault("Segments", names, rule, fix))
    for column, head in heads.items():
        if head.group != "people":
            continue
        name = head.segment if head.segment in names else head.segment.strip()
        if not name:
            unnamed.append(head.cell)
            name = names[0] if names else EVERYONE
        if names and name not in names:
            reader.add(unknown_name(head.cell.where, name, names))
            continue
        segment = segments.setdefault(name, {"name": name})
        table = {"people": "counts", "rate": "rates"}.get(head.field, head.field)
        if table in segment:
            reader.refuse(head.cell, "is also the heading of another column", "keep one of them")
        by_stage = {key: row[column] for key, row in numbers.items() if column in row}
        if head.counted_in not in {"", "people"}:
            segment.setdefault("counted_in", head.counted_in)
        only_first = table == "entrants" and by_stage.keys() == {stages.keys[0]}
        segment[table] = by_stage[stages.keys[0]] if only_first else by_stage
        if "counts" in segment and segment.keys() & {"rates", "entrants"}:
            rule = f"and another column give {shown(name)} both counted people and a plan"
            fix = "keep people; or entrants (those who come in) with rate"
            reader.refuse(head.cell, rule, fix)
    if unnamed and len(segments) > 1:
        reader.refuse(
            unnamed[0], "does not name its segment, and there are several", "add ': SEGMENT'"
        )
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
