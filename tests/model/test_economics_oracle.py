"""The money of random journeys against the equations, worked out here by walking and adding up.

Nothing of the model's formulas is used: people are sent along the ways one step at a time, later
orders are added up cycle by cycle, and payback is found by trying one cycle more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

import cvjkit as cvj

JOURNEYS = 300
HARDLY_ANY = 1e-20  # people; those at the end of a journey may be few
KEYS = {
    "five": ("aware", "engaged", "first_payment", "bought_again", "advocate"),
    "seven": (
        *("aware", "intrigued", "visited", "lead", "first_payment", "bought_again"),
        "habitual",
    ),
    "eight": (
        *("aware", "engaged", "lead", "first_payment", "wowed", "bought_again", "advocate"),
        "promoter",
    ),
    "full": (
        *("aware", "intrigued", "visited", "engaged", "lead", "educated", "offered"),
        *("first_payment", "wowed", "bought_again", "habitual", "advocate", "promoter"),
    ),
}
ON_NO_WAY_TO_VOICE = "habitual"


@dataclass
class Typed:
    """What is typed: a plan of one segment, its ways, and its money."""

    framework: str
    entrants: float
    rates: list[float]
    ways: dict[tuple[int, int], float]
    referral: tuple[int, int, float] | None
    unit: list[float]
    fixed: list[float]
    delays: list[float | None]
    margins: tuple[float, float]
    prices: tuple[float, float]
    repeat: float
    cycle: float
    yearly: float
    common: float
    spend: float

    @property
    def milestones(self) -> tuple[str, ...]:
        return KEYS[self.framework]

    @property
    def before(self) -> list[int | None]:
        """The stage that each one follows; voice follows the second purchase, not the habit."""
        found: list[int | None] = [None]
        for stage in range(1, len(self.milestones)):
            skipped = self.milestones[stage - 1] == ON_NO_WAY_TO_VOICE
            found.append(stage - 2 if skipped else stage - 1)
        return found

    @property
    def first(self) -> int:
        return self.milestones.index("first_payment")

    @property
    def again(self) -> int:
        return self.milestones.index("bought_again")

    def passed(self, stage: int) -> list[int]:
        """The stages on the way to a stage, itself included."""
        way = [stage]
        while (above := self.before[way[-1]]) is not None:
            way.append(above)
        return way

    def onward(self) -> list[dict[int, float]]:
        """Share of the visits to each stage that goes on to each other one."""
        shares: list[dict[int, float]] = [{} for _ in self.milestones]
        for stage, above in enumerate(self.before):
            if above is not None:
                shares[above][stage] = self.rates[stage]
        for (source, target), rate in self.ways.items():
            shares[source][target] = shares[source].get(target, 0) + rate
        return shares

    def journey(self) -> cvj.Journey:
        keys = cvj.framework(self.framework).keys
        journey = cvj.Journey.from_rates(self.framework, self.entrants, self.rates[1:])
        for key, unit, fixed, delay in zip(keys, self.unit, self.fixed, self.delays, strict=True):
            journey = journey.with_stage(key, unit_cost=unit, fixed_cost=fixed, delay_days=delay)
        for (source, target), rate in self.ways.items():
            journey = journey.with_transition(keys[source], keys[target], rate)
        if self.referral:
            source, target, number = self.referral
            journey = journey.with_referral(keys[source], keys[target], number)
        order = {"cycle_days": self.cycle}
        first = {"price": self.prices[0], "margin": self.margins[0], **order}
        later = {"price": self.prices[1], "margin": self.margins[1], **order}
        journey = journey.with_offer(keys[self.first], **first)
        journey = journey.with_offer(keys[self.again], repeat_rate=self.repeat, **later)
        journey = journey.with_segment("Everyone", spend=self.spend)
        return journey.with_terms(fixed_cost=self.common, discount_rate=self.yearly)


def drawn(seed: int) -> Typed:
    """Draw a plan; every other one has ways and a referral too."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    framework = chance.choice(sorted(KEYS))
    size = len(KEYS[framework])
    ways: dict[tuple[int, int], float] = {}
    referral = None
    if seed % 2:
        for _ in range(chance.randint(0, 3)):
            source, target = chance.randrange(size), chance.randrange(size)
            apart = {"bought_again", ON_NO_WAY_TO_VOICE}
            is_step = target - source in {1, 2} or source == target
            if not is_step and KEYS[framework][target] not in apart:
                ways[source, target] = round(chance.uniform(0, 0.06), 3)
        if chance.random() < 0.5:
            referral = (chance.randrange(size), chance.randrange(size), chance.uniform(0, 0.1))
    margins = chance.uniform(0, 20), chance.uniform(0, 40)
    return Typed(
        framework=framework,
        entrants=chance.choice([100.0, 12_345.0, 1e6]),
        rates=[0, *(round(chance.uniform(0.05, 0.4), 3) for _ in range(size - 1))],
        ways=ways,
        referral=referral,
        unit=[round(chance.uniform(0, 3), 2) for _ in range(size)],
        fixed=[chance.choice([0, 50.0]) for _ in range(size)],
        delays=[chance.choice([None, 2.5, 30.0]) for _ in range(size)],
        margins=margins,
        prices=(margins[0] + 5, margins[1] + 10),
        repeat=chance.choice([0.0, 0.35, 0.8, 0.93]),
        cycle=chance.choice([7.0, 30.0, 90.0]),
        yearly=chance.choice([0.0, 0.1, 0.6]),
        common=chance.choice([0.0, 500.0]),
        spend=chance.choice([0.0, 700.0]),
    )


