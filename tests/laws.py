"""What must hold for every journey, each law a function that raises AssertionError if it does not.

`test_flow`, `test_economics` and `test_journey` try the laws on drawn journeys, and
`test_laws_bite` breaks the model on purpose and sees each law fail.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import assume
from numpy.typing import NDArray

import cvjkit as cvj
from cvjkit.catalog.framework import Framework
from cvjkit.model.economics import UndefinedError, lifetime_value, payback_cycles
from cvjkit.model.flow import Flow
from cvjkit.model.origins import origins

RATIOS = ("cac", "second_purchase_rate", "ltv", "ltv_net", "ltv_to_cac", "roas", "roi", "k")
SUMS = ("customers", "acquisition_cost", "total_cost", "profit")


def close(value: object, size: float = 1.0) -> Any:
    """Equal but for what floats lose, seen against the largest numbers that went in."""
    if value is None:
        return None
    return pytest.approx(value, rel=1e-7, abs=1e-8 * max(1.0, abs(size)), nan_ok=True)


def people_are_conserved(journey: cvj.Journey) -> None:
    """P1: who comes to a stage goes on, finishes or is lost; nobody else does."""
    stages, links = journey.flow().stages, journey.flow().links
    if stages.drop(columns=["step_rate", "overall_rate"]).isna().any(axis=None):
        return
    moves, births = links[links.kind != "referral"], links[links.kind == "referral"]
    size = float(stages.visits.sum())
    for key, stage in stages.iterrows():
        came = stage.entered + stage.referred + moves.people[moves.target == key].sum()
        went = moves.people[moves.source == key].sum() + stage.dropped + stage.finished
        again = moves[(moves.target == key) & moves.kind.isin(["back", "repeat"])]
        assert came == close(stage.visits, size)
        assert went == close(stage.visits, size)
        assert stage.referred == close(births.people[births.target == key].sum(), size)
        assert stage.returned == close(again.people.sum(), size)
    assert stages.entered.sum() + stages.referred.sum() == close(
        stages.dropped.sum() + stages.finished.sum(), size
    )


def nobody_is_lost_twice(journey: cvj.Journey) -> None:
    """P2: losses are never negative, no more leave than came, rates are shares."""
    stages, links = journey.flow().stages, journey.flow().links
    moves = links[links.kind != "referral"].groupby("source").people.sum()
    size = float(stages.visits.sum())
    for column in ("people", "visits", "entered", "referred", "returned", "dropped", "finished"):
        assert (stages[column].dropna() >= 0).all()
    for column in ("step_rate", "overall_rate"):
        assert stages[column].dropna().between(0, 1).all()
    for key, out in moves.items():
        assert math.isnan(stages.visits[key]) or out <= stages.visits[key] + 1e-8 * size


def a_plain_funnel_never_widens(journey: cvj.Journey) -> None:
    """P3: without ways besides the steps, entries or referrals, nobody is added on the way."""
    plain = _changed(journey, transitions=[], referrals=[])
    for row in plain["segments"]:
        entrants = row["entrants"]
        row["entrants"] = next(iter(entrants.values())) if isinstance(entrants, dict) else entrants
    flow = cvj.Journey.from_document(plain).flow()
    people = flow.stages.people.to_numpy(float)
    for stage, parent in enumerate(flow.framework.parents):
        assert parent is None or people[stage] <= people[parent] * (1 + 1e-12)


def everything_scales(journey: cvj.Journey, times: int) -> None:
    """P4: as many times the people and the fixed costs, as many times the result."""
    larger = _changed(journey)
    for row in larger["segments"]:
        for field in {"counts", "entrants", "spend"} & row.keys():
            row[field] = _times(row[field], times)
    for row in larger["stages"].values():
        row |= {"fixed_cost": times * row.get("fixed_cost", 0)}
    larger["fixed_cost"] = times * larger.get("fixed_cost", 0)
    large = cvj.Journey.from_document(larger)
    small_flow, large_flow = journey.flow().stages, large.flow().stages
    for column in ("people", "visits", "entered", "referred", "dropped", "finished"):
        expected = small_flow[column].to_numpy(float) * times
        assert large_flow[column].to_numpy(float) == close(expected, expected.sum())
    small, large = journey.economics(), large.economics()
    for figure in SUMS:
        scaled = None if small[figure] is None else small[figure] * times
        assert large[figure] == close(scaled, (large.total_cost or 0) + abs(large.profit or 0))
    for figure in RATIOS:
        assert large[figure] == close(small[figure], _size_of(small))


def more_never_means_fewer(journey: cvj.Journey, stage: int, more: float) -> None:
    """P10: a higher rate, or more people at the start, leaves no stage with fewer people."""
    framework, index = journey.framework, stage % len(journey.framework)
    key = framework.keys[index]
    path = f"stages.{key}.{'people' if framework.parents[index] is None else 'rate'}"
    number = journey.get(path)
    assume(number)
    higher = number * (1 + more)
    try:
        raised = journey.put(path, min(1, higher) if path.endswith("rate") else higher)
    except cvj.InputError:
        assume(False)  # other ways leave no room
    before, after = (one.flow().stages.people.to_numpy(float) for one in (journey, raised))
    # Each person who is referred may by now bring one more: there is no total.
    assume(np.isfinite(after).all())
    assert (after >= before * (1 - 1e-9)).all()
    assert (raised.economics().customers or 0) >= (journey.economics().customers or 0) * (1 - 1e-9)
    one_way = _is_a_line(journey.flow()) and not journey.transitions and not journey.referrals
    if one_way and len(journey.segments) == 1 and not any((journey.segments[0].entrants or ())[1:]):
        times = raised.get(path) / number
        assert after[index:] == close(before[index:] * times, before.max())
        assert after[:index] == close(before[:index], before.max())


def segments_add_up(journey: cvj.Journey) -> None:
    """P5: all segments together are their sum, and pooled rates lie between theirs."""
    flow = journey.flow()
    parts = [flow.only(name).stages for name in flow.segments]
    size = float(flow.stages.visits.sum())
    for column in ("people", "visits", "entered", "referred", "returned", "dropped", "finished"):
        total = sum(part[column].to_numpy(float) for part in parts)
        assert flow.stages[column].to_numpy(float) == close(total, size)
    for stage, parent in enumerate(flow.framework.parents):
        pooled = flow.numbers("step_rate")[stage]
        # A segment in which all go on only because others did not have to is not stated.
        if pooled is None or parent is None or flow.inferred_rates[parent, stage]:
            continue
        people = [part.people.iloc[parent] for part in parts]
        rates = [part.step_rate.iloc[stage] for part in parts]
        seen = [(n, rate) for n, rate in zip(people, rates, strict=True) if rate >= 0]
        assert pooled == close(sum(n * rate for n, rate in seen) / sum(n for n, _ in seen))
        assert min(rate for _, rate in seen) - 1e-9 <= pooled
        assert max(rate for _, rate in seen) + 1e-9 >= pooled
    whole = journey.economics()
    parts = [journey.economics(segment=name) for name in flow.segments]
    for figure in SUMS if whole.customers else ("customers",):
        if whole[figure] is not None:
            total = sum(part[figure] for part in parts)
            assert total == close(whole[figure], (whole.total_cost or 0) + abs(whole.profit or 0))


def a_segment_does_not_depend_on_another(journey: cvj.Journey) -> None:
    """P5: without referrals, each segment alone flows as it does among others."""
    plain = _changed(journey, referrals=[])
    flow = cvj.Journey.from_document(plain).flow()
    for row in plain["segments"]:
        ways = [
            way for way in plain.get("transitions", ()) if way.get("segment") in {None, row["name"]}
        ]
        only = {**plain, "segments": [row], "transitions": ways}
        alone = cvj.Journey.from_document(only).flow().stages
        among = flow.only(row["name"]).stages
        for column in ("people", "visits", "entered", "dropped", "finished", "step_rate"):
            size = float(np.nansum(alone.visits.to_numpy(float)))
            expected = alone[column].to_numpy(float)
            assert among[column].to_numpy(float) == close(expected, size)


def referrals_only_add(journey: cvj.Journey) -> None:
    """P6: referring nobody changes nothing; referring more brings more to every stage."""
    rows = [{**dict(row)} for row in journey.referrals]
    none, silent, half, full = (
        cvj.Journey.from_document(_changed(journey, referrals=referrals)).flow().stages
        for referrals in ([], _fewer(rows, 0), _fewer(rows, 0.5), rows)
    )
    assert silent.drop(columns="name").equals(none.drop(columns="name"))
    size = float(full.visits.sum())
    assert (none.visits <= half.visits + 1e-9 * size).all()
    assert (half.visits <= full.visits + 1e-9 * size).all()
    sources = [row["source"] for row in rows if row["per_person"] > 0 and not row["source_segment"]]
    if none.visits[sources].sum() > 1e-3 * size:
        assert full.visits.sum() > none.visits.sum()
        assert full.referred.sum() > half.referred.sum() > none.referred.sum() == 0


def visits_count_returns(journey: cvj.Journey) -> None:
    """P7: nobody is there more than once without a way back or a repeat."""
    stages = journey.flow().stages
    size = float(stages.visits.sum())
    assert (stages.visits >= stages.people - 1e-9 * size).all()
    keys = journey.framework.keys
    loops = [
        way
        for way in journey.transitions
        if way.rate > 0 and keys.index(way.target) <= keys.index(way.source)
    ]
    if not loops:
        assert stages.visits.to_numpy(float) == close(stages.people.to_numpy(float), size)
    for way in loops:
        takers = stages if way.segment is None else journey.flow().only(way.segment).stages
        back = takers.visits[way.source] * way.rate
        if way.source == way.target and back > 1e-6 * size:
            assert stages.visits[way.target] > stages.people[way.target]


def the_walk_agrees(journey: cvj.Journey) -> None:
    """People sent along the ways step by step end up where the solved flow says."""
    flow = journey.flow()
    visits, people = walk(flow, *_shares_and_entrants(journey, flow))
    assert flow.stages.visits.to_numpy(float) == close(visits.sum(axis=0), visits.sum())
    assert flow.stages.people.to_numpy(float) == close(people.sum(axis=0), visits.sum())


def counts_are_explained(journey: cvj.Journey) -> None:
    """Steps, ways and entries found for counts lead, walked step by step, to exactly these."""
    flow = journey.flow()
    flags = {(flag.id, flag.stage) for flag in flow.flags}
    assume(not {rule for rule, _ in flags} & {"A47", "A48"})
    counts = np.array([segment.counts for segment in journey.segments], float)
    visits, people = walk(flow, flow.shares, flow.entered)
    assert people == close(counts, visits.sum())
    assert (flow.stages.people.to_numpy(float) == counts.sum(axis=0)).all()
    assert (flow.inferred <= flow.shares).all()
    from_before = origins(flow.framework, (True,) * len(flow.framework))
    plain = not journey.transitions and not journey.referrals and _is_a_line(flow)
    for stage, sources in enumerate(from_before.sources):
        entered, key = flow.entered[:, stage], flow.framework.keys[stage]
        if not sources:
            continue
        most = counts[:, from_before.required[stage] or 0]
        beyond = (entered > 1.001) & (counts[:, stage] > most + 1.001)
        if from_before.required[stage] is not None:
            assert (("A46", key) in flags) == beyond.any()
        if not journey.transitions:
            assert not (entered[counts[:, stage] <= most] > 1e-9 * counts.sum()).any()
        if plain:
            least = np.maximum(counts[:, stage] - counts[:, sources].max(axis=1), 0)
            assert entered == close(least, counts.sum())


def plan_of_counts_is_the_same(journey: cvj.Journey) -> None:
    """A counted journey turned into a plan flows as before."""
    flow = journey.flow()
    assume("A48" not in {flag.id for flag in flow.flags})
    planned = journey.planned()
    assert all(segment.rates is not None for segment in planned.segments)
    size = float(flow.stages.visits.sum())
    for column in ("people", "visits", "entered", "referred", "returned", "dropped", "finished"):
        expected = flow.stages[column].to_numpy(float)
        assert planned.flow().stages[column].to_numpy(float) == close(expected, size)


def another_framework_keeps_the_people(journey: cvj.Journey, target: Framework) -> None:
    """Each segment has the same people, of a plan at as many visits, where the target can know.

    Of a plan it knows the people at a stage if it has all stages before it, too.
    """
    flow, moved = journey.flow(), journey.in_framework(target).flow()
    at = {stage.anchor: position for position, stage in enumerate(flow.framework)}
    for index, segment in enumerate(journey.segments):
        known: list[bool] = []
        for position, (stage, parent) in enumerate(zip(target, target.parents, strict=True)):
            source = at.get(stage.anchor)
            there = source is not None and not flow.undefined[index, source]
            if there and not segment.observed and parent is not None:
                there = known[parent]
            known.append(there)
            if there:
                assert not moved.undefined[index, position], stage.key
                size = flow.people[index].max()
                # How often those counted were there is explained anew in another framework.
                for column in ("people",) if segment.observed else ("people", "visits"):
                    got = getattr(moved, column)[index, position]
                    had = getattr(flow, column)[index, source]
                    assert got == pytest.approx(had, rel=1e-9, abs=1e-9 * size), (
                        segment.name,
                        stage.key,
                        column,
                    )
            elif source is not None:
                assert moved.undefined[index, position], stage.key


def value_to_go_is_the_profit_of_the_entrants(journey: cvj.Journey) -> None:
    """P9: what the entrants are worth is what all visits bring, for one segment or several."""
    flow, numbers = journey.flow(), journey.economics()
    gain = np.cos(np.arange(len(flow.framework))) * 10
    worth = (flow.entered * flow.value_to_go(gain)).sum()
    assert worth == close((flow.visits * gain).sum(), np.abs(flow.visits * gain).sum())
    if len(flow.segments) > 1 or numbers.profit is None:
        return
    stages = {row.stage: row for row in journey.stages}
    fixed = sum((row.fixed_cost or 0) for row in stages.values()) + (journey.fixed_cost or 0)
    fixed += sum(segment.spend or 0 for segment in journey.segments)
    worth = (flow.stages.entered * numbers.stages.value_to_go).sum()
    size = numbers.total_cost or 0
    assert worth == close(numbers.profit + fixed, size + abs(numbers.profit))


def profit_is_customers_times_margin_over_cost(journey: cvj.Journey) -> None:
    """Profit of a cohort = customers x (LTV_net - CAC) where only the purchases have margins."""
    numbers = journey.economics()
    figures = (numbers.customers, numbers.ltv_net, numbers.cac, numbers.profit)
    assume(None not in figures)
    customers, ltv_net, cac, profit = figures
    assert profit == close(customers * (ltv_net - cac), numbers.total_cost + abs(profit))


def halfway_changes_nothing(journey: cvj.Journey, stage: int, share: float) -> None:
    """P11: a stage put between two others, with rates that multiply to the old, adds nothing."""
    framework = journey.framework
    stage %= len(framework)
    key, parent = framework.keys[stage], framework.parents[stage]
    assume(parent is not None)
    before = framework.keys[parent]
    own = framework.insert({"key": "halfway", "name": "Half"}, after=framework.keys[stage - 1])
    names = [None if at is None else own.keys[at] for at in own.parents]
    follows = dict(zip(own.keys, names, strict=True))
    assume(follows["halfway"] == before and follows[key] == "halfway")
    # Between two stages, not before a branch: all others follow what they followed.
    assume([*follows.values()].count("halfway") == 1)
    longer = _changed(journey, framework=own)
    for row, segment in zip(longer["segments"], journey.segments, strict=True):
        rates = dict(zip(framework.keys, segment.rates or (), strict=True))
        ways = sum(
            way.rate
            for way in journey.transitions
            if way.source == before and way.segment in {None, segment.name}
        )
        taken = ways + sum(
            rate or 0
            for child, rate in rates.items()
            if framework.parents[framework.index(child)] == parent
        )
        rate = rates[key] or 0
        first = rate + share * max(0.0, 1 - taken)
        second = rate / first if first else 0.0
        row["rates"] = {**row["rates"], "halfway": first, key: second}
    split = cvj.Journey.from_document(longer)
    old, new = journey.flow().stages, split.flow().stages.loc[list(framework.keys)]
    size = float(old.visits.sum())
    for column in ("people", "visits", "entered", "referred", "returned", "finished"):
        assert new[column].to_numpy(float) == close(old[column].to_numpy(float), size)
    overall = old.overall_rate.to_numpy(float)
    assert new.overall_rate.to_numpy(float) == close(overall)
    one, other = journey.economics(), split.economics()
    for figure in (*SUMS, *RATIOS, "payback_days"):
        money = (one.total_cost or 0) + abs(one.profit or 0) + _size_of(one)
        assert other[figure] == close(one[figure], money)
    worth = one.stages.value_to_go.to_numpy(float)
    assert other.stages.value_to_go[list(framework.keys)].to_numpy(float) == close(worth, 1e3)


def more_is_worth_more(m1: float, m2: float, q: float, r: float, d: float, more: float) -> None:
    """P14: LTV rises with margins, second purchases and repeats, and falls with the discount."""
    value = lifetime_value(m1, m2, q, r, d)
    assert lifetime_value(m1 + more, m2, q, r, d) >= value
    assert lifetime_value(m1, m2 + more, q, r, d) >= value
    assert lifetime_value(m1, m2, min(1, q + more), r, d) >= value
    assert lifetime_value(m1, m2, q, r + (0.999 - r) * min(1, more), d) >= value
    assert lifetime_value(m1, m2, q, r, d + more) <= value
    assert lifetime_value(m1, m2, q, r, 0) >= value
    if q > 0.01 and m2 > 0.01 and more > 0.01:
        assert lifetime_value(m1 + more, m2, q, r, d) > value
        assert lifetime_value(m1, m2 + more, q, r, d) > value
        assert lifetime_value(m1, m2, q, r, d + more) < value
        assert lifetime_value(m1, m2, q, r + (0.999 - r) * min(1, more), d) > value or r > 0.99
        assert lifetime_value(m1, m2, q / 2, r, d) < value


def it_is_paid_back_then_and_not_before(
    cac: float, m1: float, m2: float, q: float, r: float
) -> None:
    """P15: one cycle earlier the margins do not reach the CAC; at payback they do."""

    def margins(cycles: int) -> float:
        return m1 + m2 * q * sum(r**n for n in range(cycles))

    try:
        cycles = payback_cycles(cac, m1, m2, q, r)
    except UndefinedError:
        assert margins(500) < cac * (1 + 1e-9)
        return
    assume(cycles < 3000)
    assert margins(cycles) >= cac * (1 - 1e-9)
    assert cycles == 0 or margins(cycles - 1) < cac


def document_and_code_make_it_again(journey: cvj.Journey) -> None:
    """P21: what is written of a journey makes the same journey."""
    assert cvj.Journey.from_document(journey.document()) == journey
    assert eval(journey.code(), {"cvj": cvj}) == journey  # noqa: S307 - our own expression


def walk(
    flow: Flow, shares: NDArray[np.float64], entered: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Send people along the ways step by step: visits, and people who ever arrive."""
    visits, referred = np.zeros_like(entered), np.zeros_like(entered)
    standing = entered
    while standing.sum() > 1e-13 * visits.sum():
        visits = visits + standing
        born = np.einsum("si,sitj->tj", standing, flow.births)
        referred = referred + born
        standing = np.einsum("si,sij->sj", standing, shares) + born
    people = np.zeros_like(entered)
    for stage in range(entered.shape[1]):
        standing = entered + referred
        while standing.sum() > 1e-13 * visits.sum():
            people[:, stage] += standing[:, stage]
            onward = standing.copy()
            onward[:, stage] = 0
            standing = np.einsum("si,sij->sj", onward, shares)
    return visits, people


