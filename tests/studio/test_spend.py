"""The ledger at a door: every purchase with its price and how it is known, decisions, corrections, budgets."""

from __future__ import annotations

import asyncio
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from client.proxy import Proxy
from flash_and_beep import flash_and_beep
from reelwright import AsyncStudio, Studio
from reelwright.cli.output import spending_text as shown
from reelwright.errors import BadInput, NeedsConsent, NotFound
from reelwright.providers.offline import Offline
from reelwright.reel.records.operation import Consent, Operation
from reelwright.settings import Settings
from reelwright.store.database.database import Database
from reelwright.store.ledger import Ledger
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.spending_csv import format_spending_csv
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.briefing import build_brief
from reelwright.units import Micros
from studio.ledgers import filled
from studio.shelf import Shelf


@pytest.fixture
def ledger(tmp_path: Path):
    made = filled(tmp_path / "home")
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        yield studio, made


def journal(tmp_path):
    return Database(Settings(home=tmp_path / "home").database_url)


def test_every_purchase_has_a_row_that_says_how_its_price_came_about(ledger):
    studio, made = ledger
    found = studio.show_spending()
    rows = {row.purchase: row for row in found.rows}
    assert set(rows) == {made[name] for name in ("settled", "submitted", "unknown", "refused")}
    told = {name: (rows[made[name]].price_source, rows[made[name]].micros, rows[made[name]].held_micros) for name in
            ("settled", "submitted", "unknown", "refused")}  # fmt: skip
    assert told == {
        "settled": ("quoted", 250_000, 0), "submitted": ("held", 0, 300_000), "unknown": ("held", 0, 200_000),
        "refused": ("nothing", 0, 0),
    }  # fmt: skip
    assert (found.micros, found.held_micros) == (250_000, 500_000)
    assert [row.purchase for row in found.unknown_rows] == [made["unknown"]]
    assert rows[made["settled"]].shot == 1 and rows[made["submitted"]].operation == "op_1"


def test_a_project_costs_what_its_ledger_says_after_corrections(ledger):
    studio, made = ledger
    studio.adjust(made["settled"], "-0.10", because="a refund", by="me")
    studio.adjust(made["refused"], "0.05", because="it is on the bill", by="me")
    (project,) = {row.project for row in studio.show_spending().rows}
    spent = studio.show_spending(project=project)
    assert spent.micros == 200_000
    assert studio.show(project).micros == spent.micros + spent.held_micros


def test_totals_agree_with_the_rows_however_they_are_taken(ledger):
    studio, _ = ledger
    found = studio.show_spending()
    for totals in (found.models, found.providers, found.projects, found.steps, found.days):
        assert sum(total.micros for total in totals) == found.micros
        assert sum(total.held_micros for total in totals) == found.held_micros
        assert sum(total.rows for total in totals) == len(found.rows)
    assert [total.name for total in found.steps] == ["take"]


def test_what_is_free_is_shown_only_on_request(ledger):
    studio, made = ledger
    assert made["free"] in [row.purchase for row in studio.show_spending("last", free=True).rows]


def test_a_decision_is_recorded_with_who_made_it(ledger):
    studio, made = ledger
    row = studio.decide(made["unknown"][-8:], "written-off", by="zoe")
    assert (row.state, row.micros, row.is_written_off, row.held_micros) == ("settled", 200_000, True, 0)
    assert row.reason.code == "written_off" and row.reason.params == {"by": "zoe"}
    with pytest.raises(BadInput, match="sent and not answered"):
        studio.decide(made["unknown"], "never")


@pytest.mark.parametrize(
    ("verdict", "more", "field"),
    [
        ("perhaps", {}, "verdict"),
        ("arrived", {}, "operation"),
        ("never", {"operation": "op_2"}, "operation"),
        ("written-off", {"file": "x.mp4"}, "file"),
        ("arrived", {"file": "nowhere.mp4"}, "file"),
        ("arrived", {"operation": "op_2", "file": __file__}, "file"),
    ],
)
def test_a_decision_that_says_too_little_or_too_much_changes_nothing(ledger, verdict, more, field):
    studio, made = ledger
    with pytest.raises(BadInput) as raised:
        studio.decide(made["unknown"], verdict, **more)
    assert raised.value.field == field
    assert len(studio.show_spending().unknown_rows) == 1


