"""What a picture says in sentences and as a table is what its flow says."""

from __future__ import annotations

import cvjkit as cvj
from cvjkit.charts.sankey import sankey_picture

FIVE = [10000, 2000, 100, 40, 10]


def five(counts=FIVE):
    return cvj.Journey.from_counts("five", counts, name="Shop")


def test_the_table_has_the_numbers_of_the_picture():
    picture = sankey_picture(five().flow())
    rows = dict(zip(picture.columns, picture.rows[2], strict=True))
    assert rows["Stage"] == "Conversion"
    assert rows["People"] == "100"
    assert rows["Leave"] == "60 (60%)"
    assert "Visits" not in picture.columns


def test_stages_that_make_money_are_in_the_summary():
    journey = cvj.Journey.from_counts("eight", [1000, 500, 200, 100, 80, 40, 20, 10], name="Shop")
    assert (
        "100 reach Conversion (10%) and 40 Ascension (4%)" in sankey_picture(journey.flow()).summary
    )


def test_a_journey_without_losses_says_so():
    journey = five([10, 10, 10, 10, 10])
    assert sankey_picture(journey.flow()).summary.endswith("Nobody is lost on the way.")


def test_a_name_from_right_to_left_does_not_turn_the_sentence():
    summary = sankey_picture(cvj.Journey.from_counts("five", FIVE, name="متجر").flow()).summary
    assert summary.startswith("\N{FIRST STRONG ISOLATE}متجر\N{POP DIRECTIONAL ISOLATE}: 10,000")


def test_a_stage_that_was_not_counted_is_an_unknown_number_in_the_summary():
    unknown_first = sankey_picture(five([1000, 500, None, 40, 10]).flow()).summary
    assert "; an unknown number reach Conversion and 40 Retention (4%)." in unknown_first
    unknown_last = sankey_picture(five([1000, 500, 100, None, 10]).flow()).summary
    assert "; 100 reach Conversion (10%) and an unknown number Retention." in unknown_last
