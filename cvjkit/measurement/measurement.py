"""What was measured in a log besides the counts: tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np

from cvjkit.errors import InputError, unknown_name
from cvjkit.measurement import finding_tables, reach_tables, return_tables, trend_tables
from cvjkit.measurement.periods import clock_of
from cvjkit.measurement.waits import Waits
from cvjkit.number_text import people_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.batch import Labels
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.engine import Contents
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.segments import Segments
    from cvjkit.measurement.sums import Sums
    from cvjkit.measurement.tally import Tally


@dataclass(frozen=True, eq=False)
class Measurement:
    """What was measured in a log, as tables. Changing a table does not change the measurement.

    Parameters
    ----------
    tally : Tally
        By segment, as `Segments.of` gives it.
    labels : Labels
    framework : Framework
    definition : Definition
        Its steps are stages of the framework.
    segments : Segments
    by_stage : mapping of str to tuple of str
        The names of the events of each stage, as `names_by_stage` finds them.
    counts : tuple of int
        How many events of each name the log has, in the order of `labels.names`.
    segment : int or None
        The only segment that the tables are about; None for all together. Quality, activity,
        retention and correlations are always about all.
    contents : Contents, optional
        What an engine found in the log before it was counted.
    zone : str
        The time zone whose midnight begins a day.
    """

    tally: Tally
    labels: Labels
    framework: Framework
    definition: Definition
    segments: Segments
    by_stage: Mapping[str, tuple[str, ...]]
    counts: tuple[int, ...]
    segment: int | None = None
    contents: Contents | None = None
    zone: str = "UTC"

    def only(self, segment: str) -> Self:
        """Give the measurement of one segment.

        Parameters
        ----------
        segment : str
            Its name.

        Returns
        -------
        Self

        Raises
        ------
        InputError
            If there is no such segment.
        """
        names = [row["name"] for row in self.segments.rows]
        if segment not in names:
            raise InputError("the measurement", [unknown_name("segment", segment, names)])
        return replace(self, segment=names.index(segment))

    @cached_property
    def until(self) -> float:
        """When the log ends, by the clock of its zone.

        Returns
        -------
        float
            [days since 1970-01-01]
        """
        return clock_of(self.tally.last, self.zone)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """Keys of the stages that have events, in order.

        Returns
        -------
        tuple of str
        """
        return tuple(step.name for step in self.definition.steps)

    @cached_property
    def people(self) -> Ints:
        """How many reached each stage that has events.

        Returns
        -------
        ndarray of int64, shape (steps,)
        """
        return np.asarray(self.own(self.tally.reached).totals.sum(axis=0))

    def own(self, sums: Sums) -> Sums:
        """Choose the sums of the segment.

        Parameters
        ----------
        sums : Sums
            By segment and other keys.

        Returns
        -------
        Sums
            By the other keys.
        """
        if self.segment is not None:
            return sums.where(0, self.segment)
        return sums.over(*range(1, sums.keys.shape[1]))

    def waits(self, since: int, step: int) -> Waits:
        """Give how long people took to a stage.

        Parameters
        ----------
        since : int
            `SINCE_BEFORE` or `SINCE_START`.
        step : int

        Returns
        -------
        Waits
        """
        return Waits.of(self.all_waits.where(0, since).where(0, step))

    def ways_between(self, source: int, target: int) -> Waits:
        """Give how long people took from a visit at one stage to the next at another.

        Parameters
        ----------
        source : int
        target : int
            As in `Ways`.

        Returns
        -------
        Waits
        """
        return Waits.of(self.ways.where(0, source).where(0, target))

    @cached_property
    def visits(self) -> Ints:
        """How many visits each stage that has events had.

        Returns
        -------
        ndarray of int64, shape (steps,)
        """
        into = self.ways.over(1).filled([len(self.steps) + 1])
        return np.asarray(into[:-1, 0])

    @cached_property
    def all_waits(self) -> Sums:
        """The waits of the segment, by since what, step and bucket.

        Returns
        -------
        Sums
        """
        return self.own(self.tally.waits)

    @cached_property
    def ways(self) -> Sums:
        """The ways of the segment, by source, target and bucket.

        Returns
        -------
        Sums
        """
        return self.own(self.tally.ways)

    @cached_property
    def before(self) -> tuple[int | None, ...]:
        """For each stage that has events, the nearest such before it; None for the first.

        Returns
        -------
        tuple of int or None
        """
        found = list[int | None]()
        for step in self.steps:
            stage = self.framework.parents[self.framework.index(step)]
            while stage is not None and self.framework.keys[stage] not in self.steps:
                stage = self.framework.parents[stage]
            found.append(None if stage is None else self.steps.index(self.framework.keys[stage]))
        return tuple(found)

    @property
    def remarks(self) -> list[str]:
        """What the quality of the log has to say, in sentences.

        Returns
        -------
        list of str
        """
        quality = self.quality
        worth = quality[(quality["count"] > 0) & ~quality.index.isin(["events", "people"])]
        return [
            f"{people_text(count)}: {meaning}"
            for count, meaning in zip(worth["count"], worth["meaning"], strict=True)
        ]

    stages = property(reach_tables.stages)
    timings = property(reach_tables.timings)
    transitions = property(reach_tables.transitions)
    revenue = property(reach_tables.revenue)
    orders = property(reach_tables.orders)
    trend = property(trend_tables.trend)
    trend_against = trend_tables.trend_against
    retention = property(return_tables.retention)
    activity = property(return_tables.activity)
    quality = property(finding_tables.quality)
    events = property(finding_tables.events)
    correlations = finding_tables.correlations
