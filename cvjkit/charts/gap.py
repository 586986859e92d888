"""How far each stage is from its plan, as one plotly figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cvjkit.charts.fills import filled, hatched
from cvjkit.charts.frame import new_page
from cvjkit.charts.from_zero import BarsFromZero
from cvjkit.charts.style import BODY, LINE
from cvjkit.charts.text import inert, text_lines
from cvjkit.number_text import money_text, people_text, share_text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme

NAMES, APART = 330.0, 14.0  # [px] room for the words at the left; between rows
BAR = 18.0  # [px]


def gap_figure(
    table: pd.DataFrame, title: str, summary: str, currency: str, *, theme: Theme = "light"
) -> go.Figure:
    """Draw how far each stage is from its plan.

    Parameters
    ----------
    table : DataFrame
        As `cvjkit.comparison.gap.Gap.table`.
    title : str
    summary : str
        Set below, one paragraph per line.
    currency : str
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        Polygons: a bar for each stage, in money where that is known, else in people. The `meta` of
        each has key, value, unit and could_be_chance. `layout.meta` has the summary.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    page = new_page(theme)
    rows = table[table["segment"] == ""].to_dict("records")
    is_money = any(math.isfinite(row["money_here"]) for row in rows)
    by = "money_here" if is_money else "gap_here"
    texts = [_change(row[by], currency, is_money=is_money) for row in rows]
    bars, y = BarsFromZero(page, NAMES, [row[by] for row in rows], texts), 0.0
    for row, text in zip(rows, texts, strict=True):
        y = _draw_row(bars, dict(row), text, y, by)  # type: ignore[arg-type]  # keys are names of columns
    bars.line(y - APART)
    more, fewer = page.colors["forward"], page.colors["drop"]
    entries = [
        ("more", "more than planned", filled(more)),
        ("fewer", "fewer than planned", filled(fewer)),
        ("chance", "could be chance", hatched(page.ink["soft"])),
    ]
    unit = "money by the plan" if is_money else "people"
    return page.figure(
        page.legend(entries, y + 4),
        title,
        summary.splitlines(),
        {"summary": summary},
        subtitle=f"What each stage adds to the gap, in {unit}",
        stretches=False,
    )


def _draw_row(bars: BarsFromZero, row: dict[str, Any], text: str, y: float, by: str) -> float:
    """Draw a stage; give where the next one begins."""
    page, value = bars.page, row[by]
    lines = [
        *text_lines(str(row["label"]), NAMES - 8, 2, BODY),
        *text_lines(_beside(row), NAMES - 8, 2, BODY),
    ]
    marked = [inert(lines[0]), *(page.soft(line, BODY) for line in lines[1:])]
    page.write(0, y, marked, BODY)
    tall = max(len(lines) * BODY * LINE, BAR)
    chance = row["could_be_chance"] is True
    style = (
        hatched(page.ink["soft"])
        if chance
        else filled(page.colors["forward" if value > 0 else "drop"])
    )
    said = f"{row['label']}: {text}{', could be chance' if chance else ''}"
    meta = {"key": row["key"], "value": value, "could_be_chance": chance}
    across, unit = (y + (tall - BAR) / 2, BAR), {"unit": by.removesuffix("_here")}
    bars.draw(value, text, across, style, said=said, meta=meta | unit)
    return y + tall + APART


def _beside(row: dict[str, Any]) -> str:
    """Write what was measured and what was planned."""
    people = f"{people_text(row['actual'])}, planned {people_text(row['planned'])}"
    if math.isnan(row["actual_rate"]) and math.isnan(row["planned_rate"]):
        return people
    return f"{people} ({share_text(row['actual_rate'])}, {share_text(row['planned_rate'])})"


def _change(value: float, currency: str, *, is_money: bool) -> str:
    if not math.isfinite(value):
        return "not known"
    text = money_text(abs(value), currency) if is_money else people_text(abs(value))
    return (
        text
        if not any(digit in "123456789" for digit in text)
        else f"{'-' if value < 0 else '+'}{text}"
    )
