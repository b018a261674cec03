"""The issuer: what it says of itself, its keys, and the exchange of a code for the claims of a person.

Sources: OpenID Connect Core and Discovery 1.0, RFC 6749, 7636 and 9207, RP-Initiated Logout 1.0.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from reelwright.errors import AccessDenied, BadInput, ProviderError, Refused, Unreachable
from reelwright.net.address import parse_url
from reelwright.net.exchange import Timeouts
from reelwright.net.http import HttpClient
from reelwright.net.http_response import HttpResponse
from reelwright.net.redact import redact_line
from reelwright.reel.records.member import SignInAttempt
from reelwright.server.policy import (
    ISSUER_ANSWER_S,
    ISSUER_CONNECT_S,
    ISSUER_KEYS_LIFETIME_S,
    ISSUER_KEYS_REFETCH_S,
    ISSUER_RETRY_S,
    ISSUER_WRITE_S,
    MAX_ISSUER_BYTES,
)
from reelwright.server.sign_in.id_token import PublicKey, read_keys, verify_id_token
from reelwright.server.sign_in.sign_in_options import SignInOptions

DISCOVERY_PATH: Final = "/.well-known/openid-configuration"
_CLIENT_FAULTS: Final = frozenset({"invalid_client", "unauthorized_client", "unsupported_grant_type", "invalid_scope"})
"""Errors of the token endpoint about this server; every other one is about the code (RFC 6749, 5.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerDescription:
    """The issuer's OpenID Connect discovery document: its endpoints and what it supports. ``issuer``: its name as its
    tokens have it.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    auth_methods: frozenset[str]
    has_issuer_parameter: bool

    @property
    def has_post_auth(self) -> bool:
        """Whether the client's secret may be sent in the request body (``client_secret_post``)."""
        return "client_secret_post" in self.auth_methods


class Issuer:
    """Client for the OpenID Connect issuer of the settings. Asks it only when somebody signs in, and keeps what does
    not change.
    """

    def __init__(self, options: SignInOptions) -> None:
        self.options = options
        timeouts = Timeouts(connect_s=ISSUER_CONNECT_S, write_s=ISSUER_WRITE_S, read_s=ISSUER_ANSWER_S)
        self._http = HttpClient("the issuer", options.issuer, timeouts=timeouts)
        self._asking = asyncio.Lock()
        self._described: tuple[float, IssuerDescription] | None = None
        self._failed: tuple[float, ProviderError] | None = None
        self._keys: tuple[float, Sequence[PublicKey]] | None = None

    async def close(self) -> None:
        """Close the HTTP connections to the issuer."""
        await self._http.close()

    async def build_sign_in_url(self, state: str, attempt: SignInAttempt) -> str:
        """Build the URL of the issuer's sign-in page for one sign-in. Raises ``ProviderError``."""
        described = await self.describe()
        return str(
            prepare_grant_uri(
                described.authorization_endpoint, self.options.client_id, "code", self.options.redirect_uri,
                self.options.scopes, state, nonce=attempt.nonce, code_challenge_method="S256",
                code_challenge=create_s256_code_challenge(attempt.verifier),
            )
        )  # fmt: skip

    async def build_sign_out_url(self, landing_url: str) -> str | None:
        """Build the URL at the issuer that ends the issuer's own session and returns to ``landing_url``; None if it
        offers none. Never raises for it.

        The issuer gets no token as a hint: none is kept. It may ask the person whether to sign out.
        """
        try:
            endpoint = (await self.describe()).end_session_endpoint
        except ProviderError:
            return None
        if not endpoint:
            return None
        named = [("client_id", self.options.client_id), ("post_logout_redirect_uri", landing_url)]
        return str(add_params_to_uri(endpoint, named))

    async def check_answer(self, name: str | None) -> None:
        """Raise ``AccessDenied`` if ``name``, the ``iss`` parameter of a sign-in response (RFC 9207), is not this
        issuer.
        """
        described = await self.describe()
        if name is None and not described.has_issuer_parameter:
            return
        if name != described.issuer:
            raise AccessDenied(code="token_issuer")

    async def fetch_claims(self, code: str, attempt: SignInAttempt) -> Mapping[str, Any]:
        """Exchange the authorization code of a sign-in for an ID token; return its verified claims.

        Raises ``AccessDenied`` for a code or a token that is not accepted, and ``ProviderError`` without an answer.
        """
        described = await self.describe()
        answer = await self._ask_for_tokens(described, code, attempt)
        token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(token, str):
            raise self._build_unfit("its answer has no id_token")
        expected = (described.issuer, self.options.client_id, attempt.nonce)
        hashed = access_token if isinstance(access_token, str) else None
        keys, is_fresh = await self._read_keys(described)
        try:
            return verify_id_token(token, keys, *expected, hashed)
        except AccessDenied as refusal:
            if refusal.code != "token_signature" or is_fresh:
                raise
        return verify_id_token(token, await self._refetch_keys(described), *expected, hashed)

    async def describe(self) -> IssuerDescription:
        """Return the issuer's discovery document, fetched at most an hour ago. Raises ``ProviderError``."""
        async with self._asking:
            if self._described is not None and time.monotonic() - self._described[0] <= ISSUER_KEYS_LIFETIME_S:
                return self._described[1]
            if self._failed is not None and time.monotonic() - self._failed[0] < ISSUER_RETRY_S:
                raise self._failed[1]
            try:
                found = self._read_description(await self._fetch(self.options.issuer.rstrip("/") + DISCOVERY_PATH))
            except ProviderError as error:
                self._failed = (time.monotonic(), error)
                raise
            self._described = (time.monotonic(), found)
            return found

    async def _read_keys(self, described: IssuerDescription) -> tuple[Sequence[PublicKey], bool]:
        """Return the issuer's keys, and whether they were fetched just now."""
        async with self._asking:
            if self._keys is not None and time.monotonic() - self._keys[0] <= ISSUER_KEYS_LIFETIME_S:
                return self._keys[1], False
            return await self._fetch_keys(described), True

    async def _refetch_keys(self, described: IssuerDescription) -> Sequence[PublicKey]:
        """Fetch the keys again, because the issuer may have rotated them, unless that was done a moment ago."""
        async with self._asking:
            if self._keys is not None and time.monotonic() - self._keys[0] < ISSUER_KEYS_REFETCH_S:
                return self._keys[1]
            return await self._fetch_keys(described)

    async def _fetch_keys(self, described: IssuerDescription) -> Sequence[PublicKey]:
        keys = read_keys(await self._fetch(described.jwks_uri))
        if not keys:
            raise self._build_unfit("it has no key that verifies signatures")
        self._keys = (time.monotonic(), keys)
        return keys

    async def _ask_for_tokens(self, described: IssuerDescription, code: str, attempt: SignInAttempt) -> dict[str, Any]:
        secret = self.options.secret
        method = (
            "none" if secret is None else "client_secret_post" if described.has_post_auth else "client_secret_basic"
        )
        client = ClientAuth(self.options.client_id, secret.secret if secret else None, method)
        form = prepare_token_request(
            "authorization_code", redirect_uri=self.options.redirect_uri, code=code, code_verifier=attempt.verifier
        )
        plain = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        url, headers, body = client.prepare("POST", described.token_endpoint, plain, form)
        answer = await self._send("POST", url, content=body.encode(), headers=headers)
        found = _find_object(answer)
        if answer.status == 200 and found is not None:
            return found
        if answer.status >= 500 or answer.status == 429:
            raise self._build_away(f"status {answer.status}")
        error = str((found or {}).get("error", f"status {answer.status}"))[:60]
        if error in _CLIENT_FAULTS or answer.status == 401:
            raise Refused(code="client_refused", cause=redact_line(error, 60))
        raise AccessDenied(code="code_refused", cause=redact_line(error, 60))

    async def _fetch(self, url: str) -> object:
        answer = await self._send("GET", url)
        if answer.status >= 500 or answer.status == 429:
            raise self._build_away(f"status {answer.status}")
        found = _find_object(answer) if answer.status == 200 else None
        if found is None:
            raise self._build_unfit(f"status {answer.status}, and no JSON object")
        return found

    async def _send(self, method: str, url: str, **parts: Any) -> HttpResponse:
        try:
            return await self._http.send_public(method, url, read_s=ISSUER_ANSWER_S, cap=MAX_ISSUER_BYTES, **parts)
        except Unreachable as cause:
            if cause.code == "output_address_refused":
                raise self._build_unfit(redact_line(cause.message, 160)) from cause
            raise self._build_away(redact_line(str(cause.params.get("cause", cause.code)), 120)) from cause

    def _read_description(self, found: object) -> IssuerDescription:
        """Read a description. Raises ``Refused`` for one that is not the issuer's of the settings."""
        assert isinstance(found, dict)
        issuer = found.get("issuer")
        if isinstance(issuer, str) and "{" in issuer:
            raise Refused(code="issuer_of_many", issuer=self.options.issuer)
        if not isinstance(issuer, str) or issuer.rstrip("/") != self.options.issuer.rstrip("/"):
            raise Refused(code="issuer_differs", issuer=self.options.issuer, found=str(issuer)[:200])
        methods = found.get("token_endpoint_auth_methods_supported")
        return IssuerDescription(
            issuer=issuer,
            authorization_endpoint=self._read_endpoint(found, "authorization_endpoint"),
            token_endpoint=self._read_endpoint(found, "token_endpoint"),
            jwks_uri=self._read_endpoint(found, "jwks_uri"),
            end_session_endpoint=self._read_endpoint(found, "end_session_endpoint", is_needed=False),
            auth_methods=frozenset(map(str, methods)) if isinstance(methods, list) else frozenset(),
            has_issuer_parameter=found.get("authorization_response_iss_parameter_supported") is True,
        )

    def _read_endpoint(self, found: Mapping[str, Any], name: str, *, is_needed: bool = True) -> str:
        """Read an address of the issuer: https, or this machine's where the issuer itself is on this machine."""
        url = found.get(name)
        if url is None and not is_needed:
            return ""
        try:
            at = parse_url(str(url))
        except BadInput as cause:
            raise self._build_unfit(f"{name} is no address") from cause
        if at.scheme != "https" and not (at.is_loopback and parse_url(self.options.issuer).is_loopback):
            raise self._build_unfit(f"{name} is not https")
        return str(url)

    def _build_unfit(self, fault: str) -> Refused:
        return Refused(code="issuer_unfit", issuer=self.options.issuer, fault=fault)

    def _build_away(self, cause: str) -> Unreachable:
        return Unreachable(code="issuer_unreachable", issuer=self.options.issuer, cause=cause)


def _find_object(answer: HttpResponse) -> dict[str, Any] | None:
    """Return the JSON object of an answer; None if it holds anything else."""
    found = answer.parse_json_or_none()
    return found if isinstance(found, dict) else None
