"""Voila and JupyterLab as the command starts them, looked at as their visitors do."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import re
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from http.client import HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import psutil
import pytest
from playwright.sync_api import Page, expect

from cvjkit.widgets.assets import Script
from tests.browser.axe import faults
from tests.browser.conftest import (
    ROOT,
    WAITING_SECONDS,
    Server,
    Site,
    Start,
    notebook,
    run_all_cells,
)
from tests.browser.relay import Relay
from tests.files.hostile import HOSTILE_FILES

TOKEN = "a-token/with+signs"  # noqa: S105 - of servers that live as long as a test
# Kernels wait only where a test is about them: each costs a second of a processor.
DASHBOARD = ["dashboard", "--port=0", f"--token={TOKEN}", "--kernels=0"]

HELLO = "# Hello\n\nSome *text*."
LOOK = """
name = "Ours </script><script>alert(1)</script>"
logo = "logo.svg"
accent = "#b4531f"
"""
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 20">
<script>alert(2)</script><rect width="60" height="20"/></svg>"""
JOURNEYS = "import cvjkit as cvj\n\ncvj.dashboards.journey()"
JOURNEY = """
schema_version = 1
name = "{name}"
framework = "five"
[[segments]]
name = "All"
counts = {{ reach = {reached} }}
"""
WIDGETS = """
import anywidget, ipywidgets, traitlets

class Circle(anywidget.AnyWidget):
    _esm = '''export default { render({ model, el }) {
        const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        const draw = () => circle.setAttribute("r", model.get("radius"));
        const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
        svg.append(circle); el.append(svg); draw(); model.on("change:radius", draw);
    } }'''
    radius = traitlets.Int(10).tag(sync=True)

circle, slider = Circle(), ipywidgets.IntSlider(10, description="Radius")
ipywidgets.dlink((slider, "value"), (circle, "radius"))
ipywidgets.VBox([slider, circle])
"""
KERNEL = "import os; print('kernel', os.getpid(), os.environ.get('CVJKIT_JOURNEYS'))"
OWN = """
import multiprocessing, os, random, numpy
with multiprocessing.Pool(1) as pool:
    squares = pool.map(abs, [-1, -2])
print("own", os.getcwd(), squares, multiprocessing.get_start_method())
print("own", random.random())
print("own", numpy.random.random())
"""
WIDE = "import IPython; IPython.display.HTML('<hr style=width:3000px>')"
NOISE = "import sys, warnings; warnings.warn('for the author'); print('and this', file=sys.stderr)"
TRY_EVERYTHING = """async address => {
    for (const [tag, more] of Object.entries({ img: {}, script: {}, iframe: {}, object: {},
                                               link: { rel: "stylesheet" } })) {
        const url = address + tag;
        document.body.append(Object.assign(
            document.createElement(tag), { src: url, href: url, data: url, ...more }));
    }
    await fetch(address + "fetch").catch(() => {});
    await new Promise(done => setTimeout(done, 500));
}"""
LOST = """
view = {"model_id": "lost", "version_major": 2, "version_minor": 0}
display({"application/vnd.jupyter.widget-view+json": view}, raw=True)
"""
FUNNEL = "import plotly.graph_objects as go; go.Figure(go.Funnel(x=[2, 1]))"
FAILING = "1 / 0"


@pytest.fixture(scope="module")
def dashboard() -> Iterator[str]:
    """The link of a dashboard that tests only look at."""
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        notebook(Path(directory, "page.ipynb"), HELLO, WIDGETS, WIDE, NOISE, title="Ours & <b>")
        Path(directory, "picture.png").write_bytes(b"private")
        Path(directory, "journey.toml").write_text("private", encoding="utf-8")
        server = Server([*DASHBOARD, "page.ipynb", "--kernels=1"], Path(directory))
        yield server.link()
        server.stop()


