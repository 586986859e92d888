"""Codecs: the text of a field for a value, and the value for a text."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from cvjkit.number_text import Unit, write_number
from cvjkit.numbers import NO_EVIDENCE, Evidence, read_number

if TYPE_CHECKING:
    from cvjkit.model.typed import TypedField

Kind = Literal["number", "text", "choice", "tabs", "button", "bar"]
Choices = tuple[tuple[str, str], ...]

NOT_SET = ("", "not set")


class Codec(ABC):
    """What a field needs to show a value and to read what is typed."""

    __slots__ = ()

    kind: ClassVar[Kind]
    """The kind of control."""

    @property
    def choices(self) -> Choices:
        """Values and what they are called; empty unless it is a choice."""
        return ()

    def read(self, text: str, evidence: Evidence = NO_EVIDENCE, /) -> Any:
        """Read a text.

        Parameters
        ----------
        text : str
        evidence : Evidence
            What decides between two readings of a number.

        Returns
        -------
        object
            None where nothing is known. It may be out of bounds: the journey decides.

        Raises
        ------
        ValueError
            With a message for its typist.
        """
        return self._read(text, evidence)

    def write(self, value: Any) -> str:
        """Write a value.

        Parameters
        ----------
        value : object
            As `read` gives it.

        Returns
        -------
        str
            Empty if it is None.
        """
        return self._write(value)

    @abstractmethod
    def _read(self, text: str, evidence: Evidence) -> Any: ...

    @abstractmethod
    def _write(self, value: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Number(Codec):
    """A number.

    Parameters
    ----------
    unit : {"people", "share", "amount", "days"}
    needed : str
        What to say where the field is blank; by default blank means not known. A number that is
        needed is not 0 either.
    currency : str
        Of an amount of money.

    Examples
    --------
    >>> Number("share").read("12%"), Number("share").write(0.12), Number().read("")
    (0.12, '12%', None)
    """

    unit: Unit = "amount"
    needed: str = ""
    currency: str = ""
    kind: ClassVar[Kind] = "number"

    def _read(self, text: str, evidence: Evidence) -> float | None:
        number = read_number(text, self.unit, evidence)
        if self.needed and number is None:
            raise ValueError(self.needed)
        if self.needed and number == 0:
            # The journey would drop the row, while its typist is on the way to 0.5.
            raise ValueError("write more than 0, or press Remove")
        return number

    def _write(self, value: float | None) -> str:
        return write_number(value, self.unit, self.currency)


@dataclass(frozen=True, slots=True)
class Text(Codec):
    """A text.

    Parameters
    ----------
    needed : str
        What to say where the field is blank; by default blank means that nothing is known.
    blank : str or None
        What a blank field stands for.

    Examples
    --------
    >>> Text().read("email"), Text().read(" "), Text(blank="").read("")
    ('email', None, '')
    """

    needed: str = ""
    blank: str | None = None
    kind: ClassVar[Kind] = "text"

    def _read(self, text: str, _evidence: Evidence) -> str | None:
        if text.strip():
            return text
        if self.needed:
            raise ValueError(self.needed)
        return self.blank

    def _write(self, value: str | None) -> str:
        return value or ""


@dataclass(frozen=True, slots=True)
class Choice(Codec):
    """One of several values.

    Parameters
    ----------
    choices : tuple of (str, str)
        Texts that stand for the values, and what they are called.
    values : mapping of str to object
        The values of those texts that do not stand for themselves.

    Examples
    --------
    >>> FLAG.read("yes"), FLAG.read(""), FLAG.write(False)
    (True, None, 'no')
    """

    choices: Choices
    values: Mapping[str, Any] = field(default_factory=dict)
    kind: ClassVar[Kind] = "choice"

    def _read(self, text: str, _evidence: Evidence) -> Any:
        return self.values.get(text, text or None)

    def _write(self, value: Any) -> str:
        texts = [text for text, meant in self.values.items() if meant == value]
        return texts[0] if texts else value or ""


def one_of(values: Sequence[str]) -> Choice:
    """Make a choice of values that can be read with spaces for underscores, or none of them.

    Parameters
    ----------
    values : sequence of str

    Returns
    -------
    Choice

    Examples
    --------
    >>> one_of(["joint_venture"]).choices
    (('', 'not set'), ('joint_venture', 'joint venture'))
    """
    return Choice((NOT_SET, *((value, value.replace("_", " ")) for value in values)))


AMOUNT = Number()
DAYS = Number("days")
PEOPLE = Number("people")
SHARE = Number("share")
TEXT = Text()
NAME = Text(needed="write a name")
FLAG = Choice((NOT_SET, ("yes", "yes"), ("no", "no")), {"yes": True, "no": False})


def codec_of(field: TypedField) -> Codec:
    """Give the codec that suits what is typed into a field of the model.

    Parameters
    ----------
    field : TypedField

    Returns
    -------
    Codec
        That of a text, unless it is a number, a flag or a choice.

    Examples
    --------
    >>> from cvjkit.model.parts import Offer
    >>> from cvjkit.model.typed import typed_fields
    >>> fields = {field.key: field for field in typed_fields(Offer)}
    >>> codec_of(fields["repeat_rate"]), codec_of(fields["digital"]) == FLAG
    (Number(unit='share', needed='', currency=''), True)
    """
    if field.kind == "choice":
        return one_of(field.choices)
    if field.kind == "flag":
        return FLAG
    if field.number is not None:
        return Number(field.number)
    return NAME if field.required else TEXT
