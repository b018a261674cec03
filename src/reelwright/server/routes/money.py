"""Money: the ledger, budgets, and purchases whose outcome a person decides."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from reelwright.errors import BadInput
from reelwright.server.program_requests import read_body
from reelwright.server.routes.native import answer, describe, get_studio
from reelwright.studio.spending_report import BudgetSummary, PurchaseRow, SpendingReport

router = APIRouter(prefix="/api/v1", tags=["money"])


@router.get("/spend", summary="Read the ledger", responses=describe(SpendingReport))
async def show_spending(request: Request, project: str | None = None) -> JSONResponse:
    """Read every purchase with its price, what is reserved, the totals and the budgets; of one project or of all."""
    return answer(await get_studio(request).show_spending(project))


@router.get("/budgets", summary="List budgets", responses={200: {"model": list[BudgetSummary]}})
async def list_budgets(request: Request) -> JSONResponse:
    """List every cap that the account falls under, with what is spent and reserved of it."""
    return JSONResponse({"budgets": [row.to_json() for row in await get_studio(request).list_budgets()]})


@router.post("/purchases/{purchase}/decision", summary="Decide a purchase", responses=describe(PurchaseRow))
async def decide_purchase(request: Request, purchase: str) -> JSONResponse:
    """Record what became of a purchase without an answer: ``{"verdict": "arrived", "operation": "…"}``, ``never`` or
    ``written-off``. Sends nothing.
    """
    given = (await read_body(request)).fields
    texts: dict[str, Any] = {name: given.get(name) for name in ("verdict", "operation")}
    for name, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise BadInput(name, str(value)[:60], "text")
    studio = get_studio(request)
    return answer(await studio.decide(purchase, texts["verdict"] or "", operation=texts["operation"], by="the server"))