def test_a_text_is_no_take(ledger, tmp_path):
    studio, made = ledger
    (tmp_path / "take.mp4").write_text("this is not a film")
    with pytest.raises(BadInput, match="a video; this is"):
        studio.decide(made["unknown"], "arrived", file=tmp_path / "take.mp4")


@pytest.mark.parametrize("fault", ["cut off", "a picture"])
def test_a_broken_or_wrong_file_is_no_take_and_its_purchase_stays_open(ledger, tmp_path, fault):
    """2026-11: half a download was settled as the take, and the real one could not be fetched any more."""
    studio, made = ledger
    path = tmp_path / "take.mp4"
    if fault == "a picture":
        Image.new("RGB", (64, 64)).save(path, "PNG")
    else:
        path.write_bytes(flash_and_beep(tmp_path / "whole.mp4", 30, "30").read_bytes()[:3000])
    with pytest.raises(BadInput, match="video"):
        studio.decide(made["unknown"], "arrived", file=path)
    assert [row.purchase for row in studio.show_spending().unknown_rows] == [made["unknown"]]


def test_a_purchase_is_found_by_the_end_of_its_id_and_else_named(ledger):
    studio, _ = ledger
    with pytest.raises(NotFound, match="no purchase 'abcdefabcdef'"):
        studio.decide("abcdefabcdef", "never")


def test_a_correction_is_shown_under_its_row(ledger):
    studio, made = ledger
    row = studio.adjust(made["settled"], "-0.10", because="they gave it back", by="zoe")
    assert (row.micros, [c.because for c in row.corrections]) == (150_000, ["they gave it back"])
    assert row.to_json()["corrections"][0]["usd"] == "-0.10"
    with pytest.raises(BadInput, match="usd"):
        studio.adjust(made["settled"], "-0.16", because="too much")


def test_budgets_are_set_listed_and_removed(ledger):
    studio, _ = ledger
    made = studio.set_budget("account", "20", per="month")
    assert (made.cap_micros, made.spent_micros, made.left_micros) == (20_000_000, 250_000, 15_000_000)
    assert studio.set_budget("project", 30, of="last").of
    assert (
        [b.scope for b in studio.list_budgets()]
        == ["account", "project"]
        == [b.scope for b in studio.show_spending().budgets]
    )
    studio.remove_budget("account", per="month")
    assert [b.scope for b in studio.list_budgets()] == ["project"]


@pytest.mark.parametrize(
    ("scope", "usd", "more", "field"),
    [
        ("planet", "5", {}, "scope"),
        ("account", "0", {}, "budget"),
        ("account", "-1", {}, "usd"),
        ("account", "1.00", {}, "budget"),
        ("account", "9", {"per": "week"}, "per"),
        ("account", "9", {"of": "other"}, "of"),
        ("project", "9", {}, "of"),
        ("key", "9", {}, "of"),
    ],
)
def test_a_budget_that_cannot_be_is_named(ledger, scope, usd, more, field):
    studio, _ = ledger
    with pytest.raises(BadInput) as raised:
        studio.set_budget(scope, usd, **more)
    assert raised.value.field == field
    assert studio.list_budgets() == ()


def test_a_home_that_is_not_there_has_spent_nothing_and_is_not_made(empty):
    with Studio(empty) as studio:
        assert studio.show_spending().rows == () and studio.list_budgets() == ()
    assert not empty.home.exists()


@pytest.fixture
def twice(ledger, tmp_path):
    """The settled purchase, of which a second operation came to light."""
    studio, made = ledger
    asyncio.run(came_to_light(journal(tmp_path), made["settled"]))
    return studio, made


async def came_to_light(database, purchase):
    try:
        await Ledger(database).record_operation(purchase, Operation(id="op_second"))
    finally:
        database.close()


