"""Work out what it takes to reach a goal: search for what reaches it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from cvjkit.decisions.goal_answer import ENTRANTS, SAME, Goal, Rate
from cvjkit.decisions.goal_words import NO_MATTER, amount
from cvjkit.decisions.people_needed import chance_of, entrants_for, entrants_needed, plan_for
from cvjkit.decisions.trials import Trials, crossing, is_figure
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.arguments import is_number
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import share_text
from cvjkit.paths import Title, path_of

if TYPE_CHECKING:
    from cvjkit.model.design import Design
    from cvjkit.model.flow import Floats

MOST = 1e12  # people


def goal(
    design: Design,
    figure: str,
    target: float,
    *,
    levers: Mapping[str, float] | None = None,
    spend_grows: bool = True,
) -> Goal:
    """Work out what it takes to reach a goal.

    Parameters
    ----------
    design : Design
    figure : str
        Key of a figure, such as customers, profit, cac or payback_days; or of a stage, for its
        people.
    target : float
        The value to reach: at least, or at most where less is better.
    levers : mapping of str to float, optional
        Several that are to share the change, with their limits: the highest rate by stage key,
        and the most people by "entrants".
    spend_grows : bool
        Whether the spend on channels grows with the people who enter.

    Returns
    -------
    Goal
        The entrants, exact and with 80% and 95% confidence; a plan in whole people; one rate
        alone; the same lift of all rates; the levers; whatever is impossible has its reason.

    Raises
    ------
    InputError
        If there is no such figure, stage or lever, or a number is impossible.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    >>> goal = plan.goal("customers", 150)
    >>> goal.entrants, goal.entrants_95, goal.plan["acquisition"]
    (1500, 1696, 750)
    >>> round(goal.rates["conversion"].rate, 3), round(goal.equal_lift, 4)
    (0.3, 1.2247)
    """
    limits = dict(levers or {})
    faults = _faults(design, figure, target, limits)
    if faults:
        raise InputError(f"goal of {design.name}", faults)
    search = _Search(design, figure, float(target), spend_grows=spend_grows)
    return search.goal(limits)


def _faults(
    design: Design, figure: object, target: object, limits: Mapping[str, float]
) -> list[Fault]:
    faults, keys = list[Fault](), design.framework.keys
    if not is_figure(design, figure):
        faults.append(unknown_name("figure", figure, [*FIGURES, *keys]))
    people = figure in {*keys, "customers"}
    if not (is_number(target, math.ulp(0), MOST) if people else is_number(target)):
        rule = "must be a number of people, more than 0" if people else "must be a number"
        faults.append(Fault("target", target, rule, "write 500"))
    for name, limit in limits.items():
        path = f"levers.{name}"
        if name == ENTRANTS:
            if not is_number(limit, math.ulp(0), MOST):
                faults.append(Fault(path, limit, "must be a number of people", "write the most"))
        elif name not in keys[1:]:
            faults.append(unknown_name("levers", name, [ENTRANTS, *keys[1:]]))
        elif not is_number(limit, 0, 1):
            rule = "must be the highest rate, 0 to 1"
            faults.append(Fault(path, limit, rule, "write 0.25 for 25%"))
    return faults


# Each answer changes one thing, all else unchanged.
class _Search:
    def __init__(self, design: Design, figure: str, target: float, *, spend_grows: bool) -> None:
        self.design, self.figure, self.target = design, figure, target
        self.trials = Trials(design, figure, spend_grows=spend_grows)
        self.sign = -1 if figure in FIGURES and FIGURES[figure].less_is_better else 1
        self.steps, self.flow = self.trials.steps, design.flow()
        self.now = self.trials.value()

    def goal(self, limits: Mapping[str, float]) -> Goal:
        reasons: dict[str, str] = {}
        entrants = self._entrants(reasons)
        chance, likely, sure = self._confidence(entrants, reasons)
        names = {stage.key: stage.name for stage in self.design.framework}
        pooled = zip(self.steps.keys, map(float, self.steps.pooled), strict=True)
        rates = {key: self._rate(step) for step, key in enumerate(self.steps.keys)}
        lift = self._equal_lift(reasons)
        return Goal(
            figure=self.figure,
            target=self.target,
            now=self.now,
            entrants_now=self.trials.entrants,
            entrants=entrants,
            entrants_80=likely,
            entrants_95=sure,
            chance=chance,
            plan=MappingProxyType(self._plan(entrants)),
            rates=MappingProxyType(rates),
            equal_lift=lift,
            levers=MappingProxyType(self._levers(limits, reasons)),
            reasons=MappingProxyType(reasons),
            names=MappingProxyType(names),
            currency=self.design.currency,
            rates_now=MappingProxyType(dict(pooled)),
            changes=MappingProxyType(self._changes(entrants, rates, lift)),
        )

    def _changes(
        self, entrants: int | None, rates: Mapping[str, Rate], lift: float | None
    ) -> dict[str, dict[str, float]]:
        names = [segment.name for segment in self.design.segments]
        ways: dict[str, Mapping[int, Floats]] = {
            key: {step: self.steps.raised(step, rate)}
            for step, (key, (rate, _)) in enumerate(rates.items())
            if rate is not None
        }
        if lift is not None:
            ways["equal_lift"] = self._lifted(lift, dict.fromkeys(self._on_the_way, 1.0))
        found = {
            way: {
                path: rate
                for step, raised in steps.items()
                for path, rate in self.steps.changes(step, raised, names).items()
            }
            for way, steps in ways.items()
        }
        if entrants is not None and not self.flow.entered[:, 1:].any():
            first, entered = self.flow.framework.keys[0], self.flow.entered[:, 0]
            times = entrants / self.trials.entrants
            found[ENTRANTS] = {
                path_of(["segments", Title(name), "entrants", first]): times * float(people)
                for name, people in zip(names, entered, strict=True)
            }
        return found

    def _beyond(self, value: float | None) -> float | None:
        return None if value is None else self.sign * (value - self.target)

    def _holds(self, value: float | None) -> bool:
        beyond = self._beyond(value)
        return beyond is not None and beyond >= -SAME * max(abs(self.target), 1e-9)

    def _text(self, value: float | None) -> str:
        return amount(self.figure, value, self.design.currency)

    def _undefined(self) -> str:
        if self.trials.stage is not None:
            return f"nobody gets to {self.design.framework.stages[self.trials.stage].name}"
        return self.design.economics().reasons.get(
            self.figure, "it does not follow from what is typed"
        )

    def _entrants(self, reasons: dict[str, str]) -> int | None:
        base = self.trials.entrants
        if not base:
            reasons[ENTRANTS] = "nobody enters, so what an entrant brings is not known"
            return None
        stage = self.trials.stage
        if stage is not None and self.now:
            return entrants_needed(self.design, stage, self.target)
        if self.now is None or stage is not None:
            reasons[ENTRANTS] = self._undefined()
            return None
        low, high = 0, math.ceil(base)
        while not self._holds(self.trials.value(high / base)):
            low, high = high, 2 * high
            if high > MOST:
                reasons[ENTRANTS] = self._no_number(base)
                return None
        while high - low > 1:
            middle = (low + high) // 2
            found = self._holds(self.trials.value(middle / base))
            low, high = (low, middle) if found else (middle, high)
        return high

    def _no_number(self, base: float) -> str:
        many = self.trials.value(MOST / base)
        falls = self.now is not None and many is not None and many < self.now
        if self.figure == "profit" and falls:
            return "each entrant costs more than all that follows brings: more would lose more"
        if many is not None and self.now is not None and math.isclose(many, self.now, rel_tol=1e-9):
            return f"it stays {self._text(self.now)}, however many enter"
        beyond = "below" if self.sign < 0 else "beyond"
        return f"however many enter, it does not get {beyond} {self._text(many)}"

    def _confidence(
        self, entrants: int | None, reasons: dict[str, str]
    ) -> tuple[float | None, int | None, int | None]:
        if entrants is None:
            reasons["entrants_80"] = reasons["entrants_95"] = reasons[ENTRANTS]
            return None, None, None
        if self.trials.stage is None:
            why = "a probability can be worked out here for numbers of people only"
            reasons["entrants_80"] = reasons["entrants_95"] = why
            return None, None, None
        chance = chance_of(self.flow, self.trials.stage, self.target)
        likely, sure = (entrants_for(chance, level, entrants) for level in (0.8, 0.95))
        return chance(entrants), likely, sure

    def _plan(self, entrants: int | None) -> dict[str, int]:
        if entrants is None:
            return {}
        if self.trials.stage is not None:
            return plan_for(self.flow, self.trials.stage, self.target)
        times = entrants / self.trials.entrants
        people = zip(self.flow.framework.keys, self.flow.numbers("people"), strict=True)
        return {
            key: math.ceil(number * times * (1 - 1e-12))
            for key, number in people
            if number is not None
        }

    def _rate(self, step: int) -> Rate:
        now, highest = float(self.steps.pooled[step]), float(self.steps.highest[step])
        if math.isnan(now):
            return Rate(None, "nobody gets there, so the rate is not known")

        def beyond(rate: float) -> float | None:
            return self._beyond(self.trials.value(1.0, {step: self.steps.raised(step, rate)}))

        best, none = beyond(highest), beyond(0.0)
        if self._holds(self.now):
            if none is not None and none >= 0:
                return Rate(now, "")
            return Rate(crossing(beyond, 0.0, now), "")
        if best is not None and best >= 0:
            return Rate(crossing(beyond, now, highest), "")
        if none is not None and none >= 0:
            return Rate(crossing(beyond, now, 0.0), "")
        return Rate(None, self._rate_reason(highest, best))

    def _rate_reason(self, highest: float, best: float | None) -> str:
        if best is None:
            return self._undefined()
        reached = self.target + self.sign * best
        if self.now is not None and math.isclose(reached, self.now, rel_tol=1e-9):
            return NO_MATTER
        return f"even at {share_text(highest)} it is {self._text(reached)}"

    @property
    def _on_the_way(self) -> list[int]:
        """The steps that lead to the stage meant, or all."""
        stage, above = self.trials.stage, set[int]()
        if stage is None:
            return list(range(len(self.steps.keys)))
        at: int | None = stage
        while at is not None:
            above.add(at)
            at = self.flow.framework.parents[at]
        return [step for step, target in enumerate(self.steps.targets) if int(target) in above]

    def _lifted(self, factor: float, limits: Mapping[int, float]) -> dict[int, Floats]:
        """Raise rates by a factor, each up to its limit."""
        return {
            step: self.steps.raised(step, min(factor * float(self.steps.pooled[step]), limit))
            for step, limit in limits.items()
        }

    def _equal_lift(self, reasons: dict[str, str]) -> float | None:
        pooled, highest = self.steps.pooled, self.steps.highest
        limits = {step: float(highest[step]) for step in self._on_the_way}
        if not limits or not all(pooled[step] > 0 for step in limits):
            reasons["equal_lift"] = "a rate that is 0 or not known cannot be multiplied"
            return None
        tightest = min(limits, key=lambda step: highest[step] / pooled[step])
        most = float(highest[tightest] / pooled[tightest])

        def beyond(factor: float) -> float | None:
            return self._beyond(self.trials.value(1.0, self._lifted(factor, limits)))

        best, now = beyond(most), beyond(1.0)
        if self._holds(self.now) and now is not None:
            none = beyond(0.0)
            return 1.0 if none is not None and none >= 0 else crossing(beyond, 0.0, 1.0)
        if best is None or best < 0:
            name = self.design.framework[self.steps.keys[tightest]].name
            reached = self._text(None if best is None else self.target + self.sign * best)
            rises = f"{most:.4g}" != "1"
            limit = f"can be multiplied by {most:.4g} at most" if rises else "cannot rise any more"
            reasons["equal_lift"] = f"{name} {limit}, and then it is {reached}"
            return None
        return crossing(beyond, 1.0, most)

    def _levers(self, limits: Mapping[str, float], reasons: dict[str, str]) -> dict[str, float]:
        """Find the least change of several levers, as the sum of the squared logs of the factors.

        Where the goal is a product of them, that is the same factor for all that are not at their
        limits.
        """
        if not limits:
            return {}
        steps = {
            step: max(
                min(limits[key], float(self.steps.highest[step])), float(self.steps.pooled[step])
            )
            for step, key in enumerate(self.steps.keys)
            if key in limits and self.steps.pooled[step] > 0
        }
        base = self.trials.entrants
        most_times = max(1.0, limits.get(ENTRANTS, base) / base) if base else 1.0

        def beyond(factor: float) -> float | None:
            times = min(factor, most_times)
            return self._beyond(self.trials.value(times, self._lifted(factor, steps)))

        factors = [limit / float(self.steps.pooled[step]) for step, limit in steps.items()]
        highest = max([1.0, most_times, *factors])
        if self._holds(self.now):
            factor = 1.0
        else:
            best = beyond(highest)
            if best is None or best < 0:
                value = None if best is None else self.target + self.sign * best
                reasons["levers"] = (
                    f"even with all of them at their limits it is {self._text(value)}"
                )
                return {}
            factor = crossing(beyond, 1.0, highest)
        found = {
            self.steps.keys[step]: min(factor * float(self.steps.pooled[step]), limit)
            for step, limit in steps.items()
        }
        if ENTRANTS in limits:
            found[ENTRANTS] = math.ceil(base * min(factor, most_times) * (1 - SAME))
        return found
