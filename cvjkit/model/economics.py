"""What a journey costs and brings: acquisition cost, lifetime value, payback, profit.

A figure that does not follow from what was typed is None, with the reason beside it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cvjkit.numbers import share_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from cvjkit.model.flow import Flow
    from cvjkit.model.parts import Offer, StageNumbers

FIRST_PAYMENT, BOUGHT_AGAIN = "first_payment", "bought_again"
DAYS_A_YEAR = 365
ROUNDING = 1e-12
NEVER_PAID = "never: all later orders together bring less than winning them costs"


class UndefinedError(ValueError):
    """A figure does not follow from what was typed; the message says why."""


@dataclass(frozen=True, eq=False)
class Economics:
    """The money side of a flow. A figure is None where it is undefined; `reasons` says why.

    Attributes
    ----------
    customers : float
        Unique people who paid for the first time.
    acquisition_cost : float
        All costs up to the first payment, fixed ones and spend included [currency].
    total_cost : float
        All costs of the stages, fixed ones and spend included [currency].
    cac : float
        Customer acquisition cost = acquisition_cost / customers [currency per customer].
    second_purchase_rate : float
        q = people who bought again / customers.
    orders_per_customer : float
        1 + q / (1 - r), with r the share who order again each cycle.
    ltv : float
        Lifetime value = m1 + m2 q / (1 + d - r) [currency per customer], with m1 and m2 the
        margins of the first and the later orders, d = (1 + yearly rate)^(cycle_days/365) - 1.
    ltv_undiscounted : float
        The same with d = 0.
    ltv_net : float
        ltv less the costs of the stages after the first payment, per customer.
    ltv_to_cac : float
        ltv_net / cac.
    payback_cycles, payback_days : float
        Buying cycles, and days from the first contact, until the margins of a customer have
        paid the cac; undiscounted, before costs after the first payment.
    roas, roas_lifetime : float
        Revenue of the first orders, of all orders / acquisition_cost.
    roi : float
        (margins of the first orders - acquisition_cost) / acquisition_cost.
    roi_lifetime : float
        profit / total_cost.
    profit : float
        Sum of visits x (margin - unit cost), less fixed costs and spend [currency]; equals
        customers x (ltv_net - cac) when only the two purchases have margins.
    k : float
        People a referred person brings in turn, averaged over the segments.
    horizon : str
        Which orders `ltv` and `profit` count.
    reasons : mapping of str to str
        For each figure that is None, why.
    stages : DataFrame
        Indexed by stage key: cost, contribution (margins, orders after the second included at
        buying again), cost_per_person (all cost so far / people), value_to_go (the money a
        person standing there still brings: the most to pay for one more).
    """

    customers: float | None
    acquisition_cost: float | None
    total_cost: float | None
    cac: float | None
    second_purchase_rate: float | None
    orders_per_customer: float | None
    ltv: float | None
    ltv_undiscounted: float | None
    ltv_net: float | None
    ltv_to_cac: float | None
    payback_cycles: float | None
    payback_days: float | None
    roas: float | None
    roas_lifetime: float | None
    roi: float | None
    roi_lifetime: float | None
    profit: float | None
    k: float | None
    horizon: str
    reasons: Mapping[str, str]
    stages: pd.DataFrame

    def __getitem__(self, figure: str) -> float | None:
        """Look a figure up by its name."""
        if figure not in FIGURES:
            raise KeyError(f"{figure!r} is not a figure; choose one of {', '.join(FIGURES)}")
        value: float | None = getattr(self, figure)
        return value

    @property
    def table(self) -> pd.DataFrame:
        """The figures as a table indexed by name: value (object), reason (str)."""
        rows = [(self[name], self.reasons.get(name, "")) for name in FIGURES]
        index = pd.Index(FIGURES, name="figure")
        return pd.DataFrame(rows, columns=["value", "reason"], index=index, dtype=object)


FIGURES = tuple(
    field.name for field in fields(Economics) if field.name not in ("horizon", "reasons", "stages")
)


def appraise(
    flow: Flow,
    stages: Sequence[StageNumbers] = (),
    offers: Sequence[Offer] = (),
    *,
    spend: float | None = None,
    fixed_cost: float | None = None,
    discount_rate: float | None = None,
    second_purchase_rate: float | None = None,
    fixed_share: float = 1.0,
) -> Economics:
    """Work out what a flow costs and brings.

    Parameters
    ----------
    flow : Flow
    stages : sequence of StageNumbers
        Costs, margins and delays.
    offers : sequence of Offer
        Prices, margins, buying cycle and repeat rate.
    spend : float, optional
        Money spent on the flow's channels [currency].
    fixed_cost : float, optional
        Cost of the journey in the period, whatever its size [currency].
    discount_rate : float, optional
        Yearly rate at which later money counts less; 0.1 is 10% a year.
    second_purchase_rate : float, optional
        q, for a framework in which buying again is no stage.
    fixed_share : float
        Share, 0 to 1, of the fixed costs that this flow bears (one segment of several).

    Returns
    -------
    Economics
    """
    inputs = _Inputs(
        flow=flow,
        numbers=MappingProxyType({number.stage: number for number in stages}),
        offers=MappingProxyType({flow.framework.anchor(offer.stage): offer for offer in offers}),
        spend=spend,
        fixed_cost=fixed_cost,
        discount_rate=discount_rate,
        typed_second_purchase_rate=second_purchase_rate,
        fixed_share=fixed_share,
    )
    values: dict[str, float | None] = {}
    reasons: dict[str, str] = {}
    for figure in FIGURES:
        try:
            values[figure] = _finite(getattr(inputs, figure))
        except UndefinedError as why:
            values[figure], reasons[figure] = None, str(why)
    return Economics(
        **values,
        horizon=inputs.horizon,
        reasons=MappingProxyType(reasons),
        stages=inputs.stage_table,
    )


def lifetime_value(m1: float, m2: float, q: float, r: float, d: float = 0.0) -> float:
    """Sum the margins of a customer's orders: m1 + m2 q / (1 + d - r).

    Parameters
    ----------
    m1, m2 : float
        Margin of the first order and of each later one [currency].
    q, r : float
        Share, 0 to 1, who buy a second time; who, having done so, order again each cycle.
    d : float
        Discount per cycle, 0 or more.

    Returns
    -------
    float

    Raises
    ------
    UndefinedError
        If everybody orders for ever and nothing is discounted.

    Examples
    --------
    >>> lifetime_value(15, 15, q=0.4, r=0.8)
    45.0
    >>> round(lifetime_value(15, 15, q=0.4, r=0.8, d=0.01), 6)
    43.571429
    """
    if q == 0:
        return m1
    if 1 + d - r <= 0:
        raise UndefinedError("everybody orders for ever (repeat rate 1) and nothing is discounted")
    return m1 + m2 * q / (1 + d - r)


def payback_cycles(cac: float, m1: float, m2: float, q: float, r: float) -> int:
    """Count the buying cycles until the margins of a customer have paid for winning them.

    Parameters
    ----------
    cac : float
        Customer acquisition cost [currency].
    m1, m2, q, r : float
        As in `lifetime_value`.

    Returns
    -------
    int
        The least n with m1 + m2 q (1 + r + ... + r^(n-1)) >= cac.

    Raises
    ------
    UndefinedError
        If the margins never reach the cac.

    Examples
    --------
    >>> payback_cycles(25, m1=15, m2=15, q=0.4, r=0.8)
    2
    """
    if cac <= m1:
        return 0
    later, needed = m2 * q, cac - m1
    if later <= 0 or needed * (1 - r) >= later * (1 - ROUNDING):
        raise UndefinedError(NEVER_PAID)
    if r == 0:
        return 1
    cycles = needed / later if r == 1 else math.log1p(-needed * (1 - r) / later) / math.log(r)
    if not math.isfinite(cycles):
        raise UndefinedError(NEVER_PAID)
    # What is exactly n cycles must not become n + 1 by a last digit.
    return max(1, math.ceil(cycles * (1 - ROUNDING)))


@dataclass(frozen=True)
class _Inputs:
    """The formulas: each figure a property that raises UndefinedError with its reason."""

    flow: Flow
    numbers: Mapping[str, StageNumbers]
    offers: Mapping[str | None, Offer]
    spend: float | None
    fixed_cost: float | None
    discount_rate: float | None
    typed_second_purchase_rate: float | None
    fixed_share: float

    @cached_property
    def _first(self) -> int:
        return self._stage_of(FIRST_PAYMENT, "no stage of this framework is the first payment")

    def _stage_of(self, milestone: str, otherwise: str) -> int:
        for position, stage in enumerate(self.flow.framework):
            if stage.milestone == milestone:
                return position
        raise UndefinedError(otherwise)

    def _typed(self, field: str) -> NDArray[np.float64]:
        """Read a field of all stages; NaN where nothing was typed."""
        values = (getattr(self.numbers.get(key), field, None) for key in self.flow.framework.keys)
        return np.array([math.nan if value is None else value for value in values])

    def _at(self, column: str, stage: int) -> float:
        value = self.flow.stages[column].iloc[stage]
        if value is None:
            name = self.flow.framework.stages[stage].name
            flagged = [flag.message for flag in self.flow.flags if flag.id in ("A47", "A48")]
            raise UndefinedError(flagged[0] if flagged else f"the number at {name} is not known")
        return float(value)

    def _costs(self, last: int, first: int = 0) -> float:
        stages = range(first, last + 1)
        unit = self._typed("unit_cost")
        variable = sum(
            float(unit[stage]) * self._at("visits", stage) for stage in stages if unit[stage] > 0
        )
        return variable + self.fixed_share * float(np.nansum(self._typed("fixed_cost")[stages]))

    def _require_costs(self) -> None:
        typed = np.isfinite([*self._typed("unit_cost"), *self._typed("fixed_cost")]).any()
        if not typed and self.spend is None and self.fixed_cost is None:
            raise UndefinedError("no cost is typed: give unit costs, fixed costs or spend")

    @property
    def customers(self) -> float:
        return self._at("people", self._first)

    @cached_property
    def _some_customers(self) -> float:
        if self.customers == 0:
            raise UndefinedError("there are no customers")
        return self.customers

    @property
    def _common_cost(self) -> float:
        return (self.spend or 0) + self.fixed_share * (self.fixed_cost or 0)

    @cached_property
    def acquisition_cost(self) -> float:
        self._require_costs()
        return self._costs(self._first) + self._common_cost

    @cached_property
    def total_cost(self) -> float:
        self._require_costs()
        return self._costs(len(self.flow.framework) - 1) + self._common_cost

    @property
    def cac(self) -> float:
        return self.acquisition_cost / self._some_customers

    @property
    def _again(self) -> int | None:
        try:
            return self._stage_of(BOUGHT_AGAIN, "")
        except UndefinedError:
            return None

    @property
    def second_purchase_rate(self) -> float:
        if self._again is not None:
            return self._at("people", self._again) / self._some_customers
        if self.typed_second_purchase_rate is None:
            raise UndefinedError(
                "buying again is no stage of this framework: type the second purchase rate"
            )
        return self.typed_second_purchase_rate

    def _margin(self, milestone: str, stage: int | None) -> float:
        numbers = self.numbers.get(self.flow.framework.keys[stage]) if stage is not None else None
        offer = self.offers.get(milestone)
        for source in (numbers, offer):
            if source is not None and source.margin is not None:
                return source.margin
        place = self.flow.framework.stages[stage].name if stage is not None else milestone
        raise UndefinedError(f"the margin of an order at {place} is not typed")

    @property
    def _first_margin(self) -> float:
        return self._margin(FIRST_PAYMENT, self._first)

    @property
    def _later_margin(self) -> float:
        return 0.0 if self.second_purchase_rate == 0 else self._margin(BOUGHT_AGAIN, self._again)

    @property
    def _loop_rate(self) -> float:
        """Share of the visits to buying again that come straight back to it."""
        if self._again is None:
            return 0.0
        loops = self.flow.shares[:, self._again, self._again] * self.flow.visits[:, self._again]
        visits = self.flow.visits[:, self._again].sum()
        return float(loops.sum() / visits) if visits > 0 else 0.0

    @property
    def _repeat_rate(self) -> float:
        offer = self.offers.get(BOUGHT_AGAIN)
        if offer is not None and offer.repeat_rate is not None:
            return offer.repeat_rate
        if self._loop_rate > 0 or self.second_purchase_rate == 0:
            return self._loop_rate
        raise UndefinedError(
            "the repeat rate is not typed: give the offer of buying again a repeat_rate"
        )

    @property
    def _cycle_days(self) -> float:
        for milestone in (BOUGHT_AGAIN, FIRST_PAYMENT):
            offer = self.offers.get(milestone)
            if offer is not None and offer.cycle_days is not None:
                return offer.cycle_days
        raise UndefinedError("the buying cycle is not typed: give the offer cycle_days")

    @property
    def _cycle_discount(self) -> float:
        if not self.discount_rate:
            return 0.0
        try:
            return math.pow(1 + self.discount_rate, self._cycle_days / DAYS_A_YEAR) - 1
        except OverflowError:
            return math.inf

    @property
    def orders_per_customer(self) -> float:
        return lifetime_value(1, 1, self.second_purchase_rate, self._repeat_rate)

    @property
    def ltv(self) -> float:
        return self._lifetime(self._cycle_discount)

    @property
    def ltv_undiscounted(self) -> float:
        return self._lifetime(0.0)

    def _lifetime(self, discount: float) -> float:
        first, later = self._orders(discount)
        return (self._first_margin * first + self._later_margin * later) / self._some_customers

    def _orders(self, discount: float) -> tuple[float, float]:
        """Count first and later orders of all customers, later ones discounted."""
        first = self._at("visits", self._first)
        again = self._again
        buyers = (
            self.second_purchase_rate * first
            if again is None
            else self._at("visits", again) * (1 - self._loop_rate)
        )
        return first, lifetime_value(0, 1, buyers, self._repeat_rate, discount)

    @property
    def ltv_net(self) -> float:
        last = len(self.flow.framework) - 1
        return self.ltv - self._costs(last, self._first + 1) / self._some_customers

    @property
    def ltv_to_cac(self) -> float:
        if self.cac == 0:
            raise UndefinedError("winning a customer costs nothing")
        return self.ltv_net / self.cac

    @property
    def payback_cycles(self) -> float:
        if self.cac <= self._first_margin:
            return 0
        return payback_cycles(
            self.cac,
            self._first_margin,
            self._later_margin,
            self.second_purchase_rate,
            self._repeat_rate,
        )

    @property
    def payback_days(self) -> float:
        cycles = self.payback_cycles
        return self._days_to_first_payment + (cycles * self._cycle_days if cycles else 0)

    @property
    def _days_to_first_payment(self) -> float:
        delays, total = np.nan_to_num(self._typed("delay_days")), 0.0
        stage: int | None = self._first
        while stage is not None:
            total += float(delays[stage])
            stage = self.flow.framework.parents[stage]
        return total

    def _price(self, milestone: str) -> float:
        offer = self.offers.get(milestone)
        if offer is None or offer.price is None:
            which = "first" if milestone == FIRST_PAYMENT else "later"
            raise UndefinedError(f"the price of the {which} order is not typed: give the offer one")
        return offer.price

    @property
    def _some_acquisition_cost(self) -> float:
        if self.acquisition_cost == 0:
            raise UndefinedError("nothing is spent on winning customers")
        return self.acquisition_cost

    @property
    def roas(self) -> float:
        orders = self._at("visits", self._first)
        return self._price(FIRST_PAYMENT) * orders / self._some_acquisition_cost

    @property
    def roas_lifetime(self) -> float:
        first, later = self._orders(self._cycle_discount)
        revenue = self._price(FIRST_PAYMENT) * first
        if later:
            revenue += self._price(BOUGHT_AGAIN) * later
        return revenue / self._some_acquisition_cost

    @property
    def roi(self) -> float:
        margin = self._first_margin * self._at("visits", self._first)
        return margin / self._some_acquisition_cost - 1

    @property
    def roi_lifetime(self) -> float:
        if self.total_cost == 0:
            raise UndefinedError("nothing is spent")
        return self.profit / self.total_cost

    @cached_property
    def _margins(self) -> NDArray[np.float64]:
        """Contribution of one visit to each stage, the orders after the second included."""
        margins = self._typed("margin")
        for position, stage in enumerate(self.flow.framework):
            offer = self.offers.get(stage.anchor)
            if offer is not None and offer.margin is not None:
                margins[position] = offer.margin
        if not np.isfinite(margins).any():
            raise UndefinedError("no margin is typed: give an offer, or a stage, its margin")
        margins = np.nan_to_num(margins)
        if self._again is not None:
            margins[self._again] *= self._orders_a_visit
        elif self._lifetime_known:
            buyers = self.second_purchase_rate
            margins[self._first] += buyers * self._later_margin * self._orders_a_visit
        return margins

    @property
    def _orders_a_visit(self) -> float:
        """Count the orders, discounted, that one visit to buying again stands for."""
        if not self._lifetime_known:
            return 1.0
        return (1 - self._loop_rate) * lifetime_value(
            0, 1, 1, self._repeat_rate, self._cycle_discount
        )

    @property
    def _lifetime_known(self) -> bool:
        try:
            self._orders(self._cycle_discount)
        except UndefinedError:
            return False
        return True

    @property
    def _later_margin_known(self) -> bool:
        try:
            return math.isfinite(self._later_margin)
        except UndefinedError:
            return False

    @property
    def profit(self) -> float:
        brought = sum(
            float(margin) * self._at("visits", stage)
            for stage, margin in enumerate(self._margins)
            if margin
        )
        spent = self._costs(len(self.flow.framework) - 1) + self._common_cost
        return brought - spent

    @property
    def k(self) -> float:
        if self.flow.k is None:
            raise UndefinedError("no referrals are typed")
        average = self.flow.average_k
        return self.flow.k if average is None else average

    @property
    def horizon(self) -> str:
        if not self._lifetime_known:
            return "only the orders in the flow: no repeat rate is typed"
        if not self._later_margin_known:
            return "only the first orders: the margin of later ones is not typed"
        if not self.discount_rate:
            return "all orders of a customer's lifetime, not discounted"
        rate = share_text(self.discount_rate)
        return f"all orders of a customer's lifetime, discounted {rate} a year"

    @cached_property
    def _value_to_go(self) -> NDArray[np.float64]:
        """Average over the segments' people of what one of them still brings."""
        values = self.flow.value_to_go(self._margins - np.nan_to_num(self._typed("unit_cost")))
        people = np.where(self.flow.undefined, 0, self.flow.people)
        weights = np.where(people.sum(axis=0) > 0, people, 1)
        return np.asarray((values * weights).sum(axis=0) / weights.sum(axis=0))

    @property
    def stage_table(self) -> pd.DataFrame:
        """Cost, contribution, cost per person so far, and value to go of each stage."""
        framework = self.flow.framework
        columns = ("cost", "contribution", "cost_per_person", "value_to_go")
        formulas = (
            self._cost_of,
            self._contribution_of,
            self._cost_per_person,
            self._value_to_go_at,
        )
        rows = [
            [_or_none(formula, stage) for formula in formulas] for stage in range(len(framework))
        ]
        index = pd.Index(framework.keys, name="stage")
        return pd.DataFrame(rows, columns=columns, index=index, dtype=object)

    def _cost_of(self, stage: int) -> float:
        self._require_costs()
        return self._costs(stage, stage)

    def _contribution_of(self, stage: int) -> float:
        margin = float(self._margins[stage])
        return margin * self._at("visits", stage) if margin else 0.0

    def _cost_per_person(self, stage: int) -> float:
        self._require_costs()
        people = self._at("people", stage)
        if people == 0:
            raise UndefinedError("nobody gets here")
        return (self._costs(stage) + self._common_cost) / people

    def _value_to_go_at(self, stage: int) -> float:
        self._at("people", stage)
        return float(self._value_to_go[stage])


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise UndefinedError("the numbers typed are too large, or too small, to work it out")
    return float(value)


def _or_none(formula: Callable[[int], float], stage: int) -> float | None:
    try:
        return _finite(formula(stage))
    except UndefinedError:
        return None
