"""A Ray cluster that grows with the queue and shrinks again: Ray's own autoscaler and its pretended nodes."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
import pytest

from engines.conftest import is_there, read_events
from engines.test_cluster import MB_80, choose_ports, wait_for_port, wait_until, write_gpu_model
from engines.test_engine_jobs import create, finish
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from server.conftest import open_server
from server.test_dialects import get

pytestmark = [
    pytest.mark.lane_ray,
    pytest.mark.timeout(580),
    # Ray's own threads and sockets outlive what a test can close.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
]
MODELS = ("tiny", "other")
SCRIPT = "Cold coffee, again?\n\n![steam over a mug on a desk]()\n\n---\n\n# Fenn\n\n## the mug that stays hot\n"


def build_config(address: str) -> dict:
    """A cluster of a head without GPUs and, by demand, up to two nodes with one: numbers in processes of this machine.

    Ray's ``AutoscalingCluster`` is not used: it stops every Ray of the machine, and reads a file that Ray leaves out.
    """
    node = {"resources": {"CPU": 2, "GPU": 1, "object_store_memory": MB_80}, "node_config": {}}
    return {
        "cluster_name": "pretended", "max_workers": 2, "idle_timeout_minutes": 0.05, "upscaling_speed": 1.0,
        "provider": {"type": "fake_multinode", "gcs_address": address, "launch_multiple": True,
                     "disable_node_updaters": True, "use_node_id_as_ip": True},
        "available_node_types": {
            "gpu": {**node, "min_workers": 0, "max_workers": 2},
            "ray.head.default": {"resources": {"CPU": 2}, "node_config": {}, "max_workers": 0},
        },
        "head_node_type": "ray.head.default",
        **{f"{name}_commands": [] for name in ("initialization", "setup", "head_setup", "worker_setup",
                                               "head_start_ray", "worker_start_ray")},
        "file_mounts": {}, "cluster_synced_files": [], "file_mounts_sync_continuously": False, "auth": {}, "docker": {},
    }  # fmt: skip


class Growing:
    """Such a cluster, at ports that it keeps when it is started again. ``address``: of its server of clients."""

    def __init__(self) -> None:
        self._port, self._unused_port, self._clients_port = choose_ports(3)
        self.address = f"ray://127.0.0.1:{self._clients_port}"
        self._folder = Path()

    def start(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="rw-ray-", dir="/tmp"))  # the paths of its sockets must be short
        address, config = f"127.0.0.1:{self._port}", self._folder / "cluster.json"
        config.write_text(json.dumps(build_config(address)))
        words = ["--head", "--port", str(self._port), "--node-ip-address", "127.0.0.1", "--include-dashboard", "false"]
        words += ["--num-cpus", "2", "--object-store-memory", str(MB_80), "--temp-dir", str(self._folder / "ray")]
        words += [f"--autoscaling-config={config}", "--disable-usage-stats"]
        words += ["--ray-client-server-port", str(self._unused_port)]
        program = str(Path(sys.executable).with_name("ray"))
        # As in test_cluster.py: without the proxy, which starts a server for each client, slowly.
        serve = [sys.executable, "-m", "ray.util.client.server", "--mode", "legacy", "--host", "127.0.0.1"]
        with (self._folder / "head.log").open("w") as log:
            subprocess.run([program, "start", *words], check=True, stdout=log, stderr=log, timeout=200)
            self._clients = subprocess.Popen(
                [*serve, "--port", str(self._clients_port), "--address", address], stderr=log
            )
        wait_for_port(self._clients_port)

    def kill(self) -> None:
        """Kill all of it at once, and take its files away."""
        for path in (self._folder / "head.log", *self._folder.glob("ray/session_latest/logs/monitor.*")):
            sys.stdout.write(f"{path}\n{path.read_text()[-4000:]}")
        self._clients.kill()
        self._clients.wait()
        end_processes(str(self._folder))
        shutil.rmtree(self._folder)


@pytest.fixture
def growing(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(path for path in sys.path if path))
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # else it writes a token into the home of the person
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # all of its processes stay on loopback, as ours do
    for name, value in {"RAY_FAKE_CLUSTER": "1", "AUTOSCALER_UPDATE_INTERVAL_S": "1"}.items():
        monkeypatch.setenv(name, value)
    import ray

    from reelwright.net.ray_cluster import connect

    cluster = Growing()
    try:
        cluster.start()
        connect(cluster.address)
        yield cluster
    finally:
        ray.shutdown()
        cluster.kill()


def end_processes(folder: str) -> None:
    """End the processes of the cluster whose files are in ``folder``, and no other Ray's."""
    for _ in range(3):
        ours = [one for one in psutil.process_iter(["cmdline"]) if any(folder in w for w in one.info["cmdline"] or ())]
        for one in ours:
            one.kill()
        psutil.wait_procs(ours, timeout=10)


