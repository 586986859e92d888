"""Type the numbers of one framework and see all of them follow."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import Box

from cvjkit.comparison.comparison import compare
from cvjkit.errors import InputError
from cvjkit.widgets.compare_view import CompareView
from cvjkit.widgets.fields import ALL, Act, carried_over, marked, number, stage_table
from cvjkit.widgets.form import Address, Edits, Field, NumberGrid, Part, Row, Table
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.session import Draft, sentence

if TYPE_CHECKING:
    from cvjkit.journey import Journey

SHOWN = ("stage", "reached", "rate")
UNTOUCHED = "As the file has it. Type a number: the framework you type in becomes the design."
TYPED = "{name} is the design; the others are lenses of it."


class Lenses(Guarded, Box):
    """Fields for the numbers of one framework, and the Sankeys of all.

    Parameters
    ----------
    journey : Journey
        What to start with.

    Attributes
    ----------
    journey : Journey
        What is compared: the journey as it was loaded, until something is typed; then the design
        in the framework it was typed in.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> lenses = Lenses(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop"))
    >>> lenses.journey.name
    'Shop'
    """

    journey = traitlets.Any(read_only=True)

    def __init__(self, journey: Journey) -> None:
        self._grid = NumberGrid(self._edited)
        self._view = CompareView()
        super().__init__([self._grid, self._view])
        self.add_class("cvj-lenses")
        self.load(journey)

    def load(self, journey: Journey) -> None:
        """Compare another journey, and type in the framework it asks to be seen in.

        Parameters
        ----------
        journey : Journey
        """
        self._frameworks = compare(journey).frameworks
        self._own = journey.framework
        try:
            seen = journey if journey.view is None else journey.in_framework(journey.view)
        except InputError:
            # The framework it asks to be seen in cannot take it; its own can.
            seen = journey
        self._whole, self._seen, self._draft = journey, seen, Draft(seen)
        # Estimates load scipy: now, and not at the first key.
        compare(seen, self._frameworks)
        self._start, self._note = "", ""
        self._at: int | None = None
        self._said: dict[Address, tuple[str, str]] = {}
        self._drawn: tuple[Any, ...] = ()
        self._show(whole=True)

    # --- what is done in the browser ------------------------------------------------------

    def _edited(self, edits: Edits) -> None:
        meant = {address: (self._grid.field(address).edit, text) for address, text in edits.texts}
        self._said = {}
        acts = [(act.do, at, text) for at, (act, text) in meant.items() if isinstance(act, Act)]
        if acts:
            do, address, text = acts[0]
            do(address, text)
            self._show(whole=True)
            return
        if edits.what == "restore":
            for address in meant:
                self._draft.restore(address, (edits.run, address))
        else:
            run = (edits.run, *meant) if edits.what == "type" else None
            self._draft.edit(meant, run)
        self._show(whole=edits.what != "type")

    def _undo(self, _address: Address, _text: str) -> None:
        self._draft.undo()

    def _redo(self, _address: Address, _text: str) -> None:
        self._draft.redo()

    def _tab(self, _address: Address, text: str) -> None:
        self._draft.wrong = {}
        self._at = None if text == ALL else int(text)

    def _begin(self, _address: Address, text: str) -> None:
        self._start = text

    def _through(self, address: Address, text: str) -> None:
        """Type in another framework: what is typed there is the design from then on."""
        whole = self._compared()
        target = next(each for each in (*self._frameworks, self._own) if each.key == text)
        try:
            through = whole if target == whole.framework else whole.in_framework(target)
        except InputError as error:
            self._said[address] = (self._grid.field(address).text, sentence(error))
            return
        self._whole, self._seen = whole, through
        self._draft = Draft(through)
        self._note = carried_over(whole, through)

    def _compared(self) -> Journey:
        """Give the design, or all that is known as long as nothing is typed."""
        now = self._draft.journey
        return self._whole if now == self._seen else now

    # --- what is shown --------------------------------------------------------------------

    def _show(self, *, whole: bool = False) -> None:
        journey, compared = self._draft.journey, self._compared()
        if len(journey.segments) == 1 or (self._at or 0) >= len(journey.segments):
            self._at = None
        comparison = compare(compared, self._frameworks)
        starts = comparison.grid.milestones
        if self._start not in dict(starts):
            self._start = ""
        if (compared, self._start) != self._drawn:
            self._view.show(comparison, self._start or None)
            self._drawn = compared, self._start
        said = TYPED.format(name=journey.framework.name) if compared is journey else UNTOUCHED
        parts = [
            Part(
                "lenses",
                tables=(
                    self._choices(journey, starts),
                    self._buttons(),
                    _table(journey, self._at),
                ),
                notes=tuple(filter(None, (said, self._note))),
            )
        ]
        wrong = {at: (each.text, each.message) for at, each in self._draft.wrong.items()}
        self._grid.show(tuple(marked(parts, wrong | self._said)), whole=whole)
        self.set_trait("journey", compared)

    def _choices(self, journey: Journey, starts: tuple[tuple[str, str], ...]) -> Table:
        frameworks = {each.key: each.name for each in (*self._frameworks, self._own)}
        choices = tuple(frameworks.items())
        key = journey.framework.key
        through = Act(self._through)
        fields = [Field("framework", "Type in", key, "choice", choices=choices, edit=through)]
        if len(journey.segments) > 1:
            names = (each.name for each in journey.segments)
            segments = ((ALL, "All"), *((str(at), name) for at, name in enumerate(names)))
            chosen = ALL if self._at is None else str(self._at)
            fields.append(
                Field("segment", "Segment", chosen, "choice", choices=segments, edit=Act(self._tab))
            )
        begins = (("", "the beginning"), *starts[1:])
        begin = Act(self._begin)
        fields.append(
            Field("begin", "Picture from", self._start, "choice", choices=begins, edit=begin)
        )
        return Table("lenses", (Row("lenses", "", tuple(fields)),))

    def _buttons(self) -> Table:
        undo, redo = self._draft.can_undo, self._draft.can_redo
        fields = (
            Field("undo", "Undo", kind="button", enabled=undo, edit=Act(self._undo), key="undo"),
            Field("redo", "Redo", kind="button", enabled=redo, edit=Act(self._redo), key="redo"),
        )
        return Table("steps", (Row("steps", "", fields),))


def _table(journey: Journey, at: int | None) -> Table:
    """Make the fields of the people and rates of the stages."""
    flow = journey.flow()
    if len(journey.segments) == 1:
        at = 0
    shown = flow if at is None else flow.only(journey.segments[at].name)
    table = stage_table(journey, shown, at)
    together = at is None and all(segment.observed for segment in journey.segments)
    rows = []
    for place, row in enumerate(table.rows):
        fields = tuple(field for field in row.fields if field.column in SHOWN)
        if together:
            edit = number(_Spread(place), "people")
            fields = tuple(
                replace(field, edit=edit if field.column == "reached" else None) for field in fields
            )
        rows.append(replace(row, fields=fields))
    headings = tuple(heading for heading in table.headings if heading[0] in SHOWN)
    return Table(table.id, tuple(rows), headings)


class _Spread:
    """Spread the people counted at a stage over the segments as they are spread there now."""

    def __init__(self, place: int) -> None:
        self._place = place

    def __call__(self, journey: Journey, people: float | None) -> Journey:
        place = self._place
        counts = [list(segment.counts or ()) for segment in journey.segments]
        for each, share in zip(counts, _spread(people, [c[place] for c in counts]), strict=True):
            each[place] = share
        for segment, each in zip(journey.segments, counts, strict=True):
            journey = journey.with_segment(segment.name, counts=each)
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
        # What cannot be is for the journey to refuse.
        return [float(people), *[0.0] * (len(counts) - 1)]
    exact = [people * part / math.fsum(parts) for part in parts]
    shared = [math.floor(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda at: shared[at] - exact[at])
    for at in order[: round(people) - sum(shared)]:
        shared[at] += 1
    return [float(share) for share in shared]
