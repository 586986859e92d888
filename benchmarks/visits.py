"""What a visit costs. Run: python -m benchmarks.visits [first] [--against CHECKOUT ...].

Three questions, each about this checkout and those that are named:
- how many bytes a browser loads at the first visit and at the second, everything counted;
- how long a visitor who comes alone waits from the request to the first Sankey, in turns (with
  `first`, only this);
- how long 25 visitors wait who come at once, from their request until they have the state of all
  widgets of their page, and how much memory the server and its kernels have then. These visitors
  are no browsers, which would have the processor to themselves on machines of their own: they load
  the page and ask for what its script asks for.
"""

from __future__ import annotations

import asyncio
import json
import re
import struct
import sys
import time
import uuid
from contextlib import ExitStack
from statistics import median, quantiles
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from benchmarks.browsing import WAITING, browser, checkouts, dashboard, seconds_to
from tests.browser.conftest import ROOT
from tests.browser.relay import Relay

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

PAGES = 15
# Until another page waits in place of the one that was taken.
REFILLING_SECONDS = 4
VISITORS = 25
ROUNDS = 3
JOURNEYS = ROOT / "data" / "journeys"
SANKEY = "path.sankey-link"
PROTOCOL = "v1.kernel.websocket.jupyter.org"
# Until kernels wait.
STARTING_SECONDS = 10
PATIENCE_SECONDS = 120


def main() -> None:
    """Measure and print."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["first"]:
        with browser() as chromium:
            _print_first_pictures(chromium, checkouts(arguments))
        return
    compared = checkouts(["visits", *arguments])
    print("Loaded [MB], first visit, second")
    with browser() as chromium:
        for name, checkout in compared.items():
            with dashboard("journey", WAITING, JOURNEYS, checkout) as link:
                first, second = (sent / 1e6 for sent in _bytes(chromium, link))
            print(f"  {name:<30}{first:.2f}   {second:.3f}")
        _print_first_pictures(chromium, compared)
    print(f"{VISITORS} visitors at once [s], median, last; memory [MB]")
    for _ in range(ROUNDS):
        for name, checkout in compared.items():
            with dashboard("journey", WAITING, JOURNEYS, checkout) as link:
                time.sleep(STARTING_SECONDS)
                waited, memory = asyncio.run(_crowd(link))
            print(f"  {name:<30}{median(waited):.1f}   {max(waited):.1f}   {memory:.0f}")


def _print_first_pictures(chromium: Browser, compared: dict[str, Path]) -> None:
    print(f"Request to first Sankey [s], median of {PAGES}, quartiles, least, most")
    taken: dict[str, list[float]] = {name: [] for name in compared}
    with ExitStack() as stack:
        links = {
            name: stack.enter_context(dashboard("journey", WAITING, JOURNEYS, checkout))
            for name, checkout in compared.items()
        }
        for _ in range(PAGES):
            for name, link in links.items():
                time.sleep(REFILLING_SECONDS)
                taken[name].append(seconds_to(chromium, link, SANKEY))
    for name, times in taken.items():
        lower, _, upper = quantiles(times)
        spread = "   ".join(f"{seconds:.2f}" for seconds in (lower, upper, min(times), max(times)))
        print(f"  {name:<30}{median(times):.2f}   {spread}")


def _bytes(chromium: Browser, link: str) -> list[int]:
    relay, sent = Relay(link), []
    context = chromium.new_context()
    for _ in range(2):
        before, page = relay.sent, context.new_page()
        page.goto(relay.link)
        page.wait_for_selector(SANKEY, timeout=60_000)
        page.wait_for_load_state("networkidle")
        sent.append(relay.sent - before)
        page.close()
    context.close()
    relay.close()
    return sent


async def _crowd(link: str) -> tuple[list[float], float]:
    AsyncHTTPClient.configure(None, max_clients=VISITORS)
    visits = [asyncio.create_task(_visit(link)) for _ in range(VISITORS)]
    done = await asyncio.gather(*visits)
    memory = _memory(link)
    for _, socket in done:
        socket.close()
    return [waited for waited, _ in done], memory


async def _visit(link: str) -> tuple[float, WebSocketClientConnection]:
    began = time.perf_counter()
    request = HTTPRequest(link, request_timeout=PATIENCE_SECONDS)
    answer = await AsyncHTTPClient().fetch(request)
    found = re.search(r'"kernelId": "([\w-]+)"', answer.body.decode())
    assert found, answer.body
    here, _, token = link.partition("?")
    address = f"{here}api/kernels/{found[1]}/channels?session_id={uuid.uuid4().hex}&{token}"
    socket = await websocket_connect(
        address.replace("http", "ws", 1),
        subprotocols=[PROTOCOL],
        compression_options={},
        max_message_size=2**26,
        connect_timeout=PATIENCE_SECONDS,
    )
    channel = uuid.uuid4().hex
    control = {"comm_id": channel, "target_name": "jupyter.widget.control", "data": {}}
    await socket.write_message(_message("comm_open", control, "1.0.0"), binary=True)
    asked = {"comm_id": channel, "data": {"method": "request_states"}}
    await socket.write_message(_message("comm_msg", asked, "2.1.0"), binary=True)
    while b'"states"' not in (await socket.read_message() or b'"states"'):
        pass
    return time.perf_counter() - began, socket


def _message(kind: str, content: dict[str, object], version: str) -> bytes:
    header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "x", "version": "5.3"}
    objects = [header, {}, {"version": version}, content]
    parts = [b"shell", *(json.dumps(part).encode() for part in objects)]
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    return struct.pack(f"<{len(offsets) + 1}Q", len(offsets), *offsets) + b"".join(parts)


def _memory(link: str) -> float:
    """What the server and its kernels use, memory they share counted once [MB]."""
    port = f"--Voila.port={urlsplit(link).port}"
    (server,) = [
        process
        for process in psutil.Process().children(recursive=True)
        if port in process.cmdline()
    ]
    family = [server, *server.children(recursive=True)]
    return sum(process.memory_full_info().pss for process in family) / 1e6


if __name__ == "__main__":
    main()
