"""Verify: the cheapest request of a provider, bought once through the gate, told as it was met, and never more."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reelwright.errors import BadInput, OverBudget
from reelwright.known_providers import PROVIDER_ENTRIES
from reelwright.net.keys import Key
from reelwright.providers.fakes.bill import Bill
from reelwright.providers.fakes.lookup import list_fakes, load_fake_class
from reelwright.providers.fakes.media_spec import make_tiny_file
from reelwright.providers.fakes.script import Script, answer_status, drop
from reelwright.providers.fakes.server import FakeServer
from reelwright.settings import Settings
from reelwright.studio.machine import verification
from reelwright.studio.machine.verification import VerifyResult, choose_request, verify
from reelwright.studio.models.observed_provider import detect_type
from reelwright.units import Micros, parse_usd

CANARY = "canary-verify-7391-in-the-mine"
DOLLAR = Micros(1_000_000)
KEYS = {
    "openrouter": "OPENROUTER_API_KEY", "replicate": "REPLICATE_API_TOKEN", "elevenlabs": "ELEVENLABS_API_KEY",
    "google": "GEMINI_API_KEY", "gemini_longrunning": "GOOGLE_ACCESS_TOKEN", "litellm_videos": "LITELLM_API_KEY",
}  # fmt: skip
FAKED = [seller for seller in PROVIDER_ENTRIES if seller.name in list_fakes() and seller.name != "text"]


def settings_of(home: Path, seller: str, url: str) -> Settings:
    named = {door.setting_name for one in PROVIDER_ENTRIES if one.name == seller for door in one.endpoints}
    return Settings(home=home, hands=1, base_urls=dict.fromkeys(named, url))


async def met(tmp_path: Path, seller: str, script: Script, most: Micros = DOLLAR) -> tuple[VerifyResult, Bill]:
    bill = Bill()
    own = {"profile": "vllm_omni"} if seller == "openai_videos" else {}  # a server of one's own asks for no key
    async with FakeServer(load_fake_class(seller)(bill, script, make_tiny_file, **own)) as server:
        settings = settings_of(tmp_path / "home", seller, server.url)
        return await verify(settings, seller, most, out=tmp_path / "report.json"), bill


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in KEYS.values():
        monkeypatch.setenv(variable, CANARY)


async def test_an_address_that_only_the_adapter_knows_is_known_before_anything_is_bought(tmp_path, monkeypatch):
    """Vertex has one for every place: its settings name none, and the report says that it was met live."""

    async def sent(*args: object) -> None:
        return None

    monkeypatch.setattr(verification, "_buy", sent)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "lamp-42")
    told = await verify(Settings(home=tmp_path / "home", hands=1), "vertex", DOLLAR, out=tmp_path / "report.json")
    assert told.place == "live" and told.address.startswith("https://") and "aiplatform" in told.address
    assert (tmp_path / "report.json").is_file()


@pytest.mark.parametrize("seller", [seller.name for seller in FAKED])
async def test_one_cheap_request_is_bought_and_told_as_it_was(seller: str, tmp_path: Path) -> None:
    told, bill = await met(tmp_path, seller, Script(latency_s=(0, 0)))
    assert told.has_succeeded, told
    assert told.state == "settled" and told.place == "this machine" and told.outputs[0].size_bytes > 0
    assert len(bill.submissions) == 1 and bill.sum_micros() == parse_usd(told.billed_usd)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["provider"] == seller and report["place"] == "this machine"
    assert report["quoted_usd"] == told.quoted_usd and report["billed_usd"] == told.billed_usd != ""
    assert [one for one in report["exchanges"] if one["method"] == "POST" and one["status"] in (200, 201, 202)]
    assert CANARY not in (tmp_path / "report.json").read_text()
    assert report["fingerprint"] in ("", Key("any", CANARY, "a test").fingerprint)


async def test_the_words_in_which_a_provider_tells_its_state_are_written_down(tmp_path: Path) -> None:
    told, _ = await met(tmp_path, "openrouter", Script(latency_s=(0, 0)))
    words = {word for one in told.exchanges for name, word in one.words.items() if name == "status"}
    assert {"pending", "completed"} <= words
    assert told.events[0].kind == "accepted" and told.outputs[0].detected_type == "MP4"
    assert told.billed_by == "reported"


async def test_an_answer_that_never_came_is_unknown_and_sent_once(tmp_path: Path) -> None:
    told, _ = await met(tmp_path, "openrouter", Script(latency_s=(0, 0)).add_rule("submit", drop()))
    assert told.state == "unknown" and not told.has_succeeded
    posts = [one for one in told.exchanges if one.method == "POST"]
    assert len(posts) == 1 and posts[0].error


@pytest.mark.parametrize("code", [401, 402, 403])
async def test_a_key_that_is_wrong_or_spent_is_told_plainly(code: int, tmp_path: Path) -> None:
    told, bill = await met(tmp_path, "openrouter", Script(latency_s=(0, 0)).add_rule("submit", answer_status(code)))
    assert told.state == "released" and told.message and bill.sum_micros() == 0
    assert [one.status for one in told.exchanges] == [code]
    assert CANARY not in (tmp_path / "report.json").read_text()


HEADS = {
    b"\0\0\0\x1cftypisom": "MP4", b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff\xe0": "JPEG", b"ID3\4": "MP3",
    b"\xff\xfb\x90": "MP3", b"RIFF\0\0\0\0WAVE": "WAV", b"<html>sign in</html>": "text", b"\x80\x81": "nothing known",
}  # fmt: skip


@pytest.mark.parametrize(("head", "kind"), HEADS.items())
def test_an_output_is_named_by_its_first_bytes(head: bytes, kind: str) -> None:
    assert detect_type(head) == kind


def test_above_the_most_nothing_is_sent(tmp_path: Path) -> None:
    with pytest.raises(OverBudget, match="nothing was sent") as caught:
        choose_request(Settings(home=tmp_path), "openrouter", Micros(1000))
    assert [action.params["option"] for action in caught.value.actions] == ["max_usd"]
    assert not list(tmp_path.iterdir())


def test_the_least_price_is_chosen_and_confirmed_prices_go_first(tmp_path: Path) -> None:
    request, price = choose_request(Settings(home=tmp_path), "openrouter", DOLLAR)
    assert price.micros and price.micros <= 200_000 and price.certainty == "computed"
    dear, dearer = choose_request(Settings(home=tmp_path), "openrouter", Micros(9_000_000), "openrouter-veo-3.1")
    assert dear.model == "openrouter-veo-3.1" and (dearer.micros or 0) > price.micros and request.model != dear.model


def test_a_missing_key_and_an_unknown_provider_are_bad_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in KEYS.values():
        monkeypatch.delenv(variable)
    with pytest.raises(BadInput, match="OPENROUTER_API_KEY"):
        choose_request(Settings(home=tmp_path), "openrouter", DOLLAR)
    with pytest.raises(BadInput, match="openrouter"):
        choose_request(Settings(home=tmp_path), "openrooter", DOLLAR)


async def test_a_report_is_never_written_over_anything(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text("mine")
    for out in (tmp_path / "report.json", tmp_path / "nowhere" / "r.json", tmp_path / "report.txt"):
        with pytest.raises(BadInput, match="out"):
            await verify(Settings(home=tmp_path / "home"), "openrouter", DOLLAR, out=out)
    assert (tmp_path / "report.json").read_text() == "mine" and not (tmp_path / "home").exists()
