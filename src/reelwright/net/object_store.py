"""``ObjectStore``: the objects below one prefix of a bucket of S3, Google Cloud Storage or Azure, by ``obstore``.

Every method blocks. A hand may call them: each process opens connections of its own, so that none is shared by a fork.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from reelwright.errors import StoreUnavailable, ToolMissing
from reelwright.net.policy import BUCKET_ANSWER_S, BUCKET_CONNECT_S, BUCKET_READ_BYTES
from reelwright.net.redact import redact
from reelwright.reason import Action

if TYPE_CHECKING:
    from obstore.store import ObjectStore as Opened
    from obstore.store import S3Store

_RETRIES: Final = {"max_retries": 4, "retry_timeout": timedelta(seconds=60)}
_DENIED: Final = ("PermissionDeniedError", "UnauthenticatedError")
_DENIED_CODE: Final = re.compile(r"status code: 40[13]\b")
"""A list that is refused is raised as an error of no kind."""


Tag = Mapping[str, str]
"""What the store calls these bytes of an object: it changes whenever the object is put again."""


class StoredObject(NamedTuple):
    """An object as its store describes it: size in bytes, and when it was last put, by the store's clock."""

    size: int
    put_at: datetime


@dataclass(frozen=True, slots=True)
class ObjectStore:
    """The objects below ``url``, see ``settings.validate_vault_url``.

    ``endpoint``: where the store answers, if it is not its maker's own.
    Credentials are those of the environment, of the machine's role or of the usual files; none is kept here. Methods
    raise ``StoreUnavailable`` when the store cannot be reached or refuses, and ``ToolMissing`` without the package
    ``obstore``. What is put is durable, and whole, when the method returns.
    """

    url: str
    endpoint: str = ""

    def put_file(self, key: str, path: Path) -> None:
        """Put the bytes of a local file under ``key``, in place of what is there; large files are sent in parts."""
        with self._translate():
            try:
                self._open().put(key, path)
            except FileNotFoundError as cause:
                if not path.exists():
                    raise
                raise StoreUnavailable(code="object_store_away", store=self.url, problem="no such bucket") from cause

    def put_bytes(self, key: str, data: bytes, *, replaces: Tag | None = None) -> bool:
        """Put ``data`` under ``key`` if nothing is there, or if ``replaces`` is the tag of what is there.

        Returns whether it did. Of several callers at one moment, on any machine, one gets True.
        """
        with self._translate():
            from obstore.exceptions import AlreadyExistsError, PreconditionError

            mode: Any = "create" if replaces is None else dict(replaces)
            try:
                self._open().put(key, data, mode=mode, use_multipart=False)
            except (AlreadyExistsError, PreconditionError):
                return False
            except FileNotFoundError as cause:
                if replaces is None:  # not the object is missing, but the bucket
                    raise StoreUnavailable(
                        code="object_store_away", store=self.url, problem="no such bucket"
                    ) from cause
                return False
            return True

    def read(self, key: str) -> tuple[bytes, Tag] | None:
        """Read an object whole, with its tag; None if it is not there."""
        with self._translate():
            try:
                found = self._open().get(key)
                tag = {name: str(found.meta[name]) for name in ("e_tag", "version") if found.meta[name] is not None}
                return bytes(found.bytes()), tag
            except FileNotFoundError:
                self._check_bucket(key)
                return None

    def fetch(self, key: str, write: Callable[[bytes], None]) -> bool:
        """Hand the bytes of an object to ``write`` in chunks of about 1 MiB; False if it is not there."""
        with self._translate():
            try:
                stream = self._open().get(key).stream(min_chunk_size=BUCKET_READ_BYTES)
            except FileNotFoundError:
                self._check_bucket(key)
                return False
            for chunk in stream:
                write(bytes(chunk))
            return True

    def read_start(self, key: str, size: int) -> bytes | None:
        """Read the first ``size`` bytes of an object, fewer only if it is shorter; None if it is not there."""
        with self._translate():
            try:
                return bytes(self._open().get(key, options={"range": (0, size)}).bytes())
            except FileNotFoundError:
                self._check_bucket(key)
                return None

    def sign_address(self, key: str, method: str, life_s: int, query: Mapping[str, str]) -> str:
        """Return a presigned address of an object, there or not, for ``life_s`` seconds; only of S3.

        ``method``: GET or HEAD; the store refuses the address to any other. ``query``: parameters that the store reads
        and that are signed too, such as ``response-content-type``.
        """
        with self._translate():
            from obstore import sign, store

            life, opened = timedelta(seconds=life_s), cast("S3Store", self._open())
            address = sign(opened, method, key, life).partition("?")[0]  # type: ignore[call-overload]
            # obstore signs a path alone, but by all credentials that it finds. Told that this address is a bucket's,
            # it signs what stands behind the address too; S3 ignores the last parameter, as SDKs of Amazon send it.
            bucket = self.url.split("/")[2]
            place = f"{address}?{urlencode(query, quote_via=quote)}&x-id="
            options: Any = {"allow_http": address.startswith("http://"), "connect_timeout": BUCKET_CONNECT_S}
            retries: Any = _RETRIES
            whole = store.S3Store(bucket, endpoint=place, virtual_hosted_style_request=True, client_options=options,
                            retry_config=retries)  # fmt: skip
            signed: str = sign(whole, method, f"{method.title()}Object", life)  # type: ignore[call-overload]
        found = dict(parse_qsl(urlsplit(signed).query))
        if not signed.startswith(f"{address}?") or "X-Amz-Signature" not in found or query.items() - found.items():
            raise StoreUnavailable(code="object_store_away", store=self.url, problem="no address could be signed")
        return signed

    def describe(self, key: str) -> StoredObject | None:
        """Read the size and age of an object without its bytes; None if it is not there."""
        with self._translate():
            try:
                found = self._open().head(key)
            except FileNotFoundError:
                return None
            return StoredObject(size=found["size"], put_at=found["last_modified"])

    def delete(self, key: str) -> None:
        """Delete an object; nothing happens if it is not there."""
        with self._translate():
            try:
                self._open().delete(key)
            except FileNotFoundError:
                self._check_bucket(key)

    def list_keys(self, folder: str, after: str = "") -> Iterator[tuple[str, int]]:
        """List key and size of every object below ``folder``, by key, from the one behind ``after`` on."""
        with self._translate():
            for some in self._open().list(folder, offset=after or None):
                for one in some:
                    yield one["path"], one["size"]

    def list_folders(self, folder: str) -> list[str]:
        """List the names directly below ``folder`` that have objects below them."""
        with self._translate():
            found = self._open().list_with_delimiter(folder)["common_prefixes"]
            return [one.rstrip("/").rpartition("/")[2] for one in found]

    def _check_bucket(self, key: str) -> None:
        """Raise an error if the bucket is not there: the answer about an object that is not there is the same.

        A film's file must not count as lost because of a wrong address. The list is empty: ``key`` is no folder.
        """
        for _ in self._open().list(key):
            return

    def _open(self) -> Opened:
        return _open(self.url, self.endpoint, os.getpid())

    @contextmanager
    def _translate(self) -> Iterator[None]:
        """Turn errors of the store into ours. Its texts name addresses and headers: only the last part is kept."""
        try:
            yield
        except ModuleNotFoundError as cause:
            if cause.name != "obstore":
                raise
            raise ToolMissing(
                code="extra_missing", extra="objects", actions=[Action("install", {"extra": "objects"})]
            ) from cause
        except Exception as cause:  # obstore's errors have no common class that this can name without it
            kind = type(cause)
            if not kind.__module__.startswith("obstore"):
                raise
            problem = redact(str(cause).partition("\n")[0].partition("<")[0].rpartition(" - ")[2].strip(" :"))
            is_denied = kind.__name__ in _DENIED or _DENIED_CODE.search(problem)
            code = "object_store_denied" if is_denied else "object_store_away"
            raise StoreUnavailable(code=code, store=self.url, problem=problem[:200]) from None


@lru_cache(8)
def _open(url: str, endpoint: str, process: int) -> Opened:
    """Open the store. ``process``: the number of this process, which has connections of its own."""
    from obstore import store

    options: Any = {
        "connect_timeout": BUCKET_CONNECT_S,
        "timeout": BUCKET_ANSWER_S,
        "allow_http": endpoint.startswith("http://"),
    }
    retries: Any = _RETRIES
    place: Any = {"base_url" if url.startswith("gs:") else "endpoint": endpoint} if endpoint else {}
    opened: Opened = store.from_url(url, client_options=options, retry_config=retries, **place)
    return opened
