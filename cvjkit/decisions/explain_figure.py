"""Explain a figure of the economics, or hand over to what explains a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvjkit.decisions.explain import Explanation, exact_text
from cvjkit.decisions.explain_stage import STAGES, explain_stage
from cvjkit.decisions.traced import traced
from cvjkit.errors import InputError, unknown_name
from cvjkit.model.economics import FIGURES, figure_of

if TYPE_CHECKING:
    from cvjkit.decisions.traced import Traced
    from cvjkit.model.design import Design


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
        If there is no such figure or segment.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> shop.with_stage("conversion", unit_cost=25).explain("cac").put_in
    '2,500.00 / 100'
    """
    if str(figure).startswith(f"{STAGES}."):
        return explain_stage(design, figure, segment)
    names, faults = [one.name for one in design.segments], []
    if figure not in FIGURES:
        faults.append(unknown_name("figure", figure, FIGURES))
    if segment is not None and segment not in names:
        faults.append(unknown_name("segment", segment, names))
    if faults:
        raise InputError(f"explanation of {design.name}", faults)
    return _explained(traced(design, segment), design, figure)


def _explained(trace: Traced, design: Design, figure: str) -> Explanation:
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
            one.name: _explained(trace, design, one.name)
            for one in inputs
            if one.origin == "derived" and one.name in FIGURES
        },
    )
