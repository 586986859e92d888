"""What is wrong with what was typed, said to a reader who sees the field."""

from __future__ import annotations

from collections.abc import Collection

from cvjkit.errors import Fault, InputError


def sentence(error: ValueError, text: str = "", paths: Collection[str] = ()) -> str:
    """Say what is wrong with what was typed, to a reader who sees the field.

    Parameters
    ----------
    error : ValueError
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
    said = [_told(fault, typed) if fault.field in paths else str(fault) for fault in error.faults]
    return " ".join(f"{words}." for words in said)


def _told(fault: Fault, typed: str) -> str:
    if typed:
        return f"{typed} {fault.rule}: {fault.fix}"
    return f"{fault.rule[0].upper()}{fault.rule[1:]}: {fault.fix}"
