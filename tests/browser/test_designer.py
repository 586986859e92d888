"""The Designer under real hands: keys, clipboard and eyes, in JupyterLab and in Voila."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

import cvjkit as cvj
from tests.browser.conftest import (
    LOCALE,
    Kept,
    Site,
    anew_in_lab,
    choose_tab,
    make_anew,
    new_context,
    renewable,
    unfold,
)
from tests.browser.fonts import FONTS, WIDTHS, force_font, set_width, text_faults

SHOP = cvj.Journey.from_counts("five", [10000, 2000, 100, 40, 10], name="Shop")
TWO = cvj.Journey.from_counts(
    "five", {"Ads": [900, 90, 9, 5, 1], "Blog": [100, 80, 9, 6, 2]}, name="Two"
)
FULL = (
    SHOP.with_stage("reach", unit_cost=0.125, delay_days=1.5)
    .with_offer("conversion", name="Tasting box", price=49, margin=15.5)
    .with_offer("retention", name="Monthly bag", price=1249.9, margin=15, cycle_days=30)
    .with_transition("conversion", "acquisition", 0.05)
    .with_referral("loyalty", to="reach", per_person=0.2)
)
EVIL = "<img src=x onerror=alert(1)>"
NAMES = {
    "reach": EVIL,
    "acquisition": "\"'`</script><script>alert(2)</script>&amp;",
    "conversion": "long " * 100,
    "retention": "الاحتفاظ بالعملاء",
    "loyalty": "🎉 fans 🎉",
}
DESIGN = """
import cvjkit as cvj

def design():
    global designer
    designer = cvj.Designer("shop.toml")
    return designer
"""
CELLS = (
    renewable(DESIGN, "design()"),
    "print('now', designer.journey.segments[0].counts)",
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Journeys, a broken and a hostile one among them; the shop comes first."""
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        folder = Path(directory)
        SHOP.save(folder / "shop.toml")
        TWO.save(folder / "two.toml")
        FULL.save(folder / "with_money.toml")
        own = cvj.framework("five").rename(NAMES, key="ours", name=EVIL)
        hostile = cvj.Journey.from_counts(own, {EVIL: [900, 90, 9, 5, 1], "b": [9] * 5}, name=EVIL)
        hostile = hostile.with_segment(EVIL, channel=EVIL).with_terms(description=EVIL)
        hostile.with_offer("conversion", name=EVIL, price=1).save(folder / "strange.toml")
        (folder / "broken.toml").write_text('schema_version = 1\nname = "x"\n', encoding="utf-8")
        yield folder


@pytest.fixture(scope="module")
def link(folder: Path, voila: Site) -> str:
    made = f"dashboards.journey({str(folder)!r})"
    return voila.add("designer", renewable("from cvjkit import dashboards", made))


@pytest.fixture(scope="module")
def published(context: BrowserContext, link: str) -> Iterator[Kept]:
    kept = Kept(context, link, lambda page: make_anew(page, ".cvj-page"))
    yield kept
    kept.close()


@pytest.fixture(scope="module")
def german(browser: Browser, link: str) -> Iterator[Kept]:
    context = new_context(browser, "de-DE")
    kept = Kept(context, link, lambda page: make_anew(page, ".cvj-page"))
    yield kept
    context.close()


@pytest.fixture
def locale() -> str:
    """The language the browser tells; a test that is parametrized with a ``locale`` has its own."""
    return LOCALE


@pytest.fixture(scope="module")
def opened(context: BrowserContext, jupyterlab: Site) -> Iterator[Kept]:
    """JupyterLab with a notebook open, whose design is made anew for each test."""
    SHOP.save(jupyterlab.folder / "shop.toml")
    kept = Kept(context, jupyterlab.add("design", *CELLS), anew_in_lab)
    yield kept
    kept.close()


