"""Consent of a person to the price of an agent's order: from a wallet, or by a question that only the person answers.

Permission to call a tool is no consent, and neither is any argument, text or environment variable. What is free needs
none.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from mcp import MCPError, types
from mcp.server.context import ServerRequestContext

from reelwright.agents.orders import Order
from reelwright.agents.policy import MAX_OPEN_QUESTIONS, PRICE_ANSWER_S
from reelwright.agents.wallet import Wallet
from reelwright.errors import NeedsConsent, OverBudget
from reelwright.net.redact import redact_line
from reelwright.reason import Action
from reelwright.studio.quotes.film_budget import refuse_above
from reelwright.studio.results.results import ProjectQuote
from reelwright.studio.studio import AsyncStudio
from reelwright.units import Micros, format_usd

_STATELESS_SINCE: Final = "2026-07-28"
"""The first version of the protocol in which a question is an answer to the call, and the call comes again."""
_QUESTION: Final = "price"


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a tool by an agent, with the MCP request that brought it."""

    tool: str
    arguments: Mapping[str, Any]
    context: ServerRequestContext[Any, Any]
    params: types.CallToolRequestParams

    @property
    def digest(self) -> str:
        """SHA-256, as hex, of the tool's name and arguments, by which a repeated call is recognised."""
        text = json.dumps([self.tool, dict(self.arguments)], sort_keys=True)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def is_stateless(self) -> bool:
        """Whether the client's version of MCP answers a question by making the same call again, with the answer."""
        return str(self.context.protocol_version or "") >= _STATELESS_SINCE

    @property
    def can_ask(self) -> bool:
        """Whether the client says that it can show its person a form with a question (elicitation)."""
        found = self.context.session.client_capabilities
        asks = found.elicitation if found else None
        return asks is not None and (asks.form is not None or asks.url is None)


@dataclass(frozen=True, slots=True)
class Agreement:
    """Consent to the price of ``quote``. ``has_seen_unconfirmed``: also a price that no source confirms.

    ``was_asked``: a person answered a question, maybe minutes after the quote.
    """

    quote: ProjectQuote
    has_seen_unconfirmed: bool = False
    was_asked: bool = False


@dataclass(frozen=True, slots=True)
class _Question:
    call: str
    quote: ProjectQuote
    asked_at: float


class QuestionForPerson(Exception):
    """Raised to have the client ask its person about a price, and then make the same call again."""

    def __init__(self, result: types.InputRequiredResult) -> None:
        super().__init__("a person must answer")
        self.result = result


