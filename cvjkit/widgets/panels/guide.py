"""What the documents say about the stages of a framework, to read beside the numbers."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cvjkit.catalog.sources import cited
from cvjkit.widgets.fields import Article, Part

if TYPE_CHECKING:
    from cvjkit.catalog.framework import Framework
    from cvjkit.catalog.sources import Disagreement
    from cvjkit.catalog.stage import Stage

DIFFER = "The documents differ"


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
    ('Subscription', 'The documents differ')
    """
    articles = tuple(_article(stage) for stage in framework)
    notes = tuple(filter(None, (framework.note, framework.source)))
    return Part("guide", "What the documents say", notes=notes, fold="closed", articles=articles)


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
        notes.append("Name is ours")
        lines.append(("Name", "The document's own name is lost; this one is ours."))
    lines.append(("Sources", cited(stage.sources)))
    if stage.disagreements:
        notes.append(DIFFER)
        lines += [_line(disagreement) for disagreement in stage.disagreements]
    said = tuple((about, text) for about, text in lines if text)
    return Article(stage.key, stage.name, " · ".join(notes), said)


def _line(disagreement: Disagreement) -> tuple[str, str]:
    said = [f"{position.says} ({cited(position.sources)})" for position in disagreement.positions]
    text = "\n".join([disagreement.question, *said, f"In cvjkit: {disagreement.consequence}"])
    return disagreement.topic, text
