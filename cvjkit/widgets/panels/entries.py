"""What is typed to be used by a panel and is no part of the journey: a goal, a target, a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cvjkit.numbers import NO_EVIDENCE, Evidence, read_number
from cvjkit.widgets.builders import kept

if TYPE_CHECKING:
    from cvjkit.errors import InputError
    from cvjkit.journey import Journey
    from cvjkit.number_text import Unit
    from cvjkit.widgets.codec import Choices, Kind
    from cvjkit.widgets.fields import Address, Field


@dataclass(frozen=True)
class Asked:
    """What an answer is about.

    Parameters
    ----------
    journey : Journey
        As it is now, what-if included.
    base : Journey, optional
        Without the what-if.
    entries : mapping of address to str
        What is typed, or chosen, to be answered.
    evidence : Evidence
        What decides where a number typed has two readings.
    try_out : callable, optional
        Takes values by their paths, and makes them part of the what-if.
    """

    journey: Journey
    base: Journey | None = None
    entries: Mapping[Address, str] = field(default_factory=dict)
    evidence: Evidence = NO_EVIDENCE
    try_out: Callable[[Mapping[str, float]], object] | None = None

    def choice(
        self, address: Address, label: str, choices: Choices, default: str, *, kind: Kind = "tabs"
    ) -> Field:
        """Make the field of a choice, which shows what was chosen, if that is still to be had.

        Parameters
        ----------
        address : (str, str, str)
        label : str
        choices : tuple of (str, str)
        default : str
        kind : {"choice", "tabs"}

        Returns
        -------
        Field
        """
        table, row, column = address
        return kept(
            self.entries, table, column, label, choices, kind=kind, default=default, row=row
        )

    def number(self, address: Address, label: str, unit: Unit, default: str = "") -> Typed:
        """Read a number that is typed.

        Parameters
        ----------
        address : tuple of str
        label : str
            What its field is called.
        unit : {"people", "share", "amount", "days"}
        default : str
            What stands there until something is typed.

        Returns
        -------
        Typed
        """
        table, row, column = address
        shown = kept(self.entries, table, column, label, kind="number", default=default, row=row)
        try:
            return Typed(shown, read_number(shown.text, unit, self.evidence))
        except ValueError as error:
            return Typed(replace(shown, message=f"{error}."), None)


@dataclass(frozen=True)
class Typed:
    """A number that is typed, and its field, which says what is wrong with it.

    Parameters
    ----------
    field : Field
    value : float or None
        None where nothing is typed, or no number.
    """

    field: Field
    value: float | None

    def refused(self, why: str) -> Typed:
        """Say why it cannot be.

        Parameters
        ----------
        why : str

        Returns
        -------
        Typed
        """
        return Typed(replace(self.field, message=why), None)


def reasons(error: InputError) -> dict[str, str]:
    """Give what is wrong by the path of what is.

    Parameters
    ----------
    error : InputError

    Returns
    -------
    dict of str to str
        Sentences.
    """
    return {
        fault.field: f"{fault.rule[0].upper()}{fault.rule[1:]}: {fault.fix}."
        for fault in error.faults
    }
