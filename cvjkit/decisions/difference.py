"""The difference between two designs as values by their paths: what made one of the other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from cvjkit.decisions.putting import with_changes
from cvjkit.errors import InputError
from cvjkit.model.document import document_of
from cvjkit.model.rows import KEYED, ROWS, TABLES, step_to, titles_of
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from cvjkit.model.design import Design

IDENTITY: Mapping[str, tuple[str, ...]] = {
    "stages": ("stage",),
    "offers": ("stage",),
    "transitions": ("source", "target", "segment"),
    "referrals": ("source", "target", "segment", "source_segment"),
}
"""The fields that identify a row of each list; those from the third on are names of segments."""
MAPPINGS = ("also_known", "thresholds")
NOT_COMPARED = ("name", "framework")
CLOSE = 1e-9
DIGITS = 12

Changes = dict[str, Any]


def difference(start: Design, other: Design) -> Changes:
    """Find the values to put into one design so that it becomes another.

    Parameters
    ----------
    start : Design
    other : Design
        In the same framework. Names of the journeys are not compared.

    Returns
    -------
    dict of str to object
        Values by their paths, None where one is cleared. Where the rates of a step differ by one
        factor in all segments, it is the rate of all of them.

    Examples
    --------
    >>> from cvjkit.model.design import Design
    >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    >>> plan = plan.with_offer("conversion", name="Box", price=49)
    >>> difference(
    ...     plan, plan.put("stages.conversion.rate", 0.25).put("offers.conversion.price", 59)
    ... )
    {'offers.conversion.price': 59.0, 'stages.conversion.rate': 0.25}
    """
    fields: Changes = {}
    for name in type(other).model_fields:
        old, new = getattr(start, name), getattr(other, name)
        if old == new or name in (*NOT_COMPARED, "segments"):
            continue
        if name in IDENTITY:
            fields |= _rows(start, other, name)
        elif name in MAPPINGS:
            fields |= _fields((name,), dict(old), dict(new))
        else:
            fields[name] = _plain(new)
    fields |= _segments(start, other)
    numbers = _numbers(start, other, fields) if "segments" not in fields else {}
    return {**fields, **numbers}


def _fields(steps: Sequence[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> Changes:
    """Give the fields that differ."""
    return {
        path_of((*steps, key)): _plain(new.get(key))
        for key in dict.fromkeys([*old, *new])
        if old.get(key) != new.get(key)
    }


def _plain(value: Any) -> Any:
    """Give a value as a file holds it; None if it is empty."""
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_defaults=True)
    if isinstance(value, tuple):
        return [_plain(item) for item in value] or None
    return None if value == "" else value


def _rows(start: Design, other: Design, part: str) -> Changes:
    """Give the fields of rows that differ, or all rows where paths do not lead to them."""
    old, new = _by_identity(start, part), _by_identity(other, part)
    titles = {key: titles_of(part, row)[0] for key, row in {**old, **new}.items()}
    of_one_segment = any(any(key[2:]) for key in new if key not in old)
    if of_one_segment or len({*titles.values()}) < len(titles):
        return {part: document_of(other).get(part)}
    changes: Changes = {}
    for key, title in titles.items():
        steps = (part, title if part in KEYED else Title(title))
        if key in new:
            row = old.get(key) or ROWS[part].model_construct(**_named(part, new[key]))
            same = dict.fromkeys(IDENTITY[part])
            found = _fields(steps, {**dict(row), **same}, {**dict(new[key]), **same})
            if part == "offers" and key not in old and not found:
                # An offer of which nothing is known yet.
                found = _fields(steps, {}, {"name": _named(part, new[key])["name"]})
            changes |= found
        else:
            changes[path_of(steps)] = None
    return changes


def _by_identity(design: Design, part: str) -> dict[tuple[Any, ...], BaseModel]:
    """Give the rows of a list by what tells them apart; an offer belongs to a milestone."""
    return {
        tuple(
            design.framework.anchor(value) if name == "stage" else value
            for name, value in _named(part, row).items()
            if name in IDENTITY[part]
        ): row
        for row in getattr(design, part)
    }


def _named(part: str, row: BaseModel) -> dict[str, Any]:
    """Give what a row has that is new at its path."""
    named = {name: getattr(row, name) for name in IDENTITY[part]}
    return named | ({"name": "Offer"} if part == "offers" else {})


def _segments(start: Design, other: Design) -> Changes:
    """Give the fields of segments that differ, or all segments where they are others."""
    if start.segments == other.segments:
        return {}
    pairs = [*zip(start.segments, other.segments, strict=False)]
    are_same = len(start.segments) == len(other.segments) and all(
        (old.name, old.observed) == (new.name, new.observed) for old, new in pairs
    )
    if not are_same:
        return {"segments": document_of(other)["segments"]}
    tables = dict.fromkeys(TABLES)
    changes: Changes = {}
    for index, (old, new) in enumerate(pairs):
        steps = ("segments", step_to("segments", start.segments, index))
        changes |= _fields(steps, {**dict(old), **tables}, {**dict(new), **tables})
    return changes


def _numbers(start: Design, other: Design, fields: Changes) -> Changes:
    """Give the people and rates that differ: of all segments together where that says it all."""
    alone = [_alone(start, other, stage) for stage in range(len(other.framework))]
    pooled = [_pooled(other, stage, found) if found else {} for stage, found in enumerate(alone)]
    while any(pooled):
        try:
            made = with_changes(start, {**fields, **_joined(pooled, alone)})
        except InputError:
            break
        missed = [
            stage for stage in range(len(alone)) if pooled[stage] and not _agree(made, other, stage)
        ]
        if not missed:
            return _joined(pooled, alone)
        # What comes after depends on it.
        pooled[missed[0]] = {}
    return _joined([{}] * len(alone), alone)


def _joined(pooled: Sequence[Changes], alone: Sequence[Changes]) -> Changes:
    found: Changes = {}
    for together, apart in zip(pooled, alone, strict=True):
        found |= together or apart
    return found


def _alone(start: Design, other: Design, stage: int) -> Changes:
    """Give the numbers at a stage that differ, segment by segment."""
    changes: Changes = {}
    for index, (old, new) in enumerate(zip(start.segments, other.segments, strict=True)):
        step = step_to("segments", start.segments, index)
        for table in TABLES:
            before, after = getattr(old, table), getattr(new, table)
            if after is not None and before[stage] != after[stage]:
                path = path_of(("segments", step, table, other.framework.keys[stage]))
                changes[path] = after[stage]
    return changes


def _pooled(other: Design, stage: int, alone: Changes) -> Changes:
    """Give the number of all segments at a stage, if only that is changed there."""
    key, is_first = other.framework.keys[stage], other.framework.parents[stage] is None
    table = "entrants" if is_first else "rates"
    if not all(f".{table}." in path for path in alone):
        return {}
    path = f"stages.{key}.{'people' if is_first else 'rate'}"
    value = other.get(path)
    if value is None:
        return {}
    return {path: value if len(other.segments) == 1 else float(f"{value:.{DIGITS}g}")}


def _agree(made: Design, other: Design, stage: int) -> bool:
    """Tell whether two designs have the same numbers at a stage."""
    return all(
        math.isclose(old[stage] or 0, new[stage] or 0, rel_tol=CLOSE)
        and (old[stage] is None) == (new[stage] is None)
        for one, two in zip(made.segments, other.segments, strict=True)
        for table in TABLES
        if (old := getattr(one, table)) is not None and (new := getattr(two, table)) is not None
    )
