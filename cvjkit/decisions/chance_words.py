"""What a simulation says in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from cvjkit.model.economics import FIGURES
from cvjkit.model.intervals import rate_interval
from cvjkit.number_text import count_text, people_text, share_text
from cvjkit.shown import chance_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.decisions.evidence import Way
    from cvjkit.decisions.simulation import Simulation
    from cvjkit.model.design import Design

THIN = 2  # rates named in a summary


def band_text(simulation: Simulation, figure: str) -> str:
    """Write the band of a figure.

    Parameters
    ----------
    simulation : Simulation
    figure : str
        Its key.

    Returns
    -------
    str
        Empty if the figure is not known.

    Examples
    --------
    >>> from cvjkit.decisions.simulate import simulate
    >>> from cvjkit.model.design import Design
    >>> shop = Design.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> band_text(simulate(shop, draws=10_000), "customers")
    '84 to 117'
    """
    low, high = simulation.interval(figure)
    if low is None or high is None:
        return ""
    currency = simulation.design.currency
    ends = [
        "never" if math.isinf(end) else FIGURES[figure].text(end, currency) for end in (low, high)
    ]
    return " to ".join(ends)


def simulation_table(simulation: Simulation) -> pd.DataFrame:
    """Give the figures with their bands as people read them.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    DataFrame
        Indexed by the figure's title; all columns are text. Figures that are not known are left
        out.
    """
    economics, currency = simulation.design.economics(), simulation.design.currency
    rows = {
        FIGURES[key].short: (economics.text(key, currency), band)
        for key in FIGURES
        if (band := band_text(simulation, key))
    }
    columns = ["As it stands", f"With {share_text(simulation.level)} probability"]
    table = pd.DataFrame(rows.values(), list(rows), columns, dtype=object)
    return table.rename_axis("Figure")


def simulation_summary(simulation: Simulation) -> str:
    """Say how sure the figures are.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    str
        A few sentences.
    """
    name, level = simulation.design.name, share_text(simulation.level)
    main = next((key for key in ("profit", "customers") if band_text(simulation, key)), None)
    if main is None:
        return f"{name}: nothing that follows from the rates is known yet."
    title = FIGURES[main].short if main == "customers" else FIGURES[main].title
    band = band_text(simulation, main)
    first = f"{title.lower()} {band} with a probability of {level}, as far as the rates are known"
    sentences = [f"{name}: {first}."]
    repays = simulation.probability("ltv_net > cac")
    if repays is not None:
        sentences.append(
            "The probability that a customer brings more than winning one costs is "
            f"{chance_text(repays)}."
        )
    ends = simulation.probability("k < 1")
    if ends is not None and ends < 1:
        sentences.append(
            "The probability that each person brings less than one new person, so that the "
            f"numbers do not grow without end, is {chance_text(ends)}."
        )
    thin = simulation.thin
    sentences += thin[:THIN]
    if len(thin) > THIN:
        sentences.append(
            f"The evidence is as thin for {count_text(len(thin) - THIN, 'more rate')}."
        )
    return " ".join(sentences)


def thin_evidence(design: Design, ways: Sequence[Way], level: float) -> tuple[str, ...]:
    """Say which rates rest on few people.

    Parameters
    ----------
    design : Design
    ways : sequence of Way
        Its ways.
    level : float
        Probability with which a rate lies in the band that is told, between 0 and 1.

    Returns
    -------
    tuple of str
        A sentence for each rate of a step that rests on fewer people than `thresholds.thin_people`,
        or whose band is wider than `thresholds.thin_width` allows; the widest band, seen against
        the rate, first.
    """
    found = []
    for way in ways:
        share = float(design.flow().shares[way.segment, way.source, way.target])
        low, high = _band(way, share, level)
        width = (high - low) / 2 / share if share else math.inf
        limits = design.thresholds
        if (way.counted or way.told) and (
            way.cases < limits.thin_people or width > limits.thin_width
        ):
            found.append((width, way.cases, _thin(design, way, share, (low, high))))
    return tuple(sentence for _, _, sentence in sorted(found, key=lambda one: (-one[0], one[1])))


def _band(way: Way, share: float, level: float) -> tuple[float, float]:
    if way.counted:
        seen = min(way.cases, way.cases * share)
        return rate_interval(seen, way.cases, level) if way.cases else (0.0, 1.0)
    from scipy.special import betaincinv, expit, ndtri

    ends = ((1 - level) / 2, (1 + level) / 2)
    if way.odds is not None:
        low, high = (float(expit(way.odds.quantile(ndtri(end)))) for end in ends)
    elif min(way.alpha, way.beta) == 0:
        low = high = share
    else:
        low, high = (float(betaincinv(way.alpha, way.beta, end)) for end in ends)
    return low, high


def _thin(design: Design, way: Way, share: float, band: tuple[float, float]) -> str:
    stages = design.framework.stages
    of = f" of {design.segments[way.segment].name}" if len(design.segments) > 1 else ""
    seen = people_text(way.cases)
    low, high = (share_text(end) for end in band)
    rests = f"rests on {seen} {'person' if seen == '1' else 'people'}"
    if way.told:
        cases = f"as sure as {seen} {'case' if seen == '1' else 'cases'}"
        rests = f"is typed, {'as a range' if way.odds is not None else cases},"
    return (
        f"Thin evidence: {share_text(share)} from {stages[way.source].name} to "
        f"{stages[way.target].name}{of} {rests} and may be {low} to {high}."
    )
