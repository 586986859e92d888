"""Visits to the states of a chain, worked out by eliminating one state after another.

The visits solve v = e + v A, where e are the entrants and A the shares of visits that lead from
state to state. Each state is eliminated in turn: who would come to it is sent on to where they go
from there (Grassmann, Taksar and Heyman, Regenerative Analysis and Steady State Distributions for
Markov Chains, Operations Research 33, 1985). Every number may be an array with an entry for each
draw. Ways that do not exist cost nothing: in a funnel only a product for each step is left.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Numbers = NDArray[np.float64] | float
"""A number, or one for each draw."""
Ways = dict[tuple[int, int], Numbers]
"""Shares by the state they lead from and the state they lead to."""

LEAST_EXIT = 1e-9  # below it a loop counts as one without exit


def visits(entered: Mapping[int, Numbers], ways: Mapping[tuple[int, int], Numbers]) -> Any:
    """Work out how often each state is visited.

    Parameters
    ----------
    entered : mapping of int to float or ndarray, shape (draws,)
        People who come in from outside, by state.
    ways : mapping of (int, int) to float or ndarray, shape (draws,)
        0 or more.

    Returns
    -------
    dict of int to float or ndarray, shape (draws,)
        Of the states that can be reached. NaN in draws in which there is no end to it.

    Examples
    --------
    >>> came = visits({0: 100}, {(0, 1): 0.5, (1, 2): 0.2, (1, 0): 0.4})
    >>> {state: float(number) for state, number in came.items()}
    {0: 125.0, 1: 62.5, 2: 12.5}
    """
    states = reachable(entered, ways)
    onward: dict[int, dict[int, Any]] = defaultdict(dict)
    for (source, target), share in ways.items():
        if source in states:
            onward[source][target] = share
    arriving: dict[int, Any] = dict(entered)
    returning: dict[int, dict[int, Any]] = {}
    for state in sorted(states):
        going = onward.pop(state, {})
        stays = going.pop(state, None)
        back = {late: onward[late].pop(state) for late in onward if state in onward[late]}
        came = arriving.get(state, 0.0)
        if stays is not None:
            exits = 1 - stays
            times = 1 / np.where(exits > LEAST_EXIT, exits, np.nan)
            came = came * times
            back = {late: share * times for late, share in back.items()}
        arriving[state], returning[state] = came, back
        for target, share in going.items():
            arriving[target] = _sum(arriving.get(target), came * share)
            for late, returns in back.items():
                onward[late][target] = _sum(onward[late].get(target), returns * share)
    for state in sorted(states, reverse=True):
        for late, share in returning[state].items():
            arriving[state] = arriving[state] + arriving[late] * share
    return dict(sorted(arriving.items()))


def fundamental(ways: NDArray[np.floating]) -> NDArray[np.float64]:
    """Work out how often each state is visited from each other one.

    Parameters
    ----------
    ways : ndarray of float, shape (states, states, ...)
        A: share of the visits to the first state that lead to the second, 0 or more; the further
        axes are those of draws.

    Returns
    -------
    ndarray of float, shape (states, states, ...)
        (I - A)^-1, by Gauss-Jordan elimination; NaN in draws in which there is no end to it. Where
        there is one, all pivots are more than 0: no rows need to be exchanged.

    Examples
    --------
    >>> fundamental(np.array([[0, 0.5], [0.4, 0]]))
    array([[1.25 , 0.625],
           [0.5  , 1.25 ]])
    """
    found = -np.asarray(ways, np.float64)
    leads = np.asarray(found.any(axis=tuple(range(2, found.ndim))))
    for state in range(len(found)):
        exits = 1 + found[state, state]
        times = 1 / np.where(exits > LEAST_EXIT, exits, np.nan)
        onward = found[state] * times
        onward[state] = times
        for other in np.flatnonzero(leads[:, state]).tolist():
            if other != state:
                back = found[other, state].copy()
                found[other, state] = 0
                found[other] -= back * onward
                leads[other] |= leads[state]
        found[state] = onward
    return found


def first_arrivals(state: int, ways: Mapping[tuple[int, int], Numbers]) -> Any:
    """Work out the share of the visits to a state that are somebody's first.

    Parameters
    ----------
    state : int
    ways : mapping of (int, int) to float or ndarray, shape (draws,)

    Returns
    -------
    float or ndarray, shape (draws,)
        0 to 1: the probability of never coming back to it.

    Examples
    --------
    >>> round(first_arrivals(1, {(0, 1): 0.5, (1, 2): 0.2, (1, 0): 0.4}), 6)
    0.8
    """
    behind = reachable([state], {(target, source): 1.0 for source, target in ways})
    going = {target: share for (source, target), share in ways.items() if source == state}
    stays = going.pop(state, 0.0)
    among = {ends: share for ends, share in ways.items() if state not in ends and {*ends} <= behind}
    starts = {target: share for target, share in going.items() if target in behind}
    back: Any = stays
    for source, times in visits(starts, among).items():
        if (source, state) in ways:
            back = back + times * ways[source, state]
    return 1 - back


def ratio(part: Any, whole: Any, otherwise: float) -> Any:
    """Divide draws by draws.

    Parameters
    ----------
    part : float or ndarray of float, shape (draws,)
    whole : float or ndarray of float, shape (draws,)
    otherwise : float
        What stands where the whole is 0.

    Returns
    -------
    float or ndarray of float, shape (draws,)
    """
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.full(whole.shape, otherwise), where=whole != 0)[()]


def reachable(starts: Iterable[int], ways: Iterable[tuple[int, int]]) -> set[int]:
    """Find the states that can be reached.

    Parameters
    ----------
    starts : iterable of int
    ways : iterable of (int, int)

    Returns
    -------
    set of int
        The starts among them.
    """
    onward = defaultdict(list)
    for source, target in ways:
        onward[source].append(target)
    found, left = set(starts), list(starts)
    while left:
        further = {target for target in onward[left.pop()] if target not in found}
        found |= further
        left += further
    return found


def _sum(one: Any, other: Any) -> Any:
    return other if one is None else one + other
