"""Journeys that tests of lenses begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cvjkit as cvj
from cvjkit.lens.lens import Lens

DOCUMENTED = ("five", "seven", "eight", "nine")
PUBLISHED = ("five", "seven", "eight", "eight:time", "nine", "full", "full:time")

# The starters: what was counted in the framework each was designed in, what all milestones
# truly hold, and what the estimate was when it was first worked out, by hand, with two weights.
STARTERS: dict[str, dict[str, Any]] = {
    "coffee": {
        "framework": "five",
        "counts": [210600, 5766, 302, 161, 41],
        "estimates": {
            "intrigued": (45058.8, 29610, 2.14),
            "visited": (9640.5, 9508, 2.01),
            "lead": (1907.9, 1346, 2.05),
            "educated": (1319.6, 1063, 1.24),
            "offered": (912.7, 779, 0.81),
            "wowed": (258.1, 281, 0.78),
        },
    },
    "lenses": {
        "framework": "nine",
        "counts": [6942, 4428, 1214, 1022, 889, 465, 445, 286, 11],
        "estimates": {"advocate": (56.1, 27, 2.08)},
    },
    "cleaning": {
        "framework": "eight",
        "counts": [163200, 4396, 1340, 233, 213, 75, 17, 7],
        "estimates": {
            "intrigued": (34674.3, 26220, 1.87),
            "visited": (7367.1, 6999, 2.1),
            "educated": (944.4, 990, 0.76),
            "offered": (665.6, 662, 0.63),
        },
    },
    "dating": {
        "framework": "eight:time",
        "counts": [452000, 5467, 1509, 622, 386, 81, 6, 2],
        "estimates": {
            "intrigued": (68139.7, 52640, 1.97),
            "visited": (10272.2, 9424, 2.53),
            "offered": (373.6, 521, 0.43),
            "wowed": (55.8, 74, 0.46),
            "bought_again": (18.3, 29, 0.49),
        },
    },
    "band": {
        "framework": "seven",
        "counts": [386000, 42600, 7740, 1487, 218, 94, 45],
        "estimates": {
            "engaged": (5124.3, 4752, 0.71),
            "educated": (1012.8, 831, 0.94),
            "offered": (689.9, 689, 0.6),
            "wowed": (176.7, 195, 0.73),
        },
    },
}
# A shop whose money is easy to add up: a cost, a margin and a delay at every stage.
MONEY = {"unit_cost": 1, "fixed_cost": 100, "delay_days": 8}


def starter(name: str) -> cvj.Journey:
    return cvj.Journey.from_counts(STARTERS[name]["framework"], STARTERS[name]["counts"], name=name)


def costed(framework: str, counts: list[int]) -> cvj.Journey:
    journey = cvj.Journey.from_counts(framework, counts, fixed_cost=50)
    for key in journey.framework.keys:
        journey = journey.with_stage(key, **MONEY)
    for milestone, margin in (("first_payment", 20), ("bought_again", 30)):
        journey = journey.with_offer(
            milestone, name="Box", margin=margin, repeat_rate=0.5, cycle_days=30
        )
    return journey.with_segment("Everyone", spend=500)


def path_to(lens: Lens, milestone: str) -> list[str]:
    """Keys of the stages on the way to the one at a milestone."""
    framework, keys = lens.framework, []
    at = next((p for p, stage in enumerate(framework) if stage.milestone == milestone), None)
    while at is not None:
        keys.append(framework.keys[at])
        at = framework.parents[at]
    return keys


def steps(lens: Lens) -> Iterator[tuple[tuple[str, str], float | None]]:
    """Pairs of milestones that follow each other, with the share who come on."""
    for parent, stage in zip(lens.framework.parents, lens.stages, strict=True):
        start = None if parent is None else lens.stages[parent].milestone
        if start and stage.milestone:
            yield (start, stage.milestone), stage.step_rate
