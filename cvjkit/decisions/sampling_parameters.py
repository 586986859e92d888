"""What one may choose about a simulation, and within which bounds."""

from __future__ import annotations

from cvjkit.errors import Fault
from cvjkit.model.arguments import is_number, is_whole

DRAWS, SEED, LEVEL = 100_000, 1, 0.9
MOST_DRAWS = 10_000_000


def wrong_parameters(
    draws: object = DRAWS, seed: object = SEED, level: object = LEVEL, design_effect: object = 1.0
) -> list[Fault]:
    """Find what is impossible among the parameters of a simulation.

    Parameters
    ----------
    draws : object
    seed : object
    level : object
    design_effect : object
        All as in `cvjkit.decisions.simulate.simulate`.

    Returns
    -------
    list of Fault
    """
    rules = (
        ("draws", draws, is_whole(draws, 1, MOST_DRAWS), f"from 1 to {MOST_DRAWS:,}", DRAWS),
        ("seed", seed, is_whole(seed, 0, 2**63), "0 or more", SEED),
        ("level", level, is_number(level) and 0 < level < 1, "between 0 and 1", "0.9 for 90%"),
        (
            "design_effect",
            design_effect,
            is_number(design_effect, 1),
            "1 or more",
            "2 if two people counted tell as much as one chosen by chance",
        ),
    )
    return [
        Fault(
            name,
            value,
            f"must be a {'whole ' if name in {'draws', 'seed'} else ''}number, {bounds}",
            f"write {fix}",
        )
        for name, value, is_right, bounds, fix in rules
        if not is_right
    ]
