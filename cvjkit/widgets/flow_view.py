"""The Sankey of a flow as a widget that follows every key press."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import RLock
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from markupsafe import Markup

from cvjkit.charts.sankey import sankey_picture
from cvjkit.charts.sections import SCALES
from cvjkit.widgets.assets import Script, Style
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.still import Kept, still_copy, still_table

if TYPE_CHECKING:
    from cvjkit.charts.excerpt import Word
    from cvjkit.charts.sankey import Picture
    from cvjkit.charts.sections import Scale
    from cvjkit.decisions.leaks import Leaks
    from cvjkit.model.flow import Flow


class FlowView(Kept, Guarded, anywidget.AnyWidget):
    """A Sankey diagram that is redrawn within milliseconds when its flow changes.

    Parameters
    ----------
    flow : Flow, optional
        What to draw first.
    start : str, optional
        Key of the stage to begin with.
    scale : {"magnified", "true", "steps"}
        As in `cvjkit.sankey`.
    leaks : Leaks, optional
        What the leaks are worth in money; by default in customers.
    theme : {"auto", "light", "dark"}
        "auto" follows JupyterLab, or outside of it the reader's system.
    on_choice : callable, optional
        Called when a reader has chosen another start or scale in the picture.

    Attributes
    ----------
    picture : dict
        What is drawn: :meth:`cvjkit.charts.sankey.Picture.document`, and what a reader may choose.
        Set it through :meth:`show`.
    bands : dict
        How sure its numbers are, as :func:`cvjkit.widgets.bands.bands_of` gives it, or empty.
    start : str
        Key of the stage the picture begins with; empty for the first.
    scale : {"magnified", "true", "steps"}
    turn : lock
        Held while a choice is answered.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> view = FlowView(plan.flow())
    >>> view.show(plan.flow(), start="conversion")
    >>> view.picture["nodes"][0]["id"]
    'entry:conversion'
    """

    _esm = Script("flow_view.js")
    _css = Style("flow_view.css")
    picture = traitlets.Dict().tag(sync=True)
    bands = traitlets.Dict().tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    _shown: Picture | None = None
    _flow: Flow | None = None
    _leaks: Leaks | None = None
    _base: Flow | None = None
    _word: Word = "was"
    start = ""
    scale: Scale = "magnified"

    def __init__(
        self,
        flow: Flow | None = None,
        *,
        start: str | None = None,
        scale: Scale = "magnified",
        leaks: Leaks | None = None,
        theme: str = "auto",
        on_choice: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(theme=theme)
        self._on_choice = on_choice
        self.turn = RLock()
        if flow is not None:
            self.show(flow, start, scale, leaks)

    def show(
        self,
        flow: Flow,
        start: str | None = None,
        scale: Scale = "magnified",
        leaks: Leaks | None = None,
        base: Flow | None = None,
        *,
        word: Word = "was",
    ) -> None:
        """Draw another flow.

        Parameters
        ----------
        flow : Flow
        start : str, optional
            Key of the stage to begin with.
        scale : {"magnified", "true", "steps"}
            As in `cvjkit.sankey`.
        leaks : Leaks, optional
            What the leaks are worth in money; by default in customers.
        base : Flow, optional
            What was changed, or planned, to be outlined.
        word : {"was", "planned"}
            What is said of the numbers of the base.

        Raises
        ------
        InputError
            If the framework has no stage `start`.
        """
        picture = sankey_picture(flow, start, scale, leaks, base, word=word)
        if flow is not self._flow:
            self.bands = {}
        self._flow, self._leaks = flow, leaks
        self._base, self._word = base, word
        self.start, self.scale = start or "", scale
        choices = {"start": self.start, "scale": scale, "scales": SCALES}
        self.picture = picture.document() | choices
        self._shown = picture
        self.changed()

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:  # noqa: ARG002 - ipywidgets gives both
        with self.turn:
            if self._flow is None:
                return
            start, scale = self.start, self.scale
            match content:
                case {"scale": str(wanted)} if wanted in dict(SCALES):
                    scale = next(known for known, _ in SCALES if known == wanted)
                case {"start": str(wanted)} if wanted in {"", *self._flow.framework.keys}:
                    start = wanted
                case _:
                    return
            self.show(self._flow, start or None, scale, self._leaks, self._base, word=self._word)
            if self._on_choice is not None:
                self._on_choice()

    def _image(self) -> str:
        if self._shown is None:
            return ""
        from cvjkit.charts.figures import drawn
        from cvjkit.charts.still import still

        return still(drawn(self._shown))

    def _still(self) -> Markup:
        if self._shown is None:
            return Markup()
        table = still_table(self.picture["columns"], self.picture["rows"])
        return still_copy(self.image(), self.picture["summary"], table)
