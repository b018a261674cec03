"""Engines as actors of a real Ray cluster on this machine, with GPUs that are only numbers: `make test-ray`."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from engines.conftest import is_there, read_events, write_engine
from engines.test_engine_jobs import create, finish
from reelwright.engines.cards import get_engine_card
from reelwright.engines.cluster import ClusterSupervisor
from reelwright.engines.host import get_runs_folder
from reelwright.engines.launch import EngineOrder
from reelwright.engines.model_cards import get_model_card
from reelwright.errors import BadInput, EngineFailed
from reelwright.settings import Settings
from server.conftest import open_server
from server.test_dialects import get

pytestmark = [
    pytest.mark.lane_ray,
    pytest.mark.timeout(580),
    # Ray's own threads and sockets outlive what a test can close.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
]
MB_80 = 80 * 2**20
TOKEN = "5e" * 32
GPUS = 2


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A cluster with two GPUs that are only numbers; return the address of its client server."""
    cache = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # all of its processes stay on loopback, as ours do
        patch.setenv("RAY_AUTH_MODE", "token")  # as the files of deploy/ have it
        patch.setenv("RAY_AUTH_TOKEN", TOKEN)
        patch.setenv("RAY_raylet_start_wait_time_s", "150")  # its own 30 are too few on a machine that is busy
        patch.setenv("XDG_CACHE_HOME", str(cache))  # what an actor keeps on its node
        import ray
        from ray.cluster_utils import Cluster

        port = choose_client_port()
        nodes = {"node_ip_address": "127.0.0.1", "object_store_memory": MB_80}
        head = {**nodes, "num_cpus": 4, "num_gpus": GPUS, "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args=head)
        # The server of clients itself, without the proxy before it that starts one for each client, slowly.
        serve = [sys.executable, "-m", "ray.util.client.server", "--mode", "legacy", "--host", "127.0.0.1"]
        clients = subprocess.Popen([*serve, "--port", str(port), "--address", cluster.address])
        from reelwright.net.ray_cluster import connect

        try:
            wait_for_port(port)
            connect(f"ray://127.0.0.1:{port}")
            yield f"ray://127.0.0.1:{port}"
        finally:
            ray.shutdown()
            clients.kill()
            clients.wait()
            cluster.shutdown()


@pytest.mark.parametrize("token", [TOKEN, "77" * 32])
def test_a_program_with_the_token_reaches_the_cluster_and_one_with_another_is_told_so(address, token):
    program = f"from reelwright.net.ray_cluster import connect; connect({address!r}); print('connected')"
    environ = {**os.environ, "RAY_AUTH_TOKEN": token}
    ran = subprocess.run([sys.executable, "-c", program], env=environ, capture_output=True, text=True, timeout=120)
    assert ("connected" in ran.stdout) == (token == TOKEN), ran.stderr[-2000:]
    assert token == TOKEN or ("Unreachable" in ran.stderr and "RAY_AUTH_TOKEN" in ran.stderr), ran.stderr[-2000:]


def wait_for_port(port: int) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with socket.socket() as tried:
            if not tried.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens at {port}")


def choose_client_port() -> int:
    return choose_ports(1)[0]


def choose_ports(count: int) -> list[int]:
    """Free ports that are none of those which Ray's own processes take (10002 to 19999, and from 23000)."""
    found = []
    for port in range(20001 + os.getpid() % 2000, 22999):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)):
                found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free port")


def write_gpu_model(home: Path, habits: str = "", names: tuple[str, ...] = ("tiny",), **more) -> Path:
    memory = write_engine(home, habits, **more)
    card = (home / "models" / "tiny.yaml").read_text().replace("gpu_gb: 0", "gpu_gb: 24")
    for name in names:
        (home / "models" / f"{name}.yaml").write_text(card.replace("tiny", name))
    return memory


def build_supervisor(home: Path, address: str, name: str = "tiny") -> ClusterSupervisor:
    order = EngineOrder(
        model=get_model_card(home, name), engine=get_engine_card(home, "fake"), runs=get_runs_folder(home), python=""
    )
    return ClusterSupervisor(order, address)


def count_free_gpus() -> float:
    import ray

    return ray.available_resources().get("GPU", 0)


async def wait_until(is_so, seconds=60) -> None:
    async with asyncio.timeout(seconds):
        while not is_so():
            await asyncio.sleep(0.1)


@pytest.fixture
async def cluster(home, address):
    """The supervisor of the fake on the cluster, after ``write_gpu_model``; it is stopped after the test."""
    made = []

    def build(name: str = "tiny") -> ClusterSupervisor:
        made.append(build_supervisor(home, address, name))
        return made[-1]

    yield build
    for one in made:
        await one.stop()
    await wait_until(lambda: count_free_gpus() == GPUS)


