"""What is wrong with what was typed, said to a reader who sees the field."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from cvjkit.decisions.wording import in_names
from cvjkit.errors import Fault, InputError

if TYPE_CHECKING:
    from cvjkit.model.design import Design


def sentence(
    error: ValueError,
    start: Design | None = None,
    text: str = "",
    paths: Collection[str] = (),
) -> str:
    """Say what is wrong with what was typed, to a reader who sees the field.

    Parameters
    ----------
    error : ValueError
    start : Design, optional
        What was to be changed: faults are about its stages, segments and offers by their names, not
        by their paths.
    text : str
        What was typed.
    paths : collection of str
        The field's path, in every way it is written: faults there need not say where they are.

    Returns
    -------
    str
    """
    if not isinstance(error, InputError):
        return str(error)
    typed = text.strip()
    named = error if start is None else in_names(start, error)
    said = [
        _told(fault, typed) if fault.field in paths else str(one)
        for fault, one in zip(error.faults, named.faults, strict=True)
    ]
    return " ".join(f"{words}." for words in said)


def _told(fault: Fault, typed: str) -> str:
    if typed:
        return f"{typed} {fault.rule}: {fault.fix}"
    return f"{fault.rule[0].upper()}{fault.rule[1:]}: {fault.fix}"
