"""The coffee starter, all of it counted."""

from __future__ import annotations

import cvjkit as cvj

COFFEE = [210600, 29610, 9508, 5766, 1346, 1063, 779, 302, 281, 161, 125, 30, 20]


def coffee() -> cvj.Journey:
    return cvj.Journey.from_counts("full", COFFEE, name="Coffee")
