"""A download of 1 GB from the vault, beside a plain file server with the same file, in the same run.

`python -m bench.serve_downloads [MB]`. The yardstick is Python's `http.server`. Where nginx is installed, it is shown,
too: it has the kernel send the file, and no byte passes through the server's process.
"""

from __future__ import annotations

import functools
import getpass
import grp
import http.server
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench.scale import choose
from bench.servers import Server, Tell, serve_ours, start
from bench.verdict import verdict
from reelwright.studio.studio import AsyncStudio

ROUNDS = 3
RATIO, MOST_MB_MORE = 0.8, 32.0
BLOCK = 1 << 20
FILE = "big.bin"


def main() -> int:
    size = int(sys.argv[1] if sys.argv[1:] else choose(1000, 20)) * 1_000_000
    with tempfile.TemporaryDirectory() as place, ExitStack() as stack:
        folder = Path(place)
        with (folder / FILE).open("wb") as file:
            for n in range(0, size, BLOCK):
                file.write(n.to_bytes(8, "big") * (min(BLOCK, size - n) // 8))
        size = (folder / FILE).stat().st_size
        ours = stack.enter_context(start(_serve_ours, folder))
        others = {"http.server": stack.enter_context(start(_serve_plain, folder)).url}
        if shutil.which("nginx"):
            others["nginx"] = stack.enter_context(_run_nginx(folder))
        path = f"/api/v1/assets/{ours.facts['digest']}"
        _download(ours.url, path, size)  # verifies the bytes, once in a process
        before = ours.measure_memory_mb()
        speeds: dict[str, list[float]] = {"ours": [], **{name: [] for name in others}}
        grown = 0.0
        for _ in range(ROUNDS):
            with _MemoryWatch(ours) as watch:
                speeds["ours"].append(_download(ours.url, path, size))
            grown = max(grown, watch.most_mb - before)
            for name, url in others.items():
                speeds[name].append(_download(url, f"/{FILE}", size))
    middle = {name: statistics.median(each) for name, each in speeds.items()}
    ratio = middle["ours"] / middle["http.server"]
    print(f"ours        {middle['ours']:8.0f} MB/s   {grown:+.1f} MB of memory meanwhile")
    for name in others:
        print(f"{name:12}{middle[name]:8.0f} MB/s   {middle['ours'] / middle[name]:.2f}x")
    print(f"            goal: >={RATIO}x, at most +{MOST_MB_MORE:g} MB")
    figures = {"ratio": ratio, "mb_per_s": middle["ours"], "mb_more": grown}
    goal = f"ratio>={RATIO}, mb_more<={MOST_MB_MORE:g}"
    return verdict("serve_downloads", ratio >= RATIO and grown <= MOST_MB_MORE, figures, goal)


class _MemoryWatch:
    """Notes the largest memory of a server during a block."""

    def __init__(self, server: Server) -> None:
        self.most_mb = 0.0
        self._server, self._done = server, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> _MemoryWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            self.most_mb = max(self.most_mb, self._server.measure_memory_mb())
            if self._done.wait(0.05):
                return


def _download(url: str, path: str, size: int) -> float:
    """Read the body of an answer as fast as it comes, and keep nothing of it; return MB per second."""
    place = urlsplit(url)
    buffer = bytearray(BLOCK)
    with socket.create_connection((str(place.hostname), int(place.port or 80))) as sock:
        began = time.perf_counter()
        sock.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(1)
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise RuntimeError(head.decode("latin-1"))
        got = 0
        while got < size and (count := sock.recv_into(buffer)):
            got += count
        taken = time.perf_counter() - began
    if got != size:
        raise RuntimeError(f"{got} bytes of {size} arrived")
    return size / taken / 1e6


def _serve_ours(folder: Path, tell: Tell) -> None:
    async def prepare(studio: AsyncStudio) -> dict[str, Any]:
        runtime = await studio.open_runtime()
        return {"digest": await runtime.vault.put_file(studio.account, folder / FILE, "video/mp4")}

    serve_ours(folder, tell, prepare)


def _serve_plain(folder: Path, tell: Tell) -> None:
    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    serving = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=str(folder)))
    tell({"url": f"http://127.0.0.1:{serving.server_port}"})
    serving.serve_forever()


@contextmanager
def _run_nginx(folder: Path) -> Iterator[str]:
    """Run nginx over the folder, as the user of this process; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = folder / "nginx"
    own.mkdir()
    paths = "".join(f"{name}_temp_path {own}; " for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (own / "nginx.conf").write_text(
        f"{f'user {getpass.getuser()} ' + grp.getgrgid(os.getgid()).gr_name + ';' if os.geteuid() == 0 else ''}"
        f"daemon off; pid {own}/pid; error_log stderr; events {{}} http {{ access_log off; sendfile on; {paths}"
        f"server {{ listen 127.0.0.1:{port}; root {folder}; }} }}"
    )
    process = subprocess.Popen(["nginx", "-c", str(own / "nginx.conf"), "-e", "stderr"])
    try:
        _wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for_port(port: int) -> None:
    until = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


if __name__ == "__main__":
    raise SystemExit(main())
