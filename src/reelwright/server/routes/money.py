"""Money: the ledger, budgets, and purchases whose outcome a person decides."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from reelwright.server.api_description import describe_body
from reelwright.server.caller import get_caller, require_owner
from reelwright.server.program_requests import read_options
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.results.options import Name, Options
from reelwright.studio.results.spending_report import BudgetList, BudgetSummary, PurchaseRow, SpendingReport

router = APIRouter(prefix="/api/v1", tags=["money"])


class DecisionBody(Options):
    """The body that decides a purchase without an answer."""

    verdict: Literal["arrived", "never", "written-off"]
    operation: Annotated[str | None, Field(description="with arrived: the id of the provider's operation")] = None


@router.get("/spend", summary="Read the ledger", responses=describe(SpendingReport))
async def show_spending(request: Request, project: Name | None = None) -> JSONResponse:
    """Return every purchase of one project or of all, with its price, what is reserved, the totals and the budgets."""
    found = await get_studio(request).show_spending(project)
    return answer(found.replace(budgets=_select_own(request, found.budgets)))


@router.get("/budgets", summary="List budgets", responses=describe(BudgetList))
async def list_budgets(request: Request) -> JSONResponse:
    """List every budget that applies to the account, with what is spent and reserved of it."""
    found = _select_own(request, await get_studio(request).list_budgets())
    return JSONResponse({"budgets": [row.to_json() for row in found]})


@router.post(
    "/purchases/{purchase}/decision",
    summary="Decide a purchase",
    openapi_extra=describe_body(DecisionBody),
    responses=describe(PurchaseRow),
    dependencies=[Depends(require_owner)],
)
async def decide_purchase(request: Request, purchase: Name) -> JSONResponse:
    """Record what became of a purchase without an answer: ``{"verdict": "arrived", "operation": "…"}``, ``never`` or
    ``written-off``. Sends nothing. For owners.
    """
    given = await read_options(request, DecisionBody)
    studio = get_studio(request)
    by = get_caller(request).decider
    return answer(await studio.decide(purchase, given.verdict, operation=given.operation, by=by))


def _select_own(request: Request, budgets: tuple[BudgetSummary, ...]) -> tuple[BudgetSummary, ...]:
    """Leave out the budget of the deployment for callers with a key: its sums tell what other accounts spend."""
    if get_caller(request).key is None:
        return budgets
    return tuple(one for one in budgets if one.scope != "deployment")
