"""Rules on offers and prices: low first, more later, and what it costs covered."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from cvjkit.audit.findings import Outcome, fires, passes, rule
from cvjkit.audit.stage_facts import MissingError, exceeds
from cvjkit.number_text import days_text, money_text, ratio_text, share_text

if TYPE_CHECKING:
    from cvjkit.audit.facts import Facts

ENTRY, CORE = "first_payment", "bought_again"
DAYS_A_MONTH = 365 / 12


@rule(
    "A16",
    "W",
    "The price of the first offer against that of the next",
    "Seven Steps to Heaven wants the first thing people buy to have a low price. Sugerman asks "
    "for a little money.",
    *("000:24", "002:17"),
    basis="threshold",
)
def entry_price_is_low(facts: Facts) -> Iterator[Outcome]:
    entry, core = _prices(facts)
    most = facts.thresholds.entry_price_share
    seen = {"entry_price": entry, "core_price": core, "most": most}
    stage = facts.key(facts.covering[ENTRY])
    against = f"{_money(facts, entry)} against {_money(facts, core)}"
    if entry > 0 and entry >= core:
        message = f"The entry offer costs no less than the next one: {against}."
        yield fires(message, seen, stage=stage)
    elif exceeds(entry, most * core):
        share = share_text(entry / core)
        message = f"The entry offer does not have a low price: {against}, {share} of it."
        yield fires(message, seen, stage=stage)
    yield passes(f"The entry offer costs {against} for the next.", seen)


@rule(
    "A17",
    "W",
    "The first offer is worth a lot or carries little risk, and says so",
    "Seven Steps to Heaven wants it to be extremely valuable and cheap. Sugerman calls it a "
    "high-value, low-risk exchange. Customers still see a commodity.",
    *("000:24", "002:17"),
)
def entry_offer_has_value(facts: Facts) -> Iterator[Outcome]:
    offer = facts.offer_at(ENTRY)
    if offer.value is None and offer.risk_reducer is None:
        facts.must_begin(f"what {offer.name} is worth, or what reduces the buyer's risk")
        yield fires(
            f"A low price alone looks like a commodity: say what {offer.name} is worth, or what "
            "reduces the buyer's risk.",
            stage=facts.key(facts.covering[ENTRY]),
        )
    yield passes(f"{offer.name}: {offer.value or offer.risk_reducer}.")


@rule(
    "A18",
    "I",
    "The margins of the first orders against the cost from lead to customer",
    "Sugerman: the entry-point offer may just cover the cost of turning a lead into a customer. "
    "It is tempting to earn more with it.",
    "002:17",
    basis="threshold",
)
def entry_margin_covers_cost(facts: Facts) -> Iterator[Outcome]:
    lead, payment = facts.stage_at("lead"), facts.stage_at(ENTRY)
    (customers,) = facts.counted(payment)
    (margin,) = facts.typed(("the margin of the first order", facts.margin(ENTRY)))
    legs = range(lead + 1, payment + 1)
    costs = facts.economics.numbers("cost")[lead + 1 : payment + 1]
    known = facts.typed(
        *((f"the cost at {facts.label(at)}", cost) for at, cost in zip(legs, costs, strict=True))
    )
    if sum(known) == 0:
        raise MissingError("costs between lead and first payment")
    ratio = margin * customers / sum(known)
    low, high = facts.thresholds.cover_low, facts.thresholds.cover_high
    seen = {"cover": ratio, "margins": margin * customers, "cost": sum(known)}
    covered = f"First margins cover {ratio:.2f} times the cost from lead to customer"
    if exceeds(low, ratio):
        later = facts.label(facts.covering[CORE])
        message = f"{covered}: a loss leader. The money must come back from {later}."
        yield fires(message, seen, stage=facts.key(payment))
    elif exceeds(ratio, high):
        message = f"{covered}: it is tempting to earn here, but Sugerman expects about break-even."
        yield fires(message, seen, stage=facts.key(payment))
    yield passes(f"{covered}.", seen)


@rule(
    "A19",
    "W",
    "How much each price is above the one before",
    "Seven Steps to Heaven: do not ask for marriage on the first date.",
    "000:33",
    basis="threshold",
)
def prices_rise_in_steps(facts: Facts) -> Iterator[Outcome]:
    offers = list(facts.offers.values())
    prices = facts.typed(*((f"the price of {offer.name}", offer.price) for offer in offers))
    paid = [(offer, price) for offer, price in zip(offers, prices, strict=True) if price > 0]
    if len(paid) < 2:
        raise MissingError("two offers with a price")
    most, largest = facts.thresholds.price_jump, 0.0
    for (_, before), (offer, price) in pairwise(paid):
        largest = max(largest, price / before)
        if exceeds(price, most * before):
            yield fires(
                f"Too big a step: {offer.name} costs {_money(facts, price)}, "
                f"{_times(price / before)} the price before.",
                {"times": price / before, "most": most},
            )
    yield passes(f"Prices rise by at most {ratio_text(largest)}.", {"times": largest, "most": most})


@rule(
    "A29",
    "W",
    "There is something more to buy: your own offer, a partner's or an affiliate's",
    "Sugerman and the Customer Value Journey sell more to happy customers. The Customer Value "
    "Journey: it need not be your own offer; a joint venture or an affiliate deal will do. "
    "Mishra offers what goes with the first purchase.",
    *("002:19", "003:96-100", "001:57"),
)
def more_to_buy(facts: Facts) -> Iterator[Outcome]:
    payment = facts.stage_at(ENTRY)
    offers = [offer.name for offer in facts.later_offers]
    if not offers and (facts.begun or not facts.offers):
        needed = "the offer bought after the first one"
        found = facts.look_for("second_offer", first=payment, needs=needed)
        offers = [act.name for act in found]
    if not offers:
        yield fires(
            "There is nothing more to buy: no second offer, neither your own nor a partner's.",
            stage=facts.key(facts.covering[CORE]),
        )
    yield passes(f"More to buy: {', '.join(offers)}.", {"offers": float(len(offers))})


@rule(
    "A30",
    "W",
    "Customers are worth more the longer they stay",
    "Seven Steps to Heaven: the better the relationship, the more, and the more often, they buy. "
    "Sugerman: they buy more often and at higher prices.",
    *("000:31", "000:35", "002:19"),
)
def value_rises(facts: Facts) -> Iterator[Outcome]:
    core = facts.offer_at(CORE)
    entry_price, core_price = _prices(facts)
    seen: dict[str, float | None] = {"entry_price": entry_price, "core_price": core_price}
    if core_price <= entry_price:
        stage = facts.key(facts.covering[CORE])
        loops = (way for way in facts.journey.transitions if way.source == way.target == stage)
        typed = core.repeat_rate is not None
        repeats = core.repeat_rate if typed else next((way.rate for way in loops), None)
        (rate,) = facts.typed((f"the repeat rate of {core.name}", repeats))
        if rate == 0:
            yield fires(
                f"{core.name} costs no more than the entry offer and is not bought more often: "
                "customers should be worth more the longer they stay.",
                seen,
                stage=stage,
            )
    monthly = {
        anchor: margin / offer.cycle_days * DAYS_A_MONTH
        for anchor in (ENTRY, CORE, "habitual")
        if (offer := facts.offers.get(anchor)) and offer.cycle_days
        and (margin := facts.margin(anchor)) is not None
    }  # fmt: skip
    for (_, before), (anchor, now) in pairwise(monthly.items()):
        if exceeds(before, now):
            yield fires(
                f"Contribution a month falls to {_money(facts, now)} from {_money(facts, before)} "
                f"with {facts.offers[anchor].name}: it should rise.",
                {"before": before, "now": now},
                stage=facts.key(facts.covering[anchor]),
            )
    yield passes("Value rises, as far as the numbers you entered show.", {**seen, **monthly})


@rule(
    "A31",
    "W",
    "The next offer is chosen by what people buy together or say they need",
    "Mishra finds out which products are usually sold together, or fits services to what the "
    "customer needs.",
    "001:57",
)
def next_offer_has_a_reason(facts: Facts) -> Iterator[Outcome]:
    offer = facts.offers.get(CORE)
    if offer is not None and offer.based_on is not None:
        based = [f"{offer.name}, {offer.based_on.replace('_', ' ')}"]
    else:
        acts = facts.look_for("based", needs="what the second offer is chosen by")
        based = [act.name for act in acts]
    if not based:
        yield fires(
            "Choose the next offer by what people usually buy together, or by what the customer "
            "says they need.",
            stage=facts.key(facts.covering[CORE]),
        )
    yield passes(f"Chosen by: {'; '.join(based)}.")


@rule(
    "A33",
    "W",
    "Each offer has the buying cycle of its products",
    "Fea: the time until re-order differs between coffee, contact lenses and shoes, and between "
    "those who buy monthly, quarterly or every six months.",
    "004:8",
    basis="threshold",
)
def buying_cycles_match(facts: Facts) -> Iterator[Outcome]:
    if not facts.offers:
        raise MissingError("an offer with its buying cycle in days")
    times = facts.thresholds.reorder_times
    sold = [offer for offer in facts.offers.values() if offer.price != 0]
    with_cycle = [offer for offer in facts.offers.values() if offer.cycle_days is not None]
    without = [offer.name for offer in sold if offer.cycle_days is None]
    if without:
        yield fires(
            f"Enter the buying cycle of {' and '.join(without)}: coffee, contact lenses and shoes "
            "have different ones.",
            {"offers": float(len(without))},
        )
    for offer in with_cycle:
        cycle = offer.cycle_days or 0.0
        if any(
            exceeds(days, times * cycle) or exceeds(cycle, times * days)
            for days in offer.reorder_days
        ):
            listed = ", ".join(days_text(days) for days in offer.reorder_days)
            yield fires(
                f"{offer.name} has one cycle of {days_text(cycle)} for products that people "
                f"re-order after {listed}: make separate offers of them.",
                {
                    "cycle_days": cycle,
                    "shortest": min(offer.reorder_days),
                    "longest": max(offer.reorder_days),
                },
            )
    listed = ", ".join(f"{offer.name} {days_text(offer.cycle_days)}" for offer in with_cycle)
    yield passes(f"Cycles: {listed}.")


def _prices(facts: Facts) -> tuple[float, float]:
    entry, core = (facts.offers.get(anchor) for anchor in (ENTRY, CORE))
    first, second = facts.typed(
        ("the price of the first offer", None if entry is None else entry.price),
        ("the price of the second offer", None if core is None else core.price),
    )
    return first, second


def _money(facts: Facts, amount: float) -> str:
    return money_text(amount, facts.journey.currency)


def _times(ratio: float) -> str:
    return ratio_text(ratio) if math.isfinite(ratio) else "very many times"
