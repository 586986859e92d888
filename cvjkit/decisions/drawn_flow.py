"""The flow of a journey for many draws of its rates at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.decisions.elimination import first_arrivals, ratio, visits
from cvjkit.model.origins import unknown_stages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvjkit.catalog.framework import Framework
    from cvjkit.decisions.elimination import Numbers, Ways
    from cvjkit.model.design import Design
    from cvjkit.model.flow import Flag


@dataclass(frozen=True, eq=False)
class DrawnFlow:
    """The flow of a journey for many draws of its rates at once.

    It answers what the formulas of the economics ask of a `Flow`, with arrays that have an entry
    for each draw.

    Parameters
    ----------
    framework : Framework
    flags : tuple of Flag
        Of the flow itself.
    known : ndarray of bool, shape (stages,)
        Whether the people at each stage are known.
    entered : mapping of int to float
        People who come in from outside, by state: segment x stages + stage.
    family : mapping of (int, int) to ndarray of float, shape (draws,)
        Shares of the visits that lead from state to state.
    births : mapping of (int, int) to ndarray of float, shape (draws,)
        People brought in per visit, from state to state.
    """

    framework: Framework
    flags: tuple[Flag, ...]
    known: Any
    entered: Mapping[int, float]
    family: Ways
    births: Ways

    @classmethod
    def of(
        cls,
        design: Design,
        shares: Mapping[tuple[int, int, int], Any],
        referrals: Mapping[tuple[int, int, int, int], Any],
    ) -> DrawnFlow:
        """Make the flow of a design with drawn rates.

        Parameters
        ----------
        design : Design
        shares : mapping of (int, int, int) to ndarray of float, shape (draws,)
            As `sampling.drawn_shares` gives them.
        referrals : mapping of (int, int, int, int) to ndarray of float, shape (draws,)
            As `sampling.drawn_referrals` gives them.

        Returns
        -------
        DrawnFlow
        """
        flow, size = design.flow(), len(design.framework)
        unknown = {key for one in design.segments for key in unknown_stages(design.framework, one)}
        segments, stages = flow.entered.nonzero()
        return cls(
            framework=design.framework,
            flags=flow.flags,
            known=np.array([key not in unknown for key in design.framework.keys]),
            entered={
                int(segment * size + stage): float(flow.entered[segment, stage])
                for segment, stage in zip(segments, stages, strict=True)
            },
            family={
                (segment * size + source, segment * size + target): share
                for (segment, source, target), share in shares.items()
            },
            births={
                (segment * size + source, into * size + target): number
                for (segment, source, into, target), number in referrals.items()
            },
        )

    @cached_property
    def visits(self) -> dict[int, Any]:
        """Work out the arrivals at each state, returns included.

        Returns
        -------
        dict of int to float or ndarray of float, shape (draws,)
            States that nobody can reach are left out.
        """
        ways = dict(self.family)
        for ends, number in self.births.items():
            ways[ends] = ways[ends] + number if ends in ways else number
        return dict(visits(self.entered, ways))

    @cached_property
    def people(self) -> dict[int, Any]:
        """Work out the unique people at each state.

        Returns
        -------
        dict of int to float or ndarray of float, shape (draws,)
            States that nobody can reach are left out.
        """
        return {state: number * self.first(state) for state, number in self.visits.items()}

    @cached_property
    def _firsts(self) -> dict[int, Numbers]:
        return {}

    @cached_property
    def _reached(self) -> dict[int, dict[int, Any]]:
        return {}

    def first(self, state: int) -> Numbers:
        """Work out the share of the visits to a state that are somebody's first.

        Parameters
        ----------
        state : int

        Returns
        -------
        float or ndarray of float, shape (draws,)
        """
        if state not in self._firsts:
            self._firsts[state] = first_arrivals(state, self.family)
        return self._firsts[state]

    def reach(self, start: int) -> dict[int, Any]:
        """Work out the probability that somebody at a state ever reaches each other one.

        Parameters
        ----------
        start : int

        Returns
        -------
        dict of int to float or ndarray of float, shape (draws,)
            0 to 1; states that cannot be reached are left out.
        """
        if start not in self._reached:
            seen = visits({start: 1.0}, self.family)
            self._reached[start] = {
                state: number * self.first(state) for state, number in seen.items()
            }
        return self._reached[start]

    def numbers(self, column: str) -> list[Any]:
        """Give a number for each stage, all segments together.

        Parameters
        ----------
        column : {"people", "visits"}

        Returns
        -------
        list of float, ndarray of float with shape (draws,), or None
            None where it is not known.
        """
        of_states: Mapping[int, Any] = getattr(self, column)
        size = len(self.framework)
        return [
            sum(number for state, number in of_states.items() if state % size == stage)
            if self.known[stage]
            else None
            for stage in range(size)
        ]

    def repeats(self, stage: int) -> list[tuple[Any, Any]]:
        """Find how many of the visits to a stage come straight back to it.

        Parameters
        ----------
        stage : int
            Its position.

        Returns
        -------
        list of (float or ndarray, float or ndarray), shape (draws,)
            For each segment its visits to the stage, and the share of them, 0 to 1.
        """
        size = len(self.framework)
        return [
            (number, self.family.get((state, state), 0.0))
            for state, number in self.visits.items()
            if state % size == stage
        ]

    @cached_property
    def k(self) -> Any:
        """Work out the new people that each referred person brings in turn.

        Returns
        -------
        ndarray of float, shape (draws,), or None
            Where the numbers grow without end, the factor by which a generation exceeds the one
            before. None if nobody is referred.
        """
        if not self.births:
            return None
        alone = visits(self.entered, self.family)
        brought: Any = 0.0
        by_referred: Any = 0.0
        for (source, _), number in self.births.items():
            if source in self.visits:
                brought = brought + self.visits[source] * number
                by_referred = by_referred + (self.visits[source] - alone.get(source, 0.0)) * number
        told = ratio(by_referred, brought, otherwise=np.nan)
        return np.where(np.isnan(told), self._growth, told)[()]

    @property
    def _growth(self) -> Any:
        """The spectral radius of the next-generation matrix."""
        starts = sorted({target for _, target in self.births})
        rows = []
        for start in starts:
            seen = visits({start: 1.0}, self.family)
            rows.append(
                [
                    sum(
                        (
                            seen[source] * number
                            for (source, target), number in self.births.items()
                            if target == end and source in seen
                        ),
                        start=0.0,
                    )
                    for end in starts
                ]
            )
        if len(starts) == 1:
            return rows[0][0]
        matrix = np.array(np.broadcast_arrays(*(cell for row in rows for cell in row)))
        matrix = np.moveaxis(matrix, 0, -1).reshape(*matrix.shape[1:], len(starts), len(starts))
        told = np.isfinite(matrix).all(axis=(-1, -2))
        radius = np.full(matrix.shape[:-2], np.nan)
        radius[told] = np.abs(np.linalg.eigvals(matrix[told])).max(axis=-1)
        return radius