def walked(typed: Typed, start: list[float], *, stop: int | None = None) -> list[float]:
    """Send people on until hardly any are left: arrivals; those at `stop` go no further."""
    shares, arrivals, moving = typed.onward(), [0.0] * len(start), start
    while sum(moving) > HARDLY_ANY:
        arrivals = [sum(pair) for pair in zip(arrivals, moving, strict=True)]
        further = [0.0] * len(start)
        for stage, people in enumerate(moving):
            if stage != stop:
                for target, share in shares[stage].items():
                    further[target] += people * share
        moving = further
    return arrivals


def came(typed: Typed) -> list[float]:
    """Count who starts where: from outside, and brought in generation by generation."""
    size = len(typed.milestones)
    generation = [typed.entrants, *[0.0] * (size - 1)]
    start = [0.0] * size
    while sum(generation) > HARDLY_ANY:
        start = [sum(pair) for pair in zip(start, generation, strict=True)]
        visits = walked(typed, generation)
        generation = [0.0] * size
        if typed.referral:
            source, target, number = typed.referral
            generation[target] = visits[source] * number
    return start


def worth(typed: Typed, gains: list[float]) -> list[float]:
    """Add up what one more person at each stage brings, with all that come after."""
    shares, still, total = typed.onward(), gains, gains
    for _ in range(4000):
        further = [
            sum(share * still[target] for target, share in shares[stage].items())
            for stage in range(len(gains))
        ]
        if typed.referral:
            source, target, number = typed.referral
            further[source] += number * still[target]
        still = further
        total = [sum(pair) for pair in zip(total, still, strict=True)]
        if max(map(abs, still)) < 1e-14 * max(map(abs, total)):
            break
    return total


def later_orders(typed: Typed, *, discounted: bool) -> float:
    """Count the orders of one who buys again: 1 + r + r^2 ..., each a cycle later."""
    factor = 1 / (1 + typed.yearly) ** (typed.cycle / 365) if discounted else 1.0
    orders, still = 0.0, factor
    for _ in range(5000):
        orders += still
        still *= typed.repeat * factor
    return orders


