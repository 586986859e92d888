"""Ways besides the steps, and referrals, as fields."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cvjkit.model.parts import Referral, Transition
from cvjkit.model.ways import kind_of
from cvjkit.number_text import count_text
from cvjkit.numbers import NO_EVIDENCE, Evidence, read_number
from cvjkit.widgets.builders import button, columns, kept, line, remover
from cvjkit.widgets.codec import Number
from cvjkit.widgets.fields import Part, Row, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cvjkit.journey import Journey
    from cvjkit.widgets.builders import Column
    from cvjkit.widgets.fields import Address

KINDS = {"skip": "skips ahead", "back": "goes back", "repeat": "comes again"}
NO_RATE = "write the share who take it, such as 5%"
NO_NUMBER = "write how many new people each brings, such as 0.2"
RATE, TAKEN_BY = columns(Transition, "rate", "segment")
PER_PERSON, INTO, BROUGHT_BY = columns(Referral, "per_person", "segment", "source_segment")
RATE = replace(RATE, codec=Number("share", needed=NO_RATE))
PER_PERSON = replace(PER_PERSON, codec=Number(needed=NO_NUMBER), unit="")
SHARE_WHO_TAKE_IT = "Share who take it"
SHARE = (RATE.key, SHARE_WHO_TAKE_IT)
BRINGS = (PER_PERSON.key, PER_PERSON.label)
TAKEN = ((TAKEN_BY, "every segment"),)
BROUGHT = ((BROUGHT_BY, "every segment"), (INTO, "the same segment"))
"""Which segments a new row is about, and what that is by default."""


def ways_part(
    journey: Journey, entries: Mapping[Address, str], evidence: Evidence = NO_EVIDENCE
) -> Part:
    """Make the fields of the ways besides the steps, and of the referrals.

    Parameters
    ----------
    journey : Journey
    entries : mapping of address to str
        What is typed for a way or a referral that is not yet added.
    evidence : Evidence
        What decides where such a number has two readings.

    Returns
    -------
    Part
    """
    stages = journey.framework
    ways = []
    for index, way in enumerate(journey.transitions):
        path, name = f"transitions[{index}]", _arrow(journey, way.source, way.target)
        kind = kind_of(stages, stages.index(way.source), stages.index(way.target))
        fields = (
            RATE.field(way, path, name),
            remover(path, f"Remove way {index + 1}"),
        )
        who = f", of {way.segment}" if way.segment else ""
        ways.append(Row(str(index), name, fields, f"{KINDS[kind]}{who}"))
    referrals = []
    for index, referral in enumerate(journey.referrals):
        source, target = stages[referral.source].name, stages[referral.target].name
        path, name = f"referrals[{index}]", f"{source} → {target}"
        fields = (
            PER_PERSON.field(referral, path, name),
            remover(path, f"Remove referral {index + 1}"),
        )
        who = f" of {referral.source_segment}" if referral.source_segment else ""
        title = f"{source}{who} brings new people to {target}"
        note = f"into {referral.segment}" if referral.segment else ""
        referrals.append(Row(str(index), title, fields, note))
    new = partial(_new_row, journey, entries)
    add_way, add_referral = (partial(add, evidence=evidence) for add in (_with_way, _with_referral))
    share = (("way", "Way"), (RATE.key, SHARE_WHO_TAKE_IT), ("remove", "Remove"))
    brought = (("referral", "Referral"), PER_PERSON.heading, ("remove", "Remove"))
    return Part(
        "ways",
        "Skips, ways back and referrals",
        (
            Table("transitions", tuple(ways), share),
            new(table="way", number=SHARE, segments=TAKEN, with_row=add_way),
            Table("referrals", tuple(referrals), brought),
            new(table="referral", number=BRINGS, segments=BROUGHT, with_row=add_referral),
        ),
        fold="closed",
        brief=_brief(len(ways), len(referrals)),
    )


def _brief(ways: int, referrals: int) -> str:
    counted = ((ways, "way"), (referrals, "referral"))
    said = [count_text(number, name) for number, name in counted if number]
    return ", ".join(said) or "none"


def _arrow(journey: Journey, source: str, target: str) -> str:
    return f"{journey.framework[source].name} → {journey.framework[target].name}"


def _new_row(
    journey: Journey,
    entries: Mapping[Address, str],
    *,
    table: str,
    number: tuple[str, str],
    segments: Iterable[tuple[Column, str]],
    with_row: Callable[..., Journey],
) -> Table:
    """Make the fields of a row that is to be added: by default from the last stage to the first."""
    stages = tuple((stage.key, stage.name) for stage in journey.framework)
    names = [(segment.name, segment.name) for segment in journey.segments]
    name = table.capitalize()
    at = partial(kept, entries, table)
    fields = [
        at("source", f"{name} from", stages, default=stages[-1][0]),
        at("target", f"{name} to", stages, default=stages[0][0]),
        at(*number, kind="number"),
    ]
    if len(names) > 1:
        fields += [
            at(column.key, column.label, (("", by_default), *names))
            for column, by_default in segments
        ]
    typed = {field.column: field.text for field in fields}
    add = button("add", f"Add {table}", partial(with_row, typed=typed))
    return line(table, *fields, add, row="new")


def _with_way(journey: Journey, typed: Mapping[str, str], evidence: Evidence) -> Journey:
    """Add a way as it was typed."""
    stages, source, target = journey.framework, typed["source"], typed["target"]
    if kind_of(stages, stages.index(source), stages.index(target)) == "forward":
        raise ValueError(
            f"{_arrow(journey, source, target)} is the step itself: "
            "type its step rate in the table of the stages"
        )
    share = read_number(typed["rate"], "share", evidence)
    if not share:
        raise ValueError(NO_RATE)
    return journey.with_transition(source, target, share, segment=typed.get("segment") or None)


def _with_referral(journey: Journey, typed: Mapping[str, str], evidence: Evidence) -> Journey:
    """Add a referral as it was typed."""
    number = read_number(typed["per_person"], evidence=evidence)
    if not number:
        raise ValueError(NO_NUMBER)
    return journey.with_referral(
        typed["source"],
        to=typed["target"],
        per_person=number,
        segment=typed.get("segment") or None,
        source_segment=typed.get("source_segment") or None,
    )
