"""Counts turned into a plan: the entrants and rates that explain them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cvjkit.errors import Fault
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.flow import Flags, Flow
    from cvjkit.model.parts import Segment


def planned(
    framework: Framework, segments: Sequence[Segment], flow: Flow
) -> tuple[list[Any], list[Fault]]:
    """Plan the segments that were counted.

    Parameters
    ----------
    framework : Framework
    segments : sequence of Segment
    flow : Flow
        Of these segments.

    Returns
    -------
    tuple
        The segments, those counted as mappings of their fields with entrants and rates; the
        faults of counts that no rates explain.
    """
    plans: list[Any] = []
    faults: list[Fault] = []
    for index, segment in enumerate(segments):
        if not segment.observed:
            plans.append(segment)
            continue
        unknown, shares = flow.undefined[index], flow.shares[index]
        faults += _gap_faults(framework, segment, unknown)
        rates = [
            None if parent is None or unknown[stage] else float(shares[parent, stage])
            for stage, parent in enumerate(framework.parents)
        ]
        entrants = [
            None if unknown[stage] and stage == 0 else float(people)
            for stage, people in enumerate(flow.entered[index])
        ]
        plans.append({**dict(segment), "counts": None, "entrants": entrants, "rates": rates})
    return plans, faults


def _gap_faults(framework: Framework, segment: Segment, unknown: Flags) -> list[Fault]:
    """Find the stages that are not known although a stage after them is."""
    gaps = {
        parent
        for stage, parent in enumerate(framework.parents)
        if parent is not None and unknown[parent] and not unknown[stage]
    }
    rule, fix = "must be known to plan what comes after", "type it, or clear what follows"
    return [
        Fault(
            path_of(("segments", Title(segment.name), "counts", framework.keys[stage])),
            None,
            rule,
            fix,
        )
        for stage in sorted(gaps)
    ]
