"""People at a stage move on with fixed shares or leave for good: an absorbing Markov chain.

Kemeny and Snell, Finite Markov Chains, 1976, chapter 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]
Flags = NDArray[np.bool]

SMALLEST_SHARE = 1e-12


def without_exit(shares: Floats) -> Flags:
    """Find the stages from which nobody leaves the journey, now or later.

    Parameters
    ----------
    shares : ndarray of float, shape (segments, stages, stages)
        P: share, 0 to 1, of the visits to the first stage that go on to the second.

    Returns
    -------
    ndarray of bool, shape (segments, stages)
    """
    leaves = shares.sum(axis=2) < 1 - SMALLEST_SHARE
    while not leaves.all():
        further = leaves | ((shares > 0) & leaves[:, None, :]).any(axis=2)
        if (further == leaves).all():
            break
        leaves = further
    return np.asarray(~leaves)


def fundamental_matrix(shares: Floats) -> Floats:
    """Work out the visits to each stage of a person who arrives at another.

    Parameters
    ----------
    shares : ndarray of float, shape (segments, stages, stages)
        P, as in `without_exit`. Nobody moves on within a loop without exit.

    Returns
    -------
    ndarray of float, shape (segments, stages, stages)
        N = (I - P)^-1, 0 or more.
    """
    shares = np.where(without_exit(shares)[:, :, None], 0, shares)
    inverse = np.linalg.inv(np.eye(shares.shape[1]) - shares)
    # Rounding may leave a small negative number of visits where nobody comes.
    return np.asarray(np.maximum(inverse, 0))


def visits_per_person(fundamental: Floats) -> Floats:
    """Give how often a person who comes to a stage is there.

    Parameters
    ----------
    fundamental : ndarray of float, shape (segments, stages, stages)
        N, as `fundamental_matrix` gives it.

    Returns
    -------
    ndarray of float, shape (segments, stages)
        1 or more.
    """
    return np.asarray(np.einsum("sjj->sj", fundamental))


def stacked(shares: Floats) -> Floats:
    """Join the segments' matrices into one block-diagonal matrix.

    Parameters
    ----------
    shares : ndarray of float, shape (segments, stages, stages)

    Returns
    -------
    ndarray of float, shape (segments x stages, segments x stages)
    """
    n_segments, size, _ = shares.shape
    whole = np.zeros((n_segments, size, n_segments, size))
    index = np.arange(n_segments)
    whole[index, :, index, :] = shares
    return whole.reshape(n_segments * size, n_segments * size)