async def test_a_clip_is_made_for_nothing_by_an_engine_in_an_actor_that_gives_its_gpu_back_when_idle(home, address):
    memory = write_gpu_model(home, idle=2)
    settings = Settings(home=home, hands=1, model="tiny", ray_address=address)
    async with open_server(settings, None) as server, server.open_client() as client:
        done = await finish(client, await create(client))
        assert done["status"] == "COMPLETED", done
        assert (await client.get(done["download_url"])).content[4:8] == b"ftyp"
        assert "0.00" in str(await get(client, "/api/v1/spend"))
    assert read_events(memory) == ["loading", "accepted"]
    await wait_until(lambda: count_free_gpus() == GPUS)
    assert await build_supervisor(home, address).find() is None


@pytest.mark.parametrize("killed", ["engine", "actor"])
async def test_what_was_in_work_when_an_engine_or_its_actor_was_killed_is_made_again_for_nothing(
    home, address, cluster, killed
):
    memory = write_gpu_model(home, "--video-s 3")
    one = cluster()
    settings = Settings(home=home, hands=1, model="tiny", ray_address=address)
    async with open_server(settings, None) as server, server.open_client() as client:
        job = await create(client)
        await wait_until(lambda: "accepted" in read_events(memory))
        first = await one.find()
        os.kill(first.pid if killed == "engine" else find_actor(one), signal.SIGKILL)
        done = await finish(client, job)
        assert done["status"] == "COMPLETED", done
        assert "0.00" in str(await get(client, "/api/v1/spend"))
    assert read_events(memory) == ["loading", "accepted"] * 2
    assert not is_there(first.pid), "the engine of an actor that was killed does not keep the GPU"


def find_actor(one: ClusterSupervisor) -> int:
    """The process of an actor: Ray names it after its class."""
    import psutil

    engine = psutil.Process(one.read().pid)
    parent = engine.parent()
    assert parent and "EngineActor" in " ".join(parent.cmdline()), parent
    return parent.pid


async def test_two_workers_share_the_engine_and_the_second_one_reads_its_log(home, address, cluster, monkeypatch):
    import ray

    look, looks = ray.util.get_placement_group, []

    def look_before_either_made_it(name):
        looks.append(name)
        if len(looks) <= 2:
            raise ValueError(name)
        return look(name)

    monkeypatch.setattr("ray.util.get_placement_group", look_before_either_made_it)
    memory = write_gpu_model(home, "--prints hello")
    one, two = cluster(), cluster()
    first, second = await asyncio.gather(one.ensure_ready(), two.ensure_ready())
    assert first == second and first.gpus == (0,)
    assert await two.is_healthy(second) and "hello" in await two.read_log(5)
    assert read_events(memory) == ["loading"] and len(looks) == 3, "no group was removed and made again"
    assert await one.stop() and not is_there(first.pid)
    assert await two.find() is None


async def test_s1_22_no_two_engines_share_a_gpu_and_a_third_waits_until_one_is_given_back(home, cluster):
    names = ("one", "two", "three")
    memory = write_gpu_model(home, names=names)
    one, two, three = map(cluster, names)
    first, second = await asyncio.gather(one.ensure_ready(), two.ensure_ready())
    assert sorted((*first.gpus, *second.gpus)) == [0, 1]
    waiting = asyncio.create_task(three.ensure_ready())
    await asyncio.sleep(4)
    assert not waiting.done() and await three.find() is None and read_events(memory) == ["loading"] * 2
    assert await one.stop() and not is_there(first.pid)
    third = await asyncio.wait_for(waiting, 60)
    assert third.gpus == first.gpus and is_there(second.pid) and await two.is_healthy(second)


async def test_an_engine_that_cannot_load_fails_with_its_last_words_from_the_node(home, cluster):
    write_gpu_model(home, "--ends-loading 9")
    one = cluster()
    one.order = replace(one.order, waits_s=(0.05,))
    with pytest.raises(EngineFailed) as raised:
        await one.ensure_ready()
    assert "weights cannot be read" in raised.value.params["last_words"]


async def test_whoever_stops_waiting_for_a_node_takes_the_request_back(home, address, cluster, monkeypatch):
    write_gpu_model(home)
    path = home / "models" / "tiny.yaml"
    path.write_text(path.read_text().replace("gpu_gb: 24", "gpu_gb: 24, gpus: 8"))
    one = cluster()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(6):
            await one.ensure_ready()
    monkeypatch.setattr("reelwright.engines.cluster.CLUSTER_PLACE_S", 0.5)
    with pytest.raises(EngineFailed) as raised:
        await one.ensure_ready()
    assert raised.value.code == "engine_not_placed" and "GPU 8" in str(raised.value)
    import ray

    with pytest.raises(ValueError, match="placement group"):
        ray.util.get_placement_group(one.name)


async def test_a_cluster_with_another_ray_is_refused_with_what_to_do(home, address, monkeypatch):
    write_gpu_model(home)
    import ray

    from reelwright.net.ray_cluster import connect

    ray.shutdown()
    monkeypatch.setattr(ray, "__version__", "2.1.0")
    with pytest.raises(BadInput) as raised:
        connect(address)
    assert raised.value.field == "ray_address" and "one version of Ray" in raised.value.hint
