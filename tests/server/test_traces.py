"""Traces: one from a request over the job and its steps to the provider, in one process or several; nothing secret."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any, Final, get_args

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from client.proxy import Proxy
from crash.forked import Forks
from crash.kinds import SECRET
from engines.conftest import write_engine
from reelwright import tracing
from reelwright.engines.host import EngineHost
from reelwright.engines.launch import build_environment
from reelwright.engines.own.rules import Options
from reelwright.net.http import HttpClient
from reelwright.net.redact import redact, remember_secret
from reelwright.providers.fakes.script import Script
from reelwright.settings import Settings
from server.conftest import MODEL, open_server
from server.life import SELLER
from server.stand import finish, is_ready, open_stand, order, show_one_clip, wait_until
from server.test_openai_videos import wait_for
from studio.worlds import world

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")
TRACE: Final = "0af7651916cd43dd8448eb211c80319c"
CALLER: Final = f"00-{TRACE}-b7ad6b7169203331-01"
"""What a program sends that orders a film as a part of its own trace."""
BRIEF: Final = "“It never flickers.” For “Fenn”, a desk lamp"
FILM: Final = {
    "brief": BRIEF, "length": 4, "models": [SELLER.model], "aspect": "9:16", "short_side": 180, "max_usd": "5",
    "accept_unconfirmed": True,
}  # fmt: skip
"""A film of two shots."""
QUICK: Final = Script(latency_s=(60, 60), speed=600)
CHAIN: Final = ["step.run", "job.run", "job.create", "POST /api/v1/projects"]


class Recorded:
    """The spans that ended in this process."""

    def __init__(self) -> None:
        self._exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        tracing.use_tracer_provider(provider, redact)

    def list_spans(self, name: str = "") -> list[ReadableSpan]:
        return [one for one in self._exporter.get_finished_spans() if name in ("", one.name)]

    def find_parents(self, span: ReadableSpan) -> list[str]:
        """The names of the spans around a span, the outermost last."""
        by_id = {one.context.span_id: one for one in self.list_spans()}
        names = list[str]()
        while span.parent and (above := by_id.get(span.parent.span_id)):
            names.append(above.name)
            span = above
        return names

    def read_all(self) -> str:
        """Everything that the spans say."""
        return "\n".join(one.to_json() for one in self.list_spans())


@pytest.fixture
def recorded() -> Iterator[Recorded]:
    yield Recorded()
    tracing.stop_tracing()


class Listener:
    """A server that answers everything with 200, and keeps what came: path, headers and body."""

    def __init__(self) -> None:
        came = self.came = list[tuple[str, Mapping[str, str], bytes]]()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                came.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["content-length"] or 0))))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def list_spans(self) -> list[tuple[str, str, str]]:
        """List the spans that were exported: service, name and trace."""
        exported = [ExportTraceServiceRequest.FromString(body) for path, _, body in self.came if path == "/v1/traces"]
        return [
            (attribute.value.string_value, span.name, span.trace_id.hex())
            for one in exported
            for process in one.resource_spans
            for attribute in process.resource.attributes
            if attribute.key == "service.name"
            for scope in process.scope_spans
            for span in scope.spans
        ]


@contextmanager
def listen() -> Iterator[Listener]:
    listener = Listener()
    thread = Thread(target=listener.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        listener.server.shutdown()
        listener.server.server_close()
        thread.join()


async def test_a_film_is_one_trace_from_its_callers_request_to_each_exchange_with_its_provider(
    settings: Settings, tmp_path: Path, recorded: Recorded
) -> None:
    with world(tmp_path / "home", {SELLER.name: QUICK}, show_one_clip) as there:
        seller, http = SELLER.provider(there.servers[SELLER.name].url)
        async with http, open_server(settings, seller, can_draw=True) as server, server.open_client() as client:  # type: ignore[arg-type]
            made = await client.post("/api/v1/projects", json=FILM, headers={"traceparent": CALLER})
            assert made.status_code == 202, made.text
            job, project = made.json()["job"], made.json()["project"]
            assert (await finish(client, [job], 60))[job]["state"] == "done"
            await client.get("/livez")
    (run,) = recorded.list_spans("job.run")
    mine = [one for one in recorded.list_spans() if f"{one.context.trace_id:032x}" == TRACE]
    assert run in mine and run.attributes and run.attributes["reelwright.state"] == "done"
    others = [one for one in recorded.list_spans() if one not in mine]
    assert {one.name for one in others} == {"GET /api/v1/jobs/{job}"}, "polls of the client that sent no trace"
    steps = [(one.attributes or {}) for one in mine if one.name == "step.run"]
    found = sorted((str(one["reelwright.step.kind"]), str(one["reelwright.step.way"])) for one in steps)
    assert found == [
        ("bed", "draw"), ("film", "encode"), ("mix", "encode"), ("segment", "encode"), ("segment", "encode"),
        ("take", "purchase"), ("take", "purchase"),
    ]  # fmt: skip
    around: dict[str, set[tuple[str, ...]]] = {}
    for span in mine:
        around.setdefault(span.name, set()).add(tuple(recorded.find_parents(span)))
    assert around["step.run"] == {(*CHAIN[1:],)}
    for name in ("provider.prepare", "provider.submit", "provider.poll", "provider.download"):
        assert around[name] == {(*CHAIN,)}, name
    assert {parents[1:] for parents in around["http.send"]} == {(*CHAIN,)}
    assert {parents[0] for parents in around["http.send"]} >= {"provider.submit", "provider.poll", "provider.download"}
    sent = [one.attributes or {} for one in mine if one.name == "http.send"]
    assert {one["http.response.status_code"] for one in sent} <= {200, 201}
    assert {one["reelwright.model"] for one in sent} == {SELLER.model}
    assert {(one["reelwright.job.id"], one["reelwright.project.id"]) for one in sent} == {(job, project)}
    assert len({one["reelwright.operation.id"] for one in sent if "reelwright.operation.id" in one}) == 2
    asked = next(one.attributes or {} for one in mine if one.name == CHAIN[-1])
    assert asked["http.response.status_code"] == 202 and asked["http.route"] == "/api/v1/projects"
    assert asked["reelwright.request.id"] == made.headers["X-Request-Id"]
    assert asked["reelwright.account.id"] != settings.account, "an account is a name that people chose"
    told = recorded.read_all()
    assert SECRET not in told and "flickers" not in told and "Fenn" not in told and "/v1/pred" not in told


@pytest.mark.postgres
def test_a_worker_of_another_process_goes_on_with_the_trace_of_the_request(
    forks: Forks, tmp_path: Path, pg_url: str
) -> None:
    async def make(url: str) -> None:
        async with httpx2.AsyncClient(base_url=url, timeout=15, headers={"traceparent": CALLER}) as client:
            await wait_until(lambda: is_ready(client), 60, "the server never starts")
            job = await order(client, "film", "/api/v1/projects", **FILM)
            assert (await finish(client, [job], 100))[job]["state"] == "done"

            async def is_told() -> bool:
                return {"job.create", "job.run"} <= {name for _, name, _ in listener.list_spans()}

            await wait_until(is_told, 20, "no trace comes")

    with listen() as listener, open_stand(forks, tmp_path, pg_url) as stand:
        env = {"OTEL_EXPORTER_OTLP_ENDPOINT": listener.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
        url = stand.start("server", has_director=False, **env, OTEL_SERVICE_NAME="front")
        stand.start("worker", is_worker=True, **env)
        asyncio.run(make(url))
    spans = listener.list_spans()
    assert {trace for _, _, trace in spans} == {TRACE}
    by_service = {service: {name for one, name, _ in spans if one == service} for service, _, _ in spans}
    assert by_service["front"] >= {"POST /api/v1/projects", "job.create"}
    assert by_service["reelwright"] == {
        "job.run", "step.run", "provider.prepare", "provider.submit", "provider.poll", "provider.download", "http.send",
    }  # fmt: skip


async def test_a_refusal_marks_the_request_the_step_and_the_job_with_the_code_of_its_reason(
    settings: Settings, proxy: Proxy, recorded: Recorded
) -> None:
    async with open_server(settings, proxy) as server, server.open_openai() as client:
        made = await client.videos.create(prompt="refuse", model=MODEL)
        await wait_for(client, made.id)
        async with server.open_client() as plain:
            for sent in ("not a trace", CALLER.replace("00-", "ff-"), "00-" + "0" * 32 + "-b7ad6b7169203331-01"):
                answer = await plain.get("/api/v1/jobs/job_x?key=nothing", headers={"traceparent": sent})
                assert answer.status_code == 404
    (step,), (run,), (submit,) = map(recorded.list_spans, ("step.run", "job.run", "provider.submit"))
    codes = [(one.attributes or {})["error.type"] for one in (step, run, submit)]
    assert codes == ["refused", "refused", "refused"] and not step.status.is_ok
    assert run.status.is_unset, "it waits for a person, and has not failed"
    asked = recorded.list_spans("GET /api/v1/jobs/{job}")
    assert [(one.attributes or {})["error.type"] for one in asked[-3:]] == ["job_not_found"] * 3
    assert asked[-1].status.is_unset, "an answer below 500 is no failure of the server"
    assert [one.parent for one in asked[-3:]] == [None] * 3, "what is no trace begins a new one"


async def test_no_span_has_a_secret_in_whatever_place_it_comes(
    settings: Settings, proxy: Proxy, recorded: Recorded
) -> None:
    secret = "canary-0123456789abcdef"
    remember_secret(secret)
    async with open_server(settings, proxy) as server:
        headers = {"Authorization": f"Bearer {secret}", "Cookie": f"a={secret}", "Idempotency-Key": secret,
                   "User-Agent": secret, "traceparent": CALLER, "tracestate": f"a={secret}",
                   "baggage": f"a={secret}"}  # fmt: skip
        async with server.open_client(headers=headers) as client:
            body = {"prompt": f"the word {secret}", "model": MODEL, "accept_unconfirmed": True}
            made = await client.post(f"/api/v1/clips?key={secret}&signature={secret}", json=body)
            await finish(client, [made.json()["job"]], 60)
            await client.get(f"/links/{secret}?signature={secret}")
            await client.get(f"/api/v1/projects/{secret}")
            await client.get(f"/{secret}")
    for name in ("operation", "model", "step", "host", "error", "account"):
        with tracing.trace_span("provider.poll", **{name: f"x {secret} sk-{'a' * 40}"}):
            pass
    assert len(recorded.list_spans()) > 12
    assert secret not in recorded.read_all() and "a" * 40 not in recorded.read_all()
    with pytest.raises(KeyError):
        tracing.trace_span("http.request", prompt="what nobody listed")


async def test_only_engines_of_ones_own_are_told_of_the_trace(recorded: Recorded) -> None:
    with listen() as listener:
        for is_own, path in ((True, "/v1/videos"), (False, "/v1/videos"), (True, "/health")):
            async with HttpClient("x", listener.url, is_own=is_own) as http:
                with tracing.trace_span("provider.submit", parent=CALLER) as span:
                    told = span.format_traceparent()
                    await http.send_once("POST", path, json={})
                await http.send_once("POST", path, json={})  # outside of any span
        found = [headers.get("traceparent") for _, headers, _ in listener.came]
    assert found == [told.replace(told[36:52], found[0][36:52]), None, None, None, None, None] and TRACE in found[0]
    assert all(one.name == "provider.submit" or recorded.find_parents(one) for one in recorded.list_spans())


async def test_an_engine_is_found_ready_within_the_trace_and_gets_no_key_of_its_collector(
    tmp_path: Path, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    write_engine(home)
    async with open_server(Settings(home=home, hands=1, model="tiny"), None) as server, server.open_client() as client:
        made = await client.post("/generate", json={"prompt": "A fox", "account_id": "team-1"})
        async with asyncio.timeout(60):
            while (await client.get(f"/status/{made.json()['job_id']}")).json()["status"] != "COMPLETED":
                await asyncio.sleep(0.1)
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector.example:4318")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret")
        env = build_environment(EngineHost(server.deployment.runtime.settings).get_supervisor("tiny").order, ())
    (ready,) = recorded.list_spans("engine.ready")
    assert recorded.find_parents(ready) == ["provider.prepare", "step.run", "job.run", "job.create", "POST /generate"]
    assert "engine.ready" in {recorded.find_parents(one)[0] for one in recorded.list_spans("http.send")}, "its health"
    assert env["OTEL_EXPORTER_OTLP_ENDPOINT"] and "OTEL_EXPORTER_OTLP_HEADERS" not in env


class Stub:
    """In place of a pipeline, which needs torch: it makes nothing, and a prompt may say that it fails."""

    retreat, computes = "", "nothing"

    def __init__(self, *weights: Any) -> None: ...

    def render(self, request: Any, path: Path, *more: Any) -> None:
        if "fail" in request.prompt:
            raise ValueError("what nobody should read in a span")
        path.write_bytes(b"a film")


async def test_our_own_engine_makes_a_video_within_the_trace_of_its_order(
    tmp_path: Path, recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline = ModuleType("pipeline")
    for name in ("CancelRequest", "OutOfMemory"):
        setattr(pipeline, name, type(name, (Exception,), {}))
    pipeline.VideoPipeline, pipeline.describe_origin = Stub, lambda *given: {}  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "reelwright.engines.own.pipeline", pipeline)
    monkeypatch.delitem(sys.modules, "reelwright.engines.own.server", raising=False)
    own_engine = import_module("reelwright.engines.own.server")
    options = Options(
        model="tiny", pipeline="MochiPipeline", precision="fp32", steps=4, least_steps=1, guidance=None, fps=30,
        frames={"step": 6, "plus": 1, "least": 7, "most": 163}, multiple=16, offload="none", tiling="none",
        speed="none",
    )  # fmt: skip
    videos = own_engine.VideoQueue(tmp_path, tmp_path, options)
    videos.start()
    transport = httpx2.ASGITransport(own_engine.build_app(videos))
    async with httpx2.AsyncClient(transport=transport, base_url="http://engine") as client, asyncio.timeout(10):
        for prompt, headers in (("a fox", {"traceparent": CALLER}), ("fail", {"traceparent": CALLER}), ("a fox", {})):
            made = await client.post("/v1/videos", json={"prompt": prompt, "size": "48x32"}, headers=headers)
            assert made.status_code == 200, made.text
            while (await client.get(f"/v1/videos/{made.json()['id']}")).json()["status"] in ("queued", "in_progress"):
                await asyncio.sleep(0.01)
        while len(recorded.list_spans()) < 2:
            await asyncio.sleep(0.01)
    fine, failed = recorded.list_spans("engine.render")
    assert f"{fine.context.trace_id:032x}" == TRACE and fine.attributes["reelwright.state"] == "completed"
    assert failed.attributes["error.type"] == "ValueError" and "nobody" not in recorded.read_all()


def test_the_guide_lists_every_span() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "server.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", guide.partition("## Traces")[2].partition("\n## ")[0], re.M)
    assert {*re.findall(r"`([a-z.]+)`", " ".join(rows))} == {*get_args(tracing.SpanName)}
