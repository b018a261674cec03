"""The hub of weights over HTTPS: the files of one revision of a model, their digests, and their bytes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import quote

from reelwright.engines.policy import MAX_MODEL_INDEX_BYTES
from reelwright.errors import NotFound, Refused, Unreachable
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.keys import Keys
from reelwright.settings import Settings

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SHA1: Final = re.compile(r"[0-9a-f]{40}")
_NOT_GIVEN: Final = frozenset({401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class HubFile:
    """A file of a model. ``sha256``: of its bytes; empty for a small file, which has a ``git_id``: the SHA-1 that Git
    computes of a file.
    """

    path: str
    size: int
    sha256: str = ""
    git_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubModel:
    """A model at the hub. ``commit``: the revision that its files have. ``facts``: the head of its own card."""

    id: str
    commit: str
    facts: Mapping[str, Any]
    files: tuple[HubFile, ...]


class Hub:
    """The hub that the setting ``hub_url`` names. Sends its token, if there is one, to that host only.

    Interface: ``GET /api/models/ID/revision/REVISION?blobs=true`` and ``GET /ID/resolve/COMMIT/PATH``, as
    the library huggingface_hub asks them. That library is not used: the digest of every file is compared here, and
    only ``net`` opens connections.
    """

    def __init__(self, settings: Settings) -> None:
        key = Keys(settings).find("hub")
        self.http = HttpClient("hub", settings.hub_url, auth={"Authorization": f"Bearer {key.secret}"} if key else None)

    async def close(self) -> None:
        """Close the connections to the hub."""
        await self.http.close()

    async def describe_model(self, model: str, revision: str) -> HubModel:
        """Return the files of a model at ``revision``: a branch, a tag or a commit.

        Raises ``NotFound`` for a model or revision that the hub does not know, ``Refused`` for one that it does not
        give without a token, and ``Unreachable`` without a usable answer.
        """
        path = f"/api/models/{quote(model)}/revision/{quote(revision, safe='')}"
        answer = await self.http.get(path, params={"blobs": "true"}, cap=MAX_MODEL_INDEX_BYTES)
        self._check_status(answer.status, model, revision)
        try:
            found = parse_model(model, answer)
        except (ValueError, TypeError, KeyError, AttributeError) as cause:
            raise Unreachable(code="hub_answer_unfit", model=model, cause=str(cause)) from cause
        if _SHA1.fullmatch(revision) and found.commit != revision:
            raise Unreachable(code="hub_answer_unfit", model=model, cause=f"another revision, {found.commit}")
        return found

    async def stream_file(self, model: HubModel, file: HubFile, start: int) -> AsyncIterator[bytes]:
        """Yield the bytes of a file from byte ``start`` on. Raises what ``describe_model`` raises."""
        url = f"{self.http.base}/{quote(model.id)}/resolve/{model.commit}/{quote(file.path)}"
        try:
            async for part in self.http.stream(url, cap=file.size, start=start):
                yield part
        except NotFound as cause:
            raise NotFound(code="hub_model_unknown", model=f"{model.id}: {file.path}", revision=model.commit) from cause
        except Unreachable as error:
            with suppress(TypeError):
                self._check_status(int(error.params.get("status") or 0), model.id, model.commit)
            raise

    def _check_status(self, status: int, model: str, revision: str) -> None:
        if status in _NOT_GIVEN:
            page = f"{self.http.base}/{model}"
            raise Refused(code="hub_refused", model=model, status=status, page=page)
        if status == 404:
            raise NotFound(code="hub_model_unknown", model=model, revision=revision)
        if status >= 400:
            raise Unreachable(code="hub_answer_unfit", model=model, cause=f"status {status}")


def parse_model(model: str, answer: HttpResponse) -> HubModel:
    """Parse the index of a model.

    Raises ``ValueError``, ``TypeError``, ``KeyError`` or ``AttributeError`` if it is none.
    """
    body = answer.parse_json()
    commit = body["sha"]
    if not _SHA1.fullmatch(commit):
        raise ValueError("no commit")
    facts = body.get("cardData")
    files = tuple(_parse_file(each) for each in body["siblings"])
    if len({file.path for file in files}) != len(files):
        raise ValueError("a file twice")
    return HubModel(id=model, commit=commit, facts=facts if isinstance(facts, dict) else {}, files=files)


def _parse_file(values: Mapping[str, Any]) -> HubFile:
    path, blob, size = values["rfilename"], values.get("lfs") or {}, values["size"]
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\\" in path or "\0" in path:
        raise ValueError(f"the file name {path!r}")
    sha256, git_id = blob.get("sha256") or "", values.get("blobId") or ""
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise ValueError(f"no size of {path}")
    if (sha256 and not _SHA256.fullmatch(sha256)) or (git_id and not _SHA1.fullmatch(git_id)):
        raise ValueError(f"the digest of {path}")
    return HubFile(path=path, size=size, sha256=sha256, git_id=git_id)
