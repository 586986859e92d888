"""Journeys through several frameworks as a widget that follows every key press."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets
from markupsafe import Markup

from cvjkit.comparison.explained import explain_comparable, explain_lens_stage
from cvjkit.comparison.tables import figure_text
from cvjkit.comparison.words import stage_label
from cvjkit.widgets.assets import Script, Style
from cvjkit.widgets.explaining import Explaining
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.inbox import question_in
from cvjkit.widgets.panels.explained import answered
from cvjkit.widgets.still import Kept, still_copy, still_table

if TYPE_CHECKING:
    from cvjkit.charts.sections import Scale
    from cvjkit.comparison.comparison import Comparison
    from cvjkit.widgets.fields import Address, Explain


class CompareView(Kept, Explaining, Guarded, anywidget.AnyWidget):
    """Sankeys on one spine, the table of milestones, and what each lens hides.

    Parameters
    ----------
    comparison : Comparison, optional
        What to draw first.
    start : str, optional
        Key of the milestone to begin with.
    scale : {"magnified", "true", "steps"}
        How thick people are drawn.
    theme : {"auto", "light", "dark"}
        "auto" follows JupyterLab, or outside of it the reader's system.

    Attributes
    ----------
    document : dict
        What is drawn: :func:`compare_document`. Set it through :meth:`show`.
    explanation : dict
        The last explanation that was asked for.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> view = CompareView(cvj.compare(cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])))
    >>> [row["title"] for row in view.document["picture"]["rows"]][:2]
    ['Five-step customer life cycle', 'Seven Steps to Heaven']
    """

    _esm = Script("compare_view.js")
    _css = Style("compare_view.css")
    document = traitlets.Dict().tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)

    def __init__(
        self,
        comparison: Comparison | None = None,
        *,
        start: str | None = None,
        scale: Scale = "magnified",
        theme: str = "auto",
    ) -> None:
        self._shown = (comparison, start, scale)
        drawn = {} if comparison is None else compare_document(comparison, start, scale)
        super().__init__(document=drawn, theme=theme)

    def show(
        self, comparison: Comparison, start: str | None = None, scale: Scale = "magnified"
    ) -> None:
        """Draw another comparison.

        Parameters
        ----------
        comparison : Comparison
        start : str, optional
            Key of the milestone to begin with.
        scale : {"magnified", "true", "steps"}
            How thick people are drawn.

        Raises
        ------
        InputError
            If the milestone `start` is not drawn, or there is no such scale.
        """
        self.document = compare_document(comparison, start, scale)
        self._shown = (comparison, start, scale)
        self.changed()

    def _handle_custom_msg(self, content: Mapping[str, Any], buffers: Sequence[Any]) -> None:  # noqa: ARG002 - ipywidgets gives both
        comparison, *_ = self._shown
        asked = {} if comparison is None else explained_in(comparison)
        if (question := question_in(content, asked)) is not None:
            self.explain(*question)

    def _image(self) -> str:
        comparison, start, scale = self._shown
        if comparison is None:
            return ""
        from cvjkit.charts.still import still

        return still(comparison.figure(start, scale=scale))

    def _still(self) -> Markup:
        comparison, *_ = self._shown
        if comparison is None:
            return Markup()
        compared = self.document["comparable"]
        rows = [[label, *(cell["value"] for cell in cells)] for label, *cells in compared["rows"]]
        table = still_table(["", *compared["names"]], rows)
        return still_copy(self.image(), comparison.summary(), table)


def compare_document(
    comparison: Comparison, start: str | None = None, scale: Scale = "magnified"
) -> dict[str, Any]:
    """Give all that is shown of a comparison as plain values, ready for JSON.

    Parameters
    ----------
    comparison : Comparison
    start : str, optional
        Key of the milestone to begin with.
    scale : {"magnified", "true", "steps"}
        How thick people are drawn.

    Returns
    -------
    dict
        title, summary (str); picture, grid (dict); hides: title and sentences of each lens;
        comparable: names of the journeys, and rows of a label and cells; disagreements:
        questions with the stages they concern.
    """
    return {
        "title": comparison.title,
        "summary": comparison.summary(),
        "picture": comparison.picture(start, scale).document(),
        "grid": comparison.grid.document(),
        "hides": _hides(comparison),
        "comparable": _comparable(comparison),
        "disagreements": _disagreements(comparison),
    }


def explained_in(comparison: Comparison) -> dict[Address, Explain]:
    """Give what explains the numbers of a comparison, by what asks for it.

    Parameters
    ----------
    comparison : Comparison

    Returns
    -------
    dict of address to callable
        "lens", the index of a lens and the key of a stage; or "comparable", the index of a
        journey and the name of a figure.
    """
    pairs = [(view, lens) for view in comparison.views for lens in view.lenses]
    found: dict[Address, Explain] = {
        ("lens", str(at), stage.key): answered(
            explain_lens_stage, view, stage, shown=stage_label(stage)[0]
        )
        for at, (view, lens) in enumerate(pairs)
        for stage in lens.stages
    }
    views = {view.name: (at, view) for at, view in enumerate(comparison.views)}
    for row in comparison.comparable.to_dict("records"):
        at, view = views[row["journey"]]
        shown = _cell(row)["value"]
        found["comparable", str(at), row["figure"]] = answered(
            explain_comparable, view, row, shown=shown
        )
    return found


def _hides(comparison: Comparison) -> list[tuple[str, list[str]]]:
    said: dict[tuple[str, str], list[str]] = {}
    for row in comparison.hides.to_dict("records"):
        said.setdefault((row["journey"], row["framework"]), []).append(row["says"])
    several = len(comparison.views) > 1
    return [
        (
            f"{view.name}: {lens.framework.name}" if several else lens.framework.name,
            said.get((view.name, lens.framework.key), []),
        )
        for view in comparison.views
        for lens in view.lenses
    ]


def _comparable(comparison: Comparison) -> dict[str, Any]:
    rows: dict[str, list[Any]] = {}
    for row in comparison.comparable.to_dict("records"):
        cell = _cell(row) | {"figure": row["figure"]}
        rows.setdefault(row["figure"], [row["label"]]).append(cell)
    return {"names": [view.name for view in comparison.views], "rows": list(rows.values())}


def _cell(row: Mapping[Hashable, Any]) -> dict[str, str]:
    value, note = figure_text(row)
    return {"value": value, "note": note, "status": str(row["status"])}


def _disagreements(comparison: Comparison) -> list[dict[str, Any]]:
    names = {framework.key: framework.name for framework in comparison.frameworks}
    found = []
    for _, group in groupby(comparison.disagreements.to_dict("records"), itemgetter("id")):
        rows = list(group)
        stages = [f"{row['name']} ({names[row['framework']]})" for row in rows]
        said = {name: rows[0][name] for name in ("topic", "question", "consequence")}
        found.append(said | {"positions": list(rows[0]["positions"]), "stages": ", ".join(stages)})
    return found
