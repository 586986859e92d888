"""Changes to a framework, as plain values: stages renamed, moved, inserted, dropped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, ValidationError

from cvjkit.catalog.data import MOST_STAGES, Document, Record, label
from cvjkit.errors import Fault, faults_of, unknown_name


class Changes(Record):
    """What can be changed.

    Parameters
    ----------
    key, name, source, note : str, optional
        Of the new framework.
    stages : mapping of str to mapping
        Stage key to changed fields.
    drop : tuple of str
        Keys of stages to leave out.
    insert : tuple of mapping
        Stages to add, each with ``after``, the key of the stage it follows; without it, it comes
        first.
    blind_spots : tuple, optional
        As in :class:`cvjkit.catalog.framework.Framework`.
    skipping : str, optional
        As in :class:`cvjkit.catalog.framework.Framework`.
    """

    key: str | None = None
    name: str | None = None
    source: str | None = None
    note: str | None = None
    stages: dict[str, dict[str, Any]] = Field(default_factory=dict, max_length=MOST_STAGES)
    drop: Annotated[tuple[str, ...], Field(max_length=MOST_STAGES)] = ()
    insert: Annotated[tuple[dict[str, Any], ...], Field(max_length=MOST_STAGES)] = ()
    blind_spots: tuple[Any, ...] | None = None
    skipping: str | None = None


def changed(base: Document, changes: Mapping[str, Any]) -> tuple[Document, list[Fault]]:
    """Apply changes to a framework.

    Parameters
    ----------
    base : dict
        The framework, as plain values.
    changes : mapping
        As in :class:`Changes`.

    Returns
    -------
    tuple of dict, and list of Fault
        The changed framework as plain values, not checked yet; what could not be applied.
    """
    faults: list[Fault] = []
    try:
        wanted = Changes.model_validate(changes)
    except ValidationError as error:
        faults = faults_of(error, {})
        broken = {item["loc"][0] for item in error.errors()}
        wanted = Changes(**{field: changes[field] for field in changes if field not in broken})
    rows = {stage["key"]: dict(stage) for stage in base["stages"]}
    for key, fields in wanted.stages.items():
        if key in rows:
            rows[key] |= fields
        else:
            faults.append(unknown_name("stages", key, rows))
    for key in wanted.drop:
        if rows.pop(key, None) is None:
            faults.append(unknown_name("drop", key, rows))
    order = list(rows.items())
    for index, row in enumerate(wanted.insert):
        fields = dict(row)
        after, keys = fields.pop("after", None), [key for key, _ in order]
        if after is None or after in keys:
            order.insert(keys.index(after) + 1 if after else 0, (str(fields.get("key")), fields))
        else:
            field = f"insert[{label(index, fields.get('key'))}].after"
            faults.append(unknown_name(field, after, keys))
    new = wanted.model_dump(exclude={"stages", "drop", "insert"}, exclude_none=True)
    return {**base, **new, "stages": [row for _, row in order]}, faults
