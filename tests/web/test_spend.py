"""The page of money: a month of the ledger, CSV, budgets, and purchases that a person decides."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from client.proxy import Proxy
from reelwright.errors import OutcomeUnknown
from reelwright.settings import Settings
from reelwright.web.spend.spend_view import build_month
from server.conftest import MODEL
from web.conftest import Page, Visitor, open_visit

PROMPT = "=1+1 a tram at night"


@pytest.fixture
async def payer(settings: Settings, tmp_path: Path) -> AsyncIterator[Visitor]:
    """A visitor of a studio with one take that was paid."""
    proxy = Proxy(tmp_path / "proxy", finds=False)
    async with open_visit(settings, proxy) as found:
        await found.studio.clip(PROMPT, model=MODEL, yes=True, accept_unconfirmed=True)
        yield found


async def lose_answer(visitor: Visitor) -> str:
    """Buy a take whose answer never comes; return its purchase."""
    assert visitor.proxy
    visitor.proxy.answers = [OutcomeUnknown("no answer")]
    await visitor.studio.clip("a fox in the snow", model=MODEL, yes=True, accept_unconfirmed=True)
    (row,) = (await visitor.studio.show_spending()).unknown_rows
    return row.purchase


async def test_a_month_shows_what_was_paid_beside_what_was_quoted(payer: Visitor) -> None:
    page = await payer.see("/studio/spend")
    assert page.answer.status_code == 200 and "$0.20" in page.text and "just as quoted" in page.text
    assert PROMPT in page.text and f"{datetime.now(UTC):%B %Y}" in page.text
    for way in ("project", "model", "member", "nonsense"):
        assert "$0.20" in (await payer.see(f"/studio/spend?by={way}")).text


async def test_a_month_that_the_ledger_has_not_is_the_present_one(payer: Visitor) -> None:
    report = await payer.studio.show_spending()
    (row,) = report.rows
    moved = row.replace(posted_at=datetime(2026, 2, 28, 23, tzinfo=UTC))
    today = date(2026, 3, 2)
    for wanted, micros in (("2026-02", row.micros), ("2026-03", 0), ("1999-01", 0), ("x", 0)):
        month = build_month(report.replace(rows=(moved,)), wanted, today)
        assert month.micros == micros, wanted
        assert [f"{one:%m}" for one in month.months] == ["03", "02"]
    assert build_month(report.replace(rows=(moved,)), "2026-02", today).dearest_day.number == 28


async def test_the_ledger_comes_as_csv_in_which_no_cell_is_a_formula(payer: Visitor) -> None:
    answer = (await payer.see("/studio/spend.csv")).answer
    assert (
        answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    )
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert (row["title"], row["model"], row["usd"], row["state"]) == (f"'{PROMPT}", MODEL, "0.20", "settled")


async def test_a_person_decides_a_purchase_without_an_answer(payer: Visitor) -> None:
    purchase = await lose_answer(payer)
    page = await payer.see("/studio/spend")
    assert "1 purchase to decide" in page.text
    ticket = page.read_field("ticket")
    for verdict in ("nonsense", ""):
        wrong = await payer.send(f"/studio/purchases/{purchase}/decision", {"ticket": ticket, "verdict": verdict})
        assert wrong.answer.status_code == 422
    done = await payer.send(f"/studio/purchases/{purchase}/decision", {"ticket": ticket, "verdict": "never"})
    assert done.answer.status_code == 303
    assert (await payer.studio.show_spending()).unknown_rows == ()
    assert "to decide" not in (await payer.see("/studio/spend")).text


async def test_a_budget_is_set_shown_and_removed(payer: Visitor) -> None:
    ticket = (await payer.see("/studio/spend")).read_field("ticket")
    sent = {"ticket": ticket, "scope": "account", "usd": "$20", "per": "month"}
    assert (await payer.send("/studio/budgets", sent)).answer.status_code == 303
    (budget,) = await payer.studio.list_budgets()
    assert (budget.cap_micros, budget.period) == (20_000_000, "month")
    assert "$20.00" in (await payer.see("/studio/spend")).text
    wrong = await payer.send("/studio/budgets", {**sent, "usd": "much"})
    assert wrong.answer.status_code == 422
    await payer.send("/studio/budgets", {**sent, "act": "remove"})
    assert await payer.studio.list_budgets() == ()


async def test_only_owners_decide_and_set_budgets_and_none_of_the_whole_server(
    settings: Settings, tmp_path: Path
) -> None:
    async with open_visit(settings, Proxy(tmp_path / "proxy", finds=False), is_key_required=True) as visitor:
        await visitor.studio.set_budget("deployment", "5")
        purchase = await lose_answer(visitor)
        for role, status in (("producer", 403), ("viewer", 403), ("owner", 403)):
            made = await visitor.studio.create_api_key(role, role)
            visitor.headers = {"Authorization": f"Bearer {made.secret}"}
            page: Page = await visitor.see("/studio/spend")
            assert "This server" not in page.text
            ticket = (
                {"ticket": page.read_field("ticket")} if page.list_tags("input", name="ticket") else {"ticket": "x"}
            )
            sent = {**ticket, "scope": "deployment", "usd": "9"}
            assert (await visitor.send("/studio/budgets", sent)).answer.status_code == status
            if role != "owner":
                path = f"/studio/purchases/{purchase}/decision"
                assert (await visitor.send(path, {**ticket, "verdict": "never"})).answer.status_code == 403
        assert len((await visitor.studio.show_spending()).unknown_rows) == 1


async def test_projects_of_one_title_have_rows_of_their_own_that_lead_to_them(buyer: Visitor) -> None:
    made = [
        (await buyer.studio.clip("a heron", model=MODEL, seconds=seconds, yes=True, accept_unconfirmed=True))
        for seconds in (4, 6)
    ]
    page = await buyer.see("/studio/spend?by=project", **{"Accept-Language": "de"})
    links = {have["href"].rpartition("/")[2] for have in page.list_tags("a", **{"class": "with-thumb"})}
    assert links == {one.project for one in made} and "eine Zeile je Projekt" in page.text
