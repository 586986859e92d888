"""Design, calculate, compare and publish customer value journeys.

Examples
--------
>>> import cvjkit as cvj
>>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
>>> shop.with_stage("conversion", unit_cost=25).economics().cac
25.0
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from cvjkit.audit.audit import Audit
from cvjkit.audit.rules import rules
from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework, frameworks
from cvjkit.catalog.stage import Stage
from cvjkit.errors import InputError
from cvjkit.files.frameworks import read_framework
from cvjkit.journey import Journey, read_journey
from cvjkit.lens.lens import Lens
from cvjkit.model.economics import Economics
from cvjkit.model.flow import Flow

if TYPE_CHECKING:
    from cvjkit.charts.decisions import decision_figure
    from cvjkit.charts.figures import sankey
    from cvjkit.charts.funnel import funnel
    from cvjkit.comparison.compare import compare
    from cvjkit.comparison.comparison import Comparison
    from cvjkit.decisions.retention import fit_retention
    from cvjkit.measurement.conditions import where
    from cvjkit.measurement.dropped import dropped
    from cvjkit.measurement.measure import measure
    from cvjkit.measurement.sensitivity import sensitivity
    from cvjkit.publishing import dashboards
    from cvjkit.publishing.canvas import canvas
    from cvjkit.widgets.compare_view import CompareView
    from cvjkit.widgets.designer import Designer

__all__ = [
    "Audit",
    "CompareView",
    "Comparison",
    "Designer",
    "Economics",
    "Flow",
    "Framework",
    "InputError",
    "Journey",
    "Lens",
    "Stage",
    "canvas",
    "compare",
    "dashboards",
    "decision_figure",
    "dropped",
    "fit_retention",
    "framework",
    "frameworks",
    "funnel",
    "measure",
    "read_framework",
    "read_journey",
    "rules",
    "sankey",
    "sensitivity",
    "where",
]

# They load when first used: a dashboard that shows no plotly figure does not wait for plotly.
_LATE = {
    "CompareView": "cvjkit.widgets.compare_view:CompareView",
    "Comparison": "cvjkit.comparison.comparison:Comparison",
    "Designer": "cvjkit.widgets.designer:Designer",
    "canvas": "cvjkit.publishing.canvas:canvas",
    "compare": "cvjkit.comparison.compare:compare",
    "dashboards": "cvjkit.publishing.dashboards",
    "decision_figure": "cvjkit.charts.decisions:decision_figure",
    "dropped": "cvjkit.measurement.dropped:dropped",
    "fit_retention": "cvjkit.decisions.retention:fit_retention",
    "funnel": "cvjkit.charts.funnel:funnel",
    "measure": "cvjkit.measurement.measure:measure",
    "sankey": "cvjkit.charts.figures:sankey",
    "sensitivity": "cvjkit.measurement.sensitivity:sensitivity",
    "where": "cvjkit.measurement.conditions:where",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return resolve_name(_LATE[name])


def __dir__() -> list[str]:
    return sorted(__all__)
