"""The days of a timeline as tables that people read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from cvjkit.shown import Heading, Table

if TYPE_CHECKING:
    import pandas as pd


class DaysTable(Table):
    """Who stands where, day by day: what `Timeline.stages` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "day": Heading("Day", "people"),
        "stage": Heading("Stage", "text"),
        "arrivals": Heading("Arrive", "people"),
        "entered": Heading("Come in", "people"),
        "referred": Heading("Brought in", "people"),
        "reached": Heading("People to date", "people"),
        "visits": Heading("Arrivals to date", "people"),
        "standing": Heading("Are there", "people"),
        "passed": Heading("Passed on to date", "people"),
        "dropped": Heading("Left to date", "people"),
        "finished": Heading("Finished to date", "people"),
    }
    index_title = None

    @property
    def shown(self) -> pd.DataFrame:
        """The table as people read it.

        Returns
        -------
        DataFrame
            A row for each day and stage; all columns are text.
        """
        if "day" in self:
            return super().shown
        days = DaysTable(self.reset_index())
        days.attrs = self.attrs
        return days.shown


class DayMoneyTable(Table):
    """What is spent and earned, day by day: what `Timeline.money` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "cost": Heading("Cost", "money"),
        "margin": Heading("Margin", "money"),
        "cash": Heading("Cash to date", "money"),
    }
    index_title = "Day"