def _shares_and_entrants(
    journey: cvj.Journey, flow: Flow
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Read a plan without the help of the model."""
    framework, size = journey.framework, len(journey.framework)
    shares = np.zeros((len(journey.segments), size, size))
    entered = np.array([segment.entrants for segment in journey.segments], float)
    for index, segment in enumerate(journey.segments):
        for stage, parent in enumerate(framework.parents):
            if parent is not None:
                shares[index, parent, stage] += (segment.rates or ())[stage]
        for way in journey.transitions:
            if way.segment in {None, segment.name}:
                ends = framework.index(way.source), framework.index(way.target)
                shares[index][ends] += way.rate
    return shares, entered


def _is_a_line(flow: Flow) -> bool:
    return flow.framework.parents == (None, *range(len(flow.framework) - 1))


def _changed(journey: cvj.Journey, **changes: Any) -> dict[str, Any]:
    """Give a journey's document, free to be written to."""
    document = journey.document()
    document["segments"] = [dict(row) for row in document["segments"]]
    document["stages"] = {key: dict(row) for key, row in document.get("stages", {}).items()}
    return {**document, "framework": journey.framework, **changes}


def _fewer(rows: list[dict[str, Any]], times: float) -> list[dict[str, Any]]:
    return [{**row, "per_person": row["per_person"] * times} for row in rows]


def _times(value: Any, times: int) -> Any:
    if isinstance(value, Mapping):
        return {key: number * times for key, number in value.items()}
    return value * times


def _size_of(numbers: cvj.Economics) -> float:
    """The largest figure per customer that others are made of."""
    return max(abs(numbers[figure] or 0) for figure in ("cac", "ltv", "ltv_net"))
