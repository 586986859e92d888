"""Explain a number of a stage: its people, its rate, or what a person there has cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cvjkit.decisions.bases import started
from cvjkit.decisions.explain import Explanation, Input, typed_text
from cvjkit.decisions.traced import traced
from cvjkit.errors import InputError, unknown_name
from cvjkit.model.changes import value_at
from cvjkit.model.figures import UndefinedError
from cvjkit.number_text import DASH, money_text, rate_text, share_text, write_number
from cvjkit.paths import Title, path_of
from cvjkit.shown import text_of

if TYPE_CHECKING:
    from cvjkit.decisions.explain import Origin
    from cvjkit.decisions.traced import Traced
    from cvjkit.model.design import Design
    from cvjkit.model.parts import Segment
    from cvjkit.shown import Unit

STAGES = "stages"
COUNTED = "counted"
RATES_AND_ENTRANTS: tuple[tuple[str, str, Unit], ...] = (
    ("rates", "Rate of {}", "share"),
    ("entrants", "People entering from {}", "people"),
)


class _Number(NamedTuple):
    title: str
    meaning: str
    formula: str
    work: Callable[[Traced, int], float]


def explain_stage(design: Design, path: str, segment: str | None = None) -> Explanation:
    """Explain a number of a stage.

    Parameters
    ----------
    design : Design
    path : str
        "stages.conversion.people", "stages.conversion.rate" or "stages.conversion.cost_per_person".
    segment : str, optional
        Only this segment's people.

    Returns
    -------
    Explanation

    Raises
    ------
    InputError
        If there is no such stage, number or segment.

    Examples
    --------
    >>> from cvjkit.model.design import Design
    >>> shop = Design.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> print(explain_stage(shop, "stages.conversion.rate"))
    Rate into Conversion: 5%. Share of the people at the stage before who reach this one. It is
    people here / people at the stage before.
      People at Conversion: 100, counted
      People at Acquisition: 2,000, counted
    """
    _, key, number = (*path.split("."), "", "")[:3]
    names, keys, faults = [one.name for one in design.segments], design.framework.keys, []
    if key not in keys:
        faults.append(unknown_name("stage", key, keys))
    if number not in NUMBERS:
        faults.append(unknown_name("number", number, NUMBERS))
    if segment is not None and segment not in names:
        faults.append(unknown_name("segment", segment, names))
    if faults:
        raise InputError(f"explanation of {design.name}", faults)
    entry, stage = NUMBERS[number], keys.index(key)
    own = [one for one in design.segments if segment in {None, one.name}]
    is_plan = not any(one.observed for one in own)
    if number == "rate" and is_plan and stage:
        entry = _planned_rate(design, path, own)
    trace = traced(design, segment)
    value, reason, inputs = None, "", tuple[Input, ...]()
    try:
        value, inputs = trace.reading(path, lambda: entry.work(trace, stage))
    except UndefinedError as error:
        reason = str(error)
    if number != "cost_per_person":
        counted = _counted_before(design)
        typed = [_typed(one, key, stage, counted) for one in own if not one.observed]
        inputs += tuple(one for one in typed if one is not None)
    texts = {
        "people": write_number(value, "people") or DASH,
        "rate": rate_text(value) if is_plan else share_text(value),
        "cost_per_person": money_text(value, design.currency),
    }
    name = design.framework.stages[stage].name
    return Explanation(
        figure=path,
        title=entry.title.format(name),
        meaning=entry.meaning,
        formula=COUNTED
        if number == "people" and all(one.observed for one in own)
        else entry.formula,
        value=value,
        text=texts[number],
        reason=reason,
        inputs=inputs,
    )


def _people(trace: Traced, stage: int) -> float:
    before = trace.flow.framework.parents[stage]
    planned = not all(one.observed for one in trace.own)
    if planned and before is not None and trace.flow.numbers("people")[before] is not None:
        trace._at("people", before)  # noqa: SLF001 - what a plan's people come from
    return trace._at("people", stage)  # noqa: SLF001


def _rate(trace: Traced, stage: int) -> float:
    before = trace.flow.framework.parents[stage]
    if before is None:
        raise UndefinedError("it is the first stage")
    people = trace._at("people", stage)  # noqa: SLF001
    seen = trace._at("people", before)  # noqa: SLF001
    rate = trace.flow.numbers("step_rate")[stage]
    if rate is None:
        raise UndefinedError(
            "nobody reaches the stage before"
            if not seen
            else f"{people:g} people are more than the {seen:g} before"
        )
    return rate


def _planned_rate(design: Design, path: str, own: Sequence[Segment]) -> _Number:
    """Say what the rate of a plan is: the share who take this step, whoever comes by other ways."""

    def work(trace: Traced, stage: int) -> float:
        if len(own) == 1:
            rate = (own[0].rates or ())[stage]
        else:
            before = trace.flow.framework.parents[stage]
            if before is not None and trace.flow.numbers("people")[before] is not None:
                trace._at("people", before)  # noqa: SLF001
            rate = value_at(design, path)
        if rate is None:
            raise UndefinedError("no rate is typed")
        return float(rate)

    return NUMBERS["rate"]._replace(
        meaning="Share of the people at the stage before who take this step.",
        formula="typed"
        if len(own) == 1
        else "rates of the segments, weighted by their people at the stage before",
        work=work,
    )


def _cost_per_person(trace: Traced, stage: int) -> float:
    return trace._cost_per_person(stage)  # noqa: SLF001


def _counted_before(design: Design) -> Mapping[str, Segment]:
    """Give the segments whose counts a what-if starts from, as the plan that they are for it."""
    root: Any = design
    while getattr(root, "base", None) is not None:
        root = root.base
    counted = {one.name for one in root.segments if one.observed}
    if root is design or not counted:
        return {}
    try:
        plan = started(root, design.framework)
    except InputError:
        return {}
    return {one.name: one for one in plan.segments if one.name in counted}


def _typed(segment: Segment, key: str, stage: int, counted: Mapping[str, Segment]) -> Input | None:
    """Give what the people of a plan at a stage come from: a rate, or those who enter.

    What a what-if leaves as it was counted is counted, and not typed.
    """
    before = counted.get(segment.name)
    for table, title, unit in RATES_AND_ENTRANTS:
        number = (getattr(segment, table) or ())[stage]
        if number is None or (table == "entrants" and not number):
            continue
        was = (getattr(before, table) or ())[stage] if before is not None else None
        path = path_of(("segments", Title(segment.name), table, key))
        origin: Origin = "counted" if was == number else "typed"
        write = typed_text if origin == "typed" else text_of
        return Input(path, title.format(segment.name), number, write(number, unit, ""), origin)
    return None


NUMBERS: Mapping[str, _Number] = {
    "people": _Number(
        "People at {}",
        "Unique people who reach the stage.",
        "those at the stage before x rate, and those who come by other ways",
        _people,
    ),
    "rate": _Number(
        "Rate into {}",
        "Share of the people at the stage before who reach this one.",
        "people here / people at the stage before",
        _rate,
    ),
    "cost_per_person": _Number(
        "Cost per person at {}",
        "What it costs in total to bring one person to this stage.",
        "(costs of this stage and all on the way to it + spend + fixed cost) / people here",
        _cost_per_person,
    ),
}
