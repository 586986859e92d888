"""Numbers known besides those of the stages are exact, and faults in them are told."""

from __future__ import annotations

import pytest

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.lens.estimate import Known
from cvjkit.lens.lens import see
from tests.lens.given import starter


def test_a_number_known_besides_is_exact_and_sharpens_the_others() -> None:
    known = Known(starter("coffee").with_terms(also_known={"lead": 1346, "visited": 9508}))
    nine = see(known, cvj.framework("nine"))
    assert (nine["collect_leads"].people, nine["collect_leads"].status) == (1346, "exact")
    assert (nine["target"].people, nine["target"].status) == (9508, "exact")
    assert nine["educate"].people == pytest.approx(1346 * (302 / 1346) ** (1 / 5))
    assert nine["educate"].bound_high == 1346
    assert nine["educate"].step_rate == pytest.approx((302 / 1346) ** (1 / 5))
    assert nine["close"].people == 302


def test_numbers_that_rise_leave_no_bounds() -> None:
    known = Known(starter("coffee").with_terms(also_known={"visited": 250000}))
    intrigued = known.number("intrigued")
    assert (intrigued.status, intrigued.bound_low, intrigued.bound_high) == ("unknown", None, None)
    assert "more people are known at Visited than at Reach" in intrigued.why
    lenses = starter("lenses").with_stage("deliver_and_wow", people=200).through("eight")
    assert lenses["advocation"].status == "estimated"
    assert lenses["advocation"].bound_high is None


def test_faults_of_what_is_assumed_are_told_at_once() -> None:
    shop = starter("coffee")
    with pytest.raises(InputError) as error:
        Known(
            shop,
            weights={"buyer": 3, "person": 0, "lead": "3"},  # type: ignore[dict-item]  # on purpose
            habit_orders=1,
        )
    text = str(error.value)
    for words in (
        "weights.buyer: 'buyer' is not known",
        "weights.person: 0 must be a number above 0",
        "weights.lead: '3' must be a number above 0",
        "habit_orders: 1 must be a whole number from 2 on",
    ):
        assert words in text
    with pytest.raises(InputError, match="did you mean 'lead'"):
        Known(shop).number("leads")
