"""The planner that writes: a brief to a question for a language model, its answer to a plan like that of the rules.

One question is one purchase. An answer that cannot be used is told what is wrong with it, at most twice; each of these
is a purchase of its own. What comes back is data: it is parsed strictly, every limit is checked again, and it can
choose neither lengths nor ids, models, addresses, files or money.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import is_retired, model, models
from reelwright.errors import BadInput
from reelwright.planner.instructions import instructions_for
from reelwright.planner.rules import Planned
from reelwright.planner.script import Faults, read_script
from reelwright.planner.script_schema import schema_for
from reelwright.planner.scripted import film_of
from reelwright.providers.wires.local_chat import is_elsewhere
from reelwright.reel.brief import Brief
from reelwright.reel.document import from_json, to_json
from reelwright.reel.noun import StepKey
from reelwright.reel.request import Input, Request

NAMED: Final = ("ollama", "lmstudio")
"""Servers of many models, of which one must be named."""
REPAIRS: Final = 2
"""How often an answer is sent back with what is wrong with it."""
ANSWER_TOKENS: Final = 6_000
_CORRECTION: Final = """\
That cannot be used. What is wrong with it:
{faults}
Answer again with the whole JSON object, mended, and nothing else."""
FAULTS_BYTES: Final = 2_000
_NOT_KNOWN_YET: Final = "." * FAULTS_BYTES
"""Stands for faults that nobody knows yet, where only the price is asked for: as long as they can be."""


def checked_planner(name: str) -> str:
    """The id of the language model that is to plan, empty for the rules. Raises ``BadInput``.

    A server of one's own has many: ``ollama:llama3.2:3b`` names one of them.
    """
    if name in ("", "rules"):
        return ""
    wanted, colon, served = name.partition(":")
    accepted = "rules, or a language model: `reelwright models --can plan` lists them"
    try:
        row = model(wanted if colon else name)
    except BadInput as error:
        if "successor" in error.accepted:
            raise
        sold = [row.id for row in models().values() if "plan" in row.modes and not is_retired(row)]
        near = get_close_matches(name, sold, n=3, cutoff=0.3) or sold[:3]
        raise BadInput("planner", name, f"{accepted}, such as {', '.join(near)}") from error
    if row.profile in NAMED and not served:
        hint = "`reelwright models --can plan` lists those that are there"
        raise BadInput("planner", name, f"{row.id}:MODEL, such as {row.id}:llama3.2", hint=hint)
    if "plan" not in row.modes or (colon and not (row.sold_as == "*" and served)):
        raise BadInput("planner", name, accepted)
    if row.profile == "ollama" and is_elsewhere(served):
        hint = "this one runs on the machines of Ollama's makers, at a price that is not known here"
        raise BadInput("planner", name, "a model that runs on this machine", hint=hint)
    return f"{row.id}:{served}" if served else row.id


def model_of(brief: Brief) -> Model:
    """The language model that the brief's planner names."""
    return model(brief.planner.partition(":")[0])


def question(brief: Brief) -> Request:
    """What the brief's planner is asked for the first time. Raises ``BadInput`` as the planner does."""
    row, served = model_of(brief), brief.planner.partition(":")[2]
    most = min(ANSWER_TOKENS, row.max_output or ANSWER_TOKENS)
    extra = {"instructions": instructions_for(brief), "max_tokens": most, **({"served": served} if served else {})}
    if row.structured:
        extra["schema"] = schema_for(brief)
    return Request(model=row.id, mode="plan", prompt=brief.text, extra=extra)


def correction(brief: Brief, turn: int, of: StepKey, faults: Faults | None) -> Request:
    """The next question, after the answer that ``of`` brought. ``faults`` None: it is not there yet, only its price.

    ``turn`` counts them from 1: the same mistake made twice is asked about twice.
    """
    asked = question(brief)
    said = _within("\n".join(f"- {fault}" for fault in faults.said)) if faults else _NOT_KNOWN_YET
    return Request(
        model=asked.model, mode=asked.mode, prompt=asked.prompt, inputs=(Input(role="source", of=of),),
        extra={**asked.extra, "correction": _CORRECTION.format(faults=said), "turn": turn},
    )  # fmt: skip


def _within(said: str) -> str:
    return said.encode()[:FAULTS_BYTES].decode("utf-8", "ignore")


def answered(brief: Brief, text: str, final: bool = False) -> Planned | Faults:
    """The plan that an answer brings, or what is wrong with it. ``final``: it will not be sent back again. Pure."""
    return _answered(to_json(brief), text, final)


@lru_cache(maxsize=64)
def _answered(told: str, text: str, final: bool) -> Planned | Faults:
    """By the brief's text: one with a flavor of the person's own holds what no cache can compare."""
    brief = from_json(Brief, told, "brief")
    script = read_script(text)
    return script if isinstance(script, Faults) else film_of(brief, script, final=final)
