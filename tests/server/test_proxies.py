"""The proxies of deploy/, each as Debian packages it, with TLS in front of the real program: `make test-serve`.

The files are used as they are, but for names, ports and certificates: what is replaced must stand in them.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import websockets

from server.browser import open_browser

pytestmark = [pytest.mark.lane_serve, pytest.mark.timeout(240)]
DEPLOY: Final = Path(__file__).parents[2] / "deploy"
NAME: Final = "STUDIO.EXAMPLE.COM"
CLIENT: Final = "127.0.0.2"
"""The address that tests connect from: another one than the proxy's, which is trusted."""
MODEL: Final = "hailuo-2.3"
QUIET_S: Final = 63
"""Longer than the 60 s after which proxies cut a quiet request by default."""


@dataclass
class Site:
    """A proxy that listens, and the server behind it."""

    url: str
    certificate: Path
    secret: str
    read_log: Callable[[], str]

    def build_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.certificate))
        context.check_hostname = False
        return context

    def open_client(self, **headers: str) -> httpx2.Client:
        transport = httpx2.HTTPTransport(verify=self.build_context(), local_address=CLIENT)
        named = {"Authorization": f"Bearer {self.secret}", **headers}
        return httpx2.Client(base_url=self.url, transport=transport, timeout=30, headers=named)


def find_free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def adapt(file: str, changes: Mapping[str, str]) -> str:
    """Read a file of deploy/ and replace what every user replaces. Fails for what is not in it."""
    text = (DEPLOY / file).read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text, f"{file} has no {old!r}"
        text = text.replace(old, new)
    return text


def make_certificate(folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*command, "-keyout", key, "-out", certificate, *names], check=True, capture_output=True)
    return certificate, key


def build_nginx(folder: Path, port: int, upstream: int, certificate: Path, key: Path) -> list[str]:
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{upstream}", NAME: "localhost", "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80": f"listen 127.0.0.1:{find_free_port()}", "/etc/ssl/CERTIFICATE.pem": str(certificate),
        "/etc/ssl/KEY.pem": str(key),
    }  # fmt: skip
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.getuid() == 0 else ""
    whole = f"""{user} daemon off; pid {folder}/nginx.pid; error_log stderr; worker_processes 1;
        events {{}} http {{ access_log off; {temporary} {adapt("nginx.conf", changes)} }}"""
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]


def build_caddy(folder: Path, port: int, upstream: int, certificate: Path, key: Path) -> list[str]:
    site = f"https://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}"
    changes = {"127.0.0.1:8000": f"127.0.0.1:{upstream}", f"{NAME} {{": site}
    whole = "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + adapt("Caddyfile", changes)
    (folder / "Caddyfile").write_text(whole, encoding="utf-8")
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def build_apache(folder: Path, port: int, upstream: int, certificate: Path, key: Path) -> list[str]:
    plain = find_free_port()
    changes = {
        "127.0.0.1:8000": f"127.0.0.1:{upstream}", f"https://{NAME}/": "https://localhost/", NAME: "localhost",
        "*:443": f"127.0.0.1:{port}", "*:80": f"127.0.0.1:{plain}", "/etc/ssl/CERTIFICATE.pem": str(certificate),
        "/etc/ssl/KEY.pem": str(key),
    }  # fmt: skip
    used = (
        "mpm_event",
        "authz_core",
        "alias",
        "env",
        "headers",
        "ssl",
        "socache_shmcb",
        "proxy",
        "proxy_http",
        "reqtimeout",
    )
    modules = "\n".join(f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so" for name in used)
    user = "User www-data\nGroup www-data" if os.getuid() == 0 else ""
    whole = f"""{modules}\n{user}\nServerRoot {folder}\nPidFile {folder}/apache.pid\nDefaultRuntimeDir {folder}
ServerName localhost\nListen 127.0.0.1:{port}\nListen 127.0.0.1:{plain}\nErrorLog /dev/stderr
RequestReadTimeout header=20-40,minrate=500\n{adapt("apache.conf", changes)}"""
    (folder / "apache.conf").write_text(whole, encoding="utf-8")
    return ["apache2", "-D", "FOREGROUND", "-f", str(folder / "apache.conf")]


PROXIES: Final = {"nginx": build_nginx, "caddy": build_caddy, "apache2": build_apache}


@contextmanager
def run_proxy(name: str, folder: Path, upstream: int) -> Iterator[tuple[str, Path]]:
    """Run a proxy in front of a port; yield its address and its certificate."""
    assert shutil.which(name), f"{name} is not installed: `make test-serve` installs it"
    folder.mkdir(parents=True)
    certificate, key = make_certificate(folder)
    port = find_free_port()
    command = PROXIES[name](folder, port, upstream, certificate, key)
    environ = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, env=environ) as process:
        try:
            ends = time.monotonic() + 20
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert process.poll() is None and time.monotonic() < ends, (folder / "log").read_text()
                    time.sleep(0.05)
            yield f"https://127.0.0.1:{port}" if name != "caddy" else f"https://localhost:{port}", certificate
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str, Callable[[], str]]]:
    """The program ``serve`` for keys only, as the systemd unit starts it: its port, a key, and its log."""
    folder = tmp_path_factory.mktemp("program")
    environ = {
        **os.environ, "REELWRIGHT_HOME": str(folder / "home"), "REELWRIGHT_HANDS": "1",
        "REELWRIGHT_LOG_LEVEL": "warning",
    }  # fmt: skip
    reelwright = [sys.executable, "-m", "reelwright.cli"]
    add = [*reelwright, "api-keys", "add", "test", "--role", "owner", "--rehearse", "--json"]
    secret = json.loads(subprocess.run(add, env=environ, check=True, capture_output=True).stdout)["secret"]
    serve = [*reelwright, "serve", "--port", "0", "--require-key", "--trusted-proxy", "127.0.0.1"]
    log = folder / "log"
    with (
        log.open("wb") as written,
        subprocess.Popen([*serve, "--rehearse", "--rehearse-speed", "600"], env=environ, stderr=written) as process,
    ):
        try:
            ends = time.monotonic() + 60
            while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text())):
                assert process.poll() is None and time.monotonic() < ends, log.read_text()
                time.sleep(0.1)
            yield int(found[1]), secret, log.read_text
        finally:
            process.terminate()
            process.wait(30)


