"""What the source documents say beside their stages: where they differ, what people know."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from cvjkit.catalog.data import Record, read_data

DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "000": "Seven Steps to Heaven",
        "001": "Mishra",
        "002": "Sugerman",
        "003": "the Customer Value Journey",
        "004": "Fea",
    }
)
"""What each document is called where people read: its author, or its title if none is given."""


class Position(Record):
    """What one document says about a disagreement.

    Parameters
    ----------
    says : str
        In our words.
    sources : tuple of str
        Citations ``"003:62"``: file 003, line 62.
    """

    says: str
    sources: tuple[str, ...]


class Disagreement(Record):
    """A question on which the source documents differ.

    Parameters
    ----------
    id : str
        ``C1`` to ``C10``.
    topic : str
        What it is about, in a word or two.
    question : str
        What the documents answer differently.
    positions : tuple of Position
        Who says what.
    consequence : str
        What cvjkit does about it.
    milestones : tuple of str
        Milestones it concerns.
    stages : tuple of str
        Stages it concerns, as ``"eight.conversion"``.

    Examples
    --------
    >>> print(disagreements()[0].id, disagreements()[0].topic)
    C1 Skipping stages
    """

    id: str
    topic: str
    question: str
    positions: tuple[Position, ...]
    consequence: str
    milestones: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()


class AwarenessLevel(Record):
    """How much people of a channel know before they meet the seller, and what to show them first.

    Parameters
    ----------
    key : str
        ``unaware``, ``problem``, ``solution`` or ``product``.
    name : str
        What the level is called.
    state : str
        What people at this level know.
    content : str
        The kind of content that suits them.
    approach : str
        What that content does.
    example : str
        Such content, as a document gives it.
    sources : tuple of str
        Citations ``"003:62"``: file 003, line 62.

    Examples
    --------
    >>> [(level.key, level.content) for level in awareness_levels()][0]
    ('unaware', 'entertaining')
    """

    key: str
    name: str
    state: str
    content: str
    approach: str
    example: str
    sources: tuple[str, ...]


def cited(sources: Iterable[str]) -> str:
    """Write citations for people: the documents by name, with the lines.

    Parameters
    ----------
    sources : iterable of str
        Citations ``"003:62"``; others, as of a framework of one's own, stay as they are.

    Returns
    -------
    str

    Examples
    --------
    >>> cited(["002:16", "003:62", "003:74-78"])
    'Sugerman, line 16; the Customer Value Journey, lines 62, 74-78'
    >>> cited(["Handbook, chapter 2"]), cited([])
    ('Handbook, chapter 2', '')
    """
    lines: dict[str, list[str]] = {}
    for source in sources:
        number, _, line = source.partition(":")
        known = number in DOCUMENTS
        found = lines.setdefault(DOCUMENTS[number] if known else source, [])
        found.extend([line] if known and line else [])
    said = []
    for name, numbers in lines.items():
        one = len(numbers) == 1 and "-" not in numbers[0]
        where = f", line{'' if one else 's'} {', '.join(numbers)}" if numbers else ""
        said.append(f"{name}{where}")
    return "; ".join(said)


@cache
def disagreements() -> tuple[Disagreement, ...]:
    """Give the questions on which the source documents differ.

    Returns
    -------
    tuple of Disagreement

    Examples
    --------
    >>> len(disagreements())
    10
    """
    return tuple(Disagreement(**row) for row in read_data("disagreements")["disagreements"])


@cache
def awareness_levels() -> tuple[AwarenessLevel, ...]:
    """Give the levels of awareness, from knowing nothing to knowing the product.

    Returns
    -------
    tuple of AwarenessLevel

    Examples
    --------
    >>> [level.key for level in awareness_levels()]
    ['unaware', 'problem', 'solution', 'product']
    """
    return tuple(AwarenessLevel(**row) for row in read_data("awareness")["levels"])
