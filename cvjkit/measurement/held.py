"""People divided by the value of a property that is held constant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cvjkit.measurement.attempts import attempts_of
from cvjkit.measurement.counting import starts_of
from cvjkit.measurement.log import Log

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Bools, Ints


def held(batch: Batch, log: Log, definition: Definition, hold: str | None) -> tuple[Batch, Log]:
    """Keep of each person the events with the value with which they get furthest.

    Parameters
    ----------
    batch : Batch
    log : Log
        Its events.
    definition : Definition
        The reentry `first` keeps the value with which the person begins first; `every` keeps all
        values, each as if it were somebody else.
    hold : str or None
        The property; without one, everything is kept. An event without a value is left out.

    Returns
    -------
    Batch, Log
        Of values equally good, that of the lowest number is kept. Who begins with none is left out.
    """
    codes = batch.held
    if hold is None or codes is None:
        return batch, log
    people = np.repeat(np.arange(len(batch.offsets) - 1), np.diff(batch.offsets))
    events = np.lexsort((codes, people))
    events = events[codes[events] >= 0]
    whose, own = people[events], codes[events]
    begins = np.append(True, (whose[1:] != whose[:-1]) | (own[1:] != own[:-1]))[: len(events)]
    offsets = np.append(np.flatnonzero(begins), len(events))
    whose = whose[begins]
    batch = batch.taken(whose, events, offsets)
    log = Log(batch.times, log.masks[events], offsets)
    if definition.reentry == "every":
        return batch, log
    chosen = _chosen(log, whose, definition)
    kept = np.repeat(chosen, np.diff(offsets))
    batch = batch.of_people(chosen)
    return batch, Log(batch.times, log.masks[kept], batch.offsets)


def _chosen(log: Log, whose: Ints, definition: Definition) -> Bools:
    """Choose one value of each person."""
    attempts = attempts_of(log, definition)
    whose = whose[attempts.people]
    starts = log.times[starts_of(attempts)]
    levels = attempts.levels if definition.reentry == "best" else np.zeros_like(attempts.levels)
    order = np.lexsort((starts, -levels, whose))
    whose = whose[order]
    chosen = np.zeros(len(log.offsets) - 1, dtype=np.bool)
    chosen[attempts.people[order[np.append(True, whose[1:] != whose[:-1])[: len(order)]]]] = True
    return chosen
