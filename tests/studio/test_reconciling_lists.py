"""What a provider's list shows and a restored journal does not know is told, recorded, and not bought a second time."""

from __future__ import annotations

import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from reasons import has_field
from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.net.http import HttpClient
from reelwright.providers.fakes.listing import Listing
from reelwright.providers.fakes.script import answer_status, drop, swallow
from reelwright.providers.offline import Offline
from reelwright.providers.openai_videos import OpenaiVideos
from reelwright.store.jobs.requests import CreateRequest
from reelwright.studio.machine.backup import back_up, restore
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.studio import AsyncStudio
from studio.worlds import AT_ONCE, World, world

SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
HAILUO = "hailuo-2.3"
LOCAL_VIDEO = "local-video"
SEEDED = "seedance-2.0"
"""A model that takes a seed: each purchase sends its own."""
SPOKEN = """
title: Fenn
aspect: "9:16"
short_side: 180
beats:
  - beat: end_card
    shots: [{seconds: 3, words: {name: Fenn}, say: "It warms the whole room."}]
"""
BRIEF = "“It never flickers.” A 6 second film for “Fenn”, a lamp. Order at fenn.example"


@dataclass
class Original:
    """A home with a copy of its start; ``world`` goes on selling whatever becomes of either."""

    world: World
    home: Path
    copy: Path

    def typed(self) -> Studio:
        """A studio for one command."""
        return Studio(self.world.settings, tempo=Tempo(speed=600))

    def keep(self) -> None:
        shutil.copytree(self.home, self.copy)

    def keep_as_it_is(self) -> None:
        """Copy the home again, as it is now."""
        shutil.rmtree(self.copy)
        self.keep()

    def put_back(self) -> None:
        """The copy with its old vault in the place of what is there; nothing of the home is left."""
        shutil.rmtree(self.home)
        shutil.copytree(self.copy, self.home)

    @asynccontextmanager
    async def videos(self) -> AsyncIterator[AsyncStudio]:
        """A studio that buys from a server of one's own, whose work is not sent again by itself."""
        http = HttpClient("openai_videos", self.world.settings.base_urls["openai_videos"])
        sellers = {"offline": Offline(), "openai_videos": OpenaiVideos(http)}
        async with AsyncStudio(self.world.settings, providers=sellers, tempo=Tempo(speed=600)) as studio:
            yield studio
        await http.close()

    @property
    def submits(self) -> int:
        return self.world.submits("replicate")

    def behave(self, **how: Any) -> None:
        fake = self.world.servers["replicate"].fake
        fake.script = replace(fake.script, **how)


@pytest.fixture
def original(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Original]:
    """A home in which one clip was bought before it was copied."""
    monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_0123456789abcdef")
    with world(tmp_path / "home", {"replicate": AT_ONCE}) as there:
        made = Original(there, tmp_path / "home", tmp_path / "copy")
        with made.typed() as studio:
            assert studio.clip("A fox", model=HAILUO, **SURE).state == "done"
        made.keep()
        yield made


def test_what_the_original_bought_since_is_listed_and_not_bought_again(original: Original) -> None:
    with original.typed() as studio:
        for prompt in ("An owl", "A crane"):
            assert studio.clip(prompt, model=HAILUO, **SURE).state == "done"
    original.put_back()
    with original.typed() as studio:
        assert studio.clip("An owl", model=HAILUO, **SURE).wait_reason == "decision"
        asked = studio.reconcile()
        assert asked.state == "asks" and asked.unread_lists == ()
        assert [(one.provider, one.prompt) for one in asked.listed_operations] == [
            ("replicate", "A crane"),
            ("replicate", "An owl"),
        ]
        assert all(one.operation and one.made_at and "hailuo" in one.model for one in asked.listed_operations)
        assert asked.to_json()["listed_operations"][0]["operation"] == asked.listed_operations[0].operation
        assert original.submits == 3, "looking sends nothing"
        studio.reconcile(yes=True)
    with original.typed() as studio:
        for prompt in ("An owl", "A crane"):
            made = studio.clip(prompt, model=HAILUO, **SURE)
            assert made.state == "done", made.message
        assert original.submits == 3 and studio.show_spending().micros == original.world.billed
        assert {row.operation for row in studio.show_spending().rows} >= {
            one.operation for one in asked.listed_operations
        }
        made = studio.clip("A heron", model=HAILUO, **SURE)  # all that is listed has its purchase: sent as always
        assert made.state == "done" and original.submits == 4


