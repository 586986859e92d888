"""An oracle: flows worked out from the equations alone, with algebra of its own.

Plans are worked out again: the stages of all segments as one chain, solved at once; who ever comes
to a stage from a chain that ends there. Counts are held against what must be true of them, and
honest ones, drawn by sending people along the spine, must raise no alarm.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

import cvjkit as cvj

KEYS = ("five", "seven", "eight", "eight:time", "nine", "full", "full:time")
NAMES = ("Ads", "Blog", "Fair")
# `make search` draws many more.
BATCHES, EACH = range(5), settings().max_examples
HONEST = EACH // 2

Chance = np.random.Generator
Floats = NDArray[np.float64]


# Plans


@pytest.mark.parametrize("batch", BATCHES)
def test_plans_flow_as_the_equations_say(batch: int) -> None:
    chance = np.random.default_rng([1, batch])
    for number in range(EACH):
        plan = drawn_plan(chance)
        flow = cvj.Journey.from_document(plan).flow()
        moves, births, entered = typed(plan)
        visits, people, referred = oracle(moves, births, entered)
        told = {"visits": visits, "people": people, "referred": referred, "entered": entered}
        stages = flow.stages
        for column, expected in told.items():
            assert_close(getattr(flow, column), expected, case=(batch, number, column))
            assert_close(stages[column], expected.sum(axis=0), case=(batch, number, column))
        assert_conserved(flow, visits.sum())
        assert_rates(flow, moves, people)
        brought = referred.sum()
        if brought > 1e-6:
            # Each generation of referred people is brought in by the one before.
            first = brought_by(births, oracle(moves, np.zeros_like(births), entered)[0])
            assert flow.k == pytest.approx(1 - first.sum() / brought, rel=1e-6, abs=1e-7)
        assert not flow.flags


def drawn_plan(chance: Chance) -> dict[str, Any]:
    framework = cvj.framework(chance.choice(KEYS))
    names = NAMES[: chance.integers(1, 4)]
    left = np.full((len(names), len(framework)), 0.98)
    ways = drawn_ways(chance, framework, names, left)
    segments = []
    for name, room in zip(names, left, strict=True):
        rates: dict[str, float] = {}
        for stage, parent in enumerate(framework.parents):
            if parent is not None:
                rate = chance.choice([0, 1, chance.random(), chance.random()]) * room[parent]
                rates[framework.keys[stage]] = float(rate)
                room[parent] -= rate
        entrants = {framework.keys[0]: float(chance.choice([0, 1e-3, 100, 1e6]) * chance.random())}
        if chance.random() < 0.3:
            entrants[str(chance.choice(framework.keys))] = float(100 * chance.random())
        segments.append({"name": name, "entrants": entrants, "rates": rates})
    plan = {"name": "Plan", "framework": framework.key, "segments": segments, "transitions": ways}
    plan["referrals"] = drawn_referrals(chance, framework, names)
    moves, births, _ = typed(plan)
    radius = spectral_radius(generations(moves, births))
    if radius > 0.9:
        for row in plan["referrals"]:
            row["per_person"] *= 0.9 / radius
    return plan


def drawn_ways(
    chance: Chance, framework: cvj.Framework, names: tuple[str, ...], left: Floats
) -> list[dict[str, Any]]:
    """Skips, ways back and repeats, of all segments or one; `left` is what they leave."""
    ways = []
    for _ in range(chance.integers(0, 5)):
        source, target = chance.integers(0, len(framework), 2).tolist()
        ends = {"source": framework.keys[source], "target": framework.keys[target]}
        if framework.parents[target] == source or any(ends.items() <= way.items() for way in ways):
            continue
        name = chance.choice([None, None, *names])
        own = slice(None) if name is None else names.index(name)
        rate = float(chance.random() * chance.choice([0.1, 0.5, 0.95]) * left[own, source].min())
        left[own, source] -= rate
        ways.append({**ends, "rate": rate, "segment": name})
    return ways


def drawn_referrals(
    chance: Chance, framework: cvj.Framework, names: tuple[str, ...]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for _ in range(chance.choice([0, 0, 1, 2])):
        source, target = (str(key) for key in chance.choice(framework.keys, 2))
        ends = {"source": source, "target": target}
        if not any(ends.items() <= row.items() for row in rows):
            into, by = chance.choice([None, *names]), chance.choice([None, *names])
            number = float(chance.random() * chance.choice([0.1, 1, 3]))
            rows.append({**ends, "per_person": number, "segment": into, "source_segment": by})
    return rows


def typed(plan: dict[str, Any]) -> tuple[Floats, Floats, Floats]:
    """The typed numbers as shares, people brought in per visit, and entrants."""
    framework = cvj.framework(plan["framework"])
    names = [row["name"] for row in plan["segments"]]
    size = len(framework)
    moves, entered = np.zeros((len(names), size, size)), np.zeros((len(names), size))
    births = np.zeros((len(names), size, len(names), size))
    for index, row in enumerate(plan["segments"]):
        for key, rate in row.get("rates", {}).items():
            stage = framework.index(key)
            moves[index, framework.parents[stage], stage] += rate
        for key, number in row.get("entrants", {}).items():
            entered[index, framework.index(key)] += number
        for way in plan["transitions"]:
            if way["segment"] in {None, row["name"]}:
                ends = framework.index(way["source"]), framework.index(way["target"])
                moves[index][ends] += way["rate"]
        for way in plan["referrals"]:
            if way["source_segment"] in {None, row["name"]}:
                into = index if way["segment"] is None else names.index(way["segment"])
                source, target = framework.index(way["source"]), framework.index(way["target"])
                births[index, source, into, target] += way["per_person"]
    return moves, births, entered


def oracle(moves: Floats, births: Floats, entered: Floats) -> tuple[Floats, Floats, Floats]:
    """Solve visits = entered + visits (moves + births), all segments as one chain."""
    count, size = entered.shape
    ways = births.reshape(count * size, count * size).copy()
    for index in range(count):
        part = slice(index * size, (index + 1) * size)
        ways[part, part] += moves[index]
    visits = np.linalg.solve(np.eye(count * size) - ways.T, entered.ravel()).reshape(count, size)
    referred = brought_by(births, visits)
    people = np.array(
        [ever_there(one, start) for one, start in zip(moves, entered + referred, strict=True)]
    )
    return visits, people, referred


def brought_by(births: Floats, visits: Floats) -> Floats:
    return np.tensordot(visits, births, axes=([0, 1], [0, 1]))


def ever_there(moves: Floats, start: Floats) -> Floats:
    """For each stage, let the chain end there: who comes to it, comes to it once."""
    stages = np.arange(len(start))
    ending = np.repeat(moves[None], len(start), axis=0)
    ending[stages, stages] = 0
    solved = np.linalg.solve(np.eye(len(start)) - ending.transpose(0, 2, 1), start[:, None])
    return np.asarray(solved[stages, stages, 0])


def generations(moves: Floats, births: Floats) -> Floats:
    """People brought in at each segment and stage by one who starts at another."""
    count, size = moves.shape[:2]
    whole = np.zeros((count * size, count * size))
    for index in range(count):
        part = slice(index * size, (index + 1) * size)
        whole[part, part] = np.linalg.inv(np.eye(size) - moves[index])
    return whole @ births.reshape(count * size, count * size)


def spectral_radius(matrix: Floats) -> float:
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def assert_conserved(flow: Any, size: float) -> None:
    names = ("entered", "referred", "visits", "dropped", "finished")
    stages, links, least = flow.stages, flow.links, 1e-9 * max(1.0, size)
    entered, referred, visits, dropped, finished = (stages[name].to_numpy() for name in names)
    came, went = dict.fromkeys(stages.index, 0.0), dict.fromkeys(stages.index, 0.0)
    for source, target, kind, people in zip(*(links[name] for name in links), strict=True):
        if kind != "referral":
            came[target] += people
            went[source] += people
    assert_close(entered + referred + [*came.values()], visits, least=least)
    assert_close(dropped + finished + [*went.values()], visits, least=least)


def assert_close(
    found: Any, expected: Any, share: float = 1e-8, least: float = 1e-9, case: object = ""
) -> None:
    """pytest.approx compares number by number, which took most of the time of these tests."""
    np.testing.assert_allclose(found, expected, rtol=share, atol=least, err_msg=str(case))


def assert_rates(flow: Any, moves: Floats, people: Floats) -> None:
    """Step rates are shares of those at the stage before, segments weighted by people."""
    rates = flow.stages.step_rate.to_numpy()
    for stage, parent in enumerate(flow.framework.parents):
        if parent is None or not people[:, parent].sum() > 1e-9:
            continue
        reached = 0.0
        for one, standing in zip(moves, people[:, parent], strict=True):
            start = np.zeros(len(one))
            start[parent] = standing
            reached += ever_there(one, start)[stage]
        assert rates[stage] == pytest.approx(reached / people[:, parent].sum(), rel=1e-7, abs=1e-9)


# Counts


@pytest.mark.parametrize("batch", BATCHES)
def test_counts_are_reproduced_or_the_stage_is_named(batch: int) -> None:
    chance = np.random.default_rng([2, batch])
    for number in range(EACH):
        document = drawn_counts(chance)
        flow = cvj.Journey.from_document(document).flow()
        named = {flag.stage for flag in flow.flags}
        for index, row in enumerate(document["segments"]):
            if "counts" not in row:
                continue
            part = flow.only(row["name"]).stages
            told = {key: n for key, n in row["counts"].items() if n is not None}
            sure = [key for key in told if key not in named]
            assert_close(part.people[sure], [told[key] for key in sure], 1e-9, case=number)
            if not flow.undefined[index].any():
                start = flow.entered[index] + flow.referred[index]
                ever = ever_there(flow.shares[index], start)
                assert_close(ever, flow.people[index], least=1e-8)
        assert (flow.entered >= 0).all()
        assert (flow.shares >= 0).all()
        assert (flow.shares.sum(axis=2) <= 1 + 1e-9).all()
        rates = flow.stages[["step_rate", "overall_rate"]].to_numpy()
        assert ((rates >= 0) & (rates <= 1) | np.isnan(rates)).all()
        for index, name in enumerate(flow.segments):
            if not flow.undefined[index].any():
                assert_conserved(flow.only(name), flow.visits[index].sum())
        assert {flag.id for flag in flow.flags} <= {"A46", "A47", "A48", "A50"}


def drawn_counts(chance: Chance) -> dict[str, Any]:
    framework = cvj.framework(chance.choice(KEYS))
    names, size = NAMES[: chance.integers(1, 4)], len(framework)
    unknown = chance.random(size) < chance.choice([0, 0, 0.3])
    segments: list[dict[str, Any]] = []
    for name in names:
        counts = chance.integers(0, 10 ** chance.integers(1, 7), size).astype(float)
        if chance.random() < 0.6:
            counts = np.sort(counts)[::-1]
        people = [None if hidden else float(n) for n, hidden in zip(counts, unknown, strict=True)]
        segments.append({"name": name, "counts": dict(zip(framework.keys, people, strict=True))})
    left = np.full((len(names), size), 0.98)
    seen = [key for key, hidden in zip(framework.keys, unknown, strict=True) if not hidden]
    ways = drawn_ways(chance, framework, names, left)
    referrals = drawn_referrals(chance, framework, names)
    if not unknown.any() and len(names) > 1 and chance.random() < 0.3:
        rates = dict.fromkeys(framework.keys[1:], 0.1)
        most = {way["source"]: 0.0 for way in ways}
        if not most:
            segments[-1] = {"name": names[-1], "entrants": 100.0, "rates": rates}
    return {
        "name": "Counted",
        "framework": framework.key,
        "segments": segments,
        "transitions": [way for way in ways if {way["source"], way["target"]} <= {*seen}],
        "referrals": [row for row in referrals if {row["source"], row["target"]} <= {*seen}],
    }


# Honest counts


@pytest.mark.parametrize("batch", BATCHES)
def test_honest_counts_raise_no_alarm(batch: int) -> None:
    chance = np.random.default_rng([3, batch])
    alarms = [rule for rule in cvj.rules() if rule.id in {"A02", "A04", "A46", "A50"}]
    assert len(alarms) == 4
    for number in range(HONEST):
        framework = cvj.framework(chance.choice(KEYS))
        counts = {name: honest(chance, framework) for name in NAMES[: chance.integers(1, 3)]}
        journey = cvj.Journey.from_counts(framework, counts)
        assert not journey.flow().flags, (number, counts)
        assert not journey.flow().contradicted.any()
        for audit in (journey.audit(rules=alarms), journey.planned().audit(rules=alarms)):
            # The five- and seven-step frameworks may have no stage for leads at all.
            fired = [finding for finding in audit.fired if finding.numbers]
            assert not fired, (number, framework.key, counts)


def honest(chance: Chance, framework: cvj.Framework) -> list[int]:
    """Send people along the spine one by one: only some have an early win, habit and voice overlap,
    and who has bought once may recommend or bring others."""
    people = int(chance.integers(20, 3000))
    rate = dict(zip(cvj.framework("full:time").keys, chance.random(14), strict=True))
    there: dict[str, NDArray[np.bool]] = {"aware": np.ones(people, dtype=bool)}

    def some(key: str, among: NDArray[np.bool], times: float = 1.0) -> None:
        there[key] = among & (chance.random(people) < min(1, rate[key] * times))

    line = ["aware", "intrigued", "visited", "engaged", "lead", "educated", "offered"]
    line += ["first_payment", "wowed", "bought_again", "habitual"]
    for before, key in pairwise(line):
        some(key, there[before])
    some("early_win", there["educated"])
    # Advocates and promoters are found among all who were wowed, more among loyal ones.
    some("advocate", there["wowed"])
    there["advocate"] |= there["habitual"] & (chance.random(people) < 0.5)
    some("promoter", there["advocate"])
    there["promoter"] |= there["wowed"] & (chance.random(people) < 0.1)
    return [int(there[stage.milestone].sum()) for stage in framework]
