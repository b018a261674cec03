"""The program ``reelwright``, forked by ``crash.forked`` from one warm process: importing is most of what a verb costs.

Arguments: the folder it is typed in, a file for its standard input, and what is typed. It is run and ended as
``python -m reelwright.cli`` is; only its imports were done before.
"""

from __future__ import annotations

import atexit
import importlib
import os
import runpy
import sys
import threading
from functools import partial
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory

import statements
from json_schemas import check_every_result
from reelwright.catalogue.models import load_models
from reelwright.reel.base import crashpoints
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.runtime import runtime
from reelwright.studio.sync_studio import Studio
from studio.prepared import prepare_hands_here

ROOMS = (
    "agents", "catalogue", "cli", "documents", "engine", "net", "planner", "providers", "server", "store", "studio",
)  # fmt: skip
THEIRS = (
    "anyio._backends._asyncio", "av", "httpx2", "imageio_ffmpeg", "markdown_it", "psutil", "pydantic.main",
    "pydantic.type_adapter", "rich.progress", "typer._adapters", "yaml",
)  # fmt: skip
"""What verbs import of others, and only once they need it."""
SPEED = 300.0
"""Seconds of a provider's clock in a real one: a first poll after 30 s would be most of what such a test takes."""
BRIEF = "20-second ad for VoltCup, a mug that keeps coffee at 60 °C until noon. “Hot at noon.” Order at voltcup.example"


def warm_up() -> None:
    """Import and read, before anything is forked, what verbs need and what is the same for all of them."""
    for room in ROOMS:
        package = importlib.import_module(f"reelwright.{room}")
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith(("__main__", "ray")) and ".migrations." not in found.name:
                importlib.import_module(found.name)
    for name in THEIRS:
        importlib.import_module(name)
    load_models()
    statements.share()
    check_every_result()
    with TemporaryDirectory() as folder, Studio(Settings(home=Path(folder) / "home")) as studio:
        studio.write(BRIEF).to_json()  # who reads a brief loads a model, and compiles what it looks for
        studio.quote(BRIEF).to_json()
        studio.list_jobs()
    prepare_hands_here()


def live() -> None:
    """Be the program. Its exit code is that of this process. It asks the fake providers as if they were fast."""
    folder, typed_in, *args = sys.argv[1:]
    os.chdir(folder)
    opened = os.open(typed_in, os.O_RDONLY)
    os.dup2(opened, 0)
    os.close(opened)
    as_python_starts()
    crashpoints.arm()
    runtime.Tempo = partial(Tempo, speed=SPEED)  # type: ignore[assignment,misc]
    sys.argv = ["reelwright", *args]
    try:
        runpy.run_module("reelwright.cli", run_name="__main__", alter_sys=True)
    finally:  # as the interpreter ends: a thread that does not end is waited for
        threading._shutdown()
        atexit._run_exitfuncs()


def as_python_starts() -> None:
    """Make the three streams as the interpreter makes them, from whatever the numbers 0, 1 and 2 are now."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
            terminal = os.isatty(number)
            buffering = 1 if terminal or number == 2 else -1
            errors = "backslashreplace" if number == 2 else None
            stream = open(number, mode, encoding="utf-8", errors=errors, closefd=False, buffering=buffering)  # noqa: SIM115  it stays
        except OSError:
            stream = None
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
