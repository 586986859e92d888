from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import example, given

import cvjkit as cvj
from cvjkit.model.economics import FIGURES, UndefinedError, lifetime_value, payback_cycles
from tests import laws
from tests.strategies import amounts, journeys, shares

COUNTS = [10000, 2000, 100, 40, 10]


def shop(**terms: object) -> cvj.Journey:
    """Worked example X5: five steps, costs per arrival, an order of 30 with a margin of 15."""
    journey = cvj.Journey.from_counts("five", COUNTS, name="X5")
    for stage, cost in zip(journey.framework.keys, [0.1, 0.5, 5, 3, 2], strict=True):
        journey = journey.with_stage(stage, unit_cost=cost)
    order = {"price": 30, "margin": 15, "cycle_days": 30}
    journey = journey.with_offer("conversion", name="First order", **order)
    journey = journey.with_offer("retention", name="Later orders", repeat_rate=0.8, **order)
    # 1% in each buying cycle of 30 days.
    return journey.with_terms(**{"discount_rate": 1.01 ** (365 / 30) - 1, **terms})


def bare(*counts: float | None) -> cvj.Journey:
    return cvj.Journey.from_counts("five", counts or COUNTS)


# Worked by hand


def test_each_stage_costs_its_arrivals_times_the_unit_cost() -> None:
    stages = shop().economics().stages
    assert stages.cost.to_list() == pytest.approx([1000, 1000, 500, 120, 20])
    assert shop().economics().total_cost == pytest.approx(2640)


def test_cost_per_person_counts_all_that_was_spent_so_far() -> None:
    stages = shop().economics().stages
    assert stages.cost_per_person.to_list() == pytest.approx([0.1, 1, 25, 65.5, 264])


def test_the_figures_of_the_shop_are_those_worked_by_hand() -> None:
    numbers = shop().economics()
    expected = {
        "customers": 100,
        "acquisition_cost": 2500,
        "total_cost": 2640,
        "cac": 25,
        "second_purchase_rate": 0.4,
        "orders_per_customer": 3,
        "ltv": Fraction(305, 7),
        "ltv_undiscounted": 45,
        "ltv_net": Fraction(1476, 35),
        "ltv_to_cac": Fraction(1476, 35 * 25),
        "payback_cycles": 2,
        "payback_days": 60,
        "roas": 1.2,
        "roas_lifetime": Fraction(122, 35),
        "roi": -0.4,
        "roi_lifetime": Fraction(12020, 7 * 2640),
        "profit": Fraction(12020, 7),
    }
    for figure, value in expected.items():
        assert numbers[figure] == pytest.approx(float(value), rel=1e-12), figure
    assert {*expected, "k"} == set(FIGURES)
    assert numbers.ltv == pytest.approx(43.571429, abs=1e-6)
    assert numbers.profit == pytest.approx(1717.142857, abs=1e-6)


def test_two_cycles_pay_the_shop_back_and_one_does_not() -> None:
    after = [15, 15 + 15 * 0.4, 15 + 15 * 0.4 * 1.8]
    assert after == pytest.approx([15, 21, 25.8])
    assert payback_cycles(25, 15, 15, q=0.4, r=0.8) == 2


def test_a_person_is_worth_what_they_still_bring_less_what_they_still_cost() -> None:
    worth = shop().economics().stages.value_to_go
    retention = 15 / 0.21 - 3 + 0.25 * -2
    conversion = 15 - 5 + 0.4 * retention
    acquisition = -0.5 + 0.05 * conversion
    reach = -0.1 + 0.2 * acquisition
    assert worth.to_list() == pytest.approx([reach, acquisition, conversion, retention, -2])
    assert worth["reach"] * 10000 == pytest.approx(shop().economics().profit)


