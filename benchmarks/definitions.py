"""Make the pictures of docs/measure.md: ``python -m benchmarks.definitions``.

Each shows the events of one person on a line of time, and which of them count. What counts is what
the package finds in these events, so that no picture can say anything else.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cvjkit.charts.style import BODY, COLORS, FONT, INK, MEDIUM
from cvjkit.measurement.attempts import NEVER, find_attempts
from cvjkit.measurement.batch import Batch
from cvjkit.measurement.counting import Values, settled, step_times, touched
from cvjkit.measurement.definition import Definition, Exclusion, Step
from cvjkit.measurement.held import held

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cvjkit.charts.style import Theme
    from cvjkit.measurement.attempts import Attempts

IMAGES = Path(__file__).parents[1] / "docs" / "images" / "definitions"
DAY = timedelta(days=1)
NO_VALUE = -1

# The picture [px].
WIDTH, ROW, VALUE, TOP = 640, 90, 15, 26
LEFT, DAY_WIDTH, DAYS = 36, 42, 9
RADIUS, SMALL, ASIDE, TIED = 10, 3, 17, 13


class Happened(NamedTuple):
    """An event: on which day, what, and the value of a column."""

    day: int
    name: str
    value: str = ""


class Row(NamedTuple):
    """A line of time: what is chosen, in words, and the definition that says so."""

    words: str
    definition: Definition
    touch: int | str = ""
    hold: bool = False


class Picture(NamedTuple):
    """One person's events, counted in one or several ways."""

    events: tuple[Happened, ...]
    rows: tuple[Row, ...]


STEPS = (Step("visit"), Step("lead"), Step("sale"))
ORDERED = Definition(STEPS)
MIXED = (
    Happened(0, "visit"),
    Happened(2, "lead"),
    Happened(3, "page"),
    Happened(5, "sale"),
)
AT_ONCE = (Happened(0, "visit"), Happened(3, "lead"), Happened(3, "sale"))
BACKWARDS = (Happened(0, "sale"), Happened(2, "visit"), Happened(6, "page"))
SLOW = (Happened(0, "visit"), Happened(2, "lead"), Happened(8, "sale"))
AGAIN = (
    Happened(0, "visit"),
    Happened(3, "visit"),
    Happened(4, "lead"),
    Happened(6, "visit"),
    Happened(7, "lead"),
)
OPTIONAL = (STEPS[0], replace(STEPS[1], optional=True), STEPS[2])
WITHIN = (*STEPS[:2], replace(STEPS[2], within=4 * DAY))
REFUND = Exclusion("refund", after="lead", before="sale")
CHANNELS = (
    Happened(0, "page", "Ads"),
    Happened(2, "visit", "Blog"),
    Happened(5, "lead", "Mail"),
    Happened(7, "page", "Shop"),
)
SESSIONS = (
    Happened(0, "visit", "s1"),
    Happened(2, "visit", "s2"),
    Happened(4, "lead", "s2"),
    Happened(7, "sale", "s1"),
)

PICTURES = {
    "ordered": Picture(MIXED, (Row("ordered", ORDERED),)),
    "strict_order": Picture(MIXED, (Row("strict_order", replace(ORDERED, order="strict_order")),)),
    "strict_increase": Picture(
        AT_ONCE,
        (
            Row("ordered, two events at once", ORDERED),
            Row("strict_increase", replace(ORDERED, order="strict_increase")),
        ),
    ),
    "any_order": Picture(BACKWARDS, (Row("any_order", replace(ORDERED, order="any_order")),)),
    "open": Picture(BACKWARDS, (Row("open", replace(ORDERED, order="open")),)),
    "optional": Picture(
        (Happened(0, "visit"), Happened(5, "sale")),
        (Row("lead is required", ORDERED), Row("lead is optional", Definition(OPTIONAL))),
    ),
    "window": Picture(
        SLOW, (Row("any time", ORDERED), Row("window of 7 days", replace(ORDERED, window=7 * DAY)))
    ),
    "within": Picture(SLOW, (Row("4 days from lead to sale", Definition(WITHIN)),)),
    "reentry": Picture(
        AGAIN,
        tuple(
            Row(reentry, replace(ORDERED, window=2 * DAY, reentry=reentry))
            for reentry in ("best", "first", "every")
        ),
    ),
    "exclusion": Picture(
        (Happened(0, "visit"), Happened(2, "lead"), Happened(4, "refund"), Happened(7, "sale")),
        (
            Row("nothing excluded", ORDERED),
            Row("refund excluded", replace(ORDERED, exclusions=(REFUND,))),
        ),
    ),
    "touch": Picture(
        CHANNELS,
        tuple(
            Row(f"touch: {touch}", ORDERED, touch=at)
            for touch, at in (("first", "first"), ("last", "last"), ("visit", 0))
        ),
    ),
    "hold": Picture(
        SESSIONS, (Row("nothing held", ORDERED), Row("session held", ORDERED, hold=True))
    ),
}
"""By what each is about."""


