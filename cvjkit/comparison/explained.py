"""Explain the numbers of a comparison: people at a stage of a lens, and what may be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cvjkit.catalog.lookup import framework
from cvjkit.catalog.published import SPINE
from cvjkit.catalog.spine import spine
from cvjkit.decisions.explain import Explanation, Input, put_in
from cvjkit.model.economics import FIGURES
from cvjkit.shown import text_of

if TYPE_CHECKING:
    from cvjkit.comparison.shared import View
    from cvjkit.decisions.explain import Origin
    from cvjkit.lens.lens import LensStage
    from cvjkit.lens.number import Number, Status
    from cvjkit.shown import Unit

SHARED_OUT = "people before x (people after / people before) ^ share of the leak"
MEANING = "Unique people who reach it."
RATIOS: Mapping[str, tuple[str, str, Unit, Unit]] = {
    "rate": ("those of them who get to {1}", "people at {0}", "people", "share"),
    "cost_per_person": ("all that is spent up to there", "people at {0}", "money", "money"),
    "tactic_coverage": ("milestones with a tactic", "milestones", "people", "share"),
}
"""What is divided by what, and the units of the first and of the ratio."""


def explain_lens_stage(view: View, stage: LensStage) -> Explanation:
    """Explain how many people a lens shows at a stage.

    Parameters
    ----------
    view : View
        The journey that is seen.
    stage : LensStage
        Of one of its lenses.

    Returns
    -------
    Explanation
        Of the number counted or planned there, or of how it is estimated from those around it.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> (view,) = cvj.compare(shop, ["eight"]).views
    >>> explain_lens_stage(view, view.lenses[0]["subscription"]).put_in
    '2,000 x (100 / 2,000) ^ 37.5%'
    """
    return _people(view, stage.milestone, stage.key, stage.name, stage)


def explain_comparable(view: View, row: Mapping[str, Any]) -> Explanation:
    """Explain a figure that is the same through every lens.

    Parameters
    ----------
    view : View
        The journey it is about.
    row : mapping of str to object
        Of `Comparison.comparable`.

    Returns
    -------
    Explanation
    """
    kind, *milestones = row["figure"].split(".")
    if kind in FIGURES:
        return view.journey.explain(kind)
    names = [spine()[key].name for key in milestones]
    if kind == "people":
        (key,) = milestones
        return _people(view, key, "", names[0], view.known.number(key))
    above, below, unit, ratio = RATIOS[kind]
    value, currency = row["value"], row["currency"]
    is_known = value == value  # noqa: PLR0124 - NaN where not known
    if milestones:
        number = view.known.number(milestones[0])
        whole, origin = number.people, _origin(view, number.status)
    else:
        whole, origin = float(len(framework(SPINE).keys)), "derived"
    part = value * whole if is_known and whole is not None else None
    made: Origin = "estimated" if row["status"] == "estimated" else "derived"
    titles = [words.format(*names) for words in (above, below)]
    inputs = (
        put_in("part", _capital(titles[0]), part, unit, made, currency=currency),
        put_in("whole", _capital(titles[1]), whole, "people", origin),
    )
    return Explanation(
        figure=row["figure"],
        title=row["label"],
        meaning="The same through every lens.",
        formula=f"{titles[0]} / {titles[1]}",
        value=value if is_known else None,
        text=text_of(value, ratio, currency),
        reason="" if is_known else row["reason"].rstrip(".") or "it does not follow",
        inputs=inputs if is_known else (),
        numbers=" / ".join(one.text for one in inputs) if is_known else "",
    )


def _people(
    view: View, milestone: str | None, key: str, name: str, number: LensStage | Number
) -> Explanation:
    """Explain people at a milestone, or at a stage of the journey's own that has none."""
    own, people = _own_stage(view, milestone, key), number.people
    if own is not None and number.status == "exact":
        found = view.journey.explain(f"stages.{own}.people")
        return replace(found, title=f"People at {name}", meaning=f"{found.meaning} {number.why}")
    formula, numbers, inputs = "follows from the numbers around it", "", list[Input]()
    leak = view.known.leak_around(milestone) if milestone is not None else None
    if leak is not None and number.status == "estimated":
        before, after = (_known(view, around) for around in leak[:2])
        share = put_in("share", f"Share of the leak before {name}", leak[2], "share", "estimated")
        inputs, formula = [before, after, share], SHARED_OUT
        numbers = f"{before.text} x ({after.text} / {before.text}) ^ {share.text}"
    elif number.status == "exact":
        inputs.append(put_in("people", f"People at {name}", people, "people", "typed"))
    if number.status == "estimated":
        ends = {"At least, with a probability of 90%": number.low, "At most": number.high}
        inputs += [put_in(title, title, end, "people", "estimated") for title, end in ends.items()]
    return Explanation(
        figure=f"people.{milestone or key}",
        title=f"People at {name}",
        meaning=MEANING if people is None else f"{MEANING} {number.why}",
        formula=formula,
        value=people,
        text=text_of(people, "people", ""),
        reason=number.why.rstrip(".") if people is None else "",
        inputs=tuple(inputs),
        numbers=numbers,
    )


def _own_stage(view: View, milestone: str | None, key: str) -> str | None:
    """Find the journey's stage whose people are known at a milestone."""
    own = view.journey.framework
    if milestone is None:
        return key if key in own.keys else None
    return own.keys[own.by_milestone[milestone]] if view.known.is_at_stage(milestone) else None


def _known(view: View, milestone: str) -> Input:
    own, people = _own_stage(view, milestone, ""), view.known.people[milestone]
    name = spine()[milestone].name if own is None else view.journey.framework[own].name
    title = f"People at {name}"
    return put_in(f"people.{milestone}", title, people, "people", _origin(view, "exact"))


def _origin(view: View, status: Status) -> Origin:
    if status != "exact":
        return "estimated"
    return "counted" if view.known.made == "counted" else "derived"


def _capital(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"
