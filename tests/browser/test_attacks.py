"""What visitors, other users of the machine and accidents do to a running dashboard."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import struct
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
import websocket
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, WAITING_SECONDS, Server, Start, notebook
from tests.browser.test_server import HELLO, WIDGETS, get, page_of, wait_until

TOKEN = "as-others-must-not-know-it"  # noqa: S105 - of servers that live as long as a test
PROTOCOL = "v1.kernel.websocket.jupyter.org"
CONTROL = "jupyter.widget.control"
IDLE_SECONDS = 6

DESK = """
import cvjkit as cvj

class Desk(cvj.Designer):
    def _numbers(self):
        if self._session.journey.segments[0].counts[0] == 13:
            raise ZeroDivisionError("thirteen people")
        return super()._numbers()

Desk(cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 10]), writable=False)
"""
BUTTONS = """
import ipywidgets, os, sys, time
deeds = {
    "Hang": lambda _: time.sleep(3600),
    "Fail": lambda _: 1 / 0,
    "Work": lambda _: None,
    "Warn": lambda _: print("Mind the gap: it is wide", file=sys.stderr, flush=True),
}
buttons = [ipywidgets.Button(description=name) for name in deeds]
for button in buttons:
    button.on_click(deeds[button.description])
print("kernel", os.getpid(), file=open("buttons.txt", "a"))
print("kernel", os.getpid())
ipywidgets.HBox(buttons)
"""
LATE = """
import os
print(open("late.txt").read())
print("kernel", os.getpid(), file=open("made.txt", "a"))
"""


@pytest.fixture(scope="module")
def pages() -> Iterator[Server]:
    """Dashboards whose visitors mean no good; their kernels are ended soon after they have left."""
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        folder = Path(directory)
        notebook(folder / "desk.ipynb", HELLO, DESK)
        notebook(folder / "buttons.ipynb", BUTTONS)
        notebook(folder / "late.ipynb", LATE)
        (folder / "broken.ipynb").write_text("{", encoding="utf-8")
        arguments = ["dashboard", ".", "--port=0", "--kernels=1", f"--idle={IDLE_SECONDS}"]
        server = Server(arguments, folder, CVJKIT_TOKEN=TOKEN)
        server.link()
        yield server
        server.stop()


class Visitor:
    """A visitor without a browser, who sends to the kernel of a page what they like."""

    def __init__(self, server: Server, name: str, connected: bool) -> None:
        self.link = page_of(server, name)
        self.page = get(self.link).read().decode()
        found = re.search(r'"kernelId": "([\w-]+)"', self.page)
        assert found, self.page
        self.kernel = found[1]
        self.heard: list[Any] = []
        self.socket = self.connect() if connected else websocket.WebSocket()

    def address(self, path: str) -> str:
        """The address of something of this server, with the token."""
        here = urlsplit(self.link)
        return f"http://{here.netloc}/{path}{'&' if '?' in path else '?'}{here.query}"

    def connect(self) -> websocket.WebSocket:
        path = f"api/kernels/{self.kernel}/channels?session_id={uuid.uuid4().hex}"
        address = self.address(path).replace("http", "ws", 1)
        return websocket.create_connection(
            address, timeout=WAITING_SECONDS, subprotocols=[PROTOCOL], http_no_proxy=["127.0.0.1"]
        )

    def send(self, kind: str, version: str = "2.1.0", **content: Any) -> None:
        self.socket.send_binary(message(kind, version, **content))

    def read(self) -> tuple[str, Any]:
        """Read the type and the content of the next message of the kernel."""
        message = self.socket.recv()
        count = int.from_bytes(message[:8], "little")
        offsets = struct.unpack_from(f"<{count}Q", message, 8)
        header, content = (json.loads(message[offsets[at] : offsets[at + 1]]) for at in (1, 4))
        self.heard.append(content)
        return header["msg_type"], content

    def read_until(self, wanted: str) -> Any:
        """Read on to a message of a type, and give its content."""
        while True:
            kind, content = self.read()
            if kind == wanted:
                return content

    def read_until_state(self, wanted: str) -> None:
        """Read on until the kernel is idle, or busy."""
        while self.read_until("status")["execution_state"] != wanted:
            pass

    def widgets(self) -> dict[str, dict[str, Any]]:
        """Ask for all widgets of the page, as a browser does: their states by their ids."""
        channel = uuid.uuid4().hex
        self.send("comm_open", "1.0.0", comm_id=channel, target_name=CONTROL, data={})
        self.send("comm_msg", comm_id=channel, data={"method": "request_states"})
        while (answer := self.read_until("comm_msg"))["comm_id"] != channel:
            pass
        self.send("comm_close", comm_id=channel, data={})
        states = answer["data"]["states"]
        return {key: model["state"] for key, model in states.items()}

    def press(self, name: str) -> None:
        """Press a button of the page."""
        widgets = self.widgets().items()
        (button,) = [key for key, state in widgets if state.get("description") == name]
        click = {"method": "custom", "content": {"event": "click"}}
        self.send("comm_msg", comm_id=button, data=click)

    def has_kernel(self) -> bool:
        return get(self.address(f"api/kernels/{self.kernel}")).status == 200


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(pages: Server) -> Iterator[Visit]:
    """Visit a page without a browser."""
    visitors = contextlib.ExitStack()

    def come(name: str, connected: bool = True) -> Visitor:
        visitor = Visitor(pages, name, connected)
        visitors.callback(visitor.socket.shutdown)
        return visitor

    with visitors:
        yield come


def written(parts: list[bytes], channel: bytes = b"shell") -> bytes:
    """Put a message together as Jupyter's protocol wants it."""
    offsets = [8 * (len(parts) + 3)]
    for part in (channel, *parts):
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + channel + b"".join(parts)


