"""What a goal takes: more people, one better rate, the same lift everywhere, or several levers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from cvjkit.decisions.goal_words import goal_words
from cvjkit.model.economics import FIGURES

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRANTS = "entrants"
SAME = 1e-9


class Rate(NamedTuple):
    """A rate that would reach the goal alone, or why none does.

    Parameters
    ----------
    rate : float or None
        Share, 0 to 1, all segments together.
    reason : str
        Empty if there is a rate.
    """

    rate: float | None
    reason: str


@dataclass(frozen=True, eq=False)
class Goal:
    """What it takes to reach a goal; each answer by itself, all else unchanged.

    Attributes
    ----------
    figure : str
        Key of the figure, or of the stage whose people are meant.
    target : float
        The value to reach.
    now : float or None
        Its value now.
    entrants_now : float
        People who come in from outside now.
    entrants : int or None
        The fewest people who must come in from outside, on average; None if no number is enough.
    entrants_80, entrants_95 : int or None
        The fewest with whom the goal is reached with a probability of 80% and 95%; None where that
        is not worked out: only a goal in numbers of people has them.
    chance : float or None
        Probability, 0 to 1, that `entrants` are enough.
    plan : mapping of stage key to int
        Whole people needed at each stage.
    rates : mapping of stage key to Rate
        The rate into each stage that would do it alone, or the reason why none does.
    equal_lift : float or None
        By what factor the rates of all steps on the way would have to rise; None if they cannot.
    levers : mapping of str to float or None
        The smallest change of the levers asked for, within their limits: rates by stage key, and
        "entrants". Empty if none was asked for or they are not enough.
    reason : str
        Why no number of entrants is enough; empty if one is.
    reasons : mapping of str to str
        Why an answer is None, by its name: "entrants", "entrants_80", "equal_lift", "levers".
    changes : mapping of str to mapping of str to float
        What each way to the goal changes, to try it out: ``journey.scenario("Try",
        goal.changes[stage])``; by stage key, by "equal_lift", and by "entrants" where all come in
        at the first stage.
    summary : str
        The answer in words.
    table : DataFrame
        A row for each way to reach the goal.
    """

    figure: str
    target: float
    now: float | None
    entrants_now: float
    entrants: int | None
    entrants_80: int | None
    entrants_95: int | None
    chance: float | None
    plan: Mapping[str, int]
    rates: Mapping[str, Rate]
    equal_lift: float | None
    levers: Mapping[str, float]
    reasons: Mapping[str, str]
    names: Mapping[str, str]
    currency: str
    rates_now: Mapping[str, float]
    changes: Mapping[str, Mapping[str, float]]

    @property
    def is_reached(self) -> bool:
        """Whether it is reached already."""
        if self.now is None:
            return False
        less = self.figure in FIGURES and FIGURES[self.figure].less_is_better
        is_met = self.now <= self.target if less else self.now >= self.target
        return is_met or math.isclose(self.now, self.target, rel_tol=SAME)

    @property
    def reason(self) -> str:
        """Why no number of entrants is enough; empty if one is."""
        return self.reasons.get(ENTRANTS, "")

    @property
    def table(self) -> pd.DataFrame:
        """The ways to reach the goal.

        Returns
        -------
        DataFrame
            Indexed by "entrants", "entrants_80", "entrants_95", the keys of the stages,
            "equal_lift" and, if asked for, "lever: ..."; columns now and needed (float64, NaN where
            there is none) and reason (str).
        """
        rows: dict[str, tuple[float | None, float | None, str]] = {
            name: (self.entrants_now, getattr(self, name), self.reasons.get(name, ""))
            for name in (ENTRANTS, "entrants_80", "entrants_95")
        }
        rows |= {key: (self.rates_now[key], *rate) for key, rate in self.rates.items()}
        rows["equal_lift"] = (1.0, self.equal_lift, self.reasons.get("equal_lift", ""))
        for name, value in self.levers.items():
            now = self.entrants_now if name == ENTRANTS else self.rates_now[name]
            rows[f"lever: {name}"] = (now, value, "")
        table = pd.DataFrame.from_dict(rows, "index", columns=["now", "needed", "reason"])
        table.index.name = "way"
        return table.astype({"now": float, "needed": float, "reason": object})

    @property
    def summary(self) -> str:
        """The answer in words."""
        return goal_words(self)

    def __repr__(self) -> str:
        return self.summary
