"""Journeys changed by hand, to be solved anew: what the closed forms must agree with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cvjkit as cvj


def shop(*rates: float, **terms: Any) -> cvj.Journey:
    """Make a plan of five stages that earns 15 with each first order and costs 1 a visit before."""
    plan = cvj.Journey.from_rates("five", 10_000, rates or (0.2, 0.05, 0.4, 0.25), name="Shop")
    plan = plan.with_stage("acquisition", unit_cost=1).with_terms(**terms)
    return plan.with_offer("conversion", name="Box", price=40, margin=15)


def with_rates(
    journey: cvj.Journey, stage: str, rates: Mapping[str, float], **changes: Any
) -> cvj.Journey:
    """Give segments of a plan other rates into a stage."""
    document = journey.document()
    segments = []
    for row in document["segments"]:
        own = dict(row["rates"])
        if row["name"] in rates:
            own[stage] = rates[row["name"]]
        segments.append({**row, "rates": own})
    return cvj.Journey.from_document(
        {**document, "framework": journey.framework, "segments": segments, **changes}
    )


def rates_into(journey: cvj.Journey, stage: str) -> dict[str, float]:
    """Read a plan's rates into a stage, by segment."""
    at = journey.framework.index(stage)
    return {one.name: (one.rates or ())[at] or 0.0 for one in journey.segments}


def room_before(journey: cvj.Journey, stage: str) -> dict[str, float]:
    """Work out the share who leave for good before a stage, by segment."""
    framework = journey.framework
    parent = framework.parents[framework.index(stage)]
    assert parent is not None
    return {
        one.name: max(
            0.0,
            1
            - sum(
                way.rate
                for way in journey.transitions
                if way.source == framework.keys[parent] and way.segment in {None, one.name}
            )
            - sum(
                rate or 0
                for rate, above in zip(one.rates or (), framework.parents, strict=True)
                if above == parent
            ),
        )
        for one in journey.segments
    }
