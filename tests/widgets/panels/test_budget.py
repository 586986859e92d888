from __future__ import annotations

import math

import pytest

import cvjkit as cvj
from cvjkit.widgets.panels.budget import HELP, budget_part
from tests.widgets.panels.answered import PLAN, asked, fields, texts

HALF = str(1000 * math.log(2))


def test_a_budget_is_divided_as_the_people_typed_say() -> None:
    part = budget_part(
        asked(PLAN, budget_budget_money="2000", responses_0_most="100000", responses_0_half=HALF)
    )
    # Each person is worth 0.15 - 0.10: spend theta ln(u A / theta).
    spend = 1000 * math.log(0.05 * 100_000 / 1000)
    assert texts(part, "responses", "spend") == {"0": f"EUR {spend:,.2f}"}
    assert part.notes[0].startswith(f"Spend EUR {spend:,.2f} on Everyone")
    assert "unspent" in part.notes[0]


def test_half_of_the_people_come_for_the_spend_typed() -> None:
    part = budget_part(
        asked(PLAN, budget_budget_money="300", responses_0_most="100000", responses_0_half="300")
    )
    assert texts(part, "responses", "people") == {"0": "50,000"}


@pytest.mark.parametrize("money", ["", "2000"])
def test_until_enough_is_typed_it_says_what_is_needed(money: str) -> None:
    part = budget_part(asked(PLAN, budget_budget_money=money, responses_0_most="8000"))
    assert part.notes == (HELP,)
    assert texts(part, "responses", "spend") == {}


def test_what_is_impossible_says_so_in_its_field() -> None:
    part = budget_part(
        asked(PLAN, budget_budget_money="-5", responses_0_most="8000", responses_0_half="1000")
    )
    assert "ust be" in fields(part, "budget", "money")["budget"].message
    part = budget_part(
        asked(PLAN, budget_budget_money="5", responses_0_most="-8000", responses_0_half="1000")
    )
    assert fields(part, "responses", "most")["0"].message


def test_where_a_person_is_worth_nothing_known_it_says_what_is_missing() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.2, 0.05, 0.4, 0.25])
    part = budget_part(
        asked(plan, budget_budget_money="5", responses_0_most="8000", responses_0_half="1000")
    )
    assert "not known" in part.notes[0]
