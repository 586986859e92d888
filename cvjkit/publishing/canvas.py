"""The canvas: a journey's worksheet on one page, to print and hang on a wall."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from cvjkit.audit.audit import SEVERITIES
from cvjkit.audit.facts import Facts
from cvjkit.catalog.framework import awareness_levels
from cvjkit.catalog.tactics import tactic_kind
from cvjkit.errors import InputError
from cvjkit.journey import Journey, as_journey
from cvjkit.numbers import days_text, money_text, people_text, share_text

if TYPE_CHECKING:
    from cvjkit.audit.audit import Audit, Finding
    from cvjkit.catalog.framework import Framework, Stage
    from cvjkit.model.economics import Economics
    from cvjkit.model.parts import Message, Offer, Segment, Tactic

STATIC = Path(__file__).parent / "static"
MINUTES_AN_HOUR, MINUTES_A_DAY = 60, 24 * 60

Inside = Element | str | None


def canvas(journey: Journey | str | Path) -> str:
    """Lay a journey out on one page: for each stage what it is for, what is done, what is open.

    It is drawn in the framework the journey is shown in first (`view`), else in its own.

    Parameters
    ----------
    journey : Journey or path

    Returns
    -------
    str
        An HTML page that needs nothing else. A browser prints it on one page, A4 or A3,
        landscape; its text is set as large as fits.

    Examples
    --------
    >>> shop = Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Smith & Sons")
    >>> page = canvas(shop)
    >>> page[:15], "Smith &amp; Sons" in page
    ('<!doctype html>', True)
    """
    return _page(_Sheet(as_journey(journey)))


@dataclass(frozen=True, eq=False)
class _Sheet:
    """What stands on the canvas, and where."""

    journey: Journey

    @cached_property
    def shown(self) -> Journey:
        """The journey in the framework to draw it in."""
        view = self.journey.view
        if view in {None, self.journey.framework.key}:
            return self.journey
        try:
            return self.journey.in_framework(view)
        except InputError:
            # The framework it asks to be seen in cannot take it; its own can.
            return self.journey

    @property
    def framework(self) -> Framework:
        return self.shown.framework

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each stage of the journey, and each milestone, lies in the framework drawn."""
        places, place = dict(Facts(self.shown).covering), 0
        for at, stage in enumerate(self.journey.framework):
            if self.shown is self.journey:
                place = at
            elif stage.milestone:
                place = places[stage.milestone]
            places[stage.key] = place
        return places

    @cached_property
    def audit(self) -> Audit:
        return self.journey.audit()

    @cached_property
    def economics(self) -> Economics:
        return self.journey.economics()

    def tactics(self, place: int) -> list[Tactic]:
        rows = (row for row in self.journey.stages if self.places[row.stage] == place)
        return [tactic for row in rows for tactic in row.tactics]

    def messages(self, place: int) -> list[Message]:
        rows = (row for row in self.journey.stages if self.places[row.stage] == place)
        return [message for row in rows for message in row.messages]

    def offers(self, place: int) -> list[Offer]:
        return [offer for offer in self.journey.offers if self.places[offer.stage] == place]

    def open(self, place: int | None) -> list[Finding]:
        """Find what the audit found at a stage, or at none, and nobody has accepted."""
        return [
            finding
            for finding in self.audit.fired
            if finding.accepted is None
            and (None if finding.stage is None else self.places[finding.stage]) == place
        ]

    @property
    def accepted(self) -> list[Finding]:
        return [finding for finding in self.audit.fired if finding.accepted is not None]


# --- the page -----------------------------------------------------------------------------------


