"""Lines over days as plain data, for a form to draw: few points, few marks on the axes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

POINTS, TICKS = 92, 4
DIGITS = 4
STEPS = (1, 2, 2.5, 5, 10)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart, or the upper edge of an area.

    Parameters
    ----------
    id, name : str
    values : tuple of float
        One for each of the chart's days, up from the lower end of its axis.
    """

    id: str
    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Lines over days.

    Parameters
    ----------
    id, title : str
    summary : str
        What it shows.
    lines : tuple of Line
    days : tuple of int
    low, high : float
        Ends of the vertical axis.
    ticks, day_ticks : tuple of (float, str)
        Marks on the axes, and what is written there.
    stacked : bool
        Whether each line is the upper edge of an area that lies on the one before.
    mark : tuple of (float, float, str) or None
        A point to mark: day, value and what is written there.
    """

    id: str
    title: str
    summary: str
    lines: tuple[Line, ...]
    days: tuple[int, ...]
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    day_ticks: tuple[tuple[float, str], ...]
    stacked: bool = False
    mark: tuple[float, float, str] | None = None


def line_chart(
    key: str,
    title: str,
    summary: str,
    lines: Mapping[str, tuple[str, NDArray[np.float64]]],
    written: Callable[[float], str],
    *,
    stacked: bool = False,
    mark: tuple[float, float, str] | None = None,
) -> Chart:
    """Make a chart of lines that have a value on each day.

    Parameters
    ----------
    key : str
        Id of the chart.
    title : str
    summary : str
        What it shows.
    lines : mapping of str to (str, ndarray of float)
        Name and values of each by its id; all equally long, from day 0 on, none of them NaN.
    written : callable
        Writes a value of the vertical axis.
    stacked : bool
        Whether they lie on one another.
    mark : tuple of (float, float, str), optional
        As in `Chart`.

    Returns
    -------
    Chart

    Examples
    --------
    >>> from cvjkit.number_text import people_text
    >>> chart = line_chart("a", "", "", {"x": ("X", np.array([0.0, 50, 95]))}, people_text)
    >>> chart.days, [text for _, text in chart.ticks], (chart.low, chart.high)
    ((0, 1, 2), ['0', '25', '50', '75', '100'], (0.0, 100.0))
    """
    values = {name: numbers for name, (_, numbers) in lines.items()}
    if stacked:
        edges = np.cumsum(list(values.values()), axis=0)
        values = dict(zip(values, edges, strict=True))
    last = max((len(numbers) for numbers in values.values()), default=1) - 1
    days = [*range(0, last, max(1, math.ceil(last / (POINTS - 1)))), last]
    ends = [
        0.0,
        *(float(end) for numbers in values.values() for end in (numbers.min(), numbers.max())),
    ]
    ticks = ticks_between(min(ends), max(ends))
    shown = [
        Line(name, lines[name][0], tuple(_short(float(numbers[day])) for day in days))
        for name, numbers in values.items()
    ]
    day_ticks = [tick for tick in ticks_between(0, last) if tick <= last and not tick % 1]
    return Chart(
        key,
        title,
        summary,
        tuple(shown),
        tuple(days),
        ticks[0],
        ticks[-1],
        tuple((tick, written(tick)) for tick in ticks),
        tuple((tick, f"{tick:,.0f}{' days' * (tick == day_ticks[-1])}") for tick in day_ticks),
        stacked,
        mark,
    )


def ticks_between(low: float, high: float) -> list[float]:
    """Choose round numbers that reach from one end of an axis to the other.

    Parameters
    ----------
    low : float
    high : float

    Returns
    -------
    list of float
        The first is at most `low`, the last at least `high`.

    Examples
    --------
    >>> ticks_between(-120, 900), ticks_between(0, 3)
    ([-500.0, 0.0, 500.0, 1000.0], [0.0, 1.0, 2.0, 3.0])
    """
    if not high > low:
        high = low + 1
    rough = (high - low) / TICKS
    scale = 10.0 ** math.floor(math.log10(rough))
    step = next((step * scale for step in STEPS if step * scale >= rough * (1 - 1e-9)), rough)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def _short(number: float) -> float:
    return float(f"{number:.{DIGITS}g}")
