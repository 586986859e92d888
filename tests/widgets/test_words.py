"""The words on a page: no codes, no names of Python, no false plural."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.charts.sankey import sankey_picture
from cvjkit.cli import main
from cvjkit.decisions.leaks import leaks_of_design
from cvjkit.model.economics import FIGURES
from cvjkit.publishing.canvas import canvas
from tests.widgets.hand import JOURNEYS, MODE, MONEY, PLAN, SHOP, TAB, TWO, Hand

CASES = {path.stem: cvj.read_journey(path) for path in sorted(JOURNEYS.glob("*.toml"))} | {
    "counted": SHOP,
    "planned": PLAN,
    "segments": TWO,
    "money": MONEY,
    "one": cvj.Journey.from_counts("eight", [1] * 8),
    "nobody": cvj.Journey.from_counts("nine", [0] * 9),
}
FEW = [0, 1, 2, 3]
PUBLISHED = ("five", "seven", "eight", "nine", "full")
SHOWN = {"title", "name", "note", "notes", "text", "brief", "label", "message", "lines", "headings"}
SLIPS = {
    "a citation by number": re.compile(r"(?<![\d.,])00[0-4](:\d|\b)"),
    "a number of a disagreement": re.compile(r"\bC(10|[1-9])\b"),
    "a name of Python": re.compile(r"\b[a-z]+_[a-z_]+\b"),
    "a false plural": re.compile(
        r"(?<![\d.,:-])1 (?:buying |more |new )?"
        r"(?:(?:people|(?<!of 1 )(?:go|move|reach|leave|enter|are))\b"
        r"|(?!(?:is|as|was|has|goes|comes|moves|stays|does|reaches|leaves|enters|skips|buys)\b)"
        r"[a-z]+(?<!s)s\b)"
    ),
    "a citation in brackets": re.compile(r"\[\d{3}:"),
    "a call": re.compile(r"\b[a-z_]{3,}\(\)"),
    "no value": re.compile(r"\b(None|nan|NaN)\b"),
}


def slips(texts: Iterable[str]) -> set[tuple[str, str]]:
    """Find the texts that nobody should read, and what is wrong with them."""
    return {
        (slip, text) for text in texts for slip, pattern in SLIPS.items() if pattern.search(text)
    }


def texts(shown: Any, key: str = "") -> Iterator[str]:
    if isinstance(shown, dict):
        for name, value in shown.items():
            yield from texts([row[1] for row in value] if name == "headings" else value, name)
    elif isinstance(shown, list | tuple):
        for value in shown:
            yield from texts(value, key)
    elif isinstance(shown, str) and key in SHOWN:
        yield re.sub(r"^(Saved in|Changed since it was saved in) .*", r"\1", shown)


def said(journey: cvj.Journey) -> Iterator[str]:
    """What a notebook or a terminal is told about a journey: answers, explanations, refusals."""
    questions: list[Callable[[], object]] = [
        lambda: journey,
        journey.flow,
        journey.audit,
        journey.economics,
        journey.fix_first,
        journey.segments_table,
        lambda: journey.simulate(100).summary,
        lambda: journey.goal("customers", 500),
        lambda: journey.timeline(90),
        lambda: cvj.compare(journey).summary(),
        *(partial(journey.through, key) for key in PUBLISHED),
        *(partial(journey.explain, figure) for figure in FIGURES),
    ]
    for ask in questions:
        try:
            yield from str(ask()).splitlines()
        except cvj.InputError as error:
            # Where a fault is, is told as a path, to be put right in Python.
            for fault in error.faults:
                yield from (fault.rule, fault.fix)


def page_texts(journey: cvj.Journey) -> Iterator[str]:
    for mode in ("counted", "what-if"):
        hand = Hand(journey).types(mode, *MODE)
        for tab in ("numbers", "worksheet"):
            hand.types(tab, *TAB)
            for form in (hand.designer._form, hand.designer._guide, hand.designer._answers.form):
                yield from texts(form.document)
    page = re.sub(r"<(style|script).*?</\1>", "", canvas(journey), flags=re.DOTALL)
    yield from re.split(r"<[^>]*>", page)


@pytest.mark.parametrize("name", CASES)
def test_no_text_on_a_page_has_codes_names_of_python_or_false_plurals(name: str) -> None:
    assert slips(page_texts(CASES[name])) == set()


@pytest.mark.parametrize("name", CASES)
def test_no_answer_to_python_has_codes_names_of_python_or_false_plurals(name: str) -> None:
    assert slips(said(CASES[name])) == set()


@st.composite
def small(draw: st.DrawFn) -> cvj.Journey:
    """A journey of so few people that most numbers may be one, or a part of one."""
    if draw(st.booleans()):
        journey = cvj.Journey.from_counts(
            "five", draw(st.lists(st.sampled_from(FEW), min_size=5, max_size=5))
        )
        if draw(st.booleans()):
            journey = journey.with_segment("Ads", counts=[3, 2, 1, 1, 0])
    else:
        rates = st.lists(st.sampled_from([0.2, 0.5, 0.7, 0.9]), min_size=4, max_size=4)
        journey = cvj.Journey.from_rates("five", draw(st.sampled_from([1, 1.4, 2, 3])), draw(rates))
    if draw(st.booleans()):
        journey = journey.with_transition("conversion", "acquisition", 0.1)
        journey = journey.with_referral("loyalty", to="reach", per_person=0.5)
    if draw(st.booleans()):
        journey = journey.with_offer("conversion", name="Box", price=20, margin=9, cycle_days=1)
    return journey


@settings(max_examples=10, deadline=None)
@given(small())
def test_one_of_something_is_never_several(journey: cvj.Journey) -> None:
    picture = sankey_picture(journey.flow(), leaks=leaks_of_design(journey))
    drawn = [picture.summary, *(part.text for part in (*picture.nodes, *picture.links))]
    drawn += texts(cvj.compare(journey).picture().document())
    assert slips([*said(journey), *drawn]) == set()


@pytest.mark.parametrize("command", ["", "dashboard", "lab", "new", "check", "audit", "canvas"])
def test_no_help_of_a_command_has_codes_or_false_plurals(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([*command.split(), "--help"])
    told = capsys.readouterr().out
    assert slips([told]) == set()


@pytest.mark.parametrize("format_", ["text", "github"])
def test_no_audit_in_a_terminal_has_codes_names_of_python_or_false_plurals(
    format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [*map(str, sorted(JOURNEYS.glob("*.toml")))]
    main(["audit", "--format", format_, *files])
    told = capsys.readouterr().out
    for file in files:
        told = told.replace(file, "FILE")
    # Beside a rule stands the key of the stage, as whoever accepts the finding writes it.
    keys = re.compile(r"(?<=  A\d\d )\[[a-z_, ]*|(?<=title=A\d\d )[a-z_]*")
    assert slips(keys.sub("", told).splitlines()) == set()


def test_the_slips_are_seen() -> None:
    said = ["002 expects", "[000:24]", "see C9", "a repeat_rate", "1 buying cycles", "nan people"]
    said += ["1 more customers", "<1 new people", "1 reach Loyalty", "1 are on the way"]
    for text in said:
        assert any(pattern.search(text) for pattern in SLIPS.values()), text
    for text in ["1 stage", "1 loss", "at 1.1 days", "21 people", "10,001 customers"]:
        assert not any(pattern.search(text) for pattern in SLIPS.values()), text
