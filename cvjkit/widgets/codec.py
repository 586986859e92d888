"""Codecs: the text of a field for a value, and the value for a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from cvjkit.number_text import Unit, write_number
from cvjkit.numbers import NO_EVIDENCE, Evidence, read_number

if TYPE_CHECKING:
    from cvjkit.model.typed import TypedField

Kind = Literal["number", "text", "choice", "tabs", "button", "bar"]
Choices = tuple[tuple[str, str], ...]

NOT_SET = ("", "not set")


class Codec(Protocol):
    """What a field needs to show a value and to read what is typed.

    Attributes
    ----------
    kind : {"number", "text", "choice"}
        The kind of control.
    choices : tuple of (str, str)
        Values and what they are called; empty unless it is a choice.
    """

    @property
    def kind(self) -> Kind:
        """The kind of control."""

    @property
    def choices(self) -> Choices:
        """Values and what they are called."""

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

        Raises
        ------
        ValueError
            With a message for its typist.
        """

    def write(self, value: Any) -> str:
        """Write a value.

        Parameters
        ----------
        value : object

        Returns
        -------
        str
            Empty if it is None.
        """


@dataclass(frozen=True, slots=True)
class Number:
    """A number.

    Parameters
    ----------
    unit : {"people", "share", "amount", "days"}
    needed : str
        What to say where the field is blank; by default blank means not known. A number that is
        needed is not 0 either.

    Examples
    --------
    >>> Number("share").read("12%"), Number("share").write(0.12), Number().read("")
    (0.12, '12%', None)
    """

    unit: Unit = "amount"
    needed: str = ""
    kind: ClassVar[Kind] = "number"
    choices: ClassVar[Choices] = ()

    def read(self, text: str, evidence: Evidence = NO_EVIDENCE, /) -> float | None:
        """Read a number.

        Parameters
        ----------
        text : str
        evidence : Evidence
            What decides where the text has two readings.

        Returns
        -------
        float or None
            None where it is blank. It may be out of bounds: the journey decides.

        Raises
        ------
        ValueError
            If it is no number, or one with two readings.
        """
        number = read_number(text, self.unit, evidence)
        if self.needed and number is None:
            raise ValueError(self.needed)
        if self.needed and number == 0:
            # The journey would drop the row, while its typist is on the way to 0.5.
            raise ValueError("write more than 0, or press Remove")
        return number

    def write(self, value: float | None) -> str:
        """Write a number.

        Parameters
        ----------
        value : float or None

        Returns
        -------
        str
        """
        return write_number(value, self.unit)


@dataclass(frozen=True, slots=True)
class Text:
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
    choices: ClassVar[Choices] = ()

    def read(self, text: str, _evidence: Evidence = NO_EVIDENCE, /) -> str | None:
        """Read a text.

        Parameters
        ----------
        text : str
        _evidence : Evidence
            Tells nothing about a text.

        Returns
        -------
        str or None

        Raises
        ------
        ValueError
            If it is blank and needed.
        """
        if text.strip():
            return text
        if self.needed:
            raise ValueError(self.needed)
        return self.blank

    def write(self, value: str | None) -> str:
        """Write a text.

        Parameters
        ----------
        value : str or None

        Returns
        -------
        str
        """
        return value or ""


@dataclass(frozen=True, slots=True)
class Choice:
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

    def read(self, text: str, _evidence: Evidence = NO_EVIDENCE, /) -> Any:
        """Give the value of a chosen text.

        Parameters
        ----------
        text : str
        _evidence : Evidence
            Tells nothing about a choice.

        Returns
        -------
        object
            None if the text is empty.
        """
        return self.values.get(text, text or None)

    def write(self, value: Any) -> str:
        """Give the text of a value.

        Parameters
        ----------
        value : object

        Returns
        -------
        str
        """
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
    (Number(unit='share', needed=''), True)
    """
    if field.kind == "choice":
        return one_of(field.choices)
    if field.kind == "flag":
        return FLAG
    if field.number is not None:
        return Number(field.number)
    return NAME if field.required else TEXT
