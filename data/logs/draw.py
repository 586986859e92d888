"""Draw coffee.csv again: what people did in a quarter in which one step went worse than planned."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cvjkit as cvj

if TYPE_CHECKING:
    import pandas as pd

HERE = Path(__file__).parent
PLAN = HERE / "coffee_plan.toml"
# Everybody from Instagram hesitates at the order: 12% instead of 25%.
TRUTH = {"segments[Instagram].rates.conversion": 0.12}
QUIRKS = {"bots": 0.001, "headless": 0.01, "unmapped": 0.05, "duplicates": 0.005}
EVENTS = {
    "awareness": "ad_seen",
    "engagement": "article_read",
    "subscription": "newsletter_joined",
    "conversion": "taster_ordered",
    "excitement": "taster_praised",
    "ascension": "bag_ordered",
    "later_order": "bag_reordered",
    "advocation": "review_written",
    "promotion": "friend_invited",
}


def draw() -> pd.DataFrame:
    """Draw the log.

    Returns
    -------
    DataFrame
        The rows of coffee.csv.
    """
    truth = cvj.read_journey(PLAN)
    for path, value in TRUTH.items():
        truth = truth.put(path, value)
    log = truth.simulate_log(3000, seed=8, start="2026-01-05", days=130, quirks=QUIRKS)
    log["time"] = log["time"].dt.round("s").dt.tz_localize(None)
    log["event"] = log["event"].astype(str).replace(EVENTS)
    return log[["person", "time", "event", "channel", "awareness", "revenue", "cost"]]


if __name__ == "__main__":
    draw().to_csv(HERE / "coffee.csv", index=False)
