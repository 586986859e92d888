"""Dashboards: each is a function that returns a widget to publish with Voila."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING

from ipywidgets import Box
from markupsafe import Markup

from cvjkit.errors import unforeseen
from cvjkit.files.store import SUFFIXES
from cvjkit.publishing.folder import Listed, labels, read_folder, read_listed
from cvjkit.widgets.builders import line
from cvjkit.widgets.designer import Designer
from cvjkit.widgets.fields import Article, Field, Keep, Part
from cvjkit.widgets.form import Form
from cvjkit.widgets.guard import Edits, Guarded
from cvjkit.widgets.lens_designer import Lenses
from cvjkit.widgets.still import Kept

if TYPE_CHECKING:
    from cvjkit.journey import Journey

FOLDER_NAMED_BY = "CVJKIT_JOURNEYS"
FOLDER = Path("data/journeys")
CHOOSE, BACK = "choose", "back"


class _Page(Kept, Guarded, Box):
    """The sections of a dashboard, below each other."""

    def still(self) -> Markup:
        """Draw what the sections show, without scripts.

        Returns
        -------
        Markup
            HTML.
        """
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
    return _JourneyPage(_folder() if folder is None else Path(folder))


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
    return _ComparePage(_folder() if folder is None else Path(folder))


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
    return _DecidePage(_folder() if folder is None else Path(folder))


class _ChosenPage(_Page):
    """A page on which to choose a journey; a subclass shows it.

    Parameters
    ----------
    folder : Path
        Of the journeys' files.
    """

    def __init__(self, folder: Path) -> None:
        self._listed = read_folder(folder)
        self._chosen, self._description = "", ""
        self._understood: tuple[str, ...] = ()
        self._chooser = Form(self._edited)
        super().__init__([self._chooser])
        self.add_class("cvj-page")
        any(self._open(name) for name in self._listed)
        self._show()
        # What is loaded now stays in memory. Without freezing it, garbage collection would delay a
        # key press by 70 ms every now and then.
        gc.freeze()

    def _edited(self, edits: Edits) -> None:
        match edits.texts:
            case [((_, _, column), text), *_]:
                name = text if column == CHOOSE else self._chosen
                if name:
                    self._listed[name] = read_listed(self._listed[name].path)
                    if column == CHOOSE or not self._back(name):
                        self._open(name)
                self._show()

    def _open(self, name: str) -> bool:
        """Show a journey, if it can be read and shown; tell whether it is."""
        path, found = self._listed[name].path, self._listed[name].journey
        if found is None:
            return False
        try:
            self.children = self._loaded(found)
        except Exception as error:  # noqa: BLE001 - one file must not close the page of the others
            self._listed[name] = Listed(path, None, unforeseen(path.name, error))
            return False
        self._chosen, self._description = name, found.description
        self._understood = found.understood
        return True

    def _back(self, name: str) -> bool:  # noqa: ARG002 - a subclass may
        """Go back to the numbers of a journey's file, if that is more than opening it again."""
        return False

    def _loaded(self, journey: Journey) -> list[Box | Form]:
        """Show a journey: give the sections of the page, the same ones each time."""
        raise NotImplementedError

    def _show(self) -> None:
        if not self._listed:
            listed = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
            note = f"There is no journey to show yet: its folder holds no {listed} file."
            self._chooser.show([Part("choose", notes=(note,))])
            return
        choices = tuple(labels(self._listed).items())
        fields = (
            Field(CHOOSE, "Journey", self._chosen, "choice", choices=choices, edit=Keep()),
            Field(BACK, "Back to the file's numbers", "Back to the file", "button", edit=Keep()),
        )
        table = line("journeys", *fields)
        broken = tuple(one.note for one in self._listed.values() if one.error is not None)
        about = Article("about", "About this journey", lines=(("", self._description),))
        articles = (about,) if self._description else ()
        parts = [Part("choose", tables=(table,), notes=self._understood, articles=articles)]
        if broken:
            title = f"{len(broken)} file{'' if len(broken) == 1 else 's'} cannot be opened"
            parts.append(Part("broken", title, notes=broken, fold="open"))
        self._chooser.show(parts)


class _JourneyPage(_ChosenPage):
    answers_first = False
    _designer: Designer | None = None

    def _loaded(self, journey: Journey) -> list[Box | Form]:
        if self._designer is None:
            self._designer = Designer(
                journey,
                writable=False,
                answers_first=self.answers_first,
                heading=self._chooser,
            )
            self._designer.observe(lambda _: self.changed(), "journey")
        self._designer.load(journey, view=journey.in_view().framework.key, what_if=True)
        return [self._designer]

    def _back(self, name: str) -> bool:
        """Go back to the numbers of the file, as a step to undo."""
        found = self._listed[name].journey
        if found is None or self._designer is None:
            return False
        self._designer.reset(found)
        return True


class _DecidePage(_JourneyPage):
    answers_first = True


class _ComparePage(_ChosenPage):
    _lenses: Lenses | None = None

    def _loaded(self, journey: Journey) -> list[Box | Form]:
        if self._lenses is None:
            self._lenses = Lenses(journey)
            self._lenses.observe(lambda _: self.changed(), "journey")
        else:
            self._lenses.load(journey)
        return [self._chooser, self._lenses]


def _folder() -> Path:
    if named := os.environ.get(FOLDER_NAMED_BY):
        return Path(named)
    here = Path.cwd()
    found = (folder / FOLDER for folder in (here, *here.parents) if (folder / FOLDER).is_dir())
    return next(found, here / FOLDER)