def test_a_second_operation_is_seen_by_a_person_until_somebody_corrects_the_price(twice):
    studio, made = twice
    (row,) = studio.show_spending().doubtful_rows
    assert row.purchase == made["settled"] and "op_second" in row.notices[0]
    said = "\n".join(shown.format_ledger(studio.show_spending()))
    assert "op_second; it may have been billed too" in said and f"spend adjust {row.purchase[-6:]}" in said
    assert said.endswith("1 to check") and all(len(line) <= 100 for line in said.splitlines())
    assert "op_second" in format_spending_csv(studio.show_spending().rows, {})
    assert ["op_second" in said for said in studio.show("last").money_warnings] == [True]
    studio.adjust(made["settled"], "0.25", because="it is on the bill twice", by="zoe")
    assert studio.show_spending().doubtful_rows == () and studio.show("last").money_warnings == ()
    assert "op_second" in "\n".join(shown.format_ledger(studio.show_spending())), "the line stays"


@pytest.mark.parametrize(
    ("said", "ceiling"),
    [({"budget": "2"}, 2_000_000), ({"budget": "9"}, 5_000_000), ({"yes": True}, 5_000_000)],
    ids=str,
)
async def test_a_budget_said_on_going_on_caps_a_job_that_was_killed_too(tmp_path, said, ceiling):
    """It is queued or runs, as its killed director left it, with what was agreed to then."""
    row = {"models": ["openrouter-veo-3.1-fast"], "length": 4, "short_side": 180, "aspect": "9:16"}
    providers = {"offline": Offline(), "shelf": Shelf()}
    async with AsyncStudio(Settings(home=tmp_path / "home", hands=1), providers=providers) as studio:
        made = await studio.make("“It never flickers.” A film for “Fenn”, a lamp", goal="plan", **row)
        five = Consent(ceiling=Micros(5_000_000), by="budget", may_buy_unconfirmed=True)
        job = await studio.home.journal.enqueue(studio.home.account, made.project, "takes", five, {})
        await studio.resume(made.project, accept_unconfirmed=True, **said)
        assert (await studio.home.journal.read_job(studio.home.account, job)).consent.ceiling == ceiling


@pytest.mark.parametrize("verb", ["resume", "retry"])
async def test_who_goes_on_before_there_is_a_plan_is_asked_for_the_price_of_the_film(tmp_path, verb):
    """A film that was cancelled before its plan was there went on at a price of $0.00, and bought as agreed before."""
    row = {"models": ["openrouter-veo-3.1-fast"], "length": 4, "short_side": 180, "aspect": "9:16"}
    shelf = Shelf()
    providers = {"offline": Offline(), "shelf": shelf}
    async with AsyncStudio(Settings(home=tmp_path / "home", hands=1), providers=providers) as studio:
        quoted = await studio.quote("“It never flickers.” A film for “Fenn”, a lamp", goal="takes", **row)
        home = await studio._open_home()
        with open_scratch_folder() as folder:
            brief, _ = await build_brief("“It never flickers.” A film for “Fenn”, a lamp", row, folder, home.settings)
        project = await home.journal.open_project(home.account, "Fenn", replace(brief, goal="takes"))
        agreed = Consent(ceiling=quoted.micros, by="yes", may_buy_unconfirmed=True)
        job = await home.journal.enqueue(home.account, project, "takes", agreed, {})
        if verb == "retry":
            await studio.cancel(job)
        going_on = await getattr(studio, f"quote_{verb}")(job)
        assert going_on.micros == quoted.micros > 0 and going_on.project == project
        with pytest.raises(NeedsConsent):
            await getattr(studio, verb)(job, accept_unconfirmed=True)
        assert not shelf.sent
        made = await getattr(studio, verb)(job, accept_unconfirmed=True, yes=going_on)
        assert made.state == "done" and shelf.spent == made.micros == quoted.micros


# --- as the command line shows it


def test_the_ledger_fits_eighty_columns_is_whole_in_a_pipe_and_says_what_to_do(ledger):
    studio, made = ledger
    studio.adjust(made["settled"], "0.05", because="tax", by="zoe")
    studio.set_budget("account", "20", per="month")
    narrow = list(shown.format_ledger(studio.show_spending(), 80))
    assert max(map(len, narrow)) <= 80, [line for line in narrow if len(line) > 80]
    said = list(shown.format_ledger(studio.show_spending()))
    text = "\n".join(said)
    assert all(row.model in text for row in studio.show_spending().rows)
    assert f"spend decide {made['unknown'][-6:]} arrived|never|written-off" in text
    assert "corrected by +$0.05 (zoe: tax)" in text
    assert said[-1] == "$0.30 spent · ≤ $0.50 held for open purchases · 1 with unknown outcome"


