"""Which events of a log are those of which stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.errors import Fault, InputError, is_one_of, unknown_name
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Ints

Pattern = str | re.Pattern[str]
WILD = frozenset("*?[")


def keys_by_name(framework: Framework, stages: Iterable[str]) -> dict[str, str]:
    """Say by which names stages may be given: their keys, and the milestones they stand for.

    Parameters
    ----------
    framework : Framework
    stages : iterable of str
        Keys of some of its stages.

    Returns
    -------
    dict of str to str
        Keys of stages, by name: first those that are keys. No milestone that is the key of a stage
        of the framework stands for another.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> keys_by_name(framework("five"), ["reach", "conversion"])
    {'reach': 'reach', 'conversion': 'conversion', 'aware': 'reach', 'first_payment': 'conversion'}
    """
    own = {key: key for key in stages}
    at = {name: framework.keys[index] for name, index in framework.by_milestone.items()}
    taken = {*framework.keys}
    return own | {name: key for name, key in at.items() if key in own and name not in taken}


def names_by_stage(
    events: Mapping[Any, str | Iterable[str]],
    names: Sequence[str],
    framework: Framework,
    exclusions: Iterable[str] = (),
) -> dict[str, tuple[str, ...]]:
    """Find the events of each stage.

    Parameters
    ----------
    events : mapping of str or re.Pattern to str or iterable of str
        Which events are those of which stages. An event is given by its name; by a pattern with
        ``*``, ``?`` or ``[...]`` that its whole name fits; or by a regular expression that is found
        anywhere in it. Upper and lower case differ. A stage is given by its key or by the
        milestone it is anchored at. What fits several is an event of all their stages.
    names : sequence of str
        Of the events in the log.
    framework : Framework
    exclusions : iterable of str
        Names of exclusions, which are given events like stages.

    Returns
    -------
    dict of str to tuple of str
        Names of events, in the order of `names`, by the keys of the stages that have any, in the
        order of the framework; then by exclusions.

    Raises
    ------
    InputError
        With all that fits no event and all that is no stage; lists the choices.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> names = ("view/home", "view/about", "buy", "scroll")
    >>> events = {"view/*": "aware", re.compile("^buy"): ["conversion", "retention"]}
    >>> names_by_stage(events, names, framework("five"))
    {'reach': ('view/home', 'view/about'), 'conversion': ('buy',), 'retention': ('buy',)}
    """
    given: object = events  # what a person gives may be anything
    if not isinstance(given, Mapping) or not given:
        fix = f'write {{"name of the event": "{framework.keys[0]}"}}'
        fault = Fault("events", given, "must map events to stages", fix)
        raise InputError("the events of each stage", [fault])
    apart = tuple(exclusions)
    keys = keys_by_name(framework, framework.keys) | {name: name for name in apart}
    found: dict[str, set[str]] = {key: set() for key in (*framework.keys, *apart)}
    faults: list[Fault] = []
    for pattern, stages in given.items():
        field = path_of(("events", Title(_text(pattern))))
        fitting = _fitting(pattern, names)
        if not fitting:
            faults.append(_fits_none(field, pattern, names))
        several = isinstance(stages, Iterable) and not isinstance(stages, str)
        for key in stages if several else [stages]:
            if is_one_of(key, keys):
                found[keys[key]].update(fitting)
            else:
                faults.append(unknown_name(field, key, keys))
    if faults:
        raise InputError("the events of each stage", faults)
    return {
        key: tuple(name for name in names if name in fitting)
        for key, fitting in found.items()
        if fitting
    }


def masks_of(
    by_stage: Mapping[str, Iterable[str]], meanings: Iterable[Iterable[str]], definition: Definition
) -> Ints:
    """Give the mask that the events of each code have.

    Parameters
    ----------
    by_stage : mapping of str to iterable of str
        As `names_by_stage` finds them.
    meanings : iterable of iterable of str
        The names of the events, in the order of their codes; as in `Labels`.
    definition : Definition
        Has a step or an exclusion for each key of `by_stage`.

    Returns
    -------
    ndarray of int64, shape (codes,)
        Sums of `definition.bits`; 0 for an event of no stage.

    Examples
    --------
    >>> from cvjkit.measurement.definition import Definition, Step
    >>> steps = Definition((Step("reach"), Step("conversion")))
    >>> events = {"reach": ["view"], "conversion": ["buy"]}
    >>> masks_of(events, [["view"], ["scroll"], ["scroll", "buy"]], steps)
    array([1, 0, 2])
    """
    masks = dict[str, int]()
    for key, fitting in by_stage.items():
        for name in fitting:
            masks[name] = masks.get(name, 0) | definition.bits[key]
    found = [reduce(or_, (masks.get(name, 0) for name in names)) for names in meanings]
    return np.array(found, dtype=np.int64)


def _fitting(pattern: object, names: Sequence[str]) -> list[str]:
    if isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str):
        return [name for name in names if pattern.search(name)]
    # A name is meant as it is written, even if it looks like a pattern.
    if not isinstance(pattern, str) or pattern in names:
        return [name for name in names if name == pattern]
    return [name for name in names if fnmatchcase(name, pattern)]


def _fits_none(field: str, pattern: object, names: Sequence[str]) -> Fault:
    fault = unknown_name(field, pattern, names)
    if isinstance(pattern, str) and not WILD & set(pattern):
        return fault
    return Fault(field, None, "fits no event of the log", fault.fix)


def _text(pattern: object) -> str:
    return str(pattern.pattern if isinstance(pattern, re.Pattern) else pattern)
