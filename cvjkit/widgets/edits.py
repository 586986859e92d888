"""What somebody did in the fields, done in the session.

Everything typed goes through `Journey`, which alone decides what is possible.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from cvjkit.numbers import NO_EVIDENCE, Evidence, evidence_of
from cvjkit.widgets.codec import Number
from cvjkit.widgets.fields import Act, Address, Field, Keep, Once, Put, Rename
from cvjkit.widgets.input import Input, without
from cvjkit.widgets.refusal import sentence
from cvjkit.widgets.session import EXAMPLE_NOTE, FAILED_NOTE, joined
from cvjkit.widgets.step import with_edited, with_whole

if TYPE_CHECKING:
    from cvjkit.number_text import Unit
    from cvjkit.widgets.inbox import Edits
    from cvjkit.widgets.session import Session

FILE = "file"


def take(session: Session, edits: Edits, fields: Mapping[Address, Field]) -> bool:
    """Do what somebody did in the fields.

    Parameters
    ----------
    session : Session
    edits : Edits
    fields : mapping of address to Field
        Those that were shown.

    Returns
    -------
    bool
        Whether also the field they are in is to show its new text.
    """
    session.refused, session.language = {}, edits.language
    offered, session.typing = session.typing.offered, replace(session.typing, offered=None)
    if session.note == FAILED_NOTE:
        session.note = ""
    match [(fields[address].edit, address, text) for address, text in edits.texts]:
        case [(Keep(), address, text), *_]:
            session.entries = {**session.entries, address: text}
            if address[0] == FILE:
                session.saved = session.saved.retried()
            return False
        case [(Act() | Once() as edit, address, text), *_]:
            session.typing = replace(session.typing, offered=offered)
            _press(session, edit, address, text, fields[address].text)
            return True
        case [(Rename(name), address, text), *_] if edits.what == "type":
            _rename(session, name, address, text, (edits.run, address))
            return False
    if edits.what == "restore":
        _restore(session, edits)
    elif edits.what == "reset":
        _take_back(session, [(at, fields[at].edit) for at, _ in edits.texts])
    else:
        _type(session, edits, fields)
    return edits.what != "type"


def _press(session: Session, edit: Act | Once, address: Address, text: str, shown: str) -> None:
    try:
        if isinstance(edit, Act):
            edit.do(text)
        else:
            session.change(edit.change)
            session.forget(*(at for at in session.entries if at[0] == address[0]))
    except ValueError as error:
        session.refused = {address: Input(shown, sentence(error, session.now.edited))}


def _rename(session: Session, name: str, address: Address, text: str, run: Hashable) -> None:
    try:
        whole = session.whole.with_scenario(name, rename=text.strip())
    except ValueError as error:
        session.refused = {address: Input(text, sentence(error, session.whole))}
    else:
        session.add(with_whole(session.now, whole), run)


def _restore(session: Session, edits: Edits) -> None:
    """Take back what was typed since the field was entered."""
    addresses = [address for address, _ in edits.texts]
    session.typing = session.typing.without(addresses)
    for address in addresses:
        session.drop((edits.run, address))


def _take_back(session: Session, changed: Iterable[tuple[Address, object]]) -> None:
    """Take back what a what-if changes in fields, as one step."""
    for address, edit in changed:
        try:
            journey = without(session.now, edit)
        except ValueError as error:
            said = sentence(error, session.now.edited)
            session.refused = {**session.refused, address: Input("", said)}
        else:
            session.typing = session.typing.without([address])
            session.add(with_edited(session.now, journey))


def _type(session: Session, edits: Edits, fields: Mapping[Address, Field]) -> None:
    """Take in what was typed or pasted: what cannot be is marked, the rest holds."""
    texts = {at: text for at, text in edits.texts if isinstance(fields[at].edit, Put)}
    evidence = _evidence_in_block(texts, fields, session.language, edits.beside)
    inputs = {at: Input(text, evidence=evidence[at]) for at, text in texts.items()}
    run = None if edits.what == "paste" else (edits.run, *texts)
    step, session.typing = session.typing.go_on(session.now, inputs, fields, run)
    session.add(step, session.typing.run)
    if edits.what == "paste":
        refused = len(session.typing.wrong.keys() & texts.keys())
        marked = f"{refused} refused, for the reasons given below." if refused else ""
        session.say(joined(edits.said, marked))
    elif session.note == EXAMPLE_NOTE:
        session.note = ""


def _evidence_in_block(
    texts: Mapping[Address, str],
    fields: Mapping[Address, Field],
    language: str,
    beside: Iterable[str] = (),
) -> dict[Address, Evidence]:
    """Find what decides how numbers are read that come together, as in a file."""
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
