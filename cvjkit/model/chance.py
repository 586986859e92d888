"""Whether two counted rates differ by more than chance, and which of many pairs do.

Fisher's exact test (The Design of Experiments, 1935): given how many went on in all, the number of
those who came from the first group is hypergeometric if the true rates are equal. Where it is
spread over many numbers, the normal distribution with a continuity correction takes its place.
Holm's procedure (A simple sequentially rejective multiple test procedure, Scandinavian Journal of
Statistics 6, 1979) keeps the chance of any false alarm among many tests within its level.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CLEAR = 1.5  # standard deviations; below, no difference is ever called more than chance
EXACT = 100.0  # standard deviation of the count up to which the exact distribution is summed
REACH = 12  # standard deviations after which nothing is left to sum
LEVEL = 0.05


class Counted(NamedTuple):
    """People who could go on, and those who did.

    Parameters
    ----------
    came : float
        0 or more.
    went : float
        0 to `came`.
    """

    came: float
    went: float


def chance(one: Counted, other: Counted) -> float:
    """Give the probability of a difference at least as large if the true rates are equal.

    Parameters
    ----------
    one : Counted
        Rounded to whole people.
    other : Counted
        Rounded as well.

    Returns
    -------
    float
        0 to 1: twice the smaller tail; 1 for a difference of less than 1.5 standard deviations.

    Examples
    --------
    >>> round(chance(Counted(10, 8), Counted(10, 2)), 4)
    0.023
    >>> chance(Counted(100, 20), Counted(1000, 210))
    1.0
    """
    came, went = round(one.came), round(one.went)
    total, all_went = came + round(other.came), went + round(other.went)
    rest = total - all_went
    if total < 2 or not came or came == total or not all_went or not rest:
        return 1.0
    expected = came * (all_went / total)
    spread = math.sqrt(expected * (rest / total) * ((total - came) / (total - 1)))
    distance = abs(went - expected) / spread
    if distance < CLEAR:
        return 1.0
    if spread > EXACT:
        return min(1.0, math.erfc(max(0.0, distance - 0.5 / spread) / math.sqrt(2)))
    # All numbers as far from what is expected, on the same side.
    room = math.ceil(REACH * spread) + REACH
    if went > expected:
        numbers = np.arange(went, min(came, all_went, went + room) + 1)
    else:
        numbers = np.arange(max(0, came + all_went - total, went - room), went + 1)
    ways = _log_choices(came, numbers) + _log_choices(total - came, all_went - numbers)
    return min(1.0, 2 * float(np.exp(ways - _log_choices(total, all_went)).sum()))


def _log_choices(many: int, few: NDArray[np.int_] | int) -> NDArray[np.floating]:
    """Give the logarithm of the number of ways to choose a few of many."""
    from scipy.special import betaln

    return np.asarray(-betaln(1 + many - few, 1 + few) - math.log1p(many))


def beyond_chance(chances: Sequence[float], level: float = LEVEL) -> list[bool]:
    """Tell which of many differences are more than chance, by Holm's procedure.

    Parameters
    ----------
    chances : sequence of float
        Of each difference, 0 to 1, as from `chance`.
    level : float
        The most that the probability of any false alarm may be, 0 to 1.

    Returns
    -------
    list of bool

    Examples
    --------
    >>> beyond_chance([0.04, 0.001, 0.02])
    [True, True, True]
    >>> beyond_chance([0.04, 0.001, 0.03])
    [False, True, False]
    """
    order = np.argsort(chances, kind="stable")
    found = [False] * len(chances)
    for rank, index in enumerate(order):
        if chances[index] > level / (len(chances) - rank):
            break
        found[index] = True
    return found