def test_spend_and_fixed_costs_are_part_of_what_customers_cost() -> None:
    journey = shop(fixed_cost=300).with_segment("Everyone", spend=200)
    journey = journey.with_stage("conversion", fixed_cost=50).with_stage("loyalty", fixed_cost=7)
    numbers = journey.economics()
    assert numbers.acquisition_cost == pytest.approx(2500 + 300 + 200 + 50)
    assert numbers.total_cost == pytest.approx(2640 + 300 + 200 + 50 + 7)
    assert numbers.cac == pytest.approx(30.5)
    assert numbers.ltv_net == pytest.approx(1476 / 35 - 0.07)
    assert numbers.profit == pytest.approx(12020 / 7 - 557)
    assert numbers.stages.cost.to_list() == pytest.approx([1000, 1000, 550, 120, 27])
    assert numbers.stages.cost_per_person["reach"] == pytest.approx(0.15)


def test_days_to_pay_back_start_at_the_first_contact() -> None:
    journey = shop()
    for stage, days in (("acquisition", 4), ("conversion", 6), ("retention", 100)):
        journey = journey.with_stage(stage, delay_days=days)
    assert journey.economics().payback_days == pytest.approx(4 + 6 + 60)


def test_a_first_order_that_pays_for_itself_needs_no_cycle() -> None:
    journey = bare().with_stage("conversion", unit_cost=1, margin=5, delay_days=3)
    numbers = journey.economics()
    assert (numbers.payback_cycles, numbers.payback_days) == (0, 3)
    assert numbers.ltv is None


def test_a_repeat_that_was_drawn_is_the_repeat_rate() -> None:
    typed = shop(discount_rate=None)
    drawn = typed.with_offer("retention", repeat_rate=None)
    drawn = drawn.with_transition("retention", "retention", 0.8)
    one, other = typed.economics(), drawn.economics()
    assert other.orders_per_customer == pytest.approx(3)
    assert other.ltv == pytest.approx(one.ltv)
    # Each of the 200 visits costs 3, and of those who stay a share 1/4 of 1/5 goes on.
    assert drawn.flow().stages.visits["retention"] == pytest.approx(200)
    assert other.profit == pytest.approx(one.profit - 160 * 3)


@pytest.mark.parametrize("repeats", [{}, {"Ads": 0.5}, {"Ads": 0.5, "Blog": 0.2}])
def test_what_a_visit_brings_does_not_depend_on_whether_anybody_comes(
    repeats: dict[str, float],
) -> None:
    order = {"price": 30, "margin": 15, "cycle_days": 30, "name": "Order"}
    segments = [("Ads", [0.2, 0.1, 0.3, 0]), ("Blog", [0.4, 0.2, 0.1, 0])]
    some, nobody = (
        cvj.Journey.from_document(
            {
                "name": "Shop",
                "framework": "five",
                "discount_rate": 0.12,
                "offers": [order | {"stage": stage} for stage in ("conversion", "retention")],
                "segments": [
                    {"name": name, "entrants": people, "rates": rates} for name, rates in segments
                ],
                "transitions": [
                    {"source": "retention", "target": "retention", "rate": rate, "segment": segment}
                    for segment, rate in repeats.items()
                ],
            }
        )
        for people in (1000, 0)
    )
    parts = [some.economics(segment) for segment, _ in segments]
    assert some.economics().profit == pytest.approx(sum(part.profit or 0 for part in parts))
    for segment, _ in segments:
        worth = [one.economics(segment).columns["gain_per_visit"] for one in (some, nobody)]
        assert worth[0].tolist() == pytest.approx(worth[1].tolist())


def test_a_margin_may_be_typed_at_the_stage_instead_of_the_offer() -> None:
    at_offers = shop()
    at_stages = at_offers
    for stage in ("conversion", "retention"):
        at_stages = at_stages.with_offer(stage, margin=None).with_stage(stage, margin=15)
    for figure in FIGURES:
        assert at_stages.economics()[figure] == laws.close(at_offers.economics()[figure])


def test_any_stage_may_have_a_margin() -> None:
    own = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="reach")
    journey = cvj.Journey.from_counts(own, [1000, 500, 200, 100, 50, 20])
    assert journey.with_offer("quiz", margin=2).economics().profit == pytest.approx(1000)
    assert journey.with_stage("quiz", margin=2).economics().profit == pytest.approx(1000)
    assert journey.with_stage("loyalty", margin=-3).economics().profit == pytest.approx(-60)


