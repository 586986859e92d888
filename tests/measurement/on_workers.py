"""What workers of Spark run: a module that imports little, for each of them imports it anew."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cvjkit.measurement.batch import Batch

LONG = 30  # seconds


def people_of(batch: Batch) -> list[tuple[str, object]]:
    """Say which executor worked on which people: each has a folder of its own."""
    return [(str(Path.cwd()), person) for person in batch.people]


def asleep(_: Batch) -> list[object]:
    time.sleep(LONG)
    return []


def joined(one: list[Any], other: list[Any]) -> list[Any]:
    return one + other