@pytest.fixture(scope="module")
def pages() -> Iterator[Server]:
    """A directory of dashboards, published below a base URL, and what its server says."""
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        folder = Path(directory, "pages")
        folder.mkdir()
        notebook(folder / "failing.ipynb", HELLO, WIDGETS, FAILING, "print('after')")
        notebook(folder / "lost.ipynb", WIDGETS, LOST)
        notebook(folder / "mortal.ipynb", KERNEL, JOURNEYS)
        notebook(folder / "this & that.ipynb", "# Both", WIDGETS)
        for name, reached in (("one", 900), ("two", 70)):
            written = JOURNEY.format(name=name, reached=reached)
            Path(directory, f"{name}.toml").write_text(written, encoding="utf-8")
        arguments = ["pages", "--base-url=shop/floor", "--journeys=."]
        server = Server([*DASHBOARD, *arguments], Path(directory))
        server.link()
        yield server
        server.stop()


def page_of(pages: Server, name: str) -> str:
    """The link of one dashboard of a directory."""
    path, _, token = pages.link().partition("?")
    return f"{path}voila/render/{name}.ipynb?{token}"


def get(link: str | Request, within_seconds: float = WAITING_SECONDS) -> HTTPResponse:
    """Ask for a page as a program does, that has no cookies."""
    try:
        return build_opener(ProxyHandler({})).open(link, timeout=within_seconds)  # type: ignore[no-any-return] # urllib says Any
    except HTTPError as refusal:
        return refusal  # type: ignore[return-value] # it is a response, too


def below(link: str, path: str) -> str:
    """The address of another page of the same server, without the token."""
    return link.partition("?")[0] + path


def kernel_of(link: str) -> str:
    """Ask for a page, and for the address of its kernel."""
    page = get(link).read().decode()
    found = re.search(r'"kernelId": "([\w-]+)"', page)
    assert found, page
    return below(link, f"api/kernels/{found[1]}") + f"?{link.partition('?')[2]}"


def is_kept(kernel: str) -> bool:
    status = get(kernel).status
    assert status in {200, 404}
    return status == 200


def wait_until(holds: Callable[[], object], failing: str) -> None:
    until = time.monotonic() + WAITING_SECONDS
    while not holds():
        assert time.monotonic() < until, failing
        time.sleep(0.05)


def wait_until_gone(kernel: str) -> None:
    wait_until(lambda: not is_kept(kernel), "the kernel is still there")


def runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_visitor_sees_text_and_widgets_that_live_and_no_code(page: Page, dashboard: str) -> None:
    page.goto(dashboard)
    expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    expect(page.locator("circle")).to_have_attribute("r", "10")
    page.get_by_role("slider").press("ArrowRight")
    expect(page.locator("circle")).to_have_attribute("r", "11")
    expect(page.get_by_role("status")).to_have_text("")
    expect(page).to_have_title("Ours & <b>")
    shown = page.locator("body").inner_text()
    for hidden in ("import", "for the author", "and this"):
        assert hidden not in shown


