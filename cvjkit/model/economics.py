"""What a journey costs and brings: acquisition cost, lifetime value, payback, profit, by stage.

A figure that does not follow from what was typed is None and has a reason.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cvjkit.model.figures import Figure, UndefinedError
from cvjkit.model.flow import known_numbers
from cvjkit.model.formulas import Formulas
from cvjkit.model.lifetime import lifetime_value, payback_cycles
from cvjkit.model.money import BOUGHT_AGAIN, FIRST_PAYMENT
from cvjkit.shown import Heading, Shown, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from cvjkit.catalog.framework import Framework
    from cvjkit.model.flow import Floats

__all__ = [
    "BOUGHT_AGAIN",
    "FIGURES",
    "FIRST_PAYMENT",
    "Economics",
    "UndefinedError",
    "appraise",
    "lifetime_value",
    "payback_cycles",
]

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {name: value for name, value in vars(Formulas).items() if isinstance(value, Figure)}
)
"""The figures by their keys."""


class MoneyTable(Table):
    """The money of each stage: what `Economics.stages` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "cost": Heading("Cost", "money"),
        "contribution": Heading("Contribution", "money"),
        "gain_per_visit": Heading("Gain per arrival", "money"),
        "cost_per_person": Heading("Cost per person so far", "money"),
        "value_to_go": Heading("Worth of one person", "money"),
    }


class FiguresTable(Table):
    """The figures with their meanings: what `Economics.table` gives."""

    @property
    def shown(self) -> pd.DataFrame:
        """The figures as people read them.

        Returns
        -------
        DataFrame
            Indexed by the figure's title; a column of text, the value or why it is undefined.
        """
        texts = [
            why or FIGURES[key].text(value, self.attrs["currency"])
            for key, value, why in zip(self.index, self.value, self.reason, strict=True)
        ]
        index = pd.Index(self.title, name="Figure")
        return pd.DataFrame({"Value": texts}, index, dtype=object)


@dataclass(frozen=True, eq=False, repr=False)
class Economics(Shown):
    """What a flow costs and brings.

    The figures of `FIGURES` are attributes: `cac`, `ltv`, `profit` and so on, float, or None where
    undefined. `table` lists them with their meanings.

    Parameters
    ----------
    values : mapping of str to float or None
        The figures by their keys.
    reasons : mapping of str to str
        Why a figure is None, by its key.
    horizon : str
        The orders that `ltv`, `ltv_net` and `profit` count.
    delays : str
        What `payback_days` leaves out, such as ", without the delay to the first payment".
    framework : Framework
    currency : str
        Of the journey; empty if none was typed.
    columns : mapping of str to ndarray of float, shape (stages,)
        The columns of `stages`.
    """

    values: Mapping[str, float | None]
    reasons: Mapping[str, str]
    horizon: str
    delays: str
    framework: Framework
    currency: str
    columns: Mapping[str, Floats]

    def __getattr__(self, name: str) -> float | None:
        if name not in FIGURES:
            raise AttributeError(f"{name!r} is not a figure; choose one of {', '.join(FIGURES)}")
        return self.values[name]

    def __dir__(self) -> Iterable[str]:
        return sorted({*super().__dir__(), *FIGURES})

    def __getitem__(self, figure: str) -> float | None:
        """Look a figure up by its key.

        Parameters
        ----------
        figure : str

        Returns
        -------
        float or None

        Raises
        ------
        KeyError
            If there is no such figure; the message lists them.
        """
        if figure not in FIGURES:
            raise KeyError(f"{figure!r} is not a figure; choose one of {', '.join(FIGURES)}")
        return self.values[figure]

    @property
    def stages(self) -> pd.DataFrame:
        """The money of each stage.

        Returns
        -------
        DataFrame
            Indexed by stage key; all columns have dtype float64, NaN where not known. Changing the
            table does not change the economics.

            - cost: of all visits, and fixed [currency].
            - contribution: margins of all visits; those of orders after the second count where
              people buy again [currency].
            - gain_per_visit: contribution less unit cost of one visit [currency per visit].
            - cost_per_person: cost of this stage and all before it / people [currency per person].
            - value_to_go: money that one more person there still brings [currency per person].
        """
        index = pd.Index(self.framework.keys, name="stage")
        columns = {key: column.copy() for key, column in self.columns.items()}
        names = {stage.key: stage.name for stage in self.framework}
        return MoneyTable(columns, index).described(names, self.currency)

    def numbers(self, column: str) -> list[float | None]:
        """Give a column of `stages` as plain numbers.

        Parameters
        ----------
        column : str

        Returns
        -------
        list of float or None
            One for each stage; None where it is not known.
        """
        return known_numbers(self.columns[column])

    @property
    def table(self) -> FiguresTable:
        """The figures as a table.

        Returns
        -------
        FiguresTable
            Indexed by the figure's key; columns of dtype object: value (float or None), reason
            (why it is None), title, unit, meaning, formula.
        """
        rows = [
            (self[key], self.reasons.get(key, ""), one.title, one.unit, one.meaning, one.formula)
            for key, one in FIGURES.items()
        ]
        columns = ["value", "reason", "title", "unit", "meaning", "formula"]
        table = FiguresTable(rows, pd.Index(FIGURES, name="figure"), columns, dtype=object)
        return table.described(currency=self.currency)

    @property
    def summary(self) -> str:
        """The figures that matter most, as far as they are known."""
        said = []
        for key, figure in FIGURES.items():
            if figure.phrase and self[key] is not None:
                text = self.text(key, self.currency) + self.left_out(key)
                phrase = figure.phrase_for(text)
                words = (text, phrase) if figure.unit == "people" else (phrase, text)
                said.append(" ".join(words))
        return "; ".join(said).replace("; and ", " and ")

    @property
    def shown(self) -> pd.DataFrame:
        """The figures as people read them.

        Returns
        -------
        DataFrame
            As in `FiguresTable.shown`.
        """
        return self.table.shown

    def text(self, figure: str, currency: str = "") -> str:
        """Write a figure as people read it.

        Parameters
        ----------
        figure : str
            Its key.
        currency : str
            Code or sign for amounts of money.

        Returns
        -------
        str
            A dash where it is undefined.
        """
        return FIGURES[figure].text(self[figure], currency)

    def remark(self, figure: str, currency: str = "") -> str:
        """Give the remark on a figure, or the reason if it is undefined.

        Parameters
        ----------
        figure : str
            Its key.
        currency : str
            Code or sign for amounts of money.

        Returns
        -------
        str
            Empty if there is nothing to say.
        """
        if figure in self.reasons:
            return self.reasons[figure]
        texts = {key: self.text(key, currency) for key in FIGURES}
        return FIGURES[figure].remark.format(**texts, horizon=self.horizon, delays=self.delays)

    def left_out(self, figure: str) -> str:
        """Give what a known figure leaves out, because it was not typed.

        Parameters
        ----------
        figure : str
            Its key.

        Returns
        -------
        str
            The end of a sentence, such as ", without the delay to the first payment"; empty if it
            leaves nothing out.
        """
        said = self[figure] is not None and "{delays}" in FIGURES[figure].remark
        return self.delays if said else ""


