"""A small HTTP server on loopback that answers as told and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Asked:
    """``seen``: (method, path, headers by lower-case names) in order."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[tuple[str, str, dict[str, str]]] = []


@contextmanager
def answering(status: int, body: bytes = b"{}", *, quotes_headers: bool = False) -> Iterator[Asked]:
    """Every request gets ``status`` and ``body``; with ``quotes_headers`` followed by what it was asked with."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked.seen.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}))
            said = body + (str(self.headers).encode() if quotes_headers else b"")
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_DELETE = do_PUT = do_GET  # noqa: N815

        def log_message(self, *said: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    asked = Asked(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
