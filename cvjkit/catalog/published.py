"""What the published frameworks and their variants hold, as plain values."""

from __future__ import annotations

from functools import cache
from itertools import chain

from cvjkit.catalog.data import Document, data_names, read_data
from cvjkit.catalog.derive import changed
from cvjkit.catalog.sources import disagreements
from cvjkit.catalog.spine import Milestone, Step, milestones

SPINE = "full"
"""Key of the framework that has a stage at every milestone; it is ours."""

NOT_FIELDS = {"variants", "weights", "milestones"}


@cache
def documented_keys() -> tuple[str, ...]:
    """Give the keys of the frameworks that a document publishes, the shortest first.

    Returns
    -------
    tuple of str
        One for each of the catalog's files that lists stages.

    Examples
    --------
    >>> documented_keys()
    ('five', 'seven', 'eight', 'nine')
    """
    stages = {name: read_data(name).get("stages", ()) for name in data_names()}
    return tuple(sorted(filter(stages.get, stages), key=lambda name: (len(stages[name]), name)))


def variants(key: str) -> tuple[str, ...]:
    """Give the names of the variants of a published framework.

    Parameters
    ----------
    key : str
        Of the framework, without a variant.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> variants("eight"), variants("five")
    (('time',), ())
    """
    return tuple(read_data(key).get("variants", {}))


@cache
def published_keys() -> tuple[str, ...]:
    """Give the keys of the published frameworks and, after them, of their variants.

    Returns
    -------
    tuple of str

    Examples
    --------
    >>> published_keys()
    ('five', 'seven', 'eight', 'nine', 'full', 'eight:time', 'full:time')
    """
    keys = (*documented_keys(), SPINE)
    return (*keys, *(f"{key}:{variant}" for key in keys for variant in variants(key)))


@cache
def published_document(key: str) -> Document:
    """Give what a published framework or a variant of it holds.

    Parameters
    ----------
    key : str
        One of :func:`published_keys`.

    Returns
    -------
    dict
        Fit for :class:`cvjkit.catalog.framework.Framework`. Shared by all who ask: do not change
        it.

    Examples
    --------
    >>> [stage["name"] for stage in published_document("five")["stages"]][:2]
    ['Reach', 'Acquisition']
    """
    base, _, variant = key.partition(":")
    data = read_data(base)
    document = {field: data[field] for field in data if field not in NOT_FIELDS}
    document["stages"] = _spine_stages(variant) if base == SPINE else _stages(base)
    if not variant:
        return document
    changes = {**data["variants"][variant], "key": key}
    return changed(document, changes)[0]


def _stages(base: str) -> list[Document]:
    return [
        {**row, "disagreement_ids": _concerning(f"{base}.{row['key']}")}
        for row in read_data(base)["stages"]
    ]


def _spine_stages(variant: str) -> list[Document]:
    branches = ("main", "habit", "voice", variant)
    return [_as_stage(milestone) for milestone in milestones() if milestone.branch in branches]


def _as_stage(milestone: Milestone) -> Document:
    documented = (key for key in published_keys() if not key.startswith(SPINE))
    stages = chain.from_iterable(published_document(key)["stages"] for key in documented)
    tactics = (stage.get("tactics", ()) for stage in stages if stage["milestone"] == milestone.key)
    return {
        **milestone.model_dump(include=set(Step.model_fields)),
        "milestone": milestone.key,
        "tactics": list(dict.fromkeys(chain.from_iterable(tactics))),
        "disagreement_ids": _concerning(milestone.key),
    }


def _concerning(stage_or_milestone: str) -> list[str]:
    """Find the questions about a milestone, or a stage written ``eight.conversion``."""
    return [
        disagreement.id
        for disagreement in disagreements()
        if stage_or_milestone in (*disagreement.stages, *disagreement.milestones)
    ]
