"""What the documents say, on values: everything the frameworks hold is there to be read."""

from __future__ import annotations

import pytest

import cvjkit as cvj
from cvjkit.catalog.sources import cited, disagreements
from cvjkit.widgets.panels.guide import guide_part
from tests.widgets.hand import SHOP, Hand

FRAMEWORKS = ["five", "seven", "eight", "eight:time", "nine", "full"]
EVIL = "<img src=x onerror=alert(1)>"


@pytest.mark.parametrize("key", FRAMEWORKS)
def test_of_every_stage_all_that_is_known_is_there(key: str) -> None:
    framework = cvj.framework(key)
    articles = guide_part(framework).articles
    assert [article.title for article in articles] == [stage.name for stage in framework]
    for article, stage in zip(articles, framework, strict=True):
        texts = {text for _, text in article.lines}
        known = {stage.event, stage.state, stage.purpose, stage.anchor_note} - {""}
        assert known <= texts
        assert {cited(stage.sources), ", ".join(stage.tactics)} - {""} <= texts
        assert ("Name is ours" in article.note) == stage.reconstructed
        assert "" not in texts


@pytest.mark.parametrize("key", FRAMEWORKS)
def test_where_the_documents_differ_each_is_heard_with_its_sources(key: str) -> None:
    framework = cvj.framework(key)
    for article, stage in zip(guide_part(framework).articles, framework, strict=True):
        lines = dict(article.lines)
        for disagreement in stage.disagreements:
            assert "The documents differ" in article.note
            text = lines[disagreement.topic]
            for position in disagreement.positions:
                assert f"{position.says} ({cited(position.sources)})" in text
            assert text.endswith(disagreement.consequence)


def test_all_ten_disagreements_are_shown_somewhere() -> None:
    told = {
        about
        for key in FRAMEWORKS
        for article in guide_part(cvj.framework(key)).articles
        for about, _ in article.lines
    }
    assert {question.topic for question in disagreements()} <= told


def test_the_text_follows_the_framework_and_is_sent_only_then() -> None:
    hand, sent = Hand(SHOP), []
    hand.designer._guide.observe(lambda change: sent.append(change["new"]), "document")
    hand.types("250", "stages", "conversion", "reached")
    assert sent == []
    hand.types("nine", "head", "head", "framework")
    titles = [article["title"] for article in sent[-1]["parts"][0]["articles"]]
    assert titles == [stage.name for stage in cvj.framework("nine")]


def test_two_frameworks_of_the_same_names_have_each_their_own_text() -> None:
    five = cvj.framework("five")
    stages = [stage.model_copy(update={"event": "Seen."}) for stage in five]
    guide_part(five)
    own = five.model_copy(update={"stages": tuple(stages)})
    assert all(("Arrived when", "Seen.") in article.lines for article in guide_part(own).articles)


def test_of_a_framework_of_ones_own_that_says_nothing_nothing_is_said() -> None:
    own = cvj.Framework.from_document(
        {"key": "ours", "name": EVIL, "stages": [{"key": "a", "name": EVIL}]}
    )
    (article,) = guide_part(own).articles
    assert (article.title, article.note, article.lines) == (EVIL, "", ())
