"""Adapter of servers that speak ``/v1/videos``: OpenAI's own wire, LiteLLM's proxy, vLLM-Omni and SGLang."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal

from reelwright.catalogue.models import get_sold_model
from reelwright.errors import (
    BadInput,
    NotAccepted,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    ReelwrightError,
    Unreachable,
)
from reelwright.net.closing import ensure_closed
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Key
from reelwright.providers.catalogue_provider import CatalogueProvider
from reelwright.providers.families.assets import inspect_pictures, refuse_read
from reelwright.providers.families.data_uris import read_bytes
from reelwright.providers.families.list_search import ListEntry, ListSearch
from reelwright.providers.families.operation_paths import quote_operation_id
from reelwright.providers.families.outputs import require_media
from reelwright.providers.families.shapes import as_name
from reelwright.providers.families.video_faults import (
    is_policy,
    make_poll_error,
    make_submit_error,
    parse_fault,
)
from reelwright.providers.families.videos_wire import ListRow, build_submission, match, parse_page, parse_progress
from reelwright.providers.policy import (
    CONTENT_ERRORS_BEFORE_FETCH,
    MAX_FILM_BYTES,
    MAX_PICTURE_BYTES,
    OPENAI_VIDEOS_PAGES,
)
from reelwright.providers.protocol import (
    Absent,
    CannotTell,
    FoundOperation,
    Keep,
    Make,
    Match,
    Output,
    PossibleMatches,
    Progress,
    Read,
)
from reelwright.providers.wires.answers import check_same_key
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import MissingSample
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.records.ledger import ListedWork, OwnWork
from reelwright.reel.records.operation import Operation
from reelwright.send_and_answer_waits import LISTED_AFTER, OPENAI_VIDEOS_ANSWER_S

_KEY: Final = "LITELLM_API_KEY"
_PAGE: Final = 100
_WIRE: Final = "profile"
"""Key among an operation's facts: which of the wires its model speaks."""
_OWN: Final = ("vllm_omni", "sglang")
"""Wires of servers that the user runs: failed work cost nothing there."""


