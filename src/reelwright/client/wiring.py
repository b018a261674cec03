"""The wire that a generator buys from: Gemini's long-running operations at ``base_url``, as a LiteLLM proxy has it."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from reelwright.client.options import ClientOptions

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider


async def open_wire(options: ClientOptions, given: Provider | None, opening: AsyncExitStack) -> tuple[Any, Provider]:
    """The connection and the provider over it; ``given`` where the caller brought one."""
    if given is not None:
        return given, given
    raise NotImplementedError
