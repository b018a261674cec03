"""A home that was copied or has lost its journal buys nothing until a person reconciles it; free films go on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from client.proxy import Proxy
from reelwright import AsyncStudio, Studio
from reelwright.errors import NeedsConsent, OverBudget, StoreUnavailable
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from reelwright.store.jobs.requests import CreateRequest
from reelwright.studio.films import project_run
from reelwright.studio.machine.backup import back_up, restore
from reelwright.studio.quotes.tempo import Tempo
from studio.conftest import BRIEF, SMALL
from studio.shelf import Shelf
from studio.worlds import AT_ONCE, World, world

FAST = "vertex-veo-3.1-fast"
LITE = "litellm-veo-3.1-lite"
LISTLESS = "openrouter-veo-3.1-fast"
UNSURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


def at(home: Path, shelf: Shelf) -> Studio:
    return Studio(Settings(home=home, hands=1), providers={"offline": Offline(), "shelf": shelf})


def has_recovered(studio: Studio) -> bool:
    """Whether the ledger says that a recovered purchase waits for an order."""
    home = studio._studio.home
    assert home
    home.policies.clear()
    return studio._wait_for(home.has_recovered_orders())


def selling(proxy: Proxy, home: Path) -> AsyncStudio:
    providers = {"offline": Offline(), proxy.name: proxy}
    return AsyncStudio(Settings(home=home, hands=1), providers=providers, tempo=Tempo(speed=3600))


@pytest.fixture
def bought(tmp_path: Path) -> Path:
    """A home in which one clip was bought."""
    with at(tmp_path / "home", Shelf()) as studio:
        assert studio.clip("A fox", model=FAST, **UNSURE).state == "done"
    return tmp_path / "home"


def test_a_copied_home_waits_for_a_decision_and_buys_after_it(bought: Path, tmp_path: Path) -> None:
    shutil.copytree(bought, tmp_path / "copy")
    shelf = Shelf()
    with at(tmp_path / "copy", shelf) as studio:
        made = studio.clip("An owl", model=FAST, **UNSURE)
        assert (made.state, made.wait_reason, shelf.sent) == ("waiting", "decision", [])
        assert made.reason.code == "buying_blocked" and made.reason.actions[0].kind == "reconcile"
        asked = studio.reconcile()
        assert (asked.state, asked.reasons, asked.unrecorded_sends) == ("asks", ("moved",), ())
        assert studio.show_spending().held_micros == 0, "nothing stays reserved for what was not sent"
        assert studio.reconcile(yes=True).state == "reconciled"
        assert studio.reconcile().state == "fine", "one question"
        assert studio.retry(made.job, yes=True, accept_unconfirmed=True).state == "done" and len(shelf.sent) == 1
    with at(bought, shelf) as studio:  # a vault of its own: it cannot know, and goes on
        assert studio.reconcile().state == "fine"


def test_what_is_free_is_made_and_shown_in_a_copied_home(bought: Path, tmp_path: Path) -> None:
    shutil.copytree(bought, tmp_path / "copy")
    with at(tmp_path / "copy", Shelf()) as studio:
        assert len(studio.list_projects()) == 1 and studio.show_spending().micros > 0
        assert studio.make(BRIEF, **SMALL).state == "done"


def test_a_deleted_journal_beside_a_full_vault_buys_nothing_and_gets_its_sends_back(bought: Path) -> None:
    with at(bought, Shelf()) as studio:
        cost = studio.show_spending().micros
    (bought / "journal.db").unlink()
    shelf = Shelf()
    with at(bought, shelf) as studio:
        made = studio.clip("A fox", model=FAST, **UNSURE)
        assert (made.state, made.wait_reason, shelf.sent) == ("waiting", "decision", [])
        done = studio.reconcile(yes=True)
        assert "new_beside_full" in done.reasons and done.micros == cost
        (row,) = studio.show_spending().unknown_rows
        assert row.purchase == done.unrecorded_sends[0].purchase and row.held_micros == cost
        assert "others_vault" not in done.reasons, "no word of another copy: there is none"
        films = [one.id for one in studio.list_projects() if not one.title.startswith("Recovered")]
        assert [done.unrecorded_sends[0].project] == [one.id for one in studio.list_projects() if one.id not in films]
        assert studio.show("last").project == films[0], "what holds purchases is no film that is gone on with"
        told = studio.resume(done.unrecorded_sends[0].project)
        assert (told.state, told.film, shelf.sent) == ("waiting", None, [])
        assert told.reason.actions[0].params["purchase"] == row.purchase
        assert studio.decide(row.purchase, "written-off").micros == cost
        told = studio.resume(done.unrecorded_sends[0].project)
        assert (told.state, told.film, shelf.sent) == ("done", None, []), "no film of a brief that nobody wrote"
        assert told.shots == () and told.reason.code == "recovered_purchases"
        assert studio.clip("An owl", model=FAST, **UNSURE).state == "done" and len(shelf.sent) == 1


def test_a_journal_from_before_the_send_finds_it_in_the_providers_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The journal's file is set back in its place: bought once, landed from the list, and the ledger is the bill."""
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_0123456789abcdef")
    with world(tmp_path / "home", {"replicate": AT_ONCE}) as there:
        home = there.settings.home
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            project = studio.clip("A fox", model="hailuo-2.3", **UNSURE).project
        before = (home / "journal.db").read_bytes()
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            assert studio.edit(project, shot=1, prompt="An owl", **UNSURE).state == "done"
        assert there.submits("replicate") == 2
        (home / "journal.db").write_bytes(before)
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            made = studio.edit(project, shot=1, prompt="An owl", **UNSURE)
            assert (made.state, made.wait_reason, there.submits("replicate")) == ("waiting", "decision", 2)
            found = studio.reconcile(yes=True)
            assert found.reasons == ("behind",) and len(found.unrecorded_sends) == 1
            made = studio.retry(made.job, **UNSURE)
            assert made.state == "done", made.message
            assert there.submits("replicate") == 2 and studio.show_spending().micros == there.billed


