"""Counts turned into a plan: the entrants, rates and ways that explain them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.errors import Fault
from cvjkit.model.parts import Referral, Transition
from cvjkit.model.ways import by_segment, kind_of, typed_births, typed_shares
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.fields import Fields
    from cvjkit.model.flow import Flags, Flow
    from cvjkit.model.parts import Segment


def planned(
    design: Fields, flow: Flow, chosen: Sequence[str]
) -> tuple[dict[str, Any], list[Fault]]:
    """Plan segments that were counted.

    Parameters
    ----------
    design : Fields
    flow : Flow
        Of the design.
    chosen : sequence of str
        Names of the segments to plan.

    Returns
    -------
    fields : dict
        The fields that differ: segments, those planned as mappings of their fields with entrants
        and rates; transitions and referrals, with the ways that the counts show.
    faults : list of Fault
        Counts that no rates explain.
    """
    framework, plans, faults = flow.framework, list[Any](), list[Fault]()
    changed = list[int]()
    for index, segment in enumerate(design.segments):
        if not segment.observed or segment.name not in chosen:
            plans.append(segment)
            continue
        changed.append(index)
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
    return {
        "segments": plans,
        "transitions": _transitions(design.transitions, flow, changed),
        "referrals": _referrals(design.referrals, flow, changed),
    }, faults


def _transitions(
    transitions: Sequence[Transition], flow: Flow, changed: Sequence[int]
) -> list[Transition]:
    """Give the transitions of a plan: those typed, as far as people take them, and those found."""
    keys, found = flow.framework.keys, list(transitions)
    typed = typed_shares(flow.framework, flow.segments, transitions)
    stuck = {flag.stage for flag in flow.flags if flag.id == "A47"}
    for source, target in np.ndindex(len(keys), len(keys)):
        if kind_of(flow.framework, source, target) == "forward" or keys[source] in stuck:
            continue
        wanted = typed[:, source, target].copy()
        for index in changed:
            wanted[index] = flow.shares[index, source, target]
        if (wanted == typed[:, source, target]).all():
            continue
        ends = {"source": keys[source], "target": keys[target]}
        found = [way for way in found if not ends.items() <= dict(way).items()]
        found += [
            Transition(**ends, rate=rate, segment=name)
            for name, rate in by_segment(flow.segments, wanted)
        ]
    return found


def _referrals(referrals: Sequence[Referral], flow: Flow, changed: Sequence[int]) -> list[Referral]:
    """Give the referrals of a plan: those typed, as far as they fit the counts."""
    names, index, found = flow.segments, flow.framework.index, list[Referral]()
    for row in referrals:
        pairs = typed_births(flow.framework, names, [row]).any(axis=(1, 3))
        brought = flow.births[:, index(row.source), :, index(row.target)]
        fits = {
            (by, into): float(brought[by, into]) if into in changed else row.per_person
            for by, into in np.argwhere(pairs).tolist()
        }
        if set(fits.values()) <= {row.per_person}:
            found.append(row)
            continue
        for (by, into), per_person in fits.items():
            apart = {"source_segment": names[by], "segment": names[into]} if len(names) > 1 else {}
            if per_person > 0:
                found.append(row.model_copy(update={"per_person": per_person, **apart}))
    return found


def _gap_faults(framework: Framework, segment: Segment, unknown: Flags) -> list[Fault]:
    """Find the stages that are not known although a stage after them is."""
    needed = ~unknown
    for stage, parent in reversed([*enumerate(framework.parents)]):
        if parent is not None:
            needed[parent] |= needed[stage]
    steps = ("segments", Title(segment.name), "counts")
    gaps = np.flatnonzero(needed & unknown)
    paths = (path_of((*steps, framework.keys[stage])) for stage in gaps)
    rule = "must be known to plan what comes after"
    fix = "type it, clear what follows, or drop the stage from the framework"
    return [Fault(path, None, rule, fix) for path in paths]
