"""Veo by long-running operations: on Vertex, and on the Gemini wire as a LiteLLM proxy passes it through."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from reelwright.catalogue.models import catalogue_digest, known
from reelwright.errors import BadInput, NotAccepted, NotFound, OutcomeUnknown, ReelwrightError, Refused, Unreachable
from reelwright.net.answer import Answer
from reelwright.net.closing import closing
from reelwright.net.google_token import GoogleToken, has_default_credentials
from reelwright.net.http import Http
from reelwright.net.keys import Key, Keys, missing
from reelwright.providers.families.assets import filled, looked_at, unread
from reelwright.providers.families.google_faults import Fault, read_fault, refusal, submit_error
from reelwright.providers.families.inline import Sieve, decoded, inline_number
from reelwright.providers.families.long_running import FILMS, body_of, check_wire, progress_of
from reelwright.providers.families.outputs import media_only
from reelwright.providers.families.shapes import name_of
from reelwright.providers.families.veo_wires import STORAGE, Passed, Vertex, is_removed_after_landing, storage_of
from reelwright.providers.protocol import CannotTell, Keep, Make, Output, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.reel.ledger import OwnWork
from reelwright.reel.money import Price
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.request import Input, Request
from reelwright.settings import Settings
from reelwright.units import Micros

MOST_BYTES: Final = 10 * 1024**2
"""Of one picture. Source: S0-55; Veo takes 20 MB at most, docs.cloud.google.com, read 2026-11-20."""
OUTPUT_CAP: Final = 2 * 1024**3
_ANSWER_CAP: Final = 4 * OUTPUT_CAP
"""Four films in base64 fit; none of them is held."""
_ERROR_CAP: Final = 1024**2


SERVED: Final = re.compile(r"(?!.*(?:\.\.|//))[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}")
"""A name that a proxy's owner made up, as it can stand in a path."""


class GeminiLongrunning(Sold):
    """A submission brings one to four films. There is no list, so nothing can be found after a lost answer.

    ``wire`` None: the Gemini wire as a proxy at the address of ``http`` passes it through.
    """

    name = "gemini_longrunning"
    read_s: float = 120.0

    def __init__(self, http: Http, key: Key | None = None, wire: Vertex | Passed | None = None) -> None:
        self._http, self._wire = http, wire or Passed.at(http.base)
        self._key = key.fingerprint if key else ""
        self._reads: dict[str, Read] = {}

    def check(self, request: Request) -> None:
        super().check(request)
        row = known(request.model)
        if row.profile != self._wire.profile:
            raise BadInput("model", request.model, f"one that is sold here by way of {self._wire.profile}")
        check_wire(request, self._wire.kind)
        if row.sold_as == "*" and not SERVED.fullmatch(str(request.extra.get("served", ""))):
            raise BadInput(
                "model", request.extra.get("served"), "the name of a model of the proxy: letters, digits, . _ : / @ -"
            )

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Also has a token made anew where it ends soon, so that the send does not wait for one."""
        row = known(request.model)
        pictures = await looked_at(inputs, read, MOST_BYTES)
        storage = self._wire.storage_for(request, purchase)
        await self._http.ready()
        self._reads[purchase] = read
        price = self.price(request)
        return {
            "purchase": purchase,
            "model": row.id,
            "path": self._wire.submit_path(str(request.extra["served"]) if row.sold_as == "*" else row.sold_as),
            "body": body_of(request, pictures, self._wire.kind, storage, purchase),
            "micros": price.micros,
            "samples": request.samples,
        }

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation:
        row = known(prepared["model"])
        try:
            body = await filled(prepared["body"], self._reads.pop(prepared["purchase"], unread))
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(f"nothing was sent to Google: its pictures cannot be read: {cause}") from cause
        told = self._wire.told(prepared["purchase"])
        answer = await self._http.send_once("POST", prepared["path"], json=body, headers=told, read_s=self.read_s)
        if answer.status != 200:
            fault = read_fault(answer.status, answer.headers, answer.body)
            raise submit_error(fault, retry_on_503=row.retry_on_503)
        name = _name(answer)
        if not name:
            raise OutcomeUnknown("Google took it on and answered with something that names no operation")
        facts = {"micros": prepared["micros"], "samples": prepared["samples"]}
        folder = prepared["body"]["parameters"].get("storageUri")
        if folder and isinstance(self._wire, Vertex) and self._wire.removes:
            facts |= {"removes": True, "folder": folder}
        return Operation(id=name, key=self._key, facts=facts)

    async def poll(self, operation: Operation) -> Progress:
        """Raises ``Refused`` where the key is refused, ``Unreachable`` where nothing was told."""
        method, path, body = self._wire.question(operation.id)
        sieve = Sieve(FILMS)
        async with self._http.asking(method, path, json=body, cap=_ANSWER_CAP) as answer:
            if answer.status != 200:
                said = await answer.short(_ERROR_CAP)
                return self._not_told(operation, read_fault(answer.status, answer.headers, said))
            try:
                async for part in answer.parts:
                    sieve.feed(part)
                told = sieve.rest()
            except ValueError as cause:
                raise Unreachable("Google answered a question with something that is no JSON") from cause
        if not isinstance(told, dict) or not isinstance(told.get("name"), str):
            raise Unreachable("Google answered a question with something that is no operation")
        progress = progress_of(told)
        return replace(progress, bill=_bill(operation, progress)) if progress.outputs else progress

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        where = str(output.url)
        if (number := inline_number(where)) is not None:
            return media_only(self._inline(operation, number), "video", "Google")
        return media_only(self._http.stream(self._wire.film(self._http.base, where), cap=OUTPUT_CAP), "video", "Google")

    async def cancel(self, operation: Operation) -> Literal["cannot"]:
        """Veo's operations cannot be stopped."""
        return "cannot"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> CannotTell:
        return CannotTell()

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output]) -> None:
        """Remove films from the folder of their own purchase, and nothing else. Raises ``Unreachable``."""
        folder = str(operation.facts.get("folder") or "")
        if not folder or not isinstance(self._wire, Vertex):
            return
        for where in (str(output.url) for output in outputs):
            if not where.startswith(folder):
                continue
            answer = await self._http.call("DELETE", self._wire.stored(self._http.base, where))
            if answer.status not in (200, 204, 404, 410):
                raise Unreachable(f"Google's storage answered the removal of a film with {answer.status}")

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None

    def _not_told(self, operation: Operation, fault: Fault) -> Progress:
        """What an error answer to a question means. What is not known may be another key's or project's."""
        if fault.status in (404, 410):
            same_key = not operation.key or operation.key == self._key
            if not self._wire.made(operation.id, same_key):
                raise Refused("another key or project made this", hint="set that again, or decide with `spend`")
            return Progress(state="lost", said=f"Google does not know it any more: {fault}")
        if fault.status in (401, 403):
            raise refusal(fault)
        raise Unreachable(f"Google did not tell how far it is: {fault}", after_s=fault.after_s)

    async def _inline(self, operation: Operation, number: int) -> AsyncIterator[bytes]:
        """A film that stands in the answer to a question: asked again, and decoded while it comes."""
        method, path, body = self._wire.question(operation.id)
        async with self._http.asking(method, path, json=body, cap=_ANSWER_CAP) as answer:
            if answer.status in (404, 410):
                raise NotFound("Google no longer has this output")
            if answer.status != 200:
                raise Unreachable(f"Google answered {answer.status} instead of its output")
            try:
                async with closing(decoded(answer.parts, FILMS, number)) as parts:
                    async for part in parts:
                        yield part
            except ValueError as cause:
                raise Unreachable(f"Google's output is no base64 or not there ({cause})") from cause