def test_customers_who_give_time_first_buy_again_at_a_rate_that_is_typed() -> None:
    journey = (
        cvj.Journey.from_counts("eight:time", [1000, 500, 200, 100, 50, 20, 10, 5])
        .with_stage("awareness", unit_cost=0.1)
        .with_offer("ascension", name="Consult", margin=10, price=40)
        .with_offer(
            "bought_again", name="Block", margin=20, price=80, cycle_days=30, repeat_rate=0.5
        )
    )
    reason = journey.economics().reasons["ltv"]
    assert "type the second purchase rate" in reason
    numbers = journey.with_terms(second_purchase_rate=0.3).economics()
    assert numbers.customers == 20
    assert numbers.cac == pytest.approx(5)
    assert numbers.orders_per_customer == pytest.approx(1.6)
    assert numbers.ltv == pytest.approx(10 + 20 * 0.3 / 0.5)
    assert numbers.profit == pytest.approx(20 * (22 - 5))
    assert numbers.roas_lifetime == pytest.approx((20 * 40 + 12 * 80) / 100)
    # What later orders bring is part of what a person before the first one is worth.
    assert numbers.stages.value_to_go["ascension"] == pytest.approx(22)
    assert numbers.stages.value_to_go["awareness"] * 1000 == pytest.approx(numbers.profit)


def test_acquisition_cost_is_counted_to_the_first_payment_not_to_the_stage_called_acquisition() -> (
    None
):
    journey = bare().with_stage("acquisition", unit_cost=1).with_stage("retention", unit_cost=1)
    assert journey.economics().acquisition_cost == 2000
    assert journey.economics().cac == 20


def test_referred_customers_lower_the_cac() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    plan = plan.with_segment("Everyone", spend=1000)
    more = plan.with_referral("loyalty", to="reach", per_person=50)
    assert plan.economics().cac == pytest.approx(10)
    assert more.economics().cac == pytest.approx(8)
    assert more.economics().k == pytest.approx(0.2)


# Segments


def two_channels() -> cvj.Journey:
    return (
        cvj.Journey.from_counts("five", {"Ads": [1000, 200, 30, 10, 2], "Blog": COUNTS})
        .with_segment("Ads", spend=600)
        .with_stage("reach", unit_cost=0.1, fixed_cost=13)
        .with_terms(fixed_cost=130)
        .with_offer("conversion", margin=15, price=30)
        .with_offer("retention", margin=15, price=30, repeat_rate=0.5)
    )


def test_a_segment_bears_its_own_spend_and_its_share_of_the_fixed_costs() -> None:
    ads, blog = (two_channels().economics(segment=name) for name in ("Ads", "Blog"))
    assert ads.customers == 30
    assert ads.acquisition_cost == pytest.approx(100 + 600 + 143 * 30 / 130)
    assert blog.acquisition_cost == pytest.approx(1000 + 143 * 100 / 130)


def test_the_segments_money_adds_up_to_the_journeys() -> None:
    whole = two_channels().economics()
    parts = [two_channels().economics(segment=name) for name in ("Ads", "Blog")]
    for figure in ("customers", "acquisition_cost", "total_cost", "profit"):
        assert sum(part[figure] for part in parts) == pytest.approx(whole[figure])
    assert parts[0].cac != pytest.approx(parts[1].cac)


def test_an_unknown_segment_is_named_with_those_there_are() -> None:
    with pytest.raises(cvj.InputError, match=r"did you mean 'Blog'\? Choose from Ads, Blog"):
        two_channels().economics(segment="Blok")


# What does not follow is None, with its reason


