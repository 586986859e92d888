"""Who reached a stage and went no further: the people themselves, not their number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import pandas as pd

from cvjkit.errors import Fault, InputError, is_one_of, unknown_name
from cvjkit.measurement.attempts import NEVER, attempts_of
from cvjkit.measurement.counting import settled, step_times, without_bots
from cvjkit.measurement.held import held
from cvjkit.measurement.names import keys_by_name
from cvjkit.measurement.opening import opened
from cvjkit.measurement.options import SUBJECT
from cvjkit.model.arguments import is_whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.batch import Batch
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.options import Events, Options
    from cvjkit.measurement.settings import Settings

MOST = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Last:
    """Finds the attempts of a batch that end at a step. It can be sent to another machine.

    Parameters
    ----------
    step : int
    definition : Definition
    masks : ndarray of int64, shape (names,)
        What the events of each name are events of.
    settings : Settings
    most : int
        How many to keep.
    """

    step: int
    definition: Definition
    masks: Ints
    settings: Settings
    most: int

    def __call__(self, batch: Batch) -> pd.DataFrame:
        """Find them.

        Parameters
        ----------
        batch : Batch

        Returns
        -------
        DataFrame
            Person, and time [microseconds since 1970-01-01 UTC].
        """
        batch, log = settled(batch, self.masks[batch.names])
        batch, log = without_bots(batch, log, self.settings)
        batch, log = held(batch, log, self.definition, self.settings.hold)
        attempts = attempts_of(log, self.definition)
        times = step_times(attempts, self.definition)
        ends = (times[:, self.step] != NEVER) & (times[:, self.step + 1 :] == NEVER).all(axis=1)
        found = {"person": batch.people[attempts.people[ends]], "time": times[ends, self.step]}
        return latest(self.most, pd.DataFrame(found))


def latest(most: int, *parts: pd.DataFrame) -> pd.DataFrame:
    """Keep the latest rows.

    Parameters
    ----------
    most : int
        How many, and those of the same time as the last of them.
    *parts : DataFrame
        With columns person and time.

    Returns
    -------
    DataFrame
    """
    rows = pd.concat(parts, ignore_index=True)
    if len(rows) <= most:
        return rows
    times = rows["time"].to_numpy()
    found: pd.DataFrame = rows[times >= np.partition(times, -most)[-most]]
    return found


def dropped(
    log: object,
    framework: str | Framework,
    events: Events | None = None,
    *,
    stage: str,
    most: int = 10_000,
    **options: Unpack[Options],
) -> pd.DataFrame:
    """List the people of an event log who reached a stage, and none after it.

    Parameters
    ----------
    log : object
    framework : str or Framework
    events : mapping of str or re.Pattern to str or iterable of str, optional
        All as in :func:`cvjkit.measure`.
    stage : str
        Its key, or that of the milestone it is anchored at. It has events.
    most : int
        How many to list, 1 to 1,000,000: the latest.
    **options
        As in :func:`cvjkit.measure`.

    Returns
    -------
    DataFrame
        A row for each person; with the reentry ``every``, for each attempt. The latest first;
        those of one moment by person.

        - person (int64, or object of str): as in the log.
        - time (datetime64[us, UTC]): when the stage was reached.

    Raises
    ------
    InputError
        As `measure`; or if the stage has no events.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> log = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.5, 0.5]).simulate_log(1000)
    >>> left = cvj.dropped(log, "five", stage="acquisition", most=3)
    >>> list(left.columns), len(left)
    (['person', 'time'], 3)
    """
    if not is_whole(most, 1, MOST):
        rule = f"must be a whole number from 1 to {MOST:,}"
        raise InputError(SUBJECT, [Fault("most", most, rule, "write 10000")])
    with opened(log, framework, events, options) as asked:
        (definition,) = asked.definitions
        steps = [step.name for step in definition.steps]
        keys = keys_by_name(asked.framework, steps)
        if not is_one_of(stage, keys):
            raise InputError(SUBJECT, [unknown_name("stage", stage, keys)])
        find = Last(steps.index(keys[stage]), definition, asked.masks, asked.settings, most)
        found: pd.DataFrame = asked.log.reduce(find, partial(latest, most))
        found["person"] = asked.log.identified(found["person"].to_numpy())
    found = found.sort_values(["time", "person"], ascending=[False, True]).head(most)
    times: NDArray[Any] = found["time"].to_numpy(np.int64).view("datetime64[us]")
    utc = pd.Series(times).dt.tz_localize("UTC")
    return pd.DataFrame({"person": found["person"].to_numpy(), "time": utc})
