"""The client of examples/typescript: its types are made of our description, it compiles strictly, and makes films."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest

from reelwright.media.base.probe import probe
from reelwright.server.deployment import ServeOptions
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from server.conftest import Served, open_server
from systems.test_other_clients import HERE, ROOT, find_node, run_node

pytestmark = [pytest.mark.lane_serve, pytest.mark.timeout(580)]
EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "typescript"
IDEA: Final = 'A film for "Fenn", a desk lamp. "It never flickers."'
MODEL: Final = "openrouter-wan-2.7"


@pytest.fixture
def folder() -> Iterator[Path]:
    """The files of the example, in a folder below the packages that it names, where node and tsc find them."""
    with TemporaryDirectory(prefix="film-", dir=ROOT / "node") as made:
        for name in ("film.ts", "package.json", "tsconfig.json"):
            shutil.copyfile(EXAMPLE / name, Path(made) / name)
        yield Path(made)


async def make_film(server: Served, folder: Path, *more: str) -> tuple[int | None, list[str], str]:
    """Run the client; return its exit code, its lines and what it says of a failure."""
    program = await asyncio.create_subprocess_exec(
        find_node(), folder / "film.js", server.url, IDEA, folder / "film.mp4", "--short-side", "180", *more,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, said = await asyncio.wait_for(program.communicate(), 300)
    return program.returncode, printed.decode().splitlines(), said.decode()


def test_the_example_names_the_versions_that_are_tested() -> None:
    tested: dict[str, Any] = json.loads((HERE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    named: dict[str, Any] = json.loads((EXAMPLE / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert named.items() <= tested.items()


async def test_s3_22_a_typed_client_compiles_makes_a_film_follows_it_and_downloads_it(
    settings: Settings, folder: Path
) -> None:
    packages, film = ROOT / "node" / "node_modules", folder / "film.mp4"
    async with open_server(settings, None, ServeOptions(port=0), rehearsal=Rehearsal(speed=3600)) as server:
        described = f"{server.url}/openapi.json"
        await run_node(packages / "openapi-typescript" / "bin" / "cli.js", described, "-o", folder / "reelwright.ts")
        await run_node(packages / "typescript" / "bin" / "tsc", "--project", folder)

        code, lines, said = await make_film(server, folder)
        assert code == 0, said
        assert lines[0] == "at most $0.00" and lines[-2] == "done, 100 %" and lines[-1] == str(film)
        assert film.read_bytes()[4:8] == b"ftyp" and not (folder / "film.mp4.part").exists()
        shown = probe(film)
        assert min(shown.width, shown.height) == 180 and shown.duration > 1
        film.unlink()

        code, lines, said = await make_film(server, folder, "--model", MODEL, "--max-usd", "0.01")
        assert code == 1 and said.startswith("above_given_budget: ") and not film.exists()
        price = lines[0].removeprefix("at most $")
        assert float(price) > 0

        code, lines, said = await make_film(server, folder, "--model", MODEL, "--max-usd", price)
        assert code == 0 and film.stat().st_size > 1000, said
        jobs = await server.deployment.get_studio().list_jobs()
        assert len(jobs) == 2, "the order that its consent did not cover started nothing"
