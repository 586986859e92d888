"""A flow as a picture: plain values, for any renderer.

A way back is drawn as an exit that names its target and an entrance at that target, never as a
cycle: with these nodes, what comes in at a stage is what goes out.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cvjkit.charts.layout import Column, Layout, Link, Node, horizontal, vertical
from cvjkit.errors import InputError, unknown_name
from cvjkit.numbers import DASH, people_text, share_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cvjkit.model.flow import Flow

COLORS = {
    "light": {
        "stage": "#33475b",
        "forward": "#2f7bb0",
        "skip": "#8cc4e6",
        "back": "#e0a03c",
        "repeat": "#2f9e82",
        "referral": "#b577a0",
        "entry": "#94a3b1",
        "finish": "#5c7285",
        "drop": "#dd8a63",
        "unknown": "#b9bfc6",
    },
    "dark": {
        "stage": "#c9d6e2",
        "forward": "#5aa9da",
        "skip": "#a5d5f0",
        "back": "#edb458",
        "repeat": "#46b898",
        "referral": "#cf96bb",
        "entry": "#8796a5",
        "finish": "#9fb3c4",
        "drop": "#d97f58",
        "unknown": "#7d858e",
    },
}
"""Okabe and Ito's colours (2008), which colour-blind readers can tell apart, calmed down."""

MEANING = {
    "forward": "move on",
    "skip": "skip ahead",
    "entry": "enter",
    "referral": "are referred",
    "back": "go back",
    "repeat": "come again",
    "finish": "stay to the end",
    "drop": "leave",
    "unknown": "next step not known",
}
"""What people on a link of each kind do, in the order of the legend."""

MONEY = ("first_payment", "bought_again", "habitual")
NEGLIGIBLE = 1e-9  # share of visits that is left over by rounding
NAMED = 60  # [characters] what of a name stands in a sentence


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a renderer needs to draw a flow, and nothing that only one of them needs.

    Attributes
    ----------
    title, subtitle, summary : str
        `summary` says in one sentence what the picture shows.
    nodes : tuple of Node
    links : tuple of Link
    legend : tuple of (str, str)
        Kind and meaning, of the kinds that occur.
    columns : tuple of str
    rows : tuple of tuple of str
        The same numbers as a table, formatted.
    warnings : tuple of str
        What a reader must know before believing the numbers.
    layouts : dict of orientation to Layout
    """

    title: str
    subtitle: str
    summary: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    legend: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    warnings: tuple[str, ...]
    layouts: Mapping[str, Layout]

    def document(self) -> dict[str, Any]:
        """Give the picture and its colours as plain values, ready for JSON."""
        return asdict(self) | {"colors": COLORS}


def sankey_picture(flow: Flow, start: str | None = None) -> Picture:
    """Lay a flow out as a Sankey diagram.

    Parameters
    ----------
    flow : Flow
    start : str, optional
        Key of the stage to begin with, so that thin later stages become visible: whoever
        arrives there from earlier stages is drawn as entering.

    Returns
    -------
    Picture
        At every stage node, links in and links out each add up to the visits.

    Raises
    ------
    InputError
        If the framework has no stage `start`.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> flow = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop").flow()
    >>> print(sankey_picture(flow).summary)
    Shop: 10,000 people enter; 100 reach Conversion (1%) and 40 Retention (0.4%). The biggest leak
    is after Reach, where 8,000 people leave (80%).
    """
    facts = _Facts(flow, start)
    columns = [_column(facts, key) for key in facts.stages]
    links = tuple(link for column in columns for link in column.links)
    present = {link.kind for link in links}
    headings, rows = _table(facts)
    return Picture(
        title=_legible(flow.name),
        subtitle=_subtitle(facts),
        summary=_summary(facts),
        nodes=tuple(node for column in columns for node in column.nodes),
        links=links,
        legend=tuple((kind, words) for kind, words in MEANING.items() if kind in present),
        columns=headings,
        rows=rows,
        warnings=tuple(dict.fromkeys(f"{facts.name(f.stage)}: {f.message}" for f in flow.flags)),
        layouts={"h": horizontal(columns), "v": vertical(columns)},
    )


class _Facts:
    """The numbers of a flow from one stage on, as plain values; None where not known.

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
    """

    def __init__(self, flow: Flow, start: str | None) -> None:
        keys = flow.framework.keys
        if start is not None and start not in keys:
            raise InputError("start", [unknown_name("start", start, keys)])
        self.flow = flow
        self.begin = keys[0] if start is None else start
        self.whole = self.begin == keys[0]
        table = flow.stages.drop(columns="name")
        columns = {str(column): table[column].to_list() for column in table}
        self.stages: dict[str, dict[str, float | None]] = {
            key: {column: _known(values[place]) for column, values in columns.items()}
            for place, key in enumerate(keys)
            if place >= keys.index(self.begin)
        }
        smallest = NEGLIGIBLE * max(row["visits"] or 0 for row in self.stages.values())
        for row in self.stages.values():
            flows = ("entered", "referred", "dropped", "finished")
            row.update({c: 0.0 for c in flows if 0 < (row[c] or 0) <= smallest})
        ends = (flow.links[column].to_list() for column in ("source", "target", "kind", "people"))
        ways = [way for way in zip(*ends, strict=True) if way[3] > smallest]
        self.links: list[tuple[str, str, str, float]] = [w for w in ways if w[0] in self.stages]
        for source, target, kind, people in ways:
            arrives = source not in self.stages and target in self.stages and kind != "referral"
            if arrives:
                before = self.stages[target]["entered"] or 0
                self.stages[target]["entered"] = before + people

    def name(self, key: str) -> str:
        """Give a stage's name for use in a sentence."""
        return _legible(self.flow.framework[key].name, NAMED)

    def part(self, key: str, people: float) -> str:
        """Write what share of a stage's visits some people are; nothing if that is not known."""
        visits = self.stages[key]["visits"]
        return share_text(people / visits) if visits else ""

    def out(self, key: str, *kinds: str) -> list[tuple[str, str, float]]:
        """Find the target, kind and people of a stage's links of some kinds."""
        return [
            (to, kind, n) for source, to, kind, n in self.links if source == key and kind in kinds
        ]

    def into(self, key: str, kind: str) -> float:
        """Sum the people who come to a stage by links of a kind."""
        return math.fsum(n for _, to, of, n in self.links if to == key and of == kind)


