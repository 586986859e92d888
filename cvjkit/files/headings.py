"""The headings under which other programs export what cvjkit calls stage and people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

STAGES = frozenset(
    {
        *("stage", "step", "steps", "step name", "stage name", "funnel step", "funnel stage"),
        *("journey step", "journey stage", "lifecycle stage", "customer lifecycle stage"),
    }
)
"""Of the column with the names of the stages, folded."""

USERS = (
    *("unique users", "active users", "total users", "users", "count of users"),
    *("number of users", "unique visitors", "visitors"),
)
CONTACTS = (
    *("count of contacts", "number of contacts", "contacts"),
    *("count of people", "number of people", "customers", "count"),
)
PEOPLE: Mapping[str, str] = MappingProxyType(
    {
        "people": "",
        **dict.fromkeys((*USERS, *CONTACTS), "people"),
        **dict.fromkeys(("sessions", "total sessions", "visits"), "visits"),
        "impressions": "impressions",
    }
)
"""Of the column with their people, folded, and what it counts; the first that is there is read."""

# Before a stage, folded: 2) Acquisition, Step 2: Acquisition.
NUMBERED = re.compile(r"^(?:(?:step|stage) )?#?\d+ *[.:\N{EN DASH}-]? *")


def unnumbered(label: str) -> str:
    """Remove the number before a stage that an export has numbered.

    Parameters
    ----------
    label : str
        Folded.

    Returns
    -------
    str

    Examples
    --------
    >>> [unnumbered(label) for label in ("1. reach", "step 2: reach", "#3 reach", "reach")]
    ['reach', 'reach', 'reach', 'reach']
    """
    return NUMBERED.sub("", label)
