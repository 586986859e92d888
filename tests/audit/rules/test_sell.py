"""Rules of `cvjkit.audit.rules.sell`: what they find, let pass, need, and where the line is."""

from __future__ import annotations

from tests.audit.rules.cases import Case, Change, RuleAndLineTests, unready
from tests.designs import message, messages, tactics, without_message

FIRES = [
    Case(
        "A24",
        lambda j: messages(
            j.with_offer("bought_again", digital=True),
            "bought_again",
            {"kind": "delivery", "after_minutes": 4320},
        ),
        "W",
        "within 10 minutes; yours takes 4320",
        "bought_again",
    ),
    Case(
        "A20",
        lambda j: messages(unready(j, 31), "visited", {"kind": "ask"}),
        "W",
        "asked for money after 0 minutes",
        segment="Ads",
    ),
    Case(
        "A20",
        lambda j: unready(j, 30),
        "W",
        "Ads (unaware) is asked for money after 30 minutes, with nothing free before",
        segment="Ads",
        numbers={"minutes": 30, "session": 30},
    ),
    Case(
        "A21",
        lambda j: j.with_stage("lead", delay_days=31).with_offer("bought_again", cycle_days=90),
        "W",
        "It takes 31 days to get to Lead",
        "lead",
        numbers={"days": 31, "cycle_days": 90},
    ),
    Case(
        "A21",
        lambda j: j.with_stage("bought_again", delay_days=31),
        "W",
        "It takes 31 days to get to Bought again",
        "bought_again",
    ),
    Case(
        "A22",
        lambda j: message(j, "lead", "free_value", times_a_week=3.5),
        "I",
        "3.5 unsolicited messages a week before payment",
        numbers={"times_a_week": 3.5, "most": 3},
    ),
    Case(
        "A22",
        lambda j: message(j, "lead", "free_value", opt_out=False),
        "I",
        "Free value cannot be stopped",
        "lead",
    ),
    Case(
        "A23",
        lambda j: j.with_offer("first_payment", easy_payment=False),
        "W",
        "Taster box is not easy to pay for",
        "first_payment",
    ),
    Case(
        "A23",
        lambda j: j.with_offer("first_payment", immediate_access=False),
        "W",
        "is digital and not there at once",
        "first_payment",
    ),
    Case(
        "A24",
        lambda j: message(j, "wowed", "delivery", after_minutes=10.5),
        "W",
        "within 10 minutes; yours takes 10.5",
        "wowed",
        numbers={"minutes": 10.5, "most": 10},
    ),
    Case(
        "A25",
        lambda j: message(j, "wowed", "sales_contact", after_minutes=21),
        "W",
        "yours takes 21 minutes",
        "wowed",
        numbers={"minutes": 21, "most": 20},
    ),
    Case(
        "A25",
        lambda j: message(j, "wowed", "sales_contact", after_minutes=900, after_opening_minutes=61),
        "W",
        "first thing next morning",
        "wowed",
        numbers={"opening_minutes": 61},
    ),
    Case(
        "A42",
        lambda j: j.with_terms(next_test_days=8),
        "W",
        "planned in 8 days",
        numbers={"days": 8, "most": 7},
    ),
    Case("A42", lambda j: j.with_terms(next_test_days=None), "W", "No test is planned"),
]

PASSES: list[tuple[str, str, Change, str]] = [
    ("A24", "a later thing that comes by post", lambda j: messages(j, "bought_again", {
        "kind": "delivery", "after_minutes": 4320}), "Delivered after 10 minutes"),
    ("A24", "a thing and a download, sold at one stage", lambda j: messages(
        j.in_framework("eight:time"), "ascension", {"kind": "delivery", "after_minutes": 4320},
        {"kind": "delivery", "after_minutes": 5}), "Delivered after 5 minutes"),
    ("A20", "asked after the session", lambda j: unready(j, 31), "after 31 minutes"),
    ("A20", "something free first", lambda j: j.with_segment("Ads", awareness="unaware"), "first"),
    ("A21", "the second order one cycle later", lambda j: j.with_stage(
        "bought_again", delay_days=30), "30 days"),
    ("A22", "as often as asked for", lambda j: message(
        j, "lead", "free_value", times_a_week=9, solicited=True), "0 unsolicited"),
    ("A22", "messages to customers", lambda j: messages(j, "first_payment", {
        "kind": "ask", "times_a_week": 9, "solicited": False}), "3 unsolicited"),
    ("A23", "a thing of wood", lambda j: j.with_offer(
        "first_payment", digital=False, immediate_access=None), "easy to pay"),
    ("A24", "nothing digital", lambda j: j.with_offer("first_payment", digital=False), "no offer"),
    ("A25", "first thing next morning", lambda j: message(
        j, "wowed", "sales_contact", after_minutes=900, after_opening_minutes=60), "Soon enough"),
    ("A25", "no call at all", lambda j: without_message(j, "wowed", "sales_contact"), "no sales"),
    ("A42", "each week", lambda j: tactics(j.with_terms(next_test_days=None), "first_payment",
        "Weekly test"), "each week"),
]  # fmt: skip

NEEDS: list[tuple[str, Change, str]] = [
    ("A20", lambda j: unready(j, 9).with_stage("lead", delay_days=None), "get to Lead"),
    ("A21", lambda j: j.with_stage("lead", delay_days=None), "get to Lead"),
    ("A22", lambda j: message(j, "lead", "free_value", opt_out=None),
        "whether people can stop Free value"),
    ("A22", lambda j: message(j, "lead", "free_value", solicited=None, times_a_week=9),
        "whether people asked for Free value"),
    ("A23", lambda j: j.with_offer("first_payment", digital=None), "whether Taster box is digital"),
    ("A24", lambda j: j.with_offer("bought_again", digital=True),
        "the delivery message of Bag is sent"),
    ("A24", lambda j: j.with_offer("bought_again", digital=None), "whether Bag is digital"),
    ("A24", lambda j: message(j, "wowed", "delivery", after_minutes=None),
        "after how many minutes the delivery message"),
    ("A25", lambda j: message(j, "wowed", "sales_contact", after_minutes=None),
        "how long after opening time"),
]  # fmt: skip

STRICT: list[tuple[str, str, float, Change]] = [
    ("session_minutes", "A20", 31, lambda j: unready(j, 31)),
    ("leg_days", "A21", 19, lambda j: j),
    ("leg_medians", "A21", 3, lambda j: j.with_stage("lead", delay_days=31)
        .with_offer("bought_again", cycle_days=99).with_terms(thresholds={"leg_medians": 99})),
    ("leg_cycles", "A21", 0.5, lambda j: j),
    ("messages_a_week", "A22", 2, lambda j: j),
    ("opening_minutes", "A25", 59, lambda j: message(
        j, "wowed", "sales_contact", after_minutes=900, after_opening_minutes=60)),
]  # fmt: skip


class TestSell(RuleAndLineTests):
    pass