@pytest.fixture
def dashboard(locale: str, complaints: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """The dashboard, with the shop."""
    kept: Kept = request.getfixturevalue("published" if locale == LOCALE else "german")
    with kept.lent(complaints, request.node) as page:
        await_shop(page)
        choose_tab(page, "Counted")
        # It is there once the mode has been answered.
        expect(field(page, "Name")).to_be_visible()
        yield page


@pytest.fixture
def lab(opened: Kept, complaints: list[str], request: pytest.FixtureRequest) -> Iterator[Page]:
    """The notebook in JupyterLab, with the shop."""
    with opened.lent(complaints, request.node) as page:
        expect(field(page, "Reached: Reach")).to_have_value("10,000")
        yield page


@pytest.fixture(params=["dashboard", "lab"])
def designer(request: pytest.FixtureRequest) -> Page:
    """A page with the Designer of the shop on it, in Voila and in JupyterLab."""
    page = request.getfixturevalue(request.param)
    assert isinstance(page, Page)
    return page


def choose(page: Page, name: str) -> None:
    page.get_by_label("Journey", exact=True).select_option(name)


def await_shop(page: Page) -> None:
    """Wait until the journey that comes first, the shop, is shown."""
    expect(field(page, "Reached: Reach")).to_have_value("10,000")
    people(page, "reach", "acquisition", "2000")


def field(page: Page, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def focused(page: Page) -> str:
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    return label or str(page.evaluate("document.activeElement.textContent"))


def people(page: Page, source: str, target: str, number: str) -> None:
    """Wait for a link of the Sankey to carry so many people."""
    link = page.locator(f'path.sankey-link[data-source="{source}"][data-target="{target}"]')
    expect(link).to_have_attribute("data-people", number)


def shown(page: Page, stage: str, text: str) -> None:
    """Wait for the label of a stage in the Sankey to say a text."""
    label = page.locator(f'.node-label[data-stage="{stage}"][data-kind="stage"]')
    expect(label).to_contain_text(text)


def paste(page: Page, text: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.keyboard.press("Control+v")


# --- in both places ---------------------------------------------------------------------------


def test_a_number_typed_is_read_off_the_sankey(designer: Page) -> None:
    people(designer, "reach", "acquisition", "2000")
    field(designer, "Reached: Acquisition").focus()
    designer.keyboard.type("4000")
    people(designer, "reach", "acquisition", "4000")
    shown(designer, "acquisition", "4,000")
    expect(field(designer, "Step rate: Acquisition")).to_have_value("40.0%")
    designer.keyboard.press("ArrowRight")
    assert focused(designer) == "Step rate: Acquisition"
    designer.keyboard.type("25%")
    people(designer, "reach", "acquisition", "2500")
    shown(designer, "acquisition", "25% of previous")


def test_keys_lead_through_the_table_like_through_a_sheet(designer: Page) -> None:
    field(designer, "Reached: Reach").focus()
    for key, label in (
        ("Enter", "Reached: Acquisition"),
        ("ArrowDown", "Reached: Conversion"),
        ("Shift+Enter", "Reached: Acquisition"),
        ("ArrowUp", "Reached: Reach"),
        ("ArrowRight", "Unit cost: Reach"),
        ("ArrowDown", "Unit cost: Acquisition"),
        ("ArrowLeft", "Step rate: Acquisition"),
        ("Tab", "Unit cost: Acquisition"),
        ("Shift+Tab", "Step rate: Acquisition"),
    ):
        designer.keyboard.press(key)
        assert focused(designer) == label


def test_nobody_takes_the_caret_from_who_types(designer: Page) -> None:
    field(designer, "Reached: Acquisition").focus()
    designer.keyboard.type("12")
    shown(designer, "acquisition", "12")
    designer.keyboard.press("Home")
    designer.keyboard.type("9")
    shown(designer, "acquisition", "912")
    designer.keyboard.type("0")
    shown(designer, "acquisition", "9,012")
    expect(field(designer, "Reached: Acquisition")).to_have_value("9012")
    designer.keyboard.press("Enter")
    expect(field(designer, "Reached: Acquisition")).to_have_value("9,012")


def test_what_is_wrong_is_said_beside_the_field_and_the_picture_stays(designer: Page) -> None:
    rate = field(designer, "Step rate: Conversion")
    rate.focus()
    message = "'x' must be a number: write digits, such as 1200 or 0.5"
    designer.keyboard.type("x")
    said = designer.get_by_text(message)
    expect(said).to_be_visible()
    expect(rate).to_have_attribute("aria-invalid", "true")
    expect(rate).to_have_accessible_description(message)
    people(designer, "acquisition", "conversion", "100")
    designer.keyboard.press("Backspace")
    designer.keyboard.type("25")
    people(designer, "acquisition", "conversion", "500")
    expect(said).to_have_count(0)
    expect(rate).not_to_have_attribute("aria-invalid", "true")


def test_escape_and_undo_take_back_what_was_typed(designer: Page) -> None:
    field(designer, "Reached: Conversion").focus()
    designer.keyboard.type("250")
    people(designer, "acquisition", "conversion", "250")
    designer.keyboard.press("Escape")
    people(designer, "acquisition", "conversion", "100")
    expect(field(designer, "Reached: Conversion")).to_have_value("100")
    designer.keyboard.type("300")
    people(designer, "acquisition", "conversion", "300")
    designer.keyboard.press("Enter")
    designer.keyboard.type("50")
    people(designer, "conversion", "retention", "50")
    for keys, conversion, retention in (
        ("Control+z", "300", "40"),
        ("Control+z", "100", "40"),
        ("Control+y", "300", "40"),
        ("Control+Shift+z", "300", "50"),
    ):
        designer.keyboard.press(keys)
        people(designer, "acquisition", "conversion", conversion)
        people(designer, "conversion", "retention", retention)
    expect(field(designer, "Reached: Retention")).to_have_value("50")


def test_a_table_copied_from_a_spreadsheet_fills_one_column_in_one_step(designer: Page) -> None:
    field(designer, "Reached: Conversion").focus()
    rows = "Reach\t8,000\t0.1\r\nAcquisition\t4,000\t0.5\r\nTotal\t12,000\t0.2\r\n"
    paste(designer, f"Stage\tUsers\tUnit cost\r\n{rows}")
    people(designer, "reach", "acquisition", "4000")
    said = "2 numbers for Reached; 1 row left out: Total; 1 column left out: Unit cost."
    expect(designer.get_by_text(said)).to_be_visible()
    expect(field(designer, "Reached: Reach")).to_have_value("8,000")
    expect(field(designer, "Reached: Conversion")).to_have_value("100")
    expect(field(designer, "Unit cost: Reach")).to_have_value("")
    designer.keyboard.press("Control+z")
    people(designer, "reach", "acquisition", "2000")
    field(designer, "Reached: Reach").focus()
    paste(designer, "9000\t3000\t90\t12\t3")
    people(designer, "retention", "loyalty", "3")
    expect(field(designer, "Reached: Reach")).to_have_value("9,000")
    for label in ("Unit cost: Reach", "Delay: Reach"):
        expect(field(designer, label)).to_have_value("")


def test_a_single_number_is_pasted_as_in_any_field(designer: Page) -> None:
    field(designer, "Reached: Conversion").focus()
    paste(designer, "777")
    people(designer, "acquisition", "conversion", "777")


def figure(page: Page, name: str, part: str = "amount") -> Locator:
    return page.locator(f'[data-figure="{name}"] .cvj-{part}')


def was(page: Page, label: str) -> Locator:
    """What stands below a field about the number without the what-if."""
    return field(page, label).locator("xpath=ancestor::td").locator(".cvj-was")


def test_a_stranger_asks_what_a_quarter_better_conversion_brings(designer: Page) -> None:
    choose_tab(designer, "What if")
    field(designer, "Step rate: Conversion").focus()
    designer.keyboard.type("6.25%")
    expect(figure(designer, "Customers")).to_have_text("125")
    expect(figure(designer, "Customers", "change")).to_have_text("+25 (+25%)")
    expect(figure(designer, "Customers", "was")).to_have_text("was 100")
    people(designer, "conversion", "retention", "50")
    expect(field(designer, "Reached: Loyalty")).to_have_value("13")
    expect(was(designer, "Reached: Loyalty")).to_have_text("was 10")
    expect(was(designer, "Step rate: Conversion")).to_have_text("was 5%")
    expect(was(designer, "Reached: Acquisition")).to_have_count(0)
    choose_tab(designer, "Counted")
    expect(field(designer, "Reached: Conversion")).to_have_value("100")
    expect(figure(designer, "Customers", "change")).to_have_text("")


def test_half_the_people_at_the_start_are_half_of_all_that_follows(designer: Page) -> None:
    choose_tab(designer, "What if")
    field(designer, "Reached: Reach").focus()
    designer.keyboard.type("5000")
    for stage, number in (("Acquisition", "1,000"), ("Conversion", "50"), ("Retention", "20")):
        expect(field(designer, f"Reached: {stage}")).to_have_value(number)
    designer.get_by_role("button", name="Reset").press("Enter")
    expect(field(designer, "Reached: Reach")).to_have_value("10,000")
    designer.keyboard.press("Control+z")
    expect(field(designer, "Reached: Reach")).to_have_value("5,000")


def test_a_journey_begins_in_the_browser_with_a_framework_and_five_numbers(
    dashboard: Page,
) -> None:
    choose(dashboard, "new")
    expect(field(dashboard, "Reached: Reach")).to_have_value("")
    expect(dashboard.locator(".cvj-message:visible")).to_have_count(0)
    field(dashboard, "Reached: Reach").focus()
    for number in ("9000", "800", "70", "60", "5"):
        dashboard.keyboard.type(number)
        dashboard.keyboard.press("Enter")
    people(dashboard, "reach", "acquisition", "800")
    people(dashboard, "retention", "loyalty", "5")


# --- in JupyterLab ----------------------------------------------------------------------------


def test_in_jupyterlab_the_design_is_there_in_the_next_cell_and_saved_to_its_file(
    lab: Page, jupyterlab: Site
) -> None:
    field(lab, "Reached: Conversion").focus()
    lab.keyboard.type("123")
    people(lab, "acquisition", "conversion", "123")
    lab.locator(".jp-CodeCell").nth(1).locator(".cm-content").click()
    lab.keyboard.press("Shift+Enter")
    expect(lab.get_by_text("now (10000.0, 2000.0, 123.0, 40.0, 10.0)")).to_be_visible()

    path = jupyterlab.folder / "kept.toml"
    field(lab, "File name").focus()
    lab.keyboard.type("kept")
    lab.keyboard.press("Tab")
    assert focused(lab) == "Save as"
    lab.keyboard.press("Enter")
    expect(lab.get_by_text(f"Saved in {path}.")).to_be_visible()
    assert cvj.read_journey(path) == SHOP.with_stage("conversion", people=123)

    TWO.save(path, overwrite=True)
    lab.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(field(lab, "File name")).to_have_accessible_description(
        re.compile("changed by somebody else")
    )
    assert cvj.read_journey(path) == TWO
    lab.get_by_role("button", name="Overwrite").press("Enter")
    expect(lab.get_by_text(f"Saved in {path}.")).to_be_visible()
    assert cvj.read_journey(path) == SHOP.with_stage("conversion", people=123)


def test_in_jupyterlab_the_notebooks_own_keys_do_nothing_to_the_fields(lab: Page) -> None:
    cells = lab.locator(".jp-Notebook .jp-Cell")
    before = cells.count()
    for label in ("Framework", "Reached: Reach", "Undo"):
        field(lab, label).focus() if label != "Undo" else lab.get_by_role(
            "button", name="Undo"
        ).focus()
        for key in ("d", "d", "a", "b", "x", "Shift+Enter", "Escape"):
            lab.keyboard.press(key)
    expect(cells).to_have_count(before)
    expect(lab.locator(".jp-Notebook.jp-mod-editMode .jp-mod-active.jp-CodeCell")).to_have_count(0)


# --- on a dashboard ---------------------------------------------------------------------------


def test_with_the_tab_key_alone_everything_is_reached(dashboard: Page) -> None:
    dashboard.locator("details.cvj-part").evaluate_all("all => all.forEach(one => one.open = true)")
    field(dashboard, "Journey").focus()
    reached: list[str] = []
    while (label := focused(dashboard)) not in reached[:1]:
        assert len(reached) < 200
        reached.append(label)
        dashboard.keyboard.press("Tab")
        if dashboard.evaluate("document.activeElement === document.body"):
            break
    columns = ("Reached", "Step rate", "Unit cost", "Delay")
    stages = ("Reach", "Acquisition", "Conversion", "Retention", "Loyalty")
    table = [f"{column}: {stage}" for stage in stages for column in columns]
    table.remove("Step rate: Reach")
    assert [label for label in reached if label in table] == table
    assert {"Name", "Framework", "Undo", "Redo", "Picture starts at"} <= {*reached}
    assert "Money nothing entered yet" in {label.strip() for label in reached}
    assert {"Price: First order", "Margin: Later orders", "Repeat rate: Later orders"} <= {*reached}
    assert {"Currency", "Fixed cost", "Discount rate a year", "Spend: Everyone"} <= {*reached}
    assert {"Way from", "Add way", "Referral to", "Add referral", "Add segment"} <= {*reached}


def test_a_way_is_added_in_a_what_if_with_the_keyboard_alone(dashboard: Page) -> None:
    dashboard.get_by_role("radio", name="Counted").focus()
    dashboard.keyboard.press("ArrowRight")
    expect(dashboard.get_by_role("radio", name="What if")).to_be_checked()
    unfold(dashboard, "Skips, ways back and referrals")
    # By arrows: a browser forgets letters typed to choose by if they come slowly.
    field(dashboard, "Way from").focus()
    dashboard.keyboard.press("ArrowUp")
    expect(field(dashboard, "Way from")).to_have_value("retention")
    dashboard.keyboard.press("Tab")
    dashboard.keyboard.press("ArrowDown")
    expect(field(dashboard, "Way to")).to_have_value("acquisition")
    dashboard.keyboard.press("Tab")
    dashboard.keyboard.type("50%")
    dashboard.keyboard.press("Tab")
    dashboard.keyboard.press("Enter")
    back = dashboard.locator('path.sankey-link[data-kind="back"]')
    expect(back.first).to_be_visible()
    dashboard.get_by_role("button", name="Remove way 1").focus()
    dashboard.keyboard.press("Enter")
    expect(back).to_have_count(0)
    assert dashboard.evaluate("document.activeElement !== document.body")


def test_the_picture_and_the_figures_follow_the_segment(dashboard: Page) -> None:
    choose(dashboard, "two.toml")
    shown(dashboard, "reach", "1,000")
    dashboard.get_by_role("radio", name="All").focus()
    dashboard.keyboard.press("ArrowRight")
    shown(dashboard, "reach", "900")
    expect(dashboard.locator('[data-figure="Customers"] .cvj-amount')).to_have_text("9")
    field(dashboard, "Reached: Conversion").focus()
    dashboard.keyboard.type("45")
    expect(dashboard.locator('[data-figure="Customers"] .cvj-amount')).to_have_text("45")


def test_another_framework_is_drawn_and_what_it_leaves_out_is_said(dashboard: Page) -> None:
    field(dashboard, "Framework").select_option("eight")
    shown(dashboard, "conversion", "100")
    shown(dashboard, "subscription", "–")
    expect(dashboard.get_by_text("Not known yet: Subscription, Excitement")).to_be_visible()
    field(dashboard, "Reached: Subscription").focus()
    dashboard.keyboard.type("500")
    people(dashboard, "engagement", "subscription", "500")


def test_a_journey_is_chosen_and_its_numbers_come_back(dashboard: Page, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.glob("*.toml")}
    expect(dashboard.get_by_text("broken.toml: segments")).to_be_visible()
    field(dashboard, "Reached: Acquisition").focus()
    dashboard.keyboard.type("3000")
    people(dashboard, "reach", "acquisition", "3000")
    dashboard.get_by_role("button", name="Back to the file's numbers").press("Enter")
    people(dashboard, "reach", "acquisition", "2000")
    choose(dashboard, "broken.toml")
    expect(field(dashboard, "Journey")).to_have_value("shop.toml")
    people(dashboard, "reach", "acquisition", "2000")
    assert field(dashboard, "File name").count() == 0
    assert {path: path.read_bytes() for path in folder.glob("*.toml")} == before


def type_cost(page: Page, *pairs: tuple[str, str]) -> Locator:
    cost = field(page, "Unit cost: Conversion")
    for typed, read in pairs:
        cost.focus()
        page.keyboard.type(typed)
        expect(cost).to_have_value(typed)
        page.keyboard.press("Enter")
        expect(cost).to_have_value(read)
    return cost


def test_numbers_are_read_in_the_language_of_the_browser_and_shown_as_they_were_read(
    dashboard: Page,
) -> None:
    cost = type_cost(dashboard, ("1,5", "1.5"), ("1,200", "1200"), ("1.125", "1.1250"))
    expect(cost).not_to_have_attribute("aria-invalid", "true")
    for value in ("1200", "1.5", ""):
        dashboard.keyboard.press("Control+z")
        expect(cost).to_have_value(value)


@pytest.mark.parametrize("locale", ["de-DE"])
def test_german_numbers_are_read_as_such_but_an_amount_copied_from_the_page_is_never_a_thousandth(
    dashboard: Page,
) -> None:
    cost = type_cost(dashboard, ("1,5", "1.5"), ("1.250", "1250"), ("12,346", "12,346"))
    expect(cost).to_have_attribute("aria-invalid", "true")
    expect(dashboard.get_by_text("12,346 could mean 12346 or 12.3460")).to_be_visible()
    type_cost(dashboard, ("12346", "12346"))
    expect(cost).not_to_have_attribute("aria-invalid", "true")


@pytest.mark.parametrize("locale", ["de-DE"])
def test_the_numbers_of_a_pasted_block_decide_before_the_language(dashboard: Page) -> None:
    field(dashboard, "Unit cost: Reach").focus()
    paste(dashboard, "1,250\n0.5")
    expect(field(dashboard, "Unit cost: Reach")).to_have_value("1250")
    expect(field(dashboard, "Unit cost: Acquisition")).to_have_value("0.5")


def test_what_is_typed_is_in_the_address_and_can_be_taken_away(dashboard: Page, link: str) -> None:
    choose_tab(dashboard, "What if")
    field(dashboard, "Step rate: Acquisition").focus()
    dashboard.keyboard.type("50%")
    typed = re.compile(r"\?journey=shop\.toml&v=1&stages\.acquisition\.rate=0\.5$")
    expect(dashboard).to_have_url(typed)
    dashboard.reload()
    people(dashboard, "reach", "acquisition", "5000")
    expect(field(dashboard, "Step rate: Acquisition")).to_have_value("50%")
    choose(dashboard, "two.toml")
    expect(dashboard).to_have_url(re.compile(r"\?journey=two\.toml$"))
    dashboard.go_back()
    people(dashboard, "reach", "acquisition", "5000")
    expect(dashboard).to_have_url(typed)
    dashboard.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dashboard.get_by_role("button", name="Copy link").click()
    copied = dashboard.get_by_text("Link copied.")
    expect(copied).to_be_visible()
    # What is only heard counts as visible, and is one pixel wide.
    assert copied.evaluate("said => said.offsetWidth") > 50
    assert dashboard.evaluate("navigator.clipboard.readText()") == dashboard.url
    dashboard.locator(".cvj-download summary").click()
    for label, name, begin in (
        ("Journey file (TOML)", "shop.toml", b"# A customer journey"),
        ("Excel", "shop.xlsx", b"PK"),
        ("CSV", "shop.csv", b"stage,"),
        ("Picture (PNG)", "shop.png", b"\x89PNG"),
        ("Picture (SVG)", "shop.svg", b"<svg"),
    ):
        with dashboard.expect_download() as downloading:
            dashboard.get_by_role("button", name=label).click()
        assert downloading.value.suggested_filename == name
        assert Path(downloading.value.path()).read_bytes().startswith(begin)
    dashboard.goto(f"{link}?journey=../shop.toml")
    expect(dashboard.get_by_text("This link cannot be followed")).to_be_visible()


def test_hostile_names_are_shown_as_they_are_and_do_nothing(dashboard: Page) -> None:
    choose(dashboard, "strange.toml")
    # The picture comes first; the fields below it are still the shop's, which are counted already.
    expect(dashboard.get_by_role("radio", name=EVIL)).to_have_count(1)
    choose_tab(dashboard, "Counted")
    expect(field(dashboard, "Name")).to_have_value(EVIL)
    expect(field(dashboard, "Offer: First order")).to_have_value(EVIL)
    expect(field(dashboard, f"Channel: {EVIL}")).to_have_value(EVIL)
    names = dashboard.locator('[data-table="stages"] .cvj-rowname span')
    assert names.all_inner_texts() == [name.strip() for name in NAMES.values()]
    field(dashboard, "Name").focus()
    dashboard.keyboard.type("<script>alert(3)</script>")
    expect(dashboard.locator(".cvj-title")).to_have_text("<script>alert(3)</script>")
    choose_tab(dashboard, EVIL)
    reached = field(dashboard, f"Reached: {EVIL}")
    # Of all segments together it only shows a sum.
    expect(reached).to_be_editable()
    reached.focus()
    dashboard.keyboard.type(EVIL)
    expect(dashboard.get_by_text("must be a number")).to_be_visible()
    assert dashboard.locator(".cvj-page img, .cvj-page script").count() == 0
    for width in (390, 1400):
        dashboard.set_viewport_size({"width": width, "height": 900})
        assert dashboard.evaluate("document.documentElement.scrollWidth") == width


def test_it_fits_any_width(dashboard: Page) -> None:
    inputs = dashboard.locator('[data-table="stages"] input:not(.cvj-nothing)')
    for width in (390, 700, 1000, 1400):
        dashboard.set_viewport_size({"width": width, "height": 900})
        assert dashboard.evaluate("document.documentElement.scrollWidth") == width
        # Both at one moment: what is above them may still be answered.
        numbers, picture = field(dashboard, "Reached: Loyalty").evaluate(
            """field => [field, document.querySelector(".cvj-flow")].map(
                element => element.getBoundingClientRect().toJSON())"""
        )
        beside = picture["x"] > numbers["x"] + numbers["width"]
        below = picture["y"] > numbers["y"] + numbers["height"]
        assert (width, beside, below) == (width, width >= 1000, width < 1000)
        boxes = inputs.evaluate_all("all => all.map(one => one.getBoundingClientRect().toJSON())")
        assert len(boxes) > 15
        outside = [box for box in boxes if not 0 <= box["x"] <= width - box["width"]]
        assert (width, outside) == (width, [])
        assert (width, min(box["width"] for box in boxes) >= 50) == (width, True)


UNFOLD = "parts => parts.forEach(part => { if (part.tagName === 'DETAILS') part.open = true; })"


def test_in_any_font_nothing_in_the_form_is_cut_or_lies_on_another(dashboard: Page) -> None:
    choose(dashboard, "with_money.toml")
    parts = dashboard.locator(".cvj-part")
    # The price that the audit finds too big a step is this journey's.
    expect(dashboard.locator('[data-part="audit"]')).to_contain_text("Monthly bag costs")
    parts.evaluate_all(UNFOLD)
    names = parts.evaluate_all("parts => parts.map(part => part.dataset.part)")
    faults: dict[tuple[str, int, str], Any] = {}
    for (font, family), width in product(FONTS.items(), WIDTHS):
        force_font(dashboard, family)
        set_width(dashboard, width)
        for name, found in zip(names, text_faults(parts), strict=True):
            if any(found.values()):
                faults[font, width, name] = found
        if (scrolled := dashboard.evaluate("document.documentElement.scrollWidth")) != width:
            faults[font, width, "page"] = scrolled
    assert faults == {}


def test_a_dashboard_opens_in_a_what_if_and_all_segments_are_typed_into(dashboard: Page) -> None:
    choose(dashboard, "two.toml")
    shown(dashboard, "reach", "1,000")
    expect(dashboard.get_by_role("radio", name="What if")).to_be_checked()
    rate = field(dashboard, "Step rate: Conversion")
    rate.focus()
    # Of 170 who consider: 18 at first, 11 of whom buy again, and never fewer with a higher rate.
    expected = ((12, "20", "12"), (20, "34", "21"), (60, "102", "62"), (100, "170", "103"))
    for percent, customers, later in expected:
        rate.press("Control+a")
        dashboard.keyboard.type(f"{percent}%")
        expect(figure(dashboard, "Customers")).to_have_text(customers)
        expect(field(dashboard, "Reached: Retention")).to_have_value(later)


PAPER = "field => getComputedStyle(field).backgroundColor"


def test_one_change_is_taken_back_by_escape_or_by_a_click_on_what_it_was(dashboard: Page) -> None:
    choose_tab(dashboard, "What if")
    reach, rate = field(dashboard, "Reached: Reach"), field(dashboard, "Step rate: Conversion")
    for typed_into, text in ((reach, "5000"), (rate, "10%")):
        typed_into.focus()
        dashboard.keyboard.type(text)
    # The first takes back what is being typed, to be typed again.
    dashboard.keyboard.press("Escape")
    expect(rate).to_have_value("5%")
    expect(figure(dashboard, "Customers")).to_have_text("50")
    dashboard.keyboard.type("20%")
    expect(figure(dashboard, "Customers")).to_have_text("200")
    expect(was(dashboard, "Step rate: Conversion")).to_have_text("was 5%")
    # What was changed is tinted, what follows from it is not.
    follows, usual = field(dashboard, "Reached: Loyalty"), field(dashboard, "Delay: Loyalty")
    tints = [one.evaluate(PAPER) for one in (reach, rate, follows, usual)]
    assert tints[0] == tints[1] != tints[2] == tints[3]
    reach.focus()
    rate.focus()
    dashboard.keyboard.press("Escape")
    expect(rate).to_have_value("5%")
    expect(was(dashboard, "Step rate: Conversion")).to_have_count(0)
    expect(figure(dashboard, "Customers")).to_have_text("50")
    dashboard.get_by_role("button", name="Reached: Reach: back to 10,000").click()
    expect(reach).to_have_value("10,000")
    expect(reach).to_be_focused()
    dashboard.keyboard.press("Control+z")
    expect(reach).to_have_value("5,000")


def test_what_ifs_are_kept_and_compared_side_by_side(dashboard: Page) -> None:
    choose_tab(dashboard, "What if")
    field(dashboard, "Step rate: Conversion").focus()
    dashboard.keyboard.type("10%")
    expect(figure(dashboard, "Customers")).to_have_text("200")
    field(dashboard, "Name of this what-if").focus()
    dashboard.keyboard.type("Better offer")
    dashboard.keyboard.press("Tab")
    dashboard.keyboard.press("Enter")
    expect(field(dashboard, "Customers: Better offer")).to_have_value("200")
    dashboard.get_by_role("button", name="Reset").press("Enter")
    expect(figure(dashboard, "Customers")).to_have_text("100")
    field(dashboard, "Reached: Reach").focus()
    dashboard.keyboard.type("5000")
    expect(figure(dashboard, "Customers")).to_have_text("50")
    dashboard.get_by_role("button", name="Keep this what-if").press("Enter")
    expect(field(dashboard, "Customers: Reach from 10,000 to 5,000 people")).to_have_value("50")
    expect(field(dashboard, "Better offer: Loyalty")).to_have_value("20")
    name = field(dashboard, "Name: Better offer")
    name.focus()
    dashboard.keyboard.press("End")
    dashboard.keyboard.type(" by far")
    expect(field(dashboard, "Customers: Better offer by far")).to_have_value("200")
    dashboard.keyboard.press("Control+z")
    expect(field(dashboard, "Name: Better offer")).to_be_focused()
    dashboard.get_by_role("button", name="Open Better offer").press("Enter")
    expect(figure(dashboard, "Customers")).to_have_text("200")


# --- a visitor may send anything --------------------------------------------------------------

# The messages in a page, as Jupyter's protocol puts them together: how many offsets, the offsets,
# and the parts.
SEND = """
async ({ kernel, messages }) => {
  const written = parts => {
    const bytes = parts.map(part => new TextEncoder().encode(part));
    let end = 8 * (parts.length + 2);
    const offsets = [end, ...bytes.map(part => end += part.length)];
    const head = new BigUint64Array([offsets.length, ...offsets].map(BigInt));
    return new Blob([head, ...bytes]);
  };
  const read = data => {
    const [count] = new BigUint64Array(data, 0, 1);
    const offsets = [...new BigUint64Array(data, 8, Number(count))].map(Number);
    const bytes = at => data.slice(offsets[at], offsets[at + 1]);
    const part = at => JSON.parse(new TextDecoder().decode(bytes(at)));
    return { header: part(1), parent: part(2), content: part(4) };
  };
  const address = `ws://${location.host}/api/kernels/${kernel}/channels`;
  const socket = new WebSocket(address, ["v1.kernel.websocket.jupyter.org"]);
  socket.binaryType = "arraybuffer";
  await new Promise((done, fail) => { socket.onopen = done; socket.onerror = fail; });
  const heard = [];
  // The server lets no nonsense through; the kernel answers what is left in turn.
  const last = `last-${Math.random()}`;
  const over = new Promise(done => {
    socket.onmessage = ({ data }) => {
      const { header: { msg_type }, parent, content } = read(data);
      heard.push({ msg_type, content });
      const isOver = parent.msg_id === last && msg_type === "status";
      if (isOver && content.execution_state === "idle") done();
    };
  });
  [...messages, ["kernel_info_request", {}]].forEach(([msg_type, content], at) => {
    const msg_id = at === messages.length ? last : `visitor-${at}-${Math.random()}`;
    const header = { msg_id, msg_type, session: "visitor", version: "5.3" };
    socket.send(written(["shell", ...[header, {}, {}, content].map(part => JSON.stringify(part))]));
  });
  await over;
  socket.close();
  return heard;
}
"""
STATES: list[Any] = [
    {"document": 5, "picture": [], "children": ["x"], "layout": 7, "width": 3, "_dom_classes": 1},
    {"document": {"parts": [{"id": EVIL}]}, "_esm": 1, "_css": None, "box_style": "pink"},
    [],
    "state",
    None,
]
# Nothing that is sent makes a widget of ours fail; this one does at each message.
FAILS = """
from ipywidgets import Box
from cvjkit.widgets.guard import Guarded

class Fails(Guarded, Box):
    def _handle_custom_msg(self, content, buffers):
        raise BufferError("as nobody foresaw")

fails = Fails()
"""
FAILED = {"ename": "ExecutionError", "evalue": "Execution error", "traceback": []}
EDITS: list[Any] = [
    [["stages", "reach", "reached", 5]],
    [["stages", "reach", "reached", "1e400"], [], None, {"a": 1}],
    [["head", "head", "framework", "<nope>"]],
    [["view", "view", "begin", "9"]],
    [["file", "file", "save", ""]],
    "edits",
]


def test_whatever_a_visitor_sends_no_traceback_comes_back_and_the_page_goes_on(
    page: Page, voila: Site, folder: Path
) -> None:
    # A page of its own: what is sent may spoil it.
    made = f"from cvjkit import dashboards\ndashboards.journey({str(folder)!r})"
    page.goto(voila.add("sent-anything", FAILS, made))
    await_shop(page)
    config = page.locator("#jupyter-config-data").text_content()
    kernel = json.loads(config or "")["kernelId"]

    def send(*messages: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
        heard = page.evaluate(SEND, {"kernel": kernel, "messages": list(messages)})
        assert isinstance(heard, list)
        return heard

    asked = send(("comm_info_request", {"target_name": "jupyter.widget"}))
    (reply,) = [message["content"] for message in asked if message["msg_type"] == "comm_info_reply"]
    widgets = list(reply["comms"])
    assert len(widgets) >= 8
    envelope = {"what": "type", "view": "v", "number": 1, "run": 1}
    data: list[Any] = [
        {"method": "update", "state": state, "buffer_paths": [5]} for state in STATES
    ]
    data += [{"method": "custom", "content": {**envelope, "edits": edits}} for edits in EDITS]
    data += [{"method": "custom", "content": {**envelope, "number": "x"}}, {"method": 5}, {}, [], 1]
    messages = [
        ("comm_msg", {"comm_id": widget, "data": sent}) for widget in widgets for sent in data
    ]
    heard = send(*messages)
    told = [message for message in heard if message["msg_type"] in {"error", "stream"}]
    asked_to_fail = sum(isinstance(sent, dict) and sent.get("method") == "custom" for sent in data)
    assert told == [{"msg_type": "error", "content": FAILED}] * asked_to_fail
    field(page, "Reached: Acquisition").focus()
    page.keyboard.type("2222")
    people(page, "reach", "acquisition", "2222")
    expect(page.locator("body")).not_to_contain_text(re.compile("Traceback|Error"))
