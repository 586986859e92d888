"""Segments side by side: what each costs and brings, and where a difference could be chance."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cvjkit.decisions.explain_answer import explain_segment
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import share_text
from cvjkit.widgets.fields import Field, Part, Row, Table
from cvjkit.widgets.panels.explained import answered, explaining, in_note, term_article

if TYPE_CHECKING:
    from cvjkit.decisions.segments import SegmentsTable
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Explain
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
    shown, journey = answer.shown, asked.journey
    keys = {heading.title: key for key, heading in answer.headings.items()}
    figures = {key: key for key in FIGURES}
    figures["people"] = f"stages.{journey.framework.keys[0]}.people"

    def explain(title: str, segment: str, at: int, text: str) -> Explain | None:
        key = keys[title]
        name = segment if at < len(journey.segments) else None
        if key in figures:
            return explaining(journey, figures[key], name, text)
        if name is None and key != "rate":
            return None
        return answered(explain_segment, journey, answer, name, key, shown=text)

    rows = tuple(
        Row(
            str(at),
            str(name),
            tuple(
                Field(
                    str(column),
                    f"{title}: {name}",
                    text,
                    explain=explain(str(title), str(name), at, text),
                )
                for column, (title, text) in enumerate(zip(shown.columns, texts, strict=True))
            ),
        )
        for at, (name, texts) in enumerate(zip(shown.index, shown.to_numpy(), strict=True))
    )
    columns = ((str(at), str(title)) for at, title in enumerate(shown.columns))
    explains = {
        str(at): partial(term_article, keys[str(title)])
        for at, title in enumerate(shown.columns)
        if keys[str(title)] in FIGURES
    }
    explains_said = in_note(answer.summary, _said(journey, answer))
    table = Table("channels", rows, (("segment", "Segment"), *columns), explains)
    return Part(
        "channels", TITLE, (table,), (answer.summary,), fold="closed", explains=explains_said
    )


def _said(journey: Journey, answer: SegmentsTable) -> dict[str, Explain]:
    """Give what explains the figures of the sentence, in its order."""
    names, ratios = [segment.name for segment in journey.segments], answer["ltv_to_cac"]
    figures = FIGURES["ltv_to_cac"]
    if not ratios.notna().any():
        rates = answer["rate"]
        if not rates.notna().any():
            return {}
        best = str(rates.idxmax())
        explain = answered(explain_segment, journey, answer, best, "rate")
        return {f"customers, {share_text(rates[best])}": explain}
    best = str(ratios.idxmax())
    average = figures.text(answer.average["ltv_to_cac"], "")
    said = {
        f"costs: {figures.text(ratios[best], '')}": explaining(journey, "ltv_to_cac", best),
        f"against {average}": explaining(journey, "ltv_to_cac"),
    }
    return said | {
        f"{name} ({figures.text(ratios[name], '')})": explaining(journey, "ltv_to_cac", name)
        for name in names
        if ratios[name] < 1
    }
