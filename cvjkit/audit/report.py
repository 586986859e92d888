"""Audits written as text for a terminal, JSON for programs or annotations for GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from types import MappingProxyType

from cvjkit.audit.audit import Audit
from cvjkit.audit.findings import BASES, SEVERITIES, SEVERITY_NAMES, Finding
from cvjkit.catalog.sources import cited
from cvjkit.errors import UNPRINTABLE, printable
from cvjkit.number_text import share_text

ANNOTATIONS = {"E": "error", "F": "error", "W": "warning", "M": "warning", "I": "notice"}
MOST_NEEDS = 3
"""How many needs of a rule are shown in the text; JSON has all of them."""

Audits = Iterable[tuple[str, Audit]]


def as_text(audits: Audits) -> str:
    """Write audits as text: findings, the most serious first, then the rules that cannot tell.

    Parameters
    ----------
    audits : iterable of (str, Audit)
        The file of each audit, and the audit.

    Returns
    -------
    str

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
    >>> print(as_text([("shop.toml", shop.audit())]).partition(", none")[0])
    shop.toml: Shop, audited as Five-step customer life cycle: 3 findings
    """
    return "\n\n".join("\n".join(map(printable, _lines(file, audit))) for file, audit in audits)


def _lines(file: str, audit: Audit) -> Iterable[str]:
    audited = f"audited as {audit.audited_as}" if audit.framework else ""
    said = ", ".join(filter(None, ("" if audit.name == file else audit.name, audited)))
    subject = f" {said}:" if said else ""
    yield f"{file}:{subject} {audit.verdict}"
    for severity, meaning in SEVERITIES.items():
        findings = [finding for finding in audit.fired if finding.severity == severity]
        if findings:
            yield ""
            yield f"{SEVERITY_NAMES[severity]}: {meaning}"
        for _, group in groupby(findings, key=lambda finding: finding.id):
            together = list(group)
            for finding in together:
                yield f"  {finding.id} {_about(finding)}{finding.message}"
                if finding.accepted is not None:
                    yield f"      Accepted: {finding.accepted}"
            yield f"      {_grounds(together[0])}"
    if audit.unanswered:
        yield ""
        yield "Cannot tell:"
    for finding in audit.unanswered:
        shown, more = finding.needs[:MOST_NEEDS], len(finding.needs) - MOST_NEEDS
        rest = f"; {more} more" if more > 0 else ""
        yield f"  {finding.id} needs {'; '.join(shown)}{rest}"
    for accepted in audit.unmatched:
        yield ""
        yield f"Accepted, but not found: {accepted.rule} ({accepted.reason})"
    yield ""
    yield f"{share_text(audit.completeness)} of the rules have an answer."


def _about(finding: Finding) -> str:
    about = [name for name in (finding.stage, finding.segment) if name is not None]
    return f"[{', '.join(about)}] " if about else ""


def _grounds(finding: Finding) -> str:
    source = f" [{cited(finding.sources)}]" if finding.sources else ""
    ours = "" if finding.basis == "document" else f" ({BASES[finding.basis]})"
    return f"{finding.because}{source}{ours}"


def as_json(audits: Audits) -> str:
    """Write audits as a JSON list.

    Parameters
    ----------
    audits : iterable of (str, Audit)
        The file of each audit, and the audit.

    Returns
    -------
    str
        A list of objects: "file", and the values of `Audit.document`.
    """
    plain = [{"file": file, **audit.document()} for file, audit in audits]
    text = json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False)
    # JSON itself escapes less than a terminal needs. It has ends of lines outside of texts only.
    signs = (sign if sign == "\n" else f"\\u{ord(sign):04x}" for sign in UNPRINTABLE.findall(text))
    return UNPRINTABLE.sub(lambda _: next(signs), text)


def as_annotations(audits: Audits) -> str:
    r"""Write findings that nobody has accepted as annotations of a GitHub workflow.

    The first of each file says in which framework it was audited.

    Parameters
    ----------
    audits : iterable of (str, Audit)
        The file of each audit, and the audit.

    Returns
    -------
    str

    Examples
    --------
    >>> import cvjkit as cvj
    >>> shop = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10])
    >>> print(as_annotations([("a,b.toml", shop.audit())]).splitlines()[-1][:57])
    ::notice file=a%2Cb.toml,title=A51 loyalty::Few people: 1
    """
    return "\n".join(line for file, audit in audits for line in _annotations(file, audit))


def _annotations(file: str, audit: Audit) -> Iterable[str]:
    if audit.framework is not None:
        yield _annotation("notice", file, "Audit", f"{audit.name}, audited as {audit.audited_as}.")
    for finding in audit.fired:
        if finding.accepted is None:
            yield _annotation(ANNOTATIONS[finding.severity], file, _title(finding), finding.message)


def _annotation(level: str, file: str, title: str, message: str) -> str:
    about = f"file={_escaped(file, property=True)},title={_escaped(title, property=True)}"
    return f"::{level} {about}::{_escaped(message)}"


def _title(finding: Finding) -> str:
    return " ".join(filter(None, (finding.id, finding.stage, finding.segment)))


def _escaped(text: str, *, property: bool = False) -> str:  # noqa: A002 - GitHub's word for it
    signs = "%:," if property else "%"
    text = printable(text)
    return "".join(f"%{ord(sign):02X}" if sign in signs else sign for sign in text)


FORMATS: Mapping[str, Callable[[Audits], str]] = MappingProxyType(
    {"text": as_text, "json": as_json, "github": as_annotations}
)
