"""What the core costs: importing it, and solving a flow. Run: python -m benchmarks.core."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

import numpy as np

import cvjkit as cvj

IMPORTS = 21
FLOWS = 1000
FIRSTS = 50


def main() -> None:
    """Measure, side by side in one run, and print."""
    print("Import, new process each time, taking turns [s, median]")
    times = {"import pandas": [], "import cvjkit": []}
    for _ in range(IMPORTS):
        for statement, taken in times.items():
            taken.append(_import_seconds(statement))
    pandas, ours = (median(taken) for taken in times.values())
    print(f"  pandas {pandas:.3f}   cvjkit {ours:.3f}   difference {ours - pandas:+.3f}")
    print("Nine stages, three segments, loops and referral [ms, median of", FLOWS, "turns]")
    counted = nine_stages()
    planned = counted.planned()
    shares = planned.flow().shares
    measured: dict[str, list[float]] = {}
    for turn in range(FLOWS):
        # A journey is solved once: every turn needs journeys of its own.
        plan, counts = (each.with_terms(description=str(turn)) for each in (planned, counted))
        calls: dict[str, Callable[[], object]] = {
            "flow() of a plan": plan.flow,
            "flow().stages of a plan, once solved": lambda flow=plan.flow: flow().stages,
            "flow() of counts": counts.flow,
            "numpy's inverse of its matrices alone": lambda: np.linalg.inv(np.eye(9) - shares),
        }
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            measured.setdefault(name, []).append(1000 * (time.perf_counter() - start))
    for name, taken in measured.items():
        print(f"  {name:<40}{median(taken):.3f}")
    measure_fix_first()


def paying() -> cvj.Journey:
    """Give the journey that is measured costs and margins."""
    return (
        nine_stages()
        .with_stage("target", unit_cost=0.1)
        .with_offer("close", name="Box", margin=5, cycle_days=30)
        .with_offer("offer_more", name="Bag", margin=5, cycle_days=30)
    )


def measure_fix_first() -> None:
    """Compare what a point more is worth in closed form with solving anew for each step."""
    first, anew = list[float](), list[float]()
    plan = paying().planned()
    keys = plan.framework.keys[1:]
    for turn in range(FIRSTS):
        journey = paying().with_terms(description=str(turn))
        journey.economics()
        start = time.perf_counter()
        journey.fix_first()
        first.append(1000 * (time.perf_counter() - start))
        start = time.perf_counter()
        for key in keys:
            changed = plan
            for segment in plan.segments:
                path = f"segments[{segment.name}].rates.{key}"
                changed = changed.put(path, plan.get(path) * 1.01)
            changed.economics()
        anew.append(1000 * (time.perf_counter() - start))
    print("What to fix first, nine stages, three segments [ms, median of", FIRSTS, "turns]")
    print(f"  fix_first(), 300 draws included        {median(first):.2f}")
    print(f"  one change of each step, solved anew   {median(anew):.2f}")


def nine_stages() -> cvj.Journey:
    """Make the journey that is measured."""
    counts = {
        "Ads": [4000, 2000, 1000, 600, 500, 200, 180, 80, 20],
        "Blog": [9000, 2000, 1000, 600, 500, 200, 180, 80, 20],
        "Events": [700, 400, 300, 200, 100, 90, 80, 50, 10],
    }
    journey = cvj.Journey.from_counts("nine", counts, name="Nine stages")
    return (
        journey.with_transition("collect_leads", "offer", 0.05)
        .with_transition("close", "educate", 0.05)
        .with_transition("deliver_and_wow", "close", 0.05)
        .with_transition("offer_more", "offer_more", 0.3)
        .with_referral("referral", to="collect_leads", per_person=2)
    )


def _import_seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