# --- who may know what --------------------------------------------------------------------------


def test_no_user_of_the_machine_can_read_the_token(pages: Server, visit: Visit) -> None:
    visitor = visit("desk")
    # What stands on command lines can be read by everybody.
    lines = " ".join(map(command_line, processes(pages)))
    assert "ipykernel" in lines
    assert TOKEN not in lines
    assert visitor.kernel not in lines
    for kernel in (visitor.kernel, *re.findall(r"[\w-]{36}", lines)):
        for path in (f"voila/query/{kernel}", f"api/kernels/{kernel}/channels"):
            with pytest.raises(websocket.WebSocketBadStatusException, match=r"40[34]"):
                websocket.create_connection(
                    f"ws://{urlsplit(visitor.link).netloc}/{path}", http_no_proxy=["127.0.0.1"]
                )


def command_line(process: psutil.Process) -> str:
    """How a process was started; empty once it has ended."""
    try:
        return " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return ""


def processes(server: Server) -> list[psutil.Process]:
    started = psutil.Process(server.process.pid)
    return [started, *started.children(recursive=True)]


def kernels_of(server: Server) -> list[psutil.Process]:
    """The kernels of a server: each leads a session, unlike the process that they are copies of."""
    return [
        process
        for process in processes(server)
        if "ipykernel" in command_line(process) and os.getsid(process.pid) == process.pid
    ]


def folder_of(server: Server) -> Path:
    """The folder of its notebooks."""
    return Path(kernels_of(server)[-1].cwd())


def kernels_in(text: str) -> list[int]:
    """The ids of the kernels that have written a text."""
    return [int(process) for process in re.findall(r"kernel (\d+)", text)]


def test_another_site_opens_no_connection_with_the_cookie_of_a_visitor(
    pages: Server, visit: Visit
) -> None:
    visitor = visit("desk", connected=False)
    with get(visitor.link) as page:
        cookie = page.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    address = f"{urlsplit(visitor.link).netloc}/api/kernels/{visitor.kernel}/channels"
    for origin in ("http://example.com", "http://127.0.0.1:1", "null"):
        with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
            websocket.create_connection(
                f"ws://{address}",
                origin=origin,
                cookie=cookie.partition(";")[0],
                subprotocols=[PROTOCOL],
                http_no_proxy=["127.0.0.1"],
            )


# --- what becomes of kernels --------------------------------------------------------------------


def test_visitors_who_vanish_leave_no_kernel_and_an_open_page_lives(
    page: Page, pages: Server, visit: Visit
) -> None:
    page.goto(page_of(pages, "desk"))
    reached = page.get_by_role("textbox", name="Reached").first
    expect(reached).to_be_visible()
    began = time.monotonic()

    # This one asks for the page and is never heard again.
    passing = visit("desk", connected=False)

    # This one has left something to be calculated.
    hanging = visit("buttons")
    hanging.press("Hang")
    hanging.read_until_state("busy")
    hanging.socket.shutdown()

    # This one does not read what it asks for, and does not go.
    silent = visit("desk")
    widgets = silent.widgets()
    largest = max(widgets, key=lambda key: len(str(widgets[key])))
    with contextlib.suppress(OSError, websocket.WebSocketException):
        for _ in range(2000):
            silent.send("comm_msg", comm_id=largest, data={"method": "request_state"})

    wait_until(lambda: not passing.has_kernel(), "the kernel of an unread page is still there")
    wait_until(lambda: not hanging.has_kernel(), "a busy kernel without a visitor is still there")
    wait_until(lambda: not silent.has_kernel(), "the kernel of who does not read is still there")
    assert time.monotonic() - began > IDLE_SECONDS
    reached.fill("20000")
    expect(page.get_by_text("20,000").first).to_be_visible()


