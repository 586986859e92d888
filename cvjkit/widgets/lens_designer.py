"""Type the numbers of one framework and see all of them follow."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cvjkit.charts.sections import SCALES
from cvjkit.comparison.compare import compare
from cvjkit.widgets.builders import line
from cvjkit.widgets.codec import PEOPLE
from cvjkit.widgets.compare_view import CompareView
from cvjkit.widgets.editor import Editor
from cvjkit.widgets.fields import Act, Field, Part, Put, Row, Table
from cvjkit.widgets.form import Form
from cvjkit.widgets.marks import marked
from cvjkit.widgets.panels.head import BEGINNING, segment_choices, step_fields
from cvjkit.widgets.panels.stages import stage_table
from cvjkit.widgets.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from cvjkit.journey import Journey

SHOWN = ("stage", "reached", "rate")
WHOLE = "The journey is kept in {name}. Type a number in any framework: all that count it show it."
TYPED = "The journey is kept in {name}; the others are lenses on it."


class Lenses(Editor):
    """Fields for the numbers of one framework, and the Sankeys of all.

    Parameters
    ----------
    journey : Journey
        What to start with.

    Attributes
    ----------
    journey : Journey
        What is compared: the design in its own framework; in the one that is typed in, once
        something is typed there that its own does not count.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> lenses = Lenses(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop"))
    >>> lenses.journey.name
    'Shop'
    """

    what_ifs = False
    _view: CompareView

    def __init__(self, journey: Journey) -> None:
        self._form = Form(self._edited)
        self._forms = (self._form,)
        self._view = CompareView()
        super().__init__([self._form, self._view])
        self.add_class("cvj-lenses")
        self._open(_session(journey))

    def load(self, journey: Journey) -> None:
        """Compare another journey, and type in the framework it asks to be seen in.

        Parameters
        ----------
        journey : Journey

        Raises
        ------
        Exception
            What showing it raised; the previous one is shown again.
        """
        self._open(_session(journey))

    def _edit(self, session: Session) -> None:
        self._session, self._own = session, session.first.framework
        self._frameworks = compare(session.first).frameworks
        # Estimates load scipy: better now than at the first key press.
        compare(session.journey, self._frameworks)
        self._start, self._scale = "", SCALES[0][0]
        self._drawn: tuple[Any, ...] = ()
        self._show(whole=True)

    def _still(self) -> Markup:
        return self._view.still()

    def _begin(self, milestone: str) -> None:
        self._start = milestone

    def _draw_at(self, scale: str) -> None:
        self._scale = next(known for known, _ in SCALES if known == scale)

    def _show_in(self, key: str) -> None:
        """Type in another framework."""
        choices = (*self._frameworks, self._own)
        self._session.show_in(next(chosen for chosen in choices if chosen.key == key))

    # --- what is shown --------------------------------------------------------------------

    def _show(self, *, whole: bool) -> None:
        session = self._session
        comparison = compare(session.whole, self._frameworks)
        starts = comparison.grid.milestones
        if self._start not in dict(starts):
            self._start = ""
        drawn = session.whole, self._start, self._scale
        if drawn != self._drawn:
            self._view.show(comparison, self._start or None, self._scale)
            self._drawn = drawn
        name = session.whole.framework.name
        said = (TYPED if session.whole is session.journey else WHOLE).format(name=name)
        tables = (
            line("lenses", *self._choices(starts)),
            line("steps", *step_fields(session)),
            _table(session.journey, session.segment),
        )
        part = Part("lenses", tables=tables, notes=tuple(filter(None, (said, session.note))))
        self._form.show(tuple(marked([part], session.said)), whole=whole)
        self.set_trait("journey", session.whole)
        self.changed()

    def _choices(self, starts: Sequence[tuple[str, str]]) -> list[Field]:
        session = self._session
        listed = {chosen.key: chosen.name for chosen in (*self._frameworks, self._own)}
        choices, key = tuple(listed.items()), session.journey.framework.key
        show_in = Act(self._show_in)
        fields = [Field("framework", "Type in", key, "choice", choices=choices, edit=show_in)]
        if len(session.journey.segments) > 1:
            shown, segments = segment_choices(session)
            show = Act(session.show_segment)
            fields.append(Field("segment", "Segment", shown, "choice", choices=segments, edit=show))
        begins, begin = (BEGINNING, *starts[1:]), Act(self._begin)
        fields.append(
            Field("begin", "Picture starts at", self._start, "choice", choices=begins, edit=begin)
        )
        draw = Act(self._draw_at)
        fields.append(Field("scale", "Scale", self._scale, "choice", choices=SCALES, edit=draw))
        return fields


def _session(journey: Journey) -> Session:
    return Session(journey, journey.in_view().framework.key)


def _table(journey: Journey, segment: int | None) -> Table:
    """Make the fields of the people and rates of the stages."""
    flow = journey.flow()
    shown = flow if segment is None else flow.only(journey.segments[segment].name)
    table = stage_table(journey, shown, segment)
    counted = all(part.observed for part in journey.segments)
    rows = []
    for row in table.rows:
        fields = [field for field in row.fields if field.column in SHOWN]
        if segment is None and counted:
            fields = [_spread_field(field, row) for field in fields]
        rows.append(replace(row, fields=tuple(fields)))
    headings = tuple(heading for heading in table.headings if heading[0] in SHOWN)
    return Table(table.id, tuple(rows), headings)


def _spread_field(field: Field, row: Row) -> Field:
    """Let people of all segments together be typed."""
    if field.column != "reached":
        return replace(field, edit=None)
    spread = partial(_with_people_spread, stage=row.id)
    return replace(field, edit=Put(f"segments[0].counts.{row.id}", PEOPLE, spread))


def _with_people_spread(journey: Journey, people: float | None, *, stage: str) -> Journey:
    """Spread the people counted at a stage over the segments in their present proportions."""
    paths = [f"segments[{index}].counts.{stage}" for index in range(len(journey.segments))]
    counts = _spread(people, [journey.get(path) for path in paths])
    for path, count in zip(paths, counts, strict=True):
        journey = journey.put(path, count)
    return journey


def _spread(people: float | None, counts: list[float | None]) -> list[float | None]:
    """Share out whole people in proportion to counts; the largest remainders get one more.

    Examples
    --------
    >>> _spread(10, [2, 1, None])
    [7.0, 3.0, 0.0]
    >>> _spread(5, [None, None])
    [5.0, 0.0]
    """
    if people is None:
        return [None] * len(counts)
    parts = [count or 0.0 for count in counts]
    if not math.isfinite(people) or people < 0 or people % 1 or not math.fsum(parts):
        # The journey refuses impossible numbers.
        return [float(people), *[0.0] * (len(counts) - 1)]
    exact = [people * part / math.fsum(parts) for part in parts]
    shared = [math.floor(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda index: shared[index] - exact[index])
    for index in order[: round(people) - sum(shared)]:
        shared[index] += 1
    return [float(share) for share in shared]
