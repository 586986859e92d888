"""Where everything lies when lenses are drawn below each other on one spine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, get_args

from cvjkit.catalog import crosswalk
from cvjkit.catalog.spine import TIME, spine
from cvjkit.charts.polygons import Edge
from cvjkit.charts.sections import breaks, factor_text, magnifications, relative
from cvjkit.comparison.picture import MEANING, AlignedPicture, Bar, Break, Mark, Ribbon, Row
from cvjkit.comparison.words import number_text, stage_label
from cvjkit.errors import InputError, unknown_name
from cvjkit.lens.estimate import HABITUAL
from cvjkit.lens.number import Status
from cvjkit.number_text import count_text, share_text

if TYPE_CHECKING:
    from cvjkit.charts.sections import Scale
    from cvjkit.lens.lens import Lens, LensStage

GAP = 0.35  # of a milestone's room: between a stage and the next
HOLLOW = 0.12  # thickness of a stage whose people are not known
LANE = 0.2  # from the main line to a branch that runs beside it
NEGLIGIBLE = 1e-9


def align(
    lenses: Sequence[Lens],
    titles: Sequence[str] | None = None,
    start: str | None = None,
    scale: Scale = "magnified",
) -> AlignedPicture:
    """Lay lenses out on one spine.

    Parameters
    ----------
    lenses : sequence of Lens
        At least one.
    titles : sequence of str, optional
        One per lens; by default the names of the frameworks.
    start : str, optional
        Key of the milestone to begin with.
    scale : {"magnified", "true", "steps"}
        How thick people are drawn: see `cvjkit.charts.sections`.

    Returns
    -------
    AlignedPicture

    Raises
    ------
    InputError
        If the milestone `start` is not drawn; the message lists those that are.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> from cvjkit.lens.estimate import Known
    >>> from cvjkit.lens.lens import see
    >>> known = Known(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1]))
    >>> picture = align([see(known, cvj.framework(key)) for key in ("five", "nine")])
    >>> [mark.key for mark in picture.marks if mark.shared]
    ['engaged', 'first_payment', 'bought_again']
    >>> [round(row.bars[at].start * 13) for row, at in zip(picture.rows, (1, 1))]
    [3, 3]
    """
    slots = _slots(lenses, start)
    positions = {key: index for index, key in enumerate(slots)}
    drawn = [[stage for stage in lens.stages if _slot(stage) in positions] for lens in lenses]
    own = _own_scales(lenses, drawn, scale)
    magnified = _magnified(drawn, own, positions, scale)
    sizes = [
        (stage.people or 0.0) * times * magnified[positions[_slot(stage)]]
        for stages, times in zip(drawn, own, strict=True)
        for stage in stages
    ]
    most = max(sizes, default=0.0)
    names = titles or [lens.framework.name for lens in lenses]
    rows = tuple(
        _Drawing(lens, positions, [times * more / (most or 1.0) for more in magnified], times).row(
            title
        )
        for lens, title, times in zip(lenses, names, own, strict=True)
    )
    marked = tuple(
        Break((last + 1 - GAP / 2) / len(slots), factor_text(factor))
        for last, factor in breaks(magnified)
    )
    marks = tuple(
        Mark(
            key=key,
            name=spine()[key].name if key in spine() else "",
            start=index / len(slots),
            end=(index + 1) / len(slots),
            shared=all(key in map(_slot, stages) for stages in drawn),
        )
        for key, index in positions.items()
    )
    occurring: set[str] = {bar.status for row in rows for bar in row.bars}
    occurring |= {ribbon.kind for row in rows for ribbon in row.ribbons}
    occurring |= {"break"} if marked else set()
    meaning = MEANING | {"exact": _made_words(lenses)}
    legend = tuple((kind, words) for kind, words in meaning.items() if kind in occurring)
    return AlignedPicture(marks, rows, most, marked, legend)


def _own_scales(
    lenses: Sequence[Lens], drawn: Sequence[Sequence[LensStage]], scale: Scale
) -> list[float]:
    """Find how much thicker a far smaller journey is drawn, the same in all its lenses."""
    most: dict[int, float] = {}
    for lens, stages in zip(lenses, drawn, strict=True):
        people = [stage.people or 0.0 for stage in stages]
        most[id(lens.known)] = max(most.get(id(lens.known), 0.0), *people, 0.0)
    own = dict(zip(most, relative(list(most.values()), scale), strict=True))
    return [own[id(lens.known)] for lens in lenses]


def _magnified(
    drawn: Sequence[Sequence[LensStage]],
    own: Sequence[float],
    positions: Mapping[str, int],
    scale: Scale,
) -> list[float]:
    """Find how much people are magnified at each slot, the same for all lenses."""
    least, most = [0.0] * len(positions), [0.0] * len(positions)
    for stages, times in zip(drawn, own, strict=True):
        for stage in stages:
            if stage.people:
                at, people = positions[_slot(stage)], stage.people * times
                least[at] = min(least[at] or people, people)
                high = stage.high if stage.status == "estimated" else None
                most[at] = max(most[at], people, (high or 0.0) * times)
    return magnifications(least, scale, most)


def _slot(stage: LensStage) -> str:
    """Name a stage's slot on the spine; a stage without a milestone has its own."""
    return stage.milestone or f"own:{stage.key}"


