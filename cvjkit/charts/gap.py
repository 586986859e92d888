"""How far each stage is from its plan, as one plotly figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cvjkit.charts.fills import filled, hatched
from cvjkit.charts.page import Page, check_choice
from cvjkit.charts.polygons import box
from cvjkit.charts.style import BODY, INK, LINE
from cvjkit.charts.text import inert, text_lines, text_width
from cvjkit.number_text import money_text, people_text, share_text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.style import Theme

WIDTH, MARGIN = 852.0, 24.0  # [px]
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
    check_choice("theme", theme, INK)
    rows = table[table["segment"] == ""].to_dict("records")
    is_money = any(math.isfinite(row["money_here"]) for row in rows)
    by = "money_here" if is_money else "gap_here"
    texts = [_change(row[by], currency, is_money=is_money) for row in rows]
    page = Page(theme, WIDTH, MARGIN)
    room = max([text_width(text, BODY) for text in texts], default=0.0) + 8
    known = [row[by] for row in rows if math.isfinite(row[by])]
    low, high = min([0.0, *known]), max([0.0, *known])
    left = NAMES + (room if low < 0 else 0.0)
    right = page.width - (room if high > 0 or low == 0 else 0.0)
    pixels = (right - left) / (high - low) if high > low else 0.0
    zero, y = left - low * pixels, 0.0
    for row, text in zip(rows, texts, strict=True):
        y = _draw_row(page, dict(row), text, (zero, pixels, y), by)  # type: ignore[arg-type]  # keys are names of columns
    page.guide(zero, 0, y - APART)
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


def _draw_row(
    page: Page, row: dict[str, Any], text: str, at: tuple[float, float, float], by: str
) -> float:
    """Draw a stage; give where the next one begins."""
    zero, pixels, y = at
    lines = [
        *text_lines(str(row["label"]), NAMES - 8, 2, BODY),
        *text_lines(_beside(row), NAMES - 8, 2, BODY),
    ]
    marked = [inert(lines[0]), *(page.soft(line, BODY) for line in lines[1:])]
    page.write(0, y, marked, BODY)
    tall = max(len(lines) * BODY * LINE, BAR)
    value = row[by]
    length = value * pixels if math.isfinite(value) else 0.0
    chance = row["could_be_chance"] is True
    color = page.colors["forward" if length > 0 else "drop"]
    style = hatched(page.ink["soft"]) if chance else filled(color)
    if length:
        said = f"{row['label']}: {text}{', could be chance' if chance else ''}"
        meta = {"mark": "bar", "key": row["key"], "value": value, "could_be_chance": chance}
        outline = box(min(zero, zero + length), y + (tall - BAR) / 2, abs(length), BAR)
        page.draw(outline, style, said, meta | {"unit": by.removesuffix("_here")})
    page.write(
        zero + length + (4 if length >= 0 else -4),
        y + tall / 2,
        [page.soft(text, BODY)],
        BODY,
        xanchor="left" if length >= 0 else "right",
        yanchor="middle",
    )
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
