"""What a supervisor of a cluster does without a cluster: with Ray replaced by values, or away."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from engines.conftest import write_engine
from reelwright.engines.actor import EngineActor
from reelwright.engines.cards import get_engine_card
from reelwright.engines.cluster import ClusterSupervisor
from reelwright.engines.host import EngineHost, get_runs_folder
from reelwright.engines.launch import EngineOrder, build_environment, choose_gpus
from reelwright.engines.model_cards import get_model_card
from reelwright.engines.run_record import RunFiles, RunRecord
from reelwright.engines.supervisor import Supervisor
from reelwright.settings import Settings

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
