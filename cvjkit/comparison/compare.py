"""Which journeys are compared, and through which frameworks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import overload

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import published_frameworks
from cvjkit.catalog.published import documented_keys
from cvjkit.comparison.comparison import Comparison
from cvjkit.comparison.differences import Differences, are_scenarios, differences
from cvjkit.comparison.gap import Gap, are_plan_and_actual, gap
from cvjkit.comparison.shared import View
from cvjkit.errors import Fault, InputError
from cvjkit.journey import Journey, as_journey
from cvjkit.lens.lens import see
from cvjkit.lens.people import HABIT_ORDERS
from cvjkit.model.checks import framework_of


@overload
def compare(
    journeys: Journey | str | Path,
    frameworks: str | Framework | Iterable[str | Framework] | None = None,
    *,
    weights: Mapping[str, float] | None = None,
    habit_orders: int = HABIT_ORDERS,
) -> Comparison: ...


@overload
def compare(
    journeys: Journey | str | Path | Iterable[Journey | str | Path],
    frameworks: str | Framework | Iterable[str | Framework],
    *,
    weights: Mapping[str, float] | None = None,
    habit_orders: int = HABIT_ORDERS,
) -> Comparison: ...


@overload
def compare(
    journeys: Iterable[Journey | str | Path],
    frameworks: None = None,
    *,
    weights: Mapping[str, float] | None = None,
    habit_orders: int = HABIT_ORDERS,
) -> Comparison | Differences | Gap: ...


def compare(
    journeys: Journey | str | Path | Iterable[Journey | str | Path],
    frameworks: str | Framework | Iterable[str | Framework] | None = None,
    *,
    weights: Mapping[str, float] | None = None,
    habit_orders: int = HABIT_ORDERS,
) -> Comparison | Differences | Gap:
    """See journeys through several frameworks, what-ifs beside their journey, or a plan measured.

    Parameters
    ----------
    journeys : Journey or path, or several
    frameworks : str or Framework, or several, optional
        Keys, or frameworks of your own. By default the four published ones, in the variant the
        journeys have, and the journeys' own frameworks.
    weights : mapping of str to float, optional
        How a leak is shared out, as in :class:`cvjkit.lens.estimate.Known`.
    habit_orders : int
        The order that shows a habit, 2 or more, as in `Known`.

    Returns
    -------
    Comparison, Differences or Gap
        If no frameworks are given: Differences if all journeys but the first are scenarios based
        on it, or on the same journey as it is; Gap if they are a plan and what
        :func:`cvjkit.measure` counted.

    Raises
    ------
    InputError
        If there is nothing to compare, or a framework is not known or is listed twice.
    """
    several = [journeys] if isinstance(journeys, Journey | str | Path) else journeys
    chosen = [as_journey(journey) for journey in several]
    if not chosen:
        raise InputError("compare", [Fault("journeys", None, "are needed", "give at least one")])
    if frameworks is None and are_scenarios(chosen):
        return differences(chosen[0], chosen[1:], _names(chosen)[1:])
    if frameworks is None and are_plan_and_actual(chosen):
        return gap(*sorted(chosen, key=lambda journey: journey.measurement is not None))
    lenses = _frameworks(chosen, frameworks)
    views = []
    for name, journey in zip(_names(chosen), chosen, strict=True):
        known = journey.known(weights=weights, habit_orders=habit_orders)
        seen = tuple(see(known, lens) for lens in lenses)
        views.append(View(name, journey, known, journey.economics(), seen))
    return Comparison(lenses, tuple(views))


def _frameworks(
    journeys: Sequence[Journey], wanted: str | Framework | Iterable[str | Framework] | None
) -> tuple[Framework, ...]:
    if wanted is None:
        wanted = _usual(journeys)
    elif isinstance(wanted, str | Framework):
        wanted = [wanted]
    faults, chosen, wanted = list[Fault](), list[Framework](), list(wanted)
    for choice in wanted:
        try:
            chosen.append(framework_of(choice))
        except InputError as error:
            faults += error.faults
    keys = [framework.key for framework in chosen]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        fix = "give the other one a key of its own"
        faults.append(Fault("frameworks", key, "is listed more than once", fix))
    if not wanted:
        faults.append(
            Fault("frameworks", None, "are needed", f"choose from {', '.join(documented_keys())}")
        )
    if faults:
        raise InputError("compare", faults)
    return tuple(chosen)


def _usual(journeys: Sequence[Journey]) -> list[str | Framework]:
    """Choose the published frameworks, in the journeys' variants, and the journeys' own."""
    keys = {journey.view or journey.framework.key for journey in journeys}
    variants = {key.partition(":")[0]: key for key in keys if ":" in key}
    published = published_frameworks()
    own = {
        journey.framework.key: journey.framework
        for journey in journeys
        if journey.framework not in published
    }
    return [*(variants.get(key, key) for key in documented_keys()), *own.values()]


def _names(journeys: Sequence[Journey]) -> list[str]:
    """Give the journeys distinct names."""
    names: list[str] = []
    for journey in journeys:
        name, number = journey.name, 2
        while name in names:
            name, number = f"{journey.name} ({number})", number + 1
        names.append(name)
    return names