def count_gpu_nodes() -> int:
    import ray

    return sum(1 for node in ray.nodes() if node["Alive"] and node["Resources"].get("GPU"))


async def watch_nodes(seen: list[int]) -> None:
    while True:
        seen.append(await asyncio.to_thread(count_gpu_nodes))
        await asyncio.sleep(0.2)


def write_two_models(home: Path, habits: str) -> Path:
    memory = write_gpu_model(home, habits, idle=3, within=120)
    card = home / "models" / "tiny.yaml"
    (home / "models" / "other.yaml").write_text(card.read_text().replace("A tiny Mochi", "Another"))
    return memory


async def test_a_queue_of_two_models_has_two_nodes_started_and_given_back_once_nobody_uses_their_engines(home, growing):
    memory = write_two_models(home, "--video-s 1")
    settings = Settings(home=home, hands=1, model="tiny", ray_address=growing.address)
    seen: list[int] = []
    watching = asyncio.create_task(watch_nodes(seen))
    assert count_gpu_nodes() == 0
    async with open_server(settings, None) as server, server.open_client() as client:
        jobs = [await create(client, f"A fox, {number}", model=MODELS[number % 2]) for number in range(6)]
        done = [await finish(client, job) for job in jobs]
        assert {one["status"] for one in done} == {"COMPLETED"}, done
        assert "0.00" in str(await get(client, "/api/v1/spend"))
    script = home / "film.md"
    script.write_text(SCRIPT)
    async with AsyncStudio(settings) as studio:
        film = await studio.make(script=script, models=("tiny",), length=6, yes=True, short_side=180)
    assert film.path and film.path.is_file()
    assert max(seen) == 2 and read_events(memory).count("accepted") == 7
    try:
        await wait_until(lambda: not seen[-1], 120)
    finally:
        watching.cancel()
        print("GPU nodes:", [count for number, count in enumerate(seen) if number == 0 or seen[number - 1] != count])


async def test_what_the_node_that_is_lost_was_making_is_made_on_another_one(home, growing):
    memory = write_gpu_model(home, "--video-s 20", idle=3, within=120)
    settings = Settings(home=home, hands=1, model="tiny", ray_address=growing.address)
    async with open_server(settings, None) as server, server.open_client() as client:
        job = await create(client)
        await wait_until(lambda: "accepted" in read_events(memory), 180)
        engine = next(one for one in psutil.process_iter(["cmdline"]) if str(memory) in (one.info["cmdline"] or ()))
        node = next(one for one in engine.parents() if "raylet" in one.name())
        os.kill(node.pid, signal.SIGKILL)
        assert (await finish(client, job))["status"] == "COMPLETED"
        assert "0.00" in str(await get(client, "/api/v1/spend"))
    assert read_events(memory).count("accepted") == 2
    assert not is_there(engine.pid)


async def test_what_a_cluster_that_is_killed_whole_was_making_is_made_on_the_one_that_is_started_after_it(
    home, growing
):
    memory = write_gpu_model(home, "--video-s 20", idle=3, within=120)
    settings = Settings(home=home, hands=1, model="tiny", ray_address=growing.address)
    async with open_server(settings, None) as server, server.open_client() as client:
        job = await create(client)
        await wait_until(lambda: "accepted" in read_events(memory), 180)
        engine = next(one for one in psutil.process_iter(["cmdline"]) if str(memory) in (one.info["cmdline"] or ()))
        await asyncio.to_thread(growing.kill)
        await asyncio.to_thread(growing.start)
        assert (await finish(client, job))["status"] == "COMPLETED"
        assert "0.00" in str(await get(client, "/api/v1/spend"))
    assert read_events(memory).count("accepted") == 2
    assert not is_there(engine.pid)