def test_a_restored_backup_lists_it_too_also_for_a_model_that_takes_a_seed(original: Original, tmp_path: Path) -> None:
    back_up(original.world.settings, tmp_path / "backup")
    with original.typed() as studio:
        assert studio.clip("An owl", model=SEEDED, **SURE).state == "done"
    shutil.rmtree(original.home)
    restore(original.world.settings, tmp_path / "backup")
    with original.typed() as studio:
        found = studio.reconcile(yes=True)
        assert found.reasons == ("restored",) and [one.prompt for one in found.listed_operations] == ["An owl"]
        assert studio.clip("An owl", model=SEEDED, **SURE).state == "done"
        assert original.submits == 2 and studio.show_spending().micros == original.world.billed


def test_a_key_that_the_journal_lost_takes_what_the_list_shows(original: Original) -> None:
    def order(studio: Studio) -> Any:
        request = CreateRequest(key="K", digest="An owl", has_own_key=True)
        queued = studio.enqueue_clip("An owl", model=SEEDED, request=request, **SURE)
        return studio.resume(queued.project, **SURE)

    with original.typed() as studio:
        assert order(studio).state == "done"
    original.put_back()
    with original.typed() as studio:
        assert len(studio.reconcile(yes=True).listed_operations) == 1
        assert order(studio).state == "done" and original.submits == 2
        assert studio.show_spending().micros == original.world.billed


def test_a_film_typed_again_takes_every_shot_that_the_list_shows(original: Original) -> None:
    film = {"short_side": 180, "aspect": "9:16", "length": 6, "models": [HAILUO], "goal": "takes", **SURE}
    with original.typed() as studio:
        assert studio.make(BRIEF, **film).state == "done"
    sent = original.submits
    assert sent > 2
    original.put_back()
    with original.typed() as studio:
        studio.reconcile(yes=True)
        made = studio.make(BRIEF, **film)
        assert made.state == "done" and original.submits == sent, made.message
        assert studio.show_spending().micros == original.world.billed


