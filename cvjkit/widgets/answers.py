"""The answers below the picture: what to fix first, what a goal takes, how sure that is, and more.

They are worked out after the picture is drawn, and each by itself: one that fails says so and
leaves the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cvjkit.errors import InputError
from cvjkit.widgets.fields import Part
from cvjkit.widgets.form import Form
from cvjkit.widgets.guard import told
from cvjkit.widgets.marks import marked
from cvjkit.widgets.panels import budget, fix_first, goal, how_sure, over_time, side_by_side
from cvjkit.widgets.refusal import sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cvjkit.decisions.simulation import Simulation
    from cvjkit.journey import Journey
    from cvjkit.widgets.fields import Address
    from cvjkit.widgets.inbox import Edits
    from cvjkit.widgets.panels.entries import Asked

TITLES = {
    "first": fix_first.TITLE,
    "goal": goal.TITLE,
    "sure": how_sure.TITLE,
    "steps": "Every step",
    "time": over_time.TITLE,
    "channels": side_by_side.TITLE,
    "budget": budget.TITLE,
}
"""The answers in order."""
FOLDED = ("steps", "time", "channels", "budget")
GROUPS = (("sure",), ("first", "goal"), ("time", "channels", "budget"))
"""Those that are shown together, the fastest first."""


class Answers:
    """The answers of a journey, in a form.

    Parameters
    ----------
    on_edit : callable
        As of `Form`.
    open_all : bool
        Whether all of them are unfolded at first.
    on_sure : callable
        Told of what was drawn to say how sure the figures are.

    Attributes
    ----------
    form : Form
        Shows them.
    """

    def __init__(
        self,
        on_edit: Callable[[Edits], object],
        *,
        open_all: bool = False,
        on_sure: Callable[[Simulation], object] = lambda _: None,
    ) -> None:
        self.form = Form(on_edit)
        self.form.add_class("cvj-answers")
        self._open_all, self._on_sure = open_all, on_sure
        self._asked: Asked | None = None
        self._about = ""
        self._said: Mapping[Address, tuple[str, str]] = {}
        self._parts: dict[str, Part] = {}
        self._left: tuple[tuple[str, ...], ...] = ()
        self._simulated: tuple[Journey, Simulation] | None = None

    def ask(
        self, asked: Asked, said: Mapping[Address, tuple[str, str]], about: str = ""
    ) -> Sequence[Callable[[], object]]:
        """Ask about a journey; what has to be worked out is left to be done.

        Parameters
        ----------
        asked : Asked
        said : mapping of address to (str, str)
            As in `marked`.
        about : str
            What it is about, if that is not plain.

        Returns
        -------
        sequence of callable
            What works out the answers that are not known yet, and shows them.
        """
        before, self._asked = self._asked, asked
        same_words = said == self._said and about == self._about
        self._said, self._about = said, about
        if before is not None and _same(before, asked):
            if not same_words:
                self._fill()
            return [partial(self._answer, asked, group) for group in self._left]
        self._left = GROUPS
        if not self._parts:
            self._parts = {key: Part(key, title) for key, title in list(TITLES.items())[:3]}
            self._fill()
        return [partial(self._answer, asked, group) for group in self._left]

    def _answer(self, asked: Asked, group: Sequence[str]) -> None:
        makers: dict[str, Callable[[Asked], Sequence[Part | None]]] = {
            "first": fix_first.fix_first_parts,
            "goal": lambda one: [goal.goal_part(one)],
            "sure": lambda one: [self._how_sure(one)],
            "time": lambda one: [over_time.over_time_part(one)],
            "channels": lambda one: [side_by_side.side_by_side_part(one)],
            "budget": lambda one: [budget.budget_part(one)],
        }
        for key in group:
            folds = "closed" if key in FOLDED else ""
            failed = Part(key, f"{TITLES[key]} It could not be calculated.", fold=folds)
            made: Sequence[Part | None] = [failed]
            with told(lambda: None):
                try:
                    made = makers[key](asked)
                except InputError as error:
                    made = [
                        Part(key, TITLES[key], notes=(sentence(error, asked.journey),), fold=folds)
                    ]
            self._parts.pop(key, None)
            self._parts |= {part.id: part for part in made if part is not None}
        self._left = tuple(left for left in self._left if left != group)
        self._fill()

    def _how_sure(self, asked: Asked) -> Part:
        now, wanted = asked.journey.simulate(how_sure.DRAWS), goal.goal_of(asked)
        self._on_sure(now)
        if asked.base is None:
            return how_sure.how_sure_part(now, goal=wanted)
        if self._simulated is None or self._simulated[0] is not asked.base:
            self._simulated = asked.base, asked.base.simulate(how_sure.DRAWS)
        return how_sure.how_sure_part(now, self._simulated[1], wanted)

    def _fill(self) -> None:
        parts = [self._parts[key] for key in TITLES if key in self._parts]
        if self._about:
            parts = [
                part if part.fold else replace(part, title=f"{part.title} ({self._about})")
                for part in parts
            ]
        if self._open_all:
            parts = [replace(part, fold="open") if part.fold else part for part in parts]
        self.form.show(tuple(marked(parts, self._said)))


def _same(one: Asked, other: Asked) -> bool:
    """Tell whether two are about the very same journeys and entries."""
    return (
        one.journey is other.journey
        and one.base is other.base
        and (one.entries, one.evidence) == (other.entries, other.evidence)
    )
