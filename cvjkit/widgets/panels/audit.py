"""The audit as fields: what was found, what is accepted and why, what cannot be told yet."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from cvjkit.audit.findings import SEVERITY_NAMES
from cvjkit.catalog.sources import cited
from cvjkit.number_text import count_text
from cvjkit.widgets.builders import button, kept, line
from cvjkit.widgets.fields import Part, Row, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cvjkit.audit.audit import Audit
    from cvjkit.audit.findings import Finding
    from cvjkit.catalog.framework import Framework
    from cvjkit.journey import Journey
    from cvjkit.model.parts import Accepted
    from cvjkit.widgets.fields import Address

TONES = {"E": "grave", "F": "grave", "W": "serious"}
ACCEPTING = "accepting"


def audit_parts(
    journey: Journey, audit: Audit, entries: Mapping[Address, str], *, accepts: bool = True
) -> tuple[Part, ...]:
    """Make the sections of the audit.

    Parameters
    ----------
    journey : Journey
    audit : Audit
        Of the journey, or of what it was a moment ago.
    entries : mapping of address to str
        What is typed to accept a finding, until it is accepted.
    accepts : bool
        Whether findings can be accepted: those of the record, not of a what-if.

    Returns
    -------
    tuple of Part
    """
    stages = audit.framework or journey.framework
    found = _by_key(finding for finding in audit.fired if finding.accepted is None)
    rows = tuple(_row(key, finding, stages) for key, finding in found.items())
    accepted = tuple(
        _accepted_row(str(index), row, audit, journey.framework, accepts=accepts)
        for index, row in enumerate(journey.accepted)
    )
    tables = (
        Table("found", rows, (("finding", "What was found"),)),
        *([_accepting(found, stages, entries)] if found and accepts else []),
        Table("accepted", accepted, (("finding", "Accepted findings"), ("remove", "Remove"))),
    )
    unanswered = tuple(
        Row(
            finding.id,
            finding.checked,
            note=f"Needs {'; '.join(finding.needs)}. Rule {finding.id}.",
        )
        for finding in audit.unanswered
    )
    said = (f"Audited as {audit.audited_as}.",) if audit.framework else ()
    parts = [Part("audit", "Audit", tables, said, fold="closed", brief=_summary(audit))]
    if unanswered:
        title = "What the audit cannot tell yet, and what it needs"
        rules = count_text(len(unanswered), "rule")
        table = Table("unanswered", unanswered, (("checked", "What would be checked"),))
        parts.append(Part("unanswered", title, (table,), fold="closed", brief=rules))
    return tuple(parts)


def _summary(audit: Audit) -> str:
    asked = len({finding.id for finding in audit})
    counts = Counter(finding.severity for finding in audit.fired if finding.accepted is None)
    failures, warnings = counts["E"] + counts["F"], counts["W"]
    said = [f"{asked - len(audit.unanswered)} of {asked} rules answered"]
    for number, name in ((failures, "failure"), (warnings, "warning")):
        said.append(count_text(number, name))
    return ", ".join(said)


def _by_key(findings: Iterable[Finding]) -> dict[str, Finding]:
    """Give each finding a key that stays the same while others come and go."""
    named: dict[str, Finding] = {}
    for finding in findings:
        where, count = f"{finding.id}/{finding.stage or ''}/{finding.segment or ''}", 1
        while f"{where}/{count}" in named:
            count += 1
        named[f"{where}/{count}"] = finding
    return named


def _where(finding: Finding | Accepted, stages: Framework) -> str:
    stage = finding.stage
    name = stages[stage].name if stage in stages.keys and stage is not None else stage
    return ", ".join(filter(None, (name, finding.segment)))


def _row(key: str, finding: Finding, stages: Framework) -> Row:
    where = _where(finding, stages)
    severity = SEVERITY_NAMES[finding.severity]
    severity = f"{severity} at {where}" if where else severity
    source = f" Source: {cited(finding.sources)}." if finding.sources else ""
    note = f"{severity} · {finding.because}{source} Rule {finding.id}."
    return Row(key, finding.message, note=note, tone=TONES.get(finding.severity, "mild"))


def _accepting(
    found: Mapping[str, Finding], stages: Framework, entries: Mapping[Address, str]
) -> Table:
    """Make the fields that accept a finding, with the reason."""
    choices = [("", "choose a finding")]
    for key, finding in found.items():
        where = _where(finding, stages)
        choices.append((key, f"{where}: {finding.message}" if where else finding.message))
    chosen = kept(entries, ACCEPTING, "finding", "Accept a finding", tuple(choices))
    reason = kept(entries, ACCEPTING, "reason", "Reason")
    accept = partial(
        _with_accepted, finding=found.get(chosen.text), reason=reason.text, stages=stages
    )
    return line(ACCEPTING, chosen, reason, button("add", "Accept", accept), row="new")


def _with_accepted(
    journey: Journey, finding: Finding | None, reason: str, stages: Framework
) -> Journey:
    """Accept a finding where it was found."""
    if finding is None:
        raise ValueError("choose a finding first")
    if not reason.strip():
        raise ValueError("write the reason why you accept it")
    stage = finding.stage
    if stage is not None and stages != journey.framework:
        anchor = stages.anchor(stage)
        keys = (own.key for own in journey.framework if own.anchor == anchor)
        stage = next(keys, anchor)
    return journey.with_accepted(finding.id, reason.strip(), stage=stage, segment=finding.segment)


def _accepted_row(
    key: str, accepted: Accepted, audit: Audit, stages: Framework, *, accepts: bool
) -> Row:
    messages = [
        finding.message
        for finding in audit.fired
        if finding.id == accepted.rule
        and finding.accepted == accepted.reason
        and accepted.segment in {None, finding.segment}
    ]
    where = _where(accepted, stages)
    name = " ".join(messages) or "The audit does not find this now."
    at = f" at {where}" if where else ""
    note = f"Rule {accepted.rule}{at}. Accepted: {accepted.reason}"
    label = f"Withdraw: rule {accepted.rule} {where}".strip()
    take_back = partial(_without_accepted, accepted=accepted)
    fields = (button("remove", label, take_back, "Withdraw"),) if accepts else ()
    return Row(key, name, fields, note, tone="quiet")


def _without_accepted(journey: Journey, accepted: Accepted) -> Journey:
    """Take back the acceptance of a finding."""
    return journey.with_accepted(
        accepted.rule, None, stage=accepted.stage, segment=accepted.segment
    )
