"""Lenses drawn below each other on one spine: plain values, for any renderer.

Every row is a Sankey diagram of one lens. A milestone stands at the same position in all rows, a
stage is as long as the milestones it covers, and at each milestone a person is equally thick in
all rows: a stage is drawn at the scale of the milestone at which it begins. All that is drawn are
boxes and ribbons: along, 0 to 1 are the ends of the spine; across, 0 is the edge of the main line
and 1 the thickness of the most people shown in a section.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from cvjkit.charts.style import COLORS

if TYPE_CHECKING:
    from cvjkit.charts.polygons import Edge
    from cvjkit.lens.number import Status

Kind = Literal["forward", "drop", "entry", "unknown"]

MEANING = {
    "exact": "counted",
    "estimated": "estimated from the numbers around it, with a 90% interval",
    "unknown": "not known",
    "forward": "go on",
    "entry": "come in another way",
    "drop": "do not go on",
    "break": "from here on, people are drawn thicker, by the factor shown",
}
"""Meanings of what is drawn, in the order of the legend."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A position on the spine.

    Attributes
    ----------
    key : str
        Of the milestone, or of a stage that has none.
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
class Break:
    """Where people begin to be drawn at another scale, in all rows.

    Attributes
    ----------
    along : float
        0 to 1.
    text : str
        How many times thicker they are from there on: "× 37".
    """

    along: float
    text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A stage of a row.

    Attributes
    ----------
    stage, name : str
    status : {"exact", "estimated", "unknown"}
    people : float or None
    value, note : str
        Its label: the number, and how certain it is.
    text : str
        One sentence, shown on hover.
    start, end : float
        Where it begins, which is where its milestone stands, and ends.
    top, size : float
        Where it begins across, and its thickness, which means nothing if its people are unknown.
    low_size, high_size : float or None
        Its thickness at the ends of its interval, if it is estimated.
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
    """People who go on from a stage, do not, or come in another way.

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
        A number, and one sentence that is shown on hover.
    drawn_out : bool
        Whether it leads from one scale to another, and so grows without anybody coming in.
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
    drawn_out: bool
    start: Edge
    end: Edge


@dataclass(frozen=True, slots=True)
class Row:
    """A lens, drawn.

    Attributes
    ----------
    title : str
    subtitle : str
        Name of the framework.
    scale : str
        How much thicker its people are drawn than those of the largest journey; empty if equally.
    summary : str
        The numbers in a sentence.
    bars : tuple of Bar
        In the order of the stages.
    ribbons : tuple of Ribbon
    """

    title: str
    subtitle: str
    scale: str
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
        People at thickness 1 in the first section.
    breaks : tuple of Break
    legend : tuple of (str, str)
        What occurs, and what it means.
    """

    marks: tuple[Mark, ...]
    rows: tuple[Row, ...]
    most: float
    breaks: tuple[Break, ...]
    legend: tuple[tuple[str, str], ...]

    def document(self) -> dict[str, Any]:
        """Give the picture and its colours as plain values, ready for JSON.

        Returns
        -------
        dict
            The attributes, and `colors`: of each theme, of each kind.
        """
        return asdict(self) | {"colors": COLORS}