def drawn(name: str) -> str:
    """Draw a picture.

    Parameters
    ----------
    name : str
        A key of `PICTURES`.

    Returns
    -------
    str
        SVG.
    """
    shown = PICTURES[name]
    lines = [list(_line(shown.events, row)) for row in shown.rows]
    row = ROW + VALUE * any(event.value for event in shown.events)
    height = row * len(lines)
    groups = [
        f'<g transform="translate(0 {row * number})">{"".join(marks)}</g>'
        for number, marks in enumerate(lines)
    ]
    size = f'width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">',
            f"<style>{_look('light')}",
            f"@media (prefers-color-scheme: dark) {{{_look('dark')}}}</style>",
            f'<rect class="paper" width="{WIDTH}" height="{height}"/>',
            *groups,
            "</svg>\n",
        ]
    )


def _look(theme: Theme) -> str:
    ink, colors = INK[theme], COLORS[theme]
    return (
        f".paper{{fill:{ink['paper']}}}text{{fill:{ink['ink']};font-size:{BODY}px}}"
        f".soft{{fill:{ink['soft']}}}.head{{font-size:{MEDIUM}px;font-weight:600}}"
        f".number{{fill:{ink['paper']};font-weight:600}}.line{{stroke:{ink['line']};stroke-width:2}}"
        f".way{{stroke:{colors['forward']};stroke-width:4}}.taken{{fill:{colors['forward']}}}"
        f".left{{fill:{ink['paper']};stroke:{ink['soft']};stroke-width:1.5}}"
        f".other{{fill:{ink['soft']}}}.end{{fill:{colors['drop']}}}"
        f".span{{fill:{ink['tint']}}}.tied{{fill:none;stroke:{ink['soft']}}}"
    )


