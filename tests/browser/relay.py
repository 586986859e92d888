"""A relay between a browser and its server that counts what comes back."""

from __future__ import annotations

import socket
from contextlib import suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from urllib.parse import urlsplit

PIECE = 65536


class Relay(ThreadingTCPServer):
    """Counts every byte that a server sends, of headers, files and websockets alike.

    Parameters
    ----------
    link : str
        To a page of the server.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, link: str) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.server = urlsplit(link).hostname, urlsplit(link).port
        self.link = urlsplit(link)._replace(netloc=f"127.0.0.1:{self.server_address[1]}").geturl()
        self.sent = 0
        Thread(target=self.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self.shutdown()
        self.server_close()


class _Connection(BaseRequestHandler):
    server: Relay

    def handle(self) -> None:
        browser: socket.socket = self.request
        # Either side may hang up at any time.
        with suppress(OSError), socket.create_connection(self.server.server) as server:
            Thread(target=_pass_on, args=(browser, server), daemon=True).start()
            for piece in iter(lambda: server.recv(PIECE), b""):
                self.server.sent += len(piece)
                browser.sendall(piece)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        for piece in iter(lambda: source.recv(PIECE), b""):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)
