"""The units and container files of deploy/: they start commands that exist, as a user, and leave time for a stop."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import typer
import yaml

from reelwright.cli.app import app
from reelwright.server.deployment import ServeOptions

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
UNITS: Final = ("reelwright-serve.service", "reelwright-worker.service")


def read_unit(name: str) -> configparser.SectionProxy:
    unit = configparser.RawConfigParser(strict=False, comment_prefixes=("#",), delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment]
    unit.read(DEPLOY / "systemd" / name)
    return unit["Service"]


def list_commands() -> list[list[str]]:
    """The words after ``reelwright`` of every command that a file of deploy/ starts."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    container = re.search(r"^CMD (\[.+\])$", (DEPLOY / "Containerfile").read_text(), re.M)
    assert container
    units = [read_unit(name)["ExecStart"].split()[1:] for name in UNITS]
    services = [one["command"] for one in compose["services"].values() if "command" in one]
    return [*units, yaml.safe_load(container[1]), *services]


@pytest.mark.parametrize("words", list_commands(), ids=" ".join)
def test_a_command_exists_with_its_options(words: list[str]) -> None:
    verbs: Any = typer.main.get_command(app)
    verb = verbs.commands[words[0]]
    known = {name for parameter in verb.params for name in parameter.opts}
    assert {word for word in words[1:] if word.startswith("--")} <= known
    if "0.0.0.0" in words:
        assert "--require-key" in words


@pytest.mark.parametrize("name", UNITS)
def test_systemd_waits_longer_than_a_stop_takes(name: str) -> None:
    assert float(read_unit(name)["TimeoutStopSec"]) > ServeOptions().stop_s * 1.5
    assert read_unit(name)["User"] == "reelwright"


def test_containers_stop_in_time_and_run_without_root() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for name in ("server", "worker"):
        service = compose["services"][name]
        assert float(service["stop_grace_period"].removesuffix("s")) > ServeOptions().stop_s * 1.5
        assert service["cap_drop"] == ["ALL"] and service["read_only"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", ()))
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert len([line for line in lines if line.startswith("FROM ")]) == 2
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users and int(users[-1]) > 0


def test_a_worker_with_gpus_has_them_and_the_shared_memory_that_a_check_asks_for() -> None:
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())["project"]
    services = yaml.safe_load((DEPLOY / "compose.gpu.yaml").read_text())["services"]
    assert services.keys() <= yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"].keys()
    worker = services["worker"]
    [device] = worker["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": "all", "capabilities": ["gpu"]}
    assert float(worker["shm_size"].removesuffix("gb")) >= 10
    assert worker["build"]["args"]["EXTRAS"] in project["optional-dependencies"]
    assert 'ARG EXTRAS=""' in (DEPLOY / "Containerfile").read_text()
    assert worker["image"] != "reelwright", "the server's image stays without torch"


def test_the_container_has_every_file_that_the_wheel_is_built_from() -> None:
    """What it copies before its first build is enough for that build."""
    text = (DEPLOY / "Containerfile").read_text()
    copied = [line.split()[1:-1] for line in text.splitlines() if line.startswith("COPY ") and "--from" not in line]
    wheel = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for needed in [*wheel["packages"], *wheel["force-include"]]:
        assert any(needed == name or needed.startswith(f"{name}/") for words in copied for name in words), needed


@pytest.mark.lane_serve
@pytest.mark.parametrize("name", UNITS)
def test_systemd_accepts_the_unit_and_rates_it_as_hardened(tmp_path: Path, name: str) -> None:
    """With a program and a user of this machine in place of its own."""
    assert shutil.which("systemd-analyze"), "systemd is not installed: `make test-serve` installs it"
    text = (DEPLOY / "systemd" / name).read_text().replace("/opt/reelwright/bin/reelwright", "/bin/true")
    unit = tmp_path / name
    unit.write_text(text.replace("User=reelwright", "User=daemon").replace("Group=reelwright", "Group=daemon"))
    checked = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert not checked.returncode and not checked.stderr, checked.stderr
    rated = subprocess.run(["systemd-analyze", "security", "--offline=yes", unit], capture_output=True, text=True)
    level = re.search(r"exposure level for \S+: ([0-9.]+)", rated.stdout)
    assert level and float(level[1]) <= 2.0, rated.stdout


@pytest.mark.lane_serve
@pytest.mark.parametrize("name", UNITS)
def test_the_command_of_a_unit_runs_and_ends_as_systemd_ends_it(tmp_path: Path, name: str) -> None:
    """As the unit starts it: by its words, with its environment alone; the folders are those of this test."""
    service, own = read_unit(name), tmp_path / "var"
    program, *words = shlex.split(service["ExecStart"])
    assert program == "/opt/reelwright/bin/reelwright"
    environ = dict(pair.split("=", 1) for pair in service["Environment"].split())
    assert environ["REELWRIGHT_HOME"] == f"/var/lib/{service['StateDirectory']}"
    port = ["--port", "0"] if words[0] == "serve" else []
    with subprocess.Popen(
        [Path(sys.executable).with_name("reelwright"), *words, *port], env={**environ, "REELWRIGHT_HOME": str(own)},
        cwd="/", stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stderr
            first = process.stderr.readline()
            if words[0] == "serve":
                assert (found := re.search(r"http://[\d.:]+", first)), first
                assert httpx2.get(f"{found[0]}/health").status_code == 200
                assert httpx2.get(f"{found[0]}/v1/videos").status_code == 401
            process.send_signal(signal.SIGTERM)
            rest = process.communicate(timeout=30)[1].splitlines()
        finally:
            process.kill()
    assert process.returncode == 0, rest
    assert all(isinstance(json.loads(line)["level"], str) for line in rest if line.startswith("{"))


def test_proxies_speak_no_tls_that_is_broken() -> None:
    """RFC 8996 ended TLS 1.0 and 1.1. Caddy has neither; nginx and Apache of Debian 12 would speak both."""
    for name, line in (("nginx.conf", r"ssl_protocols\s+(.+);"), ("apache.conf", r"SSLProtocol\s+(.+)")):
        found = re.search(line, (DEPLOY / name).read_text())
        assert found and re.findall(r"TLSv1(?:\.\d)?", found[1]) == ["TLSv1.2", "TLSv1.3"], name
