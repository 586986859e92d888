"""The audit: a journey checked against the documents and the model.

A rule is a function that takes `Facts` and yields outcomes; `cvjkit.audit.rules` has them all. A
rule that lacks something it needs answers "cannot tell" and names it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pandas as pd

from cvjkit.audit.facts import Facts, MissingError

if TYPE_CHECKING:
    from cvjkit.errors import Fault, InputError
    from cvjkit.model.design import Design
    from cvjkit.model.parts import Accepted

Severity = Literal["E", "F", "W", "M", "I"]
Answer = Literal["fires", "passes", "cannot tell"]
Basis = Literal["document", "threshold", "model"]

SEVERITIES: Mapping[str, str] = MappingProxyType(
    {
        "E": "cannot be computed",
        "F": "failure, trap or mistake",
        "W": "asked for and not there",
        "M": "does not pay",
        "I": "worth knowing",
    }
)
"""The meaning of each severity, the gravest first."""
BASES: Mapping[str, str] = MappingProxyType(
    {
        "document": "a document says so",
        "threshold": "a document says so; where the line is drawn is ours, and yours to change",
        "model": "ours: it follows from the model, no document says so",
    }
)
FAILURES = ("E", "F")
IMPOSSIBLE = "A45"

Numbers = Mapping[str, float | None]
NOTHING: Numbers = MappingProxyType({})


class Outcome(NamedTuple):
    """The result of a check, for the journey, a stage or a segment.

    Parameters
    ----------
    fired : bool
        Whether something was found.
    message : str
    numbers : mapping of str to float or None
        The numbers it rests on.
    stage : str or None
        Key of the stage concerned.
    segment : str or None
        Name of the segment concerned.
    severity : {"E", "F", "W", "M", "I"} or None
        If it is another than the rule's.
    """

    fired: bool
    message: str
    numbers: Numbers
    stage: str | None = None
    segment: str | None = None
    severity: Severity | None = None


def fires(
    message: str,
    numbers: Numbers = NOTHING,
    *,
    stage: str | None = None,
    segment: str | None = None,
    severity: Severity | None = None,
) -> Outcome:
    """Make the outcome of a check that found something.

    Parameters
    ----------
    message : str
        What was found and what to do about it, in a sentence or two.
    numbers : mapping of str to float or None
        The numbers it rests on.
    stage : str, optional
        Key of the stage concerned.
    segment : str, optional
        Name of the segment concerned.
    severity : {"E", "F", "W", "M", "I"}, optional
        By default the rule's.

    Returns
    -------
    Outcome
    """
    return Outcome(True, message, MappingProxyType(dict(numbers)), stage, segment, severity)


def passes(message: str, numbers: Numbers = NOTHING) -> Outcome:
    """Make the outcome of a check that found nothing.

    Parameters
    ----------
    message : str
        What was checked, in a sentence.
    numbers : mapping of str to float or None
        The numbers it rests on.

    Returns
    -------
    Outcome
    """
    return Outcome(False, message, MappingProxyType(dict(numbers)))


Check = Callable[[Facts], Iterable[Outcome]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A check of a journey.

    Parameters
    ----------
    id : str
        "A16".
    severity : {"E", "F", "W", "M", "I"}
        As in `SEVERITIES`; an outcome may have another.
    checked : str
        What is checked.
    because : str
        What the documents or the model say about it, in our words.
    sources : tuple of str
        Citations ``"003:62"``: file 003, line 62. Empty for rules of ours.
    basis : {"document", "threshold", "model"}
        As in `BASES`.
    check : callable
        Takes `Facts` and yields outcomes; none means that it passes. It may raise `MissingError`.
    """

    id: str
    severity: Severity
    checked: str
    because: str
    sources: tuple[str, ...]
    basis: Basis
    check: Check = field(repr=False)

    def findings(self, facts: Facts) -> tuple[Finding, ...]:
        """Apply the rule.

        Parameters
        ----------
        facts : Facts

        Returns
        -------
        tuple of Finding
            All that fired; if none did, one that cannot tell or passes.
        """
        outcomes: list[Outcome] = []
        needs: tuple[str, ...] = ()
        try:
            outcomes.extend(self.check(facts))
        except MissingError as missing:
            needs = missing.needs
        fired = [outcome for outcome in outcomes if outcome.fired]
        if fired:
            return tuple(_finding(self, "fires", outcome) for outcome in fired)
        if needs:
            return (_unanswered(self, *needs),)
        seen = outcomes or [passes("Nothing to find.")]
        message = " ".join(outcome.message for outcome in seen)
        numbers = {name: number for outcome in seen for name, number in outcome.numbers.items()}
        return (_finding(self, "passes", passes(message, numbers)),)


def _finding(one: Rule, answer: Answer, outcome: Outcome, needs: tuple[str, ...] = ()) -> Finding:
    return Finding(
        id=one.id,
        severity=outcome.severity or one.severity,
        answer=answer,
        message=outcome.message,
        stage=outcome.stage,
        segment=outcome.segment,
        numbers=outcome.numbers,
        needs=needs,
        checked=one.checked,
        because=one.because,
        sources=one.sources,
        basis=one.basis,
    )


def _unanswered(one: Rule, *needs: str) -> Finding:
    needs = tuple(dict.fromkeys(needs))
    outcome = passes(f"Cannot tell: needs {'; '.join(needs)}.")
    return _finding(one, "cannot tell", outcome, needs)


