"""The checks of a design: all its faults at once.

Each row is first checked by itself (`cvjkit.model.rows`), so that a fault in one hides none in
another; the rows that passed are then checked against the framework and one another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework, published_frameworks
from cvjkit.catalog.spine import milestones
from cvjkit.errors import MOST_FAULTS, Fault, InputError, is_one_of, unknown_name
from cvjkit.model.economics import BOUGHT_AGAIN
from cvjkit.model.origins import unknown_stages
from cvjkit.model.parts import Referral, Segment, StageNumbers, Transition
from cvjkit.model.rows import PARTS, TABLES, Row, read_rows, titles_of, too_long
from cvjkit.model.ways import kind_of
from cvjkit.number_text import count_text, share_text
from cvjkit.paths import below, path_of

SUM_TOLERANCE = 1e-9
MOST_NUMBERS = 1_500
"""Stages times segments: the memory of a flow grows with the square of this number."""

Rows = Mapping[str, Sequence[Row]]
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
        The fields of the design. Those of `PARTS` are checked: lists of rows, or of mappings of
        their fields.

    Returns
    -------
    tuple
        The framework (None if it has faults), the rows without faults by part, the faults.
    """
    if faults := too_long(fields):
        return None, {}, faults
    chosen: Framework | None = None
    try:
        chosen = framework_of(stages)
    except InputError as error:
        faults += error.faults
    rows: dict[str, list[Row]] = {}
    for part in PARTS:
        rows[part], found = read_rows(part, fields.get(part, ()), chosen)
        faults += found
    faults += _repeated("segments", _titles("segments", fields.get("segments")))
    if chosen is not None:
        faults += _faults_between(chosen, fields, rows)
    parts = {part: [row.value for row in rows[part]] for part in PARTS}
    if chosen is not None and not faults:
        parts |= _tidied(chosen, parts)
    return chosen, parts, faults


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
        With faults at ``framework``, or at paths below it.
    """
    if isinstance(value, Framework):
        return value
    try:
        if isinstance(value, Mapping):
            return Framework.from_document(value)
        return framework(value)  # type: ignore[arg-type]  # anything but a key is refused there
    except InputError as error:
        is_document = isinstance(value, Mapping)
        faults = [
            replace(fault, field=below("framework", fault.field) if is_document else "framework")
            for fault in error.faults
        ]
        raise InputError(error.subject, faults) from None


def _tidied(stages: Framework, parts: Parts) -> Parts:
    """Remove empty rows and sort the stages, so that equal designs compare equal."""
    numbers = [row for row in parts["stages"] if row != StageNumbers(stage=row.stage)]
    return {
        "stages": sorted(numbers, key=lambda row: stages.index(row.stage)),
        "transitions": [row for row in parts["transitions"] if row.rate > 0],
        "referrals": [row for row in parts["referrals"] if row.per_person > 0],
    }


def _titles(part: str, rows: object) -> list[str]:
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        return []
    return [title for row in rows for title in titles_of(part, row)[:1]]


def _repeated(part: str, titles: Sequence[str]) -> Iterator[Fault]:
    for title, times in Counter(titles).items():
        if times > 1:
            fix = "keep one, or give the other another name"
            yield Fault(part, title, "is listed more than once", fix)


def _faults_between(stages: Framework, fields: Mapping[str, Any], rows: Rows) -> list[Fault]:
    """Find what is wrong between the rows of a design, its terms and its framework."""
    segments = len(rows["segments"])
    if segments * len(stages) > MOST_NUMBERS:
        rule = f"at {len(stages)} stages are more than {MOST_NUMBERS:,} numbers"
        return [Fault("segments", segments, rule, "put some of them together")]
    faults = chain(
        _twice_faults(rows),
        _name_faults(stages, fields, rows),
        _length_faults(stages, rows["segments"]),
    )
    # More faults than are told need not be looked for.
    found = list(islice(faults, MOST_FAULTS + 1))
    if found:
        return found
    faults = chain(
        _step_faults(stages, rows["transitions"]),
        _order_faults(stages, fields, rows),
        _counted_already_faults(stages, fields, rows),
        _unknown_end_faults(stages, rows),
        _sum_faults(stages, rows),
    )
    return list(islice(faults, MOST_FAULTS + 1))


def _twice_faults(rows: Rows) -> Iterator[Fault]:
    for part in ("stages", "offers"):
        yield from _repeated(part, _titles(part, [row.value for row in rows[part]]))
    names = [row.value.name for row in rows["segments"]]
    for part in ("transitions", "referrals"):
        seen: set[tuple[str, ...]] = set()
        for path, way in rows[part]:
            pairs = {(way.source, way.target, *pair) for pair in _segments_of(way, names)}
            if pairs & seen:
                (title,) = titles_of(part, way)
                fix = "keep one, or give each a segment of its own"
                yield Fault(path, title, "is listed already for the same segment", fix)
            seen |= pairs


def _segments_of(way: Transition | Referral, names: Sequence[str]) -> list[tuple[str, str]]:
    """Find the segments a way leads from and into."""
    if isinstance(way, Transition):
        return [(name, name) for name in ([way.segment] if way.segment else names)]
    by = [way.source_segment] if way.source_segment else names
    return [(name, way.segment or name) for name in by]


def _name_faults(stages: Framework, fields: Mapping[str, Any], rows: Rows) -> Iterator[Fault]:
    """Find unknown names of stages, milestones, segments and frameworks."""
    keys = list(stages.keys)
    anchors = [milestone.key for milestone in milestones()]
    segments = [row.value.name for row in rows["segments"]]
    named = [("stages", "stage", keys), ("offers", "stage", list(dict.fromkeys([*keys, *anchors])))]
    named += [
        (part, end, keys) for part in ("transitions", "referrals") for end in ("source", "target")
    ]
    named += [(part, "segment", segments) for part in ("transitions", "referrals")]
    named += [("referrals", "source_segment", segments)]
    for part, column, allowed in named:
        for row in rows[part]:
            name = getattr(row.value, column)
            if name is not None and name not in allowed:
                yield unknown_name(f"{row.path}.{column}", name, allowed)
    views = list(dict.fromkeys([*(one.key for one in published_frameworks()), stages.key]))
    if fields.get("view") is not None and not is_one_of(fields["view"], views):
        yield unknown_name("view", fields["view"], views)
    for milestone in _also_known(fields):
        if milestone not in anchors:
            yield unknown_name(path_of(("also_known", str(milestone))), milestone, anchors)


def _also_known(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    also_known = fields.get("also_known")
    return also_known if isinstance(also_known, Mapping) else {}


def _length_faults(stages: Framework, segments: Sequence[Row]) -> Iterator[Fault]:
    for path, segment in segments:
        for table in TABLES:
            numbers = getattr(segment, table)
            if numbers is not None and len(numbers) != len(stages):
                rule = f"must have {count_text(len(stages), 'number')}, it has {len(numbers)}"
                fix = f"give one for each stage of {stages.key}"
                yield Fault(f"{path}.{table}", list(numbers), rule, fix)
        for key, people in list(zip(stages.keys, segment.entrants or (), strict=False))[1:]:
            if people is None:
                rule, fix = "must be a number", "write 0 where nobody enters"
                yield Fault(f"{path}.entrants.{key}", people, rule, fix)
        if segment.rates and segment.rates[0] is not None:
            rate = f"{path}.rates.{stages.keys[0]}"
            yield Fault(rate, segment.rates[0], "has no stage before it", "leave it out")


def _step_faults(stages: Framework, transitions: Sequence[Row]) -> Iterator[Fault]:
    for path, way in transitions:
        if kind_of(stages, stages.index(way.source), stages.index(way.target)) == "forward":
            rule = "is the step itself, not a skip, a way back or a repeat"
            fix = f"write it as the rate of {way.target} in the segments"
            yield Fault(f"{path}.rate", way.rate, rule, fix)


def _order_faults(stages: Framework, fields: Mapping[str, Any], rows: Rows) -> Iterator[Fault]:
    """Find contradictory or double entries about the orders at a stage."""
    anchors = [stages.anchor(row.value.stage) for row in rows["offers"]]
    margins = {
        stages.anchor(row.value.stage) for row in rows["stages"] if row.value.margin is not None
    }
    repeats = {
        stages.anchor(row.value.source): row.value.rate
        for row in rows["transitions"]
        if row.value.source == row.value.target
    }
    for anchor, (path, offer) in zip(anchors, rows["offers"], strict=True):
        if offer.margin is not None and anchor in margins:
            rule, fix = "is typed at the stage too", "keep one of the two"
            yield Fault(f"{path}.margin", offer.margin, rule, fix)
        if offer.margin is not None and offer.price is not None and offer.margin > offer.price:
            rule = f"exceeds the price {offer.price:g}"
            fix = "a margin is what the order leaves of its price: lower it, or raise the price"
            yield Fault(f"{path}.margin", offer.margin, rule, fix)
        if anchors.count(anchor) > 1:
            yield Fault(f"{path}.stage", offer.stage, "has another offer", "keep one offer there")
        if anchor == BOUGHT_AGAIN and offer.repeat_rate is not None and anchor in repeats:
            rule = f"and the repeat transition {repeats[anchor]} say the same thing twice"
            yield Fault(f"{path}.repeat_rate", offer.repeat_rate, rule, "keep one of the two")
    second = fields.get("second_purchase_rate")
    if second is not None and any(stage.anchor == BOUGHT_AGAIN for stage in stages):
        rule = "follows from the people at the stage where they buy again"
        yield Fault("second_purchase_rate", second, rule, "leave it out")


def _counted_already_faults(
    stages: Framework, fields: Mapping[str, Any], rows: Rows
) -> Iterator[Fault]:
    segments = [row.value for row in rows["segments"]]
    unknown = {key for segment in segments for key in unknown_stages(stages, segment)}
    also_known = _also_known(fields)
    for stage in stages:
        if stage.anchor in also_known and stage.key not in unknown:
            rule, people = f"is counted already, at {stage.name}", also_known[stage.anchor]
            yield Fault(f"also_known.{stage.anchor}", people, rule, "keep one of the two")


def _unknown_end_faults(stages: Framework, rows: Rows) -> Iterator[Fault]:
    """Find transitions and referrals from or to stages whose people are not known."""
    segments = [row.value for row in rows["segments"]]
    unknown = {segment.name: unknown_stages(stages, segment) for segment in segments}
    for part, column in (("transitions", "rate"), ("referrals", "per_person")):
        for path, way in rows[part]:
            ends = {
                end
                for pair in _segments_of(way, [*unknown])
                for end in zip(pair, (way.source, way.target), strict=True)
            }
            for name, key in sorted(ends):
                if key in unknown[name]:
                    rule = f"needs the number of people at {key}"
                    fix = f"type {key} in segment {name}, or remove this"
                    yield Fault(f"{path}.{column}", getattr(way, column), rule, fix)


def _sum_faults(stages: Framework, rows: Rows) -> Iterator[Fault]:
    for path, segment in rows["segments"]:
        for key, total in _leaving(stages, segment, rows["transitions"]).items():
            if total > 1 + SUM_TOLERANCE:
                rule = f"is the sum of the rates that leave {key}, and must not exceed 1"
                fix = _overlap(stages, segment, key, total) or "lower a rate or a transition"
                yield Fault(f"{path}.rates", round(total, 9), rule, fix)


def _overlap(stages: Framework, segment: Segment, key: str, total: float) -> str:
    """Say how people are typed who take both branches after a stage; empty if none is at fault."""
    branches = {
        stage.key: rate
        for stage, rate, parent in zip(stages, segment.rates or (), stages.parents, strict=False)
        if rate and parent is not None and stages.keys[parent] == key
    }
    if len(branches) != 2 or abs(sum(branches.values()) - total) > SUM_TOLERANCE:
        return ""
    (first, taken), (other, _) = branches.items()
    if max(branches.values()) > 1:
        return ""
    return (
        f"for the people who go to both {first} and {other}, of whom there are at least "
        f"{share_text(total - 1)}, set rates.{other} to {1 - taken:.9g} and add a "
        f"transition from {first} to {other} with rate {(total - 1) / taken:.9g}"
    )


def _leaving(stages: Framework, segment: Segment, transitions: Sequence[Row]) -> dict[str, float]:
    """Sum the rates that leave each stage."""
    leaving = dict.fromkeys(stages.keys, 0.0)
    for _, way in transitions:
        if way.segment in {None, segment.name}:
            leaving[way.source] += way.rate
    for rate, parent in zip(segment.rates or (), stages.parents, strict=False):
        if rate is not None and parent is not None:
            leaving[stages.keys[parent]] += rate
    return leaving
