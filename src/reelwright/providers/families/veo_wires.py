"""The two places that speak Veo's long-running wire: their paths, their questions, and where their films lie."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from reelwright.errors import BadInput, Unreachable
from reelwright.net.address import place
from reelwright.providers.families.long_running import Wire
from reelwright.reel.ids import minted_at
from reelwright.reel.noun import noun
from reelwright.reel.request import Request

STORAGE: Final = "storage.googleapis.com"
GEMINI: Final = "generativelanguage.googleapis.com"
_FOLDER_CHARS: Final = 40
Question = tuple[str, str, Any]
"""Method, path, and the body's JSON or None."""


def storage_of(given: str) -> str:
    """A place for films as it is written in a setting. Raises ``BadInput``; empty: none."""
    if given and not re.fullmatch(r"gs://[a-z0-9][a-z0-9._-]{1,220}[a-z0-9](/[^\s?#]*)?", given):
        raise BadInput("REELWRIGHT_VERTEX_STORAGE", given, "gs://bucket or gs://bucket/folder")
    return given.rstrip("/")


def is_removed_after_landing(given: str) -> bool:
    """Whether films are removed from that place once they landed, as a setting says it. Raises ``BadInput``."""
    if given not in ("", "keep", "remove"):
        raise BadInput("REELWRIGHT_VERTEX_STORAGE_AFTER_LANDING", given, "keep or remove")
    return given == "remove"


def folder_of(prompt: str, purchase: str) -> str:
    """What a person who lists a bucket reads: the prompt's first words, the time in UTC, and the purchase's id."""
    plain = unicodedata.normalize("NFKD", prompt).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain)[:_FOLDER_CHARS].strip("-") or "film"
    return f"{words}_{minted_at(purchase):%Y%m%d-%H%M%S}_{purchase}"


@noun
class Vertex:
    """A project on Vertex. ``storage``: ``gs://bucket/prefix`` under which films are laid, each purchase apart.

    There they stay, unless ``removes``: it is the person's own place, and may hold all that is left of a film that was
    paid for.

    Without it films come in the answers, in base64. Source: google-genai 2.34.0, read 2026-11-20.
    """

    profile: ClassVar[str] = "vertex"
    kind: ClassVar[Wire] = "vertex"
    project: str
    location: str = "us-central1"
    storage: str = ""
    removes: bool = False

    @property
    def base(self) -> str:
        host = "aiplatform.googleapis.com"
        return f"https://{host}" if self.location == "global" else f"https://{self.location}-{host}"

    def storage_for(self, request: Request, purchase: str) -> str:
        asked = storage_of(str(request.extra.get("storage_uri") or self.storage))
        return f"{asked}/{folder_of(request.prompt, purchase)}/" if asked else ""

    def submit_path(self, sold_as: str) -> str:
        where = f"projects/{self.project}/locations/{self.location}/publishers/google/models/{sold_as}"
        return f"/v1beta1/{quote(where)}:predictLongRunning"

    def told(self, purchase: str) -> dict[str, str]:
        """Headers of a submission beside its proof: Google has none by which it would know a request again."""
        return {}

    def question(self, name: str) -> Question:
        """A POST: GET on an operation's name is answered with 404."""
        of_model = name.partition("/operations/")[0]
        return "POST", f"/v1beta1/{quote(of_model)}:fetchPredictOperation", {"operationName": name}

    def made(self, name: str, same_key: bool) -> bool:
        """Whether an operation is of this project. Its tokens change by the hour and say nothing."""
        return name.startswith(f"projects/{self.project}/")

    def film(self, base: str, where: str) -> str:
        """A ``gs://`` address through the storage's JSON API, which takes the same token."""
        return f"{self.stored(base, where)}?alt=media" if where.startswith("gs://") else where

    def stored(self, base: str, where: str) -> str:
        """The object itself, to be removed."""
        bucket, _, name = where.removeprefix("gs://").partition("/")
        root = base if place(base).is_loopback else f"https://{STORAGE}"
        return f"{root}/storage/v1/b/{quote(bucket, safe='')}/o/{quote(name, safe='')}"


@noun
class Passed:
    """A proxy that passes Google's own wire through: LiteLLM, or a server of ours. Its key opens everything there.

    Source: docs.litellm.ai/docs/proxy/veo_video_generation (last updated 2026-10-06), read 2026-11-20.
    """

    profile: ClassVar[str] = "litellm"
    kind: ClassVar[Wire] = "gemini"
    prefix: str = "/gemini/v1beta"

    @classmethod
    def at(cls, base: str) -> Passed:
        """As its address is given: the root of the proxy, or with ``/gemini`` or ``/v1beta`` at its end (S4)."""
        path = urlsplit(base).path.rstrip("/")
        if path.endswith("/v1beta"):
            return cls(prefix="")
        return cls(prefix="/v1beta") if path.endswith("/gemini") else cls()

    def storage_for(self, request: Request, purchase: str) -> str:
        return ""

    def submit_path(self, sold_as: str) -> str:
        return f"{self.prefix}/models/{quote(sold_as)}:predictLongRunning"

    def told(self, purchase: str) -> dict[str, str]:
        """Headers of a submission beside its proof. Whoever does not know this one passes over it: an unanswered
        submission is never sent again because of it.
        """
        return {"idempotency-key": purchase}

    def question(self, name: str) -> Question:
        return "GET", f"{self.prefix}/{quote(name)}", None

    def made(self, name: str, same_key: bool) -> bool:
        """Whether an operation can be of this proxy: its key is the one that was used."""
        return same_key

    def film(self, base: str, where: str) -> str:
        """Google's own address, asked for through the proxy: the key of the proxy says nothing to Google."""
        if where.startswith("gs://"):
            raise Unreachable("the film lies in Google's storage, which the key of a proxy does not open")
        split = urlsplit(where)
        if split.hostname != GEMINI:
            return where
        rest = split.path.removeprefix("/v1beta").removeprefix("/v1")
        return f"{base.rstrip('/')}{self.prefix}{rest}?alt=media"
