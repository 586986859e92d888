from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.decisions.simulate import simulate
from cvjkit.errors import InputError
from cvjkit.model.economics import FIGURES
from cvjkit.model.intervals import rate_interval
from tests.model.test_economics import shop

DRAWS = 20_000


def counted(*counts: float | None) -> cvj.Journey:
    return cvj.Journey.from_counts("five", counts)


def plan(*rates: float) -> cvj.Journey:
    return cvj.Journey.from_rates("five", 1000, rates)


# Worked by hand


def test_the_product_of_two_steps_and_the_rate_from_end_to_end_are_told_apart() -> None:
    simulation = counted(100, 20, 5, 1, 0).simulate()
    product = simulation.values("stages.conversion.people")
    assert product is not None
    assert product.mean() / 100 == pytest.approx(20.5 / 101 * 5.5 / 21, rel=0.01)
    assert product.mean() / 100 == pytest.approx(0.053159, rel=0.01)
    direct = simulation.overall("conversion")
    assert direct is not None
    assert (direct.mean, direct.alpha, direct.beta) == (5.5 / 101, 5.5, 95.5)
    ends = simulation.stages.loc["conversion", ["overall_low", "overall_high"]].to_list()
    assert ends == pytest.approx(rate_interval(5, 100, 0.9))


def test_after_none_of_fifty_the_band_of_a_rate_starts_at_none() -> None:
    stages = counted(50, 0, None, None, None).simulate(level=0.95).stages
    assert stages.loc["acquisition", ["step_low", "step_high"]].to_list() == [
        0,
        pytest.approx(0.0375, abs=5e-5),
    ]


def test_each_framework_tells_the_same_rate_from_end_to_end() -> None:
    eight = cvj.Journey.from_counts("eight", [9000, 5000, 900, 90, 70, 40, 10, 2])
    simulations = [eight.simulate(DRAWS), eight.in_framework("five").simulate(DRAWS)]
    direct = [simulation.overall("conversion") for simulation in simulations]
    assert direct[0] == direct[1] is not None
    columns = ["overall_rate", "overall_low", "overall_high"]
    ends = [simulation.stages.loc["conversion", columns].to_list() for simulation in simulations]
    assert ends[0] == ends[1]


def test_the_rate_of_all_segments_is_that_of_all_their_people() -> None:
    both = cvj.Journey.from_counts(
        "eight", {"Ads": [4000, 400, 100, 20, 16, 8, 4, 2], "Fair": [6000, 900, 90, 9, 6, 2, 1, 0]}
    )
    stages = both.simulate(DRAWS).stages
    ends = stages.loc["subscription", ["step_rate", "step_low", "step_high"]].to_list()
    assert ends == pytest.approx([19 / 130, *rate_interval(190, 1300, 0.9)])


def test_the_figures_of_the_shop_lie_in_their_bands() -> None:
    economics, simulation = shop().economics(), shop().simulate(DRAWS)
    for figure in FIGURES:
        value, (low, high) = economics[figure], simulation.interval(figure)
        if value is None:
            assert (low, high) == (None, None), figure
        else:
            assert low is not None
            assert high is not None
            assert low - 1e-9 <= value <= high + 1e-9, figure
    assert simulation.reasons == {"k": "no referrals are typed"}


def test_a_probability_is_the_share_of_the_draws_in_which_the_statement_holds() -> None:
    simulation = shop().simulate(DRAWS)
    draws = simulation.draws
    assert simulation.probability("ltv_net > cac") == (draws.ltv_net > draws.cac).mean()
    both = (draws.customers >= 95) & (draws.customers < 105)
    assert simulation.probability("95 <= customers < 105") == both.mean()
    rate = simulation.values("stages.conversion.rate")
    assert rate is not None
    assert simulation.probability("stages.conversion.rate >= 5%") == (rate >= 0.05).mean()
    assert simulation.probability("k < 1") is None
    assert draws.shape == (DRAWS, len(FIGURES) - 1)
    assert {dtype.name for dtype in draws.dtypes} == {"float64"}


def test_a_payback_that_may_never_come_has_no_upper_bound() -> None:
    dear = shop().with_stage("conversion", unit_cost=25)
    simulation = dear.simulate(DRAWS)
    low, high = simulation.interval("payback_days")
    assert low is not None
    assert high == math.inf
    never = simulation.probability("payback_days < 100000")
    assert never is not None
    assert 0 < never < 1
    assert "to never" in repr(simulation)


