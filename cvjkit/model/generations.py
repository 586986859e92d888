"""Referral by generations: how many new people each person who was brought in brings in turn.

The next-generation matrix K holds, for each two starts (a segment and stage where referred people
come in), how many people at the second are brought in by one person who starts at the first
(Diekmann, Heesterbeek and Metz, Journal of Mathematical Biology 28, 1990).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Flags = NDArray[np.bool]

ROUNDING = 1e-9


def new_people_each(
    fundamental: Floats,
    births: Floats,
    referred: Floats,
    endless: Flags,
    own: slice = slice(None),
) -> float | None:
    """Average the people brought in turn over the people who were brought in.

    Parameters
    ----------
    fundamental : ndarray of float, shape (segments, stages, stages)
        N: visits to the second stage of a person who arrives at the first.
    births : ndarray of float, shape (segments, stages, all segments, stages)
        R: people brought in per visit.
    referred : ndarray of float, shape (segments, stages)
        People brought in.
    endless : ndarray of bool, shape (segments, stages)
        Where their number has no end, or is not known.
    own : slice
        Which of all segments these are.

    Returns
    -------
    float or None
        k [people per person]; None if nobody is brought in. Where the numbers grow without end,
        or nobody has been brought in yet, the factor by which a late generation exceeds the one
        before (spectral radius of K, without the starts to which nobody comes).
    """
    starts, matrix = _next_generation(fundamental, births[:, :, own])
    come = (referred[starts] > 0) | endless[starts]
    if come.any():
        matrix = matrix[np.ix_(come, come)]
    radius, total = _radius(matrix) if len(matrix) else None, float(referred[starts].sum())
    if not total > 0 or (radius is not None and radius >= 1):
        return radius
    # Divided first, so that the smallest numbers of people are no trouble.
    visits = np.einsum("si,sij->sj", referred / total, fundamental)
    return float((visits * births.sum(axis=(2, 3))).sum())


def growing(fundamental: Floats, births: Floats) -> Flags:
    """Find the starts from which each generation is at least as large as the one before.

    Parameters
    ----------
    fundamental : ndarray of float, shape (segments, stages, stages)
        N, as in `new_people_each`.
    births : ndarray of float, shape (segments, stages, segments, stages)
        R.

    Returns
    -------
    ndarray of bool, shape (segments, stages)
    """
    found = np.zeros(births.shape[:2], dtype=bool)
    starts, matrix = _next_generation(fundamental, births)
    if not len(matrix) or _radius(matrix) < 1:
        return found
    onward = _closure(matrix)
    together = onward & onward.T
    # Starts that lead to one another are one group, looked at once.
    groups, own = np.unique(together, axis=0, return_inverse=True)
    grows = [
        _radius(matrix[np.ix_(group, group)]) >= 1 if group.any() else False for group in groups
    ]
    found[starts] = np.array(grows)[own.reshape(-1)]
    return found


def leads_to(ways: Floats, ends: Flags) -> Flags:
    """Find from where one can get to some ends.

    Parameters
    ----------
    ways : ndarray of float, shape (n, n)
        More than 0 where a way leads from the first to the second.
    ends : ndarray of bool, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)
        True at the ends themselves, too.
    """
    found, new = ends.copy(), ends
    while new.any():
        new = (ways[:, new] > 0).any(axis=1) & ~found
        found |= new
    return found


def _next_generation(
    fundamental: Floats, births: Floats
) -> tuple[tuple[NDArray[np.intp], ...], Floats]:
    """Find the starts of referred people, and K."""
    segment, stage = np.nonzero(births.any(axis=(0, 1)))
    brought = births[segment][:, :, segment, stage]
    return (segment, stage), np.einsum("ai,aib->ab", fundamental[segment, stage], brought)


def _radius(matrix: Floats) -> float:
    """Find the largest absolute eigenvalue; exactly 1 if it differs from 1 by rounding only."""
    radius = float(np.abs(np.linalg.eigvals(matrix)).max())
    return 1.0 if abs(radius - 1) < ROUNDING else radius


def _closure(ways: Floats) -> Flags:
    """Find where one can get from where, in one step or more."""
    reached = ways > 0
    for _ in range(len(ways).bit_length()):
        reached |= reached.astype(float) @ reached.astype(float) > 0
    return reached
