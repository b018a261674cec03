"""The settings of the sign-in, checked: the issuer, this server as its client, and which role a person gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from reelwright.errors import BadInput
from reelwright.net.keys import Key, Keys
from reelwright.reel.records.api_key import ROLES, Role
from reelwright.reel.records.member import Person
from reelwright.settings import Settings, validate_base_url

GOOGLE: Final = "https://accounts.google.com"
"""The issuer of whoever has an account at Google, also of people of whom nobody here has heard."""
CALLBACK_PATH: Final = "/auth/callback"
_DOMAIN: Final = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_NEEDED: Final = "a value, because oidc_issuer is set"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInOptions:
    """The checked settings of the sign-in: the issuer, this server as its client, and which role each person gets.
    ``secret`` None: a public client, which PKCE alone protects.

    ``origin``: where browsers find this server. ``roles``: what the values of the claim ``roles_claim`` mean here.
    ``default_role``: the role of people without one, of ``domains`` alone if there are any; None: they stay outside.
    ``account``: where people arrive whom nobody has invited.
    """

    issuer: str
    client_id: str
    secret: Key | None
    origin: str
    scopes: str
    roles_claim: str
    roles: Mapping[str, Role]
    domains: frozenset[str]
    default_role: Role | None
    account: str

    @property
    def redirect_uri(self) -> str:
        """The URL of this server to which the issuer redirects browsers after a sign-in."""
        return f"{self.origin}{CALLBACK_PATH}"

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach this server by https. Otherwise they are on this machine, as ``validate_base_url``
        says.
        """
        return self.origin.startswith("https:")

    @property
    def is_google(self) -> bool:
        """Whether the issuer is Google."""
        return self.issuer.rstrip("/") == GOOGLE

    def find_claimed_role(self, claims: Mapping[str, object]) -> Role | None:
        """Return the highest role that the issuer's claims give a person; None if they give none."""
        found = claims.get(self.roles_claim)
        values = found if isinstance(found, list) else [found]
        roles = {self.roles[value] for value in values if isinstance(value, str) and value in self.roles}
        return max(roles, key=ROLES.index, default=None)

    def find_fallback_role(self, person: Person, claims: Mapping[str, object]) -> Role | None:
        """Return the default role for a person to whom the claims give none; None unless the person's domain is an
        accepted one, if any are set.
        """
        if not self.domains:
            return self.default_role
        domain = claims.get("hd") if self.is_google else (person.verified_email or "").rpartition("@")[2]
        return self.default_role if isinstance(domain, str) and domain in self.domains else None


def read_sign_in_options(settings: Settings, keys: Keys) -> SignInOptions:
    """Read and check the settings of the sign-in. Raises ``BadInput`` with the setting that is wrong."""
    for name in ("oidc_client_id", "public_url"):
        if not getattr(settings, name):
            raise BadInput(name, None, _NEEDED)
    issuer = settings.oidc_issuer
    validate_base_url("oidc_issuer", issuer)  # what it returns has no slash at its end, and some issuers do
    origin = _parse_origin(settings.public_url)
    if "openid" not in settings.oidc_scopes.split():
        raise BadInput("oidc_scopes", settings.oidc_scopes, "scopes with spaces between them, openid among them")
    options = SignInOptions(
        issuer=issuer, client_id=settings.oidc_client_id, secret=keys.find("oidc"), origin=origin,
        scopes=settings.oidc_scopes, roles_claim=settings.oidc_roles_claim, roles=_parse_roles(settings.oidc_roles),
        domains=_parse_domains(settings.oidc_domains), default_role=_parse_default_role(settings.oidc_default_role),
        account=settings.oidc_account or settings.account,
    )  # fmt: skip
    if options.domains and not options.default_role:
        raise BadInput("oidc_default_role", "", "viewer or producer, because oidc_domains says for whom")
    if options.is_google and options.default_role and not options.domains:
        raise BadInput("oidc_domains", "", "the domains of your own people: everybody can have an account at Google")
    return options


def _parse_origin(url: str) -> str:
    """Return the origin of an address as browsers write it. Raises ``BadInput`` for one with a path."""
    origin = validate_base_url("public_url", url).lower()
    if urlsplit(origin).path:
        raise BadInput("public_url", url, "an address without a path: cookies are the whole host's")
    return origin.removesuffix(":443" if origin.startswith("https:") else ":80")


def _parse_roles(text: str) -> Mapping[str, Role]:
    found: dict[str, Role] = {}
    for entry in filter(None, (part.strip() for part in text.split(","))):
        value, _, name = (part.strip() for part in entry.rpartition("="))
        role = next((one for one in ROLES if one == name), None)
        if role is None or not value:
            raise BadInput("oidc_roles", entry, f"VALUE=ROLE with commas between them; a role is {', '.join(ROLES)}")
        found[value] = role
    return found


def _parse_domains(text: str) -> frozenset[str]:
    found = frozenset(filter(None, (part.strip().lower() for part in text.split(","))))
    for domain in found:
        if not _DOMAIN.fullmatch(domain):
            raise BadInput("oidc_domains", domain, "domains such as studio.example, with commas between them")
    return found


def _parse_default_role(text: str) -> Role | None:
    if text not in ("", "viewer", "producer"):
        raise BadInput("oidc_default_role", text, "viewer or producer; an owner is invited, or named by the issuer")
    return next((role for role in ROLES if role == text), None)
