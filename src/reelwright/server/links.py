"""Links to files that need no API key: each is signed for one file of one account, and ends.

A link holds what it is for, who made it and when it ends, and an HMAC-SHA256 of that by the key of its account. So any
replica can check it, and nothing is stored for each. It is checked when it is used, not only signed: it ends with the
API key that made it, with the file, and with the key that signed it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright.errors import NotFound
from reelwright.net.signing_key import ensure_signing_key, load_signing_key
from reelwright.reel.base.value import Digest
from reelwright.reel.records.api_key import may_act_as
from reelwright.server.policy import LINK_LIFETIME_S, MAX_LINK_CHARS
from reelwright.studio.results.result_model import Moment, ResultModel

if TYPE_CHECKING:
    from reelwright.server.caller import Caller
    from reelwright.server.deployment import Deployment
    from reelwright.store.accounts.link_keys import LinkKey

PATH: Final = "/links/"
"""The path under which links are served, without an API key, to GET and HEAD alone."""
_PURPOSE: Final = b"reelwright link 1\n"
"""What is signed begins with this, so that no other use of the key ever signs a link."""
_Text = Annotated[str, Field(min_length=1, max_length=200)]


class SignedLink(ResultModel):
    """A URL that opens one file without an API key, and when it expires. ``path``: of ``url``, for a server that has
    another name outside.
    """

    url: str
    path: str
    expires_at: Moment


class Link(BaseModel):
    """The signed content of a link: what it opens (``file`` number ``index`` of a job, its ``picture`` without sound,
    its ``archive``, or an ``asset``), its maker and its end.

    Keys are short in JSON. ``digest``: of the bytes; of an archive, of the digests of its files. ``maker``: the API
    key or the member that made it; None: the owner of the machine. ``ends_at``: in seconds since 1970.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    kind: Literal["file", "picture", "archive", "asset"] = Field(alias="k")
    name: _Text = Field(alias="j")
    index: int = Field(alias="n", ge=0)
    digest: _Text = Field(alias="d")
    maker: _Text | None = Field(alias="m")
    ends_at: int = Field(alias="e", ge=0)


def sign_link(link: Link, key: LinkKey, secret: bytes) -> str:
    """Return the token of a link: its content and an HMAC of it by ``secret``, the secret of ``key``."""
    body = json.dumps({"i": key.id, **link.model_dump(by_alias=True)}, separators=(",", ":")).encode()
    return f"{_encode(body)}.{_encode(_sign(body, secret))}"


async def ensure_link_secret(deployment: Deployment, account: str) -> tuple[LinkKey, bytes]:
    """Return the key that signs the links of an account, with its secret; both are made at first use.

    A key whose home has another signing key by now, such as after a restore, is replaced.
    """
    journal, signing = deployment.runtime.journal, ensure_signing_key(deployment.runtime.settings)
    found = await journal.find_account_link_key(account)
    key = found or await journal.ensure_link_key(account, signing.make_seed())
    secret = signing.derive_link_secret(key.seed)
    if secret is None:
        await journal.rotate_link_key(account, signing.make_seed())
        key = await journal.ensure_link_key(account, signing.make_seed())
        secret = signing.derive_link_secret(key.seed)
    assert secret, "the seed is of this key"
    return key, secret


async def build_asset_urls(deployment: Deployment, caller: Caller, base: str, assets: Sequence[Digest]) -> list[str]:
    """Return an absolute URL to each asset: for callers who may order, a link that needs no key, for one to two hours.

    A caller who asks again within the hour gets the same ones. For viewers, who may hand nothing on, it is an address
    of the API. ``base``: the request's own, where the setting ``public_url`` gives no other.
    """
    wanted = [Link(k="asset", j=one, n=0, d=one, m=caller.key, e=_find_end()) for one in assets]
    return await _build_urls(deployment, caller, base, wanted, [f"/api/v1/assets/{one}" for one in assets])


