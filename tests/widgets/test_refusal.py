"""What a page refuses is said by the names that its reader sees."""

from __future__ import annotations

import re

import pytest

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.widgets.fields import Put
from cvjkit.widgets.refusal import sentence
from tests.widgets.hand import JOURNEYS, MODE, TAB, Hand

COFFEE = cvj.read_journey(JOURNEYS / "coffee_subscription.toml")
PATH = re.compile(r"\b[a-z_]+(\[|\.[a-z_])")
PATHS = [
    *("stages.aquisition.rate", "stages.aquisition", "stages.conversion.people", "offers.x.price"),
    *("segments[Adz].counts.reach", "transitions[reach to buy].rate", "stages.conversion.ratee"),
    *(
        "referrals[loyalty to x].per_person",
        "thresholds.bypass",
        "stages.reach.tactics[9].name",
    ),
    *("accepted[A99].reason", "segments[0].counts.reach", "offers.conversion.margin"),
]


@pytest.mark.parametrize("sheet", ["numbers", "worksheet"])
@pytest.mark.parametrize("mode", ["counted", "what-if"])
def test_no_field_refuses_what_is_typed_with_a_path(mode: str, sheet: str) -> None:
    hand = Hand(COFFEE, view="five").types(mode, *MODE).types(sheet, *TAB)
    fields = [one for one in hand.designer._form.fields.values() if isinstance(one.edit, Put)]
    assert len(fields) > 20
    refused = 0
    for field in fields:
        for text in ("", "-7", "150%", "9e12", "x" * 9):
            assert isinstance(field.edit, Put)
            try:
                field.edit.apply(hand.journey, text)
            except InputError as error:
                refused += 1
                said = sentence(error, hand.journey, text, {field.edit.path})
                assert not PATH.search(said), said
            except ValueError:
                continue
    assert refused > 5


@pytest.mark.parametrize("path", PATHS)
def test_no_what_if_is_refused_with_a_path(path: str) -> None:
    with pytest.raises(InputError) as error:
        COFFEE.in_framework("five").scenario("What if", {path: 10**12})
    assert PATH.search(str(error.value))
    said = sentence(error.value, COFFEE)
    assert not PATH.search(said), said
