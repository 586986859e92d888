"""A rule of the audit, and what it finds.

A rule is a function that takes `Facts` and yields outcomes; `cvjkit.audit.rules` has them all. A
rule that lacks something it needs answers "cannot tell" and names it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cvjkit.audit.facts import Facts
from cvjkit.audit.stage_facts import MissingError
from cvjkit.number_text import in_order

Severity = Literal["E", "F", "W", "M", "I"]
Answer = Literal["fires", "passes", "cannot tell"]
Basis = Literal["document", "threshold", "model"]

SEVERITIES: Mapping[str, str] = MappingProxyType(
    {
        "E": "cannot be computed",
        "F": "a document calls it a mistake or a trap",
        "W": "a document asks for it, and it is missing",
        "M": "does not pay",
        "I": "worth knowing",
    }
)
"""The meaning of each severity, the most serious first."""
SEVERITY_NAMES: Mapping[str, str] = MappingProxyType(
    {"E": "Error", "F": "Failure", "W": "Warning", "M": "Money", "I": "Note"}
)
"""What each severity is called where people read."""
BASES: Mapping[str, str] = MappingProxyType(
    {
        "document": "a document says so",
        "threshold": "a document says so; the threshold is ours, and you can change it",
        "model": "ours: it follows from the model; no document says so",
    }
)
FAILURES = ("E", "F")

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
    needs : tuple of str
        What must be typed to tell.
    """

    fired: bool
    message: str = ""
    numbers: Numbers = NOTHING
    stage: str | None = None
    segment: str | None = None
    severity: Severity | None = None
    needs: tuple[str, ...] = ()


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
    return Outcome(True, message, _finite(numbers), stage, segment, severity)


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
    return Outcome(False, message, _finite(numbers))


def lacks(*needs: str) -> Outcome:
    """Make the outcome of a check that cannot tell all, and goes on.

    Parameters
    ----------
    *needs : str
        What must be typed to tell; if there is nothing, the outcome says nothing.

    Returns
    -------
    Outcome
    """
    return Outcome(False, needs=needs)


def _finite(numbers: Numbers) -> Numbers:
    """Give None for what is too large for a number, as JSON has no infinity."""
    return MappingProxyType(
        {
            name: None if number is None or not math.isfinite(number) else number
            for name, number in numbers.items()
        }
    )


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
        outcomes = list[Outcome]()
        try:
            outcomes.extend(self.check(facts))
        except MissingError as missing:
            outcomes.append(lacks(*missing.needs))
        fired = [outcome for outcome in outcomes if outcome.fired]
        needs = [need for outcome in outcomes for need in outcome.needs]
        if fired:
            return tuple(self.finding("fires", outcome) for outcome in fired)
        if needs:
            return (self.unanswered(*needs),)
        seen = [one for one in outcomes if one.message] or [passes("Nothing to find.")]
        message = " ".join(outcome.message for outcome in seen)
        numbers = {name: number for outcome in seen for name, number in outcome.numbers.items()}
        return (self.finding("passes", passes(message, numbers)),)

    def finding(self, answer: Answer, outcome: Outcome, needs: tuple[str, ...] = ()) -> Finding:
        """Make a finding of an outcome.

        Parameters
        ----------
        answer : {"fires", "passes", "cannot tell"}
        outcome : Outcome
        needs : tuple of str
            What must be typed for an answer.

        Returns
        -------
        Finding
        """
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

    def unanswered(self, *needs: str) -> Finding:
        """Make the finding of a rule that cannot tell.

        Parameters
        ----------
        *needs : str
            What must be typed for an answer.

        Returns
        -------
        Finding
        """
        needs = tuple(dict.fromkeys(needs))
        outcome = passes(f"Cannot tell: needs {'; '.join(needs)}.")
        return self.finding("cannot tell", outcome, needs)


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
    return lambda check: Rule(id, severity, checked, because, sources, basis, check)


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
        return in_order(f"{self.id} {self.severity}{where}: {self.message}{accepted}")
