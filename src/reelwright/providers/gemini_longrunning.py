"""Adapter of Veo by long-running operations: on Vertex, and on the Gemini wire through a LiteLLM proxy."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from reelwright.catalogue.models import compute_catalogue_digest, find_model
from reelwright.errors import BadInput, NotAccepted, NotFound, OutcomeUnknown, ReelwrightError, Unreachable
from reelwright.net.closing import ensure_closed
from reelwright.net.google_token import GoogleToken, has_default_credentials
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Key, Keys, build_missing_key_error
from reelwright.net.redact import redact_line
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.families.assets import embed_base64, inspect_pictures, refuse_read
from reelwright.providers.families.film_storage import check_film_storage, list_films
from reelwright.providers.families.google_faults import Fault, make_refusal, make_submit_error, parse_fault
from reelwright.providers.families.inline import InlineExtractor, decode_value, parse_inline_index
from reelwright.providers.families.long_running import FILM_MEMBERS, build_body, check_wire, parse_progress
from reelwright.providers.families.outputs import require_media
from reelwright.providers.families.shapes import as_name
from reelwright.providers.families.veo_wires import (
    STORAGE,
    PassThroughProxy,
    PollRequest,
    Vertex,
    parse_after_landing,
    parse_storage,
)
from reelwright.providers.policy import MAX_ERROR_BYTES, MAX_FILM_BYTES, MAX_GEMINI_ANSWER_BYTES
from reelwright.providers.protocol import Keep, Make, Output, Progress, Read
from reelwright.providers.wires.answers import build_other_key_error, build_poll_error
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.money import Price
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import GEMINI_ANSWER_S
from reelwright.settings import Settings
from reelwright.units import Micros

MOST_BYTES: Final = 10 * 1024**2
"""The largest picture. Source: S0-55; Veo accepts 20 MB at most, docs.cloud.google.com, read 2026-11-20."""
_PLACE: Final = re.compile(r"^projects/[^/]+/locations/[^/]+/(?=operations/)")


SERVED: Final = re.compile(r"(?!.*(?:\.\.|//))[A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}")
"""Model names that the owner of a proxy may choose, restricted to what can stand in a path."""


class GeminiLongrunning(CatalogueProvider):
    """Adapter of Veo, on Vertex or behind a proxy. A submission delivers one to four films. Without a list, a lost
    answer cannot be found.

    ``wire`` None: the Gemini wire of a proxy at the address of ``http``.
    """

    name = "gemini_longrunning"
    read_s: float = GEMINI_ANSWER_S

    def __init__(self, http: HttpClient, key: Key | None = None, wire: Vertex | PassThroughProxy | None = None) -> None:
        self._http, self._wire = http, wire or PassThroughProxy.from_address(http.base)
        self._key = key.fingerprint if key else ""
        self._reads: dict[str, Read] = {}

    def check(self, request: Request) -> None:
        """Raise ``BadInput`` unless the catalogue, this API (Vertex's or Gemini's) and the proxy's model name accept
        the request.
        """
        super().check(request)
        row = find_model(request.model)
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
        """Build the request that ``submit`` sends, and refresh an access token that ends soon. Never bills."""
        row = find_model(request.model)
        pictures = await inspect_pictures(inputs, read, MOST_BYTES)
        storage = self._wire.choose_folder(request, purchase)
        await self._http.prepare_auth()
        self._reads[purchase] = read
        price = self.price(request)
        sold_as = str(request.extra["served"]) if row.sold_as == "*" else row.sold_as
        return {
            "purchase": purchase,
            "model": row.id,
            "model_name": self._wire.name_model(sold_as),
            "path": self._wire.build_submit_path(sold_as),
            "body": build_body(request, pictures, self._wire.kind, storage, purchase),
            "micros": price.micros,
            "samples": request.samples,
        }

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation:
        """Send one paid POST and return the operation that it starts; may spend. The operation's facts hold the price,
        the samples, and the folder to be cleared.
        """
        row = find_model(prepared_request["model"])
        try:
            body = await embed_base64(
                prepared_request["body"], self._reads.pop(prepared_request["purchase"], refuse_read)
            )
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(code="nothing_sent_inputs_unreadable", provider="Google", cause=cause) from cause
        headers = self._wire.build_headers(prepared_request["purchase"])
        answer = await self._http.send_once(
            "POST", prepared_request["path"], json=body, headers=headers, read_s=self.read_s
        )
        if answer.status != 200:
            fault = parse_fault(answer.status, answer.headers, answer.body)
            raise make_submit_error(fault, retry_on_503=row.can_retry_on_503)
        name = _parse_name(answer)
        if not name:
            raise OutcomeUnknown(code="answer_without_id", provider="Google")
        # the project may stand there by its number; which model's operation it is, the request says
        full_name = self._wire.resolve_name(_PLACE.sub("", name), prepared_request["model_name"])
        if not full_name:  # followed, it would be asked for at an address that is not its own
            raise OutcomeUnknown(code="answer_not_understood", provider="Google", fault=redact_line(name))
        facts = {"micros": prepared_request["micros"], "samples": prepared_request["samples"]}
        folder = prepared_request["body"]["parameters"].get("storageUri")
        if folder and isinstance(self._wire, Vertex) and self._wire.after_landing != "keep":
            facts |= {"folder": folder, "stays": True, "removes": self._wire.after_landing == "remove"}
        return Operation(id=full_name, key=self._key, facts=facts)

    async def poll(self, operation: Operation) -> Progress:
        """Ask Google once for the state of an operation; never bills.

        Raises ``Refused`` if the key is refused, ``Unreachable`` if the answer does not describe the operation.
        """
        method, path, body = self._build_poll(operation)
        sieve = InlineExtractor(FILM_MEMBERS)
        async with self._http.stream_response(method, path, json=body, cap=MAX_GEMINI_ANSWER_BYTES) as answer:
            if answer.status != 200:
                error_body = await answer.read_start(MAX_ERROR_BYTES)
                return self._read_poll_error(operation, parse_fault(answer.status, answer.headers, error_body))
            try:
                async for part in answer.parts:
                    sieve.feed(part)
                response = sieve.parse_rest()
            except ValueError as cause:
                raise Unreachable(code="answer_not_json", provider="Google") from cause
        if not isinstance(response, dict) or not isinstance(response.get("name"), str):
            raise Unreachable(code="answer_not_understood", provider="Google", fault="")
        progress = parse_progress(response)
        return replace(progress, bill=_compute_bill(operation, progress)) if progress.outputs else progress

    def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream a film of an operation, from storage or from the response that holds it."""
        where = str(output.url)
        if (number := parse_inline_index(where)) is not None:
            return require_media(self._stream_inline(operation, number), "video", "Google")
        return require_media(
            self._http.stream(self._wire.build_film_url(self._http.base, where), cap=MAX_FILM_BYTES), "video", "Google"
        )

    async def remove_outputs(self, operation: Operation, outputs: Sequence[Output] | None) -> None:
        """Delete films from Cloud Storage, in the folder of their own purchase alone; ``outputs`` None: all that lie
        there. Raises ``Unreachable``.
        """
        folder = str(operation.facts.get("folder") or "")
        if not folder or not isinstance(self._wire, Vertex):
            return
        is_all = outputs is None
        places = await list_films(self._http, self._wire, folder) if is_all else [str(one.url) for one in outputs or ()]
        for where in places:
            if not where.startswith(folder):
                continue
            answer = await self._http.send_free("DELETE", self._wire.build_object_url(self._http.base, where))
            if answer.status not in (200, 204, 404, 410):
                fault = f"status {answer.status}"
                raise Unreachable(code="removal_refused", provider="Google's storage", fault=fault)

    async def check_storage(self) -> None:
        """Write, read and delete a small object where the films of Vertex go. Free. Raises ``Unreachable``."""
        if isinstance(self._wire, Vertex) and self._wire.storage:
            await check_film_storage(self._http, self._wire)

    def resolve_operation(self, model: str, name: str) -> str:
        """Return the full name of an operation of ``model`` that is given in full or by its last part. Raises
        ``BadInput``.
        """
        if full_name := self._wire.resolve_name(name, ""):  # its model may have left the catalogue
            return full_name
        row = find_model(model)
        full_name = self._wire.resolve_name(name, "" if row.sold_as == "*" else self._wire.name_model(row.sold_as))
        if full_name:
            return full_name
        example = f"{self._wire.name_model('MODEL')}/operations/ID"
        raise BadInput("operation", name, f"the operation's full name, such as {example}, or its last part, ID")

    def _build_poll(self, operation: Operation) -> PollRequest:
        """Return the request for the state of an operation. Raises ``NotFound`` for a name that is no address, as an
        earlier release may have stored one.
        """
        if not self._wire.is_full_name(operation.id):
            raise NotFound(code="operation_not_kept", provider="Google", operation=operation.id)
        return self._wire.build_poll(operation.id)

    def _read_poll_error(self, operation: Operation, fault: Fault) -> Progress:
        """Return or raise what an error answer to a poll means.

        An unknown operation may belong to another key or project.
        """
        if fault.status in (404, 410):
            is_same_key = not operation.key or operation.key == self._key
            if not self._wire.may_have_made(operation.id, is_same_key):
                raise build_other_key_error("Google")
            return Progress(state="lost", message=f"Google does not know it any more: {fault}")
        if fault.status in (401, 403):
            raise make_refusal(fault)
        raise build_poll_error("Google", fault.status, fault, fault.after_s)

    async def _stream_inline(self, operation: Operation, number: int) -> AsyncIterator[bytes]:
        """Poll again, and decode the film that stands in the answer while it streams."""
        method, path, body = self._build_poll(operation)
        async with self._http.stream_response(method, path, json=body, cap=MAX_GEMINI_ANSWER_BYTES) as answer:
            if answer.status in (404, 410):
                raise NotFound(code="output_gone", provider="Google", status=answer.status)
            if answer.status != 200:
                fault = f"status {answer.status}"
                raise Unreachable(code="output_not_served", provider="Google", fault=fault)
            try:
                async with ensure_closed(decode_value(answer.parts, FILM_MEMBERS, number)) as parts:
                    async for part in parts:
                        yield part
            except ValueError as cause:
                raise Unreachable(code="output_missing", provider="Google", cause=cause) from cause


