"""By what part the numbers of what-ifs differ from those of their journey, as one plotly figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cvjkit.charts.fills import filled
from cvjkit.charts.page import Page, check_choice
from cvjkit.charts.polygons import box
from cvjkit.charts.style import BODY, INK, LINE
from cvjkit.charts.text import inert, text_lines, text_width

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme

WIDTH, MARGIN = 852.0, 24.0  # [px]
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
    check_choice("theme", theme, INK)
    names = list(dict.fromkeys(table["scenario"]))
    shown = table[(table["kind"] == "stage") | table["key"].isin(SHOWN)]
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in shown.to_dict("records"):
        groups.setdefault((str(row["kind"]), str(row["key"])), []).append(dict(row))  # type: ignore[arg-type]  # keys are names of columns
    changed = [rows for rows in groups.values() if any(row["words"] for row in rows)]
    page = Page(theme, WIDTH, MARGIN)
    colors = {name: page.colors[KINDS[at % len(KINDS)]] for at, name in enumerate(names)}
    scale = _Scale(page, [row for rows in changed for row in rows])
    y = 0.0
    for rows in changed:
        y = _group(page, scale, colors, rows, y)
    if not changed:
        page.write(0, y, [page.soft("Nothing changes.", BODY)], BODY)
        y += 20
    page.guide(scale.zero, 0, y - GAP)
    entries = [(name, name, filled(colors[name])) for name in names]
    return page.figure(
        page.legend(entries, y + 4),
        f"What if: {title}",
        summary.splitlines(),
        {"summary": summary},
        subtitle="Change against the journey as it is, in percent of it",
        stretches=False,
    )


class _Scale:
    """Where the bars are: from a line where nothing changes, to both sides.

    Parameters
    ----------
    page : Page
    rows : list of dict
    """

    def __init__(self, page: Page, rows: list[dict[str, Any]]) -> None:
        parts = [row["change_share"] for row in rows if math.isfinite(row["change_share"])]
        low, high = min([0.0, *parts]), max([0.0, *parts])
        words = max([text_width(row["words"], BODY) for row in rows], default=0.0) + 8
        left = NAMES + (words if low < 0 else 0.0)
        right = page.width - (words if high > 0 or low == 0 else 0.0)
        self.pixels = (right - left) / (high - low) if high > low else 0.0
        self.zero = left - low * self.pixels


def _group(
    page: Page, scale: _Scale, colors: dict[str, str], rows: list[dict[str, Any]], y: float
) -> float:
    """Draw the bars of one number; give where they end."""
    tall = len(rows) * (BAR + APART)
    lines = text_lines(str(rows[0]["label"]), NAMES - 8, 2, BODY)
    tall = max(tall, len(lines) * BODY * LINE)
    page.write(0, y, [inert(line) for line in lines], BODY)
    for index, row in enumerate(rows):
        top = y + index * (BAR + APART)
        part, words = row["change_share"], row["words"]
        length = part * scale.pixels if math.isfinite(part) and words else 0.0
        meta = {key: row[key] for key in ("scenario", "key", "change_share")}
        if length:
            start = min(scale.zero, scale.zero + length)
            outline = box(start, top, abs(length), BAR)
            said = f"{row['scenario']}: {row['label']} {words}"
            page.draw(outline, filled(colors[row["scenario"]]), said, {"mark": "bar"} | meta)
        at = scale.zero + length + (4 if length >= 0 else -4)
        page.write(
            at,
            top + BAR / 2,
            [page.soft(words or _unchanged(row), BODY)],
            BODY,
            xanchor="left" if length >= 0 else "right",
            yanchor="middle",
        )
    return y + tall + GAP


def _unchanged(row: dict[str, Any]) -> str:
    known = math.isfinite(row["value"]), math.isfinite(row["base"])
    return "unchanged" if all(known) else "not known" if not known[0] else "not known before"
