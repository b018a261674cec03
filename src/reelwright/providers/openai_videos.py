"""Any server that speaks ``/v1/videos``: LiteLLM's proxy, vLLM-Omni, SGLang, and what copies OpenAI's own wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal
from urllib.parse import quote

from reelwright.catalogue.models import model
from reelwright.errors import (
    BadInput,
    NotAccepted,
    NotFound,
    OutcomeUnknown,
    ProviderError,
    ReelwrightError,
    Unreachable,
)
from reelwright.net.answer import Answer
from reelwright.net.closing import closing
from reelwright.net.http import Http
from reelwright.net.keys import Key
from reelwright.providers.families.assets import looked_at
from reelwright.providers.families.data_uris import whole
from reelwright.providers.families.list_search import Listed, ListSearch
from reelwright.providers.families.outputs import media_only
from reelwright.providers.families.shapes import name_of
from reelwright.providers.families.video_faults import is_policy, read_error, read_fault, same_key, submit_error
from reelwright.providers.families.videos_wire import Row, match, progress_of, rows_of_page, sent
from reelwright.providers.protocol import Absent, CannotTell, Found, Keep, Make, Match, Output, Perhaps, Progress, Read
from reelwright.providers.sold import Sold
from reelwright.reel.document import to_plain
from reelwright.reel.ledger import ListedWork, OwnWork
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Operation
from reelwright.reel.outcome import Missing
from reelwright.reel.request import Input, Request

_PICTURE_BYTES: Final = 10 * 1024**2
_OUTPUT_BYTES: Final = 2 * 1024**3
_KEY: Final = "LITELLM_API_KEY"
_PAGE: Final = 100
_PAGES: Final = 20
LISTED_AFTER: Final = timedelta(seconds=30)
"""What was taken on stands in the list so much later at most."""
_NEVER_THERE: Final = 3
"""Polls that find it completed, and its content an error of the server, before its content is asked for by itself."""
_WIRE: Final = "profile"
"""Among an operation's facts: which of the wires its model speaks."""
_OWN: Final = ("vllm_omni", "sglang")
"""Wires of servers of one's own: what failed there cost nothing."""


