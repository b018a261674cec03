"""Language models that plan and write, sold by OpenAI, Anthropic and Google."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from reelwright.catalogue.models import model
from reelwright.errors import NotFound
from reelwright.net.http import Http
from reelwright.net.keys import Key, missing
from reelwright.providers.protocol import CannotTell, Keep, Make, Output, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.providers.wires.chat import ask, bill_of, installed, loaded, not_installed
from reelwright.providers.wires.conversation import conversation, most_tokens
from reelwright.reel.ledger import OwnWork
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request

ANSWER_S: Final = 180.0
"""How long an answer may take: a long plan of a thinking model."""
MIME: Final = "text/plain; charset=utf-8"


class Text(Sold):
    """One request is one purchase; its answer is kept before it is landed. Nobody lists what was asked.

    ``doors``: by the holder of the key (``openai``, ``anthropic``, ``google``), with the key's headers set.
    ``keys``: fingerprints by holder. A single ``Http`` serves every row: what a test or a proxy has.
    """

    name = "text"

    def __init__(self, doors: Mapping[str, Http] | Http, keys: Mapping[str, Key] | Key | None = None) -> None:
        self._doors = doors
        given = keys if isinstance(keys, Mapping) else {"": keys} if keys else {}
        self._keys = {holder: key.fingerprint for holder, key in given.items()}
        self.read_s = ANSWER_S

    def check(self, request: Request) -> None:
        """As the catalogue, and the libraries must be there: asked before anything is reserved."""
        super().check(request)
        if not installed():
            raise not_installed()

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """The whole conversation: what an earlier answer said stands in it, since it is small."""
        await loaded()  # not between what is recorded as being sent and its sending
        row = model(request.model)
        return {
            "holder": row.key,
            "model": row.sold_as,
            "row": row.id,
            "instructions": str(request.extra.get("instructions", "")),
            "said": await conversation(request, inputs, read),
            "most_tokens": most_tokens(request, row),
            "key": self._key(row.key),
            "waits_on_503": row.retry_on_503,
        }

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """One POST, whose answer is the text itself. Spends."""
        said = await ask(self._door(prepared["holder"]), prepared, self.read_s)
        asset = await keep(_once(said.text.encode()), MIME)
        output = Output(sample=0, mime=MIME, asset=asset, facts={"text": said.text, **said.facts})
        return Progress(state="succeeded", outputs=(output,), done=1.0, bill=bill_of(said, prepared["row"]))

    async def poll(self, operation: Operation) -> Progress:
        raise NotFound(f"a language model has no operation {operation.id}; it answers with the text itself")

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        raise NotFound(f"a language model keeps nothing to fetch for {operation.id}")

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        return "cannot"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> CannotTell:
        return CannotTell()

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None

    def _door(self, holder: str) -> Http:
        if isinstance(self._doors, Http):
            return self._doors
        if holder not in self._doors:
            raise missing(holder)
        return self._doors[holder]

    def _key(self, holder: str) -> str:
        return self._keys.get(holder, self._keys.get("", ""))


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
