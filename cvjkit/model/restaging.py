"""The people of a design in another framework: segments, transitions and referrals."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from cvjkit.model.fold import Folded, fold, reached_by_growth, without_repeats
from cvjkit.model.origins import known_stages
from cvjkit.model.parts import Referral, Segment, Transition
from cvjkit.model.ways import (
    between_segments,
    by_segment,
    kind_of,
    step_shares,
    typed_births,
    typed_shares,
)

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.fields import Fields
    from cvjkit.model.flow import Flags, Floats, Flow

Way = TypeVar("Way", Transition, Referral)


@dataclass(frozen=True)
class Restaging:
    """A design and the framework it is carried into: the source and the target.

    A stage of the source stays if the target has it and knows its people; else it is left out, and
    its people are found at the next stage that stays.

    Parameters
    ----------
    design : Fields
        In the source.
    flow : Flow
        Of the design.
    target : Framework
    repeats : int, optional
        Position in the source of a stage whose repeats an offer tells: who comes back to it past
        stages left out is no transition then.
    """

    design: Fields
    flow: Flow
    target: Framework
    repeats: int | None = None

    @cached_property
    def positions(self) -> tuple[int | None, ...]:
        """The position in the source of each stage of the target.

        Returns
        -------
        tuple of int or None
            None for a stage that the source lacks.
        """
        at = {stage.anchor: position for position, stage in enumerate(self.flow.framework)}
        return tuple(at.get(stage.anchor) for stage in self.target)

    @cached_property
    def renamed(self) -> Mapping[str, str]:
        """The key in the target of each stage that both have, by its key in the source.

        Returns
        -------
        mapping of str to str
        """
        pairs = zip(self.target.keys, self.positions, strict=True)
        return {self.flow.framework.keys[at]: key for key, at in pairs if at is not None}

    @cached_property
    def returning(self) -> Floats:
        """Share of the visits to `repeats` that come back to it past stages left out.

        Returns
        -------
        ndarray of float, shape (segments,)
        """
        if self.repeats is None:
            return np.zeros(len(self.flow.segments))
        again = self._ways_with_repeats[:, self.repeats, self.repeats]
        return np.where(again < 1, again, 0)

    def segments(self) -> list[Segment]:
        """Carry over counts, or entrants and rates; None where they are not known.

        Returns
        -------
        list of Segment
        """
        people = [
            self._counts(segment.counts)
            if segment.counts is not None
            else self._plan(index, segment.entrants or (), segment.rates or ())
            for index, segment in enumerate(self.design.segments)
        ]
        segments = zip(self.design.segments, people, strict=True)
        return [segment.model_copy(update=fields) for segment, fields in segments]

    def transitions(self) -> list[Transition]:
        """Carry over transitions, and add those that led past stages left out.

        Returns
        -------
        list of Transition
            Each of one segment where the segments differ.
        """
        same, new = set(), list[Transition]()
        for source, target, i, j in self._pairs():
            if kind_of(self.target, *map(self.target.index, (source, target))) == "forward":
                continue
            rates = np.where(self._is_step(i, j), 0, self._ways[:, i, j])
            if np.array_equal(rates, self._typed[:, i, j]):
                same.add((source, target))
                continue
            new += [
                Transition(source=source, target=target, rate=rate, segment=segment)
                for segment, rate in by_segment(self.flow.segments, rates)
            ]
        return [*self._kept(self.design.transitions, same), *new]

    def referrals(self) -> list[Referral]:
        """Carry over referrals, and pass those of stages left out to stages that stay.

        Returns
        -------
        list of Referral
            Each of one segment where the segments differ.
        """
        rewards = {referral.reward for referral in self.design.referrals}
        reward = rewards.pop() if len(rewards) == 1 else None
        same, new = set(), list[Referral]()
        typed = typed_births(self.flow.framework, self.flow.segments, self.design.referrals)
        for source, target, i, j in self._pairs():
            brought = self._folded.births[:, i, :, j]
            stay = self._stay[:, i, None] & self._stay[:, j]
            kept = not (typed[:, i, :, j] > 0)[~stay].any()
            if kept and np.array_equal(brought, self.flow.births[:, i, :, j]):
                same.add((source, target))
                continue
            ends: dict[str, Any] = {"source": source, "target": target, "reward": reward}
            new += [
                Referral(**ends, per_person=number, segment=segment, source_segment=by)
                for by, segment, number in between_segments(self.flow.segments, brought)
            ]
        return [*self._kept(self.design.referrals, same), *new]

    def _counts(self, counts: Sequence[float | None]) -> dict[str, Any]:
        return {"counts": tuple(None if at is None else counts[at] for at in self.positions)}

    def _plan(
        self, index: int, entrants: Sequence[float | None], rates: Sequence[float | None]
    ) -> dict[str, Any]:
        stay, shares = self._stay[index], self._folded.shares[index]
        first, *later = [
            0.0
            if at is None
            else float(self._folded.entered[index, at])
            if stay[at]
            else entrants[at]
            for at in self.positions
        ]
        steps: list[float | None] = []
        for at, parent in zip(self.positions, self.target.parents, strict=True):
            start = None if parent is None else self.positions[parent]
            if at is None or start is None:
                steps.append(None)
            elif stay[at]:
                steps.append(float(shares[start, at]))
            else:
                # Of use once the stages before are known.
                own = self.flow.framework.parents[at] == start
                steps.append(rates[at] if own else None)
        known = self.positions[0] is not None and stay[self.positions[0]]
        return {"entrants": (first if known else None, *later), "rates": tuple(steps)}

    @cached_property
    def _planned(self) -> Flags:
        return np.array([not segment.observed for segment in self.design.segments])

    @cached_property
    def _typed(self) -> Floats:
        """Shares that take a transition in the source."""
        return typed_shares(self.flow.framework, self.flow.segments, self.design.transitions)

    @cached_property
    def _shares(self) -> Floats:
        """Shares in the source; those typed of a plan, though nobody left the journey."""
        typed = self._typed + step_shares(self.flow.framework, self.design.segments)
        return np.where(self._planned[:, None, None], typed, self.flow.shares)

    @cached_property
    def _stay(self) -> Flags:
        """Whether each stage of the source stays, in each segment."""
        framework = self.flow.framework
        known = np.array([known_stages(framework, segment) for segment in self.design.segments])
        known &= [key in self.renamed for key in framework.keys]
        while True:
            stay = self._with_all_before(known)
            # Where growth among stages left out leads, there is no total and no rate gives one.
            endless = stay & self.flow.undefined & self._grown(~stay)
            if not endless.any():
                return stay
            known &= ~endless

    def _grown(self, gone: Flags) -> Flags:
        """Find where growth among stages left out leads; people who were counted are so many."""
        planned = np.repeat(self._planned[:, None], gone.shape[1], axis=1)
        births = self.flow.births * planned[:, :, None, None]
        return planned & reached_by_growth(self._shares, births, gone & planned)

    def _with_all_before(self, known: Flags) -> Flags:
        """Leave out of plans what follows, in the target, a stage that is not known."""
        stay = known.copy()
        for at, parent in zip(self.positions, self.target.parents, strict=True):
            if at is not None and parent is not None:
                start = self.positions[parent]
                stay[:, at] &= ~self._planned | (False if start is None else stay[:, start])
        return stay

    @cached_property
    def _folded(self) -> Folded:
        folded = self._folded_with_repeats
        return folded if self.repeats is None else without_repeats(folded, self.repeats)

    @cached_property
    def _folded_with_repeats(self) -> Folded:
        return self._fold(self._shares)

    def _fold(self, shares: Floats) -> Folded:
        past = ~self._stay & ~self._grown(~self._stay)
        return fold(shares, self.flow.births, self.flow.entered, self._stay, past)

    @cached_property
    def _ways(self) -> Floats:
        """Shares that take a transition in the target."""
        ways = self._ways_with_repeats.copy()
        ways[self._planned] = self._folded.shares[self._planned]
        if self.repeats is not None:
            ways[:, self.repeats, self.repeats] -= self.returning
        return ways

    @cached_property
    def _ways_with_repeats(self) -> Floats:
        """Shares that take a transition in the target, repeats an offer tells included.

        The steps of counts follow from the counts; only what leads along a transition in the source
        is one in the target.
        """
        folded = self._folded_with_repeats
        steps = np.maximum(self._shares - self._typed, 0)
        along = folded.detours - self._fold(steps).detours
        both = self._stay[:, :, None] & self._stay[:, None, :]
        counted = np.where(both, self._typed, 0) + np.maximum(along, 0)
        return np.where(self._planned[:, None, None], folded.shares, counted)

    def _is_step(self, source: int, target: int) -> Flags:
        """Tell for each segment whether only stages not known there lie between two stages."""
        positions, found = self.positions, np.zeros(len(self.flow.segments), dtype=bool)
        for index, stay in enumerate(self._stay):
            above = self.target.parents[positions.index(target)]
            while above is not None and ((at := positions[above]) is None or not stay[at]):
                above = self.target.parents[above]
            found[index] = above is not None and positions[above] == source
        return found

    def _pairs(self) -> Iterator[tuple[str, str, int, int]]:
        """Give keys in the target, and positions in the source, of each two stages of both."""
        both = [(key, at) for key, at in zip(self.target.keys, self.positions, strict=True)]
        for source, i in both:
            for target, j in both:
                if i is not None and j is not None:
                    yield source, target, i, j

    def _kept(self, rows: Iterable[Way], between: Collection[tuple[str, str]]) -> Iterator[Way]:
        """Give the rows between pairs of stages of the target, named as there."""
        for row in rows:
            ends = self.renamed.get(row.source, ""), self.renamed.get(row.target, "")
            if ends in between:
                yield row.model_copy(update=dict(zip(("source", "target"), ends, strict=True)))
