"""Lenses drawn below each other on one spine: plain values, for any renderer.

Every row is a Sankey diagram of one lens. A milestone stands at the same place in all rows, a
stage is as long as the milestones it covers, and a person is equally thick everywhere. All that
is drawn is a ribbon between two places along the spine: along, 0 to 1 are the ends of the
spine; across, 0 is the edge of the main line and 1 the thickness of the most people shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from cvjkit.catalog import crosswalk
from cvjkit.catalog.spine import TIME, spine
from cvjkit.charts.polygons import Edge
from cvjkit.charts.style import COLORS
from cvjkit.errors import InputError, unknown_name
from cvjkit.lens.estimate import HABITUAL
from cvjkit.lens.number import Status
from cvjkit.numbers import people_text, share_text

if TYPE_CHECKING:
    from cvjkit.lens.lens import Lens, LensStage

Kind = Literal["forward", "drop", "entry", "unknown"]

GAP = 0.35  # of a milestone's room: between a stage and the next
HOLLOW = 0.12  # thickness of a stage whose people are not known
LANE = 0.2  # from the main line to a branch that runs beside it
NEGLIGIBLE = 1e-9

MEANING = {
    "exact": "counted",
    "estimated": "estimated from the numbers around it, with a 90% interval",
    "unknown": "not known",
    "forward": "go on",
    "entry": "come in otherwise",
    "drop": "do not go on",
}
"""What is drawn, in the order of the legend."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on the spine.

    Attributes
    ----------
    key : str
        Of the milestone, or of a stage of one's own that stands at none.
    name : str
    start, end : float
        Where its room begins and ends, 0 to 1.
    shared : bool
        Whether every row has a stage there.
    """

    key: str
    name: str
    start: float
    end: float
    shared: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A stage of a row.

    Attributes
    ----------
    stage, name : str
    status : {"exact", "estimated", "unknown"}
    people : float or None
    value, note : str
        Its label: the number, and how sure it is.
    text : str
        One sentence, for who points at it.
    start, end : float
        Where it begins, which is where its milestone stands, and ends.
    top, size : float
        Where it begins across, and its thickness; that of an unknown one means nothing.
    low_size, high_size : float or None
        The thickness it has at the ends of its interval, if it is estimated.
    """

    stage: str
    name: str
    status: Status
    people: float | None
    value: str
    note: str
    text: str
    start: float
    end: float
    top: float
    size: float
    low_size: float | None
    high_size: float | None


@dataclass(frozen=True, slots=True)
class Ribbon:
    """People who go on from a stage, do not, or come in otherwise.

    Attributes
    ----------
    kind : {"forward", "drop", "entry", "unknown"}
        Who goes on to the next stage; who does not, having left or skipped it; who comes in
        there otherwise, from outside, by a skip or a referral.
    source, target : str
        Stage keys; a drop has no target, an entry no source.
    status : {"exact", "estimated", "unknown"}
    people : float or None
    label, text : str
        A number, and one sentence for who points at it.
    start, end : Edge
        A drop thins out to nothing, an entry grows from it; an unknown ribbon is a line.
    """

    kind: Kind
    source: str
    target: str
    status: Status
    people: float | None
    label: str
    text: str
    start: Edge
    end: Edge


@dataclass(frozen=True, slots=True)
class Row:
    """A lens, drawn: its bars in the order of its stages, and the ribbons between them."""

    title: str
    subtitle: str
    summary: str
    bars: tuple[Bar, ...]
    ribbons: tuple[Ribbon, ...]


@dataclass(frozen=True, slots=True)
class AlignedPicture:
    """All that a renderer needs to draw lenses on one spine.

    Attributes
    ----------
    marks : tuple of Mark
        In the order of the spine.
    rows : tuple of Row
    most : float
        People at thickness 1.
    legend : tuple of (str, str)
        What occurs, and what it means.
    """

    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    most: float
    legend: tuple[tuple[str, str], ...]

    def document(self) -> dict[str, Any]:
        """Give the picture and its colours as plain values, ready for JSON."""
        return asdict(self) | {"colors": COLORS}


