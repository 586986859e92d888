"""Dashboards: each is a function that returns a widget to publish with Voila."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from ipywidgets import Box
from markupsafe import Markup

from cvjkit.catalog.lookup import framework
from cvjkit.errors import InputError, unforeseen, unknown_name
from cvjkit.files.folders import dashboard_folder
from cvjkit.files.look import read_look
from cvjkit.files.store import LOOK, SUFFIXES
from cvjkit.journey import Journey, as_journey
from cvjkit.number_text import count_text
from cvjkit.publishing.folder import Listed, in_currency, labels, read_folder, read_listed
from cvjkit.publishing.link import SUBJECT, Link, read_link, write_link
from cvjkit.widgets.builders import line
from cvjkit.widgets.changed import Changed
from cvjkit.widgets.designer import Designer
from cvjkit.widgets.fields import Article, Field, Keep, Part
from cvjkit.widgets.form import Form
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.later import Later
from cvjkit.widgets.lens_designer import Lenses
from cvjkit.widgets.refusal import sentence
from cvjkit.widgets.session import Session
from cvjkit.widgets.share import SVG, Share, file_of
from cvjkit.widgets.still import Kept

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.measurement.options import Events, Options
    from cvjkit.widgets.inbox import Edits

CHOOSE, BACK = "choose", "back"
NEW = "new"
"""Listed like a file, and no file: without an ending, it is the name of none."""
BEGIN = "Choose a framework and type how many people reach each stage: the picture follows."
NOT_FOLLOWED = "This link cannot be followed, so the numbers are those of the file."
KEPT = "Choosing another journey keeps it."
NOT_TAKEN_UP = "The changes in this link cannot be made, so the numbers are those of the file."


class _Page(Kept, Guarded, Box):
    """The sections of a dashboard, below each other."""

    def _still(self) -> Markup:
        return Markup().join(each.still() for each in self.children if isinstance(each, Kept))


def journey(folder: str | Path | None = None) -> Box:
    """Choose a journey, look at it, and see what would follow from other numbers.

    Nothing is ever written: what a visitor types is gone when they leave.

    Parameters
    ----------
    folder : str or Path, optional
        Where the journey files are (.toml, .csv, .xlsx); by default what the environment variable
        ``CVJKIT_JOURNEYS`` names, else ``data/journeys`` in this directory or the nearest above.

    Returns
    -------
    ipywidgets.Box
        A file that cannot be read is listed with what is wrong with it; the others open.
    """
    return _JourneyPage(dashboard_folder() if folder is None else Path(folder))


def compare(folder: str | Path | None = None) -> Box:
    """Choose a journey, type in the numbers of one framework, and see all frameworks follow.

    The framework typed in is the design; the others are lenses on it. Nothing is ever written.

    Parameters
    ----------
    folder : str or Path, optional
        As in :func:`journey`.

    Returns
    -------
    ipywidgets.Box
    """
    return _ComparePage(dashboard_folder() if folder is None else Path(folder))


def decide(folder: str | Path | None = None) -> Box:
    """Choose a journey, and see what to fix first, what a goal takes, how sure that is, and when.

    Nothing is ever written: what a visitor types is gone when they leave.

    Parameters
    ----------
    folder : str or Path, optional
        As in :func:`journey`.

    Returns
    -------
    ipywidgets.Box
    """
    return _DecidePage(dashboard_folder() if folder is None else Path(folder))


def actual(
    log: object,
    framework: str | Framework,
    events: Events | None = None,
    *,
    plan: Journey | str | Path,
    **options: Unpack[Options],
) -> Box:
    """Show what was measured in an event log beside its plan: gap, trend, and how sure it is.

    The log is read when the page is opened; nothing is ever written.

    Parameters
    ----------
    log : object
    framework : str or Framework
    events : mapping of str or re.Pattern to str or iterable of str, optional
        All as in :func:`cvjkit.measure`.
    plan : Journey, str or Path
        A journey, or its file.
    **options
        As in :func:`cvjkit.measure`.

    Returns
    -------
    ipywidgets.Box
        Where the log or the plan cannot be read, it says why.

    Raises
    ------
    Stopped
        If somebody stopped the measuring.
    """
    # Only who opens this page waits for what measures.
    from cvjkit.comparison.gap import gap
    from cvjkit.measurement.engine import Stopped
    from cvjkit.measurement.sensitivity import sensitivity
    from cvjkit.widgets.actual_view import ActualView

    try:
        planned = as_journey(plan)
        found = sensitivity(log, framework, events, **options)
        return ActualView(found, gap(planned, found.base))
    except Stopped:
        raise
    except InputError as error:
        said = error
    except Exception as error:  # noqa: BLE001 - a log can hold anything
        said = unforeseen("the log", error, "log")
    broken = Form()
    title = "What was measured cannot be shown"
    broken.show([Part("broken", title, notes=(sentence(said),))])
    page = _Page([broken])
    page.add_class("cvj-page")
    return page


class _ChosenPage(_Page):
    """A page on which to choose a journey; a subclass shows it.

    Parameters
    ----------
    folder : Path
        Of the journeys' files.
    """

    begins_anew = False
    """Whether a journey can be begun here that no file holds."""
    heads = True
    """Whether the choice of the journey stands above what shows it, and not within."""
    _shown: Designer | Lenses | None = None

    def __init__(self, folder: Path) -> None:
        self._currency, self._look_notes = "", list[str]()
        try:
            self._currency = read_look(folder).currency
        except InputError as error:
            self._look_notes = [f"{LOOK}: {fault}." for fault in error.faults]
        self._listed = read_folder(folder, self._currency)
        if self.begins_anew:
            self._listed[NEW] = self._read(NEW)
        self._chosen, self._description = "", ""
        self._understood: tuple[str, ...] = ()
        self._left: dict[str, Changed] = {}
        self._note = ""
        self._chooser = Form(self._edited)
        self._share = Share(self._followed, self._file)
        self._later = Later(self._chooser.turn)
        super().__init__([self._chooser])
        self.add_class("cvj-page")
        self._first = next((name for name in self._listed if self._open(name)), "")
        self._show()
        # What is loaded now stays in memory. Without freezing it, garbage collection would delay a
        # key press by 70 ms every now and then.
        gc.freeze()

    def _edited(self, edits: Edits) -> None:
        match edits.texts:
            case [((_, _, column), text), *_]:
                name = text if column == CHOOSE else self._chosen
                self._note = ""
                if name:
                    self._listed[name] = self._read(name)
                    if column == CHOOSE:
                        self._turn_to(name)
                    elif not self._back(name):
                        self._open(name)
                self._show()

    def _read(self, name: str) -> Listed:
        if name == NEW:
            return Listed(Path(NEW), in_currency(_blank(), self._currency))
        return read_listed(self._listed[name].path, self._currency)

    def _turn_to(self, name: str) -> None:
        """Show another journey, with what was changed of it when it was left."""
        if self._shown is not None:
            self._left[self._chosen] = self._shown.changed_values
        if self._open(name) and name in self._left:
            self._take_up(self._left[name])

    def _followed(self, query: str) -> None:
        """Show what an address leads to: only what is listed, and as much of it as is possible."""
        with self._chooser.turn:
            self._note = ""
            try:
                link = read_link(query)
            except ValueError as error:
                self._note = f"{NOT_FOLLOWED} {sentence(error)}"
            else:
                self._follow(link)
            if self._note:
                # The address stays as it is, to be corrected.
                self._later.do([])
            self._show()

    def _follow(self, link: Link) -> None:
        name = link.journey or self._first
        if name not in self._listed:
            # Who writes an address by hand leaves the suffix out.
            same = [listed for listed in self._listed if Path(listed).stem == name]
            name = same[0] if len(same) == 1 else name
        if link.journey and name not in self._listed:
            fault = unknown_name("journey", name, self._listed)
            self._note = f"{NOT_FOLLOWED} {fault}."
        elif name:
            self._listed[name] = self._read(name)
            if not self._open(name):
                self._note = f"{NOT_FOLLOWED} {name} cannot be opened."
            elif link.changed != Changed():
                self._take_up(link.changed)

    def _take_up(self, changed: Changed) -> None:
        """Come back to what was changed; where that is not possible, say why."""
        if self._shown is None or changed == self._shown.changed_values:
            return
        try:
            self._shown.take_up(changed)
        except ValueError as error:
            self._note = f"{NOT_TAKEN_UP} {sentence(error, self._shown.journey)}"
        except Exception as error:  # noqa: BLE001 - an address can hold anything
            self._note = f"{NOT_TAKEN_UP} {sentence(unforeseen(SUBJECT, error, SUBJECT))}"

    def _changed(self) -> None:
        self.changed()
        self._later.do([self._tell], [self._tell])

    def _tell(self) -> None:
        """Let the address lead to what is shown now."""
        if self._shown is not None and self._chosen:
            self._share.query = write_link(Link(self._chosen, self._shown.changed_values))

    def _file(self, kind: str) -> tuple[str, bytes]:
        """Give the name and the content of what is shown as a file."""
        name = f"{Path(self._chosen).stem or 'journey'}.{kind}"
        if self._shown is None:
            return name, b""
        if kind == SVG:
            return name, self._shown.image().encode()
        return name, file_of(self._shown.journey, kind)

    def _open(self, name: str) -> bool:
        """Show a journey, if it can be read and shown; tell whether it is."""
        path, found = self._listed[name].path, self._listed[name].journey
        if found is None:
            return False
        chosen, self._chosen = self._chosen, name
        try:
            self._shown = self._loaded(found)
            self._shown.on_change = self._changed
            above = [self._chooser] if self.heads else []
            self.children = [*above, self._shown, self._share]
        except Exception as error:  # noqa: BLE001 - one file must not close the page of the others
            self._chosen = chosen
            self._listed[name] = Listed(path, None, unforeseen(path.name, error))
            return False
        self._description = found.description
        self._changed()
        self._understood = found.understood
        return True

    def _back(self, name: str) -> bool:
        """Go back to the numbers of the file, as a step to undo."""
        found = self._listed[name].journey
        if found is None or self._shown is None:
            return False
        self._shown.reset(found)
        return True

    def _back_words(self) -> tuple[str, str]:
        """Say what the button does to what was typed, and what it is called."""
        goes = f"This clears what you typed here; Undo brings it back. {KEPT}"
        if self._chosen == NEW:
            return f"Begin again with an empty journey. {goes}", "Begin again"
        return f"Back to the file's numbers. {goes}", "Back to the file"

    def _loaded(self, journey: Journey) -> Designer | Lenses:
        """Show a journey in a widget, the same one each time."""
        raise NotImplementedError

    def _show(self) -> None:
        empty = ""
        if not self._listed.keys() - {NEW}:
            listed = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
            empty = f"There is no journey to show yet: the folder holds no {listed} file."
        if not self._listed:
            self._chooser.show([Part("choose", notes=(empty,))])
            return
        choices = tuple(labels(self._listed).items())
        fields = (
            Field(CHOOSE, "Journey", self._chosen, "choice", choices=choices, edit=Keep()),
            Field(BACK, *self._back_words(), "button", edit=Keep()),
        )
        table = line("journeys", *fields)
        broken = tuple(one.note for one in self._listed.values() if one.error is not None)
        broken += tuple(self._look_notes)
        about = Article("about", "About this journey", lines=(("", self._description),))
        articles = (about,) if self._description else ()
        notes = tuple(filter(None, (empty, self._note, *self._understood)))
        parts = [Part("choose", tables=(table,), notes=notes, articles=articles)]
        if broken:
            title = f"{count_text(len(broken), 'file')} cannot be opened"
            parts.append(Part("broken", title, notes=broken, fold="open"))
        self._chooser.show(parts)


class _JourneyPage(_ChosenPage):
    begins_anew = True
    heads = False
    answers_first = False
    _designer: Designer | None = None

    def _loaded(self, journey: Journey) -> Designer | Lenses:
        is_filled = journey != self._read(NEW).journey
        view = journey.in_view().framework.key
        session = Session(journey, view, note="" if is_filled else BEGIN)
        if is_filled:
            session.begin_what_if()
        if self._designer is None:
            self._designer = Designer(
                session,
                writable=False,
                answers_first=self.answers_first,
                heading=self._chooser,
            )
        else:
            self._designer.load(session)
        return self._designer


class _DecidePage(_JourneyPage):
    answers_first = True


class _ComparePage(_ChosenPage):
    _lenses: Lenses | None = None

    def _loaded(self, journey: Journey) -> Designer | Lenses:
        if self._lenses is None:
            self._lenses = Lenses(journey)
        else:
            self._lenses.load(journey)
        return self._lenses


def _blank() -> Journey:
    """Make a journey of which nothing is known yet."""
    five = framework("five")
    return Journey.from_counts(five, [None] * len(five), name="New journey")
