"""How much the numbers depend on the definition: one log, counted in several ways side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from string import ascii_lowercase
from types import MappingProxyType
from typing import TYPE_CHECKING, Unpack

import pandas as pd

from cvjkit.measurement.definition import ORDERS, REENTRIES, WITHOUT_ORDER
from cvjkit.measurement.measure import counted
from cvjkit.measurement.window import time_of, time_text
from cvjkit.number_text import count_text, people_text
from cvjkit.shown import Shown

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cvjkit.catalog.framework import Framework
    from cvjkit.charts.style import Theme
    from cvjkit.measurement.measured import MeasuredJourney
    from cvjkit.measurement.options import Counting, Events, Options

WINDOWS = ("1d", "7d", "30d", None)
AS_ASKED_FOR = "as asked for"
"""What the definition is called that the others differ from."""
WORDS = MappingProxyType(
    {
        AS_ASKED_FOR: "As measured",
        "order ordered": "The stages in their order",
        "order strict_order": "Nothing else in between",
        "order strict_increase": "Each stage later than the one before",
        "order any_order": "The stages in any order",
        "order open": "Each stage by itself",
        "reentry best": "The attempt that gets furthest",
        "reentry first": "Only the first attempt",
        "reentry every": "All attempts",
    }
)
"""What definitions are called for people; `definition_text` knows windows as well."""
UNITS = MappingProxyType(
    {
        "d": "day",
        "h": "hour",
        "min": "minute",
        "s": "second",
        "ms": "millisecond",
        "us": "microsecond",
    }
)
"""What the units are called that `time_text` writes."""


@dataclass(frozen=True, eq=False, repr=False)
class Sensitivity(Shown):
    """One log, counted under several definitions.

    Attributes
    ----------
    base : MeasuredJourney
        As asked for.
    others : mapping of str to MeasuredJourney
        With one thing different, by what that is, such as "order open" or "window 7d": each as
        :func:`cvjkit.measure` gives it.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> plan = cvj.Journey.from_rates("five", 100, [0.5, 0.2, 0.5, 0.5])
    >>> found = cvj.sensitivity(plan.simulate_log(1000), "five")
    >>> print(found.summary)
    31 at Loyalty as measured, and in all 9 other ways of counting.
    """

    base: MeasuredJourney
    others: Mapping[str, MeasuredJourney]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The people at each stage under each definition.

        Returns
        -------
        DataFrame
            A row for each stage of each definition, the one asked for first.

            - definition (str): what is different, as in `others`; "as asked for" of the first.
            - words (str): the same in words.
            - key (str): of the stage; label (str): its name.
            - people (float64): who reach it; NaN where it has no events.
            - change (float64): people less those as asked for; change_share (float64): as a share
              of these, NaN where they are 0.
        """
        framework = self.base.framework
        before = self.base.flow().numbers("people")
        rows = []
        for name, journey in {AS_ASKED_FOR: self.base, **self.others}.items():
            people, words = journey.flow().numbers("people"), definition_text(name)
            for stage, now, then in zip(framework, people, before, strict=True):
                change = None if now is None or then is None else now - then
                share = change / then if change is not None and then else None
                rows.append((name, words, stage.key, stage.name, now, change, share))
        columns = ["definition", "words", "key", "label", "people", "change", "change_share"]
        table = pd.DataFrame(rows, columns=columns)
        return table.astype(dict.fromkeys(columns[4:], "float64"))

    @property
    def shown(self) -> pd.DataFrame:
        """The people at each stage under each definition, as people read it.

        Returns
        -------
        DataFrame
            A row for each definition, a column for each stage. All columns are text.
        """
        names = [stage.name for stage in self.base.framework]
        rows = {
            definition_text(name): [people_text(one) for one in journey.flow().numbers("people")]
            for name, journey in {AS_ASKED_FOR: self.base, **self.others}.items()
        }
        shown = pd.DataFrame.from_dict(rows, orient="index", columns=names)
        return shown.rename_axis("Counted")

    @property
    def summary(self) -> str:
        """How far apart the numbers at the last stage with events are.

        Returns
        -------
        str
        """
        known = self.table["key"][self.table["people"].notna()]
        return self.said(known.iloc[-1])

    def said(self, stage: str) -> str:
        """Say how far apart the numbers at a stage are.

        Parameters
        ----------
        stage : str
            Its key. It has events.

        Returns
        -------
        str
        """
        rows = self.table[self.table["key"] == stage]
        texts = rows["people"].map(people_text)
        asked = texts.iloc[0]
        start = f"{asked} at {rows['label'].iloc[0]} as measured"
        ends = [rows["people"].argmin(), rows["people"].argmax()]
        others = [
            f"{texts.iloc[end]} if counted “{rows['words'].iloc[end]}”"
            for end in ends
            if texts.iloc[end] != asked
        ]
        if not others:
            return f"{start}, and in all {len(self.others)} other ways of counting."
        return f"{start}; {' and '.join(others)}."

    def figure(self, *, theme: Theme = "light") -> go.Figure:
        """Draw the people at each stage under each definition.

        Parameters
        ----------
        theme : {"light", "dark"}

        Returns
        -------
        plotly.graph_objects.Figure
            A bar for each stage of each definition, as long as its share of the people as asked
            for. `layout.meta["summary"]` says what it shows.

        Raises
        ------
        InputError
            If there is no such theme.
        """
        from cvjkit.charts.sensitivity import sensitivity_figure

        return sensitivity_figure(self.table, self.base.name, self.summary, theme=theme)