def _column(facts: _Facts, key: str) -> Column:
    row, first = facts.stages[key], key == facts.begin
    entry = []
    if people := row["entered"]:
        unexplained = any(flag.id == "A46" and flag.stage == key for flag in facts.flow.flags)
        entry.append(_comes(facts, key, "entry", people, "unexplained" if unexplained else "enter"))
    lane = [
        _comes(facts, key, kind, people, words)
        for kind, people, words in (
            ("returned", facts.into(key, "back"), "returned"),
            ("again", facts.into(key, "repeat"), "again"),
            ("referred", row["referred"], "referred"),
        )
        if people
    ]
    return Column(
        _stage_node(facts, key),
        entrance=entry if first else [],
        lane=lane if first else entry + lane,
        onward=_onward(facts, key),
        exits=list(_exits(facts, key)),
        remarks=[_remark(facts, key, to, people) for to, _, people in facts.out(key, "referral")],
    )


def _stage_node(facts: _Facts, key: str) -> Node:
    row, name = facts.stages[key], _legible(facts.flow.framework[key].name)
    people, visits = row["people"], row["visits"]
    if people is None or visits is None:
        words = ("not known",)
        text = f"{facts.name(key)}: not known"
        return Node(key, "stage", key, None, name, DASH, words, words, text)
    step, overall = share_text(row["step_rate"]), share_text(row["overall_rate"])
    start = facts.whole and key == facts.begin
    notes = ("start" if start else f"{step} of previous", f"{overall} of all")
    short = ("start" if start else f"{step} step", f"{overall} all")
    text = f"{facts.name(key)}: {people_text(people)} people"
    if visits > people * (1 + NEGLIGIBLE):
        text += f", {people_text(visits)} visits"
    return Node(key, "stage", key, visits, name, people_text(people), notes, short, text)


def _comes(facts: _Facts, key: str, kind: str, people: float, words: str) -> tuple[Node, Link]:
    link_kind = {"returned": "back", "again": "repeat", "referred": "referral"}.get(kind, kind)
    number = people_text(people)
    text = f"{facts.name(key)}: {number} {words}"
    node = Node(f"{kind}:{key}", kind, key, people, "", number, (words,), (words,), text)
    return node, Link(node.id, key, link_kind, people, text)


def _onward(facts: _Facts, key: str) -> list[Link]:
    order = list(facts.stages)
    ways = sorted(facts.out(key, "forward", "skip"), key=lambda way: order.index(way[0]))
    links = []
    for to, kind, people in ways:
        part = facts.part(key, people)
        words = f"{people_text(people)} {MEANING[kind]}{part and f', {part} of visits'}"
        links.append(Link(key, to, kind, people, f"{facts.name(key)} → {facts.name(to)}: {words}"))
    return links


