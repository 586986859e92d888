"""The steps of a flow whose rates are known, and how a rate of all segments is raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.model.flow import Floats, Flow

Indices = NDArray[np.int_]


@dataclass(frozen=True, eq=False)
class Steps:
    """The steps of a flow, in the order of the stages they lead to.

    Parameters
    ----------
    keys : tuple of str
        Of the stages they lead to.
    sources : ndarray of int, shape (segments, steps)
        Position of the stage they leave: the nearest before that is known.
    targets : ndarray of int, shape (steps,)
        Position of the stage they lead to.
    rates : ndarray of float, shape (steps, segments)
        Share, 0 to 1, of the visits to the source that take the step.
    room : ndarray of float, shape (steps, segments)
        Share, 0 to 1, of these visits after which people leave for good.
    visits : ndarray of float, shape (steps, segments)
        To the source.
    """

    keys: tuple[str, ...]
    sources: Indices
    targets: Indices
    rates: Floats
    room: Floats
    visits: Floats

    @property
    def pooled(self) -> Floats:
        """The rate of each step, all segments together, shape (steps,); NaN where nobody is."""
        return _average(self.rates, self.visits)

    @property
    def highest(self) -> Floats:
        """The highest that `pooled` can be, shape (steps,): nobody leaves for good."""
        return _average(self.rates + self.room, self.visits)

    def rates_in(self, shares: Floats) -> Floats:
        """Look up the rates of the steps.

        Parameters
        ----------
        shares : ndarray of float, shape (..., segments, stages, stages)

        Returns
        -------
        ndarray of float, shape (..., steps, segments)
        """
        segments = np.arange(shares.shape[-3])[:, None]
        return np.asarray(shares[..., segments, self.sources, self.targets].swapaxes(-1, -2))

    def room_in(self, shares: Floats) -> Floats:
        """Look up the share who leave for good where each step begins.

        Parameters
        ----------
        shares : ndarray of float, shape (..., segments, stages, stages)

        Returns
        -------
        ndarray of float, shape (..., steps, segments)
        """
        segments = np.arange(shares.shape[-3])[:, None]
        left = np.clip(1 - shares.sum(axis=-1), 0, 1)
        return np.asarray(left[..., segments, self.sources].swapaxes(-1, -2))

    def raised(self, step: int, rate: float) -> Floats:
        """Raise a rate of all segments together, by the same factor in each.

        Parameters
        ----------
        step : int
            Position among `keys`.
        rate : float
            What `pooled` is to be, no more than `highest`.

        Returns
        -------
        ndarray of float, shape (segments,)
            What a segment has no room for, the others take. Where all are 0, the same is added to
            each.
        """
        rates, most = self.rates[step], self.rates[step] + self.room[step]
        visits = self.visits[step] if self.visits[step].any() else np.ones(len(rates))
        parts = rates if (rates * visits).any() else np.where(most > 0, 1.0, 0.0)
        found, full = parts, np.zeros(len(rates), dtype=bool)
        for _ in rates:
            rest = rate * visits.sum() - (visits * most)[full].sum()
            taking = (visits * parts)[~full].sum()
            if not taking:
                break
            found = np.where(full, most, parts * rest / taking)
            if not (found > most).any():
                break
            full |= found >= most
        return np.asarray(np.minimum(found, most))

    def changes(self, step: int, rates: Floats, segments: Sequence[str]) -> dict[str, float]:
        """Give the rates of a step by the paths at which they are put.

        Parameters
        ----------
        step : int
            Position among `keys`.
        rates : ndarray of float, shape (segments,)
        segments : sequence of str
            Names of the segments.

        Returns
        -------
        dict of str to float
        """
        return {
            path_of(["segments", Title(name), "rates", self.keys[step]]): min(float(rate), 1.0)
            for name, rate in zip(segments, rates, strict=True)
        }


def steps_of(flow: Flow) -> Steps:
    """Find the steps whose rates are known in every segment.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    Steps
    """
    sources = np.array([_sources(flow, segment) for segment in range(len(flow.segments))])
    targets = np.flatnonzero((sources >= 0).all(axis=0))
    sources = sources[:, targets]
    segments = np.arange(len(flow.segments))[:, None]
    found = Steps(
        keys=tuple(flow.framework.keys[stage] for stage in targets),
        sources=sources,
        targets=targets,
        rates=np.zeros(0),
        room=np.zeros(0),
        visits=flow.visits[segments, sources].T,
    )
    return Steps(
        **{
            **vars(found),
            "rates": found.rates_in(flow.shares),
            "room": found.room_in(flow.shares),
        }
    )


def _sources(flow: Flow, segment: int) -> list[int]:
    """Find the nearest known stage before each stage; -1 where it or the stage is not known."""
    unknown, parents = flow.undefined[segment], flow.framework.parents
    found = []
    for stage, parent in enumerate(parents):
        above = parent
        while above is not None and unknown[above]:
            above = parents[above]
        found.append(-1 if above is None or unknown[stage] else above)
    return found


def _average(rates: Floats, visits: Floats) -> Floats:
    total = visits.sum(axis=1)
    went = (rates * visits).sum(axis=1)
    return np.asarray(np.divide(went, total, out=np.full(len(total), np.nan), where=total > 0))
