"""A provider that takes a key of ours: the caller names the work (PUT by id), and finds it by that name.

None of the wires that we sell has this, so that the crash matrix keeps a small one of its own: as Cog's own server has
it (``PUT /predictions/ID``), which its makers' public address does not offer. Adapter and fake in one file:

    python -m crash.keyed --bill FILE [--script FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from reelwright.catalogue.model_row import FailureCharges
from reelwright.errors import NotAccepted, NotFound, OutcomeUnknown, Refused, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.media_spec import MediaSpec, get_pixel_size
from reelwright.providers.fakes.remote import Work
from reelwright.providers.fakes.script import Behaviour, Kind, Script
from reelwright.providers.fakes.server import FakeServer
from reelwright.providers.fakes.wire import Call, Fake, Reply, make_json_reply
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, Output, Progress, Read
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.document import from_json
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation
from reelwright.units import Micros

MODEL = "keyed/1"
MICROS = 123_457
"""Of one clip: an odd price, so that a rounded one would show."""
_PATH = "/v1/works/"
_STATES: Mapping[str, Literal["queued", "running", "succeeded", "failed", "cancelled"]] = {
    name: name for name in ("queued", "running", "succeeded", "failed", "cancelled")
}
_CAP = 1 << 20


class Keyed:
    """The adapter. The purchase's id is the work's id there."""

    name = "keyed"
    resubmit: Literal["never", "free"] = "never"

    def __init__(self, http: HttpClient, key: Key) -> None:
        self._http, self._key = http, key.fingerprint

    def list_models(self) -> frozenset[str]:
        return frozenset({MODEL})

    def check(self, request: Request) -> None:
        return None

    def price(self, request: Request) -> Price:
        return Price(micros=Micros(MICROS), basis="a clip", catalogue=compute_digest("keyed"), certainty="computed")

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        size = get_pixel_size(request.aspect or "16:9", request.resolution or "720p")
        return {"purchase": purchase, "body": {"prompt": request.prompt, "ms": request.ms, "size": list(size)}}

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        answer = await self._http.send_once("PUT", _PATH + prepared["purchase"], json=prepared["body"], read_s=10)
        if answer.status == 429:
            raise NotAccepted("too many at once")
        if answer.status in (400, 401):
            raise Refused(f"refused with {answer.status}")
        if answer.status != 201 or answer.parse_json().get("id") != prepared["purchase"]:
            raise OutcomeUnknown(f"answered {answer.status}")
        return self._operation(prepared["purchase"])

    async def poll(self, operation: Operation) -> Progress:
        told = (await self._asked(operation.id)).parse_json()
        outputs = (Output(sample=0, mime="video/mp4"),) if told["state"] == "succeeded" else ()
        bill = Price(
            micros=Micros(told["micros"]), basis="as billed", catalogue=compute_digest("keyed"), certainty="reported"
        )
        over = told["state"] not in ("queued", "running")
        return Progress(
            state=_STATES[told["state"]], outputs=outputs, poll_in_s=0.02, bill=bill if over else None
        )  # fmt: skip

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        async for part in self._http.stream(f"{self._http.base}{_PATH}{operation.id}/content", cap=_CAP):
            yield part

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        answer = await self._http.send_free("DELETE", _PATH + operation.id)
        return "cancelled" if answer.status == 204 else "too_late"

    async def find(
        self, prepared: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """By its name: what is not there under it was never taken on."""
        try:
            await self._asked(purchase)
        except NotFound:
            return Absent()
        return FoundOperation(operation=self._operation(purchase))

    def get_failure_terms(self, model: str) -> FailureCharges:
        return FailureCharges(
            on_failure="free", on_filter="free", on_cancel="free", source="its fake, which tells what it bills"
        )

    async def unstage(self, staged: Sequence[Any]) -> None:
        return None

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None

    async def _asked(self, name: str) -> Any:
        answer = await self._http.get(_PATH + name)
        if answer.status == 404:
            raise NotFound(name)
        if answer.status != 200:
            raise Unreachable(f"answered {answer.status}")
        return answer

    def _operation(self, name: str) -> Operation:
        return Operation(id=name, key=self._key)


class FakeKeyed(Fake):
    """The same name twice is the same work, billed once."""

    name = "keyed"

    def identify_kind(self, call: Call) -> Kind:
        if call.path.endswith("/content"):
            return "fetch"
        kinds: dict[str, Kind] = {"PUT": "submit", "GET": "poll", "DELETE": "cancel"}
        return kinds.get(call.method, "other")

    async def answer(self, call: Call, met: tuple[Behaviour, ...]) -> Reply:
        name = call.path.removeprefix(_PATH).partition("/")[0]
        if call.kind == "submit":
            return make_json_reply(self._told(self.remote.get(name) or self._take_on(call, name, met), "queued"), 201)
        work = self.remote.get(name)
        if work is None:
            return self.make_error(404, "no such work")
        if call.kind == "fetch":
            return Reply(body=await self.remote.get_output(work, 0), headers={"content-type": "video/mp4"})
        if call.kind == "cancel":
            return Reply(status=204, headers={}) if self.remote.cancel(work) else self.make_error(409, "it is over")
        return make_json_reply(self._told(work, await self.remote.get_state(work)))

    def make_error(self, code: int, said: str) -> Reply:
        return make_json_reply({"error": said}, code)

    def _take_on(self, call: Call, name: str, met: tuple[Behaviour, ...]) -> Work:
        body = call.parse_json()
        asked = MediaSpec(
            provider=self.name,
            model=MODEL,
            kind="video",
            prompt=body["prompt"],
            ms=body["ms"],
            size=tuple(body["size"]),
        )
        return self.remote.accept(asked, MICROS, (30.0, 60.0), met, id_=name, payer=call.payer)

    def _told(self, work: Work, state: str) -> dict[str, Any]:
        return {"id": work.id, "state": state, "micros": 0 if work.is_cancelled else work.micros}


async def served(fake: type[Fake], bill: Path, script: Path | None) -> None:
    """Serve it until the process ends; its address is the first line that it prints."""
    said = from_json(Script, script.read_bytes(), str(script)) if script else Script()
    async with FakeServer(fake(Bill(bill), said)) as server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--bill", type=Path, required=True)
    parser.add_argument("--script", type=Path)
    told = parser.parse_args()
    asyncio.run(served(FakeKeyed, told.bill, told.script))
