"""Scenarios made from the rows that are kept, each on the journey that it stands on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from cvjkit.decisions.bases import WhatIf, kept_with, root_of, started
from cvjkit.decisions.putting import with_changes
from cvjkit.errors import Fault, InputError
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from cvjkit.decisions.kept import WithScenarios
    from cvjkit.decisions.scenario import Scenario

AnyJourney = TypeVar("AnyJourney", bound="WithScenarios")


def knowing(journey: AnyJourney, what_if: WhatIf) -> AnyJourney:
    """Let a new journey know of what-ifs.

    Parameters
    ----------
    journey : WithScenarios
        One that nobody has yet.
    what_if : WhatIf

    Returns
    -------
    WithScenarios
        The same.
    """
    journey._what_if = what_if  # noqa: SLF001 - nobody has it yet
    return journey


def with_rows_kept(journey: AnyJourney, rows: Iterable[Scenario]) -> AnyJourney:
    """Make the same journey with other scenarios.

    Parameters
    ----------
    journey : WithScenarios
    rows : iterable of Scenario

    Returns
    -------
    WithScenarios
    """
    kept, before = tuple(rows), journey.what_if
    names = {row.name for row in kept}
    removed = (before.removed | {row.name for row in before.kept}) - names
    return knowing(journey.model_copy(), WhatIf(kept, removed))


def made_on(base: AnyJourney, row: Scenario, *, is_kept: bool = False) -> AnyJourney:
    """Make a scenario.

    Parameters
    ----------
    base : WithScenarios
        What it stands on.
    row : Scenario
    is_kept : bool
        Whether faults name the scenario; by default they are as of `put`.

    Returns
    -------
    WithScenarios

    Raises
    ------
    InputError
        With everything that is wrong.
    """

    def named(path: str) -> str:
        return path_of(("scenarios", Title(row.name), "changes", Title(path)))

    start = started(base, row.framework, row.changes)
    made = with_changes(start, row.changes, named if is_kept else None).put("name", row.name)
    return knowing(made, WhatIf(base=base, given=dict(row.changes)))


def all_on(root: AnyJourney, rows: Sequence[Scenario]) -> list[AnyJourney]:
    """Make all scenarios of a journey.

    Parameters
    ----------
    root : WithScenarios
    rows : sequence of Scenario

    Returns
    -------
    list of WithScenarios
        In the order of the rows.

    Raises
    ------
    InputError
        With everything that is wrong in any of them.
    """
    made, refused = _each_on(root, rows)
    if refused:
        faults = [fault for row in rows if row.name in refused for fault in refused[row.name]]
        raise InputError(f"journey {root.name}", faults)
    return [made[row.name] for row in rows]


def possible_with(
    journey: AnyJourney,
) -> tuple[Mapping[str, AnyJourney], Mapping[str, Sequence[Fault]]]:
    """Make the scenarios that are kept with a journey, as far as they are possible by now.

    Parameters
    ----------
    journey : WithScenarios

    Returns
    -------
    tuple of (mapping of str to WithScenarios, mapping of str to sequence of Fault)
        By their names, those that are possible, and what is wrong with the others.
    """
    return journey._once(  # noqa: SLF001 - worked out once
        "possible", lambda: _each_on(root_of(journey), kept_with(journey))
    )


def _each_on(
    root: AnyJourney, rows: Sequence[Scenario]
) -> tuple[dict[str, AnyJourney], dict[str, Sequence[Fault]]]:
    """Make each scenario of a journey, or tell what is wrong with it."""
    made: dict[str, AnyJourney] = {}
    refused: dict[str, Sequence[Fault]] = {}
    waiting = list(rows)
    while waiting:
        row = next(row for row in waiting if row.on is None or row.on in {*made, *refused})
        waiting.remove(row)
        if row.on in refused:
            path = path_of(("scenarios", Title(row.name), "on"))
            fix = "correct that one first"
            refused[row.name] = [Fault(path, row.on, "is itself not possible", fix)]
            continue
        try:
            base = root if row.on is None else made[row.on]
            made[row.name] = made_on(base, row, is_kept=True)
        except InputError as error:
            refused[row.name] = error.faults
    return made, refused
