"""Texts that come together: how the numbers of a pasted block are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cvjkit.numbers import NO_EVIDENCE, Evidence, evidence_of
from cvjkit.widgets.codec import Number
from cvjkit.widgets.fields import Put

if TYPE_CHECKING:
    from cvjkit.number_text import Unit
    from cvjkit.widgets.fields import Address, Field


def evidence_in_block(
    texts: Mapping[Address, str],
    fields: Mapping[Address, Field],
    language: str,
    beside: Iterable[str] = (),
) -> dict[Address, Evidence]:
    """Find what decides how numbers are read that come together, as in a file.

    Parameters
    ----------
    texts : mapping of address to str
        One, or a pasted block.
    fields : mapping of address to Field
        Those that were shown.
    language : str
        Of whoever typed them: "de-AT".
    beside : iterable of str
        Other numbers they came with.

    Returns
    -------
    dict of address to Evidence
        The other numbers of the column decide, then those of the block, then the language. Only
        people tell how people are written.
    """
    columns: dict[tuple[str, Unit], dict[Address, str]] = {}
    for address, text in texts.items():
        edit = fields[address].edit
        if isinstance(edit, Put) and isinstance(edit.codec, Number):
            columns.setdefault((address[2], edit.codec.unit), {})[address] = text
    written = [text for column in columns.values() for text in column.values()]
    block = evidence_of([*written, *beside])
    found = dict.fromkeys(texts, NO_EVIDENCE)
    for (_, unit), column in columns.items():
        evidence = evidence_of(column.values())
        if unit != "people" and not evidence.decimal_sign:
            evidence = replace(evidence, decimal_sign=block.decimal_sign)
        found |= dict.fromkeys(column, replace(evidence, language=language))
    return found
