"""What it brings if more people take a step: exact for a change of any size.

With P the shares, R the referral births, e the entrants and g the money that a visit brings,

    Nf = (I - P - R)^-1    v = e Nf    u = Nf g

are the visits, and the money that a person at each stage is still worth. If a share d more of the
visits to i go on to j, in each segment s, and as many fewer leave, only those rows of P change. By
the formula of Sherman, Morrison and Woodbury (Hager, Updating the Inverse of a Matrix, SIAM Review
31, 1989) the visits to i become x and the gain follows, without solving anything anew:

    x = v_I (I - K)^-1,  K_rs = d_r Nf[j in r, i in s]      gain = sum_s d_s x_s u_js

With one segment that is d v_i u_j / (1 - d Nf_ji); a small d gives the derivative v_i u_j.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cvjkit.model.chain import stacked

if TYPE_CHECKING:
    from cvjkit.decisions.steps import Indices, Steps
    from cvjkit.model.design import Design
    from cvjkit.model.flow import Floats


class Ways(NamedTuple):
    """How people move; all arrays may differ from draw to draw.

    Parameters
    ----------
    shares : ndarray of float, shape (draws, segments, stages, stages)
        P.
    births : ndarray of float, shape (segments, stages, segments, stages)
        R; the same in all draws.
    entered : ndarray of float, shape (segments, stages)
        e; the same in all draws.
    """

    shares: Floats
    births: Floats
    entered: Floats


class Gains(NamedTuple):
    """What changes bring.

    Parameters
    ----------
    money : ndarray of float, shape (draws, changes, steps)
        [currency]; NaN where the numbers grow without end.
    people : ndarray of float, shape (draws, changes, steps)
        Unique people who arrive at the stage asked for.
    """

    money: Floats
    people: Floats


def gains(ways: Ways, steps: Steps, more: Floats, gain: Floats, goal: int | None) -> Gains:
    """Work out what it brings if more people take each step.

    Parameters
    ----------
    ways : Ways
    steps : Steps
    more : ndarray of float, shape (draws, changes, steps, segments)
        Share of the visits to the step's source that take it in addition, no more than leave.
    gain : ndarray of float, shape (segments, stages)
        Money that one visit brings [currency].
    goal : int or None
        Position of the stage whose people are counted; None for none.

    Returns
    -------
    Gains
    """
    money = np.zeros(more.shape[:3])
    people = np.zeros_like(money)
    for group in _groups(ways.births):
        block = _Block(ways, group, steps)
        change = more[..., group]
        money += block.money(change, gain[group])
        if goal is not None:
            people += block.people(change, goal)
    return Gains(money, people)


def gain_per_visit(design: Design) -> Floats:
    """Give the money that a visit brings, later orders included.

    Parameters
    ----------
    design : Design

    Returns
    -------
    ndarray of float, shape (segments, stages)
        Contribution less unit cost [currency per visit]; 0 where it is not known.
    """
    loops = np.einsum("sjj->sj", design.flow().shares)
    if np.ptp(loops, axis=0).any():
        # Where segments repeat differently, a visit stands for more orders in one than in another.
        parts = [design.economics(one.name) for one in design.segments]
    else:
        parts = [design.economics()] * len(design.segments)
    return np.asarray(np.nan_to_num([part.columns["gain_per_visit"] for part in parts]))


def worth_of_people(design: Design) -> Floats:
    """Give the money that one more person at each stage still brings, referrals included.

    Parameters
    ----------
    design : Design

    Returns
    -------
    ndarray of float, shape (segments, stages)
        u = Nf g [currency per person]; NaN where a person is not known, or growth has no end.
    """
    flow = design.flow()
    if flow.k is not None and flow.k >= 1:
        return np.full(flow.visits.shape, np.nan)
    gain, size = gain_per_visit(design), flow.visits.size
    ways = stacked(flow.shares) + flow.births.reshape(size, size)
    worth = np.linalg.solve(np.eye(size) - ways, gain.ravel()).reshape(gain.shape)
    return np.where(flow.undefined, np.nan, worth)


def _groups(births: Floats) -> list[Indices]:
    """Divide the segments into groups that bring people only into their own group."""
    linked = births.any(axis=(1, 3))
    linked = linked | linked.T | np.eye(len(births), dtype=bool)
    for _ in range(len(linked).bit_length()):
        linked = linked.astype(float) @ linked.astype(float) > 0
    return [np.flatnonzero(row) for row in np.unique(linked, axis=0)]


# A group of segments, solved; a node is a stage in a segment.
class _Block:
    def __init__(self, ways: Ways, group: Indices, steps: Steps) -> None:
        draws, _, size, _ = ways.shares.shape
        self.size, self.group, self.steps = size, group, steps
        self.shares = ways.shares[:, group]
        nodes = len(group) * size
        moves = np.zeros((draws, len(group), size, len(group), size))
        own = np.arange(len(group))
        moves[:, own, :, own, :] = self.shares.swapaxes(0, 1)
        moves += ways.births[group][:, :, group]
        matrix = np.linalg.inv(np.eye(nodes) - moves.reshape(draws, nodes, nodes))
        # An inverse with negative numbers is one of numbers that grow without end.
        self.matrix = np.where((matrix > -1e-9).all(axis=(1, 2), keepdims=True), matrix, np.nan)
        self.visits = ways.entered[group].ravel() @ self.matrix
        # Nodes of the step in each segment: shape (steps, segments).
        self.sources = steps.sources[group].T + own * size
        self.targets = steps.targets[:, None] + own * size

    def money(self, more: Floats, gain: Floats) -> Floats:
        worth = self.matrix @ gain.ravel()
        return np.asarray((self._moved(more) * worth[:, None, self.targets]).sum(axis=3))

    def people(self, more: Floats, goal: int) -> Floats:
        goals = goal + np.arange(len(self.group)) * self.size
        onward = self.matrix[:, self.targets[:, :, None], goals]
        visits = self.visits[:, None, None, goals]
        later = visits + np.einsum("dcjs,djsm->dcjm", self._moved(more), onward)
        again, again_later = self._visits_per_person(more, goal)
        return np.asarray((later / again_later - visits / again).sum(axis=3))

    def _moved(self, more: Floats) -> Floats:
        back = self.matrix[:, self.targets[:, :, None], self.sources[:, None, :]]
        steps = more[..., None] * back[:, None]
        start = self.visits[:, None, self.sources]
        if len(self.group) == 1:
            # The same as below, without the calls of LAPACK for matrices of one number.
            factor = 1 - steps[..., 0]
            factor = np.where(factor > 1e-12, factor, np.nan)
            return np.asarray(more * start / factor)
        inverse = np.linalg.inv(np.eye(len(self.group)) - np.nan_to_num(steps))
        ends = (inverse > -1e-9).all(axis=(3, 4), keepdims=True)
        inverse = np.where(ends, inverse, np.nan)
        return np.asarray(more * np.einsum("djs,dcjst->dcjt", start[:, 0], inverse))

    def _visits_per_person(self, more: Floats, goal: int) -> tuple[Floats, Floats]:
        own = np.linalg.inv(np.eye(self.size) - self.shares)
        segment = np.arange(len(self.group))
        source, target = self.steps.sources[self.group].T, self.steps.targets[:, None]
        before = own[:, None, None, segment, goal, goal]
        to_source = own[:, None, segment, goal, source]
        from_target = own[:, None, segment, target, goal]
        back = own[:, None, segment, target, source]
        after = before + more * to_source * from_target / (1 - more * back)
        return before, after
