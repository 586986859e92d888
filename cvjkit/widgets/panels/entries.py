"""What is typed to be used by a panel and is no part of the journey: a goal, a target, a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from cvjkit.numbers import NO_EVIDENCE, Evidence, read_number
from cvjkit.widgets.fields import Field, Keep

if TYPE_CHECKING:
    from cvjkit.errors import InputError
    from cvjkit.journey import Journey
    from cvjkit.number_text import Unit
    from cvjkit.widgets.codec import Choices
    from cvjkit.widgets.fields import Address


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

    def chosen(self, address: Address, choices: Choices, default: str) -> str:
        """Give what was chosen, if it is still among the choices.

        Parameters
        ----------
        address : tuple of str
        choices : tuple of (str, str)
        default : str

        Returns
        -------
        str
        """
        text = self.entries.get(address, default)
        return text if text in dict(choices) else default

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
        text = self.entries.get(address, default)
        shown = Field(address[2], label, text, edit=Keep())
        try:
            return Typed(shown, read_number(text, unit, self.evidence))
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