def rule(
    id: str,  # noqa: A002 - what it is called everywhere
    severity: Severity,
    checked: str,
    because: str,
    *sources: str,
    basis: Basis = "document",
) -> Callable[[Check], Rule]:
    """Make a rule of the function it decorates.

    Parameters
    ----------
    id : str
    severity : {"E", "F", "W", "M", "I"}
    checked : str
    because : str
    *sources : str
    basis : {"document", "threshold", "model"}
        All as in `Rule`.

    Returns
    -------
    callable
        Takes the check, gives the `Rule`.

    Examples
    --------
    >>> @rule(
    ...     "X1", "W", "Who owns each tactic", "Ours: what nobody owns is not done.", basis="model"
    ... )
    ... def owned(facts):
    ...     for act in facts.acts:
    ...         if not getattr(act.what, "owner", "-"):
    ...             yield fires(f"Nobody owns {act.name}.", stage=facts.key(act.position))
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [900, 90, 9, 5, 1])
    >>> print(shop.with_stage("reach", tactics=["Fair"]).audit(rules=[owned]).fired[0])
    X1 W reach: Nobody owns Fair.
    """

    def decorated(check: Check) -> Rule:
        return Rule(id, severity, checked, because, sources, basis, check)

    return decorated


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says about a journey, a stage or a segment.

    Parameters
    ----------
    id : str
        Of the rule.
    severity : {"E", "F", "W", "M", "I"}
        As in `SEVERITIES`.
    answer : {"fires", "passes", "cannot tell"}
    message : str
    stage : str or None
        Key of the stage concerned.
    segment : str or None
        Name of the segment concerned.
    numbers : mapping of str to float or None
        The numbers it rests on.
    needs : tuple of str
        What must be typed for an answer.
    checked, because, sources, basis
        As in `Rule`.
    accepted : str or None
        Why it was accepted; None if it was not.
    """

    id: str
    severity: Severity
    answer: Answer
    message: str
    stage: str | None = None
    segment: str | None = None
    numbers: Numbers = field(default_factory=lambda: NOTHING)
    needs: tuple[str, ...] = ()
    checked: str
    because: str
    sources: tuple[str, ...] = ()
    basis: Basis
    accepted: str | None = None

    @property
    def failed(self) -> bool:
        """Whether it is a failure that nobody has accepted."""
        return self.answer == "fires" and self.severity in FAILURES and self.accepted is None

    def document(self) -> dict[str, Any]:
        """Give the finding as plain values.

        Returns
        -------
        dict
            Its fields; lists for tuples.
        """
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            **plain,
            "numbers": dict(self.numbers),
            "needs": list(self.needs),
            "sources": list(self.sources),
        }

    def __str__(self) -> str:
        about = [name for name in (self.stage, self.segment) if name is not None]
        where = f" {', '.join(about)}" if about else ""
        accepted = "" if self.accepted is None else f" Accepted: {self.accepted}"
        return f"{self.id} {self.severity}{where}: {self.message}{accepted}"


@dataclass(frozen=True, eq=False)
class Audit:
    """What the rules say about a journey.

    Parameters
    ----------
    name : str
        Of the journey.
    findings : tuple of Finding
        At least one for each rule, in the order of the rules.
    unmatched : tuple of Accepted
        Acceptances that match no finding.
    """

    name: str
    findings: tuple[Finding, ...]
    unmatched: tuple[Accepted, ...] = ()

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
            raise KeyError(f"{rule_id!r} was not asked; asked were {asked}")
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
        columns = ["id", "severity", "answer", "stage", "segment", "message", "numbers", "needs"]
        columns += ["checked", "because", "sources", "basis", "accepted"]
        rows = [finding.document() for finding in self.findings]
        return pd.DataFrame(rows, columns=columns, dtype=object)

    def document(self) -> dict[str, Any]:
        """Give the audit as plain values, fit for JSON.

        Returns
        -------
        dict
            name (str), failed (int, the number of failures), completeness (float, 0 to 1),
            findings and unmatched (lists of dict).
        """
        return {
            "name": self.name,
            "failed": len(self.failed),
            "completeness": self.completeness,
            "findings": [finding.document() for finding in self.findings],
            "unmatched": [row.model_dump(exclude_none=True) for row in self.unmatched],
        }


def audit(journey: Design, rules: Iterable[Rule]) -> Audit:
    """Apply rules to a journey.

    Parameters
    ----------
    journey : Design
    rules : iterable of Rule

    Returns
    -------
    Audit
    """
    facts = Facts(journey)
    findings = [finding for one in rules for finding in one.findings(facts)]
    accepted = [
        (finding, [row for row in journey.accepted if _accepts(row, finding)])
        for finding in findings
    ]
    used = [row for _, matches in accepted for row in matches]
    return Audit(
        journey.name,
        tuple(
            replace(finding, accepted=matches[-1].reason) if matches else finding
            for finding, matches in accepted
        ),
        tuple(row for row in journey.accepted if row not in used),
    )


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
            findings += [_finding(one, "fires", _outcome(fault)) for fault in error.faults]
        else:
            findings.append(_unanswered(one, "a design without faults"))
    return Audit(error.subject, tuple(findings))


def _outcome(fault: Fault) -> Outcome:
    value = fault.value
    if isinstance(value, int | float) and math.isfinite(value):
        return fires(f"{fault}.", {"value": float(value)})
    return fires(f"{fault}.")


def _accepts(accepted: Accepted, finding: Finding) -> bool:
    return (
        finding.answer == "fires"
        and accepted.rule == finding.id
        and accepted.stage in (None, finding.stage)
        and accepted.segment in (None, finding.segment)
    )
