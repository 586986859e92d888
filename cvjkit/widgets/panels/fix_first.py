"""Fix first: what a better rate is worth at each step, as bars to press and as a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from cvjkit.decisions.explain_step import explain_step
from cvjkit.errors import InputError
from cvjkit.number_text import DASH, money_text, people_text, share_text
from cvjkit.shown import chance_text, text_of, texts_of
from cvjkit.widgets.builders import line
from cvjkit.widgets.fields import Act, Article, Field, Part, Row, Table
from cvjkit.widgets.panels.entries import Asked, Typed, reasons
from cvjkit.widgets.panels.explained import answered

if TYPE_CHECKING:
    from cvjkit.decisions.aims import Lift
    from cvjkit.decisions.priorities import FixFirst
    from cvjkit.journey import Journey
    from cvjkit.shown import Unit
    from cvjkit.widgets.codec import Choices

TITLE = "Fix first"
CHOOSE = ("lift", "lift", "lift")
BARS = 4
LIFTS = {"tenth": "Ten percent more", "point": "One point more", "best": "Best segment's rate"}
TARGETS: dict[str, tuple[str, Literal["share", "amount"]]] = {
    "target": ("Your target", "share"),
    "cost": ("What it costs", "amount"),
}


def fix_first_parts(asked: Asked) -> tuple[Part, Part]:
    """Show what a better rate is worth at each step.

    Parameters
    ----------
    asked : Asked
        Its entries may have targets and costs.

    Returns
    -------
    tuple of Part
        The best steps as bars, of which each can be tried out; and all steps in a table.
    """
    journey, choices = asked.journey, _lifts(asked)
    tabs = asked.choice(CHOOSE, "What is compared", choices, "tenth")
    lift = cast("Lift", tabs.text)
    typed = {
        (key, name): asked.number(("aims", key, name), f"{label}: {stage.name}", unit)
        for key, stage in zip(journey.framework.keys, journey.framework, strict=True)
        for name, (label, unit) in TARGETS.items()
    }
    try:
        first = _answer(asked, typed, lift)
    except InputError as error:
        told = reasons(error)
        typed = {
            (key, name): number.refused(told[f"{name}s.{key}"])
            if f"{name}s.{key}" in told
            else number
            for (key, name), number in typed.items()
        }
        first = _answer(asked, typed, lift)
    bars = tuple(_bars(asked, first))
    why, *more = first.sentences
    best = Part(
        "first",
        f"{TITLE}: what it is worth in {first.by}",
        (line("lift", tabs), Table("first", bars, (("step", "Step"), ("try", "")))),
        (why,),
        articles=(Article("first-why", "Why", lines=(("", " ".join(more)),)),) if more else (),
    )
    return best, _steps(journey, first, typed)


def _answer(asked: Asked, typed: Mapping[tuple[str, str], Typed], lift: Lift) -> FixFirst:
    numbers: dict[str, dict[str, float]] = {name: {} for name in TARGETS}
    for (key, name), number in typed.items():
        if number.value is not None:
            numbers[name][key] = number.value
    return asked.journey.fix_first(numbers["target"], numbers["cost"], lift=lift)


def _lifts(asked: Asked) -> Choices:
    several = len(asked.journey.segments) > 1
    return tuple((key, name) for key, name in LIFTS.items() if several or key != "best")


def _bars(asked: Asked, first: FixFirst) -> list[Row]:
    """Make the bars of the best steps, the longest first."""
    names, currency = first.attrs["names"], first.attrs["currency"]
    most = max([0.0, *first["score"].dropna()])
    bars: list[Row] = []
    for key, row in first.to_dict("index").items():
        stage, score = str(key), float(row["score"])
        if not score > 0 or len(bars) == BARS:
            continue
        worth = _worth(score, first.by, currency)
        now, aim = share_text(row["rate"]), share_text(row["aim"])
        bar = Field(
            "try",
            f"{worth}: try {names[stage]} at {aim}",
            worth,
            "bar",
            edit=None if asked.try_out is None else Act(partial(_try_out, asked, first, stage)),
            share=round(score / most, 3),
            explain=answered(explain_step, asked.journey, first, stage, "score"),
        )
        bars.append(Row(stage, names[stage], (bar,), f"{now} → {aim}"))
    return bars


def _try_out(asked: Asked, first: FixFirst, stage: str, _: str) -> None:
    if asked.try_out is not None:
        asked.try_out(first.changes[stage])


def _worth(score: float, by: str, currency: str) -> str:
    return money_text(score, currency) if by == "profit" else people_text(score)


def _steps(journey: Journey, first: FixFirst, typed: Mapping[tuple[str, str], Typed]) -> Part:
    """Put all steps into a table, with the targets and costs one may type."""
    names, currency = first.attrs["names"], first.attrs["currency"]
    unit: Unit = "money" if first.by == "profit" else "people"
    measured: dict[str, tuple[str, Unit]] = {
        "rate": ("Rate now", "share"),
        "dropped": ("Leave before (rank)", "people"),
        "score_rank": (f"Rank by {first.by}", "people"),
        f"{first.by}_per_point": ("+1 point", unit),
        f"{first.by}_per_tenth": ("+10%", unit),
        f"{first.by}_at_best": ("At best segment's", unit),
        "value_to_go": ("Worth of one person", "money"),
    }
    measured = {name: about for name, about in measured.items() if first[name].notna().any()}
    texts = {name: texts_of(first[name], one, currency) for name, (_, one) in measured.items()}
    if "dropped" in texts:
        ranks = texts_of(first["dropped_rank"], "people", "")
        texts["dropped"] = [
            lost if rank == DASH else f"{lost} ({rank})"
            for lost, rank in zip(texts["dropped"], ranks, strict=True)
        ]
    rows = []
    for index, (stage, row) in enumerate(first.to_dict("index").items()):
        key = str(stage)
        if not isinstance(row["basis"], str):
            continue
        fields = [
            Field(
                name,
                f"{title}: {names[key]}",
                texts[name][index],
                explain=answered(explain_step, journey, first, key, name, shown=texts[name][index]),
            )
            for name, (title, _) in measured.items()
        ]
        fields += [typed[key, name].field for name in TARGETS]
        if (key, "target") in typed and typed[key, "target"].value is not None:
            column = f"{first.by}_at_target"
            worth, explain = (
                text_of(row[column], unit, currency),
                answered(explain_step, journey, first, key, column),
            )
            fields.append(
                Field("at_target", f"Worth at your target: {names[key]}", worth, explain=explain)
            )
        chance = "" if math.isnan(row["p_best"]) else chance_text(row["p_best"])
        explain = answered(explain_step, journey, first, key, "p_best")
        fields.append(
            Field("chance", f"Chance to be the best: {names[key]}", chance, explain=explain)
        )
        rows.append(Row(key, names[key], tuple(fields)))
    headings = (
        ("step", "Step to"),
        *((name, title) for name, (title, _) in measured.items()),
        *((name, title) for name, (title, _) in TARGETS.items()),
        ("at_target", "Worth at target"),
        ("chance", "Chance to be best"),
    )
    return Part(
        "steps",
        "Every step: your targets, and what they would cost",
        (Table("aims", tuple(rows), headings),),
        fold="closed",
    )
