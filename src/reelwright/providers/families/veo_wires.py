"""The two services that speak Veo's long-running wire: their paths, their polls, and where their films lie."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, ClassVar, Final, Literal, get_args
from urllib.parse import quote, urlencode, urlsplit

from reelwright.errors import BadInput, Unreachable
from reelwright.net.address import parse_url
from reelwright.providers.families.long_running import Wire
from reelwright.providers.families.operation_paths import is_plain_path
from reelwright.providers.policy import MAX_FOLDER_CHARS
from reelwright.reel.base.ids import get_mint_time
from reelwright.reel.base.value import define_value
from reelwright.reel.graph.request import Request

STORAGE: Final = "storage.googleapis.com"
GEMINI: Final = "generativelanguage.googleapis.com"
_PART: Final = r"(?!\.\.?(?:/|$))[^/\s?#\\]+"
"""One part of a name, as a pattern: no part of it changes the path that it stands in."""
_LAST_PART: Final = re.compile(_PART)
_VERTEX_NAME: Final = re.compile(
    f"projects/{_PART}/locations/{_PART}/publishers/{_PART}/models/{_PART}/operations/{_PART}"
)
_PROXY_NAME: Final = re.compile(f"(?:{_PART}/)*models/{_PART}/operations/{_PART}")
AfterLanding = Literal["with-job", "keep", "remove"]
PollRequest = tuple[str, str, Any]
"""Method, path, and the body's JSON or None."""