async def build_film_urls(deployment: Deployment, caller: Caller, base: str, job: str, film: Digest) -> tuple[str, str]:
    """Return the absolute URLs to a job's film and to its picture without sound, as ``build_asset_urls`` does."""
    kinds: tuple[tuple[Literal["file", "picture"], str], ...] = (("file", ""), ("picture", "/picture"))
    wanted = [Link(k=kind, j=job, n=0, d=film, m=caller.key, e=_find_end()) for kind, _ in kinds]
    paths = [f"/api/v1/jobs/{job}/files/0{end}" for _, end in kinds]
    whole, picture = await _build_urls(deployment, caller, base, wanted, paths)
    return whole, picture


def _find_end() -> int:
    return (int(time.time()) // LINK_LIFETIME_S + 2) * LINK_LIFETIME_S


async def _build_urls(
    deployment: Deployment, caller: Caller, base: str, wanted: Sequence[Link], paths: Sequence[str]
) -> list[str]:
    start = (deployment.runtime.settings.public_url or base).rstrip("/")
    if not wanted or not may_act_as(caller.role, "producer"):
        return [f"{start}{path}" for path in paths]
    key, secret = await ensure_link_secret(deployment, caller.account)
    names = {"asset": "{0}", "file": "{0}.mp4", "picture": "{0}-picture.mp4", "archive": "{0}.zip"}
    return [f"{start}{PATH}{sign_link(one, key, secret)}/{names[one.kind].format(one.name)}" for one in wanted]


async def revoke_links(deployment: Deployment, account: str) -> None:
    """Invalidate every link of an account."""
    seed = ensure_signing_key(deployment.runtime.settings).make_seed()
    await deployment.runtime.journal.rotate_link_key(account, seed)


async def open_link(deployment: Deployment, token: str) -> tuple[Link, LinkKey]:
    """Verify the token of a link; return the link and the key that signed it, which names the account.

    Raises ``NotFound`` for what nobody signed, for a link that has ended, and for one whose maker may do nothing more.
    """
    head, _, tail = token.partition(".")
    try:
        if len(token) > MAX_LINK_CHARS:
            raise ValueError
        body, signature = _decode(head), _decode(tail)
        fields: Any = json.loads(body)
        id_ = fields.pop("i")
        link = Link.model_validate(fields)
    except (ValueError, ValidationError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise build_no_link_error() from None
    key = await deployment.runtime.journal.find_link_key(str(id_)) if str(id_).isprintable() else None
    signing = load_signing_key(deployment.runtime.settings)
    secret = signing.derive_link_secret(key.seed) if signing and key else None
    if key is None or secret is None or not hmac.compare_digest(_sign(body, secret), signature):
        raise build_no_link_error()
    if link.ends_at <= time.time():
        raise NotFound(code="link_has_expired")
    if not await _may_open(deployment, key.account, link.maker):
        raise build_no_link_error()
    return link, key


async def _may_open(deployment: Deployment, account: str, maker: str | None) -> bool:
    """Whether the maker of a link may still read the account. Without a key it was the owner of this machine."""
    if maker is None:
        return not deployment.is_caller_required and account == deployment.runtime.settings.account
    if maker.startswith("member_"):
        return await deployment.runtime.journal.is_member_living(account, maker)
    return await deployment.runtime.journal.is_api_key_living(account, maker)


def build_no_link_error() -> NotFound:
    """Build the 404 error for a link that is not valid. It does not say why."""
    return NotFound(code="link_not_valid")


def redact_token(path: str) -> str:
    """Return a URL path as it may stand in a log, without the token of a link."""
    return f"{PATH}…" if path.startswith(PATH) else path


def digest_files(digests: tuple[str, ...]) -> str:
    """Return one SHA-256, as hex, over the digests of an archive's files."""
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _sign(body: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, _PURPOSE + body, hashlib.sha256).digest()


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Decode base64 for URLs. Raises ``ValueError`` for what ``_encode`` does not write: a link has one form alone."""
    content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(content) != text:
        raise ValueError
    return content
