"""The pipeline of a model: loaded once, asked for one video at a time, stopped between two steps."""

from __future__ import annotations

import gc
import importlib.metadata
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import torch
from diffusers import DiffusionPipeline
from torch._dynamo.exc import TorchDynamoException

from reelwright.engines.own.mp4 import write_mp4
from reelwright.engines.own.rules import Options, VideoRequest
from reelwright.engines.own.speed import choose_attention, prepare_model, stop_compiling
from reelwright.engines.policy import FREE_MEMORY_FACTOR

_LIBRARIES: Final = ("torch", "diffusers", "transformers", "accelerate")
Progress = Callable[[float], None]


class CancelRequest(Exception):
    """Raised between two steps of a video that is not wanted any more."""


class OutOfMemory(Exception):
    """Raised when the GPU has too little memory, also after the one retreat. Its text says what to do."""


class VideoPipeline:
    """A video pipeline of diffusers in this process.

    ``computes``: on what, and whether its blocks are compiled. ``retreat``: how memory is saved since that ran out.
    """

    def __init__(self, folder: Path, options: Options) -> None:
        """Load the pipeline in ``folder``: safetensors only, no code of the folder, nothing from the network."""
        self.options, self.retreat = options, ""
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        precision = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}[options.precision]
        self._pipe: Any = DiffusionPipeline.from_pretrained(
            str(folder), dtype=precision, local_files_only=True, use_safetensors=True
        )
        found = type(self._pipe).__name__
        if found != options.pipeline:
            raise SystemExit(f"the weights are a {found}, and the card says {options.pipeline}")
        self._pipe.set_progress_bar_config(disable=True)
        self.offload = self._choose_offload()
        self._place()
        if options.tiling == "yes" or (options.tiling == "auto" and self.offload != "none"):
            self._pipe.vae.enable_tiling()
        self.computes = prepare_model(self._pipe, options.speed, self.device, self.offload)
        self._arguments = set(inspect.signature(type(self._pipe).__call__).parameters)

    def _choose_offload(self) -> str:
        """Decide what waits in the main memory: nothing where the weights and a third more are free on the GPU."""
        if self.device == "cpu":
            return "none"
        if self.options.offload != "auto":
            return self.options.offload
        parts = [part for part in self._pipe.components.values() if isinstance(part, torch.nn.Module)]
        sizes = [sum(tensor.nbytes for tensor in part.parameters()) for part in parts]
        free = torch.cuda.mem_get_info()[0]
        if sum(sizes) * FREE_MEMORY_FACTOR < free:
            return "none"
        return "model" if max(sizes) * FREE_MEMORY_FACTOR < free else "group"

    def _place(self) -> None:
        if self.offload == "none":
            self._pipe.to(self.device)
        elif self.offload == "model":
            self._pipe.enable_model_cpu_offload(device=self.device)
        else:
            self._pipe.enable_sequential_cpu_offload(device=self.device)

    def render(self, request: VideoRequest, path: Path, progress: Progress, is_cancelled: Callable[[], bool]) -> None:
        """Make one video and write it to ``path``.

        If memory runs out, once more with tiles and models that wait in the main memory, and so from then on; if the
        model cannot be compiled, once more without. Raises ``CancelRequest`` and ``OutOfMemory``.
        """
        try:
            frames = self._call_compiled(request, progress, is_cancelled)
        except torch.OutOfMemoryError as cause:
            if self.retreat:
                raise OutOfMemory(self._describe_need()) from cause
            self._retreat()
            try:
                frames = self._call_compiled(request, progress, is_cancelled)
            except torch.OutOfMemoryError as again:
                raise OutOfMemory(self._describe_need()) from again
        if len(frames) != request.frames:
            raise RuntimeError(f"{request.frames} frames were asked of the model, and {len(frames)} came")
        write_mp4(frames, path, request.fps, describe_origin(self.options.model, self.computes, request))

    def _describe_need(self) -> str:
        return (
            f"the GPU has too little memory for this size and length, also {self.retreat}; ask for fewer frames or a "
            "smaller size, or use a GPU with more memory"
        )

    def _retreat(self) -> None:
        """Give up speed for memory, once and for the life of this process."""
        gc.collect()
        torch.cuda.empty_cache()
        self.retreat = "with tiles, and models that wait in the main memory"
        self._pipe.vae.enable_tiling()
        if self.device != "cpu" and self.offload == "none":
            self.offload = "model"
            self._pipe.to("cpu")
            self._place()
        sys.stderr.write(f"out of memory: trying once more {self.retreat}\n")

    def _call_compiled(self, request: VideoRequest, progress: Progress, is_cancelled: Callable[[], bool]) -> Any:
        try:
            return self._call(request, progress, is_cancelled)
        except TorchDynamoException as fault:
            self.computes = stop_compiling(self._pipe, self.device, fault)
            sys.stderr.write(f"trying once more: {self.computes}\n")
            return self._call(request, progress, is_cancelled)

    def _call(self, request: VideoRequest, progress: Progress, is_cancelled: Callable[[], bool]) -> Any:
        steps_done = 0

        def note_step(*_: Any, **__: Any) -> None:
            nonlocal steps_done
            steps_done += 1
            progress(min(0.99, steps_done / (request.steps + 1)))  # decoding counts as a step
            if is_cancelled():
                raise CancelRequest

        def end_step(pipe: Any, step: int, time: Any, values: dict[str, Any]) -> dict[str, Any]:
            note_step()
            return values

        given = {
            "prompt": request.prompt, "negative_prompt": request.negative_prompt or None, "width": request.width,
            "height": request.height, "num_frames": request.frames, "num_inference_steps": request.steps,
            "guidance_scale": self.options.guidance, "max_sequence_length": self._get_prompt_length(),
            "generator": torch.Generator("cpu").manual_seed(request.seed), "output_type": "np",
            "callback_on_step_end": end_step,
        }  # fmt: skip
        wanted = {name: value for name, value in given.items() if name in self._arguments and value is not None}
        has_callback = "callback_on_step_end" in wanted
        if not has_callback:
            _wrap_scheduler(self._pipe.scheduler, note_step)
        try:
            if is_cancelled():
                raise CancelRequest
            with torch.inference_mode(), choose_attention(self.options.speed, self.device):
                return self._pipe(**wanted).frames[0]
        finally:
            self._pipe.maybe_free_model_hooks()
            if not has_callback:
                self._pipe.scheduler.__dict__.pop("step", None)

    def _get_prompt_length(self) -> int | None:
        """Return how many tokens of a prompt the transformer was made for, where its configuration says so."""
        config = getattr(getattr(self._pipe, "transformer", None), "config", {})
        found = config.get("max_sequence_length")
        return found if isinstance(found, int) else None


def _wrap_scheduler(scheduler: Any, note_step: Callable[[], None]) -> None:
    """Have a scheduler tell of its steps, for a pipeline without a callback."""
    make_step = scheduler.step

    def step(*args: Any, **kwargs: Any) -> Any:
        made = make_step(*args, **kwargs)
        note_step()
        return made

    scheduler.step = step


def describe_origin(model: str, computes: str, request: VideoRequest) -> str:
    """Return a line on how a video was made: model, seed, steps, how the pipeline computes, and versions."""
    versions = " ".join(f"{name} {_get_version(name)}" for name in _LIBRARIES)
    return f"{model}, seed {request.seed}, {request.steps} steps, {computes}, {versions}"


def _get_version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "none"
