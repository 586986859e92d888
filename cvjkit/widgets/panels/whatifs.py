"""What-ifs as fields: what is changed now, and those that are kept, side by side."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from cvjkit.decisions.bases import changed_in, start_of
from cvjkit.decisions.made import possible_with
from cvjkit.errors import InputError
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import factor_text, people_text, share_text
from cvjkit.widgets.builders import kept, line
from cvjkit.widgets.fields import Act, Field, Part, Rename, Row, Table
from cvjkit.widgets.panels.explained import explaining, term_article
from cvjkit.widgets.refusal import sentence
from cvjkit.widgets.step import with_whole
from cvjkit.widgets.what_if import with_kept

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cvjkit.journey import Journey
    from cvjkit.widgets.session import Session
    from cvjkit.widgets.step import Step

MOST_SIDE_BY_SIDE = 5
NAME = ("keep", "keep", "name")
HEADLINES = tuple(key for key, figure in FIGURES.items() if figure.headline)
HINT = "Type over a number: everything after it follows, and the recorded numbers stay as they are."
BACK = "Press Esc in a field, or click on what it was, to take its change back."
CLOSE = 1e-9
LONGEST_NAME = 60


def what_ifs_part(session: Session) -> Part:
    """Show what the what-if changes, and compare those that are kept.

    Parameters
    ----------
    session : Session

    Returns
    -------
    Part
    """
    tables: list[Table] = []
    notes: tuple[str, ...] = ()
    if session.is_what_if:
        tables.append(_keeping(session))
        notes = _changes_notes(session.journey)
    made, refused = possible_with(session.whole)
    if made or refused:
        base, compared = session.whole, [*made.values()][:MOST_SIDE_BY_SIDE]
        rows = [_kept_row(session, str(at), row.name) for at, row in enumerate(base.what_if.kept)]
        tables.append(Table("kept", tuple(rows), KEPT_HEADINGS, KEPT_EXPLAINS))
        if compared:
            tables.append(_side_by_side(base, compared))
        if len(made) > len(compared):
            first = f"Only the first {MOST_SIDE_BY_SIDE} are shown side by side"
            notes += (f"{first}: remove one to see more.",)
    if not tables:
        return Part("whatifs")
    return Part("whatifs", "What-ifs", tuple(tables), notes, fold="open")


def _keeping(session: Session) -> Table:
    name = kept(session.entries, "keep", "name", "Name of this what-if", row="keep")
    can_keep, keep = bool(changed_in(session.journey)), Act(lambda _: _keep(session, name.text))
    button = Field("keep", "Keep this what-if", kind="button", edit=keep, enabled=can_keep)
    return line("keep", name, button)


def _keep(session: Session, name: str) -> None:
    session.add(_kept_as(session.now, name))
    session.forget(NAME)


def _kept_as(step: Step, name: str) -> Step:
    """Keep the what-if with the journey."""
    plan = step.typed
    if not step.is_what_if or plan is None or not changed_in(plan):
        raise ValueError("type what changes first: there is nothing to keep yet")
    names = [row.name for row in step.whole.what_if.kept]
    name = name.strip() or _new_name(", ".join(plan.changes["words"]), names)
    if name in names:
        raise ValueError("there is one of this name already: write another")
    kept = step.whole.with_scenario(name, changed_in(plan), framework=plan.framework)
    return with_whole(step, kept)


def _new_name(words: str, names: Collection[str]) -> str:
    """Call a what-if by what it changes, unlike all others."""
    first = words if len(words) <= LONGEST_NAME else f"{words[: LONGEST_NAME - 1]}…"
    name, number = first, 2
    while name in names:
        name, number = f"{first} ({number})", number + 1
    return name


# --- what changes -----------------------------------------------------------------------------


def _changes_notes(journey: Journey) -> tuple[str, ...]:
    """Say what a what-if changes."""
    if not changed_in(journey):
        return (HINT,)
    words = f"Changed: {', '.join(journey.changes['words'])}."
    return (words, BACK)


def shared_changes(journey: Journey) -> str:
    """Say by what factor the numbers of each segment differ where all were changed together.

    Parameters
    ----------
    journey : Journey
        A what-if.

    Returns
    -------
    str
        A sentence; empty if none was.
    """
    segments, start, framework = journey.segments, start_of(journey), journey.framework
    if len(segments) == 1 or len(segments) != len(start.segments):
        return ""
    said = []
    for index, stage in enumerate(framework):
        paths = (f"stages.{stage.key}.rate", f"stages.{stage.key}.people")
        if not any(path in changed_in(journey) for path in paths):
            continue
        table = "entrants" if framework.parents[index] is None else "rates"
        pairs = [
            (now.name, numbers[index] or 0.0, before[index] or 0.0)
            for now, then in zip(segments, start.segments, strict=True)
            if (numbers := getattr(now, table)) and (before := getattr(then, table))
        ]
        factors = {name: number / before for name, number, before in pairs if before}
        if not factors:
            continue
        factor = max(factors.values())
        what = f"who enter at {stage.name}" if table == "entrants" else f"rate into {stage.name}"
        whose = f"the people {what}" if table == "entrants" else f"the {what}"
        limits = "; ".join(
            f"{name} is at its limit, {share_text(number)}"
            for name, number, before in pairs
            if before and not math.isclose(number / before, factor, rel_tol=CLOSE)
        )
        said.append(f"{whose} × {factor_text(factor)}" + (f" ({limits})" if limits else ""))
    return f"In each segment, {'; '.join(said)}." if said else ""


# --- those that are kept ----------------------------------------------------------------------

KEPT_HEADINGS = (
    ("scenario", "What changes"),
    ("name", "Name"),
    *((key, FIGURES[key].short) for key in HEADLINES),
    ("open", "Open"),
    ("remove", "Remove"),
)
KEPT_EXPLAINS = {key: partial(term_article, key) for key in HEADLINES}


def _kept_row(session: Session, row: str, name: str) -> Row:
    """Show what a what-if that is kept changes and leads to, or why it is not possible any more."""
    made, refused = possible_with(session.whole)
    remove = Act(partial(_remove, session, name))
    named = Field("name", f"Name: {name}", name, "text", edit=Rename(name))
    removed = Field("remove", f"Remove {name}", "Remove", "button", edit=remove)
    if name in refused:
        why = sentence(InputError(session.whole.name, refused[name]), session.whole)
        return Row(row, f"No longer possible: {why}", (named, removed))
    scenario, opened = made[name], Act(partial(_open, session, name))
    words = ", ".join(scenario.changes["words"])
    if scenario.base is not None and scenario.base.base is not None:
        words = f"{scenario.base.name}, and {words}"
    fields = (
        named,
        *_figures(scenario, session.whole),
        Field("open", f"Open {name}", "Open", "button", edit=opened),
        removed,
    )
    return Row(row, words, fields)


def _figures(scenario: Journey, base: Journey) -> list[Field]:
    now, then = scenario.economics(), base.economics()
    fields = []
    for key in HEADLINES:
        text, was = (one.text(key, base.currency) for one in (now, then))
        label = f"{FIGURES[key].short}: {scenario.name}"
        changed = "" if text == was else was
        fields.append(Field(key, label, text, was=changed, explain=explaining(scenario, key)))
    return fields


def _open(session: Session, name: str, _: str) -> None:
    session.go(with_kept(session.now, name))


def _remove(session: Session, name: str, _: str) -> None:
    whole = session.whole.without_scenario(name)
    session.add(with_whole(session.now, whole))


def _side_by_side(base: Journey, compared: Sequence[Journey]) -> Table:
    """Put the people at the stages side by side."""
    frameworks = [scenario.framework for scenario in compared]
    if base.framework not in frameworks and frameworks.count(frameworks[0]) == len(frameworks):
        base = base.in_framework(frameworks[0])
    columns = [("base", "As it is", base)]
    columns += [(str(at), one.name, one) for at, one in enumerate(compared)]
    found = {
        column: {
            stage.anchor: (stage.key, number)
            for stage, number in zip(one.framework, one.flow().numbers("people"), strict=True)
        }
        for column, _, one in columns
    }
    rows = tuple(
        Row(
            stage.key,
            stage.name,
            tuple(
                _people(one, column, f"{title}: {stage.name}", found[column].get(stage.anchor))
                for column, title, one in columns
            ),
        )
        for stage in base.framework
    )
    headings = (("stage", "People"), *((column, title) for column, title, _ in columns))
    return Table("sides", rows, headings)


def _people(
    journey: Journey, column: str, label: str, found: tuple[str, float | None] | None
) -> Field:
    if found is None:
        return Field(column, label, people_text(None))
    stage, number = found
    explain = explaining(journey, f"stages.{stage}.people")
    return Field(column, label, people_text(number), explain=explain)
