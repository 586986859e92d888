"""Explain a figure of the economics, or a number of a stage: people, rate, cost of a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cvjkit.decisions.bases import started
from cvjkit.decisions.explain import Explanation, Input, exact_text, typed_text
from cvjkit.decisions.traced import traced
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.changes import value_at
from cvjkit.model.economics import FIGURES, figure_of
from cvjkit.model.figures import UndefinedError
from cvjkit.number_text import DASH, count_text, money_text, rate_text, share_text, write_number
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


def explain(design: Design, figure: str, segment: str | None = None) -> Explanation:
    """Explain a figure: its formula, the numbers put in, and where each comes from.

    Parameters
    ----------
    design : Design
    figure : str
        Key of a figure of `economics`, such as "cac"; or a number of a stage,
        "stages.conversion.people", "stages.conversion.rate" or
        "stages.conversion.cost_per_person".
    segment : str, optional
        Only this segment's people.

    Returns
    -------
    Explanation
        `formula`, `put_in` (the formula with numbers), `inputs` (each typed, counted, derived
        or estimated, with its path), `parts` (the figures among them, explained in turn). Its
        repr is words.

    Raises
    ------
    InputError
        If there is no such figure, stage, number or segment.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> shop.with_stage("conversion", unit_cost=25).explain("cac").put_in
    '2,500.00 / 100'
    >>> shop.explain("stages.conversion.rate")
    Rate into Conversion: 5%. Share of the people at the stage before who reach this one. It is
    people here / people at the stage before.
      People at Conversion: 100, counted
      People at Acquisition: 2,000, counted
    """
    names, faults = [one.name for one in design.segments], list[Fault]()
    is_of_stage = str(figure).startswith(f"{STAGES}.")
    if is_of_stage:
        _, key, number = (*figure.split("."), "", "")[:3]
        if key not in design.framework.keys:
            faults.append(unknown_name("stage", key, design.framework.keys))
        if number not in NUMBERS:
            faults.append(unknown_name("number", number, NUMBERS))
    elif figure not in FIGURES:
        faults.append(unknown_name("figure", figure, FIGURES))
    if segment is not None and segment not in names:
        faults.append(unknown_name("segment", segment, names))
    if faults:
        raise InputError(f"explanation of {design.name}", faults)
    trace = traced(design, segment)
    return _of_stage(trace, design, figure) if is_of_stage else _of_figure(trace, design, figure)


def _of_figure(trace: Traced, design: Design, figure: str) -> Explanation:
    value, reason = figure_of(trace, figure)
    inputs = tuple(trace.reads.get(figure, {}).values())
    entry = FIGURES[figure]
    return Explanation(
        figure=figure,
        title=entry.title,
        meaning=entry.meaning,
        formula=entry.formula,
        value=value,
        text=exact_text(entry, value, design.currency),
        reason=reason,
        inputs=inputs,
        # The path of a typed number may be the key of a figure: second_purchase_rate.
        parts={
            one.name: _of_figure(trace, design, one.name)
            for one in inputs
            if one.origin == "derived" and one.name in FIGURES
        },
    )


def _of_stage(trace: Traced, design: Design, path: str) -> Explanation:
    _, key, number = path.split(".")[:3]
    entry, stage = NUMBERS[number], design.framework.index(key)
    own: Sequence[Segment] = trace.own
    is_plan = not any(one.observed for one in own)
    if number == "rate" and is_plan and stage:
        entry = _planned_rate(design, path, own)
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
    return trace._at("people", stage)  # noqa: SLF001 - it traces what is explained


def _rate(trace: Traced, stage: int) -> float:
    before = trace.flow.framework.parents[stage]
    if before is None:
        raise UndefinedError("it is the first stage")
    people = trace._at("people", stage)  # noqa: SLF001 - it traces what is explained
    seen = trace._at("people", before)  # noqa: SLF001 - it traces what is explained
    rate = trace.flow.numbers("step_rate")[stage]
    if rate is None:
        more = count_text(f"{people:g}", "person is", "people are")
        raise UndefinedError(
            f"{more} more than the {seen:g} before" if seen else "nobody reaches the stage before"
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
                trace._at("people", before)  # noqa: SLF001 - it traces what is explained
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
    return trace._cost_per_person(stage)  # noqa: SLF001 - it traces what is explained


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
