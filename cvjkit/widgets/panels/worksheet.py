"""The worksheet as fields: what is done at each stage, what is sent, offered, and to whom."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from cvjkit.catalog.sources import awareness_levels, cited
from cvjkit.catalog.tactics import tactic_kind, tactic_kinds
from cvjkit.model.design import Design
from cvjkit.model.parts import Message, Offer, Segment, Tactic
from cvjkit.widgets.builders import Column, button, columns, kept, line, remover
from cvjkit.widgets.codec import NOT_SET, Choice
from cvjkit.widgets.fields import Field, Part, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cvjkit.catalog.stage import Stage
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Address

TACTIC = columns(Tactic, "name", "kind", "channel", "promise", "owner", "cost", "due")
MESSAGE = columns(
    Message,
    *("name", "kind", "channel", "after_minutes", "times_a_week", "solicited", "opt_out"),
)
# What an offer costs and how often it is bought again is entered with the money.
OFFER = columns(Offer, without=("stage", "name", "price", "margin", "cycle_days", "repeat_rate"))
SEGMENT = columns(
    Segment,
    *("avatar", "intent", "why_there", "content", "channel_kind", "targeted", "counted_in"),
)
PLAN = columns(
    Design, "next_test_days", "cohort_age_days", "channels_overlap", "loyalty_measured_by"
)


def worksheet_parts(journey: Journey, entries: Mapping[Address, str]) -> list[Part]:
    """Make the sections of the worksheet: the stages, the offers, the segments, the tests.

    Parameters
    ----------
    journey : Journey
    entries : mapping of address to str
        What is typed for a tactic or a message that is not yet added.

    Returns
    -------
    list of Part
    """
    plan = line("plan", *(column.field(journey, "") for column in PLAN))
    return [
        *(_stage_part(journey, stage, entries) for stage in journey.framework),
        *([_offers_part(journey)] if journey.offers else []),
        _segments_part(journey),
        Part("plan", "Tests and counts", (plan,), fold="open"),
    ]


# --- a stage ----------------------------------------------------------------------------------


def _stage_part(journey: Journey, stage: Stage, entries: Mapping[Address, str]) -> Part:
    numbers = journey.get(f"stages.{stage.key}")
    tactics: tuple[Tactic, ...] = numbers.tactics if numbers else ()
    messages: tuple[Message, ...] = numbers.messages if numbers else ()
    used = {tactic.name.strip().casefold() for tactic in tactics}
    suggested = {
        f"suggested-{number}": name
        for number, name in enumerate(stage.tactics)
        if name.casefold() not in used
    }
    tables = (
        _list_table(stage, "tactics", tactics, TACTIC),
        _new_tactic(stage, entries, suggested),
        _list_table(stage, "messages", messages, MESSAGE),
        _new_message(stage, entries),
    )
    source = f"A + marks what the documents suggest ({cited(stage.sources)})."
    notes = (stage.purpose, source if suggested else "")
    return Part(f"stage-{stage.key}", stage.name, tables, tuple(filter(None, notes)), fold="open")


def _list_table(
    stage: Stage, part: str, listed: Sequence[Tactic | Message], typed: Sequence[Column]
) -> Table:
    """Make the table of a stage's tactics or messages."""
    rows = []
    for index, item in enumerate(listed):
        path, title = f"stages.{stage.key}.{part}[{index}]", f"{stage.name} {index + 1}"
        fields = []
        for column in typed:
            if column.key == "kind":
                kinds = replace(column, codec=_kinds(stage.milestone))
                fields.append(_kind_field(kinds.field(item, path, title), item))
            else:
                fields.append(column.field(item, path, title))
        fields.append(remover(path, f"Remove {part.removesuffix('s')}: {title}"))
        rows.append(Row(str(index), str(index + 1), tuple(fields)))
    headings = (("number", "No."), *(column.heading for column in typed), ("remove", "Remove"))
    return Table(f"{part}-{stage.key}", tuple(rows), headings)


def _kind_field(field: Field, item: Tactic | Message) -> Field:
    """Show the kind that a tactic's name says, where none is chosen."""
    kind = tactic_kind(None, item.name or "") if item.kind is None else None
    return replace(field, text=kind.key) if kind else field


