"""What the widgets in which a journey is edited have in common."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import traitlets
from ipywidgets import Box

from cvjkit.widgets.edits import take
from cvjkit.widgets.guard import Guarded, told
from cvjkit.widgets.still import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.journey import Journey
    from cvjkit.widgets.changed import Changed
    from cvjkit.widgets.compare_view import CompareView
    from cvjkit.widgets.flow_view import FlowView
    from cvjkit.widgets.form import Form
    from cvjkit.widgets.inbox import Edits
    from cvjkit.widgets.session import Session


class Editor(Kept, Guarded, Box):
    """A journey that is edited in a session, and shown again after every edit.

    A subclass makes `_forms` and `_view`, and defines `_edit`, `_show` and `still`.

    Attributes
    ----------
    journey : Journey
        As it is shown.
    """

    journey = traitlets.Any(read_only=True)
    what_ifs = True
    """Whether a what-if can be edited here."""
    _forms: Sequence[Form]
    _view: FlowView | CompareView
    _session: Session

    @property
    def changed_values(self) -> Changed:
        """The values that differ from the journey as it was opened, by their paths."""
        changed = self._session.changed
        return changed if self.what_ifs else replace(changed, is_what_if=True)

    def take_up(self, changed: Changed) -> None:
        """Make again what was changed in the journey as it was opened, as one step to undo.

        Parameters
        ----------
        changed : Changed

        Raises
        ------
        ValueError
            If it is no longer possible; nothing is changed then.
        """
        # Where no what-if is edited, none is, whatever the address says.
        is_what_if = changed.is_what_if and self.what_ifs
        self._session.take_up(replace(changed, is_what_if=is_what_if))
        self._show(whole=True)

    def reset(self, journey: Journey) -> None:
        """Go back to the numbers of a file, as one step to undo.

        Parameters
        ----------
        journey : Journey
            As the file is now.
        """
        self._session.reset(journey)
        self._show(whole=True)

    def _image(self) -> str:
        return self._view.image()

    def _open(self, session: Session) -> None:
        """Edit another journey; if it cannot be shown, the one from before stays."""
        before: Session | None = getattr(self, "_session", None)
        try:
            self._edit(session)
        except Exception:
            if before is not None:
                self._edit(before)
            raise

    def _edit(self, session: Session) -> None:
        raise NotImplementedError

    def _show(self, *, whole: bool) -> None:
        """Show what holds; `whole` as in `Form.show`."""
        raise NotImplementedError

    def _show_again(self) -> None:
        """Show what holds, in other fields than the one somebody is typing into."""
        self._show(whole=False)

    def _edited(self, edits: Edits) -> None:
        fields = {at: field for form in self._forms for at, field in form.fields.items()}
        with told(self._show_again), self._session.undone_if_it_fails():
            self._show(whole=take(self._session, edits, fields))
