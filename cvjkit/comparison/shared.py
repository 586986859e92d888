"""What may be compared: the figures that are the same through every lens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.lookup import framework
from cvjkit.catalog.published import SPINE
from cvjkit.catalog.spine import line, spine
from cvjkit.lens.money import Shares
from cvjkit.model.economics import FIGURES

if TYPE_CHECKING:
    from cvjkit.journey import Journey
    from cvjkit.lens.estimate import Known
    from cvjkit.lens.lens import Lens
    from cvjkit.model.economics import Economics

COLUMNS = ("figure", "label", "unit", "value", "low", "high", "status", "reason")
NUMBERS = ("value", "low", "high")


@dataclass(frozen=True, eq=False)
class View:
    """A journey and its lenses.

    Attributes
    ----------
    name : str
        Of the journey, with a number where two have the same.
    journey : Journey
    known : Known
        People at milestones, counted or estimated, and the rates between them: what all lenses
        draw on.
    economics : Economics
        Of the journey: no lens changes them.
    lenses : tuple of Lens
        One per framework, in the order of
        :attr:`cvjkit.comparison.comparison.Comparison.frameworks`.
    """

    name: str
    journey: Journey
    known: Known
    economics: Economics
    lenses: tuple[Lens, ...]


def comparable_rows(view: View, shared: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Work out the figures of a journey that may be compared.

    Parameters
    ----------
    view : View
    shared : sequence of str
        Keys of the milestones at which every framework has a stage.

    Yields
    ------
    dict
        `COLUMNS`, as in :attr:`cvjkit.comparison.comparison.Comparison.comparable`; None where
        not known.
    """
    known, names = view.known, {key: step.name for key, step in spine().items()}
    numbers = {key: known.number(key) for key in shared}
    for end, number in numbers.items():
        yield {
            "figure": f"people.{end}",
            "label": f"People at {names[end]}",
            "unit": "people",
            "value": number.people,
            "low": number.low,
            "high": number.high,
            "status": number.status,
            "reason": number.why if number.people is None else "",
        }
    for end in shared:
        start = next((up for up in line(end) if up in shared), None)
        if start is not None:
            label = f"Share of the people at {names[start]} who reach {names[end]}"
            exact = numbers[start].status == numbers[end].status == "exact"
            exact &= not known.is_inferred(start, end)
            reason = "does not follow from what is known"
            value = _value(known.rate(start, end), reason, exact=exact)
            yield {"figure": f"rate.{start}.{end}", "label": label, "unit": "share", **value}
    for end in shared:
        key, label = f"cost_per_person.{end}", f"Cost per person at {names[end]}"
        yield {"figure": key, "label": label, "unit": "money", **_cost_per_person(view, end)}
    for key, figure in FIGURES.items():
        if figure.compared:
            value = _value(view.economics[key], view.economics.reasons.get(key, ""))
            label = figure.title + view.economics.left_out(key)
            yield {"figure": key, "label": label, "unit": figure.unit, **value}
    label, value = "Milestones with a tactic", _value(_tactic_coverage(view.journey), "")
    yield {"figure": "tactic_coverage", "label": label, "unit": "share", **value}


def _value(value: float | None, reason: str, *, exact: bool = True) -> dict[str, Any]:
    if value is None:
        return {"value": None, "low": None, "high": None, "status": "unknown", "reason": reason}
    end = value if exact else None
    status = "exact" if exact else "estimated"
    return {"value": value, "low": end, "high": end, "status": status, "reason": ""}


def _cost_per_person(view: View, milestone: str) -> dict[str, Any]:
    """Divide what was spent up to a milestone by the people there."""
    number = view.known.number(milestone)
    spent = Shares(view.known).spent(milestone)
    cost, status = spent.value, spent.status
    if cost is None:
        reasons = view.economics.reasons
        return _value(None, reasons.get("total_cost", "a cost on the way is not known"))
    if not number.people:
        return _value(None, number.why if number.people is None else "nobody gets there")
    whole = _value(cost / number.people, "", exact=status == number.status == "exact")
    if status == "exact" and number.low and number.high:
        whole |= {"low": cost / number.high, "high": cost / number.low}
    return whole


def _tactic_coverage(journey: Journey) -> float:
    milestones = framework(SPINE).keys
    busy = {
        journey.framework[numbers.stage].milestone for numbers in journey.stages if numbers.tactics
    }
    return len(busy & {*milestones}) / len(milestones)
