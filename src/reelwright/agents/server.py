"""The MCP server: lists the tools, calls them, and keeps the driver at work while the client is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from mcp import types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel.server import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.server.stdio import stdio_server

from reelwright.agents.answers import build_refusal
from reelwright.agents.consent import Approver, Call, QuestionForPerson
from reelwright.agents.places import Places
from reelwright.agents.policy import AGENTS_STOP_S, PRICE_ANSWER_S
from reelwright.agents.refusals import refuse
from reelwright.agents.tool_arguments import build_schema
from reelwright.agents.tools import READ_ONLY, TOOLS, Tools
from reelwright.agents.wallet import Wallet
from reelwright.errors import BadInput, ReelwrightError
from reelwright.studio.runtime.runtime import Runtime
from reelwright.studio.studio import AsyncStudio

NAME: Final = "reelwright"
"""The name of the server, and of the package whose version it tells."""
_log = logging.getLogger(__name__)

INSTRUCTIONS: Final = """\
Reelwright makes finished films and single clips. quote tells a price; make starts and returns at once; status tells \
how far it is (wait poll_after_seconds between calls); look shows pictures; edit and retake change shots and make only \
what depends on the change; circle chooses a take; export writes an archive.
Films drawn on this machine are free. What costs money comes out of the wallet that the person set up, or the person \
is asked in a question that you cannot answer. A refusal has a code, the price, cheaper calls to try, and ask_person: \
a command that only your person should type. The best films come from a script: see write."""


def build_server(
    runtime: Runtime,
    *,
    wallet: Wallet | None = None,
    folders: Sequence[Path] = (),
    answer_s: float = PRICE_ANSWER_S,
) -> Server[Any]:
    """Build the MCP server with all tools, over an open runtime. ``wallet``: money that needs no question. ``folders``:
    agents may write new files there. ``answer_s``: seconds that a question about a price waits for the person.
    """
    settings = runtime.settings
    key = wallet.key if wallet else None
    tools = Tools(
        # a studio for each call: equal calls are the same order, however often an agent repeats them
        open_studio=lambda: AsyncStudio(runtime=runtime, key=key, is_serving=True),
        approver=Approver(wallet, answer_s),
        places=Places([*folders, settings.films]),
    )

    async def list_tools(
        context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=_describe_tools())

    async def call_tool(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        return await _call(tools, context, params)

    server: Server[Any] = Server(
        NAME, version=version(NAME), title="Reelwright", instructions=INSTRUCTIONS, on_list_tools=list_tools,
        on_call_tool=call_tool,
    )  # fmt: skip
    # answers of a person come back sealed to the very call that asked; another process cannot open them
    security = RequestStateSecurity.ephemeral(ttl=2 * max(answer_s, 1.0))
    server.middleware.append(RequestStateBoundary(security, default_audience=NAME))
    return server


async def _call(
    tools: Tools, context: ServerRequestContext[Any], params: types.CallToolRequestParams
) -> types.CallToolResult | types.InputRequiredResult:
    """Call a tool. Every error that is foreseen becomes a refusal; a bug of ours is logged, and tells no detail."""
    try:
        if params.name not in TOOLS:
            raise BadInput("tool", params.name, ", ".join(TOOLS))
        function, _, _ = TOOLS[params.name]
        return await function(tools, Call(params.name, params.arguments or {}, context, params))
    except QuestionForPerson as question:
        return question.result
    except ReelwrightError as error:
        return await refuse(error)
    except Exception:  # noqa: BLE001  a bug in one call must not end the server of all
        _log.exception("tool %s failed", params.name)
        message = "a fault in Reelwright; everything made so far is kept, and the log has the details"
        return build_refusal({"code": "internal_error", "message": message})


@cache  # a client lists the tools for each conversation, and they stay the same
def _describe_tools() -> list[types.Tool]:
    return [
        types.Tool(
            name=name,
            description=description,
            input_schema=build_schema(arguments),
            annotations=types.ToolAnnotations(
                read_only_hint=name in READ_ONLY, destructive_hint=False, open_world_hint=name not in READ_ONLY
            ),
        )
        for name, (_, arguments, description) in TOOLS.items()
    ]


@asynccontextmanager
async def drive_jobs(runtime: Runtime) -> AsyncIterator[None]:
    """Run every queued job of the runtime during this block, which spends what was agreed to. At its end the work
    stops, and its jobs stay in the queue.
    """
    driving = asyncio.create_task(runtime.driver.run_forever())
    try:
        yield
    finally:
        driving.cancel()
        with suppress(asyncio.CancelledError, TimeoutError):
            await asyncio.wait_for(driving, AGENTS_STOP_S)


async def serve_stdio(server: Server[Any]) -> None:
    """Serve one MCP client on standard input and output until it closes them. Nothing else is written there."""
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())
