"""An address brings back what was typed; one that was tampered with is refused in words."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cvjkit as cvj
from cvjkit.errors import InputError
from cvjkit.publishing.link import LONGEST, MOST_FIELDS, Link, read_link, write_link
from cvjkit.widgets.changed import Changed, step_with
from tests.widgets.hand import FRAMEWORK, MODE, MONEY, PLAN, SHOP, TWO, Hand

FILES = [SHOP, PLAN, TWO, MONEY]
TEXTS = st.sampled_from(["0", "5", "1000", "12.5", "20%", "0.05", "7", "", "a b", "1", "null", "&"])


def back(hand: Hand, first: cvj.Journey) -> Any:
    query = write_link(Link("shop.toml", hand.designer._session.changed))
    assert len(query) < LONGEST
    return step_with(first, read_link(query).changed)


def close(one: cvj.Journey, other: cvj.Journey) -> None:
    """The same design, but for what the last digits of a rate lose."""
    assert one.framework == other.framework
    assert one.name == other.name
    alike = one.model_copy(update={"segments": other.segments})
    assert alike.model_dump() == other.model_dump()
    for mine, yours in zip(one.segments, other.segments, strict=True):
        ours, theirs = mine.model_dump(), yours.model_dump()
        for table in ("counts", "rates", "entrants"):
            mine_, yours_ = ours.pop(table), theirs.pop(table)
            assert (mine_ is None) == (yours_ is None)
            for number, expected in zip(mine_ or (), yours_ or (), strict=True):
                assert number == (expected and pytest.approx(expected, rel=1e-8))
        assert ours == theirs


@settings(max_examples=40)
@given(st.data())
def test_whatever_was_typed_comes_back_from_the_address(data: st.DataObject) -> None:
    first = data.draw(st.sampled_from(FILES))
    hand = Hand(first)
    if data.draw(st.booleans()):
        hand.types("what_if", *MODE)
    for _ in range(data.draw(st.integers(0, 5))):
        address = data.draw(st.sampled_from(hand.addresses))
        text = data.draw(TEXTS)
        if choices := [value for value, _ in hand.field(*address).choices]:
            text = data.draw(st.sampled_from(choices))
        if address[0] != "file":
            hand.types(text, *address)
    now = hand.designer._session._history.now
    step = back(hand, first)
    close(step.edited, now.edited)
    close(step.whole, now.whole)
    assert step.is_what_if == now.is_what_if
    assert step.whole.what_if.kept == now.whole.what_if.kept


def test_the_address_is_short_and_can_be_read() -> None:
    hand = Hand(MONEY).types("what_if", *MODE).types("25%", "stages", "conversion", "rate")
    query = write_link(Link("box shop.toml", hand.designer._session.changed))
    assert query == "journey=box%20shop.toml&v=1&stages.conversion.rate=0.25"
    assert write_link(Link("shop.toml")) == "journey=shop.toml"


def test_a_record_that_was_corrected_and_a_framework_come_back() -> None:
    hand = Hand(SHOP).types("3000", "stages", "acquisition", "reached").types("eight", *FRAMEWORK)
    query = write_link(Link("", hand.designer._session.changed))
    assert "counted.segments[Everyone].counts.acquisition=3000" in unquote(query)
    step = back(hand, SHOP)
    assert (step.edited, step.is_what_if) == (hand.journey, False)
    assert step.edited.framework.key == "eight"


def test_what_mail_programs_add_to_a_link_is_left_aside() -> None:
    query = "?utm_source=mail&journey=a.toml&fbclid=x&token=secret&stages.reach.unit_cost=2"
    assert read_link(query) == Link("a.toml", Changed(typed={"stages.reach.unit_cost": 2}))


@pytest.mark.parametrize(
    "value",
    [None, 0, 1.5, 1e300, True, "", "5", "null", "a&b=c#d%+ü", "NaN", [1, "x"], {"a": [None]}],
)
def test_values_keep_their_kind(value: object) -> None:
    changed = Changed(recorded={"segments[A.b]=c].x": value}, typed={"name": value})
    assert read_link(write_link(Link("x", changed))).changed == changed


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("v=2&stages.reach.unit_cost=7", "does not know"),
        ("stages.reach.unit_cost=-7", "must not be negative"),
        ("stages.nowhere.unit_cost=7", "nowhere"),
        ("stages.reach.price=7", "price"),
        ("stges.reach.unit_cost=7", "stges"),
        ("stages.reach.unit_cost=7&stages.reach.unit_cost=8", "is there twice"),
        ("stages.conversion.rate=1e999", "must be"),
        ("stages.conversion.rate=abc", "abc"),
        ("counted.segments[Everyone].counts.reach=[1]", "must be"),
        ("segments[Somebody].spend=1", "Somebody"),
        ("in=ten", "ten"),
        ("kept=5", "is not a list"),
        ('kept=[{"name":5}]', "must be text"),
        ("name[=5", "path"),
        ("stages.reach.unit_cost=" + "[" * 20_000, "must be"),
        ("x" * (LONGEST + 1), "longer than"),
        ("&".join(f"a{i}=1" for i in range(MOST_FIELDS + 1)), "parts"),
    ],
)
def test_a_link_that_cannot_be_followed_says_why(query: str, said: str) -> None:
    with pytest.raises((InputError, ValueError)) as refused:
        step_with(SHOP, read_link(query).changed)
    assert said in str(refused.value)


PATHS = st.sampled_from(
    [
        "stages.conversion.rate", "stages.reach.people", "segments[0].spend", "offers", "name",
        "counted.segments[Everyone].counts.reach", "counted.name", "transitions", "stages", "view",
        "in", "typed-in", "counted-in", "kept", "numbers", "v", "counted.segments", "framework",
        "stages.reach.tactics[0].name", "thresholds.cac", "schema_version", "counted.", "segments[",
    ]
)  # fmt: skip
VALUES = st.sampled_from(
    [
        "",
        "0.5",
        "-1",
        "1e999",
        "null",
        "true",
        "[]",
        "{}",
        "[{}]",
        '{"a":1}',
        "five",
        "9" * 5000,
        "%00",
    ]
) | st.text(max_size=12)


@settings(max_examples=100)
@given(st.lists(st.tuples(PATHS | st.text(max_size=8), VALUES), max_size=4), st.booleans())
def test_a_link_that_was_tampered_with_is_followed_or_refused_in_words(
    parts: list[tuple[str, str]], escaped: bool
) -> None:
    query = "&".join(
        f"{quote(key)}={quote(text)}" if escaped else f"{key}={text}" for key, text in parts
    )
    said: list[str] = []
    for first in FILES:
        try:
            step_with(first, read_link(query).changed).edited.flow()
        except ValueError as error:
            said.append(str(error))
    assert all(said)