def _line(events: tuple[Happened, ...], row: Row) -> Iterator[str]:
    """Draw one line of time."""
    definition = row.definition
    values = sorted({event.value for event in events if event.value})
    codes = np.array([values.index(e.value) if e.value else NO_VALUE for e in events])
    bits = np.array([definition.bits.get(event.name, 0) for event in events])
    micro = DAY // timedelta(microseconds=1)
    whole = Batch(
        people=np.array([0]),
        offsets=np.array([0, len(events)]),
        times=np.array([event.day for event in events]) * micro,
        names=np.arange(len(events)),
        held=codes,
        properties={"value": codes},
    )
    batch, log = settled(whole, bits)
    batch, log = held(batch, log, definition, "value" if row.hold else None)
    attempts = find_attempts(log.times, log.masks, log.offsets, definition)
    taken = {
        int(batch.names[event]): step + 1
        for attempt in attempts.events
        for step, event in enumerate(attempt)
        if event >= 0
    }
    positions = _positions(events)
    line = TOP + 28

    for day in {one.day for one, other in pairwise(events) if one.day == other.day}:
        x, size = LEFT + day * DAY_WIDTH - 2 * ASIDE, f'width="{4 * ASIDE}" height="{2 * TIED}"'
        yield f'<rect class="tied" x="{x}" y="{line - TIED}" rx="{TIED}" {size}/>'
    yield from _spans(attempts, definition, micro, line)
    ends = LEFT + DAYS * DAY_WIDTH
    yield f'<line class="line" x1="{LEFT}" x2="{ends}" y1="{line}" y2="{line}"/>'
    for x in range(LEFT, ends + 1, DAY_WIDTH):
        yield f'<line class="line" x1="{x}" x2="{x}" y1="{line - 4}" y2="{line + 4}"/>'
    for attempt in attempts.events:
        own = [positions[int(batch.names[event])] for event in attempt if event >= 0]
        yield f'<line class="way" x1="{min(own)}" x2="{max(own)}" y1="{line}" y2="{line}"/>'
    for at, (event, x) in enumerate(zip(events, positions, strict=True)):
        yield from _mark(x, line, bits[at], taken.get(at), len(definition.steps))
        below = line + RADIUS + 15
        yield _text(x, below, event.name, "" if at in taken else "soft", middle=True)
        if event.value:
            yield _text(x, below + VALUE, event.value, "soft", middle=True)
    yield _text(LEFT - RADIUS, TOP - 8, row.words, "head")
    yield _text(ends + 24, line + 4, _result(attempts, batch, row, values), "")


def _positions(events: tuple[Happened, ...]) -> list[float]:
    """Put events of one day side by side."""
    found = []
    for at, event in enumerate(events):
        alike = [other for other, one in enumerate(events) if one.day == event.day]
        aside = (alike.index(at) - (len(alike) - 1) / 2) * 2 * ASIDE
        found.append(LEFT + event.day * DAY_WIDTH + aside)
    return found


def _spans(attempts: Attempts, definition: Definition, micro: int, line: int) -> Iterator[str]:
    """Shade the time within which a step may be reached."""
    spans = [(times[times != NEVER].min(), definition.window) for times in attempts.times]
    for before, step in enumerate(definition.steps[1:]):
        spans += [(times[before], step.within) for times in attempts.times]
    for start, length in spans:
        if length is not None and start != NEVER:
            x, width = LEFT + start / micro * DAY_WIDTH, length / DAY * DAY_WIDTH
            size = f'width="{width:g}" height="{2 * ASIDE}"'
            yield f'<rect class="span" x="{x:g}" y="{line - ASIDE}" {size}/>'


def _mark(x: float, y: float, bits: int, step: int | None, steps: int) -> Iterator[str]:
    if step is not None:
        yield f'<circle class="taken" cx="{x:g}" cy="{y}" r="{RADIUS}"/>'
        yield _text(x, y + 4, str(step), "number", middle=True)
    elif bits & (1 << steps) - 1:
        yield f'<circle class="left" cx="{x:g}" cy="{y}" r="{RADIUS - 3}"/>'
    else:
        kind = "end" if bits else "other"
        yield f'<circle class="{kind}" cx="{x:g}" cy="{y}" r="{2 * SMALL if bits else SMALL}"/>'


def _result(attempts: Attempts, batch: Batch, row: Row, values: list[str]) -> str:
    """Say at which stages the attempts count, or which value is taken."""
    if row.touch != "":
        code = touched(Values(batch.properties["value"]), batch, attempts, row.touch)[0]
        return f"from {values[code]}"
    names = [step.name for step in row.definition.steps]
    reached = step_times(attempts, row.definition) != NEVER
    counts = [(name, int(number)) for name, number in zip(names, reached.sum(axis=0), strict=True)]
    return "counts at " + ", ".join(
        f"{name} ({number})" if number > 1 else name for name, number in counts if number
    )


def _text(x: float, y: float, words: str, kind: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    own = f' class="{kind}"' if kind else ""
    return f'<text{own} x="{x:g}" y="{y:g}"{anchor}>{escape(words)}</text>'


def main() -> None:
    """Draw every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        (IMAGES / f"{name}.svg").write_text(drawn(name), encoding="utf-8")


if __name__ == "__main__":
    main()
