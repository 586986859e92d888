"""What is counted by channel and awareness is added up by segment, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from operator import itemgetter
from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cvjkit.measurement.batch import Labels
from cvjkit.measurement.segments import BY_SEGMENT, segments_of
from tests.measurement.test_tally import draw, tallied

LABELS = Labels((), channel=("Ads", "Blog", "Fair"), awareness=("problem", "solution", "odd"))


@given(st.integers(0, 2**32 - 1))
def test_each_segment_has_what_its_channels_and_levels_have(seed: int) -> None:
    tally = tallied(*draw(seed))
    most = Random(seed).randint(2, 5)  # noqa: S311 - for tests
    segments = segments_of(tally.reached, LABELS, most)
    assert len(segments) <= most
    assert len({row["name"] for row in segments.rows}) == len(segments)
    grouped = segments.of(tally)
    for name in BY_SEGMENT:
        expected: Counter[tuple[int, ...]] = Counter()
        before, after = getattr(tally, name), getattr(grouped, name)
        for (channel, awareness, *rest), totals in zip(before.keys, before.totals, strict=True):
            for column, total in enumerate(totals):
                expected[segments.index[channel, awareness], *rest, column] += total
        found = {
            (*key, column): total
            for key, totals in zip(after.keys.tolist(), after.totals, strict=True)
            for column, total in enumerate(totals)
        }
        assert +Counter(found) == +expected
        assert after.totals.sum() == before.totals.sum()
    # The largest come first, and are none of those put together.
    by_pair = tally.reached.over(0, 1)
    people = dict(zip(map(tuple, by_pair.keys.tolist()), by_pair.totals.max(axis=1), strict=True))
    ordered = [people[pair] for pair, _ in sorted(segments.index.items(), key=itemgetter(1))]
    alone = ordered[: most - 1]
    assert alone == sorted(alone, reverse=True)
    assert max(ordered[most - 1 :], default=0) <= min(alone, default=np.inf)
