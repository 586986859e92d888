"""The formulas of the economics, which take down the numbers that they read.

So what is told of a figure cannot differ from what was done to work it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cvjkit.decisions.explain import (
    DAYS_BEFORE,
    LATER_COSTS,
    Input,
    Origin,
    exact_text,
    typed_text,
)
from cvjkit.model.economics import BOUGHT_AGAIN, FIGURES, FIRST_PAYMENT, StageColumns
from cvjkit.number_text import write_number
from cvjkit.paths import Title, path_of
from cvjkit.shown import Unit, text_of

if TYPE_CHECKING:
    from cvjkit.model.design import Design

FIELDS: Mapping[str, tuple[str, Unit]] = {
    "unit_cost": ("unit cost", "money"),
    "fixed_cost": ("fixed cost", "money"),
    "margin": ("margin", "money"),
    "delay_days": ("delay", "days"),
    "price": ("price", "money"),
    "cycle_days": ("buying cycle", "days"),
    "repeat_rate": ("repeat rate r", "share"),
}


def traced(design: Design, segment: str | None) -> Traced:
    """Give the formulas of a design, which take down what each of them reads.

    Parameters
    ----------
    design : Design
    segment : str, optional
        Only this segment's people.

    Returns
    -------
    Traced
    """
    own = [one for one in design.segments if segment in {None, one.name}]
    trace = Traced.of(design, segment)
    vars(trace).update(design=design, own=own, reads={}, working=[])
    return trace


class Traced(StageColumns):
    """The formulas, which take down what each of them reads.

    Parameters
    ----------
    **fields
        As in `StageColumns`.
    """

    # Set by `traced`, for a frozen dataclass takes no others.
    design: Any
    own: Any
    reads: Any
    working: Any

    def __getattribute__(self, name: str) -> Any:
        if name not in FIGURES:
            return super().__getattribute__(name)
        working, reads = self.working, self.reads
        first = name not in reads
        if first:
            reads[name] = {}
        working.append(name if first else None)
        try:
            value = super().__getattribute__(name)
        finally:
            working.pop()
        entry = FIGURES[name]
        text = exact_text(entry, value, self.design.currency)
        self._note(Input(name, entry.title, float(value), text, "derived"))
        return value

    def reading(self, name: str, formula: Callable[[], float]) -> tuple[float, tuple[Input, ...]]:
        """Work a formula out, and give the numbers that it reads.

        Parameters
        ----------
        name : str
            Of what it gives.
        formula : callable
            Of these formulas.

        Returns
        -------
        value : float
        inputs : tuple of Input
        """
        self.reads[name] = {}
        self.working.append(name)
        try:
            value = formula()
        finally:
            self.working.pop()
        return value, tuple(self.reads[name].values())

    def _note(self, one: Input) -> None:
        if self.working and self.working[-1] is not None:
            self.reads[self.working[-1]].setdefault(one.name, one)

    def _value(self, path: Sequence[str], title: str, value: float | None, unit: Unit) -> None:
        if value is not None:
            text = typed_text(value, unit, self.design.currency)
            self._note(Input(path_of(path), title, value, text, "typed"))

    def _name(self, stage: int) -> str:
        return str(self.flow.framework.stages[stage].name)

    def _at(self, column: str, stage: int) -> float:
        value = super()._at(column, stage)
        at = [self.flow.segments.index(one.name) for one in self.own]
        counted = all(one.observed for one in self.own)
        origin: Origin = "counted" if counted else "derived"
        if self.flow.contradicted[at, stage].any():
            origin = "estimated"
        elif column == "visits" and value != self.flow.numbers("people")[stage]:
            origin = "derived"
        key = self.flow.framework.keys[stage]
        text = write_number(value, "people")
        title = f"{column.capitalize()} at {self._name(stage)}"
        self._note(Input(f"{column}.{key}", title, value, text, origin))
        return value

    def _field(self, stage: int, name: str) -> None:
        key = self.flow.framework.keys[stage]
        words, unit = FIELDS[name]
        value = getattr(self.numbers.get(key), name, None)
        self._value(("stages", key, name), f"{self._name(stage)}: {words}", value, unit)

    def _costs(self, stages: Sequence[int]) -> float:
        for stage in stages:
            self._field(stage, "unit_cost")
            self._field(stage, "fixed_cost")
        self._shared(np.nansum(self._typed("fixed_cost")[[*stages]]))
        costs = super()._costs(stages)
        if self.working and self.working[-1] == "ltv_net":
            text = text_of(costs, "money", self.design.currency)
            self._note(Input("later_costs", LATER_COSTS, costs, text, "derived"))
        return costs

    def _shared(self, fixed: object) -> None:
        if fixed and self.fixed_share != 1:
            text = text_of(self.fixed_share, "share", "")
            title = "Share of the fixed costs, by customers"
            self._note(Input("fixed_share", title, self.fixed_share, text, "derived"))

    @property
    def _common_cost(self) -> float:
        for one in self.own:
            path = ("segments", Title(one.name), "spend")
            self._value(path, f"{one.name}: spend", one.spend, "money")
        self._value(("fixed_cost",), "Fixed cost of the journey", self.fixed_cost, "money")
        self._shared(self.fixed_cost)
        return super()._common_cost

    def _of_offer(self, milestone: str, name: str) -> None:
        offer = self.offers.get(milestone)
        if offer is not None:
            words, unit = FIELDS[name]
            path = ("offers", offer.stage, name)
            self._value(path, f"{offer.name}: {words}", getattr(offer, name), unit)

    def _margin(self, milestone: str, stage: int | None) -> float:
        numbers = self.numbers.get(self.flow.framework.keys[stage]) if stage is not None else None
        if numbers is not None and numbers.margin is not None and stage is not None:
            self._field(stage, "margin")
        else:
            self._of_offer(milestone, "margin")
        return super()._margin(milestone, stage)

    def _price(self, milestone: str) -> float:
        self._of_offer(milestone, "price")
        return super()._price(milestone)

    # A cached property is worked out once; here it is read anew for each figure that asks for it.
    @property
    def _margins(self) -> list[float]:
        for position, stage in enumerate(self.flow.framework):
            if stage.anchor in self.offers:
                self._of_offer(stage.anchor, "margin")
            else:
                self._field(position, "margin")
        found: list[float] = _uncached("_margins")(self)
        return found

    @property
    def _typed_repeat_rate(self) -> float | None:
        self._of_offer(BOUGHT_AGAIN, "repeat_rate")
        return super()._typed_repeat_rate

    @property
    def _cycle_days(self) -> float:
        self._of_cycle()
        return super()._cycle_days

    def _of_cycle(self) -> None:
        again = self.offers.get(BOUGHT_AGAIN)
        typed = again is not None and again.cycle_days is not None
        self._of_offer(BOUGHT_AGAIN if typed else FIRST_PAYMENT, "cycle_days")

    @property
    def _cycle_discount(self) -> float:
        if self.discount_rate:
            title = "Discount rate a year"
            self._value(("discount_rate",), title, self.discount_rate, "share")
            self._of_cycle()
        return super()._cycle_discount

    @property
    def _days_to_first_payment(self) -> float:
        for stage in self._passed(self._first):
            self._field(stage, "delay_days")
        days = super()._days_to_first_payment
        self._note(Input("days_before", DAYS_BEFORE, days, text_of(days, "days", ""), "derived"))
        return days

    @property
    def _buyers_again(self) -> float:
        if self._again is None:
            value = self.typed_second_purchase_rate
            self._value(("second_purchase_rate",), "Share who buy again q", value, "share")
        return super()._buyers_again

    @property
    def _some_customers(self) -> float:
        found: float = _uncached("_some_customers")(self)
        return found


def _uncached(name: str) -> Any:
    return next(vars(one)[name].func for one in StageColumns.__mro__ if name in vars(one))
