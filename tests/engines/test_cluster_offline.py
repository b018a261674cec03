"""What a supervisor of a cluster does without a cluster: with Ray replaced by values, or away."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engines.conftest import write_engine
from reelwright.engines import cluster
from reelwright.engines.actor import EngineActor
from reelwright.engines.cards import get_engine_card
from reelwright.engines.cluster import ClusterSupervisor
from reelwright.engines.host import EngineHost, get_runs_folder
from reelwright.engines.launch import EngineOrder, build_environment, choose_gpus
from reelwright.engines.model_cards import get_model_card
from reelwright.engines.run_record import RunFiles, RunRecord
from reelwright.engines.supervisor import Supervisor
from reelwright.errors import BadInput, EngineFailed, Unreachable
from reelwright.net import ray_cluster
from reelwright.settings import Settings
from server.conftest import open_server

ADDRESS = "ray://127.0.0.1:1"


@pytest.fixture
def order(home: Path) -> EngineOrder:
    write_engine(home)
    return EngineOrder(
        model=get_model_card(home, "tiny"), engine=get_engine_card(home, "fake"), runs=get_runs_folder(home)
    )


async def test_who_stops_an_engine_here_does_not_end_the_process_that_waits_for_one_of_a_cluster(home, order):
    ClusterSupervisor(order, ADDRESS)._note_wait(is_placed=False)
    assert await EngineHost(Settings(home=home)).get_supervisor("tiny").find() is None


def test_a_record_without_a_life_is_no_engine(order):
    order.runs.mkdir(parents=True)
    record = RunRecord(
        model="tiny", engine="fake", pid=os.getpid(), process_started_at=psutil.Process().create_time(), port=0,
        epoch="", started_at=0.0,
    )  # fmt: skip
    RunFiles(order.runs, "tiny").write(record)
    assert Supervisor(order).read() is None


@pytest.mark.parametrize(
    ("given", "numbers"), [(["GPU-5f1c", "MIG-0a2b"], ()), ([1, 3], (1, 3))], ids=["by UUID", "by number"]
)
def test_an_engine_gets_the_gpus_of_its_actor_however_the_cluster_names_them(order, monkeypatch, given, numbers):
    node = SimpleNamespace(get_gpu_ids=lambda: given, util=SimpleNamespace(get_node_ip_address=lambda: "10.0.0.7"))
    monkeypatch.setitem(sys.modules, "ray", node)
    model = replace(order.model, memory=replace(order.model.memory, gpu_gb=24))
    on_node = EngineActor(replace(order, model=model), "tiny")._supervisor.order
    assert choose_gpus(on_node, set(), lambda: ()) == numbers
    assert build_environment(on_node, numbers)["CUDA_VISIBLE_DEVICES"] == ",".join(map(str, given))


class RayError(Exception):
    """As Ray has it."""


class AuthenticationError(RayError):
    """As Ray has it."""


@pytest.fixture
def ray_that_raises(monkeypatch):
    """A Ray in place of the real one, of which something listens at the address; return what sets its error."""

    def use(error: Exception) -> None:
        def init(*_: object, **__: object) -> None:
            raise error

        own = SimpleNamespace(RayError=RayError, AuthenticationError=AuthenticationError)
        fake = SimpleNamespace(
            is_initialized=lambda: False, init=init, shutdown=lambda: None, exceptions=own, __version__="2.60.0"
        )
        monkeypatch.setattr(ray_cluster, "import_ray", lambda: fake)
        monkeypatch.setattr(ray_cluster, "_probe", lambda _: None)

    return use


@pytest.mark.parametrize(
    "error",
    [ConnectionError("ray client connection timeout"), RuntimeError("runtime_env agent"), RayError("GCS is away")],
)
def test_a_cluster_that_is_busy_is_unreachable_and_not_refused(ray_that_raises, error):
    ray_that_raises(error)
    with pytest.raises(Unreachable) as raised:
        ray_cluster.connect(ADDRESS)
    assert raised.value.code == "cluster_unreachable"


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("Version mismatch: The cluster was started with: Ray: 2.1.0"),
        AuthenticationError("no token"),
        ConnectionError("GRPC connection failed: UNAUTHENTICATED"),
    ],
)
def test_a_cluster_of_another_version_or_token_is_refused(ray_that_raises, error):
    ray_that_raises(error)
    with pytest.raises(BadInput) as raised:
        ray_cluster.connect(ADDRESS)
    assert raised.value.field == "ray_address"


class ActorDied(Exception):
    """As Ray raises it for an actor whose start raised."""

    actor_init_failed = True


class FakePlacing(ClusterSupervisor):
    """A supervisor whose cluster always has a node: its actor raises ``error``. It keeps what happened to the group."""

    def __init__(self, order: EngineOrder, error: Exception | None = None, takes_s: float = 0.0) -> None:
        super().__init__(order, ADDRESS)
        self.error, self.takes_s, self.events = error, takes_s, []

    def _place(self):
        time.sleep(self.takes_s)
        self.events.append("made")
        if self.takes_s:
            return None
        answer: Future = Future()
        answer.set_exception(self.error)
        call = SimpleNamespace(future=lambda: answer)
        return SimpleNamespace(ensure_ready=SimpleNamespace(remote=lambda _: call))

    def _remove_group(self):
        self.events.append("removed")


@pytest.mark.parametrize(
    "error",
    [
        ActorDied("The actor died in its creation task: no space left"),
        RuntimeError("The actor with name EngineActor failed to import on the worker: no space left"),
    ],
)
async def test_an_actor_that_cannot_start_fails_the_job_with_its_cause_and_keeps_no_gpu(order, error):
    one = FakePlacing(order, error)
    async with asyncio.timeout(5):
        with pytest.raises(EngineFailed) as raised:
            await one.ensure_ready()
    assert "no space left" in raised.value.params["last_words"] and one.events == ["made", "removed"]


async def test_what_keeps_an_engine_from_its_node_is_logged_once_and_the_group_is_removed(order, monkeypatch, caplog):
    monkeypatch.setattr(cluster, "CLUSTER_PLACE_S", 0.2)
    monkeypatch.setattr(cluster, "ACTOR_RETRY_WAIT_S", 0.05)
    one = FakePlacing(order, OSError("the raylet is gone"))
    with pytest.raises(EngineFailed) as raised:
        await one.ensure_ready()
    assert raised.value.code == "engine_not_placed" and "raylet" in str(raised.value.__cause__)
    assert caplog.text.count("the raylet is gone") == 1 and one.events.count("made") > 1
    assert one.events[-1] == "removed"


async def test_whoever_is_cancelled_while_the_group_is_made_removes_it_afterwards(order):
    one = FakePlacing(order, takes_s=0.5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await one.ensure_ready()
    assert one.events == ["made", "removed"]


async def test_orders_for_a_cluster_that_is_away_are_refused_while_the_server_answers_others(home, monkeypatch):
    write_engine(home)
    tries = []

    def connect(address: str) -> None:
        tries.append(address)
        time.sleep(2.5)
        raise Unreachable(code="cluster_unreachable", address=address, cause="refused")

    longest = 0.0

    async def measure() -> None:
        nonlocal longest
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.02)
            longest = max(longest, time.monotonic() - began)

    monkeypatch.setattr(cluster, "connect", connect)
    settings = Settings(home=home, hands=1, model="tiny", ray_address=ADDRESS)
    async with open_server(settings, None) as server, server.open_client() as client:
        measuring = asyncio.create_task(measure())
        answer = await client.post("/generate", json={"prompt": "A fox", "account_id": "team-1"})
        measuring.cancel()
    assert answer.status_code == 422 and "does not answer" in answer.text
    assert tries and longest < 2


def test_a_cluster_that_was_away_a_moment_ago_is_not_asked_again(order, monkeypatch):
    tries = []

    def connect(address: str) -> None:
        tries.append(address)
        raise Unreachable(code="cluster_unreachable", address=address, cause="refused")

    monkeypatch.setattr(cluster, "connect", connect)
    one = ClusterSupervisor(order, ADDRESS)
    for _ in range(2):
        with pytest.raises(BadInput, match="ray_address"):
            one.check()
    assert len(tries) == 1
