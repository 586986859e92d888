"""Where the people at a stage can come from, among the stages whose people are known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.model.parts import Segment


@dataclass(frozen=True)
class Origins:
    """Where the people at each stage can come from.

    Parameters
    ----------
    framework : Framework
    known : tuple of bool
        For each stage, whether its people are known.

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> full = framework("full")
    >>> [full.keys[source] for source in origins(full, (True,) * 13).sources[11]]
    ['bought_again', 'habitual', 'wowed']
    """

    framework: Framework
    known: tuple[bool, ...]

    @cached_property
    def parents(self) -> tuple[int | None, ...]:
        """For each stage the index of the nearest known one before it; None if there is none.

        Returns
        -------
        tuple of int or None
        """
        return self._nearest(self.framework.parents)

    @cached_property
    def required(self) -> tuple[int | None, ...]:
        """For each stage the index of the nearest known one that everybody there has passed.

        Returns
        -------
        tuple of int or None
        """
        return self._nearest(self.framework.required)

    @cached_property
    def sources(self) -> tuple[tuple[int, ...], ...]:
        """For each stage the indices of those from which people can come, in order of preference.

        First the stage before it, then stages beside it, whose people can be the same, then
        those further back, up to the one that everybody must have passed.

        Returns
        -------
        tuple of tuple of int
        """
        return tuple(map(self._sources, range(len(self.known))))

    def _nearest(self, before: tuple[int | None, ...]) -> tuple[int | None, ...]:
        found = list[int | None]()
        for stage in before:
            nearest = stage
            while nearest is not None and not self.known[nearest]:
                nearest = before[nearest]
            found.append(nearest)
        return tuple(found)

    def _sources(self, stage: int) -> tuple[int, ...]:
        found = list[int]()
        above = self.parents[stage]
        while above is not None:
            found.append(above)
            found += [
                beside
                for beside in range(stage)
                if self.known[beside]
                and beside not in found
                and above in self.framework.before(beside)
            ]
            above = None if above == self.required[stage] else self.parents[above]
        return tuple(found)


origins = lru_cache(maxsize=256)(Origins)
"""The same ones are worked out only once."""


def known_stages(framework: Framework, segment: Segment) -> tuple[bool, ...]:
    """Tell for each stage whether its people are known.

    Parameters
    ----------
    framework : Framework
    segment : Segment

    Returns
    -------
    tuple of bool
        True where they are counted, or planned by rates without a gap.
    """
    if segment.counts is not None:
        return tuple(count is not None for count in segment.counts)
    known = [people is not None for people in segment.entrants or ()]
    for stage, parent in enumerate(framework.parents):
        if parent is not None:
            known[stage] &= known[parent] and (segment.rates or ())[stage] is not None
    return tuple(known)


def unknown_stages(framework: Framework, segment: Segment) -> set[str]:
    """Find the stages whose people are not known.

    Parameters
    ----------
    framework : Framework
    segment : Segment

    Returns
    -------
    set of str
        Keys of the stages.
    """
    known = zip(framework.keys, known_stages(framework, segment), strict=True)
    return {key for key, is_known in known if not is_known}
