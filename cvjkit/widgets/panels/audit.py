"""The audit as fields: what was found, what is accepted and why, what cannot be told yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from cvjkit.widgets.fields import Act, Once
from cvjkit.widgets.form import Address, Field, Part, Row, Table
from cvjkit.widgets.panels.guide import cited

if TYPE_CHECKING:
    from cvjkit.audit.audit import Audit, Finding
    from cvjkit.catalog.framework import Framework
    from cvjkit.journey import Journey
    from cvjkit.model.parts import Accepted
    from cvjkit.widgets.session import Change

SEVERITY_NAMES = {
    "E": "Error",
    "F": "Failure",
    "W": "Warning",
    "M": "Our economics",
    "I": "Information",
}
TONES = {"E": "grave", "F": "grave", "W": "serious"}
ACCEPTING = "accepting"


def audit_parts(
    journey: Journey, audit: Audit, entries: Mapping[Address, str], typed: Act
) -> tuple[Part, ...]:
    """Make the sections of the audit.

    Parameters
    ----------
    journey : Journey
    audit : Audit
        Of the journey, or of what it was a moment ago.
    entries : mapping of address to str
        What stands in the fields of an acceptance that is not yet made.
    typed : Act
        What typing there does.
    """
    stages = journey.framework
    found = _by_key(finding for finding in audit.fired if finding.accepted is None)
    rows = tuple(_row(key, finding, stages) for key, finding in found.items())
    accepted = tuple(_accepted_row(place, journey, audit) for place in range(len(journey.accepted)))
    tables = (
        Table("found", rows, (("finding", "What was found"),)),
        *([_accepting(found, stages, entries, typed)] if found else []),
        Table("accepted", accepted, (("finding", "What we live with"), ("remove", ""))),
    )
    unanswered = tuple(
        Row(finding.id, finding.checked, note=f"{finding.id} needs {'; '.join(finding.needs)}.")
        for finding in audit.unanswered
    )
    parts = [Part("audit", f"Audit: {_summary(audit)}", tables, fold="open")]
    if unanswered:
        title = f"What the audit cannot tell yet, and what it needs: {len(unanswered)}"
        table = Table("unanswered", unanswered, (("checked", "What would be checked"),))
        parts.append(Part("unanswered", title, (table,), fold="closed"))
    return tuple(parts)


def _summary(audit: Audit) -> str:
    asked = len({finding.id for finding in audit})
    counts = Counter(finding.severity for finding in audit.fired if finding.accepted is None)
    failures, warnings = counts["E"] + counts["F"], counts["W"]
    said = [f"{asked - len(audit.unanswered)} of {asked} rules answered"]
    for number, name in ((failures, "failure"), (warnings, "warning")):
        said.append(f"{number} {name}{'' if number == 1 else 's'}")
    return ", ".join(said)


def _by_key(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Give each finding a name that stays the same while others come and go."""
    named: dict[str, Finding] = {}
    for finding in findings:
        place, count = f"{finding.id}/{finding.stage or ''}/{finding.segment or ''}", 1
        while f"{place}/{count}" in named:
            count += 1
        named[f"{place}/{count}"] = finding
    return named


def _where(finding: Finding | Accepted, stages: Framework) -> str:
    stage = finding.stage
    name = stages[stage].name if stage in stages.keys and stage is not None else stage
    return ", ".join(filter(None, (name, finding.segment)))


def _row(key: str, finding: Finding, stages: Framework) -> Row:
    place = _where(finding, stages)
    severity = f"{SEVERITY_NAMES[finding.severity]}{f' at {place}' if place else ''}"
    note = f"{severity} · {finding.id} · {finding.because}{cited(finding.sources)}"
    return Row(key, finding.message, note=note, tone=TONES.get(finding.severity, "mild"))


def _accepting(
    found: Mapping[str, Finding], stages: Framework, entries: Mapping[Address, str], typed: Act
) -> Table:
    """Make the fields that accept a finding, with the reason."""
    choices = [("", "choose a finding")]
    for key, finding in found.items():
        place = _where(finding, stages)
        words = f"{finding.id} {place}" if place else finding.id
        choices.append((key, f"{words}: {finding.message}"))
    chosen = entries.get((ACCEPTING, "new", "finding"), "")
    chosen = chosen if chosen in found else ""
    reason = entries.get((ACCEPTING, "new", "reason"), "")
    change = _acceptance(found.get(chosen), reason)
    fields = (
        Field(
            "finding", "Live with a finding", chosen, "choice", choices=tuple(choices), edit=typed
        ),
        Field("reason", "Reason", reason, "text", edit=typed),
        Field("add", "Accept", kind="button", edit=Once(change)),
    )
    return Table(ACCEPTING, (Row("new", "", fields),))


def _acceptance(finding: Finding | None, reason: str) -> Change:
    def change(journey: Journey, _: str) -> Journey:
        if finding is None:
            raise ValueError("choose a finding first")
        if not reason.strip():
            raise ValueError("write the reason why you can live with it")
        return journey.with_accepted(
            finding.id, reason.strip(), stage=finding.stage, segment=finding.segment
        )

    return change


def _accepted_row(place: int, journey: Journey, audit: Audit) -> Row:
    accepted = journey.accepted[place]
    messages = [
        finding.message
        for finding in audit.fired
        if finding.id == accepted.rule
        and accepted.stage in {None, finding.stage}
        and accepted.segment in {None, finding.segment}
    ]
    where = _where(accepted, journey.framework)
    name = " ".join(messages) or "Not found, or no longer."
    note = f"{' at '.join(filter(None, (accepted.rule, where)))} · Accepted: {accepted.reason}"

    def change(journey: Journey, _: str) -> Journey:
        return journey.with_accepted(
            accepted.rule, None, stage=accepted.stage, segment=accepted.segment
        )

    label = f"Take back: {accepted.rule} {where}".strip()
    remove = Field("remove", label, "Take back", "button", edit=Once(change))
    return Row(str(place), name, (remove,), note, tone="quiet")