def test_a_page_has_few_connections(visit: Visit) -> None:
    visitor = visit("buttons")
    others = [visitor.connect() for _ in range(30)]
    assert sum(map(is_open, others)) < 10
    visitor.press("Work")
    visitor.read_until_state("idle")
    for other in others:
        other.shutdown()

    def is_let_in() -> bool:
        with contextlib.closing(visitor.connect()) as connection:
            return is_open(connection)

    wait_until(is_let_in, "nobody is let in any more")


def is_open(connection: websocket.WebSocket) -> bool:
    """Whether what is asked is answered by anything but the connection's end."""
    try:
        connection.send_binary(message("kernel_info_request"))
        return bool(connection.recv())
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return False


def message(kind: str, version: str = "2.1.0", **content: Any) -> bytes:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "version": "5.3"}
    parts = [header, {}, {"version": version}, content]
    return written([json.dumps(part).encode() for part in parts])


def test_visitors_get_no_more_pages_than_there_may_be(serve: Start, tmp_path: Path) -> None:
    notebook(tmp_path / "page.ipynb", HELLO)
    # One page waits, or is still in the making; another is made, and others are made in its stead.
    limits = ["--kernels=1", "--visitors=2", "--idle=3600"]
    server = serve(["dashboard", "page.ipynb", "--port=0", *limits], tmp_path)
    link = server.link()
    # All come at once, before any has a kernel.
    with ThreadPoolExecutor(20) as visitors:
        answers = list(visitors.map(answer, [link] * 20))
    pages = [page for status, page in answers if status == 200]
    assert len(pages) == 2
    refused = [page for status, page in answers if status == 503]
    assert len(refused) == 18
    assert all("try again in a minute" in page for page in refused)
    wait_until(lambda: len(kernels_of(server)) == 3, "no page waits for who comes next")
    assert answer(link)[0] == 503
    leaving = HTTPConnection(urlsplit(link).netloc)
    token = parse_qs(urlsplit(link).query)["token"][0]
    (kernel,) = re.findall(r'"kernelId": "([\w-]+)"', pages[0])
    path = f"/api/kernels/{kernel}"
    leaving.request("DELETE", path, headers={"Authorization": f"token {token}"})
    assert leaving.getresponse().status == 204
    leaving.close()
    assert [answer(link)[0] for _ in range(3)] == [200, 503, 503]


def answer(link: str) -> tuple[int, str]:
    """Ask for a page, and give its status and its text."""
    with get(link) as page:
        return page.status, page.read().decode()


def test_a_waiting_page_that_failed_is_made_anew(pages: Server) -> None:
    wait_until(lambda: "FileNotFoundError" in pages.written(), "the page has not failed")
    (folder_of(pages) / "late.txt").write_text("It is there now.", encoding="utf-8")
    assert "It is there now." in get(page_of(pages, "late")).read().decode()
    made = folder_of(pages) / "made.txt"
    wait_until(lambda: len(kernels_in(made.read_text())) > 1, "no other page waits in its stead")


def test_a_waiting_page_whose_kernel_died_is_made_anew(pages: Server, visit: Visit) -> None:
    await_waiting_page(pages, visit("buttons"))
    killed = kernels_of(pages)
    for process in killed:
        process.kill()
        process.wait()
    visitor = visit("buttons")
    assert not {process.pid for process in killed} & {*kernels_in(visitor.page)}
    visitor.press("Work")
    visitor.read_until_state("idle")


def await_waiting_page(pages: Server, visitor: Visitor) -> None:
    """Wait until a page with buttons waits for the next visitor."""
    made = folder_of(pages) / "buttons.txt"
    left = kernels_in(visitor.page)
    wait_until(
        lambda: (
            {kernel.pid for kernel in kernels_of(pages)} & {*kernels_in(made.read_text())} - {*left}
        ),
        "no page waits",
    )


