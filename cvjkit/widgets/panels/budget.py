"""A budget: what to spend on each channel, if more money brings fewer and fewer people."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cvjkit.decisions.explain_answer import explain_budget, explain_channel
from cvjkit.errors import InputError
from cvjkit.number_text import money_text
from cvjkit.shown import text_of
from cvjkit.widgets.builders import line
from cvjkit.widgets.fields import Field, Part, Row, Table
from cvjkit.widgets.panels.entries import Asked, Typed, reasons
from cvjkit.widgets.panels.explained import answered, in_note

if TYPE_CHECKING:
    from cvjkit.decisions.budget import Budget
    from cvjkit.number_text import Unit as NumberUnit
    from cvjkit.shown import Unit
    from cvjkit.widgets.fields import Explain

TITLE = "Divide a budget"
MONEY = ("budget", "budget", "money")
MOST, HALF = "most", "half"
RESPONSE: dict[str, tuple[str, NumberUnit]] = {
    MOST: ("People at most", "people"),
    HALF: ("Spend that brings half of them", "amount"),
}
SHOWN: dict[str, tuple[str, Unit]] = {
    "spend": ("Spend", "money"),
    "people": ("People it brings", "people"),
    "worth": ("Worth of one person", "money"),
    "marginal": ("Marginal return", "money"),
}
HELP = (
    "Type what there is to spend, and for each channel how many people it could bring at most and "
    "which spend brings half of them."
)


def budget_part(asked: Asked) -> Part:
    """Divide a budget among the segments.

    Parameters
    ----------
    asked : Asked
        Its entries may have the money, and how many people each channel brings.

    Returns
    -------
    Part
    """
    money = asked.number(MONEY, "Money to spend", "amount")
    names = [segment.name for segment in asked.journey.segments]
    typed = {
        (at, column): asked.number(("responses", str(at), column), f"{label}: {name}", unit)
        for at, name in enumerate(names)
        for column, (label, unit) in RESPONSE.items()
    }
    curves = {
        name: (most, half / math.log(2))
        for at, name in enumerate(names)
        if (most := typed[at, MOST].value) is not None
        and (half := typed[at, HALF].value) is not None
    }
    answer, notes, explains = None, [HELP], {}
    if money.value is not None and curves:
        try:
            answer = asked.journey.budget(money.value, curves)
            notes = [answer.summary]
            explains = in_note(answer.summary, _said(answer, asked.journey.currency))
        except InputError as error:
            told = reasons(error)
            money = money.refused(told.pop("money")) if "money" in told else money
            for at, name in enumerate(names):
                if why := told.pop(f"responses.{name}", ""):
                    typed[at, MOST] = typed[at, MOST].refused(why)
            notes = [*told.values()] or [HELP]
    rows = tuple(_row(asked, str(at), name, typed, answer) for at, name in enumerate(names))
    headings = (
        ("channel", "Channel"),
        *((key, title) for key, (title, _) in RESPONSE.items()),
        *((key, title) for key, (title, _) in SHOWN.items()),
    )
    tables = (line("budget", money.field), Table("responses", rows, headings))
    return Part("budget", TITLE, tables, tuple(notes), fold="closed", explains=explains)


def _said(answer: Budget, currency: str) -> dict[str, Explain]:
    """Give what explains the figures of the sentence, in its order."""
    said = {
        f"{money_text(row['spend'], currency)} on {name}": answered(
            explain_channel, answer, name, "spend"
        )
        for name, row in answer.to_dict("index").items()
    }
    value, left = (money_text(one, currency) for one in (answer["value"].sum(), answer.left))
    said[f"that brings {value}"] = answered(explain_budget, answer, "value")
    said[f"Leave {left}"] = answered(explain_budget, answer, "left")
    one, brings = (money_text(amount, currency) for amount in (1, answer.lam))
    said[f"The last {one} spent brings in {brings}"] = answered(explain_budget, answer, "last")
    return said


def _row(
    asked: Asked,
    at: str,
    name: str,
    typed: dict[tuple[int, str], Typed],
    answer: Budget | None,
) -> Row:
    fields = [typed[int(at), column].field for column in (MOST, HALF)]
    if answer is not None and name in answer.index:
        fields += [
            Field(
                key,
                f"{title}: {name}",
                text_of(answer.loc[name, key], unit, asked.journey.currency),
                explain=answered(explain_channel, answer, name, key),
            )
            for key, (title, unit) in SHOWN.items()
        ]
    return Row(at, name, tuple(fields))
