"""The columns of a journey's spreadsheet: what they hold, and how they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, get_args, get_origin

from cvjkit.catalog.spine import milestones
from cvjkit.catalog.stage import Stage
from cvjkit.files.cells import folded
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

if TYPE_CHECKING:
    from pydantic import BaseModel

    from cvjkit.catalog.framework import Framework

# The kind of a column: a unit of numbers, or the name of a method of `values.Reader`.
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
    """Give the kind of column for each field of a model, by its type and name."""
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
# Columns for what the sheet "Journey" says in a workbook.
COLUMNS = {"journey": "name", "framework": "framework", "currency": "currency"}
OURS = ("stages", "journey", "thresholds", "known", *SHEETS)


def heading_of(field: str) -> str:
    """Write the name of a field as a heading.

    Parameters
    ----------
    field : str

    Returns
    -------
    str
    """
    return field.replace("_", " ")


def stages_by_name(stages: Framework) -> dict[str, str]:
    """Give the key of each stage by its name and by its key.

    Parameters
    ----------
    stages : Framework

    Returns
    -------
    dict of str to str
        By folded names, without those that two stages have.
    """
    names = [folded(stage.name) for stage in stages]
    by_name = {
        folded(stage.name): stage.key for stage in stages if names.count(folded(stage.name)) == 1
    }
    return by_name | {folded(key): key for key in stages.keys}


def stage_label(stages: Framework, key: str) -> str:
    """Write a stage's name so that it can be read again.

    Parameters
    ----------
    stages : Framework
    key : str

    Returns
    -------
    str
        Its name, or its key if the name does not identify it.
    """
    if key not in stages:
        return key
    name = stages[key].name
    return name if stages_by_name(stages).get(folded(name)) == key else key


def milestone_columns() -> dict[str, str]:
    """Give the fields of the sheet "Known": people at milestones.

    Returns
    -------
    dict of str to str
        Their kind, by field.
    """
    return {milestone.key: "people" for milestone in milestones()}
