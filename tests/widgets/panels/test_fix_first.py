from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import assume, given

import cvjkit as cvj
from cvjkit.widgets.fields import Act
from cvjkit.widgets.panels.fix_first import fix_first_parts
from tests.strategies import journeys
from tests.widgets.panels.answered import PLAN, asked, fields, texts

TWO = cvj.Journey.from_counts(
    "five", {"Ads": [4000, 400, 40, 10, 2], "Blog": [1000, 300, 60, 30, 3]}
)


def test_the_bars_are_what_one_point_more_is_worth_the_longest_first() -> None:
    best, _ = fix_first_parts(asked(PLAN, lift_lift_lift="point"))
    # 2,000 x 0.01 x 15; and 10,000 x 0.01 x 0.05 x 15.
    assert texts(best, "first", "try") == {"conversion": "EUR 300.00", "acquisition": "EUR 75.00"}
    bars = fields(best, "first", "try")
    assert [bar.share for bar in bars.values()] == [1, 0.25]
    assert bars["conversion"].label == "EUR 300.00: try Conversion at 6%"
    assert [row.note for row in best.tables[1].rows] == ["5% → 6%", "20% → 21%"]
    assert best.title == "Fix first: what it is worth in profit"
    assert best.notes[0].startswith(
        "Fix Conversion first: one point more than 5% brings EUR 300.00"
    )


def test_ten_percent_more_ties_in_a_plain_chain_and_says_so() -> None:
    best, _ = fix_first_parts(asked(PLAN))
    assert texts(best, "first", "try") == {"acquisition": "EUR 150.00", "conversion": "EUR 150.00"}
    assert best.notes[0].endswith(
        "brings the same, EUR 150.00 of profit. Where each step leads only to the next, the same "
        "lift brings the same at any of them."
    )


def test_how_many_leave_is_shown_with_its_rank_beside_the_rank_by_profit() -> None:
    _, steps = fix_first_parts(asked(PLAN, lift_lift_lift="point"))
    assert dict(steps.tables[0].headings)["dropped"] == "Leave before (rank)"
    assert dict(steps.tables[0].headings)["score_rank"] == "Rank by profit"
    lost, ranks = (texts(steps, "aims", column) for column in ("dropped", "score_rank"))
    assert (lost["acquisition"], ranks["acquisition"]) == ("8,000 (1)", "2")
    assert (lost["conversion"], ranks["conversion"]) == ("1,900 (2)", "1")
    explain = fields(steps, "aims", "dropped")["acquisition"].explain
    assert explain is not None
    assert explain().title == "Leave before Acquisition: 8,000 (1)"


def test_without_money_the_worth_is_in_customers() -> None:
    best, steps = fix_first_parts(asked(TWO, lift_lift_lift="point"))
    assert best.title == "Fix first: what it is worth in customers"
    # A point more of 700 people; and of 4,000 and 1,000, of whom a tenth and a fifth buy.
    assert texts(best, "first", "try") == {"conversion": "7", "acquisition": "6"}
    assert "value_to_go" not in dict(steps.tables[0].headings)


def test_the_best_segment_is_a_choice_where_there_are_several() -> None:
    best, _ = fix_first_parts(asked(TWO, lift_lift_lift="best"))
    choices = dict(fields(best, "lift", "lift")["lift"].choices)
    assert [*choices] == ["tenth", "point", "best"]
    # All 4,000 of the ads at 30%: 800 more, of whom a tenth buys.
    assert texts(best, "first", "try")["acquisition"] == "80"
    assert "best" not in dict(
        fields(fix_first_parts(asked(PLAN))[0], "lift", "lift")["lift"].choices
    )


def test_a_bar_tries_out_what_it_says() -> None:
    tried: list[Mapping[str, float]] = []
    best, _ = fix_first_parts(replace(asked(TWO, lift_lift_lift="point"), try_out=tried.append))
    for bar in fields(best, "first", "try").values():
        assert isinstance(bar.edit, Act)
        bar.edit.do("")
    assert tried[0].keys() == {"segments[Ads].rates.conversion", "segments[Blog].rates.conversion"}
    assert [*tried[0].values()] == pytest.approx([0.11, 0.21])
    assert fields(fix_first_parts(asked(TWO))[0], "first", "try")["conversion"].edit is None


@given(journeys(ways=True))
def test_whatever_the_journey_the_bars_are_in_order_and_no_longer_than_the_first(
    journey: cvj.Journey,
) -> None:
    best, steps = fix_first_parts(asked(journey))
    shares = [bar.share for bar in fields(best, "first", "try").values()]
    assert shares == sorted(shares, reverse=True)
    assert not shares or shares[0] == 1
    assert len(shares) <= 4
    assume(shares)
    assert {*texts(best, "first", "try")} <= {*texts(steps, "aims", "target")}


def test_a_target_and_its_cost_are_typed_and_answered() -> None:
    _, steps = fix_first_parts(asked(PLAN, aims_conversion_target="7%", aims_conversion_cost="100"))
    assert texts(steps, "aims", "at_target") == {"conversion": "EUR 600.00"}
    best, _ = fix_first_parts(asked(PLAN, aims_conversion_target="7%", aims_conversion_cost="500"))
    assert texts(best, "first", "try") == {"acquisition": "EUR 150.00", "conversion": "EUR 100.00"}


def test_what_cannot_be_a_target_says_so_beside_it_and_the_rest_is_answered() -> None:
    best, steps = fix_first_parts(
        asked(
            PLAN,
            aims_conversion_target="120%",
            aims_retention_target="x",
            aims_loyalty_target="50%",
        )
    )
    messages = {key: one.message for key, one in fields(steps, "aims", "target").items()}
    assert messages["conversion"] == "Must be between 0 and 1: write a share from 0 to 1."
    assert "x" in messages["retention"]
    assert messages["loyalty"] == ""
    assert {*texts(best, "first", "try")} == {"acquisition", "conversion"}


def test_where_nothing_is_known_it_says_why() -> None:
    unknown = cvj.Journey.from_counts("five", [100, 50, None, None, None])
    best, _ = fix_first_parts(asked(unknown))
    assert texts(best, "first", "try") == {}
    assert best.notes[0].startswith("What a better rate is worth is not known")
