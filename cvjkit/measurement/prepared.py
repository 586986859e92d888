"""A batch made ready to be counted: what is the same under every definition of the same steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from cvjkit.measurement.activity import Active, activity_of
from cvjkit.measurement.counting import Values, settled, without_bots
from cvjkit.measurement.periods import PERIODS, days_of
from cvjkit.measurement.quality import quality_of
from cvjkit.measurement.sums import Sums, counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.log import Ints, Log
    from cvjkit.measurement.settings import Settings


@dataclass(frozen=True, eq=False)
class People:
    """Some people and their events, with what is found once and used under every definition.

    Parameters
    ----------
    batch : Batch
        Settled.
    log : Log
        The same events.
    steps : int
        How many there are.
    zone : str
        The time zone whose midnight begins a day.
    """

    batch: Batch
    log: Log
    steps: int
    zone: str

    @cached_property
    def days(self) -> Ints:
        """The day of each event [days since 1970-01-01].

        Returns
        -------
        ndarray of int64, shape (events,)
        """
        return days_of(self.batch.times, self.zone)

    @cached_property
    def active(self) -> tuple[Active, ...]:
        """When people did anything of a stage.

        Returns
        -------
        tuple of Active
            For each of `PERIODS`.
        """
        days = Active.days(self.log, self.days, self.steps)
        return tuple(days.by(period) for period in PERIODS)

    @cached_property
    def activity(self) -> Sums:
        """How many people did anything of a stage, and how many events, as in `Tally`.

        Returns
        -------
        Sums
        """
        return activity_of(self.active)

    @cached_property
    def segment(self) -> tuple[Values, Values]:
        """What says the segment of a person.

        Returns
        -------
        tuple of Values
            Channel and awareness.
        """
        return Values(self.batch.channel), Values(self.batch.awareness)

    @cached_property
    def properties(self) -> tuple[Values, ...]:
        """What people are broken down by.

        Returns
        -------
        tuple of Values
        """
        return tuple(map(Values, self.batch.properties.values()))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A batch made ready to be counted under any definition of the same steps and exclusions.

    Parameters
    ----------
    people : People
        Without those who are not counted.
    settings : Settings
    names : Sums
        As in `Tally`.
    quality : mapping of str to int
        As `quality_of` gives it.
    """

    people: People
    settings: Settings
    names: Sums
    quality: Mapping[str, int]

    @classmethod
    def of(cls, batch: Batch, masks: Ints, steps: int, settings: Settings) -> Self:
        """Make a batch ready.

        Parameters
        ----------
        batch : Batch
        masks : ndarray of int, shape (names,)
            What the events of each name are events of, as `masks_of` gives it.
        steps : int
            How many there are.
        settings : Settings

        Returns
        -------
        Self
        """
        batch, log = settled(batch, masks[batch.names])
        quality = quality_of(batch, log, steps, settings.bot_events)
        batch, log = without_bots(batch, log, settings)
        names = counted([batch.names])
        return cls(People(batch, log, steps, settings.zone), settings, names, quality)
