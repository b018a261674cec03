"""The start of an engine: its command line, environment, port and GPUs, and what must be there before."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from reelwright.engines import gpus as gpus_
from reelwright.engines.cards import EngineCard
from reelwright.engines.model_cards import ModelCard
from reelwright.engines.policy import RESTART_WAITS_S
from reelwright.engines.run_record import LOOPBACK
from reelwright.engines.weights import list_missing_files, read_pipeline
from reelwright.errors import BadInput

_PASSED_ON: Final = frozenset(
    {"PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "HF_HOME", "XDG_CACHE_HOME", "SSL_CERT_FILE"}
)
_TRACES: Final = frozenset(
    f"OTEL_{name}" for name in (
        "SDK_DISABLED", "TRACES_EXPORTER", "TRACES_SAMPLER", "TRACES_SAMPLER_ARG", "EXPORTER_OTLP_ENDPOINT",
        "EXPORTER_OTLP_PROTOCOL", "EXPORTER_OTLP_TRACES_ENDPOINT", "EXPORTER_OTLP_TRACES_PROTOCOL",
    )
)  # fmt: skip
"""Where an engine sends its spans. Not ``OTEL_EXPORTER_OTLP_HEADERS``, which may have a key."""
_PASSED_ON_PREFIXES: Final = ("LC_", "CUDA_", "NVIDIA_", "NCCL_", "HIP_", "ROCR_")
"""What of this process's environment an engine gets. No key is among it."""
_INSTALL: Final = "install it, for the engine “own” the extra local of this package"


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOrder:
    """The order to run a model: its card, its engine's, the folder of runs, and the interpreter for engines in Python.

    ``waits_s``: before each restart of an engine that ends while it loads. ``host``: the address at which it listens.
    ``gpus``: those that a cluster gave it, by number or UUID; None: it chooses among those of this machine.
    """

    model: ModelCard
    engine: EngineCard
    runs: Path
    python: str = sys.executable
    waits_s: tuple[float, ...] = RESTART_WAITS_S
    host: str = LOOPBACK
    gpus: tuple[str, ...] | None = None


def choose_port(only_port: int | None, host: str) -> int:
    """Return a port of this machine that is free now. Raises ``BadInput`` if the card's only port is taken."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, only_port or 0))
        except OSError as cause:
            raise BadInput(
                "port", only_port, "a port that is free: another program of this machine listens there"
            ) from cause
        return int(tried.getsockname()[1])


def choose_gpus(
    order: EngineOrder, used_numbers: set[int], look: Callable[[], Any] = gpus_.list_gpus
) -> tuple[int, ...]:
    """Choose the GPUs of an engine; none for a model that needs none. Raises ``BadInput`` if there are not enough."""
    memory = order.model.memory
    if not memory.gpu_gb:
        return ()
    found = look()
    if order.gpus is not None:
        found = tuple(gpu for gpu in found if str(gpu.number) in order.gpus)
        if all(gpu.total_gb >= memory.gpu_gb for gpu in found):
            return tuple(int(gpu) for gpu in order.gpus if gpu.isdigit())
    numbers = gpus_.choose_gpus(found, memory.gpus, memory.gpu_gb, used_numbers)
    if not numbers:
        count = "a GPU" if memory.gpus == 1 else f"{memory.gpus} GPUs, each"
        raise BadInput(
            "model", order.model.name, f"a model for the GPUs here ({gpus_.describe_gpus(found)}): it needs {count} "
            f"with {memory.gpu_gb} GB",
        )  # fmt: skip
    return numbers


def find_fault(card: EngineCard, python: str) -> str:
    """Return what is missing to start an engine, its program or its Python packages; empty if nothing is."""
    program = card.program.format(python=python)
    if shutil.which(program) is None:
        return f"{program} is not there"
    missing = list_missing_modules(card, python)
    return f"the Python packages {', '.join(missing)} are not installed" if missing else ""


def check_engine(order: EngineOrder) -> None:
    """Raise ``BadInput`` if the engine's program, its Python modules or the weights are not there. Starts nothing."""
    if fault := find_fault(order.engine, order.python):
        raise BadInput("engine", order.engine.name, f"an engine that can be started: {fault}", hint=_INSTALL)
    folder = Path(order.model.weights.folder)
    pipeline = read_pipeline(folder)
    if pipeline != order.model.pipeline:
        raise BadInput("pipeline", order.model.pipeline, f"{pipeline}, as the weights in {folder} have it")
    if lost := list_missing_files(folder, order.model.weights.digests):
        raise BadInput("weights", lost[0], f"a file that is in {folder}")


def list_missing_modules(card: EngineCard, python: str) -> list[str]:
    """List the Python modules of a card that this interpreter does not have. Another interpreter is not asked."""
    if python != sys.executable:
        return []
    return [name for name in card.modules if importlib.util.find_spec(name) is None]


def build_command(order: EngineOrder, port: int, options: Path) -> list[str]:
    """Return the engine's command line, with the places of its card filled in."""
    places = {
        "python": order.python, "weights": order.model.weights.folder, "host": order.host, "port": port,
        "options": options, "gpus": max(1, order.model.memory.gpus),
    }  # fmt: skip
    return [word.format(**places) for word in order.engine.command]


def build_options(card: ModelCard) -> dict[str, Any]:
    """Return what our own engine is told of a model, as plain values."""
    return {
        "model": card.name, "pipeline": card.pipeline, "precision": card.precision, "steps": card.steps.usual,
        "least_steps": card.steps.least, "guidance": card.guidance, "fps": card.frames.fps,
        "frames": {name: getattr(card.frames, name) for name in ("step", "plus", "least", "most")},
        "multiple": card.sizes.multiple if not card.sizes.choices else 1, "offload": card.memory.offload,
        "tiling": card.memory.tiling, "speed": card.speed,
    }  # fmt: skip


def build_environment(order: EngineOrder, numbers: tuple[int, ...]) -> dict[str, str]:
    """Return the environment variables of an engine: what a program needs, those of its card, and its GPUs."""
    given = {
        name: value
        for name, value in os.environ.items()
        if name in _PASSED_ON | _TRACES or name.startswith(_PASSED_ON_PREFIXES)
    }
    given |= order.engine.environment
    if order.model.memory.gpu_gb:
        given["CUDA_VISIBLE_DEVICES"] = ",".join(order.gpus or map(str, numbers))
    if order.engine.modules:
        given["PYTHONPATH"] = str(link_package(order.runs / "python"))
    return given


def link_package(folder: Path) -> Path:
    """Make ``folder`` with nothing in it but a link to this package, for an interpreter that has another environment.

    Return ``folder``. Nothing else of our environment can be imported through it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    link, target = folder / "reelwright", Path(__file__).parents[1]
    if not (link.is_symlink() and link.readlink() == target):
        draft = folder / f".reelwright-{uuid4().hex}"
        draft.symlink_to(target)
        draft.replace(link)
    return folder
