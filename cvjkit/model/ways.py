"""The transitions and referrals typed, as arrays over segments and stages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.parts import Referral, Transition


def typed_shares(
    framework: Framework, names: Sequence[str], transitions: Sequence[Transition]
) -> NDArray[np.floating]:
    """Give the share of the visits to each stage that take each transition.

    Parameters
    ----------
    framework : Framework
    names : sequence of str
        Of the segments.
    transitions : sequence of Transition

    Returns
    -------
    ndarray of float, shape (segments, stages, stages)
        From the first stage to the second, 0 to 1.
    """
    shares = np.zeros((len(names), len(framework), len(framework)))
    for way in transitions:
        own = slice(None) if way.segment is None else names.index(way.segment)
        shares[own, framework.index(way.source), framework.index(way.target)] += way.rate
    return shares


def typed_births(
    framework: Framework, names: Sequence[str], referrals: Sequence[Referral]
) -> NDArray[np.floating]:
    """Give the people brought in per visit.

    Parameters
    ----------
    framework : Framework
    names : sequence of str
        Of the segments.
    referrals : sequence of Referral

    Returns
    -------
    ndarray of float, shape (segments, stages, segments, stages)
        From the first segment and stage into the second.
    """
    births = np.zeros((len(names), len(framework), len(names), len(framework)))
    for referral in referrals:
        source, target = framework.index(referral.source), framework.index(referral.target)
        for index in range(len(names)):
            if referral.source_segment in {None, names[index]}:
                into = index if referral.segment is None else names.index(referral.segment)
                births[index, source, into, target] += referral.per_person
    return births
