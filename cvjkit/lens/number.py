"""A number of people, and how certain it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Status = Literal["exact", "estimated", "unknown"]

QUANTILES = (0.05, 0.95)
"""Ends of the interval given with an estimate: 90%."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number of people, and how certain it is.

    Attributes
    ----------
    status : {"exact", "estimated", "unknown"}
        Counted, estimated from what was counted, or neither.
    people : float or None
        None where unknown, never 0 instead.
    low, high : float or None
        The number itself if exact, its 90% interval if estimated, the bounds if unknown.
    bound_low, bound_high : float or None
        Bounds that certainly hold; None where none do.
    why : str
        Where it comes from, or why it is not known.
    """

    status: Status
    people: float | None
    low: float | None
    high: float | None
    bound_low: float | None
    bound_high: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Point:
    """A stage of any framework as the journey knows it.

    Attributes
    ----------
    milestone : str or None
        Its milestone, if it has one.
    index : int or None
        Of the same stage in the journey's own framework, if people are counted there.
    number : Number
        The people there.
    """

    milestone: str | None
    index: int | None
    number: Number


def exact(people: float, why: str) -> Number:
    """Make a number that was counted.

    Parameters
    ----------
    people : float
        At least 0.
    why : str
        Where it was counted.

    Returns
    -------
    Number
    """
    return Number("exact", people, people, people, people, people, why)


def unknown(
    why: str,
    least: float | None = None,
    most: float | None = None,
    crossings: Sequence[str] = (),
) -> Number:
    """Make a number that is not known.

    Parameters
    ----------
    why : str
        Why it is not known.
    least : float, optional
        Lower bound, which holds unless somebody bypasses a stage.
    most : float, optional
        Upper bound, which holds unless somebody bypasses a stage.
    crossings : sequence of str
        Who bypasses one, in words; if anybody does, there are no bounds.

    Returns
    -------
    Number
    """
    if crossings:
        least = most = None
    return Number("unknown", None, least, most, least, most, why + no_bounds(crossings))


def no_bounds(crossings: Sequence[str]) -> str:
    """Say why no bounds are certain.

    Parameters
    ----------
    crossings : sequence of str
        Who bypasses a stage, in words.

    Returns
    -------
    str
        A sentence to add to others; empty if nobody does.
    """
    return f" No bounds are certain: {'; '.join(crossings)}." if crossings else ""


def interval(share: float, cases: float) -> tuple[float, float]:
    """Give the 90% interval of a share, from Beta(cases share, cases (1 - share)).

    Parameters
    ----------
    share : float
        0 to 1.
    cases : float
        The number of observed cases that would make us equally certain.

    Returns
    -------
    tuple of float
        Low and high; the share itself at 0 and 1.

    Examples
    --------
    >>> interval(0.5, 20)
    (0.320, 0.680)
    """
    from scipy.special import betaincinv

    if not 0 < share < 1:
        return share, share
    low, high = (float(betaincinv(cases * share, cases * (1 - share), q)) for q in QUANTILES)
    return low, high
