"""The canvas as data: what stands in which cell, and that a name is never more than a name."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest

import cvjkit as cvj
from cvjkit.audit.findings import SEVERITY_NAMES
from cvjkit.catalog.sources import cited
from cvjkit.cli import main
from cvjkit.publishing.canvas import canvas

FOLDER = Path(__file__).parents[2] / "data" / "journeys"
STARTERS = sorted(path.stem for path in FOLDER.glob("*.toml"))
OF_EACH = pytest.mark.parametrize("name", STARTERS)
HOSTILE = """<script>alert(1)</script><img src=x onerror="alert(2)">'&amp;</style></main>"""
ROWS = ["who gets there", "what we do", "what we say", "what we sell", "still open"]


def starter(name: str) -> cvj.Journey:
    return cvj.read_journey(FOLDER / f"{name}.toml")


def shop() -> cvj.Journey:
    return cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop", currency="EUR")


def joined(*texts: str) -> str:
    """Put a space between elements, as the eye has it."""
    return " ".join(" ".join(texts).split())


class Page(HTMLParser):
    """A page as a reader sees it: the table's cells, the text of each other part, the markup."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.parts: dict[str, str] = {}
        self.markup: list[tuple[str, tuple[str, ...]]] = []
        self.script = ""
        self._way: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.markup.append((tag, tuple(sorted(name for name, _ in attrs))))
        if tag != "meta":
            self._way.append(tag)
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._way.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._way[-1:] == ["script"]:
            self.script += data
        elif "td" in self._way or "th" in self._way:
            self.rows[-1][-1] = joined(self.rows[-1][-1], data)
        else:
            part = next((tag for tag in ("header", "section", "footer") if tag in self._way), "")
            self.parts[part] = joined(self.parts.get(part, ""), data)

    def row(self, title: str) -> list[str]:
        (found,) = (cells for title_, *cells in self.rows if title_ == title)
        return found

    @property
    def text(self) -> str:
        cells = " ".join(cell for row in self.rows for cell in row)
        return " ".join([*self.parts.values(), cells])


@pytest.mark.parametrize("key", ["five", "seven", "eight", "eight:time", "nine", "full"])
def test_each_stage_says_what_it_is_for_and_where_that_is_from(key: str) -> None:
    framework = cvj.framework(key)
    page = Page(canvas(cvj.Journey.from_counts(framework, [9] * len(framework))))
    (head,) = (cells for title, *cells in page.rows if cells[0].startswith("1"))
    assert len(head) == len(framework)
    for place, (stage, cell) in enumerate(zip(framework, head, strict=True), 1):
        money = " first money" if stage.milestone == "first_payment" else ""
        told = [f"{place}{money}", stage.name, stage.purpose, cited(stage.sources)]
        assert cell == " ".join(told)


def test_stages_stand_in_the_phases_of_their_document() -> None:
    page = Page(canvas(starter("contact_lenses")))
    assert page.rows[0] == ["", "Attract (inferred)", "Sell", "Wow"]
    assert "" not in Page(canvas(shop())).rows[0][1:]


@OF_EACH
def test_a_starter_is_drawn_in_the_framework_it_is_meant_in(name: str) -> None:
    journey = starter(name)
    framework = cvj.framework(journey.view or "")
    page = Page(canvas(journey))
    assert framework.name in page.parts["header"]
    assert all(len(page.row(title)) == len(framework) for title in ROWS)


@OF_EACH
def test_all_that_is_done_said_and_sold_stands_there_once(name: str) -> None:
    journey = starter(name)
    page = Page(canvas(journey))
    for row in journey.stages:
        for tactic in row.tactics:
            assert " ".join(page.row("what we do")).count(tactic.name) == 1
        for message in row.messages:
            assert " ".join(page.row("what we say")).count(message.name or "-") == 1
    for offer in journey.offers:
        assert " ".join(page.row("what we sell")).count(offer.name) == 1


@OF_EACH
def test_every_finding_stands_there_open_or_accepted_with_its_reason(name: str) -> None:
    journey = starter(name)
    page = Page(canvas(journey))
    for finding in journey.audit().fired:
        if finding.accepted is None:
            cells = page.row("still open") if finding.stage else [page.parts["footer"]]
            assert f"{SEVERITY_NAMES[finding.severity]} {finding.message}" in " ".join(cells)
        else:
            assert f"{SEVERITY_NAMES[finding.severity]} {finding.accepted}" in page.parts["footer"]
            assert finding.message not in page.text


def test_a_tactic_stands_at_the_stage_in_which_its_milestone_lies() -> None:
    reach, acquisition, conversion, _, loyalty = Page(canvas(starter("coffee_subscription"))).row(
        "what we do"
    )
    assert "Why your coffee tastes bitter" in reach
    assert "Brewing guide" in acquisition
    assert "Handwritten roast card" in conversion
    assert "A bag for two friends" in loyalty


def test_a_tactic_tells_its_kind_channel_owner_cost_day_and_what_it_promises() -> None:
    tactic = {"name": "Guide", "kind": "lead_magnet", "channel": "email", "owner": "Ida"}
    tactic |= {"due": "2030-03-31", "promise": "Sleep", "example": "Mine", "solution": "Tea"}
    journey = shop().with_stage("acquisition", tactics=[{**tactic, "cost": 40}])
    assert Page(canvas(journey)).row("what we do")[1] == (
        "Guide promises: Sleep shows: Mine solves: Tea "
        "Lead magnet · email · Ida · EUR 40.00 · by 2030-03-31"
    )


def test_a_message_tells_when_it_comes_and_whether_one_can_be_rid_of_it() -> None:
    call = {"kind": "sales_contact", "after_minutes": 90, "after_opening_minutes": 30}
    nag = {"kind": "ask", "name": "Buy!", "times_a_week": 5, "solicited": False, "opt_out": False}
    thanks = {"kind": "referral_request", "channel": "post", "after_happy_sign": True}
    journey = shop().with_stage("conversion", messages=[call, nag, thanks])
    assert Page(canvas(journey)).row("what we say")[2] == (
        "Sales contact after 1.5 h · or 30 min into the next morning "
        "Buy! Ask to buy · 5× a week · unasked · cannot be stopped "
        "Request for a referral post · after a happy sign"
    )


def test_an_offer_tells_its_price_its_cycle_its_worth_and_who_bears_the_risk() -> None:
    journey = shop().with_offer(
        "retention", name="Bag", price=16, cycle_days=30, value="Fresh", risk_reducer="Money back"
    )
    cell = Page(canvas(journey)).row("what we sell")[3]
    assert cell == "Bag EUR 16.00 · every 30 days Fresh Money back"


def test_an_offer_at_a_milestone_that_is_no_stage_stands_where_that_lies() -> None:
    page = Page(canvas(shop().with_offer("wowed", name="Mug", price=5)))
    assert page.row("what we sell") == ["", "", "Mug EUR 5.00", "", ""]


def test_people_are_told_with_the_share_the_time_and_what_each_has_cost() -> None:
    journey = shop().with_stage("conversion", unit_cost=20, delay_days=3)
    reach, _, conversion, *_ = Page(canvas(journey)).row("who gets there")
    assert reach == "10,000 EUR 0.00 each so far"
    assert conversion == "100 5% of Acquisition 3 days later EUR 20.00 each so far"


def test_bars_are_as_long_as_the_shares_they_show() -> None:
    complete, *bars = re.findall(r"width:([\d.]+)%", canvas(shop()))
    assert bars == ["20.0", "5.0", "40.0", "25.0"]
    assert float(complete) == pytest.approx(100 * shop().audit().completeness, abs=0.05)


def test_nothing_is_said_to_cost_nothing_where_no_cost_is_typed() -> None:
    assert "each so far" not in canvas(shop())


def test_unknown_people_are_a_dash() -> None:
    journey = cvj.Journey.from_counts("five", [10000, None, 100, 40, 10])
    cells = Page(canvas(journey)).row("who gets there")
    assert cells == ["10,000", "–", "100", "40 40% of Conversion", "10 25% of Retention"]


def test_what_the_documents_suggest_stands_where_nothing_is_done_yet() -> None:
    journey = shop().with_stage("acquisition", tactics=["Ours"])
    _, acquisition, _, _, loyalty = Page(canvas(journey)).row("what we do")
    assert (acquisition, loyalty) == ("Ours", "Word of mouth")
    assert canvas(journey).count('class="suggested"') == 2  # at Retention and Loyalty


def test_a_source_tells_who_comes_what_they_know_and_what_suits_them() -> None:
    journey = shop().with_segment(
        "Everyone", avatar="Cook", intent="Taste", awareness="problem", content="educational"
    )
    page = canvas(journey.with_segment("Everyone", spend=50))
    told = Page(page).parts["section"]
    assert "who Cook" in told
    assert "wants Taste" in told
    assert "Problem aware · educational content first" in told
    assert "Explain the problem first" in told
    assert "10,000 people · for EUR 50.00" in told
    # Only why they are there is left to write, and in the footer test and place.
    assert page.count('class="blank"') == 3


def test_the_head_tells_the_figures_that_are_known_and_how_complete_the_design_is() -> None:
    journey = shop()
    asked = {finding.id for finding in journey.audit()}
    answered = len(asked) - len(journey.audit().unanswered)
    head = Page(canvas(journey)).parts["header"]
    assert head.endswith(f"customers 100 rules answered {answered} of {len(asked)}")
    assert "and brings EUR 33.17" in Page(canvas(starter("coffee_subscription"))).parts["header"]


def test_the_next_test_has_its_day_and_a_line_to_write_on() -> None:
    assert "test in 7 days:" in Page(canvas(starter("touring_band"))).parts["footer"]
    assert "test in" not in canvas(shop())


def test_made_up_numbers_say_so() -> None:
    assert "Made-up numbers" in canvas(starter("touring_band"))
    assert "Made-up numbers" not in canvas(shop())


def test_a_path_will_do() -> None:
    assert canvas(FOLDER / "touring_band.toml") == canvas(starter("touring_band"))


def test_steps_of_ones_own_keep_what_is_theirs() -> None:
    own = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="reach")
    journey = cvj.Journey.from_counts(own, [900, 500, 90, 9, 5, 1], name="Own")
    journey = journey.with_stage("quiz", tactics=["Ten questions"])
    assert Page(canvas(journey)).row("what we do")[1] == "Ten questions"
    seen = Page(canvas(journey.with_terms(view="five"))).row("what we do")
    assert len(seen) == 5
    assert "Ten questions" in seen[0]


def test_a_journey_that_cannot_be_shown_as_it_asks_is_shown_in_its_own_framework() -> None:
    own = cvj.framework("five").insert({"key": "quiz", "name": "Quiz"}, after="reach")
    journey = cvj.Journey.from_counts(own, [900, 500, 90, 9, 5, 1], view="five")
    journey = journey.with_offer("quiz", name="Answers", price=1)
    assert Page(canvas(journey)).row("what we sell")[1] == "Answers 1.00"


def hostile(name: str) -> cvj.Journey:
    """Give a journey in which everything one can type freely is this name."""
    document = cvj.framework("five").document()
    document["stages"][0] |= dict.fromkeys(("name", "phase", "purpose"), name)
    own = cvj.Framework.from_document(document | {"name": name, "source": name, "key": "own"})
    journey = cvj.Journey.from_counts(own, {name: [900, 90, 9, 5, 1]}, name=name, description=name)
    journey = journey.with_segment(name, avatar=name, intent=name, why_there=name, channel=name)
    tactic = dict.fromkeys(("name", "channel", "promise", "example", "solution", "owner"), name)
    message = {"kind": "ask", "name": name, "channel": name}
    journey = journey.with_stage("reach", tactics=[tactic], messages=[message])
    journey = journey.with_offer("reach", name=name, price=1, value=name, risk_reducer=name)
    return (
        journey.with_terms(currency="<i>&'\"</b>")
        .with_accepted("A44", name)
        .with_accepted("A51", name)
    )


def test_a_hostile_name_is_text_and_nothing_else() -> None:
    page, tame = Page(canvas(hostile(HOSTILE))), Page(canvas(hostile("tame")))
    assert page.markup == tame.markup
    assert page.text.count(HOSTILE) == tame.text.count("tame") > 20
    assert page.script == tame.script


def test_a_page_names_no_address_and_runs_no_script_but_its_own() -> None:
    html = canvas(hostile(HOSTILE))
    page = Page(html)
    attributes = Counter(name for _, names in page.markup for name in names)
    assert not attributes.keys() & {"src", "href", "srcset", "action", "background"}
    assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"https?:|//cdn|url\(|@import", html)
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'" in html


def test_the_command_writes_the_page_and_says_where(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = FOLDER / "touring_band.toml"
    assert main(["canvas", str(path)]) == 0
    assert capsys.readouterr().out.startswith("touring_band.html: open it in a browser")
    assert (tmp_path / "touring_band.html").read_text(encoding="utf-8") == canvas(path)


def test_the_command_replaces_only_what_it_is_told_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    mine = tmp_path / "touring_band.html"
    mine.write_text("mine", encoding="utf-8")
    command = ["canvas", str(FOLDER / "touring_band.toml")]
    assert main(command) == 2
    assert "already exists; write -o touring_band.html to replace it" in capsys.readouterr().err
    assert mine.read_text(encoding="utf-8") == "mine"
    assert main([*command, "-o", "touring_band.html"]) == 0
    assert "Touring band" in mine.read_text(encoding="utf-8")


def test_the_command_tells_what_is_wrong_with_a_file_and_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    broken = tmp_path / "broken.toml"
    broken.write_text('schema_version = 1\nname = ""\n', encoding="utf-8")
    assert main(["canvas", str(broken)]) == 1
    assert "name: '' must not be empty" in capsys.readouterr().err
    assert main(["canvas", str(tmp_path / "none.toml")]) == 1
    assert main(["canvas", str(FOLDER / "touring_band.toml"), "-o", "no/where.html"]) == 2
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["broken.toml"]
