"""What was measured beside its plan, on one page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ipywidgets import Box

from cvjkit.decisions.leaks import leaks_of_design
from cvjkit.number_text import DASH
from cvjkit.widgets.fields import Part
from cvjkit.widgets.flow_view import FlowView
from cvjkit.widgets.form import Form
from cvjkit.widgets.guard import Guarded
from cvjkit.widgets.panels.measured import (
    STAGE,
    gap_part,
    goal_of,
    measurement_of,
    quality_part,
    sensitivity_part,
    trend_part,
)
from cvjkit.widgets.panels.money import figures_part
from cvjkit.widgets.still import Kept

if TYPE_CHECKING:
    from markupsafe import Markup

    from cvjkit.comparison.gap import Gap
    from cvjkit.measurement.sensitivity import Sensitivity
    from cvjkit.widgets.inbox import Edits


class ActualView(Kept, Guarded, Box):
    """The gap between what was measured and its plan, where it comes from, and how sure it is.

    Parameters
    ----------
    found : Sensitivity
        What was measured.
    gap : Gap
        Of `found.base` and its plan.
    """

    def __init__(self, found: Sensitivity, gap: Gap) -> None:
        self._found, self._gap = found, gap
        self._stage = goal_of(found.base)
        self._head, self._below, self._view = Form(), Form(self._edited), FlowView()
        self._below.turn = self._view.turn
        actual, plan = gap.actual, gap.plan
        leaks = leaks_of_design(actual)
        self._view.show(actual.flow(), None, "magnified", leaks, plan.flow(), word="planned")
        shown = figures_part(actual, base=plan, word="planned")
        # A log of sales has no margins: what follows from them nobody expects here.
        known = tuple(figure for figure in shown.figures if figure[1] != DASH)
        # What differs may be chance, so no colour calls it better or worse.
        changes = tuple((name, change, was, "") for name, change, was, _ in shown.changes)
        figures = replace(shown, figures=known, changes=changes)
        self._head.show([Part("said", notes=(gap.summary,)), figures])
        self._fixed = [sensitivity_part(found, self._stage), quality_part(found.base)]
        self._show()
        super().__init__([self._head, self._view, self._below])
        self.add_class("cvj-page")

    def _show(self) -> None:
        trend = trend_part(self._found.base, self._stage)
        self._below.show([gap_part(self._gap), trend, *self._fixed])

    def _edited(self, edits: Edits) -> None:
        match edits.texts:
            case [((_, _, column), text), *_]:
                if column == STAGE and text in measurement_of(self._found.base).steps:
                    self._stage = text
        self._show()

    def _image(self) -> str:
        return self._view.image()

    def _still(self) -> Markup:
        return self._view.still()