def test_nothing_is_asked_of_another_machine(page: Page, dashboard: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.goto(dashboard)
    expect(page.locator("circle")).to_be_visible()
    asked_of = {urlsplit(url)[:2] for url in asked if not url.startswith(("blob:", "data:"))}
    here = urlsplit(dashboard).netloc
    assert asked_of == {("http", here), ("ws", here)}


# Of headers, files and websockets, as a network carries them.
MOST_BYTES = {"first": 1_700_000, "second": 100_000}
# Of a first visit: Voila's script alone would load sixty more.
MOST_REQUESTS = 60


def test_a_visit_is_light_and_the_next_one_lighter(page: Page, voila: Site) -> None:
    made = f"import cvjkit as cvj\n\ncvj.dashboards.journey({str(ROOT / 'data/journeys')!r})"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    relay = Relay(voila.add("light", made))
    for visit, most in MOST_BYTES.items():
        before = relay.sent
        page.goto(relay.link)
        expect(page.locator("path.sankey-link").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        sent = relay.sent - before
        assert sent < most, visit
        assert sent > 10_000, "nothing was counted"
        assert len(asked) < MOST_REQUESTS
        scripts = [path for path in asked if path.startswith("/voila/widgets/")]
        assert sorted(path.split("/")[-1].split(".")[0] for path in scripts) == [
            "flow_view",
            "form",
            "share",
        ], "one for all widgets of a kind"
        asked.clear()
    relay.close()


def test_files_are_sent_as_asked_for_and_kept_as_long_as_they_last(
    page: Page, dashboard: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(dashboard)
    expect(page.locator("circle")).to_be_visible()
    files = [url for url in asked if "/voila/" in url and "/api/" not in url]
    assert {urlsplit(url).path.split("/")[2] for url in files} == {
        "labextensions",
        "static",
        "templates",
    }
    for url in files:
        packed, plain = fetch(url, {"Accept-Encoding": "gzip"}), fetch(url)
        assert "immutable" in packed.headers["Cache-Control"], url
        assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
        assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
        assert (packed.headers["Content-Encoding"], plain.headers["Content-Encoding"]) == (
            "gzip",
            None,
        )
        whole = plain.read()
        assert gzip.decompress(packed.read()) == whole

        part = fetch(url, {"Range": "bytes=5-9"})
        assert (part.status, part.read()) == (206, whole[5:10])
        since = {"If-Modified-Since": plain.headers["Last-Modified"]}
        assert fetch(url, since).status == 304
        ranged = fetch(url, {"Range": "bytes=5-9", "Accept-Encoding": "gzip"})
        assert (ranged.status, gzip.decompress(ranged.read())) == (200, whole)
    script = files[0].partition("?")[0]
    assert "templates" in script
    assert fetch(script).headers["Cache-Control"] == "no-cache", "it has no version"
    # Who can add to a page and see the length of what is compressed could guess what is in it.
    assert fetch(dashboard, {"Accept-Encoding": "gzip"}).headers["Content-Encoding"] is None


def test_a_script_of_widgets_is_kept_as_long_as_it_lasts(voila: Site) -> None:
    below = urlsplit(voila.add("none"))._replace(path="/voila/widgets/", query="").geturl()
    for stem in ("compare_view", "flow_view", "form", "share"):
        script = Script(f"{stem}.js")
        packed = fetch(f"{below}{stem}.{script.version}.js", {"Accept-Encoding": "gzip"})
        assert "immutable" in packed.headers["Cache-Control"]
        assert packed.headers["Content-Type"].startswith("text/javascript")
        assert gzip.decompress(packed.read()).decode() == script.served
        # As a kernel asks that was started before cvjkit was replaced.
        plain = fetch(f"{below}{stem}.0123456789abcdef.js")
        assert plain.headers["Cache-Control"] == "no-cache"
        assert plain.headers["Content-Encoding"] is None
        assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
        assert plain.read().decode() == script.served
    for path in ("none.00.js", "dom.00.js", "form.js", "form.00.css", "../assets.py", "%2e%2e"):
        assert fetch(f"{below}{path}").status == 404, path


def fetch(link: str, headers: Mapping[str, str] = MappingProxyType({})) -> HTTPResponse:
    return get(Request(link, headers=dict(headers)))  # noqa: S310 - of a server of this test


def test_a_page_that_tries_can_ask_nobody_but_its_server(
    page: Page, dashboard: str, complaints: list[str]
) -> None:
    asked: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

        def log_message(self, *_: object) -> None:
            """Not on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.serve_forever, daemon=True).start()
        page.goto(dashboard)
        page.evaluate(TRY_EVERYTHING, f"http://127.0.0.1:{other.server_port}/")
        other.shutdown()
    assert not asked
    complaints.clear()


def test_without_the_token_nothing_is_shown(
    own_page: Page, dashboard: str, complaints: list[str]
) -> None:
    kernel = kernel_of(dashboard).partition("?")[0]
    for address in (below(dashboard, ""), below(dashboard, "?token=wrong")):
        refusal = get(address)
        assert refusal.status == 403
        said = refusal.read().decode()
        assert "A dashboard opens with its full link" in said
        assert "Hello" not in said
    assert get(kernel).status == 403

    own_page.goto(below(dashboard, ""))
    assert faults(own_page) == []
    own_page.get_by_label("Token").fill(TOKEN)
    own_page.get_by_role("button").click()
    expect(own_page.locator("circle")).to_be_visible()
    assert all("403" in complaint for complaint in complaints)
    complaints.clear()


def test_a_template_or_theme_asked_for_in_the_address_changes_nothing(dashboard: str) -> None:
    # Where Voila allows it, the answer to such a question never ends.
    answer, began, page = get(f"{dashboard}&template=nope&theme=nope"), time.monotonic(), b""
    assert answer.status == 200
    while piece := answer.read1():
        page += piece
        assert time.monotonic() - began < WAITING_SECONDS
    assert b"Hello" in page


def test_files_beside_the_notebook_stay_closed(dashboard: str) -> None:
    query = "?" + dashboard.partition("?")[2]
    for name in ("picture.png", "journey.toml", "page.ipynb", "../page.ipynb"):
        for address in (f"voila/files/{name}", name):
            assert get(below(dashboard, address) + query).status in {403, 404}


@pytest.mark.parametrize("width", [390, 1920])
def test_a_page_is_never_wider_than_the_screen_and_in_the_middle_of_it(
    page: Page, dashboard: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(dashboard)
    expect(page.locator("hr")).to_be_visible()
    assert page.locator("hr").evaluate("line => line.offsetWidth") >= 3000
    assert page.evaluate("document.documentElement.scrollWidth") == width
    left, right = page.locator("main").evaluate(
        "({ offsetLeft, offsetWidth }) => [offsetLeft, innerWidth - offsetLeft - offsetWidth]"
    )
    assert left == right == max(0, width - 1440) / 2


def test_a_page_is_as_light_or_dark_as_its_reader_likes(page: Page, dashboard: str) -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of the two
        page.goto(dashboard)
        expect(page.locator("circle")).to_be_visible()
        colours = page.evaluate(
            "[getComputedStyle(document.body).backgroundColor,"
            " getComputedStyle(document.querySelector('h1')).color]"
        )
        brightness[scheme] = [
            sum(map(int, re.findall(r"\d+", colour)[:3])) / 765 for colour in colours
        ]
        light = page.locator("body").get_attribute("data-jp-theme-light")
        assert light == str(scheme == "light").lower()
    paper, ink = brightness["light"]
    assert (paper > 0.9, ink < 0.3) == (True, True)
    paper, ink = brightness["dark"]
    assert (paper < 0.1, ink > 0.7) == (True, True)


def test_the_journeys_reach_the_kernel_and_ctrl_c_ends_it(serve: Start, tmp_path: Path) -> None:
    notebook(tmp_path / "page.ipynb", KERNEL, OWN)
    (tmp_path / "mine").mkdir()
    server = serve([*DASHBOARD, "page.ipynb", "--kernels=1", "--journeys=mine"], tmp_path)
    pages = [get(server.link()).read().decode() for _ in range(2)]
    found = re.search(r"kernel (\d+) (\S+)", pages[0])
    assert found, pages[0]
    assert found[2] == str(tmp_path / "mine")
    kernel = int(found[1])
    assert runs(kernel)

    # Whether it is a copy makes no difference to a notebook.
    own, others = (re.findall(r"own (.+)", page) for page in pages)
    assert own[0] == others[0] == f"{tmp_path} [1, 2] {multiprocessing.get_start_method()}"
    assert not set(own[1:]) & set(others[1:]), "each visitor has random numbers of their own"

    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(WAITING_SECONDS) == 0
    assert not runs(kernel)
    assert re.fullmatch(r"http://127.0.0.1:\d+/\?token=\S+  \(Ctrl-C ends it\)\n", server.written())


def test_ctrl_c_while_it_starts_ends_it_without_a_word(serve: Start, tmp_path: Path) -> None:
    notebook(tmp_path / "page.ipynb", HELLO)
    server = serve([*DASHBOARD, "page.ipynb"], tmp_path)
    started = psutil.Process(server.process.pid)
    wait_until(started.children, "Voila was not started")
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(WAITING_SECONDS) == 0
    assert "Traceback" not in server.written()


def test_a_page_ends_its_kernel_when_it_is_left(page: Page, serve: Start, tmp_path: Path) -> None:
    notebook(tmp_path / "page.ipynb", WIDGETS, "print(file=open('made.txt', 'a'))")
    # Nothing but its page ends a kernel here: it may be idle for longer than the test lasts.
    limits = ["--idle=3600", "--kernels=1", "--visitors=2"]
    link = serve([*DASHBOARD, "page.ipynb", *limits], tmp_path).link()
    made = tmp_path / "made.txt"
    kernels = []
    for visits in range(2):
        # Beside the visitor there is a page that waits: it is not one of the two that may be.
        wait_until(lambda: made.exists() and len(made.read_text()) > visits, "no page waits")  # noqa: B023 - it is asked at once
        page.goto(link)
        expect(page.locator("circle")).to_be_visible()
        config = json.loads(page.locator("#jupyter-config-data").text_content() or "")
        kernels.append(below(link, f"api/kernels/{config['kernelId']}?{link.partition('?')[2]}"))
    wait_until_gone(kernels[0])
    assert is_kept(kernels[1])
    page.goto("about:blank")
    wait_until_gone(kernels[1])


def test_a_kernel_lives_long_enough_for_a_slow_line_and_no_longer(
    serve: Start, tmp_path: Path
) -> None:
    notebook(tmp_path / "page.ipynb", HELLO)
    link = serve([*DASHBOARD, "page.ipynb", "--idle=3", "--kernels=1"], tmp_path).link()
    # It has waited for longer than it may be idle, then a visitor comes, and is never heard again.
    time.sleep(7)
    began = time.monotonic()
    wait_until_gone(kernel_of(link))
    assert time.monotonic() - began > 2


def test_a_directory_is_a_list_of_dashboards(page: Page, pages: Server) -> None:
    link = pages.link()
    page.goto(link)
    assert urlsplit(page.url).path == "/shop/floor/"
    links = page.get_by_role("link")
    # By what the notebooks say first, and their names where they say nothing.
    expect(links).to_have_text(["Hello", "lost", "mortal", "Both"])
    expect(page.get_by_role("listitem").first).to_have_text("Hello Some text.")
    described = below(link, f"voila/api/contents/lost.ipynb?{link.partition('?')[2]}")
    assert get(described).status == 404, "nobody reads the source, or learns where it is"
    links.last.click()
    expect(page.get_by_role("heading", name="Both")).to_be_visible()
    expect(page.locator("circle")).to_be_visible()
    # No kernel waited for this visitor; the page started its own.
    page.get_by_role("slider").press("ArrowRight")
    expect(page.locator("circle")).to_have_attribute("r", "11")
    expect(page.get_by_role("status")).to_have_text("")


def test_a_cell_that_fails_is_told_in_a_sentence(page: Page, pages: Server) -> None:
    page.goto(page_of(pages, "failing"))
    expect(page.get_by_role("alert")).to_contain_text("could not be calculated")
    expect(page.locator("circle")).to_be_visible()
    shown = page.locator("body").inner_text()
    for hidden in ("Traceback", "ZeroDivisionError", "Voil", "after"):
        assert hidden not in shown
    assert "ZeroDivisionError" in pages.written()


def test_a_widget_that_cannot_be_drawn_is_told(
    page: Page, pages: Server, complaints: list[str]
) -> None:
    page.goto(page_of(pages, "lost"))
    expect(page.get_by_role("status")).to_contain_text("Part of this page could not be drawn")
    expect(page.locator("circle")).to_be_visible()
    assert "widget model not found" in complaints.pop()


def test_a_page_whose_kernel_died_says_so_and_starts_again_with_what_was_typed(
    own_page: Page, pages: Server, complaints: list[str]
) -> None:
    own_page.clock.install()
    own_page.goto(page_of(pages, "mortal"))
    journey = own_page.get_by_label("Journey", exact=True)
    journey.select_option("one.toml")
    reached = own_page.get_by_label("Reached: Reach", exact=True)
    expect(reached).to_have_value("900")
    reached.fill("20000")
    expect(own_page).to_have_url(re.compile("=20000&"))
    first = own_page.get_by_text(re.compile(r"kernel \d+")).inner_text()
    # What is typed until the page says so is lost: it does not wait until it looks again.
    own_page.clock.pause_at(own_page.evaluate("Date.now() / 1000") + 1)
    os.kill(int(first.split()[1]), signal.SIGKILL)
    expect(own_page.locator("#cvjkit-status")).to_contain_text("Its address keeps what you typed")
    own_page.clock.resume()
    assert own_page.locator("main").evaluate("main => main.inert")
    own_page.get_by_role("button", name="Start again").click()
    expect(reached).to_have_value("20,000")
    complaints.clear()
    assert own_page.get_by_text(re.compile(r"kernel \d+")).inner_text() != first

    journey.select_option("two.toml")
    expect(reached).to_have_value("70")
    reached.fill("8000")
    expect(own_page).to_have_url(re.compile("two.toml.*=8000&"))
    for _ in range(2):
        own_page.go_back()
        expect(journey).to_have_value("one.toml")
        expect(reached).to_have_value("20,000")
        own_page.go_forward()
        expect(journey).to_have_value("two.toml")
        expect(reached).to_have_value("8,000")


def test_a_broken_or_hostile_journey_is_told_and_the_others_open(
    page: Page, serve: Start, tmp_path: Path
) -> None:
    notebook(tmp_path / "page.ipynb", JOURNEYS)
    journeys = tmp_path / "data" / "journeys"
    journeys.mkdir(parents=True)
    good = 'schema_version = 1\nname = "Shop"\nframework = "five"\n[[segments]]\nname = "All"\n'
    (journeys / "good.toml").write_text(good + "counts = { reach = 9 }", encoding="utf-8")
    (journeys / "bad.toml").write_text(good + "counts = { reach = -9 }", encoding="utf-8")
    (journeys / "notes.txt").write_text("not a journey", encoding="utf-8")
    (journeys / "look.toml").write_text(LOOK, encoding="utf-8")
    (journeys / "logo.svg").write_text(LOGO, encoding="utf-8")
    for name in ("cut in half.xlsx", "bomb.xlsx", "last row.xlsx", "deep key.toml"):
        content = HOSTILE_FILES[name][0]()
        text = content if isinstance(content, bytes) else content.encode()
        (journeys / name).write_bytes(text)
    server = serve([*DASHBOARD, "page.ipynb"], tmp_path)
    page.goto(server.link())
    expect(page.get_by_text("5 files cannot be opened")).to_be_visible()
    expect(page.get_by_text("has more than 10 MB once unpacked")).to_be_visible()
    assert str(tmp_path) not in page.content()
    logo = page.get_by_role("img", name="Ours </script><script>alert(1)</script>")
    assert logo.evaluate("logo => [logo.complete, logo.naturalWidth > 0, logo.offsetHeight]") == [
        True,
        True,
        24,
    ]
    chosen = page.locator(".cvj-tab:has(:checked)").first
    for theme, color in (("light", "rgb(180, 83, 31)"), ("dark", "rgb(188, 100, 53)")):
        page.emulate_media(color_scheme=theme)
        expect(chosen).to_have_css("color", color)
    said = server.written()
    assert re.search(r"bad\.toml: 1 fault\n  .*reach.*-9 must not be negative", said)
    assert "the other journeys (1) open" in said
    assert "Traceback" not in said


def test_plotly_figures_appear_where_their_extension_is_asked_for(
    page: Page, serve: Start, tmp_path: Path, complaints: list[str]
) -> None:
    notebook(tmp_path / "page.ipynb", FUNNEL)
    link = serve([*DASHBOARD, "page.ipynb", "--extension=jupyterlab-plotly"], tmp_path).link()
    # Once it has drawn, plotly's extension wants to leave a still in the notebook; Voila has none.
    with page.expect_event("pageerror"):
        page.goto(link)
    expect(page.locator(".js-plotly-plot .funnellayer .trace")).to_be_visible()
    assert "setData is not a function" in complaints.pop()


def test_the_lab_opens_the_design_with_the_journeys_at_hand(page: Page, jupyterlab: Site) -> None:
    link = jupyterlab.link()
    assert (
        get(below(link, "").replace("lab/tree/notebooks/01-design.ipynb", "api/contents")).status
        == 403
    )
    page.goto(link)
    expect(page.get_by_role("heading", name="Design")).to_be_visible(timeout=60_000)
    run_all_cells(page)
    expect(page.get_by_text(f"journeys in {jupyterlab.folder}/data/journeys")).to_be_visible()
