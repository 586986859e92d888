"""The canvas: a journey's worksheet on one page, to print and hang on a wall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cvjkit.audit.facts import Facts
from cvjkit.audit.findings import SEVERITIES, SEVERITY_NAMES
from cvjkit.catalog.sources import awareness_levels, cited
from cvjkit.catalog.tactics import tactic_kind
from cvjkit.files.look import Look, read_look
from cvjkit.journey import Journey, as_journey
from cvjkit.model.economics import FIGURES
from cvjkit.number_text import count_text, days_text, money_text, people_text, share_text
from cvjkit.publishing.folder import in_currency
from cvjkit.publishing.page import render
from cvjkit.widgets.panels.explained import explaining

if TYPE_CHECKING:
    from cvjkit.audit.audit import Audit
    from cvjkit.audit.findings import Finding
    from cvjkit.model.economics import Economics
    from cvjkit.model.parts import Message, Offer, Segment, Tactic
    from cvjkit.widgets.fields import Article

MINUTES_PER_HOUR, MINUTES_PER_DAY = 60, 24 * 60


def canvas(journey: Journey | str | Path, look: Look | None = None) -> str:
    """Lay a journey out on one page: for each stage its purpose, what is done, what is open.

    It is drawn in the framework the journey is shown in first (`view`), else in its own.

    Parameters
    ----------
    journey : Journey, str or Path
        The journey, or the path of its file.
    look : Look, optional
        Of the client it is for; by default that of ``look.toml`` beside the journey's file.

    Returns
    -------
    str
        An HTML page that needs no other file. A browser prints it on one page, A4 or A3,
        landscape; its text is as large as fits.

    Raises
    ------
    InputError
        When the file cannot be read, or the look beside it.

    Examples
    --------
    >>> shop = Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Smith & Sons")
    >>> page = canvas(shop)
    >>> page[:15], "Smith &amp; Sons" in page
    ('<!doctype html>', True)
    """
    journey = as_journey(journey)
    if look is None:
        look = Look() if journey.path is None else read_look(journey.path.parent)
    shown = in_currency(journey, look.currency)
    return render("canvas", canvas=_Layout(shown).canvas(), look=look)


# --- what the template shows --------------------------------------------------------------------


class _Item(NamedTuple):
    """A line of a list, and the notes below it."""

    name: str
    notes: list[str]


class _Finding(NamedTuple):
    """A finding of the audit, with its message or the reason why it was accepted."""

    id: str
    name: str
    severity: str
    text: str


class _Shown(NamedTuple):
    """Something that is shown, and the id of what explains it; empty for nothing."""

    text: str
    explained_by: str


class _Figure(NamedTuple):
    """A figure of the whole journey."""

    name: str
    shown: _Shown


class _Segment(NamedTuple):
    """A card about the people of a segment; a field without text is a line to write on."""

    name: str
    fields: list[tuple[str, str | None]]
    approach: str | None
    people: _Shown
    spend: str | None


class _Stage(NamedTuple):
    """A column of the table."""

    name: str
    purpose: str
    sources: str
    is_first_payment: bool
    people: _Shown
    rate: float | None
    people_notes: list[_Shown]
    tactics: list[_Item]
    suggested: tuple[str, ...]
    messages: list[_Item]
    offers: list[_Item]
    findings: list[_Finding]


@dataclass(frozen=True)
class _Canvas:
    """Everything on the page."""

    name: str
    description: str
    framework: str
    audited_as: str
    source: str
    illustrative: bool
    figures: list[_Figure]
    answered: str
    completeness: float
    segments: list[_Segment]
    phases: list[tuple[str | None, int]]
    stages: list[_Stage]
    findings: list[_Finding]
    accepted: list[_Finding]
    next_test: str
    severities: list[tuple[str, str, str]]
    explained: Mapping[str, Article]


# --- where it comes from ------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Layout:
    """The content of a journey by the stages of the framework drawn."""

    journey: Journey

    @cached_property
    def shown(self) -> Journey:
        """The journey in the framework drawn.

        Returns
        -------
        Journey
        """
        return self.journey.in_view()

    @cached_property
    def facts(self) -> Facts:
        return Facts(self.shown)

    @cached_property
    def audit(self) -> Audit:
        return self.journey.audit()

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Column of each stage of the journey, and of each milestone.

        Returns
        -------
        mapping of str to int
            By their keys; counted from 0.
        """
        positions, position = dict(self.facts.covering), 0
        for index, stage in enumerate(self.journey.framework):
            if self.shown is self.journey:
                position = index
            elif stage.milestone:
                position = positions[stage.milestone]
            positions[stage.key] = position
        return positions

    @cached_property
    def explained(self) -> dict[str, Article]:
        """What explains the figures that were laid out.

        Returns
        -------
        dict of str to Article
            By its id on the page.
        """
        return {}

    def _explained(
        self, journey: Journey, figure: str, text: str, segment: str | None = None
    ) -> _Shown:
        """Show a figure of the journey, or of a stage of the framework drawn."""
        explained_by = f"explains-{len(self.explained)}"
        self.explained[explained_by] = explaining(journey, figure, segment, text)()
        return _Shown(text, explained_by)

    def _figures(self) -> Iterator[_Figure]:
        """Give the known figures of the whole journey."""
        economics = self.journey.economics()
        for key, figure in FIGURES.items():
            if figure.phrase and economics[key] is not None:
                text = economics.text(key, self.journey.currency) + economics.left_out(key)
                yield _Figure(figure.phrase_for(text), self._explained(self.journey, key, text))

    def canvas(self) -> _Canvas:
        journey, framework, audit = self.journey, self.shown.framework, self.audit
        rules = {finding.id for finding in audit}
        days = journey.next_test_days
        return _Canvas(
            name=journey.name,
            description=journey.description,
            framework=framework.name,
            audited_as=audit.audited_as,
            source=framework.source,
            illustrative=journey.illustrative,
            figures=list(self._figures()),
            answered=f"{len(rules) - len(audit.unanswered)} of {len(rules)}",
            completeness=audit.completeness,
            segments=self._segments(),
            phases=self._phases(),
            stages=self._stages(),
            findings=self._findings(None),
            accepted=[
                _Finding(
                    finding.id, SEVERITY_NAMES[finding.severity], finding.severity, finding.accepted
                )
                for finding in audit.fired
                if finding.accepted is not None
            ],
            next_test="test" if days is None else f"test in {days_text(days)}:",
            severities=[(key, SEVERITY_NAMES[key], SEVERITIES[key]) for key in SEVERITIES],
            explained=self.explained,
        )

    def _segments(self) -> list[_Segment]:
        entered, first = self.journey.flow().entered, self.journey.framework.keys[0]
        segments = []
        for segment, people in zip(self.journey.segments, entered, strict=True):
            shown = _Shown(count_text(people_text(float(people.sum())), "person", "people"), "")
            if people[0] and people[0] == people.sum():
                shown = self._explained(
                    self.journey, f"stages.{first}.people", shown.text, segment.name
                )
            segments.append(_segment(segment, shown, self.journey.currency))
        return segments

    def _phases(self) -> list[tuple[str | None, int]]:
        """Give each phase of the document and how many stages it has; nothing without phases."""
        phases = [stage.phase for stage in self.shown.framework]
        return [(name, len(list(group))) for name, group in groupby(phases)] if any(phases) else []

    def _stages(self) -> list[_Stage]:
        currency = self.journey.currency
        economics = self.shown.economics()
        first_payment = self.facts.at("first_payment")
        flow = self.shown.flow()
        people, rates = flow.numbers("people"), flow.numbers("step_rate")
        stages = []
        for position, stage in enumerate(self.shown.framework):
            rows = [row for row in self.journey.stages if self.positions[row.stage] == position]
            offers = [o for o in self.journey.offers if self.positions[o.stage] == position]
            stages.append(
                _Stage(
                    name=stage.name,
                    purpose=stage.purpose,
                    sources=cited(stage.sources),
                    is_first_payment=position == first_payment,
                    people=self._explained(
                        self.shown, f"stages.{stage.key}.people", people_text(people[position])
                    ),
                    rate=rates[position],
                    people_notes=self._people_notes(position, economics),
                    tactics=[_tactic(tactic, currency) for row in rows for tactic in row.tactics],
                    suggested=stage.tactics,
                    messages=[_message(message) for row in rows for message in row.messages],
                    offers=[_offer(offer, currency) for offer in offers],
                    findings=self._findings(position),
                )
            )
        return stages

    def _people_notes(self, position: int, economics: Economics) -> list[_Shown]:
        framework, path = self.shown.framework, f"stages.{self.shown.framework.keys[position]}"
        parent = framework.parents[position]
        rate = self.shown.flow().numbers("step_rate")[position]
        numbers = self.facts.numbers(position)
        notes = list[_Shown]()
        if rate is not None and parent is not None:
            text = f"{share_text(rate)} of {framework.stages[parent].name}"
            notes.append(self._explained(self.shown, f"{path}.rate", text))
        if numbers.mean_delay:
            notes.append(_Shown(f"{days_text(numbers.mean_delay)} later", ""))
        cost = economics.numbers("cost_per_person")[position] if economics.total_cost else None
        if cost is not None:
            text = f"{money_text(cost, self.journey.currency)} each so far"
            notes.append(self._explained(self.shown, f"{path}.cost_per_person", text))
        return notes

    def _findings(self, position: int | None) -> list[_Finding]:
        """Give the findings at a stage, or at none, that nobody has accepted."""
        index = self.shown.framework.index
        return [
            _Finding(
                finding.id, SEVERITY_NAMES[finding.severity], finding.severity, finding.message
            )
            for finding in self.audit.fired
            if finding.accepted is None
            and (None if finding.stage is None else index(finding.stage)) == position
        ]


