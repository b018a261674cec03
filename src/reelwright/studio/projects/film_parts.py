"""The parts of a film that exist while it is made: its stills, its takes, and what they cost."""

from __future__ import annotations

from typing import Annotated, Final

from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.graph.wanted_steps import resolve_steps
from reelwright.studio.films import summaries
from reelwright.studio.results.result_model import OMIT_EMPTY, ResultModel, Usd
from reelwright.studio.runtime.home import Home

_IN_WORK: Final = frozenset({"posting", "submitted", "succeeded"})


class FilmParts(ResultModel):
    """The stills and takes of a film that exist so far, with the money spent.

    ``stills``: of the storyboard, in the order of the film. ``take_count`` of ``wanted_take_count`` shots have a take.
    ``micros``: what the project has spent. ``steps_in_work``: keys of the steps that are being made right now.
    """

    stills: tuple[Digest, ...]
    has_stills: bool
    has_takes: bool
    take_count: int
    wanted_take_count: int
    micros: Usd
    steps_in_work: Annotated[tuple[str, ...], OMIT_EMPTY] = ()


async def read_film_parts(home: Home, project: str) -> FilmParts:
    """Read which stills and takes of a project's film exist, and what it spent. Before there is a plan, none exist."""
    standing = await home.journal.read_standing(home.account, project)
    spent = summaries.sum_spent(await home.ledger.list_purchases(home.account, project))
    if standing.plan is None:
        return FilmParts(stills=(), has_stills=False, has_takes=False, take_count=0, wanted_take_count=0, micros=spent)
    in_work = tuple(one.step for one in standing.open_purchases if one.state in _IN_WORK)
    graph = build_graph(standing.plan, "takes", standing.encoding)
    found = resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    stills = [found[key].asset for key, step in graph.steps.items() if step.kind == "still"]
    takes = [found[key].asset for key, step in graph.steps.items() if step.kind == "take"]
    return FilmParts(
        stills=tuple(one for one in stills if one), has_stills=all(stills), has_takes=all(takes),
        take_count=sum(one is not None for one in takes), wanted_take_count=len(takes), micros=spent,
        steps_in_work=in_work,
    )  # fmt: skip
