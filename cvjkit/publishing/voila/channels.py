"""What goes between a visitor's browser and the kernel of the page."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jupyter_client.session import DELIM
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.websocket import WebSocketClosedError
from traitlets import Int

if TYPE_CHECKING:
    from asyncio import Future

PROTOCOL = "v1.kernel.websocket.jupyter.org"
# The channel, four objects, any buffers, and where they end.
FEWEST_PARTS, MOST_PARTS = 6, 1000
# Where the last of the four is.
CONTENT = 3
# What a visitor learns of an exception.
FAILED = {"ename": "ExecutionError", "evalue": "Execution error", "traceback": []}
# ipywidgets asks through it for all widgets of a page. Every other channel that a browser opens
# makes a widget, of any class there is: a visitor needs none but those of the page.
CONTROL = "jupyter.widget.control"
MOST_COMMS = 100
# A page needs one, and another when its network was interrupted. Each holds seven files open.
MOST_CONNECTIONS = 10
# What a browser that does not read is sent before its connection is closed [bytes].
MOST_UNREAD = 32_000_000
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
# ipykernel looks for the channel of a message before it has opened it, and says so; and visitors
# may name channels that do not exist. The author of a notebook can do nothing about either.
NO_CHANNEL = re.compile(r"^No such comm: .*\n?", re.MULTILINE)


class VisitorChannels(ZMQChannelsWebsocketConnection):
    """The connection of a browser to its kernel.

    What a visitor may not see, tracebacks and warnings, is written to the log of the server.
    """

    unread = Int(0, help="What was sent and has not yet left [bytes].")

    async def connect(self) -> None:  # type: ignore[override] # it is awaited, like what it replaces
        """Connect a browser with the kernel, unless too many are."""
        kernels = self.multi_kernel_manager
        if kernels.kernel_model(self.kernel_id)["connections"] >= MOST_CONNECTIONS:
            # Its end is going to be counted, too.
            kernels.notify_connect(self.kernel_id)
            self.websocket_handler.close()
            return
        connected = super().connect()
        if connected is not None:
            await connected

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Hand a message of the browser to the kernel, unless it asks for what visitors may not.

        Parameters
        ----------
        incoming_msg : str or bytes
            Anything.
        """
        try:
            header, _, _, content = read_message(incoming_msg, self.subprotocol)
            if self._allowed(header, content):
                super().handle_incoming_message(incoming_msg)  # type: ignore[arg-type] # both come
        except Exception as error:  # noqa: BLE001 - anything can be sent
            self.log.debug("A message that is none: %r", error)

    def handle_outgoing_message(self, stream: str, outgoing_msg: list[Any]) -> None:
        """Hand a message of the kernel to the browser, unless it is for the log.

        Parameters
        ----------
        stream : ZMQStream
        outgoing_msg : list of bytes
        """
        start = outgoing_msg.index(DELIM) + 2
        kind = self.session.unpack(outgoing_msg[start])["msg_type"]
        if kind in {"stream", "error"}:
            content = self.session.unpack(outgoing_msg[start + CONTENT])
            if content.get("name") == "stderr":
                self._tell(content["text"])
                return
            if kind == "error":
                self._tell("\n".join(content["traceback"]))
                outgoing_msg[start + CONTENT] = self.session.pack(FAILED)
        super().handle_outgoing_message(stream, outgoing_msg)

    def write_message(self, message: str | bytes, binary: bool = False) -> None:
        """Send to the browser, if it is still there.

        Parameters
        ----------
        message : str or bytes
        binary : bool
        """
        try:
            sent: Future[None] | None = self.websocket_handler.write_message(message, binary)
        except WebSocketClosedError:
            return
        if sent is None:
            # Voila leaves some out.
            return
        self.unread += len(message)
        if self.unread > MOST_UNREAD:
            self.websocket_handler.close()
        sent.add_done_callback(partial(self._left, len(message)))

    def _left(self, size: int, sent: Future[None]) -> None:
        self.unread -= size
        # Asked for, or asyncio would log that the browser is gone.
        if not sent.cancelled():
            sent.exception()

    def _allowed(self, header: Mapping[str, Any], content: Mapping[str, Any]) -> bool:
        comms = self.kernel_manager.comms
        match header.get("msg_type"), content:
            case "comm_open", {"comm_id": str(comm), "target_name": target, "data": dict()}:
                if target != CONTROL or len(comms) >= MOST_COMMS:
                    self.log.error("A visitor tried to make a widget, which only the notebook may.")
                    return False
                comms.add(comm)
            case "comm_msg", {"comm_id": str(), "data": dict()}:
                pass
            case "comm_close", {"comm_id": str(comm)}:
                comms.discard(comm)
            case "comm_info_request" | "kernel_info_request" | "shutdown_request", _:
                pass
            case _:
                return False
        return True

    def _tell(self, text: str) -> None:
        *above, said = NO_CHANNEL.sub("", COLOURS.sub("", text)).strip().splitlines() or [""]
        if said:
            details = "\n".join([*above, said]) if above else ""
            self.log.error("%s", said, extra={"details": details})


def read_message(message: object, protocol: str | None) -> list[dict[str, Any]]:
    """Read what a browser sends to a kernel.

    Parameters
    ----------
    message : object
        Anything.
    protocol : str or None
        What the browser and Jupyter have agreed on.

    Returns
    -------
    list of dict
        Header, header of the message it answers, metadata, content.

    Raises
    ------
    ValueError
        If it is no message of `PROTOCOL`. Jupyter itself would eat up memory at a false number of
        parts, and answer to others with a traceback.
    """
    if protocol != PROTOCOL or not isinstance(message, bytes):
        raise ValueError(f"not {PROTOCOL}")
    count = int.from_bytes(message[:8], "little")
    if not FEWEST_PARTS <= count <= MOST_PARTS or 8 * (count + 1) > len(message):
        raise ValueError(f"{count} parts")
    offsets = struct.unpack_from(f"<{count}Q", message, 8)
    if list(offsets) != sorted(offsets) or offsets[-1] != len(message):
        raise ValueError("its parts are not one behind the other")
    texts = [message[start:end] for start, end in pairwise(offsets[1:FEWEST_PARTS])]
    parts = [json.loads(text) for text in texts]
    if not all(isinstance(part, dict) for part in parts):
        raise ValueError("a part is no JSON object")
    return parts
