"""Changes of a design in words: "Conversion from 17.4% to 22%, price from 49 to 59"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cvjkit.errors import InputError
from cvjkit.model.parts import Offer, Referral, Segment, StageNumbers, Transition
from cvjkit.model.rows import titles_of
from cvjkit.model.typed import typed_fields
from cvjkit.number_text import people_text, rate_text, write_number
from cvjkit.paths import steps_of

if TYPE_CHECKING:
    from pydantic import BaseModel

    from cvjkit.model.design import Design

PARTS: Mapping[str, type[BaseModel]] = {
    "segments": Segment,
    "stages": StageNumbers,
    "offers": Offer,
    "transitions": Transition,
    "referrals": Referral,
}
NUMBERS = {"rate": "share", "rates": "share", "people": "people", "counts": "people"}
LONGEST = 40


class _Names(dict[str, str]):
    """Names of stages by their keys; a key that is none is written as words."""

    def __missing__(self, key: str) -> str:
        return key.replace("_", " ")


def _change_words(start: Design, path: str, before: object, after: object) -> str:
    """Say what changes."""
    what, kind = _named(start, path)
    if isinstance(before, dict | list | tuple) or isinstance(after, dict | list | tuple):
        return f"{what} changed"
    unit = " people" if kind == "people" else " days" if kind == "days" else ""
    was, now = _written(before, kind), _written(after, kind)
    if not now:
        return f"{what} cleared"
    return f"{what} from {was} to {now}{unit}" if was else f"{what} set to {now}{unit}"


def in_names(start: Design, error: InputError) -> InputError:
    """Say what is wrong by the names that people see, in place of paths.

    Parameters
    ----------
    start : Design
        What was to be changed.
    error : InputError

    Returns
    -------
    InputError

    Examples
    --------
    >>> from cvjkit.errors import Fault
    >>> from cvjkit.model.design import Design
    >>> plan = Design.from_rates("five", 1000, [0.5, 0.2, 0.4, 0.1])
    >>> fault = Fault("stages.conversion.rate", 7, "must be between 0 and 1", "write 0.07")
    >>> print(in_names(plan, InputError("link", [fault])).faults[0])
    Conversion: 7 must be between 0 and 1; write 0.07
    """
    faults = [replace(one, field=_name_of(start, one.field)) for one in error.faults]
    return InputError(error.subject, faults, more=error.more)


def _name_of(start: Design, path: str) -> str:
    try:
        name = _named(start, path)[0]
    except ValueError:
        return path
    return f"{name[:1].upper()}{name[1:]}" or path


def _named(start: Design, path: str) -> tuple[str, str]:
    """Name what stands at a path, and say what kind of number it is."""
    part, *rest = steps_of(path)
    names = _Names((stage.key, stage.name) for stage in start.framework)
    of_several = len(start.segments) > 1
    match part, *rest:
        case "stages", stage, ("rate" | "people") as number:
            return names[stage], NUMBERS[number]
        case "segments", segment, ("rates" | "people" | "counts") as number, stage:
            of = f" of {_row_title(start, part, segment)}" if of_several else ""
            return f"{names[stage]}{of}", NUMBERS[number]
        case "segments", segment, "entrants", stage:
            of = f" of {_row_title(start, part, segment)}" if of_several else ""
            return f"entrants at {names[stage]}{of}", "people"
        case (("stages" | "segments" | "offers" | "transitions" | "referrals"), row, key):
            label, kind = _label(PARTS[part], key)
            is_alone = part == "offers" and len(start.offers) == 1
            return label if is_alone else f"{label} of {_row_title(start, part, row)}", kind
        case (("stages" | "segments" | "offers" | "transitions" | "referrals"), row):
            return f"{_row_title(start, part, row)}", ""
        case (name,):
            return _label(type(start), name)
    return " ".join(step.replace("_", " ") for step in rest), ""


def _row_title(start: Design, part: str, step: str) -> str:
    """Name a row as people do."""
    rows = getattr(start, part)
    names = _Names((stage.key, stage.name) for stage in start.framework)
    found = next(
        (
            row
            for index, row in enumerate(rows)
            if step in {str(index), *titles_of(part, row)}
            or (
                part == "offers"
                and start.framework.anchor(row.stage) == start.framework.anchor(step)
            )
        ),
        None,
    )
    if part in {"transitions", "referrals"}:
        source, _, target = step.partition(" to ")
        if found is not None:
            source, target = found.source, found.target
        kind = "way" if part == "transitions" else "referral"
        return f"the {kind} from {names[source]} to {names[target]}"
    if isinstance(found, Offer | Segment):
        return found.name
    return names[step]


def _label(part: type[BaseModel], key: str) -> tuple[str, str]:
    """Give a field's label within a sentence, and what kind of number it holds."""
    field = next((one for one in typed_fields(part) if one.key == key), None)
    if field is None:
        return key.replace("_", " "), ""
    return f"{field.label[:1].lower()}{field.label[1:]}", field.number or ""


def _written(value: object, kind: str) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        number = float(value)
        if kind == "share":
            return rate_text(number)
        return people_text(number) if kind == "people" else write_number(number)
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def changes_of(start: Design, paths: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """List changes with the values before and after, and in words.

    Parameters
    ----------
    start : Design
        Before the changes.
    paths : mapping of str to object
        The values that were put, by their paths.

    Returns
    -------
    list of (str, object, object, str)
        Path, before, after, words.
    """
    rows = []
    for path, after in paths.items():
        before = start.get(path)
        is_row = hasattr(before, "model_fields_set")
        if is_row and after is None:
            title = _named(start, path)[0]
            rows.append((path, before, after, f"without {title.removeprefix('the ')}"))
        else:
            rows.append((path, before, after, _change_words(start, path, before, after)))
    return rows
