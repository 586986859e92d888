"""Explanations of what is shown: figures, numbers of stages, and what an answer rests on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from cvjkit.decisions.bases import root_of
from cvjkit.decisions.explain import in_words
from cvjkit.errors import InputError
from cvjkit.model.economics import FIGURES
from cvjkit.widgets.fields import Article

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cvjkit.decisions.explain import Explanation, Input
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Explain, Explains

LIKE = {"people": "customers", "rate": "second_purchase_rate", "cost_per_person": "cac"}
"""Figures whose changes are written as those of the numbers of a stage are."""


def explaining(
    journey: Journey, figure: str, segment: str | None = None, shown: str = ""
) -> Explain:
    """Give what explains a figure, or a number of a stage: formula, numbers, where they come from.

    Parameters
    ----------
    journey : Journey
    figure : str
    segment : str, optional
        All as in `Journey.explain`.
    shown : str
        How the number is shown, if not as in the explanation.

    Returns
    -------
    callable
        Gives the `Article`.

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> article = explaining(shop.with_stage("conversion", unit_cost=25), "cac")()
    >>> article.title
    'Cost of winning a customer (CAC): 25.00'
    >>> article.lines[:2]
    (('Formula', 'Cost of winning customers / Customers'), ('With the numbers', '2,500.00 / 100'))
    """
    return partial(_figure_article, journey, figure, segment, shown)


def _figure_article(journey: Journey, figure: str, segment: str | None, shown: str) -> Article:
    found = journey.explain(figure, segment)
    of = f" of {segment}" if segment is not None else ""
    title = _title(figure) if figure in FIGURES else found.title
    article = _article(replace(found, text=shown or found.text), f"{title}{of}")
    return replace(article, lines=article.lines + _before(journey, found, segment))


def _before(
    journey: Journey, found: Explanation, segment: str | None
) -> tuple[tuple[str, str], ...]:
    """Say what a what-if changes about a figure, if it does."""
    base = root_of(journey)
    if base is journey:
        return ()
    try:
        was = base.explain(found.figure, segment)
    except InputError:
        # The journey itself has no such stage or segment.
        return ()
    if was.text == found.text:
        return ()
    number = found.figure.rpartition(".")[2]
    change = FIGURES[LIKE.get(number, number)].change_text(
        found.value, was.value, journey.currency, (found.text, was.text)
    )
    shown = was.text if was.value is not None else "not known"
    return (("Without the what-if", f"{shown}; changed by {change}" if change else shown),)


def answered(explain: Callable[..., Explanation], *about: Any, shown: str = "") -> Explain:
    """Give what explains a number of an answer.

    Parameters
    ----------
    explain : callable
        Gives the explanation.
    *about
        What it takes.
    shown : str
        How the number is shown, if not as in the explanation.

    Returns
    -------
    callable
    """

    def article() -> Article:
        found = explain(*about)
        return _article(replace(found, text=shown or found.text), found.title)

    return article


def in_note(note: str, figures: Mapping[str, Explain]) -> Explains:
    """Give what explains the figures of the first note of a part.

    Parameters
    ----------
    note : str
    figures : mapping of str to callable
        By the words that it may have, in its order.

    Returns
    -------
    dict
        Of the words that it has.
    """
    return {("note 0", words): one for words, one in figures.items() if words in note}


def _article(found: Explanation, title: str) -> Article:
    lines = [("Formula", in_words(found.formula))]
    if found.put_in != found.formula:
        lines.append(("With the numbers", in_words(found.put_in)))
    if found.reason:
        lines.append(("Not known", f"{found.reason}."))
    lines += [("Where", f"{found.symbols}.")] if found.symbols else []
    lines += [(_name(one), _comes_from(found, one)) for one in found.inputs]
    shown = "not known" if found.reason else found.text
    return Article(found.figure, f"{title}: {shown}", found.meaning, tuple(lines))


def _title(figure: str) -> str:
    """Give the full name of a figure, and the short one if it is no part of it."""
    entry = FIGURES[figure]
    is_part = entry.short.casefold() in entry.title.casefold()
    return entry.title if is_part else f"{entry.title} ({entry.short})"


def _name(one: Input) -> str:
    return FIGURES[one.name].short if one.name in FIGURES else one.title


def _comes_from(found: Explanation, one: Input) -> str:
    part = found.parts.get(one.name)
    if part is None:
        return f"{one.text}, {one.origin}"
    put_in = f" = {in_words(part.put_in)}" if part.put_in != part.formula else ""
    return f"{one.text}, {one.origin}: {in_words(part.formula)}{put_in}"


def term_article(figure: str) -> Article:
    """Explain what the name of a figure means.

    Parameters
    ----------
    figure : str
        Its key.

    Returns
    -------
    Article

    Examples
    --------
    >>> term_article("ltv_to_cac").title
    'Lifetime value to cost of winning a customer (LTV to CAC)'
    """
    entry = FIGURES[figure]
    return Article(figure, _title(figure), entry.meaning, (("Formula", in_words(entry.formula)),))
