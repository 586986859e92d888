"""How to divide a budget among channels whose returns diminish.

A channel c brings n_c(b) people for a spend of b, each worth u_c from there on. The best division
of at most B makes the last unit of money worth the same everywhere (Karush, Kuhn and Tucker;
Nocedal and Wright, Numerical Optimization, 2006, chapter 12):

    u_c n_c'(b_c) = lam where b_c > 0,  at most lam where b_c = 0,  lam at least 1

At lam = 1 the last unit of money returns itself; what is left stays unspent. For
n = A (1 - exp(-b / theta)) that is b = theta ln(u A / (theta lam)), or 0. An S-shaped response
makes the problem one of several peaks: such a channel gets nothing or more than its turning point,
but for at most one, which may get less. All combinations of these are tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cvjkit.decisions.answer import Answer
from cvjkit.decisions.gains import worth_of_people
from cvjkit.decisions.responses import Power, Response, Saturating, SCurve
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.arguments import is_number
from cvjkit.number_text import money_text
from cvjkit.shown import Heading

if TYPE_CHECKING:
    from cvjkit.model.design import Design

HALVINGS = 300
LARGEST = 1e15
MOST_S_SHAPED = 5
GRID, REFINEMENTS = 17, 6
SAME = 1e-9


class Budget(Answer):
    """A row for each channel: what `Journey.budget` gives."""

    index_title: ClassVar[str] = "Channel"
    headings: ClassVar[Mapping[str, Heading]] = {
        "spend": Heading("Spend", "money"),
        "people": Heading("People", "people"),
        "worth": Heading("Worth of one person", "money"),
        "value": Heading("Value", "money"),
        "marginal": Heading("Marginal return", "money"),
        "s_shaped": Heading("S-shaped response", "answer"),
    }

    @property
    def left(self) -> float:
        """Money that stays unspent, because it would return less than itself [currency]."""
        return float(self.attrs["left"])

    @property
    def lam(self) -> float:
        """What the last unit of money spent returns: 1 where the rest stays unspent, else more."""
        return float(self.attrs["lam"])


def budget(
    design: Design,
    money: float,
    responses: Mapping[str, Sequence[float] | Response],
    *,
    stage: str | None = None,
) -> Budget:
    """Divide a budget among channels whose returns diminish.

    Parameters
    ----------
    design : Design
    money : float
        The most there is to spend [currency].
    responses : mapping of segment name to Response or pair of float
        How many people a channel brings for its spend: (A, theta) for
        A x (1 - exp(-spend / theta)), or a `Saturating`, `Power` or `SCurve` of
        `cvjkit.decisions.responses`.
    stage : str, optional
        Key of the stage at which these people come in; by default the first.

    Returns
    -------
    Budget
        A DataFrame with a row for each channel, indexed by segment; all columns but s_shaped
        have dtype float64. `left` is the money unspent, `lam` what the last unit of money
        returns, `summary` says it in words.

        - spend [currency]; people: brought by it.
        - worth: money that a person still brings, before the channel's own spend [currency].
        - value: of all these people [currency].
        - marginal: what the last unit of money returns there; of a channel that gets nothing,
          what its first unit would. NaN where that has no limit.
        - s_shaped (bool): whether small spends bring little: there may be several peaks.

    Raises
    ------
    InputError
        If a segment or stage is not known, a number is impossible, or what people are worth is
        not known.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.1, 0.4, 0.1])
    >>> plan = plan.with_offer("conversion", name="Box", margin=10)
    >>> division = plan.budget(2000, {"Everyone": (8000, 1000)})
    >>> division.spend.round(2).to_list(), round(division.left, 2), division.lam
    ([1386.29], 613.71, 1.0)
    """
    curves, faults = _curves(design, money, responses, stage)
    if faults:
        raise InputError(f"budget of {design.name}", faults)
    at = 0 if stage is None else design.framework.index(stage)
    worth = worth_of_people(design)[:, at]
    names = [segment.name for segment in design.segments]
    values = np.array([worth[names.index(name)] for name in curves])
    unknown = [
        Fault(
            f"responses.{name}",
            None,
            "cannot be weighed: what a person there is worth is not known",
            "type a margin, and the numbers on the way to it",
        )
        for name, value in zip(curves, values, strict=True)
        if not math.isfinite(value)
    ]
    if unknown or design.economics().profit is None:
        why = design.economics().reasons.get("profit", "the numbers grow without end")
        fault = Fault("profit", None, f"is not known: {why}", "type what it needs")
        raise InputError(f"budget of {design.name}", unknown or [fault])
    return _answered(design, float(money), curves, values)


def _answered(
    design: Design, money: float, curves: Mapping[str, Response], worth: np.ndarray
) -> Budget:
    spends, lam = _best(money, list(curves.values()), worth.tolist())
    rows = [
        {
            "spend": spend,
            "people": curve.people(spend),
            "worth": float(value),
            "value": float(value) * curve.people(spend),
            "marginal": _finite(float(value) * curve.slope(spend)),
        }
        for curve, spend, value in zip(curves.values(), spends, worth, strict=True)
    ]
    table = pd.DataFrame(rows, pd.Index(list(curves), name="segment", dtype=object), dtype=float)
    table["s_shaped"] = [curve.is_s_shaped for curve in curves.values()]
    answer = Budget(table)
    left = max(0.0, money - sum(spends))
    if left <= SAME * money:
        left = 0.0
    answer.attrs = {
        "left": left,
        "lam": lam,
        "names": {},
        "currency": design.currency,
        "title": design.name,
        "curves": dict(curves),
    }
    answer.attrs["summary"] = _words(answer, money, design.currency)
    return answer


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def _best(
    money: float, curves: Sequence[Response], worth: Sequence[float]
) -> tuple[list[float], float]:
    """Try every set of S-shaped channels beyond their turning points, and one more before its own.

    Two channels before their turning points would gain by giving one the money of the other.
    """

    def profit(spends: Sequence[float]) -> float:
        pairs = zip(curves, spends, worth, strict=True)
        return sum(value * curve.people(spend) - spend for curve, spend, value in pairs)

    bends = [at for at, curve in enumerate(curves) if isinstance(curve, SCurve) and worth[at] > 0]
    found = [([0.0] * len(curves), 1.0)]
    for chosen in product([True, False], repeat=len(bends)):
        rest = [at for at, used in zip(bends, chosen, strict=True) if not used]
        active = [at for at, value in enumerate(worth) if value > 0 and at not in rest]
        found.append(_divided(money, curves, worth, active))
        found += [_before_turn(money, curves, worth, active, at=at, profit=profit) for at in rest]
    possible = [one for one in found if sum(one[0]) <= money * (1 + SAME)]
    return max(possible, key=lambda one: profit(one[0]))


def _before_turn(
    money: float,
    curves: Sequence[Response],
    worth: Sequence[float],
    active: Sequence[int],
    *,
    at: int,
    profit: Callable[[Sequence[float]], float],
) -> tuple[list[float], float]:
    """Find the best spend of one S-shaped channel before its turning point."""
    curve = curves[at]
    most = min(money, curve.turn) if isinstance(curve, SCurve) else money

    def with_spend(spend: float) -> tuple[list[float], float]:
        spends, lam = _divided(money - spend, curves, worth, active)
        spends[at] = spend
        # If nothing else is bought, its own last unit of money is what the last unit returns.
        return spends, lam if any(spends[one] for one in active) else max(
            1.0, worth[at] * curve.slope(spend)
        )

    low, high = 0.0, most
    for _ in range(REFINEMENTS):
        spends = np.linspace(low, high, GRID)
        best = int(np.argmax([profit(with_spend(float(spend))[0]) for spend in spends]))
        low, high = spends[max(best - 1, 0)], spends[min(best + 1, GRID - 1)]
    return with_spend(float(spends[best]))


def _divided(
    money: float, curves: Sequence[Response], worth: Sequence[float], active: Sequence[int]
) -> tuple[list[float], float]:
    """Find lam, at which the spends add up to the money; 1 if they do not need it all."""

    def spends(lam: float) -> list[float]:
        found = [0.0] * len(curves)
        for at in active:
            found[at] = curves[at].spend_at(lam / worth[at])
        return found

    if sum(spends(1.0)) <= money:
        return spends(1.0), 1.0
    low, high = 0.0, 1.0  # logarithms of lam
    while sum(spends(math.exp(high))) > money and high < 600:
        low, high = high, 2 * high
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in {low, high}:
            break
        low, high = (middle, high) if sum(spends(math.exp(middle))) > money else (low, middle)
    return spends(math.exp(high)), math.exp(high)


def _curves(
    design: Design,
    money: object,
    responses: Mapping[str, Sequence[float] | Response],
    stage: str | None,
) -> tuple[dict[str, Response], list[Fault]]:
    faults, curves = list[Fault](), dict[str, Response]()
    names = [segment.name for segment in design.segments]
    if not is_number(money, 0, LARGEST):
        faults.append(Fault("money", money, "must be an amount, 0 or more", "correct it"))
    if stage is not None and stage not in design.framework.keys:
        faults.append(unknown_name("stage", stage, design.framework.keys))
    if not responses:
        fix = 'write {"Ads": (8000, 1000)}'
        faults.append(Fault("responses", None, "must name at least one segment", fix))
    for name, response in responses.items():
        if name not in names:
            faults.append(unknown_name("responses", name, names))
            continue
        curve, rule = _curve(response)
        if curve is None:
            fix = (
                "give (most people, spend that wins 63% of them), or a Saturating, Power or SCurve"
            )
            faults.append(Fault(f"responses.{name}", response, rule, fix))
        else:
            curves[name] = curve
    if sum(curve.is_s_shaped for curve in curves.values()) > MOST_S_SHAPED:
        rule = f"must not be more than {MOST_S_SHAPED} S-shaped ones"
        faults.append(Fault("responses", len(curves), rule, "make some of them Saturating"))
    return curves, faults


def _curve(response: Sequence[float] | Response) -> tuple[Response | None, str]:
    if isinstance(response, Saturating | Power | SCurve):
        numbers = [getattr(response, name) for name in type(response).__slots__]
        curve: Response = response
    elif isinstance(response, tuple | list) and len(response) == 2:
        numbers, curve = list(response), Saturating(*response)
    else:
        return None, "is not a response"
    if not all(is_number(number, math.ulp(0), LARGEST) for number in numbers):
        return None, "must have numbers more than 0"
    if isinstance(curve, Power) and not curve.exponent < 1:
        return None, "must have an exponent below 1, or returns do not diminish"
    if isinstance(curve, SCurve) and not curve.steepness > 1:
        return None, "must have a steepness above 1, or it is not an S"
    return curve, ""


def _words(answer: Budget, money: float, currency: str) -> str:
    used = answer[answer["spend"] > 0]
    parts = [f"{money_text(spend, currency)} on {name}" for name, spend in used["spend"].items()]
    if not parts:
        return "Spend nothing: in no channel do people bring in what they cost."
    one = money_text(1, currency)
    said = [f"Spend {', '.join(parts)}: that brings {money_text(used['value'].sum(), currency)}."]
    if answer.left:
        said.append(
            f"Leave {money_text(answer.left, currency)} of {money_text(money, currency)} unspent: "
            "it would bring in less than is spent."
        )
    else:
        brings = money_text(answer.lam, currency)
        said.append(f"The last {one} spent brings in {brings}.")
    none = [str(name) for name in answer.index if answer["spend"][name] == 0]
    if none:
        said.append(
            f"Nothing on {', '.join(none)}: even the first {one} spent there would bring in less."
        )
    if answer["s_shaped"].any():
        names = ", ".join(map(str, answer.index[answer["s_shaped"]]))
        said.append(
            f"The response to {names} is S-shaped: a little more or less money may change the "
            "split completely, so every combination of these channels was tried."
        )
    return " ".join(said)
