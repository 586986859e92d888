"""Counts that are typed in one framework, put into a journey that knows more in another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvjkit.errors import InputError

if TYPE_CHECKING:
    from cvjkit.journey import Journey


def recounted(whole: Journey, before: Journey, changed: Journey) -> Journey:
    """Give all there is after an edit, keeping what the framework it was made in leaves out.

    Parameters
    ----------
    whole : Journey
        All there was.
    before : Journey
        The same in the framework it is edited in.
    changed : Journey
        What is edited, after the edit.

    Returns
    -------
    Journey
        `whole` with the counts that were changed, if these say all that was changed and stand at
        milestones that it counts; else `changed`.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> eight = cvj.Journey.from_counts("eight", [9000, 900, 90, 60, 50, 30, 9, 4])
    >>> five = eight.in_framework("five")
    >>> changed = five.put("segments[0].counts.conversion", 70)
    >>> recounted(eight, five, changed).segments[0].counts
    (9000.0, 900.0, 90.0, 70.0, 50.0, 30.0, 9.0, 4.0)
    """
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
