"""A film that a request to the server orders and a Ray cluster draws. In Ray's own lane, since Ray is an extra."""

from __future__ import annotations

import os
import sys
from dataclasses import replace

import pytest

from reelwright.settings import Settings
from server.conftest import open_server
from server.test_native import FILM, post, wait_for

pytestmark = [
    pytest.mark.lane_ray,
    # Ray's own threads and sockets outlive what a test can close.
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"),
]
REAL_HANDS = True


async def test_a_request_becomes_a_file_through_tasks_of_a_ray_cluster(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Ray's own agents speak to each other at this machine's address: the guard against the network is not for them.
    paths = [path for path in sys.path if path and not path.endswith("quiet")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(paths))
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")  # else it writes a token into the home of the person
    import ray

    from reelwright.engine.hands.ray import HandsRay

    ray.init(num_cpus=2, num_gpus=2, log_to_driver=False, include_dashboard=False)
    try:
        on_ray = replace(settings, hands_runner="ray")
        async with open_server(on_ray, None) as server, server.open_client() as client:
            assert isinstance(server.deployment.runtime.hands, HandsRay)
            job = (await post(client, "/projects", **FILM))["job"]
            done = await wait_for(client, job)
            assert done["state"] == "done", done
            assert (await client.get(f"/api/v1/jobs/{job}/files/0")).content[4:8] == b"ftyp"
    finally:
        ray.shutdown()
