"""What the documents say about the stages of a framework, to read beside the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from cvjkit.widgets.fields import Article, Part, Table

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.sources import Disagreement
    from cvjkit.catalog.stage import Stage

DIFFER = "documents differ"


@cache
def guide_part(framework: Framework) -> Part:
    """Make a text of each stage: what proves it, what it is for, where the documents differ.

    Parameters
    ----------
    framework : Framework

    Returns
    -------
    Part

    Examples
    --------
    >>> from cvjkit.catalog.lookup import framework
    >>> part = guide_part(framework("eight"))
    >>> part.articles[2].title, part.articles[2].note
    ('Subscription', 'documents differ: C2, C9')
    """
    articles = tuple(_article(stage) for stage in framework)
    notes = tuple(filter(None, (framework.note, framework.source)))
    return Part("guide", "What the documents say", notes=notes, fold="closed", articles=articles)


def signed(table: Table, framework: Framework) -> Table:
    """Mark the rows of the stages about which the documents differ.

    Parameters
    ----------
    table : Table
        A row a stage.
    framework : Framework

    Returns
    -------
    Table
    """
    rows = [
        replace(row, more=DIFFER if stage.disagreements else "")
        for row, stage in zip(table.rows, framework, strict=True)
    ]
    return replace(table, rows=tuple(rows))


def cited(sources: Iterable[str]) -> str:
    """Write citations behind what they are about; nothing if there are none.

    Parameters
    ----------
    sources : iterable of str

    Returns
    -------
    str

    Examples
    --------
    >>> cited(["002:16", "003:62"]), cited([])
    (' [002:16, 003:62]', '')
    """
    listed = ", ".join(sources)
    return f" [{listed}]" if listed else ""


def _article(stage: Stage) -> Article:
    notes, lines = (
        [],
        [
            ("Arrived when", stage.event),
            ("What is true then", stage.state),
            ("What it is for", stage.purpose),
            ("Suggested", ", ".join(stage.tactics)),
            ("Where it stands", stage.anchor_note),
        ],
    )
    if stage.reconstructed:
        notes.append("(reconstructed)")
        lines.append(("Name", "The document's own name is lost; this one is ours."))
    lines.append(("Sources", ", ".join(stage.sources)))
    if stage.disagreements:
        ids = ", ".join(disagreement.id for disagreement in stage.disagreements)
        notes.append(f"{DIFFER}: {ids}")
        lines += [_line(disagreement) for disagreement in stage.disagreements]
    said = tuple((about, text) for about, text in lines if text)
    return Article(stage.key, stage.name, " ".join(notes), said)


def _line(disagreement: Disagreement) -> tuple[str, str]:
    said = [f"{position.says}{cited(position.sources)}" for position in disagreement.positions]
    text = "\n".join([disagreement.question, *said, f"In cvjkit: {disagreement.consequence}"])
    return f"{disagreement.id}: {disagreement.topic}", text
