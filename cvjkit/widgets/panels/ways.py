"""Ways besides the steps, and referrals, as fields."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cvjkit.model.parts import Referral, Transition
from cvjkit.model.ways import kind_of
from cvjkit.number_text import count_text
from cvjkit.numbers import NO_EVIDENCE, Evidence, read_number
from cvjkit.widgets.builders import button, columns, line, remover
from cvjkit.widgets.codec import Number
from cvjkit.widgets.fields import Field, Keep, Part, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cvjkit.journey import Journey
    from cvjkit.widgets.builders import Column
    from cvjkit.widgets.codec import Choices
    from cvjkit.widgets.fields import Address

KINDS = {"skip": "skips ahead", "back": "goes back", "repeat": "comes again"}
NO_RATE = "write the share who take it, such as 5%"
NO_NUMBER = "write how many new people each brings, such as 0.2"
RATE, TAKEN_BY = columns(Transition, "rate", "segment")
PER_PERSON, INTO, BROUGHT_BY = columns(Referral, "per_person", "segment", "source_segment")
RATE = replace(RATE, codec=Number("share", needed=NO_RATE))
PER_PERSON = replace(PER_PERSON, codec=Number(needed=NO_NUMBER), unit="")
SHARE_WHO_TAKE_IT = "Share who take it"
EVERY_SEGMENT, SAME_SEGMENT = "every segment", "the same segment"


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
    share = (("way", "Way"), (RATE.key, SHARE_WHO_TAKE_IT), ("remove", "Remove"))
    brought = (("referral", "Referral"), PER_PERSON.heading, ("remove", "Remove"))
    return Part(
        "ways",
        "Skips, ways back and referrals",
        (
            Table("transitions", tuple(ways), share),
            _new_way(journey, entries, evidence),
            Table("referrals", tuple(referrals), brought),
            _new_referral(journey, entries, evidence),
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


def _new_way(journey: Journey, entries: Mapping[Address, str], evidence: Evidence) -> Table:
    source, target = _ends(journey, entries, "way", "Way")
    rate = entries.get(("way", "new", "rate"), "")
    chosen = _segment_choices(journey, entries, "way", ((TAKEN_BY, EVERY_SEGMENT),))
    add = partial(
        _with_way,
        source=source.text,
        target=target.text,
        rate=rate,
        evidence=evidence,
        **_answers(chosen),
    )
    fields = (source, target, Field("rate", SHARE_WHO_TAKE_IT, rate, edit=Keep()), *chosen)
    return line("way", *fields, button("add", "Add way", add), row="new")


def _new_referral(journey: Journey, entries: Mapping[Address, str], evidence: Evidence) -> Table:
    source, target = _ends(journey, entries, "referral", "Referral")
    per_person = entries.get(("referral", "new", "per_person"), "")
    questions = ((BROUGHT_BY, EVERY_SEGMENT), (INTO, SAME_SEGMENT))
    chosen = _segment_choices(journey, entries, "referral", questions)
    add = partial(
        with_referral,
        source=source.text,
        target=target.text,
        per_person=per_person,
        evidence=evidence,
        **_answers(chosen),
    )
    number = Field("per_person", PER_PERSON.label, per_person, edit=Keep())
    fields = (source, target, number, *chosen)
    return line("referral", *fields, button("add", "Add referral", add), row="new")


def _segment_choices(
    journey: Journey,
    entries: Mapping[Address, str],
    table: str,
    questions: Iterable[tuple[Column, str]],
) -> list[Field]:
    """Make the choices of the segments a new row is about, if there are several."""
    names = [(segment.name, segment.name) for segment in journey.segments]
    fields = []
    for column, by_default in questions if len(names) > 1 else ():
        choices = (("", by_default), *names)
        chosen = _chosen(entries, (table, "new", column.key), choices, "")
        fields.append(
            Field(column.key, column.label, chosen, "choice", choices=choices, edit=Keep())
        )
    return fields


def _answers(fields: Iterable[Field]) -> dict[str, Any]:
    return {field.column: field.text or None for field in fields}


def _ends(
    journey: Journey, entries: Mapping[Address, str], table: str, name: str
) -> tuple[Field, Field]:
    """Make the choices of where a way begins and ends: from the last stage back to the first."""
    choices = tuple((stage.key, stage.name) for stage in journey.framework)
    source = _chosen(entries, (table, "new", "source"), choices, choices[-1][0])
    target = _chosen(entries, (table, "new", "target"), choices, choices[0][0])
    return (
        Field("source", f"{name} from", source, "choice", choices=choices, edit=Keep()),
        Field("target", f"{name} to", target, "choice", choices=choices, edit=Keep()),
    )


def _chosen(
    entries: Mapping[Address, str], address: Address, choices: Choices, default: str
) -> str:
    """Give what was chosen, if it is still among the choices."""
    chosen = entries.get(address, default)
    return chosen if chosen in dict(choices) else default


def _with_way(
    journey: Journey,
    source: str,
    target: str,
    rate: str,
    *,
    segment: str | None = None,
    evidence: Evidence = NO_EVIDENCE,
) -> Journey:
    """Add a way as it was typed."""
    stages = journey.framework
    if kind_of(stages, stages.index(source), stages.index(target)) == "forward":
        raise ValueError(
            f"{_arrow(journey, source, target)} is the step itself: "
            "type its step rate in the table of the stages"
        )
    share = read_number(rate, "share", evidence)
    if not share:
        raise ValueError(NO_RATE)
    return journey.with_transition(source, target, share, segment=segment)


def with_referral(
    journey: Journey,
    source: str,
    target: str,
    per_person: str,
    *,
    segment: str | None = None,
    source_segment: str | None = None,
    evidence: Evidence = NO_EVIDENCE,
) -> Journey:
    """Add a referral as it was typed.

    Parameters
    ----------
    journey : Journey
    source : str
        Key of the stage where it begins.
    target : str
        Key of the stage where it ends.
    per_person : str
        New people that each person at `source` brings.
    segment : str or None
        Name of the segment they come into; None for that of who brought them.
    source_segment : str or None
        Name of the only segment whose people bring them; None for every segment.
    evidence : Evidence
        What decides where the number has two readings.

    Returns
    -------
    Journey

    Raises
    ------
    ValueError
        If it is not a number, or has two readings.
    """
    number = read_number(per_person, evidence=evidence)
    if not number:
        raise ValueError(NO_NUMBER)
    return journey.with_referral(
        source, to=target, per_person=number, segment=segment, source_segment=source_segment
    )
