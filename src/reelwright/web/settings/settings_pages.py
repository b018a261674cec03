"""Routes of the page of settings. An owner changes them; others see who they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from reelwright.errors import AccessDenied, NotFound, ReelwrightError
from reelwright.input_limits import URL_CHARS
from reelwright.net.keys import Keys
from reelwright.reel.records.api_key import ROLES
from reelwright.reel.records.webhook import WEBHOOK_KINDS
from reelwright.server.caller import get_caller, require_owner
from reelwright.server.problems import get_status
from reelwright.server.routes.native import get_deployment, get_studio
from reelwright.server.routes.webhooks import may_use_private
from reelwright.studio.models.keys import add_key, list_keys, remove_key
from reelwright.studio.results.options import Name
from reelwright.web.forms import PageForm, make_ticket, read_form
from reelwright.web.outcomes import PageRoute, describe_trouble
from reelwright.web.rendering import render, send_to
from reelwright.web.settings.brand_view import build_brand_view, set_brand_font, set_brand_logo, set_brand_texts
from reelwright.web.texts import COOKIE, NAMES

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_SPANS: Final = ("files", "after_download", "spare_takes", "unused_assets")
_YEAR_S: Final = 365 * 24 * 3600
_VERDICTS: Final = frozenset({"accepted", "not asked", "no answer"})
_LIMITS: Final = {"secret": 4000, "url": URL_CHARS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret that is shown once, when it is made. ``section``: the part of the page that it belongs to."""

    section: str
    name: str
    value: str


Act = Callable[[Request, PageForm], Awaitable[Secret | None]]
"""Changes one setting by the verb of the studio; returns a secret if one was made."""


@router.get("/studio/settings")
async def show_settings(request: Request, holder: str = "", verdict: str = "") -> Response:
    """Show the settings. ``holder`` and ``verdict``: what a provider said of its key that was stored just now."""
    return await _render(request, stored=(holder, verdict) if verdict in _VERDICTS else None)


@router.get("/studio/language")
async def choose_page_language(request: Request, to: str = "") -> Response:
    """Remember in the browser in which language its person reads the pages. Viewers may, too."""
    answer = send_to(request, "studio/settings")
    if to in NAMES:
        answer.set_cookie(COOKIE, to, max_age=_YEAR_S, httponly=True, samesite="lax")
    return answer


@router.post("/studio/settings/{act}")
async def adjust_setting(request: Request, act: Name) -> Response:
    """Change one setting, as the form says; for owners. A wrong value shows the page again, with what is accepted."""
    require_owner(request)
    form = await read_form(request, _LIMITS)
    section = act.partition("-")[0]
    try:
        if act == "keys-add":
            return await _add_key(request, form)
        if act == "brand-preview":
            return await _render(request, brand=await build_brand_view(get_studio(request), form.fields))
        done = _ACTS.get(act)
        if done is None:
            raise NotFound(code="name_not_found", kind="setting", name=act[:60])
        secret = await done(request, form)
    except ReelwrightError as error:
        values: dict[str, Any] = {"trouble": describe_trouble(error), "section": section}
        if act == "brand-set":
            values["brand"] = await build_brand_view(get_studio(request), form.fields)
        return await _render(request, get_status(error), **values)
    if secret:
        return await _render(request, secret=secret, section=section)
    return send_to(request, f"studio/settings#{section}")


def may_change_keys(request: Request) -> bool:
    """Whether the caller may change the keys of providers. They are the server's: only owners of its own account."""
    caller, deployment = get_caller(request), get_deployment(request)
    return caller.role == "owner" and caller.account == deployment.runtime.settings.account


async def _add_key(request: Request, form: PageForm) -> Response:
    _require_keys(request)
    made = await add_key(get_deployment(request).runtime.settings, form.get("holder"), form.get("secret"))
    return send_to(request, f"studio/settings?holder={made.holder}&verdict={made.verdict.replace(' ', '%20')}#keys")


async def _remove_key(request: Request, form: PageForm) -> None:
    _require_keys(request)
    remove_key(get_deployment(request).runtime.settings, form.get("holder"))