def _exits(facts: _Facts, key: str) -> Iterator[tuple[Node, Link]]:
    def leave(kind: str, people: float, words: str, to: str = "") -> tuple[Node, Link]:
        number, part = people_text(people), facts.part(key, people)
        text = f"{facts.name(key)}: {number} {words}{part and f', {part} of visits'}"
        shown = (words if part == "100%" else f"{part} {words}".strip(),)
        node_id = f"{kind}:{key}:{to}" if to else f"{kind}:{key}"
        node = Node(node_id, kind, key, people, "", number, shown, shown, text)
        return node, Link(key, node.id, kind, people, text)

    row = facts.stages[key]
    if row["finished"]:
        yield leave("finish", row["finished"], MEANING["finish"])
    for to, kind, people in facts.out(key, "back", "repeat"):
        words = f"back to {facts.name(to)}" if kind == "back" else MEANING["repeat"]
        yield leave(kind, people, words, to)
    if row["dropped"]:
        yield leave("drop", row["dropped"], MEANING["drop"])
    elif row["dropped"] is None and row["visits"]:
        gone = facts.out(key, "forward", "skip", "back", "repeat")
        left = row["visits"] - math.fsum(people for _, _, people in gone)
        if left > NEGLIGIBLE * row["visits"]:
            yield leave("unknown", left, MEANING["unknown"])


def _remark(facts: _Facts, key: str, to: str, people: float) -> Node:
    number, words = people_text(people), (f"referred to {facts.name(to)}",)
    text = f"{facts.name(key)}: people here bring {number} new ones to {facts.name(to)}"
    return Node(f"note:{key}:{to}", "note", key, None, "", f"+{number}", words, words, text)


def _subtitle(facts: _Facts) -> str:
    segments = facts.flow.segments
    who = _legible(segments[0], NAMED) if len(segments) == 1 else f"{len(segments)} segments"
    parts = [_legible(facts.flow.framework.name, NAMED), who]
    if not facts.whole:
        arriving = people_text(facts.stages[facts.begin]["entered"])
        begin = facts.name(facts.begin)
        parts.append(f"from {begin} on: the {arriving} who arrive there are drawn as the whole")
    return " · ".join(parts)


def _summary(facts: _Facts) -> str:
    """Say who enters, who reaches each stage where money is made, and where most are lost."""
    title, rows = _legible(facts.flow.name, NAMED), facts.stages
    arriving = math.fsum(row["entered"] or 0 for row in rows.values())
    if not arriving:
        if rows[facts.begin]["people"] is None:
            return f"{title}: how many people enter is not known, so there is no flow to show."
        return f"{title}: nobody enters yet, so there is no flow to show."
    framework = facts.flow.framework
    goals = [key for key in rows if framework[key].milestone in MONEY] or [list(rows)[-1]]
    reached = [
        f"{_number(rows[key]['people'])} {'' if place else 'reach '}{facts.name(key)}"
        f"{_in_brackets(rows[key]['overall_rate'])}"
        for place, key in enumerate(goals)
    ]
    where = "" if facts.whole else f" at {facts.name(facts.begin)}"
    sentence = f"{title}: {people_text(arriving)} people enter{where}; {_listed(reached)}."
    leak = max(rows, key=lambda key: rows[key]["dropped"] or 0)
    dropped = rows[leak]["dropped"]
    if not dropped:
        return f"{sentence} Nobody is lost on the way."
    part = _in_brackets(dropped / (rows[leak]["visits"] or dropped))
    return (
        f"{sentence} The biggest leak is after {facts.name(leak)}, "
        f"where {people_text(dropped)} people leave{part}."
    )


def _table(facts: _Facts) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Set the numbers as a table; columns that would say nothing are left out."""
    headings = {
        "people": "People",
        "visits": "Visits",
        "step_rate": "Of previous",
        "overall_rate": "Of all",
        "entered": "Enter",
        "referred": "Referred",
        "returned": "Return",
        "dropped": "Leave",
        "finished": "Stay to the end",
    }
    always = ("people", "step_rate", "overall_rate", "dropped")
    rows = facts.stages.values()
    telling = {column: any(row[column] for row in rows) for column in headings}
    telling["visits"] = any(row["visits"] != row["people"] for row in rows)
    shown = [column for column in headings if column in always or telling[column]]

    def cell(row: Mapping[str, float | None], column: str) -> str:
        value, visits = row[column], row["visits"]
        if column.endswith("_rate"):
            return share_text(value)
        part = _in_brackets(value / visits) if column == "dropped" and value and visits else ""
        return f"{people_text(value)}{part}"

    return (
        ("Stage", *(headings[column] for column in shown)),
        tuple(
            (_legible(facts.flow.framework[key].name), *(cell(row, column) for column in shown))
            for key, row in facts.stages.items()
        ),
    )


def _known(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _number(people: float | None) -> str:
    return "an unknown number" if people is None else people_text(people)


def _in_brackets(share: float | None) -> str:
    return "" if share is None else f" ({share_text(share)})"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _legible(name: str, most: int | None = None) -> str:
    """Put a name on one line, shortened; one that runs from right to left stays by itself."""
    text = " ".join(name.split())
    if most is not None and len(text) > most:
        text = text[: most - 1].rstrip() + "…"
    directions = {unicodedata.bidirectional(character) for character in text}
    turns = directions & {"R", "AL", "RLE", "RLO", "RLI", "LRE", "LRO", "LRI", "FSI"}
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}" if turns else text
