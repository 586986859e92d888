"""What is typed about people who are counted: a share of them, their sum, a plan of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cvjkit.errors import Fault, InputError

if TYPE_CHECKING:
    from cvjkit.catalog.stage import Stage
    from cvjkit.journey import Journey

COUNTED, PLANNED = "counted", "planned"


def with_share_counted(
    journey: Journey, share: float | None, *, segment: int, stage: str
) -> Journey:
    """Set the people counted at a stage to a share of those at the stage it follows.

    Parameters
    ----------
    journey : Journey
    share : float or None
        0 to 1; None where the people are not known.
    segment : int
        Index of a counted segment.
    stage : str
        Key of the stage.

    Returns
    -------
    Journey

    Raises
    ------
    ValueError
        If it is not a share, or the people at the stage before are not known.
    """
    path, previous = f"segments[{segment}].counts.{stage}", _previous(journey, stage)
    before = journey.get(f"segments[{segment}].counts.{previous.key}")
    if share is None:
        return journey.put(path, None)
    if not 0 <= share <= 1:
        rule, fix = "must be between 0 and 1", "write a share, such as 25% or 0.25"
        raise InputError(journey.name, [Fault(path, share, rule, fix)])
    if before is None:
        raise ValueError(f"{previous.name} is not known: type how many reach it first")
    return journey.put(path, float(round(share * before)))


def _previous(journey: Journey, stage: str) -> Stage:
    """Give the stage that a stage follows."""
    framework = journey.framework
    return framework.stages[framework.parents[framework.index(stage)] or 0]


def in_mode(journey: Journey, mode: str, *, segment: int) -> Journey:
    """Turn a segment's counts into a plan, or a plan into whole people.

    Parameters
    ----------
    journey : Journey
    mode : {"counted", "planned"}
    segment : int
        Index of the segment.

    Returns
    -------
    Journey

    Raises
    ------
    InputError
        If no rates explain the counts.
    """
    now = journey.segments[segment]
    if mode == PLANNED:
        return journey.planned(now.name)
    if now.observed:
        return journey
    people = journey.flow().only(now.name).numbers("people")
    counts = [None if number is None else float(round(number)) for number in people]
    return journey.with_segment(now.name, counts=counts)


def with_people_spread(journey: Journey, people: float | None, *, stage: str) -> Journey:
    """Spread the people counted at a stage over the segments in their present proportions.

    Parameters
    ----------
    journey : Journey
        All of its segments are counted.
    people : float or None
        Of all segments together.
    stage : str
        Key of the stage.

    Returns
    -------
    Journey
    """
    paths = [f"segments[{index}].counts.{stage}" for index in range(len(journey.segments))]
    counts = _spread(people, [journey.get(path) for path in paths])
    for path, count in zip(paths, counts, strict=True):
        journey = journey.put(path, count)
    return journey


def _spread(people: float | None, counts: list[float | None]) -> list[float | None]:
    """Share out whole people in proportion to counts; the largest remainders get one more.

    Examples
    --------
    >>> _spread(10, [2, 1, None])
    [7.0, 3.0, 0.0]
    >>> _spread(5, [None, None])
    [5.0, 0.0]
    """
    if people is None:
        return [None] * len(counts)
    parts = [count or 0.0 for count in counts]
    if not math.isfinite(people) or people < 0 or people % 1 or not math.fsum(parts):
        # The journey refuses impossible numbers.
        return [float(people), *[0.0] * (len(counts) - 1)]
    exact = [people * part / math.fsum(parts) for part in parts]
    shared = [math.floor(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda index: shared[index] - exact[index])
    for index in order[: round(people) - sum(shared)]:
        shared[index] += 1
    return [float(share) for share in shared]