def open_on_vertex(settings: Settings, keys: Keys) -> tuple[GeminiLongrunning, HttpClient]:
    """Build the adapter of Veo for the user's Google Cloud project, and its HTTP client. Connects to nothing yet.

    Reads ``GOOGLE_CLOUD_PROJECT``, ``GOOGLE_CLOUD_LOCATION`` and the storage for films, and authenticates with
    ``GOOGLE_ACCESS_TOKEN`` or application default credentials (extra ``vertex``). Raises ``BadInput`` naming what is
    missing.
    """
    key = keys.find("vertex")
    if key is None and not has_default_credentials(keys.environ):
        raise build_missing_key_error("vertex")
    project = keys.environ.get("GOOGLE_CLOUD_PROJECT", "").strip()
    if not project:
        raise BadInput("GOOGLE_CLOUD_PROJECT", None, "the id of your project on Google Cloud")
    wire = Vertex(
        project=project,
        location=keys.environ.get("GOOGLE_CLOUD_LOCATION", "").strip() or "us-central1",
        storage=parse_storage(keys.environ.get("REELWRIGHT_VERTEX_STORAGE", "").strip()),
        after_landing=parse_after_landing(keys.environ.get("REELWRIGHT_VERTEX_STORAGE_AFTER_LANDING", "").strip()),
    )
    base = settings.base_urls.get("gemini_longrunning") or wire.base
    http = HttpClient("vertex", base, auth=GoogleToken(key), hosts=(STORAGE,))
    return GeminiLongrunning(http, key, wire), http


def _parse_name(answer: HttpResponse) -> str:
    try:
        response = answer.parse_json()
    except ValueError:
        return ""
    return as_name(response.get("name")) if isinstance(response, dict) else ""


def _compute_bill(operation: Operation, progress: Progress) -> Price | None:
    """Return the price of the samples that came. Google states none, and does not charge filtered samples.

    Source: ai.google.dev/gemini-api/docs/veo, read 2026-11-20. Vertex's own pages do not say it.
    """
    micros, samples = operation.facts.get("micros"), operation.facts.get("samples")
    if not isinstance(micros, int) or not isinstance(samples, int) or samples < 1:
        return None
    came = min(len(progress.outputs), samples)
    return Price(
        micros=Micros(micros * came // samples),
        basis=f"{came} of {samples} samples; what the filter takes is not charged",
        catalogue=compute_catalogue_digest("gemini_longrunning"),
        certainty="computed",
    )