def _slots(lenses: Sequence[Lens], start: str | None) -> list[str]:
    """Order all slots: milestones, and stages without one just before the stage that follows."""
    counted = {key for lens in lenses for key in lens.known.people}
    counted |= {_slot(stage) for lens in lenses for stage in lens.stages}
    slots = [key for key, step in spine().items() if step.branch != TIME or key in counted]
    for lens in lenses:
        for index, stage in enumerate(lens.stages):
            if _slot(stage) not in slots:
                after = crosswalk.after(lens.framework, index)
                before = len(slots) if after is None else slots.index(_slot(lens.stages[after]))
                slots.insert(before, _slot(stage))
    if start is not None and start not in slots:
        raise InputError("start", [unknown_name("start", start, slots)])
    return slots if start is None else slots[slots.index(start) :]


class _Drawing:
    """A row being drawn.

    Parameters
    ----------
    lens : Lens
    positions : mapping of str to int
        Slots of the spine, counted from 0.
    thickness : sequence of float
        Of one person, at each slot.
    own : float
        How much thicker than in the largest journey that is.
    """

    def __init__(
        self,
        lens: Lens,
        positions: Mapping[str, int],
        thickness: Sequence[float],
        own: float,
    ) -> None:
        self.lens, self.positions, self.thickness, self.own = lens, positions, thickness, own
        self.gap = GAP / len(positions)
        self.followers: dict[int | None, list[int]] = {}
        for index, parent in enumerate(lens.framework.parents):
            self.followers.setdefault(parent, []).append(index)
        self.bars: dict[int, Bar] = {}
        for index, stage in enumerate(lens.stages):
            if _slot(stage) in positions:
                self.bars[index] = self._bar(index, stage)

    def row(self, title: str) -> Row:
        ribbons = [ribbon for index in self.bars for ribbon in self._ribbons(index)]
        listed = ", ".join(f"{bar.name} {bar.value}" for bar in self.bars.values())
        bars = tuple(self.bars.values())
        scale = f"drawn {factor_text(self.own)} thicker" if self.own != 1 else ""
        said = f"{title}: {listed}."
        return Row(title, self.lens.name, scale, said, bars, tuple(ribbons))

    def _bar(self, index: int, stage: LensStage) -> Bar:
        first, count = self.positions[_slot(stage)], len(self.positions)
        later = [self.positions.get(_slot(other), 0) for other in self.lens.stages]
        limit = min((position for position in later if position > first), default=count)
        covered = [self.positions[key] for key in stage.covers if key in self.positions]
        last = max((position for position in covered if position < limit), default=first)
        ends = (stage.low, stage.high) if stage.status == "estimated" else (None, None)
        thick = self.thickness[first]
        low, high = (None if people is None else people * thick for people in ends)
        value, note = stage_label(stage)
        return Bar(
            stage=stage.key,
            name=stage.name,
            status=stage.status,
            people=stage.people,
            value=value,
            note=note,
            text=f"{stage.name}: {value}{f', {note}' if note else ''}. {stage.why}",
            start=first / count,
            end=(last + 1) / count - self.gap,
            top=self._top(index, stage),
            size=HOLLOW if stage.people is None else stage.people * thick,
            low_size=low,
            high_size=high,
        )

    def _top(self, index: int, stage: LensStage) -> float:
        """Put a habit that runs beside word of mouth into a lane of its own."""
        parent = self.lens.framework.parents[index]
        top = self.bars[parent].top if parent in self.bars else 0.0
        beside = parent is not None and len(self.followers[parent]) > 1
        if not beside or stage.milestone != HABITUAL:
            return top
        first = self.positions[_slot(stage)]
        later = [other for other in self.lens.stages if self.positions.get(_slot(other), 0) > first]
        sizes = [
            (other.people or 0.0) * self.thickness[self.positions[_slot(other)]] for other in later
        ]
        return top + max([LANE, *(size + LANE / 2 for size in sizes)])

    def _ribbons(self, index: int) -> Iterator[Ribbon]:
        """Draw who goes on from a stage, who does not, and who else comes in at the next.

        Where two branches begin, the same people may take both: who takes neither is not known.
        """
        bar, followers = self.bars[index], self.followers.get(index, [])
        for target in (self.bars[follower] for follower in followers if follower in self.bars):
            moved = self._moved(bar, target)
            yield self._onward(bar, target, moved)
            if moved is None or bar.people is None or target.people is None:
                continue
            left, came = bar.people - moved, target.people - moved
            enters = came > NEGLIGIBLE * target.people
            drawn_out = self._thick(bar) != self._thick(target)
            room = self.gap / 2 if enters or drawn_out else self.gap
            if left > NEGLIGIBLE * bar.people and len(followers) == 1:
                yield self._drop(bar, target, left, room)
            if enters:
                yield self._entry(bar, target, came, room)

    def _onward(self, bar: Bar, target: Bar, moved: float | None) -> Ribbon:
        size = (moved or 0.0) * self._thick(bar)
        later = (moved or 0.0) * self._thick(target)
        out = max(0.0, bar.size - size) if target.top > bar.top else 0.0
        status = _less_certain(bar.status, target.status)
        number = "an unknown number" if moved is None else number_text(moved, status)
        return Ribbon(
            kind="unknown" if moved is None else "forward",
            source=bar.stage,
            target=target.stage,
            status=status,
            people=moved,
            label="" if moved is None else number,
            text=f"{bar.name} to {target.name}: {count_text(number, 'goes', 'go')} on",
            drawn_out=size != later,
            start=Edge(bar.end, bar.top + out, size),
            end=Edge(target.start, target.top, later),
        )

    def _thick(self, bar: Bar) -> float:
        """Give the thickness of one person where a bar begins."""
        return self.thickness[round(bar.start * len(self.positions))]

    def _drop(self, bar: Bar, target: Bar, left: float, room: float) -> Ribbon:
        size = left * self._thick(bar)
        edge = bar.top + bar.size - size
        status = _less_certain(bar.status, target.status)
        number, share = number_text(left, status), share_text(left / (bar.people or left))
        does = count_text(number, "does", "do")
        return Ribbon(
            kind="drop",
            source=bar.stage,
            target="",
            status=status,
            people=left,
            label=f"{number} ({share})",
            text=f"{bar.name}: {does} not go on to {target.name} ({share})",
            drawn_out=False,
            start=Edge(bar.end, edge, size),
            end=Edge(bar.end + room, edge, 0.0),
        )

    def _entry(self, bar: Bar, target: Bar, came: float, room: float) -> Ribbon:
        size = came * self._thick(target)
        edge = target.top + target.size - size
        status = _less_certain(bar.status, target.status)
        label = number_text(came, status)
        return Ribbon(
            kind="entry",
            source="",
            target=target.stage,
            status=status,
            people=came,
            label=label,
            text=f"{target.name}: {label} come in another way",
            drawn_out=False,
            start=Edge(target.start - room, edge, 0.0),
            end=Edge(target.start, edge, size),
        )

    def _moved(self, bar: Bar, target: Bar) -> float | None:
        """Count the people who go on from a stage to the next."""
        if bar.people is None or target.people is None:
            return None
        rate = self.lens[target.stage].step_rate
        most = min(bar.people, target.people)
        return most if rate is None else min(bar.people * rate, most)


def _less_certain(one: Status, other: Status) -> Status:
    return max(one, other, key=get_args(Status).index)


def _made_words(lenses: Iterable[Lens]) -> str:
    """Say how the exact numbers of lenses came about."""
    made = {lens.known.made for lens in lenses}
    return made.pop() if len(made) == 1 else "counted or planned"
