"""Design, calculate, compare and publish customer value journeys.

Examples
--------
>>> import cvjkit as cvj
>>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
>>> shop.with_stage("conversion", unit_cost=25).economics().cac
25.0
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from cvjkit.audit import Audit
from cvjkit.economics import Economics
from cvjkit.faults import InputError
from cvjkit.flow import Flow
from cvjkit.framework import Framework, Stage, framework, frameworks, read_framework
from cvjkit.journey import Journey, read_journey
from cvjkit.lens import Lens
from cvjkit.rules import rules

if TYPE_CHECKING:
    from cvjkit.charts import funnel, sankey
    from cvjkit.comparison import Comparison, compare
    from cvjkit.editor import Designer

__all__ = [
    "Audit",
    "Comparison",
    "Designer",
    "Economics",
    "Flow",
    "Framework",
    "InputError",
    "Journey",
    "Lens",
    "Stage",
    "compare",
    "framework",
    "frameworks",
    "funnel",
    "read_framework",
    "read_journey",
    "rules",
    "sankey",
]

# They load when first used: a dashboard that shows no plotly figure does not wait for plotly.
_LATE = {
    "Comparison": "cvjkit.comparison",
    "Designer": "cvjkit.editor",
    "compare": "cvjkit.comparison",
    "funnel": "cvjkit.charts",
    "sankey": "cvjkit.charts",
}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_LATE[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