def test_no_cell_of_the_csv_can_be_taken_for_a_formula(ledger):
    studio, made = ledger
    rows = {
        row["purchase"]: row
        for row in csv.DictReader(io.StringIO(format_spending_csv(studio.show_spending().rows, {})))
    }
    assert rows[made["refused"]]["message"] == "'=your words are not allowed"
    assert rows[made["settled"]]["usd"] == "0.25" and rows[made["settled"]]["try"] == "1"
    assert rows[made["unknown"]]["held_usd"] == "0.20"
    assert not [cell for row in rows.values() for cell in row.values() if cell[:1] in "=+@" and cell]
    title = format_spending_csv(studio.show_spending().rows, {row["project"]: "-1+1" for row in rows.values()})
    assert {row["title"] for row in csv.DictReader(io.StringIO(title))} == {"'-1+1"}


def test_a_disputed_bill_is_shown_at_every_door_and_decided_about(tmp_path: Path):
    made = filled(tmp_path / "home", billed=800_000_000)
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        found = studio.show_spending()
        (row,) = found.disputed_rows
        assert row.purchase == made["settled"] and (row.micros, row.billed_micros) == (400_000, 800_000_000)
        assert (row.to_json()["dispute"], row.to_json()["billed_usd"]) == ("open", "800.00")
        (line,) = [
            one
            for one in csv.DictReader(io.StringIO(format_spending_csv(found.rows, {})))
            if one["purchase"] == row.purchase
        ]
        assert (line["usd"], line["billed_usd"], line["dispute"]) == ("0.40", "800.00", "open")
        told = "\n".join(shown.format_ledger(found))
        assert f"spend decide {row.purchase[-6:]} as-billed|as-quoted" in told and "1 disputed" in told
        decided = studio.decide(row.purchase, "as-quoted", by="zoe")
        assert (decided.dispute, decided.micros) == ("as_quoted", 400_000) and not studio.show_spending().disputed_rows


def test_a_bill_that_is_no_amount_is_shown_as_it_stood_and_can_only_be_rejected(tmp_path: Path):
    made = filled(tmp_path / "home", unreadable="OpenRouter billed -5")
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        (row,) = studio.show_spending().disputed_rows
        assert row.purchase == made["settled"] and (row.micros, row.billed_micros) == (400_000, None)
        told = "\n".join(shown.format_purchases([row]))
        assert "OpenRouter billed -5" in told and "$0.00" not in told
        assert "as-quoted" in told and "as-billed" not in told, "as-billed is refused"


async def test_a_resume_after_never_does_not_ask_again_for_what_its_budget_covers(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "proxy", answers=[ConnectionResetError("gone")], finds=False)
    settings = Settings(home=tmp_path / "home", hands=1)
    async with AsyncStudio(settings, providers={proxy.name: proxy}, tempo=Tempo(speed=3600)) as studio:
        lost = await studio.clip("a cat", model="litellm-veo-3.1-lite", budget="0.50", accept_unconfirmed=True)
        assert lost.wait_reason == "decision" and not proxy.submissions
        (row,) = (await studio.show_spending()).rows
        await studio.decide(row.purchase, "never")
        quoted = await studio.quote_resume(lost.project)
        assert quoted.micros == 200_000 and quoted.is_agreed
        made = await studio.resume(lost.project)
    assert made.state == "done" and len(proxy.submissions) == 1


async def test_a_resume_asks_for_what_its_budget_does_not_cover(tmp_path: Path) -> None:
    proxy = Proxy(tmp_path / "proxy", answers=[ConnectionResetError("gone")], finds=False)
    settings = Settings(home=tmp_path / "home", hands=1)
    async with AsyncStudio(settings, providers={proxy.name: proxy}, tempo=Tempo(speed=3600)) as studio:
        lost = await studio.clip("a cat", model="litellm-veo-3.1-lite", yes=True, accept_unconfirmed=True)
        (row,) = (await studio.show_spending()).rows
        await studio.decide(row.purchase, "never")
        with pytest.raises(NeedsConsent):
            await studio.resume(lost.project, accept_unconfirmed=True)
    assert not proxy.submissions
