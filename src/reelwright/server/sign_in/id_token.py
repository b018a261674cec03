"""Verifies the token in which an issuer says who somebody is (OpenID Connect Core 1.0, section 3.1.3.7)."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from reelwright.errors import AccessDenied
from reelwright.reel.records.member import Person, is_plain_email
from reelwright.server.policy import ISSUER_CLOCK_LEEWAY_S, MAX_LABEL_CHARS
from reelwright.server.sign_in.sign_in_options import SignInOptions

PublicKey = RSAKey | ECKey | OKPKey
_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("EdDSA", "Ed25519"), "OKP"),
}
"""The algorithms that are accepted, with the kind of their keys. Each has a public key and a secret one.

``none`` is no signature, and with ``HS256`` whoever knows the client's secret, or passes a public key off as one, could
sign.
"""
_MOST_SUBJECT: Final = 255
"""Most characters of a subject. Source: OpenID Connect Core 1.0, section 2."""
_JOINERS: Final = "\u200c\u200d"


def read_keys(document: object) -> Sequence[PublicKey]:
    """Return the public keys of an issuer's JWKS document that verify signatures; skip all others, as RFC 7517 says."""
    listed = document.get("keys") if isinstance(document, dict) else None
    found: list[PublicKey] = []
    for entry in listed if isinstance(listed, list) else ():
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
            continue
        try:
            key = JWKRegistry.import_key(entry)
        except (JoseError, ValueError, TypeError, KeyError):
            continue
        if isinstance(key, PublicKey):
            found.append(key)
    return found


def verify_id_token(
    token: str, keys: Iterable[PublicKey], issuer: str, client_id: str, nonce: str, access_token: str | None = None
) -> Mapping[str, Any]:
    """Verify an ID token of OpenID Connect that ``issuer`` signed for this client and this sign-in; return its claims.
    Raises ``AccessDenied``.
    """
    header = _read_header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    kind = _KINDS.get(algorithm) if isinstance(algorithm, str) else None
    if kind is None:
        raise AccessDenied(code="token_algorithm", algorithm=str(algorithm)[:20])
    fitting = [key for key in keys if key.key_type == kind and kid in (None, key.kid) and key.alg in (None, algorithm)]
    claims = CodeIDToken(
        _decode(token, str(algorithm), fitting),
        header,
        {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": client_id},
            "sub": {"essential": True},
        },
        {"nonce": nonce, "client_id": client_id, "access_token": access_token},
    )
    try:
        claims.validate(int(time.time()), ISSUER_CLOCK_LEEWAY_S)
    except ExpiredTokenError:
        raise AccessDenied(code="token_expired") from None
    except (MissingClaimError, InvalidClaimError) as fault:
        raise _build_refusal(str(fault.claim)) from None
    except (JoseError, ValueError, TypeError, AttributeError):
        raise AccessDenied(code="token_malformed") from None
    subject = claims["sub"]
    if not (len(subject) <= _MOST_SUBJECT and subject.isprintable() and subject.strip()):
        raise AccessDenied(code="token_subject")
    return dict(claims)


def read_person(claims: Mapping[str, Any], options: SignInOptions) -> Person:
    """Return the person whom verified claims describe: name, email address, and that address again if it counts as
    verified. An address counts as verified only where its issuer can know that.

    Google vouches for its own addresses and for those of organisations (``hd``). Any other address may have gone to
    somebody else since Google asked. Source: jpassing.com on ``email_verified``,
    read 2026-11-22.
    """
    email, username = (_read_text(claims, name) for name in ("email", "preferred_username"))
    is_verified = claims.get("email_verified") is True and email == claims.get("email") and is_plain_email(email)
    if options.is_google and not (email.lower().endswith("@gmail.com") or claims.get("hd")):
        is_verified = False
    return Person(
        iss=claims["iss"], sub=claims["sub"], name=_read_text(claims, "name") or username, email=email or username,
        verified_email=email.lower() if is_verified else None,
    )  # fmt: skip


def _read_text(claims: Mapping[str, Any], name: str) -> str:
    """Read a label, without characters that lines and terminals obey. In some scripts names have joiners."""
    value = claims.get(name)
    clean = "".join(c for c in value if c.isprintable() or c in _JOINERS) if isinstance(value, str) else ""
    return clean[:MAX_LABEL_CHARS]


def _read_header(token: str) -> dict[str, Any]:
    try:
        return dict(jws.extract_compact(token.encode("ascii")).headers())
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise AccessDenied(code="token_malformed") from None


def _decode(token: str, algorithm: str, keys: Sequence[PublicKey]) -> dict[str, Any]:
    """Return the claims if one of the keys signed them: not every issuer says which one."""
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    for key in keys:
        try:
            return jwt.decode(token, key, [algorithm], registry).claims
        except BadSignatureError:
            continue
        except (JoseError, ValueError, TypeError):
            raise AccessDenied(code="token_malformed") from None
    raise AccessDenied(code="token_signature")


def _build_refusal(claim: str) -> AccessDenied:
    """Build the error about a claim that is missing or wrong."""
    match claim.partition(",")[0]:
        case "aud" | "azp":
            return AccessDenied(code="token_audience")
        case "iss":
            return AccessDenied(code="token_issuer")
        case "nonce":
            return AccessDenied(code="token_nonce")
        case "sub":
            return AccessDenied(code="token_subject")
        case "nbf" | "iat":
            return AccessDenied(code="token_not_yet_valid")
        case "exp":
            return AccessDenied(code="token_expired")
        case _:
            return AccessDenied(code="token_claim", claim=claim)
