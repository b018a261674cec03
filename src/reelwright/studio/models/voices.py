"""Lists the voices that can read a film's lines, and fetches their samples."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.errors import NotFound
from reelwright.net.closing import ensure_closed
from reelwright.providers.protocol import as_voice_lister
from reelwright.studio.results.inventory import VoiceList, VoiceSummary

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider


async def read_sample(providers: Mapping[str, Provider], provider: str, voice: str) -> bytes:
    """Download the sample of a voice from its provider, which gives it away. Spends nothing.

    Raises ``NotFound`` for a voice that is not listed and for one without a sample, ``Unreachable`` and ``Refused``.
    """
    lister = as_voice_lister(providers.get(provider))
    listed = await lister.list_voices() if lister else ()
    found = next((one for one in listed if one.id == voice and one.sample_url), None)
    if lister is None or found is None:
        raise NotFound(code="name_not_found", kind="sample of a voice", name=voice)
    async with ensure_closed(lister.read_sample(found)) as parts:
        return b"".join([part async for part in parts])


async def list_voices(providers: Mapping[str, Provider]) -> VoiceList:
    """Fetch the voices of every provider that lists them, sorted by provider and name. Spends nothing.

    Raises ``Unreachable`` and ``Refused``.
    """
    listers = {name: lister for name, one in providers.items() if (lister := as_voice_lister(one))}
    answers = await asyncio.gather(*(lister.list_voices() for lister in listers.values()))
    voices = [
        VoiceSummary(
            id=voice.id, name=voice.name, provider=name, description=voice.description, languages=voice.languages,
            labels=dict(voice.labels), sample_url=voice.sample_url,
        )
        for name, answer in zip(listers, answers, strict=True)
        for voice in answer
    ]  # fmt: skip
    voices.sort(key=lambda voice: (voice.provider, voice.name.casefold(), voice.id))
    return VoiceList(providers=tuple(listers), voices=tuple(voices))