@pytest.fixture(scope="module", params=PROXIES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, program: Any) -> Iterator[Site]:
    port, secret, read_log = program
    with run_proxy(request.param, tmp_path_factory.mktemp(request.param) / "run", port) as (url, certificate):
        yield Site(url, certificate, secret, read_log)


def make_clip(client: httpx2.Client, words: str) -> dict[str, Any]:
    made = client.post("/api/v1/clips", json={"prompt": words, "model": MODEL})
    assert made.status_code == 202, made.text
    found: dict[str, Any] = made.json()
    return found


def test_an_event_arrives_within_a_second(site: Site) -> None:
    with site.open_client() as client, site.open_client() as other, client.stream("GET", "/api/v1/events") as stream:
        assert stream.status_code == 200 and stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines) == "retry: 1000", "the head of the stream is not kept back"
        queued: dict[str, float] = {}

        def order() -> None:
            job = make_clip(other, "a heron for the stream")["job"]
            queued[job] = time.monotonic()

        ordering = threading.Thread(target=order)
        ordering.start()
        seen = [json.loads(line.removeprefix("data: ")) for line in _take_until(lines, "job.queued")]
        at = time.monotonic()
        ordering.join()
        assert seen[-1]["job"] in queued and at - queued[seen[-1]["job"]] < 1.0


def _take_until(lines: Iterator[str], kind: str) -> Iterator[str]:
    for line in lines:
        if line.startswith("data: "):
            yield line
            if f'"kind": "{kind}"' in line:
                return


def test_a_web_socket_gets_the_events_of_its_project(site: Site) -> None:
    with site.open_client() as client:
        project = make_clip(client, "a heron for the socket")["project"]

    async def listen() -> list[str]:
        url = site.url.replace("https", "wss") + f"/api/ws/{project}"
        headers = {"Authorization": f"Bearer {site.secret}"}
        kinds: list[str] = []
        connecting = websockets.connect(
            url, additional_headers=headers, proxy=None, ssl=site.build_context(), local_addr=(CLIENT, 0)
        )
        async with asyncio.timeout(60), connecting as socket:
            while "job.done" not in kinds:
                kinds.append(json.loads(await socket.recv())["kind"])
        return kinds

    assert asyncio.run(listen())[-1] == "job.done"


