"""The steps, ways and entries that explain counts.

Counts are taken as they are: people counted at a stage include those who skipped to it, came back
to it or were referred to it. If it were known how often a person at each stage is there, d_j, the
visits d_j c_j would be known too, and the rest would follow by adding up: who comes by the ways
and referrals typed; who is left to come by the step, past stages that not everybody passes, or
from outside. From these ways follows in turn how often a person is there:

    d_j = N_jj,   N = (I - P)^-1

So d is a fixed point. There is one: the map is continuous, and keeps within bounds as long as
people leave every loop. Without ways back it is known beforehand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cvjkit.model.chain import SMALLEST_SHARE, fundamental_matrix, visits_per_person

if TYPE_CHECKING:
    from cvjkit.model.origins import Origins
    from cvjkit.model.planned import Planned

Floats = NDArray[np.floating]
Flags = NDArray[np.bool]

ROUNDS = 2000
SETTLED = 1e-12
NEGLIGIBLE = 1e-10  # share of a stage's visits that is only rounding


@dataclass(frozen=True, eq=False)
class Explanation:
    """How people move, and how many.

    Attributes
    ----------
    shares : ndarray of float, shape (segments, stages, stages)
        Share, 0 to 1, of the visits to the first stage that go on to the second.
    births : ndarray of float, shape (segments, stages, segments, stages)
        People brought in per visit.
    entered, visits : ndarray of float, shape (segments, stages)
        People who come in from outside; arrivals.
    inferred : ndarray of float, shape (segments, stages, stages)
        The part of the shares that was not typed and is no step.
    excess : ndarray of float, shape (segments, stages)
        People by whom the transitions and referrals typed exceed the count.
    """

    shares: Floats
    births: Floats
    entered: Floats
    visits: Floats
    inferred: Floats
    excess: Floats


@dataclass(frozen=True, eq=False)
class Counted:
    """Segments whose people were counted, among others that are planned.

    Parameters
    ----------
    counts : ndarray of float, shape (segments, stages)
        0 where not known.
    origins : sequence of Origins
        Where the people of each segment can come from.
    closed : ndarray of bool, shape (segments, stages)
        Where the transitions typed let nobody leave.
    planned : Planned
        The other segments, and what was typed for these: transitions and referrals.
    """

    counts: Floats
    origins: Sequence[Origins]
    closed: Flags
    planned: Planned

    def explained(self) -> Explanation:
        """Find the rates and entrants that give exactly the people counted.

        Returns
        -------
        Explanation
            Transitions and referrals that bring more people than were counted give way.
        """
        there, ways = self.counts > 0, self.planned.shares
        often = 1 / (1 - np.where(there, np.einsum("sjj->sj", ways), 0))
        found = self._by_visits(often)
        if not np.tril(ways[self.planned.counted], -1).any():
            return found
        for _ in range(ROUNDS):
            again = np.where(there, visits_per_person(fundamental_matrix(found.shares)), 1)
            settled = (np.abs(again - often) <= SETTLED * again).all()
            often, found = again, self._by_visits(again)
            if settled:
                break
        return found

    def _by_visits(self, often: Floats) -> Explanation:
        """Explain the counts, given how often a person at each stage is there."""
        counted, ways = self.planned.counted[:, None], self.planned.shares
        visits = self.planned.visits(self.counts * often)
        loops = np.einsum("sjj->sj", ways)
        brought = np.einsum("si,sij->sj", visits, ways) - visits * loops
        brought += np.einsum("si,sitj->tj", visits, self.planned.births)
        brought[counted & self.planned.flooded] = np.inf
        new = visits * (1 - loops)
        over = counted & (brought > new * (1 + SMALLEST_SHARE))
        taken = np.divide(new, brought, out=np.ones_like(new), where=over)
        excess = np.where(over, (brought - new) / np.where(new > 0, often, 1), 0)
        shares = ways * taken[:, None, :]
        np.einsum("sjj->sj", shares)[:] = loops
        found = Explanation(
            shares,
            self.planned.births * taken,
            self.planned.entered.copy(),
            visits,
            np.zeros_like(shares),
            excess,
        )
        missing = np.where(over, 0, new - brought)
        room = np.where(self.closed, 0, visits * np.maximum(1 - shares.sum(axis=2), 0))
        for index in np.flatnonzero(self.planned.counted).tolist():
            self._spread(found, index, missing[index].tolist(), room[index].tolist())
        return found

    def _spread(
        self, found: Explanation, index: int, missing: list[float], room: list[float]
    ) -> None:
        """Let the visits missing at each stage come from where they can, or else from outside."""
        origins, visits = self.origins[index], found.visits[index].tolist()
        for stage, need in enumerate(missing):
            rest, small = need, NEGLIGIBLE * visits[stage]
            for source in origins.sources[stage]:
                people = min(rest, room[source])
                if people > small:
                    rest -= people
                    room[source] -= people
                    found.shares[index, source, stage] += people / visits[source]
                    if source != origins.parents[stage]:
                        found.inferred[index, source, stage] = people / visits[source]
            found.entered[index, stage] = rest if rest > small else 0