class Approver:
    """Decides whether an agent's order may be queued at its price: free, from the wallet, or by a person's answer.
    ``wallet``: the money that needs no question, if any.

    ``answer_s``: seconds that a question waits.
    """

    def __init__(self, wallet: Wallet | None, answer_s: float = PRICE_ANSWER_S) -> None:
        self.wallet = wallet
        self._answer_s = answer_s
        self._open: dict[str, _Question] = {}
        self._asking = asyncio.Lock()

    async def approve(
        self, studio: AsyncStudio, order: Order, quote: ProjectQuote, call: Call, most: Micros | None
    ) -> Agreement:
        """Get consent to the price of ``quote``, from the wallet or by asking the person; spends nothing itself.
        ``most``: the agent's own limit, which only ever lowers.

        Raises ``NeedsConsent``, ``OverBudget``, or ``QuestionForPerson``.
        """
        studio.refuse_unsold(quote)
        if most is not None and quote.micros > most:
            raise OverBudget(
                code="above_given_budget", needed_micros=quote.micros, budget_micros=most,
                actions=[Action("change_order")],
            )  # fmt: skip
        if quote.unknown_price_steps:
            raise NeedsConsent(
                code="quoted_price_unknown", steps=", ".join(quote.unknown_price_steps),
                actions=[Action("choose_model")],
            )  # fmt: skip
        if not quote.micros:
            return Agreement(quote)
        refuse_above(quote.budget, quote.micros)
        if self.wallet:
            return await self._take_from_wallet(self.wallet, studio, quote)
        if studio.rehearsal:
            return Agreement(quote, has_seen_unconfirmed=True)
        if not call.can_ask:
            raise NeedsConsent(
                code="price_needs_consent", needed_micros=quote.micros,
                actions=[Action("agree_to_price", {"micros": quote.micros})],
            )  # fmt: skip
        if call.is_stateless:
            return self._read_answer(order, quote, call)
        return await self._ask(order, quote, call)

    async def _take_from_wallet(self, wallet: Wallet, studio: AsyncStudio, quote: ProjectQuote) -> Agreement:
        """Agree if the wallet has room. The ledger decides again, for all processes, when it reserves the money."""
        if quote.unconfirmed_price_steps and not studio.rehearsal:
            raise NeedsConsent(
                code="quoted_price_unconfirmed", steps=", ".join(quote.unconfirmed_price_steps),
                actions=[Action("choose_model")],
            )  # fmt: skip
        budget = await wallet.read(studio)
        if quote.micros > budget.left_micros:
            raise OverBudget(
                code="above_budget", more_micros=quote.micros, budget="of this wallet", cap_micros=budget.cap_micros,
                per="", left_micros=max(Micros(0), budget.left_micros), bill=None, frees_at=None,
                actions=[Action("change_order")],
            )  # fmt: skip
        return Agreement(quote, has_seen_unconfirmed=studio.rehearsal is not None)

    async def _ask(self, order: Order, quote: ProjectQuote, call: Call) -> Agreement:
        """Ask the person while the call waits. One question at a time: nobody can read eight at once."""
        async with self._asking:
            try:
                async with asyncio.timeout(self._answer_s):
                    answer = await call.context.session.elicit_form(
                        build_question(order, quote), _build_form(quote), call.context.request_id
                    )
            except TimeoutError:
                raise NeedsConsent(code="question_unanswered") from None
            except MCPError as cause:
                raise NeedsConsent(code="price_declined") from cause
        return _require_yes(answer, quote)

    def _read_answer(self, order: Order, quote: ProjectQuote, call: Call) -> Agreement:
        """Read the answer that came with the call, or have the client ask. An answer counts once, for one price."""
        question = self._open.pop(call.params.request_state, None) if call.params.request_state else None
        if call.params.request_state and (question is None or time.monotonic() - question.asked_at > self._answer_s):
            raise NeedsConsent(code="question_unanswered")
        if question is None or question.call != call.digest or question.quote.requests != quote.requests:
            raise QuestionForPerson(self._build_question(order, quote, call))
        return _require_yes((call.params.input_responses or {}).get(_QUESTION), question.quote)

    def _build_question(self, order: Order, quote: ProjectQuote, call: Call) -> types.InputRequiredResult:
        name = secrets.token_urlsafe(16)
        self._open[name] = _Question(call.digest, quote, time.monotonic())
        while len(self._open) > MAX_OPEN_QUESTIONS:
            del self._open[next(iter(self._open))]
        form = types.ElicitRequestFormParams(message=build_question(order, quote), requested_schema=_build_form(quote))
        return types.InputRequiredResult(
            input_requests={_QUESTION: types.ElicitRequest(params=form)}, request_state=name
        )


def build_question(order: Order, quote: ProjectQuote) -> str:
    """Build the text that asks a person to agree to a price: the price, what it buys, and the agent's own words."""
    bought: Counter[str] = Counter()
    for request in quote.requests:
        bought[request.model] += request.samples
    parts = ", ".join(f"{count} × {model}" for model, count in sorted(bought.items()) if model)
    doubt = " No reliable source confirms this price." if quote.unconfirmed_price_steps else ""
    verb = {"clip": "a clip", "edit": "an edit of", "retake": "another take in", "project": "more of"}
    subject = redact_line(order.subject, 120).replace("“", "'").replace("”", "'")
    return (
        f"Reelwright: may an agent spend up to ${format_usd(quote.micros)}?{doubt}\n"
        f"It buys: {redact_line(parts, 200)}.\n"
        f"For {verb.get(order.kind, 'a film')}: “{subject}”"
    )


def _build_form(quote: ProjectQuote) -> dict[str, Any]:
    yes = {"type": "boolean", "title": f"Spend up to ${format_usd(quote.micros)}", "default": False}
    return {"type": "object", "properties": {"agree": yes}, "required": ["agree"]}


def _require_yes(answer: Any, quote: ProjectQuote) -> Agreement:
    """Return the agreement, or raise ``NeedsConsent`` for any answer but a plain yes."""
    is_yes = isinstance(answer, types.ElicitResult) and answer.action == "accept"
    if is_yes and (answer.content or {}).get("agree") is True:
        return Agreement(quote, has_seen_unconfirmed=True, was_asked=True)
    raise NeedsConsent(code="price_declined")