def _page(sheet: _Sheet) -> str:
    style, script = (
        (STATIC / f"canvas.{suffix}").read_text(encoding="utf-8") for suffix in ("css", "js")
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # Nothing is fetched, and no script runs but the one below, whatever a name may contain.
    policy = f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    root = _element(
        "html",
        _element(
            "head",
            _element("meta", charset="utf-8"),
            _element("meta", **{"http-equiv": "Content-Security-Policy", "content": policy}),
            _element("meta", name="viewport", content="width=1280"),
            _element("title", f"{sheet.journey.name}: canvas"),
            _element("style", style),
        ),
        _element(
            "body",
            _element("button", "Print, or save as PDF", type="button", hidden="hidden"),
            _element("main", _header(sheet), _segments(sheet), _stages(sheet), _footer(sheet)),
            _element("script", script),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{tostring(root, encoding='unicode', method='html')}\n"


def _header(sheet: _Sheet) -> Element:
    journey, framework = sheet.journey, sheet.framework
    return _element(
        "header",
        _element("p", framework.name, cls="eyebrow"),
        _element("h1", journey.name, dir="auto"),
        _element("p", journey.description, cls="description", dir="auto"),
        _element("dl", *_figures(sheet), cls="figures"),
    )


def _figures(sheet: _Sheet) -> Iterator[Element]:
    """Give the numbers of the whole, as far as they are known."""
    money, currency = sheet.economics, sheet.journey.currency
    figures = (
        ("customers", money.customers, people_text(money.customers)),
        ("a customer costs", money.cac, money_text(money.cac, currency)),
        ("and brings", money.ltv_net, money_text(money.ltv_net, currency)),
        ("paid back after", money.payback_days, days_text(money.payback_days)),
        ("profit", money.profit, money_text(money.profit, currency)),
    )
    for name, value, text in figures:
        if value is not None:
            yield _figure(name, text)
    asked = len({finding.id for finding in sheet.audit})
    answered = asked - len(sheet.audit.unanswered)
    yield _figure("rules answered", f"{answered} of {asked}", meter=sheet.audit.completeness)


def _figure(name: str, text: str, meter: float | None = None) -> Element:
    return _element(
        "div", _element("dt", name), _element("dd", text), None if meter is None else _bar(meter)
    )


def _bar(share: float) -> Element:
    bar = _element("span", cls="bar", aria_hidden="true")
    SubElement(bar, "span", {"style": f"width:{100 * share:.1f}%"})
    return bar


def _segments(sheet: _Sheet) -> Element:
    people = sheet.journey.flow()
    cards = [
        _segment(segment, float(people.entered[place].sum()), sheet.journey.currency)
        for place, segment in enumerate(sheet.journey.segments)
    ]
    inside = (_element("h2", "Whom we meet"), _element("div", *cards, cls="cards"))
    return _element("section", *inside, cls="segments")


def _segment(segment: Segment, entered: float, currency: str) -> Element:
    level = next((each for each in awareness_levels() if each.key == segment.awareness), None)
    spent = None if segment.spend is None else f"for {money_text(segment.spend, currency)}"
    content = None if segment.content is None else f"{segment.content} content first"
    return _element(
        "article",
        _element("h3", segment.name, dir="auto"),
        _written("who", segment.avatar),
        _written("wants", segment.intent),
        _written("is there because", segment.why_there),
        _written("knows", _joined(level.name if level else None, content)),
        _element("small", level.approach) if level else None,
        _element("p", _joined(f"{people_text(entered)} people", spent), cls="number"),
    )


def _written(name: str, text: str | None) -> Element:
    """Write a field, or leave a line to write on."""
    value = _element("span", cls="blank") if not text else _element("bdi", text)
    return _element("p", _element("b", name), " ", value)


# --- the stages ---------------------------------------------------------------------------------


def _stages(sheet: _Sheet) -> Element:
    places, currency = range(len(sheet.framework)), sheet.journey.currency
    money = sheet.shown.economics()
    rows = (
        ("who gets there", [_people(sheet, money, place) for place in places]),
        ("what we do", [_tactics(sheet, place) for place in places]),
        ("what we say", [_list(map(_message, sheet.messages(place))) for place in places]),
        ("what we sell", [_list(_offer(o, currency) for o in sheet.offers(p)) for p in places]),
        ("still open", [_list(map(_finding, sheet.open(place))) for place in places]),
    )
    paid = Facts(sheet.shown).at("first_payment")
    marks = ["paid" if place == paid else None for place in places]
    body = [
        _element(
            "tr",
            _element("th", title, scope="row"),
            *(_element("td", cell, cls=mark) for cell, mark in zip(cells, marks, strict=True)),
        )
        for title, cells in rows
    ]
    head = [_stage(place, each, marks[place]) for place, each in enumerate(sheet.framework)]
    return _element(
        "table",
        _element("thead", _phases(sheet.framework), _element("tr", _element("td"), *head)),
        _element("tbody", *body),
    )


def _phases(framework: Framework) -> Element | None:
    """Group the stages as their document does, if it does."""
    if not any(stage.phase for stage in framework):
        return None
    phases = [(name, len(list(group))) for name, group in groupby(s.phase for s in framework)]
    groups = [_element("th", name, colspan=str(n), scope="colgroup") for name, n in phases]
    return _element("tr", _element("td"), *groups, cls="phases")


def _stage(place: int, stage: Stage, mark: str | None) -> Element:
    return _element(
        "th",
        _element("p", str(place + 1), mark and _element("b", "first money"), cls="step"),
        _element("h3", stage.name, dir="auto"),
        _element("p", stage.purpose, cls="purpose"),
        _element("p", ", ".join(stage.sources), cls="sources"),
        scope="col",
        cls=mark,
        style=f"--place:{place}",
    )


def _people(sheet: _Sheet, money: Economics, place: int) -> Element:
    stages, key = sheet.shown.flow().stages, sheet.framework.keys[place]
    rate, parent = stages["step_rate"][key], sheet.framework.parents[place]
    cost = money.stages["cost_per_person"][key] if money.total_cost else None
    delay = next((row.delay_days for row in sheet.shown.stages if row.stage == key), None)
    told = [
        None
        if rate is None or parent is None
        else f"{share_text(rate)} of {sheet.framework.stages[parent].name}",
        f"{days_text(delay)} later" if delay else None,
        None if cost is None else f"{money_text(cost, sheet.journey.currency)} each so far",
    ]
    return _element(
        "div",
        _element("p", people_text(stages["people"][key]), cls="number"),
        None if rate is None else _bar(rate),
        *(_element("p", line) for line in told if line),
    )


def _tactics(sheet: _Sheet, place: int) -> Element | None:
    done = sheet.tactics(place)
    if done:
        return _list(_tactic(tactic, sheet.journey.currency) for tactic in done)
    return _list(
        (_element("li", name) for name in sheet.framework.stages[place].tactics), cls="suggested"
    )


def _tactic(tactic: Tactic, currency: str) -> Element:
    kind = tactic_kind(tactic.kind, tactic.name)
    told = [
        tactic.promise and f"promises: {tactic.promise}",
        tactic.example and f"shows: {tactic.example}",
        tactic.solution and f"solves: {tactic.solution}",
        _joined(
            kind.name if kind and kind.name != tactic.name else None,
            tactic.channel,
            tactic.owner,
            None if tactic.cost is None else money_text(tactic.cost, currency),
            tactic.due and f"by {tactic.due}",
        ),
    ]
    return _item(tactic.name, told)


def _message(message: Message) -> Element:
    kind = tactic_kind(message.kind, "")
    name = kind.name if kind else message.kind
    opening = message.after_opening_minutes
    often = message.times_a_week
    told = _joined(
        name if message.name else None,
        message.channel,
        None if message.after_minutes is None else f"after {_time(message.after_minutes)}",
        None if opening is None else f"or {_time(opening)} into the next morning",
        None if often is None else f"{often:g}\N{MULTIPLICATION SIGN} a week",
        "unasked" if message.solicited is False else None,
        "cannot be stopped" if message.opt_out is False else None,
        "after a happy sign" if message.after_happy_sign else None,
    )
    return _item(message.name or name, [told])


def _time(minutes: float) -> str:
    """Write a time in the largest unit of which it is one or more.

    Examples
    --------
    >>> _time(15), _time(90), _time(10080)
    ('15 min', '1.5 h', '7 days')
    """
    if minutes >= MINUTES_A_DAY:
        return days_text(minutes / MINUTES_A_DAY)
    if minutes > MINUTES_AN_HOUR:
        return f"{minutes / MINUTES_AN_HOUR:.3g} h"
    return f"{minutes:.3g} min"


def _offer(offer: Offer, currency: str) -> Element:
    price = None if offer.price is None else money_text(offer.price, currency)
    cycle = None if offer.cycle_days is None else f"every {days_text(offer.cycle_days)}"
    told = [_joined(price, cycle), offer.value, offer.risk_reducer]
    return _item(offer.name, told)


def _finding(finding: Finding, note: str | None = None) -> Element:
    return _element(
        "li",
        _element("span", finding.id, cls=f"badge {finding.severity}"),
        " ",
        _element("bdi", note or finding.message),
        cls="finding",
    )


# --- below the stages ---------------------------------------------------------------------------


def _footer(sheet: _Sheet) -> Element:
    journey, days = sheet.journey, sheet.journey.next_test_days
    severities = [
        _element("span", _element("span", key, cls=f"badge {key}"), f" {name} ")
        for key, name in SEVERITIES.items()
    ]
    accepted = [_finding(each, each.accepted) for each in sheet.accepted]
    return _element(
        "footer",
        _block("Still open for the whole", _list(map(_finding, sheet.open(None)))),
        _block("What we live with", _list(accepted)) if accepted else None,
        _block(
            "Next",
            _written("test" if days is None else f"test in {days_text(days)}:", None),
            _written("hung up on", None),
            _unanswered(sheet.audit),
        ),
        _element(
            "div",
            _element("p", *severities, cls="severities"),
            _element("p", f"Stages: {sheet.framework.source}"),
            _element("p", "Made-up numbers, to learn with.") if journey.illustrative else None,
            cls="legend",
        ),
    )


def _unanswered(audit: Audit) -> Element | None:
    """Name the rules that cannot tell, those that follow each other as one."""
    asked = list(dict.fromkeys(finding.id for finding in audit))
    silent = {finding.id for finding in audit.unanswered}
    runs = [list(run) for told, run in groupby(asked, silent.__contains__) if told]
    named = [run[0] if len(run) == 1 else f"{run[0]}\N{EN DASH}{run[-1]}" for run in runs]
    return _element("p", f"Cannot tell yet: {', '.join(named)}") if named else None


def _block(title: str, *inside: Inside) -> Element:
    return _element("div", _element("h2", title), *inside)


# --- elements -----------------------------------------------------------------------------------


def _list(items: Iterable[Element], cls: str | None = None) -> Element | None:
    inside = list(items)
    return _element("ul", *inside, cls=cls) if inside else None


def _item(name: str, told: Iterable[str | None]) -> Element:
    notes = (_element("small", _element("bdi", each)) for each in told if each)
    return _element("li", _element("bdi", name), *notes)


def _joined(*parts: str | None) -> str | None:
    return " \N{MIDDLE DOT} ".join(part for part in parts if part) or None


def _element(tag: str, *inside: Inside, **attributes: str | None) -> Element:
    """Make an element; text is put in as text, so that it can never become anything else."""
    names = {"cls": "class", "aria_hidden": "aria-hidden"}
    element = Element(tag, {names.get(n, n): v for n, v in attributes.items() if v is not None})
    for each in inside:
        if isinstance(each, Element):
            element.append(each)
        elif each and len(element):
            element[-1].tail = (element[-1].tail or "") + each
        elif each:
            element.text = (element.text or "") + each
    return element
