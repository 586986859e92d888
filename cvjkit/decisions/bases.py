"""What a scenario stands on, what it starts from, and what it changes there.

A what-if of people who were counted starts from the plan that explains them: counts are evidence,
and what is typed over a rate would not change what was counted after it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cvjkit.decisions.difference import difference
from cvjkit.decisions.scenario import Scenario
from cvjkit.errors import InputError

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.decisions.kept import WithScenarios
    from cvjkit.model.design import Design

AnyDesign = TypeVar("AnyDesign", bound="Design")
AnyJourney = TypeVar("AnyJourney", bound="WithScenarios")

PEOPLE = re.compile(
    r"(segments\b.*[.](rates|people|entrants|counts)|stages\b.*[.](rate|people))\b.*"
)


@dataclass(frozen=True)
class WhatIf:
    """What a journey knows of the what-ifs on it, and of the one it is.

    Parameters
    ----------
    kept : tuple of Scenario
        Those kept with the journey; of a scenario, none: its base has them.
    removed : frozenset of str
        Names of those that are no longer kept, though a file may still have them.
    base : WithScenarios or None
        What the journey is a what-if on.
    given : mapping or None
        The changes as they were given; None once others were made.
    """

    kept: tuple[Scenario, ...] = ()
    removed: frozenset[str] = frozenset()
    base: WithScenarios | None = None
    given: Mapping[str, Any] | None = None


def root_of(journey: AnyJourney) -> AnyJourney:
    """Find what a scenario stands on in the end.

    Parameters
    ----------
    journey : WithScenarios

    Returns
    -------
    WithScenarios
        The journey itself if it is no scenario.
    """
    return journey if journey.base is None else root_of(journey.base)


def kept_with(journey: WithScenarios) -> tuple[Scenario, ...]:
    """List the scenarios of the file that a journey belongs to.

    Parameters
    ----------
    journey : WithScenarios

    Returns
    -------
    tuple of Scenario
        A scenario is among them itself.
    """
    if journey.base is None:
        return journey.what_if.kept
    row = row_of(journey)
    others = kept_with(journey.base)
    if row.name in [other.name for other in others]:
        return tuple(row if other.name == row.name else other for other in others)
    return (*others, row)


def row_of(scenario: WithScenarios) -> Scenario:
    """Give a scenario as it is kept.

    Parameters
    ----------
    scenario : WithScenarios

    Returns
    -------
    Scenario
    """
    base = scenario.base
    on = None if base is None or base.base is None else base.name
    is_same = base is None or base.framework == scenario.framework
    framework = None if is_same else scenario.framework
    return Scenario(scenario.name, changed_in(scenario), on, framework)


def start_of(scenario: WithScenarios) -> WithScenarios:
    """Give what a scenario started from.

    Parameters
    ----------
    scenario : WithScenarios

    Returns
    -------
    WithScenarios
        Its base as a plan, in the scenario's framework; a journey that is no scenario itself.
    """
    base = scenario.base
    if base is None:
        return scenario
    if any(segment.observed for segment in scenario.segments):
        is_same = base.framework == scenario.framework
        return base if is_same else base.in_framework(scenario.framework)
    return scenario._once("start", lambda: started(base, scenario.framework))  # noqa: SLF001 - worked out once


def changed_in(scenario: WithScenarios) -> Mapping[str, Any]:
    """Give the changes that make a scenario.

    Parameters
    ----------
    scenario : WithScenarios

    Returns
    -------
    mapping of str to object
        Values by their paths: as they were given, or what was changed since.
    """
    given = scenario.what_if.given
    if given is not None:
        return given
    return scenario._once("changes", lambda: difference(start_of(scenario), scenario))  # noqa: SLF001 - worked out once


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
