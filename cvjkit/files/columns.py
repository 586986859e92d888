"""The columns of a journey's spreadsheet: what they hold, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_origin

from cvjkit.catalog.stage import Stage
from cvjkit.files.cells import folded
from cvjkit.model.fields import Fields
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
from cvjkit.model.typed import typed_fields

if TYPE_CHECKING:
    from pydantic import BaseModel

    from cvjkit.catalog.framework import Framework

KINDS = {"flag": "flag", "choice": "word", "text": "text", "stage": "stage", "day": "date"}
PEOPLE = {"people": "people", "entrants": "people", "rate": "share"}


def _columns(part: type[BaseModel], *without: str) -> dict[str, str]:
    """Give the kind of column for each field that is typed.

    The kind is a unit of numbers, or the name of a method of `values.Reader`.
    """
    return {
        field.key: field.number or KINDS.get(field.kind, "numbers")
        for field in typed_fields(part)
        if field.key not in without
    }


def _stage_columns() -> dict[str, str]:
    """Give the kind of column for each field of a stage of a framework."""
    kinds: dict[Any, str] = {bool: "flag", tuple: "lines"}
    types = {name: field.annotation for name, field in Stage.model_fields.items()}
    return {name: kinds.get(get_origin(held) or held, "text") for name, held in types.items()}


TERMS = {
    "schema_version": "amount",
    "name": "text",
    "framework": "word",
    "framework_name": "text",
    "framework_source": "text",
    "framework_note": "text",
    **_columns(Fields),
    "view": "word",
}
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
    "framework": _stage_columns(),
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
