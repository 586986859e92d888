"""The tables of a comparison, as data and as people read them."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from typing import Any, ClassVar

import pandas as pd

from cvjkit.lens.lens import LensTable
from cvjkit.number_text import DASH, plain_text
from cvjkit.shown import Heading, Table, text_of


class StagesTable(LensTable):
    """The stages of several lenses: what `Comparison.table` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "journey": Heading("Journey", "text"),
        "framework": Heading("Framework", "text"),
        "name": Heading("Stage", "text"),
        **LensTable.headings,
    }
    index_title = None


class HidesTable(Table):
    """What each lens does not show: what `Comparison.hides` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "journey": Heading("Journey", "text"),
        "framework": Heading("Framework", "text"),
        "says": Heading("What it does not show", "text"),
    }
    index_title = None

    def _says_something(self, column: str) -> bool:
        return super()._says_something(column) and (
            column != "journey" or len({*self["journey"]}) > 1
        )


class DisagreementsTable(Table):
    """What the documents answer differently: what `Comparison.disagreements` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "topic": Heading("Topic", "text"),
        "framework": Heading("Framework", "text"),
        "name": Heading("Stage", "text"),
        "question": Heading("Question", "text"),
        "consequence": Heading("What cvjkit does", "text"),
    }
    index_title = None


class ComparableTable(Table):
    """The figures that may be compared: what `Comparison.comparable` gives."""

    @property
    def shown(self) -> pd.DataFrame:
        """The figures as people read them, journeys side by side.

        Returns
        -------
        DataFrame
            Indexed by the figure's label; a column of text for each journey: the value, its
            interval where it is estimated, or why it is not known.
        """
        journeys: dict[str, dict[str, str]] = {}
        for row in self.to_dict("records"):
            value, note = figure_text(row)
            said = f"{value} ({note})" if note and value != DASH else note or value
            journeys.setdefault(row["journey"], {})[row["label"]] = said
        return pd.DataFrame(journeys, dtype=object).fillna(DASH).rename_axis(index="Figure")


def figure_text(row: Mapping[Hashable, Any]) -> tuple[str, str]:
    """Write a figure that may be compared.

    Parameters
    ----------
    row : mapping
        Of `Comparison.comparable`.

    Returns
    -------
    value, note : str
        A dash where it is not known; the note is its interval, or why it is not known.

    Examples
    --------
    >>> row = {"status": "estimated", "unit": "people", "currency": "", "reason": ""}
    >>> figure_text({**row, "value": 1908.2, "low": 605.1, "high": 4797})
    ('≈ 1,908', '605 to 4,797')
    """
    if math.isnan(row["value"]):
        return DASH, str(row["reason"])

    def written(value: float) -> str:
        unit = row["unit"]
        return plain_text(value) if unit == "number" else text_of(value, unit, row["currency"])

    value = written(row["value"])
    if row["status"] == "exact":
        return value, ""
    is_bounded = not math.isnan(row["low"])
    between = f"{written(row['low'])} to {written(row['high'])}" if is_bounded else ""
    return f"≈ {value}", between
