"""A notebook whose kernel is gone still shows the last picture and the last numbers."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import STARTING_SECONDS, Site, notebook, run_all_cells
from tests.browser.test_server import wait_until

SHOP = """
import cvjkit as cvj
shop = cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 10], name="Shop <b>")
designer = cvj.Designer(shop)
designer
"""
LATER = "designer.load(shop.put('segments[0].counts.conversion', 123))"

END_THE_KERNEL = """async path => {
    const config = document.getElementById("jupyter-config-data").textContent;
    const { baseUrl, token } = JSON.parse(config);
    const headers = { Authorization: `token ${token}` };
    const sessions = await (await fetch(`${baseUrl}api/sessions`, { headers })).json();
    const { id } = sessions.find(session => session.path === path);
    await fetch(`${baseUrl}api/sessions/${id}`, { method: "DELETE", headers });
}"""


def is_drawn(page: Page, image: str) -> bool:
    """Whether an image has been loaded and has a size."""
    return bool(page.locator(image).evaluate("image => image.complete && image.naturalWidth > 0"))


def test_a_converted_notebook_shows_the_last_picture_without_any_network(
    own_page: Page, tmp_path: Path, complaints: list[str]
) -> None:
    cells = [
        SHOP,
        "cvj.CompareView(cvj.compare(shop))",
        LATER,
        "cvj.sankey(shop)",
        "cvj.funnel(shop)",
    ]
    path = notebook(tmp_path / "shop.ipynb", *cells)
    convert = ["jupyter", "nbconvert", "--execute", "--to=html", str(path)]
    subprocess.run([sys.executable, "-m", *convert], check=True, capture_output=True)
    # Its page asks other machines for the scripts of widgets, and is shown without them.
    own_page.route(lambda address: address.startswith("http"), lambda route: route.abort())
    own_page.goto(path.with_suffix(".html").as_uri())
    complaints.clear()
    copies = own_page.locator(".cvj-still")
    expect(copies).to_have_count(2)
    for number in range(2):
        expect(copies.nth(number)).to_be_visible()
        assert is_drawn(own_page, f".cvj-still >> nth={number} >> img")
    expect(copies.first.get_by_role("cell", name="123", exact=True).first).to_be_visible()
    said = re.compile("^Shop <b>: 10,000 people enter; 123 reach Conversion")
    expect(copies.first.get_by_role("img")).to_have_attribute("alt", said)
    expect(own_page.locator(".jp-RenderedSVG img")).to_have_count(2)
    for number in range(2):
        assert is_drawn(own_page, f".jp-RenderedSVG img >> nth={number}")
    complaints.clear()


def test_a_notebook_in_jupyterlab_shows_the_widget_or_else_its_copy(
    page: Page, jupyterlab: Site, complaints: list[str]
) -> None:
    link = jupyterlab.add("still", SHOP)
    page.goto(link)
    run_all_cells(page)
    expect(page.locator(".cvj-designer")).to_be_visible()
    expect(page.locator(".cvj-still")).to_be_hidden()
    page.get_by_role("textbox", name="Reached").nth(2).fill("123")
    copy = page.locator(".cvj-still")
    expect(copy.locator("td", has_text="123").first).to_be_attached()
    expect(copy).to_be_hidden()

    saved = jupyterlab.folder / "still.ipynb"

    def is_saved() -> bool:
        # The copy may reach the notebook after what was typed has: then it is saved once more.
        page.keyboard.press("Control+s")
        page.wait_for_timeout(200)
        return "123 reach Conversion" in saved.read_text(encoding="utf-8")

    wait_until(is_saved, "the copy is not in the file")
    page.evaluate(END_THE_KERNEL, "still.ipynb")
    page.goto("about:blank")
    page.goto(link)
    expect(copy).to_be_visible(timeout=STARTING_SECONDS * 1000)
    expect(copy.locator("td", has_text="123").first).to_be_visible()
    assert is_drawn(page, ".cvj-still img")
    expect(page.locator(".cvj-designer")).to_have_count(0)
    complaints.clear()
