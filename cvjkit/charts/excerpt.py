"""The part of a flow that a picture shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from cvjkit.errors import InputError, unknown_name
from cvjkit.number_text import isolated, share_text

if TYPE_CHECKING:
    from cvjkit.model.flow import Flow

NEGLIGIBLE = 1e-9  # share of visits that is only rounding
NAMED = 60  # [characters] the longest name in a sentence
Word = Literal["was", "planned"]
"""What is said of a number that another is compared with."""


class Excerpt:
    """The numbers of a flow from one stage on, as plain values; None where not known.

    Parameters
    ----------
    flow : Flow
    start : str, optional
        Key of the first stage to show; by default the first there is.
    word : {"was", "planned"}
        What is said of its numbers where others are compared with them.

    Attributes
    ----------
    begin : str
        Key of the first stage shown.
    whole : bool
        Whether that is the first stage there is.
    stages : dict of stage key to dict
        The columns of `Flow.stages`; people from stages that are not shown count as entered.
    links : list of (source, target, kind, people)
        Those that begin at a stage shown.

    Raises
    ------
    InputError
        If the framework has no stage `start`.
    """

    def __init__(self, flow: Flow, start: str | None = None, word: Word = "was") -> None:
        keys = flow.framework.keys
        if start is not None and start not in keys:
            raise InputError("start", [unknown_name("start", start, keys)])
        self.flow, self.word = flow, word
        self.begin = keys[0] if start is None else start
        self.whole = self.begin == keys[0]
        table = flow.stages.drop(columns="name")
        columns = {str(column): table[column].to_list() for column in table}
        self.stages: dict[str, dict[str, float | None]] = {
            key: {column: _known(values[index]) for column, values in columns.items()}
            for index, key in enumerate(keys)
            if index >= keys.index(self.begin)
        }
        smallest = NEGLIGIBLE * max(row["visits"] or 0 for row in self.stages.values())
        for row in self.stages.values():
            flows = ("entered", "referred", "dropped", "finished")
            row.update({column: 0.0 for column in flows if 0 < (row[column] or 0) <= smallest})
        ends = (flow.links[column].to_list() for column in ("source", "target", "kind", "people"))
        links = [link for link in zip(*ends, strict=True) if link[3] > smallest]
        self.links: list[tuple[str, str, str, float]] = [
            link for link in links if link[0] in self.stages
        ]
        for source, target, kind, people in links:
            arrives = source not in self.stages and target in self.stages and kind != "referral"
            if arrives:
                before = self.stages[target]["entered"] or 0
                self.stages[target]["entered"] = before + people

    def name(self, key: str) -> str:
        """Give a stage's name for use in a sentence.

        Parameters
        ----------
        key : str

        Returns
        -------
        str
        """
        return legible(self.flow.framework[key].name, NAMED)

    def share(self, key: str, people: float) -> str:
        """Write what share of a stage's visits some people are.

        Parameters
        ----------
        key : str
        people : float

        Returns
        -------
        str
            Empty if the visits are not known.
        """
        visits = self.stages[key]["visits"]
        return share_text(people / visits) if visits else ""

    def out(self, key: str, *kinds: str) -> list[tuple[str, str, float]]:
        """Find a stage's links of some kinds.

        Parameters
        ----------
        key : str
        *kinds : str

        Returns
        -------
        list of (target, kind, people)
        """
        return [
            (to, kind, people)
            for source, to, kind, people in self.links
            if source == key and kind in kinds
        ]

    def took(self, key: str, kind: str, to: str) -> float | None:
        """Find how many people took a way from a stage.

        Parameters
        ----------
        key : str
            Of the stage.
        kind : str
            Of the way: who stay and who leave are numbers of the stage itself.
        to : str
            Key of the stage it leads to.

        Returns
        -------
        float or None
            None where nobody took it, or that is not known [people].
        """
        ends = {"finish": "finished", "drop": "dropped"}
        if kind in ends:
            return self.stages[key][ends[kind]]
        ways = self.out(key, "forward", "skip", "inferred", "back", "repeat")
        return math.fsum(people for stage, _, people in ways if stage == to) or None

    def came(self, key: str, kind: str) -> float:
        """Find how many people come to a stage from outside, or by links of a kind.

        Parameters
        ----------
        key : str
            Of the stage.
        kind : str
            Who enter and who are referred are numbers of the stage itself; else the kind of the
            links: "back", "repeat", "forward" ...

        Returns
        -------
        float
            [people]
        """
        outside = {"entry": "entered", "referral": "referred"}
        if kind in outside:
            return self.stages[key][outside[kind]] or 0.0
        return math.fsum(people for _, to, of, people in self.links if to == key and of == kind)


def legible(name: str, most: int | None = None) -> str:
    """Put a name on one line; one written from right to left is isolated.

    Parameters
    ----------
    name : str
    most : int, optional
        The most characters; a longer name is shortened.

    Returns
    -------
    str

    Examples
    --------
    >>> legible("Get to know  and trust", 12)
    'Get to know…'
    """
    text = " ".join(name.split())
    if most is not None and len(text) > most:
        text = text[: most - 1].rstrip() + "…"
    return isolated(text)


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
