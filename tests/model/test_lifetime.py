from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.model.figures import UndefinedError, divisor, is_none
from cvjkit.model.lifetime import lifetime_value, payback_cycles
from tests.strategies import amounts, shares

CASES = st.tuples(amounts(), amounts(), amounts(), shares(), shares(), shares())


@given(st.lists(CASES, min_size=1, max_size=5))
def test_numbers_of_several_draws_are_worked_out_like_each_draw_alone(
    cases: list[tuple[float, ...]],
) -> None:
    cac, m1, m2, q, r, d = np.array(cases).T
    values = [_value(lifetime_value, *case[1:]) for case in cases]
    cycles = [_value(payback_cycles, *case[:-1]) for case in cases]
    if not all(map(math.isnan, values)):
        expected = np.where(q == 0, m1, values) if not (q == 0).all() else m1
        drawn = lifetime_value(m1, m2, q, r, d)
        told = ~np.isnan(drawn)
        assert drawn[told] == pytest.approx(expected[told], rel=1e-12)
        assert (told | (1 + d - r <= 0)).all()
    if not all(map(math.isnan, cycles)):
        assert payback_cycles(cac, m1, m2, q, r) == pytest.approx(
            np.where(np.isnan(cycles), np.inf, cycles)
        )


def test_nothing_is_divided_by_zero() -> None:
    assert np.isnan(divisor(np.array([0.0, 2.0]), "nobody")).tolist() == [True, False]
    for number in (0.0, np.zeros(2)):
        with pytest.raises(UndefinedError, match="nobody"):
            divisor(number, "nobody")
    assert [is_none(number) for number in (0.0, np.zeros(2), 1.0, np.array([0.0, 1.0]))] == [
        True,
        True,
        False,
        False,
    ]


def _value(formula: object, *numbers: float) -> float:
    try:
        return float(formula(*numbers))  # type: ignore[operator]  # one of the two above
    except UndefinedError:
        return math.nan
