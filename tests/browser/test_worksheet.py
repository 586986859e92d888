"""What the documents say, the audit and the worksheet under real hands, in Voila."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

import cvjkit as cvj
from tests.browser.conftest import Kept, Site, choose_tab, make_anew, renewable, unfold
from tests.browser.test_designer import await_shop, choose, field, focused, people

EVIL = "<img src=x onerror=alert(1)>"
SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        folder = Path(directory)
        SHOP.save(folder / "shop.toml")
        stages = {
            key: {"name": EVIL, "event": EVIL, "purpose": f"{EVIL} {'long' * 60}"}
            for key in cvj.framework("five").keys
        }
        own = cvj.Framework.from_document(
            {"base": "five", "key": "ours", "name": EVIL, "stages": stages}
        )
        hostile = cvj.Journey.from_counts(own, [900, 90, 9, 5, 1], name=EVIL)
        hostile.save(folder / "strange.toml")
        yield folder


@pytest.fixture(scope="module")
def published(context: BrowserContext, voila: Site, folder: Path) -> Iterator[Kept]:
    made = f"dashboards.journey({str(folder)!r})"
    link = voila.add("worksheet", renewable("from cvjkit import dashboards", made))
    kept = Kept(context, link, lambda page: make_anew(page, ".cvj-page"))
    yield kept
    kept.close()


@pytest.fixture
def dashboard(
    published: Kept, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """The dashboard, with the shop, which comes first."""
    with published.lent(complaints, request.node) as page:
        await_shop(page)
        yield page


# --- what the documents say -------------------------------------------------------------------


def test_what_the_documents_say_is_read_with_the_keyboard_alone(dashboard: Page) -> None:
    unfold(dashboard, "What the documents say")
    dashboard.keyboard.press("Tab")
    dashboard.keyboard.press("Tab")
    assert "Acquisition The documents differ" in focused(dashboard)
    expect(dashboard.get_by_text("Names that mislead")).to_have_count(1)
    expect(dashboard.get_by_text("Names that mislead")).to_be_hidden()
    dashboard.keyboard.press("Enter")
    article = dashboard.locator('[data-article="acquisition"]')
    expect(article.get_by_text("Names that mislead")).to_be_visible()
    expect(article).to_contain_text("In cvjkit:")
    field(dashboard, "Framework").select_option("seven")
    expect(dashboard.locator('[data-article="aware"]')).to_contain_text("Name is ours")


def test_a_framework_of_ones_own_can_say_anything_and_it_does_nothing(dashboard: Page) -> None:
    choose(dashboard, "strange.toml")
    expect(dashboard.locator(".cvj-part-guide .cvj-article")).to_have_count(5)
    dashboard.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    expect(dashboard.locator('[data-article="reach"] dd').first).to_have_text(EVIL)
    for width in (390, 1400):
        dashboard.set_viewport_size({"width": width, "height": 900})
        assert dashboard.evaluate("document.documentElement.scrollWidth") == width
    assert dashboard.locator(".cvj-page img, .cvj-page script").count() == 0


# --- the audit --------------------------------------------------------------------------------


def test_the_audit_follows_what_is_typed_and_a_finding_is_accepted_with_the_keyboard_alone(
    dashboard: Page,
) -> None:
    audit = dashboard.locator(".cvj-part-audit")
    thin = "Few people: 10 of 40 go on to Loyalty"
    expect(audit).to_contain_text(thin)
    choose_tab(dashboard, "Counted")
    field(dashboard, "Reached: Loyalty").focus()
    dashboard.keyboard.type("8")
    people(dashboard, "retention", "loyalty", "8")
    thin = "Few people: 8 of 40 go on to Loyalty"
    row = audit.locator('[data-table="found"] tbody', has_text=thin)
    expect(row.locator("small").first).to_contain_text("Note at Loyalty ·")
    unfold(dashboard, "Audit")
    field(dashboard, "Accept a finding").focus()
    dashboard.keyboard.type("Loyalty: Few")
    dashboard.keyboard.press("Tab")
    dashboard.keyboard.type("Few, but they are all we have.")
    dashboard.keyboard.press("Tab")
    dashboard.keyboard.press("Enter")
    lived = audit.locator('[data-table="accepted"]')
    expect(lived).to_contain_text(thin)
    expect(lived).to_contain_text("Accepted: Few, but they are all we have.")
    expect(row).to_have_count(0)
    dashboard.get_by_label("Withdraw: rule A51 Loyalty").focus()
    dashboard.keyboard.press("Enter")
    expect(row).to_have_count(1)


def test_what_the_audit_cannot_tell_is_unfolded_and_says_what_it_needs(dashboard: Page) -> None:
    expect(dashboard.locator(".cvj-part-audit > summary")).to_contain_text("of 56 rules answered")
    needed = dashboard.get_by_text("Rule A42.")
    expect(needed).to_have_count(1)
    expect(needed).to_be_hidden()
    unfold(dashboard, "What the audit cannot tell yet, and what it needs")
    expect(needed).to_be_visible()


# --- the worksheet ----------------------------------------------------------------------------


@pytest.fixture
def worksheet(dashboard: Page) -> Page:
    """The dashboard turned to the worksheet with the keyboard."""
    dashboard.get_by_role("radio", name="Numbers", exact=True).focus()
    dashboard.keyboard.press("ArrowRight")
    expect(dashboard.locator('[data-part="stage-retention"]')).to_be_visible()
    assert dashboard.evaluate("document.activeElement.value") == "worksheet"
    return dashboard


def test_a_worksheet_is_filled_in_with_the_keyboard_alone_and_nothing_is_written(
    worksheet: Page, folder: Path
) -> None:
    before = (folder / "shop.toml").read_bytes()
    expect(worksheet.locator(".cvj-flow")).to_be_hidden()
    field(worksheet, "New tactic: Retention").focus()
    worksheet.keyboard.type("Birthday card")
    worksheet.keyboard.press("Tab")
    assert focused(worksheet) == "Add tactic: Retention"
    worksheet.keyboard.press("Enter")
    name = field(worksheet, "Tactic: Retention 1")
    expect(name).to_have_value("Birthday card")
    worksheet.keyboard.press("Tab")
    assert focused(worksheet) == "Add to Retention: Personal attention"
    worksheet.keyboard.press("Enter")
    expect(field(worksheet, "Tactic: Retention 2")).to_have_value("Personal attention")
    expect(field(worksheet, "Kind: Retention 2")).to_have_value("personal_attention")
    name.focus()
    for key, label in (
        ("Tab", "Kind: Retention 1"),
        ("Tab", "Channel: Retention 1"),
        ("ArrowDown", "Channel: Retention 2"),
        ("ArrowUp", "Channel: Retention 1"),
    ):
        worksheet.keyboard.press(key)
        assert focused(worksheet) == label
    field(worksheet, "Due: Retention 1").focus()
    worksheet.keyboard.type("soon")
    said = worksheet.get_by_text("soon must be a day: write it like 2026-03-31.")
    expect(said).to_be_visible()
    worksheet.keyboard.press("Control+a")
    worksheet.keyboard.type("2026-12-01")
    expect(said).to_have_count(0)
    worksheet.keyboard.press("Control+z")
    expect(field(worksheet, "Due: Retention 1")).to_have_value("")
    worksheet.keyboard.press("Control+y")
    expect(field(worksheet, "Due: Retention 1")).to_have_value("2026-12-01")
    field(worksheet, "Remove tactic: Retention 2").focus()
    worksheet.keyboard.press("Enter")
    expect(field(worksheet, "Tactic: Retention 2")).to_have_count(0)
    assert worksheet.evaluate("document.activeElement !== document.body")
    assert (folder / "shop.toml").read_bytes() == before


def test_what_is_done_at_the_wrong_step_is_found_while_the_worksheet_is_filled_in(
    worksheet: Page,
) -> None:
    field(worksheet, "New tactic: Reach").focus()
    worksheet.keyboard.type("Request for a referral")
    worksheet.keyboard.press("Tab")
    worksheet.keyboard.press("Enter")
    expect(worksheet.locator(".cvj-part-audit")).to_contain_text(
        "Request for a referral belongs to Loyalty, not to Reach: "
        "the right thing at the wrong step."
    )
    # The other one: nothing is designed for after the first sale.
    expect(worksheet.locator(".cvj-part-audit > summary")).to_contain_text("2 failures")


def test_the_numbers_are_there_again_as_they_were(worksheet: Page) -> None:
    worksheet.get_by_role("radio", name="Worksheet").focus()
    worksheet.keyboard.press("ArrowLeft")
    people(worksheet, "reach", "acquisition", "2000")
    expect(field(worksheet, "Reached: Reach")).to_have_value("10,000")
    expect(worksheet.locator('[data-part="stage-reach"]')).to_have_count(0)


def test_a_hostile_worksheet_fits_any_width_and_does_nothing(worksheet: Page) -> None:
    choose(worksheet, "strange.toml")
    field(worksheet, f"New tactic: {EVIL}").first.focus()
    worksheet.keyboard.type(EVIL * 9)
    worksheet.keyboard.press("Tab")
    worksheet.keyboard.press("Enter")
    expect(field(worksheet, f"Tactic: {EVIL} 1")).to_have_value(EVIL * 9)
    for width in (390, 700, 1400):
        worksheet.set_viewport_size({"width": width, "height": 900})
        assert worksheet.evaluate("document.documentElement.scrollWidth") == width
    assert worksheet.locator(".cvj-page img, .cvj-page script").count() == 0
