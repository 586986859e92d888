"""What the ranking of the steps says in words."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from cvjkit.number_text import count_text, money_text, people_text, share_text
from cvjkit.shown import chance_text

SAME = 1e-9
TIE = "Where each step leads only to the next, the same lift brings the same at any of them"
NEAR = 0.95  # of what the best step brings
NO_GAIN = {
    "profit": ": one more person costs as much as they bring, or more. Type what a customer brings "
    "(price and margin) under Money, and check the unit costs of the stages"
}
UNTARGETED = {"worth testing", "ten percent more", "one point more"}


def ranking_words(
    rows: Mapping[Hashable, Mapping[Hashable, Any]],
    *,
    best: str | None,
    tied: Sequence[str],
    by: str,
    names: Mapping[str, str],
    currency: str,
    reason: str,
) -> tuple[str, ...]:
    """Say which step to improve first, and why it is not simply the biggest leak.

    Parameters
    ----------
    rows : mapping of stage key to mapping of column to value
        Of `FixFirst`, the best on top.
    best : str or None
        Key of the stage whose step to improve first.
    tied : sequence of str
        Keys of the stages whose steps bring most and the same; empty if there is a best.
    by : {"profit", "customers"}
    names : mapping of stage key to str
    currency : str
    reason : str
        Why nothing can be ranked, if it cannot.

    Returns
    -------
    tuple of str
        A few sentences; the first says which step, and how sure that is.
    """
    steps = {str(key): row for key, row in rows.items() if isinstance(row["basis"], str)}
    words = _Words(steps, by, names, currency)
    if not any(math.isfinite(row["score"]) for row in steps.values()):
        return (f"What a better rate is worth is not known: {reason.rstrip('.')}.",)
    if tied:
        said = [words.tie(tied), words.leak(None), words.apart(tied)]
    else:
        said = [words.first(best), words.near(best), words.leak(best), words.lifts(best)]
        said += [words.ties(), words.leverage()]
    return tuple(sentence for sentence in said if sentence)


class _Words:
    def __init__(
        self,
        steps: Mapping[str, Mapping[Hashable, Any]],
        by: str,
        names: Mapping[str, str],
        currency: str,
    ) -> None:
        self.steps, self.by, self.names, self.currency = steps, by, names, currency

    def first(self, best: str | None) -> str:
        if best is None:
            if any(row["cost"] > 0 for row in self.steps.values()):
                return f"No better rate brings more {self.by} than it costs."
            return f"No better rate brings more {self.by}{NO_GAIN.get(self.by, '')}."
        row, sure = self.steps[best], ""
        if math.isfinite(row["p_best"]):
            chance = chance_text(row["p_best"])
            sure = f" The chance that it is the best of {len(self.steps)} steps is {chance}."
        return f"Fix {self.names[best]} first: {self._change(row)} {self._gain(row)}.{sure}"

    def tie(self, tied: Sequence[str]) -> str:
        listed = ", ".join(self.names[key] for key in tied[:-1]) + f" and {self.names[tied[-1]]}"
        bases = {self.steps[key]["basis"] for key in tied}
        each = "the same change at each" if len(bases) > 1 else f"{bases.pop()} at each"
        why = f" {TIE}." if each.startswith("ten percent") else ""
        gain = self._gain(self.steps[tied[0]])
        return f"No step comes first: {each} of {listed} brings the same, {gain}.{why}"

    def apart(self, tied: Sequence[str]) -> str:
        if self.by == "customers" and self.steps[tied[0]]["basis"] in UNTARGETED:
            return "What tells them apart: what each step costs and a customer brings, or a target."
        return ""

    def near(self, best: str | None) -> str:
        if best is None:
            return ""
        top = self.steps[best]["score"]
        near = [key for key, row in self.steps.items() if key != best and row["score"] > NEAR * top]
        if not near:
            return ""
        next_one = self._gain(self.steps[near[0]])
        return f"{self.names[near[0]]} brings nearly as much, {next_one}."

    def leak(self, best: str | None) -> str:
        biggest = max(self.steps, key=lambda key: self.steps[key]["dropped"])
        leak, lost = self.steps[biggest], people_text(self.steps[biggest]["dropped"])
        if not leak["dropped"] > 0:
            return ""
        if best is None:
            where = f"Most people are lost before {self.names[biggest]} ({lost})"
            return f"{where}, but that makes it no better to fix."
        if leak["dropped"] == self.steps[best]["dropped"]:
            return f"That is also where most people are lost ({lost})."
        rank, of = leak["score_rank"], len(self.steps)
        placed = f"it is only number {rank:.0f} of {of} by {self.by}: " if rank > 1 else ""
        why = f"but {placed}{self._change(leak)} {self._gain(leak)}"
        if self.by == "profit" and leak["value_to_go"] < self.steps[best]["value_to_go"]:
            small, large = (self._money(row["value_to_go"]) for row in (leak, self.steps[best]))
            name = self.names[best]
            why += f"; a person who gets there is worth {small}, one who gets to {name} {large}"
        return f"Most people are lost before {self.names[biggest]} ({lost}), {why}."

    def lifts(self, best: str | None) -> str:
        column = f"{self.by}_per_tenth"
        highest = max(self.steps, key=lambda key: self.steps[key][column])
        most = self.steps[highest][column]
        if best in {None, highest} or not most > self.steps[str(best)][column] * (1 + SAME):
            return ""
        people = count_text(people_text(most), "customer")
        brings = self._money(most) if self.by == "profit" else people
        said = f"Of equal lifts, ten percent at each, {self.names[highest]} brings most, {brings}"
        order = list(self.names)
        if self.by == "profit" and order.index(highest) > order.index(str(best)):
            said += ", for the costs of earlier steps are paid by then"
        return f"{said}."

    def ties(self) -> str:
        bring = [row["customers_per_tenth"] for row in self.steps.values()]
        bring = [people for people in bring if people > 0]
        if len(bring) < 2 or max(bring) - min(bring) > SAME * max(bring):
            return ""
        customers = count_text(people_text(max(bring)), "customer")
        return (
            f"Ten percent more at any of the {len(bring)} steps up to the first payment brings the "
            f"same {customers}, however many people a step loses: {TIE[0].lower()}{TIE[1:]}."
        )

    def leverage(self) -> str:
        judged = {row["basis"] for row in self.steps.values()}
        costed = any(math.isfinite(row["cost"]) for row in self.steps.values())
        if judged <= UNTARGETED and not costed:
            return (
                "No target and no cost is typed, so this says what a better rate brings, not how "
                "hard it is to get."
            )
        return ""

    def _change(self, row: Mapping[Hashable, Any]) -> str:
        now = share_text(row["rate"])
        if row["basis"] == "your target":
            return f"your target, {share_text(row['target'])} instead of {now}, brings"
        if row["basis"] == "best segment":
            rate = share_text(row["best_rate"])
            return (
                f"the rate of {row['best_segment']} ({rate}) everywhere, instead of {now}, brings"
            )
        if row["basis"] == "worth testing":
            return f"if {now} rose to the most that the counts leave likely, it would bring"
        return f"{row['basis']} than {now} brings"

    def _gain(self, row: Mapping[Hashable, Any]) -> str:
        if self.by == "customers":
            return count_text(people_text(row["score"]), "more customer")
        cost = " after its cost" if row["cost"] > 0 else ""
        return f"{self._money(row['score'])} of profit{cost}"

    def _money(self, value: float) -> str:
        return money_text(value, self.currency)
