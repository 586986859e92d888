"""The rows of a design's lists: their names in paths, and the checks of single rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import islice
from numbers import Real
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel, ValidationError

from cvjkit.errors import MOST_FAULTS, Fault, faults_of, unknown_name
from cvjkit.model.given import known, list_fault, numbers_of
from cvjkit.model.parts import (
    Accepted,
    Message,
    Offer,
    Referral,
    Segment,
    StageNumbers,
    Tactic,
    Transition,
)
from cvjkit.number_text import count_text
from cvjkit.paths import Title, below, path_of

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework

ROWS: Mapping[str, type[BaseModel]] = {
    "segments": Segment,
    "stages": StageNumbers,
    "offers": Offer,
    "transitions": Transition,
    "referrals": Referral,
    "accepted": Accepted,
    "tactics": Tactic,
    "messages": Message,
}
"""The type of the rows of each list."""
PARTS = ("segments", "stages", "offers", "transitions", "referrals")
"""The lists whose rows are checked against the framework and against one another."""
TABLES = ("counts", "entrants", "rates")
"""The fields of a segment that hold a number for each stage."""
KEYED = ("stages", "offers")
"""The lists whose rows are named by the key of a stage, or of a milestone."""
TITLES: Mapping[str, tuple[str, ...]] = {
    "stages": ("stage",),
    "offers": ("stage", "name"),
    "accepted": ("rule",),
    "messages": ("name", "kind"),
}
LONGEST_INDEX = 9
MOST_ROWS = 500
"""Of any list of a design: the time to check them grows with the square of their number."""


class Row(NamedTuple):
    """A row of a list and its path."""

    path: str
    value: Any


def titles_of(part: str, row: object) -> list[str]:
    """Give the names by which a path can lead to a row, the one to write first.

    Parameters
    ----------
    part : str
        Name of the list, such as "segments".
    row : BaseModel or mapping

    Returns
    -------
    list of str
        Empty if the row has no name.
    """
    fields = dict(row) if isinstance(row, BaseModel | Mapping) else {}
    if "source" in fields and "target" in fields:
        return [f"{fields['source']} to {fields['target']}"]
    titles = (fields.get(name) for name in TITLES.get(part, ("name",)))
    return [str(title) for title in titles if isinstance(title, str | int | float) and title]


def step_to(part: str, rows: Sequence[object], index: int) -> str:
    """Give the step of a path to a row: its title or, if that is not unique, its index.

    Parameters
    ----------
    part : str
        Name of the list.
    rows : sequence of BaseModel or mapping
    index : int

    Returns
    -------
    str
    """
    titles = titles_of(part, rows[index])[:1]
    same = sum(titles_of(part, row)[:1] == titles for row in rows)
    if not titles or same > 1 or is_index(titles[0], len(rows)):
        return Title(index)
    return titles[0] if part in KEYED else Title(titles[0])


def is_index(step: str, length: int) -> bool:
    """Tell whether a step of a path is the index of a row, rather than its title.

    Parameters
    ----------
    step : str
    length : int
        Number of rows.

    Returns
    -------
    bool
    """
    is_number = step.isascii() and step.isdecimal() and len(step) <= LONGEST_INDEX
    return is_number and int(step) < length


def too_long(fields: Mapping[str, Any]) -> list[Fault]:
    """Find the lists of a design that have more than `MOST_ROWS` rows.

    Parameters
    ----------
    fields : mapping
        Of the design, not yet checked.

    Returns
    -------
    list of Fault
    """
    lists: list[tuple[list[str], Mapping[str, Any]]] = [([], fields)]
    stages = fields.get("stages")
    if isinstance(stages, Sequence) and len(stages) <= MOST_ROWS:
        rows = (row for row in stages if isinstance(row, Mapping))
        lists += [(["stages", str(row.get("stage"))], row) for row in rows]
    rule, fix = f"rows are more than {MOST_ROWS}", "keep what belongs to the journey"
    return [
        Fault(path_of([*steps, str(name)]), len(rows), rule, fix)
        for steps, row in lists
        for name, rows in row.items()
        if isinstance(rows, list | tuple) and len(rows) > MOST_ROWS
    ]


def read_rows(
    part: str, rows: object, framework: Framework | None
) -> tuple[list[Row], list[Fault]]:
    """Check the rows of a list one by one, so that a fault in one hides none in another.

    Parameters
    ----------
    part : str
        Name of the list, one of `PARTS`.
    rows : sequence
        Rows, or mappings of their fields.
    framework : Framework or None
        None if it is faulty.

    Returns
    -------
    tuple
        The rows without faults; the faults.
    """
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        return [], [Fault(part, rows, "must be a list", f"write it as [[{part}]]")]
    read: list[Row] = []
    faults: list[Fault] = []
    for index, row in enumerate(rows):
        path = path_of((part, step_to(part, rows, index)))
        if isinstance(row, ROWS[part]):
            read.append(Row(path, row))
        elif not isinstance(row, Mapping):
            faults.append(Fault(path, row, "must be a table", "give it named fields"))
        else:
            value, found = _read_row(part, row, path, framework)
            faults += found
            if not found:
                read.append(Row(path, value))
    return read, faults


def _read_row(
    part: str, row: Mapping[str, Any], path: str, framework: Framework | None
) -> tuple[BaseModel | None, list[Fault]]:
    fields, faults = {name: known(value) for name, value in row.items()}, list[Fault]()
    keys: Mapping[tuple[object, ...], str] = {}
    if part == "segments":
        fields, keys, faults = _in_stage_order(fields, path, framework)
    try:
        return ROWS[part].model_validate(fields), faults
    except ValidationError as error:
        for fault in faults_of(error, keys, keyed=TABLES):
            if fault.field == "value":
                title = next(iter(titles_of(part, row)), None)
                faults.append(Fault(path, title, fault.rule, fault.fix))
            else:
                faults.append(Fault(below(path, fault.field), fault.value, fault.rule, fault.fix))
        return None, faults


def _in_stage_order(
    row: Mapping[str, Any], path: str, framework: Framework | None
) -> tuple[dict[str, Any], dict[tuple[object, ...], str], list[Fault]]:
    """Bring a segment's tables into the order of the stages; name the stage of each position."""
    fields, names, faults = dict(row), dict[tuple[object, ...], str](), list[Fault]()
    for table in TABLES:
        values = numbers_of(fields.get(table))
        if values is None:
            continue
        keys = () if framework is None else framework.keys
        if not keys and isinstance(values, Mapping):
            keys = tuple(map(str, values))
        fields[table], found = _ordered(f"{path}.{table}", table, values, keys)
        faults += found
        names |= {(table, index): key for index, key in enumerate(keys)}
    return fields, names, faults


def _ordered(
    path: str, table: str, values: Any, keys: Sequence[str]
) -> tuple[Any, Sequence[Fault]]:
    allowed = keys[1:] if table == "rates" else keys
    if isinstance(values, Mapping):
        missing = 0.0 if table == "entrants" else None
        ordered = [values.get(key, missing if index else None) for index, key in enumerate(keys)]
        unknown = (key for key in values if key not in keys)
        told = islice(unknown, MOST_FAULTS + 1)
        return ordered, [unknown_name(path, key, allowed) for key in told]
    wrong = list_fault(path, values, allowed)
    if table == "entrants" and wrong and isinstance(values, Real | Decimal | str):
        return [values, *[0.0] * (len(keys) - 1)], []
    if wrong or not keys:
        return [None] * len(keys) if wrong else values, [wrong] if wrong else []
    if table == "rates" and len(values) == len(allowed):
        values = [None, *values]
    if len(values) == len(keys):
        return values, []
    rule = f"must have {count_text(len(allowed), 'number')}, it has {len(values)}"
    fix = f"give one for each of {', '.join(allowed)}"
    return [None] * len(keys), [Fault(path, list(values), rule, fix)]