@pytest.mark.parametrize(
    ("journey", "figure", "reason"),
    [
        (bare(), "cac", "no cost is typed"),
        (bare(), "profit", "no margin is typed"),
        (bare(), "ltv", "repeat rate is not typed"),
        (bare(), "roas", "price of the first order"),
        (bare(), "k", "no referrals"),
        (bare(10, 5, 0, 0, 0).with_stage("reach", unit_cost=1), "cac", "no customers"),
        (bare(10, 5, None, 2, 1).with_stage("reach", unit_cost=1), "cac", "Conversion is not"),
        (bare().with_stage("conversion", unit_cost=0, margin=1), "roi", "nothing is spent"),
        (bare().with_stage("conversion", unit_cost=0, margin=1), "roi_lifetime", "nothing is"),
        (
            bare().with_offer("conversion", price=9).with_segment("Everyone", spend=0),
            "roas",
            "noth",
        ),
        (shop().with_offer("retention", margin=None), "ltv", "margin of an order at Retention"),
        (shop().with_offer("conversion", margin=None), "payback_days", "order at Conversion"),
        (shop().with_offer("conversion", price=None), "roas", "first order"),
        (shop().with_offer("retention", price=None), "roas_lifetime", "later order"),
        (shop().with_offer("retention", margin=0.1), "payback_cycles", "never"),
        (shop().with_offer("retention", repeat_rate=1), "ltv_undiscounted", "for ever"),
        (
            shop()
            .with_offer("retention", cycle_days=None)
            .with_offer("conversion", cycle_days=None),
            "payback_days",
            "buying cycle is not typed",
        ),
        (
            shop().planned().with_referral("loyalty", to="reach", per_person=1000),
            "cac",
            "without end",
        ),
        (shop().with_transition("conversion", "conversion", 1), "customers", "Nobody ever leaves"),
        (
            cvj.Journey.from_counts(
                cvj.framework("five").drop("conversion", key="no"), [4, 3, 2, 1]
            ).with_stage("reach", unit_cost=1),
            "cac",
            "no stage of this framework is the first payment",
        ),
    ],
)
def test_what_does_not_follow_is_none_and_says_why(
    journey: cvj.Journey, figure: str, reason: str
) -> None:
    numbers = journey.economics()
    assert numbers[figure] is None
    assert reason in numbers.reasons[figure]


def test_every_figure_is_a_number_or_has_a_reason() -> None:
    for journey in (bare(), shop(), bare(0, 0, 0, 0, 0), two_channels()):
        numbers = journey.economics()
        for figure in FIGURES:
            value = numbers[figure]
            assert (value is None) == (figure in numbers.reasons), figure
            assert value is None or math.isfinite(value)
        assert numbers.table.index.to_list() == list(FIGURES)
        assert numbers.table.loc["cac", "reason"] == numbers.reasons.get("cac", "")


def test_no_entrants_cost_nothing_and_bring_nothing() -> None:
    plan = cvj.Journey.from_rates("five", 0, [0.5] * 4).with_stage("reach", unit_cost=1, margin=2)
    numbers = plan.economics()
    assert (numbers.customers, numbers.total_cost, numbers.profit) == (0, 0, 0)
    assert numbers.cac is numbers.ltv is numbers.roi is None
    assert numbers.numbers("cost_per_person") == [None] * 5


def test_an_unknown_stage_leaves_the_money_of_the_others() -> None:
    journey = bare(1000, 200, 100, None, 10).with_stage("reach", unit_cost=1)
    numbers = journey.economics()
    assert numbers.cac == pytest.approx(10)
    assert numbers.second_purchase_rate is None
    assert numbers.stages.cost.to_list() == [1000, 0, 0, 0, 0]
    paid = journey.with_stage("retention", unit_cost=1).economics()
    assert paid.cac == pytest.approx(10)
    assert paid.total_cost is None
    assert "Retention is not known" in paid.reasons["total_cost"]


def test_nothing_is_ever_infinite() -> None:
    tiny = cvj.Journey.from_rates("five", 1, [1e-160, 1e-160, 1, 1]).with_stage(
        "reach", unit_cost=1e9
    )
    assert tiny.flow().stages.people["conversion"] > 0
    assert tiny.economics().cac is None
    assert "too large, or too small" in tiny.economics().reasons["cac"]
    dear = shop(discount_rate=1e15).with_offer("retention", cycle_days=1e9)
    assert dear.economics().ltv == pytest.approx(15)


def test_profit_says_which_orders_it_counts() -> None:
    assert "not discounted" in shop(discount_rate=None).economics().horizon
    assert shop().economics().horizon.endswith("lifetime, discounted 12.9% a year")
    later = shop().with_offer("retention", margin=None).economics()
    assert later.horizon == "only the first orders: the margin of later ones is not typed"
    assert "only the orders in the flow" in bare().economics().horizon


