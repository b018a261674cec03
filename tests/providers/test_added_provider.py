"""A provider added with exactly the files that CONTRIBUTING names can be bought from. Nothing else names it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "reelwright"
ADAPTER = """
from reelwright.providers.openrouter import OpenRouter

class Toy(OpenRouter):
    name = "toy"
"""
FAKE = """
from reelwright.providers.fakes.openrouter import FakeOpenRouter

class FakeToy(FakeOpenRouter):
    pass

FAKE = FakeToy
"""
ROW = """
    ProviderEntry(
        name="toy",
        adapter="toy:Toy",
        endpoints=(
            Endpoint(
                key=Holder(name="toy", variables=("TOY_API_KEY",), page="the toy shop", free_path="/api/v1/key"),
                base="https://toy.example",
                setting_name="toy",
            ),
        ),
    ),
"""
PROGRAM = """
import asyncio, sys
from pathlib import Path
import reelwright
from reelwright import AsyncStudio
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.lookup import load_fake_class
from reelwright.providers.fakes.media_spec import make_tiny_file
from reelwright.providers.fakes.script import Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import load_settings
from reelwright.studio.models.keys import list_keys, load_keys
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.machine.verification import verify
from reelwright.units import Micros

async def main():
    assert "/toy-src/" in reelwright.__file__
    bill = Bill()
    async with FakeServer(load_fake_class("toy")(bill, Script(latency_s=(0, 0)), make_tiny_file)) as server:
        settings = load_settings({"REELWRIGHT_TOY_BASE_URL": server.url}, home=sys.argv[1], hands=1)
        done = await verify(settings, "toy", Micros(1_000_000), out=Path(sys.argv[1]).parent / "report.json")
        print(done.state, done.outputs[0].size_bytes > 0, len(bill.submissions))
        async with AsyncStudio(settings, tempo=Tempo(speed=1000)) as studio:
            clip = await studio.clip("a fox", model="toy-veo-3.1-fast", seconds=4, yes=True)
            print(clip.state, len(clip.files), len(bill.submissions))
    (row,) = [row for row in list_keys(load_keys()) if row.holder == "toy"]
    print(row.source.replace(" ", "_"), "toy-veo-3.1-fast" in row.models)

asyncio.run(main())
"""


def test_a_provider_added_with_the_documented_files_is_bought_from(tmp_path: Path) -> None:
    package = tmp_path / "toy-src" / "reelwright"
    shutil.copytree(SOURCE, package, copy_function=os.symlink, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "providers" / "toy.py").write_text(ADAPTER)
    (package / "providers" / "fakes" / "toy.py").write_text(FAKE)
    models = (SOURCE / "catalogue" / "models" / "openrouter.yaml").read_text(encoding="utf-8")
    (package / "catalogue" / "models" / "toy.yaml").write_text(models.replace("openrouter", "toy"), encoding="utf-8")
    registration = package / "known_providers.py"
    text = registration.read_text(encoding="utf-8")
    registration.unlink()
    end = text.index("\n)\n", text.index("PROVIDER_ENTRIES: Final"))
    registration.write_text(text[:end] + ROW.rstrip() + text[end:], encoding="utf-8")

    env = {**os.environ, "PYTHONPATH": str(package.parent), "TOY_API_KEY": "not-a-real-key"}
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "home")], capture_output=True, text=True, env=env, timeout=100,
        check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["settled", "True", "1", "done", "1", "2", "environment_TOY_API_KEY", "True"]
