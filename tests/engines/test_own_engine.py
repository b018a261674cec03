"""Our own small engine with tiny random models on the CPU, through S1's routes and as a film: `make test-local`."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
from pathlib import Path

import av
import httpx2
import pytest

from engines.conftest import is_there
from reelwright.engines.host import get_runs_folder
from reelwright.engines.model_cards import get_models_folder
from reelwright.engines.run_record import RunFiles
from reelwright.engines.weights import write_model_card
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from server.conftest import open_server
from server.test_dialects import get

pytestmark = [pytest.mark.lane_local, pytest.mark.timeout(580)]
ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "local-engine" / "bin" / "python"
SCRIPT = "Cold coffee, again?\n\n![steam over a mug on a desk]()\n\n---\n\n# Fenn\n\n## the mug that stays hot\n"
EQUAL = """\
import sys
import torch
from engines.tiny_models import build_mochi
from torch._dynamo.utils import counters
from reelwright.engines.own.mochi_attention import use_fast_attention
from reelwright.engines.own.speed import compile_blocks

def render(pipe, prompt="a fox"):
    return pipe(prompt, num_frames=7, height=32, width=48, num_inference_steps=3, max_sequence_length=16,
                generator=torch.Generator("cpu").manual_seed(1), output_type="latent").frames

PROMPTS = ("a fox", "a fox that runs")
pipe = build_mochi()
stock = [render(pipe, prompt) for prompt in PROMPTS]
use_fast_attention(pipe.transformer)
fast = [render(pipe, prompt) for prompt in PROMPTS]
kinds = {type(block.attn1.processor).__name__ for block in pipe.transformer.transformer_blocks}
assert kinds == {"MochiAttention"}, kinds
assert compile_blocks(pipe, "cpu", backend="aot_eager", fullgraph=True) == "compiled"
counters.clear()
compiled = [render(pipe, prompt) for prompt in PROMPTS]
print(counters["stats"]["unique_graphs"], *map(torch.equal, stock, fast), *map(torch.equal, stock, compiled))
"""
FAULTY = """\
import pathlib
import sys
from reelwright.engines.own import speed
from reelwright.engines.own.pipeline import VideoPipeline
from reelwright.engines.own.rules import Options, VideoRequest

def fail(*args):
    raise RuntimeError("no such program: cc\\nmore")

rule = {"step": 12, "plus": 1, "least": 13, "most": 85}
pipeline = VideoPipeline(
    pathlib.Path(sys.argv[1]),
    Options(model="tiny", pipeline=sys.argv[2], precision="fp32", steps=2, least_steps=2, guidance=4.5, fps=30,
            frames=rule, multiple=16, offload="auto", tiling="auto", speed="fast"))
assert pipeline.computes == "cpu", pipeline.computes
assert speed.compile_blocks(pipeline._pipe, "cpu", backend=fail) == "compiled"
path = pathlib.Path(sys.argv[3])
for _ in range(2):
    path.unlink(missing_ok=True)
    pipeline.render(VideoRequest(prompt="a fox", negative_prompt="", width=48, height=32, frames=13, fps=30, steps=2,
                                 seed=1), path, lambda done: None, lambda: False)
    assert path.stat().st_size
print(pipeline.computes)
"""

TILED = """\
import pathlib
import sys
import torch
from reelwright.engines.own.pipeline import VideoPipeline
from reelwright.engines.own.rules import Options, VideoRequest

rule = {"step": 6, "plus": 1, "least": 7, "most": 85}
pipeline = VideoPipeline(
    pathlib.Path(sys.argv[1]),
    Options(model="tiny", pipeline=sys.argv[2], precision="bf16", steps=2, least_steps=2, guidance=4.5, fps=30,
            frames=rule, multiple=16, offload="model", tiling="yes", speed="exact"))
