"""Whom we buy from: prices without a key, a missing key named before anything is reserved, nothing opened too early."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from catalogue.asking import inputs
from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import is_retired, load_models
from reelwright.catalogue.snapping import list_sold_lengths
from reelwright.errors import BadInput
from reelwright.known_providers import PROVIDER_ENTRIES, ProviderEntry, list_holders
from reelwright.net.keys import Key, Keys
from reelwright.providers.open_provider import close_providers, open_providers, price_request, resolve_base_url
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Operation
from reelwright.settings import Settings, load_settings

CLIP = Request(model="openrouter-veo-3.1", mode="text_to_video", prompt="a fox", ms=8_000, aspect="16:9",
               resolution="720p", sound=False)  # fmt: skip


def shop(home: Path, environ: dict[str, str] | None = None) -> dict[str, object]:
    settings = load_settings({"REELWRIGHT_HOME": str(home), **(environ or {})})
    return dict(open_providers(settings, Keys(settings, environ or {})))


def test_every_model_has_one_seller(tmp_path: Path) -> None:
    providers = open_providers(Settings(home=tmp_path), Keys(Settings(home=tmp_path), {}))
    sold = [name for provider in providers.values() for name in provider.list_models()]
    assert len(sold) == len(set(sold))
    lost = {row.id for row in load_models().values() if not is_retired(row, date(2026, 11, 20))} - set(sold)
    assert not lost


def test_a_price_needs_no_key() -> None:
    price = price_request(CLIP)
    assert price.micros == 1_600_000 and price.certainty == "computed"
    assert price_request(Request(model="animatic/2026.1", mode="take", prompt="")).micros == 0
    with pytest.raises(BadInput):
        price_request(Request(model="veo-2", mode="text_to_video", prompt=""))


SOLD = [
    (seller, row)
    for seller in PROVIDER_ENTRIES
    for row in load_models().values()
    if row.provider == seller.file and row.key in seller.holders and not is_retired(row, date.today())
]


def easiest(row: Model) -> Request:
    """The simplest thing that a model can be asked for."""
    mode = row.modes[0]
    return Request(
        model=row.id,
        mode=mode,
        prompt="a fox",
        ms=list_sold_lengths(row, resolution=(row.resolutions or (None,))[0])[0] * 1000 if row.seconds else None,
        aspect=row.aspects[0] if row.aspects else None,
        resolution=row.resolutions[0] if row.resolutions else None,
        inputs=inputs("first_frame") if mode == "image_to_video" else (),
        extra={"served": "own-model"} if row.id == "litellm-own" else {},
    )


@pytest.mark.parametrize(("seller", "row"), SOLD, ids=lambda one: getattr(one, "id", ""))
def test_everything_that_is_sold_can_be_asked_for_with_its_key_and_without_it_says_which(
    seller: ProviderEntry, row: Model, tmp_path: Path
) -> None:
    request = easiest(row)
    settings = Settings(home=tmp_path, base_urls={door.setting_name: "http://127.0.0.1:9" for door in seller.endpoints})
    without = open_providers(settings, Keys(settings, {}))[seller.name]
    assert without.price(request).basis
    if row.key:
        with pytest.raises(BadInput) as refused:
            without.check(request)
        assert refused.value.field == "key"
        assert list_holders()[row.key].variables[0] in refused.value.accepted
        assert list_holders()[row.key].page in refused.value.hint
    held = {list_holders()[row.key].variables[0]: "not-a-real-key", "GOOGLE_CLOUD_PROJECT": "p"} if row.key else {}
    open_providers(settings, Keys(settings, held))[seller.name].check(request)


def test_what_the_model_does_not_take_is_refused_before_the_key(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    provider = open_providers(settings, Keys(settings, {}))["openrouter"]
    with pytest.raises(BadInput) as refused:
        provider.check(Request(model="openrouter-veo-3.1", mode="text_to_video", prompt="a fox", ms=5_000))
    assert refused.value.field == "seconds"


def test_an_address_is_that_of_the_settings_and_a_server_of_ones_own_has_none_by_itself(tmp_path: Path) -> None:
    by = {seller.name: seller.endpoints[0] for seller in PROVIDER_ENTRIES}
    at = Settings(home=tmp_path, base_urls={"replicate": "http://127.0.0.1:9"})
    assert resolve_base_url(by["replicate"], at) == "http://127.0.0.1:9"
    assert resolve_base_url(by["openrouter"], at) == "https://openrouter.ai"
    for name, variable in (("openai_videos", "OPENAI_VIDEOS"), ("litellm_videos", "LITELLM")):
        with pytest.raises(BadInput, match=f"REELWRIGHT_{variable}_BASE_URL"):
            resolve_base_url(by[name], at)


def test_opening_the_shop_reads_no_catalogue_and_no_key_and_loads_no_network(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from reelwright.providers.open_provider import open_providers; from reelwright.settings import Settings\n"
        f"open_providers(Settings(home=Path({str(tmp_path)!r})))\n"
        "print([m for m in ('yaml', 'httpx2', 'httpcore2', 'ssl') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_what_sends_itself_again_costs_nothing(tmp_path: Path) -> None:
    for name, provider in shop(tmp_path).items():
        rows = [load_models()[model] for model in provider.list_models() if model in load_models()]  # type: ignore[attr-defined]
        if name != "offline":
            assert {row.resubmit for row in rows if row.modes} == {provider.resubmit}  # type: ignore[attr-defined]


async def test_a_clip_is_bought_over_the_counter_with_the_key_and_the_address_of_the_settings(tmp_path: Path) -> None:
    from reelwright.providers.fakes.bill import Bill
    from reelwright.providers.fakes.openrouter import FakeOpenRouter
    from reelwright.providers.fakes.script import Script
    from reelwright.providers.fakes.server import FakeServer

    secret = "sk-or-not-a-real-key"

    def nothing(digest: object) -> AsyncIterator[bytes]:
        raise AssertionError("no input is read")

    async def keep(data: object, mime: str) -> Digest:
        raise AssertionError("nothing is kept at a submit")

    async def make(*_: object) -> Outcome:
        raise AssertionError("nothing is made here")

    bill = Bill(None)
    fake = FakeOpenRouter(bill, Script(latency_s=(0, 0)))
    async with FakeServer(fake) as server:
        settings = load_settings({"REELWRIGHT_HOME": str(tmp_path), "REELWRIGHT_OPENROUTER_BASE_URL": server.url})
        providers = open_providers(settings, Keys(settings, {"OPENROUTER_API_KEY": secret}))
        counter = providers["openrouter"]
        counter.check(CLIP)
        prepared = await counter.prepare(CLIP, (), "purchase_1", nothing)
        assert secret not in repr(prepared)
        operation = await counter.submit(prepared, keep, make)
        assert isinstance(operation, Operation) and operation.key == Key("openrouter", secret, "a test").fingerprint
        while (progress := await counter.poll(operation)).state in ("queued", "running"):
            pass
        assert progress.state == "succeeded"
        film = b"".join([part async for part in counter.fetch(operation, progress.outputs[0])])
        assert film
        assert progress.bill and progress.bill.micros == counter.price(CLIP).micros == bill.sum_micros()
        await close_providers(providers.values())
        assert (await counter.poll(operation)).state == "succeeded"  # it opens again by itself
        await close_providers(providers.values())