def test_s0_81_a_page_of_the_studio_opens_with_its_styles_and_follows_what_happens(site: Site, tmp_path: Path) -> None:
    words = f"a heron for the page {os.urandom(3).hex()}"

    async def look() -> None:
        async with open_browser(tmp_path / "profile") as tab:
            await tab.call("Security.setIgnoreCertificateErrors", ignore=True)
            await tab.call("Network.enable")
            await tab.call("Network.setExtraHTTPHeaders", headers={"Authorization": f"Bearer {site.secret}"})
            await tab.open(f"{site.url}/studio/queue")
            await tab.wait_for("document.querySelector('h1').textContent === 'Queue'")
            assert await tab.run("[...document.styleSheets].some(one => one.cssRules.length > 50)")
            assert await tab.run(f"!document.body.textContent.includes('{words}')")
            with site.open_client() as client:
                await asyncio.to_thread(make_clip, client, words)
            await tab.wait_for(f"document.body.textContent.includes('{words}')")

    asyncio.run(look())


def test_a_part_of_a_file_passes(site: Site) -> None:
    with site.open_client() as client:
        job, ends = make_clip(client, "a heron in parts")["job"], time.monotonic() + 60
        while client.get(f"/api/v1/jobs/{job}").json()["state"] != "done":
            assert time.monotonic() < ends
            time.sleep(0.2)
        path = f"/api/v1/jobs/{job}/files/0"
        whole = client.get(path)
        part = client.get(path, headers={"Range": "bytes=100-299"})
        assert part.status_code == 206 and part.content == whole.content[100:300]
        assert part.headers["content-range"] == f"bytes 100-299/{len(whole.content)}"
        assert client.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
        assert int(client.head(path).headers["content-length"]) == len(whole.content)


def test_a_large_upload_passes_and_one_above_the_limit_is_told(site: Site) -> None:
    with site.open_client() as client:
        made = client.post("/api/v1/assets", content=os.urandom(60 * 1024 * 1024), timeout=120)
        assert made.headers["content-type"] in ("application/problem+json", "application/json"), "the server answered"
        assert made.status_code not in (413, 502, 504), made.text[:300]
        above = client.post("/api/v1/assets", content=bytes(65 * 1024 * 1024), timeout=120)
        assert above.status_code == 413 and above.json()["code"] == "body_too_large"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
def test_a_forged_address_does_not_pass(site: Site, header: str) -> None:
    wrong = "rw_" + os.urandom(20).hex()
    forged = "for=203.0.113.9" if header == "Forwarded" else "203.0.113.9"
    before = site.read_log().count(f"refused from {CLIENT}")
    headers = {header: forged, "X-Forwarded-Proto": "gopher", "Authorization": f"Bearer {wrong}"}
    with site.open_client(**headers) as client:
        assert client.get("/api/v1/jobs").status_code in (401, 429)
    log = site.read_log()
    assert "203.0.113.9" not in log
    assert log.count(f"refused from {CLIENT}") > before, log[-2000:]


def test_addresses_and_names_of_the_site_are_its_own(site: Site) -> None:
    origin = site.url
    with site.open_client(Origin=origin) as client:
        assert client.post("/api/v1/quotes", json={"brief": 'A film for "Fenn". "Never flickers."'}).status_code == 200
    with site.open_client(Origin="https://evil.example") as client:
        assert client.post("/api/v1/quotes", json={"brief": "x"}).status_code == 403


def test_a_request_that_is_quiet_for_over_a_minute_is_not_cut(tmp_path: Path) -> None:
    """Of all three proxies at once, in front of a server that answers late."""

    def answer_late(listening: socket.socket) -> None:
        def serve(connection: socket.socket) -> None:
            with connection:
                connection.recv(65536)
                time.sleep(QUIET_S)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate")

        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    answers: dict[str, str] = {}

    def ask(name: str, site: Site) -> None:
        with site.open_client() as client:
            answers[name] = client.get("/late", timeout=QUIET_S + 30).text

    with ExitStack() as running:
        listening = running.enter_context(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=answer_late, args=(listening,), daemon=True).start()
        asking = []
        for name in PROXIES:
            url, certificate = running.enter_context(run_proxy(name, tmp_path / name, listening.getsockname()[1]))
            asking.append(threading.Thread(target=ask, args=(name, Site(url, certificate, "any", lambda: ""))))
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        listening.shutdown(socket.SHUT_RDWR)
    assert answers == dict.fromkeys(PROXIES, "late")
