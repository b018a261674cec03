"""The language libraries themselves, loaded only where one is asked: their clients made so that they never repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
from pydantic_ai.direct import model_request
from pydantic_ai.exceptions import AgentRunError, ModelAPIError, UserError
from pydantic_ai.messages import ModelMessage, ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart
from pydantic_ai.models import Model
from pydantic_ai.settings import ModelSettings

from reelwright.errors import OutcomeUnknown, ProviderError, Refused
from reelwright.net.redact import plainly
from reelwright.providers.wires.one_post import OnePost
from reelwright.providers.wires.said import Said

NOT_THE_KEY: Final = "set-by-our-own-door"
"""What the libraries are given: the real key is put in by our own door, and they never see it."""
_FAILED: Final = (
    ProviderError,
    AgentRunError,
    ModelAPIError,
    UserError,
    httpx2.HTTPError,
    ValueError,
    TypeError,
    AssertionError,
    AttributeError,
    LookupError,
    RecursionError,
)
"""What a library raises for an answer that it cannot read, and what the door raised through it."""


async def ask(post: OnePost, base: str, prepared: Mapping[str, Any], name: str) -> Said:
    """One request through ``post``. Raises ``NotAccepted``, ``Refused``, ``OutcomeUnknown``."""
    async with httpx2.AsyncClient(transport=post, trust_env=False, follow_redirects=False, timeout=None) as client:
        asked = _model(prepared["holder"], prepared["model"], base, client)
        settings = ModelSettings(max_tokens=prepared["most_tokens"])
        try:
            answer = await model_request(asked, _messages(prepared), model_settings=settings)
        except _FAILED as error:
            raise _meant(post, error, name) from error
    said = "".join(
        part.content for part in answer.parts if isinstance(part, TextPart) and isinstance(part.content, str)
    )
    text = said.encode("utf-8", "replace").decode()  # JSON may spell halves of characters
    if not text.strip():
        raise _nothing_said(answer, name)
    facts = {"tokens_in": answer.usage.input_tokens, "tokens_out": answer.usage.output_tokens}
    return Said(text=text, tokens=(answer.usage.input_tokens, answer.usage.output_tokens), facts=facts)


def _meant(post: OnePost, error: Exception, name: str) -> ProviderError:
    """What really happened on the wire counts, not what a library makes of it."""
    if post.went is not None:
        return post.went
    if not post.sent:
        return Refused(f"the question to {name} could not be put into words: {plainly(str(error))}")
    return OutcomeUnknown(f"{name} answered with something that is no answer: {plainly(str(error))}")


def _nothing_said(answer: ModelResponse, name: str) -> ProviderError:
    """It was made and billed, and there is nothing in it: a person decides."""
    why = answer.finish_reason or "no reason given"
    return OutcomeUnknown(f"{name} answered without a word ({why})", hint="it may have been billed")


def _messages(prepared: Mapping[str, Any]) -> list[ModelMessage]:
    instructions = prepared["instructions"]
    messages: list[ModelMessage] = []
    for who, text in prepared["said"]:
        if who == "assistant":
            messages.append(ModelResponse(parts=[TextPart(content=text)]))
            continue
        parts: list[Any] = [UserPromptPart(content=text)]
        if instructions and not messages:
            parts.insert(0, SystemPromptPart(content=instructions))
        messages.append(ModelRequest(parts=parts))
    return messages


def _model(holder: str, model: str, base: str, client: httpx2.AsyncClient) -> Model:
    if holder == "anthropic":
        from anthropic import AsyncAnthropic
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        maker = AsyncAnthropic(api_key=NOT_THE_KEY, base_url=base, max_retries=0, http_client=client)
        return AnthropicModel(model, provider=AnthropicProvider(anthropic_client=maker))
    if holder == "google":
        from google.genai.types import HttpRetryOptions
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        once = HttpRetryOptions(attempts=1)
        provider = GoogleProvider(api_key=NOT_THE_KEY, base_url=base, http_client=client, retry_options=once)
        return GoogleModel(model, provider=provider)
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    versioned = base if urlsplit(base).path.rstrip("/").endswith("/v1") else f"{base.rstrip('/')}/v1"
    speaks = AsyncOpenAI(api_key=NOT_THE_KEY, base_url=versioned, max_retries=0, http_client=client)
    return OpenAIChatModel(model, provider=OpenAIProvider(openai_client=speaks))
