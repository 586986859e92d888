"""Faults that event logs have, put into a log on purpose: what measuring has to find."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvjkit.errors import Fault, unknown_name
from cvjkit.model.arguments import is_number

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNMAPPED = "scroll"
BOT_EVENTS = 1_000
SECOND, DAY = pd.Timedelta(seconds=1), pd.Timedelta(days=1)

Chance = np.random.Generator
Quirk = Callable[[pd.DataFrame, float, Chance], pd.DataFrame]


def wrong_quirks(quirks: object) -> list[Fault]:
    """Find what is impossible among the quirks of a log.

    Parameters
    ----------
    quirks : object
        A mapping as in `cvjkit.model.simulated_log.simulate_log`.

    Returns
    -------
    list of Fault
    """
    if not isinstance(quirks, Mapping):
        rule = "must be a mapping of names to shares"
        return [Fault("quirks", quirks, rule, "write {'duplicates': 0.01}")]
    rule, fix = "must be between 0 and 1", "write 0.01 for 1%"
    return [
        Fault(f"quirks[{name}]", share, rule, fix)
        if name in QUIRKS
        else unknown_name("quirks", name, QUIRKS)
        for name, share in quirks.items()
        if name not in QUIRKS or not is_number(share, 0, 1)
    ]


def with_quirks(log: pd.DataFrame, quirks: Mapping[str, float], chance: Chance) -> pd.DataFrame:
    """Put faults into a log.

    Parameters
    ----------
    log : DataFrame
        In the order of time; columns person, time, event and others.
    quirks : mapping of str to float
        Share of the people or the rows, 0 to 1, that have each.
    chance : Generator

    Returns
    -------
    DataFrame
    """
    for (name, quirk), own in zip(QUIRKS.items(), chance.spawn(len(QUIRKS)), strict=True):
        if quirks.get(name):
            log = quirk(log, quirks[name], own).reset_index(drop=True)
    return log


def _some_people(log: pd.DataFrame, share: float, chance: Chance) -> NDArray[np.bool]:
    """Choose people: the rows of those chosen."""
    chosen = chance.random(int(log.person.max()) + 1) < share
    return np.asarray(chosen[log.person])


def _bots(log: pd.DataFrame, share: float, chance: Chance) -> pd.DataFrame:
    rows = np.flatnonzero(_some_people(log, share, chance) & _first_of_person(log))
    more = log.iloc[np.repeat(rows, BOT_EVENTS)]
    more = more.assign(time=more.time + np.tile(np.arange(1, BOT_EVENTS + 1), len(rows)) * SECOND)
    return pd.concat([log, more]).sort_values("time", kind="stable")


def _headless(log: pd.DataFrame, share: float, chance: Chance) -> pd.DataFrame:
    return log[~(_some_people(log, share, chance) & _first_of_person(log))]


def _unmapped(log: pd.DataFrame, share: float, chance: Chance) -> pd.DataFrame:
    log = log.assign(event=log.event.cat.add_categories([UNMAPPED]))
    more = log[chance.random(len(log)) < share].assign(event=UNMAPPED, revenue=np.nan, cost=np.nan)
    more["event"] = pd.Categorical(more.event, log.event.cat.categories)
    return pd.concat([log, more]).sort_index(kind="stable")


def _duplicates(log: pd.DataFrame, share: float, chance: Chance) -> pd.DataFrame:
    return log.loc[log.index.repeat(1 + (chance.random(len(log)) < share))]


def _rounded(log: pd.DataFrame, share: float, chance: Chance) -> pd.DataFrame:
    rows = _some_people(log, share, chance)
    times = log.time.where(~rows, log.time.dt.floor("D"))
    return log.assign(time=times).sort_values("time", kind="stable")


def _clock_jumps(log: pd.DataFrame, share: float, chance: Chance) -> pd.DataFrame:
    by_person = log.groupby("person").person
    number, count = by_person.cumcount(), by_person.transform("size")
    begins = 1 + np.floor(chance.random(int(log.person.max()) + 1)[log.person] * (count - 1))
    slow = _some_people(log, share, chance) & (number >= begins)
    # The rows stay where they are: that is how a jump shows.
    return log.assign(time=log.time.where(~slow, log.time - DAY))


def _shuffled(log: pd.DataFrame, share: float, chance: Chance) -> pd.DataFrame:
    rows = np.flatnonzero(chance.random(len(log)) < share)
    order = np.arange(len(log))
    order[rows] = chance.permutation(rows)
    return log.iloc[order]


def _first_of_person(log: pd.DataFrame) -> NDArray[np.bool]:
    return ~log.person.duplicated().to_numpy()


QUIRKS: Mapping[str, Quirk] = {
    "bots": _bots,
    "headless": _headless,
    "unmapped": _unmapped,
    "duplicates": _duplicates,
    "rounded": _rounded,
    "clock_jumps": _clock_jumps,
    "shuffled": _shuffled,
}
"""By name, in the order in which they are put in."""
