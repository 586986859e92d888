"""Tables of what is wrong with a log, and of which properties go with reaching a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cvjkit.errors import InputError, is_one_of, unknown_name
from cvjkit.measurement.names import keys_by_name
from cvjkit.measurement.quality import QUALITY
from cvjkit.measurement.rates import chance_that_equal, corrected, odds_ratio

if TYPE_CHECKING:
    from cvjkit.measurement.measurement import Measurement

SURE = 0.05

MOST_JUMPS = 1 / 3
"""Of the events that come after another of the same person. In a log that is in no order, it is
half of them; its rows do not tell what clocks did."""


def quality(measurement: Measurement) -> pd.DataFrame:
    """Say what is wrong with the log.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by check (str), as in `QUALITY`; rising_stages: stages that more people reached
        than the one before; left_out: rows of the log that lack a person, a time or an event; and
        read_as_utc: events whose times say no time zone.

        - count (int64)
        - share (float64): of the people, or of the events, 0 to 1; NaN of what is neither.
        - meaning (str)
    """
    counts = measurement.tally.quality.filled([len(QUALITY)])[:, 0].tolist()
    found = dict(zip(QUALITY, counts, strict=True))
    if found["clock_jumps"] > MOST_JUMPS * (found["events"] - found["people"]):
        found["clock_jumps"] = 0
    pairs = [(step, at) for step, at in enumerate(measurement.before) if at is not None]
    found["rising_stages"] = sum(
        measurement.people[step] > measurement.people[at] for step, at in pairs
    )
    meaning = {
        **QUALITY,
        "rising_stages": "Stages that more people reached than the one before.",
        "left_out": "Rows without a person, a time or an event; they are left out.",
        "read_as_utc": "Events whose times say no time zone; they are read as UTC.",
    }
    contents = measurement.contents
    if contents is not None:
        found["left_out"] = contents.rows - sum(contents.counts)
        found["read_as_utc"] = contents.read_as_utc
    whole = {
        **dict.fromkeys(("duplicates", "ties", "of_no_stage", "clock_jumps"), "events"),
        **dict.fromkeys(("people_of_no_stage", "people_without_first_stage", "bots"), "people"),
    }
    shares = [
        found[name] / found[whole[name]] if name in whole and found[whole[name]] else np.nan
        for name in found
    ]
    return pd.DataFrame(
        {
            "count": np.array([*found.values()], dtype=np.int64),
            "share": np.array(shares, dtype=float),
            "meaning": [meaning[name] for name in found],
        },
        index=pd.Index([*found], name="check"),
    )


def events(measurement: Measurement) -> pd.DataFrame:
    """Say which events are in the log, and which stages they are of.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by name (str), those of most events first; an event that meets conditions has
        their names too, joined by " + ".

        - events (int64)
        - stages (str): the keys of its stages and exclusions, with commas; empty for none.
    """
    by_stage = {key: {*own} for key, own in measurement.by_stage.items()}
    stages = [
        ", ".join(key for key, own in by_stage.items() if own.intersection(names))
        for names in measurement.labels.meanings
    ]
    return pd.DataFrame(
        {"events": np.array(measurement.counts, dtype=np.int64), "stages": stages},
        index=pd.Index(measurement.labels.names, name="name", dtype=object),
    )


def correlations(measurement: Measurement, stage: str | None = None) -> pd.DataFrame:
    """Compare those who have a value of a property with all others, in how many reach a stage.

    Parameters
    ----------
    measurement : Measurement
    stage : str, optional
        Its key or milestone; by default the last that has events.

    Returns
    -------
    DataFrame
        Indexed by property (str) and value (str), people without a value left out; the
        strongest first.

        - people, reached (int64): who have the value; and reached the stage.
        - rate (float64): the share, 0 to 1.
        - odds_ratio, low, high (float64): how many times as high the odds to reach it are,
          with a 95% interval.
        - chance (float64): probability that equal rates look so different, corrected for the
          number of values compared (Holm).
        - could_be_chance (bool): whether that is 5% or more.

    Raises
    ------
    InputError
        If there is no such stage.
    """
    keys = keys_by_name(measurement.framework, measurement.steps)
    if stage is not None and not is_one_of(stage, keys):
        raise InputError("the measurement", [unknown_name("stage", stage, keys)])
    step = len(measurement.steps) - 1 if stage is None else measurement.steps.index(keys[stage])
    sums, rows = measurement.tally.properties, list[tuple[Any, ...]]()
    for at, (name, values) in enumerate(measurement.labels.properties.items()):
        own = sums.where(0, at)
        known = own.keys[:, 0] >= 0
        totals = own.totals[known].max(axis=1, initial=0)
        reached = own.totals[known, step]
        for code, people, by in zip(own.keys[known, 0], totals, reached, strict=True):
            some = (float(by), float(people))
            others = (float(reached.sum() - by), float(totals.sum() - people))
            rows.append(
                (
                    name,
                    values[code],
                    int(people),
                    int(by),
                    by / people if people else np.nan,
                    *odds_ratio(some, others),
                    chance_that_equal(some, others),
                )
            )
    columns = ["property", "value", "people", "reached", "rate", "odds_ratio", "low", "high"]
    table = pd.DataFrame(rows, columns=[*columns, "chance"])
    table = table.astype({**dict.fromkeys(columns[2:4], "int64"), "chance": float})
    table["chance"] = np.array(corrected(table.chance.tolist()), dtype=float)
    table["could_be_chance"] = ~(table.chance < SURE)
    strength = np.abs(np.log(table.odds_ratio.to_numpy(float)))
    table = table.iloc[np.lexsort((table.index, -strength, table.chance.fillna(1)))]
    return table.set_index(["property", "value"])
