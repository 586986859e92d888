"""Numbers are written so that nobody is misled, and can be read again."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cvjkit.model.economics import FIGURES
from cvjkit.number_text import (
    DASH,
    UNITS,
    Unit,
    days_text,
    in_column,
    money_text,
    people_text,
    plain_text,
    ratio_text,
    share_text,
    write_number,
)
from cvjkit.numbers import Evidence, read_number

ENGLISH = Evidence(language="en")
WRITERS = (people_text, share_text, money_text, days_text, ratio_text)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("value", [None, math.nan, math.inf, -math.inf])
def test_what_is_not_known_is_a_dash(write, value):
    assert write(value) == DASH


@pytest.mark.parametrize("write", WRITERS)
@given(value=st.floats(0, 1e15))
def test_no_number_is_shown_as_nan_or_in_exponents_or_empty(write, value):
    text = write(value)
    assert re.fullmatch(r"[<>]?[\d,]+(\.\d+)?( bn| tn)?(%| days?|x)?", text), text


@given(st.floats(0, 1))
def test_all_and_none_are_claimed_only_of_all_and_none(value):
    text = share_text(value)
    assert (text == "100%") == (value == 1)
    assert (text == "0%") == (value == 0)


@given(st.floats(1e-6, 0.9995))
def test_a_share_is_shown_to_within_a_twentieth(value):
    shown = float(share_text(value).rstrip("%").lstrip("<>")) / 100
    assert shown == pytest.approx(value, rel=0.05)


@given(st.integers(0, 10**9 - 1))
def test_whole_people_are_shown_to_the_last(value):
    assert people_text(value).replace(",", "") == str(value)


def test_a_share_of_one_in_ten_thousand_is_legible():
    assert share_text(0.0001) == "0.01%"


@given(st.floats(-1e6, 1e6))
def test_all_ratios_have_two_decimals_and_none_is_less_than_nothing(value):
    assert re.fullmatch(r"-?[\d,]+\.\d{2}x", ratio_text(value))
    shown = float(ratio_text(value).rstrip("x").replace(",", ""))
    assert shown == pytest.approx(value, abs=0.00501)
    assert ratio_text(-0.001) == "0.00x"


@given(st.floats(0, 9e9))
def test_people_are_whole_and_nobody_is_claimed_only_of_nobody(value):
    text = people_text(value)
    assert re.fullmatch(r"<1|[\d,]+", text)
    assert (text == "0") == (value == 0)
    if text != "<1":
        assert int(text.replace(",", "")) == pytest.approx(value, abs=0.501)


def test_half_a_person_is_shown_as_one_however_it_was_calculated():
    assert {people_text(value) for value in (12.5, 0.1 * 125, 12.499999999999996)} == {"13"}


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=8))
def test_the_shares_of_a_column_have_the_same_decimals(values):
    texts = in_column(values, share_text)
    marked = [text for text in texts if not text.startswith(("<", ">", DASH))]
    decimals = [len(text.rstrip("%").partition(".")[2]) for text in marked]
    assert len({count for count in decimals if count <= 2}) <= 1
    for text, value in zip(texts, values, strict=True):
        assert (text in {"0%", "0.0%", "0.00%"}) == (value == 0)
        assert (text in {"100%", "100.0%", "100.00%"}) == (value == 1)


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("JPY", 0), ("krw", 0), ("EUR", 2), ("", 2), ("Talers", 2), ("KWD", 3), ("CLF", 4)],
)
@example(9_999.99999)
@given(st.floats(0.5, 1e9))
def test_money_has_the_decimals_of_its_currency_alone_and_in_a_column(currency, decimals, value):
    text = money_text(value, currency).removeprefix(currency).strip()
    whole = round(value, decimals) >= 10_000
    assert re.fullmatch(r"[\d,]+(\.\d+)?", text)
    assert len(text.partition(".")[2]) == (0 if whole else decimals)
    assert float(text.replace(",", "")) == pytest.approx(value, abs=0.51)
    # What is less than the smallest coin has more decimals, and gives them to no other.
    amounts = [value, 25, 2e6, 0.00042]
    *column, small = in_column(amounts, lambda one, count: money_text(one, currency, count))
    assert {len(one.partition(".")[2]) for one in column} == {decimals}
    assert float(small.removeprefix(currency)) == pytest.approx(0.00042, abs=1e-4)


def test_a_cost_below_the_smallest_coin_is_not_shown_as_nothing():
    assert money_text(0.0042, "EUR") == "EUR 0.0042"
    assert money_text(0.4, "JPY") == "JPY 0.40"


def test_thousands_are_grouped_and_the_currency_comes_first():
    assert money_text(1234567.8, "EUR") == "EUR 1,234,568"


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "15"), ("KWD", "15.3850"), ("", "15.38")])
def test_a_calculated_amount_in_a_field_has_the_decimals_of_its_currency(currency, shown):
    assert write_number(200 / 13, currency=currency) == shown
    assert write_number(15.0000001, currency=currency) == "15"


def test_no_number_is_too_long_to_read():
    assert [people_text(value) for value in (1e15, 1.2538e26)] == ["1,000 tn", ">1,000 tn"]
    for write in (*WRITERS, plain_text):
        assert len(write(-1e200)) < 20
    assert (money_text(-1e26, "EUR"), days_text(1e26)) == ("EUR <-1,000 tn", ">1,000 tn days")


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from(["EUR", "JPY", "KWD", "kr."]))
def test_a_change_is_the_difference_of_the_two_values_that_are_shown(before, after, currency):
    for key in ("customers", "profit", "cac", "k", "roas", "payback_days", "roi"):
        one, other = abs(before), abs(after)
        if key == "profit":
            one, other = before, after
        figure = FIGURES[key]
        change = figure.change_text(other, one, currency).partition(" ")[0]
        texts = [figure.text(value, currency).removeprefix(currency) for value in (other, one)]
        if change and not any(re.search("[<>w]", text) for text in texts):
            then, now = (Decimal(text.replace(",", "").rstrip("%x days")) for text in texts)
            assert Decimal(change.replace(",", "").rstrip("x")) == then - now


def test_a_loss_that_rounds_to_nothing_has_no_sign():
    assert money_text(-1e-6, "EUR") == "EUR 0.00"


def test_one_day_is_not_plural():
    assert [days_text(n) for n in (0, 1, 2)] == ["0 days", "1 day", "2 days"]


@example(1_125_000, "people")
@example(1_125_000, "amount")
@example(1_125_000_000, "amount")
@given(st.integers(0, 10**12), st.sampled_from(UNITS))
def test_what_is_typed_is_written_and_read_as_the_same_number(digits: int, unit: Unit) -> None:
    # Six decimals, of a percentage in the case of a share.
    number = digits % 10**8 / 10**8 if unit == "share" else digits / 10**6
    text = write_number(number, unit)
    assert read_number(text, unit, ENGLISH) == pytest.approx(number, rel=1e-15)
    # Nobody has typed a zero behind the decimals, but 1.125 would have two readings without one.
    is_added = unit != "share" and re.fullmatch(r"\d{1,3}\.\d{3}0", text)
    assert is_added or "." not in text or not text.strip("%").endswith("0")


@given(st.floats(0, 1e14), st.sampled_from(UNITS))
def test_what_is_calculated_is_written_in_few_digits(number: float, unit: Unit) -> None:
    number = number / 1e14 if unit == "share" else number
    text = write_number(number, unit)
    cents = 0.005 if unit == "amount" and number >= 1 else 0
    assert read_number(text, unit, ENGLISH) == pytest.approx(number, rel=1e-3, abs=cents)
    assert len(text.partition(".")[2].lstrip("0")) <= 9


@given(st.floats(0.01, 1e8), st.sampled_from(UNITS))
def test_what_is_shown_can_be_copied_and_read(number: float, unit: Unit) -> None:
    number = number / 1e8 if unit == "share" else number
    write = {"people": people_text, "share": share_text, "days": days_text, "amount": money_text}
    text = write[unit](number).lstrip("<>")
    beside = Evidence(".")  # the program writes decimal points
    read = read_number(text, unit, beside)
    assert read == pytest.approx(number, rel=0.6, abs=1 if unit == "people" else 0.01)
