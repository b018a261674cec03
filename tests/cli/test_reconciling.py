"""At the command line: exit codes and words of a home that was copied, restored, or is damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cli.conftest import Run
from reelwright import Studio
from reelwright.providers.fakes.script import answer_status
from reelwright.studio.quotes.tempo import Tempo
from studio.ledgers import filled
from studio.worlds import AT_ONCE, world


@pytest.fixture
def copied(home: Path, reelwright: Run) -> Path:
    """The home is a copy; the one that it was copied from lies beside it."""
    before = home.with_name("before")
    filled(before)
    assert reelwright("spend", REELWRIGHT_HOME=str(before)).code == 0
    shutil.copytree(before, home)
    return home


def test_a_copied_home_stops_with_four_and_names_the_way_on(
    copied: Path, reelwright: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reelwright("spend").code == 0 and reelwright("jobs").code == 0, "looking goes on"
    with world(copied, {"openrouter": AT_ONCE}) as there:
        told = {
            "OPENROUTER_API_KEY": "sk-or-0123456789",
            "REELWRIGHT_OPENROUTER_BASE_URL": there.settings.base_urls["openrouter"],
        }
        clip = ("clip", "An owl", "--model", "openrouter-veo-3.1-fast", "--yes", "--accept-unconfirmed")
        ran = reelwright(*clip, **told)
        assert ran.code == 4 and "reelwright spend reconcile" in ran.out + ran.err and not there.submits("openrouter")
        asked = reelwright("spend", "reconcile", "--json")
        assert asked.code == 4 and asked.json["error"]["kind"] == "NotReconciled"
        assert "--yes" in asked.json["error"]["hint"]
        done = reelwright("spend", "reconcile", "--yes", "--json")
        assert done.code == 0 and (done.json["state"], done.json["reasons"]) == ("reconciled", ["moved"])
        again = reelwright("spend", "reconcile")
        assert again.code == 0 and "nothing to reconcile" in again.out
        monkeypatch.setenv("OPENROUTER_API_KEY", told["OPENROUTER_API_KEY"])
        with Studio(there.settings, tempo=Tempo(speed=60)) as studio:  # at the command line it takes minutes
            assert studio.retry(studio.list_jobs()[0].id, yes=True, accept_unconfirmed=True).state == "done"
        assert reelwright(*clip, **told).code == 0 and there.submits("openrouter") == 1


def test_what_a_providers_list_shows_is_told_before_the_question_and_in_json(
    home: Path, reelwright: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(home, {"replicate": AT_ONCE}) as there:
        monkeypatch.setenv("REPLICATE_API_TOKEN", "r8_0123456789abcdef")
        sure = {"model": "hailuo-2.3", "yes": True, "accept_unconfirmed": True}
        for prompt in ("A fox", "An owl that looks at a paper boat"):
            with Studio(there.settings, tempo=Tempo(speed=600)) as studio:
                assert studio.clip(prompt, **sure).state == "done"
            if prompt == "A fox":
                shutil.copytree(home, tmp_path / "kept")
        shutil.rmtree(home)
        shutil.copytree(tmp_path / "kept", home)
        told = {
            "REPLICATE_API_TOKEN": "r8_0123456789abcdef",
            "REELWRIGHT_REPLICATE_BASE_URL": there.settings.base_urls["replicate"],
        }
        asked = reelwright("spend", "reconcile", "--json", **told)
        (listed,) = asked.json["error"]["found"]["listed_operations"]
        assert asked.code == 4 and (listed["provider"], listed["model"]) == ("replicate", "minimax/hailuo-2.3")
        assert listed["prompt"].startswith("An owl") and listed["made_at"].startswith("20")
        asked = reelwright("spend", "reconcile", **told)
        assert asked.code == 4 and listed["operation"] in asked.out and "An owl that looks" in asked.out
        fake = there.servers["replicate"].fake
        fake.script = fake.script.add_rule("find", answer_status(500))
        asked = reelwright("spend", "reconcile", **told)
        assert asked.code == 4 and "could not ask replicate: " in asked.out and "its own page" in asked.out
        fake.script = AT_ONCE
        done = reelwright("spend", "reconcile", "--yes", "--json", **told)
        assert done.code == 0 and done.json["listed_operations"] == [listed] and done.json["unread_lists"] == []
        dropped = reelwright("spend", "reconcile", "--drop-listed", **told)
        assert dropped.code == 0 and there.submits("replicate") == 2


def test_reconcile_without_a_terminal_lists_and_asks_nobody(copied: Path, reelwright: Run) -> None:
    ran = reelwright("spend", "reconcile", stdin="y\n")
    assert ran.code == 4 and "moved or copied" in ran.out and "reelwright spend reconcile --yes" in ran.err
    assert "stop using it" in ran.out


@pytest.mark.parametrize(
    "verb", [("jobs",), ("spend",), ("projects",), ("make", "“It never flickers.” For “Fenn”, a lamp", "--yes")]
)
def test_a_damaged_journal_is_one_sentence_and_says_what_to_do(
    home: Path, reelwright: Run, verb: tuple[str, ...]
) -> None:
    filled(home)
    path = home / "journal.db"
    path.write_bytes(path.read_bytes()[:9000])
    ran = reelwright(*verb, "--json")
    assert ran.code == 1 and ran.json["error"]["kind"] == "JournalDamaged"
    assert "the journal is damaged" in ran.err and "reelwright restore" in ran.err and "Traceback" not in ran.err


def test_a_backup_and_its_restore_at_the_command_line(copied: Path, reelwright: Run, tmp_path: Path) -> None:
    folder, back = str(tmp_path / "backup"), str(tmp_path / "back")
    made = reelwright("backup", folder, "--json")
    # the rows of this ledger were written without their takes: the vault lacks them, which is told
    assert made.code == 1 and made.json["faults"] and made.json["rows"] > 0
    assert reelwright("backup", folder).code == 2, "never written over something"
    assert reelwright("restore", folder).code == 2, "there is a journal"
    ran = reelwright("restore", folder, REELWRIGHT_HOME=back)
    assert ran.code == 0 and "reelwright spend reconcile" in ran.out
    assert reelwright("spend", REELWRIGHT_HOME=back).code == 0
    asked = reelwright("spend", "reconcile", "--json", REELWRIGHT_HOME=back)
    assert asked.code == 4
    ran = reelwright("restore", folder, "--replace", REELWRIGHT_HOME=back)
    assert ran.code == 0 and "journal.db.before-" in ran.out
    assert reelwright("backup", str(tmp_path / "nothing"), "--verify").code == 2
