"""The dashboards and journeys that come with cvjkit, wherever it is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

PACKAGED = Path(__file__).parent / "starter_files"
SOURCES = {"dashboards": "dashboards", "journeys": "data/journeys"}


def starters(kind: Literal["dashboards", "journeys"]) -> Path:
    """Find the directory of the notebooks or of the journeys.

    Parameters
    ----------
    kind : {"dashboards", "journeys"}

    Returns
    -------
    Path
        In the package, where the wheel has put them, or in the source beside it.

    Examples
    --------
    >>> sorted(path.name for path in starters("dashboards").glob("*.ipynb"))
    ['actual.ipynb', 'compare.ipynb', 'decide.ipynb', 'journey.ipynb']
    """
    packaged = PACKAGED / kind
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / SOURCES[kind]
