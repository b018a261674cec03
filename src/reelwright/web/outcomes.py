"""Describes errors for pages: their sentence and advice, as the contract has them, and the status of the answer."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from reelwright.errors import BadInput, ReelwrightError, StoreUnavailable
from reelwright.messages import (
    ENGLISH,
    Sentences,
    format_advice,
    format_plain_action,
    format_reason,
    format_step_reason,
)
from reelwright.net.redact import redact_shown
from reelwright.reason import Action
from reelwright.server.problems import build_headers, build_route_class, get_status
from reelwright.web.rendering import FRAGMENT, render

logger = logging.getLogger("reelwright.web")
_DEARER: Final = frozenset({"above_given_budget", "no_auto_approval", "price_has_risen", "above_agreement"})


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error as a page shows it. ``field``: the field of the form that is wrong; empty for none.

    ``is_price``: the work costs more than the form showed, so that the form is shown again with the new price.
    """

    error: ReelwrightError
    code: str
    field: str
    is_price: bool

    @property
    def is_passing(self) -> bool:
        """Whether a page of it asks again by itself: the same request is answered once a database is back or a disk has
        room.
        """
        return isinstance(self.error, StoreUnavailable) and self.error.retry == "later"

    def translate(self, sentences: Sentences) -> tuple[str, str]:
        """Return its sentence and its advice in a language. A hint stays English."""
        reason, names = self.error.to_reason(), self.error.names
        if sentences is ENGLISH:
            message, advice = self.error.message, format_advice(reason, names)
        else:
            format_message = format_reason if isinstance(self.error, BadInput) else format_step_reason
            message = format_message(reason, names, sentences)
            advice = format_advice(reason, names, partial(_format_action, sentences), sentences)
        message = redact_shown(message)
        return f"{message[:1].upper()}{message[1:]}", redact_shown(advice)


def _format_action(sentences: Sentences, action: Action) -> str:
    """Return in words what a person can do; empty for what a page has as a link, or asks for in its sentence."""
    is_said = action.kind.startswith("list_") or action.kind == "answer_question"
    return "" if is_said else format_plain_action(action, sentences)


def describe_trouble(error: ReelwrightError) -> Trouble:
    """Describe an error for a page. The sentence is the contract's: no page knows an error's text."""
    return Trouble(error, error.code, str(getattr(error, "field", "")), error.code in _DEARER)


def render_trouble(request: Request, error: ReelwrightError) -> Response:
    """Render the page of an error, or of a part of a page only the note."""
    name = "shell/trouble_note.html" if FRAGMENT in request.headers else "shell/trouble.html"
    values = {"trouble": describe_trouble(error), "is_post": request.method == "POST"}
    answer = render(request, name, get_status(error), **values)
    answer.headers.update(build_headers(error))
    return answer


PageRoute: Final = build_route_class(render_trouble)
"""A route that answers every ``ReelwrightError`` with a page, or with a part of a page where one was asked for."""
