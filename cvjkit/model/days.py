"""People followed day by day through a journey.

The arrivals at each stage on day t are those who come in and those who left other stages for it:

    a_j(t) = e_j(t) + sum_i sum_tau a_i(t - tau) [p_ij g_ij(tau) + r_ij h_ij(tau)]

with the shares p and delays g of the ways, the people r brought in per visit, and h the time that
takes. What takes no time is solved within the day. Everybody who arrives leaves by one way or
another, later; whoever has not yet is standing there. So on every day

    arrivals to date = moved on + left + standing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cvjkit.model.generations import leads_to

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ways:
    """The ways between states, and how long they take; a state is a segment at a stage.

    Parameters
    ----------
    count : int
        How many states there are.
    sources, targets : ndarray of int, shape (ways,)
        States; a target of -1 is out of the journey.
    daily : ndarray of float, shape (ways, days)
        Share of the arrivals at the source that come to the target after so many days.
    born : ndarray of bool, shape (ways,)
        Whether the way brings new people in, rather than moving those who are there.
    """

    count: int
    sources: NDArray[np.int_]
    targets: NDArray[np.int_]
    daily: Floats
    born: NDArray[np.bool]

    @cached_property
    def window(self) -> int:
        """Days after which everybody who ever leaves has left.

        Returns
        -------
        int
        """
        used = np.flatnonzero(self.daily.any(axis=0))
        return int(used[-1]) + 1 if len(used) else 1

    @cached_property
    def at_once(self) -> Floats:
        """Visits on the same day, to each state, of a person who arrives at each state.

        Returns
        -------
        ndarray of float, shape (states, states)
        """
        moves = np.zeros((self.count, self.count))
        inside = self.targets >= 0
        np.add.at(moves, (self.sources[inside], self.targets[inside]), self.daily[inside, 0])
        return np.asarray(np.linalg.inv(np.eye(self.count) - moves))

    @cached_property
    def _family(self) -> Ways:
        """The ways that move those who are there."""
        return self.only(~self.born & (self.targets >= 0))

    @cached_property
    def _links(self) -> Floats:
        """1 where a way of the family leads from a state to another."""
        links = np.zeros((self.count, self.count))
        links[self._family.sources, self._family.targets] = 1
        return links

    def only(self, kept: NDArray[np.bool]) -> Ways:
        """Leave ways out.

        Parameters
        ----------
        kept : ndarray of bool, shape (ways,)

        Returns
        -------
        Ways
        """
        return replace(
            self,
            sources=self.sources[kept],
            targets=self.targets[kept],
            daily=self.daily[kept],
            born=self.born[kept],
        )

    def back_to(self, state: int, days: int) -> Floats | None:
        """Find when people who arrive at a state first come back to it.

        Parameters
        ----------
        state : int
        days : int

        Returns
        -------
        ndarray of float, shape (days,), or None
            Share who are back after each number of days. None if nobody ever comes back.
        """
        behind = leads_to(self._links, np.arange(self.count) == state)
        if not self._links[state, behind].any():
            return None
        # Whoever comes back goes to a state of their own, and who starts there leaves the old one.
        again = self.count
        family = self._family.only(behind[self._family.targets])
        round_trip = replace(
            family,
            count=again + 1,
            targets=np.where(family.targets == state, again, family.targets),
        )
        start = np.zeros((days, again + 1))
        start[0, state] = 1
        return follow(round_trip, start).arrivals[:, again]


@dataclass(frozen=True, eq=False)
class Followed:
    """People followed day by day.

    Parameters
    ----------
    arrivals : ndarray of float, shape (days, states)
        Returns included.
    entered, referred : ndarray of float, shape (days, states)
        Of these, who came in from outside, and who were brought in.
    moved : ndarray of float, shape (ways, days)
        People who take each way, on the day they arrive at its end.
    """

    arrivals: Floats
    entered: Floats
    referred: Floats
    moved: Floats


def follow(ways: Ways, entering: Floats, market: float | None = None) -> Followed:
    """Follow people day by day.

    Parameters
    ----------
    ways : Ways
    entering : ndarray of float, shape (days, states)
        People who come in from outside.
    market : float, optional
        People there are to reach: no more come in, and none are brought in.

    Returns
    -------
    Followed
    """
    days, count = entering.shape
    moved = np.zeros((len(ways.sources), days))
    arrivals, entered, referred = (np.zeros((days, count)) for _ in range(3))
    into = _incidence(ways, count, ~ways.born)
    brings = _incidence(ways, count, ways.born)
    window, at_once = ways.window, ways.at_once
    daily = np.ascontiguousarray(ways.daily[:, :window])
    left = np.inf if market is None else market
    for day in range(days):
        today = moved[:, day].copy()
        new, brought = entering[day], brings @ today
        coming = new.sum() + brought.sum()
        share = 1.0 if coming <= left else left / coming
        left -= share * coming
        entered[day], referred[day] = share * new, share * brought
        arrivals[day] = (into @ today + entered[day] + referred[day]) @ at_once
        end = min(days, day + window)
        moved[:, day:end] += arrivals[day][ways.sources, None] * daily[:, : end - day]
    return Followed(arrivals, entered, referred, moved)


def _incidence(ways: Ways, count: int, kept: NDArray[np.bool]) -> Floats:
    matrix = np.zeros((count, len(ways.sources)))
    chosen = np.flatnonzero(kept & (ways.targets >= 0))
    matrix[ways.targets[chosen], chosen] = 1
    return matrix