def test_pages_and_visitors_outlive_the_process_that_kernels_are_copies_of(
    pages: Server, visit: Visit
) -> None:
    here = visit("buttons")
    await_waiting_page(pages, here)
    killed = copied(pages)
    # Elsewhere no kernel is a copy, and nobody has anything to outlive.
    assert len(killed) == (sys.platform == "linux")
    for process in killed:
        process.kill()
    # The first gets the page that waited, the second finds none.
    comers = [visit("buttons"), visit("buttons")]
    # Longer than a kernel needs to notice.
    wait_until(lambda: len(copied(pages) - killed) == len(killed), "no kernel is a copy any more")
    for visitor in (here, *comers):
        visitor.press("Work")
        visitor.read_until_state("idle")
    assert all(visitor.has_kernel() for visitor in (here, *comers))


def copied(server: Server) -> set[psutil.Process]:
    """Give the processes that kernels of a server are copies of."""
    parents = {kernel.ppid() for kernel in kernels_of(server)}
    return {
        process
        for process in processes(server)
        if process.pid in parents and "forkserver" in command_line(process)
    }


def test_a_dashboard_ends_when_its_command_is_killed_and_its_page_says_so(
    page: Page, serve: Start, tmp_path: Path, complaints: list[str]
) -> None:
    notebook(tmp_path / "page.ipynb", WIDGETS)
    server = serve(["dashboard", "page.ipynb", "--port=0", "--kernels=1"], tmp_path)
    link = server.link()
    page.goto(link)
    expect(page.locator("circle")).to_be_visible()
    started = processes(server)
    assert len(started) > 2
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    wait_until(lambda: not [each for each in started if each.is_running()], "something still runs")
    with pytest.raises(URLError):
        get(link)
    expect(page.get_by_role("status")).to_contain_text("The server cannot be reached")
    complaints.clear()


# --- what the page says, and what the terminal --------------------------------------------------


def test_what_fails_is_told_on_the_page_which_keeps_its_numbers(page: Page, pages: Server) -> None:
    page.goto(page_of(pages, "desk"))
    reached = page.get_by_role("textbox", name="Reached").first
    rate = page.get_by_role("textbox", name="Rate").first
    before = rate.input_value()
    for _ in range(2):
        reached.fill("13")
        expect(page.get_by_text("That could not be calculated")).to_be_visible()
        assert rate.input_value() == before
        reached.fill("20000")
        expect(page.get_by_text("That could not be calculated")).to_have_count(0)
        expect(rate).not_to_have_value(before)
        reached.fill("10000")
        expect(rate).to_have_value(before)
    # The reason is for the author, who needs it once.
    assert "thirteen" not in page.content()
    wait_until(lambda: "thirteen people" in pages.written(), "the terminal does not have it")
    assert pages.written().count("in _numbers") == 1


def test_a_callback_that_fails_is_told_until_one_works(page: Page, pages: Server) -> None:
    page.goto(page_of(pages, "buttons"))
    for _ in range(2):
        page.get_by_role("button", name="Fail").click()
        expect(page.get_by_role("status")).to_contain_text("could not be calculated")
        page.get_by_role("button", name="Work").click()
        expect(page.get_by_role("status")).to_have_text("")
    wait_until(lambda: "division by zero" in pages.written(), "the terminal does not have it")


@pytest.mark.parametrize("frozen", [False, True], ids=["busy", "frozen"])
def test_a_page_whose_kernel_does_not_answer_says_so(
    own_page: Page, pages: Server, frozen: bool
) -> None:
    own_page.clock.install()
    own_page.goto(page_of(pages, "buttons"))
    button = own_page.get_by_role("button", name="Work" if frozen else "Hang")
    expect(button).to_be_visible()
    kernel = psutil.Process(int(own_page.get_by_text("kernel").inner_text().split()[1]))
    if frozen:
        kernel.suspend()
    button.click()
    own_page.clock.run_for(11_000)
    expect(own_page.get_by_role("status")).to_contain_text("still being calculated")
    if frozen:
        kernel.resume()
        expect(own_page.get_by_role("status")).to_have_text("")


