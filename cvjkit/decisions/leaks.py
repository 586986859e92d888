"""What each leak of a picture is worth: what ten percent more who go on instead would bring.

It is the ranking of `cvjkit.decisions.priorities` with nothing typed and nothing drawn, so that
it can follow every key: the exact gain of `cvjkit.decisions.gains`, in profit where known, else
in customers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cvjkit.decisions.aims import TENTH
from cvjkit.decisions.gains import Ways, gain_per_visit, gains
from cvjkit.decisions.steps import steps_of
from cvjkit.model.economics import FIRST_PAYMENT

if TYPE_CHECKING:
    from cvjkit.decisions.priorities import Measure
    from cvjkit.model.design import Design
    from cvjkit.model.flow import Floats, Flow

TIE = 1e-9  # share by which gains may differ that are the same but for rounding


@dataclass(frozen=True)
class Leaks:
    """What ten percent more who go on would bring, by the step they would take.

    Attributes
    ----------
    by : {"profit", "customers"}
    gains : mapping of str to float
        By the key of the stage that the step leads to [currency, or people].
    sources : mapping of str to str
        Key of the stage that the step leaves, by the key of the stage it leads to.
    currency : str
    """

    by: Measure
    gains: Mapping[str, float]
    sources: Mapping[str, str]
    currency: str = ""


def leaks_of(flow: Flow) -> Leaks | None:
    """Work out what the leaks of a flow are worth in customers.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    Leaks or None
        None if no stage is the first payment, or nothing is known of its people.

    Examples
    --------
    >>> from cvjkit.model.design import Design
    >>> leaks = leaks_of(Design.from_counts("five", [10000, 2000, 100, 40, 10]).flow())
    >>> {stage: round(gain, 6) for stage, gain in leaks.gains.items()}
    {'acquisition': 10.0, 'conversion': 10.0, 'retention': 0.0, 'loyalty': 0.0}
    """
    first = _first_payment(flow)
    if first is None or flow.undefined[:, first].any():
        return None
    return _worth(flow, np.zeros(flow.visits.shape), "customers", first)


def leaks_of_design(design: Design, segment: str | None = None) -> Leaks | None:
    """Work out what the leaks of a design are worth: in profit, else in customers.

    Parameters
    ----------
    design : Design
    segment : str, optional
        Only this segment's people.

    Returns
    -------
    Leaks or None
        None if neither is known.

    Raises
    ------
    InputError
        If there is no such segment.
    """
    flow = design.flow() if segment is None else design.flow().only(segment)
    if design.economics(segment).profit is None:
        return leaks_of(flow)
    rows = [design.flow().segments.index(name) for name in flow.segments]
    return _worth(flow, gain_per_visit(design)[rows], "profit", None, design.currency)


def first_of(scores: Mapping[str, float]) -> tuple[str, ...]:
    """Find the steps that bring most.

    Parameters
    ----------
    scores : mapping of str to float
        NaN where not known.

    Returns
    -------
    tuple of str
        Several if they bring the same; none if nothing brings anything.

    Examples
    --------
    >>> first_of({"acquisition": 10.0, "conversion": 10.0, "retention": 0.0})
    ('acquisition', 'conversion')
    """
    most = max((score for score in scores.values() if math.isfinite(score)), default=0.0)
    return tuple(key for key, score in scores.items() if score > 0 and score >= most * (1 - TIE))


def _worth(
    flow: Flow, gain: Floats, by: Measure, goal: int | None, currency: str = ""
) -> Leaks | None:
    if flow.k is not None and flow.k >= 1:
        return None
    steps = steps_of(flow)
    more = np.minimum(TENTH * steps.rates, steps.room)[None, None]
    visits = np.where(flow.undefined, 0, flow.visits)
    # Whom other segments bring into the one that is shown comes in from outside.
    brought = flow.referred - np.einsum("si,sitj->tj", visits, flow.births)
    came = np.where(flow.undefined, 0, flow.entered + np.maximum(brought, 0))
    found = gains(Ways(flow.shares[None], flow.births, came), steps, more, gain, goal)
    worth = (found.money if goal is None else found.people)[0, 0]
    if not np.isfinite(worth).any():
        return None
    keys = flow.framework.keys
    sources = (keys[at] for at in steps.sources[0])
    return Leaks(
        by,
        dict(zip(steps.keys, worth.tolist(), strict=True)),
        dict(zip(steps.keys, sources, strict=True)),
        currency,
    )


def _first_payment(flow: Flow) -> int | None:
    milestones = [stage.milestone for stage in flow.framework]
    return milestones.index(FIRST_PAYMENT) if FIRST_PAYMENT in milestones else None
