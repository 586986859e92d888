"""Segments side by side: what each costs and brings, and where a difference could be chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvjkit.widgets.fields import Field, Part, Row, Table

if TYPE_CHECKING:
    from cvjkit.widgets.panels.entries import Asked

TITLE = "Segments side by side"


def side_by_side_part(asked: Asked) -> Part | None:
    """Put the segments side by side.

    Parameters
    ----------
    asked : Asked

    Returns
    -------
    Part or None
        None if there is only one segment.
    """
    if len(asked.journey.segments) < 2:
        return None
    answer = asked.journey.segments_table()
    shown = answer.shown
    rows = tuple(
        Row(
            str(at),
            str(name),
            tuple(
                Field(str(column), f"{title}: {name}", text)
                for column, (title, text) in enumerate(zip(shown.columns, texts, strict=True))
            ),
        )
        for at, (name, texts) in enumerate(zip(shown.index, shown.to_numpy(), strict=True))
    )
    columns = ((str(at), str(title)) for at, title in enumerate(shown.columns))
    table = Table("channels", rows, (("segment", "Segment"), *columns))
    return Part("channels", TITLE, (table,), (answer.summary,), fold="closed")
