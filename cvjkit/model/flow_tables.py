"""The numbers of a flow as tables: people at each stage, and on each link between two stages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cvjkit.model.chain import visits_per_person
from cvjkit.model.generations import ROUNDING
from cvjkit.model.ways import kind_of
from cvjkit.shown import Heading, Table

if TYPE_CHECKING:
    from cvjkit.model.flow import Flow

Floats = NDArray[np.floating]


class StagesTable(Table):
    """People at each stage: what `Flow.stages` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "people": Heading("People", "people"),
        "step_rate": Heading("Of the stage before", "share"),
        "overall_rate": Heading("Of the first", "share"),
        "visits": Heading("Arrivals", "people"),
        "entered": Heading("Come in", "people"),
        "referred": Heading("Brought in", "people"),
        "returned": Heading("Come back", "people"),
        "dropped": Heading("Leave", "people"),
        "finished": Heading("Finish", "people"),
    }

    def _says_something(self, column: str) -> bool:
        if column == "visits":
            return bool((self.visits.fillna(0) != self.people.fillna(0)).any())
        return column == "people" or bool(self[column].fillna(0).any())


class LinksTable(Table):
    """People on each link between two stages: what `Flow.links` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "source": Heading("From", "text"),
        "target": Heading("To", "text"),
        "kind": Heading("Kind", "text"),
        "people": Heading("People", "people"),
    }
    index_title = None


def stage_columns(flow: Flow) -> Mapping[str, Floats]:
    """Work out the columns of `Flow.stages`, all segments together.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    mapping of str to ndarray of float, shape (stages,)
        NaN where it is not known, or not defined.
    """
    framework = flow.framework
    undefined = np.asarray(flow.undefined.any(axis=0))
    returned = np.einsum("si,sij->j", flow.visits, np.tril(flow.shares))
    left = flow.visits * np.clip(1 - flow.shares.sum(axis=2), 0, 1)
    ends = ~np.isin(np.arange(len(framework)), [i for i in framework.parents if i is not None])
    open_end = undefined | flow.open_end.any(axis=0)
    step, overall = _rates(flow)
    dropped = np.where(ends, 0, left.sum(axis=0))
    return {
        "people": np.where(undefined, np.nan, flow.people.sum(axis=0)),
        "visits": np.where(undefined, np.nan, flow.visits.sum(axis=0)),
        "entered": np.where(undefined, np.nan, flow.entered.sum(axis=0)),
        "referred": np.where(undefined, np.nan, flow.referred.sum(axis=0)),
        "returned": np.where(undefined, np.nan, returned),
        "dropped": np.where(open_end & ~ends | undefined, np.nan, dropped),
        "finished": np.where(undefined, np.nan, np.where(ends, left.sum(axis=0), 0)),
        "step_rate": step,
        "overall_rate": overall,
    }


def link_table(flow: Flow) -> pd.DataFrame:
    """List the people on each link between two stages, all segments together.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    DataFrame
        As `Flow.links`.
    """
    keys = flow.framework.keys
    seen = ~(flow.undefined[:, :, None] | flow.undefined[:, None, :])
    visits = np.where(seen, flow.visits[:, :, None], 0)
    inferred = (visits * flow.inferred).sum(axis=0)
    moved = (visits * (flow.shares - flow.inferred)).sum(axis=0)
    born = np.einsum("si,sitj->ij", np.where(flow.undefined, 0, flow.visits), flow.births)
    rows = [
        (keys[i], keys[j], _kind(flow, i, j), float(moved[i, j]))
        for i, j in zip(*np.nonzero(moved), strict=True)
    ]
    rows += [
        (keys[i], keys[j], kind, float(people[i, j]))
        for kind, people in (("inferred", inferred), ("referral", born))
        for i, j in zip(*np.nonzero(people), strict=True)
    ]
    dtypes = {"source": object, "target": object, "kind": object, "people": float}
    columns = zip(*rows, strict=True) if rows else [()] * len(dtypes)
    return pd.DataFrame(
        {
            name: pd.Series(column, dtype=dtype)
            for (name, dtype), column in zip(dtypes.items(), columns, strict=True)
        }
    )


def _kind(flow: Flow, source: int, target: int) -> str:
    """Find the kind of a link; a step over stages that are not known is still a step."""
    for above in flow.framework.before(target):
        if above == source:
            return "forward"
        if not flow.undefined[:, above].all():
            break
    return kind_of(flow.framework, source, target)


def _rates(flow: Flow) -> tuple[Floats, Floats]:
    """Work out the step rate and the overall rate of each stage."""
    reach = flow.fundamental / visits_per_person(flow.fundamental)[:, None, :]
    known = ~flow.undefined
    step = np.full(len(flow.framework), np.nan)
    for stage, before in enumerate(flow.framework.parents):
        if before is None or not (known[:, before] & known[:, stage]).all():
            continue
        standing = flow.people[:, before]
        if standing.sum() > 0:
            step[stage] = standing @ reach[:, before, stage] / standing.sum()
    first = flow.entered[:, 0] + flow.referred[:, 0]
    overall = np.full(len(flow.framework), np.nan)
    if known[:, 0].all() and first.sum() > 0:
        overall = np.where(known.all(axis=0), first @ reach[:, 0, :] / first.sum(), np.nan)
    for stage, before in enumerate(flow.framework.parents):
        if before is not None and flow.inferred_rates[before, stage]:
            step[stage] = np.nan if step[stage] > 1 - ROUNDING else step[stage]
    return np.minimum(step, 1.0), np.minimum(overall, 1.0)
