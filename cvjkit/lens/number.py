"""A number of people, and how certain it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from cvjkit.number_text import people_text

Status = Literal["exact", "estimated", "unknown"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number of people, and how certain it is.

    Attributes
    ----------
    status : {"exact", "estimated", "unknown"}
        Counted (or planned, as the journey is), estimated from such numbers, or neither.
    people : float or None
        None where unknown, never 0 instead.
    low, high : float or None
        The number itself if exact, its 90% interval if estimated, the bounds if unknown.
    bound_low, bound_high : float or None
        Bounds that hold if nobody bypasses a stage by a way that is not entered; None where
        somebody is known to, or nothing bounds the number.
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
    """Say why there are no bounds.

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


def bounds_text(least: float | None, most: float | None, *, certain: bool) -> str:
    """Say between which bounds a number lies.

    Parameters
    ----------
    least : float or None
        The lower bound; 0 says nothing.
    most : float or None
        The upper bound.
    certain : bool
        Whether nobody can go round a stage.

    Returns
    -------
    str
        A sentence to add to others; empty without bounds.

    Examples
    --------
    >>> bounds_text(302, 5766, certain=False)
    ' At least 302 and at most 5,766, if nobody bypasses a stage.'
    >>> bounds_text(0, 161, certain=True)
    ' At most 161.'
    """
    ends = [f"at least {people_text(least)}"] if least else []
    ends += [] if most is None else [f"at most {people_text(most)}"]
    if not ends:
        return ""
    said = " and ".join(ends)
    unless = "" if certain else ", if nobody bypasses a stage"
    return f" {said[0].upper()}{said[1:]}{unless}."