def _require_keys(request: Request) -> None:
    if not may_change_keys(request):
        raise AccessDenied(code="role_too_low", role=get_caller(request).role, needed="owner")


async def _invite(request: Request, form: PageForm) -> None:
    await get_studio(request).invite_member(form.get("email"), form.get("role"))


async def _set_role(request: Request, form: PageForm) -> None:
    await get_studio(request).set_member_role(form.get("member"), form.get("role"))


async def _remove_member(request: Request, form: PageForm) -> None:
    await get_studio(request).remove_member(form.get("member"))


async def _create_api_key(request: Request, form: PageForm) -> Secret:
    given = {name: form.get(name) or None for name in ("auto_approve", "budget", "per")}
    if given["budget"] is None:
        given["per"] = None
    made = await get_studio(request).create_api_key(form.get("name"), form.get("role"), **given)
    return Secret(section="programs", name=made.api_key.name, value=made.secret)


async def _revoke_api_key(request: Request, form: PageForm) -> None:
    await get_studio(request).revoke_api_key(form.get("key"))


async def _create_webhook(request: Request, form: PageForm) -> Secret:
    events = [kind for kind in WEBHOOK_KINDS if form.get(f"event.{kind}")]
    made = await get_studio(request).create_webhook(
        form.get("url"), events=events, may_use_private=may_use_private(request)
    )
    return Secret(section="webhooks", name=made.webhook.url, value=made.secret)


async def _test_webhook(request: Request, form: PageForm) -> None:
    await get_studio(request).test_webhook(form.get("webhook"))


async def _enable_webhook(request: Request, form: PageForm) -> None:
    await get_studio(request).update_webhook(form.get("webhook"), is_enabled=form.get("is_enabled") == "true")


async def _remove_webhook(request: Request, form: PageForm) -> None:
    await get_studio(request).remove_webhook(form.get("webhook"))


async def _set_brand(request: Request, form: PageForm) -> None:
    await set_brand_texts(get_studio(request), form)


async def _set_logo(request: Request, form: PageForm) -> None:
    await set_brand_logo(get_studio(request), form)


async def _set_font(request: Request, form: PageForm) -> None:
    await set_brand_font(get_studio(request), form)


async def _set_retention(request: Request, form: PageForm) -> None:
    await get_studio(request).replace_retention(None, {name: form.get(name) or None for name in _SPANS})


_ACTS: Final[Mapping[str, Act]] = {
    "keys-remove": _remove_key,
    "members-invite": _invite, "members-role": _set_role, "members-remove": _remove_member,
    "programs-add": _create_api_key, "programs-revoke": _revoke_api_key,
    "webhooks-add": _create_webhook, "webhooks-test": _test_webhook, "webhooks-enable": _enable_webhook,
    "webhooks-remove": _remove_webhook,
    "brand-set": _set_brand, "brand-logo": _set_logo, "brand-font": _set_font,
    "retention-set": _set_retention,
}  # fmt: skip
"""What a form of the page may do, by the last part of its address: the section, and what is done there."""


async def _render(request: Request, status: int = 200, **values: Any) -> Response:
    """Render the page. Only owners see members, keys and webhooks; keys of providers, only those of the server."""
    studio, deployment = get_studio(request), get_deployment(request)
    is_owner = get_caller(request).role == "owner"
    shown = {
        "trouble": None, "section": "", "secret": None, "stored": None, "roles": ROLES, "kinds": WEBHOOK_KINDS,
        "keys": list_keys(Keys(deployment.runtime.settings)) if may_change_keys(request) else (),
        "members": await studio.list_members() if is_owner else (),
        "api_keys": await studio.list_api_keys() if is_owner else (),
        "webhooks": await studio.list_webhooks() if is_owner else (),
        "retention": await studio.read_retention(), "spans": _SPANS, "has_sign_in": deployment.issuer is not None,
        "languages": NAMES, "brand": values.get("brand") or await build_brand_view(studio),
        "ticket": partial(make_ticket, request), "room": "settings", **values,
    }  # fmt: skip
    return render(request, "settings/page.html", status, **shown)
