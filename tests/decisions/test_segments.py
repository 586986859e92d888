from __future__ import annotations

import math

import numpy as np
import pytest

import cvjkit as cvj

CHANNELS = {
    "Search": [4000, 400, 100, 20, 16, 8, 4, 2],
    "Social": [6000, 900, 90, 9, 6, 2, 1, 0],
}


def channels(**fields: object) -> cvj.Journey:
    journey = cvj.Journey.from_counts("eight", CHANNELS, name="Two channels", **fields)
    journey = journey.with_segment("Search", spend=400).with_segment("Social", spend=90)
    journey = journey.with_offer("conversion", name="Box", price=40, margin=30)
    return journey.with_offer(
        "ascension", name="Bag", price=40, margin=10, cycle_days=30, repeat_rate=0.5
    )


def test_each_channel_has_its_people_costs_and_returns_in_a_row() -> None:
    table = channels().segments_table()
    assert table.index.to_list() == ["Search", "Social"]
    search = table.loc["Search"]
    assert (search["people"], search["customers"], search["rate"]) == (4000, 20, 0.005)
    assert search["cac"] == 20
    assert search["ltv_net"] == pytest.approx(30 + 10 * 0.4 / 0.5)
    assert search["ltv_to_cac"] == pytest.approx(38 / 20)
    assert search["profit"] == pytest.approx(20 * 38 - 400)
    assert table.payback_days.to_list() == [0, 0]
    assert table.people.sum() == table.average["people"] == 10_000
    assert table.profit.sum() == pytest.approx(table.average["profit"])


def test_a_channel_is_seen_against_the_average_of_all_its_people() -> None:
    table = channels().segments_table()
    whole = channels().economics()
    assert whole.cac is not None
    assert table.average["cac"] == pytest.approx(490 / 29)
    assert table.cac_to_average["Search"] == pytest.approx(20 / (490 / 29))
    assert table.rate_to_average["Search"] == pytest.approx(0.005 / 0.0029)


def test_it_is_said_where_a_difference_could_be_chance() -> None:
    few = cvj.Journey.from_counts("five", {"A": [100, 30, 5, 1, 0], "B": [100, 30, 7, 1, 0]})
    table = few.segments_table()
    assert table.could_be_chance.to_list() == [True, True]
    assert table.could_be_chance.dtype == bool
    assert "by chance alone" in table.summary
    assert channels().segments_table().could_be_chance.to_list() == [False, False]
    assert channels().segments_table().p_value["Search"] < 0.01


def test_equal_segments_are_seldom_called_different() -> None:
    random, alarms = np.random.default_rng(3), 0
    for _ in range(300):
        counts = {
            name: [2000, 400, int(random.binomial(2000, 0.02)), 0, 0] for name in ("A", "B", "C")
        }
        table = cvj.Journey.from_counts("five", counts).segments_table()
        alarms += not table.could_be_chance.all()
    assert alarms / 300 < 0.08


def test_a_plan_is_no_evidence() -> None:
    plan = channels().planned().segments_table()
    assert plan.could_be_chance.to_list() == [None, None]
    assert plan.p_value.isna().all()
    alone = cvj.Journey.from_counts("five", [10, 5, 2, 1, 0]).segments_table()
    assert alone.could_be_chance.to_list() == [None]
    assert "only one segment" in alone.summary


def test_what_is_not_known_of_a_channel_is_nan_and_a_dash() -> None:
    gap = cvj.Journey.from_counts("five", {"A": [100, 30, None, 1, 0], "B": [0, 0, 0, 0, 0]})
    table = gap.segments_table()
    assert math.isnan(table.customers["A"])
    assert math.isnan(table.rate["B"])
    assert {str(kind) for kind in table.drop(columns="could_be_chance").dtypes} == {"float64"}
    assert "nan" not in repr(table).lower()


def test_a_reader_sees_all_segments_together_below() -> None:
    shown = channels(currency="EUR").segments_table().shown
    assert shown.index.to_list() == ["Search", "Social", "All segments"]
    assert shown.loc["Search", "CAC"] == "EUR 20.00"
    assert shown["Share could differ by chance"].to_list() == ["no", "no", "\N{EN DASH}"]
    assert "All segments" in repr(channels().segments_table())
