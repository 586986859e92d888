"""How the stages of a framework lie on the spine of milestones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import takewhile
from types import MappingProxyType

from cvjkit.catalog.framework import Framework, Milestone, Stage, milestones

TIME, VOICE = "time", "voice"


@cache
def spine() -> Mapping[str, Milestone]:
    """Give the milestones by key, in order.

    Examples
    --------
    >>> list(spine())[:3]
    ['aware', 'intrigued', 'visited']
    """
    return MappingProxyType({milestone.key: milestone for milestone in milestones()})


@cache
def line(milestone: str) -> tuple[str, ...]:
    """Give the milestones everybody at this one has passed, nearest first.

    An early win is passed only by some: it is on nobody's line.

    Examples
    --------
    >>> line("first_payment")[:3]
    ('offered', 'educated', 'lead')
    """
    return tuple(up for up in spine()[milestone].ancestors if spine()[up].branch != TIME)


@cache
def way(start: str, end: str) -> tuple[str, ...]:
    """Give the milestones after one, up to and with a later one.

    Examples
    --------
    >>> way("engaged", "offered")
    ('lead', 'educated', 'offered')
    """
    passed = takewhile(lambda up: up != start, spine()[end].ancestors)
    return (*reversed([up for up in passed if spine()[up].branch != TIME]), end)


def covers(framework: Framework) -> tuple[tuple[str, ...], ...]:
    """Give the milestones that lie in each stage: its own, and those up to the next stage's.

    A framework without a stage for word of mouth does not cover it, nor one without a stage
    for early wins these; habit lies in buying again.

    Examples
    --------
    >>> from cvjkit.catalog.framework import framework
    >>> covers(framework("five"))[1:3]
    (('engaged', 'lead', 'educated', 'offered'), ('first_payment', 'wowed'))
    >>> covers(framework("seven"))[-2:]
    (('bought_again',), ('habitual',))
    """
    at = {stage.milestone: place for place, stage in enumerate(framework) if stage.milestone}
    branches = {spine()[milestone].branch for milestone in at}
    found: list[list[str]] = [[] for _ in framework]
    for milestone in spine().values():
        if milestone.branch in {TIME, VOICE} - branches:
            continue
        passed = (milestone.key, *milestone.ancestors)
        stage = next((at[up] for up in passed if up in at), None)
        if stage is not None:
            found[stage].append(milestone.key)
    return tuple(map(tuple, found))


def next_stage(framework: Framework, milestone: str) -> int | None:
    """Find the place of the first stage whose people have all passed a milestone.

    Examples
    --------
    >>> from cvjkit.catalog.framework import framework
    >>> next_stage(framework("five"), "lead"), next_stage(framework("five"), "promoter")
    (2, None)
    """
    for place, stage in enumerate(framework):
        if stage.milestone and milestone in (stage.milestone, *spine()[stage.milestone].ancestors):
            return place
    return None


def before(framework: Framework, place: int) -> int | None:
    """Find the last stage with a milestone on the way to a stage, itself included."""
    at: int | None = place
    while at is not None and not framework.stages[at].milestone:
        at = framework.parents[at]
    return at


def after(framework: Framework, place: int) -> int | None:
    """Find the first stage with a milestone on the way from a stage, itself included."""
    passed = {place}
    for at, stage in enumerate(framework):
        if at in passed or framework.parents[at] in passed:
            if stage.milestone:
                return at
            passed.add(at)
    return None


def own_stage(framework: Framework, stage: Stage) -> int | None:
    """Find a stage that stands at no milestone in a framework, by its key."""
    if stage.milestone or stage.key not in framework or framework[stage.key].milestone:
        return None
    return framework.index(stage.key)
