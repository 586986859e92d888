"""By what part the numbers of what-ifs differ from those of their journey, as one plotly figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cvjkit.charts.fills import filled
from cvjkit.charts.frame import new_page
from cvjkit.charts.from_zero import BarsFromZero
from cvjkit.charts.style import BODY, LINE
from cvjkit.charts.text import inert, text_lines

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme

NAMES, GAP = 190.0, 12.0  # [px] room for the names; between groups of bars
BAR, APART = 14.0, 3.0  # [px]
KINDS = ("forward", "back", "repeat", "referral", "inferred")
"""Whose colours the scenarios take, one after another."""
SHOWN = ("customers", "cac", "ltv_net", "ltv_to_cac", "payback_days", "profit")


def differences_figure(
    table: pd.DataFrame, title: str, summary: str, *, theme: Theme = "light"
) -> go.Figure:
    """Draw by what part each number changes.

    Parameters
    ----------
    table : DataFrame
        As `cvjkit.comparison.differences.Differences.table`.
    title : str
        Name of the base.
    summary : str
        Set below, one paragraph per line.
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        Polygons: a bar for each scenario and number, from what the base has; the `meta` of each
        has scenario, key and change_share. `layout.meta` has the summary.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    page = new_page(theme)
    names = list(dict.fromkeys(table["scenario"]))
    shown = table[(table["kind"] == "stage") | table["key"].isin(SHOWN)]
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in shown.to_dict("records"):
        groups.setdefault((str(row["kind"]), str(row["key"])), []).append(dict(row))  # type: ignore[arg-type]  # keys are names of columns
    changed = [rows for rows in groups.values() if any(row["words"] for row in rows)]
    colors = {name: page.colors[KINDS[at % len(KINDS)]] for at, name in enumerate(names)}
    drawn = [row for rows in changed for row in rows]
    parts, words = ([row[name] for row in drawn] for name in ("change_share", "words"))
    bars, y = BarsFromZero(page, NAMES, parts, words), 0.0
    for rows in changed:
        y = _group(bars, colors, rows, y)
    if not changed:
        page.write(0, y, [page.soft("Nothing changes.", BODY)], BODY)
        y += 20
    bars.line(y - GAP)
    entries = [(name, name, filled(colors[name])) for name in names]
    return page.figure(
        page.legend(entries, y + 4),
        f"What if: {title}",
        summary.splitlines(),
        {"summary": summary},
        subtitle="Change against the journey as it is, in percent of it",
        stretches=False,
    )


def _group(
    bars: BarsFromZero, colors: dict[str, str], rows: list[dict[str, Any]], y: float
) -> float:
    """Draw the bars of one number; give where they end."""
    lines = text_lines(str(rows[0]["label"]), NAMES - 8, 2, BODY)
    tall = max(len(rows) * (BAR + APART), len(lines) * BODY * LINE)
    bars.page.write(0, y, [inert(line) for line in lines], BODY)
    for index, row in enumerate(rows):
        words, style = row["words"], filled(colors[row["scenario"]])
        said = f"{row['scenario']}: {row['label']} {words}"
        meta = {key: row[key] for key in ("scenario", "key", "change_share")}
        part = row["change_share"] if words else 0.0
        across = y + index * (BAR + APART), BAR
        bars.draw(part, words or _unchanged(row), across, style, said=said, meta=meta)
    return y + tall + GAP


def _unchanged(row: dict[str, Any]) -> str:
    known = math.isfinite(row["value"]), math.isfinite(row["base"])
    return "unchanged" if all(known) else "not known" if not known[0] else "not known before"
