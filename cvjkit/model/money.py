"""The money and times of a flow, from which its figures are worked out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from cvjkit.model.figures import UndefinedError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cvjkit.model.design import Design
    from cvjkit.model.flow import Flow
    from cvjkit.model.parts import Offer, StageNumbers

FIRST_PAYMENT, BOUGHT_AGAIN = "first_payment", "bought_again"
DAYS_A_YEAR = 365


@dataclass(frozen=True, eq=False)
class Money:
    """The money and times of a flow; whatever was not typed raises `UndefinedError`.

    Parameters
    ----------
    flow : Flow
    numbers : mapping of stage key to StageNumbers
    offers : mapping of anchor to Offer
        The anchor of each is the milestone, or stage, where it is bought.
    spend : float or None
        Money spent on the flow's channels [currency].
    fixed_cost : float or None
        Cost of the journey in the period, whatever its size [currency].
    discount_rate : float or None
        Yearly rate at which later money counts less; 0.1 is 10% a year.
    typed_second_purchase_rate : float or None
        q, for a framework in which buying again is no stage.
    fixed_share : float
        Share, 0 to 1, of the fixed costs that this flow bears (one segment of several).
    """

    flow: Flow
    numbers: Mapping[str, StageNumbers]
    offers: Mapping[str, Offer]
    spend: float | None
    fixed_cost: float | None
    discount_rate: float | None
    typed_second_purchase_rate: float | None
    fixed_share: float

    @classmethod
    def of(cls, design: Design, segment: str | None = None, **others: Any) -> Self:
        """Take what was typed in a design.

        Parameters
        ----------
        design : Design
        segment : str, optional
            Only this segment's people; it bears fixed costs in proportion to its customers.
        **others
            Fields that differ from the design's.

        Returns
        -------
        Self
        """
        whole = design.flow()
        part = whole if segment is None else whole.only(segment)
        own = (one.spend for one in design.segments if segment in {None, one.name})
        spends = [spend for spend in own if spend is not None]
        share = 1.0 if segment is None else _customers(part) / (_customers(whole) or math.inf)
        fields: dict[str, Any] = {
            "flow": part,
            "numbers": {row.stage: row for row in design.stages},
            "offers": {design.framework.anchor(offer.stage): offer for offer in design.offers},
            "spend": sum(spends) if spends else None,
            "fixed_cost": design.fixed_cost,
            "discount_rate": design.discount_rate,
            "typed_second_purchase_rate": design.second_purchase_rate,
            "fixed_share": share,
        }
        return cls(**(fields | others))

    @cached_property
    def _first(self) -> int:
        first = self.flow.framework.by_milestone.get(FIRST_PAYMENT)
        if first is None:
            raise UndefinedError("no stage of this framework is the first payment")
        return first

    def _typed(self, field: str) -> NDArray[np.float64]:
        """Read a field of all stages; NaN where nothing was typed."""
        values = (getattr(self.numbers.get(key), field, None) for key in self.flow.framework.keys)
        return np.array([math.nan if value is None else value for value in values])

    def _at(self, column: str, stage: int) -> float:
        value = self.flow.numbers(column)[stage]
        if value is None:
            name = self.flow.framework.stages[stage].name
            flagged = [flag.message for flag in self.flow.flags if flag.id in ("A47", "A48")]
            raise UndefinedError(flagged[0] if flagged else f"the number at {name} is not known")
        return value

    def _costs(self, stages: Sequence[int]) -> float:
        unit = self._typed("unit_cost")
        variable = sum(
            float(unit[stage]) * self._at("visits", stage) for stage in stages if unit[stage] > 0
        )
        return variable + self.fixed_share * float(np.nansum(self._typed("fixed_cost")[[*stages]]))

    def _passed(self, stage: int) -> list[int]:
        """Find the stages on the way to a stage, itself included; habit is on no way to voice."""
        return [*reversed(self.flow.framework.before(stage)), stage]

    def _require_costs(self) -> None:
        typed = np.isfinite([*self._typed("unit_cost"), *self._typed("fixed_cost")]).any()
        if not typed and self.spend is None and self.fixed_cost is None:
            raise UndefinedError("no cost is typed: give unit costs, fixed costs or spend")

    @property
    def _common_cost(self) -> float:
        return (self.spend or 0) + self.fixed_share * (self.fixed_cost or 0)

    @property
    def _again(self) -> int | None:
        return self.flow.framework.by_milestone.get(BOUGHT_AGAIN)

    def _margin(self, milestone: str, stage: int | None) -> float:
        numbers = self.numbers.get(self.flow.framework.keys[stage]) if stage is not None else None
        offer = self.offers.get(milestone)
        for source in (numbers, offer):
            if source is not None and source.margin is not None:
                return source.margin
        where = self.flow.framework.stages[stage].name if stage is not None else milestone
        raise UndefinedError(f"the margin of an order at {where} is not typed")

    def _typed_margins(self) -> NDArray[np.float64]:
        """Contribution of one visit to each stage, or of the order there; 0 where none is typed."""
        margins = self._typed("margin")
        for position, stage in enumerate(self.flow.framework):
            offer = self.offers.get(stage.anchor)
            if offer is not None and offer.margin is not None:
                margins[position] = offer.margin
        if not np.isfinite(margins).any():
            raise UndefinedError("no margin is typed: give an offer, or a stage, its margin")
        return np.nan_to_num(margins)

    @property
    def _first_margin(self) -> float:
        return self._margin(FIRST_PAYMENT, self._first)

    @property
    def _loop_rate(self) -> float:
        """Share of the visits to buying again that come straight back to it."""
        if self._again is None:
            return 0.0
        repeats = self.flow.repeats(self._again)
        visits = sum(visits for visits, _ in repeats)
        # Where nobody is, nobody comes back.
        return sum(visits * share for visits, share in repeats) / (visits + (visits == 0))

    @property
    def _cycle_days(self) -> float:
        return _cycle_days(self.offers)

    @property
    def _cycle_discount(self) -> float:
        return cycle_discount(self.discount_rate, self.offers)

    @property
    def _days_to_first_payment(self) -> float:
        return float(np.nansum(self._typed("mean_delay")[self._passed(self._first)]))

    @property
    def _stages_without_delay(self) -> list[int]:
        """Stages on the way to the first payment whose delay was not typed."""
        delays = self._typed("mean_delay")
        return [stage for stage in self._passed(self._first)[1:] if math.isnan(delays[stage])]

    def _price(self, milestone: str) -> float:
        offer = self.offers.get(milestone)
        if offer is None or offer.price is None:
            which = "first" if milestone == FIRST_PAYMENT else "later"
            raise UndefinedError(f"the price of the {which} order is not typed")
        return offer.price


def _customers(flow: Flow) -> float:
    """Count the people at the first payment; 0 where they are not known."""
    first = flow.framework.by_milestone.get(FIRST_PAYMENT)
    people = None if first is None else flow.numbers("people")[first]
    return people if people and math.isfinite(people) else 0.0


def cycle_discount(discount_rate: float | None, offers: Mapping[str, Offer]) -> float:
    """Work out by how much money counts less after a buying cycle: (1 + annual)^(days/365) - 1.

    Parameters
    ----------
    discount_rate : float or None
        Yearly rate; 0.1 is 10% a year.
    offers : mapping of anchor to Offer

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    UndefinedError
        If there is a rate, and no buying cycle was typed.
    """
    if not discount_rate:
        return 0.0
    try:
        return math.pow(1 + discount_rate, _cycle_days(offers) / DAYS_A_YEAR) - 1
    except OverflowError:
        return math.inf


def _cycle_days(offers: Mapping[str, Offer]) -> float:
    for milestone in (BOUGHT_AGAIN, FIRST_PAYMENT):
        offer = offers.get(milestone)
        if offer is not None and offer.cycle_days is not None:
            return offer.cycle_days
    raise UndefinedError("the buying cycle is not typed")
