from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

import cvjkit as cvj
from cvjkit.decisions.evidence import ways_of
from cvjkit.decisions.sampling import dense, drawn_rates, drawn_shares
from tests.strategies import journeys

DRAWS = 20_000


def drawn(journey: cvj.Journey, draws: int = DRAWS, seed: int = 1) -> dict[tuple[int, ...], object]:
    return drawn_shares(journey, ways_of(journey), draws, seed)


def looks_like(sample: np.ndarray, alpha: float, beta: float) -> bool:
    return bool(stats.kstest(sample, stats.beta(alpha, beta).cdf).pvalue > 0.001)


@pytest.mark.parametrize(
    ("people", "gone_on"),
    [
        (1900, 100),
        (50, 0),
        (50, 50),
        (1, 1),
        (0, 0),
        (10**12, 10),
        (10**7, 10**6),
        (10**12, 10**11),
    ],
)
def test_a_counted_rate_is_drawn_from_its_posterior(people: int, gone_on: int) -> None:
    shop = cvj.Journey.from_counts("five", [people, gone_on, None, None, None])
    sample = drawn(shop)[0, 0, 1]
    assert looks_like(sample, gone_on + 0.5, people - gone_on + 0.5)


@pytest.mark.parametrize("rate", [0.5, 0.05, 0.001, 0.999])
def test_a_typed_rate_is_drawn_around_what_was_typed(rate: float) -> None:
    plan = cvj.Journey.from_rates("five", 1000, [rate, None, None, None])
    (way,) = ways_of(plan)
    sample = drawn(plan)[0, 0, 1]
    assert looks_like(sample, way.alpha, way.beta)
    assert sample.mean() == pytest.approx(rate, rel=0.03)


def test_none_and_all_of_a_plan_are_certain() -> None:
    plan = cvj.Journey.from_rates("five", 1000, [0.5, 0, 1, 0.5])
    sample = drawn(plan)
    assert (0, 1, 2) not in sample
    assert (sample[0, 2, 3] == 1).all()


def test_shares_of_several_ways_have_the_moments_of_their_dirichlet_distribution() -> None:
    shop = cvj.Journey.from_counts("five", [20, 8, 6, 2, 1])
    shop = shop.with_transition("reach", "conversion", 0.15)
    shop = shop.with_transition("reach", "retention", 0.05)
    sample = drawn(shop, 200_000)
    exits = np.array([sample[0, 0, 1], sample[0, 0, 2], sample[0, 0, 3]])
    alpha = np.array([8.5, 3.5, 1.5, 8.5])
    mean = alpha / alpha.sum()
    assert exits.mean(axis=1) == pytest.approx(mean[:3], rel=0.01)
    covariance = (np.diag(mean) - np.outer(mean, mean)) / (alpha.sum() + 1)
    assert np.cov(exits) == pytest.approx(covariance[:3, :3], rel=0.03, abs=1e-4)
    for index in range(3):
        assert looks_like(exits[index][:DRAWS], alpha[index], alpha.sum() - alpha[index])


def test_the_same_seed_draws_the_same_and_another_seed_does_not() -> None:
    shop = cvj.Journey.from_counts("five", [100, 50, 20, 10, 5])
    assert (drawn(shop)[0, 1, 2] == drawn(shop)[0, 1, 2]).all()
    assert not (drawn(shop)[0, 1, 2] == drawn(shop, seed=2)[0, 1, 2]).any()


def test_ways_are_drawn_independently_of_one_another() -> None:
    sample = drawn(cvj.Journey.from_counts("eight", [4000, 400, 100, 50, 40, 20, 10, 5]))
    ranks = np.corrcoef([stats.rankdata(share) for share in sample.values()])
    assert np.abs(ranks - np.eye(len(ranks))).max() < 5 / np.sqrt(DRAWS)


def test_designs_that_share_a_way_draw_it_alike() -> None:
    shop = cvj.Journey.from_counts("five", {"Ads": [900, 90, 9, 5, 1], "Blog": [800, 90, 20, 9, 2]})
    other = cvj.Journey.from_counts("five", {"Blog": [800, 90, 30, 9, 2], "Fair": [9, 8, 7, 6, 5]})
    ours, theirs = drawn(shop), drawn(other)
    assert (ours[1, 0, 1] == theirs[0, 0, 1]).all()
    assert (ours[1, 1, 2] < theirs[0, 1, 2]).all()


@given(journeys(), st.integers(0, 2**32))
def test_drawn_shares_are_shares_whatever_the_journey(journey: cvj.Journey, seed: int) -> None:
    assume(not journey.flow().undefined.any())
    shares = drawn(journey, 50, seed)
    matrices = dense(journey, shares, 50)
    assert np.isfinite(matrices).all()
    assert (matrices >= 0).all()
    assert (matrices.sum(axis=3) <= 1 + 1e-9).all()


@given(
    st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
    st.integers(2, 50),
)
def test_a_rate_is_surer_the_more_people_were_counted(pair: tuple[int, int], times: int) -> None:
    people, gone_on = pair
    widths = []
    for factor in (1, times):
        counts = [people * factor, gone_on * factor, None, None, None]
        sample = drawn(cvj.Journey.from_counts("five", counts), 2000)[0, 0, 1]
        assert ((sample >= 0) & (sample <= 1)).all()
        low, high = np.quantile(sample, [0.05, 0.95])
        widths.append(high - low)
    assert widths[1] < widths[0]


@pytest.mark.parametrize("people", [1e6, 1e50, 1e150, 1e300])
def test_however_many_people_were_seen_their_rate_is_drawn(people: float) -> None:
    (drawn,) = drawn_rates([("x",)], [(people / 5, people * 4 / 5)], 100, seed=1)
    assert drawn.mean() == pytest.approx(0.2, rel=1e-2)
    assert drawn.std() == pytest.approx(0.4 / people**0.5, rel=0.2, abs=1e-15)
