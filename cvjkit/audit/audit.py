"""The audit: a journey checked against the documents and the model."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from cvjkit.audit.facts import Facts
from cvjkit.audit.findings import SEVERITIES, SEVERITY_NAMES, Finding, Outcome, Rule, fires
from cvjkit.number_text import count_text
from cvjkit.shown import Heading, Shown, Table

if TYPE_CHECKING:
    import pandas as pd

    from cvjkit.catalog.framework import Framework
    from cvjkit.errors import Fault, InputError
    from cvjkit.model.design import Design
    from cvjkit.model.parts import Accepted

IMPOSSIBLE = "A45"


class FindingsTable(Table):
    """Findings: what `Audit.table` gives."""

    headings: ClassVar[Mapping[str, Heading]] = {
        "id": Heading("Rule", "text"),
        "severity": Heading("Severity", "text"),
        "answer": Heading("Answer", "text"),
        "stage": Heading("Stage", "text"),
        "segment": Heading("Segment", "text"),
        "message": Heading("Finding", "text"),
    }
    index_title = None


@dataclass(frozen=True, eq=False, repr=False)
class Audit(Shown):
    """What the rules say about a journey.

    Parameters
    ----------
    name : str
        Of the journey.
    findings : tuple of Finding
        At least one for each rule, in the order of the rules.
    unmatched : tuple of Accepted
        Acceptances that match no finding.
    framework : Framework or None
        The one in which the journey was audited; None if it could not be read.
    """

    name: str
    findings: tuple[Finding, ...]
    unmatched: tuple[Accepted, ...] = ()
    framework: Framework | None = None

    @property
    def summary(self) -> str:
        """How it was audited, and how much was found."""
        audited = f", audited as {self.audited_as}" if self.framework else ""
        return f"{self.name}{audited}: {self.verdict}"

    @property
    def verdict(self) -> str:
        """How much was found, and how many findings are failures."""
        found, failed = len(self.fired), len(self.failed)
        failures = f"{failed or 'none'} of them {'failures' if failed > 1 else 'a failure'}"
        findings = count_text(found or "no", "finding")
        return f"{findings}, {failures}." if found else f"{findings}."

    @property
    def shown(self) -> pd.DataFrame:
        """What was found, the most serious first, as people read it.

        Returns
        -------
        DataFrame
            All columns are text.
        """
        return self._table(self.fired).shown.drop(columns="Answer", errors="ignore")

    @property
    def audited_as(self) -> str:
        """Name of the framework in which the journey was audited; empty if it was not."""
        return self.framework.name if self.framework else ""

    @cached_property
    def fired(self) -> tuple[Finding, ...]:
        """What was found.

        Returns
        -------
        tuple of Finding
            The gravest first.
        """
        order = list(SEVERITIES)
        found = (finding for finding in self.findings if finding.answer == "fires")
        return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The failures (E and F) that nobody has accepted."""
        return tuple(finding for finding in self.fired if finding.failed)

    @property
    def unanswered(self) -> tuple[Finding, ...]:
        """The findings of rules that cannot tell."""
        return tuple(finding for finding in self.findings if finding.answer == "cannot tell")

    @property
    def completeness(self) -> float:
        """Share, 0 to 1, of the rules that have an answer: how complete the design is."""
        asked = {finding.id for finding in self.findings}
        return 1 - len(self.unanswered) / len(asked) if asked else 1.0

    def __getitem__(self, rule_id: str) -> tuple[Finding, ...]:
        """Look up what one rule says.

        Parameters
        ----------
        rule_id : str
            "A16".

        Returns
        -------
        tuple of Finding

        Raises
        ------
        KeyError
            If this rule was not applied; the message lists those that were.
        """
        found = tuple(finding for finding in self.findings if finding.id == rule_id)
        if not found:
            asked = ", ".join(dict.fromkeys(finding.id for finding in self.findings))
            raise KeyError(f"{rule_id!r} is not a rule of this audit, which has {asked}")
        return found

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    @property
    def table(self) -> pd.DataFrame:
        """The findings as a table.

        Returns
        -------
        DataFrame
            One row for each finding; all columns have dtype object: id, severity, answer, stage,
            segment, message, numbers, needs, checked, because, sources, basis, accepted.
        """
        return self._table(self.findings)

    def _table(self, findings: Iterable[Finding]) -> FindingsTable:
        columns = ["id", "severity", "answer", "stage", "segment", "message", "numbers", "needs"]
        columns += ["checked", "because", "sources", "basis", "accepted"]
        rows = [finding.document() for finding in findings]
        names = {stage.key: stage.name for stage in self.framework or ()}
        names.update(SEVERITY_NAMES)
        return FindingsTable(rows, columns=columns, dtype=object).described(names)

    def document(self) -> dict[str, Any]:
        """Give the audit as plain values, fit for JSON.

        Returns
        -------
        dict
            name (str), framework (str or None, its key), audited_as (str, its name), failed
            (int, the number of failures), completeness (float, 0 to 1), findings and unmatched
            (lists of dict).
        """
        return {
            "name": self.name,
            "framework": self.framework.key if self.framework else None,
            "audited_as": self.audited_as,
            "failed": len(self.failed),
            "completeness": self.completeness,
            "findings": [finding.document() for finding in self.findings],
            "unmatched": [row.model_dump(exclude_none=True) for row in self.unmatched],
        }


def audit(journey: Design, rules: Iterable[Rule], whole: Design | None = None) -> Audit:
    """Apply rules to a journey, in its own framework.

    Parameters
    ----------
    journey : Design
    rules : iterable of Rule
    whole : Design, optional
        The journey before it was carried into this framework; its acceptances count.

    Returns
    -------
    Audit
    """
    facts, whole = Facts(journey), journey if whole is None else whole
    findings = [finding for one in rules for finding in one.findings(facts)]
    ends = whole.framework, journey.framework
    accepted = [
        (finding, [row for row in whole.accepted if _accepts(row, finding, *ends)])
        for finding in findings
    ]
    used = [row for _, matches in accepted for row in matches]
    unmatched = tuple(row for row in whole.accepted if row not in used)
    told = (
        replace(finding, accepted=matches[-1].reason) if matches else finding
        for finding, matches in accepted
    )
    return Audit(journey.name, tuple(told), unmatched, journey.framework)


def refused(error: InputError, rules: Iterable[Rule]) -> Audit:
    """Audit a file that could not be read: its faults are findings, other rules cannot tell.

    Parameters
    ----------
    error : InputError
        Raised when the file was read.
    rules : iterable of Rule

    Returns
    -------
    Audit
    """
    findings: list[Finding] = []
    for one in rules:
        if one.id == IMPOSSIBLE:
            findings += [one.finding("fires", _outcome(fault)) for fault in error.faults]
        else:
            findings.append(one.unanswered("a design without faults"))
    return Audit(error.subject, tuple(findings))


def _outcome(fault: Fault) -> Outcome:
    value = fault.value
    if isinstance(value, int | float) and math.isfinite(value):
        return fires(f"{fault}.", {"value": float(value)})
    return fires(f"{fault}.")


def _accepts(row: Accepted, finding: Finding, own: Framework, shown: Framework) -> bool:
    """Tell whether a finding is accepted; stages of two frameworks are one at one milestone."""
    if (finding.answer, finding.id) != ("fires", row.rule):
        return False
    if row.segment not in (None, finding.segment):
        return False
    if row.stage is None or finding.stage is None:
        return row.stage is None
    same_key = row.stage == finding.stage and row.stage not in own.keys
    return same_key or own.anchor(row.stage) == shown.anchor(finding.stage)
