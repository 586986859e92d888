"""The Designer: type numbers, see where people go, read what it costs and brings, save it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ipywidgets import Box

from cvjkit.audit.audit import Audit
from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework as published
from cvjkit.catalog.lookup import published_frameworks
from cvjkit.decisions.leaks import leaks_of_design
from cvjkit.errors import InputError
from cvjkit.files.new import example_counts
from cvjkit.journey import Journey, as_journey
from cvjkit.numbers import Evidence
from cvjkit.widgets.answers import Answers
from cvjkit.widgets.bands import bands_of
from cvjkit.widgets.builders import line
from cvjkit.widgets.editor import Editor
from cvjkit.widgets.fields import Act, Field, Part
from cvjkit.widgets.flow_view import FlowView
from cvjkit.widgets.form import Form
from cvjkit.widgets.guard import Guarded, told
from cvjkit.widgets.input import can_take_back
from cvjkit.widgets.later import Later
from cvjkit.widgets.marks import marked, texts_of, with_was
from cvjkit.widgets.panels.audit import audit_parts
from cvjkit.widgets.panels.entries import Asked
from cvjkit.widgets.panels.guide import guide_part
from cvjkit.widgets.panels.head import BEGINNING, file_part, head_part, segment_choices
from cvjkit.widgets.panels.money import figures_part, money_part
from cvjkit.widgets.panels.segments import segments_part
from cvjkit.widgets.panels.stages import findings_part, stage_table
from cvjkit.widgets.panels.ways import ways_part
from cvjkit.widgets.panels.whatifs import shared_changes, what_ifs_part
from cvjkit.widgets.panels.worksheet import worksheet_parts
from cvjkit.widgets.session import EXAMPLE_NOTE, Session
from cvjkit.widgets.step import with_edited
from cvjkit.widgets.still import still_table
from cvjkit.widgets.what_if import turned_to

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from cvjkit.charts.excerpt import Word
    from cvjkit.decisions.simulation import Simulation
    from cvjkit.widgets.codec import Kind

NUMBERS, WORKSHEET = "numbers", "worksheet"
SHEETS = ((NUMBERS, "Numbers"), (WORKSHEET, "Worksheet"))
NO_AUDIT = Audit("", ())
# Letters that a line of tabs has room for above the numbers, and what each tab keeps free.
LINE, AROUND = 50, 2


class _Desk(Guarded, Box):
    """The fields and the picture."""


class Designer(Editor):
    """Edit a journey: numbers on the left, where people go on the right, the money below.

    Parameters
    ----------
    journey : Journey, str, Path, Framework or Session, optional
        What to start with: a journey or its file, a framework to fill, or a session in which one
        is edited already; by default an example.
    framework : str or Framework
        For the example: a key, or a framework of your own.
    view : str, optional
        Key of the framework to show the journey in first; what that leaves out comes back when
        another one is chosen, unless more than counts was changed meanwhile.
    writable : bool
        Whether the design can be saved from here; if not, nothing is ever written.
    answers_first : bool
        Whether the answers stand above the numbers, all of them unfolded.
    heading : Form, optional
        What is shown above the head: on a dashboard, the choice of the journey.
    plan : Journey, str or Path, optional
        What was planned for a journey that was counted. As long as nothing is tried out, the
        picture and the figures are compared with it.

    Attributes
    ----------
    journey : Journey
        The current design: the last valid one. It can be observed.

    Raises
    ------
    InputError
        If a file cannot be read or there is no such framework.

    Examples
    --------
    >>> designer = Designer(Journey.from_counts("five", [900, 90, 9, 5, 1], name="Shop"))
    >>> designer.journey.segments[0].counts
    (900.0, 90.0, 9.0, 5.0, 1.0)
    """

    _view: FlowView

    def __init__(
        self,
        journey: Journey | str | Path | Framework | Session | None = None,
        *,
        framework: str | Framework = "five",
        view: str | None = None,
        writable: bool = True,
        answers_first: bool = False,
        heading: Form | None = None,
        plan: Journey | str | Path | None = None,
    ) -> None:
        self._plan = None if plan is None else as_journey(plan)
        self._writable = writable
        self._form = Form(self._edited)
        self._view = FlowView(on_choice=self._show_again)
        self._answers = Answers(self._edited, open_all=answers_first, on_sure=self._show_bands)
        self._sure: Simulation | None = None
        self._forms = (self._form, self._answers.form)
        self._answers.form.turn = self._view.turn = self._form.turn
        self._later = Later(self._form.turn)
        self._guide = Form()
        above = [] if heading is None else [heading]
        self._desk = _Desk([*above, self._form, self._view, self._answers.form, self._guide])
        self._desk.add_class("cvj-desk")
        if answers_first:
            self._desk.add_class("cvj-answers-first")
        self._sheet = NUMBERS
        super().__init__([self._desk])
        self.add_class("cvj-designer")
        if isinstance(journey, Framework):
            framework, journey = journey, None
        if isinstance(journey, Session):
            session = journey
        elif journey is None:
            session = Session(_example(framework), note=EXAMPLE_NOTE)
        else:
            opened = as_journey(journey)
            session = Session(opened, view, note=" ".join(opened.understood))
        self._open(session)

    def load(self, journey: Journey | Session, *, view: str | None = None) -> None:
        """Edit another design; earlier edits can no longer be undone.

        Parameters
        ----------
        journey : Journey or Session
        view : str, optional
            Key of the framework to show a journey in first.

        Raises
        ------
        InputError
            If it cannot be shown in that framework; the one from before stays.
        """
        self._open(journey if isinstance(journey, Session) else Session(journey, view))

    def _edit(self, session: Session) -> None:
        self._session, self._own = session, _own(session.first)
        self._view.start = ""
        self._before: tuple[Journey, str | None, Mapping[tuple[str, str, str, str], str]] | None
        self._before = None
        self._drawn: tuple[Any, ...] = ()
        self._audited: Journey = session.audited
        # None where the audit failed.
        self._audit: Audit | None = NO_AUDIT
        self._show(whole=True)

    def code(self) -> str:
        """Write the current design as one Python expression that recreates it.

        Returns
        -------
        str
        """
        return self._session.journey.code()

    def _still(self) -> Markup:
        journey = self._session.journey
        figures = figures_part(journey).figures
        return self._view.still() + still_table([], figures)

    def _turn(self, sheet: str) -> None:
        self._session.leave()
        self._sheet = sheet

    def _begin(self, stage: str) -> None:
        self._view.start = stage

    # --- what is shown --------------------------------------------------------------------

    def _show(self, *, whole: bool) -> None:
        session, journey = self._session, self._session.journey
        sheets = Field("sheet", "Show", self._sheet, "tabs", choices=SHEETS, edit=Act(self._turn))
        file = [file_part(session)] if self._writable else []
        if self._sheet == WORKSHEET:
            self._desk.add_class("cvj-worksheet")
            self._above = [
                head_part(session, self._own, sheets),
                *worksheet_parts(journey, session.entries),
            ]
            self._below = file
        else:
            self._desk.remove_class("cvj-worksheet")
            # First, because whoever types waits for the picture.
            numbers, figures, findings = self._numbers()
            head = head_part(session, self._own, sheets)
            typed = [
                numbers,
                money_part(journey, self._segment_name()),
                ways_part(journey, session.entries, Evidence(language=session.language)),
                segments_part(journey, what_if=session.is_what_if),
            ]
            if session.base is not None:
                before = self._texts_before(session.base)
                typed = [*with_was(typed, before, partial(can_take_back, session.now))]
            self._above = [head, figures, typed[0], what_ifs_part(session), findings]
            self._below = [*typed[1:], *file]
        self._fill(whole=whole)
        self._guide.show([guide_part(journey.framework)])
        self.set_trait("journey", journey)
        self.changed()
        self._answer_later()

    def _texts_before(self, base: Journey) -> Mapping[tuple[str, str, str, str], str]:
        """Give what the fields show without the what-if; worked out once for each segment."""
        index, now = self._session.segment, self._session.journey
        names = [segment.name for segment in base.segments]
        name = None if index is None else now.segments[index].name
        if name is not None and name not in names:
            return {}
        if self._before is None or self._before[:2] != (base, name):
            index, flow = None if name is None else names.index(name), base.flow()
            table = stage_table(base, flow if name is None else flow.only(name), index)
            parts = [
                Part("numbers", tables=(table,)),
                money_part(base),
                ways_part(base, {}, Evidence()),
                segments_part(base, what_if=True),
            ]
            self._before = base, name, texts_of(parts)
        return self._before[2]

    def _segment_name(self) -> str | None:
        """Give the name of the segment that is shown; None if all are."""
        segments, index = self._session.journey.segments, self._session.segment
        return segments[index].name if len(segments) > 1 and index is not None else None

    def _numbers(self) -> tuple[Part, Part, Part]:
        """Draw the picture, and compose the parts above the audit."""
        journey, index = self._session.journey, self._session.segment
        name = self._segment_name()
        flow = journey.flow()
        shown = flow if name is None else flow.only(name)
        view = self._view
        if view.start not in journey.framework.keys:
            view.start = ""
        base, word = self._compared
        names = [] if base is None else [segment.name for segment in base.segments]
        is_there = base is not None and (name is None or name in names)
        drawn = (journey, name, view.start, word)
        if drawn != self._drawn:
            leaks = leaks_of_design(journey, name)
            before = base.flow() if base is not None and is_there else None
            if before is not None and name is not None:
                before = before.only(name)
            view.show(shown, view.start or None, view.scale, leaks, before, word=word)
            self._drawn = drawn
            self._show_bands(self._sure)
        stages = stage_table(journey, shown, index)
        is_all = self._session.is_what_if and index is None
        said = shared_changes(journey) if is_all else ""
        return (
            Part(
                "numbers",
                tables=(line("view", *self._view_fields()), stages),
                notes=(said,) if said else (),
            ),
            figures_part(journey, name, base if is_there else None, word),
            findings_part(shown),
        )

    @property
    def _compared(self) -> tuple[Journey | None, Word]:
        """What the numbers are compared with, and what is said of it."""
        session, plan = self._session, self._plan
        if plan is None or session.now.is_changed:
            return session.base, "was"
        framework = session.journey.framework
        try:
            return (
                plan if plan.framework == framework else plan.in_framework(framework)
            ), "planned"
        except InputError:
            # A plan that this framework cannot show is compared in others.
            return session.base, "was"

    def _show_bands(self, simulation: Simulation | None) -> None:
        """Show how sure the numbers of the picture are, if that is what was worked out."""
        self._sure = simulation
        if simulation is None or self._segment_name() is not None:
            return
        if simulation.design is self._session.audited:
            self._view.bands = bands_of(simulation)

    def _view_fields(self) -> list[Field]:
        """Make the choices of what is shown: which segment, from where on."""
        session, journey = self._session, self._session.journey
        fields = []
        if len(journey.segments) > 1:
            shown, choices = segment_choices(session)
            # Tabs that do not fit in a line would push the picture and the answers down.
            letters = sum(len(name) + AROUND for _, name in choices)
            kind: Kind = "tabs" if letters <= LINE else "choice"
            show = Act(session.show_segment)
            fields.append(Field("tab", "Segment", shown, kind, choices=choices, edit=show))
        starts = (BEGINNING, *((stage.key, stage.name) for stage in journey.framework))
        begin = Act(self._begin)
        fields.append(
            Field(
                "begin", "Picture starts at", self._view.start, "choice", choices=starts, edit=begin
            )
        )
        return fields

    def _fill(self, *, whole: bool = False) -> None:
        """Send the fields to the browser, with the audit there is."""
        session = self._session
        audited: Sequence[Part] = [
            Part("audit", "Audit", fold="closed", brief="it could not be calculated")
        ]
        if self._audit is not None:
            audited = audit_parts(
                session.audited, self._audit, session.entries, accepts=not session.is_what_if
            )
        parts = [*self._above, *audited, *self._below]
        self._form.show(tuple(marked(parts, session.said)), whole=whole)

    # --- what is worked out once the picture is sent and the user pauses -------------------

    def _answer_later(self) -> None:
        session = self._session
        is_audited = session.audited is self._audited and self._audit is not NO_AUDIT
        answers: Sequence[Callable[[], object]] = ()
        if self._sheet == NUMBERS:
            several = len(session.journey.segments) > 1 and session.segment is not None
            about = "all segments together" if several else ""
            answers = self._answers.ask(self._asked(), session.said, about)
        # The audit takes longest of what stands unfolded.
        audit = [] if is_audited else [self._audit_now]
        self._later.do([*answers[:-1], *audit, *answers[-1:]], audit)

    def _asked(self) -> Asked:
        session = self._session
        journey = session.audited
        base = session.journey.base if journey is session.journey and session.is_what_if else None
        evidence = Evidence(language=session.language)
        return Asked(journey, base, session.entries, evidence, self._try_out)

    def _try_out(self, values: Mapping[str, Any]) -> None:
        """Put values into the what-if, by their paths."""
        step = self._session.now
        step = step if step.is_what_if else turned_to(step, what_if=True)[0]
        changed = step.edited
        for path, value in values.items():
            changed = changed.put(path, value)
        self._session.go(with_edited(step, changed))

    def _audit_now(self) -> None:
        with told(self._fill):
            self._audited, self._audit = self._session.audited, None
            shown = self._audited.framework
            # Who chooses another framework to look at wants to know what is found there.
            is_chosen = shown != self._session.unchosen
            self._audit = self._audited.audit(shown if is_chosen else None)
            self._fill()


def _own(journey: Journey) -> Framework | None:
    """Give the framework of a journey if it is none of the published ones."""
    return None if journey.framework in published_frameworks() else journey.framework


def _example(chosen: str | Framework) -> Journey:
    stages = chosen if isinstance(chosen, Framework) else published(chosen)
    return Journey.from_counts(stages, example_counts(stages), name="New journey")
