"""What each rate of a journey rests on, and how far it may be off.

After s of n people were seen to go on, the rate is Beta(s + 1/2, n - s + 1/2), as in
`cvjkit.model.intervals`. If there are several ways out of a stage, their shares together are
Dirichlet(counts + 1/2): each way then takes a Beta share of what the ways before it have left.

A rate that was typed is as sure as a number of cases: with n of them it is Beta(n p, n (1 - p)),
whose mean is the rate p that was typed. Typed with a range, its log odds are normal below the rate
and normal above it, so that 5% lie below the range and 5% above. The range is about all segments
together: the rate of each, or of a what-if, is as far off in log odds. A what-if supposes other
rates of the people who were counted: what it rests on are they, as far as its base counted them and
it has no evidence of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.decisions.ranges import Odds, evidence_typed, odds_of
from cvjkit.model.origins import unknown_stages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.design import Design
    from cvjkit.model.parts import Segment

CASES = 20.0
"""How many cases a typed rate is as sure as, where nobody says: ours."""
PRIOR = 0.5


@dataclass(frozen=True, slots=True)
class Way:
    """A way out of a stage, and what is known of the share of people who take it.

    Parameters
    ----------
    segment, source, target : int
        Positions of the segment, the stage it leaves and the stage it leads to.
    alpha, beta : float
        Of the Beta distribution of its share among those who take none of the ways listed before
        it; 0 or more. If `alpha` is 0 nobody takes it, if `beta` is 0 all of them do.
    cases : float
        How many people, seen or supposed, its share rests on; of a range, as many as would leave
        the log odds as open.
    counted : bool
        Whether these people were counted.
    told : bool
        Whether somebody typed how sure the share is.
    odds : Odds, optional
        What stands in place of the Beta distribution if a range was typed.
    """

    segment: int
    source: int
    target: int
    alpha: float
    beta: float
    cases: float
    counted: bool
    told: bool = False
    odds: Odds | None = None


def ways_of(design: Design, design_effect: float = 1.0) -> tuple[Way, ...]:
    """List the ways of a design with what their shares rest on.

    Parameters
    ----------
    design : Design
    design_effect : float
        By how much fewer independent people would tell as much as those counted, 1 or more: people
        of one campaign resemble one another.

    Returns
    -------
    tuple of Way
        Segment by segment, stage by stage; the ways out of one stage follow one another. Ways that
        nobody can take are left out.

    Examples
    --------
    >>> from cvjkit.model.design import Design
    >>> shop = Design.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> [(way.alpha, way.beta) for way in ways_of(shop)][1:3]
    [(100.5, 1900.5), (40.5, 60.5)]
    """
    return tuple(
        way
        for index, segment in enumerate(design.segments)
        for source, shares in _exits(design, index, segment).items()
        for way in _divided(design, index, source, shares, design_effect)
    )


def _exits(design: Design, index: int, segment: Segment) -> Mapping[int, dict[int, float]]:
    """Find the ways out of each stage: those taken, and the steps that could be."""
    framework, flow = design.framework, design.flow()
    unknown = unknown_stages(framework, segment)
    exits: dict[int, dict[int, float]] = {}
    for target, key in enumerate(framework.keys):
        source = _known_before(framework, target, unknown)
        if source is not None and key not in unknown:
            exits.setdefault(source, {})[target] = 0.0
    sources, targets = flow.shares[index].nonzero()
    for source, target in zip(sources.tolist(), targets.tolist(), strict=True):
        exits.setdefault(source, {})[target] = float(flow.shares[index, source, target])
    return dict(sorted(exits.items()))


def _known_before(framework: Framework, stage: int, unknown: set[str]) -> int | None:
    above = framework.parents[stage]
    while above is not None and framework.keys[above] in unknown:
        above = framework.parents[above]
    return above


def _divided(
    design: Design, index: int, source: int, shares: dict[int, float], design_effect: float
) -> Iterator[Way]:
    """Divide the people at a stage among its ways out, one way after another."""
    about = _counting(design, index)
    counts = None if about is None else _segment_of(about, design.segments[index].name).counts
    ways = sorted(shares.items())
    left = 1.0
    for position, (target, share) in enumerate(ways):
        after, step = max(0.0, left - share), (source, target)
        typed = evidence_typed(design, *step)
        told = typed is not None and (about is None or typed != evidence_typed(about, *step))
        odds = odds_of(design, step, share, left) if told else None
        if told or counts is None:
            prior, cases = 0.0, _supposed_cases(share)
            if odds is not None:
                cases = odds.cases
            elif typed is not None and typed.cases:
                cases = typed.cases
        else:
            prior, cases = PRIOR, (counts[source] or 0.0) / design_effect
        alpha = cases * share + prior
        beta = cases * after + prior * (len(ways) - position)
        if alpha > 0:
            counted = counts is not None and not told
            yield Way(index, source, target, alpha, beta, cases, counted, told, odds)
        left = after


def _supposed_cases(share: float) -> float:
    """Say how many cases a typed rate is as sure as, where nobody says."""
    # After 20 cases nobody could tell a rate of 0.1%: as many as let one be expected to go on.
    rarer = min(share, 1 - share)
    return max(CASES, 1 / rarer) if rarer > 0 else CASES


@dataclass(frozen=True, slots=True)
class Brings:
    """A referral, and what is known of the number of people that each person brings.

    Parameters
    ----------
    segment, source : int
        Positions of the segment and stage of those who bring them.
    into, target : int
        Positions of the segment and stage where they come in.
    number : float
        New people for each visit, more than 0.
    cases : float
        How many people, seen or supposed, it rests on: it is Gamma(cases x number, 1 / cases).
    """

    segment: int
    source: int
    into: int
    target: int
    number: float
    cases: float


def referrals_of(design: Design, design_effect: float = 1.0) -> tuple[Brings, ...]:
    """List the referrals of a design with what their numbers rest on.

    Parameters
    ----------
    design : Design
    design_effect : float
        As in `ways_of`.

    Returns
    -------
    tuple of Brings
    """
    births, found = design.flow().births, []
    for segment, source, into, target in np.argwhere(births).tolist():
        cases = _counted_at(design, segment, source) / design_effect or CASES
        number = float(births[segment, source, into, target])
        found.append(Brings(segment, source, into, target, number, cases))
    return tuple(found)


def _counted_at(design: Design, segment: int, stage: int) -> float:
    counts = _counts(design, segment)
    return 0.0 if counts is None else counts[stage] or 0.0


def _counts(design: Design, index: int) -> tuple[float | None, ...] | None:
    about = _counting(design, index)
    return None if about is None else _segment_of(about, design.segments[index].name).counts


def _counting(design: Design, index: int) -> Design | None:
    """Find where people of a segment were counted: in the design, or what it is a what-if on."""
    name = design.segments[index].name
    about: Any = design
    while about is not None and about.framework == design.framework:
        segment = next((one for one in about.segments if one.name == name), None)
        if segment is None:
            return None
        if segment.counts is not None:
            found: Design = about
            return found
        about = getattr(about, "base", None)
    return None


def _segment_of(design: Design, name: str) -> Segment:
    return next(one for one in design.segments if one.name == name)


def repeat_cases(design: Design, rate: float, stage: int | None) -> float:
    """Say how many cases a typed share of customers who order again is as sure as.

    Parameters
    ----------
    design : Design
    rate : float
        The share, 0 to 1.
    stage : int or None
        Position of the stage whose people it is about; None if that is no stage.

    Returns
    -------
    float
        The people counted there; where nobody was counted, as for any typed rate.
    """
    counted = 0.0
    if stage is not None:
        counted = sum(_counted_at(design, index, stage) for index in range(len(design.segments)))
    return counted or _supposed_cases(rate)