def align(
    lenses: Sequence[Lens], titles: Sequence[str] | None = None, start: str | None = None
) -> AlignedPicture:
    """Lay lenses out on one spine.

    Parameters
    ----------
    lenses : sequence of Lens
        At least one.
    titles : sequence of str, optional
        One a lens; by default the names of the frameworks.
    start : str, optional
        Key of the milestone to begin with, so that thin later stages become visible.

    Returns
    -------
    AlignedPicture

    Raises
    ------
    InputError
        If no milestone `start` is drawn; the message lists those that are.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> from cvjkit.lens.estimate import Known
    >>> from cvjkit.lens.lens import see
    >>> known = Known(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1]).flow())
    >>> picture = align([see(known, cvj.framework(key)) for key in ("five", "nine")])
    >>> [mark.key for mark in picture.marks if mark.shared]
    ['engaged', 'first_payment', 'bought_again']
    >>> [round(row.bars[at].start * 13) for row, at in zip(picture.rows, (1, 1))]
    [3, 3]
    """
    slots = _slots(lenses, start)
    places = {key: at for at, key in enumerate(slots)}
    drawn = [[stage for stage in lens.stages if _slot(stage) in places] for lens in lenses]
    most = max((stage.people or 0.0 for stages in drawn for stage in stages), default=0.0)
    names = titles or [lens.framework.name for lens in lenses]
    rows = tuple(
        _Drawing(lens, places, most or 1.0).row(title)
        for lens, title in zip(lenses, names, strict=True)
    )
    marks = tuple(
        Mark(
            key=key,
            name=spine()[key].name if key in spine() else "",
            start=at / len(slots),
            end=(at + 1) / len(slots),
            shared=all(key in map(_slot, stages) for stages in drawn),
        )
        for key, at in places.items()
    )
    occurring: set[str] = {bar.status for row in rows for bar in row.bars}
    occurring |= {ribbon.kind for row in rows for ribbon in row.ribbons}
    legend = tuple((each, words) for each, words in MEANING.items() if each in occurring)
    return AlignedPicture(marks, rows, most, legend)


def _slot(stage: LensStage) -> str:
    """Name a stage's place on the spine; one that stands at no milestone has its own."""
    return stage.milestone or f"own:{stage.key}"


def _slots(lenses: Sequence[Lens], start: str | None) -> list[str]:
    """Order all places: the milestones, and the others each just before the next milestone."""
    counted = {key for lens in lenses for key in lens.known.people}
    counted |= {_slot(stage) for lens in lenses for stage in lens.stages}
    slots = [key for key, step in spine().items() if step.branch != TIME or key in counted]
    for lens in lenses:
        for place, stage in enumerate(lens.stages):
            if _slot(stage) not in slots:
                after = crosswalk.after(lens.framework, place)
                before = len(slots) if after is None else slots.index(_slot(lens.stages[after]))
                slots.insert(before, _slot(stage))
    if start is not None and start not in slots:
        raise InputError("start", [unknown_name("start", start, slots)])
    return slots if start is None else slots[slots.index(start) :]


