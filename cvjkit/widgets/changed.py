"""What somebody has changed of a journey, as values by their paths: enough to come back to it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.lookup import published_frameworks
from cvjkit.decisions.bases import changed_in
from cvjkit.decisions.difference import difference
from cvjkit.decisions.made import with_rows_kept
from cvjkit.decisions.putting import with_changes
from cvjkit.decisions.scenario import read_scenarios
from cvjkit.errors import InputError, unknown_name
from cvjkit.widgets.step import Step, within
from cvjkit.widgets.what_if import in_what_if_or_not, typed_on, with_what_if

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.journey import Journey

STAGE_IN_PATH = re.compile(r"(?:stages|segments\[.*\]\.\w+)\.([^.]+)")


@dataclass(frozen=True, slots=True)
class Changed:
    """What is changed of a journey, and how it is shown.

    Parameters
    ----------
    shown_in : str
        Key of the framework it is edited in; empty for the one it asks to be shown in.
    is_what_if : bool
        Whether the what-if is edited, and not the journey.
    recorded, typed : mapping of str to object
        Values by their paths: of the journey itself, and of the what-if on it.
    recorded_in, typed_in : str
        Keys of the frameworks that these paths are about; empty for the journey's own.
    kept : tuple of dict or None
        The what-ifs that are kept with it, as a file holds them; None for those of its file.
    """

    shown_in: str = ""
    is_what_if: bool = True
    recorded: Mapping[str, Any] = field(default_factory=dict)
    recorded_in: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)
    typed_in: str = ""
    kept: Sequence[Any] | None = None


def changed_since(first: Journey, step: Step) -> Changed:
    """Say what is changed.

    Parameters
    ----------
    first : Journey
        As its file has it.
    step : Step
        As it is now.

    Returns
    -------
    Changed

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])
    >>> other = shop.with_stage("reach", unit_cost=7)
    >>> changed_since(shop, Step(other, other)).recorded
    {'stages.reach.unit_cost': 7.0}
    """
    whole, typed = step.whole, step.typed
    recorded: dict[str, Any] = {}
    if whole != first:
        recorded = difference(within(first, whole.framework), whole)
        recorded |= {"name": whole.name} if whole.name != first.name else {}
    if typed is not None:
        try:
            typed = typed_on(whole, typed)
        except InputError:
            # The record was changed since, and leaves no room for it.
            typed = None
    kept = whole.what_if.kept
    return Changed(
        _key(step.shown.framework, first.in_view().framework),
        step.is_what_if,
        recorded,
        _key(whole.framework, first.framework),
        {} if typed is None else changed_in(typed),
        "" if typed is None or not changed_in(typed) else _key(typed.framework, whole.framework),
        None if kept == first.what_if.kept else tuple(row.document() for row in kept),
    )


def step_with(first: Journey, changed: Changed) -> Step:
    """Come back to what was changed.

    Parameters
    ----------
    first : Journey
        As its file has it by now.
    changed : Changed

    Returns
    -------
    Step

    Raises
    ------
    ValueError
        If it is not possible: an InputError that says why.
    """
    whole = first
    if changed.recorded or changed.recorded_in:
        whole = within(first, _framework(first, changed.recorded_in, first.framework))
        whole = with_changes(whole, changed.recorded)
    if changed.kept is not None:
        rows, faults = read_scenarios(list(changed.kept))
        if faults:
            raise InputError(first.name, faults)
        whole = with_rows_kept(whole, rows)
    shown = within(whole, _framework(first, changed.shown_in, first.in_view().framework))
    step = Step(whole, shown)
    if changed.typed:
        start = within(whole, _framework(first, changed.typed_in, _meant(changed, step)))
        try:
            step = with_what_if(step, start, changed.typed)
        except ValueError:
            if changed.is_what_if:
                raise
    elif changed.is_what_if:
        step, _ = in_what_if_or_not(step, None)
    return replace(step, is_what_if=step.is_what_if and changed.is_what_if)


def _meant(changed: Changed, step: Step) -> Framework:
    """Find the framework of a what-if that names none, as a link that was typed by hand.

    It is the journey's own, or the one that is shown if the stages are only there.
    """
    stages = {named[1] for path in changed.typed if (named := STAGE_IN_PATH.match(path))}
    own = step.whole.framework
    return own if stages <= {*own.keys} else step.shown.framework


def _key(framework: Framework, default: Framework) -> str:
    return "" if framework == default else framework.key


def _framework(first: Journey, key: str, default: Framework) -> Framework:
    """Find a framework by its key: the journey's own, or a published one."""
    if not key:
        return default
    known = {one.key: one for one in (*published_frameworks(), first.framework)}
    if key not in known:
        raise InputError(first.name, [unknown_name("framework", key, known)])
    return known[key]