def sensitivity(
    log: object,
    framework: str | Framework,
    events: Events | None = None,
    *,
    windows: str | timedelta | Iterable[str | timedelta | None] = WINDOWS,
    **options: Unpack[Options],
) -> Sensitivity:
    """Count the people of one log under several definitions, to see what depends on them.

    Each differs from the one asked for in one thing: the order, which attempts count, or the
    window. The log is read once.

    Parameters
    ----------
    log : object
    framework : str or Framework
    events : mapping of str or re.Pattern to str or iterable of str, optional
        All as in :func:`cvjkit.measure`.
    windows : iterable of str, timedelta or None
        The windows to compare; None is any time. One may be given alone.
    **options
        As in :func:`cvjkit.measure`.

    Returns
    -------
    Sensitivity
        Where stages are optional or have a time of their own, or events are excluded, without the
        orders for which that has no meaning.

    Raises
    ------
    InputError
        As `measure`.
    """
    several = [windows] if isinstance(windows, str | timedelta) else windows
    others = dict(_others(options, several))
    base, *found = counted(log, framework, events, options, [{}, *others.values()])
    return Sensitivity(base, dict(zip(others, found, strict=True)))


def _others(
    options: Options, windows: Iterable[str | timedelta | None]
) -> Iterable[tuple[str, Counting]]:
    """List what may be different, and what it is called."""
    needs_order = any(options.get(name) for name in ("optional", "within", "exclusions"))
    for order in ORDERS:
        if order != options.get("order", "ordered") and not (
            needs_order and order in WITHOUT_ORDER
        ):
            yield f"order {order}", {"order": order}
    for reentry in REENTRIES:
        if reentry != options.get("reentry", "best"):
            yield f"reentry {reentry}", {"reentry": reentry}
    for window in windows:
        span = time_of(window, "windows")
        if span != time_of(options.get("window"), "window"):
            yield f"window {time_text(span)}", {"window": span}


def definition_text(name: str) -> str:
    """Say in words what is different in a definition.

    Parameters
    ----------
    name : str
        As in `Sensitivity.others`.

    Returns
    -------
    str

    Examples
    --------
    >>> definition_text("window 1h"), definition_text("order any_order")
    ('Within 1 hour of the first stage', 'The stages in any order')
    """
    kind, _, value = name.partition(" ")
    if kind != "window":
        return WORDS[name]
    if value == time_text(None):
        return "However long it takes"
    number = value.rstrip(ascii_lowercase)
    return f"Within {count_text(number, UNITS[value.removeprefix(number)])} of the first stage"
