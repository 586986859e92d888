"""What another framework could not take over from a journey, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.stage import Stage
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Address

OF_STAGES = ("aims",)
"""Tables of entries with a row a stage."""
OF_ANY = ("goal", "lift", "budget", "responses", "keep", "file")
"""Tables of entries that mean the same in every framework, but for a goal at a stage."""
GOAL = ("goal", "goal", "figure")


def carried_over(before: Journey, after: Journey) -> str:
    """Say what another framework could not take over, and what is not known there.

    Parameters
    ----------
    before : Journey
    after : Journey
        The same, in another framework.

    Returns
    -------
    str
    """
    known = {stage.anchor: stage.name for stage in _known(before)}
    arrived = {stage.anchor for stage in _known(after)}
    lost = [name for milestone, name in known.items() if milestone not in arrived]
    unknown = [stage for stage in after.framework if stage.anchor not in arrived]
    said = []
    if lost:
        said.append(f"Left out: the people at {_and(lost)}.")
    # Those of a stage that goes lead to the next ones; those of a stage not known lead nowhere.
    nowhere, anchor = {stage.anchor for stage in unknown}, before.framework.anchor
    for what, rows in (
        ("skips and ways back", before.transitions),
        ("referrals", before.referrals),
    ):
        ends = [{anchor(row.source), anchor(row.target)} for row in rows]
        left = sum(not pair.isdisjoint(nowhere) for pair in ends)
        if left:
            said.append(f"Left out: {left} of {len(rows)} {what}.")
    if unknown:
        said.append(f"Not known yet: {_and([stage.name for stage in unknown])}.")
    title = f"{before.name} in {after.framework.name}"
    return f"{title}: {' '.join(said) if said else 'everything was carried over.'}"


def entries_in(
    entries: Mapping[Address, str], before: Framework, after: Framework
) -> tuple[dict[Address, str], str]:
    """Keep what was typed to be answered, as far as it means the same in another framework.

    Parameters
    ----------
    entries : mapping of address to str
        As in `Session.entries`.
    before : Framework
    after : Framework

    Returns
    -------
    tuple of (dict, str)
        What is kept, and what there is to say about a goal that is not.
    """
    keys = {stage.anchor: stage.key for stage in after}
    same = {stage.key: keys.get(stage.anchor) for stage in before}
    kept: dict[Address, str] = {}
    for (table, row, column), text in entries.items():
        there = same.get(row)
        if table in OF_ANY:
            kept[table, row, column] = text
        elif table in OF_STAGES and there is not None:
            kept[table, there, column] = text
    figure = kept.get(GOAL)
    if figure is None or figure not in same:
        return kept, ""
    moved = same[figure]
    if moved is not None:
        return {**kept, GOAL: moved}, ""
    without = {at: text for at, text in kept.items() if at[0] != GOAL[0]}
    name = before[figure].name
    return without, f"The goal was about people at {name}, which is no stage of {after.name}."


def _known(journey: Journey) -> list[Stage]:
    people = journey.flow().numbers("people")
    return [
        stage for stage, number in zip(journey.framework, people, strict=True) if number is not None
    ]


def _and(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last
