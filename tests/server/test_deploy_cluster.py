"""The files of deploy/ for a Ray cluster: token, ports, GPUs and shared memory are said, and Ray accepts its own."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Final

import pytest
import yaml

from reelwright.settings import load_settings

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
START: Final = "/opt/reelwright/bin/ray start"


def read(name: str) -> dict:
    return yaml.safe_load((DEPLOY / name).read_text())


def test_compose_starts_a_cluster_with_a_token_gpus_and_shared_memory_that_workers_find(tmp_path: Path) -> None:
    services, base = read("compose.ray.yaml")["services"], read("compose.yaml")
    ray = services["ray"]
    assert ray["shm_size"] == "10gb" and ray["entrypoint"][:3] == ["ray", "start", "--head"]
    [device] = ray["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}
    assert {"--ray-client-server-port=10001", "--dashboard-port=8265"} <= set(ray["command"])
    assert ray["ports"] == ["127.0.0.1:8265:8265"] and ray["expose"] == ["10001"]
    assert set(ray["volumes"]) <= set(base["x-reelwright"]["volumes"]), "the weights are where the worker has them"
    for name, service in services.items():
        environment = service["environment"]
        assert environment["RAY_AUTH_MODE"] == "token" and ":?" in environment["RAY_AUTH_TOKEN"], name
    for name in ("server", "worker"):
        environment = services[name]["environment"]
        assert environment["REELWRIGHT_DATABASE"] == base["x-reelwright"]["environment"]["REELWRIGHT_DATABASE"]
        given = load_settings({**environment, "REELWRIGHT_HOME": str(tmp_path)})
        assert given.ray_address == "ray://ray:10001" and "ray" in services
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    assert {*ray["build"]["args"]["EXTRAS"].split(",")} <= extras.keys()


def test_ray_up_starts_every_node_with_the_token_and_no_engine_on_the_head() -> None:
    cluster = read("ray/cluster.yaml")
    head, worker = (" ".join(cluster[f"{place}_start_ray_commands"]) for place in ("head", "worker"))
    for command in (head, worker):
        before, _, _ = command.partition(START)
        assert "RAY_AUTH_MODE=token RAY_AUTH_TOKEN_PATH=/" in before
    assert "--num-gpus=0" in head and "--dashboard-host=127.0.0.1" in head and "--ray-client-server-port=10001" in head
    hosts = len(cluster["provider"]["worker_ips"])
    assert (cluster["min_workers"], cluster["max_workers"]) == (hosts, hosts), "Ray starts none of them for a GPU"


def has_own_probes(container: dict) -> bool:
    """Whether no probe needs a program in the image: KubeRay's need wget, which a slim image of Python lacks."""
    probes = [container.get(f"{kind}Probe", {}) for kind in ("readiness", "liveness")]
    return all(probe.get("httpGet") == {"path": "/api/healthz", "port": 52365} for probe in probes)


def test_the_extra_has_what_a_node_of_a_cluster_serves() -> None:
    [ray] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]["ray"]
    assert ray.startswith("ray[client,default]"), "without default there is no dashboard, autoscaler, or health check"


def test_kuberay_asks_for_a_token_and_starts_nodes_only_when_they_are_needed() -> None:
    cluster = read("ray/kuberay.yaml")
    spec = cluster["spec"]
    assert (cluster["apiVersion"], cluster["kind"]) == ("ray.io/v1", "RayCluster")
    assert spec["authOptions"] == {"mode": "token"} and spec["enableInTreeAutoscaling"] is True
    head = spec["headGroupSpec"]
    assert head["rayStartParams"]["num-cpus"] == "0"
    [container] = head["template"]["spec"]["containers"]
    assert has_own_probes(container)
    assert {port["containerPort"] for port in container["ports"]} == {6379, 8265, 10001}
    for group in spec["workerGroupSpecs"]:
        assert group["minReplicas"] == group["replicas"] == 0 < group["maxReplicas"]
        [container] = group["template"]["spec"]["containers"]
        assert has_own_probes(container)
        assert container["resources"]["limits"]["nvidia.com/gpu"] == group["rayStartParams"]["num-gpus"]
        shared = {volume["name"]: volume.get("emptyDir") for volume in group["template"]["spec"]["volumes"]}
        assert {"medium": "Memory", "sizeLimit": "10Gi"} in shared.values()
        assert {mount["name"] for mount in container["volumeMounts"]} == shared.keys()
        assert json.loads(json.loads(group["rayStartParams"]["resources"].strip("'"))), "as Ray reads it"


@pytest.mark.lane_ray
def test_ray_itself_accepts_the_file_for_ray_up() -> None:
    from ray.autoscaler._private.util import prepare_config, validate_config

    config = prepare_config(read("ray/cluster.yaml"))  # as `ray up` does first: min_workers goes to the kind of node
    validate_config(config)
    [kind] = config["available_node_types"].values()
    assert (kind["min_workers"], kind["max_workers"]) == (2, 2)