class OpenaiVideos(Sold):
    """Which wire a model speaks, its row in the catalogue says (``profile``)."""

    name = "openai_videos"
    has_list = True
    read_s = 60.0

    def __init__(self, http: Http, key: Key | None = None, listed_after: timedelta = LISTED_AFTER) -> None:
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
        """One picture at most: the wire has one place for it."""
        pictures = await looked_at(inputs, read, _PICTURE_BYTES)
        if len(pictures) > 1:
            raise BadInput("inputs", len(pictures), "one first frame: this wire takes no more")
        row = model(request.model)
        self._reads = {purchase: read, **dict(list(self._reads.items())[:63])}
        return {
            "purchase": purchase,
            "profile": row.profile,
            "retry_on_503": row.retry_on_503,
            **to_plain(sent(request, row, pictures[0] if pictures else None)),
        }

    async def submit(self, prepared: Mapping[str, Any], keep: Keep, make: Make) -> Operation | Progress:
        """One POST. May spend."""
        try:
            body = await self._body(prepared)
        except (ReelwrightError, OSError) as cause:
            raise NotAccepted(f"nothing was sent to {self._said}: its picture cannot be read: {cause}") from cause
        answer = await self._http.send_once("POST", self._path, read_s=self.read_s, **body)
        if answer.status not in (200, 201, 202):
            raise submit_error(self._said, read_fault(answer), retry_on_503=prepared["retry_on_503"], key=self._holder)
        try:
            told = answer.json()
        except ValueError as cause:
            raise OutcomeUnknown(f"{self._said} answered a submit with something that is no JSON") from cause
        found = name_of(told.get("id")) if isinstance(told, Mapping) else ""
        if not found:
            raise OutcomeUnknown(f"{self._said} answered a submit without naming a video")
        self._ours[found] = str(prepared["purchase"])
        return self._operation(found, prepared)

    async def _body(self, prepared: Mapping[str, Any]) -> dict[str, Any]:
        """A form has a file's place for each field, so that it is multipart without a picture, too."""
        fields = prepared["fields"]
        if prepared["as_json"]:
            return {"json": fields}
        files: list[tuple[str, Any]] = [(name, (None, value)) for name, value in fields.items()]
        if picture := prepared["picture"]:
            data = await whole(picture["$asset"], self._reads.pop(prepared["purchase"], _unread))
            ending = picture["mime"].partition("/")[2].replace("jpeg", "jpg")
            # a name of ours: one of these servers joins it to a path of its own
            files.append(("input_reference", (f"input.{ending}", data, picture["mime"])))
        return {"files": files}

    async def poll(self, operation: Operation) -> Progress:
        """A server that was restarted may have forgotten everything: that is ``lost``.

        ``completed`` is believed of LiteLLM only when its content is there: it says so of failures, too.
        """
        if operation.id in self._deleted:
            return Progress(state="cancelled", said="deleted there, as asked")
        same_key(self._said, operation.key, self._key, self._holder)
        answer = await self._http.get(self._at(operation))
        if answer.status in (404, 410):
            return Progress(state="lost", said=f"{self._said} does not know {operation.id[:60]} any more")
        progress = progress_of(self._read_object(answer))
        if progress.state == "succeeded" and _is_litellms(operation):
            return await self._with_content(operation, progress)
        return replace(progress, again=progress.state == "failed" and operation.facts.get(_WIRE) in _OWN)

    async def _with_content(self, operation: Operation, progress: Progress) -> Progress:
        try:
            parts = self.fetch(operation, progress.outputs[0])
            await anext(parts)
            await parts.aclose()  # type: ignore[attr-defined]
        except (NotFound, StopAsyncIteration):
            return progress  # expired, or empty: landing it says so
        except ProviderError:
            answer = await self._http.get(f"{self._at(operation)}/content")
            if answer.status != 500:
                raise
            return self._failed(operation, answer, progress)
        return progress

    def _failed(self, operation: Operation, answer: Answer, progress: Progress) -> Progress:
        """The proxy says ``completed`` of what was filtered or has failed, and tells only here that nothing came.

        An error without such words is no failure: what was made is fetched for as long as that is due.
        """
        fault = read_fault(answer)
        if "No response data" not in fault.message and not is_policy(fault.message):
            seen = self._without_content.get(operation.id, 0) + 1
            self._without_content[operation.id] = seen
            if seen < _NEVER_THERE:
                raise Unreachable(f"{self._said} says that it is completed, and answers its content with {fault}")
            return progress
        said = f"completed without a video: filtered, or failed; the proxy does not say which ({fault})"
        return Progress(state="refused", missing=(Missing(sample=0, reason="filtered", said=said),), said=said)

    async def fetch(self, operation: Operation, output: Output) -> AsyncIterator[bytes]:
        url = f"{self._at(operation)}/content"
        stream = self._http.stream(url, cap=_OUTPUT_BYTES)
        async with closing(media_only(stream, "video", self._said)) as parts:
            async for part in parts:
                yield part

    async def cancel(self, operation: Operation) -> Literal["cancelled", "asked", "too_late", "cannot"]:
        """Only vLLM-Omni ends its work when a video is deleted; SGLang computes on, the others have no such call."""
        if operation.facts.get(_WIRE) != "vllm_omni":
            return "cannot"
        answer = await self._http.get(self._at(operation))
        if answer.status == 404 or progress_of(self._read_object(answer)).state not in ("queued", "running"):
            return "too_late"
        answer = await self._http.call("DELETE", self._at(operation))
        if answer.status not in (200, 204):
            return "too_late"
        self._deleted.add(operation.id)
        return "cancelled"

    async def find(self, prepared: Mapping[str, Any], purchase: str, own: OwnWork) -> Found | Absent | CannotTell:
        """Look for ours in the server's list. LiteLLM lists nothing of what it hands on.

        What was answered here is known already, also where recording it failed.
        """
        if answered := [found for found, whose in self._ours.items() if whose == purchase]:
            return Found(operation=self._operation(answered[-1], prepared))
        if prepared["profile"] == "litellm":
            return CannotTell()
        search = ListSearch(own, self._ours)
        after = ""
        for _ in range(_PAGES):
            try:
                rows, more = rows_of_page(self._read_object(await self._page(after)))
            except (ValueError, ProviderError):
                return CannotTell()
            reads_on = search.add(_listed(row, prepared) for row in rows)
            if not reads_on or not more or not rows:
                found = search.answer(lambda id_: self._operation(id_, prepared), self._listed_after.total_seconds())
                return await self._confirmed(found)
            after = rows[-1].id
        return CannotTell()

    async def list_work(self, own: OwnWork) -> Sequence[ListedWork]:
        """Of a list that is longer than ``_PAGES``, the newest."""
        search = ListSearch(own, self._ours)
        after = ""
        for _ in range(_PAGES):
            try:
                rows, more = rows_of_page(self._read_object(await self._page(after)))
            except ValueError as cause:
                raise Unreachable(f"{self._said} answered with something that is no list of its work") from cause
            if not search.add_work(_work(row) for row in rows) or not more or not rows:
                break
            after = rows[-1].id
        return search.work()

    def compare(self, prepared: Mapping[str, Any], work: ListedWork, *, by_another: bool) -> Match:
        at = None if work.at is None else work.at.timestamp()
        return match(Row(id=work.id, at=at, fields=work.told), prepared["fields"], prepared["profile"])

    def listed_operation(self, prepared: Mapping[str, Any], work: ListedWork) -> Operation:
        return self._operation(work.id, prepared)

    async def _page(self, after: str) -> Answer:
        params = {"limit": _PAGE, "order": "desc", **({"after": after} if after else {})}
        return await self._http.get(self._path, params=params)

    async def _confirmed(self, answer: Found | Perhaps | Absent) -> Found | Perhaps | Absent:
        """Ask for what was found by the id that the list gives: an id that nothing goes by is for a person to read."""
        if isinstance(answer, Found) and (await self._http.get(self._at(answer.operation))).status in (404, 410):
            return Perhaps(entries=(answer.operation.id,))
        return answer

    def _operation(self, video: str, prepared: Mapping[str, Any]) -> Operation:
        return Operation(id=video, key=self._key, facts={_WIRE: prepared["profile"]})

    def poke(self, headers: Mapping[str, str], body: bytes, secrets: Iterable[str]) -> str | None:
        return None

    @property
    def _said(self) -> str:
        return f"the video server at {self._http.base}"

    @property
    def _holder(self) -> str:
        return _KEY if self._key else ""

    def _at(self, operation: Operation) -> str:
        return f"{self._path}/{quote(operation.id, safe='')}"

    def _read_object(self, answer: Answer) -> Mapping[str, Any]:
        if answer.status != 200:
            raise read_error(self._said, read_fault(answer), self._holder)
        try:
            told = answer.json()
        except ValueError as cause:
            raise Unreachable(f"{self._said} answered with something that is no JSON") from cause
        if not isinstance(told, Mapping) or not ("status" in told or "data" in told):
            raise Unreachable(f"{self._said} answered with something that is neither a video nor a list")
        return told


def _root(base: str) -> str:
    """The server itself: some write down its address with ``/v1``, a proxy's also with Gemini's part of it."""
    for ending in ("/gemini/v1beta", "/gemini", "/v1"):
        base = base.removesuffix(ending)
    return base


def _is_litellms(operation: Operation) -> bool:
    """An operation that a person named has no facts; LiteLLM's own ids say in base64 whose they are."""
    return operation.facts.get(_WIRE) == "litellm" or operation.id.startswith("video_bGl0ZWxsbT")


def _listed(row: Row, prepared: Mapping[str, Any]) -> Listed:
    return Listed(id=row.id, at=_at(row), match=match(row, prepared["fields"], prepared["profile"]))


def _work(row: Row) -> ListedWork:
    model, prompt = row.fields.get("model", ""), row.fields.get("prompt", "")
    return ListedWork(
        provider=OpenaiVideos.name, id=row.id, model=model, prompt=prompt, at=_at(row), told=dict(row.fields)
    )


def _at(row: Row) -> datetime | None:
    return None if row.at is None else datetime.fromtimestamp(row.at, UTC)


def _unread(digest: Digest) -> AsyncIterator[bytes]:
    raise BadInput("prepared", digest, "what the same process has prepared")
