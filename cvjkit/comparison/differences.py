"""What-ifs beside the journey they are about: what differs, stage by stage and figure by figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cvjkit.decisions.bases import root_of
from cvjkit.model.economics import FIGURES
from cvjkit.model.figures import apart
from cvjkit.shown import listed

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme
    from cvjkit.journey import Journey

KEYS = ("customers", "cac", "ltv_net", "ltv_to_cac", "payback_days", "profit")
"""The figures that a sentence is about, and a strip on a page."""
SAID = ("customers", "cac", "profit")
COLUMNS = (
    "scenario",
    "kind",
    "key",
    "label",
    "unit",
    "value",
    "base",
    "change",
    "change_share",
    "words",
)
NUMBERS = ("value", "base", "change", "change_share")


@dataclass(frozen=True, eq=False, repr=False)
class Differences:
    """Scenarios beside the journey they are about.

    Attributes
    ----------
    base : Journey
    scenarios : tuple of Journey
    names : tuple of str
        Of the scenarios, with a number where two have the same.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> better = shop.scenario("Better offer", {"stages.conversion.rate": 0.1})
    >>> cvj.compare([shop, better])
    Better offer: Conversion from 5% to 10%. Customers from 100 to 200 (+100%).
    """

    base: Journey
    scenarios: tuple[Journey, ...]
    names: tuple[str, ...]

    def __repr__(self) -> str:
        return self.summary

    @cached_property
    def table(self) -> pd.DataFrame:
        """What differs.

        Returns
        -------
        DataFrame
            A row for each stage and each figure of each scenario.

            - scenario (str): its name.
            - kind (str): "stage", of which the people are compared, or "figure".
            - key (str): of the stage or the figure; label (str): its name.
            - unit (str): people, money, share, days, cycles, ratio or number.
            - value (float64): of the scenario; base (float64): of the base; NaN where undefined.
            - change (float64): value less base; change_share (float64): as a share of the base,
              NaN where that is 0.
            - words (str): "+62 (+26.6%)"; empty where nothing changes.
        """
        import pandas as pd

        rows = [
            row
            for name, scenario in zip(self.names, self.scenarios, strict=True)
            for row in self._rows(name, scenario)
        ]
        table = pd.DataFrame(rows, columns=[*COLUMNS], dtype=object)
        return table.astype(dict.fromkeys(NUMBERS, "float64"))

    def _rows(self, name: str, scenario: Journey) -> list[dict[str, Any]]:
        currency, people = self.base.currency, FIGURES["customers"]
        before, after = _people(self.base), _people(scenario)
        rows: list[dict[str, Any]] = [
            {"kind": "stage", "key": stage.key, "label": stage.name, "unit": "people"}
            | _compared(people, after.get(stage.anchor), before.get(stage.anchor), currency)
            for stage in self.base.framework
        ]
        old, new = self.base.economics(), scenario.economics()
        rows += [
            {"kind": "figure", "key": key, "label": figure.title, "unit": figure.unit}
            | _compared(figure, new[key], old[key], currency)
            for key, figure in FIGURES.items()
        ]
        return [{"scenario": name, **row} for row in rows]

    @cached_property
    def summary(self) -> str:
        """What each scenario changes and what that brings: a line for each.

        Returns
        -------
        str
        """
        return "\n".join(map(self._sentences, self.names, self.scenarios))

    def _sentences(self, name: str, scenario: Journey) -> str:
        changes = ", ".join(scenario.changes["words"]) or "nothing changes"
        old, new = self.base.economics(), scenario.economics()
        currency, brought = self.base.currency, []
        for key in SAID:
            figure = FIGURES[key]
            change = figure.change_text(new[key], old[key], currency)
            if change:
                by = f" {change[change.index('(') :]}" if "(" in change else ""
                texts = figure.text(old[key], currency), figure.text(new[key], currency)
                title = figure.short if figure.short.isupper() else figure.short.lower()
                brought.append(f"{title} from {' to '.join(texts)}{by}")
        said = listed(brought) if brought else "no figure changes"
        base = scenario.base
        on = "" if base is None or base.base is None else f", on {base.name}"
        return f"{name}{on}: {changes}. {said[:1].upper()}{said[1:]}."

    def figure(self, *, theme: Theme = "light") -> go.Figure:
        """Draw by what part each number changes, stage by stage and figure by figure.

        Parameters
        ----------
        theme : {"light", "dark"}

        Returns
        -------
        plotly.graph_objects.Figure
            A bar for each scenario, from what the base has; `layout.meta["summary"]` says what it
            shows. What no scenario changes is left out.

        Raises
        ------
        InputError
            If there is no such theme.
        """
        from cvjkit.charts.differences import differences_figure

        return differences_figure(self.table, self.base.name, self.summary, theme=theme)


def _people(journey: Journey) -> dict[str, float | None]:
    """Count the people at each milestone that is a stage."""
    numbers = journey.flow().numbers("people")
    anchors = [stage.anchor for stage in journey.framework]
    return dict(zip(anchors, numbers, strict=True))


def _compared(
    figure: Any, value: float | None, before: float | None, currency: str
) -> dict[str, Any]:
    change = None if value is None or before is None else float(apart(value, before))
    return {
        "value": value,
        "base": before,
        "change": change,
        "change_share": change / abs(before) if change is not None and before else None,
        "words": figure.change_text(value, before, currency),
    }


def are_scenarios(journeys: Sequence[Journey]) -> bool:
    """Tell whether journeys are one, and scenarios that stand on it.

    Parameters
    ----------
    journeys : sequence of Journey

    Returns
    -------
    bool
    """
    first, *others = journeys
    return bool(others) and all(
        other.base is not None and root_of(other) == root_of(first) for other in others
    )


def differences(base: Journey, scenarios: Sequence[Journey], names: Sequence[str]) -> Differences:
    """Put scenarios beside the journey they are about.

    Parameters
    ----------
    base : Journey
    scenarios : sequence of Journey
    names : sequence of str

    Returns
    -------
    Differences
        In the scenarios' framework, if all have the same.
    """
    frameworks = {scenario.framework.key: scenario.framework for scenario in scenarios}
    (framework, *more) = frameworks.values()
    if not more and framework != base.framework:
        base = base.in_framework(framework)
    return Differences(base, tuple(scenarios), tuple(names))
