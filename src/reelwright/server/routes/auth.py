"""Sign-in and sign-out of people in a browser: ``/auth/sign-in``, ``/auth/callback`` and ``/auth/sign-out``."""

from __future__ import annotations

import logging
import re
import secrets
from html import escape
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from reelwright.errors import AccessDenied, BadInput, NotFound, ReelwrightError
from reelwright.net.redact import redact_line, redact_shown
from reelwright.reel.records.member import SignInAttempt
from reelwright.server.access import SIGN_IN_PATH
from reelwright.server.deployment import PAGES_PATH, find_pages
from reelwright.server.problems import build_headers, get_status
from reelwright.server.routes.docs import PAGE_POLICY, read_style
from reelwright.server.routes.native import get_deployment
from reelwright.server.sign_in import cookies
from reelwright.server.sign_in.id_token import read_person
from reelwright.server.sign_in.issuer import Issuer

logger = logging.getLogger("reelwright.server")
router = APIRouter(prefix="/auth", include_in_schema=False)
PREFIX: Final = "/auth/"
_LANDING: Final = "/docs"
"""Where a browser goes that did not come for a page of its own, if the server has no pages for people."""
_NEXT: Final = re.compile(r"/(?![/\\])[!-\[\]-~]{0,1999}")
"""A path of this server with its query, in visible ASCII characters. Browsers read a backslash as a slash."""
_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""Addresses here hold codes: no page that comes after is told them."""


@router.get("/sign-in")
async def begin_sign_in(request: Request) -> Response:
    """Redirect the browser to the issuer's sign-in page; ``next``: the path of this server to return to afterwards."""
    issuer, journal = _require_issuer(request), get_deployment(request).runtime.journal
    next_path = request.query_params.get("next") or (PAGES_PATH if find_pages(request) else _LANDING)
    if not _NEXT.fullmatch(next_path):
        raise BadInput("next", next_path[:60], "a path of this server, such as /docs")
    state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    attempt = SignInAttempt(nonce=secrets.token_urlsafe(32), verifier=secrets.token_urlsafe(48), next_path=next_path)
    url = await issuer.build_sign_in_url(state, attempt)
    await journal.begin_sign_in(state, browser, attempt)
    answer = RedirectResponse(url, 303, _HEADERS)
    cookies.set_attempt(answer, issuer.options, state, browser)
    return answer


@router.get("/callback")
async def finish_sign_in(request: Request) -> Response:
    """Verify the issuer's response that the browser brings, start a session, and redirect to the page that was asked
    for.
    """
    issuer, journal = _require_issuer(request), get_deployment(request).runtime.journal
    options, given = issuer.options, request.query_params
    state = given.get("state", "")
    name = cookies.build_attempt_name(options, state)
    browser = request.cookies.get(name)
    attempt = await journal.take_sign_in(state, browser) if state and browser else None
    if attempt is None:
        raise AccessDenied(code="sign_in_unknown")
    await issuer.check_answer(given.get("iss"))
    code, error = given.get("code"), given.get("error")
    if error is not None or not code:
        raise AccessDenied(code="sign_in_stopped", cause=redact_line(error or "no code", 60))
    claims = await issuer.fetch_claims(code, attempt)
    person = read_person(claims, options)
    issuer_role, fallback = options.find_claimed_role(claims), options.find_fallback_role(person, claims)
    old_secret = request.cookies.get(cookies.get_session_name(options))
    found = await journal.begin_session(options.account, person, issuer_role, fallback, old_secret)
    if found == "member_removed":
        raise AccessDenied(code="member_removed")
    if isinstance(found, str):
        raise AccessDenied(code="not_a_member")
    logger.info("signed in", extra={"member": found.member.id, "account": found.member.account})
    answer = RedirectResponse(attempt.next_path, 303, _HEADERS)
    cookies.clear_cookie(answer, options, name)
    cookies.set_session(answer, options, found.secret)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session of the browser, and redirect it to the issuer's own sign-out if there is one.

    A program gets that address as JSON instead of a redirect.
    """
    issuer, journal = _require_issuer(request), get_deployment(request).runtime.journal
    options = issuer.options
    name = cookies.get_session_name(options)
    if secret := request.cookies.get(name):
        await journal.close_session(secret)
    url = await issuer.build_sign_out_url(f"{options.origin}{PREFIX}signed-out")
    if wants_page(request):
        answer: Response = RedirectResponse(url or f"{PREFIX}signed-out", 303, _HEADERS)
    else:
        answer = JSONResponse({"signed_out": True, "issuer_sign_out_url": url}, headers=_HEADERS)
    cookies.clear_cookie(answer, options, name)
    return answer


@router.get("/signed-out")
async def show_signed_out(request: Request) -> Response:
    """Return the page that says that the session has ended."""
    _require_issuer(request)
    return _build_page(request, "Signed out", "you are signed out", 200, "signed_out")


def wants_page(request: Request) -> bool:
    """Whether the client accepts HTML: a person in a browser, and not a program."""
    return "text/html" in request.headers.get("accept", "")


def build_error_page(request: Request, error: ReelwrightError) -> Response:
    """Build the HTML page that says why a sign-in failed."""
    answer = _build_page(request, "Not signed in", redact_shown(error.message), get_status(error), error.code)
    answer.headers.update(build_headers(error))
    return answer


def _build_page(request: Request, title: str, text: str, status: int, code: str) -> Response:
    """Build a page with a way to sign in; that of the pages for people, if the server has them."""
    if pages := find_pages(request):
        answer = pages.build_error(request.url.path, status, code, text)
        answer.headers.update(_HEADERS)
        return answer
    text = f"{text[:1].upper()}{text[1:]}."
    page = (
        f"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
        f"<title>{escape(title)}</title><style>{read_style()}</style><h1>{escape(title)}</h1>"
        f"<p>{escape(text)}</p><p><a href='{SIGN_IN_PATH}'>Sign in</a></p>"
    )
    headers = {**_HEADERS, "Content-Security-Policy": PAGE_POLICY}
    return HTMLResponse(f"{page}<p class=dim>{escape(code)}</p>", status, headers)


def _require_issuer(request: Request) -> Issuer:
    """Return who signs people in. Raises ``NotFound`` where nobody does."""
    issuer = get_deployment(request).issuer
    if issuer is None:
        raise NotFound(code="method_not_offered", path=request.url.path)
    return issuer
