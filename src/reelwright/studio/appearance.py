"""Lists what a film can look and sound like: the looks that draw it, and the voices that can read its lines."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from reelwright.providers.protocol import as_voice_lister
from reelwright.studio.inventory import LookSummary, VoiceList, VoiceSummary

if TYPE_CHECKING:
    from reelwright.providers.protocol import Provider


def list_looks() -> tuple[LookSummary, ...]:
    """List every look that films can be drawn in, sorted by name, each with its colours."""
    from reelwright.media.looks.registry import list_colours, list_look_names, load_look

    return tuple(LookSummary(name=name, palette=list_colours(load_look(name))) for name in list_look_names())


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
