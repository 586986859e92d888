"""What is typed into fields: how its numbers are read, and what of it a journey takes.

What it does not take stays in its field, to be corrected or to come right.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.decisions.putting import with_changes
from cvjkit.model.changes import pooled_at
from cvjkit.model.rows import is_index, step_to
from cvjkit.numbers import NO_EVIDENCE, Evidence
from cvjkit.paths import path_of, steps_of
from cvjkit.widgets.fields import Put
from cvjkit.widgets.refusal import sentence
from cvjkit.widgets.step import Step, with_edited
from cvjkit.widgets.what_if import turned_to

if TYPE_CHECKING:
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Address, Field


class Input(NamedTuple):
    """A text that was typed, what is wrong with it, and what it is to be read with."""

    text: str
    message: str = ""
    evidence: Evidence = NO_EVIDENCE


@dataclass(frozen=True, slots=True)
class Typing:
    """What is being typed, and what of it does not hold.

    Parameters
    ----------
    wrong : mapping of address to Input
        What does not hold.
    run : hashable
        Edits in a row that have the same one are one step to undo.
    begun : Step or None
        The step in which the run began; None if the next edit begins another.
    before : mapping of address to Input
        What did not hold then.
    offered : Step or None
        What was refused, as it is possible in the other mode.
    """

    wrong: Mapping[Address, Input] = field(default_factory=dict)
    run: Hashable = None
    begun: Step | None = None
    before: Mapping[Address, Input] = field(default_factory=dict)
    offered: Step | None = None

    def go_on(
        self,
        now: Step,
        inputs: Mapping[Address, Input],
        fields: Mapping[Address, Field],
        run: Hashable = None,
    ) -> tuple[Step, Typing]:
        """Take in what was typed: what cannot be is marked, the rest holds.

        Parameters
        ----------
        now : Step
        inputs : mapping of address to Input
        fields : mapping of address to Field
            Those that were shown.
        run : hashable, optional
            By default, the edit is a step of its own.

        Returns
        -------
        tuple of (Step, Typing)
        """
        begun, before = self.begun, self.before
        if begun is None or run is None or run != self.run:
            begun, before = now, self.wrong
        # A factor of all segments, or what is cut at 1, depends on what there was before it.
        changed, wrong = _put_in(begun.edited, {**before, **inputs}, fields)
        step, offered = with_edited(now, changed, begun), None
        if len(inputs) == 1 and wrong.keys() >= inputs.keys():
            (at,) = inputs
            offered = _in_other_mode(step, fields[at].edit, inputs[at])
        return step, Typing(wrong, object() if run is None else run, begun, before, offered)

    def without(self, addresses: Iterable[Address]) -> Typing:
        """Take back what was typed in fields.

        Parameters
        ----------
        addresses : iterable of address

        Returns
        -------
        Typing
        """
        out = {*addresses}
        wrong = {at: entry for at, entry in self.wrong.items() if at not in out}
        return replace(self, wrong=wrong, begun=None)


def _put_in(
    journey: Journey, inputs: Mapping[Address, Input], fields: Mapping[Address, Field]
) -> tuple[Journey, dict[Address, Input]]:
    """Put into a journey what was typed, as much of it as is possible."""
    waiting = {at: entry for at, entry in inputs.items() if at in fields}
    while waiting:
        refused: dict[Address, Input] = {}
        for address, entry in waiting.items():
            edit = fields[address].edit
            if not isinstance(edit, Put):
                continue
            try:
                journey = edit.apply(journey, entry.text, entry.evidence)
            except ValueError as error:
                paths = {edit.path, _with_title(journey, edit.path)}
                message = sentence(error, journey, entry.text, paths)
                refused[address] = entry._replace(message=message)
        if len(refused) == len(waiting):
            return journey, refused
        # What was refused may be possible by now: two rates whose sum was more than 1.
        waiting = refused
    return journey, {}


def without(step: Step, edit: object) -> Journey:
    """Give what is edited without what a what-if changes in a field.

    Parameters
    ----------
    step : Step
    edit : Edit
        Of the field.

    Returns
    -------
    Journey
        The same one if nothing is changed there.

    Raises
    ------
    ValueError
        If another change does not allow it.
    """
    if step.base is None or not isinstance(edit, Put):
        return step.edited
    return _taken_back(step.edited, step.base, (edit.path, *edit.also))


def can_take_back(step: Step, edit: object) -> bool:
    """Tell whether a what-if changes what an edit sets.

    Parameters
    ----------
    step : Step
    edit : Edit

    Returns
    -------
    bool
    """
    try:
        return without(step, edit) != step.edited
    except ValueError:
        return False


def _in_other_mode(step: Step, edit: object, entry: Input) -> Step | None:
    """Make what was refused in the other mode, if that is possible."""
    if not isinstance(edit, Put):
        return None
    try:
        other, _ = turned_to(step, what_if=not step.is_what_if)
        changed = edit.apply(other.edited, entry.text, entry.evidence)
    except ValueError:
        return None
    return None if changed == other.edited else with_edited(other, changed)


def _with_title(journey: Journey, path: str) -> str:
    """Write a path as faults have it: ``segments[Ads].spend`` for ``segments[0].spend``."""
    part, row, *rest = (*steps_of(path), "")
    rows = getattr(journey, part)
    if not isinstance(rows, tuple) or not is_index(row, len(rows)):
        return path
    return path_of((part, step_to(part, rows, int(row)), *filter(None, rest)))


def _taken_back(typed: Journey, start: Journey, paths: Iterable[str]) -> Journey:
    """Take back what a what-if changes at paths."""
    single: list[str] = []
    for path in paths:
        pooled = pooled_at(typed, path)
        single += [path] if pooled is None else pooled.paths
    changed = {one: before for one in single if (before := start.get(one)) != typed.get(one)}
    return with_changes(typed, changed) if changed else typed