def appraise(formulas: StageColumns, currency: str = "") -> Economics:
    """Work out all figures.

    Parameters
    ----------
    formulas : StageColumns
        With what was typed.
    currency : str
        Code or sign for amounts of money.

    Returns
    -------
    Economics
    """
    found = {figure: figure_of(formulas, figure) for figure in FIGURES}
    return Economics(
        values=MappingProxyType({figure: value for figure, (value, _) in found.items()}),
        reasons=MappingProxyType({figure: why for figure, (_, why) in found.items() if why}),
        horizon=formulas.horizon,
        delays=formulas.delays,
        framework=formulas.flow.framework,
        currency=currency,
        columns=MappingProxyType(formulas.columns),
    )


def figure_of(formulas: StageColumns, figure: str) -> tuple[float | None, str]:
    """Work out one figure.

    Parameters
    ----------
    formulas : StageColumns
    figure : str
        Its key.

    Returns
    -------
    tuple of float or None and str
        The figure; if it is None, the reason.
    """
    try:
        return _finite(getattr(formulas, figure)), ""
    except UndefinedError as why:
        return None, str(why)


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise UndefinedError("the numbers typed are too large, or too small, to work it out")
    return float(value)


class StageColumns(Formulas):
    """The figures, and a number for each stage.

    Parameters
    ----------
    **fields
        As in `Formulas`.
    """

    @cached_property
    def _gains(self) -> NDArray[np.float64]:
        """Contribution less unit cost of one visit to each stage."""
        return np.asarray(self._margins - np.nan_to_num(self._typed("unit_cost")))

    @cached_property
    def _value_to_go(self) -> NDArray[np.float64]:
        """Money that one more person at each stage still brings, averaged over all people."""
        values = self.flow.value_to_go(self._gains)
        people = np.where(self.flow.undefined, 0, self.flow.people)
        weights = np.where(people.sum(axis=0) > 0, people, 1)
        return np.asarray((values * weights).sum(axis=0) / weights.sum(axis=0))

    @property
    def columns(self) -> dict[str, NDArray[np.float64]]:
        """The columns of `Economics.stages`: a number for each stage, NaN where undefined."""
        positions = range(len(self.flow.framework))
        formulas = {
            "cost": self._cost,
            "contribution": self._contribution,
            "gain_per_visit": self._gain,
            "cost_per_person": self._cost_per_person,
            "value_to_go": self._one_value_to_go,
        }
        return {
            name: np.array([_or_nan(formula, stage) for stage in positions])
            for name, formula in formulas.items()
        }

    def _cost(self, stage: int) -> float:
        self._require_costs()
        return self._costs([stage])

    def _contribution(self, stage: int) -> float:
        margin = float(self._margins[stage])
        return margin * self._at("visits", stage) if margin else 0.0

    def _gain(self, stage: int) -> float:
        return float(self._gains[stage])

    def _cost_per_person(self, stage: int) -> float:
        self._require_costs()
        people = self._at("people", stage)
        if people == 0:
            raise UndefinedError("nobody gets here")
        return (self._costs(self._passed(stage)) + self._common_cost) / people

    def _one_value_to_go(self, stage: int) -> float:
        self._at("people", stage)
        return float(self._value_to_go[stage])


def _or_nan(formula: Callable[[int], float], stage: int) -> float:
    try:
        value = formula(stage)
    except UndefinedError:
        return math.nan
    return value if math.isfinite(value) else math.nan
