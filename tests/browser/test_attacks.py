"""What visitors, other users of the machine and accidents do to a running dashboard."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import struct
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

import psutil
import pytest
import websocket
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAITING_SECONDS, Server, Start
from tests.browser.test_server import HELLO, get, notebook, page_of, wait_until

TOKEN = "as-others-must-not-know-it"  # noqa: S105 - of servers that live as long as a test
PROTOCOL = "v1.kernel.websocket.jupyter.org"
CONTROL = "jupyter.widget.control"
IDLE_SECONDS = 3

DESK = """
import cvjkit as cvj
cvj.Designer(cvj.Journey.from_counts("five", [10_000, 2_000, 100, 40, 10]), writable=False)
"""
HANGING = """
import ipywidgets, time
button = ipywidgets.Button(description="Never ends")
button.on_click(lambda _: time.sleep(3600))
button
"""


@pytest.fixture(scope="module")
def pages() -> Iterator[Server]:
    """Dashboards whose visitors mean no good; their kernels are ended soon after they have left."""
    with tempfile.TemporaryDirectory(prefix="cvj") as directory:
        folder = Path(directory)
        notebook(folder / "desk.ipynb", HELLO, DESK)
        notebook(folder / "hanging.ipynb", HANGING)
        arguments = ["dashboard", ".", "--port=0", "--kernels=1", f"--idle={IDLE_SECONDS}"]
        server = Server(arguments, folder, CVJKIT_TOKEN=TOKEN)
        server.link()
        yield server
        server.stop()


class Visitor:
    """A visitor without a browser, who sends to the kernel of a page what they like."""

    def __init__(self, server: Server, name: str) -> None:
        self.link = page_of(server, name)
        self.page = get(self.link).read().decode()
        found = re.search(r'"kernelId": "([\w-]+)"', self.page)
        assert found, self.page
        self.kernel = found[1]
        self.socket = self.connect()

    def address(self, path: str) -> str:
        """The address of something of this server, with the token."""
        here = urlsplit(self.link)
        return f"http://{here.netloc}/{path}{'&' if '?' in path else '?'}{here.query}"

    def connect(self, path: str | None = None) -> websocket.WebSocket:
        path = path or f"api/kernels/{self.kernel}/channels?session_id={uuid.uuid4().hex}"
        address = self.address(path).replace("http", "ws", 1)
        return websocket.create_connection(
            address, timeout=WAITING_SECONDS, subprotocols=[PROTOCOL], http_no_proxy=["127.0.0.1"]
        )

    def send(self, kind: str, version: str = "2.1.0", **content: Any) -> None:
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "version": "5.3"}
        parts = [header, {}, {"version": version}, content]
        self.socket.send_binary(written([json.dumps(part).encode() for part in parts]))

    def read(self) -> tuple[str, Any]:
        """Read the type and the content of the next message of the kernel."""
        message = self.socket.recv()
        count = int.from_bytes(message[:8], "little")
        offsets = struct.unpack_from(f"<{count}Q", message, 8)
        header, content = (json.loads(message[offsets[at] : offsets[at + 1]]) for at in (1, 4))
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
        states = self.read_until("comm_msg")["data"]["states"]
        self.send("comm_close", comm_id=channel, data={})
        return {key: model["state"] for key, model in states.items()}

    def has_kernel(self) -> bool:
        return get(self.address(f"api/kernels/{self.kernel}")).status == 200


Visit = Callable[[str], Visitor]


@pytest.fixture
def visit(pages: Server) -> Iterator[Visit]:
    """Visit a page without a browser."""
    visitors = contextlib.ExitStack()

    def come(name: str) -> Visitor:
        visitor = Visitor(pages, name)
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
    lines = [" ".join(process.cmdline()) for process in processes(pages)]
    kernels = [line for line in lines if "ipykernel" in line]
    assert kernels
    assert not [line for line in lines if TOKEN in line or visitor.kernel in line]
    for kernel in (visitor.kernel, *re.findall(r"[\w-]{36}", " ".join(kernels))):
        for path in (f"voila/query/{kernel}", f"api/kernels/{kernel}/channels"):
            with pytest.raises(websocket.WebSocketBadStatusException, match=r"40[34]"):
                websocket.create_connection(
                    f"ws://{urlsplit(visitor.link).netloc}/{path}", http_no_proxy=["127.0.0.1"]
                )


def processes(server: Server) -> list[psutil.Process]:
    started = psutil.Process(server.process.pid)
    return [started, *started.children(recursive=True)]


# --- what becomes of kernels --------------------------------------------------------------------


def test_visitors_who_vanish_leave_no_kernel_and_an_open_page_lives(
    page: Page, pages: Server, visit: Visit
) -> None:
    page.goto(page_of(pages, "desk"))
    reached = page.get_by_role("textbox", name="Reached").first
    expect(reached).to_be_visible()
    began = time.monotonic()

    hanging = visit("hanging")
    (button,) = [key for key, state in hanging.widgets().items() if "icon" in state]
    click = {"method": "custom", "content": {"event": "click"}}
    hanging.send("comm_msg", comm_id=button, data=click)
    hanging.read_until_state("busy")
    hanging.socket.shutdown()

    # This one does not read what it asks for, and does not go.
    silent = visit("desk")
    widgets = silent.widgets()
    largest = max(widgets, key=lambda key: len(str(widgets[key])))
    with contextlib.suppress(OSError, websocket.WebSocketException):
        for _ in range(2000):
            silent.send("comm_msg", comm_id=largest, data={"method": "request_state"})

    wait_until(lambda: not hanging.has_kernel(), "a busy kernel without a visitor is still there")
    wait_until(lambda: not silent.has_kernel(), "the kernel of who does not read is still there")
    assert time.monotonic() - began > 2 * IDLE_SECONDS
    reached.fill("20000")
    expect(page.get_by_text("20,000").first).to_be_visible()


def test_a_dashboard_ends_when_its_command_is_killed(serve: Start, tmp_path: Path) -> None:
    notebook(tmp_path / "page.ipynb", HELLO)
    server = serve(["dashboard", "page.ipynb", "--port=0", "--kernels=1"], tmp_path)
    link = server.link()
    get(link).read()
    started = processes(server)
    assert len(started) > 2
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    wait_until(lambda: not [each for each in started if each.is_running()], "something still runs")
    with pytest.raises(URLError):
        get(link)
