"""How long people stay at the stages of a design, and when they leave them by which way."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvjkit.model.days import Ways
from cvjkit.model.delays import Delay
from cvjkit.model.origins import known_stages

if TYPE_CHECKING:
    from cvjkit.model.design import Design

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Durations:
    """How long the ways of a design take.

    Parameters
    ----------
    design : Design
    days : int
        The last day to follow people to; the first is 0.
    """

    design: Design
    days: int

    @property
    def shape(self) -> tuple[int, int]:
        """How many segments and stages there are."""
        return len(self.design.segments), len(self.design.framework)

    @cached_property
    def known(self) -> NDArray[np.bool]:
        """Whether the people at each stage are known in all segments.

        Returns
        -------
        ndarray of bool, shape (stages,)
        """
        known = [known_stages(self.design.framework, one) for one in self.design.segments]
        return np.asarray(np.array(known).all(axis=0))

    @cached_property
    def delays(self) -> tuple[Delay, ...]:
        """The delay of the step into each stage.

        Returns
        -------
        tuple of Delay
        """
        numbers = {row.stage: row for row in self.design.stages}
        return tuple(Delay.into(numbers.get(key)) for key in self.design.framework.keys)

    @cached_property
    def ways(self) -> Ways:
        """The ways that people take, with the shares who take them after each number of days.

        Returns
        -------
        Ways
            A state is a segment at a stage.
        """
        flow, size = self.design.flow(), len(self.design.framework)
        ways: list[tuple[int, int, Floats, bool]] = []
        for segment, source in np.ndindex(*self.shape):
            shares, out = flow.shares[segment, source], np.zeros(self.days + 1)
            state = segment * size + source
            for target in shares.nonzero()[0].tolist():
                taking = shares[target] * self._taken(source, target)
                ways.append((state, segment * size + target, taking, False))
                out += taking
            ways.append((state, -1, self._leaving(segment, source, out), False))
        # Whom somebody brings comes the next day.
        next_day = np.zeros(self.days + 1)
        next_day[1:2] = 1
        for segment, source, into, target in np.argwhere(flow.births).tolist():
            number = flow.births[segment, source, into, target]
            ends = (segment * size + source, into * size + target)
            ways.append((*ends, number * next_day, True))
        return Ways(int(np.prod(self.shape)), *map(np.array, zip(*ways, strict=True)))

    @cached_property
    def dwell(self) -> Floats:
        """Mean time at each stage.

        Returns
        -------
        ndarray of float, shape (segments, stages)
            0 or more [days].
        """
        dwell = np.zeros(self.shape)
        for segment, source in np.ndindex(*self.shape):
            shares = self.design.flow().shares[segment, source]
            targets = shares.nonzero()[0].tolist()
            weights = shares[targets] if targets else None
            means = [self._mean(source, target) for target in targets or self._ahead(source)]
            dwell[segment, source] = np.average(means, weights=weights) if means else 0.0
        return dwell

    def waits(self, source: int, target: int) -> tuple[Delay, ...]:
        """List the waits, one after another, that a way from a stage to another takes.

        Parameters
        ----------
        source : int
            Position of the stage it leaves.
        target : int
            Position of the stage it leads to.

        Returns
        -------
        tuple of Delay
        """
        cycle = self._cycle(source, target)
        if cycle is not None:
            return (Delay(cycle),)
        return tuple(self.delays[stage] for stage in self._steps(source, target))

    def _leaving(self, segment: int, source: int, out: Floats) -> Floats:
        """When those leave who take no way on: as late as those who do, on average."""
        left = max(0.0, 1 - float(self.design.flow().shares[segment, source].sum()))
        total = 1 - left
        if total > 0:
            return left / total * out
        ahead = [self._taken(source, stage) for stage in self._ahead(source)]
        at_once = np.eye(1, self.days + 1)[0]
        return np.asarray(left * (np.mean(ahead, axis=0) if ahead else at_once))

    def _ahead(self, source: int) -> list[int]:
        parents = enumerate(self.design.framework.parents)
        return [stage for stage, parent in parents if parent == source]

    def _taken(self, source: int, target: int) -> Floats:
        """How long a way takes, by days."""
        first, *others = (self._daily(wait) for wait in self.waits(source, target))
        for other in others:
            first = np.convolve(first, other)[: self.days + 1]
        return np.asarray(first)

    def _daily(self, wait: Delay) -> Floats:
        """How long a wait takes, by days; worked out once."""
        if wait not in self._worked_out:
            self._worked_out[wait] = wait.daily(self.days)
        return self._worked_out[wait]

    @cached_property
    def _worked_out(self) -> dict[Delay, Floats]:
        return {}

    def _mean(self, source: int, target: int) -> float:
        """Mean time that a way takes, however long."""
        return sum(wait.average for wait in self.waits(source, target))

    def _cycle(self, source: int, target: int) -> float | None:
        """Give the buying cycle that a repeat takes; None if it is none, or none is typed."""
        framework = self.design.framework
        anchors = {framework.anchor(one.stage): one for one in self.design.offers}
        offer = anchors.get(framework.stages[source].anchor) if source == target else None
        return None if offer is None else offer.cycle_days

    def _steps(self, source: int, target: int) -> list[int]:
        """List the stages whose steps a way takes: over those not known, all of theirs."""
        before = self.design.framework.before(target)
        over = takewhile(lambda stage: stage != source and not self.known[stage], before)
        return [target, *over]
