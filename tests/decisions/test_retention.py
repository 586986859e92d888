from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.decisions.retention import Geometric, Retention, fit_retention

# Fader and Hardie, How to Project Customer Retention, 2007: table 1; they fit years 0 to 7.
HIGH_END = [1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491, 0.468, 0.445, 0.427, 0.409, 0.394]
REGULAR = [1, 0.631, 0.468, 0.382, 0.326, 0.289, 0.262, 0.241, 0.223, 0.207, 0.194, 0.183, 0.173]


def differing(alpha: float, beta: float) -> Retention:
    return Retention(alpha, beta, Geometric(0.5), (1.0, 0.5, 0.25), 1.0)


@pytest.mark.parametrize(
    ("table", "alpha", "beta"), [(HIGH_END, 0.668, 3.806), (REGULAR, 0.704, 1.182)]
)
def test_the_published_tables_give_the_published_parameters(
    table: list[float], alpha: float, beta: float
) -> None:
    fit = cvj.fit_retention(table[:8])
    assert fit.alpha == pytest.approx(alpha, abs=5e-4)
    assert fit.beta == pytest.approx(beta, abs=5e-4)


@pytest.mark.parametrize("table", [HIGH_END, REGULAR])
def test_the_years_that_were_not_fitted_are_foretold_and_one_rate_foretells_too_few(
    table: list[float],
) -> None:
    fit = fit_retention(table[:8])
    for year in range(8, 13):
        assert fit.survival(year) == pytest.approx(table[year], abs=0.02)
    assert fit.geometric.survival(12) < 0.8 * table[12]
    assert "Customers differ" in fit.summary


def test_the_lifetime_is_the_discounted_sum_of_those_who_are_left() -> None:
    even = differing(1, 1)
    assert even.lifetime(0.25) == pytest.approx(2.011797, abs=1e-6)
    assert even.lifetime(0.25) == pytest.approx(-math.log(0.2) / 0.8)
    assert Geometric(0.5).lifetime(0.25) == pytest.approx(1.6667, abs=1e-4)
    sums = sum(differing(0.668, 3.806).survival(t) / 1.1**t for t in range(2000))
    assert differing(0.668, 3.806).lifetime(0.1) == pytest.approx(sums, rel=1e-9)
    assert differing(0.668, 3.806).lifetime() is None
    assert differing(3, 4).lifetime() == pytest.approx(3)
    assert Geometric(1.0).lifetime() is None


def test_a_monthly_churn_compounds_over_the_months_of_a_year() -> None:
    # Not 1 - 12 * 0.05 = 0.40.
    for monthly in (Geometric(0.95), fit_retention([0.95**month for month in range(7)])):
        assert monthly.survival(12) == pytest.approx(0.540360, abs=5e-7)


def test_who_is_left_follows_from_the_rates_of_renewal() -> None:
    fit, left = differing(0.7, 1.2), 1.0
    for period in range(1, 20):
        left *= fit.renewal(period)
        assert fit.survival(period) == pytest.approx(left, rel=1e-9)


def test_where_nobody_differs_one_rate_is_enough() -> None:
    fit = fit_retention([0.8**t for t in range(10)])
    assert fit.alpha is fit.beta is None
    assert fit.geometric.rate == pytest.approx(0.8)
    assert fit.lifetime() == pytest.approx(5)
    assert fit.survival(3) == pytest.approx(0.512)
    assert "do not differ" in repr(fit)
    assert fit_retention([10, 10, 10]).lifetime() is None
    assert fit_retention([10, 0, 0]).survival(1) == 0


def test_people_may_be_typed_for_shares_and_a_column_of_a_table_too() -> None:
    people = pd.Series([round(1000 * share) for share in HIGH_END[:8]])
    fit = fit_retention(people)
    assert fit.alpha == pytest.approx(0.668, abs=5e-4)
    assert fit.table.columns.to_list() == ["observed", "fitted", "geometric", "renewal"]
    assert {str(kind) for kind in fit.table.dtypes} == {"float64"}
    assert fit.table.observed[1] == 0.869


def test_everything_wrong_in_a_table_is_said_at_once() -> None:
    with pytest.raises(cvj.InputError, match="three numbers or more"):
        fit_retention([1, 0.5])
    with pytest.raises(cvj.InputError) as error:
        fit_retention([1, 0.5, 0.6, 0.4, 0.7])
    assert [fault.field for fault in error.value.faults] == ["left[2]", "left[4]"]
    with pytest.raises(cvj.InputError) as error:
        fit_retention([1, math.nan, "x", -1])  # type: ignore[list-item]
    assert [fault.field for fault in error.value.faults] == ["left[1]", "left[2]", "left[3]"]
    with pytest.raises(cvj.InputError, match="begin with all customers"):
        fit_retention([0, 0, 0])
    with pytest.raises(cvj.InputError, match="discount"):
        differing(1, 1).lifetime(-0.1)


@given(st.floats(0.3, 8), st.floats(0.3, 8))
def test_a_table_made_by_the_model_gives_it_back(alpha: float, beta: float) -> None:
    made = differing(alpha, beta)
    fit = fit_retention([made.survival(t) for t in range(13)])
    survival = [fit.survival(t) for t in range(13)]
    assert survival == pytest.approx([made.survival(t) for t in range(13)], abs=2e-3)
    assert np.diff(survival).max() <= 0
    if fit.alpha is not None:
        assert fit.alpha == pytest.approx(alpha, rel=0.05)