def parse_storage(setting: str) -> str:
    """Validate the setting of the Cloud Storage place for films (``gs://bucket/folder``), and return it without a final
    slash; empty: none. Raises ``BadInput``.
    """
    if setting and not re.fullmatch(r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/[^\s?#]*)?", setting):
        raise BadInput("REELWRIGHT_VERTEX_STORAGE", setting, "gs://bucket or gs://bucket/folder")
    return setting.rstrip("/")


def parse_after_landing(setting: str) -> AfterLanding:
    """Validate what is to become of films in Cloud Storage once they are in the vault; empty: they stay with their job.
    Raises ``BadInput``.
    """
    if setting not in ("", *get_args(AfterLanding)):
        raise BadInput("REELWRIGHT_VERTEX_STORAGE_AFTER_LANDING", setting, ", ".join(get_args(AfterLanding)))
    return next((one for one in get_args(AfterLanding) if one == setting), "with-job")


def _get_storage_root(base: str) -> str:
    """Return where Cloud Storage is: its own address, or beside a Vertex on this machine."""
    return base if parse_url(base).is_loopback else f"https://{STORAGE}"


def build_folder_name(prompt: str, purchase: str) -> str:
    """Build a readable folder name for the films of a purchase: the prompt's first words, the time in UTC, and the
    purchase's id.
    """
    plain = unicodedata.normalize("NFKD", prompt).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_FOLDER_CHARS].strip("-") or "film"
    return f"{words}_{get_mint_time(purchase):%Y%m%d-%H%M%S}_{purchase}"


@define_value
class Vertex:
    """Veo on Vertex, in one Google Cloud project: its URLs and headers, and where films are stored. ``storage``:
    ``gs://bucket/prefix`` for films, with a folder for each purchase.

    ``after_landing``: what becomes of films there that are in the vault, too. ``with-job``: they stay until the files
    of their job are deleted; ``keep``: for ever; ``remove``: they are removed at once. The bucket belongs to the user,
    and may hold all that is left of a film that was paid for. Without ``storage``, films come in the answers in base64.
    Source: google-genai 2.34.0, read 2026-11-20.
    """

    profile: ClassVar[str] = "vertex"
    kind: ClassVar[Wire] = "vertex"
    project: str
    location: str = "us-central1"
    storage: str = ""
    after_landing: AfterLanding = "with-job"

    @property
    def base(self) -> str:
        """The base URL of Vertex in this location."""
        host = "aiplatform.googleapis.com"
        return f"https://{host}" if self.location == "global" else f"https://{self.location}-{host}"

    def choose_folder(self, request: Request, purchase: str) -> str:
        """Return the ``gs://`` folder for the films of a purchase; empty if films come in the responses."""
        storage = parse_storage(str(request.extra.get("storage_uri") or self.storage))
        return f"{storage}/{build_folder_name(request.prompt, purchase)}/" if storage else ""

    def name_model(self, sold_as: str) -> str:
        """Return the full name of the model, with which the names of its operations begin."""
        return f"projects/{self.project}/locations/{self.location}/publishers/google/models/{sold_as}"

    def build_submit_path(self, sold_as: str) -> str:
        """Return the URL path of a submission to the model."""
        return f"/v1beta1/{quote(self.name_model(sold_as))}:predictLongRunning"

    def is_full_name(self, name: str) -> bool:
        """Whether an operation can be asked for by ``name``: its address is made of its parts."""
        return _VERTEX_NAME.fullmatch(name) is not None

    def resolve_name(self, name: str, model: str) -> str:
        """Return the full name of an operation of ``model`` (a full name, too) that is given in full or by its last
        part; empty if it is neither.
        """
        if self.is_full_name(name):
            return name
        own = f"projects/{self.project}/locations/{self.location}/"
        last = name.removeprefix(own).removeprefix("operations/")
        return f"{model}/operations/{last}" if model and _LAST_PART.fullmatch(last) else ""

    def build_headers(self, purchase: str) -> dict[str, str]:
        """Return no extra headers for a submission: Google has none by which it would recognize a repeated request."""
        return {}

    def build_poll(self, name: str) -> PollRequest:
        """Return the POST that asks for the state of operation ``name``; a GET would be answered with 404."""
        of_model = name.partition("/operations/")[0]
        return "POST", f"/v1beta1/{quote(of_model)}:fetchPredictOperation", {"operationName": name}

    def may_have_made(self, name: str, is_same_key: bool) -> bool:
        """Whether operation ``name`` is of this project, so that a 404 for it means that it is lost. Its tokens change
        by the hour and say nothing.
        """
        return name.startswith(f"projects/{self.project}/")

    def build_film_url(self, base: str, where: str) -> str:
        """Return the URL from which a film is downloaded, given as a ``gs://`` place or a URL.

        A ``gs://`` address becomes one of the storage's JSON API, which takes the same token.
        """
        return f"{self.build_object_url(base, where)}?alt=media" if where.startswith("gs://") else where

    def build_object_url(self, base: str, where: str) -> str:
        """Return the URL of the stored object ``where`` (``gs://…``), by which it can be deleted."""
        bucket, _, name = where.removeprefix("gs://").partition("/")
        return f"{_get_storage_root(base)}/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}"

    def build_list_url(self, base: str, folder: str, page: str) -> str:
        """Return the URL that lists the names of the objects in ``folder`` (``gs://…/``), from the page ``page`` on."""
        bucket, _, prefix = folder.removeprefix("gs://").partition("/")
        query = {"prefix": prefix, "fields": "items(name),nextPageToken", **({"pageToken": page} if page else {})}
        return f"{_get_storage_root(base)}/storage/v1/b/{quote(bucket, safe='')}/o?{urlencode(query)}"

    def build_upload_url(self, base: str, where: str) -> str:
        """Return the URL to which the bytes of a new object ``where`` (``gs://…``) are posted; it replaces none."""
        bucket, _, name = where.removeprefix("gs://").partition("/")
        query = urlencode({"uploadType": "media", "ifGenerationMatch": "0", "name": name})
        return f"{_get_storage_root(base)}/upload/storage/v1/b/{quote(bucket, safe='')}/o?{query}"


@define_value
class PassThroughProxy:
    """Veo behind a proxy that passes Google's own API through: LiteLLM, or a server of ours. Its key opens everything
    there.

    Source: docs.litellm.ai/docs/proxy/veo_video_generation (last updated 2026-10-06), read 2026-11-20.
    """

    profile: ClassVar[str] = "litellm"
    kind: ClassVar[Wire] = "gemini"
    prefix: str = "/gemini/v1beta"

    @classmethod
    def from_address(cls, base: str) -> PassThroughProxy:
        """Build the proxy whose base URL is ``base``, which may end in ``/gemini`` or ``/v1beta``."""
        path = urlsplit(base).path.rstrip("/")
        if path.endswith("/v1beta"):
            return cls(prefix="")
        return cls(prefix="/v1beta") if path.endswith("/gemini") else cls()

    def choose_folder(self, request: Request, purchase: str) -> str:
        """Return an empty text: films come in the responses, in no folder."""
        return ""

    def name_model(self, sold_as: str) -> str:
        """Return the full name of the model, with which the names of its operations begin."""
        return f"models/{sold_as}"

    def build_submit_path(self, sold_as: str) -> str:
        """Return the URL path of a submission to the model."""
        return f"{self.prefix}/{quote(self.name_model(sold_as))}:predictLongRunning"

    def is_full_name(self, name: str) -> bool:
        """Whether an operation can be asked for by ``name``: it is its path at the proxy."""
        return _PROXY_NAME.fullmatch(name) is not None

    def resolve_name(self, name: str, model: str) -> str:
        """Return the full name of an operation of ``model`` (a full name, too) that is given in full or by its last
        part; empty if it is neither.
        """
        if self.is_full_name(name):
            return name
        last = name.removeprefix("operations/")
        return f"{model}/operations/{last}" if model and _LAST_PART.fullmatch(last) else ""

    def build_headers(self, purchase: str) -> dict[str, str]:
        """Return the extra headers of a submission: an ``idempotency-key`` that names the purchase.

        A proxy that does not know the header ignores it, so an unanswered submission is never sent again because of it.
        """
        return {"idempotency-key": purchase}

    def build_poll(self, name: str) -> PollRequest:
        """Return the GET that asks for the state of operation ``name``."""
        return "GET", f"{self.prefix}/{quote(name)}", None

    def may_have_made(self, name: str, is_same_key: bool) -> bool:
        """Whether the operation was made with the key of this proxy, so that a 404 for it means that it is lost."""
        return is_same_key

    def build_film_url(self, base: str, where: str) -> str:
        """Return the URL of a film through the proxy, because Google itself does not accept the proxy's key.

        Raises ``Unreachable`` for a film in Google's storage.
        """
        if where.startswith("gs://"):
            raise Unreachable(code="output_in_storage", provider="the proxy")
        split = urlsplit(where)
        if split.hostname != GEMINI:
            return where
        rest = split.path.removeprefix("/v1beta").removeprefix("/v1")
        file = rest.removeprefix("/files/")
        if file in ("", rest) or "/" in file or not is_plain_path(file):  # the proxy's key opens more than films
            raise Unreachable(code="output_not_served", provider="the proxy", fault="an address that is no film's")
        return f"{base.rstrip('/')}{self.prefix}{rest}?alt=media"