def test_the_same_command_after_reconcile_looks_in_the_providers_list_before_it_asks_a_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2026-11-24: the same command waited for a person, until the recovered project was resumed by its id."""
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_0123456789abcdef")
    with world(tmp_path / "home", {"replicate": AT_ONCE}) as there:
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            studio.clip("A fox", model="hailuo-2.3", **UNSURE)
        (there.settings.home / "journal.db").unlink()
        (log,) = there.settings.vault.rglob("*.jsonl")  # as a release before the vault noted operations left it
        log.write_text("".join(line for line in log.read_text().splitlines(True) if '"send_count"' in line))
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            assert studio.clip("A fox", model="hailuo-2.3", **UNSURE).state == "waiting"
            assert len(studio.reconcile(yes=True).unrecorded_sends) == 1 and studio.show_spending().unknown_rows
            made = studio.clip("A fox", model="hailuo-2.3", **UNSURE)
            assert made.state == "done", made.message
            assert there.submits("replicate") == 1 and studio.show_spending().micros == there.billed


@pytest.mark.parametrize("tried_before", [True, False])
def test_the_same_command_after_reconcile_is_quoted_and_had_for_nothing_and_a_new_one_in_full(
    seller: World, tried_before: bool
) -> None:
    """2026-11-24: its quote still showed the full price, for which it had to be agreed to."""
    with typed(seller) as studio:
        studio.clip("A fox", model=LISTLESS, **UNSURE)
        cost = studio.quote_clip("An owl", model=LISTLESS).micros
    (seller.settings.home / "journal.db").unlink()
    with typed(seller) as studio:
        if tried_before:
            assert studio.clip("A fox", model=LISTLESS, **UNSURE).state == "waiting"
        else:
            studio.set_budget("account", "5")
        studio.reconcile(yes=True)
        quote = studio.quote_clip("A fox", model=LISTLESS)
        assert (quote.micros, quote.sent_takes, quote.unconfirmed_price_steps) == (0, 1, ())
        assert studio.quote_clip("A fox", model=LISTLESS, samples=2).micros == cost > 0
        assert studio.quote_clip("An owl", model=LISTLESS).micros == cost
        made = studio.clip("A fox", model=LISTLESS)
        assert made.state == "done", made.message
        assert seller.submits("openrouter") == 1 and studio.show_spending().micros == seller.billed


def test_what_a_person_says_never_arrived_is_not_bought_at_the_price_of_nothing(bought: Path) -> None:
    (bought / "journal.db").unlink()
    shelf = Shelf()
    with at(bought, shelf) as studio:
        studio.set_budget("account", "5")
        (sent,) = studio.reconcile(yes=True).unrecorded_sends
        assert studio.quote_clip("A fox", model=FAST).micros == 0
        made = studio.clip("A fox", model=FAST)
        assert (made.state, made.wait_reason, shelf.sent) == ("waiting", "decision", [])
        assert has_recovered(studio)
        studio.decide(sent.purchase, "never")
        assert not has_recovered(studio), "no order is looked up for it any more"
        assert studio.quote_clip("A fox", model=FAST).micros == sent.micros
        with pytest.raises(NeedsConsent):
            studio.retry(made.job)
        assert studio.resume(made.project, **UNSURE).state == "done" and len(shelf.sent) == 1


def test_a_lost_journal_asks_the_provider_about_what_it_accepted_and_no_person(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """OpenRouter has no list: the vault's own line says which operation it answered."""
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-0123456789abcdef")
    with world(tmp_path / "home", {"openrouter": AT_ONCE}) as there:
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            assert studio.clip("A fox", model=LISTLESS, **UNSURE).state == "done"
            cost = studio.show_spending().micros
        (there.settings.home / "journal.db").unlink()
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            assert studio.clip("A fox", model=LISTLESS, **UNSURE).state == "waiting"
            (sent,) = studio.reconcile(yes=True).unrecorded_sends
            (row,) = (one for one in studio.show_spending().rows if one.purchase == sent.purchase)
            assert (row.state, row.held_micros) == ("submitted", cost)
            made = studio.resume(sent.project)
            assert made.state == "done", made.message
            assert studio.clip("A fox", model=LISTLESS, **UNSURE).state == "done"
            assert there.submits("openrouter") == 1 and studio.show_spending().micros == there.billed


