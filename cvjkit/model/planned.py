"""Visits to the segments that are planned by rates, given those to the others."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cvjkit.model.chain import fundamental_matrix, stacked
from cvjkit.model.generations import growing, leads_to

Floats = NDArray[np.floating]
Flags = NDArray[np.bool]


@dataclass(frozen=True, eq=False)
class Planned:
    """The segments that are planned, among others whose people were counted.

    Parameters
    ----------
    shares : ndarray of float, shape (segments, stages, stages)
        Share, 0 to 1, of the visits to the first stage that go on to the second.
    births : ndarray of float, shape (segments, stages, segments, stages)
        People brought in per visit.
    entered : ndarray of float, shape (segments, stages)
        People who come in from outside.
    counts : ndarray of float, shape (segments, stages)
        People counted; 0 in the segments that are planned.
    counted : ndarray of bool, shape (segments,)
        Which segments are not planned.
    """

    shares: Floats
    births: Floats
    entered: Floats
    counts: Floats
    counted: Flags

    @cached_property
    def fundamental(self) -> Floats:
        """Visits to the second stage of a person who arrives at the first.

        Returns
        -------
        ndarray of float, shape (segments, stages, stages)
        """
        return fundamental_matrix(self.shares)

    @cached_property
    def endless(self) -> Flags:
        """The stages that growth without end comes to: nobody can say how many get there.

        Returns
        -------
        ndarray of bool, shape (segments, stages)
        """
        return self._reach[1].reshape(self.entered.shape)

    @cached_property
    def flooded(self) -> Flags:
        """The stages where people are brought in from where growth has no end.

        Returns
        -------
        ndarray of bool, shape (segments, stages)
        """
        from_there = self._brought[self.endless.ravel()] > 0
        return np.asarray(from_there.any(axis=0)).reshape(self.entered.shape)

    @cached_property
    def _brought(self) -> Floats:
        """People brought in per visit, from any stage of any segment to any other."""
        return self.births.reshape(self.entered.size, self.entered.size)

    @cached_property
    def _reach(self) -> tuple[Flags, Flags]:
        """Find the stages of planned segments that people come to; those who have no end apart."""
        among = np.repeat(~self.counted, self.entered.shape[1])
        births = np.where(self.counted[:, None, None, None], 0, self.births)
        grows = growing(self.fundamental, births).ravel() if births.any() else ~among & among
        if not grows.any():
            return among, grows
        ways = stacked(self.shares) + self._brought
        come = among & (self.entered.ravel() > 0)
        come |= among & (self._brought[self.counts.ravel() > 0] > 0).any(axis=0)
        ways[~among] = 0
        come = leads_to(ways.T, come)
        endless = among & leads_to(ways.T, grows & come)
        return come & among & ~endless, endless

    def visits(self, counted: Floats) -> Floats:
        """Solve for the visits to the planned segments.

        Parameters
        ----------
        counted : ndarray of float, shape (segments, stages)
            Visits to the segments that were counted; 0 in the others.

        Returns
        -------
        ndarray of float, shape (segments, stages)
            These, and those to the planned segments; 0 where they have no end.
        """
        if self.counted.all():
            return counted
        if not self.births.any():
            return np.asarray(counted + np.einsum("si,sij->sj", self.entered, self.fundamental))
        known, (there, _) = counted.ravel(), self._reach
        came = self.entered.ravel() + known @ self._brought
        ways = (stacked(self.shares) + self._brought)[np.ix_(there, there)]
        visits = np.array(known, dtype=float)
        visits[there] = np.linalg.solve((np.eye(len(ways)) - ways).T, came[there])
        return np.asarray(np.maximum(visits, 0)).reshape(counted.shape)
