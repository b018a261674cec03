"""Plans with a language model: turns a brief into a question, and the answer into a plan like that of the rules.

One question is one purchase. An answer that cannot be used is sent back with its faults, at most twice; each correction
is a purchase of its own. An answer is data: it is parsed strictly, every limit is checked again, and it can choose
neither lengths nor ids, models, addresses, files or money.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import get_sold_model, is_retired, load_models
from reelwright.errors import BadInput
from reelwright.planner.rules import PlanningResult
from reelwright.planner.writing.instructions import write_instructions
from reelwright.planner.writing.script import ScriptFaults, read_script
from reelwright.planner.writing.script_schema import build_schema
from reelwright.planner.writing.written_script import plan_written_script
from reelwright.providers.wires.local_chat import is_cloud_model
from reelwright.reason import Action
from reelwright.reel.base.document import from_json, to_json
from reelwright.reel.base.value import StepKey
from reelwright.reel.film.brief import Brief
from reelwright.reel.graph.request import Input, Request

MULTI_MODEL_SERVERS: Final = ("ollama", "lmstudio")
"""Servers of many models: the person has to name one of them."""
MAX_CORRECTIONS: Final = 2
"""How often an answer is sent back with its faults."""
ANSWER_TOKENS: Final = 6_000
_CORRECTION: Final = """\
That cannot be used. What is wrong with it:
{faults}
Answer again with the whole JSON object, mended, and nothing else."""
MAX_FAULTS_BYTES: Final = 2_000
_NOT_KNOWN_YET: Final = "." * MAX_FAULTS_BYTES
"""Stands for faults that are not known yet, where only the price is asked for: as long as they can be."""


def parse_planner(name: str) -> str:
    """Return the id of the language model that plans, empty for the rules. Raises ``BadInput`` for an unknown name.

    A local server has many models: ``ollama:llama3.2:3b`` names one of them.
    """
    if name in ("", "rules"):
        return ""
    wanted, colon, served = name.partition(":")
    accepted = "rules, or a language model"
    ways = [Action("list_models", {"can": "plan"})]
    try:
        row = get_sold_model(wanted if colon else name)
    except BadInput as error:
        if "successor" in error.accepted:
            raise
        sold = [row.id for row in load_models().values() if "plan" in row.modes and not is_retired(row)]
        near = get_close_matches(name, sold, n=3, cutoff=0.3) or sold[:3]
        raise BadInput("planner", name, f"{accepted}, such as {', '.join(near)}", actions=ways) from error
    if row.profile in MULTI_MODEL_SERVERS and not served:
        raise BadInput("planner", name, f"{row.id}:MODEL, such as {row.id}:llama3.2", actions=ways)
    if "plan" not in row.modes or (colon and not (row.sold_as == "*" and served)):
        raise BadInput("planner", name, accepted, actions=ways)
    if row.profile == "ollama" and is_cloud_model(served):
        hint = "this one runs on the machines of Ollama's makers, at a price that is not known here"
        raise BadInput("planner", name, "a model that runs on this machine", hint=hint)
    return f"{row.id}:{served}" if served else row.id


def get_planner_model(brief: Brief) -> Model:
    """Return the language model that the brief's planner names."""
    return get_sold_model(brief.planner.partition(":")[0])


def build_question(brief: Brief) -> Request:
    """Build the first request to the brief's planner. Raises ``BadInput`` as the planner does."""
    row, served = get_planner_model(brief), brief.planner.partition(":")[2]
    most = min(ANSWER_TOKENS, row.max_output or ANSWER_TOKENS)
    extra = {"instructions": write_instructions(brief), "max_tokens": most, **({"served": served} if served else {})}
    if row.has_structured_answers:
        extra["schema"] = build_schema(brief)
    return Request(model=row.id, mode="plan", prompt=brief.text, extra=extra)


def build_correction(brief: Brief, turn: int, of: StepKey, faults: ScriptFaults | None) -> Request:
    """Build the next request, after the answer of step ``of``. ``faults`` None: they are not known yet, only the price
    is asked for.

    ``turn`` counts the corrections from 1, so that the same mistake made twice is two requests.
    """
    first = build_question(brief)
    fault_text = _cut_faults("\n".join(f"- {fault}" for fault in faults.messages)) if faults else _NOT_KNOWN_YET
    return Request(
        model=first.model, mode=first.mode, prompt=first.prompt, inputs=(Input(role="source", of=of),),
        extra={**first.extra, "correction": _CORRECTION.format(faults=fault_text), "turn": turn},
    )  # fmt: skip


def _cut_faults(text: str) -> str:
    return text.encode()[:MAX_FAULTS_BYTES].decode("utf-8", "ignore")


def plan_answer(brief: Brief, text: str, is_final: bool = False) -> PlanningResult | ScriptFaults:
    """Make the plan of an answer, or return its faults. ``is_final``: the answer will not be sent back again. Pure."""
    return _plan_answer(to_json(brief), text, is_final)


@lru_cache(maxsize=64)
def _plan_answer(brief_json: str, text: str, final: bool) -> PlanningResult | ScriptFaults:
    """Plan from the brief's JSON text: a brief with a person's own flavor holds values that no cache can compare."""
    brief = from_json(Brief, brief_json, "brief")
    script = read_script(text)
    return script if isinstance(script, ScriptFaults) else plan_written_script(brief, script, is_final=final)
