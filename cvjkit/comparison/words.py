"""What a comparison says in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from cvjkit.catalog.spine import spine
from cvjkit.number_text import count_text, money_text, people_text
from cvjkit.shown import listed

if TYPE_CHECKING:
    from cvjkit.comparison.shared import View
    from cvjkit.lens.lens import LensStage
    from cvjkit.lens.number import Status

STATUSES = {"exact": "{made}", "estimated": "estimated", "unknown": "not known"}
"""What the numbers of a lens are; exact ones as the journey's are made: counted, planned."""


def milestone_names(milestones: Iterable[str]) -> str:
    """List milestones by their names.

    Parameters
    ----------
    milestones : iterable of str
        Their keys.

    Returns
    -------
    str

    Examples
    --------
    >>> milestone_names(["lead", "first_payment"])
    'Lead and First payment'
    """
    return listed([spine()[key].name for key in milestones])


def number_text(people: float, status: Status) -> str:
    """Write a number of people, marked if it is an estimate.

    Parameters
    ----------
    people : float
    status : {"exact", "estimated", "unknown"}

    Returns
    -------
    str

    Examples
    --------
    >>> number_text(1908.2, "estimated")
    '≈ 1,908'
    """
    return f"{'≈ ' if status == 'estimated' else ''}{people_text(people)}"


def stage_label(stage: LensStage) -> tuple[str, str]:
    """Write a stage's number, and how certain it is.

    Parameters
    ----------
    stage : LensStage

    Returns
    -------
    value, note : str
        As in "≈ 1,908" and "605 to 4,797"; the note is empty where the number was counted.
    """
    low, high = people_text(stage.low), people_text(stage.high)
    if stage.people is not None:
        note = "" if stage.status == "exact" else f"{low} to {high}"
        return number_text(stage.people, stage.status), note
    bounds = {
        (False, False): f"{low} to {high}",
        (False, True): f"at least {low}" if stage.low else "",
        (True, False): f"at most {high}",
    }
    return "not known", bounds.get((stage.low is None, stage.high is None), "")


def view_sentences(view: View) -> Iterator[str]:
    """Say how many numbers of each lens are certain, and what is the same through all of them.

    Parameters
    ----------
    view : View

    Yields
    ------
    str
        A sentence.
    """
    for lens in view.lenses:
        found = [stage.status for stage in lens.stages]
        counts = [
            f"{found.count(status)} {words.format(made=lens.known.made)}"
            for status, words in STATUSES.items()
            if status in found
        ]
        stages = count_text(len(found), "stage")
        yield f"{lens.framework.name}: {stages}, {listed(counts)}."
    economics, currency = view.economics, view.journey.currency
    figures = [
        (economics.customers, count_text(people_text(economics.customers), "customer")),
        (economics.cac, f"{money_text(economics.cac, currency)} to win one (CAC)"),
        (economics.profit, f"a profit of {money_text(economics.profit, currency)}"),
    ]
    known = [words for figure, words in figures if figure is not None]
    if known:
        yield f"Every framework shows the same {listed(known)}."