NONSENSE: list[bytes | str] = [
    *("", "{}", "x" * 1000, "[" * 100_000, b"", b"\xff" * 8, b"\xff" * 80, bytes(8), bytes(80)),
    struct.pack("<6Q", 2**62, *range(5)),
    struct.pack("<7Q", 6, 56, 2**63, 3, 2, 1, 0),
    *(written([part] * 4) for part in (b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000)),
    written([b"{}"] * 4, b"nowhere"),
    written([b'{"msg_type": "comm_open"}', b"{}", b"{}", b"{}"]),
    written([b'{"msg_type": ["comm_msg"]}', b"{}", b"{}", b"{}"]),
]
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("execute_request", {"code": "open('/etc/passwd').read()"}),
    ("comm_msg", {}),
    ("comm_msg", {"comm_id": ["x"], "data": 5}),
    ("comm_msg", {"comm_id": "unknown", "data": {"method": "request_state"}}),
    ("comm_close", {}),
    ("comm_open", {}),
    ("comm_open", {"comm_id": "a", "target_name": "unknown", "data": {}}),
    ("comm_open", {"comm_id": "b", "target_name": CONTROL, "data": {}}),
    ("comm_open", {"comm_id": "c", "target_name": "jupyter.widget", "data": {"state": {}}}),
    ("comm_info_request", {"target_name": 5}),
    ("kernel_info_request", {}),
]


def test_nonsense_is_answered_with_no_path_of_the_server_and_few_lines_in_its_log(
    pages: Server, visit: Visit
) -> None:
    visitor = visit("desk")
    before = len(pages.written().splitlines())
    assert not told_secrets(visitor.page)
    for _ in range(50):
        for sent in NONSENSE:
            (visitor.socket.send if isinstance(sent, str) else visitor.socket.send_binary)(sent)
        for kind, content in REQUESTS:
            visitor.send(kind, **content)
        for kind in ("comm_msg", "comm_close"):
            visitor.send(kind, comm_id=uuid.uuid4().hex, data={})
    visitor.widgets()
    assert len(visitor.heard) > 100
    assert not told_secrets(json.dumps(visitor.heard))
    visitor.socket.shutdown()
    added = pages.written().splitlines()[before:]
    assert len(added) < 40, "\n".join(added)


def test_a_warning_of_one_line_is_one_line_and_a_channel_that_is_not_there_is_none(
    pages: Server, visit: Visit
) -> None:
    visitor = visit("buttons")
    visitor.send("comm_msg", comm_id="nowhere", data={})
    visitor.press("Warn")
    visitor.press("Warn")
    wait_until(lambda: "Mind the gap" in pages.written(), "the warning is not told")
    assert pages.written().count("Mind the gap") == 1
    assert "No such comm" not in pages.written()


def told_secrets(answer: str) -> list[str]:
    """List what no visitor may read."""
    secrets = (sys.prefix, str(ROOT), tempfile.gettempdir(), "Traceback", "root:x:", TOKEN)
    return [secret for secret in secrets if secret in answer]


@pytest.mark.parametrize("name", ["%00", "..%2f..%2fetc%2fpasswd", "broken.ipynb", "a" * 5000])
def test_no_address_answers_with_a_path_of_the_server(pages: Server, name: str) -> None:
    parts = urlsplit(pages.link())
    before = len(pages.written().splitlines())
    for path in (
        *("voila/render/", "voila/tree/", "voila/api/contents/", "voila/files/", "voila/static/"),
        *("voila/templates/", "voila/templates/cvjkit/", "voila/labextensions/", "api/kernels/"),
        *("voila/templates/cvjkit/static/", "voila/templates/cvjkit/static/../"),
        *("voila/api/themes/", "voila/api/shutdown/", "voila/query/", "", "login"),
    ):
        answer = get(parts._replace(path=f"/{path}{name}").geturl())
        said = answer.read().decode()
        assert not told_secrets(said), path
        assert answer.status in {200, 400, 403, 404, 405}, path
    assert len(pages.written().splitlines()) - before < 10


def test_a_visitor_makes_no_widgets(visit: Visit) -> None:
    visitor = visit("desk")
    before = visitor.widgets().keys()
    state = {
        "_model_module": "@jupyter-widgets/controls",
        "_model_module_version": "2.0.0",
        "_view_module": "@jupyter-widgets/controls",
        "_view_module_version": "2.0.0",
        "_model_name": "HTMLModel",
        "_view_name": "HTMLView",
    }
    for number in range(300):
        made = {"comm_id": f"made{number}", "target_name": "jupyter.widget"}
        visitor.send("comm_open", **made, data={"state": state, "buffer_paths": []})
        channel = {"comm_id": f"channel{number}", "target_name": CONTROL}
        visitor.send("comm_open", "1.0.0", **channel, data={})
    visitor.send("comm_info_request")
    comms = visitor.read_until("comm_info_reply")["comms"]
    assert before <= comms.keys()
    assert len(comms) - len(before) < 150
    visitor.send("comm_close", comm_id="channel0", data={})
    assert visitor.widgets().keys() == before
