"""What a person types: for each field of a part its label, unit, kind and meaning.

They stand with the field, written by `typed`. The columns of a table, the fields of a form, the
canvas and the docs derive from `typed_fields`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from cvjkit.number_text import Unit

UNIT = "unit"

Kind = Literal[
    "number", "amount", "count", "share", "text", "stage", "day", "flag", "choice", "list"
]
NUMBERS: tuple[Kind, ...] = ("number", "amount", "count", "share")


@dataclass(frozen=True, slots=True)
class TypedField:
    """A field that is typed.

    Attributes
    ----------
    key : str
        Its name in code, in files and in paths.
    label : str
        What people call it.
    unit : str
        What its number counts; empty if it has no unit.
    meaning : str
        What it says.
    kind : {"number", "amount", "count", "share", "text", "stage", "day", "flag", "choice", "list"}
        What is typed: any number; one that is not negative; a whole number of people; a share,
        typed as a percentage; a text; a stage; a day; yes or no; one of `choices`; a list.
    choices : tuple of str
        Empty unless it is a choice.
    required : bool
        Whether it must be given.
    """

    key: str
    label: str
    unit: str
    meaning: str
    kind: Kind
    choices: tuple[str, ...]
    required: bool

    @property
    def number(self) -> Unit | None:
        """How its number is read and written; None if it is not a number."""
        if self.kind == "share":
            return "share"
        if self.kind == "count" or (self.kind in NUMBERS and self.unit == "people"):
            return "people"
        if self.kind in NUMBERS:
            return "days" if self.unit == "days" else "amount"
        return None


@dataclass(frozen=True, slots=True)
class Is:
    """Marks what kind of value an annotated type holds.

    Parameters
    ----------
    kind : {"number", "amount", "count", "share", "stage", "day"}
    """

    kind: Kind


def typed(meaning: str, *, unit: str = "", label: str = "", default: Any = None) -> Any:
    """Describe a field that is typed.

    Parameters
    ----------
    meaning : str
        What it says, in a sentence or two.
    unit : str
        What its number counts: "currency", "people", "days", "minutes"; empty if it has no unit.
    label : str
        What people call it; by default its key with spaces.
    default : object
        What it holds where nothing is typed; ... if it must be given.

    Returns
    -------
    FieldInfo
    """
    return Field(default, title=label or None, description=meaning, json_schema_extra={UNIT: unit})


def typed_fields(part: type[BaseModel]) -> tuple[TypedField, ...]:
    """List the fields of a part that are typed, in their order.

    Parameters
    ----------
    part : type of BaseModel
        `Segment`, `StageNumbers`, `Offer` and what else `cvjkit.model.parts` has, or `Design`.

    Returns
    -------
    tuple of TypedField
        Without the fields that nobody types.

    Examples
    --------
    >>> from cvjkit.model.parts import StageNumbers
    >>> for field in typed_fields(StageNumbers)[1:3]:
    ...     print(field.key, field.label, field.unit, field.kind, sep=" | ")
    unit_cost | Unit cost | currency | amount
    fixed_cost | Fixed cost | currency | amount
    """
    return tuple(
        TypedField(
            key,
            field.title or key.replace("_", " ").capitalize(),
            str(field.json_schema_extra[UNIT]),
            field.description or "",
            *_kind(field.annotation, field.metadata),
            field.is_required(),
        )
        for key, field in part.model_fields.items()
        if isinstance(field.json_schema_extra, dict)
    )


def _kind(annotation: Any, metadata: list[Any]) -> tuple[Kind, tuple[str, ...]]:
    """Find what kind of value a field holds, and the choices there are."""
    types = list(_types(annotation))
    marked = [mark.kind for mark in (*metadata, *types) if isinstance(mark, Is)]
    choices = [one for one in types if get_origin(one) is Literal]
    if tuple in types:
        return "list", ()
    if choices:
        return "choice", get_args(choices[0])
    if bool in types:
        return "flag", ()
    return (marked[0] if marked else "text"), ()


def _types(annotation: Any) -> Iterator[Any]:
    """Give an annotation and all it is made of."""
    yield annotation
    yield get_origin(annotation)
    if get_origin(annotation) is not Literal:
        for part in (*get_args(annotation), *getattr(annotation, "__metadata__", ())):
            yield from _types(part)
