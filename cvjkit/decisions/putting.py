"""Several values put into a design, so that all of them hold in the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

from cvjkit.errors import Fault, InputError, shown
from cvjkit.model.changes import pooled_at

if TYPE_CHECKING:
    from cvjkit.model.design import Design

AnyDesign = TypeVar("AnyDesign", bound="Design")

MOST_ROUNDS = 50
SETTLED = 1e-10


def with_changes(
    design: AnyDesign,
    changes: Mapping[str, Any],
    named: Callable[[str], str] | None = None,
) -> AnyDesign:
    """Put several values into a design, so that all of them hold in the end.

    Parameters
    ----------
    design : Design
        A plan.
    changes : mapping of str to object
        The values by their paths.
    named : callable, optional
        Takes a path and gives what a fault there is to name; by default faults are as of `put`.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        With everything that is wrong.

    Notes
    -----
    People at a stage, and a rate of all segments, depend on what comes before: they are put last,
    from the first stage on, and again until they hold together.
    """
    stages: dict[str, int] = {}
    for path in changes:
        with suppress(InputError):  # `put` tells what is wrong with it
            pooled = pooled_at(design, path)
            stages |= {} if pooled is None else {path: pooled.stage}
    fields = {path: value for path, value in changes.items() if path not in stages}
    numbers = {path: changes[path] for path in sorted(stages, key=stages.__getitem__)}
    design, refused = _with_all(design, fields)
    if not refused:
        design, refused = _with_numbers(design, numbers)
    if refused:
        raise InputError(
            f"journey {design.name}",
            [
                fault
                for path, error in refused.items()
                for fault in _told(error, path, changes[path], named)
            ],
        )
    return design


def _with_all(
    design: AnyDesign, changes: Mapping[str, Any]
) -> tuple[AnyDesign, dict[str, InputError]]:
    """Put values one after another; what is refused comes again as long as it helps."""
    waiting = dict(changes)
    while waiting:
        refused: dict[str, InputError] = {}
        for path, value in waiting.items():
            try:
                design = design.put(path, value)
            except InputError as error:
                refused[path] = error
        if len(refused) == len(waiting):
            return design, refused
        # What was refused may be possible by now: two rates whose sum was more than 1.
        waiting = {path: waiting[path] for path in refused}
    return design, {}


def _with_numbers(
    design: AnyDesign, numbers: Mapping[str, Any]
) -> tuple[AnyDesign, dict[str, InputError]]:
    """Put numbers that depend on what comes before, until they hold together."""
    missed = list(numbers)
    for _ in range(MOST_ROUNDS):
        design, refused = _with_all(design, numbers)
        missed = [path for path, value in numbers.items() if not _holds(design, path, value)]
        if refused or not missed:
            return design, refused
    rule, fix = "contradicts the other changes", "leave one of them out"
    return design, {
        path: InputError(design.name, [Fault(path, numbers[path], rule, fix)]) for path in missed
    }


def _holds(design: Design, path: str, value: object) -> bool:
    found = design.get(path)
    if not isinstance(value, Real) or not isinstance(found, float):
        return bool(found == value)
    return math.isclose(found, float(value), rel_tol=SETTLED)


def _told(
    error: InputError, path: str, value: object, named: Callable[[str], str] | None
) -> list[Fault]:
    """Name the change that faults come from."""
    if named is None:
        return list(error.faults)
    return [
        Fault(named(path), value, fault.rule, fault.fix)
        if fault.field == path or fault.value == value
        else Fault(
            named(path), value, f"at {fault.field}: {shown(fault.value)} {fault.rule}", fault.fix
        )
        for fault in error.faults
    ]
