"""Sums are those of a dictionary, whatever the keys."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.measurement.sums import in_parts, joined, nothing, summed

KEYS = st.sampled_from([-3, 0, 1, 2, 70_000, 2**40, -(2**62), 2**62])
ROWS = st.lists(st.tuples(KEYS, KEYS, KEYS, st.integers(-5, 5)), max_size=12)


@given(ROWS, ROWS)
def test_rows_are_added_up_by_key_in_the_order_of_the_keys(
    rows: list[tuple[int, ...]], more: list[tuple[int, ...]]
) -> None:
    def sums(rows: list[tuple[int, ...]]) -> object:
        columns = np.array(rows, dtype=np.int64).reshape(-1, 4).T
        return summed([*columns[:3]], [columns[3], np.ones_like(columns[3])])

    expected: Counter[tuple[int, ...]] = Counter()
    for *key, value in [*rows, *more]:
        expected[*key, 0] += value
        expected[*key, 1] += 1
    both = sums(rows) + sums(more)  # type: ignore[operator]
    keys = sorted({key[:3] for key in expected})
    assert both.keys.tolist() == [list(key) for key in keys]
    assert both.totals.tolist() == [[expected[*key, 0], expected[*key, 1]] for key in keys]
    assert both == sums([*rows, *more])
    by_last = both.over(2)
    assert by_last.totals.sum() == both.totals.sum()
    assert by_last.keys.ravel().tolist() == sorted({key[2] for key in keys})


def test_keys_may_be_small_numbers() -> None:
    sums = summed([np.array([-128, 127, -128], dtype=np.int8)], [np.array([1, 2, 4])])
    assert (sums.keys.tolist(), sums.totals.tolist()) == ([[-128], [127]], [[5], [2]])


def test_groups_are_chosen_by_a_key_and_laid_out_in_an_array() -> None:
    sums = summed([np.array([1, 0, 1]), np.array([2, 2, 0])], [np.array([5, 6, 7])])
    assert sums.where(0, 1).keys.tolist() == [[0], [2]]
    assert sums.where(0, 0).totals.tolist() == [[6]]
    assert sums.where(1, 2).totals.tolist() == [[6], [5]]
    assert sums.filled([2, 3])[:, :, 0].tolist() == [[0, 0, 6], [7, 0, 5]]
    assert nothing(2, 1).filled([1, 2]).tolist() == [[[0], [0]]]
    assert sums != nothing(2, 1)


@pytest.mark.parametrize("number", [0, 1, -1, 999_999, -1_000_001, 2**62, -(2**62)])
def test_parts_of_a_number_of_any_size_stay_exact_when_added_up(number: int) -> None:
    units, rest = in_parts(np.full(4000, number))
    total = Decimal(int(units.sum())) * 1_000_000 + Decimal(int(rest.sum()))
    assert total == 4000 * Decimal(number)
    assert joined(units.sum(), rest.sum()) == pytest.approx(4000 * number / 1e6)
