"""Members: the people of an account, as their issuer describes them, and what each of them may do."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, get_args

from reelwright.reel.base.value import define_value
from reelwright.reel.records.api_key import Role

RoleSource = Literal["issuer", "here"]
"""Who gave a member the role: the issuer, with each token; or an owner, or whoever runs the server, here."""
ROLE_SOURCES: Final[tuple[RoleSource, ...]] = get_args(RoleSource)


def is_plain_email(email: str) -> bool:
    """Whether an e-mail address may decide who somebody is: ASCII alone, and one ``@``.

    Unicode has letters whose lower case is one of ASCII, such as U+212A, the Kelvin sign, for k; and of an address with
    two ``@``, programs disagree which part is the domain.
    """
    return email.isascii() and email.count("@") == 1


@define_value
class Person:
    """A person whom an issuer has identified. ``iss`` and ``sub`` are the identity; everything else is a label.

    ``verified_email``: the address that the issuer vouches for, in lower case; None if it vouches for none, or for one
    that is not plain.
    """

    iss: str
    sub: str
    name: str
    email: str
    verified_email: str | None


@define_value
class Member:
    """A person in an account. ``iss`` and ``sub`` None: invited by ``email``, and not yet signed in."""

    id: str
    account: str
    iss: str | None
    sub: str | None
    name: str
    email: str
    role: Role
    role_source: RoleSource
    added_at: datetime | None
    last_seen_at: datetime | None
    removed_at: datetime | None


@define_value
class Session:
    """A member who is signed in. ``digest``: names the session; the secret that opens it is in the browser alone."""

    digest: str
    member: Member


@define_value
class SignInAttempt:
    """A sign-in that has begun in a browser. ``nonce`` and ``verifier`` bind the issuer's answer to it.

    ``next_path``: where the browser goes afterwards, on this server.
    """

    nonce: str
    verifier: str
    next_path: str