def test_a_figure_is_looked_up_by_its_name() -> None:
    with pytest.raises(KeyError, match="choose one of customers"):
        shop().economics()["cax"]


def test_the_money_is_frozen() -> None:
    numbers = shop().economics()
    with pytest.raises(AttributeError):
        numbers.cac = 1  # type: ignore[misc]
    with pytest.raises(TypeError):
        numbers.reasons["cac"] = ""  # type: ignore[index]


def test_cost_per_person_counts_what_lies_on_the_way_and_habit_is_on_no_way_to_voice() -> None:
    counts = [5000, 4000, 3000, 2000, 1000, 900, 800, 400, 300, 200, 50, 40, 20]
    full = cvj.Journey.from_counts("full", counts).with_stage("aware", unit_cost=1)
    full = full.with_stage("habitual", unit_cost=60).with_stage("advocate", unit_cost=25)
    stages = full.economics().stages.cost_per_person
    assert stages["bought_again"] == pytest.approx(5000 / 200)
    assert stages["habitual"] == pytest.approx((5000 + 3000) / 50)
    assert stages["advocate"] == pytest.approx((5000 + 1000) / 40)
    assert stages["promoter"] == pytest.approx((5000 + 1000) / 20)
    # The comparison says the same of each milestone.
    rows = cvj.compare(full, ["full"]).comparable
    compared = rows.set_index("figure")["value"]
    for milestone, cost in stages.items():
        assert compared[f"cost_per_person.{milestone}"] == pytest.approx(cost), milestone


def test_payback_says_that_it_is_not_discounted_and_which_delays_it_leaves_out() -> None:
    numbers = shop().economics()
    assert numbers.remark("payback_days") == (
        "2 buying cycles, not discounted, without the delay to the first payment"
    )
    some = shop().with_stage("conversion", delay_days=3).economics()
    assert some.payback_days == 63
    assert (
        some.remark("payback_days")
        == "2 buying cycles, not discounted, without the delay to Acquisition"
    )
    all_typed = (
        shop().with_stage("conversion", delay_days=3).with_stage("acquisition", delay_days=0)
    )
    assert all_typed.economics().remark("payback_days") == "2 buying cycles, not discounted"
    at_once = bare().with_stage("conversion", unit_cost=1, margin=5).economics()
    assert at_once.text("payback_days") == "with the first order"
    assert at_once.left_out("payback_days") == ", without the delay to the first payment"
    assert at_once.left_out("cac") == bare().economics().left_out("payback_days") == ""


def test_more_people_who_buy_again_than_buy_at_all_have_no_lifetime_value() -> None:
    journey = shop().with_stage("retention", people=150).with_stage("loyalty", people=10)
    numbers = journey.economics()
    for figure in ("second_purchase_rate", "ltv", "ltv_net", "orders_per_customer", "payback_days"):
        assert numbers[figure] is None
        assert numbers.reasons[figure] == "more people buy again than buy at all"
    # Those who came in there do order.
    assert numbers.profit == pytest.approx(1500 + 150 * 15 / 0.21 - 2640 - 110 * 3)
    assert journey.with_stage("retention", people=100).economics().second_purchase_rate == 1


# Laws


@given(journeys(money=True))
def test_value_to_go_is_the_profit_of_the_entrants(journey: cvj.Journey) -> None:
    laws.value_to_go_is_the_profit_of_the_entrants(journey)


@given(journeys(money=True))
def test_profit_is_customers_times_value_over_cost(journey: cvj.Journey) -> None:
    laws.profit_is_customers_times_margin_over_cost(journey)


@given(amounts(), amounts(), shares(), shares(0.95), shares(), amounts(1))
def test_more_is_worth_more(
    m1: float, m2: float, q: float, r: float, d: float, more: float
) -> None:
    laws.more_is_worth_more(m1, m2, q, r, d, more)


