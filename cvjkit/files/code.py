"""A design as Python code: the calls that recreate it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cvjkit.model.document import EVERYONE

Document = Mapping[str, Any]


def expression(document: Document) -> str:
    """Write the calls that recreate a design.

    Parameters
    ----------
    document : mapping
        The design as plain values; its framework as a key, or as a document of its own.

    Returns
    -------
    str
        One expression, with cvjkit imported as ``cvj``.
    """
    start = _start(document)
    if start is None:
        return f"cvj.Journey.from_document({_literal(document)})"
    return start + "".join(_changes(document))


def _start(document: Document) -> str | None:
    """Write the call that takes the people; None if no short one can."""
    key, name, segments = document["framework"], document["name"], document["segments"]
    if not isinstance(key, str):
        return None
    if all("counts" in segment for segment in segments):
        counts = {segment["name"]: segment["counts"] for segment in segments}
        chosen = counts[EVERYONE] if list(counts) == [EVERYONE] else counts
        return f"cvj.Journey.from_counts({_arguments(key, chosen, name=name)})"
    if [segment["name"] for segment in segments] == [EVERYONE]:
        people, rates = segments[0]["entrants"], segments[0]["rates"]
        return f"cvj.Journey.from_rates({_arguments(key, people, rates, name=name)})"
    return None


def _changes(document: Document) -> Iterator[str]:
    tables = ("name", "counts", "entrants", "rates")
    for segment in document["segments"]:
        fields = {key: value for key, value in segment.items() if key not in tables}
        if fields:
            yield f".with_segment({_arguments(segment['name'], **fields)})"
    for stage, fields in document.get("stages", {}).items():
        yield f".with_stage({_arguments(stage, **fields)})"
    for offer in document.get("offers", ()):
        yield f".with_offer({_arguments(**offer)})"
    for way in document.get("transitions", ()):
        source, target, rate, *segment = way.values()
        named = {"segment": segment[0]} if segment else {}
        yield f".with_transition({_arguments(source, target, rate, **named)})"
    for row in document.get("referrals", ()):
        named = {"to" if key == "target" else key: row[key] for key in row if key != "source"}
        yield f".with_referral({_arguments(row['source'], **named)})"
    parts = {"schema_version", "name", "framework", "segments", "stages", "offers"}
    parts |= {"transitions", "referrals", "scenarios"}
    terms = {key: value for key, value in document.items() if key not in parts}
    if terms:
        yield f".with_terms({_arguments(**terms)})"
    for row in document.get("scenarios", ()):
        yield f".with_scenario({_arguments(row['name'], row.get('changes', {}))})"


def _arguments(*values: object, **named: object) -> str:
    written = [_literal(value) for value in values]
    return ", ".join([*written, *(f"{key}={_literal(value)}" for key, value in named.items())])


def _literal(value: object) -> str:
    """Write a plain value; whole numbers without a decimal point."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key!r}: {_literal(value[key])}" for key in value) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return repr(value)
