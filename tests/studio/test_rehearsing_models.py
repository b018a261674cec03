"""Every model of the catalogue can be rehearsed: asked for, waited for, fetched, billed."""

from __future__ import annotations

import asyncio
import hashlib
import io
import time

import pytest
from PIL import Image

from reelwright.catalogue.limits import ROLES
from reelwright.catalogue.models import is_retired, load_models
from reelwright.catalogue.snapping import list_sold_lengths
from reelwright.providers.fakes.bill import read_bill
from reelwright.providers.fakes.media_spec import make_tiny_file
from reelwright.providers.kokoro import Kokoro
from reelwright.providers.protocol import Progress
from reelwright.reel.base.ids import mint
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.request import Input, Request
from reelwright.settings import Settings
from reelwright.studio.runtime.rehearsal import Rehearsal
from reelwright.studio.runtime.rehearsal_stage import Stage

REHEARSED = [row for row in load_models().values() if not is_retired(row) and row.provider != Kokoro.name]
"""All that a fake sells: the voice of this machine hums in a hand, without a wire."""


def png():
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, "PNG")
    return out.getvalue()


PICTURE = png()
DIGEST = Digest(hashlib.sha256(PICTURE).hexdigest())


EXTRA = {
    "speech": {"voice": "JBFqnCBsd6RMkjVDRZzb"},
    "text": {"max_tokens": 500},
    "litellm-own": {"served": "own-model"},
}


def request_of(row):
    """The plainest request that the row takes."""
    mode = row.modes[0]
    roles = tuple(sorted(ROLES[mode][0])) or (("reference",) if mode == "reference_to_video" else ())
    sold = list_sold_lengths(row, resolution=row.resolutions[0] if row.resolutions else None, roles=roles)
    return Request(
        model=row.id,
        mode=mode,
        prompt="A red fox walks through snow",
        ms=sold[0] * 1000 if sold else None,
        aspect=row.aspects[0] if row.aspects and "first_frame" not in roles else None,
        resolution=row.resolutions[0] if row.resolutions else None,
        inputs=tuple(Input(role=role, asset=DIGEST) for role in roles),  # type: ignore[arg-type]
        extra=EXTRA.get(row.id, EXTRA.get(row.kind, {})),
    )


async def read(digest):
    yield PICTURE


@pytest.fixture
async def stage(tmp_path):
    async with Stage(Settings(home=tmp_path / "home"), Rehearsal(speed=3600), make_tiny_file) as opened:
        yield opened
        for provider in opened.providers.values():
            if hasattr(provider, "close"):
                await provider.close()


@pytest.mark.filterwarnings("ignore:The model .* is deprecated:DeprecationWarning")  # a vendor's library says so
@pytest.mark.parametrize("row", REHEARSED, ids=lambda row: row.id)
async def test_a_model_is_rehearsed_from_its_request_to_its_bytes(stage, row, tmp_path):
    request, kept = request_of(row), {}
    seller = next(one for one in stage.providers.values() if row.id in one.list_models())
    seller.check(request)

    async def keep(data, mime):
        body = b"".join([part async for part in data])
        kept[Digest(hashlib.sha256(body).hexdigest())] = body
        return next(reversed(kept))

    inputs = [(one, DIGEST) for one in request.inputs]
    prepared = await seller.prepare(request, inputs, mint("purchase"), read)
    answer = await seller.submit(prepared, keep, None)
    until = time.monotonic() + 30
    operation = None if isinstance(answer, Progress) else answer
    while operation and (answer := await seller.poll(operation)).state in ("queued", "running"):
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
    assert isinstance(answer, Progress) and answer.state == "succeeded", answer
    assert len(answer.outputs) == 1
    if operation:
        assert b"".join([part async for part in seller.fetch(operation, answer.outputs[0])])
    else:
        assert answer.outputs[0].asset in kept
    charges = [c for path in (tmp_path / "home" / "providers" / "bills").glob("*") for c in read_bill(path)]
    price = seller.price(request)
    billed = sum(charge.micros for charge in charges)
    assert len({charge.submission for charge in charges}) == 1
    assert price.micros is None or 0 <= billed <= price.micros
    assert answer.bill is None or answer.bill.micros == billed
