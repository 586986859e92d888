"""What-ifs that are kept: named differences on a journey, each a list of paths and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import TYPE_CHECKING, Any

from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.checks import framework_of
from cvjkit.paths import Title, flattened, path_of

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework

FIELDS = ("name", "on", "framework", "changes", "cleared")


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
                fault = replace(fault, rule="is based on itself in the end")
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
