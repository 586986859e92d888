"""Tables of how many people reached the stages, how long that took, and what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cvjkit.measurement.counting import SINCE_BEFORE, SINCE_START
from cvjkit.measurement.paths import BROUGHT, OUTSIDE
from cvjkit.measurement.rates import wilson
from cvjkit.measurement.sums import joined
from cvjkit.measurement.waits import QUANTILES
from cvjkit.model.ways import kind_of

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Floats
    from cvjkit.measurement.log import Ints
    from cvjkit.measurement.measurement import Measurement
    from cvjkit.measurement.waits import Waits


def stages(measurement: Measurement) -> pd.DataFrame:
    """Count the people who reached each stage.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by the keys of the stages that have events.

        - people (int64): who reached it, as the definition says.
        - visits (int64): how often somebody came to it, returns included.
        - step_rate, step_low, step_high (float64): share, 0 to 1, of those at the stage
          before, with its 95% interval; NaN where there is none, or more reached this stage.
        - overall_rate, overall_low, overall_high (float64): share of those at the first.
    """
    people = measurement.people.astype(float)
    before = [np.nan if at is None else people[at] for at in measurement.before]
    columns: dict[str, Any] = {"people": measurement.people, "visits": measurement.visits}
    for name, trials in (("step", np.array(before)), ("overall", people[:1])):
        rate, low, high = wilson(people, np.where(np.isnan(trials), 0, trials))
        columns |= {f"{name}_rate": rate, f"{name}_low": low, f"{name}_high": high}
    return pd.DataFrame(columns, index=pd.Index(measurement.steps, name="stage"))


def timings(measurement: Measurement) -> pd.DataFrame:
    """Measure how long people took to reach each stage after the first.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by stage and since (str), "before" for the stage reached before it, "start" for
        the first.

        - people (int64): who are measured; whoever reached it earlier than that is not.
        - mean (float64): exact [days].
        - p10, p25, median, p75, p90 (float64): the time within which that share of them
          reached it, at most 0.4% off [days].
    """
    rows = [
        (stage, since, *_timing(measurement.waits(code, step)))
        for step, stage in enumerate(measurement.steps)
        for since, code in (("before", SINCE_BEFORE), ("start", SINCE_START))
        if step
    ]
    columns = ["stage", "since", "people", "mean", *QUANTILES]
    table = pd.DataFrame(rows, columns=columns).astype({"people": "int64"})
    return table.astype(dict.fromkeys(columns[3:], float)).set_index(["stage", "since"])


def transitions(measurement: Measurement) -> pd.DataFrame:
    """Count where people went from each visit.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        A row for each way.

        - source, target (str): keys of stages; "outside" and "brought" (by somebody else) for
          where people come from; "exit" for where they go.
        - kind (str): entry, forward, skip, back, repeat or exit.
        - people (int64): visits at the source that went on to the target; entries.
        - share (float64): of the visits at the source, 0 to 1, or of all entries.
        - median (float64): time from one visit to the next [days]; NaN at either end.
    """
    count, ways = len(measurement.steps), measurement.ways.over(0, 1)
    ends = {OUTSIDE: "outside", BROUGHT: "brought", count: "exit"} | dict(
        enumerate(measurement.steps)
    )
    rows = []
    for (source, target), (people, *_) in zip(
        ways.keys.tolist(), ways.totals.tolist(), strict=True
    ):
        if source < 0:
            kind, median = "entry", np.nan
        elif target == count:
            kind, median = "exit", np.nan
        else:
            stages = map(
                measurement.framework.index, (measurement.steps[source], measurement.steps[target])
            )
            kind = kind_of(measurement.framework, *stages)
            median = measurement.ways_between(source, target).quantile(0.5)
            if kind == "skip" and measurement.before[target] == source:
                kind = "forward"
        rows.append([ends[source], ends[target], kind, people, np.nan, median])
    table = pd.DataFrame(
        rows, columns=["source", "target", "kind", "people", "share", "median"]
    ).astype({"people": "int64", "share": float, "median": float})
    group = table.source.where(table.kind != "entry", "outside")
    table["share"] = table.people / table.groupby(group).people.transform("sum")
    return table


def revenue(measurement: Measurement) -> pd.DataFrame:
    """Say what each stage brought and cost.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by the keys of the stages that have events.

        - orders (int64): events with a revenue.
        - revenue (float64): of all of them [currency].
        - revenue_per_order, cost_per_visit (float64): [currency] NaN where there are none.
        - costs (int64): events with a cost.
        - cost (float64): of all of them [currency].
    """
    count = len(measurement.steps)
    money = measurement.own(measurement.tally.money).filled([count])
    orders, units, rest, costs, cost_units, cost_rest = money.T
    revenue, cost = joined(units, rest), joined(cost_units, cost_rest)
    return pd.DataFrame(
        {
            "orders": orders,
            "revenue": revenue,
            "revenue_per_order": _per(revenue, orders),
            "costs": costs,
            "cost": cost,
            "cost_per_visit": _per(cost, np.where(costs > 0, measurement.visits, 0)),
        },
        index=pd.Index(measurement.steps, name="stage"),
    )


def orders(measurement: Measurement) -> pd.DataFrame:
    """Count how many people ordered how often.

    Parameters
    ----------
    measurement : Measurement

    Returns
    -------
    DataFrame
        Indexed by orders (int64), more than 0.

        - people (int64): who ordered so often.
        - share (float64): of those who ordered so often or less one time, who ordered again:
          for 2 the second purchase rate; NaN for 1.
    """
    orders = measurement.own(measurement.tally.orders)
    some = orders.keys[:, 0] > 0
    number, people = orders.keys[some, 0], orders.totals[some, 0]
    least = np.cumsum(people[::-1])[::-1]
    by_number = dict(zip(number.tolist(), least.tolist(), strict=True))
    top = int(number.max(initial=0))
    reached, following = [0] * (top + 2), 0
    for at in range(top, 0, -1):
        following = by_number.get(at, following)
        reached[at] = following
    index = pd.Index(np.arange(1, top + 1), name="orders")
    all_people = np.zeros(top, dtype=np.int64)
    all_people[number - 1] = people
    share = [np.nan, *(reached[at + 1] / reached[at] for at in range(1, top))][:top]
    return pd.DataFrame({"people": all_people, "share": np.array(share, float)}, index=index)


def _timing(waits: Waits) -> list[float]:
    return [waits.count, waits.mean, *(waits.quantile(share) for share in QUANTILES.values())]


def _per(total: Floats, number: Ints) -> Floats:
    return np.asarray(np.divide(total, number, out=np.full(len(total), np.nan), where=number > 0))
