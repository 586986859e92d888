"""Fix first: what a better rate is worth at each step, and which step to improve first.

The worth of a step is its exact gain (`cvjkit.decisions.gains`) if its rate rises to the target
that was typed, else by the same lift at every step: ten percent of itself. One more point is no
equal lift: it is a third more of a rate of 3%, a hundredth more of one of 90%, so that the lowest
rates would nearly always come first. Nor is the best segment's rate: the first steps differ most
between channels. The probability to be the best is the share of drawn rates
(`cvjkit.decisions.sampling`) for which it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np
import pandas as pd

from cvjkit.decisions.aims import POINT, TENTH, Aims, Lift, beyond
from cvjkit.decisions.answer import Answer
from cvjkit.decisions.evidence import ways_of
from cvjkit.decisions.gains import Gains, Ways, gain_per_visit, gains
from cvjkit.decisions.leaks import TIE, first_of
from cvjkit.decisions.priority_words import ranking_words
from cvjkit.decisions.sampling import dense, drawn_shares
from cvjkit.decisions.sampling_parameters import wrong_parameters
from cvjkit.decisions.steps import Steps, steps_of
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.arguments import HIGHEST, is_number
from cvjkit.model.economics import FIRST_PAYMENT
from cvjkit.shown import Heading

if TYPE_CHECKING:
    from cvjkit.model.design import Design
    from cvjkit.model.flow import Floats

DRAWS, SEED = 300, 1

Measure = Literal["profit", "customers"]
CHOICES = {"by": get_args(Measure), "lift": get_args(Lift)}
CHANGES = ("point", "tenth", "best", "target", "basis")


class FixFirst(Answer):
    """The steps of a journey, the one to improve first on top: what `Journey.fix_first` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "rate": Heading("Rate", "share"),
        "dropped": Heading("Leave before", "people"),
        "dropped_rank": Heading("Rank by people lost", "people"),
        "score_rank": Heading("Rank by what it brings", "people"),
        "profit_per_point": Heading("Profit, +1 point", "money"),
        "customers_per_point": Heading("Customers, +1 point", "people"),
        "profit_per_tenth": Heading("Profit, +10%", "money"),
        "customers_per_tenth": Heading("Customers, +10%", "people"),
        "best_rate": Heading("Best rate", "share"),
        "profit_at_best": Heading("Profit at best rate", "money"),
        "target": Heading("Your target", "share"),
        "profit_at_target": Heading("Profit at target", "money"),
        "cost": Heading("Cost", "money"),
        "value_to_go": Heading("Worth of one person", "money"),
        "p_best": Heading("Chance to be best", "chance"),
    }

    def _says_something(self, column: str) -> bool:
        # What the steps are not ranked by is in the data: the table would not fit on a page.
        other = "customers_" if self.by == "profit" else "profit_"
        return super()._says_something(column) and not column.startswith(other)

    @property
    def summary(self) -> str:
        """Which step to improve first, and why it is not simply the biggest leak."""
        return " ".join(self.sentences)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences of the summary; the first says which step to improve."""
        told = ("by", "best", "tied", "names", "currency", "reason")
        return ranking_words(self.to_dict("index"), **{name: self.attrs[name] for name in told})

    @property
    def changes(self) -> Mapping[str, Mapping[str, float]]:
        """What each step is judged by, to try out: ``journey.scenario("Try", changes[stage])``.

        Returns
        -------
        mapping of stage key to mapping of str to float
            The rates of all segments, 0 to 1, by their paths.
        """
        changes: Mapping[str, Mapping[str, float]] = self.attrs["changes"]
        return changes

    @property
    def by(self) -> Measure:
        """What the steps are ranked by: "profit" or "customers"."""
        measure: Measure = self.attrs["by"]
        return measure

    @property
    def best(self) -> str | None:
        """Key of the stage whose step to improve first; None if some tie, or none brings more."""
        best: str | None = self.attrs["best"]
        return best

    @property
    def tied(self) -> tuple[str, ...]:
        """Keys of the stages whose steps tie for first place; empty if one step leads."""
        tied: tuple[str, ...] = self.attrs["tied"]
        return tied


def fix_first(
    design: Design,
    targets: Mapping[str, float] | None = None,
    costs: Mapping[str, float] | None = None,
    *,
    by: Measure | None = None,
    lift: Lift = "tenth",
    draws: int = DRAWS,
    seed: int = SEED,
) -> FixFirst:
    """Work out what a better rate is worth at each step, and which step to improve first.

    Parameters
    ----------
    design : Design
    targets : mapping of stage key to float, optional
        What the rate into a stage could become, 0 to 1, all segments together.
    costs : mapping of stage key to float, optional
        What improving the step into a stage would cost [currency], 0 or more.
    by : {"profit", "customers"}, optional
        What to rank by: profit, if it is known.
    lift : {"tenth", "point", "best"}
        What a step without a target is judged by: ten percent more, the same lift at every
        step; one point more; or the rate of the best segment (for one segment, a rate worth
        testing).
    draws : int
        How often rates are drawn for `p_best`, 1 or more.
    seed : int
        0 or more. The same seed gives the same draws.

    Returns
    -------
    FixFirst
        A DataFrame with a row for each stage, the best on top, indexed by stage key. All
        columns but best_segment and basis have dtype float64; NaN where not known, and where
        no step leads to the stage. `summary` says what it shows. A change of a rate takes the
        people from those who leave, so it is never larger than they are.

        - rate: share, 0 to 1, of the visits to the stage before that go on to this one.
        - dropped, dropped_rank: people who leave instead, and the step's rank by them: 1 where
          most leave; steps that tie share the best rank, and so below.
        - profit_per_point, customers_per_point: gain if the rate rises by 0.01 in every
          segment [currency, people].
        - profit_per_tenth, customers_per_tenth: gain if it rises by a tenth of itself.
        - best_rate, best_segment (str): the segment with the highest rate.
        - profit_at_best, customers_at_best: gain if every segment had that rate.
        - target, profit_at_target, customers_at_target: what was typed, and what it gains;
          the rates of all segments rise by the same factor.
        - cost: what was typed [currency].
        - basis (str): what the step is judged by: "your target", "best segment", "worth
          testing" (the rate that a counted one exceeds with a probability of 10%), "ten
          percent more" or "one point more".
        - aim: the rate that is, all segments together; ``changes[stage]`` has it for each
          segment, to try out: ``journey.scenario("Try", first.changes[stage])``.
        - score, score_rank: gain by that, less the cost [currency, or people], and the step's
          rank by it.
        - value_to_go: money that one more person at the stage still brings, the most you may pay
          for one [currency per person].
        - p_best: probability that the step has the highest score; steps that tie share it.

    Raises
    ------
    InputError
        If a stage is not known or a number is impossible.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> shop = shop.with_offer("conversion", name="Box", price=40, margin=15)
    >>> first = shop.fix_first(targets={"conversion": 0.06}, costs={"conversion": 100})
    >>> first.best, first.loc["conversion", ["profit_at_target", "score"]].to_list()
    ('conversion', [300.0, 200.0])
    """
    targets, costs = dict(targets or {}), dict(costs or {})
    steps = steps_of(design.flow())
    faults = _faults(design, targets, costs, {"by": by, "lift": lift}, draws=draws, seed=seed)
    faults += [
        Fault(
            f"targets.{key}",
            targets[key],
            "is more than is left by those who go another way",
            f"write at most {most:.6g}",
        )
        for key, most in beyond(steps, targets if not faults else {}).items()
    ]
    if faults:
        raise InputError(f"fix first of {design.name}", faults)
    measure = by or ("profit" if design.economics().profit is not None else "customers")
    aims = Aims(steps, targets, all(segment.observed for segment in design.segments), lift)
    question = _Question(design, steps, aims, costs, measure)
    found = question.worth()
    score = question.score(found, CHANGES.index("basis"))[0]
    chances = np.full(len(steps.keys), np.nan)
    if np.isfinite(score).any():
        chances = question.chances(draws, seed)
    return question.answer(found, score, chances, draws)


class _Question:
    def __init__(
        self,
        design: Design,
        steps: Steps,
        aims: Aims,
        costs: Mapping[str, float],
        by: Measure,
    ) -> None:
        self.design, self.steps, self.aims, self.by = design, steps, aims, by
        self.costs = np.array([costs.get(key, np.nan) for key in steps.keys], dtype=float)

    def worth(self) -> Gains:
        steps, aims = self.steps, self.aims
        wanted = {
            "point": np.full_like(steps.rates, POINT),
            "tenth": TENTH * steps.rates,
            "best": aims.to_best(steps.rates),
            "target": aims.to_typed(steps.rates),
            "basis": aims.to_basis(steps.rates),
        }
        more = np.minimum(np.stack([wanted[name] for name in CHANGES]), steps.room)[None]
        flow, numbers = self.design.flow(), self.design.economics()
        if flow.k is not None and flow.k >= 1:
            nothing = np.full(more.shape[:3], np.nan)
            return Gains(nothing, nothing)
        money, people = self._gains(flow.shares[None], more, customers=True)
        return Gains(
            money if numbers.profit is not None else money * np.nan,
            people if numbers.customers is not None else people * np.nan,
        )

    def score(self, found: Gains, change: int) -> Floats:
        if self.by == "customers":
            return np.asarray(found.people[:, change])
        return np.asarray(found.money[:, change] - np.nan_to_num(self.costs))

    def chances(self, draws: int, seed: int) -> Floats:
        drawn = drawn_shares(self.design, ways_of(self.design), draws, seed)
        shares = dense(self.design, drawn, draws)
        wanted = self.aims.to_basis(self.steps.rates_in(shares))
        more = np.minimum(wanted, self.steps.room_in(shares))[:, None]
        scores = self.score(self._gains(shares, more, customers=self.by == "customers"), 0)
        scores = scores[np.isfinite(scores).all(axis=1)]
        if not len(scores):
            return np.full(len(self.steps.keys), np.nan)
        highest = np.maximum(scores.max(axis=1, keepdims=True), 0)
        first = (scores > 0) & (scores >= highest * (1 - TIE))
        # Steps that tie share the draw.
        return np.asarray((first / np.maximum(first.sum(axis=1, keepdims=True), 1)).mean(axis=0))

    def _gains(self, shares: Floats, more: Floats, *, customers: bool) -> Gains:
        flow = self.design.flow()
        first = next(
            (at for at, stage in enumerate(flow.framework) if stage.milestone == FIRST_PAYMENT),
            None,
        )
        return gains(
            Ways(shares, flow.births, np.where(flow.undefined, 0, flow.entered)),
            self.steps,
            more,
            gain_per_visit(self.design),
            first if customers else None,
        )

    def answer(self, found: Gains, score: Floats, chances: Floats, draws: int) -> FixFirst:
        steps, aims, framework = self.steps, self.aims, self.design.framework
        money = dict(zip(CHANGES, found.money[0], strict=True))
        people = dict(zip(CHANGES, found.people[0], strict=True))
        index = np.arange(len(steps.keys))
        several, has_target = aims.best >= 0, np.isfinite(aims.typed).any(axis=1)
        targets = [aims.targets.get(key, np.nan) for key in steps.keys]
        names = [self.design.segments[at].name if at >= 0 else None for at in aims.best]
        columns: dict[str, Any] = {
            "rate": steps.pooled,
            "dropped": (steps.visits * steps.room).sum(axis=1),
            "profit_per_point": money["point"],
            "customers_per_point": people["point"],
            "profit_per_tenth": money["tenth"],
            "customers_per_tenth": people["tenth"],
            "best_rate": np.where(several, steps.rates[index, aims.best], np.nan),
            "best_segment": np.array(names, dtype=object),
            "profit_at_best": np.where(several, money["best"], np.nan),
            "customers_at_best": np.where(several, people["best"], np.nan),
            "target": np.array(targets, dtype=float),
            "profit_at_target": np.where(has_target, money["target"], np.nan),
            "customers_at_target": np.where(has_target, people["target"], np.nan),
            "cost": self.costs,
            "basis": np.array(aims.basis, dtype=object),
            "aim": replace(steps, rates=self._raised).pooled,
            "score": score,
            "p_best": chances,
        }
        for name in ("dropped", "score"):
            columns[f"{name}_rank"] = _ranks(columns[name])
        # The stages without a step whose rate is known, the first one among them, come last.
        best = np.argsort(-score, kind="stable")
        rest = [at for at, key in enumerate(framework.keys) if key not in steps.keys]
        ordered = {name: _followed(values[best], len(rest)) for name, values in columns.items()}
        worth = np.asarray(self.design.economics().columns["value_to_go"], dtype=float)
        ordered["value_to_go"] = worth[[*steps.targets[best], *rest]]
        ordered["p_best"] = ordered.pop("p_best")
        order = [*(steps.keys[at] for at in best), *(framework.keys[at] for at in rest)]
        answer = FixFirst(ordered, pd.Index(order, name="stage", dtype=object))
        first = first_of(dict(zip(steps.keys, score.tolist(), strict=True)))
        answer.attrs = {
            "by": self.by,
            "best": first[0] if len(first) == 1 else None,
            "tied": first if len(first) > 1 else (),
            "names": {stage.key: stage.name for stage in framework},
            "currency": self.design.currency,
            "title": self.design.name,
            "reason": self._reason(),
            "changes": self._changes(),
            "draws": draws,
        }
        return answer

    def _changes(self) -> dict[str, dict[str, float]]:
        names = [segment.name for segment in self.design.segments]
        return {
            key: self.steps.changes(step, self._raised[step], names)
            for step, key in enumerate(self.steps.keys)
        }

    @cached_property
    def _raised(self) -> Floats:
        """The rates that the steps are judged by."""
        rates = self.steps.rates
        return rates + np.minimum(self.aims.to_basis(rates), self.steps.room)

    def _reason(self) -> str:
        for flag in self.design.flow().flags:
            if flag.id == "A48":
                return flag.message
        return self.design.economics().reasons.get(self.by, "no rate is known")


def _ranks(values: Floats) -> Floats:
    """Rank values, the highest first; those that are the same but for rounding share a rank."""
    known = values[np.isfinite(values)]
    least = TIE * np.abs(known).max(initial=0.0)
    ranks = 1.0 + (known > values[:, None] + least).sum(axis=1)
    return np.where(np.isfinite(values), ranks, np.nan)


def _followed(values: Floats, count: int) -> Floats:
    """Add rows of which nothing is known."""
    return np.concatenate([values, np.full(count, np.nan, dtype=values.dtype)])


def _faults(
    design: Design,
    targets: Mapping[str, float],
    costs: Mapping[str, float],
    chosen: Mapping[str, object],
    *,
    draws: object,
    seed: object,
) -> list[Fault]:
    later, faults = design.framework.keys[1:], list[Fault]()
    shares = ("must be between 0 and 1", "write a share from 0 to 1", 1.0)
    amounts = ("must be an amount of money, 0 or more", "write the amount alone", HIGHEST)
    for name, numbers, (rule, fix, most) in (
        ("targets", targets, shares),
        ("costs", costs, amounts),
    ):
        for key, number in numbers.items():
            if key not in later:
                faults.append(unknown_name(name, key, later))
            elif not is_number(number, 0, most):
                faults.append(Fault(f"{name}.{key}", number, rule, fix))
    for name, choices in CHOICES.items():
        if chosen[name] is not None and chosen[name] not in choices:
            faults.append(unknown_name(name, chosen[name], choices))
    return faults + wrong_parameters(draws=draws, seed=seed)
