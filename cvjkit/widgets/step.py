"""A step of a session: the state of the journey after it, and the view of it that is edited."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cvjkit.decisions.bases import changed_in, start_of
from cvjkit.errors import InputError

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.journey import Journey


@dataclass(frozen=True, slots=True)
class Step:
    """A state of the journey, and the view of it that is edited.

    Parameters
    ----------
    whole : Journey
        All there is: another framework has no stage for some of its numbers.
    shown : Journey
        The same in the framework it is edited in; once more than counts is changed there, `whole`
        itself.
    typed : Journey or None
        The what-if on it, in the framework it was typed in; None until one is begun.
    plan : Journey or None
        The same in the framework it is edited in.
    is_what_if : bool
        Whether the what-if is edited, and not the journey.
    """

    whole: Journey
    shown: Journey
    typed: Journey | None = None
    plan: Journey | None = None
    is_what_if: bool = False

    @property
    def edited(self) -> Journey:
        """What is edited: the journey, or the what-if on it."""
        return self.plan if self.is_what_if and self.plan is not None else self.shown

    @property
    def base(self) -> Journey | None:
        """The plan that a what-if starts from; None if none is edited."""
        return start_of(self.edited) if self.is_what_if else None  # type: ignore[return-value]  # a journey's

    @property
    def is_changed(self) -> bool:
        """Whether a what-if is edited that changes anything."""
        return self.is_what_if and bool(changed_in(self.edited))

    @property
    def audited(self) -> Journey:
        """What the audit is about: a what-if as soon as it changes anything, else the record."""
        return self.edited if self.is_changed else self.shown

    @property
    def seen(self) -> tuple[object, ...]:
        """All of it that somebody sees."""
        return self.edited, self.shown, self.is_what_if, self.whole.what_if.kept


def with_edited(step: Step, changed: Journey, begun: Step | None = None) -> Step:
    """Give the step in which what is edited is changed: the what-if, or the journey itself.

    Parameters
    ----------
    step : Step
    changed : Journey
    begun : Step, optional
        The one in which the edit has begun; by default `step`.

    Returns
    -------
    Step
    """
    if step.is_what_if:
        return replace(step, typed=changed, plan=changed)
    before = step if begun is None else begun
    whole = _recounted(before.whole, before.shown, changed)
    shown = changed if whole == changed else within(whole, changed.framework)
    return replace(step, whole=whole, shown=shown)


def with_whole(step: Step, whole: Journey) -> Step:
    """Give the step with another journey, shown in the same framework if it can be.

    Parameters
    ----------
    step : Step
    whole : Journey

    Returns
    -------
    Step
    """
    try:
        shown = within(whole, step.shown.framework)
    except InputError:
        shown = whole
    return replace(step, whole=whole, shown=shown)


def within(journey: Journey, framework: Framework) -> Journey:
    """Show a journey in a framework.

    Parameters
    ----------
    journey : Journey
    framework : Framework

    Returns
    -------
    Journey
        The same one if it is in that framework.

    Raises
    ------
    InputError
        If it cannot be shown there.
    """
    return journey if journey.framework == framework else journey.in_framework(framework)


def _recounted(whole: Journey, before: Journey, changed: Journey) -> Journey:
    """Give all there is after an edit, keeping what the framework it was made in leaves out."""
    if whole.framework == changed.framework or len(whole.segments) != len(changed.segments):
        return changed
    stages = {whole.framework.anchor(key): key for key in whole.framework.keys}
    try:
        for index, segment in enumerate(changed.segments):
            for stage, count in zip(changed.framework, segment.counts or (), strict=False):
                path = f"segments[{index}].counts.{{}}"
                own = path.format(stage.key)
                if before.get(own) != count:
                    before = before.put(own, count)
                    whole = whole.put(path.format(stages[stage.anchor]), count)
        if before == changed and whole.in_framework(changed.framework).segments == changed.segments:
            return whole
    except (InputError, KeyError):
        pass
    return changed
