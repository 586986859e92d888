"""The flow of a journey, solved from what was typed: its steady state.

With P the shares of one segment, N = (I - P)^-1 its fundamental matrix, e the people from outside
and r those brought by referral:

    visits_j = sum_i (e_i + r_i) N_ij                 arrivals, returns included
    people_j = sum_i (e_i + r_i) N_ij / N_jj          unique people, who arrive at least once
    r_j      = sum_i visits_i x referrals per visit

Planned segments are solved by `cvjkit.model.planned`, counted ones by `cvjkit.model.counts`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.model.chain import fundamental_matrix, visits_per_person, without_exit
from cvjkit.model.counts import Counted, Explanation
from cvjkit.model.flags import count_flags, total_flags
from cvjkit.model.flow import Flag, Flags, Flow
from cvjkit.model.generations import ROUNDING, new_people_each
from cvjkit.model.origins import known_stages, origins
from cvjkit.model.planned import Planned
from cvjkit.model.ways import step_shares, typed_births, typed_shares

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.parts import Referral, Segment, Transition


def solve(
    name: str,
    framework: Framework,
    segments: Sequence[Segment],
    transitions: Sequence[Transition] = (),
    referrals: Sequence[Referral] = (),
) -> Flow:
    """Work out where the people of all segments go.

    Parameters
    ----------
    name : str
        Of the journey.
    framework : Framework
    segments : sequence of Segment
        Counts and rates in the order of the framework's stages.
    transitions : sequence of Transition
        Skips, ways back and repeats.
    referrals : sequence of Referral

    Returns
    -------
    Flow
    """
    names = tuple(segment.name for segment in segments)
    own = [origins(framework, known_stages(framework, segment)) for segment in segments]
    known = np.array([one.known for one in own])
    counted = np.array([segment.observed for segment in segments])
    counts, entered = np.zeros(known.shape), np.zeros(known.shape)
    shares = typed_shares(framework, names, transitions) + step_shares(framework, segments)
    births = typed_births(framework, names, referrals)
    for index, segment in enumerate(segments):
        if segment.counts is not None:
            counts[index] = [count or 0 for count in segment.counts]
        else:
            entered[index] = [people or 0 for people in segment.entrants or ()]
    stuck = without_exit(shares)
    shares[stuck] = 0
    planned = Planned(shares, births, entered, counts, counted)
    if counted.any():
        found = Counted(counts, own, stuck, planned).explained()
        stuck = stuck | without_exit(found.shares)
        found.shares[stuck] = 0
        fundamental = fundamental_matrix(found.shares)
    else:
        none = np.zeros_like(shares), np.zeros_like(entered)
        found = Explanation(shares, births, entered, planned.visits(counts), *none)
        fundamental = planned.fundamental
    endless = stuck | planned.endless
    referred = np.einsum("si,sitj->tj", found.visits, found.births)
    visits = np.einsum("si,sij->sj", found.entered + referred, fundamental)
    often = visits_per_person(fundamental)
    people = visits / often
    # People who differ from the counts by rounding only are given as the counts.
    observed = counted[:, None] & known & ~endless
    exact = observed & (np.abs(people - counts) <= ROUNDING * np.maximum(counts, 1))
    people = np.where(exact, counts, people)
    visits = np.where(exact & (often == 1), counts, visits)
    unclear = ~known | endless
    k = new_people_each(fundamental, found.births, referred, unclear)
    come = found.births.any(axis=(0, 1)) & ((referred > 0) | unclear)
    grows = k is not None and k >= 1 and (come.any() or not visits.any())
    flags, contradicted = list[Flag](), np.zeros_like(known)
    for index, stage, flag in count_flags(segments, own, found, observed & ~exact):
        flags.append(replace(flag, segment=names[index]))
        contradicted[index, stage] |= flag.id == "A50"
    return Flow(
        name=name,
        framework=framework,
        segments=names,
        k=k,
        flags=(*flags, *total_flags(framework, stuck, k if grows else None, referrals)),
        shares=found.shares,
        inferred=found.inferred,
        births=found.births,
        fundamental=fundamental,
        entered=found.entered,
        referred=referred,
        visits=visits,
        people=people,
        contradicted=contradicted,
        undefined=unclear,
        open_end=_open_ends(framework, known),
    )


def _open_ends(framework: Framework, known: Flags) -> Flags:
    """Find the stages after which nothing is known on some branch."""
    goes_on = known.copy()
    for stage in range(len(framework) - 1, -1, -1):
        parent = framework.parents[stage]
        if parent is not None:
            goes_on[:, parent] |= goes_on[:, stage]
    ends = np.zeros_like(known)
    for stage, parent in enumerate(framework.parents):
        if parent is not None:
            ends[:, parent] |= ~goes_on[:, stage]
    return ends
