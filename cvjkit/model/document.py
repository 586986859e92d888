"""A design as plain values, as a file holds it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.lookup import published_frameworks
from cvjkit.model.rows import PARTS

if TYPE_CHECKING:
    from cvjkit.model.fields import Fields
    from cvjkit.model.parts import Segment

SCHEMA_VERSION = 1
EVERYONE = "Everyone"
"""Name of the segment of a design that has only one."""

Document = dict[str, Any]


def document_of(design: Fields) -> Document:
    """Give a design as plain values, as a file holds it, without empty fields.

    Parameters
    ----------
    design : Design

    Returns
    -------
    dict
        Lists, dicts, texts and numbers: what `from_document` takes.
    """
    keys = design.framework.keys
    published = design.framework in published_frameworks()
    fields = design.model_dump(exclude_defaults=True, exclude={"framework", "segments", "stages"})
    return {
        "schema_version": SCHEMA_VERSION,
        "name": fields.pop("name"),
        "framework": design.framework.key if published else design.framework.document(),
        **{key: value for key, value in fields.items() if key not in PARTS},
        "segments": [_segment_document(segment, keys) for segment in design.segments],
        "stages": {
            numbers.stage: numbers.model_dump(exclude_defaults=True, exclude={"stage"})
            for numbers in design.stages
        },
        **{part: list(fields[part]) for part in PARTS if part in fields},
    }


def _segment_document(segment: Segment, keys: Sequence[str]) -> Document:
    document = segment.model_dump(exclude_none=True, exclude={"counts", "entrants", "rates"})
    if segment.entrants is not None:
        first, *later = segment.entrants
        document["entrants"] = (
            _by_stage(segment.entrants, keys, leave_out=0.0)
            if any(later) or first is None
            else first
        )
    for table in ("counts", "rates"):
        numbers = getattr(segment, table)
        if numbers is not None:
            document[table] = _by_stage(numbers, keys)
    return document


def _by_stage(
    numbers: Sequence[float | None], keys: Sequence[str], leave_out: float | None = None
) -> dict[str, float]:
    return {
        key: number
        for index, (key, number) in enumerate(zip(keys, numbers, strict=True))
        if number is not None and (index == 0 or number != leave_out)
    }