vae, dtypes = pipeline._pipe.vae, {part.dtype for part in (pipeline._pipe.transformer, pipeline._pipe.text_encoder)}
assert vae.use_tiling and pipeline.offload == "none", "no model waits anywhere where there is no GPU"
vae.tile_sample_min_height = vae.tile_sample_min_width = 32
vae.tile_sample_stride_height = vae.tile_sample_stride_width = 16
tiles, decode = [], type(vae).tiled_decode
type(vae).tiled_decode = lambda *args, **options: (tiles.append(1), decode(*args, **options))[1]
path = pathlib.Path(sys.argv[3])
request = VideoRequest(prompt="a fox", negative_prompt="", width=96, height=64, frames=13, fps=30, steps=2, seed=1)
pipeline.render(request, path, lambda done: None, lambda: False)
print(path.stat().st_size > 0, len(tiles), *sorted(map(str, dtypes)))
"""


@pytest.fixture(scope="module", params=["mochi", "wan"])
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def weights(tmp_path_factory, kind):
    assert PYTHON.exists(), "make test-local makes the environment of the engine"
    folder = tmp_path_factory.mktemp("weights") / f"tiny-{kind}"
    program = Path(__file__).with_name("tiny_models.py")
    subprocess.run([str(PYTHON), str(program), kind, str(folder)], check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture
def settings(home, weights, kind):
    """A home with a tiny model: the card is the one that `models add` writes, at the size of its numbers."""
    write_model_card(home, weights, name="tiny")
    path = get_models_folder(home) / "tiny.yaml"
    lines = [line for line in path.read_text().splitlines() if not line.startswith(("sizes", "memory", "steps", "- ["))]
    more = ["sizes: [[48, 32]]", "memory: {gpu_gb: 0}", "steps: {usual: 4}", "precision: fp32", "latency_s: [0, 30]"]
    path.write_text("\n".join([*lines, *more]))
    return Settings(home=home, hands=1, model="tiny", engine_python=str(PYTHON))


async def finish(client, job, seconds=240):
    words = []
    async with asyncio.timeout(seconds):
        while True:
            found = await get(client, f"/status/{job}")
            words = words if words[-1:] == [found["status"]] else [*words, found["status"]]
            if found["status"] in ("COMPLETED", "FAILED"):
                return found, words
            await asyncio.sleep(0.05)


async def test_s1s_routes_make_a_video_with_the_frames_of_the_model(settings, home, kind):
    async with open_server(settings, None) as server, server.open_client() as client:
        made = (await client.post("/generate", json={"prompt": "A red fox", "account_id": "lab"})).json()
        done, words = await finish(client, made["job_id"])
        assert done["status"] == "COMPLETED", done
        assert words in (["PENDING", "RUNNING", "COMPLETED"], ["RUNNING", "COMPLETED"])
        film = (await client.get(done["download_url"])).content
        assert [one["job_id"] for one in (await get(client, "/jobs/lab"))["jobs"]] == [made["job_id"]]
        run = RunFiles(get_runs_folder(home), "tiny").read()
    assert film.find(b"moov") < film.find(b"mdat"), "a browser can play it while it loads"
    with av.open(io.BytesIO(film)) as container:
        stream, facts = container.streams.video[0], container.metadata["comment"]
        frames = sum(1 for _ in container.decode(stream))
        assert (stream.width, stream.height, stream.codec.name) == (48, 32, "h264")
        assert (frames, stream.average_rate) == {"mochi": (85, 30), "wan": (81, 16)}[kind]
    assert "seed" in facts and "torch 2" in facts and "diffusers 0" in facts
    assert not is_there(run.pid)


async def test_a_seed_makes_the_same_video_again_and_a_deleted_one_stops_within_a_step(settings, home):
    async with AsyncStudio(settings) as studio, httpx2.AsyncClient(timeout=60) as client:
        engine = await studio.start_engine("tiny")
        try:
            videos = f"{engine.address}/v1/videos"
            # 13 frames are a number of both models: 6·2 + 1 and 4·3 + 1
            form = {"prompt": (None, "a fox"), "size": (None, "48x32"), "num_frames": (None, "13"), "seed": (None, "5")}
            first, second = [(await client.post(videos, files=form)).json() for _ in range(2)]
            bodies = [await read_content(client, f"{videos}/{one['id']}") for one in (first, second)]
            assert bodies[0] == bodies[1] and first["seed"] == 5 and first["notes"] == []
            long = {**form, "num_inference_steps": (None, "1000")}
            video = (await client.post(videos, files=long)).json()
            while (state := (await client.get(f"{videos}/{video['id']}")).json())["progress"] < 1:
                assert state["status"] != "failed", state
                await asyncio.sleep(0.05)
            assert (await client.delete(f"{videos}/{video['id']}")).status_code == 200
            async with asyncio.timeout(20):
                while (await client.get(f"{engine.address}/health")).json()["rendering"]:
                    await asyncio.sleep(0.02)
            assert (await client.get(f"{videos}/{video['id']}")).status_code == 404
            refused = await client.post(videos, files={**form, "size": (None, "50x32.5")})
            assert refused.status_code == 422 and "size" in refused.text
        finally:
            await studio.stop_engine("tiny")


async def read_content(client, address):
    async with asyncio.timeout(120):
        while (await client.get(address)).json()["status"] != "completed":
            await asyncio.sleep(0.05)
    return (await client.get(f"{address}/content")).content


async def test_a_film_of_a_script_is_made_and_one_shot_of_it_made_again(settings, home, tmp_path):
    script = tmp_path / "film.md"
    script.write_text(SCRIPT)
    async with AsyncStudio(settings) as studio:
        film = await studio.make(script=script, models=("tiny",), length=6, yes=True, short_side=180)
        [step] = await list_take_steps(studio, film.project)  # the other shots are words, which are drawn
        again = await studio.retake(film.project, shot=step.removeprefix("take/"), yes=True)
        bought = await studio.show_spending(film.project, free=True)
        takes = await list_take_steps(studio, film.project)
    assert film.path.is_file() and again.path.is_file()
    assert not any(one.micros for one in bought.rows)
    assert takes == [step, step], "only the shot of the retake was made twice"


async def list_take_steps(studio, project):
    bought = await studio.show_spending(project, free=True)
    return [one.step for one in bought.rows if one.model == "tiny"]


def run_program(text, *words):
    env = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"}
    words = [str(PYTHON), "-c", text, *map(str, words)]
    return subprocess.run(words, capture_output=True, text=True, env=env, timeout=300, check=False)


def test_the_fast_attention_of_mochi_is_equal_to_stock_bit_by_bit_compiled_too_and_once_for_all_prompts(kind):
    if kind != "mochi":
        return
    ran = run_program(EQUAL)
    assert ran.stdout.split()[-5:] == ["2", *["True"] * 4], ran.stderr[-2000:]  # the last block is another graph


def test_a_model_that_cannot_be_compiled_is_made_without_and_its_file_says_so(kind, weights, tmp_path):
    ran = run_program(FAULTY, weights, {"mochi": "MochiPipeline", "wan": "WanPipeline"}[kind], tmp_path / "fox.mp4")
    computes = "cpu, not compiled: BackendCompilerFailed"
    assert computes in ran.stdout and f"trying once more: {computes}" in ran.stderr, ran.stderr[-2000:]
    with av.open(str(tmp_path / "fox.mp4")) as container:
        assert computes in container.metadata["comment"]


def test_a_card_that_says_bf16_and_tiles_is_computed_so(kind, weights, tmp_path):
    ran = run_program(TILED, weights, {"mochi": "MochiPipeline", "wan": "WanPipeline"}[kind], tmp_path / "fox.mp4")
    assert ran.stdout.split() == ["True", "1", "torch.bfloat16"], ran.stderr


def test_the_bench_of_a_gpu_runs_with_tiny_models(kind):
    if kind != "mochi":
        return
    env = {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT / 'tests'}:{ROOT}", "PATH": "/usr/bin:/bin"}
    words = [str(PYTHON), "-m", "bench.gpu", "--tiny"]
    ran = subprocess.run(words, capture_output=True, text=True, env=env, cwd=ROOT, timeout=400, check=False)
    assert "\nverdict " in ran.stdout, ran.stderr[-2000:]


async def test_weights_that_cannot_be_loaded_fail_the_start_with_the_reason(settings, home, weights, tmp_path):
    import shutil

    broken = tmp_path / "broken"
    shutil.copytree(weights, broken)
    index = json.loads((broken / "model_index.json").read_text())
    (broken / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes(b"\0" * 64)
    assert index["_class_name"]
    path = get_models_folder(home) / "tiny.yaml"
    path.write_text(path.read_text().replace(str(weights), str(broken)))
    from reelwright.engines.host import EngineHost
    from reelwright.errors import EngineFailed

    supervisor = EngineHost(settings).get_supervisor("tiny")
    from dataclasses import replace

    supervisor.order = replace(supervisor.order, waits_s=())
    with pytest.raises(EngineFailed) as raised:
        await supervisor.ensure_ready()
    assert raised.value.code == "engine_ended" and "afetensor" in raised.value.params["last_words"]
