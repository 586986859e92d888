"""The value of a design at a path, and the design with another value there.

`Design.put` documents which paths there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cvjkit.catalog.spine import milestones
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.parts import Offer, Segment
from cvjkit.model.pooled import Pooled
from cvjkit.model.rows import KEYED, ROWS, TABLES, is_index, step_to, titles_of
from cvjkit.paths import Title, path_of, steps_of

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.editing import Editable

SHORTHANDS = {"people": "counts", "rate": "rates"}
RATE = "rate"
TABLE_DEPTH = len(("segments", "Ads", "counts"))
RATES = {"transitions": "rate", "referrals": "per_person"}
"""The field that removes a transition or referral when it is cleared."""

EXCLUDED = {"counts": {"entrants": None, "rates": None}, "rates": {"counts": None}}
"""A segment is counted or planned: the fields that are cleared when one is put."""

Fields = dict[str, Any]


def value_at(design: Editable, path: str) -> Any:
    """Look up the value at a path.

    Parameters
    ----------
    design : Design
    path : str
        As in `Design.put`.

    Returns
    -------
    object
        None where nothing is typed.

    Raises
    ------
    InputError
        If there is no such path.

    Examples
    --------
    >>> from cvjkit.model.design import Design
    >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    >>> plan.get("stages.conversion.rate"), plan.get("stages.conversion.unit_cost")
    (0.2, None)
    """
    steps = _steps(design, path)
    pooled = pooled_at(design, path)
    if pooled is not None:
        return pooled.value()
    node: Any = design
    for depth, step in enumerate(steps):
        node, is_there = _child(design, node, steps[:depth], step)
        if not is_there:
            rest = steps[depth + 1 :]
            for further, below in enumerate(rest, depth + 1):
                node, _ = _child(design, node, steps[:further], below)
            return None
    return node


def changed_fields(design: Editable, path: str, value: Any) -> Fields:
    """Give the fields of a design that change when a value is put at a path.

    Parameters
    ----------
    design : Editable
    path : str
    value : object
        Both as in `Design.put`.

    Returns
    -------
    dict
        The new values of the fields, not checked.

    Raises
    ------
    InputError
        If there is no such path.
    """
    steps = _steps(design, path)
    if steps[0] == "framework":
        fix = "carry the design over with in_framework"
        raise _error(design, Fault("framework", value, "cannot be put", fix))
    pooled = pooled_at(design, path)
    if pooled is not None:
        return {"segments": pooled.with_value(value)}
    _child(design, design, (), steps[0])
    fields = _changed(design, design, (), steps, value)
    top = steps[0]
    field = type(design).model_fields[top]
    cleared = None if field.is_required() else field.get_default()
    return {top: fields.get(top, cleared)}


def pooled_at(design: Editable, path: str) -> Pooled | None:
    """Find what a path leads to if that is no field: people of a plan, a rate of all segments.

    Parameters
    ----------
    design : Editable
    path : str

    Returns
    -------
    Pooled or None
        None if it is a field.

    Raises
    ------
    InputError
        If there is no such stage or segment, or it is no path.
    """
    steps = _steps(design, path)
    match steps:
        case ("stages", stage, ("people" | "rate") as what):
            chosen = [*range(len(design.segments))]
        case ("segments", name, ("people") as what, stage):
            found = _index(design.framework, "segments", design.segments, name)
            chosen = [0 if found is None else found]
        case _:
            return None
    return Pooled(design, path, _stage_index(design, steps[:TABLE_DEPTH], stage), chosen, what)


def renamed_back(faults: Sequence[Fault], rows: Mapping[str, Any], design: Editable) -> list[Fault]:
    """Name the rows in faults as they are named in a design, before they got new titles.

    Parameters
    ----------
    faults : sequence of Fault
        Of the design with the changed rows.
    rows : mapping
        The lists that change, by name.
    design : Editable
        The design before the change.

    Returns
    -------
    list of Fault
    """
    old_paths: dict[str, str] = {}
    for part, changed in rows.items():
        before = getattr(design, part)
        if part in ROWS and isinstance(changed, tuple) and len(changed) == len(before):
            for index in range(len(before)):
                new = path_of((part, step_to(part, changed, index)))
                old_paths[new] = path_of((part, step_to(part, before, index)))
    return [
        replace(fault, field=old_paths[new] + fault.field.removeprefix(new))
        if (new := path_of(steps_of(fault.field)[:2])) in old_paths
        else fault
        for fault in faults
    ]


def numbered(design: Editable, segment: Segment, table: str, index: int, number: object) -> Fields:
    """Put a number into a table of a segment.

    Parameters
    ----------
    design : Editable
    segment : Segment
    table : {"counts", "entrants", "rates"}
    index : int
        Position of the stage.
    number : float or None

    Returns
    -------
    dict
        The segment's fields.

    Raises
    ------
    InputError
        If the segment has no such table: it is counted, or planned by rates.
    """
    numbers = getattr(segment, table)
    if numbers is None:
        path = path_of(("segments", Title(segment.name), table, design.framework.keys[index]))
        rule = "cannot be set: the segment is planned by rates"
        fix = "give a rate instead"
        if segment.observed:
            rule = "cannot be set: the segment is counted"
            fix = "give people, or make it a what-if"
        raise _error(design, Fault(path, number, rule, fix))
    if number is None and table == "entrants" and index > 0:
        number = 0.0
    return {**dict(segment), table: (*numbers[:index], number, *numbers[index + 1 :])}


def _steps(design: Editable, path: str) -> tuple[str, ...]:
    """Split a path, and write out a shorthand."""
    fix = "write it like segments[Ads].counts.conversion"
    if not isinstance(path, str):
        raise _error(design, Fault("path", path, "must be text", fix))
    try:
        steps = steps_of(path)
    except ValueError as error:
        raise _error(design, Fault("path", path, str(error), fix)) from None
    if len(steps) >= TABLE_DEPTH and steps[0] == "stages" and steps[2] in SHORTHANDS:
        _, stage, short, *rest = steps
        if stage not in design.framework.keys:
            raise _unknown(design, ("stages",), stage, design.framework.keys)
        if len(design.segments) > 1:
            return steps
        steps = ("segments", Title(design.segments[0].name), short, stage, *rest)
    if len(steps) > TABLE_DEPTH and steps[0] == "segments" and steps[2] in SHORTHANDS:
        part, name, short, *rest = steps
        segment, is_there = _child(design, design.segments, (part,), name)
        if short == RATE or (is_there and segment.observed):
            return (part, name, SHORTHANDS[short], *rest)
    return steps


def _child(design: Editable, node: object, done: Sequence[str], step: str) -> tuple[Any, bool]:
    """Take one step: the value there, or a new row that can be put there; and whether it exists."""
    if len(done) == TABLE_DEPTH and done[0] == "segments" and done[-1] in TABLES:
        index = _stage_index(design, done, step)
        return (node[index], True) if isinstance(node, Sequence) else (None, True)
    if isinstance(node, BaseModel):
        names = type(node).model_fields
        if step not in names:
            raise _unknown(design, done, step, names)
        return dict(node).get(step), True
    if isinstance(node, Mapping):
        known = [milestone.key for milestone in milestones()]
        if step not in known:
            raise _unknown(design, done, step, known)
        return node.get(step), step in node
    if isinstance(node, tuple):
        row = _index(design.framework, done[-1], node, step)
        return (_new_row(design, done, node, step), False) if row is None else (node[row], True)
    raise _dead_end(design, (*done, step))


def _dead_end(design: Editable, steps: Sequence[str]) -> InputError:
    fix = f"stop at {path_of(steps[:-1])}"
    return _error(design, Fault(path_of(steps), steps[-1], "leads nowhere", fix))


def _changed(
    design: Editable, node: Any, done: tuple[str, ...], steps: Sequence[str], value: object
) -> Any:
    """Put a value below a node."""
    if not steps:
        return value
    step, *rest = steps
    here = (*done, step)
    if rest and step in TABLES and isinstance(node, Segment):
        if rest[1:]:
            raise _dead_end(design, (*here, *rest[:2]))
        return numbered(design, node, step, _stage_index(design, here, rest[0]), value)
    child, _ = _child(design, node, done, step)
    new = _changed(design, child, here, rest, value)
    if isinstance(node, tuple):
        if value is None and rest == [RATES.get(done[-1])]:
            new = None
        return _with_row(design, here, node, new, child)
    fields = {**dict(node), step: new}
    if isinstance(node, Segment) and new is not None:
        fields |= EXCLUDED.get(step, {})
    if new is None:
        del fields[step]  # it takes what it has by default
    return fields


def _with_row(
    design: Editable, path: Sequence[str], rows: tuple[Any, ...], new: Any, old: Any
) -> tuple[Any, ...]:
    """Replace, add or remove a row."""
    *_, part, step = path
    if isinstance(new, Mapping) and part in ROWS:
        new = {**_identity(part, old), **new}
    index = _index(design.framework, part, rows, step)
    at = len(rows) if index is None else index
    return (*rows[:at], *([] if new is None else [new]), *rows[at + 1 :])


def _index(framework: Framework, part: str, rows: Sequence[object], step: str) -> int | None:
    """Find the row a step leads to."""
    if is_index(step, len(rows)):
        return int(step)
    if part == "offers":
        anchor = framework.anchor(step)
        for index, row in enumerate(rows):
            if isinstance(row, Offer) and framework.anchor(row.stage) == anchor:
                return index
    titles = [titles_of(part, row) for row in rows]
    first = [index for index, names in enumerate(titles) if step in names[:1]]
    other = [index for index, names in enumerate(titles) if step in names[1:]]
    return next((found[0] for found in (first, other) if len(found) == 1), None)


def _new_row(design: Editable, done: Sequence[str], rows: Sequence[object], step: str) -> Any:
    """Make the row that can be put where there is none, or list the choices."""
    part, keys = done[-1], design.framework.keys
    choices: Sequence[str] = [step_to(part, rows, index) for index in range(len(rows))]
    identity: Fields | None = None
    if part == "stages":
        choices = keys
        identity = {"stage": step} if step in keys else None
    elif part == "offers":
        choices = [*dict.fromkeys([*keys, *(milestone.key for milestone in milestones())])]
        identity = {"stage": step, "name": "Offer"} if step in choices else None
    elif part in RATES:
        source, _, target = step.partition(" to ")
        if not {source, target} <= {*keys}:
            fix = f"write two stages as 'STAGE to STAGE'; stages: {', '.join(keys)}"
            raise _error(design, Fault(path_of((*done, step)), step, "is not known", fix))
        identity = {"source": source, "target": target}
    elif len(done) > 1:
        choices = [*choices, str(len(rows))]
        identity = {} if step == choices[-1] else None
    if identity is None:
        raise _unknown(design, done, step, choices)
    return ROWS[part].model_construct(**identity) if part in ROWS else None


def _identity(part: str, row: BaseModel) -> Fields:
    """Give the fields that tell a row from others."""
    columns = {
        "segments": ("name",),
        "transitions": ("source", "target", "segment"),
        "referrals": ("source", "target", "segment", "source_segment"),
    }
    names = columns.get(part, ("stage", "name") if part in KEYED else ())
    return {name: value for name, value in dict(row).items() if name in names}


def _stage_index(design: Editable, done: Sequence[str], step: str) -> int:
    keys = design.framework.keys
    allowed = keys[1:] if done[-1] == "rates" else keys
    if step not in allowed:
        raise _unknown(design, done, step, allowed)
    return keys.index(step)


def _unknown(design: Editable, done: Sequence[str], step: str, choices: Any) -> InputError:
    return _error(design, unknown_name(path_of((*done, step)), step, choices))


def _error(design: Editable, fault: Fault) -> InputError:
    return InputError(f"journey {design.name}", [fault])
