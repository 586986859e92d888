"""The people at each stage under several definitions, as one plotly figure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cvjkit.charts.fills import filled, outlined
from cvjkit.charts.frame import new_page
from cvjkit.charts.polygons import box
from cvjkit.charts.style import BODY, LINE
from cvjkit.charts.text import inert, text_lines
from cvjkit.number_text import people_text

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from cvjkit.charts.page import Page
    from cvjkit.charts.style import Theme

NAMES, APART, GAP = 140.0, 8.0, 10.0  # [px] room for names; between columns; between rows
BAR = 12.0  # [px]


def sensitivity_figure(
    table: pd.DataFrame, title: str, summary: str, *, theme: Theme = "light"
) -> go.Figure:
    """Draw the people at each stage under each definition.

    Parameters
    ----------
    table : DataFrame
        As `cvjkit.measurement.sensitivity.Sensitivity.table`.
    title : str
    summary : str
        Set below, one paragraph per line.
    theme : {"light", "dark"}

    Returns
    -------
    plotly.graph_objects.Figure
        Polygons: a column for each stage that has people, a row for each definition; the widest
        bar of a column has its width. The `meta` of each has definition, key and people.
        `layout.meta` has the summary.

    Raises
    ------
    InputError
        If there is no such theme.
    """
    known = table[table["people"].notna()]
    stages = dict(zip(known["key"], known["label"], strict=True))
    most = known.groupby("key")["people"].max()
    page = new_page(theme)
    width = (page.width - NAMES) / max(len(stages), 1)
    heads = {key: text_lines(name, width - 2, 3, BODY) for key, name in stages.items()}
    y = max((len(lines) for lines in heads.values()), default=0) * BODY * LINE + 4
    for index, lines in enumerate(heads.values()):
        shown = [page.soft(line, BODY) for line in lines]
        page.write(NAMES + index * width, y - 4, shown, BODY, up=True)
    for words, rows in known.groupby("words", sort=False):
        page.write(0, y, [inert(line) for line in text_lines(str(words), NAMES, 2, BODY)], BODY)
        for row in rows.to_dict("records"):
            x = NAMES + [*stages].index(row["key"]) * width
            _draw(page, dict(row), (x, y, width - APART), float(most[row["key"]]))  # type: ignore[arg-type]  # keys are names of columns
        y += BODY * LINE + BAR + GAP
    return page.figure(
        y,
        f"{title}: how much depends on the way of counting",
        summary.splitlines(),
        {"summary": summary},
        subtitle="People who reach each stage; outlined: as measured",
        stretches=False,
    )


def _draw(page: Page, row: dict[str, Any], at: tuple[float, float, float], most: float) -> None:
    """Draw how many reach a stage, and beside it how many do as measured."""
    x, y, width = at
    people, change = row["people"], row["change"]
    text = people_text(people)
    page.write(x, y, [text if change else page.soft(text, BODY)], BODY)
    top = y + BODY * LINE + 1
    said = f"{row['label']}, {row['words']}: {text}"
    meta = {"definition": row["definition"], "key": row["key"], "people": people}
    if people:
        color = page.colors["forward" if not change else "back"]
        long = width * people / most
        page.draw(box(x, top, long, BAR), filled(color), said, {"mark": "bar", **meta})
    if change and not math.isnan(change) and most:
        before = width * (people - change) / most
        if before:
            line = outlined(page.ink["ink"])
            page.draw(box(x, top, before, BAR), line, said, {"mark": "base", **meta})
