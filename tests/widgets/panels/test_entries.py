from __future__ import annotations

import cvjkit as cvj
from cvjkit.numbers import Evidence
from cvjkit.widgets.fields import Keep
from cvjkit.widgets.panels.entries import Asked, reasons
from tests.widgets.panels.answered import PLAN, asked

MONEY = ("budget", "budget", "money")


def test_a_number_is_read_as_in_any_field_and_kept_as_it_was_typed() -> None:
    typed = asked(PLAN, budget_budget_money="1.2k").number(MONEY, "Money", "amount")
    assert (typed.value, typed.field.text, typed.field.edit) == (1200, "1.2k", Keep())
    german = Asked(PLAN, entries={MONEY: "1.250"}, evidence=Evidence(language="de"))
    assert german.number(MONEY, "Money", "amount").value == 1250


def test_what_is_no_number_says_so_in_its_field() -> None:
    typed = asked(PLAN, budget_budget_money="x").number(MONEY, "Money", "amount")
    assert typed.value is None
    assert "x" in typed.field.message


def test_until_something_is_typed_the_default_stands_there_and_a_blank_is_nothing() -> None:
    assert asked(PLAN).number(MONEY, "Money", "amount", "50").value == 50
    emptied = asked(PLAN, budget_budget_money="").number(MONEY, "Money", "amount", "50")
    assert (emptied.value, emptied.field.text) == (None, "")


def test_what_is_no_longer_a_choice_is_the_default() -> None:
    choices = (("a", "A"), ("b", "B"))
    for typed, shown in (("b", "b"), ("gone", "a")):
        assert asked(PLAN, x_x_x=typed).choice(("x", "x", "x"), "X", choices, "a").text == shown


def test_reasons_are_given_by_what_they_are_about() -> None:
    try:
        PLAN.fix_first({"conversion": 2})
    except cvj.InputError as error:
        told = reasons(error)
    assert told == {"targets.conversion": "Must be between 0 and 1: write a share from 0 to 1."}
