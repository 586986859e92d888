"""Events go to stages by name, pattern and regular expression; what fits nothing is told."""

from __future__ import annotations

import re
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.catalog.lookup import framework
from cvjkit.errors import InputError
from cvjkit.measurement.definition import Definition, Exclusion, Step
from cvjkit.measurement.names import keys_by_name, masks_of, names_by_stage

FIVE = framework("five")
NAMES = ("view/home", "buy", "view/*", "Buy", "refund", "a;'\"]\n$1")


@pytest.mark.parametrize(
    ("pattern", "fitting"),
    [
        ("buy", ("buy",)),
        ("view/home", ("view/home",)),
        ("view/*", ("view/*",)),  # the name, not the pattern
        ("view*", ("view/home", "view/*")),
        ("[bB]uy", ("buy", "Buy")),
        ("?uy", ("buy", "Buy")),
        ("b*", ("buy",)),
        (re.compile("u"), ("buy", "Buy", "refund")),
        (re.compile("^buy$", re.IGNORECASE), ("buy", "Buy")),
        ("a;'\"]\n$1", ("a;'\"]\n$1",)),
    ],
)
def test_an_event_is_given_by_its_name_or_by_what_it_fits(
    pattern: str | re.Pattern[str], fitting: tuple[str, ...]
) -> None:
    assert names_by_stage({pattern: "reach"}, NAMES, FIVE) == {"reach": fitting}


def test_a_stage_is_given_by_its_key_or_its_milestone_and_may_have_several_events() -> None:
    events = {"b*": "first_payment", "Buy": ("conversion", "retention"), "refund": "back"}
    assert names_by_stage(events, NAMES, FIVE, ["back"]) == {
        "conversion": ("buy", "Buy"),
        "retention": ("Buy",),
        "back": ("refund",),
    }


def test_all_that_fits_nothing_is_told_at_once_with_the_choices() -> None:
    events = {
        "bay": "reach",
        "view?": "nowhere",
        re.compile("^x"): ["reach", "convertion"],
        3: "loyalty",
        re.compile(b"buy"): "loyalty",
        "buy": None,
    }
    with pytest.raises(InputError) as caught:
        names_by_stage(events, ["buy", "view"], FIVE)  # type: ignore[arg-type]
    keys = "reach, acquisition, conversion, retention, loyalty"
    told = [str(fault) for fault in caught.value.faults]
    assert told[0] == ("events[bay]: 'bay' is not known; did you mean 'buy'? Choose from buy, view")
    assert told[1].startswith("events[view?] fits no event of the log; did you mean 'view'?")
    assert told[2].startswith(f"events[view?]: 'nowhere' is not known; choose from {keys}, aware")
    assert told[3] == "events[^x] fits no event of the log; choose from buy, view"
    assert "did you mean 'conversion'?" in told[4]
    assert [line.split(" ")[0] for line in told[5:]] == [
        "events[3]",
        "events[b'buy']",
        "events[buy]",
    ]


@pytest.mark.parametrize("events", [{}, None, ["buy"], "buy"])
def test_what_maps_no_events_is_refused(events: object) -> None:
    with pytest.raises(InputError, match="must map events to stages"):
        names_by_stage(events, NAMES, FIVE)  # type: ignore[arg-type]


@given(st.randoms(use_true_random=False))
def test_a_mask_has_a_bit_for_each_stage_whose_event_it_is(random: Random) -> None:
    steps = random.sample(FIVE.keys, random.randint(2, 5))
    back = Exclusion("back", after=steps[0], before=steps[1])
    definition = Definition(tuple(map(Step, steps)), exclusions=(back,))
    by_stage = {key: random.sample(NAMES, random.randint(0, 4)) for key in (*steps, "back")}
    masks = masks_of(by_stage, [[name] for name in NAMES], definition)
    for name, mask in zip(NAMES, masks.tolist(), strict=True):
        for key, bit in definition.bits.items():
            assert bool(mask & bit) == (name in by_stage[key])


def test_the_key_of_a_stage_is_not_the_milestone_of_another() -> None:
    own = FIVE.insert({"key": "first_payment", "name": "Deposit"}, after="reach", key="own")
    assert keys_by_name(own, own.keys)["first_payment"] == "first_payment"
    assert keys_by_name(own, ["conversion"]) == {"conversion": "conversion"}
    assert list(names_by_stage({"buy": "first_payment"}, NAMES, own)) == ["first_payment"]
