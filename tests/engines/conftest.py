"""A home with a model whose engine is the fake that ships, with habits chosen by the test."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reelwright.catalogue.models import register_models
from reelwright.engines.card_files import read_card
from reelwright.engines.cards import EngineCard
from reelwright.engines.host import get_runs_folder
from reelwright.engines.launch import EngineOrder
from reelwright.engines.model_cards import ModelCard, get_model_card
from reelwright.engines.supervisor import Supervisor
from reelwright.known_providers import ENGINES

ENGINE = """\
label: a fake
licence: Apache-2.0
source: this test
as_of: 2026-11-25
wire: vllm_omni
program: "{python}"
command: ["{python}", -m, reelwright.providers.fakes.engine, "--host={host}", --port, "{port}", --folder, FOLDER HABITS]
health: {path: /health, within_s: WITHIN, every_s: 1}
cancel: {delete: DELETE, grace_s: 1}
counts: [frames, size, fps, steps, seed, negative_prompt]
idle_s: IDLE
stop_s: 1
MORE
"""
MODEL = """\
label: A tiny Mochi
weights: {folder: WEIGHTS}
pipeline: MochiPipeline
engine: fake
licence: {name: Apache-2.0, commercial: true, source: this test}
frames: {fps: 30, step: 6, plus: 1, least: 7, most: 163, usual: 84}
sizes: [[48, 32]]
steps: {usual: 4}
memory: {gpu_gb: 0}
precision: fp32
latency_s: [0, 1]
"""


def write_weights(folder: Path, pipeline: str = "MochiPipeline", ending: str = ".safetensors") -> Path:
    """A folder that looks as diffusers saves a pipeline."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model_index.json").write_text(json.dumps({"_class_name": pipeline}))
    (folder / f"weights{ending}").write_bytes(b"\0" * 8)
    return folder


def write_engine(
    home: Path, habits: str = "", *, delete: str = "stops", within: int = 20, idle: int = 300, more: str = ""
) -> Path:
    """The cards of an engine that is the fake, and of a model for it; return the folder in which it remembers."""
    memory = home / "fake"
    memory.mkdir(parents=True, exist_ok=True)
    (home / "engines").mkdir(exist_ok=True)
    (home / "models").mkdir(exist_ok=True)
    listed = "".join(f", {json.dumps(word)}" for word in habits.split())
    card = ENGINE.replace("FOLDER", json.dumps(str(memory))).replace(" HABITS", listed).replace("DELETE", delete)
    card = card.replace("WITHIN", str(within)).replace("IDLE", str(idle)).replace("MORE", more)
    (home / "engines" / "fake.yaml").write_text(card)
    weights = write_weights(home / "weights")
    (home / "models" / "tiny.yaml").write_text(MODEL.replace("WEIGHTS", json.dumps(str(weights))))
    return memory


def read_events(memory: Path) -> list[str]:
    try:
        lines = (memory / "events").read_text().splitlines()
    except FileNotFoundError:
        return []
    return [json.loads(line)["event"] for line in lines]


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


@pytest.fixture(autouse=True)
def forget_models():
    """Models that a test put into the catalogue of this process are not there for the next one."""
    yield
    register_models(ENGINES, {}, {})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
async def supervise(home: Path):
    """Make supervisors of the fake, and end their engines after the test."""
    made: list[Supervisor] = []

    def build(habits: str = "", *, waits: tuple[float, ...] = (0.05, 0.05), **more) -> Supervisor:
        write_engine(home, habits, **more)
        return again(waits)

    def again(waits: tuple[float, ...] = (0.05, 0.05)) -> Supervisor:
        engine = read_card(EngineCard, home / "engines" / "fake.yaml", name="fake")
        model: ModelCard = get_model_card(home, "tiny")
        runs = get_runs_folder(home)
        runs.mkdir(parents=True, exist_ok=True)
        order = EngineOrder(model=model, engine=engine, runs=runs, python=sys.executable, waits_s=waits)
        made.append(Supervisor(order))
        return made[-1]

    build.again = again
    yield build
    for one in made:
        await one.stop()


Supervise = Callable[..., Supervisor]
