"""The alert rules of deploy/, run by Prometheus itself: each fires when it should and not before."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import yaml

from client.proxy import Proxy
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, open_server
from server.test_metrics import find_free_port

RULES: Final = Path(__file__).parents[2] / "deploy" / "alerts.yaml"

UP: Final = ('up{job="reelwright"}', "1x5000")
FIRES: Final = {
    "ReelwrightIsDown": ([('up{job="reelwright"}', "0x5000")], "3m", "1m"),
    "ReelwrightQueueStands": ([UP, ("reelwright_queue_oldest_seconds", "0+60x5000")], "70m", "59m"),
    "ReelwrightPurchaseWithoutAnswer": ([UP, ("reelwright_unknown_oldest_seconds", "0+60x5000")], "70m", "59m"),
    "ReelwrightSpendsMuch": (
        [UP, *((f'reelwright_spend_usd_total{{model="m{n}",provider="p"}}', "0+0.1x5000") for n in (1, 2))],
        "15h", "6h",
    ),
}  # fmt: skip
"""Of each alert: the measurements, one a minute; a time at which it fires, and one at which it does not."""


def check(*words: object) -> None:
    program = shutil.which("promtool")
    assert program, "prometheus is not installed: `make test-serve` installs it"
    run = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def build_case(alert: str, at: str, fires: bool, series: Sequence[tuple[str, str]]) -> dict[str, Any]:
    (rule,) = [one for one in yaml.safe_load(RULES.read_text())["groups"][0]["rules"] if one["alert"] == alert]
    fired = [{"exp_labels": {}, "exp_annotations": rule["annotations"]}] if fires else []
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series],
        "alert_rule_test": [{"eval_time": at, "alertname": alert, "exp_alerts": fired}],
    }


@pytest.mark.lane_serve
def test_each_alert_fires_when_it_should_and_not_before(tmp_path: Path) -> None:
    named = {rule["alert"] for rule in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]}
    assert named == FIRES.keys(), "every alert has its measurements here"
    cases = [
        build_case(alert, at, at == late, series)
        for alert, (series, late, early) in FIRES.items()
        for at in (late, early)
    ]
    written = tmp_path / "cases.yaml"
    written.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": cases}))
    check("check", "rules", RULES)
    check("test", "rules", written)


async def ask(port: int, path: str, **query: str) -> Any:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1/") as client:
        try:
            answer = await client.get(path, params=query)
        except httpx2.TransportError:
            return {}
    return answer.json().get("data", {})


@pytest.mark.lane_serve
async def test_prometheus_reads_a_server_and_says_when_it_is_gone(
    settings: Settings, proxy: Proxy, tmp_path: Path
) -> None:
    program = shutil.which("prometheus")
    assert program, "prometheus is not installed: `make test-serve` installs it"
    metrics, own = find_free_port(), find_free_port()
    scrapes = [{"job_name": "reelwright", "static_configs": [{"targets": [f"127.0.0.1:{metrics}"]}]}]
    config = tmp_path / "prometheus.yml"
    every = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    config.write_text(yaml.safe_dump({"global": every, "rule_files": [str(RULES)], "scrape_configs": scrapes}))
    flags = (
        f"--config.file={config}",
        f"--storage.tsdb.path={tmp_path / 'tsdb'}",
        f"--web.listen-address=127.0.0.1:{own}",
    )
    with subprocess.Popen([program, *flags], stderr=subprocess.DEVNULL) as process:
        try:
            idle = replace(APPROVING, metrics_port=metrics, has_director=False)
            async with open_server(settings, proxy, idle) as server, server.open_client() as client:
                (await client.post("/v1/videos", json={"prompt": "a heron", "model": MODEL})).raise_for_status()
                async with asyncio.timeout(60):
                    queued = 'reelwright_jobs{state="queued"} == 1'
                    while not (await ask(own, "query", query=queued)).get("result"):
                        await asyncio.sleep(0.2)
                assert (await ask(own, "alerts"))["alerts"] == []
            async with asyncio.timeout(60):
                while not (found := (await ask(own, "alerts")).get("alerts")):
                    await asyncio.sleep(0.2)
            assert [(one["labels"]["alertname"], one["state"]) for one in found] == [("ReelwrightIsDown", "pending")]
        finally:
            process.terminate()