def test_a_draw_in_which_more_buy_again_than_buy_has_no_lifetime_value() -> None:
    # Somebody may buy again who skipped the stage of the first payment.
    odd = cvj.Journey.from_counts("five", [1000, 200, 100, 99, 0])
    odd = odd.with_transition("acquisition", "retention", 0.25)
    order = {"margin": 10, "price": 20, "cycle_days": 30}
    odd = odd.with_offer("conversion", **order)
    odd = odd.with_offer("retention", repeat_rate=0.5, **order)
    simulation = odd.simulate(2000)
    again = simulation.values("second_purchase_rate")
    assert again is not None
    assert 0 < np.isnan(again).mean() < 1
    for figure in ("ltv", "ltv_net", "orders_per_customer"):
        values = simulation.values(figure)
        assert values is not None
        assert (np.isnan(values) == np.isnan(again)).all(), figure


# What changes the bands


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 50), st.integers(5, 500), st.floats(0.1, 0.9))
def test_bands_narrow_as_counts_grow_at_the_same_rates(
    times: int, people: int, rate: float
) -> None:
    gone = round(people * rate)
    widths = []
    for factor in (1, times):
        simulation = counted(people * factor, gone * factor, gone * factor, None, None)
        low, high = simulation.simulate(2000).interval("customers")
        assert low is not None
        assert high is not None
        assert 0 <= low <= high <= people * factor * (1 + 1e-9)
        widths.append((high - low) / factor)
    assert widths[1] < widths[0]


def test_a_design_effect_widens_the_bands() -> None:
    widths = []
    for effect in (1, 2, 8):
        low, high = shop().simulate(DRAWS, design_effect=effect).interval("customers")
        assert low is not None
        assert high is not None
        widths.append(high - low)
    assert widths == sorted(widths)
    assert widths[1] == pytest.approx(math.sqrt(2) * widths[0], rel=0.1)


def test_a_repeat_rate_is_as_sure_as_the_people_who_bought_again() -> None:
    known = shop().simulate(DRAWS)
    few = shop().put("segments[Everyone].counts.retention", 10)
    few = few.put("segments[Everyone].counts.loyalty", 5).simulate(DRAWS)
    wide = [one.formulas.offers["bought_again"].repeat_rate for one in (known, few)]
    assert [np.mean(rate) for rate in wide] == pytest.approx([0.8, 0.8], abs=0.01)
    assert np.std(wide[0]) == pytest.approx(math.sqrt(0.16 / 41), rel=0.05)
    assert np.std(wide[1]) == pytest.approx(math.sqrt(0.16 / 11), rel=0.05)
    halved = shop().simulate(DRAWS, design_effect=2).formulas.offers["bought_again"].repeat_rate
    assert np.std(halved) == pytest.approx(math.sqrt(0.16 / 21), rel=0.05)


def test_a_second_purchase_rate_that_was_typed_is_drawn_around_it() -> None:
    time = cvj.Journey.from_counts("eight:time", [9000, 900, 200, 90, 40, 30, 5, 2])
    time = time.with_terms(second_purchase_rate=0.4)
    drawn = time.simulate(DRAWS).values("second_purchase_rate")
    assert drawn is not None
    assert drawn.mean() == pytest.approx(0.4, abs=0.01)
    assert drawn.std() > 0.01


# Comparisons


def test_a_journey_neither_beats_itself_nor_differs_from_itself() -> None:
    ours = shop().simulate(DRAWS)
    assert ours.beats(shop().simulate(DRAWS)) == 0
    table = ours.against(shop().simulate(DRAWS))
    known = [figure for figure in FIGURES if figure != "k"]
    assert (table.loc[known, ["difference", "low", "median", "high", "better"]] == 0).all(axis=None)
    assert table.loc["k"].isna().all()


def test_what_is_shared_makes_no_difference() -> None:
    cheaper = shop().with_stage("reach", unit_cost=0.05)
    ours, theirs = cheaper.simulate(DRAWS), shop().simulate(DRAWS)
    assert ours.beats(theirs, "cac") == 1
    assert theirs.beats(ours, "cac") == 0
    assert ours.beats(theirs, "customers") == 0
    table = ours.against(theirs)
    assert table.loc["profit", ["low", "high"]].to_list() == pytest.approx([500, 500])
    assert table.loc["total_cost", "better"] == 1


