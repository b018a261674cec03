"""The metrics of a server: counts by state, provider and model, on a port of their own."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from client.proxy import Proxy
from reelwright.server.metrics import format_metrics
from reelwright.settings import Settings
from reelwright.store.database.metric_counts import PurchaseCount, WorkCounts
from server.conftest import APPROVING, MODEL, open_server
from server.test_access import add_key, bear
from server.test_openai_videos import wait_for

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


def find_free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def read_metrics(port: int) -> dict[tuple[str, ...], float]:
    async with httpx2.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{port}/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


async def test_the_queue_and_the_spend_are_counted_on_a_port_of_their_own(settings: Settings, proxy: Proxy) -> None:
    port = find_free_port()
    idle = replace(APPROVING, metrics_port=port, has_director=False)
    async with open_server(settings, proxy, idle) as server, server.open_openai() as client:
        made = await client.videos.create(prompt="a heron", model=MODEL)
        counts = await read_metrics(port)
        assert counts["reelwright_jobs", "queued"] == 1 and counts["reelwright_jobs", "running"] == 0
        async with server.open_client() as plain:
            assert (await plain.get("/metrics")).status_code == 404
    async with open_server(settings, proxy, replace(idle, has_director=True)) as server, server.open_openai() as client:
        await wait_for(client, made.id)
        async with asyncio.timeout(10):
            while (counts := await read_metrics(port))["reelwright_jobs", "running"]:
                await asyncio.sleep(0.1)
    assert counts["reelwright_jobs", "queued"] == 0
    assert counts.get(("reelwright_spend_usd_total", MODEL, proxy.name)) == 0.2, list(counts)
    assert not [key for key in counts if key[0] == "reelwright_purchases_open"]
    alerts = yaml.safe_load((Path(__file__).parents[2] / "deploy" / "alerts.yaml").read_text())
    rules = [rule for group in alerts["groups"] for rule in group["rules"]]
    watched = {name for rule in rules for name in re.findall(r"reelwright_\w+", rule["expr"])}
    assert len(watched) > 2 and watched <= {name for name, *_ in counts}, "an alert looks at what there is"
    assert all(rule["alert"] and rule["annotations"]["summary"] for rule in rules)


async def test_s0_23_the_jobs_of_an_account_are_counted_and_none_is_refused(settings: Settings, proxy: Proxy) -> None:
    port = find_free_port()
    idle = replace(APPROVING, metrics_port=port, has_director=False)
    async with open_server(settings, proxy, idle) as server, server.open_client() as client:
        other = bear((await add_key(server, "other", account="team-2", auto_approve="1")).secret)
        made = []
        for headers in ({}, {}, other, {}):
            data = {"prompt": "x", "model": MODEL}
            answer = await client.post("/api/generate", data=data, files={"u": b""}, headers=headers)
            assert answer.status_code == 200, answer.text
            made.append(answer.json()["job_id"])
        await client.delete(f"/api/delete/{made[0]}")
        counts = await read_metrics(port)
        assert {key[1]: count for key, count in counts.items() if key[0] == "reelwright_account_jobs_total"} == {
            settings.account: 3, "team-2": 1,
        }  # fmt: skip


def test_the_board_for_grafana_shows_every_metric_that_there_is_and_no_other() -> None:
    purchase = PurchaseCount(provider="a", model="b", state="posting", count=1, settled_micros=1)
    text = format_metrics(WorkCounts({}, 0.0, 0.0, (purchase,), {"a": 1})).decode()
    declared = {line.partition("{")[0].split()[0] for line in text.splitlines() if line and line[0] != "#"}
    board = json.loads((Path(__file__).parents[2] / "deploy" / "grafana.json").read_text())
    shown = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"reelwright_\w+", target["expr"])
    }
    assert shown == {name for name in declared if not name.endswith("_created")}
    places = [tuple(panel["gridPos"].values()) for panel in board["panels"]]
    assert len({panel["id"] for panel in board["panels"]}) == len(set(places)) == len(places)
