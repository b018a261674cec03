"""Renders templates as HTML answers, with the headers of every page and the values that each template may use."""

from __future__ import annotations

import gzip
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.types import Receive, Scope, Send

from reelwright.input_limits import MAX_FILE_BYTES, MAX_TAKES_PER_ROUND
from reelwright.known_providers import name_provider
from reelwright.reel.records.api_key import may_act_as
from reelwright.server.caller import find_caller
from reelwright.server.policy import STORE_RETRY_S
from reelwright.server.routes.native import get_deployment
from reelwright.units import Micros, format_usd
from reelwright.web.files import FILES
from reelwright.web.job_messages import ReasonTexts
from reelwright.web.notes import load_notes
from reelwright.web.texts import NAMES, Texts, choose_language, load_sentences, load_texts

_HERE: Final = Path(__file__).parent
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""Headers of every page. No picture of ours comes from another host, and no script or style stands in a page."""
FRAGMENT: Final = "x-reelwright-fragment"
"""Header of a request that wants only the part of a page that changes; ``panel``: of a film no more than its panel."""
_SIGN_IN_PATHS: Final = "/auth/"
_SIGN_IN_CODES: Final = frozenset({"sign_in_needed", "signed_out"})
"""Codes of refusals after which a person signs in."""
_AWAY_CODES: Final = frozenset({"store_unavailable", "journal_unusable"})
"""Codes of a database that does not answer."""
_GZIP_LEVEL: Final = 1
_MINUTE_S: Final = 60
_ROUND_S: Final = 10
_DECIMAL_COMMA: Final = frozenset({"de"})
"""Languages whose numbers have a comma before tenths."""
_MONTHS: Final = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                  "November", "December")  # fmt: skip


class Formats:
    """Amounts and times as people read them in a language."""

    def __init__(self, texts: Texts) -> None:
        self._texts, self._translate = texts, texts.translate

    def format_price(self, micros: int) -> str:
        """Return an amount, such as ``$0.40``; ``free`` for nothing."""
        return f"${format_usd(Micros(micros))}" if micros else self._translate("free")

    def format_wait(self, seconds: float) -> str:
        """Return a length of time in round figures, such as ``about 50 s`` or ``about 4 min``."""
        if seconds < _ROUND_S:
            return self._translate("about %(n)s s") % {"n": max(1, math.ceil(seconds))}
        if seconds < 1.5 * _MINUTE_S:
            return self._translate("about %(n)s s") % {"n": math.ceil(seconds / 5) * 5}
        return self._translate("about %(n)s min") % {"n": math.ceil(seconds / _MINUTE_S)}

    def format_length(self, seconds: float) -> str:
        """Return the length of a film or a shot, such as ``30 s`` or ``4.8 s``."""
        text = f"{seconds:.1f}".removesuffix(".0") + " s"
        text = text.replace(".", ",") if self._texts.tag in _DECIMAL_COMMA else text
        return f"\u2066{text}\u2069" if self._texts.direction == "rtl" else text  # its unit stays behind it

    def format_month(self, month: date) -> str:
        """Return a month, such as ``November 2026``."""
        return f"{self._translate(_MONTHS[month.month - 1])} {month.year}"


def format_clock(seconds: float) -> str:
    """Return a place in a film as minutes and seconds, such as ``0:05``."""
    whole = int(seconds)
    return f"{whole // _MINUTE_S}:{whole % _MINUTE_S:02}"


def format_moment(moment: datetime | None) -> str:
    """Return a moment as HTML, in UTC; the page's script shows it in the time zone of its reader. Empty for None."""
    if moment is None:
        return Markup("")
    at = moment.astimezone(UTC)
    return Markup('<time datetime="{}">{} UTC</time>').format(at.isoformat(timespec="seconds"), f"{at:%Y-%m-%d %H:%M}")