@cache
def _kinds(milestone: str | None) -> Choice:
    """List the kinds of tactics and messages, those at home at a milestone first."""
    home = [kind for kind in tactic_kinds() if milestone in kind.homes]
    others = [kind for kind in tactic_kinds() if milestone not in kind.homes]
    return Choice(
        (
            NOT_SET,
            *((kind.key, kind.name) for kind in home),
            *((kind.key, f"{kind.name} (elsewhere)" if home else kind.name) for kind in others),
        )
    )


def _new_tactic(
    stage: Stage, entries: Mapping[Address, str], suggested: Mapping[str, str]
) -> Table:
    table = f"tactic-{stage.key}"
    name = kept(entries, table, "name", f"New tactic: {stage.name}")
    add = button("add", f"Add tactic: {stage.name}", _adding(stage, name.text), "Add")
    ready = [
        button(column, f"Add to {stage.name}: {tactic}", _adding(stage, tactic), f"+ {tactic}")
        for column, tactic in suggested.items()
    ]
    return line(table, name, add, *ready, row="new")


def _new_message(stage: Stage, entries: Mapping[Address, str]) -> Table:
    table, label = f"message-{stage.key}", f"New message: {stage.name}"
    choices = (("", "choose its kind"), *_kinds(stage.milestone).choices[1:])
    kind = kept(entries, table, "kind", label, choices)
    add = partial(_with_message, stage=stage.key, kind=kind.text)
    return line(table, kind, button("add", f"Add message: {stage.name}", add, "Add"), row="new")


def _adding(stage: Stage, name: str) -> partial[Journey]:
    return partial(_with_tactic, stage=stage.key, name=name)


def _with_tactic(journey: Journey, stage: str, name: str) -> Journey:
    """Add a tactic at a stage."""
    if not name.strip():
        raise ValueError("write what you do, or take a suggestion")
    return _with_row(journey, f"stages.{stage}.tactics", {"name": name.strip()})


def _with_message(journey: Journey, stage: str, kind: str) -> Journey:
    """Add a message at a stage."""
    if not kind:
        raise ValueError("choose what kind of message it is")
    return _with_row(journey, f"stages.{stage}.messages", {"kind": kind})


def _with_row(journey: Journey, path: str, row: Mapping[str, str]) -> Journey:
    return journey.put(path, (*(journey.get(path) or ()), row))


# --- offers and segments ----------------------------------------------------------------------


def _offers_part(journey: Journey) -> Part:
    rows = []
    for offer in journey.offers:
        path = f"offers.{offer.stage}"
        fields = tuple(column.field(offer, path, offer.name) for column in OFFER)
        stages = journey.framework
        where = stages[offer.stage].name if offer.stage in stages.keys else offer.stage
        rows.append(Row(offer.stage, offer.name, fields, where))
    headings = (("offer", "Offer"), *(column.heading for column in OFFER))
    return Part("worth", "Offers", (Table("worth", tuple(rows), headings),), fold="open")


def _segments_part(journey: Journey) -> Part:
    rows = []
    for index, segment in enumerate(journey.segments):
        path = f"segments[{index}]"
        fields = [column.field(segment, path, segment.name) for column in SEGMENT]
        fields += _suited(segment, path)
        rows.append(Row(str(index), segment.name, tuple(fields), _advice(segment)))
    headings = (
        ("name", "Segment"),
        *(column.heading for column in SEGMENT),
        ("take", "First content"),
    )
    table = Table("avatars", tuple(rows), headings)
    return Part("avatars", "Audience", (table,), fold="open")


def _advice(segment: Segment) -> str:
    """Say what to show people of a level of awareness first, and who says so."""
    for level in awareness_levels():
        if level.key == segment.awareness:
            return (
                f"{level.name}: {level.content} content. {level.approach} ({cited(level.sources)})"
            )
    return "Set their awareness on the Numbers sheet: it decides what to show them first."


def _suited(segment: Segment, path: str) -> Iterator[Field]:
    for level in awareness_levels():
        if level.key == segment.awareness and level.content != segment.content:
            label = f"Show {segment.name} {level.content} content first"
            take = partial(_with_content, path=f"{path}.content", content=level.content)
            yield button("take", label, take, f"+ {level.content.capitalize()}")


def _with_content(journey: Journey, path: str, content: str) -> Journey:
    return journey.put(path, content)
