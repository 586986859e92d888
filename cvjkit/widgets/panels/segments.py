"""The segments as fields: where people come from."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cvjkit.model.parts import AWARENESS_LEVELS, Segment
from cvjkit.widgets.builders import button, columns, line, listed, remover
from cvjkit.widgets.codec import NAME, NOT_SET, Choice
from cvjkit.widgets.fields import Field, Part, Put, Row, Table

if TYPE_CHECKING:
    from cvjkit.journey import Journey

COUNTED, PLANNED = "counted", "planned"
UNAWARE, *AWARE_OF = AWARENESS_LEVELS
LEVELS = Choice((NOT_SET, (UNAWARE, UNAWARE), *((level, f"{level} aware") for level in AWARE_OF)))
CHANNEL, AWARENESS, SPEND = columns(Segment, "channel", "awareness", "spend")
MODES = Choice(((COUNTED, "counted"), (PLANNED, "planned")))
COLUMNS = (CHANNEL, replace(AWARENESS, codec=LEVELS), SPEND)


def segments_part(journey: Journey, *, what_if: bool = False) -> Part:
    """Make the fields that say where people come from.

    Parameters
    ----------
    journey : Journey
    what_if : bool
        Whether it is a what-if, which is always planned.

    Returns
    -------
    Part
    """
    several = len(journey.segments) > 1
    rows = []
    for index, segment in enumerate(journey.segments):
        path = f"segments[{index}]"
        edit = Put(f"{path}.name", NAME, partial(_renamed, segment=index))
        fields = [
            Field("name", f"Name: segment {index + 1}", segment.name, "text", edit=edit),
            *(column.field(segment, path, segment.name, journey.currency) for column in COLUMNS),
            *([] if what_if else [_numbers(index, segment)]),
        ]
        if several:
            fields.append(remover(path, f"Remove segment {index + 1}"))
        rows.append(Row(str(index), str(index + 1), tuple(fields)))
    headings = (
        ("number", "No."),
        ("name", "Segment"),
        *(column.heading for column in COLUMNS),
        *([] if what_if else [("numbers", "Numbers")]),
        *([("remove", "Remove")] if several else []),
    )
    add = line("segment", button("add", "Add segment", _with_another_segment), row="new")
    return Part(
        "segments",
        "Segments",
        (Table("segments", tuple(rows), headings), add),
        fold="closed",
        brief=listed([segment.name for segment in journey.segments]),
    )


def _numbers(index: int, segment: Segment) -> Field:
    """Make the choice whether people are counted or planned by rates."""
    mode = COUNTED if segment.observed else PLANNED
    edit = Put(f"segments[{index}]", MODES, lambda now, text: _in_mode(now, text, segment=index))
    label = f"Numbers: {segment.name}"
    return Field("numbers", label, mode, "choice", choices=MODES.choices, edit=edit)


def _in_mode(journey: Journey, mode: str, *, segment: int) -> Journey:
    """Turn a segment's counts into a plan, or a plan into whole people."""
    now = journey.segments[segment]
    if mode == PLANNED:
        return journey.planned(now.name)
    if now.observed:
        return journey
    people = journey.flow().only(now.name).numbers("people")
    counts = [None if number is None else float(round(number)) for number in people]
    return journey.with_segment(now.name, counts=counts)


def _renamed(journey: Journey, name: str, *, segment: int) -> Journey:
    """Give a segment another name."""
    return journey.with_segment(journey.segments[segment].name, rename=name)


def _with_another_segment(journey: Journey) -> Journey:
    """Add a segment with nobody in it yet: counted or planned, like the last one."""
    names, last = {segment.name for segment in journey.segments}, journey.segments[-1]
    number = len(names) + 1
    while f"Segment {number}" in names:
        number += 1
    nobody = [0.0] * len(journey.framework)
    if last.observed:
        return journey.with_segment(f"Segment {number}", counts=nobody)
    return journey.with_segment(f"Segment {number}", entrants=nobody, rates=last.rates)
