"""An OpenID Connect issuer of the tests' own: real HTTP on loopback, real keys, and every fault it can have."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlencode

import uvicorn
from joserfc import jws, jwt
from joserfc.jwk import ECKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT: Final = "reelwright-test"
SECRET: Final = "s3cret-of-the-client-~._-0123456789"
ANA: Final = {"sub": "ana-0001", "name": "Ana Ruiz", "email": "ana@studio.example", "email_verified": True}
BO: Final = {"sub": "bo-0002", "name": "Bo Li", "email": "bo@studio.example", "email_verified": True}


@cache
def _generate_key(kid: str) -> RSAKey:
    """Generate a key once: it takes a tenth of a second of processor time and more."""
    return RSAKey.generate_key(2048, {"kid": kid})


def encode(value: Any) -> str:
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


@dataclass
class LocalIssuer:
    """The issuer. ``person``: the claims of whoever signs in next. ``claims``: replace claims of its tokens; None takes
    one out. ``signing``: how tokens are signed. ``fault``: how the token endpoint fails. ``metadata``: replaces entries
    of its description. ``is_away``: everything answers 503. ``has_page``: people press a button.
    """

    url: str = ""
    secret: str | None = None
    person: Mapping[str, Any] = field(default_factory=lambda: dict(ANA))
    claims: dict[str, Any] = field(default_factory=dict)
    signing: str = "RS256"
    fault: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    is_away: bool = False
    has_page: bool = False
    key: Any = field(default_factory=lambda: _generate_key("first"))
    published: list[Any] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    names_itself: bool = False

    def rotate(self, kid: str = "second", *, is_published: bool = True) -> None:
        """Sign with a new key from now on."""
        self.key = _generate_key(kid)
        if is_published:
            self.published = [self.key]

    def build_app(self) -> Starlette:
        routes = [
            Route("/.well-known/openid-configuration", self.describe),
            Route("/authorize", self.authorize, methods=["GET", "POST"]),
            Route("/token", self.give_token, methods=["POST"]),
            Route("/jwks", self.list_keys),
            Route("/logout", self.log_out),
        ]
        return Starlette(routes=routes)

    async def describe(self, request: Request) -> Response:
        self.fetched.append("describe")
        if self.is_away:
            return Response(status_code=503)
        found = {
            "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize", "jwks_uri": f"{self.url}/jwks",
            "token_endpoint": f"{self.url}/token", "end_session_endpoint": f"{self.url}/logout",
            "response_types_supported": ["code"], "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": self.names_itself,
        }  # fmt: skip
        return JSONResponse({name: one for name, one in {**found, **self.metadata}.items() if one is not None})

    async def list_keys(self, request: Request) -> Response:
        self.fetched.append("jwks")
        if self.is_away:
            return Response(status_code=503)
        keys = [key.as_dict(private=False) for key in self.published or [self.key]]
        odd = [{"kty": "XYZ", "kid": "odd"}, {"kty": "RSA", "kid": "broken", "n": 7}, "nothing"]
        return JSONResponse({"keys": [*odd, *keys]})

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert asked["response_type"] == "code" and asked["client_id"] == CLIENT and asked["nonce"]
        assert asked["code_challenge_method"] == "S256" and "openid" in asked["scope"].split()
        if self.has_page and request.method == "GET":
            return HTMLResponse("<form method=post><button id=go>Sign in as Ana</button></form>")
        code = f"code-{len(self.codes)}-{time.time_ns()}"
        self.codes[code] = asked
        more = {"iss": self.url} if self.names_itself else {}
        query = urlencode({"code": code, "state": asked["state"], **more})
        return RedirectResponse(f"{asked['redirect_uri']}?{query}", 303)

    async def give_token(self, request: Request) -> Response:
        self.fetched.append("token")
        if self.is_away or self.fault == "away":
            return Response(status_code=503)
        if self.fault:
            return JSONResponse({"error": self.fault}, 400)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        if not self.knows_client(request.headers.get("authorization", ""), form):
            return JSONResponse({"error": "invalid_client"}, 401)
        asked = self.codes.get(form["code"])
        challenge = encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        is_right = asked and asked["code_challenge"] == challenge and asked["redirect_uri"] == form["redirect_uri"]
        if not asked or not is_right or form["code"] in self.used or form["grant_type"] != "authorization_code":
            return JSONResponse({"error": "invalid_grant"}, 400)
        self.used.add(form["code"])
        answer = {"access_token": "at", "token_type": "Bearer", "id_token": self.sign(asked["nonce"])}
        return JSONResponse(
            {name: one for name, one in answer.items() if self.signing != "nothing" or name != "id_token"}
        )

    def knows_client(self, header: str, form: Mapping[str, str]) -> bool:
        if self.secret is None:
            return not header and form.get("client_id") == CLIENT and "client_secret" not in form
        if "client_secret_post" in self.metadata.get("token_endpoint_auth_methods_supported", ()):
            return (form.get("client_id"), form.get("client_secret")) == (CLIENT, self.secret)
        return header == f"Basic {base64.b64encode(f'{CLIENT}:{self.secret}'.encode()).decode()}"

    def sign(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.person, **self.claims,
        }  # fmt: skip
        claims = {name: one for name, one in claims.items() if one is not None}
        header = {"alg": self.signing, "kid": self.key.kid}
        if self.signing == "none":
            return f"{encode({'alg': 'none', 'typ': 'JWT'})}.{encode(claims)}."
        if self.signing == "HS256":  # by the public key, which everybody knows
            text = f"{encode(header)}.{encode(claims)}"
            return f"{text}.{encode(hmac.digest(self.key.as_pem(private=False), text.encode(), 'sha256'))}"
        if self.signing == "forged":
            return jwt.encode({**header, "alg": "RS256"}, claims, RSAKey.generate_key(2048), ["RS256"])
        if self.signing == "without kid":
            return jwt.encode({"alg": "RS256"}, claims, self.key, ["RS256"])
        if self.signing == "garbage":
            return "not.a.token"
        if self.signing == "changed":
            first, _, last = jwt.encode({**header, "alg": "RS256"}, claims, self.key, ["RS256"]).split(".")
            return f"{first}.{encode({**claims, 'sub': 'somebody else'})}.{last}"
        if self.signing == "ES256" and not isinstance(self.key, ECKey):
            self.key = ECKey.generate_key("P-256", {"kid": "curve"})
            header["kid"] = "curve"
        if self.signing == "nothing":
            return ""
        text = json.dumps(claims).encode()  # half a character is escaped, as some issuers do
        return jws.serialize_compact({"typ": "JWT", **header}, text, self.key, [self.signing])

    async def log_out(self, request: Request) -> Response:
        self.fetched.append(f"logout {unquote(str(request.url.query))}")
        return RedirectResponse(request.query_params["post_logout_redirect_uri"], 303)

    @contextmanager
    def lie(self, **claims: Any):
        """Replace claims of the tokens during the block."""
        self.claims = claims
        try:
            yield
        finally:
            self.claims = {}


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self):
        yield


@asynccontextmanager
async def open_issuer(**more: Any) -> AsyncIterator[LocalIssuer]:
    """Run an issuer until the block ends."""
    issuer = LocalIssuer(**more)
    config = uvicorn.Config(issuer.build_app(), port=0, lifespan="off", log_config=None, access_log=False, ws="none")
    server = _Server(config)
    sock = config.bind_socket()
    issuer.url = f"http://127.0.0.1:{sock.getsockname()[1]}"
    serving = asyncio.create_task(server.serve([sock]))
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield issuer
    finally:
        server.should_exit = True
        await asyncio.wait({serving})
        sock.close()
