"""Whether a design holds together: all that is wrong with it, found in one go.

Each part is first checked by itself (`cvjkit.model.parts`), so that a fault in one hides none in
another; what has passed is then checked against the framework and against the other parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from cvjkit.catalog.framework import Framework, framework, milestones, published_frameworks
from cvjkit.errors import Fault, InputError, faults_of, unknown_name
from cvjkit.model.economics import BOUGHT_AGAIN
from cvjkit.model.flow import kind_of, unknown_stages
from cvjkit.model.parts import Offer, Referral, Segment, StageNumbers, Transition

PARTS: Mapping[str, type[BaseModel]] = {
    "segments": Segment,
    "stages": StageNumbers,
    "offers": Offer,
    "transitions": Transition,
    "referrals": Referral,
}
SUM_TOLERANCE = 1e-9

Parts = dict[str, list[Any]]


def checked_parts(
    stages: object, fields: Mapping[str, Any]
) -> tuple[Framework | None, Parts, list[Fault]]:
    """Check a design's framework and parts.

    Parameters
    ----------
    stages : str, Framework or mapping
        A framework's key, the framework itself or its document.
    fields : mapping
        For each name in `PARTS` a list of parts, or of mappings of their fields; others are
        left alone.

    Returns
    -------
    tuple
        The framework (None if it has faults), the parts without faults by name, the faults.
    """
    faults: list[Fault] = []
    chosen: Framework | None = None
    try:
        chosen = framework_of(stages)
    except InputError as error:
        faults += error.faults
    parts = {part: _parsed(part, fields.get(part, ()), chosen, faults) for part in PARTS}
    rows = fields.get("segments", ())
    if isinstance(rows, Sequence):
        faults += _repeated("segments", [_title(row, at) for at, row in enumerate(rows)])
    if chosen is not None:
        faults += _faults_between(chosen, fields, parts)
    if chosen is not None and not faults:
        parts |= _tidied(chosen, parts)
    return chosen, parts, faults


def _tidied(stages: Framework, parts: Parts) -> Parts:
    """Leave out what says nothing and order what has an order, so that equal designs are equal."""
    numbers = [each for each in parts["stages"] if each != StageNumbers(stage=each.stage)]
    return {
        "stages": sorted(numbers, key=lambda each: stages.index(each.stage)),
        "transitions": [way for way in parts["transitions"] if way.rate > 0],
        "referrals": [each for each in parts["referrals"] if each.per_person > 0],
    }


def framework_of(value: object) -> Framework:
    """Find the framework meant by a key, a framework or a framework's document.

    Parameters
    ----------
    value : str, Framework or mapping

    Returns
    -------
    Framework

    Raises
    ------
    InputError
        With faults at the path ``framework``.
    """
    if isinstance(value, Framework):
        return value
    try:
        if isinstance(value, Mapping):
            return Framework.from_document(value)
        return framework(value)  # type: ignore[arg-type]  # anything but a key is refused there
    except InputError as error:
        faults = [
            replace(fault, field=f"framework.{fault.field}")
            if isinstance(value, Mapping)
            else replace(fault, field="framework")
            for fault in error.faults
        ]
        raise InputError(error.subject, faults) from None


def _parsed(
    part: str,
    rows: object,
    stages: Framework | None,
    faults: list[Fault],
) -> list[BaseModel]:
    """Check the rows of one part one by one, so that a fault in one hides none in another."""
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        faults.append(Fault(part, rows, "must be a list", f"write it as [[{part}]]"))
        return []
    model, parsed = PARTS[part], []
    for number, row in enumerate(rows):
        if isinstance(row, model):
            parsed.append(row)
            continue
        field = f"{part}[{_title(row, number)}]"
        if not isinstance(row, Mapping):
            faults.append(Fault(field, row, "must be a table", "give it named fields"))
            continue
        found = len(faults)
        names: dict[tuple[object, ...], str] = {}
        is_segment = model is Segment
        aligned = _aligned(row, field, stages, names, faults) if is_segment else {}
        try:
            valid = model.model_validate({**row, **aligned})
        except ValidationError as error:
            for fault in faults_of(error, names):
                whole = fault.field == "value"
                place = field if whole else f"{field}.{fault.field}"
                value = _title(row, number) if whole else fault.value
                faults.append(Fault(place, value, fault.rule, fault.fix))
        else:
            if len(faults) == found:
                parsed.append(valid)
    return parsed


def _title(row: object, number: int) -> str:
    """Name a row in messages."""
    if isinstance(row, BaseModel):
        row = dict(row)
    if not isinstance(row, Mapping):
        return str(number + 1)
    if "source" in row and "target" in row:
        return f"{row['source']} to {row['target']}"
    return str(row.get("name") or row.get("stage") or number + 1)


def _aligned(
    row: Mapping[str, Any],
    field: str,
    stages: Framework | None,
    names: dict[tuple[object, ...], str],
    faults: list[Fault],
) -> dict[str, Any]:
    """Bring a segment's tables into the order of the framework's stages."""
    aligned: dict[str, Any] = {}
    for table in ("counts", "entrants", "rates"):
        values = row.get(table)
        if values is None:
            continue
        if isinstance(labels := getattr(values, "index", None), Iterable):
            # A row of a pandas table is read by its labels if these are names.
            named = all(isinstance(label, str) for label in labels)
            values = dict(values.items()) if named else values.tolist()
        elif hasattr(values, "tolist"):
            values = values.tolist()
        keys = stages.keys if stages is not None else ()
        if isinstance(values, Mapping):
            allowed = keys[1:] if table == "rates" else keys
            unknown = [key for key in values if key not in allowed] if keys else []
            faults += [unknown_name(f"{field}.{table}", key, allowed) for key in unknown]
            keys = keys or tuple(values)
            missing = 0.0 if table == "entrants" else None
            values = [values.get(key, missing if place else None) for place, key in enumerate(keys)]
        elif table == "entrants" and not isinstance(values, Sequence):
            values = [values, *[0.0] * (len(keys) - 1)]
        elif isinstance(values, Sequence) and not isinstance(values, str) and keys:
            if table == "rates" and len(values) == len(keys) - 1:
                values = [None, *values]
            if len(values) != len(keys):
                expected = keys[1:] if table == "rates" else keys
                rule = f"must have {len(expected)} numbers, it has {len(values)}"
                fix = f"give one for each of {', '.join(expected)}"
                faults.append(Fault(f"{field}.{table}", list(values), rule, fix))
                values = [None] * len(keys)
        aligned[table] = values
        names.update({(table, place): key for place, key in enumerate(keys)})
    return aligned


def _faults_between(
    stages: Framework,
    fields: Mapping[str, Any],
    parts: Mapping[str, Sequence[Any]],
) -> list[Fault]:
    """Find what is wrong between the parts of a design and its framework."""
    keys, anchors = stages.keys, [milestone.key for milestone in milestones()]
    segments, ways = parts["segments"], parts["transitions"]
    names = [segment.name for segment in segments]
    faults = [
        *_repeated("stages", [numbers.stage for numbers in parts["stages"]]),
        *_repeated("offers", [offer.stage for offer in parts["offers"]]),
        *_repeated("transitions", [_title(way, 0) for way in ways]),
    ]
    for part, column, allowed in (
        ("stages", "stage", keys),
        ("offers", "stage", (*keys, *(key for key in anchors if key not in keys))),
        *(
            (part, end, keys)
            for part in ("transitions", "referrals")
            for end in ("source", "target")
        ),
        ("referrals", "segment", [*names, None]),
    ):
        faults += [
            unknown_name(
                f"{part}[{_title(row, 0)}].{column}", getattr(row, column), filter(None, allowed)
            )
            for row in parts[part]
            if getattr(row, column) not in allowed
        ]
    view = fields.get("view")
    views = list(dict.fromkeys([*(each.key for each in published_frameworks()), stages.key]))
    if view is not None and view not in views:
        faults.append(unknown_name("view", view, views))
    faults += [fault for segment in segments for fault in _length_faults(stages, segment)]
    also_known = fields.get("also_known")
    also_known = also_known if isinstance(also_known, Mapping) else {}
    faults += [
        unknown_name(f"also_known.{key}", key, anchors) for key in also_known if key not in anchors
    ]
    if faults:
        return faults
    faults += [*_forward_faults(stages, ways), *_money_faults(stages, fields, parts)]
    faults += _known_twice_faults(stages, segments, also_known)
    for segment in segments:
        faults += _unknown_end_faults(stages, segment, [*ways, *parts["referrals"]])
        faults += _sum_faults(stages, segment, ways)
    return faults


def _repeated(part: str, names: Sequence[str]) -> list[Fault]:
    return [
        Fault(part, name, "stands there more than once", "keep one, or give the other another name")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]


def _length_faults(stages: Framework, segment: Segment) -> Iterator[Fault]:
    field = f"segments[{segment.name}]"
    for table in ("counts", "entrants", "rates"):
        numbers = getattr(segment, table)
        if numbers is not None and len(numbers) != len(stages):
            rule = f"must have {len(stages)} numbers, it has {len(numbers)}"
            fix = f"give one for each stage of {stages.key}"
            yield Fault(f"{field}.{table}", list(numbers), rule, fix)
    for key, people in list(zip(stages.keys, segment.entrants or (), strict=False))[1:]:
        if people is None:
            rule, fix = "must be a number", "write 0 where nobody enters"
            yield Fault(f"{field}.entrants[{key}]", people, rule, fix)
    if segment.rates and segment.rates[0] is not None:
        rate = f"{field}.rates[{stages.keys[0]}]"
        yield Fault(rate, segment.rates[0], "has no stage before it", "leave it out")


def _forward_faults(stages: Framework, ways: Sequence[Transition]) -> Iterator[Fault]:
    for way in ways:
        if kind_of(stages, stages.index(way.source), stages.index(way.target)) == "forward":
            rule = "is the step itself, not a skip, a way back or a repeat"
            fix = f"write it as the rate of {way.target} in the segments"
            yield Fault(f"transitions[{_title(way, 0)}]", way.rate, rule, fix)


def _unknown_end_faults(
    stages: Framework, segment: Segment, ways: Sequence[Transition | Referral]
) -> Iterator[Fault]:
    unknown = unknown_stages(stages, segment)
    for way in ways:
        for key in sorted({way.source, way.target} & unknown):
            part = "transitions" if isinstance(way, Transition) else "referrals"
            rule = f"needs the number of people at {key}"
            fix = f"type {key} in segment {segment.name}, or remove this"
            yield Fault(part, _title(way, 0), rule, fix)


def _known_twice_faults(
    stages: Framework, segments: Sequence[Segment], also_known: Mapping[str, Any]
) -> Iterator[Fault]:
    unknown = {key for segment in segments for key in unknown_stages(stages, segment)}
    for stage in stages:
        anchor = stage.milestone
        if anchor and anchor in also_known and stage.key not in unknown:
            rule = f"is counted already, at {stage.name}"
            yield Fault(f"also_known.{anchor}", also_known[anchor], rule, "keep one of the two")


def _sum_faults(stages: Framework, segment: Segment, ways: Sequence[Transition]) -> Iterator[Fault]:
    leaving = dict.fromkeys(stages.keys, 0.0)
    for way in ways:
        leaving[way.source] += way.rate
    for rate, parent in zip(segment.rates or (), stages.parents, strict=False):
        if rate is not None and parent is not None:
            leaving[stages.keys[parent]] += rate
    for key, total in leaving.items():
        if total > 1 + SUM_TOLERANCE:
            rule = f"is the sum of the rates that leave {key}, and must not exceed 1"
            fix = "lower a rate or a transition"
            yield Fault(f"segments[{segment.name}].rates", round(total, 9), rule, fix)


def _money_faults(
    stages: Framework, fields: Mapping[str, Any], parts: Mapping[str, Sequence[Any]]
) -> Iterator[Fault]:
    anchored = {stage.key: stage.anchor for stage in stages}
    margins = {anchored[row.stage] for row in parts["stages"] if row.margin is not None}
    at = [anchored.get(offer.stage, offer.stage) for offer in parts["offers"]]
    for anchor, offer in zip(at, parts["offers"], strict=True):
        if offer.margin is not None and anchor in margins:
            fix = "keep one of the two"
            yield Fault(
                f"offers[{offer.name}].margin", offer.margin, "is typed at the stage too", fix
            )
        if at.count(anchor) > 1:
            fix = "keep one offer there"
            yield Fault(f"offers[{offer.name}].stage", offer.stage, "has another offer", fix)
    loops = {
        anchored[way.source]: way.rate for way in parts["transitions"] if way.source == way.target
    }
    for anchor, offer in zip(at, parts["offers"], strict=True):
        if offer.repeat_rate is not None and anchor in loops:
            rule = f"and the repeat transition {loops[anchor]} say the same thing twice"
            yield Fault(
                f"offers[{offer.name}].repeat_rate", offer.repeat_rate, rule, "keep one of the two"
            )
    second = fields.get("second_purchase_rate")
    if second is not None and BOUGHT_AGAIN in anchored.values():
        rule = "follows from the people at the stage where they buy again"
        yield Fault("second_purchase_rate", second, rule, "leave it out")
