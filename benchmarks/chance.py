"""What the draws and the days of a journey cost. Run: python -m benchmarks.chance."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from statistics import median

import numpy as np

import cvjkit as cvj
from cvjkit.model.economics import FIGURES

DRAWS, TURNS = 100_000, 31
COUNTS = [20000, 4000, 900, 300, 250, 120, 40, 10]
COSTS = [0.05, 0.1, 1, 5, 3, 2, 1, 1]
MARGIN, PRICE, REPEATS, CYCLE = 20.0, 40.0, 0.8, 30.0


def main() -> None:
    """Measure, taking turns in one run, and print."""
    journey = eight_stages()
    # Both give the same figures before either is measured.
    ours, theirs = draws_of(journey), plain_numpy()
    for figure, values in theirs.items():
        sides = np.median(ours[figure]), np.median(values)
        assert abs(sides[0] / sides[1] - 1) < 0.02, (figure, sides)
    print(f"{DRAWS:,} draws of eight stages, {len(theirs)} figures [ms, median of {TURNS} turns]")
    calls: dict[str, Callable[[], object]] = {
        "journey.simulate(), these figures": lambda: draws_of(journey),
        "NumPy, a loop over the stages": plain_numpy,
        "journey.simulate(), all figures": lambda: [
            one.values(figure) for one in [journey.simulate(DRAWS)] for figure in FIGURES
        ],
    }
    for name, taken in measured(calls).items():
        print(f"  {name:<40}{taken:.1f}")
    delayed = journey.with_terms(intake_days=90)
    for key in journey.framework.keys[1:]:
        gamma = {"delay_law": "gamma", "delay_spread_days": 4}
        delayed = delayed.with_stage(key, delay_days=6, **gamma)
    print(f"A year day by day, gamma delays [ms, median of {TURNS} turns]")
    days: dict[str, Callable[[], object]] = {
        "journey.timeline(), stages and money": lambda: [
            (one.stages, one.money, one.break_even_day) for one in [delayed.timeline(365)]
        ]
    }
    for name, taken in measured(days).items():
        print(f"  {name:<40}{taken:.1f}")


def eight_stages() -> cvj.Journey:
    """Make the journey that is measured."""
    journey = cvj.Journey.from_counts("eight", COUNTS, name="Eight stages")
    for key, cost in zip(journey.framework.keys, COSTS, strict=True):
        journey = journey.with_stage(key, unit_cost=cost)
    order = {"price": PRICE, "margin": MARGIN, "cycle_days": CYCLE}
    journey = journey.with_offer("conversion", **order)
    return journey.with_offer("ascension", repeat_rate=REPEATS, **order)


def draws_of(journey: cvj.Journey) -> dict[str, object]:
    simulation = journey.simulate(DRAWS)
    return {figure: simulation.values(figure) for figure in ("customers", "cac", "ltv", "profit")}


def plain_numpy() -> dict[str, object]:
    """Draw and work out the same figures as one would by hand."""
    random = np.random.default_rng(1)
    people = [np.full(DRAWS, float(COUNTS[0]))]
    for before, gone_on in pairwise(COUNTS):
        rate = random.beta(gone_on + 0.5, before - gone_on + 0.5, DRAWS)
        people.append(people[-1] * rate)
    repeats = random.beta(COUNTS[5] * REPEATS, COUNTS[5] * (1 - REPEATS), DRAWS)
    costs = [cost * there for cost, there in zip(COSTS, people, strict=True)]
    customers, again = people[3], people[5]
    ltv = MARGIN + MARGIN * again / customers / (1 - repeats)
    profit = customers * ltv - sum(costs)
    return {"customers": customers, "cac": sum(costs[:4]) / customers, "ltv": ltv, "profit": profit}


def measured(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Take turns, and give the median of each call [ms]."""
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(TURNS):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            taken[name].append(1000 * (time.perf_counter() - start))
    return {name: median(times) for name, times in taken.items()}


if __name__ == "__main__":
    main()
