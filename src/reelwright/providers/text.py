"""Language models for planning and writing, sold by OpenAI, Anthropic and Google."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from reelwright.catalogue.models import get_sold_model
from reelwright.errors import NotFound
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key, build_missing_key_error
from reelwright.providers.catalogue_provider import CatalogueProvider, yield_bytes
from reelwright.providers.protocol import Keep, Make, Output, Progress, Read
from reelwright.providers.wires.chat import ask, compute_bill, is_installed, load_libraries, make_not_installed_error
from reelwright.providers.wires.conversation import get_max_tokens, read_conversation
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import TEXT_ANSWER_S

MIME: Final = "text/plain; charset=utf-8"


class Text(CatalogueProvider):
    """Adapter of the language models of OpenAI, Anthropic and Google. Each request is one purchase; its answer is
    stored before it lands. There is no list.

    ``clients``: by the holder of the key (``openai``, ``anthropic``, ``google``), with the key's headers set.
    ``keys``: fingerprints by holder. A single ``HttpClient`` serves every model, for tests and proxies.
    """

    name = "text"

    def __init__(
        self, clients: Mapping[str, HttpClient] | HttpClient, keys: Mapping[str, Key] | Key | None = None
    ) -> None:
        self._doors = clients
        given = keys if isinstance(keys, Mapping) else {"": keys} if keys else {}
        self._keys = {holder: key.fingerprint for holder, key in given.items()}
        self.read_s = TEXT_ANSWER_S

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` unless the catalogue accepts the request and the libraries for language models are
        installed.

        Runs before anything is reserved.
        """
        super().check(request)
        if not is_installed():
            raise make_not_installed_error()

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Build the request that ``submit`` sends, with its conversation as texts; an earlier answer is cut at
        ``MAX_PREVIOUS_ANSWER_BYTES``.
        """
        await load_libraries()  # now, so that no import delays the send once it is recorded
        row = get_sold_model(request.model)
        return {
            "holder": row.key,
            "model": row.sold_as,
            "row": row.id,
            "instructions": str(request.extra.get("instructions", "")),
            "said": await read_conversation(request, inputs, read),
            "most_tokens": get_max_tokens(request, row),
            "key": self._get_key(row.key),
            "waits_on_503": row.can_retry_on_503,
        }

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one paid POST, and store the text in its answer before returning; spends."""
        answer = await ask(self._get_client(prepared_request["holder"]), prepared_request, self.read_s)
        asset = await keep(yield_bytes(answer.text.encode()), MIME)
        output = Output(sample=0, mime=MIME, asset=asset, facts={"text": answer.text, **answer.facts})
        return Progress(
            state="succeeded", outputs=(output,), fraction_done=1.0, bill=compute_bill(answer, prepared_request["row"])
        )

    async def poll(self, operation: Operation) -> Progress:
        """Raise ``NotFound``: the answer to ``submit`` is the result, so there is nothing to poll."""
        raise NotFound(code="operation_not_kept", provider="a language model", operation=operation.id)

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Raise ``NotFound``: ``submit`` has stored the result, so there is nothing to fetch."""
        raise NotFound(code="output_not_kept", provider="a language model", operation=operation.id)

    def _get_client(self, holder: str) -> HttpClient:
        if isinstance(self._doors, HttpClient):
            return self._doors
        if holder not in self._doors:
            raise build_missing_key_error(holder)
        return self._doors[holder]

    def _get_key(self, holder: str) -> str:
        return self._keys.get(holder, self._keys.get("", ""))
