"""``doctor`` tries the Cloud Storage folder for films of Vertex: it writes, reads and deletes a small object there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.gemini_longrunning import FakeGeminiLongrunning
from reelwright.providers.fakes.script import Script, answer_nonsense, answer_status, drop
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings
from reelwright.studio.machine.doctor import examine
from reelwright.studio.results.inventory import Check

REAL_HANDS = True


async def look(folder: Path, script: Script, monkeypatch: pytest.MonkeyPatch) -> tuple[Check, FakeGeminiLongrunning]:
    monkeypatch.setenv("REELWRIGHT_VERTEX_STORAGE", "gs://films/veo/")
    monkeypatch.setenv("GOOGLE_ACCESS_TOKEN", "canary")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "p1")
    settings = Settings(home=folder / "home")
    bill = Bill(folder / "bill.jsonl")
    async with FakeServer(FakeGeminiLongrunning(bill, script)) as server:
        found = await asyncio.to_thread(examine, replace(settings, base_urls={"gemini_longrunning": server.url}))
        assert isinstance(server.fake, FakeGeminiLongrunning)
        assert bill.sum_micros() == 0
        return next(check for check in found.checks if check.name == "storage"), server.fake


async def test_a_folder_that_can_be_used_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check, fake = await look(tmp_path, Script(), monkeypatch)
    assert (check.state, check.message) == ("good", "gs://films/veo/ can be written, read and emptied")
    (path,) = fake.stored
    assert path.startswith("/storage/v1/b/films/o/veo/reelwright-probe-") and fake.removed_paths == [path]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (Script().add_rule("other", answer_status(403), [1]), "the write of gs://films/veo/reelwright-probe-"),
        (Script().add_rule("fetch", answer_status(403), [1]), "the read of gs://films/veo/reelwright-probe-"),
        (Script().add_rule("fetch", answer_nonsense(), [1]), "with other bytes"),
        (Script().add_rule("fetch", answer_status(403), [2]), "the deletion of gs://films/veo/reelwright-probe-"),
        (Script().add_rule("other", drop(), [1]), ""),
    ],
    ids=["write", "read", "other bytes", "deletion", "no answer"],
)
async def test_a_right_that_is_missing_is_named_before_a_film_is_bought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: Script, message: str
) -> None:
    check, _ = await look(tmp_path, script, monkeypatch)
    assert check.state == "bad" and message in check.message and "canary" not in check.message
    assert "roles/storage.objectUser" in check.fix


def test_without_a_folder_nothing_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REELWRIGHT_VERTEX_STORAGE", raising=False)
    assert "storage" not in {check.name for check in examine(Settings(home=tmp_path / "home")).checks}


def test_a_folder_that_is_none_and_a_missing_project_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_ACCESS_TOKEN", "canary")
    for where, project, named in (("films", "p1", "REELWRIGHT_VERTEX_STORAGE"), ("gs://films", "", "CLOUD_PROJECT")):
        monkeypatch.setenv("REELWRIGHT_VERTEX_STORAGE", where)
        monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", project)
        checks = {check.name: check for check in examine(Settings(home=tmp_path / "home")).checks}
        assert checks["storage"].state == "bad" and named in checks["storage"].message
