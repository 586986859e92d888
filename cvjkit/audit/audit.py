"""The audit: what the documents, and the model, have to say about a journey.

A rule is a function that asks `Facts` about a journey and gives outcomes; `cvjkit.audit.rules` has
them all. A rule that lacks what it needs answers "cannot tell" and says what it needs.
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
"""What a severity means, the gravest first."""
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
    """What a rule has to say about one place: made by `fires` and `passes`."""

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
    """Find something.

    Parameters
    ----------
    message : str
        What is found and what to do about it, in a sentence or two.
    numbers : mapping of str to float, optional
        What was seen.
    stage, segment : str, optional
        Key of the stage, name of the segment, where it is found.
    severity : str, optional
        Another than the rule's.
    """
    seen = MappingProxyType(dict(numbers))
    return Outcome(True, message, seen, stage, segment, severity)


def passes(message: str, numbers: Numbers = NOTHING) -> Outcome:
    """Say what was seen where there is nothing to find."""
    return Outcome(False, message, MappingProxyType(dict(numbers)))


Check = Callable[[Facts], Iterable[Outcome]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Something to check in a journey.

    Parameters
    ----------
    id : str
        "A16".
    severity : {"E", "F", "W", "M", "I"}
        As in `SEVERITIES`; an outcome may have another.
    checked : str
        What is checked.
    because : str
        What the documents, or the model, say about it, in our words.
    sources : tuple of str
        Citations ``"003:62"``: file 003, line 62. Empty for rules of ours.
    basis : {"document", "threshold", "model"}
        As in `BASES`.
    check : callable
        Takes `Facts`, gives outcomes; nothing means that it passes. It may raise `MissingError`.
    """

    id: str
    severity: Severity
    checked: str
    because: str
    sources: tuple[str, ...]
    basis: Basis
    check: Check = field(repr=False)

    def findings(self, facts: Facts) -> tuple[Finding, ...]:
        """Apply the rule: what it finds; else what it needs; else what it saw."""
        outcomes: list[Outcome] = []
        needs: tuple[str, ...] = ()
        try:
            outcomes.extend(self.check(facts))
        except MissingError as missing:
            needs = missing.needs
        fired = [outcome for outcome in outcomes if outcome.fired]
        if fired:
            return tuple(self.finding("fires", outcome) for outcome in fired)
        if needs:
            return (self.unanswered(*needs),)
        seen = outcomes or [passes("Nothing to find.")]
        message = " ".join(outcome.message for outcome in seen)
        numbers = {name: number for outcome in seen for name, number in outcome.numbers.items()}
        return (self.finding("passes", passes(message, numbers)),)

    def unanswered(self, *needs: str) -> Finding:
        """Say what is missing for an answer."""
        needs = tuple(dict.fromkeys(needs))
        outcome = passes(f"Cannot tell: needs {'; '.join(needs)}.")
        return self.finding("cannot tell", outcome, needs)

    def finding(self, answer: Answer, outcome: Outcome, needs: tuple[str, ...] = ()) -> Finding:
        """Put an outcome together with what the rule is about."""
        return Finding(
            id=self.id,
            severity=outcome.severity or self.severity,
            answer=answer,
            message=outcome.message,
            stage=outcome.stage,
            segment=outcome.segment,
            numbers=outcome.numbers,
            needs=needs,
            checked=self.checked,
            because=self.because,
            sources=self.sources,
            basis=self.basis,
        )


def rule(
    id: str,  # noqa: A002 - what it is called everywhere
    severity: Severity,
    checked: str,
    because: str,
    *sources: str,
    basis: Basis = "document",
) -> Callable[[Check], Rule]:
    """Make a rule of a function, by decorating it.

    Parameters
    ----------
    id, severity, checked, because, *sources, basis
        As in `Rule`.

    Examples
    --------
    >>> @rule(
    ...     "X1", "W", "Who owns each tactic", "Ours: what nobody owns is not done.", basis="model"
    ... )
    ... def owned(facts):
    ...     for act in facts.acts:
    ...         if not getattr(act.what, "owner", "-"):
    ...             yield fires(f"Nobody owns {act.name}.", stage=facts.key(act.place))
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
    """What one rule says about a journey, or about one place in it.

    Attributes
    ----------
    id : str
        The rule's.
    severity : {"E", "F", "W", "M", "I"}
        As in `SEVERITIES`.
    answer : {"fires", "passes", "cannot tell"}
    message : str
    stage, segment : str or None
        Key of the stage, name of the segment, that it is about.
    numbers : mapping of str to float
        What was seen.
    needs : tuple of str
        What must be typed for an answer.
    checked, because : str
        What was checked; what the documents or the model say about it.
    sources : tuple of str
    basis : {"document", "threshold", "model"}
        As in `BASES`.
    accepted : str or None
        The reason why it was accepted.
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
        """Whether it is a failure nobody has accepted."""
        return self.answer == "fires" and self.severity in FAILURES and self.accepted is None

    def document(self) -> dict[str, Any]:
        """Give it as plain values."""
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
    """All that the rules say about one journey.

    Attributes
    ----------
    name : str
        The journey's.
    findings : tuple of Finding
        In the order of the rules; at least one for each.
    unmatched : tuple of Accepted
        What was accepted and is not, or no longer, found.
    """

    name: str
    findings: tuple[Finding, ...]
    unmatched: tuple[Accepted, ...] = ()

    @cached_property
    def fired(self) -> tuple[Finding, ...]:
        """What was found, the gravest first."""
        order = list(SEVERITIES)
        found = (finding for finding in self.findings if finding.answer == "fires")
        return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))

    @property
    def failed(self) -> tuple[Finding, ...]:
        """The failures nobody has accepted: E and F."""
        return tuple(finding for finding in self.fired if finding.failed)

    @property
    def unanswered(self) -> tuple[Finding, ...]:
        """Rules that cannot tell, each with what it needs."""
        return tuple(finding for finding in self.findings if finding.answer == "cannot tell")

    @property
    def completeness(self) -> float:
        """Share, 0 to 1, of the rules that have an answer: how complete the design is."""
        asked = {finding.id for finding in self.findings}
        return 1 - len(self.unanswered) / len(asked) if asked else 1.0

    def __getitem__(self, rule_id: str) -> tuple[Finding, ...]:
        """Give what one rule says."""
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
            A row a finding, all columns of dtype object: id, severity, answer, stage, segment,
            message, numbers, needs, checked, because, sources, basis, accepted.
        """
        columns = ["id", "severity", "answer", "stage", "segment", "message", "numbers", "needs"]
        columns += ["checked", "because", "sources", "basis", "accepted"]
        rows = [finding.document() for finding in self.findings]
        return pd.DataFrame(rows, columns=columns, dtype=object)

    def document(self) -> dict[str, Any]:
        """Give it as plain values, fit for JSON."""
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
    """Turn what is wrong with a file into findings; no other rule can tell.

    Parameters
    ----------
    error : InputError
        Why no journey could be made of it.
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


def _accepts(accepted: Accepted, finding: Finding) -> bool:
    return (
        finding.answer == "fires"
        and accepted.rule == finding.id
        and accepted.stage in (None, finding.stage)
        and accepted.segment in (None, finding.segment)
    )
