"""The steps of a session in which a what-if is edited, and not the journey that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cvjkit.decisions.bases import WhatIf, changed_in, started
from cvjkit.decisions.difference import difference
from cvjkit.decisions.made import knowing, possible_with
from cvjkit.errors import InputError
from cvjkit.widgets.refusal import sentence
from cvjkit.widgets.step import Step, within

if TYPE_CHECKING:
    from cvjkit.journey import Journey

NO_WHAT_IF = "No what-if is possible here, so the numbers are shown as they were counted:"
NO_LONGER = "The what-if is no longer possible:"
TYPED_ELSEWHERE = "The what-if was typed in {}, and does not say how many reach every stage here."


def _in_what_if(step: Step, typed: Journey | None) -> tuple[Step, str]:
    """Turn to a what-if: the one that was typed, if it is still possible, else a new one."""
    note = ""
    if typed is not None and changed_in(typed):
        try:
            return _with_typed(step, typed_on(step.whole, typed)), ""
        except InputError as error:
            note = f"{NO_LONGER} {sentence(error, step.whole)}"
    fresh = _made(step.shown, {})
    return replace(step, typed=fresh, plan=fresh, is_what_if=True), note


def in_what_if_or_not(step: Step, typed: Journey | None) -> tuple[Step, str]:
    """Turn to a what-if: the one that was typed, or a new one; where none is possible, stay.

    Parameters
    ----------
    step : Step
    typed : Journey or None

    Returns
    -------
    tuple of (Step, str)
    """
    try:
        return _in_what_if(step, typed)
    except InputError as error:
        return replace(step, is_what_if=False), f"{NO_WHAT_IF} {sentence(error, step.whole)}"
    except ValueError as error:
        return replace(step, is_what_if=False), sentence(error)


def turned_to(step: Step, *, what_if: bool) -> tuple[Step, str]:
    """Turn to the what-if that was typed, or a new one, or to the journey that it is about.

    Parameters
    ----------
    step : Step
    what_if : bool

    Returns
    -------
    tuple of (Step, str)
        And what there is to say about it.

    Raises
    ------
    ValueError
        If no what-if is possible.
    """
    return _in_what_if(step, step.typed) if what_if else (replace(step, is_what_if=False), "")


def with_kept(step: Step, name: str) -> Step:
    """Turn to a what-if that is kept.

    Parameters
    ----------
    step : Step
    name : str

    Returns
    -------
    Step

    Raises
    ------
    ValueError
        If it is not possible.
    """
    made, refused = possible_with(step.whole)
    if name in refused:
        raise InputError(step.whole.name, refused[name])
    return _with_typed(step, typed_on(step.whole, made[name]))


def with_kept_of(journey: Journey, other: Journey) -> Journey:
    """Let a journey keep the what-ifs of another as well.

    Parameters
    ----------
    journey : Journey
    other : Journey

    Returns
    -------
    Journey
        Of two that have one name, the other's is kept.
    """
    rows = {row.name: row for one in (journey, other) for row in one.what_if.kept}
    kept = tuple(rows.values())
    if kept == journey.what_if.kept:
        return journey
    return knowing(journey.model_copy(), replace(journey.what_if, kept=kept))


def with_what_if(step: Step, start: Journey, changes: Mapping[str, Any]) -> Step:
    """Turn to the what-if that changes something.

    Parameters
    ----------
    step : Step
    start : Journey
        The journey of that step, in the framework that the paths are about.
    changes : mapping of str to object
        Values by their paths.

    Returns
    -------
    Step

    Raises
    ------
    ValueError
        If it is not possible.
    """
    typed = _made(start, changes)
    if typed.framework == step.shown.framework:
        return replace(step, typed=typed, plan=typed, is_what_if=True)
    return _with_typed(step, typed)


def _with_typed(step: Step, typed: Journey) -> Step:
    """Turn to a what-if, as far as its numbers say all that is known where it is shown."""
    plan = typed
    if typed.framework != step.shown.framework:
        plan = knowing(typed.in_framework(step.shown.framework), WhatIf(base=step.shown))
    if not _knows_as_much(plan, step.shown):
        raise ValueError(TYPED_ELSEWHERE.format(typed.framework.name))
    return replace(step, typed=typed, plan=plan, is_what_if=True)


def typed_on(whole: Journey, typed: Journey) -> Journey:
    """Make a what-if on the journey as it is by now, in the framework it was typed in.

    Parameters
    ----------
    whole : Journey
    typed : Journey
        The what-if as it was typed.

    Returns
    -------
    Journey

    Raises
    ------
    InputError
        If it is not possible any more.
    """
    start = within(whole, typed.framework)
    if typed.base == start:
        return typed
    stands_on = typed.base
    if stands_on is None or stands_on.base is None:
        return _made(start, changed_in(typed))
    # It stands on another what-if, and differs from the journey by the changes of both.
    return _made(start, difference(started(start), typed))


def _made(journey: Journey, changes: Mapping[str, Any]) -> Journey:
    made = journey.scenario(journey.name, changes)
    if any(segment.observed for segment in made.segments):
        journey.planned()  # it raises what is missing
    return made


def _knows_as_much(plan: Journey, shown: Journey) -> bool:
    """Tell whether a what-if has people wherever there are some without it."""
    pairs = zip(plan.flow().numbers("people"), shown.flow().numbers("people"), strict=True)
    return all(after is not None for after, before in pairs if before is not None)
