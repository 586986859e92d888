"""What a picture of a flow consists of, before anything has a position."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """A stage, or where people come from or go to.

    Attributes
    ----------
    id : str
        The stage's key, or the kind and the keys it belongs to: "drop:reach".
    kind : str
        stage, entry, returned, again, referred, back, repeat, drop, finish, unknown, or note
        (words only).
    stage : str
        Key of the stage it belongs to.
    people : float or None
        Visits [people]; None where not known.
    name, value : str
        Its label: a name (stages only) and a number.
    notes, short : tuple of str
        Further lines of the label, in full and abbreviated.
    text : str
        One sentence, shown on hover.
    """

    id: str
    kind: str
    stage: str
    people: float | None
    name: str
    value: str
    notes: tuple[str, ...]
    short: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """People who go from one node to another.

    Attributes
    ----------
    source, target : str
        Ids of nodes.
    kind : str
        forward, skip, inferred, back, repeat, referral, entry, finish, drop or unknown.
    people : float
        More than 0 [people].
    text : str
        One sentence, shown on hover.
    """

    source: str
    target: str
    kind: str
    people: float
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A stage, and the nodes and links that belong to no other stage.

    Attributes
    ----------
    stage : Node
    entrance : list of (Node, Link)
        Who enters at the beginning of the main line.
    lane : list of (Node, Link)
        Who comes in from beside it.
    onward : list of Link
        To later stages, the nearest first.
    exits : list of (Node, Link)
    remarks : list of Node
        Words without people.
    """

    stage: Node
    entrance: list[tuple[Node, Link]] = field(default_factory=list)
    lane: list[tuple[Node, Link]] = field(default_factory=list)
    onward: list[Link] = field(default_factory=list)
    exits: list[tuple[Node, Link]] = field(default_factory=list)
    remarks: list[Node] = field(default_factory=list)

    @property
    def nodes(self) -> list[Node]:
        """All nodes, in the order in which people pass them.

        Returns
        -------
        list of Node
        """
        before = [node for node, _ in self.lane + self.entrance]
        return [*before, self.stage, *(node for node, _ in self.exits), *self.remarks]

    @property
    def links(self) -> list[Link]:
        """All links that begin or end here, except those from earlier stages.

        Returns
        -------
        list of Link
        """
        before = [link for _, link in self.lane + self.entrance]
        return [*before, *self.onward, *(link for _, link in self.exits)]
