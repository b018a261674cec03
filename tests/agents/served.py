"""An MCP server over a home of a test's own, with the official client, and a shelf that sells at real prices."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcp import Client, types

from reelwright.agents.server import build_server, drive_jobs
from reelwright.agents.wallet import open_wallet
from reelwright.providers.offline import Offline
from reelwright.providers.protocol import Provider
from reelwright.settings import Settings
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from studio.shelf import Shelf

SMALL: Mapping[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 4}
BRIEF = "“It never flickers.” For “Fenn”. Order at fenn.example"
KLING = "openrouter-kling-v3-std"
MOST = 4_000
Person = Callable[[Any, types.ElicitRequestParams], Awaitable[types.ElicitResult]]


@dataclass(frozen=True)
class Answer:
    fields: Mapping[str, Any]
    images: tuple[bytes, ...]
    is_refused: bool

    @property
    def code(self) -> Any:
        return self.fields.get("code")


@dataclass(frozen=True)
class Agent:
    """``studio``: the person's own, over the same home."""

    client: Client
    studio: AsyncStudio

    async def call(self, tool: str, **arguments: Any) -> Answer:
        return read_answer(await self.client.call_tool(tool, arguments))

    async def finish(self, project: str) -> Answer:
        """Ask for the status until it rests."""
        for _ in range(600):
            answer = await self.call("status", project=project)
            if "poll_after_seconds" not in answer.fields:
                return answer
            assert answer.fields["poll_after_seconds"] >= 1
            await asyncio.sleep(0.1)
        raise AssertionError(f"it never rests: {answer.fields}")


def read_answer(result: types.CallToolResult, most: int | None = MOST) -> Answer:
    (text,) = (block.text for block in result.content if isinstance(block, types.TextContent))
    assert json.loads(text) == result.structured_content
    assert most is None or len(text.encode()) <= most, text
    images = tuple(base64.b64decode(block.data) for block in result.content if isinstance(block, types.ImageContent))
    return Answer(result.structured_content, images, bool(result.is_error))


@asynccontextmanager
async def serve(
    home: Path | Settings,
    shelf: Provider | None = None,
    *,
    wallet: str | None = None,
    name: str = "agents",
    person: Person | None = None,
    mode: str = "auto",
    answer_s: float = 20.0,
    folders: Sequence[Path] = (),
    is_driven: bool = True,
) -> AsyncIterator[Agent]:
    settings = home if isinstance(home, Settings) else Settings(home=home, hands=1)
    providers = {"offline": Offline(), "shelf": shelf or Shelf()}
    async with AsyncStudio(settings, providers=providers, tempo=Tempo(speed=600)) as studio:
        runtime = await studio.open_runtime()
        money = await open_wallet(studio, name, wallet) if wallet else None
        server = build_server(runtime, wallet=money, answer_s=answer_s, folders=folders)
        async with Client(server, mode=mode, elicitation_callback=person) as client:  # type: ignore[arg-type]
            if not is_driven:
                yield Agent(client, studio)
                return
            async with drive_jobs(runtime):
                yield Agent(client, studio)


def answer_with(action: str, content: Mapping[str, Any] | None = None) -> tuple[Person, list[str]]:
    """A person who gives one answer to every question, and the questions that were asked."""
    questions: list[str] = []

    async def answer(context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        questions.append(params.message)
        return types.ElicitResult(action=action, content=dict(content) if content else None)  # type: ignore[arg-type]

    return answer, questions
