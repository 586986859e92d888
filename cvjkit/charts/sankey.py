"""A flow as a picture: plain values, for any renderer.

A link back is drawn as an exit that names its target and an entrance at that target, never as a
cycle: with these nodes, what comes in at a stage is what goes out.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cvjkit.charts import words
from cvjkit.charts.excerpt import NEGLIGIBLE, Excerpt, legible
from cvjkit.charts.layout import Layout, horizontal, vertical
from cvjkit.charts.nodes import Column, Link, Node
from cvjkit.charts.proportions import proportions_of
from cvjkit.charts.style import COLORS
from cvjkit.decisions.leaks import leaks_of
from cvjkit.number_text import DASH, count_text, people_text, points_text, share_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cvjkit.charts.excerpt import Word
    from cvjkit.charts.sections import Scale
    from cvjkit.decisions.leaks import Leaks
    from cvjkit.model.flow import Flow

MEANING = {
    "forward": "move on",
    "skip": "skip ahead",
    "inferred": "at least, inferred from the counts",
    "entry": "enter",
    "referral": "are referred",
    "back": "go back",
    "repeat": "come again",
    "finish": "stay to the end",
    "drop": "leave",
    "unknown": "next step not known",
}
"""What people on a link of each kind do, in the order of the legend."""
ONE_PERSON = {
    "move on": "moves on",
    "skip ahead": "skips ahead",
    "enter": "enters",
    "are referred": "is referred",
    "go back": "goes back",
    "come again": "comes again",
    "stay to the end": "stays to the end",
    "leave": "leaves",
}
"""What is said instead of one."""
COMING = {
    "entry": ("entry", "enter"),
    "back": ("returned", "returned"),
    "repeat": ("again", "again"),
    "referral": ("referred", "referred"),
}
"""The node from which people come to a stage by a link of each kind, and what is said of it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """All that a renderer needs to draw a flow, and nothing that only one of them needs.

    Attributes
    ----------
    title, subtitle, summary : str
        `summary` says in a few sentences what the picture shows.
    nodes : tuple of Node
    links : tuple of Link
    legend : tuple of (str, str)
        Kind and meaning, of the kinds that occur; of the kind "was" are the outlines of a base.
    columns : tuple of str
    rows : tuple of tuple of str
        The same numbers as a table, formatted.
    warnings : tuple of str
        What a reader must know before believing the numbers.
    worth_most : str
        Id of the node of those who leave where it is worth most to keep them; empty if that is
        not known, or several are worth the same.
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
    worth_most: str
    layouts: Mapping[str, Layout]

    def document(self) -> dict[str, Any]:
        """Give the picture and its colours as plain values, ready for JSON.

        Returns
        -------
        dict
            The attributes, and `colors`: of each theme, of each kind.
        """
        return asdict(self) | {"colors": COLORS}


def sankey_picture(
    flow: Flow,
    start: str | None = None,
    scale: Scale = "magnified",
    leaks: Leaks | None = None,
    base: Flow | None = None,
    *,
    word: Word = "was",
) -> Picture:
    """Lay a flow out as a Sankey diagram.

    Parameters
    ----------
    flow : Flow
    start : str, optional
        Key of the stage to begin with, so that thin later stages become visible: whoever
        arrives there from earlier stages is drawn as entering.
    scale : {"magnified", "true", "steps"}
        How thick people are drawn: see `cvjkit.charts.sections`.
    leaks : Leaks, optional
        What the leaks are worth in money; by default in customers.
    base : Flow, optional
        What was changed: its stages and ways are outlined where they were visibly thicker or
        thinner. A flow through other stages is left out.
    word : {"was", "planned"}
        What is said of the numbers of the base.

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
    is after Reach, where 8,000 people leave (80%); ten percent more at each of the 2 steps to
    Conversion brings the same, 10 more customers.
    """
    excerpt = Excerpt(flow, start)
    leaks = leaks_of(flow) if leaks is None else leaks
    first = words.worth_most(excerpt, leaks)
    before, was = None, list[Column]()
    if base is not None and base.framework.keys == flow.framework.keys:
        before = Excerpt(base, start, word)
        was = [_column(before, key) for key in before.stages]
    brings = words.brings(excerpt, leaks)
    columns = [_column(excerpt, key, before, brings.get(key)) for key in excerpt.stages]
    proportions = proportions_of(columns, scale, was)
    layouts = {"h": horizontal(proportions), "v": vertical(proportions)}
    links = tuple(link for column in columns for link in column.links)
    present = {link.kind for link in links}
    headings, rows = words.table(excerpt, brings)
    legend = [(kind, meaning) for kind, meaning in MEANING.items() if kind in present]
    if base is not None and any(layout.was for layout in layouts.values()):
        alike = {"was": "as it was", "planned": "as planned"}[word]
        named = alike if base.name == flow.name else f"{word}, in {legible(base.name)}"
        legend.append(("was", named))
    warnings = [f"{excerpt.name(flag.stage)}: {flag.message}" for flag in flow.flags]
    return Picture(
        title=legible(flow.name),
        subtitle=words.subtitle(excerpt),
        summary=words.summary(excerpt, leaks),
        nodes=tuple(node for column in columns for node in column.nodes),
        links=links,
        legend=tuple(legend),
        columns=headings,
        rows=rows,
        warnings=tuple(dict.fromkeys(warnings)),
        worth_most=f"drop:{leaks.sources[first[0]]}" if leaks and len(first) == 1 else "",
        layouts=layouts,
    )


def _column(
    excerpt: Excerpt,
    key: str,
    before: Excerpt | None = None,
    brings: words.Brings | None = None,
) -> Column:
    first = key == excerpt.begin
    comes = {kind: _comes(excerpt, key, kind, before) for kind in COMING if excerpt.came(key, kind)}
    entry, lane = [comes.pop("entry")] if "entry" in comes else [], [*comes.values()]
    return Column(
        _stage_node(excerpt, key, before),
        entrance=entry if first else [],
        lane=lane if first else entry + lane,
        onward=_onward(excerpt, key, before),
        exits=list(_exits(excerpt, key, before, brings)),
        remarks=[
            _remark(excerpt, key, to, people) for to, _, people in excerpt.out(key, "referral")
        ],
    )


def _stage_node(excerpt: Excerpt, key: str, before: Excerpt | None) -> Node:
    row, name = excerpt.stages[key], legible(excerpt.flow.framework[key].name)
    people, visits = row["people"], row["visits"]
    if people is None or visits is None:
        unknown = ("not known",)
        text = f"{excerpt.name(key)}: not known"
        return Node(key, "stage", key, None, name, DASH, unknown, unknown, text)
    step, overall = share_text(row["step_rate"]), share_text(row["overall_rate"])
    start = excerpt.whole and key == excerpt.begin
    notes = ("start" if start else f"{step} of previous", f"{overall} of all")
    short = ("start" if start else f"{step} step", f"{overall} all")
    then = {} if before is None else before.stages[key]
    text = f"{excerpt.name(key)}: {count_text(people_text(people), 'person', 'people')}"
    text += _was(before, people_text, words.people_change, people, then.get("people"))
    if visits > people * (1 + NEGLIGIBLE):
        text += f", {count_text(people_text(visits), 'visit')}"
    if not start:
        was = _was(before, share_text, points_text, row["step_rate"], then.get("step_rate"))
        text += f"; {notes[0]} stage{was}, {notes[1]}"
    if row["dropped"]:
        text += f"; {_go((excerpt, None), key, ('drop', ''), row['dropped'], 'leave')}"
    return Node(key, "stage", key, visits, name, people_text(people), notes, short, text)


def _comes(excerpt: Excerpt, key: str, kind: str, before: Excerpt | None) -> tuple[Node, Link]:
    people = excerpt.came(key, kind)
    name, note = COMING[kind]
    if kind == "entry" and any(
        flag.id == "A46" and flag.stage == key for flag in excerpt.flow.flags
    ):
        note = "unexplained"
    then = None if before is None else before.came(key, kind)
    was, number = _was(before, people_text, words.people_change, people, then), people_text(people)
    text = f"{excerpt.name(key)}: {_do(people, note)}{was}"
    node = Node(f"{name}:{key}", name, key, people, "", number, (note,), (note,), text)
    return node, Link(node.id, key, kind, people, text)


def _onward(excerpt: Excerpt, key: str, before: Excerpt | None) -> list[Link]:
    order = list(excerpt.stages)
    targets = sorted(
        excerpt.out(key, "forward", "skip", "inferred"), key=lambda link: order.index(link[0])
    )
    return [
        Link(
            key,
            to,
            kind,
            people,
            f"{excerpt.name(key)} → {excerpt.name(to)}: "
            + _go((excerpt, before), key, (kind, to), people, MEANING[kind]),
        )
        for to, kind, people in targets
    ]


def _exits(
    excerpt: Excerpt, key: str, before: Excerpt | None, brings: words.Brings | None
) -> Iterator[tuple[Node, Link]]:
    def leave(kind: str, people: float, note: str, to: str = "") -> tuple[Node, Link]:
        number, part = people_text(people), excerpt.share(key, people)
        text = f"{excerpt.name(key)}: {_go((excerpt, before), key, (kind, to), people, note)}"
        notes = (note if part == "100%" else f"{part} {note}".strip(),)
        if kind == "drop" and brings is not None:
            text = f"{text}. {brings.sentence}"
        node_id = f"{kind}:{key}:{to}" if to else f"{kind}:{key}"
        node = Node(node_id, kind, key, people, "", number, notes, notes, text)
        return node, Link(key, node.id, kind, people, text)

    row = excerpt.stages[key]
    if row["finished"]:
        yield leave("finish", row["finished"], MEANING["finish"])
    for to, kind, people in excerpt.out(key, "back", "repeat"):
        note = f"back to {excerpt.name(to)}" if kind == "back" else MEANING["repeat"]
        yield leave(kind, people, note, to)
    if row["dropped"]:
        yield leave("drop", row["dropped"], MEANING["drop"])
    elif row["dropped"] is None and row["visits"]:
        gone = excerpt.out(key, "forward", "skip", "inferred", "back", "repeat")
        left = row["visits"] - math.fsum(people for _, _, people in gone)
        if left > NEGLIGIBLE * row["visits"]:
            yield leave("unknown", left, MEANING["unknown"])


def _go(
    seen: tuple[Excerpt, Excerpt | None], key: str, way: tuple[str, str], people: float, what: str
) -> str:
    """Say how many take a way, what share of the visits they are, and what both were before."""
    excerpt, before = seen
    then = None if before is None else before.took(key, *way)
    text = f"{_do(people, what)}{_was(before, people_text, words.people_change, people, then)}"
    if not (visits := excerpt.stages[key]["visits"]):
        return text
    visited = None if before is None else before.stages[key]["visits"]
    was = None if then is None or not visited else then / visited
    share = people / visits
    return (
        f"{text}, {share_text(share)} of visits{_was(before, share_text, points_text, share, was)}"
    )


def _do(people: float | None, what: str) -> str:
    return count_text(people_text(people), ONE_PERSON.get(what, what), what)


def _was(
    before: Excerpt | None,
    write: Callable[[float | None], str],
    compare: Callable[[float | None, float | None], str],
    now: float | None,
    then: float | None,
) -> str:
    change = compare(now, then)
    return f" ({before.word} {write(then)}: {change})" if before and change else ""


def _remark(excerpt: Excerpt, key: str, to: str, people: float) -> Node:
    number, notes = people_text(people), (f"referred to {excerpt.name(to)}",)
    new = count_text(number, "new person", "new people")
    text = f"{excerpt.name(key)}: people here bring {new} to {excerpt.name(to)}"
    return Node(f"note:{key}:{to}", "note", key, None, "", f"+{number}", notes, notes, text)
