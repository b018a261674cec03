"""A video of Mochi at full size with random weights: diffusers as it is, and our engine through its wire.

Run on a machine with a GPU, in an environment with the extra ``local``: ``PYTHONPATH=src:tests:. python -m bench.gpu``.
The floor is the operations of all steps at the rate of a large product of matrices, measured in the same run. Each part
is a process of its own. ``--tiny`` runs all parts with tiny models, without a GPU too; its times say nothing.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from bench.gpu_models import (
    WORDS,
    build_transformer,
    count_operations,
    count_tokens,
    write_weights,
)
from bench.verdict import verdict
from reelwright.engines.own.mochi_attention import use_fast_attention
from reelwright.engines.own.speed import choose_attention

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
FRAMES, WIDTH, HEIGHT, STEPS = 85, 848, 480, 64
TINY = (7, 48, 32, 4)
PROMPT = "a red fox runs over a frozen lake at dawn, low sun, long lens"
SEED = 7
MOST_OF_FLOOR, MOST_OF_STOCK = 1.2, 0.75
MARK = "part "
MATRIX = 8192


def measure_ceiling() -> dict[str, float]:
    """Operations a second of a bf16 product of two matrices of random numbers."""
    side = MATRIX if DEVICE == "cuda" else 256
    left, right = (torch.randn(side, side, device=DEVICE, dtype=torch.bfloat16) for _ in range(2))
    return {"matmul_tflops": 2 * side**3 / measure(lambda: left @ right, 20) / 1e12}


def measure(run: Callable[[], object], times: int) -> float:
    """Seconds of a call, the median of ``times`` after two for warming up."""
    found = []
    for number in range(times + 2):
        _wait()
        began = time.perf_counter()
        run()
        _wait()
        if number > 1:
            found.append(time.perf_counter() - began)
    return statistics.median(found)


def _wait() -> None:
    if DEVICE == "cuda":
        torch.cuda.synchronize()


def measure_forwards() -> dict[str, float]:
    """Seconds of one forward with guidance: stock, with our attention, with cuDNN's, and compiled too."""
    transformer = build_transformer(DEVICE)
    shape = (2, 12, (FRAMES - 1) // 6 + 1, HEIGHT // 8, WIDTH // 8)
    mask = torch.zeros(2, WORDS, dtype=torch.bool, device=DEVICE)
    mask[0, : len(PROMPT)] = mask[1, :1] = True
    given = {
        "hidden_states": torch.randn(shape, device=DEVICE, dtype=torch.bfloat16),
        "encoder_hidden_states": torch.randn(2, WORDS, 4096, device=DEVICE, dtype=torch.bfloat16),
        "timestep": torch.full((2,), 500.0, device=DEVICE, dtype=torch.bfloat16),
        "encoder_attention_mask": mask, "return_dict": False,
    }  # fmt: skip
    found: dict[str, float] = {}
    made: dict[str, torch.Tensor] = {}

    def note(name: str, speed: str) -> None:
        with torch.inference_mode(), choose_attention(speed, DEVICE):
            found[name] = measure(lambda: made.__setitem__(name, transformer(**given)[0]), 4)
        stock = made["stock"].float()
        found[f"{name}_differs"] = float((made[name].float() - stock).norm() / stock.norm())

    note("stock", "exact")
    use_fast_attention(transformer)
    note("exact", "exact")
    note("cudnn", "fast")
    transformer._repeated_blocks = ["MochiTransformerBlock"]
    transformer.compile_repeated_blocks()
    began = time.perf_counter()
    note("compiled", "fast")
    found["compiling_s"] = time.perf_counter() - began - 6 * found["compiled"]
    found["peak_gb"] = torch.cuda.max_memory_allocated() / 1e9 if DEVICE == "cuda" else 0.0
    return found


def measure_stock(folder: Path, size: tuple[int, int, int, int]) -> dict[str, float]:
    """Seconds of a video by diffusers as it is, the whole pipeline on the GPU, without a file."""
    from diffusers import MochiPipeline

    frames, width, height, steps = size
    pipe = MochiPipeline.from_pretrained(str(folder), dtype=torch.bfloat16).to(DEVICE)
    pipe.set_progress_bar_config(disable=True)
    words = pipe.transformer.config.max_sequence_length
    ends: list[float] = []

    def render(count: int, kind: str) -> Any:
        def note(pipe: Any, step: int, moment: Any, values: dict[str, Any]) -> dict[str, Any]:
            _wait()
            ends.append(time.perf_counter())
            return values

        with torch.inference_mode():
            return pipe(
                PROMPT, num_frames=frames, width=width, height=height, num_inference_steps=count, guidance_scale=4.5,
                max_sequence_length=words, generator=torch.Generator("cpu").manual_seed(SEED), output_type=kind,
                callback_on_step_end=note,
            ).frames  # fmt: skip

    render(2, "latent")
    ends.clear()
    began = time.perf_counter()
    made = render(steps, "np")[0]
    total = time.perf_counter() - began
    assert made.shape == (frames, height, width, 3), made.shape
    peak = torch.cuda.max_memory_allocated() / 1e9 if DEVICE == "cuda" else 0.0
    return {"video_s": total, "decode_s": began + total - ends[-1], "step_s": (ends[-1] - ends[0]) / (steps - 1),
            "peak_gb": peak}  # fmt: skip


def measure_engine(folder: Path, size: tuple[int, int, int, int]) -> dict[str, Any]:
    """Seconds of a video by our engine: from the POST to the bytes of its MP4, after one of two steps."""
    frames, width, height, steps = size
    with run_engine(folder) as address:
        form = {"prompt": PROMPT, "num_frames": frames, "size": f"{width}x{height}", "seed": SEED}
        first = make_video(address, {**form, "num_inference_steps": 2})
        second = make_video(address, {**form, "num_inference_steps": steps})
        computes = _ask(f"{address}/health")["computes"]
    return {"video_s": second, "first_s": first, "computes": computes}


@contextmanager
def run_engine(folder: Path) -> Iterator[str]:
    """Run our engine on the weights; give its address once they are loaded."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    options = folder.parent / "options.json"
    rule = {"step": 6, "plus": 1, "least": 7, "most": 163}
    options.write_text(
        json.dumps(
            {"model": "mochi", "pipeline": "MochiPipeline", "precision": "bf16", "steps": STEPS, "least_steps": 2,
             "guidance": 4.5, "fps": 30, "frames": rule, "multiple": 16, "offload": "auto", "tiling": "auto",
             "speed": "fast"}
        )
    )  # fmt: skip
    words = ["--weights", str(folder), "--options", str(options), "--port", str(port)]
    engine = subprocess.Popen([sys.executable, "-m", "reelwright.engines.own", *words])
    address = f"http://127.0.0.1:{port}"
    try:
        while _ask(f"{address}/health").get("status") != "ok":
            assert engine.poll() is None, "the engine ended"
            time.sleep(0.2)
        yield address
    finally:
        engine.terminate()
        engine.wait()


def make_video(address: str, form: dict[str, Any]) -> float:
    """Have a video made, and read its file; return the seconds of that."""
    began = time.perf_counter()
    video = _ask(f"{address}/v1/videos", form)
    while (state := _ask(f"{address}/v1/videos/{video['id']}"))["status"] != "completed":
        assert state["status"] in ("queued", "in_progress"), state
        time.sleep(0.1)
    with urllib.request.urlopen(f"{address}/v1/videos/{video['id']}/content", timeout=60) as answer:
        assert b"ftyp" in answer.read()[:64]
    return time.perf_counter() - began


def _ask(address: str, form: dict[str, Any] | None = None) -> dict[str, Any]:
    body = None if form is None else json.dumps(form).encode()
    asked = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            found = json.loads(answer.read())
    except OSError:
        return {}  # it is not there yet, or loads its weights
    assert isinstance(found, dict)
    return found


def run_part(name: str, folder: Path, given: list[str]) -> dict[str, Any]:
    """Run a part in a process of its own, so that its memory on the GPU is free afterwards."""
    began = time.perf_counter()
    words = [sys.executable, "-m", "bench.gpu", "--part", name, "--folder", str(folder), *given]
    ran = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
    line = next(line for line in ran.stdout.splitlines() if line.startswith(MARK))
    found: dict[str, Any] = json.loads(line.removeprefix(MARK))
    shown = ", ".join(f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                      for key, value in found.items())  # fmt: skip
    print(f"{name:<9} {shown}   ({time.perf_counter() - began:.0f} s)", flush=True)
    return found


def _write(folder: Path, is_tiny: bool) -> dict[str, Any]:
    write_weights(folder, is_tiny, DEVICE)
    return {}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="tiny models, to see that everything runs")
    parser.add_argument("--folder", type=Path, help="keep weights and figures there; a later run goes on with them")
    parser.add_argument("--only", nargs="*", help="only these of ceiling, forwards, weights, stock, engine")
    parser.add_argument("--part", help=argparse.SUPPRESS)
    given = parser.parse_args()
    size = TINY if given.tiny else (FRAMES, WIDTH, HEIGHT, STEPS)
    parts: dict[str, Callable[[], dict[str, Any]]] = {
        "ceiling": measure_ceiling,
        "forwards": measure_forwards,
        "weights": lambda: _write(given.folder, given.tiny),
        "stock": lambda: measure_stock(given.folder, size),
        "engine": lambda: measure_engine(given.folder, size),
    }
    if given.part:
        print(MARK + json.dumps(parts[given.part]()), flush=True)
        return 0
    if DEVICE == "cpu" and not given.tiny:
        sys.exit("no GPU is here; --tiny runs without one")
    wanted = given.only or [name for name in parts if not (given.tiny and name == "forwards")]
    with tempfile.TemporaryDirectory() as own_folder:
        folder = given.folder or Path(own_folder)
        kept = folder / "found.json"
        found = json.loads(kept.read_text()) if kept.exists() else {}
        for name in wanted:
            if name not in found:
                found[name] = run_part(name, folder / "mochi", ["--tiny"] if given.tiny else [])
                kept.write_text(json.dumps(found))
    if not {"ceiling", "stock", "engine"} <= set(found):
        return 0
    with torch.device("meta"):
        from diffusers import MochiTransformer3DModel

        transformer = MochiTransformer3DModel()
    frames, width, height, steps = size
    operations = count_operations(transformer, count_tokens(frames, width, height), (len(PROMPT), 1)) * steps
    floor = operations / found["ceiling"]["matmul_tflops"] / 1e12
    ours, stock = found["engine"]["video_s"], found["stock"]["video_s"]
    name = torch.cuda.get_device_name().replace(" ", "_") if DEVICE == "cuda" else "cpu"
    figures = {"gpu": name, "video_s": ours, "floor_s": floor, "stock_s": stock, "of_floor": ours / floor,
               "of_stock": ours / stock}  # fmt: skip
    passed = ours <= MOST_OF_FLOOR * floor and ours <= MOST_OF_STOCK * stock
    return verdict("gpu", passed, figures, f"of_floor<={MOST_OF_FLOOR} of_stock<={MOST_OF_STOCK}")


if __name__ == "__main__":
    sys.exit(main())