@given(amounts(), amounts(), amounts(), shares(), shares())
@example(cac=1.1, m1=0, m2=0.1, q=1, r=1)
@example(cac=15, m1=10, m2=10, q=0.5, r=0.8)
def test_payback_is_neither_a_cycle_late_nor_early(
    cac: float, m1: float, m2: float, q: float, r: float
) -> None:
    laws.it_is_paid_back_then_and_not_before(cac, m1, m2, q, r)


def test_orders_for_ever_have_a_value_only_if_discounted() -> None:
    assert lifetime_value(10, 10, q=0.5, r=1, d=0.25) == pytest.approx(30)
    assert lifetime_value(10, 10, q=0, r=1) == 10
    with pytest.raises(UndefinedError, match="for ever"):
        lifetime_value(10, 10, q=0.5, r=1)


@pytest.mark.parametrize(
    ("cac", "m2", "q", "r", "cycles"),
    [(5, 10, 1, 0, 1), (30, 10, 1, 1, 3), (1.1, 0.1, 1, 1, 11), (27.1, 10, 1, 0.9, 3)],
)
def test_payback_of_round_numbers_is_round(
    cac: float, m2: float, q: float, r: float, cycles: int
) -> None:
    assert payback_cycles(cac, 0, m2, q, r) == cycles


@pytest.mark.parametrize(
    ("cac", "m2", "q", "r"),
    [(10, 5, 0, 0.5), (10, 0, 1, 0.5), (10, -1, 1, 0.5), (20, 10, 1, 0.5), (11, 10, 1, 0)],
)
def test_what_is_never_paid_back_says_so(cac: float, m2: float, q: float, r: float) -> None:
    with pytest.raises(UndefinedError, match="never"):
        payback_cycles(cac, 0, m2, q, r)


@pytest.mark.parametrize("kept", [0.9, 1 - 1e-6, 1 - 1e-9, 1 - 1e-12])
@pytest.mark.parametrize("missing", [1e-9, 1e-14, 2e-16])
def test_payback_close_to_never_is_found_at_once(kept: float, missing: float) -> None:
    # Searching cycle by cycle would take hours here.
    try:
        assert payback_cycles(1 / (1 - kept) * (1 - missing), 0, 1, q=1, r=kept) > 100
    except UndefinedError:
        assert missing < 1e-9


# P20


RATIOS = [key for key, figure in FIGURES.items() if figure.unit in {"ratio", "share", "people"}]


def scaled(value: object, factor: float, name: str = "") -> object:
    """Write all money of a document in another unit of currency."""
    if isinstance(value, dict):
        return {key: scaled(part, factor, key) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [scaled(part, factor, name) for part in value]
    money = {"unit_cost", "fixed_cost", "margin", "price", "spend", "reward"}
    return value * factor if name in money and isinstance(value, int | float) else value


def renamed(value: object, names: Mapping[str, str]) -> object:
    """Call what a document is about by other names."""
    if isinstance(value, dict):
        return {key: renamed(part, names) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(part, names) for part in value]
    return names.get(value, value) if isinstance(value, str) else value


@given(journeys(money=True))
def test_the_order_and_names_of_segments_and_the_unit_of_currency_change_no_ratio(
    journey: cvj.Journey,
) -> None:
    document = journey.document() | {"framework": journey.framework}
    turned = document | {"segments": list(reversed(document["segments"]))}
    cents = scaled(document, 128.0)
    names = {one.name: f"قناة {at}" for at, one in enumerate(journey.segments)}
    abroad = renamed(journey.document(), names) | {"framework": journey.framework}  # type: ignore[operator]  # a document
    figures = journey.economics()
    size = float(journey.flow().visits.sum()) + (figures.total_cost or 0)
    for other in (turned, cents, abroad):
        changed = cvj.Journey.from_document(other).economics()  # type: ignore[arg-type]
        for key in RATIOS:
            before, after = figures[key], changed[key]
            assert (before is None) == (after is None), key
            if before is not None:
                assert after == pytest.approx(before, rel=1e-6, abs=1e-9), key
    profit = cvj.Journey.from_document(cents).economics().profit  # type: ignore[arg-type]
    if figures.profit is not None:
        assert profit == pytest.approx(128 * figures.profit, rel=1e-6, abs=1e-6 * (size + 1))
