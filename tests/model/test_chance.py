"""Differences of counted rates: Fisher's test and Holm's procedure against their definitions."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, erfc, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.model.chance import CLEAR, Counted, beyond_chance, chance


def tails(came: int, went: int, other_came: int, other_went: int) -> Fraction:
    """Twice the smaller tail of the hypergeometric distribution, in whole numbers."""
    total, all_went = came + other_came, went + other_went
    ways = {
        number: comb(came, number) * comb(other_came, all_went - number)
        for number in range(max(0, all_went - other_came), min(came, all_went) + 1)
    }
    low = sum(way for number, way in ways.items() if number <= went)
    high = sum(way for number, way in ways.items() if number >= went)
    return min(Fraction(1), Fraction(2 * min(low, high), comb(total, all_went)))


@given(st.integers(0, 60), st.integers(0, 400), st.data())
def test_it_is_twice_the_smaller_tail(came: int, other_came: int, data: st.DataObject) -> None:
    went, other_went = data.draw(st.integers(0, came)), data.draw(st.integers(0, other_came))
    found = chance(Counted(came, went), Counted(other_came, other_went))
    expected = float(tails(came, went, other_came, other_went))
    # Differences too small to matter are not worked out.
    assert found == pytest.approx(expected, rel=1e-9) or (found == 1 and expected > 0.05)
    assert found == pytest.approx(chance(Counted(other_came, other_went), Counted(came, went)))


@pytest.mark.parametrize(("one", "other"), [*product([(0, 0), (5, 5), (5, 0), (1, 1)], repeat=2)])
def test_where_nothing_can_be_told_it_is_chance(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    found = chance(Counted(*one), Counted(*other))
    assert 0 <= found <= 1
    if one[0] == 0 or other[0] == 0 or one == other:
        assert found == 1


def test_many_people_are_as_sure_as_the_normal_distribution_says() -> None:
    one, other = Counted(10**12, 5 * 10**11), Counted(10**12, 5 * 10**11 + 4 * 10**6)
    distance = 2 * 10**6 / sqrt(10**12 / 8)
    assert distance > CLEAR
    assert chance(one, other) == pytest.approx(erfc(distance / sqrt(2)), rel=1e-3)
    for n in (78_000, 82_000):  # summed, and by the normal distribution
        went = n // 2 + n // 100
        expected = erfc((n // 200 - 0.5) / sqrt(n / 8) / sqrt(2))
        assert chance(Counted(n, n // 2), Counted(n, went)) == pytest.approx(expected, rel=0.05)
    assert 0 < chance(Counted(10**6, 500), Counted(10**9, 700_000)) < 1e-9


@given(st.lists(st.floats(0, 1), max_size=12), st.sampled_from([0.01, 0.05, 0.5]))
def test_holm_rejects_down_to_the_first_that_is_not_small_enough(
    chances: list[float], level: float
) -> None:
    found = beyond_chance(chances, level)
    ordered = sorted(zip(chances, found, strict=True))
    kept = [
        all(ordered[before][0] <= level / (len(chances) - before) for before in range(rank + 1))
        for rank in range(len(chances))
    ]
    assert sorted(found, reverse=True) == kept
    # Bonferroni's procedure rejects no more.
    assert all(
        differs for one, differs in zip(chances, found, strict=True) if one <= level / len(chances)
    )
