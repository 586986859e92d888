"""What hypothesis draws: frameworks, and journeys of every kind a person could type."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from cvjkit.catalog.framework import Framework
from cvjkit.catalog.lookup import framework
from cvjkit.journey import Journey
from cvjkit.model.ways import kind_of

PUBLISHED = ("five", "seven", "eight", "eight:time", "nine", "full", "full:time")
HIGHEST_K = 0.9


def part_of_examples(part: float) -> settings:
    """Try part of the usual number of examples: for a property that costs far more than others."""
    return settings(max_examples=round(settings().max_examples * part))


# Hypothesis checks a strategy before its first draw, which takes longer than the draw: one that is
# drawn from again and again is made once.


@cache
def one_of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


@cache
def some_of(*values: Any, least: int = 0, most: int | None = None) -> st.SearchStrategy[list[Any]]:
    return st.lists(one_of(*values), min_size=least, max_size=most, unique=True)


@cache
def shares(most: float = 1.0) -> st.SearchStrategy[float]:
    """Shares as people type them, often one of the ends."""
    return st.integers(-100, 1100).map(lambda tenths: min(max(tenths, 0), 1000) / 1000 * most)


@cache
def amounts(most: int = 1000) -> st.SearchStrategy[float]:
    return st.integers(-5 * most, 100 * most).map(lambda cents: max(cents, 0) / 100)


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Published ones, and ones made from them by leaving stages out and putting one in."""
    chosen = framework(draw(one_of(*PUBLISHED)))
    if draw(st.booleans()):
        return chosen
    kept = draw(some_of(*chosen.keys, least=1))
    own = chosen.drop(*(key for key in chosen.keys if key not in kept), key="ours")
    if draw(st.booleans()):
        after = draw(one_of(None, *own.keys))
        own = own.insert({"key": "quiz", "name": own.stages[0].name}, after=after)
    return own


@st.composite
def journeys(
    draw: st.DrawFn,
    *,
    counted: bool | None = None,
    places: int = 3,
    ways: bool = True,
    referral: bool = True,
    money: bool = False,
    unknown: bool = False,
) -> Journey:
    """Journeys whose totals are finite and whose ways leave room for the steps.

    Parameters
    ----------
    counted : bool, optional
        Whether people are counted or planned by rates; by default each segment draws.
    places : int
        The most segments.
    ways, referral, money, unknown : bool
        Whether there may be transitions, referrals, costs and margins, numbers left out.
    """
    chosen = draw(FRAMEWORKS)
    names = draw(one_of(("Everyone",), ("Ads",), ("Ads", "Blog"), ("Ads", "Blog", "Fair")))[:places]
    transitions = _transitions(draw, chosen, names) if ways else []
    segments = [
        {
            "name": name,
            **_people(draw, chosen, transitions, counted, unknown),
            **({"spend": draw(amounts())} if money and draw(st.booleans()) else {}),
        }
        for name in names
    ]
    plain = {"name": "Drawn", "framework": chosen, "segments": segments}
    known = chosen.keys
    if unknown:
        seen = Journey.from_document(plain).flow().stages["people"].notna()
        known = tuple(key for key in known if seen[key])
        transitions = [way for way in transitions if {way["source"], way["target"]} <= {*known}]
    referrals = _referrals(draw, known, names) if referral and known else []
    document: dict[str, Any] = {
        **plain,
        "transitions": transitions,
        "referrals": referrals,
        **(_money(draw, chosen, transitions) if money else {}),
    }
    journey = Journey.from_document(document)
    k = journey.flow().k if referrals else None
    if k is None or k <= HIGHEST_K:
        return journey
    fewer = [{**row, "per_person": row["per_person"] * HIGHEST_K / k} for row in referrals]
    tamed = Journey.from_document({**document, "referrals": fewer})
    # With counts the rates, and so k, change with the referrals: leave them out if that is not it.
    if (tamed.flow().k or 0) <= HIGHEST_K + 1e-9:
        return tamed
    return Journey.from_document({**document, "referrals": []})


