"""How sure the numbers of a picture are, as plain values that come after it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cvjkit.number_text import count_text, people_text, share_text

if TYPE_CHECKING:
    from cvjkit.decisions.simulation import Simulation


def bands_of(simulation: Simulation) -> dict[str, Any]:
    """Say in which band the people and the rate of each stage lie.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    dict
        legend (str); and of each stage whose number is not sure, in stages by its key: low and
        high, both as a part of the number itself, and text.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> bands_of(shop.simulate(1000))["stages"]["acquisition"]["text"]
    'With a probability of 90%: 1,936 to 2,072 people, 19.3% to 20.7% of previous stage.'
    """
    level, stages = share_text(simulation.level), {}
    for key, row in simulation.stages.iterrows():
        people, low, high = row["people"], row["people_low"], row["people_high"]
        if not people > 0 or not low < high or not math.isfinite(high):
            continue
        said = f"{people_text(low)} to {count_text(people_text(high), 'person', 'people')}"
        if row["step_low"] < row["step_high"]:
            rates = (share_text(row[f"step_{side}"]) for side in ("low", "high"))
            said += f", {' to '.join(rates)} of previous stage"
        text = f"With a probability of {level}: {said}."
        stages[str(key)] = {"low": low / people, "high": high / people, "text": text}
    return {"legend": f"{level} range", "stages": stages}
