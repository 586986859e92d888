"""The labels of a Sankey figure, set for the widest common font."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cvjkit.charts.style import BODY, LARGE, MEDIUM
from cvjkit.charts.text import inert, text_lines, text_width

if TYPE_CHECKING:
    from cvjkit.charts.layout import Label, Layout
    from cvjkit.charts.nodes import Node
    from cvjkit.charts.page import Page
    from cvjkit.charts.sankey import Picture


@dataclass(frozen=True, slots=True)
class Labels:
    """How the labels of a picture are set.

    Attributes
    ----------
    picture : Picture
    layout : Layout
    width : float
        Of the page, without margins; at least as wide as whole numbers need [px].
    tight : bool
        Whether only the short notes have room.
    """

    picture: Picture
    layout: Layout
    width: float
    tight: bool

    @classmethod
    def fitted(cls, picture: Picture, layout: Layout, width: float) -> Labels:
        """Choose the notes and the width with which no number is cut.

        Parameters
        ----------
        picture : Picture
        layout : Layout
        width : float
            Of the page, without margins [px].

        Returns
        -------
        Labels
        """
        roomy = cls(picture, layout, width, tight=False)
        if layout.orientation == "v":
            return cls(picture, layout, max(width, roomy._needed()), tight=False)
        if roomy._needed() <= width:
            return roomy
        tight = cls(picture, layout, width, tight=True)
        return cls(picture, layout, max(width, tight._needed()), tight=True)

    def write(self, page: Page) -> None:
        """Write all labels on a page.

        Parameters
        ----------
        page : Page
        """
        for node in self.picture.nodes:
            if label := self.layout.labels.get(node.id):
                self._write(node, label, page)

    def _write(self, node: Node, label: Label, page: Page) -> None:
        wide, right = self.layout.orientation == "h", label.align == "right"
        above, inline = wide and node.kind == "stage", right and not wide
        room = self._room(label)
        value = (
            f'<span style="font-size:{self._value_size(node)}px"><b>{inert(node.value)}</b></span>'
        )
        if inline:
            room -= self._value_width(node) + text_width(" ", BODY)
        most = 2 if wide and node.kind != "stage" and not right else 1
        lines = [
            *text_lines(node.name, room, 2, BODY),
            value,
            *(line for note in self._notes(node) for line in text_lines(note, room, most, BODY)),
        ]
        lines = [line if line is value else page.soft(line, BODY) for line in lines]
        page.write(
            label.left + label.width if right else label.left,
            self.layout.header - 8 if above else label.top,
            [" ".join(lines)] if inline else lines,
            MEDIUM if node.kind == "stage" and not self.tight else BODY,
            up=above,
            name=node.id,
            align=label.align,
            xanchor=label.align,
        )

    def _notes(self, node: Node) -> tuple[str, ...]:
        return node.short if self.tight else node.notes

    def _value_size(self, node: Node) -> int:
        return LARGE if node.kind == "stage" and not self.tight else BODY

    def _value_width(self, node: Node) -> float:
        return text_width(node.value, self._value_size(node), bold=True)

    def _room(self, label: Label) -> float:
        return label.width * self.width / self.layout.width

    def _needed(self) -> float:
        """Find the width of the page at which all numbers and shares of stages are whole."""
        most = 0.0
        for node in self.picture.nodes:
            if label := self.layout.labels.get(node.id):
                lines = [self._value_width(node)]
                if node.kind == "stage":
                    lines += [text_width(note, BODY) for note in self._notes(node)]
                most = max(most, max(lines) / label.width)
        return most * self.layout.width
