"""What a dashboard is about, as its notebook says first: for the list of dashboards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

MARKS = str.maketrans("", "", "*_`")


class About(NamedTuple):
    """The first words of a notebook.

    Parameters
    ----------
    title : str
        Its first heading, else the name of the file.
    purpose : str
        The paragraph below it; empty if there is none.
    """

    title: str
    purpose: str


def about(path: Path) -> About:
    """Read what a dashboard is about.

    Parameters
    ----------
    path : Path
        Of the notebook; of any other file, only the name is read.

    Returns
    -------
    About
    """
    try:
        source = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
        first, _, rest = "".join(source).strip().partition("\n")
    except (OSError, ValueError, LookupError, TypeError):  # told when it is opened
        first, rest = "", ""
    if not first.startswith("# "):
        return About(path.stem, "")
    purpose = rest.strip().partition("\n\n")[0].translate(MARKS)
    return About(first[2:].strip(), " ".join(purpose.split()))
