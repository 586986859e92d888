"""The steps, transitions and referrals typed, as arrays over segments and stages, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cvjkit.model.chain import SMALLEST_SHARE
from cvjkit.model.origins import known_stages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.parts import Referral, Segment, Transition


def typed_shares(
    framework: Framework, names: Sequence[str], transitions: Sequence[Transition]
) -> NDArray[np.floating]:
    """Give the share of the visits to each stage that take each transition.

    Parameters
    ----------
    framework : Framework
    names : sequence of str
        Of the segments.
    transitions : sequence of Transition

    Returns
    -------
    ndarray of float, shape (segments, stages, stages)
        From the first stage to the second, 0 to 1.
    """
    shares = np.zeros((len(names), len(framework), len(framework)))
    for way in transitions:
        own = slice(None) if way.segment is None else names.index(way.segment)
        shares[own, framework.index(way.source), framework.index(way.target)] += way.rate
    return shares


def step_shares(framework: Framework, segments: Sequence[Segment]) -> NDArray[np.floating]:
    """Give the share of the visits to each stage that take the step to the next, as planned.

    Parameters
    ----------
    framework : Framework
    segments : sequence of Segment

    Returns
    -------
    ndarray of float, shape (segments, stages, stages)
        0 to 1; 0 where they were counted, or are not known.
    """
    shares = np.zeros((len(segments), len(framework), len(framework)))
    for index, segment in enumerate(segments):
        known = known_stages(framework, segment)
        for stage, parent in enumerate(framework.parents):
            if segment.rates is not None and parent is not None and known[stage]:
                shares[index, parent, stage] = segment.rates[stage]
    return shares


def typed_births(
    framework: Framework, names: Sequence[str], referrals: Sequence[Referral]
) -> NDArray[np.floating]:
    """Give the people brought in per visit.

    Parameters
    ----------
    framework : Framework
    names : sequence of str
        Of the segments.
    referrals : sequence of Referral

    Returns
    -------
    ndarray of float, shape (segments, stages, segments, stages)
        From the first segment and stage into the second.
    """
    births = np.zeros((len(names), len(framework), len(names), len(framework)))
    for referral in referrals:
        source, target = framework.index(referral.source), framework.index(referral.target)
        for index in range(len(names)):
            if referral.source_segment in {None, names[index]}:
                into = index if referral.segment is None else names.index(referral.segment)
                births[index, source, into, target] += referral.per_person
    return births


def by_segment(
    names: Sequence[str], rates: NDArray[np.floating]
) -> Iterator[tuple[str | None, float]]:
    """Write the rate of a transition in as few rows as can be.

    Parameters
    ----------
    names : sequence of str
        Of the segments.
    rates : ndarray of float, shape (segments,)

    Yields
    ------
    segment : str or None
        Whose people take it; None for every segment.
    rate : float
        More than 0.
    """
    takers: Sequence[str | None] = names
    if np.ptp(rates) == 0:
        takers, rates = [None], rates[:1]
    for segment, rate in zip(takers, rates.tolist(), strict=True):
        if rate > SMALLEST_SHARE:
            yield segment, rate


def between_segments(
    names: Sequence[str], brought: NDArray[np.floating]
) -> Iterator[tuple[str | None, str | None, float]]:
    """Write the people brought in at a stage by those at another in as few rows as can be.

    Parameters
    ----------
    names : sequence of str
        Of the segments.
    brought : ndarray of float, shape (segments, segments)
        People per visit, from the first segment into the second.

    Yields
    ------
    source_segment : str or None
        Whose people bring them; None for every segment.
    segment : str or None
        Where they belong; None for the segment of who brought them.
    per_person : float
        More than 0.
    """
    by: Sequence[str | None] = names
    into, own = by, np.diag(brought)
    if np.ptp(own) == 0 and np.array_equal(brought, np.diag(own)):
        by, into, brought = [None], [None], brought[:1, :1]
    elif not np.ptp(brought, axis=0).any():
        by, brought = [None], brought[:1]
    for (source, target), number in np.ndenumerate(brought):
        if number > SMALLEST_SHARE:
            yield by[source], into[target], float(number)


def kind_of(framework: Framework, source: int, target: int) -> str:
    """Find the kind of a link between two stages.

    Parameters
    ----------
    framework : Framework
    source : int
        Position of the stage it leaves.
    target : int
        Position of the stage it leads to.

    Returns
    -------
    {"forward", "skip", "back", "repeat"}

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> [kind_of(framework("five"), 2, target) for target in range(5)]
    ['back', 'back', 'repeat', 'forward', 'skip']
    """
    if source == target:
        return "repeat"
    if target < source:
        return "back"
    return "forward" if framework.parents[target] == source else "skip"
