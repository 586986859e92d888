"""Rates drawn at random, as far as what they rest on leaves them open.

Each way has a stream of normal numbers of its own, which depends on the seed and on the names of
its segment and stages only. A number z becomes the quantile of the way's distribution at
Phi(z). So two designs that share a way draw it alike, and where its evidence differs, the higher
draws of one go with the higher draws of the other (common random numbers: Glasserman and Yao, Some
Guidelines and Guarantees for Common Random Numbers, Management Science 38, 1992).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cvjkit.decisions.evidence import Way
    from cvjkit.model.design import Design

Floats = NDArray[np.float64]
Shares = dict[tuple[int, int, int], Floats]
"""Share of the visits that take a way, by segment, source and target; an entry for each draw."""

STEP, FARTHEST = 1 / 12, 7.0  # of the normal numbers at which quantiles are worked out
CERTAIN = 1e5  # people seen, from which on the log odds of a rate are all but normal


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
    rows = np.ones((len(ways), draws))
    left: Floats | float = 1.0
    for index, way in enumerate(ways):
        if way.beta > 0:
            stream_of(design, way, seed).standard_normal(out=rows[index])
            _to_quantiles(_log_odds(way.alpha, way.beta), rows[index])
        before = ways[index - 1] if index else way
        if index and (before.segment, before.source) == (way.segment, way.source):
            left = left - rows[index - 1]
            rows[index] *= left
        else:
            left = 1.0
    ends = [(way.segment, way.source, way.target) for way in ways]
    return dict(zip(ends, rows, strict=True))


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
    matrices = np.zeros((draws, len(design.segments), size, size))
    for (segment, source, target), share in shares.items():
        matrices[:, segment, source, target] = share
    return matrices


def stream_of(design: Design, way: Way, seed: int) -> np.random.Generator:
    """Open the stream of random numbers that belongs to a way.

    Parameters
    ----------
    design : Design
    way : Way
    seed : int

    Returns
    -------
    numpy.random.Generator
    """
    stages = design.framework.stages
    ends = (stages[way.source].anchor, stages[way.target].anchor)
    return stream(seed, design.segments[way.segment].name, *ends)


def stream(seed: int, *names: str) -> np.random.Generator:
    """Open the stream of random numbers that belongs to some names.

    Parameters
    ----------
    seed : int
    *names : str

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.Generator(np.random.SFC64([seed, *(crc32(name.encode()) for name in names)]))


def _to_quantiles(table: Floats, normal: Floats) -> None:
    """Replace normal numbers by the quantiles whose log odds are in the table."""
    from scipy.special import expit

    normal += FARTHEST
    normal *= 1 / STEP
    index = normal.astype(np.intp)
    normal -= index
    normal *= np.diff(table, append=table[-1]).take(index, mode="clip")
    normal += table.take(index, mode="clip")
    expit(normal, out=normal)


# A change of one number in a journey leaves most ways as they are.
@lru_cache(maxsize=4096)
def _log_odds(alpha: float, beta: float) -> Floats:
    """Work out the log odds of quantiles of a Beta distribution, at normal numbers on a grid."""
    from scipy.special import betaincinv, betaln, log_ndtr, ndtr, polygamma

    grid = np.arange(-FARTHEST, FARTHEST + STEP / 2, STEP)
    if min(alpha, beta) > CERTAIN:
        mean = polygamma(0, alpha) - polygamma(0, beta)
        spread = np.sqrt(polygamma(1, alpha) + polygamma(1, beta))
        skew = (polygamma(2, alpha) - polygamma(2, beta)) / spread**3
        # Cornish and Fisher's expansion.
        return np.asarray(mean + spread * (grid + skew * (grid**2 - 1) / 6))
    ends = []
    for one, other, at in ((alpha, beta, grid), (beta, alpha, -grid)):
        # A rate too small for a float: the lower end of a Beta distribution is a power.
        power = (log_ndtr(at) + np.log(one) + betaln(one, other)) / one
        share = betaincinv(one, other, ndtr(at))
        with np.errstate(divide="ignore"):
            ends.append(np.where(share > 1e-290, np.log(share), np.minimum(power, -600)))
    return np.asarray(ends[0] - ends[1])
