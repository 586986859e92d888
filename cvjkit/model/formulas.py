"""The figures of the economics: one entry each, with formula, title, unit and meaning.

To add a figure, write its formula here and decorate it; everything that shows figures follows.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from cvjkit.model.figures import (
    UndefinedError,
    divisor,
    figure,
    is_none,
    no_more_than,
    where_known,
)
from cvjkit.model.lifetime import days_of, lifetime_value, payback_cycles
from cvjkit.model.money import BOUGHT_AGAIN, FIRST_PAYMENT, Money
from cvjkit.number_text import share_text


class Formulas(Money):
    """The figures as attributes; one that is undefined raises `UndefinedError` with the reason.

    Parameters
    ----------
    **fields
        As in `Money`.
    """

    @figure(
        "First-time buyers",
        "people",
        "people at the first payment",
        short="Customers",
        phrase="customer",
        headline=True,
        compared=True,
    )
    def customers(self) -> float:
        """How many people paid for the first time.

        Returns
        -------
        float
            [people]
        """
        return self._at("people", self._first)

    @cached_property
    def _some_customers(self) -> float:
        return divisor(self.customers, "there are no customers")

    @figure(
        "Cost of winning customers",
        "money",
        "costs of the stages up to the first payment + fixed costs + spend",
        less_is_better=True,
    )
    def acquisition_cost(self) -> float:
        """What it costs to win all customers.

        Returns
        -------
        float
            [currency]
        """
        self._require_costs()
        return self._costs(range(self._first + 1)) + self._common_cost

    @figure(
        "All costs",
        "money",
        "costs of all stages + fixed costs + spend",
        less_is_better=True,
    )
    def total_cost(self) -> float:
        """What the journey costs in all.

        Returns
        -------
        float
            [currency]
        """
        self._require_costs()
        return self._costs(range(len(self.flow.framework))) + self._common_cost

    @figure(
        "Cost of winning a customer (CAC)",
        "money",
        "acquisition_cost / customers",
        short="CAC",
        remark="{acquisition_cost} to win {customers}",
        phrase="a customer costs",
        headline=True,
        compared=True,
        less_is_better=True,
    )
    def cac(self) -> float:
        """What it costs to win one customer (customer acquisition cost).

        Returns
        -------
        float
            [currency per customer]
        """
        return self.acquisition_cost / self._some_customers

    @figure(
        "Share who buy again",
        "share",
        "people who bought again / customers",
    )
    def second_purchase_rate(self) -> float:
        """Share, 0 to 1, of the customers who buy a second time (q).

        Returns
        -------
        float
            0 to 1.

        Raises
        ------
        UndefinedError
            Where it does not follow from what was typed.
        """
        if self._again is None:
            return self._buyers_again
        rate = self._buyers_again / self._some_customers
        return no_more_than(1, rate, "more people buy again than buy at all")

    @property
    def _buyers_again(self) -> float:
        """People who buy again, or their share of the customers where that is no stage."""
        if self._again is not None:
            return self._at("people", self._again)
        if self.typed_second_purchase_rate is None:
            raise UndefinedError(
                "buying again is no stage of this framework: type the second purchase rate"
            )
        return self.typed_second_purchase_rate

    @property
    def _later_margin(self) -> float:
        if is_none(self._buyers_again):
            return 0.0
        return self._margin(BOUGHT_AGAIN, self._again)

    @property
    def _typed_repeat_rate(self) -> float | None:
        offer = self.offers.get(BOUGHT_AGAIN)
        return None if offer is None else offer.repeat_rate

    @property
    def _repeat_rate(self) -> float:
        if self._typed_repeat_rate is not None:
            return self._typed_repeat_rate
        if not is_none(self._loop_rate) or is_none(self._buyers_again):
            return self._loop_rate
        raise UndefinedError("the repeat rate is not typed: enter it with the later orders")

    @figure(
        "Orders per customer",
        "number",
        "1 + q / (1 - r)",
    )
    def orders_per_customer(self) -> float:
        """Orders in a customer's lifetime; r is the share who order again each cycle.

        Returns
        -------
        float
            1 or more.
        """
        return lifetime_value(1, 1, self.second_purchase_rate, self._repeat_rate)

    @figure(
        "Lifetime margins, before later costs",
        "money",
        "m1 + m2 q / (1 + d - r)",
    )
    def ltv(self) -> float:
        """Margins of a customer's orders, later ones discounted.

        Returns
        -------
        float
            [currency per customer]
        """
        return self._lifetime(self._cycle_discount)

    @figure(
        "Lifetime margins, not discounted",
        "money",
        "m1 + m2 q / (1 - r)",
    )
    def ltv_undiscounted(self) -> float:
        """Margins of a customer's orders, whenever they come.

        Returns
        -------
        float
            [currency per customer]
        """
        return self._lifetime(0.0)

    def _lifetime(self, discount: float) -> float:
        first, later = self._orders(discount)
        margins, again = self._first_margin * first, self.second_purchase_rate
        if not is_none(again):
            margins = margins + self._later_margin * later
        return where_known(again, margins / self._some_customers)

    def _orders(self, discount: float) -> tuple[float, float]:
        """Count first and later orders of all customers, later ones discounted."""
        first, rate = self._at("visits", self._first), self._repeat_rate
        if self._again is None:
            buyers = self.second_purchase_rate * first
            return first, lifetime_value(0, 1, buyers, rate, discount)
        return first, self._at("visits", self._again) * self._orders_a_visit(discount)

    @figure(
        "Lifetime value (LTV)",
        "money",
        "ltv - costs of the stages after the first payment / customers",
        short="LTV",
        remark="{horizon}; less the costs after the first payment",
        phrase="and brings",
        headline=True,
        compared=True,
    )
    def ltv_net(self) -> float:
        """Margins of a customer's orders, less what is spent on them after the first payment.

        Returns
        -------
        float
            [currency per customer]
        """
        later = range(self._first + 1, len(self.flow.framework))
        return self.ltv - self._costs(later) / self._some_customers

    @figure(
        "Lifetime value to cost of winning a customer",
        "ratio",
        "ltv_net / cac",
        short="LTV to CAC",
        remark="{ltv_net} for {cac}",
        headline=True,
    )
    def ltv_to_cac(self) -> float:
        """How many times over a customer repays what winning them costs.

        Returns
        -------
        float
            Below 1 a customer does not repay what winning them costs.

        Raises
        ------
        UndefinedError
            Where it does not follow from what was typed.
        """
        return self.ltv_net / divisor(self.cac, "winning a customer costs nothing")

    @figure(
        "Payback in buying cycles",
        "cycles",
        "least n with m1 + m2 q (1 + r + ... + r^(n-1)) >= cac",
        less_is_better=True,
    )
    def payback_cycles(self) -> float:
        """Buying cycles until a customer's margins, not discounted, have paid the CAC.

        Returns
        -------
        float
            A whole number, 0 or more [buying cycles].
        """
        if not np.any(self.cac > self._first_margin):
            return 0.0
        return payback_cycles(
            self.cac,
            self._first_margin,
            self._later_margin,
            self.second_purchase_rate,
            self._repeat_rate,
        )

    @figure(
        "Payback",
        "days",
        "days to the first payment + payback_cycles x cycle_days",
        remark="{payback_cycles}, not discounted{delays}",
        phrase="payback",
        headline=True,
        compared=True,
        less_is_better=True,
    )
    def payback_days(self) -> float:
        """Days from first contact until a customer's margins, not discounted, have paid the CAC.

        Delays that were not typed are left out: see `cvjkit.model.economics.Economics.delays`.

        Returns
        -------
        float
            [days]
        """
        cycles = self.payback_cycles
        later = 0.0 if is_none(cycles) else days_of(cycles, self._cycle_days)
        return self._days_to_first_payment + later

    @property
    def _some_acquisition_cost(self) -> float:
        return divisor(self.acquisition_cost, "nothing is spent on winning customers")

    @figure(
        "Return on ad spend, first orders (ROAS)",
        "ratio",
        "revenue of the first orders / acquisition_cost",
    )
    def roas(self) -> float:
        """Revenue of the first orders for each unit of money spent on winning customers.

        Returns
        -------
        float
            Revenue / cost, 0 or more.
        """
        orders = self._at("visits", self._first)
        return self._price(FIRST_PAYMENT) * orders / self._some_acquisition_cost

    @figure(
        "Return on ad spend, all orders (ROAS)",
        "ratio",
        "revenue of all orders / acquisition_cost",
    )
    def roas_lifetime(self) -> float:
        """Revenue of all orders for each unit of money spent on winning customers.

        Returns
        -------
        float
            Revenue / cost, 0 or more.
        """
        first, later = self._orders(self._cycle_discount)
        revenue = self._price(FIRST_PAYMENT) * first
        if not is_none(later):
            revenue += self._price(BOUGHT_AGAIN) * later
        return revenue / self._some_acquisition_cost

    @figure(
        "Return on investment, first orders (ROI)",
        "share",
        "(margins of the first orders - acquisition_cost) / acquisition_cost",
    )
    def roi(self) -> float:
        """Gain on the first orders as a share of what winning the customers costs.

        Returns
        -------
        float
            0.1 is a gain of 10%; negative for a loss.
        """
        margin = self._first_margin * self._at("visits", self._first)
        return margin / self._some_acquisition_cost - 1

    @figure(
        "Return on investment, all orders (ROI)",
        "share",
        "profit / total_cost",
    )
    def roi_lifetime(self) -> float:
        """Gain on all orders as a share of all costs.

        Returns
        -------
        float
            0.1 is a gain of 10%; negative for a loss.

        Raises
        ------
        UndefinedError
            Where it does not follow from what was typed.
        """
        return self.profit / divisor(self.total_cost, "nothing is spent")

    @cached_property
    def _margins(self) -> list[float]:
        """Contribution of one visit to each stage, orders after the second included."""
        margins, anchors = self._typed_margins(), {stage.anchor for stage in self.flow.framework}
        for anchor, offer in self.offers.items():
            counted = anchor in anchors or (anchor == BOUGHT_AGAIN and self._lifetime_known)
            if offer.margin and not counted:
                raise UndefinedError(
                    f"how many buy {offer.name} is not known: "
                    f"{self.flow.framework.name} has no stage for it"
                )
        worth: list[float] = margins.tolist()
        if self._again is not None:
            worth[self._again] *= self._orders_each
        elif self._lifetime_known:
            buyers = self.second_purchase_rate
            worth[self._first] += buyers * self._later_margin * self._orders_each
        return worth

    @property
    def _orders_each(self) -> float:
        """Orders, discounted where that is known, for each visit to buying again."""
        try:
            return self._orders_a_visit(self._cycle_discount)
        except UndefinedError:
            return 1.0

    def _orders_a_visit(self, discount: float) -> float:
        """Count the orders for each visit: segment by segment; one where no rate is known."""
        if self._again is None or is_none(self._loop_rate):
            rate = self._typed_repeat_rate
            return lifetime_value(0, 1, 1, 0 if rate is None else rate, discount)
        repeats = self.flow.repeats(self._again)
        orders = sum(
            lifetime_value(0, 1, visits * (1 - share), share, discount) for visits, share in repeats
        )
        return orders / divisor(sum(visits for visits, _ in repeats), "nobody buys again")

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

    @figure(
        "Profit",
        "money",
        "sum of visits x (margin - unit cost) - fixed costs - spend",
        remark="after {total_cost} of costs",
        phrase="profit",
        headline=True,
        compared=True,
    )
    def profit(self) -> float:
        """What is left after all costs; customers x (LTV - CAC) if only orders have margins.

        Returns
        -------
        float
            [currency]
        """
        brought = sum(
            margin * self._at("visits", stage)
            for stage, margin in enumerate(self._margins)
            if not is_none(margin)
        )
        spent = self._costs(range(len(self.flow.framework))) + self._common_cost
        return brought - spent

    @figure(
        "New people each referred person brings (k)",
        "number",
        "people brought in by the referred / people referred",
        short="New people per referred person (k)",
        compared=True,
    )
    def k(self) -> float:
        """New people each referred person brings in turn, averaged over the referred.

        Returns
        -------
        float
            [people per person]

        Raises
        ------
        UndefinedError
            Where it does not follow from what was typed.
        """
        if self.flow.k is None:
            raise UndefinedError("no referrals are typed")
        return self.flow.k

    @property
    def delays(self) -> str:
        """What `payback_days` leaves out, as the end of a sentence; empty if nothing."""
        try:
            without, after = self._stages_without_delay, self._passed(self._first)[1:]
        except UndefinedError:
            return ""
        names = [self.flow.framework.stages[stage].name for stage in without]
        if not names:
            return ""
        if without == after:
            return ", without the delay to the first payment"
        return f", without the delay to {', '.join(names)}"

    @property
    def horizon(self) -> str:
        """The orders that `ltv` and `profit` count."""
        if not self._lifetime_known:
            return "only the orders in the flow: no repeat rate is typed"
        if not self._later_margin_known:
            return "only the first orders: the margin of later ones is not typed"
        if not self.discount_rate:
            return "all orders of a customer's lifetime, not discounted"
        rate = share_text(self.discount_rate)
        return f"all orders of a customer's lifetime, discounted {rate} a year"