def _segment(segment: Segment, people: _Shown, currency: str) -> _Segment:
    levels = {level.key: level for level in awareness_levels()}
    level = levels.get(segment.awareness or "")
    content = segment.content and f"{segment.content} content first"
    spent = None if segment.spend is None else f"for {money_text(segment.spend, currency)}"
    return _Segment(
        name=segment.name,
        fields=[
            ("who", segment.avatar),
            ("wants", segment.intent),
            ("is there because", segment.why_there),
            ("knows", _joined(level.name if level else None, content)),
        ],
        approach=level.approach if level else None,
        people=people,
        spend=spent,
    )


def _tactic(tactic: Tactic, currency: str) -> _Item:
    kind = tactic_kind(tactic.kind, tactic.name)
    terms = _joined(
        kind.name if kind and kind.name != tactic.name else None,
        tactic.channel,
        tactic.owner,
        None if tactic.cost is None else money_text(tactic.cost, currency),
        tactic.due and f"by {tactic.due}",
    )
    return _item(
        tactic.name,
        tactic.promise and f"promises: {tactic.promise}",
        tactic.example and f"shows: {tactic.example}",
        tactic.solution and f"solves: {tactic.solution}",
        terms,
    )


def _message(message: Message) -> _Item:
    kind = tactic_kind(message.kind, "")
    name = kind.name if kind else message.kind
    after, opening = message.after_minutes, message.after_opening_minutes
    often = message.times_a_week
    terms = _joined(
        name if message.name else None,
        message.channel,
        None if after is None else f"after {_minutes_text(after)}",
        None if opening is None else f"or {_minutes_text(opening)} into the next morning",
        None if often is None else f"{often:g}\N{MULTIPLICATION SIGN} a week",
        "unasked" if message.solicited is False else None,
        "cannot be stopped" if message.opt_out is False else None,
        "after a happy sign" if message.after_happy_sign else None,
    )
    return _item(message.name or name, terms)


def _offer(offer: Offer, currency: str) -> _Item:
    price = None if offer.price is None else money_text(offer.price, currency)
    cycle = None if offer.cycle_days is None else f"every {days_text(offer.cycle_days)}"
    return _item(offer.name, _joined(price, cycle), offer.value, offer.risk_reducer)


def _item(name: str, *notes: str | None) -> _Item:
    return _Item(name, [note for note in notes if note])


def _finding(finding: Finding, text: str) -> _Finding:
    return _Finding(finding.id, SEVERITY_NAMES[finding.severity], finding.severity, text)


def _minutes_text(minutes: float) -> str:
    """Write a time in the largest unit of which it is one or more.

    Examples
    --------
    >>> _minutes_text(15), _minutes_text(90), _minutes_text(10080)
    ('15 min', '1.5 h', '7 days')
    """
    if minutes >= MINUTES_PER_DAY:
        return days_text(minutes / MINUTES_PER_DAY)
    if minutes > MINUTES_PER_HOUR:
        return f"{minutes / MINUTES_PER_HOUR:.3g} h"
    return f"{minutes:.3g} min"


def _joined(*parts: str | None) -> str:
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)
