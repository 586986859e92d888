"""Money as fields: what is bought, what holds for the journey as a whole, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cvjkit.model.design import Design
from cvjkit.model.economics import BOUGHT_AGAIN, FIGURES, FIRST_PAYMENT
from cvjkit.model.parts import Offer
from cvjkit.widgets.codec import SHARE, TEXT
from cvjkit.widgets.fields import Column, Field, Part, Row, Table, columns, line

if TYPE_CHECKING:
    from cvjkit.journey import Journey
    from cvjkit.model.economics import Economics

ORDERS = {FIRST_PAYMENT: "First order", BOUGHT_AGAIN: "Later orders"}
OFFER_NAME, PRICE, MARGIN, *AGAIN = columns(
    Offer,
    name="Offer",
    price="Price",
    margin="Margin",
    cycle_days="Buying cycle",
    repeat_rate="Repeat rate",
)
NEW_OFFER_NAME = Column("name", "Offer", TEXT)
CURRENCY, FIXED_COST, SECOND_PURCHASE_RATE = columns(
    Design,
    currency="Currency",
    fixed_cost="Fixed cost",
    second_purchase_rate="Customers who buy again",
)
DISCOUNT_RATE = Column("discount_rate", "Discount rate a year", SHARE)
HEADINGS = (
    ("order", "Order"),
    OFFER_NAME.heading,
    PRICE.heading,
    MARGIN.heading,
    ("cycle_days", "Buying cycle (days)"),
    ("repeat_rate", "Repeat rate"),
)


def money_part(journey: Journey) -> Part:
    """Make the fields of what is bought, and of the money of the journey as a whole.

    Parameters
    ----------
    journey : Journey

    Returns
    -------
    Part
    """
    offers = {journey.framework.anchor(offer.stage): offer for offer in journey.offers}
    anchors = dict.fromkeys([*ORDERS, *offers])
    rows = [_offer_row(journey, anchor, offers.get(anchor)) for anchor in anchors]
    terms = [CURRENCY, FIXED_COST, DISCOUNT_RATE]
    is_a_stage = any(stage.milestone == BOUGHT_AGAIN for stage in journey.framework)
    if not is_a_stage or journey.second_purchase_rate is not None:
        terms.append(SECOND_PURCHASE_RATE)
    fields = [column.field(journey, "") for column in terms]
    tables = (Table("offers", tuple(rows), HEADINGS), line("terms", *fields))
    return Part("money", "Money", tables, fold="open")


def _offer_row(journey: Journey, anchor: str, offer: Offer | None) -> Row:
    stage = next((stage for stage in journey.framework if stage.anchor == anchor), None)
    title = ORDERS.get(anchor) or (stage.name if stage else anchor)
    path = f"offers.{offer.stage if offer else stage.key if stage else anchor}"
    margin_path = path
    if stage is not None and journey.get(f"stages.{stage.key}.margin") is not None:
        margin_path = f"stages.{stage.key}"
    name = OFFER_NAME if offer else NEW_OFFER_NAME
    fields: list[Field] = [
        name.field(journey, path, title),
        PRICE.field(journey, path, title),
        MARGIN.field(journey, margin_path, title),
    ]
    fields += [
        column.field(journey, path, title)
        for column in AGAIN
        if anchor != FIRST_PAYMENT or getattr(offer, column.key, None) is not None
    ]
    note = stage.name if stage and anchor in ORDERS else ""
    return Row(anchor, title, tuple(fields), note)


def figures_part(economics: Economics, currency: str) -> Part:
    """Show the figures that matter; what is not known is a dash with the reason.

    Parameters
    ----------
    economics : Economics
    currency : str

    Returns
    -------
    Part
    """
    return Part(
        "figures",
        "Results",
        figures=tuple(
            (figure.short, economics.text(key, currency), economics.remark(key, currency))
            for key, figure in FIGURES.items()
            if figure.headline
        ),
    )