def test_rounding_beats_nothing() -> None:
    # As many of the customers buy again in both; worked out, the shares differ in the 17th digit.
    better = shop().scenario("Better", {"stages.conversion.rate": 0.055}).simulate(DRAWS)
    table = better.against(shop().simulate(DRAWS))
    assert (table.loc["second_purchase_rate"] == 0).all()
    assert better.beats(shop().simulate(DRAWS), "orders_per_customer") == 0
    assert table.loc["customers", "better"] == 1


def test_a_slightly_better_rate_is_better_for_sure_if_all_else_is_the_same() -> None:
    better = plan(0.5, 0.21, 0.4, 0.1).simulate(DRAWS)
    assert better.beats(plan(0.5, 0.2, 0.4, 0.1).simulate(DRAWS), "customers") > 0.99


def test_only_simulations_with_the_same_draws_are_compared() -> None:
    ours = shop().simulate(100)
    for other in (shop().simulate(200), shop().simulate(100, seed=2)):
        with pytest.raises(InputError, match="same draws and seed"):
            ours.beats(other)
        with pytest.raises(InputError, match="same draws and seed"):
            ours.against(other)


def test_the_order_of_segments_and_the_currency_change_nothing() -> None:
    counts = {"Ads": [900, 90, 9, 5, 1], "Blog": [800, 90, 20, 9, 2]}
    one = cvj.Journey.from_counts("five", counts)
    other = cvj.Journey.from_counts("five", dict(reversed(counts.items())), currency="EUR")
    ends = [journey.simulate(DRAWS).interval("customers") for journey in (one, other)]
    assert ends[0] == pytest.approx(ends[1], rel=1e-12)


# Words and faults


def test_thin_evidence_is_told_in_words_the_least_sure_first() -> None:
    simulation = counted(10000, 2000, 100, 20, 0).simulate(1000)
    assert simulation.thin[0] == (
        "Thin evidence: 0% from Retention to Loyalty rests on 20 people and may be 0% to 6.5%."
    )
    assert len(simulation.thin) == 1
    assert simulation.thin[0] in simulation.summary
    assert not plan(0.5, 0.2, 0.4, 0.1).simulate(1000).thin


def test_a_simulation_says_what_it_shows() -> None:
    text = repr(shop().simulate(DRAWS))
    assert text.startswith("X5: profit ")
    assert "with a probability of 90%" in text
    assert "a customer brings more than winning one costs is" in text
    assert "As it stands" in text
    assert "<script>" not in shop(name="<script>").simulate(100)._repr_html_()


def test_nothing_known_is_no_failure() -> None:
    simulation = counted(None, None, None, None, None).simulate(100)
    assert simulation.interval("customers") == (None, None)
    assert simulation.probability("customers > 5") is None
    assert simulation.stages.drop(columns="name").isna().all(axis=None)
    assert "nothing" in repr(simulation)
    assert simulation.draws.shape == (100, 0)


def test_nobody_has_no_rates_and_no_cac() -> None:
    nobody = cvj.Journey.from_rates("five", 0, [0.5, 0.2, 0.4, 0.1]).with_stage(
        "reach", unit_cost=1
    )
    simulation = nobody.simulate(100)
    assert simulation.interval("customers") == (0, 0)
    assert simulation.interval("cac") == (None, None)
    assert simulation.stages.step_rate.isna().all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("draws", 0),
        ("draws", 2.5),
        ("draws", "many"),
        ("draws", True),
        ("seed", -1),
        ("seed", None),
        ("level", 0),
        ("level", 1),
        ("level", 90),
        ("level", math.nan),
        ("design_effect", 0.5),
        ("design_effect", math.inf),
    ],
)
def test_an_impossible_parameter_is_refused_by_its_name(name: str, value: object) -> None:
    with pytest.raises(InputError) as raised:
        simulate(shop(), **{name: value})  # type: ignore[arg-type]
    assert [fault.field for fault in raised.value.faults] == [name]


def test_unknown_names_are_refused_with_the_choices() -> None:
    simulation = shop().simulate(100)
    for ask in (
        simulation.interval,
        simulation.values,
        lambda name: simulation.beats(simulation, name),
    ):
        with pytest.raises(InputError, match="did you mean 'profit'"):
            ask("profitt")
    with pytest.raises(InputError, match="did you mean 'conversion'"):
        simulation.overall("convertion")
    with pytest.raises(InputError, match="level"):
        simulation.interval("profit", 90)
