"""Tables of what was drawn, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pandas as pd

from cvjkit.model.economics import FIGURES
from cvjkit.shown import Heading, Table, text_of

PROBABILITIES = {"better": "Chance that it is better", "undefined": "Not defined in"}


class StageBandsTable(Table):
    """People and rates of each stage with their bands: what `Simulation.stages` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        f"{column}{end}": Heading(f"{title}{words}", "people" if column == "people" else "share")
        for column, number, title in (
            ("people", "people", "People"),
            ("step", "step_rate", "Of the stage before"),
            ("overall", "overall_rate", "Of the first"),
        )
        for column, end, words in (
            (number, "", ""),
            (column, "_low", ", at least"),
            (column, "_high", ", at most"),
        )
    }


class FigureBandsTable(Table):
    """Figures, each in its own unit: what `Simulation.figures` and `against` give."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "value": Heading("Value", "text"),
        "difference": Heading("Difference", "text"),
        "low": Heading("At least", "text"),
        "median": Heading("Median", "text"),
        "high": Heading("At most", "text"),
    }
    index_title = "Figure"

    @property
    def shown(self) -> pd.DataFrame:
        """The figures as people read them.

        Returns
        -------
        DataFrame
            Indexed by the figure's title; all columns are text, a dash where a number is not known.
        """
        currency = self.attrs.get("currency", "")
        columns = {
            heading.title: [
                FIGURES[key].text(None if pd.isna(value) else value, currency)
                for key, value in zip(self.index, self[column], strict=True)
            ]
            for column, heading in self.headings.items()
            if column in self
        } | {
            title: [text_of(value, "chance", "") for value in self[column]]
            for column, title in PROBABILITIES.items()
            if column in self
        }
        index = pd.Index([FIGURES[key].title for key in self.index], name=self.index_title)
        return pd.DataFrame(columns, index, dtype=object)
