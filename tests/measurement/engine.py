"""A small engine for tests: sorts a table of pandas, gives codes, cuts into batches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import add

import numpy as np
import pandas as pd

from cvjkit.measurement.batch import Batch, Labels
from cvjkit.measurement.definition import Definition
from cvjkit.measurement.names import masks_of
from cvjkit.measurement.prepared import Prepared
from cvjkit.measurement.settings import Settings
from cvjkit.measurement.tally import Tally, tally


def labels_of(log: pd.DataFrame, properties: tuple[str, ...] = ()) -> Labels:
    """List the names and values in a log."""
    names = log.event.astype(str).value_counts()
    names = names.sort_index(kind="stable").sort_values(ascending=False, kind="stable")

    def values(column: str) -> tuple[str, ...]:
        return tuple(sorted(set(log[column].dropna().astype(str)))) if column in log else ()

    own = {column: values(column) for column in properties}
    return Labels(tuple(names.index), values("channel"), values("awareness"), own)


def batches(log: pd.DataFrame, labels: Labels, size: int) -> Iterator[Batch]:
    """Cut a log into batches of so many people; the last may be smaller."""
    log = log.reset_index(drop=True).reset_index(names="row")
    log = log.sort_values(["person", "time"], kind="stable")
    people = log.person.unique()
    for start in range(0, len(people), size):
        own = people[start : start + size]
        rows = log[log.person.isin(own)]

        def codes(values: pd.Series, listed: tuple[str, ...]) -> np.ndarray:
            as_text = values.astype(object).where(values.notna(), None)
            return pd.Index(listed, dtype=object).get_indexer(as_text).astype(np.int32)

        columns = {
            name: codes(rows[name], getattr(labels, name))
            for name in ("channel", "awareness")
            if name in rows
        }
        columns |= {name: rows[name].to_numpy() for name in ("revenue", "cost") if name in rows}
        first = ~rows.person.duplicated()
        if "referred_by" in rows:
            columns["referred"] = rows.referred_by.notna().to_numpy()[first]
        yield Batch(
            people=own,
            offsets=np.append(np.flatnonzero(first), len(rows)),
            times=rows.time.dt.as_unit("us").astype("int64").to_numpy(),
            names=codes(rows.event, labels.names),
            properties={name: codes(rows[name], all_) for name, all_ in labels.properties.items()},
            rows=rows.row.to_numpy(),
            **columns,
        )


def run(
    log: pd.DataFrame,
    labels: Labels,
    by_stage: dict[str, tuple[str, ...]],
    definition: Definition,
    settings: Settings,
    *,
    size: int = 977,
) -> Tally:
    """Tally a log batch by batch."""
    masks = masks_of(by_stage, labels.meanings, definition)
    ready = (
        Prepared.of(one, masks, len(definition.steps), settings)
        for one in batches(log, labels, size)
    )
    return reduce(add, (tally(one, definition) for one in ready))
