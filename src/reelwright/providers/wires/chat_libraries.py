"""The language libraries themselves, imported only when one is needed. Their clients are built never to retry."""

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
from reelwright.net.redact import redact_line
from reelwright.providers.wires.chat_answer import ChatAnswer
from reelwright.providers.wires.one_post import OnePost

PLACEHOLDER_KEY: Final = "set-by-our-own-door"
"""Key that the libraries get. The real key is added by our own HTTP client, and they never see it."""
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
"""Errors of a library for an answer that it cannot read, and errors of our HTTP client that pass through it."""


async def ask(post: OnePost, base: str, prepared_request: Mapping[str, Any], name: str) -> ChatAnswer:
    """Send one question to a language model through ``post``, and return its answer; spends. Raises ``NotAccepted``,
    ``Refused``, ``OutcomeUnknown``.
    """
    async with httpx2.AsyncClient(transport=post, trust_env=False, follow_redirects=False, timeout=None) as client:
        model = _build_model(prepared_request["holder"], prepared_request["model"], base, client)
        settings = ModelSettings(max_tokens=prepared_request["most_tokens"])
        try:
            answer = await model_request(model, _build_messages(prepared_request), model_settings=settings)
        except _FAILED as error:
            raise _choose_error(post, error, name) from error
    joined = "".join(
        part.content for part in answer.parts if isinstance(part, TextPart) and isinstance(part.content, str)
    )
    text = joined.encode("utf-8", "replace").decode()  # JSON may spell halves of characters
    if not text.strip():
        raise _make_empty_answer_error(answer, name)
    facts = {"tokens_in": answer.usage.input_tokens, "tokens_out": answer.usage.output_tokens}
    return ChatAnswer(text=text, tokens=(answer.usage.input_tokens, answer.usage.output_tokens), facts=facts)


def _choose_error(post: OnePost, error: Exception, name: str) -> ProviderError:
    """Choose the error of a failed request: what really happened on the wire, not what a library makes of it."""
    if post.error is not None:
        return post.error
    if not post.has_sent:
        return Refused(code="request_unsendable", provider=name, cause=redact_line(str(error)))
    return OutcomeUnknown(code="answer_not_understood", provider=name, fault=redact_line(str(error)))


def _make_empty_answer_error(answer: ModelResponse, name: str) -> ProviderError:
    """Return the error for an empty answer: it was made and billed, so a person decides."""
    fault = answer.finish_reason or ""
    return OutcomeUnknown(code="answer_without_result", provider=name, fault=fault, hint="it may have been billed")


def _build_messages(prepared_request: Mapping[str, Any]) -> list[ModelMessage]:
    instructions = prepared_request["instructions"]
    messages: list[ModelMessage] = []
    for who, text in prepared_request["said"]:
        if who == "assistant":
            messages.append(ModelResponse(parts=[TextPart(content=text)]))
            continue
        parts: list[Any] = [UserPromptPart(content=text)]
        if instructions and not messages:
            parts.insert(0, SystemPromptPart(content=instructions))
        messages.append(ModelRequest(parts=parts))
    return messages


def _build_model(holder: str, model: str, base: str, client: httpx2.AsyncClient) -> Model:
    if holder == "anthropic":
        from anthropic import AsyncAnthropic
        from pydantic_ai.models.anthropic import AnthropicModel
        from pydantic_ai.providers.anthropic import AnthropicProvider

        maker = AsyncAnthropic(api_key=PLACEHOLDER_KEY, base_url=base, max_retries=0, http_client=client)
        return AnthropicModel(model, provider=AnthropicProvider(anthropic_client=maker))
    if holder == "google":
        from google.genai.types import HttpRetryOptions
        from pydantic_ai.models.google import GoogleModel
        from pydantic_ai.providers.google import GoogleProvider

        once = HttpRetryOptions(attempts=1)
        provider = GoogleProvider(api_key=PLACEHOLDER_KEY, base_url=base, http_client=client, retry_options=once)
        return GoogleModel(model, provider=provider)
    from openai import AsyncOpenAI
    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.providers.openai import OpenAIProvider

    versioned = base if urlsplit(base).path.rstrip("/").endswith("/v1") else f"{base.rstrip('/')}/v1"
    client_for_openai = AsyncOpenAI(api_key=PLACEHOLDER_KEY, base_url=versioned, max_retries=0, http_client=client)
    return OpenAIChatModel(model, provider=OpenAIProvider(openai_client=client_for_openai))
