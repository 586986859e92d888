"""What a lens hides: leaks inside a stage, and milestones that a framework does not have."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.spine import TIME, line, spine
from cvjkit.comparison.words import milestone_names
from cvjkit.number_text import count_text, people_text, share_text

if TYPE_CHECKING:
    from cvjkit.lens.lens import Lens, LensStage

COLUMNS = (
    *("stage", "name", "kind", "measure", "start", "end", "rate", "lost", "leak", "milestones"),
    "says",
)
NUMBERS = ("rate", "lost", "leak")
_NO_LEAK = {"measure": "", "start": "", "end": "", "rate": None, "lost": None, "leak": None}


def hidden_rows(lens: Lens) -> Iterator[dict[str, Any]]:
    """Find what a lens does not show.

    Parameters
    ----------
    lens : Lens

    Yields
    ------
    dict
        `COLUMNS`, as in :attr:`cvjkit.comparison.comparison.Comparison.hides`; None where not
        known.
    """
    for index, stage in enumerate(lens.stages):
        if len(stage.covers) > 1:
            yield from _inside(lens, index)
    covered = {milestone for stage in lens.stages for milestone in stage.covers}
    milestones = [
        key
        for key, step in spine().items()
        if step.branch != TIME or key in lens.known.people or key in covered
    ]
    begin = next((row for row, key in enumerate(milestones) if key in covered), len(milestones))
    for kind, outside, words in (
        ("before", milestones[:begin], "begins after"),
        ("absent", milestones[begin:], "has no stage for"),
    ):
        missing = tuple(key for key in outside if key not in covered)
        if missing:
            says = f"{lens.framework.name} {words} {milestone_names(missing)}."
            nowhere = {"stage": "", "name": "", "milestones": missing}
            yield {**nowhere, **_NO_LEAK, "kind": kind, "says": says}


@dataclass(frozen=True, slots=True)
class _Leak:
    start: str
    end: str
    rate: float
    lost: float
    leak: float


def _inside(lens: Lens, index: int) -> Iterator[dict[str, Any]]:
    """Find the worst steps inside a stage, by share and by people."""
    stage = lens.stages[index]
    hidden = stage.covers[1:]
    row = {"stage": stage.key, "name": stage.name, "milestones": hidden}
    leaks = list(_leaks(lens, index, stage))
    if not leaks:
        names = milestone_names(hidden)
        says = f"What happens inside {stage.name} is not known: no number for {names}."
        yield {**row, **_NO_LEAK, "kind": "unseen", "says": says}
        return
    by_share, by_people = (max(leaks, key=attrgetter(field)) for field in ("leak", "lost"))
    worst = [("share", by_share), ("people", by_people)]
    if by_share is by_people:
        worst = [("share and people", by_share)]
    for measure, leak in worst:
        people = count_text(people_text(leak.lost), "person", "people")
        lost = f"{share_text(1 - leak.rate)} ({people})"
        way = f"do not get from {milestone_names([leak.start])} to {milestone_names([leak.end])}"
        says = f"{stage.name} hides that {lost} {way}."
        yield {**row, **asdict(leak), "kind": "leak", "measure": measure, "says": says}


def _leaks(lens: Lens, index: int, stage: LensStage) -> Iterator[_Leak]:
    """List the steps between known numbers of which the lens shows at most one end."""
    known, parents = lens.known, lens.framework.parents
    followers = {
        follower.milestone
        for follower, parent in zip(lens.stages, parents, strict=True)
        if parent == index
    }
    for end in known.people:
        if end not in {*stage.covers[1:], *followers}:
            continue
        start = next((up for up in line(end) if up in known.people), "")
        shown = start == stage.milestone and end in followers
        rate = known.rate(start, end) if start in stage.covers and not shown else None
        if rate is not None:
            size = -math.log(rate) if rate > 0 else math.inf
            yield _Leak(start, end, rate, known.people[start] * (1 - rate), size)
