"""The stages as fields: people and rates, costs and delays."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cvjkit.errors import Fault, InputError
from cvjkit.model.parts import StageNumbers
from cvjkit.number_text import people_text, share_text
from cvjkit.widgets.builders import columns, field_at
from cvjkit.widgets.codec import PEOPLE, SHARE
from cvjkit.widgets.fields import Act, Field, Part, Put, Row, Table

if TYPE_CHECKING:
    from cvjkit.catalog.stage import Stage
    from cvjkit.journey import Journey
    from cvjkit.model.flow import Flow
    from cvjkit.widgets.session import Session

COUNTED, PLANNED = "counted", "planned"
MODES = ((COUNTED, "Counted"), (PLANNED, "Planned"))
UNIT_COST, DELAY = columns(StageNumbers, "unit_cost", "delay_days")
REFINEMENTS = 8
LONGEST_CURRENCY = 5


def stage_table(journey: Journey, shown: Flow, segment: int | None) -> Table:
    """Make the table of the stages.

    Parameters
    ----------
    journey : Journey
    shown : Flow
        Of one segment or of all.
    segment : int or None
        Index of the segment; None for all of them, whose people cannot be edited.

    Returns
    -------
    Table
        A row a stage.
    """
    people, rates = shown.numbers("people"), shown.numbers("step_rate")
    typed = {row.stage: row for row in journey.stages}
    entrants = () if segment is None else journey.segments[segment].entrants or ()
    enter_later = any(entrants[1:])
    rows = []
    for index, stage in enumerate(journey.framework):
        fields = [
            _reached(journey, segment, index, people[index]),
            _rate(journey, segment, index, rates[index]),
        ]
        if enter_later:
            path, label = f"segments[{segment}].entrants.{stage.key}", f"Enter here: {stage.name}"
            fields.append(field_at(path, PEOPLE, label, entrants[index], "entrants"))
        numbers, path = typed.get(stage.key), f"stages.{stage.key}"
        fields += [column.field(numbers, path, stage.name) for column in (UNIT_COST, DELAY)]
        note = "(reconstructed)" if stage.reconstructed else ""
        rows.append(Row(stage.key, stage.name, tuple(fields), note))
    currency = journey.currency.strip()
    is_short = 0 < len(currency) <= LONGEST_CURRENCY
    headings = (
        ("stage", "Stage"),
        ("reached", "Reached"),
        ("rate", "Step rate"),
        *([("entrants", "Enter here")] if enter_later else []),
        replace(UNIT_COST, unit=currency if is_short else "").heading,
        DELAY.heading,
    )
    return Table("stages", tuple(rows), headings)


def _reached(journey: Journey, segment: int | None, index: int, people: float | None) -> Field:
    """Make the field of the people at a stage: of a plan, they set the rate of the step to it."""
    stage, edit = journey.framework.stages[index], None
    label = f"Reached: {stage.name}"
    if segment is not None:
        numbers = journey.segments[segment]
        for table, values in (("counts", numbers.counts), ("entrants", numbers.entrants)):
            if values is not None and (table == "counts" or index == 0):
                path = f"segments[{segment}].{table}.{stage.key}"
                return field_at(path, PEOPLE, label, values[index], "reached")
        derived = partial(with_people_in_plan, segment=segment, stage=stage.key)
        edit = Put(f"segments[{segment}].rates.{stage.key}", PEOPLE, derived)
    return Field("reached", label, "" if people is None else people_text(people), edit=edit)


def _rate(journey: Journey, segment: int | None, index: int, rate: float | None) -> Field:
    """Make the field of the rate of a step: of counts, it sets the people at its end."""
    stage, edit = journey.framework.stages[index], None
    label = f"Step rate: {stage.name}"
    if segment is not None and index > 0:
        rates = journey.segments[segment].rates
        if rates is not None:
            path = f"segments[{segment}].rates.{stage.key}"
            return field_at(path, SHARE, label, rates[index], "rate")
        derived = partial(with_share_counted, segment=segment, stage=stage.key)
        edit = Put(f"segments[{segment}].counts.{stage.key}", SHARE, derived)
    return Field("rate", label, "" if rate is None else share_text(rate), edit=edit)


def with_share_counted(
    journey: Journey, share: float | None, *, segment: int, stage: str
) -> Journey:
    """Set the people counted at a stage to a share of those at the stage it follows.

    Parameters
    ----------
    journey : Journey
    share : float or None
        0 to 1; None where the people are not known.
    segment : int
        Index of a counted segment.
    stage : str
        Key of the stage.

    Returns
    -------
    Journey

    Raises
    ------
    ValueError
        If it is not a share, or the people at the stage before are not known.
    """
    path, previous = f"segments[{segment}].counts.{stage}", _previous(journey, stage)
    before = journey.get(f"segments[{segment}].counts.{previous.key}")
    if share is None:
        return journey.put(path, None)
    if not 0 <= share <= 1:
        rule, fix = "must be between 0 and 1", "write a share, such as 25% or 0.25"
        raise InputError(journey.name, [Fault(path, share, rule, fix)])
    if before is None:
        raise ValueError(f"{previous.name} is not known: type how many reach it first")
    return journey.put(path, float(round(share * before)))


def with_people_in_plan(
    journey: Journey, people: float | None, *, segment: int, stage: str
) -> Journey:
    """Find the rate at which so many people reach a stage of a plan.

    Parameters
    ----------
    journey : Journey
    people : float or None
        None where the rate is not known.
    segment : int
        Index of a planned segment.
    stage : str
        Key of the stage.

    Returns
    -------
    Journey

    Raises
    ------
    ValueError
        If no rate leads so many people there.

    Notes
    -----
    The rate is what the people at the stage before do not yet explain, as a share of them. Ways
    back make that too much: the people at a stage are linear in the rate of the step to it, so
    the next try is exact; with referrals it comes close in a few.
    """
    path = f"segments[{segment}].rates.{stage}"
    if people is None:
        return journey.put(path, None)
    if not 0 <= people < math.inf:
        rule = "must be a number of people, 0 or more"
        raise InputError(journey.name, [Fault(path, people, rule, "correct it")])
    framework, previous = journey.framework, _previous(journey, stage)
    here, there = framework.index(stage), framework.index(previous.key)

    def people_at(rate: float) -> list[float | None]:
        flow = journey.put(path, rate).flow()
        return flow.only(journey.segments[segment].name).numbers("people")

    without = people_at(0.0)
    least, before = without[here], without[there]
    if least is None or not before:
        raise ValueError(f"nobody is known to reach {previous.name}: type that first")
    if not least <= people <= least + before:
        few = people < least
        bound = f"at least {least:,.12g}" if few else f"at most {least + before:,.12g}"
        name = framework[stage].name
        raise ValueError(f"{bound} can reach {name}: change {previous.name} first")
    rate = (people - least) / before
    for _ in range(REFINEMENTS if journey.transitions or journey.referrals else 0):
        found = people_at(rate)[here]
        if found is None or found <= least:
            break
        rate *= (people - least) / (found - least)
    return journey.put(path, rate)


def _previous(journey: Journey, stage: str) -> Stage:
    """Give the stage that a stage follows."""
    framework = journey.framework
    return framework.stages[framework.parents[framework.index(stage)] or 0]


def mode_field(session: Session, segment: int) -> Field:
    """Make the choice whether a segment's people are counted or planned by rates.

    Parameters
    ----------
    session : Session
    segment : int
        Index of the segment.

    Returns
    -------
    Field
    """

    def turn(mode: str) -> None:
        session.change(partial(in_mode, mode=mode, segment=segment))

    mode = COUNTED if session.journey.segments[segment].observed else PLANNED
    return Field("mode", "Numbers", mode, "tabs", choices=MODES, edit=Act(turn))


def in_mode(journey: Journey, mode: str, *, segment: int) -> Journey:
    """Turn a segment's counts into a plan, or a plan into whole people.

    Parameters
    ----------
    journey : Journey
    mode : {"counted", "planned"}
    segment : int
        Index of the segment.

    Returns
    -------
    Journey

    Raises
    ------
    InputError
        If no rates explain the counts.
    """
    now = journey.segments[segment]
    if mode == PLANNED:
        segments = list(journey.segments)
        segments[segment] = journey.planned().segments[segment]
        return journey.with_terms(segments=segments)
    if now.observed:
        return journey
    people = journey.flow().only(now.name).numbers("people")
    counts = [None if number is None else float(round(number)) for number in people]
    return journey.with_segment(now.name, counts=counts)


def findings_part(flow: Flow) -> Part:
    """Show what a reader must know before believing the numbers.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    Part
    """
    notes = [f"{flow.framework[flag.stage].name}: {flag.message}" for flag in flow.flags]
    return Part("findings", "Findings" if notes else "", notes=tuple(dict.fromkeys(notes)))
