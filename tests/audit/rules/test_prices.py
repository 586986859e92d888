"""Rules of `cvjkit.audit.rules.prices`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

from tests.audit.rules.cases import Case, Change, RuleAndLineTests, without_core
from tests.designs import tactics

FIRES = [
    Case(
        "A45",
        lambda j: j.with_terms(discount_rate=10),
        "W",
        "Is the discount rate 1,000% a year? Write 0.1 if you mean 10%.",
        numbers={"discount_rate": 10},
    ),
    Case(
        "A45",
        lambda j: j.with_offer("first_payment", margin=None).with_stage("first_payment", margin=99),
        "E",
        "The margin of Taster box, EUR 99.00, exceeds its price of EUR 14.00",
        "first_payment",
        numbers={"margin": 99, "price": 14},
    ),
    Case(
        "A45",
        lambda j: j.with_terms(market=29_000),
        "E",
        "30,000 people at Aware: more than the 29,000 there are to reach.",
        "aware",
        numbers={"people": 30_000, "market": 29_000},
    ),
    Case(
        "A33",
        lambda j: j.with_offer("first_payment", cycle_days=None),
        "W",
        "Enter the buying cycle of Taster box",
    ),
    Case(
        "A16",
        lambda j: j.with_offer("first_payment", price=14.01),
        "W",
        "EUR 14.01 against EUR 40.00, 35% of it",
        "first_payment",
        numbers={"entry_price": 14.01, "core_price": 40, "most": 0.35},
    ),
    Case(
        "A16",
        lambda j: j.with_offer("first_payment", price=40),
        "W",
        "costs no less than the next one",
        "first_payment",
    ),
    Case(
        "A17",
        lambda j: j.with_offer("first_payment", value=None),
        "W",
        "say what Taster box is worth",
        "first_payment",
    ),
    Case(
        "A18",
        lambda j: j.with_offer("first_payment", margin=4),
        "I",
        "First margins cover 0.98 times the cost from lead to customer: a loss leader",
        "first_payment",
        numbers={"cover": 6000 / 6150, "margins": 6000, "cost": 6150},
    ),
    Case(
        "A18",
        lambda j: j.with_offer("first_payment", margin=8.25),
        "I",
        "cover 2.01 times the cost from lead to customer: it is tempting to earn here",
        "first_payment",
    ),
    Case(
        "A19",
        lambda j: j.with_offer("first_payment", price=3.99, margin=1),
        "W",
        "Bag costs EUR 40.00, 10.03x the price before",
        numbers={"times": 40 / 3.99, "most": 10},
    ),
    Case(
        "A29",
        without_core,
        "W",
        "nothing more to buy",
        "bought_again",
    ),
    Case(
        "A30",
        lambda j: j.with_offer("bought_again", price=14, margin=7, repeat_rate=0),
        "W",
        "Bag costs no more than the entry offer and is not bought more often",
        "bought_again",
        numbers={"entry_price": 14, "core_price": 14},
    ),
    Case(
        "A30",
        lambda j: j.with_offer("habitual", name="Club", margin=19, cycle_days=30),
        "W",
        "Contribution a month falls to EUR 19.26 from EUR 20.28 with Club",
        "habitual",
    ),
    Case(
        "A31",
        lambda j: j.with_offer("bought_again", based_on=None),
        "W",
        "Choose the next offer by what people usually buy together",
        "bought_again",
    ),
    Case(
        "A33",
        lambda j: j.with_offer("bought_again", cycle_days=None),
        "W",
        "Enter the buying cycle of Bag",
    ),
    Case(
        "A33",
        lambda j: j.with_offer("bought_again", reorder_days=[30, 46]),
        "W",
        "Bag has one cycle of 30 days for products that people re-order after 30 days, 46 days",
        numbers={"cycle_days": 30, "shortest": 30, "longest": 46},
    ),
]

PASSES: list[tuple[str, str, Change, str]] = [
    ("A45", "a discount of 100%", lambda j: j.with_terms(discount_rate=1), "All numbers"),
    ("A45", "a market of all who came", lambda j: j.with_terms(market=29_999), "All numbers"),
    ("A45", "one person in two channels",
        lambda j: j.with_terms(market=20_000, channels_overlap=True), "All numbers"),
    ("A45", "an order that costs nothing", lambda j: j.with_offer("first_payment", margin=14),
        "All numbers are possible"),
    ("A33", "what is free has no cycle", lambda j: j.with_offer("lead", name="Guide", price=0),
        "Cycles: Taster box 30 days, Bag 30 days"),
    ("A16", "all for free", lambda j: j.with_offer("first_payment", price=0, margin=0)
        .with_offer("bought_again", price=0, margin=0), "EUR 0.00"),
    ("A17", "a guarantee", lambda j: j.with_offer("first_payment", value=None,
        risk_reducer="Money back"), "Money back"),
    ("A18", "exactly covered", lambda j: j.with_offer("first_payment", margin=4.1), "1.00 times"),
    ("A18", "exactly twice", lambda j: j.with_offer("first_payment", margin=8.2), "2.00 times"),
    ("A19", "ten times the price", lambda j: j.with_offer(
        "first_payment", price=4, margin=1), "10.00x"),
    ("A19", "something for free on the way", lambda j: j.with_offer("lead", price=0), "2.86x"),
    ("A29", "a partner's", lambda j: tactics(without_core(j), "bought_again",
        "Joint-venture offer", "Re-engagement"), "Joint-venture offer"),
    ("A29", "an offer for the habitual", lambda j: without_core(j).with_offer(
        "habitual", name="Club", price=99), "Club"),
    ("A30", "bought again as a loop", lambda j: j.with_offer("bought_again", price=14,
        margin=7, repeat_rate=None).planned()
        .with_transition("bought_again", "bought_again", 0.1), "rises"),
    ("A30", "as dear and bought often", lambda j: j.with_offer(
        "bought_again", price=14, margin=7), "rises"),
    ("A31", "what sells together", lambda j: tactics(j.with_offer("bought_again", based_on=None),
        "bought_again", "Products sold together", "Re-engagement"), "Products sold together"),
    ("A33", "nearly alike", lambda j: j.with_offer(
        "bought_again", reorder_days=[20, 45]), "Bag 30 days"),
]  # fmt: skip

NEEDS: list[tuple[str, Change, str]] = [
    ("A18", lambda j: j.with_offer("first_payment", margin=None), "the margin of the first order"),
    ("A19", without_core, "two offers with a price"),
    ("A30", lambda j: j.with_offer("bought_again", price=9, margin=3, repeat_rate=None),
        "the repeat rate of Bag"),
]  # fmt: skip

STRICT: list[tuple[str, str, float, Change]] = [
    ("entry_price_share", "A16", 0.34, lambda j: j),
    ("cover_low", "A18", 1.5, lambda j: j),
    ("cover_high", "A18", 1.4, lambda j: j),
    ("price_jump", "A19", 2, lambda j: j),
    ("reorder_times", "A33", 1.4, lambda j: j.with_offer("bought_again", reorder_days=[20, 45])),
]  # fmt: skip


class TestPrices(RuleAndLineTests):
    pass
