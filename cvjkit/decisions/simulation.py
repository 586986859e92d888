"""The figures of a journey in many draws of its rates: bands, probabilities, comparisons.

The people who come in, costs, prices and margins are taken as typed; the rates are drawn from what
they rest on (`cvjkit.decisions.evidence`). So the answer is how far a figure may be off because the
rates are not known exactly. That as many people may do a little better or worse the next time comes
on top; `Journey.goal` allows for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cvjkit.decisions.band_tables import FigureBandsTable, StageBandsTable
from cvjkit.decisions.chance_words import simulation_summary, simulation_table, thin_evidence
from cvjkit.decisions.sampling_parameters import wrong_parameters
from cvjkit.decisions.stage_bands import StageBands, quantiles
from cvjkit.decisions.statement import COMPARISONS, read_statement
from cvjkit.errors import Fault, InputError, unknown_name
from cvjkit.model.economics import FIGURES
from cvjkit.model.figures import UndefinedError, apart
from cvjkit.model.intervals import rate_posterior
from cvjkit.shown import Shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cvjkit.decisions.drawn_flow import DrawnFlow
    from cvjkit.decisions.evidence import Way
    from cvjkit.model.design import Design
    from cvjkit.model.economics import StageColumns
    from cvjkit.model.intervals import Posterior
    from cvjkit.number_text import Unit

READ_AS: Mapping[str, Unit] = MappingProxyType(
    {"people": "people", "share": "share", "days": "days"}
)
"""How numbers beside a figure are read, by its unit; as amounts, if not listed."""


@dataclass(frozen=True, eq=False, repr=False)
class Simulation(Shown):
    """The figures of a journey in many draws of its rates.

    Parameters
    ----------
    design : Design
    count : int
        How many draws there are.
    seed : int
    level : float
        Probability with which a number lies in its band, between 0 and 1.
    ways : tuple of Way
        What the rates rest on.
    flow : DrawnFlow
    formulas : StageColumns
        The figures, with an entry for each draw.
    """

    design: Design
    count: int
    seed: int
    level: float
    ways: tuple[Way, ...]
    flow: DrawnFlow
    formulas: StageColumns

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """Say why figures have no draws.

        Returns
        -------
        mapping of str to str
            By the figure's key.
        """
        reasons = {}
        for key in FIGURES:
            try:
                getattr(self.formulas, key)
            except UndefinedError as why:
                reasons[key] = str(why)
        return MappingProxyType(reasons)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        """The names that can be asked for, and the units in which numbers beside them are read."""
        units: dict[str, Unit] = {
            key: READ_AS.get(figure.unit, "amount") for key, figure in FIGURES.items()
        }
        for key in self.design.framework.keys:
            units[f"stages.{key}.people"] = "people"
            units[f"stages.{key}.rate"] = "share"
        return units

    def values(self, name: str) -> NDArray[np.float64] | None:
        """Give the draws of a figure, or of a number of a stage.

        Parameters
        ----------
        name : str
            A figure of the economics, such as "profit"; ``stages.conversion.people``, or
            ``stages.conversion.rate`` for the step into the stage.

        Returns
        -------
        ndarray of float, shape (draws,), or None
            NaN in draws in which it is not defined, such as a total where each person brings one
            more or more; infinite where the payback never comes. None if it does not follow from
            what was typed.

        Raises
        ------
        InputError
            If there is no such name; the message lists them.
        """
        if name not in self._units:
            raise InputError("simulation", [unknown_name("figure", name, self._units)])
        if name in FIGURES:
            try:
                return self._each(getattr(self.formulas, name))
            except UndefinedError:
                return None
        _, key, column = name.split(".")
        stage = self.design.framework.index(key)
        return self._each(
            self.flow.numbers("people")[stage] if column == "people" else self._bands.step(stage)
        )

    def _each(self, number: Any) -> NDArray[np.float64] | None:
        return None if number is None else np.broadcast_to(np.asarray(number, float), self.count)

    @property
    def draws(self) -> pd.DataFrame:
        """The figures in each draw.

        Returns
        -------
        DataFrame
            A row for each draw; a column of dtype float64 for each figure that follows from what
            was typed, as in `values`.
        """
        columns = {key: self.values(key) for key in FIGURES if key not in self.reasons}
        return pd.DataFrame(columns, index=pd.RangeIndex(self.count, name="draw"))

    def interval(self, name: str, level: float | None = None) -> tuple[float | None, float | None]:
        """Give the bounds between which a number lies with a given probability.

        Parameters
        ----------
        name : str
            As in `values`.
        level : float, optional
            The probability, between 0 and 1; by default that of the simulation. What lies outside
            is split evenly.

        Returns
        -------
        low, high : float or None
            In the unit of the figure; infinite if the payback may never come. None if the number
            does not follow from what was typed, or is not defined in any draw; draws in which it
            is not defined are left out.

        Raises
        ------
        InputError
            If there is no such name, or the level is not between 0 and 1.
        """
        chosen = self.level if level is None else level
        faults = wrong_parameters(level=chosen)
        if faults:
            raise InputError("simulation", faults)
        bounds = quantiles(self.values(name), [(1 - chosen) / 2, (1 + chosen) / 2])
        low, high = (None if math.isnan(bound) else bound for bound in bounds)
        return low, high

    def probability(self, statement: str) -> float | None:
        """Work out the probability that a statement about the figures holds.

        Parameters
        ----------
        statement : str
            Names as in `values` and numbers, with <, <=, > or >= between them: "ltv_net > cac",
            "500 <= customers < 1000", "stages.conversion.rate >= 5%".

        Returns
        -------
        float or None
            Share, 0 to 1, of the draws in which all of it holds; it does not where a figure is not
            defined. None if a figure does not follow from what was typed.

        Raises
        ------
        InputError
            If the statement cannot be read, or there is no such name.
        """
        holds: Any = True
        for comparison in read_statement(statement, self._units):
            sides = [
                self.values(side) if isinstance(side, str) else side
                for side in (comparison.left, comparison.right)
            ]
            if any(side is None for side in sides):
                return None
            holds &= COMPARISONS[comparison.sign](*sides)
        return float(np.mean(holds))

    @property
    def figures(self) -> pd.DataFrame:
        """The figures with their bands.

        Returns
        -------
        DataFrame
            Indexed by the figure's key; columns of dtype float64, NaN where not known: value (as in
            `economics`), low, median and high (of the draws), undefined (share, 0 to 1, of the
            draws in which it is not defined).
        """
        economics, rows = self.design.economics(), []
        probabilities = [(1 - self.level) / 2, 0.5, (1 + self.level) / 2]
        for key in FIGURES:
            values = self.values(key)
            undefined = 1.0 if values is None else float(np.isnan(values).mean())
            value = economics[key]
            rows.append(
                [
                    math.nan if value is None else value,
                    *quantiles(values, probabilities),
                    undefined,
                ]
            )
        columns = ["value", "low", "median", "high", "undefined"]
        index = pd.Index(FIGURES, name="figure")
        table = FigureBandsTable(rows, index, columns, dtype=float)
        return table.described(currency=self.design.currency)

    @property
    def stages(self) -> pd.DataFrame:
        """The people and rates of each stage with their bands.

        Returns
        -------
        DataFrame
            Indexed by stage key; the columns are those of `Flow.stages`, each with the ends of its
            band: name (str); people, people_low, people_high; step_rate, step_low, step_high;
            overall_rate, overall_low, overall_high. Dtype float64, NaN where not known.

        Notes
        -----
        Where people were counted at two stages and move by steps alone, the band of the rate
        between the two is that of its direct posterior Beta(s + 1/2, n - s + 1/2). Unlike a product
        of steps it does not depend on the stages in between: every framework gives the same.
        """
        names = {stage.key: stage.name for stage in self.design.framework}
        return StageBandsTable(self._bands.table(self.level)).described(names)

    @cached_property
    def _bands(self) -> StageBands:
        return StageBands(self.design, self.flow)

    def overall(self, stage: str) -> Posterior | None:
        """Give the distribution of the overall rate of a stage, the share of all who start.

        Parameters
        ----------
        stage : str
            Its key.

        Returns
        -------
        Posterior or None
            The direct posterior Beta(s + 1/2, n - s + 1/2) of n people at the first stage of whom
            s reached this one: the same in every framework. None unless it follows from these two
            counts: rates may be typed, and people may enter, return or be brought in on the way.

        Raises
        ------
        InputError
            If there is no such stage.
        """
        framework = self.design.framework
        if stage not in framework.keys:
            raise InputError("simulation", [unknown_name("stage", stage, framework.keys)])
        counts = self._bands.counted(0, framework.index(stage))
        return None if counts is None else rate_posterior(*counts)

    def against(self, other: Simulation) -> pd.DataFrame:
        """Compare the figures with those of another journey, draw by draw.

        Parameters
        ----------
        other : Simulation
            With as many draws and the same seed. Rates that rest on the same evidence in both are
            then the same in each draw, so that only what differs makes a difference.

        Returns
        -------
        DataFrame
            Indexed by the figure's key; dtype float64, NaN where not known. difference, low,
            median, high: by how much the figure is higher here (as typed, and in the draws). better
            is the probability that it is better here: higher, or lower for costs and payback.

        Raises
        ------
        InputError
            If the draws or seeds differ.
        """
        self._check_same_draws(other)
        rows: list[list[float | None]] = []
        for key in FIGURES:
            here, there = (one.design.economics()[key] for one in (self, other))
            difference = math.nan if here is None or there is None else float(apart(here, there))
            differences = self._apart(other, key)
            if differences is None:
                rows.append([difference, *[math.nan] * 4])
                continue
            probabilities = [(1 - self.level) / 2, 0.5, (1 + self.level) / 2]
            rows.append([difference, *quantiles(differences, probabilities)])
            rows[-1].append(self._better(other, key))
        columns = ["difference", "low", "median", "high", "better"]
        index = pd.Index(FIGURES, name="figure")
        table = FigureBandsTable(rows, index, columns, dtype=float)
        return table.described(currency=self.design.currency)

    def beats(self, other: Simulation, figure: str = "profit") -> float | None:
        """Work out the probability that a figure is better here than in another journey.

        Parameters
        ----------
        other : Simulation
            As in `against`.
        figure : str
            Its key. Costs and payback are better if lower, all others if higher.

        Returns
        -------
        float or None
            Share, 0 to 1, of the draws; None if the figure is not known in both.

        Raises
        ------
        InputError
            If there is no such figure, or the draws or seeds differ.
        """
        if figure not in FIGURES:
            raise InputError("simulation", [unknown_name("figure", figure, FIGURES)])
        return self._better(other, figure)

    def _better(self, other: Simulation, figure: str) -> float | None:
        self._check_same_draws(other)
        differences = self._apart(other, figure)
        if differences is None:
            return None
        return float(
            np.mean(differences < 0 if FIGURES[figure].less_is_better else differences > 0)
        )

    def _apart(self, other: Simulation, figure: str) -> NDArray[np.float64] | None:
        ours, theirs = self.values(figure), other.values(figure)
        return None if ours is None or theirs is None else apart(ours, theirs)

    def _check_same_draws(self, other: Simulation) -> None:
        if (self.count, self.seed) != (other.count, other.seed):
            value = f"{other.count} draws with seed {other.seed}"
            rule = f"cannot be compared with {self.count} draws with seed {self.seed}"
            fault = Fault("other", value, rule, "simulate both with the same draws and seed")
            raise InputError("simulation", [fault])

    @property
    def thin(self) -> tuple[str, ...]:
        """Say which rates rest on few people, the least sure first."""
        return thin_evidence(self.design, self.ways, self.level)

    @property
    def summary(self) -> str:
        """What the simulation shows, in a few sentences."""
        return simulation_summary(self)

    @property
    def shown(self) -> pd.DataFrame:
        """The figures with their bands as people read them.

        Returns
        -------
        DataFrame
            All columns are text.
        """
        return simulation_table(self)