class _Drawing:
    """A row being drawn."""

    def __init__(self, lens: Lens, places: Mapping[str, int], most: float) -> None:
        self.lens, self.places, self.most = lens, places, most
        self.gap = GAP / len(places)
        self.followers: dict[int | None, list[int]] = {}
        for place, parent in enumerate(lens.framework.parents):
            self.followers.setdefault(parent, []).append(place)
        self.bars: dict[int, Bar] = {}
        for place, stage in enumerate(lens.stages):
            if _slot(stage) in places:
                self.bars[place] = self._bar(place, stage)

    def row(self, title: str) -> Row:
        ribbons = [ribbon for place in self.bars for ribbon in self._ribbons(place)]
        listed = ", ".join(f"{bar.name} {bar.value}" for bar in self.bars.values())
        bars = tuple(self.bars.values())
        return Row(title, self.lens.name, f"{title}: {listed}.", bars, tuple(ribbons))

    def _bar(self, place: int, stage: LensStage) -> Bar:
        first, sure = self.places[_slot(stage)], stage.status != "estimated"
        later = [self.places.get(_slot(each), 0) for each in self.lens.stages]
        limit = min((at for at in later if at > first), default=len(self.places))
        covered = [at for key in stage.covers if (at := self.places.get(key, limit)) < limit]
        value, note = label(stage)
        return Bar(
            stage=stage.key,
            name=stage.name,
            status=stage.status,
            people=stage.people,
            value=value,
            note=note,
            text=f"{stage.name}: {value}{f', {note}' if note else ''}. {stage.why}",
            start=first / len(self.places),
            end=(max(covered, default=first) + 1) / len(self.places) - self.gap,
            top=self._top(place, stage),
            size=HOLLOW if stage.people is None else stage.people / self.most,
            low_size=None if sure or stage.low is None else stage.low / self.most,
            high_size=None if sure or stage.high is None else stage.high / self.most,
        )

    def _top(self, place: int, stage: LensStage) -> float:
        """Put a habit that runs beside word of mouth into a lane of its own."""
        parent = self.lens.framework.parents[place]
        top = self.bars[parent].top if parent in self.bars else 0.0
        beside = parent is not None and len(self.followers[parent]) > 1
        return top + LANE if beside and stage.milestone == HABITUAL else top

    def _ribbons(self, place: int) -> Iterator[Ribbon]:
        """Draw who goes on from a stage, who does not, and who else comes in at the next.

        Where two branches begin, the same people may take both: who takes neither is not known.
        """
        bar, followers = self.bars[place], self.followers.get(place, [])
        for target in (self.bars[each] for each in followers if each in self.bars):
            moved = self._moved(bar, target)
            size = 0.0 if moved is None else moved / self.most
            out = max(0.0, bar.size - size) if target.top > bar.top else 0.0
            status = _less_sure(bar.status, target.status)
            number = "an unknown number" if moved is None else _people(moved, status)
            yield Ribbon(
                kind="unknown" if moved is None else "forward",
                source=bar.stage,
                target=target.stage,
                status=status,
                people=moved,
                label="" if moved is None else number,
                text=f"{bar.name} to {target.name}: {number} go on",
                start=Edge(bar.end, bar.top + out, size),
                end=Edge(target.start, target.top, size),
            )
            if moved is None or bar.people is None or target.people is None:
                continue
            left, came = bar.people - moved, target.people - moved
            came = came if came > NEGLIGIBLE * target.people else 0.0
            edge, room = bar.top + size, self.gap / 2 if came else self.gap
            if left > NEGLIGIBLE * bar.people and len(followers) == 1:
                label = f"{_people(left, status)} ({share_text(left / bar.people)})"
                yield Ribbon(
                    kind="drop",
                    source=bar.stage,
                    target="",
                    status=status,
                    people=left,
                    label=label,
                    text=f"{bar.name}: {label} do not go on to {target.name}",
                    start=Edge(bar.end, edge, left / self.most),
                    end=Edge(bar.end + room, edge, 0.0),
                )
            if came:
                edge, label = target.top + size, _people(came, status)
                yield Ribbon(
                    kind="entry",
                    source="",
                    target=target.stage,
                    status=status,
                    people=came,
                    label=label,
                    text=f"{target.name}: {label} come in otherwise",
                    start=Edge(target.start - room, edge, 0.0),
                    end=Edge(target.start, edge, came / self.most),
                )

    def _moved(self, bar: Bar, target: Bar) -> float | None:
        """Count the people who go on from a stage to the next."""
        if bar.people is None or target.people is None:
            return None
        rate = self.lens[target.stage].step_rate
        most = min(bar.people, target.people)
        return most if rate is None else min(bar.people * rate, most)


def _less_sure(one: Status, other: Status) -> Status:
    return max(one, other, key=get_args(Status).index)


def _people(people: float, status: Status) -> str:
    return f"{'≈ ' if status == 'estimated' else ''}{people_text(people)}"


def label(stage: LensStage) -> tuple[str, str]:
    """Write a stage's number, and how sure that is.

    Returns
    -------
    tuple of str
        As in "≈ 1,908", "605 to 4,797".
    """
    low, high = people_text(stage.low), people_text(stage.high)
    if stage.people is not None:
        return _people(stage.people, stage.status), (
            "" if stage.status == "exact" else f"{low} to {high}"
        )
    bounds = {
        (False, False): f"{low} to {high}",
        (False, True): f"at least {low}",
        (True, False): f"at most {high}",
    }
    return "not known", bounds.get((stage.low is None, stage.high is None), "")