FRAMEWORKS = frameworks()


def _transitions(
    draw: st.DrawFn, chosen: Framework, names: tuple[str, ...]
) -> list[dict[str, Any]]:
    ends = product(range(len(chosen)), repeat=2)
    pairs = [pair for pair in ends if kind_of(chosen, *pair) != "forward"]
    taken = draw(some_of(*pairs, most=4))
    most = draw(one_of(0.05, 0.15, 0.3)) if taken else 0.0
    return [
        {
            "source": chosen.keys[start],
            "target": chosen.keys[end],
            "rate": draw(shares(most)),
            "segment": draw(one_of(None, None, *names)),
        }
        for start, end in taken
    ]


def _people(
    draw: st.DrawFn,
    chosen: Framework,
    transitions: list[dict[str, Any]],
    counted: bool | None,
    unknown: bool,
) -> dict[str, Any]:
    keys, first = chosen.keys, chosen.keys[0]
    if draw(st.booleans()) if counted is None else counted:
        most = draw(one_of(10, 1000, 10**6, 10**12))
        counts = [draw(st.integers(0, most)) for _ in keys]
        if draw(st.booleans()):
            counts.sort(reverse=True)
        if unknown:
            counts = [count if draw(st.integers(0, 3)) else None for count in counts]
        return {"counts": dict(zip(keys, counts, strict=True))}
    rates: dict[str, float | None] = {}
    taken = dict.fromkeys(keys, 0.0)
    for way in transitions:
        taken[way["source"]] += way["rate"]
    loops = bool(transitions)
    for key, parent in zip(keys[1:], chosen.parents[1:], strict=True):
        before = keys[parent]  # type: ignore[index]  # only the first stage has no parent
        room = max(0.0, (0.97 if loops else 1.0) - taken[before])
        rate = draw(shares()) * room
        taken[before] += rate
        rates[key] = rate if not unknown or draw(st.integers(0, 4)) else None
    entrants = {first: draw(amounts(10**5))}
    for key in draw(some_of(*keys, most=2)):
        entrants[key] = draw(amounts())
    return {"entrants": entrants, "rates": rates}


@cache
def _ends(known: tuple[str, ...]) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.lists(st.tuples(one_of(*known), one_of(*known)), max_size=2, unique=True)


def _referrals(
    draw: st.DrawFn, known: tuple[str, ...], names: tuple[str, ...]
) -> list[dict[str, Any]]:
    segments = one_of(None, *names)
    return [
        {
            "source": source,
            "target": target,
            "segment": draw(segments),
            "source_segment": draw(segments),
            "per_person": draw(amounts(3)),
        }
        for source, target in draw(_ends(known))
    ]


def _money(draw: st.DrawFn, chosen: Framework, transitions: list[dict[str, Any]]) -> dict[str, Any]:
    stages = {
        key: {
            "unit_cost": draw(amounts(50)),
            "fixed_cost": draw(amounts()),
            "delay_days": draw(amounts(30)),
        }
        for key in chosen.keys
        if draw(st.booleans())
    }
    looped = {way["source"] for way in transitions if way["source"] == way["target"]}
    milestones = {stage.milestone: stage.key for stage in chosen}
    offers = [
        {
            "stage": milestones.get(milestone, milestone),
            "name": "Box",
            "price": (price := draw(amounts())),
            "margin": min(price, draw(amounts()) - 100),
            "cycle_days": draw(amounts(365)),
            **({} if milestones.get(milestone) in looped else {"repeat_rate": draw(shares(0.95))}),
        }
        for milestone in ("first_payment", "bought_again")
    ]
    again = {} if "bought_again" in milestones else {"second_purchase_rate": draw(shares())}
    return {
        "stages": stages,
        "offers": offers,
        **again,
        "fixed_cost": draw(amounts()),
        "discount_rate": draw(amounts(1)),
    }
