"""What a picture says in sentences and as a table is what its flow says."""

from __future__ import annotations

from pathlib import Path

import cvjkit as cvj
from cvjkit.charts.sankey import sankey_picture
from cvjkit.decisions.leaks import leaks_of_design
from cvjkit.number_text import money_text

SHOP = Path(__file__).parents[2] / "data" / "journeys" / "cleaning_company.toml"
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


def test_the_leak_worth_most_is_named_not_simply_the_biggest():
    shop = five().with_offer("conversion", name="Box", price=40, margin=15)
    shop = shop.with_stage("acquisition", unit_cost=0.5)
    figure = cvj.sankey(shop)
    assert figure.layout.meta["worth_most"] == "drop:acquisition"
    assert figure.layout.meta["summary"].endswith(
        "The leak most worth mending is after Acquisition: ten percent more who go on to "
        "Conversion bring "
        "150.00 of profit. At the biggest, after Reach, where 8,000 people leave (80%), the same "
        "would bring 50.00 of profit."
    )


def test_the_biggest_leak_is_said_to_be_worth_most_if_it_is():
    shop = five().with_stage("conversion", margin=15).with_stage("acquisition", margin=1)
    assert (
        cvj.sankey(shop.with_terms(currency="EUR"))
        .layout.meta["summary"]
        .endswith(
            "The leak most worth mending is also the biggest, after Reach, where 8,000 people "
            "leave (80%): ten "
            "percent more who go on to Acquisition bring EUR 350.00 of profit."
        )
    )


def test_equal_lifts_that_tie_are_said_to_tie_and_no_leak_is_marked():
    picture = sankey_picture(five().flow())
    assert picture.worth_most == ""
    assert "each of the 2 steps to Conversion brings the same, 10 more customers" in picture.summary


def test_where_nothing_is_known_the_biggest_leak_is_named():
    no_payment = cvj.Journey.from_counts("five", [1000, 200, None, 8, 2], name="Shop")
    picture = sankey_picture(no_payment.flow())
    assert "The biggest leak is after Reach, where 800 people leave (80%)." in picture.summary
    assert picture.worth_most == ""


def test_only_leaks_that_are_shown_are_ranked():
    shop = five().with_offer("conversion", name="Box", margin=15)
    shop = shop.with_offer("retention", name="More", margin=40)
    assert cvj.sankey(shop).layout.meta["worth_most"] == ""  # the two steps to Conversion tie
    assert cvj.sankey(shop, start="conversion").layout.meta["worth_most"] == "drop:conversion"


def test_a_name_from_right_to_left_does_not_turn_the_sentence():
    summary = sankey_picture(cvj.Journey.from_counts("five", FIVE, name="متجر").flow()).summary
    assert summary.startswith("\N{FIRST STRONG ISOLATE}متجر\N{POP DIRECTIONAL ISOLATE}: 10,000")


def test_a_stage_that_was_not_counted_is_an_unknown_number_in_the_summary():
    unknown_first = sankey_picture(five([1000, 500, None, 40, 10]).flow()).summary
    assert "; an unknown number reach Conversion and 40 Retention (4%)." in unknown_first
    unknown_last = sankey_picture(five([1000, 500, 100, None, 10]).flow()).summary
    assert "; 100 reach Conversion (10%) and an unknown number Retention." in unknown_last


def test_every_leak_says_in_money_what_ten_percent_more_who_go_on_bring() -> None:
    shop = cvj.read_journey(SHOP).in_view()
    picture = sankey_picture(shop.flow(), leaks=leaks_of_design(shop))
    first = shop.fix_first()
    names, said = first.attrs["names"], {node.id: node.text for node in picture.nodes}
    leaks = [node.stage for node in picture.nodes if node.kind == "drop"]
    assert len(leaks) == len(shop.framework) - 1
    rows = {row[0]: row[-1] for row in picture.rows}
    assert picture.columns[-1] == "If 10% more go on"
    keys = shop.framework.keys
    for stage in leaks:
        step = keys[keys.index(stage) + 1]
        worth = money_text(first.loc[step, "profit_per_tenth"], shop.currency)
        sentence = f"Ten percent more who go on to {names[step]} bring {worth} of profit."
        assert said[f"drop:{stage}"].endswith(f". {sentence}")
        assert rows[names.get(stage, shop.framework[stage].name)] == worth
    assert rows[shop.framework[keys[-1]].name] == "–"
