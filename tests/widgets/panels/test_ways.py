"""Ways and referrals on values: added, changed, removed."""

from __future__ import annotations

import pytest

from tests.widgets.hand import PLAN, TWO, Hand


def test_ways_are_added_changed_and_removed() -> None:
    hand = Hand(PLAN)
    hand.types("conversion", "way", "new", "source").types("acquisition", "way", "new", "target")
    hand.types("5%", "way", "new", "rate").presses("way", "new", "add")
    assert hand.journey == PLAN.with_transition("conversion", "acquisition", 0.05)
    assert hand.text("way", "new", "rate") == ""
    # On the way to 0.5 the way must not vanish under its typist's hands.
    hand.types("0", "transitions", "0", "rate")
    assert hand.message("transitions", "0", "rate") == "write more than 0, or press Remove"
    hand.goes_on("0.5", "transitions", "0", "rate")
    assert hand.journey == PLAN.with_transition("conversion", "acquisition", 0.5)
    assert hand.presses("transitions", "0", "remove").journey == PLAN


def test_referrals_are_added_changed_and_removed() -> None:
    hand = Hand(TWO)
    hand.types("loyalty", "referral", "new", "source").types("reach", "referral", "new", "target")
    hand.types("2", "referral", "new", "per_person").types("Blog", "referral", "new", "segment")
    hand.presses("referral", "new", "add")
    expected = TWO.with_referral("loyalty", to="reach", per_person=2, segment="Blog")
    assert hand.journey == expected
    hand.types("0", "referrals", "0", "per_person").goes_on("0.5", "referrals", "0", "per_person")
    assert hand.journey.referrals[0].per_person == 0.5
    assert hand.presses("referrals", "0", "remove").journey == TWO


def test_ways_and_referrals_of_one_segment_are_added_where_there_are_several() -> None:
    hand = Hand(TWO).types("Ads", "way", "new", "segment").types("5%", "way", "new", "rate")
    hand.presses("way", "new", "add")
    expected = TWO.with_transition("loyalty", "reach", 0.05, segment="Ads")
    assert hand.journey == expected
    hand.types("Blog", "referral", "new", "source_segment")
    hand.types("2", "referral", "new", "per_person").presses("referral", "new", "add")
    expected = expected.with_referral("loyalty", to="reach", per_person=2, source_segment="Blog")
    assert hand.journey == expected
    with pytest.raises(KeyError):
        Hand(PLAN).field("way", "new", "segment")


def test_a_new_referral_is_read_in_the_language_of_its_typist() -> None:
    few = PLAN.with_segment(PLAN.segments[0].name, rates=[0.2, 0.05, 0.4, 0.05])
    hand = Hand(few).speaks("en-US")
    hand.types("loyalty", "referral", "new", "source").types("reach", "referral", "new", "target")
    hand.types("1,200", "referral", "new", "per_person").presses("referral", "new", "add")
    assert hand.journey == few.with_referral("loyalty", to="reach", per_person=1200)


def test_a_new_referral_with_two_readings_is_refused_where_no_language_decides() -> None:
    add = ("referral", "new", "add")
    hand = Hand(PLAN).types("1,200", "referral", "new", "per_person").presses(*add)
    assert hand.message(*add) == "1,200 could mean 1200 or 1.2: write one of them"
    assert hand.journey == PLAN


def test_a_way_that_cannot_be_is_refused_beside_its_button() -> None:
    add = ("way", "new", "add")
    hand = Hand(PLAN).presses(*add)
    assert hand.message(*add) == "write the share who take it, such as 5%"
    hand.types("reach", "way", "new", "source").types("acquisition", "way", "new", "target")
    hand.types("5%", "way", "new", "rate").presses(*add)
    assert hand.message(*add).startswith("Reach → Acquisition is the step itself")
    assert hand.text("way", "new", "rate") == "5%"
    assert hand.journey == PLAN
