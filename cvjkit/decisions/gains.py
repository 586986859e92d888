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

from cvjkit.decisions.elimination import fundamental
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
    money = np.zeros((*more.shape[1:3], more.shape[0]))
    people = np.zeros_like(money)
    for groups in _groups(ways.births):
        blocks = _Blocks(ways, groups, steps)
        change = more[..., groups].transpose(4, 1, 3, 2, 0)
        moved = blocks.moved(change)
        money += blocks.money(moved, gain[groups])
        if goal is not None:
            people += blocks.people(change, moved, goal)
    return Gains(np.moveaxis(money, -1, 0), np.moveaxis(people, -1, 0))


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
    """Divide the segments into groups that bring people only into their own group.

    Groups of as many segments stand together: shape (groups, segments).
    """
    linked = births.any(axis=(1, 3))
    linked = linked | linked.T | np.eye(len(births), dtype=bool)
    for _ in range(len(linked).bit_length()):
        linked = linked.astype(float) @ linked.astype(float) > 0
    found = [np.flatnonzero(row) for row in np.unique(linked, axis=0)]
    sizes = sorted({len(group) for group in found})
    return [np.stack([group for group in found if len(group) == size]) for size in sizes]


# Groups of segments, solved: a node is a stage in a segment of the group. The draws are the last
# axis, so that each step of the elimination runs through memory once; what differs by step is
# shaped (segments, changes, groups, steps, draws).
class _Blocks:
    def __init__(self, ways: Ways, groups: Indices, steps: Steps) -> None:
        draws, _, size, _ = ways.shares.shape
        count, members = groups.shape
        self.size, self.own = size, np.arange(members)
        self.shares = ways.shares[:, groups].transpose(3, 4, 2, 1, 0)
        births = ways.births[groups[:, :, None], :, groups[:, None, :]].transpose(1, 3, 2, 4, 0)
        within = np.eye(members)[:, None, :, None, None, None]
        moves = births[..., None] + within * self.shares.transpose(2, 0, 1, 3, 4)[:, :, None]
        self.matrix = fundamental(moves.reshape(members * size, members * size, count, draws))
        entered = ways.entered[groups].reshape(count, -1).T
        some = entered.any(axis=1)
        self.visits = (entered[some, None, :, None] * self.matrix[some]).sum(axis=0)
        # The group, and the stages and nodes of the steps: shape (segments, groups, steps).
        self.group, self.segment = np.arange(count)[:, None], self.own[:, None, None]
        self.sources, self.targets = steps.sources[groups].swapaxes(0, 1), steps.targets
        self.starts = self.sources + self.segment * size
        self.ends = self.targets + self.segment * size

    # How many people more take each step.
    def moved(self, more: Floats) -> Floats:
        first = self.visits[self.starts, self.group]
        back = self.matrix[self.ends[:, None], self.starts, self.group]
        onward = fundamental(more[:, None] * back[:, :, None])
        return np.asarray(more * (first[:, None, None] * onward).sum(axis=0))

    def money(self, moved: Floats, gain: Floats) -> Floats:
        brings = gain.reshape(len(gain), -1).T
        some = brings.any(axis=1)
        worth = (self.matrix[:, some] * brings[some][:, :, None]).sum(axis=1)
        return np.asarray((moved * worth[self.ends, self.group][:, None]).sum(axis=(0, 2)))

    def people(self, more: Floats, moved: Floats, goal: int) -> Floats:
        goals = goal + self.own * self.size
        onward = self.matrix[self.ends[:, None], goals[:, None, None], self.group]
        visits = self.visits[goals][:, None, :, None]
        later = visits + (moved[:, None] * onward[:, :, None]).sum(axis=0)
        before, after = self._visits_per_person(more, goal)
        return np.asarray((later / after - visits / before).sum(axis=(0, 2)))

    def _visits_per_person(self, more: Floats, goal: int) -> tuple[Floats, Floats]:
        matrix, where = fundamental(self.shares), (self.segment, self.group)
        before = matrix[goal, goal, *where][:, None]
        to_source = matrix[goal, self.sources, *where][:, None]
        from_target = matrix[self.targets, goal, *where][:, None]
        back = matrix[self.targets, self.sources, *where][:, None]
        return before, before + more * to_source * from_target / (1 - more * back)
