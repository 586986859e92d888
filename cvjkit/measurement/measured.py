"""A journey with the counts, delays, money and ways that were tallied in a log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from pydantic import PrivateAttr

from cvjkit.errors import InputError, unknown_name
from cvjkit.journey import Journey
from cvjkit.measurement.laws import delay_of
from cvjkit.measurement.measurement import Measurement
from cvjkit.measurement.paths import BROUGHT
from cvjkit.measurement.segments import segments_of
from cvjkit.measurement.settings import Settings
from cvjkit.measurement.waits import Waits
from cvjkit.model.economics import BOUGHT_AGAIN
from cvjkit.model.ways import by_segment, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.batch import Labels
    from cvjkit.measurement.definition import Definition
    from cvjkit.measurement.engine import Contents
    from cvjkit.measurement.tally import Tally

LEAST_SHARE = 0.001
"""A way that fewer of the visits to a stage take is left out of the journey."""
SAME = 1e-6
"""By what share numbers may differ that are said to be the same."""
ORDERED_AT = ("first_payment", BOUGHT_AGAIN)
BRINGING = ("promoter", "advocate")


class MeasuredJourney(Journey):
    """A journey whose people were counted in a log.

    Parameters
    ----------
    **fields
        As in `Design`.
    """

    _measurement: Measurement | None = PrivateAttr(default=None)

    @property
    def measurement(self) -> Measurement | None:
        """What was measured besides the counts; None once the framework or the counts changed."""
        return self._measurement

    def _derived(self, framework: object, fields: Mapping[str, Any]) -> Self:
        made = super()._derived(framework, fields)
        if made.framework == self.framework and _counted(made) == _counted(self):
            made._measurement = self._measurement  # noqa: SLF001 - of a journey made from this one
        return made


def measured(
    tally: Tally,
    labels: Labels,
    framework: Framework,
    by_stage: Mapping[str, tuple[str, ...]],
    definition: Definition,
    *,
    settings: Settings | None = None,
    name: str = "Measured",
    currency: str = "",
    referred_at: str | None = None,
    contents: Contents | None = None,
) -> MeasuredJourney:
    """Make a journey of what was tallied.

    Parameters
    ----------
    tally : Tally
        Of all people.
    labels : Labels
    framework : Framework
    by_stage : mapping of str to tuple of str
        As `names_by_stage` finds them.
    definition : Definition
        Its steps are stages of the framework; people at the others are not known.
    settings : Settings, optional
        With which they were tallied.
    name : str
    currency : str
        Of the revenues and costs.
    referred_at : str, optional
        Key of the stage whose people bring in those who were brought; by default the last one with
        events that stands for promoters or advocates, or else the last one.
    contents : Contents, optional
        What an engine found in the log before it was counted.

    Returns
    -------
    MeasuredJourney
        With counts per segment; for each stage the delay of the step to it and the mean cost of a
        visit; for each stage with revenue an offer at its mean price, with the share who order
        again and how long that takes. With the skips, ways back and repeats that 1 in 1,000 visits
        take or more, unless the stages may be reached in any order, or no rates give the people
        counted together with these ways, as where everybody comes back; and with what people bring
        in others. `intake_days` are those from the first to the last on which somebody began whom
        nobody brought, `cohort_age_days` those from then to the end of the log.

    Raises
    ------
    InputError
        If there is no such stage; if the journey has faults.
    """
    settings = settings or Settings()
    segments = segments_of(tally.reached, labels)
    tallied = tally.names.filled([len(labels.names)])[:, 0].tolist()
    whole = Measurement(
        segments.of(tally),
        labels,
        framework,
        definition,
        segments,
        by_stage,
        tuple(contents.counts if contents else tallied),
        contents=contents,
        zone=settings.zone,
    )
    if referred_at is not None and referred_at not in whole.steps:
        fault = unknown_name("referred_at", referred_at, whole.steps)
        raise InputError("the measurement", [fault])
    own = [whole.only(row["name"]) for row in segments.rows]
    unit = "visits" if definition.reentry == "every" else "people"
    began = tally.entered.keys[:, 0].tolist()
    terms: dict[str, Any] = {}
    if began:
        terms["intake_days"] = began[-1] - began[0] + 1
        terms["cohort_age_days"] = max(0, int(whole.until) - began[-1])
    ways = [] if definition.order == "any_order" else [*_transitions(whole, own)]
    fields = {
        "name": name,
        "framework": framework,
        "currency": currency,
        "segments": [
            {**row, "counts": _counts(one), "counted_in": unit}
            for row, one in zip(segments.rows, own, strict=True)
        ],
        "stages": [*_stages(whole)],
        "offers": [*_offers(whole, settings)],
        "transitions": ways,
        "referrals": [*_referrals(whole, own, referred_at)],
        "second_purchase_rate": _second_purchase_rate(whole, settings),
        **terms,
    }
    journey = MeasuredJourney.from_document(fields, f"journey {name}")
    if ways and not _has_people(journey, whole):
        journey = MeasuredJourney.from_document({**fields, "transitions": []}, f"journey {name}")
    journey._measurement = whole  # noqa: SLF001 - of a journey just made
    return journey


def orders_among(framework: Framework, steps: tuple[str, ...]) -> tuple[str, ...]:
    """Find the stages whose events are orders: the first and the second purchase.

    Parameters
    ----------
    framework : Framework
    steps : tuple of str
        Keys of the stages that have events.

    Returns
    -------
    tuple of str
        For `Settings`.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> orders_among(framework("five"), ("reach", "conversion", "retention"))
    ('conversion', 'retention')
    """
    return tuple(key for key in steps if framework.anchor(key) in ORDERED_AT)


def _has_people(journey: Journey, whole: Measurement) -> bool:
    """Tell whether a journey has the people that were counted; no rates may go with its ways."""
    people = journey.flow().numbers("people")
    found = [people[whole.framework.index(key)] for key in whole.steps]
    return bool(np.allclose(np.array(found, dtype=float), whole.people, rtol=SAME))


def _counted(journey: Journey) -> list[object]:
    return [(segment.name, segment.counts) for segment in journey.segments]


def _counts(measurement: Measurement) -> dict[str, int]:
    return dict(zip(measurement.steps, measurement.people.tolist(), strict=True))


def _stages(whole: Measurement) -> Iterator[dict[str, Any]]:
    money = whole.revenue
    for step, (key, before) in enumerate(zip(whole.steps, whole.before, strict=True)):
        fields = {} if before is None else delay_of(whole.ways_between(before, step))
        if (cost := money.cost_per_visit[key]) >= 0:
            fields["unit_cost"] = float(cost)
        if fields:
            yield {"stage": key, **fields}


def _offers(whole: Measurement, settings: Settings) -> Iterator[dict[str, Any]]:
    money = whole.revenue
    later = settings.orders[-1] if settings.orders else None
    for stage in (stage for stage in whole.framework if stage.key in whole.steps):
        fields: dict[str, Any] = {}
        if (price := money.revenue_per_order[stage.key]) >= 0:
            fields["price"] = float(price)
        if stage.key == later and stage.anchor == BOUGHT_AGAIN:
            fields |= _again(whole, int(whole.people[whole.steps.index(later)]))
        if fields:
            yield {"stage": stage.key, "name": stage.name, **fields}
    if later is not None and _lacks_second_purchase(whole.framework):
        orders = whole.orders.people
        twice = int(orders[orders.index >= 2].sum())
        if fields := _again(whole, twice, first=twice):
            yield {"stage": BOUGHT_AGAIN, "name": "Next order", **fields}


def _again(whole: Measurement, twice: int, first: int = 0) -> dict[str, Any]:
    """Say how often and how soon those who bought again order once more."""
    cycles = Waits.of(whole.own(whole.tally.cycles))
    more = cycles.count - first
    if not twice or not cycles.count:
        return {}
    return {"repeat_rate": more / (twice + more), "cycle_days": cycles.mean}


def _second_purchase_rate(whole: Measurement, settings: Settings) -> float | None:
    if not settings.orders or not _lacks_second_purchase(whole.framework):
        return None
    people = whole.orders.people
    return float(people[people.index >= 2].sum() / people.sum()) if people.sum() else None


def _lacks_second_purchase(framework: Framework) -> bool:
    return BOUGHT_AGAIN not in framework.by_milestone


def _transitions(whole: Measurement, own: list[Measurement]) -> Iterator[dict[str, Any]]:
    names = [row["name"] for row in whole.segments.rows]
    for source, target in whole.ways.over(0, 1).keys.tolist():
        if source < 0 or target == len(whole.steps) or whole.before[target] == source:
            continue
        ends = whole.steps[source], whole.steps[target]
        if kind_of(whole.framework, *map(whole.framework.index, ends)) == "forward":
            continue
        if whole.ways_between(source, target).count < LEAST_SHARE * whole.visits[source]:
            continue
        rates = np.array([_per_visit(one, source, target) for one in own])
        for segment, rate in by_segment(names, rates):
            yield {"source": ends[0], "target": ends[1], "rate": rate, "segment": segment}


def _per_visit(measurement: Measurement, source: int, target: int) -> float:
    visits = int(measurement.visits[source])
    return measurement.ways_between(source, target).count / visits if visits else 0.0


def _referrals(
    whole: Measurement, own: list[Measurement], referred_at: str | None
) -> Iterator[dict[str, Any]]:
    bringing = [key for key in whole.steps if whole.framework.anchor(key) in BRINGING]
    source = referred_at or [*whole.steps[-1:], *bringing][-1]
    for row, one in zip(whole.segments.rows, own, strict=True):
        brought = one.ways.over(0, 1).where(0, BROUGHT)
        visits = int(one.visits[one.steps.index(source)])
        for (target,), (people, *_) in zip(
            brought.keys.tolist(), brought.totals.tolist(), strict=True
        ):
            if visits:
                ends = {"source": source, "target": one.steps[target]}
                whose = dict.fromkeys(("segment", "source_segment"), row["name"])
                apart = whose if len(own) > 1 else {}
                yield {**ends, "per_person": people / visits, **apart}
