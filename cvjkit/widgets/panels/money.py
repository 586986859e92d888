"""Money as fields: what is bought, what holds for the journey as a whole, and what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cvjkit.model.design import Design
from cvjkit.model.economics import BOUGHT_AGAIN, FIGURES, FIRST_PAYMENT
from cvjkit.model.parts import Offer
from cvjkit.number_text import money_text
from cvjkit.widgets.builders import columns, line, listed
from cvjkit.widgets.codec import TEXT, Text
from cvjkit.widgets.fields import Part, Row, Table
from cvjkit.widgets.panels.explained import explaining

if TYPE_CHECKING:
    from cvjkit.charts.excerpt import Word
    from cvjkit.journey import Journey

ORDERS = {FIRST_PAYMENT: "First order", BOUGHT_AGAIN: "Later orders"}
OFFER_NAME, PRICE, MARGIN, *AGAIN = columns(
    Offer, "name", "price", "margin", "cycle_days", "repeat_rate"
)
NEW_OFFER_NAME = replace(OFFER_NAME, codec=TEXT)
CURRENCY, FIXED_COST, DISCOUNT_RATE, SECOND_PURCHASE_RATE = columns(
    Design, "currency", "fixed_cost", "discount_rate", "second_purchase_rate"
)
TERMS = (
    replace(CURRENCY, codec=Text(blank="")),
    FIXED_COST,
    DISCOUNT_RATE,
)
SMALL_PART = 0.005
"""Less of a change is neither better nor worse."""
HEADINGS = (
    ("order", "Order"),
    *(column.heading for column in (OFFER_NAME, PRICE, MARGIN, *AGAIN)),
)


def money_part(journey: Journey, segment: str | None = None) -> Part:
    """Make the fields of what is bought, and of the money of the journey as a whole.

    The figures that are no headlines are shown with them.

    Parameters
    ----------
    journey : Journey
    segment : str, optional
        Of whose people the figures are.

    Returns
    -------
    Part
    """
    offers = {journey.framework.anchor(offer.stage): offer for offer in journey.offers}
    anchors = dict.fromkeys([*ORDERS, *offers])
    rows = [_offer_row(journey, anchor, offers.get(anchor)) for anchor in anchors]
    terms = [*TERMS]
    is_a_stage = any(stage.milestone == BOUGHT_AGAIN for stage in journey.framework)
    if not is_a_stage or journey.second_purchase_rate is not None:
        terms.append(SECOND_PURCHASE_RATE)
    fields = [column.field(journey, "", currency=journey.currency) for column in terms]
    tables = (Table("offers", tuple(rows), HEADINGS), line("terms", *fields))
    shown = _figures(journey, segment, {key for key, one in FIGURES.items() if not one.headline})
    return replace(
        shown, id="money", title="Money", tables=tables, fold="closed", brief=_brief(journey)
    )


def _brief(journey: Journey) -> str:
    """Name what is sold, at which price, and the fixed cost."""
    said = [
        f"{offer.name} {money_text(offer.price, journey.currency)}"
        for offer in journey.offers
        if offer.price is not None
    ]
    if journey.fixed_cost:
        said.append(f"fixed cost {money_text(journey.fixed_cost, journey.currency)}")
    return listed(said) or "nothing entered yet"


def _offer_row(journey: Journey, anchor: str, offer: Offer | None) -> Row:
    stage = next((stage for stage in journey.framework if stage.anchor == anchor), None)
    title = ORDERS.get(anchor) or (stage.name if stage else anchor)
    path = f"offers.{offer.stage if offer else stage.key if stage else anchor}"
    numbers = journey.get(f"stages.{stage.key}") if stage else None
    name = OFFER_NAME if offer else NEW_OFFER_NAME
    margin = MARGIN.field(offer, path, title, journey.currency)
    if stage is not None and numbers is not None and numbers.margin is not None:
        margin = MARGIN.field(numbers, f"stages.{stage.key}", title, journey.currency)
    price = PRICE.field(offer, path, title, journey.currency)
    fields = [name.field(offer, path, title), price, margin]
    fields += [
        column.field(offer, path, title, journey.currency)
        for column in AGAIN
        if anchor != FIRST_PAYMENT or getattr(offer, column.key, None) is not None
    ]
    note = stage.name if stage and anchor in ORDERS else ""
    return Row(anchor, title, tuple(fields), note)


def figures_part(
    journey: Journey,
    segment: str | None = None,
    base: Journey | None = None,
    word: Word = "was",
) -> Part:
    """Show the figures that matter; what is not known is a dash with the reason.

    Parameters
    ----------
    journey : Journey
    segment : str, optional
        Only this segment's people.
    base : Journey, optional
        Without the what-if, or planned: how each figure differs is shown.
    word : {"was", "planned"}
        What is said of the figures of the base.

    Returns
    -------
    Part
    """
    economics, currency = journey.economics(segment), journey.currency
    before = None if base is None else base.economics(segment)
    shown = {key for key, figure in FIGURES.items() if figure.headline}
    changes = [
        _change(key, economics[key], before[key], currency, word)
        for key in FIGURES
        if key in shown and before is not None
    ]
    return replace(_figures(journey, segment, shown), changes=tuple(changes))


def _figures(journey: Journey, segment: str | None, shown: set[str]) -> Part:
    economics, currency = journey.economics(segment), journey.currency
    entries = {key: figure for key, figure in FIGURES.items() if key in shown}
    figures = tuple(
        (figure.short, economics.text(key, currency), economics.remark(key, currency))
        for key, figure in entries.items()
    )
    explains = {
        ("figures", figure.short): explaining(journey, key, segment)
        for key, figure in entries.items()
    }
    return Part("figures", figures=figures, explains=explains)


def _change(
    key: str, value: float | None, before: float | None, currency: str, word: Word
) -> tuple[str, str, str, str]:
    figure = FIGURES[key]
    was = figure.text(before, currency)
    if figure.text(value, currency) == was:
        unchanged = {"was": "unchanged", "planned": "as planned"}[word]
        return figure.short, "" if value is None else unchanged, "", ""
    change = figure.change_text(value, before, currency)
    if value is None or before is None:
        return figure.short, "", f"{word} {was}", ""
    if abs(value - before) < SMALL_PART * abs(before):
        return figure.short, change, f"{word} {was}", ""
    is_better = (value < before) == figure.less_is_better
    return figure.short, change, f"{word} {was}", "better" if is_better else "worse"
