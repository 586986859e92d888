"""The spine: milestones in order, of which every framework is a choice."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import takewhile
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator

from cvjkit.catalog.data import Key, Name, Plain, Record, one_of, read_data

TIME, VOICE = "time", "voice"


class Step(Record):
    """What a milestone and a stage have in common.

    Parameters
    ----------
    key : str
        Lowercase letters, digits and ``_``, beginning with a letter.
    name : str
        Any text that is not blank.
    phase : str
        The group of steps it belongs to, if there are groups.
    state : str
        What is true of a person who has arrived.
    event : str
        What proves the arrival.
    purpose : str
        What the step is for.
    sources : tuple of str
        Citations ``"003:62"``: file 003, line 62.
    """

    key: Key
    name: Name
    phase: Plain = ""
    state: Plain = ""
    event: Plain = ""
    purpose: Plain = ""
    sources: tuple[Plain, ...] = ()


class Milestone(Step):
    """A point on the spine, defined by an event that can be observed.

    Parameters
    ----------
    key, name, phase, state, event, purpose, sources
        As in :class:`Step`.
    decided_by : {"person", "seller"}
        Who makes the step to this milestone happen. Steps a person must decide on leak more.
    after : str or None
        Key of the milestone it follows; None for the first.
    requires : str or None
        Key of the nearest earlier milestone that everybody here must have passed, if that is not
        the one it follows.
    branch : {"main", "time", "habit", "voice"}
        ``time`` exists only in designs that convert people by their time before their money;
        ``habit`` and ``voice`` run beside each other after the second purchase.
    weight : float
        Share of a leak that the step to this milestone takes when only the numbers around it
        are known, relative to other steps. Our assumption, kept in ``full.toml``.

    Examples
    --------
    >>> spine()["lead"].decided_by, spine()["lead"].after, spine()["lead"].weight
    ('person', 'engaged', 3.0)
    """

    decided_by: Literal["person", "seller"]
    after: str | None = None
    requires: str | None = None
    branch: Literal["main", "time", "habit", "voice"] = "main"
    weight: float

    @property
    def ancestors(self) -> tuple[str, ...]:
        """Keys of the milestones before this one on its own branch, nearest first.

        Examples
        --------
        >>> spine()["advocate"].ancestors[:2]
        ('bought_again', 'wowed')
        """
        return _ancestors()[self.key]


@cache
def milestones() -> tuple[Milestone, ...]:
    """Give the milestones, in order.

    Returns
    -------
    tuple of Milestone

    Examples
    --------
    >>> [milestone.key for milestone in milestones()][:5]
    ['aware', 'intrigued', 'visited', 'engaged', 'lead']
    """
    data = read_data("full")
    return tuple(
        Milestone(weight=data["weights"][row["decided_by"]], **row) for row in data["milestones"]
    )


@cache
def spine() -> Mapping[str, Milestone]:
    """Give the milestones by key, in order.

    Returns
    -------
    mapping of str to Milestone

    Examples
    --------
    >>> list(spine())[:3]
    ['aware', 'intrigued', 'visited']
    """
    return MappingProxyType({milestone.key: milestone for milestone in milestones()})


@cache
def _ancestors() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for milestone in milestones():
        found[milestone.key] = (milestone.after, *found[milestone.after]) if milestone.after else ()
    return found


@cache
def passed(milestone: str) -> tuple[str, ...]:
    """Give the milestones that everybody at this one must have passed.

    Only some people have an early win, and who has bought once may recommend.

    Parameters
    ----------
    milestone : str
        Its key.

    Returns
    -------
    tuple of str
        Their keys, nearest first.

    Examples
    --------
    >>> passed("advocate")[:2], passed("habitual")[:2], passed("offered")[:2]
    (('wowed', 'first_payment'), ('bought_again', 'wowed'), ('educated', 'lead'))
    """
    step = spine()[milestone]
    nearest = step.requires or step.after
    return (nearest, *passed(nearest)) if nearest else ()


@cache
def line(milestone: str) -> tuple[str, ...]:
    """Give the milestones on the way to this one that most people pass.

    Only some people have an early win, so it is left out.

    Parameters
    ----------
    milestone : str
        Its key.

    Returns
    -------
    tuple of str
        Their keys, nearest first.

    Examples
    --------
    >>> line("first_payment")[:3]
    ('offered', 'educated', 'lead')
    """
    return tuple(key for key in spine()[milestone].ancestors if spine()[key].branch != TIME)


@cache
def way(start: str, end: str) -> tuple[str, ...]:
    """Give the milestones after one, up to a later one.

    Parameters
    ----------
    start : str
        Key of a milestone on the line of `end`; it is left out.
    end : str
        Key of the later milestone.

    Returns
    -------
    tuple of str
        Their keys in order, `end` included.

    Examples
    --------
    >>> way("engaged", "offered")
    ('lead', 'educated', 'offered')
    """
    between = takewhile(lambda key: key != start, spine()[end].ancestors)
    return (*reversed([key for key in between if spine()[key].branch != TIME]), end)


def _known_milestone(key: str) -> str:
    return one_of(key, list(spine()))


MilestoneKey = Annotated[str, AfterValidator(_known_milestone)]
