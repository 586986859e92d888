"""How many must come so that enough get there: exactly, as whole people, and with confidence.

Everything is linear in the entrants. Rates are decimals that somebody typed, so the smallest whole
number is found with exact fractions: 21 / 0.35 is 60, although floats make it a little more.

Of E entrants, each of whom gets there with probability p, Binomial(E, p) do. People who bring in
others make that a branching process (Harris, The Theory of Branching Processes, 1963, chapter 2):
with P the shares, R the mean numbers of people brought in (Poisson) and m the expected numbers of
people who get there per person at each node, their second moments s solve

    (I - P - R) s = m^2 - (P m)^2

and the number for E entrants is taken as normal.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from cvjkit.model.design import Design
    from cvjkit.model.flow import Floats, Flow

ROUNDING = 1e-9
MOST = 10**15  # people; beyond that whole numbers are no floats


def entrants_needed(design: Design, stage: int, goal: float) -> int | None:
    """Find the least number of entrants so that as many as asked are expected at a stage.

    Parameters
    ----------
    design : Design
    stage : int
        Position of the stage.
    goal : float
        People, more than 0.

    Returns
    -------
    int or None
        None if nobody gets there.
    """
    entrants, people = _exactly(design, stage)
    if people <= 0:
        return None
    needed = Fraction(str(goal)) * entrants / people
    counted = any(segment.observed for segment in design.segments)
    if counted and (design.referrals or design.transitions):
        # Counts with loops and referrals are solved in floats.
        needed *= 1 - Fraction(1, 10**9)
    return math.ceil(needed)


def _exactly(design: Design, stage: int) -> tuple[Fraction, Fraction]:
    """Give the entrants of a design, and its people at a stage, as exact as they were typed."""
    flow = design.flow()
    counted = [segment.observed for segment in design.segments]
    entrants = sum((_typed(number) for number in flow.entered.ravel()), Fraction(0))
    people = sum(
        (_typed(flow.people[at, stage]) for at, seen in enumerate(counted) if seen), Fraction(0)
    )
    if all(counted):
        return entrants, people
    plans = [at for at, seen in enumerate(counted) if not seen]
    if any(counted) and flow.births.any():
        return entrants, people + sum((_typed(flow.people[at, stage]) for at in plans), Fraction(0))
    return entrants, people + _planned(flow, plans, stage)


def _planned(flow: Flow, plans: list[int], stage: int) -> Fraction:
    """Solve the planned segments with fractions."""
    size = len(flow.framework)
    nodes = [(segment, at) for segment in plans for at in range(size)]
    ways = [
        [
            _typed(flow.births[one, i, other, j])
            + (_typed(flow.shares[one, i, j]) if one == other else 0)
            for other, j in nodes
        ]
        for one, i in nodes
    ]
    visits = _visits(ways, [_typed(flow.entered[node]) for node in nodes])
    total = Fraction(0)
    for index, segment in enumerate(plans):
        there = visits[index * size + stage]
        if there and flow.fundamental[segment, stage, stage] != 1:
            own = [[_typed(share) for share in row] for row in flow.shares[segment]]
            there /= _visits(own, [Fraction(int(at == stage)) for at in range(size)])[stage]
        total += there
    return total


def _visits(ways: list[list[Fraction]], entered: list[Fraction]) -> list[Fraction]:
    """Solve visits (I - ways) = entered by elimination."""
    size = len(entered)
    rows = [
        [Fraction(int(i == j)) - ways[i][j] for i in range(size)] + [entered[j]]
        for j in range(size)
    ]
    for pivot in range(size):
        best = next(row for row in range(pivot, size) if rows[row][pivot])
        rows[pivot], rows[best] = rows[best], rows[pivot]
        scale = rows[pivot][pivot]
        rows[pivot] = [number / scale if number else number for number in rows[pivot]]
        for row in range(size):
            factor = rows[row][pivot]
            if row != pivot and factor:
                rows[row] = [
                    number - factor * other if other else number
                    for number, other in zip(rows[row], rows[pivot], strict=True)
                ]
    return [row[-1] for row in rows]


def _typed(number: float | np.floating) -> Fraction:
    return Fraction(str(float(number))) if number else Fraction(0)


def plan_for(flow: Flow, stage: int, goal: float) -> dict[str, int]:
    """Count the whole people needed at each stage on the way to one, backwards.

    Parameters
    ----------
    flow : Flow
    stage : int
        Position of the stage.
    goal : float
        People there.

    Returns
    -------
    dict of str to int
        By stage key, from the first stage on; the stages not known are left out.
    """
    people, at, needed = flow.numbers("people"), stage, math.ceil(goal)
    plan = {flow.framework.keys[stage]: needed}
    above = flow.framework.parents[stage]
    while above is not None:
        here, there = people[above], people[at]
        if here is not None and there:
            needed = math.ceil(
                Fraction(needed) * _typed(here) / _typed(there) * (1 - Fraction(1, 10**12))
            )
            plan[flow.framework.keys[above]] = needed
            at = above
        above = flow.framework.parents[above]
    return dict(reversed(plan.items()))


def chance_of(flow: Flow, stage: int, goal: float) -> Callable[[float], float]:
    """Say with what probability a number of entrants is enough.

    Parameters
    ----------
    flow : Flow
    stage : int
        Position of the stage.
    goal : float
        People there.

    Returns
    -------
    callable
        From entrants to a probability, 0 to 1.
    """
    from scipy.special import betainc, ndtr

    wanted = math.ceil(goal)
    entrants = float(flow.entered.sum())
    if not flow.births.any():
        share = min(1.0, float(flow.people[:, stage].sum()) / entrants)

        def exactly(number: float) -> float:
            return float(betainc(wanted, number - wanted + 1, share)) if number >= wanted else 0.0

        return exactly
    mean, variance = _moments(flow, stage)

    def about(number: float) -> float:
        spread = math.sqrt(number * variance)
        return float(ndtr((number * mean - wanted + 0.5) / spread)) if spread else 0.0

    return about


def entrants_for(chance: Callable[[float], float], confidence: float, least: int) -> int | None:
    """Find the least number of entrants that is enough with a probability.

    Parameters
    ----------
    chance : callable
        As from `chance_of`.
    confidence : float
        The probability, between 0 and 1.
    least : int
        Where to begin to look.

    Returns
    -------
    int or None
        None if it is more than anybody could count.
    """
    low, high = 0, max(1, least)
    while chance(high) < confidence:
        low, high = high, 2 * high
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(middle) >= confidence else (middle, high)
    return high


def _moments(flow: Flow, stage: int) -> tuple[float, float]:
    """Give mean and variance of the people who get to a stage, per entrant."""
    n_segments, size = flow.visits.shape
    # People who have not been there yet, and those who have; the goal itself is where they turn.
    nodes = n_segments * size
    moves, births = np.zeros((2, nodes, 2, nodes)), np.zeros((2, nodes, 2, nodes))
    brought = flow.births.reshape(nodes, nodes)
    births[0, :, 0, :] = births[1, :, 0, :] = brought
    for segment, shares in enumerate(flow.shares):
        own = slice(segment * size, (segment + 1) * size)
        moves[0, own, 0, own] = moves[1, own, 1, own] = shares
        goal = segment * size + stage
        moves[0, goal, 1, own], moves[0, goal, 0, own] = shares[stage], 0
    goals = np.zeros((2, nodes))
    goals[0, stage::size] = 1
    moved = moves.reshape(2 * nodes, 2 * nodes)
    matrix = np.eye(2 * nodes) - moved - births.reshape(2 * nodes, 2 * nodes)
    mean: Floats = np.linalg.solve(matrix, goals.ravel())
    second = np.linalg.solve(matrix, mean**2 - (moved @ mean) ** 2)
    weights = flow.entered.ravel() / flow.entered.sum()
    expected = float(weights @ mean[:nodes])
    return expected, max(0.0, float(weights @ second[:nodes]) - expected**2)
