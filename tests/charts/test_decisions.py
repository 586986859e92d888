from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import plotly.graph_objects as go
import pytest

import cvjkit as cvj
from cvjkit.charts.chance import distribution, funnel_bands
from cvjkit.charts.decisions import decision_figure
from cvjkit.charts.frame import MARGIN
from cvjkit.charts.over_time import cash_curve, standing
from cvjkit.charts.style import BODY, TITLE
from cvjkit.charts.text import text_width

PHONE = 390 - 2 * MARGIN  # [px]
COUNTS = {"<b>Ads</b>": [4000, 400, 40, 10, 2], "Blog": [1000, 300, 60, 30, 3]}


def shop(currency: str = "EUR") -> cvj.Journey:
    journey = cvj.Journey.from_counts("five", COUNTS, name="<b>Ads</b> shop", currency=currency)
    journey = journey.with_stage("reach", unit_cost=0.1).with_stage("conversion", delay_days=5)
    return journey.with_offer("conversion", name="Box", price=40, margin=15)


def answers(currency: str = "EUR") -> dict[str, Any]:
    journey = shop(currency)
    return {
        "fix_first": journey.fix_first(),
        "goal": journey.goal("customers", 150),
        "budget": journey.budget(2000, {"<b>Ads</b>": (8000, 1000), "Blog": (12000, 2000)}),
        "segments": journey.segments_table(),
        "retention": cvj.fit_retention([1, 0.869, 0.743, 0.653, 0.593]),
        "explanation": journey.explain("cac"),
        "explanation of a stage": journey.explain("stages.conversion.rate"),
        "simulation": journey.simulate(500),
        "timeline": journey.timeline(30),
        "timeline without money": cvj.Journey.from_counts("five", COUNTS).timeline(30),
    }


DRAWN: dict[str, tuple[Callable[..., go.Figure], Any]] = {
    **{name: (decision_figure, answer) for name, answer in answers(currency="<i>").items()},
    **{draw.__name__: (draw, shop("<i>").simulate(500)) for draw in (funnel_bands, distribution)},
    **{draw.__name__: (draw, shop("<i>").timeline(100)) for draw in (cash_curve, standing)},
}


@pytest.mark.parametrize("name", list(DRAWN))
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_figure_says_what_it_shows_and_reads_no_markup(name: str, theme: Any) -> None:
    draw, answer = DRAWN[name]
    figure = draw(answer, theme=theme)
    assert isinstance(figure, go.Figure)
    assert figure.layout.meta["summary"] == answer.summary
    assert figure.data
    drawn = json.loads(figure.to_json())
    drawn["layout"].pop("meta")
    assert "<b>Ads" not in json.dumps(drawn)
    assert "<i>" not in json.dumps(drawn)
    with pytest.raises(cvj.InputError, match="theme"):
        draw(answer, theme="grey")


def test_the_bars_are_the_numbers_of_the_table() -> None:
    first = shop().fix_first()
    figure = decision_figure(first)
    assert list(figure.data[0].x) == first.score.dropna().to_list()
    goal = shop().goal("customers", 150)
    needed = [rate.rate for rate in goal.rates.values() if rate.rate is not None]
    assert list(decision_figure(goal).data[1].x) == needed


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(cvj.InputError, match="is not an answer"):
        decision_figure(shop())  # type: ignore[arg-type]
    with pytest.raises(cvj.InputError, match="shape"):
        decision_figure(shop().simulate(10), shape="round")  # type: ignore[arg-type]


def test_a_step_that_loses_money_has_room_for_its_number_beside_the_names() -> None:
    losing = shop().with_stage("loyalty", unit_cost=500)
    gained = cvj.decision_figure(shop().fix_first())
    lost = cvj.decision_figure(losing.fix_first())
    assert min(lost.data[0].x) < 0
    assert lost.layout.xaxis.range[0] < 1.1 * min(lost.data[0].x)
    assert lost.layout.xaxis.range[1] >= max(lost.data[0].x)
    assert gained.layout.xaxis.range is None


def test_title_and_words_fit_on_a_phone() -> None:
    """Plotly breaks no lines: what is wider than the page is cut."""
    for name, answer in answers().items():
        layout = decision_figure(answer, shape="narrow").layout
        title = layout.title.text.split("<br>")
        assert max(text_width(line, TITLE, bold=True) for line in title) <= PHONE, name
        said = [note for note in layout.annotations if note.xref == note.yref == "paper"]
        assert said, name
        for note in said:
            words = re.sub("<(?!br)[^>]+>", "", note.text)
            assert max(text_width(unescape(line), BODY) for line in words.split("<br>")) <= PHONE
            assert "…" not in words, name
            # They begin at the margin, whatever stands at the left of the bars.
            assert layout.margin.l + note.xshift == MARGIN, name


def test_on_a_wide_page_the_words_take_its_width() -> None:
    for name, answer in answers().items():
        notes = decision_figure(answer).layout.annotations
        (said,) = [note for note in notes if note.xref == note.yref == "paper"]
        lines = [unescape(re.sub("<(?!br)[^>]+>", "", one)) for one in said.text.split("<br>")]
        widths = [text_width(line, BODY) for line in lines]
        assert max(widths) <= 900 - 2 * MARGIN, name
        for width, line, following in zip(widths, lines, lines[1:], strict=False):
            first = following.split(" ", maxsplit=1)[0]
            is_full = width + text_width(f" {first}", BODY) > 900 - 2 * MARGIN
            assert is_full or line.endswith((".", ":")), name


def test_the_axes_of_a_budget_name_the_currency() -> None:
    layout = decision_figure(answers()["budget"]).layout
    assert layout.xaxis.title.text == "Spend [EUR]"
    assert layout.yaxis.title.text == "Value [EUR]"
    turned = shop().with_terms(currency="\u05e9").budget(2000, {"Blog": (12000, 2000)})
    assert decision_figure(turned).layout.xaxis.title.text == "Spend [\u2068\u05e9\u2069]"
