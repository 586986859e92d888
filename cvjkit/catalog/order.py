"""What must hold between the stages of a framework: each once, in the order of the spine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from cvjkit.catalog.data import IDENTIFIER, MOST_STAGES
from cvjkit.catalog.spine import spine
from cvjkit.errors import Fault

Labelled = Sequence[tuple[str, str | None]]


def label(index: int, key: object) -> str:
    """Name a row in messages: by its key if that is well formed, else by its index.

    Parameters
    ----------
    index : int
        Position of the row, from 0.
    key : object
        What stands in its field ``key``.

    Returns
    -------
    str

    Examples
    --------
    >>> label(3, "quiz"), label(3, "Two words")
    ('quiz', '3')
    """
    return key if isinstance(key, str) and IDENTIFIER.fullmatch(key) else str(index)


def labelled(rows: object) -> Labelled | None:
    """Read what the order depends on, even from rows that break other rules.

    Parameters
    ----------
    rows : object
        What was given as the stages of a framework.

    Returns
    -------
    sequence of tuple (str, str or None), or None
        Label and milestone of each row; the milestone is None where there is none, or none that
        is known. None if the rows are not a list, or too many.
    """
    if not isinstance(rows, list | tuple) or len(rows) > MOST_STAGES:
        return None
    found = []
    for index, row in enumerate(rows):
        given = row.model_dump() if isinstance(row, BaseModel) else row
        fields = given if isinstance(given, Mapping) else {}
        milestone = fields.get("milestone")
        known = milestone if milestone in list(spine()) else None
        found.append((label(index, fields.get("key")), known))
    return found


def order_faults(stages: Labelled) -> list[Fault]:
    """Find what is wrong between the stages.

    Parameters
    ----------
    stages : sequence of tuple (str, str or None)
        Label and milestone of each, in order.

    Returns
    -------
    list of Fault
        Keys used twice, milestones used twice, milestones after one they must precede.
    """
    if not stages:
        return [Fault("stages", [], "must hold at least one stage", "add one")]
    faults = []
    labels: set[str] = set()
    taken: dict[str, str] = {}
    for stage, milestone in stages:
        if stage in labels:
            rule = "is the key of another stage too"
            faults.append(Fault(f"stages[{stage}].key", stage, rule, "give each stage its own"))
        labels.add(stage)
        if milestone is None:
            continue
        field = f"stages[{stage}].milestone"
        later = next(
            (earlier for earlier in taken if milestone in spine()[earlier].ancestors), None
        )
        if milestone in taken:
            rule = f"is the milestone of stage {taken[milestone]} too"
            faults.append(Fault(field, milestone, rule, "choose another, or leave it out"))
        elif later:
            rule = f"comes before {later!r}, where stage {taken[later]} stands"
            fix = f"move it before stage {taken[later]} or choose a later milestone"
            faults.append(Fault(field, milestone, rule, fix))
        taken.setdefault(milestone, stage)
    return faults
