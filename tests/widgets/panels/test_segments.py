"""The segments on values: added, renamed, removed."""

from __future__ import annotations

from tests.widgets.hand import SHOP, TAB, TWO, Hand, people


def test_segments_are_added_named_and_removed() -> None:
    hand = Hand(SHOP).presses("segment", "new", "add")
    assert [segment.name for segment in hand.journey.segments] == ["Everyone", "Segment 2"]
    assert people(hand.journey) == people(SHOP)
    assert hand.text(*TAB) == "1"
    hand.types("", "segments", "1", "name")
    assert hand.message("segments", "1", "name") == "write a name"
    hand.goes_on("Everyone", "segments", "1", "name")
    assert "is listed more than once" in hand.message("segments", "1", "name")
    hand.goes_on("Fair", "segments", "1", "name")
    hand.types("Stand", "segments", "1", "channel").types("unaware", "segments", "1", "awareness")
    hand.types("50", "segments", "1", "spend")
    fair = hand.journey.segments[1]
    assert (fair.name, fair.channel, fair.awareness, fair.spend) == ("Fair", "Stand", "unaware", 50)
    hand.presses("segments", "0", "remove")
    assert [segment.name for segment in hand.journey.segments] == ["Fair"]
    assert hand.can_edit("stages", "reach", "reached")


def test_a_referral_follows_the_segment_it_brings_people_into_when_that_is_renamed() -> None:
    referred = TWO.with_referral("loyalty", to="reach", per_person=1, segment="Blog")
    hand = Hand(referred).types("Diary", "segments", "1", "name")
    assert hand.journey == referred.with_segment("Blog", rename="Diary")
    assert hand.journey.referrals[0].segment == "Diary"
