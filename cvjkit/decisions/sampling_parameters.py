"""What one may choose about a simulation, and within which bounds."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cvjkit.errors import Fault, InputError

DRAWS, SEED, LEVEL = 100_000, 1, 0.9
MOST_DRAWS = 10_000_000


def check(
    draws: Any = DRAWS, seed: Any = SEED, level: Any = LEVEL, design_effect: Any = 1.0
) -> None:
    """Refuse impossible parameters of a simulation, all at once.

    Parameters
    ----------
    draws, seed, level, design_effect : object
        As in `cvjkit.decisions.simulate.simulate`.

    Raises
    ------
    InputError
        With all that are impossible.
    """
    rules = (
        ("draws", draws, _is_whole(draws, 1, MOST_DRAWS), f"from 1 to {MOST_DRAWS:,}", DRAWS),
        ("seed", seed, _is_whole(seed, 0, 2**63), "0 or more", SEED),
        ("level", level, _is_number(level) and 0 < level < 1, "between 0 and 1", "0.9 for 90%"),
        (
            "design_effect",
            design_effect,
            _is_number(design_effect) and 1 <= design_effect < math.inf,
            "1 or more",
            "2 if two people counted tell as much as one chosen by chance",
        ),
    )
    faults = [
        Fault(
            name,
            value,
            f"must be a {'whole ' if name in {'draws', 'seed'} else ''}number, {bounds}",
            f"write {fix}",
        )
        for name, value, is_right, bounds, fix in rules
        if not is_right
    ]
    if faults:
        raise InputError("simulation", faults)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _is_whole(value: Any, least: int, most: int) -> bool:
    is_integer = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return is_integer and bool(least <= value <= most)