def test_two_at_one_moment_take_one_entry_for_one_purchase(original: Original) -> None:
    with original.typed() as studio:
        assert studio.clip("An owl", model=HAILUO, **SURE).state == "done"
    original.put_back()
    with original.typed() as studio:
        studio.reconcile(yes=True)
    ends: list[str] = []

    def type_it() -> None:
        with original.typed() as studio:
            ends.append(studio.clip("An owl", model=HAILUO, **SURE).state)

    threads = [threading.Thread(target=type_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ends == ["done", "done"] and original.submits == 2
    with original.typed() as studio:
        assert studio.clip("An owl", model=HAILUO, samples=2, **SURE).state == "done"  # one is had, one is bought
        operations = [row.operation for row in studio.show_spending().rows]
        assert len(set(operations)) == len(operations) == 3 == original.submits
        assert studio.show_spending().micros == original.world.billed


def test_a_list_that_cannot_be_read_is_told_and_stops_nobody(original: Original) -> None:
    original.put_back()
    original.behave(rules=AT_ONCE.add_rule("find", answer_status(500)).rules)
    with original.typed() as studio:
        asked = studio.reconcile()
        assert asked.state == "asks" and asked.listed_operations == ()
        (told,) = asked.unread_lists
        assert told.provider == "replicate" and "500" in told.message
        assert studio.reconcile(yes=True).state == "reconciled"
        assert studio.clip("An owl", model=HAILUO, **SURE).state == "done" and original.submits == 2


def test_what_the_list_showed_before_the_question_is_recorded_though_it_fails_after_it(original: Original) -> None:
    with original.typed() as studio:
        assert studio.clip("An owl", model=HAILUO, **SURE).state == "done"
    original.put_back()
    with original.typed() as studio:
        asked = studio.reconcile()
        assert len(asked.listed_operations) == 1
        original.behave(rules=AT_ONCE.add_rule("find", answer_status(500)).rules)
        assert len(studio.reconcile(yes=asked).listed_operations) == 1
        assert studio.clip("An owl", model=HAILUO, **SURE).state == "done" and original.submits == 2


def test_equal_rows_whose_answers_were_lost_are_each_found_in_the_list_and_nobody_is_asked(original: Original) -> None:
    """2026-11-24: two entries for two equal purchases without a seed: a person was asked about both."""
    original.behave(rules=AT_ONCE.add_rule("submit", swallow()).rules)
    with original.typed() as studio:
        made = studio.clip("A heron", model=HAILUO, samples=3, **SURE)
        assert made.state == "done" and original.submits == 4, made.message
        operations = [row.operation for row in studio.show_spending().rows]
        assert len(set(operations)) == len(operations) == 4
        assert studio.show_spending().micros == original.world.billed


def write_off_an_arrived(original: Original) -> None:
    """A take of "A heron" is made, its answer lost, and no list can be read: it is written off and counted."""
    unread = AT_ONCE.add_rule("submit", swallow(), calls=[2]).add_rule("find", answer_status(403))
    original.behave(rules=unread.rules)
    with original.typed() as studio:
        assert studio.clip("A heron", model=HAILUO, **SURE).wait_reason == "decision"
        (row,) = studio.show_spending().unknown_rows
        studio.decide(row.purchase, "written-off")


@pytest.mark.parametrize("met", ["lost", "made"])
def test_an_equal_order_whose_answer_is_lost_takes_nothing_that_a_written_off_one_may_have_made(
    original: Original, met: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2026-11-27: it took the written-off one's entry in the list, and the ledger stood one take above the bill."""
    monkeypatch.setattr("reelwright.engine.purchases.gate.SEND_ON_ITS_WAY_S", -14.8)  # a send arrives at once, or never
    write_off_an_arrived(original)
    original.behave(rules=AT_ONCE.add_rule("submit", drop() if met == "lost" else swallow(), calls=[3]).rules)
    with original.typed() as studio:
        made = studio.clip("A heron", model=HAILUO, again=True, **SURE)
        if met == "lost":  # one entry for two purchases: a person is asked, and says what the provider's page shows
            assert (made.wait_reason, original.submits) == ("decision", 3), made.message
            (row,) = studio.show_spending().unknown_rows
            studio.decide(row.purchase, "never")
            made = studio.retry(made.job, **SURE)
        assert made.state == "done" and original.submits == (4 if met == "lost" else 3), made.message
        assert studio.show_spending().micros == original.world.billed


def test_a_listed_work_that_a_written_off_order_may_have_made_is_asked_about_before_an_equal_one_takes_it(
    original: Original,
) -> None:
    write_off_an_arrived(original)
    original.keep_as_it_is()
    original.behave(rules=AT_ONCE.rules)
    original.put_back()
    with original.typed() as studio:
        assert len(studio.reconcile(yes=True).listed_operations) == 1
        made = studio.clip("A heron", model=HAILUO, again=True, **SURE)
        assert (made.state, made.wait_reason, original.submits) == ("waiting", "decision", 2)


def test_an_order_that_was_accepted_and_answered_with_429_is_found_in_the_list_and_not_sent_again(
    original: Original,
) -> None:
    throttled = answer_status(429, retry_after="0", is_billed=True)
    original.behave(rules=AT_ONCE.add_rule("submit", throttled, calls=[2]).rules)
    with original.typed() as studio:
        made = studio.clip("A heron", model=HAILUO, **SURE)
        assert made.state == "done" and original.submits == 2, made.message
        assert studio.show_spending().micros == original.world.billed


def test_equal_orders_that_were_accepted_and_answered_with_429_are_each_found_and_not_sent_again(
    original: Original,
) -> None:
    """2026-11-27: of several entries each order took none, since only orders without an answer counted as sent."""
    throttled = answer_status(429, retry_after="0", is_billed=True)
    original.behave(rules=AT_ONCE.add_rule("submit", throttled, calls=[2, 3, 4]).rules)
    with original.typed() as studio:
        made = studio.clip("A heron", model=HAILUO, samples=3, **SURE)
        assert made.state == "done" and original.submits == 4, made.message
        assert studio.show_spending().micros == original.world.billed


@pytest.mark.parametrize("status", [402, 404, 400, 413, 415, 422])
def test_an_order_that_was_accepted_and_refused_is_looked_for_in_the_list_before_it_is_sent_again(
    original: Original, status: int
) -> None:
    refused = answer_status(status, is_billed=True)
    original.behave(rules=AT_ONCE.add_rule("submit", refused, calls=[2]).rules)
    with original.typed() as studio:
        refusal = studio.clip("A heron", model=SEEDED, **SURE)
        assert refusal.state != "done" and original.submits == 2
        made = studio.retry(refusal.job, **SURE)
        assert made.state == "done" and original.submits == 2, made.message
        assert studio.show_spending().micros == original.world.billed
        assert studio.clip("A crane", model=SEEDED, **SURE).state == "done" and original.submits == 3


@pytest.mark.parametrize("status", [402, 404, 400, 413, 415, 422])
def test_equal_orders_that_were_accepted_and_refused_are_each_found_before_they_are_sent_again(
    original: Original, status: int
) -> None:
    refused = answer_status(status, is_billed=True)
    original.behave(rules=AT_ONCE.add_rule("submit", refused, calls=[2, 3, 4]).rules)
    with original.typed() as studio:
        refusal = studio.clip("A heron", model=HAILUO, samples=3, **SURE)
        assert refusal.state != "done" and original.submits == 4
        made = studio.retry(refusal.job, **SURE)
        assert made.state == "done" and original.submits == 4, made.message
        assert studio.show_spending().micros == original.world.billed


def perhaps(original: Original) -> Any:
    """Restored and reconciled with a list that cuts prompts, and the same typed again."""
    with original.typed() as studio:
        assert studio.clip("An owl that looks at a paper boat", model=HAILUO, **SURE).state == "done"
    original.put_back()
    original.behave(listing=Listing(habits=("cut",)))
    with original.typed() as studio:
        assert len(studio.reconcile(yes=True).listed_operations) == 1
        made = studio.clip("An owl that looks at a paper boat", model=HAILUO, **SURE)
        assert (made.state, made.wait_reason, original.submits) == ("waiting", "decision", 2)
        (row,) = studio.show_spending().unknown_rows
        return made, row


def test_a_perhaps_is_asked_about_and_what_a_person_names_is_taken(original: Original) -> None:
    made, row = perhaps(original)
    (shown,) = [charge.submission for charge in original.world.servers["replicate"].fake.bill.charges][-1:]
    assert made.reason.code == "purchase_unknown" and made.reason.actions[0].kind == "decide_purchase"
    assert made.reason.params["cause"].params["operations"] == [shown]
    with original.typed() as studio:
        assert studio.retry(made.job, **SURE).wait_reason == "decision", "it stays asked"
        studio.decide(row.purchase, "arrived", operation=shown)
        assert studio.retry(made.job, **SURE).state == "done"
        assert original.submits == 2 and studio.show_spending().micros == original.world.billed


def test_a_wrong_operation_is_refused_at_once_and_one_that_could_not_be_checked_is_changed(original: Original) -> None:
    """2026-11-24: a mistyped id was recorded, polled for 15 minutes, and could not be taken back."""
    made, row = perhaps(original)
    shown = original.world.servers["replicate"].fake.bill.charges[-1].submission
    seen = original.world.servers["replicate"].count("poll")
    with original.typed() as studio:
        for wrong in ("two words", "../cancel", f"{shown}?x"):
            with pytest.raises(BadInput, check=has_field("operation")):
                studio.decide(row.purchase, "arrived", operation=wrong)
        assert original.world.servers["replicate"].count("poll") == seen, "no id by its form: nobody is asked"
        unknown = "zz" + shown[2:]
        with pytest.raises(BadInput, check=has_field("operation", "replicate")):
            studio.decide(row.purchase, "arrived", operation=unknown)
        assert [one.purchase for one in studio.show_spending().unknown_rows] == [row.purchase]
        original.behave(rules=AT_ONCE.add_rule("poll", answer_status(500)).rules)
        decided = studio.decide(row.purchase, "arrived", operation=unknown)
        assert (decided.state, decided.reason.code, decided.operation) == ("submitted", "arrived_unasked", unknown)
        original.behave(rules=AT_ONCE.rules)
        for verdict, named in (("never", None), ("written-off", None), ("arrived", shown)):
            decided = studio.decide(row.purchase, verdict, operation=named)
        assert (decided.state, decided.reason.code, decided.operation) == ("submitted", "arrived_decided", shown)
        assert studio.retry(made.job, **SURE).state == "done"
        assert original.submits == 2 and studio.show_spending().micros == original.world.billed
        with pytest.raises(BadInput, check=has_field("purchase")):
            studio.decide(row.purchase, "never")


@pytest.mark.parametrize("verdict", ["never", "written-off"])
def test_a_perhaps_that_a_person_denies_is_bought_and_asked_about_once(original: Original, verdict: str) -> None:
    made, row = perhaps(original)
    with original.typed() as studio:
        studio.decide(row.purchase, verdict)
        again = studio.retry(made.job, **SURE)
        assert again.state == "done" and original.submits == 3, again.message


def test_what_is_another_programs_is_dropped_also_later(original: Original) -> None:
    made, row = perhaps(original)
    with original.typed() as studio:
        assert studio.reconcile(drop_listed=True).state == "fine"
        assert studio.retry(made.job, **SURE).state == "done" and original.submits == 3
        assert [one.purchase for one in studio.show_spending().rows].count(row.purchase) == 1
    original.put_back()
    with original.typed() as studio:
        assert len(studio.reconcile(yes=True, drop_listed=True).listed_operations) == 2
        assert studio.clip("A heron", model=HAILUO, **SURE).state == "done" and original.submits == 4


def test_a_result_that_has_expired_there_is_told_and_not_bought_again_without_a_word(original: Original) -> None:
    with original.typed() as studio:
        assert studio.clip("An owl", model=HAILUO, **SURE).state == "done"
    original.put_back()
    with original.typed() as studio:
        studio.reconcile(yes=True)
    for work in original.world.servers["replicate"].fake.remote:
        object.__setattr__(work, "life_s", -1.0)
    with original.typed() as studio:
        made = studio.clip("An owl", model=HAILUO, **SURE)
        assert made.state != "done" and original.submits == 2
        assert "expired" in made.message or "removed" in made.message, made


def test_an_id_that_nothing_goes_by_is_for_a_person_to_read(original: Original) -> None:
    with original.typed() as studio:
        assert studio.clip("An owl", model=HAILUO, **SURE).state == "done"
    original.put_back()
    original.behave(listing=Listing(habits=("capital_ids",)))
    with original.typed() as studio:
        studio.reconcile(yes=True)
        assert studio.clip("An owl", model=HAILUO, **SURE).wait_reason == "decision" and original.submits == 2


def test_what_the_vault_knows_is_not_listed_a_second_time(original: Original) -> None:
    """Its purchase finds it by itself; nothing else is asked about because of it."""
    before = (original.home / "journal.db").read_bytes()
    with original.typed() as studio:
        assert studio.clip("An owl", model=HAILUO, **SURE).state == "done"
    (original.home / "journal.db").write_bytes(before)
    with original.typed() as studio:
        found = studio.reconcile(yes=True)
        assert len(found.unrecorded_sends) == 1 and found.listed_operations == ()
        assert studio.clip("A heron", model=HAILUO, **SURE).state == "done" and original.submits == 3


async def test_videos_of_a_server_are_found_in_its_list_too(tmp_path: Path) -> None:
    with world(tmp_path / "home", {"openai_videos": AT_ONCE}) as there:
        there.servers["openai_videos"].fake.profile = "vllm_omni"
        original = Original(there, tmp_path / "home", tmp_path / "copy")

        async with original.videos() as studio:
            assert (await studio.clip("A fox", model=LOCAL_VIDEO, **SURE)).state == "done"
        original.keep()
        async with original.videos() as studio:
            assert (await studio.clip("An owl", model=LOCAL_VIDEO, **SURE)).state == "done"
        original.put_back()
        async with original.videos() as studio:
            assert [one.prompt for one in (await studio.reconcile(yes=True)).listed_operations] == ["An owl"]
            assert (await studio.clip("An owl", model=LOCAL_VIDEO, **SURE)).state == "done"
            assert there.submits("openai_videos") == 2


def test_speech_is_found_in_the_history_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEVENLABS_API_KEY", "a-key-of-a-test")
    (tmp_path / "plan.yaml").write_text(SPOKEN)
    film: dict[str, Any] = {"plan": tmp_path / "plan.yaml", "voice": "eleven_multilingual_v2:JBFqnCBsd6RMkjVDRZzb"}
    with world(tmp_path / "home", {"elevenlabs": AT_ONCE}) as there:
        original = Original(there, tmp_path / "home", tmp_path / "copy")
        with original.typed() as studio:
            assert studio.make("“Else”, a film", short_side=180, length=4).state == "done"
        original.keep()
        with original.typed() as studio:
            first = studio.make("Fenn", **film, **SURE)
            assert first.state == "done" and there.submits("elevenlabs") == 1, first.message
        original.put_back()
        with original.typed() as studio:
            (listed,) = studio.reconcile(yes=True).listed_operations
            assert (listed.provider, listed.prompt) == ("elevenlabs", "It warms the whole room.")
            again = studio.make("Fenn", **film, **SURE)
            assert again.state == "done" and there.submits("elevenlabs") == 1, again.message
            assert studio.show_spending().micros == there.billed


def test_a_provider_without_a_key_or_a_list_is_not_asked(original: Original, monkeypatch: pytest.MonkeyPatch) -> None:
    original.put_back()
    monkeypatch.delenv("REPLICATE_API_TOKEN")
    with original.typed() as studio:
        found = studio.reconcile()
        assert (found.state, found.listed_operations, found.unread_lists) == ("asks", (), ())
