"""The segments of a log: its channels and levels of awareness, as far as they are worth naming."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.errors import UNPRINTABLE
from cvjkit.measurement.sums import nothing, summed
from cvjkit.model.document import EVERYONE
from cvjkit.model.parts import AWARENESS_LEVELS

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Labels
    from cvjkit.measurement.sums import Sums
    from cvjkit.measurement.tally import Tally

MOST_SEGMENTS = 20
LONGEST_NAME = 80
UNKNOWN, OTHER = "Unknown", "Other"
BY_SEGMENT = ("reached", "waits", "ways", "money", "orders", "cycles")
"""What is counted by channel and awareness."""


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of a log.

    Parameters
    ----------
    rows : tuple of dict
        Fields of each: name; channel and awareness, where they are known.
    index : mapping of (int, int) to int
        Which segment each channel with each awareness belongs to.
    """

    rows: tuple[Mapping[str, str], ...]
    index: Mapping[tuple[int, int], int]

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, tally: Tally) -> Tally:
        """Add up what belongs to the same segment.

        Parameters
        ----------
        tally : Tally

        Returns
        -------
        Tally
            Its sums have the segment as a key, in the place of channel and awareness.
        """
        sums: dict[str, Any] = {name: self._grouped(getattr(tally, name)) for name in BY_SEGMENT}
        return replace(tally, **sums)

    def _grouped(self, sums: Sums) -> Sums:
        if not len(sums.keys):
            return nothing(sums.keys.shape[1] - 1, sums.totals.shape[1])
        pairs = np.array([*self.index])
        table = np.zeros(pairs.max(axis=0) + 2, dtype=np.int64)
        table[tuple(pairs.T)] = [*self.index.values()]
        # The last row and column of the table are those of -1, what is not known.
        own = table[sums.keys[:, 0], sums.keys[:, 1]]
        return summed([own, *sums.keys[:, 2:].T], sums.totals.T)


def segments_of(reached: Sums, labels: Labels, most: int = MOST_SEGMENTS) -> Segments:
    """Find the segments that people are divided into.

    Parameters
    ----------
    reached : Sums
        As in `Tally`.
    labels : Labels
    most : int
        How many there may be: the smallest are put together, as "Other".

    Returns
    -------
    Segments
        Those of most people first. A level of awareness that the model does not know is a part of
        the name only.
    """
    by_pair = reached.over(0, 1)
    pairs = [tuple(pair) for pair in by_pair.keys.tolist()]
    people = by_pair.totals.max(axis=1, initial=0)
    order = [pairs[at] for at in np.argsort(-people, kind="stable").tolist()]
    index, rows = dict[tuple[int, int], int](), list[dict[str, str]]()
    for channel, awareness in order:
        if len(rows) == most - 1 and len(order) > most:
            break
        index[channel, awareness] = len(rows)
        rows.append(_fields(channel, awareness, labels, {row["name"] for row in rows}))
    if len(index) < len(order):
        index |= dict.fromkeys(set(order) - set(index), len(rows))
        rows.append({"name": _unique(OTHER, {row["name"] for row in rows})})
    if not rows or (len(rows) == 1 and rows[0]["name"] == UNKNOWN):
        rows = [{"name": EVERYONE}]
    return Segments(tuple(rows), index)


def _fields(channel: int, awareness: int, labels: Labels, taken: set[str]) -> dict[str, str]:
    fields = {}
    if channel >= 0:
        fields["channel"] = readable(labels.channel[channel])
    if awareness >= 0:
        fields["awareness"] = readable(labels.awareness[awareness])
    name = _unique(", ".join(fields.values()) or UNKNOWN, taken)
    if fields.get("awareness") not in AWARENESS_LEVELS:
        fields.pop("awareness", None)
    return {"name": name, **fields}


def _unique(name: str, taken: set[str]) -> str:
    number, found = 1, name
    while found in taken:
        number += 1
        found = f"{name} ({number})"
    return found


def readable(text: str) -> str:
    r"""Make a text of a log one that may name something.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Without what no line of text has, not blank and not long.

    Examples
    --------
    >>> readable(" a\nb"), readable("")
    ('a b', '(blank)')
    """
    words = UNPRINTABLE.sub(" ", text[: 2 * LONGEST_NAME]).strip()
    return words[:LONGEST_NAME] or "(blank)"