@cache
def _build_environment(tag: str) -> Environment:
    """Build the environment of all templates in a language: everything is escaped, and an unknown name is a fault."""
    texts = load_texts(tag)
    made = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    made.install_gettext_callables(texts.translate, texts.translate_number, newstyle=True)  # type: ignore[attr-defined]
    formats = Formats(texts)
    reasons = ReasonTexts(load_sentences(tag), is_english=texts.tag not in NAMES or tag == "en")
    made.filters |= {
        "price": formats.format_price, "wait": formats.format_wait, "month": formats.format_month,
        "clock": format_clock, "seconds": formats.format_length, "moment": format_moment, "usd": format_usd,
        "note": load_notes(tag).translate, "job_message": reasons.format_job,
        "purchase_message": reasons.format_purchase, "action": reasons.format_action,
    }  # fmt: skip
    made.globals |= {"language": texts.tag, "direction": texts.direction, "max_upload": MAX_FILE_BYTES,
                     "max_takes": MAX_TAKES_PER_ROUND,
                     "sentences": load_sentences(tag), "name_provider": partial(_name_provider, tag)}  # fmt: skip
    return made


def _name_provider(tag: str, name: str, variable: str | None = None) -> str:
    return str(load_sentences(tag).translate_value(name_provider(name, variable)))


def find_root(path: str) -> str:
    """Return the way from the page at ``path`` to the root of the server, such as ``../../``.

    All addresses in pages are relative, so that they also work behind a proxy that puts a prefix before them.
    """
    return "../" * max(0, path.count("/") - 1) or "./"


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Render a template as the answer to a request."""
    caller, root = find_caller(request), find_root(request.url.path)
    environment = _build_environment(choose_language(request))
    context = {
        "root": root,
        "files": f"{root}studio/files/{FILES.version}/",
        "is_rehearsal": get_deployment(request).is_rehearsal,
        "caller": caller,
        "is_owner": caller is not None and may_act_as(caller.role, "owner"),
        "may_order": caller is not None and may_act_as(caller.role, "producer"),
        "is_fragment": FRAGMENT in request.headers,
        "part": request.headers.get(FRAGMENT, ""),
        "theme": request.cookies.get("reelwright-theme", ""),
        **values,
    }
    page = environment.get_template(template).render(context).encode()
    return build_page_answer(request, page, status, HEADERS)


def build_page_answer(request: Request, page: bytes, status: int, headers: Mapping[str, str]) -> HTMLResponse:
    """Build an answer whose page is compressed, if it is no answer to a form: what a POST shows once, such as a secret,
    is not measured by its size.
    """
    if request.method != "GET" or "gzip" not in request.headers.get("accept-encoding", ""):
        return HTMLResponse(page, status, headers)
    sent = gzip.compress(page, _GZIP_LEVEL, mtime=0)
    return HTMLResponse(sent, status, {**headers, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"})


class ErrorPage(Response):
    """Page of an error that no route of a page has seen. It is rendered when it is sent: only then is its reader known.

    ``is_passing``: the same request is answered later, as that of a page whose database is away.
    """

    def __init__(self, path: str, status: int, code: str, message: str) -> None:
        super().__init__(status_code=status)
        root, is_passing = find_root(path), code in _AWAY_CODES and not path.startswith(_SIGN_IN_PATHS)
        self._context = {
            "root": root,
            "files": f"{root}studio/files/{FILES.version}/",
            "code": code,
            "message": message,
            "can_sign_in": code in _SIGN_IN_CODES or path.startswith(_SIGN_IN_PATHS),
            "is_passing": is_passing,
        }
        self._page_headers = {**HEADERS, "Retry-After": str(STORE_RETRY_S)} if is_passing else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Render the page for the request of ``scope``, and send it."""
        template = _build_environment(choose_language(Request(scope))).get_template("shell/refused.html")
        page = template.render(self._context, is_post=scope["method"] == "POST")
        await HTMLResponse(page, self.status_code, self._page_headers)(scope, receive, send)


def send_to(request: Request, path: str) -> RedirectResponse:
    """Redirect a browser to a path of this server after a form was handled."""
    return RedirectResponse(f"{find_root(request.url.path)}{path}", 303, {"Cache-Control": "no-store"})