def test_what_a_recovered_project_holds_is_fetched_and_had_by_the_same_clip_typed_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_0123456789abcdef")
    with world(tmp_path / "home", {"replicate": AT_ONCE}) as there:
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            studio.clip("A fox", model="hailuo-2.3", **UNSURE)
        (there.settings.home / "journal.db").unlink()
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:
            assert studio.clip("A fox", model="hailuo-2.3", **UNSURE).state == "waiting"
            (sent,) = studio.reconcile(yes=True).unrecorded_sends
            assert studio.quote_resume(sent.project).wanted_steps == ()
            assert studio.resume(sent.project).state == "done"
            again = studio.clip("A fox", model="hailuo-2.3", **UNSURE)
            assert again.state == "done" and len(again.files) == 1 and again.files[0].path.stat().st_size
            assert there.submits("replicate") == 1 and studio.show_spending().micros == there.billed


def test_a_rehearsal_has_nothing_to_reconcile(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", hands=1)
    for name in ("home", "copy"):
        with Studio(replace_home(settings, tmp_path / name), providers={"offline": Offline(), "shelf": Shelf()},
                    tempo=Tempo(is_rehearsal=True)) as studio:  # fmt: skip
            assert studio.clip("A fox", model=FAST, **UNSURE).state == "done"
            assert studio.reconcile().state == "fine"
        if name == "home":
            shutil.copytree(tmp_path / "home", tmp_path / "copy")


def replace_home(settings: Settings, home: Path) -> Settings:
    return replace(settings, home=home)


def order_by_key(key: str, **options: Any) -> Callable[[Studio], Any]:
    """A program's create request with an Idempotency-Key, whose job is driven to its end."""

    def order(studio: Studio) -> Any:
        request = CreateRequest(key=key, digest="A fox", has_own_key=True)
        queued = studio.enqueue_clip("A fox", model=LISTLESS, request=request, **options, **UNSURE)
        return studio.resume(queued.project, **UNSURE)

    return order


def order_again(studio: Studio) -> Any:
    """A command for another one of the very same."""
    return studio.clip("A fox", model=LISTLESS, again=True, **UNSURE)


@pytest.fixture
def seller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A provider without a list: only the vault's lines tell what it accepted."""
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-0123456789abcdef")
    with world(tmp_path / "home", {"openrouter": AT_ONCE}) as there:
        yield there


def lose(there: World, folder: Path, *orders: Callable[[Studio], Any]) -> None:
    """Make a backup, carry out orders that it does not hold, and restore it beside the newer vault."""
    with typed(there) as studio:
        assert studio.clip("A crane", model=LISTLESS, **UNSURE).state == "done"
    back_up(there.settings, folder / "backup")
    with typed(there) as studio:
        for order in orders:
            assert order(studio).state == "done"
    restore(there.settings, folder / "backup", replace=True)


def typed(there: World) -> Studio:
    return Studio(there.settings, tempo=Tempo(speed=60))


def test_orders_that_a_restored_journal_lost_take_the_recovered_purchases_each_its_own(
    seller: World, tmp_path: Path
) -> None:
    """2026-11-24, an attacker: a client's retry with its Idempotency-Key after ``reconcile`` was a second purchase."""
    lose(seller, tmp_path, order_by_key("K"), order_by_key("L"), order_again, order_by_key("M", samples=2))
    bought = seller.submits("openrouter")
    with typed(seller) as studio:
        studio.reconcile(yes=True)
        used = []
        for order in (order_by_key("M", samples=2), order_by_key("K"), order_again, order_by_key("L")):
            made = order(studio)
            assert made.state == "done", made.message
            used += [step.purchase for step in studio.show_spending(made.project).reused_steps]
        assert seller.submits("openrouter") == bought == 1 + len(used) == 1 + len(set(used))
        assert studio.show_spending().micros == seller.billed
        assert order_by_key("N")(studio).state == "done" and seller.submits("openrouter") == bought + 1


def test_a_retry_that_comes_before_reconcile_has_its_purchase_and_no_other_order_takes_it(
    seller: World, tmp_path: Path
) -> None:
    lose(seller, tmp_path, order_by_key("K"))
    with typed(seller) as studio:
        assert order_by_key("K")(studio).wait_reason == "decision"
        studio.reconcile(yes=True)
        assert order_by_key("L")(studio).state == "done" and seller.submits("openrouter") == 3
        assert order_by_key("K")(studio).state == "done" and seller.submits("openrouter") == 3
        assert studio.show_spending().micros == seller.billed


def test_a_retry_that_comes_before_reconcile_needs_no_room_in_a_budget_that_holds_its_purchase(
    seller: World, tmp_path: Path
) -> None:
    """The wallet of an agent was asked for the price again, and its paid clip stayed where it was."""
    lose(seller, tmp_path, order_by_key("K"))
    with typed(seller) as studio:
        request = CreateRequest(key="K", digest="A fox", has_own_key=True)
        queued = studio.enqueue_clip("A fox", model=LISTLESS, request=request, **UNSURE)
        assert queued.quote.micros > 0
        studio.reconcile(yes=True)
        studio.set_budget("account", f"{seller.billed / 1_000_000:.2f}")
        made = studio.resume(queued.project)
        assert made.state == "done", made.message
        assert seller.submits("openrouter") == 2 and studio.show_spending().micros == seller.billed


def test_orders_without_a_number_are_quoted_for_nothing_where_a_recovered_purchase_answers_them(
    seller: World, tmp_path: Path
) -> None:
    """A program's order and another one of the very same were quoted in full, though they bought nothing."""

    def order(studio: Studio, key: str) -> Any:
        request = CreateRequest(key=key, digest="A fox", has_own_key=True)
        return studio.enqueue_clip("A fox", model=LISTLESS, request=request)

    lose(seller, tmp_path, order_by_key("K"), order_again)
    bought = seller.submits("openrouter")
    with typed(seller) as studio:
        cost = studio.quote_clip("An owl", model=LISTLESS).micros
        studio.set_budget("account", "5")
        studio.reconcile(yes=True)
        quoted = studio.quote_clip("A fox", model=LISTLESS, again=True, samples=3)
        assert (quoted.micros, quoted.sent_takes) == (cost, 2), "each recovered purchase answers one order"
        queued = order(studio, "K")
        assert queued.quote.micros == 0 < cost
        assert studio.resume(queued.project).state == "done"
        assert studio.quote_clip("A fox", model=LISTLESS, again=True).micros == 0
        assert studio.clip("A fox", model=LISTLESS, again=True).state == "done"
        assert studio.quote_clip("A fox", model=LISTLESS, again=True).micros == cost
        with pytest.raises(NeedsConsent):
            order(studio, "L")
        assert seller.submits("openrouter") == bought and studio.show_spending().micros == seller.billed


async def test_the_budget_of_a_batch_counts_what_a_lost_journal_had_bought_for_its_rows(tmp_path: Path) -> None:
    """Two rows were bought under $1.20; the journal was lost, and the same command had $1.20 once more."""
    proxy, rows = Proxy(tmp_path / "proxy", bills=[300_000]), [f"clip {n}" for n in range(1, 7)]
    agreed: dict[str, Any] = {"model": LITE, "budget": "1.20", "accept_unconfirmed": True, "concurrency": 1}
    async with selling(proxy, tmp_path / "home") as studio:
        assert (await studio.batch(rows[:2], **agreed)).done_rows == 2
    (tmp_path / "home" / "journal.db").unlink()
    async with selling(proxy, tmp_path / "home") as studio:
        await studio.reconcile(yes=True)
        made = await studio.batch(rows, **agreed)
        assert made.done_rows == len(proxy.submissions) == 4 and proxy.total_micros <= 1_200_000
        assert {row.wait_reason for row in made.rows if row.state == "waiting"} == {"budget"}


async def test_a_given_budget_counts_what_a_lost_journal_had_bought_for_the_same_order(tmp_path: Path) -> None:
    """Two of four takes were bought: the others were bought under $0.60, though $0.80 was sent in all."""
    proxy, clip = Proxy(tmp_path / "proxy"), {"model": LITE, "accept_unconfirmed": True}
    async with selling(proxy, tmp_path / "home") as studio:
        await studio.clip("A fox", samples=2, budget="0.60", **clip)
    (tmp_path / "home" / "journal.db").unlink()
    async with selling(proxy, tmp_path / "home") as studio:
        assert (await studio.quote_clip("A fox", samples=4, model=LITE)).micros == 800_000
        assert not (tmp_path / "home" / "journal.db").exists(), "a quote makes no journal: a restore needs the place"
        await studio._open_home()
        (note,) = [one for one in (await studio.quote_clip("A fox", samples=4, model=LITE)).notes if "vault" in one]
        assert note.startswith("2 paid requests ($0.40)") and "reconciled" in note, "before anybody is asked"
        assert not any("reconcile" in one for one in (await studio.quote(BRIEF, **SMALL)).notes), "it costs nothing"
        await studio.reconcile(yes=True)
        with pytest.raises(OverBudget) as refused:
            await studio.clip("A fox", samples=4, budget="0.60", **clip)
        reason = refused.value.to_reason()
        assert reason.code == "above_given_budget_with_lost" and len(proxy.submissions) == 2
        assert (reason.params["needed_micros"], reason.params["lost_micros"]) == (400_000, 400_000)
        queued = await studio.enqueue_clip("A fox", samples=4, budget="0.80", **clip)
    async with selling(proxy, tmp_path / "home") as studio:
        opened = await studio._open_home()
        job = await opened.journal.read_job("local", queued.job)
        assert job.consent and job.consent.ceiling == 400_000
        rests = replace(job, state="waiting", wait_reason="decision")
        quote = await studio.quote_resume(queued.project)
        assert project_run.mark_agreed(quote, rests).is_agreed, "the budget of a job that waits for a key is no less"
        earlier = replace(rests, id="job_0")
        assert not project_run.mark_agreed(quote, earlier).is_agreed, "a budget from before reconcile counts it now"
        made = await studio.clip("A fox", samples=4, budget="0.80", **clip)
        assert len(made.files) == len(proxy.submissions) == 4


async def test_a_budget_counts_what_a_journal_that_was_set_back_lost_of_its_own_project(tmp_path: Path) -> None:
    """Only lost projects counted: a budget for a project that the backup had could be spent twice."""
    proxy, clip = Proxy(tmp_path / "proxy"), {"model": LITE, "accept_unconfirmed": True}
    journal = tmp_path / "home" / "journal.db"
    edit: dict[str, Any] = {"shot": 1, "budget": "0.30", "accept_unconfirmed": True}
    async with selling(proxy, tmp_path / "home") as studio:
        project = (await studio.clip("A fox", budget="0.20", **clip)).project
    before = journal.read_bytes()
    async with selling(proxy, tmp_path / "home") as studio:
        assert (await studio.edit(project, prompt="An owl", **edit)).state == "done"
    journal.write_bytes(before)
    async with selling(proxy, tmp_path / "home") as studio:
        assert len((await studio.reconcile(yes=True)).unrecorded_sends) == 1
        with pytest.raises(OverBudget) as refused:
            await studio.edit(project, prompt="A crow", **edit)
        reason = refused.value.to_reason()
        assert (reason.code, reason.params["lost_micros"]) == ("above_given_budget_with_lost", 200_000)
        assert (await studio.edit(project, prompt="An owl", **edit)).state == "done" and len(proxy.submissions) == 2
        assert (await studio.edit(project, prompt="A crow", **edit)).state == "done" and len(proxy.submissions) == 3


async def test_a_price_is_given_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quote of a home with records in its vault failed on a full disk: its check records what it found."""
    async with selling(Proxy(tmp_path / "proxy"), tmp_path / "home") as studio:
        await studio.clip("A fox", model=LITE, **UNSURE)
    async with selling(Proxy(tmp_path / "proxy"), tmp_path / "home") as studio:
        guard = (await studio._open_home()).guard
        assert guard

        async def fail(*_: Any) -> None:
            raise StoreUnavailable(code="journal_closed", database="the disk")

        monkeypatch.setattr(guard, "_check", fail)
        guard._fine.clear()
        assert (await studio.quote_clip("An owl", model=LITE)).micros > 0
        with pytest.raises(StoreUnavailable):
            await guard.check("local")


async def test_a_job_of_a_journal_that_was_set_back_has_only_the_rest_of_its_budget(tmp_path: Path) -> None:
    """The journal is one from before the first send: its job had the whole budget once more."""
    proxy, clip = Proxy(tmp_path / "proxy"), {"model": LITE, "accept_unconfirmed": True, "budget": "0.60"}
    journal = tmp_path / "home" / "journal.db"
    async with selling(proxy, tmp_path / "home") as studio:
        queued = await studio.enqueue_clip("A fox", samples=2, **clip)
    before = journal.read_bytes()
    async with selling(proxy, tmp_path / "home") as studio:
        await (await studio.open_runtime()).driver.drive("local", queued.project)
        assert len(proxy.submissions) == 2
    journal.write_bytes(before)
    async with selling(proxy, tmp_path / "home") as studio:
        opened = (await studio.open_runtime()).get_home()
        assert len((await studio.reconcile(yes=True)).unrecorded_sends) == 2
        job = await opened.journal.read_job("local", queued.job)
        assert job.consent and (job.state, job.consent.ceiling) == ("queued", 200_000)
        assert (await studio.clip("A fox", samples=2, **clip)).state == "done" and len(proxy.submissions) == 2
