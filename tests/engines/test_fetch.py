"""Weights are fetched from the hub: whole and checked, or not at all; licence, room and origin are known before."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from engines.fake_hub import NEW, OLD, TOKEN, WEIGHTS, FakeHub, serve_hub
from reelwright.engines import download
from reelwright.engines.model_cards import get_model_card
from reelwright.errors import BadInput, NotFound, ProviderError, Refused, StoreUnavailable, Unreachable
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio

HEAVY = "transformer/weights.safetensors"
TAKEN = {"README.md", "model_index.json", "transformer/config.json", HEAVY}


@pytest.fixture(autouse=True)
def without_waits(monkeypatch):
    monkeypatch.setattr(download.fetch, "__kwdefaults__", {"waits_s": (0.0, 0.0)})
    for name in ("HF_TOKEN",):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


async def fetch(hub: FakeHub, home: Path, model: str = "acme/tiny", settings: Settings | None = None, **options):
    async with serve_hub(hub) as server:
        given = replace(settings or Settings(home=home), hub_url=server.url)
        async with AsyncStudio(given) as studio:
            return await studio.fetch_model(model, **options)


def list_files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


async def test_weights_arrive_whole_and_their_card_says_hub_revision_and_digests(home, hub):
    told: list[tuple[int, int]] = []
    found = await fetch(hub, home, on_progress=lambda done, total: told.append((done, total)))
    folder = home / "weights" / "tiny"
    assert list_files(folder) == TAKEN, "no other program's weights, no second set, no folder that is no part"
    assert (folder / HEAVY).read_bytes() == WEIGHTS
    card = get_model_card(home, "tiny")
    assert (found.model, found.fault != "", card.weights.hub, card.weights.revision) == ("tiny", True, "acme/tiny", OLD)
    assert card.weights.digests[HEAVY] == hashlib.sha256(WEIGHTS).hexdigest() and set(card.weights.digests) == TAKEN
    assert told[-1][0] == told[-1][1] == sum(len(hub.files[name]) for name in TAKEN)
    assert list_files(home / "weights") - {f"tiny/{name}" for name in TAKEN} == {".tiny.lock"}


@pytest.mark.parametrize("ignores_range", [False, True])
async def test_a_download_that_breaks_off_goes_on_with_the_byte_at_which_it_stopped(home, hub, ignores_range):
    hub.breaks, hub.ignores_range = [30_000, 10_000], ignores_range
    await fetch(hub, home)
    ranges = [wanted for path, wanted in hub.requests if path.endswith(f"resolve-cache/{OLD}/{HEAVY}")]
    assert ranges[:2] == ["", "bytes=30000-"] and len(ranges) == 3
    assert (home / "weights" / "tiny" / HEAVY).read_bytes() == WEIGHTS


async def test_a_stopped_download_goes_on_later_with_the_revision_that_it_began_with(home, hub):
    hub.breaks = [30_000, 0, 0, 0]
    with pytest.raises(Unreachable):
        await fetch(hub, home)
    assert not (home / "weights" / "tiny").exists() and not (home / "models").exists(), "nothing half is in use"
    hub.breaks, hub.main = [], NEW
    hub.requests.clear()
    async with serve_hub(hub) as server, AsyncStudio(Settings(home=home, hub_url=server.url)) as studio:
        found = await studio.look_up_weights("acme/tiny")
        assert found.is_resumed and found.revision == OLD and found.present_bytes > 30_000
    await fetch(hub, home)
    assert (f"/api/resolve-cache/{OLD}/{HEAVY}", "bytes=30000-") in hub.requests
    assert get_model_card(home, "tiny").weights.revision == OLD


async def test_another_revision_begins_again_and_mixes_no_files(home, hub):
    hub.breaks = [30_000, 0, 0, 0]
    with pytest.raises(Unreachable):
        await fetch(hub, home)
    hub.breaks, hub.main = [], NEW
    hub.files[HEAVY] = WEIGHTS[::-1]
    await fetch(hub, home, revision="main")
    assert (home / "weights" / "tiny" / HEAVY).read_bytes() == WEIGHTS[::-1]
    assert get_model_card(home, "tiny").weights.revision == NEW


@pytest.mark.parametrize("name", [HEAVY, "transformer/config.json", "model_index.json"])
async def test_bytes_of_another_digest_are_refused_and_removed(home, hub, name):
    hub.lies[name] = hub.files[name][:-1] + b"!"
    with pytest.raises(ProviderError) as raised:
        await fetch(hub, home)
    assert raised.value.code == "weights_differ" and raised.value.params["file"] == name
    assert not (home / "weights" / "tiny").exists() and not (home / "weights" / ".tiny.part" / name).exists()
    hub.lies.clear()
    await fetch(hub, home)
    assert (home / "weights" / "tiny" / name).read_bytes() == hub.files[name]


async def test_a_part_whose_weights_are_a_pickle_is_refused_before_anything_is_downloaded(home, hub):
    hub.files["transformer/weights.bin"] = b"\x80\x04"
    await fetch(hub, home)  # its weights are there as safetensors too
    assert not (home / "weights" / "tiny" / "transformer" / "weights.bin").exists()
    for name in (HEAVY, "transformer/weights.bf16.safetensors"):
        del hub.files[name]
    hub.files["vae/weights.safetensors"] = b"1"
    hub.requests.clear()
    with pytest.raises(BadInput, match="pickle"):
        await fetch(hub, home, name="other")
    assert [path for path, _ in hub.requests if "resolve-cache" in path] == [
        f"/api/resolve-cache/{OLD}/model_index.json"
    ]


async def test_without_room_on_the_disk_nothing_is_downloaded(home, hub, monkeypatch):
    monkeypatch.setattr(download, "count_free_bytes", lambda folder: 1_000_050_000)
    with pytest.raises(StoreUnavailable) as raised:
        await fetch(hub, home)
    assert raised.value.code == "disk_too_small" and raised.value.params["free_gb"] == pytest.approx(1.0, abs=0.01)
    assert not list_files(home / "weights") - {".tiny.lock"}


async def test_a_licence_that_forbids_commercial_use_is_told_and_can_be_excluded(home, hub):
    hub.facts = {"license": "other", "license_name": "acme-non-commercial"}
    strict = Settings(home=home, model_licences="commercial")
    with pytest.raises(BadInput) as raised:
        await fetch(hub, home, settings=strict)
    assert raised.value.field == "licence" and not (home / "weights").exists()
    async with serve_hub(hub) as server, AsyncStudio(Settings(home=home, hub_url=server.url)) as studio:
        found = await studio.look_up_weights("acme/tiny")
    assert found.licence == "acme-non-commercial" and not found.may_be_sold


@pytest.mark.parametrize("facts", [{}, {"license": "acme-1"}])
async def test_a_licence_that_nobody_knows_is_asked_for(home, hub, facts):
    hub.facts = facts
    with pytest.raises(BadInput) as raised:
        await fetch(hub, home)
    assert raised.value.field == ("commercial" if facts else "licence")
    await fetch(hub, home, licence="acme-1", commercial=False)
    assert get_model_card(home, "tiny").licence.may_be_sold is False


async def test_the_token_goes_to_the_hub_and_into_no_log(home, hub, monkeypatch, caplog):
    hub.needs_token = True
    with pytest.raises(Refused) as raised:
        await fetch(hub, home)
    assert raised.value.code == "hub_refused"
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    with caplog.at_level(logging.DEBUG):
        found = await fetch(hub, home)
    assert TOKEN not in caplog.text and TOKEN not in json.dumps(found.to_json())
    assert not any(TOKEN.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize(("options", "code"), [({"revision": "nonesuch"}, "hub_model_unknown"),
                                               ({"model": "acme/none"}, "hub_model_unknown")])  # fmt: skip
async def test_a_model_or_revision_that_the_hub_does_not_have_is_told(home, hub, options, code):
    with pytest.raises(NotFound) as raised:
        await fetch(hub, home, **options)
    assert raised.value.code == code


@pytest.mark.parametrize("name", ["../evil.json", "/etc/evil.json", "a\\..\\evil.json"])
async def test_an_index_that_leads_out_of_the_folder_is_refused(home, hub, name):
    hub.files[name] = b"{}"
    with pytest.raises(Unreachable) as raised:
        await fetch(hub, home)
    assert raised.value.code == "hub_answer_unfit"


async def test_a_pipeline_that_no_engine_runs_is_refused_before_its_weights_are_downloaded(home, hub):
    hub.files["model_index.json"] = b'{"_class_name": "FluxPipeline"}'
    with pytest.raises(BadInput, match="FluxPipeline"):
        await fetch(hub, home)


async def test_weights_that_are_missing_are_fetched_as_their_card_says_and_compared_with_its_digests(home, hub):
    await fetch(hub, home)
    card = home / "models" / "tiny.yaml"
    text = card.read_text()
    with pytest.raises(BadInput, match="tiny"):
        await fetch(hub, home)  # there already
    folder = home / "weights" / "tiny"
    folder.rename(home / "elsewhere")
    hub.main = NEW
    await fetch(hub, home, "tiny")
    assert list_files(folder) == TAKEN and card.read_text() == text
    folder.rename(home / "elsewhere too")
    card.write_text(text.replace(hashlib.sha256(WEIGHTS).hexdigest(), "f" * 64))
    with pytest.raises(ProviderError) as raised:
        await fetch(hub, home, "tiny")
    assert raised.value.code == "weights_differ"


async def test_only_one_process_downloads_into_a_folder(home, hub):
    import fcntl

    (home / "weights").mkdir(parents=True)
    with (home / "weights" / ".tiny.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BadInput, match="no other process"):
            await fetch(hub, home)
