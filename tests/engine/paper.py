"""A remote provider on paper: its operations are files in a folder, so that it outlives the one who asked it.

A plain class that can be told to misbehave, not a stand-in for one of ours.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from reelwright.catalogue.model_row import Billed, FailureCharges
from reelwright.errors import ReelwrightError
from reelwright.providers.protocol import Absent, CannotTell, FoundOperation, Keep, Make, Output, Progress, Read
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import OwnWork
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation
from reelwright.units import Micros


class Paper:
    """``answers``: errors or states to give before the real ones, one for each send. ``polls``: looks until done.

    ``fails``: so many operations fail, for a reason that may pass where ``again``; each costs ``charges`` then.
    ``billed``: what is known to be billed of what brings nothing. ``bills``: what each operation is billed in
    micro-dollars, in their order; the last holds for all further ones.
    """

    name = "paper"
    resubmit: Literal["never", "free"] = "never"

    def __init__(
        self,
        folder: Path,
        *,
        micros: int | None = 400_000,
        polls: int = 2,
        finds: bool = True,
        answers: Sequence[ReelwrightError | OSError] = (),
        end: str = "succeeded",
        samples: int | None = None,
        cancels: Literal["cancelled", "asked", "too_late", "cannot"] = "cancelled",
        hold_submit: asyncio.Event | None = None,
        submit_s: float = 0.0,
        fails: int = 0,
        again: bool = True,
        charges: int | None = None,
        certainty: Any = "quoted",
        billed: Billed = "free",
        bills: Sequence[int] = (),
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.micros, self.polls, self.finds = folder, micros, polls, finds
        self.answers, self.end, self.samples, self.cancels = list(answers), end, samples, cancels
        self.submit_s = submit_s
        self.fails, self.again, self.charges, self.certainty = fails, again, charges, certainty
        self.billed, self.bills = billed, tuple(bills)
        self.unstaged: list[Any] = []
        self.hold_submit, self.submitting = hold_submit, asyncio.Event()
        self.polled = 0

    @property
    def log(self) -> Path:
        return self.folder / "submissions"

    @property
    def submissions(self) -> list[str]:
        """Prompts in the order in which they were accepted."""
        return [accepted["prompt"] for accepted in self._accepted().values()]

    def list_models(self) -> frozenset[str]:
        return frozenset({"paper/1"})

    def check(self, request: Request) -> None:
        return None

    def price(self, request: Request) -> Price:
        micros = None if self.micros is None else Micros(self.micros * request.samples)
        return Price(micros=micros, basis="a price list", catalogue=compute_digest("paper"), certainty=self.certainty)

    def get_failure_terms(self, model: str) -> FailureCharges:
        return FailureCharges(on_failure=self.billed, on_filter=self.billed, on_cancel=self.billed, source="itself")

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        texts = [b"".join([c async for c in read(digest)]).decode(errors="replace") for _, digest in inputs]
        text = f"take {request.prompt}" + "".join(f" after [{t}]" for t in texts)
        return {"purchase": purchase, "prompt": request.prompt, "text": text, "samples": request.samples}

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        self.submitting.set()
        if self.hold_submit:
            await self.hold_submit.wait()
        if self.answers:
            raise self.answers.pop(0)
        await asyncio.sleep(self.submit_s)
        operation = uuid4().hex
        self._accept({"operation": operation, **prepared})
        return Operation(id=operation)

    async def poll(self, operation: Operation) -> Progress:
        self.polled += 1
        prepared = self._accepted()[operation.id]
        if (self.folder / f"{operation.id}.cancelled").exists():
            return Progress(state="cancelled")
        if self.polled < self.polls:
            return Progress(state="running", fraction_done=self.polled / self.polls, poll_in_s=0.01)
        if list(self._accepted()).index(operation.id) < self.fails:
            return Progress(
                state="failed", message="out of memory over there", can_retry=self.again, bill=self._charged()
            )
        if self.end != "succeeded":
            return Progress(state=self.end, message=f"{self.end} over there")  # type: ignore[arg-type]
        bill = None if self.micros is None else self._bill(operation)
        count = self.samples or prepared["samples"]
        outputs = tuple(Output(sample=n, mime="text/plain", url=f"{operation.id}/{n}") for n in range(count))
        return Progress(state="succeeded", outputs=outputs, bill=bill)

    def _bill(self, operation: Operation) -> Price:
        if not self.bills:
            return self.price(Request(model="", mode="", prompt=""))
        number = list(self._accepted()).index(operation.id)
        micros = Micros(self.bills[min(number, len(self.bills) - 1)])
        return Price(micros=micros, basis="its bill", catalogue=compute_digest("paper"), certainty="reported")

    @property
    def total_micros(self) -> int:
        """What all operations are billed, by ``bills``."""
        return sum(self.bills[min(n, len(self.bills) - 1)] for n in range(len(self._accepted())))

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        prepared = self._accepted()[operation.id]
        yield prepared["text"].encode()
        if output.sample:
            yield f" sample {output.sample}".encode()

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        if self.cancels in ("cancelled", "asked"):
            (self.folder / f"{operation.id}.cancelled").touch()
        return self.cancels

    async def find(
        self, prepared: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        if not self.finds:
            return CannotTell()
        for operation, accepted in self._accepted().items():
            if accepted["purchase"] == purchase:
                return FoundOperation(operation=Operation(id=operation))
        return Absent()

    def read_webhook(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None

    async def unstage(self, staged: Sequence[Any]) -> None:
        self.unstaged += staged

    def _charged(self) -> Price | None:
        if self.charges is None:
            return None
        return Price(
            micros=Micros(self.charges), basis="the bill", catalogue=compute_digest("paper"), certainty="reported"
        )

    def _accepted(self) -> dict[str, Any]:
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return {said["operation"]: said for said in map(json.loads, lines)}

    def _accept(self, said: Mapping[str, Any]) -> None:
        """In one write: a provider of its own process would not die between accepting and knowing it."""
        line = json.dumps(said)
        handle = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(handle, f"{line}\n".encode())
        os.fsync(handle)
        os.close(handle)
