"""Routes of the page of settings. An owner changes them; others see who they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Annotated, Any, Final, NamedTuple

from fastapi import APIRouter, Depends, Request
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
from reelwright.settings import Settings
from reelwright.studio.models.keys import add_key, list_keys, remove_key
from reelwright.studio.results.options import Name
from reelwright.studio.studio import AsyncStudio
from reelwright.web.forms import PageForm, Studio, build_form_reader, make_ticket
from reelwright.web.outcomes import PageRoute, describe_trouble
from reelwright.web.rendering import render, send_to
from reelwright.web.settings.brand_view import build_brand_view, set_brand_font, set_brand_logo, set_brand_texts
from reelwright.web.texts import COOKIE, NAMES

router = APIRouter(route_class=PageRoute, include_in_schema=False)
_SPANS: Final = ("files", "after_download", "spare_takes", "unused_assets")
_YEAR_S: Final = 365 * 24 * 3600
_VERDICTS: Final = frozenset({"accepted", "not asked", "no answer"})
SettingForm = Annotated[PageForm, Depends(build_form_reader({"secret": 4000, "url": URL_CHARS}))]


class Secret(NamedTuple):
    """A secret that is shown once, when it is made. ``name``: what it is for."""

    name: str
    value: str


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


@router.post("/studio/settings/{act}", dependencies=[Depends(require_owner)])
async def adjust_setting(request: Request, studio: Studio, form: SettingForm, act: Name) -> Response:
    """Change one setting, as the form says; for owners. A wrong value shows the page again, with what is accepted."""
    section, secret, where = act.partition("-")[0], None, ""
    try:
        match act:
            case "brand-preview":
                return await _render(request, brand=await build_brand_view(studio, form.fields))
            case "keys-add":
                where = await _add_key(request, form)
            case "keys-remove":
                remove_key(_require_key_settings(request), form.get("holder"))
            case "programs-add":
                secret = await _create_api_key(studio, form)
            case "webhooks-add":
                secret = await _create_webhook(request, studio, form)
            case _ if done := _ACTS.get(act):
                await done(studio, form)
            case _:
                raise NotFound(code="name_not_found", kind="setting", name=act[:60])
    except ReelwrightError as error:
        values: dict[str, Any] = {"trouble": describe_trouble(error), "section": section}
        if act == "brand-set":
            values["brand"] = await build_brand_view(studio, form.fields)
        return await _render(request, get_status(error), **values)
    if secret:
        return await _render(request, secret=secret, section=section)
    return send_to(request, f"studio/settings{where}#{section}")


def may_change_keys(request: Request) -> bool:
    """Whether the caller may change the keys of providers. They are the server's: only owners of its own account."""
    caller, deployment = get_caller(request), get_deployment(request)
    return caller.role == "owner" and caller.account == deployment.runtime.settings.account


def _require_key_settings(request: Request) -> Settings:
    if not may_change_keys(request):
        raise AccessDenied(code="role_too_low", role=get_caller(request).role, needed="owner")
    return get_deployment(request).runtime.settings


async def _add_key(request: Request, form: PageForm) -> str:
    made = await add_key(_require_key_settings(request), form.get("holder"), form.get("secret"))
    return f"?holder={made.holder}&verdict={made.verdict.replace(' ', '%20')}"


async def _create_api_key(studio: AsyncStudio, form: PageForm) -> Secret:
    given = {name: form.get(name) or None for name in ("auto_approve", "budget", "per")}
    if given["budget"] is None:
        given["per"] = None
    made = await studio.create_api_key(form.get("name"), form.get("role"), **given)
    return Secret(made.api_key.name, made.secret)


async def _create_webhook(request: Request, studio: AsyncStudio, form: PageForm) -> Secret:
    events = [kind for kind in WEBHOOK_KINDS if form.get(f"event.{kind}")]
    made = await studio.create_webhook(form.get("url"), events=events, may_use_private=may_use_private(request))
    return Secret(made.webhook.url, made.secret)


_ACTS: Final[Mapping[str, Callable[[AsyncStudio, PageForm], Awaitable[object]]]] = {
    "members-invite": lambda studio, form: studio.invite_member(form.get("email"), form.get("role")),
    "members-role": lambda studio, form: studio.set_member_role(form.get("member"), form.get("role")),
    "members-remove": lambda studio, form: studio.remove_member(form.get("member")),
    "programs-revoke": lambda studio, form: studio.revoke_api_key(form.get("key")),
    "webhooks-test": lambda studio, form: studio.test_webhook(form.get("webhook")),
    "webhooks-enable": lambda studio, form: studio.update_webhook(
        form.get("webhook"), is_enabled=form.get("is_enabled") == "true"
    ),
    "webhooks-remove": lambda studio, form: studio.remove_webhook(form.get("webhook")),
    "brand-set": set_brand_texts, "brand-logo": set_brand_logo, "brand-font": set_brand_font,
    "retention-set": lambda studio, form: studio.replace_retention(
        None, {name: form.get(name) or None for name in _SPANS}
    ),
}  # fmt: skip
"""What a form of the page may do by a verb of the studio alone, by the last part of its address: its section, and what
is done there."""


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