def open_on_vertex(settings: Settings, keys: Keys) -> tuple[GeminiLongrunning, Http]:
    """Veo on a project of one's own: ``GOOGLE_CLOUD_PROJECT``, ``GOOGLE_CLOUD_LOCATION``, and where films are laid.

    With ``GOOGLE_ACCESS_TOKEN``, or application default credentials (extra ``vertex``). Raises ``BadInput`` naming
    what is missing; talks to nobody yet.
    """
    key = keys.of("vertex")
    if key is None and not has_default_credentials(keys.environ):
        raise missing("vertex")
    project = keys.environ.get("GOOGLE_CLOUD_PROJECT", "").strip()
    if not project:
        raise BadInput("GOOGLE_CLOUD_PROJECT", None, "the id of your project on Google Cloud")
    wire = Vertex(
        project=project,
        location=keys.environ.get("GOOGLE_CLOUD_LOCATION", "").strip() or "us-central1",
        storage=storage_of(keys.environ.get("REELWRIGHT_VERTEX_STORAGE", "").strip()),
        removes=is_removed_after_landing(keys.environ.get("REELWRIGHT_VERTEX_STORAGE_AFTER_LANDING", "").strip()),
    )
    base = settings.base_urls.get("gemini_longrunning") or wire.base
    http = Http("vertex", base, auth=GoogleToken(key), hosts=(STORAGE,))
    return GeminiLongrunning(http, key, wire), http


def _name(answer: Answer) -> str:
    try:
        told = answer.json()
    except ValueError:
        return ""
    return name_of(told.get("name")) if isinstance(told, dict) else ""


def _bill(operation: Operation, progress: Progress) -> Price | None:
    """The price of the samples that came. Google tells none, and charges none that its filter took.

    Source: ai.google.dev/gemini-api/docs/veo, read 2026-11-20. Vertex's own pages do not say it.
    """
    micros, samples = operation.facts.get("micros"), operation.facts.get("samples")
    if not isinstance(micros, int) or not isinstance(samples, int) or samples < 1:
        return None
    came = min(len(progress.outputs), samples)
    return Price(
        micros=Micros(micros * came // samples),
        basis=f"{came} of {samples} samples; what the filter takes is not charged",
        catalogue=catalogue_digest("gemini_longrunning"),
        certainty="computed",
    )
