"""The stages as fields: people and rates, costs and delays."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cvjkit.errors import Fault, InputError
from cvjkit.model.parts import StageNumbers
from cvjkit.number_text import count_text, most_decimals, people_text, rate_text, share_text
from cvjkit.widgets.builders import columns, field_at
from cvjkit.widgets.codec import PEOPLE
from cvjkit.widgets.fields import Field, Part, Put, Row, Table
from cvjkit.widgets.panels.explained import explaining
from cvjkit.widgets.rate_codec import RateCodec

if TYPE_CHECKING:
    from cvjkit.catalog.stage import Stage
    from cvjkit.journey import Journey
    from cvjkit.model.flow import Flow

UNIT_COST, DELAY = columns(StageNumbers, "unit_cost", "delay_days")
RATE = RateCodec()
RATE_OF_ONE = RateCodec(
    refusal="a range or cases are about all segments together: choose All and type them there"
)
COUNTED_RATE = RateCodec(
    refusal="the people counted say how sure this rate is: type a share, or this as a what-if"
)
OVERRULED = "A50"
LONGEST_CURRENCY = 5


def stage_table(journey: Journey, shown: Flow, segment: int | None) -> Table:
    """Make the table of the stages.

    Parameters
    ----------
    journey : Journey
    shown : Flow
        Of one segment or of all.
    segment : int or None
        Index of the segment; None for all of them together.

    Returns
    -------
    Table
        A row a stage.
    """
    people, rates = shown.numbers("people"), shown.numbers("step_rate")
    typed = {row.stage: row for row in journey.stages}
    entrants = () if segment is None else journey.segments[segment].entrants or ()
    enter_later = any(entrants[1:])
    several = len(journey.segments) > 1
    name = journey.segments[segment].name if several and segment is not None else None
    rows = []
    alone = [_rate(journey, segment, *at, None) for at in enumerate(rates)]
    decimals = most_decimals(field.text for field in alone)
    for index, stage in enumerate(journey.framework):
        path = f"stages.{stage.key}"
        reached = _reached(journey, segment, index, people[index])
        rate = _rate(journey, segment, index, rates[index], decimals)
        fields = [
            replace(
                reached,
                message=_overruled(shown, stage.key),
                explain=explaining(journey, f"{path}.people", name),
            ),
            replace(rate, explain=explaining(journey, f"{path}.rate", name)),
        ]
        if enter_later:
            entering = f"segments[{segment}].entrants.{stage.key}"
            label = f"Enter here: {stage.name}"
            fields.append(field_at(entering, PEOPLE, label, entrants[index], "entrants"))
        numbers = typed.get(stage.key)
        fields += [
            column.field(numbers, path, stage.name, journey.currency)
            for column in (UNIT_COST, DELAY)
        ]
        rows.append(Row(stage.key, stage.name, tuple(fields)))
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
    stage = journey.framework.stages[index]
    label = f"Reached: {stage.name}"
    if segment is None:
        edit = Put(f"stages.{stage.key}.people", PEOPLE, sets=f"stages.{stage.key}.rate")
    else:
        counts = journey.segments[segment].counts
        if counts is not None:
            path = f"segments[{segment}].counts.{stage.key}"
            return field_at(path, PEOPLE, label, counts[index], "reached")
        path = f"segments[{segment}].people.{stage.key}"
        edit = Put(path, PEOPLE, sets=f"segments[{segment}].rates.{stage.key}")
    return Field("reached", label, "" if people is None else people_text(people), edit=edit)


def _rate(
    journey: Journey, segment: int | None, index: int, rate: float | None, decimals: int | None
) -> Field:
    """Make the field of the rate of a step: of counts, it sets the people at its end."""
    stage, edit = journey.framework.stages[index], None
    label = f"Step rate: {stage.name}"
    text = "" if rate is None else share_text(rate, decimals)
    is_plan = not any(one.observed for one in journey.segments)
    if index > 0 and segment is None:
        path = f"stages.{stage.key}.rate"
        if is_plan:
            return _rate_field(journey, stage, path, journey.get(path), decimals)
        edit = Put(path, COUNTED_RATE)
    elif index > 0 and segment is not None:
        rates = journey.segments[segment].rates
        if rates is not None:
            path = f"segments[{segment}].rates.{stage.key}"
            if len(journey.segments) == 1:
                return _rate_field(journey, stage, path, rates[index], decimals)
            edit, text = Put(path, RATE_OF_ONE), rate_text(rates[index], decimals)
        else:
            derived = partial(_with_share_counted, segment=segment, stage=stage.key)
            edit = Put(f"segments[{segment}].counts.{stage.key}", COUNTED_RATE, derived)
    return Field("rate", label, text, edit=edit)


def _with_share_counted(
    journey: Journey, share: float | None, *, segment: int, stage: str
) -> Journey:
    """Set the people counted at a stage to a share of those at the stage it follows."""
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


def _previous(journey: Journey, stage: str) -> Stage:
    """Give the stage that a stage follows."""
    framework = journey.framework
    return framework.stages[framework.parents[framework.index(stage)] or 0]


def _rate_field(
    journey: Journey, stage: Stage, path: str, rate: float | None, decimals: int | None
) -> Field:
    """Make the field of a rate that is typed, and with it how sure it is."""
    also = (f"stages.{stage.key}.rate_range", f"stages.{stage.key}.rate_cases")
    told = tuple(map(journey.get, also))
    text = RATE.write((rate, *told)) if any(told) else rate_text(rate, decimals)
    return Field("rate", f"Step rate: {stage.name}", text, edit=Put(path, RATE, also=also))


def _overruled(flow: Flow, stage: str) -> str:
    """Say that ways that were typed overrule the people counted at a stage, if so."""
    said = [flag.message for flag in flow.flags if flag.id == OVERRULED and flag.stage == stage]
    if len(said) < 2:
        return "".join(said)
    others = count_text(len(said) - 1, "more segment")
    return f"{said[0]} It is so in {others}."


def findings_part(flow: Flow) -> Part:
    """Show what a reader must know before believing the numbers.

    That a count is overruled is said in the table of the stages, at the count.

    Parameters
    ----------
    flow : Flow

    Returns
    -------
    Part
    """
    notes = [
        f"{flow.framework[flag.stage].name}: {flag.message}"
        for flag in flow.flags
        if flag.id != OVERRULED
    ]
    return Part("findings", "Findings" if notes else "", notes=tuple(dict.fromkeys(notes)))
