"""What the panels of the answers show, as text."""

from __future__ import annotations

from typing import Any

import cvjkit as cvj
from cvjkit.widgets.fields import Field, Part
from cvjkit.widgets.panels.entries import Asked

PLAN = (
    cvj.Journey.from_rates("five", 10_000, [0.2, 0.05, 0.4, 0.25], name="Plan")
    .with_terms(currency="EUR")
    .with_stage("reach", unit_cost=0.1)
    .with_offer("conversion", name="Box", price=40, margin=15)
)


def asked(journey: cvj.Journey, base: cvj.Journey | None = None, **entries: Any) -> Asked:
    """Ask about a journey, with what is typed: its address with "_" between, and the text."""
    typed = {tuple(address.split("_")): text for address, text in entries.items()}
    return Asked(journey, base, typed)  # type: ignore[arg-type]  # addresses have three ids


def texts(part: Part, table: str, column: str) -> dict[str, str]:
    return {row: field.text for row, field in fields(part, table, column).items()}


def fields(part: Part, table: str, column: str) -> dict[str, Field]:
    found = next(one for one in part.tables if one.id == table)
    return {row.id: field for row in found.rows for field in row.fields if field.column == column}


def lines(part: Part, article: str) -> dict[str, str]:
    return dict(next(one.lines for one in part.articles if one.id == article))
