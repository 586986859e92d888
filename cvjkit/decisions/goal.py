"""Work out what it takes to reach a goal, once what is asked makes sense."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cvjkit.decisions.goal_answer import ENTRANTS, Goal
from cvjkit.decisions.goal_search import MOST, Search
from cvjkit.decisions.trials import is_figure
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.arguments import is_number
from cvjkit.model.economics import FIGURES

if TYPE_CHECKING:
    from cvjkit.model.design import Design


def goal(
    design: Design,
    figure: str,
    target: float,
    *,
    levers: Mapping[str, float] | None = None,
    spend_grows: bool = True,
) -> Goal:
    """Work out what it takes to reach a goal.

    Parameters
    ----------
    design : Design
    figure : str
        Key of a figure, such as customers, profit, cac or payback_days; or of a stage, whose
        people are meant.
    target : float
        What it is to be: at least, or at most where less is better.
    levers : mapping of str to float, optional
        Several that are to share the change, with their limits: the highest rate by stage key,
        and the most people by "entrants".
    spend_grows : bool
        Whether the spend on channels grows with the people who enter.

    Returns
    -------
    Goal
        The entrants, exact and with 80% and 95% confidence; a plan in whole people; one rate
        alone; the same lift of all rates; the levers; what is impossible has its reason.

    Raises
    ------
    InputError
        If there is no such figure, stage or lever, or a number is impossible.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    >>> goal = plan.goal("customers", 150)
    >>> goal.entrants, goal.entrants_95, goal.plan["acquisition"]
    (1500, 1696, 750)
    >>> round(goal.rates["conversion"].rate, 3), round(goal.equal_lift, 4)
    (0.3, 1.2247)
    """
    limits = dict(levers or {})
    faults = _faults(design, figure, target, limits)
    if faults:
        raise InputError(f"goal of {design.name}", faults)
    search = Search(design, figure, float(target), spend_grows=spend_grows)
    return search.goal(limits)


def _faults(
    design: Design, figure: object, target: object, limits: Mapping[str, float]
) -> list[Fault]:
    faults, keys = list[Fault](), design.framework.keys
    if not is_figure(design, figure):
        faults.append(unknown_name("figure", figure, [*FIGURES, *keys]))
    people = figure in {*keys, "customers"}
    if not (is_number(target, math.ulp(0), MOST) if people else is_number(target)):
        rule = "must be a number of people, more than 0" if people else "must be a number"
        faults.append(Fault("target", target, rule, "write 500"))
    for name, limit in limits.items():
        path = f"levers.{name}"
        if name == ENTRANTS:
            if not is_number(limit, math.ulp(0), MOST):
                faults.append(Fault(path, limit, "must be a number of people", "write the most"))
        elif name not in keys[1:]:
            faults.append(unknown_name("levers", name, [ENTRANTS, *keys[1:]]))
        elif not is_number(limit, 0, 1):
            rule = "must be the highest rate, 0 to 1"
            faults.append(Fault(path, limit, rule, "write 0.25 for 25%"))
    return faults