class OpenaiVideos(CatalogueProvider):
    """Adapter of servers with OpenAI's ``/v1/videos`` API: OpenAI, LiteLLM, vLLM-Omni and SGLang. The model's row in
    the catalogue says which wire it speaks (``profile``).
    """

    name = "openai_videos"
    has_list = True
    read_s = OPENAI_VIDEOS_ANSWER_S

    def __init__(self, http: HttpClient, key: Key | None = None, listed_after: timedelta = LISTED_AFTER) -> None:
        self._http, self._key = http, key.fingerprint if key else ""
        self._listed_after = listed_after
        self._path = f"{_root(http.base)}/v1/videos"
        self._reads: dict[str, Read] = {}
        self._ours: dict[str, str] = {}
        self._deleted: set[str] = set()
        self._without_content: dict[str, int] = {}

    async def prepare(
        self, request: Request, inputs: Sequence[tuple[Input, Digest]], purchase: str, read: Read
    ) -> Mapping[str, Any]:
        """Build the request that ``submit`` sends, with at most one picture, because the API has one field for it.
        Never bills.
        """
        pictures = await inspect_pictures(inputs, read, MAX_PICTURE_BYTES)
        if len(pictures) > 1:
            raise BadInput("inputs", len(pictures), "one first frame: this wire takes no more")
        row = get_sold_model(request.model)
        self._reads = {purchase: read, **dict(list(self._reads.items())[:63])}
        submission = build_submission(request, row, pictures[0] if pictures else None)
        return {
            "purchase": purchase,
            "profile": row.profile,
            "retry_on_503": row.can_retry_on_503,
            # the journal stores these keys: they stay when a field is renamed
            "fields": dict(submission.fields),
            "picture": None if submission.picture is None else dict(submission.picture),
            "as_json": submission.is_json,
        }

    async def submit(self, prepared_request: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """Send one paid POST and return the video that it starts as an operation; may spend."""
        try:
            body = await self._build_body(prepared_request)
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(code="nothing_sent_inputs_unreadable", provider=self._label, cause=cause) from cause
        answer = await self._http.send_once("POST", self._path, read_s=self.read_s, **body)
        if answer.status not in (200, 201, 202):
            raise make_submit_error(
                self._label, parse_fault(answer), retry_on_503=prepared_request["retry_on_503"], key=self._holder
            )
        try:
            video = answer.parse_json()
        except ValueError as cause:
            raise OutcomeUnknown(code="answer_not_json", provider=self._label) from cause
        found = as_name(video.get("id")) if isinstance(video, Mapping) else ""
        if not found:
            raise OutcomeUnknown(code="answer_without_id", provider=self._label)
        self._ours.setdefault(found, str(prepared_request["purchase"]))  # a second answer with it is not believed
        return self._operation(found, prepared_request)

    async def _build_body(self, prepared_request: Mapping[str, Any]) -> dict[str, Any]:
        """Build the body as JSON or as a form. The form is multipart even without a picture."""
        fields = prepared_request["fields"]
        if prepared_request["as_json"]:
            return {"json": fields}
        files: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items()]
        if picture := prepared_request["picture"]:
            data = await read_bytes(picture["$asset"], self._reads.pop(prepared_request["purchase"], refuse_read))
            ending = picture["mime"].partition("/")[2].replace("jpeg", "jpg")
            # a name of ours: one of these servers joins it to a path of its own
            files.append(("input_reference", (f"input.{ending}", data, picture["mime"])))
        return {"files": files}

    async def poll(self, operation: Operation) -> Progress:
        """Ask the server once for the state of a video; never bills. A server that restarted may have forgotten it:
        that is ``lost``.

        LiteLLM's ``completed`` is believed only if the content is there: the proxy also says it of failures.
        """
        if operation.id in self._deleted:
            return Progress(state="cancelled", message="deleted there, as asked")
        check_same_key(self._label, operation.key, self._key, self._holder)
        answer = await self._http.get(self._build_path(operation))
        if answer.status in (404, 410):
            return Progress(state="lost", message=f"{self._label} does not know {operation.id[:60]} any more")
        progress = parse_progress(self._read_object(answer))
        if progress.state == "succeeded" and _is_litellm(operation):
            return await self._check_content(operation, progress)
        return replace(progress, can_retry=progress.state == "failed" and operation.facts.get(_WIRE) in _OWN)

    async def _check_content(self, operation: Operation, progress: Progress) -> Progress:
        try:
            parts = self.fetch(operation, progress.outputs[0])
            await anext(parts)
            await parts.aclose()  # type: ignore[attr-defined]
        except (NotFound, StopAsyncIteration):
            return progress  # expired, or empty: landing it says so
        except ProviderError:
            answer = await self._http.get(f"{self._build_path(operation)}/content")
            if answer.status != 500:
                raise
            return self._read_content_error(operation, answer, progress)
        return progress

    def _read_content_error(self, operation: Operation, answer: HttpResponse, progress: Progress) -> Progress:
        """Read the error that LiteLLM answers instead of a completed video's content.

        The proxy says ``completed`` of filtered and failed videos, and only here tells that nothing came. An error
        without such words is no failure: the video is fetched for as long as it is due.
        """
        fault = parse_fault(answer)
        if "No response data" not in fault.message and not is_policy(fault.message):
            seen = self._without_content.get(operation.id, 0) + 1
            self._without_content[operation.id] = seen
            if seen < CONTENT_ERRORS_BEFORE_FETCH:
                raise Unreachable(code="output_not_served", provider=self._label, fault=fault)
            return progress
        message = f"completed without a video: filtered, or failed; the proxy does not say which ({fault})"
        return Progress(
            state="refused", missing=(MissingSample(sample=0, reason="filtered", message=message),), message=message
        )

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        """Stream the bytes of a finished video."""
        url = f"{self._build_path(operation)}/content"
        stream = self._http.stream(url, cap=MAX_FILM_BYTES)
        async with ensure_closed(require_media(stream, "video", self._label)) as parts:
            async for part in parts:
                yield part

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Cancel a video of vLLM-Omni by deleting it; return ``cannot`` for any other server. SGLang would compute on;
        the others have no such call.
        """
        if operation.facts.get(_WIRE) != "vllm_omni":
            return "cannot"
        answer = await self._http.get(self._build_path(operation))
        if answer.status == 404 or parse_progress(self._read_object(answer)).state not in ("queued", "running"):
            return "too_late"
        answer = await self._http.send_free("DELETE", self._build_path(operation))
        if answer.status not in (200, 204):
            return "too_late"
        self._deleted.add(operation.id)
        return "cancelled"

    async def delete(self, operation: Operation) -> None:
        """Delete a video, whatever its server makes of that; it counts as cancelled from then on. Never bills."""
        await self._http.send_free("DELETE", self._build_path(operation))
        self._deleted.add(operation.id)

    async def find(
        self, prepared_request: Mapping[str, Any], purchase: str, own: OwnWork
    ) -> FoundOperation | Absent | CannotTell:
        """Look in the server's list for a purchase whose answer was lost. LiteLLM does not list the work that it passes
        on.

        An answer that this process received is known, even if recording it failed.
        """
        if answered := [
            found for found, whose in self._ours.items() if whose == purchase and found not in own.claimed_ids
        ]:
            return FoundOperation(operation=self._operation(answered[-1], prepared_request))
        if prepared_request["profile"] == "litellm":
            return CannotTell()
        search = ListSearch(own, self._ours)
        after = ""
        for _ in range(OPENAI_VIDEOS_PAGES):
            try:
                rows, more = parse_page(self._read_object(await self._page(after)))
            except (ValueError, ProviderError):
                return CannotTell()
            reads_on = search.add(_to_list_entry(row, prepared_request) for row in rows)
            if not reads_on or not more or not rows:
                found = search.answer(
                    lambda id_: self._operation(id_, prepared_request), self._listed_after.total_seconds()
                )
                return await self._confirm(found)
            after = rows[-1].id
        return CannotTell()

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """List the server's videos that no purchase of ours claims, the newest first."""
        search = ListSearch(own, self._ours)
        after = ""
        for _ in range(OPENAI_VIDEOS_PAGES):
            try:
                rows, more = parse_page(self._read_object(await self._page(after)))
            except ValueError as cause:
                raise Unreachable(code="answer_not_understood", provider=self._label, fault="") from cause
            if not search.add_work(_to_listed_work(row) for row in rows) or not more or not rows:
                break
            after = rows[-1].id
        return search.list_unclaimed_work()

    def compare(self, prepared_request: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        """Compare a listed video with a prepared request: same, possible, or other."""
        at = None if work.made_at is None else work.made_at.timestamp()
        return match(
            ListRow(id=work.id, at=at, fields=work.echoed_request),
            prepared_request["fields"],
            prepared_request["profile"],
        )

    def get_listed_operation(self, prepared_request: Mapping[str, Any], work: ListedWork) -> Operation:
        """Return the operation of a listed video."""
        return self._operation(work.id, prepared_request)

    async def _page(self, after: str) -> HttpResponse:
        params = {"limit": _PAGE, "order": "desc", **({"after": after} if after else {})}
        return await self._http.get(self._path, params=params)

    async def _confirm(
        self, answer: FoundOperation | PossibleMatches | Absent
    ) -> FoundOperation | PossibleMatches | Absent:
        """Ask for the found video by the id that the list gives. An unusable id is left to a person."""
        if isinstance(answer, FoundOperation) and (await self._http.get(self._build_path(answer.operation))).status in (
            404,
            410,
        ):
            return PossibleMatches(entries=(answer.operation.id,))
        return answer

    def _operation(self, video: str, prepared_request: Mapping[str, Any]) -> Operation:
        return Operation(id=video, key=self._key, facts={_WIRE: prepared_request["profile"]})

    @property
    def _label(self) -> str:
        return f"the video server at {self._http.base}"

    @property
    def _holder(self) -> str:
        return _KEY if self._key else ""

    def _build_path(self, operation: Operation) -> str:
        return f"{self._path}/{quote_operation_id(operation, self._label)}"

    def _read_object(self, answer: HttpResponse) -> Mapping[str, Any]:
        if answer.status != 200:
            raise make_poll_error(self._label, parse_fault(answer), self._holder)
        try:
            body = answer.parse_json()
        except ValueError as cause:
            raise Unreachable(code="answer_not_json", provider=self._label) from cause
        if not isinstance(body, Mapping) or not ("status" in body or "data" in body):
            raise Unreachable(code="answer_not_understood", provider=self._label, fault="")
        return body


def _root(base: str) -> str:
    """Return the server's address without ``/v1``, or Gemini's part of a proxy's address, at its end."""
    for ending in ("/gemini/v1beta", "/gemini", "/v1"):
        base = base.removesuffix(ending)
    return base


def _is_litellm(operation: Operation) -> bool:
    """Whether LiteLLM made an operation. One that a person named has no facts; its id tells, in base64."""
    return operation.facts.get(_WIRE) == "litellm" or operation.id.startswith("video_bGl0ZWxsbT")


def _to_list_entry(row: ListRow, prepared_request: Mapping[str, Any]) -> ListEntry:
    return ListEntry(
        id=row.id, at=_get_created_at(row), match=match(row, prepared_request["fields"], prepared_request["profile"])
    )


def _to_listed_work(row: ListRow) -> ListedWork:
    model, prompt = row.fields.get("model", ""), row.fields.get("prompt", "")
    return ListedWork(
        provider=OpenaiVideos.name,
        id=row.id,
        model=model,
        prompt=prompt,
        made_at=_get_created_at(row),
        echoed_request=dict(row.fields),
    )


def _get_created_at(row: ListRow) -> datetime | None:
    return None if row.at is None else datetime.fromtimestamp(row.at, UTC)
