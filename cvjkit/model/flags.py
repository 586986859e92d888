"""What a reader of a flow must know before believing its numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.model.flow import Flag
from cvjkit.number_text import count_text, people_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.counts import Explanation
    from cvjkit.model.flow import Flags
    from cvjkit.model.origins import Origins
    from cvjkit.model.parts import Referral, Segment

TOLERANCE = 1 + 1e-9
"""People by which numbers may differ because they were rounded."""


def count_flags(
    segments: Sequence[Segment], own: Sequence[Origins], found: Explanation, missed: Flags
) -> Iterator[tuple[int, int, Flag]]:
    """Find the counts that what was typed does not explain.

    Parameters
    ----------
    segments : sequence of Segment
    own : sequence of Origins
        Where the people of each segment can come from.
    found : Explanation
    missed : ndarray of bool, shape (segments, stages)
        Where the people found are not those counted.

    Yields
    ------
    tuple of (int, int, Flag)
        Index of the segment and of the stage, and what is to be said: A46 where more people were
        counted than can have come from before, A50 where transitions and referrals disagree.
    """
    for index, (segment, origin) in enumerate(zip(segments, own, strict=True)):
        if segment.counts is None:
            continue
        of = f" of {segment.name}" if len(segments) > 1 else ""
        for stage, key in enumerate(origin.framework.keys):
            more = found.excess[index, stage]
            if more > TOLERANCE:
                number = "more people"
                if math.isfinite(more):
                    number = count_text(people_text(more), "more person", "more people")
                message = (
                    f"The skips, ways back and referrals typed bring {number}{of} here "
                    "than were counted, so only as many as were counted are used: correct the "
                    "count, or how many take them."
                )
                yield index, stage, Flag("A50", key, message)
            elif missed[index, stage]:
                message = (
                    f"With the skips and ways back typed, no rates give the people{of} counted "
                    "here: correct the count, or how many take them."
                )
                yield index, stage, Flag("A50", key, message)
            if found.entered[index, stage] > TOLERANCE and origin.parents[stage] is not None:
                flag = _entering(segment.counts, origin, stage, found.entered[index, stage], of)
                if flag is not None:
                    yield index, stage, flag


def _entering(
    counts: Sequence[float | None], origin: Origins, stage: int, more: float, of: str
) -> Flag | None:
    """Say why people must have come in from outside, unless that is no surprise."""
    names, key = [each.name for each in origin.framework], origin.framework.keys[stage]
    required = origin.required[stage]
    before = origin.sources[stage] if required is None else (required,)
    most = max(counts[source] or 0 for source in before)
    if (counts[stage] or 0) <= most + TOLERANCE:
        message = (
            f"The skips and ways back typed lead so many people{of} elsewhere that "
            f"{count_text(people_text(more), 'is', 'are')} assumed to enter here of those counted "
            "here: correct the count, or how many take them."
        )
        return Flag("A50", key, message)
    if required is None:
        return None
    message = (
        f"{count_text(people_text(more), 'more person', 'more people')}{of} than could come from "
        f"{names[required]}: they are assumed to enter here. Direct entry, referral, other units, "
        "or a typing error?"
    )
    return Flag("A46", key, message)


def total_flags(
    framework: Framework, stuck: Flags, k: float | None, referrals: Sequence[Referral]
) -> list[Flag]:
    """Find where people never leave, or bring in others without end.

    Parameters
    ----------
    framework : Framework
    stuck : ndarray of bool, shape (segments, stages)
        Where nobody ever leaves.
    k : float or None
        New people each referred person brings, 1 or more; None if nothing grows without end.
    referrals : sequence of Referral

    Returns
    -------
    list of Flag
        A47 and A48.
    """
    flags = [
        Flag("A47", framework.keys[stage], f"Nobody ever leaves {framework.stages[stage].name}.")
        for stage in np.flatnonzero(stuck.any(axis=0))
    ]
    if k is not None:
        message = (
            f"Each person brings in {plain_text(k)} others, so the numbers grow without end and "
            "have no total. Below 1 they have one."
        )
        flags += [Flag("A48", key, message) for key in dict.fromkeys(r.target for r in referrals)]
    return flags
