"""A flow with stages left out: the same people and visits at those that stay.

Whoever gets from one stage that stays to the next one, past stages left out only, goes there
directly (a censored chain: Kemeny and Snell, Finite Markov Chains, 1976, section 6.1). Whoever
comes in at a stage left out, or is brought in there, does so where they first get to a stage that
stays; and so do those whom they bring in on the way, and those in their turn.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cvjkit.model.chain import Flags, Floats, fundamental_matrix, stacked, without_exit
from cvjkit.model.generations import growing, leads_to


@dataclass(frozen=True, eq=False)
class Folded:
    """What moves people between the stages that stay; 0 at those left out.

    Parameters
    ----------
    direct, detours : ndarray of float, shape (segments, stages, stages)
        Share of the visits to a stage that go on to another, straight and past stages left out.
    births : ndarray of float, shape (segments, stages, segments, stages)
        People brought in per visit.
    entered : ndarray of float, shape (segments, stages)
        People who come in from outside.
    """

    direct: Floats
    detours: Floats
    births: Floats
    entered: Floats

    @property
    def shares(self) -> Floats:
        """Share, 0 to 1, of the visits to a stage that go on to another, straight or not."""
        return np.minimum(self.direct + self.detours, 1)


def fold(shares: Floats, births: Floats, entered: Floats, stay: Flags, past: Flags) -> Folded:
    """Leave stages out of a flow.

    Parameters
    ----------
    shares : ndarray of float, shape (segments, stages, stages)
        P, as in `cvjkit.model.flow.Flow`.
    births : ndarray of float, shape (segments, stages, segments, stages)
        R.
    entered : ndarray of float, shape (segments, stages)
    stay : ndarray of bool, shape (segments, stages)
        The stages that stay.
    past : ndarray of bool, shape (segments, stages)
        The stages left out, but for those that growth without end comes to.

    Returns
    -------
    Folded
    """
    moves, brought = stacked(shares), births.reshape(stay.size, stay.size)
    stays, passed = stay.ravel(), past.ravel()
    between, out = np.ix_(stays, stays), np.ix_(stays, passed)
    among, onward = np.ix_(passed, passed), np.ix_(passed, stays)
    within = _moving(moves[among])
    alone = _visits(within)
    # Who gets to which stage that stays: one person, all whom they bring in, both.
    person = alone @ moves[onward]
    everyone = np.maximum(_visits(within + brought[among]) @ (moves[onward] + brought[onward]), 0)
    others = np.maximum(alone @ (brought[onward] + brought[among] @ everyone), 0)
    direct, detours, children = (np.zeros_like(moves) for _ in range(3))
    direct[between] = moves[between]
    detours[between] = moves[out] @ np.maximum(person, 0)
    children[between] = brought[between] + brought[out] @ everyone + moves[out] @ others
    first = np.zeros(stay.size)
    first[stays] = entered.ravel()[stays] + entered.ravel()[passed] @ everyone
    return Folded(
        direct=_unstacked(direct, shares),
        detours=_unstacked(detours, shares),
        births=children.reshape(births.shape),
        entered=first.reshape(entered.shape),
    )


def reached_by_growth(shares: Floats, births: Floats, gone: Flags) -> Flags:
    """Find where people come who are brought in without end among stages left out.

    Parameters
    ----------
    shares : ndarray of float, shape (segments, stages, stages)
    births : ndarray of float, shape (segments, stages, segments, stages)
        Both as in `fold`.
    gone : ndarray of bool, shape (segments, stages)
        The stages left out.

    Returns
    -------
    ndarray of bool, shape (segments, stages)
    """
    among = shares * (gone[:, :, None] & gone[:, None, :])
    inside = births * (gone[:, :, None, None] & gone[None, None])
    ways = stacked(shares) + births.reshape(gone.size, gone.size)
    grows = growing(fundamental_matrix(among), inside)
    return leads_to(ways.T, grows.ravel()).reshape(gone.shape)


def _moving(moves: Floats) -> Floats:
    """Let nobody move on within a loop without exit."""
    return np.where(without_exit(moves[None])[0][:, None], 0, moves)


def _visits(ways: Floats) -> Floats:
    return np.asarray(np.linalg.inv(np.eye(len(ways)) - ways))


def _unstacked(matrix: Floats, like: Floats) -> Floats:
    n_segments, size, _ = like.shape
    index = np.arange(n_segments)
    return matrix.reshape(n_segments, size, n_segments, size)[index, :, index]


def without_repeats(folded: Folded, stage: int) -> Folded:
    """Count all visits in a row to a stage as one.

    Parameters
    ----------
    folded : Folded
    stage : int
        Position of the stage.

    Returns
    -------
    Folded
        With the same people at every stage.
    """
    again = folded.shares[:, stage, stage]
    once = np.where(again < 1, 1 - again, 1)[:, None]
    direct, detours, births = folded.direct.copy(), folded.detours.copy(), folded.births.copy()
    direct[:, stage] /= once
    detours[:, stage] /= once
    births[:, stage] /= once[:, :, None]
    direct[:, stage, stage] = detours[:, stage, stage] = 0
    return Folded(direct, detours, births, folded.entered)
