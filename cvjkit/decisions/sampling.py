"""Rates drawn at random, as far as what they rest on leaves them open.

Each way has a stream of normal numbers of its own, which depends on the seed and on the names of
its segment and stages only. A number z becomes the quantile of the way's distribution at
Phi(z). So two designs that share a way draw it alike, and where its evidence differs, the higher
draws of one go with the higher draws of the other (common random numbers: Glasserman and Yao, Some
Guidelines and Guarantees for Common Random Numbers, Management Science 38, 1992).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from cvjkit.decisions.ranges import Odds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cvjkit.decisions.evidence import Brings, Way
    from cvjkit.model.design import Design

Floats = NDArray[np.float64]
Shares = dict[tuple[int, int, int], Floats]
"""Share of the visits that take a way, by segment, source and target; an entry for each draw."""

STEP, FARTHEST = 1 / 12, 7.0  # of the normal numbers at which quantiles are worked out
CERTAIN = 1e5  # people seen, from which on the log odds of a rate are all but normal
SMALLEST, LOWEST = 1e-290, -600.0  # rate below which only its logarithm can be worked out


def drawn_shares(design: Design, ways: Sequence[Way], draws: int, seed: int) -> Shares:
    """Draw the share of the visits that take each way.

    Parameters
    ----------
    design : Design
    ways : sequence of Way
        Its ways, as `ways_of` lists them.
    draws : int
        How often, 1 or more.
    seed : int
        0 or more. The same seed gives the same draws.

    Returns
    -------
    dict of (int, int, int) to ndarray of float, shape (draws,)
        By the positions of segment, source and target.

    Examples
    --------
    >>> from cvjkit.decisions.evidence import ways_of
    >>> from cvjkit.model.design import Design
    >>> shop = Design.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> shares = drawn_shares(shop, ways_of(shop), 10_000, seed=1)
    >>> print(round(shares[0, 1, 2].mean(), 4))
    0.0502
    """
    names = [_names(design, way.segment, way.source, way.target) for way in ways]
    told = [way.odds or (way.alpha, way.beta) for way in ways]
    rows = drawn_rates(names, told, draws, seed)
    left: Any = 1.0
    for index, way in enumerate(ways):
        before = ways[index - 1] if index else way
        if index and (before.segment, before.source) == (way.segment, way.source):
            left = left - rows[index - 1]
            rows[index] *= left
        else:
            left = 1.0
    ends = [(way.segment, way.source, way.target) for way in ways]
    return dict(zip(ends, rows, strict=True))


def drawn_rates(
    names: Sequence[tuple[str, ...]],
    parameters: Sequence[tuple[float, float] | Odds],
    draws: int,
    seed: int,
) -> Floats:
    """Draw rates from Beta distributions, or from ranges.

    Parameters
    ----------
    names : sequence of tuple of str
        What each rate is the rate of: its stream of random numbers depends on it.
    parameters : sequence of (float, float) or Odds
        alpha and beta of each, 0 or more, not both 0 (if one is 0, the rate is 0 or 1); or its log
        odds.
    draws : int
    seed : int

    Returns
    -------
    ndarray of float, shape (rates, draws)
    """
    from scipy.special import expit

    rows = np.empty((len(names), draws))
    for row, name, told in zip(rows, names, parameters, strict=True):
        if not isinstance(told, Odds) and min(told) == 0:
            row[:] = 0.0 if told[0] == 0 else 1.0
            continue
        _stream(seed, *name).standard_normal(out=row)
        if isinstance(told, Odds):
            row[:] = told.quantile(row)
        else:
            _look_up(*_log_odds(*told), row)
        expit(row, out=row)
    return rows


def drawn_referrals(
    design: Design, referrals: Sequence[Brings], draws: int, seed: int
) -> dict[tuple[int, int, int, int], Floats]:
    """Draw the number of people that each visit to a stage brings in.

    Parameters
    ----------
    design : Design
    referrals : sequence of Brings
        Its referrals, as `referrals_of` lists them.
    draws : int
    seed : int

    Returns
    -------
    dict of (int, int, int, int) to ndarray of float, shape (draws,)
        By the positions of segment and stage of those who bring them, and where they come in.
    """
    drawn = {}
    for one in referrals:
        into = design.segments[one.into].name
        names = _names(design, one.segment, one.source, one.target)
        numbers = _stream(seed, *names, into, "referral").standard_normal(draws)
        _look_up(*_with_slopes(_log_gamma(one.cases * one.number)), numbers)
        numbers = np.exp(numbers, out=numbers) / one.cases
        drawn[one.segment, one.source, one.into, one.target] = numbers
    return drawn


def dense(design: Design, shares: Mapping[tuple[int, int, int], Floats], draws: int) -> Floats:
    """Write drawn shares as matrices.

    Parameters
    ----------
    design : Design
    shares : mapping
        As `drawn_shares` gives them.
    draws : int
        How many there are.

    Returns
    -------
    ndarray of float, shape (draws, segments, stages, stages)
        As `Flow.shares`, for each draw.
    """
    size = len(design.framework)
    # The draws of one share stand together in memory: so they are drawn and worked with.
    matrices = np.zeros((len(design.segments), size, size, draws))
    for way, share in shares.items():
        matrices[way] = share
    return np.moveaxis(matrices, -1, 0)


def _stream(seed: int, *names: str) -> np.random.Generator:
    """Open the stream of random numbers that belongs to some names."""
    return np.random.Generator(np.random.SFC64([seed, *(crc32(name.encode()) for name in names)]))


def _names(design: Design, segment: int, source: int, target: int) -> tuple[str, ...]:
    stages = design.framework.stages
    return (design.segments[segment].name, stages[source].anchor, stages[target].anchor)


def _grid() -> Floats:
    return np.arange(-FARTHEST, FARTHEST + STEP / 2, STEP)


def _with_slopes(table: Floats) -> tuple[Floats, Floats]:
    return table, np.diff(table, append=table[-1])


def _look_up(table: Floats, slopes: Floats, normal: Floats) -> None:
    """Replace normal numbers by what a table over the grid has for them."""
    normal += FARTHEST
    normal *= 1 / STEP
    index = normal.astype(np.intp)
    normal -= index
    normal *= slopes.take(index, mode="clip")
    normal += table.take(index, mode="clip")


# A change of one number in a journey leaves most ways as they are.
@lru_cache(maxsize=4096)
def _log_odds(alpha: float, beta: float) -> tuple[Floats, Floats]:
    """Work out the log odds of quantiles of a Beta distribution over the grid, with slopes."""
    from scipy.special import betaincinv, betaln, ndtr, polygamma

    if min(alpha, beta) > CERTAIN:
        signs = (-1, 1, -1)
        cumulants = (
            polygamma(order, alpha) + sign * polygamma(order, beta)
            for order, sign in enumerate(signs)
        )
        return _with_slopes(_expansion(*cumulants))
    ends = [
        _logarithm(betaincinv(one, other, ndtr(at)), at, np.log(one) + betaln(one, other), one)
        for one, other, at in ((alpha, beta, _grid()), (beta, alpha, -_grid()))
    ]
    return _with_slopes(ends[0] - ends[1])


def _log_gamma(shape: float) -> Any:
    """Work out the logarithms of quantiles of a Gamma distribution of scale 1, over the grid."""
    from scipy.special import gammaincinv, gammaln, ndtr, polygamma

    if shape > CERTAIN:
        return _expansion(*(polygamma(order, shape) for order in range(3)))
    return _logarithm(gammaincinv(shape, ndtr(_grid())), _grid(), gammaln(shape + 1), shape)


def _logarithm(quantile: Any, normal: Floats, constant: float, power: float) -> Any:
    """Take logarithms of quantiles; below what a float can hold, the distribution is a power."""
    from scipy.special import log_ndtr

    with np.errstate(divide="ignore"):
        small = np.minimum((log_ndtr(normal) + constant) / power, LOWEST)
        return np.where(quantile > SMALLEST, np.log(quantile), small)


def _expansion(mean: Any, variance: Any, third: Any) -> Any:
    """Approximate quantiles by the first three cumulants, after Cornish and Fisher."""
    grid, spread = _grid(), np.sqrt(variance)
    # Of more people than a float can tell apart the distribution is symmetric.
    skew = third / spread**3 if spread**3 else 0.0
    return mean + spread * (grid + skew * (grid**2 - 1) / 6)
