"""Lists the voices that can read a film's lines, and fetches their samples."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from reelwright.errors import NotFound
from reelwright.net.closing import ensure_closed
from reelwright.providers.protocol import SampleSpeaker, as_voice_lister
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Fingerprint
from reelwright.studio.results.inventory import VoiceList, VoiceSummary

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider
    from reelwright.studio.runtime.home import Home


async def read_sample(home: Home, provider: str, voice: str) -> bytes:
    """Return the sample of a voice: its provider gives it away, or a voice of this machine speaks it. Spends nothing.

    Raises ``NotFound`` for a voice that is not listed and for one without a sample, ``Unreachable`` and ``Refused``.
    """
    lister = as_voice_lister(home.providers.get(provider))
    listed = await lister.list_voices() if lister else ()
    found = next((one for one in listed if one.id == voice and one.sample_url), None)
    if lister is None or found is None:
        raise NotFound(code="name_not_found", kind="sample of a voice", name=voice)
    if isinstance(lister, SampleSpeaker):
        return await _speak_sample(home, *lister.build_sample(found))
    async with ensure_closed(lister.read_sample(found)) as parts:
        return b"".join([part async for part in parts])


async def _speak_sample(home: Home, work: str, args: Mapping[str, Any]) -> bytes:
    """Have a hand speak a sample, and return its bytes."""
    name = Fingerprint(f"sample:{compute_digest(args)}")
    made = await home.hands.execute(home.account, work, args, (), name)
    return b"".join([part async for part in home.vault.read(home.account, made.assets[0])])


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
    own = {name for name, one in listers.items() if isinstance(one, SampleSpeaker)}  # each of theirs is of one language
    voices.sort(
        key=lambda one: (one.provider, one.languages if one.provider in own else (), one.name.casefold(), one.id)
    )
    return VoiceList(providers=tuple(listers), voices=tuple(voices))
