"""What-ifs that are kept: named differences on a journey, each a list of paths and values.

A what-if of people who were counted starts from the plan that explains them: counts are evidence,
and what is typed over a rate would not change what was counted after it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeVar

from cvjkit.errors import Fault, InputError, shown, unknown_name
from cvjkit.model.changes import pooled_at
from cvjkit.model.checks import framework_of
from cvjkit.paths import Title, flattened, path_of

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.design import Design

AnyDesign = TypeVar("AnyDesign", bound="Design")

FIELDS = ("name", "on", "framework", "changes", "cleared")
PEOPLE = re.compile(
    r"(segments\b.*[.](rates|people|entrants|counts)|stages\b.*[.](rate|people))\b.*"
)
MOST_ROUNDS = 50
SETTLED = 1e-10


@dataclass(frozen=True)
class Scenario:
    """A what-if as it is kept.

    Parameters
    ----------
    name : str
    changes : mapping of str to object
        The values by their paths, as `Design.put` takes them; None clears one.
    on : str or None
        Name of the scenario it stands on; None for the journey itself.
    framework : Framework or None
        The framework its paths are about, if it is not that of what it stands on.
    """

    name: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    on: str | None = None
    framework: Framework | None = None

    def document(self) -> dict[str, Any]:
        """Give it as plain values, as a file holds it.

        Returns
        -------
        dict
        """
        framework = self.framework
        fields: dict[str, Any] = {
            "on": self.on,
            "framework": None if framework is None else _framework_document(framework),
            "changes": {path: value for path, value in self.changes.items() if value is not None},
            "cleared": [path for path, value in self.changes.items() if value is None],
        }
        return {"name": self.name, **{key: value for key, value in fields.items() if value}}

    def about(self, before: Framework, after: Framework) -> Scenario:
        """Give it for a journey that was carried into another framework.

        Parameters
        ----------
        before : Framework
            That of the journey until then.
        after : Framework

        Returns
        -------
        Scenario
            Its paths are about the framework that they were about before.
        """
        if self.on is not None:
            return self
        framework = self.framework or before
        return replace(self, framework=None if framework == after else framework)


def plain_changes(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Write values as a file holds them.

    Parameters
    ----------
    changes : mapping of str to object
        Values by their paths.

    Returns
    -------
    dict
    """
    return {path: _plain(value) for path, value in changes.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, bool | int):
        return value
    return float(value) if isinstance(value, Real) else value


def _framework_document(framework: Framework) -> Any:
    try:
        is_published = framework_of(framework.key) == framework
    except InputError:
        is_published = False
    return framework.key if is_published else framework.document()


def read_scenarios(rows: object) -> tuple[tuple[Scenario, ...], list[Fault]]:
    """Read scenarios from plain values.

    Parameters
    ----------
    rows : object
        What `Scenario.document` gives, a list of them. Whether their paths lead anywhere is not
        looked at.

    Returns
    -------
    tuple
        Those without faults; the faults.
    """
    if rows is None:
        return (), []
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        return (), [Fault("scenarios", rows, "must be a list", "write it as [[scenarios]]")]
    read: list[Scenario] = []
    faults: list[Fault] = []
    for index, row in enumerate(rows):
        scenario, found = _read(row, index)
        faults += found
        if scenario is not None:
            read.append(scenario)
    names = [scenario.name for scenario in read]
    for name in sorted({name for name in names if names.count(name) > 1}):
        fix = "keep one, or give the other another name"
        faults.append(Fault("scenarios", name, "is listed more than once", fix))
    for scenario in read if not faults else ():
        line = [scenario.name]
        by_name = {one.name: one for one in read}
        while (on := by_name[line[-1]].on) is not None and on in by_name and on not in line:
            line.append(on)
        if on is not None:
            path = path_of(("scenarios", Title(scenario.name), "on"))
            fault = unknown_name(path, on, [name for name in names if name not in line])
            if on in line:
                fault = replace(fault, rule="stands on itself in the end")
            faults.append(fault)
    return tuple(read), faults


def _read(row: object, index: int) -> tuple[Scenario | None, list[Fault]]:
    here = path_of(("scenarios", Title(index)))
    if not isinstance(row, Mapping):
        return None, [Fault(here, row, "must be a table", "give it named fields")]
    name = row.get("name")
    if not isinstance(name, str) or not name.strip():
        rule = "must not be empty" if isinstance(name, str) else "must be text"
        return None, [Fault(f"{here}.name", name, rule, "give it a name")]
    here = path_of(("scenarios", Title(name)))
    faults = [unknown_name(f"{here}.{key}", key, FIELDS) for key in row if key not in FIELDS]
    on, framework, changes, cleared = (row.get(key) for key in FIELDS[1:])
    if on is not None and not isinstance(on, str):
        faults.append(Fault(f"{here}.on", on, "must be text", "name another scenario"))
    if changes is not None and not isinstance(changes, Mapping):
        fix = 'write "stages.conversion.rate" = 0.25 below [scenarios.changes]'
        faults.append(Fault(f"{here}.changes", changes, "must be a table", fix))
    if cleared is not None and not _are_texts(cleared):
        faults.append(Fault(f"{here}.cleared", cleared, "must be a list of paths", "correct it"))
    chosen = None
    if framework is not None:
        try:
            chosen = framework_of(framework)
        except InputError as error:
            faults += [replace(fault, field=f"{here}.{fault.field}") for fault in error.faults]
    if faults:
        return None, faults
    typed = flattened(changes or {})
    return Scenario(name, typed | dict.fromkeys(cleared or (), None), on, chosen), []


def _are_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(text, str) for text in value)


def started(
    design: AnyDesign, framework: Framework | None = None, changes: Iterable[str] | None = None
) -> AnyDesign:
    """Give what a what-if starts from: a plan, in a framework.

    Parameters
    ----------
    design : Design
    framework : Framework, optional
        By default its own.
    changes : iterable of str, optional
        Paths of what changes. If that is nothing about people and no plan explains them, the
        counts will do.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        If people are counted after a stage where they are not known: no plan explains them.
    """
    if framework is not None and framework != design.framework:
        design = design.in_framework(framework)
    if not any(one.observed for one in design.segments):
        return design
    try:
        return design.planned()
    except InputError:
        if changes is None or any(map(_is_of_people, changes)):
            raise
        return design


def _is_of_people(path: str) -> bool:
    return PEOPLE.fullmatch(path) is not None


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
    rule, fix = "does not hold together with the other changes", "leave one of them out"
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