def payback(typed: Typed, cac: float, q: float) -> float | None:
    """Try one cycle more until the margins of a customer reach the CAC."""
    brought, buyers = typed.margins[0], q
    for cycles in range(3000):
        if brought >= cac * (1 - 1e-12):
            return cycles
        brought += typed.margins[1] * buyers
        buyers *= typed.repeat
    return None


def figures(typed: Typed) -> Iterator[tuple[str, float | None]]:
    """Work out each figure from what was typed."""
    start, size = came(typed), len(typed.milestones)
    visits = walked(typed, start)
    people = [walked(typed, start, stop=stage)[stage] for stage in range(size)]
    costs = [unit * n + more for unit, n, more in zip(typed.unit, visits, typed.fixed, strict=True)]
    common, first, again = typed.common + typed.spend, typed.first, typed.again
    customers, q = people[first], people[again] / people[first]
    acquisition, total = sum(costs[: first + 1]) + common, sum(costs) + common
    m1, m2 = typed.margins
    orders = later_orders(typed, discounted=True)
    gross = (m1 * visits[first] + m2 * visits[again] * orders) / customers
    plain = m1 * visits[first] + m2 * visits[again] * later_orders(typed, discounted=False)
    net, cac = gross - sum(costs[first + 1 :]) / customers, acquisition / customers
    revenue = typed.prices[0] * visits[first]
    profit = m1 * visits[first] + m2 * visits[again] * orders - total
    cycles = payback(typed, cac, q)
    delays = sum(typed.delays[stage] or 0 for stage in typed.passed(first))
    yield "customers", customers
    yield "acquisition_cost", acquisition
    yield "total_cost", total
    yield "cac", cac
    yield "second_purchase_rate", q
    yield "orders_per_customer", 1 + q * later_orders(typed, discounted=False)
    yield "ltv", gross
    yield "ltv_undiscounted", plain / customers
    yield "ltv_net", net
    yield "ltv_to_cac", net / cac
    yield "payback_cycles", cycles
    yield "payback_days", None if cycles is None else delays + cycles * typed.cycle
    yield "roas", revenue / acquisition
    yield "roas_lifetime", (revenue + typed.prices[1] * visits[again] * orders) / acquisition
    yield "roi", m1 * visits[first] / acquisition - 1
    yield "roi_lifetime", profit / total
    yield "profit", profit
    gains = [-unit for unit in typed.unit]
    gains[first] += m1
    gains[again] += m2 * orders
    for stage, value in enumerate(worth(typed, gains)):
        yield f"value_to_go {stage}", value
        yield f"cost {stage}", costs[stage]
        spent = sum(costs[passed] for passed in typed.passed(stage)) + common
        yield f"cost_per_person {stage}", spent / people[stage]


@pytest.mark.parametrize("batch", range(6))
def test_every_figure_of_random_journeys_follows_from_the_equations(batch: int) -> None:
    tried = 0
    for seed in range(batch, JOURNEYS, 6):
        typed = drawn(seed)
        economics = typed.journey().economics()
        if economics.second_purchase_rate is None:
            continue
        size = (economics.total_cost or 0) + abs(economics.profit or 0)
        for name, expected in figures(typed):
            figure, _, stage = name.partition(" ")
            found: Any = economics.numbers(figure)[int(stage)] if stage else economics[figure]
            # A profit near 0 is the difference of two large amounts.
            slack = 1e-9 * size if figure in {"profit", "total_cost", "cost"} else 1e-9
            if expected is None:
                assert found is None, (seed, name)
            else:
                assert found == pytest.approx(expected, rel=1e-8, abs=slack), (seed, name)
        tried += 1
        delays = [typed.delays[stage] for stage in typed.passed(typed.first)[:-1]]
        assert bool(economics.delays) == (None in delays)
        if not typed.ways:
            net, cac, customers = economics.ltv_net, economics.cac, economics.customers
            assert economics.profit == pytest.approx(customers * (net - cac), abs=1e-8 * size)
    assert tried > JOURNEYS / 8
